#include "search/bag.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/vector.h"

lk_bags *lk_bags_new(const lk_weights *weights, lk_terms *terms) {
  lk_bags *bags = terms ? calloc(1, sizeof *bags) : NULL;
  if (!bags) return lk_terms_drop(terms), NULL;
  *bags = (lk_bags){.owners = 1, .terms = terms, .part = weights->part, .root = weights->root};
  bags->known = lk_map_new();
  bags->arena = lk_arena_new();
  if (bags->known && bags->arena) return bags;
  lk_bags_drop(bags);
  return NULL;
}

void lk_bags_drop(lk_bags *bags) {
  if (!bags || --bags->owners) return;
  lk_terms_drop(bags->terms);
  lk_map_free(bags->known);
  free(bags->bags.items);
  free(bags->numbers.items);
  free(bags->frequencies.items);
  free(bags->text.items);
  lk_buffer_free(&bags->key);
  lk_gram_scratch_free(&bags->scratch);
  lk_arena_free(bags->arena);
  free(bags);
}

static float frequency_of(const lk_bags *bags, const lk_term *term) {
  switch (term->kind) {
    case LK_TERM_GRAM:
      return 0; /* made here */
    case LK_TERM_PART:
      return bags->part * term->weight;
    case LK_TERM_ROOT:
      return bags->root * term->weight;
    default:
      return term->weight;
  }
}

static bool add_number(lk_bags *bags, lk_space space, lk_view text) {
  uint32_t number = lk_terms_put(bags->terms, space, text);
  return number != LK_NO_TERM && LK_PUSH(&bags->numbers, number);
}

/* ---- n-grams ---- */

/* What has no terms was taken by its neighbour; what is in braces stands for a kind of thing ({order}) and has no letters of its own. */
static bool has_grams(const lk_word *word) {
  if (word->token.kind != LK_TOKEN_WORD && word->token.kind != LK_TOKEN_CODE) return false;
  return word->term_count && word->terms[0].text.len && word->terms[0].text.ptr[0] != '{';
}

static bool add_grams(lk_bags *bags, const lk_word *word) {
  lk_view typed, meant;
  lk_term *grams;
  size_t count;
  lk_arena_reset(bags->arena);
  lk_word_grams_of(word, &bags->scratch, &typed, &meant);
  if (!lk_word_grams(typed, meant, &bags->scratch, bags->arena, bags->arena, &grams, &count)) return false;
  for (size_t i = 0; i < count; i++)
    if (!add_number(bags, LK_SPACE_GRAM, grams[i].text)) return false;
  return true;
}

/* ---- words ---- */

static bool make_bag(lk_bags *bags, const lk_word *word) {
  lk_bag bag = {.first = (uint32_t)bags->numbers.count, .first_own = (uint32_t)bags->frequencies.count};
  for (size_t t = 0; t < word->term_count; t++) {
    float tf = frequency_of(bags, &word->terms[t]);
    if (tf <= 0) continue;
    if (!add_number(bags, LK_SPACE_WORD, word->terms[t].text) || !LK_PUSH(&bags->frequencies, tf)) return false;
  }
  bag.words = (uint32_t)bags->numbers.count - bag.first;
  if (has_grams(word) && !add_grams(bags, word)) return false;
  bag.grams = (uint32_t)bags->numbers.count - bag.first - bag.words;
  return bags->numbers.count < UINT32_MAX && LK_PUSH(&bags->bags, bag);
}

/* One form may be read in several ways (its knowledge base grew meanwhile): a bag is good for the same terms only. */
static bool is_bag_of(const lk_bags *bags, const lk_bag *bag, const lk_word *word) {
  uint32_t at = 0;
  for (size_t t = 0; t < word->term_count; t++) {
    float tf = frequency_of(bags, &word->terms[t]);
    if (tf <= 0) continue;
    if (at == bag->words) return false;
    float known = bags->frequencies.items[bag->first_own + at];
    uint32_t number = bags->numbers.items[bag->first + at++];
    if (known < tf || known > tf || !lk_view_eq(lk_terms_word(bags->terms, number), word->terms[t].text)) return false;
  }
  return at == bag->words && (bag->grams > 0) == has_grams(word);
}

/* A repaired word's n-grams are those of what was typed as well. */
static lk_view key_of(lk_bags *bags, const lk_word *word) {
  if (word->repair == LK_REPAIR_NONE) return word->form;
  lk_buffer_clear(&bags->key);
  lk_buffer_add(&bags->key, word->form);
  lk_buffer_addc(&bags->key, '\n');
  lk_buffer_add(&bags->key, word->token.text);
  return lk_buffer_view(&bags->key);
}

static bool find_bag(lk_bags *bags, const lk_word *word, uint32_t *out) {
  uint32_t *at = lk_map_put(bags->known, key_of(bags, word), (uint32_t)bags->bags.count);
  if (!at || bags->key.failed) return false;
  bool is_new = *at == bags->bags.count;
  if (!is_new && is_bag_of(bags, &bags->bags.items[*at], word)) return *out = *at, true;
  *out = *at = (uint32_t)bags->bags.count; /* documents have the old one */
  return make_bag(bags, word);
}

bool lk_bags_read(lk_bags *bags, const lk_analysis *analysis) {
  bags->text.count = 0;
  for (size_t w = 0; w < analysis->count; w++) {
    uint32_t bag;
    if (!analysis->words[w].term_count) continue;
    if (!find_bag(bags, &analysis->words[w], &bag) || !LK_PUSH(&bags->text, bag)) return false;
  }
  return true;
}
