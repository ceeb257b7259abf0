/* A message as patterns and entities read it: its words in order, without marks, each with the keys by which it can be met, and with where sentences and clauses
 * begin. Sentences end at . ! ? ; … and clauses also at commas, colons, dashes, brackets and line ends. */
#ifndef LK_NLU_READING_H
#define LK_NLU_READING_H

#include "nlu/words.h"

enum { LK_READING_WORDS = 512, LK_READING_KEYS = 8 };

typedef struct lk_phrase_hit {
  const lk_phrase *phrase;
  uint32_t past; /* place behind its last word */
} lk_phrase_hit;

typedef struct lk_read_word {
  uint32_t word;       /* index in the analysis */
  const lk_view *keys; /* folded: what was typed, its repaired form, its lemmas */
  uint32_t key_count;
  uint32_t typed_count;      /* the first so many are what was typed */
  bool sentence, clause;     /* one begins here */
  bool empty;                /* joined to the word before */
  const lk_phrase_hit *hits; /* phrases that begin here, longest first; only after lk_reading_look_up */
  uint32_t hit_count;
} lk_read_word;

typedef struct lk_reading {
  const lk_analysis *analysis;
  lk_read_word *items;
  uint32_t count;
} lk_reading;

lk_code lk_reading_make(const lk_analysis *analysis, lk_arena *arena, lk_reading *out, lk_error *err);
/* Finds the phrases of `lang` that begin at each word. */
lk_code lk_reading_look_up(lk_reading *reading, const lk_words *words, lk_lang lang, lk_arena *arena, lk_error *err);
/* The longest phrase of a kind that begins at place `at`, or NULL; at may be out of range. */
const lk_phrase_hit *lk_reading_hit(const lk_reading *reading, uint32_t at, lk_word_kind kind);
/* The place of the first word that is not before `word` of the analysis. */
uint32_t lk_reading_place(const lk_reading *reading, uint32_t word);
static inline const lk_token *lk_reading_token(const lk_reading *r, uint32_t at) {
  return &r->analysis->words[r->items[at].word].token;
}

#endif
