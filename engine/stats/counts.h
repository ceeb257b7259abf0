/* What a report is computed from: the sums of its periods, read once. */
#ifndef LK_STATS_COUNTS_H
#define LK_STATS_COUNTS_H

#include "base/arena.h"
#include "luukku/stats.h"

typedef struct lk_count {
  lk_view a, b;
  int64_t n;
} lk_count;

typedef struct lk_counts {
  lk_count *items; /* in the order of a's number, if it has one */
  size_t count, cap;
  lk_arena *arena;
  bool failed;
} lk_counts;

/* The sums of one tally over [from, until). Frees nothing of what was there: `counts` starts zeroed; the items are the caller's to free(). */
lk_code lk_counts_read(lk_store *store, const char *tally, int64_t from, int64_t until, lk_arena *arena, lk_counts *out,
                       lk_error *err);

/* All whose a and b are these; NULL takes any. */
double lk_counts_sum(const lk_counts *counts, const char *a, const char *b);
/* a is a number: the q-th quantile (the smallest value with at least that share at or below it), mean, and how many there are. */
lk_amount lk_counts_quantile(const lk_counts *counts, const char *b, double q);
lk_amount lk_counts_mean(const lk_counts *counts, const char *b);
/* How many have from ≤ a ≤ to. */
double lk_counts_between(const lk_counts *counts, int64_t from, int64_t to);

#endif
