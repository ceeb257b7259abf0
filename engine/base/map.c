#include "base/map.h"

#include <stdlib.h>

#include "base/arena.h"

typedef struct pair {
  lk_view key;
  uint64_t hash;
  uint32_t value;
} pair;

struct lk_map {
  lk_arena *keys;
  pair *pairs; /* in the order of arrival */
  size_t count, cap;
  uint32_t *slots;   /* index into pairs plus 1; 0 is free */
  size_t slot_count; /* a power of two, or 0 */
};

uint64_t lk_hash(lk_view text) {
  uint64_t h = 0xCBF29CE484222325u;
  for (size_t i = 0; i < text.len; i++) h = (h ^ (unsigned char)text.ptr[i]) * 0x100000001B3u;
  /* FNV's low bits mix badly for short keys; fold the high half in (MurmurHash3's finaliser, first half). */
  h ^= h >> 33;
  h *= 0xFF51AFD7ED558CCDu;
  return h ^ h >> 33;
}

lk_map *lk_map_new(void) {
  lk_map *map = calloc(1, sizeof *map);
  if (!map) return NULL;
  map->keys = lk_arena_new();
  if (!map->keys) {
    free(map);
    return NULL;
  }
  return map;
}

void lk_map_free(lk_map *map) {
  if (!map) return;
  lk_arena_free(map->keys);
  free(map->pairs);
  free(map->slots);
  free(map);
}

static size_t find_slot(const lk_map *map, lk_view key, uint64_t hash) {
  size_t mask = map->slot_count - 1, slot = (size_t)hash & mask;
  for (; map->slots[slot]; slot = (slot + 1) & mask) {
    const pair *p = &map->pairs[map->slots[slot] - 1];
    if (p->hash == hash && lk_view_eq(p->key, key)) break;
  }
  return slot;
}

uint32_t *lk_map_get(const lk_map *map, lk_view key) {
  if (!map->slot_count) return NULL;
  uint32_t at = map->slots[find_slot(map, key, lk_hash(key))];
  return at ? &map->pairs[at - 1].value : NULL;
}

static bool grow(lk_map *map) {
  size_t slot_count = map->slot_count ? map->slot_count * 2 : 16;
  uint32_t *slots = calloc(slot_count, sizeof *slots);
  size_t cap = slot_count / 4 * 3;
  pair *pairs = slots ? realloc(map->pairs, cap * sizeof *pairs) : NULL;
  if (!pairs) {
    free(slots);
    return false;
  }
  free(map->slots);
  map->slots = slots;
  map->slot_count = slot_count;
  map->pairs = pairs;
  map->cap = cap;
  for (size_t i = 0; i < map->count; i++) slots[find_slot(map, pairs[i].key, pairs[i].hash)] = (uint32_t)i + 1;
  return true;
}

uint32_t *lk_map_put(lk_map *map, lk_view key, uint32_t fresh) {
  uint64_t hash = lk_hash(key);
  if (map->slot_count) {
    uint32_t at = map->slots[find_slot(map, key, hash)];
    if (at) return &map->pairs[at - 1].value;
  }
  if (map->count == map->cap && !grow(map)) return NULL;
  lk_view copy = lk_arena_copy(map->keys, key);
  if (!copy.ptr) return NULL;
  pair *p = &map->pairs[map->count++];
  *p = (pair){copy, hash, fresh};
  map->slots[find_slot(map, key, hash)] = (uint32_t)map->count;
  return &p->value;
}

size_t lk_map_count(const lk_map *map) { return map->count; }
lk_view lk_map_key(const lk_map *map, size_t at) { return map->pairs[at].key; }
uint32_t lk_map_value(const lk_map *map, size_t at) { return map->pairs[at].value; }
