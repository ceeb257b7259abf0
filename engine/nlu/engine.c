#include "nlu/engine.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "base/error.h"
#include "text/readings.h"

/* ---- Building ---- */

/* One language under construction. */
typedef struct builder {
  lk_engine *engine;
  lk_analyzer *analyzer;
  lk_lang lang;
  lk_language_part *part;
  lk_index_builder *entries, *phrasings;
  lk_arena *scratch; /* for one entry's analyses */
  uint32_t phrasing_count, document;
} builder;

static lk_code add_spoken_and_names(lk_engine *engine, lk_error *err) {
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    size_t count;
    const lk_lexicon_row *rows = lk_kb_lexicon(engine->kb, (lk_lang)lang, &count);
    for (size_t i = 0; i < count; i++) {
      lk_code code = LK_OK;
      if (rows[i].kind == LK_LEXICON_SPOKEN)
        code = lk_vocabulary_add_spoken(engine->vocabulary, (lk_lang)lang, rows[i].from, rows[i].words[0], err);
      if (rows[i].kind == LK_LEXICON_NAME) code = lk_vocabulary_add_name(engine->vocabulary, (lk_lang)lang, rows[i].from, err);
      for (size_t w = 0; !code && rows[i].kind == LK_LEXICON_NAME && w < rows[i].word_count; w++)
        code = lk_vocabulary_add_name(engine->vocabulary, (lk_lang)lang, rows[i].words[w], err);
      if (code) return code;
    }
  }
  return LK_OK;
}

/* Few phrasings have enough figures for an order's number: only those are searched for one. */
static bool may_have_order(lk_view text, lk_view form) {
  size_t wanted = 0, figures = 0;
  for (size_t i = 0; i < form.len; i++) wanted += form.ptr[i] == '#';
  for (size_t i = 0; i < text.len; i++) figures += text.ptr[i] >= '0' && text.ptr[i] <= '9';
  return figures >= wanted;
}

static lk_code abstract_orders(builder *b, lk_view text, lk_analysis *analysis, lk_error *err) {
  lk_entity_options options = {.order_number = lk_kb_policy_text(b->engine->kb, "order-number")};
  if (!may_have_order(text, options.order_number)) return LK_OK;
  lk_entities entities;
  lk_code code = lk_entities_find(b->engine->words, analysis, text, &options, b->scratch, &entities, err);
  if (!code) lk_abstract(analysis, &entities);
  return code;
}

static lk_code analyse(builder *b, lk_view text, lk_analysis *out, lk_error *err) {
  lk_code code = lk_analyze(b->analyzer, b->lang, text, 0, b->scratch, out, err);
  if (!code) code = abstract_orders(b, text, out, err);
  for (size_t w = 0; !code && w < out->count; w++)
    code = lk_vocabulary_add_word(b->engine->vocabulary, b->lang, &out->words[w], err);
  return code;
}

static lk_code index_field(builder *b, lk_field field, lk_view text, lk_error *err) {
  lk_analysis analysis;
  lk_code code = analyse(b, text, &analysis, err);
  return code ? code : lk_index_builder_text(b->entries, field, &analysis, err);
}

void lk_verbatim_key(const lk_analysis *analysis, lk_buffer *out) {
  for (size_t w = 0; w < analysis->count; w++) {
    const lk_word *word = &analysis->words[w];
    if (!word->lemma_count) continue;
    if (out->len) lk_buffer_addc(out, ' ');
    lk_buffer_add(out, word->terms == NULL || word->token.kind == LK_TOKEN_WORD ? word->form : word->lemmas[0]);
  }
}

static lk_code remember_verbatim(builder *b, const lk_analysis *analysis, lk_error *err) {
  lk_buffer key = {0};
  lk_verbatim_key(analysis, &key);
  bool fine = !key.failed && (!key.len || lk_map_put(b->part->verbatim, lk_buffer_view(&key), b->document));
  lk_buffer_free(&key);
  return fine ? LK_OK : lk_fail_memory(err);
}

static lk_code index_phrasing(builder *b, lk_view text, lk_error *err) {
  lk_analysis analysis;
  lk_code code = analyse(b, text, &analysis, err);
  if (!code) code = lk_index_builder_text(b->entries, LK_FIELD_TITLE, &analysis, err);
  if (!code) code = remember_verbatim(b, &analysis, err);
  if (!code) code = lk_index_builder_document(b->phrasings, err);
  if (!code) code = lk_index_builder_same(b->phrasings, LK_FIELD_TITLE, b->entries, err);
  b->phrasing_count++;
  return code;
}

static lk_code index_entry(builder *b, const lk_entry *entry, lk_error *err) {
  lk_arena_reset(b->scratch);
  lk_code code = lk_index_builder_document(b->entries, err);
  for (size_t p = 0; !code && p < entry->phrasing_count; p++) code = index_phrasing(b, entry->phrasings[p].text, err);
  if (!code && entry->keywords.len) code = index_field(b, LK_FIELD_TITLE, entry->keywords, err);
  /* Small talk and refusals are about what the customer says; what the bot says there are other matters' words. */
  bool has_body = entry->kind == LK_ENTRY_ARTICLE;
  for (size_t a = 0; !code && has_body && a < entry->answer_count; a++)
    code = index_field(b, LK_FIELD_BODY, entry->answers[a].plain, err);
  return code;
}

static lk_code add_lexicon_pair(builder *b, lk_view from, lk_view to, lk_error *err) {
  lk_analysis left, right;
  lk_code code = lk_analyze(b->analyzer, b->lang, from, 0, b->scratch, &left, err);
  if (!code) code = lk_analyze(b->analyzer, b->lang, to, 0, b->scratch, &right, err);
  return code ? code : lk_lexicon_add(b->part->lexicon, &left, &right, err);
}

static lk_code build_lexicon(builder *b, lk_error *err) {
  size_t count;
  const lk_lexicon_row *rows = lk_kb_lexicon(b->engine->kb, b->lang, &count);
  b->part->lexicon = lk_lexicon_new(err);
  if (!b->part->lexicon) return LK_ERR_MEMORY;
  lk_code code = LK_OK;
  for (size_t i = 0; !code && i < count; i++) {
    lk_arena_reset(b->scratch);
    for (size_t w = 0; !code && w < rows[i].word_count; w++) {
      if (rows[i].kind == LK_LEXICON_MAP) code = add_lexicon_pair(b, rows[i].from, rows[i].words[w], err);
      for (size_t v = 0; !code && rows[i].kind == LK_LEXICON_SET && v < rows[i].word_count; v++)
        if (v != w) code = add_lexicon_pair(b, rows[i].words[w], rows[i].words[v], err);
    }
  }
  return code;
}

/* A pattern that does not compile is the checker's finding, with its place; it does not keep the shop closed. */
static lk_code build_patterns(builder *b, lk_error *err) {
  lk_language_part *part = b->part;
  lk_patterns_builder *patterns = lk_patterns_builder_new(b->engine->words, b->analyzer, b->lang, err);
  lk_code code = patterns ? LK_OK : LK_ERR_MEMORY;
  for (size_t i = 0; !code && i < part->entry_count; i++) {
    const lk_entry *entry = part->entries[i];
    for (size_t p = 0; !code && entry->lang == b->lang && p < entry->pattern_count; p++) {
      lk_pattern_source source = {entry->patterns[p].text, entry->file, entry->patterns[p].line, (uint32_t)i, entry->slots,
                                  entry->slot_count};
      lk_code added = lk_patterns_builder_add(patterns, &source, err);
      if (added == LK_ERR_MEMORY) code = LK_ERR_MEMORY;
      part->broken_patterns += added != LK_OK;
    }
  }
  if (!code && !(part->patterns = lk_patterns_builder_freeze(patterns, err))) code = LK_ERR_MEMORY;
  lk_patterns_builder_free(patterns);
  return code;
}

/* The language's own entries, then those that only other languages have, Finnish first. */
static lk_code choose_entries(lk_engine *engine, lk_lang lang, lk_error *err) {
  size_t total, own;
  const lk_entry *all = lk_kb_entries(engine->kb, LK_LANG_NONE, &total);
  const lk_entry *mine = lk_kb_entries(engine->kb, lang, &own);
  lk_language_part *part = &engine->parts[lang];
  part->entries = LK_NEW_ARRAY(engine->arena, const lk_entry *, total + 1);
  part->first_phrasing = LK_NEW_ARRAY(engine->arena, uint32_t, total + 2);
  if (!part->entries || !part->first_phrasing) return lk_fail_memory(err);
  for (size_t i = 0; i < own && i < total; i++) part->entries[part->entry_count++] = &mine[i];
  bool room = own <= total;
  for (size_t i = 0; i < total && room; i++) {
    if (all[i].lang == lang || lk_kb_entry(engine->kb, all[i].id, lang) != &all[i]) continue;
    room = part->entry_count < total;
    if (room) part->entries[part->entry_count++] = &all[i];
  }
  return room ? LK_OK : lk_engine_refuse_damaged(engine, err);
}

static lk_code build_indexes(builder *b, lk_error *err) {
  lk_language_part *part = b->part;
  lk_code code = (part->verbatim = lk_map_new()) ? LK_OK : lk_fail_memory(err);
  for (size_t i = 0; !code && i < part->entry_count; i++) {
    part->first_phrasing[i] = b->phrasing_count;
    b->document = (uint32_t)i;
    code = index_entry(b, part->entries[i], err);
  }
  part->first_phrasing[part->entry_count] = b->phrasing_count;
  if (!code && !(part->index = lk_index_builder_freeze(b->entries, err))) code = LK_ERR_MEMORY;
  if (!code && !(part->phrasings = lk_index_builder_freeze(b->phrasings, err))) code = LK_ERR_MEMORY;
  if (!code) code = build_lexicon(b, err);
  return code ? code : build_patterns(b, err);
}

/* N-grams of a few phrasings match by chance; with many they are what finds misspelt words. Measured on the sample KB cut back to 3, 6, 10 and 15 phrasings
 * an entry: their best weight grows with the number of phrasings until `ripe_phrasings`. */
static float ripeness(const lk_kb *kb, lk_lang lang, const lk_weights *weights) {
  size_t entries, phrasings = 0;
  const lk_entry *all = lk_kb_entries(kb, lang, &entries);
  for (size_t i = 0; i < entries; i++) phrasings += all[i].phrasing_count;
  float share = entries ? (float)phrasings / (float)entries / weights->ripe_phrasings : 1;
  return share > 1 ? 1 : share;
}

static lk_code build_part(lk_engine *engine, lk_analyzer *analyzer, lk_lang lang, lk_error *err) {
  builder b = {.engine = engine, .analyzer = analyzer, .lang = lang, .part = &engine->parts[lang]};
  lk_weights weights = engine->options.weights ? *engine->options.weights : lk_weights_entries;
  weights.score[LK_CLASS_GRAM][LK_FIELD_TITLE] *= ripeness(engine->kb, lang, &weights);
  b.entries = lk_index_builder_new(&weights, err);
  b.phrasings = b.entries ? lk_index_builder_beside(b.entries, err) : NULL;
  b.scratch = lk_arena_new();
  lk_code code = b.entries && b.phrasings && b.scratch ? build_indexes(&b, err) : lk_fail_memory(err);
  lk_index_builder_free(b.entries);
  lk_index_builder_free(b.phrasings);
  lk_arena_free(b.scratch);
  return code;
}

/* ---- Building the languages at once ---- */

/* The languages share nothing but what is read only. Each thread takes the next language; when none is left it asks the dictionary ahead for Finnish, which takes
 * the longest. */
typedef struct crew {
  lk_engine *engine;
  lk_analyzer *analyzers[LK_LANG_COUNT];
  lk_readings *readings; /* NULL: one thread, or no dictionary */
  int next;              /* language; taken atomically */
  lk_code codes[LK_LANG_COUNT];
  lk_error errors[LK_LANG_COUNT];
} crew;

enum { THREADS_MAX = 4 }; /* three languages and one that asks the dictionary ahead: more would wait for the longest language */

static void *work(void *self) {
  crew *c = self;
  for (int lang; (lang = __atomic_fetch_add(&c->next, 1, __ATOMIC_RELAXED)) < LK_LANG_COUNT;) {
    c->codes[lang] = build_part(c->engine, c->analyzers[lang], (lk_lang)lang, &c->errors[lang]);
    if (lang == LK_LANG_FI && c->readings) lk_readings_stop(c->readings);
  }
  if (c->readings) lk_readings_ask(c->readings);
  return NULL;
}

static lk_code run(crew *c, size_t threads, lk_error *err) {
  pthread_t others[THREADS_MAX];
  size_t started = 0;
  while (started + 1 < threads && pthread_create(&others[started], NULL, work, c) == 0) started++;
  (void)work(c);
  for (size_t t = 0; t < started; t++) (void)pthread_join(others[t], NULL);
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    if (!c->codes[lang]) continue;
    if (err) *err = c->errors[lang];
    return c->codes[lang];
  }
  return LK_OK;
}

/* In the order in which the Finnish part is going to be read. */
static lk_code note_readings(const lk_engine *engine, lk_readings *readings, lk_error *err) {
  const lk_language_part *part = &engine->parts[LK_LANG_FI];
  bool fine = readings != NULL;
  for (size_t i = 0; i < part->entry_count; i++) {
    const lk_entry *entry = part->entries[i];
    for (size_t p = 0; fine && p < entry->phrasing_count; p++) fine = lk_readings_note(readings, entry->phrasings[p].text);
    fine = fine && lk_readings_note(readings, entry->keywords);
    for (size_t a = 0; fine && entry->kind == LK_ENTRY_ARTICLE && a < entry->answer_count; a++)
      fine = lk_readings_note(readings, entry->answers[a].plain);
  }
  return fine ? LK_OK : lk_fail_memory(err);
}

static size_t count_processors(void) {
  cpu_set_t set;
  size_t count = sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
  return count > THREADS_MAX ? THREADS_MAX : count;
}

static lk_code build_parts(crew *c, lk_error *err) {
  lk_engine *engine = c->engine;
  size_t threads = count_processors();
  lk_code code = LK_OK;
  for (int lang = 0; !code && lang < LK_LANG_COUNT; lang++) {
    lk_analyzer_options options = engine->options.analyzer;
    options.no_voikko = options.no_voikko || lang != LK_LANG_FI; /* it is not asked there */
    c->analyzers[lang] = lk_analyzer_new(engine->vocabulary, &options, err);
    code = c->analyzers[lang] ? choose_entries(engine, (lk_lang)lang, err) : LK_ERR_MEMORY;
  }
  if (code) return code;
  engine->has_dictionary = lk_analyzer_has_dictionary(c->analyzers[LK_LANG_FI]);
  if (engine->has_dictionary && threads > 1) {
    c->readings = lk_readings_new();
    code = note_readings(engine, c->readings, err);
    lk_analyzer_read_ahead(c->analyzers[LK_LANG_FI], c->readings);
  }
  return code ? code : run(c, threads, err);
}

static lk_code build(lk_engine *engine, lk_error *err) {
  engine->arena = lk_arena_new();
  engine->vocabulary = lk_vocabulary_new(err);
  engine->words = lk_words_new(err);
  if (!engine->arena || !engine->vocabulary || !engine->words) return lk_fail_memory(err);
  lk_code code = add_spoken_and_names(engine, err);
  if (code) return code;
  crew c = {.engine = engine};
  code = build_parts(&c, err);
  if (!code) code = lk_vocabulary_freeze(engine->vocabulary, err);
  if (!code && !(engine->shared_words = lk_shared_words_new(err))) code = LK_ERR_MEMORY;
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) lk_analyzer_free(c.analyzers[lang]);
  lk_readings_free(c.readings);
  return code;
}

lk_engine *lk_engine_new(lk_kb *kb, const lk_engine_options *options, lk_error *err) {
  lk_engine *engine = calloc(1, sizeof *engine);
  if (!engine) {
    lk_kb_free(kb);
    (void)lk_fail_memory(err);
    return NULL;
  }
  engine->kb = kb;
  if (options) engine->options = *options;
  if (build(engine, err)) {
    lk_engine_free(engine);
    return NULL;
  }
  return engine;
}

/* What an index file does not hold: the entries' order, which follows from the KB. The analyzer that tells whether there is a dictionary is the first worker's. */
static lk_code complete(lk_engine *engine, lk_error *err) {
  engine->spare = LK_NEW(engine->arena, lk_analyzer *);
  if (!engine->spare) return lk_fail_memory(err);
  *engine->spare = lk_analyzer_new(engine->vocabulary, &engine->options.analyzer, err);
  if (!*engine->spare) return LK_ERR_MEMORY;
  engine->has_dictionary = lk_analyzer_has_dictionary(*engine->spare);
  lk_code code = lk_engine_check_dictionary(engine, err);
  for (int lang = 0; !code && lang < LK_LANG_COUNT; lang++) {
    lk_language_part *part = &engine->parts[lang];
    uint32_t phrasings = 0;
    code = choose_entries(engine, (lk_lang)lang, err);
    for (size_t i = 0; !code && i < part->entry_count; i++) {
      part->first_phrasing[i] = phrasings;
      phrasings += (uint32_t)part->entries[i]->phrasing_count;
    }
    if (code) return code;
    part->first_phrasing[part->entry_count] = phrasings;
    if (lk_index_documents(part->index) != part->entry_count || lk_index_documents(part->phrasings) != phrasings ||
        !lk_map_is_below(part->verbatim, part->entry_count))
      code = lk_engine_refuse_damaged(engine, err);
  }
  return code;
}

static lk_engine *load_file(const char *folder, const lk_engine_options *options, lk_error *err) {
  lk_engine *engine = calloc(1, sizeof *engine);
  lk_code code = engine ? LK_OK : lk_fail_memory(err);
  if (engine) engine->options = *options;
  if (!code && options->weights) code = lk_fail(err, LK_ERR_INPUT, "an index file has its own weights; leave one of the two out");
  if (!code && !(engine->arena = lk_arena_new())) code = lk_fail_memory(err);
  if (!code && !(engine->shared_words = lk_shared_words_new(err))) code = LK_ERR_MEMORY;
  if (!code) code = lk_engine_map(engine, folder, err);
  if (!code) code = complete(engine, err);
  if (!code) return engine;
  lk_engine_free(engine);
  return NULL;
}

lk_engine *lk_engine_load(const char *folder, const lk_engine_options *options, lk_findings *findings, lk_error *err) {
  if (options && options->index) return load_file(folder, options, err);
  lk_kb *kb = lk_kb_load(folder, findings, err);
  return kb ? lk_engine_new(kb, options, err) : NULL;
}

static void free_built(lk_engine *engine) {
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    lk_map_free(engine->parts[lang].verbatim);
    lk_index_free(engine->parts[lang].index);
    lk_index_free(engine->parts[lang].phrasings);
    lk_lexicon_free(engine->parts[lang].lexicon);
    lk_patterns_free(engine->parts[lang].patterns);
  }
  lk_words_free(engine->words);
  lk_vocabulary_free(engine->vocabulary);
  lk_kb_free(engine->kb);
}

void lk_engine_free(lk_engine *engine) {
  if (!engine) return;
  if (engine->spare) lk_analyzer_free(*engine->spare);
  lk_shared_words_free(engine->shared_words);
  if (engine->image.base)
    lk_engine_unmap(engine);
  else
    free_built(engine);
  lk_arena_free(engine->arena);
  free(engine);
}

const lk_words *lk_engine_words(const lk_engine *engine) { return engine->words; }
const lk_kb *lk_engine_kb(const lk_engine *engine) { return engine->kb; }
bool lk_engine_has_dictionary(const lk_engine *engine) { return engine->has_dictionary; }
const lk_index *lk_engine_index(const lk_engine *engine, lk_lang lang) { return engine->parts[lang].index; }

const lk_entry *const *lk_engine_entries(const lk_engine *engine, lk_lang lang, size_t *count) {
  *count = engine->parts[lang].entry_count;
  return engine->parts[lang].entries;
}

/* ---- Workers ---- */

/* The first worker takes the one that the loading made; any thread may ask. */
static lk_analyzer *take_analyzer(const lk_engine *engine, lk_error *err) {
  lk_analyzer *spare = engine->spare ? __atomic_exchange_n(engine->spare, NULL, __ATOMIC_ACQ_REL) : NULL;
  return spare ? spare : lk_analyzer_new(engine->vocabulary, &engine->options.analyzer, err);
}

lk_worker *lk_worker_new(const lk_engine *engine, lk_error *err) {
  lk_worker *worker = calloc(1, sizeof *worker);
  if (!worker) {
    (void)lk_fail_memory(err);
    return NULL;
  }
  worker->engine = engine;
  worker->analyzer = take_analyzer(engine, err);
  bool fine = worker->analyzer != NULL;
  if (fine) lk_analyzer_share(worker->analyzer, engine->shared_words);
  for (int lang = 0; fine && lang < LK_LANG_COUNT; lang++) {
    worker->makers[lang] = lk_query_maker_new(engine->parts[lang].index, err);
    worker->entries[lang] = lk_searcher_new(engine->parts[lang].index, err);
    worker->phrasings[lang] = lk_searcher_new(engine->parts[lang].phrasings, err);
    fine = worker->makers[lang] && worker->entries[lang] && worker->phrasings[lang];
  }
  if (fine) return worker;
  lk_worker_free(worker);
  return NULL;
}

void lk_worker_free(lk_worker *worker) {
  if (!worker) return;
  lk_analyzer_free(worker->analyzer);
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    lk_query_maker_free(worker->makers[lang]);
    lk_searcher_free(worker->entries[lang]);
    lk_searcher_free(worker->phrasings[lang]);
  }
  free(worker);
}

const lk_engine *lk_worker_engine(const lk_worker *worker) { return worker->engine; }
lk_analyzer *lk_worker_analyzer(lk_worker *worker) { return worker->analyzer; }
