/* What of a customer's message an editor may keep. */
#ifndef LK_GAPS_CLEAN_H
#define LK_GAPS_CLEAN_H

#include "base/arena.h"
#include "luukku/engine.h"

/* `text` without order numbers and without sentences that hold anything personal: what was masked, an address, a telephone number, a name. With an `entry` a long story is cut to
 * the sentence that by itself speaks most for it. `*out` is empty when nothing is left, and `*personal` says whether that was why. */
lk_code lk_clean_text(lk_worker *worker, lk_lang lang, lk_view text, const lk_entry *entry, lk_arena *arena, lk_view *out,
                      bool *personal, lk_error *err);

#endif
