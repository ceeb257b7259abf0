/* Walking UTF-8. Anything malformed (overlong, surrogate, truncated, past U+10FFFF: Unicode 15, table 3-7) is one LK_UTF8_INVALID a byte, so
 * that offsets stay byte offsets of the original and a walk always ends. */
#ifndef LK_BASE_UTF8_H
#define LK_BASE_UTF8_H

#include <stdint.h>

#include "luukku/text.h"

#define LK_UTF8_INVALID UINT32_MAX

/* The code point at *at, which moves behind it. *at must be below text.len. */
uint32_t lk_utf8_next(lk_view text, size_t *at);
/* Writes a code point (at most 4 bytes) and returns how many bytes; 0 for what is no code point. */
size_t lk_utf8_put(char out[4], uint32_t c);
/* Code points (invalid bytes count as one each). */
size_t lk_utf8_length(lk_view text);
bool lk_utf8_valid(lk_view text);

#endif
