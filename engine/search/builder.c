#include <stdlib.h>

#include "base/error.h"
#include "base/vector.h"
#include "search/bag.h"
#include "search/index.h"

enum { VALUES_MAX = 48 * 1024, VALUE_SLOTS = 1 << 16 };

/* One term in one document. Documents come one after another; each has its counts together, in the order in which its terms came first. */
typedef struct count {
  uint32_t term;
  uint16_t codes[LK_FIELD_COUNT];
} count;

typedef struct builder_space {
  struct {
    count *items;
    size_t count, cap;
  } counts;
  struct { /* per term: its frequencies in the present document */
    lk_field_values *items;
    size_t count, cap;
  } present;
  struct { /* the terms that the present document has */
    uint32_t *items;
    size_t count, cap;
  } touched;
} builder_space;

typedef struct document {
  size_t first[LK_SPACE_COUNT]; /* its counts */
  lk_field_values length[LK_SPACE_COUNT];
} document;

struct lk_index_builder {
  lk_weights weights;
  lk_terms *terms;
  lk_bags bags;
  builder_space spaces[LK_SPACE_COUNT];
  struct {
    document *items;
    size_t count, cap;
  } documents;
  struct { /* the distinct frequencies; the first is 0 */
    float *items;
    size_t count, cap;
  } values;
  bool has_bodies;
  uint16_t *codes; /* VALUE_SLOTS: codes by a hash of the value; 0 is free */
};

/* ---- frequencies ---- */

/* A collection with more different frequencies than codes has none that is not near another. */
static uint16_t nearest_code(const lk_index_builder *builder, float value) {
  uint16_t best = 1;
  for (size_t i = 2; i < builder->values.count; i++) {
    float gap = builder->values.items[i] - value, least = builder->values.items[best] - value;
    if (gap * gap < least * least) best = (uint16_t)i;
  }
  return best;
}

static size_t value_hash(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits * 0x9E3779B1u >> 16;
}

static bool encode_rare(lk_index_builder *builder, float value, uint16_t *code) {
  size_t slot = value_hash(value);
  for (; (*code = builder->codes[slot]) != 0; slot = (slot + 1) % VALUE_SLOTS)
    if (builder->values.items[*code] == value) return true;
  if (builder->values.count == VALUES_MAX) return *code = nearest_code(builder, value), true;
  *code = builder->codes[slot] = (uint16_t)builder->values.count;
  return LK_PUSH(&builder->values, value);
}

/* Most terms come once, in one field. */
static inline bool encode(lk_index_builder *builder, float value, uint16_t *code) {
  *code = value > 0 ? LK_CODE_OF_ONE : 0;
  return value <= 0 || (value >= 1 && value <= 1) || encode_rare(builder, value, code);
}

/* ---- life ---- */

static bool open_builder(lk_index_builder *builder, const lk_weights *weights, lk_terms *terms) {
  uint16_t one;
  builder->weights = *weights;
  builder->terms = terms;
  builder->codes = calloc(VALUE_SLOTS, sizeof *builder->codes);
  return terms && builder->codes && lk_bags_open(&builder->bags, weights, terms) && LK_PUSH(&builder->values, 0) &&
         encode_rare(builder, 1, &one) && one == LK_CODE_OF_ONE;
}

static lk_index_builder *new_builder(const lk_weights *weights, lk_terms *terms, lk_error *err) {
  lk_index_builder *builder = calloc(1, sizeof *builder);
  if (builder && open_builder(builder, weights, terms)) return builder;
  if (builder)
    lk_index_builder_free(builder);
  else
    lk_terms_drop(terms);
  (void)lk_fail_memory(err);
  return NULL;
}

lk_index_builder *lk_index_builder_new(const lk_weights *weights, lk_error *err) {
  return new_builder(weights, lk_terms_new(), err);
}

lk_index_builder *lk_index_builder_beside(lk_index_builder *other, lk_error *err) {
  other->terms->owners++;
  return new_builder(&other->weights, other->terms, err);
}

void lk_index_builder_free(lk_index_builder *builder) {
  if (!builder) return;
  for (int s = 0; s < LK_SPACE_COUNT; s++) {
    free(builder->spaces[s].counts.items);
    free(builder->spaces[s].present.items);
    free(builder->spaces[s].touched.items);
  }
  free(builder->documents.items);
  free(builder->values.items);
  free(builder->codes);
  lk_bags_close(&builder->bags);
  lk_terms_drop(builder->terms);
  free(builder);
}

/* ---- documents ---- */

static bool reserve(void **items, size_t *cap, size_t wanted, size_t size) {
  while (*cap < wanted)
    if (!lk_vector_room(items, cap, *cap, size)) return false;
  return true;
}

/* Turns what was gathered of the last document into counts. */
static bool close_document(lk_index_builder *builder) {
  for (int s = 0; s < LK_SPACE_COUNT; s++) {
    builder_space *space = &builder->spaces[s];
    if (!reserve((void **)&space->counts.items, &space->counts.cap, space->counts.count + space->touched.count, sizeof(count)))
      return false;
    for (size_t i = 0; i < space->touched.count; i++) {
      count c = {.term = space->touched.items[i]};
      float *tf = space->present.items[c.term];
      for (int f = 0; f < LK_FIELD_COUNT; f++) {
        if (!encode(builder, tf[f], &c.codes[f])) return false;
        tf[f] = 0;
      }
      space->counts.items[space->counts.count++] = c;
    }
    space->touched.count = 0;
  }
  return true;
}

lk_code lk_index_builder_document(lk_index_builder *builder, lk_error *err) {
  if (builder->documents.count == UINT32_MAX - 1)
    return lk_fail(err, LK_ERR_LIMIT, "too many documents for one index; split the collection");
  if (!close_document(builder)) return lk_fail_memory(err);
  document fresh = {.first = {builder->spaces[LK_SPACE_WORD].counts.count, builder->spaces[LK_SPACE_GRAM].counts.count}};
  return LK_PUSH(&builder->documents, fresh) ? LK_OK : lk_fail_memory(err);
}

static bool make_room(builder_space *space, uint32_t terms) {
  size_t had = space->present.count;
  if (had >= terms) return true;
  if (!reserve((void **)&space->present.items, &space->present.cap, terms, sizeof(lk_field_values))) return false;
  if (had < space->present.cap) memset(&space->present.items[had], 0, (space->present.cap - had) * sizeof(lk_field_values));
  space->present.count = space->present.cap;
  return true;
}

/* `frequencies` NULL: 1 each. */
static bool count_terms(builder_space *space, const uint32_t *numbers, const float *frequencies, uint32_t terms, lk_field field,
                        float *length) {
  if (!reserve((void **)&space->touched.items, &space->touched.cap, space->touched.count + terms, sizeof(uint32_t))) return false;
  for (uint32_t i = 0; i < terms; i++) {
    float *present = space->present.items[numbers[i]], tf = frequencies ? frequencies[i] : 1;
    if (present[LK_FIELD_TITLE] <= 0 && present[LK_FIELD_BODY] <= 0) space->touched.items[space->touched.count++] = numbers[i];
    present[field] += tf;
    *length += tf;
  }
  return true;
}

static lk_code count_text(lk_index_builder *builder, lk_field field, const lk_bags *from, lk_error *err) {
  if (!builder->documents.count) return lk_fail(err, LK_ERR_STATE, "text before the first document; begin a document first");
  builder->has_bodies = builder->has_bodies || field == LK_FIELD_BODY;
  document *last = &builder->documents.items[builder->documents.count - 1];
  builder_space *words = &builder->spaces[LK_SPACE_WORD], *grams = &builder->spaces[LK_SPACE_GRAM];
  bool fine = make_room(words, builder->terms->words.count) && make_room(grams, builder->terms->grams.count);
  for (size_t w = 0; fine && w < from->text.count; w++) {
    const lk_bag *bag = &from->text.items[w];
    const uint32_t *numbers = from->numbers.items + bag->first;
    const float *frequencies = bag->words ? from->frequencies.items + bag->first_own : NULL;
    fine = count_terms(words, numbers, frequencies, bag->words, field, &last->length[LK_SPACE_WORD][field]) &&
           count_terms(grams, numbers + bag->words, NULL, bag->grams, field, &last->length[LK_SPACE_GRAM][field]);
  }
  return fine ? LK_OK : lk_fail_memory(err);
}

lk_code lk_index_builder_text(lk_index_builder *builder, lk_field field, const lk_analysis *text, lk_error *err) {
  if (!lk_bags_read(&builder->bags, text)) return lk_fail_memory(err);
  return count_text(builder, field, &builder->bags, err);
}

lk_code lk_index_builder_same(lk_index_builder *builder, lk_field field, const lk_index_builder *other, lk_error *err) {
  return count_text(builder, field, &other->bags, err);
}

/* ---- freezing ---- */

static void average_lengths(const lk_index_builder *builder, lk_space s, lk_field_values average) {
  memset(average, 0, sizeof(lk_field_values));
  for (size_t d = 0; d < builder->documents.count; d++)
    for (int f = 0; f < LK_FIELD_COUNT; f++)
      average[f] += builder->documents.items[d].length[s][f] / (float)builder->documents.count;
}

static void fill_norms(const lk_index_builder *builder, lk_space s, lk_term_space *out) {
  const lk_weights *w = &builder->weights;
  lk_field_values average;
  average_lengths(builder, s, average);
  for (size_t d = 0; d < builder->documents.count; d++)
    for (int f = 0; f < LK_FIELD_COUNT; f++) {
      float length = average[f] > 0 ? builder->documents.items[d].length[s][f] / average[f] : 1;
      out->norms[d][f] = w->k1 * (1 - w->b[f] + w->b[f] * length);
    }
  for (size_t d = 0; d < builder->documents.count; d++) out->once[d] = (w->k1 + 1) / (1 + out->norms[d][LK_FIELD_TITLE]);
}

/* The same power and logarithm for all terms that are equally rare. */
static bool fill_idf(const lk_index_builder *builder, lk_term_space *out) {
  uint32_t documents = (uint32_t)builder->documents.count;
  float *of = calloc((size_t)documents + 1, sizeof *of);
  for (uint32_t t = 0; of && t < out->term_count; t++) {
    uint32_t n = out->first[t + 1] - out->first[t];
    if (of[n] <= 0) of[n] = lk_idf(documents, n, builder->weights.idf_power);
    out->idf[t] = of[n];
  }
  free(of);
  return of != NULL;
}

/* Counts are in document order; a counting sort by term keeps that order within each term. While it places, first[t + 1] is where t's next posting goes. */
static void place_postings(const lk_index_builder *builder, lk_space s, lk_term_space *out) {
  const builder_space *from = &builder->spaces[s];
  for (size_t i = 0; i < from->counts.count; i++) out->first[from->counts.items[i].term + 2]++;
  for (size_t t = 2; t <= out->term_count; t++) out->first[t] += out->first[t - 1];
  for (size_t d = 0; d < builder->documents.count; d++) {
    bool last = d + 1 == builder->documents.count;
    size_t end = last ? from->counts.count : builder->documents.items[d + 1].first[s];
    for (size_t i = builder->documents.items[d].first[s]; i < end; i++) {
      const count *c = &from->counts.items[i];
      out->postings[out->first[c->term + 1]++] = (lk_posting){(uint32_t)d, {c->codes[0], c->codes[1]}};
    }
  }
}

static bool freeze_space(lk_index_builder *builder, lk_space s, lk_term_space *out) {
  builder_space *from = &builder->spaces[s];
  if (from->counts.count > UINT32_MAX) return false;
  out->term_count = lk_terms_count(builder->terms, s);
  out->first = calloc((size_t)out->term_count + 2, sizeof *out->first);
  out->idf = calloc((size_t)out->term_count + 1, sizeof *out->idf);
  out->postings = malloc((from->counts.count + 1) * sizeof *out->postings);
  out->norms = calloc(builder->documents.count + 1, sizeof *out->norms);
  out->once = calloc(builder->documents.count + 1, sizeof *out->once);
  if (!out->first || !out->idf || !out->postings || !out->norms || !out->once) return false;
  fill_norms(builder, s, out);
  place_postings(builder, s, out);
  free(from->counts.items);
  from->counts.items = NULL;
  from->counts.count = from->counts.cap = 0;
  return fill_idf(builder, out);
}

/* What is only needed while texts come makes room for the index. */
static void forget_words(lk_index_builder *builder) {
  lk_bags_close(&builder->bags);
  for (int s = 0; s < LK_SPACE_COUNT; s++) {
    builder_space *space = &builder->spaces[s];
    free(space->present.items);
    free(space->touched.items);
    space->present.items = NULL;
    space->touched.items = NULL;
    space->present.count = space->present.cap = space->touched.count = space->touched.cap = 0;
  }
}

lk_index *lk_index_builder_freeze(lk_index_builder *builder, lk_error *err) {
  lk_index *index = calloc(1, sizeof *index);
  if (!index) {
    (void)lk_fail_memory(err);
    return NULL;
  }
  index->weights = builder->weights;
  index->documents = (uint32_t)builder->documents.count;
  index->terms = builder->terms;
  index->terms->owners++;
  bool fine = close_document(builder);
  forget_words(builder);
  for (int s = 0; fine && s < LK_SPACE_COUNT; s++) fine = freeze_space(builder, (lk_space)s, &index->spaces[s]);
  if (!fine) {
    lk_index_free(index);
    (void)lk_fail_memory(err);
    return NULL;
  }
  index->titles_only = !builder->has_bodies;
  index->values = builder->values.items;
  index->value_count = (uint32_t)builder->values.count;
  builder->values.items = NULL;
  builder->values.count = builder->values.cap = builder->documents.count = 0;
  return index;
}
