/* Views on text, and the languages Luukku speaks.
 *
 * All text is UTF-8. Inside the engine text is a view: a pointer and a length in bytes, not NUL-terminated. A view owns nothing;
 * it lives as long as what it points into. Pure functions: any thread may call them, and nothing can fail. */
#ifndef LUUKKU_TEXT_H
#define LUUKKU_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_view {
  const char *ptr;
  size_t len; /* bytes */
} lk_view;

/* For printf("%.*s", LK_FMT(view)). */
#define LK_FMT(v) (int)(v).len, (v).ptr
#define LK_LIT(s) ((lk_view){("" s ""), sizeof(s) - 1})

static inline lk_view lk_view_of(const char *s) {
  lk_view v = {s, s ? strlen(s) : 0};
  return v;
}
static inline bool lk_view_eq(lk_view a, lk_view b) { return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); }

/* The order is the order of fallback: an entry without a translation is shown in Finnish. */
typedef enum lk_lang { LK_LANG_FI = 0, LK_LANG_SV, LK_LANG_EN, LK_LANG_COUNT, LK_LANG_NONE = -1 } lk_lang;

/* ISO 639-1 code ("fi", "sv", "en"; "und" for LK_LANG_NONE). */
const char *lk_lang_code(lk_lang lang);

/* The language of a code such as "fi", "sv-FI" or "en_GB"; LK_LANG_NONE for any other. */
lk_lang lk_lang_of(lk_view code);

#ifdef __cplusplus
}
#endif
#endif
