#include "period.h"

#include "luukku/calendar.h"

static bool read_day(const char *command, const char *option, const char *text, lk_date *out) {
  if (lk_date_parse(lk_view_of(text), out)) return true;
  (void)lk_misuse(command, "--%s is a day such as 2026-10-01, not '%s'", option, text);
  return false;
}

bool lk_period_from(const char *command, const char *day, lk_period *out) {
  lk_date date;
  if (!read_day(command, "from", day, &date)) return false;
  out->from = lk_local_moment(date, 0);
  return true;
}

bool lk_period_to(const char *command, const char *day, lk_period *out) {
  lk_date date;
  if (!read_day(command, "to", day, &date)) return false;
  out->until = lk_local_moment(date, 0);
  return true;
}
