#include "guard.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { LOOK_EVERY_MS = 250 };

struct lk_guard {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  pthread_t thread;
  lk_guarded *first;
  bool stop;
  void (*late)(void *self);
  void *self;
};

int64_t lk_guard_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void shut_late(lk_guard *guard, int64_t now) {
  for (lk_guarded *g = guard->first; g; g = g->next) {
    int64_t deadline = atomic_load(&g->deadline);
    if (deadline == 0 || deadline > now) continue;
    atomic_store(&g->deadline, 0);
    shutdown(g->socket, SHUT_RDWR);
    if (guard->late) guard->late(guard->self);
  }
}

static void *watch(void *self) {
  lk_guard *guard = self;
  pthread_mutex_lock(&guard->mutex);
  while (!guard->stop) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_EVERY_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) until.tv_sec++, until.tv_nsec -= 1000000000L;
    pthread_cond_timedwait(&guard->wake, &guard->mutex, &until);
    shut_late(guard, lk_guard_clock());
  }
  pthread_mutex_unlock(&guard->mutex);
  return NULL;
}

lk_guard *lk_guard_new(void (*late)(void *self), void *self) {
  lk_guard *guard = calloc(1, sizeof *guard);
  if (!guard) return NULL;
  guard->late = late;
  guard->self = self;
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&guard->mutex, NULL);
  pthread_cond_init(&guard->wake, &attributes);
  pthread_condattr_destroy(&attributes);
  if (pthread_create(&guard->thread, NULL, watch, guard) == 0) return guard;
  pthread_cond_destroy(&guard->wake);
  pthread_mutex_destroy(&guard->mutex);
  free(guard);
  return NULL;
}

void lk_guard_free(lk_guard *guard) {
  if (!guard) return;
  pthread_mutex_lock(&guard->mutex);
  guard->stop = true;
  pthread_cond_signal(&guard->wake);
  pthread_mutex_unlock(&guard->mutex);
  pthread_join(guard->thread, NULL);
  while (guard->first) lk_guard_remove(guard, guard->first);
  pthread_cond_destroy(&guard->wake);
  pthread_mutex_destroy(&guard->mutex);
  free(guard);
}

lk_guarded *lk_guard_add(lk_guard *guard, int socket, unsigned seconds) {
  lk_guarded *g = calloc(1, sizeof *g);
  if (!g) return NULL;
  g->socket = socket;
  lk_guard_within(g, seconds);
  pthread_mutex_lock(&guard->mutex);
  g->next = guard->first;
  if (g->next) g->next->previous = g;
  guard->first = g;
  pthread_mutex_unlock(&guard->mutex);
  return g;
}

void lk_guard_remove(lk_guard *guard, lk_guarded *g) {
  if (!g) return;
  pthread_mutex_lock(&guard->mutex);
  if (g->next) g->next->previous = g->previous;
  if (g->previous)
    g->previous->next = g->next;
  else
    guard->first = g->next;
  pthread_mutex_unlock(&guard->mutex);
  free(g);
}

void lk_guard_within(lk_guarded *g, unsigned seconds) {
  if (g) atomic_store(&g->deadline, seconds ? lk_guard_clock() + (int64_t)seconds * 1000 : 0);
}
