#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "search/index.h"
#include "search/sketch.h"

enum { GROUPS = 8, DENSE_MOST = GROUPS * LK_SKETCHES };

/* A dense term of the present query. */
typedef struct dense_term {
  const lk_term_space *space;
  const uint8_t *pairs;
  uint32_t number;
  lk_term_class klass;
  float scale; /* weight and idf */
} dense_term;

/* Documents are scored term by term into an array with a place for each, which is all 0 between searches. */
struct lk_searcher {
  const lk_index *index;
  float *scores;   /* whole rows: what all but dense terms add */
  float *sketched; /* the same, and what dense terms add by their sketches: at the most `slack` from the score */
  float slack;
  uint64_t *heap; /* as many as documents: only as much of it as somebody asks for is ever touched */
  lk_sketch_way *add;
  dense_term dense[DENSE_MOST];
  size_t dense_count;
  lk_sketches groups[GROUPS]; /* the same terms, by space and weight */
  size_t group_count;
};

lk_searcher *lk_searcher_new(const lk_index *index, lk_error *err) {
  lk_searcher *searcher = calloc(1, sizeof *searcher);
  if (searcher) {
    searcher->index = index;
    searcher->add = lk_sketch_way_number(0);
    searcher->scores = calloc(lk_row_length(index->documents) + 1, sizeof *searcher->scores);
    searcher->sketched = calloc(lk_row_length(index->documents) + 1, sizeof *searcher->sketched);
    searcher->heap = calloc((size_t)index->documents + 1, sizeof *searcher->heap);
    if (searcher->scores && searcher->sketched && searcher->heap) return searcher;
  }
  lk_searcher_free(searcher);
  (void)lk_fail_memory(err);
  return NULL;
}

void lk_searcher_free(lk_searcher *searcher) {
  if (!searcher) return;
  free(searcher->scores);
  free(searcher->sketched);
  free(searcher->heap);
  free(searcher);
}

/* The number of a term that takes part in the search, or LK_NO_TERM. */
static uint32_t number_of(const lk_index *index, const lk_query *query, const lk_query_term *term) {
  lk_space s = lk_space_of(term->klass);
  uint32_t number = term->number;
  if (query->dictionary != index->terms) number = lk_terms_again(index->terms, s, term->text, number);
  if (number >= index->spaces[s].term_count) return LK_NO_TERM;
  float ceiling = index->weights.gram_ceiling;
  if (term->klass != LK_CLASS_GRAM || ceiling >= 1) return number;
  return (float)lk_posting_count(&index->spaces[s], number) > ceiling * (float)index->documents ? LK_NO_TERM : number;
}

/* ---- Dense terms ---- */

/* What a dense term adds to a document's score. */
static float dense_part(const lk_index *index, const dense_term *term, uint32_t document) {
  const lk_term_space *space = term->space;
  uint8_t pair = term->pairs[document];
  lk_posting rare;
  if (!pair) return 0;
  if (pair != LK_PAIR_RARE)
    return term->scale * lk_gain_of(&index->weights, term->klass, space->tf[pair - 1], space->norms[document]);
  if (!lk_index_posting(index, lk_space_of(term->klass), term->number, document, &rare)) return 0;
  return term->scale * lk_gain_of(&index->weights, term->klass, rare.tf, space->norms[document]);
}

static lk_sketches *group_for(lk_searcher *searcher, float unit) {
  for (size_t g = 0; g < searcher->group_count; g++) {
    lk_sketches *group = &searcher->groups[g];
    if (group->unit >= unit && group->unit <= unit && group->count < LK_SKETCHES) return group;
  }
  if (searcher->group_count == GROUPS) return NULL;
  lk_sketches *fresh = &searcher->groups[searcher->group_count++];
  fresh->unit = unit;
  fresh->count = 0;
  return fresh;
}

/* An expansion's weights of fields are others than those that the sketches were made with: it is added here and now, and so is what there is no room for. */
static void take_dense(lk_searcher *searcher, const lk_query_term *term, uint32_t number) {
  const lk_index *index = searcher->index;
  const lk_term_space *space = &index->spaces[lk_space_of(term->klass)];
  size_t row = (space->dense[number] - 1) * lk_row_length(index->documents);
  dense_term dense = {space, space->pairs + row, number, term->klass, term->weight * space->idf[number]};
  float unit = term->weight * space->unit;
  lk_sketches *group = term->klass == LK_CLASS_EXPANSION ? NULL : group_for(searcher, unit);
  if (!group) {
    for (uint32_t d = 0; d < index->documents; d++) searcher->scores[d] += dense_part(index, &dense, d);
    return;
  }
  searcher->dense[searcher->dense_count++] = dense;
  group->rows[group->count++] = space->sketches + row;
  searcher->slack += unit * .5001f; /* rounded to the nearest one */
}

/* ---- Other terms ---- */

static size_t score_postings(const lk_searcher *searcher, const lk_query_term *term, uint32_t number) {
  const lk_index *index = searcher->index;
  const lk_term_space *space = &index->spaces[lk_space_of(term->klass)];
  uint32_t first = space->first[number], end = space->first[number + 1];
  float scale = term->weight * space->idf[number], *restrict scores = searcher->scores;
  if (term->klass != LK_CLASS_EXPANSION) {
    const lk_gain *at = space->gains + first, *past = space->gains + end;
    for (; at < past; at++) scores[at->document] += scale * at->gain;
    return end - first;
  }
  for (uint32_t p = first; p < end; p++) {
    uint32_t d = space->gains[p].document;
    scores[d] += scale * lk_gain_of(&index->weights, term->klass, space->tf[space->codes[p]], space->norms[d]);
  }
  return end - first;
}

/* The postings of the terms are in many places: the first of each are fetched while others are added up. */
static void fetch(const lk_searcher *searcher, const lk_query_term *term, uint32_t number) {
  enum { LINES = 4, LINE = 64 / sizeof(lk_gain) };
  const lk_term_space *space = &searcher->index->spaces[lk_space_of(term->klass)];
  for (uint32_t i = 0; i < LINES; i++) __builtin_prefetch(space->gains + space->first[number] + i * LINE);
}

/* Scores by all but the dense terms, which it gathers. Returns how many documents were looked at. */
static size_t score_all(lk_searcher *searcher, const lk_query *query) {
  enum { AHEAD = 8 };
  const lk_index *index = searcher->index;
  uint32_t numbers[AHEAD];
  size_t looked_at = 0;
  searcher->dense_count = searcher->group_count = 0;
  searcher->slack = 0;
  for (size_t i = 0; i < query->count + AHEAD; i++) {
    uint32_t number = i < AHEAD ? LK_NO_TERM : numbers[i % AHEAD];
    if (i < query->count) {
      numbers[i % AHEAD] = number_of(index, query, &query->terms[i]);
      if (numbers[i % AHEAD] != LK_NO_TERM) fetch(searcher, &query->terms[i], numbers[i % AHEAD]);
    }
    if (number == LK_NO_TERM) continue;
    const lk_query_term *term = &query->terms[i - AHEAD];
    if (index->spaces[lk_space_of(term->klass)].dense[number]) {
      take_dense(searcher, term, number);
      looked_at += index->documents;
    } else {
      looked_at += score_postings(searcher, term, number);
    }
  }
  return looked_at;
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

/* The worst of as many as there may be. */
static float worst(const best *b) { return b->limit ? hit_of(b->heap[0]).score : HUGE_VALF; }

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

enum { STEP = 32 }; /* documents that are looked at together: rows are whole blocks, with zeros behind the last document */

static inline bool any_above(const float *scores, float least) {
  int above = 0;
  for (int i = 0; i < STEP; i++) above |= scores[i] > least;
  return above;
}

/* Many postings touch most documents: then looking at all of them is less work than noting which. */
static void collect_all(const float *scores, uint32_t documents, best *b) {
  for (uint32_t d = 0; d < documents; d += STEP) {
    if (!any_above(scores + d, b->count < b->limit ? 0 : worst(b))) continue;
    for (uint32_t i = 0; i < STEP; i++)
      if (scores[d + i] > 0) offer(b, scores[d + i], d + i);
  }
}

static void collect_touched(lk_searcher *searcher, const lk_query *query, best *b) {
  for (size_t i = 0; i < query->count; i++) {
    uint32_t number = number_of(searcher->index, query, &query->terms[i]);
    if (number == LK_NO_TERM) continue;
    const lk_term_space *space = &searcher->index->spaces[lk_space_of(query->terms[i].klass)];
    for (uint32_t p = space->first[number]; p < space->first[number + 1]; p++) {
      float *score = &searcher->scores[space->gains[p].document];
      if (*score > 0) offer(b, *score, space->gains[p].document);
      *score = 0;
    }
  }
}

static float exact_score(const lk_searcher *searcher, uint32_t document) {
  float score = searcher->scores[document];
  for (size_t t = 0; t < searcher->dense_count; t++) score += dense_part(searcher->index, &searcher->dense[t], document);
  return score;
}

static void sketch_all(lk_searcher *searcher) {
  uint32_t documents = searcher->index->documents;
  for (size_t at = 0; at < documents; at += LK_BLOCK)
    for (size_t g = 0; g < searcher->group_count; g++)
      searcher->add(&searcher->groups[g], at, g ? searcher->sketched : searcher->scores, searcher->sketched);
}

/* As many documents as there may be score at the least what the last of them has by its sketches, but for the slack. What cannot reach that, with all the slack
 * there is, is not among the best. */
static void collect_sketched(lk_searcher *searcher, best *b) {
  const float rounding = 1e-5f; /* of a sum of floats in two orders, generously */
  uint32_t documents = searcher->index->documents;
  sketch_all(searcher);
  collect_all(searcher->sketched, documents, b);
  float last = b->count < b->limit ? 0 : worst(b), cut = last - 2 * (searcher->slack + last * rounding);
  b->count = 0;
  for (uint32_t d = 0; d < documents; d += STEP) {
    if (!any_above(searcher->sketched + d, cut)) continue;
    for (uint32_t i = d; i < d + STEP && i < documents; i++) {
      float score = searcher->sketched[i] > cut ? exact_score(searcher, i) : 0;
      if (score > 0) offer(b, score, i);
    }
  }
}

size_t lk_search(lk_searcher *searcher, const lk_query *query, lk_hit *hits, size_t limit) {
  uint32_t documents = searcher->index->documents;
  best b = {.heap = searcher->heap, .limit = limit < documents ? limit : documents};
  size_t looked_at = score_all(searcher, query);
  if (looked_at <= documents / 4) {
    collect_touched(searcher, query, &b);
  } else {
    if (searcher->dense_count)
      collect_sketched(searcher, &b);
    else
      collect_all(searcher->scores, documents, &b);
    memset(searcher->scores, 0, documents * sizeof *searcher->scores);
  }
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
    lk_space s = lk_space_of(term->klass);
    const lk_term_space *space = &index->spaces[s];
    uint32_t number = number_of(index, query, term);
    lk_posting posting;
    if (number == LK_NO_TERM || !lk_index_posting(index, s, number, document, &posting)) continue;
    for (int f = 0; f < LK_FIELD_COUNT; f++) {
      if (posting.tf[f] <= 0) continue;
      float tf = lk_saturated_tf(index, space, &posting, (lk_field)f);
      float score = index->weights.score[term->klass][f] * term->weight * space->idf[number] * tf;
      (*out)[(*count)++] = (lk_contribution){term, (lk_field)f, space->idf[number], tf, score};
    }
  }
  qsort(*out, *count, sizeof **out, largest_first);
  return LK_OK;
}
