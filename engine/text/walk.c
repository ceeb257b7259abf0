/* The vocabulary as an image (base/image.h). */
#include "text/data.h"
#include "text/vocabulary.h"

/* Rows of `size` bytes with one or two views in them. */
static void walk_rows(lk_image *image, size_t pointer, size_t count, size_t size, size_t first, size_t second) {
  size_t at = lk_image_array(image, pointer, count, size);
  for (size_t i = 0; i < count && !image->failed; i++, at += size) {
    lk_image_view(image, at + first);
    if (second != first) lk_image_view(image, at + second);
  }
}

static void walk_maps(lk_image *image, size_t at) {
  static const size_t maps[] = {offsetof(lk_shelf, spoken),    offsetof(lk_shelf, spoken_folded), offsetof(lk_shelf, stop),
                                offsetof(lk_shelf, common),    offsetof(lk_shelf, names),         offsetof(lk_shelf, stop_folded),
                                offsetof(lk_shelf, irregular), offsetof(lk_shelf, derived),       offsetof(lk_shelf, trigrams)};
  for (size_t i = 0; i < sizeof maps / sizeof *maps && !image->failed; i++) lk_map_walk(image, at + maps[i]);
}

#define COUNT_OF(vector) (LK_AT(image, lk_shelf, at)->vector.count)
#define ITEMS_OF(vector) (at + offsetof(lk_shelf, vector.items))

/* The last start is the number of ids, and starts that do not rise would lead out of them. */
static bool has_sound_table(const lk_shelf *shelf, size_t ids) {
  for (size_t b = 0; b < shelf->near_buckets; b++)
    if (shelf->near_starts[b] > shelf->near_starts[b + 1]) return false;
  return shelf->near_starts[shelf->near_buckets] <= ids;
}

static void walk_tables(lk_image *image, size_t at) {
  const lk_shelf *shelf = LK_AT(image, lk_shelf, at);
  size_t buckets = shelf->near_buckets, ids = shelf->near_targets * LK_TARGET_PAIRS, words = shelf->beginning_words;
  if (buckets & (buckets - 1) || words & (words - 1)) image->failed = true;
  if (!buckets || image->failed) return;
  (void)lk_image_array(image, at + offsetof(lk_shelf, near_starts), buckets + 2, sizeof(uint32_t));
  if (!image->failed) (void)lk_image_array(image, at + offsetof(lk_shelf, near_ids), ids, sizeof(uint32_t));
  if (!image->failed) (void)lk_image_array(image, at + offsetof(lk_shelf, beginnings), words, sizeof(uint64_t));
  if (!image->failed && !image->writing && !has_sound_table(LK_AT(image, lk_shelf, at), ids)) image->failed = true;
}

/* What the knowledge base uses: flat arrays. */
static void walk_words(lk_image *image, size_t at) {
  lk_image_nothing(image, at + offsetof(lk_shelf, lexeme_slots));
  lk_texts_walk(image, at + offsetof(lk_shelf, texts));
  if (!image->failed) (void)lk_image_array(image, ITEMS_OF(uses), COUNT_OF(uses), sizeof(lk_text_use));
  if (!image->failed) (void)lk_image_array(image, ITEMS_OF(entries), COUNT_OF(entries), sizeof(lk_known_form));
  if (!image->failed) (void)lk_image_array(image, ITEMS_OF(lexemes), COUNT_OF(lexemes), sizeof(uint32_t));
  if (!image->failed) (void)lk_image_array(image, ITEMS_OF(targets), COUNT_OF(targets), sizeof(lk_target));
  size_t folded = LK_AT(image, lk_shelf, at)->folded_slot_count;
  if (!image->failed) (void)lk_image_array(image, at + offsetof(lk_shelf, folded_slots), folded, sizeof(uint32_t));
  if (!image->failed && !image->writing && !lk_shelf_is_sound(LK_AT(image, lk_shelf, at))) image->failed = true;
}

static void walk_shelf(lk_image *image, size_t at) {
  lk_image_nothing(image, at + offsetof(lk_shelf, arena));
  walk_maps(image, at);
  if (!image->failed) lk_image_views(image, ITEMS_OF(spoken_to), COUNT_OF(spoken_to));
  if (!image->failed) lk_image_views(image, ITEMS_OF(irregular_to), COUNT_OF(irregular_to));
  if (!image->failed)
    walk_rows(image, ITEMS_OF(derivations), COUNT_OF(derivations), sizeof(lk_derivation), offsetof(lk_derivation, root),
              offsetof(lk_derivation, root));
  if (!image->failed)
    walk_rows(image, ITEMS_OF(endings), COUNT_OF(endings), sizeof(lk_ending_rule), offsetof(lk_ending_rule, spoken),
              offsetof(lk_ending_rule, written));
  if (!image->failed)
    walk_rows(image, ITEMS_OF(preferences), COUNT_OF(preferences), sizeof(lk_preference), offsetof(lk_preference, weaker),
              offsetof(lk_preference, stronger));
  if (!image->failed) walk_words(image, at);
  if (!image->failed) walk_tables(image, at);
}

void lk_vocabulary_walk(lk_image *image, size_t pointer) {
  size_t at = lk_image_array(image, pointer, 1, sizeof(lk_vocabulary));
  if (!at) image->failed = true;
  for (int lang = 0; lang < LK_LANG_COUNT && !image->failed; lang++)
    walk_shelf(image, at + offsetof(lk_vocabulary, shelves) + (size_t)lang * sizeof(lk_shelf));
}

uint64_t lk_language_data_digest(void) {
  uint64_t digest = lk_hash(lk_data_names());
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++)
    for (lk_data_file file = 0; file < LK_DATA_FILE_COUNT; file++) digest = digest * 31 + lk_hash(lk_data_text(lang, file));
  return digest;
}
