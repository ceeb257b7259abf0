/* Channels: other chat systems' protocols over the same conversations (CHANNELS.md).
 *
 * A channel is an adapter: it turns a request into an utterance, and what was said (replies with their choices, and later what agents and the server write) into its own wire
 * format. Everything between is done here, once: finding or starting the conversation, the limits, taking the turn, telling the desk.
 *
 * Ownership: a call belongs to its request and is freed with it; after an answer or a refusal neither may be touched. Threads: `route` is called in an HTTP
 * thread and must not wait; what is handed to lk_channel_give is done by the crew, one piece at a time for each conversation. */
#ifndef LUUKKU_SERVE_CHANNEL_H
#define LUUKKU_SERVE_CHANNEL_H

#include <jansson.h>

#include "server.h"

typedef struct lk_channel_call lk_channel_call;

typedef struct lk_channel {
  const char *name;    /* kept with its conversations: figures tell channels apart by it */
  const char *path;    /* where its paths begin */
  const char *headers; /* that pages of other origins may send */
  bool (*on)(const lk_settings *settings);
  /* Answers, refuses, or gives the call to the crew. `rest` is the path behind `path`. */
  void (*route)(lk_channel_call *call, lk_view rest);
  /* What the customer says: utterance->text, detail and the message's id, if it has one. False after it has answered. */
  bool (*read)(lk_channel_call *call, lk_utterance *utterance, lk_view *client_id);
  /* Answers a turn that is on disk. */
  void (*answer)(lk_channel_call *call, const lk_talk_result *result);
  /* One message of a conversation in its format; NULL when memory is out. */
  json_t *(*show)(const lk_channel_call *call, const lk_said *said);
  void (*refuse)(lk_channel_call *call, const lk_problem *problem);
} lk_channel;

extern const lk_channel lk_channel_rasa, lk_channel_directline;

struct lk_channel_call {
  const lk_channel *channel;
  lk_server *server;
  lk_request *request;
  char id[LK_CONVERSATION_ID_SIZE]; /* of the conversation */
  bool trusted;                     /* carries the channel's secret: it is a server, with many customers behind its one address */
  bool polls;                       /* comes again by itself, and may be told in vain */
  json_t *body;                     /* NULL until lk_channel_body */
  void (*act)(lk_channel_call *call);
  /* While the crew works on it: */
  lk_seat *seat;
  lk_talk talk; /* the seat's, in this channel's name */
  lk_conversation conversation;
  bool fresh;    /* this call has started it */
  json_t *offer; /* choices of an earlier message, one of which was taken */
};

/* The channel that is switched on for this path, or NULL. */
const lk_channel *lk_channel_of(const lk_settings *settings, const char *path, lk_view *rest);
void lk_channel_route(lk_server *server, lk_request *request, const lk_channel *channel, lk_view rest);

/* ---- For channels: in `route` ---- */

/* Reads the body, {} for an absent one. False after it has refused. */
bool lk_channel_body(lk_channel_call *call);
/* A text member of an object; empty when it is absent or no text. */
lk_view lk_channel_text(const json_t *object, const char *name);
/* Does the request carry this secret as its bearer token? Takes the same time wherever it differs. */
bool lk_channel_bears(const lk_channel_call *call, const char *secret);
/* The request's bearer token, or NULL. */
const char *lk_channel_bearer(const lk_channel_call *call);
/* HMAC of a text under the server's key, for this purpose. */
enum { LK_SEAL_SIZE = 32 };
void lk_channel_seal(const lk_server *server, const char *purpose, lk_view text, unsigned char out[LK_SEAL_SIZE]);
/* False after it has refused with 429. */
bool lk_channel_allow(lk_channel_call *call, lk_buckets *buckets, lk_view key, const char *code);
/* The address by which a customer's requests and proofs are limited; empty for a trusted call. */
lk_view lk_channel_address(const lk_channel_call *call);
/* Has the crew do this for call->id. The call must not be touched afterwards. */
void lk_channel_give(lk_channel_call *call, void (*act)(lk_channel_call *call));
void lk_channel_refuse(lk_channel_call *call, int status, const char *code, const char *detail);

/* ---- For channels: in the crew; false and LK_… when the call has been refused ---- */

void lk_channel_failed(lk_channel_call *call, lk_code code, const lk_error *err);
/* Loads call->conversation: it has to exist, and to be of this channel. */
bool lk_channel_find(lk_channel_call *call);
/* The same, but starts it when there is none: in this language, or else in that of `text`. The bot greets. */
bool lk_channel_enter(lk_channel_call *call, lk_lang lang, lk_view text);
bool lk_channel_said(lk_channel_call *call, int64_t after, lk_said **messages, size_t *count);
/* The choices that a message offers: an array of {label, payload} to json_decref, or NULL. */
json_t *lk_channel_choices(const lk_said *said);
/* Takes what the customer said: read, turn, answer. */
void lk_channel_hear(lk_channel_call *call);
/* "fi", "fi-FI" … */
lk_lang lk_channel_lang(lk_view locale);

/* ---- Who is writing, for those who poll ---- */

/* A few hundred conversations whose agent has just typed; forgets the oldest. Threads: any. */
lk_typists *lk_typists_new(void);
void lk_typists_free(lk_typists *typists);
void lk_typists_note(lk_typists *typists, lk_view conversation, int64_t now_ms);
bool lk_typists_fresh(lk_typists *typists, lk_view conversation, int64_t now_ms);

#endif
