/* The index file: an engine from it answers as the one that it was made of, and what is not such a file is refused. */
#include "collection.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/image.h"
#include "luukku/engine.h"
#include "nlu/engine.h"

static const char shop[] =
    "<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\">"
    "<category id=\"c\"><title>Toimitus</title></category>"
    "<article id=\"cost\" category=\"c\"><question>Paljonko toimitus maksaa?</question><variant>Mitä lähetys maksaa?</variant>"
    "<answer><p>Toimitus maksaa <strong>5 euroa</strong>.</p><ul><li>nouto 0 e</li></ul></answer><see ref=\"return\"/></article>"
    "<article id=\"return\" category=\"c\"><question>Miten palautan tuotteen?</question><keywords>palautus</keywords>"
    "<answer><p>Lähetä se takaisin.</p></answer></article>"
    "<intent id=\"do-person\"><question>Haluan puhua ihmisen kanssa</question><pattern>[haluan] "
    "(ihminen|asiakaspalvelija)</pattern>"
    "<action name=\"handoff\"/></intent>"
    "<lexicon><set>paketti, lähetys, kolli</set><map from=\"rahat takaisin\" to=\"palautus\"/><spoken from=\"palari\" "
    "to=\"palautus\"/>"
    "</lexicon></kb>";

typedef struct place {
  char folder[64], xml[128], file[128];
} place;

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
  assert_non_null(file);
  *bytes = malloc((size_t)info.st_size);
  assert_int_equal(fread(*bytes, 1, (size_t)info.st_size, file), (size_t)info.st_size);
  assert_int_equal(fclose(file), 0);
  return (size_t)info.st_size;
}

static int make_place(void **state) {
  static place p;
  (void)snprintf(p.folder, sizeof p.folder, "/tmp/luukku-index-XXXXXX");
  if (!mkdtemp(p.folder)) return -1;
  (void)snprintf(p.xml, sizeof p.xml, "%s/shop.xml", p.folder);
  (void)snprintf(p.file, sizeof p.file, "%s/shop.index", p.folder);
  write_file(p.xml, shop, sizeof shop - 1);
  lk_error err = {0};
  lk_engine *engine = lk_engine_load(p.folder, NULL, NULL, &err);
  if (!engine) return fprintf(stderr, "%s\n", err.message), -1;
  lk_code code = lk_engine_write(engine, p.folder, p.file, &err);
  lk_engine_free(engine);
  *state = &p;
  return code ? -1 : 0;
}

static int remove_place(void **state) {
  place *p = *state;
  (void)unlink(p->xml);
  (void)unlink(p->file);
  return rmdir(p->folder);
}

static lk_engine *map(const place *p, lk_error *err) {
  lk_engine_options options = {.index = p->file};
  return lk_engine_load(p->folder, &options, NULL, err);
}

/* What an engine makes of a message, as one line. */
static void describe(const lk_engine *engine, const char *text, char *out, size_t size) {
  lk_arena *arena = lk_arena_new();
  lk_worker *worker = lk_worker_new(engine, NULL);
  lk_hearing hearing = {.lang = LK_LANG_NONE, .prior = LK_LANG_NONE};
  lk_understanding u;
  assert_non_null(worker);
  assert_int_equal(lk_understand(worker, lk_view_of(text), &hearing, arena, &u, NULL), LK_OK);
  int length = snprintf(out, size, "%s %.*s", lk_lang_code(u.language.lang), u.triggered ? (int)u.triggered->id.len : 0,
                        u.triggered ? u.triggered->id.ptr : "");
  for (size_t c = 0; c < u.candidate_count && length < (int)size - 100; c++)
    length += snprintf(out + length, size - (size_t)length, " %.*s=%.6f/%.6f", LK_FMT(u.candidates[c].entry->id),
                       (double)u.candidates[c].score, u.candidates[c].confidence);
  lk_worker_free(worker);
  lk_arena_free(arena);
}

static void a_mapped_engine_answers_as_the_built_one(void **state) {
  static const char *const messages[] = {
      "paljonko toimitus maksaa", "mitä kolli maksaa", "palari", "rahat takaisin", "tioimtus", "ihminen", "hello there", ""};
  const place *p = *state;
  lk_error err = {0};
  lk_engine *built = lk_engine_load(p->folder, NULL, NULL, &err), *mapped = map(p, &err);
  assert_non_null(built);
  if (!mapped) fail_msg("%s", err.message);
  assert_int_equal(lk_engine_has_dictionary(built), lk_engine_has_dictionary(mapped));
  for (size_t m = 0; m < sizeof messages / sizeof *messages; m++) {
    char one[1000], other[1000];
    describe(built, messages[m], one, sizeof one);
    describe(mapped, messages[m], other, sizeof other);
    assert_string_equal(one, other);
  }
  const lk_entry *entry = lk_kb_entry(lk_engine_kb(mapped), lk_view_of("cost"), LK_LANG_FI);
  assert_non_null(entry);
  char *html = lk_render(&entry->answers[0], LK_RENDER_HTML, NULL, 0, &err);
  assert_string_equal(html, "<p>Toimitus maksaa <strong>5 euroa</strong>.</p><ul><li>nouto 0 e</li></ul>");
  free(html);
  lk_engine_free(built);
  lk_engine_free(mapped);
}

/* Private pages are those that were written to. */
static bool has_private_pages(const char *path) {
  char line[512];
  bool here = false, found = false, seen = false;
  FILE *maps = fopen("/proc/self/smaps", "re");
  assert_non_null(maps);
  while (fgets(line, sizeof line, maps)) {
    unsigned long from, until;
    if (sscanf(line, "%lx-%lx ", &from, &until) == 2) here = strstr(line, path) != NULL;
    seen = seen || here;
    long kilobytes;
    if (here && sscanf(line, "Private_Dirty: %ld", &kilobytes) == 1) found = found || kilobytes > 0;
  }
  (void)fclose(maps);
  assert_true(seen);
  return found;
}

static void a_file_at_its_address_is_not_written_to(void **state) {
  const place *p = *state;
  lk_error err = {0};
  lk_engine *engine = map(p, &err);
  assert_non_null(engine);
  char line[1000];
  describe(engine, "paljonko toimitus maksaa", line, sizeof line);
  if ((uintptr_t)engine->image.base == engine->image.address) assert_false(has_private_pages(p->file));
  lk_engine_free(engine);
}

/* The first has the file's address, the second has to lie elsewhere. */
static void two_engines_of_one_file_answer_alike(void **state) {
  const place *p = *state;
  lk_error err = {0};
  lk_engine *one = map(p, &err), *other = map(p, &err);
  assert_non_null(one);
  assert_non_null(other);
  assert_true(one->image.base != other->image.base);
  assert_true((uintptr_t)other->image.base != other->image.address);
  char first[1000], second[1000];
  describe(one, "mitä kolli maksaa", first, sizeof first);
  lk_engine_free(one);
  describe(other, "mitä kolli maksaa", second, sizeof second);
  assert_string_equal(first, second);
  lk_engine_free(other);
}

static void assert_refused(const place *p, const char *why) {
  lk_error err = {0};
  assert_null(map(p, &err));
  assert_int_equal(err.code, LK_ERR_INPUT);
  assert_string_equal(err.file, p->file);
  if (!strstr(err.message, why)) fail_msg("'%s' does not say '%s'", err.message, why);
  assert_non_null(strstr(err.message, "; make it with luukku index"));
}

static void a_file_that_was_cut_or_changed_is_refused(void **state) {
  const place *p = *state;
  char *bytes;
  size_t size = read_file(p->file, &bytes);
  for (size_t keep = 0; keep < size; keep += 1 + size / 37) {
    write_file(p->file, bytes, keep);
    assert_refused(p, keep < 64 ? "no index file" : "");
  }
  for (size_t at = 8; at < size; at += 1 + size / 211) {
    bytes[at] ^= 0x40;
    write_file(p->file, bytes, size);
    assert_refused(p, "this index file");
    bytes[at] ^= 0x40;
  }
  write_file(p->file, bytes, size);
  free(bytes);
  lk_error err = {0};
  lk_engine *engine = map(p, &err);
  assert_non_null(engine);
  lk_engine_free(engine);
}

static void a_file_of_another_knowledge_base_is_refused(void **state) {
  const place *p = *state;
  char *changed = strdup(shop);
  memcpy(strstr(changed, "5 euroa"), "6 euroa", 7);
  write_file(p->xml, changed, sizeof shop - 1);
  assert_refused(p, "another state of the knowledge base");
  write_file(p->xml, shop, sizeof shop - 1);
  free(changed);
}

static void what_is_no_index_file_is_refused(void **state) {
  const place *p = *state;
  char *bytes, nothing[4096] = "<kb xmlns=\"urn:luukku:kb:1\"/>";
  size_t size = read_file(p->file, &bytes);
  write_file(p->file, nothing, sizeof nothing);
  assert_refused(p, "no index file");
  assert_int_equal(unlink(p->file), 0);
  lk_error err = {0};
  assert_null(map(p, &err));
  assert_int_equal(err.code, LK_ERR_IO);
  write_file(p->file, bytes, size);
  free(bytes);
}

static void no_byte_leaves_the_checksum_as_it_was(void **state) {
  (void)state;
  char bytes[200];
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(i * 7);
  for (size_t size = 0; size <= sizeof bytes; size++) {
    uint64_t sum = lk_image_checksum(bytes, size);
    for (size_t at = 0; at < size; at++)
      for (int bit = 0; bit < 8; bit++) {
        bytes[at] = (char)(bytes[at] ^ (1 << bit));
        assert_true(lk_image_checksum(bytes, size) != sum);
        bytes[at] = (char)(bytes[at] ^ (1 << bit));
      }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_mapped_engine_answers_as_the_built_one),    cmocka_unit_test(a_file_at_its_address_is_not_written_to),
      cmocka_unit_test(two_engines_of_one_file_answer_alike),        cmocka_unit_test(a_file_that_was_cut_or_changed_is_refused),
      cmocka_unit_test(a_file_of_another_knowledge_base_is_refused), cmocka_unit_test(what_is_no_index_file_is_refused),
      cmocka_unit_test(no_byte_leaves_the_checksum_as_it_was),
  };
  return cmocka_run_group_tests(tests, make_place, remove_place);
}
