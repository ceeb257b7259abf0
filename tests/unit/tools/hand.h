/* Entries, questions and outcomes made by hand. */
#ifndef LK_TEST_HAND_H
#define LK_TEST_HAND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "outcome.h"

#define assert_near(got, expected) assert_near_at((double)(got), (double)(expected), __FILE__, __LINE__)
static inline void assert_near_at(double got, double expected, const char *file, int line) {
  if (fabs(got - expected) <= 1e-6) return;
  print_error("%f is not %f\n", got, expected);
  _fail(file, line);
}

static const lk_entry hand_returns __attribute__((unused)) = {.kind = LK_ENTRY_ARTICLE, .id = {"returns", 7}};
static const lk_entry hand_delivery __attribute__((unused)) = {.kind = LK_ENTRY_ARTICLE, .id = {"delivery", 8}};
static const lk_entry hand_complaint
    __attribute__((unused)) = {.kind = LK_ENTRY_ARTICLE, .id = {"complaint", 9}, .handoff_always = true};
static const lk_entry hand_status
    __attribute__((unused)) = {.kind = LK_ENTRY_INTENT, .id = {"do-status", 9}, .action = {"order.status", 12}};
static const lk_entry hand_person
    __attribute__((unused)) = {.kind = LK_ENTRY_INTENT, .id = {"do-person", 9}, .action = {"handoff", 7}};
static const lk_entry hand_hello __attribute__((unused)) = {.kind = LK_ENTRY_CHAT, .id = {"chat-hello", 10}};
static const lk_entry hand_cars __attribute__((unused)) = {.kind = LK_ENTRY_NOT_COVERED, .id = {"not-cars", 8}};

static const lk_gold about_returns __attribute__((unused)) = {.id = {"q1", 2},
                                                              .text = {"send it back", 12},
                                                              .label = {"returns", 7},
                                                              .style = {"plain", 5},
                                                              .kind = LK_GOLD_ENTRY,
                                                              .lang = LK_LANG_EN};
static const lk_gold about_status __attribute__((unused)) = {.id = {"q2", 2},
                                                             .text = {"where is it", 11},
                                                             .label = {"@order.status", 13},
                                                             .style = {"intent", 6},
                                                             .kind = LK_GOLD_ENTRY,
                                                             .lang = LK_LANG_EN};
static const lk_gold about_delivery_or_person __attribute__((unused)) = {.id = {"q3", 2},
                                                                         .text = {"it never came", 13},
                                                                         .label = {"delivery", 8},
                                                                         .style = {"story", 5},
                                                                         .also = {{"@handoff", 8}},
                                                                         .also_count = 1,
                                                                         .kind = LK_GOLD_ENTRY,
                                                                         .lang = LK_LANG_EN};
static const lk_gold wants_person __attribute__((unused)) = {.id = {"q4", 2},
                                                             .text = {"a human please", 14},
                                                             .label = {"@handoff", 8},
                                                             .style = {"intent", 6},
                                                             .kind = LK_GOLD_HANDOFF,
                                                             .lang = LK_LANG_EN};
static const lk_gold small_talk __attribute__((unused)) = {
    .id = {"q5", 2}, .text = {"hello", 5}, .label = {"@chat", 5}, .style = {"chat", 4}, .kind = LK_GOLD_CHAT, .lang = LK_LANG_EN};
static const lk_gold about_nothing __attribute__((unused)) = {.id = {"q6", 2},
                                                              .text = {"sell me a car", 13},
                                                              .label = {"none", 4},
                                                              .style = {"none", 4},
                                                              .kind = LK_GOLD_NONE,
                                                              .lang = LK_LANG_EN};

#endif
