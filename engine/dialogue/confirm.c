/* Saying exactly what will happen before anything is written. */
#include "dialogue/actions.h"

static lk_view chosen_lines(lk_maker *m, const lk_order *order, bool back) {
  if (!lk_chosen(m, "line").len) return lk_lines_text(m, order, LK_LINES_ALL);
  const lk_order_line *only = lk_only_line(m, order);
  lk_buffer b = {0};
  for (size_t i = 0; i < order->line_count; i++) {
    const lk_order_line *line = &order->lines[i];
    int64_t all = back ? lk_line_left(line) : line->quantity;
    int64_t quantity = line == only ? lk_chosen_quantity(m, all) : all;
    if (!lk_line_chosen(m, line) || quantity <= 0) continue;
    if (b.len) lk_buffer_addc(&b, '\n');
    lk_buffer_add(&b, lk_line_text(m, line, quantity));
  }
  return lk_buffer_text(m, &b);
}

static lk_product *product_of(lk_maker *m, lk_view sku) {
  lk_product *product = NULL;
  if (sku.len && m->services->orders) (void)lk_orders_product(m->services->orders, sku, m->arena, &product, NULL);
  return product;
}

/* More than there is: says how many there are and asks again. */
static bool asked_for_fewer(lk_maker *m, const lk_entry *intent, const lk_order_line *line, const lk_product *product) {
  lk_order_action action = lk_order_action_of(intent->action);
  if (action != LK_ACTION_ADD && !(action == LK_ACTION_QUANTITY && line)) return false;
  const lk_product *wanted = action == LK_ACTION_ADD ? product : product_of(m, line->sku);
  int64_t held = action == LK_ACTION_ADD ? 0 : line->quantity, quantity = lk_chosen_quantity(m, 1);
  if (!wanted || quantity > LK_ORDER_QUANTITY_MAX || quantity <= held + wanted->stock || held + wanted->stock <= 0) return false;
  LK_SAY(m, "ask-fewer", LK_VALUE("product", lk_product_name(m, wanted)),
         LK_VALUE("left", lk_number_text(m, held + wanted->stock)));
  (void)lk_state_fill(&m->state, LK_LIT("quantity"), (lk_view){"", 0});
  m->state.pending = LK_PENDING_SLOT;
  m->state.asked = LK_LIT("quantity");
  return true;
}

static bool too_many(lk_maker *m) {
  int64_t quantity = lk_chosen_quantity(m, 1);
  if (quantity >= 0 && quantity <= LK_ORDER_QUANTITY_MAX) return false;
  LK_SAY(m, "refused-quantity", LK_VALUE("most", lk_number_text(m, LK_ORDER_QUANTITY_MAX)), LK_VALUE("product", (lk_view){"", 0}),
         LK_VALUE("until", (lk_view){"", 0}), LK_VALUE("input", (lk_view){"", 0}), LK_VALUE("left", (lk_view){"", 0}),
         LK_VALUE("order", (lk_view){"", 0}));
  (void)lk_state_fill(&m->state, LK_LIT("quantity"), (lk_view){"", 0});
  m->state.pending = LK_PENDING_SLOT;
  m->state.asked = LK_LIT("quantity");
  return true;
}

static lk_view reason_text(lk_maker *m) {
  lk_view id = lk_text(m, "reason-%.*s", LK_FMT(lk_chosen(m, "reason")));
  return lk_has_message(m, id.ptr) ? LK_PHRASE0(m, id.ptr) : lk_chosen(m, "reason");
}

/* A new order of the same costs what it costs today. */
static void price_anew(lk_maker *m, lk_order *order) {
  order->total = order->delivery_price;
  for (size_t i = 0; i < order->line_count; i++) {
    lk_order_line *line = &order->lines[i];
    const lk_product *now = product_of(m, line->sku);
    if (now) line->unit_price = now->price;
    order->total += line->quantity * line->unit_price;
  }
}

static void say_plan(lk_maker *m, const lk_entry *intent, const lk_order *order, const lk_order_line *line,
                     const lk_product *product) {
  bool back = lk_order_action_of(intent->action) == LK_ACTION_RETURN;
  int64_t quantity = lk_chosen_quantity(m, 1);
  lk_view none = {"", 0}, amount = lk_number_text(m, quantity);
  lk_view name = line ? lk_line_name(m, line) : product ? lk_product_name(m, product) : lk_chosen(m, "product");
  LK_SAY(
      m, intent->confirm.ptr, LK_VALUE("order", lk_chosen(m, "order")),
      LK_VALUE("lines", order ? chosen_lines(m, order, back) : none), LK_VALUE("total", order ? lk_money(m, order->total) : none),
      LK_VALUE("address", lk_chosen(m, "address")), LK_VALUE("place", lk_chosen(m, "place")), LK_VALUE("product", name),
      LK_VALUE("from", line ? lk_number_text(m, line->quantity) : none), LK_VALUE("to", amount), LK_VALUE("quantity", amount),
      LK_VALUE("price", product ? lk_money(m, quantity * product->price) : none), LK_VALUE("reason", reason_text(m)),
      LK_VALUE("size", lk_chosen(m, "size")), LK_VALUE("fault", lk_chosen(m, "fault")), LK_VALUE("email", lk_chosen(m, "email")),
      LK_VALUE("phone", lk_chosen(m, "phone")), LK_VALUE("text", lk_chosen(m, "text")));
}

void lk_confirm(lk_maker *m, const lk_entry *intent) {
  lk_order *order = NULL;
  if (lk_is_of_order(m) && !(order = lk_proved_order(m, intent))) return;
  if (order && lk_refused_already(m, intent, order)) return;
  if (order && lk_order_action_of(intent->action) == LK_ACTION_REORDER) price_anew(m, order);
  const lk_order_line *line = lk_only_line(m, order);
  const lk_product *product = product_of(m, lk_chosen(m, "product"));
  if (too_many(m) || asked_for_fewer(m, intent, line, product)) return;
  say_plan(m, intent, order, line, product);
  lk_offer(m, LK_PHRASE0(m, "choice-yes"), LK_LIT("yes"));
  lk_offer(m, LK_PHRASE0(m, "choice-no"), LK_LIT("no"));
  m->state.pending = LK_PENDING_CONFIRM;
  /* One key a confirmation that is shown: a repeated yes to it does nothing twice. */
  m->state.key = lk_text(m, "%.*s-%u", LK_FMT(m->in->conversation), m->state.turns);
}
