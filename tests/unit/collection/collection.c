/* Documents of any kind: the collection does not depend on threads, its file answers as it does, and what is not such a file is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those four */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collection/collection.h"
#include "luukku/arena.h"

enum { DOCUMENTS = 1500, TOP = 10 };

static const char *const words[] = {"toimitus",      "paketti",      "tilauksen",  "maksaa",       "palautan", "lahjakortin",
                                    "kengät",        "myymälässä",   "noutopiste", "alennuskoodi", "postitse", "viikossa",
                                    "takuu",         "huolto",       "koko",       "väri",         "kuinka",   "miten",
                                    "jälleenmyyjät", "verkkokauppa", "laskulla",   "osamaksu",     "kuitti",   "varasto"};

static const char *word(uint32_t *seed) {
  *seed = *seed * 1664525 + 1013904223;
  return words[(*seed >> 16) % (sizeof words / sizeof *words)];
}

static void add(lk_collection_builder *builder, size_t number) {
  uint32_t seed = (uint32_t)number;
  char id[32], title[100], body[200];
  (void)snprintf(id, sizeof id, "document-%zu", number);
  (void)snprintf(title, sizeof title, "%s %s", word(&seed), word(&seed));
  (void)snprintf(body, sizeof body, "%s %s %s %zu %s", word(&seed), word(&seed), word(&seed), number % 97, word(&seed));
  lk_error err = {0};
  lk_code code = lk_collection_builder_add(builder, lk_view_of(id), lk_view_of(title), lk_view_of(number % 7 ? body : ""), &err);
  if (code) fail_msg("%s", err.message);
}

static lk_collection *build(size_t documents, size_t threads) {
  lk_error err = {0};
  lk_collection_options options = {.lang = LK_LANG_FI, .analyzer = {.no_voikko = true}, .threads = threads};
  lk_collection_builder *builder = lk_collection_builder_new(&options, &err);
  if (!builder) fail_msg("%s", err.message);
  for (size_t d = 0; d < documents; d++) add(builder, d);
  lk_collection_times times;
  lk_collection *made = lk_collection_builder_finish(builder, &times, &err);
  if (!made) fail_msg("%s", err.message);
  assert_true(times.analysis >= 0 && times.index > 0);
  lk_collection_builder_free(builder);
  return made;
}

static size_t search(const lk_collection *c, const char *text, lk_hit *hits) {
  lk_error err = {0};
  lk_arena *arena = lk_arena_new();
  lk_analyzer_options how = lk_collection_analyzer(c);
  lk_analyzer *analyzer = lk_analyzer_new(lk_collection_vocabulary(c), &how, &err);
  lk_searcher *searcher = lk_searcher_new(lk_collection_index(c), &err);
  lk_query_maker *maker = lk_query_maker_new(lk_collection_index(c), &err);
  lk_analysis analysis;
  lk_query query;
  assert_int_equal(lk_analyze(analyzer, lk_collection_lang(c), lk_view_of(text), LK_ANALYZE_REPAIR, arena, &analysis, &err),
                   LK_OK);
  assert_int_equal(lk_query_make(maker, NULL, &analysis, arena, &query, &err), LK_OK);
  size_t found = lk_search(searcher, &query, hits, TOP);
  lk_query_maker_free(maker);
  lk_searcher_free(searcher);
  lk_analyzer_free(analyzer);
  lk_arena_free(arena);
  return found;
}

static void assert_same(const lk_collection *one, const lk_collection *other) {
  assert_int_equal(lk_collection_documents(one), lk_collection_documents(other));
  assert_int_equal(lk_collection_lang(one), lk_collection_lang(other));
  for (size_t d = 0; d < lk_collection_documents(one); d++)
    assert_true(lk_view_eq(lk_collection_id(one, d), lk_collection_id(other, d)));
  static const char *const questions[] = {"paljonko toimitus maksaa", "alennuskodi", "42",
                                          "osamaksu verkkokaupassa",  "xyzzy",       ""};
  for (size_t q = 0; q < sizeof questions / sizeof *questions; q++) {
    lk_hit a[TOP], b[TOP];
    size_t found = search(one, questions[q], a);
    assert_int_equal(found, search(other, questions[q], b));
    for (size_t h = 0; h < found; h++) {
      assert_int_equal(a[h].document, b[h].document);
      assert_memory_equal(&a[h].score, &b[h].score, sizeof a[h].score);
    }
  }
}

/* ---- The file ---- */

typedef struct place {
  char folder[64], file[128];
  lk_collection *built;
} place;

static int make_place(void **state) {
  static place p;
  (void)snprintf(p.folder, sizeof p.folder, "/tmp/luukku-collection-XXXXXX");
  if (!mkdtemp(p.folder)) return -1;
  (void)snprintf(p.file, sizeof p.file, "%s/documents.index", p.folder);
  p.built = build(200, 1);
  lk_error err = {0};
  if (lk_collection_write(p.built, p.file, &err)) return fprintf(stderr, "%s\n", err.message), -1;
  *state = &p;
  return 0;
}

static int remove_place(void **state) {
  place *p = *state;
  lk_collection_free(p->built);
  (void)unlink(p->file);
  return rmdir(p->folder);
}

static void write_file(const char *path, const void *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
}

static size_t read_file(const char *path, char **bytes) {
  struct stat info;
  assert_int_equal(stat(path, &info), 0);
  FILE *file = fopen(path, "rb");
  *bytes = malloc((size_t)info.st_size);
  assert_true(file && *bytes);
  assert_int_equal(fread(*bytes, 1, (size_t)info.st_size, file), (size_t)info.st_size);
  assert_int_equal(fclose(file), 0);
  return (size_t)info.st_size;
}

static void assert_refused(const place *p, const char *why) {
  lk_error err = {0};
  assert_null(lk_collection_map(p->file, &err));
  assert_int_equal(err.code, LK_ERR_INPUT);
  assert_string_equal(err.file, p->file);
  if (!strstr(err.message, why)) fail_msg("'%s' does not say '%s'", err.message, why);
  assert_non_null(strstr(err.message, "; make it with luukku rank --save"));
}

static void a_mapped_collection_answers_as_the_built_one(void **state) {
  const place *p = *state;
  lk_error err = {0};
  lk_collection *mapped = lk_collection_map(p->file, &err);
  if (!mapped) fail_msg("%s", err.message);
  assert_same(p->built, mapped);
  assert_true(lk_collection_analyzer(mapped).no_voikko);
  assert_int_equal(lk_collection_write(mapped, p->file, &err), LK_ERR_STATE);
  lk_collection_free(mapped);
}

static void a_file_that_was_cut_or_changed_is_refused(void **state) {
  const place *p = *state;
  char *bytes;
  size_t size = read_file(p->file, &bytes);
  for (size_t keep = 0; keep < size; keep += 1 + size / 37) {
    write_file(p->file, bytes, keep);
    assert_refused(p, keep < 64 ? "no index file" : "this index file was cut short");
  }
  for (size_t at = 0; at < size; at += 1 + size / 211) {
    bytes[at] ^= 0x40;
    write_file(p->file, bytes, size);
    assert_refused(p, at < 8 ? "no index file" : "this index file");
    bytes[at] ^= 0x40;
  }
  write_file(p->file, bytes, size);
  free(bytes);
}

/* A forged checksum leaves wrong offsets to the walk: refused, or answered without leaving the file. */
static void a_changed_file_with_the_right_checksum_does_no_harm(void **state) {
  const place *p = *state;
  char *bytes;
  size_t size = read_file(p->file, &bytes), refused = 0;
  for (size_t at = 40; at < 120; at++) {
    char *changed = malloc(size);
    assert_non_null(changed);
    memcpy(changed, bytes, size);
    changed[at] = (char)(changed[at] + 0x40);
    lk_collection_seal(changed, size);
    write_file(p->file, changed, size);
    free(changed);
    lk_error err = {0};
    lk_collection *mapped = lk_collection_map(p->file, &err);
    for (size_t d = 0; mapped && d < lk_collection_documents(mapped); d++) assert_true(lk_collection_id(mapped, d).len < size);
    lk_collection_free(mapped);
    refused += !mapped;
  }
  assert_true(refused > 40);
  write_file(p->file, bytes, size);
  free(bytes);
}

static void what_is_no_such_file_is_refused(void **state) {
  place other = *(const place *)*state;
  char nothing[4096] = "d1\ttitle\tbody\n";
  (void)snprintf(other.file, sizeof other.file, "%s/other", other.folder);
  write_file(other.file, nothing, sizeof nothing);
  assert_refused(&other, "no index file");
  assert_int_equal(unlink(other.file), 0);
  lk_error err = {0};
  assert_null(lk_collection_map(other.file, &err));
  assert_int_equal(err.code, LK_ERR_IO);
  assert_null(lk_collection_map(other.folder, &err));
  assert_int_equal(err.code, LK_ERR_INPUT);
}

static void a_file_that_cannot_be_written_leaves_nothing(void **state) {
  const place *p = *state;
  char path[200];
  (void)snprintf(path, sizeof path, "%s/missing/documents.index", p->folder);
  lk_error err = {0};
  assert_int_equal(lk_collection_write(p->built, path, &err), LK_ERR_IO);
  assert_string_equal(err.file, path);
}

/* ---- Building ---- */

static void threads_change_nothing(void **state) {
  (void)state;
  lk_collection *one = build(DOCUMENTS, 1), *two = build(DOCUMENTS, 2);
  assert_same(one, two);
  lk_collection_free(one);
  lk_collection_free(two);
}

static void a_collection_without_documents_finds_nothing(void **state) {
  (void)state;
  lk_collection *none = build(0, 2);
  lk_hit hits[TOP];
  assert_int_equal(lk_collection_documents(none), 0);
  assert_int_equal(search(none, "toimitus", hits), 0);
  lk_collection_free(none);
}

static void a_text_that_is_too_long_is_an_error(void **state) {
  (void)state;
  size_t length = 70000;
  char *text = malloc(length);
  assert_non_null(text);
  memset(text, 'a', length);
  lk_error err = {0};
  lk_collection_options options = {.lang = LK_LANG_FI, .analyzer = {.no_voikko = true}, .threads = 2};
  lk_collection_builder *builder = lk_collection_builder_new(&options, &err);
  add(builder, 1);
  assert_int_equal(lk_collection_builder_add(builder, lk_view_of("long-one"), lk_view_of("b"), (lk_view){text, length}, &err),
                   LK_OK);
  assert_null(lk_collection_builder_finish(builder, NULL, &err));
  assert_int_equal(err.code, LK_ERR_LIMIT);
  assert_non_null(strstr(err.message, "document long-one: the text has"));
  lk_collection_builder_free(builder);
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_mapped_collection_answers_as_the_built_one),
      cmocka_unit_test(a_file_that_was_cut_or_changed_is_refused),
      cmocka_unit_test(a_changed_file_with_the_right_checksum_does_no_harm),
      cmocka_unit_test(what_is_no_such_file_is_refused),
      cmocka_unit_test(a_file_that_cannot_be_written_leaves_nothing),
      cmocka_unit_test(threads_change_nothing),
      cmocka_unit_test(a_collection_without_documents_finds_nothing),
      cmocka_unit_test(a_text_that_is_too_long_is_an_error),
  };
  return cmocka_run_group_tests(tests, make_place, remove_place);
}
