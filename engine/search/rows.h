/* Sets of documents, the rows of an index: a bit a document where many are in it, gaps between the documents where few are.
 *
 * Bits lie in lines of 512 documents, 64 bytes: the first bits of all bytes are those of the first 64 documents, and so on, so that numbers made of several
 * rows' bits come out in the documents' order (sum.h). Gaps are from one document to the next, the first from −1: a byte each, where 0 stands for 255
 * documents further on, and none there; or, in a thin row, two bytes each, the lower one first, where 0 stands for 65,535. */
#ifndef LK_SEARCH_ROWS_H
#define LK_SEARCH_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
  LK_LINE = 512, /* documents */
  LK_LINE_BYTES = LK_LINE / 8,
  LK_LINE_WORDS = LK_LINE / 64,
  LK_STEP = 255,       /* what a gap of 0 stands for */
  LK_WIDE_STEP = 65535 /* in a thin row */
};

typedef struct lk_row {
  uint32_t place; /* of bits: the number of its first line; of gaps: its first byte */
  uint32_t size;  /* 0: bits; otherwise the bytes of its gaps, times two, and one more when the row is thin */
} lk_row;

typedef struct lk_rows {
  lk_row *items;
  uint8_t *bits, *gaps;
  uint32_t count, line_count, gap_bytes; /* of items, of lines in `bits`, of `gaps` */
} lk_rows;

static inline size_t lk_lines(uint32_t documents) { return ((size_t)documents + LK_LINE - 1) / LK_LINE; }
static inline bool lk_row_has_bits(lk_row row) { return row.size == 0; }
static inline const uint8_t *lk_row_bits(const lk_rows *rows, lk_row row) {
  return rows->bits + (size_t)row.place * LK_LINE_BYTES;
}

static inline bool lk_bit(const uint8_t *bits, uint32_t document) {
  return bits[document / LK_LINE * LK_LINE_BYTES + document % 64] >> document / 64 % 8 & 1;
}

static inline uint64_t lk_eight_bytes(const uint8_t *bytes) {
  uint64_t eight;
  memcpy(&eight, bytes, sizeof eight);
  return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? eight : __builtin_bswap64(eight);
}

/* __builtin_popcountll calls a table without a special instruction; this is as quick everywhere (H. S. Warren: Hacker's Delight, 5-1). */
static inline uint32_t lk_count_bits(uint64_t x) {
  x -= x >> 1 & 0x5555555555555555u;
  x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
  x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
  return (uint32_t)(x * 0x0101010101010101u >> 56);
}

/* Which eight bytes of a row have a document's bit. */
static inline size_t lk_eight_of(uint32_t document) { return document / LK_LINE * LK_LINE_WORDS + document % 64 / 8; }

/* How many bits of those eight bytes are before a document's. */
static inline uint32_t lk_bits_before(const uint8_t *bits, uint32_t document) {
  uint64_t eight = lk_eight_bytes(bits + lk_eight_of(document) * 8);
  return lk_count_bits(eight & (((uint64_t)1 << (document % 8 * 8 + document / 64 % 8)) - 1));
}

/* Goes through a row of gaps. */
typedef struct lk_cursor {
  const uint8_t *at, *end;
  uint32_t document; /* the present one; UINT32_MAX behind the last */
  bool thin;
} lk_cursor;

static inline void lk_cursor_next(lk_cursor *c) {
  uint32_t document = c->document;
  if (c->thin) {
    for (; c->end - c->at >= 2; document += LK_WIDE_STEP) {
      uint32_t gap = c->at[0] | (uint32_t)c->at[1] << 8;
      c->at += 2;
      if (gap) {
        c->document = document + gap;
        return;
      }
    }
  } else {
    for (; c->at < c->end; document += LK_STEP) {
      uint32_t gap = *c->at++;
      if (gap) {
        c->document = document + gap;
        return;
      }
    }
  }
  c->document = UINT32_MAX;
}

/* At the first document of a row of gaps. */
static inline lk_cursor lk_cursor_at(const lk_rows *rows, lk_row row) {
  lk_cursor c = {rows->gaps + row.place, rows->gaps + row.place + row.size / 2, UINT32_MAX, row.size % 2 != 0};
  lk_cursor_next(&c);
  return c;
}

/* Whether a document is in a row, and how many are before it: in their order in a row of gaps, in that of the bits in a row of bits. */
bool lk_row_find(const lk_rows *rows, lk_row row, uint32_t document, uint32_t *before);
size_t lk_rows_bytes(const lk_rows *rows); /* of memory, or of a file */
void lk_rows_free(lk_rows *rows);

/* ---- Writing ---- */

/* Rows under construction: counted first, then laid out, then filled in document order, then packed. */
typedef struct lk_rows_draft {
  lk_rows rows;
  uint32_t *last; /* of each row of gaps: its last document */
  uint32_t documents;
} lk_rows_draft;

/* Lays out `count` rows with so many documents each; a row in at least a 1/`share` of the documents has bits. False when memory is out or a row would begin
 * behind the 4 GB that a place can name. */
bool lk_rows_lay_out(lk_rows_draft *draft, const uint32_t *counts, uint32_t count, uint32_t documents, uint32_t share);
/* Documents of a row are put in ascending order, and as many as were counted. */
void lk_rows_put(lk_rows_draft *draft, uint32_t row, uint32_t document);
/* Closes the space that gaps did not need; the rows are then `draft->rows`. False when memory is out. */
bool lk_rows_pack(lk_rows_draft *draft);
/* Frees what is left of a draft; the rows too unless they were taken (`draft->rows` emptied). */
void lk_rows_draft_free(lk_rows_draft *draft);

#endif
