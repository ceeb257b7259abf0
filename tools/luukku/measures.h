/* The measures of `luukku eval`, in a table, with bootstrap intervals, over groups of questions. */
#ifndef LK_MEASURES_H
#define LK_MEASURES_H

#include "outcome.h"

#define LK_MEASURES(X)                                                                                                \
  X(RECALL_1, "recall@1", "the right entry is the best candidate; of questions about an entry")                       \
  X(RECALL_3, "recall@3", "it is among the best three")                                                               \
  X(MRR, "mrr@10", "mean of 1 / its rank among the best ten")                                                         \
  X(ANSWERED, "answered", "an answer or an action at once; of all messages")                                          \
  X(PRECISION, "precision", "that is right; of those answered at once")                                               \
  X(RESOLVED, "resolved", "the right entry at once, or among a clarification's choices; of questions about an entry") \
  X(WRONG, "wrong", "a wrong answer or action at once, or small talk for an entry; of all messages")                  \
  X(FALSE_ANSWERS, "false answers", "an answer or action at once; of messages that nothing answers")                  \
  X(NONE_CHOICES, "choices over none", "choices offered; of messages that nothing answers")                           \
  X(HANDOFF_RECALL, "handoff recall", "a person at once; of messages that want one")                                  \
  X(NEEDLESS_HANDOFF, "needless handoff", "a person at once; of questions about an entry that would do")              \
  X(ECE, "ece", "expected calibration error of the confidence in ten bins; of all but small talk and handoff")        \
  X(LANGUAGE, "language", "its language is detected; of messages whose language is known")

typedef enum lk_measure {
#define LK_MEASURE_ENUM(id, name, about) LK_MEASURE_##id,
  LK_MEASURES(LK_MEASURE_ENUM)
#undef LK_MEASURE_ENUM
      LK_MEASURE_COUNT
} lk_measure;

const char *lk_measure_name(lk_measure measure);
const char *lk_measure_about(lk_measure measure);
/* What an outcome adds to the measure's mean; NAN when it does not count for it (ECE is no mean: always NAN). */
double lk_measure_value(lk_measure measure, const lk_outcome *o);

typedef struct lk_figure {
  double value, low, high; /* NAN: nothing counts for it, or no intervals were asked for */
} lk_figure;

typedef struct lk_figures {
  size_t messages;
  lk_figure of[LK_MEASURE_COUNT];
} lk_figures;

typedef struct lk_bootstrap {
  unsigned rounds; /* 0: no intervals */
  uint64_t seed;
} lk_bootstrap;

/* The figures of some outcomes; the intervals hold 95 % of what as many messages drawn from them with replacement give. False: memory is out. */
bool lk_measure_all(const lk_outcome *const *outcomes, size_t count, lk_bootstrap bootstrap, lk_figures *out);

/* The next number of a seeded row (splitmix64), and one below `bound`. */
uint64_t lk_random(uint64_t *seed);
size_t lk_random_below(uint64_t *seed, size_t bound);

/* Sorts `values` and gives the bounds between which 95 % of them lie. */
void lk_middle_of(double *values, size_t count, double *low, double *high);

/* ---- Groups ---- */

typedef enum lk_column { LK_COLUMN_ALL, LK_COLUMN_STYLE, LK_COLUMN_LANG, LK_COLUMN_LABEL, LK_COLUMN_COUNT } lk_column;
/* "all", "style", "lang", "label" */
const char *lk_column_name(lk_column column);

typedef struct lk_group {
  lk_view name;
  const lk_outcome **items;
  size_t count;
} lk_group;

typedef struct lk_groups {
  lk_group *items;
  size_t count;
  const lk_outcome **pool;
} lk_groups;

/* Parts the outcomes by what they have in a column, in the order in which it first comes. False: memory is out. */
bool lk_groups_make(const lk_outcome *outcomes, size_t count, lk_column column, lk_groups *out);
void lk_groups_free(lk_groups *groups);

#endif
