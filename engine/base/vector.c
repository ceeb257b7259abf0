#include "base/vector.h"

#include <stdint.h>
#include <stdlib.h>

bool lk_vector_room(void **items, size_t *cap, size_t count, size_t size) {
  if (count < *cap) return true;
  size_t grown_cap = *cap ? *cap * 2 : 8, bytes;
  if (grown_cap < *cap || __builtin_mul_overflow(grown_cap, size, &bytes)) return false;
  void *grown = realloc(*items, bytes);
  if (!grown) return false;
  *items = grown;
  *cap = grown_cap;
  return true;
}
