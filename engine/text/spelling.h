/* Misspellings → words that the vocabulary has. */
#ifndef LK_TEXT_SPELLING_H
#define LK_TEXT_SPELLING_H

#include "text/vocabulary.h"

/* Insertions, deletions, substitutions and transpositions of neighbours between two words; more than `limit` is limit + 1. */
unsigned lk_edit_distance(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count, unsigned limit);

/* How unlikely it is that `meant` was typed as `typed`: 1 an edit, less for slips that fingers make (a neighbouring key, exchanged letters, a
 * letter doubled or not, dots left out), more at a word's beginning. */
float lk_slip_cost(const uint32_t *typed, size_t n, const uint32_t *meant, size_t m);

/* The target within 1 .. `distance` edits of `form` that is the likeliest to be meant, if its slip cost is at most `dearest`; or NULL. */
const lk_target *lk_nearest_target(const lk_shelf *shelf, lk_view form, unsigned distance, float dearest);

#endif
