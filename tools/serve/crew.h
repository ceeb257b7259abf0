/* The threads that do the work: each has a seat with an analyzer, a database handle and scratch memory of its own. They are many more than processors, since most of the
 * time a turn waits to be on disk; and what many wait for at the same moment is written together (writer.h).
 *
 * Work is given with a key; work of one key is done in the order in which it was given, one piece after the other, by whichever thread is free. So turns of one
 * conversation never interleave, and nobody else waits for them. Queues are bounded: who comes when one is full is told so at once. */
#ifndef LUUKKU_SERVE_CREW_H
#define LUUKKU_SERVE_CREW_H

#include "content.h"
#include "http.h"
#include "luukku/identity.h"
#include "luukku/orders.h"
#include "luukku/talk.h"
#include "settings.h"

typedef struct lk_crew lk_crew;

typedef struct lk_seat {
  lk_content *content;
  lk_worker *worker;
  lk_store *store;
  lk_desk *desk;
  lk_order_book *orders; /* NULL: none */
  lk_identity *identity;
  lk_arena *arena; /* emptied after each piece of work */
  lk_talk talk;    /* made of all these */
  int64_t now;     /* when this piece of work began */
} lk_seat;

/* `request` is NULL for work that nobody asked for. */
typedef void lk_work(void *self, lk_seat *seat, lk_request *request, lk_view key);

/* Opens everything and starts the threads. The shelf must outlive the crew. NULL and `err`. */
lk_crew *lk_crew_start(const lk_settings *settings, const char *backend_secret, lk_shelf *shelf, void *self, lk_error *err);
/* Does what was given, then ends. */
void lk_crew_stop(lk_crew *crew);

enum { LK_CREW_KEY = 64 };
/* False when too much waits, or the key is too long. A key that is empty: whichever thread comes next. */
bool lk_crew_give(lk_crew *crew, lk_view key, lk_work *work, lk_request *request);
/* For what takes long (a password): a thread of its own, so that nobody's turn stands behind it. Its seat has `arena` and `now`
 * alone. */
bool lk_crew_give_slow(lk_crew *crew, lk_work *work, lk_request *request);
/* A new content is on the shelf: threads without work take it as well, so that the old one can go. */
void lk_crew_refresh(lk_crew *crew);
/* Transactions so far, and the writes in them. */
void lk_crew_written(lk_crew *crew, uint64_t *transactions, uint64_t *writes);
/* Pieces of work that wait or are being done. */
size_t lk_crew_waiting(lk_crew *crew);

/* Times are Unix seconds by the system's clock. */
#endif
