/* The n-grams of a word, for the index and for questions alike. */
#ifndef LK_SEARCH_WORD_GRAMS_H
#define LK_SEARCH_WORD_GRAMS_H

#include "base/buffer.h"
#include "luukku/analyzer.h"
#include "luukku/arena.h"

typedef struct lk_gram_scratch {
  lk_buffer typed, text;
} lk_gram_scratch;

/* What n-grams are made of: the word as typed and, where it was read as another, that as well (empty otherwise). `typed` is good until the next call. */
void lk_word_grams_of(const lk_word *word, lk_gram_scratch *scratch, lk_view *typed, lk_view *meant);
/* Makes them, each once; they live in `arena`, their texts in `texts`. False when memory is out. */
bool lk_word_grams(lk_view typed, lk_view meant, lk_gram_scratch *scratch, lk_arena *texts, lk_arena *arena, lk_term **grams,
                   size_t *count);
void lk_gram_scratch_free(lk_gram_scratch *scratch);

#endif
