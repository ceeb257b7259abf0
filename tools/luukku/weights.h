/* The ranking's weights by name: read from the command line, fitted to questions. */
#ifndef LK_TOOL_WEIGHTS_H
#define LK_TOOL_WEIGHTS_H

#include "measures.h"

/* The weights that have a name, and where each may lie. */
size_t lk_weights_count(void);
const char *lk_weight_name(size_t weight);
float lk_weight_get(const lk_weights *weights, size_t weight);
/* False: out of its bounds. */
bool lk_weight_set(lk_weights *weights, size_t weight, float value);

/* Reads "name=value,name=value". */
bool lk_weights_read(const char *text, lk_weights *out);
/* As the lines of a table in C. */
void lk_weights_print(const lk_weights *weights, FILE *out);

/* A knowledge base's files as they were when they were read: many engines can be built of them, whatever editors do meanwhile. */
typedef struct lk_snapshot lk_snapshot;
/* With `young` above 0, only each entry's first so many phrasings are kept. NULL: everything has been said. */
lk_snapshot *lk_snapshot_take(const char *folder, size_t young);
void lk_snapshot_free(lk_snapshot *snapshot);
/* Any number of threads may build at once. NULL: everything has been said. */
lk_engine *lk_snapshot_engine(const lk_snapshot *snapshot, const lk_weights *weights);

typedef struct lk_fit_options {
  lk_weights start;
  lk_lang lang; /* of all questions; LK_LANG_NONE: detect each */
  uint64_t seed;
  size_t threads;
} lk_fit_options;

/* Searches for better weights along one after another; prints what they give on questions they were not fitted to, and the weights. */
int lk_fit(const lk_snapshot *snapshot, const lk_gold_set *set, const lk_fit_options *options, FILE *out);

#endif
