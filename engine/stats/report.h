/* A report under construction, shared by the files that make it. */
#ifndef LK_STATS_REPORT_H
#define LK_STATS_REPORT_H

#include "stats/counts.h"
#include "stats/grid.h"

enum { LK_FIGURES_MOST = 48, LK_TABLES_MOST = 24 };

typedef struct lk_report_maker {
  lk_store *store;
  const lk_report_options *options;
  lk_arena *arena;
  lk_report *out;
  int64_t days[LK_PERIODS][2];   /* [from, until) */
  int periods;                   /* 1, or 2 when compared */
  lk_counts *counts[LK_PERIODS]; /* one a tally of the plan */
  lk_figure *figures;
  lk_report_table *tables;
} lk_report_maker;

const lk_counts *lk_counts_of(const lk_report_maker *m, int period, const char *tally);

/* formulas.c */
lk_code lk_make_figures(lk_report_maker *m, lk_error *err);
/* tables.c */
lk_code lk_make_tables(lk_report_maker *m, lk_error *err);

/* titles.c: what a key is called, in the report's language; the key itself when nothing knows better. */
typedef enum lk_key_kind {
  LK_KEY_ENTRY,    /* its question */
  LK_KEY_CATEGORY, /* its title */
  LK_KEY_ACTION,   /* the question of the intent that does it */
  LK_KEY_REASON,   /* action/reason */
  LK_KEY_WORD,     /* the message report-PREFIX-KEY */
  LK_KEY_DAY,      /* a slice by its first day: "YYYY-MM-DD" */
  LK_KEY_PLAIN
} lk_key_kind;
lk_view lk_title_of(const lk_report_maker *m, lk_key_kind kind, const char *prefix, lk_view key);
/* The id of an entry's category; empty when the KB has no such entry (any more). */
lk_view lk_category_of(const lk_report_maker *m, lk_view entry);

#endif
