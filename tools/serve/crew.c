#include "crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "gate.h"

enum { WAITING_MOST = 512, MEMBERS_MOST = 65 };

typedef struct piece {
  struct piece *next;
  lk_work *work;
  lk_request *request;
  size_t key_length;
  char key[LK_CREW_KEY];
} piece;

typedef struct member {
  lk_crew *crew;
  pthread_t thread;
  bool started;
  bool bare; /* its seat has scratch memory only */
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  piece *first, **end;
  size_t count;
  bool stop;
  lk_seat seat;
} member;

struct lk_crew {
  const lk_settings *settings;
  lk_shelf *shelf;
  void *self;
  size_t count; /* the last one does slow work */
  atomic_uint next;
  atomic_size_t waiting;
  pthread_mutex_t gate; /* of the writers */
  member members[MEMBERS_MOST];
};

/* ---- Seats ---- */

static void leave_content(lk_crew *crew, lk_seat *seat) {
  lk_desk_free(seat->desk);
  lk_worker_free(seat->worker);
  lk_shelf_return(crew->shelf, seat->content);
  seat->desk = NULL;
  seat->worker = NULL;
  seat->content = NULL;
}

static lk_code take_content(lk_crew *crew, lk_seat *seat, lk_error *err) {
  lk_desk_policy policy = {.presence_seconds = (int)crew->settings->presence_seconds};
  leave_content(crew, seat);
  seat->content = lk_shelf_take(crew->shelf);
  seat->worker = lk_worker_new(seat->content->engine, err);
  if (seat->worker) seat->desk = lk_desk_new(seat->store, seat->content->hours, &policy, err);
  if (!seat->desk) return err->code ? err->code : LK_ERR_MEMORY;
  seat->talk = (lk_talk){.worker = seat->worker,
                         .services = {.orders = seat->orders,
                                      .identity = seat->identity,
                                      .desk = seat->desk,
                                      .desk_name = lk_view_of(crew->settings->desk)},
                         .store = seat->store,
                         .channel = LK_LIT("web")};
  return LK_OK;
}

static lk_code take_seat(lk_crew *crew, lk_seat *seat, bool bare, lk_error *err) {
  const lk_settings *s = crew->settings;
  seat->arena = lk_arena_new();
  if (!seat->arena) return lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
  if (bare) return LK_OK;
  seat->store = lk_store_open(s->db, NULL, err);
  if (seat->store) seat->store = lk_gate_store(seat->store, &crew->gate, err);
  if (seat->store && *s->orders) {
    seat->orders = lk_orders_open(s->orders, NULL, err);
    seat->identity = seat->orders ? lk_identity_open(s->db, NULL, err) : NULL;
  }
  if (!seat->store || (*s->orders && !seat->identity)) return err->code ? err->code : LK_ERR_IO;
  return take_content(crew, seat, err);
}

static void leave_seat(lk_crew *crew, lk_seat *seat) {
  leave_content(crew, seat);
  lk_identity_close(seat->identity);
  lk_orders_free(seat->orders);
  lk_store_close(seat->store);
  lk_arena_free(seat->arena);
}

/* ---- Work ---- */

static piece *next_piece(member *m) {
  pthread_mutex_lock(&m->mutex);
  while (!m->first && !m->stop) pthread_cond_wait(&m->wake, &m->mutex);
  piece *p = m->first;
  if (p) {
    m->first = p->next;
    if (!m->first) m->end = &m->first;
    m->count--;
  }
  pthread_mutex_unlock(&m->mutex);
  return p;
}

static void *work(void *self) {
  member *m = self;
  lk_crew *crew = m->crew;
  for (piece *p; (p = next_piece(m)) != NULL;) {
    lk_error err = {0};
    /* When there is no memory for the new content, the seat goes on trying, and its work is refused. */
    bool ready = m->bare || (m->seat.desk && m->seat.content->generation == lk_shelf_generation(crew->shelf)) ||
                 take_content(crew, &m->seat, &err) == LK_OK;
    m->seat.now = time(NULL);
    if (ready)
      p->work(crew->self, &m->seat, p->request, (lk_view){p->key, p->key_length});
    else if (p->request)
      lk_request_problem(p->request, &(lk_problem){503, "busy", "the server lacks memory just now; try again", 0, 0, 5});
    lk_arena_reset(m->seat.arena);
    free(p);
    atomic_fetch_sub(&crew->waiting, 1);
  }
  return NULL;
}

static bool give(lk_crew *crew, member *m, lk_view key, lk_work *task, lk_request *request) {
  piece *p = key.len < LK_CREW_KEY ? calloc(1, sizeof *p) : NULL;
  if (!p) return false;
  p->work = task;
  p->request = request;
  p->key_length = key.len;
  if (key.len) memcpy(p->key, key.ptr, key.len);
  pthread_mutex_lock(&m->mutex);
  bool taken = m->count < WAITING_MOST && !m->stop;
  if (taken) {
    atomic_fetch_add(&crew->waiting, 1);
    *m->end = p;
    m->end = &p->next;
    m->count++;
    pthread_cond_signal(&m->wake);
  }
  pthread_mutex_unlock(&m->mutex);
  if (!taken) free(p);
  return taken;
}

bool lk_crew_give(lk_crew *crew, lk_view key, lk_work *task, lk_request *request) {
  uint64_t hash = 0xcbf29ce484222325u;
  if (key.len == 0) hash = atomic_fetch_add(&crew->next, 1);
  for (size_t i = 0; i < key.len; i++) hash = (hash ^ (unsigned char)key.ptr[i]) * 0x100000001b3u;
  if (key.len) hash ^= hash >> 32;
  return give(crew, &crew->members[hash % (crew->count - 1)], key, task, request);
}

bool lk_crew_give_slow(lk_crew *crew, lk_work *task, lk_request *request) {
  return give(crew, &crew->members[crew->count - 1], (lk_view){"", 0}, task, request);
}

size_t lk_crew_waiting(lk_crew *crew) { return atomic_load(&crew->waiting); }

/* ---- Starting and stopping ---- */

lk_crew *lk_crew_start(const lk_settings *settings, lk_shelf *shelf, void *self, lk_error *err) {
  lk_crew *crew = calloc(1, sizeof *crew);
  if (!crew) {
    lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
    return NULL;
  }
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  long workers = settings->workers ? settings->workers : processors > 0 ? 2 * processors : 2;
  crew->settings = settings;
  crew->shelf = shelf;
  crew->self = self;
  pthread_mutex_init(&crew->gate, NULL);
  for (crew->count = 0; crew->count < (size_t)(workers > 64 ? 64 : workers) + 1; crew->count++) {
    member *m = &crew->members[crew->count];
    m->crew = crew;
    m->bare = crew->count == (size_t)(workers > 64 ? 64 : workers);
    m->end = &m->first;
    pthread_mutex_init(&m->mutex, NULL);
    pthread_cond_init(&m->wake, NULL);
    bool seated = take_seat(crew, &m->seat, m->bare, err) == LK_OK;
    m->started = seated && pthread_create(&m->thread, NULL, work, m) == 0;
    if (m->started) continue;
    if (seated) lk_set_error(err, LK_ERR_IO, "cannot start a thread; allow the server more of them");
    crew->count++;
    lk_crew_stop(crew);
    return NULL;
  }
  return crew;
}

void lk_crew_stop(lk_crew *crew) {
  if (!crew) return;
  for (size_t i = 0; i < crew->count; i++) {
    member *m = &crew->members[i];
    pthread_mutex_lock(&m->mutex);
    m->stop = true;
    pthread_cond_signal(&m->wake);
    pthread_mutex_unlock(&m->mutex);
    if (m->started) pthread_join(m->thread, NULL);
    leave_seat(crew, &m->seat);
    pthread_cond_destroy(&m->wake);
    pthread_mutex_destroy(&m->mutex);
  }
  pthread_mutex_destroy(&crew->gate);
  free(crew);
}
