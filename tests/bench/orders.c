/* How long the order book takes on a large shop: 10,000 products, 200,000 customers and a million orders by default.
 *
 *   bench_orders FILE [ORDERS]      FILE is written anew
 *
 * Prints a row an operation: median, 99th percentile and maximum of 2,000 calls on random orders, in milliseconds. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "luukku/arena.h"
#include "luukku/orders.h"

enum { CALLS = 2000, PRODUCTS = 10000, FIRST_NUMBER = 100000 };

static const char fill[] =
    "PRAGMA synchronous = OFF; BEGIN;"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)"
    " INSERT INTO products (sku, name, category, price, stock) SELECT printf('P%%05d', i), printf('%%s %%s %%d',"
    " substr('TelttaRinkkaTakki SaappaKypsynVal', 1 + 6 * (i %% 5), 6), substr('KuukkeMyrskyTunturKettu Routa ', 1 + 6 * (i / 5 "
    "%% 5), 6), i), 'outdoor',"
    " 1000 + i, 10 FROM n;"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %ld / 5)"
    " INSERT INTO customers (id, name, email) SELECT printf('c%%d', i), printf('Asiakas %%d', i), "
    "printf('asiakas%%d@example.fi', i) FROM n;"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %ld - 1)"
    " INSERT INTO orders (number, customer, name, email, street, postcode, city, state, delivery, payment, placed, paid, "
    "promised, expected)"
    " SELECT CAST(100000 + i AS TEXT), printf('c%%d', i / 5), 'Asiakas', printf('asiakas%%d@example.fi', i / 5), 'Mäkitie 3', "
    "printf('%%05d', i %% 99000),"
    " 'Tampere', 'paid', 'home', 'card', 1790000000 + i, 1790000000 + i, 1790400000 + i, 1790400000 + i FROM n;"
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %ld - 1)"
    " INSERT INTO order_lines (order_number, line, sku, name, quantity, unit_price)"
    " SELECT CAST(100000 + i AS TEXT), 1, printf('P%%05d', i %% 10000), 'Tuote', 2, 1990 FROM n;"
    "COMMIT;";

static bool fill_shop(const char *path, long orders) {
  sqlite3 *db = NULL;
  char *error = NULL, sql[4096];
  (void)snprintf(sql, sizeof sql, fill, orders, orders, orders);
  bool fine = sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, &error) == SQLITE_OK;
  if (!fine) (void)fprintf(stderr, "error: %s cannot be filled: %s\n", path, error ? error : sqlite3_errmsg(db));
  sqlite3_free(error);
  (void)sqlite3_close(db);
  return fine;
}

typedef struct bench {
  const lk_order_book *book;
  lk_arena *arena;
  long orders;
} bench;

/* A fixed sequence of numbers, so that every run asks for the same orders. */
static uint64_t next(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return *state >> 33;
}

static lk_code find_order(const bench *b, uint64_t random) {
  char number[32];
  lk_order *order = NULL;
  int length = snprintf(number, sizeof number, "%" PRIu64, FIRST_NUMBER + random % (uint64_t)b->orders);
  lk_code code = lk_orders_find(b->book, (lk_view){number, (size_t)length}, b->arena, &order, NULL);
  return code ? code : order ? LK_OK : LK_ERR_MISSING;
}

static lk_code find_history(const bench *b, uint64_t random) {
  char customer[32];
  lk_order *orders = NULL;
  size_t count = 0;
  int length = snprintf(customer, sizeof customer, "c%" PRIu64, random % (uint64_t)b->orders / 5);
  lk_code code = lk_orders_history(b->book, (lk_view){customer, (size_t)length}, 10, b->arena, &orders, &count, NULL);
  return code ? code : count ? LK_OK : LK_ERR_MISSING;
}

static lk_code find_product(const bench *b, uint64_t random) {
  static const char *const wanted[] = {"teltta kuuke 4120", "rinka myrsky 77", "takki tuntur 501", "Saappa kettu 9313"};
  lk_product *products = NULL;
  size_t count = 0;
  lk_code code = lk_orders_search(b->book, lk_view_of(wanted[random % 4]), 5, b->arena, &products, &count, NULL);
  return code ? code : count ? LK_OK : LK_ERR_MISSING;
}

static int by_value(const void *a, const void *b) {
  const double *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

static double now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool measure(const bench *b, const char *name, lk_code (*call)(const bench *, uint64_t)) {
  static double times[CALLS];
  uint64_t state = 7;
  for (int i = 0; i < CALLS; i++) {
    lk_arena_reset(b->arena);
    double begin = now();
    lk_code code = call(b, next(&state));
    times[i] = now() - begin;
    if (!code) continue;
    (void)fprintf(stderr, "error: %s failed: %s\n", name, lk_code_name(code));
    return false;
  }
  qsort(times, CALLS, sizeof *times, by_value);
  (void)printf("| %-14s | %8.3f ms | %8.3f ms | %8.3f ms |\n", name, times[CALLS / 2], times[CALLS * 99 / 100], times[CALLS - 1]);
  return true;
}

int main(int argc, char **argv) {
  lk_error err = {0};
  long orders = argc > 2 ? strtol(argv[2], NULL, 10) : 1000000;
  if (argc < 2 || orders < 10) {
    (void)fputs("usage: bench_orders FILE [ORDERS]\n", stderr);
    return 2;
  }
  if (lk_orders_create(argv[1], false, 1790000000, true, &err) || !fill_shop(argv[1], orders)) {
    (void)fprintf(stderr, "error: %s\n", err.message);
    return 2;
  }
  bench b = {lk_orders_open(argv[1], NULL, &err), lk_arena_new(), orders};
  if (!b.book || !b.arena) {
    (void)fprintf(stderr, "error: %s\n", err.message);
    return 2;
  }
  (void)printf("%d products, %ld orders\n| operation      | median      | p99         | maximum     |\n|---|---|---|---|\n",
               PRODUCTS, orders);
  bool fine =
      measure(&b, "order", find_order) && measure(&b, "history", find_history) && measure(&b, "product search", find_product);
  lk_orders_free((lk_order_book *)(uintptr_t)b.book);
  lk_arena_free(b.arena);
  return fine ? 0 : 1;
}
