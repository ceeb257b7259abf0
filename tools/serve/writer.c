#include "writer.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "fail.h"

enum { TOGETHER_MOST = 256 };

/* Something to write; lives on the stack of who waits for it. */
typedef struct job {
  struct job *next;
  bool together; /* can share a transaction: `write` says what it is; otherwise `alone` does it */
  lk_write write;
  lk_code (*alone)(lk_store *store, void *with, lk_error *err);
  void *with;
  sem_t *done;
} job;

struct lk_writer {
  lk_store *store;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  job *first, **end;
  bool stop;
  _Atomic uint64_t transactions, writes;
};

typedef struct through {
  lk_store store; /* first: it is one */
  lk_store *reader;
  lk_writer *writer;
  sem_t done; /* one thread at a time uses a store: it waits for one thing at a time */
} through;

static through *of(lk_store *store) { return (through *)store; }

/* ---- The thread ---- */

static job *take_all(lk_writer *writer) {
  pthread_mutex_lock(&writer->mutex);
  while (!writer->first && !writer->stop) pthread_cond_wait(&writer->wake, &writer->mutex);
  job *jobs = writer->first;
  writer->first = NULL;
  writer->end = &writer->first;
  pthread_mutex_unlock(&writer->mutex);
  return jobs;
}

/* Once it is told, the job is gone. */
static void tell(job *j) { sem_post(j->done); }

/* The writes at the head of the list that can share a transaction; gives what is left. */
static job *write_together(lk_writer *writer, job *jobs) {
  lk_write *writes[TOGETHER_MOST] = {NULL};
  job *members[TOGETHER_MOST];
  size_t count = 0;
  for (; jobs && jobs->together && count < TOGETHER_MOST; jobs = jobs->next) {
    members[count] = jobs;
    writes[count++] = &jobs->write;
  }
  writer->store->methods->batch(writer->store, writes, count);
  atomic_fetch_add(&writer->transactions, 1);
  atomic_fetch_add(&writer->writes, count);
  for (size_t i = 0; i < count; i++) tell(members[i]);
  return jobs;
}

static job *write_alone(lk_writer *writer, job *j) {
  job *next = j->next;
  j->write.code = j->alone(writer->store, j->with, &j->write.err);
  atomic_fetch_add(&writer->transactions, 1);
  atomic_fetch_add(&writer->writes, 1);
  tell(j);
  return next;
}

static void *work(void *self) {
  lk_writer *writer = self;
  for (job *jobs; (jobs = take_all(writer)) != NULL;)
    while (jobs) jobs = jobs->together ? write_together(writer, jobs) : write_alone(writer, jobs);
  return NULL;
}

/* ---- Handing over ---- */

static lk_code hand_over(lk_store *store, job *j, lk_error *err) {
  lk_writer *writer = of(store)->writer;
  j->done = &of(store)->done;
  pthread_mutex_lock(&writer->mutex);
  *writer->end = j;
  writer->end = &j->next;
  pthread_cond_signal(&writer->wake);
  pthread_mutex_unlock(&writer->mutex);
  while (sem_wait(j->done) != 0) {
  }
  if (j->write.code && err) *err = j->write.err;
  return j->write.code;
}

static lk_code start(lk_store *store, const lk_conversation *conversation, lk_error *err) {
  job j = {.together = true, .write = {.kind = LK_WRITE_STARTS, .start = conversation}};
  return hand_over(store, &j, err);
}

static lk_code turn(lk_store *store, const lk_turn_record *record, lk_arena *arena, lk_turn_result *out, lk_error *err) {
  job j = {.together = true, .write = {.kind = LK_WRITE_TURNS, .turn = record, .arena = arena}};
  lk_code code = hand_over(store, &j, err);
  *out = j.write.result;
  return code;
}

static lk_code note(lk_store *store, lk_view conversation, int64_t time, const lk_event *events, size_t count, lk_error *err) {
  lk_arena *arena = lk_arena_new();
  if (!arena) return lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
  job j = {.together = true,
           .write = {.kind = LK_WRITE_NOTES,
                     .arena = arena,
                     .conversation = conversation,
                     .time = time,
                     .events = events,
                     .event_count = count}};
  lk_code code = hand_over(store, &j, err);
  lk_arena_free(arena);
  return code;
}

/* The caller has masked and checked what a batch is made of: its writes are handed over one by one. */
static void batch(lk_store *store, lk_write *const *writes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    job j = {.together = true, .write = *writes[i]};
    (void)hand_over(store, &j, NULL);
    *writes[i] = j.write;
  }
}

static lk_code alone(lk_store *store, lk_code (*act)(lk_store *, void *, lk_error *), void *with, lk_error *err) {
  job j = {.alone = act, .with = with};
  return hand_over(store, &j, err);
}

/* ---- What cannot share a transaction ---- */

typedef struct changing {
  const lk_case_change *change;
  lk_arena *arena;
  lk_case *out;
} changing;

static lk_code do_change(lk_store *store, void *with, lk_error *err) {
  changing *c = with;
  return store->methods->change_case(store, c->change, c->arena, c->out, err);
}

static lk_code change_case(lk_store *store, const lk_case_change *change, lk_arena *arena, lk_case *out, lk_error *err) {
  return alone(store, do_change, &(changing){change, arena, out}, err);
}

typedef struct being_there {
  lk_view agent;
  int64_t moment;
} being_there;

static lk_code do_presence(lk_store *store, void *with, lk_error *err) {
  const being_there *b = with;
  return store->methods->set_presence(store, b->agent, b->moment, err);
}

static lk_code set_presence(lk_store *store, lk_view agent, int64_t moment, lk_error *err) {
  return alone(store, do_presence, &(being_there){agent, moment}, err);
}

typedef struct purging {
  int64_t moment;
  size_t *conversations;
} purging;

static lk_code do_purge(lk_store *store, void *with, lk_error *err) {
  const purging *p = with;
  return store->methods->purge(store, p->moment, p->conversations, err);
}

static lk_code purge(lk_store *store, int64_t moment, size_t *conversations, lk_error *err) {
  return alone(store, do_purge, &(purging){moment, conversations}, err);
}

static lk_code do_erase(lk_store *store, void *with, lk_error *err) {
  return store->methods->erase(store, *(const lk_view *)with, err);
}

static lk_code erase(lk_store *store, lk_view conversation, lk_error *err) { return alone(store, do_erase, &conversation, err); }

typedef struct counting {
  const lk_tally_plan *plan;
  size_t *left;
} counting;

static lk_code do_recount(lk_store *store, void *with, lk_error *err) {
  const counting *c = with;
  return store->methods->recount(store, c->plan, c->left, err);
}

static lk_code recount(lk_store *store, const lk_tally_plan *plan, size_t *left, lk_error *err) {
  return alone(store, do_recount, &(counting){plan, left}, err);
}

/* ---- Reading ---- */

static lk_code conversation(lk_store *store, lk_view id, lk_arena *arena, lk_conversation *out, lk_error *err) {
  return lk_store_conversation(of(store)->reader, id, arena, out, err);
}
static lk_code conversations_of(lk_store *store, lk_view customer, lk_arena *arena, lk_view **ids, size_t *count, lk_error *err) {
  return lk_store_conversations_of(of(store)->reader, customer, arena, ids, count, err);
}
static lk_code messages(lk_store *store, lk_view id, int64_t after, lk_arena *arena, lk_said **out, size_t *count,
                        lk_error *err) {
  return lk_store_messages(of(store)->reader, id, after, arena, out, count, err);
}
static lk_code events(lk_store *store, const lk_event_filter *filter, bool (*each)(void *, const lk_event *), void *self,
                      lk_error *err) {
  return lk_store_events(of(store)->reader, filter, each, self, err);
}
static lk_code repeated(lk_store *store, lk_view id, lk_view client_id, lk_arena *arena, lk_turn_result *out, lk_error *err) {
  return lk_store_repeated(of(store)->reader, id, client_id, arena, out, err);
}
static lk_code one_case(lk_store *store, int64_t id, lk_arena *arena, lk_case *out, lk_error *err) {
  return lk_store_case(of(store)->reader, id, arena, out, err);
}
static lk_code cases(lk_store *store, lk_case_state state, lk_view agent, size_t limit, lk_arena *arena, lk_case **out,
                     size_t *count, lk_error *err) {
  return lk_store_cases(of(store)->reader, state, agent, limit, arena, out, count, err);
}
static lk_code cases_of(lk_store *store, lk_view id, lk_arena *arena, lk_case **out, size_t *count, lk_error *err) {
  return lk_store_cases_of(of(store)->reader, id, arena, out, count, err);
}
static lk_code count_present(lk_store *store, int64_t since, size_t *count, lk_error *err) {
  return lk_store_count_present(of(store)->reader, since, count, err);
}
static lk_code lost_cases(lk_store *store, int64_t since, lk_arena *arena, lk_case **out, size_t *count, lk_error *err) {
  return lk_store_lost_cases(of(store)->reader, since, arena, out, count, err);
}
static lk_code queue(lk_store *store, int64_t id, int64_t since, size_t most, lk_arena *arena, lk_queue_figures *out,
                     lk_error *err) {
  return lk_store_queue(of(store)->reader, id, since, most, arena, out, err);
}

static lk_code tallies(lk_store *store, lk_view name, int64_t from, int64_t until, bool by_day,
                       void (*each)(void *, const lk_tally_row *), void *self, lk_error *err) {
  return lk_store_tallies(of(store)->reader, name, from, until, by_day, each, self, err);
}
static lk_code remarks(lk_store *store, int64_t from, int64_t until, size_t most, bool (*each)(void *, const lk_event *),
                       void *self, lk_error *err) {
  return lk_store_remarks(of(store)->reader, from, until, most, each, self, err);
}

/* ---- Making ---- */

static void close_store(lk_store *store) {
  lk_store_close(of(store)->reader);
  sem_destroy(&of(store)->done);
  free(store);
}

static const lk_store_methods methods = {.close = close_store,
                                         .start = start,
                                         .conversation = conversation,
                                         .conversations_of = conversations_of,
                                         .messages = messages,
                                         .events = events,
                                         .turn = turn,
                                         .repeated = repeated,
                                         .note = note,
                                         .one_case = one_case,
                                         .cases = cases,
                                         .cases_of = cases_of,
                                         .change_case = change_case,
                                         .set_presence = set_presence,
                                         .count_present = count_present,
                                         .lost_cases = lost_cases,
                                         .queue = queue,
                                         .purge = purge,
                                         .erase = erase,
                                         .batch = batch,
                                         .recount = recount,
                                         .tallies = tallies,
                                         .remarks = remarks};

/* A verb that is added to stores has to be added here as well. */
_Static_assert(sizeof(lk_store_methods) == 23 * sizeof(void (*)(void)), "a verb of the store is missing above");

lk_store *lk_writer_store(lk_writer *writer, lk_store *reader, lk_error *err) {
  through *store = calloc(1, sizeof *store);
  if (!store) {
    lk_store_close(reader);
    lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
    return NULL;
  }
  store->store.methods = &methods;
  store->reader = reader;
  store->writer = writer;
  sem_init(&store->done, 0, 0);
  return &store->store;
}

lk_writer *lk_writer_start(const char *db, lk_error *err) {
  lk_writer *writer = calloc(1, sizeof *writer);
  if (!writer) {
    lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
    return NULL;
  }
  pthread_mutex_init(&writer->mutex, NULL);
  pthread_cond_init(&writer->wake, NULL);
  writer->end = &writer->first;
  writer->store = lk_store_open(db, NULL, err);
  if (writer->store && pthread_create(&writer->thread, NULL, work, writer) == 0) return writer;
  if (writer->store) lk_set_error(err, LK_ERR_IO, "cannot start a thread; allow the server more of them");
  lk_store_close(writer->store);
  pthread_cond_destroy(&writer->wake);
  pthread_mutex_destroy(&writer->mutex);
  free(writer);
  return NULL;
}

void lk_writer_stop(lk_writer *writer) {
  if (!writer) return;
  pthread_mutex_lock(&writer->mutex);
  writer->stop = true;
  pthread_cond_signal(&writer->wake);
  pthread_mutex_unlock(&writer->mutex);
  pthread_join(writer->thread, NULL);
  lk_store_close(writer->store);
  pthread_cond_destroy(&writer->wake);
  pthread_mutex_destroy(&writer->mutex);
  free(writer);
}

void lk_writer_figures(lk_writer *writer, uint64_t *transactions, uint64_t *writes) {
  *transactions = atomic_load(&writer->transactions);
  *writes = atomic_load(&writer->writes);
}
