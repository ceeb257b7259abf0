/* What the confidence is made of, each feature by a knowledge base that is small enough to read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "luukku/arena.h"
#include "luukku/engine.h"

#define KB(body) "<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\"><category id=\"c\"><title>Asiat</title></category>\n" body "</kb>"
#define ARTICLE(id, phrasings) "<article id=\"" id "\" category=\"c\">" phrasings "<answer><p>Kyllä.</p></answer></article>\n"
#define Q(text) "<question>" text "</question>\n"
#define V(text) "<variant>" text "</variant>\n"
#define OTHERS                                                                  \
  ARTICLE("hours", Q("Milloin myymälä on auki?") V("aukioloajat lauantaina"))   \
  ARTICLE("jobs", Q("Onko teillä avoimia työpaikkoja?") V("kesätyöt nuorelle")) \
  ARTICLE("tents", Q("Vuokraatteko telttoja?") V("teltan vuokra viikonlopuksi"))

typedef struct shop {
  lk_engine *engine;
  lk_worker *worker;
  lk_arena *arena;
} shop;

static shop open_shop(const char *text) {
  const lk_source source = {"test.xml", lk_view_of(text)};
  lk_error err = {0};
  lk_kb *kb = lk_kb_load_sources(&source, 1, NULL, &err);
  if (!kb) fail_msg("%s:%d: %s", err.file, err.line, err.message);
  shop s = {.engine = lk_engine_new(kb, NULL, &err), .arena = lk_arena_new()};
  assert_non_null(s.engine);
  s.worker = lk_worker_new(s.engine, &err);
  assert_non_null(s.worker);
  return s;
}

static void close_shop(shop s) {
  lk_worker_free(s.worker);
  lk_engine_free(s.engine);
  lk_arena_free(s.arena);
}

static lk_understanding ask(const shop *s, const char *text) {
  lk_understanding u;
  lk_error err = {0};
  lk_hearing hearing = {.lang = LK_LANG_FI, .prior = LK_LANG_NONE};
  assert_int_equal(lk_understand(s->worker, lk_view_of(text), &hearing, s->arena, &u, &err), LK_OK);
  assert_true(u.candidate_count > 0);
  return u;
}

static double feature(const shop *s, const char *text, lk_feature which) { return ask(s, text).features[which]; }

static void a_rare_word_that_the_entry_has_is_more_evidence_than_an_ordinary_one(void **state) {
  (void)state;
  shop s = open_shop(KB(OTHERS ARTICLE("a", Q("Voinko tilata uuden retkikeittimen?") V("uusi retkikeitin"))));
  double rare = feature(&s, "retkikeitin", LK_FEATURE_EVIDENCE), ordinary = feature(&s, "uusi", LK_FEATURE_EVIDENCE);
  assert_true(ordinary > 0 && rare > ordinary + 3);
  close_shop(s);
}

static void what_the_entry_lacks_is_no_evidence_and_takes_none_away(void **state) {
  (void)state;
  shop s = open_shop(KB(OTHERS ARTICLE("a", Q("Voinko tilata uuden retkikeittimen?"))));
  double alone = feature(&s, "retkikeitin", LK_FEATURE_EVIDENCE),
         beside = feature(&s, "retkikeitin vakuutus", LK_FEATURE_EVIDENCE);
  assert_float_equal(alone, beside, 1e-4F);
  assert_float_equal(feature(&s, "retkikeitin 24.12.2026 aino@example.fi", LK_FEATURE_EVIDENCE), alone, 1e-4F);
  close_shop(s);
}

static void the_lexicon_s_word_is_evidence_as_the_entry_s_own(void **state) {
  (void)state;
  shop s = open_shop(KB(OTHERS ARTICLE(
      "a", Q("Voinko tilata uuden retkikeittimen?")) "<lexicon><map from=\"primus\" to=\"retkikeitin\"/></lexicon>"));
  assert_true(feature(&s, "primus tilata", LK_FEATURE_EVIDENCE) > feature(&s, "tilata", LK_FEATURE_EVIDENCE) + 3);
  close_shop(s);
}

static void a_phrasing_is_like_a_question_only_if_each_has_what_the_other_has(void **state) {
  (void)state;
  shop s = open_shop(KB(OTHERS ARTICLE("a", Q("retkikeittimen korjaus kestää kauan huollossa ulkomailla"))));
  double same = feature(&s, "retkikeittimen korjaus kestää kauan huollossa ulkomailla", LK_FEATURE_LIKENESS);
  double part = feature(&s, "retkikeittimen korjaus", LK_FEATURE_LIKENESS);
  double more =
      feature(&s, "retkikeittimen korjaus kestää kauan huollossa ulkomailla vaikka maksoin itse kalliin vakuutuksen keväällä",
              LK_FEATURE_LIKENESS);
  assert_true(same > part + .2 && same > more + .02);
  close_shop(s);
}

static void phrasings_that_agree_are_told_from_one_that_stands_alone(void **state) {
  (void)state;
  shop s = open_shop(KB(OTHERS ARTICLE("a", Q("Korjaatteko retkikeittimiä?") V("retkikeittimen korjaus") V("retkikeitin rikki"))
                            ARTICLE("b", Q("Mistä saa kaasua?") V("kaasupullon täyttö") V("patruuna tyhjä"))));
  assert_true(feature(&s, "retkikeittimen korjaaminen", LK_FEATURE_AGREEMENT) > .8);
  assert_true(feature(&s, "kaasu", LK_FEATURE_AGREEMENT) < feature(&s, "retkikeitin", LK_FEATURE_AGREEMENT));
  close_shop(s);
}

#define CANCEL                                                               \
  "<intent id=\"do-cancel\" category=\"c\">" Q("Peru retkikeittimen tilaus") \
      V("perukaa tilaus") "<action name=\"order.status\"/>%s</intent>"

/* The same with and without the `see` that says what the intent is about. */
static void the_article_that_explains_an_intent_is_no_rival_to_it(void **state) {
  (void)state;
  double margin[2];
  for (int sees = 0; sees < 2; sees++) {
    char text[4096];
    (void)snprintf(text, sizeof text,
                   KB(OTHERS ARTICLE("cancel", Q("Miten perun retkikeittimen tilauksen?") V("tilauksen peruminen")) CANCEL),
                   sees ? "<see ref=\"cancel\"/>" : "");
    shop s = open_shop(text);
    lk_understanding u = ask(&s, "peru tilaus");
    assert_true(u.candidate_count >= 2);
    assert_int_equal(lk_entries_alike(u.candidates[0].entry, u.candidates[1].entry), sees);
    margin[sees] = u.features[LK_FEATURE_MARGIN];
    close_shop(s);
  }
  assert_true(margin[1] > margin[0]);
}

static void words_that_were_read_as_others_are_counted(void **state) {
  (void)state;
  shop s = open_shop(KB(OTHERS ARTICLE("a", Q("Voinko tilata uuden retkikeittimen?"))));
  assert_float_equal(feature(&s, "tilata retkikeitin", LK_FEATURE_REPAIRED), 0, 1e-4F);
  assert_float_equal(feature(&s, "tilata retkikeitinn", LK_FEATURE_REPAIRED), .5F, 1e-4F);
  close_shop(s);
}

#define MODEL(weights) "<model name=\"confidence\"><weight feature=\"bias\" value=\"1\"/>" weights "</model>"

static void a_feature_that_nothing_measures_counts_for_nothing(void **state) {
  (void)state;
  double confidence[2];
  const char *const texts[] = {KB(OTHERS MODEL("")),
                               KB(OTHERS MODEL("<weight feature=\"moonlight\" mean=\"0.5\" scale=\"0.1\" value=\"3\"/>"))};
  for (int i = 0; i < 2; i++) {
    shop s = open_shop(texts[i]);
    confidence[i] = ask(&s, "teltan vuokra").candidates[0].confidence;
    close_shop(s);
  }
  assert_float_equal(confidence[0], 0.731059F, 1e-4F);
  assert_float_equal(confidence[1], confidence[0], 1e-6F);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_rare_word_that_the_entry_has_is_more_evidence_than_an_ordinary_one),
                                     cmocka_unit_test(what_the_entry_lacks_is_no_evidence_and_takes_none_away),
                                     cmocka_unit_test(the_lexicon_s_word_is_evidence_as_the_entry_s_own),
                                     cmocka_unit_test(a_phrasing_is_like_a_question_only_if_each_has_what_the_other_has),
                                     cmocka_unit_test(phrasings_that_agree_are_told_from_one_that_stands_alone),
                                     cmocka_unit_test(the_article_that_explains_an_intent_is_no_rival_to_it),
                                     cmocka_unit_test(words_that_were_read_as_others_are_counted),
                                     cmocka_unit_test(a_feature_that_nothing_measures_counts_for_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
