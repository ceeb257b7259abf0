/* The engine: a knowledge base made ready for questions, and what it understands of one.
 *
 * An *engine* is built from a KB and then frozen: any number of threads may use one, and a reload builds a new one beside it. Each thread has a *worker*: its
 * analyzer, its searchers, its scratch memory. *Understanding* is the first of a turn's three steps; it decides nothing and says nothing.
 *
 * Ownership: an engine owns its KB. A worker must not outlive its engine. An understanding lives in the arena that it was made in and points into the
 * engine and into the text. Threads: one at a time a worker. Scores are of one question only and have no unit; confidence is 0 to 1.
 * Errors: those of loading a KB (luukku/kb.h), those of the index file below, LK_ERR_LIMIT for a text that is too long to analyse, LK_ERR_MEMORY. */
#ifndef LUUKKU_ENGINE_H
#define LUUKKU_ENGINE_H

#include "luukku/analyzer.h"
#include "luukku/error.h"
#include "luukku/kb.h"
#include "luukku/nlu.h"
#include "luukku/search.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Engine ---- */

typedef struct lk_engine lk_engine;
typedef struct lk_worker lk_worker;

typedef struct lk_engine_options {
  lk_analyzer_options analyzer;
  const lk_weights *weights; /* of the ranking; NULL: lk_weights_entries */
  const char *
      index; /* an index file that lk_engine_write made of the same folder: lk_engine_load is then a matter of milliseconds; NULL: none */
} lk_engine_options;

/* Loads the KB in `folder` and builds an engine of it; findings as for lk_kb_load. `options` may be NULL. */
lk_engine *lk_engine_load(const char *folder, const lk_engine_options *options, lk_findings *findings, lk_error *err);
/* Builds an engine of a loaded KB, which the engine owns from now on (also when this fails). */
lk_engine *lk_engine_new(lk_kb *kb, const lk_engine_options *options, lk_error *err);
/* Writes the index file of an engine that was built of `folder`, in one step: whoever reads the old one keeps it. LK_ERR_IO when it can't be written. With
 * options.index, lk_engine_load gives LK_ERR_INPUT for a file that is damaged, or of another KB, version or machine. */
lk_code lk_engine_write(const lk_engine *engine, const char *folder, const char *path, lk_error *err);
void lk_engine_free(lk_engine *engine);
const lk_kb *lk_engine_kb(const lk_engine *engine);
/* False: Voikko's dictionary is missing, and Finnish is stemmed by Snowball only. */
bool lk_engine_has_dictionary(const lk_engine *engine);

/* What the ranker ranks in a language: its entries, in the index's order of documents. An entry that has no translation stands here in Finnish. */
const lk_entry *const *lk_engine_entries(const lk_engine *engine, lk_lang lang, size_t *count);
const lk_index *lk_engine_index(const lk_engine *engine, lk_lang lang);

lk_worker *lk_worker_new(const lk_engine *engine, lk_error *err);
void lk_worker_free(lk_worker *worker);
const lk_engine *lk_worker_engine(const lk_worker *worker);
lk_analyzer *lk_worker_analyzer(lk_worker *worker);

/* ---- Understanding ---- */

/* What the confidence is made of, each a number about the question and its best entries. The calibrated model (`<model name="confidence">`) weighs them; their
 * names are the model's features. */
#define LK_FEATURES(X)                                                                                                           \
  X(MARGIN, "margin", "how far the best is ahead of the next about something else, 1 - next / best, times the root of evidence") \
  X(LIKENESS, "likeness", "of the question and the best entry's nearest phrasing: what each has of the other, geometric mean")   \
  X(AGREEMENT, "agreement", "scores of the best entry's second and third nearest phrasings, beside its nearest one's")           \
  X(BY_WORDS, "by-words", "the best entry's score by words alone, beside the best of all by words alone")                        \
  X(EVIDENCE, "evidence", "the question's words that the best entry has: the sum of their information in ordinary language")     \
  X(REPAIRED, "repaired", "share of the question's content words that were read as another word")

typedef enum lk_feature {
#define LK_FEATURE_ENUM(id, name, about) LK_FEATURE_##id,
  LK_FEATURES(LK_FEATURE_ENUM)
#undef LK_FEATURE_ENUM
      LK_FEATURE_COUNT
} lk_feature;

const char *lk_feature_name(lk_feature feature);
lk_feature lk_feature_named(lk_view name); /* LK_FEATURE_COUNT: none */
/* An intent and the article that explains it, which its `see` names: to a customer they are about one thing. */
bool lk_entries_alike(const lk_entry *a, const lk_entry *b);

enum { LK_CANDIDATES_MAX = 100 };

typedef struct lk_candidate {
  const lk_entry *entry;
  uint32_t document; /* its number in the index */
  float score;
  double confidence; /* that this entry is what the customer needs: of 100 answers given at .8, 80 are right */
  uint32_t phrasing; /* the entry's phrasing nearest to the question */
} lk_candidate;

typedef struct lk_understanding {
  lk_view text;
  lk_language_guess language;
  lk_analysis analysis;
  lk_query query;
  const lk_entry *best; /* of all kinds, small talk and what is not covered included; NULL: nothing in common with any */
  double best_confidence;
  lk_candidate *candidates; /* what could be answered or done, best first: articles and intents */
  size_t candidate_count;
  double features[LK_FEATURE_COUNT];
  lk_entities entities;
  lk_pattern_match *matches; /* patterns that fit, most specific first */
  size_t match_count;
  const lk_entry *triggered; /* an entry whose pattern matches: certain, whatever the ranking says; or NULL */
  const lk_entry *verbatim;  /* an entry with this very phrasing, word for word; or NULL */
  lk_view trigger;           /* the pattern's text */
  bool gibberish;            /* no word of it is a word of any language known here */
} lk_understanding;

typedef struct lk_hearing { /* what is known before a message is looked at; zeroes and LK_LANG_NONE where nothing is */
  lk_lang lang;             /* it is in this language; LK_LANG_NONE: detect */
  lk_lang prior;            /* the conversation's language so far */
  size_t limit;             /* candidates wanted; 0 is 10, LK_CANDIDATES_MAX the most */
  lk_entity_options entities;
} lk_hearing;

/* Understands one message. */
lk_code lk_understand(lk_worker *worker, lk_view text, const lk_hearing *hearing, lk_arena *arena, lk_understanding *out,
                      lk_error *err);

/* The language data that entities and slots are read with. */
const lk_words *lk_engine_words(const lk_engine *engine);

#ifdef __cplusplus
}
#endif
#endif
