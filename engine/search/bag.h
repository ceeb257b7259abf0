/* A word → the numbers of its terms, n-grams included, found once for each distinct word: to count a word that comes again is to count numbers. */
#ifndef LK_SEARCH_BAG_H
#define LK_SEARCH_BAG_H

#include "base/buffer.h"
#include "base/map.h"
#include "search/terms.h"

typedef struct lk_bag_term {
  uint32_t number;
  float tf; /* what one occurrence counts */
} lk_bag_term;

/* Terms of a word: `words` of them of the WORD space, then n-grams. */
typedef struct lk_bag {
  uint32_t first; /* in lk_bags.terms */
  uint32_t words, grams;
} lk_bag;

typedef struct lk_bags {
  lk_terms *terms;
  float part, root; /* of lk_weights */
  lk_map *known;    /* form → items */
  struct {
    lk_bag *items;
    size_t count, cap;
  } bags;
  struct {
    lk_bag_term *items;
    size_t count, cap;
  } numbers;
  struct {
    lk_bag *items;
    size_t count, cap;
  } text; /* the words of the text that was read last */
  lk_buffer typed, scratch;
  lk_arena *arena; /* for one word's n-grams */
} lk_bags;

bool lk_bags_open(lk_bags *bags, const lk_weights *weights, lk_terms *terms);
void lk_bags_close(lk_bags *bags);
/* Fills `text` with a bag a word; GRAM terms of the analysis are passed over, since they are made here. False when memory is out. */
bool lk_bags_read(lk_bags *bags, const lk_analysis *analysis);

#endif
