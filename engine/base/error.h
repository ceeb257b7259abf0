/* Filling in an lk_error. Private: callers outside the engine only read errors. */
#ifndef LK_BASE_ERROR_H
#define LK_BASE_ERROR_H

#include "luukku/error.h"

/* Writes code and message (printf style) without a place; returns `code`, so that `return lk_fail(…)` reads well. */
lk_code lk_fail(lk_error *err, lk_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with a place; `line` may be 0. */
lk_code lk_fail_at(lk_error *err, lk_code code, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

lk_code lk_fail_memory(lk_error *err);

#endif
