/* Key figures: what customers asked, what became of it, and how long people waited.
 *
 * All figures are made of events, by the definitions in engine/stats/DEFINITIONS.md. Days are those of Finland, periods are half-open: [from, until). Each local day is
 * counted once and kept as a few dozen sums (luukku/store.h: tallies); days whose conversations went on are counted again, so that a report over years reads
 * thousands of rows instead of millions, and says the same as counting everything.
 *
 * A report lives in the arena that it was made in. Threads: as the store; the KB may be shared.
 * Errors are the store's; LK_ERR_INPUT for a period that is none. */
#ifndef LUUKKU_STATS_H
#define LUUKKU_STATS_H

#include "luukku/calendar.h"
#include "luukku/kb.h"
#include "luukku/store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum lk_unit {
  LK_UNIT_COUNT,
  LK_UNIT_SHARE, /* 0 to 1 */
  LK_UNIT_SECONDS,
  LK_UNIT_MEAN,  /* a number with a decimal: messages a conversation, a mean of 1 to 5 */
  LK_UNIT_POINTS /* NPS: -100 to 100 */
} lk_unit;
const char *lk_unit_name(lk_unit unit); /* "count", "share", "seconds", "mean", "points" */

/* A share of nothing and a median of nothing are not known, which is not the same as 0. */
typedef struct lk_amount {
  bool known;
  double value;
} lk_amount;

typedef struct lk_figure {
  const char *name; /* "conversations", "cases.wait.median" …: never changes its meaning */
  lk_unit unit;
  lk_view title; /* in the report's language; the name when the KB has no message for it */
  lk_amount now, before;
} lk_figure;

typedef struct lk_column {
  lk_view name; /* of a figure, or a key: the slice's first day */
  lk_view title;
  lk_unit unit;
} lk_column;

typedef struct lk_report_row {
  lk_view key, title;
  const lk_amount *now, *before; /* one a column */
} lk_report_row;

/* How a table is drawn. */
typedef enum lk_plot {
  LK_PLOT_NONE,
  LK_PLOT_TIME,    /* one line a column over the rows */
  LK_PLOT_COLUMNS, /* the first column, upright, in the rows' order */
  LK_PLOT_BARS,    /* the first column, lying, one bar a row */
  LK_PLOT_SMALL    /* each row a little series over the columns */
} lk_plot;

typedef struct lk_report_table {
  const char *name;       /* "time", "hours", "outcomes" …; of the dimension in CSV */
  lk_view title, heading; /* heading: of the column of keys */
  lk_plot plot;
  const lk_column *columns;
  size_t column_count;
  const lk_report_row *rows;
  size_t row_count;
} lk_report_table;

typedef struct lk_remark {
  int64_t time;
  const char *kind; /* "helpful", "csat", "nps" */
  int64_t value;
  lk_view entry, entry_title; /* for helpful */
  lk_view text;               /* masked */
} lk_remark;

typedef struct lk_report {
  lk_date from, until; /* [from, until) */
  bool compared;
  lk_date before; /* [before, from): as many days */
  lk_lang lang;
  const lk_kb *kb; /* for titles; may be NULL */
  const lk_figure *figures;
  size_t figure_count;
  const lk_report_table *tables;
  size_t table_count;
  const lk_remark *remarks; /* newest first */
  size_t remark_count;
} lk_report;

typedef struct lk_report_options {
  lk_date from, until; /* [from, until); until at most 20 years after from */
  bool compare;        /* with as many days before */
  lk_lang lang;        /* of titles */
  size_t most_remarks; /* 0 means 50 */
} lk_report_options;

/* The 28 days before today, as of `now`: today is not over, and a day that is not over tells nothing. */
lk_report_options lk_report_usual(int64_t now);
/* Reads dates as they are written on a command line or in an address: `from` and `to` (the day after the last one) as YYYY-MM-DD or empty. With one of them empty
 * 28 days are taken, but none that has not begun. LK_ERR_INPUT says what is wrong. */
lk_code lk_report_period(lk_view from, lk_view to, int64_t now, lk_report_options *options, lk_error *err);

/* Counts what has not been counted: seconds for a year that never was, nothing to speak of afterwards. In short transactions; `progress` (may be NULL) is told how many days
 * are left, and stops by returning false. */
lk_code lk_figures_refresh(lk_store *store, bool (*progress)(void *self, size_t days_left), void *self, lk_error *err);

/* Makes the report of what has been counted so far. `kb` names entries and categories, and has the titles (messages report-…); without it they are called by their ids.
 * `kb` must live as long as the report. */
lk_code lk_report_make(lk_store *store, const lk_kb *kb, const lk_report_options *options, lk_arena *arena, lk_report *out,
                       lk_error *err);

typedef enum lk_report_format {
  LK_REPORT_TEXT, /* for a terminal */
  LK_REPORT_CSV,  /* RFC 4180: figure,dimension,key,value,before; one number a line, '.' as decimal point, empty when not known */
  LK_REPORT_JSON, /* one value */
  LK_REPORT_HTML, /* one page that needs nothing else */
  LK_REPORT_PART  /* what is in that page's body: for a page that has lk_report_style as its style sheet */
} lk_report_format;

/* A string to free(); NULL and LK_ERR_MEMORY. */
char *lk_report_render(const lk_report *report, lk_report_format format, lk_error *err);
/* The style sheet of LK_REPORT_PART. */
const char *lk_report_style(void);
/* A word of the report in its language: the KB's message "report-" and `name` with dashes for dots; `name` itself when there is none, and without a KB. */
lk_view lk_report_word(const lk_kb *kb, lk_lang lang, const char *name);

#ifdef __cplusplus
}
#endif
#endif
