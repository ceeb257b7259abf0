#include "hub.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHAINS = 4096, DESK_TOLD = 1024 };

typedef struct listener {
  struct listener *next;
  lk_stream *stream;
} listener;

typedef struct topic {
  struct topic *next;
  listener *listeners;
  size_t count;
  int64_t told; /* the last message */
  bool waiting, desk;
  char name[];
} topic;

struct lk_hub {
  pthread_mutex_t mutex;
  topic *chains[CHAINS];
  size_t streams, most, each, waiting, desks;
  int64_t desk_told[DESK_TOLD]; /* the last messages told to agents, a ring */
  size_t desk_next;
  bool closed;
};

static size_t chain_of(lk_view name) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < name.len; i++) hash = (hash ^ (unsigned char)name.ptr[i]) * 0x100000001b3u;
  return (size_t)(hash ^ hash >> 32) & (CHAINS - 1);
}

static topic **find(lk_hub *hub, lk_view name) {
  topic **at = &hub->chains[chain_of(name)];
  while (*at && !lk_view_eq(lk_view_of((*at)->name), name)) at = &(*at)->next;
  return at;
}

static topic *find_or_add(lk_hub *hub, lk_view name) {
  topic **at = find(hub, name);
  if (*at) return *at;
  topic *t = calloc(1, sizeof *t + name.len + 1);
  if (!t) return NULL;
  memcpy(t->name, name.ptr, name.len);
  t->desk = strncmp(t->name, LK_HUB_DESK, sizeof LK_HUB_DESK - 1) == 0;
  hub->desks += t->desk;
  *at = t;
  return t;
}

static void forget(lk_hub *hub, topic **at) {
  topic *t = *at;
  hub->waiting -= t->waiting;
  hub->desks -= t->desk;
  *at = t->next;
  free(t);
}

static bool remove_listener(topic *t, const lk_stream *stream) {
  for (listener **at = &t->listeners; *at; at = &(*at)->next) {
    listener *l = *at;
    if (l->stream != stream) continue;
    *at = l->next;
    t->count--;
    free(l);
    return true;
  }
  return false;
}

/* A stream's connection is over. Its topic is not known: a stream lives long and ends once. */
static void stream_gone(void *self, lk_stream *stream) {
  lk_hub *hub = self;
  bool found = false;
  pthread_mutex_lock(&hub->mutex);
  for (size_t i = 0; i < CHAINS && !found; i++) {
    for (topic **at = &hub->chains[i]; *at && !found; at = &(*at)->next) {
      if (!remove_listener(*at, stream)) continue;
      found = true;
      hub->streams--;
      if ((*at)->count == 0) forget(hub, at);
      break;
    }
  }
  pthread_mutex_unlock(&hub->mutex);
  if (found) lk_stream_release(stream);
}

lk_hub *lk_hub_new(size_t streams, size_t each) {
  lk_hub *hub = calloc(1, sizeof *hub);
  if (!hub) return NULL;
  pthread_mutex_init(&hub->mutex, NULL);
  hub->most = streams;
  hub->each = each;
  return hub;
}

void lk_hub_free(lk_hub *hub) {
  if (!hub) return;
  for (size_t i = 0; i < CHAINS; i++) {
    while (hub->chains[i]) {
      topic *t = hub->chains[i];
      while (t->listeners) {
        lk_stream *stream = t->listeners->stream;
        remove_listener(t, stream);
        lk_stream_release(stream);
      }
      forget(hub, &hub->chains[i]);
    }
  }
  pthread_mutex_destroy(&hub->mutex);
  free(hub);
}

lk_stream *lk_hub_join(lk_hub *hub, lk_view name) {
  lk_stream *stream = lk_stream_new(stream_gone, hub);
  listener *l = calloc(1, sizeof *l);
  bool joined = false;
  pthread_mutex_lock(&hub->mutex);
  topic *t = stream && l && !hub->closed && hub->streams < hub->most ? find_or_add(hub, name) : NULL;
  if (t && t->count < hub->each) {
    *l = (listener){t->listeners, lk_stream_hold(stream)};
    t->listeners = l;
    t->count++;
    hub->streams++;
    joined = true;
  }
  pthread_mutex_unlock(&hub->mutex);
  if (joined) return stream;
  lk_stream_release(stream);
  free(l);
  return NULL;
}

static void tell(topic *t, lk_told *told) {
  for (listener *l = t->listeners; l; l = l->next) lk_stream_append(l->stream, told);
}

void lk_hub_tell(lk_hub *hub, lk_view name, const char *event, int64_t id, lk_view data) {
  lk_told *told = lk_told_new(event, id, data);
  if (!told) return;
  pthread_mutex_lock(&hub->mutex);
  topic *t = *find(hub, name);
  if (t && (id == 0 || id > t->told)) {
    if (id) t->told = id;
    tell(t, told);
  }
  pthread_mutex_unlock(&hub->mutex);
  lk_told_release(told);
}

int64_t lk_hub_told(lk_hub *hub, lk_view name) {
  pthread_mutex_lock(&hub->mutex);
  const topic *t = *find(hub, name);
  int64_t told = t ? t->told : 0;
  pthread_mutex_unlock(&hub->mutex);
  return told;
}

void lk_hub_set_told(lk_hub *hub, lk_view name, int64_t id) {
  pthread_mutex_lock(&hub->mutex);
  topic *t = *find(hub, name);
  if (t && t->told < id) t->told = id;
  pthread_mutex_unlock(&hub->mutex);
}

static void each_topic(lk_hub *hub, void (*act)(topic *t, void *with), void *with) {
  for (size_t i = 0; i < CHAINS; i++)
    for (topic *t = hub->chains[i]; t; t = t->next) act(t, with);
}

static void tell_agent(topic *t, void *with) {
  if (t->desk) tell(t, with);
}

/* True when it was told already; from now on it is. */
static bool desk_was_told(lk_hub *hub, int64_t message) {
  for (size_t i = 0; message && i < DESK_TOLD; i++)
    if (hub->desk_told[i] == message) return true;
  if (message) hub->desk_told[hub->desk_next++ % DESK_TOLD] = message;
  return false;
}

void lk_hub_tell_desk(lk_hub *hub, const char *event, int64_t message, lk_view data) {
  lk_told *told = lk_told_new(event, 0, data);
  if (!told) return;
  pthread_mutex_lock(&hub->mutex);
  if (!desk_was_told(hub, message)) each_topic(hub, tell_agent, told);
  pthread_mutex_unlock(&hub->mutex);
  lk_told_release(told);
}

bool lk_hub_desk_listened(lk_hub *hub) {
  pthread_mutex_lock(&hub->mutex);
  bool listened = hub->desks > 0;
  pthread_mutex_unlock(&hub->mutex);
  return listened;
}

bool lk_hub_listened(lk_hub *hub, lk_view name) {
  pthread_mutex_lock(&hub->mutex);
  bool listened = *find(hub, name) != NULL;
  pthread_mutex_unlock(&hub->mutex);
  return listened;
}

static void end_topic(topic *t, void *with) {
  (void)with;
  for (listener *l = t->listeners; l; l = l->next) lk_stream_end(l->stream);
}

void lk_hub_end(lk_hub *hub, lk_view name) {
  pthread_mutex_lock(&hub->mutex);
  topic *t = *find(hub, name);
  if (t) end_topic(t, NULL);
  pthread_mutex_unlock(&hub->mutex);
}

void lk_hub_end_all(lk_hub *hub) {
  pthread_mutex_lock(&hub->mutex);
  hub->closed = true;
  each_topic(hub, end_topic, NULL);
  pthread_mutex_unlock(&hub->mutex);
}

typedef struct beat {
  lk_told *told;
  int64_t now;
  unsigned seconds;
} beat;

static void beat_topic(topic *t, void *with) {
  const beat *b = with;
  for (listener *l = t->listeners; l; l = l->next) lk_stream_beat(l->stream, b->told, b->now, b->seconds);
}

void lk_hub_beat(lk_hub *hub, int64_t now_ms, unsigned seconds) {
  beat b = {lk_told_beat(), now_ms, seconds};
  if (!b.told) return;
  pthread_mutex_lock(&hub->mutex);
  each_topic(hub, beat_topic, &b);
  pthread_mutex_unlock(&hub->mutex);
  lk_told_release(b.told);
}

size_t lk_hub_count(lk_hub *hub) {
  pthread_mutex_lock(&hub->mutex);
  size_t count = hub->streams;
  pthread_mutex_unlock(&hub->mutex);
  return count;
}

void lk_hub_set_waiting(lk_hub *hub, lk_view name, bool waiting) {
  pthread_mutex_lock(&hub->mutex);
  topic *t = *find(hub, name);
  if (t && t->waiting != waiting) {
    t->waiting = waiting;
    if (waiting)
      hub->waiting++;
    else
      hub->waiting--;
  }
  pthread_mutex_unlock(&hub->mutex);
}

typedef struct list {
  char *out;
  size_t size, most, count;
} list;

static void list_waiting(topic *t, void *with) {
  list *l = with;
  if (t->waiting && l->count < l->most) snprintf(l->out + l->size * l->count++, l->size, "%s", t->name);
}

size_t lk_hub_waiting(lk_hub *hub, char *out, size_t size, size_t most) {
  list l = {out, size, most, 0};
  pthread_mutex_lock(&hub->mutex);
  if (hub->waiting) each_topic(hub, list_waiting, &l);
  pthread_mutex_unlock(&hub->mutex);
  return l.count;
}
