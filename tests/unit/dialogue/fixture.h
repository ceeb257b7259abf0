/* A conversation with the sample shop's KB, a fixed clock, no desk, and an order book of one order: whoever sees "SECRET" has seen something of it. */
#ifndef LK_TEST_DIALOGUE_FIXTURE_H
#define LK_TEST_DIALOGUE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "luukku/dialogue.h"

#define NOON INT64_C(1794996000) /* Wednesday 18 November 2026, 12:00 in Helsinki */
#define KNOWN_ORDER "100234"
#define UNKNOWN_ORDER "100999"
#define RIGHT_PROOF "00990"
#define WRONG_PROOF "33100"

/* The engine is built once; each talk is a conversation of its own. */
typedef struct shop {
  lk_engine *engine;
  lk_worker *worker;
} shop;
int open_shop(void **state);
int close_shop(void **state);

typedef struct talk {
  shop *shop;
  bool empty; /* its order book has no order at all */
  int64_t now;
  lk_order_book book;
  lk_identity *identity;
  lk_services services;
  lk_phase phase;
  lk_arena *arenas[2]; /* of this turn and of the one before */
  unsigned turns;
  lk_turn turn;
  int performed; /* requests that the order book got */
} talk;

void begin(talk *t, shop *shop, bool empty);
void end(talk *t);
void say(talk *t, const char *text);
void tap(talk *t, const char *payload);
void take(talk *t, lk_view text, lk_view payload);
lk_arena *arena_of(talk *t);
/* All replies and choices as one text. */
lk_view shown(talk *t);
bool says(talk *t, const char *message); /* is one of the replies this message or entry? */
bool notes(talk *t, lk_event_type type);

#define assert_says(t, message)                                                         \
  do {                                                                                  \
    if (!says((t), (message))) fail_msg("no %s in: %.*s", (message), LK_FMT(shown(t))); \
  } while (0)

#endif
