/* Growing arrays: three fields and one macro, since C has no better. Declare `struct { T *items; size_t count, cap; } v = {0};`, push with
 * LK_PUSH, free `items`. */
#ifndef LK_BASE_VECTOR_H
#define LK_BASE_VECTOR_H

#include <stdbool.h>
#include <stddef.h>

/* Makes room for one more element of `size` bytes; false when memory is out (the array stays as it was). */
bool lk_vector_room(void **items, size_t *cap, size_t count, size_t size);

/* True, and the element appended; or false when memory is out. */
#define LK_PUSH(v, ...)                                                               \
  (lk_vector_room((void **)&(v)->items, &(v)->cap, (v)->count, sizeof((v)->items[0])) \
       ? ((v)->items[(v)->count++] = (__VA_ARGS__), true)                             \
       : false)

#endif
