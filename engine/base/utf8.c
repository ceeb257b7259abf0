#include "base/utf8.h"

uint32_t lk_utf8_next(lk_view text, size_t *at) {
  const unsigned char *s = (const unsigned char *)text.ptr + *at;
  size_t left = text.len - *at;
  if (s[0] < 0x80) {
    *at += 1;
    return s[0];
  }
  /* Bounds of the second byte shut out overlong forms, surrogates and what lies past U+10FFFF. */
  unsigned char low = 0x80, high = 0xBF;
  size_t size;
  uint32_t c;
  if (s[0] >= 0xC2 && s[0] <= 0xDF) {
    size = 2;
    c = s[0] & 0x1Fu;
  } else if (s[0] >= 0xE0 && s[0] <= 0xEF) {
    size = 3;
    c = s[0] & 0x0Fu;
    if (s[0] == 0xE0) low = 0xA0;
    if (s[0] == 0xED) high = 0x9F;
  } else if (s[0] >= 0xF0 && s[0] <= 0xF4) {
    size = 4;
    c = s[0] & 0x07u;
    if (s[0] == 0xF0) low = 0x90;
    if (s[0] == 0xF4) high = 0x8F;
  } else {
    *at += 1;
    return LK_UTF8_INVALID;
  }
  if (left < size || s[1] < low || s[1] > high) {
    *at += 1;
    return LK_UTF8_INVALID;
  }
  for (size_t i = 1; i < size; i++) {
    if (s[i] < 0x80 || s[i] > 0xBF) {
      *at += 1;
      return LK_UTF8_INVALID;
    }
    c = c << 6 | (s[i] & 0x3Fu);
  }
  *at += size;
  return c;
}

size_t lk_utf8_put(char out[4], uint32_t c) {
  if (c < 0x80) {
    out[0] = (char)c;
    return 1;
  }
  if (c < 0x800) {
    out[0] = (char)(0xC0 | c >> 6);
    out[1] = (char)(0x80 | (c & 0x3F));
    return 2;
  }
  if (c < 0x10000) {
    if (c >= 0xD800 && c <= 0xDFFF) return 0;
    out[0] = (char)(0xE0 | c >> 12);
    out[1] = (char)(0x80 | (c >> 6 & 0x3F));
    out[2] = (char)(0x80 | (c & 0x3F));
    return 3;
  }
  if (c > 0x10FFFF) return 0;
  out[0] = (char)(0xF0 | c >> 18);
  out[1] = (char)(0x80 | (c >> 12 & 0x3F));
  out[2] = (char)(0x80 | (c >> 6 & 0x3F));
  out[3] = (char)(0x80 | (c & 0x3F));
  return 4;
}

size_t lk_utf8_length(lk_view text) {
  size_t count = 0;
  for (size_t i = 0; i < text.len; count++) (void)lk_utf8_next(text, &i);
  return count;
}

bool lk_utf8_valid(lk_view text) {
  for (size_t i = 0; i < text.len;)
    if (lk_utf8_next(text, &i) == LK_UTF8_INVALID) return false;
  return true;
}
