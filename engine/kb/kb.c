/* Loading, and looking up in what was loaded. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "kb/findings.h"
#include "kb/folder.h"
#include "kb/limits.h"
#include "kb/model.h"

/* ---- Loading ---- */

static lk_kb *fail_with_first(lk_findings *findings, lk_error *err) {
  lk_findings_sort(findings);
  const lk_finding *first = lk_findings_first_error(findings);
  if (first)
    (void)lk_fail_at(err, LK_ERR_INPUT, first->file, first->line, "%s; %s", first->what, first->mend);
  else
    (void)lk_fail(err, LK_ERR_INPUT, "the knowledge base has errors; mend the findings that were reported");
  return NULL;
}

/* The end of either way of loading. */
static lk_kb *finish(lk_builder *builder, lk_error *err) {
  lk_kb *kb = lk_builder_finish(builder);
  if (!kb && (builder->memory || lk_findings_failed(builder->findings))) {
    (void)lk_fail_memory(err);
    return NULL;
  }
  if (!kb) return fail_with_first(builder->findings, err);
  lk_findings_sort(builder->findings);
  return kb;
}

static lk_code read_files(const lk_file_list *files, lk_builder *builder, lk_error *err) {
  lk_buffer text = {0};
  size_t total = 0;
  for (size_t i = 0; i < files->count && !builder->memory && total <= LK_LIMIT_ALL_BYTES; i++) {
    bool read = lk_file_read(files->items[i], builder->findings, &text);
    total += text.len;
    if (text.failed)
      builder->memory = true;
    else if (total > LK_LIMIT_ALL_BYTES)
      (void)lk_findings_add(builder->findings, LK_SEVERITY_ERROR, "too-large", files->items[i], 0,
                            "take out what does not belong to it",
                            "the files of this knowledge base are larger than 64 MB together");
    else if (read)
      lk_builder_read(builder, files->items[i], lk_buffer_view(&text));
  }
  lk_buffer_free(&text);
  return builder->memory ? lk_fail_memory(err) : LK_OK;
}

static lk_kb *load_folder(const char *folder, lk_arena *paths, lk_findings *findings, lk_error *err) {
  lk_file_list files;
  lk_builder builder;
  lk_kb *kb = NULL;
  if (lk_folder_list(folder, paths, findings, &files, err) == LK_OK) {
    if (!lk_builder_init(&builder, findings)) {
      (void)lk_fail_memory(err);
    } else {
      if (read_files(&files, &builder, err) == LK_OK) kb = finish(&builder, err);
      lk_builder_free(&builder);
    }
  }
  free(files.items);
  return kb;
}

lk_kb *lk_kb_load(const char *folder, lk_findings *findings, lk_error *err) {
  lk_findings *own = findings ? NULL : lk_findings_new();
  lk_arena *paths = lk_arena_new();
  lk_kb *kb = NULL;
  if (!paths || (!findings && !own))
    (void)lk_fail_memory(err);
  else
    kb = load_folder(folder, paths, findings ? findings : own, err);
  lk_arena_free(paths);
  lk_findings_free(own);
  return kb;
}

static lk_kb *load_sources(const lk_source *sources, size_t count, lk_findings *findings, lk_error *err) {
  lk_builder builder;
  if (!lk_builder_init(&builder, findings)) {
    (void)lk_fail_memory(err);
    return NULL;
  }
  for (size_t i = 0; i < count && !builder.memory; i++) lk_builder_read(&builder, sources[i].name, sources[i].text);
  lk_kb *kb = finish(&builder, err);
  lk_builder_free(&builder);
  return kb;
}

lk_kb *lk_kb_load_sources(const lk_source *sources, size_t count, lk_findings *findings, lk_error *err) {
  if (findings) return load_sources(sources, count, findings, err);
  lk_findings *own = lk_findings_new();
  if (!own) {
    (void)lk_fail_memory(err);
    return NULL;
  }
  lk_kb *kb = load_sources(sources, count, own, err);
  lk_findings_free(own);
  return kb;
}

void lk_kb_free(lk_kb *kb) {
  if (!kb) return;
  lk_map_free(kb->entry_table.by_id);
  lk_map_free(kb->message_table.by_id);
  lk_map_free(kb->category_table.by_id);
  lk_map_free(kb->notice_table.by_id);
  lk_arena_free(kb->arena); /* holds kb itself */
}

/* ---- Looking up ---- */

/* A table of nothing may have no rows at all: one that came from an index file. */
static size_t first_of(const lk_table *table, lk_lang lang, size_t *count) {
  bool all = lang < 0 || lang >= LK_LANG_COUNT;
  size_t from = all ? 0 : table->start[lang], to = all ? table->count : table->start[lang + 1];
  *count = to - from;
  return from;
}

const lk_entry *lk_kb_entries(const lk_kb *kb, lk_lang lang, size_t *count) {
  size_t from = first_of(&kb->entry_table, lang, count);
  return *count ? kb->entries + from : NULL;
}
const lk_lexicon_row *lk_kb_lexicon(const lk_kb *kb, lk_lang lang, size_t *count) {
  size_t from = first_of(&kb->lexicon_table, lang, count);
  return *count ? kb->lexicon + from : NULL;
}
const lk_message *lk_kb_messages(const lk_kb *kb, lk_lang lang, size_t *count) {
  size_t from = first_of(&kb->message_table, lang, count);
  return *count ? kb->messages + from : NULL;
}
const lk_category *lk_kb_categories(const lk_kb *kb, lk_lang lang, size_t *count) {
  size_t from = first_of(&kb->category_table, lang, count);
  return *count ? kb->categories + from : NULL;
}
const lk_notice *lk_kb_notices(const lk_kb *kb, lk_lang lang, size_t *count) {
  size_t from = first_of(&kb->notice_table, lang, count);
  return *count ? kb->notices + from : NULL;
}
const lk_hours_row *lk_kb_hours(const lk_kb *kb, size_t *count) {
  *count = kb->hours_count;
  return kb->hours;
}
const lk_model *lk_kb_models(const lk_kb *kb, size_t *count) {
  *count = kb->model_count;
  return kb->models;
}

const lk_entry *lk_kb_entry(const lk_kb *kb, lk_view id, lk_lang lang) {
  size_t at = lk_table_find_any(&kb->entry_table, id, lang);
  return at == SIZE_MAX ? NULL : &kb->entries[at];
}
const lk_message *lk_kb_message(const lk_kb *kb, lk_view id, lk_lang lang) {
  size_t at = lk_table_find_any(&kb->message_table, id, lang);
  return at == SIZE_MAX ? NULL : &kb->messages[at];
}
const lk_category *lk_kb_category(const lk_kb *kb, lk_view id, lk_lang lang) {
  size_t at = lk_table_find_any(&kb->category_table, id, lang);
  return at == SIZE_MAX ? NULL : &kb->categories[at];
}
const lk_notice *lk_kb_notice(const lk_kb *kb, lk_view id, lk_lang lang) {
  size_t at = lk_table_find_any(&kb->notice_table, id, lang);
  return at == SIZE_MAX ? NULL : &kb->notices[at];
}

const lk_model *lk_kb_model(const lk_kb *kb, lk_view name, lk_lang lang) {
  const lk_model *general = NULL;
  for (size_t i = 0; i < kb->model_count; i++) {
    const lk_model *model = &kb->models[i];
    if (!lk_view_eq(model->name, name)) continue;
    if (model->lang == lang) return model;
    if (model->lang == LK_LANG_NONE) general = model;
  }
  return general;
}

double lk_kb_policy(const lk_kb *kb, const char *name) {
  size_t count, at = lk_policy_find(lk_view_of(name));
  if (at == SIZE_MAX || lk_policy_rules(&count)[at].type == LK_POLICY_TEXT) return NAN;
  return kb->policy[at];
}

lk_view lk_kb_policy_text(const lk_kb *kb, const char *name) {
  size_t at = lk_policy_find(lk_view_of(name));
  return at == SIZE_MAX ? (lk_view){"", 0} : kb->policy_text[at];
}

bool lk_entry_holds(const lk_entry *entry, lk_date today) {
  if (lk_date_given(entry->from) && lk_date_compare(today, entry->from) < 0) return false;
  return !lk_date_given(entry->until) || lk_date_compare(today, entry->until) <= 0;
}

size_t lk_kb_footprint(const lk_kb *kb) { return kb->arena ? lk_arena_footprint(kb->arena) : 0; /* in a file */ }
