/* Indexes as images (base/image.h). What a search takes for granted of an array is checked while it is read. */
#include "search/index.h"

static bool ascends(const uint32_t *numbers, size_t count, uint32_t last) {
  for (size_t i = 1; i < count; i++)
    if (numbers[i] < numbers[i - 1]) return false;
  return count && numbers[0] == 0 && numbers[count - 1] == last;
}

/* A search ends at a free slot: there must be one, and none may lead behind the end. */
static bool has_sound_word_slots(const lk_word_table *table) {
  size_t free_slots = 0;
  for (size_t i = 0; i < table->slot_count; i++) {
    uint64_t slot = table->slots[i];
    if (slot && (uint32_t)((uint32_t)slot - 1) >= table->count) return false;
    free_slots += !slot;
  }
  return (table->slot_count & (table->slot_count - 1)) == 0 && (free_slots || !table->slot_count);
}

static bool has_sound_gram_slots(const lk_gram_table *table) {
  size_t free_slots = 0;
  for (size_t i = 0; i < table->slot_count; i++) {
    if (table->slots[i] > table->count) return false;
    free_slots += !table->slots[i];
  }
  return (table->slot_count & (table->slot_count - 1)) == 0 && (free_slots || !table->slot_count);
}

static void walk_words(lk_image *image, size_t at) {
  lk_word_table table = *LK_AT(image, lk_word_table, at);
  size_t starts = table.count ? (size_t)table.count + 1 : 0;
  (void)lk_image_array(image, at + offsetof(lk_word_table, starts), starts, sizeof(uint32_t));
  (void)lk_image_array(image, at + offsetof(lk_word_table, slots), table.slot_count, sizeof(uint64_t));
  if (image->failed) return;
  size_t bytes = table.byte_cap;
  if (image->writing) LK_AT(image, lk_word_table, at)->byte_cap = bytes = table.count ? table.starts[table.count] : 0;
  (void)lk_image_array(image, at + offsetof(lk_word_table, bytes), bytes, 1);
  if (image->failed || image->writing) return;
  const lk_word_table *read = LK_AT(image, lk_word_table, at);
  if ((starts && !ascends(read->starts, starts, (uint32_t)bytes)) || !has_sound_word_slots(read)) image->failed = true;
}

static void walk_grams(lk_image *image, size_t at) {
  lk_gram_table table = *LK_AT(image, lk_gram_table, at);
  (void)lk_image_array(image, at + offsetof(lk_gram_table, keys), table.count, sizeof(uint64_t));
  (void)lk_image_array(image, at + offsetof(lk_gram_table, slots), table.slot_count, sizeof(uint32_t));
  if (!image->failed && !image->writing && !has_sound_gram_slots(LK_AT(image, lk_gram_table, at))) image->failed = true;
}

void lk_terms_walk(lk_image *image, size_t pointer) {
  size_t at = lk_image_array(image, pointer, 1, sizeof(lk_terms));
  if (!at) image->failed = true;
  if (!image->failed) walk_words(image, at + offsetof(lk_terms, words));
  if (!image->failed) walk_grams(image, at + offsetof(lk_terms, grams));
}

/* ---- Rows ---- */

static uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

enum { ROWS_AT_ONCE = 1024, CODES_AT_ONCE = 1 << 20 };

/* An array of which everything up to `seen` was looked at, and everything up to `given` is the file's again: otherwise a large file would be in memory as a
 * whole before its last array is. */
typedef struct looking {
  const lk_image *image;
  const void *array;
  size_t seen, given;
} looking;

static void look(looking *l, size_t until) { l->seen = until > l->seen ? until : l->seen; }

static void give_back(looking *l) {
  if (l->seen == l->given) return; /* maybe there is no array at all */
  size_t place = (size_t)((const char *)l->array - l->image->base);
  lk_image_release(l->image, place + l->given, l->seen - l->given);
  l->given = l->seen;
}

/* Bits that a row may have in its last line: those of documents that are there. */
typedef struct last_line {
  uint8_t may[LK_LINE_BYTES];
} last_line;

static last_line last_line_of(uint32_t documents) {
  last_line last = {{0}};
  for (uint32_t d = 0; documents && d <= (documents - 1) % LK_LINE; d++) last.may[d % 64] |= (uint8_t)(1u << d / 64);
  return last;
}

static bool has_sound_bits(const lk_rows *rows, lk_row row, const last_line *last, size_t lines) {
  const uint8_t *bits = lk_row_bits(rows, row) + (lines - 1) * LK_LINE_BYTES;
  uint64_t wrong = 0;
  for (size_t i = 0; i < LK_LINE_BYTES; i += 8) wrong |= word_at(bits + i) & ~word_at(last->may + i);
  return !wrong;
}

/* Documents follow one another by themselves: the last one has to be there. */
static bool has_sound_gaps(const lk_rows *rows, lk_row row, uint32_t documents) {
  const uint8_t *at = rows->gaps + row.place, *end = at + row.size / 2;
  uint64_t sum = 0;
  if (row.size % 2) {
    for (; end - at >= 2; at += 2) {
      uint32_t gap = at[0] | (uint32_t)at[1] << 8;
      sum += gap ? gap : LK_WIDE_STEP;
    }
  } else {
    for (; at < end; at++) sum += *at ? *at : LK_STEP;
  }
  return sum <= documents;
}

/* Rows lie one behind the other: as many have bits as there are lines for, which is what a searcher has room for. */
static bool has_sound_rows(const lk_image *image, const lk_rows *rows, uint32_t documents) {
  size_t lines = lk_lines(documents), line = 0, byte = 0;
  const last_line last = last_line_of(documents);
  looking bits = {image, rows->bits, 0, 0}, gaps = {image, rows->gaps, 0, 0};
  for (uint32_t r = 0; r < rows->count; r++) {
    lk_row row = rows->items[r];
    size_t size = row.size / 2;
    if (lk_row_has_bits(row)) {
      if (!lines || row.place != line || lines > rows->line_count - line || !has_sound_bits(rows, row, &last, lines))
        return false;
      look(&bits, (line += lines) * LK_LINE_BYTES);
    } else {
      if (row.place != byte || size > rows->gap_bytes - byte || !has_sound_gaps(rows, row, documents)) return false;
      look(&gaps, byte += size);
    }
    if (r % ROWS_AT_ONCE) continue;
    give_back(&bits);
    give_back(&gaps);
  }
  return line == rows->line_count && byte == rows->gap_bytes;
}

static size_t count_row(const lk_rows *rows, lk_row row, uint32_t documents) {
  uint32_t count = 0;
  if (lk_row_has_bits(row)) {
    const uint8_t *bits = lk_row_bits(rows, row);
    for (size_t i = 0; i < lk_lines(documents) * LK_LINE_WORDS; i++) count += lk_count_bits(lk_eight_bytes(bits + i * 8));
  } else
    for (lk_cursor c = lk_cursor_at(rows, row); c.document != UINT32_MAX; lk_cursor_next(&c)) count++;
  return count;
}

/* A code for each document of a word, and none that is not there. */
static bool has_sound_codes(const lk_image *image, const lk_index *index, const lk_term_space *space) {
  looking gaps = {image, space->rows.gaps, 0, 0}, codes = {image, space->codes, 0, 0};
  for (uint32_t t = 0; t < space->term_count; t++) {
    lk_row row = space->rows.items[t];
    uint32_t count = space->code_first[t + 1] - space->code_first[t];
    if (space->counts[t] != count || count_row(&space->rows, row, index->documents) != count) return false;
    if (!lk_row_has_bits(row)) look(&gaps, (size_t)row.place + row.size / 2);
    if (t % ROWS_AT_ONCE == 0) give_back(&gaps);
  }
  for (uint32_t i = 0; i < space->code_first[space->term_count]; i++) {
    if (space->codes[i] >= space->code_count) return false;
    if (i % CODES_AT_ONCE) continue;
    look(&codes, i * sizeof *space->codes);
    give_back(&codes);
  }
  return true;
}

/* As many bits before each eight bytes as there are. */
static bool has_sound_ranks(const lk_index *index, const lk_term_space *space) {
  size_t lines = lk_lines(index->documents);
  for (uint32_t t = 0; t < space->term_count; t++) {
    lk_row row = space->rows.items[t];
    if (!lk_row_has_bits(row)) continue;
    uint32_t before = 0;
    const uint8_t *bits = lk_row_bits(&space->rows, row);
    for (size_t i = 0; i < lines * LK_LINE_WORDS; i++) {
      if (space->ranks[(size_t)row.place * LK_LINE_WORDS + i] != before) return false;
      before += lk_count_bits(lk_eight_bytes(bits + i * 8));
    }
  }
  return true;
}

/* An n-gram that documents have has a row of them, and no field has more rows than there are levels for it. */
static bool has_sound_lists(const lk_index *index, const lk_term_space *space) {
  size_t lists = (size_t)space->term_count * LK_FIELD_COUNT;
  if (!ascends(space->first, lists + 1, space->rows.count)) return false;
  for (size_t l = 0; l < lists; l++)
    if (space->first[l + 1] - space->first[l] > lk_most_levels(&index->weights, (int)(l % LK_FIELD_COUNT))) return false;
  for (uint32_t t = 0; t < space->term_count; t++) {
    const uint32_t *first = &space->first[(size_t)t * LK_FIELD_COUNT];
    if (space->counts[t] > index->documents || (space->counts[t] > 0) != (first[LK_FIELD_COUNT] > first[0])) return false;
  }
  return true;
}

static bool is_sound(const lk_image *image, const lk_index *index, const lk_term_space *space, lk_space s) {
  if (!has_sound_rows(image, &space->rows, index->documents)) return false;
  if (s == LK_SPACE_WORD) {
    if (space->rows.count != space->term_count ||
        !ascends(space->code_first, (size_t)space->term_count + 1, space->code_first[space->term_count]))
      return false;
    return has_sound_codes(image, index, space) && has_sound_ranks(index, space);
  }
  return has_sound_lists(index, space);
}

/* ---- A space ---- */

typedef struct array {
  size_t pointer, count, size;
} array;

static void walk_arrays(lk_image *image, size_t at, const array *arrays, size_t *places, size_t count) {
  for (size_t i = 0; i < count && !image->failed; i++)
    places[i] = lk_image_array(image, at + arrays[i].pointer, arrays[i].count, arrays[i].size);
}

static void walk_space(lk_image *image, size_t index_at, size_t at, lk_space s) {
  lk_term_space space = *LK_AT(image, lk_term_space, at);
  uint32_t documents = LK_AT(image, lk_index, index_at)->documents;
  size_t terms = space.term_count, words = s == LK_SPACE_WORD ? 1 : 0, lines = lk_lines(documents);
  size_t dense = lines ? space.rows.line_count / lines : 0, postings = 0;
  enum { FIRST, ARRAYS = 12 };
  size_t places[ARRAYS] = {0};
  const array code_first = {offsetof(lk_term_space, code_first), words * (terms + 1), sizeof *space.code_first};
  walk_arrays(image, at, &code_first, &places[FIRST], 1);
  if (!image->failed && words) postings = LK_AT(image, uint32_t, places[FIRST])[terms];
  const array arrays[ARRAYS - 1] = {
      {offsetof(lk_term_space, counts), terms, sizeof *space.counts},
      {offsetof(lk_term_space, idf), terms, sizeof *space.idf},
      {offsetof(lk_term_space, norms), documents, sizeof *space.norms},
      {offsetof(lk_term_space, rows.items), space.rows.count, sizeof *space.rows.items},
      {offsetof(lk_term_space, rows.bits), space.rows.line_count, LK_LINE_BYTES},
      {offsetof(lk_term_space, rows.gaps), space.rows.gap_bytes, 1},
      {offsetof(lk_term_space, first), words ? 0 : terms * LK_FIELD_COUNT + 1, sizeof *space.first},
      {offsetof(lk_term_space, once), words ? 0 : lines * LK_LINE * LK_FIELD_COUNT, sizeof *space.once},
      {offsetof(lk_term_space, codes), postings, sizeof *space.codes},
      {offsetof(lk_term_space, tf), space.code_count, sizeof *space.tf},
      {offsetof(lk_term_space, ranks), words * space.rows.line_count * LK_LINE_WORDS, sizeof *space.ranks},
  };
  walk_arrays(image, at, arrays, places + 1, ARRAYS - 1);
  const array bounds[] = {{offsetof(lk_term_space, most), words * dense, sizeof *space.most},
                          {offsetof(lk_term_space, unusual), words * space.rows.line_count, LK_LINE_BYTES}};
  size_t bounds_at[2] = {0};
  walk_arrays(image, at, bounds, bounds_at, 2);
  if (image->failed || image->writing) return;
  if (!is_sound(image, LK_AT(image, lk_index, index_at), LK_AT(image, lk_term_space, at), s)) image->failed = true;
  for (size_t i = 1; i < ARRAYS; i++) lk_image_release(image, places[i], arrays[i - 1].count * arrays[i - 1].size);
  for (size_t i = 0; i < 2; i++) lk_image_release(image, bounds_at[i], bounds[i].count * bounds[i].size);
}

static size_t walk_index(lk_image *image, size_t pointer) {
  size_t at = lk_image_array(image, pointer, 1, sizeof(lk_index));
  if (!at) image->failed = true;
  for (int s = 0; s < LK_SPACE_COUNT && !image->failed; s++)
    walk_space(image, at, at + offsetof(lk_index, spaces) + (size_t)s * sizeof(lk_term_space), (lk_space)s);
  return image->failed ? 0 : at;
}

void lk_index_walk(lk_image *image, const size_t *pointers, size_t count) {
  size_t first = count ? walk_index(image, pointers[0]) : 0;
  if (first && !image->failed) lk_terms_walk(image, first + offsetof(lk_index, terms));
  for (size_t i = 1; i < count && !image->failed; i++) {
    size_t other = walk_index(image, pointers[i]);
    if (!image->failed) lk_image_same(image, other + offsetof(lk_index, terms), first + offsetof(lk_index, terms));
  }
}
