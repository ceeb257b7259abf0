/* Opening hours. A day's openings are found from the rows that speak of it; a moment's answer from walking days forward until the next change. Days are
 * turned into moments one by one, so that the days on which clocks change come out right by themselves. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "luukku/desk.h"

enum {
  MOST_ROWS = 1000,
  MOST_SPANS = 24, /* openings a day */
  HORIZON = 400,   /* days to look ahead: over a year, so that yearly closures end within it */
  DAY_MINUTES = 1440
};

struct lk_hours {
  lk_hours_week *week;
  size_t week_count;
  lk_hours_exception *exceptions;
  char **ids; /* of the exceptions, which point here */
  size_t exception_count;
  bool closed_on_holidays;
};

typedef struct span {
  int open, close; /* minutes of the day */
} span;

/* What the rows say of one day. Spans are in order, apart from each other. */
typedef struct day {
  span spans[MOST_SPANS];
  size_t count;
  lk_closed_why why; /* why it is closed all day; LK_CLOSED_NOT when it opens */
  lk_holiday holiday;
  const char *id;
} day;

/* ---- One day ---- */

static void add_span(day *d, int open, int close) {
  size_t at = 0;
  while (at < d->count && d->spans[at].close < open) at++;
  size_t end = at;
  for (; end < d->count && d->spans[end].open <= close; end++) {
    if (d->spans[end].open < open) open = d->spans[end].open;
    if (d->spans[end].close > close) close = d->spans[end].close;
  }
  size_t rest = d->count - end;
  if (at + 1 + rest > MOST_SPANS) return; /* cannot be: lk_hours_new counts the rows of a day */
  memmove(&d->spans[at + 1], &d->spans[end], rest * sizeof *d->spans);
  d->spans[at] = (span){open, close};
  d->count = at + 1 + rest;
}

typedef enum kind { DATED, YEARLY, HOLIDAY, KINDS } kind;

static kind kind_of(const lk_hours_exception *e) { return e->holiday ? HOLIDAY : e->from.year == 0 ? YEARLY : DATED; }

static bool speaks_of(const lk_hours_exception *e, lk_date date, lk_holiday holiday) {
  switch (kind_of(e)) {
    case DATED:
      return lk_date_compare(e->from, date) <= 0 && lk_date_compare(date, e->until) <= 0;
    case YEARLY:
      return e->from.month == date.month && e->from.day == date.day;
    default:
      return e->holiday == holiday;
  }
}

static bool by_exception(const lk_hours *hours, lk_date date, kind k, day *d) {
  bool found = false;
  for (size_t i = 0; i < hours->exception_count; i++) {
    const lk_hours_exception *e = &hours->exceptions[i];
    if (kind_of(e) != k || !speaks_of(e, date, d->holiday)) continue;
    found = true;
    if (e->id && !d->id[0]) d->id = e->id;
    if (!e->closed) add_span(d, e->open, e->close);
  }
  if (found && d->count == 0) d->why = k == HOLIDAY ? LK_CLOSED_HOLIDAY : LK_CLOSED_EXCEPTION;
  return found;
}

static day day_of(const lk_hours *hours, lk_date date) {
  day d = {.holiday = lk_holiday_on(date), .id = ""};
  for (kind k = DATED; k < KINDS; k++) {
    if (by_exception(hours, date, k, &d)) return d;
  }
  if (hours->closed_on_holidays && d.holiday) {
    d.why = LK_CLOSED_HOLIDAY;
    return d;
  }
  unsigned weekday = 1u << lk_date_weekday(date);
  for (size_t i = 0; i < hours->week_count; i++) {
    if (hours->week[i].days & weekday) add_span(&d, hours->week[i].open, hours->week[i].close);
  }
  if (d.count == 0) d.why = LK_CLOSED_WEEKDAY;
  return d;
}

/* ---- A moment ---- */

typedef struct walk {
  const lk_hours *hours;
  lk_date date;
  day day;
  size_t next;
  int left; /* days to look at */
} walk;

static bool next_span(walk *w, int64_t *opens, int64_t *closes) {
  for (;;) {
    while (w->next < w->day.count) {
      span s = w->day.spans[w->next++];
      *opens = lk_local_moment(w->date, s.open);
      *closes = lk_local_moment(w->date, s.close);
      if (*opens < *closes) return true; /* else it lay within the hour that spring skips */
    }
    if (w->left-- <= 0) return false;
    w->date = lk_date_plus(w->date, 1);
    w->day = day_of(w->hours, w->date);
    w->next = 0;
  }
}

/* The next opening, with those joined to it that begin when it ends (24:00 and 0:00). `*ahead` holds a span that was read but not used. */
typedef struct opening {
  int64_t opens, closes;
} opening;

static bool next_opening(walk *w, opening *ahead, bool *has_ahead, opening *out) {
  if (*has_ahead) {
    *out = *ahead;
    *has_ahead = false;
  } else if (!next_span(w, &out->opens, &out->closes)) {
    return false;
  }
  while (next_span(w, &ahead->opens, &ahead->closes)) {
    if (ahead->opens > out->closes) {
      *has_ahead = true;
      return true;
    }
    out->closes = ahead->closes;
  }
  /* Joined up to the horizon is as good as open for ever. */
  if (lk_date_days(w->date) * 86400 <= out->closes) out->closes = LK_NEVER;
  return true;
}

void lk_hours_at(const lk_hours *hours, int64_t moment, lk_hours_status *out) {
  walk w = {.hours = hours, .date = lk_local_time_of(moment).date, .left = HORIZON};
  w.day = day_of(hours, w.date);
  *out = (lk_hours_status){.why = w.day.why, .holiday = w.day.holiday, .id = w.day.id, .opens = LK_NEVER, .closes = LK_NEVER};
  if (!out->why) out->why = LK_CLOSED_TIME;
  opening now, ahead;
  bool has_ahead = false;
  do {
    if (!next_opening(&w, &ahead, &has_ahead, &now)) return;
  } while (now.closes <= moment);
  out->closes = now.closes;
  if (moment < now.opens) {
    out->opens = now.opens;
    return;
  }
  out->open = true;
  out->why = LK_CLOSED_NOT;
  if (has_ahead) out->opens = ahead.opens;
}

/* ---- Building ---- */

static bool minutes_hold(int open, int close) { return open >= 0 && open < close && close <= DAY_MINUTES; }

static lk_code check_week(const lk_hours_plan *plan, lk_error *err) {
  size_t rows[7] = {0};
  for (size_t i = 0; i < plan->week_count; i++) {
    const lk_hours_week *row = &plan->week[i];
    if (!row->days || row->days > 127)
      return lk_fail(err, LK_ERR_INPUT, "weekly opening %zu names no weekday; give it at least one", i + 1);
    if (!minutes_hold(row->open, row->close))
      return lk_fail(err, LK_ERR_INPUT, "weekly opening %zu closes before it opens; split hours past midnight at 24:00", i + 1);
    for (int weekday = 0; weekday < 7; weekday++) {
      if (row->days >> weekday & 1 && ++rows[weekday] > MOST_SPANS)
        return lk_fail(err, LK_ERR_LIMIT, "more than %d openings on one weekday; join them", MOST_SPANS);
    }
  }
  return LK_OK;
}

static lk_code check_exception(const lk_hours_exception *e, size_t number, lk_error *err) {
  kind k = kind_of(e);
  lk_date leap = {2000, e->from.month, e->from.day};
  bool dates = k == HOLIDAY  ? (unsigned)e->holiday < LK_HOLIDAY_COUNT
               : k == YEARLY ? lk_date_valid(leap)
                             : lk_date_valid(e->from) && lk_date_valid(e->until) && lk_date_compare(e->from, e->until) <= 0;
  if (!dates)
    return lk_fail(err, LK_ERR_INPUT, "exception %zu has no such day; give days that exist, the first one first", number);
  if (!e->closed && !minutes_hold(e->open, e->close))
    return lk_fail(err, LK_ERR_INPUT, "exception %zu closes before it opens; split hours past midnight at 24:00", number);
  return LK_OK;
}

static bool meet(const lk_hours_exception *a, const lk_hours_exception *b) {
  kind k = kind_of(a);
  if (k != kind_of(b)) return false;
  if (k == HOLIDAY) return a->holiday == b->holiday;
  if (k == YEARLY) return a->from.month == b->from.month && a->from.day == b->from.day;
  return lk_date_compare(a->from, b->until) <= 0 && lk_date_compare(b->from, a->until) <= 0;
}

static lk_code check_exceptions(const lk_hours_plan *plan, lk_error *err) {
  for (size_t i = 0; i < plan->exception_count; i++) {
    const lk_hours_exception *e = &plan->exceptions[i];
    lk_code code = check_exception(e, i + 1, err);
    if (code) return code;
    size_t meeting = 1;
    for (size_t j = 0; j < i; j++) {
      if (!meet(e, &plan->exceptions[j])) continue;
      if (e->closed != plan->exceptions[j].closed)
        return lk_fail(err, LK_ERR_INPUT, "exceptions %zu and %zu speak of one day, one closed and one open; keep one", j + 1,
                       i + 1);
      if (++meeting > MOST_SPANS) return lk_fail(err, LK_ERR_LIMIT, "more than %d exceptions for one day; join them", MOST_SPANS);
    }
  }
  return LK_OK;
}

static lk_code copy_plan(lk_hours *hours, const lk_hours_plan *plan) {
  hours->closed_on_holidays = plan->closed_on_holidays;
  hours->week = calloc(plan->week_count + 1, sizeof *hours->week);
  hours->exceptions = calloc(plan->exception_count + 1, sizeof *hours->exceptions);
  hours->ids = calloc(plan->exception_count + 1, sizeof *hours->ids);
  if (!hours->week || !hours->exceptions || !hours->ids) return LK_ERR_MEMORY;
  hours->week_count = plan->week_count;
  if (plan->week_count) memcpy(hours->week, plan->week, plan->week_count * sizeof *hours->week);
  for (size_t i = 0; i < plan->exception_count; i++) {
    hours->ids[i] = strdup(plan->exceptions[i].id ? plan->exceptions[i].id : "");
    if (!hours->ids[i]) return LK_ERR_MEMORY;
    hours->exceptions[i] = plan->exceptions[i];
    hours->exceptions[i].id = hours->ids[i];
    hours->exception_count = i + 1;
  }
  return LK_OK;
}

lk_hours *lk_hours_new(const lk_hours_plan *plan, lk_error *err) {
  if (plan->week_count + plan->exception_count > MOST_ROWS) {
    lk_fail(err, LK_ERR_LIMIT, "more than %d rows of opening hours; remove exceptions that have passed", MOST_ROWS);
    return NULL;
  }
  if (check_week(plan, err) || check_exceptions(plan, err)) return NULL;
  lk_hours *hours = calloc(1, sizeof *hours);
  if (!hours || copy_plan(hours, plan)) {
    lk_hours_free(hours);
    lk_fail_memory(err);
    return NULL;
  }
  return hours;
}

void lk_hours_free(lk_hours *hours) {
  if (!hours) return;
  for (size_t i = 0; i < hours->exception_count; i++) free(hours->ids[i]);
  free(hours->ids);
  free(hours->exceptions);
  free(hours->week);
  free(hours);
}
