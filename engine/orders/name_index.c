#include "orders/name_index.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/vector.h"
#include "orders/fold.h"

enum { FOLDED_MAX = 600, GRAMS_MAX = FOLDED_MAX };

typedef struct name {
  lk_view key;
  lk_view folded_key, folded;
  uint32_t family; /* a number of the family, or UINT32_MAX */
  float weight;    /* of all its trigrams */
} name;

typedef struct posting { /* a trigram (three bytes) of a name */
  uint32_t gram, name;
} posting;

struct lk_name_index {
  lk_arena *arena;
  lk_map *families;
  struct {
    name *items;
    size_t count, cap;
  } names;
  struct {
    posting *items;
    size_t count, cap;
  } postings;        /* sorted by gram, then name */
  float *shared;     /* scratch of a search: weight shared with each name */
  lk_name_hit *best; /* scratch: the best of each family */
};

lk_name_index *lk_name_index_new(void) {
  lk_name_index *index = calloc(1, sizeof *index);
  if (!index) return NULL;
  index->arena = lk_arena_new();
  index->families = lk_map_new();
  if (index->arena && index->families) return index;
  lk_name_index_free(index);
  return NULL;
}

void lk_name_index_free(lk_name_index *index) {
  if (!index) return;
  lk_arena_free(index->arena);
  lk_map_free(index->families);
  free(index->names.items);
  free(index->postings.items);
  free(index->shared);
  free(index->best);
  free(index);
}

static int compare_grams(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* The different trigrams of a folded text, sorted. */
static size_t grams_of(lk_view folded, uint32_t grams[GRAMS_MAX]) {
  unsigned char text[FOLDED_MAX + 2];
  size_t len = folded.len < FOLDED_MAX ? folded.len : FOLDED_MAX;
  if (!len) return 0;
  text[0] = ' ';
  memcpy(text + 1, folded.ptr, len);
  text[len + 1] = ' ';
  size_t count = 0;
  for (size_t i = 0; i < len; i++) grams[count++] = (uint32_t)(text[i] << 16 | text[i + 1] << 8 | text[i + 2]);
  qsort(grams, count, sizeof *grams, compare_grams);
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (!kept || grams[kept - 1] != grams[i]) grams[kept++] = grams[i];
  return kept;
}

/* As many bytes of the text as fold into FOLDED_MAX. */
static lk_view fold_into(lk_view text, char out[FOLDED_MAX]) {
  if (text.len > FOLDED_MAX / 2) text.len = FOLDED_MAX / 2;
  size_t len = lk_fold_proof(text, true, out, FOLDED_MAX);
  return (lk_view){out, len == SIZE_MAX ? 0 : len};
}

bool lk_name_index_add(lk_name_index *index, lk_view key, lk_view text, lk_view family) {
  char folded[FOLDED_MAX];
  uint32_t grams[GRAMS_MAX], at = (uint32_t)index->names.count, of = UINT32_MAX;
  if (family.len) {
    uint32_t *number = lk_map_put(index->families, family, (uint32_t)lk_map_count(index->families));
    if (!number) return false;
    of = *number;
  }
  name n = {.key = lk_arena_copy(index->arena, key), .family = of};
  n.folded_key = lk_arena_copy(index->arena, fold_into(key, folded));
  lk_view text_folded = fold_into(text, folded);
  n.folded = lk_arena_copy(index->arena, text_folded);
  if (!n.key.ptr || !n.folded_key.ptr || !n.folded.ptr || !LK_PUSH(&index->names, n)) return false;
  size_t count = grams_of(text_folded, grams);
  for (size_t i = 0; i < count; i++)
    if (!LK_PUSH(&index->postings, (posting){grams[i], at})) return false;
  return true;
}

static int compare_postings(const void *a, const void *b) {
  const posting *x = a, *y = b;
  if (x->gram != y->gram) return x->gram < y->gram ? -1 : 1;
  return (x->name > y->name) - (x->name < y->name);
}

/* A trigram in every name weighs little, one in a single name much. */
static float weight_of(const lk_name_index *index, size_t names) {
  return (float)log(1.0 + (double)index->names.count / (double)(names ? names : 1));
}

/* Where the postings of the first gram not below `gram` begin. */
static size_t find_gram(const lk_name_index *index, uint32_t gram) {
  size_t low = 0, high = index->postings.count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (index->postings.items[middle].gram < gram)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static size_t end_of_gram(const lk_name_index *index, size_t from) {
  size_t to = from;
  while (to < index->postings.count && index->postings.items[to].gram == index->postings.items[from].gram) to++;
  return to;
}

bool lk_name_index_freeze(lk_name_index *index) {
  if (index->postings.count) qsort(index->postings.items, index->postings.count, sizeof(posting), compare_postings);
  index->shared = calloc(index->names.count + 1, sizeof *index->shared);
  index->best = calloc(lk_map_count(index->families) + 1, sizeof *index->best);
  if (!index->shared || !index->best) return false;
  for (size_t from = 0; from < index->postings.count;) {
    size_t to = end_of_gram(index, from);
    for (size_t i = from; i < to; i++) index->names.items[index->postings.items[i].name].weight += weight_of(index, to - from);
    from = to;
  }
  return true;
}

lk_view lk_name_index_key(const lk_name_index *index, uint32_t at) { return index->names.items[at].key; }

/* ---- Searching ---- */

static bool has_word(lk_view text, lk_view word) {
  if (!word.len || word.len > text.len) return false;
  for (size_t i = 0; i + word.len <= text.len; i++) {
    bool starts = i == 0 || text.ptr[i - 1] == ' ', ends = i + word.len == text.len || text.ptr[i + word.len] == ' ';
    if (starts && ends && memcmp(text.ptr + i, word.ptr, word.len) == 0) return true;
  }
  return false;
}

/* How much the text's other words and the name's missing ones count against what is shared. */
static const double other_words = 0.15, missing = 0.60;

static double score_of(const name *n, lk_view text, double shared, double query) {
  if (lk_view_eq(n->folded, text) || has_word(text, n->folded_key)) return 1;
  double left = query - shared, lacks = (double)n->weight - shared;
  double score = shared / (shared + other_words * (left > 0 ? left : 0) + missing * (lacks > 0 ? lacks : 0));
  return score < 0.999 ? score : 0.999; /* 1 is for the very name */
}

static bool is_better(const lk_name_hit *a, const lk_name_hit *b) {
  return a->score != b->score ? a->score > b->score : a->name < b->name;
}

/* Keeps the hits sorted; `limit` is small. */
static size_t insert(lk_name_hit *hits, size_t count, size_t limit, lk_name_hit hit) {
  if (count == limit && !is_better(&hit, &hits[count - 1])) return count;
  size_t at = count < limit ? count++ : count - 1;
  for (; at > 0 && is_better(&hit, &hits[at - 1]); at--) hits[at] = hits[at - 1];
  hits[at] = hit;
  return count;
}

/* Adds up what the text shares with each name; returns the weight of the text itself. */
static double share(lk_name_index *index, lk_view folded) {
  uint32_t grams[GRAMS_MAX];
  size_t count = grams_of(folded, grams);
  memset(index->shared, 0, index->names.count * sizeof *index->shared);
  double query = 0;
  for (size_t g = 0; g < count; g++) {
    size_t from = find_gram(index, grams[g]);
    bool known = from < index->postings.count && index->postings.items[from].gram == grams[g];
    size_t to = known ? end_of_gram(index, from) : from;
    float weight = weight_of(index, to - from);
    query += (double)weight;
    for (size_t i = from; i < to; i++) index->shared[index->postings.items[i].name] += weight;
  }
  return query;
}

size_t lk_name_index_search(lk_name_index *index, lk_view text, double least, lk_name_hit *hits, size_t limit) {
  char buffer[FOLDED_MAX];
  lk_view folded = fold_into(text, buffer);
  if (!folded.len || !limit) return 0;
  double query = share(index, folded);
  size_t families = lk_map_count(index->families), count = 0;
  lk_name_hit *best = index->best;
  memset(best, 0, families * sizeof *best);
  for (size_t i = 0; i < index->names.count; i++) {
    const name *n = &index->names.items[i];
    if (index->shared[i] <= 0 && !has_word(folded, n->folded_key)) continue;
    lk_name_hit hit = {(uint32_t)i, score_of(n, folded, (double)index->shared[i], query)};
    if (hit.score < least) continue;
    if (n->family == UINT32_MAX)
      count = insert(hits, count, limit, hit);
    else if (best[n->family].score <= 0 || is_better(&hit, &best[n->family]))
      best[n->family] = hit;
  }
  for (size_t i = 0; i < families; i++)
    if (best[i].score > 0) count = insert(hits, count, limit, best[i]);
  return count;
}
