/* Private side of rendering. */
#ifndef LK_KB_RENDER_H
#define LK_KB_RENDER_H

#include "base/buffer.h"
#include "luukku/kb.h"

/* The text alone: lk_answer.plain. */
void lk_render_plain(const lk_answer *answer, lk_buffer *out);

#endif
