/* What goes where, and what holds for all: origins, headers, limits by address. */
#include <arpa/inet.h>
#include <string.h>

#include "channel.h"
#include "dashboard.h"
#include "guard.h"
#include "listen.h"
#include "server.h"

static bool begins(const char *path, const char *with, lk_view *rest) {
  size_t length = strlen(with);
  if (strncmp(path, with, length) != 0 || (path[length] && path[length] != '/')) return false;
  *rest = lk_view_of(path + length);
  return true;
}

/* An IPv6 address counts by its /64, which is what one customer has. */
static lk_view address_key(const char *address, char out[LK_ADDRESS_SIZE]) {
  unsigned char bytes[16];
  if (inet_pton(AF_INET6, address, bytes) != 1) return lk_view_of(address);
  memset(bytes + 8, 0, 8);
  inet_ntop(AF_INET6, bytes, out, LK_ADDRESS_SIZE);
  return lk_view_of(out);
}

long lk_take(lk_server *server, lk_buckets *buckets, lk_view key) {
  char network[LK_ADDRESS_SIZE];
  if (buckets != server->messages && key.len < LK_ADDRESS_SIZE && memchr(key.ptr, ':', key.len) && !memchr(key.ptr, 'n', key.len))
    key = address_key(key.ptr, network);
  return lk_buckets_take(buckets, key, lk_guard_clock());
}

bool lk_allow(lk_server *server, lk_buckets *buckets, lk_view key, const char *code, lk_request *request) {
  long wait = lk_take(server, buckets, key);
  if (wait == 0) return true;
  atomic_fetch_add(&server->metrics.limited, 1);
  LK_LOG(server->log, "warning", "limited", {"code", code, 0});
  lk_request_problem(request, &(lk_problem){429, code, "too many of these; wait for as long as Retry-After says",
                                            lk_buckets_burst(buckets), lk_buckets_seconds(buckets), wait});
  return false;
}

void lk_hand_over(lk_server *server, lk_view key, lk_work *work, lk_request *request) {
  lk_request_defer(request);
  if (lk_crew_give(server->crew, key, work, request)) return;
  atomic_fetch_add(&server->metrics.busy, 1);
  lk_request_problem(request, &(lk_problem){503, "busy", "the server has too much to do just now; send it again", 0, 0, 2});
}

/* ---- Other origins ---- */

static void allow_origin(const lk_server *server, lk_request *request) {
  const char *origin = lk_request_header(request, "Origin"), *allowed = server->settings.origins;
  if (!*allowed) return;
  lk_request_set(request, "Vary", "Origin");
  if (!origin || (strcmp(allowed, "*") != 0 && !lk_address_listed(allowed, lk_view_of(origin)))) return;
  lk_request_set(request, "Access-Control-Allow-Origin", origin);
  lk_request_set(request, "Access-Control-Expose-Headers", "Retry-After");
}

static void answer_preflight(lk_request *request, const char *headers) {
  lk_request_set(request, "Access-Control-Allow-Methods", "GET, POST, DELETE");
  lk_request_set(request, "Access-Control-Allow-Headers", headers);
  lk_request_set(request, "Access-Control-Max-Age", "600");
  lk_request_answer(request, 204, NULL, NULL, 0);
}

/* ---- Routes ---- */

static void route_chat(lk_server *server, lk_request *request, lk_view rest) {
  allow_origin(server, request);
  if (strcmp(lk_request_method(request), "OPTIONS") == 0)
    answer_preflight(request, "Authorization, Content-Type, Last-Event-ID");
  else if (lk_allow(server, server->requests, lk_view_of(lk_request_address(request)), "rate-address", request))
    lk_chat_route(server, request, rest);
}

static void route_channel(lk_server *server, lk_request *request, const lk_channel *channel, lk_view rest) {
  allow_origin(server, request);
  if (strcmp(lk_request_method(request), "OPTIONS") == 0)
    answer_preflight(request, channel->headers);
  else
    lk_channel_route(server, request, channel, rest);
}

static void route_page(lk_server *server, lk_request *request) {
  const char *method = lk_request_method(request);
  lk_request_route(request, "page");
  if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
    lk_request_problem(request, &(lk_problem){.status = 405, .code = "method", .detail = "pages are only read; use GET"});
  else if (!lk_web_answer(server, request))
    lk_request_problem(request, &(lk_problem){.status = 404,
                                              .code = "not-found",
                                              .detail = "there is nothing here; the API's description says what is where"});
}

void lk_route(void *self, lk_request *request) {
  lk_server *server = self;
  const char *path = lk_request_path(request);
  const lk_channel *channel;
  lk_view rest;
  if (atomic_load(&server->stopping)) {
    lk_request_set(request, "Connection", "close");
    lk_request_problem(request, &(lk_problem){503, "stopping", "the server is stopping; send it again", 0, 0, 2});
  } else if (begins(path, "/api/v1", &rest)) {
    route_chat(server, request, rest);
  } else if (begins(path, "/desk/api", &rest)) {
    if (lk_allow(server, server->requests, lk_view_of(lk_request_address(request)), "rate-address", request))
      lk_desk_route(server, request, rest);
  } else if ((channel = lk_channel_of(&server->settings, path, &rest)) != NULL) {
    route_channel(server, request, channel, rest);
  } else if (strcmp(path, "/healthz") == 0) {
    lk_request_route(request, "healthz");
    lk_health_answer(server, request);
  } else if (strcmp(path, "/metrics") == 0) {
    lk_request_route(request, "metrics");
    lk_metrics_answer_text(server, request);
  } else if (strcmp(path, "/desk/dashboard/report.css") == 0) {
    lk_dashboard_style(request);
  } else {
    route_page(server, request);
  }
}
