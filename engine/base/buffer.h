/* Text under construction.
 *
 * A failed append (memory out, or past `limit`) sets `failed` and makes all later appends do nothing, so that a run of appends needs one check
 * at its end. Always NUL-terminated once something was added. Zero-initialise: `lk_buffer b = {0};` */
#ifndef LK_BASE_BUFFER_H
#define LK_BASE_BUFFER_H

#include "luukku/text.h"

typedef struct lk_buffer {
  char *ptr;
  size_t len, cap;
  size_t limit; /* bytes at the most; 0 is no limit */
  bool failed;
} lk_buffer;

void lk_buffer_free(lk_buffer *buffer);
void lk_buffer_clear(lk_buffer *buffer); /* keeps the memory, forgets text and failure */
/* Room for `more` bytes, for who writes there himself; false when the buffer failed. */
bool lk_buffer_reserve(lk_buffer *buffer, size_t more);
void lk_buffer_add(lk_buffer *buffer, lk_view text);
void lk_buffer_adds(lk_buffer *buffer, const char *text);
void lk_buffer_addc(lk_buffer *buffer, char c);
void lk_buffer_addf(lk_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* `text` as a JSON string with its quotes: control characters escaped, invalid UTF-8 replaced by U+FFFD. */
void lk_buffer_add_json(lk_buffer *buffer, lk_view text);

static inline lk_view lk_buffer_view(const lk_buffer *b) { return (lk_view){b->ptr ? b->ptr : "", b->len}; }

#endif
