#include "text/background.h"

#include "fixture.h"
#include "text/data.h"

static double of(lk_lang lang, const char *lemma) { return lk_background_information(lang, lk_view_of(lemma)); }

static void ordinary_words_say_less_than_rare_ones(void **state) {
  (void)state;
  assert_true(of(LK_LANG_FI, "voida") < 6 && of(LK_LANG_FI, "sitten") < 7);
  assert_true(of(LK_LANG_FI, "vakuutus") > 10 && of(LK_LANG_FI, "lentokone") > 9);
  assert_true(of(LK_LANG_FI, "voida") < of(LK_LANG_FI, "tilata"));
  assert_true(of(LK_LANG_SV, "och") < 5 && of(LK_LANG_EN, "the") < 4);
}

static void what_is_not_listed_is_rare(void **state) {
  (void)state;
  assert_float_equal(of(LK_LANG_FI, "kaasupatruuna"), LK_RARE_INFORMATION, 1e-4F);
  assert_float_equal(of(LK_LANG_FI, ""), LK_RARE_INFORMATION, 1e-4F);
  assert_float_equal(of(LK_LANG_FI, "# How much information a word has in ordinary language: lemma"), LK_RARE_INFORMATION, 1e-4F);
  assert_float_equal(of(LK_LANG_EN, "\xFF\xFF"), LK_RARE_INFORMATION, 1e-4F);
}

/* The binary search finds what a walk from line to line finds; so the lines are in the order of bytes, and no lemma comes twice. */
static void every_line_is_found(void **state) {
  (void)state;
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++) {
    lk_view rest = lk_data_background(lang), row[LK_DATA_COLUMNS];
    size_t count = 0;
    for (; lk_data_next(&rest, row); count++) {
      char number[16] = "";
      assert_in_range(row[1].len, 1, sizeof number - 1);
      memcpy(number, row[1].ptr, row[1].len);
      assert_float_equal(lk_background_information(lang, row[0]), strtod(number, NULL) / 100, 1e-4F);
      assert_true(lk_background_information(lang, row[0]) < LK_RARE_INFORMATION);
    }
    assert_true(count > 3000);
  }
}

static void a_compound_is_as_rare_as_its_rarest_part(void **state) {
  (void)state;
  lk_term terms[] = {
      {LK_LIT("joululahja"), LK_TERM_LEMMA, 1}, {LK_LIT("joulu"), LK_TERM_PART, 1}, {LK_LIT("lahja"), LK_TERM_PART, 1}};
  lk_word word = {.terms = terms, .term_count = 3};
  double joulu = of(LK_LANG_FI, "joulu"), lahja = of(LK_LANG_FI, "lahja");
  assert_float_equal(of(LK_LANG_FI, "joululahja"), LK_RARE_INFORMATION, 1e-4F);
  assert_float_equal(lk_word_information(LK_LANG_FI, &word), (joulu > lahja ? joulu : lahja), 1e-4F);
  word.term_count = 1;
  assert_float_equal(lk_word_information(LK_LANG_FI, &word), LK_RARE_INFORMATION, 1e-4F);
  terms[1] = (lk_term){LK_LIT("kuusi"), LK_TERM_LEMMA, 1};
  word.term_count = 2;
  assert_float_equal(lk_word_information(LK_LANG_FI, &word), of(LK_LANG_FI, "kuusi"), 1e-4F);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(ordinary_words_say_less_than_rare_ones),
                                     cmocka_unit_test(what_is_not_listed_is_rare), cmocka_unit_test(every_line_is_found),
                                     cmocka_unit_test(a_compound_is_as_rare_as_its_rarest_part)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
