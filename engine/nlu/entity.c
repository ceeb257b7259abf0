#include "nlu/entity.h"

#include <stdlib.h>

#include "base/error.h"

const char *lk_entity_type_name(lk_entity_type type) {
  static const char *const names[] = {"order", "email",  "phone",  "postcode", "address", "date",       "amount", "quantity",
                                      "size",  "yes-no", "choice", "product",  "command", "correction", "text"};
  return type < LK_ENTITY_TYPE_COUNT ? names[type] : "unknown";
}

const char *lk_command_name(lk_command command) {
  static const char *const names[] = {"cancel", "back", "restart", "help", "person", "skip"};
  return command < LK_COMMAND_COUNT ? names[command] : "unknown";
}

/* ---- The finder ---- */

lk_entity *lk_finder_add(lk_finder *finder, lk_entity_type type, size_t start, size_t end, float confidence) {
  lk_entity *entity = &finder->items[finder->count < LK_ENTITIES_MAX ? finder->count++ : LK_ENTITIES_MAX];
  *entity = (lk_entity){.type = type, .start = (uint32_t)start, .end = (uint32_t)end, .confidence = confidence};
  entity->text = LK_LIT("");
  const lk_analysis *analysis = finder->reading.analysis;
  uint32_t low = 0, high = (uint32_t)analysis->count;
  while (low < high) { /* the first token that ends behind `start` */
    uint32_t middle = low + (high - low) / 2;
    if (analysis->words[middle].token.end <= start)
      low = middle + 1;
    else
      high = middle;
  }
  entity->first_word = entity->lead_word = low;
  while (low < analysis->count && analysis->words[low].token.start < end) low++;
  entity->past_word = low;
  return entity;
}

lk_entity *lk_finder_add_words(lk_finder *finder, lk_entity_type type, uint32_t first, uint32_t past, float confidence) {
  const lk_token *from = lk_reading_token(&finder->reading, first), *to = lk_reading_token(&finder->reading, past - 1);
  return lk_finder_add(finder, type, from->start, to->end, confidence);
}

lk_view lk_finder_copy(lk_finder *finder, lk_view text) {
  while (text.len && text.ptr[0] == ' ') text = (lk_view){text.ptr + 1, text.len - 1};
  while (text.len && text.ptr[text.len - 1] == ' ') text.len--;
  lk_view copy = lk_arena_copy(finder->arena, text);
  if (copy.ptr) return copy;
  finder->failed = true;
  return LK_LIT("");
}

void lk_finder_lead(const lk_finder *finder, lk_entity *entity, uint32_t lead) {
  uint32_t word = finder->reading.items[lead].word;
  if (word < entity->lead_word) entity->lead_word = word;
}

/* ---- Which reading is the likeliest ---- */

/* Readings that speak about the message as a whole stand beside those of its parts. */
static int layer_of(lk_entity_type type) {
  switch (type) {
    case LK_ENTITY_YES_NO:
      return 1;
    case LK_ENTITY_CHOICE:
      return 2;
    case LK_ENTITY_COMMAND:
      return 3;
    case LK_ENTITY_CORRECTION:
      return 4;
    case LK_ENTITY_PRODUCT:
      return 5;
    default:
      return 0;
  }
}

/* Surer, then longer, then the earlier type of the list. */
static int by_likelihood(const void *left, const void *right) {
  const lk_entity *a = *(const lk_entity *const *)left, *b = *(const lk_entity *const *)right;
  if (a->confidence != b->confidence) return a->confidence > b->confidence ? -1 : 1;
  uint32_t a_length = a->end - a->start, b_length = b->end - b->start;
  if (a_length != b_length) return a_length > b_length ? -1 : 1;
  if (a->type != b->type) return a->type < b->type ? -1 : 1;
  return a->start < b->start ? -1 : a->start > b->start;
}

static int by_place(const void *left, const void *right) {
  const lk_entity *a = left, *b = right;
  if (a->start != b->start) return a->start < b->start ? -1 : 1;
  if (a->confidence != b->confidence) return a->confidence > b->confidence ? -1 : 1;
  if (a->end != b->end) return a->end > b->end ? -1 : 1;
  return a->type < b->type ? -1 : a->type > b->type;
}

static bool overlap(const lk_entity *a, const lk_entity *b) { return a->start < b->end && b->start < a->end; }

static lk_code prefer(lk_finder *finder, lk_error *err) {
  const lk_entity **order = lk_arena_alloc(finder->arena, (finder->count + 1) * sizeof *order);
  if (!order) return lk_fail_memory(err);
  for (size_t i = 0; i < finder->count; i++) order[i] = &finder->items[i];
  qsort((void *)order, finder->count, sizeof *order, by_likelihood);
  for (size_t i = 0; i < finder->count; i++) {
    lk_entity *entity = &finder->items[order[i] - finder->items];
    entity->preferred = true;
    for (size_t k = 0; k < i && entity->preferred; k++)
      if (order[k]->preferred && layer_of(order[k]->type) == layer_of(entity->type) && overlap(order[k], entity))
        entity->preferred = false;
  }
  qsort(finder->items, finder->count, sizeof *finder->items, by_place);
  return LK_OK;
}

/* ---- All ---- */

lk_code lk_entities_find(const lk_words *words, const lk_analysis *analysis, lk_view text, const lk_entity_options *options,
                         lk_arena *arena, lk_entities *out, lk_error *err) {
  static const lk_entity_options standard = {.order_number = {"", 0}};
  lk_finder finder = {.words = words, .text = text, .options = options ? options : &standard, .arena = arena};
  *out = (lk_entities){NULL, 0};
  lk_lang lang = analysis->lang >= 0 && analysis->lang < LK_LANG_COUNT ? analysis->lang : LK_LANG_FI;
  lk_code code = lk_reading_make(analysis, arena, &finder.reading, err);
  if (!code) code = lk_reading_look_up(&finder.reading, words, lang, arena, err);
  if (!code && !(finder.items = LK_NEW_ARRAY(arena, lk_entity, LK_ENTITIES_MAX + 1))) code = lk_fail_memory(err);
  if (code || !finder.reading.count) return code;
  lk_find_numerals(&finder);
  lk_find_emails(&finder);
  lk_find_addresses(&finder);
  lk_find_dates(&finder);
  lk_find_answers(&finder);
  if (finder.options->choice_count) lk_find_choices(&finder);
  if (finder.options->products) code = lk_find_products(&finder, err);
  if (!code && finder.failed) code = lk_fail_memory(err);
  if (!code) code = prefer(&finder, err);
  if (!code) *out = (lk_entities){finder.items, finder.count};
  return code;
}

const lk_entity *lk_entities_best(const lk_entities *entities, lk_entity_type type) {
  const lk_entity *best = NULL;
  for (size_t i = 0; i < entities->count; i++) {
    const lk_entity *e = &entities->items[i];
    if (e->type == type && e->preferred && (!best || e->confidence > best->confidence)) best = e;
  }
  return best;
}

/* ---- Products ---- */

enum { PRODUCT_HITS = 5, PRODUCT_TEXT = 240 };

static bool is_spoken_for(const lk_finder *finder, uint32_t word) {
  for (size_t i = 0; i < finder->count; i++) {
    const lk_entity *e = &finder->items[i];
    bool sure = e->confidence >= 0.85f && layer_of(e->type) == 0 && e->type != LK_ENTITY_SIZE && e->type != LK_ENTITY_QUANTITY;
    if (sure && word >= e->lead_word && word < e->past_word) return true;
  }
  return false;
}

/* The message without what has been understood otherwise. */
static lk_view text_for_search(lk_finder *finder) {
  char text[PRODUCT_TEXT];
  size_t length = 0;
  for (uint32_t at = 0; at < finder->reading.count; at++) {
    const lk_token *token = lk_reading_token(&finder->reading, at);
    if (is_spoken_for(finder, finder->reading.items[at].word) || length + token->text.len + 1 > sizeof text) continue;
    memcpy(text + length, token->text.ptr, token->text.len);
    length += token->text.len;
    text[length++] = ' ';
  }
  return lk_finder_copy(finder, (lk_view){text, length});
}

static bool name_has(lk_finder *finder, lk_view name, const lk_read_word *item) {
  for (size_t at = 0; at < name.len;) {
    size_t end = at;
    while (end < name.len && name.ptr[end] != ' ') end++;
    lk_view word = lk_folded((lk_view){name.ptr + at, end - at}, finder->arena);
    for (uint32_t k = 0; word.len > 2 && k < item->key_count; k++)
      if (item->keys[k].len > 2 && lk_words_alike(word, item->keys[k])) return true;
    at = end + 1;
  }
  return false;
}

/* Where in the message the product is named: from its first word that is like one of the name to its last. */
static void place_of(lk_finder *finder, lk_view name, uint32_t *first, uint32_t *past) {
  *first = UINT32_MAX;
  *past = 0;
  for (uint32_t at = 0; at < finder->reading.count; at++) {
    if (!name_has(finder, name, &finder->reading.items[at])) continue;
    if (*first == UINT32_MAX) *first = at;
    *past = at + 1;
  }
}

lk_code lk_find_products(lk_finder *finder, lk_error *err) {
  lk_product_hit hits[PRODUCT_HITS];
  size_t count = 0;
  lk_view text = text_for_search(finder);
  if (finder->failed || !text.len) return LK_OK;
  const lk_product_finder *products = finder->options->products;
  lk_code code = products->find(products->self, text, hits, PRODUCT_HITS, &count, finder->arena, err);
  for (size_t i = 0; !code && i < count && i < PRODUCT_HITS; i++) {
    uint32_t first, past;
    place_of(finder, hits[i].name, &first, &past);
    if (first == UINT32_MAX) first = 0, past = finder->reading.count;
    lk_entity *entity = lk_finder_add_words(finder, LK_ENTITY_PRODUCT, first, past, (float)hits[i].match);
    entity->text = lk_finder_copy(finder, hits[i].sku);
    entity->number = (int64_t)i;
  }
  return code;
}
