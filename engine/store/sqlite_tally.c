/* Tallies: what each local day adds to the figures. Events are the truth and tallies what was counted of them: a day is counted again when a conversation that
 * has events on it gets another one. Which days those are is written down in one short transaction, counting them is done in others, a few days each, so that turns get
 * their chance in between. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/map.h"
#include "luukku/calendar.h"
#include "store/sqlite.h"

enum { DAYS_AT_ONCE = 4, HOUR = 3600 };

/* ---- What is owed ---- */

typedef struct seen {
  int64_t event, plan, newest;
  bool owing;
} seen;

static lk_code read_seen(sqlite_store *s, seen *out, lk_error *err) {
  query q = query_of(s, SQL_TALLY_SEEN);
  if (query_row(&q)) {
    out->event = column_int(&q);
    out->plan = column_int(&q);
    out->newest = column_int(&q);
    out->owing = column_int(&q) != 0;
  }
  return query_end(&q, err);
}

static int64_t plan_hash(const lk_tally_plan *plan) {
  uint64_t hash = plan->tally_count;
  for (size_t i = 0; i < plan->fact_count; i++) hash = hash * 31 + lk_hash(lk_view_of(plan->facts[i]));
  for (size_t i = 0; i < plan->tally_count; i++)
    hash = (hash * 31 + lk_hash(lk_view_of(plan->tallies[i].name))) * 31 + lk_hash(lk_view_of(plan->tallies[i].query));
  return (int64_t)(hash >> 1);
}

static lk_code owe_day(sqlite_store *s, int64_t day, lk_error *err) {
  query q = query_of(s, SQL_TALLY_OWE);
  query_int(&q, day);
  return query_run(&q, err);
}

static int64_t day_of(int64_t moment) { return lk_date_days(lk_local_time_of(moment).date); }

/* The days of all events of conversations that have an event after `after`. */
static lk_code owe_since(sqlite_store *s, int64_t after, lk_error *err) {
  query q = query_of(s, after ? SQL_TALLY_HOURS_SINCE : SQL_TALLY_HOURS);
  int64_t last = INT64_MIN;
  lk_code code = LK_OK;
  if (after) query_int(&q, after);
  while (!code && query_row(&q)) {
    int64_t day = day_of(column_int(&q) * HOUR);
    if (day != last) code = owe_day(s, day, err);
    last = day;
  }
  lk_code end = query_end(&q, code ? NULL : err);
  return code ? code : end;
}

static lk_code see(sqlite_store *s, int64_t event, int64_t plan, lk_error *err) {
  query q = query_of(s, SQL_TALLY_SEE);
  query_int(&q, event);
  query_int(&q, plan);
  return query_run(&q, err);
}

static lk_code take_stock(sqlite_store *s, int64_t plan, lk_error *err) {
  seen now = {0};
  lk_code code = read_seen(s, &now, err);
  if (!code && now.plan != plan) {
    query q = query_of(s, SQL_TALLY_FORGET);
    code = query_run(&q, err);
    now.event = 0;
  }
  if (!code && now.newest > now.event) code = owe_since(s, now.event, err);
  return code ? code : see(s, now.newest, plan, err);
}

/* ---- Counting a day ---- */

typedef struct moments {
  int64_t from, until;
  int64_t shifted; /* from when on the clock differs from the hours since midnight */
  int64_t shift;   /* by how many hours */
} moments;

static moments moments_of(int64_t day) {
  moments m = {lk_local_moment(lk_date_of_days(day), 0), lk_local_moment(lk_date_of_days(day + 1), 0), 0, 0};
  int before = lk_local_time_of(m.from).offset;
  for (m.shifted = m.from; m.shifted < m.until && !m.shift; m.shifted += m.shift ? 0 : HOUR)
    m.shift = (lk_local_time_of(m.shifted).offset - before) / HOUR;
  return m;
}

static int bind(sqlite3_stmt *stmt, const moments *m) {
  const int64_t values[] = {m->from, m->until, m->shifted, m->shift};
  int count = sqlite3_bind_parameter_count(stmt), rc = SQLITE_OK;
  for (int i = 1; i <= 4 && i <= count && !rc; i++) rc = sqlite3_bind_int64(stmt, i, values[i - 1]);
  return rc;
}

static int finish(sqlite3_stmt *stmt, int rc) {
  while (!rc || rc == SQLITE_ROW) rc = sqlite3_step(stmt);
  int end = sqlite3_finalize(stmt);
  return rc == SQLITE_DONE ? SQLITE_OK : end ? end : rc;
}

static int run_fact(sqlite_store *s, const char *text, const moments *m) {
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v2(s->db, text, -1, &stmt, NULL);
  if (!rc) rc = bind(stmt, m);
  return finish(stmt, rc);
}

static lk_code delete_tally(sqlite_store *s, const char *name, int64_t day, lk_error *err) {
  query q = query_of(s, SQL_TALLY_DELETE);
  query_text(&q, lk_view_of(name));
  query_int(&q, day);
  return query_run(&q, err);
}

static int insert_tally(sqlite_store *s, const lk_tally *tally, int64_t day, const moments *m) {
  sqlite3_stmt *stmt = NULL;
  char *text = sqlite3_mprintf("INSERT INTO tally (name, day, a, b, n) SELECT ?5, ?6, a, b, n FROM (%s)", tally->query);
  if (!text) return SQLITE_NOMEM;
  int rc = sqlite3_prepare_v2(s->db, text, -1, &stmt, NULL);
  if (!rc) rc = bind(stmt, m);
  if (!rc) rc = sqlite3_bind_text(stmt, 5, tally->name, -1, SQLITE_STATIC);
  if (!rc) rc = sqlite3_bind_int64(stmt, 6, day);
  rc = finish(stmt, rc);
  sqlite3_free(text);
  return rc;
}

static lk_code count_day(sqlite_store *s, const lk_tally_plan *plan, int64_t day, lk_error *err) {
  moments m = moments_of(day);
  int rc = SQLITE_OK;
  for (size_t i = 0; i < plan->fact_count && !rc; i++) rc = run_fact(s, plan->facts[i], &m);
  if (rc) return sqlite_fail(s, rc, err);
  for (size_t i = 0; i < plan->tally_count; i++) {
    lk_code code = delete_tally(s, plan->tallies[i].name, day, err);
    if (code) return code;
    rc = insert_tally(s, &plan->tallies[i], day, &m);
    if (rc) return sqlite_fail(s, rc, err);
  }
  query q = query_of(s, SQL_TALLY_PAID);
  query_int(&q, day);
  return query_run(&q, err);
}

/* The newest first: they are asked for most. */
static lk_code count_some_days(sqlite_store *s, const lk_tally_plan *plan, size_t *left, lk_error *err) {
  int64_t days[DAYS_AT_ONCE];
  size_t count = 0;
  query q = query_of(s, SQL_TALLY_OWED);
  query_int(&q, DAYS_AT_ONCE);
  while (count < DAYS_AT_ONCE && query_row(&q)) days[count++] = column_int(&q);
  lk_code code = query_end(&q, err);
  for (size_t i = 0; i < count && !code; i++) code = count_day(s, plan, days[i], err);
  if (code) return code;
  query rest = query_of(s, SQL_TALLY_OWED_COUNT);
  if (query_row(&rest)) *left = (size_t)column_int(&rest);
  return query_end(&rest, err);
}

lk_code sqlite_recount(lk_store *store, const lk_tally_plan *plan, size_t *left, lk_error *err) {
  sqlite_store *s = sqlite_of(store);
  int64_t hash = plan_hash(plan);
  seen now = {0};
  *left = 0;
  lk_code code = read_seen(s, &now, err);
  if (code || (now.plan == hash && now.newest == now.event && !now.owing)) return code;
  code = sqlite_begin(s, err);
  if (code) return code;
  code = take_stock(s, hash, err);
  if (!code) code = count_some_days(s, plan, left, err);
  return sqlite_finish(s, code, err);
}

/* ---- Reading ---- */

lk_code sqlite_tallies(lk_store *store, lk_view name, int64_t from, int64_t until, bool by_day,
                       void (*each)(void *, const lk_tally_row *), void *self, lk_error *err) {
  query q = query_of(sqlite_of(store), by_day ? SQL_TALLIES_BY_DAY : SQL_TALLIES);
  query_text(&q, name);
  query_int(&q, from);
  query_int(&q, until);
  while (query_row(&q)) {
    lk_tally_row row = {.day = column_int(&q)};
    row.a = column_text(&q);
    row.b = column_text(&q);
    row.n = column_int(&q);
    each(self, &row);
  }
  return query_end(&q, err);
}

lk_code sqlite_remarks(lk_store *store, int64_t from, int64_t until, size_t most, bool (*each)(void *, const lk_event *),
                       void *self, lk_error *err) {
  query q = query_of(sqlite_of(store), SQL_REMARKS);
  query_int(&q, from);
  query_int(&q, until);
  query_int(&q, (int64_t)most);
  bool more = true;
  while (more && query_row(&q)) {
    lk_event event = sqlite_read_event(&q);
    more = each(self, &event);
  }
  return query_end(&q, err);
}
