/* Links: which addresses may be shown to a customer at all, and which can't lead anywhere by their form alone. */
#ifndef LK_KB_ADDRESS_H
#define LK_KB_ADDRESS_H

#include "luukku/text.h"

/* https, http, mailto, tel, or a path within the shop's site, without white space, quotes, backslashes or control characters. Anything else could
 * run a script or imitate another site (//host). */
bool lk_address_safe(lk_view href);
/* NULL, or why a safe address can't work ("it has no host"). */
const char *lk_address_dead(lk_view href);

#endif
