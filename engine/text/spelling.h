/* Misspellings → words that the vocabulary has. */
#ifndef LK_TEXT_SPELLING_H
#define LK_TEXT_SPELLING_H

#include "text/normalise.h"
#include "text/vocabulary.h"

/* Insertions, deletions, substitutions and transpositions of neighbours between two words; more than `limit` is limit + 1. */
unsigned lk_edit_distance(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count, unsigned limit);

/* How unlikely it is that `meant` was typed as `typed`: 1 an edit, less for slips that fingers make (a neighbouring key, exchanged letters, a
 * letter doubled or not, dots left out), more at a word's beginning. */
float lk_slip_cost(const uint32_t *typed, size_t n, const uint32_t *meant, size_t m);

/* Makes the tables by which lk_nearest_target finds its targets, in some microseconds however many there are, instead of looking at all, and without which
 * lk_undo_slips finds nothing. Call it when the last target is there: one that comes later is not in them. False when memory is out. */
bool lk_index_targets(lk_shelf *shelf);
void lk_forget_targets(lk_shelf *shelf);

/* The target within 1 .. `distance` edits of `form` that is the likeliest to be meant, if its slip cost is at most `dearest`; or NULL. */
const lk_target *lk_nearest_target(const lk_shelf *shelf, lk_view form, unsigned distance, float dearest);

/* A word with one slip undone. */
typedef struct lk_undone {
  uint32_t letters[LK_WORD_LIMIT];
  size_t count;
  float cost;
} lk_undone;

/* The likeliest words (at most `cap`, likeliest first) that are one edit from `form` and begin as a target does, up to some letters beyond the edit, or
 * end as one does. Whether they are words is for the dictionary to say. Returns how many. */
size_t lk_undo_slips(const lk_shelf *shelf, lk_view form, lk_undone *out, size_t cap);

#endif
