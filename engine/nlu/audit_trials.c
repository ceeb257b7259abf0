/* Every phrasing asked as if it were a customer's message, and as if the KB did not have it.
 *
 * (An entry with a single phrasing keeps it: nothing else would be left.)
 *
 * To take a phrasing out of a frozen index, its entry's score is computed anew: each term's frequency in the title bag less that in the phrasing's own bag, and the bag shorter by
 * one phrasing's share. Two things stay as they are, since they move all entries alike: the average length, and the idf of a term that other phrasings have as well.
 * The pool of nearest single phrasings is asked only where the bags alone do not decide. */
#include <stdlib.h>

#include "base/error.h"
#include "base/vector.h"
#include "nlu/audit.h"
#include "search/index.h"

enum { POOL = 20, NEAREST_POOL = 200, VOTERS = 10, REPORT_EACH = 256 };
static const float decided = 1.3f; /* the bags alone: by how much the own entry must lead */

typedef struct asking {
  lk_audit_run *run;
  lk_trial *trial;
  lk_query query;
} asking;

/* ---- Scores ---- */

static float title_norm(const lk_index *index, const lk_term_space *space, uint32_t document, float shrink) {
  float fixed = index->weights.k1 * (1 - index->weights.b[LK_FIELD_TITLE]);
  return fixed + (space->norms[document][LK_FIELD_TITLE] - fixed) * shrink;
}

/* What the own entry's bag scores without the phrasing. */
static float score_without(const asking *a) {
  const lk_index *index = a->run->part->index, *single = a->run->part->phrasings;
  uint32_t document = a->trial->document;
  float count = (float)(a->run->part->first_phrasing[document + 1] - a->run->part->first_phrasing[document]), sum = 0;
  for (size_t t = 0; t < a->query.count; t++) {
    const lk_query_term *term = &a->query.terms[t];
    lk_space s = lk_space_of(term->klass);
    const lk_term_space *space = &index->spaces[s];
    uint32_t number = lk_terms_again(index->terms, s, term->text, term->number);
    lk_posting posting, own = {0};
    if (!lk_index_posting(index, s, number, document, &posting)) continue;
    if (count > 1) (void)lk_index_posting(single, s, number, a->trial->phrasing, &own);
    float tf = posting.tf[LK_FIELD_TITLE] - own.tf[LK_FIELD_TITLE];
    float norm = title_norm(index, space, document, count > 1 ? (count - 1) / count : 1);
    float title = tf > .01f ? tf * (index->weights.k1 + 1) / (tf + norm) : 0;
    float body = posting.tf[LK_FIELD_BODY] > 0 ? lk_saturated_tf(index, space, &posting, LK_FIELD_BODY) : 0;
    const float *w = index->weights.score[term->klass];
    sum += term->weight * space->idf[number] * (w[LK_FIELD_TITLE] * title + w[LK_FIELD_BODY] * body);
  }
  return sum;
}

typedef struct contest {
  lk_hit hits[POOL + 1]; /* the own entry first, then the others by their bags */
  uint32_t nearest[POOL + 1];
  float nearest_score[POOL + 1], score[POOL + 1];
  size_t count;
  lk_hit pool[NEAREST_POOL]; /* single phrasings */
  size_t pool_count;
} contest;

static void find_nearest(const asking *a, contest *c) {
  const lk_language_part *part = a->run->part;
  c->pool_count = lk_search(a->run->worker->phrasings[a->run->lang], &a->query, c->pool, NEAREST_POOL);
  for (size_t h = c->pool_count; h-- > 0;)
    for (size_t i = 0; i < c->count; i++) {
      const lk_hit *hit = &c->pool[h];
      const uint32_t *first = &part->first_phrasing[c->hits[i].document];
      if (hit->document < first[0] || hit->document >= first[1] ||
          (hit->document == a->trial->phrasing && first[1] - first[0] > 1))
        continue;
      c->nearest[i] = hit->document;
      c->nearest_score[i] = hit->score;
    }
}

/* The scores as lk_understand would have them. Returns the best other one's place. */
static size_t settle(const asking *a, contest *c, lk_trial *out) {
  const lk_weights *weights = lk_index_weights(a->run->part->index);
  size_t best = 0;
  out->ahead = 0;
  for (size_t i = 0; i < c->count; i++) {
    c->score[i] = c->hits[i].score + weights->nearest * c->nearest_score[i];
    if (a->trial->names_order && lk_has_order_slot(lk_trial_entry(a->run, c->hits[i].document)))
      c->score[i] *= weights->order_intent;
    if (i && (!best || c->score[i] > c->score[best])) best = i;
    out->ahead += i && c->score[i] > c->score[0];
  }
  out->own = c->score[0];
  out->other = best ? c->score[best] : 0;
  out->winner = c->hits[best].document;
  out->nearest = c->nearest[best];
  return best;
}

static size_t compete(const asking *a, contest *c, lk_trial *out) {
  lk_hit hits[POOL];
  size_t count = lk_search(a->run->worker->entries[a->run->lang], &a->query, hits, POOL);
  c->count = 1;
  c->pool_count = 0;
  memset(c->nearest_score, 0, sizeof c->nearest_score);
  c->hits[0] = (lk_hit){out->document, score_without(a)};
  for (size_t h = 0; h < count; h++)
    if (hits[h].document != out->document) c->hits[c->count++] = hits[h];
  for (size_t i = 0; i < c->count; i++) c->nearest[i] = a->run->part->first_phrasing[c->hits[i].document];
  if (c->count > 1 && c->hits[0].score < decided * c->hits[1].score) find_nearest(a, c);
  return settle(a, c, out);
}

/* ---- How sure the bot would be of the other one ---- */

static double stands_by_words(const asking *a, uint32_t document, lk_query_term *scratch) {
  lk_query alone = {scratch, 0, a->query.dictionary};
  for (size_t t = 0; t < a->query.count; t++)
    if (a->query.terms[t].klass == LK_CLASS_WORD) scratch[alone.count++] = a->query.terms[t];
  lk_hit hits[VOTERS];
  size_t count = lk_search(a->run->worker->entries[a->run->lang], &alone, hits, VOTERS), first = 0;
  while (first < count && hits[first].document == a->trial->document) first++;
  for (size_t h = first; h < count; h++)
    if (hits[h].document == document) return (double)(hits[h].score / hits[first].score);
  return 0;
}

static int best_first(const void *left, const void *right) {
  const lk_candidate *a = left, *b = right;
  if (a->score != b->score) return a->score > b->score ? -1 : 1;
  return (a->document > b->document) - (a->document < b->document);
}

/* The confidence by the KB's own model, as if the phrasing came from a customer. */
static lk_code weigh(const asking *a, const contest *c, size_t best, const lk_analysis *analysis) {
  lk_audit_run *run = a->run;
  lk_candidate *candidates = LK_NEW_ARRAY(run->scratch, lk_candidate, c->count);
  lk_query_term *scratch = LK_NEW_ARRAY(run->scratch, lk_query_term, a->query.count + 1);
  if (!candidates || !scratch) return lk_fail_memory(run->err);
  for (size_t i = 0; i < c->count; i++)
    candidates[i] =
        (lk_candidate){.entry = lk_trial_entry(run, c->hits[i].document), .document = c->hits[i].document, .score = c->score[i]};
  qsort(candidates, c->count, sizeof *candidates, best_first);
  lk_understanding u = {.analysis = *analysis, .query = a->query, .candidates = candidates, .candidate_count = c->count};
  double ideal = lk_ideal_score(run->part->phrasings, &a->query);
  lk_phrasing_hits all = {c->pool, c->pool_count, a->trial->phrasing,
                          lk_trial_phrasing(run, a->trial->document, a->trial->phrasing)->text, ideal};
  uint32_t other = c->hits[best].document;
  lk_weigh_phrasings(&all, lk_trial_entry(run, other), run->part->first_phrasing[other], u.features);
  u.features[LK_FEATURE_BY_WORDS] = stands_by_words(a, other, scratch);
  lk_confidence(run->engine, run->lang, &u);
  a->trial->confidence = (float)candidates[0].confidence;
  a->trial->likeness = ideal > 0 ? c->nearest_score[best] / (float)ideal : 0;
  return LK_OK;
}

/* ---- The lexicon's part in it ---- */

static size_t without_expansions(const lk_query *query, lk_query_term *out) {
  size_t count = 0;
  for (size_t t = 0; t < query->count; t++)
    if (query->terms[t].klass != LK_CLASS_EXPANSION) out[count++] = query->terms[t];
  return count;
}

/* The row that leads from one of the word's lemmas or parts to the term. */
static uint32_t find_row(const lk_map *rows, const lk_word *word, lk_view to, lk_buffer *key) {
  for (size_t t = 0; t < word->term_count; t++) {
    if (word->terms[t].kind != LK_TERM_LEMMA && word->terms[t].kind != LK_TERM_PART) continue;
    lk_buffer_clear(key);
    lk_buffer_add(key, word->terms[t].text);
    lk_buffer_addc(key, '\n');
    lk_buffer_add(key, to);
    const uint32_t *row = key->failed ? NULL : lk_map_get(rows, lk_buffer_view(key));
    if (row) return *row;
  }
  return LK_NOBODY;
}

/* Which row of the lexicon decides, for better or worse? The one that gives the winner most, if without the lexicon the other of the two were ahead. */
static lk_code name_row(asking *a, const lk_map *rows, const lk_analysis *analysis) {
  lk_trial *trial = a->trial;
  lk_query_term *terms = LK_NEW_ARRAY(a->run->scratch, lk_query_term, a->query.count + 1);
  if (!terms) return lk_fail_memory(a->run->err);
  asking plain = *a;
  plain.query = (lk_query){terms, without_expansions(&a->query, terms), a->query.dictionary};
  if (plain.query.count == a->query.count) return LK_OK;
  lk_trial bare = *trial;
  contest c;
  (void)compete(&plain, &c, &bare);
  bool lost = trial->own < trial->other;
  if (lost == (bare.own < bare.other)) return LK_OK;
  lk_contribution *parts;
  size_t count;
  lk_code code = lk_search_explain(a->run->part->index, &a->query, lost ? trial->winner : trial->document, a->run->scratch,
                                   &parts, &count, a->run->err);
  lk_buffer key = {0};
  for (size_t i = 0; !code && trial->row == LK_NOBODY && i < count; i++)
    if (parts[i].term->klass == LK_CLASS_EXPANSION)
      trial->row = find_row(rows, &analysis->words[parts[i].term->word], parts[i].term->text, &key);
  lk_buffer_free(&key);
  return code;
}

static lk_code note_pair(lk_audit_run *run, lk_map *rows, lk_view from, lk_view to, uint32_t row) {
  lk_analysis left, right;
  lk_analyzer *analyzer = lk_worker_analyzer(run->worker);
  lk_code code = lk_analyze(analyzer, run->lang, from, 0, run->scratch, &left, run->err);
  if (!code) code = lk_analyze(analyzer, run->lang, to, 0, run->scratch, &right, run->err);
  lk_buffer key = {0};
  for (size_t f = 0; !code && f < left.count; f++)
    for (size_t l = 0; l < left.words[f].lemma_count; l++)
      for (size_t t = 0; !code && t < right.count; t++)
        for (size_t m = 0; !code && m < right.words[t].lemma_count; m++) {
          lk_buffer_clear(&key);
          lk_buffer_add(&key, left.words[f].lemmas[l]);
          lk_buffer_addc(&key, '\n');
          lk_buffer_add(&key, right.words[t].lemmas[m]);
          if (key.failed || !lk_map_put(rows, lk_buffer_view(&key), row)) code = lk_fail_memory(run->err);
        }
  lk_buffer_free(&key);
  return code;
}

/* "lemma\nlemma" → the row of the lexicon that leads from the one to the other. */
static lk_code map_lexicon(lk_audit_run *run, lk_map *rows) {
  size_t count;
  const lk_lexicon_row *lexicon = lk_kb_lexicon(run->engine->kb, run->lang, &count);
  lk_code code = LK_OK;
  for (uint32_t r = 0; !code && r < count; r++) {
    const lk_lexicon_row *row = &lexicon[r];
    lk_arena_reset(run->scratch);
    for (size_t i = 0; !code && i < row->word_count; i++) {
      if (row->kind == LK_LEXICON_MAP) code = note_pair(run, rows, row->from, row->words[i], r);
      for (size_t j = 0; !code && row->kind == LK_LEXICON_SET && j < row->word_count; j++)
        if (i != j) code = note_pair(run, rows, row->words[i], row->words[j], r);
    }
  }
  return code;
}

/* ---- Patterns ---- */

/* As in understanding: the most specific pattern that is neither negated nor met by a question for information names the entry. */
static lk_code find_trigger(asking *a, const lk_analysis *analysis, const lk_entities *entities) {
  lk_audit_run *run = a->run;
  lk_pattern_match *matches;
  size_t count;
  lk_code code = lk_patterns_match(run->part->patterns, analysis, entities, run->scratch, &matches, &count, run->err);
  for (size_t i = 0; !code && i < count; i++) {
    const lk_entry *entry = lk_trial_entry(run, matches[i].document);
    bool informs = matches[i].question && !lk_view_eq(entry->action, LK_LIT("handoff"));
    if (matches[i].negated || informs) continue;
    if (matches[i].document != a->trial->document) {
      a->trial->hijacker = matches[i].document;
      a->trial->pattern = matches[i].pattern;
    }
    break;
  }
  return code;
}

/* ---- One phrasing ---- */

static int by_number(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

/* The terms of its words, function words included. */
static lk_code note_words(asking *a, const lk_analysis *analysis) {
  lk_audit_run *run = a->run;
  a->trial->first_word = (uint32_t)run->words.count;
  for (size_t w = 0; w < analysis->count; w++) {
    const lk_word *word = &analysis->words[w];
    a->trial->content += word->term_count && !word->stop;
    for (size_t t = 0; t < word->term_count; t++) {
      if (word->terms[t].kind == LK_TERM_GRAM) continue;
      uint32_t number = lk_terms_find(run->part->index->terms, LK_SPACE_WORD, word->terms[t].text);
      if (number != LK_NO_TERM && !LK_PUSH(&run->words, number)) return lk_fail_memory(run->err);
    }
  }
  uint32_t *items = run->words.items + a->trial->first_word;
  size_t count = run->words.count - a->trial->first_word, kept = 0;
  if (count) qsort(items, count, sizeof *items, by_number);
  for (size_t i = 0; i < count; i++)
    if (!kept || items[i] != items[kept - 1]) items[kept++] = items[i];
  run->words.count = a->trial->past_word = a->trial->first_word + (uint32_t)kept;
  return LK_OK;
}

/* Whose are these very words? */
static lk_code find_verbatim(asking *a, const lk_analysis *analysis) {
  lk_buffer key = {0};
  lk_verbatim_key(analysis, &key);
  const uint32_t *document = key.len && !key.failed ? lk_map_get(a->run->part->verbatim, lk_buffer_view(&key)) : NULL;
  if (document && *document != a->trial->document) a->trial->taken = *document;
  bool failed = key.failed;
  lk_buffer_free(&key);
  return failed ? lk_fail_memory(a->run->err) : LK_OK;
}

static lk_code ask(asking *a, const lk_map *rows) {
  lk_audit_run *run = a->run;
  lk_view text = lk_trial_phrasing(run, a->trial->document, a->trial->phrasing)->text;
  lk_entity_options options = {.order_number = lk_kb_policy_text(run->engine->kb, "order-number")};
  lk_analysis analysis;
  lk_entities entities;
  lk_arena_reset(run->scratch);
  lk_code code =
      lk_analyze(lk_worker_analyzer(run->worker), run->lang, text, LK_ANALYZE_REPAIR, run->scratch, &analysis, run->err);
  if (!code) code = lk_entities_find(run->engine->words, &analysis, text, &options, run->scratch, &entities, run->err);
  if (!code) code = find_trigger(a, &analysis, &entities);
  if (code) return code;
  lk_abstract(&analysis, &entities);
  a->trial->names_order = lk_entities_best(&entities, LK_ENTITY_ORDER) != NULL;
  code = lk_query_make(run->worker->makers[run->lang], run->part->lexicon, &analysis, run->scratch, &a->query, run->err);
  if (!code) code = find_verbatim(a, &analysis);
  if (!code) code = note_words(a, &analysis);
  if (code) return code;
  contest c;
  size_t best = compete(a, &c, a->trial);
  if (a->trial->own < a->trial->other) code = weigh(a, &c, best, &analysis);
  bool close = a->trial->own < decided * a->trial->other;
  return code || !close || !rows ? code : name_row(a, rows, &analysis);
}

static lk_code ask_all(lk_audit_run *run, const lk_map *rows) {
  size_t total = run->part->first_phrasing[run->part->entry_count];
  run->trials = LK_NEW_ARRAY(run->arena, lk_trial, total + 1);
  lk_code code = run->trials ? LK_OK : lk_fail_memory(run->err);
  for (uint32_t d = 0; !code && d < run->part->entry_count; d++) {
    if (run->part->entries[d]->lang != run->lang) continue;
    for (uint32_t p = run->part->first_phrasing[d]; !code && p < run->part->first_phrasing[d + 1]; p++) {
      lk_trial *trial = &run->trials[run->trial_count++];
      *trial = (lk_trial){.document = d, .phrasing = p, .winner = d, .hijacker = LK_NOBODY, .taken = LK_NOBODY, .row = LK_NOBODY};
      asking a = {run, trial, {0}};
      code = ask(&a, rows);
      if (run->watch && run->trial_count % REPORT_EACH == 0) run->watch->report(run->watch->self, (double)p / (double)total);
    }
  }
  return code;
}

lk_code lk_audit_trials(lk_audit_run *run) {
  lk_map *rows = lk_map_new();
  lk_code code = rows ? map_lexicon(run, rows) : lk_fail_memory(run->err);
  if (!code) code = ask_all(run, rows);
  lk_map_free(rows);
  return code;
}

lk_code lk_audit_try(lk_audit_run *run, uint32_t document, uint32_t phrasing, lk_trial *out) {
  *out = (lk_trial){.document = document,
                    .phrasing = phrasing,
                    .winner = document,
                    .hijacker = LK_NOBODY,
                    .taken = LK_NOBODY,
                    .row = LK_NOBODY};
  asking a = {run, out, {0}};
  run->words.count = 0;
  return ask(&a, NULL);
}
