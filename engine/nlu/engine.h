/* The engine's insides, as understanding sees them. */
#ifndef LK_NLU_ENGINE_H
#define LK_NLU_ENGINE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/image.h"
#include "base/map.h"
#include "luukku/engine.h"

/* Everything about one language. `index` has an entry a document, `phrasings` a phrasing a document (for the nearest one). */
typedef struct lk_language_part {
  const lk_entry **entries;
  size_t entry_count;
  lk_index *index;
  lk_index *phrasings;
  uint32_t *first_phrasing; /* document of an entry's question in `phrasings`; entry_count + 1 of them */
  lk_map *verbatim;         /* a phrasing's words, lower case, joined by spaces → its entry's document */
  lk_lexicon *lexicon;
  lk_patterns *patterns;
  size_t broken_patterns; /* that do not compile and are passed over */
} lk_language_part;

struct lk_engine {
  lk_kb *kb;
  lk_arena *arena;
  lk_engine_options options;
  lk_vocabulary *vocabulary;
  lk_shared_words *shared_words; /* the workers' */
  lk_words *words;
  bool has_dictionary;
  lk_image image; /* of an index file, in which the KB, the vocabulary, the indexes and lexicons then are; otherwise empty */
  lk_language_part parts[LK_LANG_COUNT];
  lk_analyzer **spare; /* of an index file: the one that loading has made, until a worker takes it, atomically */
};

struct lk_worker {
  const lk_engine *engine;
  lk_analyzer *analyzer;
  lk_query_maker *makers[LK_LANG_COUNT];
  lk_searcher *entries[LK_LANG_COUNT], *phrasings[LK_LANG_COUNT];
};

/* engine_file.c: takes everything from options.index, and sees whether it was made with the same kind of dictionary. */
lk_code lk_engine_map(lk_engine *engine, const char *folder, lk_error *err);
lk_code lk_engine_check_dictionary(const lk_engine *engine, lk_error *err);
/* Its parts do not fit together. */
lk_code lk_engine_refuse_damaged(const lk_engine *engine, lk_error *err);
void lk_engine_unmap(lk_engine *engine);
/* pattern_walk.c: walks the patterns to which the pointer at `pointer` leads (base/image.h), those of a language with so many entries of its own. Patterns in a file are not to
 * be freed. */
void lk_patterns_walk(lk_image *image, size_t pointer, lk_lang lang, size_t documents);
size_t lk_patterns_layout(void); /* changes with the sizes of their structures */
/* Sets size and checksum of an index file's bytes, which have room for a header at the least. */
void lk_engine_seal(char *bytes, size_t size);

/* Single phrasings by their score for a question, best first; one of them, or UINT32_MAX, does not count. */
typedef struct lk_phrasing_hits {
  const lk_hit *items;
  size_t count;
  uint32_t without;
  lk_view question;
  double ideal; /* the question's lk_ideal_score */
} lk_phrasing_hits;
/* The features that single phrasings tell of an entry, whose first one is `first`. */
void lk_weigh_phrasings(const lk_phrasing_hits *hits, const lk_entry *entry, uint32_t first, double *features);

/* Fills in the other features, but for by-words, and the candidates' confidences. */
void lk_confidence(const lk_engine *engine, lk_lang lang, lk_understanding *u);

/* What the query would score against a text that has all its terms, each once, at average length: the scale on which a phrasing's score is a likeness. */
double lk_ideal_score(const lk_index *index, const lk_query *query);
/* An intent that wants an order's number. */
bool lk_has_order_slot(const lk_entry *entry);

/* The words of a text as the key of `verbatim`: marks and case make no difference. */
void lk_verbatim_key(const lk_analysis *analysis, lk_buffer *out);

/* An order number becomes the common term {order}, in the index and in questions alike, so that all orders look alike. */
void lk_abstract(lk_analysis *analysis, const lk_entities *entities);

#endif
