#include <stdlib.h>

#include "errors.h"

enum { EXAMPLES = 3 };

/* One question whose best candidate is another entry. */
typedef struct mistake {
  const lk_outcome *outcome;
  lk_view wanted, got;
  size_t times; /* how often this pair comes */
} mistake;

static int compare_views(lk_view a, lk_view b) {
  int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
  return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_pairs(const mistake *x, const mistake *y) {
  int order = compare_views(x->wanted, y->wanted);
  return order ? order : compare_views(x->got, y->got);
}

static int by_pair(const void *a, const void *b) {
  const mistake *x = a, *y = b;
  int order = compare_pairs(x, y);
  return order ? order : (x->outcome > y->outcome) - (x->outcome < y->outcome);
}

static int commonest_first(const void *a, const void *b) {
  const mistake *x = a, *y = b;
  return x->times != y->times ? (x->times < y->times) - (x->times > y->times) : by_pair(a, b);
}

/* All mistakes, those of one pair together. NULL: memory is out. */
static mistake *find_mistakes(const lk_outcome *outcomes, size_t count, size_t *found) {
  mistake *all = calloc(count + 1, sizeof *all);
  *found = 0;
  for (size_t i = 0; all && i < count; i++) {
    const lk_outcome *o = &outcomes[i];
    if (o->gold->kind != LK_GOLD_ENTRY || o->rank == 1) continue;
    all[(*found)++] = (mistake){o, o->gold->label, o->first ? o->first->id : LK_LIT("(nothing)"), 0};
  }
  if (!all) return NULL;
  qsort(all, *found, sizeof *all, by_pair);
  for (size_t from = 0, to; from < *found; from = to) {
    for (to = from; to < *found && compare_pairs(&all[from], &all[to]) == 0;) to++;
    for (size_t i = from; i < to; i++) all[i].times = to - from;
  }
  qsort(all, *found, sizeof *all, commonest_first);
  return all;
}

static size_t times_back(const mistake *all, size_t count, const mistake *pair) {
  for (size_t i = 0; i < count; i++)
    if (lk_view_eq(all[i].wanted, pair->got) && lk_view_eq(all[i].got, pair->wanted)) return all[i].times;
  return 0;
}

static void print_pair(const mistake *all, size_t count, const mistake *pair, FILE *out) {
  size_t back = times_back(all, count, pair);
  (void)fprintf(out, "%3zu  %.*s → %.*s", pair->times, LK_FMT(pair->wanted), LK_FMT(pair->got));
  if (back) (void)fprintf(out, "   (and back: %zu)", back);
  (void)fputc('\n', out);
  for (size_t i = 0; i < pair->times && i < EXAMPLES; i++) {
    const lk_gold *gold = pair[i].outcome->gold;
    (void)fprintf(out, "       %.*s  %.*s\n", LK_FMT(gold->id), LK_FMT(gold->text));
  }
}

int lk_confusion_print(const lk_outcome *outcomes, size_t count, FILE *out) {
  size_t found;
  mistake *all = find_mistakes(outcomes, count, &found);
  if (!all) return LK_EXIT_UNUSABLE;
  (void)fprintf(out, "Wanted → got as the best candidate, %zu questions\n", found);
  for (size_t i = 0; i < found; i += all[i].times) print_pair(all, found, &all[i], out);
  free(all);
  return LK_EXIT_GOOD;
}

json_t *lk_confusion_json(const lk_outcome *outcomes, size_t count) {
  size_t found;
  mistake *all = find_mistakes(outcomes, count, &found);
  json_t *pairs = json_array();
  for (size_t i = 0; all && i < found; i += all[i].times) {
    json_t *ids = json_array();
    for (size_t k = i; k < i + all[i].times; k++) json_array_append_new(ids, lk_json_text(all[k].outcome->gold->id));
    json_array_append_new(pairs, json_pack("{s:o,s:o,s:I,s:o}", "wanted", lk_json_text(all[i].wanted), "got",
                                           lk_json_text(all[i].got), "times", (json_int_t)all[i].times, "ids", ids));
  }
  free(all);
  return pairs;
}
