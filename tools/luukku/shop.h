/* A conversation's surroundings in a terminal or a script: engine, order book, identity, store, desk and clock, wired together in one place. */
#ifndef LK_SHOP_H
#define LK_SHOP_H

#include "luukku/talk.h"
#include "tool.h"

typedef struct lk_shop_clock {
  int64_t fixed;  /* the time that it is; 0: it runs */
  int64_t offset; /* of a running clock, ahead of the system's */
} lk_shop_clock;

typedef struct lk_shop {
  lk_engine *engine; /* its owner is the caller */
  lk_shop_clock clock;
  lk_worker *worker;
  lk_hours *hours;
  lk_store *store;       /* NULL: nothing is kept */
  lk_desk *desk;         /* NULL without a store */
  lk_order_book *orders; /* NULL: none */
  lk_identity *identity;
  lk_talk_memory memory;
  lk_talk talk;
  char conversation[LK_CONVERSATION_ID_SIZE];
} lk_shop;

/* Which places it is wired to. NULL: none. What cannot be opened is reported through `trouble`, once each, and done without. */
typedef struct lk_shop_places {
  const char *store, *orders, *identity;
  int patience_ms; /* for the store's lock */
  const char *channel;
} lk_shop_places;
typedef void lk_shop_trouble(void *context, const char *what, const lk_error *err);

/* LK_OK also when store or order book are missing; errors are the KB's hours and memory. */
lk_code lk_shop_open(lk_shop *shop, lk_engine *engine, const lk_shop_places *places, lk_shop_trouble *trouble, void *context,
                     lk_error *err);
void lk_shop_close(lk_shop *shop); /* not the engine */
int64_t lk_shop_now(const lk_shop *shop);

/* ---- Folders ---- */

/* A new folder of the user's own below $TMPDIR; false with `err`. */
bool lk_scratch_make(char *out, size_t size, lk_error *err);
/* Removes it with the files in it. */
void lk_scratch_remove(const char *folder);

#endif
