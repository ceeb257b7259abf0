#include "search/index.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/vector.h"

/* One term in one document while it is counted. Documents come one after another, so a term's newest count is its last. */
typedef struct count {
  uint32_t term, document;
  float tf[LK_FIELD_COUNT];
} count;

typedef struct builder_space {
  lk_map *terms;
  struct {
    count *items;
    size_t count, cap;
  } counts;
  struct { /* per term: 1 + index of its newest count */
    size_t *items;
    size_t count, cap;
  } newest;
} builder_space;

typedef float field_lengths[LK_SPACE_COUNT][LK_FIELD_COUNT];

struct lk_index_builder {
  lk_weights weights;
  builder_space spaces[LK_SPACE_COUNT];
  struct {
    field_lengths *items;
    size_t count, cap;
  } documents;
};

float lk_idf(uint32_t documents, uint32_t n, float power) {
  float idf = logf(1.0f + ((float)documents - (float)n + .5f) / ((float)n + .5f));
  return powf(idf, power);
}

lk_index_builder *lk_index_builder_new(const lk_weights *weights, lk_error *err) {
  lk_index_builder *builder = calloc(1, sizeof *builder);
  if (builder) {
    builder->weights = *weights;
    for (int s = 0; s < LK_SPACE_COUNT; s++) builder->spaces[s].terms = lk_map_new();
    if (builder->spaces[LK_SPACE_WORD].terms && builder->spaces[LK_SPACE_GRAM].terms) return builder;
  }
  lk_index_builder_free(builder);
  (void)lk_fail_memory(err);
  return NULL;
}

void lk_index_builder_free(lk_index_builder *builder) {
  if (!builder) return;
  for (int s = 0; s < LK_SPACE_COUNT; s++) {
    lk_map_free(builder->spaces[s].terms);
    free(builder->spaces[s].counts.items);
    free(builder->spaces[s].newest.items);
  }
  free(builder->documents.items);
  free(builder);
}

lk_code lk_index_builder_document(lk_index_builder *builder, lk_error *err) {
  if (builder->documents.count == UINT32_MAX - 1)
    return lk_fail(err, LK_ERR_LIMIT, "too many documents for one index; split the collection");
  if (!lk_vector_room((void **)&builder->documents.items, &builder->documents.cap, builder->documents.count,
                      sizeof(field_lengths)))
    return lk_fail_memory(err);
  memset(&builder->documents.items[builder->documents.count++], 0, sizeof(field_lengths));
  return LK_OK;
}

static lk_code count_term(lk_index_builder *builder, lk_space s, lk_field field, lk_view text, float tf, lk_error *err) {
  builder_space *space = &builder->spaces[s];
  uint32_t document = (uint32_t)builder->documents.count - 1;
  uint32_t *term = lk_map_put(space->terms, text, (uint32_t)lk_map_count(space->terms));
  if (!term) return lk_fail_memory(err);
  if (*term == space->newest.count && !LK_PUSH(&space->newest, 0)) return lk_fail_memory(err);
  size_t *newest = &space->newest.items[*term];
  if (!*newest || space->counts.items[*newest - 1].document != document) {
    if (!LK_PUSH(&space->counts, (count){*term, document, {0}})) return lk_fail_memory(err);
    *newest = space->counts.count;
  }
  space->counts.items[*newest - 1].tf[field] += tf;
  builder->documents.items[document][s][field] += tf;
  return LK_OK;
}

static float term_frequency(const lk_weights *weights, const lk_term *term) {
  switch (term->kind) {
    case LK_TERM_PART:
      return weights->part * term->weight;
    case LK_TERM_ROOT:
      return weights->root * term->weight;
    default:
      return term->weight;
  }
}

lk_code lk_index_builder_text(lk_index_builder *builder, lk_field field, const lk_analysis *text, lk_error *err) {
  if (!builder->documents.count) return lk_fail(err, LK_ERR_STATE, "text before the first document; begin a document first");
  for (size_t w = 0; w < text->count; w++) {
    const lk_word *word = &text->words[w];
    for (size_t t = 0; t < word->term_count; t++) {
      const lk_term *term = &word->terms[t];
      float tf = term_frequency(&builder->weights, term);
      lk_space space = term->kind == LK_TERM_GRAM ? LK_SPACE_GRAM : LK_SPACE_WORD;
      if (tf <= 0) continue;
      lk_code code = count_term(builder, space, field, term->text, tf, err);
      if (code) return code;
    }
  }
  return LK_OK;
}

static void average_lengths(const lk_index_builder *builder, field_lengths average) {
  memset(average, 0, sizeof(field_lengths));
  for (size_t d = 0; d < builder->documents.count; d++)
    for (int s = 0; s < LK_SPACE_COUNT; s++)
      for (int f = 0; f < LK_FIELD_COUNT; f++)
        average[s][f] += builder->documents.items[d][s][f] / (float)builder->documents.count;
}

static lk_posting posting_of(const lk_index_builder *builder, lk_space s, const count *c, field_lengths average) {
  const lk_weights *w = &builder->weights;
  lk_posting posting = {.document = c->document};
  for (int f = 0; f < LK_FIELD_COUNT; f++) {
    if (c->tf[f] <= 0) continue;
    float length = builder->documents.items[c->document][s][f] / average[s][f];
    posting.tf[f] = c->tf[f] * (w->k1 + 1) / (c->tf[f] + w->k1 * (1 - w->b[f] + w->b[f] * length));
  }
  return posting;
}

/* Counts arrive in document order; a counting sort by term keeps that order within each term. */
static bool freeze_space(const lk_index_builder *builder, lk_space s, field_lengths average, lk_term_space *out) {
  const builder_space *from = &builder->spaces[s];
  size_t terms = lk_map_count(from->terms);
  out->term_count = (uint32_t)terms;
  out->first = calloc(terms + 2, sizeof *out->first);
  out->idf = calloc(terms + 1, sizeof *out->idf);
  out->postings = calloc(from->counts.count + 1, sizeof *out->postings);
  if (!out->first || !out->idf || !out->postings) return false;
  for (size_t i = 0; i < from->counts.count; i++) out->first[from->counts.items[i].term + 2]++;
  for (size_t t = 0; t < terms; t++) {
    out->idf[t] = lk_idf((uint32_t)builder->documents.count, out->first[t + 2], builder->weights.idf_power);
    out->first[t + 2] += out->first[t + 1];
  }
  for (size_t i = 0; i < from->counts.count; i++) {
    const count *c = &from->counts.items[i];
    out->postings[out->first[c->term + 1]++] = posting_of(builder, s, c, average);
  }
  return true;
}

lk_index *lk_index_builder_freeze(lk_index_builder *builder, lk_error *err) {
  lk_index *index = calloc(1, sizeof *index);
  if (!index) {
    (void)lk_fail_memory(err);
    return NULL;
  }
  field_lengths average;
  average_lengths(builder, average);
  index->weights = builder->weights;
  index->documents = (uint32_t)builder->documents.count;
  for (int s = 0; s < LK_SPACE_COUNT; s++) {
    if (!freeze_space(builder, (lk_space)s, average, &index->spaces[s])) {
      lk_index_free(index);
      (void)lk_fail_memory(err);
      return NULL;
    }
  }
  for (int s = 0; s < LK_SPACE_COUNT; s++) {
    index->spaces[s].terms = builder->spaces[s].terms;
    builder->spaces[s].terms = NULL;
  }
  return index;
}

void lk_index_free(lk_index *index) {
  if (!index) return;
  for (int s = 0; s < LK_SPACE_COUNT; s++) {
    lk_map_free(index->spaces[s].terms);
    free(index->spaces[s].first);
    free(index->spaces[s].idf);
    free(index->spaces[s].postings);
  }
  free(index);
}

uint32_t lk_index_documents(const lk_index *index) { return index->documents; }
const lk_weights *lk_index_weights(const lk_index *index) { return &index->weights; }

size_t lk_index_bytes(const lk_index *index) {
  size_t bytes = sizeof *index;
  for (int s = 0; s < LK_SPACE_COUNT; s++) {
    const lk_term_space *space = &index->spaces[s];
    bytes += space->term_count * (sizeof *space->first + sizeof *space->idf) +
             space->first[space->term_count] * sizeof *space->postings;
    for (size_t t = 0; t < space->term_count; t++) bytes += lk_map_key(space->terms, t).len;
  }
  return bytes;
}

float lk_index_idf(const lk_index *index, lk_view term, bool *known) {
  uint32_t number;
  *known = lk_index_term(index, LK_SPACE_WORD, term, &number);
  return *known ? index->spaces[LK_SPACE_WORD].idf[number] : lk_idf(index->documents, 0, index->weights.idf_power);
}

const lk_posting *lk_index_posting(const lk_index *index, lk_space s, uint32_t term, uint32_t document) {
  const lk_term_space *space = &index->spaces[s];
  uint32_t low = space->first[term], end = space->first[term + 1], high = end;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (space->postings[middle].document < document)
      low = middle + 1;
    else
      high = middle;
  }
  return low < end && space->postings[low].document == document ? &space->postings[low] : NULL;
}
