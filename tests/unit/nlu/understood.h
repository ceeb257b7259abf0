/* A message understood as a turn would understand it, for tests: on Sunday 22 November 2026. */
#ifndef TESTS_NLU_UNDERSTOOD_H
#define TESTS_NLU_UNDERSTOOD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "luukku/nlu.h"

typedef struct understood {
  lk_words *words;
  lk_vocabulary *vocabulary;
  lk_analyzer *analyzer;
  lk_arena *arena;
  lk_entity_options options;
  /* the last message: */
  lk_view text;
  lk_analysis analysis;
  lk_entities entities;
} understood;

int understood_set_up(void **state);
int understood_tear_down(void **state);
void understand(understood *u, lk_lang lang, const char *text);
/* The likeliest preferred entity of the type; fails the test when there is none. */
const lk_entity *only(const understood *u, lk_entity_type type);
bool has(const understood *u, lk_entity_type type);
void assert_text(lk_view text, const char *expected);

#endif
