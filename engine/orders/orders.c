/* What every order book has in common: names, bounds, and the calls that hold a provider to them. */
#include "luukku/orders.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/utf8.h"
#include "orders/names.h"

/* ---- Names ---- */

static const char *const states[] = {
    [LK_ORDER_RECEIVED] = "received",         [LK_ORDER_PAID] = "paid",         [LK_ORDER_PACKING] = "packing",
    [LK_ORDER_PART_SHIPPED] = "part-shipped", [LK_ORDER_SHIPPED] = "shipped",   [LK_ORDER_READY] = "ready",
    [LK_ORDER_DELIVERED] = "delivered",       [LK_ORDER_RETURNED] = "returned", [LK_ORDER_CANCELLED] = "cancelled",
};
static const char *const deliveries[] = {
    [LK_DELIVERY_PICKUP_POINT] = "pickup-point",
    [LK_DELIVERY_HOME] = "home",
    [LK_DELIVERY_EXPRESS] = "express",
    [LK_DELIVERY_STORE] = "store",
};
static const char *const actions[] = {
    [LK_ACTION_CANCEL] = "order.cancel",        [LK_ACTION_ADDRESS] = "order.change_address",
    [LK_ACTION_PICKUP] = "order.change_pickup", [LK_ACTION_QUANTITY] = "order.change_quantity",
    [LK_ACTION_ADD] = "order.add_item",         [LK_ACTION_REORDER] = "order.reorder",
    [LK_ACTION_RETURN] = "return.register",     [LK_ACTION_EXCHANGE] = "return.exchange",
    [LK_ACTION_WARRANTY] = "warranty.claim",    [LK_ACTION_NOTIFY] = "product.notify",
    [LK_ACTION_CONTACT] = "contact.request",    [LK_ACTION_OTHER] = "other",
};
static const char *const reasons[] = {
    [LK_REASON_DONE] = "done",
    [LK_REASON_UNKNOWN_ORDER] = "unknown-order",
    [LK_REASON_ALREADY_PACKED] = "already-packed",
    [LK_REASON_ALREADY_SHIPPED] = "already-shipped",
    [LK_REASON_ALREADY_CANCELLED] = "already-cancelled",
    [LK_REASON_ALREADY_RETURNED] = "already-returned",
    [LK_REASON_NOT_DELIVERED] = "not-delivered",
    [LK_REASON_PAST_DEADLINE] = "past-return-deadline",
    [LK_REASON_NOT_RETURNABLE] = "not-returnable",
    [LK_REASON_UNKNOWN_LINE] = "unknown-line",
    [LK_REASON_UNKNOWN_PRODUCT] = "unknown-product",
    [LK_REASON_OUT_OF_STOCK] = "out-of-stock",
    [LK_REASON_IN_STOCK] = "in-stock",
    [LK_REASON_BAD_QUANTITY] = "bad-quantity",
    [LK_REASON_BAD_ADDRESS] = "bad-address",
    [LK_REASON_BAD_CONTACT] = "bad-contact",
    [LK_REASON_WRONG_DELIVERY] = "wrong-delivery",
    [LK_REASON_LAST_LINE] = "last-line",
    [LK_REASON_DIFFERENT_PRODUCT] = "different-product",
    [LK_REASON_NO_CHANGE] = "no-change",
    [LK_REASON_KEY_REUSED] = "key-reused",
    [LK_REASON_UNSUPPORTED] = "unsupported",
    [LK_REASON_LOCKED] = "locked",
    [LK_REASON_FAILED] = "failed",
};
#define COUNT(names) (sizeof(names) / sizeof *(names))
_Static_assert(COUNT(states) == LK_ORDER_STATE_COUNT && COUNT(deliveries) == LK_DELIVERY_COUNT &&
                   COUNT(actions) == LK_ACTION_COUNT && COUNT(reasons) == LK_REASON_COUNT,
               "a name for each");

static const char *name_of(const char *const *names, size_t count, size_t value) {
  return value < count ? names[value] : "unknown";
}

static size_t value_of(const char *const *names, size_t count, lk_view name, size_t otherwise) {
  for (size_t i = 0; i < count; i++)
    if (lk_view_eq(name, lk_view_of(names[i]))) return i;
  return otherwise;
}

const char *lk_order_state_name(lk_order_state state) { return name_of(states, COUNT(states), (size_t)state); }
const char *lk_delivery_name(lk_delivery delivery) { return name_of(deliveries, COUNT(deliveries), (size_t)delivery); }
const char *lk_order_action_name(lk_order_action action) { return name_of(actions, COUNT(actions), (size_t)action); }
const char *lk_order_reason_name(lk_order_reason reason) { return name_of(reasons, COUNT(reasons), (size_t)reason); }

lk_order_action lk_order_action_of(lk_view name) {
  return (lk_order_action)value_of(actions, COUNT(actions), name, LK_ACTION_OTHER);
}
lk_order_state lk_order_state_of(lk_view name) {
  return (lk_order_state)value_of(states, COUNT(states), name, LK_ORDER_STATE_COUNT);
}
lk_delivery lk_delivery_of(lk_view name) { return (lk_delivery)value_of(deliveries, COUNT(deliveries), name, LK_DELIVERY_COUNT); }
lk_order_reason lk_order_reason_of(lk_view name) {
  return (lk_order_reason)value_of(reasons, COUNT(reasons), name, LK_REASON_FAILED);
}

/* ---- Reading ---- */

enum { SEARCH_TEXT_MAX = 500, RESULTS_MAX = 100 };

/* No number, customer or SKU is empty, longer, or has a NUL or broken UTF-8 in it. */
static bool is_name(lk_view text) {
  return text.len > 0 && text.len <= LK_ORDER_KEY_MAX && !memchr(text.ptr, '\0', text.len) && lk_utf8_valid(text);
}

static size_t bounded(size_t limit) { return limit < RESULTS_MAX ? limit : RESULTS_MAX; }

lk_code lk_orders_find(const lk_order_book *book, lk_view number, lk_arena *arena, lk_order **out, lk_error *err) {
  *out = NULL;
  return book->order && is_name(number) ? book->order(book->self, number, arena, out, err) : LK_OK;
}

lk_code lk_orders_history(const lk_order_book *book, lk_view customer, size_t limit, lk_arena *arena, lk_order **out,
                          size_t *count, lk_error *err) {
  *out = NULL;
  *count = 0;
  if (!book->history || !is_name(customer) || !limit) return LK_OK;
  return book->history(book->self, customer, bounded(limit), arena, out, count, err);
}

lk_code lk_orders_invoice(const lk_order_book *book, lk_view number, lk_arena *arena, lk_invoice **out, lk_error *err) {
  *out = NULL;
  return book->invoice && is_name(number) ? book->invoice(book->self, number, arena, out, err) : LK_OK;
}

lk_code lk_orders_product(const lk_order_book *book, lk_view sku, lk_arena *arena, lk_product **out, lk_error *err) {
  *out = NULL;
  return book->product && is_name(sku) ? book->product(book->self, sku, arena, out, err) : LK_OK;
}

lk_code lk_orders_search(const lk_order_book *book, lk_view text, size_t limit, lk_arena *arena, lk_product **out, size_t *count,
                         lk_error *err) {
  *out = NULL;
  *count = 0;
  if (!book->search || !text.len || !limit) return LK_OK;
  if (text.len > SEARCH_TEXT_MAX) {
    text.len = SEARCH_TEXT_MAX;
    while (text.len && ((unsigned char)text.ptr[text.len] & 0xC0) == 0x80) text.len--; /* not in the middle of a letter */
  }
  return book->search(book->self, text, bounded(limit), arena, out, count, err);
}

lk_code lk_orders_related(const lk_order_book *book, lk_view sku, lk_relation relation, size_t limit, lk_arena *arena,
                          lk_product **out, size_t *count, lk_error *err) {
  *out = NULL;
  *count = 0;
  if (!book->related || !is_name(sku) || !limit) return LK_OK;
  return book->related(book->self, sku, relation, bounded(limit), arena, out, count, err);
}

/* ---- Acting ---- */

static bool is_text(lk_view text, size_t max) {
  return !text.len || (text.len <= max && !memchr(text.ptr, '\0', text.len) && lk_utf8_valid(text));
}

static lk_code check_request(const lk_order_request *r, lk_error *err) {
  if ((size_t)r->action >= LK_ACTION_COUNT)
    return lk_fail(err, LK_ERR_INPUT, "unknown action %d; use one of lk_order_action", (int)r->action);
  if (!is_name(r->key))
    return lk_fail(err, LK_ERR_INPUT, "a request without a usable key; give each confirmation a key of its own");
  if (!is_name(r->actor)) return lk_fail(err, LK_ERR_INPUT, "a request without an actor; say who does it, for the audit");
  if (r->item_count > LK_ORDER_ITEMS_MAX)
    return lk_fail(err, LK_ERR_INPUT, "%zu items in a request; send at most %d", r->item_count, LK_ORDER_ITEMS_MAX);
  const lk_view texts[] = {
      r->name,         r->order,           r->customer,     r->address.name, r->address.street, r->address.postcode,
      r->address.city, r->address.country, r->pickup_point, r->reason,       r->email,          r->phone};
  bool good = is_text(r->text, LK_ORDER_TEXT_MAX);
  for (size_t i = 0; i < COUNT(texts); i++) good = good && is_text(texts[i], LK_ORDER_TEXT_MAX);
  for (size_t i = 0; i < r->item_count; i++) good = good && is_text(r->items[i].sku, LK_ORDER_KEY_MAX);
  if (!good) return lk_fail(err, LK_ERR_INPUT, "a text in a request is too long or no UTF-8; check it before");
  return LK_OK;
}

lk_code lk_orders_perform(const lk_order_book *book, const lk_order_request *request, lk_arena *arena, lk_order_outcome *out,
                          lk_error *err) {
  *out = (lk_order_outcome){.reason = LK_REASON_FAILED, .reference = LK_LIT(""), .new_order = LK_LIT(""), .detail = LK_LIT("")};
  lk_code code = check_request(request, err);
  if (code != LK_OK) return code;
  if (!book->perform) {
    out->reason = LK_REASON_UNSUPPORTED;
    return LK_OK;
  }
  code = book->perform(book->self, request, arena, out, err);
  if (code != LK_OK) out->reason = code == LK_ERR_BUSY ? LK_REASON_LOCKED : LK_REASON_FAILED;
  return code;
}

void lk_orders_free(lk_order_book *book) {
  if (!book) return;
  if (book->free) book->free(book->self);
  free(book);
}
