#include "stats/report.h"

#include <stdlib.h>

#include "base/error.h"
#include "stats/figures.h"

enum { REMARKS = 50 };

const char *lk_unit_name(lk_unit unit) {
  static const char *const names[] = {"count", "share", "seconds", "mean", "points"};
  return names[unit];
}

/* ---- Counting ---- */

lk_code lk_figures_refresh(lk_store *store, bool (*progress)(void *, size_t), void *self, lk_error *err) {
  size_t left = 0;
  do {
    lk_code code = lk_store_recount(store, lk_figures_plan(), &left, err);
    if (code) return code;
  } while ((!progress || progress(self, left)) && left);
  return LK_OK;
}

/* ---- Reading ---- */

const lk_counts *lk_counts_of(const lk_report_maker *m, int period, const char *tally) {
  const lk_tally_plan *plan = lk_figures_plan();
  size_t i = 0;
  while (i + 1 < plan->tally_count && strcmp(plan->tallies[i].name, tally) != 0) i++;
  return &m->counts[period][i];
}

static lk_code read_counts(lk_report_maker *m, lk_error *err) {
  const lk_tally_plan *plan = lk_figures_plan();
  lk_code code = LK_OK;
  for (int p = 0; p < LK_PERIODS; p++) {
    m->counts[p] = LK_NEW_ARRAY(m->arena, lk_counts, plan->tally_count);
    if (!m->counts[p]) return lk_fail_memory(err);
  }
  for (int p = 0; p < m->periods; p++)
    for (size_t i = 0; i < plan->tally_count && !code; i++)
      code = lk_counts_read(m->store, plan->tallies[i].name, m->days[p][0], m->days[p][1], m->arena, &m->counts[p][i], err);
  return code;
}

static void free_counts(lk_report_maker *m) {
  for (int p = 0; p < LK_PERIODS && m->counts[p]; p++)
    for (size_t i = 0; i < lk_figures_plan()->tally_count; i++) free(m->counts[p][i].items);
}

/* ---- Words ---- */

typedef struct remarks {
  lk_report_maker *m;
  lk_remark *items;
  size_t count, most;
  bool failed;
} remarks;

static const char *rating_kind(lk_event_type type) {
  return type == LK_EVENT_RATED_CSAT ? "csat" : type == LK_EVENT_RATED_NPS ? "nps" : "helpful";
}

static bool add_remark(void *self, const lk_event *event) {
  remarks *r = self;
  lk_arena *arena = r->m->arena;
  lk_remark *remark = &r->items[r->count++];
  *remark = (lk_remark){event->time, rating_kind(event->type),         event->number, lk_arena_copy(arena, event->entry),
                        {"", 0},     lk_arena_copy(arena, event->text)};
  r->failed = !remark->entry.ptr || !remark->text.ptr;
  if (!r->failed) remark->entry_title = lk_title_of(r->m, LK_KEY_ENTRY, NULL, remark->entry);
  return !r->failed && r->count < r->most;
}

static lk_code read_remarks(lk_report_maker *m, lk_error *err) {
  remarks r = {.m = m, .most = m->options->most_remarks ? m->options->most_remarks : REMARKS};
  r.items = LK_NEW_ARRAY(m->arena, lk_remark, r.most);
  if (!r.items) return lk_fail_memory(err);
  lk_code code = lk_store_remarks(m->store, lk_local_moment(m->options->from, 0), lk_local_moment(m->options->until, 0), r.most,
                                  add_remark, &r, err);
  m->out->remarks = r.items;
  m->out->remark_count = r.count;
  return !code && r.failed ? lk_fail_memory(err) : code;
}

/* ---- The report ---- */

lk_code lk_report_make(lk_store *store, const lk_kb *kb, const lk_report_options *options, lk_arena *arena, lk_report *out,
                       lk_error *err) {
  int64_t from = lk_date_days(options->from), until = lk_date_days(options->until);
  if (until <= from) return lk_fail(err, LK_ERR_INPUT, "the period is empty; let it end after it has begun");
  *out = (lk_report){.from = options->from,
                     .until = options->until,
                     .compared = options->compare,
                     .before = lk_date_of_days(2 * from - until),
                     .lang = options->lang,
                     .kb = kb};
  lk_report_maker m = {.store = store,
                       .options = options,
                       .arena = arena,
                       .out = out,
                       .days = {{from, until}, {2 * from - until, from}},
                       .periods = options->compare ? 2 : 1};
  lk_code code = read_counts(&m, err);
  if (!code) code = lk_make_figures(&m, err);
  if (!code) code = lk_make_tables(&m, err);
  if (!code) code = read_remarks(&m, err);
  free_counts(&m);
  return code;
}
