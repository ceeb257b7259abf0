/* The frozen index, as the search sees it. FORMAT.md draws the same arrays in a file.
 *
 *   terms                        the dictionary, which several indexes may share
 *   spaces[WORD | GRAM]
 *     first[t] … first[t + 1]    the term's postings, in document order; terms that came after this index was frozen are not in it
 *     idf[t]                     already raised to its power
 *     once[d]                    the saturated frequency of a term that comes once, in the title of d
 *     norms[d][f]                k1 · (1 − b + b · |d| / avg|d|) of a document's field
 *   values[code]                 the distinct term frequencies: some dozens, since they are sums of few weights
 *   a posting                    a document and the codes of the term's frequencies in its title and its body (0: not there). The search saturates them itself:
 *                                a division costs less than the memory of its results, and weights of kinds and fields are chosen at query time */
#ifndef LK_SEARCH_INDEX_H
#define LK_SEARCH_INDEX_H

#include "search/terms.h"

typedef struct lk_posting {
  uint32_t document;
  uint16_t codes[LK_FIELD_COUNT];
} lk_posting;

enum { LK_CODE_OF_ONE = 1 }; /* values[LK_CODE_OF_ONE] is 1 */

typedef float lk_field_values[LK_FIELD_COUNT];

typedef struct lk_term_space {
  uint32_t *first; /* term_count + 1 */
  float *idf;
  lk_posting *postings;
  lk_field_values *norms;
  float *once;
  uint32_t term_count;
} lk_term_space;

struct lk_index {
  lk_weights weights;
  uint32_t documents;
  lk_terms *terms;
  float *values;
  uint32_t value_count;
  bool titles_only; /* no document has a body */
  lk_term_space spaces[LK_SPACE_COUNT];
};

static inline lk_space lk_space_of(lk_term_class klass) { return klass == LK_CLASS_GRAM ? LK_SPACE_GRAM : LK_SPACE_WORD; }

static inline uint32_t lk_posting_count(const lk_term_space *space, uint32_t number) {
  return number < space->term_count ? space->first[number + 1] - space->first[number] : 0;
}

/* The term's number in its space; false when no document has it. */
static inline bool lk_index_term(const lk_index *index, lk_space space, lk_view text, uint32_t *number) {
  *number = lk_terms_find(index->terms, space, text);
  return lk_posting_count(&index->spaces[space], *number) > 0;
}

/* The saturated, length-normalised term frequency of a posting in a field. */
static inline float lk_saturated_tf(const lk_index *index, const lk_term_space *space, const lk_posting *posting,
                                    lk_field field) {
  float tf = index->values[posting->codes[field]];
  return tf * (index->weights.k1 + 1) / (tf + space->norms[posting->document][field]);
}

/* The term's posting for a document, or NULL. */
const lk_posting *lk_index_posting(const lk_index *index, lk_space space, uint32_t term, uint32_t document);

/* Walks two indexes with one dictionary, to which the pointers lead (base/image.h). Those in a file are not to be freed. */
void lk_index_walk(lk_image *image, size_t first, size_t second);

/* idf(t)^p of a term that `n` of `documents` have. */
float lk_idf(uint32_t documents, uint32_t n, float power);

#endif
