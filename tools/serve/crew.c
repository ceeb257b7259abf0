#include "crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "luukku/backend.h"
#include "writer.h"

enum {
  WAITING_MOST = 4096, /* pieces in all */
  LANE_MOST = 64,      /* of one key */
  SLOW_MOST = 64,
  CACHE_KB = 256,   /* of each thread's database handle */
  WORKERS_EACH = 4, /* for each processor: most of them wait for the disk */
  WORKERS_MOST = 128,
  MEMBERS_MOST = WORKERS_MOST + 1,
  LANES = 1024 /* chains of the table of keys */
};

typedef struct piece {
  struct piece *next;
  struct lane *lane; /* NULL: of no key */
  lk_work *work;
  lk_request *request;
  size_t key_length;
  char key[LK_CREW_KEY];
} piece;

typedef struct pieces {
  piece *first, **end;
  size_t count;
} pieces;

/* A key whose work is being done, or stands among what is ready: what comes meanwhile stands behind it here. */
typedef struct lane {
  struct lane *next;
  pieces waiting;
  size_t key_length;
  char key[LK_CREW_KEY];
} lane;

/* What threads take their work from. Under the mutex. */
typedef struct queue {
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  pieces ready;
  size_t count; /* ready and in lanes */
  bool stop;
  lane *lanes[LANES];
} queue;

typedef struct member {
  lk_crew *crew;
  queue *queue;
  pthread_t thread;
  bool started;
  bool bare; /* its seat has scratch memory only */
  lk_seat seat;
} member;

struct lk_crew {
  const lk_settings *settings;
  const char *backend_secret;
  lk_shelf *shelf;
  void *self;
  lk_writer *writer;
  size_t count; /* the last one does slow work */
  atomic_size_t waiting;
  queue turns, slow;
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

/* The shop's order book; with a backend, actions that only the shop knows go there. */
static lk_order_book *open_orders(const lk_crew *crew, lk_error *err) {
  const lk_settings *s = crew->settings;
  lk_order_book *book = lk_orders_open(s->orders, NULL, err);
  if (!book || !*s->backend) return book;
  lk_backend_options options = {.url = s->backend, .secret = lk_view_of(crew->backend_secret)};
  lk_order_book *backend = lk_backend_open(&options, err);
  if (backend) return lk_backend_join(book, backend, err);
  lk_orders_free(book);
  return NULL;
}

static lk_code take_seat(lk_crew *crew, lk_seat *seat, bool bare, lk_error *err) {
  const lk_settings *s = crew->settings;
  seat->arena = lk_arena_new();
  if (!seat->arena) return lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
  if (bare) return LK_OK;
  seat->store = lk_store_open(s->db, &(lk_store_options){.cache_kb = CACHE_KB}, err);
  if (seat->store) seat->store = lk_writer_store(crew->writer, seat->store, err);
  if (seat->store && *s->orders) {
    seat->orders = open_orders(crew, err);
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

/* ---- Queues ---- */

static void queue_init(queue *q) {
  pthread_mutex_init(&q->mutex, NULL);
  pthread_cond_init(&q->wake, NULL);
  q->ready.end = &q->ready.first;
}

static void queue_destroy(queue *q) {
  pthread_cond_destroy(&q->wake);
  pthread_mutex_destroy(&q->mutex);
}

static void push(pieces *list, piece *p) {
  p->next = NULL;
  *list->end = p;
  list->end = &p->next;
  list->count++;
}

static piece *pop(pieces *list) {
  piece *p = list->first;
  if (!p) return NULL;
  list->first = p->next;
  if (!list->first) list->end = &list->first;
  list->count--;
  return p;
}

static lane **find_lane(queue *q, lk_view key) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < key.len; i++) hash = (hash ^ (unsigned char)key.ptr[i]) * 0x100000001b3u;
  lane **at = &q->lanes[(hash ^ hash >> 32) % LANES];
  while (*at && !lk_view_eq((lk_view){(*at)->key, (*at)->key_length}, key)) at = &(*at)->next;
  return at;
}

static lane *new_lane(lane **at, const piece *p) {
  lane *l = calloc(1, sizeof *l);
  if (!l) return NULL;
  l->waiting.end = &l->waiting.first;
  l->key_length = p->key_length;
  memcpy(l->key, p->key, p->key_length);
  *at = l;
  return l;
}

/* True when the piece stands in the queue. */
static bool line_up(queue *q, piece *p) {
  if (p->key_length) {
    lane **at = find_lane(q, (lk_view){p->key, p->key_length});
    if (*at) {
      if ((*at)->waiting.count >= LANE_MOST) return false;
      p->lane = *at;
      push(&p->lane->waiting, p);
      return true;
    }
    p->lane = new_lane(at, p);
    if (!p->lane) return false;
  }
  push(&q->ready, p);
  pthread_cond_signal(&q->wake);
  return true;
}

/* The key's next piece is ready now; without one the key is forgotten. */
static void leave_lane(queue *q, lane *l) {
  piece *next = pop(&l->waiting);
  if (next) {
    push(&q->ready, next);
    pthread_cond_signal(&q->wake);
    return;
  }
  *find_lane(q, (lk_view){l->key, l->key_length}) = l->next;
  free(l);
}

static bool give(lk_crew *crew, queue *q, size_t most, lk_view key, lk_work *task, lk_request *request) {
  piece *p = key.len < LK_CREW_KEY ? calloc(1, sizeof *p) : NULL;
  if (!p) return false;
  p->work = task;
  p->request = request;
  p->key_length = key.len;
  if (key.len) memcpy(p->key, key.ptr, key.len);
  pthread_mutex_lock(&q->mutex);
  bool taken = q->count < most && !q->stop && line_up(q, p);
  if (taken) {
    q->count++;
    atomic_fetch_add(&crew->waiting, 1);
  }
  pthread_mutex_unlock(&q->mutex);
  if (!taken) free(p);
  return taken;
}

/* ---- Work ---- */

static bool is_current(const member *m) {
  return m->bare || (m->seat.desk && m->seat.content->generation == lk_shelf_generation(m->crew->shelf));
}

/* Waits for work; NULL when there is none and the content is an old one, or the crew stops. */
static piece *next_piece(member *m, bool *stop) {
  queue *q = m->queue;
  pthread_mutex_lock(&q->mutex);
  while (!q->ready.first && !(q->stop && q->count == 0) && is_current(m)) pthread_cond_wait(&q->wake, &q->mutex);
  piece *p = pop(&q->ready);
  if (p && --q->count == 0 && q->stop) pthread_cond_broadcast(&q->wake);
  *stop = !p && q->stop && q->count == 0;
  pthread_mutex_unlock(&q->mutex);
  return p;
}

static void do_piece(member *m, piece *p) {
  lk_crew *crew = m->crew;
  lk_error err = {0};
  /* When there is no memory for the new content, the seat goes on trying, and its work is refused. */
  bool ready = is_current(m) || take_content(crew, &m->seat, &err) == LK_OK;
  m->seat.now = time(NULL);
  if (ready)
    p->work(crew->self, &m->seat, p->request, (lk_view){p->key, p->key_length});
  else if (p->request)
    lk_request_problem(p->request, &(lk_problem){503, "busy", "the server lacks memory just now; try again", 0, 0, 5});
  lk_arena_reset(m->seat.arena);
  if (p->lane) {
    pthread_mutex_lock(&m->queue->mutex);
    leave_lane(m->queue, p->lane);
    pthread_mutex_unlock(&m->queue->mutex);
  }
  free(p);
  atomic_fetch_sub(&crew->waiting, 1);
}

static void *work(void *self) {
  member *m = self;
  for (bool stop = false; !stop;) {
    piece *p = next_piece(m, &stop);
    lk_error err = {0};
    if (p)
      do_piece(m, p);
    else if (!stop && !is_current(m) && take_content(m->crew, &m->seat, &err) != LK_OK)
      nanosleep(&(struct timespec){1, 0}, NULL);
  }
  return NULL;
}

bool lk_crew_give(lk_crew *crew, lk_view key, lk_work *task, lk_request *request) {
  return give(crew, &crew->turns, WAITING_MOST, key, task, request);
}

bool lk_crew_give_slow(lk_crew *crew, lk_work *task, lk_request *request) {
  return give(crew, &crew->slow, SLOW_MOST, (lk_view){"", 0}, task, request);
}

void lk_crew_refresh(lk_crew *crew) {
  pthread_mutex_lock(&crew->turns.mutex);
  pthread_cond_broadcast(&crew->turns.wake);
  pthread_mutex_unlock(&crew->turns.mutex);
}

size_t lk_crew_waiting(lk_crew *crew) { return atomic_load(&crew->waiting); }

void lk_crew_written(lk_crew *crew, uint64_t *transactions, uint64_t *writes) {
  lk_writer_figures(crew->writer, transactions, writes);
}

/* ---- Starting and stopping ---- */

static size_t count_workers(const lk_settings *settings) {
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  long workers = settings->workers ? settings->workers : processors > 0 ? WORKERS_EACH * processors : WORKERS_EACH;
  return (size_t)(workers > WORKERS_MOST ? WORKERS_MOST : workers);
}

static bool start_member(lk_crew *crew, member *m, bool bare, lk_error *err) {
  m->crew = crew;
  m->bare = bare;
  m->queue = bare ? &crew->slow : &crew->turns;
  if (take_seat(crew, &m->seat, bare, err)) return false;
  m->started = pthread_create(&m->thread, NULL, work, m) == 0;
  if (!m->started) lk_set_error(err, LK_ERR_IO, "cannot start a thread; allow the server more of them");
  return m->started;
}

lk_crew *lk_crew_start(const lk_settings *settings, const char *backend_secret, lk_shelf *shelf, void *self, lk_error *err) {
  lk_crew *crew = calloc(1, sizeof *crew);
  if (!crew) {
    lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
    return NULL;
  }
  crew->settings = settings;
  crew->backend_secret = backend_secret;
  crew->shelf = shelf;
  crew->self = self;
  queue_init(&crew->turns);
  queue_init(&crew->slow);
  crew->writer = lk_writer_start(settings->db, err);
  bool fine = crew->writer != NULL;
  size_t workers = count_workers(settings);
  while (fine && crew->count < workers + 1) {
    fine = start_member(crew, &crew->members[crew->count], crew->count == workers, err);
    crew->count++;
  }
  if (fine) return crew;
  lk_crew_stop(crew);
  return NULL;
}

static void stop_queue(queue *q) {
  pthread_mutex_lock(&q->mutex);
  q->stop = true;
  pthread_cond_broadcast(&q->wake);
  pthread_mutex_unlock(&q->mutex);
}

void lk_crew_stop(lk_crew *crew) {
  if (!crew) return;
  stop_queue(&crew->turns);
  stop_queue(&crew->slow);
  for (size_t i = 0; i < crew->count; i++) {
    if (crew->members[i].started) pthread_join(crew->members[i].thread, NULL);
    leave_seat(crew, &crew->members[i].seat);
  }
  lk_writer_stop(crew->writer);
  queue_destroy(&crew->turns);
  queue_destroy(&crew->slow);
  free(crew);
}
