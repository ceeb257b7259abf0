/* The KB's own struct, and the builder that fills it in. */
#ifndef LK_KB_MODEL_H
#define LK_KB_MODEL_H

#include "base/arena.h"
#include "base/map.h"
#include "kb/document.h"
#include "kb/policy.h"
#include "luukku/kb.h"

/* Rows of one kind, grouped by language; `by_id` maps "fi:id" to an index. */
typedef struct lk_table {
  size_t count;
  size_t start[LK_LANG_COUNT + 1]; /* rows of language l are [start[l], start[l + 1]) */
  lk_map *by_id;
} lk_table;

struct lk_kb {
  lk_arena *arena;
  lk_entry *entries;
  lk_message *messages;
  lk_category *categories;
  lk_notice *notices;
  lk_lexicon_row *lexicon;
  lk_table entry_table, message_table, category_table, notice_table, lexicon_table; /* a lexicon row has no id */
  lk_hours_row *hours;
  size_t hours_count;
  lk_model *models;
  size_t model_count;
  double policy[LK_POLICY_MAX];
  lk_view policy_text[LK_POLICY_MAX];
};

/* Index of (id, lang) in a table, exactly; SIZE_MAX when there is none. */
size_t lk_table_find(const lk_table *table, lk_view id, lk_lang lang);
/* The same with the fallback to Finnish, then to any language. */
size_t lk_table_find_any(const lk_table *table, lk_view id, lk_lang lang);

#define LK_ROWS(type)  \
  struct {             \
    type *items;       \
    size_t count, cap; \
  }

/* A KB under construction. Problems become findings; a failed allocation sets `memory`, after which nothing more is done. */
typedef struct lk_builder {
  lk_arena *arena; /* the KB's */
  lk_findings *findings;
  const char *file; /* the one being read, living in the arena */
  bool memory;
  LK_ROWS(lk_entry) entries;
  LK_ROWS(lk_message) messages;
  LK_ROWS(lk_category) categories;
  LK_ROWS(lk_notice) notices;
  LK_ROWS(lk_lexicon_row) lexicon;
  LK_ROWS(lk_hours_row) hours;
  LK_ROWS(lk_model) models;
  double policy[LK_POLICY_MAX];
  lk_view policy_text[LK_POLICY_MAX];
  int policy_line[LK_POLICY_MAX]; /* 0: not given */
  const char *policy_file[LK_POLICY_MAX];
  LK_ROWS(lk_phrasing) phrasings; /* of the entry being read; likewise the next five */
  LK_ROWS(lk_phrasing) patterns;
  LK_ROWS(lk_answer) answers;
  LK_ROWS(lk_view) see;
  LK_ROWS(int) see_lines;
  LK_ROWS(lk_slot) slots;
  size_t overfull;    /* the limit that was reported last as exceeded */
  lk_map *broken_ids; /* ids seen in files that could not be read: a reference to them is not reported as well */
} lk_builder;

/* Reads one file's text; `file` is copied. */
void lk_builder_read(lk_builder *builder, const char *file, lk_view text);
/* Checks references between entries and files, shares what translations share, and makes the KB. NULL when there is any error or memory is out. */
lk_kb *lk_builder_finish(lk_builder *builder);
bool lk_builder_init(lk_builder *builder, lk_findings *findings);
void lk_builder_free(lk_builder *builder);

/* ---- For the readers of elements ---- */

void lk_report(lk_builder *builder, lk_severity severity, int line, const char *code, const char *mend, const char *what, ...)
    __attribute__((format(printf, 6, 7)));
#define LK_REPORT(b, line, code, mend, ...) lk_report(b, LK_SEVERITY_ERROR, line, code, mend, __VA_ARGS__)

bool lk_element_is(const lk_element *element, const char *name);
/* The attribute's value, trimmed; empty when it is not given. */
lk_view lk_attribute_of(const lk_element *element, const char *name);
/* Reports attributes that are not in the list ("id! category"; ! says required) and required ones that are missing or empty. */
void lk_check_attributes(lk_builder *builder, const lk_element *element, const char *allowed);
/* Reports a child that is not expected; `allowed` names those that are, for the message; "": none. */
void lk_unexpected(lk_builder *builder, const lk_element *parent, const lk_element *child, const char *allowed);
/* The same for an element that has attributes only. */
void lk_refuse_children(lk_builder *builder, const lk_element *element);
bool lk_is_blank(const lk_element *element);
/* Text without markup, white space folded, in the arena. Reports markup, emptiness and length. */
lk_view lk_read_line(lk_builder *builder, const lk_element *element, size_t max_characters);
lk_view lk_keep(lk_builder *builder, lk_view text);
/* The id attribute, in the arena, reported when it is none. */
lk_view lk_read_id(lk_builder *builder, const lk_element *element);
/* An optional reference attribute. */
lk_view lk_read_reference(lk_builder *builder, const lk_element *element, const char *name);
lk_date lk_read_date(lk_builder *builder, const lk_element *element, const char *name);
/* A copy of the vector's items in the arena. */
void *lk_keep_array(lk_builder *builder, const void *items, size_t count, size_t size);
/* Reads the text of `element` for customers. */
void lk_read_answer(lk_builder *builder, const lk_element *element, bool variables, lk_answer *out);
/* True while `count` is below `max`; reports the first row that is too many only. */
bool lk_has_room(lk_builder *builder, const lk_element *element, size_t count, size_t max);

/* entry.c: article, intent, chat, not-covered. */
void lk_read_entry(lk_builder *builder, const lk_element *element, lk_lang lang, lk_entry_kind kind);

/* link.c */
bool lk_link(lk_builder *builder, lk_kb *kb);

#endif
