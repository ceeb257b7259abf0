/* The frozen index, as the search sees it.
 *
 *   spaces[WORD | GRAM]   two dictionaries, so that the n-gram "tila" is not the lemma "tila"
 *     terms               text → term number
 *     first[t] … first[t + 1]   the term's postings, in document order
 *     idf[t]              already raised to its power
 *   a posting             a document and the saturated tf of the term in its title and in its body (0: not there), so that a search multiplies and
 *                         adds, and the weights of kinds and fields can still be chosen at query time */
#ifndef LK_SEARCH_INDEX_H
#define LK_SEARCH_INDEX_H

#include "base/arena.h"
#include "base/map.h"
#include "luukku/search.h"

typedef struct lk_posting {
  uint32_t document;
  float tf[LK_FIELD_COUNT];
} lk_posting;

typedef enum lk_space { LK_SPACE_WORD, LK_SPACE_GRAM, LK_SPACE_COUNT } lk_space;

typedef struct lk_term_space {
  lk_map *terms;
  uint32_t *first; /* term_count + 1 */
  float *idf;
  lk_posting *postings;
  uint32_t term_count;
} lk_term_space;

struct lk_index {
  lk_weights weights;
  uint32_t documents;
  lk_term_space spaces[LK_SPACE_COUNT];
};

static inline lk_space lk_space_of(lk_term_class klass) { return klass == LK_CLASS_GRAM ? LK_SPACE_GRAM : LK_SPACE_WORD; }

/* The term's number in its space; false when no document has it. */
static inline bool lk_index_term(const lk_index *index, lk_space space, lk_view text, uint32_t *number) {
  const uint32_t *found = lk_map_get(index->spaces[space].terms, text);
  if (found) *number = *found;
  return found != NULL;
}

/* The term's posting for a document, or NULL. */
const lk_posting *lk_index_posting(const lk_index *index, lk_space space, uint32_t term, uint32_t document);

/* idf(t)^p of a term that `n` of `documents` have. */
float lk_idf(uint32_t documents, uint32_t n, float power);

#endif
