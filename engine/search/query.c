#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vector.h"
#include "search/index.h"
#include "search/lexicon.h"
#include "search/word_grams.h"

/* A word that no document has is found by its n-grams alone, if it is another form or misspelt: they count for more. */
static const float LONE_GRAMS = 1.5f;

enum { REMEMBERED_BYTES = 4 << 20 /* of words' n-grams: as many as a day's customers have; then it begins anew */ };

/* A query while it is made. A term that comes twice counts once, at its largest weight: repeating a word does not make it more what the question is
 * about. */
typedef struct making {
  lk_query_maker *memory;
  const lk_index *index;
  const lk_lexicon *lexicon;
  const lk_analysis *question;
  lk_arena *arena;
  lk_query *query;
  size_t cap;
  uint32_t *slots;   /* index of a term plus 1; 0 is free */
  size_t slot_count; /* a power of two, twice `cap` at the least */
} making;

/* ---- A word's n-grams, remembered ---- */

typedef struct known_gram {
  const char *text;
  uint32_t length, number;
} known_gram;

/* Those that the dictionary has: an n-gram that no document has says nothing. */
typedef struct known_grams {
  const known_gram *items;
  size_t count;
} known_grams;

struct lk_query_maker {
  const lk_index *index;
  lk_gram_scratch scratch;
  lk_buffer key;
  lk_arena *passing;        /* of one word */
  lk_arena *arena, *former; /* what was remembered before the last beginning anew: queries of then still point there */
  lk_map *words;            /* as typed, and what was meant if that was another → grams */
  struct {
    known_grams *items;
    size_t count, cap;
  } grams;
};

lk_query_maker *lk_query_maker_new(const lk_index *index, lk_error *err) {
  lk_query_maker *maker = calloc(1, sizeof *maker);
  if (maker) {
    maker->index = index;
    maker->arena = lk_arena_new();
    maker->former = lk_arena_new();
    maker->passing = lk_arena_new();
    maker->words = lk_map_new();
    if (maker->arena && maker->former && maker->passing && maker->words) return maker;
  }
  lk_query_maker_free(maker);
  (void)lk_fail_memory(err);
  return NULL;
}

void lk_query_maker_free(lk_query_maker *maker) {
  if (!maker) return;
  lk_gram_scratch_free(&maker->scratch);
  lk_buffer_free(&maker->key);
  lk_arena_free(maker->arena);
  lk_arena_free(maker->former);
  lk_arena_free(maker->passing);
  lk_map_free(maker->words);
  free(maker->grams.items);
  free(maker);
}

static bool forget(lk_query_maker *maker) {
  lk_map *words = lk_map_new();
  if (!words) return false;
  lk_map_free(maker->words);
  maker->words = words;
  maker->grams.count = 0;
  lk_arena *arena = maker->former;
  maker->former = maker->arena;
  maker->arena = arena;
  lk_arena_reset(arena);
  return true;
}

static lk_view key_of(lk_query_maker *maker, lk_view typed, lk_view meant) {
  if (!meant.len) return typed;
  lk_buffer_clear(&maker->key);
  lk_buffer_add(&maker->key, typed);
  lk_buffer_addc(&maker->key, '\n');
  lk_buffer_add(&maker->key, meant);
  return lk_buffer_view(&maker->key);
}

static bool learn(lk_query_maker *maker, lk_view typed, lk_view meant) {
  lk_term *grams;
  size_t count;
  lk_arena_reset(maker->passing);
  if (!lk_word_grams(typed, meant, &maker->scratch, maker->arena, maker->passing, &grams, &count)) return false;
  known_gram *known = LK_NEW_ARRAY(maker->arena, known_gram, count + 1);
  known_grams all = {known, 0};
  for (size_t i = 0; known && i < count; i++) {
    uint32_t number = lk_terms_find(maker->index->terms, LK_SPACE_GRAM, grams[i].text);
    if (number != LK_NO_TERM) known[all.count++] = (known_gram){grams[i].text.ptr, (uint32_t)grams[i].text.len, number};
  }
  return known && LK_PUSH(&maker->grams, all);
}

/* False when memory is out. */
static bool grams_of(lk_query_maker *maker, const lk_word *word, known_grams *out) {
  lk_view typed, meant;
  lk_word_grams_of(word, &maker->scratch, &typed, &meant);
  uint32_t fresh = (uint32_t)maker->grams.count;
  const uint32_t *at = lk_map_put(maker->words, key_of(maker, typed, meant), fresh);
  if (!at || maker->key.failed) return false;
  uint32_t number = *at;
  if (number == fresh && !learn(maker, typed, meant)) return false;
  *out = maker->grams.items[number];
  return true;
}

/* ---- Terms ---- */

static float weight_of(const making *m, const lk_term *term) {
  switch (term->kind) {
    case LK_TERM_PART:
      return m->index->weights.part * term->weight;
    case LK_TERM_ROOT:
      return m->index->weights.root * term->weight;
    default:
      return term->weight;
  }
}

/* Words that are not in the dictionary have no number to be told apart by. */
static bool is_same(const lk_query_term *a, const lk_query_term *b) {
  if (a->number != b->number || lk_space_of(a->klass) != lk_space_of(b->klass)) return false;
  return a->number != LK_NO_TERM || lk_view_eq(a->text, b->text);
}

static inline size_t slot_at(uint64_t key) { return (size_t)(key * 0x9E3779B97F4A7C15u >> 32); }

static uint32_t *slot_of(const making *m, const lk_query_term *term) {
  uint64_t key = term->number == LK_NO_TERM ? lk_hash(term->text) : term->number * 2ull + lk_space_of(term->klass);
  size_t mask = m->slot_count - 1, slot = slot_at(key) & mask;
  while (m->slots[slot] && !is_same(&m->query->terms[m->slots[slot] - 1], term)) slot = (slot + 1) & mask;
  return &m->slots[slot];
}

static bool make_room(making *m, size_t cap) {
  size_t slot_count = 64;
  while (slot_count < 2 * cap) slot_count *= 2;
  lk_query_term *terms = LK_NEW_ARRAY(m->arena, lk_query_term, cap);
  m->slots = LK_NEW_ARRAY(m->arena, uint32_t, slot_count);
  if (!terms || !m->slots) return false;
  if (m->query->count) memcpy(terms, m->query->terms, m->query->count * sizeof *terms);
  m->query->terms = terms;
  m->cap = cap;
  m->slot_count = slot_count;
  for (uint32_t i = 0; i < m->query->count; i++) *slot_of(m, &terms[i]) = i + 1;
  return true;
}

static bool put_term(making *m, lk_query_term term) {
  lk_query *query = m->query;
  if (query->count == m->cap && !make_room(m, m->cap * 2)) return false;
  uint32_t *slot = slot_of(m, &term);
  if (*slot) {
    lk_query_term *known = &query->terms[*slot - 1];
    if (known->klass == term.klass && known->weight < term.weight) known->weight = term.weight;
    return true;
  }
  query->terms[query->count++] = term;
  *slot = (uint32_t)query->count;
  return true;
}

/* A word that no document has says that something is missing. */
static bool add_word_term(making *m, lk_query_term term) {
  term.number = lk_terms_find(m->index->terms, LK_SPACE_WORD, term.text);
  return put_term(m, term);
}

static bool add_own_terms(making *m, uint32_t w, bool *in_documents) {
  const lk_word *word = &m->question->words[w];
  for (size_t t = 0; t < word->term_count; t++) {
    const lk_term *term = &word->terms[t];
    float weight = weight_of(m, term);
    if (term->kind == LK_TERM_GRAM) continue;
    uint32_t number = lk_terms_find(m->index->terms, LK_SPACE_WORD, term->text);
    *in_documents = *in_documents || lk_posting_count(&m->index->spaces[LK_SPACE_WORD], number) > 0;
    if (weight > 0 && !put_term(m, (lk_query_term){term->text, LK_CLASS_WORD, term->kind, weight, w, number})) return false;
  }
  return true;
}

/* As put_term, for many n-grams at once: each has a number. */
static bool add_grams(making *m, uint32_t w, float weight) {
  known_grams grams;
  lk_query *query = m->query;
  if (!grams_of(m->memory, &m->question->words[w], &grams)) return false;
  if (query->count + grams.count > m->cap && !make_room(m, m->cap * 2 + grams.count)) return false;
  size_t mask = m->slot_count - 1;
  for (size_t g = 0; g < grams.count; g++) {
    const known_gram *gram = &grams.items[g];
    uint32_t number = gram->number;
    size_t slot = slot_at(number * 2ull + LK_SPACE_GRAM) & mask;
    lk_query_term *term = NULL;
    for (; m->slots[slot]; slot = (slot + 1) & mask) {
      term = &query->terms[m->slots[slot] - 1];
      if (term->number == number && term->klass == LK_CLASS_GRAM) break;
    }
    if (m->slots[slot]) {
      if (term->weight < weight) term->weight = weight;
      continue;
    }
    query->terms[query->count++] = (lk_query_term){{gram->text, gram->length}, LK_CLASS_GRAM, LK_TERM_GRAM, weight, w, number};
    m->slots[slot] = (uint32_t)query->count;
  }
  return true;
}

static bool add_word(making *m, uint32_t w) {
  lk_token_kind kind = m->question->words[w].token.kind;
  bool in_documents = false;
  if (!add_own_terms(m, w, &in_documents)) return false;
  return (kind != LK_TOKEN_WORD && kind != LK_TOKEN_CODE) || add_grams(m, w, in_documents ? 1 : LONE_GRAMS);
}

static bool add_rows(making *m, lk_view key, float weight, uint32_t w) {
  for (const lk_expansion *row = lk_lexicon_rows(m->lexicon, key); row; row = row->next)
    for (size_t t = 0; t < row->target_count; t++)
      if (!add_word_term(m, (lk_query_term){row->targets[t], LK_CLASS_EXPANSION, LK_TERM_EXPANSION, weight, w, 0})) return false;
  return true;
}

/* Phrases that begin at word `w`: its lemma, then each following word's lemmas in turn. `key` holds the phrase so far. */
static bool expand_phrase(making *m, lk_buffer *key, uint32_t first, uint32_t w, uint32_t left) {
  if (!add_rows(m, lk_buffer_view(key), 1.0f, first)) return false;
  do {
    if (++w >= m->question->count || left <= 1) return true;
  } while (!m->question->words[w].lemma_count);
  const lk_word *word = &m->question->words[w];
  size_t length = key->len;
  for (size_t l = 0; l < word->lemma_count; l++) {
    lk_buffer_addc(key, ' ');
    lk_buffer_add(key, word->lemmas[l]);
    if (key->failed || !expand_phrase(m, key, first, w, left - 1)) return false;
    key->len = length;
  }
  return true;
}

static bool add_expansions(making *m, uint32_t w, lk_buffer *key) {
  const lk_word *word = &m->question->words[w];
  for (size_t l = 0; l < word->lemma_count; l++) {
    uint32_t reach = lk_lexicon_reach(m->lexicon, word->lemmas[l]);
    if (!reach) continue;
    lk_buffer_clear(key);
    lk_buffer_add(key, word->lemmas[l]);
    if (key->failed || !expand_phrase(m, key, w, w, reach)) return false;
  }
  const float half = .5f;
  for (size_t t = 0; t < word->term_count; t++)
    if (word->terms[t].kind == LK_TERM_PART && !add_rows(m, word->terms[t].text, half, w)) return false;
  return true;
}

static bool make(making *m) {
  enum { A_WORD = 28 }; /* terms, nearly always */
  if (!make_room(m, 16 + A_WORD * m->question->count)) return false;
  for (uint32_t w = 0; w < m->question->count; w++)
    if (!add_word(m, w)) return false;
  lk_buffer key = {0};
  bool fine = true;
  for (uint32_t w = 0; fine && m->lexicon && w < m->question->count; w++) fine = add_expansions(m, w, &key);
  lk_buffer_free(&key);
  return fine;
}

lk_code lk_query_make(lk_query_maker *maker_memory, const lk_lexicon *lexicon, const lk_analysis *question, lk_arena *arena,
                      lk_query *out, lk_error *err) {
  *out = (lk_query){.dictionary = maker_memory->index->terms};
  if (lk_arena_footprint(maker_memory->arena) > REMEMBERED_BYTES && !forget(maker_memory)) return lk_fail_memory(err);
  making m = {.memory = maker_memory,
              .index = maker_memory->index,
              .lexicon = lexicon,
              .question = question,
              .arena = arena,
              .query = out};
  return make(&m) ? LK_OK : lk_fail_memory(err);
}
