/* A KB in a file, and how to know which KB it is. */
#ifndef LK_KB_WALK_H
#define LK_KB_WALK_H

#include "base/image.h"
#include "luukku/kb.h"

/* Walks the KB to which the pointer at `pointer` leads (base/image.h). One in a file is not to be freed. */
void lk_kb_walk(lk_image *image, size_t pointer);

/* A number for the names and contents of a folder's files: another KB has another one. Errors as of lk_kb_load. */
lk_code lk_kb_digest(const char *folder, uint64_t *digest, lk_error *err);

#endif
