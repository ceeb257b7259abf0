/* Where the elements of a KB file stand in its bytes. libxml2 gives lines only, and a change that keeps every other byte needs places. The text must be one that the loader
 * has read without an error: well-formed, UTF-8, without a DOCTYPE. */
#ifndef LK_EDIT_MARKS_H
#define LK_EDIT_MARKS_H

#include "base/arena.h"
#include "luukku/kb.h"

typedef struct lk_mark {
  lk_view name;
  size_t start, open_end; /* of the start tag; open_end is behind its > */
  size_t close, end;      /* of the end tag; both are open_end when the element closes itself */
  uint32_t parent;        /* index; the root is its own */
  uint32_t depth;         /* 0: kb, 1: article, lexicon …, 2: question, set … Deeper elements are not marked. */
  lk_lang lang;           /* in force */
} lk_mark;

typedef struct lk_marks {
  lk_view text;
  lk_mark *items;
  size_t count, cap;
} lk_marks;

/* LK_OK, LK_ERR_MEMORY, or LK_ERR_INPUT for text that the loader would not have taken, or one that writes its elements with a prefix. */
lk_code lk_marks_read(lk_view text, lk_marks *out);
void lk_marks_free(lk_marks *marks);

static inline bool lk_mark_is(const lk_mark *mark, const char *name) { return lk_view_eq(mark->name, lk_view_of(name)); }
/* The value between the quotes as it is written; ptr is NULL when there is no such attribute. */
lk_view lk_mark_attribute(const lk_marks *marks, const lk_mark *mark, const char *name);
/* Blanks before the element on its line; ptr is NULL when something else stands before it. */
lk_view lk_mark_indent(const lk_marks *marks, const lk_mark *mark);
/* The first child of `parent` by that name (NULL: any) behind `after` (SIZE_MAX: from the beginning); SIZE_MAX when there is none. */
size_t lk_mark_child(const lk_marks *marks, size_t parent, const char *name, size_t after);
size_t lk_mark_last_child(const lk_marks *marks, size_t parent, const char *name);

#endif
