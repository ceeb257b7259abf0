/* Reading orders: an order is loaded whole, in one read transaction, so that its parts belong together. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/vector.h"
#include "luukku/identity.h"
#include "orders/book.h"
#include "orders/days.h"
#include "orders/names.h"

/* ---- Rows into arrays of the arena ---- */

typedef struct rows { /* of any one type */
  void *items;
  size_t count, cap;
} rows;

/* A zeroed element at the end; NULL when memory is out (the query then fails). */
static void *add_row(rows *r, size_t size, lk_query *q) {
  if (!lk_vector_room(&r->items, &r->cap, r->count, size)) {
    if (q->code == LK_OK) q->code = lk_fail_memory(q->err);
    return NULL;
  }
  void *row = (char *)r->items + size * r->count++;
  memset(row, 0, size);
  return row;
}

/* Ends the query and moves its rows into the arena. */
static lk_code end_rows(lk_query *q, rows *r, size_t size, lk_arena *arena, void *out, size_t *count) {
  lk_code code = lk_query_end(q);
  if (code == LK_OK && r->count) {
    void *items = lk_arena_alloc(arena, r->count * size);
    if (items) {
      memcpy(items, r->items, r->count * size);
      memcpy(out, &items, sizeof items);
      *count = r->count;
    } else {
      code = lk_fail_memory(q->err);
    }
  }
  free(r->items);
  return code;
}

/* ---- Parts of an order ---- */

static lk_code read_lines(lk_book *book, lk_view number, lk_arena *arena, lk_order_line **out, size_t *count, lk_error *err) {
  lk_query q = lk_query_begin(&book->sql, LK_READ_LINES, err);
  lk_query_text(&q, number);
  rows r = {0};
  while (lk_query_row(&q)) {
    lk_order_line *line = add_row(&r, sizeof *line, &q);
    if (!line) break;
    line->line = lk_column_int(&q, 0);
    line->sku = lk_column_text(&q, 1, arena);
    line->name = lk_column_text(&q, 2, arena);
    line->size = lk_column_text(&q, 3, arena);
    line->quantity = lk_column_int(&q, 4);
    line->shipped = lk_column_int(&q, 5);
    line->returned = lk_column_int(&q, 6);
    line->unit_price = lk_column_int(&q, 7);
    line->returnable = lk_column_text(&q, 8, arena);
  }
  return end_rows(&q, &r, sizeof(lk_order_line), arena, out, count);
}

static lk_code read_events(lk_book *book, int64_t id, lk_arena *arena, lk_shipment *shipment, lk_error *err) {
  lk_query q = lk_query_begin(&book->sql, LK_READ_EVENTS, err);
  lk_query_int(&q, id);
  rows r = {0};
  while (lk_query_row(&q)) {
    lk_tracking_event *event = add_row(&r, sizeof *event, &q);
    if (!event) break;
    event->time = lk_column_int(&q, 0);
    event->code = lk_column_text(&q, 1, arena);
    event->place = lk_column_text(&q, 2, arena);
    event->text = lk_column_text(&q, 3, arena);
  }
  return end_rows(&q, &r, sizeof(lk_tracking_event), arena, &shipment->events, &shipment->event_count);
}

typedef struct shipment_row {
  int64_t id;
  lk_shipment shipment;
} shipment_row;

static lk_code read_shipment_rows(lk_book *book, lk_view number, lk_arena *arena, shipment_row **out, size_t *count,
                                  lk_error *err) {
  lk_query q = lk_query_begin(&book->sql, LK_READ_SHIPMENTS, err);
  lk_query_text(&q, number);
  rows r = {0};
  while (lk_query_row(&q)) {
    shipment_row *row = add_row(&r, sizeof *row, &q);
    if (!row) break;
    row->id = lk_column_int(&q, 0);
    row->shipment = (lk_shipment){.carrier = lk_column_text(&q, 1, arena),
                                  .tracking_code = lk_column_text(&q, 2, arena),
                                  .link = lk_column_text(&q, 3, arena),
                                  .sent = lk_column_int(&q, 4),
                                  .expected = lk_column_int(&q, 5),
                                  .delivered = lk_column_int(&q, 6),
                                  .keep_until = lk_column_int(&q, 7)};
  }
  return end_rows(&q, &r, sizeof(shipment_row), arena, out, count);
}

static lk_code read_shipments(lk_book *book, lk_order *order, lk_arena *arena, lk_error *err) {
  shipment_row *found = NULL;
  size_t count = 0;
  lk_code code = read_shipment_rows(book, order->number, arena, &found, &count, err);
  if (code != LK_OK || !count) return code;
  order->shipments = LK_NEW_ARRAY(arena, lk_shipment, count);
  if (!order->shipments) return lk_fail_memory(err);
  order->shipment_count = count;
  for (size_t i = 0; code == LK_OK && i < count; i++) {
    order->shipments[i] = found[i].shipment;
    code = read_events(book, found[i].id, arena, &order->shipments[i], err);
  }
  return code;
}

static lk_code read_return_lines(lk_book *book, lk_view number, lk_order_return *ret, lk_arena *arena, lk_error *err) {
  lk_query q = lk_query_begin(&book->sql, LK_READ_RETURN_LINES, err);
  lk_query_text(&q, ret->code);
  lk_query_text(&q, number);
  rows r = {0};
  while (lk_query_row(&q)) {
    lk_return_line *line = add_row(&r, sizeof *line, &q);
    if (!line) break;
    line->line = lk_column_int(&q, 0);
    line->sku = lk_column_text(&q, 1, arena);
    line->name = lk_column_text(&q, 2, arena);
    line->quantity = lk_column_int(&q, 3);
  }
  return end_rows(&q, &r, sizeof(lk_return_line), arena, &ret->lines, &ret->line_count);
}

static lk_code read_returns(lk_book *book, lk_order *order, lk_arena *arena, lk_error *err) {
  lk_query q = lk_query_begin(&book->sql, LK_READ_RETURNS, err);
  lk_query_text(&q, order->number);
  rows r = {0};
  while (lk_query_row(&q)) {
    lk_order_return *ret = add_row(&r, sizeof *ret, &q);
    if (!ret) break;
    ret->code = lk_column_text(&q, 0, arena);
    ret->state = lk_column_text(&q, 1, arena);
    ret->reason = lk_column_text(&q, 2, arena);
    ret->new_order = lk_column_text(&q, 3, arena);
    ret->registered = lk_column_int(&q, 4);
    ret->received = lk_column_int(&q, 5);
    ret->refunded = lk_column_int(&q, 6);
    ret->deadline = lk_column_int(&q, 7);
    ret->amount = lk_column_int(&q, 8);
  }
  lk_code code = end_rows(&q, &r, sizeof(lk_order_return), arena, &order->returns, &order->return_count);
  for (size_t i = 0; code == LK_OK && i < order->return_count; i++)
    code = read_return_lines(book, order->number, &order->returns[i], arena, err);
  return code;
}

/* ---- The order itself ---- */

/* "maija@example.fi" → "m•••@example.fi". */
static lk_view mask_email(lk_view email, lk_query *q, lk_arena *arena) {
  const char *at = email.len ? memchr(email.ptr, '@', email.len) : NULL;
  if (!at) return LK_LIT("");
  static const char dots[] = "•••";
  size_t first = at > email.ptr && (unsigned char)email.ptr[0] < 0x80 ? 1 : 0;
  size_t rest = email.len - (size_t)(at - email.ptr), len = first + (sizeof dots - 1) + rest;
  char *masked = lk_arena_zeroed(arena, len + 1, 1);
  if (!masked) {
    if (q->code == LK_OK) q->code = lk_fail_memory(q->err);
    return LK_LIT("");
  }
  memcpy(masked, email.ptr, first);
  memcpy(masked + first, dots, sizeof dots - 1);
  memcpy(masked + first + sizeof dots - 1, at, rest);
  return (lk_view){masked, len};
}

static void read_order_row(lk_query *q, lk_order *o, lk_arena *arena) {
  o->number = lk_column_text(q, 0, arena);
  o->customer = lk_column_text(q, 1, arena);
  o->name = lk_column_text(q, 2, arena);
  o->email_masked = mask_email(lk_column_view(q, 3), q, arena);
  o->address = (lk_address){.name = o->name,
                            .street = lk_column_text(q, 4, arena),
                            .postcode = lk_column_text(q, 5, arena),
                            .city = lk_column_text(q, 6, arena),
                            .country = lk_column_text(q, 7, arena)};
  o->state = lk_order_state_of(lk_column_view(q, 8));
  o->delivery = lk_delivery_of(lk_column_view(q, 9));
  o->pickup_point = lk_column_text(q, 10, arena);
  o->payment = lk_column_text(q, 11, arena);
  o->placed = lk_column_int(q, 12);
  o->paid = lk_column_int(q, 13);
  o->packed = lk_column_int(q, 14);
  o->shipped = lk_column_int(q, 15);
  o->delivered = lk_column_int(q, 16);
  o->cancelled = lk_column_int(q, 17);
  o->promised = lk_column_int(q, 18);
  o->expected = lk_column_int(q, 19);
  o->keep_until = lk_column_int(q, 20);
  o->delivery_price = lk_column_int(q, 21);
  o->total = -lk_column_int(q, 22); /* the discount, until the lines are known */
  if (q->code == LK_OK && (o->state == LK_ORDER_STATE_COUNT || o->delivery == LK_DELIVERY_COUNT))
    q->code = lk_fail(q->err, LK_ERR_BACKEND, "%s: order %.*s has an unknown state or delivery; use the names of kb/ORDERS.md",
                      q->sql->path, LK_FMT(o->number));
}

static bool is_on_its_way(const lk_order *o) { return o->state < LK_ORDER_DELIVERED; }

/* What follows from the rest. */
static void conclude(const lk_book *book, lk_order *o) {
  int64_t lines = 0;
  for (size_t i = 0; i < o->line_count; i++) lines += o->lines[i].quantity * o->lines[i].unit_price;
  int64_t goods = lines + o->total;
  o->total = (goods > 0 ? goods : 0) + o->delivery_price;
  o->changeable = o->state == LK_ORDER_RECEIVED || o->state == LK_ORDER_PAID;
  o->delayed = is_on_its_way(o) && o->promised && o->expected > lk_day_end(o->promised, 0);
  int64_t came = o->delivered;
  for (size_t i = 0; i < o->shipment_count; i++)
    if (o->shipments[i].delivered > came) came = o->shipments[i].delivered;
  o->return_deadline = came ? lk_day_end(came, book->return_days) : 0;
}

static lk_code read_order(lk_book *book, lk_view number, lk_arena *arena, lk_order **out, lk_error *err) {
  lk_query q = lk_query_begin(&book->sql, LK_READ_ORDER, err);
  lk_query_text(&q, number);
  lk_order *order = NULL;
  if (lk_query_row(&q)) {
    order = LK_NEW(arena, lk_order);
    if (order)
      read_order_row(&q, order, arena);
    else
      q.code = lk_fail_memory(err);
  }
  lk_code code = lk_query_end(&q);
  if (code != LK_OK || !order) return code;
  code = read_lines(book, order->number, arena, &order->lines, &order->line_count, err);
  if (code == LK_OK) code = read_shipments(book, order, arena, err);
  if (code == LK_OK) code = read_returns(book, order, arena, err);
  if (code != LK_OK) return code;
  conclude(book, order);
  *out = order;
  return LK_OK;
}

/* ---- Read transactions ---- */

/* Inside a writing transaction there is nothing to begin. */
static lk_code begin_reading(lk_book *book, bool *began, lk_error *err) {
  *began = false;
  if (!sqlite3_get_autocommit(book->sql.db)) return LK_OK;
  lk_query q = lk_query_begin(&book->sql, LK_READ_BEGIN, err);
  *began = true;
  return lk_query_run(&q, NULL);
}

static lk_code end_reading(lk_book *book, bool began, lk_code code, lk_error *err) {
  if (!began) return code;
  if (code == LK_OK) {
    lk_query q = lk_query_begin(&book->sql, LK_READ_END, err);
    code = lk_query_run(&q, NULL);
  }
  lk_sql_rollback(&book->sql);
  return code;
}

/* ---- The provider's functions ---- */

lk_code lk_book_order(void *self, lk_view number, lk_arena *arena, lk_order **out, lk_error *err) {
  lk_book *book = self;
  bool began;
  lk_code code = begin_reading(book, &began, err);
  if (code == LK_OK) code = read_order(book, number, arena, out, err);
  return end_reading(book, began, code, err);
}

static lk_code read_history(lk_book *book, lk_view customer, size_t limit, lk_arena *arena, lk_order **out, size_t *count,
                            lk_error *err) {
  lk_query q = lk_query_begin(&book->sql, LK_READ_HISTORY, err);
  lk_query_text(&q, customer);
  lk_query_int(&q, (int64_t)limit);
  rows r = {0};
  while (lk_query_row(&q)) {
    lk_order *order = add_row(&r, sizeof *order, &q);
    if (!order) break;
    read_order_row(&q, order, arena);
  }
  lk_code code = end_rows(&q, &r, sizeof(lk_order), arena, out, count);
  for (size_t i = 0; code == LK_OK && i < *count; i++) {
    lk_order *order = &(*out)[i];
    code = read_lines(book, order->number, arena, &order->lines, &order->line_count, err);
    if (code == LK_OK) conclude(book, order);
  }
  if (code != LK_OK) *count = 0;
  return code;
}

lk_code lk_book_history(void *self, lk_view customer, size_t limit, lk_arena *arena, lk_order **out, size_t *count,
                        lk_error *err) {
  lk_book *book = self;
  bool began;
  lk_code code = begin_reading(book, &began, err);
  if (code == LK_OK) code = read_history(book, customer, limit, arena, out, count, err);
  return end_reading(book, began, code, err);
}

lk_code lk_book_invoice(void *self, lk_view number, lk_arena *arena, lk_invoice **out, lk_error *err) {
  lk_book *book = self;
  lk_query q = lk_query_begin(&book->sql, LK_READ_INVOICE, err);
  lk_query_text(&q, number);
  lk_invoice *invoice = NULL;
  if (lk_query_row(&q)) {
    invoice = LK_NEW(arena, lk_invoice);
    if (!invoice) {
      q.code = lk_fail_memory(err);
      return lk_query_end(&q);
    }
    *invoice = (lk_invoice){.number = lk_column_text(&q, 0, arena),
                            .order = lk_column_text(&q, 1, arena),
                            .state = lk_column_text(&q, 2, arena),
                            .link = lk_column_text(&q, 3, arena),
                            .reference = lk_column_text(&q, 4, arena),
                            .issued = lk_column_int(&q, 5),
                            .due = lk_column_int(&q, 6),
                            .paid = lk_column_int(&q, 7),
                            .total = lk_column_int(&q, 8),
                            .vat = lk_column_int(&q, 9)};
  }
  lk_code code = lk_query_end(&q);
  if (code == LK_OK) *out = invoice;
  return code;
}

lk_code lk_book_verify(void *self, lk_view number, lk_view proof, lk_proof *out, lk_error *err) {
  lk_book *book = self;
  lk_query q = lk_query_begin(&book->sql, LK_READ_PROOF, err);
  lk_query_text(&q, number);
  lk_view found = LK_LIT(""), email = LK_LIT(""), postcode = LK_LIT("");
  if (lk_query_row(&q)) {
    found = lk_column_view(&q, 0);
    email = lk_column_view(&q, 1);
    postcode = lk_column_view(&q, 2);
  }
  /* All three comparisons, whatever the first says: the work must not tell whether the order exists. */
  bool same_order = lk_proof_equal(found, number), same_email = lk_proof_equal(email, proof),
       same_postcode = lk_proof_equal(postcode, proof);
  lk_code code = lk_query_end(&q);
  *out = LK_PROOF_NONE;
  if (code == LK_OK && same_order && same_postcode) *out = LK_PROOF_POSTCODE;
  if (code == LK_OK && same_order && same_email) *out = LK_PROOF_EMAIL;
  return code;
}
