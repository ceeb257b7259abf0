#include "fixture.h"

/* ---- Choices ---- */

/* A reply with choices: related articles of an answer. */
static void ask_something_with_choices(talk *t, shop *s) {
  begin(t, s, false);
  say(t, "Mikä on tilauksen toimitusaika?");
  assert_true(t->turn.choice_count >= 1);
}

static void a_choice_is_taken_by_tap(void **state) {
  talk t;
  ask_something_with_choices(&t, *state);
  char payload[128];
  (void)snprintf(payload, sizeof payload, "%.*s", LK_FMT(t.turn.choices[0].payload));
  tap(&t, payload);
  assert_int_equal(t.turn.act, LK_ACT_ANSWER);
  assert_true(notes(&t, LK_EVENT_TURN_CHOSEN));
  assert_string_equal(t.turn.entry->id.ptr, payload + strlen("entry:"));
  end(&t);
}

static void a_choice_is_taken_by_its_number(void **state) {
  talk t;
  ask_something_with_choices(&t, *state);
  char payload[128];
  (void)snprintf(payload, sizeof payload, "%.*s", LK_FMT(t.turn.choices[0].payload));
  say(&t, "1");
  assert_string_equal(t.turn.entry->id.ptr, payload + strlen("entry:"));
  assert_true(notes(&t, LK_EVENT_TURN_CHOSEN));
  end(&t);
}

static void a_choice_is_taken_by_its_words(void **state) {
  talk t;
  ask_something_with_choices(&t, *state);
  char payload[128], label[512];
  (void)snprintf(payload, sizeof payload, "%.*s", LK_FMT(t.turn.choices[0].payload));
  (void)snprintf(label, sizeof label, "%.*s", LK_FMT(t.turn.choices[0].label));
  say(&t, label);
  assert_string_equal(t.turn.entry->id.ptr, payload + strlen("entry:"));
  end(&t);
}

static void a_payload_that_nobody_offered_does_no_harm(void **state) {
  static const char *const payloads[] = {"entry:", "entry:no-such", "slot:1",      "slot:", "yes", "no",
                                         "x",      "helped:yes",    "order:100234"};
  for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
    talk t;
    begin(&t, *state, false);
    tap(&t, payloads[i]);
    assert_true(t.turn.reply_count > 0);
    assert_int_equal(t.performed, 0);
    end(&t);
  }
}

/* ---- Identity ---- */

static void an_unknown_order_is_refused_in_the_words_of_a_wrong_proof(void **state) {
  static const char *const first[] = {"missä tilaus ", "peru tilaus ", "lähetä kuitti tilauksesta ", "where is my order "};
  for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
    talk known, unknown;
    char text[64];
    begin(&known, *state, false);
    begin(&unknown, *state, false);
    (void)snprintf(text, sizeof text, "%s%s", first[i], KNOWN_ORDER);
    say(&known, text);
    (void)snprintf(text, sizeof text, "%s%s", first[i], UNKNOWN_ORDER);
    say(&unknown, text);
    assert_string_equal(shown(&known).ptr, shown(&unknown).ptr);
    for (int attempt = 0; attempt < 5; attempt++) {
      say(&known, WRONG_PROOF);
      say(&unknown, WRONG_PROOF);
      assert_string_equal(shown(&known).ptr, shown(&unknown).ptr);
      assert_int_equal(known.turn.event_count, unknown.turn.event_count);
    }
    if (known.turn.act != LK_ACT_HANDOFF) fail_msg("%s: %s", text, shown(&known).ptr);
    end(&known);
    end(&unknown);
  }
}

static void nothing_of_an_order_is_shown_before_proof_and_its_state_after(void **state) {
  talk t;
  begin(&t, *state, false);
  say(&t, "näytä tilauksen " KNOWN_ORDER " sisältö");
  assert_says(&t, "ask-proof");
  assert_null(strstr(shown(&t).ptr, "SECRET"));
  say(&t, RIGHT_PROOF);
  assert_says(&t, "contents");
  assert_non_null(strstr(shown(&t).ptr, "SECRET teltta"));
  end(&t);
}

static void a_proof_is_not_kept_in_the_state(void **state) {
  talk t;
  begin(&t, *state, false);
  say(&t, "tilaus " KNOWN_ORDER " tilanne");
  say(&t, RIGHT_PROOF);
  assert_true(notes(&t, LK_EVENT_PROOF_GIVEN));
  assert_null(strstr(t.turn.state.ptr, RIGHT_PROOF));
  end(&t);
}

static void proof_of_one_order_is_none_of_another(void **state) {
  talk t;
  begin(&t, *state, false);
  say(&t, "tilaus " KNOWN_ORDER " tilanne");
  say(&t, RIGHT_PROOF);
  say(&t, "tilaus " UNKNOWN_ORDER " tilanne");
  assert_says(&t, "ask-proof");
  assert_null(strstr(shown(&t).ptr, "SECRET"));
  end(&t);
}

static void five_wrong_proofs_bring_a_person_and_then_the_right_one_is_too_late(void **state) {
  talk t;
  begin(&t, *state, false);
  say(&t, "tilaus " KNOWN_ORDER " tilanne");
  for (int i = 0; i < 5; i++) say(&t, WRONG_PROOF);
  assert_says(&t, "proof-locked");
  say(&t, "tilaus " KNOWN_ORDER " tilanne, " RIGHT_PROOF);
  assert_null(strstr(shown(&t).ptr, "SECRET"));
  end(&t);
}

/* ---- Writing ---- */

static void nothing_is_written_without_a_yes_and_once_with_one(void **state) {
  talk t;
  begin(&t, *state, false);
  say(&t, "peru tilaus " KNOWN_ORDER);
  say(&t, RIGHT_PROOF);
  assert_says(&t, "confirm-cancel");
  assert_int_equal(t.performed, 0);
  say(&t, "no ehkä");
  assert_int_equal(t.performed, 0);
  say(&t, "kyllä");
  assert_int_equal(t.performed, 1);
  assert_says(&t, "done-cancel");
  say(&t, "kyllä");
  assert_int_equal(t.performed, 1);
  end(&t);
}

static void a_no_leaves_everything_as_it_was(void **state) {
  talk t;
  begin(&t, *state, false);
  say(&t, "peru tilaus " KNOWN_ORDER ", " RIGHT_PROOF);
  assert_says(&t, "confirm-cancel");
  tap(&t, "no");
  assert_says(&t, "not-done");
  tap(&t, "yes");
  assert_int_equal(t.performed, 0);
  end(&t);
}

static void without_an_order_book_the_customer_is_told_and_gets_a_person(void **state) {
  talk t;
  begin(&t, *state, false);
  t.services.orders = NULL;
  say(&t, "tilaus " KNOWN_ORDER " tilanne, " RIGHT_PROOF);
  assert_says(&t, "trouble-orders");
  assert_int_equal(t.turn.act, LK_ACT_HANDOFF);
  end(&t);
}

/* ---- Much text ---- */

/* 2,000 characters of four bytes each are within the limit: as a fault, and as a message that is not understood. */
static void the_longest_message_fits_into_the_state_wherever_it_is_kept(void **state) {
  static char much[8001];
  for (size_t i = 0; i < 8000; i += 4) memcpy(much + i, "\xF0\x9F\x8E\x89", 4);
  talk t;
  begin(&t, *state, false);
  say(&t, much);
  say(&t, "tee reklamaatio tilauksesta " KNOWN_ORDER);
  say(&t, RIGHT_PROOF);
  say(&t, "1");
  assert_says(&t, "ask-fault");
  say(&t, much);
  assert_says(&t, "ask-when");
  end(&t);
}

static void a_megabyte_is_refused_and_hardly_kept(void **state) {
  char *much = calloc(1, (1 << 20) + 1);
  memset(much, 'a', 1 << 20);
  talk t;
  begin(&t, *state, false);
  say(&t, much);
  assert_says(&t, "too-long");
  for (size_t i = 0; i < t.turn.event_count; i++) assert_true(t.turn.events[i].text.len <= 8000);
  take(&t, lk_view_of(much), LK_LIT("person"));
  for (size_t i = 0; i < t.turn.event_count; i++) assert_true(t.turn.events[i].text.len <= 8000);
  assert_true(t.turn.handoff->subject.len <= 8000);
  free(much);
  end(&t);
}

/* ---- Phases ---- */

static void with_a_person_there_the_bot_is_silent(void **state) {
  talk t;
  begin(&t, *state, false);
  t.phase = LK_PHASE_AGENT;
  say(&t, "Mikä on tilauksen toimitusaika?");
  assert_int_equal(t.turn.act, LK_ACT_SILENT);
  assert_int_equal(t.turn.reply_count, 0);
  end(&t);
}

static void while_waiting_a_question_is_answered_and_a_contact_can_still_be_left(void **state) {
  talk t;
  begin(&t, *state, false);
  say(&t, "haluan puhua ihmiselle");
  assert_non_null(t.turn.handoff);
  assert_says(&t, "ask-contact");
  t.phase = LK_PHASE_WAITING;
  say(&t, "Mikä on tilauksen toimitusaika?");
  assert_says(&t, "delivery-time");
  say(&t, "maija@example.fi");
  assert_says(&t, "contact-thanks");
  assert_string_equal(t.turn.contact.ptr, "maija@example.fi");
  end(&t);
}

static void who_asks_again_while_waiting_gets_no_second_case(void **state) {
  talk t;
  begin(&t, *state, false);
  say(&t, "haluan puhua ihmiselle");
  t.phase = LK_PHASE_WAITING;
  say(&t, "haluan puhua ihmiselle");
  assert_null(t.turn.handoff);
  assert_int_equal(t.turn.act, LK_ACT_HANDOFF);
  assert_says(&t, "already-waiting");
  end(&t);
}

static void a_state_that_is_none_is_an_error_and_not_a_fresh_conversation(void **state) {
  talk t;
  lk_error err = {0};
  begin(&t, *state, false);
  lk_utterance utterance = {.text = LK_LIT("moi"), .lang = LK_LANG_NONE};
  assert_int_equal(
      lk_turn_take(t.shop->worker, &t.services, LK_LIT("nonsense"), LK_PHASE_BOT, &utterance, arena_of(&t), &t.turn, &err),
      LK_ERR_INPUT);
  end(&t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_choice_is_taken_by_tap),
      cmocka_unit_test(a_choice_is_taken_by_its_number),
      cmocka_unit_test(a_choice_is_taken_by_its_words),
      cmocka_unit_test(a_payload_that_nobody_offered_does_no_harm),
      cmocka_unit_test(an_unknown_order_is_refused_in_the_words_of_a_wrong_proof),
      cmocka_unit_test(nothing_of_an_order_is_shown_before_proof_and_its_state_after),
      cmocka_unit_test(a_proof_is_not_kept_in_the_state),
      cmocka_unit_test(proof_of_one_order_is_none_of_another),
      cmocka_unit_test(five_wrong_proofs_bring_a_person_and_then_the_right_one_is_too_late),
      cmocka_unit_test(nothing_is_written_without_a_yes_and_once_with_one),
      cmocka_unit_test(a_no_leaves_everything_as_it_was),
      cmocka_unit_test(without_an_order_book_the_customer_is_told_and_gets_a_person),
      cmocka_unit_test(the_longest_message_fits_into_the_state_wherever_it_is_kept),
      cmocka_unit_test(a_megabyte_is_refused_and_hardly_kept),
      cmocka_unit_test(with_a_person_there_the_bot_is_silent),
      cmocka_unit_test(while_waiting_a_question_is_answered_and_a_contact_can_still_be_left),
      cmocka_unit_test(who_asks_again_while_waiting_gets_no_second_case),
      cmocka_unit_test(a_state_that_is_none_is_an_error_and_not_a_fresh_conversation),
  };
  return cmocka_run_group_tests_name("dialogue_turn", tests, open_shop, close_shop);
}
