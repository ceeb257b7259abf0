/* What the events of conversations say about each question. */
#include "log.h"

#define FAILED(f) (1u << LK_FAILURE_##f)

static void a_sure_answer_serves(void **state) {
  log_book *log = *state;
  TURN(log, "kauanko kestää", {.type = LK_EVENT_TURN_ANSWERED, ENTRY("delivery-time"), SURE(.95)});
  read_asked(log);
  assert_int_equal(log->asked.count, 1);
  assert_true(lk_asked_served(asked_of(log, "kauanko kestää")));
  assert_int_equal(asked_of(log, "kauanko kestää")->failures, 0);
}

static void a_hardly_sure_answer_is_doubted_but_serves(void **state) {
  log_book *log = *state;
  TURN(log, "kauanko kestää", {.type = LK_EVENT_TURN_ANSWERED, ENTRY("delivery-time"), SURE(.85)});
  read_asked(log);
  assert_int_equal(asked_of(log, "kauanko kestää")->failures, FAILED(DOUBTED));
  assert_true(lk_asked_served(asked_of(log, "kauanko kestää")));
}

static void a_choice_taken_says_what_was_meant_and_is_no_question(void **state) {
  log_book *log = *state;
  TURN(log, "postin vauhti", {.type = LK_EVENT_TURN_CLARIFIED, ENTRY("delivery-cost"), SURE(.4)});
  TURN(log, "Mikä on toimitusaika?", {.type = LK_EVENT_TURN_CHOSEN, ENTRY("delivery-time"), .has_number = true, .number = 2},
       {.type = LK_EVENT_TURN_REPAIRED, ENTRY("delivery-time")},
       {.type = LK_EVENT_TURN_ANSWERED, ENTRY("delivery-time"), SURE(1)});
  read_asked(log);
  assert_int_equal(log->asked.count, 1);
  assert_view(asked_of(log, "postin vauhti")->chosen, "delivery-time");
  assert_true(lk_asked_served(asked_of(log, "postin vauhti")));
}

static void choices_that_nobody_takes_are_a_failure(void **state) {
  log_book *log = *state;
  TURN(log, "postin vauhti", {.type = LK_EVENT_TURN_CLARIFIED, ENTRY("delivery-cost"), SURE(.4)});
  TURN(log, "Jokin muu", {.type = LK_EVENT_TURN_CHOSEN, .has_number = true, .number = 0});
  read_asked(log);
  assert_int_equal(log->asked.count, 1);
  assert_int_equal(asked_of(log, "postin vauhti")->failures, FAILED(NOT_CHOSEN));
}

static void other_words_that_are_understood_repair_the_first(void **state) {
  log_book *log = *state;
  TURN(log, "mites ne fyrkat", {.type = LK_EVENT_TURN_FALLBACK, ENTRY("account-close"), SURE(.1)});
  TURN(log, "milloin saan rahat", {.type = LK_EVENT_TURN_REPAIRED, ENTRY("refund-time")},
       {.type = LK_EVENT_TURN_ANSWERED, ENTRY("refund-time"), SURE(.95)});
  read_asked(log);
  assert_view(asked_of(log, "mites ne fyrkat")->repaired, "refund-time");
  assert_int_equal(asked_of(log, "mites ne fyrkat")->failures, FAILED(NOT_UNDERSTOOD));
  assert_view(asked_of(log, "milloin saan rahat")->repaired, "");
}

static void a_bad_rating_is_of_the_question_that_was_answered(void **state) {
  log_book *log = *state;
  TURN(log, "paljonko maksaa", {.type = LK_EVENT_TURN_ANSWERED, ENTRY("delivery-cost"), SURE(.95)});
  note(log, (lk_event){.type = LK_EVENT_RATED_HELPFUL, ENTRY("delivery-cost"), .has_number = true, .number = 0});
  read_asked(log);
  assert_int_equal(asked_of(log, "paljonko maksaa")->failures, FAILED(UNHELPFUL));
  assert_false(lk_asked_served(asked_of(log, "paljonko maksaa")));
}

static void a_person_asked_for_is_a_failure_of_the_question_before(void **state) {
  log_book *log = *state;
  TURN(log, "mites ne fyrkat", {.type = LK_EVENT_TURN_FALLBACK, ENTRY("account-close"), SURE(.1)});
  TURN(log, "haluan ihmisen", {.type = LK_EVENT_HANDOFF_OPENED, .reason = LK_LIT("asked")});
  agent_writes(log, "Hyvitys näkyy viikossa.", "refund-time");
  TURN(log, "kiitos", {.type = LK_EVENT_TURN_RELAYED});
  read_asked(log);
  assert_int_equal(log->asked.count, 1);
  assert_int_equal(asked_of(log, "mites ne fyrkat")->failures, FAILED(NOT_UNDERSTOOD) | FAILED(HANDED_OFF));
  assert_view(asked_of(log, "mites ne fyrkat")->used, "refund-time");
}

static void what_a_person_answers_is_a_question(void **state) {
  log_book *log = *state;
  TURN(log, "haluan ihmisen", {.type = LK_EVENT_HANDOFF_OPENED, .reason = LK_LIT("asked")});
  TURN(log, "mites ne fyrkat", {.type = LK_EVENT_TURN_RELAYED});
  agent_writes(log, "Soita minulle numeroon 040 123 4567.", "");
  read_asked(log);
  assert_int_equal(log->asked.count, 1);
  assert_view(asked_of(log, "mites ne fyrkat")->reply, "Soita minulle numeroon [puhelin].");
}

static void values_and_small_talk_are_no_questions(void **state) {
  log_book *log = *state;
  TURN(log, "moi", {.type = LK_EVENT_TURN_CHAT, ENTRY("chat-hello")});
  TURN(log, "missä tilaus", {.type = LK_EVENT_FLOW_STARTED, ENTRY("do-order-status")},
       {.type = LK_EVENT_FLOW_ASKED, ENTRY("do-order-status"), .reason = LK_LIT("order")});
  TURN(log, "100234", {.type = LK_EVENT_FLOW_ASKED, ENTRY("do-order-status"), .reason = LK_LIT("proof")});
  read_asked(log);
  assert_int_equal(log->asked.count, 1);
  assert_true(lk_asked_served(asked_of(log, "missä tilaus")));
}

static void only_the_latest_are_read_and_the_rest_is_counted(void **state) {
  log_book *log = *state;
  for (int i = 0; i < 5; i++) TURN(log, "kauanko", {.type = LK_EVENT_TURN_ANSWERED, ENTRY("delivery-time"), SURE(.95)});
  TURN(log, "viimeinen", {.type = LK_EVENT_TURN_ANSWERED, ENTRY("delivery-time"), SURE(.95)});
  lk_asked_filter filter = {.lang = LK_LANG_NONE, .most = 2};
  assert_int_equal(lk_asked_read(log->store, &filter, log->arena, &log->asked, &log->err), LK_OK);
  assert_int_equal(log->asked.count, 2);
  assert_int_equal(log->asked.left_out, 4);
  assert_view(log->asked.items[1].text, "viimeinen");
}

static void a_purged_conversation_is_passed_over(void **state) {
  log_book *log = *state;
  size_t purged;
  TURN(log, "mites ne fyrkat", {.type = LK_EVENT_TURN_FALLBACK, SURE(.1)});
  assert_int_equal(lk_store_purge(log->store, log->now + 1, &purged, &log->err), LK_OK);
  read_asked(log);
  assert_int_equal(log->asked.count, 0);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_log, close_log)
  const struct CMUnitTest tests[] = {
      TEST(a_sure_answer_serves),
      TEST(a_hardly_sure_answer_is_doubted_but_serves),
      TEST(a_choice_taken_says_what_was_meant_and_is_no_question),
      TEST(choices_that_nobody_takes_are_a_failure),
      TEST(other_words_that_are_understood_repair_the_first),
      TEST(a_bad_rating_is_of_the_question_that_was_answered),
      TEST(a_person_asked_for_is_a_failure_of_the_question_before),
      TEST(what_a_person_answers_is_a_question),
      TEST(values_and_small_talk_are_no_questions),
      TEST(only_the_latest_are_read_and_the_rest_is_counted),
      TEST(a_purged_conversation_is_passed_over),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
