/* One spelling for what looks the same: the form in which words are looked up. */
#ifndef LK_TEXT_NORMALISE_H
#define LK_TEXT_NORMALISE_H

#include <stdint.h>

#include "base/buffer.h"

/* A word longer than this (code points) is cut: no word of the three languages is, and all later work is bounded by it. */
enum { LK_WORD_LIMIT = 96 };

/* Appends `word` in NFC and lower case, without U+00AD, control characters, bidirectional marks and invalid bytes; U+2010 and U+2011 are
 * '-', curly apostrophes are straight; at most two combining marks a letter; at most LK_WORD_LIMIT code points. */
void lk_normalise(lk_view word, lk_buffer *out);

/* Appends a normalised word with its letters' marks taken off: ä, å → a, ö → o, é → e. */
void lk_fold(lk_view form, lk_buffer *out);

/* The base letter of a code point: what lk_fold writes for it. */
uint32_t lk_fold_letter(uint32_t c);

/* Code points of `form` into `out` (at most `cap`); returns how many. */
size_t lk_decode(lk_view form, uint32_t *out, size_t cap);

#endif
