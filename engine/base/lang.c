#include "luukku/text.h"

#include <ctype.h>

static const char *const codes[LK_LANG_COUNT] = {"fi", "sv", "en"};

const char *lk_lang_code(lk_lang lang) { return lang >= 0 && lang < LK_LANG_COUNT ? codes[lang] : "und"; }

lk_lang lk_lang_of(lk_view code) {
  if (code.len < 2 || (code.len > 2 && code.ptr[2] != '-' && code.ptr[2] != '_')) return LK_LANG_NONE;
  for (int i = 0; i < LK_LANG_COUNT; i++)
    if (tolower((unsigned char)code.ptr[0]) == codes[i][0] && tolower((unsigned char)code.ptr[1]) == codes[i][1])
      return (lk_lang)i;
  return LK_LANG_NONE;
}
