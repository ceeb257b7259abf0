/* Frozen structures in a file, as they lie in memory.
 *
 * A *walk* goes through a structure and everything that it points to. The same walk writes and reads: writing, each array that a pointer leads to is appended,
 * and the pointer becomes what it will be when the file is mapped at `address`; reading, each pointer is checked, and moved when the file could not be mapped
 * there. A walk is written once, so that the two cannot differ. Reading a file at its address writes nothing: its pages stay the file's own, and all
 * processes that map it share them. Walks therefore change what they read through this header only.
 *
 * Places are offsets in the image, since it moves while it grows: LK_AT(image, type, place) is good until the next array.
 * A failure (memory out while writing, an offset that leads out of the file while reading) sets `failed`, after which walks find empty arrays. */
#ifndef LK_BASE_IMAGE_H
#define LK_BASE_IMAGE_H

#include <stdint.h>

#include "base/buffer.h"

typedef struct lk_image {
  char *base;
  size_t size, cap;
  uintptr_t address; /* where `base` is to be in memory that reads it; reading elsewhere moves the pointers */
  bool writing, failed;
  bool mapped; /* reading pages of a file, not memory */
  size_t
      walked; /* bytes of arrays that were read: each lies in the file once, so a file in which there are more than it has is wrong */
  struct lk_image_check *check; /* image_file.c's, of a mapped file until it is settled */
  const void *last_from;        /* what was appended last, so that many pointers to one text share it */
  size_t last_place;
} lk_image;

#define LK_AT(image, type, place) ((type *)(void *)((image)->base + (place)))

/* Appends or finds the `count` elements of `size` bytes that the pointer at `pointer` leads to; returns where they are. */
size_t lk_image_array(lk_image *image, size_t pointer, size_t count, size_t size);
/* The text of the lk_view at `view`, with a NUL behind it. */
void lk_image_view(lk_image *image, size_t view);
/* The string that the pointer at `pointer` leads to; it may be NULL. */
void lk_image_string(lk_image *image, size_t pointer);
/* `count` views in a row, to which the pointer at `pointer` leads. */
void lk_image_views(lk_image *image, size_t pointer, size_t count);
/* The pointer at `pointer` leads to nothing in the file, such as a builder's memory. */
void lk_image_nothing(lk_image *image, size_t pointer);
/* The pointer at `pointer` leads where the one at `walked` does, which has been walked. */
void lk_image_same(lk_image *image, size_t pointer, size_t walked);
/* Appends `size` bytes and returns where they are. */
size_t lk_image_append(lk_image *image, const void *bytes, size_t size);
/* `size` bytes at `place` were only looked at: their pages are the file's again, and come back from it when they are needed. For flat arrays, whose pages
 * hold no pointers that reading has moved; in a file that lies at its address, for all. */
void lk_image_release(const lk_image *image, size_t place, size_t size);
/* A number for `size` bytes that one changed byte changes; some gigabytes a second. */
uint64_t lk_image_checksum(const void *bytes, size_t size);
void lk_image_free(lk_image *image); /* of one that was written */

#endif
