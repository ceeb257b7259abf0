#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "luukku/arena.h"
#include "luukku/mask.h"

struct lk_log {
  pthread_mutex_t mutex;
  char *path;
  int file; /* -1: none */
  lk_arena *arena;
};

enum { LINE = 4096 };

static int open_file(const char *path) { return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640); }

lk_log *lk_log_open(const char *path, lk_error *err) {
  lk_log *log = calloc(1, sizeof *log);
  if (log) {
    pthread_mutex_init(&log->mutex, NULL);
    log->path = strdup(path);
    log->arena = lk_arena_new();
    log->file = strcmp(path, "none") == 0 ? -1 : strcmp(path, "-") == 0 ? dup(STDERR_FILENO) : open_file(path);
  }
  if (!log || !log->path || !log->arena) {
    lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
  } else if (log->file < 0 && strcmp(path, "none") != 0) {
    lk_set_error(err, LK_ERR_IO, "cannot write the log %s: %s; name a file that can be written", path, strerror(errno));
  } else {
    return log;
  }
  lk_log_close(log);
  return NULL;
}

void lk_log_close(lk_log *log) {
  if (!log) return;
  if (log->file >= 0) close(log->file);
  lk_arena_free(log->arena);
  pthread_mutex_destroy(&log->mutex);
  free(log->path);
  free(log);
}

void lk_log_reopen(lk_log *log) {
  if (strcmp(log->path, "-") == 0 || strcmp(log->path, "none") == 0) return;
  pthread_mutex_lock(&log->mutex);
  int file = open_file(log->path);
  if (file >= 0) {
    close(log->file);
    log->file = file;
  }
  pthread_mutex_unlock(&log->mutex);
}

typedef struct line {
  char text[LINE];
  size_t length;
} line;

/* Room for the line's end always stays. */
static void put(line *l, const char *text, size_t length) {
  if (l->length + length > LINE - 4) length = LINE - 4 - l->length;
  memcpy(l->text + l->length, text, length);
  l->length += length;
}

static void put_string(line *l, lk_view text) {
  put(l, "\"", 1);
  for (size_t i = 0; i < text.len && l->length < LINE - 16; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    char escaped[8];
    if (c == '"' || c == '\\')
      put(l, (char[]){'\\', (char)c}, 2);
    else if (c < ' ' || c == 127)
      put(l, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", c));
    else
      put(l, (const char *)&text.ptr[i], 1);
  }
  put(l, "\"", 1);
}

static void put_time(line *l) {
  struct timespec now;
  struct tm parts;
  char text[64];
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &parts);
  size_t length = strftime(text, sizeof text, "{\"time\":\"%Y-%m-%dT%H:%M:%S", &parts);
  length += (size_t)snprintf(text + length, sizeof text - length, ".%03ldZ\"", now.tv_nsec / 1000000);
  put(l, text, length);
}

void lk_log_write(lk_log *log, const char *level, const char *event, const lk_log_field *fields, size_t count) {
  line l = {.length = 0};
  put_time(&l);
  put(&l, ",\"level\":", 9);
  put_string(&l, lk_view_of(level));
  put(&l, ",\"event\":", 9);
  put_string(&l, lk_view_of(event));
  pthread_mutex_lock(&log->mutex);
  for (size_t i = 0; i < count && l.length < LINE - 256; i++) {
    char number[32];
    put(&l, ",", 1);
    put_string(&l, lk_view_of(fields[i].name));
    put(&l, ":", 1);
    if (fields[i].text) {
      lk_view masked = lk_mask(lk_view_of(fields[i].text), log->arena);
      put_string(&l, masked.ptr ? masked : LK_LIT("?"));
    } else {
      put(&l, number, (size_t)snprintf(number, sizeof number, "%" PRId64, fields[i].number));
    }
  }
  lk_arena_reset(log->arena);
  put(&l, "}\n", 2);
  if (log->file >= 0) {
    ssize_t written = write(log->file, l.text, l.length);
    (void)written;
  }
  pthread_mutex_unlock(&log->mutex);
}
