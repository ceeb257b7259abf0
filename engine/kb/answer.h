/* An element with text for customers → an lk_answer. */
#ifndef LK_KB_ANSWER_H
#define LK_KB_ANSWER_H

#include "kb/document.h"

typedef struct lk_answer_reader {
  lk_arena *arena;
  lk_findings *findings;
  const char *file;
  bool variables; /* may there be {variables}? */
} lk_answer_reader;

/* Every problem is a finding; what remains is still a proper answer. LK_OK or LK_ERR_MEMORY. */
lk_code lk_answer_read(const lk_answer_reader *reader, const lk_element *element, lk_answer *out);

/* Splits "prefix{name}suffix" at the first variable in `text`. False when there is none. Braces are literal when doubled. */
typedef struct lk_braces {
  size_t start, end; /* of "{name}" in text */
  lk_view name;
} lk_braces;
bool lk_find_variable(lk_view text, size_t from, lk_braces *out);

#endif
