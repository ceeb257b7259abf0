/* The REST channel of Rasa. It has no events: what agents and the server have written since the last call comes with the next one. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "channel.h"
#include "view.h"

enum { SENDER_MOST = 256, CLIENT_ID_MOST = 128 };

static bool on(const lk_settings *settings) { return settings->rasa; }

static void refuse(lk_channel_call *call, const lk_problem *problem) { lk_request_problem(call->request, problem); }

/* ---- Senders ---- */

static lk_view sender_of(const lk_channel_call *call) {
  lk_view sender = lk_channel_text(call->body, "sender");
  return sender.len ? sender : LK_LIT("default");
}

/* A sender's conversation always has the same id, which nobody can tell without the server's key; so there is nothing to keep, and it holds over restarts. `default` is whoever
 * gave no name: those of one address share a conversation, but not the whole world. */
static void name_conversation(lk_channel_call *call) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
  unsigned char seal[LK_SEAL_SIZE];
  lk_view sender = sender_of(call);
  char unnamed[128];
  if (lk_view_eq(sender, LK_LIT("default"))) {
    int length = snprintf(unnamed, sizeof unnamed, "default\n%s", lk_request_address(call->request));
    sender = (lk_view){unnamed, (size_t)length};
  }
  lk_channel_seal(call->server, "rasa", sender, seal);
  for (size_t i = 0; i < LK_CONVERSATION_ID_SIZE - 1; i++) call->id[i] = letters[seal[i] & 31];
}

/* ---- Messages ---- */

static json_t *buttons(const lk_said *said) {
  json_t *choices = lk_channel_choices(said), *list = choices ? json_array() : NULL;
  for (size_t i = 0; i < json_array_size(choices); i++) {
    const json_t *choice = json_array_get(choices, i);
    json_t *payload = json_sprintf("/%s", json_string_value(json_object_get(choice, "payload")));
    json_array_append_new(list, json_pack("{sO so}", "title", json_object_get(choice, "label"), "payload", payload));
  }
  json_decref(choices);
  return list;
}

static json_t *show(const lk_channel_call *call, const lk_said *said) {
  json_t *message = json_pack("{so so}", "recipient_id", lk_view_text(sender_of(call)), "text", lk_view_text(said->text));
  json_t *offered = buttons(said);
  if (offered) json_object_set_new(message, "buttons", offered);
  return message;
}

static bool is_shown(const lk_said *said) { return said->author == LK_AUTHOR_BOT || said->author == LK_AUTHOR_AGENT; }

/* The messages of the turns after `from` up to `until`. */
static json_t *shown(const lk_channel_call *call, const lk_said *said, size_t count, uint32_t from, uint32_t until) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++)
    if (is_shown(&said[i]) && said[i].turn > from && said[i].turn <= until) json_array_append_new(list, show(call, &said[i]));
  return list;
}

static void answer_lines(lk_channel_call *call, json_t *list) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  for (size_t i = 0; out && i < json_array_size(list); i++) {
    json_dumpf(json_array_get(list, i), out, JSON_COMPACT);
    fputc('\n', out);
  }
  json_decref(list);
  if (!out || fclose(out) != 0) {
    free(text);
    lk_channel_refuse(call, 503, "busy", "the server lacks memory just now; try again");
    return;
  }
  lk_request_set(call->request, "Cache-Control", "no-store");
  lk_request_answer(call->request, 200, "application/x-ndjson", text, length);
}

static void answer_list(lk_channel_call *call, json_t *list) {
  const char *stream = lk_request_query(call->request, "stream");
  if (stream && strcasecmp(stream, "true") == 0)
    answer_lines(call, list);
  else
    lk_api_answer(call->request, 200, list);
}

/* Each call gets what was written after the one before it: after the turn of the customer's message before this one. */
static void answer(lk_channel_call *call, const lk_talk_result *result) {
  lk_said *said;
  size_t count;
  uint32_t before = 0;
  if (!lk_channel_said(call, 0, &said, &count)) return;
  for (size_t i = 0; i < count; i++)
    if (said[i].author == LK_AUTHOR_CUSTOMER && said[i].turn < result->kept.turn) before = said[i].turn;
  answer_list(call, shown(call, said, count, before, result->kept.turn));
}

/* What widgets send before the customer has said anything: the bot's greeting, which is the first turn. */
static bool is_opening(lk_view text) {
  static const char *const openings[] = {"/session_start", "/get_started", "/greet", "/start", "/restart"};
  for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
    if (lk_view_eq(text, lk_view_of(openings[i]))) return true;
  return false;
}

static void greet(lk_channel_call *call) {
  lk_said *said;
  size_t count;
  if (!lk_channel_said(call, 0, &said, &count)) return;
  bool person = call->conversation.phase == LK_PHASE_AGENT;
  answer_list(call, shown(call, said, person || !count ? 0 : count, 0, count ? said[0].turn : 0));
}

/* ---- Requests ---- */

static bool read_message(lk_channel_call *call, lk_utterance *utterance, lk_view *client_id) {
  lk_view id = lk_channel_text(json_object_get(call->body, "metadata"), "message_id");
  utterance->text = lk_channel_text(call->body, "message");
  if (id.len <= CLIENT_ID_MOST) *client_id = id;
  return true;
}

static void talk(lk_channel_call *call) {
  const json_t *metadata = json_object_get(call->body, "metadata");
  lk_view text = lk_channel_text(call->body, "message"), locale = lk_channel_text(metadata, "locale");
  bool opening = is_opening(text);
  if (!lk_channel_enter(call, lk_channel_lang(locale.len ? locale : lk_channel_text(metadata, "language")),
                        opening ? (lk_view){"", 0} : text))
    return;
  if (opening)
    greet(call);
  else
    lk_channel_hear(call);
}

static bool admit(lk_channel_call *call) {
  call->trusted = lk_channel_bears(call, call->server->rasa_secret);
  if (*call->server->rasa_secret && !call->trusted) {
    lk_request_set(call->request, "WWW-Authenticate", "Bearer");
    lk_channel_refuse(call, 401, "no-token", "this channel takes only calls with its secret; send Authorization: Bearer SECRET");
    return false;
  }
  return call->trusted || lk_channel_allow(call, call->server->requests, lk_channel_address(call), "rate-address");
}

static bool is_message(lk_channel_call *call) {
  const json_t *sender = json_object_get(call->body, "sender"), *message = json_object_get(call->body, "message");
  if (sender && !json_is_null(sender) && (!json_is_string(sender) || json_string_length(sender) > SENDER_MOST))
    lk_channel_refuse(call, 400, "bad-member", "the member “sender” is no text of at most 256 bytes; send one");
  else if (!json_is_string(message))
    lk_channel_refuse(call, 400, "bad-member", "the member “message” is missing or no text; send a string");
  else
    return true;
  return false;
}

static void route(lk_channel_call *call, lk_view rest) {
  bool hook = lk_view_eq(rest, LK_LIT("/webhook")), root = rest.len == 0 || lk_view_eq(rest, LK_LIT("/"));
  const char *method = lk_request_method(call->request);
  lk_request_route(call->request, hook ? "rasa" : "rasa-status");
  if (!hook && !root) {
    lk_channel_refuse(call, 404, "not-found", "there is nothing here; messages go to /webhooks/rest/webhook");
  } else if (strcmp(method, hook ? "POST" : "GET") != 0) {
    lk_channel_refuse(call, 405, "method", "messages are sent with POST, and the status is read with GET");
  } else if (root) {
    lk_api_answer(call->request, 200, json_pack("{ss}", "status", "ok"));
  } else if (admit(call) && lk_channel_body(call) && is_message(call)) {
    name_conversation(call);
    if (lk_channel_allow(call, call->server->messages, lk_view_of(call->id), "rate-conversation")) lk_channel_give(call, talk);
  }
}

const lk_channel lk_channel_rasa = {.name = "rasa",
                                    .path = "/webhooks/rest",
                                    .headers = "Authorization, Content-Type, X-Requested-With",
                                    .on = on,
                                    .route = route,
                                    .read = read_message,
                                    .answer = answer,
                                    .show = show,
                                    .refuse = refuse};
