/* The dialogue: what the bot does with what it understood.
 *
 * A turn is a function: (worker, state, utterance, services) → (messages, new state, events). It touches nothing but the services that it is given: the clock,
 * the order book with its identity check, and the desk. A test gives it a fixed clock and an order book of four rows. Whoever calls it stores the result *before* showing
 * it; lk_talk (luukku/talk.h) does both.
 *
 * Everything said is a message of the KB; everything decided leaves a reason.
 *
 * Ownership: a turn's result lives in the arena that was passed, and points into the engine. Threads: as for the worker and the services.
 * Units: moments are Unix seconds; confidence is 0 to 1. Errors: LK_ERR_MEMORY, and others where they are named. */
#ifndef LUUKKU_DIALOGUE_H
#define LUUKKU_DIALOGUE_H

#include "luukku/arena.h"
#include "luukku/desk.h"
#include "luukku/engine.h"
#include "luukku/identity.h"
#include "luukku/orders.h"
#include "luukku/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Deciding ---- */

typedef enum lk_act {
  LK_ACT_ANSWER,   /* an article's answer */
  LK_ACT_CLARIFY,  /* two or three choices */
  LK_ACT_PERFORM,  /* an intent's action, or a step towards it: asking for what is missing, confirming */
  LK_ACT_CHAT,     /* small talk */
  LK_ACT_FALLBACK, /* not understood; or understood as something that the KB does not cover */
  LK_ACT_HANDOFF,  /* a person */
  LK_ACT_SILENT,   /* a person has the conversation: the bot says nothing */
  LK_ACT_COUNT
} lk_act;
/* "answer", "clarify", "perform", "chat", "fallback", "handoff", "silent" */
const char *lk_act_name(lk_act act);

enum { LK_CHOICES_MAX = 5 };

/* Why something was decided, in the order in which it was: rule names a threshold or step ("answer-at", "pattern", "flow.slot"), text says what was compared. */
typedef struct lk_reason {
  const char *rule;
  lk_view text;
} lk_reason;

typedef struct lk_decision {
  lk_act act;
  const lk_entry *entry; /* NULL for none */
  double confidence;
  size_t choices; /* CLARIFY, and a FALLBACK that shows the nearest: the first so many candidates are offered */
} lk_decision;

typedef struct lk_reasons {
  lk_reason *items;
  size_t count, cap;
  lk_arena *arena;
} lk_reasons;

/* Decides on one message by itself, as at the start of a conversation, by the KB's policy. May reorder u->candidates, so that the choices offered come first and differ from one
 * another. Reasons are appended to `reasons` when it is not NULL. */
lk_code lk_decide(const lk_engine *engine, lk_understanding *u, lk_reasons *reasons, lk_decision *out, lk_error *err);

/* ---- A turn ---- */

typedef struct lk_services {
  int64_t (*now)(void *clock); /* Unix seconds; NULL: the system's clock */
  void *clock;
  const lk_order_book *orders; /* NULL: this shop has none here */
  lk_identity *identity;       /* needed with orders */
  lk_desk *desk;               /* NULL: nobody is ever there */
  lk_view desk_name;           /* which <hours desk="…"> tell when; empty: "chat" */
} lk_services;

typedef struct lk_utterance {
  lk_view text;    /* as typed */
  lk_view payload; /* a choice that was tapped: what lk_choice.payload said; then text is its label. Empty otherwise. */
  lk_lang lang;    /* the channel's wish, LK_LANG_NONE: detect */
  lk_view conversation, address; /* for the limits on proofs; may be empty */
  lk_view customer;              /* a vouched-for customer's id in the order book; empty for none */
  lk_view detail;                /* JSON that the channel wants kept with the message; may be empty */
  int64_t open_case;             /* the conversation's case at the desk, so that its place in the queue can be told; 0 for none */
} lk_utterance;

typedef struct lk_choice {
  lk_view label;
  lk_view payload; /* comes back in lk_utterance.payload */
} lk_choice;

/* One message to the customer: an answer's or template's text with its values. */
typedef struct lk_reply {
  const lk_answer *content;
  const lk_value *values;
  size_t value_count;
  lk_lang lang;
  lk_view id;            /* of the KB message or entry that it shows */
  const lk_entry *entry; /* when it is an entry's answer */
  lk_view card;          /* JSON of the order whose status it tells, to be shown as a card; else empty */
} lk_reply;

typedef struct lk_turn {
  lk_act act;
  const lk_entry *entry; /* what the turn was about */
  lk_view action;        /* the intent's action, or empty */
  double confidence;
  lk_lang lang;
  lk_reply *replies;
  size_t reply_count;
  lk_choice *choices; /* to be shown after the last reply */
  size_t choice_count;
  lk_event *events;
  size_t event_count;
  lk_case *handoff;                /* the case to open, or NULL */
  lk_view contact;                 /* how the customer can be reached, for the open case; may be empty */
  bool end;                        /* the conversation is over */
  lk_view customer;                /* verified or vouched for; may be empty */
  lk_view state;                   /* to be passed to the next turn */
  lk_understanding *understanding; /* NULL when the message was not looked at (a tapped choice, silence) */
  lk_reasons reasons;
} lk_turn;

/* The first messages of a conversation, before the customer has said anything. */
lk_code lk_turn_greet(lk_worker *worker, const lk_services *services, lk_lang lang, lk_arena *arena, lk_turn *out, lk_error *err);

/* `state` is empty at the start, else what the turn before gave; `phase` says who has the conversation. Trouble with a service is not an error here: the customer is
 * told, the turn goes on. Errors: LK_ERR_MEMORY, LK_ERR_INPUT for a state that is not one. */
lk_code lk_turn_take(lk_worker *worker, const lk_services *services, lk_view state, lk_phase phase, const lk_utterance *utterance,
                     lk_arena *arena, lk_turn *out, lk_error *err);

/* Does the KB have every message that the dialogue says, with variables that have values? Appends errors to `findings`. */
void lk_dialogue_check(const lk_kb *kb, lk_findings *findings);

/* A reply as text of a format: a string to free(). NULL and LK_ERR_MISSING when a variable has no value, LK_ERR_MEMORY. */
char *lk_reply_render(const lk_reply *reply, lk_render_format format, lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
