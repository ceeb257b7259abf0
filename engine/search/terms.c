#include "search/terms.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/vector.h"

enum { FIRST_SLOTS = 64, SLOTS_MAX = 1 << 30 };

/* ---- n-grams as numbers ---- */

/* Up to eight bytes stand for themselves: five Latin letters always do, four Cyrillic ones too. A longer gram (five letters of three bytes) is hashed into
 * what no short one can be, since no UTF-8 has the byte FF: two of them in 2^28 may meet, which costs a foreign word a little precision. */
static uint64_t gram_key(lk_view gram) {
  uint64_t key = 0;
  if (gram.len > sizeof key) return lk_hash(gram) | 0xFFull << 56;
  for (size_t i = 0; i < gram.len; i++) key |= (uint64_t)(unsigned char)gram.ptr[i] << (8 * i);
  return key;
}

/* The finaliser of MurmurHash3: every bit of a gram reaches the low bits, which choose the slot. */
static size_t gram_hash(uint64_t key) {
  key ^= key >> 33;
  key *= 0xFF51AFD7ED558CCDu;
  key ^= key >> 33;
  key *= 0xC4CEB9FE1A85EC53u;
  return (size_t)(key ^ key >> 33);
}

static uint32_t *gram_slot(const lk_gram_table *table, uint64_t key) {
  size_t mask = table->slot_count - 1, slot = gram_hash(key) & mask;
  while (table->slots[slot] && table->keys[table->slots[slot] - 1] != key) slot = (slot + 1) & mask;
  return &table->slots[slot];
}

static bool grow_grams(lk_gram_table *table) {
  if (table->slot_count == SLOTS_MAX) return false;
  uint32_t slot_count = table->slot_count ? table->slot_count * 2 : FIRST_SLOTS;
  uint32_t *slots = calloc(slot_count, sizeof *slots);
  if (!slots) return false;
  free(table->slots);
  table->slots = slots;
  table->slot_count = slot_count;
  for (uint32_t i = 0; i < table->count; i++) *gram_slot(table, table->keys[i]) = i + 1;
  return true;
}

static uint32_t put_gram(lk_gram_table *table, uint64_t key) {
  if (table->slot_count) {
    uint32_t found = *gram_slot(table, key);
    if (found) return found - 1;
  }
  if (table->count >= table->slot_count / 2 && !grow_grams(table)) return LK_NO_TERM;
  if (!lk_vector_room((void **)&table->keys, &table->key_cap, table->count, sizeof *table->keys)) return LK_NO_TERM;
  table->keys[table->count] = key;
  *gram_slot(table, key) = ++table->count;
  return table->count - 1;
}

/* ---- words ---- */

static lk_view word_text(const lk_word_table *table, uint32_t number) {
  return (lk_view){table->bytes + table->starts[number], table->starts[number + 1] - table->starts[number]};
}

static uint64_t *word_slot(const lk_word_table *table, lk_view text, uint64_t hash) {
  size_t mask = table->slot_count - 1, slot = (size_t)hash & mask;
  for (; table->slots[slot]; slot = (slot + 1) & mask) {
    uint64_t there = table->slots[slot];
    if ((there ^ hash) >> 32 == 0 && lk_view_eq(word_text(table, (uint32_t)there - 1), text)) break;
  }
  return &table->slots[slot];
}

static bool grow_words(lk_word_table *table) {
  if (table->slot_count == SLOTS_MAX) return false;
  uint32_t slot_count = table->slot_count ? table->slot_count * 2 : FIRST_SLOTS;
  uint64_t *slots = calloc(slot_count, sizeof *slots);
  if (!slots) return false;
  free(table->slots);
  table->slots = slots;
  table->slot_count = slot_count;
  for (uint32_t i = 0; i < table->count; i++) {
    uint64_t hash = lk_hash(word_text(table, i));
    *word_slot(table, word_text(table, i), hash) = (hash >> 32 << 32) | (i + 1);
  }
  return true;
}

static bool append_text(lk_word_table *table, lk_view text) {
  size_t used = table->count ? table->starts[table->count] : 0;
  if (text.len > UINT32_MAX - used) return false;
  while (table->byte_cap < used + text.len)
    if (!lk_vector_room((void **)&table->bytes, &table->byte_cap, table->byte_cap, 1)) return false;
  for (int more = 0; more < 2; more++)
    if (!lk_vector_room((void **)&table->starts, &table->start_cap, table->count + (size_t)more, sizeof *table->starts))
      return false;
  if (text.len) memcpy(table->bytes + used, text.ptr, text.len);
  table->starts[table->count] = (uint32_t)used;
  table->starts[table->count + 1] = (uint32_t)(used + text.len);
  return true;
}

static uint32_t put_word(lk_word_table *table, lk_view text) {
  uint64_t hash = lk_hash(text);
  if (table->slot_count) {
    uint64_t found = *word_slot(table, text, hash);
    if (found) return (uint32_t)found - 1;
  }
  if (table->count >= table->slot_count / 2 && !grow_words(table)) return LK_NO_TERM;
  if (!append_text(table, text)) return LK_NO_TERM;
  *word_slot(table, text, hash) = (hash >> 32 << 32) | (table->count + 1);
  return table->count++;
}

/* ---- both ---- */

lk_terms *lk_terms_new(void) {
  lk_terms *terms = calloc(1, sizeof *terms);
  if (terms) terms->owners = 1;
  return terms;
}

void lk_terms_drop(lk_terms *terms) {
  if (!terms || --terms->owners) return;
  free(terms->words.bytes);
  free(terms->words.starts);
  free(terms->words.slots);
  free(terms->grams.keys);
  free(terms->grams.slots);
  free(terms);
}

uint32_t lk_terms_find(const lk_terms *terms, lk_space space, lk_view text) {
  if (space == LK_SPACE_GRAM) {
    const lk_gram_table *table = &terms->grams;
    uint32_t found = table->slot_count ? *gram_slot(table, gram_key(text)) : 0;
    return found ? found - 1 : LK_NO_TERM;
  }
  const lk_word_table *table = &terms->words;
  uint64_t found = table->slot_count ? *word_slot(table, text, lk_hash(text)) : 0;
  return found ? (uint32_t)found - 1 : LK_NO_TERM;
}

uint32_t lk_terms_put(lk_terms *terms, lk_space space, lk_view text) {
  return space == LK_SPACE_GRAM ? put_gram(&terms->grams, gram_key(text)) : put_word(&terms->words, text);
}

uint32_t lk_terms_count(const lk_terms *terms, lk_space space) {
  return space == LK_SPACE_GRAM ? terms->grams.count : terms->words.count;
}

lk_view lk_terms_word(const lk_terms *terms, uint32_t number) { return word_text(&terms->words, number); }

uint32_t lk_terms_again(const lk_terms *terms, lk_space space, lk_view text, uint32_t guess) {
  bool right = guess < lk_terms_count(terms, space) && (space == LK_SPACE_GRAM ? terms->grams.keys[guess] == gram_key(text)
                                                                               : lk_view_eq(lk_terms_word(terms, guess), text));
  return right ? guess : lk_terms_find(terms, space, text);
}

size_t lk_terms_bytes(const lk_terms *terms) {
  const lk_word_table *words = &terms->words;
  const lk_gram_table *grams = &terms->grams;
  size_t texts = words->count ? words->starts[words->count] : 0;
  return sizeof *terms + texts + words->count * sizeof *words->starts + words->slot_count * sizeof *words->slots +
         grams->count * sizeof *grams->keys + grams->slot_count * sizeof *grams->slots;
}
