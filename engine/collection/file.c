/* A collection's file: an image (base/image_file.h) with the header below, then the vocabulary, the index and the identifiers as they lay in memory. */
#include <stdlib.h>

#include "base/error.h"
#include "base/image_file.h"
#include "collection/collection.h"
#include "search/index.h"
#include "text/vocabulary.h"

/* Rises whenever the arrays, or what the analysis or the index builder puts into them, change. */
enum { FORMAT = 7 };

/* Far from what the system maps by itself, and from sanitizers' shadows. */
#define ADDRESS (sizeof(void *) > 4 ? 0x200000000000u : 0u)

typedef struct header {
  lk_image_head head;
  uint64_t language_data; /* that the engine came with */
  uint32_t lang;
  uint8_t no_voikko, has_dictionary, unused[2];
  lk_vocabulary *vocabulary;
  lk_index *index;
  char *id_bytes;
  uint64_t *id_starts;
  uint64_t id_count, id_byte_count;
} header;

static lk_image_kind kind_of_file(void) {
  const uint64_t sizes[] = {sizeof(header),   sizeof(lk_vocabulary),   sizeof(lk_known_form), sizeof(lk_term), sizeof(lk_target),
                            sizeof(lk_terms), sizeof(struct lk_index), sizeof(lk_term_space), sizeof(void *),  sizeof(long)};
  return (lk_image_kind){.magic = "LUUKKUDX",
                         .format = FORMAT,
                         .layout = lk_hash((lk_view){(const char *)sizes, sizeof sizes}),
                         .address = (uintptr_t)ADDRESS,
                         .header = sizeof(header),
                         .remedy = "make it with luukku rank --save"};
}

/* Identifiers are read by their places: they may not lead out of the bytes. */
static bool has_sound_identifiers(const header *head) {
  const uint64_t *starts = head->id_starts;
  if (!starts || starts[0] != 0 || starts[head->id_count] != head->id_byte_count) return false;
  for (uint64_t i = 0; i < head->id_count; i++)
    if (starts[i + 1] < starts[i]) return false;
  return true;
}

static void walk_identifiers(lk_image *image) {
  uint64_t count = LK_AT(image, header, 0)->id_count, bytes = LK_AT(image, header, 0)->id_byte_count;
  if (count == UINT64_MAX) image->failed = true;
  (void)lk_image_array(image, offsetof(header, id_bytes), bytes, 1);
  if (!image->failed) (void)lk_image_array(image, offsetof(header, id_starts), count + 1, sizeof(uint64_t));
  if (!image->failed && !image->writing && !has_sound_identifiers(LK_AT(image, header, 0))) image->failed = true;
}

static void walk(lk_image *image) {
  lk_vocabulary_walk(image, offsetof(header, vocabulary));
  if (!image->failed) lk_index_walk(image, (const size_t[]){offsetof(header, index)}, 1);
  if (!image->failed) walk_identifiers(image);
}

void lk_collection_seal(char *bytes, size_t size) { lk_image_seal(&(lk_image){.base = bytes, .size = size}); }

lk_code lk_collection_write(const lk_collection *c, const char *path, lk_error *err) {
  if (c->image.base) return lk_fail(err, LK_ERR_STATE, "this collection came from a file; copy the file");
  const lk_image_kind kind = kind_of_file();
  const header head = {.language_data = lk_language_data_digest(),
                       .lang = (uint32_t)c->lang,
                       .no_voikko = c->no_voikko,
                       .has_dictionary = c->has_dictionary,
                       .vocabulary = c->vocabulary,
                       .index = c->index,
                       .id_bytes = c->ids.bytes.items,
                       .id_starts = c->ids.starts.items,
                       .id_count = c->ids.starts.count - 1,
                       .id_byte_count = c->ids.bytes.count};
  lk_image image = {.writing = true, .address = kind.address};
  (void)lk_image_append(&image, &head, sizeof head);
  lk_image_begin(&image, &kind);
  if (!image.failed) walk(&image);
  lk_image_seal(&image);
  lk_code code = image.failed ? lk_fail_memory(err) : lk_image_write(&image, path, err);
  lk_image_free(&image);
  return code;
}

static lk_code take(lk_collection *c, const char *path, const lk_image_kind *kind, lk_error *err) {
  header *head = LK_AT(&c->image, header, 0);
  if (head->language_data != lk_language_data_digest())
    return lk_image_refuse(path, kind, "this index file was made by another version of Luukku", err);
  walk(&c->image);
  if (!c->image.failed && (head->lang >= LK_LANG_COUNT || lk_index_documents(head->index) != head->id_count))
    c->image.failed = true;
  lk_code code = lk_image_settle(&c->image, path, kind, err);
  if (code) return code;
  c->lang = (lk_lang)head->lang;
  c->no_voikko = head->no_voikko;
  c->has_dictionary = head->has_dictionary;
  c->vocabulary = head->vocabulary;
  c->index = head->index;
  c->ids.bytes.items = head->id_bytes;
  c->ids.starts.items = head->id_starts;
  return LK_OK;
}

lk_collection *lk_collection_map(const char *path, lk_error *err) {
  lk_collection *c = calloc(1, sizeof *c);
  if (!c) return lk_fail_memory(err), NULL;
  const lk_image_kind kind = kind_of_file();
  lk_code code = lk_image_map(path, &kind, &c->image, err);
  if (!code) code = take(c, path, &kind, err);
  if (!code) return c;
  lk_image_unmap(&c->image);
  free(c);
  return NULL;
}
