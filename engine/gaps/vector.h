/* A question as a sparse vector: the lemmas, compound parts and roots of its content words, weighed by the engine's idf, of length 1. */
#ifndef LK_GAPS_VECTOR_H
#define LK_GAPS_VECTOR_H

#include "base/arena.h"
#include "base/map.h"
#include "luukku/engine.h"

enum { LK_VECTOR_TERMS = 32 }; /* the weightiest; longer stories add little but noise */

typedef struct lk_vector_term {
  uint32_t number;
  float weight;
} lk_vector_term;

typedef struct lk_vector {
  lk_vector_term *terms; /* by number */
  uint32_t count;
} lk_vector;

/* Terms of one language, numbered as they come. */
typedef struct lk_vocable {
  lk_worker *worker;
  lk_lang lang;
  lk_map *numbers; /* "term" → number */
  lk_map *lemmas;  /* a word's likeliest lemma: fit for a name */
  lk_arena *scratch;
} lk_vocable;

bool lk_vocable_open(lk_vocable *vocable, lk_worker *worker, lk_lang lang);
void lk_vocable_close(lk_vocable *vocable);
static inline lk_view lk_vocable_term(const lk_vocable *v, uint32_t number) { return lk_map_key(v->numbers, number); }

lk_code lk_vector_of_text(lk_vocable *vocable, lk_view text, lk_arena *arena, lk_vector *out, lk_error *err);
float lk_vector_likeness(const lk_vector *a, const lk_vector *b); /* cosine */
/* How much of `part`'s length is in terms that `whole` has, 0 to 1. */
float lk_vector_share_in(const lk_vector *part, const lk_vector *whole);
/* Keeps the weightiest terms, orders them by number and makes the length 1. */
void lk_vector_finish(lk_vector *vector);

#endif
