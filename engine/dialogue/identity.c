/* Whose order is it? Nothing is said or offered before this has been answered. */
#include "base/error.h"
#include "dialogue/flow.h"

enum { OWN_ORDERS = 20 };

const lk_slot *lk_proof_slot(const lk_entry *intent) { return lk_slot_named(intent, "proof"); }

static bool is_about_person(const lk_entry *intent) {
  return intent->action.len > 8 && memcmp(intent->action.ptr, "privacy.", 8) == 0;
}

bool lk_needs_no_order(const lk_maker *m, const lk_entry *intent) {
  return m->in->customer.len && (is_about_person(intent) || lk_view_eq(intent->action, LK_LIT("order.history")));
}

bool lk_is_verified(const lk_maker *m, const lk_entry *intent) {
  const lk_slot *proof = lk_proof_slot(intent);
  if (!lk_is_of_order(m) || !proof) return false;
  if (lk_view_eq(m->state.proved_by, LK_LIT("postcode")) && !lk_slot_has_type(proof, "postcode")) return false;
  /* What goes to an e-mail address goes to the one that was the proof. */
  return !is_about_person(intent) || m->in->customer.len || lk_chosen(m, "email").len;
}

lk_order *lk_flow_order(lk_maker *m) {
  lk_order *order = NULL;
  if (m->services->orders && lk_is_of_order(m))
    (void)lk_orders_find(m->services->orders, lk_chosen(m, "order"), m->arena, &order, NULL);
  return order;
}

/* A customer that the shop's page vouches for needs no other proof of an order of their own. */
static bool is_vouched_for(lk_maker *m, lk_view order) {
  if (!m->in->customer.len || !m->services->orders) return false;
  lk_order *found = NULL;
  if (lk_orders_find(m->services->orders, order, m->arena, &found, NULL) || !found) return false;
  return lk_view_eq(found->customer, m->in->customer);
}

static void vouch(lk_maker *m, lk_view order) {
  m->state.order = order;
  m->state.proved_by = LK_LIT("vouched");
  lk_because(&m->out->reasons, "identity", "the shop's page vouches for the customer");
}

/* ---- Orders of a customer who is vouched for ---- */

static bool fits(const lk_entry *intent, const lk_order *order) {
  switch (lk_order_action_of(intent->action)) {
    case LK_ACTION_CANCEL:
    case LK_ACTION_ADDRESS:
    case LK_ACTION_PICKUP:
    case LK_ACTION_QUANTITY:
    case LK_ACTION_ADD:
      return order->changeable;
    case LK_ACTION_RETURN:
    case LK_ACTION_EXCHANGE:
    case LK_ACTION_WARRANTY:
      return order->state == LK_ORDER_DELIVERED;
    case LK_ACTION_OTHER:
      /* What is asked about is what is under way. */
      return lk_view_eq(intent->action, LK_LIT("order.status")) || lk_view_eq(intent->action, LK_LIT("order.tracking"))
                 ? order->state <= LK_ORDER_READY
                 : true;
    default:
      return true;
  }
}

static void offer_order(lk_maker *m, const lk_order *order) {
  lk_view label = LK_PHRASE(m, "choice-order", LK_VALUE("order", order->number), LK_VALUE("date", lk_day(m, order->placed)),
                            LK_VALUE("state", lk_order_state_text(m, order)));
  lk_offer(m, label, lk_text(m, "slot:%.*s", LK_FMT(order->number)));
}

/* One order that fits is the one; of several the customer chooses; with none that fits, of all. */
static lk_identification choose_own_order(lk_maker *m, const lk_entry *intent) {
  lk_order *orders = NULL;
  size_t count = 0, fitting = 0;
  const lk_order *fit = NULL;
  if (lk_orders_history(m->services->orders, m->in->customer, OWN_ORDERS, m->arena, &orders, &count, NULL) || !count)
    return LK_IDENTIFIED;
  for (size_t i = 0; i < count; i++) {
    if (!fits(intent, &orders[i])) continue;
    if (!fitting++) fit = &orders[i];
  }
  if (!fit && count == 1) fit = &orders[0];
  if (fit && fitting <= 1) {
    lk_fill(m, LK_LIT("order"), fit->number);
    vouch(m, fit->number);
    return LK_IDENTIFIED;
  }
  lk_event *asked = lk_note(m, LK_EVENT_FLOW_ASKED);
  asked->entry = intent->id;
  asked->action = intent->action;
  asked->reason = LK_LIT("order");
  LK_SAY0(m, "ask-which-order");
  for (size_t i = 0, offered = 0; i < count && offered < LK_CHOICES_MAX; i++) {
    if (fitting && !fits(intent, &orders[i])) continue;
    offer_order(m, &orders[i]);
    offered++;
  }
  m->state.pending = LK_PENDING_SLOT;
  m->state.asked = LK_LIT("order");
  return LK_TOLD;
}

/* ---- Order and proof ---- */

static lk_identification refuse_proof(lk_maker *m, const lk_slot *proof, const lk_identity_result *result) {
  if (result->verdict == LK_IDENTITY_LIMITED || result->attempts_left <= 0) {
    (void)lk_note(m, LK_EVENT_PROOF_LOCKED);
    lk_because(&m->out->reasons, "identity", "attempts used up");
    LK_SAY0(m, "proof-locked");
    lk_hand_off(m, LK_HANDOFF_PROOF_ATTEMPTS);
    return LK_TOLD;
  }
  lk_event *refused = lk_note(m, LK_EVENT_PROOF_REFUSED);
  refused->has_number = true;
  refused->number = result->attempts_left;
  lk_because(&m->out->reasons, "identity", "order and proof do not belong together; %d attempts left", result->attempts_left);
  LK_SAY0(m, "proof-wrong");
  m->state.pending = LK_PENDING_SLOT;
  m->state.asked = proof->name;
  m->state.misses = 0;
  return LK_TOLD;
}

static lk_identification prove(lk_maker *m, const lk_entry *intent, const lk_slot *proof) {
  lk_view given = lk_chosen(m, "proof");
  lk_identity_attempt attempt = {m->in->conversation, m->in->address, lk_chosen(m, "order"), given, m->now};
  lk_identity_result result = {0};
  lk_error trouble = {0};
  if (!m->services->orders || !m->services->identity)
    (void)lk_fail(&trouble, LK_ERR_BACKEND, "there is no order book; start with one");
  else
    (void)lk_identity_check(m->services->identity, m->services->orders, &attempt, &result, &trouble);
  lk_fill(m, proof->name, (lk_view){"", 0}); /* a proof is not kept */
  if (is_about_person(intent)) lk_fill(m, LK_LIT("email"), (lk_view){"", 0});
  if (trouble.code) {
    lk_action_failed(m, intent, &trouble);
    return LK_TOLD;
  }
  if (result.verdict != LK_IDENTITY_MATCHED) return refuse_proof(m, proof, &result);
  bool by_email = result.proof == LK_PROOF_EMAIL;
  m->state.order = attempt.number;
  m->state.proved_by = by_email ? LK_LIT("email") : LK_LIT("postcode");
  if (by_email && is_about_person(intent)) lk_fill(m, LK_LIT("email"), given);
  (void)lk_note(m, LK_EVENT_PROOF_GIVEN);
  lk_because(&m->out->reasons, "identity", "order and proof belong together");
  return LK_IDENTIFIED;
}

lk_identification lk_identify(lk_maker *m, const lk_entry *intent) {
  const lk_slot *proof = lk_proof_slot(intent);
  if (!proof || lk_needs_no_order(m, intent)) return LK_IDENTIFIED;
  lk_view order = lk_chosen(m, "order");
  if (!order.len) return m->in->customer.len && m->services->orders ? choose_own_order(m, intent) : LK_IDENTIFIED;
  bool given = lk_chosen(m, "proof").len > 0;
  if (!given && lk_is_verified(m, intent)) return LK_IDENTIFIED;
  if (is_vouched_for(m, order)) {
    vouch(m, order);
    lk_fill(m, proof->name, (lk_view){"", 0});
    return LK_IDENTIFIED;
  }
  /* An e-mail said in passing is no second proof of what is proved; where something is sent to it, it has to be one. */
  if (given && lk_is_verified(m, intent) && !is_about_person(intent)) {
    lk_fill(m, proof->name, (lk_view){"", 0});
    return LK_IDENTIFIED;
  }
  return given ? prove(m, intent, proof) : LK_IDENTIFIED;
}
