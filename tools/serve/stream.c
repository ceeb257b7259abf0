#include "stream.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "library.h"

struct lk_told {
  atomic_int holders;
  size_t length;
  char bytes[];
};

typedef struct waiting {
  struct waiting *next;
  lk_told *told;
} waiting;

struct lk_stream {
  pthread_mutex_t mutex;
  atomic_int holders;
  const lk_library *mhd;
  struct MHD_Connection *connection;
  bool suspended, ended, detached;
  waiting *first, **end;
  size_t sent, length; /* bytes of the first that are sent; bytes that are not, in all */
  int64_t told;        /* when something was appended last */
  void (*gone)(void *self, lk_stream *stream);
  void *self;
};

/* ---- Events ---- */

static lk_told *told_new(size_t length) {
  lk_told *told = malloc(sizeof *told + length + 1);
  if (!told) return NULL;
  atomic_init(&told->holders, 1);
  told->length = length;
  return told;
}

lk_told *lk_told_new(const char *event, int64_t id, lk_view data) {
  char head[128];
  int length = id ? snprintf(head, sizeof head, "event: %s\nid: %" PRId64 "\ndata: ", event, id)
                  : snprintf(head, sizeof head, "event: %s\ndata: ", event);
  if (length < 0 || (size_t)length >= sizeof head) return NULL;
  lk_told *told = told_new((size_t)length + data.len + 2);
  if (!told) return NULL;
  memcpy(told->bytes, head, (size_t)length);
  if (data.len) memcpy(told->bytes + length, data.ptr, data.len);
  memcpy(told->bytes + (size_t)length + data.len, "\n\n", 2);
  return told;
}

lk_told *lk_told_beat(void) {
  lk_told *told = told_new(3);
  if (told) memcpy(told->bytes, ":\n\n", 3);
  return told;
}

void lk_told_release(lk_told *told) {
  if (told && atomic_fetch_sub(&told->holders, 1) == 1) free(told);
}

/* ---- Making and freeing ---- */

lk_stream *lk_stream_new(void (*gone)(void *self, lk_stream *stream), void *self) {
  lk_stream *stream = calloc(1, sizeof *stream);
  if (!stream) return NULL;
  pthread_mutex_init(&stream->mutex, NULL);
  atomic_init(&stream->holders, 1);
  stream->end = &stream->first;
  stream->gone = gone;
  stream->self = self;
  stream->told = lk_guard_clock();
  return stream;
}

lk_stream *lk_stream_hold(lk_stream *stream) {
  atomic_fetch_add(&stream->holders, 1);
  return stream;
}

static void drop_first(lk_stream *stream) {
  waiting *first = stream->first;
  stream->first = first->next;
  if (!stream->first) stream->end = &stream->first;
  stream->sent = 0;
  lk_told_release(first->told);
  free(first);
}

static void drop_all(lk_stream *stream) {
  while (stream->first) drop_first(stream);
  stream->length = 0;
}

void lk_stream_release(lk_stream *stream) {
  if (!stream || atomic_fetch_sub(&stream->holders, 1) != 1) return;
  pthread_mutex_destroy(&stream->mutex);
  drop_all(stream);
  free(stream);
}

static void wake(lk_stream *stream) {
  if (!stream->suspended) return;
  stream->suspended = false;
  stream->mhd->resume_connection(stream->connection);
}

static bool push(lk_stream *stream, lk_told *told) {
  waiting *last = stream->length + told->length <= LK_STREAM_QUEUE ? malloc(sizeof *last) : NULL;
  if (!last) return false;
  atomic_fetch_add(&told->holders, 1);
  *last = (waiting){NULL, told};
  *stream->end = last;
  stream->end = &last->next;
  stream->length += told->length;
  return true;
}

/* Under the mutex. A stream that cannot take it ends: the client comes back and asks for what it missed. */
static bool append(lk_stream *stream, lk_told *told) {
  if (stream->ended || stream->detached) return false;
  bool fits = push(stream, told);
  if (fits) {
    stream->told = lk_guard_clock();
  } else {
    stream->ended = true;
    drop_all(stream);
  }
  wake(stream);
  return fits;
}

bool lk_stream_append(lk_stream *stream, lk_told *told) {
  pthread_mutex_lock(&stream->mutex);
  bool appended = append(stream, told);
  pthread_mutex_unlock(&stream->mutex);
  return appended;
}

bool lk_stream_tell(lk_stream *stream, const char *event, int64_t id, lk_view data) {
  lk_told *told = lk_told_new(event, id, data);
  bool appended = told && lk_stream_append(stream, told);
  lk_told_release(told);
  return appended;
}

void lk_stream_beat(lk_stream *stream, lk_told *beat, int64_t now_ms, unsigned seconds) {
  pthread_mutex_lock(&stream->mutex);
  if (now_ms - stream->told >= (int64_t)seconds * 1000) append(stream, beat);
  pthread_mutex_unlock(&stream->mutex);
}

void lk_stream_end(lk_stream *stream) {
  pthread_mutex_lock(&stream->mutex);
  stream->ended = true;
  wake(stream);
  pthread_mutex_unlock(&stream->mutex);
}

void lk_stream_attach(lk_stream *stream, const lk_library *mhd, struct MHD_Connection *connection) {
  stream->mhd = mhd;
  pthread_mutex_lock(&stream->mutex);
  stream->connection = connection;
  pthread_mutex_unlock(&stream->mutex);
}

/* Copies as much as there is room for. */
static size_t take(lk_stream *stream, char *out, size_t room) {
  size_t got = 0;
  while (stream->first && got < room) {
    const lk_told *told = stream->first->told;
    size_t left = told->length - stream->sent, part = left < room - got ? left : room - got;
    memcpy(out + got, told->bytes + stream->sent, part);
    got += part;
    stream->sent += part;
    if (part == left) drop_first(stream);
  }
  stream->length -= got;
  return got;
}

ssize_t lk_stream_read(lk_stream *stream, char *out, size_t room) {
  pthread_mutex_lock(&stream->mutex);
  ssize_t got = (ssize_t)take(stream, out, room);
  if (got == 0 && stream->ended) {
    got = -1;
  } else if (got == 0) {
    stream->suspended = true;
    stream->mhd->suspend_connection(stream->connection);
  }
  pthread_mutex_unlock(&stream->mutex);
  return got;
}

void lk_stream_detach(lk_stream *stream) {
  pthread_mutex_lock(&stream->mutex);
  stream->detached = stream->ended = true;
  stream->suspended = false;
  pthread_mutex_unlock(&stream->mutex);
  if (stream->gone) stream->gone(stream->self, stream);
  lk_stream_release(stream);
}
