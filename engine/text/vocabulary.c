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

const lk_known_form *lk_shelf_entry(const lk_shelf *shelf, lk_view form) {
  const uint32_t *at = lk_map_get(shelf->words, form);
  return at && *at < shelf->entries.count ? &shelf->entries.items[*at] : NULL;
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

static bool aim_at(lk_shelf *shelf, lk_view form) {
  uint32_t *at = lk_map_put(shelf->aimed, form, (uint32_t)shelf->targets.count);
  if (!at) return false;
  if (*at < shelf->targets.count) return shelf->targets.items[*at].weight++, true;
  lk_view kept = lk_map_key(shelf->aimed, *at);
  return LK_PUSH(&shelf->targets, (lk_target){lk_letter_bag(kept), kept, (uint32_t)lk_utf8_length(kept), 1});
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
  lk_map **const maps[] = {&shelf->spoken,    &shelf->spoken_folded, &shelf->stop,       &shelf->common, &shelf->names,
                           &shelf->irregular, &shelf->derived,       &shelf->trigrams,   &shelf->words,  &shelf->lemmas,
                           &shelf->folded,    &shelf->aimed,         &shelf->stop_folded};
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
  free(shelf->entries.items);
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

lk_code lk_vocabulary_freeze(lk_vocabulary *v, lk_error *err) {
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++)
    if (!lk_index_targets(&v->shelves[lang])) return lk_fail_memory(err);
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

static bool remember_folded(lk_shelf *shelf, lk_view form, uint32_t at) {
  lk_buffer folded = {0};
  lk_fold(form, &folded);
  bool fine = !folded.failed;
  if (fine && !lk_view_eq(lk_buffer_view(&folded), form)) fine = lk_map_put(shelf->folded, lk_buffer_view(&folded), at) != NULL;
  lk_buffer_free(&folded);
  return fine;
}

static bool keep_entry(lk_shelf *shelf, const lk_word *word, uint32_t at) {
  lk_draft found = {.arena = shelf->arena};
  for (size_t i = 0; i < word->lemma_count; i++) lk_draft_lemma(&found, word->lemmas[i]);
  for (size_t i = 0; i < word->term_count; i++)
    if (word->terms[i].kind == LK_TERM_PART || word->terms[i].kind == LK_TERM_ROOT)
      lk_draft_term(&found, word->terms[i].kind, word->terms[i].text, word->terms[i].weight);
  lk_known_form entry = {.form = lk_map_key(shelf->words, at), .in_dictionary = word->known};
  return lk_draft_finish(&found, shelf->arena, true, &entry.lexeme) && LK_PUSH(&shelf->entries, entry);
}

/* Stems of languages without a dictionary are no words: nothing is repaired towards them. */
static bool aim_at_lemmas(lk_shelf *shelf, lk_lang lang, const lk_word *word) {
  for (size_t i = 0; i < word->lemma_count; i++) {
    uint32_t *count = lk_map_put(shelf->lemmas, word->lemmas[i], 0);
    if (!count) return false;
    (*count)++;
    if (lang == LK_LANG_FI && word->known && !aim_at(shelf, word->lemmas[i])) return false;
  }
  return true;
}

lk_code lk_vocabulary_add_word(lk_vocabulary *v, lk_lang lang, const lk_word *word, lk_error *err) {
  if (word->token.kind != LK_TOKEN_WORD || !word->form.len || memchr(word->form.ptr, ' ', word->form.len)) return LK_OK;
  lk_shelf *shelf = shelf_of(v, lang);
  uint32_t fresh = (uint32_t)shelf->entries.count;
  uint32_t *at = lk_map_put(shelf->words, word->form, fresh);
  if (!at) return lk_fail_memory(err);
  bool is_new = *at == fresh;
  if (is_new) {
    shelf->version++;
    if (!keep_entry(shelf, word, fresh) || !remember_folded(shelf, word->form, fresh)) return lk_fail_memory(err);
  }
  lk_known_form *entry = &shelf->entries.items[*at];
  entry->count++;
  if (!aim_at(shelf, entry->form) || (is_new && !aim_at_lemmas(shelf, lang, word))) return lk_fail_memory(err);
  return LK_OK;
}
