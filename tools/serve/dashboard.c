#include "dashboard.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api.h"
#include "luukku/stats.h"

/* Counting a year that never was counted takes longer than anybody waits for an answer. */
enum { COUNT_MILLISECONDS = 3000 };

static const struct {
  const char *name, *type;
  lk_report_format format;
} formats[] = {{"json", "application/json", LK_REPORT_JSON},
               {"csv", "text/csv; charset=utf-8", LK_REPORT_CSV},
               {"html", "text/html; charset=utf-8", LK_REPORT_HTML},
               {"part", "text/html; charset=utf-8", LK_REPORT_PART}};
enum { FORMATS = sizeof formats / sizeof *formats };

static const char *query(lk_request *request, const char *name) {
  const char *value = lk_request_query(request, name);
  return value ? value : "";
}

/* False after it has answered 400. */
static bool read_wish(const lk_seat *seat, lk_request *request, lk_report_options *options, size_t *format) {
  const char *wanted = query(request, "format");
  lk_error err = {0};
  for (*format = 0; *format < FORMATS && strcmp(wanted, formats[*format].name) != 0; ++*format) {
  }
  if (!*wanted) *format = 0;
  if (*format == FORMATS) {
    lk_api_wrong(request, 400, "bad-request", "there is no such format; ask for json, csv, html or part");
    return false;
  }
  lk_lang lang = lk_lang_of(lk_view_of(query(request, "lang")));
  *options = (lk_report_options){.compare = strcmp(query(request, "compare"), "0") != 0,
                                 .lang = lang == LK_LANG_NONE ? LK_LANG_FI : lang};
  if (lk_report_period(lk_view_of(query(request, "from")), lk_view_of(query(request, "to")), seat->now, options, &err) == LK_OK)
    return true;
  lk_api_wrong(request, 400, "bad-request", err.message);
  return false;
}

typedef struct patience {
  struct timespec begun;
  size_t left;
} patience;

static bool go_on(void *self, size_t left) {
  patience *p = self;
  struct timespec now;
  p->left = left;
  clock_gettime(CLOCK_MONOTONIC, &now);
  long passed = (now.tv_sec - p->begun.tv_sec) * 1000 + (now.tv_nsec - p->begun.tv_nsec) / 1000000;
  return passed < COUNT_MILLISECONDS;
}

/* False after it has answered: what was counted is kept, and the next one who asks finds less to do. */
static bool count(lk_server *server, lk_seat *seat, lk_request *request) {
  patience p = {.left = 0};
  lk_error err = {0};
  char detail[160];
  clock_gettime(CLOCK_MONOTONIC, &p.begun);
  lk_code code = lk_figures_refresh(seat->store, go_on, &p, &err);
  if (code) {
    lk_api_failed(server, request, code, &err);
    return false;
  }
  if (!p.left) return true;
  snprintf(detail, sizeof detail, "%zu days are still to be counted; ask again", p.left);
  lk_request_problem(request, &(lk_problem){503, "busy", detail, 0, 0, 1});
  return false;
}

/* As a file to keep; the part is for the page that asked. */
static void set_headers(lk_request *request, const lk_report_options *options, size_t format) {
  char value[160];
  lk_date last = lk_date_plus(options->until, -1);
  lk_request_set(request, "Cache-Control", "no-store");
  lk_request_set(request, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  if (formats[format].format == LK_REPORT_PART) return;
  snprintf(value, sizeof value, "attachment; filename=\"luukku-%04d-%02d-%02d-%04d-%02d-%02d.%s\"", options->from.year,
           options->from.month, options->from.day, last.year, last.month, last.day, formats[format].name);
  lk_request_set(request, "Content-Disposition", value);
}

void lk_dashboard_figures(lk_server *server, lk_seat *seat, lk_request *request) {
  lk_report_options options;
  lk_report report;
  size_t format;
  lk_error err = {0};
  if (!read_wish(seat, request, &options, &format) || !count(server, seat, request)) return;
  lk_code code = lk_report_make(seat->store, lk_engine_kb(seat->content->engine), &options, seat->arena, &report, &err);
  char *text = code ? NULL : lk_report_render(&report, formats[format].format, &err);
  if (!text) {
    lk_api_failed(server, request, code ? code : LK_ERR_MEMORY, &err);
    return;
  }
  set_headers(request, &options, format);
  lk_request_answer(request, 200, formats[format].type, text, strlen(text));
}

static bool until_stopping(void *self, size_t left) {
  (void)left;
  const lk_server *server = self;
  return !atomic_load(&server->stopping);
}

void lk_dashboard_count(void *self, lk_seat *seat, lk_request *request, lk_view key) {
  (void)request, (void)key;
  lk_server *server = self;
  lk_error err = {0};
  lk_code code = lk_figures_refresh(seat->store, until_stopping, server, &err);
  if (code) LK_LOG(server->log, "error", "count-failed", {"code", lk_code_name(code), 0}, {"message", err.message, 0});
}

void lk_dashboard_style(lk_request *request) {
  const char *style = lk_report_style();
  lk_request_route(request, "page");
  lk_request_set(request, "Cache-Control", "no-cache");
  lk_request_answer_static(request, 200, "text/css; charset=utf-8", style, strlen(style));
}
