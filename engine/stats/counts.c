#include "stats/counts.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/vector.h"

static void add(void *self, const lk_tally_row *row) {
  lk_counts *counts = self;
  lk_count item = {lk_arena_copy(counts->arena, row->a), lk_arena_copy(counts->arena, row->b), row->n};
  if (!item.a.ptr || !item.b.ptr || !LK_PUSH(counts, item)) counts->failed = true;
}

/* Numbers were written by the store: they fit, and a NUL stands behind them. */
static int64_t number_of(const lk_count *count) { return strtoll(count->a.ptr, NULL, 10); }

static int by_number(const void *left, const void *right) {
  int64_t x = number_of(left), y = number_of(right);
  return (x > y) - (x < y);
}

lk_code lk_counts_read(lk_store *store, const char *tally, int64_t from, int64_t until, lk_arena *arena, lk_counts *out,
                       lk_error *err) {
  out->arena = arena;
  lk_code code = lk_store_tallies(store, lk_view_of(tally), from, until, false, add, out, err);
  if (!code && out->count) qsort(out->items, out->count, sizeof *out->items, by_number);
  return !code && out->failed ? lk_fail_memory(err) : code;
}

static bool fits(lk_view value, const char *wanted) { return !wanted || lk_view_eq(value, lk_view_of(wanted)); }

double lk_counts_sum(const lk_counts *counts, const char *a, const char *b) {
  double sum = 0;
  for (size_t i = 0; i < counts->count; i++)
    if (fits(counts->items[i].a, a) && fits(counts->items[i].b, b)) sum += (double)counts->items[i].n;
  return sum;
}

double lk_counts_between(const lk_counts *counts, int64_t from, int64_t to) {
  double sum = 0;
  for (size_t i = 0; i < counts->count; i++) {
    int64_t value = number_of(&counts->items[i]);
    if (value >= from && value <= to) sum += (double)counts->items[i].n;
  }
  return sum;
}

lk_amount lk_counts_mean(const lk_counts *counts, const char *b) {
  double sum = 0, all = lk_counts_sum(counts, NULL, b);
  for (size_t i = 0; i < counts->count; i++)
    if (fits(counts->items[i].b, b)) sum += (double)number_of(&counts->items[i]) * (double)counts->items[i].n;
  return all > 0 ? (lk_amount){true, sum / all} : (lk_amount){0};
}

lk_amount lk_counts_quantile(const lk_counts *counts, const char *b, double q) {
  double all = lk_counts_sum(counts, NULL, b), reached = 0;
  for (size_t i = 0; i < counts->count && all > 0; i++) {
    if (fits(counts->items[i].b, b)) reached += (double)counts->items[i].n;
    if (reached >= q * all) return (lk_amount){true, (double)number_of(&counts->items[i])};
  }
  return (lk_amount){0};
}
