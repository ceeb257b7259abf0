#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "dialogue/state.h"

static lk_arena *arena;

static int set_up(void **state) {
  (void)state;
  arena = lk_arena_new();
  return arena ? 0 : -1;
}

static int tear_down(void **state) {
  (void)state;
  lk_arena_free(arena);
  return 0;
}

static void assert_same(lk_view seen, lk_view expected) {
  assert_int_equal(seen.len, expected.len);
  assert_memory_equal(seen.ptr, expected.ptr, expected.len);
}

static lk_state through_text(const lk_state *state) {
  lk_view text;
  lk_state again;
  lk_error err = {0};
  assert_int_equal(lk_state_write(state, arena, &text, &err), LK_OK);
  assert_int_equal(lk_state_read(text, arena, &again, &err), LK_OK);
  return again;
}

static void everything_comes_back_as_it_was(void **unused) {
  (void)unused;
  lk_state state = {.lang = LK_LANG_SV,
                    .time = 1794996000,
                    .turns = 7,
                    .fallbacks = 1,
                    .clarified = 2,
                    .choosing = true,
                    .pending = LK_PENDING_SLOT,
                    .last_entry = LK_LIT("delivery-time"),
                    .unclear = LK_LIT("mikä\nse \\n oli"),
                    .waiting_told = true,
                    .choices = {LK_LIT("entry:a"), LK_LIT("other")},
                    .labels = {LK_LIT("Ensimmäinen"), LK_LIT("Jokin muu")},
                    .choice_count = 2,
                    .intent = LK_LIT("do-claim"),
                    .asked = LK_LIT("fault"),
                    .misses = 2,
                    .slots = {{LK_LIT("order"), LK_LIT("100234")}, {LK_LIT("fault"), LK_LIT("rikki\\")}},
                    .slot_count = 2,
                    .key = LK_LIT("c-1"),
                    .order = LK_LIT("100234")};
  lk_state again = through_text(&state);
  assert_int_equal(again.lang, LK_LANG_SV);
  assert_int_equal(again.time, state.time);
  assert_int_equal(again.turns, 7);
  assert_int_equal(again.fallbacks, 1);
  assert_int_equal(again.clarified, 2);
  assert_true(again.choosing && again.waiting_told);
  assert_int_equal(again.pending, LK_PENDING_SLOT);
  assert_same(again.last_entry, state.last_entry);
  assert_same(again.unclear, state.unclear);
  assert_int_equal(again.choice_count, 2);
  assert_same(again.choices[1], state.choices[1]);
  assert_same(again.labels[0], state.labels[0]);
  assert_same(again.intent, state.intent);
  assert_same(again.asked, state.asked);
  assert_int_equal(again.misses, 2);
  assert_int_equal(again.slot_count, 2);
  assert_same(lk_state_slot(&again, LK_LIT("fault")), LK_LIT("rikki\\"));
  assert_same(again.key, state.key);
  assert_same(again.order, state.order);
}

static void an_empty_value_of_a_slot_stays_with_its_slot(void **unused) {
  (void)unused;
  lk_state state = {.slots = {{LK_LIT("proof"), LK_LIT("")}, {LK_LIT("line"), LK_LIT("2")}}, .slot_count = 2};
  lk_state again = through_text(&state);
  assert_int_equal(lk_state_slot(&again, LK_LIT("proof")).len, 0);
  assert_same(lk_state_slot(&again, LK_LIT("line")), LK_LIT("2"));
}

static void no_text_is_a_fresh_state(void **unused) {
  (void)unused;
  lk_state state;
  assert_int_equal(lk_state_read((lk_view){"", 0}, arena, &state, NULL), LK_OK);
  assert_int_equal(state.lang, LK_LANG_NONE);
  assert_int_equal(state.turns, 0);
}

static void a_foreign_text_is_refused(void **unused) {
  (void)unused;
  static const char *const texts[] = {"x", "luukku-state 1", "luukku-state 2\nlang fi\n", "{\"lang\":\"fi\"}"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    lk_state state;
    lk_error err = {0};
    assert_int_equal(lk_state_read(lk_view_of(texts[i]), arena, &state, &err), LK_ERR_INPUT);
    assert_non_null(strchr(err.message, ';'));
  }
}

static void what_a_newer_program_wrote_is_passed_over(void **unused) {
  (void)unused;
  lk_state state;
  lk_view text = LK_LIT("luukku-state 1\nlang en\nmood good\nturns 3\nunfinished");
  assert_int_equal(lk_state_read(text, arena, &state, NULL), LK_OK);
  assert_int_equal(state.lang, LK_LANG_EN);
  assert_int_equal(state.turns, 3);
}

static void numbers_out_of_range_do_no_harm(void **unused) {
  (void)unused;
  lk_state state;
  lk_view text = LK_LIT("luukku-state 1\nlang zz\npending 99\nlabel x\nvalue y\nturns -1\nmisses 99999999999999999999\n");
  assert_int_equal(lk_state_read(text, arena, &state, NULL), LK_OK);
  assert_int_equal(state.pending, LK_PENDING_NONE);
  assert_int_equal(state.choice_count, 0);
  assert_int_equal(state.slot_count, 0);
}

static void more_choices_and_slots_than_fit_are_dropped(void **unused) {
  (void)unused;
  char text[2048] = "luukku-state 1\n";
  for (int i = 0; i < 30; i++) strcat(text, "choice a\nlabel b\nslot c\nvalue d\n");
  lk_state state;
  assert_int_equal(lk_state_read(lk_view_of(text), arena, &state, NULL), LK_OK);
  assert_int_equal(state.choice_count, LK_CHOICES_MAX + 1);
  assert_int_equal(state.slot_count, LK_SLOTS_MAX);
}

static void a_full_state_takes_no_more_slots(void **unused) {
  (void)unused;
  lk_state state = {0};
  char names[LK_SLOTS_MAX + 1][4];
  for (int i = 0; i <= LK_SLOTS_MAX; i++) {
    (void)snprintf(names[i], sizeof names[i], "s%d", i % 100);
    assert_int_equal(lk_state_fill(&state, lk_view_of(names[i]), LK_LIT("x")), i < LK_SLOTS_MAX);
  }
  assert_true(lk_state_fill(&state, lk_view_of(names[0]), LK_LIT("y")));
}

static void a_state_past_its_limit_is_an_error(void **unused) {
  (void)unused;
  static char much[LK_STATE_MAX];
  memset(much, 'x', sizeof much);
  lk_state state = {.unclear = {much, sizeof much}};
  lk_view text;
  lk_error err = {0};
  assert_int_equal(lk_state_write(&state, arena, &text, &err), LK_ERR_LIMIT);
}

static void leaving_a_flow_keeps_what_was_proved(void **unused) {
  (void)unused;
  lk_state state = {.intent = LK_LIT("do-claim"),
                    .pending = LK_PENDING_CONFIRM,
                    .key = LK_LIT("k"),
                    .order = LK_LIT("100234"),
                    .slot_count = 1};
  lk_state_leave_flow(&state);
  assert_int_equal(state.intent.len + state.key.len + state.slot_count, 0);
  assert_int_equal(state.pending, LK_PENDING_NONE);
  assert_same(state.order, LK_LIT("100234"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(everything_comes_back_as_it_was),
      cmocka_unit_test(an_empty_value_of_a_slot_stays_with_its_slot),
      cmocka_unit_test(no_text_is_a_fresh_state),
      cmocka_unit_test(a_foreign_text_is_refused),
      cmocka_unit_test(what_a_newer_program_wrote_is_passed_over),
      cmocka_unit_test(numbers_out_of_range_do_no_harm),
      cmocka_unit_test(more_choices_and_slots_than_fit_are_dropped),
      cmocka_unit_test(a_full_state_takes_no_more_slots),
      cmocka_unit_test(a_state_past_its_limit_is_an_error),
      cmocka_unit_test(leaving_a_flow_keeps_what_was_proved),
  };
  return cmocka_run_group_tests_name("dialogue_state", tests, set_up, tear_down);
}
