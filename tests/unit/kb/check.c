/* The checker: what an editor should look at in a KB that loads. */
#include "support.h"

static lk_findings *check_on(const char *text, lk_date today) {
  lk_kb *kb = load_good(text);
  lk_findings *findings = lk_findings_new();
  const lk_kb_check_options options = {today};
  assert_int_equal(lk_kb_check(kb, &options, findings, NULL), LK_OK);
  lk_kb_free(kb);
  return findings;
}

static void expect(const char *text, const char *code, lk_severity severity, int line) {
  lk_findings *findings = check_on(text, (lk_date){2026, 11, 22});
  const lk_finding *found = find_code(findings, code);
  if (!found) fail_msg("no finding %s in %s", code, text);
  assert_int_equal(found->severity, severity);
  assert_int_equal(found->line, line);
  assert_true(*found->what && *found->mend);
  lk_findings_free(findings);
}

static void expect_none(const char *text, const char *code) {
  lk_findings *findings = check_on(text, (lk_date){2026, 11, 22});
  const lk_finding *found = find_code(findings, code);
  if (found) fail_msg("%s: %s", code, found->what);
  lk_findings_free(findings);
}

static void a_missing_translation_is_a_warning(void **state) {
  (void)state;
  const char *both = HEAD CATEGORY ARTICLE("a", "A?", "a") "\n" ARTICLE("b", "B?", "b") "<article id=\"a\" category=\"c\" xml:lang=\"sv\"><question>A?"
                          "</question><answer>a</answer></article></kb>";
  expect(both, "no-translation", LK_SEVERITY_WARNING, 1);
  lk_findings *findings = check_on(both, (lk_date){0});
  assert_int_equal(lk_findings_warnings(findings), 2); /* the category and b: nobody misses English where there is none */
  lk_findings_free(findings);
  expect(HEAD CATEGORY ARTICLE("a", "A?", "a") "<chat id=\"chat-a\" xml:lang=\"en\"><question>Hi</question><answer>Hi</answer></chat>\n"
              "<message id=\"m\">a</message></kb>", "no-translation", LK_SEVERITY_WARNING, 1);
  expect_none(HEAD CATEGORY ARTICLE("a", "A?", "a") "</kb>", "no-translation");
}

static void two_entries_cannot_claim_one_phrasing(void **state) {
  (void)state;
  expect(HEAD CATEGORY ARTICLE("a", "Kauanko toimitus kestää?", "a") "\n" ARTICLE("b", "kauanko  TOIMITUS kestää", "b") "</kb>",
         "phrasing-claimed", LK_SEVERITY_ERROR, 2);
  expect_none(HEAD CATEGORY ARTICLE("a", "Kauanko?", "a") "<article id=\"b\" category=\"c\" xml:lang=\"sv\"><question>Kauanko?</question>"
                   "<answer>b</answer></article></kb>", "phrasing-claimed");
  expect_none(HEAD CATEGORY ARTICLE("a", "a-b", "a") ARTICLE("b", "ab", "b") "</kb>", "phrasing-claimed");
}

static void one_entry_with_a_phrasing_twice_is_a_warning(void **state) {
  (void)state;
  expect(HEAD CATEGORY
         "<article id=\"a\" category=\"c\"><question>A b?</question>\n<variant>a B!</variant><answer>a</answer></article></kb>",
         "phrasing-twice", LK_SEVERITY_WARNING, 2);
}

static void a_phrasing_without_words_is_a_warning(void **state) {
  (void)state;
  expect(HEAD CATEGORY ARTICLE("a", "???", "a") "</kb>", "no-words", LK_SEVERITY_WARNING, 1);
}

static void variables_are_the_same_in_every_language(void **state) {
  (void)state;
  expect(HEAD "<message id=\"m\">{a} {b}</message>\n<message id=\"m\" xml:lang=\"sv\">{b} {a} {c}</message></kb>",
         "variables-differ", LK_SEVERITY_ERROR, 2);
  expect(HEAD "<message id=\"m\">{a}</message>\n<message id=\"m\" xml:lang=\"sv\">a</message></kb>", "variables-differ",
         LK_SEVERITY_ERROR, 2);
  expect_none(HEAD "<message id=\"m\">{a} {b}</message><message id=\"m\" xml:lang=\"sv\">{b}{a}{b}</message></kb>",
              "variables-differ");
}

#define DATED(attributes) \
  HEAD CATEGORY "\n<article id=\"a\" category=\"c\" " attributes "><question>A?</question><answer>a</answer></article></kb>"

static void old_ended_and_future_dates_are_noticed(void **state) {
  (void)state;
  expect(DATED("updated=\"2024-01-01\""), "stale", LK_SEVERITY_WARNING, 2);
  expect_none(DATED("updated=\"2026-10-01\""), "stale");
  expect(DATED("updated=\"2026-11-23\""), "updated-in-future", LK_SEVERITY_WARNING, 2);
  expect(DATED("until=\"2026-11-21\""), "ended", LK_SEVERITY_WARNING, 2);
  expect_none(DATED("until=\"2026-11-22\""), "ended");
  expect(HEAD "\n<notice id=\"n\" from=\"2026-01-01\" until=\"2026-01-02\">a</notice></kb>", "ended", LK_SEVERITY_WARNING, 2);
  lk_findings *undated = check_on(DATED("updated=\"2001-01-01\" until=\"2002-01-01\""), (lk_date){0});
  assert_int_equal(lk_findings_count(undated), 0);
  lk_findings_free(undated);
}

static void links_that_cannot_work_are_noticed(void **state) {
  (void)state;
  static const char *const dead[] = {
      "https://",   "https://shop", "https://https://a.example", "http://a..example/x", "mailto:nobody",
      "mailto:a@b", "tel:soita",    "www.shop.example",          "a@b.example",         "https:///x"};
  static const char *const good[] = {
      "https://a.example", "http://a.example:80/x?y#z", "mailto:a@b.example", "tel:+358-9-000", "/x", "#top",
      "palautukset/ohje",  "https://localhost:8080/"};
  char text[400];
  for (size_t i = 0; i < sizeof dead / sizeof *dead; i++) {
    (void)snprintf(text, sizeof text, HEAD "\n<message id=\"m\"><a href=\"%s\">a</a></message></kb>", dead[i]);
    expect(text, "dead-link", LK_SEVERITY_WARNING, 2);
  }
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    (void)snprintf(text, sizeof text, HEAD "<message id=\"m\"><a href=\"%s\">a</a></message></kb>", good[i]);
    expect_none(text, "dead-link");
  }
}

#define LEXICON(rows) HEAD "<lexicon>\n" rows "</lexicon></kb>"

static void a_lexicon_that_contradicts_itself_is_noticed(void **state) {
  (void)state;
  expect(LEXICON("<set>a</set>"), "set-of-one", LK_SEVERITY_ERROR, 2);
  expect(LEXICON("<set>a, b, a</set>"), "word-twice", LK_SEVERITY_ERROR, 2);
  expect(LEXICON("<map from=\"a\" to=\"b, a\"/>"), "map-to-itself", LK_SEVERITY_ERROR, 2);
  expect(LEXICON("<map from=\"a\" to=\"b\"/>\n<map from=\"a\" to=\"c\"/>"), "lexicon-twice", LK_SEVERITY_WARNING, 3);
  expect(LEXICON("<spoken from=\"a\" to=\"b\"/>\n<spoken from=\"a\" to=\"c\"/>"), "spoken-twice", LK_SEVERITY_ERROR, 3);
  expect_none(LEXICON("<set>a, b</set><set>a, c</set><map from=\"a\" to=\"d\"/><spoken from=\"a\" to=\"b\"/>"), "lexicon-twice");
}

#define INTENT(lang, inner) "<intent id=\"do-x\" xml:lang=\"" lang "\"><question>X " lang "?</question>" inner "</intent>"

#define WITH_INTENT(other)                     \
  HEAD "<message id=\"m\">m</message>" INTENT( \
      "fi", "<slot name=\"o\" type=\"email\" ask=\"m\"/><action name=\"a\"/>") "\n" other "</kb>"

static void translations_of_an_intent_have_the_same_slots(void **state) {
  (void)state;
  expect(WITH_INTENT(INTENT("sv", "<slot name=\"p\" type=\"email\" ask=\"m\"/>")), "slots-differ", LK_SEVERITY_ERROR, 2);
  expect(WITH_INTENT(INTENT("sv", "<action name=\"b\"/>")), "slots-differ", LK_SEVERITY_ERROR, 2);
  expect_none(WITH_INTENT(INTENT("sv", "")), "slots-differ");
}

static void categories_see_and_policy_are_looked_at(void **state) {
  (void)state;
  expect(HEAD "\n" CATEGORY "</kb>", "empty-category", LK_SEVERITY_WARNING, 2);
  expect(HEAD CATEGORY
         "<article id=\"a\" category=\"c\"><question>A?</question><answer>a</answer>\n<see ref=\"a\"/></article></kb>",
         "see-itself", LK_SEVERITY_WARNING, 2);
  expect(HEAD "<policy answer-at=\"0.5\" clarify-at=\"0.6\"/></kb>", "policy-order", LK_SEVERITY_ERROR, 0);
  expect(HEAD CATEGORY "<category id=\"d\"><title>D</title></category>" ARTICLE(
             "a", "A?",
             "a") "\n<article id=\"a\" category=\"d\" xml:lang=\"sv\"><question>A?</question><answer>a</answer></article></kb>",
         "translations-differ", LK_SEVERITY_WARNING, 2);
}

static void the_sample_shop_has_no_errors(void **state) {
  (void)state;
  lk_kb *kb = lk_kb_load(LK_SOURCE_DIR "/kb", NULL, NULL);
  assert_non_null(kb);
  lk_findings *findings = lk_findings_new();
  assert_int_equal(lk_kb_check(kb, NULL, findings, NULL), LK_OK);
  for (size_t i = 0; i < lk_findings_count(findings); i++)
    if (lk_findings_at(findings, i)->severity == LK_SEVERITY_ERROR)
      lk_finding_print(lk_findings_at(findings, i), LK_FINDING_TEXT, stderr);
  assert_int_equal(lk_findings_errors(findings), 0);
  lk_findings_free(findings);
  lk_kb_free(kb);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_missing_translation_is_a_warning),
      cmocka_unit_test(two_entries_cannot_claim_one_phrasing),
      cmocka_unit_test(one_entry_with_a_phrasing_twice_is_a_warning),
      cmocka_unit_test(a_phrasing_without_words_is_a_warning),
      cmocka_unit_test(variables_are_the_same_in_every_language),
      cmocka_unit_test(old_ended_and_future_dates_are_noticed),
      cmocka_unit_test(links_that_cannot_work_are_noticed),
      cmocka_unit_test(a_lexicon_that_contradicts_itself_is_noticed),
      cmocka_unit_test(translations_of_an_intent_have_the_same_slots),
      cmocka_unit_test(categories_see_and_policy_are_looked_at),
      cmocka_unit_test(the_sample_shop_has_no_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
