#include "stream.h"

#include <inttypes.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "guard.h"

struct lk_stream {
  pthread_mutex_t mutex;
  atomic_int holders;
  struct MHD_Connection *connection;
  bool suspended, ended, detached;
  char *queue;
  size_t start, length, room; /* what is not sent yet is [start, length) */
  int64_t told;               /* when something was appended last */
  void (*gone)(void *self, lk_stream *stream);
  void *self;
};

lk_stream *lk_stream_new(void (*gone)(void *self, lk_stream *stream), void *self) {
  lk_stream *stream = calloc(1, sizeof *stream);
  if (!stream) return NULL;
  pthread_mutex_init(&stream->mutex, NULL);
  atomic_init(&stream->holders, 1);
  stream->gone = gone;
  stream->self = self;
  stream->told = lk_guard_clock();
  return stream;
}

lk_stream *lk_stream_hold(lk_stream *stream) {
  atomic_fetch_add(&stream->holders, 1);
  return stream;
}

void lk_stream_release(lk_stream *stream) {
  if (!stream || atomic_fetch_sub(&stream->holders, 1) != 1) return;
  pthread_mutex_destroy(&stream->mutex);
  free(stream->queue);
  free(stream);
}

static void wake(lk_stream *stream) {
  if (!stream->suspended) return;
  stream->suspended = false;
  MHD_resume_connection(stream->connection);
}

/* Room for `more` bytes at the end of the queue, within its bound. */
static bool make_room(lk_stream *stream, size_t more) {
  if (stream->start > 0) {
    memmove(stream->queue, stream->queue + stream->start, stream->length - stream->start);
    stream->length -= stream->start;
    stream->start = 0;
  }
  if (stream->length + more > LK_STREAM_QUEUE) return false;
  if (stream->length + more <= stream->room) return true;
  size_t room = stream->room ? stream->room * 2 : 512;
  while (room < stream->length + more) room *= 2;
  char *queue = realloc(stream->queue, room);
  if (!queue) return false;
  stream->queue = queue;
  stream->room = room;
  return true;
}

/* Under the mutex. A stream that cannot take it ends: the client comes back and asks for what it missed. */
static bool append(lk_stream *stream, const char *head, size_t head_length, lk_view data, const char *tail, size_t tail_length) {
  if (stream->ended || stream->detached) return false;
  size_t all = head_length + data.len + tail_length;
  bool fits = make_room(stream, all);
  if (fits) {
    char *at = stream->queue + stream->length;
    memcpy(at, head, head_length);
    if (data.len) memcpy(at + head_length, data.ptr, data.len);
    memcpy(at + head_length + data.len, tail, tail_length);
    stream->length += all;
    stream->told = lk_guard_clock();
  } else {
    stream->ended = true;
    stream->length = stream->start = 0;
  }
  wake(stream);
  return fits;
}

bool lk_stream_tell(lk_stream *stream, const char *event, int64_t id, lk_view data) {
  char head[128];
  int length = id ? snprintf(head, sizeof head, "event: %s\nid: %" PRId64 "\ndata: ", event, id)
                  : snprintf(head, sizeof head, "event: %s\ndata: ", event);
  if (length < 0 || (size_t)length >= sizeof head) return false;
  pthread_mutex_lock(&stream->mutex);
  bool told = append(stream, head, (size_t)length, data, "\n\n", 2);
  pthread_mutex_unlock(&stream->mutex);
  return told;
}

void lk_stream_beat(lk_stream *stream, int64_t now_ms, unsigned seconds) {
  pthread_mutex_lock(&stream->mutex);
  if (now_ms - stream->told >= (int64_t)seconds * 1000) append(stream, ":\n\n", 3, (lk_view){"", 0}, "", 0);
  pthread_mutex_unlock(&stream->mutex);
}

void lk_stream_end(lk_stream *stream) {
  pthread_mutex_lock(&stream->mutex);
  stream->ended = true;
  wake(stream);
  pthread_mutex_unlock(&stream->mutex);
}

void lk_stream_attach(lk_stream *stream, struct MHD_Connection *connection) {
  pthread_mutex_lock(&stream->mutex);
  stream->connection = connection;
  pthread_mutex_unlock(&stream->mutex);
}

ssize_t lk_stream_read(lk_stream *stream, char *out, size_t room) {
  ssize_t got = 0;
  pthread_mutex_lock(&stream->mutex);
  size_t left = stream->length - stream->start;
  if (left > 0) {
    size_t take = left < room ? left : room;
    memcpy(out, stream->queue + stream->start, take);
    stream->start += take;
    if (take == left) { /* thousands of quiet streams keep no memory */
      free(stream->queue);
      stream->queue = NULL;
      stream->start = stream->length = stream->room = 0;
    }
    got = (ssize_t)take;
  } else if (stream->ended) {
    got = -1;
  } else {
    stream->suspended = true;
    MHD_suspend_connection(stream->connection);
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
