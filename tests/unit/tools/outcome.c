#include "outcome.h"

#include "errors.h"
#include "hand.h"

static const lk_clarifying three_choices = {3, .05};

/* A message whose candidates are these, decided so. */
static lk_outcome judged(const lk_gold *gold, const lk_entry *const *entries, const double *confidences, size_t count,
                         lk_decision decision) {
  lk_candidate candidates[10] = {0};
  for (size_t i = 0; i < count; i++)
    candidates[i] = (lk_candidate){.entry = entries[i], .score = (float)confidences[i], .confidence = confidences[i]};
  lk_understanding u = {.candidates = candidates, .candidate_count = count, .best = count ? entries[0] : NULL};
  lk_outcome out;
  lk_outcome_judge(gold, &u, &decision, NULL, three_choices, &out);
  return out;
}

static const lk_entry *const returns_then_delivery[] = {&hand_returns, &hand_delivery};
static const double sure[] = {.8, .4};

static void an_answer_with_the_labels_entry_is_right(void **state) {
  (void)state;
  assert_true(lk_outcome_right_at_once(&about_returns, LK_ACT_ANSWER, &hand_returns));
  assert_false(lk_outcome_right_at_once(&about_returns, LK_ACT_ANSWER, &hand_delivery));
  assert_true(lk_outcome_right_at_once(&about_status, LK_ACT_PERFORM, &hand_status));
  assert_false(lk_outcome_right_at_once(&about_nothing, LK_ACT_ANSWER, &hand_returns));
}

static void choices_and_a_question_for_other_words_are_nothing_at_once(void **state) {
  (void)state;
  assert_false(lk_outcome_right_at_once(&about_returns, LK_ACT_CLARIFY, &hand_returns));
  assert_false(lk_outcome_right_at_once(&about_returns, LK_ACT_FALLBACK, &hand_returns));
}

static void a_person_is_right_for_who_may_have_one_and_for_an_entry_that_is_always_handed_off(void **state) {
  (void)state;
  static const lk_gold complaint = {.label = {"complaint", 9}, .kind = LK_GOLD_ENTRY};
  assert_true(lk_outcome_right_at_once(&wants_person, LK_ACT_HANDOFF, &hand_person));
  assert_true(lk_outcome_right_at_once(&wants_person, LK_ACT_HANDOFF, &hand_complaint));
  assert_true(lk_outcome_right_at_once(&about_delivery_or_person, LK_ACT_HANDOFF, &hand_person));
  assert_true(lk_outcome_right_at_once(&complaint, LK_ACT_HANDOFF, &hand_complaint));
  assert_false(lk_outcome_right_at_once(&about_returns, LK_ACT_HANDOFF, &hand_person));
}

static void small_talk_in_place_of_an_entry_is_wrong_but_elsewhere_harmless(void **state) {
  (void)state;
  lk_decision chat = {.act = LK_ACT_CHAT, .entry = &hand_hello};
  lk_outcome entry = judged(&about_returns, returns_then_delivery, sure, 2, chat);
  lk_outcome talk = judged(&small_talk, returns_then_delivery, sure, 2, chat);
  lk_outcome none = judged(&about_nothing, returns_then_delivery, sure, 2, chat);
  assert_true(lk_outcome_wrong_at_once(&entry));
  assert_false(entry.answered);
  assert_true(talk.right);
  assert_false(lk_outcome_wrong_at_once(&none));
}

static void the_rank_is_that_of_the_first_right_candidate(void **state) {
  (void)state;
  lk_outcome o = judged(&about_delivery_or_person, returns_then_delivery, sure, 2, (lk_decision){.act = LK_ACT_FALLBACK});
  assert_int_equal(o.rank, 2);
  assert_near(o.lead, -.5);
  assert_near(o.confidence, .8);
  o = judged(&about_status, returns_then_delivery, sure, 2, (lk_decision){.act = LK_ACT_FALLBACK});
  assert_int_equal(o.rank, 0);
  assert_near(o.lead, -1);
}

static void a_clarification_resolves_only_with_what_it_shows(void **state) {
  (void)state;
  lk_decision one = {.act = LK_ACT_CLARIFY, .entry = &hand_returns, .choices = 1}, two = one;
  two.choices = 2;
  assert_false(judged(&about_delivery_or_person, returns_then_delivery, sure, 2, one).resolved);
  assert_true(judged(&about_delivery_or_person, returns_then_delivery, sure, 2, two).resolved);
}

static void without_a_clarification_the_policy_tells_what_would_be_offered(void **state) {
  (void)state;
  lk_decision fallback = {.act = LK_ACT_FALLBACK};
  lk_outcome o = judged(&about_delivery_or_person, returns_then_delivery, sure, 2, fallback);
  assert_true(o.offered);
  assert_true(o.enough);
  assert_false(o.resolved);
  o = judged(&about_delivery_or_person, returns_then_delivery, (double[]){.8, .01}, 2, fallback);
  assert_false(o.offered);
  assert_false(o.enough);
}

static void what_nothing_answers_is_surely_so_only_when_an_entry_says_it(void **state) {
  (void)state;
  const lk_entry *cars[] = {&hand_cars};
  assert_true(judged(&about_nothing, cars, sure, 1, (lk_decision){.act = LK_ACT_FALLBACK}).sure);
  assert_false(judged(&about_nothing, returns_then_delivery, sure, 2, (lk_decision){.act = LK_ACT_FALLBACK}).sure);
  assert_true(judged(&about_returns, returns_then_delivery, sure, 2, (lk_decision){.act = LK_ACT_FALLBACK}).sure);
}

static lk_fault fault(const lk_gold *gold, lk_act act, const lk_entry *entry) {
  lk_outcome o = judged(gold, returns_then_delivery, sure, 2, (lk_decision){.act = act, .entry = entry, .choices = 2});
  return lk_fault_of(&o);
}

static void each_outcome_has_its_worst_fault(void **state) {
  (void)state;
  assert_int_equal(fault(&about_returns, LK_ACT_ANSWER, &hand_returns), LK_FAULT_NONE);
  assert_int_equal(fault(&about_returns, LK_ACT_ANSWER, &hand_delivery), LK_FAULT_WRONG);
  assert_int_equal(fault(&about_returns, LK_ACT_CHAT, &hand_hello), LK_FAULT_WRONG);
  assert_int_equal(fault(&about_returns, LK_ACT_HANDOFF, &hand_person), LK_FAULT_NEEDLESS_HANDOFF);
  assert_int_equal(fault(&about_returns, LK_ACT_FALLBACK, NULL), LK_FAULT_UNRESOLVED);
  assert_int_equal(fault(&about_status, LK_ACT_FALLBACK, NULL), LK_FAULT_NOT_AMONG_THREE);
  assert_int_equal(fault(&about_delivery_or_person, LK_ACT_CLARIFY, &hand_returns), LK_FAULT_SECOND);
  assert_int_equal(fault(&about_delivery_or_person, LK_ACT_HANDOFF, &hand_person), LK_FAULT_SECOND);
  assert_int_equal(fault(&about_nothing, LK_ACT_ANSWER, &hand_returns), LK_FAULT_FALSE);
  assert_int_equal(fault(&about_nothing, LK_ACT_CLARIFY, &hand_returns), LK_FAULT_NONE);
  assert_int_equal(fault(&wants_person, LK_ACT_CLARIFY, &hand_returns), LK_FAULT_MISSED_HANDOFF);
  assert_int_equal(fault(&wants_person, LK_ACT_HANDOFF, &hand_person), LK_FAULT_NONE);
  assert_int_equal(fault(&small_talk, LK_ACT_ANSWER, &hand_returns), LK_FAULT_WRONG);
  assert_int_equal(fault(&small_talk, LK_ACT_CHAT, &hand_hello), LK_FAULT_NONE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_answer_with_the_labels_entry_is_right),
      cmocka_unit_test(choices_and_a_question_for_other_words_are_nothing_at_once),
      cmocka_unit_test(a_person_is_right_for_who_may_have_one_and_for_an_entry_that_is_always_handed_off),
      cmocka_unit_test(small_talk_in_place_of_an_entry_is_wrong_but_elsewhere_harmless),
      cmocka_unit_test(the_rank_is_that_of_the_first_right_candidate),
      cmocka_unit_test(a_clarification_resolves_only_with_what_it_shows),
      cmocka_unit_test(without_a_clarification_the_policy_tells_what_would_be_offered),
      cmocka_unit_test(what_nothing_answers_is_surely_so_only_when_an_entry_says_it),
      cmocka_unit_test(each_outcome_has_its_worst_fault),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
