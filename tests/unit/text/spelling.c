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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(edits_are_counted_over_letters),
      cmocka_unit_test(distances_agree_with_their_definition),
      cmocka_unit_test(one_edit_changes_two_letters_of_the_bag_at_most),
      cmocka_unit_test(slips_of_fingers_cost_less),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
