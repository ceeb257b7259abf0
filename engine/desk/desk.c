/* The desk's verbs. Each is one change of a case from the states in which it makes sense; the store does it atomically or refuses. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "luukku/desk.h"

struct lk_desk {
  lk_store *store;
  const lk_hours *hours;
  lk_desk_policy policy;
};

enum { WAITING = 1u << LK_CASE_WAITING, CLAIMED = 1u << LK_CASE_CLAIMED };

static int or_else(int value, int standard) { return value > 0 ? value : standard; }

lk_desk *lk_desk_new(lk_store *store, const lk_hours *hours, const lk_desk_policy *policy, lk_error *err) {
  static const lk_desk_policy none = {0};
  if (!policy) policy = &none;
  lk_desk *desk = malloc(sizeof *desk);
  if (!desk) {
    lk_fail_memory(err);
    return NULL;
  }
  *desk = (lk_desk){.store = store,
                    .hours = hours,
                    .policy = {.presence_seconds = or_else(policy->presence_seconds, 90),
                               .wait_window_seconds = or_else(policy->wait_window_seconds, 7200),
                               .wait_least = or_else(policy->wait_least, 5),
                               .wait_most = or_else(policy->wait_most, 30)}};
  return desk;
}

void lk_desk_free(lk_desk *desk) { free(desk); }

/* ---- Waiting ---- */

static int compare_waits(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* The median does not mind the one customer who waited through a lunch. */
static int64_t median(int64_t *waits, size_t count) {
  qsort(waits, count, sizeof *waits, compare_waits);
  return count % 2 ? waits[count / 2] : (waits[count / 2 - 1] + waits[count / 2]) / 2;
}

static int64_t usual_wait(const lk_desk *desk, lk_queue_figures *queue) {
  if (queue->wait_count == 0 || queue->wait_count < (size_t)desk->policy.wait_least) return LK_WAIT_UNKNOWN;
  return median(queue->waits, queue->wait_count);
}

static lk_code read_queue(lk_desk *desk, int64_t id, int64_t now, lk_queue_figures *queue, int64_t *usual, lk_error *err) {
  lk_arena *arena = lk_arena_new();
  if (!arena) return lk_fail_memory(err);
  int64_t since = now - desk->policy.wait_window_seconds;
  lk_code code = lk_store_queue(desk->store, id, since, (size_t)desk->policy.wait_most, arena, queue, err);
  *usual = code ? LK_WAIT_UNKNOWN : usual_wait(desk, queue);
  lk_arena_free(arena);
  queue->waits = NULL;
  return code;
}

lk_code lk_desk_availability(lk_desk *desk, int64_t now, lk_availability *out, lk_error *err) {
  lk_queue_figures queue = {0};
  int64_t usual = LK_WAIT_UNKNOWN;
  *out = (lk_availability){.has_hours = desk->hours != NULL, .expected_wait = LK_WAIT_UNKNOWN};
  out->hours = (lk_hours_status){.id = "", .opens = LK_NEVER, .closes = LK_NEVER};
  if (desk->hours) lk_hours_at(desk->hours, now, &out->hours);
  lk_code code = lk_store_count_present(desk->store, now - desk->policy.presence_seconds, &out->agents, err);
  if (!code) code = read_queue(desk, 0, now, &queue, &usual, err);
  if (code) return code;
  out->waiting = queue.waiting_attended;
  out->available = out->agents > 0 && (!desk->hours || out->hours.open);
  if (out->available) out->expected_wait = usual;
  return LK_OK;
}

lk_code lk_desk_place(lk_desk *desk, int64_t case_id, int64_t now, lk_place *out, lk_error *err) {
  *out = (lk_place){.expected_wait = LK_WAIT_UNKNOWN};
  lk_arena *arena = lk_arena_new();
  if (!arena) return lk_fail_memory(err);
  lk_case found = {0};
  lk_queue_figures queue = {0};
  lk_availability there = {0};
  int64_t usual = LK_WAIT_UNKNOWN;
  lk_code code = lk_store_case(desk->store, case_id, arena, &found, err);
  if (!code) code = read_queue(desk, case_id, now, &queue, &usual, err);
  if (!code) code = lk_desk_availability(desk, now, &there, err);
  if (!code) {
    out->state = found.state;
    out->waited = now - found.opened;
    if (found.state == LK_CASE_WAITING) {
      out->position = queue.ahead + 1;
      bool known = found.attended && there.available && usual > out->waited;
      if (known) out->expected_wait = usual - out->waited;
    }
  }
  lk_arena_free(arena);
  return code;
}

/* ---- Agents ---- */

lk_code lk_desk_arrive(lk_desk *desk, lk_view agent, int64_t now, lk_error *err) {
  return lk_store_set_presence(desk->store, agent, now, err);
}

lk_code lk_desk_leave(lk_desk *desk, lk_view agent, lk_error *err) { return lk_store_set_presence(desk->store, agent, 0, err); }

/* ---- Cases ---- */

/* With an arena of its own when the caller does not want the case. */
static lk_code change(lk_desk *desk, const lk_case_change *change, lk_arena *arena, lk_case *out, lk_error *err) {
  lk_arena *own = arena ? NULL : lk_arena_new();
  if (!arena && !own) return lk_fail_memory(err);
  lk_case ignored;
  lk_code code = lk_store_change_case(desk->store, change, arena ? arena : own, out && arena ? out : &ignored, err);
  lk_arena_free(own);
  return code;
}

static lk_code need(const char *what, lk_view value, lk_error *err) {
  return value.len ? LK_OK : lk_fail(err, LK_ERR_INPUT, "the %s is empty; give one", what);
}

static bool has_already(lk_desk *desk, int64_t case_id, lk_view agent, lk_arena *arena, lk_case *out) {
  lk_arena *own = lk_arena_new();
  lk_case found;
  bool has = own && !lk_store_case(desk->store, case_id, own, &found, NULL) && found.state == LK_CASE_CLAIMED &&
             lk_view_eq(found.agent, agent);
  if (has && out && arena) has = !lk_store_case(desk->store, case_id, arena, out, NULL);
  lk_arena_free(own);
  return has;
}

lk_code lk_desk_claim(lk_desk *desk, int64_t case_id, lk_view agent, int64_t now, lk_arena *arena, lk_case *out, lk_error *err) {
  lk_code code = need("agent's name", agent, err);
  if (code) return code;
  code = change(desk,
                &(lk_case_change){.id = case_id,
                                  .time = now,
                                  .from = WAITING,
                                  .to = LK_CASE_CLAIMED,
                                  .phase = LK_PHASE_AGENT,
                                  .agent = agent,
                                  .event = LK_EVENT_CASE_CLAIMED},
                arena, out, err);
  if (code != LK_ERR_STATE || !has_already(desk, case_id, agent, arena, out)) return code;
  if (err) *err = (lk_error){0};
  return LK_OK;
}

static lk_code release(lk_desk *desk, int64_t case_id, lk_view agent, lk_view reason, int64_t now, lk_error *err) {
  lk_code code = need("agent's name", agent, err);
  if (code) return code;
  return change(desk,
                &(lk_case_change){.id = case_id,
                                  .time = now,
                                  .from = CLAIMED,
                                  .holder = agent,
                                  .to = LK_CASE_WAITING,
                                  .phase = LK_PHASE_WAITING,
                                  .event = LK_EVENT_CASE_RELEASED,
                                  .reason = reason},
                NULL, NULL, err);
}

lk_code lk_desk_release(lk_desk *desk, int64_t case_id, lk_view agent, int64_t now, lk_error *err) {
  return release(desk, case_id, agent, LK_LIT("asked"), now, err);
}

lk_code lk_desk_transfer(lk_desk *desk, int64_t case_id, lk_view agent, lk_view to, int64_t now, lk_error *err) {
  lk_code code = need("agent's name", agent, err);
  if (!code) code = need("new agent's name", to, err);
  if (code) return code;
  return change(desk,
                &(lk_case_change){.id = case_id,
                                  .time = now,
                                  .from = CLAIMED,
                                  .holder = agent,
                                  .to = LK_CASE_CLAIMED,
                                  .phase = LK_PHASE_AGENT,
                                  .agent = to,
                                  .event = LK_EVENT_CASE_TRANSFERRED},
                NULL, NULL, err);
}

lk_code lk_desk_give_back(lk_desk *desk, int64_t case_id, lk_view agent, int64_t now, lk_error *err) {
  lk_code code = need("agent's name", agent, err);
  if (code) return code;
  return change(desk,
                &(lk_case_change){.id = case_id,
                                  .time = now,
                                  .from = CLAIMED,
                                  .holder = agent,
                                  .to = LK_CASE_GIVEN_BACK,
                                  .phase = LK_PHASE_BOT,
                                  .event = LK_EVENT_CASE_GIVEN_BACK,
                                  .reason = LK_LIT("agent")},
                NULL, NULL, err);
}

lk_code lk_desk_close(lk_desk *desk, int64_t case_id, lk_view agent, lk_view kind, int64_t now, lk_error *err) {
  lk_code code = need("agent's name", agent, err);
  if (!code) code = need("kind", kind, err);
  if (code) return code;
  return change(desk,
                &(lk_case_change){.id = case_id,
                                  .time = now,
                                  .from = CLAIMED,
                                  .holder = agent,
                                  .to = LK_CASE_CLOSED,
                                  .phase = LK_PHASE_ENDED,
                                  .kind = kind,
                                  .event = LK_EVENT_CASE_CLOSED},
                NULL, NULL, err);
}

lk_code lk_desk_withdraw(lk_desk *desk, int64_t case_id, int64_t now, lk_error *err) {
  return change(desk,
                &(lk_case_change){.id = case_id,
                                  .time = now,
                                  .from = WAITING,
                                  .to = LK_CASE_GIVEN_BACK,
                                  .phase = LK_PHASE_BOT,
                                  .event = LK_EVENT_CASE_GIVEN_BACK,
                                  .reason = LK_LIT("customer")},
                NULL, NULL, err);
}

lk_code lk_desk_leave_contact(lk_desk *desk, int64_t case_id, lk_view contact, int64_t now, lk_error *err) {
  lk_code code = need("contact", contact, err);
  if (code) return code;
  return change(desk,
                &(lk_case_change){.id = case_id,
                                  .time = now,
                                  .from = WAITING | CLAIMED,
                                  .to = LK_CASE_STATE_COUNT,
                                  .contact = contact,
                                  .event = LK_EVENT_CONTACT_LEFT},
                NULL, NULL, err);
}

lk_code lk_desk_free_lost(lk_desk *desk, int64_t now, lk_arena *arena, lk_case **cases, size_t *count, lk_error *err) {
  lk_case *lost;
  size_t found, freed = 0;
  if (count) *count = 0;
  lk_code code = lk_store_lost_cases(desk->store, now - desk->policy.presence_seconds, arena, &lost, &found, err);
  for (size_t i = 0; i < found && !code; i++) {
    code = release(desk, lost[i].id, lost[i].agent, LK_LIT("lost"), now, err);
    if (code == LK_ERR_STATE) { /* its holder or a colleague was faster: not lost any more */
      code = LK_OK;
      continue;
    }
    lost[freed++] = lost[i];
  }
  if (cases) *cases = lost;
  if (count) *count = code ? 0 : freed;
  return code;
}
