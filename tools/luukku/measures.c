#include "measures.h"

#include <math.h>
#include <stdlib.h>

enum { BINS = 10 };

/* ---- Each measure ---- */

static const struct {
  const char *name, *about;
} table[] = {
#define LK_MEASURE_ROW(id, name, about) [LK_MEASURE_##id] = {name, about},
    LK_MEASURES(LK_MEASURE_ROW)
#undef LK_MEASURE_ROW
};

const char *lk_measure_name(lk_measure measure) { return table[measure].name; }
const char *lk_measure_about(lk_measure measure) { return table[measure].about; }

/* A truth, over those that count only. */
static double of(bool counts, bool truth) { return counts ? truth : (double)NAN; }

double lk_measure_value(lk_measure measure, const lk_outcome *o) {
  bool entry = o->gold->kind == LK_GOLD_ENTRY, none = o->gold->kind == LK_GOLD_NONE;
  switch (measure) {
    case LK_MEASURE_RECALL_1:
      return of(entry, o->rank == 1);
    case LK_MEASURE_RECALL_3:
      return of(entry, o->rank >= 1 && o->rank <= 3);
    case LK_MEASURE_MRR:
      return entry ? (o->rank ? 1.0 / o->rank : 0) : (double)NAN;
    case LK_MEASURE_ANSWERED:
      return o->answered;
    case LK_MEASURE_PRECISION:
      return of(o->answered, o->right);
    case LK_MEASURE_RESOLVED:
      return of(entry, o->resolved);
    case LK_MEASURE_WRONG:
      return lk_outcome_wrong_at_once(o);
    case LK_MEASURE_FALSE_ANSWERS:
      return of(none, o->answered && !o->right);
    case LK_MEASURE_NONE_CHOICES:
      return of(none, o->act == LK_ACT_CLARIFY);
    case LK_MEASURE_HANDOFF_RECALL:
      return of(o->gold->kind == LK_GOLD_HANDOFF, o->act == LK_ACT_HANDOFF);
    case LK_MEASURE_NEEDLESS_HANDOFF:
      return of(entry, o->act == LK_ACT_HANDOFF && !o->right);
    case LK_MEASURE_LANGUAGE:
      return of(o->gold->lang != LK_LANG_NONE, o->lang == o->gold->lang);
    default:
      return (double)NAN;
  }
}

/* ---- Sums over outcomes ---- */

/* What one outcome adds, worked out once for all rounds of the bootstrap. */
typedef struct addend {
  double value[LK_MEASURE_COUNT];
  int bin;        /* of its confidence; -1: it does not count for it */
  double surplus; /* confidence − right */
} addend;

typedef struct sums {
  double value[LK_MEASURE_COUNT], count[LK_MEASURE_COUNT];
  double surplus[BINS], binned;
} sums;

static void addend_of(const lk_outcome *o, addend *out) {
  for (int m = 0; m < LK_MEASURE_COUNT; m++) out->value[m] = lk_measure_value((lk_measure)m, o);
  int bin = (int)(o->confidence * BINS);
  out->bin = !lk_outcome_counts(o) ? -1 : bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
  out->surplus = o->confidence - (o->rank == 1);
}

static void add(sums *s, const addend *a) {
  for (int m = 0; m < LK_MEASURE_COUNT; m++) {
    if (isnan(a->value[m])) continue;
    s->value[m] += a->value[m];
    s->count[m]++;
  }
  if (a->bin < 0) return;
  s->surplus[a->bin] += a->surplus;
  s->binned++;
}

static void means(const sums *s, double *out) {
  for (int m = 0; m < LK_MEASURE_COUNT; m++) out[m] = s->count[m] > 0 ? s->value[m] / s->count[m] : (double)NAN;
  double error = 0;
  for (int b = 0; b < BINS; b++) error += fabs(s->surplus[b]);
  out[LK_MEASURE_ECE] = s->binned > 0 ? error / s->binned : (double)NAN;
}

/* ---- Intervals ---- */

uint64_t lk_random(uint64_t *seed) {
  uint64_t z = (*seed += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

size_t lk_random_below(uint64_t *seed, size_t bound) { return (size_t)(((lk_random(seed) >> 32) * bound) >> 32); }

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

void lk_middle_of(double *values, size_t count, double *low, double *high) {
  *low = *high = (double)NAN;
  if (!count) return;
  qsort(values, count, sizeof *values, ascending);
  *low = values[(size_t)(.025 * (double)(count - 1) + .5)];
  *high = values[(size_t)(.975 * (double)(count - 1) + .5)];
}

/* `samples` has a row of `rounds` a measure; a round in which nothing counts for a measure gives none for it. */
static void draw(const addend *addends, size_t count, lk_bootstrap bootstrap, double *samples, size_t *drawn) {
  uint64_t seed = bootstrap.seed;
  for (unsigned round = 0; round < bootstrap.rounds; round++) {
    sums s = {0};
    double mean[LK_MEASURE_COUNT];
    for (size_t i = 0; i < count; i++) add(&s, &addends[lk_random_below(&seed, count)]);
    means(&s, mean);
    for (int m = 0; m < LK_MEASURE_COUNT; m++)
      if (!isnan(mean[m])) samples[(size_t)m * bootstrap.rounds + drawn[m]++] = mean[m];
  }
}

static bool find_intervals(const addend *addends, size_t count, lk_bootstrap bootstrap, lk_figures *out) {
  double *samples = calloc((size_t)LK_MEASURE_COUNT * bootstrap.rounds + 1, sizeof *samples);
  size_t drawn[LK_MEASURE_COUNT] = {0};
  if (!samples) return false;
  draw(addends, count, bootstrap, samples, drawn);
  for (int m = 0; m < LK_MEASURE_COUNT; m++)
    lk_middle_of(samples + (size_t)m * bootstrap.rounds, drawn[m], &out->of[m].low, &out->of[m].high);
  free(samples);
  return true;
}

bool lk_measure_all(const lk_outcome *const *outcomes, size_t count, lk_bootstrap bootstrap, lk_figures *out) {
  addend *addends = calloc(count + 1, sizeof *addends);
  if (!addends) return false;
  sums s = {0};
  double mean[LK_MEASURE_COUNT];
  for (size_t i = 0; i < count; i++) {
    addend_of(outcomes[i], &addends[i]);
    add(&s, &addends[i]);
  }
  means(&s, mean);
  out->messages = count;
  for (int m = 0; m < LK_MEASURE_COUNT; m++) out->of[m] = (lk_figure){mean[m], (double)NAN, (double)NAN};
  bool fine = !bootstrap.rounds || !count || find_intervals(addends, count, bootstrap, out);
  free(addends);
  return fine;
}

/* ---- Groups ---- */

static const char *const columns[LK_COLUMN_COUNT] = {"all", "style", "lang", "label"};

const char *lk_column_name(lk_column column) { return columns[column]; }

static lk_view key_of(const lk_outcome *o, lk_column column) {
  switch (column) {
    case LK_COLUMN_STYLE:
      return o->gold->style;
    case LK_COLUMN_LANG:
      return lk_view_of(lk_lang_code(o->gold->lang));
    case LK_COLUMN_LABEL:
      return o->gold->label;
    default:
      return LK_LIT("all");
  }
}

static lk_group *group_of(lk_groups *groups, lk_view name) {
  for (size_t g = 0; g < groups->count; g++)
    if (lk_view_eq(groups->items[g].name, name)) return &groups->items[g];
  groups->items[groups->count] = (lk_group){name, NULL, 0};
  return &groups->items[groups->count++];
}

bool lk_groups_make(const lk_outcome *outcomes, size_t count, lk_column column, lk_groups *out) {
  *out = (lk_groups){.items = calloc(count + 1, sizeof *out->items), .pool = calloc(count + 1, sizeof *out->pool)};
  if (!out->items || !out->pool) {
    lk_groups_free(out);
    return false;
  }
  for (size_t i = 0; i < count; i++) group_of(out, key_of(&outcomes[i], column))->count++;
  const lk_outcome **next = out->pool;
  for (size_t g = 0; g < out->count; g++) {
    out->items[g].items = next;
    next += out->items[g].count;
    out->items[g].count = 0;
  }
  for (size_t i = 0; i < count; i++) {
    lk_group *group = group_of(out, key_of(&outcomes[i], column));
    group->items[group->count++] = &outcomes[i];
  }
  return true;
}

void lk_groups_free(lk_groups *groups) {
  free(groups->items);
  free(groups->pool);
  *groups = (lk_groups){0};
}
