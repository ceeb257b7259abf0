/* Character n-grams of words: what still matches when nobody knows the word. */
#ifndef LK_TEXT_GRAMS_H
#define LK_TEXT_GRAMS_H

#include "base/buffer.h"
#include "luukku/analyzer.h"

enum { LK_GRAM_SHORTEST = 3, LK_GRAM_LONGEST = 5 };

/* "^word$" with dots folded, for cutting into grams; in `arena`, `ptr` NULL when memory is out. */
lk_view lk_gram_text(lk_view form, lk_buffer *scratch, lk_arena *arena);
/* How many grams lk_grams_cut makes of it. */
size_t lk_gram_count(lk_view bounded);
/* Cuts 3-, 4- and 5-grams (a shorter word whole) into `out`, views into `bounded`; those of `seen` are left out. Returns how many. */
size_t lk_grams_cut(lk_view bounded, const lk_term *seen, size_t seen_count, lk_term *out);

#endif
