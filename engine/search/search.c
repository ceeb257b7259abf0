#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "search/index.h"
#include "search/sum.h"

/* The best documents are found window by window of documents:
 *
 *   1. A bound for each document: its score, but for common words, which count as if the document had them as often as usual, or as often as any. Rows of
 *      bits are added up line by line, gaps and the few documents of rare words one by one.
 *   2. Documents whose bound reaches the last of the best so far are candidates, a dozen or some: their common words are looked up. As long as there is room
 *      among the best, the documents of a window with the highest bounds are scored ahead, and the last of them is what the others must reach.
 *
 * An n-gram's weight in a question is rounded to whole steps, so that sums are the same in whichever order they are made, and its score in a document is that
 * of the rounded weight. A step is a 254th of the largest weight, a 62nd in a large collection, or more where a question is so long that sums would not
 * fit. */

enum {
  WINDOW = 8192, /* documents: what is noted of them stays in the second-level cache */
  STEPS = 30000, /* of all weights of a question together; rounded, they are twice that at the most; rounded up, one more each */
  DENSE_MOST = 32000, /* common words of a question, so that their bounds fit as well */
  STEP_MOST = 255,    /* of a weight: LK_WEIGHT_BITS of them */
  STEP_FEW = 63,      /* of a weight where there are several windows: fewer bits are fewer additions */
  POOL_MOST = 1000    /* candidates that are scored ahead to know what the others must reach */
};

static const float rounding = 1e-5f; /* of a sum of floats, generously */

/* ---- A searcher ---- */

/* Documents that have an n-gram more than once: a field and level have a number, its *place*. */
enum { PLACES = LK_FIELD_COUNT * LK_LEVELS };

typedef struct deep_row {
  const uint8_t *bits;
  uint32_t weight, place; /* weights are in steps */
} deep_row;

typedef struct gram_cursor {
  lk_cursor at;
  uint32_t weight, place;
} gram_cursor;

typedef struct word_cursor {
  lk_cursor at;
  const uint16_t *codes;
  lk_term_class klass;
  float scale; /* weight and idf */
} word_cursor;

typedef struct dense_word {
  const uint8_t *bits;
  const uint32_t *ranks;
  const uint16_t *codes;
  lk_term_class klass;
  float scale;
} dense_word;

typedef struct candidate {
  uint32_t document;
  double score;
} candidate;

enum { SUM_TITLE, SUM_BODY, SUM_WORDS, SUM_COUNT };
_Static_assert((int)SUM_TITLE == LK_FIELD_TITLE && (int)SUM_BODY == LK_FIELD_BODY, "a sum of n-grams is a field's");

typedef struct plan_term {
  uint32_t number;
  lk_term_class klass;
  float scale; /* weight and idf */
} plan_term;

/* What a query is made into. Each array has room for as many as the index has rows of that kind, of which only what a query needs is ever touched. A query
 * that names terms again and again, which the maker's do not, is cut off where a kind of rows has no more room. */
typedef struct plan {
  float step; /* what one step of weight adds to a score at the most */
  plan_term *terms;
  size_t term_count;
  lk_summands sums[SUM_COUNT];
  uint64_t weight_of_sum[SUM_COUNT];
  deep_row *deep;
  const uint8_t **deep_bits; /* the same, place by place */
  uint32_t *deep_weights, deep_first[PLACES + 1];
  lk_summands level; /* those of one place; `all` and `weights` are lent */
  gram_cursor *thin[LK_FIELD_COUNT], *deep_thin;
  word_cursor *words;
  dense_word *dense;
  size_t deep_count, thin_count[LK_FIELD_COUNT], deep_thin_count, word_count, dense_count;
  size_t sum_room[SUM_COUNT], deep_room, thin_room, word_room, dense_room;
} plan;

struct lk_searcher {
  const lk_index *index;
  float *gains; /* place by place: level_gain of each document; filled when first needed */
  bool has_gains[PLACES];
  lk_sum_ways ways;
  plan plan;
  lk_line *scratch;
  /* A document of the window: */
  uint16_t *steps[LK_FIELD_COUNT]; /* all weights of n-grams that it has */
  float *words, *bound;            /* what rare words add */
  uint16_t *common;                /* the most that common words add, in steps */
  bool *taken;                     /* it is among the candidates */
  candidate *candidates;
  size_t candidate_count;
  float *tops;           /* of groups of bounds */
  uint64_t *pool, *heap; /* heap: as many as documents, of which only what somebody asks for is ever touched */
  void *memory;
};

static bool counts_often(const lk_index *index) {
  return lk_most_levels(&index->weights, LK_FIELD_TITLE) > 1 || lk_most_levels(&index->weights, LK_FIELD_BODY) > 1;
}

/* Parts of one block. */
typedef struct carver {
  char *at;
  size_t size;
} carver;

static void *carve(carver *c, size_t count, size_t size) {
  void *part = c->at ? c->at + c->size : NULL;
  c->size += (count * size + LK_LINE_BYTES - 1) / LK_LINE_BYTES * LK_LINE_BYTES;
  return part;
}

static void carve_split(lk_summands *s, size_t room, carver *c) {
  for (int b = 0; b < LK_WEIGHT_BITS; b++) s->rows[b] = carve(c, room + LK_SPARE_ROWS, sizeof *s->rows[b]);
}

static void carve_sum(plan *p, int sum, size_t room, carver *c) {
  lk_summands *s = &p->sums[sum];
  p->sum_room[sum] = room;
  s->all = carve(c, room + LK_SPARE_ROWS, sizeof *s->all);
  s->weights = carve(c, room + LK_SPARE_ROWS, sizeof *s->weights);
  carve_split(s, room, c);
}

static void carve_plan(plan *p, const lk_index *index, carver *c) {
  const lk_term_space *grams = &index->spaces[LK_SPACE_GRAM], *words = &index->spaces[LK_SPACE_WORD];
  size_t lines = lk_lines(index->documents), per_row = lines ? lines : 1;
  p->deep_room = grams->rows.line_count / per_row;
  p->thin_room = grams->rows.count - p->deep_room;
  size_t dense = words->rows.line_count / per_row;
  p->dense_room = dense < DENSE_MOST ? dense : DENSE_MOST;
  p->word_room = words->rows.count - dense;
  p->terms = carve(c, (size_t)grams->term_count + words->term_count, sizeof *p->terms);
  carve_sum(p, SUM_TITLE, p->deep_room, c);
  carve_sum(p, SUM_BODY, p->deep_room, c);
  carve_sum(p, SUM_WORDS, 2 * p->dense_room, c);
  p->deep = carve(c, p->deep_room, sizeof *p->deep);
  p->deep_bits = carve(c, p->deep_room + LK_SPARE_ROWS, sizeof *p->deep_bits);
  p->deep_weights = carve(c, p->deep_room + LK_SPARE_ROWS, sizeof *p->deep_weights);
  carve_split(&p->level, p->deep_room, c);
  for (int f = 0; f < LK_FIELD_COUNT; f++) p->thin[f] = carve(c, p->thin_room, sizeof *p->thin[f]);
  p->deep_thin = carve(c, p->thin_room, sizeof *p->deep_thin);
  p->words = carve(c, p->word_room, sizeof *p->words);
  p->dense = carve(c, p->dense_room, sizeof *p->dense);
}

/* Called twice: to know the size, and to share the block out. */
static void carve_all(lk_searcher *s, carver *c) {
  size_t lines = lk_lines(s->index->documents), most = WINDOW / LK_LINE, documents = (lines < most ? lines : most) * LK_LINE;
  carve_plan(&s->plan, s->index, c);
  s->scratch = carve(c, s->plan.deep_room + 2 * s->plan.dense_room + 1, sizeof *s->scratch);
  for (int f = 0; f < LK_FIELD_COUNT; f++) s->steps[f] = carve(c, documents, sizeof *s->steps[f]);
  s->words = carve(c, documents, sizeof *s->words);
  s->bound = carve(c, documents, sizeof *s->bound);
  s->common = carve(c, documents, sizeof *s->common);
  s->taken = carve(c, documents, sizeof *s->taken);
  s->gains = carve(c, counts_often(s->index) ? PLACES * lines * LK_LINE : 0, sizeof *s->gains);
  s->candidates = carve(c, documents, sizeof *s->candidates);
  s->tops = carve(c, documents, sizeof *s->tops);
  s->pool = carve(c, POOL_MOST, sizeof *s->pool);
  s->heap = carve(c, s->index->documents, sizeof *s->heap);
}

lk_searcher *lk_searcher_new(const lk_index *index, lk_error *err) {
  lk_searcher *s = calloc(1, sizeof *s);
  carver c = {0};
  if (s) {
    s->index = index;
    s->ways = lk_sum_ways_number(0);
    carve_all(s, &c);
    s->memory = calloc(c.size / LK_LINE_BYTES + 2, LK_LINE_BYTES);
  }
  if (!s || !s->memory) {
    lk_searcher_free(s);
    (void)lk_fail_memory(err);
    return NULL;
  }
  uintptr_t odd = (uintptr_t)s->memory % LK_LINE_BYTES;
  c = (carver){.at = (char *)s->memory + (odd ? LK_LINE_BYTES - odd : 0)};
  carve_all(s, &c);
  return s;
}

void lk_searcher_free(lk_searcher *s) {
  if (!s) return;
  free(s->memory);
  free(s);
}

/* ---- From a query to rows ---- */

/* The number of a term that takes part in the search, or LK_NO_TERM. */
static uint32_t number_of(const lk_index *index, const lk_query *query, const lk_query_term *term) {
  lk_space s = lk_space_of(term->klass);
  uint32_t number = term->number;
  if (query->dictionary != index->terms) number = lk_terms_again(index->terms, s, term->text, number);
  if (number >= index->spaces[s].term_count || !index->spaces[s].counts[number]) return LK_NO_TERM;
  return number;
}

/* What a step of weight is worth, so that the largest weight has STEP_MOST of them at the most and all together about STEPS. */
typedef struct weighing {
  float all, largest;
} weighing;

static float weigh(weighing *sum, const lk_index *index, const lk_query_term *term, uint32_t number) {
  const float *w = index->weights.score[term->klass];
  float scale = term->weight * index->spaces[lk_space_of(term->klass)].idf[number];
  float weight = scale * (w[LK_FIELD_TITLE] + w[LK_FIELD_BODY]);
  sum->all += weight;
  if (weight > sum->largest) sum->largest = weight;
  return scale;
}

static float step_of(const weighing *sum, uint32_t documents) {
  float by_largest = sum->largest / (documents > WINDOW ? STEP_FEW - 1 : STEP_MOST - 1), by_all = sum->all / STEPS;
  return by_largest > by_all ? by_largest : by_all;
}

/* Whatever a file or a query has for weights becomes a number that a sum can have: what is no number becomes 0. */
static inline uint32_t whole_steps(float steps) { return steps > 0 ? (uint32_t)(steps < STEP_MOST ? steps : STEP_MOST) : 0; }

static inline uint32_t gram_steps(const lk_weights *weights, float scale, int field, float to_steps) {
  return whole_steps(scale * weights->score[LK_CLASS_GRAM][field] * to_steps + .5f);
}

/* Without a question that the machine would have to guess the answer of: what has no weight is written and then not counted. */
static inline void add_summand(plan *p, int sum, const uint8_t *bits, uint32_t weight) {
  lk_summands *s = &p->sums[sum];
  if (s->all_count == p->sum_room[sum]) return;
  s->all[s->all_count] = bits;
  s->weights[s->all_count] = weight;
  s->all_count += weight > 0;
  p->weight_of_sum[sum] += weight;
}

static void plan_gaps(plan *p, const lk_rows *rows, lk_row row, uint32_t weight, int field, uint32_t level) {
  gram_cursor cursor = {lk_cursor_at(rows, row), weight, (uint32_t)field * LK_LEVELS + level};
  gram_cursor *cursors = level ? p->deep_thin : p->thin[field];
  size_t *count = level ? &p->deep_thin_count : &p->thin_count[field];
  if (*count < p->thin_room) cursors[(*count)++] = cursor;
}

/* Rows of documents that have an n-gram more than once. */
static void plan_deep(plan *p, const lk_rows *rows, uint32_t first, uint32_t end, uint32_t weight, int field) {
  for (uint32_t r = first + 1; r < end; r++) {
    lk_row row = rows->items[r];
    if (!lk_row_has_bits(row))
      plan_gaps(p, rows, row, weight, field, r - first);
    else if (p->deep_count < p->deep_room)
      p->deep[p->deep_count++] = (deep_row){lk_row_bits(rows, row), weight, (uint32_t)field * LK_LEVELS + r - first};
  }
}

static void plan_gram(plan *p, const lk_index *index, uint32_t number, float scale, float to_steps) {
  const lk_term_space *space = &index->spaces[LK_SPACE_GRAM];
  const uint32_t *first = &space->first[(size_t)number * LK_FIELD_COUNT];
  for (int f = 0; f < LK_FIELD_COUNT; f++) {
    uint32_t there = first[f + 1] - first[f];
    lk_row row = space->rows.items[there ? first[f] : 0];
    uint32_t weight = there ? gram_steps(&index->weights, scale, f, to_steps) : 0, bits = lk_row_has_bits(row) ? weight : 0;
    add_summand(p, f, bits ? lk_row_bits(&space->rows, row) : NULL, bits);
    if (bits != weight) plan_gaps(p, &space->rows, row, weight, f, 0);
    if (there > 1 && weight) plan_deep(p, &space->rows, first[f], first[f + 1], weight, f);
  }
}

/* As many as a bound needs. */
static uint32_t steps_of(const plan *p, float bound) { return whole_steps(ceilf(bound / p->step * (1 + rounding))); }

static void plan_word(plan *p, const lk_index *index, uint32_t number, lk_term_class klass, float scale) {
  const lk_term_space *space = &index->spaces[LK_SPACE_WORD];
  lk_row row = space->rows.items[number];
  const uint16_t *codes = space->codes + space->code_first[number];
  if (!lk_row_has_bits(row)) {
    if (p->word_count < p->word_room)
      p->words[p->word_count++] = (word_cursor){lk_cursor_at(&space->rows, row), codes, klass, scale};
    return;
  }
  if (p->dense_count == p->dense_room) return;
  const float *w = index->weights.score[klass];
  const lk_most *most = &space->most[row.place / lk_lines(index->documents)];
  const uint8_t *bits = lk_row_bits(&space->rows, row);
  if (klass == LK_CLASS_WORD) {
    uint32_t usual = steps_of(p, scale * most->usual), all = steps_of(p, scale * most->word);
    add_summand(p, SUM_WORDS, bits, usual);
    add_summand(p, SUM_WORDS, space->unusual + (size_t)row.place * LK_LINE_BYTES, all > usual ? all - usual : 0);
  } else {
    float gain = w[LK_FIELD_TITLE] * most->field[LK_FIELD_TITLE] + w[LK_FIELD_BODY] * most->field[LK_FIELD_BODY];
    add_summand(p, SUM_WORDS, bits, steps_of(p, scale * gain));
  }
  p->dense[p->dense_count++] = (dense_word){bits, space->ranks + (size_t)row.place * LK_LINE_WORDS, codes, klass, scale};
}

static void begin_plan(plan *p) {
  for (int s = 0; s < SUM_COUNT; s++) {
    p->sums[s].all_count = 0;
    p->weight_of_sum[s] = 0;
  }
  for (int f = 0; f < LK_FIELD_COUNT; f++) p->thin_count[f] = 0;
  p->term_count = p->deep_count = p->deep_thin_count = p->word_count = p->dense_count = 0;
}

static float gather(plan *p, const lk_index *index, const lk_query *query) {
  size_t room = (size_t)index->spaces[LK_SPACE_GRAM].term_count + index->spaces[LK_SPACE_WORD].term_count;
  weighing sum = {0};
  for (size_t i = 0; i < query->count && p->term_count < room; i++) {
    const lk_query_term *term = &query->terms[i];
    uint32_t number = number_of(index, query, term);
    if (number == LK_NO_TERM) continue;
    p->terms[p->term_count++] = (plan_term){number, term->klass, weigh(&sum, index, term, number)};
    if (term->klass == LK_CLASS_GRAM) __builtin_prefetch(&index->spaces[LK_SPACE_GRAM].first[(size_t)number * LK_FIELD_COUNT]);
  }
  return step_of(&sum, index->documents);
}

/* The rows of terms are in many places: those of later ones are fetched while earlier ones are planned. */
static void fetch(const plan *p, const lk_index *index, size_t i) {
  if (i >= p->term_count || p->terms[i].klass != LK_CLASS_GRAM) return;
  const lk_term_space *space = &index->spaces[LK_SPACE_GRAM];
  __builtin_prefetch(&space->rows.items[space->first[(size_t)p->terms[i].number * LK_FIELD_COUNT]]);
}

static unsigned planes_for(uint64_t weight) {
  unsigned planes = 0;
  while (planes < LK_PLANES && weight >> planes) planes++;
  return planes;
}

static void sort_deep(plan *p) {
  uint32_t next[PLACES];
  memset(p->deep_first, 0, sizeof p->deep_first);
  if (!p->deep_count) return;
  for (size_t i = 0; i < p->deep_count; i++) p->deep_first[p->deep[i].place + 1]++;
  for (size_t place = 0; place < PLACES; place++) {
    p->deep_first[place + 1] += p->deep_first[place];
    next[place] = p->deep_first[place];
  }
  for (size_t i = 0; i < p->deep_count; i++) {
    uint32_t to = next[p->deep[i].place]++;
    p->deep_bits[to] = p->deep[i].bits;
    p->deep_weights[to] = p->deep[i].weight;
  }
}

static void make_plan(plan *p, const lk_index *index, const lk_query *query, const lk_sum_ways *ways) {
  enum { AHEAD = 8 };
  begin_plan(p);
  float step = gather(p, index, query), to_steps = step > 0 ? 1 / step : 0;
  p->step = step * (index->weights.k1 + 1);
  for (size_t i = 0; i < AHEAD; i++) fetch(p, index, i);
  for (size_t i = 0; i < p->term_count; i++) {
    const plan_term *term = &p->terms[i];
    fetch(p, index, i + AHEAD);
    if (term->klass == LK_CLASS_GRAM)
      plan_gram(p, index, term->number, term->scale, to_steps);
    else
      plan_word(p, index, term->number, term->klass, term->scale);
  }
  for (int i = 0; i < SUM_COUNT; i++) {
    ways->split(&p->sums[i]);
    p->sums[i].planes = planes_for(p->weight_of_sum[i]);
  }
  sort_deep(p);
}

/* ---- One window ---- */

typedef struct window {
  uint32_t begin, end; /* documents */
} window;

static void clear_window(lk_searcher *s, window w) {
  size_t places = lk_lines(w.end - w.begin) * LK_LINE;
  for (int f = 0; f < LK_FIELD_COUNT; f++)
    if (s->plan.thin_count[f]) memset(s->steps[f], 0, places * sizeof *s->steps[f]);
  if (s->plan.word_count || s->plan.deep_thin_count) memset(s->words, 0, places * sizeof *s->words);
}

static void add_thin(lk_searcher *s, window w) {
  for (int f = 0; f < LK_FIELD_COUNT; f++) {
    uint16_t *restrict steps = s->steps[f];
    for (size_t i = 0; i < s->plan.thin_count[f]; i++) {
      gram_cursor *c = &s->plan.thin[f][i];
      lk_cursor at = c->at;
      for (; at.document < w.end; lk_cursor_next(&at)) steps[at.document - w.begin] += (uint16_t)c->weight;
      c->at = at;
    }
  }
}

static void add_words(lk_searcher *s, window w) {
  const lk_term_space *space = &s->index->spaces[LK_SPACE_WORD];
  for (size_t i = 0; i < s->plan.word_count; i++) {
    word_cursor *c = &s->plan.words[i];
    for (; c->at.document < w.end; lk_cursor_next(&c->at)) {
      uint32_t document = c->at.document;
      s->words[document - w.begin] +=
          c->scale * lk_gain_of(&s->index->weights, c->klass, space->tf[*c->codes++], space->norms[document]);
    }
  }
}

/* From having an n-gram so often as the level below to having it as often as `level`, over k1 + 1. */
static float level_gain(unsigned level, float norm) {
  return lk_levels[level] / (lk_levels[level] + norm) - lk_levels[level - 1] / (lk_levels[level - 1] + norm);
}

static const float *gains_of(lk_searcher *s, uint32_t place) {
  uint32_t documents = s->index->documents;
  float *gains = s->gains + (size_t)place * lk_lines(documents) * LK_LINE;
  for (uint32_t d = 0; !s->has_gains[place] && d < documents; d++)
    gains[d] = level_gain(place % LK_LEVELS, s->index->spaces[LK_SPACE_GRAM].norms[d][place / LK_LEVELS]);
  s->has_gains[place] = true;
  return gains;
}

/* N-grams that come more than once, of rows of gaps. */
static void add_deep_thin(lk_searcher *s, window w) {
  for (size_t i = 0; i < s->plan.deep_thin_count; i++) {
    gram_cursor *c = &s->plan.deep_thin[i];
    const float *gains = gains_of(s, c->place);
    float weight = s->plan.step * (float)c->weight;
    for (; c->at.document < w.end; lk_cursor_next(&c->at)) s->words[c->at.document - w.begin] += weight * gains[c->at.document];
  }
}

/* The same, of rows of bits. */
static void add_deep_place(lk_searcher *s, window w, uint32_t place) {
  plan *p = &s->plan;
  uint32_t first = p->deep_first[place], end = p->deep_first[place + 1];
  lk_planes sum;
  uint16_t numbers[LK_LINE];
  uint64_t weight = 0;
  p->level.all = p->deep_bits + first;
  p->level.weights = p->deep_weights + first;
  p->level.all_count = end - first;
  for (uint32_t i = first; i < end; i++) weight += p->deep_weights[i];
  p->level.planes = planes_for(weight);
  s->ways.split(&p->level);
  for (size_t line = 0; line < lk_lines(w.end - w.begin); line++) {
    s->ways.sum(&p->level, w.begin / LK_LINE + line, s->scratch, sum);
    s->ways.number(sum, p->level.planes, false, numbers);
    s->ways.scale(numbers, gains_of(s, place) + w.begin + line * LK_LINE, p->step, s->bound + line * LK_LINE);
  }
}

/* What an n-gram gains that is there once. */
static const float *once_of(const lk_searcher *s, int field, uint32_t first) {
  return s->index->spaces[LK_SPACE_GRAM].once + (size_t)field * lk_lines(s->index->documents) * LK_LINE + first;
}

/* The bounds of one line of documents. */
static void bound_line(lk_searcher *s, window w, size_t line) {
  const plan *p = &s->plan;
  size_t places = line * LK_LINE, from = w.begin / LK_LINE + line;
  float *bound = s->bound + places;
  lk_planes sum;
  if (p->word_count || p->deep_thin_count)
    memcpy(bound, s->words + places, LK_LINE * sizeof *bound);
  else
    memset(bound, 0, LK_LINE * sizeof *bound);
  for (int i = 0; i < SUM_COUNT; i++) {
    bool thin = i != SUM_WORDS && p->thin_count[i];
    uint16_t *steps = (i == SUM_WORDS ? s->common : s->steps[i]) + places;
    if (p->sums[i].planes) {
      s->ways.sum(&p->sums[i], from, s->scratch, sum);
      s->ways.number(sum, p->sums[i].planes, thin, steps);
    }
    if (p->sums[i].planes || thin)
      s->ways.scale(steps, i == SUM_WORDS ? NULL : once_of(s, i, w.begin + (uint32_t)places), p->step, bound);
  }
}

/* ---- Exact scores ---- */

static float dense_gain(const lk_index *index, const dense_word *word, uint32_t document) {
  const lk_term_space *space = &index->spaces[LK_SPACE_WORD];
  if (!lk_bit(word->bits, document)) return 0;
  uint32_t before = word->ranks[lk_eight_of(document)] + lk_bits_before(word->bits, document);
  return word->scale * lk_gain_of(&index->weights, word->klass, space->tf[word->codes[before]], space->norms[document]);
}

/* The bound, with common words as often as the document has them. */
static double score(const lk_searcher *s, size_t place, uint32_t document) {
  double total = (double)s->bound[place];
  if (s->plan.sums[SUM_WORDS].planes) total -= (double)(s->plan.step * (float)s->common[place]);
  for (size_t i = 0; i < s->plan.dense_count; i++) total += (double)dense_gain(s->index, &s->plan.dense[i], document);
  return total;
}

static void take(lk_searcher *s, window w, size_t place) {
  uint32_t document = w.begin + (uint32_t)place;
  s->candidates[s->candidate_count++] = (candidate){document, score(s, place, document)};
  s->taken[place] = true;
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

/* What a document must score to be among the best: 0 as long as there is room. */
static float least_of(const best *b) { return b->limit && b->count == b->limit ? hit_of(b->heap[0]).score : 0; }

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

/* Something is the least that counts. */
static float above(float score) { return score > 0 ? score : FLT_MIN; }

/* A bound that at least `limit` documents of the window reach, and not many more: the last but so many of the largest bounds of groups of documents. */
static float bound_of_many(lk_searcher *s, size_t places, size_t limit) {
  enum { FEWEST = 4 /* groups for each that is wanted: those of two in one group are seldom missed */ };
  best high = {.heap = s->pool, .limit = limit};
  size_t group = 16;
  while (group > 1 && places / group < FEWEST * limit) group /= 2;
  s->ways.tops(s->bound, places, group, s->tops);
  for (size_t i = 0; i < places / group; i++)
    if (s->tops[i] > least_of(&high)) offer(&high, s->tops[i], (uint32_t)i);
  return least_of(&high);
}

/* As long as there is room among the best, those of the window with the highest bounds are scored first: what the last of them has, the others must reach. */
static float score_ahead(lk_searcher *s, window w, size_t limit) {
  size_t places = lk_lines(w.end - w.begin) * LK_LINE;
  float least = bound_of_many(s, places, limit);
  best high = {.heap = s->pool, .limit = limit};
  if (least <= 0) return 0;
  for (size_t i = 0; i < places; i += 64)
    for (uint64_t reach = s->ways.reach(s->bound + i, least); reach; reach &= reach - 1) {
      size_t place = i + (size_t)__builtin_ctzll(reach);
      if (place >= w.end - w.begin) break;
      take(s, w, place);
      offer(&high, (float)s->candidates[s->candidate_count - 1].score, w.begin + (uint32_t)place);
    }
  return least_of(&high);
}

static void collect(lk_searcher *s, window w, best *b) {
  size_t places = lk_lines(w.end - w.begin) * LK_LINE;
  float least = least_of(b);
  s->candidate_count = 0;
  if (b->count < b->limit && b->limit <= POOL_MOST && b->limit < places / 4) least = score_ahead(s, w, b->limit);
  least = above(least * (1 - rounding));
  for (size_t i = 0; i < places; i += 64)
    for (uint64_t reach = s->ways.reach(s->bound + i, least); reach; reach &= reach - 1) {
      size_t place = i + (size_t)__builtin_ctzll(reach);
      if (!s->taken[place] && place < w.end - w.begin) take(s, w, place);
    }
  for (size_t i = 0; i < s->candidate_count; i++) {
    const candidate *c = &s->candidates[i];
    s->taken[c->document - w.begin] = false;
    if (c->score > 0) offer(b, (float)c->score, c->document);
  }
}

/* Where nothing has bits, windows without a document are passed over. Those that have an n-gram more than once have it once, too, but that is for an undamaged
 * index to say. */
static uint32_t next_document(const plan *p) {
  uint32_t least = UINT32_MAX;
  for (int f = 0; f < LK_FIELD_COUNT; f++)
    for (size_t i = 0; i < p->thin_count[f]; i++)
      if (p->thin[f][i].at.document < least) least = p->thin[f][i].at.document;
  for (size_t i = 0; i < p->deep_thin_count; i++)
    if (p->deep_thin[i].at.document < least) least = p->deep_thin[i].at.document;
  for (size_t i = 0; i < p->word_count; i++)
    if (p->words[i].at.document < least) least = p->words[i].at.document;
  return least;
}

size_t lk_search(lk_searcher *s, const lk_query *query, lk_hit *hits, size_t limit) {
  uint32_t documents = s->index->documents;
  best b = {.heap = s->heap, .limit = limit < documents ? limit : documents};
  if (!b.limit) return 0;
  make_plan(&s->plan, s->index, query, &s->ways);
  bool bits = s->plan.sums[SUM_TITLE].planes + s->plan.sums[SUM_BODY].planes + s->plan.sums[SUM_WORDS].planes > 0;
  for (uint32_t begin = 0; begin < documents; begin += WINDOW) {
    if (!bits) {
      uint32_t next = next_document(&s->plan);
      if (next >= documents) break;
      begin = next / WINDOW * WINDOW;
    }
    window w = {begin, documents - begin < WINDOW ? documents : begin + WINDOW};
    clear_window(s, w);
    add_thin(s, w);
    add_words(s, w);
    add_deep_thin(s, w);
    for (size_t line = 0; line < lk_lines(w.end - w.begin); line++) bound_line(s, w, line);
    for (uint32_t place = 0; s->plan.deep_count && place < PLACES; place++)
      if (s->plan.deep_first[place] < s->plan.deep_first[place + 1]) add_deep_place(s, w, place);
    collect(s, w, &b);
    if (documents - begin <= WINDOW) break;
  }
  list(&b, hits);
  return b.count;
}

/* ---- Explaining ---- */

static int largest_first(const void *a, const void *b) {
  const lk_contribution *x = a, *y = b;
  return (x->score < y->score) - (x->score > y->score);
}

lk_code lk_search_explain(const lk_index *index, const lk_query *query, uint32_t document, lk_arena *arena, lk_contribution **out,
                          size_t *count, lk_error *err) {
  *count = 0;
  *out = LK_NEW_ARRAY(arena, lk_contribution, query->count * LK_FIELD_COUNT + 1);
  if (!*out) return lk_fail_memory(err);
  weighing sum = {0};
  for (size_t i = 0; i < query->count; i++) {
    uint32_t number = number_of(index, query, &query->terms[i]);
    if (number != LK_NO_TERM) (void)weigh(&sum, index, &query->terms[i], number);
  }
  float step = step_of(&sum, index->documents), to_steps = step > 0 ? 1 / step : 0;
  for (size_t i = 0; i < query->count; i++) {
    const lk_query_term *term = &query->terms[i];
    lk_space s = lk_space_of(term->klass);
    const lk_term_space *space = &index->spaces[s];
    uint32_t number = number_of(index, query, term);
    lk_posting posting;
    if (number == LK_NO_TERM || !lk_index_posting(index, s, number, document, &posting)) continue;
    for (int f = 0; f < LK_FIELD_COUNT; f++) {
      if (posting.tf[f] <= 0) continue;
      float tf = lk_saturated_tf(index, space, &posting, (lk_field)f), scale = term->weight * space->idf[number];
      float weight = s == LK_SPACE_GRAM ? (float)gram_steps(&index->weights, scale, f, to_steps) * step
                                        : scale * index->weights.score[term->klass][f];
      (*out)[(*count)++] = (lk_contribution){term, (lk_field)f, space->idf[number], tf, weight * tf};
    }
  }
  qsort(*out, *count, sizeof **out, largest_first);
  return LK_OK;
}
