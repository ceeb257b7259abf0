/* Direct Line 3.0, for clients that poll (botframework-directlinejs with webSocket: false, and Bot Framework Web Chat on it).
 *
 * Such a client takes every answer to a poll but 200 for the end: 403 is an expired token, 404 an ended conversation, and after anything else it never asks again. So a poll that
 * cannot be answered just now is told that there is nothing new. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api.h"
#include "channel.h"
#include "guard.h"
#include "view.h"

enum {
  PAGE = 100, /* messages in one answer; the client's watermark asks for the rest */
  CHANNEL_DATA_MOST = 4096,
  NAME_MOST = 256, /* bytes of a user's id or name */
  CLIENT_ID_MOST = 128,
  TOKEN_SIZE = 128,
  ACTIVITY_ID_SIZE = LK_CONVERSATION_ID_SIZE + 24
};

static bool on(const lk_settings *settings) { return settings->directline; }

/* ---- Errors ---- */

/* A watermark: the last message that the client has, with a mark behind it when it has been told of the end. */
static const char end_mark[] = ".end";

static int64_t watermark_of(const lk_channel_call *call) {
  const char *text = lk_request_query(call->request, "watermark");
  size_t digits = text ? strspn(text, "0123456789") : 0;
  return digits && digits < 19 ? strtoll(text, NULL, 10) : 0;
}

static bool knows_the_end(const lk_channel_call *call) {
  const char *text = lk_request_query(call->request, "watermark");
  size_t digits = text ? strspn(text, "0123456789") : 0;
  return text && strcmp(text + digits, end_mark) == 0;
}

static void answer_page(lk_channel_call *call, json_t *activities, int64_t watermark, bool end) {
  lk_api_answer(
      call->request, 200,
      json_pack("{so so}", "activities", activities, "watermark", json_sprintf("%" PRId64 "%s", watermark, end ? end_mark : "")));
}

static void refuse(lk_channel_call *call, const lk_problem *problem) {
  char seconds[24];
  if (call->polls && problem->status != 401 && problem->status != 403 && problem->status != 404) {
    answer_page(call, json_array(), watermark_of(call), knows_the_end(call));
    return;
  }
  if (problem->retry_after) {
    snprintf(seconds, sizeof seconds, "%ld", problem->retry_after);
    lk_request_set(call->request, "Retry-After", seconds);
  }
  lk_api_answer(call->request, problem->status,
                json_pack("{s{ss ss}}", "error", "code", problem->code, "message", problem->detail));
}

/* ---- Tokens ---- */

/* "CONVERSATION.EXPIRES.SEAL": opens one conversation until a moment, cannot be made without the server's key, and is kept nowhere. */
static void make_token(const lk_channel_call *call, const char *id, int64_t expires, char out[TOKEN_SIZE]) {
  unsigned char seal[LK_SEAL_SIZE];
  int length = snprintf(out, TOKEN_SIZE, "%s.%" PRId64, id, expires);
  lk_channel_seal(call->server, "directline", (lk_view){out, (size_t)length}, seal);
  out[length++] = '.';
  sodium_bin2base64(out + length, TOKEN_SIZE - (size_t)length, seal, sizeof seal, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

typedef enum bearer { BEARER_NONE, BEARER_SECRET, BEARER_TOKEN, BEARER_EXPIRED, BEARER_WRONG } bearer;

/* `id` gets the conversation that a good token opens. */
static bearer look_at_bearer(const lk_channel_call *call, char id[LK_CONVERSATION_ID_SIZE]) {
  char right[TOKEN_SIZE], named[LK_CONVERSATION_ID_SIZE];
  int64_t expires;
  const char *given = lk_channel_bearer(call);
  if (!given) return BEARER_NONE;
  if (lk_channel_bears(call, call->server->directline_secret)) return BEARER_SECRET;
  if (sscanf(given, "%26[a-z2-7].%18" SCNd64 ".", named, &expires) != 2 || strlen(named) != LK_CONVERSATION_ID_SIZE - 1)
    return BEARER_WRONG;
  make_token(call, named, expires, right);
  if (strlen(given) != strlen(right) || sodium_memcmp(given, right, strlen(right)) != 0) return BEARER_WRONG;
  if (expires <= time(NULL)) return BEARER_EXPIRED;
  memcpy(id, named, sizeof named);
  return BEARER_TOKEN;
}

static void refuse_bearer(lk_channel_call *call, bearer b) {
  if (b == BEARER_NONE) {
    lk_request_set(call->request, "WWW-Authenticate", "Bearer");
    lk_channel_refuse(call, 401, "MissingToken", "the token is missing; send Authorization: Bearer TOKEN");
  } else if (b == BEARER_EXPIRED) {
    lk_channel_refuse(call, 403, "TokenExpired",
                      "the token has expired; start a new conversation, or get a new token for this one");
  } else {
    lk_channel_refuse(call, 403, "BadToken", "the token does not open this conversation; start a new one");
  }
}

static json_t *grant(const lk_channel_call *call) {
  char token[TOKEN_SIZE];
  json_int_t seconds = (json_int_t)call->server->settings.directline_seconds;
  make_token(call, call->id, time(NULL) + seconds, token);
  return json_pack("{ss ss sI}", "conversationId", call->id, "token", token, "expires_in", seconds);
}

/* ---- What was said, as activities ---- */

static void set_text(json_t *object, const char *name, lk_view text) {
  if (text.len) json_object_set_new(object, name, lk_view_text(text));
}

static void name_activity(char out[ACTIVITY_ID_SIZE], const char *id, int64_t number) {
  snprintf(out, ACTIVITY_ID_SIZE, "%s|%07" PRId64, id, number);
}

static json_t *moment(int64_t seconds) {
  char text[40];
  struct tm parts;
  time_t when = (time_t)seconds;
  gmtime_r(&when, &parts);
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000Z", &parts);
  return json_string(text);
}

static json_t *activity(const lk_channel_call *call, const char *type, json_t *from, int64_t when) {
  return json_pack("{ss ss so so s{ss} ss}", "type", type, "channelId", "directline", "from", from, "timestamp", moment(when),
                   "conversation", "id", call->id, "locale", lk_lang_code(call->conversation.lang));
}

/* The name is the KB's word for it, where it has one. */
static json_t *bot(const lk_channel_call *call) {
  const lk_kb *kb = lk_engine_kb(call->seat->content->engine);
  const lk_message *name = lk_kb_message(kb, LK_LIT("transcript-bot"), call->conversation.lang);
  json_t *from = json_pack("{ss ss}", "id", "luukku", "role", "bot");
  if (name && !name->text.variable_count) set_text(from, "name", name->text.plain);
  return from;
}

static json_t *agent(lk_view name) {
  json_t *id = json_sprintf("agent:%.*s", LK_FMT(name));
  json_t *from = json_pack("{so ss}", "id", id, "role", "bot");
  set_text(from, "name", name);
  return from;
}

/* What the customer's client sent beside the text (read_activity), for the echo. */
static json_t *kept_members(const lk_said *said) {
  json_t *detail = said->detail.len ? json_loadb(said->detail.ptr, said->detail.len, JSON_REJECT_DUPLICATES, NULL) : NULL;
  json_t *members = json_incref(json_object_get(detail, "directline"));
  json_decref(detail);
  return members;
}

static json_t *echo(const lk_channel_call *call, const lk_said *said) {
  json_t *members = kept_members(said);
  json_t *from = json_pack("{ss}", "role", "user"), *data = json_object_get(members, "channelData");
  set_text(from, "id", lk_channel_text(members, "id"));
  set_text(from, "name", lk_channel_text(members, "name"));
  if (!json_object_get(from, "id")) json_object_set_new(from, "id", json_string("user"));
  json_t *out = activity(call, "message", from, said->time);
  if (data) json_object_set(out, "channelData", data);
  json_decref(members);
  return out;
}

static json_t *suggested(json_t *choices) {
  json_t *actions = json_array();
  for (size_t i = 0; i < json_array_size(choices); i++) {
    json_t *label = json_object_get(json_array_get(choices, i), "label");
    json_array_append_new(actions, json_pack("{ss sO sO}", "type", "imBack", "title", label, "value", label));
  }
  return json_pack("{so s[]}", "actions", actions, "to");
}

static json_t *show(const lk_channel_call *call, const lk_said *said) {
  char id[ACTIVITY_ID_SIZE];
  bool customer = said->author == LK_AUTHOR_CUSTOMER;
  json_t *choices = lk_channel_choices(said);
  json_t *out = customer
                    ? echo(call, said)
                    : activity(call, "message", said->author == LK_AUTHOR_AGENT ? agent(said->agent) : bot(call), said->time);
  name_activity(id, call->id, said->id);
  json_object_set_new(out, "id", json_string(id));
  json_object_set_new(out, "text", lk_view_text(said->text));
  json_object_set_new(out, "textFormat", json_string("plain"));
  if (!customer) json_object_set_new(out, "inputHint", json_string(choices ? "expectingInput" : "acceptingInput"));
  if (choices) json_object_set_new(out, "suggestedActions", suggested(choices));
  json_decref(choices);
  return out;
}

/* ---- Polling ---- */

static json_t *extra(const lk_channel_call *call, const char *type, const char *what) {
  json_t *out = activity(call, type, bot(call), call->seat->now);
  json_object_set_new(out, "id", json_sprintf("%s|%s%" PRId64, call->id, what, lk_guard_clock()));
  return out;
}

static json_t *page_of(const lk_channel_call *call, const lk_said *said, size_t count) {
  json_t *list = json_array();
  char id[ACTIVITY_ID_SIZE] = "";
  uint32_t turn = 0;
  for (size_t i = 0; i < count; i++) {
    if (said[i].author == LK_AUTHOR_NOTE) continue;
    json_t *each = show(call, &said[i]);
    if (said[i].author == LK_AUTHOR_CUSTOMER) {
      name_activity(id, call->id, said[i].id);
      turn = said[i].turn;
    } else if (*id && said[i].turn == turn) {
      json_object_set_new(each, "replyToId", json_string(id));
    }
    json_array_append_new(list, each);
  }
  return list;
}

/* At its end a conversation tells so once, after everything that was said; who asks again is told that it is over. */
static void poll(lk_channel_call *call) {
  lk_said *said;
  size_t count;
  int64_t from = watermark_of(call);
  if (!lk_channel_find(call)) return;
  bool ended = call->conversation.phase == LK_PHASE_ENDED;
  if (ended && knows_the_end(call)) {
    lk_channel_refuse(call, 404, "ConversationEnded", "the conversation has ended; start a new one");
    return;
  }
  if (!lk_channel_said(call, from, &said, &count)) return;
  bool whole = count <= PAGE;
  json_t *list = page_of(call, said, whole ? count : PAGE);
  if (count) from = said[(whole ? count : PAGE) - 1].id;
  if (ended && whole) json_array_append_new(list, extra(call, "endOfConversation", "end"));
  if (call->conversation.phase == LK_PHASE_AGENT &&
      lk_typists_fresh(call->server->typists, call->conversation.id, lk_guard_clock()))
    json_array_append_new(list, extra(call, "typing", "typing"));
  answer_page(call, list, from, ended && whole);
}

/* ---- Starting and resuming ---- */

static void answer_started(lk_channel_call *call, int status) {
  json_t *answer = grant(call);
  json_object_set_new(answer, "streamUrl", json_string("")); /* there is none: this server is polled */
  lk_api_answer(call->request, status, answer);
}

static void start(lk_channel_call *call) {
  lk_lang lang = lk_channel_lang(lk_channel_text(call->body, "locale"));
  if (lk_channel_enter(call, lang == LK_LANG_NONE ? LK_LANG_FI : lang, (lk_view){"", 0}))
    answer_started(call, call->fresh ? 201 : 200);
}

static void resume(lk_channel_call *call) {
  if (!lk_channel_find(call)) return;
  if (call->conversation.phase == LK_PHASE_ENDED)
    lk_channel_refuse(call, 404, "ConversationEnded", "the conversation has ended; start a new one");
  else
    answer_started(call, 200);
}

/* ---- Activities of the customer ---- */

static void answer_accepted(lk_channel_call *call, int64_t number) {
  char id[ACTIVITY_ID_SIZE];
  name_activity(id, call->id, number);
  lk_api_answer(call->request, 200, json_pack("{ss}", "id", id));
}

static lk_view short_text(const json_t *object, const char *name) {
  lk_view text = lk_channel_text(object, name);
  return text.len <= NAME_MOST ? text : (lk_view){"", 0};
}

/* Whose activity it is and what their client wants back with it. Under one name, so that it is never taken for what a bot's message may have there. */
static lk_view members_to_keep(lk_channel_call *call) {
  const json_t *from = json_object_get(call->body, "from");
  json_t *data = json_object_get(call->body, "channelData");
  char *size = data ? json_dumps(data, JSON_COMPACT) : NULL;
  json_t *members = json_object();
  set_text(members, "id", short_text(from, "id"));
  set_text(members, "name", short_text(from, "name"));
  if (size && strlen(size) <= CHANNEL_DATA_MOST) json_object_set(members, "channelData", data);
  free(size);
  char *line = lk_api_line(json_pack("{so}", "directline", members));
  lk_view copy = line ? lk_arena_copy(call->seat->arena, lk_view_of(line)) : (lk_view){"", 0};
  free(line);
  return copy;
}

static bool read_activity(lk_channel_call *call, lk_utterance *utterance, lk_view *client_id) {
  lk_view text = lk_channel_text(call->body, "text");
  lk_view id = lk_channel_text(json_object_get(call->body, "channelData"), "clientActivityID");
  /* A card's button may send its value alone. */
  utterance->text = text.len ? text : lk_channel_text(call->body, "value");
  utterance->detail = members_to_keep(call);
  if (id.len <= CLIENT_ID_MOST) *client_id = id;
  return true;
}

static void answer(lk_channel_call *call, const lk_talk_result *result) {
  int64_t number = 0;
  for (size_t i = 0; i < result->kept.message_count && !number; i++)
    if (result->kept.messages[i].author == LK_AUTHOR_CUSTOMER) number = result->kept.messages[i].id;
  answer_accepted(call, number);
}

static void end(lk_channel_call *call) {
  lk_error err = {0};
  lk_turn_result written;
  lk_event event = {.type = LK_EVENT_CONVERSATION_ENDED, .reason = LK_LIT("customer")};
  int64_t open = call->conversation.open_case;
  lk_code code = call->conversation.phase == LK_PHASE_ENDED
                     ? LK_OK
                     : lk_post_write(call->seat, call->conversation.id,
                                     &(lk_post){.events = &event, .event_count = 1, .end = true}, &written, &err);
  if (code) {
    lk_channel_failed(call, code, &err);
    return;
  }
  if (open) lk_tell_case(call->server, call->seat, open);
  answer_accepted(call, 0);
}

/* What the bot has no use for (events, conversationUpdate …) is accepted: clients send such things unasked. */
static void take_activity(lk_channel_call *call) {
  lk_view type = lk_channel_text(call->body, "type");
  if (!lk_channel_find(call)) return;
  if (lk_view_eq(type, LK_LIT("message"))) {
    lk_channel_hear(call);
  } else if (lk_view_eq(type, LK_LIT("endOfConversation"))) {
    end(call);
  } else {
    if (lk_view_eq(type, LK_LIT("typing"))) lk_tell_customer_typing(call->server, call->conversation.id);
    answer_accepted(call, 0);
  }
}

/* ---- Routes ---- */

static void post_activity(lk_channel_call *call) {
  if (!lk_channel_body(call)) return;
  if (!lk_channel_text(call->body, "type").len)
    lk_channel_refuse(call, 400, "BadArgument", "the member “type” is missing or no text; send message, typing or another type");
  else if (json_array_size(json_object_get(call->body, "attachments")))
    lk_channel_refuse(call, 415, "AttachmentsNotSupported", "files are not taken here; send the message without them");
  else if (lk_channel_allow(call, call->server->messages, lk_view_of(call->id), "rate-conversation"))
    lk_channel_give(call, take_activity);
}

/* A token that is expired or of somebody else is no reason to start anew: its client has to hear of it. */
static void post_conversation(lk_channel_call *call) {
  bearer b = look_at_bearer(call, call->id);
  lk_error err = {0};
  bool open = !*call->server->directline_secret && b != BEARER_EXPIRED;
  call->trusted = b == BEARER_SECRET;
  if (b != BEARER_TOKEN && b != BEARER_SECRET && !open) {
    refuse_bearer(call, b);
  } else if (lk_channel_body(call)) {
    if (b != BEARER_TOKEN && lk_conversation_new_id(call->id, &err) != LK_OK)
      lk_channel_failed(call, err.code, &err);
    else
      lk_channel_give(call, start);
  }
}

static void generate(lk_channel_call *call) {
  bearer b = look_at_bearer(call, call->id);
  lk_error err = {0};
  if (*call->server->directline_secret && b != BEARER_SECRET)
    refuse_bearer(call, b);
  else if (lk_conversation_new_id(call->id, &err) != LK_OK)
    lk_channel_failed(call, err.code, &err);
  else
    lk_api_answer(call->request, 200, grant(call));
}

static void refresh(lk_channel_call *call) {
  bearer b = look_at_bearer(call, call->id);
  if (b != BEARER_TOKEN)
    refuse_bearer(call, b);
  else
    lk_api_answer(call->request, 200, grant(call));
}

static void get_activities(lk_channel_call *call) { lk_channel_give(call, poll); }
static void get_conversation(lk_channel_call *call) { lk_channel_give(call, resume); }

static void refuse_upload(lk_channel_call *call) {
  lk_channel_refuse(call, 415, "AttachmentsNotSupported", "files are not taken here; send the message without them");
}

typedef struct route_row {
  const char *method, *path; /* with a * for the conversation */
  const char *label;
  void (*serve)(lk_channel_call *call);
} route_row;

static const route_row routes[] = {
    {"POST", "/conversations", "directline-start", post_conversation},
    {"GET", "/conversations/*", "directline-resume", get_conversation},
    {"GET", "/conversations/*/activities", "directline-poll", get_activities},
    {"POST", "/conversations/*/activities", "directline-send", post_activity},
    {"POST", "/conversations/*/upload", "directline-upload", refuse_upload},
    {"POST", "/tokens/generate", "directline-generate", generate},
    {"POST", "/tokens/refresh", "directline-refresh", refresh},
};

static bool matches(const char *pattern, lk_view path, lk_view *name) {
  const char *star = strchr(pattern, '*');
  size_t before = star ? (size_t)(star - pattern) : strlen(pattern);
  *name = (lk_view){"", 0};
  if (path.len < before || memcmp(path.ptr, pattern, before) != 0) return false;
  if (!star) return path.len == before;
  size_t length = 0;
  while (before + length < path.len && path.ptr[before + length] != '/') length++;
  *name = (lk_view){path.ptr + before, length};
  return length > 0 && lk_view_eq((lk_view){path.ptr + before + length, path.len - before - length}, lk_view_of(star + 1));
}

/* Does the bearer open the conversation in the path? */
static bool admit(lk_channel_call *call, lk_view id) {
  bearer b = look_at_bearer(call, call->id);
  call->trusted = b == BEARER_SECRET;
  if (b == BEARER_SECRET && id.len < LK_CONVERSATION_ID_SIZE) {
    memcpy(call->id, id.ptr, id.len);
    return true;
  }
  if (b == BEARER_TOKEN && lk_view_eq(lk_view_of(call->id), id)) return true;
  refuse_bearer(call, b == BEARER_TOKEN ? BEARER_WRONG : b);
  return false;
}

static void route(lk_channel_call *call, lk_view rest) {
  bool known = false;
  lk_view id = {"", 0}, named;
  const route_row *found = NULL;
  for (size_t i = 0; i < sizeof routes / sizeof *routes && !found; i++) {
    if (!matches(routes[i].path, rest, &named)) continue;
    known = true;
    id = named;
    if (strcmp(lk_request_method(call->request), routes[i].method) == 0) found = &routes[i];
  }
  if (!found) {
    if (known)
      lk_channel_refuse(call, 405, "MethodNotAllowed", "this path does not take this method; see the protocol's description");
    else
      lk_channel_refuse(call, 404, "NotFound", "there is nothing here; see the protocol's description");
    return;
  }
  lk_request_route(call->request, found->label);
  call->polls = found->serve == get_activities;
  if (id.len && !admit(call, id)) return;
  if (call->trusted || lk_channel_bears(call, call->server->directline_secret) ||
      lk_channel_allow(call, call->server->requests, lk_channel_address(call), "rate-address"))
    found->serve(call);
}

const lk_channel lk_channel_directline = {.name = "directline",
                                          .path = "/v3/directline",
                                          .headers = "Authorization, Content-Type, x-ms-bot-agent, X-Requested-With",
                                          .on = on,
                                          .route = route,
                                          .read = read_activity,
                                          .answer = answer,
                                          .show = show,
                                          .refuse = refuse};
