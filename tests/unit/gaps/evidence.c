/* What can be learnt from questions whose right entry is known, and what may be kept of them. */
#include "log.h"

typedef struct learnt {
  lk_evidence *items;
  size_t count, personal;
} learnt;

static learnt gather(log_book *log) {
  learnt l;
  read_asked(log);
  assert_int_equal(lk_evidence_gather(log->worker, &log->asked, log->arena, &l.items, &l.count, &l.personal, &log->err), LK_OK);
  return l;
}

static void is_handed_over(log_book *log, const char *question, const char *reply, const char *entry) {
  begin_conversation(log);
  TURN(log, question, {.type = LK_EVENT_TURN_FALLBACK, SURE(.1)});
  TURN(log, "haluan ihmisen", {.type = LK_EVENT_HANDOFF_OPENED, .reason = LK_LIT("asked")});
  agent_writes(log, reply, entry);
}

static void what_an_agent_inserted_is_evidence(void **state) {
  log_book *log = *state;
  is_handed_over(log, "mites ne fyrkat tulevat", "Hyvitys näkyy viikossa.", "refund-time");
  learnt l = gather(log);
  assert_int_equal(l.count, 1);
  assert_view(l.items[0].entry->id, "refund-time");
  assert_view(l.items[0].text, "mites ne fyrkat tulevat");
  assert_true(l.items[0].by_agent);
  assert_false(l.items[0].found);
}

static void own_words_that_retell_an_article_are_evidence_for_it(void **state) {
  log_book *log = *state;
  is_handed_over(log, "mites ne fyrkat tulevat", "Moi! Hyvitys näkyy tililläsi viikossa siitä kun palautus on saapunut.", "");
  is_handed_over(log, "toinen juttu kokonaan", "Hoidan asian kuntoon ja palaan siihen.", "");
  learnt l = gather(log);
  assert_int_equal(l.count, 1);
  assert_view(l.items[0].entry->id, "refund-time");
}

static void the_same_words_typed_otherwise_count_together(void **state) {
  log_book *log = *state;
  is_handed_over(log, "Mites ne fyrkat tulevat?", "…", "refund-time");
  is_handed_over(log, "mites ne fyrkat tulevat", "…", "refund-time");
  learnt l = gather(log);
  assert_int_equal(l.count, 1);
  assert_int_equal(l.items[0].count, 2);
}

static void words_that_led_to_two_entries_alike_prove_nothing(void **state) {
  log_book *log = *state;
  is_handed_over(log, "mites ne fyrkat tulevat", "…", "refund-time");
  is_handed_over(log, "mites ne fyrkat tulevat", "…", "delivery-cost");
  assert_int_equal(gather(log).count, 0);
}

static void one_rephrasing_is_chance_two_are_evidence(void **state) {
  log_book *log = *state;
  for (size_t times = 1; times <= 2; times++) {
    begin_conversation(log);
    TURN(log, "mites ne fyrkat tulevat", {.type = LK_EVENT_TURN_FALLBACK, SURE(.1)});
    TURN(log, "milloin saan rahat", {.type = LK_EVENT_TURN_REPAIRED, ENTRY("refund-time")},
         {.type = LK_EVENT_TURN_ANSWERED, ENTRY("refund-time"), SURE(.95)});
    assert_int_equal(gather(log).count, times - 1);
  }
}

static void what_is_found_surely_is_marked(void **state) {
  log_book *log = *state;
  is_handed_over(log, "Milloin saan rahani takaisin?", "…", "refund-time");
  learnt l = gather(log);
  assert_int_equal(l.count, 1);
  assert_true(l.items[0].found);
}

static void nothing_personal_is_kept(void **state) {
  log_book *log = *state;
  is_handed_over(log, "Mites ne fyrkat tulevat? Olen Matti Meikäläinen. Numeroni on 040 123 4567.", "…", "refund-time");
  learnt l = gather(log);
  assert_int_equal(l.count, 1);
  assert_view(l.items[0].text, "Mites ne fyrkat tulevat?");
}

static void a_message_that_is_all_personal_is_left_out_and_counted(void **state) {
  log_book *log = *state;
  is_handed_over(log, "fyrkat tilille FI21 1234 5600 0007 85 kiitos", "…", "refund-time");
  learnt l = gather(log);
  assert_int_equal(l.count, 0);
  assert_int_equal(l.personal, 1);
}

static void an_order_number_is_cut_out(void **state) {
  log_book *log = *state;
  is_handed_over(log, "mites ne fyrkat tulevat tilauksesta nro 100234", "…", "refund-time");
  learnt l = gather(log);
  assert_int_equal(l.count, 1);
  assert_null(memchr(l.items[0].text.ptr, '1', l.items[0].text.len));
}

static void a_story_is_cut_to_the_sentence_that_speaks_for_the_entry(void **state) {
  log_book *log = *state;
  is_handed_over(log,
                 "Ostin teiltä viime viikolla kengät lahjaksi veljelle, mutta ne olivat aivan liian pienet hänelle. "
                 "Lähetin ne takaisin postissa heti seuraavana päivänä. Milloin ne rahat oikein tulevat tililleni?",
                 "…", "refund-time");
  learnt l = gather(log);
  assert_int_equal(l.count, 1);
  assert_view(l.items[0].text, "Milloin ne rahat oikein tulevat tililleni?");
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_log, close_log)
  const struct CMUnitTest tests[] = {
      TEST(what_an_agent_inserted_is_evidence),
      TEST(own_words_that_retell_an_article_are_evidence_for_it),
      TEST(the_same_words_typed_otherwise_count_together),
      TEST(words_that_led_to_two_entries_alike_prove_nothing),
      TEST(one_rephrasing_is_chance_two_are_evidence),
      TEST(what_is_found_surely_is_marked),
      TEST(nothing_personal_is_kept),
      TEST(a_message_that_is_all_personal_is_left_out_and_counted),
      TEST(an_order_number_is_cut_out),
      TEST(a_story_is_cut_to_the_sentence_that_speaks_for_the_entry),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
