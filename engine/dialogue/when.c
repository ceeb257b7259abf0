#include <inttypes.h>

#include "dialogue/turn.h"
#include "luukku/calendar.h"

static lk_view clock_of(lk_maker *m, const lk_local_time *time) {
  return LK_PHRASE(m, "clock", LK_VALUE("hour", lk_text(m, "%d", time->hour)),
                   LK_VALUE("minute", lk_text(m, "%02d", time->minute)));
}

static lk_view date_of(lk_maker *m, lk_date date) {
  lk_view month_id = lk_text(m, "month-%d", date.month);
  return LK_PHRASE(m, "date", LK_VALUE("day", lk_text(m, "%d", date.day)), LK_VALUE("month", LK_PHRASE0(m, month_id.ptr)));
}

lk_view lk_day(lk_maker *m, int64_t moment) { return date_of(m, lk_local_time_of(moment).date); }

lk_view lk_when(lk_maker *m, int64_t moment) {
  lk_local_time then = lk_local_time_of(moment), today = lk_local_time_of(m->now);
  int64_t days = lk_date_days(then.date) - lk_date_days(today.date);
  lk_view time = clock_of(m, &then);
  if (days == 0) return LK_PHRASE(m, "day-today", LK_VALUE("time", time));
  if (days == 1) return LK_PHRASE(m, "day-tomorrow", LK_VALUE("time", time));
  lk_view weekday_id = lk_text(m, "weekday-%d", then.weekday + 1);
  lk_view weekday = LK_PHRASE0(m, weekday_id.ptr);
  if (days > 1 && days < 7) return LK_PHRASE(m, "day-weekday", LK_VALUE("weekday", weekday), LK_VALUE("time", time));
  return LK_PHRASE(m, "day-date", LK_VALUE("weekday", weekday), LK_VALUE("date", date_of(m, then.date)), LK_VALUE("time", time));
}

lk_view lk_duration(lk_maker *m, int64_t seconds) {
  if (seconds < 60) return LK_PHRASE0(m, "wait-under-minute");
  return LK_PHRASE(m, "wait-minutes", LK_VALUE("minutes", lk_text(m, "%" PRId64, (seconds + 59) / 60)));
}

lk_view lk_money(lk_maker *m, int64_t cents) {
  return LK_PHRASE(m, "money", LK_VALUE("euros", lk_text(m, "%" PRId64, cents / 100)),
                   LK_VALUE("cents", lk_text(m, "%02d", (int)(cents % 100))));
}
