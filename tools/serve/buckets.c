#include "buckets.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

enum { SLOTS = 1 << 15, PROBES = 8 };

typedef struct bucket {
  uint64_t key; /* 0: free */
  int64_t full; /* microseconds: the moment at which it will be full again */
} bucket;

struct lk_buckets {
  pthread_mutex_t mutex;
  unsigned char hash_key[crypto_shorthash_KEYBYTES];
  long burst, seconds;
  int64_t interval; /* microseconds a token */
  bucket slots[SLOTS];
};

lk_buckets *lk_buckets_new(long burst, long seconds) {
  lk_buckets *buckets = calloc(1, sizeof *buckets);
  if (!buckets) return NULL;
  pthread_mutex_init(&buckets->mutex, NULL);
  crypto_shorthash_keygen(buckets->hash_key);
  buckets->burst = burst;
  buckets->seconds = seconds;
  buckets->interval = burst ? seconds * 1000000 / burst : 0;
  return buckets;
}

void lk_buckets_free(lk_buckets *buckets) {
  if (!buckets) return;
  pthread_mutex_destroy(&buckets->mutex);
  free(buckets);
}

long lk_buckets_burst(const lk_buckets *buckets) { return buckets->burst; }
long lk_buckets_seconds(const lk_buckets *buckets) { return buckets->seconds; }

static bucket *find(lk_buckets *buckets, uint64_t key) {
  bucket *fullest = NULL;
  for (size_t i = 0; i < PROBES; i++) {
    bucket *b = &buckets->slots[(key + i) & (SLOTS - 1)];
    if (b->key == key) return b;
    if (!fullest || b->full < fullest->full) fullest = b;
  }
  *fullest = (bucket){.key = key};
  return fullest;
}

/* The generic cell rate algorithm (ITU-T I.371): one moment a bucket says all, since it lies as many intervals after now as tokens are gone. */
long lk_buckets_take(lk_buckets *buckets, lk_view key, int64_t now_ms) {
  if (buckets->burst == 0) return 0;
  unsigned char hash[crypto_shorthash_BYTES];
  uint64_t number;
  crypto_shorthash(hash, (const unsigned char *)key.ptr, key.len, buckets->hash_key);
  memcpy(&number, hash, sizeof number);
  int64_t now = now_ms * 1000, wait;
  pthread_mutex_lock(&buckets->mutex);
  bucket *b = find(buckets, number ? number : 1);
  int64_t after = (b->full > now ? b->full : now) + buckets->interval;
  wait = after - (now + buckets->interval * buckets->burst);
  if (wait <= 0) b->full = after;
  pthread_mutex_unlock(&buckets->mutex);
  return wait <= 0 ? 0 : (long)((wait + 999999) / 1000000);
}
