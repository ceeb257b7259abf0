#include "base/utf8.h"
#include "fixture.h"

static lk_word first(fixture *f, lk_lang lang, const char *text, unsigned flags) {
  lk_analysis analysis = analyse(f, lang, text, flags);
  assert_true(analysis.count > 0);
  return analysis.words[0];
}

static void finnish_forms_have_their_base_form(void **state) {
  lk_word word = first(*state, LK_LANG_FI, "toimitukseni", 0);
  assert_int_equal(word.lemma_count, 1);
  assert_true(has_lemma(&word, "toimitus"));
  assert_true(word.known && !word.stop);
  word = first(*state, LK_LANG_FI, "Helsingissä", 0);
  assert_true(has_lemma(&word, "helsinki"));
}

static void readings_with_more_parts_or_names_are_pruned(void **state) {
  lk_word word = first(*state, LK_LANG_FI, "matin", 0);
  for (size_t i = 0; i < word.lemma_count; i++) assert_true(word.lemmas[i].ptr[0] >= 'a');
  word = first(*state, LK_LANG_FI, "käyttäjätunnusta", 0);
  assert_true(has_lemma(&word, "käyttäjätunnus"));
}

static void a_reading_that_is_hardly_ever_meant_gives_way(void **state) {
  lk_word word = first(*state, LK_LANG_FI, "maksaa", 0);
  assert_int_equal(word.lemma_count, 1);
  assert_true(has_lemma(&word, "maksaa"));
  word = first(*state, LK_LANG_FI, "postikulut", 0);
  assert_true(has_lemma(&word, "postikulu") && !has_lemma(&word, "postikulku"));
  assert_true(term(&word, LK_TERM_PART, "kulu") > 0 && term(&word, LK_TERM_PART, "kulku") == 0);
  word = first(*state, LK_LANG_FI, "takaisin", 0);
  assert_int_equal(word.lemma_count, 1);
  assert_true(has_lemma(&word, "takaisin"));
}

static void participles_are_their_verb(void **state) {
  lk_word word = first(*state, LK_LANG_FI, "peruutettu", 0);
  assert_int_equal(word.lemma_count, 1);
  assert_true(has_lemma(&word, "peruuttaa"));
  word = first(*state, LK_LANG_FI, "tilaamani", 0);
  assert_true(has_lemma(&word, "tilata"));
  word = first(*state, LK_LANG_FI, "palauttaminen", 0);
  assert_true(has_lemma(&word, "palauttaa"));
}

static void compounds_have_parts_and_roots(void **state) {
  lk_word word = first(*state, LK_LANG_FI, "toimitusaikaa", 0);
  assert_true(has_lemma(&word, "toimitusaika"));
  assert_true(term(&word, LK_TERM_LEMMA, "toimitusaika") == 1);
  assert_true(term(&word, LK_TERM_PART, "toimitus") > 0);
  assert_true(term(&word, LK_TERM_PART, "aika") > 0);
  assert_true(term(&word, LK_TERM_ROOT, "toimittaa") > 0);
  assert_int_equal(word.terms[0].kind, LK_TERM_LEMMA);
}

static void derivations_meet_their_verb(void **state) {
  lk_word word = first(*state, LK_LANG_FI, "palautuksen", 0);
  float own = term(&word, LK_TERM_ROOT, "palauttaa");
  assert_true(own > 0);
  word = first(*state, LK_LANG_FI, "maksun", 0);
  assert_true(term(&word, LK_TERM_ROOT, "maksaa") > 0);
  word = first(*state, LK_LANG_FI, "vaihtoaika", 0);
  assert_true(term(&word, LK_TERM_ROOT, "vaihtaa") > 0);
  word = first(*state, LK_LANG_FI, "alennus", 0);
  assert_true(term(&word, LK_TERM_ROOT, "aleta") > 0 && term(&word, LK_TERM_ROOT, "aleta") < own);
  word = first(*state, LK_LANG_FI, "saatavuus", 0);
  assert_true(term(&word, LK_TERM_ROOT, "saada") > 0 && term(&word, LK_TERM_ROOT, "saada") < own);
}

static void an_ellipsis_is_the_word_it_stands_for(void **state) {
  lk_word word = first(*state, LK_LANG_FI, "maksu- ja toimitusehdot", 0);
  assert_true(has_lemma(&word, "maksu"));
}

static void unknown_words_are_stemmed(void **state) {
  lk_word word = first(*state, LK_LANG_FI, "grazulikossa", 0), other = first(*state, LK_LANG_FI, "grazulikosta", 0);
  assert_false(word.known);
  assert_true(lk_view_eq(word.lemmas[0], other.lemmas[0]));
}

static void swedish_and_english_are_stemmed(void **state) {
  lk_word word = first(*state, LK_LANG_SV, "beställningarna", 0), other = first(*state, LK_LANG_SV, "beställning", 0);
  assert_true(lk_view_eq(word.lemmas[0], other.lemmas[0]));
  word = first(*state, LK_LANG_EN, "returned", 0);
  assert_true(has_lemma(&word, "return"));
  word = first(*state, LK_LANG_EN, "bought", 0);
  assert_true(has_lemma(&word, "buy"));
  word = first(*state, LK_LANG_SV, "fick", 0);
  other = first(*state, LK_LANG_SV, "få", 0);
  assert_true(lk_view_eq(word.lemmas[0], other.lemmas[0]));
}

static void swedish_compounds_are_split_by_known_words(void **state) {
  fixture *f = *state;
  teach(f, LK_LANG_SV, "leverans tid retur kod");
  lk_word word = first(f, LK_LANG_SV, "leveranstid", 0);
  assert_true(term(&word, LK_TERM_PART, "leveran") > 0);
  assert_true(term(&word, LK_TERM_PART, "tid") > 0);
  word = first(f, LK_LANG_SV, "returkod", 0);
  assert_true(term(&word, LK_TERM_PART, "kod") > 0);
  teach(f, LK_LANG_SV, "beställning nummer");
  word = first(f, LK_LANG_SV, "beställningsnummer", 0);
  assert_true(term(&word, LK_TERM_PART, "beställning") > 0 &&
              term(&word, LK_TERM_PART, "numm") + term(&word, LK_TERM_PART, "nummer") > 0);
  word = first(f, LK_LANG_SV, "blåbärspaj", 0);
  assert_int_equal(count_terms(&word, LK_TERM_PART), 0);
}

static void numbers_and_codes_have_one_spelling(void **state) {
  lk_word word = first(*state, LK_LANG_FI, "#100234", 0);
  assert_true(has_lemma(&word, "100234"));
  word = first(*state, LK_LANG_FI, "1 299,00", 0);
  assert_true(has_lemma(&word, "1299,00"));
  word = first(*state, LK_LANG_FI, "+358 40 123-4567", 0);
  assert_true(has_lemma(&word, "358401234567"));
  word = first(*state, LK_LANG_FI, "EU:n", 0);
  assert_true(has_lemma(&word, "eu"));
  word = first(*state, LK_LANG_FI, "1980-luvulla", 0);
  assert_true(has_lemma(&word, "1980-luku"));
}

static void punctuation_and_emoji_mean_no_terms(void **state) {
  lk_analysis analysis = analyse(*state, LK_LANG_FI, "?! 😀", LK_ANALYZE_REPAIR | LK_ANALYZE_GRAMS);
  assert_int_equal(analysis.count, 3);
  for (size_t i = 0; i < analysis.count; i++) assert_int_equal(analysis.words[i].term_count, 0);
}

static void function_words_are_marked(void **state) {
  assert_true(first(*state, LK_LANG_FI, "olisivatko", 0).stop);
  assert_true(first(*state, LK_LANG_SV, "inte", 0).stop);
  assert_true(first(*state, LK_LANG_EN, "The", 0).stop);
  assert_false(first(*state, LK_LANG_FI, "paketti", 0).stop);
}

static void grams_are_of_the_word_as_typed_without_dots(void **state) {
  lk_word word = first(*state, LK_LANG_FI, "Pää", LK_ANALYZE_GRAMS);
  assert_int_equal(count_terms(&word, LK_TERM_GRAM), 6);
  assert_true(term(&word, LK_TERM_GRAM, "^paa$") == 1);
  assert_true(term(&word, LK_TERM_GRAM, "paa") == 1);
  assert_true(term(&word, LK_TERM_GRAM, "^pa") == 1);
  word = first(*state, LK_LANG_FI, "tilaus", 0);
  assert_int_equal(count_terms(&word, LK_TERM_GRAM), 0);
}

static void a_repaired_word_has_grams_of_both_forms_once(void **state) {
  lk_word word = first(*state, LK_LANG_FI, "oisko", LK_ANALYZE_REPAIR | LK_ANALYZE_GRAMS);
  assert_int_equal(word.repair, LK_REPAIR_SPOKEN);
  assert_true(term(&word, LK_TERM_GRAM, "^ois") == 1 && term(&word, LK_TERM_GRAM, "^oli") == 1);
  for (size_t i = 0; i < word.term_count; i++)
    for (size_t j = i + 1; j < word.term_count; j++) assert_false(lk_view_eq(word.terms[i].text, word.terms[j].text));
}

static void the_vocabulary_answers_as_the_dictionary_did(void **state) {
  fixture *f = *state;
  static const char text[] = "Toimitusajan palautuksista peruutettu myöhässä postikulut";
  lk_analysis before = analyse(f, LK_LANG_FI, text, 0);
  teach(f, LK_LANG_FI, text);
  lk_analysis after = analyse(f, LK_LANG_FI, text, 0);
  for (size_t i = 0; i < before.count; i++) {
    assert_int_equal(before.words[i].term_count, after.words[i].term_count);
    for (size_t t = 0; t < before.words[i].term_count; t++) {
      assert_true(lk_view_eq(before.words[i].terms[t].text, after.words[i].terms[t].text));
      assert_true(before.words[i].terms[t].weight == after.words[i].terms[t].weight);
    }
  }
}

static void names_are_neither_stemmed_nor_repaired(void **state) {
  fixture *f = *state;
  teach(f, LK_LANG_FI, "kassi kassa");
  assert_int_equal(lk_vocabulary_add_name(f->vocabulary, LK_LANG_FI, LK_LIT("Kassu"), &f->err), LK_OK);
  lk_word word = first(f, LK_LANG_FI, "kassu", LK_ANALYZE_REPAIR);
  assert_int_equal(word.repair, LK_REPAIR_NONE);
  assert_true(word.known && has_lemma(&word, "kassu"));
  word = first(f, LK_LANG_FI, "MobilePaylla", LK_ANALYZE_REPAIR);
  assert_true(has_lemma(&word, "mobilepay"));
  assert_int_equal(lk_vocabulary_add_name(f->vocabulary, LK_LANG_FI, LK_LIT(" "), &f->err), LK_OK);
  assert_int_equal(lk_vocabulary_add_name(f->vocabulary, LK_LANG_FI, LK_LIT(""), &f->err), LK_ERR_INPUT);
}

static void without_the_dictionary_finnish_is_stemmed(void **state) {
  fixture *f = *state;
  lk_analyzer_options options = {.no_voikko = true};
  lk_analyzer *bare = lk_analyzer_new(f->vocabulary, &options, &f->err);
  assert_false(lk_analyzer_has_dictionary(bare));
  lk_analysis analysis;
  assert_int_equal(
      lk_analyze(bare, LK_LANG_FI, LK_LIT("palautuksesta palautuksen"), LK_ANALYZE_REPAIR, f->arena, &analysis, &f->err), LK_OK);
  assert_int_equal(analysis.count, 2);
  assert_true(lk_view_eq(analysis.words[0].lemmas[0], analysis.words[1].lemmas[0]));
  assert_false(analysis.words[0].known);
  lk_analyzer_free(bare);
}

static void results_outlive_the_cache(void **state) {
  fixture *f = *state;
  lk_analysis kept = analyse(f, LK_LANG_EN, "returned parcels", LK_ANALYZE_GRAMS);
  lk_arena *other = lk_arena_new();
  char word[32];
  for (int i = 0; i < 60000; i++) {
    lk_analysis analysis;
    lk_arena_reset(other);
    snprintf(word, sizeof word, "zq%dx", i * 7919);
    for (char *c = word; *c; c++)
      if (*c >= '0' && *c <= '9') *c = (char)(*c - '0' + 'a');
    assert_int_equal(lk_analyze(f->analyzer, LK_LANG_EN, lk_view_of(word), 0, other, &analysis, &f->err), LK_OK);
  }
  lk_arena_free(other);
  assert_view(kept.words[0].lemmas[0], "return");
  assert_true(term(&kept.words[1], LK_TERM_GRAM, "^parc") == 1);
}

/* A word that was seen before is answered from memory: like the first time, in each context of its own, and anew when the lists change. */
static void a_word_seen_before_is_what_it_was(void **state) {
  fixture *f = *state;
  teach(f, LK_LANG_FI, "väärä vaara koko takki");
  for (int round = 0; round < 2; round++) {
    lk_word word = first(f, LK_LANG_FI, "vaara takki", LK_ANALYZE_REPAIR);
    assert_true(has_lemma(&word, "väärä"));
    word = first(f, LK_LANG_FI, "vaara väärä", LK_ANALYZE_REPAIR);
    assert_false(has_lemma(&word, "väärä"));
    word = first(f, LK_LANG_FI, "oisko", 0);
    assert_int_equal(word.repair, LK_REPAIR_SPOKEN);
    word = first(f, LK_LANG_EN, "vaara", 0);
    assert_false(word.known);
    assert_view(first(f, LK_LANG_FI, "TAKKI", 0).form, "takki");
    assert_view(first(f, LK_LANG_FI, "TAKKI", 0).token.text, "TAKKI");
  }
  assert_int_equal(lk_vocabulary_add_spoken(f->vocabulary, LK_LANG_FI, LK_LIT("takki"), LK_LIT("pusero"), &f->err), LK_OK);
  assert_view(first(f, LK_LANG_FI, "TAKKI", 0).form, "pusero");
}

static void a_text_that_is_too_long_is_refused_clearly(void **state) {
  fixture *f = *state;
  static char text[1 << 20];
  memset(text, 'a', sizeof text);
  lk_analysis analysis;
  assert_int_equal(
      lk_analyze(f->analyzer, LK_LANG_FI, (lk_view){text, sizeof text}, LK_ANALYZE_REPAIR, f->arena, &analysis, &f->err),
      LK_ERR_LIMIT);
  assert_non_null(strchr(f->err.message, ';'));
  assert_int_equal(analysis.count, 0);
  lk_language_guess guess;
  assert_int_equal(lk_detect_language(f->analyzer, (lk_view){text, sizeof text}, LK_LANG_NONE, &guess, &f->err), LK_OK);
}

static void hostile_text_is_analysed_in_an_orderly_way(void **state) {
  fixture *f = *state;
  static char marks[20002], emoji[8001], bytes[4096];
  marks[0] = 'a';
  for (size_t i = 1; i + 2 < sizeof marks; i += 2) memcpy(marks + i, "\xCC\x88", 2);
  for (size_t i = 0; i + 4 < sizeof emoji; i += 4) memcpy(emoji + i, "\xF0\x9F\x98\x80", 4);
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(i * 37 ^ i >> 3);
  const lk_view texts[] = {
      lk_view_of(marks), lk_view_of(emoji), {bytes, sizeof bytes}, LK_LIT("\xE2\x80\xAE' OR 1=1; --<![CDATA["), LK_LIT("")};
  for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
    for (lk_lang lang = LK_LANG_NONE; lang < LK_LANG_COUNT; lang++) {
      lk_analysis analysis;
      lk_arena_reset(f->arena);
      assert_int_equal(
          lk_analyze(f->analyzer, lang, texts[t], LK_ANALYZE_REPAIR | LK_ANALYZE_GRAMS, f->arena, &analysis, &f->err), LK_OK);
      for (size_t i = 0; i < analysis.count; i++) {
        assert_true(analysis.words[i].token.kind != LK_TOKEN_WORD || analysis.words[i].lemma_count > 0);
        assert_true(analysis.words[i].term_count < 700);
        assert_true(analysis.words[i].token.kind == LK_TOKEN_PUNCTUATION || lk_utf8_valid(analysis.words[i].form));
      }
    }
}

/* Voikko's answers cost some 10 µs each: a text of nothing but new words stops asking, and the next text is understood again. */
static void the_dictionary_is_asked_a_bounded_number_of_times(void **state) {
  fixture *f = *state;
  lk_arena *arena = lk_arena_new();
  static char text[60000];
  size_t length = 0;
  for (unsigned i = 0; i < 9000; i++)
    length += (size_t)snprintf(text + length, sizeof text - length, "%c%c%c%c ", 'b' + i % 19, 'a' + i / 19 % 23,
                               'c' + i / 437 % 21, 'a');
  lk_analysis analysis;
  assert_int_equal(lk_analyze(f->analyzer, LK_LANG_FI, (lk_view){text, length}, LK_ANALYZE_REPAIR, arena, &analysis, &f->err),
                   LK_OK);
  assert_int_equal(lk_analyze(f->analyzer, LK_LANG_FI, LK_LIT("talosta"), LK_ANALYZE_REPAIR, arena, &analysis, &f->err), LK_OK);
  assert_true(has_lemma(&analysis.words[0], "talo"));
  lk_arena_free(arena);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(finnish_forms_have_their_base_form),
      TEST(readings_with_more_parts_or_names_are_pruned),
      TEST(a_reading_that_is_hardly_ever_meant_gives_way),
      TEST(participles_are_their_verb),
      TEST(compounds_have_parts_and_roots),
      TEST(derivations_meet_their_verb),
      TEST(an_ellipsis_is_the_word_it_stands_for),
      TEST(unknown_words_are_stemmed),
      TEST(swedish_and_english_are_stemmed),
      TEST(swedish_compounds_are_split_by_known_words),
      TEST(numbers_and_codes_have_one_spelling),
      TEST(punctuation_and_emoji_mean_no_terms),
      TEST(function_words_are_marked),
      TEST(grams_are_of_the_word_as_typed_without_dots),
      TEST(a_repaired_word_has_grams_of_both_forms_once),
      TEST(the_vocabulary_answers_as_the_dictionary_did),
      TEST(names_are_neither_stemmed_nor_repaired),
      TEST(without_the_dictionary_finnish_is_stemmed),
      TEST(results_outlive_the_cache),
      TEST(a_word_seen_before_is_what_it_was),
      TEST(a_text_that_is_too_long_is_refused_clearly),
      TEST(hostile_text_is_analysed_in_an_orderly_way),
      TEST(the_dictionary_is_asked_a_bounded_number_of_times),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
