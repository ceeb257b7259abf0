#include "fixture.h"

static const char shop[] =
    "Missä tilaukseni on? Tilausnumero on vahvistuksessa. Paljonko toimitus maksaa? Palautus on ilmainen. Palautusoikeus "
    "myöhässä paketti noutopiste lähetys seuranta alennuskoodi lahjakortti asiakaspalvelu toimitusaika viallinen takki "
    "maksaako voiko palauttaa vaihtaa väri pää väärä";

static int set_up_shop(void **state) {
  if (set_up(state)) return -1;
  fixture *f = *state;
  teach(f, LK_LANG_FI, shop);
  return lk_vocabulary_freeze(f->vocabulary, &f->err) ? -1 : 0;
}

static lk_analysis repaired(fixture *f, const char *text) { return analyse(f, LK_LANG_FI, text, LK_ANALYZE_REPAIR); }

static void check(fixture *f, const char *typed, const char *form, lk_repair repair) {
  lk_analysis analysis = repaired(f, typed);
  assert_true(analysis.count > 0);
  assert_view(analysis.words[0].form, form);
  assert_int_equal(analysis.words[0].repair, repair);
}

static void spoken_forms_are_read_from_the_table(void **state) {
  check(*state, "oisko", "olisiko", LK_REPAIR_SPOKEN);
  check(*state, "mun", "minun", LK_REPAIR_SPOKEN);
  check(*state, "teiän", "teidän", LK_REPAIR_SPOKEN);
  check(*state, "onks", "onko", LK_REPAIR_SPOKEN);
}

static void regular_spoken_endings_are_read_by_rule(void **state) {
  static const char *const pairs[][2] = {{"palauttaaks", "palauttaako"},
                                         {"vaihtaisko", "vaihtaisiko"},
                                         {"viallisii", "viallisia"},
                                         {"paketis", "paketissa"},
                                         {"noutopisteest", "noutopisteestä"},
                                         {"lähetyksel", "lähetyksellä"},
                                         {"palauttanu", "palauttanut"},
                                         {"takkii", "takkia"},
                                         {"tilaukse", "tilauksen"},
                                         {"palautukse", "palautuksen"},
                                         {"osote", "osoite"}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    lk_analysis analysis = repaired(*state, pairs[i][0]);
    lk_analysis standard = repaired(*state, pairs[i][1]);
    assert_int_equal(analysis.words[0].repair, LK_REPAIR_SPOKEN);
    if (!lk_view_eq(analysis.words[0].lemmas[0], standard.words[0].lemmas[0]))
      fail_msg("%s was read as %.*s", pairs[i][0], LK_FMT(analysis.words[0].form));
  }
}

static void editors_text_is_taken_as_it_is_but_for_spoken_forms(void **state) {
  lk_analysis analysis = analyse(*state, LK_LANG_FI, "oisko tialus missäään", 0);
  assert_int_equal(analysis.words[0].repair, LK_REPAIR_SPOKEN);
  assert_int_equal(analysis.words[1].repair, LK_REPAIR_NONE);
  assert_view(analysis.words[1].form, "tialus");
  assert_false(analysis.words[1].known);
  assert_int_equal(analysis.words[2].repair, LK_REPAIR_NONE);
}

static void the_shops_own_spoken_form_wins(void **state) {
  fixture *f = *state;
  assert_int_equal(
      lk_vocabulary_add_spoken(f->vocabulary, LK_LANG_FI, LK_LIT("Vetskari"), LK_LIT("metallinen vetoketju"), &f->err), LK_OK);
  lk_analysis analysis = repaired(f, "vetskari");
  assert_int_equal(analysis.words[0].repair, LK_REPAIR_SPOKEN);
  assert_true(has_lemma(&analysis.words[0], "vetoketju") && has_lemma(&analysis.words[0], "metallinen"));
  assert_int_equal(lk_vocabulary_add_spoken(f->vocabulary, LK_LANG_FI, LK_LIT("kaksi sanaa"), LK_LIT("x"), &f->err),
                   LK_ERR_INPUT);
}

static void elongated_words_are_shortened(void **state) {
  check(*state, "missääääää", "missä", LK_REPAIR_ELONGATION);
  check(*state, "tuleeeeee", "tulee", LK_REPAIR_ELONGATION);
  check(*state, "pakettttiiii", "paketti", LK_REPAIR_ELONGATION);
}

static void dots_come_back(void **state) {
  check(*state, "myohassa", "myöhässä", LK_REPAIR_DOTS);
  check(*state, "lahetys", "lähetys", LK_REPAIR_DOTS);
  check(*state, "pystyyko", "pystyykö", LK_REPAIR_DOTS);
  check(*state, "tyopaivana", "työpäivänä", LK_REPAIR_DOTS);
}

static void a_word_that_is_one_gets_its_dotted_reading_besides(void **state) {
  lk_analysis analysis = repaired(*state, "vaara takki");
  assert_int_equal(analysis.words[0].repair, LK_REPAIR_NONE);
  assert_true(has_lemma(&analysis.words[0], "väärä"));
  assert_true(analysis.words[0].lemma_count > 1);
  /* where the writer does have dots, a word without them is meant */
  analysis = repaired(*state, "vaara pää");
  assert_false(has_lemma(&analysis.words[0], "väärä"));
}

static void misspellings_go_to_the_shops_words(void **state) {
  static const char *const pairs[][2] = {{"tialus", "tilaus"},
                                         {"paketi", "paketti"},
                                         {"pakettti", "paketti"},
                                         {"alennuskodi", "alennuskoodi"},
                                         {"lahjakorttti", "lahjakortti"},
                                         {"noutopitse", "noutopiste"},
                                         {"toimitusaiak", "toimitusaika"},
                                         {"asiakaspalveliu", "asiakaspalvelu"}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    lk_analysis analysis = repaired(*state, pairs[i][0]);
    if (!has_lemma(&analysis.words[0], pairs[i][1])) fail_msg("%s was read as %.*s", pairs[i][0], LK_FMT(analysis.words[0].form));
    assert_int_not_equal(analysis.words[0].repair, LK_REPAIR_NONE);
  }
}

static void a_compound_by_chance_is_a_misspelling(void **state) {
  /* the dictionary reads lahja + krotti */
  lk_analysis analysis = repaired(*state, "lahjakrotti hevoskärry");
  assert_int_equal(analysis.words[0].repair, LK_REPAIR_SPELLING);
  assert_view(analysis.words[0].form, "lahjakortti");
  assert_int_equal(analysis.words[1].repair, LK_REPAIR_NONE);
}

static void inflected_misspellings_go_through_the_dictionary(void **state) {
  /* the shop has "lahjakortti", but not this form of it */
  lk_analysis analysis = repaired(*state, "lahjakortissani lahjakotrissani");
  assert_int_equal(analysis.words[0].repair, LK_REPAIR_NONE);
  assert_int_equal(analysis.words[1].repair, LK_REPAIR_SPELLING);
  assert_true(has_lemma(&analysis.words[1], "lahjakortti"));
}

static void what_holds_a_digit_is_never_repaired(void **state) {
  lk_analysis analysis = repaired(*state, "pakett1 100235 #tialus2 24/7");
  for (size_t i = 0; i < analysis.count; i++) assert_int_equal(analysis.words[i].repair, LK_REPAIR_NONE);
}

static void a_name_in_a_sentence_is_not_corrected(void **state) {
  lk_analysis analysis = repaired(*state, "tilasin merkin Takkia Vahkola takin");
  assert_int_equal(analysis.words[3].repair, LK_REPAIR_NONE);
}

static void known_words_are_left_alone(void **state) {
  lk_analysis analysis = repaired(*state, "hevonen juoksi metsässä nopeasti takista");
  for (size_t i = 0; i < analysis.count; i++) assert_int_equal(analysis.words[i].repair, LK_REPAIR_NONE);
}

static void words_run_together_are_parted(void **state) {
  lk_analysis analysis = repaired(*state, "maksaakopalautus");
  assert_int_equal(analysis.words[0].repair, LK_REPAIR_SPLIT);
  assert_view(analysis.words[0].form, "maksaako palautus");
  assert_true(has_lemma(&analysis.words[0], "maksaa") && has_lemma(&analysis.words[0], "palautus"));
}

static void a_compound_torn_apart_is_joined(void **state) {
  lk_analysis analysis = repaired(*state, "mikä on tilaus numero");
  assert_int_equal(analysis.words[2].repair, LK_REPAIR_JOIN);
  assert_view(analysis.words[2].form, "tilausnumero");
  assert_true(has_lemma(&analysis.words[2], "tilausnumero"));
  assert_int_equal(analysis.words[3].repair, LK_REPAIR_JOIN);
  assert_int_equal(analysis.words[3].term_count, 0);
  analysis = repaired(*state, "takki paketti");
  assert_int_equal(analysis.words[0].repair, LK_REPAIR_NONE);
}

static void swedish_and_english_are_repaired_to_what_the_shop_knows(void **state) {
  fixture *f = *state;
  teach(f, LK_LANG_SV, "Var är min beställning? Vad kostar leveransen? returnera återbetalning");
  teach(f, LK_LANG_EN, "Where is my order? How much does delivery cost? refund parcel package");
  lk_analysis analysis = analyse(f, LK_LANG_SV, "bestallning", LK_ANALYZE_REPAIR);
  assert_int_equal(analysis.words[0].repair, LK_REPAIR_DOTS);
  assert_view(analysis.words[0].form, "beställning");
  analysis = analyse(f, LK_LANG_SV, "reutrnera", LK_ANALYZE_REPAIR);
  assert_view(analysis.words[0].form, "returnera");
  analysis = analyse(f, LK_LANG_EN, "wheres my pacakge and delviery", LK_ANALYZE_REPAIR);
  assert_int_equal(analysis.words[0].repair, LK_REPAIR_SPOKEN);
  assert_view(analysis.words[2].form, "package");
  assert_view(analysis.words[4].form, "delivery");
  /* an unknown word is mostly just a word */
  analysis = analyse(f, LK_LANG_EN, "barcel border", LK_ANALYZE_REPAIR);
  assert_int_equal(analysis.words[0].repair, LK_REPAIR_NONE);
  assert_int_equal(analysis.words[1].repair, LK_REPAIR_NONE);
}

static void repairs_follow_a_growing_vocabulary(void **state) {
  fixture *f = *state;
  lk_analysis analysis = analyse(f, LK_LANG_EN, "warrnaty", LK_ANALYZE_REPAIR);
  assert_int_equal(analysis.words[0].repair, LK_REPAIR_NONE);
  teach(f, LK_LANG_EN, "warranty");
  analysis = analyse(f, LK_LANG_EN, "warrnaty", LK_ANALYZE_REPAIR);
  assert_view(analysis.words[0].form, "warranty");
}

static void without_the_dictionary_repairs_still_go_to_the_shops_words(void **state) {
  fixture *f = *state;
  lk_analyzer_options options = {.no_voikko = true};
  lk_analyzer *bare = lk_analyzer_new(f->vocabulary, &options, &f->err);
  lk_analysis analysis;
  assert_int_equal(
      lk_analyze(bare, LK_LANG_FI, LK_LIT("oisko noutopitse myohassa"), LK_ANALYZE_REPAIR, f->arena, &analysis, &f->err), LK_OK);
  assert_view(analysis.words[0].form, "olisiko");
  assert_view(analysis.words[1].form, "noutopiste");
  assert_view(analysis.words[2].form, "myöhässä");
  lk_analyzer_free(bare);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up_shop, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(spoken_forms_are_read_from_the_table),
      TEST(regular_spoken_endings_are_read_by_rule),
      TEST(editors_text_is_taken_as_it_is_but_for_spoken_forms),
      TEST(the_shops_own_spoken_form_wins),
      TEST(elongated_words_are_shortened),
      TEST(dots_come_back),
      TEST(a_word_that_is_one_gets_its_dotted_reading_besides),
      TEST(misspellings_go_to_the_shops_words),
      TEST(a_compound_by_chance_is_a_misspelling),
      TEST(inflected_misspellings_go_through_the_dictionary),
      TEST(what_holds_a_digit_is_never_repaired),
      TEST(a_name_in_a_sentence_is_not_corrected),
      TEST(known_words_are_left_alone),
      TEST(words_run_together_are_parted),
      TEST(a_compound_torn_apart_is_joined),
      TEST(swedish_and_english_are_repaired_to_what_the_shop_knows),
      TEST(repairs_follow_a_growing_vocabulary),
      TEST(without_the_dictionary_repairs_still_go_to_the_shops_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
