#include <math.h>

#include "base/error.h"
#include "nlu/engine.h"

enum { NEAREST_POOL = 64 }; /* phrasings looked at to find the best entry's nearest one */

static bool is_order_number(const lk_token *token) {
  if (token->kind != LK_TOKEN_NUMBER && token->kind != LK_TOKEN_CODE) return false;
  size_t digits = 0;
  for (size_t i = 0; i < token->text.len; i++) {
    char c = token->text.ptr[i];
    if (c >= '0' && c <= '9')
      digits++;
    else if (!(c == '#' && i == 0))
      return false;
  }
  return digits == 6;
}

lk_code lk_abstract(lk_analysis *analysis, lk_arena *arena, lk_error *err) {
  static const lk_view order = {"{order}", 7};
  static const lk_term order_term = {{"{order}", 7}, LK_TERM_LEMMA, 1.0f};
  (void)arena;
  (void)err;
  for (size_t w = 0; w < analysis->count; w++) {
    lk_word *word = &analysis->words[w];
    if (!is_order_number(&word->token)) continue;
    word->lemmas = &order;
    word->lemma_count = 1;
    word->terms = &order_term;
    word->term_count = 1;
  }
  return LK_OK;
}

/* The phrasing of each candidate that is nearest to the question, by the same ranking over single phrasings. */
static lk_code find_nearest(lk_worker *worker, lk_lang lang, lk_understanding *u, lk_arena *arena, lk_error *err) {
  const lk_language_part *part = &worker->engine->parts[lang];
  lk_hit *hits = LK_NEW_ARRAY(arena, lk_hit, NEAREST_POOL);
  if (!hits) return lk_fail_memory(err);
  size_t count = lk_search(worker->phrasings[lang], &u->query, hits, NEAREST_POOL);
  for (size_t h = count; h-- > 0;)
    for (size_t c = 0; c < u->candidate_count; c++) {
      uint32_t first = part->first_phrasing[u->candidates[c].document];
      if (hits[h].document >= first && hits[h].document < part->first_phrasing[u->candidates[c].document + 1])
        u->candidates[c].phrasing = hits[h].document - first;
    }
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
  return find_nearest(worker, lang, u, arena, err);
}

/* Editors' patterns win over the ranking, unless the clause is negated or only asks how. */
static lk_code match_patterns(const lk_engine *engine, lk_lang lang, lk_arena *arena, lk_understanding *u, lk_error *err) {
  const lk_language_part *part = &engine->parts[lang];
  lk_code code = lk_patterns_match(part->patterns, &u->analysis, &u->entities, arena, &u->matches, &u->match_count, err);
  for (size_t i = 0; !code && !u->triggered && i < u->match_count; i++) {
    if (u->matches[i].negated) continue;
    u->triggered = part->entries[u->matches[i].document];
    u->trigger = u->matches[i].text;
  }
  return code;
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
  if (!code) code = lk_analyze(worker->analyzer, lang, text, LK_ANALYZE_REPAIR | LK_ANALYZE_GRAMS, arena, &out->analysis, err);
  if (!code) code = lk_entities_find(engine->words, &out->analysis, text, &hearing->entities, arena, &out->entities, err);
  if (!code) code = match_patterns(engine, lang, arena, out, err);
  if (!code) code = lk_abstract(&out->analysis, arena, err);
  if (!code && !(out->emphasis = lk_emphasis(&out->analysis, arena))) code = lk_fail_memory(err);
  const lk_language_part *part = &engine->parts[lang];
  if (!code) code = lk_query_make(part->index, part->lexicon, &out->analysis, out->emphasis, arena, &out->query, err);
  if (!code) code = rank(worker, lang, limit < 10 ? 10 : limit, arena, out, err);
  if (!code) lk_confidence(engine, lang, out);
  if (out->candidate_count > limit) out->candidate_count = limit;
  return code;
}
