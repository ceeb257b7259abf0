/* An order's status as JSON, so that a channel can show it as a card. The reply's text says the same; the words in it are the KB's. */
#include <inttypes.h>

#include "base/error.h"
#include "dialogue/actions.h"

static void add_text(lk_buffer *b, const char *name, lk_view text) {
  if (text.len == 0) return;
  lk_buffer_addf(b, ",\"%s\":", name);
  lk_buffer_add_json(b, text);
}

static void add_moment(lk_buffer *b, const char *name, int64_t moment) {
  if (moment) lk_buffer_addf(b, ",\"%s\":%" PRId64, name, moment);
}

static void add_lines(lk_maker *m, lk_buffer *b, const lk_order *order) {
  lk_buffer_adds(b, ",\"lines\":[");
  for (size_t i = 0; i < order->line_count; i++) {
    const lk_order_line *line = &order->lines[i];
    if (i) lk_buffer_addc(b, ',');
    lk_buffer_adds(b, "{\"name\":");
    lk_buffer_add_json(b, lk_line_name(m, line));
    lk_buffer_addf(b, ",\"quantity\":%" PRId64 ",\"shipped\":%" PRId64 "}", line->quantity, line->shipped);
  }
  lk_buffer_addc(b, ']');
}

/* When it is there already, nobody expects it. */
static int64_t expected_at(const lk_order *order) {
  if (order->state > LK_ORDER_SHIPPED) return 0;
  return order->expected ? order->expected : order->promised;
}

void lk_attach_card(lk_maker *m, const lk_order *order) {
  lk_turn *out = m->out;
  if (m->code || !out->reply_count) return;
  const lk_shipment *s = order->shipment_count ? &order->shipments[0] : NULL;
  int64_t expected = expected_at(order);
  lk_buffer b = {0};
  lk_buffer_adds(&b, "{\"number\":");
  lk_buffer_add_json(&b, order->number);
  add_text(&b, "state", lk_view_of(lk_order_state_name(order->state)));
  add_text(&b, "state_name", lk_order_state_text(m, order));
  if (order->delayed && order->state <= LK_ORDER_SHIPPED) lk_buffer_adds(&b, ",\"delayed\":true");
  add_moment(&b, "expected", expected);
  if (expected) add_text(&b, "expected_day", lk_day(m, expected));
  add_moment(&b, "delivered", order->delivered);
  add_text(&b, "pickup_point", order->pickup_point);
  if (s) {
    add_text(&b, "carrier", s->carrier);
    add_text(&b, "tracking_code", s->tracking_code);
    add_text(&b, "link", s->link);
  }
  add_lines(m, &b, order);
  lk_buffer_addc(&b, '}');
  out->replies[out->reply_count - 1].card = lk_buffer_text(m, &b);
}
