/* The struct of an edit: files with their marks, and changes as splices of the files' bytes. */
#ifndef LK_EDIT_EDIT_H
#define LK_EDIT_EDIT_H

#include <sys/types.h>

#include "base/buffer.h"
#include "base/map.h"
#include "edit/marks.h"
#include "luukku/edit.h"

typedef struct lk_draft_file {
  const char *path, *name; /* name: below the KB's folder */
  lk_view text;            /* as it was opened; of a fresh one, an empty <kb> */
  lk_marks marks;
  const char *newline;
  bool fresh;
  dev_t device; /* with inode: which file it is, whatever its path; 0 for none */
  ino_t inode;
} lk_draft_file;

/* Bytes [start, end) of a file become `text`. Splices don't overlap; those at one place keep their order. */
typedef struct lk_splice {
  size_t file, start, end, order;
  lk_view text;
} lk_splice;

typedef struct lk_place {
  uint32_t file, mark;
} lk_place;

struct lk_edit {
  lk_arena *arena;
  lk_arena *changes; /* what a reset forgets */
  const char *folder;
  bool in_memory;
  lk_kb *kb;
  struct {
    lk_draft_file *items;
    size_t count, cap;
  } files;
  size_t opened; /* files that were there; fresh ones are behind them */
  struct {
    lk_place *items;
    size_t count, cap;
  } places;
  lk_map *entries; /* "fi:id" → index in places */
  lk_map *added;   /* what changes have taken: "fi:id" of articles and categories, words of lexicon rows */
  struct {
    lk_splice *items;
    size_t count, cap;
  } splices;
  size_t changed;
};

/* The entry (id, lang); NULL when there is none. */
const lk_place *lk_edit_find(const lk_edit *edit, lk_view id, lk_lang lang);
/* Index of the file at `path`, made when it is not there (with this language on its <kb>); SIZE_MAX with `err`. */
size_t lk_edit_file_at(lk_edit *edit, const char *path, lk_lang lang, lk_error *err);

/* Which bytes of a file became which. */
typedef struct lk_region {
  size_t before, before_end, after, after_end;
} lk_region;

/* diff.c: appends one file's unified diff. */
void lk_diff_file(lk_buffer *out, const lk_edit_file *file, const lk_region *regions, size_t count);

#endif
