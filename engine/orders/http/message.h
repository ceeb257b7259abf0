/* Orders as JSON: requests are written, answers are read. An answer is a stranger's text: everything is checked, the first thing that is wrong
 * is named, and nothing past it is believed. */
#ifndef LK_ORDERS_HTTP_MESSAGE_H
#define LK_ORDERS_HTTP_MESSAGE_H

#include <jansson.h>

#include "luukku/orders.h"

/* Reading an answer. */
typedef struct lk_message {
  lk_arena *arena;
  const char *wrong; /* the member that is not what it should be; NULL while all is well */
  bool memory_out;
} lk_message;

lk_order *lk_message_order(lk_message *m, const json_t *value); /* NULL for null */
lk_order *lk_message_orders(lk_message *m, const json_t *orders, size_t *count);
lk_invoice *lk_message_invoice(lk_message *m, const json_t *value);
lk_product *lk_message_product(lk_message *m, const json_t *value);
lk_product *lk_message_products(lk_message *m, const json_t *products, size_t *count);
void lk_message_outcome(lk_message *m, const json_t *value, lk_order_outcome *out);

/* NULL when memory is out. */
json_t *lk_message_request(const lk_order_request *request);

#endif
