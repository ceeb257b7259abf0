/* --from DAY and --to DAY: days in Finland, from midnight to midnight; DAY of --to is the day after the last one, as in luukku report. */
#ifndef LK_PERIOD_H
#define LK_PERIOD_H

#include "tool.h"

typedef struct lk_period {
  int64_t from, until; /* [from, until); 0: open */
} lk_period;

/* Print what is wrong and return false. */
bool lk_period_from(const char *command, const char *day, lk_period *out);
bool lk_period_to(const char *command, const char *day, lk_period *out);

#endif
