/* Adding up sketches: what a search spends its time on where documents are many. */
#ifndef LK_SEARCH_SKETCH_H
#define LK_SEARCH_SKETCH_H

#include <stddef.h>
#include <stdint.h>

#include "search/index.h"

enum { LK_SKETCHES = 256 }; /* of 255 at the most in each place: they sum to less than 65,536 */

/* Sketches that are worth the same. */
typedef struct lk_sketches {
  const uint8_t *rows[LK_SKETCHES];
  size_t count;
  float unit; /* what 1 in them adds to a score */
} lk_sketches;

/* For the documents of the block whose first is number `at`: to[d] = from[d] + unit · the sum of d's bytes in the rows (lk_sketch_place). `from` and `to` are whole rows, and may be the same. */
typedef void lk_sketch_way(const lk_sketches *sketches, size_t at, const float *from, float *to);

/* The ways there are, the best one that this machine can go first; NULL after the last. All give the same to the last bit. */
lk_sketch_way *lk_sketch_way_number(size_t number);

#endif
