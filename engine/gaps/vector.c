#include "gaps/vector.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"

bool lk_vocable_open(lk_vocable *vocable, lk_worker *worker, lk_lang lang) {
  *vocable = (lk_vocable){worker, lang, lk_map_new(), lk_map_new(), lk_arena_new()};
  return vocable->numbers && vocable->lemmas && vocable->scratch;
}

void lk_vocable_close(lk_vocable *vocable) {
  lk_map_free(vocable->numbers);
  lk_map_free(vocable->lemmas);
  lk_arena_free(vocable->scratch);
  *vocable = (lk_vocable){0};
}

static int by_weight(const void *left, const void *right) {
  const lk_vector_term *a = left, *b = right;
  if (a->weight != b->weight) return a->weight > b->weight ? -1 : 1;
  return (a->number > b->number) - (a->number < b->number);
}

static int by_number(const void *left, const void *right) {
  const lk_vector_term *a = left, *b = right;
  return (a->number > b->number) - (a->number < b->number);
}

/* The same term again counts once, at its largest weight. */
static void merge(lk_vector *v) {
  uint32_t kept = 0;
  if (v->count) qsort(v->terms, v->count, sizeof *v->terms, by_number);
  for (uint32_t i = 0; i < v->count; i++) {
    if (kept && v->terms[kept - 1].number == v->terms[i].number) {
      if (v->terms[kept - 1].weight < v->terms[i].weight) v->terms[kept - 1].weight = v->terms[i].weight;
    } else {
      v->terms[kept++] = v->terms[i];
    }
  }
  v->count = kept;
}

void lk_vector_finish(lk_vector *v) {
  double square = 0;
  if (v->count) qsort(v->terms, v->count, sizeof *v->terms, by_weight);
  if (v->count > LK_VECTOR_TERMS) v->count = LK_VECTOR_TERMS;
  for (uint32_t i = 0; i < v->count; i++) square += (double)v->terms[i].weight * (double)v->terms[i].weight;
  for (uint32_t i = 0; i < v->count; i++) v->terms[i].weight = (float)((double)v->terms[i].weight / sqrt(square));
  if (v->count) qsort(v->terms, v->count, sizeof *v->terms, by_number);
}

/* Numbers differ from customer to customer; "[email]" stands for what was masked. */
static bool is_telling(const lk_analysis *analysis, size_t w) {
  const lk_word *word = &analysis->words[w];
  if (word->stop || !word->lemma_count || word->token.kind != LK_TOKEN_WORD) return false;
  bool masked = w && analysis->words[w - 1].token.text.len == 1 && analysis->words[w - 1].token.text.ptr[0] == '[';
  return !masked;
}

static bool add_word(lk_vocable *vocable, const lk_word *word, const lk_index *index, lk_vector *out) {
  for (size_t t = 0; t < word->term_count; t++) {
    const lk_term *term = &word->terms[t];
    bool known;
    if (term->kind == LK_TERM_GRAM || term->kind == LK_TERM_EXPANSION) continue;
    uint32_t *number = lk_map_put(vocable->numbers, term->text, (uint32_t)lk_map_count(vocable->numbers));
    if (!number) return false;
    if (lk_view_eq(term->text, word->lemmas[0]) && !lk_map_put(vocable->lemmas, term->text, *number)) return false;
    out->terms[out->count++] = (lk_vector_term){*number, term->weight * lk_index_idf(index, term->text, &known)};
  }
  return true;
}

lk_code lk_vector_of_text(lk_vocable *vocable, lk_view text, lk_arena *arena, lk_vector *out, lk_error *err) {
  lk_analysis analysis;
  size_t terms = 0;
  const lk_index *index = lk_engine_index(lk_worker_engine(vocable->worker), vocable->lang);
  lk_arena_reset(vocable->scratch);
  lk_code code =
      lk_analyze(lk_worker_analyzer(vocable->worker), vocable->lang, text, LK_ANALYZE_REPAIR, vocable->scratch, &analysis, err);
  if (code) return code;
  for (size_t w = 0; w < analysis.count; w++) terms += analysis.words[w].term_count;
  lk_vector all = {LK_NEW_ARRAY(vocable->scratch, lk_vector_term, terms + 1), 0};
  bool fine = all.terms != NULL;
  for (size_t w = 0; fine && w < analysis.count; w++)
    if (is_telling(&analysis, w)) fine = add_word(vocable, &analysis.words[w], index, &all);
  if (!fine) return lk_fail_memory(err);
  merge(&all);
  lk_vector_finish(&all);
  *out = (lk_vector){LK_NEW_ARRAY(arena, lk_vector_term, all.count + 1), all.count};
  if (!out->terms) return lk_fail_memory(err);
  if (all.count) memcpy(out->terms, all.terms, all.count * sizeof *all.terms);
  return LK_OK;
}

float lk_vector_likeness(const lk_vector *a, const lk_vector *b) {
  float sum = 0;
  for (uint32_t i = 0, j = 0; i < a->count && j < b->count;) {
    if (a->terms[i].number == b->terms[j].number)
      sum += a->terms[i++].weight * b->terms[j++].weight;
    else if (a->terms[i].number < b->terms[j].number)
      i++;
    else
      j++;
  }
  return sum;
}

float lk_vector_share_in(const lk_vector *part, const lk_vector *whole) {
  float sum = 0;
  for (uint32_t i = 0, j = 0; i < part->count && j < whole->count;) {
    if (part->terms[i].number == whole->terms[j].number) {
      sum += part->terms[i].weight * part->terms[i].weight;
      i++, j++;
    } else if (part->terms[i].number < whole->terms[j].number) {
      i++;
    } else {
      j++;
    }
  }
  return sum;
}
