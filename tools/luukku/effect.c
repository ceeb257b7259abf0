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
  bool before;
} probe;

struct lk_probes {
  const lk_evidence *evidence;
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
  return lost > won + 1;
}

static lk_code out_of_memory(lk_error *err) {
  *err = (lk_error){.code = LK_ERR_MEMORY, .message = "out of memory; look at a shorter period, or at one language"};
  return LK_ERR_MEMORY;
}

/* ---- Asking ---- */

static bool is_right(const probe *p, const lk_entry *first) {
  return first && (p->gold ? lk_gold_right(p->gold, first) : lk_view_eq(first->id, p->entry));
}

static lk_code find_first(lk_worker *worker, const probe *p, lk_arena *scratch, const lk_entry **out, lk_error *err) {
  lk_understanding u;
  lk_decision decision;
  lk_hearing hearing = {.lang = p->lang, .prior = p->lang, .limit = 3};
  hearing.entities.order_number = lk_kb_policy_text(lk_engine_kb(lk_worker_engine(worker)), "order-number");
  lk_arena_reset(scratch);
  lk_code code = lk_understand(worker, p->text, &hearing, scratch, &u, err);
  if (!code) code = lk_decide(lk_worker_engine(worker), &u, NULL, &decision, err);
  if (code) return code;
  *out = u.candidate_count ? u.candidates[0].entry : NULL;
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

static void note_phrasing(void *self, const lk_entry *entry, size_t phrasing, const lk_entry *first) {
  listener *l = self;
  probe *p = l->failed ? NULL : add(l->probes);
  l->failed = !p;
  if (p)
    *p = (probe){.kind = LK_PROBE_PHRASING,
                 .lang = entry->lang,
                 .text = entry->phrasings[phrasing].text,
                 .entry = entry->id,
                 .phrasing = phrasing,
                 .before = first == entry};
}

static lk_code fill_in(lk_probes *probes, const lk_engine *engine, lk_error *err) {
  lk_worker *worker = lk_worker_new(engine, err);
  lk_arena *scratch = lk_arena_new();
  lk_code code = worker ? LK_OK : err->code;
  if (!code && !scratch) code = out_of_memory(err);
  for (size_t i = 0; !code && i < probes->count; i++) {
    const lk_entry *first = NULL;
    probe *p = &probes->items[i];
    if (p->kind == LK_PROBE_PHRASING) continue;
    code = find_first(worker, p, scratch, &first, err);
    p->before = !code && is_right(p, first);
  }
  lk_arena_free(scratch);
  lk_worker_free(worker);
  return code;
}

lk_probes *lk_probes_new(const lk_engine *engine, const lk_gold_set *set, const lk_evidence *evidence, size_t count,
                         lk_error *err) {
  lk_probes *probes = calloc(1, sizeof *probes);
  bool fine = probes && add_questions(probes, set) && add_messages(probes, evidence, count);
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
  free(probes->items);
  free(probes);
}

/* ---- Measuring ---- */

typedef struct measuring {
  const lk_probes *probes;
  size_t at; /* the phrasing that is asked now; those of the changed engine come in the same order, with new ones between */
  lk_effect *effect;
  void (*tell)(void *self, const lk_turnabout *turnabout);
  void *self;
} measuring;

static void compare(const measuring *m, const probe *p, const lk_entry *first) {
  bool after = is_right(p, first);
  if (after == p->before) return;
  m->effect->of[p->kind].won += after;
  m->effect->of[p->kind].lost += !after;
  if (m->tell) m->tell(m->self, &(lk_turnabout){p->kind, after, first});
}

static bool wants_phrasing(void *self, const lk_entry *entry, size_t phrasing) {
  measuring *m = self;
  for (size_t i = m->at; i < m->probes->count; i++) {
    const probe *p = &m->probes->items[i];
    if (p->kind != LK_PROBE_PHRASING || p->phrasing != phrasing || p->lang != entry->lang || !lk_view_eq(p->entry, entry->id))
      continue;
    m->at = i;
    return true;
  }
  return false; /* a new one */
}

static void hear_phrasing(void *self, const lk_entry *entry, size_t phrasing, const lk_entry *first) {
  const measuring *m = self;
  (void)entry, (void)phrasing;
  compare(m, &m->probes->items[m->at], first);
}

static lk_code measure_phrasings(measuring *m, const lk_engine *changed, lk_error *err) {
  lk_audit_asker asker = {wants_phrasing, hear_phrasing, m};
  lk_code code = LK_OK;
  for (int lang = 0; !code && lang < LK_LANG_COUNT; lang++) code = lk_audit_phrasings(changed, (lk_lang)lang, &asker, err);
  return code;
}

static bool is_left_out(const lk_probes *probes, const probe *p, const bool *left_out) {
  return p->kind == LK_PROBE_MESSAGE && left_out && left_out[p->evidence - probes->evidence];
}

static lk_code measure_others(const measuring *m, const lk_engine *changed, const bool *left_out, lk_error *err) {
  lk_worker *worker = lk_worker_new(changed, err);
  lk_arena *scratch = lk_arena_new();
  lk_code code = worker ? LK_OK : err->code;
  if (!code && !scratch) code = out_of_memory(err);
  for (size_t i = 0; !code && i < m->probes->count; i++) {
    const probe *p = &m->probes->items[i];
    const lk_entry *first = NULL;
    if (p->kind == LK_PROBE_PHRASING || is_left_out(m->probes, p, left_out)) continue;
    code = find_first(worker, p, scratch, &first, err);
    if (!code) compare(m, p, first);
  }
  lk_arena_free(scratch);
  lk_worker_free(worker);
  return code;
}

lk_code lk_probes_measure(const lk_probes *probes, const lk_engine *changed, const bool *left_out, lk_effect *out,
                          void (*tell)(void *self, const lk_turnabout *turnabout), void *self, lk_error *err) {
  measuring m = {probes, 0, out, tell, self};
  *out = (lk_effect){0};
  for (size_t i = 0; i < probes->count; i++) {
    const probe *p = &probes->items[i];
    if (is_left_out(probes, p, left_out)) continue;
    out->of[p->kind].asked++;
    out->of[p->kind].before += p->before;
  }
  lk_code code = measure_phrasings(&m, changed, err);
  if (!code) code = measure_others(&m, changed, left_out, err);
  for (int k = 0; k < LK_PROBE_KINDS; k++) out->of[k].after = out->of[k].before + out->of[k].won - out->of[k].lost;
  return code;
}
