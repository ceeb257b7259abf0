#include "text/normalise.h"

#include "base/utf8.h"
#include "fixture.h"

static lk_buffer buffer;

static lk_view normal(const char *word) {
  lk_buffer_clear(&buffer);
  lk_normalise(lk_view_of(word), &buffer);
  return lk_buffer_view(&buffer);
}

static lk_view folded(const char *form) {
  lk_buffer_clear(&buffer);
  lk_fold(lk_view_of(form), &buffer);
  return lk_buffer_view(&buffer);
}

static void case_and_composition_do_not_matter(void **state) {
  (void)state;
  assert_view(normal("TÄNÄÄN"), "tänään");
  assert_view(normal("myo\xCC\x88ha\xCC\x88ssa\xCC\x88"), "myöhässä");
  assert_view(normal("A\xCC\x8A"), "å");
  assert_view(normal("ŠAKKI"), "šakki");
}

static void what_cannot_be_seen_goes(void **state) {
  (void)state;
  assert_view(normal("toimitus\xC2\xAD"
                     "aika"),
              "toimitusaika");
  assert_view(normal("\xE2\x80\x8Etilaus\xE2\x80\x8F\x01\xFF"), "tilaus");
  assert_view(normal("S\xE2\x80\x91ryhmä"), "s-ryhmä");
  assert_view(normal("raa\xE2\x80\x99"
                     "an"),
              "raa'an");
}

static void marks_on_a_letter_are_few(void **state) {
  (void)state;
  char word[20002] = "a";
  for (size_t i = 1; i + 1 < sizeof word - 1; i += 2) memcpy(word + i, "\xCC\x81", 2);
  lk_view form = normal(word);
  assert_true(form.len <= 8);
  assert_true(lk_utf8_valid(form));
}

static void a_word_without_end_is_cut(void **state) {
  (void)state;
  static char word[5000];
  memset(word, 'a', sizeof word - 1);
  assert_int_equal(normal(word).len, LK_WORD_LIMIT);
}

static void folding_takes_the_dots_off(void **state) {
  (void)state;
  assert_view(folded("myöhässä"), "myohassa");
  assert_view(folded("åéšñ"), "aesn");
  assert_view(folded("abc-1"), "abc-1");
}

static int free_buffer(void **state) {
  (void)state;
  lk_buffer_free(&buffer);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(case_and_composition_do_not_matter), cmocka_unit_test(what_cannot_be_seen_goes),
      cmocka_unit_test(marks_on_a_letter_are_few),          cmocka_unit_test(a_word_without_end_is_cut),
      cmocka_unit_test(folding_takes_the_dots_off),
  };
  return cmocka_run_group_tests(tests, NULL, free_buffer);
}
