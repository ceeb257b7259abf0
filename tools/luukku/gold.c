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

bool lk_gold_read(const char *command, const char *path, lk_gold_set *out) {
  *out = (lk_gold_set){0};
  if (!lk_table_read(command, path, 5, &out->table)) return false;
  const lk_table *t = &out->table;
  if (!t->rows || strcmp(lk_cell(t, 0, 0), "id") != 0 || strcmp(lk_cell(t, 0, 2), "label") != 0) {
    (void)fprintf(stderr,
                  "%s:1: error: not a file of questions; its first line is id, text, label, also, style, separated by tabs\n",
                  path);
    lk_gold_free(out);
    return false;
  }
  out->items = calloc(t->rows, sizeof *out->items);
  if (!out->items) {
    lk_gold_free(out);
    return false;
  }
  for (size_t r = 1; r < t->rows; r++) {
    lk_gold *gold = &out->items[out->count++];
    gold->id = lk_view_of(lk_cell(t, r, 0));
    gold->text = lk_view_of(lk_cell(t, r, 1));
    gold->label = lk_view_of(lk_cell(t, r, 2));
    gold->style = lk_view_of(lk_cell(t, r, 4));
    gold->kind = kind_of(gold->label);
    split_also(gold, lk_cell(t, r, 3));
    if (gold->label.len && gold->text.len) continue;
    (void)fprintf(stderr, "%s:%zu: error: a question has no text or no label; fill in both columns\n", path, r + 1);
    lk_gold_free(out);
    return false;
  }
  return true;
}

void lk_gold_free(lk_gold_set *set) {
  lk_table_free(&set->table);
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
