/* Ids, categories and files of new articles. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "edit/plan.h"
#include "kb/findings.h"
#include "kb/limits.h"
#include "kb/values.h"

enum { ID_CHARACTERS = 48, CATEGORY_CHARACTERS = 40, TITLE_BYTES = 200 };

/* ---- Ids ---- */

static bool begins(lk_view text, const char *prefix) {
  return text.len >= strlen(prefix) && memcmp(text.ptr, prefix, strlen(prefix)) == 0;
}

/* A letter first, and none of the beginnings that mean another kind of entry. */
static lk_view make_id(lk_plan *plan, lk_view text, size_t most) {
  lk_view slug = lk_slug(text, most, plan->arena);
  if (!slug.ptr) plan->memory = true;
  bool reserved = begins(slug, "do-") || begins(slug, "chat-") || begins(slug, "not-");
  return slug.ptr && lk_is_id(slug) && !reserved ? slug
                                                 : lk_plan_format(plan, slug.len ? "q-%.*s" : "question%.*s", LK_FMT(slug));
}

/* Is the id free in every language? An id in another language would make this its translation. */
static bool is_free(lk_plan *plan, lk_view id) { return !lk_kb_entry(plan->kb, id, LK_LANG_FI) && !lk_map_get(plan->ids, id); }

/* In one language, where it is a translation's. */
static bool is_free_in(const lk_plan *plan, lk_view id, lk_lang lang) {
  char key[LK_LIMIT_ID_CHARACTERS + 8];
  const lk_entry *entry = lk_kb_entry(plan->kb, id, lang);
  int len = snprintf(key, sizeof key, "%s %.*s", lk_lang_code(lang), LK_FMT(id));
  return !(entry && entry->lang == lang) && !lk_map_get(plan->ids, (lk_view){key, (size_t)len});
}

/* Thousands may wish for the same one, such as questions without a letter of ours: each begins where the one before it ended. */
static lk_view free_id(lk_plan *plan, lk_view wish) {
  uint32_t *number = lk_map_put(plan->numbers, wish, 1);
  if (!number) plan->memory = true;
  lk_view id = number && *number > 1 ? lk_plan_format(plan, "%.*s-%u", LK_FMT(wish), *number) : wish;
  while (!plan->memory && !is_free(plan, id)) id = lk_plan_format(plan, "%.*s-%u", LK_FMT(wish), ++*number);
  return id;
}

/* The same article in another language, by its source. */
static const lk_entry *translation_of(const lk_plan *plan, const lk_item *item) {
  char key[LK_LIMIT_ATTRIBUTE_CHARACTERS * 4 + 8];
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    int len = snprintf(key, sizeof key, "%s %.*s", lk_lang_code((lk_lang)lang), LK_FMT(item->source));
    const uint32_t *at = len > 0 && (size_t)len < sizeof key ? lk_map_get(plan->by_source, (lk_view){key, (size_t)len}) : NULL;
    size_t count;
    if (at) return lk_kb_entries(plan->kb, LK_LANG_NONE, &count) + *at;
  }
  return NULL;
}

/* ---- Categories ---- */

/* Id of the category of this id or title; empty when there is none. */
static lk_view find_category(const lk_plan *plan, lk_view name, lk_view slug, lk_lang lang) {
  size_t count;
  const lk_category *list = lk_kb_categories(plan->kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count; i++)
    if (lk_view_eq(list[i].title, name) && list[i].lang == lang) return list[i].id;
  const lk_category *known = lk_kb_category(plan->kb, lk_is_id(name) ? name : slug, lang);
  return known ? known->id : (lk_view){"", 0};
}

static bool is_made(const lk_plan *plan, lk_view id, lk_lang lang) {
  char key[LK_LIMIT_ID_CHARACTERS + 8];
  int len = snprintf(key, sizeof key, "%s %.*s", lk_lang_code(lang), LK_FMT(id));
  return lk_map_get(plan->categories, (lk_view){key, (size_t)len}) != NULL;
}

static void make_category(lk_plan *plan, const lk_planned *p, lk_view title) {
  char key[LK_LIMIT_ID_CHARACTERS + 8];
  int len = snprintf(key, sizeof key, "%s %.*s", lk_lang_code(p->item.lang), LK_FMT(p->category));
  const char *path = lk_plan_path(plan, p);
  if (!lk_map_put(plan->categories, (lk_view){key, (size_t)len}, 1) || !path)
    plan->memory = true;
  else if (lk_edit_add_category(plan->edit, p->category, p->item.lang, title, path, &plan->trouble) == LK_OK)
    plan->summary->categories++;
}

static void name_category(lk_plan *plan, lk_planned *p, const lk_planned *first, const lk_entry *translation) {
  lk_view title = plan->places->category ? lk_view_of(plan->places->category) : p->item.category;
  title = lk_trim(lk_excerpt(lk_trim(title), TITLE_BYTES));
  if (!title.len) { /* the source says nothing: its file's name */
    const char *slash = strrchr(p->item.file, '/'), *name = slash ? slash + 1 : p->item.file, *dot = strrchr(name, '.');
    title = (lk_view){name, dot && dot > name ? (size_t)(dot - name) : strlen(name)};
  }
  lk_view slug = make_id(plan, title, CATEGORY_CHARACTERS);
  p->category = find_category(plan, title, slug, p->item.lang);
  if (first) p->category = first->category;
  if (translation) p->category = translation->category;
  if (!p->category.len) p->category = slug;
  const lk_category *known = lk_kb_category(plan->kb, p->category, p->item.lang);
  if (known || is_made(plan, p->category, p->item.lang) || plan->memory) return;
  make_category(plan, p, title);
}

void lk_plan_name(lk_plan *plan, lk_planned *p) {
  const uint32_t *at = p->item.group.len ? lk_map_get(plan->groups, p->item.group) : NULL;
  const lk_planned *first = at ? &plan->items[*at] : NULL;
  const lk_entry *translation = first ? NULL : translation_of(plan, &p->item);
  lk_view shared = first ? first->id : translation ? translation->id : (lk_view){"", 0};
  if (shared.len && is_free_in(plan, shared, p->item.lang))
    p->id = shared;
  else
    p->id = free_id(plan, make_id(plan, p->item.id.len ? p->item.id : p->item.question, ID_CHARACTERS));
  name_category(plan, p, first, translation);
}

/* ---- Files ---- */

const char *lk_plan_path(lk_plan *plan, const lk_planned *p) {
  const lk_import_places *to = plan->places;
  const char *lang = lk_lang_code(p->item.lang);
  if (to->file) return to->file;
  if (to->folder) return lk_plan_format(plan, "%s/%.*s-%s.xml", to->folder, LK_FMT(p->category), lang).ptr;
  lk_view folder = lk_plan_format(plan, "%s/%s", to->kb, lang);
  return access(folder.ptr, F_OK) == 0 ? lk_plan_format(plan, "%s/%s/imported.xml", to->kb, lang).ptr
                                       : lk_plan_format(plan, "%s/imported-%s.xml", to->kb, lang).ptr;
}
