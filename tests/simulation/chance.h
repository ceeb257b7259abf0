/* Seeded chance: the same seed gives the same month. */
#ifndef LK_SIMULATION_CHANCE_H
#define LK_SIMULATION_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lk_chance {
  uint64_t state;
} lk_chance;

uint64_t lk_chance_next(lk_chance *chance);
double lk_chance_share(lk_chance *chance); /* [0, 1) */
static inline bool lk_chance_is(lk_chance *chance, double probability) { return lk_chance_share(chance) < probability; }
/* 0 … bound - 1; bound > 0. */
size_t lk_chance_below(lk_chance *chance, size_t bound);
/* Seconds between `least` and `most`. */
int64_t lk_chance_between(lk_chance *chance, int64_t least, int64_t most);
/* A wait with that mean: most are short, some long. */
int64_t lk_chance_wait(lk_chance *chance, double mean);
/* An index by weight. */
size_t lk_chance_pick(lk_chance *chance, const double *weights, size_t count);

#endif
