#include "measures.h"

#include <math.h>

#include "hand.h"

/* Ten messages, counted by hand:
 *   entries    4   ranks 1, 2 (but a pattern took it), 3, 0: recall@1 1/4, recall@3 3/4, MRR (1 + 1/2 + 1/3) / 4
 *   answered   4   of 10: two right entries, one wrong one, one over none: precision 2/4, wrong 2/10 and the small talk over an entry
 *   resolved   2   of 4 entries, both at once
 *   none       3   one false answer, two that got choices
 *   handoffs   2   one reached the desk
 *   confidence of the four entries and the three none: bins 9 (.95, .95: one right), 7 (.75, .75, .75: none right), 2 (.25, .25: none right)
 *              |1.9 − 1| + |2.25 − 0| + |.5 − 0| over 7 */
static const lk_outcome ten[] = {
    {.gold = &about_returns,
     .act = LK_ACT_ANSWER,
     .rank = 1,
     .confidence = .95,
     .answered = true,
     .right = true,
     .resolved = true},
    {.gold = &about_status,
     .act = LK_ACT_PERFORM,
     .rank = 2,
     .confidence = .95,
     .answered = true,
     .right = true,
     .resolved = true},
    {.gold = &about_returns, .act = LK_ACT_ANSWER, .rank = 3, .confidence = .75, .answered = true},
    {.gold = &about_returns, .act = LK_ACT_CHAT, .rank = 0, .confidence = .25},
    {.gold = &about_nothing, .act = LK_ACT_ANSWER, .confidence = .75, .answered = true},
    {.gold = &about_nothing, .act = LK_ACT_CLARIFY, .confidence = .75},
    {.gold = &about_nothing, .act = LK_ACT_CLARIFY, .confidence = .25},
    {.gold = &wants_person, .act = LK_ACT_HANDOFF, .confidence = .9, .right = true},
    {.gold = &wants_person, .act = LK_ACT_FALLBACK, .confidence = .1},
    {.gold = &small_talk, .act = LK_ACT_CHAT, .confidence = .9, .right = true},
};
enum { TEN = sizeof ten / sizeof *ten };

static lk_figures measured(lk_bootstrap bootstrap) {
  const lk_outcome *items[TEN];
  for (size_t i = 0; i < TEN; i++) items[i] = &ten[i];
  lk_figures figures;
  assert_true(lk_measure_all(items, TEN, bootstrap, &figures));
  return figures;
}

static void figures_are_what_is_counted_by_hand(void **state) {
  (void)state;
  static const double expected[LK_MEASURE_COUNT] = {
      [LK_MEASURE_RECALL_1] = 1 / 4.0,
      [LK_MEASURE_RECALL_3] = 3 / 4.0,
      [LK_MEASURE_MRR] = (1 + 1 / 2.0 + 1 / 3.0) / 4,
      [LK_MEASURE_ANSWERED] = 4 / 10.0,
      [LK_MEASURE_PRECISION] = 2 / 4.0,
      [LK_MEASURE_RESOLVED] = 2 / 4.0,
      [LK_MEASURE_WRONG] = 3 / 10.0,
      [LK_MEASURE_FALSE_ANSWERS] = 1 / 3.0,
      [LK_MEASURE_NONE_CHOICES] = 2 / 3.0,
      [LK_MEASURE_HANDOFF_RECALL] = 1 / 2.0,
      [LK_MEASURE_NEEDLESS_HANDOFF] = 0,
      [LK_MEASURE_ECE] = (.9 + 2.25 + .5) / 7,
      [LK_MEASURE_LANGUAGE] = 0, /* detected as Finnish, the first of all languages */
  };
  lk_figures figures = measured((lk_bootstrap){0});
  assert_int_equal(figures.messages, TEN);
  for (int m = 0; m < LK_MEASURE_COUNT; m++) {
    if (fabs(figures.of[m].value - expected[m]) > 1e-9)
      fail_msg("%s: %f, not %f", lk_measure_name((lk_measure)m), figures.of[m].value, expected[m]);
    assert_true(isnan(figures.of[m].low));
  }
}

static void a_needless_handoff_is_one_that_no_label_allows(void **state) {
  (void)state;
  lk_outcome needless = {.gold = &about_returns, .act = LK_ACT_HANDOFF}, allowed = needless;
  allowed.gold = &about_delivery_or_person;
  allowed.right = true;
  assert_near(lk_measure_value(LK_MEASURE_NEEDLESS_HANDOFF, &needless), 1);
  assert_near(lk_measure_value(LK_MEASURE_NEEDLESS_HANDOFF, &allowed), 0);
}

static void what_nothing_counts_for_is_no_number(void **state) {
  (void)state;
  const lk_outcome *items[] = {&ten[9]};
  lk_figures figures;
  assert_true(lk_measure_all(items, 1, (lk_bootstrap){50, 1}, &figures));
  assert_true(isnan(figures.of[LK_MEASURE_RECALL_1].value));
  assert_true(isnan(figures.of[LK_MEASURE_RECALL_1].low));
  assert_true(isnan(figures.of[LK_MEASURE_ECE].value));
  assert_near(figures.of[LK_MEASURE_ANSWERED].value, 0);
}

static void intervals_hold_the_figure_and_come_again_with_the_same_seed(void **state) {
  (void)state;
  lk_figures once = measured((lk_bootstrap){500, 7}), again = measured((lk_bootstrap){500, 7});
  for (int m = 0; m < LK_MEASURE_COUNT; m++) {
    const lk_figure *f = &once.of[m];
    assert_true(f->low <= f->value || m == LK_MEASURE_ECE);
    assert_true(f->high >= f->value);
    assert_near(f->low, again.of[m].low);
    assert_near(f->high, again.of[m].high);
  }
  assert_true(once.of[LK_MEASURE_ANSWERED].high - once.of[LK_MEASURE_ANSWERED].low > .3);
}

static void where_all_are_alike_the_interval_is_a_point(void **state) {
  (void)state;
  const lk_outcome *items[] = {&ten[0], &ten[0], &ten[0]};
  lk_figures figures;
  assert_true(lk_measure_all(items, 3, (lk_bootstrap){100, 1}, &figures));
  assert_near(figures.of[LK_MEASURE_RECALL_1].low, 1);
  assert_near(figures.of[LK_MEASURE_RECALL_1].high, 1);
}

static void the_middle_leaves_two_and_a_half_percent_at_each_end(void **state) {
  (void)state;
  double values[201], low, high;
  for (int i = 0; i <= 200; i++) values[i] = 200 - i;
  lk_middle_of(values, 201, &low, &high);
  assert_near(low, 5);
  assert_near(high, 195);
  lk_middle_of(values, 0, &low, &high);
  assert_true(isnan(low) && isnan(high));
}

static void groups_keep_the_order_in_which_they_come(void **state) {
  (void)state;
  lk_groups groups;
  assert_true(lk_groups_make(ten, TEN, LK_COLUMN_STYLE, &groups));
  assert_int_equal(groups.count, 4);
  assert_true(lk_view_eq(groups.items[0].name, LK_LIT("plain")));
  assert_true(lk_view_eq(groups.items[1].name, LK_LIT("intent")));
  assert_int_equal(groups.items[0].count, 3);
  assert_int_equal(groups.items[1].count, 3);
  assert_ptr_equal(groups.items[1].items[0], &ten[1]);
  assert_ptr_equal(groups.items[1].items[2], &ten[8]);
  lk_groups_free(&groups);
  assert_true(lk_groups_make(ten, 0, LK_COLUMN_LABEL, &groups));
  assert_int_equal(groups.count, 0);
  lk_groups_free(&groups);
}

static void random_numbers_stay_below_their_bound(void **state) {
  (void)state;
  uint64_t seed = 3;
  bool seen[7] = {false};
  for (int i = 0; i < 1000; i++) {
    size_t n = lk_random_below(&seed, 7);
    assert_true(n < 7);
    seen[n] = true;
  }
  for (int i = 0; i < 7; i++) assert_true(seen[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(figures_are_what_is_counted_by_hand),
      cmocka_unit_test(a_needless_handoff_is_one_that_no_label_allows),
      cmocka_unit_test(what_nothing_counts_for_is_no_number),
      cmocka_unit_test(intervals_hold_the_figure_and_come_again_with_the_same_seed),
      cmocka_unit_test(where_all_are_alike_the_interval_is_a_point),
      cmocka_unit_test(the_middle_leaves_two_and_a_half_percent_at_each_end),
      cmocka_unit_test(groups_keep_the_order_in_which_they_come),
      cmocka_unit_test(random_numbers_stay_below_their_bound),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
