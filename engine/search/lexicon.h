/* The lexicon as the query maker sees it: rows found by a key of lemmas, "rahat takaisin" → "raha takaisin". */
#ifndef LK_SEARCH_LEXICON_H
#define LK_SEARCH_LEXICON_H

#include "base/image.h"
#include "luukku/search.h"

enum { LK_LEXICON_PHRASE = 4 }; /* words in a phrase at the most; editors' rows have one or two */

typedef struct lk_expansion {
  const lk_view *targets;
  size_t target_count;
  const struct lk_expansion *next; /* another row with the same key */
} lk_expansion;

/* The rows of a key (lemmas joined by a space), or NULL. */
const lk_expansion *lk_lexicon_rows(const lk_lexicon *lexicon, lk_view key);
/* Words in the longest phrase that begins with a lemma; 0 when none does. Spares the query maker most look-ups. */
uint32_t lk_lexicon_reach(const lk_lexicon *lexicon, lk_view first_lemma);

/* Walks the lexicon to which the pointer at `pointer` leads (base/image.h). One in a file is not to be freed. */
void lk_lexicon_walk(lk_image *image, size_t pointer);

#endif
