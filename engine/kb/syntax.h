/* libxml2's errors in an editor's words. */
#ifndef LK_KB_SYNTAX_H
#define LK_KB_SYNTAX_H

#include "luukku/kb.h"

typedef struct lk_syntax_problem {
  int code; /* xmlParserErrors */
  int line;
  int other_line;             /* where the tag in question was opened, 0 when unknown */
  const char *message;        /* libxml2's own words */
  const char *first, *second; /* names it mentions; may be NULL */
} lk_syntax_problem;

void lk_syntax_report(const lk_syntax_problem *problem, const char *file, lk_findings *findings);

/* Looks at the bytes before any parsing: empty, another encoding, invalid UTF-8, a tag that never ends. False when something was reported. */
bool lk_syntax_check_bytes(lk_view text, const char *file, lk_findings *findings);

#endif
