#include "orders/sql.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"

/* ---- Errors ---- */

lk_code lk_sql_fail(const lk_sql *sql, int result, lk_error *err) {
  const char *path = sql->path;
  switch (result & 0xFF) {
    case SQLITE_NOMEM:
      return lk_fail_memory(err);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return lk_fail(err, LK_ERR_BUSY, "%s is locked by another program; try again in a moment", path);
    case SQLITE_FULL:
      return lk_fail(err, LK_ERR_IO, "%s cannot grow, the disk is full; free some space (nothing was changed)", path);
    case SQLITE_READONLY:
      return lk_fail(err, LK_ERR_IO, "%s cannot be written; give this user the right to write the file and its folder", path);
    case SQLITE_CANTOPEN:
      return lk_fail(err, LK_ERR_IO, "%s cannot be opened; check that it exists and that this user may read it", path);
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return lk_fail(err, LK_ERR_IO, "%s may not be used by this user; change its permissions", path);
    case SQLITE_IOERR:
      return lk_fail(err, LK_ERR_IO, "%s: reading or writing failed (%s); check the disk", path, sqlite3_errstr(result));
    case SQLITE_NOTADB:
      return lk_fail(err, LK_ERR_INPUT, "%s is not an SQLite database; name another file", path);
    case SQLITE_CORRUPT:
      return lk_fail(err, LK_ERR_BACKEND, "%s is damaged; restore it from a backup", path);
    case SQLITE_TOOBIG:
      return lk_fail(err, LK_ERR_LIMIT, "a value is too long for %s; shorten it", path);
    default:
      return lk_fail(err, LK_ERR_BACKEND, "%s: %s; compare it with `luukku orders check`", path,
                     sql->db ? sqlite3_errmsg(sql->db) : sqlite3_errstr(result));
  }
}

/* ---- The database ---- */

lk_code lk_sql_open(lk_sql *sql, const char *path, int flags, int busy_timeout_ms, const char *const *texts, size_t count,
                    lk_error *err) {
  *sql = (lk_sql){.texts = texts, .count = count};
  (void)snprintf(sql->path, sizeof sql->path, "%s", path);
  sql->statements = calloc(count + 1, sizeof(sqlite3_stmt *));
  if (!sql->statements) return lk_fail_memory(err);
  int result = sqlite3_open_v2(path, &sql->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
  if (result == SQLITE_OK) result = sqlite3_busy_timeout(sql->db, busy_timeout_ms);
  /* What a hostile file could do through its own schema: no trigger or view of it calls functions with side effects. */
  if (result == SQLITE_OK) result = sqlite3_db_config(sql->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  if (result == SQLITE_OK) result = sqlite3_exec(sql->db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
  if (result == SQLITE_OK) return LK_OK;
  lk_code code = lk_sql_fail(sql, result, err);
  lk_sql_close(sql);
  return code;
}

void lk_sql_close(lk_sql *sql) {
  for (size_t i = 0; sql->statements && i < sql->count; i++) sqlite3_finalize(sql->statements[i]);
  free(sql->statements);
  sqlite3_close(sql->db);
  sql->statements = NULL;
  sql->db = NULL;
}

lk_code lk_sql_exec(lk_sql *sql, const char *text, lk_error *err) {
  int result = sqlite3_exec(sql->db, text, NULL, NULL, NULL);
  return result == SQLITE_OK ? LK_OK : lk_sql_fail(sql, result, err);
}

void lk_sql_rollback(lk_sql *sql) {
  if (!sqlite3_get_autocommit(sql->db)) (void)sqlite3_exec(sql->db, "ROLLBACK", NULL, NULL, NULL);
}

/* ---- Queries ---- */

lk_query lk_query_begin(lk_sql *sql, size_t number, lk_error *err) {
  lk_query q = {.sql = sql, .err = err};
  sqlite3_stmt **cached = &sql->statements[number];
  if (!*cached) {
    int result = sqlite3_prepare_v3(sql->db, sql->texts[number], -1, SQLITE_PREPARE_PERSISTENT, cached, NULL);
    if (result != SQLITE_OK) q.code = lk_sql_fail(sql, result, err);
  }
  q.statement = *cached;
  return q;
}

static void check(lk_query *q, int result) {
  if (result != SQLITE_OK) q->code = lk_sql_fail(q->sql, result, q->err);
}

void lk_query_text(lk_query *q, lk_view text) {
  q->parameter++;
  if (q->code == LK_OK)
    check(q, sqlite3_bind_text64(q->statement, q->parameter, text.len ? text.ptr : "", text.len, SQLITE_STATIC, SQLITE_UTF8));
}

void lk_query_text_or_null(lk_query *q, lk_view text) {
  if (text.len)
    lk_query_text(q, text);
  else
    lk_query_time(q, 0);
}

void lk_query_blob(lk_query *q, const void *bytes, size_t len) {
  q->parameter++;
  if (q->code == LK_OK) check(q, sqlite3_bind_blob64(q->statement, q->parameter, bytes, len, SQLITE_STATIC));
}

void lk_query_int(lk_query *q, int64_t value) {
  q->parameter++;
  if (q->code == LK_OK) check(q, sqlite3_bind_int64(q->statement, q->parameter, value));
}

void lk_query_time(lk_query *q, int64_t time) {
  if (time) {
    lk_query_int(q, time);
    return;
  }
  q->parameter++;
  if (q->code == LK_OK) check(q, sqlite3_bind_null(q->statement, q->parameter));
}

bool lk_query_row(lk_query *q) {
  if (q->code != LK_OK) return false;
  int result = sqlite3_step(q->statement);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) q->code = lk_sql_fail(q->sql, result, q->err);
  return false;
}

int64_t lk_column_int(lk_query *q, int column) { return sqlite3_column_int64(q->statement, column); }

lk_view lk_column_view(lk_query *q, int column) {
  const char *text = (const char *)sqlite3_column_text(q->statement, column);
  if (!text) {
    if (sqlite3_column_type(q->statement, column) != SQLITE_NULL && q->code == LK_OK) q->code = lk_fail_memory(q->err);
    return LK_LIT("");
  }
  return (lk_view){text, (size_t)sqlite3_column_bytes(q->statement, column)};
}

lk_view lk_column_text(lk_query *q, int column, lk_arena *arena) {
  lk_view text = lk_column_view(q, column);
  if (!text.len) return LK_LIT("");
  lk_view copy = lk_arena_copy(arena, text);
  if (copy.ptr) return copy;
  if (q->code == LK_OK) q->code = lk_fail_memory(q->err);
  return LK_LIT("");
}

lk_code lk_query_end(lk_query *q) {
  if (q->statement) {
    (void)sqlite3_reset(q->statement); /* a failed step was reported by the step */
    (void)sqlite3_clear_bindings(q->statement);
  }
  return q->code;
}

lk_code lk_query_run(lk_query *q, int *changes) {
  while (lk_query_row(q)) {
  }
  if (changes) *changes = q->code == LK_OK ? sqlite3_changes(q->sql->db) : 0;
  return lk_query_end(q);
}
