/* What only the engine can tell an editor: each finding provoked once, by a KB that is small enough to read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "luukku/audit.h"

#define KB(body) "<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\"><category id=\"c\"><title>Asiat</title></category>\n" body "</kb>"
#define ARTICLE(id, phrasings, answer) \
  "<article id=\"" id "\" category=\"c\">" phrasings "<answer><p>" answer "</p></answer></article>\n"
#define Q(text) "<question>" text "</question>\n"
#define V(text) "<variant>" text "</variant>\n"

typedef struct audited {
  lk_engine *engine;
  lk_findings *findings;
} audited;

static audited audit(const char *text, lk_lang lang) {
  const lk_source source = {"test.xml", lk_view_of(text)};
  lk_error err = {0};
  lk_kb *kb = lk_kb_load_sources(&source, 1, NULL, &err);
  if (!kb) fail_msg("%s:%d: %s", err.file, err.line, err.message);
  audited a = {lk_engine_new(kb, NULL, &err), lk_findings_new()};
  assert_non_null(a.engine);
  assert_int_equal(lk_audit(a.engine, lang, NULL, a.findings, &err), LK_OK);
  return a;
}

static void done(audited a) {
  lk_findings_free(a.findings);
  lk_engine_free(a.engine);
}

static size_t count_code(const lk_findings *findings, const char *code) {
  size_t count = 0;
  for (size_t i = 0; i < lk_findings_count(findings); i++) count += strcmp(lk_findings_at(findings, i)->code, code) == 0;
  return count;
}

/* The finding is there, once, with a place, an excerpt and a mend. */
static void expect(const char *text, lk_lang lang, const char *code, lk_severity severity, int line, const char *excerpt) {
  audited a = audit(text, lang);
  const lk_finding *found = NULL;
  for (size_t i = 0; i < lk_findings_count(a.findings) && !found; i++)
    if (strcmp(lk_findings_at(a.findings, i)->code, code) == 0) found = lk_findings_at(a.findings, i);
  if (!found) fail_msg("no %s", code);
  assert_int_equal(count_code(a.findings, code), 1);
  assert_int_equal(found->severity, severity);
  assert_string_equal(found->file, "test.xml");
  assert_int_equal(found->line, line);
  if (!strstr(found->what, excerpt)) fail_msg("\"%s\" is not in: %s", excerpt, found->what);
  assert_true(*found->mend);
  done(a);
}

static void expect_none(const char *text, lk_lang lang, const char *code) {
  audited a = audit(text, lang);
  for (size_t i = 0; i < lk_findings_count(a.findings); i++)
    if (strcmp(lk_findings_at(a.findings, i)->code, code) == 0) fail_msg("%s: %s", code, lk_findings_at(a.findings, i)->what);
  done(a);
}

/* Other matters, so that words have frequencies. */
#define OTHERS                                                                                                      \
  ARTICLE("shop-hours", Q("Milloin myymälä on auki?") V("myymälän aukioloajat") V("onko kauppa auki lauantaina"),   \
          "Myymälä on auki arkisin.")                                                                               \
  ARTICLE("gift-card", Q("Miten lahjakortti toimii?") V("voiko lahjakortilla maksaa") V("lahjakortin voimassaolo"), \
          "Lahjakortti on voimassa vuoden.")                                                                        \
  ARTICLE("password", Q("Unohdin salasanani") V("salasanan vaihto") V("mistä saa uuden salasanan"), "Vaihda salasana tilillä.")

#define INTENT(id, phrasings, pattern) \
  "<intent id=\"" id "\" category=\"c\">" phrasings "<pattern>" pattern "</pattern><action name=\"handoff\"/></intent>\n"

static void a_pattern_that_cannot_be_read_is_an_error(void **state) {
  (void)state;
  const char *text = KB(OTHERS INTENT("do-x", Q("Soittakaa minulle") V("haluan puhelun"), "soita (minulle"));
  expect(text, LK_LANG_FI, "pattern-broken", LK_SEVERITY_ERROR, 16, "soita (minulle");
  const lk_source source = {"test.xml", lk_view_of(text)};
  lk_engine *engine = lk_engine_new(lk_kb_load_sources(&source, 1, NULL, NULL), NULL, NULL);
  lk_findings *findings = lk_findings_new();
  assert_int_equal(lk_audit_patterns(engine, findings, NULL), LK_OK);
  assert_int_equal(lk_findings_errors(findings), 1);
  assert_int_equal(lk_findings_count(findings), 1);
  lk_findings_free(findings);
  lk_engine_free(engine);
}

static void a_pattern_that_fires_on_any_mention_of_a_word_is_loose(void **state) {
  (void)state;
  expect(KB(OTHERS INTENT("do-x", Q("Soittakaa minulle") V("haluan puhelun"), "soittaa")), LK_LANG_FI, "pattern-loose",
         LK_SEVERITY_WARNING, 16, "'soittaa'");
  expect_none(KB(OTHERS INTENT("do-x", Q("Soittakaa minulle") V("haluan puhelun"), "soittaa minä")), LK_LANG_FI, "pattern-loose");
}

static void a_pattern_that_excludes_what_it_asks_for_never_fires(void **state) {
  (void)state;
  expect(KB(OTHERS INTENT("do-x", Q("Soittakaa minulle") V("haluan puhelun"), "!minä soittaa minä")), LK_LANG_FI, "pattern-never",
         LK_SEVERITY_WARNING, 16, "!minä soittaa minä");
}

static void a_pattern_that_fires_on_anothers_phrasing_hijacks_it(void **state) {
  (void)state;
  expect(KB(OTHERS INTENT("do-x", Q("Soittakaa minulle") V("haluan puhelun"), "vaihtaa salasana")
                ARTICLE("change", Q("Vaihda salasana, kiitos") V("uusi salasana vaihdettava"), "Näin.")),
         LK_LANG_FI, "pattern-hijacks", LK_SEVERITY_WARNING, 16, "Vaihda salasana");
}

static void the_same_words_in_spoken_form_are_taken(void **state) {
  (void)state;
  expect(KB(OTHERS ARTICLE("a", Q("Missä minun pakettini on nyt?") V("missä minun paketti"), "Matkalla.")
                ARTICLE("b", Q("Koska paketti tulee?") V("missä mun paketti"), "Huomenna.")),
         LK_LANG_FI, "phrasing-taken", LK_SEVERITY_WARNING, 18, "missä mun paketti");
}

static void a_variant_with_the_words_of_another_adds_nothing(void **state) {
  (void)state;
  expect(KB(OTHERS ARTICLE("a", Q("Miten palautan tuotteen?") V("saako takin lähettää takaisin") V("miten tuotteet palautetaan"),
                           "Näin.")),
         LK_LANG_FI, "variant-adds-nothing", LK_SEVERITY_WARNING, 16, "Miten palautan tuotteen?");
  expect_none(KB(OTHERS ARTICLE("a", Q("Miten palautan tuotteen?") V("takin lähettäminen takaisin"), "Näin.")), LK_LANG_FI,
              "variant-adds-nothing");
}

#define SAME_ANSWER "Palautusaika on kolmekymmentä päivää. Lähetä tuote postissa takaisin varastolle."
static void articles_that_say_the_same_resemble_each_other(void **state) {
  (void)state;
  expect(KB(OTHERS ARTICLE("a", Q("Mikä on palautusaika?") V("palautusajan pituus päivinä"), SAME_ANSWER)
                ARTICLE("b", Q("Kuinka pitkä palautusaika on?") V("palautusajan pituus"), SAME_ANSWER)),
         LK_LANG_FI, "articles-alike", LK_SEVERITY_WARNING, 17, "resemble each other");
  expect_none(KB(OTHERS), LK_LANG_FI, "articles-alike");
}

static void entries_of_which_most_phrasings_go_to_another_overlap(void **state) {
  (void)state;
  expect(KB(OTHERS ARTICLE("tent",
                           Q("Miten teltta pestään?") V("teltan pesu koneessa") V("teltan pesu käsin") V("voiko teltan pestä")
                               V("teltan peseminen vedellä"),
                           "Pese teltta kädenlämpöisessä vedessä.")
                ARTICLE("wash", Q("Teltan pesu") V("voiko teltan pestä koneessa") V("pestäänkö teltta käsin") V("hoito-ohje"),
                        "Katso ohje.")),
         LK_LANG_FI, "entries-overlap", LK_SEVERITY_WARNING, 14, "of tent would be answered by wash");
}

static void an_entry_that_its_own_phrasings_do_not_find_is_unreachable(void **state) {
  (void)state;
  expect(KB(OTHERS ARTICLE("a", Q("Miten teltta pestään?") V("teltan pesu") V("teltan pesuohje"), "Pese teltta. Pese se käsin.")
                ARTICLE("lost",
                        Q("auki lahjakortti salasana") V("lauantaina maksaa uuden") V("aukioloajat voimassaolo vaihto")
                            V("kauppa toimia unohtaa"),
                        "Katso ohje.")),
         LK_LANG_FI, "unreachable", LK_SEVERITY_WARNING, 18, "lost");
}

static void a_misspelt_word_of_an_answer_is_unknown(void **state) {
  (void)state;
  audited a = audit(KB(OTHERS ARTICLE("a", Q("Miten teltta pestään?") V("teltn pessu"), "Pese teltta vedesssä.")), LK_LANG_FI);
  bool checked = lk_engine_has_dictionary(a.engine);
  done(a);
  if (!checked) skip();
  expect(KB(OTHERS ARTICLE("a", Q("Miten teltta pestään?") V("teltn pessu"), "Pese teltta vedesssä.")), LK_LANG_FI,
         "unknown-word", LK_SEVERITY_WARNING, 16, "vedesssä");
}

static void without_a_dictionary_a_slip_is_told_by_the_words_around(void **state) {
  (void)state;
#define EN(body) \
  "<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"en\"><category id=\"c\"><title>Delivery</title></category>\n" body "</kb>"
#define OFTEN            \
  V("delivery today")    \
  V("delivery tomorrow") \
  V("delivery at home")  \
  V("delivery by post") V("delivery to the door") V("delivery on monday") V("no delivery") V("late delivery")
  expect(EN(ARTICLE("a", Q("How does delivery work?") OFTEN, "We deliver fast. Your delviery comes by post.")), LK_LANG_EN,
         "unknown-word", LK_SEVERITY_WARNING, 11, "delviery");
  expect_none(EN(ARTICLE("a", Q("How does delivery work?") OFTEN, "Deliveries come by post.")), LK_LANG_EN, "unknown-word");
}

/* One of b's phrasings stands among a's in nearly the same words. The model is sure of itself, so that the answer would be given at once. */
#define PAIR \
  KB(OTHERS ARTICLE("a",                                                                                          \
                    Q("Kuinka kauan teltan korjaus kestää huollossa?") V("kauanko teltan korjaus kestää") \
                        V("viikkoja huollossa ollut teltta") V("huollosta ei kuulu mitään teltasta"),             \
                    "Kaksi viikkoa.")                                                                             \
         ARTICLE(                                                                                                 \
             "b",                                                                                                 \
             Q("Vuokraus viikonlopuksi") V("lainaatteko reppuja viikonlopuksi") V("teltan korjaus kestää kauan")  \
                 V("viikonlopun vuokra"),                                                                         \
             "Emme vuokraa.") "<model name=\"confidence\"><weight feature=\"bias\" mean=\"0\" scale=\"1\" "       \
                              "value=\"5\"/></model>")

static void a_phrasing_in_nearly_the_words_of_another_entry_goes_elsewhere(void **state) {
  (void)state;
  expect(PAIR, LK_LANG_FI, "phrasing-elsewhere", LK_SEVERITY_WARNING, 21, "of b would be answered by a");
}

static void a_synonym_that_turns_phrasings_to_another_entry_collides(void **state) {
  (void)state;
  expect(KB(OTHERS ARTICLE("bank-card",
                           Q("Mikä pankkikortti käy?") V("pankkikortti kelpaa") V("pankkikortti ja luotto")
                               V("pankkikortti kassalla"),
                           "Kaikki.") ARTICLE("student",
                                              Q("opiskelijan kortti alennuksiin") V("mitä kortti tuo")
                                                  V("vilauta kortti niin saat") V("kelpaa kortti koululta"),
                                              "Kyllä.") "<lexicon>\n<map from=\"kortti\" to=\"pankkikortti\"/></lexicon>"),
         LK_LANG_FI, "lexicon-collides", LK_SEVERITY_WARNING, 25, "of student to bank-card");
}

static void a_model_with_a_feature_that_nothing_measures_is_fitted_anew(void **state) {
  (void)state;
  expect(KB(OTHERS "<model name=\"confidence\">\n<weight feature=\"bias\" value=\"1\"/><weight feature=\"moonlight\" "
                   "value=\"3\"/></model>"),
         LK_LANG_FI, "model-feature", LK_SEVERITY_WARNING, 14, "'moonlight'");
}

static bool wants_loose(void *self, const char *code) {
  (void)self;
  return strcmp(code, "pattern-loose") == 0;
}
static void findings_of_codes_that_nobody_wants_are_not_counted(void **state) {
  (void)state;
  lk_findings *some = lk_findings_new(), *all = lk_findings_new();
  lk_findings_want(some, wants_loose, NULL);
  assert_int_equal(lk_findings_add(some, LK_SEVERITY_ERROR, "stale", "", 0, "m", "w"), LK_OK);
  assert_int_equal(lk_findings_add(some, LK_SEVERITY_WARNING, "pattern-loose", "", 0, "m", "w"), LK_OK);
  assert_int_equal(lk_findings_errors(some), 0);
  assert_int_equal(lk_findings_add(all, LK_SEVERITY_ERROR, "stale", "", 0, "m", "w"), LK_OK);
  assert_int_equal(lk_findings_join(all, some), LK_OK);
  assert_int_equal(lk_findings_count(all), 2);
  assert_int_equal(lk_findings_warnings(all), 1);
  assert_int_equal(lk_findings_errors(all), 1);
  lk_findings_free(some);
  lk_findings_free(all);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_pattern_that_cannot_be_read_is_an_error),
      cmocka_unit_test(a_pattern_that_fires_on_any_mention_of_a_word_is_loose),
      cmocka_unit_test(a_pattern_that_excludes_what_it_asks_for_never_fires),
      cmocka_unit_test(a_pattern_that_fires_on_anothers_phrasing_hijacks_it),
      cmocka_unit_test(the_same_words_in_spoken_form_are_taken),
      cmocka_unit_test(a_variant_with_the_words_of_another_adds_nothing),
      cmocka_unit_test(articles_that_say_the_same_resemble_each_other),
      cmocka_unit_test(entries_of_which_most_phrasings_go_to_another_overlap),
      cmocka_unit_test(an_entry_that_its_own_phrasings_do_not_find_is_unreachable),
      cmocka_unit_test(a_misspelt_word_of_an_answer_is_unknown),
      cmocka_unit_test(without_a_dictionary_a_slip_is_told_by_the_words_around),
      cmocka_unit_test(a_phrasing_in_nearly_the_words_of_another_entry_goes_elsewhere),
      cmocka_unit_test(a_synonym_that_turns_phrasings_to_another_entry_collides),
      cmocka_unit_test(a_model_with_a_feature_that_nothing_measures_is_fitted_anew),
      cmocka_unit_test(findings_of_codes_that_nobody_wants_are_not_counted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
