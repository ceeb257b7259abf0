#include "fixture.h"

static lk_lang detect(fixture *f, const char *text, lk_lang prior) {
  lk_language_guess guess;
  assert_int_equal(lk_detect_language(f->analyzer, lk_view_of(text), prior, &guess, &f->err), LK_OK);
  float sum = 0;
  for (int i = 0; i < LK_LANG_COUNT; i++) {
    assert_true(guess.share[i] >= 0 && guess.share[i] <= 1);
    sum += guess.share[i];
  }
  assert_true(sum > .999f && sum < 1.001f);
  return guess.lang;
}

static void check_all(fixture *f, lk_lang lang, const char *const *texts, size_t count) {
  for (size_t i = 0; i < count; i++) {
    lk_lang got = detect(f, texts[i], LK_LANG_NONE);
    if (got != lang) fail_msg("\"%s\" was taken for %s", texts[i], lk_lang_code(got));
  }
}
#define CHECK_ALL(lang, ...)                                         \
  do {                                                               \
    static const char *const texts_[] = {__VA_ARGS__};               \
    check_all(*state, lang, texts_, sizeof texts_ / sizeof *texts_); \
  } while (0)

static void short_finnish_messages_are_finnish(void **state) {
  CHECK_ALL(LK_LANG_FI, "missä paketti", "onks auki", "moi", "paljonko maksaa toimitus", "haluun jutella ihmiselle", "ei toimi",
            "Mis mun tilaus 100234 viipyy, posti 00100", "kengat liian pienet", "rahat takas kiitos", "vaihto isompaan");
}

static void short_swedish_messages_are_swedish(void **state) {
  CHECK_ALL(LK_LANG_SV, "var är paketet", "hur returnerar jag", "hej", "vad kostar frakten", "jag vill ha pengarna tillbaka",
            "när öppnar ni", "jackan passar inte", "hur lange drojer det", "har ni öppet i dag");
}

static void short_english_messages_are_english(void **state) {
  CHECK_ALL(LK_LANG_EN, "where is it", "what is the weather", "hello", "refund please", "wheres my parcel", "can i pay later",
            "my shoes are too small", "are you a robot", "opening hours");
}

static void swedish_of_finland_is_swedish(void **state) {
  CHECK_ALL(LK_LANG_SV, "dom har int kommi än", "va kosta de", "sku ja kunna få en ny", "nå hördu var e mitt paket",
            "kan man betala me kort");
}

static void finnish_with_brands_stays_finnish(void **state) {
  CHECK_ALL(LK_LANG_FI, "MobilePay ei toimi", "voiko maksaa Klarna Pay Later", "Apple Pay kassalla", "DHL Express toimitus",
            "tuleeko Black Friday ale", "Nike Air Max koko 42");
}

static void finnish_without_dots_is_finnish(void **state) {
  CHECK_ALL(LK_LANG_FI, "mita tama maksaa", "en paase kirjautumaan", "voiko taman vaihtaa", "paketti myohassa viikon");
}

static void the_language_of_most_of_a_mixed_message_wins(void **state) {
  CHECK_ALL(LK_LANG_FI, "hej, missä mun paketti on, order 100234");
  CHECK_ALL(LK_LANG_EN, "hei, where can I find the tilausnumero of my order");
}

static void the_conversation_decides_what_the_text_leaves_open(void **state) {
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++) {
    assert_int_equal(detect(*state, "100234", lang), lang);
    assert_int_equal(detect(*state, "", lang), lang);
    assert_int_equal(detect(*state, "😀 ?!", lang), lang);
    assert_int_equal(detect(*state, "anna@example.com", lang), lang);
    assert_int_equal(detect(*state, "MobilePay", lang), lang);
  }
  assert_int_equal(detect(*state, "100234", LK_LANG_NONE), LK_LANG_FI);
}

static void a_clear_message_overrules_the_conversation(void **state) {
  assert_int_equal(detect(*state, "could I speak with a person please", LK_LANG_FI), LK_LANG_EN);
  assert_int_equal(detect(*state, "voisinko puhua suomea", LK_LANG_EN), LK_LANG_FI);
  assert_int_equal(detect(*state, "kan jag få hjälp på svenska", LK_LANG_FI), LK_LANG_SV);
}

static void the_shops_words_speak(void **state) {
  fixture *f = *state;
  teach(f, LK_LANG_SV, "gympadojor");
  assert_int_equal(detect(f, "gympadojor", LK_LANG_NONE), LK_LANG_SV);
}

static void it_works_without_the_dictionary(void **state) {
  fixture *f = *state;
  lk_analyzer_options options = {.no_voikko = true};
  lk_analyzer_free(f->analyzer);
  f->analyzer = lk_analyzer_new(f->vocabulary, &options, &f->err);
  CHECK_ALL(LK_LANG_FI, "missä pakettini on", "paljonko toimitus maksaa");
  CHECK_ALL(LK_LANG_SV, "var är mitt paket");
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(short_finnish_messages_are_finnish),
      TEST(short_swedish_messages_are_swedish),
      TEST(short_english_messages_are_english),
      TEST(swedish_of_finland_is_swedish),
      TEST(finnish_with_brands_stays_finnish),
      TEST(finnish_without_dots_is_finnish),
      TEST(the_language_of_most_of_a_mixed_message_wins),
      TEST(the_conversation_decides_what_the_text_leaves_open),
      TEST(a_clear_message_overrules_the_conversation),
      TEST(the_shops_words_speak),
      TEST(it_works_without_the_dictionary),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
