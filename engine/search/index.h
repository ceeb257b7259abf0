/* The frozen index, as the search sees it. FORMAT.md draws the same arrays in a file.
 *
 *   terms                      the dictionary, which several indexes may share
 *   spaces[WORD | GRAM]
 *     counts[t], idf[t]        how many documents have term t, and its idf, already raised to its power
 *     norms[d][f]              k1 · (1 − b + b · |d| / avg|d|) of a document's field
 *     rows                     sets of documents (rows.h)
 *
 * A word's row t is of the documents that have it in any field; `codes` has, for its documents, the pair of frequencies there: tf[code]. Most words have few
 * documents, which are scored at once. Where many documents have one, its row has bits, and a document's code is found by how many bits are before its own:
 * ranks[] counts them, eight bytes a time. most[] bounds what such a word can add, and unusual[] has the documents in which that is more than usual.
 *
 * An n-gram has rows for each field: first[fields · t + f] is that of the documents in whose field it is, the next one those in which it is twice, and so on,
 * as far as lk_levels go. Most n-grams are in many documents, and nearly always once: their rows are bits that are added up 512 documents at a time (sum.h),
 * each level by itself. Frequencies between two levels count as the nearer one.
 *
 * Terms that came after this index was frozen are not in it. */
#ifndef LK_SEARCH_INDEX_H
#define LK_SEARCH_INDEX_H

#include "search/rows.h"
#include "search/terms.h"

typedef float lk_field_values[LK_FIELD_COUNT];

/* A term in a document, for those who look at single ones. Its frequencies are those that are scored: of n-grams, a level. */
typedef struct lk_posting {
  uint32_t document;
  lk_field_values tf;
} lk_posting;

/* The most that a word gains in a document: its saturated frequencies, and as a word of a question, by its weights of fields; and how much that is in most
 * documents. */
typedef struct lk_most {
  lk_field_values field;
  float word, usual;
} lk_most;

enum { LK_LEVELS = 13 };
/* Frequencies of n-grams that are told apart. */
extern const float lk_levels[LK_LEVELS];

/* Levels that an n-gram can reach in a field. */
static inline uint32_t lk_most_levels(const lk_weights *w, int field) { return w->gram_most[field] > 1 ? LK_LEVELS : 1; }

typedef struct lk_term_space {
  uint32_t *counts;       /* term_count */
  float *idf;             /* term_count */
  lk_field_values *norms; /* documents */
  lk_rows rows;
  /* Of n-grams only: */
  uint32_t *first; /* LK_FIELD_COUNT · term_count + 1 */
  float *once;     /* a field and document: what an n-gram gains that is there once, over k1 + 1; whole lines */
  /* Of words only: */
  uint32_t *code_first; /* term_count + 1 */
  uint16_t *codes;      /* a document of a word */
  lk_field_values *tf;  /* code_count */
  uint32_t *ranks;      /* of rows with bits, in their order: a number for eight bytes */
  lk_most *most;        /* of rows with bits, in their order */
  uint8_t *unusual;     /* of rows with bits: the lines of documents in which the word gains more than usual */
  uint32_t term_count, code_count;
} lk_term_space;

struct lk_index {
  lk_weights weights;
  uint32_t documents;
  lk_terms *terms;
  lk_term_space spaces[LK_SPACE_COUNT];
};

static inline lk_space lk_space_of(lk_term_class klass) { return klass == LK_CLASS_GRAM ? LK_SPACE_GRAM : LK_SPACE_WORD; }

/* How many documents have a term; 0 for one that came later. */
static inline uint32_t lk_posting_count(const lk_term_space *space, uint32_t number) {
  return number < space->term_count ? space->counts[number] : 0;
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

/* Walks indexes with one dictionary, to which the pointers lead (base/image.h). Those in a file are not to be freed. */
void lk_index_walk(lk_image *image, const size_t *pointers, size_t count);

/* idf(t)^p of a term that `n` of `documents` have. */
float lk_idf(uint32_t documents, uint32_t n, float power);

#endif
