/* Any bytes as changes to an index file, sealed with a right checksum so that they reach the walk behind it: it is refused, or mapped and freed again.
 *
 * An input is a row of changes, four bytes each: where (three bytes, scaled to the file's size) and what is added to the byte there. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "luukku/engine.h"
#include "nlu/engine.h"
#include "target.h"

static const char shop[] =
    "<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\"><category id=\"c\"><title>Toimitus</title></category>"
    "<article id=\"cost\" category=\"c\"><question>Paljonko toimitus maksaa?</question><variant>Hinta?</variant>"
    "<answer><p>5 <strong>e</strong></p></answer></article>"
    "<intent id=\"do-person\"><question>Ihminen</question><pattern>[haluan] (ihminen|asiakaspalvelija) * {order-number} "
    "!heti</pattern><pattern>^ @want ihminen $</pattern><pattern>ihminen</pattern><action name=\"handoff\"/></intent>"
    "<lexicon><set>paketti, kolli</set></lexicon></kb>";

typedef struct file {
  char folder[64], xml[128], path[128];
  char *bytes;
  size_t size;
} file;

static void put(const char *path, const char *bytes, size_t size) {
  FILE *out = fopen(path, "wb");
  LK_FUZZ_HOLDS(out && fwrite(bytes, 1, size, out) == size && fclose(out) == 0);
}

static void make(file *f) {
  (void)snprintf(f->folder, sizeof f->folder, "/tmp/luukku-fuzz-XXXXXX");
  LK_FUZZ_HOLDS(mkdtemp(f->folder) != NULL);
  (void)snprintf(f->xml, sizeof f->xml, "%s/a.xml", f->folder);
  (void)snprintf(f->path, sizeof f->path, "%s/a.index", f->folder);
  put(f->xml, shop, sizeof shop - 1);
  lk_engine *engine = lk_engine_load(f->folder, NULL, NULL, NULL);
  LK_FUZZ_HOLDS(engine && lk_engine_write(engine, f->folder, f->path, NULL) == LK_OK);
  lk_engine_free(engine);
  FILE *in = fopen(f->path, "rb");
  LK_FUZZ_HOLDS(in && fseek(in, 0, SEEK_END) == 0);
  f->size = (size_t)ftell(in);
  f->bytes = malloc(f->size);
  rewind(in);
  LK_FUZZ_HOLDS(f->bytes && fread(f->bytes, 1, f->size, in) == f->size && fclose(in) == 0);
}

static void search(const lk_index *index, const lk_query *query, lk_arena *arena) {
  enum { TOP = 10 };
  lk_hit hits[TOP];
  lk_contribution *parts;
  size_t count;
  lk_searcher *searcher = lk_searcher_new(index, NULL);
  LK_FUZZ_HOLDS(searcher != NULL);
  size_t found = lk_search(searcher, query, hits, TOP);
  for (size_t h = 0; h < found; h++) {
    LK_FUZZ_HOLDS(hits[h].document < lk_index_documents(index));
    LK_FUZZ_HOLDS(lk_search_explain(index, query, hits[h].document, arena, &parts, &count, NULL) == LK_OK);
  }
  lk_searcher_free(searcher);
}

/* Both indexes of a language, and its lexicon. */
static void ask(const lk_language_part *part, const lk_analysis *question, lk_arena *arena) {
  lk_query query;
  lk_query_maker *maker = lk_query_maker_new(part->index, NULL);
  LK_FUZZ_HOLDS(maker && lk_query_make(maker, part->lexicon, question, arena, &query, NULL) == LK_OK);
  search(part->index, &query, arena);
  search(part->phrasings, &query, arena);
  lk_query_maker_free(maker);
}

/* Programs that the walk let pass are run over a message that has every word of theirs, and indexes are asked for it. */
static void match(const lk_engine *engine) {
  static lk_analyzer *analyzer;
  static lk_arena *arena;
  if (!analyzer) {
    const lk_vocabulary *vocabulary = lk_vocabulary_new(NULL);
    analyzer = vocabulary ? lk_analyzer_new(vocabulary, &(lk_analyzer_options){.no_voikko = true}, NULL) : NULL;
    arena = lk_arena_new();
    LK_FUZZ_HOLDS(analyzer && arena);
  }
  lk_arena_reset(arena);
  lk_analysis analysis;
  lk_pattern_match *matches;
  size_t count;
  LK_FUZZ_HOLDS(lk_analyze(analyzer, LK_LANG_FI,
                           LK_LIT("haluan ihminen ihminen nyt 100234 ihminen. Ihminen! Maksaako paketti? Toimitus, kolli: hinta"),
                           0, arena, &analysis, NULL) == LK_OK);
  LK_FUZZ_HOLDS(lk_patterns_match(engine->parts[LK_LANG_FI].patterns, &analysis, NULL, arena, &matches, &count, NULL) == LK_OK);
  for (size_t i = 0; i < count; i++) LK_FUZZ_HOLDS(matches[i].document < engine->parts[LK_LANG_FI].entry_count);
  ask(&engine->parts[LK_LANG_FI], &analysis, arena);
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
  lk_engine_seal(changed, f.size);
  put(f.path, changed, f.size);
  free(changed);
  lk_engine_options options = {.index = f.path};
  lk_error err = {.code = LK_OK};
  lk_engine *engine = lk_engine_load(f.folder, &options, NULL, &err);
  LK_FUZZ_HOLDS(engine || strchr(err.message, ';'));
  /* While the first one is mapped at the file's address, the second lies elsewhere and has its pointers moved, which refuses arrays that overlap. */
  lk_engine *elsewhere = engine ? lk_engine_load(f.folder, &options, NULL, &err) : NULL;
  LK_FUZZ_HOLDS(!engine || elsewhere || strchr(err.message, ';'));
  if (engine) match(engine);
  if (elsewhere) match(elsewhere);
  lk_engine_free(elsewhere);
  lk_engine_free(engine);
  return 0;
}
