/* The order book: what a shop knows about its orders and products, and what a customer may do with them.
 *
 * The order book is the shop's. Luukku talks to it through `lk_order_book`, a struct of functions and a `self` pointer; a shop writes its own
 * one over its own system, or uses the one on SQLite below. Callers use the lk_orders_… functions, which check the input's bounds, answer for
 * operations that a provider leaves out, and call the provider.
 *
 * Nobody learns anything about an order without proof: see luukku/identity.h, which wraps `verify` with its limits. None of the functions here
 * asks for proof again; a caller that has no verified order or vouched customer must not call them.
 *
 * Ownership: results live in the lk_arena that the caller passes and are gone with it; nothing is freed one by one. Views in results have a NUL
 * behind them and are never NULL: what is absent is empty. Views in requests have to live during the call only.
 * Threads: an order book serves one thread at a time; each thread opens its own. Any number of them, and of processes, may work on one
 * database.
 * Units: money in euro cents (int64), VAT included; times in Unix seconds (int64), 0 when there is none; time comes from the caller (`now`).
 * Errors: LK_ERR_INPUT for input past its bounds, LK_ERR_BUSY when the database stays locked longer than the busy timeout (try again later),
 * LK_ERR_IO for an unreadable, read-only or full disk, LK_ERR_BACKEND when the book itself is broken, LK_ERR_MEMORY. "No such order" is a result. */
#ifndef LUUKKU_ORDERS_H
#define LUUKKU_ORDERS_H

#include <stdint.h>

#include "luukku/arena.h"
#include "luukku/error.h"
#include "luukku/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Orders ---- */

typedef enum lk_order_state {
  LK_ORDER_RECEIVED,     /* waits for its payment */
  LK_ORDER_PAID,         /* waits for packing; the last state in which an order can be changed */
  LK_ORDER_PACKING,      /* packing has begun: no changes any more */
  LK_ORDER_PART_SHIPPED, /* some lines have left */
  LK_ORDER_SHIPPED,      /* on its way */
  LK_ORDER_READY,        /* waits at the pickup point or in the shop */
  LK_ORDER_DELIVERED,
  LK_ORDER_RETURNED, /* all of it came back */
  LK_ORDER_CANCELLED,
  LK_ORDER_STATE_COUNT
} lk_order_state;

typedef enum lk_delivery {
  LK_DELIVERY_PICKUP_POINT, /* pickup point or parcel locker */
  LK_DELIVERY_HOME,
  LK_DELIVERY_EXPRESS,
  LK_DELIVERY_STORE, /* fetched from one of the shop's own stores */
  LK_DELIVERY_COUNT
} lk_delivery;

/* Stable names in ASCII, as in databases and message ids: "part-shipped", "pickup-point". Never NULL. */
const char *lk_order_state_name(lk_order_state state);
const char *lk_delivery_name(lk_delivery delivery);

typedef struct lk_order_line {
  int64_t line; /* the line's number, which requests name */
  lk_view sku, name, size;
  int64_t quantity;
  int64_t shipped;    /* how many of them have left */
  int64_t returned;   /* how many are registered for return or have come back */
  int64_t unit_price; /* cents */
  lk_view returnable; /* "yes", "unopened" or "no" */
} lk_order_line;

typedef struct lk_address {
  lk_view name, street, postcode, city, country; /* country: ISO 3166 code, empty is FI */
} lk_address;

typedef struct lk_tracking_event {
  int64_t time;
  lk_view
      code; /* sent, sorted, in-transit, customs, out-for-delivery, ready, delivered, missed, returning, delayed: the KB has the words */
  lk_view place; /* "Vantaa", may be empty */
  lk_view text;  /* the carrier's own words, may be empty */
} lk_tracking_event;

typedef struct lk_shipment {
  lk_view carrier, tracking_code, link;
  int64_t sent, expected, delivered;
  int64_t keep_until;        /* waits at the pickup point until then */
  lk_tracking_event *events; /* newest first */
  size_t event_count;
} lk_shipment;

typedef struct lk_return_line {
  int64_t line;
  lk_view sku, name;
  int64_t quantity;
} lk_return_line;

typedef struct lk_order_return {
  lk_view code, state; /* state: registered, received, refunded */
  lk_view reason;
  lk_view new_order; /* a size exchange: the order of the other size */
  int64_t registered, received, refunded;
  int64_t deadline; /* to be on its way by then */
  int64_t amount;   /* of the refund */
  lk_return_line *lines;
  size_t line_count;
} lk_order_return;

typedef struct lk_order {
  lk_view number;
  lk_view customer;     /* the shop's id of the customer; empty for a guest */
  lk_view name;         /* the customer's, in full: for an agent's screen */
  lk_view email_masked; /* "m•••@example.fi": safe to show after proof */
  lk_order_state state;
  bool changeable; /* cancel, address, quantity and add are still possible */
  bool delayed;    /* expected later than was promised */
  lk_delivery delivery;
  lk_view pickup_point; /* its name, for PICKUP_POINT and STORE */
  lk_address address;
  lk_view payment; /* card, mobilepay, bank, invoice, part-payment, gift-card, apple-pay, google-pay */
  int64_t placed, paid, packed, shipped, delivered, cancelled;
  int64_t promised;        /* the day promised when it was placed */
  int64_t expected;        /* the day expected now */
  int64_t keep_until;      /* READY: waits until then */
  int64_t return_deadline; /* 0 until it is delivered */
  int64_t delivery_price, total;
  lk_order_line *lines;
  size_t line_count;
  lk_shipment *shipments;
  size_t shipment_count;
  lk_order_return *returns;
  size_t return_count;
} lk_order;

typedef struct lk_invoice {
  lk_view number, order;
  lk_view state;             /* open, paid, credited */
  lk_view link;              /* to the copy in the customer's account; may be empty */
  lk_view reference;         /* the bank's reference number */
  int64_t issued, due, paid; /* paid: 0 makes it an invoice, anything else a receipt */
  int64_t total, vat;
} lk_invoice;

/* ---- Products ---- */

typedef struct lk_product {
  lk_view sku, name, size;
  lk_view family; /* the same product in all sizes */
  lk_view category, link;
  int64_t price;
  int64_t stock;   /* 0 is out of stock */
  int64_t restock; /* expected back then */
  int64_t warranty_months;
  lk_view returnable; /* "yes", "unopened" (hygiene, software) or "no" (made to order) */
  double match;       /* of a search: 1 is the very name or SKU, 0 is nothing in common */
} lk_product;

typedef enum lk_relation {
  LK_RELATION_ACCESSORY, /* goes with it */
  LK_RELATION_SIMILAR,   /* instead of it */
  LK_RELATION_SIZE       /* the same in other sizes */
} lk_relation;

/* ---- What a customer may do ---- */

typedef enum lk_order_action {
  LK_ACTION_CANCEL,   /* order.cancel */
  LK_ACTION_ADDRESS,  /* order.change_address: `address` */
  LK_ACTION_PICKUP,   /* order.change_pickup: `pickup_point` */
  LK_ACTION_QUANTITY, /* order.change_quantity: one item, its line and its new quantity; 0 takes the line out */
  LK_ACTION_ADD,      /* order.add_item: one item, its sku and quantity */
  LK_ACTION_REORDER,  /* order.reorder: the same lines at today's prices, of `items` (lines) only when there are any */
  LK_ACTION_RETURN,   /* return.register: items, or the whole order when there are none; `reason` */
  LK_ACTION_EXCHANGE, /* return.exchange: one item, its line and the sku of the other size; free of charge */
  LK_ACTION_WARRANTY, /* warranty.claim: one item (line), `text` is the fault, `since` when it came */
  LK_ACTION_NOTIFY,   /* product.notify: one item (sku), `email`; belongs to no order */
  LK_ACTION_CONTACT,  /* contact.request: `phone` or `email`, `text`; order number if there is one */
  LK_ACTION_OTHER,    /* the shop's own, by `name`; only some providers take them */
  LK_ACTION_COUNT
} lk_order_action;

/* "order.cancel" and so on. Never NULL. */
const char *lk_order_action_name(lk_order_action action);
/* LK_ACTION_OTHER for a name that is none of them. */
lk_order_action lk_order_action_of(lk_view name);

typedef enum lk_order_reason {
  LK_REASON_DONE,            /* done: the answer says what is now true */
  LK_REASON_UNKNOWN_ORDER,   /* no such order, or it is not the customer's */
  LK_REASON_ALREADY_PACKED,  /* packing has begun or is over, nothing has left yet */
  LK_REASON_ALREADY_SHIPPED, /* it has left, is ready or delivered */
  LK_REASON_ALREADY_CANCELLED,
  LK_REASON_ALREADY_RETURNED, /* more than there is left to return */
  LK_REASON_NOT_DELIVERED,    /* a return or claim of something that has not come yet */
  LK_REASON_PAST_DEADLINE,    /* past the return deadline, which `deadline` has */
  LK_REASON_NOT_RETURNABLE,   /* opened hygiene product, made to order …; `detail` is the sku */
  LK_REASON_UNKNOWN_LINE,
  LK_REASON_UNKNOWN_PRODUCT,
  LK_REASON_OUT_OF_STOCK,      /* `detail` is the sku, `amount` how many there are, `deadline` when more are expected */
  LK_REASON_IN_STOCK,          /* a notice for something that is there */
  LK_REASON_BAD_QUANTITY,      /* below 0 or 1, or above LK_ORDER_QUANTITY_MAX */
  LK_REASON_BAD_ADDRESS,       /* a part is missing, or a Finnish postcode without five digits */
  LK_REASON_BAD_CONTACT,       /* neither phone nor e-mail */
  LK_REASON_WRONG_DELIVERY,    /* a pickup point for an order that comes home, or an address for one that is fetched */
  LK_REASON_LAST_LINE,         /* an order without lines: cancel it instead */
  LK_REASON_DIFFERENT_PRODUCT, /* an exchange for something that is not the same product in another size */
  LK_REASON_NO_CHANGE,         /* it is already so */
  LK_REASON_KEY_REUSED,        /* this idempotency key belongs to another request: a mistake of the caller */
  LK_REASON_UNSUPPORTED,       /* the provider does not do this, or may only read */
  LK_REASON_LOCKED,            /* LK_ERR_BUSY: nothing was done, try again */
  LK_REASON_FAILED,            /* any other error: nothing was done */
  LK_REASON_COUNT
} lk_order_reason;

/* "done", "already-packed" …: the part of a message id. Never NULL. */
const char *lk_order_reason_name(lk_order_reason reason);

#define LK_ORDER_QUANTITY_MAX 999
#define LK_ORDER_ITEMS_MAX 100
#define LK_ORDER_TEXT_MAX 4000 /* bytes of any text in a request */
#define LK_ORDER_KEY_MAX 100   /* bytes of an idempotency key or an order number */

typedef struct lk_order_item {
  int64_t line;     /* of the order, or 0 */
  lk_view sku;      /* of the catalogue, where a product is named */
  int64_t quantity; /* for RETURN, EXCHANGE and REORDER 0 is all of the line */
  bool opened;      /* RETURN: the package was opened */
} lk_order_item;

typedef struct lk_order_request {
  lk_order_action action;
  lk_view name; /* OTHER: the action's name */
  lk_view
      key; /* idempotency key: one for each confirmation of a customer. A repetition does nothing and answers with the first result */
  lk_view actor;    /* who does it, for the audit: "customer", "agent:maija" */
  lk_view order;    /* its number */
  lk_view customer; /* when not empty: the order has to be this customer's, or it is unknown */
  int64_t now;
  const lk_order_item *items;
  size_t item_count;
  lk_address address;
  lk_view pickup_point;
  lk_view reason; /* RETURN: size, faulty, wrong, late, regret, other */
  lk_view text;
  int64_t since;
  lk_view email, phone;
} lk_order_request;

typedef struct lk_order_outcome {
  lk_order_reason reason;
  bool repeated;     /* the key was used before: this is the first result, and nothing was done now */
  lk_view reference; /* the return code, claim or request number, or the new order's number */
  lk_view new_order; /* REORDER, EXCHANGE: its number */
  lk_view detail;    /* what a refusal is about: a sku, or for OTHER the backend's message id */
  int64_t amount; /* CANCEL, RETURN: what will be refunded; QUANTITY, ADD, REORDER: the new total; OUT_OF_STOCK: what is left */
  int64_t
      deadline; /* RETURN, EXCHANGE: to be on its way by; WARRANTY: end of the warranty (0: none given); OUT_OF_STOCK: expected */
  lk_order *order; /* as it is now; NULL when there is none */
} lk_order_outcome;

/* ---- The provider interface ---- */

/* How an order and a proof fit together. */
typedef enum lk_proof {
  LK_PROOF_NONE, /* no such order, or the proof is not its own: never to be told apart */
  LK_PROOF_EMAIL,
  LK_PROOF_POSTCODE
} lk_proof;

/* To write one: allocate results in the arena; set `err` and return its code when something fails; leave a function NULL
 * that the shop does not offer. `out` is zeroed before the call. */
typedef struct lk_order_book {
  void *self;
  /* Does `proof` (an e-mail address or a postcode, as typed) belong to the order? Must do the same work whether or not the order exists. */
  lk_code (*verify)(void *self, lk_view number, lk_view proof, lk_proof *out, lk_error *err);
  /* The whole order; *out stays NULL when there is none. */
  lk_code (*order)(void *self, lk_view number, lk_arena *arena, lk_order **out, lk_error *err);
  /* A customer's orders, newest first, with their lines but without shipments and returns. */
  lk_code (*history)(void *self, lk_view customer, size_t limit, lk_arena *arena, lk_order **out, size_t *count, lk_error *err);
  lk_code (*invoice)(void *self, lk_view number, lk_arena *arena, lk_invoice **out, lk_error *err);
  /* Does it, in one transaction with a condition on the order's state, once for each key, with an audit row; or says why not. */
  lk_code (*perform)(void *self, const lk_order_request *request, lk_arena *arena, lk_order_outcome *out, lk_error *err);
  /* A product by its SKU; *out stays NULL when there is none. */
  lk_code (*product)(void *self, lk_view sku, lk_arena *arena, lk_product **out, lk_error *err);
  /* Products whose name or SKU is like something in `text`, in spite of typing mistakes, inflection and words around it; best first. Of one
   * family only the best: RELATION_SIZE has the other sizes. */
  lk_code (*search)(void *self, lk_view text, size_t limit, lk_arena *arena, lk_product **out, size_t *count, lk_error *err);
  /* What goes with a product, what is like it, or its sizes; best first, for accessories and similar ones only what is in stock. */
  lk_code (*related)(void *self, lk_view sku, lk_relation relation, size_t limit, lk_arena *arena, lk_product **out,
                     size_t *count, lk_error *err);
  void (*free)(void *self);
} lk_order_book;

/* ---- Calling an order book ---- */

/* Each answers LK_OK with nothing found for input that no order could have (empty, too long). */
lk_code lk_orders_find(const lk_order_book *book, lk_view number, lk_arena *arena, lk_order **out, lk_error *err);
lk_code lk_orders_history(const lk_order_book *book, lk_view customer, size_t limit, lk_arena *arena, lk_order **out,
                          size_t *count, lk_error *err);
lk_code lk_orders_invoice(const lk_order_book *book, lk_view number, lk_arena *arena, lk_invoice **out, lk_error *err);
lk_code lk_orders_product(const lk_order_book *book, lk_view sku, lk_arena *arena, lk_product **out, lk_error *err);
lk_code lk_orders_search(const lk_order_book *book, lk_view text, size_t limit, lk_arena *arena, lk_product **out, size_t *count,
                         lk_error *err);
lk_code lk_orders_related(const lk_order_book *book, lk_view sku, lk_relation relation, size_t limit, lk_arena *arena,
                          lk_product **out, size_t *count, lk_error *err);
/* out->reason is always set: LOCKED or FAILED go with an error code, everything else with LK_OK. */
lk_code lk_orders_perform(const lk_order_book *book, const lk_order_request *request, lk_arena *arena, lk_order_outcome *out,
                          lk_error *err);
/* Frees the provider and the struct. NULL is fine. */
void lk_orders_free(lk_order_book *book);

/* ---- The provider on SQLite ---- */

typedef struct lk_orders_options {
  int busy_timeout_ms; /* how long a locked database is waited for; 0 is 2,000 */
  int return_days;     /* from the day of delivery; 0 is 30 */
  bool read_only;
} lk_orders_options;

/* Opens a database with the tables or views of kb/ORDERS.md. `options` may be NULL. A missing, unreadable or foreign file, or one that lacks
 * what reading needs: NULL and `err`. One that cannot be written, or whose orders are views, is read, and every action is UNSUPPORTED. */
lk_order_book *lk_orders_open(const char *path, const lk_orders_options *options, lk_error *err);

/* Writes a new database: the schema, and with `demo` the sample shop's catalogue and orders with times around `now`; the same `now` gives the
 * same content. Written beside `path` and renamed. LK_ERR_STATE when the file exists and `force` is not set. */
lk_code lk_orders_create(const char *path, bool demo, int64_t now, bool force, lk_error *err);

/* Says what the database lacks: `report` is called for each missing table or column with "what is wrong; how to mend it". `reading` is true for
 * what even reading needs, false for what only the actions need. LK_OK and *missing 0 when all is there; an error when the file cannot be
 * opened at all. */
typedef void lk_orders_report(void *context, bool reading, const char *message);
lk_code lk_orders_check(const char *path, lk_orders_report *report, void *context, size_t *missing, lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
