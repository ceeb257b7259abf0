/* Product names found in spite of typing mistakes, inflection and words around them.
 *
 * Every name is the set of its character trigrams, folded and with spaces as word ends; a rare trigram weighs more than a common one. A text
 * matches a name by the weight of what they share against the weight of the name and of the text's best explained part (the Tversky index,
 * Psychological Review 84, 1977): what the customer says besides the name costs little, what lacks of the name costs more.
 *
 * Built once, then read only; ten thousand names take some 10 ms to build and 5 MB. */
#ifndef LK_ORDERS_NAME_INDEX_H
#define LK_ORDERS_NAME_INDEX_H

#include <stdint.h>

#include "luukku/text.h"

typedef struct lk_name_index lk_name_index;

typedef struct lk_name_hit {
  uint32_t name; /* in the order in which they were added */
  double score;  /* 0 to 1 */
} lk_name_hit;

lk_name_index *lk_name_index_new(void); /* NULL when memory is out */
void lk_name_index_free(lk_name_index *index);
/* `key` is found by itself as well (a SKU); `family` may be empty: of one family only the best name is found. False when memory is out. */
bool lk_name_index_add(lk_name_index *index, lk_view key, lk_view name, lk_view family);
/* Ends the adding. False when memory is out. */
bool lk_name_index_freeze(lk_name_index *index);
lk_view lk_name_index_key(const lk_name_index *index, uint32_t at);
/* Writes at most `limit` hits, best first, none below `least`; returns how many. Not for two threads at once. */
size_t lk_name_index_search(lk_name_index *index, lk_view text, double least, lk_name_hit *hits, size_t limit);

#endif
