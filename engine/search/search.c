#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "search/index.h"

/* Documents are scored into a dense array; `touched` lists those to reset afterwards, so that a search costs what its postings cost. */
struct lk_searcher {
  const lk_index *index;
  float *scores;
  uint32_t *touched;
};

lk_searcher *lk_searcher_new(const lk_index *index, lk_error *err) {
  lk_searcher *searcher = calloc(1, sizeof *searcher);
  if (searcher) {
    searcher->index = index;
    searcher->scores = calloc((size_t)index->documents + 1, sizeof *searcher->scores);
    searcher->touched = calloc((size_t)index->documents + 1, sizeof *searcher->touched);
    if (searcher->scores && searcher->touched) return searcher;
  }
  lk_searcher_free(searcher);
  (void)lk_fail_memory(err);
  return NULL;
}

void lk_searcher_free(lk_searcher *searcher) {
  if (!searcher) return;
  free(searcher->scores);
  free(searcher->touched);
  free(searcher);
}

static bool left_out(const lk_index *index, const lk_query_term *term, uint32_t postings) {
  return term->klass == LK_CLASS_GRAM && (float)postings > index->weights.gram_ceiling * (float)index->documents;
}

static size_t score_all(lk_searcher *searcher, const lk_query *query) {
  const lk_index *index = searcher->index;
  size_t touched = 0;
  for (size_t i = 0; i < query->count; i++) {
    const lk_query_term *term = &query->terms[i];
    const lk_term_space *space = &index->spaces[lk_space_of(term->klass)];
    uint32_t number = lk_terms_again(index->terms, lk_space_of(term->klass), term->text, term->number);
    if (!lk_posting_count(space, number)) continue;
    if (left_out(index, term, lk_posting_count(space, number))) continue;
    const float *w = index->weights.score[term->klass];
    float scale = term->weight * space->idf[number];
    float title = scale * w[LK_FIELD_TITLE], body = scale * w[LK_FIELD_BODY];
    const lk_posting *posting = space->postings + space->first[number], *end = space->postings + space->first[number + 1];
    for (; posting < end; posting++) {
      float *score = &searcher->scores[posting->document], gain = 1e-12f;
      if (*score == 0) searcher->touched[touched++] = posting->document;
      float in_title = posting->codes[LK_FIELD_TITLE] ? title * lk_saturated_tf(index, space, posting, LK_FIELD_TITLE) : 0;
      float in_body = posting->codes[LK_FIELD_BODY] ? body * lk_saturated_tf(index, space, posting, LK_FIELD_BODY) : 0;
      *score += in_title + in_body + gain;
    }
  }
  return touched;
}

static bool better(lk_hit a, lk_hit b) { return a.score > b.score || (a.score == b.score && a.document < b.document); }

/* hits is a heap whose worst hit is on top. */
static void sink(lk_hit *heap, size_t count, size_t at) {
  for (;;) {
    size_t worst = at, left = 2 * at + 1;
    if (left < count && better(heap[worst], heap[left])) worst = left;
    if (left + 1 < count && better(heap[worst], heap[left + 1])) worst = left + 1;
    if (worst == at) return;
    lk_hit swap = heap[at];
    heap[at] = heap[worst];
    heap[worst] = swap;
    at = worst;
  }
}

static int best_first(const void *a, const void *b) {
  const lk_hit *x = a, *y = b;
  return better(*x, *y) ? -1 : better(*y, *x);
}

size_t lk_search(lk_searcher *searcher, const lk_query *query, lk_hit *hits, size_t limit) {
  size_t touched = score_all(searcher, query), count = 0;
  for (size_t i = 0; i < touched; i++) {
    uint32_t document = searcher->touched[i];
    lk_hit hit = {document, searcher->scores[document]};
    searcher->scores[document] = 0;
    if (count < limit) {
      hits[count++] = hit;
      if (count == limit)
        for (size_t h = count / 2 + 1; h-- > 0;) sink(hits, count, h);
    } else if (limit && better(hit, hits[0])) {
      hits[0] = hit;
      sink(hits, count, 0);
    }
  }
  qsort(hits, count, sizeof *hits, best_first);
  return count;
}

static int largest_first(const void *a, const void *b) {
  const lk_contribution *x = a, *y = b;
  return (x->score < y->score) - (x->score > y->score);
}

lk_code lk_search_explain(const lk_index *index, const lk_query *query, uint32_t document, lk_arena *arena, lk_contribution **out,
                          size_t *count, lk_error *err) {
  *count = 0;
  *out = LK_NEW_ARRAY(arena, lk_contribution, query->count * LK_FIELD_COUNT + 1);
  if (!*out) return lk_fail_memory(err);
  for (size_t i = 0; i < query->count; i++) {
    const lk_query_term *term = &query->terms[i];
    const lk_term_space *space = &index->spaces[lk_space_of(term->klass)];
    uint32_t number = lk_terms_again(index->terms, lk_space_of(term->klass), term->text, term->number);
    if (!lk_posting_count(space, number)) continue;
    if (left_out(index, term, lk_posting_count(space, number))) continue;
    const lk_posting *posting = lk_index_posting(index, lk_space_of(term->klass), number, document);
    if (!posting) continue;
    for (int f = 0; f < LK_FIELD_COUNT; f++) {
      if (!posting->codes[f]) continue;
      float tf = lk_saturated_tf(index, space, posting, (lk_field)f);
      float score = index->weights.score[term->klass][f] * term->weight * space->idf[number] * tf;
      (*out)[(*count)++] = (lk_contribution){term, (lk_field)f, space->idf[number], tf, score};
    }
  }
  qsort(*out, *count, sizeof **out, largest_first);
  return LK_OK;
}
