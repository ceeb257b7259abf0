#include "nlu/engine.h"

/* A first, plain rule: every word counts the same. */
const float *lk_emphasis(const lk_analysis *question, lk_arena *arena) {
  float *weights = LK_NEW_ARRAY(arena, float, question->count + 1);
  for (size_t w = 0; weights && w < question->count; w++) weights[w] = 1.0f;
  return weights;
}
