#include "text/spelling.h"

#include <math.h>
#include <stdlib.h>

#include "text/normalise.h"

enum {
  LETTERS_LIMIT = 40, /* a longer word is no slip of a word that the vocabulary has */
  SEEN_COUNT = 64
};

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

typedef struct keycap {
  float x, y;
} keycap;

/* The Finnish and Swedish keyboard; each row is shifted to the right by about half a key. */
static bool find_key(uint32_t c, keycap *out) {
  static const keycap letters[] = {{0.25f, 1}, {4.75f, 2}, {2.75f, 2}, {2.25f, 1}, {2, 0},     {3.25f, 1}, {4.25f, 1},
                                   {5.25f, 1}, {7, 0},     {6.25f, 1}, {7.25f, 1}, {8.25f, 1}, {6.75f, 2}, {5.75f, 2},
                                   {8, 0},     {9, 0},     {0, 0},     {3, 0},     {1.25f, 1}, {4, 0},     {6, 0},
                                   {3.75f, 2}, {1, 0},     {1.75f, 2}, {5, 0},     {0.75f, 2}}; /* a to z */
  if (c >= 'a' && c <= 'z') return *out = letters[c - 'a'], true;
  if (c == 0xE5) return *out = (keycap){10, 0}, true;
  if (c == 0xF6) return *out = (keycap){9.25f, 1}, true;
  if (c == 0xE4) return *out = (keycap){10.25f, 1}, true;
  return false;
}

static bool are_neighbours(uint32_t a, uint32_t b) {
  keycap one, other;
  return find_key(a, &one) && find_key(b, &other) && fabsf(one.x - other.x) <= 1 && fabsf(one.y - other.y) <= 1;
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

typedef struct hunt {
  const lk_shelf *shelf;
  uint32_t typed[LETTERS_LIMIT + 1];
  size_t n;
  uint64_t letters;
  unsigned distance;
  float dearest, best_cost;
  uint32_t best;                /* target, or UINT32_MAX */
  uint32_t weighed[SEEN_COUNT]; /* the target plus 1 that was weighed last, by its low bits: most are met several times */
} hunt;

static bool is_in_reach(const hunt *h, const lk_target *target) {
  return count_bits(h->letters ^ target->letters) <= 2 * h->distance && target->length + h->distance >= h->n &&
         target->length <= h->n + h->distance;
}

/* Of two that cost the same, the one that came first. */
static void weigh(hunt *h, uint32_t at) {
  const lk_target *target = &h->shelf->targets.items[at];
  uint32_t meant[LETTERS_LIMIT + 1], *weighed = &h->weighed[at % SEEN_COUNT];
  if (*weighed == at + 1) return;
  *weighed = at + 1;
  size_t m = lk_decode(lk_target_form(h->shelf, target), meant, LETTERS_LIMIT + 1);
  unsigned edits = lk_edit_distance(h->typed, h->n, meant, m, h->distance);
  if (edits == 0 || edits > h->distance) return;
  float slip = lk_slip_cost(h->typed, h->n, meant, m), cost = slip - .04f * logf((float)target->weight);
  if (slip > h->dearest || cost > h->best_cost || (cost == h->best_cost && at > h->best)) return;
  h->best_cost = cost;
  h->best = at;
}

static void weigh_all(hunt *h) {
  for (size_t i = 0; i < h->shelf->targets.count; i++)
    if (is_in_reach(h, &h->shelf->targets.items[i])) weigh(h, (uint32_t)i);
}

/* ---- pieces ----
 *
 * A target is cut into four pieces. One edit changes one piece, or two if it exchanges the letters on both sides of a cut; so a word within two edits has
 * two of the target's pieces unchanged, moved by as many letters as were put in or left out before them, unless an exchange lies across a cut, and then
 * it has them when the exchange is undone. Each pair of pieces of each target stands in a table of buckets; a word looks into the buckets of its own
 * pairs, for each length and shift that the edits allow. The price is 24 bytes a target, and 4 bytes for each of three to six times as many buckets. */

enum { PIECES = 4, PAIRS = LK_TARGET_PAIRS };

#define HASH_BASE 0x9E3779B97F4A7C15u

typedef struct sums { /* of a word's beginnings: the hash of any stretch is a difference of two */
  uint64_t of[LETTERS_LIMIT + 1], powers[LETTERS_LIMIT + 1];
} sums;

static size_t cut(size_t length, unsigned piece) { return length * piece / PIECES; }

static void sum_up(const uint32_t *letters, size_t count, sums *out) {
  out->of[0] = 0;
  out->powers[0] = 1;
  for (size_t i = 0; i < count; i++) {
    out->of[i + 1] = out->of[i] * HASH_BASE + letters[i] + 1;
    out->powers[i + 1] = out->powers[i] * HASH_BASE;
  }
}

static uint64_t hash_of(const sums *s, size_t from, size_t to) { return s->of[to] - s->of[from] * s->powers[to - from]; }

static uint32_t bucket_of(size_t length, unsigned pair, uint64_t first, uint64_t second, size_t buckets) {
  uint64_t key = (first ^ (second << 29 | second >> 35)) + length * PAIRS + pair;
  key = (key ^ key >> 32) * 0xD6E8FEB86659FD93u;
  return (uint32_t)((key ^ key >> 32) & (buckets - 1));
}

static void buckets_of_target(const lk_shelf *shelf, const lk_target *target, size_t buckets, uint32_t out[PAIRS]) {
  uint32_t letters[LETTERS_LIMIT + 1];
  size_t m = lk_decode(lk_target_form(shelf, target), letters, LETTERS_LIMIT);
  sums s;
  sum_up(letters, m, &s);
  unsigned pair = 0;
  for (unsigned i = 0; i < PIECES; i++)
    for (unsigned j = i + 1; j < PIECES; j++, pair++)
      out[pair] = bucket_of(m, pair, hash_of(&s, cut(m, i), cut(m, i + 1)), hash_of(&s, cut(m, j), cut(m, j + 1)), buckets);
}

/* Counts into starts[bucket + 2], adds up, and puts each target where its bucket's next place is: starts[bucket + 1], which so becomes the bucket's end. */
static void fill_buckets(const lk_shelf *shelf, size_t buckets, uint32_t *starts, uint32_t *ids) {
  uint32_t of[PAIRS];
  for (size_t t = 0; t < shelf->targets.count; t++) {
    if (shelf->targets.items[t].length > LETTERS_LIMIT) continue;
    buckets_of_target(shelf, &shelf->targets.items[t], buckets, of);
    for (unsigned p = 0; p < PAIRS; p++) starts[of[p] + 2]++;
  }
  for (size_t b = 2; b < buckets + 2; b++) starts[b] += starts[b - 1];
  for (size_t t = 0; t < shelf->targets.count; t++) {
    if (shelf->targets.items[t].length > LETTERS_LIMIT) continue;
    buckets_of_target(shelf, &shelf->targets.items[t], buckets, of);
    for (unsigned p = 0; p < PAIRS; p++) ids[starts[of[p] + 1]++] = (uint32_t)t;
  }
}

/* ---- beginnings ----
 *
 * A misspelt form of which the vocabulary has other forms ("lahjakotrissani" where it has "lahjakortti") is near to none of them; but with the slip undone it
 * begins as they do, some letters beyond the slip. The beginnings of all targets are bits of a table. */

enum {
  BEGINNING_SHORTEST = 4,
  BEGINNING_LONG = 5,
  BEYOND = 3, /* letters after the slip that must agree */
  ENDING = 5, /* letters; where fewer are left after the slip, they and those before must be an ending */
  ENDING_MARK = 1000
};

typedef struct mark { /* three bits of one word of the table: two beginnings hardly ever share them all */
  size_t word;
  uint64_t bits;
} mark;

static mark mark_of(const lk_shelf *shelf, uint64_t hash, size_t length) {
  uint64_t key = ((hash ^ hash >> 31) + length) * 0xD6E8FEB86659FD93u;
  key ^= key >> 32;
  uint64_t bits = 1ull << (key >> 58) | 1ull << (key >> 52 & 63) | 1ull << (key >> 46 & 63);
  return (mark){(size_t)key & (shelf->beginning_words - 1), bits};
}

static void set_mark(const lk_shelf *shelf, mark m) { shelf->beginnings[m.word] |= m.bits; }

static void mark_beginnings(const lk_shelf *shelf) {
  for (size_t t = 0; t < shelf->targets.count; t++) {
    uint32_t letters[LETTERS_LIMIT + 1];
    size_t m = lk_decode(lk_target_form(shelf, &shelf->targets.items[t]), letters, LETTERS_LIMIT);
    sums s;
    sum_up(letters, m, &s);
    for (size_t length = BEGINNING_SHORTEST; length <= m; length++) set_mark(shelf, mark_of(shelf, s.of[length], length));
    if (m >= ENDING) set_mark(shelf, mark_of(shelf, hash_of(&s, m - ENDING, m), ENDING_MARK));
  }
}

static size_t power_of_two(size_t at_least) {
  size_t size = 64;
  while (size < at_least) size *= 2;
  return size;
}

void lk_forget_targets(lk_shelf *shelf) {
  free(shelf->near_starts);
  free(shelf->near_ids);
  free(shelf->beginnings);
  shelf->near_starts = shelf->near_ids = NULL;
  shelf->beginnings = NULL;
  shelf->near_buckets = shelf->beginning_words = 0;
}

bool lk_index_targets(lk_shelf *shelf) {
  size_t count = shelf->targets.count, buckets = power_of_two(3 * count), words = power_of_two(count);
  lk_forget_targets(shelf);
  if (count > UINT32_MAX / 16) return true; /* without the tables all targets are looked at */
  shelf->near_starts = calloc(buckets + 2, sizeof *shelf->near_starts);
  shelf->near_ids = malloc((count * PAIRS + 1) * sizeof *shelf->near_ids);
  shelf->beginnings = calloc(words, sizeof *shelf->beginnings);
  if (!shelf->near_starts || !shelf->near_ids || !shelf->beginnings) {
    lk_forget_targets(shelf);
    return false;
  }
  shelf->near_buckets = buckets;
  shelf->near_targets = count;
  shelf->beginning_words = words;
  fill_buckets(shelf, buckets, shelf->near_starts, shelf->near_ids);
  mark_beginnings(shelf);
  return true;
}

static unsigned apart(int a, int b) { return (unsigned)(a > b ? a - b : b - a); }

/* Looks into the bucket of two pieces of a target of `m` letters, which the word has `first` and `second` letters further on. */
static void look_into(hunt *h, const sums *s, size_t m, unsigned pair, const int piece[2], const int shift[2]) {
  uint64_t hashes[2];
  for (int i = 0; i < 2; i++) {
    int from = (int)cut(m, (unsigned)piece[i]) + shift[i], to = (int)cut(m, (unsigned)piece[i] + 1) + shift[i];
    if (from < 0 || to > (int)h->n) return;
    hashes[i] = hash_of(s, (size_t)from, (size_t)to);
  }
  uint32_t bucket = bucket_of(m, pair, hashes[0], hashes[1], h->shelf->near_buckets);
  for (uint32_t at = h->shelf->near_starts[bucket]; at < h->shelf->near_starts[bucket + 1]; at++) {
    uint32_t id = h->shelf->near_ids[at];
    if (id < h->shelf->near_targets && is_in_reach(h, &h->shelf->targets.items[id])) weigh(h, id);
  }
}

enum { PAIR_01 = 1 << 0, PAIR_12 = 1 << 3, PAIR_23 = 1 << 5, ALL_PAIRS = (1 << PAIRS) - 1 };

/* All targets of `m` letters within `edits` edits of the word that `s` sums up, by these pairs of pieces. The shifts go from none to the difference of the
 * lengths, and each step is an edit. */
static void hunt_length(hunt *h, const sums *s, size_t m, int edits, unsigned pairs) {
  int whole = (int)h->n - (int)m;
  unsigned pair = 0;
  for (int i = 0; i < PIECES; i++)
    for (int j = i + 1; j < PIECES; j++, pair++)
      for (int first = -edits; (pairs >> pair & 1) && first <= edits; first++)
        for (int second = -edits; second <= edits; second++)
          if (apart(first, 0) + apart(second, first) + apart(whole, second) <= (unsigned)edits)
            look_into(h, s, m, pair, (const int[]){i, j}, (const int[]){first, second});
}

/* With the letters on both sides of this place exchanged. */
static void undo_exchange(hunt *h, size_t m, size_t at, unsigned pairs) {
  if (at < 1 || at >= h->n || h->typed[at] == h->typed[at - 1]) return;
  uint32_t letters[LETTERS_LIMIT];
  memcpy(letters, h->typed, h->n * sizeof *letters);
  letters[at - 1] = h->typed[at];
  letters[at] = h->typed[at - 1];
  sums s;
  sum_up(letters, h->n, &s);
  hunt_length(h, &s, m, 1, pairs);
}

/* An exchange across a cut and another edit. When that edit is in the same two pieces, the other two are unchanged. When it is in others, the two are unchanged
 * once the exchange is undone. When it is an exchange across the next cut, undoing the one in the middle leaves the two at an end. */
static void undo_exchanges(hunt *h, size_t m) {
  static const unsigned pairs[] = {0, PAIR_01, PAIR_01 | PAIR_12 | PAIR_23, PAIR_23};
  for (unsigned piece = 1; piece < PIECES; piece++) {
    undo_exchange(h, m, cut(m, piece), pairs[piece]);
    if (m != h->n) undo_exchange(h, m, cut(m, piece) + h->n - m, pairs[piece]);
  }
}

static void hunt_pieces(hunt *h) {
  sums s;
  sum_up(h->typed, h->n, &s);
  for (size_t m = h->n > h->distance ? h->n - h->distance : 1; m <= h->n + h->distance && m <= LETTERS_LIMIT; m++) {
    hunt_length(h, &s, m, (int)h->distance, ALL_PAIRS);
    if (h->distance == 2 && apart((int)m, (int)h->n) <= 1) undo_exchanges(h, m);
  }
}

const lk_target *lk_nearest_target(const lk_shelf *shelf, lk_view form, unsigned distance, float dearest) {
  hunt h = {.shelf = shelf, .letters = lk_letter_bag(form), .distance = distance, .dearest = dearest};
  h.best_cost = HUGE_VALF;
  h.best = UINT32_MAX;
  h.n = lk_decode(form, h.typed, LETTERS_LIMIT + 1);
  if (h.n > LETTERS_LIMIT) return NULL;
  if (shelf->near_targets == shelf->targets.count && shelf->near_buckets && distance <= 2)
    hunt_pieces(&h);
  else
    weigh_all(&h);
  return h.best == UINT32_MAX ? NULL : &shelf->targets.items[h.best];
}

typedef struct undoing {
  const lk_shelf *shelf;
  const uint32_t *typed;
  size_t n, count, cap;
  lk_undone *out;
  uint64_t sums[LETTERS_LIMIT + 2];
} undoing;

static bool is_beginning(const lk_shelf *shelf, uint64_t hash, size_t length) {
  mark m = mark_of(shelf, hash, length);
  return (shelf->beginnings[m.word] & m.bits) == m.bits;
}

static void keep_undone(undoing *u, size_t at, const uint32_t *instead, size_t count, size_t resume) {
  lk_undone undone = {.count = at + count + u->n - resume};
  memcpy(undone.letters, u->typed, at * sizeof *instead);
  if (count) memcpy(undone.letters + at, instead, count * sizeof *instead);
  memcpy(undone.letters + at + count, u->typed + resume, (u->n - resume) * sizeof *instead);
  undone.cost = lk_slip_cost(u->typed, u->n, undone.letters, undone.count);
  size_t place = u->count;
  while (place && u->out[place - 1].cost > undone.cost) place--;
  if (place == u->cap) return;
  if (u->count < u->cap) u->count++;
  memmove(u->out + place + 1, u->out + place, (u->count - 1 - place) * sizeof *u->out);
  u->out[place] = undone;
}

static void try_undo_end(undoing *u, size_t at, const uint32_t *instead, size_t count, size_t resume) {
  size_t after = u->n - resume, before = ENDING - count - after;
  if (at < BEGINNING_SHORTEST || count + after > ENDING || before > at) return;
  uint64_t hash = 0;
  for (size_t i = at - before; i < at; i++) hash = hash * HASH_BASE + u->typed[i] + 1;
  for (size_t i = 0; i < count; i++) hash = hash * HASH_BASE + instead[i] + 1;
  for (size_t i = resume; i < u->n; i++) hash = hash * HASH_BASE + u->typed[i] + 1;
  if (is_beginning(u->shelf, hash, ENDING_MARK)) keep_undone(u, at, instead, count, resume);
}

/* `count` letters stood at `at`, and the word goes on at `resume`; `beyond` letters of it must agree. */
static void try_undo(undoing *u, size_t at, const uint32_t *instead, size_t count, size_t resume, size_t beyond) {
  size_t length = at + count + beyond;
  if (at + count + u->n - resume > LETTERS_LIMIT) return;
  if (resume + BEYOND > u->n) {
    try_undo_end(u, at, instead, count, resume);
    return;
  }
  if (length < BEGINNING_SHORTEST) return;
  uint64_t hash = u->sums[at];
  for (size_t i = 0; i < count; i++) hash = hash * HASH_BASE + instead[i] + 1;
  for (size_t i = 0; i < beyond; i++) hash = hash * HASH_BASE + u->typed[resume + i] + 1;
  if (is_beginning(u->shelf, hash, length)) keep_undone(u, at, instead, count, resume);
}

size_t lk_undo_slips(const lk_shelf *shelf, lk_view form, lk_undone *out, size_t cap) {
  static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz\xE4\xF6";
  uint32_t typed[LETTERS_LIMIT + 1];
  undoing u = {.shelf = shelf, .typed = typed, .out = out, .cap = cap};
  u.n = lk_decode(form, typed, LETTERS_LIMIT + 1);
  if (u.n > LETTERS_LIMIT || !shelf->beginning_words || !cap) return 0;
  for (size_t i = 0; i < u.n; i++) u.sums[i + 1] = u.sums[i] * HASH_BASE + typed[i] + 1;
  for (size_t at = 0; at < u.n; at++) {
    /* What stands before the slip begins a target as well. */
    if (at >= BEGINNING_SHORTEST && !is_beginning(shelf, u.sums[at], at)) break;
    try_undo(&u, at, NULL, 0, at + 1, BEYOND);
    /* Exchanged letters are the commonest slip, and there is one exchange a place: the beginning need not go on, but be a long one. */
    if (at + 1 < u.n && typed[at] != typed[at + 1])
      try_undo(&u, at, (const uint32_t[]){typed[at + 1], typed[at]}, 2, at + 2, at < BEGINNING_LONG ? BEYOND : 0);
    for (const char *c = alphabet; *c; c++) {
      uint32_t letter = (unsigned char)*c;
      if (letter != typed[at]) try_undo(&u, at, &letter, 1, at + 1, BEYOND);
      try_undo(&u, at, &letter, 1, at, BEYOND);
    }
  }
  return u.count;
}
