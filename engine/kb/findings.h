/* Private side of findings. */
#ifndef LK_KB_FINDINGS_H
#define LK_KB_FINDINGS_H

#include "luukku/kb.h"

/* Did an allocation fail in any lk_findings_add so far? */
bool lk_findings_failed(const lk_findings *findings);
/* The first error in the present order, or NULL. */
const lk_finding *lk_findings_first_error(const lk_findings *findings);
/* `text` cut to at most `max` bytes at a character boundary, to quote it in a finding. */
lk_view lk_excerpt(lk_view text, size_t max);

#endif
