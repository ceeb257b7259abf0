#include <stdlib.h>

#include "base/error.h"
#include "dialogue/actions.h"

enum { HISTORY_LINES = 10, EVENT_LINES = 5 };

static lk_view carrier_of(const lk_shipment *s) { return s ? s->carrier : (lk_view){"", 0}; }

static void say_shipped(lk_maker *m, const lk_order *order, lk_value number, lk_value expected) {
  const lk_shipment *s = order->shipment_count ? &order->shipments[0] : NULL;
  if (s && s->tracking_code.len && s->link.len)
    LK_SAY(m, "status-shipped", number, LK_VALUE("carrier", carrier_of(s)), LK_VALUE("code", s->tracking_code),
           LK_VALUE("link", s->link), expected);
  else
    LK_SAY(m, "status-shipped-no-link", number, expected);
}

static void say_status(lk_maker *m, const lk_order *order) {
  lk_value number = LK_VALUE("order", order->number);
  int64_t expected_at = order->expected ? order->expected : order->promised;
  lk_value expected = LK_VALUE("expected", expected_at ? lk_day(m, expected_at) : LK_PHRASE0(m, "day-unknown"));
  bool on_its_way = order->state <= LK_ORDER_SHIPPED;
  if (order->delayed && on_its_way) {
    if (order->expected > m->now)
      LK_SAY(m, "status-delayed", number, expected);
    else
      LK_SAY(m, "status-delayed-unknown", number);
    if (order->state != LK_ORDER_SHIPPED) return;
  }
  switch (order->state) {
    case LK_ORDER_RECEIVED:
      LK_SAY(m, "status-received", number, expected);
      break;
    case LK_ORDER_PAID:
      LK_SAY(m, "status-paid", number, expected);
      break;
    case LK_ORDER_PACKING:
      LK_SAY(m, "status-packing", number, expected);
      break;
    case LK_ORDER_PART_SHIPPED:
      LK_SAY(m, "status-part-shipped", number, LK_VALUE("shipped", lk_lines_text(m, order, LK_LINES_SHIPPED)),
             LK_VALUE("waiting", lk_lines_text(m, order, LK_LINES_WAITING)), expected);
      break;
    case LK_ORDER_SHIPPED:
      say_shipped(m, order, number, expected);
      break;
    case LK_ORDER_READY:
      LK_SAY(m, "status-ready", number, LK_VALUE("place", order->pickup_point), LK_VALUE("until", lk_day(m, order->keep_until)));
      break;
    case LK_ORDER_DELIVERED:
      LK_SAY(m, "status-delivered", number, LK_VALUE("date", lk_day(m, order->delivered)));
      break;
    case LK_ORDER_RETURNED:
      LK_SAY(m, "status-returned", number);
      break;
    case LK_ORDER_CANCELLED:
      LK_SAY(m, "status-cancelled", number);
      break;
    default:
      lk_maker_fail(m, lk_fail(m->err, LK_ERR_BACKEND, "the order book gave an unknown state"));
  }
}

static void show_status(lk_maker *m, const lk_entry *intent) {
  const lk_order *order = lk_proved_order(m, intent);
  if (!order) return;
  say_status(m, order);
  lk_attach_card(m, order);
  lk_action_done(m, intent);
  lk_recommend(m, order);
}

static void show_contents(lk_maker *m, const lk_entry *intent) {
  const lk_order *order = lk_proved_order(m, intent);
  if (!order) return;
  LK_SAY(m, "contents", LK_VALUE("order", order->number), LK_VALUE("lines", lk_lines_text(m, order, LK_LINES_ALL)),
         LK_VALUE("total", lk_money(m, order->total)));
  lk_action_done(m, intent);
}

static lk_view event_text(lk_maker *m, const lk_tracking_event *event) {
  lk_view id = lk_text(m, "event-%.*s", LK_FMT(event->code));
  lk_view what = lk_has_message(m, id.ptr) ? LK_PHRASE0(m, id.ptr) : event->text;
  return LK_PHRASE(m, "tracking-event", LK_VALUE("when", lk_day(m, event->time)), LK_VALUE("where", event->place),
                   LK_VALUE("what", what));
}

static void show_tracking(lk_maker *m, const lk_entry *intent) {
  const lk_order *order = lk_proved_order(m, intent);
  if (!order) return;
  bool any = false;
  for (size_t s = 0; s < order->shipment_count; s++) {
    const lk_shipment *shipment = &order->shipments[s];
    lk_buffer b = {0};
    for (size_t e = 0; e < shipment->event_count && e < EVENT_LINES; e++) {
      if (e) lk_buffer_addc(&b, '\n');
      lk_buffer_add(&b, event_text(m, &shipment->events[e]));
    }
    if (shipment->event_count) {
      any = true;
      LK_SAY(m, "tracking", LK_VALUE("order", order->number), LK_VALUE("carrier", shipment->carrier),
             LK_VALUE("code", shipment->tracking_code), LK_VALUE("events", lk_buffer_text(m, &b)));
    } else {
      lk_buffer_free(&b);
    }
  }
  if (!any) LK_SAY(m, "tracking-none", LK_VALUE("order", order->number));
  lk_action_done(m, intent);
}

/* One order proved by its postcode tells of that order only: who knows a neighbour's postcode learns nothing of what else they bought. */
static bool knows_customer(const lk_maker *m) { return lk_view_eq(m->state.proved_by, LK_LIT("email")); }

static void say_history(lk_maker *m, const lk_order *orders, size_t count) {
  lk_buffer b = {0};
  for (size_t i = 0; i < count; i++) {
    if (i) lk_buffer_addc(&b, '\n');
    lk_buffer_add(
        &b, LK_PHRASE(m, "history-line", LK_VALUE("order", orders[i].number), LK_VALUE("date", lk_day(m, orders[i].placed)),
                      LK_VALUE("state", lk_order_state_text(m, &orders[i])), LK_VALUE("total", lk_money(m, orders[i].total))));
  }
  LK_SAY(m, "history", LK_VALUE("lines", lk_buffer_text(m, &b)));
}

static void show_history(lk_maker *m, const lk_entry *intent) {
  lk_view customer = m->in->customer;
  const lk_order *proved = NULL;
  if (!customer.len) {
    if (!(proved = lk_proved_order(m, intent))) return;
    if (knows_customer(m)) customer = proved->customer;
  }
  lk_order *orders = NULL;
  size_t count = 0;
  lk_error error = {0};
  if (customer.len && lk_orders_history(m->services->orders, customer, HISTORY_LINES, m->arena, &orders, &count, &error)) {
    lk_action_failed(m, intent, &error);
    return;
  }
  if (count)
    say_history(m, orders, count);
  else if (proved)
    say_history(m, proved, 1);
  else
    LK_SAY0(m, "history-none");
  lk_action_done(m, intent);
}

static void show_invoice(lk_maker *m, const lk_entry *intent) {
  const lk_order *order = lk_proved_order(m, intent);
  if (!order) return;
  lk_invoice *invoice = NULL;
  lk_error error = {0};
  if (lk_orders_invoice(m->services->orders, order->number, m->arena, &invoice, &error)) {
    lk_action_failed(m, intent, &error);
    return;
  }
  lk_value number = LK_VALUE("order", order->number);
  if (!invoice)
    LK_SAY(m, "invoice-none", number);
  else if (invoice->link.len)
    LK_SAY(m, invoice->paid ? "receipt-link" : "invoice-link", number, LK_VALUE("number", invoice->number),
           LK_VALUE("link", invoice->link), LK_VALUE("total", lk_money(m, invoice->total)));
  else
    LK_SAY(m, "invoice-no-link", number, LK_VALUE("number", invoice->number), LK_VALUE("total", lk_money(m, invoice->total)));
  lk_action_done(m, intent);
}

typedef struct reading_action {
  const char *name;
  void (*perform)(lk_maker *m, const lk_entry *intent);
} reading_action;

static const reading_action reading[] = {
    {"order.status", show_status},   {"order.contents", show_contents}, {"order.tracking", show_tracking},
    {"order.history", show_history}, {"order.invoice", show_invoice},
};

bool lk_read_action(lk_maker *m, const lk_entry *intent) {
  for (size_t i = 0; i < sizeof reading / sizeof *reading; i++) {
    if (!lk_view_eq(intent->action, lk_view_of(reading[i].name))) continue;
    lk_error error = {0};
    if (m->services->orders) {
      reading[i].perform(m, intent);
    } else {
      (void)lk_fail(&error, LK_ERR_BACKEND, "there is no order book; start with one");
      lk_action_failed(m, intent, &error);
    }
    return true;
  }
  return false;
}
