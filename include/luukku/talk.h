/* A conversation kept in a store: load it, take the turn, write it down, and only then show it.
 *
 * What lk_talk_say returned LK_OK for is on disk. Two turns of one conversation never interleave, not even across servers on one store: the one that comes late is taken again on
 * the new state. The same client message id twice is one message. When the store fails, the customer gets the reply all the same, and `stored` says that it is not
 * kept. */
#ifndef LUUKKU_TALK_H
#define LUUKKU_TALK_H

#include "luukku/dialogue.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_talk {
  lk_worker *worker;
  lk_services services;
  lk_store *store; /* NULL: nothing is kept (and no handoff can be recorded) */
  lk_view channel;
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

/* `utterance->conversation` names the conversation; `client_id` may be empty. LK_ERR_MISSING: no such conversation. */
lk_code lk_talk_say(lk_talk *talk, const lk_utterance *utterance, lk_view client_id, lk_arena *arena, lk_talk_result *out,
                    lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
