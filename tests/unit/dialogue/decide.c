#include "fixture.h"

#include <math.h>

/* What was understood, made by hand: candidates with these confidences. */
typedef struct heard {
  lk_candidate candidates[LK_CANDIDATES_MAX];
  lk_understanding u;
} heard;

static const lk_entry *entry(shop *s, const char *id) {
  const lk_entry *found = lk_kb_entry(lk_engine_kb(s->engine), lk_view_of(id), LK_LANG_FI);
  if (!found) fail_msg("the sample KB has no %s", id);
  return found;
}

static void hear(heard *h, shop *s, size_t count, const char *const *ids, const double *confidences) {
  *h = (heard){.u = {.candidates = h->candidates, .candidate_count = count}};
  for (size_t i = 0; i < count; i++)
    h->candidates[i] = (lk_candidate){.entry = entry(s, ids[i]), .confidence = confidences[i], .score = (float)confidences[i]};
  h->u.best = count ? h->candidates[0].entry : NULL;
  h->u.best_confidence = count ? confidences[0] : 0;
}

static lk_decision decide(shop *s, heard *h) {
  lk_decision decision;
  assert_int_equal(lk_decide(s->engine, &h->u, NULL, &decision, NULL), LK_OK);
  return decision;
}

static double policy(shop *s, const char *name) { return lk_kb_policy(lk_engine_kb(s->engine), name); }

static const char *const three[] = {"delivery-time", "delivery-late", "delivery-cost"};

static void at_its_threshold_an_article_is_answered_and_just_below_it_is_not(void **state) {
  heard h;
  double at = policy(*state, "answer-at");
  hear(&h, *state, 1, three, (double[]){at});
  lk_decision d = decide(*state, &h);
  assert_int_equal(d.act, LK_ACT_ANSWER);
  assert_ptr_equal(d.entry, entry(*state, "delivery-time"));
  hear(&h, *state, 1, three, (double[]){nextafter(at, 0)});
  assert_int_not_equal(decide(*state, &h).act, LK_ACT_ANSWER);
}

static void in_between_two_or_three_choices_are_offered_best_first(void **state) {
  heard h;
  double between = (policy(*state, "answer-at") + policy(*state, "clarify-at")) / 2;
  hear(&h, *state, 3, three, (double[]){between, 0.2, 0.1});
  lk_decision d = decide(*state, &h);
  assert_int_equal(d.act, LK_ACT_CLARIFY);
  assert_int_equal(d.choices, 3);
  assert_ptr_equal(h.u.candidates[0].entry, entry(*state, "delivery-time"));
}

static void one_choice_is_no_choice(void **state) {
  heard h;
  double between = (policy(*state, "answer-at") + policy(*state, "clarify-at")) / 2;
  hear(&h, *state, 2, three, (double[]){between, policy(*state, "choice-at") / 2});
  assert_int_not_equal(decide(*state, &h).act, LK_ACT_CLARIFY);
}

static void below_clarifying_other_words_are_asked_for(void **state) {
  heard h;
  double low = nextafter(policy(*state, "clarify-at"), 0);
  hear(&h, *state, 3, three, (double[]){low, low / 2, low / 3});
  lk_decision d = decide(*state, &h);
  assert_int_equal(d.act, LK_ACT_FALLBACK);
  assert_null(d.entry);
}

static void a_person_comes_at_a_threshold_of_their_own(void **state) {
  heard h;
  const char *person[] = {"do-handoff"};
  hear(&h, *state, 1, person, (double[]){policy(*state, "handoff-at")});
  assert_int_equal(decide(*state, &h).act, LK_ACT_HANDOFF);
}

static void a_pattern_outdoes_the_ranking(void **state) {
  heard h;
  hear(&h, *state, 3, three, (double[]){0.99, 0.5, 0.4});
  h.u.triggered = entry(*state, "do-order-cancel");
  h.u.trigger = LK_LIT("peru tilaus");
  lk_decision d = decide(*state, &h);
  assert_int_equal(d.act, LK_ACT_PERFORM);
  assert_ptr_equal(d.entry, h.u.triggered);
  assert_ptr_equal(h.u.candidates[0].entry, h.u.triggered);
}

static void nothing_understood_is_a_fallback_without_an_entry(void **state) {
  heard h;
  hear(&h, *state, 0, NULL, NULL);
  assert_int_equal(decide(*state, &h).act, LK_ACT_FALLBACK);
  hear(&h, *state, 1, three, (double[]){0.99});
  h.u.gibberish = true;
  assert_int_equal(decide(*state, &h).act, LK_ACT_FALLBACK);
}

static void every_decision_leaves_its_reason(void **state) {
  heard h;
  shop *s = *state;
  lk_arena *arena = lk_arena_new();
  double confidences[] = {0.99, 0.5, 0.01};
  for (size_t i = 0; i < 3; i++) {
    lk_reasons reasons = {.arena = arena};
    lk_decision decision;
    hear(&h, s, 3, three, (double[]){confidences[i], confidences[i] / 2, confidences[i] / 3});
    assert_int_equal(lk_decide(s->engine, &h.u, &reasons, &decision, NULL), LK_OK);
    assert_true(reasons.count > 0);
    assert_true(strlen(reasons.items[0].rule) > 0 && reasons.items[0].text.len > 0);
  }
  lk_arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(at_its_threshold_an_article_is_answered_and_just_below_it_is_not),
      cmocka_unit_test(in_between_two_or_three_choices_are_offered_best_first),
      cmocka_unit_test(one_choice_is_no_choice),
      cmocka_unit_test(below_clarifying_other_words_are_asked_for),
      cmocka_unit_test(a_person_comes_at_a_threshold_of_their_own),
      cmocka_unit_test(a_pattern_outdoes_the_ranking),
      cmocka_unit_test(nothing_understood_is_a_fallback_without_an_entry),
      cmocka_unit_test(every_decision_leaves_its_reason),
  };
  return cmocka_run_group_tests_name("dialogue_decide", tests, open_shop, close_shop);
}
