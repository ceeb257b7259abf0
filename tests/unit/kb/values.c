/* Attribute values: read the same under every locale, and nothing else accepted. */
#include <locale.h>

#include "kb/values.h"
#include "support.h"

static void numbers_have_a_point_under_every_locale(void **state) {
  (void)state;
  (void)setlocale(LC_ALL, "fi_FI.UTF-8"); /* where it is installed */
  static const struct {
    const char *text;
    double value;
  } good[] = {{"0", 0}, {"0.75", 0.75}, {"-12.5", -12.5}, {"1e3", 1000}, {"2.5e-2", 0.025}, {"007", 7}};
  static const char *const bad[] = {"", "-", ".5", "5.", "0,75", "1e", "1e1000", "nan", "inf", "0x10", "1 ", "--1", "1.2.3"};
  double value;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert_true(lk_parse_number(lk_view_of(good[i].text), &value));
    assert_float_equal(value, good[i].value, 1e-12);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (lk_parse_number(lk_view_of(bad[i]), &value)) fail_msg("\"%s\" was taken for %g", bad[i], value);
  (void)setlocale(LC_ALL, "C");
}

static void durations_have_a_unit(void **state) {
  (void)state;
  double seconds;
  assert_true(lk_parse_duration(LK_LIT("90 s"), &seconds) && seconds == 90);
  assert_true(lk_parse_duration(LK_LIT("1.5h"), &seconds) && seconds == 5400);
  assert_true(lk_parse_duration(LK_LIT("12 months"), &seconds) && seconds == 360 * 86400.0);
  assert_false(lk_parse_duration(LK_LIT("90"), &seconds));
  assert_false(lk_parse_duration(LK_LIT("s"), &seconds));
  assert_false(lk_parse_duration(LK_LIT("5 years"), &seconds));
}

static void days_are_days_of_the_calendar(void **state) {
  (void)state;
  lk_date date;
  assert_true(lk_parse_day(LK_LIT("2028-02-29"), &date) && date.year == 2028);
  assert_true(lk_parse_day(LK_LIT("02-29"), &date) && date.year == 0 && date.day == 29);
  static const char *const bad[] = {"2026-02-29", "2026-13-01", "13-01", "00-10",      "12-32",
                                    "26-12-24",   "2026-1-1",   "",      "2026-12-24 "};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (lk_parse_day(lk_view_of(bad[i]), &date)) fail_msg("\"%s\" was taken for a day", bad[i]);
}

static void times_run_to_twenty_four(void **state) {
  (void)state;
  int minutes;
  assert_true(lk_parse_time(LK_LIT("00:00"), &minutes) && minutes == 0);
  assert_true(lk_parse_time(LK_LIT("24:00"), &minutes) && minutes == 1440);
  assert_false(lk_parse_time(LK_LIT("24:01"), &minutes));
  assert_false(lk_parse_time(LK_LIT("8:00"), &minutes));
  assert_false(lk_parse_time(LK_LIT("08.00"), &minutes));
  assert_false(lk_parse_time(LK_LIT("08:60"), &minutes));
}

static void weekdays_come_alone_in_ranges_and_lists(void **state) {
  (void)state;
  unsigned days;
  assert_true(lk_parse_days(LK_LIT("mon-fri"), &days) && days == 31);
  assert_true(lk_parse_days(LK_LIT("mon, wed-thu,sun"), &days) && days == (1u | 4u | 8u | 64u));
  static const char *const bad[] = {"", "fri-mon", "mon-", "-mon", "mon-tue-wed", "mon,,tue", "Mon", "ma"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (lk_parse_days(lk_view_of(bad[i]), &days)) fail_msg("\"%s\" was taken for days", bad[i]);
}

static void ids_are_plain(void **state) {
  (void)state;
  assert_true(lk_is_id(LK_LIT("delivery-time2")));
  static const char *const bad[] = {"", "-a", "a-", "a--b", "2a", "A", "ä", "a b", "a_b", "a.b"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (lk_is_id(lk_view_of(bad[i]))) fail_msg("\"%s\" was taken for an id", bad[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_have_a_point_under_every_locale), cmocka_unit_test(durations_have_a_unit),
      cmocka_unit_test(days_are_days_of_the_calendar),           cmocka_unit_test(times_run_to_twenty_four),
      cmocka_unit_test(weekdays_come_alone_in_ranges_and_lists), cmocka_unit_test(ids_are_plain),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
