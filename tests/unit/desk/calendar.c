#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "luukku/calendar.h"

/* The holidays of eight years as the almanac gives them, not as we compute them: movable ones as month × 100 + day. */
static const struct {
  int year, good_friday, easter, monday, ascension, pentecost, midsummer_eve, midsummer, all_saints;
} almanac[] = {
    {2019, 419, 421, 422, 530, 609, 621, 622, 1102}, {2020, 410, 412, 413, 521, 531, 619, 620, 1031},
    {2021, 402, 404, 405, 513, 523, 625, 626, 1106}, {2022, 415, 417, 418, 526, 605, 624, 625, 1105},
    {2023, 407, 409, 410, 518, 528, 623, 624, 1104}, {2024, 329, 331, 401, 509, 519, 621, 622, 1102},
    {2025, 418, 420, 421, 529, 608, 620, 621, 1101}, {2026, 403, 405, 406, 514, 524, 619, 620, 1031},
    {2027, 326, 328, 329, 506, 516, 625, 626, 1106},
};

static lk_date day(int year, int month_day) { return (lk_date){year, month_day / 100, month_day % 100}; }

static void movable_holidays_are_those_of_the_almanac(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof almanac / sizeof *almanac; i++) {
    int y = almanac[i].year;
    assert_int_equal(lk_holiday_on(day(y, almanac[i].good_friday)), LK_HOLIDAY_GOOD_FRIDAY);
    assert_int_equal(lk_holiday_on(day(y, almanac[i].easter)), LK_HOLIDAY_EASTER);
    assert_int_equal(lk_holiday_on(day(y, almanac[i].monday)), LK_HOLIDAY_EASTER_MONDAY);
    assert_int_equal(lk_holiday_on(day(y, almanac[i].ascension)), LK_HOLIDAY_ASCENSION);
    assert_int_equal(lk_holiday_on(day(y, almanac[i].pentecost)), LK_HOLIDAY_PENTECOST);
    assert_int_equal(lk_holiday_on(day(y, almanac[i].midsummer_eve)), LK_HOLIDAY_MIDSUMMER_EVE);
    assert_int_equal(lk_holiday_on(day(y, almanac[i].midsummer)), LK_HOLIDAY_MIDSUMMER);
    assert_int_equal(lk_holiday_on(day(y, almanac[i].all_saints)), LK_HOLIDAY_ALL_SAINTS);
  }
}

static void a_year_has_fifteen_holidays_and_no_more(void **state) {
  (void)state;
  for (int year = 1992; year <= 2100; year++) {
    int count[LK_HOLIDAY_COUNT] = {0}, all = 0;
    for (lk_date d = {year, 1, 1}; d.year == year; d = lk_date_plus(d, 1)) {
      lk_holiday h = lk_holiday_on(d);
      count[h]++;
      all += h != LK_HOLIDAY_NONE;
    }
    /* In 2008 Ascension Day was on 1 May, which then is May Day. */
    bool together = lk_date_compare(lk_date_plus(lk_easter(year), 39), (lk_date){year, 5, 1}) == 0;
    assert_int_equal(all, together ? 14 : 15);
    for (int h = 1; h < LK_HOLIDAY_COUNT; h++) assert_int_equal(count[h], together && h == LK_HOLIDAY_ASCENSION ? 0 : 1);
  }
  assert_int_equal(lk_holiday_on((lk_date){2008, 5, 1}), LK_HOLIDAY_MAY_DAY);
}

static void fixed_holidays_are_every_year_on_their_day(void **state) {
  (void)state;
  assert_int_equal(lk_holiday_on((lk_date){2026, 1, 1}), LK_HOLIDAY_NEW_YEAR);
  assert_int_equal(lk_holiday_on((lk_date){2026, 1, 6}), LK_HOLIDAY_EPIPHANY);
  assert_int_equal(lk_holiday_on((lk_date){2026, 5, 1}), LK_HOLIDAY_MAY_DAY);
  assert_int_equal(lk_holiday_on((lk_date){2026, 12, 6}), LK_HOLIDAY_INDEPENDENCE);
  assert_int_equal(lk_holiday_on((lk_date){2026, 12, 24}), LK_HOLIDAY_CHRISTMAS_EVE);
  assert_int_equal(lk_holiday_on((lk_date){2026, 12, 25}), LK_HOLIDAY_CHRISTMAS);
  assert_int_equal(lk_holiday_on((lk_date){2026, 12, 26}), LK_HOLIDAY_SECOND_CHRISTMAS);
  assert_int_equal(lk_holiday_on((lk_date){2026, 12, 27}), LK_HOLIDAY_NONE);
}

static void easter_is_right_at_its_earliest_and_latest(void **state) {
  (void)state;
  static const int known[][3] = {{1818, 3, 22}, {1943, 4, 25}, {1954, 4, 18}, {1981, 4, 19}, {2000, 4, 23},
                                 {2008, 3, 23}, {2038, 4, 25}, {2049, 4, 18}, {2076, 4, 19}, {2285, 3, 22}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    lk_date easter = lk_easter(known[i][0]);
    assert_int_equal(easter.month, known[i][1]);
    assert_int_equal(easter.day, known[i][2]);
  }
}

static void every_holiday_has_an_id_that_leads_back_to_it(void **state) {
  (void)state;
  for (int h = 1; h < LK_HOLIDAY_COUNT; h++) {
    assert_true(lk_holiday_id((lk_holiday)h)[0] != '\0');
    assert_int_equal(lk_holiday_of(lk_view_of(lk_holiday_id((lk_holiday)h))), h);
  }
  assert_int_equal(lk_holiday_of(LK_LIT("")), LK_HOLIDAY_NONE);
  assert_int_equal(lk_holiday_of(LK_LIT("vappu")), LK_HOLIDAY_NONE);
}

static void days_and_dates_lead_back_to_each_other(void **state) {
  (void)state;
  assert_int_equal(lk_date_days((lk_date){1970, 1, 1}), 0);
  assert_int_equal(lk_date_days((lk_date){2000, 3, 1}), 11017);
  for (int64_t days = -719162; days < 2932897; days += 13) {
    lk_date d = lk_date_of_days(days);
    assert_true(lk_date_valid(d));
    assert_int_equal(lk_date_days(d), days);
  }
  assert_int_equal(lk_date_weekday((lk_date){2026, 10, 12}), LK_MONDAY);
  assert_int_equal(lk_date_weekday((lk_date){1969, 12, 31}), LK_WEDNESDAY);
}

static void dates_are_parsed_strictly(void **state) {
  (void)state;
  lk_date d;
  assert_true(lk_date_parse(LK_LIT("2024-02-29"), &d));
  assert_int_equal(lk_date_compare(d, (lk_date){2024, 2, 29}), 0);
  static const char *const wrong[] = {"2023-02-29",  "2024-13-01", "2024-00-10", "2024-1-1",  "24-12-2024",
                                      "2024-12-24 ", "",           "2024x12-24", "0000-01-01"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_false(lk_date_parse(lk_view_of(wrong[i]), &d));
}

/* Independent of the code under test: UTC of the changes as published for the EU. */
static const struct {
  const char *what;
  int64_t summer_begins, summer_ends;
} changes[] = {{"2024", 1711846800, 1729990800},
               {"2025", 1743296400, 1761440400},
               {"2026", 1774746000, 1792890000},
               {"2027", 1806195600, 1824944400}};

static void clocks_change_at_one_utc_on_the_last_sundays(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    lk_local_time before = lk_local_time_of(changes[i].summer_begins - 1), after = lk_local_time_of(changes[i].summer_begins);
    assert_int_equal(before.hour * 100 + before.minute, 259);
    assert_int_equal(after.hour * 100 + after.minute, 400);
    assert_int_equal(after.offset, 10800);
    before = lk_local_time_of(changes[i].summer_ends - 1);
    after = lk_local_time_of(changes[i].summer_ends);
    assert_int_equal(before.hour * 100 + before.minute, 359);
    assert_int_equal(after.hour * 100 + after.minute, 300);
    assert_int_equal(after.offset, 7200);
    assert_int_equal(after.weekday, LK_SUNDAY);
  }
}

static void a_local_minute_is_the_moment_that_shows_it(void **state) {
  (void)state;
  for (int64_t moment = 1704060000; moment < 1704060000 + 3 * 366 * 86400ll; moment += 1740) {
    lk_local_time t = lk_local_time_of(moment - moment % 60);
    int64_t back = lk_local_moment(t.date, t.hour * 60 + t.minute);
    /* Of the hour that comes twice, the first is meant. */
    assert_true(back == moment - moment % 60 || back == moment - moment % 60 - 3600);
    lk_local_time shown = lk_local_time_of(back);
    assert_int_equal(shown.hour * 60 + shown.minute, t.hour * 60 + t.minute);
  }
  assert_int_equal(lk_local_moment((lk_date){2026, 3, 29}, 3 * 60 + 30), 1774746000);         /* does not exist */
  assert_int_equal(lk_local_moment((lk_date){2026, 10, 25}, 3 * 60 + 30), 1792890000 - 1800); /* comes twice */
  assert_int_equal(lk_local_moment((lk_date){2026, 12, 31}, 1440), lk_local_moment((lk_date){2027, 1, 1}, 0));
}

static void local_time_agrees_with_the_system_where_that_knows_helsinki(void **state) {
  (void)state;
  setenv("TZ", "Europe/Helsinki", 1);
  tzset();
  struct tm tm;
  time_t summer = 1783000000;
  localtime_r(&summer, &tm);
  if (tm.tm_gmtoff != 10800) skip(); /* no time zone database here */
  for (int64_t moment = 946684800; moment < 2145909600; moment += 86400 * 3 + 3607) {
    time_t t = (time_t)moment;
    localtime_r(&t, &tm);
    lk_local_time ours = lk_local_time_of(moment);
    assert_int_equal(ours.offset, tm.tm_gmtoff);
    assert_int_equal(ours.date.day, tm.tm_mday);
    assert_int_equal(ours.hour, tm.tm_hour);
  }
}

static void a_clock_that_is_far_off_does_no_harm(void **state) {
  (void)state;
  static const int64_t odd[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    lk_local_time t = lk_local_time_of(odd[i]);
    assert_in_range(t.hour, 0, 23);
    assert_in_range(t.weekday, LK_MONDAY, LK_SUNDAY);
  }
}

static void working_days_skip_weekends_holidays_and_eves(void **state) {
  (void)state;
  assert_true(lk_is_working_day((lk_date){2026, 12, 23}));
  assert_false(lk_is_working_day((lk_date){2026, 12, 24}));
  /* 23 December 2026 is a Wednesday; Thursday to Saturday are Christmas. */
  assert_int_equal(lk_date_compare(lk_working_days_after((lk_date){2026, 12, 23}, 1), (lk_date){2026, 12, 28}), 0);
  assert_int_equal(lk_date_compare(lk_working_days_after((lk_date){2026, 10, 9}, 2), (lk_date){2026, 10, 13}), 0);
  assert_int_equal(lk_date_compare(lk_working_days_after((lk_date){2026, 10, 10}, 0), (lk_date){2026, 10, 10}), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(movable_holidays_are_those_of_the_almanac),
      cmocka_unit_test(a_year_has_fifteen_holidays_and_no_more),
      cmocka_unit_test(fixed_holidays_are_every_year_on_their_day),
      cmocka_unit_test(easter_is_right_at_its_earliest_and_latest),
      cmocka_unit_test(every_holiday_has_an_id_that_leads_back_to_it),
      cmocka_unit_test(days_and_dates_lead_back_to_each_other),
      cmocka_unit_test(dates_are_parsed_strictly),
      cmocka_unit_test(clocks_change_at_one_utc_on_the_last_sundays),
      cmocka_unit_test(a_local_minute_is_the_moment_that_shows_it),
      cmocka_unit_test(local_time_agrees_with_the_system_where_that_knows_helsinki),
      cmocka_unit_test(a_clock_that_is_far_off_does_no_harm),
      cmocka_unit_test(working_days_skip_weekends_holidays_and_eves),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
