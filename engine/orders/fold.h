/* Folding text so that two ways to type the same thing compare equal: lower case, accents off (ä and a), compatibility forms of ASCII. Latin
 * letters only, which is what e-mail addresses, postcodes and product names are made of; everything else stays as it is. */
#ifndef LK_ORDERS_FOLD_H
#define LK_ORDERS_FOLD_H

#include "luukku/text.h"

/* Writes at most `cap` bytes, and returns how many; SIZE_MAX when they do not suffice. Without `spaces` all white space is dropped, with it a run
 * of anything that is neither letter nor digit becomes one space, and none is at either end. */
size_t lk_fold_proof(lk_view text, bool spaces, char *out, size_t cap);

#endif
