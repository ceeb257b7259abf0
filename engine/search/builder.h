/* An index under construction: each document as the words of its texts. Their terms are counted when it is frozen, so that a builder's memory is a number a
 * word and what it knows of each distinct word. */
#ifndef LK_SEARCH_BUILDER_H
#define LK_SEARCH_BUILDER_H

#include "search/bag.h"
#include "search/index.h"

typedef struct lk_draft_document {
  size_t first; /* of its words */
  lk_field_values length[LK_SPACE_COUNT];
} lk_draft_document;

struct lk_index_builder {
  lk_weights weights;
  lk_bags *bags;
  struct { /* bag · 2 + field */
    uint32_t *items;
    size_t count, cap;
  } words;
  struct {
    lk_draft_document *items;
    size_t count, cap;
  } documents;
};

/* freeze.c: fills one space; false when memory is out. */
bool lk_freeze_space(const lk_index_builder *builder, lk_space space, lk_term_space *out);

#endif
