#include "text/spelling.h"

#include <math.h>

#include "text/normalise.h"

enum { LETTERS_LIMIT = 40 }; /* a longer word is no slip of a word that the vocabulary has */

/* ---- distances ---- */

static unsigned min3(unsigned a, unsigned b, unsigned c) {
  unsigned ab = a < b ? a : b;
  return ab < c ? ab : c;
}

/* Optimal string alignment: three rows are enough. */
unsigned lk_edit_distance(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count, unsigned limit) {
  unsigned rows[3][LETTERS_LIMIT + 1];
  unsigned *before = rows[0], *above = rows[1], *row = rows[2];
  size_t gap = a_count > b_count ? a_count - b_count : b_count - a_count;
  if (a_count > LETTERS_LIMIT || b_count > LETTERS_LIMIT || gap > limit) return limit + 1;
  for (unsigned j = 0; j <= b_count; j++) above[j] = j;
  for (size_t i = 1; i <= a_count; i++) {
    unsigned least = row[0] = (unsigned)i;
    for (size_t j = 1; j <= b_count; j++) {
      row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
        row[j] = before[j - 2] + 1;
      if (row[j] < least) least = row[j];
    }
    if (least > limit) return limit + 1;
    unsigned *oldest = before;
    before = above;
    above = row;
    row = oldest;
  }
  return above[b_count] > limit ? limit + 1 : above[b_count];
}

/* The Finnish and Swedish keyboard; each row is shifted to the right by about half a key. */
static bool find_key(uint32_t c, float *x, float *y) {
  static const char *const rows[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm"};
  static const float shift[] = {0, .25f, .75f};
  if (c == 0xE5) return *x = 10, *y = 0, true;
  if (c == 0xF6) return *x = 9.25f, *y = 1, true;
  if (c == 0xE4) return *x = 10.25f, *y = 1, true;
  for (int r = 0; r < 3; r++) {
    const char *found = c && c < 0x80 ? strchr(rows[r], (int)c) : NULL;
    if (found) return *x = (float)(found - rows[r]) + shift[r], *y = (float)r, true;
  }
  return false;
}

static bool are_neighbours(uint32_t a, uint32_t b) {
  float ax, ay, bx, by;
  return find_key(a, &ax, &ay) && find_key(b, &bx, &by) && fabsf(ax - bx) <= 1 && fabsf(ay - by) <= 1;
}

static float substitution_cost(uint32_t typed, uint32_t meant) {
  if (typed == meant) return 0;
  if (lk_fold_letter(typed) == lk_fold_letter(meant)) return .3f;
  return are_neighbours(typed, meant) ? .7f : 1;
}

/* A letter more or less than meant costs less where it stands beside the same letter. */
static float gap_cost(const uint32_t *word, size_t at) { return at > 0 && word[at] == word[at - 1] ? .5f : .9f; }

float lk_slip_cost(const uint32_t *typed, size_t n, const uint32_t *meant, size_t m) {
  float rows[3][LETTERS_LIMIT + 1];
  float *before = rows[0], *above = rows[1], *row = rows[2];
  if (n > LETTERS_LIMIT || m > LETTERS_LIMIT) return HUGE_VALF;
  above[0] = 0;
  for (size_t j = 1; j <= m; j++) above[j] = above[j - 1] + gap_cost(meant, j - 1);
  for (size_t i = 1; i <= n; i++) {
    row[0] = above[0] + gap_cost(typed, i - 1);
    for (size_t j = 1; j <= m; j++) {
      float least = above[j - 1] + substitution_cost(typed[i - 1], meant[j - 1]);
      least = fminf(least, above[j] + gap_cost(typed, i - 1));
      least = fminf(least, row[j - 1] + gap_cost(meant, j - 1));
      if (i > 1 && j > 1 && typed[i - 1] == meant[j - 2] && typed[i - 2] == meant[j - 1])
        least = fminf(least, before[j - 2] + .6f);
      row[j] = least;
    }
    float *oldest = before;
    before = above;
    above = row;
    row = oldest;
  }
  /* People seldom miss the first letter; and another last one is another ending rather than a slip. */
  bool begins_alike = n && m && lk_fold_letter(typed[0]) == lk_fold_letter(meant[0]);
  bool ends_alike = n && m && lk_fold_letter(typed[n - 1]) == lk_fold_letter(meant[m - 1]);
  return above[m] + (begins_alike ? 0 : .4f) + (ends_alike ? 0 : .1f);
}

/* ---- search ---- */

/* __builtin_popcountll calls a table without a special instruction; this is as quick everywhere (Hacker's Delight, 5-1). */
static unsigned count_bits(uint64_t x) {
  x -= x >> 1 & 0x5555555555555555u;
  x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
  x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
  return (unsigned)(x * 0x0101010101010101u >> 56);
}

const lk_target *lk_nearest_target(const lk_shelf *shelf, lk_view form, unsigned distance, float dearest) {
  uint32_t typed[LETTERS_LIMIT + 1], meant[LETTERS_LIMIT + 1];
  size_t n = lk_decode(form, typed, LETTERS_LIMIT + 1);
  if (n > LETTERS_LIMIT) return NULL;
  uint64_t letters = lk_letter_bag(form);
  const lk_target *best = NULL;
  float best_cost = HUGE_VALF;
  for (size_t i = 0; i < shelf->targets.count; i++) {
    const lk_target *target = &shelf->targets.items[i];
    if (count_bits(letters ^ target->letters) > 2 * distance || target->length + distance < n || target->length > n + distance)
      continue;
    size_t m = lk_decode(target->form, meant, LETTERS_LIMIT + 1);
    unsigned edits = lk_edit_distance(typed, n, meant, m, distance);
    if (edits == 0 || edits > distance) continue;
    float slip = lk_slip_cost(typed, n, meant, m), cost = slip - .04f * logf((float)target->weight);
    if (slip <= dearest && cost < best_cost) {
      best_cost = cost;
      best = target;
    }
  }
  return best;
}
