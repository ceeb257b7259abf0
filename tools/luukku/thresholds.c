#include <math.h>

#include "calibrate.h"
#include "measures.h"

enum { FIRST = 30, LAST = 98, STEP = 4, ROWS = (LAST - FIRST) / STEP + 2 /* and the present one */ };

/* What would be done if this threshold were another: what hinged on it is taken from it on; below it there are choices, or a question for other words. */
static lk_outcome decide_anew(const lk_outcome *o, lk_hinge hinge, double threshold, double clarify_at) {
  lk_outcome anew = *o;
  if (o->hinge != hinge) return anew;
  bool taken = o->confidence >= threshold;
  if (taken == o->answered) return anew;
  bool clarified = !taken && o->confidence >= clarify_at && o->enough;
  anew.act = taken ? (hinge == LK_HINGE_PERFORM ? LK_ACT_PERFORM : LK_ACT_ANSWER) : clarified ? LK_ACT_CLARIFY : LK_ACT_FALLBACK;
  anew.entry = o->first;
  anew.answered = taken;
  anew.right = lk_outcome_right_at_once(o->gold, anew.act, anew.entry);
  anew.resolved = anew.right || (clarified && o->offered);
  return anew;
}

static const lk_measure shown[] = {LK_MEASURE_ANSWERED,      LK_MEASURE_PRECISION, LK_MEASURE_WRONG,
                                   LK_MEASURE_FALSE_ANSWERS, LK_MEASURE_RESOLVED,  LK_MEASURE_NONE_CHOICES};
enum { SHOWN = sizeof shown / sizeof *shown, FINEST = 200 /* steps of a threshold */ };

typedef struct means {
  double sum[SHOWN], count[SHOWN];
} means;

static void add(means *sums, const lk_outcome *o) {
  for (int m = 0; m < SHOWN; m++) {
    double value = lk_measure_value(shown[m], o);
    if (isnan(value)) continue;
    sums->sum[m] += value;
    sums->count[m]++;
  }
}

static void finish(const means *sums, double out[SHOWN]) {
  for (int m = 0; m < SHOWN; m++) out[m] = sums->count[m] > 0 ? sums->sum[m] / sums->count[m] : (double)NAN;
}

static void measure_at(const lk_outcome *outcomes, size_t count, lk_hinge hinge, double threshold, double clarify_at,
                       double out[SHOWN]) {
  means sums = {0};
  for (size_t i = 0; i < count; i++) {
    lk_outcome anew = decide_anew(&outcomes[i], hinge, threshold, clarify_at);
    add(&sums, &anew);
  }
  finish(&sums, out);
}

/* Answers and actions by one threshold. */
static void measure_both(const lk_outcome *outcomes, size_t count, double threshold, double out[SHOWN]) {
  means sums = {0};
  for (size_t i = 0; i < count; i++) {
    lk_outcome anew = decide_anew(&outcomes[i], outcomes[i].hinge, threshold, 0);
    add(&sums, &anew);
  }
  finish(&sums, out);
}

lk_coverage lk_coverage_at(const lk_outcome *outcomes, size_t count, double least) {
  lk_coverage best = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
  for (int t = FINEST; t > 0; t--) {
    double of[SHOWN], threshold = t / (double)FINEST;
    measure_both(outcomes, count, threshold, of);
    if (of[1] >= least && !(of[0] <= best.answered)) best = (lk_coverage){of[0], of[1], of[3], threshold};
  }
  return best;
}

/* The thresholds of the table: at even steps, and the present one in its place. */
static size_t rows_of(double present, double out[ROWS]) {
  size_t count = 0;
  bool placed = false;
  for (int t = FIRST; t <= LAST; t += STEP) {
    double threshold = t / 100.0;
    if (!placed && present <= threshold + 1e-9) {
      out[count++] = present;
      placed = true;
      if (fabs(present - threshold) < 1e-9) continue;
    }
    out[count++] = threshold;
  }
  if (!placed) out[count++] = present;
  return count;
}

typedef struct axis {
  const char *name;
  lk_hinge hinge;
  double present;
} axis;

static void axes_of(lk_policy policy, axis out[2]) {
  out[0] = (axis){"answer-at", LK_HINGE_ANSWER, policy.answer_at};
  out[1] = (axis){"perform-at", LK_HINGE_PERFORM, policy.perform_at};
}

void lk_thresholds_print(const lk_outcome *outcomes, size_t count, lk_policy policy, FILE *out) {
  axis axes[2];
  axes_of(policy, axes);
  for (int a = 0; a < 2; a++) {
    double rows[ROWS];
    size_t row_count = rows_of(axes[a].present, rows);
    (void)fprintf(out, "%s%-12s", a ? "\n" : "", axes[a].name);
    for (int m = 0; m < SHOWN; m++) (void)fprintf(out, "  %s", lk_measure_name(shown[m]));
    (void)fputc('\n', out);
    for (size_t r = 0; r < row_count; r++) {
      double value[SHOWN];
      measure_at(outcomes, count, axes[a].hinge, rows[r], policy.clarify_at, value);
      (void)fprintf(out, "%-4.2f %-7s", rows[r], rows[r] == axes[a].present ? "(now)" : "");
      for (int m = 0; m < SHOWN; m++) {
        int width = (int)strlen(lk_measure_name(shown[m])) + 2;
        if (isnan(value[m]))
          (void)fprintf(out, "%*s", width + 2, "–");
        else
          (void)fprintf(out, "%*.3f", width, value[m]);
      }
      (void)fputc('\n', out);
    }
  }
}

json_t *lk_thresholds_json(const lk_outcome *outcomes, size_t count, lk_policy policy) {
  axis axes[2];
  axes_of(policy, axes);
  json_t *all = json_object();
  for (int a = 0; a < 2; a++) {
    double rows[ROWS];
    size_t row_count = rows_of(axes[a].present, rows);
    json_t *list = json_array();
    for (size_t r = 0; r < row_count; r++) {
      double value[SHOWN];
      measure_at(outcomes, count, axes[a].hinge, rows[r], policy.clarify_at, value);
      json_t *row = json_pack("{s:f,s:b}", "threshold", rows[r], "now", rows[r] == axes[a].present);
      for (int m = 0; m < SHOWN; m++)
        json_object_set_new(row, lk_measure_name(shown[m]), isnan(value[m]) ? json_null() : json_real(value[m]));
      json_array_append_new(list, row);
    }
    json_object_set_new(all, axes[a].name, list);
  }
  return all;
}
