/* HTTP behind a small seam, over libmicrohttpd; no other file but stream.c includes it.
 *
 * A *request* arrives whole (headers checked, body within its bound) at the handler's `serve`, in an HTTP thread, which must not wait for anything: it answers at once, or
 * defers and lets another thread answer. Exactly one answer a request. What a client does slowly, wrongly or too much never reaches the handler:
 * late headers and bodies close the connection, everything malformed is 400, too large 413.
 *
 * Ownership: a request lives until its answer is sent; what lk_request_… returns lives as long. After the answer the request must not be touched.
 * Threads: a deferred request belongs to the thread that will answer it. */
#ifndef LUUKKU_SERVE_HTTP_H
#define LUUKKU_SERVE_HTTP_H

#include <stdint.h>

#include "luukku/error.h"
#include "luukku/text.h"
#include "stream.h"

typedef struct lk_http lk_http;
typedef struct lk_request lk_request;

typedef struct lk_http_options {
  const char *listen;  /* "127.0.0.1:8080", "[::1]:8080", port 0 for any free one */
  const char *proxies; /* addresses, by commas, whose X-Forwarded-For and -Proto are believed */
  unsigned threads, connections, connections_per_address;
  unsigned header_seconds, body_seconds, idle_seconds, answer_seconds;
  size_t body_limit;
} lk_http_options;

/* What became of a request, for log and figures; views live during the call. */
typedef struct lk_access {
  const char *method, *path, *route, *address;
  int status;
  int64_t microseconds;
  size_t sent; /* bytes of the body */
} lk_access;

typedef struct lk_http_handler {
  void *self;
  void (*serve)(void *self, lk_request *request);
  void (*finished)(void *self, const lk_access *access);
  void (*trouble)(void *self, const char *what); /* a late client, a connection refused … */
} lk_http_handler;

/* Listens and serves. `*out` is set before the first request can come; NULL when it cannot listen. */
lk_code lk_http_start(const lk_http_options *options, const lk_http_handler *handler, lk_http **out, lk_error *err);
/* "127.0.0.1:8080" with the port in use. */
const char *lk_http_address(const lk_http *http);
unsigned lk_http_connections(const lk_http *http);
/* Takes no new connection from now on; what was accepted goes on. */
void lk_http_quiesce(lk_http *http);
/* After the last deferred request was answered and all streams were ended. */
void lk_http_stop(lk_http *http);

/* ---- Reading ---- */
const char *lk_request_method(const lk_request *request);
const char *lk_request_path(const lk_request *request);                     /* without the query; has no % in it */
const char *lk_request_header(const lk_request *request, const char *name); /* NULL when absent */
const char *lk_request_query(const lk_request *request, const char *name);  /* NULL when absent; as it stands */
bool lk_request_cookie(const lk_request *request, const char *name, char *out, size_t room); /* false when absent */
lk_view lk_request_body(const lk_request *request);
const char *lk_request_address(const lk_request *request);     /* of the client, behind trusted proxies */
bool lk_request_secure(const lk_request *request);             /* came over TLS to a trusted proxy */
void lk_request_route(lk_request *request, const char *route); /* a name for log and figures: a constant */
/* Memory for whoever serves it: freed with the request by `free_context`. */
void lk_request_keep(lk_request *request, void *context, void (*free_context)(void *));
void *lk_request_kept(const lk_request *request);

/* ---- Answering ---- */
/* Another thread will answer. To be called by `serve`, before the request is handed over. */
void lk_request_defer(lk_request *request);
/* Adds a header to the coming answer; `name` is a constant. At most 12. */
void lk_request_set(lk_request *request, const char *name, const char *value);
/* `body` was allocated with malloc and is taken over; `type` is a constant. */
void lk_request_answer(lk_request *request, int status, const char *type, char *body, size_t length);
/* `body` lives for ever. */
void lk_request_answer_static(lk_request *request, int status, const char *type, const void *body, size_t length);
/* Events until the stream ends. Takes over one hold of the stream. */
void lk_request_answer_stream(lk_request *request, lk_stream *stream);
/* An RFC 9457 problem document. `limit`, `window`, `retry_after`: 0 for none. */
typedef struct lk_problem {
  int status;
  const char *code; /* one of openapi.yaml's */
  const char *detail;
  long limit, window, retry_after;
} lk_problem;
void lk_request_problem(lk_request *request, const lk_problem *problem);

/* The words of a status. */
const char *lk_status_title(int status);

#endif
