/* A period cut into days, weeks or months: as fine as fits. */
#ifndef LK_STATS_SLICES_H
#define LK_STATS_SLICES_H

#include "luukku/calendar.h"

enum { LK_SLICES_MOST = 64 };

typedef struct lk_slices {
  int64_t starts[LK_SLICES_MOST + 1]; /* days; the last one is the period's end */
  size_t count;
} lk_slices;

/* At most `most` (up to LK_SLICES_MOST) slices of [from, until): of 1 day, 7 days, or 1, 2, 3, 4, 6, 12, 24 … calendar months. Weeks count from the first day, months from their
 * first. */
void lk_slices_cut(int64_t from, int64_t until, size_t most, lk_slices *out);
/* Which one a day of the period is in. */
size_t lk_slices_find(const lk_slices *slices, int64_t day);

#endif
