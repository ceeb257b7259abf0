#include "chance.h"

#include <math.h>

/* splitmix64 */
uint64_t lk_chance_next(lk_chance *chance) {
  uint64_t z = chance->state += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

double lk_chance_share(lk_chance *chance) { return (double)(lk_chance_next(chance) >> 11) * 0x1p-53; }

size_t lk_chance_below(lk_chance *chance, size_t bound) { return (size_t)(lk_chance_share(chance) * (double)bound); }

int64_t lk_chance_between(lk_chance *chance, int64_t least, int64_t most) {
  return least + (int64_t)lk_chance_below(chance, (size_t)(most - least + 1));
}

int64_t lk_chance_wait(lk_chance *chance, double mean) { return 1 + (int64_t)(-mean * log(1 - lk_chance_share(chance))); }

size_t lk_chance_pick(lk_chance *chance, const double *weights, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++) sum += weights[i];
  double at = lk_chance_share(chance) * sum;
  for (size_t i = 0; i + 1 < count; i++)
    if ((at -= weights[i]) < 0) return i;
  return count - 1;
}
