/* The figures that are many numbers: by time, hour, channel, entry … */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "stats/report.h"
#include "stats/slices.h"

enum { COLUMNS_MOST = 4, FEEDS_MOST = 4, TIME_SLICES = 62, TOPIC_SLICES = 13 };

/* ---- Tables made of sums ---- */

typedef struct feed { /* what a column counts; a zeroed one ends the list */
  const char *tally;
  char key; /* 'a', 'b', or '/': a/b */
  const char *a, *b;
  size_t column;
} feed;

typedef struct table_plan {
  const char *name;
  lk_key_kind kind;
  const char *prefix; /* of the messages that name the keys; NULL when no message does */
  lk_plot plot;
  bool share; /* the rows are parts of a whole: a last column says which share */
  const char *columns[COLUMNS_MOST];
  const char *const *keys; /* always there, in this order, ended by NULL; NULL: the largest first */
  feed feeds[FEEDS_MOST];
} table_plan;

static const char *const hours[] = {"00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12",
                                    "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", NULL};
static const char *const outcomes[] = {"answered",  "handed-off", "declined",   "unanswered",
                                       "unhelpful", "left-open",  "small-talk", NULL};
static const char *const stars[] = {"5", "4", "3", "2", "1", NULL};
static const char *const recommendations[] = {"10", "9", "8", "7", "6", "5", "4", "3", "2", "1", "0", NULL};

static const table_plan plans[] = {
    {"hours",
     LK_KEY_PLAIN,
     NULL,
     LK_PLOT_COLUMNS,
     false,
     {"conversations", "messages"},
     hours,
     {{"conversations.hour", 'a', NULL, NULL, 0}, {"messages.hour", 'a', NULL, NULL, 1}}},
    {"channels",
     LK_KEY_WORD,
     "channel",
     LK_PLOT_BARS,
     true,
     {"conversations", "messages"},
     NULL,
     {{"conversations", 'a', NULL, NULL, 0}, {"messages", 'a', NULL, NULL, 1}}},
    {"languages",
     LK_KEY_WORD,
     "language",
     LK_PLOT_BARS,
     true,
     {"conversations", "messages"},
     NULL,
     {{"conversations", 'b', NULL, NULL, 0}, {"messages", 'b', NULL, NULL, 1}}},
    {"outcomes",
     LK_KEY_WORD,
     "outcome",
     LK_PLOT_BARS,
     true,
     {"conversations", "clarified"},
     outcomes,
     {{"outcomes", 'a', NULL, NULL, 0}, {"outcomes", 'a', NULL, "clarified", 1}}},
    {"turns", LK_KEY_WORD, "turn", LK_PLOT_BARS, false, {"turns"}, NULL, {{"turns", 'a', NULL, NULL, 0}}},
    {"articles",
     LK_KEY_ENTRY,
     NULL,
     LK_PLOT_BARS,
     false,
     {"answers", "helpful", "unhelpful", "followed"},
     NULL,
     {{"answers", 'a', NULL, NULL, 0},
      {"helpful", 'a', NULL, "yes", 1},
      {"helpful", 'a', NULL, "no", 2},
      {"answers.followed", 'a', NULL, NULL, 3}}},
    {"unanswered", LK_KEY_ENTRY, "entry", LK_PLOT_BARS, false, {"fallbacks"}, NULL, {{"fallbacks", 'a', NULL, NULL, 0}}},
    {"actions",
     LK_KEY_ACTION,
     NULL,
     LK_PLOT_BARS,
     false,
     {"performed", "refused", "failed"},
     NULL,
     {{"actions", 'a', NULL, "performed", 0}, {"actions", 'a', NULL, "refused", 1}, {"actions", 'a', NULL, "failed", 2}}},
    {"actions.reasons", LK_KEY_REASON, NULL, LK_PLOT_BARS, false, {"times"}, NULL, {{"actions.reasons", '/', NULL, NULL, 0}}},
    {"flows",
     LK_KEY_ENTRY,
     NULL,
     LK_PLOT_BARS,
     false,
     {"started", "confirmed", "cancelled", "timed-out"},
     NULL,
     {{"flows", 'a', NULL, "started", 0},
      {"flows", 'a', NULL, "confirmed", 1},
      {"flows", 'a', NULL, "left-cancelled", 2},
      {"flows", 'a', NULL, "left-timeout", 3}}},
    {"proofs", LK_KEY_WORD, "proof", LK_PLOT_BARS, false, {"times"}, NULL, {{"proofs", 'a', NULL, NULL, 0}}},
    {"handoffs",
     LK_KEY_WORD,
     "handoff",
     LK_PLOT_BARS,
     true,
     {"cases", "attended"},
     NULL,
     {{"cases", 'a', NULL, NULL, 0}, {"cases", 'a', NULL, "attended", 1}}},
    {"cases.ends",
     LK_KEY_WORD,
     "end",
     LK_PLOT_BARS,
     true,
     {"cases", "attended"},
     NULL,
     {{"cases.ends", 'a', NULL, NULL, 0}, {"cases.ends", 'a', NULL, "attended", 1}}},
    {"cases.kinds", LK_KEY_CATEGORY, "kind", LK_PLOT_BARS, true, {"cases"}, NULL, {{"cases.kinds", 'a', NULL, NULL, 0}}},
    {"csat", LK_KEY_WORD, "csat", LK_PLOT_BARS, true, {"ratings"}, stars, {{"csat", 'a', NULL, NULL, 0}}},
    {"nps", LK_KEY_PLAIN, NULL, LK_PLOT_BARS, true, {"ratings"}, recommendations, {{"nps", 'a', NULL, NULL, 0}}},
};
enum { PLANS = sizeof plans / sizeof *plans };
_Static_assert((int)PLANS + 4 <= (int)LK_TABLES_MOST, "the tables need more room");

static size_t column_count(const table_plan *plan) {
  size_t count = 0;
  while (count < COLUMNS_MOST && plan->columns[count]) count++;
  return count;
}

/* ---- From a grid to a table ---- */

static lk_amount *cells_of(lk_report_maker *m, const lk_grid *grid, size_t row, int period, bool share, double whole) {
  size_t columns = grid->columns + share;
  lk_amount *cells = LK_NEW_ARRAY(m->arena, lk_amount, columns);
  if (!cells) return NULL;
  const double *values = grid->items[row].values[period];
  for (size_t c = 0; c < grid->columns && period < m->periods; c++) cells[c] = (lk_amount){true, values[c]};
  if (share && whole > 0 && period < m->periods) cells[columns - 1] = (lk_amount){true, values[0] / whole};
  return cells;
}

static double whole_of(const lk_grid *grid, int period) {
  double whole = 0;
  for (size_t i = 0; i < grid->count; i++) whole += grid->items[i].values[period][0];
  return whole;
}

static bool add_row(lk_report_maker *m, const lk_grid *grid, size_t at, bool share, lk_report_row *row) {
  row->now = cells_of(m, grid, at, LK_NOW, share, share ? whole_of(grid, LK_NOW) : 0);
  row->before = cells_of(m, grid, at, LK_BEFORE, share, share ? whole_of(grid, LK_BEFORE) : 0);
  row->key = grid->items[at].key;
  return row->now && row->before;
}

static lk_column column_of(const lk_report_maker *m, const char *name, lk_unit unit) {
  lk_view key = lk_view_of(name);
  return (lk_column){key, lk_title_of(m, LK_KEY_WORD, "column", key), unit};
}

typedef struct table_naming {
  const char *name;
  lk_key_kind kind;
  const char *prefix;
  lk_plot plot;
  bool share;
} table_naming;

static lk_code add_table(lk_report_maker *m, const table_naming *naming, const lk_column *columns, size_t count,
                         const lk_grid *grid, lk_error *err) {
  size_t all = count + naming->share;
  lk_column *own = LK_NEW_ARRAY(m->arena, lk_column, all);
  lk_report_row *rows = LK_NEW_ARRAY(m->arena, lk_report_row, grid->count);
  bool fine = own && rows && !grid->failed;
  if (fine) memcpy(own, columns, count * sizeof *own);
  if (fine && naming->share) own[count] = column_of(m, "share", LK_UNIT_SHARE);
  for (size_t i = 0; i < grid->count && fine; i++) {
    fine = add_row(m, grid, i, naming->share, &rows[i]);
    rows[i].title = lk_title_of(m, naming->kind, naming->prefix, rows[i].key);
  }
  if (!fine) return lk_fail_memory(err);
  lk_view name = lk_view_of(naming->name);
  m->tables[m->out->table_count++] = (lk_report_table){.name = naming->name,
                                                       .title = lk_title_of(m, LK_KEY_WORD, "table", name),
                                                       .heading = lk_title_of(m, LK_KEY_WORD, "key", name),
                                                       .plot = naming->plot,
                                                       .columns = own,
                                                       .column_count = all,
                                                       .rows = rows,
                                                       .row_count = grid->count};
  return LK_OK;
}

static void feed_item(lk_grid *grid, const feed *f, int period, const lk_count *item) {
  char both[300]; /* names have 128 bytes at most */
  if (f->a && !lk_view_eq(item->a, lk_view_of(f->a))) return;
  if (f->b && !lk_view_eq(item->b, lk_view_of(f->b))) return;
  lk_view key = f->key == 'b' ? item->b : item->a;
  if (f->key == '/') {
    int length = snprintf(both, sizeof both, "%.*s/%.*s", LK_FMT(item->a), LK_FMT(item->b));
    key = (lk_view){both, length < (int)sizeof both ? (size_t)length : sizeof both - 1};
  }
  lk_grid_add(grid, key, period, f->column, (double)item->n);
}

static lk_code make_table(lk_report_maker *m, const table_plan *plan, lk_error *err) {
  size_t count = column_count(plan);
  lk_column columns[COLUMNS_MOST];
  lk_grid grid = lk_grid_new(m->arena, count);
  for (size_t c = 0; c < count; c++) columns[c] = column_of(m, plan->columns[c], LK_UNIT_COUNT);
  for (size_t k = 0; plan->keys && plan->keys[k]; k++) lk_grid_add(&grid, lk_view_of(plan->keys[k]), LK_NOW, 0, 0);
  for (int p = 0; p < m->periods; p++)
    for (const feed *f = plan->feeds; f < plan->feeds + FEEDS_MOST && f->tally; f++) {
      const lk_counts *counts = lk_counts_of(m, p, f->tally);
      for (size_t i = 0; i < counts->count; i++) feed_item(&grid, f, p, &counts->items[i]);
    }
  if (!plan->keys) lk_grid_sort(&grid, false);
  table_naming naming = {plan->name, plan->kind, plan->prefix, plan->plot, plan->share};
  lk_code code = add_table(m, &naming, columns, count, &grid, err);
  lk_grid_free(&grid);
  return code;
}

/* ---- Tables over time: read by day ---- */

/* Where the rows of a tally go as they come. */
typedef struct by_day {
  lk_report_maker *m;
  lk_grid *grid;
  const lk_slices *slices;
  int period;     /* that is being read */
  size_t column;  /* which of the tallies is being read, and where to */
  bool over_time; /* of topics: a column a slice */
} by_day;

/* A day of the period before is shown beside the one at its place in this period. */
static int64_t day_now(const by_day *d, int64_t day) { return day - d->m->days[d->period][0] + d->m->days[LK_NOW][0]; }

static void add_to_slice(void *self, const lk_tally_row *row) {
  by_day *d = self;
  char key[16];
  lk_date date = lk_date_of_days(d->slices->starts[lk_slices_find(d->slices, day_now(d, row->day))]);
  int length = snprintf(key, sizeof key, "%04d-%02d-%02d", date.year, date.month, date.day);
  lk_grid_add(d->grid, (lk_view){key, (size_t)length}, d->period, d->column, (double)row->n);
}

static void add_to_weekday(void *self, const lk_tally_row *row) {
  by_day *d = self;
  char key = (char)('1' + lk_date_weekday(lk_date_of_days(row->day)));
  lk_grid_add(d->grid, (lk_view){&key, 1}, d->period, d->column, (double)row->n);
}

static void add_to_topic(void *self, const lk_tally_row *row) {
  by_day *d = self;
  if (d->column == 1 && !lk_view_eq(row->b, LK_LIT("started"))) return;
  lk_view category = lk_category_of(d->m, row->a);
  size_t slice = lk_slices_find(d->slices, day_now(d, row->day));
  lk_grid_add(d->grid, category, d->period, d->over_time ? slice : 0, (double)row->n);
}

static lk_code read_days(by_day *d, const char *const *tallies, size_t count, void (*each)(void *, const lk_tally_row *),
                         lk_error *err) {
  lk_code code = LK_OK;
  for (d->period = 0; d->period < d->m->periods && !code; d->period++)
    for (d->column = 0; d->column < count && !code; d->column++)
      code = lk_store_tallies(d->m->store, lk_view_of(tallies[d->column]), d->m->days[d->period][0], d->m->days[d->period][1],
                              true, each, d, err);
  return code;
}

static const char *const volumes[] = {"conversations", "messages", "cases"};
enum { VOLUMES = sizeof volumes / sizeof *volumes };

static lk_code make_time(lk_report_maker *m, lk_error *err) {
  lk_slices slices;
  lk_column columns[VOLUMES];
  lk_grid grid = lk_grid_new(m->arena, VOLUMES);
  by_day d = {.m = m, .grid = &grid, .slices = &slices};
  lk_slices_cut(m->days[LK_NOW][0], m->days[LK_NOW][1], TIME_SLICES, &slices);
  for (size_t i = 0; i < VOLUMES; i++) columns[i] = column_of(m, volumes[i], LK_UNIT_COUNT);
  for (size_t i = 0; i < slices.count; i++) add_to_slice(&d, &(lk_tally_row){.day = slices.starts[i]});
  lk_code code = read_days(&d, volumes, VOLUMES, add_to_slice, err);
  if (!code) code = add_table(m, &(table_naming){"time", LK_KEY_DAY, NULL, LK_PLOT_TIME, false}, columns, VOLUMES, &grid, err);
  lk_grid_free(&grid);
  return code;
}

static lk_code make_weekdays(lk_report_maker *m, lk_error *err) {
  lk_column columns[2];
  lk_grid grid = lk_grid_new(m->arena, 2);
  by_day d = {.m = m, .grid = &grid};
  for (size_t i = 0; i < 2; i++) columns[i] = column_of(m, volumes[i], LK_UNIT_COUNT);
  for (int i = 0; i < 7; i++)
    lk_grid_add(&grid, lk_view_of((const char *[]){"1", "2", "3", "4", "5", "6", "7"}[i]), LK_NOW, 0, 0);
  lk_code code = read_days(&d, volumes, 2, add_to_weekday, err);
  if (!code)
    code = add_table(m, &(table_naming){"weekdays", LK_KEY_WORD, "weekday", LK_PLOT_COLUMNS, false}, columns, 2, &grid, err);
  lk_grid_free(&grid);
  return code;
}

static lk_code make_topics(lk_report_maker *m, bool over_time, lk_error *err) {
  static const char *const tallies[] = {"answers", "flows"};
  lk_slices slices;
  lk_column columns[LK_SLICES_MOST] = {{.unit = LK_UNIT_COUNT}};
  lk_slices_cut(m->days[LK_NOW][0], m->days[LK_NOW][1], over_time ? TOPIC_SLICES : 1, &slices);
  size_t count = over_time ? slices.count : 1;
  lk_grid grid = lk_grid_new(m->arena, count);
  by_day d = {.m = m, .grid = &grid, .slices = &slices, .over_time = over_time};
  if (!over_time) columns[0] = column_of(m, "topics", LK_UNIT_COUNT);
  for (size_t i = 0; i < count && over_time; i++) {
    lk_date date = lk_date_of_days(slices.starts[i]);
    char key[16];
    int length = snprintf(key, sizeof key, "%04d-%02d-%02d", date.year, date.month, date.day);
    columns[i].name = lk_arena_copy(m->arena, (lk_view){key, (size_t)length});
    columns[i].title = lk_title_of(m, LK_KEY_DAY, NULL, columns[i].name);
    if (!columns[i].name.ptr) grid.failed = true;
  }
  lk_code code = read_days(&d, tallies, 2, add_to_topic, err);
  lk_grid_sort(&grid, true);
  table_naming naming = {over_time ? "topics.time" : "topics", LK_KEY_CATEGORY, "topic", over_time ? LK_PLOT_SMALL : LK_PLOT_BARS,
                         !over_time};
  if (!code) code = add_table(m, &naming, columns, count, &grid, err);
  lk_grid_free(&grid);
  return code;
}

lk_code lk_make_tables(lk_report_maker *m, lk_error *err) {
  m->tables = LK_NEW_ARRAY(m->arena, lk_report_table, LK_TABLES_MOST);
  if (!m->tables) return lk_fail_memory(err);
  m->out->tables = m->tables;
  lk_code code = make_time(m, err);
  if (!code) code = make_weekdays(m, err);
  if (!code) code = make_topics(m, false, err);
  if (!code) code = make_topics(m, true, err);
  for (size_t i = 0; i < PLANS && !code; i++) code = make_table(m, &plans[i], err);
  return code;
}
