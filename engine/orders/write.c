/* What a customer may do. Every action goes the same way: take the write lock, look for the key, load the order, act under conditions on its
 * state, write the audit row, commit. A refusal undoes what the action had begun but keeps its audit row. */
#include <sodium.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "orders/book.h"
#include "orders/days.h"
#include "orders/names.h"

typedef struct deed {
  lk_book *book;
  const lk_order_request *request;
  lk_arena *arena;
  lk_order *order; /* as it was before; NULL when the action belongs to none */
  lk_order_outcome *out;
  lk_error *err;
} deed;

static lk_code refuse(deed *d, lk_order_reason reason) {
  d->out->reason = reason;
  return LK_OK;
}

static lk_code done(deed *d) { return refuse(d, LK_REASON_DONE); }

static bool is_done(const deed *d) { return d->out->reason == LK_REASON_DONE; }

static lk_query begin(deed *d, lk_statement number) { return lk_query_begin(&d->book->sql, number, d->err); }

/* Runs a statement without parameters. */
static lk_code step(deed *d, lk_statement number) {
  lk_query q = begin(d, number);
  return lk_query_run(&q, NULL);
}

static lk_view copy(deed *d, lk_view text, lk_code *code) {
  if (!text.len) return LK_LIT("");
  lk_view result = lk_arena_copy(d->arena, text);
  if (result.ptr) return result;
  *code = lk_fail_memory(d->err);
  return LK_LIT("");
}

/* ---- Keys and audit ---- */

enum { DIGEST_BYTES = 16, DIGEST_TEXT = 2 * DIGEST_BYTES + 1 };

static void hash_text(crypto_generichash_state *state, lk_view text) {
  uint64_t len = text.len;
  crypto_generichash_update(state, (const unsigned char *)&len, sizeof len);
  if (text.len) crypto_generichash_update(state, (const unsigned char *)text.ptr, text.len);
}

static void hash_int(crypto_generichash_state *state, int64_t value) {
  crypto_generichash_update(state, (const unsigned char *)&value, sizeof value);
}

/* What was asked, by whom and when left out: a repetition may come later and by another hand. */
static void digest(const lk_order_request *r, char out[DIGEST_TEXT]) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, NULL, 0, DIGEST_BYTES);
  hash_int(&state, (int64_t)r->action);
  const lk_view texts[] = {
      r->name,         r->order,           r->customer,     r->address.name, r->address.street, r->address.postcode,
      r->address.city, r->address.country, r->pickup_point, r->reason,       r->text,           r->email,
      r->phone};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) hash_text(&state, texts[i]);
  hash_int(&state, r->since);
  for (size_t i = 0; i < r->item_count; i++) {
    hash_int(&state, r->items[i].line);
    hash_text(&state, r->items[i].sku);
    hash_int(&state, r->items[i].quantity);
    hash_int(&state, r->items[i].opened);
  }
  unsigned char bytes[DIGEST_BYTES];
  crypto_generichash_final(&state, bytes, sizeof bytes);
  sodium_bin2hex(out, DIGEST_TEXT, bytes, sizeof bytes);
}

/* Fills the outcome with the first result of this key; *found tells whether there was one. */
static lk_code find_key(deed *d, const char *asked, bool *found) {
  lk_query q = begin(d, LK_WRITE_FIND_KEY);
  lk_query_text(&q, d->request->key);
  *found = lk_query_row(&q);
  if (*found && !lk_view_eq(lk_column_view(&q, 0), lk_view_of(asked))) {
    d->out->reason = LK_REASON_KEY_REUSED;
  } else if (*found) {
    d->out->repeated = true;
    d->out->reason = lk_order_reason_of(lk_column_view(&q, 1));
    d->out->reference = lk_column_text(&q, 2, d->arena);
    d->out->new_order = lk_column_text(&q, 3, d->arena);
    d->out->detail = lk_column_text(&q, 4, d->arena);
    d->out->amount = lk_column_int(&q, 5);
    d->out->deadline = lk_column_int(&q, 6);
  }
  return lk_query_end(&q);
}

static void add_member(lk_buffer *json, const char *name, lk_view value) {
  lk_buffer_addf(json, ",\"%s\":", name);
  lk_buffer_add_json(json, value);
}

/* What actions can change of an order, as JSON. */
static void describe(lk_buffer *json, const lk_order *o) {
  if (!o) return;
  lk_buffer_adds(json, "{\"state\":");
  lk_buffer_add_json(json, lk_view_of(lk_order_state_name(o->state)));
  add_member(json, "name", o->address.name);
  add_member(json, "street", o->address.street);
  add_member(json, "postcode", o->address.postcode);
  add_member(json, "city", o->address.city);
  add_member(json, "country", o->address.country);
  add_member(json, "pickup_point", o->pickup_point);
  lk_buffer_addf(json, ",\"total\":%lld,\"lines\":[", (long long)o->total);
  for (size_t i = 0; i < o->line_count; i++) {
    const lk_order_line *line = &o->lines[i];
    lk_buffer_addf(json, "%s{\"line\":%lld,\"sku\":", i ? "," : "", (long long)line->line);
    lk_buffer_add_json(json, line->sku);
    lk_buffer_addf(json, ",\"quantity\":%lld,\"returned\":%lld}", (long long)line->quantity, (long long)line->returned);
  }
  lk_buffer_adds(json, "]}");
}

static lk_code write_audit(deed *d, const char *asked, const lk_buffer *before, const lk_buffer *after) {
  if (before->failed || after->failed) return lk_fail_memory(d->err);
  const lk_order_request *r = d->request;
  const lk_order_outcome *o = d->out;
  lk_query q = begin(d, LK_WRITE_AUDIT);
  lk_query_int(&q, r->now);
  lk_query_text(&q, r->actor);
  lk_query_text_or_null(&q, r->order);
  lk_query_text(&q, r->action == LK_ACTION_OTHER ? r->name : lk_view_of(lk_order_action_name(r->action)));
  lk_query_text(&q, r->key);
  lk_query_text(&q, lk_view_of(asked));
  lk_query_text(&q, lk_view_of(lk_order_reason_name(o->reason)));
  lk_query_text_or_null(&q, lk_buffer_view(before));
  lk_query_text_or_null(&q, lk_buffer_view(after));
  lk_query_text_or_null(&q, o->reference);
  lk_query_text_or_null(&q, o->new_order);
  lk_query_text_or_null(&q, o->detail);
  lk_query_int(&q, o->amount);
  lk_query_int(&q, o->deadline);
  return lk_query_run(&q, NULL);
}

/* ---- Conditions ---- */

/* Why an order that is past changing is so. */
static lk_order_reason why_unchangeable(const lk_order *o) {
  switch (o->state) {
    case LK_ORDER_PACKING:
      return LK_REASON_ALREADY_PACKED;
    case LK_ORDER_CANCELLED:
      return LK_REASON_ALREADY_CANCELLED;
    case LK_ORDER_RETURNED:
      return LK_REASON_ALREADY_RETURNED;
    default:
      return LK_REASON_ALREADY_SHIPPED;
  }
}

/* Ends a query whose condition on the state must have held for exactly one row: the write lock is ours since before the order was read. */
static lk_code run_once(deed *d, lk_query *q) {
  int changes;
  lk_code code = lk_query_run(q, &changes);
  if (code == LK_OK && changes != 1)
    code = lk_fail(d->err, LK_ERR_BACKEND, "%s: %d rows changed where 1 was due; compare it with `luukku orders check`",
                   d->book->sql.path, changes);
  return code;
}

static lk_order_line *find_line(const lk_order *o, int64_t number) {
  for (size_t i = 0; i < o->line_count; i++)
    if (o->lines[i].line == number) return &o->lines[i];
  return NULL;
}

/* The only item of the request; NULL (and a refusal) when there is not exactly one. */
static const lk_order_item *only_item(deed *d) {
  if (d->request->item_count == 1) return d->request->items;
  (void)refuse(d, LK_REASON_UNKNOWN_LINE);
  return NULL;
}

/* Moves `quantity` of the stock to an order (or back, when it is below 0); refuses when there is not enough. */
static lk_code take_stock(deed *d, lk_view sku, int64_t quantity) {
  lk_query q = begin(d, LK_WRITE_STOCK);
  lk_query_text(&q, sku);
  lk_query_int(&q, quantity);
  int changes;
  lk_code code = lk_query_run(&q, &changes);
  if (code != LK_OK || changes == 1) return code;
  lk_product *product = NULL;
  code = lk_book_product(d->book, sku, d->arena, &product, d->err);
  d->out->detail = copy(d, sku, &code);
  d->out->amount = product ? product->stock : 0;
  d->out->deadline = product ? product->restock : 0;
  (void)refuse(d, LK_REASON_OUT_OF_STOCK);
  return code;
}

/* The product of a request's item; NULL and a refusal when it is not sold. */
static lk_code find_product(deed *d, lk_view sku, lk_product **out) {
  *out = NULL;
  lk_code code = sku.len ? lk_book_product(d->book, sku, d->arena, out, d->err) : LK_OK;
  if (code == LK_OK && !*out) {
    d->out->detail = copy(d, sku, &code);
    (void)refuse(d, LK_REASON_UNKNOWN_PRODUCT);
  }
  return code;
}

/* The next number of a counter, as text. */
static lk_code next_number(deed *d, const char *counter, lk_view *out) {
  lk_query q = begin(d, LK_WRITE_COUNTER);
  lk_query_text(&q, lk_view_of(counter));
  lk_code code = run_once(d, &q);
  if (code != LK_OK) return code;
  q = begin(d, LK_WRITE_NEXT);
  lk_query_text(&q, lk_view_of(counter));
  *out = lk_query_row(&q) ? lk_column_text(&q, 0, d->arena) : LK_LIT("");
  return lk_query_end(&q);
}

/* ---- Changes until packing ---- */

static lk_code cancel(deed *d) {
  int64_t refund = d->order->paid ? d->order->total : 0;
  lk_query q = begin(d, LK_WRITE_CANCEL);
  lk_query_text(&q, d->order->number);
  lk_query_int(&q, d->request->now > 0 ? d->request->now : 1);
  lk_code code = run_once(d, &q);
  if (code != LK_OK) return code;
  q = begin(d, LK_WRITE_RESTOCK_ORDER);
  lk_query_text(&q, d->order->number);
  code = lk_query_run(&q, NULL);
  d->out->amount = refund;
  return code == LK_OK ? done(d) : code;
}

static bool is_finnish_postcode(lk_view postcode) {
  if (postcode.len != 5) return false;
  for (size_t i = 0; i < postcode.len; i++)
    if (postcode.ptr[i] < '0' || postcode.ptr[i] > '9') return false;
  return true;
}

static bool is_fetched(const lk_order *o) { return o->delivery == LK_DELIVERY_PICKUP_POINT || o->delivery == LK_DELIVERY_STORE; }

static lk_code change_address(deed *d) {
  lk_address to = d->request->address;
  const lk_address *from = &d->order->address;
  if (!to.name.len) to.name = from->name;
  if (!to.country.len) to.country = LK_LIT("FI");
  bool finnish = lk_view_eq(to.country, LK_LIT("FI")) || lk_view_eq(to.country, LK_LIT("AX"));
  if (is_fetched(d->order)) return refuse(d, LK_REASON_WRONG_DELIVERY);
  if (!to.street.len || !to.city.len || !to.postcode.len || (finnish && !is_finnish_postcode(to.postcode)))
    return refuse(d, LK_REASON_BAD_ADDRESS);
  if (lk_view_eq(to.name, from->name) && lk_view_eq(to.street, from->street) && lk_view_eq(to.postcode, from->postcode) &&
      lk_view_eq(to.city, from->city) && lk_view_eq(to.country, from->country))
    return refuse(d, LK_REASON_NO_CHANGE);
  lk_query q = begin(d, LK_WRITE_ADDRESS);
  lk_query_text(&q, d->order->number);
  lk_query_text(&q, to.name);
  lk_query_text(&q, to.street);
  lk_query_text(&q, to.postcode);
  lk_query_text(&q, to.city);
  lk_query_text(&q, to.country);
  lk_code code = run_once(d, &q);
  return code == LK_OK ? done(d) : code;
}

static lk_code change_pickup(deed *d) {
  lk_view to = d->request->pickup_point;
  if (!is_fetched(d->order)) return refuse(d, LK_REASON_WRONG_DELIVERY);
  if (!to.len) return refuse(d, LK_REASON_BAD_ADDRESS);
  if (lk_view_eq(to, d->order->pickup_point)) return refuse(d, LK_REASON_NO_CHANGE);
  lk_query q = begin(d, LK_WRITE_PICKUP);
  lk_query_text(&q, d->order->number);
  lk_query_text(&q, to);
  lk_code code = run_once(d, &q);
  return code == LK_OK ? done(d) : code;
}

static lk_code drop_line(deed *d, const lk_order_line *line) {
  if (d->order->line_count == 1) return refuse(d, LK_REASON_LAST_LINE);
  lk_code code = take_stock(d, line->sku, -line->quantity);
  if (code != LK_OK) return code;
  lk_query q = begin(d, LK_WRITE_DROP_LINE);
  lk_query_text(&q, d->order->number);
  lk_query_int(&q, line->line);
  lk_query_int(&q, line->quantity);
  code = run_once(d, &q);
  return code == LK_OK ? done(d) : code;
}

static lk_code set_quantity(deed *d, const lk_order_line *line, int64_t quantity) {
  (void)done(d);
  lk_code code = take_stock(d, line->sku, quantity - line->quantity);
  if (code != LK_OK || !is_done(d)) return code;
  lk_query q = begin(d, LK_WRITE_QUANTITY);
  lk_query_text(&q, d->order->number);
  lk_query_int(&q, line->line);
  lk_query_int(&q, quantity);
  lk_query_int(&q, line->quantity);
  return run_once(d, &q);
}

static lk_code change_quantity(deed *d) {
  const lk_order_item *item = only_item(d);
  if (!item) return LK_OK;
  const lk_order_line *line = find_line(d->order, item->line);
  if (!line) return refuse(d, LK_REASON_UNKNOWN_LINE);
  if (item->quantity < 0 || item->quantity > LK_ORDER_QUANTITY_MAX) return refuse(d, LK_REASON_BAD_QUANTITY);
  if (item->quantity == line->quantity) return refuse(d, LK_REASON_NO_CHANGE);
  return item->quantity == 0 ? drop_line(d, line) : set_quantity(d, line, item->quantity);
}

static lk_code insert_line(deed *d, lk_view order, int64_t number, const lk_product *product, int64_t quantity, int64_t price) {
  lk_query q = begin(d, LK_WRITE_ADD_LINE);
  lk_query_text(&q, order);
  lk_query_int(&q, number);
  lk_query_text(&q, product->sku);
  lk_query_text(&q, product->name);
  lk_query_text_or_null(&q, product->size);
  lk_query_int(&q, quantity);
  lk_query_int(&q, price);
  return run_once(d, &q);
}

static int64_t next_line(const lk_order *o) { return o->line_count ? o->lines[o->line_count - 1].line + 1 : 1; }

/* The line that has the product already, at today's price. */
static const lk_order_line *line_of(const lk_order *o, const lk_product *product) {
  for (size_t i = 0; i < o->line_count; i++)
    if (lk_view_eq(o->lines[i].sku, product->sku) && o->lines[i].unit_price == product->price) return &o->lines[i];
  return NULL;
}

static lk_code add_item(deed *d) {
  if (d->request->item_count != 1) return refuse(d, LK_REASON_UNKNOWN_PRODUCT);
  const lk_order_item *item = d->request->items;
  lk_product *product;
  lk_code code = find_product(d, item->sku, &product);
  if (code != LK_OK || !product) return code;
  const lk_order_line *line = line_of(d->order, product);
  int64_t there = line ? line->quantity : 0;
  if (item->quantity < 1 || item->quantity > LK_ORDER_QUANTITY_MAX - there ||
      (!line && d->order->line_count >= LK_ORDER_ITEMS_MAX))
    return refuse(d, LK_REASON_BAD_QUANTITY);
  if (line) return set_quantity(d, line, there + item->quantity);
  (void)done(d);
  code = take_stock(d, product->sku, item->quantity);
  if (code != LK_OK || !is_done(d)) return code;
  return insert_line(d, d->order->number, next_line(d->order), product, item->quantity, product->price);
}

/* ---- New orders out of old ones ---- */

/* A new order like this one, without lines. */
static lk_code copy_order(deed *d, lk_order_state state, int64_t paid, int64_t delivery_price) {
  lk_code code = next_number(d, "order", &d->out->new_order);
  if (code != LK_OK) return code;
  lk_query q = begin(d, LK_WRITE_COPY_ORDER);
  lk_query_text(&q, d->order->number);
  lk_query_text(&q, d->out->new_order);
  lk_query_text(&q, lk_view_of(lk_order_state_name(state)));
  lk_query_int(&q, d->request->now);
  lk_query_time(&q, paid);
  lk_query_int(&q, delivery_price);
  return run_once(d, &q);
}

/* The same again, at today's price and from today's stock. */
static lk_code reorder_line(deed *d, const lk_order_line *line, int64_t quantity, int64_t number) {
  lk_product *product;
  lk_code code = find_product(d, line->sku, &product);
  if (code != LK_OK || !product) return code;
  code = take_stock(d, product->sku, quantity);
  if (code != LK_OK || !is_done(d)) return code;
  d->out->amount += quantity * product->price;
  return insert_line(d, d->out->new_order, number, product, quantity, product->price);
}

static lk_code reorder_items(deed *d) {
  lk_code code = LK_OK;
  for (size_t i = 0; code == LK_OK && is_done(d) && i < d->request->item_count; i++) {
    const lk_order_item *item = &d->request->items[i];
    const lk_order_line *line = find_line(d->order, item->line);
    if (!line) return refuse(d, LK_REASON_UNKNOWN_LINE);
    int64_t quantity = item->quantity ? item->quantity : line->quantity;
    if (quantity < 1 || quantity > LK_ORDER_QUANTITY_MAX) return refuse(d, LK_REASON_BAD_QUANTITY);
    code = reorder_line(d, line, quantity, (int64_t)i + 1);
  }
  return code;
}

static lk_code reorder(deed *d) {
  (void)done(d);
  lk_code code = copy_order(d, LK_ORDER_RECEIVED, 0, d->order->delivery_price);
  if (code != LK_OK) return code;
  d->out->amount = d->order->delivery_price;
  if (d->request->item_count) {
    code = reorder_items(d);
  } else {
    if (!d->order->line_count) return refuse(d, LK_REASON_UNKNOWN_LINE);
    for (size_t i = 0; code == LK_OK && is_done(d) && i < d->order->line_count; i++)
      code = reorder_line(d, &d->order->lines[i], d->order->lines[i].quantity, (int64_t)i + 1);
  }
  if (code != LK_OK || !is_done(d)) return code;
  d->out->reference = d->out->new_order;
  return LK_OK;
}

/* ---- Returns ---- */

/* Letters and digits that nobody mistakes for each other when a code is read aloud. */
static const char code_letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
enum { CODE_LETTERS = 10 };

/* A return code cannot be guessed from another: it buys a free parcel. */
static lk_code make_code(deed *d, lk_view *out) {
  char *text = lk_arena_zeroed(d->arena, CODE_LETTERS + 4, 1);
  if (!text) return lk_fail_memory(d->err);
  memcpy(text, "RP-", sizeof "RP-");
  for (int i = 0; i < CODE_LETTERS; i++) text[3 + i] = code_letters[randombytes_uniform(sizeof code_letters - 1)];
  *out = (lk_view){text, 3 + CODE_LETTERS};
  return LK_OK;
}

static bool is_shops_fault(lk_view reason) { return lk_view_eq(reason, LK_LIT("faulty")) || lk_view_eq(reason, LK_LIT("wrong")); }

/* May this much of the line go back? Writes how much that is. */
static lk_code check_return(deed *d, const lk_order_line *line, const lk_order_item *item, int64_t *quantity) {
  int64_t left = line->shipped - line->returned;
  if (item->quantity < 0 || item->quantity > LK_ORDER_QUANTITY_MAX) return refuse(d, LK_REASON_BAD_QUANTITY);
  *quantity = item->quantity ? item->quantity : left;
  lk_code code = LK_OK;
  if (line->shipped == 0) {
    (void)refuse(d, LK_REASON_NOT_DELIVERED);
  } else if (*quantity < 1 || *quantity > left) {
    (void)refuse(d, LK_REASON_ALREADY_RETURNED);
  } else if (!is_shops_fault(d->request->reason) &&
             (lk_view_eq(line->returnable, LK_LIT("no")) || (lk_view_eq(line->returnable, LK_LIT("unopened")) && item->opened))) {
    (void)refuse(d, LK_REASON_NOT_RETURNABLE);
  } else {
    return code;
  }
  d->out->detail = copy(d, line->sku, &code);
  return code;
}

/* May anything of the order go back now? */
static lk_order_reason check_returnable(const deed *d) {
  const lk_order *o = d->order;
  if (o->state == LK_ORDER_CANCELLED) return LK_REASON_ALREADY_CANCELLED;
  if (o->state == LK_ORDER_RETURNED) return LK_REASON_ALREADY_RETURNED;
  if (!o->return_deadline) return LK_REASON_NOT_DELIVERED;
  return d->request->now > o->return_deadline ? LK_REASON_PAST_DEADLINE : LK_REASON_DONE;
}

static lk_code insert_return(deed *d, lk_view reason, int64_t amount) {
  lk_code code = make_code(d, &d->out->reference);
  if (code != LK_OK) return code;
  lk_query q = begin(d, LK_WRITE_RETURN);
  lk_query_text(&q, d->out->reference);
  lk_query_text(&q, d->order->number);
  lk_query_text_or_null(&q, reason);
  lk_query_text_or_null(&q, d->request->text);
  lk_query_text_or_null(&q, d->out->new_order);
  lk_query_int(&q, d->request->now);
  lk_query_time(&q, d->order->return_deadline);
  lk_query_int(&q, amount);
  return lk_query_run(&q, NULL);
}

static lk_code insert_return_line(deed *d, const lk_order_line *line, int64_t quantity, bool opened) {
  lk_query q = begin(d, LK_WRITE_RETURNED);
  lk_query_text(&q, d->order->number);
  lk_query_int(&q, line->line);
  lk_query_int(&q, quantity);
  lk_code code = run_once(d, &q);
  if (code != LK_OK) return code;
  q = begin(d, LK_WRITE_RETURN_LINE);
  lk_query_text(&q, d->out->reference);
  lk_query_int(&q, line->line);
  lk_query_int(&q, quantity);
  lk_query_int(&q, opened);
  return lk_query_run(&q, NULL);
}

/* What was paid for the goods of a price, when a discount was shared by all lines. */
static int64_t share_of_discount(const lk_order *o, int64_t price) {
  int64_t lines = 0, paid = o->total - o->delivery_price;
  for (size_t i = 0; i < o->line_count; i++) lines += o->lines[i].quantity * o->lines[i].unit_price;
  if (lines <= 0 || paid >= lines) return price;
  return (int64_t)((double)price * (double)paid / (double)lines + 0.5);
}

/* The request's items, or all that is left of the order. */
static lk_code items_to_return(deed *d, const lk_order_item **items, size_t *count) {
  *items = d->request->items;
  *count = d->request->item_count;
  if (*count) return LK_OK;
  lk_order_item *all = LK_NEW_ARRAY(d->arena, lk_order_item, d->order->line_count);
  if (!all) return lk_fail_memory(d->err);
  for (size_t i = 0; i < d->order->line_count; i++) {
    const lk_order_line *line = &d->order->lines[i];
    if (line->shipped > line->returned) all[(*count)++] = (lk_order_item){.line = line->line};
  }
  *items = all;
  return LK_OK;
}

static bool is_named_before(const lk_order_item *items, size_t at) {
  for (size_t i = 0; i < at; i++)
    if (items[i].line == items[at].line) return true;
  return false;
}

static lk_code register_return(deed *d) {
  d->out->deadline = d->order->return_deadline;
  (void)refuse(d, check_returnable(d));
  if (!is_done(d)) return LK_OK;
  const lk_order_item *items;
  size_t count;
  lk_code code = items_to_return(d, &items, &count);
  if (code != LK_OK) return code;
  if (!count) return refuse(d, LK_REASON_ALREADY_RETURNED);
  int64_t quantities[LK_ORDER_ITEMS_MAX], price = 0;
  if (count > LK_ORDER_ITEMS_MAX) return refuse(d, LK_REASON_BAD_QUANTITY);
  for (size_t i = 0; i < count; i++) {
    const lk_order_line *line = find_line(d->order, items[i].line);
    if (!line || is_named_before(items, i)) return refuse(d, LK_REASON_UNKNOWN_LINE);
    code = check_return(d, line, &items[i], &quantities[i]);
    if (code != LK_OK || !is_done(d)) return code;
    price += quantities[i] * line->unit_price;
  }
  d->out->amount = share_of_discount(d->order, price);
  code = insert_return(d, d->request->reason, d->out->amount);
  for (size_t i = 0; code == LK_OK && i < count; i++)
    code = insert_return_line(d, find_line(d->order, items[i].line), quantities[i], items[i].opened);
  return code;
}

static lk_code exchange(deed *d) {
  const lk_order_item *item = only_item(d);
  if (!item) return LK_OK;
  const lk_order_line *line = find_line(d->order, item->line);
  if (!line) return refuse(d, LK_REASON_UNKNOWN_LINE);
  d->out->deadline = d->order->return_deadline;
  (void)refuse(d, check_returnable(d));
  if (!is_done(d)) return LK_OK;
  int64_t quantity;
  lk_code code = check_return(d, line, item, &quantity);
  if (code != LK_OK || !is_done(d)) return code;
  lk_product *other, *own = NULL;
  code = find_product(d, item->sku, &other);
  if (code == LK_OK) code = lk_book_product(d->book, line->sku, d->arena, &own, d->err);
  if (code != LK_OK || !other) return code;
  if (!own || !own->family.len || !lk_view_eq(own->family, other->family)) return refuse(d, LK_REASON_DIFFERENT_PRODUCT);
  if (lk_view_eq(own->sku, other->sku)) return refuse(d, LK_REASON_NO_CHANGE);
  code = take_stock(d, other->sku, quantity);
  if (code != LK_OK || !is_done(d)) return code;
  code = copy_order(d, LK_ORDER_PAID, d->request->now, 0);
  if (code == LK_OK) code = insert_line(d, d->out->new_order, 1, other, quantity, line->unit_price);
  if (code == LK_OK) code = insert_return(d, LK_LIT("size"), 0);
  return code == LK_OK ? insert_return_line(d, line, quantity, item->opened) : code;
}

/* ---- Claims, notices, requests ---- */

static lk_code claim_warranty(deed *d) {
  const lk_order_item *item = only_item(d);
  if (!item) return LK_OK;
  const lk_order_line *line = find_line(d->order, item->line);
  if (!line) return refuse(d, LK_REASON_UNKNOWN_LINE);
  if (d->order->state == LK_ORDER_CANCELLED) return refuse(d, LK_REASON_ALREADY_CANCELLED);
  if (!d->order->return_deadline || !line->shipped) return refuse(d, LK_REASON_NOT_DELIVERED);
  int64_t quantity = item->quantity ? item->quantity : 1;
  if (quantity < 1 || quantity > line->quantity) return refuse(d, LK_REASON_BAD_QUANTITY);
  lk_product *product = NULL;
  lk_code code = lk_book_product(d->book, line->sku, d->arena, &product, d->err);
  if (code == LK_OK) code = next_number(d, "claim", &d->out->reference);
  if (code != LK_OK) return code;
  /* A claim past the warranty is taken as well: the seller's liability by law has no fixed end. */
  if (product && product->warranty_months > 0 && product->warranty_months < 1200 && d->order->delivered)
    d->out->deadline = lk_month_end(d->order->delivered, (int)product->warranty_months);
  lk_query q = begin(d, LK_WRITE_CLAIM);
  lk_query_text(&q, d->out->reference);
  lk_query_text(&q, d->order->number);
  lk_query_int(&q, line->line);
  lk_query_text(&q, line->sku);
  lk_query_int(&q, quantity);
  lk_query_text(&q, d->request->text);
  lk_query_time(&q, d->request->since);
  lk_query_int(&q, d->request->now);
  code = lk_query_run(&q, NULL);
  return code == LK_OK ? done(d) : code;
}

static bool is_email(lk_view text) {
  const char *at = text.len ? memchr(text.ptr, '@', text.len) : NULL;
  return at && at > text.ptr && at + 1 < text.ptr + text.len;
}

static lk_code notify(deed *d) {
  if (d->request->item_count != 1) return refuse(d, LK_REASON_UNKNOWN_PRODUCT);
  if (!is_email(d->request->email)) return refuse(d, LK_REASON_BAD_CONTACT);
  lk_product *product;
  lk_code code = find_product(d, d->request->items[0].sku, &product);
  if (code != LK_OK || !product) return code;
  d->out->detail = product->sku;
  d->out->deadline = product->restock;
  if (product->stock > 0) return refuse(d, LK_REASON_IN_STOCK);
  lk_query q = begin(d, LK_WRITE_NOTICE);
  lk_query_text(&q, product->sku);
  lk_query_text(&q, d->request->email);
  lk_query_int(&q, d->request->now);
  code = lk_query_run(&q, NULL);
  return code == LK_OK ? done(d) : code;
}

static lk_code request_contact(deed *d) {
  if (!d->request->phone.len && !is_email(d->request->email)) return refuse(d, LK_REASON_BAD_CONTACT);
  lk_code code = next_number(d, "contact", &d->out->reference);
  if (code != LK_OK) return code;
  lk_query q = begin(d, LK_WRITE_CONTACT);
  lk_query_text(&q, d->out->reference);
  lk_query_text_or_null(&q, d->request->order);
  lk_query_text_or_null(&q, d->request->phone);
  lk_query_text_or_null(&q, d->request->email);
  lk_query_text_or_null(&q, d->request->text);
  lk_query_int(&q, d->request->now);
  code = lk_query_run(&q, NULL);
  return code == LK_OK ? done(d) : code;
}

/* ---- All of it in one transaction ---- */

typedef struct action {
  lk_code (*act)(deed *d);
  bool needs_order;
  bool until_packing; /* only while the order is changeable */
} action;

static const action actions[LK_ACTION_COUNT] = {
    [LK_ACTION_CANCEL] = {cancel, true, true},
    [LK_ACTION_ADDRESS] = {change_address, true, true},
    [LK_ACTION_PICKUP] = {change_pickup, true, true},
    [LK_ACTION_QUANTITY] = {change_quantity, true, true},
    [LK_ACTION_ADD] = {add_item, true, true},
    [LK_ACTION_REORDER] = {reorder, true, false},
    [LK_ACTION_RETURN] = {register_return, true, false},
    [LK_ACTION_EXCHANGE] = {exchange, true, false},
    [LK_ACTION_WARRANTY] = {claim_warranty, true, false},
    [LK_ACTION_NOTIFY] = {notify, false, false},
    [LK_ACTION_CONTACT] = {request_contact, false, false},
};

/* The order of the request, or NULL when it does not exist or is somebody else's. What belongs to no order shows none. */
static lk_code load(deed *d, lk_order **out) {
  *out = NULL;
  if (!actions[d->request->action].needs_order) return LK_OK;
  lk_view number = d->request->order, customer = d->request->customer;
  if (!number.len || number.len > LK_ORDER_KEY_MAX) return LK_OK;
  lk_code code = lk_book_order(d->book, number, d->arena, out, d->err);
  if (code == LK_OK && *out && customer.len && !lk_view_eq(customer, (*out)->customer)) *out = NULL;
  return code;
}

/* A refusal has no results but what it is about. */
static void forget_results(lk_order_outcome *out) {
  out->reference = out->new_order = LK_LIT("");
  if (out->reason != LK_REASON_OUT_OF_STOCK) out->amount = 0;
}

static lk_code act(deed *d) {
  const action *a = &actions[d->request->action];
  lk_code code = step(d, LK_WRITE_SAVEPOINT);
  if (code != LK_OK) return code;
  if (a->needs_order && !d->order)
    (void)refuse(d, LK_REASON_UNKNOWN_ORDER);
  else if (a->until_packing && d->order && !d->order->changeable)
    (void)refuse(d, why_unchangeable(d->order));
  else
    code = a->act(d);
  if (code != LK_OK || is_done(d)) return code;
  forget_results(d->out);
  return step(d, LK_WRITE_UNDO);
}

/* Actions whose amount is what the order now costs. */
static bool gives_total(lk_order_action kind) { return kind == LK_ACTION_QUANTITY || kind == LK_ACTION_ADD; }

static lk_code perform_once(deed *d, const char *asked) {
  lk_code code = load(d, &d->order);
  if (code != LK_OK) return code;
  lk_buffer before = {0}, after = {0};
  describe(&before, d->order);
  code = act(d);
  if (code == LK_OK) code = load(d, &d->out->order);
  if (code == LK_OK && is_done(d)) {
    describe(&after, d->out->order);
    if (gives_total(d->request->action) && d->out->order) d->out->amount = d->out->order->total;
  }
  if (code == LK_OK) code = write_audit(d, asked, &before, &after);
  lk_buffer_free(&before);
  lk_buffer_free(&after);
  return code;
}

lk_code lk_book_perform(void *self, const lk_order_request *request, lk_arena *arena, lk_order_outcome *out, lk_error *err) {
  deed d = {.book = self, .request = request, .arena = arena, .out = out, .err = err};
  if (!d.book->writable || !actions[request->action].act) return refuse(&d, LK_REASON_UNSUPPORTED);
  char asked[DIGEST_TEXT];
  digest(request, asked);
  const lk_order_outcome fresh = *out;
  lk_code code = step(&d, LK_WRITE_BEGIN);
  bool found = false;
  if (code == LK_OK) code = find_key(&d, asked, &found);
  if (code == LK_OK) code = found ? load(&d, &out->order) : perform_once(&d, asked);
  if (code == LK_OK) code = step(&d, LK_WRITE_COMMIT);
  if (code == LK_OK) return LK_OK;
  lk_sql_rollback(&d.book->sql);
  *out = fresh; /* nothing was done, so nothing is reported */
  return code;
}
