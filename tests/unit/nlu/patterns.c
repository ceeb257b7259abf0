/* Editors' patterns: what they match, what they refuse, and what they cost. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "understood.h"

static const lk_view order_types[] = {{"order-number", 12}}, quantity_types[] = {{"quantity", 8}}, text_types[] = {{"text", 4}};
static const lk_slot slots[] = {
    {.name = {"order", 5}, .types = order_types, .type_count = 1},
    {.name = {"many", 4}, .types = quantity_types, .type_count = 1},
    {.name = {"fault", 5}, .types = text_types, .type_count = 1},
};

static lk_patterns *compile(understood *u, lk_lang lang, const char *const *texts, size_t count) {
  lk_error err = {0};
  lk_patterns_builder *builder = lk_patterns_builder_new(u->words, u->analyzer, lang, &err);
  assert_non_null(builder);
  for (size_t i = 0; i < count; i++) {
    lk_pattern_source source = {lk_view_of(texts[i]), "kb/fi/intents.xml", (int)i + 1, (uint32_t)i * 10, slots, 3};
    if (lk_patterns_builder_add(builder, &source, &err)) fail_msg("%s", err.message);
  }
  lk_patterns *patterns = lk_patterns_builder_freeze(builder, &err);
  lk_patterns_builder_free(builder);
  assert_non_null(patterns);
  return patterns;
}

static size_t match(understood *u, const lk_patterns *patterns, lk_lang lang, const char *message, lk_pattern_match **matches) {
  lk_error err = {0};
  size_t count = 0;
  understand(u, lang, message);
  assert_int_equal(lk_patterns_match(patterns, &u->analysis, &u->entities, u->arena, matches, &count, &err), LK_OK);
  return count;
}

typedef struct pattern_case {
  lk_lang lang;
  const char *pattern, *message;
  bool fits;
} pattern_case;

static void patterns_match_by_lemma(void **state) {
  static const pattern_case cases[] = {
      {LK_LANG_FI, "perua [minun] tilaus {order}", "peru tilaukseni 100234", true},
      {LK_LANG_FI, "perua [minun] tilaus {order}", "Voisitteko perua minun tilauksen nro 100 234?", true},
      {LK_LANG_FI, "perua [minun] tilaus {order}", "peru tilaus", false},
      {LK_LANG_FI, "perua [minun] tilaus {order}", "tilaus 100234 peru", false},
      {LK_LANG_FI, "(perua|peruuttaa) {order}", "peruuttakaa 100234", true},
      {LK_LANG_FI, "(haluta|saada) * (ihminen|oikea henkilö)", "haluaisin vihdoin jutella jonkun oikean henkilön kanssa", true},
      {LK_LANG_FI, "(haluta|saada) * (ihminen|oikea henkilö)", "haluaisin vihdoin jutella jonkun henkilön kanssa", false},
      {LK_LANG_FI, "perua * tilaus", "peru nyt vaan se tilaus", true},
      {LK_LANG_FI, "perua * tilaus", "peru yksi kaksi kolme neljä viisi kuusi seitsemän tilaus", false},
      {LK_LANG_FI, "perua * tilaus", "Peru se. Minulla on tilaus.", false},
      {LK_LANG_FI, "perua tilaus", "peru, kiitos, tilaus", false},
      {LK_LANG_FI, "perua tilaus", "peru, tilaus", true},
      {LK_LANG_FI, "\"peru\" tilaus", "peru tilaus", true},
      {LK_LANG_FI, "\"peru\" tilaus", "perukaa tilaus", false},
      {LK_LANG_FI, "^ihminen$", "ihminen", true},
      {LK_LANG_FI, "^ihminen$", "hei, ihminen!", true},
      {LK_LANG_FI, "^ihminen$", "ihminen vastasi minulle", false},
      {LK_LANG_FI, "^perua", "haluan perua", false},
      {LK_LANG_FI, "perua $", "haluan perua", true},
      {LK_LANG_FI, "((a|b) c|d [e [f]]) g", "d e g", true},
      {LK_LANG_FI, "((a|b) c|d [e [f]]) g", "d f g", false},
      {LK_LANG_FI, "((a|b) c|d [e [f]]) g", "b c g", true},
      {LK_LANG_FI, "lisätä {many} * {order}", "lisää kolme kappaletta tilaukseen 100234", true},
      {LK_LANG_FI, "{order-number} (tila|tilanne)", "100234 tilanne", true},
      {LK_LANG_SV, "avbeställa [min] (beställning|order) {order}", "jag vill avbeställa beställningen nr 100234", true},
      {LK_LANG_SV, "prata * människa", "kan jag få prata med en människa", true},
      {LK_LANG_EN, "cancel [my] order {order}", "please cancel my order #100234", true},
      {LK_LANG_EN, "(talk|speak) * (human|person)", "I would like to speak to a real person", true},
  };
  understood *u = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    lk_patterns *patterns = compile(u, cases[i].lang, &cases[i].pattern, 1);
    lk_pattern_match *matches;
    size_t count = match(u, patterns, cases[i].lang, cases[i].message, &matches);
    if ((count > 0) != cases[i].fits) fail_msg("'%s' and \"%s\"", cases[i].pattern, cases[i].message);
    lk_patterns_free(patterns);
    lk_arena_reset(u->arena);
  }
}

static void an_exclusion_holds_for_the_whole_sentence(void **state) {
  static const char *const texts[] = {"!(\"miten\"|\"voiko\") perua tilaus", "perua tilaus !@how !@not"};
  understood *u = *state;
  lk_patterns *patterns = compile(u, LK_LANG_FI, texts, 2);
  lk_pattern_match *matches;
  assert_int_equal(match(u, patterns, LK_LANG_FI, "peru tilaus", &matches), 2);
  assert_int_equal(match(u, patterns, LK_LANG_FI, "miten perun tilauksen", &matches), 0);
  assert_int_equal(match(u, patterns, LK_LANG_FI, "voiko perua tilauksen", &matches), 0);
  assert_int_equal(match(u, patterns, LK_LANG_FI, "voitko perua tilauksen", &matches), 2);
  assert_int_equal(match(u, patterns, LK_LANG_FI, "en halua perua tilausta", &matches), 1);
  assert_int_equal(match(u, patterns, LK_LANG_FI, "Miten menee? Peru tilaus.", &matches), 2);
  lk_patterns_free(patterns);
}

static void negation_and_questions_are_told_unless_the_pattern_asks_for_them(void **state) {
  static const char *const texts[] = {"haluta perua tilaus", "ei haluta"};
  understood *u = *state;
  lk_patterns *patterns = compile(u, LK_LANG_FI, texts, 2);
  lk_pattern_match *matches;
  assert_int_equal(match(u, patterns, LK_LANG_FI, "en halua perua tilausta", &matches), 2);
  assert_true(matches[0].pattern == 0 && matches[0].negated && !matches[0].question);
  assert_false(matches[1].negated);
  assert_int_equal(match(u, patterns, LK_LANG_FI, "en tarvitse sitä, haluan perua tilauksen", &matches), 1);
  assert_false(matches[0].negated);
  assert_int_equal(match(u, patterns, LK_LANG_FI, "miten toimin kun haluan perua tilauksen", &matches), 1);
  assert_true(matches[0].question);
  lk_patterns_free(patterns);
}

static void a_match_tells_words_captures_and_document(void **state) {
  static const char *const texts[] = {"palauttaa", "perua * tilaus {order} koska {fault}"};
  understood *u = *state;
  lk_patterns *patterns = compile(u, LK_LANG_FI, texts, 2);
  lk_pattern_match *matches;
  assert_int_equal(match(u, patterns, LK_LANG_FI, "hei, perukaa se tilaus nro 100234, koska väri oli väärä", &matches), 1);
  const lk_pattern_match *m = &matches[0];
  assert_int_equal(m->pattern, 1);
  assert_int_equal(m->document, 10);
  assert_int_equal(m->line, 2);
  assert_text(u->analysis.words[m->words[0].word].token.text, "perukaa");
  assert_text(m->words[0].element, "perua");
  assert_text(m->words[1].element, "tilaus");
  assert_int_equal(m->capture_count, 2);
  assert_text(m->captures[0].name, "order");
  assert_text(m->captures[0].entity->text, "100234");
  assert_int_equal(m->captures[1].entity->type, LK_ENTITY_FREE);
  assert_text(m->captures[1].entity->text, "väri oli väärä");
  lk_patterns_free(patterns);
}

static void more_specific_patterns_come_first(void **state) {
  static const char *const texts[] = {"perua", "perua tilaus {order}", "perua tilaus", "\"peru\" tilaus"};
  understood *u = *state;
  lk_patterns *patterns = compile(u, LK_LANG_FI, texts, 4);
  lk_pattern_match *matches;
  assert_int_equal(match(u, patterns, LK_LANG_FI, "peru tilaus 100234", &matches), 4);
  assert_int_equal(matches[0].pattern, 1);
  assert_int_equal(matches[1].pattern, 3);
  assert_int_equal(matches[2].pattern, 2);
  assert_int_equal(matches[3].pattern, 0);
  lk_patterns_free(patterns);
}

static void a_word_typed_in_two_matches_as_one(void **state) {
  static const char *const texts[] = {"palautusosoite puuttua", "palautus osoite puuttua"};
  understood *u = *state;
  lk_error err = {0};
  lk_patterns *patterns = compile(u, LK_LANG_FI, texts, 2);
  understand(u, LK_LANG_FI, "palautusosoite");
  assert_int_equal(lk_vocabulary_add_word(u->vocabulary, LK_LANG_FI, &u->analysis.words[0], &err), LK_OK);
  lk_pattern_match *matches;
  assert_int_equal(match(u, patterns, LK_LANG_FI, "palautus osoite puuttuu", &matches), 2);
  assert_int_equal(u->analysis.words[0].repair, LK_REPAIR_JOIN);
  lk_patterns_free(patterns);
}

typedef struct error_case {
  const char *pattern, *what, *mend;
} error_case;

static void broken_patterns_say_what_is_wrong_and_how_to_mend_it(void **state) {
  static const error_case cases[] = {
      {"perua (tilaus", "the bracket is not closed", "add )"},
      {"perua [tilaus", "the bracket is not closed", "add ]"},
      {"perua tilaus)", "without its opening one", "remove it"},
      {"(a||b)", "an empty alternative", "leave the | out"},
      {"(a|)", "an empty alternative", "leave the | out"},
      {"a | b", "a | outside brackets", "( )"},
      {"\"perua", "quotation mark is not closed", "second"},
      {"\"\"", "nothing between", "in between"},
      {"perua {tilaus}", "unknown slot {tilaus}", "{order}"},
      {"perua {order", "{ is not closed", "add }"},
      {"[perua] *", "match every message", "outside [ ]"},
      {"", "match every message", "outside [ ]"},
      {"*", "match every message", "outside [ ]"},
      {"perua (a !b)", "exclusion inside", "beside"},
      {"perua !", "exclusion of nothing", "!word"},
      {"@who perua", "unknown group", "@how"},
      {"perua , tilaus", "a mark without a word", "leave it out"},
      {"((((((((((a))))))))))", "too deep", "split"},
      {"a * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * b", "too long", "split"},
  };
  understood *u = *state;
  lk_error err = {0};
  lk_patterns_builder *builder = lk_patterns_builder_new(u->words, u->analyzer, LK_LANG_FI, &err);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    lk_pattern_source source = {lk_view_of(cases[i].pattern), "kb/fi/intents.xml", 7, 0, slots, 3};
    lk_code code = lk_patterns_builder_add(builder, &source, &err);
    assert_true(code == LK_ERR_INPUT || code == LK_ERR_LIMIT);
    assert_int_equal(err.line, 7);
    assert_string_equal(err.file, "kb/fi/intents.xml");
    const char *mend = strchr(err.message, ';');
    if (!strstr(err.message, cases[i].what) || !mend || !strstr(mend, cases[i].mend)) fail_msg("%s", err.message);
  }
  lk_pattern_source fine = {LK_LIT("perua tilaus"), NULL, 0, 0, slots, 3};
  assert_int_equal(lk_patterns_builder_add(builder, &fine, &err), LK_OK);
  lk_patterns *patterns = lk_patterns_builder_freeze(builder, &err);
  lk_patterns_builder_free(builder);
  assert_int_equal(lk_patterns_count(patterns), 1);
  lk_patterns_free(patterns);
}

static void an_error_names_the_character(void **state) {
  understood *u = *state;
  lk_error err = {0};
  lk_patterns_builder *builder = lk_patterns_builder_new(u->words, u->analyzer, LK_LANG_FI, &err);
  lk_pattern_source source = {LK_LIT("lisätä tämä (tilaus"), NULL, 0, 0, slots, 3};
  assert_int_equal(lk_patterns_builder_add(builder, &source, &err), LK_ERR_INPUT);
  assert_non_null(strstr(err.message, "character 13:"));
  lk_patterns_builder_free(builder);
}

/* Alternatives, options and gaps nested so that naive backtracking would try every combination, in a message that has each word that they need. */
static void hostile_patterns_and_messages_stay_cheap(void **state) {
  static const char *const texts[] = {
      "[a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] [a] b c",
      "a * a * a * a * a * a * a * a * a * a * b c",
      "{fault} {fault} {fault} {fault} {fault} {fault} {fault} {fault} {fault} {fault} {fault} {fault} b c",
      "((a|a a) (a|a a)|(a|a a) (a|a a)) ((a|a a) (a|a a)|(a|a a) (a|a a)) ((a|a a) (a|a a)|(a|a a) (a|a a)) b c",
  };
  understood *u = *state;
  lk_patterns *patterns = compile(u, LK_LANG_FI, texts, 4);
  char message[901];
  for (size_t i = 0; i < 890; i += 2) memcpy(message + i, "a ", 2);
  memcpy(message + 890, ". b. c. a", 10);
  lk_pattern_match *matches;
  assert_int_equal(match(u, patterns, LK_LANG_FI, message, &matches), 0);
  assert_int_equal(match(u, patterns, LK_LANG_FI, "a a a a a a a a a a a a a b c", &matches), 4);
  lk_patterns_free(patterns);
}

static void thousands_of_patterns_are_looked_up_by_their_words(void **state) {
  understood *u = *state;
  lk_error err = {0};
  lk_patterns_builder *builder = lk_patterns_builder_new(u->words, u->analyzer, LK_LANG_FI, &err);
  for (int i = 0; i < 2000; i++) {
    char text[64];
    (void)snprintf(text, sizeof text, "tilaus (x%d|y%d) * perua", i, i);
    lk_pattern_source source = {lk_view_of(text), NULL, 0, (uint32_t)i, slots, 3};
    assert_int_equal(lk_patterns_builder_add(builder, &source, &err), LK_OK);
  }
  lk_patterns *patterns = lk_patterns_builder_freeze(builder, &err);
  lk_patterns_builder_free(builder);
  lk_pattern_match *matches;
  assert_int_equal(match(u, patterns, LK_LANG_FI, "tilaus y1234 nyt peru", &matches), 1);
  assert_int_equal(matches[0].document, 1234);
  assert_int_equal(match(u, patterns, LK_LANG_FI, "tilaus perutaan", &matches), 0);
  lk_patterns_free(patterns);
}

static size_t check(understood *u, const char *text, const char *code) {
  lk_error err = {0};
  lk_patterns *patterns = compile(u, LK_LANG_FI, &text, 1);
  lk_findings *findings = lk_findings_new();
  assert_int_equal(lk_pattern_check(patterns, 0, u->words, u->analyzer, &u->options, findings, &err), LK_OK);
  size_t count = 0;
  for (size_t i = 0; i < lk_findings_count(findings); i++) count += strcmp(lk_findings_at(findings, i)->code, code) == 0;
  lk_findings_free(findings);
  lk_patterns_free(patterns);
  return count;
}

static void the_checker_finds_patterns_that_never_fire(void **state) {
  understood *u = *state;
  assert_int_equal(check(u, "(perua|peruuttaa) [minun] tilaus {order}", "pattern-never"), 0);
  assert_int_equal(check(u, "lisätä * {many} * tilaus {order} !@how", "pattern-never"), 0);
  assert_int_equal(check(u, "^(ihminen|aspa)$", "pattern-never"), 0);
  assert_true(check(u, "!tilaus perua tilaus", "pattern-never") > 0);
  assert_true(check(u, "perua $ tilaus", "pattern-never") > 0);
}

static void the_checker_finds_patterns_that_fire_too_easily(void **state) {
  understood *u = *state;
  assert_int_equal(check(u, "ihminen", "pattern-loose"), 1);
  assert_int_equal(check(u, "(ihminen|oikea henkilö)", "pattern-loose"), 1);
  assert_int_equal(check(u, "^ihminen$", "pattern-loose"), 0);
  assert_int_equal(check(u, "perua tilaus", "pattern-loose"), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(patterns_match_by_lemma),
      cmocka_unit_test(an_exclusion_holds_for_the_whole_sentence),
      cmocka_unit_test(negation_and_questions_are_told_unless_the_pattern_asks_for_them),
      cmocka_unit_test(a_match_tells_words_captures_and_document),
      cmocka_unit_test(more_specific_patterns_come_first),
      cmocka_unit_test(a_word_typed_in_two_matches_as_one),
      cmocka_unit_test(broken_patterns_say_what_is_wrong_and_how_to_mend_it),
      cmocka_unit_test(an_error_names_the_character),
      cmocka_unit_test(hostile_patterns_and_messages_stay_cheap),
      cmocka_unit_test(thousands_of_patterns_are_looked_up_by_their_words),
      cmocka_unit_test(the_checker_finds_patterns_that_never_fire),
      cmocka_unit_test(the_checker_finds_patterns_that_fire_too_easily),
  };
  return cmocka_run_group_tests(tests, understood_set_up, understood_tear_down);
}
