#include "orders/fold.h"

#include <stdint.h>

#include "base/utf8.h"

/* U+00C0–U+00DF; the small letters are 32 above. A space is no letter. */
static const char latin1[] = "aaaaaaaceeeeiiiidnooooo ouuuuyts";
/* U+0100–U+017F */
static const char latin_a[] =
    "aaaaaaccccccccdddd"
    "eeeeeeeeeegggggggghhhh"
    "iiiiiiiiiiiijjkkkllllllllll"
    "nnnnnnnnnoooooooorrrrrrsssssssstttttt"
    "uuuuuuuuuuuuwwyyyzzzzzzs";
_Static_assert(sizeof latin1 - 1 == 32 && sizeof latin_a - 1 == 128, "a letter for each code point");

static bool is_space(uint32_t c) {
  return c <= ' ' || c == 0xA0 || c == 0xAD || c == 0x1680 || (c >= 0x2000 && c <= 0x200F) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x2060 || c == 0x3000 || c == 0xFEFF;
}

static bool is_combining_mark(uint32_t c) { return c >= 0x300 && c <= 0x36F; }

static uint32_t fold_letter(uint32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0; /* full width */
  if (c >= 'A' && c <= 'Z') return c + ('a' - 'A');
  if (c == 0xFF) return 'y';
  if (c >= 0xC0 && c < 0xFF) {
    char letter = latin1[(c - 0xC0) % 32];
    return letter == ' ' ? c : (uint32_t)letter;
  }
  if (c >= 0x100 && c <= 0x17F) return (uint32_t)latin_a[c - 0x100];
  return c;
}

static bool is_word(uint32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c > 0x17F && c != LK_UTF8_INVALID);
}

size_t lk_fold_proof(lk_view text, bool spaces, char *out, size_t cap) {
  size_t len = 0;
  bool gap = false;
  for (size_t at = 0; at < text.len;) {
    size_t from = at;
    uint32_t c = lk_utf8_next(text, &at);
    if (is_combining_mark(c)) continue;
    if (is_space(c)) {
      gap = true;
      continue;
    }
    uint32_t folded = c == LK_UTF8_INVALID ? c : fold_letter(c);
    if (spaces && !is_word(folded)) {
      gap = true;
      continue;
    }
    char bytes[4];
    size_t count = 1;
    if (folded == LK_UTF8_INVALID)
      bytes[0] = text.ptr[from]; /* kept, so that it differs from what is valid */
    else
      count = lk_utf8_put(bytes, folded);
    bool space = spaces && gap && len > 0;
    if (count + space > cap - len) return SIZE_MAX;
    if (space) out[len++] = ' ';
    gap = false;
    memcpy(out + len, bytes, count);
    len += count;
  }
  return len;
}
