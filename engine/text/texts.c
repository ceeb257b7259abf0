#include "text/texts.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/vector.h"

lk_view lk_texts_at(const lk_texts *texts, uint32_t number) {
  uint32_t place = texts->places.items[number];
  const char *from = texts->chunks[place / LK_TEXT_CHUNK] + place % LK_TEXT_CHUNK;
  uint16_t length;
  memcpy(&length, from, sizeof length);
  return (lk_view){from + sizeof length, length};
}

static size_t find_slot(const lk_texts *texts, lk_view text) {
  size_t mask = texts->slot_count - 1, slot = (size_t)lk_hash(text) & mask;
  while (texts->slots[slot] && !lk_view_eq(lk_texts_at(texts, texts->slots[slot] - 1), text)) slot = (slot + 1) & mask;
  return slot;
}

uint32_t lk_texts_find(const lk_texts *texts, lk_view text) {
  return texts->slot_count ? texts->slots[find_slot(texts, text)] - 1 : LK_NO_TEXT; /* of a free slot: 0 - 1 */
}

static bool grow(lk_texts *texts) {
  lk_texts larger = *texts;
  larger.slot_count = texts->slot_count ? texts->slot_count * 2 : 64;
  larger.slots = calloc(larger.slot_count, sizeof *larger.slots);
  if (!larger.slots) return false;
  for (uint32_t i = 0; i < texts->places.count; i++) {
    size_t mask = larger.slot_count - 1, slot = (size_t)lk_hash(lk_texts_at(texts, i)) & mask;
    while (larger.slots[slot]) slot = (slot + 1) & mask;
    larger.slots[slot] = i + 1;
  }
  free(texts->slots);
  *texts = larger;
  return true;
}

static bool add_chunk(lk_texts *texts) {
  if (texts->chunk_count >= UINT32_MAX / LK_TEXT_CHUNK) return false;
  char **chunks = realloc(texts->chunks, (texts->chunk_count + 1) * sizeof *chunks);
  if (!chunks) return false;
  texts->chunks = chunks;
  char *chunk = calloc(1, LK_TEXT_CHUNK);
  if (!chunk) return false;
  texts->chunks[texts->chunk_count++] = chunk;
  texts->used = 0;
  return true;
}

static bool write(lk_texts *texts, lk_view text) {
  uint16_t length = (uint16_t)text.len;
  if (text.len > LK_TEXT_CHUNK - sizeof length) return false;
  size_t size = sizeof length + text.len;
  if ((!texts->chunk_count || texts->used + size > LK_TEXT_CHUNK) && !add_chunk(texts)) return false;
  char *to = texts->chunks[texts->chunk_count - 1] + texts->used;
  if (!LK_PUSH(&texts->places, (uint32_t)((texts->chunk_count - 1) * LK_TEXT_CHUNK + texts->used))) return false;
  memcpy(to, &length, sizeof length);
  if (text.len) memcpy(to + sizeof length, text.ptr, text.len);
  texts->used += size;
  return true;
}

uint32_t lk_texts_put(lk_texts *texts, lk_view text) {
  uint32_t there = lk_texts_find(texts, text);
  if (there != LK_NO_TEXT) return there;
  if (texts->places.count * 3 >= texts->slot_count * 2 && !grow(texts)) return LK_NO_TEXT;
  if (!write(texts, text)) return LK_NO_TEXT;
  uint32_t number = (uint32_t)texts->places.count - 1;
  size_t mask = texts->slot_count - 1, slot = (size_t)lk_hash(text) & mask;
  while (texts->slots[slot]) slot = (slot + 1) & mask;
  texts->slots[slot] = number + 1;
  return number;
}

void lk_texts_free(lk_texts *texts) {
  for (size_t i = 0; i < texts->chunk_count; i++) free(texts->chunks[i]);
  free(texts->chunks);
  free(texts->places.items);
  free(texts->slots);
  *texts = (lk_texts){0};
}

bool lk_slots_are_sound(const uint32_t *slots, size_t slot_count, size_t count) {
  size_t free_slots = 0;
  if (slot_count & (slot_count - 1)) return false;
  for (size_t i = 0; i < slot_count; i++) {
    if (slots[i] > count) return false;
    free_slots += !slots[i];
  }
  return !slot_count || free_slots > 0;
}

static bool is_sound(const lk_texts *texts) {
  for (size_t i = 0; i < texts->places.count; i++) {
    uint32_t place = texts->places.items[i];
    size_t offset = place % LK_TEXT_CHUNK;
    if (place / LK_TEXT_CHUNK >= texts->chunk_count || offset + sizeof(uint16_t) > LK_TEXT_CHUNK) return false;
    if (offset + sizeof(uint16_t) + lk_texts_at(texts, (uint32_t)i).len > LK_TEXT_CHUNK) return false;
  }
  return lk_slots_are_sound(texts->slots, texts->slot_count, texts->places.count);
}

void lk_texts_walk(lk_image *image, size_t place) {
  const lk_texts *texts = LK_AT(image, lk_texts, place);
  size_t chunk_count = texts->chunk_count, count = texts->places.count, slot_count = texts->slot_count;
  size_t chunks = lk_image_array(image, place + offsetof(lk_texts, chunks), chunk_count, sizeof(char *));
  for (size_t i = 0; i < chunk_count && !image->failed; i++)
    (void)lk_image_array(image, chunks + i * sizeof(char *), LK_TEXT_CHUNK, 1);
  if (!image->failed) (void)lk_image_array(image, place + offsetof(lk_texts, places.items), count, sizeof(uint32_t));
  if (!image->failed) (void)lk_image_array(image, place + offsetof(lk_texts, slots), slot_count, sizeof(uint32_t));
  if (!image->failed && !image->writing && !is_sound(LK_AT(image, lk_texts, place))) image->failed = true;
}
