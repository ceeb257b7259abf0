/* The server as its parts see it: made by serve.c, never changed while it runs. */
#ifndef LUUKKU_SERVE_SERVER_H
#define LUUKKU_SERVE_SERVER_H

#include <stdatomic.h>

#include "accounts.h"
#include "buckets.h"
#include "content.h"
#include "crew.h"
#include "http.h"
#include "hub.h"
#include "log.h"
#include "luukku/calendar.h"
#include "metrics.h"
#include "settings.h"
#include "token.h"

typedef struct lk_typists lk_typists; /* channel.h */
typedef struct lk_preview lk_preview; /* preview.h */

typedef struct lk_server {
  lk_settings settings;
  lk_log *log;
  lk_metrics metrics;
  lk_shelf *shelf;
  lk_preview *preview; /* NULL: no draft is shown */
  lk_crew *crew;
  lk_hub *hub;
  lk_accounts *accounts;
  lk_http *http;
  unsigned char key[LK_KEY_SIZE];
  char backend_secret[256];                      /* empty: the shop has no backend of its own */
  char vouch_secret[256];                        /* empty: nobody vouches */
  char rasa_secret[256], directline_secret[256]; /* empty: anybody may begin */
  lk_typists *typists;
  lk_buckets *messages, *requests, *starts, *logins;
  atomic_bool stopping;
  atomic_bool store_failed;   /* the last write to the database failed */
  _Atomic int64_t seen_event; /* of the store, by neighbour.c: the last one */
  atomic_bool looking;        /* it is */
  atomic_bool queue_moved;    /* since those who wait were told their places */
} lk_server;

/* ---- routes.c ---- */

/* Answers a request or hands it to the crew. */
void lk_route(void *self, lk_request *request);
/* Takes a token from the bucket of this key (of its network, for an address); 0, or the seconds until there is one again. */
long lk_take(lk_server *server, lk_buckets *buckets, lk_view key);
/* False after it has answered 429: no token is left in the bucket of this key. */
bool lk_allow(lk_server *server, lk_buckets *buckets, lk_view key, const char *code, lk_request *request);
/* Does this piece of work for the conversation in the path, or says that there is too much to do. */
void lk_hand_over(lk_server *server, lk_view key, lk_work *work, lk_request *request);

/* ---- chat.c, desk.c: the two sides of the API ---- */

/* `rest` is the path behind /api/v1 or /desk/api. */
void lk_chat_route(lk_server *server, lk_request *request, lk_view rest);
void lk_desk_route(lk_server *server, lk_request *request, lk_view rest);

/* ---- health.c ---- */
void lk_health_answer(lk_server *server, lk_request *request);
void lk_metrics_answer_text(lk_server *server, lk_request *request);

/* ---- web.c: pages and scripts ---- */
/* False when there is no such file. */
bool lk_web_answer(lk_server *server, lk_request *request);

/* ---- keeper.c: what has to happen without being asked for ---- */
typedef struct lk_keeper lk_keeper;
lk_keeper *lk_keeper_start(lk_server *server, lk_error *err);
/* Another thread's wish, also from a signal's: reload the KB, reopen the log. */
void lk_keeper_reload(lk_keeper *keeper);
void lk_keeper_stop(lk_keeper *keeper);
/* Is it time to delete what is past its retention? At the first call, and then once every day from `hour` on. `purged` is the day of the last time, zeroes before the
 * first; it is set when this is true. */
bool lk_purge_due(lk_date *purged, const lk_local_time *now, int hour);
/* Is this a moment for it? `waited` seconds after it was due, with no turn for `quiet` seconds: when it is quiet, or three hours late. */
bool lk_purge_now(long waited, long quiet);

#endif
