/* One way of adding up, made of the instructions that the file which includes this is compiled for. */
#ifndef LK_SEARCH_SUM_WAY_H
#define LK_SEARCH_SUM_WAY_H

#include "search/sum.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

#define LK_WAY static inline __attribute__((always_inline))

/* Two more lines of one plane: its new bits stay in `*sum`. The carries may go where one of the two lay. Vectors are passed by their places, since not all
 * machines can pass one. */
LK_WAY void add_two(lk_line *sum, const lk_line *a, const lk_line *b, lk_line *carry) {
#ifdef __AVX512F__
  __m512i s = (__m512i)*sum, x = _mm512_loadu_si512(a), y = _mm512_loadu_si512(b);
  enum { MOST = 0xE8, ODD = 0x96 }; /* of three bits: what most of them are, and whether their number is odd */
  *carry = (lk_line)_mm512_ternarylogic_epi64(s, x, y, MOST);
  *sum = (lk_line)_mm512_ternarylogic_epi64(s, x, y, ODD);
#else
  lk_line x = *a, y = *b, differ = *sum ^ x;
  *carry = (*sum & x) | (differ & y);
  *sum = differ ^ y;
#endif
}

LK_WAY const lk_line *line_of(const uint8_t *row, size_t line) {
  return (const lk_line *)(const void *)(row + line * LK_LINE_BYTES);
}

/* The machine does not see where so many rows go on. */
LK_WAY void fetch_next(const lk_summands *s, size_t line) {
  enum { AHEAD = 2 };
  for (size_t i = 0; i < s->all_count; i++) __builtin_prefetch(s->all[i] + (line + AHEAD) * LK_LINE_BYTES);
}

LK_WAY void split(lk_summands *s) {
  for (int bit = 0; bit < LK_WEIGHT_BITS; bit++) {
    const uint8_t **rows = s->rows[bit];
    size_t count = 0, i = 0;
#ifdef __AVX512F__
    for (; i + LK_SPARE_ROWS <= s->all_count; i += LK_SPARE_ROWS) {
      __mmask8 has = _mm256_test_epi32_mask(_mm256_loadu_si256((const void *)(s->weights + i)), _mm256_set1_epi32(1 << bit));
      _mm512_storeu_si512(rows + count, _mm512_maskz_compress_epi64(has, _mm512_loadu_si512(s->all + i)));
      count += (size_t)_mm_popcnt_u32(has);
    }
#endif
    for (; i < s->all_count; i++) {
      rows[count] = s->all[i];
      count += s->weights[i] >> bit & 1;
    }
    s->count[bit] = count;
  }
}

/* Carries of one plane are the next one's summands: they are read from the front of `scratch` while those that come
 * of them are written behind, never further than what has been read. */
LK_WAY void sum_line(const lk_summands *s, size_t line, lk_line *scratch, lk_planes out) {
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
LK_WAY void exchange(lk_line *a, lk_line *b, int by, uint64_t mask) {
  lk_line differ = ((*a >> by) ^ *b) & mask;
  *b ^= differ;
  *a ^= differ << by;
}

/* Eight planes, from `from` on, as bytes. */
LK_WAY void spread(const lk_planes sum, unsigned from, unsigned planes, uint8_t out[LK_LINE]) {
  lk_line eight[8] = {{0}};
  for (unsigned p = 0; p < 8; p++)
    if (from + p < planes) eight[p] = sum[from + p];
  for (unsigned p = 0; p < 4; p++) exchange(&eight[p], &eight[p + 4], 4, 0x0F0F0F0F0F0F0F0Fu);
  for (unsigned p = 0; p < 8; p += 1 + 2 * (p % 2)) exchange(&eight[p], &eight[p + 2], 2, 0x3333333333333333u);
  for (unsigned p = 0; p < 8; p += 2) exchange(&eight[p], &eight[p + 1], 1, 0x5555555555555555u);
  for (unsigned p = 0; p < 8; p++) *(lk_line *)(void *)(out + p * LK_LINE_BYTES) = eight[p];
}

LK_WAY void number(const lk_planes sum, unsigned planes, bool add, uint16_t out[restrict LK_LINE]) {
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

LK_WAY void scale(const uint16_t numbers[restrict LK_LINE], const float *restrict factors, float unit,
                  float to[restrict LK_LINE]) {
  if (factors)
    for (size_t i = 0; i < LK_LINE; i++) to[i] += unit * factors[i] * (float)numbers[i];
  else
    for (size_t i = 0; i < LK_LINE; i++) to[i] += unit * (float)numbers[i];
}

LK_WAY uint64_t reach(const float numbers[64], float least) {
  uint64_t reached = 0;
#if defined __AVX512F__
  for (int i = 0; i < 64; i += 16)
    reached |= (uint64_t)_mm512_cmp_ps_mask(_mm512_loadu_ps(numbers + i), _mm512_set1_ps(least), _CMP_GE_OQ) << i;
#elif defined __AVX2__
  for (int i = 0; i < 64; i += 8)
    reached |=
        (uint64_t)(uint8_t)_mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(numbers + i), _mm256_set1_ps(least), _CMP_GE_OQ))
        << i;
#else
  for (int i = 0; i < 64; i += 8) {
    int any = 0;
    for (int j = i; j < i + 8; j++) any |= numbers[j] >= least;
    for (int j = i; any && j < i + 8; j++) reached |= (uint64_t)(numbers[j] >= least) << j;
  }
#endif
  return reached;
}

LK_WAY void tops(const float *restrict numbers, size_t count, size_t group, float *restrict out) {
  enum { APART = 16 };
  for (size_t at = 0; at < count; at += APART * group, out += APART) {
    for (size_t i = 0; i < APART; i++) out[i] = numbers[at + i];
    for (size_t from = at + APART; from < at + APART * group; from += APART)
      for (size_t i = 0; i < APART; i++) out[i] = numbers[from + i] > out[i] ? numbers[from + i] : out[i];
  }
}

static void split_rows(lk_summands *s) { split(s); }
static void sum_of_line(const lk_summands *s, size_t line, lk_line *scratch, lk_planes out) { sum_line(s, line, scratch, out); }
static void number_of_line(const lk_planes sum, unsigned planes, bool add, uint16_t out[LK_LINE]) {
  number(sum, planes, add, out);
}
static void scale_of_line(const uint16_t numbers[LK_LINE], const float *factors, float unit, float to[LK_LINE]) {
  scale(numbers, factors, unit, to);
}
static uint64_t reach_of_numbers(const float numbers[64], float least) { return reach(numbers, least); }

static void tops_of(const float *numbers, size_t count, size_t group, float *out) { tops(numbers, count, group, out); }

#define LK_THIS_WAY \
  { split_rows, sum_of_line, number_of_line, scale_of_line, reach_of_numbers, tops_of }

#endif
