/* Questions that share terms, as groups. */
#include <stdlib.h>

#include "base/error.h"
#include "gaps/cluster.h"
#include "luukku/dialogue.h"
#include "luukku/gaps.h"

/* How like a group's middle a question must be. In a month of questions with gold labels (tests/simulation), two questions of one group have the same label in 79 of 100 cases, and F1 over
 * pairs is flat from here on; lower, and different matters fall together. */
static const float least_likeness = .40f;
static const float alike = .95f;      /* two examples that show the same */
static const double named_share = .3; /* a term in the name is in at least so many of the members */

/* ---- Questions of one language ---- */

typedef struct lk_text { /* a message's text, however often it was sent */
  const lk_asked **askers;
  uint32_t count;
  lk_vector vector;
} lk_text;

typedef struct grouping {
  lk_vocable vocable;
  lk_lang lang;
  lk_text *texts;
  size_t text_count;
  lk_clusters clusters;
  lk_arena *arena;
  lk_error *err;
} grouping;

static int by_count(const void *left, const void *right) {
  const lk_text *a = left, *b = right;
  if (a->count != b->count) return a->count > b->count ? -1 : 1;
  if (a->askers[0]->time != b->askers[0]->time) return a->askers[0]->time < b->askers[0]->time ? -1 : 1;
  return (a->askers[0] > b->askers[0]) - (a->askers[0] < b->askers[0]);
}

/* Each text once, the most frequent first. */
static lk_code gather_texts(grouping *g, const lk_asked *const *asked, size_t count) {
  lk_map *known = lk_map_new();
  uint32_t *of = calloc(count + 1, sizeof *of);
  g->texts = LK_NEW_ARRAY(g->arena, lk_text, count + 1);
  bool fine = known && of && g->texts;
  for (size_t i = 0; fine && i < count; i++) {
    if (asked[i]->lang != g->lang) continue;
    uint32_t *at = lk_map_put(known, asked[i]->text, (uint32_t)g->text_count);
    fine = at != NULL;
    if (!fine) break;
    of[i] = *at;
    g->text_count += *at == g->text_count;
    g->texts[*at].count++;
  }
  for (size_t i = 0; fine && i < g->text_count; i++) {
    g->texts[i].askers = LK_NEW_ARRAY(g->arena, const lk_asked *, g->texts[i].count);
    fine = g->texts[i].askers != NULL;
    g->texts[i].count = 0;
  }
  for (size_t i = 0; fine && i < count; i++)
    if (asked[i]->lang == g->lang) g->texts[of[i]].askers[g->texts[of[i]].count++] = asked[i];
  if (fine && g->text_count) qsort(g->texts, g->text_count, sizeof *g->texts, by_count);
  lk_map_free(known);
  free(of);
  return fine ? LK_OK : lk_fail_memory(g->err);
}

static lk_code cluster_texts(grouping *g) {
  lk_vector *vectors = LK_NEW_ARRAY(g->arena, lk_vector, g->text_count + 1);
  uint32_t *weights = LK_NEW_ARRAY(g->arena, uint32_t, g->text_count + 1);
  lk_code code = vectors && weights ? LK_OK : lk_fail_memory(g->err);
  for (size_t i = 0; !code && i < g->text_count; i++) {
    code = lk_vector_of_text(&g->vocable, g->texts[i].askers[0]->text, g->arena, &g->texts[i].vector, g->err);
    vectors[i] = g->texts[i].vector;
    weights[i] = g->texts[i].count;
  }
  if (code) return code;
  return lk_clusters_make(vectors, weights, g->text_count, lk_map_count(g->vocable.numbers), least_likeness, g->arena,
                          &g->clusters, g->err);
}

/* ---- One group ---- */

typedef struct near_text {
  const lk_text *text;
  float likeness;
} near_text;

static int nearest_first(const void *left, const void *right) {
  const near_text *a = left, *b = right;
  if (a->likeness != b->likeness) return a->likeness > b->likeness ? -1 : 1;
  return by_count(a->text, b->text);
}

static int by_time(const void *left, const void *right) {
  const lk_asked *const *a = left, *const *b = right;
  if ((*a)->time != (*b)->time) return (*a)->time < (*b)->time ? -1 : 1;
  return (*a > *b) - (*a < *b);
}

static void show_examples(const near_text *texts, size_t count, lk_asked_group *out) {
  const lk_text *shown[LK_GROUP_EXAMPLES] = {NULL};
  for (size_t i = 0; i < count && out->example_count < LK_GROUP_EXAMPLES; i++) {
    bool fresh = true;
    for (size_t e = 0; e < out->example_count; e++)
      fresh = fresh && lk_vector_likeness(&shown[e]->vector, &texts[i].text->vector) < alike;
    if (!fresh) continue;
    shown[out->example_count] = texts[i].text;
    out->examples[out->example_count++] = texts[i].text->askers[0];
  }
}

static bool has_term(const lk_vector *v, uint32_t number) {
  for (uint32_t i = 0; i < v->count; i++)
    if (v->terms[i].number == number) return true;
  return false;
}

/* The weightiest lemmas of the middle that enough of its texts have. */
static void name_group(grouping *g, const lk_vector *middle, const near_text *texts, size_t count, lk_asked_group *out) {
  bool taken[LK_VECTOR_TERMS] = {false};
  while (out->term_count < LK_GROUP_TERMS) {
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < middle->count; i++) {
      if (taken[i] || !lk_map_get(g->vocable.lemmas, lk_vocable_term(&g->vocable, middle->terms[i].number))) continue;
      if (best == UINT32_MAX || middle->terms[i].weight > middle->terms[best].weight) best = i;
    }
    if (best == UINT32_MAX) return;
    taken[best] = true;
    size_t with = 0;
    for (size_t t = 0; t < count; t++) with += has_term(&texts[t].text->vector, middle->terms[best].number);
    if ((double)with >= named_share * (double)count)
      out->terms[out->term_count++] = lk_arena_copy(g->arena, lk_vocable_term(&g->vocable, middle->terms[best].number));
  }
}

static lk_code count_used(grouping *g, lk_asked_group *out) {
  lk_map *counts = lk_map_new();
  bool fine = counts != NULL;
  for (size_t i = 0; fine && i < out->count; i++) {
    if (!out->members[i]->used.len) continue;
    uint32_t *times = lk_map_put(counts, out->members[i]->used, 0);
    fine = times != NULL;
    if (fine && ++*times > out->used_count) {
      out->used_count = *times;
      out->used = out->members[i]->used;
    }
  }
  lk_map_free(counts);
  return fine ? LK_OK : lk_fail_memory(g->err);
}

static lk_code count_conversations(grouping *g, lk_asked_group *out) {
  lk_map *seen = lk_map_new();
  bool fine = seen != NULL;
  for (size_t i = 0; fine && i < out->count; i++) fine = lk_map_put(seen, out->members[i]->conversation, 0) != NULL;
  out->conversations = fine ? lk_map_count(seen) : 0;
  lk_map_free(seen);
  return fine ? LK_OK : lk_fail_memory(g->err);
}

static lk_code fill_group(grouping *g, near_text *texts, size_t count, const lk_vector *middle, lk_asked_group *out) {
  size_t members = 0;
  for (size_t i = 0; i < count; i++) members += texts[i].text->count;
  *out = (lk_asked_group){.lang = g->lang, .members = LK_NEW_ARRAY(g->arena, const lk_asked *, members + 1), .used = {"", 0}};
  if (!out->members) return lk_fail_memory(g->err);
  for (size_t i = 0; i < count; i++)
    for (size_t a = 0; a < texts[i].text->count; a++) out->members[out->count++] = texts[i].text->askers[a];
  qsort(out->members, out->count, sizeof(const lk_asked *), by_time);
  for (size_t i = 0; i < out->count; i++) {
    for (int f = 0; f < LK_FAILURE_COUNT; f++) out->failed[f] += (out->members[i]->failures & 1u << f) != 0;
    out->cost += lk_asked_cost(out->members[i]);
    out->served += lk_asked_served(out->members[i]);
  }
  qsort(texts, count, sizeof *texts, nearest_first);
  show_examples(texts, count, out);
  name_group(g, middle, texts, count, out);
  lk_code code = count_used(g, out);
  return code ? code : count_conversations(g, out);
}

/* Texts by cluster: the next text of a cluster behind each one. */
static lk_code fill_groups(grouping *g, lk_asked_group *groups, size_t *group_count) {
  size_t clusters = g->clusters.count;
  uint32_t *first = calloc(clusters + 1, sizeof *first), *next = calloc(g->text_count + 1, sizeof *next);
  near_text *texts = calloc(g->text_count + 1, sizeof *texts);
  lk_code code = first && next && texts ? LK_OK : lk_fail_memory(g->err);
  for (size_t i = g->text_count; !code && i-- > 0;) {
    uint32_t cluster = g->clusters.of[i];
    if (cluster == LK_IN_NO_CLUSTER) continue;
    next[i] = first[cluster];
    first[cluster] = (uint32_t)i + 1;
  }
  for (size_t c = 0; !code && c < clusters; c++) {
    size_t count = 0;
    for (uint32_t at = first[c]; at; at = next[at - 1])
      texts[count++] = (near_text){&g->texts[at - 1], lk_vector_likeness(&g->texts[at - 1].vector, &g->clusters.middles[c])};
    if (count) code = fill_group(g, texts, count, &g->clusters.middles[c], &groups[(*group_count)++]);
  }
  free(first);
  free(next);
  free(texts);
  return code;
}

/* ---- All languages ---- */

static int costliest_first(const void *left, const void *right) {
  const lk_asked_group *a = left, *b = right;
  if (a->cost != b->cost) return a->cost > b->cost ? -1 : 1;
  if (a->count != b->count) return a->count > b->count ? -1 : 1;
  return by_time(&a->members[0], &b->members[0]);
}

lk_code lk_asked_group_all(lk_worker *worker, const lk_asked *const *asked, size_t count, lk_arena *arena,
                           lk_asked_group **groups, size_t *group_count, lk_error *err) {
  *group_count = 0;
  *groups = LK_NEW_ARRAY(arena, lk_asked_group, count + 1);
  lk_code code = *groups ? LK_OK : lk_fail_memory(err);
  for (int lang = 0; !code && lang < LK_LANG_COUNT; lang++) {
    grouping g = {.lang = (lk_lang)lang, .arena = arena, .err = err};
    bool opened = lk_vocable_open(&g.vocable, worker, (lk_lang)lang);
    code = opened ? gather_texts(&g, asked, count) : lk_fail_memory(err);
    if (!code) code = cluster_texts(&g);
    if (!code) code = fill_groups(&g, *groups, group_count);
    lk_vocable_close(&g.vocable);
  }
  if (!code && *group_count) qsort(*groups, *group_count, sizeof **groups, costliest_first);
  return code;
}

lk_code lk_asked_group_look(lk_worker *worker, lk_asked_group *group, lk_error *err) {
  lk_understanding u;
  lk_decision decision;
  lk_hearing hearing = {.lang = group->lang, .prior = group->lang, .limit = 3};
  const lk_engine *engine = lk_worker_engine(worker);
  hearing.entities.order_number = lk_kb_policy_text(lk_engine_kb(engine), "order-number");
  lk_arena *scratch = lk_arena_new();
  lk_code code = scratch ? LK_OK : lk_fail_memory(err);
  if (!code) code = lk_understand(worker, group->examples[0]->text, &hearing, scratch, &u, err);
  if (!code) code = lk_decide(engine, &u, NULL, &decision, err);
  if (!code && u.candidate_count) {
    group->nearest = u.candidates[0].entry;
    group->confidence = u.candidates[0].confidence;
    group->found = decision.act == LK_ACT_ANSWER || decision.act == LK_ACT_PERFORM;
  }
  lk_arena_free(scratch);
  return code;
}
