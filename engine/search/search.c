#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "search/index.h"

/* Documents are scored term by term into an array with a place for each; it is all 0 between searches. */
struct lk_searcher {
  const lk_index *index;
  float *scores;
  uint64_t *heap; /* as many as documents: only as much of it as somebody asks for is ever touched */
};

lk_searcher *lk_searcher_new(const lk_index *index, lk_error *err) {
  lk_searcher *searcher = calloc(1, sizeof *searcher);
  if (searcher) {
    searcher->index = index;
    searcher->scores = calloc((size_t)index->documents + 1, sizeof *searcher->scores);
    searcher->heap = calloc((size_t)index->documents + 1, sizeof *searcher->heap);
    if (searcher->scores && searcher->heap) return searcher;
  }
  lk_searcher_free(searcher);
  (void)lk_fail_memory(err);
  return NULL;
}

void lk_searcher_free(lk_searcher *searcher) {
  if (!searcher) return;
  free(searcher->scores);
  free(searcher->heap);
  free(searcher);
}

static bool left_out(const lk_index *index, const lk_query_term *term, uint32_t postings) {
  return term->klass == LK_CLASS_GRAM && (float)postings > index->weights.gram_ceiling * (float)index->documents;
}

typedef struct run {
  const lk_posting *at, *end;
} run;

/* One term's part in the score of every document that has it, in two ways with the same result. The tiny addition tells a document that has a term of no weight
 * from one that has none. */

/* Where texts are short most postings are of a term that comes once, in the title: its saturated frequency stands ready. */
static void score_short(const lk_index *index, const lk_term_space *space, run r, float title, float body,
                        float *restrict scores) {
  const float *restrict once = space->once;
  for (const lk_posting *posting = r.at; posting < r.end; posting++) {
    float gain;
    if (posting->codes[LK_FIELD_TITLE] == LK_CODE_OF_ONE && !posting->codes[LK_FIELD_BODY])
      gain = title * once[posting->document];
    else
      gain = title * lk_saturated_tf(index, space, posting, LK_FIELD_TITLE) +
             body * lk_saturated_tf(index, space, posting, LK_FIELD_BODY);
    scores[posting->document] += gain + 1e-12f;
  }
}

/* No branches: which postings have which field cannot be foreseen. */
static void score_long(const lk_index *index, const lk_term_space *space, run r, float title, float body,
                       float *restrict scores) {
  const lk_field_values *restrict norms = space->norms;
  const float *restrict values = index->values;
  const float top = index->weights.k1 + 1;
  for (const lk_posting *posting = r.at; posting < r.end; posting++) {
    uint32_t document = posting->document;
    float in_title = values[posting->codes[LK_FIELD_TITLE]], in_body = values[posting->codes[LK_FIELD_BODY]];
    in_title = in_title * top / (in_title + norms[document][LK_FIELD_TITLE]);
    in_body = in_body * top / (in_body + norms[document][LK_FIELD_BODY]);
    scores[document] += title * in_title + body * in_body + 1e-12f;
  }
}

static void score_term(const lk_searcher *searcher, const lk_query_term *term, uint32_t number, run r) {
  const lk_index *index = searcher->index;
  const lk_term_space *space = &index->spaces[lk_space_of(term->klass)];
  const float *w = index->weights.score[term->klass];
  float scale = term->weight * space->idf[number];
  float title = scale * w[LK_FIELD_TITLE], body = scale * w[LK_FIELD_BODY];
  (index->titles_only ? score_short : score_long)(index, space, r, title, body, searcher->scores);
}

/* The postings of a term; none when it takes no part. */
static run run_of(const lk_index *index, const lk_query_term *term, uint32_t *number) {
  const lk_term_space *space = &index->spaces[lk_space_of(term->klass)];
  *number = lk_terms_again(index->terms, lk_space_of(term->klass), term->text, term->number);
  uint32_t count = lk_posting_count(space, *number);
  if (!count || left_out(index, term, count)) return (run){NULL, NULL};
  return (run){space->postings + space->first[*number], space->postings + space->first[*number + 1]};
}

static size_t score_all(const lk_searcher *searcher, const lk_query *query) {
  size_t postings = 0;
  for (size_t i = 0; i < query->count; i++) {
    uint32_t number;
    run r = run_of(searcher->index, &query->terms[i], &number);
    if (r.at != r.end) score_term(searcher, &query->terms[i], number, r);
    postings += (size_t)(r.end - r.at);
  }
  return postings;
}

/* ---- The best ones ---- */

/* A score above 0 and its document as one number, so that a larger one is better: the bits of positive floats are in their order, and of equal scores the first
 * document wins. */
static uint64_t rank_of(float score, uint32_t document) {
  uint32_t bits;
  memcpy(&bits, &score, sizeof bits);
  return (uint64_t)bits << 32 | (UINT32_MAX - document);
}

static lk_hit hit_of(uint64_t rank) {
  uint32_t bits = (uint32_t)(rank >> 32);
  lk_hit hit = {.document = UINT32_MAX - (uint32_t)rank};
  memcpy(&hit.score, &bits, sizeof bits);
  return hit;
}

/* The worst is on top. */
static void sink(uint64_t *heap, size_t count, size_t at) {
  uint64_t sinking = heap[at];
  for (size_t child; (child = 2 * at + 1) < count; at = child) {
    if (child + 1 < count && heap[child + 1] < heap[child]) child++;
    if (heap[child] >= sinking) break;
    heap[at] = heap[child];
  }
  heap[at] = sinking;
}

typedef struct best {
  uint64_t *heap;
  size_t count, limit;
} best;

static inline void offer(best *b, float score, uint32_t document) {
  uint64_t rank = rank_of(score, document);
  if (b->count < b->limit) {
    b->heap[b->count++] = rank;
    for (size_t i = b->count == b->limit ? b->limit / 2 + 1 : 0; i-- > 0;) sink(b->heap, b->count, i);
  } else if (b->limit && rank > b->heap[0]) {
    b->heap[0] = rank;
    sink(b->heap, b->count, 0);
  }
}

/* Best first: a heap gives its worst again and again. */
static void list(best *b, lk_hit *hits) {
  if (b->count < b->limit)
    for (size_t i = b->count / 2 + 1; b->count && i-- > 0;) sink(b->heap, b->count, i);
  for (size_t left = b->count; left > 0;) {
    hits[--left] = hit_of(b->heap[0]);
    b->heap[0] = b->heap[left];
    sink(b->heap, left, 0);
  }
}

/* Many postings touch most documents: then looking at all of them is less work than noting which. */
static void collect_all(lk_searcher *searcher, best *b) {
  for (uint32_t d = 0; d < searcher->index->documents; d++) {
    float score = searcher->scores[d];
    if (score > 0) offer(b, score, d);
  }
  memset(searcher->scores, 0, searcher->index->documents * sizeof *searcher->scores);
}

static void collect_touched(lk_searcher *searcher, const lk_query *query, best *b) {
  for (size_t i = 0; i < query->count; i++) {
    uint32_t number;
    run r = run_of(searcher->index, &query->terms[i], &number);
    for (; r.at < r.end; r.at++) {
      float *score = &searcher->scores[r.at->document];
      if (*score > 0) offer(b, *score, r.at->document);
      *score = 0;
    }
  }
}

size_t lk_search(lk_searcher *searcher, const lk_query *query, lk_hit *hits, size_t limit) {
  uint32_t documents = searcher->index->documents;
  best b = {.heap = searcher->heap, .limit = limit < documents ? limit : documents};
  if (score_all(searcher, query) > documents / 4)
    collect_all(searcher, &b);
  else
    collect_touched(searcher, query, &b);
  list(&b, hits);
  return b.count;
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
