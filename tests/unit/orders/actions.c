#include "fixture.h"

/* Orders of the demo that the tests speak of: 100148 is paid (shoes and two pairs of socks, to a pickup point), 100149 is paid (home),
 * 100155 is received, 100143 is packed, 100234 is shipped, 100235 is delivered, 100112 is delivered (with an engraved cup on line 3). */

static int64_t stock_of(const fixture *f, const char *sku) {
  char query[128];
  (void)snprintf(query, sizeof query, "SELECT stock FROM products WHERE sku = '%s'", sku);
  return sql_int(f, query);
}

static lk_order_outcome perform_item(fixture *f, lk_order_request request, lk_order_item item) {
  request.items = &item;
  request.item_count = 1;
  return perform(f, request);
}

/* ---- Cancelling ---- */

static void a_customer_can_cancel_until_packing(void **state) {
  fixture *f = *state;
  int64_t shoes = stock_of(f, "RV1001-40"), socks = stock_of(f, "RV1006-40-43");
  lk_order_outcome done = perform(f, request_of(LK_ACTION_CANCEL, "100148", "k1"));
  assert_reason(done, LK_REASON_DONE);
  assert_int_equal(done.amount, 14900 + 2 * 1990);
  assert_int_equal(done.order->state, LK_ORDER_CANCELLED);
  assert_int_equal(done.order->cancelled, NOW);
  assert_int_equal(stock_of(f, "RV1001-40"), shoes + 1);
  assert_int_equal(stock_of(f, "RV1006-40-43"), socks + 2);
}

static void cancelling_what_was_not_paid_refunds_nothing(void **state) {
  fixture *f = *state;
  lk_order_outcome done = perform(f, request_of(LK_ACTION_CANCEL, "100155", "k1"));
  assert_reason(done, LK_REASON_DONE);
  assert_int_equal(done.amount, 0);
}

static void after_packing_every_change_is_refused_with_its_reason(void **state) {
  fixture *f = *state;
  static const struct {
    const char *order;
    lk_order_reason reason;
  } cases[] = {
      {"100143", LK_REASON_ALREADY_PACKED},    {"100139", LK_REASON_ALREADY_SHIPPED}, {"100234", LK_REASON_ALREADY_SHIPPED},
      {"100122", LK_REASON_ALREADY_SHIPPED},   {"100235", LK_REASON_ALREADY_SHIPPED}, {"100115", LK_REASON_ALREADY_RETURNED},
      {"100118", LK_REASON_ALREADY_CANCELLED}, {"999999", LK_REASON_UNKNOWN_ORDER},   {"", LK_REASON_UNKNOWN_ORDER}};
  static const lk_order_action actions[] = {LK_ACTION_CANCEL, LK_ACTION_ADDRESS, LK_ACTION_PICKUP, LK_ACTION_QUANTITY,
                                            LK_ACTION_ADD};
  const char *content =
      "SELECT group_concat(number || state || street || COALESCE(pickup_point, '')) || (SELECT sum(quantity * line) FROM"
      " order_lines) || (SELECT sum(stock) FROM products) FROM orders";
  char before[4096];
  (void)snprintf(before, sizeof before, "%s", sql_text(f, content));
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (size_t a = 0; a < sizeof actions / sizeof *actions; a++) {
      char key[32];
      (void)snprintf(key, sizeof key, "k%zu-%zu", i, a);
      assert_reason(perform(f, request_of(actions[a], cases[i].order, key)), cases[i].reason);
    }
  assert_string_equal(sql_text(f, content), before);
}

static void somebody_elses_order_is_an_unknown_one(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_CANCEL, "100148", "k1");
  request.customer = LK_LIT("C1002");
  lk_order_outcome refused = perform(f, request);
  assert_reason(refused, LK_REASON_UNKNOWN_ORDER);
  assert_null(refused.order);
  request.customer = LK_LIT("C1001");
  request.key = LK_LIT("k2");
  assert_reason(perform(f, request), LK_REASON_DONE);
}

/* ---- Keys and audit ---- */

static void a_repeated_confirmation_does_nothing_and_gives_the_first_result(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_REORDER, "100235", "k1");
  lk_order_item socks = {.line = 2};
  request.items = &socks;
  request.item_count = 1;
  lk_order_outcome first = perform(f, request);
  assert_reason(first, LK_REASON_DONE);
  int64_t orders = sql_int(f, "SELECT count(*) FROM orders"), stock = stock_of(f, "RV1006-40-43");
  request.now += 100; /* a double click, a retry after a lost reply, the same by an agent */
  request.actor = LK_LIT("agent:maija");
  lk_order_outcome again = perform(f, request);
  assert_reason(again, LK_REASON_DONE);
  assert_true(again.repeated && !first.repeated);
  assert_true(lk_view_eq(again.new_order, first.new_order) && lk_view_eq(again.reference, first.reference));
  assert_int_equal(again.amount, first.amount);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM orders"), orders);
  assert_int_equal(stock_of(f, "RV1006-40-43"), stock);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM audit"), 1);
}

static void a_repetition_shows_the_order_as_it_is_now(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_PICKUP, "100148", "k1");
  request.pickup_point = LK_LIT("Posti Automaatti, Kallio");
  assert_reason(perform(f, request), LK_REASON_DONE);
  assert_reason(perform(f, request_of(LK_ACTION_CANCEL, "100148", "k2")), LK_REASON_DONE);
  lk_order_outcome again = perform(f, request);
  assert_reason(again, LK_REASON_DONE);
  assert_true(again.repeated);
  assert_int_equal(again.order->state, LK_ORDER_CANCELLED);
}

static void a_refusal_is_repeated_as_well(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_CANCEL, "100143", "k1");
  assert_reason(perform(f, request), LK_REASON_ALREADY_PACKED);
  sql(f, "UPDATE orders SET state = 'paid' WHERE number = '100143'");
  assert_reason(perform(f, request), LK_REASON_ALREADY_PACKED);
  assert_int_equal(find(f, "100143")->state, LK_ORDER_PAID);
}

static void a_key_is_good_for_one_request(void **state) {
  fixture *f = *state;
  assert_reason(perform(f, request_of(LK_ACTION_CANCEL, "100148", "k1")), LK_REASON_DONE);
  assert_reason(perform(f, request_of(LK_ACTION_CANCEL, "100149", "k1")), LK_REASON_KEY_REUSED);
  assert_int_equal(find(f, "100149")->state, LK_ORDER_PAID);
  lk_order_request more = request_of(LK_ACTION_QUANTITY, "100149", "k2");
  assert_reason(perform_item(f, more, (lk_order_item){.line = 2, .quantity = 3}), LK_REASON_DONE);
  assert_reason(perform_item(f, more, (lk_order_item){.line = 2, .quantity = 4}), LK_REASON_KEY_REUSED);
}

static void every_request_leaves_an_audit_row_with_before_and_after(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_ADDRESS, "100149", "k1");
  request.actor = LK_LIT("agent:maija");
  request.address = (lk_address){.street = LK_LIT("Uusi \"katu\" 1"), .postcode = LK_LIT("33100"), .city = LK_LIT("Tampere")};
  assert_reason(perform(f, request), LK_REASON_DONE);
  assert_int_equal(sql_int(f, "SELECT time FROM audit"), NOW);
  assert_string_equal(
      sql_text(f, "SELECT actor || '|' || order_number || '|' || action || '|' || key || '|' || reason FROM audit"),
      "agent:maija|100149|order.change_address|k1|done");
  assert_string_equal(sql_text(f, "SELECT json_extract(before, '$.street') FROM audit"), "Hämeenkatu 21 B 12");
  assert_string_equal(sql_text(f, "SELECT json_extract(after, '$.street') FROM audit"), "Uusi \"katu\" 1");
  assert_int_equal(sql_int(f, "SELECT json_extract(after, '$.lines[1].quantity') FROM audit"), 2);
  assert_reason(perform(f, request_of(LK_ACTION_CANCEL, "100143", "k2")), LK_REASON_ALREADY_PACKED);
  assert_string_equal(sql_text(f, "SELECT reason || COALESCE(after, '-') FROM audit WHERE key = 'k2'"), "already-packed-");
}

/* ---- Address and pickup point ---- */

static void an_address_is_changed_as_a_whole(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_ADDRESS, "100149", "k1");
  request.address = (lk_address){.street = LK_LIT("Rantatie 2"), .postcode = LK_LIT("33900"), .city = LK_LIT("Tampere")};
  lk_order_outcome done = perform(f, request);
  assert_reason(done, LK_REASON_DONE);
  assert_view(done.order->address.name, "Jukka Mäkelä");
  assert_view(done.order->address.street, "Rantatie 2");
  assert_view(done.order->address.postcode, "33900");
  assert_view(done.order->address.country, "FI");
  request.key = LK_LIT("k2");
  assert_reason(perform(f, request), LK_REASON_NO_CHANGE);
}

static void an_address_that_lacks_a_part_is_refused(void **state) {
  fixture *f = *state;
  const lk_address bad[] = {{.street = LK_LIT("Rantatie 2"), .postcode = LK_LIT("3390"), .city = LK_LIT("Tampere")},
                            {.street = LK_LIT("Rantatie 2"), .postcode = LK_LIT("339OO"), .city = LK_LIT("Tampere")},
                            {.postcode = LK_LIT("33900"), .city = LK_LIT("Tampere")},
                            {.street = LK_LIT("Rantatie 2"), .postcode = LK_LIT("33900")}};
  for (size_t i = 0; i < 4; i++) {
    char key[8];
    (void)snprintf(key, sizeof key, "k%zu", i);
    lk_order_request request = request_of(LK_ACTION_ADDRESS, "100149", key);
    request.address = bad[i];
    assert_reason(perform(f, request), LK_REASON_BAD_ADDRESS);
  }
}

static void an_order_that_is_fetched_changes_its_pickup_point_and_not_its_address(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_ADDRESS, "100148", "k1");
  request.address = (lk_address){.street = LK_LIT("Rantatie 2"), .postcode = LK_LIT("33900"), .city = LK_LIT("Tampere")};
  assert_reason(perform(f, request), LK_REASON_WRONG_DELIVERY);
  request = request_of(LK_ACTION_PICKUP, "100148", "k2");
  request.pickup_point = LK_LIT("Posti Automaatti, Kallio");
  lk_order_outcome done = perform(f, request);
  assert_reason(done, LK_REASON_DONE);
  assert_view(done.order->pickup_point, "Posti Automaatti, Kallio");
  request = request_of(LK_ACTION_PICKUP, "100149", "k3");
  request.pickup_point = LK_LIT("Posti Automaatti, Kallio");
  assert_reason(perform(f, request), LK_REASON_WRONG_DELIVERY);
}

/* ---- Quantities and items ---- */

static void a_quantity_changes_with_stock_and_total(void **state) {
  fixture *f = *state;
  int64_t stock = stock_of(f, "RV3005");
  lk_order_outcome done =
      perform_item(f, request_of(LK_ACTION_QUANTITY, "100149", "k1"), (lk_order_item){.line = 2, .quantity = 5});
  assert_reason(done, LK_REASON_DONE);
  assert_int_equal(done.order->lines[1].quantity, 5);
  assert_int_equal(done.amount, 59900 + 5 * 1290 + 990);
  assert_int_equal(stock_of(f, "RV3005"), stock - 3);
  done = perform_item(f, request_of(LK_ACTION_QUANTITY, "100149", "k2"), (lk_order_item){.line = 2, .quantity = 1});
  assert_reason(done, LK_REASON_DONE);
  assert_int_equal(stock_of(f, "RV3005"), stock + 1);
}

static void more_than_the_stock_is_refused_with_what_there_is(void **state) {
  fixture *f = *state;
  lk_order_outcome refused =
      perform_item(f, request_of(LK_ACTION_QUANTITY, "100149", "k1"), (lk_order_item){.line = 1, .quantity = 9});
  assert_reason(refused, LK_REASON_OUT_OF_STOCK);
  assert_view(refused.detail, "RV3003");
  assert_int_equal(refused.amount, 3);
  assert_int_equal(refused.order->lines[0].quantity, 1);
}

static void a_quantity_of_nothing_takes_the_line_out_but_never_the_last(void **state) {
  fixture *f = *state;
  int64_t stock = stock_of(f, "RV3005");
  lk_order_outcome done = perform_item(f, request_of(LK_ACTION_QUANTITY, "100149", "k1"), (lk_order_item){.line = 2});
  assert_reason(done, LK_REASON_DONE);
  assert_int_equal(done.order->line_count, 1);
  assert_int_equal(stock_of(f, "RV3005"), stock + 2);
  assert_reason(perform_item(f, request_of(LK_ACTION_QUANTITY, "100149", "k2"), (lk_order_item){.line = 1}), LK_REASON_LAST_LINE);
  assert_int_equal(find(f, "100149")->line_count, 1);
}

static void impossible_quantities_and_lines_are_refused(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_QUANTITY, "100149", "k1");
  assert_reason(perform_item(f, request, (lk_order_item){.line = 1, .quantity = -1}), LK_REASON_BAD_QUANTITY);
  request.key = LK_LIT("k2");
  assert_reason(perform_item(f, request, (lk_order_item){.line = 1, .quantity = INT64_MAX}), LK_REASON_BAD_QUANTITY);
  request.key = LK_LIT("k3");
  assert_reason(perform_item(f, request, (lk_order_item){.line = 7, .quantity = 1}), LK_REASON_UNKNOWN_LINE);
  request.key = LK_LIT("k4");
  assert_reason(perform_item(f, request, (lk_order_item){.line = 1, .quantity = 1}), LK_REASON_NO_CHANGE);
  request.key = LK_LIT("k5");
  assert_reason(perform(f, request), LK_REASON_UNKNOWN_LINE);
}

static void an_item_is_added_as_a_new_line_or_to_the_one_that_has_it(void **state) {
  fixture *f = *state;
  int64_t stock = stock_of(f, "RV4003");
  lk_order_request request = request_of(LK_ACTION_ADD, "100149", "k1");
  lk_order_outcome done = perform_item(f, request, (lk_order_item){.sku = LK_LIT("RV4003"), .quantity = 2});
  assert_reason(done, LK_REASON_DONE);
  assert_int_equal(done.order->line_count, 3);
  assert_view(done.order->lines[2].name, "Retkilyhty Tähti");
  assert_int_equal(done.amount, 59900 + 2 * 1290 + 990 + 2 * 3490);
  request.key = LK_LIT("k2");
  done = perform_item(f, request, (lk_order_item){.sku = LK_LIT("RV4003"), .quantity = 1});
  assert_int_equal(done.order->line_count, 3);
  assert_int_equal(done.order->lines[2].quantity, 3);
  assert_int_equal(stock_of(f, "RV4003"), stock - 3);
}

static void an_item_that_is_not_sold_or_not_there_is_not_added(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_ADD, "100149", "k1");
  assert_reason(perform_item(f, request, (lk_order_item){.sku = LK_LIT("NOPE"), .quantity = 1}), LK_REASON_UNKNOWN_PRODUCT);
  request.key = LK_LIT("k2");
  lk_order_outcome refused = perform_item(f, request, (lk_order_item){.sku = LK_LIT("RV4002"), .quantity = 1});
  assert_reason(refused, LK_REASON_OUT_OF_STOCK);
  assert_true(refused.deadline > NOW); /* when it is expected */
  request.key = LK_LIT("k3");
  assert_reason(perform_item(f, request, (lk_order_item){.sku = LK_LIT("RV4003"), .quantity = 0}), LK_REASON_BAD_QUANTITY);
  sql(f, "UPDATE products SET active = 0 WHERE sku = 'RV4003'");
  request.key = LK_LIT("k4");
  assert_reason(perform_item(f, request, (lk_order_item){.sku = LK_LIT("RV4003"), .quantity = 1}), LK_REASON_UNKNOWN_PRODUCT);
  assert_int_equal(find(f, "100149")->line_count, 2);
}

/* ---- The same again ---- */

static void a_reorder_is_a_new_order_at_todays_prices(void **state) {
  fixture *f = *state;
  sql(f, "UPDATE products SET price = 2000 WHERE sku = 'RV1006-40-43'; UPDATE products SET stock = 5 WHERE sku = 'RV1001-42'");
  lk_order_outcome done = perform(f, request_of(LK_ACTION_REORDER, "100235", "k1"));
  assert_reason(done, LK_REASON_DONE);
  assert_view(done.new_order, "100301");
  lk_order *fresh = find(f, "100301");
  assert_int_equal(fresh->state, LK_ORDER_RECEIVED);
  assert_int_equal(fresh->line_count, 3);
  assert_int_equal(fresh->total, 14900 + 2000 + 2490);
  assert_int_equal(done.amount, fresh->total);
  assert_view(fresh->customer, "C1017");
  assert_int_equal(fresh->delivered + fresh->paid + fresh->packed, 0);
  assert_int_equal(stock_of(f, "RV1001-42"), 4);
}

static void a_reorder_of_which_a_part_is_sold_out_takes_nothing(void **state) {
  fixture *f = *state;
  sql(f, "UPDATE products SET stock = 0 WHERE sku = 'RV1203'; UPDATE products SET stock = 5 WHERE sku = 'RV1001-42'");
  lk_order_outcome refused = perform(f, request_of(LK_ACTION_REORDER, "100235", "k1"));
  assert_reason(refused, LK_REASON_OUT_OF_STOCK);
  assert_view(refused.detail, "RV1203");
  assert_int_equal(refused.new_order.len, 0);
  assert_int_equal(stock_of(f, "RV1001-42"), 5);
  assert_null(find(f, "100301"));
  assert_int_equal(sql_int(f, "SELECT next FROM counters WHERE name = 'order'"), 100301);
}

/* ---- Returns ---- */

static void a_return_gives_a_code_a_deadline_and_an_amount(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_RETURN, "100235", "k1");
  request.reason = LK_LIT("size");
  lk_order_outcome done = perform_item(f, request, (lk_order_item){.line = 1});
  assert_reason(done, LK_REASON_DONE);
  assert_int_equal(done.reference.len, 13);
  assert_memory_equal(done.reference.ptr, "RP-", 3);
  assert_int_equal(done.amount, 14900);
  assert_int_equal(done.deadline, done.order->return_deadline);
  assert_int_equal(done.order->return_count, 1);
  assert_view(done.order->returns[0].state, "registered");
  assert_view(done.order->returns[0].reason, "size");
  assert_int_equal(done.order->lines[0].returned, 1);
  assert_int_equal(done.order->state, LK_ORDER_DELIVERED); /* until it comes */
}

static void nothing_is_returned_twice(void **state) {
  fixture *f = *state;
  assert_reason(perform(f, request_of(LK_ACTION_RETURN, "100235", "k1")), LK_REASON_DONE);
  lk_order_outcome refused = perform_item(f, request_of(LK_ACTION_RETURN, "100235", "k2"), (lk_order_item){.line = 1});
  assert_reason(refused, LK_REASON_ALREADY_RETURNED);
  assert_reason(perform(f, request_of(LK_ACTION_RETURN, "100235", "k3")), LK_REASON_ALREADY_RETURNED);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM returns WHERE order_number = '100235'"), 1);
}

static void one_line_named_twice_is_refused(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_RETURN, "100109", "k1");
  const lk_order_item items[] = {{.line = 2, .quantity = 2}, {.line = 2, .quantity = 2}};
  request.items = items;
  request.item_count = 2;
  assert_reason(perform(f, request), LK_REASON_UNKNOWN_LINE);
  assert_int_equal(find(f, "100109")->lines[1].returned, 0);
}

static void a_part_of_a_line_can_be_returned_and_later_the_rest(void **state) {
  fixture *f = *state;
  lk_order_outcome done =
      perform_item(f, request_of(LK_ACTION_RETURN, "100109", "k1"), (lk_order_item){.line = 2, .quantity = 2});
  assert_reason(done, LK_REASON_DONE);
  assert_int_equal(done.amount, 2 * 1990);
  lk_order_request rest = request_of(LK_ACTION_RETURN, "100109", "k2");
  assert_reason(perform_item(f, rest, (lk_order_item){.line = 2, .quantity = 2}), LK_REASON_ALREADY_RETURNED);
  rest.key = LK_LIT("k3");
  done = perform_item(f, rest, (lk_order_item){.line = 2});
  assert_reason(done, LK_REASON_DONE);
  assert_int_equal(done.amount, 1990);
}

static void a_return_is_in_time_until_the_end_of_its_last_day(void **state) {
  fixture *f = *state;
  int64_t deadline = find(f, "100235")->return_deadline;
  lk_order_request request = request_of(LK_ACTION_RETURN, "100235", "k1");
  request.now = deadline + 1;
  lk_order_outcome refused = perform(f, request);
  assert_reason(refused, LK_REASON_PAST_DEADLINE);
  assert_int_equal(refused.deadline, deadline);
  request.key = LK_LIT("k2");
  request.now = deadline;
  assert_reason(perform(f, request), LK_REASON_DONE);
}

static void what_has_not_come_cannot_be_returned(void **state) {
  fixture *f = *state;
  assert_reason(perform(f, request_of(LK_ACTION_RETURN, "100234", "k1")), LK_REASON_NOT_DELIVERED);
  assert_reason(perform(f, request_of(LK_ACTION_RETURN, "100118", "k2")), LK_REASON_ALREADY_CANCELLED);
  assert_reason(perform(f, request_of(LK_ACTION_RETURN, "100115", "k3")), LK_REASON_ALREADY_RETURNED);
}

static void made_to_order_and_opened_hygiene_products_are_kept_unless_the_shop_is_at_fault(void **state) {
  fixture *f = *state;
  lk_order_outcome refused = perform_item(f, request_of(LK_ACTION_RETURN, "100112", "k1"), (lk_order_item){.line = 3});
  assert_reason(refused, LK_REASON_NOT_RETURNABLE);
  assert_view(refused.detail, "RV3204");
  lk_order_request faulty = request_of(LK_ACTION_RETURN, "100112", "k2");
  faulty.reason = LK_LIT("faulty");
  assert_reason(perform_item(f, faulty, (lk_order_item){.line = 3}), LK_REASON_DONE);
  /* 100114: base layer trousers on line 2 */
  lk_order_item opened = {.line = 2, .opened = true}, unopened = {.line = 2};
  assert_reason(perform_item(f, request_of(LK_ACTION_RETURN, "100114", "k3"), opened), LK_REASON_NOT_RETURNABLE);
  assert_reason(perform_item(f, request_of(LK_ACTION_RETURN, "100114", "k4"), unopened), LK_REASON_DONE);
}

static void a_discount_is_not_refunded(void **state) {
  fixture *f = *state; /* 100107: 229,00 + 169,00 - 10,00; the second has been returned */
  lk_order_request request = request_of(LK_ACTION_RETURN, "100107", "k1");
  request.now = NOW - 5 * DAY;
  lk_order_outcome done = perform_item(f, request, (lk_order_item){.line = 1});
  assert_reason(done, LK_REASON_DONE);
  assert_int_equal(done.amount, 22325); /* 22900 × 38800 / 39800 */
}

static void an_exchange_is_a_return_and_a_new_order_free_of_charge(void **state) {
  fixture *f = *state;
  sql(f, "UPDATE products SET stock = 1, price = 15900 WHERE sku = 'RV1001-43'");
  lk_order_request request = request_of(LK_ACTION_EXCHANGE, "100235", "k1");
  lk_order_outcome done = perform_item(f, request, (lk_order_item){.line = 1, .sku = LK_LIT("RV1001-43")});
  assert_reason(done, LK_REASON_DONE);
  assert_memory_equal(done.reference.ptr, "RP-", 3);
  lk_order *fresh = find(f, "100301");
  assert_view(done.new_order, "100301");
  assert_int_equal(fresh->state, LK_ORDER_PAID);
  assert_view(fresh->lines[0].size, "43");
  assert_int_equal(fresh->total, 14900);
  assert_int_equal(done.order->returns[0].amount, 0);
  assert_view(done.order->returns[0].new_order, "100301");
  request.key = LK_LIT("k2");
  assert_reason(perform_item(f, request, (lk_order_item){.line = 1, .sku = LK_LIT("RV1001-43")}), LK_REASON_ALREADY_RETURNED);
}

static void an_exchange_is_for_another_size_of_the_same_product_in_stock(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_EXCHANGE, "100235", "k1");
  assert_reason(perform_item(f, request, (lk_order_item){.line = 1, .sku = LK_LIT("RV1002-40")}), LK_REASON_DIFFERENT_PRODUCT);
  request.key = LK_LIT("k2");
  assert_reason(perform_item(f, request, (lk_order_item){.line = 1, .sku = LK_LIT("RV1001-42")}), LK_REASON_NO_CHANGE);
  request.key = LK_LIT("k3");
  sql(f, "UPDATE products SET stock = 0 WHERE sku = 'RV1001-44'");
  assert_reason(perform_item(f, request, (lk_order_item){.line = 1, .sku = LK_LIT("RV1001-44")}), LK_REASON_OUT_OF_STOCK);
  request.key = LK_LIT("k4");
  assert_reason(perform_item(f, request, (lk_order_item){.line = 3, .sku = LK_LIT("RV1205")}), LK_REASON_DIFFERENT_PRODUCT);
  assert_int_equal(find(f, "100235")->return_count, 0);
}

/* ---- Claims, notices, requests ---- */

static void a_claim_is_taken_within_the_warranty_and_after(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_WARRANTY, "100102", "k1");
  request.text = LK_LIT("Näyttö pimenee");
  request.since = NOW - 10 * DAY;
  lk_order_outcome done = perform_item(f, request, (lk_order_item){.line = 1});
  assert_reason(done, LK_REASON_DONE);
  assert_view(done.reference, "5001");
  assert_true(done.deadline > NOW && done.deadline < NOW + 400 * DAY); /* 24 months from a year ago */
  assert_string_equal(sql_text(f, "SELECT sku || fault FROM warranty_claims"), "RV5006Näyttö pimenee");
  request.key = LK_LIT("k2");
  request.now = NOW + 900 * DAY;
  done = perform_item(f, request, (lk_order_item){.line = 1});
  assert_reason(done, LK_REASON_DONE);
  assert_true(done.deadline < request.now);
  assert_reason(perform_item(f, request_of(LK_ACTION_WARRANTY, "100234", "k3"), (lk_order_item){.line = 1}),
                LK_REASON_NOT_DELIVERED);
  assert_reason(perform_item(f, request_of(LK_ACTION_WARRANTY, "100102", "k4"), (lk_order_item){.line = 9}),
                LK_REASON_UNKNOWN_LINE);
}

static void a_notice_waits_for_what_is_out_of_stock(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_NOTIFY, "", "k1");
  request.email = LK_LIT("a@example.fi");
  lk_order_outcome done = perform_item(f, request, (lk_order_item){.sku = LK_LIT("RV4002")});
  assert_reason(done, LK_REASON_DONE);
  assert_true(done.deadline > NOW);
  request.key = LK_LIT("k2");
  assert_reason(perform_item(f, request, (lk_order_item){.sku = LK_LIT("RV4002")}), LK_REASON_DONE);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM stock_notices"), 1);
  request.key = LK_LIT("k3");
  assert_reason(perform_item(f, request, (lk_order_item){.sku = LK_LIT("RV4001")}), LK_REASON_IN_STOCK);
  request.key = LK_LIT("k4");
  request.email = LK_LIT("@");
  assert_reason(perform_item(f, request, (lk_order_item){.sku = LK_LIT("RV4002")}), LK_REASON_BAD_CONTACT);
}

static void a_contact_request_needs_a_way_to_answer_and_shows_no_order(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_CONTACT, "100234", "k1");
  request.text = LK_LIT("Soittakaa huomenna");
  assert_reason(perform(f, request), LK_REASON_BAD_CONTACT);
  request.key = LK_LIT("k2");
  request.phone = LK_LIT("040 000 0000");
  lk_order_outcome done = perform(f, request);
  assert_reason(done, LK_REASON_DONE);
  assert_view(done.reference, "8001");
  assert_null(done.order); /* nobody proved that it is theirs */
  assert_string_equal(sql_text(f, "SELECT order_number || phone FROM contact_requests"), "100234040 000 0000");
}

static void an_action_of_the_shops_own_is_not_supported_here(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_OTHER, "100234", "k1");
  request.name = LK_LIT("bike.polish");
  assert_reason(perform(f, request), LK_REASON_UNSUPPORTED);
}

static void requests_past_their_bounds_are_errors_before_anything_is_done(void **state) {
  fixture *f = *state;
  static char large[LK_ORDER_TEXT_MAX + 2];
  memset(large, 'a', sizeof large - 1);
  lk_order_request bad[6];
  for (size_t i = 0; i < 6; i++) bad[i] = request_of(LK_ACTION_CANCEL, "100148", "k1");
  bad[0].key = LK_LIT("");
  bad[1].actor = LK_LIT("");
  bad[2].text = lk_view_of(large);
  bad[3].text = LK_LIT("\xC3");
  bad[4].pickup_point = LK_LIT("a\0b");
  bad[5].item_count = LK_ORDER_ITEMS_MAX + 1;
  for (size_t i = 0; i < 6; i++) {
    lk_order_outcome outcome;
    assert_int_equal(lk_orders_perform(f->book, &bad[i], f->arena, &outcome, &f->err), LK_ERR_INPUT);
    assert_reason(outcome, LK_REASON_FAILED);
    assert_non_null(strchr(f->err.message, ';'));
  }
  assert_int_equal(find(f, "100148")->state, LK_ORDER_PAID);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM audit"), 0);
}

static void text_of_a_customer_is_never_sql(void **state) {
  fixture *f = *state;
  lk_order_request request = request_of(LK_ACTION_PICKUP, "100148", "k1'); DROP TABLE orders; --");
  request.pickup_point = LK_LIT("x'; DELETE FROM orders; --");
  lk_order_outcome done = perform(f, request);
  assert_reason(done, LK_REASON_DONE);
  assert_view(done.order->pickup_point, "x'; DELETE FROM orders; --");
  assert_int_equal(sql_int(f, "SELECT count(*) FROM orders"), 60);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      in_fixture(a_customer_can_cancel_until_packing),
      in_fixture(cancelling_what_was_not_paid_refunds_nothing),
      in_fixture(after_packing_every_change_is_refused_with_its_reason),
      in_fixture(somebody_elses_order_is_an_unknown_one),
      in_fixture(a_repeated_confirmation_does_nothing_and_gives_the_first_result),
      in_fixture(a_repetition_shows_the_order_as_it_is_now),
      in_fixture(a_refusal_is_repeated_as_well),
      in_fixture(a_key_is_good_for_one_request),
      in_fixture(every_request_leaves_an_audit_row_with_before_and_after),
      in_fixture(an_address_is_changed_as_a_whole),
      in_fixture(an_address_that_lacks_a_part_is_refused),
      in_fixture(an_order_that_is_fetched_changes_its_pickup_point_and_not_its_address),
      in_fixture(a_quantity_changes_with_stock_and_total),
      in_fixture(more_than_the_stock_is_refused_with_what_there_is),
      in_fixture(a_quantity_of_nothing_takes_the_line_out_but_never_the_last),
      in_fixture(impossible_quantities_and_lines_are_refused),
      in_fixture(an_item_is_added_as_a_new_line_or_to_the_one_that_has_it),
      in_fixture(an_item_that_is_not_sold_or_not_there_is_not_added),
      in_fixture(a_reorder_is_a_new_order_at_todays_prices),
      in_fixture(a_reorder_of_which_a_part_is_sold_out_takes_nothing),
      in_fixture(a_return_gives_a_code_a_deadline_and_an_amount),
      in_fixture(nothing_is_returned_twice),
      in_fixture(one_line_named_twice_is_refused),
      in_fixture(a_part_of_a_line_can_be_returned_and_later_the_rest),
      in_fixture(a_return_is_in_time_until_the_end_of_its_last_day),
      in_fixture(what_has_not_come_cannot_be_returned),
      in_fixture(made_to_order_and_opened_hygiene_products_are_kept_unless_the_shop_is_at_fault),
      in_fixture(a_discount_is_not_refunded),
      in_fixture(an_exchange_is_a_return_and_a_new_order_free_of_charge),
      in_fixture(an_exchange_is_for_another_size_of_the_same_product_in_stock),
      in_fixture(a_claim_is_taken_within_the_warranty_and_after),
      in_fixture(a_notice_waits_for_what_is_out_of_stock),
      in_fixture(a_contact_request_needs_a_way_to_answer_and_shows_no_order),
      in_fixture(an_action_of_the_shops_own_is_not_supported_here),
      in_fixture(requests_past_their_bounds_are_errors_before_anything_is_done),
      in_fixture(text_of_a_customer_is_never_sql),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
