#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "figures.h"
#include "hand.h"

static void the_sign_test_is_the_binomials(void **state) {
  (void)state;
  assert_near(lk_sign_test(0, 0), 1);
  assert_near(lk_sign_test(5, 0), 2 / 32.0);
  assert_near(lk_sign_test(1, 3), 2 * (1 + 4) / 16.0);
  assert_near(lk_sign_test(4, 4), 1);
}

static const lk_outcome answered = {.gold = &about_returns,
                                    .act = LK_ACT_ANSWER,
                                    .entry = &hand_returns,
                                    .rank = 1,
                                    .answered = true,
                                    .right = true,
                                    .resolved = true};
static const lk_outcome mistaken = {
    .gold = &about_returns, .act = LK_ACT_ANSWER, .entry = &hand_delivery, .rank = 2, .answered = true};
static const lk_outcome declined = {.gold = &about_nothing, .act = LK_ACT_FALLBACK};
static const lk_outcome asked_back = {.gold = &about_nothing, .act = LK_ACT_CLARIFY, .entry = &hand_returns};
static const lk_outcome greeted = {.gold = &small_talk, .act = LK_ACT_CHAT, .entry = &hand_hello, .right = true};
static const lk_outcome shrugged = {.gold = &small_talk, .act = LK_ACT_FALLBACK};

/* Saves some outcomes as a run, in a file whose name comes back in `path`. */
static void save(const lk_outcome *outcomes, size_t count, char path[32]) {
  (void)strcpy(path, "/tmp/luukku_run_XXXXXX");
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  FILE *out = fdopen(fd, "w");
  assert_non_null(out);
  json_t *each = json_array();
  for (size_t i = 0; i < count; i++) json_array_append_new(each, lk_outcome_json(&outcomes[i]));
  lk_json_line(json_pack("{s:o}", "each", each), out);
  assert_int_equal(fclose(out), 0);
}

static json_t *compared(const lk_outcome *before, size_t before_count, const lk_outcome *now, size_t now_count) {
  char path[32];
  json_t *json = NULL;
  save(before, before_count, path);
  assert_int_equal(lk_compare(path, now, now_count, (lk_bootstrap){200, 1}, NULL, &json), LK_EXIT_GOOD);
  (void)unlink(path);
  assert_non_null(json);
  return json;
}

static double number(json_t *json, const char *measure, const char *what) {
  return json_number_value(json_object_get(json_object_get(json_object_get(json, "measures"), measure), what));
}

static void questions_are_sorted_into_better_worse_and_changed(void **state) {
  (void)state;
  const lk_outcome before[] = {mistaken, declined, shrugged}, now[] = {answered, asked_back, shrugged};
  json_t *json = compared(before, 3, now, 3);
  assert_string_equal(json_string_value(json_array_get(json_object_get(json, "better"), 0)), "q1");
  assert_string_equal(json_string_value(json_array_get(json_object_get(json, "worse"), 0)), "q6");
  assert_int_equal(json_array_size(json_object_get(json, "changed")), 0);
  assert_near(number(json, "recall@1", "before"), 0);
  assert_near(number(json, "recall@1", "now"), 1);
  assert_near(number(json, "recall@1", "better"), 1);
  assert_near(number(json, "wrong", "better"), 1);
  assert_near(number(json, "wrong", "now"), 0);
  assert_near(number(json, "right at once", "p"), 1);
  json_decref(json);
}

static void a_run_against_itself_has_no_difference(void **state) {
  (void)state;
  const lk_outcome run[] = {answered, declined, greeted};
  json_t *json = compared(run, 3, run, 3);
  assert_int_equal(json_array_size(json_object_get(json, "better")), 0);
  assert_int_equal(json_array_size(json_object_get(json, "worse")), 0);
  assert_int_equal(json_array_size(json_object_get(json, "changed")), 0);
  json_t *interval = json_object_get(json_object_get(json_object_get(json, "measures"), "resolved"), "interval");
  assert_near(json_real_value(json_array_get(interval, 0)), 0);
  assert_near(json_real_value(json_array_get(interval, 1)), 0);
  json_decref(json);
}

static void questions_find_each_other_in_any_order_and_others_are_left_out(void **state) {
  (void)state;
  const lk_outcome before[] = {greeted, mistaken}, now[] = {declined, answered, greeted};
  json_t *json = compared(before, 2, now, 3);
  assert_int_equal(json_array_size(json_object_get(json, "better")), 1);
  assert_near(number(json, "answered", "before"), 1 / 2.0);
  json_decref(json);
}

static void what_is_no_saved_run_is_refused(void **state) {
  (void)state;
  assert_int_equal(lk_compare("/nowhere/run.json", &answered, 1, (lk_bootstrap){0}, NULL, NULL), LK_EXIT_UNUSABLE);
  char path[] = "/tmp/luukku_run_XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0 && write(fd, "{}", 2) == 2 && close(fd) == 0);
  assert_int_equal(lk_compare(path, &answered, 1, (lk_bootstrap){0}, NULL, NULL), LK_EXIT_UNUSABLE);
  (void)unlink(path);
}

static void figures_are_the_same_in_json(void **state) {
  (void)state;
  const lk_outcome run[] = {answered, mistaken, asked_back};
  lk_figures_wish wish = {.by = {[LK_COLUMN_STYLE] = true}, .bootstrap = {100, 1}};
  json_t *json = lk_figures_json(run, 3, &wish);
  assert_int_equal(json_integer_value(json_object_get(json, "messages")), 3);
  assert_near(json_number_value(json_object_get(json, "recall@1")), .5);
  assert_true(json_is_null(json_object_get(json, "handoff recall")));
  assert_int_equal(json_array_size(json_object_get(json_object_get(json, "intervals"), "recall@1")), 2);
  json_t *plain = json_object_get(json_object_get(json, "by_style"), "plain");
  assert_int_equal(json_integer_value(json_object_get(plain, "messages")), 2);
  json_decref(json);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_sign_test_is_the_binomials),
      cmocka_unit_test(questions_are_sorted_into_better_worse_and_changed),
      cmocka_unit_test(a_run_against_itself_has_no_difference),
      cmocka_unit_test(questions_find_each_other_in_any_order_and_others_are_left_out),
      cmocka_unit_test(what_is_no_saved_run_is_refused),
      cmocka_unit_test(figures_are_the_same_in_json),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
