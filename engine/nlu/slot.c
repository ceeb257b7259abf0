/* Slots: which entity of a message goes where. */
#include "base/error.h"
#include "nlu/entity.h"
#include "nlu/pattern.h"

#define BIT(type) (1u << LK_ENTITY_##type)

static const struct {
  const char *name;
  unsigned entities;
} slot_types[] = {
    {"order-number", BIT(ORDER)},
    {"email", BIT(EMAIL)},
    {"phone", BIT(PHONE)},
    {"postcode", BIT(POSTCODE)},
    {"address", BIT(ADDRESS)},
    {"pickup-point", BIT(CHOICE) | BIT(FREE)},
    {"date", BIT(DATE)},
    {"amount", BIT(AMOUNT)},
    {"quantity", BIT(QUANTITY)},
    {"product", BIT(PRODUCT) | BIT(CHOICE) | BIT(FREE)},
    {"order-line", BIT(PRODUCT) | BIT(CHOICE) | BIT(FREE)},
    {"size", BIT(SIZE)},
    {"choice", BIT(CHOICE)},
    {"reason", BIT(CHOICE) | BIT(FREE)},
    {"yes-no", BIT(YES_NO)},
    {"name", BIT(FREE)},
    {"text", BIT(FREE)},
};

unsigned lk_slot_type_entities(lk_view type) {
  for (size_t i = 0; i < sizeof slot_types / sizeof *slot_types; i++)
    if (lk_view_eq(type, lk_view_of(slot_types[i].name))) return slot_types[i].entities;
  return 0;
}

static unsigned slot_entities(const lk_slot *slot) {
  unsigned entities = 0;
  for (size_t t = 0; t < slot->type_count; t++) entities |= lk_slot_type_entities(slot->types[t]);
  return entities;
}

/* ---- Filling what was not asked for ---- */

enum { CORRECTION_REACH = 5 }; /* words behind "eiku" that it may be about */

static const unsigned never_unasked = BIT(FREE) | BIT(YES_NO) | BIT(CHOICE) | BIT(COMMAND) | BIT(CORRECTION);
static const unsigned unmistakable = BIT(ORDER) | BIT(EMAIL) | BIT(PHONE) | BIT(ADDRESS);
static const float sure_enough = 0.5f;

static bool same_value(const lk_entity *a, const lk_entity *b) {
  if (a->type != b->type) return false;
  switch (a->type) {
    case LK_ENTITY_DATE:
      return lk_date_compare(a->date, b->date) == 0 && lk_date_compare(a->date_end, b->date_end) == 0;
    case LK_ENTITY_AMOUNT:
    case LK_ENTITY_QUANTITY:
    case LK_ENTITY_YES_NO:
    case LK_ENTITY_CHOICE:
    case LK_ENTITY_COMMAND:
      return a->number == b->number;
    default:
      return lk_view_eq(a->text, b->text);
  }
}

static bool is_corrected(const lk_entities *entities, const lk_entity *entity) {
  for (size_t i = 0; i < entities->count; i++) {
    const lk_entity *mark = &entities->items[i];
    if (mark->type == LK_ENTITY_CORRECTION && mark->past_word <= entity->first_word &&
        entity->lead_word <= mark->past_word + CORRECTION_REACH)
      return true;
  }
  return false;
}

static bool may_fill(const lk_slot_value *value, const lk_entity *entity, bool corrected) {
  if (!value->filled) return true;
  if (same_value(&value->value, entity)) return false;
  return corrected || (unmistakable & 1u << entity->type);
}

static lk_slot_change put(lk_slot_value *value, const lk_entity *entity) {
  lk_slot_change change = value->filled ? LK_SLOT_CORRECTED : LK_SLOT_FILLED;
  if (value->filled && same_value(&value->value, entity)) change = LK_SLOT_KEPT;
  *value = (lk_slot_value){true, *entity};
  return change;
}

/* The entity that slot `s` should have, or NULL. What a correction names goes before what it corrects; else the surest, and the first of equals. */
static const lk_entity *choose(const lk_slot *slot, const lk_slot_value *value, const lk_entities *entities,
                               const lk_entity **taken, size_t taken_count) {
  unsigned types = slot_entities(slot) & ~never_unasked;
  const lk_entity *best = NULL;
  bool best_corrected = false;
  for (size_t i = 0; i < entities->count; i++) {
    const lk_entity *e = &entities->items[i];
    if (!(types & 1u << e->type) || !e->preferred || e->confidence < sure_enough) continue;
    bool used = false;
    for (size_t t = 0; t < taken_count; t++) used = used || taken[t] == e;
    bool corrected = is_corrected(entities, e);
    if (used || !may_fill(value, e, corrected)) continue;
    if (best && (best_corrected > corrected || (best_corrected == corrected && best->confidence >= e->confidence))) continue;
    best = e;
    best_corrected = corrected;
  }
  return best;
}

static const lk_entity *captured(const lk_slot *slot, const lk_pattern_match *match) {
  for (size_t c = 0; match && c < match->capture_count; c++)
    if (match->captures[c].entity && lk_view_eq(match->captures[c].name, slot->name)) return match->captures[c].entity;
  return NULL;
}

void lk_slots_fill(const lk_slot *slots, lk_slot_value *values, size_t count, const lk_entities *entities,
                   const lk_pattern_match *match, lk_slot_change *changes) {
  enum { TAKEN = 64 };
  const lk_entity *taken[TAKEN];
  size_t taken_count = 0;
  for (size_t s = 0; s < count; s++) {
    lk_slot_change change = LK_SLOT_KEPT;
    const lk_entity *entity = captured(&slots[s], match);
    if (entity && !is_corrected(entities, entity)) {
      /* A correction later in the message names what was meant. */
      lk_slot_value here = {true, *entity};
      const lk_entity *meant = choose(&slots[s], &here, entities, taken, taken_count);
      if (meant && is_corrected(entities, meant)) entity = meant;
    }
    if (entity && values[s].filled && entity->type == LK_ENTITY_FREE) entity = NULL;
    if (!entity) entity = choose(&slots[s], &values[s], entities, taken, taken_count);
    if (entity) change = put(&values[s], entity);
    if (entity && taken_count < TAKEN) taken[taken_count++] = entity;
    if (changes) changes[s] = change;
  }
}

size_t lk_slots_missing(const lk_slot *slots, const lk_slot_value *values, size_t count) {
  size_t s = 0;
  while (s < count && (values[s].filled || slots[s].optional)) s++;
  return s;
}

/* ---- Reading the answer to a question ---- */

/* A yes may set something going that cannot be undone: it has to be clearer than a no. */
static float least_confidence(const lk_entity *entity) {
  if (entity->type != LK_ENTITY_YES_NO) return 0.2f;
  return entity->number ? 0.6f : 0.4f;
}

/* The likeliest reading of one of the types, whether or not another type is likelier: the question says which is meant. */
static const lk_entity *best_answer(const lk_entities *entities, unsigned types) {
  const lk_entity *best = NULL;
  bool best_corrected = false;
  for (size_t i = 0; i < entities->count; i++) {
    const lk_entity *e = &entities->items[i];
    if (!(types & 1u << e->type) || e->confidence < least_confidence(e)) continue;
    bool corrected = is_corrected(entities, e);
    if (best && best_corrected > corrected) continue;
    if (best && best_corrected == corrected && best->confidence > e->confidence) continue;
    if (best && best_corrected == corrected && best->confidence == e->confidence && !(e->preferred && !best->preferred)) continue;
    best = e;
    best_corrected = corrected;
  }
  return best;
}

static bool has_type(const lk_entities *entities, unsigned types) {
  for (size_t i = 0; i < entities->count; i++)
    if (types & 1u << entities->items[i].type) return true;
  return false;
}

static bool wants_skip(const lk_entities *entities) {
  for (size_t i = 0; i < entities->count; i++)
    if (entities->items[i].type == LK_ENTITY_COMMAND && entities->items[i].number == LK_COMMAND_SKIP) return true;
  return false;
}

static bool has_words(const lk_analysis *analysis) {
  for (size_t w = 0; w < analysis->count; w++)
    if (analysis->words[w].token.kind != LK_TOKEN_PUNCTUATION) return true;
  return false;
}

static void whole_text(const lk_analysis *analysis, lk_view text, lk_entity *out) {
  *out = (lk_entity){.type = LK_ENTITY_FREE,
                     .end = (uint32_t)text.len,
                     .past_word = (uint32_t)analysis->count,
                     .confidence = 0.8f,
                     .preferred = true};
  while (text.len && (unsigned char)text.ptr[text.len - 1] <= ' ') text.len--;
  while (text.len && (unsigned char)text.ptr[0] <= ' ') text = (lk_view){text.ptr + 1, text.len - 1};
  out->text = text;
}

/* Entities as the words of another language would give them: only what was typed is looked at there, and lemmas that happen to fit. */
static lk_code find_in(const lk_words *words, lk_lang lang, const lk_analysis *analysis, lk_view text,
                       const lk_entity_options *options, lk_arena *arena, lk_entities *out, lk_error *err) {
  lk_analysis other = *analysis;
  other.lang = lang;
  return lk_entities_find(words, &other, text, options, arena, out, err);
}

lk_code lk_slot_interpret(const lk_words *words, const lk_slot *slot, const lk_analysis *analysis, lk_view text,
                          const lk_entities *entities, const lk_entity_options *options, lk_arena *arena, lk_slot_answer *answer,
                          lk_entity *out, lk_error *err) {
  unsigned types = slot_entities(slot), precise = types & ~(unsigned)BIT(FREE);
  *answer = LK_ANSWER_NONE;
  *out = (lk_entity){.text = {"", 0}};
  const lk_entity *found = best_answer(entities, precise);
  lk_entities other = {NULL, 0};
  bool skip = wants_skip(entities), unsaid = !has_type(entities, precise);
  for (int lang = 0; !found && !skip && unsaid && precise && lang < LK_LANG_COUNT; lang++) {
    if ((lk_lang)lang == analysis->lang) continue;
    lk_code code = find_in(words, (lk_lang)lang, analysis, text, options, arena, &other, err);
    if (code) return code;
    found = best_answer(&other, precise);
    if (found && found->confidence < 0.5f) found = NULL;
  }
  /* A choice or product of which the message says little more than a guess is told in the customer's own words instead. */
  bool guess = found && (types & BIT(FREE)) && found->confidence < 0.6f;
  if (found && !guess) {
    *answer = LK_ANSWER_VALUE;
    *out = *found;
  } else if (skip) {
    *answer = LK_ANSWER_SKIP;
  } else if ((types & BIT(FREE)) && has_words(analysis)) {
    *answer = LK_ANSWER_VALUE;
    whole_text(analysis, text, out);
  }
  return LK_OK;
}
