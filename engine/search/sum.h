/* Adding up weighted rows of bits: what a search spends its time on where documents are many.
 *
 * For 512 documents at a time, a sum is kept in *planes*: a document's bit of plane p is bit p of its sum. A row of weight 5 is added to the planes 0 and 2;
 * three lines of one plane make one line of it and a carry to the next by five logical instructions, which is 512 additions. */
#ifndef LK_SEARCH_SUM_H
#define LK_SEARCH_SUM_H

#include "search/rows.h"

enum {
  LK_PLANES = 16,    /* of a sum: all weights together are below 2^16 */
  LK_WEIGHT_BITS = 8 /* of a row's weight */
};

/* A line of a row. Rows in a file may begin anywhere. */
typedef uint64_t lk_line __attribute__((vector_size(LK_LINE_BYTES), aligned(1), may_alias));
typedef lk_line lk_planes[LK_PLANES];

/* Rows with their weights; and, by each bit of the weights, those that have it. Arrays of rows have room for LK_SPARE_ROWS more. */
enum { LK_SPARE_ROWS = 8 };
typedef struct lk_summands {
  const uint8_t **all; /* first bytes */
  uint32_t *weights;
  size_t all_count;
  const uint8_t **rows[LK_WEIGHT_BITS];
  size_t count[LK_WEIGHT_BITS];
  unsigned planes; /* that the sum of all weights needs */
} lk_summands;

/* Fills `rows` and `count`. */
typedef void lk_split_way(lk_summands *summands);
/* The sum of line `line` of all rows; `scratch` has room for as many lines as there are summands, and one more. Planes from summands->planes on are not
 * written. */
typedef void lk_sum_way(const lk_summands *summands, size_t line, lk_line *scratch, lk_planes out);
/* A sum as numbers, a document each, added to what is there or put in its place. */
typedef void lk_number_way(const lk_planes sum, unsigned planes, bool add, uint16_t out[LK_LINE]);
/* to += unit · factors · numbers, one by one; `factors` NULL: 1 each. */
typedef void lk_scale_way(const uint16_t numbers[LK_LINE], const float *factors, float unit, float to[LK_LINE]);

/* Which of 64 numbers are `least` or more: bit i for numbers[i]. */
typedef uint64_t lk_reach_way(const float numbers[64], float least);

/* The largest of each `group` numbers (1, 2, 4 … 16), which are 16 apart, into tops[count / group]; `count` is of whole lines. */
typedef void lk_tops_way(const float *numbers, size_t count, size_t group, float *tops);

typedef struct lk_sum_ways {
  lk_split_way *split;
  lk_sum_way *sum;
  lk_number_way *number;
  lk_scale_way *scale;
  lk_reach_way *reach;
  lk_tops_way *tops;
} lk_sum_ways;

/* Those of machines with wider registers; only where CMakeLists.txt tells the compiler so. */
extern const lk_sum_ways lk_sum_ways_256, lk_sum_ways_512;

/* The ways there are, the best one that this machine can go first; `sum` is NULL after the last. All give the same. */
lk_sum_ways lk_sum_ways_number(size_t number);

#endif
