/* Processes that change the same orders at once. */
#include "fixture.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 1000, SEVERAL = 4 };

/* Where the processes meet before each round, so that they really run into each other. */
typedef struct meeting {
  volatile int arrived[ROUNDS];
  volatile int failed;
} meeting;

static meeting *meet_here(void) {
  meeting *m = mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_ptr_not_equal(m, MAP_FAILED);
  memset(m, 0, sizeof *m);
  return m;
}

static void wait_for(meeting *m, int round, int count) {
  __sync_fetch_and_add(&m->arrived[round], 1);
  while (m->arrived[round] < count && !m->failed) sched_yield();
}

/* ROUNDS orders like 100149, numbered from 200000: a tent and two packs of pegs, with stock enough. */
static void make_orders(fixture *f) {
  char statements[2048];
  (void)snprintf(
      statements, sizeof statements,
      "UPDATE products SET stock = 10000 WHERE sku IN ('RV3003', 'RV3005');"
      "WITH RECURSIVE i (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < %d) "
      "INSERT INTO orders (number, name, email, street, postcode, city, state, delivery, payment, placed, paid)"
      " SELECT CAST(200000 + n AS TEXT), 'A', 'a@example.fi', 'Katu 1', '00100', 'Helsinki', 'paid', 'home', 'card', 1, 2 FROM i;"
      "INSERT INTO order_lines (order_number, line, sku, name, quantity, unit_price)"
      " SELECT number, 1, 'RV3003', 'Teltta', 1, 59900 FROM orders WHERE number >= '200000' UNION ALL"
      " SELECT number, 2, 'RV3005', 'Maakiilat', 2, 1290 FROM orders WHERE number >= '200000'",
      ROUNDS - 1);
  sql(f, statements);
}

typedef lk_order_request (*round_request)(int process, int round, lk_order_item *item);

static int run_process(const fixture *f, meeting *m, int process, int count, round_request request_of_round) {
  lk_error err = {0};
  lk_order_book *book = lk_orders_open(f->path, &(lk_orders_options){.busy_timeout_ms = 60000}, &err);
  lk_arena *arena = lk_arena_new();
  for (int round = 0; book && round < ROUNDS && !m->failed; round++) {
    char number[16], key[32];
    lk_order_item item;
    lk_order_request request = request_of_round(process, round, &item);
    (void)snprintf(number, sizeof number, "%d", 200000 + round);
    (void)snprintf(key, sizeof key, "p%d-%d", process, round);
    request.order = lk_view_of(number);
    if (!request.key.len) request.key = lk_view_of(key);
    request.actor = LK_LIT("customer");
    request.now = NOW;
    lk_order_outcome outcome;
    wait_for(m, round, count);
    if (lk_orders_perform(book, &request, arena, &outcome, &err) != LK_OK) {
      (void)fprintf(stderr, "%s\n", err.message);
      m->failed = 1;
    }
    lk_arena_reset(arena);
  }
  if (!book) m->failed = 1;
  lk_arena_free(arena);
  lk_orders_free(book);
  return m->failed;
}

static void run_processes(fixture *f, int count, round_request request_of_round) {
  meeting *m = meet_here();
  pid_t children[8];
  for (int i = 0; i < count; i++) {
    children[i] = fork();
    if (children[i] == 0) _exit(run_process(f, m, i, count, request_of_round));
  }
  for (int i = 0; i < count; i++) {
    int status;
    assert_int_equal(waitpid(children[i], &status, 0), children[i]);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  assert_int_equal(munmap(m, sizeof *m), 0);
}

static lk_order_request cancel_or_change(int process, int round, lk_order_item *item) {
  (void)round;
  *item = (lk_order_item){.line = 2, .quantity = 5};
  if (process == 0) return (lk_order_request){.action = LK_ACTION_CANCEL};
  return (lk_order_request){.action = LK_ACTION_QUANTITY, .items = item, .item_count = 1};
}

static void an_order_cancelled_and_changed_at_once_is_one_then_the_other(void **state) {
  fixture *f = *state;
  make_orders(f);
  run_processes(f, 2, cancel_or_change);
  /* Every order is cancelled, since a change before does not hinder it; the change was done or refused, never by half. */
  assert_int_equal(sql_int(f, "SELECT count(*) FROM orders WHERE number >= '200000' AND state <> 'cancelled'"), 0);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM audit"), 2 * ROUNDS);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM audit WHERE action = 'order.cancel' AND reason = 'done'"), ROUNDS);
  assert_int_equal(
      sql_int(
          f, "SELECT count(*) FROM audit WHERE action = 'order.change_quantity' AND reason NOT IN ('done', 'already-cancelled')"),
      0);
  /* What the audit says is what the lines say, and the order of the audit is the order of the changes. */
  assert_int_equal(
      sql_int(f,
              "SELECT count(*) FROM audit a JOIN order_lines l ON l.order_number = a.order_number AND l.line = 2 WHERE"
              " a.action = 'order.change_quantity' AND l.quantity <> CASE a.reason WHEN 'done' THEN 5 ELSE 2 END"),
      0);
  assert_int_equal(
      sql_int(f,
              "SELECT count(*) FROM audit a JOIN audit b ON b.order_number = a.order_number AND b.action = 'order.cancel' WHERE"
              " a.action = 'order.change_quantity' AND (a.reason = 'done') <> (a.id < b.id)"),
      0);
  /* Nothing of the stock was lost or made: all of it went back. */
  assert_int_equal(sql_int(f, "SELECT stock FROM products WHERE sku = 'RV3003'"), 10000 + ROUNDS);
  assert_int_equal(sql_int(f, "SELECT stock FROM products WHERE sku = 'RV3005'"), 10000 + 2 * ROUNDS);
}

static lk_order_request add_one(int process, int round, lk_order_item *item) {
  (void)process, (void)round;
  *item = (lk_order_item){.sku = LK_LIT("RV4003"), .quantity = 1};
  return (lk_order_request){.action = LK_ACTION_ADD, .items = item, .item_count = 1};
}

static void no_update_is_lost_between_several_processes(void **state) {
  fixture *f = *state;
  make_orders(f);
  sql(f, "UPDATE products SET stock = 1000 WHERE sku = 'RV4003'");
  run_processes(f, SEVERAL, add_one);
  int64_t added = sql_int(f, "SELECT sum(quantity) FROM order_lines WHERE sku = 'RV4003' AND order_number >= '200000'");
  assert_int_equal(added, 1000); /* all there was, and not one more */
  assert_int_equal(sql_int(f, "SELECT stock FROM products WHERE sku = 'RV4003'"), 0);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM audit"), SEVERAL * ROUNDS);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM audit WHERE reason = 'done'"), 1000);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM audit WHERE reason = 'out-of-stock'"), SEVERAL * ROUNDS - 1000);
}

static lk_order_request same_key(int process, int round, lk_order_item *item) {
  static char keys[ROUNDS][16];
  (void)process, (void)item;
  (void)snprintf(keys[round], sizeof keys[round], "same-%d", round);
  return (lk_order_request){.action = LK_ACTION_REORDER, .key = lk_view_of(keys[round])};
}

static void one_confirmation_sent_by_two_servers_at_once_is_done_once(void **state) {
  fixture *f = *state;
  make_orders(f);
  int64_t before = sql_int(f, "SELECT count(*) FROM orders");
  run_processes(f, 2, same_key);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM orders"), before + ROUNDS);
  assert_int_equal(sql_int(f, "SELECT count(DISTINCT new_order) FROM audit WHERE reason = 'done'"), ROUNDS);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM audit"), ROUNDS);
}

static void an_order_that_gets_packed_meanwhile_is_not_cancelled(void **state) {
  fixture *f = *state;
  make_orders(f);
  meeting *m = meet_here();
  pid_t child = fork();
  if (child == 0) _exit(run_process(f, m, 0, 2, cancel_or_change));
  for (int round = 0; round < ROUNDS && !m->failed; round++) { /* the shop's own packing, which asks nobody */
    char statement[160];
    (void)snprintf(statement, sizeof statement,
                   "UPDATE orders SET state = 'packing', packed = 3 WHERE number = '%d' AND state = 'paid'", 200000 + round);
    wait_for(m, round, 2);
    sql(f, statement);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  assert_int_equal(munmap(m, sizeof *m), 0);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM orders WHERE number >= '200000' AND state NOT IN ('packing', 'cancelled')"),
                   0);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM orders WHERE packed > 0 AND state = 'cancelled'"), 0);
  assert_int_equal(sql_int(f,
                           "SELECT count(*) FROM audit a JOIN orders o ON o.number = a.order_number WHERE"
                           " a.reason <> CASE o.state WHEN 'packing' THEN 'already-packed' ELSE 'done' END"),
                   0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      in_fixture(an_order_cancelled_and_changed_at_once_is_one_then_the_other),
      in_fixture(no_update_is_lost_between_several_processes),
      in_fixture(one_confirmation_sent_by_two_servers_at_once_is_done_once),
      in_fixture(an_order_that_gets_packed_meanwhile_is_not_cancelled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
