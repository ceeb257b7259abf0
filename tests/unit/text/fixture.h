/* A vocabulary, an analyzer and an arena for tests of text; and questions to an analysis. */
#ifndef LK_TEST_TEXT_FIXTURE_H
#define LK_TEST_TEXT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "luukku/analyzer.h"

typedef struct fixture {
  lk_vocabulary *vocabulary;
  lk_analyzer *analyzer;
  lk_arena *arena;
  lk_error err;
} fixture;

static inline int set_up(void **state) {
  fixture *f = calloc(1, sizeof *f);
  f->vocabulary = lk_vocabulary_new(&f->err);
  f->analyzer = lk_analyzer_new(f->vocabulary, NULL, &f->err);
  f->arena = lk_arena_new();
  *state = f;
  return f->vocabulary && f->analyzer && f->arena ? 0 : -1;
}

static inline int tear_down(void **state) {
  fixture *f = *state;
  lk_analyzer_free(f->analyzer);
  lk_vocabulary_free(f->vocabulary);
  lk_arena_free(f->arena);
  free(f);
  return 0;
}

static inline lk_analysis analyse(fixture *f, lk_lang lang, const char *text, unsigned flags) {
  lk_analysis analysis;
  assert_int_equal(lk_analyze(f->analyzer, lang, lk_view_of(text), flags, f->arena, &analysis, &f->err), LK_OK);
  return analysis;
}

/* Reads a text into the vocabulary, as a knowledge base is read. */
static inline void teach(fixture *f, lk_lang lang, const char *text) {
  lk_analysis analysis = analyse(f, lang, text, 0);
  for (size_t i = 0; i < analysis.count; i++)
    assert_int_equal(lk_vocabulary_add_word(f->vocabulary, lang, &analysis.words[i], &f->err), LK_OK);
}

static inline bool has_lemma(const lk_word *word, const char *lemma) {
  for (size_t i = 0; i < word->lemma_count; i++)
    if (lk_view_eq(word->lemmas[i], lk_view_of(lemma))) return true;
  return false;
}

/* The weight of a term, or 0. */
static inline float term(const lk_word *word, lk_term_kind kind, const char *text) {
  for (size_t i = 0; i < word->term_count; i++)
    if (word->terms[i].kind == kind && lk_view_eq(word->terms[i].text, lk_view_of(text))) return word->terms[i].weight;
  return 0;
}

static inline size_t count_terms(const lk_word *word, lk_term_kind kind) {
  size_t count = 0;
  for (size_t i = 0; i < word->term_count; i++) count += word->terms[i].kind == kind;
  return count;
}

#define assert_view(view, string)                                                                    \
  do {                                                                                               \
    lk_view v_ = (view);                                                                             \
    if (!lk_view_eq(v_, lk_view_of(string))) fail_msg("\"%.*s\" is not \"%s\"", LK_FMT(v_), string); \
  } while (0)

#endif
