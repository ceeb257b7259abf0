#include "base/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"

void lk_buffer_free(lk_buffer *b) {
  free(b->ptr);
  *b = (lk_buffer){0};
}

void lk_buffer_clear(lk_buffer *b) {
  b->len = 0;
  b->failed = false;
  if (b->ptr) b->ptr[0] = '\0';
}

bool lk_buffer_reserve(lk_buffer *b, size_t more) {
  if (b->failed) return false;
  if (more > SIZE_MAX / 2 - b->len || (b->limit && b->len + more > b->limit)) {
    b->failed = true;
    return false;
  }
  size_t need = b->len + more + 1;
  if (need <= b->cap) return true;
  size_t cap = b->cap ? b->cap : 64;
  while (cap < need) cap *= 2;
  char *grown = realloc(b->ptr, cap);
  if (!grown) {
    b->failed = true;
    return false;
  }
  b->ptr = grown;
  b->cap = cap;
  return true;
}

void lk_buffer_add(lk_buffer *b, lk_view text) {
  if (!lk_buffer_reserve(b, text.len)) return;
  if (text.len) memcpy(b->ptr + b->len, text.ptr, text.len);
  b->len += text.len;
  b->ptr[b->len] = '\0';
}

void lk_buffer_adds(lk_buffer *b, const char *text) { lk_buffer_add(b, lk_view_of(text)); }

void lk_buffer_addc(lk_buffer *b, char c) { lk_buffer_add(b, (lk_view){&c, 1}); }

void lk_buffer_addf(lk_buffer *b, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (length < 0) {
    b->failed = true;
  } else if (lk_buffer_reserve(b, (size_t)length)) {
    (void)vsnprintf(b->ptr + b->len, (size_t)length + 1, format, again);
    b->len += (size_t)length;
  }
  va_end(again);
}

void lk_buffer_add_json(lk_buffer *b, lk_view text) {
  lk_buffer_addc(b, '"');
  for (size_t i = 0; i < text.len;) {
    size_t start = i;
    uint32_t c = lk_utf8_next(text, &i);
    if (c == LK_UTF8_INVALID) {
      lk_buffer_adds(b, "\xEF\xBF\xBD");
    } else if (c == '"' || c == '\\') {
      lk_buffer_addc(b, '\\');
      lk_buffer_addc(b, (char)c);
    } else if (c == '\n') {
      lk_buffer_adds(b, "\\n");
    } else if (c < 0x20 || c == 0x7F) {
      lk_buffer_addf(b, "\\u%04x", (unsigned)c);
    } else {
      lk_buffer_add(b, (lk_view){text.ptr + start, i - start});
    }
  }
  lk_buffer_addc(b, '"');
}
