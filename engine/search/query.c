#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/map.h"
#include "search/index.h"
#include "search/lexicon.h"

/* A query while it is made. A term that comes twice counts once, at its largest weight: repeating a word does not make it more what the question is
 * about. */
typedef struct maker {
  const lk_index *index;
  const lk_lexicon *lexicon;
  const lk_analysis *question;
  lk_arena *arena;
  lk_map *seen[LK_SPACE_COUNT]; /* text → index of its term */
  lk_query *query;
  size_t cap;
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

static bool add_term(maker *m, lk_query_term term) {
  lk_query *query = m->query;
  uint32_t *at = lk_map_put(m->seen[lk_space_of(term.klass)], term.text, (uint32_t)query->count);
  if (!at) return false;
  if (*at < query->count) {
    lk_query_term *known = &query->terms[*at];
    if (known->klass == term.klass && known->weight < term.weight) known->weight = term.weight;
    return true;
  }
  if (query->count == m->cap) {
    size_t cap = m->cap ? m->cap * 2 : 64;
    lk_query_term *grown = LK_NEW_ARRAY(m->arena, lk_query_term, cap);
    if (!grown) return false;
    if (query->count) memcpy(grown, query->terms, query->count * sizeof *grown);
    query->terms = grown;
    m->cap = cap;
  }
  term.number = lk_terms_find(m->index->terms, lk_space_of(term.klass), term.text);
  query->terms[query->count++] = term;
  return true;
}

static bool add_own_terms(maker *m, uint32_t w) {
  const lk_word *word = &m->question->words[w];
  for (size_t t = 0; t < word->term_count; t++) {
    const lk_term *term = &word->terms[t];
    float weight = weight_of(m, term);
    lk_term_class klass = term->kind == LK_TERM_GRAM ? LK_CLASS_GRAM : LK_CLASS_WORD;
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
  if (!m->seen[LK_SPACE_WORD] || !m->seen[LK_SPACE_GRAM]) return false;
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
  maker m = {index, lexicon, question, arena, {lk_map_new(), lk_map_new()}, out, 0};
  bool fine = make(&m);
  lk_map_free(m.seen[LK_SPACE_WORD]);
  lk_map_free(m.seen[LK_SPACE_GRAM]);
  return fine ? LK_OK : lk_fail_memory(err);
}
