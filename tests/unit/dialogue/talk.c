#include "fixture.h"

#include "luukku/talk.h"

/* A conversation in a store, with a clock through which the test can meddle in the middle of a turn. */
typedef struct kept {
  lk_store *store;
  lk_talk talk;
  lk_talk_memory memory;
  lk_arena *arena;
  char id[LK_CONVERSATION_ID_SIZE];
  lk_talk_result result;
  int overtakings; /* turns of somebody else, to be slipped in when the clock is next read */
} kept;

static void overtake(kept *k) {
  lk_conversation c;
  lk_turn_result result;
  lk_arena *arena = lk_arena_new();
  assert_int_equal(lk_store_conversation(k->store, lk_view_of(k->id), arena, &c, NULL), LK_OK);
  lk_turn_record turn = {.conversation = c.id, .version = c.version, .time = NOON, .lang = LK_LANG_FI, .state = c.state};
  assert_int_equal(lk_store_turn(k->store, &turn, arena, &result, NULL), LK_OK);
  lk_arena_free(arena);
}

static int64_t meddling_clock(void *self) {
  kept *k = self;
  if (k->overtakings > 0) {
    k->overtakings--;
    overtake(k);
  }
  return NOON;
}

static void start(kept *k, shop *s, bool with_memory) {
  lk_error err = {0};
  *k = (kept){.store = lk_store_open(":memory:", NULL, &err), .arena = lk_arena_new()};
  assert_non_null(k->store);
  k->talk = (lk_talk){.worker = s->worker,
                      .services = {.now = meddling_clock, .clock = k},
                      .store = k->store,
                      .channel = LK_LIT("test"),
                      .memory = with_memory ? &k->memory : NULL};
  assert_int_equal(lk_talk_start(&k->talk, LK_LANG_NONE, (lk_view){"", 0}, k->id, k->arena, &k->result, &err), LK_OK);
  assert_true(k->result.stored);
}

static void stop(kept *k) {
  lk_talk_forget(&k->memory);
  lk_store_close(k->store);
  lk_arena_free(k->arena);
}

static lk_code hear(kept *k, const char *text, const char *client_id, lk_error *err) {
  lk_utterance utterance = {.text = lk_view_of(text), .lang = LK_LANG_NONE, .conversation = lk_view_of(k->id)};
  return lk_talk_say(&k->talk, &utterance, lk_view_of(client_id), k->arena, &k->result, err);
}

static size_t count_messages(kept *k, lk_author author) {
  lk_said *messages;
  size_t count, by = 0;
  assert_int_equal(lk_store_messages(k->store, lk_view_of(k->id), 0, k->arena, &messages, &count, NULL), LK_OK);
  for (size_t i = 0; i < count; i++) by += messages[i].author == author;
  return by;
}

static void a_turn_is_in_the_transcript_before_it_is_shown(void **state) {
  kept k;
  start(&k, *state, false);
  assert_int_equal(hear(&k, "Mikä on tilauksen toimitusaika?", "", NULL), LK_OK);
  assert_true(k.result.stored);
  assert_int_equal(count_messages(&k, LK_AUTHOR_CUSTOMER), 1);
  assert_int_equal(count_messages(&k, LK_AUTHOR_BOT), 1 + k.result.turn.reply_count);
  stop(&k);
}

static void the_same_client_message_twice_is_one_message(void **state) {
  kept k;
  start(&k, *state, false);
  assert_int_equal(hear(&k, "moi", "m1", NULL), LK_OK);
  assert_false(k.result.repeated);
  assert_int_equal(hear(&k, "moi", "m1", NULL), LK_OK);
  assert_true(k.result.repeated);
  assert_true(k.result.kept.message_count > 0);
  assert_int_equal(count_messages(&k, LK_AUTHOR_CUSTOMER), 1);
  stop(&k);
}

static void a_turn_that_was_overtaken_is_taken_again(void **state) {
  kept k;
  start(&k, *state, false);
  k.overtakings = 2;
  assert_int_equal(hear(&k, "moi", "", NULL), LK_OK);
  assert_true(k.result.stored);
  assert_int_equal(count_messages(&k, LK_AUTHOR_CUSTOMER), 1);
  stop(&k);
}

static void who_is_overtaken_for_ever_is_told_to_try_again(void **state) {
  kept k;
  lk_error err = {0};
  start(&k, *state, false);
  k.overtakings = 1000;
  assert_int_equal(hear(&k, "moi", "", &err), LK_ERR_BUSY);
  assert_non_null(strchr(err.message, ';'));
  stop(&k);
}

static void an_unknown_conversation_is_an_error_without_a_memory(void **state) {
  kept k;
  start(&k, *state, false);
  (void)snprintf(k.id, sizeof k.id, "nobody");
  assert_int_equal(hear(&k, "moi", "", NULL), LK_ERR_MISSING);
  stop(&k);
}

/* ---- A store that fails ---- */

static lk_code fail_reading(lk_store *store, lk_view id, lk_arena *arena, lk_conversation *out, lk_error *err) {
  (void)store, (void)id, (void)arena, (void)out;
  if (err) *err = (lk_error){.code = LK_ERR_IO, .message = "gone; wait"};
  return LK_ERR_IO;
}
static lk_code fail_writing(lk_store *store, const lk_turn_record *turn, lk_arena *arena, lk_turn_result *out, lk_error *err) {
  (void)store, (void)turn, (void)arena, (void)out;
  if (err) *err = (lk_error){.code = LK_ERR_IO, .message = "full; wait"};
  return LK_ERR_IO;
}
static const lk_store_methods broken = {.conversation = fail_reading, .turn = fail_writing};

static void with_a_memory_the_conversation_goes_on_and_catches_up(void **state) {
  kept k;
  lk_store failing = {&broken};
  start(&k, *state, true);
  assert_int_equal(hear(&k, "tilaus " KNOWN_ORDER " tilanne", "", NULL), LK_OK);
  k.talk.store = &failing;
  assert_int_equal(hear(&k, "peruuta", "", NULL), LK_OK);
  assert_false(k.result.stored);
  assert_int_equal(k.result.trouble.code, LK_ERR_IO);
  assert_string_equal(k.result.turn.replies[0].id.ptr, "flow-left");
  k.talk.store = k.store;
  assert_int_equal(hear(&k, RIGHT_PROOF, "", NULL), LK_OK);
  assert_true(k.result.stored);
  for (size_t i = 0; i < k.result.turn.reply_count; i++)
    assert_string_not_equal(k.result.turn.replies[i].id.ptr, "trouble-orders");
  stop(&k);
}

static void a_person_who_cannot_be_told_is_not_promised(void **state) {
  kept k;
  lk_store failing = {&broken};
  start(&k, *state, true);
  k.talk.store = &failing;
  assert_int_equal(hear(&k, "haluan puhua ihmiselle", "", NULL), LK_OK);
  assert_int_equal(k.result.turn.reply_count, 1);
  assert_string_equal(k.result.turn.replies[0].id.ptr, "handoff-failed");
  k.talk.store = k.store;
  assert_int_equal(hear(&k, "maija@example.fi", "", NULL), LK_OK);
  assert_int_equal(k.result.turn.contact.len, 0);
  stop(&k);
}

/* ---- The case at the desk ---- */

static bool count_event(void *self, const lk_event *event) {
  (void)event;
  ++*(size_t *)self;
  return true;
}

static size_t count_events(kept *k, lk_event_type type) {
  size_t count = 0;
  lk_event_filter filter = {.conversation = lk_view_of(k->id), .types = &type, .type_count = 1};
  assert_int_equal(lk_store_events(k->store, &filter, count_event, &count, NULL), LK_OK);
  return count;
}

static void a_contact_is_on_the_case_and_noted_once(void **state) {
  kept k;
  lk_case found;
  start(&k, *state, false);
  k.talk.services.desk = lk_desk_new(k.store, NULL, NULL, NULL);
  assert_int_equal(hear(&k, "haluan puhua ihmiselle", "", NULL), LK_OK);
  assert_int_equal(hear(&k, "maija@example.fi", "", NULL), LK_OK);
  assert_true(k.result.kept.case_id > 0);
  assert_int_equal(lk_store_case(k.store, k.result.kept.case_id, k.arena, &found, NULL), LK_OK);
  assert_string_equal(found.contact.ptr, "maija@example.fi");
  assert_int_equal(count_events(&k, LK_EVENT_CONTACT_LEFT), 1);
  lk_desk_free(k.talk.services.desk);
  stop(&k);
}

/* Somebody else's case in the same queue. */
static void another_waits(kept *k, const char *id) {
  lk_case wants = {.reason = LK_HANDOFF_ASKED, .attended = true, .subject = LK_LIT("apua")};
  lk_conversation c = {.id = lk_view_of(id), .lang = LK_LANG_FI, .channel = LK_LIT("test"), .started = NOON};
  lk_turn_result result;
  assert_int_equal(lk_store_start(k->store, &c, NULL), LK_OK);
  assert_int_equal(lk_store_conversation(k->store, c.id, k->arena, &c, NULL), LK_OK);
  lk_turn_record turn = {.conversation = c.id, .version = c.version, .time = NOON, .lang = LK_LANG_FI, .handoff = &wants};
  assert_int_equal(lk_store_turn(k->store, &turn, k->arena, &result, NULL), LK_OK);
}

static void who_asks_again_is_told_his_own_place_not_the_queues_length(void **state) {
  kept k;
  start(&k, *state, false);
  lk_desk *desk = k.talk.services.desk = lk_desk_new(k.store, NULL, NULL, NULL);
  assert_int_equal(lk_desk_arrive(desk, LK_LIT("liisa"), NOON, NULL), LK_OK);
  another_waits(&k, "first");
  assert_int_equal(hear(&k, "haluan puhua ihmiselle", "", NULL), LK_OK);
  another_waits(&k, "third");
  another_waits(&k, "fourth");
  assert_int_equal(hear(&k, "ihminen", "", NULL), LK_OK);
  assert_string_equal(k.result.turn.replies[0].id.ptr, "already-waiting");
  assert_int_equal(k.result.turn.replies[0].value_count, 1);
  assert_string_equal(k.result.turn.replies[0].values[0].value.ptr, "2");
  lk_desk_free(desk);
  stop(&k);
}

/* ---- Opening hours from the KB ---- */

static void the_shops_hours_and_finnish_holidays_hold(void **state) {
  const shop *s = *state;
  lk_hours *hours = NULL;
  lk_hours_status status;
  lk_error err = {0};
  assert_int_equal(lk_talk_hours(lk_engine_kb(s->engine), LK_LIT("chat"), &hours, &err), LK_OK);
  assert_non_null(hours);
  lk_hours_at(hours, NOON, &status);
  assert_true(status.open);
  lk_hours_at(hours, lk_local_moment((lk_date){2027, 12, 6}, 12 * 60), &status);
  assert_false(status.open);
  assert_int_equal(status.holiday, LK_HOLIDAY_INDEPENDENCE);
  lk_hours_free(hours);
  assert_int_equal(lk_talk_hours(lk_engine_kb(s->engine), LK_LIT("nobody's"), &hours, &err), LK_OK);
  assert_null(hours);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_turn_is_in_the_transcript_before_it_is_shown),
      cmocka_unit_test(the_same_client_message_twice_is_one_message),
      cmocka_unit_test(a_turn_that_was_overtaken_is_taken_again),
      cmocka_unit_test(who_is_overtaken_for_ever_is_told_to_try_again),
      cmocka_unit_test(an_unknown_conversation_is_an_error_without_a_memory),
      cmocka_unit_test(with_a_memory_the_conversation_goes_on_and_catches_up),
      cmocka_unit_test(a_person_who_cannot_be_told_is_not_promised),
      cmocka_unit_test(a_contact_is_on_the_case_and_noted_once),
      cmocka_unit_test(who_asks_again_is_told_his_own_place_not_the_queues_length),
      cmocka_unit_test(the_shops_hours_and_finnish_holidays_hold),
  };
  return cmocka_run_group_tests_name("dialogue_talk", tests, open_shop, close_shop);
}
