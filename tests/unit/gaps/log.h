/* A store with turns written by hand, and a KB of a few articles. */
#ifndef LK_TEST_GAPS_LOG_H
#define LK_TEST_GAPS_LOG_H

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "luukku/gaps.h"

typedef struct log_book {
  lk_store *store;
  lk_engine *engine;
  lk_worker *worker;
  lk_arena *arena;
  int64_t now; /* grows by a minute a turn */
  int conversations;
  char conversation[32];
  lk_asked_list asked;
  lk_error err;
} log_book;

int open_log(void **state);
int close_log(void **state);

void begin_conversation(log_book *log);
/* A customer's turn: what was said, and what the bot's events about it are, all of which go with the message. */
void turn(log_book *log, const char *said, const lk_event *events, size_t count);
#define TURN(log, said, ...)                                                         \
  do {                                                                               \
    const lk_event events_of_turn[] = {__VA_ARGS__};                                 \
    turn(log, said, events_of_turn, sizeof events_of_turn / sizeof *events_of_turn); \
  } while (0)
/* What an agent wrote; `entry` is the suggestion that was inserted, or "". */
void agent_writes(log_book *log, const char *text, const char *entry);
void note(log_book *log, lk_event event);
void read_asked(log_book *log);
/* The question with this text; fails when there is none. */
const lk_asked *asked_of(const log_book *log, const char *text);

#define ENTRY(id) .entry = LK_LIT(id)
#define SURE(c) .has_confidence = true, .confidence = (c)

void assert_view(lk_view actual, const char *expected);

#endif
