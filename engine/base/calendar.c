#include "luukku/calendar.h"

static const char *const ids[LK_HOLIDAY_COUNT] = {
    [LK_HOLIDAY_NONE] = "",
    [LK_HOLIDAY_NEW_YEAR] = "new-year",
    [LK_HOLIDAY_EPIPHANY] = "epiphany",
    [LK_HOLIDAY_GOOD_FRIDAY] = "good-friday",
    [LK_HOLIDAY_EASTER] = "easter",
    [LK_HOLIDAY_EASTER_MONDAY] = "easter-monday",
    [LK_HOLIDAY_MAY_DAY] = "may-day",
    [LK_HOLIDAY_ASCENSION] = "ascension",
    [LK_HOLIDAY_PENTECOST] = "pentecost",
    [LK_HOLIDAY_MIDSUMMER_EVE] = "midsummer-eve",
    [LK_HOLIDAY_MIDSUMMER] = "midsummer",
    [LK_HOLIDAY_ALL_SAINTS] = "all-saints",
    [LK_HOLIDAY_INDEPENDENCE] = "independence",
    [LK_HOLIDAY_CHRISTMAS_EVE] = "christmas-eve",
    [LK_HOLIDAY_CHRISTMAS] = "christmas",
    [LK_HOLIDAY_SECOND_CHRISTMAS] = "second-christmas",
};

enum { DAY = 86400, HOUR = 3600, WINTER = 2 * HOUR, SUMMER = 3 * HOUR, ERA_DAYS = 146097 /* of 400 years */ };

static bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int days_of_month(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool lk_date_valid(lk_date d) {
  return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= days_of_month(d.year, d.month);
}

/* Years are counted from March, so that the leap day is a year's last and months follow the line (153 m + 2) / 5; after Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms" (days_from_civil, civil_from_days). */
int64_t lk_date_days(lk_date d) {
  int64_t year = d.month <= 2 ? (int64_t)d.year - 1 : d.year;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int64_t of_era = year - era * 400;
  int64_t of_year = (153 * (d.month > 2 ? d.month - 3 : d.month + 9) + 2) / 5 + d.day - 1;
  return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

lk_date lk_date_of_days(int64_t days) {
  int64_t since = days + 719468;
  int64_t era = (since >= 0 ? since : since - (ERA_DAYS - 1)) / ERA_DAYS;
  int64_t day_of_era = since - era * ERA_DAYS;
  int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t month = (5 * day_of_year + 2) / 153;
  lk_date date = {
      .day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
      .month = (int)(month < 10 ? month + 3 : month - 9),
  };
  date.year = (int)(year_of_era + era * 400 + (date.month <= 2));
  return date;
}

static int weekday_of_days(int64_t days) { return (int)(((days + LK_THURSDAY) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */ }

int lk_date_weekday(lk_date date) { return weekday_of_days(lk_date_days(date)); }

int lk_date_compare(lk_date a, lk_date b) {
  if (a.year != b.year) return a.year < b.year ? -1 : 1;
  if (a.month != b.month) return a.month < b.month ? -1 : 1;
  return (a.day > b.day) - (a.day < b.day);
}

static bool digits(const char *text, size_t count, int *out) {
  *out = 0;
  for (size_t i = 0; i < count; i++) {
    if (text[i] < '0' || text[i] > '9') return false;
    *out = *out * 10 + (text[i] - '0');
  }
  return true;
}

bool lk_date_parse(lk_view text, lk_date *out) {
  lk_date date;
  if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-') return false;
  if (!digits(text.ptr, 4, &date.year) || !digits(text.ptr + 5, 2, &date.month) || !digits(text.ptr + 8, 2, &date.day))
    return false;
  if (!lk_date_valid(date)) return false;
  *out = date;
  return true;
}

/* 01:00 UTC on the last Sunday of a month of 31 days. */
static int64_t change_in(int year, int month) {
  int64_t last = lk_date_days((lk_date){year, month, 31});
  return (last - (weekday_of_days(last) + 1) % 7) * DAY + HOUR;
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static int offset_at(int64_t moment) {
  int year = lk_date_of_days(floor_div(moment, DAY)).year; /* near New Year the UTC year does: the changes are far away */
  return moment >= change_in(year, 3) && moment < change_in(year, 10) ? SUMMER : WINTER;
}

lk_local_time lk_local_time_of(int64_t moment) {
  /* Keeps the arithmetic and `int` years far from overflow whatever a clock claims. */
  const int64_t most = (int64_t)9998 * 366 * DAY;
  if (moment > most) moment = most;
  if (moment < -most) moment = -most;
  int offset = offset_at(moment);
  int64_t local = moment + offset, days = floor_div(local, DAY);
  int second = (int)(local - days * DAY);
  return (lk_local_time){.date = lk_date_of_days(days),
                         .weekday = weekday_of_days(days),
                         .hour = second / HOUR,
                         .minute = second / 60 % 60,
                         .second = second % 60,
                         .offset = offset};
}

int64_t lk_local_moment(lk_date date, int minute) {
  int64_t shown = lk_date_days(date) * DAY + (int64_t)minute * 60;
  /* Summer time first: in autumn it is the earlier of the two moments that show this time. */
  if (offset_at(shown - SUMMER) == SUMMER) return shown - SUMMER;
  if (offset_at(shown - WINTER) == WINTER) return shown - WINTER;
  return change_in(date.year, 3); /* neither: the hour that spring skips */
}

/* The anonymous Gregorian algorithm (Nature, 20 April 1876; J. Meeus, Astronomical Algorithms, chapter 8). */
lk_date lk_easter(int year) {
  int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4;
  int f = (b + 8) / 25, g = (b - f + 1) / 3;
  int h = (19 * a + b - d - g + 15) % 30;
  int i = c / 4, k = c % 4;
  int l = (32 + 2 * e + 2 * i - h - k) % 7;
  int m = (a + 11 * h + 22 * l) / 451;
  int n = h + l - 7 * m + 114;
  return (lk_date){year, n / 31, n % 31 + 1};
}

static lk_holiday fixed_holiday(lk_date date) {
  static const struct {
    int month, day;
    lk_holiday holiday;
  } fixed[] = {
      {1, 1, LK_HOLIDAY_NEW_YEAR},           {1, 6, LK_HOLIDAY_EPIPHANY},        {5, 1, LK_HOLIDAY_MAY_DAY},
      {12, 6, LK_HOLIDAY_INDEPENDENCE},      {12, 24, LK_HOLIDAY_CHRISTMAS_EVE}, {12, 25, LK_HOLIDAY_CHRISTMAS},
      {12, 26, LK_HOLIDAY_SECOND_CHRISTMAS},
  };
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
    if (date.month == fixed[i].month && date.day == fixed[i].day) return fixed[i].holiday;
  }
  return LK_HOLIDAY_NONE;
}

static lk_holiday easter_holiday(int64_t days_after_easter) {
  switch (days_after_easter) {
    case -2:
      return LK_HOLIDAY_GOOD_FRIDAY;
    case 0:
      return LK_HOLIDAY_EASTER;
    case 1:
      return LK_HOLIDAY_EASTER_MONDAY;
    case 39:
      return LK_HOLIDAY_ASCENSION;
    case 49:
      return LK_HOLIDAY_PENTECOST;
    default:
      return LK_HOLIDAY_NONE;
  }
}

static lk_holiday weekend_holiday(lk_date date, int weekday) {
  int day = date.day;
  if (date.month == 6 && weekday == LK_FRIDAY && day >= 19 && day <= 25) return LK_HOLIDAY_MIDSUMMER_EVE;
  if (date.month == 6 && weekday == LK_SATURDAY && day >= 20 && day <= 26) return LK_HOLIDAY_MIDSUMMER;
  bool around_november = (date.month == 10 && day == 31) || (date.month == 11 && day <= 6);
  return around_november && weekday == LK_SATURDAY ? LK_HOLIDAY_ALL_SAINTS : LK_HOLIDAY_NONE;
}

lk_holiday lk_holiday_on(lk_date date) {
  lk_holiday holiday = fixed_holiday(date);
  if (holiday) return holiday;
  holiday = easter_holiday(lk_date_days(date) - lk_date_days(lk_easter(date.year)));
  return holiday ? holiday : weekend_holiday(date, lk_date_weekday(date));
}

const char *lk_holiday_id(lk_holiday holiday) { return (unsigned)holiday < LK_HOLIDAY_COUNT ? ids[holiday] : ""; }

lk_holiday lk_holiday_of(lk_view id) {
  for (int i = 1; i < LK_HOLIDAY_COUNT; i++) {
    if (lk_view_eq(id, lk_view_of(ids[i]))) return (lk_holiday)i;
  }
  return LK_HOLIDAY_NONE;
}

bool lk_is_working_day(lk_date date) { return lk_date_weekday(date) <= LK_FRIDAY && !lk_holiday_on(date); }

lk_date lk_working_days_after(lk_date date, int count) {
  while (count > 0) {
    date = lk_date_plus(date, 1);
    if (lk_is_working_day(date)) count--;
  }
  return date;
}
