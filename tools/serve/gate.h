/* A store whose writers stand in line.
 *
 * SQLite lets one connection write at a time and has the others sleep and try again, longer and longer: with a few threads most of a second's turns are slept through.
 * Within one process a mutex does better: who is next begins at once. A gated store passes everything on to another store, and holds the gate while it writes.
 *
 * Ownership: closing a gated store closes the one behind it. The gate belongs to the caller and outlives them. Threads: a store for each, the gate for all. */
#ifndef LUUKKU_SERVE_GATE_H
#define LUUKKU_SERVE_GATE_H

#include <pthread.h>

#include "luukku/store.h"

/* NULL and `err` when memory is out; `behind` is closed then. */
lk_store *lk_gate_store(lk_store *behind, pthread_mutex_t *gate, lk_error *err);

#endif
