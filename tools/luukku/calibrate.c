#include "calibrate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FOLDS = 5, ROUNDS = 4000, DIMENSIONS = LK_FEATURE_COUNT + 1 /* and the bias */ };

/* Strength of the ridge on the weights, in units of one question: enough to keep near-equal features from fighting. */
static const double RIDGE = 2.0;

typedef struct model {
  double mean[LK_FEATURE_COUNT], scale[LK_FEATURE_COUNT];
  double weight[DIMENSIONS]; /* the last is the bias */
} model;

/* Questions of one label stay in one fold, so that nothing about an entry is learnt from the questions it is judged by. */
static unsigned fold_of(const lk_outcome *o) {
  uint32_t h = 2166136261u;
  bool scattered = o->gold->kind == LK_GOLD_NONE || o->gold->kind == LK_GOLD_CHAT || o->gold->kind == LK_GOLD_HANDOFF;
  lk_view key = scattered ? o->gold->id : o->gold->label;
  for (size_t i = 0; i < key.len; i++) h = (h ^ (unsigned char)key.ptr[i]) * 16777619u;
  return h % FOLDS;
}

static bool in_training(const lk_outcome *o, unsigned held_out) { return fold_of(o) != held_out; }

static double predict(const model *m, const double *features) {
  double z = m->weight[LK_FEATURE_COUNT];
  for (int f = 0; f < LK_FEATURE_COUNT; f++) z += m->weight[f] * (features[f] - m->mean[f]) / m->scale[f];
  return 1 / (1 + exp(-z));
}

static void standardise(const lk_outcome *outcomes, size_t count, unsigned held_out, model *m) {
  for (int f = 0; f < LK_FEATURE_COUNT; f++) {
    double sum = 0, squares = 0, n = 0;
    for (size_t i = 0; i < count; i++) {
      if (!in_training(&outcomes[i], held_out)) continue;
      sum += outcomes[i].features[f];
      squares += outcomes[i].features[f] * outcomes[i].features[f];
      n++;
    }
    m->mean[f] = n > 0 ? sum / n : 0;
    double variance = n > 0 ? squares / n - m->mean[f] * m->mean[f] : 0;
    m->scale[f] = variance > 1e-12 ? sqrt(variance) : 1;
  }
}

/* Gradient descent with momentum on the ridge-penalised log loss; convex, so that where it starts does not matter. */
static void fit(const lk_outcome *outcomes, size_t count, unsigned held_out, model *m) {
  double velocity[DIMENSIONS] = {0};
  standardise(outcomes, count, held_out, m);
  memset(m->weight, 0, sizeof m->weight);
  for (int round = 0; round < ROUNDS; round++) {
    double gradient[DIMENSIONS] = {0}, n = 0;
    for (size_t i = 0; i < count; i++) {
      if (!in_training(&outcomes[i], held_out)) continue;
      double error = predict(m, outcomes[i].features) - (outcomes[i].sure);
      for (int f = 0; f < LK_FEATURE_COUNT; f++) gradient[f] += error * (outcomes[i].features[f] - m->mean[f]) / m->scale[f];
      gradient[LK_FEATURE_COUNT] += error;
      n++;
    }
    for (int d = 0; d < DIMENSIONS; d++) {
      if (d < LK_FEATURE_COUNT) gradient[d] += RIDGE * m->weight[d];
      velocity[d] = .9 * velocity[d] - .1 * gradient[d] / (n > 0 ? n : 1);
      m->weight[d] += velocity[d];
    }
  }
}

/* Probability that a right one is rated above a wrong one. */
static double area_under_curve(const double *p, const lk_outcome *outcomes, size_t count) {
  double better = 0, pairs = 0;
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < count; j++) {
      if (!outcomes[i].sure || outcomes[j].sure) continue;
      pairs++;
      better += p[i] > p[j] ? 1 : p[i] == p[j] ? .5 : 0;
    }
  return pairs > 0 ? better / pairs : NAN;
}

static double log_loss(const double *p, const lk_outcome *outcomes, size_t count) {
  double sum = 0, n = 0;
  for (size_t i = 0; i < count; i++) {
    sum -= log(outcomes[i].sure ? p[i] : 1 - p[i]);
    n++;
  }
  return n > 0 ? sum / n : NAN;
}

static double binned_error(const double *p, const lk_outcome *outcomes, size_t count) {
  double sum[10] = {0}, n = 0, error = 0;
  for (size_t i = 0; i < count; i++) {
    int bin = p[i] >= 1 ? 9 : (int)(p[i] * 10);
    sum[bin] += p[i] - (outcomes[i].sure);
    n++;
  }
  for (int b = 0; b < 10; b++) error += fabs(sum[b]);
  return n > 0 ? error / n : NAN;
}

int lk_calibrate(const lk_outcome *outcomes, size_t count, lk_lang lang) {
  double *held_out = calloc(count + 1, sizeof *held_out);
  if (!held_out) return LK_EXIT_UNUSABLE;
  for (unsigned fold = 0; fold < FOLDS; fold++) {
    model m;
    fit(outcomes, count, fold, &m);
    for (size_t i = 0; i < count; i++)
      if (fold_of(&outcomes[i]) == fold) held_out[i] = predict(&m, outcomes[i].features);
  }
  model all;
  fit(outcomes, count, FOLDS, &all);
  time_t now = time(NULL);
  struct tm day;
  char date[16] = "";
  if (gmtime_r(&now, &day)) (void)strftime(date, sizeof date, "%Y-%m-%d", &day);
  (void)printf("  <!-- On %d folds over labels: AUC %.3f, log loss %.3f, ECE %.3f -->\n", FOLDS,
               area_under_curve(held_out, outcomes, count), log_loss(held_out, outcomes, count),
               binned_error(held_out, outcomes, count));
  (void)printf("  <model name=\"confidence\"");
  if (lang != LK_LANG_NONE) (void)printf(" lang=\"%s\"", lk_lang_code(lang));
  (void)printf(" fitted=\"%s\" questions=\"%zu\" note=\"luukku eval --calibrate\">\n", date, count);
  (void)printf("    <weight feature=\"bias\" mean=\"0\" scale=\"1\" value=\"%.4f\"/>\n", all.weight[LK_FEATURE_COUNT]);
  for (int f = 0; f < LK_FEATURE_COUNT; f++)
    (void)printf("    <weight feature=\"%s\" mean=\"%.4f\" scale=\"%.4f\" value=\"%.4f\"/>\n", lk_feature_name((lk_feature)f),
                 all.mean[f], all.scale[f], all.weight[f]);
  (void)printf("  </model>\n");
  free(held_out);
  return LK_EXIT_GOOD;
}

void lk_print_thresholds(const lk_outcome *outcomes, size_t count) {
  (void)printf("%9s %9s %9s %14s\n", "threshold", "coverage", "precision", "false answers");
  for (int t = 20; t <= 98; t += 2) {
    double answered = 0, right = 0, total = 0, none = 0, false_answers = 0;
    for (size_t i = 0; i < count; i++) {
      const lk_outcome *o = &outcomes[i];
      if (!lk_outcome_counts(o)) continue;
      bool takes = o->confidence >= t / 100.0;
      total++;
      answered += takes;
      right += takes && o->rank == 1;
      none += o->gold->kind == LK_GOLD_NONE;
      false_answers += takes && o->gold->kind == LK_GOLD_NONE;
    }
    (void)printf("%9.2f %9.3f %9.3f %14.3f\n", t / 100.0, total > 0 ? answered / total : 0, answered > 0 ? right / answered : 0,
                 none > 0 ? false_answers / none : 0);
  }
}

int lk_plot_reliability(const lk_outcome *outcomes, size_t count, const char *path) {
  double sum[10] = {0}, right[10] = {0};
  size_t in[10] = {0}, most = 1;
  for (size_t i = 0; i < count; i++) {
    if (!lk_outcome_counts(&outcomes[i])) continue;
    int bin = outcomes[i].confidence >= 1 ? 9 : (int)(outcomes[i].confidence * 10);
    sum[bin] += outcomes[i].confidence;
    right[bin] += outcomes[i].rank == 1;
    if (++in[bin] > most) most = in[bin];
  }
  FILE *out = fopen(path, "w");
  if (!out) {
    (void)fprintf(stderr, "luukku eval: error: %s cannot be written: %s; choose another path\n", path, strerror(errno));
    return LK_EXIT_UNUSABLE;
  }
  (void)fputs(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 460 460\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<title>Confidence against being right</title><rect width=\"460\" height=\"460\" fill=\"#fff\"/>\n"
      "<path d=\"M50 410H450M50 410V10\" stroke=\"#333\"/><path d=\"M50 410L450 10\" stroke=\"#999\" stroke-dasharray=\"4\"/>\n",
      out);
  for (int b = 0; b <= 10; b += 2)
    (void)fprintf(
        out,
        "<text x=\"%d\" y=\"428\" text-anchor=\"middle\">%.1f</text><text x=\"42\" y=\"%d\" text-anchor=\"end\">%.1f</text>\n",
        50 + b * 40, b / 10.0, 414 - b * 40, b / 10.0);
  (void)fputs(
      "<text x=\"250\" y=\"450\" text-anchor=\"middle\">confidence</text>\n"
      "<text x=\"14\" y=\"210\" text-anchor=\"middle\" transform=\"rotate(-90 14 210)\">share right</text>\n",
      out);
  for (int b = 0; b < 10; b++) {
    if (!in[b]) continue;
    double x = 50 + 400 * sum[b] / (double)in[b], y = 410 - 400 * right[b] / (double)in[b];
    (void)fprintf(out, "<rect x=\"%d\" y=\"%.1f\" width=\"36\" height=\"%.1f\" fill=\"#cde\"/>\n", 52 + b * 40,
                  410 - 80.0 * (double)in[b] / (double)most, 80.0 * (double)in[b] / (double)most);
    (void)fprintf(
        out,
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#036\"/><text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%zu</text>\n",
        x, y, x, y - 9, in[b]);
  }
  (void)fputs("</svg>\n", out);
  if (fclose(out) == 0) return LK_EXIT_GOOD;
  (void)fprintf(stderr, "luukku eval: error: %s cannot be written: %s; free some space\n", path, strerror(errno));
  return LK_EXIT_UNUSABLE;
}
