/* The index file: search/FORMAT.md describes it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "kb/walk.h"
#include "nlu/engine.h"
#include "search/index.h"
#include "search/lexicon.h"
#include "text/vocabulary.h"

/* Rises whenever the file's arrays, or what the analysis or the index builder puts into them, change. */
enum { FORMAT = 4, BYTE_ORDER_MARK = 0x01020304, WINDOW = 1 << 20 };

static const char magic[8] = "LUUKKUIX";

typedef struct header {
  char magic[8];
  uint32_t byte_order, format;
  uint64_t layout;        /* of the structures: other machines and compilers may lay them out in another way */
  uint64_t language_data; /* that the engine came with */
  uint64_t kb;            /* digest of the folder */
  uint64_t size;          /* of the file */
  uint64_t checksum;      /* of everything else in it */
  uint32_t no_voikko, unused;
  lk_kb *kb_root;
  lk_vocabulary *vocabulary;
  struct {
    lk_index *index, *phrasings;
    lk_map *verbatim;
    lk_lexicon *lexicon;
  } parts[LK_LANG_COUNT];
} header;

static uint64_t layout_digest(void) {
  const uint64_t sizes[] = {
      sizeof(header),     sizeof(lk_entry),     sizeof(lk_answer), sizeof(lk_slot),         sizeof(lk_message),
      sizeof(lk_notice),  sizeof(lk_hours_row), sizeof(lk_model),  sizeof(lk_shelf),        sizeof(lk_known_form),
      sizeof(lk_term),    sizeof(lk_target),    sizeof(lk_terms),  sizeof(struct lk_index), sizeof(lk_term_space),
      sizeof(lk_weights), sizeof(void *),       sizeof(long)};
  return lk_hash((lk_view){(const char *)sizes, sizeof sizes});
}

/* Window by window, so that a file need not be in memory as a whole to be looked at. */
static uint64_t checksum_of(const lk_image *image) {
  header head;
  memcpy(&head, image->base, sizeof head);
  head.checksum = 0;
  uint64_t sum = lk_image_checksum(&head, sizeof head);
  for (size_t at = sizeof head; at < image->size; at += WINDOW) {
    size_t size = image->size - at < WINDOW ? image->size - at : WINDOW;
    const uint64_t sums[] = {sum, lk_image_checksum(image->base + at, size)};
    sum = lk_image_checksum(sums, sizeof sums);
    lk_image_release(image, at, size);
  }
  return sum;
}

void lk_engine_seal(char *bytes, size_t size) {
  header head;
  memcpy(&head, bytes, sizeof head);
  head.size = size;
  memcpy(bytes, &head, sizeof head);
  head.checksum = checksum_of(&(lk_image){.base = bytes, .size = size});
  memcpy(bytes, &head, sizeof head);
}

/* The roots, whose walks write and read. */
static void walk(lk_image *image) {
  lk_kb_walk(image, offsetof(header, kb_root));
  if (!image->failed) lk_vocabulary_walk(image, offsetof(header, vocabulary));
  for (size_t lang = 0; lang < LK_LANG_COUNT && !image->failed; lang++) {
    size_t part = offsetof(header, parts) + lang * sizeof((header *)0)->parts[0];
    lk_index_walk(image, (const size_t[]){part, part + sizeof(void *)}, 2);
    if (!image->failed) lk_map_walk(image, part + 2 * sizeof(void *));
    if (!image->failed) lk_lexicon_walk(image, part + 3 * sizeof(void *));
  }
}

/* ---- Writing ---- */

static lk_code make_image(const lk_engine *engine, const char *folder, lk_image *image, lk_error *err) {
  header head = {.byte_order = BYTE_ORDER_MARK, .format = FORMAT, .layout = layout_digest()};
  memcpy(head.magic, magic, sizeof magic);
  head.language_data = lk_language_data_digest();
  head.no_voikko = !engine->has_dictionary;
  head.kb_root = engine->kb;
  head.vocabulary = engine->vocabulary;
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    const lk_language_part *part = &engine->parts[lang];
    head.parts[lang].index = part->index;
    head.parts[lang].phrasings = part->phrasings;
    head.parts[lang].verbatim = part->verbatim;
    head.parts[lang].lexicon = part->lexicon;
  }
  lk_code code = lk_kb_digest(folder, &head.kb, err);
  if (code) return code;
  *image = (lk_image){.writing = true};
  (void)lk_image_append(image, &head, sizeof head);
  if (!image->failed) walk(image);
  if (image->failed) return lk_fail_memory(err);
  lk_engine_seal(image->base, image->size);
  return LK_OK;
}

static lk_code fail_to_write(const char *path, int number, lk_error *err) {
  return lk_fail_at(err, LK_ERR_IO, path, 0,
                    "the index file can't be written: %s; check the folder, its permissions and the disk", strerror(number));
}

static bool write_all(int file, const char *bytes, size_t size) {
  while (size) {
    ssize_t written = write(file, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= (size_t)written;
  }
  return fsync(file) == 0;
}

/* Beside the old one and then into its place: who has the old one mapped keeps it. */
static lk_code replace_file(const char *path, const lk_image *image, lk_error *err) {
  lk_buffer fresh = {0};
  lk_buffer_addf(&fresh, "%s.%ld", path, (long)getpid());
  if (fresh.failed) return lk_fail_memory(err);
  int file = open(fresh.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644), number = 0;
  bool fine = file >= 0 && write_all(file, image->base, image->size);
  if (!fine) number = errno;
  if (file >= 0 && close(file) && fine) fine = (number = errno, false);
  if (fine && rename(fresh.ptr, path)) fine = (number = errno, false);
  if (!fine && file >= 0) (void)unlink(fresh.ptr);
  lk_buffer_free(&fresh);
  return fine ? LK_OK : fail_to_write(path, number, err);
}

lk_code lk_engine_write(const lk_engine *engine, const char *folder, const char *path, lk_error *err) {
  lk_image image = {0};
  if (engine->image.base) return lk_fail(err, LK_ERR_STATE, "this engine came from an index file; build one of the folder");
  lk_code code = make_image(engine, folder, &image, err);
  if (!code) code = replace_file(path, &image, err);
  lk_image_free(&image);
  return code;
}

/* ---- Reading ---- */

static lk_code refuse(const char *path, const char *what, lk_error *err) {
  return lk_fail_at(err, LK_ERR_INPUT, path, 0, "%s; make it with luukku index", what);
}

static lk_code check(const lk_image *image, const char *path, lk_error *err) {
  const header *head = LK_AT(image, header, 0);
  if (memcmp(head->magic, magic, sizeof magic) != 0) return refuse(path, "this is no index file of Luukku", err);
  if (head->byte_order != BYTE_ORDER_MARK || head->layout != layout_digest())
    return refuse(path, "this index file was made on another kind of machine or by another build of Luukku", err);
  if (head->format != FORMAT || head->language_data != lk_language_data_digest())
    return refuse(path, "this index file was made by another version of Luukku", err);
  if (head->size != image->size) return refuse(path, "this index file was cut short or added to", err);
  if (head->checksum != checksum_of(image)) return refuse(path, "this index file is damaged", err);
  return LK_OK;
}

/* Private pages: offsets become pointers in this process alone, and pages without any stay shared. */
static lk_code map_file(const char *path, lk_image *image, lk_error *err) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  struct stat info;
  if (file < 0 || fstat(file, &info)) {
    int number = errno;
    if (file >= 0) (void)close(file);
    return lk_fail_at(err, LK_ERR_IO, path, 0, "the index file can't be read: %s; make it with luukku index", strerror(number));
  }
  bool whole = S_ISREG(info.st_mode) && info.st_size >= (off_t)sizeof(header);
  void *base = whole ? mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0) : MAP_FAILED;
  (void)close(file);
  if (!whole) return refuse(path, "this is no index file of Luukku", err);
  if (base == MAP_FAILED) return lk_fail_memory(err);
  *image = (lk_image){.base = base, .size = (size_t)info.st_size, .mapped = true};
  return LK_OK;
}

lk_code lk_engine_map(lk_engine *engine, const char *folder, lk_error *err) {
  const char *path = engine->options.index;
  uint64_t digest;
  lk_code code = map_file(path, &engine->image, err);
  if (!code) code = check(&engine->image, path, err);
  if (!code) code = lk_kb_digest(folder, &digest, err);
  if (code) return code;
  const header *head = LK_AT(&engine->image, header, 0);
  if (digest != head->kb) code = refuse(path, "this index file was made from another state of the knowledge base", err);
  if (!code) walk(&engine->image);
  if (!code && engine->image.failed) code = refuse(path, "this index file is damaged", err);
  if (code) return code;
  engine->kb = head->kb_root;
  engine->vocabulary = head->vocabulary;
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    lk_language_part *part = &engine->parts[lang];
    part->index = head->parts[lang].index;
    part->phrasings = head->parts[lang].phrasings;
    part->verbatim = head->parts[lang].verbatim;
    part->lexicon = head->parts[lang].lexicon;
  }
  return LK_OK;
}

lk_code lk_engine_check_dictionary(const lk_engine *engine, lk_error *err) {
  bool made_without = LK_AT(&engine->image, header, 0)->no_voikko;
  if (made_without != engine->has_dictionary) return LK_OK;
  const char *what = made_without ? "this index file was made without Voikko's dictionary"
                                  : "this index file was made with Voikko's dictionary, which is missing here";
  return refuse(engine->options.index, what, err);
}

void lk_engine_unmap(lk_engine *engine) {
  if (engine->image.base) (void)munmap(engine->image.base, engine->image.size);
}
