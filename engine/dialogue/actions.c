#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/error.h"
#include "dialogue/turn.h"

enum { HISTORY_LINES = 10, EVENT_LINES = 5 };

/* ---- What an action works with ---- */

static lk_view slot(const lk_maker *m, const char *name) { return lk_state_slot(&m->state, lk_view_of(name)); }

static void trouble(lk_maker *m, const lk_entry *intent, const lk_error *error) {
  lk_event *failed = lk_note(m, LK_EVENT_ACTION_FAILED);
  failed->entry = intent->id;
  failed->action = intent->action;
  failed->reason = lk_view_of(lk_code_name(error->code));
  lk_because(&m->out->reasons, "orders", "%s", error->message);
  LK_SAY0(m, "trouble-orders");
  lk_hand_off(m, LK_HANDOFF_FAILED_ACTION);
}

static void performed(lk_maker *m, const lk_entry *intent) {
  lk_event *event = lk_note(m, LK_EVENT_ACTION_PERFORMED);
  event->entry = intent->id;
  event->action = intent->action;
  lk_state_leave_flow(&m->state);
}

static void refused(lk_maker *m, const lk_entry *intent, const char *reason) {
  lk_event *event = lk_note(m, LK_EVENT_ACTION_REFUSED);
  event->entry = intent->id;
  event->action = intent->action;
  event->reason = lk_view_of(reason);
  lk_because(&m->out->reasons, "action", "refused: %s", reason);
  lk_state_leave_flow(&m->state);
}

/* The proved order; NULL, and the customer told, when it cannot be read. */
static lk_order *proved_order(lk_maker *m, const lk_entry *intent) {
  lk_order *order = NULL;
  lk_error error = {0};
  lk_view number = slot(m, "order");
  if (!number.len || !lk_view_eq(number, m->state.order))
    (void)lk_fail(&error, LK_ERR_DENIED, "the intent's order was not proved; give the intent slots for order and proof");
  else if (!m->services->orders)
    (void)lk_fail(&error, LK_ERR_BACKEND, "there is no order book; start with one");
  else if (!lk_orders_find(m->services->orders, number, m->arena, &order, &error) && !order)
    (void)lk_fail(&error, LK_ERR_MISSING, "the order is gone");
  if (!order) trouble(m, intent, &error);
  return order;
}

static lk_view text_of(lk_maker *m, lk_buffer *buffer) {
  lk_view copy = lk_arena_copy(m->arena, lk_buffer_view(buffer));
  if (buffer->failed || !copy.ptr) lk_maker_fail(m, lk_fail_memory(m->err));
  lk_buffer_free(buffer);
  return copy.ptr ? copy : (lk_view){"", 0};
}

static lk_view line_text(lk_maker *m, const lk_order_line *line, int64_t quantity) {
  lk_view product = line->size.len ? lk_text(m, "%.*s %.*s", LK_FMT(line->name), LK_FMT(line->size)) : line->name;
  return LK_PHRASE(m, "contents-line", LK_VALUE("quantity", lk_text(m, "%" PRId64, quantity)), LK_VALUE("product", product),
                   LK_VALUE("price", lk_money(m, quantity * line->unit_price)));
}

typedef enum line_filter { ALL_LINES, SHIPPED, WAITING } line_filter;

static lk_view lines_text(lk_maker *m, const lk_order *order, line_filter filter) {
  lk_buffer b = {0};
  for (size_t i = 0; i < order->line_count; i++) {
    const lk_order_line *line = &order->lines[i];
    int64_t quantity = filter == SHIPPED ? line->shipped : filter == WAITING ? line->quantity - line->shipped : line->quantity;
    if (quantity <= 0) continue;
    if (b.len) lk_buffer_adds(&b, filter == ALL_LINES ? "\n" : "; ");
    lk_buffer_add(&b, line_text(m, line, quantity));
  }
  return text_of(m, &b);
}

static const lk_order_line *line_of(const lk_order *order, lk_view number) {
  int64_t wanted = number.len ? strtoll(number.ptr, NULL, 10) : 0;
  for (size_t i = 0; i < order->line_count; i++)
    if (order->lines[i].line == wanted) return &order->lines[i];
  return NULL;
}

static lk_view state_name(lk_maker *m, const lk_order *order) {
  lk_view id = lk_text(m, "state-%s", order->delayed ? "delayed" : lk_order_state_name(order->state));
  return LK_PHRASE0(m, id.ptr);
}

static lk_view carrier_of(const lk_shipment *s) { return s ? s->carrier : (lk_view){"", 0}; }

/* ---- Reading ---- */

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
      LK_SAY(m, "status-part-shipped", number, LK_VALUE("shipped", lines_text(m, order, SHIPPED)),
             LK_VALUE("waiting", lines_text(m, order, WAITING)), expected);
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
  const lk_order *order = proved_order(m, intent);
  if (!order) return;
  say_status(m, order);
  performed(m, intent);
}

static void show_contents(lk_maker *m, const lk_entry *intent) {
  const lk_order *order = proved_order(m, intent);
  if (!order) return;
  LK_SAY(m, "contents", LK_VALUE("order", order->number), LK_VALUE("lines", lines_text(m, order, ALL_LINES)),
         LK_VALUE("total", lk_money(m, order->total)));
  performed(m, intent);
}

static lk_view event_text(lk_maker *m, const lk_tracking_event *event) {
  lk_view id = lk_text(m, "event-%.*s", LK_FMT(event->code));
  lk_view what = lk_has_message(m, id.ptr) ? LK_PHRASE0(m, id.ptr) : event->text;
  return LK_PHRASE(m, "tracking-event", LK_VALUE("when", lk_day(m, event->time)), LK_VALUE("where", event->place),
                   LK_VALUE("what", what));
}

static void show_tracking(lk_maker *m, const lk_entry *intent) {
  const lk_order *order = proved_order(m, intent);
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
             LK_VALUE("code", shipment->tracking_code), LK_VALUE("events", text_of(m, &b)));
    } else {
      lk_buffer_free(&b);
    }
  }
  if (!any) LK_SAY(m, "tracking-none", LK_VALUE("order", order->number));
  performed(m, intent);
}

static void show_history(lk_maker *m, const lk_entry *intent) {
  lk_view customer = m->in->customer;
  if (!customer.len) {
    const lk_order *order = proved_order(m, intent);
    if (!order) return;
    customer = order->customer;
  }
  lk_order *orders = NULL;
  size_t count = 0;
  lk_error error = {0};
  if (customer.len && lk_orders_history(m->services->orders, customer, HISTORY_LINES, m->arena, &orders, &count, &error)) {
    trouble(m, intent, &error);
    return;
  }
  if (!count) {
    LK_SAY0(m, "history-none");
  } else {
    lk_buffer b = {0};
    for (size_t i = 0; i < count; i++) {
      if (i) lk_buffer_addc(&b, '\n');
      lk_buffer_add(
          &b, LK_PHRASE(m, "history-line", LK_VALUE("order", orders[i].number), LK_VALUE("date", lk_day(m, orders[i].placed)),
                        LK_VALUE("state", state_name(m, &orders[i])), LK_VALUE("total", lk_money(m, orders[i].total))));
    }
    LK_SAY(m, "history", LK_VALUE("lines", text_of(m, &b)));
  }
  performed(m, intent);
}

static void show_invoice(lk_maker *m, const lk_entry *intent) {
  const lk_order *order = proved_order(m, intent);
  if (!order) return;
  lk_invoice *invoice = NULL;
  lk_error error = {0};
  if (lk_orders_invoice(m->services->orders, order->number, m->arena, &invoice, &error)) {
    trouble(m, intent, &error);
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
  performed(m, intent);
}

/* ---- Writing: one request, from the slots ---- */

static bool all_lines(lk_view line) { return lk_view_eq(line, LK_LIT("all")); }

/* "Mäkitie 3 A 5, 33100 Tampere" as an address: what stands before the postcode is the street, what stands behind it the town. */
static lk_address address_of(lk_maker *m, lk_view text, const lk_order *order) {
  lk_view none = {"", 0};
  lk_address address = {none, text, none, none, none}; /* without an order it will be refused */
  if (order) {
    address.name = order->name;
    address.country = order->address.country;
  }
  for (size_t i = 0; i + 5 <= text.len; i++) {
    size_t digits = 0;
    while (digits < 6 && i + digits < text.len && text.ptr[i + digits] >= '0' && text.ptr[i + digits] <= '9') digits++;
    bool begins = i == 0 || text.ptr[i - 1] == ' ' || text.ptr[i - 1] == ',';
    if (digits != 5 || !begins) continue;
    size_t street = i;
    while (street > 0 && strchr(" ,", text.ptr[street - 1])) street--;
    size_t town = i + 5;
    while (town < text.len && strchr(" ,", text.ptr[town])) town++;
    address.street = lk_text(m, "%.*s", (int)street, text.ptr);
    address.postcode = lk_text(m, "%.*s", 5, text.ptr + i);
    address.city = lk_text(m, "%.*s", (int)(text.len - town), text.ptr + town);
    break;
  }
  return address;
}

static lk_order_item *item_of(lk_maker *m, lk_order_request *request) {
  lk_order_item *item = LK_NEW(m->arena, lk_order_item);
  if (!item) {
    lk_maker_fail(m, lk_fail_memory(m->err));
    return NULL;
  }
  request->items = item;
  request->item_count = 1;
  return item;
}

static int64_t quantity_of(lk_view text, int64_t standard) {
  return text.len && strcmp(text.ptr, "-") != 0 ? strtoll(text.ptr, NULL, 10) : standard;
}

static int64_t moment_of(lk_view date) {
  lk_date day;
  return lk_date_parse(date, &day) ? lk_local_moment(day, 12 * 60) : 0;
}

/* The size that is wanted, as a product of the same family; NULL when there is none. */
static const lk_product *other_size(lk_maker *m, const lk_order_line *line, lk_view size) {
  lk_product *sizes = NULL;
  size_t count = 0;
  if (lk_orders_related(m->services->orders, line->sku, LK_RELATION_SIZE, 50, m->arena, &sizes, &count, NULL)) return NULL;
  for (size_t i = 0; i < count; i++)
    if (strcasecmp(sizes[i].size.ptr, size.ptr) == 0) return &sizes[i];
  return NULL;
}

static void fill_request(lk_maker *m, const lk_entry *intent, const lk_order *order, lk_order_request *r) {
  const lk_order_line *line = order ? line_of(order, slot(m, "line")) : NULL;
  lk_order_item *item = NULL;
  r->action = lk_order_action_of(intent->action);
  r->name = intent->action;
  r->key = m->state.key;
  r->actor = LK_LIT("customer");
  r->order = slot(m, "order");
  r->customer = m->in->customer;
  r->now = m->now;
  r->email = slot(m, "email");
  r->phone = slot(m, "phone");
  switch (r->action) {
    case LK_ACTION_ADDRESS:
      r->address = address_of(m, slot(m, "address"), order);
      break;
    case LK_ACTION_QUANTITY:
      if ((item = item_of(m, r)))
        *item = (lk_order_item){.line = line ? line->line : -1, .quantity = quantity_of(slot(m, "quantity"), 1)};
      break;
    case LK_ACTION_ADD:
      if ((item = item_of(m, r)))
        *item = (lk_order_item){.sku = slot(m, "product"), .quantity = quantity_of(slot(m, "quantity"), 1)};
      break;
    case LK_ACTION_RETURN:
      r->reason = slot(m, "reason");
      if (!all_lines(slot(m, "line")) && (item = item_of(m, r))) *item = (lk_order_item){.line = line ? line->line : -1};
      break;
    case LK_ACTION_EXCHANGE: {
      const lk_product *other = line ? other_size(m, line, slot(m, "size")) : NULL;
      if ((item = item_of(m, r)))
        *item = (lk_order_item){.line = line ? line->line : -1, .sku = other ? other->sku : slot(m, "size")};
      break;
    }
    case LK_ACTION_WARRANTY:
      r->text = slot(m, "fault");
      r->since = moment_of(slot(m, "when"));
      if ((item = item_of(m, r))) *item = (lk_order_item){.line = line ? line->line : -1, .quantity = 1};
      break;
    case LK_ACTION_NOTIFY:
      if ((item = item_of(m, r))) *item = (lk_order_item){.sku = slot(m, "product"), .quantity = 1};
      break;
    case LK_ACTION_CONTACT:
      r->text = m->in->text;
      break;
    default:
      break;
  }
}

/* What a refusal is told with. The table is the one place that joins the order book's reasons and the KB's messages. */
static const char *const refusals[LK_REASON_COUNT] = {
    [LK_REASON_UNKNOWN_ORDER] = "refused-other",         [LK_REASON_ALREADY_PACKED] = "refused-packed",
    [LK_REASON_ALREADY_SHIPPED] = "refused-shipped",     [LK_REASON_ALREADY_CANCELLED] = "refused-cancelled",
    [LK_REASON_ALREADY_RETURNED] = "refused-returned",   [LK_REASON_NOT_DELIVERED] = "refused-not-delivered",
    [LK_REASON_PAST_DEADLINE] = "refused-past-deadline", [LK_REASON_NOT_RETURNABLE] = "refused-not-returnable",
    [LK_REASON_UNKNOWN_LINE] = "refused-unknown-line",   [LK_REASON_UNKNOWN_PRODUCT] = "refused-unknown-product",
    [LK_REASON_OUT_OF_STOCK] = "refused-out-of-stock",   [LK_REASON_IN_STOCK] = "refused-in-stock",
    [LK_REASON_BAD_QUANTITY] = "refused-quantity",       [LK_REASON_BAD_ADDRESS] = "refused-bad-address",
    [LK_REASON_BAD_CONTACT] = "refused-bad-contact",     [LK_REASON_WRONG_DELIVERY] = "refused-wrong-delivery",
    [LK_REASON_LAST_LINE] = "refused-last-line",         [LK_REASON_DIFFERENT_PRODUCT] = "refused-different-product",
    [LK_REASON_NO_CHANGE] = "refused-nothing-changes",   [LK_REASON_LOCKED] = "refused-busy",
};

static lk_view product_name(lk_maker *m, lk_view sku) {
  lk_product *product = NULL;
  if (m->services->orders) (void)lk_orders_product(m->services->orders, sku, m->arena, &product, NULL);
  if (!product) return sku;
  return product->size.len ? lk_text(m, "%.*s %.*s", LK_FMT(product->name), LK_FMT(product->size)) : product->name;
}

static void say_refusal(lk_maker *m, const lk_entry *intent, lk_order_reason reason, lk_view detail, int64_t deadline) {
  const char *id = refusals[reason] ? refusals[reason] : "refused-other";
  lk_view input = lk_view_eq(intent->action, LK_LIT("return.exchange")) ? slot(m, "size") : slot(m, "product");
  LK_SAY(m, id, LK_VALUE("until", deadline ? lk_day(m, deadline) : (lk_view){"", 0}),
         LK_VALUE("product", product_name(m, detail)), LK_VALUE("input", input),
         LK_VALUE("most", lk_text(m, "%d", LK_ORDER_QUANTITY_MAX)));
  if (reason == LK_REASON_UNSUPPORTED || reason == LK_REASON_FAILED || !refusals[reason])
    lk_offer(m, LK_PHRASE0(m, "choice-person"), LK_LIT("person"));
  refused(m, intent, lk_order_reason_name(reason));
}

static void say_done(lk_maker *m, const lk_entry *intent, const lk_order_outcome *o) {
  lk_view id = lk_text(m, "done-%.*s", (int)(intent->confirm.len > 8 ? intent->confirm.len - 8 : 0),
                       intent->confirm.ptr + (intent->confirm.len > 8 ? 8 : 0));
  lk_view new_order = o->new_order.len ? o->new_order : o->reference;
  lk_local_time today = lk_local_time_of(m->now);
  lk_date answered = lk_working_days_after(today.date, 1);
  LK_SAY(m, lk_has_message(m, id.ptr) ? id.ptr : "done", LK_VALUE("order", slot(m, "order")), LK_VALUE("new", new_order),
         LK_VALUE("code", o->reference), LK_VALUE("number", o->reference),
         LK_VALUE("until", o->deadline ? lk_day(m, o->deadline) : (lk_view){"", 0}),
         LK_VALUE("answered", lk_when(m, lk_local_moment(answered, today.hour * 60 + today.minute))));
}

/* Intents whose wish is not about an order at all: they go to the shop's people as a request with a way to answer it. */
static bool is_request(lk_view action) { return action.len > 8 && memcmp(action.ptr, "privacy.", 8) == 0; }

static void write_action(lk_maker *m, const lk_entry *intent) {
  lk_error error = {0};
  if (!m->services->orders) {
    (void)lk_fail(&error, LK_ERR_BACKEND, "there is no order book; start with one");
    trouble(m, intent, &error);
    return;
  }
  const lk_order *order = NULL;
  bool of_order = lk_state_slot(&m->state, LK_LIT("order")).len > 0 && lk_view_eq(slot(m, "order"), m->state.order);
  if (of_order && !(order = proved_order(m, intent))) return;
  lk_order_request request = {0};
  fill_request(m, intent, order, &request);
  if (is_request(intent->action)) {
    request.action = LK_ACTION_CONTACT;
    request.text = intent->action;
  }
  if (!of_order) request.order = (lk_view){"", 0};
  lk_order_outcome outcome = {0};
  lk_code code = lk_orders_perform(m->services->orders, &request, m->arena, &outcome, &error);
  if (code && outcome.reason != LK_REASON_LOCKED) {
    trouble(m, intent, &error);
  } else if (outcome.reason != LK_REASON_DONE) {
    say_refusal(m, intent, outcome.reason, outcome.detail, outcome.deadline);
  } else {
    say_done(m, intent, &outcome);
    performed(m, intent);
  }
}

/* ---- Confirming ---- */

/* A refusal that is already certain is told before anything is asked: nobody confirms what cannot be done. */
static lk_order_reason foreseen(const lk_order *order, lk_order_action action) {
  bool change =
      action == LK_ACTION_CANCEL || action == LK_ACTION_ADDRESS || action == LK_ACTION_QUANTITY || action == LK_ACTION_ADD;
  if (change && !order->changeable) {
    if (order->state == LK_ORDER_CANCELLED) return LK_REASON_ALREADY_CANCELLED;
    if (order->state == LK_ORDER_RETURNED) return LK_REASON_ALREADY_RETURNED;
    return order->state == LK_ORDER_PACKING ? LK_REASON_ALREADY_PACKED : LK_REASON_ALREADY_SHIPPED;
  }
  bool back = action == LK_ACTION_RETURN || action == LK_ACTION_EXCHANGE;
  if (back && order->state == LK_ORDER_CANCELLED) return LK_REASON_ALREADY_CANCELLED;
  if (back && order->state != LK_ORDER_DELIVERED && order->state != LK_ORDER_RETURNED) return LK_REASON_NOT_DELIVERED;
  return LK_REASON_DONE;
}

static lk_view chosen_lines(lk_maker *m, const lk_order *order) {
  lk_view chosen = slot(m, "line");
  const lk_order_line *line = line_of(order, chosen);
  return !chosen.len || all_lines(chosen) || !line ? lines_text(m, order, ALL_LINES) : line_text(m, line, line->quantity);
}

void lk_confirm(lk_maker *m, const lk_entry *intent) {
  const lk_order *order = NULL;
  bool of_order = slot(m, "order").len && lk_view_eq(slot(m, "order"), m->state.order);
  if (of_order && !(order = proved_order(m, intent))) return;
  lk_order_action action = lk_order_action_of(intent->action);
  if (order) {
    lk_order_reason reason = foreseen(order, action);
    if (reason == LK_REASON_ALREADY_SHIPPED && order->state == LK_ORDER_DELIVERED) {
      LK_SAY0(m, "refused-delivered");
      refused(m, intent, lk_order_reason_name(reason));
      return;
    }
    if (reason != LK_REASON_DONE) {
      say_refusal(m, intent, reason, (lk_view){"", 0}, order->return_deadline);
      return;
    }
  }
  const lk_order_line *line = order ? line_of(order, slot(m, "line")) : NULL;
  lk_product *product = NULL;
  if (slot(m, "product").len && m->services->orders)
    (void)lk_orders_product(m->services->orders, slot(m, "product"), m->arena, &product, NULL);
  int64_t quantity = quantity_of(slot(m, "quantity"), 1);
  lk_view product_text = line ? line->name : product ? product_name(m, product->sku) : slot(m, "product");
  lk_view reason_id = lk_text(m, "reason-%.*s", LK_FMT(slot(m, "reason")));
  lk_view none = {"", 0};
  LK_SAY(m, intent->confirm.ptr, LK_VALUE("order", slot(m, "order")), LK_VALUE("lines", order ? chosen_lines(m, order) : none),
         LK_VALUE("total", order ? lk_money(m, order->total) : none), LK_VALUE("address", slot(m, "address")),
         LK_VALUE("product", product_text), LK_VALUE("from", line ? lk_text(m, "%" PRId64, line->quantity) : none),
         LK_VALUE("to", lk_text(m, "%" PRId64, quantity)), LK_VALUE("quantity", lk_text(m, "%" PRId64, quantity)),
         LK_VALUE("price", product ? lk_money(m, quantity * product->price) : none),
         LK_VALUE("reason", lk_has_message(m, reason_id.ptr) ? LK_PHRASE0(m, reason_id.ptr) : slot(m, "reason")),
         LK_VALUE("size", slot(m, "size")), LK_VALUE("fault", slot(m, "fault")), LK_VALUE("email", slot(m, "email")),
         LK_VALUE("phone", slot(m, "phone")));
  lk_offer(m, LK_PHRASE0(m, "choice-yes"), LK_LIT("yes"));
  lk_offer(m, LK_PHRASE0(m, "choice-no"), LK_LIT("no"));
  m->state.pending = LK_PENDING_CONFIRM;
  /* One key a confirmation that is shown: a repeated yes to it does nothing twice. */
  m->state.key = lk_text(m, "%.*s-%u", LK_FMT(m->in->conversation), m->state.turns);
}

/* ---- The table of actions that only read ---- */

typedef struct reading_action {
  const char *name;
  void (*perform)(lk_maker *m, const lk_entry *intent);
} reading_action;

static const reading_action reading[] = {
    {"order.status", show_status},   {"order.contents", show_contents}, {"order.tracking", show_tracking},
    {"order.history", show_history}, {"order.invoice", show_invoice},
};

void lk_perform(lk_maker *m, const lk_entry *intent) {
  lk_because(&m->out->reasons, "action", "%.*s", LK_FMT(intent->action));
  if (lk_view_eq(intent->action, LK_LIT("handoff"))) {
    lk_state_leave_flow(&m->state);
    lk_hand_off(m, LK_HANDOFF_ASKED);
    return;
  }
  for (size_t i = 0; i < sizeof reading / sizeof *reading; i++) {
    if (!lk_view_eq(intent->action, lk_view_of(reading[i].name))) continue;
    reading[i].perform(m, intent);
    return;
  }
  write_action(m, intent);
}
