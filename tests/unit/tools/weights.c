#include "weights.h"

#include <stdlib.h>

#include "hand.h"

static void weights_are_read_by_name(void **state) {
  (void)state;
  lk_weights weights = lk_weights_entries;
  assert_true(lk_weights_read("word-title=0.5,b-body=1,gram-body=0", &weights));
  assert_near(weights.score[LK_CLASS_WORD][LK_FIELD_TITLE], .5);
  assert_near(weights.b[LK_FIELD_BODY], 1);
  assert_near(weights.score[LK_CLASS_GRAM][LK_FIELD_BODY], 0);
  assert_near(weights.k1, lk_weights_entries.k1);
}

static void what_is_no_weight_or_lies_out_of_bounds_is_refused(void **state) {
  (void)state;
  static const char *const wrong[] = {"words=1",   "k1",    "k1=", "k1=x",         "k1=nan", "b-title=1.5",
                                      "b-body=-1", "k1=1;", "=1",  "k1=1,,part=1", "k1=0"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    lk_weights weights = lk_weights_entries;
    if (lk_weights_read(wrong[i], &weights)) fail_msg("'%s' was taken", wrong[i]);
  }
}

static void each_named_weight_is_another_one(void **state) {
  (void)state;
  for (size_t w = 0; w < lk_weights_count(); w++) {
    lk_weights weights = lk_weights_entries;
    assert_true(lk_weight_set(&weights, w, 1.0f));
    for (size_t other = 0; other < lk_weights_count(); other++)
      assert_near(lk_weight_get(&weights, other), other == w ? 1.0f : lk_weight_get(&lk_weights_entries, other));
  }
}

static void they_are_printed_as_a_table_of_c(void **state) {
  (void)state;
  lk_weights weights = lk_weights_entries;
  weights.score[LK_CLASS_WORD][LK_FIELD_TITLE] = .143f;
  weights.part = 1;
  char *text = NULL;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  assert_non_null(out);
  lk_weights_print(&weights, out);
  assert_int_equal(fclose(out), 0);
  assert_non_null(strstr(text, "[LK_CLASS_WORD] = {.143f, "));
  assert_non_null(strstr(text, "    .part = 1.0f,\n"));
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(weights_are_read_by_name),
      cmocka_unit_test(what_is_no_weight_or_lies_out_of_bounds_is_refused),
      cmocka_unit_test(each_named_weight_is_another_one),
      cmocka_unit_test(they_are_printed_as_a_table_of_c),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
