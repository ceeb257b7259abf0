/* What else of the catalogue goes with it. One line, once in a conversation, and never with bad news: who asks where the parcel is did not come to shop. */
#include "base/error.h"
#include "dialogue/actions.h"

enum { RECOMMENDED = 2 };

static void offer_product(lk_maker *m, const lk_product *product) {
  lk_view label =
      LK_PHRASE(m, "choice-product", LK_VALUE("product", product->name), LK_VALUE("price", lk_money(m, product->price)));
  lk_offer(m, label, lk_text(m, "product:%.*s", LK_FMT(product->sku)));
}

static bool is_ordered(const lk_order *order, lk_view name) {
  for (size_t i = 0; i < order->line_count; i++)
    if (lk_view_eq(order->lines[i].name, name)) return true;
  return false;
}

static bool is_moment_for_it(const lk_maker *m, const lk_order *order) {
  bool good_news = order->state == LK_ORDER_PAID || order->state == LK_ORDER_DELIVERED;
  return lk_kb_policy(m->kb, "recommend") > 0 && !m->state.recommended && m->phase == LK_PHASE_BOT && good_news &&
         !order->delayed && !order->return_count;
}

void lk_recommend(lk_maker *m, const lk_order *order) {
  if (!is_moment_for_it(m, order)) return;
  for (size_t i = 0; i < order->line_count; i++) {
    lk_product *goes_with = NULL;
    size_t count = 0, offered = 0;
    if (lk_orders_related(m->services->orders, order->lines[i].sku, LK_RELATION_ACCESSORY, RECOMMENDED + 1, m->arena, &goes_with,
                          &count, NULL))
      return;
    for (size_t p = 0; p < count && offered < RECOMMENDED; p++) {
      if (is_ordered(order, goes_with[p].name)) continue;
      if (!offered++) LK_SAY(m, "recommend-lead", LK_VALUE("product", order->lines[i].name));
      offer_product(m, &goes_with[p]);
    }
    m->state.recommended = offered > 0;
    if (offered) return;
  }
}

void lk_offer_similar(lk_maker *m, lk_view sku) {
  lk_product *similar = NULL;
  size_t count = 0;
  if (lk_kb_policy(m->kb, "recommend") <= 0 || !m->services->orders || !sku.len) return;
  if (lk_orders_related(m->services->orders, sku, LK_RELATION_SIMILAR, RECOMMENDED, m->arena, &similar, &count, NULL)) return;
  for (size_t p = 0; p < count; p++) offer_product(m, &similar[p]);
}

bool lk_show_product(lk_maker *m, lk_view sku) {
  lk_product *product = NULL;
  if (!m->services->orders || lk_orders_product(m->services->orders, sku, m->arena, &product, NULL) || !product) return false;
  m->out->act = LK_ACT_ANSWER;
  lk_value name = LK_VALUE("product", product->name), price = LK_VALUE("price", lk_money(m, product->price));
  lk_value link = LK_VALUE("link", product->link);
  if (product->stock > 0) {
    LK_SAY(m, product->link.len ? "product" : "product-no-link", name, price, link);
  } else {
    LK_SAY(m, "product-sold-out", name, price,
           LK_VALUE("until", product->restock ? lk_day(m, product->restock) : LK_PHRASE0(m, "day-unknown")));
    lk_offer_similar(m, sku);
  }
  return true;
}
