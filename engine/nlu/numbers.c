/* Numbers said in words, and likeness of words. */
#include "nlu/entity.h"

enum { LONGEST_ALIKE = 32 };

/* "kaksikymmentäviisi", "tjugofem": tens and units in one word. */
static bool split_tens(const lk_finder *finder, lk_view key, long *value) {
  size_t count;
  const lk_phrase *phrases = lk_words_phrases(finder->words, finder->reading.analysis->lang, &count);
  long tens = 0;
  lk_view rest = {NULL, 0};
  for (size_t i = 0; i < count; i++) {
    const lk_phrase *p = &phrases[i];
    if (p->kind != LK_KIND_NUMBER || p->count != 1 || p->value < 20 || p->value > 90) continue;
    if (key.len <= p->words[0].len || memcmp(key.ptr, p->words[0].ptr, p->words[0].len) != 0) continue;
    tens = p->value;
    rest = (lk_view){key.ptr + p->words[0].len, key.len - p->words[0].len};
    if (rest.ptr[0] == '-') rest = (lk_view){rest.ptr + 1, rest.len - 1};
  }
  for (size_t i = 0; tens && i < count; i++) {
    const lk_phrase *p = &phrases[i];
    if (p->kind != LK_KIND_NUMBER || p->count != 1 || p->value < 1 || p->value > 9 || !lk_view_eq(rest, p->words[0])) continue;
    *value = tens + p->value;
    return true;
  }
  return false;
}

static bool figures_at(const lk_finder *finder, uint32_t at, long *value) {
  lk_view text = lk_reading_token(&finder->reading, at)->text;
  size_t end = lk_digits_end(text, 0);
  if (!end || end != text.len || end > 6) return false;
  *value = lk_number_of(text, 0, end);
  return true;
}

bool lk_number_at(const lk_finder *finder, uint32_t at, long *value, uint32_t *past, bool *vague) {
  *vague = false;
  if (at >= finder->reading.count) return false;
  *past = at + 1;
  if (figures_at(finder, at, value)) return true;
  const lk_phrase_hit *hit = lk_reading_hit(&finder->reading, at, LK_KIND_NUMBER);
  if (!hit) {
    const lk_read_word *item = &finder->reading.items[at];
    for (uint32_t k = 0; k < item->key_count; k++)
      if (item->keys[k].len >= 7 && split_tens(finder, item->keys[k], value)) return true;
    return false;
  }
  *value = hit->phrase->value;
  *past = hit->past;
  *vague = lk_reading_hit(&finder->reading, at, LK_KIND_VAGUE) != NULL && hit->past == at + 1;
  const lk_phrase_hit *units = lk_reading_hit(&finder->reading, hit->past, LK_KIND_NUMBER);
  bool tens = *value >= 20 && *value <= 90 && *value % 10 == 0;
  if (tens && units && units->phrase->value >= 1 && units->phrase->value <= 9 && !finder->reading.items[hit->past].clause) {
    *value += units->phrase->value;
    *past = units->past;
  }
  return true;
}

/* ---- Likeness ---- */

/* Optimal string alignment distance, given up beyond `most`. Bytes do, since both are folded. */
static size_t distance(lk_view a, lk_view b, size_t most) {
  size_t rows[3][LONGEST_ALIKE + 1];
  if ((a.len > b.len ? a.len - b.len : b.len - a.len) > most) return most + 1;
  for (size_t j = 0; j <= b.len; j++) rows[0][j] = j;
  for (size_t i = 1; i <= a.len; i++) {
    size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3], least = i;
    row[0] = i;
    for (size_t j = 1; j <= b.len; j++) {
      size_t best = above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]);
      if (above[j] + 1 < best) best = above[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      bool swapped = i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1];
      if (swapped && before[j - 2] + 1 < best) best = before[j - 2] + 1;
      row[j] = best;
      if (best < least) least = best;
    }
    if (least > most) return most + 1;
  }
  return rows[a.len % 3][b.len];
}

bool lk_words_alike(lk_view a, lk_view b) {
  if (lk_view_eq(a, b)) return true;
  size_t shorter = a.len < b.len ? a.len : b.len;
  if (shorter < 4 || a.len > LONGEST_ALIKE || b.len > LONGEST_ALIKE) return false;
  for (size_t i = 0; i < shorter; i++)
    if (lk_is_digit(a.ptr[i]) || lk_is_digit(b.ptr[i])) return false; /* figures are never nearly right */
  size_t common = 0;
  while (common < shorter && a.ptr[common] == b.ptr[common]) common++;
  if (common >= 5 && common * 10 >= shorter * 8 && (a.len > b.len ? a.len : b.len) <= shorter + 4) return true;
  size_t most = shorter >= 8 ? 2 : 1;
  return distance(a, b, most) <= most;
}
