/* Flows as they are kept: over a restart, with a backend of the shop's own, and when the order book is busy. */
#include "fixture.h"

#include <unistd.h>

#include "dialogue/state.h"
#include "luukku/talk.h"

/* ---- A conversation in a store on disk, opened anew for every message ---- */

typedef struct kept_talk {
  talk t;
  char path[64], id[LK_CONVERSATION_ID_SIZE];
} kept_talk;

static void begin_kept(kept_talk *k, shop *s) {
  begin(&k->t, s, false);
  (void)snprintf(k->path, sizeof k->path, "/tmp/luukku-flows-%ld.db", (long)getpid());
  (void)unlink(k->path);
  lk_error err = {0};
  lk_store *store = lk_store_open(k->path, NULL, &err);
  if (!store) fail_msg("%s", err.message);
  lk_talk kept = {.worker = s->worker, .services = k->t.services, .store = store, .channel = LK_LIT("test")};
  lk_talk_result result;
  assert_int_equal(lk_talk_start(&kept, LK_LANG_FI, LK_LIT(""), k->id, arena_of(&k->t), &result, &err), LK_OK);
  assert_true(result.stored);
  lk_store_close(store);
}

static void say_after_restart(kept_talk *k, const char *text) {
  lk_error err = {0};
  lk_store *store = lk_store_open(k->path, NULL, &err);
  assert_non_null(store);
  lk_talk kept = {.worker = k->t.shop->worker, .services = k->t.services, .store = store, .channel = LK_LIT("test")};
  lk_utterance utterance = {.text = lk_view_of(text), .lang = LK_LANG_NONE, .conversation = lk_view_of(k->id)};
  lk_talk_result result;
  k->t.turns++;
  lk_code code = lk_talk_say(&kept, &utterance, (lk_view){"", 0}, arena_of(&k->t), &result, &err);
  if (code || !result.stored) fail_msg("%s%s", err.message, result.trouble.message);
  k->t.turn = result.turn;
  lk_store_close(store);
}

static void end_kept(kept_talk *k) {
  static const char *const parts[] = {"", "-wal", "-shm"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    char path[80];
    (void)snprintf(path, sizeof path, "%s%s", k->path, parts[i]);
    (void)unlink(path);
  }
  end(&k->t);
}

static void a_flow_goes_on_after_a_restart_at_every_step(void **state) {
  kept_talk k;
  begin_kept(&k, *state);
  say_after_restart(&k, "peru tilaus " KNOWN_ORDER);
  assert_says(&k.t, "ask-proof");
  say_after_restart(&k, RIGHT_PROOF);
  assert_says(&k.t, "confirm-cancel");
  say_after_restart(&k, "mikä on tilauksen toimitusaika?");
  assert_says(&k.t, "confirm-cancel");
  assert_int_equal(k.t.performed, 0);
  say_after_restart(&k, "kyllä");
  assert_says(&k.t, "done-cancel");
  assert_int_equal(k.t.performed, 1);
  say_after_restart(&k, "kyllä");
  assert_int_equal(k.t.performed, 1);
  end_kept(&k);
}

/* ---- What the order book answers ---- */

static lk_order_outcome answer;
static lk_code answer_code;
static char keys[4][64];
static size_t key_count;

static lk_code perform_as_told(void *self, const lk_order_request *request, lk_arena *arena, lk_order_outcome *out,
                               lk_error *err) {
  (void)self, (void)arena;
  (void)snprintf(keys[key_count++ % 4], sizeof keys[0], "%.*s", LK_FMT(request->key));
  *out = answer;
  if (answer_code) snprintf(err->message, sizeof err->message, "told so"), err->code = answer_code;
  return answer_code;
}

static void tell_book(talk *t, lk_order_reason reason, lk_code code, const char *detail) {
  answer = (lk_order_outcome){.reason = reason, .reference = {"", 0}, .new_order = {"", 0}, .detail = lk_view_of(detail)};
  answer_code = code;
  t->book.perform = perform_as_told;
}

static void confirm_a_cancellation(talk *t, shop *s) {
  begin(t, s, false);
  say(t, "peru tilaus " KNOWN_ORDER ", " RIGHT_PROOF);
  assert_says(t, "confirm-cancel");
}

static void a_busy_book_is_tried_again_with_the_same_key_and_then_a_person_comes(void **state) {
  talk t;
  confirm_a_cancellation(&t, *state);
  tell_book(&t, LK_REASON_LOCKED, LK_ERR_BUSY, "");
  key_count = 0;
  say(&t, "kyllä");
  assert_says(&t, "refused-busy");
  say(&t, "kyllä");
  assert_int_equal(t.turn.act, LK_ACT_HANDOFF);
  assert_int_equal(t.turn.handoff->reason, LK_HANDOFF_FAILED_ACTION);
  assert_string_equal(keys[0], keys[1]);
  end(&t);
}

static void a_backend_refuses_in_the_words_of_the_kb(void **state) {
  talk t;
  confirm_a_cancellation(&t, *state);
  tell_book(&t, LK_REASON_UNSUPPORTED, LK_OK, "refused-in-stock");
  say(&t, "kyllä");
  assert_says(&t, "refused-in-stock");
  end(&t);
}

static void a_message_that_the_kb_has_not_is_told_in_general_words(void **state) {
  static const char *const details[] = {"no-such-message", "", "status-shipped" /* wants values that a refusal has not */};
  for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
    talk t;
    confirm_a_cancellation(&t, *state);
    tell_book(&t, LK_REASON_UNSUPPORTED, LK_OK, details[i]);
    say(&t, "kyllä");
    assert_says(&t, "refused-other");
    end(&t);
  }
}

/* ---- What is kept of a conversation ---- */

static void what_was_meant_by_a_choice_is_kept_also_when_it_was_none_of_them(void **state) {
  static const char *const vague[] = {"lasku lähetys palautus", "maksu ja vaihto", "kortti toimitus", "blorb frobnitz toimitus",
                                      "tuote"};
  talk t;
  begin(&t, *state, false);
  for (size_t i = 0; i < sizeof vague / sizeof *vague && !t.turn.choice_count; i++) say(&t, vague[i]);
  assert_true(t.turn.choice_count > 0);
  tap(&t, "other");
  bool kept = false;
  for (size_t i = 0; i < t.turn.event_count; i++)
    kept |= t.turn.events[i].type == LK_EVENT_TURN_CHOSEN && t.turn.events[i].number == 0 && t.turn.events[i].text.len > 0;
  assert_true(kept);
  end(&t);
}

static void no_proof_stays_in_the_state(void **state) {
  talk t;
  begin(&t, *state, false);
  say(&t, "palautan tuotteen tilauksesta " KNOWN_ORDER ", postinumero " RIGHT_PROOF);
  assert_null(memmem(t.turn.state.ptr, t.turn.state.len, RIGHT_PROOF, strlen(RIGHT_PROOF)));
  end(&t);
}

static void silence_ends_a_flow_and_nothing_is_done(void **state) {
  talk t;
  confirm_a_cancellation(&t, *state);
  t.now += 86400;
  say(&t, "kyllä");
  assert_says(&t, "flow-timeout");
  assert_int_equal(t.performed, 0);
  end(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_flow_goes_on_after_a_restart_at_every_step),
      cmocka_unit_test(a_busy_book_is_tried_again_with_the_same_key_and_then_a_person_comes),
      cmocka_unit_test(a_backend_refuses_in_the_words_of_the_kb),
      cmocka_unit_test(a_message_that_the_kb_has_not_is_told_in_general_words),
      cmocka_unit_test(what_was_meant_by_a_choice_is_kept_also_when_it_was_none_of_them),
      cmocka_unit_test(no_proof_stays_in_the_state),
      cmocka_unit_test(silence_ends_a_flow_and_nothing_is_done),
  };
  return cmocka_run_group_tests_name("dialogue_flows", tests, open_shop, close_shop);
}
