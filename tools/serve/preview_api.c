#include "preview_api.h"

#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "preview.h"
#include "view.h"
#include "why.h"

enum { PAGE = 100 };

/* False after it has answered: this server has no draft. */
static bool has_preview(lk_server *server, lk_request *request) {
  if (!server->preview) lk_api_wrong(request, 404, "no-preview", "this server shows no draft; start it with --preview DIR");
  return server->preview != NULL;
}

static json_t *text_or_null(lk_view text) { return text.len ? lk_view_text(text) : json_null(); }

/* ---- State ---- */

/* Editors know their files by what stands below the folder; where that is on the server is the server's business. */
static json_t *troubles_of(lk_shelf *shelf) {
  char all[LK_TROUBLE_SIZE];
  const char *folder = lk_shelf_folder(shelf);
  size_t above = strlen(folder);
  json_t *list = json_array();
  lk_shelf_troubles(shelf, all);
  char *rest, *line = strtok_r(all, "\n", &rest);
  for (; line; line = strtok_r(NULL, "\n", &rest)) {
    /* What a file holds may stand in it cut in the middle of a character. */
    bool below = strncmp(line, folder, above) == 0;
    /* Nothing but ": " is behind the folder when it is about the folder itself. */
    json_t *text = json_string(below ? line + above + strspn(line + above, "/: ") : line);
    json_array_append_new(list, text ? text : json_string("an error that cannot be shown; run luukku kb check"));
  }
  return list;
}

static json_t *shelf_view(lk_shelf *shelf) {
  lk_content *content = lk_shelf_take(shelf);
  size_t entries = 0;
  if (content) lk_kb_entries(lk_engine_kb(content->engine), LK_LANG_NONE, &entries);
  json_t *view = json_pack("{sI so sI so}", "generation", (json_int_t)(content ? content->generation : 0), "loaded",
                           content ? json_integer(content->loaded) : json_null(), "entries", (json_int_t)entries, "troubles",
                           troubles_of(shelf));
  lk_shelf_return(shelf, content);
  return view;
}

static json_t *progress_view(lk_preview *preview) {
  size_t done, total;
  if (!lk_preview_progress(preview, &done, &total)) return json_null();
  return json_pack("{sI sI}", "done", (json_int_t)done, "total", (json_int_t)total);
}

static json_t *comparison_view(const lk_comparison *c) {
  if (!c) return json_null();
  json_int_t act = 0, entry = 0, band = 0, better = 0, worse = 0;
  for (size_t i = 0; i < c->change_count; i++) {
    act += (c->changes[i].changed & LK_CHANGED_ACT) != 0;
    entry += (c->changes[i].changed & LK_CHANGED_ENTRY) != 0;
    band += (c->changes[i].changed & LK_CHANGED_BAND) != 0;
    better += c->changes[i].gain > 0;
    worse += c->changes[i].gain < 0;
  }
  json_t *view =
      json_pack("{sI sI sI sI sI sI sI sI sI sI sI sI sI}", "started", (json_int_t)c->started, "ended", (json_int_t)c->ended,
                "weeks", (json_int_t)c->weeks, "live_generation", (json_int_t)c->live_generation, "draft_generation",
                (json_int_t)c->draft_generation, "asked", (json_int_t)c->asked, "messages", (json_int_t)c->messages, "changed",
                (json_int_t)c->change_count, "act", act, "entry", entry, "band", band, "better", better, "worse", worse);
  if (view && c->trouble.code) json_object_set_new(view, "trouble", json_string(c->trouble.message));
  return view;
}

static json_t *status_view(lk_server *server) {
  const lk_settings *s = &server->settings;
  lk_comparison *c = lk_preview_take(server->preview);
  json_t *view =
      json_pack("{so so so so sI sI}", "live", shelf_view(server->shelf), "draft", shelf_view(lk_preview_shelf(server->preview)),
                "comparing", progress_view(server->preview), "comparison", comparison_view(c), "weeks",
                (json_int_t)s->preview_weeks, "questions", (json_int_t)s->preview_questions);
  lk_preview_return(server->preview, c);
  return view;
}

void lk_preview_show(lk_server *server, lk_request *request) {
  if (has_preview(server, request)) lk_api_answer(request, 200, status_view(server));
}

/* ---- One question ---- */

static json_t *why_view(lk_worker *worker, const lk_understanding *u, const lk_reasons *reasons, lk_arena *arena) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  if (out) lk_show_why(lk_worker_engine(worker), u, reasons, arena, out);
  json_t *why = out && fclose(out) == 0 ? json_stringn(text, length) : NULL;
  free(text);
  return why ? why : json_string("");
}

static json_t *choices_view(const lk_understanding *u, const lk_decision *d) {
  json_t *list = json_array();
  bool clarifies = d->act == LK_ACT_CLARIFY || (d->act == LK_ACT_FALLBACK && !d->entry);
  for (size_t i = 0; clarifies && i < d->choices && i < u->candidate_count && i < LK_CHOICES_MAX; i++)
    json_array_append_new(list, lk_view_text(u->candidates[i].entry->phrasings[0].text));
  return list;
}

static json_t *answer_html(const lk_verdict *v) {
  bool shows = v->entry && v->act != LK_ACT_CLARIFY && v->entry->answer_count && !v->entry->answers[0].variable_count;
  char *html = shows ? lk_render(&v->entry->answers[0], LK_RENDER_HTML, NULL, 0, NULL) : NULL;
  json_t *view = html ? json_string(html) : json_null();
  free(html);
  return view;
}

static json_t *verdict_view(lk_act act, lk_band band, double confidence, lk_view entry, lk_view title, lk_view action) {
  return json_pack("{ss ss sf so so so}", "act", lk_act_name(act), "band", lk_band_name(band), "confidence", confidence, "entry",
                   text_or_null(entry), "title", text_or_null(title), "action", text_or_null(action));
}

/* What this content makes of the text; NULL and `err`. */
static json_t *side(lk_content *content, lk_view text, lk_lang prior, lk_arena *arena, lk_error *err) {
  static const lk_view none = {"", 0};
  lk_worker *worker = lk_worker_new(content->engine, err);
  lk_understanding u = {0};
  lk_reasons reasons = {.arena = arena};
  lk_decision decision;
  lk_verdict v;
  json_t *view = NULL;
  if (worker && lk_verdict_of(worker, text, prior, arena, &u, &reasons, &decision, &v, err) == LK_OK) {
    const lk_entry *e = v.entry;
    view = verdict_view(v.act, v.band, v.confidence, e ? e->id : none, e && e->phrasing_count ? e->phrasings[0].text : none,
                        e ? e->action : none);
    json_object_set_new(view, "lang", json_string(lk_lang_code(v.lang)));
    json_object_set_new(view, "html", answer_html(&v));
    json_object_set_new(view, "choices", choices_view(&u, &decision));
    json_object_set_new(view, "why", why_view(worker, &u, &reasons, arena));
  }
  lk_worker_free(worker);
  return view;
}

void lk_preview_ask(lk_server *server, lk_seat *seat, lk_request *request, const json_t *body) {
  lk_view text, lang;
  lk_error err = {0};
  if (!has_preview(server, request) || !lk_api_message(request, body, seat, &text) ||
      !lk_api_text(request, body, "lang", false, &lang))
    return;
  lk_lang prior = lk_lang_of(lang);
  lk_content *draft = lk_shelf_take(lk_preview_shelf(server->preview));
  json_t *live = side(seat->content, text, prior, seat->arena, &err);
  json_t *other = live && draft ? side(draft, text, prior, seat->arena, &err) : live ? json_null() : NULL;
  lk_shelf_return(lk_preview_shelf(server->preview), draft);
  if (live && other) {
    lk_api_answer(request, 200, json_pack("{so so}", "live", live, "draft", other));
    return;
  }
  json_decref(live);
  lk_api_failed(server, request, err.code ? err.code : LK_ERR_MEMORY, &err);
}

/* ---- Many questions ---- */

static bool within(lk_request *request, const json_t *body, const char *name, long standard, long most, long *out) {
  int64_t number;
  if (!lk_api_integer(request, body, name, false, &number)) return false;
  *out = number ? (long)number : standard;
  if (number >= 0 && number <= most) return true;
  char detail[100];
  snprintf(detail, sizeof detail, "the member “%s” is out of bounds; send 1 to %ld", name, most);
  lk_api_wrong(request, 400, "bad-member", detail);
  return false;
}

void lk_preview_begin(lk_server *server, lk_request *request, const json_t *body) {
  const lk_settings *s = &server->settings;
  long weeks, questions;
  if (!has_preview(server, request) || !within(request, body, "weeks", s->preview_weeks, 520, &weeks) ||
      !within(request, body, "questions", s->preview_questions, LK_PAST_DISTINCT, &questions))
    return;
  if (lk_preview_compare(server->preview, weeks, questions))
    lk_api_answer(request, 202, status_view(server));
  else
    lk_api_wrong(request, 409, "comparing", "a comparison is going on; wait for it");
}

static unsigned kind_of(const char *name) {
  if (name && strcmp(name, "act") == 0) return LK_CHANGED_ACT;
  if (name && strcmp(name, "entry") == 0) return LK_CHANGED_ENTRY;
  if (name && strcmp(name, "band") == 0) return LK_CHANGED_BAND;
  return LK_CHANGED_ACT | LK_CHANGED_ENTRY | LK_CHANGED_BAND;
}

/* Which changes are asked for: ?kind=act|entry|band, ?direction=better|worse, ?lang=. */
typedef struct wanted {
  unsigned kind;
  const char *direction;
  lk_lang lang;
} wanted;

static wanted wanted_of(lk_request *request) {
  const char *lang = lk_request_query(request, "lang"), *direction = lk_request_query(request, "direction");
  return (wanted){kind_of(lk_request_query(request, "kind")), direction ? direction : "", lk_lang_of(lk_view_of(lang))};
}

static bool is_wanted(const wanted *w, const lk_change *change) {
  if (!(change->changed & w->kind) || (w->lang != LK_LANG_NONE && w->lang != change->question.lang)) return false;
  if (strcmp(w->direction, "better") == 0) return change->gain > 0;
  return strcmp(w->direction, "worse") != 0 || change->gain < 0;
}

static json_t *kept_view(const lk_kept_verdict *v) {
  return verdict_view(v->act, v->band, v->confidence, v->entry, v->title, v->action);
}

static json_t *change_view(const lk_change *change) {
  json_t *what = json_array();
  if (change->changed & LK_CHANGED_ACT) json_array_append_new(what, json_string("act"));
  if (change->changed & LK_CHANGED_ENTRY) json_array_append_new(what, json_string("entry"));
  if (change->changed & LK_CHANGED_BAND) json_array_append_new(what, json_string("band"));
  return json_pack("{so ss sI sf so so so}", "text", lk_view_text(change->question.text), "lang",
                   lk_lang_code(change->question.lang), "count", (json_int_t)change->question.count, "gain", change->gain,
                   "changed", what, "live", kept_view(&change->live), "draft", kept_view(&change->draft));
}

static size_t number_in(lk_request *request, const char *name) {
  const char *text = lk_request_query(request, name);
  return text && strlen(text) < 10 && strspn(text, "0123456789") == strlen(text) ? strtoul(text, NULL, 10) : 0;
}

void lk_preview_changes(lk_server *server, lk_request *request) {
  if (!has_preview(server, request)) return;
  wanted w = wanted_of(request);
  const char *order = lk_request_query(request, "order");
  bool best = order && strcmp(order, "best") == 0;
  size_t from = number_in(request, "from"), found = 0;
  lk_comparison *c = lk_preview_take(server->preview);
  size_t count = c ? c->change_count : 0;
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++) {
    const lk_change *change = &c->changes[best ? count - 1 - i : i];
    if (!is_wanted(&w, change)) continue;
    if (found >= from && found < from + PAGE) json_array_append_new(list, change_view(change));
    found++;
  }
  lk_preview_return(server->preview, c);
  lk_api_answer(request, 200, json_pack("{so sI sI}", "changes", list, "from", (json_int_t)from, "total", (json_int_t)found));
}

/* ---- As a file ---- */

/* A spreadsheet takes a text that begins with one of these for a formula: an apostrophe makes it text again, and changes nothing for luukku eval. */
static void write_cell(FILE *out, lk_view text) {
  if (text.len && memchr("=+-@\t\r", text.ptr[0], 6)) putc('\'', out);
  for (size_t i = 0; i < text.len; i++) putc(strchr("\t\r\n", text.ptr[i]) ? ' ' : text.ptr[i], out);
}

/* What the live one did, in the words of luukku eval. */
static void write_label(FILE *out, const lk_kept_verdict *v) {
  if (v->act == LK_ACT_FALLBACK || !v->entry.len)
    fputs(v->act == LK_ACT_HANDOFF ? "@handoff" : "none", out);
  else if (v->act == LK_ACT_CHAT)
    fputs("@chat", out);
  else if (v->act == LK_ACT_HANDOFF && lk_view_eq(v->action, LK_LIT("handoff")))
    fputs("@handoff", out);
  else if (v->action.len)
    fprintf(out, "@%.*s", LK_FMT(v->action));
  else
    fprintf(out, "%.*s", LK_FMT(v->entry));
}

static void write_change(FILE *out, size_t number, const lk_change *change) {
  static const char *const styles[] = {"", "act", "entry", "act-entry", "band", "act-band", "entry-band", "act-entry-band"};
  fprintf(out, "p%04zu\t", number);
  write_cell(out, change->question.text);
  putc('\t', out);
  write_label(out, &change->live);
  fprintf(out, "\t\t%s\n", styles[change->changed]);
}

void lk_preview_file(lk_server *server, lk_request *request) {
  if (!has_preview(server, request)) return;
  wanted w = wanted_of(request);
  char *text = NULL, name[80];
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  lk_comparison *c = lk_preview_take(server->preview);
  if (out) fputs("id\ttext\tlabel\talso\tstyle\n", out);
  for (size_t i = 0; out && c && i < c->change_count; i++)
    if (is_wanted(&w, &c->changes[i])) write_change(out, i + 1, &c->changes[i]);
  lk_preview_return(server->preview, c);
  if (!out || fclose(out) != 0) {
    free(text);
    lk_api_wrong(request, 500, "internal", "the server lacks memory just now; try again");
    return;
  }
  snprintf(name, sizeof name, "attachment; filename=\"changes_%s.tsv\"", w.lang == LK_LANG_NONE ? "all" : lk_lang_code(w.lang));
  lk_request_set(request, "Content-Disposition", name);
  lk_request_set(request, "Cache-Control", "no-store");
  lk_request_answer(request, 200, "text/tab-separated-values; charset=utf-8", text, length);
}
