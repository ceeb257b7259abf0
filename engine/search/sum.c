#include "search/sum.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#define ALWAYS static inline __attribute__((always_inline))

/* Two more lines of one plane: its new bits stay in `*sum`. The carries may go where one of the two lay. Vectors are passed by their places, since not all machines
 * can pass one. */
ALWAYS void add_two(lk_line *sum, const lk_line *a, const lk_line *b, lk_line *carry) {
  lk_line x = *a, y = *b, differ = *sum ^ x;
  *carry = (*sum & x) | (differ & y);
  *sum = differ ^ y;
}

ALWAYS const lk_line *line_of(const uint8_t *row, size_t line) {
  return (const lk_line *)(const void *)(row + line * LK_LINE_BYTES);
}

/* The machine does not see where so many rows go on. */
ALWAYS void fetch_next(const lk_summands *s, size_t line) {
  enum { AHEAD = 2 };
  for (size_t i = 0; i < s->all_count; i++) __builtin_prefetch(s->all[i] + (line + AHEAD) * LK_LINE_BYTES);
}

/* Inlined into each way, and so made of its instructions. Carries of one plane are the next one's summands: they are read from the front of `scratch` while those that come
 * of them are written behind, never further than what has been read. */
ALWAYS void sum_line(const lk_summands *s, size_t line, lk_line *scratch, lk_planes out) {
  size_t carried = 0;
  fetch_next(s, line);
  for (unsigned p = 0; p < s->planes; p++) {
    lk_line sum = {0};
    size_t rows = p < LK_WEIGHT_BITS ? s->count[p] : 0, made = 0, c = 0, r = 0;
    const uint8_t *const *row = p < LK_WEIGHT_BITS ? s->rows[p] : NULL;
    for (; c + 2 <= carried; c += 2) add_two(&sum, &scratch[c], &scratch[c + 1], &scratch[made++]);
    if (c < carried && rows) {
      add_two(&sum, &scratch[c++], line_of(row[r++], line), &scratch[made]);
      made++;
    }
    for (; r + 2 <= rows; r += 2) add_two(&sum, line_of(row[r], line), line_of(row[r + 1], line), &scratch[made++]);
    lk_line last = {0};
    if (c < carried) last = scratch[c];
    if (r < rows) last = *line_of(row[r], line);
    if (c < carried || r < rows) {
      scratch[made++] = sum & last;
      sum ^= last;
    }
    out[p] = sum;
    carried = made;
  }
}

/* In eight bytes by eight bits, rows and columns change places (H. S. Warren: Hacker's Delight, 7-3), 64 times at once. */
ALWAYS void exchange(lk_line *a, lk_line *b, int by, uint64_t mask) {
  lk_line differ = ((*a >> by) ^ *b) & mask;
  *b ^= differ;
  *a ^= differ << by;
}

/* Eight planes, from `from` on, as bytes. */
ALWAYS void spread(const lk_planes sum, unsigned from, unsigned planes, uint8_t out[LK_LINE]) {
  lk_line eight[8] = {{0}};
  for (unsigned p = 0; p < 8; p++)
    if (from + p < planes) eight[p] = sum[from + p];
  for (unsigned p = 0; p < 4; p++) exchange(&eight[p], &eight[p + 4], 4, 0x0F0F0F0F0F0F0F0Fu);
  for (unsigned p = 0; p < 8; p += 1 + 2 * (p % 2)) exchange(&eight[p], &eight[p + 2], 2, 0x3333333333333333u);
  for (unsigned p = 0; p < 8; p += 2) exchange(&eight[p], &eight[p + 1], 1, 0x5555555555555555u);
  for (unsigned p = 0; p < 8; p++) *(lk_line *)(void *)(out + p * LK_LINE_BYTES) = eight[p];
}

ALWAYS void number(const lk_planes sum, unsigned planes, bool add, uint16_t out[restrict LK_LINE]) {
  uint8_t bytes[LK_LINE];
  spread(sum, 0, planes, bytes);
  if (add)
    for (size_t i = 0; i < LK_LINE; i++) out[i] = (uint16_t)(out[i] + bytes[i]);
  else
    for (size_t i = 0; i < LK_LINE; i++) out[i] = bytes[i];
  if (planes <= 8) return;
  spread(sum, 8, planes, bytes);
  for (size_t i = 0; i < LK_LINE; i++) out[i] = (uint16_t)(out[i] + (bytes[i] << 8));
}

ALWAYS void scale(const uint16_t numbers[restrict LK_LINE], const float *restrict factors, float unit,
                  float to[restrict LK_LINE]) {
  if (factors)
    for (size_t i = 0; i < LK_LINE; i++) to[i] += unit * factors[i] * (float)numbers[i];
  else
    for (size_t i = 0; i < LK_LINE; i++) to[i] += unit * (float)numbers[i];
}

static uint64_t reach_plain(const float numbers[64], float least) {
  uint64_t reach = 0;
  for (int i = 0; i < 64; i += 8) {
    int any = 0;
    for (int j = i; j < i + 8; j++) any |= numbers[j] >= least;
    for (int j = i; any && j < i + 8; j++) reach |= (uint64_t)(numbers[j] >= least) << j;
  }
  return reach;
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static uint64_t reach_256(const float numbers[64], float least) {
  uint64_t reach = 0;
  for (int i = 0; i < 64; i += 8)
    reach |= (uint64_t)(uint8_t)_mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(numbers + i), _mm256_set1_ps(least), _CMP_GE_OQ))
             << i;
  return reach;
}

__attribute__((target("avx512f"))) static uint64_t reach_512(const float numbers[64], float least) {
  uint64_t reach = 0;
  for (int i = 0; i < 64; i += 16)
    reach |= (uint64_t)_mm512_cmp_ps_mask(_mm512_loadu_ps(numbers + i), _mm512_set1_ps(least), _CMP_GE_OQ) << i;
  return reach;
}
#endif

#define WAY(name, target)                                                                                                 \
  target static void sum_##name(const lk_summands *s, size_t line, lk_line *scratch, lk_planes out) {                     \
    sum_line(s, line, scratch, out);                                                                                      \
  }                                                                                                                       \
  target static void number_##name(const lk_planes sum, unsigned planes, bool add, uint16_t out[LK_LINE]) {               \
    number(sum, planes, add, out);                                                                                        \
  }                                                                                                                       \
  target static void scale_##name(const uint16_t numbers[LK_LINE], const float *factors, float unit, float to[LK_LINE]) { \
    scale(numbers, factors, unit, to);                                                                                    \
  }                                                                                                                       \
  static const lk_sum_ways ways_##name = {sum_##name, number_##name, scale_##name, reach_##name};

WAY(plain, )
#ifdef __x86_64__
WAY(256, __attribute__((target("avx2"))))
#ifdef __clang__ /* does not know how to be told about widths here */
WAY(512, __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"))))
#else
WAY(512, __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,prefer-vector-width=512"))))
#endif
#endif

lk_sum_ways lk_sum_ways_number(size_t number) {
  const lk_sum_ways *ways[3] = {&ways_plain};
  size_t count = 1;
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) ways[count++] = &ways_256;
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    ways[count++] = &ways_512;
#endif
  return number < count ? *ways[count - 1 - number] : (lk_sum_ways){0};
}
