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

#endif
