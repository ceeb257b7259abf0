/* Dates said in words: tomorrow, on Friday, two weeks ago, 24 December, Christmas Eve. A weekday, feast or date without a year is the nearest that fits the words
 * around it; "ensi perjantaina" and "på fredag" are the first Friday after today, "nästa fredag" and "next Friday" the one of next week. */
#include "nlu/entity.h"

typedef enum step { STEP_NONE, STEP_NEXT, STEP_COMING, STEP_THIS, STEP_LAST } step;

typedef struct span {
  lk_date from, to;
  uint32_t past; /* place behind it; 0: nothing found */
  float confidence;
} span;

static span day_span(lk_date date, uint32_t past, float confidence) { return (span){date, date, past, confidence}; }
static const span nothing;

static step step_of(const lk_phrase_hit *hit) {
  if (!hit) return STEP_NONE;
  lk_view name = hit->phrase->name;
  return lk_view_eq(name, LK_LIT("next"))     ? STEP_NEXT
         : lk_view_eq(name, LK_LIT("coming")) ? STEP_COMING
         : lk_view_eq(name, LK_LIT("this"))   ? STEP_THIS
                                              : STEP_LAST;
}

static bool same_name(const lk_phrase_hit *hit, const char *name) { return lk_view_eq(hit->phrase->name, lk_view_of(name)); }

static lk_date monday_of(lk_date date) { return lk_date_plus(date, -lk_date_weekday(date)); }

/* The same day so many months on, or the last one of a shorter month. */
static lk_date months_on(lk_date date, int months) {
  int index = date.year * 12 + date.month - 1 + months;
  lk_date out = {index / 12, index % 12 + 1, date.day};
  while (out.day > 28 && !lk_date_valid(out)) out.day--;
  return out;
}

static lk_date month_end(lk_date first) { return lk_date_plus(months_on((lk_date){first.year, first.month, 1}, 1), -1); }

/* ---- Weekdays ---- */

/* Without a word that says which way, the question says it. */
static step step_or_lean(const lk_finder *f, const lk_phrase_hit *hit) {
  step s = step_of(hit);
  return s == STEP_NONE && f->options->past ? STEP_LAST : s;
}

static lk_date weekday_date(lk_date today, int weekday, step s) {
  int here = lk_date_weekday(today);
  switch (s) {
    case STEP_THIS:
      return lk_date_plus(today, weekday - here);
    case STEP_NEXT:
      return lk_date_plus(today, weekday - here + 7);
    case STEP_LAST:
      return lk_date_plus(today, -((here - weekday + 6) % 7 + 1));
    case STEP_NONE:
    case STEP_COMING:
      break;
  }
  return lk_date_plus(today, (weekday - here + 6) % 7 + 1);
}

/* How many weeks from this one "ensi viikon", "förra veckan", "next week" are. */
static bool week_step(const lk_finder *f, uint32_t at, int *weeks, uint32_t *past) {
  const lk_phrase_hit *s = lk_reading_hit(&f->reading, at, LK_KIND_STEP);
  const lk_phrase_hit *period = s ? lk_reading_hit(&f->reading, s->past, LK_KIND_PERIOD) : NULL;
  if (!period || !same_name(period, "week")) return false;
  step which = step_of(s);
  *weeks = which == STEP_LAST ? -1 : which == STEP_THIS ? 0 : 1;
  *past = period->past;
  return true;
}

static span try_weekday(const lk_finder *f, uint32_t at) {
  lk_date today = f->options->today;
  const lk_phrase_hit *past_day = lk_reading_hit(&f->reading, at, LK_KIND_WEEKDAY_PAST);
  if (past_day) return day_span(weekday_date(today, past_day->phrase->value - 1, STEP_LAST), past_day->past, 0.9f);
  int weeks;
  uint32_t from = at;
  bool of_week = week_step(f, at, &weeks, &from);
  const lk_phrase_hit *s = of_week ? NULL : lk_reading_hit(&f->reading, at, LK_KIND_STEP);
  if (s) from = s->past;
  const lk_phrase_hit *day = lk_reading_hit(&f->reading, from, LK_KIND_WEEKDAY);
  bool brief = !day && (f->reading.count <= 3 || s);
  if (brief) day = lk_reading_hit(&f->reading, from, LK_KIND_WEEKDAY_SHORT);
  if (!day) return nothing;
  int weekday = day->phrase->value - 1;
  uint32_t past = day->past;
  if (!of_week && !s) of_week = week_step(f, day->past, &weeks, &past);
  if (of_week) return day_span(lk_date_plus(monday_of(today), weeks * 7 + weekday), past, 0.92f);
  return day_span(weekday_date(today, weekday, step_or_lean(f, s)), day->past, brief ? 0.55f : s ? 0.85f : 0.75f);
}

/* ---- Weeks, months, years ---- */

static span period_span(lk_date today, const lk_phrase_hit *period, step s) {
  int on = s == STEP_LAST ? -1 : s == STEP_THIS ? 0 : 1;
  if (same_name(period, "week")) {
    lk_date monday = lk_date_plus(monday_of(today), on * 7);
    return (span){monday, lk_date_plus(monday, 6), period->past, 0.85f};
  }
  if (same_name(period, "weekend")) {
    if (s == STEP_COMING) on = 0;
    lk_date saturday = lk_date_plus(monday_of(today), on * 7 + 5);
    return (span){saturday, lk_date_plus(saturday, 1), period->past, 0.85f};
  }
  if (same_name(period, "month")) {
    lk_date first = months_on((lk_date){today.year, today.month, 1}, on);
    return (span){first, month_end(first), period->past, 0.8f};
  }
  if (same_name(period, "year")) return (span){{today.year + on, 1, 1}, {today.year + on, 12, 31}, period->past, 0.8f};
  return nothing;
}

/* ISO 8601: week 1 has the year's first Thursday. */
static lk_date week_monday(int year, int week) { return lk_date_plus(monday_of((lk_date){year, 1, 4}), (week - 1) * 7); }

static span try_period(const lk_finder *f, uint32_t at) {
  lk_date today = f->options->today;
  const lk_phrase_hit *s = lk_reading_hit(&f->reading, at, LK_KIND_STEP);
  const lk_phrase_hit *period = lk_reading_hit(&f->reading, s ? s->past : at, LK_KIND_PERIOD);
  if (!period) return nothing;
  if (s) return period_span(today, period, step_of(s));
  if (same_name(period, "weekend")) return period_span(today, period, STEP_THIS);
  long week;
  uint32_t past;
  bool vague;
  bool numbered =
      same_name(period, "week") && lk_number_at(f, period->past, &week, &past, &vague) && !vague && week >= 1 && week <= 53;
  if (!numbered) return nothing;
  lk_date monday = week_monday(today.year, (int)week);
  if (lk_date_days(today) - lk_date_days(monday) > 182) monday = week_monday(today.year + 1, (int)week);
  return (span){monday, lk_date_plus(monday, 6), past, 0.8f};
}

static lk_date moved(lk_date today, const lk_phrase_hit *period, long count, int sign) {
  if (count > 400) count = 400;
  int n = (int)count * sign;
  if (same_name(period, "month")) return months_on(today, n);
  if (same_name(period, "year")) return months_on(today, n * 12);
  return lk_date_plus(today, same_name(period, "day") ? n : n * 7);
}

/* "kaksi viikkoa sitten", "viikon päästä", "om två veckor", "two weeks ago" */
static span try_distance(const lk_finder *f, uint32_t at) {
  const lk_phrase_hit *before = lk_reading_hit(&f->reading, at, LK_KIND_AHEAD_BEFORE);
  uint32_t from = before ? before->past : at, past = from;
  long count = 1;
  bool vague;
  const lk_phrase_hit *article = lk_reading_hit(&f->reading, from, LK_KIND_ARTICLE);
  if (lk_number_at(f, from, &count, &past, &vague))
    from = past;
  else if (article)
    from = article->past;
  const lk_phrase_hit *period = lk_reading_hit(&f->reading, from, LK_KIND_PERIOD);
  if (!period || count < 0) return nothing;
  const lk_phrase_hit *ago = lk_reading_hit(&f->reading, period->past, LK_KIND_AGO);
  const lk_phrase_hit *ahead = lk_reading_hit(&f->reading, period->past, LK_KIND_AHEAD);
  if (!ago && !ahead && !before) return nothing;
  uint32_t end = ago ? ago->past : ahead ? ahead->past : period->past;
  return day_span(moved(f->options->today, period, count, ago ? -1 : 1), end, 0.88f);
}

/* ---- Days of months ---- */

/* 24  24.  24:nä  24:e  24th */
static bool day_number(const lk_finder *f, uint32_t at, int *day) {
  if (at >= f->reading.count) return false;
  lk_view text = lk_reading_token(&f->reading, at)->text;
  size_t end = lk_digits_end(text, 0);
  if (!end || end > 2) return false;
  *day = (int)lk_number_of(text, 0, end);
  lk_view rest = {text.ptr + end, text.len - end};
  bool ending = rest.len == 0 || rest.ptr[0] == '.' || rest.ptr[0] == ':' || lk_view_eq(rest, LK_LIT("st")) ||
                lk_view_eq(rest, LK_LIT("nd")) || lk_view_eq(rest, LK_LIT("rd")) || lk_view_eq(rest, LK_LIT("th")) ||
                lk_view_eq(rest, LK_LIT("e"));
  return ending && *day >= 1 && *day <= 31;
}

static bool year_number(const lk_finder *f, uint32_t at, int *year) {
  if (at >= f->reading.count) return false;
  lk_view text = lk_reading_token(&f->reading, at)->text;
  if (text.len != 4 || lk_digits_end(text, 0) != 4) return false;
  *year = (int)lk_number_of(text, 0, 4);
  return *year >= 1990 && *year <= 2100;
}

static span month_day(const lk_finder *f, int month, int day, uint32_t past) {
  lk_date date = {0, month, day};
  if (year_number(f, past, &date.year)) return lk_date_valid(date) ? day_span(date, past + 1, 0.98f) : nothing;
  return lk_date_nearest(f->options->today, month, day, &date) ? day_span(date, past, 0.95f) : nothing;
}

static bool is_joint(const lk_finder *f, uint32_t at) { /* "24th of December", "24. päivä joulukuuta" */
  if (at >= f->reading.count) return false;
  const lk_phrase_hit *period = lk_reading_hit(&f->reading, at, LK_KIND_PERIOD);
  return lk_view_eq(f->reading.items[at].keys[0], LK_LIT("of")) || (period && same_name(period, "day"));
}

static span try_month(const lk_finder *f, uint32_t at) {
  int day = 0, year = 0;
  if (day_number(f, at, &day)) {
    const lk_phrase_hit *month = lk_reading_hit(&f->reading, is_joint(f, at + 1) ? at + 2 : at + 1, LK_KIND_MONTH);
    return month ? month_day(f, month->phrase->value, day, month->past) : nothing;
  }
  const lk_phrase_hit *s = lk_reading_hit(&f->reading, at, LK_KIND_STEP);
  const lk_phrase_hit *month = lk_reading_hit(&f->reading, at, LK_KIND_MONTH);
  if (!month && s) month = lk_reading_hit(&f->reading, s->past, LK_KIND_MONTH);
  if (!month) return nothing;
  int number = month->phrase->value;
  if (day_number(f, month->past, &day)) {
    const lk_phrase_hit *period = lk_reading_hit(&f->reading, month->past + 1, LK_KIND_PERIOD);
    span found = month_day(f, number, day, month->past + 1);
    if (found.past && period && same_name(period, "day")) found.past = period->past;
    return found;
  }
  lk_date first = {0, number, 1};
  bool dated = year_number(f, month->past, &year);
  if (dated)
    first.year = year;
  else if (!lk_date_nearest(f->options->today, number, 15, &first))
    return nothing;
  first.day = 1;
  bool word = lk_reading_hit(&f->reading, at, LK_KIND_MONTH_WORD) != NULL;
  return (span){first, month_end(first), month->past + (dated ? 1 : 0), dated ? 0.85f : word ? 0.2f : 0.6f};
}

/* ---- Feasts ---- */

static span try_feast(const lk_finder *f, uint32_t at) {
  const lk_phrase_hit *s = lk_reading_hit(&f->reading, at, LK_KIND_STEP);
  const lk_phrase_hit *feast = lk_reading_hit(&f->reading, at, LK_KIND_FEAST);
  if (!feast && s) feast = lk_reading_hit(&f->reading, s->past, LK_KIND_FEAST);
  lk_holiday holiday = feast ? lk_holiday_of(feast->phrase->name) : LK_HOLIDAY_NONE;
  if (!holiday) return nothing;
  int way = step_or_lean(f, s) == STEP_LAST ? -1 : 1;
  lk_date date = f->options->today;
  if (way < 0) date = lk_date_plus(date, -1);
  for (int days = 0; days < 400; days++, date = lk_date_plus(date, way))
    if (lk_holiday_on(date) == holiday) return day_span(date, feast->past, 0.9f);
  return nothing;
}

static span try_day(const lk_finder *f, uint32_t at) {
  const lk_phrase_hit *day = lk_reading_hit(&f->reading, at, LK_KIND_DAY);
  return day ? day_span(lk_date_plus(f->options->today, day->phrase->value), day->past, 0.95f) : nothing;
}

void lk_find_dates(lk_finder *finder) {
  static span (*const attempts[])(const lk_finder *, uint32_t) = {try_day,   try_weekday, try_distance,
                                                                  try_month, try_feast,   try_period};
  lk_date today = finder->options->today;
  if (!lk_date_valid(today) || today.year < 2 || today.year > 9000) return;
  for (uint32_t at = 0; at < finder->reading.count;) {
    span best = nothing;
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
      span found = attempts[i](finder, at);
      if (found.past > best.past) best = found;
    }
    if (!best.past) {
      at++;
      continue;
    }
    if (best.past > finder->reading.count) best.past = finder->reading.count;
    lk_entity *entity = lk_finder_add_words(finder, LK_ENTITY_DATE, at, best.past, best.confidence);
    entity->date = best.from;
    entity->date_end = best.to;
    at = best.past > at ? best.past : at + 1;
  }
}
