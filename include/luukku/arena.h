/* Memory for things that live and die together: a KB, an index under construction, a turn.
 *
 * Allocations are never freed one by one. Chunks double up to a bound, so that a small arena is small and a large one has few chunks;
 * what is left at the end of a chunk is lost. Sizes are bytes. Threads: one at a time. Errors: NULL when memory is out, and nothing else. */
#ifndef LUUKKU_ARENA_H
#define LUUKKU_ARENA_H

#include "luukku/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_arena lk_arena;

/* NULL when memory is out. */
lk_arena *lk_arena_new(void);
void lk_arena_free(lk_arena *arena);

/* `size` bytes, aligned for any type, not zeroed; NULL when memory is out. A size of 0 gives a valid pointer. */
void *lk_arena_alloc(lk_arena *arena, size_t size);
/* `count` zeroed elements of `size` bytes; NULL when memory is out or the product overflows. */
void *lk_arena_zeroed(lk_arena *arena, size_t count, size_t size);
/* A copy with a NUL behind it; `ptr` is NULL when memory is out. */
lk_view lk_arena_copy(lk_arena *arena, lk_view text);
/* The same for strings; NULL when memory is out. */
char *lk_arena_string(lk_arena *arena, lk_view text);

/* Forgets everything and keeps the largest chunk, so that the next turn allocates nothing. */
void lk_arena_reset(lk_arena *arena);
/* Bytes obtained from the system. */
size_t lk_arena_footprint(const lk_arena *arena);

#define LK_NEW(arena, type) ((type *)lk_arena_zeroed((arena), 1, sizeof(type)))
#define LK_NEW_ARRAY(arena, type, count) ((type *)lk_arena_zeroed((arena), (count), sizeof(type)))

#ifdef __cplusplus
}
#endif
#endif
