#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "nlu/engine.h"
#include "search/index.h"

enum {
  NEAREST_POOL = 200, /* phrasings looked at to find each candidate's nearest one */
  BY_WORDS = 10,
  LEAST_RANKED = 20 /* candidates that may change places when their nearest phrasings are looked at */
};

static const lk_view order_lemma = {"{order}", 7};
static const lk_term order_term = {{"{order}", 7}, LK_TERM_LEMMA, 1.0f};

void lk_abstract(lk_analysis *analysis, const lk_entities *entities) {
  for (size_t i = 0; i < entities->count; i++) {
    const lk_entity *e = &entities->items[i];
    if (e->type != LK_ENTITY_ORDER || !e->preferred) continue;
    for (uint32_t w = e->first_word; w < e->past_word; w++) {
      lk_word *word = &analysis->words[w];
      bool first = w == e->first_word;
      word->lemmas = &order_lemma;
      word->terms = &order_term;
      word->lemma_count = word->term_count = first ? 1 : 0;
    }
  }
}

double lk_ideal_score(const lk_index *index, const lk_query *query) {
  double sum = 0;
  for (size_t t = 0; t < query->count; t++) {
    const lk_query_term *term = &query->terms[t];
    uint32_t number;
    if (term->klass == LK_CLASS_EXPANSION) continue;
    bool known = lk_index_term(index, lk_space_of(term->klass), term->text, &number);
    float idf =
        known ? index->spaces[lk_space_of(term->klass)].idf[number] : lk_idf(index->documents, 0, index->weights.idf_power);
    if (!known && term->klass == LK_CLASS_GRAM) continue;
    sum += (double)(index->weights.score[term->klass][LK_FIELD_TITLE] * term->weight * idf);
  }
  return sum;
}

bool lk_has_order_slot(const lk_entry *entry) {
  for (size_t s = 0; s < entry->slot_count; s++)
    for (size_t t = 0; t < entry->slots[s].type_count; t++)
      if (lk_view_eq(entry->slots[s].types[t], LK_LIT("order-number"))) return true;
  return false;
}

static int best_first(const void *a, const void *b) {
  const lk_candidate *x = a, *y = b;
  if (x->score != y->score) return x->score > y->score ? -1 : 1;
  return (x->document > y->document) - (x->document < y->document);
}

/* Beside the bag of all its phrasings, an entry's nearest single phrasing counts; and a message that names an order wishes something done to it rather than
 * explained. */
static void adjust(const lk_language_part *part, lk_understanding *u, const float *nearest) {
  const lk_weights *weights = lk_index_weights(part->index);
  bool names_order = lk_entities_best(&u->entities, LK_ENTITY_ORDER) != NULL;
  for (size_t c = 0; c < u->candidate_count; c++) {
    lk_candidate *candidate = &u->candidates[c];
    candidate->score += weights->nearest * nearest[c];
    if (names_order && lk_has_order_slot(candidate->entry)) candidate->score *= weights->order_intent;
  }
  qsort(u->candidates, u->candidate_count, sizeof *u->candidates, best_first);
}

/* The phrasing of each candidate that is nearest to the question, by the same ranking over single phrasings. */
static lk_code find_nearest(lk_worker *worker, lk_lang lang, lk_understanding *u, lk_arena *arena, lk_error *err) {
  const lk_language_part *part = &worker->engine->parts[lang];
  lk_hit *hits = LK_NEW_ARRAY(arena, lk_hit, NEAREST_POOL);
  if (!hits) return lk_fail_memory(err);
  size_t count = lk_search(worker->phrasings[lang], &u->query, hits, NEAREST_POOL);
  float nearest[LK_CANDIDATES_MAX] = {0};
  for (size_t h = count; h-- > 0;)
    for (size_t c = 0; c < u->candidate_count; c++) {
      uint32_t first = part->first_phrasing[u->candidates[c].document];
      if (hits[h].document < first || hits[h].document >= part->first_phrasing[u->candidates[c].document + 1]) continue;
      u->candidates[c].phrasing = hits[h].document - first;
      nearest[c] = hits[h].score;
    }
  adjust(part, u, nearest);
  if (!u->candidate_count) return LK_OK;
  const lk_candidate *best = &u->candidates[0];
  lk_phrasing_hits all = {hits, count, UINT32_MAX, u->text, lk_ideal_score(part->phrasings, &u->query)};
  lk_weigh_phrasings(&all, best->entry, part->first_phrasing[best->document], u->features);
  return LK_OK;
}

/* Do the words alone, without n-grams and expansions, point to the same entry? */
static double stands_by_words(lk_worker *worker, lk_lang lang, const lk_understanding *u, lk_query_term *scratch) {
  lk_query alone = {.terms = scratch, .dictionary = u->query.dictionary};
  for (size_t t = 0; t < u->query.count; t++)
    if (u->query.terms[t].klass == LK_CLASS_WORD) scratch[alone.count++] = u->query.terms[t];
  lk_hit hits[BY_WORDS];
  size_t count = lk_search(worker->entries[lang], &alone, hits, BY_WORDS);
  for (size_t h = 0; h < count; h++)
    if (hits[h].document == u->candidates[0].document) return (double)(hits[h].score / hits[0].score);
  return 0;
}

static lk_code agree(lk_worker *worker, lk_lang lang, lk_understanding *u, lk_arena *arena, lk_error *err) {
  lk_query_term *scratch = LK_NEW_ARRAY(arena, lk_query_term, u->query.count + 1);
  if (!scratch) return lk_fail_memory(err);
  if (!u->candidate_count) return LK_OK;
  u->features[LK_FEATURE_BY_WORDS] = stands_by_words(worker, lang, u, scratch);
  return LK_OK;
}

static lk_code rank(lk_worker *worker, lk_lang lang, size_t limit, lk_arena *arena, lk_understanding *u, lk_error *err) {
  const lk_language_part *part = &worker->engine->parts[lang];
  lk_hit *hits = LK_NEW_ARRAY(arena, lk_hit, limit + 1);
  u->candidates = LK_NEW_ARRAY(arena, lk_candidate, LK_CANDIDATES_MAX);
  if (!hits || !u->candidates) return lk_fail_memory(err);
  u->candidate_count = lk_search(worker->entries[lang], &u->query, hits, limit);
  for (size_t i = 0; i < u->candidate_count; i++)
    u->candidates[i] = (lk_candidate){part->entries[hits[i].document], hits[i].document, hits[i].score, 0, 0};
  lk_code code = find_nearest(worker, lang, u, arena, err);
  return code ? code : agree(worker, lang, u, arena, err);
}

/* Small talk and refusals compete for what the message is about, but cannot be offered as an answer. */
static void set_asides_apart(lk_understanding *u) {
  if (!u->candidate_count) return;
  u->best = u->candidates[0].entry;
  u->best_confidence = u->candidates[0].confidence;
  size_t kept = 0;
  for (size_t i = 0; i < u->candidate_count; i++) {
    lk_entry_kind kind = u->candidates[i].entry->kind;
    if (kind == LK_ENTRY_ARTICLE || kind == LK_ENTRY_INTENT) u->candidates[kept++] = u->candidates[i];
  }
  u->candidate_count = kept;
}

/* No word of it is a word: what n-grams make of it is chance, and so is its language. */
static void forget(lk_understanding *u, const lk_hearing *hearing) {
  u->candidate_count = 0;
  u->best = NULL;
  if (hearing->lang == LK_LANG_NONE) u->language.lang = hearing->prior == LK_LANG_NONE ? LK_LANG_FI : hearing->prior;
}

/* Editors' patterns win over the ranking, unless the clause is negated or only asks how (but who asks how to reach a person wants one). */
static lk_code match_patterns(const lk_engine *engine, lk_lang lang, lk_arena *arena, lk_understanding *u, lk_error *err) {
  const lk_language_part *part = &engine->parts[lang];
  lk_code code = lk_patterns_match(part->patterns, &u->analysis, &u->entities, arena, &u->matches, &u->match_count, err);
  for (size_t i = 0; !code && !u->triggered && i < u->match_count; i++) {
    const lk_entry *entry = part->entries[u->matches[i].document];
    bool informs = u->matches[i].question && !lk_view_eq(entry->action, LK_LIT("handoff"));
    if (u->matches[i].negated || informs) continue;
    u->triggered = entry;
    u->trigger = u->matches[i].text;
  }
  return code;
}

static lk_code find_verbatim(const lk_language_part *part, lk_understanding *u, lk_error *err) {
  lk_buffer key = {0};
  lk_verbatim_key(&u->analysis, &key);
  const uint32_t *document = key.len && !key.failed ? lk_map_get(part->verbatim, lk_buffer_view(&key)) : NULL;
  if (document) u->verbatim = part->entries[*document];
  bool failed = key.failed;
  lk_buffer_free(&key);
  return failed ? lk_fail_memory(err) : LK_OK;
}

lk_code lk_understand(lk_worker *worker, lk_view text, const lk_hearing *hearing, lk_arena *arena, lk_understanding *out,
                      lk_error *err) {
  const lk_engine *engine = worker->engine;
  *out = (lk_understanding){.text = text};
  size_t limit = hearing->limit ? hearing->limit : 10;
  if (limit > LK_CANDIDATES_MAX) limit = LK_CANDIDATES_MAX;
  lk_code code = LK_OK;
  if (hearing->lang == LK_LANG_NONE)
    code = lk_detect_language(worker->analyzer, text, hearing->prior, &out->language, err);
  else
    out->language.share[out->language.lang = hearing->lang] = 1;
  if (out->language.lang == LK_LANG_NONE) out->language.lang = LK_LANG_FI;
  lk_lang lang = out->language.lang;
  if (!code) code = lk_analyze(worker->analyzer, lang, text, LK_ANALYZE_REPAIR, arena, &out->analysis, err);
  if (!code) code = lk_entities_find(engine->words, &out->analysis, text, &hearing->entities, arena, &out->entities, err);
  if (!code) code = match_patterns(engine, lang, arena, out, err);
  if (!code) lk_abstract(&out->analysis, &out->entities);
  const lk_language_part *part = &engine->parts[lang];
  if (!code) code = lk_query_make(worker->makers[lang], part->lexicon, &out->analysis, arena, &out->query, err);
  if (!code) code = rank(worker, lang, limit < LEAST_RANKED ? LEAST_RANKED : limit, arena, out, err);
  if (!code) code = find_verbatim(part, out, err);
  if (!code) lk_confidence(engine, lang, out);
  if (!code) set_asides_apart(out);
  if (out->gibberish) forget(out, hearing);
  if (out->candidate_count > limit) out->candidate_count = limit;
  return code;
}
