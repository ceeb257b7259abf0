#include "faults.h"

#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *block);

lk_faults faults = {.until = -1};

static bool fails(void) {
  if (faults.until < 0) return false;
  if (faults.until > 0 && faults.until--) return false;
  if (!faults.forever) faults.until = -1;
  faults.happened = true;
  return true;
}

static void *counted(void *block) {
  faults.live += block != NULL;
  return block;
}

void *__wrap_malloc(size_t size) { return fails() ? NULL : counted(__real_malloc(size)); }
void *__wrap_calloc(size_t count, size_t size) { return fails() ? NULL : counted(__real_calloc(count, size)); }

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
  return fails() ? NULL : counted(__real_aligned_alloc(alignment, size));
}

void *__wrap_realloc(void *old, size_t size) {
  if (fails()) return NULL;
  void *block = __real_realloc(old, size);
  faults.live += block && !old;
  return block;
}

char *__wrap_strdup(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = __wrap_malloc(size);
  return copy ? memcpy(copy, text, size) : NULL;
}

void __wrap_free(void *block) {
  faults.live -= block != NULL;
  __real_free(block);
}
