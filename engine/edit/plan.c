#include "edit/plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "edit/import.h"
#include "kb/findings.h"
#include "kb/limits.h"
#include "kb/phrasing.h"
#include "kb/values.h"

/* ---- Saying so ---- */

void lk_plan_report(lk_plan *plan, lk_severity severity, const char *code, const lk_item *item, const char *mend,
                    const char *what, ...) {
  va_list args;
  va_start(args, what);
  if (lk_findings_add_list(plan->findings, severity, code, item->file, item->line, mend, what, args)) plan->memory = true;
  va_end(args);
}

void lk_plan_drop(lk_plan *plan, lk_planned *planned, const char *mend, const char *what, ...) {
  char text[512];
  va_list args;
  va_start(args, what);
  (void)vsnprintf(text, sizeof text, what, args);
  va_end(args);
  planned->dropped = true;
  plan->summary->left_out++;
  lk_plan_report(plan, LK_SEVERITY_ERROR, "left-out", &planned->item, mend, "\"%.*s\" was left out: %s",
                 LK_FMT(lk_excerpt(planned->item.question, 80)), text);
}

lk_view lk_plan_format(lk_plan *plan, const char *format, ...) {
  lk_buffer text = {0};
  char small[8192];
  va_list args;
  va_start(args, format);
  int len = vsnprintf(small, sizeof small, format, args);
  va_end(args);
  if (len < 0 || (size_t)len >= sizeof small) plan->memory = true;
  lk_buffer_adds(&text, small);
  lk_view kept = lk_arena_copy(plan->arena, lk_buffer_view(&text));
  if (text.failed || !kept.ptr) plan->memory = true;
  lk_buffer_free(&text);
  return kept.ptr ? kept : (lk_view){"", 0};
}

uint32_t lk_plan_number(const lk_plan *plan, const lk_entry *entry) {
  size_t count;
  return (uint32_t)(entry - lk_kb_entries(plan->kb, LK_LANG_NONE, &count));
}

static const lk_entry *entry_at(const lk_plan *plan, uint32_t number) {
  size_t count;
  return lk_kb_entries(plan->kb, LK_LANG_NONE, &count) + number;
}

/* ---- Keys ---- */

static uint32_t *put(lk_plan *plan, lk_map *map, lk_lang lang, lk_view text, uint32_t number) {
  lk_buffer key = {0};
  lk_buffer_addf(&key, "%s ", lk_lang_code(lang));
  lk_buffer_add(&key, text);
  uint32_t *at = key.failed ? NULL : lk_map_put(map, lk_buffer_view(&key), number);
  if (!at) plan->memory = true;
  lk_buffer_free(&key);
  return at;
}

static const uint32_t *get(lk_plan *plan, const lk_map *map, lk_lang lang, lk_view text) {
  lk_buffer key = {0};
  lk_buffer_addf(&key, "%s ", lk_lang_code(lang));
  lk_buffer_add(&key, text);
  const uint32_t *at = key.failed ? NULL : lk_map_get(map, lk_buffer_view(&key));
  if (key.failed) plan->memory = true;
  lk_buffer_free(&key);
  return at;
}

static lk_view phrasing_key(lk_plan *plan, lk_view phrasing) {
  lk_buffer key = {0};
  lk_phrasing_key(phrasing, &key);
  lk_view kept = lk_arena_copy(plan->arena, lk_buffer_view(&key));
  if (key.failed || !kept.ptr) plan->memory = true;
  lk_buffer_free(&key);
  return kept.ptr ? kept : (lk_view){"", 0};
}

static void see(lk_plan *plan, const lk_entry *entry) {
  (void)put(plan, plan->seen, LK_LANG_NONE, lk_plan_format(plan, "%u", lk_plan_number(plan, entry)), 1);
}
static bool is_seen(lk_plan *plan, uint32_t number) {
  return get(plan, plan->seen, LK_LANG_NONE, lk_plan_format(plan, "%u", number)) != NULL;
}

static void index_kb(lk_plan *plan) {
  size_t count;
  const lk_entry *entries = lk_kb_entries(plan->kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count && !plan->memory; i++) {
    if (entries[i].source.len) (void)put(plan, plan->by_source, entries[i].lang, entries[i].source, (uint32_t)i);
    for (size_t p = 0; p < entries[i].phrasing_count && !plan->memory; p++)
      (void)put(plan, plan->by_key, entries[i].lang, phrasing_key(plan, entries[i].phrasings[p].text), (uint32_t)i);
  }
}

/* ---- Questions that come twice ---- */

static bool same_answer(const lk_node *a, size_t a_count, const lk_node *b, size_t b_count) {
  bool same = a_count == b_count;
  for (size_t i = 0; same && i < a_count; i++)
    same = a[i].kind == b[i].kind && a[i].end == b[i].end && lk_view_eq(a[i].text, b[i].text);
  return same;
}

static void drop_repeated(lk_plan *plan, lk_planned *p, const lk_item *first) {
  if (!same_answer(p->item.nodes, p->item.count, first->nodes, first->count)) {
    lk_plan_drop(plan, p, "make one question of the two, or part them",
                 "it is there twice with two answers, first in %s, line %d", first->file, first->line);
    return;
  }
  p->dropped = true;
  lk_plan_report(plan, LK_SEVERITY_WARNING, "repeated", &p->item, "nothing; it was taken once",
                 "\"%.*s\" is there twice, first in %s, line %d", LK_FMT(lk_excerpt(p->item.question, 80)), first->file,
                 first->line);
}

static void find_repeated(lk_plan *plan) {
  lk_map *keys = lk_map_new(), *sources = lk_map_new();
  if (!keys || !sources) plan->memory = true;
  for (size_t i = 0; i < plan->count && !plan->memory; i++) {
    lk_planned *p = &plan->items[i];
    if (p->dropped) continue;
    const uint32_t *first = put(plan, keys, p->item.lang, phrasing_key(plan, p->item.question), (uint32_t)i);
    if (first && *first != i) {
      drop_repeated(plan, p, &plan->items[*first].item);
      continue;
    }
    const uint32_t *same = put(plan, sources, p->item.lang, p->item.source, (uint32_t)i);
    if (!same || *same == i) continue;
    lk_view slug = lk_slug(p->item.question, LK_LIMIT_ID_CHARACTERS, plan->arena); /* two questions with one address */
    if (!slug.ptr) plan->memory = true;
    p->item.source =
        lk_plan_format(plan, "%.*s#%.*s", LK_FMT(lk_excerpt(p->item.source, LK_LIMIT_ATTRIBUTE_CHARACTERS / 2)), LK_FMT(slug));
  }
  lk_map_free(keys);
  lk_map_free(sources);
}

/* ---- Which article is it? ---- */

static bool begins(lk_view text, lk_view prefix) {
  return text.len >= prefix.len && memcmp(text.ptr, prefix.ptr, prefix.len) == 0;
}

static bool is_of_origin(lk_view source, lk_view origin) {
  if (!origin.len || !begins(source, origin)) return false;
  return source.len == origin.len || source.ptr[origin.len] == '#' || origin.ptr[origin.len - 1] == '/';
}

static const lk_entry *by_id(const lk_plan *plan, lk_view id, const lk_item *item) {
  const lk_entry *entry = id.len ? lk_kb_entry(plan->kb, id, item->lang) : NULL;
  bool fits = entry && entry->lang == item->lang && entry->kind == LK_ENTRY_ARTICLE;
  return fits && (!entry->source.len || is_of_origin(entry->source, item->origin)) ? entry : NULL;
}

/* By its source; by the id that the source gives it; or by the id that it would get, when an article without a source has this very question. */
static const lk_entry *find_known(lk_plan *plan, const lk_item *item) {
  const uint32_t *at = get(plan, plan->by_source, item->lang, item->source);
  if (at && entry_at(plan, *at)->kind == LK_ENTRY_ARTICLE) return entry_at(plan, *at);
  lk_view slug = lk_slug(item->id.len ? item->id : item->question, 48, plan->arena);
  const lk_entry *entry = slug.ptr ? by_id(plan, slug, item) : NULL;
  if (!slug.ptr) plan->memory = true;
  if (!entry || item->id.len) return entry;
  bool same = lk_view_eq(phrasing_key(plan, entry->phrasings[0].text), phrasing_key(plan, item->question));
  return same && !entry->source.len ? entry : NULL;
}

static void find_all_known(lk_plan *plan) {
  for (size_t i = 0; i < plan->count && !plan->memory; i++) {
    lk_planned *p = &plan->items[i];
    const lk_entry *known = find_known(plan, &p->item);
    if (!known || is_seen(plan, lk_plan_number(plan, known))) continue;
    see(plan, known); /* also one that is dropped: it is there still */
    p->known = p->dropped ? NULL : known;
  }
}

/* Was this language read from the origin of an article that is not in it any more? */
static const lk_item *origin_of(const lk_plan *plan, const lk_entry *entry) {
  for (size_t i = 0; i < plan->count; i++)
    if (plan->items[i].item.lang == entry->lang && is_of_origin(entry->source, plan->items[i].item.origin))
      return &plan->items[i].item;
  return NULL;
}

static lk_planned *renamed(lk_plan *plan, const lk_entry *entry) {
  for (size_t i = 0; i < plan->count; i++) {
    lk_planned *p = &plan->items[i];
    if (!p->dropped && !p->known && p->item.lang == entry->lang && is_of_origin(entry->source, p->item.origin) &&
        same_answer(p->item.nodes, p->item.count, entry->answers[0].nodes, entry->answers[0].count))
      return p;
  }
  return NULL;
}

/* Articles whose question is not in the source any more: it was worded anew, when the answer is there; else it is gone. */
static void find_gone(lk_plan *plan) {
  size_t count;
  const lk_entry *entries = lk_kb_entries(plan->kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count && !plan->memory; i++) {
    const lk_entry *entry = &entries[i];
    if (!entry->source.len || is_seen(plan, (uint32_t)i)) continue;
    const lk_item *origin = origin_of(plan, entry);
    lk_planned *p = origin ? renamed(plan, entry) : NULL;
    if (p) {
      p->known = entry;
      see(plan, entry);
    } else if (origin) {
      plan->summary->gone++;
      if (lk_findings_add(plan->findings, LK_SEVERITY_WARNING, "gone", entry->file, entry->line,
                          "delete the article, or its source attribute to keep it as your own", "%.*s is not in %s any more",
                          LK_FMT(entry->id), origin->file))
        plan->memory = true;
    }
  }
}

/* ---- Making the changes ---- */

static bool is_claimed(lk_plan *plan, lk_planned *p) {
  const uint32_t *at = get(plan, plan->by_key, p->item.lang, phrasing_key(plan, p->item.question));
  const lk_entry *claimant = at ? entry_at(plan, *at) : NULL;
  if (!claimant || claimant == p->known) return false;
  lk_plan_drop(plan, p, "word the question differently, or take the phrasing out of that article",
               "%.*s (%s:%d) has this phrasing already", LK_FMT(claimant->id), claimant->file, claimant->line);
  return true;
}

static lk_code add_new(lk_plan *plan, size_t at, lk_error *err) {
  lk_planned *p = &plan->items[at];
  lk_plan_name(plan, p);
  if (!lk_map_put(plan->ids, p->id, (uint32_t)at) || !put(plan, plan->ids, p->item.lang, p->id, (uint32_t)at) ||
      (p->item.group.len && !lk_map_put(plan->groups, p->item.group, (uint32_t)at)))
    plan->memory = true;
  const char *path = lk_plan_path(plan, p);
  if (plan->memory || !path) return lk_fail_memory(err);
  if (plan->trouble.code) {
    if (err) *err = plan->trouble;
    return plan->trouble.code;
  }
  lk_article_draft draft = {.id = p->id,
                            .lang = p->item.lang,
                            .category = p->category,
                            .source = p->item.source,
                            .updated = lk_date_given(p->item.updated) ? p->item.updated : plan->places->today,
                            .question = p->item.question,
                            .answer = p->item.nodes,
                            .answer_count = p->item.count};
  plan->summary->fresh++;
  return lk_edit_add_article(plan->edit, &draft, path, err);
}

static lk_code update(lk_plan *plan, size_t at, bool *changed, lk_error *err) {
  lk_planned *p = &plan->items[at];
  p->id = p->known->id;
  p->category = p->known->category;
  if (p->item.group.len && !lk_map_put(plan->groups, p->item.group, (uint32_t)at)) return lk_fail_memory(err);
  lk_article_draft draft = {.id = p->id,
                            .lang = p->item.lang,
                            .source = p->item.source,
                            .question = p->item.question,
                            .answer = p->item.nodes,
                            .answer_count = p->item.count};
  lk_code code = lk_edit_update_article(plan->edit, &draft, changed, err);
  if (code || !*changed) {
    plan->summary->unchanged += !code;
    return code;
  }
  plan->summary->updated++;
  lk_date date = lk_date_given(p->item.updated) ? p->item.updated : plan->places->today;
  if (lk_date_compare(date, p->known->updated) <= 0) return LK_OK; /* an editor read it since */
  draft = (lk_article_draft){.id = p->id, .lang = p->item.lang, .question = {"", 0}, .source = {"", 0}, .updated = date};
  return lk_edit_update_article(plan->edit, &draft, NULL, err);
}

static lk_code make_changes(lk_plan *plan, void (*touched)(void *, lk_view, lk_lang), void *self, lk_error *err) {
  lk_code code = LK_OK;
  for (size_t i = 0; !code && i < plan->count && !plan->memory; i++) {
    lk_planned *p = &plan->items[i];
    bool changed = true;
    if (p->dropped || is_claimed(plan, p)) continue;
    code = p->known ? update(plan, i, &changed, err) : add_new(plan, i, err);
    if (!code && changed && touched) touched(self, p->id, p->item.lang);
  }
  return code ? code : plan->memory ? lk_fail_memory(err) : LK_OK;
}

/* ---- The plan ---- */

static lk_code run(lk_plan *plan, void (*touched)(void *, lk_view, lk_lang), void *self, lk_error *err) {
  if (lk_plan_canonise(plan)) return lk_fail_memory(err);
  index_kb(plan);
  find_repeated(plan);
  find_all_known(plan);
  find_gone(plan);
  return plan->memory ? lk_fail_memory(err) : make_changes(plan, touched, self, err);
}

static void plan_free(lk_plan *plan) {
  lk_map_free(plan->by_source);
  lk_map_free(plan->by_key);
  lk_map_free(plan->seen);
  lk_map_free(plan->ids);
  lk_map_free(plan->numbers);
  lk_map_free(plan->groups);
  lk_map_free(plan->categories);
  lk_kb_free(plan->canon);
  lk_arena_free(plan->arena);
}

lk_code lk_import_apply(lk_import *import, lk_edit *edit, const lk_import_places *places, lk_findings *findings,
                        void (*touched)(void *self, lk_view id, lk_lang lang), void *self, lk_import_summary *summary,
                        lk_error *err) {
  const lk_harvest *h = lk_import_harvest(import);
  lk_plan plan = {.arena = lk_arena_new(),
                  .edit = edit,
                  .kb = lk_edit_kb(edit),
                  .places = places,
                  .findings = findings,
                  .summary = summary,
                  .count = h->items.count,
                  .by_source = lk_map_new(),
                  .by_key = lk_map_new(),
                  .seen = lk_map_new(),
                  .ids = lk_map_new(),
                  .numbers = lk_map_new(),
                  .groups = lk_map_new(),
                  .categories = lk_map_new()};
  *summary = (lk_import_summary){.left_out = h->left_out};
  plan.items = plan.arena ? LK_NEW_ARRAY(plan.arena, lk_planned, plan.count) : NULL;
  bool made =
      plan.items && plan.by_source && plan.by_key && plan.seen && plan.ids && plan.numbers && plan.groups && plan.categories;
  for (size_t i = 0; made && i < plan.count; i++) plan.items[i].item = h->items.items[i];
  lk_code code = made ? run(&plan, touched, self, err) : lk_fail_memory(err);
  plan_free(&plan);
  return code;
}
