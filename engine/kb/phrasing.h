/* When are two phrasings one? When they have the same words, whatever the capitals and the punctuation. */
#ifndef LK_KB_PHRASING_H
#define LK_KB_PHRASING_H

#include "base/buffer.h"
#include "luukku/text.h"

/* Appends what two such phrasings have in common. */
void lk_phrasing_key(lk_view text, lk_buffer *out);

#endif
