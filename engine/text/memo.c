#include "text/memo.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/map.h"

enum {
  SHARED_SLOTS = 1 << 15, /* a quarter of a MB of pointers */
  SHARED_WORDS = 1 << 14, /* half of them: some days' misspelt and foreign words */
  SHARED_BYTES = 6 << 20,
  SHARED_PROBES = 16
};

lk_memo_key lk_memo_key_of(lk_view typed, lk_lang lang, unsigned flags) {
  uint8_t context = (uint8_t)((unsigned)lang << 4 | flags);
  return (lk_memo_key){typed, lk_hash(typed) ^ context * 0x9E3779B97F4A7C15u, context};
}

static bool is_of(const lk_memo *memo, const lk_memo_key *key) {
  return memo->hash == key->hash && memo->context == key->context && lk_view_eq(memo->typed, key->typed);
}

/* ---- one memo ---- */

static lk_view write(char **at, lk_view text) {
  char *to = *at;
  if (text.len) memcpy(to, text.ptr, text.len);
  *at += text.len;
  return (lk_view){to, text.len};
}

/* A lemma is the text of the LEMMA term in its place, as a rule. */
static bool has_term(const lk_word *word, size_t lemma) {
  return lemma < word->term_count && lk_view_eq(word->lemmas[lemma], word->terms[lemma].text);
}

static size_t text_size(const lk_word *word) {
  size_t bytes = word->form.len;
  for (size_t i = 0; i < word->term_count; i++) bytes += word->terms[i].text.len;
  for (size_t i = 0; i < word->lemma_count; i++) bytes += has_term(word, i) ? 0 : word->lemmas[i].len;
  return bytes;
}

static void fill(lk_memo *memo, const lk_word *word) {
  lk_term *terms = (lk_term *)(void *)(memo + 1);
  lk_view *lemmas = (lk_view *)(void *)(terms + word->term_count);
  char *text = (char *)(lemmas + word->lemma_count);
  memo->word = *word;
  memo->word.token = (lk_token){.kind = word->token.kind};
  memo->block = (const char *)terms;
  for (size_t i = 0; i < word->term_count; i++)
    terms[i] = (lk_term){write(&text, word->terms[i].text), word->terms[i].kind, word->terms[i].weight};
  for (size_t i = 0; i < word->lemma_count; i++) lemmas[i] = has_term(word, i) ? terms[i].text : write(&text, word->lemmas[i]);
  memo->word.terms = terms;
  memo->word.lemmas = lemmas;
  memo->word.form = write(&text, word->form);
  memo->typed = write(&text, memo->typed); /* behind what is copied */
}

lk_memo *lk_memo_new(const lk_memo_key *key, uint64_t version, const lk_word *word, lk_arena *arena) {
  size_t bytes = word->term_count * sizeof(lk_term) + word->lemma_count * sizeof(lk_view) + text_size(word);
  size_t size = sizeof(lk_memo) + bytes + key->typed.len;
  lk_memo *memo = arena ? lk_arena_alloc(arena, size) : malloc(size);
  if (!memo) return NULL;
  *memo = (lk_memo){.hash = key->hash, .version = version, .typed = key->typed, .bytes = bytes, .context = key->context};
  fill(memo, word);
  return memo;
}

bool lk_memo_take(const lk_memo *memo, lk_arena *arena, lk_word *word) {
  lk_token token = word->token;
  char *block = lk_arena_alloc(arena, memo->bytes);
  if (!block) return false;
  memcpy(block, memo->block, memo->bytes);
  *word = memo->word;
  word->token = token;
  lk_term *terms = (lk_term *)(void *)block;
  lk_view *lemmas = (lk_view *)(void *)(terms + word->term_count);
  for (size_t i = 0; i < word->term_count; i++) terms[i].text.ptr = block + (terms[i].text.ptr - memo->block);
  for (size_t i = 0; i < word->lemma_count; i++) lemmas[i].ptr = block + (lemmas[i].ptr - memo->block);
  word->terms = terms;
  word->lemmas = lemmas;
  word->form.ptr = block + (word->form.ptr - memo->block);
  return true;
}

/* ---- one analyzer's ---- */

static size_t find_slot(const lk_memo_table *table, const lk_memo_key *key) {
  size_t slot = (size_t)key->hash & (table->slot_count - 1);
  while (table->slots[slot] && !is_of(table->slots[slot], key)) slot = (slot + 1) & (table->slot_count - 1);
  return slot;
}

const lk_memo *lk_memo_find(const lk_memo_table *table, const lk_memo_key *key) {
  return table->slot_count ? table->slots[find_slot(table, key)] : NULL;
}

static lk_memo_key key_of(const lk_memo *memo) { return (lk_memo_key){memo->typed, memo->hash, memo->context}; }

static bool grow(lk_memo_table *table) {
  lk_memo_table larger = {.slot_count = table->slot_count ? table->slot_count * 2 : 256};
  larger.slots = calloc(larger.slot_count, sizeof *larger.slots);
  if (!larger.slots) return false;
  for (size_t i = 0; i < table->slot_count; i++)
    if (table->slots[i]) {
      lk_memo_key key = key_of(table->slots[i]);
      larger.slots[find_slot(&larger, &key)] = table->slots[i];
    }
  larger.count = table->count;
  free(table->slots);
  *table = larger;
  return true;
}

bool lk_memo_put(lk_memo_table *table, const lk_memo *memo) {
  if (table->count * 2 >= table->slot_count && !grow(table)) return false;
  lk_memo_key key = key_of(memo);
  size_t slot = find_slot(table, &key);
  table->count += !table->slots[slot];
  table->slots[slot] = memo;
  return true;
}

void lk_memo_clear(lk_memo_table *table) {
  if (table->slot_count) memset(table->slots, 0, table->slot_count * sizeof *table->slots);
  table->count = 0;
}

void lk_memo_table_free(lk_memo_table *table) {
  free(table->slots);
  *table = (lk_memo_table){0};
}

/* ---- everyone's ----
 *
 * A slot goes from NULL to a memo once and stays: whoever sees the memo sees it whole, and nothing is freed before the end. When it is full it takes no more;
 * each analyzer still has its own table. */

struct lk_shared_words {
  size_t count, bytes;          /* atomic; may be a few too high for a moment */
  lk_memo *slots[SHARED_SLOTS]; /* atomic */
};

lk_shared_words *lk_shared_words_new(lk_error *err) {
  lk_shared_words *shared = calloc(1, sizeof *shared);
  if (!shared) lk_fail_memory(err);
  return shared;
}

void lk_shared_words_free(lk_shared_words *shared) {
  if (!shared) return;
  for (size_t i = 0; i < SHARED_SLOTS; i++) free(shared->slots[i]);
  free(shared);
}

static size_t slot_of(const lk_memo_key *key, size_t probe) { return ((size_t)(key->hash >> 32) + probe) % SHARED_SLOTS; }

const lk_memo *lk_shared_words_find(const lk_shared_words *shared, const lk_memo_key *key, uint64_t version) {
  for (size_t probe = 0; probe < SHARED_PROBES; probe++) {
    const lk_memo *memo = __atomic_load_n(&shared->slots[slot_of(key, probe)], __ATOMIC_ACQUIRE);
    if (!memo) return NULL;
    if (is_of(memo, key) && memo->version == version) return memo;
  }
  return NULL;
}

static bool put_copy(lk_shared_words *shared, lk_memo *copy) {
  lk_memo_key key = key_of(copy);
  for (size_t probe = 0; probe < SHARED_PROBES; probe++) {
    lk_memo **slot = &shared->slots[slot_of(&key, probe)], *there = NULL;
    if (__atomic_compare_exchange_n(slot, &there, copy, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return true;
    if (is_of(there, &key) && there->version == copy->version) return false;
  }
  return false;
}

void lk_shared_words_put(lk_shared_words *shared, const lk_memo *memo) {
  size_t size = sizeof *memo + memo->bytes + memo->typed.len;
  if (__atomic_load_n(&shared->count, __ATOMIC_RELAXED) >= SHARED_WORDS ||
      __atomic_load_n(&shared->bytes, __ATOMIC_RELAXED) + size > SHARED_BYTES)
    return;
  lk_memo_key key = key_of(memo);
  lk_memo *copy = lk_memo_new(&key, memo->version, &memo->word, NULL);
  if (!copy) return; /* the analyzer has its own */
  if (!put_copy(shared, copy)) {
    free(copy);
    return;
  }
  (void)__atomic_add_fetch(&shared->count, 1, __ATOMIC_RELAXED);
  (void)__atomic_add_fetch(&shared->bytes, size, __ATOMIC_RELAXED);
}
