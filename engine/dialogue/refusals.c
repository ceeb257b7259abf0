/* Why something is not done, in the KB's words, and what can be done instead. */
#include "dialogue/actions.h"

/* The one place that joins the order book's reasons, the KB's messages, and the action that helps instead. */
static const struct {
  const char *message, *instead;
} refusals[LK_REASON_COUNT] = {
    [LK_REASON_UNKNOWN_ORDER] = {"refused-other", NULL},
    [LK_REASON_ALREADY_PACKED] = {"refused-packed", NULL},
    [LK_REASON_ALREADY_SHIPPED] = {"refused-shipped", NULL},
    [LK_REASON_ALREADY_CANCELLED] = {"refused-cancelled", "order.reorder"},
    [LK_REASON_ALREADY_RETURNED] = {"refused-returned", NULL},
    [LK_REASON_NOT_DELIVERED] = {"refused-not-delivered", "order.status"},
    [LK_REASON_PAST_DEADLINE] = {"refused-past-deadline", "warranty.claim"},
    [LK_REASON_NOT_RETURNABLE] = {"refused-not-returnable", "warranty.claim"},
    [LK_REASON_UNKNOWN_LINE] = {"refused-unknown-line", "order.contents"},
    [LK_REASON_UNKNOWN_PRODUCT] = {"refused-unknown-product", NULL},
    [LK_REASON_OUT_OF_STOCK] = {"refused-out-of-stock", "product.notify"},
    [LK_REASON_IN_STOCK] = {"refused-in-stock", NULL},
    [LK_REASON_BAD_QUANTITY] = {"refused-quantity", NULL},
    [LK_REASON_BAD_ADDRESS] = {"refused-bad-address", "order.change_address"},
    [LK_REASON_BAD_CONTACT] = {"refused-bad-contact", NULL},
    [LK_REASON_WRONG_DELIVERY] = {"refused-wrong-delivery", NULL},
    [LK_REASON_LAST_LINE] = {"refused-last-line", "order.cancel"},
    [LK_REASON_DIFFERENT_PRODUCT] = {"refused-different-product", "return.register"},
    [LK_REASON_NO_CHANGE] = {"refused-nothing-changes", NULL},
    [LK_REASON_LOCKED] = {"refused-busy", NULL},
};

static const lk_entry *intent_of(const lk_maker *m, const char *action) {
  size_t count;
  const lk_entry *entries = lk_kb_entries(m->kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count; i++)
    if (entries[i].kind == LK_ENTRY_INTENT && lk_view_eq(entries[i].action, lk_view_of(action)))
      return lk_kb_entry(m->kb, entries[i].id, m->state.lang);
  return NULL;
}

static void offer_instead(lk_maker *m, const lk_entry *refused, const char *action) {
  const lk_entry *other = intent_of(m, action);
  if (!other || lk_view_eq(other->id, refused->id) || !other->phrasing_count) return;
  lk_offer(m, other->phrasings[0].text, lk_text(m, "entry:%.*s", LK_FMT(other->id)));
}

/* What an order that cannot be changed any more leaves to do. */
static const char *instead_of(const lk_entry *intent, const lk_order_outcome *o) {
  bool arrived = o->order && o->order->state == LK_ORDER_DELIVERED;
  if (o->reason == LK_REASON_ALREADY_SHIPPED && arrived) return "return.register";
  if (o->reason == LK_REASON_WRONG_DELIVERY)
    return lk_order_action_of(intent->action) == LK_ACTION_PICKUP ? "order.change_address" : "order.change_pickup";
  return refusals[o->reason].instead;
}

static bool can_say(const lk_maker *m, const char *id, const lk_value *values, size_t count) {
  const lk_message *message = lk_kb_message(m->kb, lk_view_of(id), m->state.lang);
  for (size_t v = 0; message && v < message->text.variable_count; v++) {
    bool known = false;
    for (size_t i = 0; i < count; i++) known = known || lk_view_eq(values[i].name, message->text.variables[v]);
    if (!known) return false;
  }
  return message != NULL;
}

/* The message's id. A backend's own refusal names it itself; it is only said when the KB has it with values that there are. */
static const char *message_of(const lk_maker *m, const lk_order_outcome *o, const lk_value *values, size_t count) {
  bool arrived = o->order && o->order->state == LK_ORDER_DELIVERED;
  if (o->reason == LK_REASON_ALREADY_SHIPPED && arrived) return "refused-delivered";
  if (o->reason == LK_REASON_OUT_OF_STOCK && o->amount > 0) return "refused-few-left";
  if (o->detail.len && can_say(m, o->detail.ptr, values, count)) return o->detail.ptr;
  return refusals[o->reason].message ? refusals[o->reason].message : "refused-other";
}

void lk_refuse(lk_maker *m, const lk_entry *intent, const lk_order_outcome *o) {
  lk_order_action action = lk_order_action_of(intent->action);
  lk_view input = action == LK_ACTION_EXCHANGE ? lk_chosen(m, "size") : lk_chosen(m, "product");
  const lk_value values[] = {LK_VALUE("until", o->deadline ? lk_day(m, o->deadline) : LK_PHRASE0(m, "day-unknown")),
                             LK_VALUE("product", lk_sku_name(m, o->detail)),
                             LK_VALUE("input", input),
                             LK_VALUE("left", lk_number_text(m, o->amount)),
                             LK_VALUE("order", lk_is_of_order(m) ? lk_chosen(m, "order") : (lk_view){"", 0}),
                             LK_VALUE("most", lk_number_text(m, LK_ORDER_QUANTITY_MAX))};
  size_t count = sizeof values / sizeof *values;
  lk_say(m, message_of(m, o, values, count), values, count);
  const char *instead = instead_of(intent, o);
  lk_action_refused(m, intent, lk_order_reason_name(o->reason));
  if (instead) offer_instead(m, intent, instead);
  if (o->reason == LK_REASON_OUT_OF_STOCK) lk_offer_similar(m, o->detail);
  if (!refusals[o->reason].message || o->reason == LK_REASON_UNKNOWN_ORDER || o->reason == LK_REASON_WRONG_DELIVERY)
    lk_offer(m, LK_PHRASE0(m, "choice-person"), LK_LIT("person"));
}

/* ---- Foreseen ---- */

static lk_order_reason unchangeable(const lk_order *order) {
  if (order->state == LK_ORDER_CANCELLED) return LK_REASON_ALREADY_CANCELLED;
  if (order->state == LK_ORDER_RETURNED) return LK_REASON_ALREADY_RETURNED;
  return order->state == LK_ORDER_PACKING ? LK_REASON_ALREADY_PACKED : LK_REASON_ALREADY_SHIPPED;
}

static bool is_fetched(const lk_order *order) {
  return order->delivery == LK_DELIVERY_PICKUP_POINT || order->delivery == LK_DELIVERY_STORE;
}

static lk_order_reason unreturnable(const lk_maker *m, const lk_order *order) {
  if (order->state == LK_ORDER_CANCELLED) return LK_REASON_ALREADY_CANCELLED;
  if (order->state == LK_ORDER_RETURNED) return LK_REASON_ALREADY_RETURNED;
  if (!order->return_deadline) return LK_REASON_NOT_DELIVERED;
  if (m->now > order->return_deadline) return LK_REASON_PAST_DEADLINE;
  int64_t left = 0;
  for (size_t i = 0; i < order->line_count; i++) left += lk_line_left(&order->lines[i]) > 0;
  return left ? LK_REASON_DONE : LK_REASON_ALREADY_RETURNED;
}

/* Of the lines that were chosen, one that may not go back for this reason. */
static const lk_order_line *barred_line(const lk_maker *m, const lk_order *order) {
  lk_view reason = lk_chosen(m, "reason");
  if (!reason.len || lk_is_shops_fault(reason)) return NULL;
  bool opened = lk_view_eq(lk_chosen(m, "opened"), LK_LIT("1"));
  for (size_t i = 0; i < order->line_count; i++) {
    const lk_order_line *line = &order->lines[i];
    if (!lk_line_chosen(m, line)) continue;
    if (lk_view_eq(line->returnable, LK_LIT("no")) || (opened && lk_view_eq(line->returnable, LK_LIT("unopened")))) return line;
  }
  return NULL;
}

static lk_order_reason foreseen(const lk_maker *m, lk_order_action action, const lk_order *order) {
  switch (action) {
    case LK_ACTION_CANCEL:
    case LK_ACTION_QUANTITY:
    case LK_ACTION_ADD:
      return order->changeable ? LK_REASON_DONE : unchangeable(order);
    case LK_ACTION_ADDRESS:
      return !order->changeable ? unchangeable(order) : is_fetched(order) ? LK_REASON_WRONG_DELIVERY : LK_REASON_DONE;
    case LK_ACTION_PICKUP:
      return !order->changeable ? unchangeable(order) : is_fetched(order) ? LK_REASON_DONE : LK_REASON_WRONG_DELIVERY;
    case LK_ACTION_RETURN:
    case LK_ACTION_EXCHANGE:
      return unreturnable(m, order);
    case LK_ACTION_WARRANTY:
      if (order->state == LK_ORDER_CANCELLED) return LK_REASON_ALREADY_CANCELLED;
      return order->return_deadline ? LK_REASON_DONE : LK_REASON_NOT_DELIVERED;
    default:
      return LK_REASON_DONE;
  }
}

bool lk_refused_already(lk_maker *m, const lk_entry *intent, const lk_order *order) {
  lk_order_action action = lk_order_action_of(intent->action);
  lk_order_outcome outcome = {.reason = foreseen(m, action, order), .detail = {"", 0}, .deadline = order->return_deadline};
  const lk_order_line *barred = outcome.reason == LK_REASON_DONE && action == LK_ACTION_RETURN ? barred_line(m, order) : NULL;
  if (barred) {
    outcome.reason = LK_REASON_NOT_RETURNABLE;
    outcome.detail = barred->sku;
  }
  if (outcome.reason == LK_REASON_DONE) return false;
  lk_order now = *order;
  outcome.order = &now;
  lk_refuse(m, intent, &outcome);
  return true;
}
