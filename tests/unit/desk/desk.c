#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "luukku/desk.h"

#define ANNA LK_LIT("anna")
#define BJORN LK_LIT("björn")

/* A desk that is open Monday to Friday 8–20, on Monday 12 October 2026 at noon; nobody is there yet. */
typedef struct setting {
  lk_store *store;
  lk_hours *hours;
  lk_desk *desk;
  lk_arena *arena;
  lk_error err;
  int64_t noon;
  int started;
} setting;

static lk_hours *office_hours(void) {
  static const lk_hours_week week = {31, 8 * 60, 20 * 60};
  return lk_hours_new(&(lk_hours_plan){&week, 1, NULL, 0, true}, NULL);
}

static int set_up(void **state) {
  setting *s = calloc(1, sizeof *s);
  s->store = lk_store_open(":memory:", NULL, &s->err);
  s->hours = office_hours();
  s->desk = lk_desk_new(s->store, s->hours, NULL, &s->err);
  s->arena = lk_arena_new();
  s->noon = lk_local_moment((lk_date){2026, 10, 12}, 12 * 60);
  *state = s;
  return s->store && s->hours && s->desk && s->arena ? 0 : -1;
}

static int tear_down(void **state) {
  setting *s = *state;
  lk_desk_free(s->desk);
  lk_store_close(s->store);
  lk_hours_free(s->hours);
  lk_arena_free(s->arena);
  free(s);
  return 0;
}

/* A customer comes and asks for a person; returns the case. */
static int64_t hand_off_in(lk_store *store, lk_arena *arena, const char *id, bool attended, int64_t now) {
  lk_conversation c = {.id = lk_view_of(id), .lang = LK_LANG_FI, .channel = LK_LIT("web"), .started = now};
  lk_case handoff = {.reason = LK_HANDOFF_ASKED, .attended = attended, .subject = LK_LIT("haluan ihmisen")};
  lk_turn_record turn = {.conversation = c.id, .time = now, .lang = LK_LANG_FI, .handoff = &handoff};
  lk_turn_result result;
  assert_int_equal(lk_store_start(store, &c, NULL), LK_OK);
  assert_int_equal(lk_store_turn(store, &turn, arena, &result, NULL), LK_OK);
  return result.case_id;
}

static int64_t hand_off(setting *s, bool attended, int64_t now) {
  char id[16];
  snprintf(id, sizeof id, "k%d", ++s->started);
  return hand_off_in(s->store, s->arena, id, attended, now);
}

static lk_case look(setting *s, int64_t id) {
  lk_case c;
  assert_int_equal(lk_store_case(s->store, id, s->arena, &c, &s->err), LK_OK);
  return c;
}

static lk_conversation conversation_of(setting *s, int64_t id) {
  lk_conversation c;
  assert_int_equal(lk_store_conversation(s->store, look(s, id).conversation, s->arena, &c, &s->err), LK_OK);
  return c;
}

static lk_code claim(setting *s, int64_t id, lk_view agent, int64_t now) {
  return lk_desk_claim(s->desk, id, agent, now, NULL, NULL, &s->err);
}

typedef struct last_event {
  lk_event_type type;
  int64_t number;
  char reason[32], agent[32];
  size_t count;
} last_event;

static bool see(void *self, const lk_event *e) {
  last_event *seen = self;
  seen->count++;
  seen->number = e->number;
  snprintf(seen->reason, sizeof seen->reason, "%.*s", LK_FMT(e->reason));
  snprintf(seen->agent, sizeof seen->agent, "%.*s", LK_FMT(e->agent));
  return true;
}

static last_event event(setting *s, lk_event_type type) {
  last_event seen = {.type = type};
  assert_int_equal(lk_store_events(s->store, &(lk_event_filter){.types = &type, .type_count = 1}, see, &seen, &s->err), LK_OK);
  return seen;
}

/* ---- Availability and waiting ---- */

static void the_desk_is_available_when_it_is_open_and_somebody_is_there(void **state) {
  setting *s = *state;
  lk_availability a;
  assert_int_equal(lk_desk_availability(s->desk, s->noon, &a, &s->err), LK_OK);
  assert_true(a.hours.open && !a.available && a.agents == 0);
  assert_int_equal(lk_desk_arrive(s->desk, ANNA, s->noon, &s->err), LK_OK);
  assert_int_equal(lk_desk_availability(s->desk, s->noon + 60, &a, &s->err), LK_OK);
  assert_true(a.available && a.agents == 1);
  assert_int_equal(lk_desk_availability(s->desk, s->noon + 91, &a, &s->err), LK_OK);
  assert_false(a.available); /* her browser has not been heard of */
  int64_t evening = s->noon + 9 * 3600;
  assert_int_equal(lk_desk_arrive(s->desk, ANNA, evening, &s->err), LK_OK);
  assert_int_equal(lk_desk_availability(s->desk, evening, &a, &s->err), LK_OK);
  assert_true(a.agents == 1 && !a.available);
  assert_int_equal(a.hours.opens, lk_local_moment((lk_date){2026, 10, 13}, 8 * 60));
  assert_int_equal(lk_desk_leave(s->desk, ANNA, &s->err), LK_OK);
  assert_int_equal(lk_desk_availability(s->desk, evening, &a, &s->err), LK_OK);
  assert_int_equal(a.agents, 0);
}

static void without_hours_the_desk_is_open_whenever_somebody_is_there(void **state) {
  setting *s = *state;
  lk_desk *desk = lk_desk_new(s->store, NULL, NULL, &s->err);
  lk_availability a;
  assert_int_equal(lk_desk_arrive(desk, ANNA, s->noon, &s->err), LK_OK);
  assert_int_equal(lk_desk_availability(desk, s->noon, &a, &s->err), LK_OK);
  assert_true(a.available && !a.has_hours);
  lk_desk_free(desk);
}

static void a_wait_is_unknown_until_enough_customers_have_waited(void **state) {
  setting *s = *state;
  static const int64_t waits[] = {60, 600, 120, 90, 30};
  lk_availability a;
  for (int i = 0; i < 5; i++) {
    assert_int_equal(lk_desk_arrive(s->desk, ANNA, s->noon, &s->err), LK_OK);
    assert_int_equal(lk_desk_availability(s->desk, s->noon, &a, &s->err), LK_OK);
    assert_int_equal(a.expected_wait, LK_WAIT_UNKNOWN);
    int64_t id = hand_off(s, true, s->noon - 3600);
    assert_int_equal(claim(s, id, ANNA, s->noon - 3600 + waits[i]), LK_OK);
  }
  assert_int_equal(lk_desk_availability(s->desk, s->noon, &a, &s->err), LK_OK);
  assert_int_equal(a.expected_wait, 90);
  int64_t id = hand_off(s, true, s->noon - 3600);
  assert_int_equal(claim(s, id, ANNA, s->noon - 3600 + 110), LK_OK);
  assert_int_equal(lk_desk_availability(s->desk, s->noon, &a, &s->err), LK_OK);
  assert_int_equal(a.expected_wait, 100); /* between the two in the middle */
  int64_t later = s->noon + 2 * 3600;
  assert_int_equal(lk_desk_arrive(s->desk, ANNA, later, &s->err), LK_OK);
  assert_int_equal(lk_desk_availability(s->desk, later, &a, &s->err), LK_OK);
  assert_int_equal(a.expected_wait, LK_WAIT_UNKNOWN); /* the morning's waits say nothing of the afternoon */
}

static void a_night_in_the_queue_is_no_wait(void **state) {
  setting *s = *state;
  lk_availability a;
  for (int i = 0; i < 8; i++) {
    int64_t id = hand_off(s, false, s->noon - 12 * 3600);
    assert_int_equal(claim(s, id, ANNA, s->noon - 60), LK_OK);
  }
  assert_int_equal(lk_desk_arrive(s->desk, ANNA, s->noon, &s->err), LK_OK);
  assert_int_equal(lk_desk_availability(s->desk, s->noon, &a, &s->err), LK_OK);
  assert_int_equal(a.expected_wait, LK_WAIT_UNKNOWN);
}

static void a_place_in_the_queue_moves_up_as_others_are_served(void **state) {
  setting *s = *state;
  int64_t overnight = hand_off(s, false, s->noon - 40000);
  int64_t first = hand_off(s, true, s->noon), second = hand_off(s, true, s->noon), third = hand_off(s, true, s->noon + 5);
  lk_place p;
  lk_availability a;
  assert_int_equal(lk_desk_availability(s->desk, s->noon + 10, &a, &s->err), LK_OK);
  assert_int_equal(a.waiting, 3);
  assert_int_equal(lk_desk_place(s->desk, overnight, s->noon + 10, &p, &s->err), LK_OK);
  assert_int_equal(p.position, 1);
  assert_int_equal(lk_desk_place(s->desk, third, s->noon + 10, &p, &s->err), LK_OK);
  assert_int_equal(p.position, 3);
  assert_int_equal(p.waited, 5);
  assert_int_equal(claim(s, second, ANNA, s->noon + 20), LK_OK);
  assert_int_equal(lk_desk_place(s->desk, third, s->noon + 20, &p, &s->err), LK_OK);
  assert_int_equal(p.position, 2);
  assert_int_equal(claim(s, first, ANNA, s->noon + 20), LK_OK);
  assert_int_equal(lk_desk_place(s->desk, third, s->noon + 20, &p, &s->err), LK_OK);
  assert_int_equal(p.position, 1);
  assert_int_equal(lk_desk_place(s->desk, second, s->noon + 20, &p, &s->err), LK_OK);
  assert_int_equal(p.position, 0);
  assert_int_equal(p.state, LK_CASE_CLAIMED);
  assert_int_equal(lk_desk_place(s->desk, 999, s->noon, &p, &s->err), LK_ERR_MISSING);
}

static void an_expected_wait_shrinks_and_is_not_pretended_when_it_has_passed(void **state) {
  setting *s = *state;
  for (int i = 0; i < 5; i++) assert_int_equal(claim(s, hand_off(s, true, s->noon - 1000), ANNA, s->noon - 900), LK_OK);
  assert_int_equal(lk_desk_arrive(s->desk, ANNA, s->noon + 100, &s->err), LK_OK);
  int64_t id = hand_off(s, true, s->noon);
  lk_place p;
  assert_int_equal(lk_desk_place(s->desk, id, s->noon + 30, &p, &s->err), LK_OK);
  assert_int_equal(p.expected_wait, 70);
  assert_int_equal(lk_desk_place(s->desk, id, s->noon + 100, &p, &s->err), LK_OK);
  assert_int_equal(p.expected_wait, LK_WAIT_UNKNOWN);
}

/* ---- Cases ---- */

static void a_claimed_case_belongs_to_one_agent(void **state) {
  setting *s = *state;
  int64_t id = hand_off(s, true, s->noon);
  lk_case c;
  assert_int_equal(lk_desk_claim(s->desk, id, ANNA, s->noon + 42, s->arena, &c, &s->err), LK_OK);
  assert_int_equal(c.state, LK_CASE_CLAIMED);
  assert_true(lk_view_eq(c.agent, ANNA));
  assert_int_equal(claim(s, id, BJORN, s->noon + 43), LK_ERR_STATE);
  assert_non_null(strstr(s->err.message, "anna"));
  assert_int_equal(lk_desk_claim(s->desk, id, ANNA, s->noon + 44, s->arena, &c, &s->err), LK_OK);
  assert_int_equal(c.claimed, s->noon + 42);
  assert_int_equal(conversation_of(s, id).phase, LK_PHASE_AGENT);
  last_event claimed = event(s, LK_EVENT_CASE_CLAIMED);
  assert_int_equal(claimed.count, 1);
  assert_int_equal(claimed.number, 42);
  assert_string_equal(claimed.agent, "anna");
}

static void a_turn_begun_before_a_claim_is_not_written_after_it(void **state) {
  setting *s = *state;
  int64_t id = hand_off(s, true, s->noon);
  lk_conversation before = conversation_of(s, id);
  assert_int_equal(claim(s, id, ANNA, s->noon + 1), LK_OK);
  lk_turn_record turn = {.conversation = before.id, .version = before.version, .time = s->noon + 2, .lang = LK_LANG_FI};
  lk_turn_result result;
  assert_int_equal(lk_store_turn(s->store, &turn, s->arena, &result, &s->err), LK_ERR_STATE);
}

static void only_its_holder_may_release_transfer_give_back_or_close_a_case(void **state) {
  setting *s = *state;
  int64_t id = hand_off(s, true, s->noon);
  assert_int_equal(lk_desk_close(s->desk, id, ANNA, LK_LIT("delivery"), s->noon, &s->err), LK_ERR_STATE); /* not claimed */
  assert_int_equal(claim(s, id, ANNA, s->noon), LK_OK);
  assert_int_equal(lk_desk_release(s->desk, id, BJORN, s->noon, &s->err), LK_ERR_STATE);
  assert_int_equal(lk_desk_transfer(s->desk, id, BJORN, BJORN, s->noon, &s->err), LK_ERR_STATE);
  assert_int_equal(lk_desk_give_back(s->desk, id, BJORN, s->noon, &s->err), LK_ERR_STATE);
  assert_int_equal(lk_desk_close(s->desk, id, BJORN, LK_LIT("delivery"), s->noon, &s->err), LK_ERR_STATE);
  assert_int_equal(lk_desk_close(s->desk, id, LK_LIT(""), LK_LIT("delivery"), s->noon, &s->err), LK_ERR_INPUT);
  assert_int_equal(lk_desk_transfer(s->desk, id, ANNA, BJORN, s->noon, &s->err), LK_OK);
  assert_string_equal(event(s, LK_EVENT_CASE_TRANSFERRED).agent, "björn");
  assert_int_equal(lk_desk_close(s->desk, id, BJORN, LK_LIT("delivery"), s->noon + 300, &s->err), LK_OK);
}

static void a_case_is_closed_with_a_kind_and_then_is_done(void **state) {
  setting *s = *state;
  int64_t id = hand_off(s, true, s->noon);
  assert_int_equal(claim(s, id, ANNA, s->noon + 10), LK_OK);
  assert_int_equal(lk_desk_close(s->desk, id, ANNA, LK_LIT(""), s->noon + 300, &s->err), LK_ERR_INPUT);
  assert_int_equal(lk_desk_close(s->desk, id, ANNA, LK_LIT("delivery"), s->noon + 300, &s->err), LK_OK);
  lk_case c = look(s, id);
  assert_int_equal(c.state, LK_CASE_CLOSED);
  assert_true(lk_view_eq(c.kind, LK_LIT("delivery")));
  assert_int_equal(c.finished, s->noon + 300);
  last_event closed = event(s, LK_EVENT_CASE_CLOSED);
  assert_string_equal(closed.reason, "delivery");
  assert_int_equal(closed.number, 300);
  assert_int_equal(conversation_of(s, id).phase, LK_PHASE_ENDED);
  assert_int_equal(conversation_of(s, id).open_case, 0);
  assert_int_equal(claim(s, id, BJORN, s->noon + 400), LK_ERR_STATE);
  assert_int_equal(lk_desk_leave_contact(s->desk, id, LK_LIT("x"), s->noon, &s->err), LK_ERR_STATE);
}

static void a_conversation_given_back_is_the_bots_again_and_may_come_again(void **state) {
  setting *s = *state;
  int64_t id = hand_off(s, true, s->noon);
  assert_int_equal(claim(s, id, ANNA, s->noon + 10), LK_OK);
  assert_int_equal(lk_desk_give_back(s->desk, id, ANNA, s->noon + 20, &s->err), LK_OK);
  lk_conversation c = conversation_of(s, id);
  assert_int_equal(c.phase, LK_PHASE_BOT);
  assert_string_equal(event(s, LK_EVENT_CASE_GIVEN_BACK).reason, "agent");
  lk_case again = {.reason = LK_HANDOFF_ANGER, .subject = LK_LIT("!!!")};
  lk_turn_record turn = {.conversation = c.id, .version = c.version, .time = s->noon + 30, .lang = LK_LANG_FI, .handoff = &again};
  lk_turn_result result;
  assert_int_equal(lk_store_turn(s->store, &turn, s->arena, &result, &s->err), LK_OK);
  assert_true(result.case_id != id && result.case_id > 0);
}

static void a_customer_may_withdraw_until_somebody_has_claimed(void **state) {
  setting *s = *state;
  int64_t first = hand_off(s, true, s->noon), second = hand_off(s, true, s->noon);
  assert_int_equal(lk_desk_withdraw(s->desk, first, s->noon + 5, &s->err), LK_OK);
  assert_int_equal(conversation_of(s, first).phase, LK_PHASE_BOT);
  assert_string_equal(event(s, LK_EVENT_CASE_GIVEN_BACK).reason, "customer");
  assert_int_equal(claim(s, second, ANNA, s->noon + 5), LK_OK);
  assert_int_equal(lk_desk_withdraw(s->desk, second, s->noon + 6, &s->err), LK_ERR_STATE);
}

static void a_released_case_has_its_old_place(void **state) {
  setting *s = *state;
  int64_t first = hand_off(s, true, s->noon), second = hand_off(s, true, s->noon + 1);
  assert_int_equal(claim(s, first, ANNA, s->noon + 10), LK_OK);
  assert_int_equal(lk_desk_release(s->desk, first, ANNA, s->noon + 60, &s->err), LK_OK);
  assert_int_equal(conversation_of(s, first).phase, LK_PHASE_WAITING);
  lk_case *waiting;
  size_t count;
  assert_int_equal(lk_store_cases(s->store, LK_CASE_WAITING, LK_LIT(""), 0, s->arena, &waiting, &count, &s->err), LK_OK);
  assert_int_equal(count, 2);
  assert_int_equal(waiting[0].id, first);
  assert_int_equal(waiting[1].id, second);
  assert_int_equal(claim(s, first, BJORN, s->noon + 75), LK_OK);
  assert_int_equal(event(s, LK_EVENT_CASE_CLAIMED).number, 15); /* since the release */
  assert_int_equal(look(s, first).claimed, s->noon + 10);
}

static void contact_details_are_kept_with_the_case(void **state) {
  setting *s = *state;
  int64_t id = hand_off(s, false, s->noon);
  assert_int_equal(lk_desk_leave_contact(s->desk, id, LK_LIT(""), s->noon, &s->err), LK_ERR_INPUT);
  assert_int_equal(lk_desk_leave_contact(s->desk, id, LK_LIT("matti@example.fi"), s->noon, &s->err), LK_OK);
  lk_case c = look(s, id);
  assert_true(lk_view_eq(c.contact, LK_LIT("matti@example.fi")));
  assert_int_equal(c.state, LK_CASE_WAITING);
  assert_int_equal(conversation_of(s, id).phase, LK_PHASE_WAITING);
  assert_int_equal(event(s, LK_EVENT_CONTACT_LEFT).count, 1);
}

static void cases_of_an_agent_who_is_gone_go_back_to_the_queue(void **state) {
  setting *s = *state;
  int64_t annas = hand_off(s, true, s->noon), bjorns = hand_off(s, true, s->noon);
  assert_int_equal(lk_desk_arrive(s->desk, ANNA, s->noon, &s->err), LK_OK);
  assert_int_equal(lk_desk_arrive(s->desk, BJORN, s->noon, &s->err), LK_OK);
  assert_int_equal(claim(s, annas, ANNA, s->noon), LK_OK);
  assert_int_equal(claim(s, bjorns, BJORN, s->noon), LK_OK);
  lk_case *freed;
  size_t count;
  assert_int_equal(lk_desk_free_lost(s->desk, s->noon + 60, s->arena, &freed, &count, &s->err), LK_OK);
  assert_int_equal(count, 0);
  assert_int_equal(lk_desk_arrive(s->desk, BJORN, s->noon + 90, &s->err), LK_OK);
  assert_int_equal(lk_desk_free_lost(s->desk, s->noon + 120, s->arena, &freed, &count, &s->err), LK_OK);
  assert_int_equal(count, 1);
  assert_int_equal(freed[0].id, annas);
  assert_int_equal(look(s, annas).state, LK_CASE_WAITING);
  assert_int_equal(look(s, bjorns).state, LK_CASE_CLAIMED);
  assert_string_equal(event(s, LK_EVENT_CASE_RELEASED).reason, "lost");
}

/* Agents in processes of their own run for the same cases; each case must have been won exactly once. */
static void of_agents_who_race_for_a_case_exactly_one_gets_it(void **state) {
  (void)state;
  enum { AGENTS = 4, CASES = 60 };
  char folder[] = "/tmp/luukku-desk-XXXXXX", path[64];
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/s.db", folder);
  lk_store *store = lk_store_open(path, NULL, NULL);
  lk_arena *arena = lk_arena_new();
  int64_t ids[CASES];
  for (int i = 0; i < CASES; i++) {
    char id[16];
    snprintf(id, sizeof id, "k%d", i);
    ids[i] = hand_off_in(store, arena, id, true, 1000);
  }
  lk_store_close(store);
  int ready[2];
  assert_int_equal(pipe(ready), 0);
  pid_t agents[AGENTS];
  for (int a = 0; a < AGENTS; a++) {
    agents[a] = fork();
    if (agents[a] != 0) continue;
    lk_store *mine = lk_store_open(path, NULL, NULL);
    lk_desk *desk = mine ? lk_desk_new(mine, NULL, NULL, NULL) : NULL;
    char name[16], go;
    snprintf(name, sizeof name, "agent%d", a);
    close(ready[1]);
    (void)!read(ready[0], &go, 1); /* all begin when the pipe closes */
    int won = 0;
    for (int i = 0; i < CASES; i++) {
      lk_code code = desk ? lk_desk_claim(desk, ids[i], lk_view_of(name), 2000, NULL, NULL, NULL) : LK_ERR_IO;
      if (code && code != LK_ERR_STATE) _exit(255);
      won += !code;
    }
    _exit(won);
  }
  close(ready[0]);
  close(ready[1]);
  int won = 0;
  for (int a = 0; a < AGENTS; a++) {
    int status;
    waitpid(agents[a], &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 255);
    won += WEXITSTATUS(status);
  }
  assert_int_equal(won, CASES);
  store = lk_store_open(path, NULL, NULL);
  lk_case *claimed;
  size_t count;
  assert_int_equal(lk_store_cases(store, LK_CASE_CLAIMED, LK_LIT(""), 0, arena, &claimed, &count, NULL), LK_OK);
  assert_int_equal(count, CASES);
  lk_store_close(store);
  lk_arena_free(arena);
  unlink(path);
  rmdir(folder);
}

#define WITH_DESK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_DESK(the_desk_is_available_when_it_is_open_and_somebody_is_there),
      WITH_DESK(without_hours_the_desk_is_open_whenever_somebody_is_there),
      WITH_DESK(a_wait_is_unknown_until_enough_customers_have_waited),
      WITH_DESK(a_night_in_the_queue_is_no_wait),
      WITH_DESK(a_place_in_the_queue_moves_up_as_others_are_served),
      WITH_DESK(an_expected_wait_shrinks_and_is_not_pretended_when_it_has_passed),
      WITH_DESK(a_claimed_case_belongs_to_one_agent),
      WITH_DESK(a_turn_begun_before_a_claim_is_not_written_after_it),
      WITH_DESK(only_its_holder_may_release_transfer_give_back_or_close_a_case),
      WITH_DESK(a_case_is_closed_with_a_kind_and_then_is_done),
      WITH_DESK(a_conversation_given_back_is_the_bots_again_and_may_come_again),
      WITH_DESK(a_customer_may_withdraw_until_somebody_has_claimed),
      WITH_DESK(a_released_case_has_its_old_place),
      WITH_DESK(contact_details_are_kept_with_the_case),
      WITH_DESK(cases_of_an_agent_who_is_gone_go_back_to_the_queue),
      cmocka_unit_test(of_agents_who_race_for_a_case_exactly_one_gets_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
