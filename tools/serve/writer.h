/* One thread that writes for all.
 *
 * SQLite lets one connection write at a time, and each of its transactions waits for the disk: a millisecond or more, whatever stands in it. So those who have something to
 * write hand it over and sleep; the writer takes all that waits at the moment, writes it in one transaction, and wakes them when it is on disk. Who comes meanwhile is
 * in the next one. Nobody waits for others to come: with one customer it is as quick as without.
 *
 * A *written-through store* reads by a connection of its own and writes by the writer. Ownership: closing one closes what it reads by; the writer outlives them all. Threads: a
 * store for each, the writer for all. */
#ifndef LUUKKU_SERVE_WRITER_H
#define LUUKKU_SERVE_WRITER_H

#include "luukku/store.h"

typedef struct lk_writer lk_writer;

/* Opens the database and starts the thread. NULL and `err`. */
lk_writer *lk_writer_start(const char *db, lk_error *err);
/* After the last of its stores was closed. */
void lk_writer_stop(lk_writer *writer);

/* NULL and `err` when memory is out; `reader` is closed then. */
lk_store *lk_writer_store(lk_writer *writer, lk_store *reader, lk_error *err);

/* Transactions so far, and the writes in them. */
void lk_writer_figures(lk_writer *writer, uint64_t *transactions, uint64_t *writes);

#endif
