/* Dates, Finnish local time and Finnish public holidays, computed: no time zone database, no setenv, no locale.
 *
 * Moments are Unix seconds. Local time is Europe/Helsinki: two hours ahead of UTC, three in summer, which lasts from 01:00 UTC on the last
 * Sunday of March to 01:00 UTC on the last Sunday of October (directive 2000/84/EC; in force in this form since 1996, and applied to all years
 * here). Dates are Gregorian, years 1 to 9999. Pure functions: any thread may call them, nothing is to be freed, and nothing can fail. */
#ifndef LUUKKU_CALENDAR_H
#define LUUKKU_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "luukku/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_date {
  int year, month, day; /* month and day from 1 */
} lk_date;

enum { LK_MONDAY, LK_TUESDAY, LK_WEDNESDAY, LK_THURSDAY, LK_FRIDAY, LK_SATURDAY, LK_SUNDAY };

typedef struct lk_local_time {
  lk_date date;
  int weekday; /* LK_MONDAY … LK_SUNDAY */
  int hour, minute, second;
  int offset; /* seconds ahead of UTC: 7200 or 10800 */
} lk_local_time;

bool lk_date_valid(lk_date date);
/* Days since 1970-01-01, and back. */
int64_t lk_date_days(lk_date date);
lk_date lk_date_of_days(int64_t days);
int lk_date_weekday(lk_date date);
static inline lk_date lk_date_plus(lk_date date, int days) { return lk_date_of_days(lk_date_days(date) + days); }
/* Below, equal to or above zero as `a` is before, the same as or after `b`. */
int lk_date_compare(lk_date a, lk_date b);
/* "2026-12-24" exactly; false for anything else, also for a day that does not exist. */
bool lk_date_parse(lk_view text, lk_date *out);

lk_local_time lk_local_time_of(int64_t moment);
/* The moment at which clocks in Finland show `minute` (0 to 1440) of `date`. A time that the spring change skips is the moment of the change; one that
 * comes twice in autumn is the first. */
int64_t lk_local_moment(lk_date date, int minute);

/* Public holidays, and the two eves that are treated as such nearly everywhere (Midsummer Eve, Christmas Eve). Right from 1992 on, when Epiphany and
 * Ascension Day had returned to their own days. */
typedef enum lk_holiday {
  LK_HOLIDAY_NONE = 0,
  LK_HOLIDAY_NEW_YEAR, /* 1 January */
  LK_HOLIDAY_EPIPHANY, /* 6 January */
  LK_HOLIDAY_GOOD_FRIDAY,
  LK_HOLIDAY_EASTER,
  LK_HOLIDAY_EASTER_MONDAY,
  LK_HOLIDAY_MAY_DAY,       /* 1 May; comes before Ascension Day where both fall on one day */
  LK_HOLIDAY_ASCENSION,     /* 39 days after Easter */
  LK_HOLIDAY_PENTECOST,     /* 49 days after Easter */
  LK_HOLIDAY_MIDSUMMER_EVE, /* the Friday between 19 and 25 June */
  LK_HOLIDAY_MIDSUMMER,     /* the Saturday between 20 and 26 June */
  LK_HOLIDAY_ALL_SAINTS,    /* the Saturday between 31 October and 6 November */
  LK_HOLIDAY_INDEPENDENCE,  /* 6 December */
  LK_HOLIDAY_CHRISTMAS_EVE,
  LK_HOLIDAY_CHRISTMAS,
  LK_HOLIDAY_SECOND_CHRISTMAS, /* 26 December */
  LK_HOLIDAY_COUNT
} lk_holiday;

/* The Sunday of Easter. */
lk_date lk_easter(int year);
/* What `date` is in Finland; LK_HOLIDAY_NONE for an ordinary day (a Sunday too). */
lk_holiday lk_holiday_on(lk_date date);
/* "new-year", "midsummer-eve" …, for messages ("holiday-" + id) and files; "" for LK_HOLIDAY_NONE. */
const char *lk_holiday_id(lk_holiday holiday);
/* The holiday of an id, or LK_HOLIDAY_NONE. */
lk_holiday lk_holiday_of(lk_view id);
/* Monday to Friday and no holiday: an "arkipäivä" as shops and carriers count them. */
bool lk_is_working_day(lk_date date);
/* The `count`th working day after `date` (`date` itself is not counted). */
lk_date lk_working_days_after(lk_date date, int count);

#ifdef __cplusplus
}
#endif
#endif
