#include <stdlib.h>
#include <strings.h>

#include "dialogue/actions.h"

lk_view lk_chosen(const lk_maker *m, const char *slot) {
  lk_view value = lk_state_slot(&m->state, lk_view_of(slot));
  return lk_view_eq(value, LK_LIT(LK_SKIPPED)) ? (lk_view){"", 0} : value;
}

int64_t lk_chosen_quantity(const lk_maker *m, int64_t standard) {
  lk_view text = lk_chosen(m, "quantity");
  return text.len ? strtoll(text.ptr, NULL, 10) : standard;
}

bool lk_line_chosen(const lk_maker *m, const lk_order_line *line) {
  lk_view chosen = lk_chosen(m, "line");
  if (lk_view_eq(chosen, LK_LIT("all"))) return true;
  for (const char *at = chosen.ptr; chosen.len && *at;) {
    char *end;
    if (strtoll(at, &end, 10) == line->line) return true;
    if (end == at) return false;
    at = *end ? end + 1 : end;
  }
  return false;
}

const lk_order_line *lk_only_line(const lk_maker *m, const lk_order *order) {
  const lk_order_line *only = NULL;
  for (size_t i = 0; order && i < order->line_count; i++) {
    if (!lk_line_chosen(m, &order->lines[i])) continue;
    if (only) return NULL;
    only = &order->lines[i];
  }
  return only;
}

const lk_product *lk_other_size(lk_maker *m, const lk_order_line *line, lk_view size) {
  lk_product *sizes = NULL;
  size_t count = 0;
  if (lk_orders_related(m->services->orders, line->sku, LK_RELATION_SIZE, 50, m->arena, &sizes, &count, NULL)) return NULL;
  for (size_t i = 0; i < count; i++)
    if (strcasecmp(sizes[i].size.ptr, size.ptr) == 0) return &sizes[i];
  return NULL;
}

bool lk_is_shops_fault(lk_view reason) { return lk_view_eq(reason, LK_LIT("faulty")) || lk_view_eq(reason, LK_LIT("wrong")); }
