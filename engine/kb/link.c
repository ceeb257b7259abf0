/* From rows to a KB: grouping by language, ids, references, and what translations share. */
#include "kb/limits.h"
#include "kb/model.h"

#include <stddef.h>
#include <stdio.h>

/* ---- Tables ---- */

enum { KEY_BYTES = LK_LIMIT_ID_CHARACTERS + 4 };

/* "fi:delivery-time"; empty for what can't be an id. */
static lk_view make_key(char buffer[KEY_BYTES], lk_view id, lk_lang lang) {
  if (!id.len || id.len > LK_LIMIT_ID_CHARACTERS || lang < 0 || lang >= LK_LANG_COUNT) return (lk_view){"", 0};
  memcpy(buffer, lk_lang_code(lang), 2);
  buffer[2] = ':';
  memcpy(buffer + 3, id.ptr, id.len);
  return (lk_view){buffer, id.len + 3};
}

size_t lk_table_find(const lk_table *table, lk_view id, lk_lang lang) {
  char buffer[KEY_BYTES];
  lk_view key = make_key(buffer, id, lang);
  const uint32_t *at = key.len ? lk_map_get(table->by_id, key) : NULL;
  return at ? *at : SIZE_MAX;
}

size_t lk_table_find_any(const lk_table *table, lk_view id, lk_lang lang) {
  size_t at = lk_table_find(table, id, lang);
  for (int other = 0; at == SIZE_MAX && other < LK_LANG_COUNT; other++) at = lk_table_find(table, id, (lk_lang)other);
  return at;
}

/* Rows in the order of languages, and of arrival within one. `lang_at` is the offset of the row's lang. */
static void *group_rows(lk_builder *b, const void *rows, size_t count, size_t size, size_t lang_at, lk_table *table) {
  unsigned char *grouped = lk_arena_zeroed(b->arena, count, size);
  table->count = count;
  if (!grouped) {
    b->memory = true;
    return NULL;
  }
  size_t at = 0;
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    table->start[lang] = at;
    for (size_t i = 0; i < count; i++) {
      const unsigned char *row = (const unsigned char *)rows + i * size;
      lk_lang of_row;
      memcpy(&of_row, row + lang_at, sizeof of_row);
      if (of_row == (lk_lang)lang) memcpy(grouped + at++ * size, row, size);
    }
  }
  table->start[LK_LANG_COUNT] = at;
  return grouped;
}

typedef struct named_row { /* what all rows with an id have */
  lk_view id;
  lk_lang lang;
  const char *file;
  int line;
} named_row;

/* False when (id, lang) is there already: *first is then the index of the earlier row. */
static bool add_id(lk_builder *b, lk_table *table, named_row row, size_t at, size_t *first) {
  char buffer[KEY_BYTES];
  lk_view key = make_key(buffer, row.id, row.lang);
  if (!key.len) return true; /* reported before */
  uint32_t *stored = lk_map_put(table->by_id, key, (uint32_t)at);
  if (!stored) {
    b->memory = true;
    return true;
  }
  *first = *stored;
  return *stored == at;
}

static void report_duplicate(lk_builder *b, const char *what, named_row row, const char *first_file, int first_line) {
  char mend[400];
  (void)snprintf(mend, sizeof mend, "rename one of them, or delete this one or the one in %.256s, line %d", first_file,
                 first_line);
  b->file = row.file;
  LK_REPORT(b, row.line, "duplicate-id", mend, "the %s %.*s is there twice in %s", what, LK_FMT(row.id), lk_lang_code(row.lang));
}

#define INDEX_ROWS(b, kb, what, rows, table)                                                                                 \
  do {                                                                                                                       \
    (table)->by_id = lk_map_new();                                                                                           \
    if (!(table)->by_id) (b)->memory = true;                                                                                 \
    for (size_t i = 0, first = 0; !(b)->memory && i < (table)->count; i++) {                                                 \
      named_row row = {(rows)[i].id, (rows)[i].lang, (rows)[i].file, (rows)[i].line};                                        \
      if (!add_id((b), (table), row, i, &first)) report_duplicate((b), (what), row, (rows)[first].file, (rows)[first].line); \
    }                                                                                                                        \
  } while (0)

static void build_tables(lk_builder *b, lk_kb *kb) {
  kb->entries = group_rows(b, b->entries.items, b->entries.count, sizeof(lk_entry), offsetof(lk_entry, lang), &kb->entry_table);
  kb->messages =
      group_rows(b, b->messages.items, b->messages.count, sizeof(lk_message), offsetof(lk_message, lang), &kb->message_table);
  kb->categories = group_rows(b, b->categories.items, b->categories.count, sizeof(lk_category), offsetof(lk_category, lang),
                              &kb->category_table);
  kb->notices =
      group_rows(b, b->notices.items, b->notices.count, sizeof(lk_notice), offsetof(lk_notice, lang), &kb->notice_table);
  kb->lexicon = group_rows(b, b->lexicon.items, b->lexicon.count, sizeof(lk_lexicon_row), offsetof(lk_lexicon_row, lang),
                           &kb->lexicon_table);
  kb->hours = lk_keep_array(b, b->hours.items, b->hours.count, sizeof(lk_hours_row));
  kb->hours_count = b->hours.count;
  kb->models = lk_keep_array(b, b->models.items, b->models.count, sizeof(lk_model));
  kb->model_count = b->models.count;
  if (b->memory) return;
  INDEX_ROWS(b, kb, "entry", kb->entries, &kb->entry_table);
  INDEX_ROWS(b, kb, "message", kb->messages, &kb->message_table);
  INDEX_ROWS(b, kb, "category", kb->categories, &kb->category_table);
  INDEX_ROWS(b, kb, "notice", kb->notices, &kb->notice_table);
}

/* ---- Intents: slots and action are written once ---- */

/* The first translation, in the order of languages, that has slots (or an action). */
static const lk_entry *first_with(const lk_kb *kb, lk_view id, bool action) {
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    size_t at = lk_table_find(&kb->entry_table, id, (lk_lang)lang);
    if (at == SIZE_MAX) continue;
    const lk_entry *e = &kb->entries[at];
    if (action ? e->action.len > 0 : e->slot_count > 0) return e;
  }
  return NULL;
}

static void share_parts(lk_builder *b, lk_kb *kb, lk_entry *e) {
  const lk_entry *from = e->slot_count ? NULL : first_with(kb, e->id, false);
  if (from) {
    e->slots = from->slots;
    e->slot_count = from->slot_count;
  }
  from = e->action.len ? NULL : first_with(kb, e->id, true);
  if (from) {
    e->action = from->action;
    e->confirm = from->confirm;
  }
  b->file = e->file;
  if (!e->action.len)
    LK_REPORT(b, e->line, "action", "write <action name=\"…\"/> in this language or another one",
              "the intent %.*s does nothing: it has no action", LK_FMT(e->id));
}

/* ---- References ---- */

static void check_reference(lk_builder *b, const lk_table *table, lk_view id, int line, const char *code, const char *what) {
  if (!id.len || lk_table_find_any(table, id, LK_LANG_FI) != SIZE_MAX || lk_map_get(b->broken_ids, id)) return;
  LK_REPORT(b, line, code, "correct the id, or write what it names", "there is no %s %.*s", what, LK_FMT(id));
}

static void check_entry(lk_builder *b, const lk_kb *kb, const lk_entry *e) {
  b->file = e->file;
  check_reference(b, &kb->category_table, e->category, e->line, "unknown-category", "category");
  for (size_t i = 0; i < e->see_count; i++)
    check_reference(b, &kb->entry_table, e->see[i], e->see_lines[i], "dangling-see", "entry");
  for (size_t i = 0; i < e->slot_count; i++)
    check_reference(b, &kb->message_table, e->slots[i].ask, e->slots[i].line, "unknown-message", "message");
  check_reference(b, &kb->message_table, e->confirm, e->line, "unknown-message", "message");
}

static void check_models(lk_builder *b) {
  for (size_t i = 0; i < b->models.count; i++) {
    for (size_t j = 0; j < i; j++) {
      const lk_model *first = &b->models.items[j], *second = &b->models.items[i];
      if (first->lang != second->lang || !lk_view_eq(first->name, second->name)) continue;
      b->file = second->file;
      LK_REPORT(b, second->line, "duplicate-id", "keep one of them", "the model %.*s is there twice for one language",
                LK_FMT(second->name));
      break;
    }
  }
}

/* ---- Policy ---- */

static void set_policy(lk_builder *b, lk_kb *kb) {
  size_t count;
  const lk_policy_rule *rules = lk_policy_rules(&count);
  for (size_t i = 0; i < count; i++) {
    kb->policy[i] = b->policy[i];
    kb->policy_text[i] = b->policy_text[i];
    if (b->policy_line[i]) continue;
    kb->policy_text[i] = lk_view_of(rules[i].standard);
    (void)lk_policy_parse(&rules[i], kb->policy_text[i], &kb->policy[i]);
  }
}

bool lk_link(lk_builder *b, lk_kb *kb) {
  build_tables(b, kb);
  if (b->memory) return false;
  for (size_t i = 0; i < kb->entry_table.count; i++)
    if (kb->entries[i].kind == LK_ENTRY_INTENT) share_parts(b, kb, &kb->entries[i]);
  for (size_t i = 0; i < kb->entry_table.count; i++) check_entry(b, kb, &kb->entries[i]);
  for (size_t i = 0; i < kb->notice_table.count; i++) {
    b->file = kb->notices[i].file;
    check_reference(b, &kb->category_table, kb->notices[i].category, kb->notices[i].line, "unknown-category", "category");
  }
  check_models(b);
  set_policy(b, kb);
  return !b->memory && !lk_findings_errors(b->findings);
}

lk_kb *lk_builder_finish(lk_builder *b) {
  if (b->memory) return NULL;
  lk_kb *kb = LK_NEW(b->arena, lk_kb);
  if (!kb) {
    b->memory = true;
    return NULL;
  }
  kb->arena = b->arena;
  b->arena = NULL;
  lk_builder linking = *b;
  linking.arena = kb->arena;
  bool good = lk_link(&linking, kb);
  b->memory = linking.memory;
  if (good) return kb;
  lk_kb_free(kb);
  return NULL;
}
