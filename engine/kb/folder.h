/* Finding and reading the files of a KB. */
#ifndef LK_KB_FOLDER_H
#define LK_KB_FOLDER_H

#include "base/arena.h"
#include "base/buffer.h"
#include "luukku/kb.h"

typedef struct lk_file_list {
  char **items; /* paths, sorted; in the arena */
  size_t count, cap;
} lk_file_list;

/* All *.xml below `folder` but hidden ones; symbolic links to folders are not followed. What can't be read below it is a finding. LK_ERR_IO with `err` when
 * the folder itself can't be. The caller frees list->items. */
lk_code lk_folder_list(const char *folder, lk_arena *arena, lk_findings *findings, lk_file_list *list, lk_error *err);
/* The bytes of a file. A problem, such as a file that is too large, is a finding: then false, as when memory is out (out->failed). */
bool lk_file_read(const char *path, lk_findings *findings, lk_buffer *out);

#endif
