/* What both sides of the API need: reading bodies, answering in JSON, errors as problems; and what may be written into a conversation beside the bot's turns. */
#ifndef LUUKKU_SERVE_API_H
#define LUUKKU_SERVE_API_H

#include <jansson.h>

#include "server.h"

/* ---- Reading ---- */

/* The body as an object to json_decref; NULL and what is wrong (400 or 415). An absent body is {} when `optional`. */
json_t *lk_api_parse(lk_request *request, bool optional, lk_problem *wrong);
/* The same; NULL after it has answered 400 or 415. An absent body is {} when `optional`. */
json_t *lk_api_body(lk_request *request, bool optional);
/* A text member; empty when absent. False after it has answered 400: no text, or absent although `required`. */
bool lk_api_text(lk_request *request, const json_t *body, const char *name, bool required, lk_view *out);
bool lk_api_integer(lk_request *request, const json_t *body, const char *name, bool required, int64_t *out);
/* A message's text: not blank, and within the characters that the KB's policy allows. */
bool lk_api_message(lk_request *request, const json_t *body, const lk_seat *seat, lk_view *out);
/* 1 to 64 of A–Z a–z 0–9 - _ */
bool lk_api_client_id(lk_request *request, const json_t *body, lk_view *out);
long lk_api_message_limit(const lk_kb *kb);
/* Characters of UTF-8 known to be valid. */
size_t lk_api_characters(lk_view text);

/* ---- Answering ---- */

/* Takes `value` over; NULL answers 500. */
void lk_api_answer(lk_request *request, int status, json_t *value);
void lk_api_empty(lk_request *request);
void lk_api_wrong(lk_request *request, int status, const char *code, const char *detail);
/* An engine's error as the problem that it is for a client, which may point into `err`; what is not the client's doing is logged. */
lk_problem lk_api_problem(lk_server *server, lk_code code, const lk_error *err);
void lk_api_failed(lk_server *server, lk_request *request, lk_code code, const lk_error *err);

/* One line of JSON to free(); NULL when memory is out. `value` is taken over. */
char *lk_api_line(json_t *value);

/* ---- Beside the bot's turns ---- */

/* Writes messages and events into a conversation, in one transaction, on whatever state it is in. LK_ERR_MISSING, LK_ERR_BUSY … as for lk_store_turn. */
typedef struct lk_post {
  const lk_said *messages;
  size_t message_count;
  const lk_event *events;
  size_t event_count;
  lk_view client_id;
  bool end;
} lk_post;
lk_code lk_post_write(lk_seat *seat, lk_view id, const lk_post *post, lk_turn_result *out, lk_error *err);
/* A message of the KB, said by the bot and told to those who listen; nothing when the KB has none of this id. */
void lk_post_say(lk_server *server, lk_seat *seat, const lk_conversation *conversation, const char *id);

/* Takes a customer's message: LK_OK when the turn is on disk and everybody who listens was told. `conversation` is as it is afterwards. */
lk_code lk_take_turn(lk_server *server, lk_seat *seat, lk_talk *talk, const lk_utterance *utterance, lk_view client_id,
                     lk_talk_result *out, lk_conversation *conversation, lk_error *err);

/* ---- Telling ---- */

/* New messages, to the customer's streams and, where a person has or is to have the conversation, to the desk. */
void lk_tell_messages(lk_server *server, lk_seat *seat, const lk_conversation *conversation, lk_view client_id,
                      const lk_said *messages, size_t count);
/* The state as it is now, to the customer's streams. */
void lk_tell_state(lk_server *server, lk_seat *seat, const lk_conversation *conversation);
/* An agent is writing: to the customer's streams, and for those who poll. */
void lk_tell_agent_typing(lk_server *server, lk_view conversation);
/* A customer is. */
void lk_tell_customer_typing(lk_server *server, lk_view conversation);
/* A case and the queue, to the desk. */
void lk_tell_case(lk_server *server, lk_seat *seat, int64_t case_id);

#endif
