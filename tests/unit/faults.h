/* Memory that runs out on demand: the linker puts these functions before malloc and its kin (lk_memory_test in CMakeLists.txt). One thread. */
#ifndef LK_TEST_FAULTS_H
#define LK_TEST_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct lk_faults {
  long live;     /* blocks that are not freed */
  long until;    /* allocations left before one fails; below 0 (at the start): none does */
  bool forever;  /* all later ones fail too */
  bool happened; /* one has failed */
} lk_faults;
extern lk_faults faults;

/* For libraries that are told which functions to call. */
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *block);

#endif
