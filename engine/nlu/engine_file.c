/* The index file: search/FORMAT.md describes it. */
#include <stddef.h>

#include "base/error.h"
#include "base/image_file.h"
#include "kb/walk.h"
#include "nlu/engine.h"
#include "nlu/words.h"
#include "search/index.h"
#include "search/lexicon.h"
#include "text/vocabulary.h"

/* Rises whenever the file's arrays, or what the analysis or the index builder puts into them, change. */
enum { FORMAT = 11 };

/* Where files are mapped: room for 64 of 64 GB each, in a part of the address space that systems leave alone, and not where a huge page
 * would begin: a question looks at a byte here and there, each of which would bring two megabytes with it. Which of them follows from the KB, so that the file of a
 * changed one seldom wants the place of the one that is being served. */
#if UINTPTR_MAX > UINT32_MAX
static const uintptr_t addresses = (uintptr_t)0x200000010000, address_step = (uintptr_t)1 << 36, address_count = 64;
#else
static const uintptr_t addresses = 0, address_step = 0, address_count = 1; /* pointers are moved */
#endif

typedef struct header {
  lk_image_head head;
  uint64_t language_data; /* that the engine came with */
  uint64_t kb;            /* digest of the folder */
  uint64_t no_voikko;
  lk_words *words;
  lk_kb *kb_root;
  lk_vocabulary *vocabulary;
  struct {
    lk_index *index, *phrasings;
    lk_map *verbatim;
    lk_lexicon *lexicon;
    lk_patterns *patterns;
    uint64_t broken_patterns;
  } parts[LK_LANG_COUNT];
} header;

static uint64_t layout_digest(void) {
  const uint64_t sizes[] = {sizeof(header),     sizeof(lk_entry),      sizeof(lk_answer),       sizeof(lk_slot),
                            sizeof(lk_message), sizeof(lk_notice),     sizeof(lk_hours_row),    sizeof(lk_model),
                            sizeof(lk_shelf),   sizeof(lk_known_form), sizeof(lk_phrase),       sizeof(lk_term),
                            sizeof(lk_target),  sizeof(lk_terms),      sizeof(struct lk_index), sizeof(lk_term_space),
                            sizeof(lk_weights), lk_patterns_layout(),  sizeof(void *),          sizeof(long)};
  return lk_hash((lk_view){(const char *)sizes, sizeof sizes});
}

static uint64_t digest_language_data(void) { return lk_language_data_digest() * 31 + lk_words_digest(); }

static lk_image_kind kind_for(uint64_t kb) {
  return (lk_image_kind){.magic = "LUUKKUIX",
                         .format = FORMAT,
                         .layout = layout_digest(),
                         .address = addresses + kb % address_count * address_step,
                         .header = sizeof(header),
                         .remedy = "make it with luukku index"};
}

void lk_engine_seal(char *bytes, size_t size) { lk_image_seal(&(lk_image){.base = bytes, .size = size}); }

/* Entries that have patterns, and are the first ones of their language: not known yet while a file is written, and not needed then. */
static size_t own_entries(const lk_image *image, size_t lang) {
  size_t count = 0;
  if (!image->failed && !image->writing) (void)lk_kb_entries(LK_AT(image, header, 0)->kb_root, (lk_lang)lang, &count);
  return count;
}

/* The roots, whose walks write and read. */
static void walk(lk_image *image) {
  lk_kb_walk(image, offsetof(header, kb_root));
  if (!image->failed) lk_words_walk(image, offsetof(header, words));
  if (!image->failed) lk_vocabulary_walk(image, offsetof(header, vocabulary));
  for (size_t lang = 0; lang < LK_LANG_COUNT && !image->failed; lang++) {
    size_t part = offsetof(header, parts) + lang * sizeof((header *)0)->parts[0];
    lk_index_walk(image, (const size_t[]){part, part + sizeof(void *)}, 2);
    if (!image->failed) lk_map_walk(image, part + 2 * sizeof(void *));
    if (!image->failed) lk_lexicon_walk(image, part + 3 * sizeof(void *));
    if (!image->failed) lk_patterns_walk(image, part + 4 * sizeof(void *), (lk_lang)lang, own_entries(image, lang));
  }
}

/* ---- Writing ---- */

static header header_of(const lk_engine *engine, uint64_t kb) {
  header head = {.language_data = digest_language_data(), .kb = kb, .no_voikko = !engine->has_dictionary};
  head.kb_root = engine->kb;
  head.words = engine->words;
  head.vocabulary = engine->vocabulary;
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    const lk_language_part *part = &engine->parts[lang];
    head.parts[lang].index = part->index;
    head.parts[lang].phrasings = part->phrasings;
    head.parts[lang].verbatim = part->verbatim;
    head.parts[lang].lexicon = part->lexicon;
    head.parts[lang].patterns = part->patterns;
    head.parts[lang].broken_patterns = part->broken_patterns;
  }
  return head;
}

lk_code lk_engine_write(const lk_engine *engine, const char *folder, const char *path, lk_error *err) {
  uint64_t digest;
  if (engine->image.base) return lk_fail(err, LK_ERR_STATE, "this engine came from an index file; build one of the folder");
  lk_code code = lk_kb_digest(folder, &digest, err);
  if (code) return code;
  const lk_image_kind kind = kind_for(digest);
  const header head = header_of(engine, digest);
  lk_image image = {.writing = true, .address = kind.address};
  (void)lk_image_append(&image, &head, sizeof head);
  lk_image_begin(&image, &kind);
  if (!image.failed) walk(&image);
  lk_image_seal(&image);
  code = image.failed ? lk_fail_memory(err) : lk_image_write(&image, path, err);
  lk_image_free(&image);
  return code;
}

/* ---- Reading ---- */

static void take_roots(lk_engine *engine) {
  const header *head = LK_AT(&engine->image, header, 0);
  engine->kb = head->kb_root;
  engine->words = head->words;
  engine->vocabulary = head->vocabulary;
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    lk_language_part *part = &engine->parts[lang];
    part->index = head->parts[lang].index;
    part->phrasings = head->parts[lang].phrasings;
    part->verbatim = head->parts[lang].verbatim;
    part->lexicon = head->parts[lang].lexicon;
    part->patterns = head->parts[lang].patterns;
    part->broken_patterns = head->parts[lang].broken_patterns;
  }
}

lk_code lk_engine_map(lk_engine *engine, const char *folder, lk_error *err) {
  const char *path = engine->options.index;
  uint64_t digest;
  lk_code code = lk_kb_digest(folder, &digest, err);
  const lk_image_kind kind = kind_for(digest);
  if (!code) code = lk_image_map(path, &kind, &engine->image, err);
  if (code) return code;
  const header *head = LK_AT(&engine->image, header, 0);
  if (head->language_data != digest_language_data())
    return lk_image_refuse(path, &kind, "this index file was made by another version of Luukku", err);
  if (head->kb != digest)
    return lk_image_refuse(path, &kind, "this index file was made from another state of the knowledge base", err);
  walk(&engine->image);
  code = lk_image_settle(&engine->image, path, &kind, err);
  if (!code) take_roots(engine);
  return code;
}

lk_code lk_engine_check_dictionary(const lk_engine *engine, lk_error *err) {
  bool made_without = LK_AT(&engine->image, header, 0)->no_voikko;
  if (made_without != engine->has_dictionary) return LK_OK;
  const char *what = made_without ? "this index file was made without Voikko's dictionary"
                                  : "this index file was made with Voikko's dictionary, which is missing here";
  const lk_image_kind kind = kind_for(0);
  return lk_image_refuse(engine->options.index, &kind, what, err);
}

lk_code lk_engine_refuse_damaged(const lk_engine *engine, lk_error *err) {
  const lk_image_kind kind = kind_for(0);
  return lk_image_refuse(engine->options.index, &kind, "this index file is damaged", err);
}

void lk_engine_unmap(lk_engine *engine) { lk_image_unmap(&engine->image); }
