#include "text/spelling.h"

#include "fixture.h"
#include "text/normalise.h"

static unsigned distance(const char *a, const char *b, unsigned limit) {
  uint32_t left[64], right[64];
  size_t n = lk_decode(lk_view_of(a), left, 64), m = lk_decode(lk_view_of(b), right, 64);
  return lk_edit_distance(left, n, right, m, limit);
}

static float slip(const char *typed, const char *meant) {
  uint32_t left[64], right[64];
  size_t n = lk_decode(lk_view_of(typed), left, 64), m = lk_decode(lk_view_of(meant), right, 64);
  return lk_slip_cost(left, n, right, m);
}

static void edits_are_counted_over_letters(void **state) {
  (void)state;
  assert_int_equal(distance("tilaus", "tilaus", 2), 0);
  assert_int_equal(distance("tialus", "tilaus", 2), 1);
  assert_int_equal(distance("tilas", "tilaus", 2), 1);
  assert_int_equal(distance("myöhässä", "myohassä", 2), 2);
  assert_int_equal(distance("", "ab", 2), 2);
  assert_int_equal(distance("abc", "xyz", 2), 3);
}

/* All pairs of short words over three letters, against the plain recursion of the definition. */
static unsigned naive(const char *a, size_t n, const char *b, size_t m) {
  if (!n || !m) return (unsigned)(n + m);
  unsigned best = naive(a, n - 1, b, m) + 1, other = naive(a, n, b, m - 1) + 1;
  if (other < best) best = other;
  other = naive(a, n - 1, b, m - 1) + (a[n - 1] != b[m - 1]);
  if (other < best) best = other;
  if (n > 1 && m > 1 && a[n - 1] == b[m - 2] && a[n - 2] == b[m - 1] && (other = naive(a, n - 2, b, m - 2) + 1) < best)
    best = other;
  return best;
}

static void word_of(unsigned number, char *out) {
  for (; number; number /= 4)
    if (number % 4) *out++ = (char)('a' + number % 4 - 1);
  *out = '\0';
}

static void distances_agree_with_their_definition(void **state) {
  (void)state;
  char a[8], b[8];
  for (unsigned i = 0; i < 256; i++)
    for (unsigned j = 0; j < 256; j += 3) {
      word_of(i, a);
      word_of(j, b);
      unsigned true_distance = naive(a, strlen(a), b, strlen(b));
      assert_int_equal(distance(a, b, 2), true_distance > 2 ? 3 : true_distance);
    }
}

static void one_edit_changes_two_letters_of_the_bag_at_most(void **state) {
  (void)state;
  uint64_t x = lk_letter_bag(LK_LIT("palautus")) ^ lk_letter_bag(LK_LIT("pelautus"));
  assert_true(__builtin_popcountll(x) <= 2);
  assert_true(lk_letter_bag(LK_LIT("tialus")) == lk_letter_bag(LK_LIT("tilaus")));
}

static void slips_of_fingers_cost_less(void **state) {
  (void)state;
  assert_true(slip("tilsus", "tilaus") < slip("tilmus", "tilaus"));   /* s is beside a */
  assert_true(slip("tialus", "tilaus") < slip("tilmus", "tilaus"));   /* exchanged */
  assert_true(slip("tilauus", "tilaus") < slip("tilauks", "tilaus")); /* doubled */
  assert_true(slip("myohässä", "myöhässä") < slip("myuhässä", "myöhässä"));
  assert_true(slip("tilaks", "tilaus") < slip("bilaus", "tilaus"));
}

/* ---- near targets ---- */

/* Words over few letters of all lengths to 12, so that many are near to one another. */
static void random_word(unsigned *seed, char *out) {
  *seed = *seed * 1103515245u + 12345u;
  for (unsigned length = 1 + (*seed >> 16) % 12; length; length--) {
    *seed = *seed * 1103515245u + 12345u;
    unsigned letter = (*seed >> 16) % 4;
    if (letter == 3) *out++ = '\xC3';
    *out++ = "abk\xA4"[letter];
  }
  *out = '\0';
}

static void the_table_finds_the_same_target_as_a_look_at_all(void **state) {
  (void)state;
  lk_error err;
  lk_vocabulary *plain = lk_vocabulary_new(&err), *frozen = lk_vocabulary_new(&err);
  unsigned seed = 7, found = 0;
  char word[32];
  for (int i = 0; i < 3000; i++) {
    random_word(&seed, word);
    for (unsigned times = 1 + seed % 3; times; times--) {
      lk_word added = {.token = {.kind = LK_TOKEN_WORD}, .form = lk_view_of(word)};
      assert_int_equal(lk_vocabulary_add_word(plain, LK_LANG_EN, &added, &err), LK_OK);
      assert_int_equal(lk_vocabulary_add_word(frozen, LK_LANG_EN, &added, &err), LK_OK);
    }
  }
  assert_int_equal(lk_vocabulary_freeze(frozen, &err), LK_OK);
  const lk_shelf *all = &plain->shelves[LK_LANG_EN], *table = &frozen->shelves[LK_LANG_EN];
  assert_true(table->near_buckets && !all->near_buckets);
  for (int i = 0; i < 6000; i++) {
    random_word(&seed, word);
    unsigned limit = 1 + (unsigned)i % 2;
    float dearest = i % 5 ? 2.5f : .7f;
    const lk_target *one = lk_nearest_target(all, lk_view_of(word), limit, dearest);
    const lk_target *other = lk_nearest_target(table, lk_view_of(word), limit, dearest);
    lk_view nearest = one ? lk_target_form(all, one) : LK_LIT("nothing"),
            met = other ? lk_target_form(table, other) : LK_LIT("nothing");
    if (!lk_view_eq(nearest, met)) fail_msg("%s is near to %.*s, but %.*s was found", word, LK_FMT(nearest), LK_FMT(met));
    found += one != NULL;
  }
  assert_true(found > 3000);
  lk_vocabulary_free(plain);
  lk_vocabulary_free(frozen);
}

static void a_target_that_comes_after_the_table_is_found_too(void **state) {
  (void)state;
  lk_error err;
  lk_vocabulary *vocabulary = lk_vocabulary_new(&err);
  assert_int_equal(lk_vocabulary_freeze(vocabulary, &err), LK_OK);
  lk_word added = {.token = {.kind = LK_TOKEN_WORD}, .form = LK_LIT("warranty")};
  assert_int_equal(lk_vocabulary_add_word(vocabulary, LK_LANG_EN, &added, &err), LK_OK);
  const lk_target *target = lk_nearest_target(&vocabulary->shelves[LK_LANG_EN], LK_LIT("warrnaty"), 1, 2);
  assert_non_null(target);
  assert_true(lk_view_eq(lk_target_form(&vocabulary->shelves[LK_LANG_EN], target), LK_LIT("warranty")));
  lk_vocabulary_free(vocabulary);
}

static void slips_are_undone_towards_known_beginnings_and_endings(void **state) {
  (void)state;
  lk_error err;
  lk_vocabulary *vocabulary = lk_vocabulary_new(&err);
  for (int i = 0; i < 2; i++) {
    lk_word added = {.token = {.kind = LK_TOKEN_WORD}, .form = i ? LK_LIT("lahjakortti") : LK_LIT("tilauksessani")};
    assert_int_equal(lk_vocabulary_add_word(vocabulary, LK_LANG_EN, &added, &err), LK_OK);
  }
  assert_int_equal(lk_vocabulary_freeze(vocabulary, &err), LK_OK);
  lk_undone undone[4];
  const lk_shelf *shelf = &vocabulary->shelves[LK_LANG_EN];
  assert_int_equal(lk_undo_slips(shelf, LK_LIT("lahajkortin"), undone, 4), 1);
  assert_int_equal(undone[0].count, 11);
  assert_int_equal(undone[0].letters[3], 'j');
  assert_int_equal(lk_undo_slips(shelf, LK_LIT("lahjakortissain"), undone, 4), 1);
  assert_int_equal(undone[0].letters[14], 'i');
  assert_int_equal(lk_undo_slips(shelf, LK_LIT("xyzzyxyzzy"), undone, 4), 0);
  lk_vocabulary_free(vocabulary);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(edits_are_counted_over_letters),
      cmocka_unit_test(distances_agree_with_their_definition),
      cmocka_unit_test(one_edit_changes_two_letters_of_the_bag_at_most),
      cmocka_unit_test(slips_of_fingers_cost_less),
      cmocka_unit_test(the_table_finds_the_same_target_as_a_look_at_all),
      cmocka_unit_test(a_target_that_comes_after_the_table_is_found_too),
      cmocka_unit_test(slips_are_undone_towards_known_beginnings_and_endings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
