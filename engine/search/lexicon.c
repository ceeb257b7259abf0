#include "search/lexicon.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vector.h"

struct lk_lexicon {
  lk_arena *arena;
  lk_map *keys;  /* key → index into rows */
  lk_map *reach; /* first lemma → words in the longest phrase */
  struct {
    lk_expansion **items;
    size_t count, cap;
  } rows;
};

lk_lexicon *lk_lexicon_new(lk_error *err) {
  lk_lexicon *lexicon = calloc(1, sizeof *lexicon);
  if (lexicon) {
    lexicon->arena = lk_arena_new();
    lexicon->keys = lk_map_new();
    lexicon->reach = lk_map_new();
    if (lexicon->arena && lexicon->keys && lexicon->reach) return lexicon;
  }
  lk_lexicon_free(lexicon);
  (void)lk_fail_memory(err);
  return NULL;
}

void lk_lexicon_free(lk_lexicon *lexicon) {
  if (!lexicon) return;
  lk_arena_free(lexicon->arena);
  lk_map_free(lexicon->keys);
  lk_map_free(lexicon->reach);
  free(lexicon->rows.items);
  free(lexicon);
}

/* The words of a phrase that have lemmas: punctuation between them does not count. */
static size_t phrase_words(const lk_analysis *phrase, const lk_word *words[LK_LEXICON_PHRASE]) {
  size_t count = 0;
  for (size_t i = 0; i < phrase->count; i++) {
    if (!phrase->words[i].lemma_count) continue;
    if (count == LK_LEXICON_PHRASE) return 0;
    words[count++] = &phrase->words[i];
  }
  return count;
}

static const lk_view *copy_targets(lk_lexicon *lexicon, const lk_analysis *to, size_t *count) {
  size_t total = 0;
  for (size_t i = 0; i < to->count; i++)
    if (!to->words[i].stop) total += to->words[i].lemma_count;
  lk_view *targets = LK_NEW_ARRAY(lexicon->arena, lk_view, total + 1);
  *count = 0;
  for (size_t i = 0; targets && i < to->count; i++)
    for (size_t l = 0; !to->words[i].stop && l < to->words[i].lemma_count; l++) {
      targets[*count] = lk_arena_copy(lexicon->arena, to->words[i].lemmas[l]);
      if (!targets[(*count)++].ptr) return NULL;
    }
  return targets;
}

static bool add_row(lk_lexicon *lexicon, lk_view key, const lk_view *targets, size_t count) {
  lk_expansion *row = LK_NEW(lexicon->arena, lk_expansion);
  uint32_t *at = row ? lk_map_put(lexicon->keys, key, (uint32_t)lexicon->rows.count) : NULL;
  if (!at) return false;
  *row = (lk_expansion){targets, count, NULL};
  if (*at == lexicon->rows.count) return LK_PUSH(&lexicon->rows, row);
  row->next = lexicon->rows.items[*at];
  lexicon->rows.items[*at] = row;
  return true;
}

static bool note_reach(lk_lexicon *lexicon, lk_view first_lemma, uint32_t words) {
  uint32_t *reach = lk_map_put(lexicon->reach, first_lemma, words);
  if (reach && *reach < words) *reach = words;
  return reach != NULL;
}

/* Each word of a phrase is keyed by its first lemma (the questions try all of theirs); a single word by each of its lemmas. */
lk_code lk_lexicon_add(lk_lexicon *lexicon, const lk_analysis *from, const lk_analysis *to, lk_error *err) {
  const lk_word *words[LK_LEXICON_PHRASE];
  size_t word_count = phrase_words(from, words), target_count;
  if (!word_count)
    return lk_fail(err, LK_ERR_INPUT, "a lexicon row has no word or more than %d; shorten the phrase", LK_LEXICON_PHRASE);
  const lk_view *targets = copy_targets(lexicon, to, &target_count);
  bool fine = targets != NULL;
  if (word_count == 1) {
    for (size_t l = 0; fine && l < words[0]->lemma_count; l++)
      fine = add_row(lexicon, words[0]->lemmas[l], targets, target_count) && note_reach(lexicon, words[0]->lemmas[l], 1);
    return fine ? LK_OK : lk_fail_memory(err);
  }
  lk_buffer key = {0};
  for (size_t i = 0; i < word_count; i++) {
    if (i) lk_buffer_addc(&key, ' ');
    lk_buffer_add(&key, words[i]->lemmas[0]);
  }
  fine = fine && !key.failed && add_row(lexicon, lk_buffer_view(&key), targets, target_count) &&
         note_reach(lexicon, words[0]->lemmas[0], (uint32_t)word_count);
  lk_buffer_free(&key);
  return fine ? LK_OK : lk_fail_memory(err);
}

const lk_expansion *lk_lexicon_rows(const lk_lexicon *lexicon, lk_view key) {
  const uint32_t *at = lk_map_get(lexicon->keys, key);
  return at ? lexicon->rows.items[*at] : NULL;
}

uint32_t lk_lexicon_reach(const lk_lexicon *lexicon, lk_view first_lemma) {
  const uint32_t *reach = lk_map_get(lexicon->reach, first_lemma);
  return reach ? *reach : 0;
}

static void walk_row(lk_image *image, size_t pointer) {
  while (!image->failed) {
    size_t row = lk_image_array(image, pointer, 1, sizeof(lk_expansion));
    if (!row) return;
    lk_image_views(image, row + offsetof(lk_expansion, targets), LK_AT(image, lk_expansion, row)->target_count);
    pointer = row + offsetof(lk_expansion, next);
    if (!LK_AT(image, lk_expansion, row)->next) return;
  }
}

void lk_lexicon_walk(lk_image *image, size_t pointer) {
  size_t at = lk_image_array(image, pointer, 1, sizeof(lk_lexicon));
  if (!at) image->failed = true;
  if (image->failed) return;
  lk_image_nothing(image, at + offsetof(lk_lexicon, arena));
  lk_map_walk(image, at + offsetof(lk_lexicon, keys));
  if (!image->failed) lk_map_walk(image, at + offsetof(lk_lexicon, reach));
  if (image->failed) return;
  size_t count = LK_AT(image, lk_lexicon, at)->rows.count;
  size_t rows = lk_image_array(image, at + offsetof(lk_lexicon, rows.items), count, sizeof(lk_expansion *));
  for (size_t i = 0; i < count && !image->failed; i++) walk_row(image, rows + i * sizeof(lk_expansion *));
  if (image->failed || image->writing) return;
  const lk_lexicon *read = LK_AT(image, lk_lexicon, at);
  if (!lk_map_is_below(read->keys, count) || !lk_map_is_below(read->reach, LK_LEXICON_PHRASE + 1)) image->failed = true;
}
