/* A conversation kept in a store: load it, take the turn, write it down, and only then show it.
 *
 * What lk_talk_say returned LK_OK for is on disk. Two turns of one conversation never interleave, not even across servers on one store: the one that comes late is taken again on
 * the new state. The same client message id twice is one message. When the store fails, the customer gets the reply all the same, and `stored` says that it is not
 * kept. A caller that leads one conversation can keep its state beside the store (lk_talk_memory): then the conversation goes on where it was even while the store cannot
 * be read, and catches up when it can be written again.
 *
 * Ownership: results live in the arena that is passed and point into the engine. Threads: as for the worker and the store. Errors: LK_ERR_MEMORY, and others where they are named. */
#ifndef LUUKKU_TALK_H
#define LUUKKU_TALK_H

#include "luukku/dialogue.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a caller keeps of one conversation from turn to turn. Zero it before lk_talk_start; lk_talk_forget frees what it owns. */
typedef struct lk_talk_memory {
  char *state; /* the dialogue's, NUL-terminated */
  lk_phase phase;
  lk_lang lang;
  bool ahead;     /* turns were taken that the store has not */
  bool unstarted; /* the store does not know the conversation at all */
} lk_talk_memory;
void lk_talk_forget(lk_talk_memory *memory);

typedef struct lk_talk {
  lk_worker *worker;
  lk_services services;
  lk_store *store; /* NULL: nothing is kept (and no handoff can be recorded) */
  lk_view channel;
  lk_talk_memory *memory; /* NULL: only the store remembers; without either every message is the first one */
} lk_talk;

typedef struct lk_talk_result {
  lk_turn turn;        /* replies are empty when `repeated` */
  lk_turn_result kept; /* messages with ids, phase, case */
  bool repeated;
  bool stored; /* false: the store failed, `trouble` says why */
  lk_error trouble;
} lk_talk_result;

/* Starts a conversation and greets. `id` gets the new id. */
lk_code lk_talk_start(lk_talk *talk, lk_lang lang, lk_view customer, char id[LK_CONVERSATION_ID_SIZE], lk_arena *arena,
                      lk_talk_result *out, lk_error *err);

/* The same under an id that the caller has made, as unguessable as a new one has to be: for channels whose conversations have a name already. When the store knows the id,
 * nothing is written and out->trouble is LK_ERR_STATE. */
lk_code lk_talk_start_as(lk_talk *talk, lk_view id, lk_lang lang, lk_view customer, lk_arena *arena, lk_talk_result *out,
                         lk_error *err);

/* `utterance->conversation` names the conversation; `client_id` may be empty. LK_ERR_MISSING: no such conversation. Without a memory, a store that cannot be read is an
 * error as well: nobody knows what the conversation was about. */
lk_code lk_talk_say(lk_talk *talk, const lk_utterance *utterance, lk_view client_id, lk_arena *arena, lk_talk_result *out,
                    lk_error *err);

/* When a desk is open, from the KB's <hours desk="…">. *out is NULL when the KB has none for this desk. LK_ERR_INPUT with file and line of the first row when the rows
 * contradict each other; LK_ERR_MEMORY. */
lk_code lk_talk_hours(const lk_kb *kb, lk_view desk, lk_hours **out, lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
