/* From documents as words to postings by term.
 *
 * The documents are gone through twice or three times: to count each term's documents and each pair of frequencies; to count the rare pairs of dense terms, if any
 * pair is rare; and to put each posting where it belongs. That costs time, and spares the memory of a list of all postings beside the index. */
#include <math.h>
#include <stdlib.h>

#include "base/vector.h"
#include "search/builder.h"

enum {
  CODES_MAX = 48 * 1024,
  CODE_SLOTS = 1 << 17,
  DENSE_SHARE = 6 /* a dense term is in every so manieth document: rarer ones are scored as quickly by their postings */
};

typedef struct code_table {
  struct {
    lk_field_values *items;
    size_t count, cap;
  } tf;
  struct {
    uint64_t *items;
    size_t count, cap;
  } uses;
  uint32_t *slots; /* CODE_SLOTS: code plus 1 by a hash of the frequencies; 0 is free */
} code_table;

typedef struct freezer {
  const lk_index_builder *builder;
  const lk_bags *bags;
  lk_space space;
  lk_term_space *out;
  size_t documents, row; /* and the length of a dense term's row */
  code_table codes;
  lk_field_values *present; /* a term: its frequencies in the present document */
  uint32_t *touched;        /* the terms that the present document has */
  size_t touched_count;
  uint32_t *frequency; /* a term: documents that have it */
  uint32_t *rare;      /* a term: documents in which a dense one has a pair without a byte */
} freezer;

/* ---- Codes ---- */

static uint64_t bits_of(const float *tf) {
  uint32_t title, body;
  memcpy(&title, &tf[LK_FIELD_TITLE], sizeof title);
  memcpy(&body, &tf[LK_FIELD_BODY], sizeof body);
  return (uint64_t)title << 32 | body;
}

static uint32_t *code_slot(const code_table *table, uint64_t bits) {
  size_t slot = (size_t)(bits * 0x9E3779B97F4A7C15u >> 47);
  while (table->slots[slot] && bits_of(table->tf.items[table->slots[slot] - 1]) != bits) slot = (slot + 1) % CODE_SLOTS;
  return &table->slots[slot];
}

/* A collection with more different frequencies than codes has none that is not near another. */
static uint32_t nearest_code(const code_table *table, const float *tf) {
  uint32_t best = 0;
  float least = HUGE_VALF;
  for (uint32_t i = 0; i < table->tf.count; i++) {
    float title = table->tf.items[i][LK_FIELD_TITLE] - tf[LK_FIELD_TITLE],
          body = table->tf.items[i][LK_FIELD_BODY] - tf[LK_FIELD_BODY], gap = title * title + body * body;
    if (gap < least) least = gap, best = i;
  }
  return best;
}

static bool add_code(code_table *table, const float *tf) {
  size_t fresh = table->tf.count;
  if (!lk_vector_room((void **)&table->tf.items, &table->tf.cap, fresh, sizeof(lk_field_values))) return false;
  memcpy(table->tf.items[fresh], tf, sizeof(lk_field_values));
  table->tf.count++;
  *code_slot(table, bits_of(tf)) = (uint32_t)fresh + 1;
  return true;
}

static uint32_t code_of(const code_table *table, const float *tf) {
  uint32_t found = *code_slot(table, bits_of(tf));
  return found ? found - 1 : nearest_code(table, tf);
}

static bool count_code(code_table *table, const float *tf) {
  if (!*code_slot(table, bits_of(tf)) && table->tf.count < CODES_MAX && (!add_code(table, tf) || !LK_PUSH(&table->uses, 0)))
    return false;
  table->uses.items[code_of(table, tf)]++;
  return true;
}

typedef struct used_code {
  uint64_t uses;
  uint32_t code;
} used_code;

static int commonest_first(const void *a, const void *b) {
  const used_code *x = a, *y = b;
  if (x->uses != y->uses) return x->uses > y->uses ? -1 : 1;
  return (x->code > y->code) - (x->code < y->code);
}

/* Numbers the codes anew, the commonest first. */
static bool sort_codes(code_table *table) {
  size_t count = table->tf.count;
  used_code *order = malloc((count + 1) * sizeof *order);
  code_table sorted = {.slots = calloc(CODE_SLOTS, sizeof *sorted.slots)};
  bool fine = order && sorted.slots;
  for (uint32_t c = 0; fine && c < count; c++) order[c] = (used_code){table->uses.items[c], c};
  if (fine) qsort(order, count, sizeof *order, commonest_first);
  for (size_t c = 0; fine && c < count; c++)
    fine = add_code(&sorted, table->tf.items[order[c].code]) && LK_PUSH(&sorted.uses, order[c].uses);
  free(order);
  code_table old = *table;
  if (fine) *table = sorted;
  if (fine) sorted = old;
  free(sorted.tf.items);
  free(sorted.uses.items);
  free(sorted.slots);
  return fine;
}

/* ---- One document ---- */

/* `frequencies` NULL: 1 each. */
static void count_terms(freezer *f, const uint32_t *numbers, const float *frequencies, uint32_t terms, lk_field field) {
  for (uint32_t i = 0; i < terms; i++) {
    float *present = f->present[numbers[i]];
    if (present[LK_FIELD_TITLE] <= 0 && present[LK_FIELD_BODY] <= 0) f->touched[f->touched_count++] = numbers[i];
    present[field] += frequencies ? frequencies[i] : 1;
  }
}

static void gather(freezer *f, size_t d) {
  const lk_index_builder *builder = f->builder;
  const lk_bags *bags = f->bags;
  bool last = d + 1 == builder->documents.count;
  size_t end = last ? builder->words.count : builder->documents.items[d + 1].first;
  f->touched_count = 0;
  for (size_t w = builder->documents.items[d].first; w < end; w++) {
    const lk_bag *bag = &bags->bags.items[builder->words.items[w] / LK_FIELD_COUNT];
    lk_field field = (lk_field)(builder->words.items[w] % LK_FIELD_COUNT);
    const uint32_t *numbers = bags->numbers.items + bag->first;
    if (f->space == LK_SPACE_GRAM)
      count_terms(f, numbers + bag->words, NULL, bag->grams, field);
    else if (bag->words)
      count_terms(f, numbers, bags->frequencies.items + bag->first_own, bag->words, field);
  }
}

/* ---- The postings ---- */

typedef bool visit(freezer *f, uint32_t document, uint32_t term, const float *tf);

/* False when memory is out. */
static bool visit_all(freezer *f, visit *each) {
  for (size_t d = 0; d < f->documents; d++) {
    gather(f, d);
    for (size_t i = 0; i < f->touched_count; i++) {
      float *tf = f->present[f->touched[i]];
      if (!each(f, (uint32_t)d, f->touched[i], tf)) return false;
      tf[LK_FIELD_TITLE] = tf[LK_FIELD_BODY] = 0;
    }
  }
  return true;
}

static bool count_posting(freezer *f, uint32_t document, uint32_t term, const float *tf) {
  (void)document;
  f->frequency[term]++;
  return count_code(&f->codes, tf);
}

static bool has_byte(uint32_t code) { return code + 1 < LK_PAIR_RARE; }

static bool count_rare(freezer *f, uint32_t document, uint32_t term, const float *tf) {
  (void)document;
  if (f->out->dense[term] && !has_byte(code_of(&f->codes, tf))) f->rare[term]++;
  return true;
}

static void choose_dense(freezer *f) {
  for (uint32_t t = 0; t < f->out->term_count; t++)
    if (f->frequency[t] && f->frequency[t] >= f->row / DENSE_SHARE) f->out->dense[t] = ++f->out->dense_terms;
}

/* While postings are put there, first[t + 1] is where t's next one goes. */
static bool lay_out(freezer *f) {
  lk_term_space *out = f->out;
  uint64_t postings = 0;
  for (uint32_t t = 0; t < out->term_count; t++) {
    out->first[t + 1] = (uint32_t)postings;
    postings += out->dense[t] ? f->rare[t] : f->frequency[t];
  }
  out->dense_count = calloc((size_t)out->dense_terms + 1, sizeof *out->dense_count);
  out->pairs = calloc(out->dense_terms * f->row + 1, 1);
  out->sketches = calloc(out->dense_terms * f->row + 1, 1);
  out->gains = malloc((postings + 1) * sizeof *out->gains);
  out->codes = malloc((postings + 1) * sizeof *out->codes);
  return postings < UINT32_MAX && out->dense_count && out->pairs && out->sketches && out->gains && out->codes;
}

/* Expansions are words with other weights, which a search takes into account. */
static float gain_in(const freezer *f, uint32_t document, const float *tf) {
  lk_term_class klass = f->space == LK_SPACE_GRAM ? LK_CLASS_GRAM : LK_CLASS_WORD;
  return lk_gain_of(&f->builder->weights, klass, tf, f->out->norms[document]);
}

static bool place_posting(freezer *f, uint32_t document, uint32_t term, const float *tf) {
  lk_term_space *out = f->out;
  uint32_t code = code_of(&f->codes, tf), dense = out->dense[term];
  if (dense) {
    out->dense_count[dense - 1]++;
    out->pairs[(dense - 1) * f->row + document] = (uint8_t)(has_byte(code) ? code + 1 : LK_PAIR_RARE);
    if (has_byte(code)) return true;
  }
  uint32_t place = out->first[term + 1]++;
  out->gains[place] = (lk_gain){document, gain_in(f, document, f->codes.tf.items[code])};
  out->codes[place] = (uint16_t)code;
  return true;
}

/* ---- Weights ---- */

static void average_lengths(const freezer *f, lk_field_values average) {
  memset(average, 0, sizeof(lk_field_values));
  for (size_t d = 0; d < f->documents; d++)
    for (int i = 0; i < LK_FIELD_COUNT; i++)
      average[i] += f->builder->documents.items[d].length[f->space][i] / (float)f->documents;
}

static void fill_norms(const freezer *f) {
  const lk_weights *w = &f->builder->weights;
  lk_field_values average;
  average_lengths(f, average);
  for (size_t d = 0; d < f->documents; d++)
    for (int i = 0; i < LK_FIELD_COUNT; i++) {
      float length = average[i] > 0 ? f->builder->documents.items[d].length[f->space][i] / average[i] : 1;
      f->out->norms[d][i] = w->k1 * (1 - w->b[i] + w->b[i] * length);
    }
}

/* The same power and logarithm for all terms that are equally rare. */
static bool fill_idf(const freezer *f) {
  float *of = calloc(f->documents + 1, sizeof *of);
  for (uint32_t t = 0; of && t < f->out->term_count; t++) {
    uint32_t n = f->frequency[t];
    if (of[n] <= 0) of[n] = lk_idf((uint32_t)f->documents, n, f->builder->weights.idf_power);
    f->out->idf[t] = of[n];
  }
  free(of);
  return of != NULL;
}

/* ---- Sketches ---- */

/* What each document gets from a dense term at weight 1; its rare pairs stand among the postings, in document order. */
static void dense_row(const freezer *f, uint32_t term, float *row) {
  const lk_term_space *out = f->out;
  const uint8_t *pairs = out->pairs + (out->dense[term] - 1) * f->row;
  uint32_t rare = out->first[term];
  for (size_t d = 0; d < f->documents; d++) {
    row[d] = 0;
    if (pairs[d] == LK_PAIR_RARE)
      row[d] = out->idf[term] * out->gains[rare++].gain;
    else if (pairs[d])
      row[d] = out->idf[term] * gain_in(f, (uint32_t)d, f->codes.tf.items[pairs[d] - 1]);
  }
}

static bool fill_sketches(const freezer *f) {
  lk_term_space *out = f->out;
  float *row = malloc((f->documents + 1) * sizeof *row), most = 0;
  for (uint32_t t = 0; row && t < out->term_count; t++) {
    if (!out->dense[t]) continue;
    dense_row(f, t, row);
    for (size_t d = 0; d < f->documents; d++) most = row[d] > most ? row[d] : most;
  }
  out->unit = most / UINT8_MAX;
  for (uint32_t t = 0; row && most > 0 && t < out->term_count; t++) {
    if (!out->dense[t]) continue;
    uint8_t *sketch = out->sketches + (out->dense[t] - 1) * f->row;
    dense_row(f, t, row);
    for (size_t d = 0; d < f->documents; d++) sketch[lk_sketch_place(d)] = (uint8_t)(row[d] / out->unit + .5f);
  }
  free(row);
  return row != NULL;
}

/* ---- All of it ---- */

static bool open_freezer(freezer *f) {
  lk_term_space *out = f->out;
  size_t terms = out->term_count = lk_terms_count(f->bags->terms, f->space);
  f->documents = f->builder->documents.count;
  f->row = lk_row_length((uint32_t)f->documents);
  f->codes.slots = calloc(CODE_SLOTS, sizeof *f->codes.slots);
  f->present = calloc(terms + 1, sizeof *f->present);
  f->touched = malloc((terms + 1) * sizeof *f->touched);
  f->frequency = calloc(terms + 1, sizeof *f->frequency);
  f->rare = calloc(terms + 1, sizeof *f->rare);
  out->first = calloc(terms + 2, sizeof *out->first);
  out->dense = calloc(terms + 1, sizeof *out->dense);
  out->idf = calloc(terms + 1, sizeof *out->idf);
  out->norms = calloc(f->documents + 1, sizeof *out->norms);
  return f->codes.slots && f->present && f->touched && f->frequency && f->rare && out->first && out->dense && out->idf &&
         out->norms;
}

static void close_freezer(freezer *f) {
  free(f->codes.tf.items);
  free(f->codes.uses.items);
  free(f->codes.slots);
  free(f->present);
  free(f->touched);
  free(f->frequency);
  free(f->rare);
}

static bool freeze(freezer *f) {
  if (!open_freezer(f) || !visit_all(f, count_posting) || !sort_codes(&f->codes) || !fill_idf(f)) return false;
  fill_norms(f);
  choose_dense(f);
  if (!has_byte((uint32_t)f->codes.tf.count) && f->out->dense_terms && !visit_all(f, count_rare)) return false;
  if (!lay_out(f) || !visit_all(f, place_posting) || !fill_sketches(f)) return false;
  f->out->tf = f->codes.tf.items;
  f->out->code_count = (uint32_t)f->codes.tf.count;
  f->codes.tf.items = NULL;
  return true;
}

bool lk_freeze_space(const lk_index_builder *builder, lk_space space, lk_term_space *out) {
  freezer f = {.builder = builder, .bags = builder->bags, .space = space, .out = out};
  bool fine = freeze(&f);
  close_freezer(&f);
  return fine;
}
