/* Filling in an lk_error in tools, which do not see the engine's private headers. Returns `code`. */
#ifndef LUUKKU_SERVE_FAIL_H
#define LUUKKU_SERVE_FAIL_H

#include <stdarg.h>
#include <stdio.h>

#include "luukku/error.h"

__attribute__((format(printf, 3, 4))) static inline lk_code lk_set_error(lk_error *err, lk_code code, const char *format, ...) {
  if (!err) return code;
  err->code = code;
  err->line = 0;
  err->file[0] = '\0';
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(err->message, sizeof err->message, format, arguments);
  va_end(arguments);
  return code;
}

#endif
