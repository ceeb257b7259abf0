#include "gold.h"

#include <stdlib.h>
#include <unistd.h>

#include "hand.h"

static bool read_text(const char *text, lk_lang lang, lk_gold_set *out) {
  char path[] = "/tmp/luukku_gold_XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  size_t length = strlen(text);
  assert_true(write(fd, text, length) == (ssize_t)length && close(fd) == 0);
  const char *paths[] = {path};
  bool fine = lk_gold_read("test", paths, 1, lang, out);
  (void)unlink(path);
  return fine;
}

static void a_file_has_questions_with_labels(void **state) {
  (void)state;
  lk_gold_set set;
  assert_true(
      read_text("id\ttext\tlabel\talso\tstyle\n"
                "a\twhere is it\t@order.status\tdelivery,@handoff\tstory\n"
                "b\thello\t@chat\t\tchat\n"
                "c\tsell me a car\tnone\t\tnone\n"
                "d\ta human\t@handoff\t\tintent\n",
                LK_LANG_EN, &set));
  assert_int_equal(set.count, 4);
  assert_int_equal(set.items[0].kind, LK_GOLD_ENTRY);
  assert_int_equal(set.items[0].also_count, 2);
  assert_int_equal(set.items[0].lang, LK_LANG_EN);
  assert_int_equal(set.items[1].kind, LK_GOLD_CHAT);
  assert_int_equal(set.items[2].kind, LK_GOLD_NONE);
  assert_int_equal(set.items[3].kind, LK_GOLD_HANDOFF);
  assert_true(lk_gold_right(&set.items[0], &hand_status));
  assert_true(lk_gold_right(&set.items[0], &hand_delivery));
  assert_true(lk_gold_right(&set.items[0], &hand_person));
  assert_false(lk_gold_right(&set.items[0], &hand_returns));
  assert_false(lk_gold_right(&set.items[0], NULL));
  assert_true(lk_gold_right(&set.items[1], &hand_hello));
  assert_true(lk_gold_wants_person(&set.items[0]));
  assert_true(lk_gold_wants_person(&set.items[3]));
  assert_false(lk_gold_wants_person(&set.items[1]));
  lk_gold_free(&set);
}

static void what_is_no_file_of_questions_is_refused(void **state) {
  (void)state;
  lk_gold_set set;
  assert_false(read_text("", LK_LANG_NONE, &set));
  assert_false(read_text("one\ttwo\n", LK_LANG_NONE, &set));
  assert_false(read_text("id\ttext\tlabel\talso\tstyle\na\t\treturns\t\tplain\n", LK_LANG_NONE, &set));
}

static void a_files_name_tells_its_language(void **state) {
  (void)state;
  assert_int_equal(lk_gold_lang("questions_fi.tsv"), LK_LANG_FI);
  assert_int_equal(lk_gold_lang("a/b_en/questions-sv.tsv"), LK_LANG_SV);
  assert_int_equal(lk_gold_lang("en.tsv"), LK_LANG_EN);
  assert_int_equal(lk_gold_lang("questions.tsv"), LK_LANG_NONE);
  assert_int_equal(lk_gold_lang("fi/questions"), LK_LANG_NONE);
  assert_int_equal(lk_gold_lang(""), LK_LANG_NONE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_has_questions_with_labels),
      cmocka_unit_test(what_is_no_file_of_questions_is_refused),
      cmocka_unit_test(a_files_name_tells_its_language),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
