/* What has to happen without being asked for, once a second: heartbeats, places in the queue, agents who are gone, a changed knowledge base; now and then counting for the figures,
 * and once a day deleting what is past its retention time. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api.h"
#include "dashboard.h"
#include "guard.h"
#include "luukku/calendar.h"
#include "neighbour.h"
#include "preview.h"

enum {
  PLACES_EVERY = 10,
  LOST_EVERY = 5,
  PLACES_MOST = 500,
  COUNT_FIRST = 30,
  COUNT_EVERY = 600,
  QUIET_SECONDS = 10,
  LATE_SECONDS = 3 * 60 * 60
};

struct lk_keeper {
  lk_server *server;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  bool stop, reload;
  lk_date purged; /* the day of the last purge; before the first: none */
  long due;       /* seconds since it was due; 0: it is not */
  long quiet;     /* seconds without a turn */
  uint64_t turns; /* so far, at the last look */
};

/* ---- Queue ---- */

static void tell_place(void *self, lk_seat *seat, lk_request *request, lk_view id) {
  (void)request;
  lk_conversation c;
  if (lk_store_conversation(seat->store, id, seat->arena, &c, NULL) == LK_OK) lk_tell_state(self, seat, &c);
}

static void tell_places(lk_server *server) {
  char *waiting = malloc((size_t)PLACES_MOST * LK_CREW_KEY);
  size_t count = waiting ? lk_hub_waiting(server->hub, waiting, LK_CREW_KEY, PLACES_MOST) : 0;
  for (size_t i = 0; i < count; i++) lk_crew_give(server->crew, lk_view_of(waiting + i * (size_t)LK_CREW_KEY), tell_place, NULL);
  free(waiting);
}

/* The customer of an agent who is gone waits again, and is told. */
static void tell_lost(void *self, lk_seat *seat, lk_request *request, lk_view id) {
  (void)request;
  lk_conversation c;
  if (lk_store_conversation(seat->store, id, seat->arena, &c, NULL) != LK_OK) return;
  lk_post_say(self, seat, &c, "agent-lost");
  lk_tell_state(self, seat, &c);
  if (c.open_case) lk_tell_case(self, seat, c.open_case);
}

static void free_lost(void *self, lk_seat *seat, lk_request *request, lk_view key) {
  (void)request, (void)key;
  lk_server *server = self;
  lk_case *cases;
  size_t count;
  lk_error err = {0};
  if (lk_desk_free_lost(seat->desk, seat->now, seat->arena, &cases, &count, &err) != LK_OK) {
    LK_LOG(server->log, "error", "failed", {"code", lk_code_name(err.code), 0}, {"message", err.message, 0});
    return;
  }
  for (size_t i = 0; i < count; i++) lk_crew_give(server->crew, cases[i].conversation, tell_lost, NULL);
}

/* ---- Retention ---- */

static void purge(void *self, lk_seat *seat, lk_request *request, lk_view key) {
  (void)request, (void)key;
  lk_server *server = self;
  int64_t days = (int64_t)lk_kb_policy(lk_engine_kb(seat->content->engine), "retention-days");
  size_t count = 0;
  lk_error err = {0};
  lk_code code = lk_store_purge(seat->store, seat->now - days * 24 * 60 * 60, &count, &err);
  atomic_fetch_add(&server->metrics.purged, count);
  if (code)
    LK_LOG(server->log, "error", "purge-failed", {"code", lk_code_name(code), 0}, {"message", err.message, 0});
  else
    LK_LOG(server->log, "info", "purged", {"conversations", NULL, (int64_t)count}, {"days", NULL, days});
}

/* Not only within the hour: in spring there is a day without it. */
bool lk_purge_due(lk_date *purged, const lk_local_time *now, int hour) {
  bool first = !lk_date_given(*purged);
  if (!first && (now->hour < hour || lk_date_compare(now->date, *purged) == 0)) return false;
  *purged = now->date;
  return true;
}

bool lk_purge_now(long waited, long quiet) { return quiet >= QUIET_SECONDS || waited >= LATE_SECONDS; }

/* The database is written anew after a deletion, which takes seconds a gigabyte, and nobody else can write meanwhile: so it waits for a moment when nobody does. */
static bool purge_is_due(lk_keeper *keeper) {
  lk_server *server = keeper->server;
  lk_local_time now = lk_local_time_of(time(NULL));
  uint64_t turns = atomic_load(&server->metrics.turns);
  keeper->quiet = turns == keeper->turns ? keeper->quiet + 1 : 0;
  keeper->turns = turns;
  if (lk_purge_due(&keeper->purged, &now, (int)server->settings.purge_hour)) keeper->due = 1;
  if (!keeper->due || !lk_purge_now(keeper->due++, keeper->quiet)) return false;
  keeper->due = 0;
  return true;
}

/* ---- Knowledge base ---- */

static void reload(lk_server *server) {
  lk_error err = {0};
  char text[512];
  if (lk_shelf_reload(server->shelf, &err) == LK_OK) {
    atomic_fetch_add(&server->metrics.reloads, 1);
    LK_LOG(server->log, "info", "reloaded", {"generation", NULL, (int64_t)lk_shelf_generation(server->shelf)});
    lk_crew_refresh(server->crew);
  } else {
    atomic_fetch_add(&server->metrics.reload_failures, 1);
    lk_shelf_trouble(server->shelf, text, sizeof text);
    LK_LOG(server->log, "error", "reload-failed", {"message", text, 0});
  }
}

/* ---- The thread ---- */

static bool wait_a_second(lk_keeper *keeper, bool *wanted) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec++;
  pthread_mutex_lock(&keeper->mutex);
  int timed = 0;
  while (!keeper->stop && !keeper->reload && timed == 0) timed = pthread_cond_timedwait(&keeper->wake, &keeper->mutex, &until);
  bool go_on = !keeper->stop;
  *wanted = keeper->reload;
  keeper->reload = false;
  pthread_mutex_unlock(&keeper->mutex);
  return go_on;
}

static void *keep(void *self) {
  lk_keeper *keeper = self;
  lk_server *server = keeper->server;
  long look = server->settings.reload_seconds;
  bool wanted;
  if (server->settings.shared) lk_neighbour_look(server, true);
  for (long second = 1; wait_a_second(keeper, &wanted); second++) {
    lk_hub_beat(server->hub, lk_guard_clock(), (unsigned)server->settings.heartbeat_seconds);
    if (atomic_exchange(&server->queue_moved, false) || second % PLACES_EVERY == 0) tell_places(server);
    if (server->settings.shared) lk_neighbour_look(server, false);
    if (second % LOST_EVERY == 0) lk_crew_give(server->crew, (lk_view){"", 0}, free_lost, NULL);
    if (second % COUNT_EVERY == COUNT_FIRST) lk_crew_give(server->crew, (lk_view){"", 0}, lk_dashboard_count, NULL);
    if (purge_is_due(keeper)) lk_crew_give(server->crew, (lk_view){"", 0}, purge, NULL);
    if (wanted) lk_log_reopen(server->log);
    if (wanted && server->preview) lk_preview_reload(server->preview);
    if (wanted || (look && second % look == 0 && lk_shelf_changed(server->shelf))) reload(server);
  }
  return NULL;
}

lk_keeper *lk_keeper_start(lk_server *server, lk_error *err) {
  (void)err;
  lk_keeper *keeper = calloc(1, sizeof *keeper);
  if (!keeper) return NULL;
  pthread_condattr_t attributes;
  keeper->server = server;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&keeper->mutex, NULL);
  pthread_cond_init(&keeper->wake, &attributes);
  pthread_condattr_destroy(&attributes);
  if (pthread_create(&keeper->thread, NULL, keep, keeper) == 0) return keeper;
  free(keeper);
  return NULL;
}

static void poke(lk_keeper *keeper, bool *flag) {
  pthread_mutex_lock(&keeper->mutex);
  *flag = true;
  pthread_cond_signal(&keeper->wake);
  pthread_mutex_unlock(&keeper->mutex);
}

void lk_keeper_reload(lk_keeper *keeper) { poke(keeper, &keeper->reload); }

void lk_keeper_stop(lk_keeper *keeper) {
  if (!keeper) return;
  poke(keeper, &keeper->stop);
  pthread_join(keeper->thread, NULL);
  pthread_cond_destroy(&keeper->wake);
  pthread_mutex_destroy(&keeper->mutex);
  free(keeper);
}
