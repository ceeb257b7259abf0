#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "luukku/identity.h"
#include "orders/days.h"
#include "orders/fold.h"
#include "orders/name_index.h"

static void assert_folds(const char *text, bool spaces, const char *expected) {
  char out[256];
  size_t len = lk_fold_proof(lk_view_of(text), spaces, out, sizeof out);
  assert_int_equal(len, strlen(expected));
  assert_memory_equal(out, expected, len);
}

static void folding_takes_off_case_accents_and_spaces(void **state) {
  (void)state;
  assert_folds(" Äiti Öljyä ÅÅ ", false, "aitioljyaaa");
  assert_folds("ÀÝßÿøÐÞæ×", false, "aysyodta×");
  assert_folds("Łódź Čapek Žižka Şık ŉ ſ", false, "lodzcapekzizkasikns");
  assert_folds("  Päivä-reppu  28 l! ", true, "paiva reppu 28 l");
  assert_folds("東京 \xFF", false, "東京\xFF");
  assert_folds("", true, "");
}

static void folding_says_when_there_is_no_room(void **state) {
  (void)state;
  char out[4];
  assert_int_equal(lk_fold_proof(LK_LIT("abcd"), false, out, sizeof out), 4);
  assert_int_equal(lk_fold_proof(LK_LIT("abcde"), false, out, sizeof out), SIZE_MAX);
  assert_int_equal(lk_fold_proof(LK_LIT("ab cd"), true, out, sizeof out), SIZE_MAX);
}

static void proofs_that_are_empty_or_too_long_agree_with_nothing(void **state) {
  (void)state;
  static char large[2000];
  memset(large, 'a', sizeof large - 1);
  assert_true(lk_proof_equal(LK_LIT("Ä 1"), LK_LIT("a1")));
  assert_false(lk_proof_equal(LK_LIT(""), LK_LIT("")));
  assert_false(lk_proof_equal(LK_LIT(" "), LK_LIT("\xC2\xA0")));
  assert_false(lk_proof_equal(lk_view_of(large), lk_view_of(large)));
  assert_false(lk_proof_equal(LK_LIT("a"), LK_LIT("b")));
}

static void a_day_ends_at_midnight_in_finland(void **state) {
  (void)state;
  assert_int_equal(lk_day_start(1794996000), 1794952800);  /* 18 November 2026, 00:00 +0200 */
  assert_int_equal(lk_day_end(1794996000, 0), 1795039199); /* 23:59:59 */
  assert_int_equal(lk_day_start(1794952799), 1794866400);  /* the second before belongs to the 17th */
  assert_int_equal(lk_day_end(1782000000, 0), 1782075599); /* 21 June 2026, +0300 */
}

static void deadlines_keep_their_hour_when_the_clocks_change(void **state) {
  (void)state;
  /* 20 October 2026, 12:00 +0300; ten days later it is +0200 */
  assert_int_equal(lk_day_end(1792486800, 10), 1793397599);
  /* 28 March 2026, 12:00 +0200; the next day ends in +0300 */
  assert_int_equal(lk_day_end(1774692000, 1), 1774817999);
}

static void months_end_with_the_month(void **state) {
  (void)state;
  assert_int_equal(lk_month_end(1769853600, 1), 1772315999);  /* 31 January 2026 + 1 → 28 February */
  assert_int_equal(lk_month_end(1794996000, 24), 1858197599); /* 18 November 2028 */
}

static void impossible_times_are_no_trap(void **state) {
  (void)state;
  (void)lk_day_end(INT64_MAX, 30);
  (void)lk_day_end(INT64_MIN, 30);
  (void)lk_month_end(INT64_MAX, 1200);
}

static lk_name_index *index_of(const char *const *names, size_t count) {
  lk_name_index *index = lk_name_index_new();
  for (size_t i = 0; i < count; i++) {
    char key[16];
    (void)snprintf(key, sizeof key, "K%zu", i);
    assert_true(lk_name_index_add(index, lk_view_of(key), lk_view_of(names[i]), LK_LIT("")));
  }
  assert_true(lk_name_index_freeze(index));
  return index;
}

static void the_very_name_scores_one_and_a_misspelt_one_less(void **state) {
  (void)state;
  static const char *const names[] = {"Otsalamppu", "Otsalampun akku", "Teltta"};
  lk_name_index *index = index_of(names, 3);
  lk_name_hit hits[3];
  assert_true(lk_name_index_search(index, LK_LIT("otsalamppu"), 0.1, hits, 3) >= 1);
  assert_int_equal(hits[0].name, 0);
  assert_true(hits[0].score == 1);
  assert_true(lk_name_index_search(index, LK_LIT("otsalanppu"), 0.1, hits, 3) >= 1);
  assert_int_equal(hits[0].name, 0);
  assert_true(hits[0].score < 1);
  lk_name_index_free(index);
  lk_name_index_free(NULL);
}

static void a_key_is_found_as_a_word_only(void **state) {
  (void)state;
  static const char *const names[] = {"Teltta", "Reppu"};
  lk_name_index *index = index_of(names, 2);
  lk_name_hit hits[2];
  assert_int_equal(lk_name_index_search(index, LK_LIT("tuote k1, kiitos"), 0.5, hits, 2), 1);
  assert_int_equal(hits[0].name, 1);
  assert_int_equal(lk_name_index_search(index, LK_LIT("k10 k2"), 0.5, hits, 2), 0);
  lk_name_index_free(index);
}

static void an_index_of_nothing_finds_nothing(void **state) {
  (void)state;
  lk_name_index *index = index_of(NULL, 0);
  lk_name_hit hits[2];
  assert_int_equal(lk_name_index_search(index, LK_LIT("teltta"), 0, hits, 2), 0);
  lk_name_index_free(index);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(folding_takes_off_case_accents_and_spaces),
      cmocka_unit_test(folding_says_when_there_is_no_room),
      cmocka_unit_test(proofs_that_are_empty_or_too_long_agree_with_nothing),
      cmocka_unit_test(a_day_ends_at_midnight_in_finland),
      cmocka_unit_test(deadlines_keep_their_hour_when_the_clocks_change),
      cmocka_unit_test(months_end_with_the_month),
      cmocka_unit_test(impossible_times_are_no_trap),
      cmocka_unit_test(the_very_name_scores_one_and_a_misspelt_one_less),
      cmocka_unit_test(a_key_is_found_as_a_word_only),
      cmocka_unit_test(an_index_of_nothing_finds_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
