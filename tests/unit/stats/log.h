/* Logs for the tests of figures: written through the store as the dialogue and the desk write them. */
#ifndef LK_TEST_STATS_LOG_H
#define LK_TEST_STATS_LOG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "luukku/desk.h"
#include "luukku/stats.h"

/* The moment at which clocks in Finland show this. */
int64_t at(int year, int month, int day, int hour, int minute);

void begin(lk_store *store, const char *id, const char *channel, lk_lang lang, int64_t moment);
/* A turn with these events, behind a message.received of its own. `client` may be "". */
void turn(lk_store *store, const char *id, const char *client, lk_lang lang, int64_t moment, const lk_event *events, size_t count,
          const lk_case *handoff);
#define TURN(store, id, lang, moment, ...)                                   \
  turn((store), (id), "", (lang), (moment), (const lk_event[]){__VA_ARGS__}, \
       sizeof((const lk_event[]){__VA_ARGS__}) / sizeof(lk_event), NULL)
#define HANDOFF(store, id, lang, moment, why, there, ...)                    \
  turn((store), (id), "", (lang), (moment), (const lk_event[]){__VA_ARGS__}, \
       sizeof((const lk_event[]){__VA_ARGS__}) / sizeof(lk_event), &(lk_case){.reason = (why), .attended = (there)})
void rate(lk_store *store, const char *id, int64_t moment, lk_event_type type, const char *entry, int64_t value,
          const char *words);
int64_t open_case(lk_store *store, const char *id);
void reply_as_agent(lk_store *store, const char *id, int64_t moment);
void claim(lk_store *store, const char *id, int64_t moment);
void close_case(lk_store *store, const char *id, const char *kind, int64_t moment);
void leave(lk_store *store, const char *id, int64_t moment); /* the customer ends it */

#define EVENT(kind, ...) ((lk_event){.type = (LK_EVENT_##kind), __VA_ARGS__})

/* Ten conversations from 24 to 27 October 2026, the day with 25 hours among them. figures.c counts them by hand. */
void write_the_log(lk_store *store);

/* Everything that was counted, one "name day a b n" a line. To free(). */
char *all_tallies(lk_store *store);

#endif
