/* Questions with gold labels, and what counts as right. */
#ifndef LK_GOLD_H
#define LK_GOLD_H

#include "tool.h"

typedef enum lk_gold_kind {
  LK_GOLD_ENTRY, /* an article's id or @action */
  LK_GOLD_HANDOFF,
  LK_GOLD_CHAT,
  LK_GOLD_NONE
} lk_gold_kind;

enum { LK_GOLD_ALSO = 8, LK_GOLD_FILES = 8 };

typedef struct lk_gold {
  lk_view id, text, label, style;
  lk_view also[LK_GOLD_ALSO];
  size_t also_count;
  lk_gold_kind kind;
  lk_lang lang; /* that it is written in; LK_LANG_NONE: not known */
} lk_gold;

typedef struct lk_gold_set {
  lk_table tables[LK_GOLD_FILES];
  size_t table_count;
  lk_gold *items;
  size_t count;
} lk_gold_set;

/* Reads files with a header line and the columns id, text, label, also, style into one set. Their language is `lang`; with LK_LANG_NONE it is what the file's
 * name says ("questions_fi.tsv"). Prints what is wrong and returns false. */
bool lk_gold_read(const char *command, const char *const *paths, size_t count, lk_lang lang, lk_gold_set *out);
/* The language in a path's last part: "fi" before its ending or between _ - and . */
lk_lang lk_gold_lang(const char *path);
void lk_gold_free(lk_gold_set *set);

/* Is this entry the label or one that serves equally well? */
bool lk_gold_right(const lk_gold *gold, const lk_entry *entry);
/* Would a person serve this customer as well as anything? @handoff is the label or among the others. */
bool lk_gold_wants_person(const lk_gold *gold);

#endif
