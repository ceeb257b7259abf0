/* One stream of Server-Sent Events: a bounded queue between those who have something to tell and one connection.
 *
 * A client that does not read costs at most LK_STREAM_QUEUE bytes: when more has gathered, the stream ends, and the client resumes by the last id
 * that it has seen. Shared by its connection and by who tells; freed with the second. */
#ifndef LUUKKU_SERVE_STREAM_H
#define LUUKKU_SERVE_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "luukku/text.h"

enum { LK_STREAM_QUEUE = 64 * 1024 };

typedef struct lk_stream lk_stream;

/* `gone` is called once, when the connection is over, by an HTTP thread that holds no lock. */
lk_stream *lk_stream_new(void (*gone)(void *self, lk_stream *stream), void *self);
lk_stream *lk_stream_hold(lk_stream *stream);
void lk_stream_release(lk_stream *stream);

/* An event as it goes over the wire, written once for however many streams it is told to. Counted; NULL when memory is out. `id` 0: none. `data` must be one line. */
typedef struct lk_told lk_told;
lk_told *lk_told_new(const char *event, int64_t id, lk_view data);
lk_told *lk_told_beat(void); /* a comment, which clients skip */
void lk_told_release(lk_told *told);

/* Appends it. False when the stream is over (also because the queue is full). */
bool lk_stream_append(lk_stream *stream, lk_told *told);
/* Makes an event and appends it. */
bool lk_stream_tell(lk_stream *stream, const char *event, int64_t id, lk_view data);
/* Appends it unless something was told within `seconds`: keeps the connection alive, and finds out whether it is. */
void lk_stream_beat(lk_stream *stream, lk_told *beat, int64_t now_ms, unsigned seconds);
/* Ends after what is in the queue. */
void lk_stream_end(lk_stream *stream);

/* The connection's side (http.c). */
struct MHD_Connection;
struct lk_library;
void lk_stream_attach(lk_stream *stream, const struct lk_library *mhd, struct MHD_Connection *connection);
/* Copies what there is; 0 after it has suspended the connection because there is nothing; -1 at the end. */
ssize_t lk_stream_read(lk_stream *stream, char *out, size_t room);
void lk_stream_detach(lk_stream *stream);

#endif
