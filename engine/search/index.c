#include "search/index.h"

#include <math.h>
#include <stdlib.h>

const float lk_levels[LK_LEVELS] = {1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 19, 24};

float lk_idf(uint32_t documents, uint32_t n, float power) {
  float idf = logf(1.0f + ((float)documents - (float)n + .5f) / ((float)n + .5f));
  return powf(idf, power);
}

void lk_index_free(lk_index *index) {
  if (!index) return;
  lk_terms_drop(index->terms);
  for (int s = 0; s < LK_SPACE_COUNT; s++) {
    lk_term_space *space = &index->spaces[s];
    lk_rows_free(&space->rows);
    void *const arrays[] = {space->counts, space->idf, space->norms, space->first, space->once,   space->code_first,
                            space->codes,  space->tf,  space->ranks, space->most,  space->unusual};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) free(arrays[i]);
  }
  free(index);
}

uint32_t lk_index_documents(const lk_index *index) { return index->documents; }
size_t lk_index_terms(const lk_index *index) { return index->spaces[LK_SPACE_WORD].term_count; }
const lk_weights *lk_index_weights(const lk_index *index) { return &index->weights; }

size_t lk_index_bytes(const lk_index *index) {
  size_t bytes = sizeof *index + lk_terms_bytes(index->terms);
  for (int s = 0; s < LK_SPACE_COUNT; s++) {
    const lk_term_space *space = &index->spaces[s];
    bytes += space->term_count * (sizeof *space->counts + sizeof *space->idf) + index->documents * sizeof *space->norms +
             lk_rows_bytes(&space->rows);
    if (space->first)
      bytes += ((size_t)space->term_count * LK_FIELD_COUNT + 1) * sizeof *space->first +
               LK_FIELD_COUNT * lk_lines(index->documents) * LK_LINE * sizeof *space->once;
    if (!space->code_first) continue;
    size_t lines = lk_lines(index->documents), dense = lines ? space->rows.line_count / lines : 0;
    bytes += (space->term_count + 1) * sizeof *space->code_first + space->code_first[space->term_count] * sizeof *space->codes +
             space->code_count * sizeof *space->tf + (size_t)space->rows.line_count * LK_LINE_WORDS * sizeof *space->ranks +
             dense * sizeof *space->most + (size_t)space->rows.line_count * LK_LINE_BYTES;
  }
  return bytes;
}

bool lk_index_term(const lk_index *index, lk_space space, lk_view text, uint32_t *number) {
  *number = lk_terms_find(index->terms, space, text);
  return lk_posting_count(&index->spaces[space], *number) > 0;
}

float lk_index_idf(const lk_index *index, lk_view term, bool *known) {
  uint32_t number;
  *known = lk_index_term(index, LK_SPACE_WORD, term, &number);
  return *known ? index->spaces[LK_SPACE_WORD].idf[number] : lk_idf(index->documents, 0, index->weights.idf_power);
}

static bool read_word(const lk_term_space *space, uint32_t term, uint32_t document, lk_posting *out) {
  uint32_t before;
  if (!lk_row_find(&space->rows, space->rows.items[term], document, &before)) return false;
  const float *tf = space->tf[space->codes[space->code_first[term] + before]];
  *out = (lk_posting){document, {tf[LK_FIELD_TITLE], tf[LK_FIELD_BODY]}};
  return true;
}

static bool read_gram(const lk_term_space *space, uint32_t term, uint32_t document, lk_posting *out) {
  *out = (lk_posting){.document = document};
  const uint32_t *first = &space->first[(size_t)term * LK_FIELD_COUNT];
  bool found = false;
  for (int f = 0; f < LK_FIELD_COUNT; f++)
    for (uint32_t r = first[f]; r < first[f + 1] && lk_row_find(&space->rows, space->rows.items[r], document, NULL); r++) {
      out->tf[f] = lk_levels[r - first[f]];
      found = true;
    }
  return found;
}

bool lk_index_posting(const lk_index *index, lk_space s, uint32_t term, uint32_t document, lk_posting *out) {
  const lk_term_space *space = &index->spaces[s];
  if (!lk_posting_count(space, term) || document >= index->documents) return false;
  return s == LK_SPACE_WORD ? read_word(space, term, document, out) : read_gram(space, term, document, out);
}

void lk_index_postings(const lk_index *index, lk_space s, uint32_t term, lk_posting *out) {
  uint32_t count = 0, wanted = lk_posting_count(&index->spaces[s], term);
  const lk_term_space *space = &index->spaces[s];
  if (s == LK_SPACE_WORD && wanted && !lk_row_has_bits(space->rows.items[term])) {
    lk_cursor c = lk_cursor_at(&space->rows, space->rows.items[term]);
    for (; count < wanted && c.document < index->documents; lk_cursor_next(&c), count++) {
      const float *tf = space->tf[space->codes[space->code_first[term] + count]];
      out[count] = (lk_posting){c.document, {tf[LK_FIELD_TITLE], tf[LK_FIELD_BODY]}};
    }
    return;
  }
  for (uint32_t d = 0; count < wanted && d < index->documents; d++) count += lk_index_posting(index, s, term, d, &out[count]);
}
