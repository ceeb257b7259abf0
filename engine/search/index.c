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
    free(index->spaces[s].first);
    free(index->spaces[s].idf);
    free(index->spaces[s].postings);
    free(index->spaces[s].norms);
    free(index->spaces[s].once);
  }
  free(index->values);
  free(index);
}

uint32_t lk_index_documents(const lk_index *index) { return index->documents; }
const lk_weights *lk_index_weights(const lk_index *index) { return &index->weights; }

size_t lk_index_bytes(const lk_index *index) {
  size_t bytes = sizeof *index + lk_terms_bytes(index->terms) + index->value_count * sizeof *index->values;
  for (int s = 0; s < LK_SPACE_COUNT; s++) {
    const lk_term_space *space = &index->spaces[s];
    bytes += space->term_count * (sizeof *space->first + sizeof *space->idf) +
             index->documents * (sizeof *space->norms + sizeof *space->once) +
             space->first[space->term_count] * sizeof *space->postings;
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
