#include "gold.h"

#include <stdlib.h>

static lk_gold_kind kind_of(lk_view label) {
  if (lk_view_eq(label, LK_LIT("none"))) return LK_GOLD_NONE;
  if (lk_view_eq(label, LK_LIT("@chat"))) return LK_GOLD_CHAT;
  return lk_view_eq(label, LK_LIT("@handoff")) ? LK_GOLD_HANDOFF : LK_GOLD_ENTRY;
}

static void split_also(lk_gold *gold, const char *list) {
  while (*list && gold->also_count < LK_GOLD_ALSO) {
    size_t length = strcspn(list, ",");
    gold->also[gold->also_count++] = (lk_view){list, length};
    list += length + (list[length] == ',');
  }
}

lk_lang lk_gold_lang(const char *path) {
  static const char marks[] = "_-.";
  const char *name = strrchr(path, '/');
  name = name ? name + 1 : path;
  for (const char *part = name; *part;) {
    size_t length = strcspn(part, marks);
    lk_lang lang = length == 2 ? lk_lang_of((lk_view){part, length}) : LK_LANG_NONE;
    if (lang != LK_LANG_NONE) return lang;
    part += length + (part[length] != '\0');
  }
  return LK_LANG_NONE;
}

static bool read_row(const char *path, size_t row, lk_table *t, lk_lang lang, lk_gold *gold) {
  *gold = (lk_gold){.id = lk_view_of(lk_cell(t, row, 0)),
                    .text = lk_view_of(lk_cell(t, row, 1)),
                    .label = lk_view_of(lk_cell(t, row, 2)),
                    .style = lk_view_of(lk_cell(t, row, 4)),
                    .lang = lang};
  gold->kind = kind_of(gold->label);
  split_also(gold, lk_cell(t, row, 3));
  if (gold->label.len && gold->text.len) return true;
  (void)fprintf(stderr, "%s:%zu: error: a question has no text or no label; fill in both columns\n", path, row + 1);
  return false;
}

static bool read_file(const char *command, const char *path, lk_lang lang, lk_gold_set *set) {
  lk_table *t = &set->tables[set->table_count];
  if (!lk_table_read(command, path, 5, t)) return false;
  set->table_count++;
  if (!t->rows || strcmp(lk_cell(t, 0, 0), "id") != 0 || strcmp(lk_cell(t, 0, 2), "label") != 0) {
    (void)fprintf(stderr,
                  "%s:1: error: not a file of questions; its first line is id, text, label, also, style, separated by tabs\n",
                  path);
    return false;
  }
  lk_gold *grown = realloc(set->items, (set->count + t->rows) * sizeof *grown);
  if (!grown) return false;
  set->items = grown;
  for (size_t r = 1; r < t->rows; r++)
    if (!read_row(path, r, t, lang, &set->items[set->count++])) return false;
  return true;
}

bool lk_gold_read(const char *command, const char *const *paths, size_t count, lk_lang lang, lk_gold_set *out) {
  *out = (lk_gold_set){0};
  for (size_t i = 0; i < count; i++) {
    if (read_file(command, paths[i], lang == LK_LANG_NONE ? lk_gold_lang(paths[i]) : lang, out)) continue;
    lk_gold_free(out);
    return false;
  }
  return true;
}

void lk_gold_free(lk_gold_set *set) {
  for (size_t i = 0; i < set->table_count; i++) lk_table_free(&set->tables[i]);
  free(set->items);
  *set = (lk_gold_set){0};
}

static bool is_label(lk_view label, const lk_entry *entry) {
  if (!label.len || label.ptr[0] != '@') return lk_view_eq(label, entry->id);
  if (lk_view_eq(label, LK_LIT("@chat"))) return entry->kind == LK_ENTRY_CHAT;
  return lk_view_eq((lk_view){label.ptr + 1, label.len - 1}, entry->action);
}

bool lk_gold_right(const lk_gold *gold, const lk_entry *entry) {
  if (!entry) return false;
  if (is_label(gold->label, entry)) return true;
  for (size_t i = 0; i < gold->also_count; i++)
    if (is_label(gold->also[i], entry)) return true;
  return false;
}

bool lk_gold_wants_person(const lk_gold *gold) {
  bool wants = lk_view_eq(gold->label, LK_LIT("@handoff"));
  for (size_t i = 0; i < gold->also_count; i++) wants |= lk_view_eq(gold->also[i], LK_LIT("@handoff"));
  return wants;
}
