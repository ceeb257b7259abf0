/* The index and its ranking: TF-IDF in Okapi BM25's form, over two fields and three kinds of terms.
 *
 * A document has two fields, its *title* (for an entry of the knowledge base: the bag of its question and all its variants) and its *body*. For each kind of
 * term and each field
 *
 *     score(q, d) = Σ_t  w(kind, field) · w_q(t) · idf(t)^p · tf(t, d) · (k1 + 1) / (tf(t, d) + k1 · (1 − b + b · |d| / avg|d|))
 *     idf(t)      = ln(1 + (N − n(t) + ½) / (n(t) + ½))
 *
 * (S. Robertson, H. Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009, section 3.1; the idf without negative values as in Lucene's
 * BM25Similarity.) tf counts a term with the analyzer's weight, so that a compound's part counts less than a word of its own. The weights
 * w(kind, field), k1, b and p are one table, lk_weights. An n-gram counts no more often than that table says (and above eight times by steps), and what it
 * weighs in a question, w_q · idf^p · w, is rounded to a 254th of the question's largest weight, a 62nd beyond 8,192 documents: sums of whole numbers are
 * quick, and the same on all machines.
 *
 * A *builder* collects documents; freezing makes an immutable *index*, which any number of threads may search, each with a *searcher* of its own.
 *
 * Ownership: builders copy what they are given; an index must outlive its searchers and makers of queries; queries and explanations live in the arena that is
 * passed, and point to the texts of the question and of the lexicon, and into the maker.
 * Threads: builders, searchers, makers and a lexicon that is being filled belong to one at a time. Errors: LK_ERR_MEMORY, LK_ERR_LIMIT (a collection that is
 * too large), LK_ERR_STATE (text before the first document), LK_ERR_INPUT (a row of the lexicon without words). "Nothing found" is a result. */
#ifndef LUUKKU_SEARCH_H
#define LUUKKU_SEARCH_H

#include <stdint.h>

#include "luukku/analyzer.h"
#include "luukku/error.h"
#include "luukku/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum lk_field { LK_FIELD_TITLE, LK_FIELD_BODY, LK_FIELD_COUNT } lk_field;

/* What a term is to the ranking: the analyzer's lemmas, parts and roots are one class, n-grams and the lexicon's expansions are one each. */
typedef enum lk_term_class { LK_CLASS_WORD, LK_CLASS_GRAM, LK_CLASS_EXPANSION, LK_CLASS_COUNT } lk_term_class;

typedef struct lk_weights {
  float score[LK_CLASS_COUNT][LK_FIELD_COUNT];
  float part, root; /* tf of a compound's part and of a derivation root, beside the analyzer's own weight */
  float k1, b[LK_FIELD_COUNT];
  float idf_power;
  float nearest;                   /* an entry's nearest phrasing, beside the bag of all */
  float ripe_phrasings;            /* phrasings an entry from which on n-grams have their full weight */
  float order_intent;              /* factor of intents about an order, when the message names one */
  float gram_most[LK_FIELD_COUNT]; /* an n-gram counts as often as it comes in a field, but not more often than this */
} lk_weights;

/* Measured for short questions against entries with many phrasings, and for questions against paragraphs. */
extern const lk_weights lk_weights_entries, lk_weights_documents;

/* ---- Building ---- */

typedef struct lk_index_builder lk_index_builder;
typedef struct lk_index lk_index;

lk_index_builder *lk_index_builder_new(const lk_weights *weights, lk_error *err);
/* A builder whose index shares the dictionary of `other`'s: one memory, and one query serves both. Both are used by one thread, and their indexes are freed by
 * one. */
lk_index_builder *lk_index_builder_beside(lk_index_builder *other, lk_error *err);
void lk_index_builder_free(lk_index_builder *builder);
/* Begins the next document; they are numbered from 0 in the order in which they begin. */
lk_code lk_index_builder_document(lk_index_builder *builder, lk_error *err);
/* Adds analysed text to a field of the document that was begun last. The analysis may go away afterwards. N-grams are made here, once for each distinct word:
 * analyse without LK_ANALYZE_GRAMS. */
lk_code lk_index_builder_text(lk_index_builder *builder, lk_field field, const lk_analysis *text, lk_error *err);
/* Adds the text that `other`, which this builder was made beside, was given last. */
lk_code lk_index_builder_same(lk_index_builder *builder, lk_field field, const lk_index_builder *other, lk_error *err);
/* Makes the index and empties the builder (which is still to be freed). */
lk_index *lk_index_builder_freeze(lk_index_builder *builder, lk_error *err);

void lk_index_free(lk_index *index);
uint32_t lk_index_documents(const lk_index *index);
/* Different lemmas, parts and roots in it; n-grams are not counted. */
size_t lk_index_terms(const lk_index *index);
size_t lk_index_bytes(const lk_index *index);
const lk_weights *lk_index_weights(const lk_index *index);
/* idf of a lemma, part or root; that of a term in no document for an unknown one. */
float lk_index_idf(const lk_index *index, lk_view term, bool *known);

/* ---- The shop's lexicon ---- */

/* Synonyms and one-way maps: what else to look for when a question has a certain word or phrase. Add rows, then share it frozen among threads. */
typedef struct lk_lexicon lk_lexicon;

lk_lexicon *lk_lexicon_new(lk_error *err);
void lk_lexicon_free(lk_lexicon *lexicon);
/* A question with the words of `from` (1 to 4, compared by lemma) is also searched for the lemmas of `to`. */
lk_code lk_lexicon_add(lk_lexicon *lexicon, const lk_analysis *from, const lk_analysis *to, lk_error *err);

/* ---- Searching ---- */

typedef struct lk_query_term {
  lk_view text;
  lk_term_class klass;
  lk_term_kind kind; /* where it came from; LK_TERM_EXPANSION for the lexicon's */
  float weight;
  uint32_t word;   /* index of the word in the analysis that it came from */
  uint32_t number; /* in the dictionary of the index that the query was made for; UINT32_MAX when it is not there */
} lk_query_term;

/* The terms of a question, each once. Lives in the arena that it was made in; texts of n-grams live in the maker, until it has met some ten thousand
 * other words. */
typedef struct lk_query {
  lk_query_term *terms;
  size_t count;
  const void *dictionary; /* whose numbers the terms have for sure; NULL: they are guesses */
} lk_query;

/* One thread's way to make queries for an index, and for others that share its dictionary: it remembers the n-grams of words that it has met. */
typedef struct lk_query_maker lk_query_maker;

/* `index` must outlive it. */
lk_query_maker *lk_query_maker_new(const lk_index *index, lk_error *err);
void lk_query_maker_free(lk_query_maker *maker);

/* Turns an analysed question into a query. `lexicon` may be NULL. N-grams are made here: analyse without LK_ANALYZE_GRAMS. An expansion weighs 1 when it
 * comes from a word or phrase, half when it comes from a compound's part, and is never a term that the question has by itself. */
lk_code lk_query_make(lk_query_maker *maker, const lk_lexicon *lexicon, const lk_analysis *question, lk_arena *arena,
                      lk_query *out, lk_error *err);

typedef struct lk_hit {
  uint32_t document;
  float score;
} lk_hit;

typedef struct lk_searcher lk_searcher;

/* Scratch memory for one thread's searches of one index, which must outlive it. */
lk_searcher *lk_searcher_new(const lk_index *index, lk_error *err);
void lk_searcher_free(lk_searcher *searcher);
/* The best `limit` documents with a score above 0, best first; equal scores in document order. Returns how many. */
size_t lk_search(lk_searcher *searcher, const lk_query *query, lk_hit *hits, size_t limit);

/* ---- Explaining ---- */

typedef struct lk_contribution {
  const lk_query_term *term;
  lk_field field;
  float idf;   /* raised to its power */
  float tf;    /* the saturated, length-normalised term frequency */
  float score; /* what it adds to the document's score */
} lk_contribution;

/* Each term's part in one document's score, largest first; their sum is the score that lk_search gives (but for rounding). */
lk_code lk_search_explain(const lk_index *index, const lk_query *query, uint32_t document, lk_arena *arena, lk_contribution **out,
                          size_t *count, lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
