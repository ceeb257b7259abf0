/* Scripted conversations: the plain text that a tester writes by hand, read into steps. tests/conversations/README.md describes the format for its writers; keep
 * the two alike. */
#ifndef LK_SCRIPT_H
#define LK_SCRIPT_H

#include <stdint.h>

#include "luukku/arena.h"
#include "luukku/error.h"

typedef enum lk_step_kind {
  LK_STEP_SAY,    /* > text, or >>N text: text is what the customer writes */
  LK_STEP_TAP,    /* [payload] or [number of the choice] */
  LK_STEP_EXPECT, /* < word …: word and rest */
  LK_STEP_SET,    /* ! word …: word and rest */
  LK_STEP_CLOCK,  /* @2026-11-22 12:00: number is the moment */
  LK_STEP_PASS    /* +35 min: number is the seconds */
} lk_step_kind;

typedef struct lk_step {
  lk_step_kind kind;
  int line;
  bool negated; /* < not … */
  lk_view word, text;
  int64_t number;
} lk_step;

typedef struct lk_script {
  lk_view name;
  int line;
  lk_step *steps;
  size_t count, cap;
} lk_script;

typedef struct lk_script_file {
  const char *path;
  lk_script *scripts;
  size_t count, cap;
} lk_script_file;

/* Reads a whole file. Everything lives in `arena`. LK_ERR_INPUT with file and line for a line that is none of the format, LK_ERR_IO. */
lk_code lk_script_read(const char *path, lk_arena *arena, lk_script_file *out, lk_error *err);
/* The same from memory. */
lk_code lk_script_parse(const char *path, lk_view text, lk_arena *arena, lk_script_file *out, lk_error *err);

/* "2026-11-22 12:00" in Finnish time, or "2026-11-22" for noon; false for anything else. */
bool lk_moment_parse(lk_view text, int64_t *out);
/* The other way round. */
enum { LK_MOMENT_SIZE = 64 };
void lk_moment_print(int64_t moment, char out[LK_MOMENT_SIZE]);

/* A word of `text` and, in `rest`, what follows it without the space between. Both empty at the end. */
lk_view lk_word_of(lk_view text, lk_view *rest);

#endif
