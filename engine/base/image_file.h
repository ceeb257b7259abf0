/* Images (base/image.h) as files: written beside the old one and then into its place, mapped, and refused when anything about them does not fit.
 *
 * Such a file begins with an lk_image_head, in a header of its kind's own. Its checksum is read through a small window, so that looking for damage makes no page of
 * the mapping resident. Pages are private: where pointers have to be moved, that is this process's alone. */
#ifndef LK_BASE_IMAGE_FILE_H
#define LK_BASE_IMAGE_FILE_H

#include "base/image.h"
#include "luukku/error.h"

typedef struct lk_image_head {
  char magic[8];
  uint32_t byte_order, format;
  uint64_t layout;   /* of the structures in it: other machines and compilers may lay them out in another way */
  uint64_t size;     /* of the file */
  uint64_t checksum; /* of everything else in it */
} lk_image_head;

/* What files of one kind have in common. */
typedef struct lk_image_kind {
  char magic[9];
  uint32_t format; /* rises when what is in the file changes */
  uint64_t layout;
  uintptr_t address;  /* where it is to be mapped, one a kind: there it is read without writing, and all its pages are shared */
  size_t header;      /* bytes at the beginning that must be there */
  const char *remedy; /* "make it with …": the end of each refusal */
} lk_image_kind;

/* Fills the head of an image whose header has been appended; lk_image_seal is called when all is in it. */
void lk_image_begin(lk_image *image, const lk_image_kind *kind);
void lk_image_seal(lk_image *image);
lk_code lk_image_write(const lk_image *image, const char *path, lk_error *err);

/* Maps a file whose head fits, and begins to read it for its checksum, a large one in a thread of its own while it is walked: a walk takes any bytes for what they are, and
 * what it has found is good when the file has been settled. LK_ERR_IO when it can't be read, LK_ERR_INPUT when it is refused. `out` is good for lk_image_unmap in any
 * case. */
lk_code lk_image_map(const char *path, const lk_image_kind *kind, lk_image *out, lk_error *err);
/* The walk is over: refuses a damaged file, be it by its checksum or by the walk. A good one is read only from now on, and the pages that were merely looked at are the
 * system's again. */
lk_code lk_image_settle(lk_image *image, const char *path, const lk_image_kind *kind, lk_error *err);
/* "path: error: what; remedy", LK_ERR_INPUT. */
lk_code lk_image_refuse(const char *path, const lk_image_kind *kind, const char *what, lk_error *err);
void lk_image_unmap(lk_image *image); /* of nothing is fine */

#endif
