/* The way through an intent: ask what is missing, one thing at a time, confirm, perform; and every way out of it. */
#include <stdlib.h>

#include "base/error.h"
#include "dialogue/flow.h"

enum {
  PATIENCE = 3,
  SAID = 300
}; /* times that an answer is not understood before a person is offered; characters kept of the first message */

static const lk_entry *current_intent(lk_maker *m) {
  const lk_entry *intent = m->state.intent.len ? lk_kb_entry(m->kb, m->state.intent, m->state.lang) : NULL;
  if (!intent && m->state.intent.len) lk_state_leave_flow(&m->state); /* an editor took it out since */
  return intent;
}

static const lk_slot *slot_asked(const lk_entry *intent, lk_view name) {
  for (size_t i = 0; i < intent->slot_count; i++)
    if (lk_view_eq(intent->slots[i].name, name)) return &intent->slots[i];
  return NULL;
}

/* ---- Asking ---- */

static void wait_for(lk_maker *m, const lk_slot *slot) {
  m->state.pending = LK_PENDING_SLOT;
  m->state.asked = slot->name;
}

static void ask(lk_maker *m, const lk_entry *intent, const lk_slot *slot, bool again) {
  lk_event *asked = lk_note(m, LK_EVENT_FLOW_ASKED);
  asked->entry = intent->id;
  asked->action = intent->action;
  asked->reason = slot->name;
  wait_for(m, slot);
  lk_view again_id = lk_text(m, "%.*s-again", LK_FMT(slot->ask));
  const char *id = again && lk_has_message(m, again_id.ptr) ? again_id.ptr : slot->ask.ptr;
  LK_SAY(m, id, LK_VALUE("input", lk_kept_part(m->kb, m->in->text)));
  lk_offer_values(m, intent, slot);
}

/* ---- Steps ---- */

/* What was said of a product at the beginning: takes it, or offers what it may be. */
static bool asked_which_product(lk_maker *m, const lk_slot *slot) {
  lk_view said = m->state.said;
  static const lk_entities nothing = {NULL, 0};
  if (!lk_slot_has_type(slot, "product") || !said.len) return false;
  m->state.said = (lk_view){"", 0}; /* once */
  lk_settling settling = lk_settle_product(m, slot, said, m->u ? &m->u->entities : &nothing, .3);
  if (settling == LK_ASKED_WHICH) wait_for(m, slot);
  return settling == LK_ASKED_WHICH;
}

static void step(lk_maker *m, const lk_entry *intent) {
  if (lk_identify(m, intent) == LK_TOLD) return;
  const lk_order *order = lk_is_verified(m, intent) ? lk_flow_order(m) : NULL;
  if (order && lk_refused_already(m, intent, order)) return;
  const lk_slot *missing = lk_first_missing(m, intent);
  if (missing && asked_which_product(m, missing)) return;
  if (missing && lk_state_slot(&m->state, missing->name).len) missing = lk_first_missing(m, intent);
  if (missing)
    ask(m, intent, missing, false);
  else if (intent->confirm.len)
    lk_confirm(m, intent);
  else
    lk_perform(m, intent);
}

void lk_flow_ask_again(lk_maker *m) {
  const lk_entry *intent = current_intent(m);
  if (!intent) return;
  LK_SAY0(m, "flow-back");
  const lk_slot *slot = slot_asked(intent, m->before.asked);
  if (m->before.pending == LK_PENDING_CONFIRM && intent->confirm.len)
    lk_confirm(m, intent);
  else if (slot && slot->ask.len && !lk_state_slot(&m->state, slot->name).len && !lk_slot_has_type(slot, "order-number"))
    ask(m, intent, slot, false);
  else
    step(m, intent);
}

/* ---- Beginning ---- */

/* The message without what proves or reaches somebody: line, product and reason are looked for in it once the order is proved. */
static lk_view said_of(lk_maker *m) {
  lk_view text = lk_beginning(m->u->text, SAID);
  lk_view copy = lk_text(m, "%.*s", LK_FMT(text));
  char *bytes = (char *)(uintptr_t)copy.ptr; /* of this turn's arena, made just now */
  for (size_t i = 0; i < m->u->entities.count; i++) {
    const lk_entity *e = &m->u->entities.items[i];
    bool private = e->type == LK_ENTITY_EMAIL || e->type == LK_ENTITY_POSTCODE || e->type == LK_ENTITY_PHONE ||
                   e->type == LK_ENTITY_ORDER || e->type == LK_ENTITY_ADDRESS;
    for (size_t b = e->start; private && b < e->end && b < copy.len; b++) bytes[b] = ' ';
  }
  return copy;
}

static bool wants_names(const lk_entry *intent) {
  for (size_t i = 0; i < intent->slot_count; i++) {
    const lk_slot *slot = &intent->slots[i];
    if (lk_slot_has_type(slot, "order-line") || lk_slot_has_type(slot, "reason") || lk_slot_has_type(slot, "product"))
      return true;
  }
  return false;
}

/* A flow that would have written something is left with a word: nobody shall think that it was done. */
static void leave_for_another(lk_maker *m) {
  const lk_entry *left_intent = current_intent(m);
  if (!left_intent) return;
  lk_event *left = lk_note(m, LK_EVENT_FLOW_LEFT);
  left->entry = left_intent->id;
  left->reason = LK_LIT("cancelled");
  if (left_intent->confirm.len) LK_SAY0(m, "flow-switched");
}

void lk_flow_start(lk_maker *m, const lk_entry *intent, double confidence) {
  leave_for_another(m);
  lk_state_leave_flow(&m->state);
  m->state.intent = intent->id;
  m->out->act = LK_ACT_PERFORM;
  lk_event *started = lk_note(m, LK_EVENT_FLOW_STARTED);
  started->entry = intent->id;
  started->action = intent->action;
  started->has_confidence = true;
  started->confidence = confidence;
  lk_listen_for(m, intent);
  (void)lk_fill_from_message(m, intent);
  if (m->u && wants_names(intent)) m->state.said = said_of(m);
  /* An order proved earlier in this conversation is the one that is meant, unless another is named. */
  if (lk_slot_named(intent, "order") && !lk_chosen(m, "order").len && m->state.order.len && lk_proof_slot(intent))
    lk_fill(m, LK_LIT("order"), m->state.order);
  step(m, intent);
}

/* ---- Ways out ---- */

static void leave(lk_maker *m, const char *message, const char *reason) {
  lk_event *left = lk_note(m, LK_EVENT_FLOW_LEFT);
  left->entry = m->state.intent;
  left->reason = lk_view_of(reason);
  lk_state_leave_flow(&m->state);
  if (message) lk_say(m, message, NULL, 0);
}

/* Slots that were filled without a question fill again: back goes on until something else is asked than now. */
static void go_back(lk_maker *m, const lk_entry *intent) {
  bool confirming = m->before.pending == LK_PENDING_CONFIRM;
  m->state.said = (lk_view){"", 0};
  while (m->state.slot_count) {
    lk_kept_slot last = m->state.slots[--m->state.slot_count];
    if (!last.value.len) continue;
    const lk_slot *missing = lk_first_missing(m, intent);
    if (missing && (confirming || !lk_view_eq(missing->name, m->before.asked))) {
      ask(m, intent, missing, false);
      return;
    }
  }
  leave(m, "flow-left", "cancelled");
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
      m->state.misses = 0;
      m->state.said = (lk_view){"", 0};
      LK_SAY0(m, "flow-restart");
      step(m, intent);
      return true;
    case LK_COMMAND_BACK:
      go_back(m, intent);
      return true;
    default:
      return false;
  }
}

static void give_up(lk_maker *m, const char *message) {
  leave(m, NULL, "misunderstood");
  lk_say(m, message, NULL, 0);
  lk_offer_person(m);
}

static void miss(lk_maker *m, const lk_entry *intent, const lk_slot *slot) {
  if (++m->state.misses >= PATIENCE) {
    give_up(m, "offer-person");
    return;
  }
  if (slot) {
    ask(m, intent, slot, true);
    return;
  }
  LK_SAY0(m, "ask-yes-no");
  lk_offer(m, LK_PHRASE0(m, "choice-yes"), LK_LIT("yes"));
  lk_offer(m, LK_PHRASE0(m, "choice-no"), LK_LIT("no"));
  m->state.pending = LK_PENDING_CONFIRM;
}

/* Who does not know what has to be known is told once where to find it, and then a person helps. */
static bool does_not_know(lk_maker *m, const lk_entry *intent, const lk_slot *slot, const lk_entity *command) {
  if (!command || command->number != LK_COMMAND_SKIP || slot->optional) return false;
  if (m->state.misses++)
    give_up(m, "offer-person-unknown");
  else
    ask(m, intent, slot, true);
  return true;
}

/* ---- Answers ---- */

/* A number alone may be found in an intent's phrasing, and is no wish. */
static bool has_words(const lk_maker *m) {
  for (size_t w = 0; w < m->u->analysis.count; w++)
    if (m->u->analysis.words[w].token.kind == LK_TOKEN_WORD) return true;
  return false;
}

/* A wish for something else is not a correction of this one, though it may name another order. */
static bool wishes_otherwise(lk_maker *m) {
  lk_decision decision;
  if (!m->u || !has_words(m) || lk_entities_best(&m->u->entities, LK_ENTITY_CORRECTION)) return false;
  if (lk_decide(m->engine, m->u, NULL, &decision, m->err)) return false;
  return decision.act == LK_ACT_PERFORM && !lk_view_eq(decision.entry->id, m->state.intent);
}

/* Is the message a question or wish of its own, rather than a clumsy answer? Only when the engine is as sure as it must be to answer. */
static bool digresses(lk_maker *m) {
  if (!m->u || !has_words(m)) return false;
  lk_decision decision;
  if (lk_decide(m->engine, m->u, &m->out->reasons, &decision, m->err)) return false;
  return decision.act == LK_ACT_ANSWER || decision.act == LK_ACT_HANDOFF ||
         (decision.act == LK_ACT_PERFORM && !lk_view_eq(decision.entry->id, m->state.intent));
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

static bool continue_confirm(lk_maker *m, const lk_entry *intent) {
  if (wishes_otherwise(m)) return false;
  /* "eiku 100235", "ei kun kolme": what is confirmed has to be shown anew. */
  if (lk_fill_from_message(m, intent)) {
    m->state.misses = 0;
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

static bool continue_slot(lk_maker *m, const lk_entry *intent, const lk_slot *slot) {
  lk_settling settling = slot ? lk_settle(m, intent, slot) : LK_UNSETTLED;
  if (settling == LK_ASKED_WHICH) {
    if (++m->state.misses >= PATIENCE)
      give_up(m, "offer-person");
    else
      wait_for(m, slot);
    return true;
  }
  if (settling == LK_SETTLED) {
    m->state.misses = 0;
    (void)lk_fill_from_message(m, intent);
    step(m, intent);
    return true;
  }
  if (settling == LK_MISFIT) {
    miss(m, intent, slot);
    return true;
  }
  if (wishes_otherwise(m)) return false;
  if (lk_fill_from_message(m, intent)) {
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

bool lk_flow_continue(lk_maker *m) {
  const lk_entry *intent = current_intent(m);
  if (!intent) return false;
  m->out->act = LK_ACT_PERFORM;
  m->out->entry = intent;
  m->out->action = intent->action;
  const lk_slot *slot = slot_asked(intent, m->state.asked);
  const lk_entity *command = m->u ? lk_entities_best(&m->u->entities, LK_ENTITY_COMMAND) : NULL;
  /* "I changed my mind" leaves a flow, unless it is the reason that was offered. */
  bool choosing = m->u && lk_entities_best(&m->u->entities, LK_ENTITY_CHOICE);
  if (command && !choosing && take_command(m, intent, (lk_command)command->number)) return true;
  if (m->state.pending == LK_PENDING_CONFIRM) return continue_confirm(m, intent);
  if (slot && does_not_know(m, intent, slot, command)) return true;
  lk_listen_for(m, intent);
  return continue_slot(m, intent, slot);
}
