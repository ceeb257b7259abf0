/* Each tally against a log that was counted by hand, and what may not change it: retries, recounting, purges. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"
#include "stats/figures.h"

typedef struct setting {
  lk_store *store;
  lk_arena *arena;
  lk_error err;
} setting;

static int set_up(void **state) {
  setting *s = calloc(1, sizeof *s);
  s->arena = lk_arena_new();
  s->store = lk_store_open(":memory:", NULL, &s->err);
  assert_non_null(s->store);
  *state = s;
  return 0;
}

static int tear_down(void **state) {
  setting *s = *state;
  lk_store_close(s->store);
  lk_arena_free(s->arena);
  free(s);
  return 0;
}

static void refresh(lk_store *store) {
  lk_error err = {0};
  assert_int_equal(lk_figures_refresh(store, NULL, NULL, &err), LK_OK);
}

/* Counted by hand from log.c. "name month-day a b n" */
static const char by_hand[] =
    /* k1 is Saturday's, k2 (Swedish in the end) and k3 Sunday's; of Monday's seven, k4 has no message */
    "conversations 10-24 web fi 1\n"
    "conversations 10-25 rasa en 1\n"
    "conversations 10-25 web sv 1\n"
    "conversations 10-26 web fi 6\n"
    "conversations.hour 10-24 23  1\n"
    "conversations.hour 10-25 03  1\n" /* the second 03:30, four and a half hours after midnight */
    "conversations.hour 10-25 12  1\n"
    "conversations.hour 10-26 11  1\n"
    "conversations.hour 10-26 12  1\n"
    "conversations.hour 10-26 13  1\n"
    "conversations.hour 10-26 21  1\n"
    "conversations.hour 10-26 22  1\n"
    "conversations.hour 10-26 23  1\n"
    "conversations.silent 10-26 web  1\n"
    "outcomes 10-24 answered  1\n"
    "outcomes 10-25 handed-off  1\n"
    "outcomes 10-25 handed-off clarified 1\n"
    "outcomes 10-26 answered  1\n"
    "outcomes 10-26 declined  1\n"
    "outcomes 10-26 handed-off  1\n"
    "outcomes 10-26 left-open clarified 1\n"
    "outcomes 10-26 small-talk  1\n"
    "outcomes 10-26 unanswered  1\n"
    "csat 10-24 4 fi 1\n" /* belongs to the conversation, which was Saturday's */
    "nps 10-26 3 fi 1\n"
    "nps 10-26 9 fi 1\n"
    "messages 10-24 web fi 1\n"
    "messages 10-25 rasa en 2\n"
    "messages 10-25 web fi 2\n" /* k1 at midnight, k2's first */
    "messages 10-25 web sv 4\n"
    "messages 10-26 web fi 8\n"
    "messages.hour 10-24 23  1\n"
    "messages.hour 10-25 00  1\n"
    "messages.hour 10-25 03  4\n"
    "messages.hour 10-25 04  1\n"
    "messages.hour 10-25 12  2\n"
    "messages.hour 10-26 11  3\n"
    "messages.hour 10-26 12  1\n"
    "messages.hour 10-26 13  1\n"
    "messages.hour 10-26 21  1\n"
    "messages.hour 10-26 22  1\n"
    "messages.hour 10-26 23  1\n"
    "turns 10-24 turn.answered  1\n"
    "turns 10-25 agent.replied  2\n"
    "turns 10-25 limit.met  1\n"
    "turns 10-25 turn.answered  1\n"
    "turns 10-25 turn.chat  2\n"
    "turns 10-25 turn.clarified  1\n"
    "turns 10-25 turn.fallback  2\n"
    "turns 10-25 turn.relayed  1\n"
    "turns 10-26 action.performed  1\n"
    "turns 10-26 action.refused  1\n"
    "turns 10-26 turn.answered  1\n"
    "turns 10-26 turn.chat  1\n"
    "turns 10-26 turn.clarified  1\n"
    "turns 10-26 turn.fallback  1\n"
    "turns 10-27 agent.replied  1\n"
    "answers 10-24 delivery-price  1\n"
    "answers 10-25 return-how  1\n"
    "answers 10-26 warranty-claim  1\n"
    "fallbacks 10-25 payment-methods  2\n"
    "fallbacks 10-26   1\n"
    "helpful 10-25 delivery-price yes 1\n"
    "helpful 10-25 return-how no 1\n" /* the customer's second thought */
    "answers.followed 10-25 return-how  1\n"
    "answers.followed 10-26 warranty-claim  1\n"
    "actions 10-26 order.cancel performed 1\n"
    "actions 10-26 return.register refused 1\n"
    "actions.reasons 10-26 return.register past-return-deadline 1\n"
    "flows 10-26 do-cancel confirmed 1\n"
    "flows 10-26 do-cancel started 1\n"
    "flows 10-26 do-return started 1\n"
    "proofs 10-26 given  1\n"
    "proofs 10-26 refused  1\n"
    "cases 10-25 asked attended 1\n"
    "cases 10-25 low-confidence attended 1\n"
    "cases 10-26 article unattended 1\n"
    "cases.ends 10-25 abandoned attended 1\n"
    "cases.ends 10-25 closed attended 1\n"
    "cases.ends 10-26 closed unattended 1\n"
    "cases.kinds 10-25 return  1\n"
    "cases.kinds 10-26 warranty  1\n"
    "cases.waits 10-25 120 attended 1\n"
    "cases.waits 10-26 43200 unattended 1\n"
    "cases.abandonments 10-25 300 attended 1\n"
    "cases.responses 10-25 200 attended 1\n"
    "cases.responses 10-26 43320 unattended 1\n"
    "cases.resolutions 10-25 900 attended 1\n"
    "cases.resolutions 10-26 43800 unattended 1\n"
    "cases.messages 10-25 3  1\n" /* two replies and the relayed one */
    "cases.messages 10-26 1  1\n";

static void assert_counted(lk_store *store, const char *expected) {
  char *counted = all_tallies(store);
  assert_string_equal(counted, expected);
  free(counted);
}

static void every_tally_is_what_was_counted_by_hand(void **state) {
  setting *s = *state;
  write_the_log(s->store);
  refresh(s->store);
  assert_counted(s->store, by_hand);
}

static void counting_again_counts_nothing_twice(void **state) {
  setting *s = *state;
  write_the_log(s->store);
  for (int i = 0; i < 3; i++) refresh(s->store);
  size_t left = 1;
  assert_int_equal(lk_store_recount(s->store, lk_figures_plan(), &left, &s->err), LK_OK);
  assert_int_equal(left, 0);
  assert_counted(s->store, by_hand);
}

/* What is counted while the log grows is what is counted at its end. */
static void counting_in_between_makes_no_difference(void **state) {
  setting *s = *state;
  refresh(s->store);
  begin(s->store, "k0", "web", LK_LANG_FI, at(2026, 10, 1, 12, 0));
  TURN(s->store, "k0", LK_LANG_FI, at(2026, 10, 1, 12, 1), EVENT(TURN_ANSWERED, .entry = LK_LIT("delivery-price")));
  refresh(s->store);
  char *before = all_tallies(s->store);
  assert_non_null(strstr(before, "outcomes 10-01 answered  1\n"));
  free(before);

  /* Weeks later the customer comes back to it, and it ends differently. */
  HANDOFF(s->store, "k0", LK_LANG_FI, at(2026, 10, 24, 12, 0), LK_HANDOFF_ASKED, true, EVENT(TURN_CHAT, .turn = 0));
  rate(s->store, "k0", at(2026, 10, 24, 13, 0), LK_EVENT_RATED_HELPFUL, "delivery-price", 0, "");
  refresh(s->store);
  char *after = all_tallies(s->store);
  assert_null(strstr(after, "outcomes 10-01 answered"));
  assert_non_null(strstr(after, "outcomes 10-01 handed-off  1\n"));
  assert_non_null(strstr(after, "answers.followed 10-24 delivery-price  1\n"));
  free(after);
}

static uint32_t dice(uint64_t *seed, uint32_t sides) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*seed >> 33) % sides;
}

static void something_happens(lk_store *store, uint64_t *seed, int step) {
  char id[16];
  int64_t now = at(2026, 3, 20, 0, 0) + (int64_t)step * 4000 + dice(seed, 4000);
  (void)snprintf(id, sizeof id, "c%u", dice(seed, (uint32_t)step / 4 + 1));
  const char *entry = (const char *[]){"a", "b", "c"}[dice(seed, 3)];
  lk_event event = {.type = (lk_event_type)(LK_EVENT_TURN_ANSWERED + dice(seed, 8)),
                    .entry = lk_view_of(entry),
                    .has_number = true,
                    .number = dice(seed, 2)};
  lk_case handoff = {.reason = (lk_handoff_reason)dice(seed, 4), .attended = dice(seed, 2)};
  switch (dice(seed, 8)) {
    case 0:
      rate(store, id, now, LK_EVENT_RATED_HELPFUL, entry, dice(seed, 2), "");
      break;
    case 1:
      rate(store, id, now, LK_EVENT_RATED_CSAT, "", dice(seed, 5) + 1, "");
      break;
    case 2:
      leave(store, id, now);
      break;
    case 3:
      reply_as_agent(store, id, now);
      break;
    default:
      turn(store, id, "", (lk_lang)dice(seed, 3), now, &event, 1, dice(seed, 4) ? NULL : &handoff);
  }
}

static void a_random_log_counted_bit_by_bit_is_the_log_counted_at_once(void **state) {
  setting *s = *state;
  lk_store *other = lk_store_open(":memory:", NULL, &s->err);
  for (uint64_t log = 1; log <= 2; log++) {
    lk_store *store = log == 1 ? s->store : other;
    uint64_t seed = 20261122;
    for (int step = 0; step < 400; step++) {
      char id[16];
      (void)snprintf(id, sizeof id, "c%d", step / 4);
      if (step % 4 == 0) begin(store, id, "web", LK_LANG_FI, at(2026, 3, 20, 0, 0) + (int64_t)step * 4000);
      something_happens(store, &seed, step);
      if (log == 1 && step % 3 == 0) refresh(store);
    }
    refresh(store);
  }
  char *at_once = all_tallies(other);
  assert_true(strlen(at_once) > 4000);
  assert_counted(s->store, at_once);
  free(at_once);
  lk_store_close(other);
}

static size_t remarks(setting *s, const char **first) {
  lk_report report;
  lk_report_options options = {.from = {2026, 10, 24}, .until = {2026, 10, 27}};
  assert_int_equal(lk_report_make(s->store, NULL, &options, s->arena, &report, &s->err), LK_OK);
  *first = report.remark_count ? report.remarks[0].text.ptr : NULL;
  return report.remark_count;
}

static void a_purge_and_an_erasure_take_words_and_leave_figures(void **state) {
  setting *s = *state;
  const char *first;
  size_t purged;
  write_the_log(s->store);
  assert_int_equal(remarks(s, &first), 2);
  assert_string_equal(first, "ei auttanut");
  assert_int_equal(lk_store_erase(s->store, LK_LIT("k2"), &s->err), LK_OK);
  assert_int_equal(remarks(s, &first), 1);
  assert_string_equal(first, "soita [puhelin]");
  assert_int_equal(lk_store_purge(s->store, at(2026, 12, 1, 0, 0), &purged, &s->err), LK_OK);
  assert_int_equal(purged, 9);
  assert_int_equal(remarks(s, &first), 0);
  refresh(s->store); /* counted only now that everything is gone */
  assert_counted(s->store, by_hand);
}

static int64_t ask(sqlite3 *db, const char *sql) {
  sqlite3_stmt *stmt = NULL;
  assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
  assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
  int64_t value = sqlite3_column_int64(stmt, 0);
  sqlite3_finalize(stmt);
  return value;
}

static void a_store_from_before_there_were_tallies_is_counted(void **state) {
  setting *s = *state;
  char path[] = "/tmp/luukku-stats-XXXXXX";
  int file = mkstemp(path);
  assert_true(file >= 0);
  close(file);
  lk_store *store = lk_store_open(path, NULL, &s->err);
  write_the_log(store);
  lk_store_close(store);

  sqlite3 *db = NULL;
  assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db,
                                "DROP TABLE tally; DROP TABLE tally_owed; DROP TABLE tally_seen; PRAGMA user_version = 1;"
                                "UPDATE event SET action = NULL WHERE type = 'handoff.opened'",
                                NULL, NULL, NULL),
                   SQLITE_OK);
  store = lk_store_open(path, NULL, &s->err);
  assert_non_null(store);
  refresh(store);
  assert_counted(store, by_hand);
  assert_int_equal(ask(db, "SELECT count(*) FROM tally_owed"), 0);
  lk_store_close(store);
  sqlite3_close(db);
  unlink(path);
  char beside[64];
  for (size_t i = 0; i < 2; i++) {
    (void)snprintf(beside, sizeof beside, "%s%s", path, i ? "-wal" : "-shm");
    unlink(beside);
  }
}

static void another_plan_counts_everything_anew(void **state) {
  setting *s = *state;
  write_the_log(s->store);
  lk_tally_plan plan = *lk_figures_plan();
  plan.tally_count = 1;
  size_t left;
  do assert_int_equal(lk_store_recount(s->store, &plan, &left, &s->err), LK_OK);
  while (left);
  char *few = all_tallies(s->store);
  assert_null(strstr(few, "messages"));
  free(few);
  refresh(s->store);
  assert_counted(s->store, by_hand);
}

static void a_plan_that_is_no_sql_is_an_error_and_changes_nothing(void **state) {
  setting *s = *state;
  write_the_log(s->store);
  refresh(s->store);
  lk_tally wrong = {"wrong", "SELECT nothing FROM nowhere"};
  size_t left;
  assert_int_equal(lk_store_recount(s->store, &(lk_tally_plan){.tallies = &wrong, .tally_count = 1}, &left, &s->err), LK_ERR_IO);
  refresh(s->store);
  assert_counted(s->store, by_hand);
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
      TEST(every_tally_is_what_was_counted_by_hand),
      TEST(counting_again_counts_nothing_twice),
      TEST(counting_in_between_makes_no_difference),
      TEST(a_random_log_counted_bit_by_bit_is_the_log_counted_at_once),
      TEST(a_purge_and_an_erasure_take_words_and_leave_figures),
      TEST(a_store_from_before_there_were_tallies_is_counted),
      TEST(another_plan_counts_everything_anew),
      TEST(a_plan_that_is_no_sql_is_an_error_and_changes_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
