/* Questions whose right entry is known. */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/vector.h"
#include "gaps/clean.h"
#include "gaps/vector.h"
#include "luukku/dialogue.h"
#include "luukku/gaps.h"

static const float same_words = .85f;   /* two messages that differ by a slip or a greeting */
static const float retold_share = .80f; /* of an agent's own words in the article that they retell */
static const float retold_likeness = .30f;
enum { LEAST_REPAIRED = 2, LEAST_RETOLD = 4 /* terms: shorter replies are in many articles */ };

typedef struct item {
  lk_evidence found;
  lk_vector vector;
  uint32_t key; /* of the text's terms, to see what else they were taken for */
  size_t agents, choices, repairs;
  struct { /* the text in each way it was typed */
    struct way {
      lk_view text;
      size_t count;
    } * items;
    size_t count, cap;
  } ways;
  struct {
    const lk_asked **items;
    size_t count, cap;
  } asked;
} item;

typedef struct gathering {
  lk_worker *worker;
  const lk_kb *kb;
  lk_lang lang;
  lk_vocable vocable;
  lk_arena *arena;
  lk_vector *answers; /* of the language's entries */
  const lk_entry *entries;
  size_t entry_count;
  lk_map *keys;     /* terms → key */
  lk_map *by_entry; /* entry's id → first item + 1 */
  struct {
    uint32_t *items; /* the next item of the same entry, + 1 */
    size_t count, cap;
  } next;
  struct {
    item *items;
    size_t count, cap;
  } items;
  size_t personal;
  lk_error *err;
} gathering;

/* ---- Which entry ---- */

static lk_code read_answers(gathering *g) {
  g->entries = lk_kb_entries(g->kb, g->lang, &g->entry_count);
  g->answers = LK_NEW_ARRAY(g->arena, lk_vector, g->entry_count + 1);
  lk_code code = g->answers ? LK_OK : lk_fail_memory(g->err);
  for (size_t i = 0; !code && i < g->entry_count; i++)
    if (g->entries[i].kind == LK_ENTRY_ARTICLE && g->entries[i].answer_count)
      code = lk_vector_of_text(&g->vocable, g->entries[i].answers[0].plain, g->arena, &g->answers[i], g->err);
  return code;
}

/* The article that an agent's own words retell; NULL for none. */
static lk_code find_retold(gathering *g, lk_view reply, const lk_entry **out) {
  lk_vector words;
  float best = 0;
  *out = NULL;
  lk_code code = lk_vector_of_text(&g->vocable, reply, g->arena, &words, g->err);
  for (size_t i = 0; !code && words.count >= LEAST_RETOLD && i < g->entry_count; i++) {
    float likeness = lk_vector_likeness(&words, &g->answers[i]);
    if (likeness <= best || likeness < retold_likeness || lk_vector_share_in(&words, &g->answers[i]) < retold_share) continue;
    best = likeness;
    *out = &g->entries[i];
  }
  return code;
}

typedef enum source { BY_NOBODY, BY_AGENT, BY_CHOICE, BY_REPAIR } source;

static lk_code find_entry(gathering *g, const lk_asked *asked, const lk_entry **out, source *by) {
  lk_view id = asked->used.len ? asked->used : asked->chosen.len ? asked->chosen : asked->repaired;
  *by = asked->used.len ? BY_AGENT : asked->chosen.len ? BY_CHOICE : asked->repaired.len ? BY_REPAIR : BY_NOBODY;
  *out = id.len ? lk_kb_entry(g->kb, id, g->lang) : NULL;
  if (*by == BY_AGENT || *by == BY_CHOICE || !asked->reply.len) return LK_OK;
  const lk_entry *retold;
  lk_code code = find_retold(g, asked->reply, &retold);
  if (!code && retold) *out = retold, *by = BY_AGENT;
  return code;
}

static bool can_learn(const gathering *g, const lk_entry *entry) {
  bool kind = entry && (entry->kind == LK_ENTRY_ARTICLE || entry->kind == LK_ENTRY_INTENT);
  return kind && entry->lang == g->lang && !lk_view_eq(entry->action, LK_LIT("handoff"));
}

/* ---- Putting together ---- */

static lk_code key_of(gathering *g, const lk_vector *v, uint32_t *out) {
  lk_buffer key = {0};
  for (uint32_t i = 0; i < v->count; i++) lk_buffer_addf(&key, "%u ", v->terms[i].number);
  uint32_t *at = key.failed ? NULL : lk_map_put(g->keys, lk_buffer_view(&key), (uint32_t)lk_map_count(g->keys));
  lk_buffer_free(&key);
  if (!at) return lk_fail_memory(g->err);
  *out = *at;
  return LK_OK;
}

static item *find_item(gathering *g, const lk_entry *entry, const lk_vector *v) {
  uint32_t *first = lk_map_get(g->by_entry, entry->id);
  for (uint32_t at = first ? *first : 0; at; at = g->next.items[at - 1])
    if (lk_vector_likeness(&g->items.items[at - 1].vector, v) >= same_words) return &g->items.items[at - 1];
  return NULL;
}

static item *new_item(gathering *g, const lk_entry *entry, lk_view text, const lk_vector *v, uint32_t key) {
  uint32_t number = (uint32_t)g->items.count + 1, *first = lk_map_put(g->by_entry, entry->id, 0);
  item fresh = {.found = {.entry = entry, .lang = g->lang, .text = text}, .vector = *v, .key = key};
  if (!first || !LK_PUSH(&g->next, *first) || !LK_PUSH(&g->items, fresh)) return NULL;
  *first = number;
  return &g->items.items[number - 1];
}

/* Most customers type it right: the most frequent way stands for all. */
static bool add_way(item *of, lk_view text) {
  size_t at = 0;
  while (at < of->ways.count && !lk_view_eq(of->ways.items[at].text, text)) at++;
  if (at == of->ways.count && !LK_PUSH(&of->ways, (struct way){text, 0})) return false;
  of->ways.items[at].count++;
  size_t best = 0;
  for (size_t i = 1; i < of->ways.count; i++)
    if (of->ways.items[i].count > of->ways.items[best].count) best = i;
  of->found.text = of->ways.items[best].text;
  return true;
}

static lk_code add(gathering *g, const lk_asked *asked) {
  const lk_entry *entry;
  source by;
  lk_view text;
  lk_vector v;
  bool personal;
  uint32_t key = 0;
  lk_code code = find_entry(g, asked, &entry, &by);
  if (code || !can_learn(g, entry)) return code;
  code = lk_clean_text(g->worker, g->lang, asked->text, entry, g->arena, &text, &personal, g->err);
  g->personal += !code && personal;
  if (code || !text.len) return code;
  code = lk_vector_of_text(&g->vocable, text, g->arena, &v, g->err);
  if (!code && !v.count) return LK_OK;
  if (!code) code = key_of(g, &v, &key);
  if (code) return code;
  item *of = find_item(g, entry, &v);
  if (!of) of = new_item(g, entry, text, &v, key);
  if (!of || !LK_PUSH(&of->asked, asked) || !add_way(of, text)) return lk_fail_memory(g->err);
  of->agents += by == BY_AGENT;
  of->choices += by == BY_CHOICE;
  of->repairs += by == BY_REPAIR;
  return LK_OK;
}

/* ---- What holds ---- */

static size_t weight_of(const item *it) { return 2 * (it->agents + it->choices) + it->repairs; }

/* How often the same words were taken for any entry. */
static lk_code count_keys(const gathering *g, size_t **counts) {
  *counts = calloc(lk_map_count(g->keys) + 1, sizeof **counts);
  if (!*counts) return lk_fail_memory(g->err);
  for (size_t i = 0; i < g->items.count; i++) (*counts)[g->items.items[i].key] += weight_of(&g->items.items[i]);
  return LK_OK;
}

static bool holds(const item *it, const size_t *counts) {
  size_t others = counts[it->key] - weight_of(it);
  bool shown = it->agents + it->choices > 0 || it->repairs >= LEAST_REPAIRED;
  return shown && weight_of(it) >= 2 * others;
}

static lk_code is_found(gathering *g, item *it) {
  lk_understanding u;
  lk_decision decision;
  lk_hearing hearing = {.lang = g->lang, .prior = g->lang};
  lk_arena *scratch = lk_arena_new();
  lk_code code = scratch ? LK_OK : lk_fail_memory(g->err);
  if (!code) code = lk_understand(g->worker, it->found.text, &hearing, scratch, &u, g->err);
  if (!code) code = lk_decide(lk_worker_engine(g->worker), &u, NULL, &decision, g->err);
  it->found.found = !code && decision.entry == it->found.entry && decision.act != LK_ACT_CLARIFY;
  lk_arena_free(scratch);
  return code;
}

static int in_order(const void *left, const void *right) {
  const lk_evidence *a = left, *b = right;
  if (a->lang != b->lang) return a->lang < b->lang ? -1 : 1;
  if (a->entry != b->entry) return a->entry < b->entry ? -1 : 1;
  if (a->count != b->count) return a->count > b->count ? -1 : 1;
  return a->asked[0] < b->asked[0] ? -1 : a->asked[0] > b->asked[0];
}

static lk_code hand_out(gathering *g, lk_evidence *out, size_t *count) {
  size_t *counts = NULL;
  lk_code code = count_keys(g, &counts);
  for (size_t i = 0; !code && i < g->items.count; i++) {
    item *it = &g->items.items[i];
    if (!holds(it, counts)) continue;
    code = is_found(g, it);
    const lk_asked **asked = LK_NEW_ARRAY(g->arena, const lk_asked *, it->asked.count);
    if (!code && !asked) code = lk_fail_memory(g->err);
    if (code) break;
    for (size_t a = 0; a < it->asked.count; a++) asked[a] = it->asked.items[a];
    it->found.asked = asked;
    it->found.count = it->asked.count;
    it->found.by_agent = it->agents > 0;
    it->found.by_choice = it->choices > 0;
    out[(*count)++] = it->found;
  }
  free(counts);
  return code;
}

/* ---- All ---- */

static bool open_gathering(gathering *g) {
  g->keys = lk_map_new();
  g->by_entry = lk_map_new();
  return g->keys && g->by_entry && lk_vocable_open(&g->vocable, g->worker, g->lang);
}

static void close_gathering(gathering *g) {
  for (size_t i = 0; i < g->items.count; i++) {
    free(g->items.items[i].asked.items);
    free(g->items.items[i].ways.items);
  }
  free(g->items.items);
  free(g->next.items);
  lk_map_free(g->keys);
  lk_map_free(g->by_entry);
  lk_vocable_close(&g->vocable);
}

lk_code lk_evidence_gather(lk_worker *worker, const lk_asked_list *asked, lk_arena *arena, lk_evidence **evidence, size_t *count,
                           size_t *personal, lk_error *err) {
  *count = *personal = 0;
  *evidence = LK_NEW_ARRAY(arena, lk_evidence, asked->count + 1);
  lk_code code = *evidence ? LK_OK : lk_fail_memory(err);
  for (int lang = 0; !code && lang < LK_LANG_COUNT; lang++) {
    gathering g = {
        .worker = worker, .kb = lk_engine_kb(lk_worker_engine(worker)), .lang = (lk_lang)lang, .arena = arena, .err = err};
    code = open_gathering(&g) ? read_answers(&g) : lk_fail_memory(err);
    for (size_t i = 0; !code && i < asked->count; i++)
      if (asked->items[i].lang == (lk_lang)lang) code = add(&g, &asked->items[i]);
    if (!code) code = hand_out(&g, *evidence, count);
    *personal += g.personal;
    close_gathering(&g);
  }
  if (!code && *count) qsort(*evidence, *count, sizeof **evidence, in_order);
  return code;
}
