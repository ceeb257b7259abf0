/* Which words of a message fill which slot of a flow. */
#include <string.h>

#include "understood.h"

#define TYPES(name, ...) static const lk_view name[] = {__VA_ARGS__}
TYPES(order_types, {"order-number", 12});
TYPES(proof_types, {"email", 5}, {"postcode", 8});
TYPES(address_types, {"address", 7});
TYPES(quantity_types, {"quantity", 8});
TYPES(size_types, {"size", 4});
TYPES(reason_types, {"reason", 6});
TYPES(date_types, {"date", 4});
TYPES(yes_no_types, {"yes-no", 6});
TYPES(line_types, {"order-line", 10});
#define SLOT(id, kinds) \
  { .name = {id, sizeof id - 1}, .types = kinds, .type_count = sizeof kinds / sizeof *kinds }

enum { ORDER, PROOF, ADDRESS, QUANTITY, REASON, SLOTS };
static const lk_slot slots[SLOTS] = {SLOT("order", order_types), SLOT("proof", proof_types), SLOT("address", address_types),
                                     SLOT("quantity", quantity_types), SLOT("reason", reason_types)};

static void fill(understood *u, lk_slot_value *values, lk_slot_change *changes, lk_lang lang, const char *message) {
  understand(u, lang, message);
  lk_slots_fill(slots, values, SLOTS, &u->entities, NULL, changes);
}

static void a_message_fills_all_that_it_tells(void **state) {
  lk_slot_value values[SLOTS] = {{0}};
  lk_slot_change changes[SLOTS];
  fill(*state, values, changes, LK_LANG_FI, "mis mun tilaus 100234 viipyy, posti 00100");
  assert_int_equal(changes[ORDER], LK_SLOT_FILLED);
  assert_text(values[ORDER].value.text, "100234");
  assert_text(values[PROOF].value.text, "00100");
  assert_false(values[ADDRESS].filled || values[QUANTITY].filled || values[REASON].filled);
}

static void the_postcode_of_a_new_address_is_no_proof(void **state) {
  lk_slot_value values[SLOTS] = {{0}};
  fill(*state, values, NULL, LK_LANG_FI, "tilaus 100234, uusi osoite Mäkitie 3, 00100 Helsinki");
  assert_text(values[ADDRESS].value.text, "Mäkitie 3, 00100 Helsinki");
  assert_false(values[PROOF].filled);
}

static void free_text_yes_and_choices_are_not_taken_unasked(void **state) {
  lk_slot_value values[SLOTS] = {{0}};
  fill(*state, values, NULL, LK_LANG_FI, "joo se on liian pieni");
  for (size_t s = 0; s < SLOTS; s++) assert_false(values[s].filled);
}

static void a_correction_replaces_what_was_said(void **state) {
  static const struct {
    lk_lang lang;
    const char *message;
  } cases[] = {{LK_LANG_FI, "eiku 100235"},  {LK_LANG_FI, "siis 100235"},      {LK_LANG_FI, "tarkoitin 100235"},
               {LK_LANG_SV, "nej 100235"},   {LK_LANG_SV, "jag menar 100235"}, {LK_LANG_EN, "I mean 100235"},
               {LK_LANG_EN, "sorry, 100235"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    lk_slot_value values[SLOTS] = {{0}};
    lk_slot_change changes[SLOTS];
    fill(*state, values, changes, LK_LANG_FI, "tilaus 100234");
    fill(*state, values, changes, cases[i].lang, cases[i].message);
    assert_int_equal(changes[ORDER], LK_SLOT_CORRECTED);
    assert_text(values[ORDER].value.text, "100235");
  }
}

static void a_correction_within_one_message_counts(void **state) {
  lk_slot_value values[SLOTS] = {{0}};
  fill(*state, values, NULL, LK_LANG_FI, "tilaus 100234 eiku 100235");
  assert_text(values[ORDER].value.text, "100235");
}

static void a_quantity_is_only_replaced_by_a_correction(void **state) {
  lk_slot_value values[SLOTS] = {{0}};
  lk_slot_change changes[SLOTS];
  fill(*state, values, changes, LK_LANG_FI, "laita 3 kpl");
  fill(*state, values, changes, LK_LANG_FI, "ja 2 kpl oli jo");
  assert_int_equal(changes[QUANTITY], LK_SLOT_KEPT);
  assert_int_equal(values[QUANTITY].value.number, 3);
  fill(*state, values, changes, LK_LANG_FI, "eiku 4 kpl");
  assert_int_equal(changes[QUANTITY], LK_SLOT_CORRECTED);
  assert_int_equal(values[QUANTITY].value.number, 4);
}

static void the_same_value_again_changes_nothing(void **state) {
  lk_slot_value values[SLOTS] = {{0}};
  lk_slot_change changes[SLOTS];
  fill(*state, values, changes, LK_LANG_FI, "tilaus 100234");
  fill(*state, values, changes, LK_LANG_FI, "siis tilaus #100234");
  assert_int_equal(changes[ORDER], LK_SLOT_KEPT);
}

static void missing_slots_come_in_their_order(void **state) {
  (void)state;
  lk_slot some[3] = {slots[ORDER], slots[PROOF], slots[QUANTITY]};
  some[1].optional = true;
  lk_slot_value values[3] = {{0}};
  assert_int_equal(lk_slots_missing(some, values, 3), 0);
  values[0].filled = true;
  assert_int_equal(lk_slots_missing(some, values, 3), 2);
  values[2].filled = true;
  assert_int_equal(lk_slots_missing(some, values, 3), 3);
}

static lk_slot_answer ask(understood *u, const lk_slot *slot, lk_lang lang, const char *message, lk_entity *out) {
  lk_error err = {0};
  lk_slot_answer answer = LK_ANSWER_NONE;
  understand(u, lang, message);
  assert_int_equal(
      lk_slot_interpret(u->words, slot, &u->analysis, u->text, &u->entities, &u->options, u->arena, &answer, out, &err), LK_OK);
  return answer;
}

static void a_question_decides_between_readings(void **state) {
  static const lk_slot quantity = SLOT("quantity", quantity_types), size = SLOT("size", size_types);
  understood *u = *state;
  lk_entity out;
  assert_int_equal(ask(u, &quantity, LK_LANG_FI, "42", &out), LK_ANSWER_VALUE);
  assert_int_equal(out.number, 42);
  assert_int_equal(ask(u, &size, LK_LANG_FI, "42", &out), LK_ANSWER_VALUE);
  assert_text(out.text, "42");
  assert_int_equal(ask(u, &size, LK_LANG_FI, "m", &out), LK_ANSWER_VALUE);
  assert_text(out.text, "M");
  assert_int_equal(ask(u, &quantity, LK_LANG_FI, "yksi", &out), LK_ANSWER_VALUE);
  assert_int_equal(out.number, 1);
  assert_int_equal(ask(u, &quantity, LK_LANG_FI, "punainen", &out), LK_ANSWER_NONE);
}

static void free_text_is_the_whole_message(void **state) {
  static const lk_slot reason = SLOT("reason", reason_types);
  understood *u = *state;
  lk_entity out;
  assert_int_equal(ask(u, &reason, LK_LANG_FI, "  se oli liian pieni ", &out), LK_ANSWER_VALUE);
  assert_int_equal(out.type, LK_ENTITY_FREE);
  assert_text(out.text, "se oli liian pieni");
  assert_int_equal(ask(u, &reason, LK_LANG_FI, "en tiedä", &out), LK_ANSWER_SKIP);
  assert_int_equal(ask(u, &reason, LK_LANG_FI, "...", &out), LK_ANSWER_NONE);
}

static void a_line_is_chosen_by_number_or_name(void **state) {
  static const lk_slot line = SLOT("line", line_types);
  static const lk_view labels[] = {{"Vaellussaappaat, koko 42", 24}, {"Otsalamppu Kaamos", 17}};
  understood *u = *state;
  u->options.choices = labels;
  u->options.choice_count = 2;
  lk_entity out;
  assert_int_equal(ask(u, &line, LK_LANG_FI, "otsalamput", &out), LK_ANSWER_VALUE);
  assert_true(out.type == LK_ENTITY_CHOICE && out.number == 2);
  assert_int_equal(ask(u, &line, LK_LANG_FI, "ne saappaat", &out), LK_ANSWER_VALUE);
  assert_int_equal(ask(u, &line, LK_LANG_FI, "ykkönen", &out), LK_ANSWER_VALUE);
  assert_true(out.type == LK_ENTITY_CHOICE && out.number == 1);
  u->options.choice_count = 0;
}

static void an_answer_may_come_in_another_language(void **state) {
  static const lk_slot agreed = SLOT("agreed", yes_no_types), when = SLOT("when", date_types);
  understood *u = *state;
  lk_entity out;
  assert_int_equal(ask(u, &agreed, LK_LANG_FI, "yes", &out), LK_ANSWER_VALUE);
  assert_int_equal(out.number, 1);
  assert_int_equal(ask(u, &agreed, LK_LANG_SV, "joo", &out), LK_ANSWER_VALUE);
  assert_int_equal(out.number, 1);
  assert_int_equal(ask(u, &when, LK_LANG_FI, "tomorrow", &out), LK_ANSWER_VALUE);
  assert_int_equal(out.date.day, 23);
}

static void a_wish_that_begins_like_a_yes_confirms_nothing(void **state) {
  static const lk_slot agreed = SLOT("agreed", yes_no_types);
  static const char *const messages[] = {"haluan vaihtaa osoitteen", "joo mutta vaihda ensin osoite", "joo en haluakaan",
                                         "missä se on"};
  understood *u = *state;
  lk_entity out;
  for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
    if (ask(u, &agreed, LK_LANG_FI, messages[i], &out) == LK_ANSWER_VALUE && out.number == 1) fail_msg("\"%s\"", messages[i]);
}

static void every_slot_type_of_the_kb_is_known(void **state) {
  (void)state;
  for (const char *const *type = lk_slot_types(); *type; type++)
    if (!lk_slot_type_entities(lk_view_of(*type))) fail_msg("slot type %s", *type);
  assert_int_equal(lk_slot_type_entities(LK_LIT("colour")), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_message_fills_all_that_it_tells),
      cmocka_unit_test(the_postcode_of_a_new_address_is_no_proof),
      cmocka_unit_test(free_text_yes_and_choices_are_not_taken_unasked),
      cmocka_unit_test(a_correction_replaces_what_was_said),
      cmocka_unit_test(a_correction_within_one_message_counts),
      cmocka_unit_test(a_quantity_is_only_replaced_by_a_correction),
      cmocka_unit_test(the_same_value_again_changes_nothing),
      cmocka_unit_test(missing_slots_come_in_their_order),
      cmocka_unit_test(a_question_decides_between_readings),
      cmocka_unit_test(free_text_is_the_whole_message),
      cmocka_unit_test(a_line_is_chosen_by_number_or_name),
      cmocka_unit_test(an_answer_may_come_in_another_language),
      cmocka_unit_test(a_wish_that_begins_like_a_yes_confirms_nothing),
      cmocka_unit_test(every_slot_type_of_the_kb_is_known),
  };
  return cmocka_run_group_tests(tests, understood_set_up, understood_tear_down);
}
