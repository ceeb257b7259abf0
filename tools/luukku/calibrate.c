#include "calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "measures.h"

enum { FOLDS = 5, ROUNDS = 4000, BINS = 10, DIMENSIONS = LK_FEATURE_COUNT + 1 /* and the bias */ };

/* Strength of the ridge on the weights, in units of one question: enough to keep near-equal features from fighting. */
static const double RIDGE = 2.0;
static const double PRECISE = .96; /* what a policy asks of answers at once */

typedef struct model {
  double mean[LK_FEATURE_COUNT], scale[LK_FEATURE_COUNT];
  double weight[DIMENSIONS]; /* the last is the bias */
} model;

/* Questions of one label stay in one fold, so that nothing about an entry is learnt from the questions it is judged by. */
static unsigned fold_of(const lk_outcome *o) {
  uint32_t h = 2166136261u;
  lk_view key = o->gold->kind == LK_GOLD_ENTRY ? o->gold->label : o->gold->id;
  for (size_t i = 0; i < key.len; i++) h = (h ^ (unsigned char)key.ptr[i]) * 16777619u;
  return h % FOLDS;
}

static bool in_training(const lk_outcome *o, unsigned held_out) { return fold_of(o) != held_out; }

/* ---- The model ---- */

static double predict(const model *m, const double *features) {
  double z = m->weight[LK_FEATURE_COUNT];
  for (int f = 0; f < LK_FEATURE_COUNT; f++) z += m->weight[f] * (features[f] - m->mean[f]) / m->scale[f];
  return 1 / (1 + exp(-z));
}

static void standardise(const lk_outcome *const *outcomes, size_t count, unsigned held_out, model *m) {
  for (int f = 0; f < LK_FEATURE_COUNT; f++) {
    double sum = 0, squares = 0, n = 0;
    for (size_t i = 0; i < count; i++) {
      if (!in_training(outcomes[i], held_out)) continue;
      sum += outcomes[i]->features[f];
      squares += outcomes[i]->features[f] * outcomes[i]->features[f];
      n++;
    }
    m->mean[f] = n > 0 ? sum / n : 0;
    double variance = n > 0 ? squares / n - m->mean[f] * m->mean[f] : 0;
    m->scale[f] = variance > 1e-12 ? sqrt(variance) : 1;
  }
}

static double find_gradient(const lk_outcome *const *outcomes, size_t count, unsigned held_out, const model *m,
                            double gradient[DIMENSIONS]) {
  double n = 0;
  for (int d = 0; d < DIMENSIONS; d++) gradient[d] = 0;
  for (size_t i = 0; i < count; i++) {
    if (!in_training(outcomes[i], held_out)) continue;
    double error = predict(m, outcomes[i]->features) - outcomes[i]->sure;
    for (int f = 0; f < LK_FEATURE_COUNT; f++) gradient[f] += error * (outcomes[i]->features[f] - m->mean[f]) / m->scale[f];
    gradient[LK_FEATURE_COUNT] += error;
    n++;
  }
  return n > 0 ? n : 1;
}

/* Gradient descent with momentum on the ridge-penalised log loss; convex, so that where it starts does not matter. */
static void fit(const lk_outcome *const *outcomes, size_t count, unsigned held_out, model *m) {
  double velocity[DIMENSIONS] = {0}, gradient[DIMENSIONS];
  standardise(outcomes, count, held_out, m);
  memset(m->weight, 0, sizeof m->weight);
  for (int round = 0; round < ROUNDS; round++) {
    double n = find_gradient(outcomes, count, held_out, m, gradient);
    for (int d = 0; d < DIMENSIONS; d++) {
      if (d < LK_FEATURE_COUNT) gradient[d] += RIDGE * m->weight[d];
      velocity[d] = .9 * velocity[d] - .1 * gradient[d] / n;
      m->weight[d] += velocity[d];
    }
  }
}

/* ---- How good it is ---- */

static double area_under_curve(const double *p, const lk_outcome *const *outcomes, size_t count) {
  double better = 0, pairs = 0;
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < count; j++) {
      if (!outcomes[i]->sure || outcomes[j]->sure) continue;
      pairs++;
      better += p[i] > p[j] ? 1 : p[i] == p[j] ? .5 : 0;
    }
  return pairs > 0 ? better / pairs : (double)NAN;
}

lk_calibration lk_calibration_of(const double *p, const lk_outcome *const *outcomes, size_t count) {
  double bins[BINS] = {0}, loss = 0, error = 0, n = (double)count;
  for (size_t i = 0; i < count; i++) {
    double right = outcomes[i]->sure ? p[i] : 1 - p[i];
    loss -= log(right > 1e-9 ? right : 1e-9);
    bins[p[i] >= 1 ? BINS - 1 : (int)(p[i] * BINS)] += p[i] - outcomes[i]->sure;
  }
  for (int b = 0; b < BINS; b++) error += fabs(bins[b]);
  return (lk_calibration){area_under_curve(p, outcomes, count), n > 0 ? loss / n : (double)NAN, n > 0 ? error / n : (double)NAN};
}

static void predict_on_folds(const lk_outcome *const *outcomes, size_t count, double *p) {
  for (unsigned fold = 0; fold < FOLDS; fold++) {
    model m;
    fit(outcomes, count, fold, &m);
    for (size_t i = 0; i < count; i++)
      if (fold_of(outcomes[i]) == fold) p[i] = predict(&m, outcomes[i]->features);
  }
}

/* ---- Printing ---- */

static void print_model(const model *m, lk_lang lang, size_t count, FILE *out) {
  time_t now = time(NULL);
  struct tm day;
  char date[16] = "";
  if (gmtime_r(&now, &day)) (void)strftime(date, sizeof date, "%Y-%m-%d", &day);
  (void)fputs("  <model name=\"confidence\"", out);
  if (lang != LK_LANG_NONE) (void)fprintf(out, " lang=\"%s\"", lk_lang_code(lang));
  (void)fprintf(out, " fitted=\"%s\" questions=\"%zu\" note=\"luukku eval --calibrate\">\n", date, count);
  (void)fprintf(out, "    <weight feature=\"bias\" mean=\"0\" scale=\"1\" value=\"%.4f\"/>\n", m->weight[LK_FEATURE_COUNT]);
  for (int f = 0; f < LK_FEATURE_COUNT; f++)
    (void)fprintf(out, "    <weight feature=\"%s\" mean=\"%.4f\" scale=\"%.4f\" value=\"%.4f\"/>\n",
                  lk_feature_name((lk_feature)f), m->mean[f], m->scale[f], m->weight[f]);
  (void)fputs("  </model>\n", out);
}

/* What the thresholds could do with these probabilities. The model judges the best entry of all kinds: where that is not what a threshold decided on, the
 * outcome stays. */
static lk_coverage coverage_of(const double *p, const lk_group *group) {
  lk_outcome *anew = calloc(group->count + 1, sizeof *anew);
  if (!anew) return (lk_coverage){(double)NAN, (double)NAN, (double)NAN, (double)NAN};
  for (size_t i = 0; i < group->count; i++) {
    anew[i] = *group->items[i];
    if (anew[i].first == anew[i].best) anew[i].confidence = p[i];
  }
  lk_coverage coverage = lk_coverage_at(anew, group->count, PRECISE);
  free(anew);
  return coverage;
}

static void print_quality(const lk_group *group, const char *what, const double *p, FILE *out) {
  lk_calibration c = lk_calibration_of(p, group->items, group->count);
  lk_coverage most = coverage_of(p, group);
  (void)fprintf(out,
                "  <!-- %.*s, %s: AUC %.3f, log loss %.3f, ECE %.3f; at most %.3f answered at once with precision %.2f -->\n",
                LK_FMT(group->name), what, c.area_under_curve, c.log_loss, c.error, most.answered, PRECISE);
}

/* `p` is in the order of `all`, in which each language's outcomes keep theirs. */
static int judge(const lk_group *all, const lk_groups *langs, const double *p, FILE *out) {
  double *part = calloc(all->count + 1, sizeof *part);
  if (!part) return LK_EXIT_UNUSABLE;
  for (size_t g = 0; g < langs->count; g++) {
    const lk_group *group = &langs->items[g];
    size_t n = 0;
    for (size_t i = 0; i < all->count && n < group->count; i++)
      if (all->items[i] == group->items[n]) part[n++] = p[i];
    print_quality(group, "on folds over labels", part, out);
    for (size_t i = 0; i < group->count; i++) part[i] = group->items[i]->model_confidence;
    print_quality(group, "the knowledge base's present model", part, out);
  }
  free(part);
  return LK_EXIT_GOOD;
}

static int calibrate_all(const lk_group *all, const lk_groups *langs, FILE *out) {
  double *p = calloc(all->count + 1, sizeof *p);
  if (!p) return LK_EXIT_UNUSABLE;
  model m;
  predict_on_folds(all->items, all->count, p);
  int status = judge(all, langs, p, out);
  fit(all->items, all->count, FOLDS, &m);
  if (status == LK_EXIT_GOOD) print_model(&m, langs->count == 1 ? all->items[0]->gold->lang : LK_LANG_NONE, all->count, out);
  free(p);
  return status;
}

int lk_calibrate(const lk_outcome *outcomes, size_t count, FILE *out) {
  lk_groups all = {0}, langs = {0};
  bool fine = lk_groups_make(outcomes, count, LK_COLUMN_ALL, &all) && lk_groups_make(outcomes, count, LK_COLUMN_LANG, &langs);
  int status = fine ? LK_EXIT_GOOD : LK_EXIT_UNUSABLE;
  if (fine && all.count) status = calibrate_all(&all.items[0], &langs, out);
  lk_groups_free(&all);
  lk_groups_free(&langs);
  if (status == LK_EXIT_UNUSABLE) (void)fputs("luukku eval: error: out of memory; ask fewer questions at a time\n", stderr);
  return status;
}
