#include "channel.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

static const lk_channel *const channels[] = {&lk_channel_rasa, &lk_channel_directline};

/* ---- Calls ---- */

const lk_channel *lk_channel_of(const lk_settings *settings, const char *path, lk_view *rest) {
  for (size_t i = 0; i < sizeof channels / sizeof *channels; i++) {
    size_t length = strlen(channels[i]->path);
    if (strncmp(path, channels[i]->path, length) != 0 || (path[length] && path[length] != '/')) continue;
    *rest = lk_view_of(path + length);
    return channels[i]->on(settings) ? channels[i] : NULL;
  }
  return NULL;
}

static void free_call(void *self) {
  lk_channel_call *call = self;
  json_decref(call->body);
  json_decref(call->offer);
  free(call);
}

void lk_channel_route(lk_server *server, lk_request *request, const lk_channel *channel, lk_view rest) {
  lk_request_route(request, channel->name);
  lk_channel_call *call = calloc(1, sizeof *call);
  if (!call) {
    lk_api_wrong(request, 503, "busy", "the server lacks memory just now; try again");
    return;
  }
  call->channel = channel;
  call->server = server;
  call->request = request;
  lk_request_keep(request, call, free_call);
  channel->route(call, rest);
}

void lk_channel_refuse(lk_channel_call *call, int status, const char *code, const char *detail) {
  call->channel->refuse(call, &(lk_problem){.status = status, .code = code, .detail = detail});
}

void lk_channel_failed(lk_channel_call *call, lk_code code, const lk_error *err) {
  lk_problem problem = lk_api_problem(call->server, code, err);
  call->channel->refuse(call, &problem);
}

static void work(void *self, lk_seat *seat, lk_request *request, lk_view key) {
  (void)self, (void)key;
  lk_channel_call *call = lk_request_kept(request);
  call->seat = seat;
  call->talk = seat->talk;
  call->talk.channel = lk_view_of(call->channel->name);
  call->act(call);
}

void lk_channel_give(lk_channel_call *call, void (*act)(lk_channel_call *call)) {
  lk_server *server = call->server;
  call->act = act;
  lk_request_defer(call->request);
  if (lk_crew_give(server->crew, lk_view_of(call->id), work, call->request)) return;
  atomic_fetch_add(&server->metrics.busy, 1);
  call->channel->refuse(call, &(lk_problem){503, "busy", "the server has too much to do just now; send it again", 0, 0, 2});
}

/* ---- Reading ---- */

bool lk_channel_body(lk_channel_call *call) {
  lk_problem wrong;
  call->body = lk_api_parse(call->request, true, &wrong);
  if (!call->body) call->channel->refuse(call, &wrong);
  return call->body != NULL;
}

lk_view lk_channel_text(const json_t *object, const char *name) {
  const json_t *value = json_object_get(object, name);
  return json_is_string(value) ? (lk_view){json_string_value(value), json_string_length(value)} : (lk_view){"", 0};
}

lk_lang lk_channel_lang(lk_view locale) {
  return lk_lang_of((lk_view){locale.ptr, locale.len > 2 && locale.ptr[2] == '-' ? 2 : locale.len});
}

/* ---- Admitting ---- */

const char *lk_channel_bearer(const lk_channel_call *call) {
  const char *header = lk_request_header(call->request, "Authorization");
  return header && strncasecmp(header, "Bearer ", 7) == 0 ? header + 7 : NULL;
}

bool lk_channel_bears(const lk_channel_call *call, const char *secret) {
  unsigned char given[LK_SECRET_HASH], right[LK_SECRET_HASH];
  const char *bearer = lk_channel_bearer(call);
  lk_secret_hash(bearer ? bearer : "", given);
  lk_secret_hash(secret, right);
  return *secret && sodium_memcmp(given, right, sizeof right) == 0;
}

void lk_channel_seal(const lk_server *server, const char *purpose, lk_view text, unsigned char out[LK_SEAL_SIZE]) {
  crypto_auth_hmacsha512256_state state;
  crypto_auth_hmacsha512256_init(&state, server->key, LK_KEY_SIZE);
  crypto_auth_hmacsha512256_update(&state, (const unsigned char *)purpose, strlen(purpose) + 1);
  crypto_auth_hmacsha512256_update(&state, (const unsigned char *)text.ptr, text.len);
  crypto_auth_hmacsha512256_final(&state, out);
}

lk_view lk_channel_address(const lk_channel_call *call) {
  return call->trusted ? (lk_view){"", 0} : lk_view_of(lk_request_address(call->request));
}

bool lk_channel_allow(lk_channel_call *call, lk_buckets *buckets, lk_view key, const char *code) {
  long wait = lk_take(call->server, buckets, key);
  if (wait == 0) return true;
  atomic_fetch_add(&call->server->metrics.limited, 1);
  LK_LOG(call->server->log, "warning", "limited", {"code", code, 0});
  call->channel->refuse(call, &(lk_problem){429, code, "too many of these; wait for as long as Retry-After says",
                                            lk_buckets_burst(buckets), lk_buckets_seconds(buckets), wait});
  return false;
}

/* ---- Conversations ---- */

/* An id that another channel's customer may hold is none here. */
static lk_code load(lk_channel_call *call, lk_error *err) {
  lk_code code = lk_store_conversation(call->seat->store, lk_view_of(call->id), call->seat->arena, &call->conversation, err);
  return code || lk_view_eq(call->conversation.channel, lk_view_of(call->channel->name)) ? code : LK_ERR_MISSING;
}

bool lk_channel_find(lk_channel_call *call) {
  lk_error err = {0};
  lk_code code = load(call, &err);
  if (code) lk_channel_failed(call, code, &err);
  return code == LK_OK;
}

static lk_lang lang_of(lk_channel_call *call, lk_view text) {
  lk_hearing hearing = {.lang = LK_LANG_NONE, .prior = LK_LANG_NONE, .limit = 1};
  lk_understanding u;
  bool understood = text.len && lk_understand(call->seat->worker, text, &hearing, call->seat->arena, &u, NULL) == LK_OK;
  return understood && u.language.lang != LK_LANG_NONE ? u.language.lang : LK_LANG_FI;
}

/* Somebody else may have started it meanwhile: then it is there, which is as good. */
static lk_code start(lk_channel_call *call, lk_lang lang, lk_error *err) {
  lk_talk_result result;
  lk_code code = lk_talk_start_as(&call->talk, lk_view_of(call->id), lang, (lk_view){"", 0}, call->seat->arena, &result, err);
  if (code) return code;
  if (result.stored) {
    call->fresh = true;
    atomic_fetch_add(&call->server->metrics.conversations, 1);
  } else if (result.trouble.code != LK_ERR_STATE) {
    *err = result.trouble;
    return err->code ? err->code : LK_ERR_IO;
  }
  return load(call, err);
}

bool lk_channel_enter(lk_channel_call *call, lk_lang lang, lk_view text) {
  lk_error err = {0};
  lk_code code = load(call, &err);
  if (code == LK_ERR_MISSING) {
    if (!call->trusted && !lk_channel_allow(call, call->server->starts, lk_channel_address(call), "rate-start")) return false;
    err = (lk_error){0};
    code = start(call, lang == LK_LANG_NONE ? lang_of(call, text) : lang, &err);
  }
  if (code) lk_channel_failed(call, code, &err);
  return code == LK_OK;
}

bool lk_channel_said(lk_channel_call *call, int64_t after, lk_said **messages, size_t *count) {
  lk_error err = {0};
  lk_code code = lk_store_messages(call->seat->store, call->conversation.id, after, call->seat->arena, messages, count, &err);
  if (code) lk_channel_failed(call, code, &err);
  return code == LK_OK;
}

/* ---- Choices ---- */

json_t *lk_channel_choices(const lk_said *said) {
  if (said->author != LK_AUTHOR_BOT || !said->detail.len) return NULL;
  json_t *detail = json_loadb(said->detail.ptr, said->detail.len, JSON_REJECT_DUPLICATES, NULL);
  json_t *choices = json_incref(json_object_get(detail, "choices"));
  json_decref(detail);
  if (json_is_array(choices) && json_array_size(choices)) return choices;
  json_decref(choices);
  return NULL;
}

/* The one of `choices` that is named so by its label or, behind a slash, by its payload. */
static const json_t *choice_named(const json_t *choices, lk_view text, bool by_label) {
  lk_view payload = {text.ptr + 1, text.len ? text.len - 1 : 0};
  for (size_t i = 0; i < json_array_size(choices); i++) {
    const json_t *each = json_array_get(choices, i);
    if (by_label && lk_view_eq(lk_channel_text(each, "label"), text)) return each;
    if (payload.len && *text.ptr == '/' && lk_view_eq(lk_channel_text(each, "payload"), payload)) return each;
  }
  return NULL;
}

/* A button that was pressed comes back as a message. Only what was offered here can be taken: by its words the last offer, by its payload an earlier one too. */
static bool choose(lk_channel_call *call, lk_utterance *utterance) {
  lk_said *said;
  size_t count;
  bool latest = true;
  if (!lk_channel_said(call, 0, &said, &count)) return false;
  for (size_t i = count; i-- > 0 && !call->offer;) {
    if (said[i].author == LK_AUTHOR_CUSTOMER) latest = false;
    if (!latest && *utterance->text.ptr != '/') return true;
    json_t *choices = lk_channel_choices(&said[i]);
    const json_t *taken = choices ? choice_named(choices, utterance->text, latest) : NULL;
    if (taken) {
      call->offer = choices;
      utterance->text = lk_channel_text(taken, "label");
      utterance->payload = lk_channel_text(taken, "payload");
    } else {
      json_decref(choices);
    }
  }
  return true;
}

/* ---- Hearing ---- */

static bool blank(lk_view text) {
  for (size_t i = 0; i < text.len; i++)
    if (!strchr(" \t\r\n", text.ptr[i])) return false;
  return true;
}

static bool readable(lk_channel_call *call, lk_view text) {
  long limit = lk_api_message_limit(lk_engine_kb(call->seat->content->engine));
  if (blank(text)) {
    lk_channel_refuse(call, 400, "bad-member", "the message is empty; write something");
  } else if (lk_api_characters(text) > (size_t)limit) {
    call->channel->refuse(call, &(lk_problem){413, "message-too-long", "the message is too long; shorten it", limit, 0, 0});
  } else {
    return true;
  }
  return false;
}

void lk_channel_hear(lk_channel_call *call) {
  lk_utterance utterance = {.lang = LK_LANG_NONE, .conversation = call->conversation.id, .address = lk_channel_address(call)};
  lk_view client_id = {"", 0};
  lk_talk_result result;
  lk_error err = {0};
  if (!call->channel->read(call, &utterance, &client_id) || !readable(call, utterance.text) || !choose(call, &utterance)) return;
  lk_code code = lk_take_turn(call->server, call->seat, &call->talk, &utterance, client_id, &result, &call->conversation, &err);
  if (code)
    lk_channel_failed(call, code, &err);
  else
    call->channel->answer(call, &result);
}

/* ---- Who is writing ---- */

enum { TYPISTS = 256, TYPING_MS = 3000 };

struct lk_typists {
  pthread_mutex_t mutex;
  struct {
    char id[LK_CONVERSATION_ID_SIZE];
    int64_t at;
  } rows[TYPISTS];
};

lk_typists *lk_typists_new(void) {
  lk_typists *typists = calloc(1, sizeof *typists);
  if (typists) pthread_mutex_init(&typists->mutex, NULL);
  return typists;
}

void lk_typists_free(lk_typists *typists) {
  if (!typists) return;
  pthread_mutex_destroy(&typists->mutex);
  free(typists);
}

void lk_typists_note(lk_typists *typists, lk_view id, int64_t now_ms) {
  size_t at = 0;
  if (id.len >= LK_CONVERSATION_ID_SIZE) return;
  pthread_mutex_lock(&typists->mutex);
  for (size_t i = 0; i < TYPISTS; i++) {
    if (typists->rows[i].at < typists->rows[at].at) at = i;
    if (!lk_view_eq(lk_view_of(typists->rows[i].id), id)) continue;
    at = i;
    break;
  }
  memcpy(typists->rows[at].id, id.ptr, id.len);
  typists->rows[at].id[id.len] = '\0';
  typists->rows[at].at = now_ms;
  pthread_mutex_unlock(&typists->mutex);
}

bool lk_typists_fresh(lk_typists *typists, lk_view id, int64_t now_ms) {
  bool fresh = false;
  pthread_mutex_lock(&typists->mutex);
  for (size_t i = 0; i < TYPISTS && !fresh; i++)
    fresh = typists->rows[i].at + TYPING_MS > now_ms && lk_view_eq(lk_view_of(typists->rows[i].id), id);
  pthread_mutex_unlock(&typists->mutex);
  return fresh;
}
