/* A word → the numbers of its terms, n-grams included, found once for each distinct word: a document under construction is a row of bags. Builders side by
 * side share them, as they share the dictionary: `owners` counts them. */
#ifndef LK_SEARCH_BAG_H
#define LK_SEARCH_BAG_H

#include "base/buffer.h"
#include "base/map.h"
#include "search/terms.h"
#include "search/word_grams.h"

/* Numbers of a word's terms: `words` of them of the WORD space, each with what one occurrence counts; then n-grams, which count 1 each. */
typedef struct lk_bag {
  uint32_t first;     /* in lk_bags.numbers */
  uint32_t first_own; /* in lk_bags.frequencies */
  uint32_t words, grams;
} lk_bag;

typedef struct lk_bags {
  size_t owners;
  lk_terms *terms;
  float part, root; /* of lk_weights */
  lk_map *known;    /* form, and what was typed if that was another → bags */
  struct {
    lk_bag *items;
    size_t count, cap;
  } bags;
  struct {
    uint32_t *items;
    size_t count, cap;
  } numbers;
  struct {
    float *items;
    size_t count, cap;
  } frequencies;
  struct {
    uint32_t *items;
    size_t count, cap;
  } text; /* the words of the text that was read last, as numbers of bags */
  lk_buffer key;
  lk_gram_scratch scratch;
  lk_arena *arena; /* for one word's n-grams */
} lk_bags;

/* One owner, of the bags and of `terms`; NULL when memory is out, and then `terms` has been dropped. */
lk_bags *lk_bags_new(const lk_weights *weights, lk_terms *terms);
/* Takes one owner away; the last one frees them. NULL is fine. */
void lk_bags_drop(lk_bags *bags);
/* Fills `text`; GRAM terms of the analysis are passed over, since they are made here. False when memory is out. */
bool lk_bags_read(lk_bags *bags, const lk_analysis *analysis);

#endif
