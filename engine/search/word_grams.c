#include "search/word_grams.h"

#include "base/arena.h"
#include "text/grams.h"
#include "text/normalise.h"

static lk_view trim_hyphens(lk_view form) {
  while (form.len && form.ptr[0] == '-') form.ptr++, form.len--;
  while (form.len && form.ptr[form.len - 1] == '-') form.len--;
  return form;
}

void lk_word_grams_of(const lk_word *word, lk_gram_scratch *scratch, lk_view *typed, lk_view *meant) {
  *typed = word->form;
  *meant = (lk_view){"", 0};
  if (word->repair == LK_REPAIR_NONE) return;
  if (word->repair != LK_REPAIR_JOIN) *meant = word->form;
  lk_buffer_clear(&scratch->typed);
  lk_normalise(word->token.text, &scratch->typed);
  *typed = trim_hyphens(lk_buffer_view(&scratch->typed));
}

bool lk_word_grams(lk_view typed, lk_view meant, lk_gram_scratch *scratch, lk_arena *texts, lk_arena *arena, lk_term **grams,
                   size_t *count) {
  *count = 0;
  typed = lk_gram_text(typed, &scratch->text, texts);
  if (meant.len) meant = lk_gram_text(meant, &scratch->text, texts);
  if (!typed.ptr || !meant.ptr || scratch->typed.failed) return false;
  *grams = LK_NEW_ARRAY(arena, lk_term, lk_gram_count(typed) + lk_gram_count(meant) + 1);
  if (!*grams) return false;
  *count = lk_grams_cut(typed, NULL, 0, *grams);
  if (meant.len) *count += lk_grams_cut(meant, *grams, *count, *grams + *count);
  return true;
}

void lk_gram_scratch_free(lk_gram_scratch *scratch) {
  lk_buffer_free(&scratch->typed);
  lk_buffer_free(&scratch->text);
}
