#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const names[] = {
    [LK_OK] = "ok",
    [LK_ERR_MEMORY] = "memory",
    [LK_ERR_IO] = "io",
    [LK_ERR_INPUT] = "input",
    [LK_ERR_LIMIT] = "limit",
    [LK_ERR_BUSY] = "busy",
    [LK_ERR_STATE] = "state",
    [LK_ERR_DENIED] = "denied",
    [LK_ERR_MISSING] = "missing",
    [LK_ERR_BACKEND] = "backend",
};

const char *lk_code_name(lk_code code) { return (size_t)code < sizeof names / sizeof *names ? names[code] : "unknown"; }

__attribute__((format(printf, 5, 0))) static void fill(lk_error *err, lk_code code, const char *file, int line,
                                                       const char *format, va_list args) {
  if (!err) return;
  err->code = code;
  err->line = line;
  (void)snprintf(err->file, sizeof err->file, "%s", file ? file : "");
  (void)vsnprintf(err->message, sizeof err->message, format, args);
}

lk_code lk_fail(lk_error *err, lk_code code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fill(err, code, NULL, 0, format, args);
  va_end(args);
  return code;
}

lk_code lk_fail_at(lk_error *err, lk_code code, const char *file, int line, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fill(err, code, file, line, format, args);
  va_end(args);
  return code;
}

lk_code lk_fail_memory(lk_error *err) {
  return lk_fail(err, LK_ERR_MEMORY, "out of memory; close other programs or give this one more");
}
