/* Questions that customers asked lately, as the store keeps them for analysis: with personal data masked.
 *
 * A question is a message that the bot looked for an answer to by itself: no slot's answer, no tapped choice, nothing said to a person. Those that differ only in capitals,
 * blanks and closing marks are one, with a count. */
#ifndef LUUKKU_SERVE_PAST_H
#define LUUKKU_SERVE_PAST_H

#include <stdbool.h>

#include "luukku/store.h"

typedef struct lk_past_question {
  lk_view text; /* as it was asked first */
  lk_lang lang; /* of its conversation */
  uint32_t count;
  int64_t last; /* when */
} lk_past_question;

enum { LK_PAST_DISTINCT = 50000 /* what is kept in mind while counting: the rest is not looked at */ };

/* The `most` questions asked most often since `from`, commonest first; they live in `arena`. `stop` is asked now and then whether to give up (LK_ERR_BUSY); may be NULL. */
lk_code lk_past_questions(lk_store *store, int64_t from, size_t most, bool (*stop)(void *self), void *self, lk_arena *arena,
                          lk_past_question **out, size_t *count, lk_error *err);

#endif
