/* Small collections whose analyses are written by hand or made by a seeded generator: no dictionary is involved. */
#ifndef COLLECTION_H
#define COLLECTION_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "luukku/arena.h"
#include "luukku/search.h"

/* An analysis of words parted by spaces: each word is its own lemma. */
static inline lk_analysis words_of(lk_arena *arena, const char *text) {
  lk_analysis out = {.lang = LK_LANG_FI, .words = LK_NEW_ARRAY(arena, lk_word, strlen(text) + 1)};
  for (const char *at = text; *at;) {
    size_t length = strcspn(at, " ");
    lk_view *lemma = LK_NEW(arena, lk_view);
    lk_term *term = LK_NEW(arena, lk_term);
    *lemma = lk_arena_copy(arena, (lk_view){at, length});
    *term = (lk_term){*lemma, LK_TERM_LEMMA, 1};
    out.words[out.count++] = (lk_word){.token = {.text = *lemma, .kind = LK_TOKEN_WORD},
                                       .form = *lemma,
                                       .lemmas = lemma,
                                       .lemma_count = 1,
                                       .terms = term,
                                       .term_count = 1};
    at += length + (at[length] == ' ');
  }
  return out;
}

static inline uint32_t next_random(uint64_t *seed) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*seed >> 33);
}

/* `count` words out of `kinds`, the first ones far more often than the last (Zipf). */
static inline char *random_text(lk_arena *arena, uint64_t *seed, size_t count, uint32_t kinds) {
  char *text = lk_arena_alloc(arena, count * 12 + 1), *end = text;
  for (size_t i = 0; i < count; i++) {
    uint32_t number = next_random(seed) % (1 + next_random(seed) % (1 + next_random(seed) % kinds));
    end += snprintf(end, 12, "%ssana%u", i ? " " : "", number);
  }
  *end = '\0';
  return text;
}

static inline lk_index *index_of(lk_arena *arena, const lk_weights *weights, const char *const (*documents)[2], size_t count) {
  lk_index_builder *builder = lk_index_builder_new(weights, NULL);
  assert_non_null(builder);
  for (size_t d = 0; d < count; d++) {
    assert_int_equal(lk_index_builder_document(builder, NULL), LK_OK);
    for (int f = 0; f < LK_FIELD_COUNT; f++) {
      lk_analysis text = words_of(arena, documents[d][f]);
      if (text.count) assert_int_equal(lk_index_builder_text(builder, (lk_field)f, &text, NULL), LK_OK);
    }
  }
  lk_index *index = lk_index_builder_freeze(builder, NULL);
  assert_non_null(index);
  lk_index_builder_free(builder);
  return index;
}

/* Texts of a query's n-grams live as long as its maker: here they are moved into the arena. */
static inline lk_query query_from(lk_arena *arena, const lk_index *index, const lk_analysis *question) {
  lk_query query;
  lk_query_maker *maker = lk_query_maker_new(index, NULL);
  assert_int_equal(lk_query_make(maker, NULL, question, arena, &query, NULL), LK_OK);
  for (size_t t = 0; t < query.count; t++) query.terms[t].text = lk_arena_copy(arena, query.terms[t].text);
  lk_query_maker_free(maker);
  return query;
}

static inline lk_query query_of(lk_arena *arena, const lk_index *index, const char *text) {
  lk_analysis question = words_of(arena, text);
  return query_from(arena, index, &question);
}

static inline lk_index *random_index(lk_arena *arena, uint64_t *seed, size_t documents, bool bodies, const lk_weights *weights) {
  lk_index_builder *builder = lk_index_builder_new(weights, NULL);
  for (size_t d = 0; d < documents; d++) {
    lk_analysis title = words_of(arena, random_text(arena, seed, 1 + next_random(seed) % 8, 300));
    assert_int_equal(lk_index_builder_document(builder, NULL), LK_OK);
    assert_int_equal(lk_index_builder_text(builder, LK_FIELD_TITLE, &title, NULL), LK_OK);
    if (!bodies) continue;
    lk_analysis body = words_of(arena, random_text(arena, seed, 1 + next_random(seed) % 30, 300));
    assert_int_equal(lk_index_builder_text(builder, LK_FIELD_BODY, &body, NULL), LK_OK);
  }
  lk_index *index = lk_index_builder_freeze(builder, NULL);
  lk_index_builder_free(builder);
  return index;
}

static inline double explained_score(lk_arena *arena, const lk_index *index, const lk_query *query, uint32_t document) {
  lk_contribution *parts;
  size_t count;
  double sum = 0;
  assert_int_equal(lk_search_explain(index, query, document, arena, &parts, &count, NULL), LK_OK);
  for (size_t p = 0; p < count; p++) sum += (double)parts[p].score;
  return sum;
}

static inline int open_arena(void **state) { return (*state = lk_arena_new()) ? 0 : -1; }
static inline int close_arena(void **state) { return lk_arena_free(*state), 0; }

#endif
