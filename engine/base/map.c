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

static uint64_t load(const char *bytes, size_t count) {
  uint64_t value = 0;
  memcpy(&value, bytes, count);
  return value;
}

/* Folding the 128-bit product mixes all bits of both factors into all of the result (W. Yi's wyhash). */
static uint64_t mix(uint64_t a, uint64_t b) {
  __uint128_t product = (__uint128_t)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Eight bytes a step; the last step takes the last eight once more, or what there is of a shorter text. */
uint64_t lk_hash(lk_view text) {
  const uint64_t salt = 0xA0761D6478BD642Fu, step = 0xE7037ED1A0B428DBu;
  uint64_t h = mix(text.len ^ salt, step);
  size_t at = 0;
  for (; at + 8 < text.len; at += 8) h = mix(h ^ load(text.ptr + at, 8), salt);
  uint64_t last;
  if (text.len >= 8)
    last = load(text.ptr + text.len - 8, 8);
  else if (text.len >= 4)
    last = load(text.ptr, 4) | load(text.ptr + text.len - 4, 4) << 32;
  else if (text.len)
    last = load(text.ptr, 1) | load(text.ptr + text.len / 2, 1) << 8 | load(text.ptr + text.len - 1, 1) << 16;
  else
    last = 0;
  return mix(h ^ last, step);
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

bool lk_map_is_below(const lk_map *map, size_t bound) {
  for (size_t i = 0; i < map->count; i++)
    if (map->pairs[i].value >= bound) return false;
  return true;
}

/* A search ends at a free slot: there must be one. */
static bool has_sound_slots(const lk_map *map) {
  size_t free_slots = 0;
  if (map->slot_count & (map->slot_count - 1)) return false;
  for (size_t i = 0; i < map->slot_count; i++) {
    if (map->slots[i] > map->count) return false;
    free_slots += !map->slots[i];
  }
  return !map->slot_count || free_slots > 0;
}

void lk_map_walk(lk_image *image, size_t pointer) {
  size_t at = lk_image_array(image, pointer, 1, sizeof(lk_map));
  if (image->failed) return;
  if (!at) {
    image->failed = true;
    return;
  }
  lk_image_nothing(image, at + offsetof(lk_map, keys));
  size_t count = LK_AT(image, lk_map, at)->count, slot_count = LK_AT(image, lk_map, at)->slot_count;
  size_t pairs = lk_image_array(image, at + offsetof(lk_map, pairs), count, sizeof(pair));
  for (size_t i = 0; i < count && !image->failed; i++) lk_image_view(image, pairs + i * sizeof(pair) + offsetof(pair, key));
  (void)lk_image_array(image, at + offsetof(lk_map, slots), slot_count, sizeof(uint32_t));
  if (!image->failed && !image->writing && !has_sound_slots(LK_AT(image, lk_map, at))) image->failed = true;
}
