/* An order book behind HTTP: the shop's own backend answers, and does actions that only the shop knows.
 *
 * Each operation is one POST of a JSON object to `url/operation`, answered with 200 and a JSON object; members are named like the fields of
 * luukku/orders.h, and what is absent is left out:
 *
 *   verify   {number, proof}            → {proof: "email" | "postcode" | null}; the same work whether or not the order exists
 *   order    {number}                   → {order: {…} | null}
 *   history  {customer, limit}          → {orders: […]}
 *   invoice  {number}                   → {invoice: {…} | null}
 *   product  {sku}                      → {product: {…} | null}
 *   search   {text, limit}              → {products: […]}
 *   related  {sku, relation, limit}     → {products: […]}; relation is "accessory", "similar" or "size"
 *   perform  {action, key, actor, now, order, customer, items, address, …} → {reason, repeated, reference, new_order, detail, amount, deadline,
 *            order}; action is "order.cancel" or the shop's own name, reason one of lk_order_reason's names
 *
 * 404 means that the backend does not offer the operation: nothing is found, and actions are UNSUPPORTED.
 *
 * Each request is signed: `Luukku-Timestamp` has the time, `Luukku-Signature` is "sha256=" and, in hexadecimal, HMAC-SHA256 with the shared
 * secret over timestamp, ".", operation, ".", body. The backend refuses old timestamps and wrong signatures. `perform` has its key in
 * `Idempotency-Key` too; the backend must do a key once and answer a repetition with the first result.
 *
 * Reading is tried again when the connection fails, times out, or the answer is 429, 502, 503 or 504. An action is tried again only when no
 * connection came about, since otherwise it may have been done: it then FAILED, and may be repeated with the same key.
 * Answers past 1 MB, redirections, and http to anything but this machine are refused.
 *
 * Ownership, threads and units as in luukku/orders.h. Errors are LK_ERR_BACKEND, LK_ERR_INPUT (unusable options) and LK_ERR_MEMORY. */
#ifndef LUUKKU_BACKEND_H
#define LUUKKU_BACKEND_H

#include "luukku/orders.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_backend_options {
  const char *url;                 /* "https://shop.example/luukku" */
  lk_view secret;                  /* at least 32 bytes */
  int timeout_ms;                  /* of one try, connecting included; 0 is 3,000 */
  int tries;                       /* 0 is 3 */
  int64_t (*clock)(void *context); /* Unix seconds; NULL is the system's */
  void *clock_context;
} lk_backend_options;

/* Copies what it needs of the options. Does not connect yet. */
lk_order_book *lk_backend_open(const lk_backend_options *options, lk_error *err);

/* One order book of two: everything goes to `book`, and actions by a name of the shop's own (LK_ACTION_OTHER) to `backend`. Takes both over, also
 * when it fails (NULL); lk_orders_free frees them with the new one. */
lk_order_book *lk_backend_join(lk_order_book *book, lk_order_book *backend, lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
