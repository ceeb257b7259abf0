/* Deadlines of connections.
 *
 * libmicrohttpd only knows idleness: a client that sends one byte a second is never idle. A guard knows the socket of every connection and by when it has to have
 * done what it is doing; a thread shuts the sockets of those that are late, and the HTTP library then sees them closed.
 *
 * Threads: all functions may be called from any. A socket is shut under the mutex that lk_guard_remove takes, so that a number that the
 * system has given to another file by then is never shut. */
#ifndef LUUKKU_SERVE_GUARD_H
#define LUUKKU_SERVE_GUARD_H

#include <stdatomic.h>
#include <stdint.h>

typedef struct lk_guard lk_guard;

typedef struct lk_guarded {
  struct lk_guarded *next, *previous;
  _Atomic int64_t deadline; /* lk_guard_clock; 0 for none */
  int socket;
  _Atomic int requests; /* on this connection so far */
} lk_guarded;

/* NULL when memory or threads are out. `late` is told of every connection that was shut (may be NULL). */
lk_guard *lk_guard_new(void (*late)(void *self), void *self);
void lk_guard_free(lk_guard *guard);

/* NULL when memory is out. */
lk_guarded *lk_guard_add(lk_guard *guard, int socket, unsigned seconds);
void lk_guard_remove(lk_guard *guard, lk_guarded *guarded);
/* From now on; 0 for no deadline. */
void lk_guard_within(lk_guarded *guarded, unsigned seconds);

/* Milliseconds of a clock that never jumps. */
int64_t lk_guard_clock(void);

#endif
