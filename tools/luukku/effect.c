#include "effect.h"

#include <stdlib.h>

typedef struct probe {
  lk_probe_kind kind;
  lk_lang lang; /* it is asked in; LK_LANG_NONE: detect */
  lk_view text;
  const lk_gold *gold;         /* QUESTION */
  const lk_evidence *evidence; /* MESSAGE */
  lk_view entry;               /* whose PHRASING or MESSAGE it is */
  size_t phrasing;
  lk_term_set terms;
  bool before;
} probe;

struct lk_probes {
  const lk_evidence *evidence;
  lk_arena *arena;
  probe *items; /* phrasings in the engine's order */
  size_t count, cap;
};

const char *lk_probe_kind_name(lk_probe_kind kind) {
  static const char *const names[LK_PROBE_KINDS] = {"questions", "phrasings", "messages"};
  return names[kind];
}

bool lk_effect_hurts(const lk_effect *effect) {
  size_t won = 0, lost = 0;
  for (int k = 0; k < LK_PROBE_KINDS; k++) {
    won += effect->of[k].won;
    lost += effect->of[k].lost;
  }
  return lost > won;
}

static lk_code out_of_memory(lk_error *err) {
  *err = (lk_error){.code = LK_ERR_MEMORY, .message = "out of memory; look at a shorter period, or at one language"};
  return LK_ERR_MEMORY;
}

/* ---- Terms ---- */

/* FNV-1a */
static uint64_t hash_of(lk_view text) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (size_t i = 0; i < text.len; i++) hash = (hash ^ (unsigned char)text.ptr[i]) * 0x100000001B3u;
  return hash;
}

static int by_hash(const void *left, const void *right) {
  uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
  return (a > b) - (a < b);
}

lk_code lk_term_set_of(lk_worker *worker, lk_lang lang, lk_view text, lk_arena *arena, lk_term_set *out, lk_error *err) {
  lk_analysis analysis;
  size_t most = 0;
  lk_code code = lk_analyze(lk_worker_analyzer(worker), lang, text, LK_ANALYZE_REPAIR, arena, &analysis, err);
  if (code) return code;
  for (size_t w = 0; w < analysis.count; w++) most += analysis.words[w].term_count;
  *out = (lk_term_set){LK_NEW_ARRAY(arena, uint64_t, most + 1), 0};
  if (!out->items) return out_of_memory(err);
  for (size_t w = 0; w < analysis.count; w++)
    for (size_t t = 0; !analysis.words[w].stop && t < analysis.words[w].term_count; t++)
      out->items[out->count++] = hash_of(analysis.words[w].terms[t].text);
  qsort(out->items, out->count, sizeof *out->items, by_hash);
  return LK_OK;
}

bool lk_term_sets_meet(const lk_term_set *a, const lk_term_set *b) {
  for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
    if (a->items[i] == b->items[j]) return true;
    if (a->items[i] < b->items[j])
      i++;
    else
      j++;
  }
  return false;
}

/* ---- Asking ---- */

static lk_code is_found(lk_worker *worker, const probe *p, lk_arena *scratch, bool *out, lk_error *err) {
  lk_understanding u;
  lk_decision decision;
  lk_hearing hearing = {.lang = p->lang, .prior = p->lang, .limit = 3};
  hearing.entities.order_number = lk_kb_policy_text(lk_engine_kb(lk_worker_engine(worker)), "order-number");
  lk_arena_reset(scratch);
  lk_code code = lk_understand(worker, p->text, &hearing, scratch, &u, err);
  if (!code) code = lk_decide(lk_worker_engine(worker), &u, NULL, &decision, err);
  if (code) return code;
  const lk_entry *first = u.candidate_count ? u.candidates[0].entry : NULL;
  *out = first && (p->gold ? lk_gold_right(p->gold, first) : lk_view_eq(first->id, p->entry));
  return LK_OK;
}

/* ---- Making ---- */

static probe *add(lk_probes *probes) {
  if (probes->count == probes->cap) {
    size_t cap = probes->cap ? probes->cap * 2 : 1024;
    probe *grown = realloc(probes->items, cap * sizeof *grown);
    if (!grown) return NULL;
    probes->items = grown;
    probes->cap = cap;
  }
  probes->items[probes->count] = (probe){.lang = LK_LANG_NONE};
  return &probes->items[probes->count++];
}

static bool add_questions(lk_probes *probes, const lk_gold_set *set) {
  for (size_t i = 0; set && i < set->count; i++) {
    if (set->items[i].kind != LK_GOLD_ENTRY) continue;
    probe *p = add(probes);
    if (!p) return false;
    *p = (probe){.kind = LK_PROBE_QUESTION, .lang = set->items[i].lang, .text = set->items[i].text, .gold = &set->items[i]};
  }
  return true;
}

static bool add_messages(lk_probes *probes, const lk_evidence *evidence, size_t count) {
  for (size_t i = 0; i < count; i++) {
    probe *p = add(probes);
    if (!p) return false;
    *p = (probe){.kind = LK_PROBE_MESSAGE,
                 .lang = evidence[i].lang,
                 .text = evidence[i].text,
                 .evidence = &evidence[i],
                 .entry = evidence[i].entry->id};
  }
  return true;
}

typedef struct listener {
  lk_probes *probes;
  bool failed;
} listener;

static void note_phrasing(void *self, const lk_entry *entry, size_t phrasing, bool found) {
  listener *l = self;
  probe *p = l->failed ? NULL : add(l->probes);
  l->failed = !p;
  if (p)
    *p = (probe){.kind = LK_PROBE_PHRASING,
                 .lang = entry->lang,
                 .text = entry->phrasings[phrasing].text,
                 .entry = entry->id,
                 .phrasing = phrasing,
                 .before = found};
}

static lk_code fill_in(lk_probes *probes, const lk_engine *engine, lk_error *err) {
  lk_worker *worker = lk_worker_new(engine, err);
  lk_arena *scratch = lk_arena_new();
  lk_code code = worker ? LK_OK : err->code;
  if (!code && !scratch) code = out_of_memory(err);
  for (size_t i = 0; !code && i < probes->count; i++) {
    probe *p = &probes->items[i];
    lk_lang lang = p->lang == LK_LANG_NONE ? LK_LANG_FI : p->lang;
    code = lk_term_set_of(worker, lang, p->text, probes->arena, &p->terms, err);
    if (!code && p->kind != LK_PROBE_PHRASING) code = is_found(worker, p, scratch, &p->before, err);
  }
  lk_arena_free(scratch);
  lk_worker_free(worker);
  return code;
}

lk_probes *lk_probes_new(const lk_engine *engine, const lk_gold_set *set, const lk_evidence *evidence, size_t count,
                         lk_error *err) {
  lk_probes *probes = calloc(1, sizeof *probes);
  if (probes) probes->arena = lk_arena_new();
  bool fine = probes && probes->arena && add_questions(probes, set) && add_messages(probes, evidence, count);
  lk_code code = fine ? LK_OK : out_of_memory(err);
  listener l = {probes, false};
  lk_audit_asker asker = {.told = note_phrasing, .self = &l};
  for (int lang = 0; !code && lang < LK_LANG_COUNT; lang++) {
    code = lk_audit_phrasings(engine, (lk_lang)lang, &asker, err);
    if (!code && l.failed) code = out_of_memory(err);
  }
  if (probes) probes->evidence = evidence;
  if (!code) code = fill_in(probes, engine, err);
  if (!code) return probes;
  lk_probes_free(probes);
  return NULL;
}

void lk_probes_free(lk_probes *probes) {
  if (!probes) return;
  lk_arena_free(probes->arena);
  free(probes->items);
  free(probes);
}

/* ---- Measuring ---- */

typedef struct measuring {
  const lk_probes *probes;
  lk_lang lang;
  const lk_term_set *touched;
  size_t at; /* the phrasing that is asked now; those of the changed engine come in the same order, with new ones between */
  lk_effect *effect;
} measuring;

static bool is_touched(const measuring *m, const probe *p) {
  if (!m->touched) return true;
  return (p->lang == m->lang || p->lang == LK_LANG_NONE) && lk_term_sets_meet(&p->terms, m->touched);
}

static void count(lk_effect *effect, const probe *p, bool after) {
  effect->of[p->kind].won += after && !p->before;
  effect->of[p->kind].lost += !after && p->before;
}

static bool wants_phrasing(void *self, const lk_entry *entry, size_t phrasing) {
  measuring *m = self;
  for (size_t i = m->at; i < m->probes->count; i++) {
    const probe *p = &m->probes->items[i];
    if (p->kind != LK_PROBE_PHRASING || p->phrasing != phrasing || p->lang != entry->lang || !lk_view_eq(p->entry, entry->id))
      continue;
    m->at = i;
    return is_touched(m, p);
  }
  return false; /* a new one */
}

static void hear_phrasing(void *self, const lk_entry *entry, size_t phrasing, bool found) {
  const measuring *m = self;
  (void)entry, (void)phrasing;
  count(m->effect, &m->probes->items[m->at], found);
}

static lk_code measure_phrasings(measuring *m, const lk_engine *changed, lk_error *err) {
  lk_audit_asker asker = {wants_phrasing, hear_phrasing, m};
  lk_code code = LK_OK;
  for (int lang = 0; !code && lang < LK_LANG_COUNT; lang++)
    if (!m->touched || (lk_lang)lang == m->lang) code = lk_audit_phrasings(changed, (lk_lang)lang, &asker, err);
  return code;
}

static bool is_left_out(const measuring *m, const probe *p, const bool *left_out) {
  return p->kind == LK_PROBE_MESSAGE && left_out && left_out[p->evidence - m->probes->evidence];
}

static lk_code measure_others(const measuring *m, const lk_engine *changed, const bool *left_out, lk_error *err) {
  lk_worker *worker = lk_worker_new(changed, err);
  lk_arena *scratch = lk_arena_new();
  lk_code code = worker ? LK_OK : err->code;
  if (!code && !scratch) code = out_of_memory(err);
  for (size_t i = 0; !code && i < m->probes->count; i++) {
    const probe *p = &m->probes->items[i];
    bool found = false;
    if (p->kind == LK_PROBE_PHRASING || !is_touched(m, p) || is_left_out(m, p, left_out)) continue;
    code = is_found(worker, p, scratch, &found, err);
    if (!code) count(m->effect, p, found);
  }
  lk_arena_free(scratch);
  lk_worker_free(worker);
  return code;
}

lk_code lk_probes_measure(const lk_probes *probes, const lk_engine *changed, lk_lang lang, const lk_term_set *touched,
                          const bool *left_out, lk_effect *out, lk_error *err) {
  measuring m = {probes, lang, touched, 0, out};
  *out = (lk_effect){0};
  for (size_t i = 0; i < probes->count; i++) {
    const probe *p = &probes->items[i];
    if (is_left_out(&m, p, left_out)) continue;
    out->of[p->kind].asked++;
    out->of[p->kind].before += p->before;
  }
  lk_code code = measure_phrasings(&m, changed, err);
  if (!code) code = measure_others(&m, changed, left_out, err);
  for (int k = 0; k < LK_PROBE_KINDS; k++) out->of[k].after = out->of[k].before + out->of[k].won - out->of[k].lost;
  return code;
}
