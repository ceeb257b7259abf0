/* A slot's value from what the customer said: an entity as the state keeps it. */
#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>

#include "base/error.h"
#include "dialogue/flow.h"

bool lk_slot_has_type(const lk_slot *slot, const char *type) {
  for (size_t i = 0; i < slot->type_count; i++)
    if (lk_view_eq(slot->types[i], lk_view_of(type))) return true;
  return false;
}

const lk_slot *lk_slot_named(const lk_entry *intent, const char *name) {
  for (size_t i = 0; i < intent->slot_count; i++)
    if (lk_view_eq(intent->slots[i].name, lk_view_of(name))) return &intent->slots[i];
  return NULL;
}

void lk_fill(lk_maker *m, lk_view name, lk_view value) {
  if (!lk_state_fill(&m->state, name, value))
    lk_maker_fail(m, lk_fail(m->err, LK_ERR_LIMIT, "an intent has more than %d slots; split it", LK_SLOTS_MAX));
}

static lk_view value_of(lk_maker *m, const lk_entity *e) {
  switch (e->type) {
    case LK_ENTITY_DATE:
      return lk_text(m, "%04d-%02d-%02d", e->date.year, e->date.month, e->date.day);
    case LK_ENTITY_QUANTITY:
    case LK_ENTITY_AMOUNT:
    case LK_ENTITY_YES_NO:
      return lk_number_text(m, e->number);
    default:
      return lk_text(m, "%.*s", LK_FMT(lk_beginning(e->text, LK_STATE_TEXT)));
  }
}

/* ---- Without being asked ---- */

/* Values that are looked up somewhere are not taken as they stand; nor is an address that has to be proved first. */
static bool is_taken_unasked(const lk_maker *m, const lk_entry *intent, const lk_slot *slot) {
  if (lk_slot_has_type(slot, "product") || lk_slot_has_type(slot, "order-line")) return false;
  return !(lk_proof_slot(intent) && !m->in->customer.len && lk_view_eq(slot->name, LK_LIT("email")));
}

static bool fill_from_entities(lk_maker *m, const lk_entry *intent) {
  lk_slot_value *values = LK_NEW_ARRAY(m->arena, lk_slot_value, intent->slot_count);
  lk_slot_change *changes = LK_NEW_ARRAY(m->arena, lk_slot_change, intent->slot_count);
  lk_slot *slots = LK_NEW_ARRAY(m->arena, lk_slot, intent->slot_count);
  bool changed = false;
  if (!values || !changes || !slots) {
    lk_maker_fail(m, lk_fail_memory(m->err));
    return false;
  }
  size_t count = 0;
  for (size_t i = 0; i < intent->slot_count; i++) {
    if (!is_taken_unasked(m, intent, &intent->slots[i])) continue;
    slots[count] = intent->slots[i];
    lk_view kept = lk_state_slot(&m->state, slots[count].name);
    values[count].filled = kept.len > 0;
    values[count++].value.text = kept;
  }
  const lk_pattern_match *match = m->u->match_count && m->u->triggered ? &m->u->matches[0] : NULL;
  lk_slots_fill(slots, values, count, &m->u->entities, match, changes);
  for (size_t i = 0; i < count; i++) {
    if (changes[i] == LK_SLOT_KEPT) continue;
    lk_view value = value_of(m, &values[i].value);
    changed = changed || !lk_view_eq(value, lk_state_slot(&m->state, slots[i].name));
    lk_fill(m, slots[i].name, value);
    lk_because(&m->out->reasons, "flow.slot", "%.*s = %.*s", LK_FMT(slots[i].name), LK_FMT(value));
  }
  return changed;
}

/* "eiku pipo": what stands behind the correction, or empty. */
static lk_view corrected_text(const lk_maker *m) {
  const lk_entity *mark = lk_entities_best(&m->u->entities, LK_ENTITY_CORRECTION);
  if (!mark || mark->end >= m->u->text.len) return (lk_view){"", 0};
  return (lk_view){m->u->text.ptr + mark->end, m->u->text.len - mark->end};
}

/* Corrects what is chosen by its name. */
static bool correct_by_name(lk_maker *m, const lk_entry *intent) {
  lk_view text = corrected_text(m);
  const lk_order *order = text.len ? lk_flow_order(m) : NULL;
  if (!order) return false;
  bool back = lk_order_action_of(intent->action) == LK_ACTION_RETURN;
  for (size_t i = 0; i < intent->slot_count; i++) {
    const lk_slot *slot = &intent->slots[i];
    lk_view old = lk_state_slot(&m->state, slot->name), value = {"", 0};
    if (!old.len) continue;
    if (lk_slot_has_type(slot, "order-line")) value = lk_lines_named(m, order, text, back);
    if (lk_slot_has_type(slot, "reason")) value = lk_reason_named(m, text);
    if (lk_slot_has_type(slot, "pickup-point")) value = lk_text(m, "%.*s", LK_FMT(lk_beginning(text, LK_STATE_TEXT)));
    if (!value.len || lk_view_eq(value, old)) continue;
    lk_fill(m, slot->name, value);
    return true;
  }
  return false;
}

/* ---- Entities that a flow wants ---- */

static lk_code find_products(void *self, lk_view text, lk_product_hit *hits, size_t limit, size_t *count, lk_arena *arena,
                             lk_error *err) {
  lk_product *products = NULL;
  size_t found = 0;
  lk_code code = lk_orders_search(self, text, limit, arena, &products, &found, err);
  for (size_t i = 0; !code && i < found; i++) hits[i] = (lk_product_hit){products[i].sku, products[i].name, products[i].match};
  *count = code ? 0 : found;
  return code;
}

/* "Since Monday" is a Monday that was. */
static bool looks_back(const lk_entry *intent) { return lk_order_action_of(intent->action) == LK_ACTION_WARRANTY; }

void lk_listen_for(lk_maker *m, const lk_entry *intent) {
  bool products = false;
  for (size_t i = 0; i < intent->slot_count; i++) products |= lk_slot_has_type(&intent->slots[i], "product");
  if (!m->u || ((!products || !m->services->orders) && !looks_back(intent))) return;
  lk_order_book book = m->services->orders ? *m->services->orders : (lk_order_book){0};
  lk_product_finder finder = {find_products, &book};
  lk_entity_options options = lk_entity_hints(m);
  if (products && m->services->orders) options.products = &finder;
  options.past = looks_back(intent);
  lk_code code =
      lk_entities_find(lk_engine_words(m->engine), &m->u->analysis, m->u->text, &options, m->arena, &m->u->entities, m->err);
  if (code && options.products) { /* the catalogue cannot be asked: what the message says is still heard */
    options.products = NULL;
    code = lk_entities_find(lk_engine_words(m->engine), &m->u->analysis, m->u->text, &options, m->arena, &m->u->entities, m->err);
  }
  if (code) lk_maker_fail(m, code);
}

/* ---- As an answer ---- */

static lk_view behind(lk_view payload, const char *prefix) {
  size_t length = strlen(prefix);
  if (payload.len < length || memcmp(payload.ptr, prefix, length) != 0) return (lk_view){NULL, 0};
  return (lk_view){payload.ptr + length, payload.len - length};
}

/* The choice that was made by tap, number or words; NULL within for none. Only what was offered can be chosen. */
static lk_view chosen_payload(const lk_maker *m, const lk_entity *e) {
  if (m->in->payload.len) {
    for (size_t i = 0; i < m->before.choice_count; i++)
      if (lk_view_eq(m->before.choices[i], m->in->payload)) return m->before.choices[i];
    return (lk_view){NULL, 0};
  }
  if (!e || e->type != LK_ENTITY_CHOICE || e->number < 1 || (size_t)e->number > m->before.choice_count) return (lk_view){NULL, 0};
  return m->before.choices[e->number - 1];
}

static lk_settling keep_value(lk_maker *m, const lk_slot *slot, lk_view value) {
  lk_fill(m, slot->name, value);
  lk_because(&m->out->reasons, "flow.slot", "%.*s = %.*s", LK_FMT(slot->name), LK_FMT(value));
  return LK_SETTLED;
}

static lk_settling settle_payload(lk_maker *m, const lk_slot *slot, lk_view payload) {
  lk_view exact = behind(payload, "exact:"), value = behind(payload, "slot:");
  static const lk_entities nothing = {NULL, 0};
  if (exact.ptr) return keep_value(m, slot, exact);
  if (!value.ptr || !value.len) return LK_UNSETTLED;
  if (lk_slot_has_type(slot, "product")) return lk_settle_product_size(m, slot, value, m->u ? &m->u->entities : &nothing);
  return keep_value(m, slot, value);
}

static lk_settling settle_lines(lk_maker *m, const lk_entry *intent, const lk_slot *slot) {
  const lk_order *order = lk_flow_order(m);
  bool back = lk_order_action_of(intent->action) == LK_ACTION_RETURN;
  lk_view lines = order ? lk_lines_named(m, order, m->u->text, back) : (lk_view){"", 0};
  return lines.len ? keep_value(m, slot, lines) : LK_UNSETTLED;
}

/* A size that there is; where nothing is known of sizes, any. */
static lk_settling settle_size(lk_maker *m, const lk_slot *slot, lk_view size) {
  const lk_order_line *line = lk_only_line(m, lk_flow_order(m));
  lk_product *sizes = NULL;
  size_t count = 0;
  if (line) (void)lk_orders_related(m->services->orders, line->sku, LK_RELATION_SIZE, 50, m->arena, &sizes, &count, NULL);
  bool known = count == 0 || (line && strcasecmp(line->size.ptr, size.ptr) == 0);
  for (size_t i = 0; i < count && !known; i++) known = strcasecmp(sizes[i].size.ptr, size.ptr) == 0;
  return known ? keep_value(m, slot, size) : LK_MISFIT;
}

static lk_settling settle_quantity(lk_maker *m, const lk_entry *intent, const lk_slot *slot, int64_t quantity) {
  const lk_order_line *line = lk_only_line(m, lk_flow_order(m));
  bool back = lk_order_action_of(intent->action) == LK_ACTION_RETURN;
  if (back && (quantity < 1 || (line && quantity > lk_line_left(line)))) return LK_MISFIT;
  return keep_value(m, slot, lk_number_text(m, quantity));
}

/* Is a free text a question of its own rather than an answer? A fault may well be told in words that an article has, so it has to be asked as a question. */
static bool is_question(const lk_maker *m) {
  lk_view text = m->u->text;
  while (text.len && (unsigned char)text.ptr[text.len - 1] <= ' ') text.len--;
  lk_decision decision;
  if (lk_decide(m->engine, m->u, NULL, &decision, m->err)) return false;
  bool marked = (text.len && text.ptr[text.len - 1] == '?') || m->u->verbatim;
  return marked && (decision.act == LK_ACT_ANSWER || decision.act == LK_ACT_HANDOFF);
}

static lk_settling settle_free(lk_maker *m, const lk_entry *intent, const lk_slot *slot, const lk_entity *value) {
  if (is_question(m)) return LK_UNSETTLED;
  if (lk_slot_has_type(slot, "product")) return lk_settle_product(m, slot, value->text, &m->u->entities, .3);
  if (lk_slot_has_type(slot, "order-line")) return settle_lines(m, intent, slot);
  if (lk_slot_has_type(slot, "reason")) {
    lk_view reason = lk_reason_named(m, value->text);
    return keep_value(m, slot, reason.len ? reason : LK_LIT("other"));
  }
  return m->u->gibberish && lk_slot_has_type(slot, "pickup-point") ? LK_UNSETTLED : keep_value(m, slot, value_of(m, value));
}

static lk_settling settle_value(lk_maker *m, const lk_entry *intent, const lk_slot *slot, lk_entity *value) {
  switch (value->type) {
    case LK_ENTITY_CHOICE:
      return settle_payload(m, slot, chosen_payload(m, value));
    case LK_ENTITY_PRODUCT:
      value->text = m->u->text;
      return settle_free(m, intent, slot, value);
    case LK_ENTITY_FREE:
      return settle_free(m, intent, slot, value);
    case LK_ENTITY_SIZE:
      return settle_size(m, slot, value->text);
    case LK_ENTITY_QUANTITY:
      return settle_quantity(m, intent, slot, value->number);
    default:
      return keep_value(m, slot, value_of(m, value));
  }
}

static lk_slot_answer read_answer(lk_maker *m, const lk_entry *intent, const lk_slot *slot, lk_entity *value) {
  lk_slot_answer answer = LK_ANSWER_NONE;
  lk_entity_options options = lk_entity_hints(m);
  options.past = looks_back(intent);
  lk_code code = lk_slot_interpret(lk_engine_words(m->engine), slot, &m->u->analysis, m->u->text, &m->u->entities, &options,
                                   m->arena, &answer, value, m->err);
  if (code) lk_maker_fail(m, code);
  return code ? LK_ANSWER_NONE : answer;
}

lk_settling lk_settle(lk_maker *m, const lk_entry *intent, const lk_slot *slot) {
  lk_view payload = chosen_payload(m, NULL);
  if (payload.ptr) return settle_payload(m, slot, payload);
  if (!m->u) return LK_UNSETTLED;
  lk_entity value = {.text = {"", 0}};
  lk_slot_answer answer = read_answer(m, intent, slot, &value);
  const lk_entity *choice = lk_entities_best(&m->u->entities, LK_ENTITY_CHOICE);
  payload = chosen_payload(m, choice);
  /* A number that is asked for is that number, not the choice of this place. */
  bool numeric = answer == LK_ANSWER_VALUE && (value.type == LK_ENTITY_SIZE || value.type == LK_ENTITY_QUANTITY);
  if (payload.ptr && choice->confidence >= .6f && !numeric) return settle_payload(m, slot, payload);
  if (answer == LK_ANSWER_NONE) return LK_UNSETTLED;
  if (answer == LK_ANSWER_SKIP) return slot->optional ? keep_value(m, slot, LK_LIT(LK_SKIPPED)) : LK_UNSETTLED;
  return settle_value(m, intent, slot, &value);
}

/* ---- Corrections ---- */

/* "eiku 44", "ei kun kolme": what stands behind the correction, read as the answer to a question that has been answered. */
static bool correct_by_kind(lk_maker *m, const lk_entry *intent) {
  const lk_entity *mark = lk_entities_best(&m->u->entities, LK_ENTITY_CORRECTION);
  for (size_t i = intent->slot_count; mark && i-- > 0;) {
    const lk_slot *slot = &intent->slots[i];
    bool kind = lk_slot_has_type(slot, "size") || lk_slot_has_type(slot, "quantity") || lk_slot_has_type(slot, "date");
    lk_view old = lk_state_slot(&m->state, slot->name);
    if (!kind || !old.len) continue;
    lk_entity value = {.text = {"", 0}};
    if (read_answer(m, intent, slot, &value) != LK_ANSWER_VALUE || value.first_word < mark->past_word) continue;
    return settle_value(m, intent, slot, &value) == LK_SETTLED && !lk_view_eq(old, lk_state_slot(&m->state, slot->name));
  }
  return false;
}

bool lk_fill_from_message(lk_maker *m, const lk_entry *intent) {
  if (!m->u || !intent->slot_count) return false;
  return fill_from_entities(m, intent) || correct_by_kind(m, intent) || correct_by_name(m, intent);
}
