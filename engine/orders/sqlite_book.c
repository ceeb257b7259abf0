/* Opening, checking and creating the SQLite order book. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "orders/book.h"
#include "orders/days.h"

enum { BUSY_TIMEOUT_MS = 2000, RETURN_DAYS = 30 };

/* ---- Opening ---- */

/* A view or a file that only may be read makes a book that only reads. */
static bool is_table(lk_sql *sql, const char *name) {
  sqlite3_stmt *statement = NULL;
  bool table = false;
  if (sqlite3_prepare_v2(sql->db, "SELECT 1 FROM sqlite_schema WHERE name = ?1 AND type = 'table'", -1, &statement, NULL) ==
          SQLITE_OK &&
      sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC) == SQLITE_OK)
    table = sqlite3_step(statement) == SQLITE_ROW;
  sqlite3_finalize(statement);
  return table;
}

static bool is_writable(lk_sql *sql) {
  static const char *const written[] = {"orders", "order_lines", "products", "returns", "return_lines", "audit", "counters"};
  for (size_t i = 0; i < sizeof written / sizeof *written; i++)
    if (!is_table(sql, written[i])) return false;
  return sqlite3_db_readonly(sql->db, "main") == 0;
}

/* Prepares everything that reading needs, so that what is missing is known now and not in the middle of a conversation. */
static lk_code prepare_reading(lk_book *book, lk_error *err) {
  for (size_t i = 0; i < LK_READ_COUNT; i++) {
    lk_query q = lk_query_begin(&book->sql, i, err);
    lk_code code = lk_query_end(&q);
    if (code != LK_OK) return code;
  }
  return LK_OK;
}

static lk_code open_file(lk_sql *sql, const char *path, const lk_orders_options *options, lk_error *err) {
  struct stat status;
  if (stat(path, &status) != 0)
    return lk_fail(err, errno == ENOENT ? LK_ERR_MISSING : LK_ERR_IO,
                   "%s: %s; name the shop's order book, or make a sample one with `luukku orders init --orders %s`", path,
                   strerror(errno), path);
  if (!S_ISREG(status.st_mode)) return lk_fail(err, LK_ERR_INPUT, "%s is no file; name an SQLite database", path);
  int timeout = options && options->busy_timeout_ms > 0 ? options->busy_timeout_ms : BUSY_TIMEOUT_MS;
  int flags = options && options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  return lk_sql_open(sql, path, flags, timeout, lk_order_statements, LK_STATEMENT_COUNT, err);
}

static void free_book(void *self) {
  lk_book *book = self;
  lk_name_index_free(book->names);
  lk_sql_close(&book->sql);
  free(book);
}

static lk_code fill_book(lk_book *book, const char *path, const lk_orders_options *options, lk_error *err) {
  lk_code code = open_file(&book->sql, path, options, err);
  if (code != LK_OK) return code;
  book->return_days = options && options->return_days > 0 ? options->return_days : RETURN_DAYS;
  book->writable = is_writable(&book->sql);
  return prepare_reading(book, err);
}

lk_order_book *lk_orders_open(const char *path, const lk_orders_options *options, lk_error *err) {
  lk_order_book *interface = calloc(1, sizeof *interface);
  lk_book *book = calloc(1, sizeof *book);
  if (!interface || !book) {
    free(interface);
    free(book);
    (void)lk_fail_memory(err);
    return NULL;
  }
  *interface = (lk_order_book){.self = book,
                               .verify = lk_book_verify,
                               .order = lk_book_order,
                               .history = lk_book_history,
                               .invoice = lk_book_invoice,
                               .perform = lk_book_perform,
                               .product = lk_book_product,
                               .search = lk_book_search,
                               .related = lk_book_related,
                               .free = free_book};
  if (fill_book(book, path, options, err) == LK_OK) return interface;
  lk_orders_free(interface);
  return NULL;
}

/* ---- Checking ---- */

/* The schema itself, in memory, says what has to be there. */
static lk_code open_reference(lk_sql *reference, lk_error *err) {
  lk_code code = lk_sql_open(reference, ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 0, NULL, 0, err);
  if (code != LK_OK) return code;
  code = lk_sql_exec(reference, lk_orders_schema_sql, err);
  if (code != LK_OK) lk_sql_close(reference);
  return code;
}

/* Tables that only actions write and need. */
static bool is_for_actions(const char *table) {
  static const char *const names[] = {"warranty_claims", "stock_notices", "contact_requests", "audit", "counters"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(table, names[i]) == 0) return true;
  return false;
}

typedef struct check {
  lk_sql *sql;
  sqlite3_stmt *columns; /* of the database that is checked */
  lk_orders_report *report;
  void *context;
  size_t missing;
} check;

static lk_code has_column(check *c, const char *table, const char *column, bool *has, lk_error *err) {
  int result = sqlite3_bind_text(c->columns, 1, table, -1, SQLITE_STATIC);
  if (result == SQLITE_OK) result = sqlite3_bind_text(c->columns, 2, column, -1, SQLITE_STATIC);
  if (result == SQLITE_OK) result = sqlite3_step(c->columns);
  *has = result == SQLITE_ROW;
  (void)sqlite3_reset(c->columns);
  return result == SQLITE_ROW || result == SQLITE_DONE ? LK_OK : lk_sql_fail(c->sql, result, err);
}

enum { MESSAGE_MAX = 512 };

static void say(check *c, bool reading, const char *message) {
  c->missing++;
  if (c->report) c->report(c->context, reading, message);
}

static const char sql_columns[] = "SELECT 1 FROM pragma_table_xinfo(?1) WHERE ?2 IS NULL OR name = ?2 COLLATE NOCASE LIMIT 1";
static const char sql_wanted[] =
    "SELECT m.name, c.name, c.type FROM sqlite_schema m JOIN pragma_table_info(m.name) c"
    " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.rowid, c.cid";

/* A view takes its column from the shop's tables, a table gets a new one. */
static void say_column(check *c, const char *table, const char *column, const char *type) {
  char message[MESSAGE_MAX];
  if (is_table(c->sql, table))
    (void)snprintf(message, sizeof message, "table %s lacks column %s; add it: ALTER TABLE %s ADD COLUMN %s %s", table, column,
                   table, column, type);
  else
    (void)snprintf(message, sizeof message, "view %s lacks column %s; select it from the shop's own tables AS %s (%s)", table,
                   column, column, type);
  say(c, !is_for_actions(table), message);
}

static void say_table(check *c, const char *table) {
  char message[MESSAGE_MAX];
  (void)snprintf(message, sizeof message, "there is no table or view %s; create it as kb/orders/schema.sql does%s", table,
                 is_for_actions(table) ? ", customers' actions are written there"
                                       : ", or define a view of that name over the shop's own tables");
  say(c, !is_for_actions(table), message);
}

static lk_code check_column(check *c, const char *table, const char *column, const char *type, lk_error *err) {
  bool has;
  lk_code code = has_column(c, table, column, &has, err);
  if (code == LK_OK && !has) say_column(c, table, column, type);
  return code;
}

static lk_code check_all(check *c, sqlite3_stmt *wanted, lk_error *err) {
  char missing_table[64] = "";
  int result = SQLITE_OK;
  lk_code code = LK_OK;
  while (code == LK_OK && (result = sqlite3_step(wanted)) == SQLITE_ROW) {
    const char *table = (const char *)sqlite3_column_text(wanted, 0), *column = (const char *)sqlite3_column_text(wanted, 1);
    const char *type = (const char *)sqlite3_column_text(wanted, 2);
    if (!table || !column || !type) return lk_fail_memory(err);
    if (strcmp(table, missing_table) == 0) continue;
    bool has;
    code = has_column(c, table, NULL, &has, err);
    if (code != LK_OK) break;
    if (has) {
      code = check_column(c, table, column, type, err);
      continue;
    }
    (void)snprintf(missing_table, sizeof missing_table, "%s", table);
    say_table(c, table);
  }
  return code != LK_OK || result == SQLITE_DONE ? code : lk_sql_fail(c->sql, result, err);
}

lk_code lk_orders_check(const char *path, lk_orders_report *report, void *context, size_t *missing, lk_error *err) {
  *missing = 0;
  lk_sql sql = {0}, reference = {0};
  lk_code code = open_file(&sql, path, NULL, err);
  if (code != LK_OK) return code;
  code = open_reference(&reference, err);
  if (code != LK_OK) {
    lk_sql_close(&sql);
    return code;
  }
  check c = {.sql = &sql, .report = report, .context = context};
  sqlite3_stmt *wanted = NULL;
  int result = sqlite3_prepare_v2(sql.db, sql_columns, -1, &c.columns, NULL);
  if (result != SQLITE_OK) code = lk_sql_fail(&sql, result, err);
  result = sqlite3_prepare_v2(reference.db, sql_wanted, -1, &wanted, NULL);
  if (code == LK_OK && result != SQLITE_OK) code = lk_sql_fail(&reference, result, err);
  if (code == LK_OK) code = check_all(&c, wanted, err);
  sqlite3_finalize(wanted);
  sqlite3_finalize(c.columns);
  lk_sql_close(&reference);
  lk_sql_close(&sql);
  *missing = c.missing;
  return code;
}

/* ---- Creating ---- */

/* The demo's statements speak of a table `clock` with one row: now, and the midnight before it in Finland. */
static lk_code write_demo(lk_sql *sql, int64_t now, lk_error *err) {
  char clock[160];
  (void)snprintf(clock, sizeof clock, "CREATE TEMP TABLE clock AS SELECT %lld AS now, %lld AS midnight", (long long)now,
                 (long long)lk_day_start(now));
  lk_code code = lk_sql_exec(sql, clock, err);
  return code == LK_OK ? lk_sql_exec(sql, lk_orders_demo_sql, err) : code;
}

static lk_code write_book(lk_sql *sql, bool demo, int64_t now, lk_error *err) {
  lk_code code = lk_sql_exec(sql, "BEGIN", err);
  if (code == LK_OK) code = lk_sql_exec(sql, lk_orders_schema_sql, err);
  if (code == LK_OK && demo) code = write_demo(sql, now, err);
  if (code == LK_OK) code = lk_sql_exec(sql, "COMMIT", err);
  /* Readers never wait for a writer; it is kept in the file. */
  return code == LK_OK ? lk_sql_exec(sql, "PRAGMA journal_mode = WAL", err) : code;
}

/* Nobody may be working on the file that gets replaced, and no log of it may stay behind: it would be applied to the new one. */
static lk_code release_old(const char *path, lk_error *err) {
  lk_sql sql;
  lk_error ignored;
  if (lk_sql_open(&sql, path, SQLITE_OPEN_READWRITE, 0, NULL, 0, &ignored) != LK_OK) return LK_OK;
  int result = sqlite3_exec(sql.db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
  lk_sql_close(&sql);
  if ((result & 0xFF) == SQLITE_BUSY || (result & 0xFF) == SQLITE_LOCKED)
    return lk_fail(err, LK_ERR_BUSY, "%s is in use; stop the programs that use it first", path);
  return LK_OK;
}

static void remove_beside(const char *path, const char *suffix) {
  char name[4096];
  if (snprintf(name, sizeof name, "%s%s", path, suffix) < (int)sizeof name) (void)unlink(name);
}

static void remove_logs(const char *path) {
  remove_beside(path, "-wal");
  remove_beside(path, "-shm");
  remove_beside(path, "-journal");
}

/* A name becomes durable with its folder. */
static void sync_folder(const char *path) {
  char folder[4096];
  (void)snprintf(folder, sizeof folder, "%s", path);
  char *slash = strrchr(folder, '/');
  if (slash)
    slash[slash == folder] = '\0';
  else
    (void)snprintf(folder, sizeof folder, ".");
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  (void)fsync(fd);
  (void)close(fd);
}

/* With force the new file takes the old one's name; without, only a name that is free, also when two create it at once. */
static lk_code take_name(const char *from, const char *path, bool force, lk_error *err) {
  int result = renameat2(AT_FDCWD, from, AT_FDCWD, path, force ? 0 : RENAME_NOREPLACE);
  if (result == 0) {
    sync_folder(path);
    return LK_OK;
  }
  if (errno == EEXIST) return lk_fail(err, LK_ERR_STATE, "%s exists; name another file, or replace it with --force", path);
  return lk_fail(err, LK_ERR_IO, "%s cannot be written (%s); check the folder", path, strerror(errno));
}

static lk_code write_beside(const char *temporary, const char *path, bool demo, int64_t now, bool force, lk_error *err) {
  lk_sql sql;
  lk_code code = lk_sql_open(&sql, temporary, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 0, NULL, 0, err);
  if (code != LK_OK) return code;
  (void)snprintf(sql.path, sizeof sql.path, "%s", path); /* the name that the caller knows */
  code = write_book(&sql, demo, now, err);
  lk_sql_close(&sql);
  if (code == LK_OK && force) code = release_old(path, err);
  if (code == LK_OK && (force || access(path, F_OK) != 0)) remove_logs(path);
  return code == LK_OK ? take_name(temporary, path, force, err) : code;
}

lk_code lk_orders_create(const char *path, bool demo, int64_t now, bool force, lk_error *err) {
  struct stat status;
  if (!path || !*path) return lk_fail(err, LK_ERR_INPUT, "no file name for the order book; name one with --orders FILE");
  bool exists = lstat(path, &status) == 0;
  if (exists && !force) return lk_fail(err, LK_ERR_STATE, "%s exists; name another file, or replace it with --force", path);
  if (exists && !S_ISREG(status.st_mode)) return lk_fail(err, LK_ERR_INPUT, "%s is no file; name another one", path);
  char temporary[4096];
  int len = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
  if (len < 0 || len >= (int)sizeof temporary) return lk_fail(err, LK_ERR_LIMIT, "the order book's name is too long; shorten it");
  int fd = mkstemp(temporary);
  if (fd < 0) return lk_fail(err, LK_ERR_IO, "%s cannot be written (%s); check the folder", path, strerror(errno));
  (void)close(fd);
  lk_code code = write_beside(temporary, path, demo, now, force, err);
  if (code != LK_OK) (void)unlink(temporary);
  remove_logs(temporary);
  return code;
}
