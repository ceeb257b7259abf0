/* Splices at the right place, in the style of what stands there. */
#ifndef LK_EDIT_CHANGE_H
#define LK_EDIT_CHANGE_H

#include "edit/edit.h"

/* Bytes [start, end) of a file become `text`, which is copied. Replacing the same bytes again replaces what replaced them. False when memory is out. */
bool lk_splice_add(lk_edit *edit, size_t file, size_t start, size_t end, lk_view text);
/* Puts `lines` (LF, no indentation, no last line end) on lines of their own behind an element; or right behind it where it shares its line. */
bool lk_insert_behind(lk_edit *edit, size_t file, size_t mark, lk_view lines);
/* The same behind the last child of `parent` by that name (NULL: any), or as its first line. False with `err` when memory is out, or `parent` closes itself. */
lk_code lk_insert_into(lk_edit *edit, size_t file, size_t parent, const char *name, lk_view lines, lk_error *err);
/* Takes a name for this edit; LK_ERR_STATE when it is taken. */
lk_code lk_take_name(lk_edit *edit, lk_view name);
/* Line of a byte, for errors. */
int lk_line_at(const lk_draft_file *file, size_t byte);

#endif
