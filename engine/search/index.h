/* The frozen index, as the search sees it. FORMAT.md draws the same arrays in a file.
 *
 *   terms                      the dictionary, which several indexes may share
 *   spaces[WORD | GRAM]
 *     idf[t]                   already raised to its power
 *     tf[code]                 the distinct pairs of a term's frequencies in a document's title and body, the commonest first
 *     norms[d][f]              k1 · (1 − b + b · |d| / avg|d|) of a document's field
 *     first[t] … first[t + 1]  the postings of term t, in document order: each a document and its gain, and in codes[] its frequencies
 *     dense[t]                 number of a dense term, plus 1; 0 for others. A dense term is in every sixth document at the least, and has instead two bytes a
 *                              document in rows of whole blocks of 512: in pairs[] its code plus 1 (0: not there; LK_PAIR_RARE: see its postings), and in
 *                              sketches[] idf times gain in units of `unit`, rounded, in the places that lk_sketch_place gives
 *
 * A posting's gain is what it adds to the score but for its term's idf and weight: a search multiplies and adds, and divides nothing. Most terms of a question are
 * n-grams in a third of all documents: their sketches are added up byte by byte, many documents an instruction, which tells all but some twenty documents that
 * cannot be among the best ones, and those are scored exactly. Terms that came after this index was frozen are not in it. */
#ifndef LK_SEARCH_INDEX_H
#define LK_SEARCH_INDEX_H

#include "search/terms.h"

typedef float lk_field_values[LK_FIELD_COUNT];

typedef struct lk_gain {
  uint32_t document;
  float gain;
} lk_gain;

/* A term in a document, for those who look at single ones. */
typedef struct lk_posting {
  uint32_t document;
  lk_field_values tf;
} lk_posting;

enum { LK_BLOCK = 512, LK_SKETCH_GROUP = 64, LK_PAIR_RARE = 255 };

typedef struct lk_term_space {
  uint32_t *first; /* term_count + 1 */
  lk_gain *gains;
  uint16_t *codes;
  float *idf;
  lk_field_values *tf;    /* code_count */
  lk_field_values *norms; /* documents */
  uint32_t *dense;        /* term_count */
  uint32_t *dense_count;  /* documents of each dense term */
  uint8_t *pairs, *sketches;
  uint32_t term_count, code_count, dense_terms;
  float unit; /* of sketches */
} lk_term_space;

struct lk_index {
  lk_weights weights;
  uint32_t documents;
  lk_terms *terms;
  lk_term_space spaces[LK_SPACE_COUNT];
};

static inline lk_space lk_space_of(lk_term_class klass) { return klass == LK_CLASS_GRAM ? LK_SPACE_GRAM : LK_SPACE_WORD; }

/* Documents in whole blocks: the length of a dense term's row. */
static inline size_t lk_row_length(uint32_t documents) { return ((size_t)documents + LK_BLOCK - 1) / LK_BLOCK * LK_BLOCK; }

/* How many documents have a term. */
static inline uint32_t lk_posting_count(const lk_term_space *space, uint32_t number) {
  if (number >= space->term_count) return 0;
  return space->dense[number] ? space->dense_count[space->dense[number] - 1] : space->first[number + 1] - space->first[number];
}

/* Where a document's byte is in a row of sketches. Of each 64, the second half's are the higher bytes of the numbers that the first half's are the lower ones of:
 * adding up takes them apart without moving any. */
static inline size_t lk_sketch_place(size_t document) {
  const size_t half = LK_SKETCH_GROUP / 2, first_low = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 1;
  return document / LK_SKETCH_GROUP * LK_SKETCH_GROUP + 2 * (document % half) + ((document / half % 2) ^ first_low);
}

/* The term's number in its space; false when no document has it. */
bool lk_index_term(const lk_index *index, lk_space space, lk_view text, uint32_t *number);

/* The term in a document; false when the document does not have it. */
bool lk_index_posting(const lk_index *index, lk_space space, uint32_t term, uint32_t document, lk_posting *out);

/* All postings of a term in document order into `out`, which has room for lk_posting_count of them. */
void lk_index_postings(const lk_index *index, lk_space space, uint32_t term, lk_posting *out);

/* The saturated, length-normalised term frequency in a field. */
static inline float lk_saturated_tf(const lk_index *index, const lk_term_space *space, const lk_posting *posting,
                                    lk_field field) {
  float tf = posting->tf[field];
  return tf * (index->weights.k1 + 1) / (tf + space->norms[posting->document][field]);
}

/* What a term with these frequencies gains in a document with these norms. */
static inline float lk_gain_of(const lk_weights *w, lk_term_class klass, const float *tf, const float *norms) {
  float gain = 0;
  for (int f = 0; f < LK_FIELD_COUNT; f++)
    if (tf[f] > 0) gain += w->score[klass][f] * (tf[f] * (w->k1 + 1) / (tf[f] + norms[f]));
  return gain;
}

/* Walks indexes that share one dictionary: the pointers at these places lead to them (base/image.h). Those in a file are not to be freed. */
void lk_index_walk(lk_image *image, const size_t *pointers, size_t count);

/* idf(t)^p of a term that `n` of `documents` have. */
float lk_idf(uint32_t documents, uint32_t n, float power);

#endif
