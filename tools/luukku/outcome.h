/* What became of a question with a gold label: the unit that everything of `luukku eval` counts. */
#ifndef LK_OUTCOME_H
#define LK_OUTCOME_H

#include "gold.h"

/* Which of the policy's thresholds decided whether the best candidate was taken at once; NONE: a pattern, a refusal, a person … came before it. */
typedef enum lk_hinge { LK_HINGE_NONE, LK_HINGE_ANSWER, LK_HINGE_PERFORM } lk_hinge;

typedef struct lk_outcome {
  const lk_gold *gold;
  lk_lang lang; /* detected or given */
  lk_act act;
  const lk_entry *entry; /* decided on, or NULL */
  const lk_entry *first; /* the best candidate, or NULL */
  const lk_entry *best;  /* the best of all kinds, small talk and what is not covered included */
  unsigned rank;         /* of the first right candidate, from 1; 0 when it is not among the first ten */
  double confidence;     /* of the best candidate */
  double lead;           /* how far the best right candidate is ahead of the best wrong one, of the best one's score; -1 … 1 */
  bool answered;         /* an answer or an action at once */
  bool right;            /* what was done at once was right: see lk_outcome_right_at_once */
  bool offered;          /* a right entry is among the first candidates that a clarification would show */
  bool enough;           /* a clarification would have two choices at least */
  bool resolved;         /* right at once, or offered by the clarification that was made */
  lk_hinge hinge;
  bool sure; /* is the entry that the confidence model judges right? For what nothing answers: an entry that says so */
  double model_confidence;
  double features[LK_FEATURE_COUNT];
  char *why; /* the explanation, when asked for; else NULL */
} lk_outcome;

/* Does it count for the confidence? Questions about an entry, and those that nothing answers. */
static inline bool lk_outcome_counts(const lk_outcome *o) {
  return o->gold->kind == LK_GOLD_ENTRY || o->gold->kind == LK_GOLD_NONE;
}

/* Right at once: an answer or action with the label's entry or one that serves as well; a person for who may have one, or for an entry that is always
 * handed off and is right; small talk for small talk. */
bool lk_outcome_right_at_once(const lk_gold *gold, lk_act act, const lk_entry *entry);
/* Something was done at once that does not serve the customer: a wrong answer or action, or small talk in place of an entry. */
bool lk_outcome_wrong_at_once(const lk_outcome *o);

/* Fills in an outcome from what was understood and decided. The candidates are in the order after deciding. */
typedef struct lk_clarifying { /* the policy's bounds on choices */
  size_t choices;
  double choice_at;
} lk_clarifying;
void lk_outcome_judge(const lk_gold *gold, const lk_understanding *u, const lk_decision *d, const lk_reasons *reasons,
                      lk_clarifying clarifying, lk_outcome *out);

typedef struct lk_asking {
  lk_lang lang;                         /* of all questions; LK_LANG_NONE: detect each */
  bool (*explain)(const lk_outcome *o); /* keep the explanation of those; NULL: of none */
} lk_asking;

/* Asks all questions. Prints what is wrong and returns an exit status. `out` has a place a question; lk_outcomes_free frees what hangs on them. */
int lk_outcomes_ask(const char *command, const lk_engine *engine, const lk_gold_set *set, const lk_asking *asking,
                    lk_outcome *out);
void lk_outcomes_free(lk_outcome *outcomes, size_t count);

#endif
