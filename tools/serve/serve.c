#include "serve.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "channel.h"
#include "fail.h"
#include "guard.h"
#include "listen.h"
#include "preview.h"
#include "server.h"

/* ---- What is told about ---- */

static void note_access(void *self, const lk_access *a) {
  lk_server *server = self;
  char address[LK_ADDRESS_SIZE];
  bool stream = strstr(a->route, "events") != NULL, page = strcmp(a->route, "page") == 0;
  lk_metrics_answer(&server->metrics, a->status, !stream && !page && *a->route, a->microseconds);
  if (server->settings.quiet && a->status < 500) return;
  lk_address_masked(a->address, address);
  LK_LOG(server->log, a->status >= 500 ? "error" : "info", "request", {"method", a->method, 0}, {"route", a->route, 0},
         {"status", NULL, a->status}, {"microseconds", NULL, a->microseconds}, {"bytes", NULL, (int64_t)a->sent},
         {"network", address, 0});
}

static void note_trouble(void *self, const char *what) {
  lk_server *server = self;
  atomic_fetch_add(&server->metrics.slow, 1);
  LK_LOG(server->log, "warning", "connection", {"message", what, 0});
}

/* ---- Making the server ---- */

enum { UNDO_BYTES = 8 << 20 };
enum { ARENAS_MOST = 4 }; /* of malloc: one for each thread would keep what each of them once needed */

enum { SECRET_MOST = sizeof((lk_server *)0)->vouch_secret };

static lk_code default_file(char **member, const char *db, const char *ending, lk_error *err) {
  if (**member) return LK_OK;
  char *name = malloc(strlen(db) + strlen(ending) + 1);
  if (!name) return lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
  sprintf(name, "%s%s", db, ending);
  free(*member);
  *member = name;
  return LK_OK;
}

static lk_code read_secret(const char *file, char out[SECRET_MOST], lk_error *err) {
  if (!*file) return LK_OK;
  FILE *in = fopen(file, "re");
  if (!in) return lk_set_error(err, LK_ERR_IO, "cannot read %s: %s; name a file that can be read", file, strerror(errno));
  size_t got = fread(out, 1, SECRET_MOST - 1, in);
  fclose(in);
  while (got && strchr("\r\n", out[got - 1])) got--;
  out[got] = '\0';
  if (strlen(out) >= 32) return LK_OK;
  return lk_set_error(err, LK_ERR_INPUT,
                      "the secret in %s is shorter than 32 bytes; make a longer one, the same at its other side", file);
}

static lk_code make_limits(lk_server *server, lk_error *err) {
  const lk_settings *s = &server->settings;
  server->messages = lk_buckets_new(s->message_rate, 60);
  server->requests = lk_buckets_new(s->address_rate, 60);
  server->starts = lk_buckets_new(s->start_rate, 3600);
  server->logins = lk_buckets_new(s->login_rate, 3600);
  server->hub = lk_hub_new((size_t)s->streams, (size_t)s->streams_per_conversation);
  server->typists = lk_typists_new();
  bool made = server->typists && server->messages && server->requests && server->starts && server->logins && server->hub;
  return made ? LK_OK : lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
}

/* As many open files as the system allows: each connection is one. */
static void raise_file_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

static lk_code start_http(lk_server *server, lk_error *err) {
  const lk_settings *s = &server->settings;
  long processors = sysconf(_SC_NPROCESSORS_ONLN), own = *s->proxies ? 0 : 64;
  lk_http_options options = {.listen = s->listen,
                             .proxies = s->proxies,
                             .threads = (unsigned)(s->threads       ? s->threads
                                                   : processors > 0 ? processors
                                                                    : 1),
                             .connections = (unsigned)s->connections,
                             .connections_per_address = (unsigned)(s->connections_per_address ? s->connections_per_address : own),
                             .header_seconds = (unsigned)s->header_seconds,
                             .body_seconds = (unsigned)s->body_seconds,
                             .idle_seconds = (unsigned)s->idle_seconds,
                             .answer_seconds = (unsigned)s->answer_seconds,
                             .body_limit = (size_t)s->body_bytes};
  return lk_http_start(&options, &(lk_http_handler){server, lk_route, note_access, note_trouble}, &server->http, err);
}

/* Before the first database is opened. SQLite's own count of its memory takes a mutex at each allocation of any thread; and what a batch of many turns keeps to undo one of
 * them goes to a file from 64 kB on. */
static void prepare_sqlite(void) {
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, UNDO_BYTES);
}

static lk_code prepare(lk_server *server, lk_error *err) {
  lk_settings *s = &server->settings;
  if (sodium_init() < 0)
    return lk_set_error(err, LK_ERR_IO, "the system gives no random numbers; see that /dev/urandom is there");
  mallopt(M_ARENA_MAX, ARENAS_MOST);
  prepare_sqlite();
  raise_file_limit();
  lk_code code = default_file(&s->accounts, s->db, ".agents", err);
  if (!code) code = default_file(&s->key, s->db, ".key", err);
  if (!code) code = lk_key_load(s->key, server->key, err);
  if (!code) code = read_secret(s->backend_file, server->backend_secret, err);
  if (!code && *s->backend && !*server->backend_secret)
    code = lk_set_error(err, LK_ERR_INPUT, "backend-url without backend-secret-file; name the file with the shared secret");
  if (!code) code = read_secret(s->vouch_file, server->vouch_secret, err);
  if (!code) code = read_secret(s->rasa_secret_file, server->rasa_secret, err);
  if (!code) code = read_secret(s->directline_secret_file, server->directline_secret, err);
  if (!code && !(server->log = lk_log_open(s->log, err))) code = err->code;
  if (!code && !(server->accounts = lk_accounts_open(s->accounts, err))) code = err->code;
  if (!code && !(server->shelf = lk_shelf_open(s->kb, s->desk, s->index, err))) code = err->code ? err->code : LK_ERR_INPUT;
  if (!code && !(server->crew = lk_crew_start(s, server->backend_secret, server->shelf, server, err)))
    code = err->code ? err->code : LK_ERR_IO;
  if (!code && *s->preview && !(server->preview = lk_preview_start(s, server->shelf, server->log, err)))
    code = err->code ? err->code : LK_ERR_IO;
  if (!code) code = make_limits(server, err);
  return code;
}

static void tear_down(lk_server *server) {
  lk_http_stop(server->http);
  lk_crew_stop(server->crew);
  lk_preview_stop(server->preview);
  lk_hub_free(server->hub);
  lk_shelf_close(server->shelf);
  lk_accounts_close(server->accounts);
  lk_typists_free(server->typists);
  lk_buckets_free(server->messages);
  lk_buckets_free(server->requests);
  lk_buckets_free(server->starts);
  lk_buckets_free(server->logins);
  if (server->log) lk_log_close(server->log);
  lk_settings_free(&server->settings);
  sodium_memzero(server->key, sizeof server->key);
  free(server);
}

/* ---- Running ---- */

static void block_signals(sigset_t *signals) {
  sigemptyset(signals);
  sigaddset(signals, SIGTERM);
  sigaddset(signals, SIGINT);
  sigaddset(signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, signals, NULL); /* in all threads to come: one place takes them */
  signal(SIGPIPE, SIG_IGN);
}

/* Without the dictionary Finnish is only stemmed: answers are found, but fewer. Without the index file the start takes longer. */
static void warn_of_content(lk_server *server) {
  lk_content *content = lk_shelf_take(server->shelf);
  bool has = lk_engine_has_dictionary(content->engine);
  if (content->note[0]) {
    fprintf(stderr, "luukku serve: warning: %s\n", content->note);
    LK_LOG(server->log, "warning", "index-not-used", {"message", content->note, 0});
  }
  lk_shelf_return(server->shelf, content);
  if (has) return;
  fputs(
      "luukku serve: warning: Voikko's Finnish dictionary is missing, so inflected words are recognised less well; "
      "install voikko-fi\n",
      stderr);
  LK_LOG(
      server->log, "warning", "no-dictionary",
      {"message", "Voikko's Finnish dictionary is missing, so inflected words are recognised less well; install voikko-fi", 0});
}

static void wait_for_stop(lk_keeper *keeper, const sigset_t *signals) {
  for (int got; sigwait(signals, &got) == 0 && got == SIGHUP;) lk_keeper_reload(keeper);
}

/* New connections are refused, what was accepted is answered, streams end, and then all is closed. */
static void stop_serving(lk_server *server) {
  LK_LOG(server->log, "info", "stopping", {"connections", NULL, lk_http_connections(server->http)});
  lk_http_quiesce(server->http);
  atomic_store(&server->stopping, true);
  lk_hub_end_all(server->hub);
  int64_t until = lk_guard_clock() + server->settings.stop_seconds * 1000;
  while (lk_crew_waiting(server->crew) && lk_guard_clock() < until) nanosleep(&(struct timespec){0, 20000000}, NULL);
  /* The answers that were just given are on their way to their threads. */
  nanosleep(&(struct timespec){0, 200000000}, NULL);
}

static int run(lk_server *server) {
  sigset_t signals;
  lk_error err = {0};
  block_signals(&signals);
  lk_code code = prepare(server, &err);
  if (!code) code = start_http(server, &err);
  lk_keeper *keeper = code ? NULL : lk_keeper_start(server, &err);
  if (!keeper) {
    if (err.file[0]) fprintf(stderr, "%s:%d: ", err.file, err.line);
    fprintf(stderr, "error: %s\n",
            err.message[0] ? err.message : "cannot start; see that there is memory and that threads are allowed");
    return 2;
  }
  warn_of_content(server);
  printf("Luukku listens on http://%s/ (the desk: http://%s/desk)\n", lk_http_address(server->http),
         lk_http_address(server->http));
  fflush(stdout);
  LK_LOG(server->log, "info", "started", {"address", lk_http_address(server->http), 0});
  wait_for_stop(keeper, &signals);
  lk_keeper_stop(keeper);
  stop_serving(server);
  LK_LOG(server->log, "info", "stopped", {"waiting", NULL, (int64_t)lk_crew_waiting(server->crew)});
  return 0;
}

int lk_command_serve(int argc, char **argv) {
  lk_server *server = calloc(1, sizeof *server);
  lk_error err = {0};
  int status = 2;
  if (!server) {
    fputs("error: out of memory\n", stderr);
    return 2;
  }
  lk_code code = lk_settings_read(&server->settings, argc, argv, &err);
  if (code) {
    fprintf(stderr, "error: %s\n", err.message);
  } else if (server->settings.help) {
    puts(
        "Usage: luukku serve [SETTING …]\n\n"
        "The chat server: web chat, the agents' desk with dashboard and preview, /metrics, /healthz. SIGHUP reloads the "
        "knowledge base.\n");
    lk_settings_print(stdout);
    status = 0;
  } else {
    status = run(server);
  }
  tear_down(server);
  return status;
}
