#include "base/error.h"
#include "dialogue/actions.h"

static lk_event *note_action(lk_maker *m, lk_event_type type, const lk_entry *intent) {
  lk_event *event = lk_note(m, type);
  event->entry = intent->id;
  event->action = intent->action;
  return event;
}

void lk_action_failed(lk_maker *m, const lk_entry *intent, const lk_error *error) {
  note_action(m, LK_EVENT_ACTION_FAILED, intent)->reason = lk_view_of(lk_code_name(error->code));
  lk_because(&m->out->reasons, "orders", "%s", error->message);
  LK_SAY0(m, "trouble-orders");
  lk_hand_off(m, LK_HANDOFF_FAILED_ACTION);
}

void lk_action_done(lk_maker *m, const lk_entry *intent) {
  (void)note_action(m, LK_EVENT_ACTION_PERFORMED, intent);
  lk_state_leave_flow(&m->state);
}

void lk_action_refused(lk_maker *m, const lk_entry *intent, const char *reason) {
  note_action(m, LK_EVENT_ACTION_REFUSED, intent)->reason = lk_view_of(reason);
  lk_because(&m->out->reasons, "action", "refused: %s", reason);
  lk_state_leave_flow(&m->state);
}

bool lk_is_of_order(const lk_maker *m) {
  lk_view number = lk_chosen(m, "order");
  return number.len && lk_view_eq(number, m->state.order);
}

lk_order *lk_proved_order(lk_maker *m, const lk_entry *intent) {
  lk_order *order = NULL;
  lk_error error = {0};
  if (!lk_is_of_order(m))
    (void)lk_fail(&error, LK_ERR_DENIED, "the intent's order was not proved; give the intent slots for order and proof");
  else if (!m->services->orders)
    (void)lk_fail(&error, LK_ERR_BACKEND, "there is no order book; start with one");
  else if (!lk_orders_find(m->services->orders, lk_chosen(m, "order"), m->arena, &order, &error) && !order)
    (void)lk_fail(&error, LK_ERR_MISSING, "the order is gone");
  if (!order) lk_action_failed(m, intent, &error);
  return order;
}
