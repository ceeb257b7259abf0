#include "text/vocabulary.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/utf8.h"
#include "base/vector.h"
#include "text/data.h"
#include "text/normalise.h"
#include "text/spelling.h"

bool lk_map_has(const lk_map *map, lk_view key) { return lk_map_get(map, key) != NULL; }

/* ---- the shop's texts ---- */

static const lk_text_use *use_of(const lk_shelf *shelf, lk_view text) {
  uint32_t number = lk_texts_find(&shelf->texts, text);
  return number < shelf->uses.count ? &shelf->uses.items[number] : NULL;
}

const lk_known_form *lk_shelf_entry(const lk_shelf *shelf, lk_view form) {
  const lk_text_use *use = use_of(shelf, form);
  return use && use->entry ? &shelf->entries.items[use->entry - 1] : NULL;
}

bool lk_shelf_has_lemma(const lk_shelf *shelf, lk_view lemma) {
  const lk_text_use *use = use_of(shelf, lemma);
  return use && use->lemma;
}

bool lk_shelf_has(const lk_shelf *shelf, lk_view text) {
  const lk_text_use *use = use_of(shelf, text);
  return use && (use->entry || use->lemma);
}

lk_view lk_target_form(const lk_shelf *shelf, const lk_target *target) { return lk_texts_at(&shelf->texts, target->text); }

static uint32_t put_text(lk_shelf *shelf, lk_view text) {
  uint32_t number = lk_texts_put(&shelf->texts, text);
  if (number == shelf->uses.count && !LK_PUSH(&shelf->uses, (lk_text_use){0})) return LK_NO_TEXT;
  return number;
}

/* ---- lexemes ---- */

enum { LEMMA_BITS = 8, WORDS_PER_TERM = 3, LEXEME_MOST = INT32_MAX };

static size_t lexeme_size(uint32_t head) { return 1 + head % (1 << LEMMA_BITS) + (size_t)WORDS_PER_TERM * (head >> LEMMA_BITS); }

static float weight_of(uint32_t bits) {
  float weight;
  memcpy(&weight, &bits, sizeof weight);
  return weight;
}

bool lk_shelf_lexeme(const lk_shelf *shelf, const lk_known_form *entry, lk_arena *arena, lk_lexeme *out) {
  const uint32_t *words = shelf->lexemes.items + entry->lexeme;
  uint32_t lemmas = *words % (1 << LEMMA_BITS), terms = lemmas + (*words >> LEMMA_BITS);
  lk_term *to = lk_arena_alloc(arena, terms * sizeof(lk_term) + lemmas * sizeof(lk_view));
  if (!to) return false;
  lk_view *views = (lk_view *)(void *)(to + terms);
  *out = (lk_lexeme){views, to, lemmas, terms, true};
  words++;
  for (uint32_t i = 0; i < lemmas; i++) {
    views[i] = lk_texts_at(&shelf->texts, *words++);
    to[i] = (lk_term){views[i], LK_TERM_LEMMA, 1};
  }
  for (uint32_t i = lemmas; i < terms; i++, words += WORDS_PER_TERM)
    to[i] = (lk_term){lk_texts_at(&shelf->texts, words[0]), (lk_term_kind)words[1], weight_of(words[2])};
  return true;
}

static uint64_t hash_lexeme(const uint32_t *words) {
  return lk_hash((lk_view){(const char *)words, lexeme_size(*words) * sizeof *words});
}

static bool grow_lexeme_slots(lk_shelf *shelf) {
  size_t count = shelf->lexeme_slot_count ? shelf->lexeme_slot_count * 2 : 64;
  uint32_t *slots = calloc(count, sizeof *slots);
  if (!slots) return false;
  for (size_t i = 0; i < shelf->lexeme_slot_count; i++) {
    if (!shelf->lexeme_slots[i]) continue;
    size_t slot = (size_t)hash_lexeme(shelf->lexemes.items + shelf->lexeme_slots[i] - 1) & (count - 1);
    while (slots[slot]) slot = (slot + 1) & (count - 1);
    slots[slot] = shelf->lexeme_slots[i];
  }
  free(shelf->lexeme_slots);
  shelf->lexeme_slots = slots;
  shelf->lexeme_slot_count = count;
  return true;
}

/* The place of this lexeme, which is taken if it is not there; false when memory is out. */
static bool put_lexeme(lk_shelf *shelf, const uint32_t *words, uint32_t *place) {
  if (shelf->lexeme_count * 3 >= shelf->lexeme_slot_count * 2 && !grow_lexeme_slots(shelf)) return false;
  size_t size = lexeme_size(*words), mask = shelf->lexeme_slot_count - 1, slot = (size_t)hash_lexeme(words) & mask;
  for (; shelf->lexeme_slots[slot]; slot = (slot + 1) & mask) {
    *place = shelf->lexeme_slots[slot] - 1;
    const uint32_t *there = shelf->lexemes.items + *place;
    if (*there == *words && memcmp(there, words, size * sizeof *words) == 0) return true;
  }
  *place = (uint32_t)shelf->lexemes.count;
  if (shelf->lexemes.count + size > LEXEME_MOST) return false;
  for (size_t i = 0; i < size; i++)
    if (!LK_PUSH(&shelf->lexemes, words[i])) return false;
  shelf->lexeme_slots[slot] = *place + 1;
  shelf->lexeme_count++;
  return true;
}

/* ---- letters without dots ---- */

static lk_view fold(lk_view form, lk_buffer *out) {
  lk_buffer_clear(out);
  lk_fold(form, out);
  return lk_buffer_view(out);
}

static lk_view entry_form(const lk_shelf *shelf, uint32_t entry) {
  return lk_texts_at(&shelf->texts, shelf->entries.items[entry].text);
}

/* Does the form have exactly these letters without its dots? Compared letter by letter, so that nothing is written. */
static bool folds_to(lk_view form, lk_view folded) {
  size_t at = 0, other = 0;
  while (at < form.len && other < folded.len) {
    uint32_t c = lk_utf8_next(form, &at);
    if (c == LK_UTF8_INVALID) continue;
    if (lk_fold_letter(c) != lk_utf8_next(folded, &other)) return false;
  }
  return at == form.len && other == folded.len;
}

static size_t folded_slot(const lk_shelf *shelf, lk_view folded) {
  size_t mask = shelf->folded_slot_count - 1, slot = (size_t)lk_hash(folded) & mask;
  while (shelf->folded_slots[slot] && !folds_to(entry_form(shelf, shelf->folded_slots[slot] - 1), folded))
    slot = (slot + 1) & mask;
  return slot;
}

lk_view lk_shelf_dotted(const lk_shelf *shelf, lk_view folded) {
  uint32_t at = shelf->folded_slot_count ? shelf->folded_slots[folded_slot(shelf, folded)] : 0;
  return at ? entry_form(shelf, at - 1) : (lk_view){"", 0};
}

static bool grow_folded(lk_shelf *shelf) {
  size_t count = shelf->folded_slot_count ? shelf->folded_slot_count * 2 : 64;
  uint32_t *slots = calloc(count, sizeof *slots);
  lk_buffer folded = {0};
  for (size_t i = 0; slots && i < shelf->folded_slot_count && !folded.failed; i++) {
    if (!shelf->folded_slots[i]) continue;
    size_t slot = (size_t)lk_hash(fold(entry_form(shelf, shelf->folded_slots[i] - 1), &folded)) & (count - 1);
    while (slots[slot]) slot = (slot + 1) & (count - 1);
    slots[slot] = shelf->folded_slots[i];
  }
  bool fine = slots && !folded.failed;
  lk_buffer_free(&folded);
  if (!fine) {
    free(slots);
    return false;
  }
  free(shelf->folded_slots);
  shelf->folded_slots = slots;
  shelf->folded_slot_count = count;
  return true;
}

static bool remember_folded(lk_shelf *shelf, lk_view form, uint32_t at) {
  if (shelf->folded_count * 3 >= shelf->folded_slot_count * 2 && !grow_folded(shelf)) return false;
  lk_buffer scratch = {0};
  lk_view folded = fold(form, &scratch);
  bool fine = !scratch.failed;
  if (fine && !lk_view_eq(folded, form)) {
    uint32_t *slot = &shelf->folded_slots[folded_slot(shelf, folded)];
    shelf->folded_count += !*slot;
    if (!*slot) *slot = at + 1;
  }
  lk_buffer_free(&scratch);
  return fine;
}

uint64_t lk_letter_bag(lk_view form) {
  uint64_t once = 0, twice = 0;
  for (size_t i = 0; i < form.len;) {
    uint32_t c = lk_utf8_next(form, &i);
    unsigned bit = c >= 'a' && c <= 'z' ? c - 'a' : c == 0xE4 ? 26 : c == 0xF6 ? 27 : c == 0xE5 ? 28 : 29 + c % 3;
    uint64_t mask = 1ull << bit;
    twice |= once & mask;
    once |= mask;
  }
  return once | twice << 32;
}

/* ---- the engine's own data ---- */

static bool put_in_set(lk_map *map, lk_view word) { return lk_map_put(map, word, 0) != NULL; }

static bool put_folded(lk_map *map, lk_view word) {
  lk_buffer folded = {0};
  lk_fold(word, &folded);
  bool fine = !folded.failed && (lk_view_eq(lk_buffer_view(&folded), word) || put_in_set(map, lk_buffer_view(&folded)));
  lk_buffer_free(&folded);
  return fine;
}

enum { LENGTH_MOST = 255, WEIGHT_MOST = (1 << 24) - 1 };

static bool aim_at_text(lk_shelf *shelf, uint32_t text, lk_view form) {
  lk_text_use *use = &shelf->uses.items[text];
  if (use->target) {
    lk_target *target = &shelf->targets.items[use->target - 1];
    if (target->weight < WEIGHT_MOST) target->weight++;
    return true;
  }
  size_t length = lk_utf8_length(form);
  lk_target target = {lk_letter_bag(form), text, length < LENGTH_MOST ? (uint32_t)length & LENGTH_MOST : LENGTH_MOST, 1};
  if (!LK_PUSH(&shelf->targets, target)) return false;
  use->target = (uint32_t)shelf->targets.count;
  return true;
}

static bool aim_at(lk_shelf *shelf, lk_view form) {
  uint32_t text = put_text(shelf, form);
  return text != LK_NO_TEXT && aim_at_text(shelf, text, form);
}

/* A misspelt spoken form is repaired to the spoken one and then read as it; shorter ones would catch every short word. */
enum { SPOKEN_TARGET_SHORTEST = 4 };

static bool add_spoken(lk_shelf *shelf, lk_view from, lk_view to) {
  if (!LK_PUSH(&shelf->spoken_to, to)) return false;
  uint32_t at = (uint32_t)shelf->spoken_to.count - 1;
  uint32_t *slot = lk_map_put(shelf->spoken, from, at);
  if (!slot) return false;
  *slot = at; /* the shop's form, which comes later, wins */
  if (lk_utf8_length(from) >= SPOKEN_TARGET_SHORTEST && !aim_at(shelf, from)) return false;
  lk_buffer folded = {0};
  lk_fold(from, &folded);
  bool fine = !folded.failed;
  if (fine && !lk_view_eq(lk_buffer_view(&folded), from))
    fine = lk_map_put(shelf->spoken_folded, lk_buffer_view(&folded), at) != NULL;
  lk_buffer_free(&folded);
  return fine;
}

static bool add_irregular(lk_shelf *shelf, lk_view form, lk_view base) {
  return LK_PUSH(&shelf->irregular_to, base) && lk_map_put(shelf->irregular, form, (uint32_t)shelf->irregular_to.count - 1);
}

static bool add_derivation(lk_shelf *shelf, lk_view lemma, lk_view root, lk_view weight) {
  char number[16] = "1";
  if (weight.len && weight.len < sizeof number) {
    memcpy(number, weight.ptr, weight.len);
    number[weight.len] = '\0';
  }
  uint32_t *slot = lk_map_put(shelf->derived, lemma, 0);
  if (!slot || !LK_PUSH(&shelf->derivations, (lk_derivation){root, strtof(number, NULL), *slot})) return false;
  *slot = (uint32_t)shelf->derivations.count;
  return true;
}

static bool add_ending(lk_shelf *shelf, lk_view where, lk_view spoken, lk_view written) {
  return LK_PUSH(&shelf->endings, (lk_ending_rule){spoken, written, lk_view_eq(where, LK_LIT("in"))});
}

static bool add_trigram(lk_shelf *shelf, lk_view letters, lk_view value) {
  uint32_t n = 0;
  for (size_t i = 0; i < value.len && i < 6; i++) n = n * 10 + (uint32_t)(value.ptr[i] - '0');
  return lk_map_put(shelf->trigrams, letters, n) != NULL;
}

static bool add_row(lk_shelf *shelf, lk_data_file file, const lk_view row[LK_DATA_COLUMNS]) {
  switch (file) {
    case LK_DATA_SPOKEN:
      return add_spoken(shelf, row[0], row[1]);
    case LK_DATA_STOP:
      return put_in_set(shelf->stop, row[0]) && put_folded(shelf->stop_folded, row[0]);
    case LK_DATA_COMMON:
      return put_in_set(shelf->common, row[0]);
    case LK_DATA_DERIVED:
      return add_derivation(shelf, row[0], row[1], row[2]);
    case LK_DATA_ENDINGS:
      return add_ending(shelf, row[0], row[1], row[2]);
    case LK_DATA_RATHER:
      return LK_PUSH(&shelf->preferences, (lk_preference){row[0], row[1]});
    case LK_DATA_IRREGULAR:
      return add_irregular(shelf, row[0], row[1]);
    case LK_DATA_TRIGRAMS:
      return add_trigram(shelf, row[0], row[1]);
    case LK_DATA_FILE_COUNT:
      break;
  }
  return true;
}

static bool fill_names(lk_shelf *shelf) {
  lk_view rest = lk_data_names(), row[LK_DATA_COLUMNS];
  while (lk_data_next(&rest, row))
    if (!put_in_set(shelf->names, row[0])) return false;
  return true;
}

static bool fill(lk_shelf *shelf, lk_lang lang) {
  if (!fill_names(shelf)) return false;
  for (lk_data_file file = 0; file < LK_DATA_FILE_COUNT; file++) {
    lk_view rest = lk_data_text(lang, file), row[LK_DATA_COLUMNS];
    while (lk_data_next(&rest, row))
      if (!add_row(shelf, file, row)) return false;
  }
  return true;
}

static lk_map **map_of(lk_shelf *shelf, int i) {
  lk_map **const maps[] = {&shelf->spoken,    &shelf->spoken_folded, &shelf->stop,     &shelf->common,     &shelf->names,
                           &shelf->irregular, &shelf->derived,       &shelf->trigrams, &shelf->stop_folded};
  return i < (int)(sizeof maps / sizeof *maps) ? maps[i] : NULL;
}

static bool open_shelf(lk_shelf *shelf, lk_lang lang) {
  if (!(shelf->arena = lk_arena_new())) return false;
  for (int i = 0; map_of(shelf, i); i++)
    if (!(*map_of(shelf, i) = lk_map_new())) return false;
  return fill(shelf, lang);
}

static void close_shelf(lk_shelf *shelf) {
  lk_arena_free(shelf->arena);
  for (int i = 0; map_of(shelf, i); i++) lk_map_free(*map_of(shelf, i));
  free(shelf->spoken_to.items);
  free(shelf->irregular_to.items);
  free(shelf->derivations.items);
  free(shelf->endings.items);
  free(shelf->preferences.items);
  lk_texts_free(&shelf->texts);
  free(shelf->uses.items);
  free(shelf->entries.items);
  free(shelf->lexemes.items);
  free(shelf->lexeme_slots);
  free(shelf->folded_slots);
  free(shelf->targets.items);
  lk_forget_targets(shelf);
}

lk_vocabulary *lk_vocabulary_new(lk_error *err) {
  lk_vocabulary *v = calloc(1, sizeof *v);
  bool fine = v != NULL;
  for (lk_lang lang = 0; fine && lang < LK_LANG_COUNT; lang++) fine = open_shelf(&v->shelves[lang], lang);
  if (fine) return v;
  lk_vocabulary_free(v);
  lk_fail_memory(err);
  return NULL;
}

void lk_vocabulary_free(lk_vocabulary *v) {
  if (!v) return;
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++) close_shelf(&v->shelves[lang]);
  free(v);
}

/* What arrays have too much goes back, if the system takes it. */
static void trim(void **items, size_t *cap, size_t count, size_t size) {
  void *fitting = count ? realloc(*items, count * size) : NULL;
  if (!fitting) return;
  *items = fitting;
  *cap = count;
}

#define TRIM(vector) trim((void **)&(vector)->items, &(vector)->cap, (vector)->count, sizeof *(vector)->items)

lk_code lk_vocabulary_freeze(lk_vocabulary *v, lk_error *err) {
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++) {
    lk_shelf *shelf = &v->shelves[lang];
    free(shelf->lexeme_slots);
    shelf->lexeme_slots = NULL;
    shelf->lexeme_slot_count = shelf->lexeme_count = 0;
    TRIM(&shelf->texts.places);
    TRIM(&shelf->uses);
    TRIM(&shelf->entries);
    TRIM(&shelf->lexemes);
    TRIM(&shelf->targets);
    if (!lk_index_targets(shelf)) return lk_fail_memory(err);
  }
  return LK_OK;
}

/* ---- what the shop adds ---- */

static lk_shelf *shelf_of(lk_vocabulary *v, lk_lang lang) {
  return &v->shelves[lang >= 0 && lang < LK_LANG_COUNT ? lang : LK_LANG_FI];
}

/* The normalised form in the vocabulary's arena; `ptr` is NULL when memory is out. */
static lk_view normal(lk_shelf *shelf, lk_view word) {
  lk_buffer form = {0};
  lk_normalise(word, &form);
  lk_view kept = {NULL, 0};
  if (!form.failed) kept = lk_arena_copy(shelf->arena, lk_buffer_view(&form));
  lk_buffer_free(&form);
  return kept;
}

/* Several words, each normalised, one space between. */
static lk_view normal_words(lk_shelf *shelf, lk_view words) {
  lk_buffer form = {0};
  for (size_t at = 0; at < words.len;) {
    size_t end = at;
    while (end < words.len && words.ptr[end] != ' ') end++;
    if (end > at) {
      if (form.len) lk_buffer_addc(&form, ' ');
      lk_normalise((lk_view){words.ptr + at, end - at}, &form);
    }
    at = end + 1;
  }
  lk_view kept = {NULL, 0};
  if (!form.failed) kept = lk_arena_copy(shelf->arena, lk_buffer_view(&form));
  lk_buffer_free(&form);
  return kept;
}

lk_code lk_vocabulary_add_spoken(lk_vocabulary *v, lk_lang lang, lk_view from, lk_view to, lk_error *err) {
  lk_shelf *shelf = shelf_of(v, lang);
  lk_view spoken = normal(shelf, from), standard = normal_words(shelf, to);
  if (!spoken.ptr || !standard.ptr) return lk_fail_memory(err);
  if (!spoken.len || !standard.len || memchr(spoken.ptr, ' ', spoken.len))
    return lk_fail(err, LK_ERR_INPUT,
                   "a spoken form needs one word and what it stands for; write from=\"vetskari\" to=\"vetoketju\"");
  shelf->version++;
  shelf->lists++;
  return add_spoken(shelf, spoken, standard) ? LK_OK : lk_fail_memory(err);
}

lk_code lk_vocabulary_add_name(lk_vocabulary *v, lk_lang lang, lk_view name, lk_error *err) {
  lk_shelf *shelf = shelf_of(v, lang);
  lk_view form = normal(shelf, name);
  if (!form.ptr) return lk_fail_memory(err);
  if (!form.len) return lk_fail(err, LK_ERR_INPUT, "a name is empty; write it or remove it");
  shelf->version++;
  shelf->lists++;
  return put_in_set(shelf->names, form) ? LK_OK : lk_fail_memory(err);
}

static bool put_word(lk_shelf *shelf, const lk_draft *found, uint32_t *lexeme) {
  uint32_t words[1 + LK_LEMMA_LIMIT + WORDS_PER_TERM * LK_TERM_LIMIT], count = 1, terms = 0;
  for (size_t i = 0; i < found->lemma_count; i++)
    if ((words[count++] = put_text(shelf, found->lemmas[i])) == LK_NO_TEXT) return false;
  for (lk_term_kind kind = LK_TERM_PART; kind <= LK_TERM_ROOT; kind++)
    for (size_t i = 0; i < found->term_count; i++) {
      const lk_term *term = &found->terms[i];
      if (term->kind != kind) continue;
      words[count] = put_text(shelf, term->text);
      words[count + 1] = kind;
      memcpy(&words[count + 2], &term->weight, sizeof term->weight);
      if (words[count] == LK_NO_TEXT) return false;
      count += WORDS_PER_TERM;
      terms++;
    }
  words[0] = (uint32_t)found->lemma_count | terms << LEMMA_BITS;
  return put_lexeme(shelf, words, lexeme);
}

static bool keep_entry(lk_shelf *shelf, const lk_word *word, uint32_t text) {
  lk_arena *arena = shelf->arena;
  lk_draft found = {.arena = arena, .borrows = true};
  for (size_t i = 0; i < word->lemma_count; i++) lk_draft_lemma(&found, word->lemmas[i]);
  for (size_t i = 0; i < word->term_count; i++)
    if (word->terms[i].kind == LK_TERM_PART || word->terms[i].kind == LK_TERM_ROOT)
      lk_draft_term(&found, word->terms[i].kind, word->terms[i].text, word->terms[i].weight);
  uint32_t lexeme;
  if (!put_word(shelf, &found, &lexeme)) return false;
  if (!LK_PUSH(&shelf->entries, (lk_known_form){text, lexeme & LEXEME_MOST, word->known})) return false;
  shelf->uses.items[text].entry = (uint32_t)shelf->entries.count;
  return true;
}

/* Stems of languages without a dictionary are no words: nothing is repaired towards them. */
static bool aim_at_lemmas(lk_shelf *shelf, lk_lang lang, const lk_word *word) {
  for (size_t i = 0; i < word->lemma_count; i++) {
    uint32_t text = put_text(shelf, word->lemmas[i]);
    if (text == LK_NO_TEXT) return false;
    shelf->uses.items[text].lemma++;
    if (lang == LK_LANG_FI && word->known && !aim_at_text(shelf, text, word->lemmas[i])) return false;
  }
  return true;
}

lk_code lk_vocabulary_add_word(lk_vocabulary *v, lk_lang lang, const lk_word *word, lk_error *err) {
  if (word->token.kind != LK_TOKEN_WORD || !word->form.len || memchr(word->form.ptr, ' ', word->form.len)) return LK_OK;
  lk_shelf *shelf = shelf_of(v, lang);
  uint32_t text = put_text(shelf, word->form);
  if (text == LK_NO_TEXT) return lk_fail_memory(err);
  bool is_new = !shelf->uses.items[text].entry;
  if (is_new) {
    shelf->version++;
    if (!keep_entry(shelf, word, text) || !remember_folded(shelf, word->form, (uint32_t)shelf->entries.count - 1))
      return lk_fail_memory(err);
  }
  if (!aim_at_text(shelf, text, word->form) || (is_new && !aim_at_lemmas(shelf, lang, word))) return lk_fail_memory(err);
  return LK_OK;
}

/* ---- reading a file ---- */

static bool is_sound_lexeme(const lk_shelf *shelf, uint32_t place) {
  if (place >= shelf->lexemes.count) return false;
  const uint32_t *words = shelf->lexemes.items + place;
  uint32_t lemmas = *words % (1 << LEMMA_BITS), terms = *words >> LEMMA_BITS;
  if (lemmas > LK_LEMMA_LIMIT || terms > LK_TERM_LIMIT || lexeme_size(*words) > shelf->lexemes.count - place) return false;
  words++;
  for (uint32_t i = 0; i < lemmas; i++)
    if (*words++ >= shelf->texts.places.count) return false;
  for (uint32_t i = 0; i < terms; i++, words += WORDS_PER_TERM)
    if (words[0] >= shelf->texts.places.count || words[1] >= LK_TERM_KIND_COUNT) return false;
  return true;
}

bool lk_shelf_is_sound(const lk_shelf *shelf) {
  size_t texts = shelf->texts.places.count;
  if (shelf->uses.count != texts || !lk_slots_are_sound(shelf->folded_slots, shelf->folded_slot_count, shelf->entries.count))
    return false;
  for (size_t i = 0; i < texts; i++)
    if (shelf->uses.items[i].entry > shelf->entries.count || shelf->uses.items[i].target > shelf->targets.count) return false;
  for (size_t i = 0; i < shelf->entries.count; i++)
    if (shelf->entries.items[i].text >= texts || !is_sound_lexeme(shelf, shelf->entries.items[i].lexeme)) return false;
  for (size_t i = 0; i < shelf->targets.count; i++)
    if (shelf->targets.items[i].text >= texts) return false;
  return true;
}
