/* The order book on SQLite, as its files see it. */
#ifndef LK_ORDERS_BOOK_H
#define LK_ORDERS_BOOK_H

#include "luukku/orders.h"
#include "orders/name_index.h"
#include "orders/sql.h"

/* The statements, by number; their texts stand beside who uses them in statements.c. */
typedef enum lk_statement {
  LK_READ_BEGIN,
  LK_READ_END,
  LK_READ_PROOF,
  LK_READ_ORDER,
  LK_READ_LINES,
  LK_READ_SHIPMENTS,
  LK_READ_EVENTS,
  LK_READ_RETURNS,
  LK_READ_RETURN_LINES,
  LK_READ_HISTORY,
  LK_READ_INVOICE,
  LK_READ_PRODUCT,
  LK_READ_NAMES,
  LK_READ_ACCESSORIES,
  LK_READ_SIMILAR,
  LK_READ_SIZES,
  LK_READ_COUNT, /* what even reading needs */

  LK_WRITE_BEGIN = LK_READ_COUNT,
  LK_WRITE_COMMIT,
  LK_WRITE_SAVEPOINT,
  LK_WRITE_UNDO,
  LK_WRITE_FIND_KEY,
  LK_WRITE_AUDIT,
  LK_WRITE_CANCEL,
  LK_WRITE_RESTOCK_ORDER,
  LK_WRITE_ADDRESS,
  LK_WRITE_PICKUP,
  LK_WRITE_QUANTITY,
  LK_WRITE_DROP_LINE,
  LK_WRITE_STOCK,
  LK_WRITE_ADD_LINE,
  LK_WRITE_COUNTER,
  LK_WRITE_NEXT,
  LK_WRITE_COPY_ORDER,
  LK_WRITE_RETURN,
  LK_WRITE_RETURN_LINE,
  LK_WRITE_RETURNED,
  LK_WRITE_CLAIM,
  LK_WRITE_NOTICE,
  LK_WRITE_CONTACT,
  LK_STATEMENT_COUNT
} lk_statement;

extern const char *const lk_order_statements[LK_STATEMENT_COUNT];

/* The files that go into the library as text. */
extern const char lk_orders_schema_sql[];
extern const char lk_orders_demo_sql[];

typedef struct lk_book {
  lk_sql sql;
  int return_days;
  bool writable;
  lk_name_index *names;   /* of the products; made by the first search */
  int64_t names_version;  /* PRAGMA data_version when it was made */
  int64_t names_changes;  /* and this connection's own changes */
  uint64_t names_content; /* hash of all names */
} lk_book;

lk_code lk_book_verify(void *self, lk_view number, lk_view proof, lk_proof *out, lk_error *err);
lk_code lk_book_order(void *self, lk_view number, lk_arena *arena, lk_order **out, lk_error *err);
lk_code lk_book_history(void *self, lk_view customer, size_t limit, lk_arena *arena, lk_order **out, size_t *count,
                        lk_error *err);
lk_code lk_book_invoice(void *self, lk_view number, lk_arena *arena, lk_invoice **out, lk_error *err);
lk_code lk_book_perform(void *self, const lk_order_request *request, lk_arena *arena, lk_order_outcome *out, lk_error *err);
lk_code lk_book_product(void *self, lk_view sku, lk_arena *arena, lk_product **out, lk_error *err);
lk_code lk_book_search(void *self, lk_view text, size_t limit, lk_arena *arena, lk_product **out, size_t *count, lk_error *err);
lk_code lk_book_related(void *self, lk_view sku, lk_relation relation, size_t limit, lk_arena *arena, lk_product **out,
                        size_t *count, lk_error *err);

#endif
