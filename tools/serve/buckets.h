/* Limits as token buckets, one for each key, in memory that never grows.
 *
 * A bucket starts full, loses one token a request and fills evenly. Keys are hashed with a key of their own, so that nobody can aim at another's bucket. When the
 * table is crowded the bucket that is fullest gives way: it would have allowed nearly everything anyway. Threads: any. */
#ifndef LUUKKU_SERVE_BUCKETS_H
#define LUUKKU_SERVE_BUCKETS_H

#include <stdint.h>

#include "luukku/text.h"

typedef struct lk_buckets lk_buckets;

/* `burst` tokens at most, `burst` new ones each `seconds`. A burst of 0: everything is allowed. NULL when memory is out. */
lk_buckets *lk_buckets_new(long burst, long seconds);
void lk_buckets_free(lk_buckets *buckets);
long lk_buckets_burst(const lk_buckets *buckets);
long lk_buckets_seconds(const lk_buckets *buckets);

/* Takes a token: 0 when there was one, else the seconds (at least 1) until there will be. `now_ms` never goes back. */
long lk_buckets_take(lk_buckets *buckets, lk_view key, int64_t now_ms);

#endif
