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

/* Appends an event. `id` 0: none. `data` must be one line. False when the stream is over (also because the queue is full). */
bool lk_stream_tell(lk_stream *stream, const char *event, int64_t id, lk_view data);
/* Keeps the connection alive, and finds out whether it is, unless something was told within `seconds`. */
void lk_stream_beat(lk_stream *stream, int64_t now_ms, unsigned seconds);
/* Ends after what is in the queue. */
void lk_stream_end(lk_stream *stream);

/* The connection's side (http.c). */
struct MHD_Connection;
void lk_stream_attach(lk_stream *stream, struct MHD_Connection *connection);
/* Copies what there is; 0 after it has suspended the connection because there is nothing; -1 at the end. */
ssize_t lk_stream_read(lk_stream *stream, char *out, size_t room);
void lk_stream_detach(lk_stream *stream);

#endif
