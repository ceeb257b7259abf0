/* A turn while it is made: what it works with, what it has said and noted so far. The files of this folder are its verbs. */
#ifndef LK_DIALOGUE_TURN_H
#define LK_DIALOGUE_TURN_H

#include "dialogue/state.h"
#include "luukku/dialogue.h"

typedef struct lk_maker {
  lk_worker *worker;
  const lk_engine *engine;
  const lk_kb *kb;
  const lk_services *services;
  const lk_utterance *in;
  lk_phase phase;
  int64_t now;
  lk_arena *arena;
  lk_state before; /* as it was */
  lk_state state;  /* as it will be */
  lk_turn *out;
  lk_understanding *u;
  size_t reply_cap, event_cap;
  lk_event lost; /* what is noted when memory is out */
  lk_code code;  /* of the first thing that failed: from then on nothing is added */
  lk_error *err;
} lk_maker;

/* ---- say.c: words, all of them from the KB ---- */

#define LK_VALUE(name, ...) ((lk_value){LK_LIT(name), (__VA_ARGS__)})
/* Says a message with its values: LK_SAY(m, "ask-proof", LK_VALUE("order", number)). */
#define LK_SAY(m, id, ...) \
  lk_say((m), (id), (const lk_value[]){__VA_ARGS__}, sizeof((const lk_value[]){__VA_ARGS__}) / sizeof(lk_value))
#define LK_SAY0(m, id) lk_say((m), (id), NULL, 0)
void lk_say(lk_maker *m, const char *id, const lk_value *values, size_t count);
/* A text of the KB that is no message: a notice. */
void lk_say_answer(lk_maker *m, const lk_answer *answer, lk_lang lang, lk_view id);
/* An entry's answer; small talk with several takes them in turn. */
void lk_say_entry(lk_maker *m, const lk_entry *entry);
/* A message as plain text, for use as a value or label; empty when something failed. */
lk_view lk_phrase(lk_maker *m, const char *id, const lk_value *values, size_t count);
#define LK_PHRASE(m, id, ...) \
  lk_phrase((m), (id), (const lk_value[]){__VA_ARGS__}, sizeof((const lk_value[]){__VA_ARGS__}) / sizeof(lk_value))
#define LK_PHRASE0(m, id) lk_phrase((m), (id), NULL, 0)
/* Offers something to tap; also remembered, so that "2" or its words choose it. */
void lk_offer(lk_maker *m, lk_view label, lk_view payload);
/* Text in the turn's arena, printf style; empty when memory is out. */
lk_view lk_text(lk_maker *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Does the KB have this message in any language? */
bool lk_has_message(const lk_maker *m, const char *id);

/* ---- when.c: times, days and money in words ---- */

lk_view lk_when(lk_maker *m, int64_t moment);      /* "huomenna klo 8", "maanantaina 24.12. klo 10" */
lk_view lk_day(lk_maker *m, int64_t moment);       /* "24.12." */
lk_view lk_duration(lk_maker *m, int64_t seconds); /* "5 minuuttia" */
lk_view lk_money(lk_maker *m, int64_t cents);

/* ---- turn.c: what was noted ---- */

/* A new event of the turn, to be filled in; never NULL (a dummy when memory is out). */
lk_event *lk_note(lk_maker *m, lk_event_type type);
void lk_because(lk_reasons *reasons, const char *rule, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* What entities may be found by: the choices offered last, the order book's catalogue, today. */
lk_entity_options lk_entity_hints(lk_maker *m);
/* Is this yes or no meant as one? A yes has to be clearer than a no: what it confirms cannot be taken back. */
static inline bool lk_is_firm(const lk_entity *yes_no) { return yes_no->confidence >= (yes_no->number ? .6f : .4f); }
void lk_maker_fail(lk_maker *m, lk_code code);
/* What is kept of a customer's message in transcript and events: no more than would have been read. A megabyte costs its sender nothing, and the store a lot. */
lk_view lk_kept_part(const lk_kb *kb, lk_view text);
/* The first so many characters: what goes into the state, which is bounded. */
enum { LK_STATE_TEXT = 1000 };
lk_view lk_beginning(lk_view text, size_t characters);
/* An entry is now what the customer wants: shows the article, performs the intent, talks. */
void lk_take_up(lk_maker *m, const lk_entry *entry, double confidence);
/* Shows an article's answer with what belongs to it. */
void lk_answer_entry(lk_maker *m, const lk_entry *entry, double confidence);

/* Decides on the message by itself, whatever was asked. */
void lk_decide_afresh(lk_maker *m);
/* Understands a text as if it had just been said; false when that failed. */
bool lk_hear_text(lk_maker *m, lk_view text);

/* ---- asked.c: answers to what the bot asked; false: the message is none ---- */

bool lk_took_contact(lk_maker *m);
bool lk_took_choice(lk_maker *m); /* by tap, by number or by its words */
bool lk_took_rating(lk_maker *m);
bool lk_took_person_offer(lk_maker *m);

/* ---- handoff.c ---- */

/* A person takes over, as far as there is one: tells truthfully what happens next and opens the case. */
void lk_hand_off(lk_maker *m, lk_handoff_reason reason);
/* "Call me": the same, with a phone number or e-mail of the message as the case's contact; else it is asked for, also when somebody is there. */
void lk_hand_off_to_call(lk_maker *m);
/* A person is offered, with the choices that a yes, a no or a tap answers. */
void lk_offer_person(lk_maker *m);
/* The message of a customer who waits for a person. */
void lk_while_waiting(lk_maker *m);

/* ---- flow.c ---- */

/* Starts an intent's flow, with what the message already says. */
void lk_flow_start(lk_maker *m, const lk_entry *intent, double confidence);
/* A message while a flow is under way; false: it was not for the flow (a question): answer it, then lk_flow_ask_again. */
bool lk_flow_continue(lk_maker *m);
/* After a digression: back to what was asked. */
void lk_flow_ask_again(lk_maker *m);

/* ---- confirm.c, write_actions.c, recommend.c ---- */

/* Says exactly what will happen and asks for a yes; when it cannot happen, says why not and leaves the flow. */
void lk_confirm(lk_maker *m, const lk_entry *intent);
/* Performs the intent's action with the slots of the state. */
void lk_perform(lk_maker *m, const lk_entry *intent);
/* A product of the catalogue: price, stock, link. False when there is none. */
bool lk_show_product(lk_maker *m, lk_view sku);

#endif
