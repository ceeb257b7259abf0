#include "search/sum_way.h"

static const lk_sum_ways plain = LK_THIS_WAY;

lk_sum_ways lk_sum_ways_number(size_t number) {
  const lk_sum_ways *ways[3] = {&plain};
  size_t count = 1;
#if defined LK_WIDE_WAYS && defined __x86_64__
  if (__builtin_cpu_supports("avx2")) ways[count++] = &lk_sum_ways_256;
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    ways[count++] = &lk_sum_ways_512;
#endif
  return number < count ? *ways[count - 1 - number] : (lk_sum_ways){0};
}
