#include "base/image.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
  ALIGNMENT = 16,
  LONG_ALIGNMENT = 64, /* of arrays that are read by the line of a processor's cache */
  LONG = 256,
  STRING_MOST = 8192 /* bytes of a string, which are paths: a system's longest have 4,096 */
};

static bool reserve(lk_image *image, size_t more) {
  if (image->failed) return false;
  size_t cap = image->cap ? image->cap : 1 << 20;
  while (cap - image->size < more && cap <= SIZE_MAX / 4) cap *= 2;
  char *grown = cap == image->cap ? image->base : realloc(image->base, cap);
  if (!grown || cap - image->size < more) {
    image->failed = true;
    return false;
  }
  image->base = grown;
  image->cap = cap;
  return true;
}

size_t lk_image_append(lk_image *image, const void *bytes, size_t size) {
  size_t alignment = size < LONG ? ALIGNMENT : LONG_ALIGNMENT, padding = (alignment - image->size % alignment) % alignment;
  if (size > SIZE_MAX / 4 || !reserve(image, padding + size)) return 0;
  memset(image->base + image->size, 0, padding);
  size_t place = image->size + padding;
  if (size) memcpy(image->base + place, bytes, size);
  image->size = place + size;
  return place;
}

static uintptr_t *pointer_at(lk_image *image, size_t place) { return LK_AT(image, uintptr_t, place); }

static bool lies_at_its_address(const lk_image *image) { return (uintptr_t)image->base == image->address; }

/* At offset 0 is the header and never an array: 0 stands for NULL. */
static size_t find(lk_image *image, size_t pointer, size_t bytes) {
  uintptr_t stored = *pointer_at(image, pointer);
  size_t place = stored ? stored - image->address : 0; /* far behind the end for what lies before it */
  bool inside = place < image->size && bytes <= image->size - place;
  if (!inside || place % sizeof(void *) != 0 || (!place && (bytes || stored))) image->failed = true;
  if (image->failed) return 0;
  if (place && !lies_at_its_address(image)) *pointer_at(image, pointer) = (uintptr_t)(image->base + place);
  return place;
}

/* Arrays that overlap, or lead back to themselves, come to an end too. */
static size_t find_array(lk_image *image, size_t pointer, size_t bytes) {
  size_t place = find(image, pointer, bytes);
  if (image->failed) return 0;
  image->walked += bytes;
  if (image->walked > image->size) image->failed = true;
  return image->failed ? 0 : place;
}

static void put(lk_image *image, size_t pointer, size_t place) {
  if (!image->failed) *pointer_at(image, pointer) = place ? image->address + place : 0;
}

void lk_image_nothing(lk_image *image, size_t pointer) {
  if (image->failed) return;
  if (image->writing)
    put(image, pointer, 0);
  else if (*pointer_at(image, pointer))
    image->failed = true;
}

void lk_image_same(lk_image *image, size_t pointer, size_t walked) {
  if (image->failed) return;
  uintptr_t wanted = *pointer_at(image, walked);
  if (image->writing || !lies_at_its_address(image))
    *pointer_at(image, pointer) = wanted;
  else if (*pointer_at(image, pointer) != wanted)
    image->failed = true;
}

size_t lk_image_array(lk_image *image, size_t pointer, size_t count, size_t size) {
  size_t bytes;
  if (image->failed || __builtin_mul_overflow(count, size, &bytes)) {
    image->failed = true;
    return 0;
  }
  if (!image->writing) return find_array(image, pointer, bytes);
  const void *from = (const void *)*pointer_at(image, pointer);
  size_t place = from && bytes ? lk_image_append(image, from, bytes) : 0;
  put(image, pointer, place);
  return place;
}

static void walk_text(lk_image *image, size_t pointer, size_t length) {
  if (image->failed) return;
  if (!image->writing) {
    size_t place = find(image, pointer, length + 1);
    if (!image->failed && place && image->base[place + length] != '\0') image->failed = true;
    return;
  }
  const char *from = (const char *)*pointer_at(image, pointer);
  size_t place = image->last_place;
  if (from != image->last_from || place + length >= image->size || image->base[place + length] != '\0') {
    place = lk_image_append(image, from, length);
    if (!reserve(image, 1)) return;
    image->base[image->size++] = '\0';
  }
  put(image, pointer, place);
  image->last_from = from;
  image->last_place = place;
}

void lk_image_view(lk_image *image, size_t view) {
  static const char nothing[] = "";
  if (image->failed) return;
  lk_view *v = LK_AT(image, lk_view, view);
  if (image->writing && !v->ptr) v->ptr = nothing;
  if (v->len >= SIZE_MAX / 4) image->failed = true;
  walk_text(image, view + offsetof(lk_view, ptr), v->len);
}

void lk_image_string(lk_image *image, size_t pointer) {
  if (image->failed || !*pointer_at(image, pointer)) return;
  if (image->writing) {
    walk_text(image, pointer, strlen((const char *)*pointer_at(image, pointer)));
    return;
  }
  size_t place = find(image, pointer, 1), rest = image->size - place;
  if (!image->failed && !memchr(image->base + place, '\0', rest < STRING_MOST ? rest : STRING_MOST)) image->failed = true;
}

void lk_image_views(lk_image *image, size_t pointer, size_t count) {
  size_t place = lk_image_array(image, pointer, count, sizeof(lk_view));
  for (size_t i = 0; i < count && !image->failed; i++) lk_image_view(image, place + i * sizeof(lk_view));
}

/* Whole pages only: those at the ends may belong to neighbours too. */
void lk_image_release(const lk_image *image, size_t place, size_t size) {
  if (!image->mapped || image->failed) return;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)(image->base + place), until = from + size;
  from = (from + page - 1) / page * page;
  until = until / page * page;
  if (until > from) (void)madvise(image->base + (from - (uintptr_t)image->base), until - from, MADV_DONTNEED);
}

void lk_image_free(lk_image *image) {
  free(image->base);
  *image = (lk_image){0};
}

enum { LANES = 16 };

/* Sixteen lanes of xor and multiply: with fewer each product would wait for the one before instead of for memory. A multiplication by an odd number loses
 * nothing. */
uint64_t lk_image_checksum(const void *bytes, size_t size) {
  const uint64_t odd = 0x9E3779B97F4A7C15u;
  uint64_t lanes[LANES], words[LANES];
  const char *from = bytes;
  for (size_t i = 0; i < LANES; i++) lanes[i] = i + 1;
  for (; size >= sizeof words; size -= sizeof words, from += sizeof words) {
    memcpy(words, from, sizeof words);
    for (int i = 0; i < LANES; i++) {
      lanes[i] = (lanes[i] ^ words[i]) * odd;
      lanes[i] ^= lanes[i] >> 29;
    }
  }
  memset(words, 0, sizeof words);
  if (size) memcpy(words, from, size);
  uint64_t sum = size;
  for (int i = 0; i < LANES; i++) {
    sum = (sum ^ lanes[i] ^ words[i]) * odd;
    sum ^= sum >> 32;
  }
  return sum;
}
