/* The confidence model: fitting, thresholds, reliability. */
#ifndef LK_CALIBRATE_H
#define LK_CALIBRATE_H

#include "gold.h"

typedef struct lk_outcome {
  const lk_gold *gold;
  lk_lang lang;
  lk_act act;
  const lk_entry *entry, *best;
  unsigned rank; /* of the first right candidate, from 1; 0 when it is not among the first ten */
  bool sure;     /* is the entry that the model judges right? For what nothing answers: an entry that says so */
  double model_confidence;
  bool answered, right, resolved;
  double confidence;
  double features[LK_FEATURE_COUNT];
} lk_outcome;

/* Does it count for the confidence? Questions about an entry, and those that nothing answers. */
static inline bool lk_outcome_counts(const lk_outcome *o) {
  return o->gold->kind == LK_GOLD_ENTRY || o->gold->kind == LK_GOLD_NONE;
}

/* Fits a logistic model of "the best entry is right" and prints it as XML; says how good it is on folds over labels that it was not fitted on. */
int lk_calibrate(const lk_outcome *outcomes, size_t count, lk_lang lang);
void lk_print_thresholds(const lk_outcome *outcomes, size_t count);
int lk_plot_reliability(const lk_outcome *outcomes, size_t count, const char *path);

#endif
