#include "text/normalise.h"

#include <utf8proc.h>

#include "base/utf8.h"

enum {
  MARKS_LIMIT = 2,                     /* Vietnamese needs two on one letter; more is mischief */
  DECOMPOSED_LIMIT = 4 * LK_WORD_LIMIT /* the longest canonical decomposition has four code points (Unicode 15, UAX #15) */
};

static uint32_t lower(uint32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if (c < 0x100) return c >= 0xC0 && c <= 0xDE && c != 0xD7 ? c + 32 : c;
  return (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
}

/* What a character becomes before composition; 0 when it goes. */
static uint32_t admit(uint32_t c) {
  if (c == LK_UTF8_INVALID || c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD) return 0;
  if (c < 0x300) return c;
  if (c == 0x2010 || c == 0x2011) return '-';
  if (c == 0x2018 || c == 0x2019 || c == 0x02BC) return '\'';
  utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
  return category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_CC ? 0 : c;
}

static bool is_mark(uint32_t c) {
  utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME;
}

/* Encodes into a piece of stack first: one append a word, not one a letter. */
static void put_all(lk_buffer *out, const uint32_t *letters, size_t count) {
  char bytes[64];
  size_t length = 0;
  for (size_t i = 0; i < count; i++) {
    if (length + 4 > sizeof bytes) {
      lk_buffer_add(out, (lk_view){bytes, length});
      length = 0;
    }
    length += lk_utf8_put(bytes + length, letters[i]);
  }
  lk_buffer_add(out, (lk_view){bytes, length});
}

/* The canonical composition of `count` admitted code points, lower case. */
static void compose(const uint32_t *letters, size_t count, lk_buffer *out) {
  utf8proc_int32_t decomposed[DECOMPOSED_LIMIT];
  utf8proc_ssize_t length = 0;
  int boundary = 0;
  for (size_t i = 0; i < count; i++) {
    utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)lower(letters[i]), decomposed + length,
                                                 DECOMPOSED_LIMIT - length, UTF8PROC_DECOMPOSE | UTF8PROC_STABLE, &boundary);
    if (n < 0 || n > DECOMPOSED_LIMIT - length) break;
    length += n;
  }
  /* Marks in canonical order: at most two stand side by side, so one exchange orders them. */
  for (utf8proc_ssize_t i = 1; i < length; i++) {
    int before = utf8proc_get_property(decomposed[i - 1])->combining_class;
    int after = utf8proc_get_property(decomposed[i])->combining_class;
    if (after && before > after) {
      utf8proc_int32_t swap = decomposed[i];
      decomposed[i] = decomposed[i - 1];
      decomposed[i - 1] = swap;
    }
  }
  length = utf8proc_normalize_utf32(decomposed, length, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
  uint32_t composed[DECOMPOSED_LIMIT];
  for (utf8proc_ssize_t i = 0; i < length; i++) composed[i] = lower((uint32_t)decomposed[i]);
  put_all(out, composed, length > 0 ? (size_t)length : 0);
}

void lk_normalise(lk_view word, lk_buffer *out) {
  uint32_t letters[LK_WORD_LIMIT];
  size_t count = 0, marks = 0;
  bool plain = true; /* nothing above U+0300 is composed already: all of Finnish, Swedish and English as usually typed */
  for (size_t i = 0; i < word.len && count < LK_WORD_LIMIT;) {
    uint32_t c = admit(lk_utf8_next(word, &i));
    if (!c) continue;
    if (c >= 0x300) {
      plain = false;
      marks = is_mark(c) ? marks + 1 : 0;
      if (marks > MARKS_LIMIT) continue;
    } else {
      marks = 0;
    }
    letters[count++] = c;
  }
  if (!plain) {
    compose(letters, count, out);
    return;
  }
  for (size_t i = 0; i < count; i++) letters[i] = lower(letters[i]);
  put_all(out, letters, count);
}

uint32_t lk_fold_letter(uint32_t c) {
  if (c < 0xC0) return c;
  switch (c) {
    case 0xE4: /* ä */
    case 0xE5:
      return 'a';
    case 0xF6: /* ö */
    case 0xF8:
      return 'o';
    case 0xE9:
      return 'e';
    default:
      break;
  }
  utf8proc_int32_t decomposed[4];
  int boundary = 0;
  utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)c, decomposed, 4, UTF8PROC_DECOMPOSE, &boundary);
  return n > 0 && n <= 4 ? (uint32_t)decomposed[0] : c;
}

void lk_fold(lk_view form, lk_buffer *out) {
  for (size_t i = 0; i < form.len;) {
    uint32_t letters[LK_WORD_LIMIT];
    size_t count = 0;
    while (i < form.len && count < LK_WORD_LIMIT) {
      uint32_t c = lk_utf8_next(form, &i);
      if (c != LK_UTF8_INVALID) letters[count++] = lk_fold_letter(c);
    }
    put_all(out, letters, count);
  }
}

size_t lk_decode(lk_view form, uint32_t *out, size_t cap) {
  size_t count = 0;
  for (size_t i = 0; i < form.len && count < cap;) out[count++] = lk_utf8_next(form, &i);
  return count;
}
