#include "fixture.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int set_up(void **state) {
  fixture *f = calloc(1, sizeof *f);
  (void)snprintf(f->folder, sizeof f->folder, "/tmp/luukku-orders-XXXXXX");
  if (!mkdtemp(f->folder)) return -1;
  path_in(f, "book.db", f->path);
  f->arena = lk_arena_new();
  if (lk_orders_create(f->path, true, NOW, false, &f->err) != LK_OK || !(f->book = lk_orders_open(f->path, NULL, &f->err))) {
    print_error("%s\n", f->err.message);
    return -1;
  }
  *state = f;
  return 0;
}

int tear_down(void **state) {
  fixture *f = *state;
  lk_orders_free(f->book);
  lk_arena_free(f->arena);
  DIR *folder = opendir(f->folder);
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    char path[128];
    if (entry->d_name[0] == '.') continue;
    path_in(f, entry->d_name, path);
    (void)unlink(path);
  }
  if (folder) (void)closedir(folder);
  (void)rmdir(f->folder);
  free(f);
  return 0;
}

void path_in(const fixture *f, const char *name, char out[128]) { (void)snprintf(out, 128, "%.60s/%.60s", f->folder, name); }

static sqlite3 *connect(const fixture *f) {
  sqlite3 *db;
  assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
  sqlite3_busy_timeout(db, 5000);
  return db;
}

void sql(const fixture *f, const char *statements) {
  sqlite3 *db = connect(f);
  char *message = NULL;
  if (sqlite3_exec(db, statements, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s: %s", statements, message);
  sqlite3_close(db);
}

const char *sql_text(const fixture *f, const char *query) {
  static char texts[4][4096];
  static int turn;
  char *text = texts[turn++ % 4];
  sqlite3 *db = connect(f);
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v2(db, query, -1, &statement, NULL) != SQLITE_OK) fail_msg("%s: %s", query, sqlite3_errmsg(db));
  if (sqlite3_step(statement) != SQLITE_ROW) fail_msg("no row: %s", query);
  const char *value = (const char *)sqlite3_column_text(statement, 0);
  (void)snprintf(text, sizeof texts[0], "%s", value ? value : "");
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return text;
}

int64_t sql_int(const fixture *f, const char *query) { return strtoll(sql_text(f, query), NULL, 10); }

lk_order *find(fixture *f, const char *number) {
  lk_order *order = NULL;
  if (lk_orders_find(f->book, lk_view_of(number), f->arena, &order, &f->err) != LK_OK) fail_msg("%s", f->err.message);
  return order;
}

lk_order_outcome perform(fixture *f, lk_order_request request) {
  lk_order_outcome outcome;
  if (lk_orders_perform(f->book, &request, f->arena, &outcome, &f->err) != LK_OK) fail_msg("%s", f->err.message);
  return outcome;
}

lk_order_request request_of(lk_order_action action, const char *order, const char *key) {
  return (lk_order_request){
      .action = action, .order = lk_view_of(order), .key = lk_view_of(key), .actor = LK_LIT("customer"), .now = NOW};
}
