/* Many short texts, each once and numbered in the order in which they came: some 20 bytes a text beside its letters.
 *
 * Texts do not move while others come, so that views stay good. One thread writes and nobody reads meanwhile; any number read what nobody writes. */
#ifndef LK_TEXT_TEXTS_H
#define LK_TEXT_TEXTS_H

#include <stdint.h>

#include "base/image.h"
#include "luukku/text.h"

#define LK_NO_TEXT UINT32_MAX

typedef struct lk_texts {
  char **chunks; /* of LK_TEXT_CHUNK bytes; a text is two bytes of length and its letters, and lies in one chunk */
  struct {
    uint32_t *items; /* chunk times LK_TEXT_CHUNK plus the offset in it */
    size_t count, cap;
  } places;
  uint32_t *slots;                      /* number plus 1; 0 is free */
  size_t chunk_count, slot_count, used; /* of the last chunk */
} lk_texts;

enum { LK_TEXT_CHUNK = 1 << 16 };

/* The number of a text, or LK_NO_TEXT. */
uint32_t lk_texts_find(const lk_texts *texts, lk_view text);
/* The same, and takes the text if it is not there; LK_NO_TEXT when memory is out. */
uint32_t lk_texts_put(lk_texts *texts, lk_view text);
lk_view lk_texts_at(const lk_texts *texts, uint32_t number);
void lk_texts_free(lk_texts *texts);
/* Walks the texts at `place` (base/image.h). */
void lk_texts_walk(lk_image *image, size_t place);

/* A table of numbers plus 1 that is found by hashes, a power of two in size: is there an end to every search? */
bool lk_slots_are_sound(const uint32_t *slots, size_t slot_count, size_t count);

#endif
