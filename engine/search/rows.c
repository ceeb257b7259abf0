#include "search/rows.h"

#include <stdlib.h>

enum {
  THIN_SHARE = 512, /* a row in fewer than every so manieth document has gaps of two bytes */
  BITS_LEAST = 8    /* a row of fewer documents than a line has bytes to spare for has gaps */
};

/* ---- Reading ---- */

static uint32_t count_before(const uint8_t *bits, uint32_t document) {
  uint32_t count = 0;
  for (size_t i = 0; i < lk_eight_of(document); i++) count += lk_count_bits(lk_eight_bytes(bits + i * 8));
  return count + lk_bits_before(bits, document);
}

bool lk_row_find(const lk_rows *rows, lk_row row, uint32_t document, uint32_t *before) {
  if (lk_row_has_bits(row)) {
    const uint8_t *bits = lk_row_bits(rows, row);
    if (before) *before = count_before(bits, document);
    return lk_bit(bits, document);
  }
  lk_cursor c = lk_cursor_at(rows, row);
  uint32_t count = 0;
  for (; c.document < document; count++) lk_cursor_next(&c);
  if (before) *before = count;
  return c.document == document;
}

size_t lk_rows_bytes(const lk_rows *rows) {
  return rows->count * sizeof *rows->items + (size_t)rows->line_count * LK_LINE_BYTES + rows->gap_bytes;
}

void lk_rows_free(lk_rows *rows) {
  free(rows->items);
  free(rows->bits);
  free(rows->gaps);
  *rows = (lk_rows){0};
}

/* ---- Writing ---- */

/* The most that gaps can need: each may be followed by steps, but all steps together do not go further than there are documents. */
static uint64_t most_bytes(uint32_t count, uint32_t documents, bool thin) {
  return thin ? 2 * (count + (uint64_t)documents / LK_WIDE_STEP + 1) : count + (uint64_t)documents / LK_STEP + 1;
}

static bool is_thin(uint32_t count, uint32_t documents) { return count < documents / THIN_SHARE; }

bool lk_rows_lay_out(lk_rows_draft *draft, const uint32_t *counts, uint32_t count, uint32_t documents, uint32_t share) {
  size_t lines = lk_lines(documents);
  uint64_t line_count = 0, bytes = 0;
  *draft = (lk_rows_draft){.documents = documents, .rows = {.count = count}};
  draft->rows.items = calloc((size_t)count + 1, sizeof *draft->rows.items);
  draft->last = malloc(((size_t)count + 1) * sizeof *draft->last);
  if (!draft->rows.items || !draft->last) return false;
  for (uint32_t r = 0; r < count; r++) {
    draft->last[r] = UINT32_MAX;
    if (counts[r] >= BITS_LEAST && (uint64_t)counts[r] * share >= lines * LK_LINE) {
      draft->rows.items[r] = (lk_row){(uint32_t)line_count, 0};
      line_count += lines;
    } else {
      bool thin = is_thin(counts[r], documents);
      draft->rows.items[r] = (lk_row){(uint32_t)bytes, 2u + thin}; /* empty but for its kind: see lk_rows_put */
      bytes += most_bytes(counts[r], documents, thin);
    }
    if (line_count > UINT32_MAX || bytes > UINT32_MAX) return false;
  }
  draft->rows.line_count = (uint32_t)line_count;
  draft->rows.gap_bytes = (uint32_t)bytes;
  draft->rows.bits = aligned_alloc(LK_LINE_BYTES, (line_count + 1) * LK_LINE_BYTES);
  if (!draft->rows.bits) return false;
  memset(draft->rows.bits, 0, (line_count + 1) * LK_LINE_BYTES);
  draft->rows.gaps = malloc(bytes + 1);
  return draft->rows.gaps != NULL;
}

/* While it is filled, a row of gaps has a byte more than it has, so that an empty one is not taken for bits. */
static void append(lk_rows_draft *draft, lk_row *row, uint32_t value) {
  uint8_t *to = draft->rows.gaps + row->place + row->size / 2 - 1;
  bool thin = row->size % 2 != 0;
  to[0] = (uint8_t)value;
  if (thin) to[1] = (uint8_t)(value >> 8);
  row->size += thin ? 4 : 2;
}

void lk_rows_put(lk_rows_draft *draft, uint32_t r, uint32_t document) {
  lk_row *row = &draft->rows.items[r];
  if (lk_row_has_bits(*row)) {
    uint8_t *line = draft->rows.bits + ((size_t)row->place + document / LK_LINE) * LK_LINE_BYTES;
    line[document % 64] |= (uint8_t)(1u << document / 64 % 8);
    return;
  }
  uint32_t gap = document - draft->last[r], step = row->size % 2 ? LK_WIDE_STEP : LK_STEP;
  for (; gap > step; gap -= step) append(draft, row, 0);
  append(draft, row, gap);
  draft->last[r] = document;
}

bool lk_rows_pack(lk_rows_draft *draft) {
  lk_rows *rows = &draft->rows;
  uint32_t bytes = 0;
  for (uint32_t r = 0; r < rows->count; r++) {
    lk_row *row = &rows->items[r];
    if (lk_row_has_bits(*row)) continue;
    uint32_t size = row->size / 2 - 1;
    memmove(rows->gaps + bytes, rows->gaps + row->place, size);
    *row = (lk_row){bytes, size * 2 + row->size % 2};
    if (!size) row->size = 1; /* no document: thin, and nothing in it */
    bytes += size;
  }
  rows->gap_bytes = bytes;
  uint8_t *packed = realloc(rows->gaps, (size_t)bytes + 1);
  if (packed) rows->gaps = packed;
  return packed != NULL;
}

void lk_rows_draft_free(lk_rows_draft *draft) {
  lk_rows_free(&draft->rows);
  free(draft->last);
  *draft = (lk_rows_draft){0};
}
