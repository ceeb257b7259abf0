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
    if ((uint32_t)table->slots[i] > table->count) return false;
    free_slots += !table->slots[i];
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
  size_t bytes = table.byte_cap = image->writing ? (table.count ? table.starts[table.count] : 0) : table.byte_cap;
  if (image->writing) LK_AT(image, lk_word_table, at)->byte_cap = bytes;
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

/* Postings of a term have documents that are there, each after the one before. */
static bool has_sound_postings(const lk_index *index, const lk_term_space *space) {
  for (uint32_t t = 0; t < space->term_count; t++) {
    if (space->dense[t] > space->dense_terms) return false;
    uint32_t least = 0;
    for (uint32_t i = space->first[t]; i < space->first[t + 1]; i++) {
      uint32_t document = space->gains[i].document;
      if (document < least || document >= index->documents || space->codes[i] >= space->code_count) return false;
      least = document + 1;
    }
  }
  return true;
}

/* No term is in a document that is not there. */
static bool has_sound_rows(const lk_index *index, const lk_term_space *space) {
  size_t length = lk_row_length(index->documents);
  for (uint32_t row = 0; row < space->dense_terms; row++) {
    if (space->dense_count[row] > index->documents) return false;
    for (size_t d = 0; d < length; d++) {
      uint8_t pair = space->pairs[row * length + d];
      if (pair && (d >= index->documents || (pair != LK_PAIR_RARE && pair > space->code_count))) return false;
    }
  }
  return true;
}

static void walk_space(lk_image *image, size_t index_at, size_t at) {
  lk_term_space space = *LK_AT(image, lk_term_space, at);
  size_t documents = LK_AT(image, lk_index, index_at)->documents, row = lk_row_length((uint32_t)documents);
  size_t postings = image->writing ? space.first[space.term_count] : 0;
  size_t first = lk_image_array(image, at + offsetof(lk_term_space, first), (size_t)space.term_count + 1, sizeof(uint32_t));
  if (image->failed) return;
  if (!image->writing) postings = LK_AT(image, uint32_t, first)[space.term_count];
  const struct {
    size_t pointer, count, size;
  } arrays[] = {{offsetof(lk_term_space, gains), postings, sizeof *space.gains},
                {offsetof(lk_term_space, codes), postings, sizeof *space.codes},
                {offsetof(lk_term_space, idf), space.term_count, sizeof *space.idf},
                {offsetof(lk_term_space, tf), space.code_count, sizeof *space.tf},
                {offsetof(lk_term_space, norms), documents, sizeof *space.norms},
                {offsetof(lk_term_space, dense), space.term_count, sizeof *space.dense},
                {offsetof(lk_term_space, dense_count), space.dense_terms, sizeof *space.dense_count},
                {offsetof(lk_term_space, pairs), space.dense_terms, row},
                {offsetof(lk_term_space, sketches), space.dense_terms, row}};
  size_t places[sizeof arrays / sizeof *arrays] = {0};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays && !image->failed; i++)
    places[i] = lk_image_array(image, at + arrays[i].pointer, arrays[i].count, arrays[i].size);
  if (image->failed || image->writing) return;
  const lk_index *index = LK_AT(image, lk_index, index_at);
  const lk_term_space *read = LK_AT(image, lk_term_space, at);
  if (!ascends(read->first, (size_t)space.term_count + 1, (uint32_t)postings) || !has_sound_postings(index, read) ||
      !has_sound_rows(index, read))
    image->failed = true;
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    lk_image_release(image, places[i], arrays[i].count * arrays[i].size);
}

static size_t walk_index(lk_image *image, size_t pointer) {
  size_t at = lk_image_array(image, pointer, 1, sizeof(lk_index));
  if (!at) image->failed = true;
  for (int s = 0; s < LK_SPACE_COUNT && !image->failed; s++)
    walk_space(image, at, at + offsetof(lk_index, spaces) + (size_t)s * sizeof(lk_term_space));
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
