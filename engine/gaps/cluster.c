/* Leader clustering (J. A. Hartigan: Clustering Algorithms, 1975, chapter 3) with one round of k-means behind it: one pass finds the leaders, the middles of what they gathered are
 * then what every vector is compared with again. The clusters are found through an inverted index, so that only those with a term in common are looked at. */
#include "gaps/cluster.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/vector.h"

typedef struct posting {
  uint32_t cluster;
  float weight;
} posting;

typedef struct postings {
  posting *items;
  size_t count, cap;
} postings;

typedef struct finder {
  postings *of; /* a term */
  size_t terms;
  struct { /* the likeness to each cluster, and those that are not 0 */
    float *items;
    size_t count, cap;
  } scores;
  struct {
    uint32_t *items;
    size_t count, cap;
  } touched;
} finder;

static bool open_finder(finder *f, size_t terms) {
  *f = (finder){.of = calloc(terms + 1, sizeof *f->of), .terms = terms};
  return f->of != NULL;
}

static void close_finder(finder *f) {
  for (size_t t = 0; f->of && t < f->terms; t++) free(f->of[t].items);
  free(f->of);
  free(f->scores.items);
  free(f->touched.items);
}

static bool add_cluster(finder *f, const lk_vector *middle) {
  uint32_t number = (uint32_t)f->scores.count;
  if (!LK_PUSH(&f->scores, 0)) return false;
  for (uint32_t i = 0; i < middle->count; i++)
    if (!LK_PUSH(&f->of[middle->terms[i].number], (posting){number, middle->terms[i].weight})) return false;
  return true;
}

/* The cluster most like the vector; of equal ones the first. False: memory is out. */
static bool find(finder *f, const lk_vector *v, uint32_t *best, float *likeness) {
  *best = LK_IN_NO_CLUSTER;
  *likeness = 0;
  f->touched.count = 0;
  for (uint32_t i = 0; i < v->count; i++) {
    const postings *list = &f->of[v->terms[i].number];
    for (size_t p = 0; p < list->count; p++) {
      float *score = &f->scores.items[list->items[p].cluster];
      if (*score <= 0 && !LK_PUSH(&f->touched, list->items[p].cluster)) return false;
      *score += list->items[p].weight * v->terms[i].weight;
    }
  }
  for (size_t t = 0; t < f->touched.count; t++) {
    uint32_t cluster = f->touched.items[t];
    float score = f->scores.items[cluster];
    if (score > *likeness || (score >= *likeness && cluster < *best)) *likeness = score, *best = cluster;
    f->scores.items[cluster] = 0;
  }
  return true;
}

static bool lead(const lk_vector *vectors, size_t count, finder *f, float least, lk_clusters *out) {
  for (size_t i = 0; i < count; i++) {
    float likeness;
    out->of[i] = LK_IN_NO_CLUSTER;
    if (!vectors[i].count) continue;
    if (!find(f, &vectors[i], &out->of[i], &likeness)) return false;
    if (out->of[i] != LK_IN_NO_CLUSTER && likeness >= least) continue;
    out->of[i] = (uint32_t)out->count++;
    if (!add_cluster(f, &vectors[i])) return false;
  }
  return true;
}

/* The sum of each cluster's vectors, cut to the weightiest terms. `by_cluster` has the vectors in the order of their clusters. */
static bool find_middles(const lk_vector *vectors, const uint32_t *weights, const uint32_t *by_cluster, size_t count,
                         size_t terms, lk_arena *arena, lk_clusters *out) {
  float *sum = calloc(terms + 1, sizeof *sum);
  lk_vector_term *all = calloc(terms + 1, sizeof *all);
  bool fine = sum && all && (out->middles = LK_NEW_ARRAY(arena, lk_vector, out->count + 1));
  for (size_t i = 0, next; fine && i < count; i = next) {
    lk_vector middle = {all, 0};
    uint32_t cluster = out->of[by_cluster[i]];
    for (next = i; next < count && out->of[by_cluster[next]] == cluster; next++) {
      const lk_vector *v = &vectors[by_cluster[next]];
      float weight = 1 + logf((float)weights[by_cluster[next]]);
      for (uint32_t t = 0; t < v->count; t++) {
        if (sum[v->terms[t].number] <= 0) all[middle.count++].number = v->terms[t].number;
        sum[v->terms[t].number] += weight * v->terms[t].weight;
      }
    }
    for (uint32_t t = 0; t < middle.count; t++) {
      all[t].weight = sum[all[t].number];
      sum[all[t].number] = 0;
    }
    lk_vector_finish(&middle);
    lk_vector *kept = &out->middles[cluster];
    kept->terms = LK_NEW_ARRAY(arena, lk_vector_term, middle.count + 1);
    fine = kept->terms != NULL;
    if (fine) memcpy(kept->terms, all, middle.count * sizeof *all);
    kept->count = middle.count;
  }
  free(sum);
  free(all);
  return fine;
}

/* A stable order of the vectors by cluster: counted, then placed. */
static bool order_by_cluster(const lk_clusters *clusters, size_t count, uint32_t **order, size_t *placed) {
  uint32_t *starts = calloc(clusters->count + 2, sizeof *starts);
  *order = calloc(count + 1, sizeof **order);
  *placed = 0;
  bool fine = starts && *order;
  for (size_t i = 0; fine && i < count; i++)
    if (clusters->of[i] != LK_IN_NO_CLUSTER) starts[clusters->of[i] + 1]++, ++*placed;
  for (size_t c = 0; fine && c < clusters->count; c++) starts[c + 1] += starts[c];
  for (size_t i = 0; fine && i < count; i++)
    if (clusters->of[i] != LK_IN_NO_CLUSTER) (*order)[starts[clusters->of[i]]++] = (uint32_t)i;
  free(starts);
  return fine;
}

static bool settle(const lk_vector *vectors, size_t count, size_t terms, float least, lk_clusters *out) {
  finder f;
  bool fine = open_finder(&f, terms);
  for (size_t c = 0; fine && c < out->count; c++) fine = add_cluster(&f, &out->middles[c]);
  for (size_t i = 0; fine && i < count; i++) {
    uint32_t best;
    float likeness;
    if (!vectors[i].count) continue;
    fine = find(&f, &vectors[i], &best, &likeness);
    if (best != LK_IN_NO_CLUSTER && likeness >= least) out->of[i] = best;
  }
  close_finder(&f);
  return fine;
}

lk_code lk_clusters_make(const lk_vector *vectors, const uint32_t *weights, size_t count, size_t terms, float least,
                         lk_arena *arena, lk_clusters *out, lk_error *err) {
  finder f;
  uint32_t *order = NULL;
  size_t placed;
  *out = (lk_clusters){.of = LK_NEW_ARRAY(arena, uint32_t, count + 1)};
  bool fine = open_finder(&f, terms) && out->of && lead(vectors, count, &f, least, out);
  close_finder(&f);
  fine = fine && order_by_cluster(out, count, &order, &placed) &&
         find_middles(vectors, weights, order, placed, terms, arena, out) && settle(vectors, count, terms, least, out);
  free(order);
  order = NULL;
  fine =
      fine && order_by_cluster(out, count, &order, &placed) && find_middles(vectors, weights, order, placed, terms, arena, out);
  free(order);
  return fine ? LK_OK : lk_fail_memory(err);
}
