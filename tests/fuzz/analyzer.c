/* Any bytes as a customer's message, in all languages, with a vocabulary and without the dictionary: tokens lie in order within the text, every word has
 * a base form and bounded terms, forms are UTF-8, and the shares of languages add up. */
#include <math.h>

#include "luukku/analyzer.h"
#include "luukku/arena.h"
#include "target.h"

typedef struct bench {
  lk_vocabulary *vocabulary;
  lk_analyzer *analyzers[2]; /* with the dictionary, without */
  lk_arena *arena;
} bench;

static bool is_utf8(lk_view text) {
  for (size_t i = 0; i < text.len;) {
    unsigned char c = (unsigned char)text.ptr[i++];
    size_t more = c < 0x80 ? 0 : c >= 0xC2 && c < 0xE0 ? 1 : c >= 0xE0 && c < 0xF0 ? 2 : c >= 0xF0 && c < 0xF5 ? 3 : 9;
    if (more == 9 || more > text.len - i) return false;
    for (; more; more--)
      if (((unsigned char)text.ptr[i++] & 0xC0) != 0x80) return false;
  }
  return true;
}

static void check_word(const lk_word *word, lk_view text, uint32_t *end) {
  LK_FUZZ_HOLDS(word->token.start >= *end && word->token.end > word->token.start && word->token.end <= text.len);
  LK_FUZZ_HOLDS(word->token.text.ptr == text.ptr + word->token.start);
  *end = word->token.end;
  LK_FUZZ_HOLDS(word->token.kind != LK_TOKEN_WORD || word->lemma_count > 0);
  LK_FUZZ_HOLDS(word->lemma_count < 32 && word->term_count < 1000);
  if (word->token.kind == LK_TOKEN_WORD) LK_FUZZ_HOLDS(is_utf8(word->form));
  for (size_t i = 0; i < word->term_count; i++) {
    LK_FUZZ_HOLDS(word->terms[i].text.len > 0 && is_utf8(word->terms[i].text));
    LK_FUZZ_HOLDS(word->terms[i].weight > 0 && word->terms[i].weight <= 1);
    LK_FUZZ_HOLDS(i >= word->lemma_count || word->repair == LK_REPAIR_JOIN || word->terms[i].kind == LK_TERM_LEMMA);
  }
}

static void check_analysis(bench *b, lk_analyzer *analyzer, lk_lang lang, lk_view text, unsigned flags) {
  lk_analysis analysis;
  lk_error err;
  lk_arena_reset(b->arena);
  lk_code code = lk_analyze(analyzer, lang, text, flags, b->arena, &analysis, &err);
  LK_FUZZ_HOLDS(code == LK_OK || (code == LK_ERR_LIMIT && text.len > 10000));
  uint32_t end = 0;
  for (size_t i = 0; i < analysis.count; i++) check_word(&analysis.words[i], text, &end);
}

static void check_language(lk_analyzer *analyzer, lk_view text, lk_lang prior) {
  lk_language_guess guess;
  LK_FUZZ_HOLDS(lk_detect_language(analyzer, text, prior, &guess, NULL) == LK_OK);
  LK_FUZZ_HOLDS(guess.lang >= 0 && guess.lang < LK_LANG_COUNT);
  LK_FUZZ_HOLDS(fabsf(guess.share[0] + guess.share[1] + guess.share[2] - 1) < .001f);
}

static void teach(bench *b, lk_lang lang, lk_view text) {
  lk_analysis analysis;
  if (lk_analyze(b->analyzers[0], lang, text, LK_ANALYZE_GRAMS, b->arena, &analysis, NULL)) return;
  for (size_t i = 0; i < analysis.count; i++) (void)lk_vocabulary_add_word(b->vocabulary, lang, &analysis.words[i], NULL);
}

/* The message's beginning, up to a line of "--", is what the shop's knowledge base says. */
static lk_view split_off_shop(lk_view *text) {
  for (size_t i = 0; i + 4 <= text->len; i++)
    if (memcmp(text->ptr + i, "\n--\n", 4) == 0) {
      lk_view shop = {text->ptr, i};
      *text = (lk_view){text->ptr + i + 4, text->len - i - 4};
      return shop;
    }
  return LK_LIT("Missä tilaukseni on? tilausnumero palautus maksaako toimitusaika");
}

static void run(bench *b, lk_view text) {
  static const lk_analyzer_options bare = {.no_voikko = true};
  b->vocabulary = lk_vocabulary_new(NULL);
  b->analyzers[0] = lk_analyzer_new(b->vocabulary, NULL, NULL);
  b->analyzers[1] = lk_analyzer_new(b->vocabulary, &bare, NULL);
  b->arena = lk_arena_new();
  lk_view shop = split_off_shop(&text);
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) teach(b, (lk_lang)lang, shop);
  if (text.len % 2) (void)lk_vocabulary_freeze(b->vocabulary, NULL);
  for (int lang = LK_LANG_NONE; lang < LK_LANG_COUNT; lang++) {
    check_language(b->analyzers[0], text, (lk_lang)lang);
    for (int i = 0; i < 2; i++) {
      check_analysis(b, b->analyzers[i], (lk_lang)lang, text, LK_ANALYZE_REPAIR | LK_ANALYZE_GRAMS);
      check_analysis(b, b->analyzers[i], (lk_lang)lang, text, 0);
    }
  }
  lk_arena_free(b->arena);
  for (int i = 0; i < 2; i++) lk_analyzer_free(b->analyzers[i]);
  lk_vocabulary_free(b->vocabulary);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  bench b;
  run(&b, (lk_view){(const char *)bytes, size});
  return 0;
}
