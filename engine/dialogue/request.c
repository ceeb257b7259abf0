/* One request to the order book, from what the flow's slots say. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "dialogue/actions.h"
#include "luukku/calendar.h"

/* "Mäkitie 3 A 5, 33100 Tampere" as an address: what stands before the postcode is the street, what stands behind it the town. */
static lk_address address_of(lk_maker *m, lk_view text, const lk_order *order) {
  lk_address address = {.street = text};
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

static int64_t moment_of(lk_view date) {
  lk_date day;
  return lk_date_parse(date, &day) ? lk_local_moment(day, 12 * 60) : 0;
}

static void put_item(lk_maker *m, lk_order_request *r, lk_order_item item) {
  lk_order_item *only = LK_NEW(m->arena, lk_order_item);
  if (!only) {
    lk_maker_fail(m, lk_fail_memory(m->err));
    return;
  }
  *only = item;
  r->items = only;
  r->item_count = 1;
}

/* The lines that go back: of one alone the customer says how many. */
static void put_returned(lk_maker *m, const lk_order *order, lk_order_request *r) {
  if (!order) return;
  lk_order_item *items = LK_NEW_ARRAY(m->arena, lk_order_item, order->line_count + 1);
  if (!items) {
    lk_maker_fail(m, lk_fail_memory(m->err));
    return;
  }
  const lk_order_line *only = lk_only_line(m, order);
  bool opened = lk_view_eq(lk_chosen(m, "opened"), LK_LIT("1"));
  for (size_t i = 0; i < order->line_count; i++) {
    const lk_order_line *line = &order->lines[i];
    if (!lk_line_chosen(m, line) || (line != only && lk_line_left(line) <= 0)) continue;
    items[r->item_count++] = (lk_order_item){.line = line->line,
                                             .quantity = line == only ? lk_chosen_quantity(m, 0) : 0,
                                             .opened = opened && lk_view_eq(line->returnable, LK_LIT("unopened"))};
  }
  if (r->item_count) r->items = items;
}

static void put_exchanged(lk_maker *m, const lk_order_line *line, lk_order_request *r) {
  lk_view size = lk_chosen(m, "size");
  const lk_product *other = line ? lk_other_size(m, line, size) : NULL;
  put_item(m, r, (lk_order_item){.line = line ? line->line : -1, .sku = other ? other->sku : size, .quantity = 1});
}

/* An action of the shop's own gets all that is known. */
static void put_everything(lk_maker *m, const lk_order *order, const lk_order_line *line, lk_order_request *r) {
  lk_view product = lk_chosen(m, "product"), address = lk_chosen(m, "address");
  if (address.len) r->address = address_of(m, address, order);
  r->pickup_point = lk_chosen(m, "place");
  r->reason = lk_chosen(m, "reason");
  r->text = lk_chosen(m, "text").len ? lk_chosen(m, "text") : lk_chosen(m, "fault");
  r->since = moment_of(lk_chosen(m, "when"));
  if (line || product.len)
    put_item(m, r, (lk_order_item){.line = line ? line->line : 0, .sku = product, .quantity = lk_chosen_quantity(m, 1)});
}

void lk_request_fill(lk_maker *m, const lk_entry *intent, const lk_order *order, lk_order_request *r) {
  const lk_order_line *line = lk_only_line(m, order);
  int64_t number = line ? line->line : -1;
  r->action = lk_order_action_of(intent->action);
  r->name = intent->action;
  r->key = m->state.key;
  r->actor = LK_LIT("customer");
  r->now = m->now;
  r->email = lk_chosen(m, "email");
  r->phone = lk_chosen(m, "phone");
  if (order) {
    r->order = order->number;
    /* Who is vouched for may still have proved somebody else's order, a guest's for instance. */
    if (m->in->customer.len && lk_view_eq(m->in->customer, order->customer)) r->customer = m->in->customer;
  }
  switch (r->action) {
    case LK_ACTION_ADDRESS:
      r->address = address_of(m, lk_chosen(m, "address"), order);
      break;
    case LK_ACTION_PICKUP:
      r->pickup_point = lk_chosen(m, "place");
      break;
    case LK_ACTION_QUANTITY:
      put_item(m, r, (lk_order_item){.line = number, .quantity = lk_chosen_quantity(m, 1)});
      break;
    case LK_ACTION_ADD:
      put_item(m, r, (lk_order_item){.sku = lk_chosen(m, "product"), .quantity = lk_chosen_quantity(m, 1)});
      break;
    case LK_ACTION_RETURN:
      r->reason = lk_chosen(m, "reason");
      put_returned(m, order, r);
      break;
    case LK_ACTION_EXCHANGE:
      put_exchanged(m, line, r);
      break;
    case LK_ACTION_WARRANTY:
      r->text = lk_chosen(m, "fault");
      r->since = moment_of(lk_chosen(m, "when"));
      put_item(m, r, (lk_order_item){.line = number, .quantity = 1});
      break;
    case LK_ACTION_NOTIFY:
      put_item(m, r, (lk_order_item){.sku = lk_chosen(m, "product"), .quantity = 1});
      break;
    case LK_ACTION_CONTACT:
      r->text = lk_chosen(m, "text");
      break;
    case LK_ACTION_OTHER:
      put_everything(m, order, line, r);
      break;
    default:
      break;
  }
}
