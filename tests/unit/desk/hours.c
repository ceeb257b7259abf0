#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "luukku/desk.h"

enum { WORKDAYS = 1 << LK_MONDAY | 1 << LK_TUESDAY | 1 << LK_WEDNESDAY | 1 << LK_THURSDAY | 1 << LK_FRIDAY, ALL_DAYS = 127 };

#define H(hour) ((hour)*60)

/* A chat: Monday to Friday 8–20, Saturday 10–16, closed on holidays. */
static const lk_hours_week chat_week[] = {{WORKDAYS, H(8), H(20)}, {1 << LK_SATURDAY, H(10), H(16)}};

static lk_hours *chat(const lk_hours_exception *exceptions, size_t count) {
  lk_hours_plan plan = {chat_week, 2, exceptions, count, true};
  lk_error err;
  lk_hours *hours = lk_hours_new(&plan, &err);
  assert_non_null(hours);
  return hours;
}

static int64_t moment(int year, int month, int day, int hour, int minute) {
  return lk_local_moment((lk_date){year, month, day}, hour * 60 + minute);
}

static lk_hours_status at(const lk_hours *hours, int64_t now) {
  lk_hours_status status;
  lk_hours_at(hours, now, &status);
  return status;
}

static void the_desk_opens_and_closes_to_the_second(void **state) {
  (void)state;
  lk_hours *h = chat(NULL, 0);
  lk_hours_status s = at(h, moment(2026, 10, 12, 8, 0) - 1);
  assert_false(s.open);
  assert_int_equal(s.why, LK_CLOSED_TIME);
  assert_int_equal(s.opens, moment(2026, 10, 12, 8, 0));
  assert_int_equal(s.closes, moment(2026, 10, 12, 20, 0));
  s = at(h, moment(2026, 10, 12, 8, 0));
  assert_true(s.open);
  assert_int_equal(s.why, LK_CLOSED_NOT);
  assert_int_equal(s.closes, moment(2026, 10, 12, 20, 0));
  assert_int_equal(s.opens, moment(2026, 10, 13, 8, 0));
  assert_true(at(h, moment(2026, 10, 12, 20, 0) - 1).open);
  assert_false(at(h, moment(2026, 10, 12, 20, 0)).open);
  lk_hours_free(h);
}

static void a_sunday_is_a_weekday_without_hours(void **state) {
  (void)state;
  lk_hours *h = chat(NULL, 0);
  lk_hours_status s = at(h, moment(2026, 10, 11, 12, 0));
  assert_int_equal(s.why, LK_CLOSED_WEEKDAY);
  assert_int_equal(s.opens, moment(2026, 10, 12, 8, 0));
  s = at(h, moment(2026, 10, 10, 17, 0)); /* Saturday evening */
  assert_int_equal(s.why, LK_CLOSED_TIME);
  assert_int_equal(s.opens, moment(2026, 10, 12, 8, 0));
  lk_hours_free(h);
}

static void christmas_and_easter_close_for_days_and_say_which_holiday(void **state) {
  (void)state;
  lk_hours *h = chat(NULL, 0);
  lk_hours_status s = at(h, moment(2026, 12, 24, 10, 0)); /* Thursday; Saturday is the second Christmas day */
  assert_int_equal(s.why, LK_CLOSED_HOLIDAY);
  assert_string_equal(lk_holiday_id(s.holiday), "christmas-eve");
  assert_int_equal(s.opens, moment(2026, 12, 28, 8, 0));
  s = at(h, moment(2027, 3, 25, 21, 0)); /* Maundy Thursday evening; Easter Saturday is open */
  assert_int_equal(s.why, LK_CLOSED_TIME);
  assert_int_equal(s.opens, moment(2027, 3, 27, 10, 0));
  s = at(h, moment(2027, 3, 28, 12, 0)); /* Easter, and the clocks change */
  assert_int_equal(s.holiday, LK_HOLIDAY_EASTER);
  assert_int_equal(s.opens, moment(2027, 3, 30, 8, 0));
  s = at(h, moment(2026, 6, 19, 12, 0));
  assert_int_equal(s.holiday, LK_HOLIDAY_MIDSUMMER_EVE);
  assert_int_equal(s.opens, moment(2026, 6, 22, 8, 0));
  s = at(h, moment(2026, 12, 31, 21, 0)); /* New Year is a Friday */
  assert_int_equal(s.opens, moment(2027, 1, 2, 10, 0));
  lk_hours_free(h);
}

static void a_desk_open_on_holidays_says_the_holiday_too(void **state) {
  (void)state;
  lk_hours_week week = {ALL_DAYS, H(9), H(17)};
  lk_hours *h = lk_hours_new(&(lk_hours_plan){&week, 1, NULL, 0, false}, NULL);
  lk_hours_status s = at(h, moment(2026, 12, 6, 12, 0));
  assert_true(s.open);
  assert_int_equal(s.holiday, LK_HOLIDAY_INDEPENDENCE);
  lk_hours_free(h);
}

static void a_dated_exception_comes_before_yearly_ones_holidays_and_the_week(void **state) {
  (void)state;
  const lk_hours_exception rows[] = {
      {.from = {2026, 12, 24}, .until = {2026, 12, 24}, .open = H(9), .close = H(12), .id = "christmas-rush"},
      {.from = {0, 12, 23}, .open = H(8), .close = H(14), .id = "short-day"},
      {.from = {2026, 11, 2}, .until = {2026, 11, 4}, .closed = true, .id = "training"},
      {.holiday = LK_HOLIDAY_EPIPHANY, .open = H(10), .close = H(12)},
      {.holiday = LK_HOLIDAY_CHRISTMAS_EVE, .closed = true},
  };
  lk_hours *h = chat(rows, 5);
  lk_hours_status s = at(h, moment(2026, 12, 24, 11, 59));
  assert_true(s.open);
  assert_string_equal(s.id, "christmas-rush");
  assert_int_equal(s.closes, moment(2026, 12, 24, 12, 0));
  s = at(h, moment(2027, 12, 24, 11, 0));
  assert_int_equal(s.why, LK_CLOSED_HOLIDAY);
  s = at(h, moment(2031, 12, 23, 15, 0));
  assert_int_equal(s.why, LK_CLOSED_TIME);
  assert_string_equal(s.id, "short-day");
  s = at(h, moment(2026, 11, 1, 12, 0));
  assert_int_equal(s.opens, moment(2026, 11, 5, 8, 0));
  s = at(h, moment(2026, 11, 3, 12, 0));
  assert_int_equal(s.why, LK_CLOSED_EXCEPTION);
  assert_string_equal(s.id, "training");
  assert_true(at(h, moment(2028, 1, 6, 11, 0)).open);
  assert_false(at(h, moment(2028, 1, 6, 12, 0)).open);
  lk_hours_free(h);
}

static void several_openings_of_a_day_add_up_and_midnight_joins_two_days(void **state) {
  (void)state;
  const lk_hours_week week[] = {{1 << LK_MONDAY, H(14), H(16)},
                                {1 << LK_MONDAY, H(8), H(12)},
                                {1 << LK_MONDAY, H(12), H(13)},
                                {1 << LK_FRIDAY, H(20), H(24)},
                                {1 << LK_SATURDAY, 0, H(2)}};
  lk_hours *h = lk_hours_new(&(lk_hours_plan){week, 5, NULL, 0, false}, NULL);
  lk_hours_status s = at(h, moment(2026, 10, 12, 9, 0));
  assert_int_equal(s.closes, moment(2026, 10, 12, 13, 0));
  assert_int_equal(s.opens, moment(2026, 10, 12, 14, 0));
  s = at(h, moment(2026, 10, 16, 23, 59));
  assert_true(s.open);
  assert_int_equal(s.closes, moment(2026, 10, 17, 2, 0));
  s = at(h, moment(2026, 10, 17, 1, 0));
  assert_true(s.open);
  assert_int_equal(s.closes, moment(2026, 10, 17, 2, 0));
  lk_hours_free(h);
}

static void opening_hours_keep_local_time_when_clocks_change(void **state) {
  (void)state;
  lk_hours_week week[] = {{ALL_DAYS, H(2), H(5)}};
  lk_hours *h = lk_hours_new(&(lk_hours_plan){week, 1, NULL, 0, false}, NULL);
  lk_hours_status spring = at(h, moment(2026, 3, 28, 23, 0)), autumn = at(h, moment(2026, 10, 24, 23, 0));
  assert_int_equal(spring.closes - spring.opens, 2 * 3600);
  assert_int_equal(autumn.closes - autumn.opens, 4 * 3600);
  lk_hours_free(h);
  week[0] = (lk_hours_week){ALL_DAYS, 3 * 60 + 10, 3 * 60 + 50}; /* falls into the skipped hour */
  h = lk_hours_new(&(lk_hours_plan){week, 1, NULL, 0, false}, NULL);
  assert_int_equal(at(h, moment(2026, 3, 29, 0, 0)).opens, moment(2026, 3, 30, 3, 10));
  lk_hours_free(h);
}

static void a_desk_that_never_closes_never_closes_and_one_without_hours_never_opens(void **state) {
  (void)state;
  lk_hours_week week = {ALL_DAYS, 0, 1440};
  lk_hours *h = lk_hours_new(&(lk_hours_plan){&week, 1, NULL, 0, false}, NULL);
  lk_hours_status s = at(h, moment(2026, 10, 25, 3, 30));
  assert_true(s.open);
  assert_true(s.closes == LK_NEVER && s.opens == LK_NEVER);
  lk_hours_free(h);
  h = lk_hours_new(&(lk_hours_plan){0}, NULL);
  s = at(h, 1790000000);
  assert_false(s.open);
  assert_true(s.closes == LK_NEVER && s.opens == LK_NEVER);
  lk_hours_free(h);
  lk_hours_free(NULL);
}

/* What lk_hours_at promises must be what it says a moment later: checked over eight years, each ten-odd hours. */
static void what_is_promised_is_kept(void **state) {
  (void)state;
  lk_hours *h = chat(NULL, 0);
  for (int64_t now = moment(2024, 1, 1, 0, 0); now < moment(2032, 1, 1, 0, 0); now += 37 * 1000) {
    lk_hours_status s = at(h, now);
    assert_true(s.closes > now && s.opens > now);
    assert_true(at(h, s.opens).open);
    assert_false(at(h, s.opens - 1).open);
    assert_false(at(h, s.closes).open);
    assert_true(at(h, s.closes - 1).open);
    if (s.open) {
      assert_true(s.closes < s.opens);
    } else {
      assert_true(s.opens < s.closes);
    }
    lk_local_time opens = lk_local_time_of(s.opens);
    assert_false(lk_holiday_on(opens.date));
    assert_int_equal(opens.hour, opens.weekday == LK_SATURDAY ? 10 : 8);
    assert_int_equal(opens.minute, 0);
  }
  lk_hours_free(h);
}

static void impossible_rows_are_refused_with_their_number(void **state) {
  (void)state;
  static const lk_hours_week weeks[] = {{0, H(8), H(9)},  {128, H(8), H(9)}, {1, H(9), H(9)},
                                        {1, H(20), H(8)}, {1, -1, 5},        {1, 0, 1441}};
  for (size_t i = 0; i < sizeof weeks / sizeof *weeks; i++) {
    lk_error err = {0};
    assert_null(lk_hours_new(&(lk_hours_plan){&weeks[i], 1, NULL, 0, false}, &err));
    assert_int_equal(err.code, LK_ERR_INPUT);
    assert_non_null(strstr(err.message, "opening 1"));
    assert_non_null(strchr(err.message, ';'));
  }
  static const lk_hours_exception rows[] = {
      {.from = {2026, 2, 30}, .until = {2026, 3, 1}, .closed = true},
      {.from = {2026, 3, 2}, .until = {2026, 3, 1}, .closed = true},
      {.from = {0, 2, 30}, .closed = true},
      {.holiday = (lk_holiday)99, .closed = true},
      {.from = {2026, 3, 2}, .until = {2026, 3, 2}, .open = 600, .close = 500},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    lk_error err = {0};
    assert_null(lk_hours_new(&(lk_hours_plan){NULL, 0, &rows[i], 1, false}, &err));
    assert_int_equal(err.code, LK_ERR_INPUT);
  }
}

static void two_exceptions_that_contradict_each_other_are_refused(void **state) {
  (void)state;
  const lk_hours_exception rows[] = {{.from = {2026, 12, 20}, .until = {2026, 12, 30}, .closed = true},
                                     {.from = {2026, 12, 28}, .until = {2026, 12, 28}, .open = H(10), .close = H(12)}};
  lk_error err = {0};
  assert_null(lk_hours_new(&(lk_hours_plan){NULL, 0, rows, 2, false}, &err));
  assert_int_equal(err.code, LK_ERR_INPUT);
  assert_non_null(strstr(err.message, "1 and 2"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_desk_opens_and_closes_to_the_second),
      cmocka_unit_test(a_sunday_is_a_weekday_without_hours),
      cmocka_unit_test(christmas_and_easter_close_for_days_and_say_which_holiday),
      cmocka_unit_test(a_desk_open_on_holidays_says_the_holiday_too),
      cmocka_unit_test(a_dated_exception_comes_before_yearly_ones_holidays_and_the_week),
      cmocka_unit_test(several_openings_of_a_day_add_up_and_midnight_joins_two_days),
      cmocka_unit_test(opening_hours_keep_local_time_when_clocks_change),
      cmocka_unit_test(a_desk_that_never_closes_never_closes_and_one_without_hours_never_opens),
      cmocka_unit_test(what_is_promised_is_kept),
      cmocka_unit_test(impossible_rows_are_refused_with_their_number),
      cmocka_unit_test(two_exceptions_that_contradict_each_other_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
