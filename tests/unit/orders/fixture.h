/* A folder of its own with the demo order book in it, for each test. */
#ifndef LK_TEST_ORDERS_FIXTURE_H
#define LK_TEST_ORDERS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/arena.h"
#include "luukku/identity.h"
#include "luukku/orders.h"

#define NOW INT64_C(1794996000) /* Wednesday 18 November 2026, 12:00 in Helsinki */
#define DAY INT64_C(86400)

typedef struct fixture {
  char folder[64];
  char path[128];
  lk_order_book *book;
  lk_arena *arena;
  lk_error err;
} fixture;

int set_up(void **state);
int tear_down(void **state);

/* Writes "folder/name" into `out`. */
void path_in(const fixture *f, const char *name, char out[128]);
/* Runs statements on the book's file through a connection of their own. */
void sql(const fixture *f, const char *statements);
/* The only value of a query. */
int64_t sql_int(const fixture *f, const char *query);
/* As text, in one of a few buffers that are used in turn. */
const char *sql_text(const fixture *f, const char *query);

lk_order *find(fixture *f, const char *number);
/* Performs, asserts that nothing failed, and returns the outcome. */
lk_order_outcome perform(fixture *f, lk_order_request request);
/* A request with a key of its own. */
lk_order_request request_of(lk_order_action action, const char *order, const char *key);

#define assert_view(view, text)                      \
  do {                                               \
    lk_view seen = (view);                           \
    assert_int_equal(seen.len, strlen(text));        \
    assert_memory_equal(seen.ptr, (text), seen.len); \
  } while (0)

#define assert_reason(outcome, expected) \
  assert_string_equal(lk_order_reason_name((outcome).reason), lk_order_reason_name(expected))

#define in_fixture(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
