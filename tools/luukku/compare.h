/* Two runs of `luukku eval` over the same questions: what got better, worse, different? */
#ifndef LK_COMPARE_H
#define LK_COMPARE_H

#include "measures.h"

/* Compares with the output of `luukku eval --json --each` in the file `path`. Prints; or gives JSON when `json` is not NULL. Prints what is wrong and
 * returns an exit status. */
int lk_compare(const char *path, const lk_outcome *outcomes, size_t count, lk_bootstrap bootstrap, FILE *out, json_t **json);

/* Two-sided exact sign test: how likely so uneven a split is when better and worse are equally likely. 1 when there is neither. */
double lk_sign_test(size_t better, size_t worse);

#endif
