#include "orders/http/message.h"

#include <stdio.h>

#include "orders/names.h"

enum { LIST_MAX = 1000 };

/* ---- Members ---- */

static void is_wrong(lk_message *m, const char *name) {
  if (!m->wrong) m->wrong = name;
}

static lk_view copy(lk_message *m, const char *text, size_t len) {
  if (!len) return LK_LIT("");
  lk_view result = lk_arena_copy(m->arena, (lk_view){text, len});
  if (result.ptr) return result;
  m->memory_out = true;
  return LK_LIT("");
}

/* A string, or a whole number as text (an order number, a size); empty when it is absent. */
static lk_view text(lk_message *m, const json_t *object, const char *name) {
  const json_t *value = json_object_get(object, name);
  char digits[24];
  if (!value || json_is_null(value)) return LK_LIT("");
  if (json_is_string(value)) return copy(m, json_string_value(value), json_string_length(value));
  if (json_is_integer(value)) {
    int len = snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(value));
    return copy(m, digits, (size_t)len);
  }
  is_wrong(m, name);
  return LK_LIT("");
}

static int64_t number(lk_message *m, const json_t *object, const char *name) {
  const json_t *value = json_object_get(object, name);
  if (!value || json_is_null(value)) return 0;
  if (!json_is_integer(value)) is_wrong(m, name);
  return json_integer_value(value);
}

static bool truth(lk_message *m, const json_t *object, const char *name) {
  const json_t *value = json_object_get(object, name);
  if (!value || json_is_null(value)) return false;
  if (!json_is_boolean(value)) is_wrong(m, name);
  return json_is_true(value);
}

/* Room for the elements of a list of objects, read by `one`. */
static void *list(lk_message *m, const json_t *value, const char *name, size_t size,
                  void (*one)(lk_message *, const json_t *, void *), size_t *count) {
  *count = 0;
  if (!value || json_is_null(value)) return NULL;
  size_t given = json_array_size(value);
  if (!json_is_array(value) || given > LIST_MAX) {
    is_wrong(m, name);
    return NULL;
  }
  char *items = lk_arena_zeroed(m->arena, given, size);
  if (!items) {
    m->memory_out = true;
    return NULL;
  }
  for (size_t i = 0; i < given; i++) {
    const json_t *element = json_array_get(value, i);
    if (!json_is_object(element)) {
      is_wrong(m, name);
      return NULL;
    }
    one(m, element, items + i * size);
  }
  *count = given;
  return items;
}

/* ---- Orders ---- */

static void read_line(lk_message *m, const json_t *o, void *out) {
  lk_order_line *line = out;
  *line = (lk_order_line){.line = number(m, o, "line"),
                          .sku = text(m, o, "sku"),
                          .name = text(m, o, "name"),
                          .size = text(m, o, "size"),
                          .quantity = number(m, o, "quantity"),
                          .shipped = number(m, o, "shipped"),
                          .returned = number(m, o, "returned"),
                          .unit_price = number(m, o, "unit_price"),
                          .returnable = text(m, o, "returnable")};
  if (!line->returnable.len) line->returnable = LK_LIT("yes");
}

static void read_event(lk_message *m, const json_t *o, void *out) {
  *(lk_tracking_event *)out = (lk_tracking_event){
      .time = number(m, o, "time"), .code = text(m, o, "code"), .place = text(m, o, "place"), .text = text(m, o, "text")};
}

static void read_shipment(lk_message *m, const json_t *o, void *out) {
  lk_shipment *s = out;
  *s = (lk_shipment){.carrier = text(m, o, "carrier"),
                     .tracking_code = text(m, o, "tracking_code"),
                     .link = text(m, o, "link"),
                     .sent = number(m, o, "sent"),
                     .expected = number(m, o, "expected"),
                     .delivered = number(m, o, "delivered"),
                     .keep_until = number(m, o, "keep_until")};
  s->events = list(m, json_object_get(o, "events"), "events", sizeof(lk_tracking_event), read_event, &s->event_count);
}

static void read_return_line(lk_message *m, const json_t *o, void *out) {
  *(lk_return_line *)out = (lk_return_line){
      .line = number(m, o, "line"), .sku = text(m, o, "sku"), .name = text(m, o, "name"), .quantity = number(m, o, "quantity")};
}

static void read_return(lk_message *m, const json_t *o, void *out) {
  lk_order_return *r = out;
  *r = (lk_order_return){.code = text(m, o, "code"),
                         .state = text(m, o, "state"),
                         .reason = text(m, o, "reason"),
                         .new_order = text(m, o, "new_order"),
                         .registered = number(m, o, "registered"),
                         .received = number(m, o, "received"),
                         .refunded = number(m, o, "refunded"),
                         .deadline = number(m, o, "deadline"),
                         .amount = number(m, o, "amount")};
  r->lines = list(m, json_object_get(o, "lines"), "lines", sizeof(lk_return_line), read_return_line, &r->line_count);
}

static lk_address read_address(lk_message *m, const json_t *o) {
  return (lk_address){.name = text(m, o, "name"),
                      .street = text(m, o, "street"),
                      .postcode = text(m, o, "postcode"),
                      .city = text(m, o, "city"),
                      .country = text(m, o, "country")};
}

static void read_order(lk_message *m, const json_t *o, void *out) {
  lk_order *order = out;
  *order = (lk_order){.number = text(m, o, "number"),
                      .customer = text(m, o, "customer"),
                      .name = text(m, o, "name"),
                      .email_masked = text(m, o, "email_masked"),
                      .state = lk_order_state_of(text(m, o, "state")),
                      .changeable = truth(m, o, "changeable"),
                      .delayed = truth(m, o, "delayed"),
                      .delivery = lk_delivery_of(text(m, o, "delivery")),
                      .pickup_point = text(m, o, "pickup_point"),
                      .address = read_address(m, json_object_get(o, "address")),
                      .payment = text(m, o, "payment"),
                      .placed = number(m, o, "placed"),
                      .paid = number(m, o, "paid"),
                      .packed = number(m, o, "packed"),
                      .shipped = number(m, o, "shipped"),
                      .delivered = number(m, o, "delivered"),
                      .cancelled = number(m, o, "cancelled"),
                      .promised = number(m, o, "promised"),
                      .expected = number(m, o, "expected"),
                      .keep_until = number(m, o, "keep_until"),
                      .return_deadline = number(m, o, "return_deadline"),
                      .delivery_price = number(m, o, "delivery_price"),
                      .total = number(m, o, "total")};
  order->lines = list(m, json_object_get(o, "lines"), "lines", sizeof(lk_order_line), read_line, &order->line_count);
  order->shipments =
      list(m, json_object_get(o, "shipments"), "shipments", sizeof(lk_shipment), read_shipment, &order->shipment_count);
  order->returns = list(m, json_object_get(o, "returns"), "returns", sizeof(lk_order_return), read_return, &order->return_count);
  if (!order->number.len) is_wrong(m, "number");
  if (order->state == LK_ORDER_STATE_COUNT) is_wrong(m, "state");
  if (order->delivery == LK_DELIVERY_COUNT) is_wrong(m, "delivery");
}

static void read_invoice(lk_message *m, const json_t *o, void *out) {
  *(lk_invoice *)out = (lk_invoice){.number = text(m, o, "number"),
                                    .order = text(m, o, "order"),
                                    .state = text(m, o, "state"),
                                    .link = text(m, o, "link"),
                                    .reference = text(m, o, "reference"),
                                    .issued = number(m, o, "issued"),
                                    .due = number(m, o, "due"),
                                    .paid = number(m, o, "paid"),
                                    .total = number(m, o, "total"),
                                    .vat = number(m, o, "vat")};
}

static void read_product(lk_message *m, const json_t *o, void *out) {
  const json_t *match = json_object_get(o, "match");
  if (match && !json_is_number(match)) is_wrong(m, "match");
  lk_product *p = out;
  *p = (lk_product){.sku = text(m, o, "sku"),
                    .name = text(m, o, "name"),
                    .size = text(m, o, "size"),
                    .family = text(m, o, "family"),
                    .category = text(m, o, "category"),
                    .link = text(m, o, "link"),
                    .price = number(m, o, "price"),
                    .stock = number(m, o, "stock"),
                    .restock = number(m, o, "restock"),
                    .warranty_months = number(m, o, "warranty_months"),
                    .returnable = text(m, o, "returnable"),
                    .match = json_number_value(match)};
  if (!p->sku.len) is_wrong(m, "sku");
}

/* One object that may be null. */
static void *single(lk_message *m, const json_t *value, const char *name, size_t size,
                    void (*one)(lk_message *, const json_t *, void *)) {
  if (!value || json_is_null(value)) return NULL;
  if (!json_is_object(value)) {
    is_wrong(m, name);
    return NULL;
  }
  void *out = lk_arena_zeroed(m->arena, 1, size);
  if (out)
    one(m, value, out);
  else
    m->memory_out = true;
  return out;
}

lk_order *lk_message_order(lk_message *m, const json_t *value) { return single(m, value, "order", sizeof(lk_order), read_order); }

lk_order *lk_message_orders(lk_message *m, const json_t *orders, size_t *count) {
  return list(m, orders, "orders", sizeof(lk_order), read_order, count);
}

lk_invoice *lk_message_invoice(lk_message *m, const json_t *value) {
  return single(m, value, "invoice", sizeof(lk_invoice), read_invoice);
}

lk_product *lk_message_product(lk_message *m, const json_t *value) {
  return single(m, value, "product", sizeof(lk_product), read_product);
}

lk_product *lk_message_products(lk_message *m, const json_t *products, size_t *count) {
  return list(m, products, "products", sizeof(lk_product), read_product, count);
}

/* Reasons that only a caller of a provider can have. */
static bool is_backends_reason(lk_order_reason reason) { return reason != LK_REASON_LOCKED && reason != LK_REASON_FAILED; }

void lk_message_outcome(lk_message *m, const json_t *value, lk_order_outcome *out) {
  out->reason = lk_order_reason_of(text(m, value, "reason"));
  if (!is_backends_reason(out->reason)) is_wrong(m, "reason");
  out->repeated = truth(m, value, "repeated");
  out->reference = text(m, value, "reference");
  out->new_order = text(m, value, "new_order");
  out->detail = text(m, value, "detail");
  out->amount = number(m, value, "amount");
  out->deadline = number(m, value, "deadline");
  out->order = lk_message_order(m, json_object_get(value, "order"));
}

/* ---- Requests ---- */

/* What is empty is left out. False when memory is out. */
static bool add_text(json_t *object, const char *name, lk_view value) {
  return !value.len || json_object_set_new(object, name, json_stringn(value.ptr, value.len)) == 0;
}

static bool add_number(json_t *object, const char *name, int64_t value) {
  return !value || json_object_set_new(object, name, json_integer(value)) == 0;
}

static bool add_items(json_t *object, const lk_order_request *r) {
  if (!r->item_count) return true;
  json_t *items = json_array();
  bool good = json_object_set_new(object, "items", items) == 0;
  for (size_t i = 0; good && i < r->item_count; i++) {
    const lk_order_item *item = &r->items[i];
    json_t *one = json_object();
    good = json_array_append_new(items, one) == 0 && add_number(one, "line", item->line) && add_text(one, "sku", item->sku) &&
           json_object_set_new(one, "quantity", json_integer(item->quantity)) == 0 &&
           (!item->opened || json_object_set_new(one, "opened", json_true()) == 0);
  }
  return good;
}

static bool add_address(json_t *object, const lk_address *a) {
  if (!a->name.len && !a->street.len && !a->postcode.len && !a->city.len && !a->country.len) return true;
  json_t *address = json_object();
  return json_object_set_new(object, "address", address) == 0 && add_text(address, "name", a->name) &&
         add_text(address, "street", a->street) && add_text(address, "postcode", a->postcode) &&
         add_text(address, "city", a->city) && add_text(address, "country", a->country);
}

json_t *lk_message_request(const lk_order_request *r) {
  json_t *o = json_object();
  lk_view action = r->action == LK_ACTION_OTHER ? r->name : lk_view_of(lk_order_action_name(r->action));
  bool good = o && add_text(o, "action", action) && add_text(o, "key", r->key) && add_text(o, "actor", r->actor) &&
              add_number(o, "now", r->now) && add_text(o, "order", r->order) && add_text(o, "customer", r->customer) &&
              add_items(o, r) && add_address(o, &r->address) && add_text(o, "pickup_point", r->pickup_point) &&
              add_text(o, "reason", r->reason) && add_text(o, "text", r->text) && add_number(o, "since", r->since) &&
              add_text(o, "email", r->email) && add_text(o, "phone", r->phone);
  if (good) return o;
  json_decref(o);
  return NULL;
}
