/* Any bytes as changes to a collection's file, sealed with a right checksum so that they reach the walk behind it: it is refused, or mapped, searched and freed
 * again.
 *
 * An input is a row of changes, four bytes each: where (three bytes, scaled to the file's size) and what is added to the byte there. */
#include "collection/collection.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "luukku/arena.h"
#include "target.h"

enum { DOCUMENTS = 70 };

typedef struct file {
  char path[64];
  char *bytes;
  size_t size;
} file;

static void put(const char *path, const char *bytes, size_t size) {
  FILE *out = fopen(path, "wb");
  LK_FUZZ_HOLDS(out && fwrite(bytes, 1, size, out) == size && fclose(out) == 0);
}

static void add(lk_collection_builder *builder, int number) {
  static const char *const titles[] = {"Toimitus", "Palautus ja vaihto", "Lahjakortti", "Takuu"};
  static const char *const bodies[] = {"Toimitus maksaa 4,90 euroa", "Palautusaika on 30 päivää", "", "Takuuaika alkaa ostosta"};
  char id[16];
  (void)snprintf(id, sizeof id, "d%d", number);
  LK_FUZZ_HOLDS(lk_collection_builder_add(builder, lk_view_of(id), lk_view_of(titles[number % 4]),
                                          lk_view_of(bodies[number / 4 % 4]), NULL) == LK_OK);
}

static void make(file *f) {
  lk_collection_options options = {.lang = LK_LANG_FI, .analyzer = {.no_voikko = true}, .threads = 1};
  lk_collection_builder *builder = lk_collection_builder_new(&options, NULL);
  LK_FUZZ_HOLDS(builder != NULL);
  for (int d = 0; d < DOCUMENTS; d++) add(builder, d);
  lk_collection *made = lk_collection_builder_finish(builder, NULL, NULL);
  (void)snprintf(f->path, sizeof f->path, "/tmp/luukku-fuzz-XXXXXX");
  int place = mkstemp(f->path);
  LK_FUZZ_HOLDS(made && place >= 0 && close(place) == 0 && lk_collection_write(made, f->path, NULL) == LK_OK);
  lk_collection_free(made);
  lk_collection_builder_free(builder);
  FILE *in = fopen(f->path, "rb");
  LK_FUZZ_HOLDS(in && fseek(in, 0, SEEK_END) == 0);
  f->size = (size_t)ftell(in);
  f->bytes = malloc(f->size);
  rewind(in);
  LK_FUZZ_HOLDS(f->bytes && fread(f->bytes, 1, f->size, in) == f->size && fclose(in) == 0);
}

static void ask(const lk_collection *c, const char *text) {
  enum { TOP = 10 };
  lk_hit hits[TOP];
  lk_analysis analysis;
  lk_query query;
  lk_analyzer_options how = {.no_voikko = true};
  lk_arena *arena = lk_arena_new();
  lk_analyzer *analyzer = lk_analyzer_new(lk_collection_vocabulary(c), &how, NULL);
  lk_query_maker *maker = lk_query_maker_new(lk_collection_index(c), NULL);
  lk_searcher *searcher = lk_searcher_new(lk_collection_index(c), NULL);
  LK_FUZZ_HOLDS(arena && analyzer && maker && searcher);
  unsigned flags = LK_ANALYZE_REPAIR;
  if (!lk_analyze(analyzer, lk_collection_lang(c), lk_view_of(text), flags, arena, &analysis, NULL) &&
      !lk_query_make(maker, NULL, &analysis, arena, &query, NULL)) {
    size_t found = lk_search(searcher, &query, hits, TOP);
    for (size_t h = 0; h < found; h++) {
      lk_contribution *parts;
      size_t count;
      (void)lk_collection_id(c, hits[h].document);
      LK_FUZZ_HOLDS(lk_search_explain(lk_collection_index(c), &query, hits[h].document, arena, &parts, &count, NULL) == LK_OK);
    }
  }
  lk_searcher_free(searcher);
  lk_query_maker_free(maker);
  lk_analyzer_free(analyzer);
  lk_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static file f;
  if (!f.bytes) make(&f);
  char *changed = malloc(f.size);
  LK_FUZZ_HOLDS(changed != NULL);
  memcpy(changed, f.bytes, f.size);
  for (; size >= 4; size -= 4, data += 4) {
    uint64_t where = (uint64_t)data[0] << 16 | (uint64_t)data[1] << 8 | data[2];
    char *byte = &changed[where * f.size >> 24];
    *byte = (char)(*byte + data[3]);
  }
  lk_collection_seal(changed, f.size);
  put(f.path, changed, f.size);
  free(changed);
  lk_error err = {.code = LK_OK};
  lk_collection *mapped = lk_collection_map(f.path, &err);
  LK_FUZZ_HOLDS(mapped || strchr(err.message, ';'));
  if (mapped) ask(mapped, "paljonko toimitus maksaa palautusaikka");
  lk_collection_free(mapped);
  return 0;
}
