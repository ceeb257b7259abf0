/* Two order books as one: the shop's own actions go to its backend, everything else to the first. */
#include <stdlib.h>

#include "base/error.h"
#include "luukku/backend.h"

typedef struct joined {
  lk_order_book *book, *backend;
} joined;

static lk_code verify(void *self, lk_view number, lk_view proof, lk_proof *out, lk_error *err) {
  const lk_order_book *b = ((joined *)self)->book;
  return b->verify(b->self, number, proof, out, err);
}

static lk_code order(void *self, lk_view number, lk_arena *arena, lk_order **out, lk_error *err) {
  return lk_orders_find(((joined *)self)->book, number, arena, out, err);
}

static lk_code history(void *self, lk_view customer, size_t limit, lk_arena *arena, lk_order **out, size_t *count,
                       lk_error *err) {
  return lk_orders_history(((joined *)self)->book, customer, limit, arena, out, count, err);
}

static lk_code invoice(void *self, lk_view number, lk_arena *arena, lk_invoice **out, lk_error *err) {
  return lk_orders_invoice(((joined *)self)->book, number, arena, out, err);
}

static lk_code perform(void *self, const lk_order_request *request, lk_arena *arena, lk_order_outcome *out, lk_error *err) {
  const joined *j = self;
  return lk_orders_perform(request->action == LK_ACTION_OTHER ? j->backend : j->book, request, arena, out, err);
}

static lk_code product(void *self, lk_view sku, lk_arena *arena, lk_product **out, lk_error *err) {
  return lk_orders_product(((joined *)self)->book, sku, arena, out, err);
}

static lk_code search(void *self, lk_view text, size_t limit, lk_arena *arena, lk_product **out, size_t *count, lk_error *err) {
  return lk_orders_search(((joined *)self)->book, text, limit, arena, out, count, err);
}

static lk_code related(void *self, lk_view sku, lk_relation relation, size_t limit, lk_arena *arena, lk_product **out,
                       size_t *count, lk_error *err) {
  return lk_orders_related(((joined *)self)->book, sku, relation, limit, arena, out, count, err);
}

static void free_joined(void *self) {
  joined *j = self;
  lk_orders_free(j->book);
  lk_orders_free(j->backend);
  free(j);
}

lk_order_book *lk_backend_join(lk_order_book *book, lk_order_book *backend, lk_error *err) {
  lk_order_book *both = calloc(1, sizeof *both);
  joined *j = calloc(1, sizeof *j);
  if (both && j) {
    *j = (joined){book, backend};
    *both =
        (lk_order_book){j, book->verify ? verify : NULL, order, history, invoice, perform, product, search, related, free_joined};
    return both;
  }
  free(both);
  free(j);
  lk_orders_free(book);
  lk_orders_free(backend);
  (void)lk_fail_memory(err);
  return NULL;
}
