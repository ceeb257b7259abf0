/* Prepared statements on SQLite with errors that say how to mend them. Private to the order book and to identity.
 *
 * A query keeps the first failure and makes everything after it do nothing, so that a run of calls needs one check, in lk_query_end. Statements
 * are prepared once and kept. A query must end before the same statement begins again. */
#ifndef LK_ORDERS_SQL_H
#define LK_ORDERS_SQL_H

#include <sqlite3.h>
#include <stdint.h>

#include "luukku/error.h"
#include "luukku/text.h"

typedef struct lk_arena lk_arena;

typedef struct lk_sql {
  sqlite3 *db;
  const char *const *texts; /* the statements, by number */
  sqlite3_stmt **statements;
  size_t count;
  char path[256]; /* for messages; a longer one is cut */
} lk_sql;

typedef struct lk_query {
  lk_sql *sql;
  sqlite3_stmt *statement;
  int parameter; /* the last one bound */
  lk_code code;
  lk_error *err;
} lk_query;

/* Opens `path` (never through a URI). `flags` as of sqlite3_open_v2. On failure everything is closed again. */
lk_code lk_sql_open(lk_sql *sql, const char *path, int flags, int busy_timeout_ms, const char *const *texts, size_t count,
                    lk_error *err);
void lk_sql_close(lk_sql *sql);
/* Fills `err` from a result code of SQLite. */
lk_code lk_sql_fail(const lk_sql *sql, int result, lk_error *err);
/* Runs statements that give no rows. */
lk_code lk_sql_exec(lk_sql *sql, const char *text, lk_error *err);
/* Ends a transaction that failed; harmless when there is none. */
void lk_sql_rollback(lk_sql *sql);

lk_query lk_query_begin(lk_sql *sql, size_t number, lk_error *err);
/* Bind the next parameter. A text without bytes is bound as "" or, by the second, as NULL. */
void lk_query_text(lk_query *query, lk_view text);
void lk_query_text_or_null(lk_query *query, lk_view text);
void lk_query_blob(lk_query *query, const void *bytes, size_t len);
void lk_query_int(lk_query *query, int64_t value);
/* 0 is bound as NULL: a time that there is none of. */
void lk_query_time(lk_query *query, int64_t time);
/* True while there is a row. */
bool lk_query_row(lk_query *query);
/* Columns of the row, from 0. Text is copied into the arena and is empty for NULL. */
int64_t lk_column_int(lk_query *query, int column);
lk_view lk_column_text(lk_query *query, int column, lk_arena *arena);
/* Text that is good until the next row. */
lk_view lk_column_view(lk_query *query, int column);
/* Must be called once for each begin, whatever happened. */
lk_code lk_query_end(lk_query *query);
/* Steps to the end, then ends; *changes (may be NULL) is the number of rows that were changed. */
lk_code lk_query_run(lk_query *query, int *changes);

#endif
