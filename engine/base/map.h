/* A map from byte strings to 32-bit numbers, for builders and caches. Open addressing, linear probing, at most 3/4 full; keys are copied into the
 * map's own arena. Nothing is ever removed. Not for concurrent writing; any number of threads may read a map that nobody writes. */
#ifndef LK_BASE_MAP_H
#define LK_BASE_MAP_H

#include <stdint.h>

#include "base/image.h"
#include "luukku/text.h"

typedef struct lk_map lk_map;

lk_map *lk_map_new(void); /* NULL when memory is out */
void lk_map_free(lk_map *map);

/* The number of `key`, or NULL. The pointer is good until the next put. */
uint32_t *lk_map_get(const lk_map *map, lk_view key);
/* The number of `key`, which is `fresh` if the key was not there; NULL when memory is out. */
uint32_t *lk_map_put(lk_map *map, lk_view key, uint32_t fresh);
size_t lk_map_count(const lk_map *map);
/* The keys in the order in which they were put: `at` from 0 to count - 1. */
lk_view lk_map_key(const lk_map *map, size_t at);

/* Are all its numbers below `bound`? For maps of a file, whose numbers are places in an array. */
bool lk_map_is_below(const lk_map *map, size_t bound);

/* Walks the map to which the pointer at `pointer` leads (base/image.h). A map in a file can only be read, and is not to be freed. */
void lk_map_walk(lk_image *image, size_t pointer);

/* 64 well mixed bits of a text; the same on all machines of one byte order. */
uint64_t lk_hash(lk_view text);

#endif
