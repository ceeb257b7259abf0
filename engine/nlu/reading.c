#include "nlu/reading.h"

#include "base/arena.h"
#include "base/error.h"

enum { HITS_A_WORD = 24 };

/* What may begin behind a mark. */
typedef enum boundary { BOUNDARY_NONE, BOUNDARY_CLAUSE, BOUNDARY_SENTENCE } boundary;

static boundary boundary_of(lk_view mark) {
  static const char *const sentence[] = {".", "!", "?", ";", "\xE2\x80\xA6" /* … */};
  static const char *const inside[] = {"\"", "'", "\xE2\x80\x9D", "\xE2\x80\x99", "#", "*", "/", "-", "&", "+", "%", "@",
                                       "_",  "="};
  for (size_t i = 0; i < sizeof sentence / sizeof *sentence; i++)
    if (mark.len >= strlen(sentence[i]) && memcmp(mark.ptr, sentence[i], strlen(sentence[i])) == 0) return BOUNDARY_SENTENCE;
  for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
    if (lk_view_eq(mark, lk_view_of(inside[i]))) return BOUNDARY_NONE;
  return BOUNDARY_CLAUSE;
}

static bool is_number(const lk_token *token) {
  for (size_t i = 0; i < token->text.len; i++)
    if (token->text.ptr[i] < '0' || token->text.ptr[i] > '9') return false;
  return token->text.len > 0 && token->text.len <= 2;
}

/* "24. joulukuuta", "as. 5": a full stop with the sentence going on in lower case or with a number behind a short word. */
static bool is_inner_stop(const lk_analysis *a, size_t at) {
  if (!lk_view_eq(a->words[at].token.text, LK_LIT(".")) || at == 0 || at + 1 >= a->count) return false;
  const lk_token *before = &a->words[at - 1].token, *after = &a->words[at + 1].token;
  if (before->end != a->words[at].token.start) return false;
  char c = after->text.len ? after->text.ptr[0] : ' ';
  bool number_after = c >= '0' && c <= '9';
  return (is_number(before) && c >= 'a' && c <= 'z') ||
         (before->kind == LK_TOKEN_WORD && before->text.len <= 3 && number_after) || after->start == a->words[at].token.end;
}

/* Looks at the bytes between two tokens: both point into one text. */
static bool line_ends_between(const lk_token *a, const lk_token *b) {
  for (const char *p = a->text.ptr + a->text.len; p < b->text.ptr; p++)
    if (*p == '\n') return true;
  return false;
}

static bool add_key(lk_view *keys, uint32_t *count, lk_view text, lk_arena *arena) {
  lk_view key = lk_folded(text, arena);
  if (!key.ptr) return false;
  for (uint32_t i = 0; i < *count; i++)
    if (lk_view_eq(keys[i], key)) return true;
  if (key.len && *count < LK_READING_KEYS) keys[(*count)++] = key;
  return true;
}

static bool make_keys(const lk_word *word, lk_arena *arena, lk_read_word *out) {
  lk_view *keys = LK_NEW_ARRAY(arena, lk_view, LK_READING_KEYS);
  if (!keys || !add_key(keys, &out->key_count, word->token.text, arena)) return false;
  out->typed_count = out->key_count;
  bool fine = add_key(keys, &out->key_count, word->form, arena);
  for (size_t i = 0; fine && i < word->lemma_count; i++) fine = add_key(keys, &out->key_count, word->lemmas[i], arena);
  out->keys = keys;
  return fine;
}

lk_code lk_reading_make(const lk_analysis *analysis, lk_arena *arena, lk_reading *out, lk_error *err) {
  size_t cap = analysis->count < LK_READING_WORDS ? analysis->count : LK_READING_WORDS;
  *out = (lk_reading){.analysis = analysis, .items = LK_NEW_ARRAY(arena, lk_read_word, cap + 1)};
  if (!out->items) return lk_fail_memory(err);
  boundary before = BOUNDARY_SENTENCE;
  for (size_t w = 0; w < analysis->count && out->count < cap; w++) {
    const lk_word *word = &analysis->words[w];
    if (w > 0 && before == BOUNDARY_NONE && line_ends_between(&analysis->words[w - 1].token, &word->token))
      before = BOUNDARY_CLAUSE;
    if (word->token.kind == LK_TOKEN_EMOJI) continue;
    if (word->token.kind == LK_TOKEN_PUNCTUATION) {
      boundary b = is_inner_stop(analysis, w) ? BOUNDARY_NONE : boundary_of(word->token.text);
      if (b > before) before = b;
      continue;
    }
    lk_read_word *item = &out->items[out->count++];
    *item = (lk_read_word){.word = (uint32_t)w, .sentence = before == BOUNDARY_SENTENCE, .clause = before != BOUNDARY_NONE};
    item->empty = word->repair == LK_REPAIR_JOIN && word->term_count == 0;
    if (!make_keys(word, arena, item)) return lk_fail_memory(err);
    before = BOUNDARY_NONE;
  }
  return LK_OK;
}

static bool meets(const lk_read_word *item, lk_view key, bool exact) {
  uint32_t count = exact ? item->typed_count : item->key_count;
  for (uint32_t i = 0; i < count; i++)
    if (lk_view_eq(item->keys[i], key)) return true;
  return false;
}

/* Does `phrase` go on behind its first word at `at`? */
static bool goes_on(const lk_reading *r, uint32_t at, const lk_phrase *phrase) {
  for (uint32_t i = 1; i < phrase->count; i++)
    if (at + i >= r->count || r->items[at + i].sentence || !meets(&r->items[at + i], phrase->words[i], phrase->exact))
      return false;
  return true;
}

/* Keeps the longest first, and of the same phrase found by two keys only one. */
static void add_hit(lk_phrase_hit *hits, uint32_t *count, lk_phrase_hit hit) {
  for (uint32_t i = 0; i < *count; i++)
    if (hits[i].phrase == hit.phrase) return;
  if (*count == HITS_A_WORD) return;
  uint32_t at = (*count)++;
  for (; at > 0 && hits[at - 1].past < hit.past; at--) hits[at] = hits[at - 1];
  hits[at] = hit;
}

lk_code lk_reading_look_up(lk_reading *reading, const lk_words *words, lk_lang lang, lk_arena *arena, lk_error *err) {
  for (uint32_t at = 0; at < reading->count; at++) {
    lk_read_word *item = &reading->items[at];
    lk_phrase_hit hits[HITS_A_WORD];
    uint32_t count = 0;
    for (uint32_t k = 0; k < item->key_count; k++)
      for (const lk_phrase *p = lk_words_first(words, lang, item->keys[k]); p; p = lk_words_next(words, lang, p))
        if ((!p->exact || k < item->typed_count) && goes_on(reading, at, p))
          add_hit(hits, &count, (lk_phrase_hit){p, at + p->count});
    item->hits = NULL;
    item->hit_count = count;
    if (!count) continue;
    lk_phrase_hit *kept = LK_NEW_ARRAY(arena, lk_phrase_hit, count);
    if (!kept) return lk_fail_memory(err);
    memcpy(kept, hits, count * sizeof *kept);
    item->hits = kept;
  }
  return LK_OK;
}

const lk_phrase_hit *lk_reading_hit(const lk_reading *reading, uint32_t at, lk_word_kind kind) {
  if (at >= reading->count) return NULL;
  const lk_read_word *item = &reading->items[at];
  for (uint32_t i = 0; i < item->hit_count; i++)
    if (item->hits[i].phrase->kind == kind) return &item->hits[i];
  return NULL;
}

uint32_t lk_reading_place(const lk_reading *reading, uint32_t word) {
  uint32_t low = 0, high = reading->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (reading->items[middle].word < word)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}
