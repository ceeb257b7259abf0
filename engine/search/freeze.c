/* From documents as words to rows by term.
 *
 * The documents are gone through twice: to count, and to put each document into the rows of its terms. That costs time, and spares the memory of a list of all
 * terms of all documents beside the index. */
#include <math.h>
#include <stdlib.h>

#include "base/vector.h"
#include "search/builder.h"

enum {
  CODES_MAX = 48 * 1024,
  CODE_SLOTS = 1 << 17,
  WORD_SHARE = 32,      /* words in at least every so manieth document have bits: rarer ones are scored as quickly one by one */
  SHARE_MOST = 128,     /* the same for n-grams, in a small collection, */
  SHARE_LEAST = 20,     /* and in a large one, where a bit a document is dear, */
  SHARE_SPACE = 1 << 24 /* and in between this by the number of documents */
};

typedef struct code_table {
  struct {
    lk_field_values *items;
    size_t count, cap;
  } tf;
  uint32_t *slots; /* CODE_SLOTS: code plus 1 by a hash of the frequencies; 0 is free */
} code_table;

typedef struct freezer {
  const lk_index_builder *builder;
  const lk_bags *bags;
  lk_space space;
  lk_term_space *out;
  uint32_t documents;
  code_table codes;
  lk_rows_draft rows;
  lk_field_values *present; /* a term: its frequencies in the present document */
  uint32_t *touched;        /* the terms that the present document has */
  size_t touched_count;
  uint32_t *levels; /* of n-grams: how many documents reach each level, level by level: most reach only the first */
  uint32_t *placed; /* of words: codes that a term has by now */
} freezer;

/* ---- Codes of words' frequencies ---- */

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

static uint32_t code_of(const code_table *table, const float *tf) {
  uint32_t found = *code_slot(table, bits_of(tf));
  return found ? found - 1 : nearest_code(table, tf);
}

static bool add_code(code_table *table, const float *tf) {
  size_t fresh = table->tf.count;
  uint32_t *slot = code_slot(table, bits_of(tf));
  if (*slot || fresh == CODES_MAX) return true;
  if (!lk_vector_room((void **)&table->tf.items, &table->tf.cap, fresh, sizeof(lk_field_values))) return false;
  memcpy(table->tf.items[fresh], tf, sizeof(lk_field_values));
  *slot = (uint32_t)++table->tf.count;
  return true;
}

/* ---- Levels of n-grams' frequencies ---- */

/* The level that is nearest to a frequency in a field; the lower one of two. */
static unsigned level_of(const freezer *f, float tf, size_t field) {
  const float most = f->builder->weights.gram_most[field];
  unsigned level = 0;
  if (tf > most) tf = most;
  while (level + 1 < LK_LEVELS && lk_levels[level + 1] - tf < tf - lk_levels[level]) level++;
  return level;
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

/* ---- All documents ---- */

typedef bool visit(freezer *f, uint32_t document, uint32_t term, const float *tf);

/* False when memory is out. */
static bool visit_all(freezer *f, visit *each) {
  for (uint32_t d = 0; d < f->documents; d++) {
    gather(f, d);
    for (size_t i = 0; i < f->touched_count; i++) {
      float *tf = f->present[f->touched[i]];
      if (!each(f, d, f->touched[i], tf)) return false;
      tf[LK_FIELD_TITLE] = tf[LK_FIELD_BODY] = 0;
    }
  }
  return true;
}

static bool count_word(freezer *f, uint32_t document, uint32_t term, const float *tf) {
  (void)document;
  f->out->counts[term]++;
  return add_code(&f->codes, tf);
}

static bool place_word(freezer *f, uint32_t document, uint32_t term, const float *tf) {
  lk_term_space *out = f->out;
  uint32_t code = code_of(&f->codes, tf);
  lk_rows_put(&f->rows, term, document);
  out->codes[out->code_first[term] + f->placed[term]++] = (uint16_t)code;
  lk_row row = f->rows.rows.items[term];
  if (!lk_row_has_bits(row)) return true;
  const float *pair = f->codes.tf.items[code], *norms = out->norms[document];
  const lk_weights *weights = &f->builder->weights;
  lk_most *most = &out->most[row.place / lk_lines(f->documents)];
  for (int i = 0; i < LK_FIELD_COUNT; i++)
    most->field[i] = fmaxf(most->field[i], pair[i] * (weights->k1 + 1) / (pair[i] + norms[i]));
  float gain = lk_gain_of(weights, LK_CLASS_WORD, pair, norms);
  most->word = fmaxf(most->word, gain);
  most->usual += gain / (float)out->counts[term]; /* the mean, when all are there */
  return true;
}

static size_t list_count(const freezer *f) { return (size_t)f->out->term_count * LK_FIELD_COUNT; }

static bool count_gram(freezer *f, uint32_t document, uint32_t term, const float *tf) {
  (void)document;
  f->out->counts[term]++;
  for (size_t i = 0; i < LK_FIELD_COUNT; i++) {
    uint32_t *reaching = f->levels + (size_t)term * LK_FIELD_COUNT + i;
    if (tf[i] <= 0) continue;
    for (unsigned levels = level_of(f, tf[i], i) + 1; levels > 0; levels--, reaching += list_count(f)) (*reaching)++;
  }
  return true;
}

static bool place_gram(freezer *f, uint32_t document, uint32_t term, const float *tf) {
  for (size_t i = 0; i < LK_FIELD_COUNT; i++) {
    if (tf[i] <= 0) continue;
    uint32_t row = f->out->first[(size_t)term * LK_FIELD_COUNT + i];
    for (unsigned levels = level_of(f, tf[i], i) + 1; levels > 0; levels--) lk_rows_put(&f->rows, row++, document);
  }
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
  float *of = calloc((size_t)f->documents + 1, sizeof *of);
  for (uint32_t t = 0; of && t < f->out->term_count; t++) {
    uint32_t n = f->out->counts[t];
    if (of[n] <= 0) of[n] = lk_idf(f->documents, n, f->builder->weights.idf_power);
    f->out->idf[t] = of[n];
  }
  free(of);
  return of != NULL;
}

/* ---- Words ---- */

static bool lay_out_words(freezer *f) {
  lk_term_space *out = f->out;
  uint64_t postings = 0;
  out->code_first = calloc((size_t)out->term_count + 1, sizeof *out->code_first);
  f->placed = calloc((size_t)out->term_count + 1, sizeof *f->placed);
  if (!out->code_first || !f->placed) return false;
  for (uint32_t t = 0; t < out->term_count; t++) {
    out->code_first[t] = (uint32_t)postings;
    postings += out->counts[t];
    if (postings > UINT32_MAX) return false;
  }
  out->code_first[out->term_count] = (uint32_t)postings;
  if (!lk_rows_lay_out(&f->rows, out->counts, out->term_count, f->documents, WORD_SHARE)) return false;
  size_t lines = lk_lines(f->documents), dense = lines ? f->rows.rows.line_count / lines : 0;
  out->codes = malloc((postings + 1) * sizeof *out->codes);
  out->ranks = calloc((size_t)f->rows.rows.line_count * LK_LINE_WORDS + 1, sizeof *out->ranks);
  out->most = calloc(dense + 1, sizeof *out->most);
  out->unusual = aligned_alloc(LK_LINE_BYTES, ((size_t)f->rows.rows.line_count + 1) * LK_LINE_BYTES);
  if (out->unusual) memset(out->unusual, 0, (size_t)f->rows.rows.line_count * LK_LINE_BYTES);
  return out->codes && out->ranks && out->most && out->unusual;
}

/* The codes of a line's documents, from these documents' order into that of their bits. */
static void order_codes(const uint8_t *bits, uint16_t *codes) {
  uint16_t documents[LK_LINE];
  size_t count = 0, taken = 0;
  for (uint32_t d = 0; d < LK_LINE; d++)
    if (lk_bit(bits, d)) documents[d] = codes[count++];
  for (uint32_t b = 0; b < LK_LINE; b++) {
    uint32_t d = b % 8 * 64 + b / 8;
    if (lk_bit(bits, d)) codes[taken++] = documents[d];
  }
}

/* Documents of a line in which a word gains more than usual. */
static void mark_unusual(const freezer *f, uint32_t first, const uint8_t *bits, const uint16_t *codes, float usual,
                         uint8_t *unusual) {
  size_t taken = 0;
  for (uint32_t b = 0; b < LK_LINE; b++) {
    uint32_t d = b % 8 * 64 + b / 8;
    if (!lk_bit(bits, d)) continue;
    const float *pair = f->codes.tf.items[codes[taken++]];
    if (lk_gain_of(&f->builder->weights, LK_CLASS_WORD, pair, f->out->norms[first + d]) > usual)
      unusual[d % 64] |= (uint8_t)(1u << d / 64);
  }
}

static void order_dense_words(const freezer *f) {
  const float above_mean = 1.2f; /* what a document has that is not much shorter than most, and has the word once */
  lk_term_space *out = f->out;
  size_t lines = lk_lines(f->documents), dense = 0;
  for (uint32_t t = 0; t < out->term_count; t++) {
    lk_row row = f->rows.rows.items[t];
    if (!lk_row_has_bits(row)) continue;
    const uint8_t *bits = lk_row_bits(&f->rows.rows, row);
    uint32_t *ranks = out->ranks + (size_t)row.place * LK_LINE_WORDS, before = 0;
    lk_most *most = &out->most[dense++];
    most->usual = fminf(most->usual * above_mean, most->word);
    for (size_t line = 0; line < lines; line++) {
      uint16_t *codes = out->codes + out->code_first[t] + before;
      const uint8_t *here = bits + line * LK_LINE_BYTES;
      order_codes(here, codes);
      mark_unusual(f, (uint32_t)(line * LK_LINE), here, codes, most->usual,
                   out->unusual + ((size_t)row.place + line) * LK_LINE_BYTES);
      for (size_t i = line * LK_LINE_WORDS; i < (line + 1) * LK_LINE_WORDS; i++) {
        ranks[i] = before;
        before += lk_count_bits(lk_eight_bytes(bits + i * 8));
      }
    }
  }
}

static bool freeze_words(freezer *f) {
  f->codes.slots = calloc(CODE_SLOTS, sizeof *f->codes.slots);
  if (!f->codes.slots || !visit_all(f, count_word) || !fill_idf(f)) return false;
  if (!lay_out_words(f) || !visit_all(f, place_word)) return false;
  order_dense_words(f);
  f->out->tf = f->codes.tf.items;
  f->out->code_count = (uint32_t)f->codes.tf.count;
  f->codes.tf.items = NULL;
  return true;
}

/* ---- n-grams ---- */

static uint32_t gram_share(uint32_t documents) {
  uint32_t share = SHARE_SPACE / (documents + 1);
  return share < SHARE_LEAST ? SHARE_LEAST : share > SHARE_MOST ? SHARE_MOST : share;
}

static uint32_t documents_of(const freezer *f, size_t list, size_t level) {
  return level < LK_LEVELS ? f->levels[level * list_count(f) + list] : 0;
}

/* A row a level that some document reaches. */
static bool lay_out_grams(freezer *f) {
  size_t lists = list_count(f), rows = 0;
  f->out->first = calloc(lists + 1, sizeof *f->out->first);
  for (size_t l = 0; f->out->first && l < lists; l++)
    for (f->out->first[l] = (uint32_t)rows; documents_of(f, l, rows - f->out->first[l]);) rows++;
  uint32_t *counts = malloc((rows + 1) * sizeof *counts);
  bool fine = f->out->first && counts && rows <= UINT32_MAX;
  if (fine) f->out->first[lists] = (uint32_t)rows;
  for (size_t l = 0; fine && l < lists; l++)
    for (uint32_t r = f->out->first[l]; r < f->out->first[l + 1]; r++) counts[r] = documents_of(f, l, r - f->out->first[l]);
  fine = fine && lk_rows_lay_out(&f->rows, counts, (uint32_t)rows, f->documents, gram_share(f->documents));
  free(counts);
  return fine;
}

static bool fill_once(const freezer *f) {
  size_t places = lk_lines(f->documents) * LK_LINE;
  f->out->once = calloc(LK_FIELD_COUNT * places + 1, sizeof *f->out->once);
  for (size_t i = 0; f->out->once && i < LK_FIELD_COUNT; i++)
    for (uint32_t d = 0; d < f->documents; d++)
      f->out->once[i * places + d] = lk_levels[0] / (lk_levels[0] + f->out->norms[d][i]);
  return f->out->once != NULL;
}

static bool freeze_grams(freezer *f) {
  f->levels = calloc(list_count(f) * LK_LEVELS + 1, sizeof *f->levels);
  return f->levels && fill_once(f) && visit_all(f, count_gram) && fill_idf(f) && lay_out_grams(f) && visit_all(f, place_gram);
}

/* ---- All of it ---- */

static bool open_freezer(freezer *f) {
  lk_term_space *out = f->out;
  size_t terms = out->term_count = lk_terms_count(f->bags->terms, f->space);
  f->documents = (uint32_t)f->builder->documents.count;
  f->present = calloc(terms + 1, sizeof *f->present);
  f->touched = malloc((terms + 1) * sizeof *f->touched);
  out->counts = calloc(terms + 1, sizeof *out->counts);
  out->idf = calloc(terms + 1, sizeof *out->idf);
  out->norms = calloc((size_t)f->documents + 1, sizeof *out->norms);
  return f->present && f->touched && out->counts && out->idf && out->norms;
}

static void close_freezer(freezer *f) {
  free(f->codes.tf.items);
  free(f->codes.slots);
  free(f->present);
  free(f->touched);
  free(f->levels);
  free(f->placed);
  lk_rows_draft_free(&f->rows);
}

bool lk_freeze_space(const lk_index_builder *builder, lk_space space, lk_term_space *out) {
  freezer f = {.builder = builder, .bags = builder->bags, .space = space, .out = out};
  bool fine = open_freezer(&f);
  if (fine) fill_norms(&f);
  fine = fine && (space == LK_SPACE_WORD ? freeze_words(&f) : freeze_grams(&f));
  if (fine && (fine = lk_rows_pack(&f.rows))) {
    out->rows = f.rows.rows;
    f.rows.rows = (lk_rows){0};
  }
  close_freezer(&f);
  return fine;
}
