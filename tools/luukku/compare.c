#include "compare.h"

#include <math.h>
#include <stdlib.h>

#include "figures.h"

/* One question's outcome, as it stands in the JSON of both runs. */
typedef struct state {
  const char *act, *entry;
  lk_gold_kind kind;
  int rank;
  bool answered, right, resolved, wrong;
} state;

typedef struct pair {
  const lk_outcome *outcome;
  json_t *now_json; /* owns what `now` points into */
  state before, now;
} pair;

typedef struct comparison {
  pair *pairs;
  size_t count, only_now, only_before;
  lk_bootstrap bootstrap;
} comparison;

/* ---- What is compared ---- */

typedef double (*reading)(const state *s);

static double about_entry(const state *s, double value) { return s->kind == LK_GOLD_ENTRY ? value : (double)NAN; }
static double recall1(const state *s) { return about_entry(s, s->rank == 1); }
static double recall3(const state *s) { return about_entry(s, s->rank >= 1 && s->rank <= 3); }
static double mrr(const state *s) { return about_entry(s, s->rank ? 1.0 / s->rank : 0); }
static double answered(const state *s) { return s->answered; }
static double right(const state *s) { return s->right; }
static double resolved(const state *s) { return about_entry(s, s->resolved); }
static double wrong(const state *s) { return s->wrong; }
static double false_answer(const state *s) { return s->kind == LK_GOLD_NONE ? s->answered && !s->right : (double)NAN; }
static double handoff(const state *s) { return s->kind == LK_GOLD_HANDOFF ? s->right : (double)NAN; }

static const struct {
  const char *name;
  reading read;
  bool less_is_better;
} readings[] = {
    {"recall@1", recall1, false},  {"recall@3", recall3, false},          {"mrr@10", mrr, false},
    {"answered", answered, false}, {"right at once", right, false},       {"resolved", resolved, false},
    {"wrong", wrong, true},        {"false answers", false_answer, true}, {"handoff recall", handoff, false},
};
enum { READINGS = sizeof readings / sizeof *readings };

typedef struct difference {
  double before, now, low, high, p;
  size_t better, worse;
} difference;

double lk_sign_test(size_t better, size_t worse) {
  size_t n = better + worse, least = better < worse ? better : worse;
  double tail = 0, all = (double)n;
  for (size_t k = 0; k <= least; k++) {
    double ways = lgamma(all + 1) - lgamma((double)k + 1) - lgamma(all - (double)k + 1);
    tail += exp(ways - all * log(2));
  }
  return fmin(1, 2 * tail);
}

/* Resamples questions that count for the measure; the difference is of pairs, so that what does not change does not blur it. */
static bool find_interval(const double *deltas, size_t count, lk_bootstrap bootstrap, difference *out) {
  double *means = calloc(bootstrap.rounds + 1u, sizeof *means);
  if (!means) return false;
  uint64_t seed = bootstrap.seed;
  for (unsigned r = 0; r < bootstrap.rounds; r++) {
    for (size_t i = 0; i < count; i++) means[r] += deltas[lk_random_below(&seed, count)];
    means[r] /= (double)count;
  }
  lk_middle_of(means, bootstrap.rounds, &out->low, &out->high);
  free(means);
  return true;
}

static bool find_difference(const comparison *c, int r, difference *out) {
  double *deltas = calloc(c->count + 1, sizeof *deltas);
  if (!deltas) return false;
  size_t n = 0;
  *out = (difference){.low = (double)NAN, .high = (double)NAN};
  for (size_t i = 0; i < c->count; i++) {
    double before = readings[r].read(&c->pairs[i].before), now = readings[r].read(&c->pairs[i].now);
    if (isnan(before) || isnan(now)) continue;
    out->before += before;
    out->now += now;
    deltas[n++] = now - before;
    bool rose = now > before, fell = now < before;
    out->better += readings[r].less_is_better ? fell : rose;
    out->worse += readings[r].less_is_better ? rose : fell;
  }
  out->before = n ? out->before / (double)n : (double)NAN;
  out->now = n ? out->now / (double)n : (double)NAN;
  out->p = lk_sign_test(out->better, out->worse);
  bool fine = !n || !c->bootstrap.rounds || find_interval(deltas, n, c->bootstrap, out);
  free(deltas);
  return fine;
}

/* How well a customer is served: 0 wrongly, then not at all, with choices, right at once. Who nothing helps is served best by being told so. */
static int grade(const state *s) {
  if (s->wrong) return 0;
  if (s->kind == LK_GOLD_NONE) return strcmp(s->act, "clarify") == 0 ? 1 : 2;
  return s->right ? 3 : s->resolved ? 2 : 1;
}

/* Above 0: better now. Equal service is decided by the right entry's place. */
static int change_of(const pair *p) {
  int change = grade(&p->now) - grade(&p->before);
  if (change || p->now.kind != LK_GOLD_ENTRY) return change;
  int now = p->now.rank ? p->now.rank : 100, before = p->before.rank ? p->before.rank : 100;
  return before - now;
}

static bool differs(const pair *p) {
  return strcmp(p->before.act, p->now.act) != 0 || strcmp(p->before.entry, p->now.entry) != 0;
}

/* ---- Reading ---- */

static const char *text_of(json_t *value, const char *name) {
  const char *text = json_string_value(json_object_get(value, name));
  return text ? text : "";
}

static bool truth_of(json_t *value, const char *name) { return json_is_true(json_object_get(value, name)); }

static state state_of(json_t *value, lk_gold_kind kind) {
  return (state){text_of(value, "act"),
                 text_of(value, "entry"),
                 kind,
                 (int)json_integer_value(json_object_get(value, "rank")),
                 truth_of(value, "answered"),
                 truth_of(value, "right"),
                 truth_of(value, "resolved"),
                 truth_of(value, "wrong")};
}

static bool same_question(json_t *value, const lk_gold *gold) {
  return lk_view_eq(gold->id, lk_view_of(text_of(value, "id"))) && lk_view_eq(gold->text, lk_view_of(text_of(value, "text")));
}

/* Both runs mostly have the same questions in the same order: the search begins at the same place. */
static json_t *find_question(json_t *each, size_t at, const lk_gold *gold) {
  size_t size = json_array_size(each);
  for (size_t k = 0; k < size; k++) {
    json_t *value = json_array_get(each, (at + k) % size);
    if (same_question(value, gold)) return value;
  }
  return NULL;
}

static bool pair_up(json_t *each, const lk_outcome *outcomes, size_t count, comparison *c) {
  c->pairs = calloc(count + 1, sizeof *c->pairs);
  for (size_t i = 0; c->pairs && i < count; i++) {
    json_t *before = find_question(each, i, outcomes[i].gold);
    if (!before) {
      c->only_now++;
      continue;
    }
    lk_gold_kind kind = outcomes[i].gold->kind;
    json_t *now = lk_outcome_json(&outcomes[i]);
    c->pairs[c->count++] = (pair){&outcomes[i], now, state_of(before, kind), state_of(now, kind)};
  }
  c->only_before = json_array_size(each) - c->count;
  return c->pairs != NULL;
}

/* ---- Printing ---- */

static void print_state(const state *s, FILE *out) {
  (void)fprintf(out, "%s%s%s", s->act, *s->entry ? " " : "", s->entry);
  if (s->kind == LK_GOLD_ENTRY && s->rank) (void)fprintf(out, " (right one is number %d)", s->rank);
  if (s->kind == LK_GOLD_ENTRY && !s->rank) (void)fputs(" (right one not among ten)", out);
}

static int sign(int n) { return (n > 0) - (n < 0); }

static void print_changes(const comparison *c, const char *title, int wanted, FILE *out) {
  size_t count = 0;
  for (size_t i = 0; i < c->count; i++) count += sign(change_of(&c->pairs[i])) == wanted && (wanted || differs(&c->pairs[i]));
  (void)fprintf(out, "\n==== %s: %zu\n", title, count);
  for (size_t i = 0; i < c->count; i++) {
    const pair *p = &c->pairs[i];
    if (sign(change_of(p)) != wanted || (!wanted && !differs(p))) continue;
    (void)fprintf(out, "%.*s  %.*s\n    wanted  %.*s\n    before  ", LK_FMT(p->outcome->gold->id), LK_FMT(p->outcome->gold->text),
                  LK_FMT(p->outcome->gold->label));
    print_state(&p->before, out);
    (void)fputs("\n    now     ", out);
    print_state(&p->now, out);
    (void)fputc('\n', out);
  }
}

static bool print(const comparison *c, FILE *out) {
  (void)fprintf(out, "%zu questions in both, %zu only now, %zu only before\n\n", c->count, c->only_now, c->only_before);
  (void)fprintf(out, "%-16s %7s %7s %11s %-18s %7s %6s  %s\n", "", "before", "now", "difference", " 95 % interval", "better",
                "worse", "sign test p");
  for (int r = 0; r < READINGS; r++) {
    difference d;
    if (!find_difference(c, r, &d)) return false;
    if (isnan(d.now)) continue;
    char interval[32] = "";
    if (!isnan(d.low)) (void)snprintf(interval, sizeof interval, "[%+.3f, %+.3f]", d.low, d.high);
    (void)fprintf(out, "%-16s %7.3f %7.3f %+11.3f %-18s %7zu %6zu  %.3f\n", readings[r].name, d.before, d.now, d.now - d.before,
                  interval, d.better, d.worse, d.p);
  }
  print_changes(c, "better", 1, out);
  print_changes(c, "worse", -1, out);
  print_changes(c, "changed, neither better nor worse", 0, out);
  return true;
}

static json_t *ids_of(const comparison *c, int wanted) {
  json_t *ids = json_array();
  for (size_t i = 0; i < c->count; i++)
    if (sign(change_of(&c->pairs[i])) == wanted && (wanted || differs(&c->pairs[i])))
      json_array_append_new(ids, lk_json_text(c->pairs[i].outcome->gold->id));
  return ids;
}

static bool make_json(const comparison *c, json_t **out) {
  json_t *value = json_object();
  for (int r = 0; r < READINGS; r++) {
    difference d;
    if (!find_difference(c, r, &d)) {
      json_decref(value);
      return false;
    }
    if (isnan(d.now)) continue;
    json_t *row = json_pack("{s:f,s:f,s:I,s:I,s:f}", "before", d.before, "now", d.now, "better", (json_int_t)d.better, "worse",
                            (json_int_t)d.worse, "p", d.p);
    if (!isnan(d.low)) json_object_set_new(row, "interval", json_pack("[f,f]", d.low, d.high));
    json_object_set_new(value, readings[r].name, row);
  }
  *out =
      json_pack("{s:o,s:o,s:o,s:o}", "measures", value, "better", ids_of(c, 1), "worse", ids_of(c, -1), "changed", ids_of(c, 0));
  return *out != NULL;
}

int lk_compare(const char *path, const lk_outcome *outcomes, size_t count, lk_bootstrap bootstrap, FILE *out, json_t **json) {
  json_error_t where;
  json_t *file = json_load_file(path, 0, &where), *each = json_object_get(file, "each");
  if (!json_is_array(each)) {
    (void)fprintf(stderr, "luukku eval: error: %s is not a saved run%s%s; save one with luukku eval --json --each > FILE\n", path,
                  file ? "" : ": ", file ? "" : where.text);
    json_decref(file);
    return LK_EXIT_UNUSABLE;
  }
  comparison c = {.bootstrap = bootstrap};
  bool fine = pair_up(each, outcomes, count, &c) && (json ? make_json(&c, json) : print(&c, out));
  if (!fine) (void)fputs("luukku eval: error: out of memory; ask fewer questions at a time\n", stderr);
  for (size_t i = 0; i < c.count; i++) json_decref(c.pairs[i].now_json);
  free(c.pairs);
  json_decref(file);
  return fine ? LK_EXIT_GOOD : LK_EXIT_UNUSABLE;
}
