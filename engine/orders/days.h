/* Days and months on the shop's wall clock, Finnish time: a deadline ends with a day, and a day begins at midnight there. */
#ifndef LK_ORDERS_DAYS_H
#define LK_ORDERS_DAYS_H

#include <stdint.h>

/* Midnight at which the day of `time` began. */
int64_t lk_day_start(int64_t time);
/* The last second of the day that is `days` after the day of `time`. */
int64_t lk_day_end(int64_t time, int days);
/* The last second of the day that is `months` after the day of `time`; the 31st becomes the last of a shorter month. */
int64_t lk_month_end(int64_t time, int months);

#endif
