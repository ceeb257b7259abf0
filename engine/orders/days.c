#include "orders/days.h"

#include <stdbool.h>
#include <time.h>

static const int64_t hour = 3600, day_length = 86400;

/* Beyond these a year does not fit what gmtime_r can write everywhere: the years 1 and 9999. */
static const int64_t earliest = -62135596800, latest = 253402300799;

static int64_t clamp(int64_t time) { return time < earliest ? earliest : time > latest ? latest : time; }

/* The last Sunday of a month at 01:00 UTC: when the European Union changes its clocks (Directive 2000/84/EC). */
static int64_t last_sunday(int year, int month) {
  struct tm last = {.tm_year = year, .tm_mon = month + 1, .tm_mday = 0, .tm_hour = 1};
  time_t time = timegm(&last);
  return (int64_t)time - (int64_t)last.tm_wday * day_length;
}

static int64_t offset(int64_t time) {
  time_t t = (time_t)time;
  struct tm utc;
  if (!gmtime_r(&t, &utc)) return 2 * hour;
  bool summer = time >= last_sunday(utc.tm_year, 2) && time < last_sunday(utc.tm_year, 9);
  return summer ? 3 * hour : 2 * hour;
}

static struct tm wall(int64_t time) {
  time = clamp(time);
  time_t t = (time_t)(time + offset(time));
  struct tm tm = {0};
  (void)gmtime_r(&t, &tm);
  return tm;
}

/* The clocks change at night between 3 and 4, so that midnight exists once each day. */
static int64_t from_wall(struct tm tm) {
  int64_t local = (int64_t)timegm(&tm);
  int64_t time = local - 2 * hour;
  return offset(time) == 3 * hour ? local - 3 * hour : time;
}

int64_t lk_day_start(int64_t time) {
  struct tm tm = wall(time);
  tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
  return from_wall(tm);
}

static int64_t end_of(struct tm tm) {
  tm.tm_hour = 23;
  tm.tm_min = tm.tm_sec = 59;
  return from_wall(tm);
}

int64_t lk_day_end(int64_t time, int days) {
  struct tm tm = wall(time);
  tm.tm_mday += days;
  return end_of(tm);
}

int64_t lk_month_end(int64_t time, int months) {
  struct tm tm = wall(time);
  struct tm last = {.tm_year = tm.tm_year, .tm_mon = tm.tm_mon + months + 1, .tm_mday = 0};
  (void)timegm(&last);
  int day = tm.tm_mday < last.tm_mday ? tm.tm_mday : last.tm_mday;
  last.tm_mday = day;
  return end_of(last);
}
