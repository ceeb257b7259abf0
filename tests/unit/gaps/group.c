/* Questions that share terms fall together, others do not. */
#include "log.h"

static void fails(log_book *log, const char *said) { TURN(log, said, {.type = LK_EVENT_TURN_FALLBACK, SURE(.1)}); }

static const lk_asked_group *group_all(log_book *log, size_t *count) {
  const lk_asked *all[100];
  lk_asked_group *groups;
  read_asked(log);
  assert_true(log->asked.count < 100);
  for (size_t i = 0; i < log->asked.count; i++) all[i] = &log->asked.items[i];
  assert_int_equal(lk_asked_group_all(log->worker, all, log->asked.count, log->arena, &groups, count, &log->err), LK_OK);
  return groups;
}

static void questions_that_share_terms_are_one_group_with_those_terms_as_its_name(void **state) {
  log_book *log = *state;
  fails(log, "myyttekö lahjakortteja");
  fails(log, "mistä lahjakortin saa");
  fails(log, "onko teillä lahjakortti");
  fails(log, "kahvila auki sunnuntaina");
  size_t count;
  const lk_asked_group *groups = group_all(log, &count);
  assert_int_equal(count, 2);
  assert_int_equal(groups[0].count, 3);
  assert_true(groups[0].term_count >= 1);
  assert_view(groups[0].terms[0], "lahjakortti");
  assert_int_equal(groups[1].count, 1);
}

static void the_costliest_group_comes_first(void **state) {
  log_book *log = *state;
  fails(log, "kahvila auki sunnuntaina");
  fails(log, "kahvila auki lauantaina");
  begin_conversation(log);
  fails(log, "lahjakortti");
  TURN(log, "haluan ihmisen", {.type = LK_EVENT_HANDOFF_OPENED, .reason = LK_LIT("asked")});
  agent_writes(log, "Myymme.", "delivery-cost");
  size_t count;
  const lk_asked_group *groups = group_all(log, &count);
  assert_int_equal(count, 2);
  assert_view(groups[0].terms[0], "lahjakortti");
  assert_int_equal(groups[0].failed[LK_FAILURE_HANDED_OFF], 1);
  assert_view(groups[0].used, "delivery-cost");
  assert_int_equal(groups[0].used_count, 1);
  assert_int_equal(groups[1].conversations, 1);
}

static void the_same_words_typed_otherwise_are_shown_once(void **state) {
  log_book *log = *state;
  fails(log, "Myyttekö lahjakortteja?");
  fails(log, "myytteko lahjakortteja");
  size_t count;
  const lk_asked_group *groups = group_all(log, &count);
  assert_int_equal(count, 1);
  assert_int_equal(groups[0].example_count, 1);
}

static void a_look_says_what_the_engine_would_find_now(void **state) {
  log_book *log = *state;
  fails(log, "Kauanko toimitus kestää?");
  const lk_asked *one;
  lk_asked_group *groups;
  size_t count;
  read_asked(log);
  one = &log->asked.items[0];
  assert_int_equal(lk_asked_group_all(log->worker, &one, 1, log->arena, &groups, &count, &log->err), LK_OK);
  assert_int_equal(lk_asked_group_look(log->worker, &groups[0], &log->err), LK_OK);
  assert_non_null(groups[0].nearest);
  assert_view(groups[0].nearest->id, "delivery-time");
  assert_true(groups[0].found);
}

static void nothing_asked_gives_no_groups(void **state) {
  size_t count = 1;
  (void)group_all(*state, &count);
  assert_int_equal(count, 0);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_log, close_log)
  const struct CMUnitTest tests[] = {
      TEST(questions_that_share_terms_are_one_group_with_those_terms_as_its_name),
      TEST(the_costliest_group_comes_first),
      TEST(the_same_words_typed_otherwise_are_shown_once),
      TEST(a_look_says_what_the_engine_would_find_now),
      TEST(nothing_asked_gives_no_groups),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
