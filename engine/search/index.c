#include "search/index.h"

#include <math.h>
#include <stdlib.h>

float lk_idf(uint32_t documents, uint32_t n, float power) {
  float idf = logf(1.0f + ((float)documents - (float)n + .5f) / ((float)n + .5f));
  return powf(idf, power);
}

void lk_index_free(lk_index *index) {
  if (!index) return;
  lk_terms_drop(index->terms);
  for (int s = 0; s < LK_SPACE_COUNT; s++) {
    lk_term_space *space = &index->spaces[s];
    void *const arrays[] = {space->first, space->gains, space->codes,       space->idf,   space->tf,
                            space->norms, space->dense, space->dense_count, space->pairs, space->sketches};
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
    size_t postings = space->first[space->term_count], row = 2 * lk_row_length(index->documents);
    bytes += space->term_count * (sizeof *space->first + sizeof *space->dense + sizeof *space->idf) +
             index->documents * sizeof *space->norms + postings * (sizeof *space->gains + sizeof *space->codes) +
             space->dense_terms * (row + sizeof *space->dense_count) + space->code_count * sizeof *space->tf;
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

static uint32_t first_from(const lk_term_space *space, uint32_t term, uint32_t document) {
  uint32_t low = space->first[term], high = space->first[term + 1];
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (space->gains[middle].document < document)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* The code of a term's frequencies in a document, or none. */
static bool code_in(const lk_index *index, const lk_term_space *space, uint32_t term, uint32_t document, uint32_t *code) {
  uint8_t pair = LK_PAIR_RARE;
  if (space->dense[term]) pair = space->pairs[(space->dense[term] - 1) * lk_row_length(index->documents) + document];
  *code = pair - 1u;
  if (pair != LK_PAIR_RARE) return pair > 0;
  uint32_t at = first_from(space, term, document);
  if (at == space->first[term + 1] || space->gains[at].document != document) return false;
  *code = space->codes[at];
  return true;
}

bool lk_index_posting(const lk_index *index, lk_space s, uint32_t term, uint32_t document, lk_posting *out) {
  const lk_term_space *space = &index->spaces[s];
  uint32_t code;
  if (term >= space->term_count || document >= index->documents) return false;
  if (!code_in(index, space, term, document, &code)) return false;
  *out = (lk_posting){document, {space->tf[code][LK_FIELD_TITLE], space->tf[code][LK_FIELD_BODY]}};
  return true;
}

void lk_index_postings(const lk_index *index, lk_space s, uint32_t term, lk_posting *out) {
  uint32_t count = 0, wanted = lk_posting_count(&index->spaces[s], term);
  for (uint32_t d = 0; count < wanted && d < index->documents; d++) count += lk_index_posting(index, s, term, d, &out[count]);
}
