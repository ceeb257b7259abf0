/* The confidence: fitting its model, choosing thresholds by it, looking at it. */
#ifndef LK_CALIBRATE_H
#define LK_CALIBRATE_H

#include "outcome.h"

/* How good probabilities are: of a right one rated above a wrong one, the mean logarithm of what was missed, and the error of calibration in ten bins. */
typedef struct lk_calibration {
  double area_under_curve, log_loss, error;
} lk_calibration;
lk_calibration lk_calibration_of(const double *probability, const lk_outcome *const *outcomes, size_t count);

/* Fits a logistic model of "the best entry is right" and prints it as XML for the knowledge base, with how good it is, in each language, on folds over
 * labels that it was not fitted on. Its language is the questions', if they have one only. */
int lk_calibrate(const lk_outcome *outcomes, size_t count, FILE *out);

/* What each value of answer-at and perform-at would give, the other thresholds as they are. */
typedef struct lk_policy {
  double answer_at, perform_at, clarify_at;
} lk_policy;
void lk_thresholds_print(const lk_outcome *outcomes, size_t count, lk_policy policy, FILE *out);
json_t *lk_thresholds_json(const lk_outcome *outcomes, size_t count, lk_policy policy);

/* The most that could be answered at once with a precision of at least `least`, by one threshold for answers and actions. */
typedef struct lk_coverage {
  double answered, precision, false_answers, threshold; /* NAN: no threshold gives it */
} lk_coverage;
lk_coverage lk_coverage_at(const lk_outcome *outcomes, size_t count, double least);

/* Draws confidence against the share that is right, as SVG. */
int lk_plot_reliability(const lk_outcome *outcomes, size_t count, const char *path);

#endif
