#include "fixture.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "orders/book.h"

static void write_file(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_int_equal(fputs(text, file) >= 0, 1);
  assert_int_equal(fclose(file), 0);
}

static void reopen(fixture *f, const lk_orders_options *options) {
  lk_orders_free(f->book);
  f->book = lk_orders_open(f->path, options, &f->err);
  if (!f->book) fail_msg("%s", f->err.message);
}

/* "What is wrong; how to mend it", and which file. */
static void assert_helpful(const fixture *f) {
  assert_non_null(strstr(f->err.message, f->folder));
  assert_non_null(strchr(f->err.message, ';'));
}

static void a_file_that_is_no_order_book_is_named_with_what_to_do(void **state) {
  fixture *f = *state;
  char path[128];
  path_in(f, "missing.db", path);
  assert_null(lk_orders_open(path, NULL, &f->err));
  assert_int_equal(f->err.code, LK_ERR_MISSING);
  assert_helpful(f);
  assert_int_equal(access(path, F_OK), -1); /* and it is not made by looking */
  assert_null(lk_orders_open(f->folder, NULL, &f->err));
  assert_int_equal(f->err.code, LK_ERR_INPUT);
  assert_helpful(f);
  path_in(f, "text.db", path);
  write_file(path,
             "number;state\n100234;shipped\n, and enough text to be no short file at all, so that the header is read as one.");
  assert_null(lk_orders_open(path, NULL, &f->err));
  assert_int_equal(f->err.code, LK_ERR_INPUT);
  assert_helpful(f);
  path_in(f, "empty.db", path);
  write_file(path, "");
  assert_null(lk_orders_open(path, NULL, &f->err));
  assert_int_equal(f->err.code, LK_ERR_BACKEND);
  assert_helpful(f);
}

static void a_damaged_book_is_an_error_and_never_a_crash(void **state) {
  fixture *f = *state;
  lk_orders_free(f->book);
  f->book = NULL;
  sql(f, "PRAGMA journal_mode = DELETE; VACUUM");
  struct stat status;
  assert_int_equal(stat(f->path, &status), 0);
  unsigned char *good = malloc((size_t)status.st_size), *bad = malloc((size_t)status.st_size);
  FILE *file = fopen(f->path, "rb");
  assert_int_equal(fread(good, 1, (size_t)status.st_size, file), status.st_size);
  assert_int_equal(fclose(file), 0);
  uint32_t random = 1;
  for (int round = 0; round < 150; round++) {
    memcpy(bad, good, (size_t)status.st_size);
    for (int i = 0; i < 60; i++) {
      random = random * 1664525 + 1013904223;
      bad[100 + (random >> 4) % (uint32_t)(status.st_size - 100)] = (unsigned char)(random >> 20);
    }
    file = fopen(f->path, "wb");
    assert_int_equal(fwrite(bad, 1, (size_t)status.st_size, file), status.st_size);
    assert_int_equal(fclose(file), 0);
    lk_order_book *book = lk_orders_open(f->path, NULL, &f->err);
    if (!book) continue;
    for (int number = 100101; number < 100159; number += 7) {
      char text[16];
      lk_order *order;
      lk_order_outcome outcome;
      (void)snprintf(text, sizeof text, "%d", number);
      lk_order_request request = request_of(LK_ACTION_CANCEL, text, text);
      (void)lk_orders_find(book, lk_view_of(text), f->arena, &order, &f->err);
      (void)lk_orders_perform(book, &request, f->arena, &outcome, &f->err);
    }
    lk_product *products;
    size_t count;
    (void)lk_orders_search(book, LK_LIT("otsalamppu"), 5, f->arena, &products, &count, &f->err);
    lk_arena_reset(f->arena);
    lk_orders_free(book);
  }
  free(good);
  free(bad);
}

static void a_locked_book_is_busy_and_nothing_was_done(void **state) {
  fixture *f = *state;
  reopen(f, &(lk_orders_options){.busy_timeout_ms = 20});
  sqlite3 *other;
  assert_int_equal(sqlite3_open(f->path, &other), SQLITE_OK);
  assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
  lk_order_request request = request_of(LK_ACTION_CANCEL, "100148", "k1");
  lk_order_outcome outcome;
  assert_int_equal(lk_orders_perform(f->book, &request, f->arena, &outcome, &f->err), LK_ERR_BUSY);
  assert_reason(outcome, LK_REASON_LOCKED);
  assert_helpful(f);
  assert_int_equal(find(f, "100148")->state, LK_ORDER_PAID); /* reading goes on */
  assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(other);
  assert_reason(perform(f, request), LK_REASON_DONE); /* the same key: it had done nothing */
}

static void a_full_disk_is_an_error_and_leaves_no_half_change(void **state) {
  fixture *f = *state;
  lk_book *book = f->book->self;
  /* Room for no page at all, then for one more and one more: the request fails wherever it happens to need one. */
  int failures = 0;
  int64_t pages = sql_int(f, "PRAGMA page_count");
  for (int more = 0; more < 40; more++) {
    char pragma[64], key[16];
    (void)snprintf(pragma, sizeof pragma, "PRAGMA max_page_count = %lld", (long long)(pages + more));
    assert_int_equal(sqlite3_exec(book->sql.db, pragma, NULL, NULL, NULL), SQLITE_OK);
    for (int i = 0; i < 60; i++) {
      (void)snprintf(key, sizeof key, "k%d-%d", more, i);
      lk_order_request request = request_of(LK_ACTION_CONTACT, "", key);
      static char text[3000];
      memset(text, 'x', sizeof text - 1);
      request.text = lk_view_of(text);
      request.phone = LK_LIT("040");
      lk_order_outcome outcome;
      lk_code code = lk_orders_perform(f->book, &request, f->arena, &outcome, &f->err);
      if (code == LK_OK) continue;
      failures++;
      assert_int_equal(code, LK_ERR_IO);
      assert_reason(outcome, LK_REASON_FAILED);
      assert_non_null(strstr(f->err.message, "full"));
      assert_helpful(f);
      assert_int_equal(outcome.reference.len, 0);
      break;
    }
    lk_arena_reset(f->arena);
  }
  assert_true(failures >= 20);
  assert_non_null(find(f, "100234"));
  int64_t done = sql_int(f, "SELECT count(*) FROM contact_requests");
  assert_true(done > 0);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM audit"), done);
  assert_int_equal(sql_int(f, "SELECT next FROM counters WHERE name = 'contact'"), 8001 + done);
  assert_string_equal(sql_text(f, "PRAGMA integrity_check"), "ok");
}

static void a_book_that_may_only_be_read_is_read(void **state) {
  fixture *f = *state;
  reopen(f, &(lk_orders_options){.read_only = true});
  assert_int_equal(find(f, "100148")->state, LK_ORDER_PAID);
  assert_reason(perform(f, request_of(LK_ACTION_CANCEL, "100148", "k1")), LK_REASON_UNSUPPORTED);
  assert_int_equal(find(f, "100148")->state, LK_ORDER_PAID);
}

static void a_file_without_the_right_to_write_is_read(void **state) {
  fixture *f = *state;
  if (geteuid() == 0) skip(); /* root may write everything */
  lk_orders_free(f->book);
  f->book = NULL;
  sql(f, "PRAGMA journal_mode = DELETE");
  assert_int_equal(chmod(f->path, 0400), 0);
  reopen(f, NULL);
  assert_int_equal(find(f, "100148")->state, LK_ORDER_PAID);
  assert_reason(perform(f, request_of(LK_ACTION_CANCEL, "100148", "k1")), LK_REASON_UNSUPPORTED);
}

static void a_file_that_may_not_be_read_is_an_error(void **state) {
  fixture *f = *state;
  if (geteuid() == 0) skip();
  assert_int_equal(chmod(f->path, 0), 0);
  assert_null(lk_orders_open(f->path, NULL, &f->err));
  assert_int_equal(f->err.code, LK_ERR_IO);
  assert_helpful(f);
}

/* The shop's own tables, as views with the names of the schema. */
static const char shops_own[] =
    "CREATE TABLE myynti (tilausnro INTEGER PRIMARY KEY, asiakas, sposti, katu, pnro, kaupunki, tila, pvm INTEGER);"
    "INSERT INTO myynti VALUES (500001, 'Testi Asiakas', 'testi@example.fi', 'Katu 1', '20100', 'Turku', 'Lähetetty', "
    "1794000000);"
    "CREATE VIEW orders AS SELECT CAST(tilausnro AS TEXT) AS number, NULL AS customer, asiakas AS name, sposti AS email, katu AS "
    "street,"
    " pnro AS postcode, kaupunki AS city, 'FI' AS country, CASE tila WHEN 'Lähetetty' THEN 'shipped' ELSE 'paid' END AS state,"
    " 'home' AS delivery, NULL AS pickup_point, 'card' AS payment, pvm AS placed, pvm AS paid, pvm AS packed, pvm AS shipped,"
    " NULL AS delivered, NULL AS cancelled, NULL AS promised, NULL AS expected, NULL AS keep_until, 0 AS delivery_price, 0 AS "
    "discount"
    " FROM myynti;"
    "CREATE VIEW order_lines AS SELECT CAST(tilausnro AS TEXT) AS order_number, 1 AS line, 'A' AS sku, 'Tuote' AS name, NULL AS "
    "size,"
    " 1 AS quantity, 1 AS shipped, 0 AS returned, 1000 AS unit_price FROM myynti;";

static void a_shops_own_tables_are_read_through_views(void **state) {
  fixture *f = *state;
  lk_orders_free(f->book);
  f->book = NULL;
  sql(f,
      "DELETE FROM return_lines; DELETE FROM returns; DELETE FROM invoices; DELETE FROM tracking_events; DELETE FROM shipments;"
      "PRAGMA foreign_keys = OFF; DROP TABLE order_lines; DROP TABLE orders");
  sql(f, shops_own);
  size_t missing;
  assert_int_equal(lk_orders_check(f->path, NULL, NULL, &missing, &f->err), LK_OK);
  assert_int_equal(missing, 0);
  reopen(f, NULL);
  lk_order *order = find(f, "500001");
  assert_int_equal(order->state, LK_ORDER_SHIPPED);
  assert_int_equal(order->total, 1000);
  lk_proof proof;
  assert_int_equal(f->book->verify(f->book->self, LK_LIT("500001"), LK_LIT("Testi@Example.fi"), &proof, &f->err), LK_OK);
  assert_int_equal(proof, LK_PROOF_EMAIL);
  assert_reason(perform(f, request_of(LK_ACTION_CANCEL, "500001", "k1")), LK_REASON_UNSUPPORTED);
}

typedef struct findings {
  char text[8192];
  int reading, actions;
} findings;

static void collect(void *context, bool reading, const char *message) {
  findings *found = context;
  *(reading ? &found->reading : &found->actions) += 1;
  (void)strncat(found->text, message, sizeof found->text - strlen(found->text) - 2);
  (void)strcat(found->text, "\n");
}

static void the_check_names_each_missing_table_and_column(void **state) {
  fixture *f = *state;
  lk_orders_free(f->book);
  f->book = NULL;
  size_t missing;
  findings found = {0};
  assert_int_equal(lk_orders_check(f->path, collect, &found, &missing, &f->err), LK_OK);
  assert_int_equal(missing, 0);
  sql(f,
      "ALTER TABLE shipments DROP COLUMN link; ALTER TABLE products DROP COLUMN restock; DROP TABLE stock_notices;"
      "DROP TABLE tracking_events; CREATE VIEW tracking_events AS SELECT 1 AS shipment, 2 AS time, 'sent' AS code, '' AS place");
  assert_int_equal(lk_orders_check(f->path, collect, &found, &missing, &f->err), LK_OK);
  assert_int_equal(missing, 4);
  assert_int_equal(found.reading, 3);
  assert_int_equal(found.actions, 1);
  assert_non_null(strstr(found.text, "table shipments lacks column link; add it: ALTER TABLE shipments ADD COLUMN link TEXT\n"));
  assert_non_null(
      strstr(found.text, "table products lacks column restock; add it: ALTER TABLE products ADD COLUMN restock INTEGER\n"));
  assert_non_null(strstr(found.text, "view tracking_events lacks column text; select it"));
  assert_non_null(strstr(found.text, "no table or view stock_notices; create it"));
  assert_null(lk_orders_open(f->path, NULL, &f->err));
  assert_non_null(strstr(f->err.message, "luukku orders check"));
}

static void an_unknown_state_in_a_shops_view_is_an_error_that_names_the_order(void **state) {
  fixture *f = *state;
  sql(f, "PRAGMA ignore_check_constraints = ON; UPDATE orders SET state = 'lost' WHERE number = '100234'");
  lk_order *order;
  assert_int_equal(lk_orders_find(f->book, LK_LIT("100234"), f->arena, &order, &f->err), LK_ERR_BACKEND);
  assert_null(order);
  assert_non_null(strstr(f->err.message, "100234"));
  assert_non_null(find(f, "100235")); /* the others are read */
}

static void a_file_that_exists_is_replaced_only_with_force(void **state) {
  fixture *f = *state;
  assert_int_equal(lk_orders_create(f->path, true, NOW, false, &f->err), LK_ERR_STATE);
  assert_non_null(strstr(f->err.message, "--force"));
  assert_int_equal(find(f, "100234")->state, LK_ORDER_SHIPPED);
  lk_orders_free(f->book);
  f->book = NULL;
  assert_int_equal(lk_orders_create(f->path, false, NOW, true, &f->err), LK_OK);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM orders"), 0);
}

static void a_book_in_use_is_not_replaced(void **state) {
  fixture *f = *state;
  assert_non_null(find(f, "100234"));
  assert_int_equal(lk_orders_create(f->path, false, NOW, true, &f->err), LK_ERR_BUSY);
  assert_helpful(f);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM orders"), 60);
}

static void the_log_that_a_removed_book_left_is_not_applied_to_the_new_one(void **state) {
  fixture *f = *state;
  lk_orders_free(f->book);
  f->book = NULL;
  char log[128];
  path_in(f, "book.db-wal", log);
  for (int force = 0; force < 2; force++) {
    assert_int_equal(unlink(f->path), 0);
    write_file(log, "what a killed program left behind");
    assert_int_equal(lk_orders_create(f->path, true, NOW, force, &f->err), LK_OK);
    assert_int_equal(access(log, F_OK), -1);
  }
}

static void a_folder_that_cannot_take_the_file_is_an_error_and_stays_clean(void **state) {
  fixture *f = *state;
  char path[128];
  path_in(f, "no/such.db", path);
  assert_int_equal(lk_orders_create(path, true, NOW, false, &f->err), LK_ERR_IO);
  assert_helpful(f);
  assert_int_equal(lk_orders_create(f->folder, true, NOW, true, &f->err), LK_ERR_INPUT);
  assert_int_equal(lk_orders_create("", true, NOW, false, &f->err), LK_ERR_INPUT);
}

/* ---- Memory ---- */

static void *(*real_malloc)(int);
static int allocations_left = -1; /* -1: no end */

static void *failing_malloc(int size) {
  if (allocations_left == 0) return NULL;
  if (allocations_left > 0) allocations_left--;
  return real_malloc(size);
}

static int count_allocations(void) {
  sqlite3_mem_methods methods;
  if (sqlite3_shutdown() != SQLITE_OK || sqlite3_config(SQLITE_CONFIG_GETMALLOC, &methods) != SQLITE_OK) return -1;
  real_malloc = methods.xMalloc;
  methods.xMalloc = failing_malloc;
  return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK && sqlite3_initialize() == SQLITE_OK ? 0 : -1;
}

static void memory_that_runs_out_anywhere_leaves_the_book_whole(void **state) {
  fixture *f = *state;
  int ends = 0;
  for (int round = 0; round < 400; round++) {
    char key[16];
    (void)snprintf(key, sizeof key, "m%d", round);
    lk_order_request request = request_of(LK_ACTION_QUANTITY, "100149", key);
    lk_order_item item = {.line = 2, .quantity = 3 + round % 2};
    request.items = &item;
    request.item_count = 1;
    lk_order_outcome outcome;
    lk_order_book *book = lk_orders_open(f->path, NULL, &f->err);
    assert_non_null(book);
    allocations_left = round;
    lk_code code = lk_orders_perform(book, &request, f->arena, &outcome, &f->err);
    bool ended = allocations_left > 0;
    allocations_left = -1;
    if (code != LK_OK) assert_reason(outcome, LK_REASON_FAILED);
    lk_orders_free(book);
    assert_int_equal(sql_int(f, "SELECT count(*) FROM audit WHERE reason = 'done'") > 0,
                     sql_int(f, "SELECT quantity <> 2 FROM order_lines WHERE order_number = '100149' AND line = 2"));
    lk_arena_reset(f->arena);
    ends += ended && code == LK_OK;
    if (ends > 3) break;
  }
  assert_true(ends > 3);
  assert_string_equal(sql_text(f, "PRAGMA integrity_check"), "ok");
}

int main(void) {
  if (count_allocations() != 0) return 1;
  const struct CMUnitTest tests[] = {
      in_fixture(a_file_that_is_no_order_book_is_named_with_what_to_do),
      in_fixture(a_damaged_book_is_an_error_and_never_a_crash),
      in_fixture(a_locked_book_is_busy_and_nothing_was_done),
      in_fixture(a_full_disk_is_an_error_and_leaves_no_half_change),
      in_fixture(a_book_that_may_only_be_read_is_read),
      in_fixture(a_file_without_the_right_to_write_is_read),
      in_fixture(a_file_that_may_not_be_read_is_an_error),
      in_fixture(a_shops_own_tables_are_read_through_views),
      in_fixture(the_check_names_each_missing_table_and_column),
      in_fixture(an_unknown_state_in_a_shops_view_is_an_error_that_names_the_order),
      in_fixture(a_file_that_exists_is_replaced_only_with_force),
      in_fixture(a_book_in_use_is_not_replaced),
      in_fixture(the_log_that_a_removed_book_left_is_not_applied_to_the_new_one),
      in_fixture(a_folder_that_cannot_take_the_file_is_an_error_and_stays_clean),
      in_fixture(memory_that_runs_out_anywhere_leaves_the_book_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
