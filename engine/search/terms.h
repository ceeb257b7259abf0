/* The dictionary of an index: terms → numbers, counted from 0 in the order of arrival.
 *
 *   words   texts of lemmas, parts and roots, in one block of bytes; a slot has the upper half of the text's hash, and its number plus 1
 *   grams   character n-grams, packed into 64 bits: no text, no hashing of bytes
 *
 * The two do not meet, so that the n-gram "tila" is not the lemma "tila". All of it is flat arrays without pointers, so that a file can hold it. Indexes that
 * were built side by side share one: `owners` counts them. Written by one thread while it is built; then only read, by any number. */
#ifndef LK_SEARCH_TERMS_H
#define LK_SEARCH_TERMS_H

#include <stdint.h>

#include "base/image.h"
#include "luukku/search.h"

typedef enum lk_space { LK_SPACE_WORD, LK_SPACE_GRAM, LK_SPACE_COUNT } lk_space;

typedef struct lk_word_table {
  char *bytes;
  uint32_t *starts; /* count + 1 of them: where each text begins */
  uint64_t *slots;  /* slot_count, a power of two, at most half full; 0 is free */
  uint32_t count, slot_count;
  size_t byte_cap, start_cap;
} lk_word_table;

typedef struct lk_gram_table {
  uint64_t *keys;  /* count */
  uint32_t *slots; /* number plus 1; 0 is free */
  uint32_t count, slot_count;
  size_t key_cap;
} lk_gram_table;

typedef struct lk_terms {
  size_t owners;
  lk_word_table words;
  lk_gram_table grams;
} lk_terms;

#define LK_NO_TERM UINT32_MAX

lk_terms *lk_terms_new(void); /* one owner; NULL when memory is out */
/* Takes one owner away; the last one frees it. NULL is fine. */
void lk_terms_drop(lk_terms *terms);

/* The number of a term, or LK_NO_TERM. */
uint32_t lk_terms_find(const lk_terms *terms, lk_space space, lk_view text);
/* The same, for a caller that has a guess: the number in this dictionary as a rule, or in another one, or none. */
uint32_t lk_terms_again(const lk_terms *terms, lk_space space, lk_view text, uint32_t guess);
/* As lk_terms_find, and the term is added if it is not there; LK_NO_TERM when memory is out. */
uint32_t lk_terms_put(lk_terms *terms, lk_space space, lk_view text);
uint32_t lk_terms_count(const lk_terms *terms, lk_space space);
lk_view lk_terms_word(const lk_terms *terms, uint32_t number);
/* Walks the dictionary to which the pointer at `pointer` leads (base/image.h). */
void lk_terms_walk(lk_image *image, size_t pointer);
size_t lk_terms_bytes(const lk_terms *terms);

#endif
