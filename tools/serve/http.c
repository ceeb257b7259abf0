#include "http.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "guard.h"
#include "headers.h"
#include "library.h"
#include "listen.h"

enum {
  /* Headers and read buffer of one connection: room for the 4 kB of cookies that a shop's pages may have; and thousands of streams cost little. */
  CONNECTION_MEMORY = 6 * 1024,
  SET_HEADERS = 12,
  STREAM_BLOCK = 128,      /* only for clients of HTTP/1.0: chunks are written where the connection has room */
  DEAD_PEER_MS = 60 * 1000 /* the kernel gives a peer up that acknowledges nothing for so long */
};

struct lk_http {
  lk_library mhd;
  struct MHD_Daemon *daemon;
  lk_guard *guard;
  lk_http_options options;
  lk_http_handler handler;
  char listen[128], proxies[512], bound[80];
  atomic_uint connections;
};

struct lk_request {
  lk_http *http;
  struct MHD_Connection *connection;
  lk_guarded *guarded;
  const char *method, *route;
  char path[256];
  char address[LK_ADDRESS_SIZE];
  int64_t begun;
  char *body;
  size_t length, room;
  bool begun_reading, served, secure, too_large, deferred;
  lk_problem refused; /* status 0: not refused */
  void *context;
  void (*free_context)(void *);
  /* The answer, written before `answered`: */
  atomic_bool answered;
  struct MHD_Response *response;
  int status;
  size_t sent;
  struct {
    const char *name;
    char *value;
  } headers[SET_HEADERS];
  size_t header_count;
};

static int64_t microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- Answering ---- */

/* libmicrohttpd wants its own way to say "this memory is yours". */
static void finish(lk_request *request, int status, struct MHD_Response *response, size_t sent) {
  request->status = response ? status : 500;
  request->response = response;
  request->sent = sent;
  struct MHD_Connection *connection = request->connection;
  const lk_library *mhd = &request->http->mhd;
  bool deferred = request->deferred;
  /* From here on the request may be gone: its HTTP thread may send the answer and end it. */
  atomic_store(&request->answered, true);
  if (deferred) mhd->resume_connection(connection);
}

static void add_headers(lk_request *request, struct MHD_Response *response, const char *type) {
  if (!response) return;
  if (type) request->http->mhd.add_response_header(response, "Content-Type", type);
  request->http->mhd.add_response_header(response, "X-Content-Type-Options", "nosniff");
  for (size_t i = 0; i < request->header_count; i++)
    if (request->headers[i].value)
      request->http->mhd.add_response_header(response, request->headers[i].name, request->headers[i].value);
}

void lk_request_answer(lk_request *request, int status, const char *type, char *body, size_t length) {
  struct MHD_Response *response =
      request->http->mhd.create_response_from_buffer(length, body, body ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
  if (!response) free(body);
  add_headers(request, response, type);
  finish(request, status, response, length);
}

void lk_request_answer_static(lk_request *request, int status, const char *type, const void *body, size_t length) {
  union {
    const void *constant;
    void *plain; /* libmicrohttpd only reads it */
  } bytes = {body};
  struct MHD_Response *response = request->http->mhd.create_response_from_buffer(length, bytes.plain, MHD_RESPMEM_PERSISTENT);
  add_headers(request, response, type);
  finish(request, status, response, length);
}

static ssize_t read_stream(void *self, uint64_t position, char *out, size_t room) {
  (void)position;
  ssize_t got = lk_stream_read(self, out, room);
  return got < 0 ? MHD_CONTENT_READER_END_OF_STREAM : got;
}

static void end_stream(void *self) { lk_stream_detach(self); }

void lk_request_answer_stream(lk_request *request, lk_stream *stream) {
  lk_stream_attach(stream, &request->http->mhd, request->connection);
  struct MHD_Response *response =
      request->http->mhd.create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, stream, end_stream);
  if (!response) lk_stream_detach(stream);
  lk_request_set(request, "Cache-Control", "no-store");
  lk_request_set(request, "X-Accel-Buffering", "no"); /* nginx passes events on at once */
  add_headers(request, response, "text/event-stream");
  finish(request, 200, response, 0);
}

void lk_request_set(lk_request *request, const char *name, const char *value) {
  if (request->header_count == SET_HEADERS) return;
  request->headers[request->header_count].name = name;
  request->headers[request->header_count++].value = strdup(value);
}

void lk_request_defer(lk_request *request) {
  request->deferred = true;
  request->http->mhd.suspend_connection(request->connection);
}

/* ---- Reading ---- */

const char *lk_request_method(const lk_request *request) { return request->method; }
const char *lk_request_path(const lk_request *request) { return request->path; }
const char *lk_request_address(const lk_request *request) { return request->address; }
bool lk_request_secure(const lk_request *request) { return request->secure; }
void lk_request_route(lk_request *request, const char *route) { request->route = route; }
lk_view lk_request_body(const lk_request *request) { return (lk_view){request->body ? request->body : "", request->length}; }

const char *lk_request_header(const lk_request *request, const char *name) {
  return request->http->mhd.lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *lk_request_query(const lk_request *request, const char *name) {
  return request->http->mhd.lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

bool lk_request_cookie(const lk_request *request, const char *name, char *out, size_t room) {
  const char *cookies = lk_request_header(request, "Cookie");
  return cookies && lk_cookie_find(cookies, name, out, room);
}

void lk_request_keep(lk_request *request, void *context, void (*free_context)(void *)) {
  request->context = context;
  request->free_context = free_context;
}

void *lk_request_kept(const lk_request *request) { return request->context; }

/* ---- Receiving ---- */

/* Called with the raw target when the request line is there: the only place that sees it before anything is decoded. */
static void *begin_request(void *self, const char *target, struct MHD_Connection *connection) {
  lk_http *http = self;
  lk_request *request = calloc(1, sizeof *request);
  if (!request) return NULL;
  const union MHD_ConnectionInfo *info = http->mhd.get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  request->http = http;
  request->connection = connection;
  request->guarded = info ? info->socket_context : NULL;
  request->begun = microseconds();
  request->method = "";
  size_t length = strcspn(target, "?");
  if (!lk_target_plain((lk_view){target, length}) || length >= sizeof request->path) {
    request->refused = (lk_problem){
        400, "bad-request", "the path has characters that no path here has; use the paths of the API as they stand", 0, 0, 0};
  } else {
    memcpy(request->path, target, length);
  }
  if (request->guarded) {
    atomic_fetch_add(&request->guarded->requests, 1);
    lk_guard_within(request->guarded, http->options.header_seconds);
  }
  return request;
}

static enum MHD_Result look_at_header(void *self, enum MHD_ValueKind kind, const char *key, size_t key_length, const char *value,
                                      size_t value_length) {
  (void)kind;
  lk_headers_look(self, (lk_view){key, key_length}, (lk_view){value ? value : "", value ? value_length : 0});
  return MHD_YES;
}

static void find_client(lk_request *request) {
  const union MHD_ConnectionInfo *info =
      request->http->mhd.get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  lk_address_text(info ? info->client_addr : NULL, request->address);
  if (!lk_address_listed(request->http->proxies, lk_view_of(request->address))) return;
  const char *forwarded = lk_request_header(request, "X-Forwarded-For"),
             *scheme = lk_request_header(request, "X-Forwarded-Proto");
  if (forwarded) lk_address_forwarded(forwarded, request->http->proxies, request->address);
  request->secure = scheme && strcmp(scheme, "https") == 0;
}

/* The headers are there: whatever is wrong with them ends the request before its body is read. */
static bool check_headers(lk_request *request, const char *method, const char *version) {
  lk_headers headers = {0};
  request->http->mhd.get_connection_values_n(request->connection, MHD_HEADER_KIND, look_at_header, &headers);
  find_client(request);
  if (request->refused.status) return false;
  const char *why = lk_headers_wrong(&headers, method, version);
  if (why) {
    request->refused = (lk_problem){400, "bad-request", why, 0, 0, 0};
  } else if (headers.length > request->http->options.body_limit) {
    request->refused =
        (lk_problem){413, "body-too-large", "the body is too large; send less", (long)request->http->options.body_limit, 0, 0};
  }
  return request->refused.status == 0;
}

static bool take_body(lk_request *request, const char *bytes, size_t length) {
  size_t limit = request->http->options.body_limit;
  if (request->too_large || request->length + length > limit) {
    /* A chunked body tells its size by and by. It is read to its end, so that the client hears why, but no further than four times the limit. */
    request->too_large = true;
    request->length += length;
    return request->length <= 4 * limit;
  }
  if (request->length + length > request->room) {
    size_t room = request->room ? request->room * 2 : 1024;
    while (room < request->length + length) room *= 2;
    char *body = realloc(request->body, room);
    if (!body) return false;
    request->body = body;
    request->room = room;
  }
  memcpy(request->body + request->length, bytes, length);
  request->length += length;
  return true;
}

static enum MHD_Result send_answer(lk_request *request) {
  if (!request->response) return MHD_NO;
  lk_guard_within(request->guarded, request->sent || request->status != 200 ? request->http->options.answer_seconds : 0);
  enum MHD_Result queued = request->http->mhd.queue_response(request->connection, (unsigned)request->status, request->response);
  request->http->mhd.destroy_response(request->response);
  request->response = NULL;
  return queued;
}

static void serve_whole(lk_request *request) {
  request->served = true;
  lk_guard_within(request->guarded, 0);
  if (request->too_large)
    lk_request_problem(request, &(lk_problem){413, "body-too-large", "the body is too large; send less",
                                              (long)request->http->options.body_limit, 0, 0});
  else
    request->http->handler.serve(request->http->handler.self, request);
}

static enum MHD_Result handle(void *self, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **context) {
  (void)self, (void)connection, (void)url;
  lk_request *request = *context;
  if (!request) return MHD_NO;
  if (!request->begun_reading) {
    request->begun_reading = true;
    request->method = method;
    if (!check_headers(request, method, version)) {
      request->served = true;
      lk_request_set(request, "Connection", "close");
      lk_request_problem(request, &request->refused);
      return send_answer(request);
    }
    lk_guard_within(request->guarded, request->http->options.body_seconds);
    return MHD_YES;
  }
  if (*upload_size > 0) {
    bool taken = take_body(request, upload, *upload_size);
    *upload_size = 0;
    return taken ? MHD_YES : MHD_NO;
  }
  if (!request->served) {
    serve_whole(request);
    /* The other thread may have answered already; but only this thread ends requests, and it is called again when the connection is resumed. */
    if (request->deferred) return MHD_YES;
  }
  return atomic_load(&request->answered) ? send_answer(request) : MHD_YES;
}

static void complete(void *self, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode why) {
  (void)connection, (void)why;
  lk_http *http = self;
  lk_request *request = *context;
  if (!request) return;
  *context = NULL;
  lk_guard_within(request->guarded, http->options.idle_seconds + http->options.header_seconds);
  if (request->begun_reading) {
    lk_access access = {.method = request->method,
                        .path = request->path,
                        .route = request->route ? request->route : "",
                        .address = request->address,
                        .status = request->served ? request->status : 0,
                        .microseconds = microseconds() - request->begun,
                        .sent = request->sent};
    http->handler.finished(http->handler.self, &access);
  }
  if (request->response) request->http->mhd.destroy_response(request->response);
  if (request->free_context) request->free_context(request->context);
  for (size_t i = 0; i < request->header_count; i++) free(request->headers[i].value);
  free(request->body);
  free(request);
}

/* ---- Connections ---- */

static void connection_changed(void *self, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode what) {
  lk_http *http = self;
  if (what == MHD_CONNECTION_NOTIFY_STARTED) {
    const union MHD_ConnectionInfo *info = http->mhd.get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    unsigned dead = DEAD_PEER_MS;
    int yes = 1;
    atomic_fetch_add(&http->connections, 1);
    if (!info) return;
    setsockopt(info->connect_fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead, sizeof dead);
    setsockopt(info->connect_fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    *context = lk_guard_add(http->guard, info->connect_fd, http->options.header_seconds);
    if (!*context) shutdown(info->connect_fd, SHUT_RDWR); /* nothing without a deadline */
  } else {
    atomic_fetch_sub(&http->connections, 1);
    lk_guard_remove(http->guard, *context);
    *context = NULL;
  }
}

static size_t keep_escapes(void *self, struct MHD_Connection *connection, char *text) {
  (void)self, (void)connection;
  return strlen(text);
}

__attribute__((format(printf, 2, 0))) static void note_trouble(void *self, const char *format, va_list arguments) {
  lk_http *http = self;
  char text[256];
  vsnprintf(text, sizeof text, format, arguments);
  text[strcspn(text, "\r\n")] = '\0';
  http->handler.trouble(http->handler.self, text);
}

static void note_late(void *self) {
  lk_http *http = self;
  http->handler.trouble(http->handler.self, "a client was too slow and was disconnected");
}

/* ---- Starting and stopping ---- */

static struct MHD_Daemon *start_daemon(lk_http *http, int listening) {
  const lk_http_options *o = &http->options;
  struct MHD_OptionItem options[] = {
      {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)note_trouble, http}, /* first, so that it hears of the others */
      {MHD_OPTION_LISTEN_SOCKET, listening, NULL},
      {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)o->connections, NULL},
      {MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)o->connections_per_address, NULL},
      {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)o->idle_seconds, NULL},
      {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
      {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
      {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_escapes, NULL},
      {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)begin_request, http},
      {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)complete, http},
      {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)connection_changed, http},
      /* A pool of one is refused: one thread is no pool. */
      {o->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)o->threads, NULL},
      {MHD_OPTION_END, 0, NULL},
  };
  return http->mhd.start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
                                handle, http, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static void free_http(lk_http *http) {
  lk_guard_free(http->guard);
  free(http);
}

lk_code lk_http_start(const lk_http_options *options, const lk_http_handler *handler, lk_http **out, lk_error *err) {
  lk_http *http = calloc(1, sizeof *http);
  *out = NULL;
  if (!http) return lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
  http->options = *options;
  http->handler = *handler;
  snprintf(http->proxies, sizeof http->proxies, "%s", options->proxies ? options->proxies : "");
  if (!lk_library_open(&http->mhd)) {
    free_http(http);
    return lk_set_error(err, LK_ERR_IO, "libmicrohttpd, which speaks HTTP, is missing; install libmicrohttpd12");
  }
  int listening = lk_listen(options->listen, http->bound, err);
  if (listening < 0) {
    free_http(http);
    return err->code ? err->code : LK_ERR_IO;
  }
  *out = http;
  http->guard = lk_guard_new(note_late, http);
  http->daemon = http->guard ? start_daemon(http, listening) : NULL;
  if (http->daemon) return LK_OK;
  *out = NULL;
  close(listening);
  free_http(http);
  return lk_set_error(err, LK_ERR_IO, "cannot start serving on %s: %s; allow the server more open files and threads",
                      options->listen, strerror(errno));
}

const char *lk_http_address(const lk_http *http) { return http->bound; }
unsigned lk_http_connections(const lk_http *http) { return atomic_load(&http->connections); }

void lk_http_quiesce(lk_http *http) {
  MHD_socket listening = http->mhd.quiesce_daemon(http->daemon);
  if (listening != MHD_INVALID_SOCKET) close(listening);
}

void lk_http_stop(lk_http *http) {
  if (!http) return;
  http->mhd.stop_daemon(http->daemon);
  free_http(http);
}
