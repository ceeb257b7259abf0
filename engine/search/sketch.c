#include "search/sketch.h"

enum { PAIRS = LK_SKETCH_GROUP / 2, HELD = 2, STEP = LK_SKETCH_GROUP * HELD };

/* Bytes two by two, so that none has to be widened: the sums of the lower ones and of the higher ones are kept apart. */
typedef uint16_t pairs __attribute__((vector_size(2 * PAIRS)));
typedef uint16_t row_pairs __attribute__((vector_size(2 * PAIRS), aligned(1), may_alias));
typedef float floats __attribute__((vector_size(4 * PAIRS), aligned(4), may_alias));

static inline __attribute__((always_inline)) void put(const pairs *sums, float unit, const float *from, float *to) {
  *(floats *)(void *)to = *(const floats *)(const void *)from + unit * __builtin_convertvector(*sums, floats);
}

/* Inlined into each way, and so made of its instructions. The registers hold a step's sums while all sketches pass. */
static inline __attribute__((always_inline)) void add(const lk_sketches *sketches, size_t at, const float *from, float *to) {
  for (size_t end = at + LK_BLOCK; at < end; at += STEP) {
    pairs low[HELD] = {{0}}, high[HELD] = {{0}};
    for (size_t s = 0; s < sketches->count; s++) {
      const row_pairs *row = (const row_pairs *)(const void *)(sketches->rows[s] + at);
      /* Too many rows for the machine to see where each goes on. */
      __builtin_prefetch(sketches->rows[s] + at + 2 * STEP);
      __builtin_prefetch(sketches->rows[s] + at + 2 * STEP + LK_SKETCH_GROUP);
#pragma GCC unroll 2
      for (size_t i = 0; i < HELD; i++) {
        low[i] += row[i] & UINT8_MAX;
        high[i] += row[i] >> 8;
      }
    }
#pragma GCC unroll 2
    for (size_t i = 0; i < HELD; i++) {
      size_t d = at + i * LK_SKETCH_GROUP;
      put(&low[i], sketches->unit, from + d, to + d);
      put(&high[i], sketches->unit, from + d + PAIRS, to + d + PAIRS);
    }
  }
}

static void add_plain(const lk_sketches *sketches, size_t at, const float *from, float *to) { add(sketches, at, from, to); }

#ifdef __x86_64__
__attribute__((target("avx2"))) static void add_256(const lk_sketches *sketches, size_t at, const float *from, float *to) {
  add(sketches, at, from, to);
}

__attribute__((target("avx512bw"))) static void add_512(const lk_sketches *sketches, size_t at, const float *from, float *to) {
  add(sketches, at, from, to);
}
#endif

lk_sketch_way *lk_sketch_way_number(size_t number) {
  lk_sketch_way *ways[3] = {add_plain};
  size_t count = 1;
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) ways[count++] = add_256;
  if (__builtin_cpu_supports("avx512bw")) ways[count++] = add_512;
#endif
  return number < count ? ways[count - 1 - number] : NULL;
}
