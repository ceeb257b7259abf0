/* Fitting the ranking's weights. Coordinate search: from the start, each weight in turn is tried larger and smaller, and the better value stays; the steps shrink from
 * sweep to sweep. It runs once for all questions and once for each fold without that fold's articles, all in step, so that a setting which several of them
 * want is measured once. What is maximised is smooth: how often the right entry leads, counted in part when the lead is small. Recall alone is a
 * staircase that a search climbs by chance. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "weights.h"

enum { FOLDS = 4, SEARCHES = FOLDS + 1 /* the last is over all */, SETTINGS_MAX = 4000, BATCH = 2 * SEARCHES };

static const float steps[] = {2.0f, 1.4f, 1.2f};
static const double HALF_LEAD = .04; /* a lead of this share of the score counts .73, one of twice as much .88 */
/* A step for less than this is a step after chance: a third of a question among a thousand. */
static const double LEAST_GAIN = 3e-4;

/* Weights and what they give, a question each. */
typedef struct setting {
  lk_weights weights;
  unsigned char *rank;
  float *gain;
} setting;

typedef struct fit {
  const lk_snapshot *snapshot;
  const lk_gold_set *set;
  const lk_fit_options *options;
  unsigned *fold; /* of each question; FOLDS: it is about no entry */
  setting *settings;
  size_t count;
  size_t best[SEARCHES];
} fit;

/* ---- Measuring settings ---- */

static bool measure_setting(const fit *f, setting *s) {
  size_t count = f->set->count;
  lk_engine *engine = lk_snapshot_engine(f->snapshot, &s->weights);
  lk_outcome *outcomes = calloc(count + 1, sizeof *outcomes);
  s->rank = calloc(count + 1, sizeof *s->rank);
  s->gain = calloc(count + 1, sizeof *s->gain);
  lk_asking asking = {.lang = f->options->lang};
  bool fine =
      engine && outcomes && s->rank && s->gain && lk_outcomes_ask("eval", engine, f->set, &asking, outcomes) == LK_EXIT_GOOD;
  for (size_t i = 0; fine && i < count; i++) {
    s->rank[i] = (unsigned char)outcomes[i].rank;
    s->gain[i] = (float)(1 / (1 + exp(-outcomes[i].lead / HALF_LEAD)));
  }
  lk_outcomes_free(outcomes, count);
  lk_engine_free(engine);
  return fine;
}

typedef struct batch {
  const fit *f;
  setting *settings;
  size_t count;
  atomic_size_t next;
  atomic_bool failed;
} batch;

static void *work(void *self) {
  batch *b = self;
  for (size_t i; (i = atomic_fetch_add(&b->next, 1)) < b->count;)
    if (!measure_setting(b->f, &b->settings[i])) atomic_store(&b->failed, true);
  return NULL;
}

/* Measures the settings from `first` on, several at a time. */
static bool measure_new(const fit *f, size_t first) {
  enum { THREADS_MAX = BATCH };
  pthread_t threads[THREADS_MAX];
  batch b = {.f = f, .settings = f->settings + first, .count = f->count - first};
  size_t wanted = f->options->threads < b.count ? f->options->threads : b.count, started = 0;
  while (started + 1 < wanted && started < THREADS_MAX && pthread_create(&threads[started], NULL, work, &b) == 0) started++;
  (void)work(&b);
  for (size_t t = 0; t < started; t++) (void)pthread_join(threads[t], NULL);
  return !atomic_load(&b.failed);
}

/* The number of the setting with these weights; SETTINGS_MAX when there is no room for another. */
static size_t setting_of(fit *f, const lk_weights *weights) {
  for (size_t s = 0; s < f->count; s++)
    if (memcmp(&f->settings[s].weights, weights, sizeof *weights) == 0) return s;
  if (f->count == SETTINGS_MAX) return SETTINGS_MAX;
  f->settings[f->count].weights = *weights;
  return f->count++;
}

/* ---- Searching ---- */

static bool trains(const fit *f, size_t question, int search) {
  return f->fold[question] < FOLDS && (search == FOLDS || f->fold[question] != (unsigned)search);
}

static double worth(const fit *f, size_t s, int search) {
  double sum = 0, n = 0;
  for (size_t i = 0; i < f->set->count; i++) {
    if (!trains(f, i, search)) continue;
    sum += (double)f->settings[s].gain[i];
    n++;
  }
  return n > 0 ? sum / n : 0;
}

/* The present best with one weight moved; false when it can't be moved there. */
static bool moved(const fit *f, int search, size_t weight, float factor, lk_weights *out) {
  *out = f->settings[f->best[search]].weights;
  float value = lk_weight_get(out, weight);
  if (value == 0) return factor > 1 && lk_weight_set(out, weight, .05f * factor);
  return lk_weight_set(out, weight, value * factor);
}

static bool try_weight(fit *f, size_t weight, float step) {
  size_t tried[SEARCHES][2], first = f->count;
  for (int s = 0; s < SEARCHES; s++)
    for (int way = 0; way < 2; way++) {
      lk_weights weights;
      bool can = moved(f, s, weight, way ? 1 / step : step, &weights);
      tried[s][way] = can ? setting_of(f, &weights) : f->best[s];
      if (tried[s][way] == SETTINGS_MAX) tried[s][way] = f->best[s];
    }
  if (!measure_new(f, first)) return false;
  for (int s = 0; s < SEARCHES; s++)
    for (int way = 0; way < 2; way++)
      if (worth(f, tried[s][way], s) > worth(f, f->best[s], s) + LEAST_GAIN) f->best[s] = tried[s][way];
  return true;
}

static void shuffle(size_t *order, size_t count, uint64_t *seed) {
  for (size_t i = count; i > 1; i--) {
    size_t other = lk_random_below(seed, i), swap = order[i - 1];
    order[i - 1] = order[other];
    order[other] = swap;
  }
}

static void show_progress(const fit *f, size_t done, size_t all) {
  if (isatty(STDERR_FILENO)) (void)fprintf(stderr, "\r%zu of %zu weights, %zu settings tried ", done, all, f->count);
  if (done == all && isatty(STDERR_FILENO)) (void)fputc('\n', stderr);
}

/* The first weight is left alone: only the scores' proportions count. */
static bool search(fit *f) {
  enum { ORDER_MAX = 64 };
  size_t order[ORDER_MAX], weights = lk_weights_count() - 1, sweeps = sizeof steps / sizeof *steps;
  uint64_t seed = f->options->seed;
  f->settings[f->count++].weights = f->options->start;
  if (!measure_new(f, 0)) return false;
  for (size_t w = 0; w < weights; w++) order[w] = w + 1;
  for (size_t sweep = 0; sweep < sweeps; sweep++) {
    shuffle(order, weights, &seed);
    for (size_t w = 0; w < weights; w++) {
      if (!try_weight(f, order[w], steps[sweep])) return false;
      show_progress(f, sweep * weights + w + 1, sweeps * weights);
    }
  }
  return true;
}

/* ---- Folds ---- */

/* Questions of one label stay in one fold, in all languages, so that no entry's questions are among those that its weights were fitted to. */
static unsigned fold_of(const lk_gold *gold, uint64_t seed) {
  if (gold->kind != LK_GOLD_ENTRY) return FOLDS;
  for (size_t i = 0; i < gold->label.len; i++) seed = (seed ^ (unsigned char)gold->label.ptr[i]) * 1099511628211u;
  return (unsigned)lk_random_below(&seed, FOLDS);
}

/* ---- Printing ---- */

typedef size_t (*chosen)(const fit *f, size_t question);
static size_t at_start(const fit *f, size_t question) {
  (void)f;
  (void)question;
  return 0;
}
static size_t without_its_fold(const fit *f, size_t question) { return f->best[f->fold[question]]; }
static size_t over_all(const fit *f, size_t question) {
  (void)question;
  return f->best[FOLDS];
}

static void print_row(const fit *f, const char *name, lk_lang lang, chosen choose, FILE *out) {
  double first = 0, third = 0, reciprocal = 0, n = 0;
  for (size_t i = 0; i < f->set->count; i++) {
    if (f->fold[i] == FOLDS || (lang != LK_LANG_COUNT && f->set->items[i].lang != lang)) continue;
    unsigned rank = f->settings[choose(f, i)].rank[i];
    first += rank == 1;
    third += rank >= 1 && rank <= 3;
    reciprocal += rank ? 1.0 / rank : 0;
    n++;
  }
  if (n > 0) (void)fprintf(out, "%-26s %9.0f %9.3f %9.3f %9.3f\n", name, n, first / n, third / n, reciprocal / n);
}

static void print_rows(const fit *f, const char *name, chosen choose, FILE *out) {
  print_row(f, name, LK_LANG_COUNT, choose, out);
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++) {
    char line[16];
    (void)snprintf(line, sizeof line, "  %s", lk_lang_code(lang));
    print_row(f, line, lang, choose, out);
  }
}

static void print_fit(const fit *f, FILE *out) {
  (void)fprintf(out, "%d folds over labels, seed %llu, %zu settings\n\n", FOLDS, (unsigned long long)f->options->seed, f->count);
  (void)fprintf(out, "%-26s %9s %9s %9s %9s\n", "", "questions", "recall@1", "recall@3", "mrr@10");
  print_rows(f, "as they were", at_start, out);
  print_rows(f, "fitted, cross-validated", without_its_fold, out);
  print_rows(f, "fitted, same questions", over_all, out);
  (void)fputs("\nWeights for engine/search/weights.c; fit the confidence anew after a change (--calibrate)\n", out);
  lk_weights_print(&f->settings[f->best[FOLDS]].weights, out);
}

int lk_fit(const lk_snapshot *snapshot, const lk_gold_set *set, const lk_fit_options *options, FILE *out) {
  fit f = {snapshot, set, options, calloc(set->count + 1, sizeof *f.fold), calloc(SETTINGS_MAX, sizeof *f.settings), 0, {0}};
  bool fine = f.fold && f.settings;
  for (size_t i = 0; fine && i < set->count; i++) f.fold[i] = fold_of(&set->items[i], options->seed);
  fine = fine && search(&f);
  if (fine) print_fit(&f, out);
  for (size_t s = 0; f.settings && s < f.count; s++) {
    free(f.settings[s].rank);
    free(f.settings[s].gain);
  }
  free(f.settings);
  free(f.fold);
  return fine ? LK_EXIT_GOOD : LK_EXIT_UNUSABLE;
}
