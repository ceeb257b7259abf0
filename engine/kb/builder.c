/* Elements → rows of the KB. The readers of single elements stand here, those of entries in entry.c. */
#include "kb/findings.h"
#include "kb/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "base/vector.h"
#include "kb/answer.h"
#include "kb/limits.h"
#include "kb/values.h"

/* ---- Common parts ---- */

void lk_report(lk_builder *b, lk_severity severity, int line, const char *code, const char *mend, const char *what, ...) {
  va_list args;
  va_start(args, what);
  if (lk_findings_add_list(b->findings, severity, code, b->file, line, mend, what, args)) b->memory = true;
  va_end(args);
}

lk_view lk_keep(lk_builder *b, lk_view text) {
  lk_view copy = lk_arena_copy(b->arena, text);
  if (copy.ptr) return copy;
  b->memory = true;
  return (lk_view){"", 0};
}

void *lk_keep_array(lk_builder *b, const void *items, size_t count, size_t size) {
  void *copy = lk_arena_zeroed(b->arena, count, size);
  if (!copy)
    b->memory = true;
  else if (count)
    memcpy(copy, items, count * size);
  return copy;
}

bool lk_element_is(const lk_element *e, const char *name) { return lk_view_eq(e->name, lk_view_of(name)); }
bool lk_is_blank(const lk_element *e) { return !e->name.len && !lk_trim(e->text).len; }

static const lk_attribute *find_attribute(const lk_element *e, lk_view name) {
  for (size_t i = 0; i < e->attribute_count; i++)
    if (lk_view_eq(e->attributes[i].name, name)) return &e->attributes[i];
  return NULL;
}

lk_view lk_attribute_of(const lk_element *e, const char *name) {
  const lk_attribute *a = find_attribute(e, lk_view_of(name));
  return a ? lk_trim(a->value) : (lk_view){"", 0};
}

/* Walks a list such as "id! category updated". */
static bool next_allowed(lk_view *list, lk_view *name, bool *required) {
  while (lk_next_piece(list, ' ', name)) {
    if (!name->len) continue;
    *required = name->ptr[name->len - 1] == '!';
    name->len -= *required;
    return true;
  }
  return false;
}

static bool is_allowed(const char *allowed, lk_view attribute) {
  lk_view list = lk_view_of(allowed), name;
  bool required;
  while (next_allowed(&list, &name, &required))
    if (lk_view_eq(name, attribute)) return true;
  return false;
}

void lk_check_attributes(lk_builder *b, const lk_element *e, const char *allowed) {
  for (size_t i = 0; i < e->attribute_count; i++) {
    const lk_attribute *a = &e->attributes[i];
    if (!is_allowed(allowed, a->name)) {
      char mend[256] = "delete it";
      if (*allowed) (void)snprintf(mend, sizeof mend, "correct or delete it; allowed are: %s", allowed);
      for (char *mark; (mark = strchr(mend, '!')) != NULL;) memmove(mark, mark + 1, strlen(mark));
      LK_REPORT(b, e->line, "unknown-attribute", mend, "<%.*s> has an attribute %.*s that does not exist",
                LK_FMT(lk_excerpt(e->name, 60)), LK_FMT(lk_excerpt(a->name, 60)));
    } else if (lk_utf8_length(a->value) > LK_LIMIT_ATTRIBUTE_CHARACTERS) {
      LK_REPORT(b, e->line, "too-long", "shorten it", "the attribute %.*s is longer than 2,000 characters", LK_FMT(a->name));
    }
  }
  lk_view list = lk_view_of(allowed), name;
  bool required;
  while (next_allowed(&list, &name, &required)) {
    const lk_attribute *a = find_attribute(e, name);
    if (!required || (a && lk_trim(a->value).len)) continue;
    char mend[128];
    (void)snprintf(mend, sizeof mend, "write <%.*s %.*s=\"…\">", LK_FMT(e->name), LK_FMT(name));
    LK_REPORT(b, e->line, "missing-attribute", mend, "<%.*s> has no %.*s", LK_FMT(e->name), LK_FMT(name));
  }
}

void lk_unexpected(lk_builder *b, const lk_element *parent, const lk_element *child, const char *allowed) {
  if (lk_is_blank(child)) return;
  char mend[256] = "delete it";
  if (!child->name.len) {
    if (*allowed) (void)snprintf(mend, sizeof mend, "put it into one of: %s", allowed);
    LK_REPORT(b, child->line, "stray-text", mend, "text stands here by itself, within <%.*s>: \"%.*s\"", LK_FMT(parent->name),
              LK_FMT(lk_excerpt(lk_trim(child->text), 40)));
    return;
  }
  if (*allowed) (void)snprintf(mend, sizeof mend, "correct its spelling or move it; allowed are: %s", allowed);
  LK_REPORT(b, child->line, "unknown-element", mend, "<%.*s> is not allowed within <%.*s>", LK_FMT(lk_excerpt(child->name, 80)),
            LK_FMT(parent->name));
}

void lk_refuse_children(lk_builder *b, const lk_element *e) {
  for (const lk_element *child = e->first; child; child = child->next) lk_unexpected(b, e, child, "");
}

static void fold_space(lk_buffer *out, lk_view text) {
  for (size_t i = 0; i < text.len; i++) {
    if (!lk_is_space(text.ptr[i]))
      lk_buffer_addc(out, text.ptr[i]);
    else if (out->len && out->ptr[out->len - 1] != ' ')
      lk_buffer_addc(out, ' ');
  }
}

lk_view lk_read_line(lk_builder *b, const lk_element *e, size_t max_characters) {
  lk_buffer text = {0};
  for (const lk_element *child = e->first; child; child = child->next) {
    if (child->name.len)
      LK_REPORT(b, child->line, "markup", "write plain text here", "<%.*s> can't stand within <%.*s>",
                LK_FMT(lk_excerpt(child->name, 60)), LK_FMT(e->name));
    else
      fold_space(&text, child->text);
  }
  if (text.failed) b->memory = true;
  lk_view line = lk_keep(b, lk_trim(lk_buffer_view(&text)));
  lk_buffer_free(&text);
  if (!line.len && !b->memory)
    LK_REPORT(b, e->line, "empty-element", "write its text or delete it", "<%.*s> is empty", LK_FMT(e->name));
  if (lk_utf8_length(line) > max_characters) {
    char mend[96];
    (void)snprintf(mend, sizeof mend, "shorten it to %zu characters at the most", max_characters);
    LK_REPORT(b, e->line, "too-long", mend, "<%.*s> is too long", LK_FMT(e->name));
  }
  return line;
}

static bool check_id(lk_builder *b, const lk_element *e, const char *attribute, lk_view id) {
  if (lk_is_id(id) && id.len <= LK_LIMIT_ID_CHARACTERS) return true;
  LK_REPORT(b, e->line, "bad-id",
            "use small letters a–z, digits and single hyphens, a letter first, such as delivery-time; at most 64 characters",
            "%s=\"%.*s\" is no id", attribute, LK_FMT(lk_excerpt(id, 80)));
  return false;
}

lk_view lk_read_id(lk_builder *b, const lk_element *e) {
  lk_view id = lk_attribute_of(e, "id");
  if (id.len) (void)check_id(b, e, "id", id); /* a missing one is reported by lk_check_attributes */
  return lk_keep(b, id);
}

lk_view lk_read_reference(lk_builder *b, const lk_element *e, const char *name) {
  lk_view id = lk_attribute_of(e, name);
  if (id.len && !check_id(b, e, name, id)) id.len = 0;
  return lk_keep(b, id);
}

lk_date lk_read_date(lk_builder *b, const lk_element *e, const char *name) {
  lk_date date = {0};
  lk_view text = lk_attribute_of(e, name);
  bool given = find_attribute(e, lk_view_of(name)) != NULL;
  if (given && !lk_date_parse(text, &date))
    LK_REPORT(b, e->line, "bad-date", "write a day of the calendar as year-month-day, such as 2026-12-24",
              "%s=\"%.*s\" is no date", name, LK_FMT(lk_excerpt(text, 40)));
  return date;
}

void lk_read_answer(lk_builder *b, const lk_element *e, bool variables, lk_answer *out) {
  lk_answer_reader reader = {b->arena, b->findings, b->file, variables};
  if (lk_answer_read(&reader, e, out)) b->memory = true;
}

bool lk_has_room(lk_builder *b, const lk_element *e, size_t count, size_t max) {
  if (count < max) return true;
  if (b->overfull == max) return false;
  b->overfull = max;
  char mend[96];
  (void)snprintf(mend, sizeof mend, "keep at most %zu of them", max);
  LK_REPORT(b, e->line, "too-many", mend, "there are too many <%.*s> here", LK_FMT(e->name));
  return false;
}

/* ---- Elements that are no entries ---- */

static void read_category(lk_builder *b, const lk_element *e, lk_lang lang) {
  lk_check_attributes(b, e, "id! xml:lang");
  lk_category category = {.id = lk_read_id(b, e), .lang = lang, .title = {"", 0}, .file = b->file, .line = e->line};
  int titles = 0;
  for (const lk_element *child = e->first; child; child = child->next) {
    if (!lk_element_is(child, "title")) {
      lk_unexpected(b, e, child, "title");
      continue;
    }
    lk_check_attributes(b, child, "");
    category.title = lk_read_line(b, child, LK_LIMIT_PHRASING_CHARACTERS);
    titles++;
  }
  if (titles != 1)
    LK_REPORT(b, e->line, "title", "give it exactly one <title>", "this category has %s title", titles ? "more than one" : "no");
  if (lk_has_room(b, e, b->categories.count, LK_LIMIT_CATEGORIES) && !LK_PUSH(&b->categories, category)) b->memory = true;
}

static void read_message(lk_builder *b, const lk_element *e, lk_lang lang) {
  lk_check_attributes(b, e, "id! xml:lang");
  lk_message message = {.id = lk_read_id(b, e), .lang = lang, .file = b->file, .line = e->line};
  lk_read_answer(b, e, true, &message.text);
  if (lk_has_room(b, e, b->messages.count, LK_LIMIT_MESSAGES) && !LK_PUSH(&b->messages, message)) b->memory = true;
}

/* A day, or a day and a time as in 2026-12-24T12:00. */
static lk_date read_moment(lk_builder *b, const lk_element *e, const char *name, int *minute) {
  lk_view text = lk_attribute_of(e, name);
  lk_date date = {0};
  bool with_time = text.len == 16 && text.ptr[10] == 'T';
  lk_view day = with_time ? (lk_view){text.ptr, 10} : text;
  if (text.len && (!lk_date_parse(day, &date) || (with_time && !lk_parse_time((lk_view){text.ptr + 11, 5}, minute))))
    LK_REPORT(b, e->line, "bad-date", "write a day such as 2026-12-24, or a day and a time such as 2026-12-24T12:00",
              "%s=\"%.*s\" is no date", name, LK_FMT(lk_excerpt(text, 40)));
  return date;
}

static void read_notice(lk_builder *b, const lk_element *e, lk_lang lang) {
  lk_check_attributes(b, e, "id! from! until! category xml:lang");
  lk_notice notice = {.id = lk_read_id(b, e), .lang = lang, .until_minute = 24 * 60, .file = b->file, .line = e->line};
  notice.category = lk_read_reference(b, e, "category");
  notice.from = read_moment(b, e, "from", &notice.from_minute);
  notice.until = read_moment(b, e, "until", &notice.until_minute);
  int days = lk_date_compare(notice.from, notice.until);
  if (lk_date_given(notice.from) && lk_date_given(notice.until) &&
      (days > 0 || (days == 0 && notice.from_minute >= notice.until_minute)))
    LK_REPORT(b, e->line, "from-after-until", "exchange or correct the two dates", "this notice ends before it begins");
  lk_read_answer(b, e, true, &notice.text);
  if (lk_has_room(b, e, b->notices.count, LK_LIMIT_NOTICES) && !LK_PUSH(&b->notices, notice)) b->memory = true;
}

/* ---- Lexicon ---- */

typedef LK_ROWS(lk_view) words;

static bool add_word(lk_builder *b, const lk_element *e, words *to, lk_view word) {
  if (!word.len) {
    LK_REPORT(b, e->line, "empty-word", "delete the comma or write the word",
              "there is nothing between two commas of this <%.*s>", LK_FMT(e->name));
    return true;
  }
  if (lk_utf8_length(word) > LK_LIMIT_ID_CHARACTERS)
    LK_REPORT(b, e->line, "too-long", "put commas between words; a word or phrase has at most 64 characters",
              "\"%.*s\" is too long for a word", LK_FMT(lk_excerpt(word, 60)));
  lk_buffer folded = {0};
  fold_space(&folded, word);
  lk_view kept = lk_keep(b, lk_buffer_view(&folded));
  if (folded.failed || !LK_PUSH(to, kept)) b->memory = true;
  lk_buffer_free(&folded);
  return to->count < LK_LIMIT_LEXICON_WORDS;
}

static void split_words(lk_builder *b, const lk_element *e, lk_view text, words *to) {
  for (lk_view piece; lk_next_piece(&text, ',', &piece) && !b->memory;) {
    if (add_word(b, e, to, piece)) continue;
    if (text.ptr)
      LK_REPORT(b, e->line, "too-many", "divide it into several", "this <%.*s> has more than 100 words", LK_FMT(e->name));
    return;
  }
}

static lk_view lexicon_text(lk_builder *b, const lk_element *e) {
  for (const lk_element *child = e->first; child; child = child->next)
    if (child->name.len) lk_unexpected(b, e, child, "");
  return e->first && !e->first->name.len ? e->first->text : (lk_view){"", 0};
}

static void push_row(lk_builder *b, const lk_element *e, lk_lexicon_row row) {
  if (lk_has_room(b, e, b->lexicon.count, LK_LIMIT_LEXICON_ROWS) && !LK_PUSH(&b->lexicon, row)) b->memory = true;
}

static void keep_words(lk_builder *b, lk_lexicon_row *row, const words *list, size_t skip) {
  row->words = lk_keep_array(b, list->count ? list->items + skip : NULL, list->count - skip, sizeof *list->items);
  row->word_count = list->count - skip;
}

static void read_words(lk_builder *b, const lk_element *e, lk_lexicon_row row) {
  words list = {0};
  lk_check_attributes(b, e, "");
  lk_view text = lk_trim(lexicon_text(b, e));
  if (!text.len)
    LK_REPORT(b, e->line, "empty-element", "write its words or delete it", "<%.*s> is empty", LK_FMT(e->name));
  else
    split_words(b, e, text, &list);
  if (row.kind == LK_LEXICON_NAME && list.count) {
    row.from = list.items[0];
    keep_words(b, &row, &list, 1);
    push_row(b, e, row);
  } else if (list.count) {
    keep_words(b, &row, &list, 0);
    push_row(b, e, row);
  }
  free(list.items);
}

/* <map from="a, b" to="c, d"/> is two rows, which share their words. */
static void read_pairs(lk_builder *b, const lk_element *e, lk_lexicon_row row) {
  words from = {0}, to = {0};
  lk_check_attributes(b, e, "from! to!");
  lk_refuse_children(b, e);
  lk_view left = lk_attribute_of(e, "from"), right = lk_attribute_of(e, "to");
  if (left.len && right.len) {
    split_words(b, e, left, &from);
    split_words(b, e, right, &to);
  }
  if (row.kind == LK_LEXICON_SPOKEN && to.count > 1)
    LK_REPORT(b, e->line, "spoken", "write one standard form, without commas; use <map> for several meanings",
              "a spoken form stands for one standard form");
  keep_words(b, &row, &to, 0);
  for (size_t i = 0; i < from.count && to.count && !b->memory; i++) {
    row.from = from.items[i];
    push_row(b, e, row);
  }
  free(from.items);
  free(to.items);
}

static void read_lexicon(lk_builder *b, const lk_element *e, lk_lang lang) {
  lk_check_attributes(b, e, "xml:lang");
  for (const lk_element *child = e->first; child && !b->memory; child = child->next) {
    lk_lexicon_row row = {.lang = lang, .from = {"", 0}, .file = b->file, .line = child->line};
    if (lk_element_is(child, "set") || lk_element_is(child, "name")) {
      row.kind = lk_element_is(child, "set") ? LK_LEXICON_SET : LK_LEXICON_NAME;
      read_words(b, child, row);
    } else if (lk_element_is(child, "map") || lk_element_is(child, "spoken")) {
      row.kind = lk_element_is(child, "map") ? LK_LEXICON_MAP : LK_LEXICON_SPOKEN;
      read_pairs(b, child, row);
    } else {
      lk_unexpected(b, e, child, "set, map, spoken, name");
    }
  }
}

/* ---- Policy, model, hours ---- */

static void read_policy_value(lk_builder *b, const lk_element *e, const lk_attribute *a) {
  size_t count, at = lk_policy_find(a->name);
  const lk_policy_rule *rules = lk_policy_rules(&count);
  if (at == SIZE_MAX) {
    LK_REPORT(b, e->line, "unknown-attribute", "correct its spelling; FORMAT.md lists what a policy may set",
              "<policy> can't set \"%.*s\"", LK_FMT(lk_excerpt(a->name, 60)));
    return;
  }
  lk_view value = lk_trim(a->value);
  char mend[256];
  if (b->policy_line[at]) {
    (void)snprintf(mend, sizeof mend, "keep this one or the one in %.180s, line %d", b->policy_file[at], b->policy_line[at]);
    LK_REPORT(b, e->line, "policy-twice", mend, "%s is set twice", rules[at].name);
  } else if (!lk_policy_parse(&rules[at], value, &b->policy[at])) {
    (void)snprintf(mend, sizeof mend, "write %s; the least is %g, the most %g%s", lk_policy_form(rules[at].type), rules[at].min,
                   rules[at].max, rules[at].type == LK_POLICY_DURATION ? " seconds" : "");
    LK_REPORT(b, e->line, "bad-value", mend, "%s can't be \"%.*s\"", rules[at].name, LK_FMT(lk_excerpt(value, 60)));
  }
  b->policy_text[at] = lk_keep(b, value);
  b->policy_line[at] = e->line;
  b->policy_file[at] = b->file;
}

static void read_policy(lk_builder *b, const lk_element *e, lk_lang lang) {
  (void)lang;
  for (size_t i = 0; i < e->attribute_count; i++) read_policy_value(b, e, &e->attributes[i]);
  lk_refuse_children(b, e);
}

static double read_number(lk_builder *b, const lk_element *e, const char *name, double standard) {
  lk_view text = lk_attribute_of(e, name);
  double value = standard;
  if (find_attribute(e, lk_view_of(name)) && !lk_parse_number(text, &value))
    LK_REPORT(b, e->line, "bad-value", "write a number such as 0.75, with a point", "%s=\"%.*s\" is no number", name,
              LK_FMT(lk_excerpt(text, 40)));
  return value;
}

static lk_weight read_weight(lk_builder *b, const lk_element *e) {
  lk_check_attributes(b, e, "feature! value! mean scale");
  lk_weight weight = {lk_keep(b, lk_attribute_of(e, "feature")), read_number(b, e, "mean", 0), read_number(b, e, "scale", 1),
                      read_number(b, e, "value", 0)};
  if (!(weight.scale > 0))
    LK_REPORT(b, e->line, "bad-value", "write a number above 0, or leave scale out", "scale must be above 0");
  lk_refuse_children(b, e);
  return weight;
}

static void read_weights(lk_builder *b, const lk_element *e, lk_model *model) {
  LK_ROWS(lk_weight) list = {0};
  for (const lk_element *child = e->first; child && !b->memory; child = child->next) {
    if (!lk_element_is(child, "weight"))
      lk_unexpected(b, e, child, "weight");
    else if (lk_has_room(b, child, list.count, LK_LIMIT_WEIGHTS) && !LK_PUSH(&list, read_weight(b, child)))
      b->memory = true;
  }
  model->weights = lk_keep_array(b, list.items, list.count, sizeof *list.items);
  model->weight_count = list.count;
  free(list.items);
}

static lk_lang read_lang(lk_builder *b, const lk_element *e, const char *attribute, lk_lang inherited);

static void read_model(lk_builder *b, const lk_element *e, lk_lang lang) {
  (void)lang;
  lk_check_attributes(b, e, "name! lang fitted questions note");
  lk_model model = {.name = lk_keep(b, lk_attribute_of(e, "name")), .file = b->file, .line = e->line};
  model.lang = read_lang(b, e, "lang", LK_LANG_NONE);
  model.fitted = lk_read_date(b, e, "fitted");
  model.note = lk_keep(b, lk_attribute_of(e, "note"));
  lk_view questions = lk_attribute_of(e, "questions");
  if (questions.len && !lk_parse_count(questions, &model.questions))
    LK_REPORT(b, e->line, "bad-value", "write a whole number", "questions=\"%.*s\" is no number",
              LK_FMT(lk_excerpt(questions, 40)));
  read_weights(b, e, &model);
  if (!model.weight_count && !b->memory)
    LK_REPORT(b, e->line, "empty-element", "put its <weight> elements into it", "this model has no weights");
  if (lk_has_room(b, e, b->models.count, LK_LIMIT_MODELS) && !LK_PUSH(&b->models, model)) b->memory = true;
}

static int read_time(lk_builder *b, const lk_element *e, const char *name) {
  lk_view text = lk_attribute_of(e, name);
  int minutes = 0;
  if (text.len && !lk_parse_time(text, &minutes))
    LK_REPORT(b, e->line, "bad-time",
              "write hours and minutes with two digits each, such as 08:00; midnight at the end of a day is 24:00",
              "%s=\"%.*s\" is no time", name, LK_FMT(lk_excerpt(text, 40)));
  return minutes;
}

static void read_days(lk_builder *b, const lk_element *e, lk_hours_row *row, lk_view days) {
  if (days.len && !lk_parse_days(days, &row->days))
    LK_REPORT(b, e->line, "bad-days", "write mon, tue, wed, thu, fri, sat, sun, such as \"mon-fri\" or \"sat, sun\"",
              "days=\"%.*s\" is not understood", LK_FMT(lk_excerpt(days, 40)));
}

static void read_dates(lk_builder *b, const lk_element *e, lk_hours_row *row, lk_view date) {
  lk_view until = lk_attribute_of(e, "until");
  if (date.len && !lk_parse_day(date, &row->from))
    LK_REPORT(b, e->line, "bad-date", "write 2026-12-24, or 12-24 for every year", "date=\"%.*s\" is no date",
              LK_FMT(lk_excerpt(date, 40)));
  row->until = row->from;
  if (!until.len) return;
  if (!lk_date_parse(until, &row->until) || row->from.year == 0)
    LK_REPORT(b, e->line, "bad-date", "write the first and the last day as date=\"2026-12-24\" until=\"2026-12-26\"",
              "until=\"%.*s\" makes no range of days", LK_FMT(lk_excerpt(until, 40)));
  else if (lk_date_compare(row->from, row->until) > 0)
    LK_REPORT(b, e->line, "from-after-until", "exchange or correct the two dates", "these days end before they begin");
}

static void read_holidays(lk_builder *b, const lk_element *e, lk_hours_row *row, lk_view holiday, lk_view holidays) {
  row->holidays = lk_view_eq(holidays, LK_LIT("fi"));
  if (holidays.len && !row->holidays)
    LK_REPORT(b, e->line, "bad-value", "write holidays=\"fi\" for Finnish public holidays",
              "the holidays of \"%.*s\" are not known", LK_FMT(lk_excerpt(holidays, 40)));
  row->holiday = holiday.len ? lk_holiday_of(holiday) : LK_HOLIDAY_NONE;
  if (holiday.len && row->holiday == LK_HOLIDAY_NONE)
    LK_REPORT(b, e->line, "bad-value", "FORMAT.md lists the holidays, such as midsummer-eve", "there is no holiday \"%.*s\"",
              LK_FMT(lk_excerpt(holiday, 40)));
}

/* Which days this row is about. */
static void read_when(lk_builder *b, const lk_element *e, lk_hours_row *row) {
  lk_view days = lk_attribute_of(e, "days"), date = lk_attribute_of(e, "date");
  lk_view holiday = lk_attribute_of(e, "holiday"), holidays = lk_attribute_of(e, "holidays");
  if ((days.len > 0) + (date.len > 0) + (holiday.len > 0) + (holidays.len > 0) != 1)
    LK_REPORT(b, e->line, "hours",
              row->open ? "write one of days=\"mon-fri\", date=\"2026-12-23\" and holiday=\"epiphany\""
                        : "write one of days=\"sun\", date=\"2026-12-24\", holiday=\"midsummer-eve\" and holidays=\"fi\"",
              "it is not clear for which days this row is");
  read_days(b, e, row, days);
  read_dates(b, e, row, date);
  read_holidays(b, e, row, holiday, holidays);
}

static void read_hours_row(lk_builder *b, const lk_element *e, lk_view desk, bool open) {
  lk_check_attributes(b, e, open ? "days date until holiday id from! to!" : "days date until holiday holidays id");
  lk_hours_row row = {.desk = desk, .open = open, .file = b->file, .line = e->line};
  row.id = lk_read_reference(b, e, "id");
  read_when(b, e, &row);
  if (open) {
    row.from_minute = read_time(b, e, "from");
    row.to_minute = read_time(b, e, "to");
    if (row.from_minute >= row.to_minute)
      LK_REPORT(b, e->line, "bad-time", "let from be earlier than to; write a night as two rows, up to 24:00 and from 00:00",
                "these opening hours end before they begin");
  }
  lk_refuse_children(b, e);
  if (lk_has_room(b, e, b->hours.count, LK_LIMIT_HOURS_ROWS) && !LK_PUSH(&b->hours, row)) b->memory = true;
}

static void read_hours(lk_builder *b, const lk_element *e, lk_lang lang) {
  (void)lang;
  lk_check_attributes(b, e, "desk!");
  lk_view desk = lk_read_reference(b, e, "desk");
  for (const lk_element *child = e->first; child && !b->memory; child = child->next) {
    if (lk_element_is(child, "open"))
      read_hours_row(b, child, desk, true);
    else if (lk_element_is(child, "closed"))
      read_hours_row(b, child, desk, false);
    else
      lk_unexpected(b, e, child, "open, closed");
  }
}

/* ---- The root ---- */

static void read_article(lk_builder *b, const lk_element *e, lk_lang lang) { lk_read_entry(b, e, lang, LK_ENTRY_ARTICLE); }
static void read_intent(lk_builder *b, const lk_element *e, lk_lang lang) { lk_read_entry(b, e, lang, LK_ENTRY_INTENT); }
static void read_chat(lk_builder *b, const lk_element *e, lk_lang lang) { lk_read_entry(b, e, lang, LK_ENTRY_CHAT); }
static void read_not_covered(lk_builder *b, const lk_element *e, lk_lang lang) {
  lk_read_entry(b, e, lang, LK_ENTRY_NOT_COVERED);
}

static const struct {
  const char *name;
  bool in_language;
  void (*read)(lk_builder *, const lk_element *, lk_lang);
} elements[] = {
    {"category", true, read_category},
    {"article", true, read_article},
    {"intent", true, read_intent},
    {"chat", true, read_chat},
    {"not-covered", true, read_not_covered},
    {"lexicon", true, read_lexicon},
    {"message", true, read_message},
    {"notice", true, read_notice},
    {"policy", false, read_policy},
    {"model", false, read_model},
    {"hours", false, read_hours},
};

#define ELEMENT_NAMES "category, article, intent, chat, not-covered, lexicon, message, policy, model, hours, notice"

static lk_lang read_lang(lk_builder *b, const lk_element *e, const char *attribute, lk_lang inherited) {
  if (!find_attribute(e, lk_view_of(attribute))) return inherited;
  lk_view code = lk_attribute_of(e, attribute);
  lk_lang lang = code.len == 2 ? lk_lang_of(code) : LK_LANG_NONE;
  if (lang == LK_LANG_NONE)
    LK_REPORT(b, e->line, "bad-language", "write fi, sv or en", "%s=\"%.*s\" is no language of this bot", attribute,
              LK_FMT(lk_excerpt(code, 40)));
  return lang;
}

static void read_top(lk_builder *b, const lk_element *root, const lk_element *e, lk_lang inherited) {
  for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
    if (!lk_element_is(e, elements[i].name)) continue;
    size_t before = lk_findings_errors(b->findings);
    lk_lang lang = elements[i].in_language ? read_lang(b, e, "xml:lang", inherited) : LK_LANG_NONE;
    if (elements[i].in_language && lang == LK_LANG_NONE) {
      if (lk_findings_errors(b->findings) == before)
        LK_REPORT(b, e->line, "no-language", "write xml:lang=\"fi\" (or sv, en) on it or on <kb>",
                  "<%.*s> does not say its language", LK_FMT(e->name));
      lang = LK_LANG_FI; /* to find its other problems; nothing is built any more */
    }
    elements[i].read(b, e, lang);
    return;
  }
  lk_unexpected(b, root, e, ELEMENT_NAMES);
}

static void read_root(lk_builder *b, const lk_element *root) {
  if (lk_element_is(root, "{}kb")) {
    LK_REPORT(b, root->line, "not-a-kb", "write <kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\">",
              "this <kb> does not name Luukku's namespace");
    return;
  }
  if (!lk_element_is(root, "kb")) {
    LK_REPORT(b, root->line, "not-a-kb", "begin with <kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\">",
              "the outermost element is <%.*s>, not the <kb> of Luukku's namespace", LK_FMT(lk_excerpt(root->name, 80)));
    return;
  }
  lk_check_attributes(b, root, "xml:lang");
  lk_lang lang = read_lang(b, root, "xml:lang", LK_LANG_NONE);
  for (const lk_element *e = root->first; e && !b->memory; e = e->next) read_top(b, root, e, lang);
}

/* A file that can't be parsed still names ids: other files' references to them are no mistakes of those files. */
static void note_ids(lk_builder *b, lk_view text) {
  const char *at = text.ptr, *end = text.ptr + text.len;
  while ((at = memmem(at, (size_t)(end - at), "id=\"", 4)) != NULL) {
    at += 4;
    const char *close = memchr(at, '"', (size_t)(end - at));
    if (!close) return;
    if ((size_t)(close - at) <= LK_LIMIT_ID_CHARACTERS && !lk_map_put(b->broken_ids, (lk_view){at, (size_t)(close - at)}, 1))
      b->memory = true;
  }
}

void lk_builder_read(lk_builder *b, const char *file, lk_view text) {
  lk_arena *tree = lk_arena_new();
  b->file = lk_keep(b, lk_view_of(file)).ptr;
  lk_element *root = NULL;
  if (!tree || lk_document_parse(text, b->file, tree, b->findings, &root))
    b->memory = true;
  else if (!b->memory && root)
    read_root(b, root);
  else if (!b->memory)
    note_ids(b, text);
  if (lk_findings_failed(b->findings)) b->memory = true;
  lk_arena_free(tree);
}

bool lk_builder_init(lk_builder *b, lk_findings *findings) {
  *b = (lk_builder){.arena = lk_arena_new(), .findings = findings, .file = "", .broken_ids = lk_map_new()};
  if (b->arena && b->broken_ids) return true;
  lk_builder_free(b);
  return false;
}

void lk_builder_free(lk_builder *b) {
  lk_arena_free(b->arena);
  lk_map_free(b->broken_ids);
  free(b->entries.items);
  free(b->messages.items);
  free(b->categories.items);
  free(b->notices.items);
  free(b->lexicon.items);
  free(b->hours.items);
  free(b->models.items);
  free(b->phrasings.items);
  free(b->patterns.items);
  free(b->answers.items);
  free(b->see.items);
  free(b->see_lines.items);
  free(b->slots.items);
  *b = (lk_builder){0};
}
