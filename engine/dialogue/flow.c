#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "dialogue/turn.h"

enum { PATIENCE = 3 }; /* times that a slot's answer is not understood before a person is offered */

static bool has_type(const lk_slot *slot, const char *type) {
  for (size_t i = 0; i < slot->type_count; i++)
    if (lk_view_eq(slot->types[i], lk_view_of(type))) return true;
  return false;
}

static const lk_slot *slot_named(const lk_entry *intent, lk_view name) {
  for (size_t i = 0; i < intent->slot_count; i++)
    if (lk_view_eq(intent->slots[i].name, name)) return &intent->slots[i];
  return NULL;
}

/* The slot that proves the order: an e-mail or postcode beside an order number. */
static const lk_slot *proof_slot(const lk_entry *intent) { return slot_named(intent, LK_LIT("proof")); }

static const lk_entry *current_intent(lk_maker *m) {
  const lk_entry *intent = m->state.intent.len ? lk_kb_entry(m->kb, m->state.intent, m->state.lang) : NULL;
  if (!intent && m->state.intent.len) lk_state_leave_flow(&m->state); /* an editor took it out since */
  return intent;
}

/* ---- Values: an entity as the state keeps it, and back ---- */

static lk_view value_of(lk_maker *m, const lk_entity *e) {
  switch (e->type) {
    case LK_ENTITY_DATE:
      return lk_text(m, "%04d-%02d-%02d", e->date.year, e->date.month, e->date.day);
    case LK_ENTITY_QUANTITY:
    case LK_ENTITY_AMOUNT:
    case LK_ENTITY_YES_NO:
      return lk_text(m, "%" PRId64, e->number);
    default:
      return lk_text(m, "%.*s", LK_FMT(lk_beginning(e->text, LK_STATE_TEXT)));
  }
}

static void fill(lk_maker *m, lk_view name, lk_view value) {
  if (!lk_state_fill(&m->state, name, value))
    lk_maker_fail(m, lk_fail(m->err, LK_ERR_LIMIT, "an intent has more than %d slots; split it", LK_SLOTS_MAX));
}

/* Takes what the message says by itself, before it was asked for. */
static void fill_from_message(lk_maker *m, const lk_entry *intent) {
  if (!m->u || !intent->slot_count) return;
  lk_slot_value *values = LK_NEW_ARRAY(m->arena, lk_slot_value, intent->slot_count);
  lk_slot_change *changes = LK_NEW_ARRAY(m->arena, lk_slot_change, intent->slot_count);
  if (!values || !changes) {
    lk_maker_fail(m, lk_fail_memory(m->err));
    return;
  }
  for (size_t i = 0; i < intent->slot_count; i++) {
    lk_view kept = lk_state_slot(&m->state, intent->slots[i].name);
    values[i].filled = kept.len > 0;
    values[i].value.text = kept;
  }
  const lk_pattern_match *match = m->u->match_count && m->u->triggered ? &m->u->matches[0] : NULL;
  lk_slots_fill(intent->slots, values, intent->slot_count, &m->u->entities, match, changes);
  for (size_t i = 0; i < intent->slot_count; i++) {
    if (changes[i] == LK_SLOT_KEPT) continue;
    fill(m, intent->slots[i].name, value_of(m, &values[i].value));
    lk_because(&m->out->reasons, "flow.slot", "%.*s = %.*s", LK_FMT(intent->slots[i].name),
               LK_FMT(lk_state_slot(&m->state, intent->slots[i].name)));
  }
}

/* ---- Products ---- */

static lk_code find_products(void *self, lk_view text, lk_product_hit *hits, size_t limit, size_t *count, lk_arena *arena,
                             lk_error *err) {
  lk_product *products = NULL;
  size_t found = 0;
  lk_code code = lk_orders_search(self, text, limit, arena, &products, &found, err);
  for (size_t i = 0; !code && i < found; i++) hits[i] = (lk_product_hit){products[i].sku, products[i].name, products[i].match};
  *count = code ? 0 : found;
  return code;
}

void lk_listen_for_products(lk_maker *m, const lk_entry *intent) {
  bool wanted = false;
  for (size_t i = 0; i < intent->slot_count; i++) wanted |= has_type(&intent->slots[i], "product");
  if (!wanted || !m->u || !m->services->orders) return;
  lk_order_book book = *m->services->orders;
  lk_product_finder finder = {find_products, &book};
  lk_entity_options options = lk_entity_hints(m);
  options.products = &finder;
  lk_code code =
      lk_entities_find(lk_engine_words(m->engine), &m->u->analysis, m->in->text, &options, m->arena, &m->u->entities, m->err);
  if (code) lk_maker_fail(m, code);
}

/* ---- Identity ---- */

static bool verified(const lk_maker *m, lk_view order) { return order.len && lk_view_eq(m->state.order, order); }

/* A customer that the shop's page vouches for needs no other proof of an order of their own. */
static bool vouched_for(lk_maker *m, lk_view order) {
  if (!m->in->customer.len || !m->services->orders) return false;
  lk_order *found = NULL;
  if (lk_orders_find(m->services->orders, order, m->arena, &found, NULL) || !found) return false;
  return lk_view_eq(found->customer, m->in->customer);
}

static void ask(lk_maker *m, const lk_entry *intent, const lk_slot *slot, bool again);

static void orders_trouble(lk_maker *m, const lk_entry *intent, const lk_error *trouble) {
  lk_event *failed = lk_note(m, LK_EVENT_ACTION_FAILED);
  failed->entry = intent->id;
  failed->action = intent->action;
  failed->reason = lk_view_of(lk_code_name(trouble->code));
  lk_because(&m->out->reasons, "orders", "%s", trouble->message);
  LK_SAY0(m, "trouble-orders");
  lk_hand_off(m, LK_HANDOFF_FAILED_ACTION);
}

/* True: proved now. False: the customer has been told what next. */
static bool prove(lk_maker *m, const lk_entry *intent, const lk_slot *proof) {
  lk_identity_attempt attempt = {m->in->conversation, m->in->address, lk_state_slot(&m->state, LK_LIT("order")),
                                 lk_state_slot(&m->state, proof->name), m->now};
  lk_identity_result result = {0};
  lk_error trouble = {0};
  if (!m->services->orders || !m->services->identity) {
    (void)lk_fail(&trouble, LK_ERR_BACKEND, "there is no order book; start with one");
    orders_trouble(m, intent, &trouble);
    return false;
  }
  if (lk_identity_check(m->services->identity, m->services->orders, &attempt, &result, &trouble)) {
    orders_trouble(m, intent, &trouble);
    return false;
  }
  fill(m, proof->name, (lk_view){"", 0}); /* a proof is not kept */
  if (result.verdict == LK_IDENTITY_MATCHED) {
    m->state.order = attempt.number;
    (void)lk_note(m, LK_EVENT_PROOF_GIVEN);
    lk_because(&m->out->reasons, "identity", "order and proof belong together");
    return true;
  }
  if (result.verdict == LK_IDENTITY_LIMITED || result.attempts_left <= 0) {
    (void)lk_note(m, LK_EVENT_PROOF_LOCKED);
    lk_because(&m->out->reasons, "identity", "attempts used up");
    LK_SAY0(m, "proof-locked");
    lk_hand_off(m, LK_HANDOFF_PROOF_ATTEMPTS);
    return false;
  }
  lk_event *refused = lk_note(m, LK_EVENT_PROOF_REFUSED);
  refused->has_number = true;
  refused->number = result.attempts_left;
  lk_because(&m->out->reasons, "identity", "order and proof do not belong together; %d attempts left", result.attempts_left);
  LK_SAY0(m, "proof-wrong");
  m->state.pending = LK_PENDING_SLOT;
  m->state.asked = proof->name;
  m->state.misses = 0;
  return false;
}

/* ---- Asking ---- */

static lk_order *order_of(lk_maker *m) {
  lk_order *order = NULL;
  lk_view number = lk_state_slot(&m->state, LK_LIT("order"));
  if (m->services->orders && verified(m, number)) (void)lk_orders_find(m->services->orders, number, m->arena, &order, NULL);
  return order;
}

static void offer_lines(lk_maker *m, bool all) {
  const lk_order *order = order_of(m);
  if (!order) return;
  size_t most = LK_CHOICES_MAX - (all ? 1 : 0);
  for (size_t i = 0; i < order->line_count && i < most; i++)
    lk_offer(m, order->lines[i].name, lk_text(m, "slot:%" PRId64, order->lines[i].line));
  if (all && order->line_count > 1) lk_offer(m, LK_PHRASE0(m, "choice-all"), LK_LIT("slot:all"));
}

static void offer_reasons(lk_maker *m) {
  static const char *const reasons[] = {"size", "faulty", "wrong", "late", "regret", "other"};
  for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
    lk_view id = lk_text(m, "reason-%s", reasons[i]);
    lk_offer(m, LK_PHRASE0(m, id.ptr), lk_text(m, "slot:%s", reasons[i]));
  }
}

static void ask(lk_maker *m, const lk_entry *intent, const lk_slot *slot, bool again) {
  lk_event *asked = lk_note(m, LK_EVENT_FLOW_ASKED);
  asked->entry = intent->id;
  asked->action = intent->action;
  asked->reason = slot->name;
  lk_view again_id = lk_text(m, "%.*s-again", LK_FMT(slot->ask));
  const char *id = again && lk_has_message(m, again_id.ptr) ? again_id.ptr : slot->ask.ptr;
  LK_SAY(m, id, LK_VALUE("input", lk_kept_part(m->kb, m->in->text)));
  if (has_type(slot, "order-line")) offer_lines(m, lk_view_eq(intent->action, LK_LIT("return.register")));
  if (has_type(slot, "reason")) offer_reasons(m);
  m->state.pending = LK_PENDING_SLOT;
  m->state.asked = slot->name;
}

static void step(lk_maker *m, const lk_entry *intent);

void lk_flow_ask_again(lk_maker *m) {
  const lk_entry *intent = current_intent(m);
  if (!intent) return;
  LK_SAY0(m, "flow-back");
  const lk_slot *slot = slot_named(intent, m->before.asked);
  if (m->before.pending == LK_PENDING_CONFIRM && intent->confirm.len)
    lk_confirm(m, intent);
  else if (slot && slot->ask.len && !lk_state_slot(&m->state, slot->name).len)
    ask(m, intent, slot, false);
  else
    step(m, intent);
}

/* ---- Steps ---- */

/* A slot with one possible value is not worth a question. */
static void fill_only_line(lk_maker *m, const lk_slot *slot) {
  const lk_order *order = order_of(m);
  if (order && order->line_count == 1) fill(m, slot->name, lk_text(m, "%" PRId64, order->lines[0].line));
}

static const lk_slot *first_missing(lk_maker *m, const lk_entry *intent) {
  lk_view order = lk_state_slot(&m->state, LK_LIT("order"));
  for (size_t i = 0; i < intent->slot_count; i++) {
    const lk_slot *slot = &intent->slots[i];
    if (slot == proof_slot(intent) && verified(m, order)) continue;
    if (has_type(slot, "order-line") && !lk_state_slot(&m->state, slot->name).len) fill_only_line(m, slot);
    if (!slot->optional && !lk_state_slot(&m->state, slot->name).len) return slot;
  }
  return NULL;
}

static void step(lk_maker *m, const lk_entry *intent) {
  const lk_slot *proof = proof_slot(intent);
  lk_view order = lk_state_slot(&m->state, LK_LIT("order"));
  if (proof && order.len && !verified(m, order)) {
    if (vouched_for(m, order)) {
      m->state.order = order;
      lk_because(&m->out->reasons, "identity", "the shop's page vouches for the customer");
    } else if (lk_state_slot(&m->state, proof->name).len && !prove(m, intent, proof)) {
      return;
    }
  }
  const lk_slot *missing = first_missing(m, intent);
  if (missing)
    ask(m, intent, missing, false);
  else if (intent->confirm.len)
    lk_confirm(m, intent);
  else
    lk_perform(m, intent);
}

void lk_flow_start(lk_maker *m, const lk_entry *intent, double confidence) {
  if (m->state.intent.len) {
    lk_event *left = lk_note(m, LK_EVENT_FLOW_LEFT);
    left->entry = m->state.intent;
    left->reason = LK_LIT("cancelled");
  }
  lk_state_leave_flow(&m->state);
  m->state.intent = intent->id;
  m->out->act = LK_ACT_PERFORM;
  lk_event *started = lk_note(m, LK_EVENT_FLOW_STARTED);
  started->entry = intent->id;
  started->action = intent->action;
  started->has_confidence = true;
  started->confidence = confidence;
  lk_listen_for_products(m, intent);
  fill_from_message(m, intent);
  /* An order proved earlier in this conversation is the one that is meant, unless another is named. */
  if (slot_named(intent, LK_LIT("order")) && !lk_state_slot(&m->state, LK_LIT("order")).len && m->state.order.len &&
      proof_slot(intent))
    fill(m, LK_LIT("order"), m->state.order);
  step(m, intent);
}

/* ---- Answers ---- */

static const lk_entity *command_in(const lk_maker *m) {
  return m->u ? lk_entities_best(&m->u->entities, LK_ENTITY_COMMAND) : NULL;
}

static void leave(lk_maker *m, const char *message, const char *reason) {
  lk_event *left = lk_note(m, LK_EVENT_FLOW_LEFT);
  left->entry = m->state.intent;
  left->reason = lk_view_of(reason);
  lk_state_leave_flow(&m->state);
  if (message) lk_say(m, message, NULL, 0);
}

static bool take_command(lk_maker *m, const lk_entry *intent, lk_command command) {
  switch (command) {
    case LK_COMMAND_CANCEL:
      leave(m, "flow-left", "cancelled");
      return true;
    case LK_COMMAND_PERSON:
      lk_hand_off(m, LK_HANDOFF_ASKED);
      return true;
    case LK_COMMAND_RESTART:
      m->state.slot_count = 0;
      LK_SAY0(m, "flow-restart");
      step(m, intent);
      return true;
    case LK_COMMAND_BACK: /* the slot filled last is asked for again */
      if (m->state.slot_count) m->state.slot_count--;
      step(m, intent);
      return true;
    default:
      return false;
  }
}

static void miss(lk_maker *m, const lk_entry *intent, const lk_slot *slot) {
  if (++m->state.misses >= PATIENCE) {
    leave(m, NULL, "misunderstood");
    LK_SAY0(m, "offer-person");
    lk_offer(m, LK_PHRASE0(m, "choice-person"), LK_LIT("person"));
    lk_offer(m, LK_PHRASE0(m, "choice-retry"), LK_LIT("retry"));
    m->state.pending = LK_PENDING_PERSON;
    return;
  }
  if (slot) {
    ask(m, intent, slot, true);
    return;
  }
  LK_SAY0(m, "ask-yes-no");
  lk_offer(m, LK_PHRASE0(m, "choice-yes"), LK_LIT("yes"));
  lk_offer(m, LK_PHRASE0(m, "choice-no"), LK_LIT("no"));
}

/* A wish for something else is not a correction of this one, though it may name another order. */
static bool wishes_otherwise(lk_maker *m) {
  lk_decision decision;
  if (!m->u || lk_entities_best(&m->u->entities, LK_ENTITY_CORRECTION)) return false;
  if (lk_decide(m->engine, m->u, NULL, &decision, m->err)) return false;
  return decision.act == LK_ACT_PERFORM && !lk_view_eq(decision.entry->id, m->state.intent);
}

/* Is the message a question or wish of its own, rather than a clumsy answer? Only when the engine is as sure as it must be to answer. */
static bool digresses(lk_maker *m) {
  if (!m->u) return false;
  lk_decision decision;
  if (lk_decide(m->engine, m->u, &m->out->reasons, &decision, m->err)) return false;
  return decision.act == LK_ACT_ANSWER || decision.act == LK_ACT_HANDOFF ||
         (decision.act == LK_ACT_PERFORM && !lk_view_eq(decision.entry->id, m->state.intent));
}

static bool take_payload(lk_maker *m, const lk_slot *slot) {
  lk_view payload = m->in->payload;
  if (payload.len <= 5 || memcmp(payload.ptr, "slot:", 5) != 0) return false;
  lk_view value = lk_beginning((lk_view){payload.ptr + 5, payload.len - 5}, LK_STATE_TEXT);
  fill(m, slot->name, lk_text(m, "%.*s", LK_FMT(value)));
  return true;
}

/* The payload of a choice that was chosen by number or words. */
static lk_view chosen_payload(const lk_maker *m, const lk_entity *e) {
  if (e->type != LK_ENTITY_CHOICE || e->number < 1 || (size_t)e->number > m->before.choice_count) return (lk_view){"", 0};
  lk_view payload = m->before.choices[e->number - 1];
  if (payload.len <= 5 || memcmp(payload.ptr, "slot:", 5) != 0) return (lk_view){"", 0};
  return (lk_view){payload.ptr + 5, payload.len - 5};
}

static bool answer_slot(lk_maker *m, const lk_slot *slot) {
  if (m->in->payload.len) return take_payload(m, slot);
  lk_slot_answer answer = LK_ANSWER_NONE;
  lk_entity value = {0};
  lk_entity_options options = lk_entity_hints(m);
  lk_code code = lk_slot_interpret(lk_engine_words(m->engine), slot, &m->u->analysis, m->in->text, &m->u->entities, &options,
                                   m->arena, &answer, &value, m->err);
  if (code) lk_maker_fail(m, code);
  if (code || answer == LK_ANSWER_NONE) return false;
  if (answer == LK_ANSWER_SKIP) {
    if (!slot->optional) return false;
    fill(m, slot->name, LK_LIT("-"));
    return true;
  }
  lk_view chosen = chosen_payload(m, &value);
  fill(m, slot->name, chosen.len ? lk_text(m, "%.*s", LK_FMT(chosen)) : value_of(m, &value));
  lk_because(&m->out->reasons, "flow.slot", "%.*s = %.*s", LK_FMT(slot->name), LK_FMT(lk_state_slot(&m->state, slot->name)));
  return true;
}

/* Yes, no, or neither; also by the number of the choice. */
static int yes_or_no(const lk_maker *m) {
  lk_view payload = m->in->payload;
  const lk_entity *choice = m->u ? lk_entities_best(&m->u->entities, LK_ENTITY_CHOICE) : NULL;
  if (choice && choice->number >= 1 && (size_t)choice->number <= m->before.choice_count)
    payload = m->before.choices[choice->number - 1];
  if (lk_view_eq(payload, LK_LIT("yes"))) return 1;
  if (lk_view_eq(payload, LK_LIT("no"))) return 0;
  const lk_entity *e = m->u ? lk_entities_best(&m->u->entities, LK_ENTITY_YES_NO) : NULL;
  return e && lk_is_firm(e) ? (int)e->number : -1;
}

/* Did the message change a slot ("eiku 100235")? Then what is confirmed has to be shown anew. */
static bool corrected(lk_maker *m, const lk_entry *intent) {
  lk_kept_slot old[LK_SLOTS_MAX];
  size_t count = m->state.slot_count;
  memcpy(old, m->state.slots, count * sizeof *old);
  fill_from_message(m, intent);
  bool changed = m->state.slot_count != count;
  for (size_t i = 0; i < count; i++) changed |= !lk_view_eq(old[i].value, m->state.slots[i].value);
  return changed;
}

static bool continue_confirm(lk_maker *m, const lk_entry *intent) {
  if (wishes_otherwise(m)) return false;
  if (m->u && corrected(m, intent)) {
    step(m, intent);
    return true;
  }
  int answer = yes_or_no(m);
  if (answer == 1) {
    lk_event *confirmed = lk_note(m, LK_EVENT_FLOW_CONFIRMED);
    confirmed->entry = intent->id;
    confirmed->action = intent->action;
    lk_perform(m, intent);
  } else if (answer == 0) {
    leave(m, "not-done", "cancelled");
  } else if (digresses(m)) {
    return false;
  } else {
    miss(m, intent, NULL);
  }
  return true;
}

bool lk_flow_continue(lk_maker *m) {
  const lk_entry *intent = current_intent(m);
  if (!intent) return false;
  m->out->act = LK_ACT_PERFORM;
  m->out->entry = intent;
  m->out->action = intent->action;
  /* "I changed my mind" leaves a flow, unless it is the reason that was offered. */
  const lk_entity *command = m->u && lk_entities_best(&m->u->entities, LK_ENTITY_CHOICE) ? NULL : command_in(m);
  if (command && take_command(m, intent, (lk_command)command->number)) return true;
  if (m->state.pending == LK_PENDING_CONFIRM) return continue_confirm(m, intent);
  const lk_slot *slot = slot_named(intent, m->state.asked);
  lk_listen_for_products(m, intent);
  if (slot && answer_slot(m, slot)) {
    m->state.misses = 0;
    fill_from_message(m, intent);
    step(m, intent);
    return true;
  }
  if (wishes_otherwise(m)) return false;
  if (m->u && corrected(m, intent)) {
    step(m, intent);
    return true;
  }
  if (digresses(m)) return false;
  if (slot)
    miss(m, intent, slot);
  else
    step(m, intent);
  return true;
}
