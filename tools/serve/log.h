/* The log: one JSON object a line, with personal data masked.
 *
 * Threads: any. A line is written whole. When it cannot be written it is lost: nobody waits for a log. */
#ifndef LUUKKU_SERVE_LOG_H
#define LUUKKU_SERVE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "luukku/error.h"

typedef struct lk_log lk_log;

/* `path`: a file that is appended to, "-" for standard error, "none". NULL and `err` when it cannot be opened. */
lk_log *lk_log_open(const char *path, lk_error *err);
void lk_log_close(lk_log *log);
/* Opens the file anew, after another program has moved it away. */
void lk_log_reopen(lk_log *log);

typedef struct lk_log_field {
  const char *name;
  const char *text; /* masked; NULL: `number` holds */
  int64_t number;
} lk_log_field;

/* level: "info", "warning", "error"; `event` is a constant word. */
void lk_log_write(lk_log *log, const char *level, const char *event, const lk_log_field *fields, size_t count);
#define LK_LOG(log, level, event, ...)                                 \
  lk_log_write(log, level, event, (const lk_log_field[]){__VA_ARGS__}, \
               sizeof((const lk_log_field[]){__VA_ARGS__}) / sizeof(lk_log_field))

#endif
