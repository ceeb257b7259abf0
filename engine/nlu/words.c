#include "nlu/words.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vector.h"
#include "text/data.h"
#include "text/normalise.h"

/* The assembler puts each file into the read-only section, as in text/data.c. */
#define EMBED(name, path)                                                                        \
  __asm__(                                                                                       \
      ".pushsection .rodata\n"                                                                   \
      ".global lk_nlu_data_" #name "\n.hidden lk_nlu_data_" #name "\nlk_nlu_data_" #name         \
      ":\n"                                                                                      \
      ".incbin \"" LK_NLU_DATA "/" path                                                          \
      "\"\n"                                                                                     \
      ".global lk_nlu_data_" #name "_end\n.hidden lk_nlu_data_" #name "_end\nlk_nlu_data_" #name \
      "_end:\n.byte 0\n.popsection\n");                                                          \
  extern const char lk_nlu_data_##name[], lk_nlu_data_##name##_end[]

EMBED(fi, "fi.tsv");
EMBED(sv, "sv.tsv");
EMBED(en, "en.tsv");
EMBED(streets, "streets.tsv");

enum { STREET_BEFORE_ENDING = 2 }; /* letters a street's name has before its ending at least */

typedef struct vocabulary {
  lk_map *first; /* folded first word → index + 1 of its first phrase */
  lk_phrase *items;
  size_t count, cap;
} vocabulary;

typedef struct ending {
  lk_view text;
  bool alone;
} ending;

struct lk_words {
  lk_arena *arena;
  vocabulary languages[LK_LANG_COUNT];
  struct {
    ending *items;
    size_t count, cap;
  } streets;
};

static const char *const kind_names[] = {
#define LK_KIND_NAME(id, name) name,
    LK_WORD_KINDS(LK_KIND_NAME)
#undef LK_KIND_NAME
};

lk_word_kind lk_word_kind_of(lk_view name) {
  int kind = 0;
  while (kind < LK_KIND_COUNT && !lk_view_eq(name, lk_view_of(kind_names[kind]))) kind++;
  return (lk_word_kind)kind;
}

static bool is_folded(lk_view text) {
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    if (c >= 0x80 || c < ' ' || (c >= 'A' && c <= 'Z')) return false;
  }
  return text.len < LK_WORD_LIMIT;
}

lk_view lk_folded(lk_view text, lk_arena *arena) {
  if (is_folded(text)) return text;
  lk_buffer normal = {0}, folded = {0};
  lk_normalise(text, &normal);
  lk_fold(lk_buffer_view(&normal), &folded);
  lk_view out = normal.failed || folded.failed ? (lk_view){NULL, 0} : lk_arena_copy(arena, lk_buffer_view(&folded));
  lk_buffer_free(&normal);
  lk_buffer_free(&folded);
  return out;
}

static lk_view cut(lk_view *rest, char mark) {
  const char *found = rest->len ? memchr(rest->ptr, mark, rest->len) : NULL;
  lk_view head = {rest->ptr, found ? (size_t)(found - rest->ptr) : rest->len};
  size_t used = head.len + (found ? 1 : 0);
  *rest = (lk_view){rest->ptr + used, rest->len - used};
  return head;
}

static lk_code add_phrase(lk_words *words, vocabulary *v, lk_word_kind kind, lk_view name, lk_view text, lk_error *err) {
  lk_phrase phrase = {.kind = kind, .name = name, .value = atoi(name.ptr)};
  if (text.len && text.ptr[0] == '=') {
    phrase.exact = true;
    text = (lk_view){text.ptr + 1, text.len - 1};
  }
  while (text.len && phrase.count < LK_PHRASE_WORDS) {
    lk_view word = cut(&text, ' ');
    if (!word.len) continue;
    phrase.words[phrase.count] = lk_folded(word, words->arena);
    if (!phrase.words[phrase.count++].ptr) return lk_fail_memory(err);
  }
  if (!phrase.count) return LK_OK;
  uint32_t *head = lk_map_put(v->first, phrase.words[0], 0);
  if (!head) return lk_fail_memory(err);
  phrase.next = *head;
  if (!LK_PUSH(v, phrase)) return lk_fail_memory(err);
  *head = (uint32_t)v->count;
  return LK_OK;
}

static lk_code load_language(lk_words *words, vocabulary *v, lk_view rest, lk_error *err) {
  if (!(v->first = lk_map_new())) return lk_fail_memory(err);
  lk_view columns[LK_DATA_COLUMNS];
  lk_code code = LK_OK;
  while (!code && lk_data_next(&rest, columns)) {
    lk_word_kind kind = lk_word_kind_of(columns[0]);
    if (kind == LK_KIND_COUNT)
      return lk_fail(err, LK_ERR_INPUT, "language data has an unknown kind '%.*s'; words.h lists them", LK_FMT(columns[0]));
    while (!code && columns[2].len) code = add_phrase(words, v, kind, columns[1], cut(&columns[2], ','), err);
  }
  return code;
}

static lk_view data_of(int lang) {
  const lk_view files[LK_LANG_COUNT] = {{lk_nlu_data_fi, (size_t)(lk_nlu_data_fi_end - lk_nlu_data_fi)},
                                        {lk_nlu_data_sv, (size_t)(lk_nlu_data_sv_end - lk_nlu_data_sv)},
                                        {lk_nlu_data_en, (size_t)(lk_nlu_data_en_end - lk_nlu_data_en)}};
  return files[lang];
}

static lk_view street_data(void) {
  return (lk_view){lk_nlu_data_streets, (size_t)(lk_nlu_data_streets_end - lk_nlu_data_streets)};
}

static lk_code load_streets(lk_words *words, lk_error *err) {
  lk_view rest = street_data(), columns[LK_DATA_COLUMNS];
  while (lk_data_next(&rest, columns)) {
    ending e = {columns[0], columns[0].ptr[0] == '='};
    if (e.alone) e.text = (lk_view){e.text.ptr + 1, e.text.len - 1};
    e.text = lk_folded(e.text, words->arena);
    if (!e.text.ptr || !LK_PUSH(&words->streets, e)) return lk_fail_memory(err);
  }
  return LK_OK;
}

uint64_t lk_words_digest(void) {
  uint64_t digest = lk_image_checksum(lk_nlu_data_streets, street_data().len);
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) digest = digest * 31 + lk_image_checksum(data_of(lang).ptr, data_of(lang).len);
  return digest;
}

lk_words *lk_words_new(lk_error *err) {
  lk_words *words = calloc(1, sizeof *words);
  if (!words || !(words->arena = lk_arena_new())) {
    lk_words_free(words);
    (void)lk_fail_memory(err);
    return NULL;
  }
  lk_code code = load_streets(words, err);
  for (int lang = 0; !code && lang < LK_LANG_COUNT; lang++)
    code = load_language(words, &words->languages[lang], data_of(lang), err);
  if (!code) return words;
  lk_words_free(words);
  return NULL;
}

void lk_words_free(lk_words *words) {
  if (!words) return;
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    lk_map_free(words->languages[lang].first);
    free(words->languages[lang].items);
  }
  free(words->streets.items);
  lk_arena_free(words->arena);
  free(words);
}

/* ---- In a file ---- */

#define FIELD(type, at, name) ((at) + offsetof(type, name))

/* Phrases with the same first word lead from later ones to earlier ones. */
static void walk_phrase(lk_image *image, size_t at, size_t number) {
  const lk_phrase *phrase = LK_AT(image, lk_phrase, at);
  uint32_t count = phrase->count;
  if (count > LK_PHRASE_WORDS || phrase->next > number || (unsigned)phrase->kind >= LK_KIND_COUNT ||
      *LK_AT(image, unsigned char, FIELD(lk_phrase, at, exact)) > 1)
    image->failed = true;
  lk_image_view(image, FIELD(lk_phrase, at, name));
  for (uint32_t w = 0; w < count && !image->failed; w++) lk_image_view(image, FIELD(lk_phrase, at, words) + w * sizeof(lk_view));
}

static void walk_language(lk_image *image, size_t at) {
  lk_map_walk(image, FIELD(vocabulary, at, first));
  if (image->failed) return;
  size_t count = LK_AT(image, vocabulary, at)->count;
  size_t items = lk_image_array(image, FIELD(vocabulary, at, items), count, sizeof(lk_phrase));
  for (size_t i = 0; i < count && !image->failed; i++) walk_phrase(image, items + i * sizeof(lk_phrase), i);
  if (!image->failed && !image->writing && !lk_map_is_below(LK_AT(image, vocabulary, at)->first, count + 1)) image->failed = true;
}

void lk_words_walk(lk_image *image, size_t pointer) {
  size_t words = lk_image_array(image, pointer, 1, sizeof(lk_words));
  if (!words) image->failed = true;
  lk_image_nothing(image, FIELD(lk_words, words, arena));
  for (size_t lang = 0; lang < LK_LANG_COUNT && !image->failed; lang++)
    walk_language(image, FIELD(lk_words, words, languages) + lang * sizeof(vocabulary));
  if (image->failed) return;
  size_t count = LK_AT(image, lk_words, words)->streets.count;
  size_t at = lk_image_array(image, FIELD(lk_words, words, streets.items), count, sizeof(ending));
  for (; count && !image->failed; count--, at += sizeof(ending)) {
    lk_image_view(image, FIELD(ending, at, text));
    if (*LK_AT(image, unsigned char, FIELD(ending, at, alone)) > 1) image->failed = true;
  }
}

/* ---- Looking up ---- */

const lk_phrase *lk_words_first(const lk_words *words, lk_lang lang, lk_view key) {
  const vocabulary *v = &words->languages[lang];
  const uint32_t *at = lk_map_get(v->first, key);
  return at && *at ? &v->items[*at - 1] : NULL;
}

const lk_phrase *lk_words_next(const lk_words *words, lk_lang lang, const lk_phrase *phrase) {
  return phrase->next ? &words->languages[lang].items[phrase->next - 1] : NULL;
}

const lk_phrase *lk_words_phrases(const lk_words *words, lk_lang lang, size_t *count) {
  *count = words->languages[lang].count;
  return words->languages[lang].items;
}

bool lk_words_is_street(const lk_words *words, lk_view folded, bool *bare) {
  *bare = false;
  for (size_t i = 0; i < words->streets.count; i++) {
    const ending *e = &words->streets.items[i];
    if (folded.len < e->text.len || memcmp(folded.ptr + folded.len - e->text.len, e->text.ptr, e->text.len) != 0) continue;
    if (folded.len == e->text.len) {
      *bare = !e->alone;
      return true;
    }
    if (folded.len >= e->text.len + STREET_BEFORE_ENDING) return true;
  }
  return false;
}
