#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/map.h"
#include "search/index.h"
#include "search/lexicon.h"

/* A word that no document has is found by its n-grams alone, if it is another form or misspelt: they count for more. */
static const float LONE_GRAMS = 1.5f;

/* A query while it is made. A term that comes twice counts once, at its largest weight: repeating a word does not make it more what the question is
 * about. */
typedef struct maker {
  const lk_index *index;
  const lk_lexicon *lexicon;
  const lk_analysis *question;
  lk_arena *arena;
  lk_query *query;
  size_t cap;
  uint32_t *slots;   /* index of a term plus 1; 0 is free */
  size_t slot_count; /* a power of two, twice `cap` at the least */
} maker;

static float weight_of(const maker *m, const lk_term *term) {
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

static uint32_t *slot_of(const maker *m, const lk_query_term *term) {
  uint64_t key = term->number == LK_NO_TERM ? lk_hash(term->text) : term->number * 2ull + lk_space_of(term->klass);
  size_t mask = m->slot_count - 1, slot = (size_t)(key * 0x9E3779B97F4A7C15u >> 32) & mask;
  while (m->slots[slot] && !is_same(&m->query->terms[m->slots[slot] - 1], term)) slot = (slot + 1) & mask;
  return &m->slots[slot];
}

static bool make_room(maker *m, size_t cap) {
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

/* An n-gram that no document has says nothing; a word that none has says that something is missing. */
static bool add_term(maker *m, lk_query_term term) {
  lk_query *query = m->query;
  term.number = lk_terms_find(m->index->terms, lk_space_of(term.klass), term.text);
  if (term.number == LK_NO_TERM && term.klass == LK_CLASS_GRAM) return true;
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

static bool is_in_documents(const maker *m, const lk_word *word) {
  uint32_t number;
  for (size_t t = 0; t < word->term_count; t++)
    if (word->terms[t].kind != LK_TERM_GRAM && lk_index_term(m->index, LK_SPACE_WORD, word->terms[t].text, &number)) return true;
  return false;
}

static bool add_own_terms(maker *m, uint32_t w) {
  const lk_word *word = &m->question->words[w];
  float grams = is_in_documents(m, word) ? 1 : LONE_GRAMS;
  for (size_t t = 0; t < word->term_count; t++) {
    const lk_term *term = &word->terms[t];
    lk_term_class klass = term->kind == LK_TERM_GRAM ? LK_CLASS_GRAM : LK_CLASS_WORD;
    float weight = weight_of(m, term) * (klass == LK_CLASS_GRAM ? grams : 1);
    if (weight > 0 && !add_term(m, (lk_query_term){term->text, klass, term->kind, weight, w, 0})) return false;
  }
  return true;
}

static bool add_rows(maker *m, lk_view key, float weight, uint32_t w) {
  for (const lk_expansion *row = lk_lexicon_rows(m->lexicon, key); row; row = row->next)
    for (size_t t = 0; t < row->target_count; t++)
      if (!add_term(m, (lk_query_term){row->targets[t], LK_CLASS_EXPANSION, LK_TERM_EXPANSION, weight, w, 0})) return false;
  return true;
}

/* Phrases that begin at word `w`: its lemma, then each following word's lemmas in turn. `key` holds the phrase so far. */
static bool expand_phrase(maker *m, lk_buffer *key, uint32_t first, uint32_t w, uint32_t left) {
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

static bool add_expansions(maker *m, uint32_t w, lk_buffer *key) {
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

static bool make(maker *m) {
  size_t terms = 16; /* for the lexicon's */
  for (size_t w = 0; w < m->question->count; w++) terms += m->question->words[w].term_count;
  if (!make_room(m, terms)) return false;
  for (uint32_t w = 0; w < m->question->count; w++)
    if (!add_own_terms(m, w)) return false;
  lk_buffer key = {0};
  bool fine = true;
  for (uint32_t w = 0; fine && m->lexicon && w < m->question->count; w++) fine = add_expansions(m, w, &key);
  lk_buffer_free(&key);
  return fine;
}

lk_code lk_query_make(const lk_index *index, const lk_lexicon *lexicon, const lk_analysis *question, lk_arena *arena,
                      lk_query *out, lk_error *err) {
  *out = (lk_query){.dictionary = index->terms};
  maker m = {.index = index, .lexicon = lexicon, .question = question, .arena = arena, .query = out};
  return make(&m) ? LK_OK : lk_fail_memory(err);
}
