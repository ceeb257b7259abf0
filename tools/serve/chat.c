/* The customer's side of the API: /api/v1. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api.h"
#include "luukku/calendar.h"
#include "luukku/identity.h"
#include "neighbour.h"
#include "view.h"

enum { REPLAY_BYTES = LK_STREAM_QUEUE / 2 };

static lk_lang lang_of(lk_view code) {
  lk_lang lang = lk_lang_of(code);
  return lang == LK_LANG_NONE ? LK_LANG_FI : lang;
}

/* The conversation of this piece of work; false after it has answered. */
static bool find(lk_server *server, lk_seat *seat, lk_request *request, lk_view id, lk_conversation *out) {
  lk_error err = {0};
  lk_code code = lk_store_conversation(seat->store, id, seat->arena, out, &err);
  if (code) lk_api_failed(server, request, code, &err);
  return code == LK_OK;
}

/* ---- Before a conversation ---- */

static bool notice_holds(const lk_notice *notice, lk_local_time now) {
  int minute = now.hour * 60 + now.minute;
  int from = lk_date_given(notice->from) ? lk_date_compare(notice->from, now.date) : -1;
  int until = lk_date_given(notice->until) ? lk_date_compare(notice->until, now.date) : 1;
  return (from < 0 || (from == 0 && notice->from_minute <= minute)) &&
         (until > 0 || (until == 0 && minute < notice->until_minute));
}

static json_t *notices(const lk_kb *kb, lk_lang lang, int64_t now) {
  size_t count;
  const lk_notice *all = lk_kb_notices(kb, lang, &count);
  lk_local_time local = lk_local_time_of(now);
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++) {
    if (all[i].category.len || !notice_holds(&all[i], local)) continue;
    char *text = lk_render(&all[i].text, LK_RENDER_TEXT, NULL, 0, NULL),
         *html = lk_render(&all[i].text, LK_RENDER_HTML, NULL, 0, NULL);
    if (text && html)
      json_array_append_new(list, json_pack("{so ss ss}", "id", lk_view_text(all[i].id), "text", text, "html", html));
    free(text);
    free(html);
  }
  return list;
}

static void show_shop(void *self, lk_seat *seat, lk_request *request, lk_view key) {
  (void)key;
  lk_server *server = self;
  const lk_kb *kb = lk_engine_kb(seat->content->engine);
  const char *lang = lk_request_query(request, "lang");
  lk_api_answer(request, 200,
                json_pack("{s[sss] s{sI sI} s{sb sb} so so}", "languages", "fi", "sv", "en", "limits", "message",
                          (json_int_t)lk_api_message_limit(kb), "body", (json_int_t)server->settings.body_bytes, "rating", "csat",
                          server->settings.csat, "nps", server->settings.nps, "availability", lk_view_availability(seat),
                          "notices", notices(kb, lang_of(lk_view_of(lang)), seat->now)));
}

/* ---- Starting ---- */

/* Whom the shop's page vouches for; false after it has answered. */
static bool check_vouch(lk_server *server, lk_seat *seat, lk_request *request, lk_view token, lk_view *customer) {
  lk_token_rules rules = {.secret = lk_view_of(server->vouch_secret),
                          .audience = lk_view_of(server->settings.vouch_audience),
                          .issuer = lk_view_of(server->settings.vouch_issuer),
                          .leeway = 30};
  lk_token_verdict verdict = LK_TOKEN_MALFORMED;
  lk_token_claims claims = {.customer = {"", 0}};
  lk_error err = {0};
  char detail[160];
  *customer = (lk_view){"", 0};
  if (token.len == 0) return true;
  lk_code code = server->vouch_secret[0] ? lk_token_check(token, &rules, seat->now, seat->arena, &verdict, &claims, &err) : LK_OK;
  if (code) {
    lk_api_failed(server, request, code, &err);
    return false;
  }
  *customer = claims.customer;
  if (verdict == LK_TOKEN_VALID) return true;
  snprintf(detail, sizeof detail, "the vouching token is refused (%s); start without it, or get a new one",
           server->vouch_secret[0] ? lk_token_verdict_name(verdict) : "this server takes none");
  lk_api_wrong(request, 403, "bad-vouch", detail);
  return false;
}

static void answer_started(lk_server *server, lk_seat *seat, lk_request *request, const char *id, const lk_talk_result *result) {
  char token[LK_SECRET_SIZE];
  lk_conversation c = {
      .id = lk_view_of(id), .phase = result->kept.phase, .lang = result->turn.lang, .open_case = result->kept.case_id};
  lk_token_make(server->key, c.id, token);
  atomic_fetch_add(&server->metrics.conversations, 1);
  lk_api_answer(
      request, 201,
      json_pack("{ss ss so so}", "id", id, "token", token, "state", lk_view_state(seat, &c), "messages",
                lk_view_messages(seat, c.lang, result->kept.messages, result->kept.message_count, false, (lk_view){"", 0})));
}

static void start(void *self, lk_seat *seat, lk_request *request, lk_view key) {
  (void)key;
  lk_server *server = self;
  json_t *body = lk_api_body(request, true);
  lk_view lang, vouch, customer;
  char id[LK_CONVERSATION_ID_SIZE];
  lk_talk_result result;
  lk_error err = {0};
  if (!body) return;
  if (lk_api_text(request, body, "lang", false, &lang) && lk_api_text(request, body, "vouch", false, &vouch) &&
      check_vouch(server, seat, request, vouch, &customer)) {
    lk_code code = lk_talk_start(&seat->talk, lang_of(lang), customer, id, seat->arena, &result, &err);
    if (code)
      lk_api_failed(server, request, code, &err);
    else if (!result.stored)
      lk_api_failed(server, request, result.trouble.code ? result.trouble.code : LK_ERR_IO, &result.trouble);
    else
      answer_started(server, seat, request, id, &result);
  }
  json_decref(body);
}

/* ---- Talking ---- */

static void take_message(lk_server *server, lk_seat *seat, lk_request *request, const lk_utterance *utterance,
                         lk_view client_id) {
  lk_talk_result result;
  lk_conversation c;
  lk_error err = {0};
  lk_code code = lk_take_turn(server, seat, &seat->talk, utterance, client_id, &result, &c, &err);
  if (code) {
    lk_api_failed(server, request, code, &err);
    return;
  }
  lk_api_answer(request, 200,
                json_pack("{so so sb}", "messages",
                          lk_view_messages(seat, c.lang, result.kept.messages, result.kept.message_count, false, client_id),
                          "state", lk_view_state(seat, &c), "repeated", result.repeated));
}

static void send_message(void *self, lk_seat *seat, lk_request *request, lk_view id) {
  json_t *body = lk_api_body(request, false);
  lk_view client_id, text, choice;
  if (!body) return;
  if (lk_api_client_id(request, body, &client_id) && lk_api_message(request, body, seat, &text) &&
      lk_api_text(request, body, "choice", false, &choice)) {
    lk_utterance utterance = {.text = text,
                              .payload = choice,
                              .lang = LK_LANG_NONE,
                              .conversation = id,
                              .address = lk_view_of(lk_request_address(request))};
    take_message(self, seat, request, &utterance, client_id);
  }
  json_decref(body);
}

/* The number in a query member or header; 0 when there is none. */
static int64_t number_of(const char *text) {
  int64_t number = text && strlen(text) < 19 && strspn(text, "0123456789") == strlen(text) ? strtoll(text, NULL, 10) : 0;
  return number;
}

static void show_history(void *self, lk_seat *seat, lk_request *request, lk_view id) {
  lk_server *server = self;
  lk_conversation c;
  lk_said *messages;
  size_t count;
  lk_error err = {0};
  if (!find(server, seat, request, id, &c)) return;
  lk_code code =
      lk_store_messages(seat->store, id, number_of(lk_request_query(request, "after")), seat->arena, &messages, &count, &err);
  if (code)
    lk_api_failed(server, request, code, &err);
  else
    lk_api_answer(request, 200,
                  json_pack("{so so}", "messages", lk_view_messages(seat, c.lang, messages, count, false, (lk_view){"", 0}),
                            "state", lk_view_state(seat, &c)));
}

/* ---- Events ---- */

/* What was missed. More than a queue holds comes in several connections: each ends after its part, and the next goes on from there. */
static void replay(lk_seat *seat, lk_stream *stream, const lk_conversation *c, const lk_said *messages, size_t count) {
  size_t told = 0;
  for (size_t i = 0; i < count; i++) {
    if (messages[i].author == LK_AUTHOR_NOTE) continue;
    char *line = lk_api_line(lk_view_message(seat, c->lang, &messages[i], (lk_view){"", 0}));
    if (line && told && told + strlen(line) > REPLAY_BYTES) {
      free(line);
      lk_stream_end(stream);
      return;
    }
    if (line && lk_stream_tell(stream, "message", messages[i].id, lk_view_of(line))) told += strlen(line);
    free(line);
  }
}

/* Turns of this conversation are this thread's: nothing can happen between looking back and joining. */
static void open_stream(void *self, lk_seat *seat, lk_request *request, lk_view id) {
  lk_server *server = self;
  lk_conversation c;
  lk_said *messages = NULL;
  size_t count = 0;
  lk_error err = {0};
  if (!find(server, seat, request, id, &c)) return;
  const char *last = lk_request_header(request, "Last-Event-ID"), *after = last ? last : lk_request_query(request, "after");
  /* Those who listen already hear first what another server wrote: the new one has it from here. */
  bool shared = server->settings.shared && lk_neighbour_tell(server, seat, id);
  lk_code code =
      after || shared ? lk_store_messages(seat->store, id, number_of(after), seat->arena, &messages, &count, &err) : LK_OK;
  if (code) {
    lk_api_failed(server, request, code, &err);
    return;
  }
  lk_stream *stream = lk_hub_join(server->hub, id);
  if (!stream) {
    atomic_fetch_add(&server->metrics.streams_full, 1);
    lk_request_problem(request, &(lk_problem){429, "streams", "there are too many event streams; end one",
                                              server->settings.streams_per_conversation, 0, 10});
    return;
  }
  lk_hub_set_waiting(server->hub, id, c.phase == LK_PHASE_WAITING);
  char *state = lk_api_line(lk_view_state(seat, &c));
  if (state) lk_stream_tell(stream, "state", 0, lk_view_of(state));
  free(state);
  if (after) replay(seat, stream, &c, messages, count);
  if (count) lk_hub_set_told(server->hub, id, messages[count - 1].id);
  lk_request_answer_stream(request, stream);
}

static void tell_typing(lk_server *server, lk_request *request, lk_view id) {
  lk_tell_customer_typing(server, id);
  lk_api_empty(request);
}

/* ---- Rating, ending, taking along ---- */

static lk_view entry_of(lk_seat *seat, lk_view id, int64_t message) {
  lk_said *messages;
  size_t count;
  if (lk_store_messages(seat->store, id, message - 1, seat->arena, &messages, &count, NULL) != LK_OK) return (lk_view){NULL, 0};
  return count && messages[0].id == message && messages[0].author == LK_AUTHOR_BOT ? messages[0].entry : (lk_view){NULL, 0};
}

static bool read_rating(lk_seat *seat, lk_request *request, lk_view id, const json_t *body, lk_event *out) {
  static const struct {
    const char *kind;
    lk_event_type type;
    int64_t least, most;
  } kinds[] = {
      {"helpful", LK_EVENT_RATED_HELPFUL, 0, 1}, {"csat", LK_EVENT_RATED_CSAT, 1, 5}, {"nps", LK_EVENT_RATED_NPS, 0, 10}};
  lk_view kind, text;
  int64_t value, message;
  if (!lk_api_text(request, body, "kind", true, &kind) || !lk_api_integer(request, body, "value", true, &value) ||
      !lk_api_integer(request, body, "message", false, &message) || !lk_api_text(request, body, "text", false, &text))
    return false;
  if (lk_api_characters(text) > 2000) {
    lk_request_problem(request, &(lk_problem){413, "message-too-long", "the words are too many; shorten them", 2000, 0, 0});
    return false;
  }
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (!lk_view_eq(kind, lk_view_of(kinds[i].kind)) || value < kinds[i].least || value > kinds[i].most) continue;
    *out = (lk_event){.type = kinds[i].type, .has_number = true, .number = value, .text = text};
    if (kinds[i].type != LK_EVENT_RATED_HELPFUL) return true;
    out->entry = entry_of(seat, id, message);
    if (out->entry.ptr) return true;
    lk_api_wrong(request, 400, "bad-member",
                 "the member “message” is no message of the bot in this conversation; give the one that is rated");
    return false;
  }
  lk_api_wrong(request, 400, "bad-member", "kind and value do not fit; helpful is 0 or 1, csat 1 to 5, nps 0 to 10");
  return false;
}

static void rate(void *self, lk_seat *seat, lk_request *request, lk_view id) {
  lk_server *server = self;
  lk_conversation c;
  lk_event event;
  lk_error err = {0};
  json_t *body = lk_api_body(request, false);
  if (!body) return;
  if (find(server, seat, request, id, &c) && read_rating(seat, request, id, body, &event)) {
    lk_code code = lk_store_note(seat->store, id, seat->now, &event, 1, &err);
    if (code)
      lk_api_failed(server, request, code, &err);
    else
      lk_api_empty(request);
  }
  json_decref(body);
}

/* Answers with the conversation's state, after something has changed it. */
static void answer_changed(lk_server *server, lk_seat *seat, lk_request *request, lk_view id, int64_t case_id) {
  lk_conversation c;
  if (!find(server, seat, request, id, &c)) return;
  lk_tell_state(server, seat, &c);
  if (case_id) lk_tell_case(server, seat, case_id);
  lk_api_answer(request, 200, lk_view_state(seat, &c));
}

static void end(void *self, lk_seat *seat, lk_request *request, lk_view id) {
  lk_server *server = self;
  lk_conversation c;
  lk_error err = {0};
  lk_turn_result written;
  if (!find(server, seat, request, id, &c)) return;
  lk_event event = {.type = LK_EVENT_CONVERSATION_ENDED, .reason = LK_LIT("customer")};
  lk_code code = c.phase == LK_PHASE_ENDED
                     ? LK_OK
                     : lk_post_write(seat, id, &(lk_post){.events = &event, .event_count = 1, .end = true}, &written, &err);
  if (code)
    lk_api_failed(server, request, code, &err);
  else
    answer_changed(server, seat, request, id, c.open_case);
}

static void withdraw(void *self, lk_seat *seat, lk_request *request, lk_view id) {
  lk_server *server = self;
  lk_conversation c;
  lk_error err = {0};
  if (!find(server, seat, request, id, &c)) return;
  lk_code code = c.open_case ? lk_desk_withdraw(seat->desk, c.open_case, seat->now, &err) : LK_OK;
  if (code == LK_ERR_STATE)
    lk_api_wrong(request, 409, "taken", "somebody has taken the conversation already; go on with them");
  else if (code)
    lk_api_failed(server, request, code, &err);
  else
    answer_changed(server, seat, request, id, c.open_case);
}

/* Who said it, in the words of the KB (messages transcript-customer, -bot, -agent), else in those of the API. */
static void write_author(FILE *out, const lk_kb *kb, lk_lang lang, const lk_said *said) {
  static const char *const ids[] = {"transcript-customer", "transcript-bot", "transcript-agent"};
  const lk_message *message = lk_kb_message(kb, lk_view_of(ids[said->author]), lang);
  lk_value agent = {LK_LIT("agent"), said->agent};
  char *text = message ? lk_render(&message->text, LK_RENDER_TEXT, &agent, 1, NULL) : NULL;
  if (text)
    fputs(text, out);
  else if (said->author == LK_AUTHOR_AGENT)
    fprintf(out, "%.*s", LK_FMT(said->agent));
  else
    fputs(said->author == LK_AUTHOR_BOT ? "bot" : "customer", out);
  free(text);
}

static char *transcript_text(lk_seat *seat, const lk_conversation *c, const lk_said *messages, size_t count, size_t *length) {
  char *text = NULL;
  FILE *out = open_memstream(&text, length);
  for (size_t i = 0; out && i < count; i++) {
    if (messages[i].author == LK_AUTHOR_NOTE) continue;
    lk_local_time t = lk_local_time_of(messages[i].time);
    fprintf(out, "%04d-%02d-%02d %02d:%02d  ", t.date.year, t.date.month, t.date.day, t.hour, t.minute);
    write_author(out, lk_engine_kb(seat->content->engine), c->lang, &messages[i]);
    fprintf(out, ":\n%.*s\n\n", LK_FMT(messages[i].text));
  }
  return out && fclose(out) == 0 ? text : NULL;
}

static void show_transcript(void *self, lk_seat *seat, lk_request *request, lk_view id) {
  lk_server *server = self;
  lk_conversation c;
  lk_said *messages;
  size_t count, length = 0;
  lk_error err = {0};
  if (!find(server, seat, request, id, &c)) return;
  lk_code code = lk_store_messages(seat->store, id, 0, seat->arena, &messages, &count, &err);
  char *text = code ? NULL : transcript_text(seat, &c, messages, count, &length);
  if (!text) {
    lk_api_failed(server, request, code ? code : LK_ERR_MEMORY, &err);
    return;
  }
  lk_request_set(request, "Content-Disposition", "attachment; filename=\"chat.txt\"");
  lk_request_set(request, "Cache-Control", "no-store");
  lk_request_answer(request, 200, "text/plain; charset=utf-8", text, length);
}

static void erase(void *self, lk_seat *seat, lk_request *request, lk_view id) {
  lk_server *server = self;
  lk_conversation c, gone;
  lk_error err = {0};
  if (!find(server, seat, request, id, &c)) return;
  lk_code code = lk_store_erase(seat->store, id, &err);
  /* Busy may mean that all is deleted but old pages are still being read: the next checkpoint of the log overwrites them. */
  if (code == LK_ERR_BUSY && lk_store_conversation(seat->store, id, seat->arena, &gone, NULL) == LK_ERR_MISSING) code = LK_OK;
  if (code) {
    lk_api_failed(server, request, code, &err);
    return;
  }
  lk_hub_end(server->hub, id);
  if (c.open_case) lk_tell_case(server, seat, c.open_case);
  lk_api_empty(request);
}

/* ---- Routes ---- */

static void show_state(void *self, lk_seat *seat, lk_request *request, lk_view id) {
  lk_conversation c;
  if (find(self, seat, request, id, &c)) lk_api_answer(request, 200, lk_view_state(seat, &c));
}

typedef struct route {
  const char *method, *name; /* what stands behind the conversation's id */
  const char *label;
  lk_work *work; /* NULL: typing, which needs no store */
} route;

static const route routes[] = {
    {"GET", "", "state", show_state},
    {"DELETE", "", "erase", erase},
    {"GET", "messages", "history", show_history},
    {"POST", "messages", "send", send_message},
    {"GET", "events", "events", open_stream},
    {"POST", "typing", "typing", NULL},
    {"POST", "rating", "rating", rate},
    {"POST", "end", "end", end},
    {"POST", "withdraw", "withdraw", withdraw},
    {"GET", "transcript", "transcript", show_transcript},
};

static bool admit(lk_server *server, lk_request *request, lk_view id) {
  const char *header = lk_request_header(request, "Authorization");
  if (!header || strncasecmp(header, "Bearer ", 7) != 0) {
    lk_request_set(request, "WWW-Authenticate", "Bearer");
    lk_api_wrong(request, 401, "no-token", "the token is missing; send Authorization: Bearer TOKEN");
    return false;
  }
  if (lk_token_opens(server->key, header + 7, id)) return true;
  lk_request_set(request, "WWW-Authenticate", "Bearer error=\"invalid_token\"");
  lk_api_wrong(request, 401, "bad-token", "the token does not open this conversation; start a new one");
  return false;
}

static const route *find_route(const char *method, lk_view name, bool *known) {
  *known = false;
  for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
    if (!lk_view_eq(name, lk_view_of(routes[i].name))) continue;
    *known = true;
    if (strcmp(method, routes[i].method) == 0) return &routes[i];
  }
  return NULL;
}

static void route_conversation(lk_server *server, lk_request *request, lk_view rest) {
  const char *slash = memchr(rest.ptr, '/', rest.len);
  lk_view id = {rest.ptr, slash ? (size_t)(slash - rest.ptr) : rest.len};
  lk_view name = slash ? (lk_view){slash + 1, rest.len - id.len - 1} : (lk_view){"", 0};
  bool known;
  const route *r = find_route(lk_request_method(request), name, &known);
  if (!r) {
    if (known)
      lk_api_wrong(request, 405, "method", "this path does not take this method; the API's description says which");
    else
      lk_api_wrong(request, 404, "not-found", "there is nothing here; the API's description says what is where");
    return;
  }
  lk_request_route(request, r->label);
  if (!admit(server, request, id)) return;
  if (r->work == send_message && !lk_allow(server, server->messages, id, "rate-conversation", request)) return;
  if (r->work)
    lk_hand_over(server, id, r->work, request);
  else
    tell_typing(server, request, id);
}

void lk_chat_route(lk_server *server, lk_request *request, lk_view rest) {
  static const char conversations[] = "/conversations";
  const size_t length = sizeof conversations - 1;
  bool get = strcmp(lk_request_method(request), "GET") == 0, post = strcmp(lk_request_method(request), "POST") == 0;
  if (rest.len > length + 1 && memcmp(rest.ptr, conversations, length) == 0 && rest.ptr[length] == '/') {
    route_conversation(server, request, (lk_view){rest.ptr + length + 1, rest.len - length - 1});
  } else if (lk_view_eq(rest, lk_view_of(conversations))) {
    lk_request_route(request, "start");
    if (!post)
      lk_api_wrong(request, 405, "method", "conversations are started with POST");
    else if (lk_allow(server, server->starts, lk_view_of(lk_request_address(request)), "rate-start", request))
      lk_hand_over(server, (lk_view){"", 0}, start, request);
  } else if (lk_view_eq(rest, LK_LIT("/shop")) && get) {
    lk_request_route(request, "shop");
    lk_hand_over(server, (lk_view){"", 0}, show_shop, request);
  } else {
    lk_api_wrong(request, 404, "not-found", "there is nothing here; the API's description says what is where");
  }
}
