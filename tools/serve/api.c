#include "api.h"

#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "guard.h"
#include "luukku/mask.h"
#include "view.h"

/* ---- Answering ---- */

char *lk_api_line(json_t *value) {
  char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
  json_decref(value);
  return text;
}

void lk_api_answer(lk_request *request, int status, json_t *value) {
  char *text = lk_api_line(value);
  if (!text) {
    lk_api_wrong(request, 500, "internal", "the server lacks memory just now; try again");
    return;
  }
  lk_request_set(request, "Cache-Control", "no-store");
  lk_request_answer(request, status, "application/json", text, strlen(text));
}

void lk_api_empty(lk_request *request) { lk_request_answer(request, 204, NULL, NULL, 0); }

void lk_api_wrong(lk_request *request, int status, const char *code, const char *detail) {
  lk_request_problem(request, &(lk_problem){.status = status, .code = code, .detail = detail});
}

lk_problem lk_api_problem(lk_server *server, lk_code code, const lk_error *err) {
  if (code == LK_ERR_MISSING) return (lk_problem){404, "no-conversation", "there is no such conversation; start one", 0, 0, 0};
  if (code == LK_ERR_STATE)
    return (lk_problem){409, "conflict", err->message[0] ? err->message : "somebody was faster; look again", 0, 0, 0};
  LK_LOG(server->log, "error", "failed", {"code", lk_code_name(code), 0}, {"message", err->message, 0});
  if (code == LK_ERR_BUSY) return (lk_problem){503, "busy", "the server is busy; send it again", 0, 0, 1};
  if (code != LK_ERR_IO) return (lk_problem){500, "internal", "something failed in the server; its log says what", 0, 0, 0};
  atomic_store(&server->store_failed, true);
  atomic_fetch_add(&server->metrics.store_failures, 1);
  return (lk_problem){503, "store", "nothing can be kept just now, and nothing was; send it again later", 0, 0, 10};
}

void lk_api_failed(lk_server *server, lk_request *request, lk_code code, const lk_error *err) {
  lk_problem problem = lk_api_problem(server, code, err);
  lk_request_problem(request, &problem);
}

/* ---- Reading ---- */

static bool is_json(const char *type) {
  return type && strncasecmp(type, "application/json", 16) == 0 && (type[16] == '\0' || type[16] == ';' || type[16] == ' ');
}

json_t *lk_api_parse(lk_request *request, bool optional, lk_problem *wrong) {
  lk_view body = lk_request_body(request);
  json_error_t error;
  if (optional && body.len == 0) return json_object();
  if (!is_json(lk_request_header(request, "Content-Type"))) {
    *wrong = (lk_problem){415, "media-type", "the body has to be JSON; send Content-Type: application/json", 0, 0, 0};
    return NULL;
  }
  json_t *parsed = json_loadb(body.ptr, body.len, JSON_REJECT_DUPLICATES, &error);
  if (json_is_object(parsed)) return parsed;
  json_decref(parsed);
  *wrong = (lk_problem){400, "bad-json", "the body is no JSON object in UTF-8 with each member once; mend it", 0, 0, 0};
  return NULL;
}

json_t *lk_api_body(lk_request *request, bool optional) {
  lk_problem wrong;
  json_t *body = lk_api_parse(request, optional, &wrong);
  if (!body) lk_request_problem(request, &wrong);
  return body;
}

static bool bad_member(lk_request *request, const char *name, const char *how) {
  char detail[200];
  snprintf(detail, sizeof detail, "the member “%s” %s", name, how);
  lk_api_wrong(request, 400, "bad-member", detail);
  return false;
}

bool lk_api_text(lk_request *request, const json_t *body, const char *name, bool required, lk_view *out) {
  const json_t *value = json_object_get(body, name);
  *out = (lk_view){"", 0};
  if (!value || json_is_null(value)) return required ? bad_member(request, name, "is missing; add it") : true;
  if (!json_is_string(value)) return bad_member(request, name, "is no text; send a string");
  *out = (lk_view){json_string_value(value), json_string_length(value)};
  return true;
}

bool lk_api_integer(lk_request *request, const json_t *body, const char *name, bool required, int64_t *out) {
  const json_t *value = json_object_get(body, name);
  *out = 0;
  if (!value || json_is_null(value)) return required ? bad_member(request, name, "is missing; add it") : true;
  if (!json_is_integer(value)) return bad_member(request, name, "is no whole number; send one");
  *out = json_integer_value(value);
  return true;
}

size_t lk_api_characters(lk_view text) {
  size_t count = 0;
  for (size_t i = 0; i < text.len; i++) count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
  return count;
}

long lk_api_message_limit(const lk_kb *kb) { return (long)lk_kb_policy(kb, "message-limit"); }

static bool blank(lk_view text) {
  for (size_t i = 0; i < text.len; i++)
    if (!strchr(" \t\r\n", text.ptr[i])) return false;
  return true;
}

bool lk_api_message(lk_request *request, const json_t *body, const lk_seat *seat, lk_view *out) {
  if (!lk_api_text(request, body, "text", true, out)) return false;
  if (blank(*out)) return bad_member(request, "text", "is empty; write something");
  long limit = lk_api_message_limit(lk_engine_kb(seat->content->engine));
  if (lk_api_characters(*out) <= (size_t)limit) return true;
  lk_request_problem(request, &(lk_problem){413, "message-too-long", "the message is too long; shorten it", limit, 0, 0});
  return false;
}

bool lk_api_client_id(lk_request *request, const json_t *body, lk_view *out) {
  static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  if (!lk_api_text(request, body, "client_id", true, out)) return false;
  if (out->len == 0 || out->len > 64 || strspn(out->ptr, allowed) != out->len)
    return bad_member(request, "client_id", "has to be 1 to 64 of A–Z a–z 0–9 - _; a UUID does");
  return true;
}

/* ---- Beside the bot's turns ---- */

enum { TRIES = 5 };

lk_code lk_post_write(lk_seat *seat, lk_view id, const lk_post *post, lk_turn_result *out, lk_error *err) {
  lk_code code = LK_ERR_STATE;
  for (int i = 0; i < TRIES && code == LK_ERR_STATE; i++) {
    lk_conversation c;
    code = lk_store_conversation(seat->store, id, seat->arena, &c, err);
    if (code) return code;
    lk_turn_record record = {.conversation = id,
                             .version = c.version,
                             .client_id = post->client_id,
                             .time = seat->now,
                             .lang = c.lang,
                             .state = c.state,
                             .customer = {"", 0},
                             .messages = post->messages,
                             .message_count = post->message_count,
                             .events = post->events,
                             .event_count = post->event_count,
                             .end = post->end};
    code = lk_store_turn(seat->store, &record, seat->arena, out, err);
  }
  return code == LK_ERR_STATE ? LK_ERR_BUSY : code;
}

void lk_post_say(lk_server *server, lk_seat *seat, const lk_conversation *conversation, const char *id) {
  const lk_message *message = lk_kb_message(lk_engine_kb(seat->content->engine), lk_view_of(id), conversation->lang);
  char *text = message ? lk_render(&message->text, LK_RENDER_TEXT, NULL, 0, NULL) : NULL;
  lk_error err = {0};
  lk_turn_result written;
  if (!text) return;
  lk_said said = {.author = LK_AUTHOR_BOT, .text = lk_view_of(text), .entry = message->id};
  lk_code code = lk_post_write(seat, conversation->id, &(lk_post){.messages = &said, .message_count = 1}, &written, &err);
  if (code == LK_OK)
    lk_tell_messages(server, seat, conversation, (lk_view){"", 0}, written.messages, written.message_count);
  else
    LK_LOG(server->log, "error", "failed", {"code", lk_code_name(code), 0}, {"message", err.message, 0});
  free(text);
}

/* ---- Telling ---- */

static void tell_desk_message(lk_server *server, lk_view conversation, int64_t id, json_t *message) {
  char *line = lk_api_line(json_pack("{so sO}", "conversation", lk_view_text(conversation), "message", message));
  if (line) lk_hub_tell_desk(server->hub, "message", id, lk_view_of(line));
  free(line);
}

static void tell_messages(lk_server *server, lk_seat *seat, const lk_conversation *c, lk_view client_id, const lk_said *messages,
                          size_t count) {
  bool person = (c->phase == LK_PHASE_WAITING || c->phase == LK_PHASE_AGENT) && lk_hub_desk_listened(server->hub);
  if (!person && !lk_hub_listened(server->hub, c->id)) return;
  for (size_t i = 0; i < count; i++) {
    json_t *message = lk_view_message(seat, c->lang, &messages[i], client_id);
    char *line = message ? json_dumps(message, JSON_COMPACT) : NULL;
    if (line && messages[i].author != LK_AUTHOR_NOTE)
      lk_hub_tell(server->hub, c->id, "message", messages[i].id, lk_view_of(line));
    if (person && message) tell_desk_message(server, c->id, messages[i].id, message);
    free(line);
    json_decref(message);
  }
}

/* What another server wrote before: streams hear messages in their order. */
static void tell_missed(lk_server *server, lk_seat *seat, const lk_conversation *c, int64_t before) {
  lk_said *messages;
  size_t count, missed = 0;
  int64_t told = lk_hub_told(server->hub, c->id);
  if (told == 0 || lk_store_messages(seat->store, c->id, told, seat->arena, &messages, &count, NULL) != LK_OK) return;
  while (missed < count && messages[missed].id < before) missed++;
  tell_messages(server, seat, c, (lk_view){"", 0}, messages, missed);
}

void lk_tell_messages(lk_server *server, lk_seat *seat, const lk_conversation *c, lk_view client_id, const lk_said *messages,
                      size_t count) {
  if (server->settings.shared && count) tell_missed(server, seat, c, messages[0].id);
  tell_messages(server, seat, c, client_id, messages, count);
}

void lk_tell_state(lk_server *server, lk_seat *seat, const lk_conversation *c) {
  if (!lk_hub_listened(server->hub, c->id)) return;
  lk_hub_set_waiting(server->hub, c->id, c->phase == LK_PHASE_WAITING);
  char *line = lk_api_line(lk_view_state(seat, c));
  if (line) lk_hub_tell(server->hub, c->id, "state", 0, lk_view_of(line));
  free(line);
}

void lk_tell_agent_typing(lk_server *server, lk_view conversation) {
  lk_hub_tell(server->hub, conversation, "typing", 0, LK_LIT("{\"from\":\"agent\"}"));
  lk_typists_note(server->typists, conversation, lk_guard_clock());
}

void lk_tell_customer_typing(lk_server *server, lk_view conversation) {
  char *line = lk_api_line(json_pack("{so ss}", "conversation", lk_view_text(conversation), "from", "customer"));
  if (line) lk_hub_tell_desk(server->hub, "typing", 0, lk_view_of(line));
  free(line);
}

void lk_tell_case(lk_server *server, lk_seat *seat, int64_t case_id) {
  lk_case found;
  atomic_store(&server->queue_moved, true);
  if (!lk_hub_desk_listened(server->hub)) return;
  if (lk_store_case(seat->store, case_id, seat->arena, &found, NULL) == LK_OK) {
    char *line = lk_api_line(lk_view_case(seat, &found));
    if (line) lk_hub_tell_desk(server->hub, "case", 0, lk_view_of(line));
    free(line);
  }
  char *line = lk_api_line(lk_view_availability(seat));
  if (line) lk_hub_tell_desk(server->hub, "queue", 0, lk_view_of(line));
  free(line);
}

/* ---- Turns ---- */

static void tell_turn(lk_server *server, lk_seat *seat, const lk_conversation *c, lk_view client_id,
                      const lk_talk_result *result) {
  lk_tell_messages(server, seat, c, client_id, result->kept.messages, result->kept.message_count);
  lk_tell_state(server, seat, c);
  if (result->turn.handoff && result->kept.case_id) lk_tell_case(server, seat, result->kept.case_id);
}

lk_code lk_take_turn(lk_server *server, lk_seat *seat, lk_talk *talk, const lk_utterance *utterance, lk_view client_id,
                     lk_talk_result *out, lk_conversation *conversation, lk_error *err) {
  lk_code code = lk_talk_say(talk, utterance, client_id, seat->arena, out, err);
  if (!code && !out->stored) {
    code = out->trouble.code ? out->trouble.code : LK_ERR_IO;
    *err = out->trouble;
  }
  if (!code) code = lk_store_conversation(seat->store, utterance->conversation, seat->arena, conversation, err);
  if (code) return code;
  atomic_store(&server->store_failed, false);
  atomic_fetch_add(out->repeated ? &server->metrics.repeated : &server->metrics.turns, 1);
  if (!out->repeated) tell_turn(server, seat, conversation, client_id, out);
  return LK_OK;
}
