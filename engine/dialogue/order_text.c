#include <inttypes.h>

#include "base/error.h"
#include "dialogue/actions.h"

lk_view lk_buffer_text(lk_maker *m, lk_buffer *buffer) {
  lk_view copy = lk_arena_copy(m->arena, lk_buffer_view(buffer));
  if (buffer->failed || !copy.ptr) lk_maker_fail(m, lk_fail_memory(m->err));
  lk_buffer_free(buffer);
  return copy.ptr ? copy : (lk_view){"", 0};
}

lk_view lk_number_text(lk_maker *m, int64_t number) { return lk_text(m, "%" PRId64, number); }

lk_view lk_line_name(lk_maker *m, const lk_order_line *line) {
  return line->size.len ? lk_text(m, "%.*s %.*s", LK_FMT(line->name), LK_FMT(line->size)) : line->name;
}

lk_view lk_product_name(lk_maker *m, const lk_product *product) {
  return product->size.len ? lk_text(m, "%.*s %.*s", LK_FMT(product->name), LK_FMT(product->size)) : product->name;
}

lk_view lk_sku_name(lk_maker *m, lk_view sku) {
  lk_product *product = NULL;
  if (m->services->orders && sku.len) (void)lk_orders_product(m->services->orders, sku, m->arena, &product, NULL);
  return product ? lk_product_name(m, product) : sku;
}

lk_view lk_line_text(lk_maker *m, const lk_order_line *line, int64_t quantity) {
  return LK_PHRASE(m, "contents-line", LK_VALUE("quantity", lk_number_text(m, quantity)),
                   LK_VALUE("product", lk_line_name(m, line)), LK_VALUE("price", lk_money(m, quantity * line->unit_price)));
}

lk_view lk_lines_text(lk_maker *m, const lk_order *order, lk_line_filter filter) {
  lk_buffer b = {0};
  for (size_t i = 0; i < order->line_count; i++) {
    const lk_order_line *line = &order->lines[i];
    int64_t waiting = line->quantity - line->shipped;
    int64_t quantity = filter == LK_LINES_SHIPPED ? line->shipped : filter == LK_LINES_WAITING ? waiting : line->quantity;
    if (quantity <= 0) continue;
    if (b.len) lk_buffer_adds(&b, filter == LK_LINES_ALL ? "\n" : "; ");
    lk_buffer_add(&b, lk_line_text(m, line, quantity));
  }
  return lk_buffer_text(m, &b);
}

lk_view lk_order_state_text(lk_maker *m, const lk_order *order) {
  bool late = order->delayed && order->state <= LK_ORDER_SHIPPED;
  lk_view id = lk_text(m, "state-%s", late ? "delayed" : lk_order_state_name(order->state));
  return LK_PHRASE0(m, id.ptr);
}
