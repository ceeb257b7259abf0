#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

/* A turn needs some 10 kB, a KB some MB: start small, double, and stop where doubling would waste more than it saves. */
enum { FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20 };

typedef struct chunk {
  struct chunk *next;
  size_t size; /* bytes behind the header */
  size_t used;
  alignas(max_align_t) unsigned char bytes[];
} chunk;

struct lk_arena {
  chunk *chunks; /* newest first */
  size_t next_size;
  size_t footprint;
};

lk_arena *lk_arena_new(void) {
  lk_arena *arena = calloc(1, sizeof *arena);
  if (arena) arena->next_size = FIRST_CHUNK;
  return arena;
}

void lk_arena_free(lk_arena *arena) {
  if (!arena) return;
  for (chunk *c = arena->chunks; c;) {
    chunk *next = c->next;
    free(c);
    c = next;
  }
  free(arena);
}

static chunk *add_chunk(lk_arena *arena, size_t at_least) {
  size_t size = arena->next_size < at_least ? at_least : arena->next_size;
  if (size > SIZE_MAX - sizeof(chunk)) return NULL;
  chunk *c = malloc(sizeof *c + size);
  if (!c) return NULL;
  c->size = size;
  c->used = 0;
  c->next = arena->chunks;
  arena->chunks = c;
  arena->footprint += sizeof *c + size;
  if (arena->next_size < LARGEST_CHUNK) arena->next_size *= 2;
  return c;
}

void *lk_arena_alloc(lk_arena *arena, size_t size) {
  const size_t align = alignof(max_align_t);
  if (size > SIZE_MAX - align) return NULL;
  size = (size + align - 1) & ~(align - 1);
  chunk *c = arena->chunks;
  if (!c || c->size - c->used < size) {
    c = add_chunk(arena, size);
    if (!c) return NULL;
  }
  void *result = c->bytes + c->used;
  c->used += size;
  return result;
}

void *lk_arena_zeroed(lk_arena *arena, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
  void *result = lk_arena_alloc(arena, bytes);
  if (result) memset(result, 0, bytes);
  return result;
}

char *lk_arena_string(lk_arena *arena, lk_view text) {
  char *copy = lk_arena_alloc(arena, text.len + 1);
  if (!copy) return NULL;
  if (text.len) memcpy(copy, text.ptr, text.len);
  copy[text.len] = '\0';
  return copy;
}

lk_view lk_arena_copy(lk_arena *arena, lk_view text) {
  char *copy = lk_arena_string(arena, text);
  return (lk_view){copy, copy ? text.len : 0};
}

void lk_arena_reset(lk_arena *arena) {
  chunk *largest = arena->chunks;
  for (chunk *c = arena->chunks; c; c = c->next)
    if (c->size > largest->size) largest = c;
  for (chunk *c = arena->chunks; c;) {
    chunk *next = c->next;
    if (c != largest) free(c);
    c = next;
  }
  arena->chunks = largest;
  arena->footprint = 0;
  if (largest) {
    largest->next = NULL;
    largest->used = 0;
    arena->footprint = sizeof *largest + largest->size;
  }
}

size_t lk_arena_footprint(const lk_arena *arena) { return arena->footprint; }
