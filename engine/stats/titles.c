#include <stdio.h>

#include "stats/report.h"

enum { NAME_MOST = 160 };

/* The message's id of a name: "report-" and the name, its dots as dashes. Empty when it is too long to be one. */
static lk_view message_id(const char *prefix, lk_view key, char out[NAME_MOST]) {
  int length = snprintf(out, NAME_MOST, "report-%s%s%.*s", prefix, *prefix ? "-" : "", LK_FMT(key));
  if (length < 0 || length >= NAME_MOST) return (lk_view){"", 0};
  for (char *c = out; *c; c++)
    if (*c == '.') *c = '-';
  return lk_view_of(out);
}

static lk_view find_message(const lk_kb *kb, lk_lang lang, const char *prefix, lk_view key) {
  char name[NAME_MOST];
  const lk_message *found = kb ? lk_kb_message(kb, message_id(prefix, key, name), lang) : NULL;
  return found ? found->text.plain : (lk_view){"", 0};
}

lk_view lk_report_word(const lk_kb *kb, lk_lang lang, const char *name) {
  lk_view found = find_message(kb, lang, "", lk_view_of(name));
  return found.len ? found : lk_view_of(name);
}

static lk_view entry_title(const lk_report_maker *m, lk_view id) {
  const lk_entry *entry = m->out->kb ? lk_kb_entry(m->out->kb, id, m->out->lang) : NULL;
  return entry && entry->phrasing_count ? entry->phrasings[0].text : id;
}

static lk_view category_title(const lk_report_maker *m, lk_view id) {
  const lk_category *category = m->out->kb ? lk_kb_category(m->out->kb, id, m->out->lang) : NULL;
  return category ? category->title : id;
}

static lk_view action_title(const lk_report_maker *m, lk_view action) {
  size_t count = 0;
  const lk_entry *entries = m->out->kb ? lk_kb_entries(m->out->kb, m->out->lang, &count) : NULL;
  for (size_t i = 0; i < count; i++)
    if (entries[i].kind == LK_ENTRY_INTENT && lk_view_eq(entries[i].action, action)) return entry_title(m, entries[i].id);
  return action;
}

static lk_view reason_title(const lk_report_maker *m, lk_view key) {
  const char *slash = memchr(key.ptr, '/', key.len);
  if (!slash) return key;
  lk_view action = {key.ptr, (size_t)(slash - key.ptr)}, reason = {slash + 1, key.len - action.len - 1};
  lk_view title = action_title(m, action), why = find_message(m->out->kb, m->out->lang, "reason", reason);
  if (!why.len) why = reason;
  size_t length = title.len + why.len + 3;
  char *text = lk_arena_alloc(m->arena, length);
  if (!text) return key;
  (void)snprintf(text, length, "%.*s: %.*s", LK_FMT(title), LK_FMT(why));
  return (lk_view){text, length - 1};
}

/* 2026-11-22 as 22.11.2026; in English it stays. */
static lk_view day_title(const lk_report_maker *m, lk_view key) {
  lk_date date;
  if (m->out->lang == LK_LANG_EN || !lk_date_parse(key, &date)) return key;
  char *text = lk_arena_alloc(m->arena, 16);
  if (!text) return key;
  int length = snprintf(text, 16, "%d.%d.%04d", date.day, date.month, date.year);
  return (lk_view){text, (size_t)length};
}

lk_view lk_title_of(const lk_report_maker *m, lk_key_kind kind, const char *prefix, lk_view key) {
  lk_view title = key;
  if (kind == LK_KEY_ENTRY) title = entry_title(m, key);
  if (kind == LK_KEY_CATEGORY) title = category_title(m, key);
  if (kind == LK_KEY_ACTION) title = action_title(m, key);
  if (kind == LK_KEY_REASON) title = reason_title(m, key);
  if (kind == LK_KEY_DAY) title = day_title(m, key);
  if (prefix) {
    lk_view word = find_message(m->out->kb, m->out->lang, prefix, key.len ? key : LK_LIT("none"));
    if (word.len) title = word;
  }
  return title;
}

lk_view lk_category_of(const lk_report_maker *m, lk_view entry) {
  const lk_entry *found = m->out->kb ? lk_kb_entry(m->out->kb, entry, m->out->lang) : NULL;
  return found ? found->category : (lk_view){"", 0};
}
