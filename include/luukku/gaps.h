/* Content gaps: what customers asked and did not get, and what a person or the customer's own choice then showed to be the answer.
 *
 * Three steps: lk_asked_read makes *questions* of the store's events, each with what became of it; lk_asked_group puts those together that share terms; and
 * lk_evidence_gather keeps those whose right entry is known, which is what an editor can learn from.
 *
 * Text comes masked (luukku/mask.h): events are masked by the store, agents' replies here. What is past its retention time has no text, and is passed over.
 *
 * Ownership: everything lives in the arena that was passed; groups and evidence point into what was read, and into the engine. Threads: as for store and worker.
 * Errors: the store's, and LK_ERR_MEMORY. */
#ifndef LUUKKU_GAPS_H
#define LUUKKU_GAPS_H

#include "luukku/engine.h"
#include "luukku/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Questions, and what became of them ---- */

/* How a question failed; one may have failed in several ways. What it costs says which group of failures an editor should look at first: a customer who needed a person costs
 * more than one who had to tap a choice. X(identifier, name for scripts, words, cost, what it says) */
#define LK_FAILURES(X)                                                                                            \
  X(NOT_UNDERSTOOD, "not-understood", "not understood", 2.0, "the bot asked for other words")                     \
  X(NOT_CHOSEN, "not-chosen", "no choice taken", 2.0, "choices were offered, and the customer took none of them") \
  X(DOUBTED, "doubted", "low confidence", 0.5, "answered, but hardly surely enough")                              \
  X(UNHELPFUL, "unhelpful", "rated unhelpful", 3.0, "the customer said that the answer did not help")             \
  X(HANDED_OFF, "handed-off", "handed off", 4.0, "a person had to take over")

typedef enum lk_failure {
#define LK_FAILURE_ENUM(id, name, words, cost, about) LK_FAILURE_##id,
  LK_FAILURES(LK_FAILURE_ENUM)
#undef LK_FAILURE_ENUM
      LK_FAILURE_COUNT
} lk_failure;

const char *lk_failure_name(lk_failure failure);  /* "not-understood" */
const char *lk_failure_words(lk_failure failure); /* "not understood" */
const char *lk_failure_about(lk_failure failure);
double lk_failure_cost(lk_failure failure);

/* One message that was a question: not a tapped choice, not an answer to what the bot asked, not small talk. */
typedef struct lk_asked {
  lk_view conversation, text;
  lk_lang lang;
  int64_t time;
  uint32_t turn;
  unsigned failures; /* bits: 1u << LK_FAILURE_… */
  bool answered;     /* an article was shown, an action begun, or honestly declined; perhaps after a choice */
  lk_view entry;     /* that was shown, or the nearest; may be empty */
  double confidence; /* of it, as it was then */
  /* What showed the right entry, each empty when nothing did: */
  lk_view chosen;   /* the customer took it from the choices offered */
  lk_view repaired; /* the customer asked again in other words, and was shown it */
  lk_view used;     /* an agent inserted it as the reply */
  lk_view reply;    /* an agent's own words, masked */
  lk_view kind;     /* of the closed case */
} lk_asked;

typedef struct lk_asked_filter {
  int64_t from, until; /* [from, until); until 0 for no end */
  lk_lang lang;        /* LK_LANG_NONE: all */
  size_t most;         /* the latest so many questions; 0: LK_ASKED_MOST */
  double doubt_below;  /* an answer below this confidence counts as DOUBTED */
} lk_asked_filter;

enum { LK_ASKED_MOST = 100000 };

typedef struct lk_asked_list {
  lk_asked *items; /* by time */
  size_t count;
  size_t left_out; /* earlier ones, past `most` */
} lk_asked_list;

lk_code lk_asked_read(lk_store *store, const lk_asked_filter *filter, lk_arena *arena, lk_asked_list *out, lk_error *err);

/* Was the customer served by the bot alone: answered, and not failed in any way but by a low confidence? */
bool lk_asked_served(const lk_asked *asked);
/* The sum of its failures' costs. */
double lk_asked_cost(const lk_asked *asked);

/* ---- Groups ---- */

enum { LK_GROUP_TERMS = 4, LK_GROUP_EXAMPLES = 3 };

typedef struct lk_asked_group {
  lk_lang lang;
  const lk_asked **members; /* by time */
  size_t count;
  size_t conversations;            /* in which they were asked */
  size_t failed[LK_FAILURE_COUNT]; /* members that failed in each way */
  size_t served;                   /* members that the bot alone served */
  double cost;                     /* sum over its members */
  lk_view terms[LK_GROUP_TERMS];   /* shared by its members, the most telling first: its name */
  size_t term_count;
  const lk_asked *examples[LK_GROUP_EXAMPLES]; /* that differ, the most central first */
  size_t example_count;
  lk_view used; /* the entry that agents used most, or empty */
  size_t used_count;
  /* Filled in by lk_asked_group_look: */
  const lk_entry *nearest; /* to the first example, by the engine as it is now; NULL: nothing is near */
  double confidence;       /* of it */
  bool found;              /* it would be answered at once now */
} lk_asked_group;

/* Groups questions of one language by the tf-idf of their content words' lemmas, compound parts and roots, with the engine's idf: each question joins the group whose middle it is
 * most like (cosine), or begins a new one. Deterministic. Ordered by cost, then by count, then by time. Questions without content words are in no group. */
lk_code lk_asked_group_all(lk_worker *worker, const lk_asked *const *asked, size_t count, lk_arena *arena,
                           lk_asked_group **groups, size_t *group_count, lk_error *err);
/* Asks the engine as it is now what it makes of the group's first example. */
lk_code lk_asked_group_look(lk_worker *worker, lk_asked_group *group, lk_error *err);

/* ---- Evidence: questions whose right entry is known ---- */

typedef struct lk_evidence {
  const lk_entry *entry; /* an article or intent of the engine's KB, in the question's language where it has that */
  lk_lang lang;
  lk_view
      text; /* as an editor may keep it: order numbers and sentences with anything personal cut out; one that says enough by itself
                                    instead of a story */
  const lk_asked *const *asked; /* questions that come to this text, by time */
  size_t count;
  bool by_agent, by_choice; /* what showed the entry; else only a rephrasing did */
  bool found;               /* it is found surely already: a variant would add nothing */
} lk_evidence;

/* Questions that a person, a choice or (at least twice) a rephrasing led to one entry, put together where they say the same in the same words but for typing. Where sources disagree
 * the more frequent one holds, if it is twice as frequent. Ordered by entry, then by count. What is personal and can't be cut out is left out and counted in
 * `personal`. */
lk_code lk_evidence_gather(lk_worker *worker, const lk_asked_list *asked, lk_arena *arena, lk_evidence **evidence, size_t *count,
                           size_t *personal, lk_error *err);

/* The same for a text that belongs to no entry yet: what an editor may keep of it, empty when everything is personal. `text` is masked. */
lk_code lk_asked_keepable(lk_worker *worker, lk_lang lang, lk_view text, lk_arena *arena, lk_view *out, lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
