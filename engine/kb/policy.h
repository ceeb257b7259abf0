/* Private side of the policy: reading one value. */
#ifndef LK_KB_POLICY_H
#define LK_KB_POLICY_H

#include "luukku/kb.h"

enum { LK_POLICY_MAX = 64 }; /* room for values in an lk_kb */

/* Index into lk_policy_rules, or SIZE_MAX. */
size_t lk_policy_find(lk_view name);
/* Reads `text` as a value of this rule. False when it has the wrong form or is out of range. A text's value is 0. */
bool lk_policy_parse(const lk_policy_rule *rule, lk_view text, double *out);
/* How such a value is written, for findings: "a number from 0 to 1, such as 0.75". */
const char *lk_policy_form(lk_policy_type type);

#endif
