/* A collection of documents that are no knowledge base: their identifiers, the words in them and their index, in memory or in a file.
 *
 * A *builder* takes documents, one after the other, and finishes into a *collection*, which any number of threads may search: each with an analyzer of its vocabulary
 * and a searcher of its index. A collection's texts are not kept, so that a builder's memory is that of the index and of some thousand documents.
 *
 * lk_collection_write puts it into a file; lk_collection_map takes it from there without parsing or analysing anything. The file is a cache, not a document:
 * checked for damage as a whole, and refused when it was made by another build of Luukku. It belongs where only its owner writes.
 *
 * Ownership: builders copy what they are given; vocabulary, index and identifiers are the collection's, and live as long as it.
 * Errors: LK_ERR_MEMORY, LK_ERR_LIMIT (a text over 64 kB, too many documents), LK_ERR_IO, LK_ERR_INPUT (a file that is refused). */
#ifndef LUUKKU_COLLECTION_H
#define LUUKKU_COLLECTION_H

#include "luukku/analyzer.h"
#include "luukku/search.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_collection lk_collection;
typedef struct lk_collection_builder lk_collection_builder;

typedef struct lk_collection_options {
  lk_lang lang; /* of all documents, and of the questions */
  lk_analyzer_options analyzer;
  size_t
      threads; /* 2 or more: words are put into the index while the next documents' words are looked up. The collection is the same */
} lk_collection_options;

/* What building took, in seconds. With two threads the parts overlap, and add up to more than what passed. */
typedef struct lk_collection_times {
  double analysis; /* tokens, and looking words up */
  double index;    /* putting them into the index, and freezing it */
} lk_collection_times;

lk_collection_builder *lk_collection_builder_new(const lk_collection_options *options, lk_error *err);
void lk_collection_builder_free(lk_collection_builder *builder); /* NULL is fine */
/* The next document, numbered from 0. Documents are analysed some hundreds at a time: an error may be of an earlier one, which it names. After an error only lk_collection_builder_free is left to be called. */
lk_code lk_collection_builder_add(lk_collection_builder *builder, lk_view id, lk_view title, lk_view body, lk_error *err);
/* Makes the collection and empties the builder (which is still to be freed). `times` may be NULL. */
lk_collection *lk_collection_builder_finish(lk_collection_builder *builder, lk_collection_times *times, lk_error *err);

lk_code lk_collection_write(const lk_collection *collection, const char *path, lk_error *err);
/* NULL and `err` when the file can't be read or is refused. */
lk_collection *lk_collection_map(const char *path, lk_error *err);
void lk_collection_free(lk_collection *collection); /* NULL is fine */

size_t lk_collection_documents(const lk_collection *collection);
lk_view lk_collection_id(const lk_collection *collection, size_t document);
lk_lang lk_collection_lang(const lk_collection *collection);
const lk_vocabulary *lk_collection_vocabulary(const lk_collection *collection);
const lk_index *lk_collection_index(const lk_collection *collection);
/* How its documents were analysed: questions have to be, too. */
lk_analyzer_options lk_collection_analyzer(const lk_collection *collection);
/* Whether Voikko's dictionary read its documents. */
bool lk_collection_has_dictionary(const lk_collection *collection);

#ifdef __cplusplus
}
#endif
#endif
