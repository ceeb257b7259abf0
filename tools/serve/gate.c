#include "gate.h"

#include <stdlib.h>

#include "fail.h"

typedef struct gated {
  lk_store store; /* first: it is one */
  lk_store *behind;
  pthread_mutex_t *gate;
} gated;

static gated *of(lk_store *store) { return (gated *)store; }

/* The store behind, with the gate held. */
static lk_store *enter(lk_store *store) {
  pthread_mutex_lock(of(store)->gate);
  return of(store)->behind;
}

static lk_code leave(lk_store *store, lk_code code) {
  pthread_mutex_unlock(of(store)->gate);
  return code;
}

static void close_store(lk_store *store) {
  lk_store_close(of(store)->behind);
  free(store);
}

/* ---- Writing ---- */

static lk_code start(lk_store *store, const lk_conversation *conversation, lk_error *err) {
  return leave(store, lk_store_start(enter(store), conversation, err));
}
static lk_code turn(lk_store *store, const lk_turn_record *record, lk_arena *arena, lk_turn_result *out, lk_error *err) {
  return leave(store, lk_store_turn(enter(store), record, arena, out, err));
}
static lk_code note(lk_store *store, lk_view conversation, int64_t time, const lk_event *events, size_t count, lk_error *err) {
  return leave(store, lk_store_note(enter(store), conversation, time, events, count, err));
}
static lk_code change_case(lk_store *store, const lk_case_change *change, lk_arena *arena, lk_case *out, lk_error *err) {
  return leave(store, lk_store_change_case(enter(store), change, arena, out, err));
}
static lk_code set_presence(lk_store *store, lk_view agent, int64_t moment, lk_error *err) {
  return leave(store, lk_store_set_presence(enter(store), agent, moment, err));
}
static lk_code purge(lk_store *store, int64_t moment, size_t *conversations, lk_error *err) {
  return leave(store, lk_store_purge(enter(store), moment, conversations, err));
}
static lk_code erase(lk_store *store, lk_view conversation, lk_error *err) {
  return leave(store, lk_store_erase(enter(store), conversation, err));
}

/* ---- Reading ---- */

static lk_code conversation(lk_store *store, lk_view id, lk_arena *arena, lk_conversation *out, lk_error *err) {
  return lk_store_conversation(of(store)->behind, id, arena, out, err);
}
static lk_code conversations_of(lk_store *store, lk_view customer, lk_arena *arena, lk_view **ids, size_t *count, lk_error *err) {
  return lk_store_conversations_of(of(store)->behind, customer, arena, ids, count, err);
}
static lk_code messages(lk_store *store, lk_view id, int64_t after, lk_arena *arena, lk_said **out, size_t *count,
                        lk_error *err) {
  return lk_store_messages(of(store)->behind, id, after, arena, out, count, err);
}
static lk_code events(lk_store *store, const lk_event_filter *filter, bool (*each)(void *, const lk_event *), void *self,
                      lk_error *err) {
  return lk_store_events(of(store)->behind, filter, each, self, err);
}
static lk_code repeated(lk_store *store, lk_view id, lk_view client_id, lk_arena *arena, lk_turn_result *out, lk_error *err) {
  return lk_store_repeated(of(store)->behind, id, client_id, arena, out, err);
}
static lk_code one_case(lk_store *store, int64_t id, lk_arena *arena, lk_case *out, lk_error *err) {
  return lk_store_case(of(store)->behind, id, arena, out, err);
}
static lk_code cases(lk_store *store, lk_case_state state, lk_view agent, size_t limit, lk_arena *arena, lk_case **out,
                     size_t *count, lk_error *err) {
  return lk_store_cases(of(store)->behind, state, agent, limit, arena, out, count, err);
}
static lk_code cases_of(lk_store *store, lk_view id, lk_arena *arena, lk_case **out, size_t *count, lk_error *err) {
  return lk_store_cases_of(of(store)->behind, id, arena, out, count, err);
}
static lk_code count_present(lk_store *store, int64_t since, size_t *count, lk_error *err) {
  return lk_store_count_present(of(store)->behind, since, count, err);
}
static lk_code lost_cases(lk_store *store, int64_t since, lk_arena *arena, lk_case **out, size_t *count, lk_error *err) {
  return lk_store_lost_cases(of(store)->behind, since, arena, out, count, err);
}
static lk_code queue(lk_store *store, int64_t id, int64_t since, size_t most, lk_arena *arena, lk_queue_figures *out,
                     lk_error *err) {
  return lk_store_queue(of(store)->behind, id, since, most, arena, out, err);
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
                                         .erase = erase};

/* A verb that is added to stores has to be added here as well. */
_Static_assert(sizeof(lk_store_methods) == 19 * sizeof(void (*)(void)), "a verb of the store is missing above");

lk_store *lk_gate_store(lk_store *behind, pthread_mutex_t *gate, lk_error *err) {
  gated *store = calloc(1, sizeof *store);
  if (!store) {
    lk_store_close(behind);
    lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
    return NULL;
  }
  *store = (gated){{&methods}, behind, gate};
  return &store->store;
}
