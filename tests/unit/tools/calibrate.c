#include "calibrate.h"

#include <math.h>
#include <stdlib.h>

#include "hand.h"
#include "measures.h"

static void probabilities_are_judged_as_by_hand(void **state) {
  (void)state;
  const lk_outcome right = {.gold = &about_returns, .sure = true}, wrong = {.gold = &about_returns};
  const lk_outcome *items[] = {&right, &right, &wrong, &wrong};
  const double p[] = {.9, .4, .6, .1};
  lk_calibration c = lk_calibration_of(p, items, 4);
  assert_near(c.area_under_curve, 3 / 4.0); /* all pairs but .4 against .6 */
  assert_near(c.log_loss, -(log(.9) + log(.4) + log(.4) + log(.9)) / 4);
  assert_near(c.error, (.1 + .6 + .6 + .1) / 4); /* each in a bin of its own */
}

static void certainty_that_is_wrong_has_a_finite_loss(void **state) {
  (void)state;
  const lk_outcome wrong = {.gold = &about_returns};
  const lk_outcome *items[] = {&wrong};
  const double p[] = {1};
  assert_true(lk_calibration_of(p, items, 1).log_loss < 30);
}

/* Outcomes that hinge on answer-at: confidence, is the entry right, is a right one among the choices? */
static lk_outcome hinged(const lk_gold *gold, double confidence, bool answered, bool right_entry, bool offered) {
  lk_outcome o = {.gold = gold,
                  .first = right_entry ? &hand_returns : &hand_delivery,
                  .entry = right_entry ? &hand_returns : &hand_delivery,
                  .act = answered ? LK_ACT_ANSWER : LK_ACT_CLARIFY,
                  .confidence = confidence,
                  .answered = answered,
                  .offered = offered,
                  .enough = true,
                  .hinge = LK_HINGE_ANSWER};
  o.right = answered && right_entry;
  o.resolved = o.right || (!answered && offered);
  return o;
}

static double at(json_t *rows, double threshold, const char *measure) {
  for (size_t i = 0; i < json_array_size(rows); i++) {
    json_t *row = json_array_get(rows, i);
    if (fabs(json_real_value(json_object_get(row, "threshold")) - threshold) < 1e-9)
      return json_real_value(json_object_get(row, measure));
  }
  fail_msg("no row %.2f", threshold);
  return 0;
}

static void thresholds_trade_coverage_for_precision(void **state) {
  (void)state;
  const lk_outcome outcomes[] = {
      hinged(&about_returns, .90, true, true, true),
      hinged(&about_returns, .72, true, false, true),  /* wrong now; the right one would be offered */
      hinged(&about_returns, .60, false, true, true),  /* offered now */
      hinged(&about_nothing, .50, false, false, false) /* choices now */
  };
  json_t *all = lk_thresholds_json(outcomes, 4, (lk_policy){.70, .70, .30}), *rows = json_object_get(all, "answer-at");
  assert_near(at(rows, .70, "answered"), 2 / 4.0);
  assert_near(at(rows, .70, "precision"), 1 / 2.0);
  assert_near(at(rows, .70, "resolved"), 2 / 3.0);
  assert_near(at(rows, .74, "answered"), 1 / 4.0);
  assert_near(at(rows, .74, "precision"), 1);
  assert_near(at(rows, .74, "resolved"), 1);
  assert_near(at(rows, .74, "choices over none"), 1);
  assert_near(at(rows, .46, "answered"), 1);
  assert_near(at(rows, .46, "false answers"), 1);
  assert_near(at(rows, .46, "resolved"), 2 / 3.0);
  json_decref(all);
}

/* Another rule of the dialogue found no choices worth offering. */
static void what_another_rule_decided_stays_while_the_threshold_does_not_take_it(void **state) {
  (void)state;
  lk_outcome odd = hinged(&about_returns, .60, false, true, true);
  odd.act = LK_ACT_FALLBACK;
  odd.resolved = false;
  json_t *all = lk_thresholds_json(&odd, 1, (lk_policy){.715, .7, .3}), *rows = json_object_get(all, "answer-at");
  assert_near(at(rows, .715, "resolved"), 0); /* between even steps, today's value has a row */
  assert_near(at(rows, .98, "resolved"), 0);
  assert_near(at(rows, .58, "resolved"), 1);
  json_decref(all);
}

static void what_did_not_hinge_on_a_threshold_stays(void **state) {
  (void)state;
  lk_outcome pattern = hinged(&about_returns, .2, true, true, true);
  pattern.hinge = LK_HINGE_NONE;
  json_t *all = lk_thresholds_json(&pattern, 1, (lk_policy){.7, .7, .3});
  assert_near(at(json_object_get(all, "answer-at"), .98, "answered"), 1);
  assert_near(at(json_object_get(all, "perform-at"), .98, "answered"), 1);
  json_decref(all);
}

enum { MANY = 200 };

/* Right exactly when the margin is large, but for each tenth. */
static void fill(lk_outcome *outcomes, lk_gold *golds, char (*ids)[8]) {
  for (int i = 0; i < MANY; i++) {
    (void)snprintf(ids[i], sizeof ids[i], "e%d", i);
    golds[i] = (lk_gold){.id = lk_view_of(ids[i]), .label = lk_view_of(ids[i]), .kind = LK_GOLD_ENTRY, .lang = LK_LANG_SV};
    outcomes[i] = (lk_outcome){.gold = &golds[i], .sure = (i % 2 == 0) != (i % 10 == 0)};
    outcomes[i].features[LK_FEATURE_MARGIN] = i % 2 == 0 ? .8 : .1;
  }
}

static char *calibrated(void) {
  static lk_outcome outcomes[MANY];
  static lk_gold golds[MANY];
  static char ids[MANY][8];
  fill(outcomes, golds, ids);
  char *text = NULL;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  assert_non_null(out);
  assert_int_equal(lk_calibrate(outcomes, MANY, out), LK_EXIT_GOOD);
  assert_int_equal(fclose(out), 0);
  return text;
}

static double weight_in(const char *xml, const char *feature) {
  char start[64];
  (void)snprintf(start, sizeof start, "feature=\"%s\"", feature);
  const char *at_feature = strstr(xml, start), *value = at_feature ? strstr(at_feature, "value=\"") : NULL;
  if (!value) fail_msg("no weight of %s in %s", feature, xml);
  return strtod(value + strlen("value=\""), NULL);
}

static void a_model_is_fitted_to_what_tells_right_from_wrong_and_to_nothing_else(void **state) {
  (void)state;
  char *text = calibrated();
  assert_non_null(strstr(text, "<model name=\"confidence\" lang=\"sv\""));
  assert_non_null(strstr(text, "questions=\"200\""));
  assert_true(weight_in(text, "margin") > .8);
  assert_near(weight_in(text, "agreement"), 0);
  assert_non_null(strstr(text, "sv, on folds over labels:"));
  free(text);
}

static void the_same_outcomes_give_the_same_model(void **state) {
  (void)state;
  char *once = calibrated(), *again = calibrated();
  assert_string_equal(once, again);
  free(once);
  free(again);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(probabilities_are_judged_as_by_hand),
      cmocka_unit_test(certainty_that_is_wrong_has_a_finite_loss),
      cmocka_unit_test(thresholds_trade_coverage_for_precision),
      cmocka_unit_test(what_another_rule_decided_stays_while_the_threshold_does_not_take_it),
      cmocka_unit_test(what_did_not_hinge_on_a_threshold_stays),
      cmocka_unit_test(a_model_is_fitted_to_what_tells_right_from_wrong_and_to_nothing_else),
      cmocka_unit_test(the_same_outcomes_give_the_same_model),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
