/* Which language a message is in.
 *
 * Each word speaks for each language, in natural logarithms: how well its letters fit (trigrams, naive Bayes; the words and the same words without
 * dots are both in the model), whether it is on the language's lists (function words, spoken forms, ordinary words), whether the knowledge base uses
 * it, and whether the Finnish dictionary has it. A name speaks for none: Finnish with "MobilePay" and "Klarna" in it stays Finnish. What the
 * conversation was in so far, or Finnish, is where the sum begins. Weights were set on the knowledge base's own phrasings, cut to three words, against
 * a model made without them. */
#include <math.h>

#include "base/error.h"
#include "base/utf8.h"
#include "text/analyzer.h"
#include "text/normalise.h"

enum { WORDS_LIMIT = 120, TEXT_LIMIT = 4000, UNSEEN_TRIGRAM = 11500 /* thousandths of a logarithm */ };

static const double letters_weight = .3,
                    letters_floor = -3.5; /* trigrams overlap: each says less than a third of something new */
static const double function_word = 2.2, dotless_function_word = 1.8, spoken_word = 1.8, common_word = 1.6, shop_word = 1.2,
                    dictionary_word = 1.5, dotted_name = .8;
static const double at_start[LK_LANG_COUNT] = {.5, 0, .1}, memory = 2.0;

typedef struct scores {
  double of[LK_LANG_COUNT];
  bool spoke;
} scores;

static double letters_score(const lk_shelf *shelf, lk_view bounded) {
  double sum = 0;
  size_t starts[LK_WORD_LIMIT + 4], letters = 0;
  for (size_t at = 0; at < bounded.len && letters < LK_WORD_LIMIT + 3; letters++) {
    starts[letters] = at;
    (void)lk_utf8_next(bounded, &at);
    starts[letters + 1] = at;
  }
  for (size_t i = 0; i + 3 <= letters; i++) {
    const uint32_t *value = lk_map_get(shelf->trigrams, (lk_view){bounded.ptr + starts[i], starts[i + 3] - starts[i]});
    sum -= value ? *value : UNSEEN_TRIGRAM;
  }
  return sum / 1000;
}

static double lists_score(const lk_shelf *shelf, lk_view form) {
  if (lk_map_has(shelf->stop, form)) return function_word;
  if (lk_map_has(shelf->spoken, form)) return spoken_word;
  if (lk_map_has(shelf->stop_folded, form)) return dotless_function_word;
  return lk_map_has(shelf->common, form) || lk_map_has(shelf->irregular, form) ? common_word : 0;
}

static bool is_name(const lk_analyzer *a, lk_view form) {
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++)
    if (lk_map_has(a->vocabulary->shelves[lang].names, form)) return true;
  return false;
}

static double shop_score(const lk_analyzer *a, lk_view form, lk_lang lang) {
  if (!lk_shelf_entry(&a->vocabulary->shelves[lang], form)) return 0;
  int elsewhere = 0;
  for (lk_lang other = 0; other < LK_LANG_COUNT; other++)
    elsewhere += other != lang && lk_shelf_entry(&a->vocabulary->shelves[other], form) != NULL;
  return elsewhere ? 0 : shop_word;
}

static void letters_scores(lk_analyzer *a, lk_view form, scores *word) {
  lk_buffer_clear(&a->scratch);
  lk_buffer_addc(&a->scratch, '^');
  lk_buffer_add(&a->scratch, form);
  lk_buffer_addc(&a->scratch, '$');
  double best = -HUGE_VAL;
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++) {
    word->of[lang] = letters_weight * letters_score(&a->vocabulary->shelves[lang], lk_buffer_view(&a->scratch));
    best = fmax(best, word->of[lang]);
  }
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++) word->of[lang] = fmax(word->of[lang] - best, letters_floor);
}

static bool has_letters(lk_view form) {
  for (size_t i = 0; i < form.len; i++)
    if ((form.ptr[i] | 32) >= 'a' && (form.ptr[i] | 32) <= 'z') return true;
  return form.len > 0 && ((unsigned char)form.ptr[0] & 0x80);
}

static void hear_word(lk_analyzer *a, lk_view form, scores *sum) {
  if (!has_letters(form) || is_name(a, form)) return;
  scores word = {0};
  letters_scores(a, form, &word);
  bool listed = false;
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++) {
    double lists = lists_score(&a->vocabulary->shelves[lang], form);
    listed = listed || lists > 0;
    word.of[lang] += fmax(lists, shop_score(a, form, lang));
  }
  /* Short forms that other languages' lists have ("den", "on") are often in the dictionary by chance. */
  if (!listed && a->dictionary && lk_look_up(a, LK_LANG_FI, form).known)
    word.of[LK_LANG_FI] += form.len > 3 ? dictionary_word : dotted_name;
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++) sum->of[lang] += word.of[lang];
  sum->spoke = true;
}

static void share(const scores *sum, lk_language_guess *out) {
  double best = fmax(fmax(sum->of[0], sum->of[1]), sum->of[2]), total = 0;
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++) total += exp(sum->of[lang] - best);
  lk_lang likeliest = LK_LANG_FI;
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++) {
    out->share[lang] = (float)(exp(sum->of[lang] - best) / total);
    if (sum->of[lang] > sum->of[likeliest]) likeliest = lang;
  }
  out->lang = likeliest;
}

static lk_code hear(lk_analyzer *a, lk_view text, lk_arena *arena, scores *sum, lk_error *err) {
  lk_token *tokens;
  size_t count, words = 0;
  lk_code code = lk_tokenize(text, arena, &tokens, &count, err);
  for (size_t i = 0; !code && i < count && words < WORDS_LIMIT; i++) {
    if (tokens[i].kind != LK_TOKEN_WORD) continue;
    words++;
    lk_buffer_clear(&a->form);
    lk_normalise(tokens[i].text, &a->form);
    hear_word(a, lk_buffer_view(&a->form), sum);
  }
  return code;
}

lk_code lk_detect_language(lk_analyzer *a, lk_view text, lk_lang prior, lk_language_guess *out, lk_error *err) {
  scores sum = {0};
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++)
    sum.of[lang] = prior == LK_LANG_NONE ? at_start[lang] : lang == prior ? memory : 0;
  *out = (lk_language_guess){.lang = prior};
  lk_analyzer_begin(a, LK_LANG_FI, true);
  lk_arena *arena = lk_arena_new();
  lk_code code =
      arena ? hear(a, text.len > TEXT_LIMIT ? (lk_view){text.ptr, TEXT_LIMIT} : text, arena, &sum, err) : LK_ERR_MEMORY;
  lk_arena_free(arena);
  if (code == LK_OK && (a->failed || a->form.failed || a->scratch.failed)) code = LK_ERR_MEMORY;
  if (code) return lk_fail(err, code, "memory is out; close something and try again");
  share(&sum, out); /* where nothing spoke, the sums are still where they began: at `prior` */
  return LK_OK;
}
