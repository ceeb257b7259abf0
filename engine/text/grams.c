#include "text/grams.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "text/normalise.h"

enum { LETTERS_LIMIT = 48 }; /* of a word; what is longer is a compound whose end the lemmas have */

lk_view lk_gram_text(lk_view form, lk_buffer *scratch, lk_arena *arena) {
  lk_buffer_clear(scratch);
  lk_buffer_addc(scratch, '^');
  lk_fold(form, scratch);
  size_t letters = 0, end = 0;
  lk_view folded = lk_buffer_view(scratch);
  while (end < folded.len && letters <= LETTERS_LIMIT) {
    (void)lk_utf8_next(folded, &end);
    letters++;
  }
  bool cut = end < folded.len;
  if (!cut) lk_buffer_addc(scratch, '$');
  lk_view whole = lk_buffer_view(scratch);
  if (scratch->failed) return (lk_view){NULL, 0};
  return lk_arena_copy(arena, cut ? (lk_view){whole.ptr, end} : whole);
}

size_t lk_gram_count(lk_view bounded) {
  size_t letters = lk_utf8_length(bounded), count = 0;
  if (letters < LK_GRAM_SHORTEST) return letters ? 1 : 0;
  for (size_t n = LK_GRAM_SHORTEST; n <= LK_GRAM_LONGEST && n <= letters; n++) count += letters - n + 1;
  return count;
}

static bool is_seen(const lk_term *seen, size_t count, lk_view gram) {
  for (size_t i = 0; i < count; i++)
    if (lk_view_eq(seen[i].text, gram)) return true;
  return false;
}

size_t lk_grams_cut(lk_view bounded, const lk_term *seen, size_t seen_count, lk_term *out) {
  uint32_t starts[LETTERS_LIMIT + 4]; /* byte of each letter, and the end */
  size_t letters = 0, count = 0;
  for (size_t at = 0; at < bounded.len && letters < LETTERS_LIMIT + 3; letters++) {
    starts[letters] = (uint32_t)at;
    (void)lk_utf8_next(bounded, &at);
    starts[letters + 1] = (uint32_t)at;
  }
  size_t shortest = letters < LK_GRAM_SHORTEST ? letters : LK_GRAM_SHORTEST;
  for (size_t n = shortest; n && n <= LK_GRAM_LONGEST && n <= letters; n++)
    for (size_t i = 0; i + n <= letters; i++) {
      lk_view gram = {bounded.ptr + starts[i], starts[i + n] - starts[i]};
      if (!is_seen(seen, seen_count, gram)) out[count++] = (lk_term){gram, LK_TERM_GRAM, 1};
    }
  return count;
}
