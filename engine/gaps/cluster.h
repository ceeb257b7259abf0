/* Vectors put together by likeness: leaders first, then each vector to the nearest middle. */
#ifndef LK_GAPS_CLUSTER_H
#define LK_GAPS_CLUSTER_H

#include "gaps/vector.h"

typedef struct lk_clusters {
  uint32_t *of; /* the cluster of each vector; LK_IN_NO_CLUSTER for an empty vector */
  lk_vector *middles;
  size_t count;
} lk_clusters;

#define LK_IN_NO_CLUSTER UINT32_MAX

/* `weights`: how often each vector stands for a question; vectors come in the order in which they may lead. `terms`: numbers go up to this. Time grows with the vectors
 * times the clusters that share a term with each. */
lk_code lk_clusters_make(const lk_vector *vectors, const uint32_t *weights, size_t count, size_t terms, float least,
                         lk_arena *arena, lk_clusters *out, lk_error *err);

#endif
