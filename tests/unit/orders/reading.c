#include "fixture.h"

static void the_demo_has_orders_in_every_state(void **state) {
  fixture *f = *state;
  assert_int_equal(sql_int(f, "SELECT count(*) FROM orders"), 60);
  assert_int_equal(sql_int(f, "SELECT count(DISTINCT state) FROM orders"), LK_ORDER_STATE_COUNT);
  assert_true(sql_int(f, "SELECT count(DISTINCT COALESCE(family, sku)) FROM products") >= 60);
  assert_true(sql_int(f, "SELECT count(*) FROM orders WHERE expected > promised AND state IN ('paid', 'shipped')") >= 4);
  assert_true(sql_int(f, "SELECT count(DISTINCT carrier) FROM shipments") == 3);
}

static void nothing_in_the_demo_happens_in_the_future_or_out_of_order(void **state) {
  fixture *f = *state;
  /* Saturday night, a New Year's morning, the hour in which clocks change. */
  static const int64_t nows[] = {NOW, NOW + 3 * DAY + 45000, 1798754700, 1774746000, 1761440400};
  for (size_t i = 0; i < sizeof nows / sizeof *nows; i++) {
    lk_orders_free(f->book);
    f->book = NULL;
    assert_int_equal(lk_orders_create(f->path, true, nows[i], true, &f->err), LK_OK);
    char query[400];
    (void)snprintf(query, sizeof query,
                   "SELECT count(*) FROM orders WHERE max(placed, COALESCE(paid, 0), COALESCE(packed, 0), COALESCE(shipped, 0),"
                   " COALESCE(delivered, 0), COALESCE(cancelled, 0)) > %lld",
                   (long long)nows[i]);
    assert_int_equal(sql_int(f, query), 0);
    (void)snprintf(query, sizeof query, "SELECT count(*) FROM tracking_events WHERE time > %lld", (long long)nows[i]);
    assert_int_equal(sql_int(f, query), 0);
    assert_int_equal(sql_int(f,
                             "SELECT count(*) FROM orders WHERE NOT (placed < COALESCE(paid, 9e9) AND COALESCE(paid, 0) <"
                             " COALESCE(packed, 9e9) AND COALESCE(packed, 0) <= COALESCE(shipped, 9e9) AND"
                             " COALESCE(shipped, packed, placed) < COALESCE(delivered, 9e9))"),
                     0);
    assert_int_equal(
        sql_int(f, "SELECT count(*) FROM tracking_events e JOIN shipments s ON s.id = e.shipment WHERE e.time < s.sent"), 0);
  }
}

static void the_same_now_gives_the_same_demo(void **state) {
  fixture *f = *state;
  const char *fingerprint =
      "SELECT (SELECT group_concat(number || state || placed || COALESCE(expected, 0)) FROM orders) ||"
      " (SELECT sum(time) FROM tracking_events) || (SELECT sum(stock * price) FROM products)";
  char first[4096];
  (void)snprintf(first, sizeof first, "%s", sql_text(f, fingerprint));
  lk_orders_free(f->book);
  f->book = NULL;
  assert_int_equal(lk_orders_create(f->path, true, NOW, true, &f->err), LK_OK);
  assert_string_equal(sql_text(f, fingerprint), first);
}

static void an_order_is_read_whole(void **state) {
  fixture *f = *state;
  lk_order *o = find(f, "100234");
  assert_non_null(o);
  assert_view(o->number, "100234");
  assert_string_equal(lk_order_state_name(o->state), "shipped");
  assert_string_equal(lk_delivery_name(o->delivery), "pickup-point");
  assert_view(o->address.postcode, "00100");
  assert_view(o->name, "Maija Virtanen");
  assert_view(o->email_masked, "m•••@example.fi");
  assert_int_equal(o->line_count, 2);
  assert_view(o->lines[0].name, "Fleecetakki Kaste");
  assert_view(o->lines[0].size, "S");
  assert_int_equal(o->total, 7900 + 3490);
  assert_int_equal(o->shipment_count, 1);
  assert_view(o->shipments[0].carrier, "Posti");
  assert_true(o->shipments[0].tracking_code.len > 8);
  assert_int_equal(o->shipments[0].event_count, 3);
  assert_true(o->shipments[0].events[0].time > o->shipments[0].events[2].time);
  assert_view(o->shipments[0].events[0].code, "in-transit");
  assert_false(o->changeable);
  assert_false(o->delayed);
  assert_int_equal(o->return_deadline, 0);
}

static void an_order_that_does_not_exist_is_no_error(void **state) {
  fixture *f = *state;
  static const char *const numbers[] = {"999999", "", "100234 ", "' OR 1=1 --", "\xFF\xFE"};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) assert_null(find(f, numbers[i]));
}

static void an_order_expected_later_than_promised_is_delayed(void **state) {
  fixture *f = *state;
  assert_true(find(f, "100131")->delayed);
  assert_true(find(f, "100152")->delayed);
  assert_false(find(f, "100129")->delayed);
  assert_false(find(f, "100101")->delayed); /* it came long ago */
}

static void a_part_shipment_shows_what_has_left(void **state) {
  fixture *f = *state;
  lk_order *o = find(f, "100139");
  assert_int_equal(o->state, LK_ORDER_PART_SHIPPED);
  assert_int_equal(o->lines[0].shipped, 1);
  assert_int_equal(o->lines[1].shipped, 0);
}

static void the_return_deadline_is_the_end_of_the_thirtieth_day_after_delivery(void **state) {
  fixture *f = *state;
  /* Delivered on 12 October, in summer time; the 30th day is 11 November, in winter time. */
  sql(f,
      "UPDATE orders SET delivered = 1791785000 WHERE number = '100235'; UPDATE shipments SET delivered = 1791785000 WHERE "
      "order_number = '100235'");
  assert_int_equal(find(f, "100235")->return_deadline, 1794434399); /* 11 November 2026, 23:59:59 +0200 */
}

static void returns_are_shown_with_their_lines(void **state) {
  fixture *f = *state;
  lk_order *o = find(f, "100116");
  assert_int_equal(o->return_count, 1);
  assert_view(o->returns[0].state, "refunded");
  assert_int_equal(o->returns[0].line_count, 2);
  assert_view(o->returns[0].lines[1].name, "Kameran kypäräkiinnike");
  assert_int_equal(o->returns[0].amount, 27900 + 1990);
}

static void history_is_the_customers_own_newest_first(void **state) {
  fixture *f = *state;
  lk_order *orders;
  size_t count;
  assert_int_equal(lk_orders_history(f->book, LK_LIT("C1001"), 10, f->arena, &orders, &count, &f->err), LK_OK);
  assert_int_equal(count, 4);
  for (size_t i = 0; i < count; i++) assert_view(orders[i].customer, "C1001");
  for (size_t i = 1; i < count; i++) assert_true(orders[i - 1].placed > orders[i].placed);
  assert_true(orders[0].line_count > 0 && orders[0].total > 0);
  assert_int_equal(lk_orders_history(f->book, LK_LIT("C1001"), 2, f->arena, &orders, &count, &f->err), LK_OK);
  assert_int_equal(count, 2);
  assert_int_equal(lk_orders_history(f->book, LK_LIT(""), 10, f->arena, &orders, &count, &f->err), LK_OK);
  assert_int_equal(count, 0); /* guests have no history, least of all each other's */
}

static void an_invoice_is_issued_when_packing_begins(void **state) {
  fixture *f = *state;
  lk_invoice *invoice;
  assert_int_equal(lk_orders_invoice(f->book, LK_LIT("100234"), f->arena, &invoice, &f->err), LK_OK);
  assert_int_equal(invoice->total, find(f, "100234")->total);
  assert_int_equal(invoice->vat, 2314); /* 113,90 € with 25,5 % in it */
  assert_true(invoice->paid > 0 && invoice->link.len > 0);
  assert_int_equal(lk_orders_invoice(f->book, LK_LIT("100148"), f->arena, &invoice, &f->err), LK_OK);
  assert_null(invoice);
}

static void what_goes_with_a_product_is_in_stock(void **state) {
  fixture *f = *state;
  lk_product *products;
  size_t count;
  assert_int_equal(lk_orders_related(f->book, LK_LIT("RV3001"), LK_RELATION_ACCESSORY, 5, f->arena, &products, &count, &f->err),
                   LK_OK);
  assert_int_equal(count, 3);
  assert_view(products[0].name, "Teltan pohjakangas Saana");
  sql(f, "UPDATE products SET stock = 0 WHERE sku = 'RV3007'");
  assert_int_equal(lk_orders_related(f->book, LK_LIT("RV3001"), LK_RELATION_ACCESSORY, 5, f->arena, &products, &count, &f->err),
                   LK_OK);
  assert_int_equal(count, 2);
  assert_view(products[0].name, "Maakiilat 10 kpl");
}

static void similar_products_are_the_shops_choice_then_the_nearest_price(void **state) {
  fixture *f = *state;
  lk_product *products;
  size_t count;
  assert_int_equal(lk_orders_related(f->book, LK_LIT("RV4002"), LK_RELATION_SIMILAR, 5, f->arena, &products, &count, &f->err),
                   LK_OK);
  assert_int_equal(count, 2);
  assert_view(products[0].sku, "RV4001"); /* named */
  assert_view(products[1].sku, "RV4003"); /* of the same category */
  assert_int_equal(lk_orders_related(f->book, LK_LIT("RV1001-42"), LK_RELATION_SIMILAR, 9, f->arena, &products, &count, &f->err),
                   LK_OK);
  assert_int_equal(count, 4); /* the other shoes, each once, and no other size of this one */
  for (size_t i = 0; i < count; i++) assert_memory_not_equal(products[i].sku.ptr, "RV1001", 6);
}

static void sizes_of_a_product_are_listed_in_stock_or_not(void **state) {
  fixture *f = *state;
  lk_product *products;
  size_t count;
  assert_int_equal(lk_orders_related(f->book, LK_LIT("RV1001-42"), LK_RELATION_SIZE, 20, f->arena, &products, &count, &f->err),
                   LK_OK);
  assert_int_equal(count, 7);
  assert_view(products[0].size, "38");
}

static lk_product *search_first(fixture *f, const char *text) {
  lk_product *products;
  size_t count;
  assert_int_equal(lk_orders_search(f->book, lk_view_of(text), 5, f->arena, &products, &count, &f->err), LK_OK);
  return count ? &products[0] : NULL;
}

static void products_are_found_in_spite_of_typos_inflection_and_filler(void **state) {
  fixture *f = *state;
  static const char *const cases[][2] = {
      {"Otsalamppu Kajo 400", "Otsalamppu Kajo 400"},
      {"otsalampu kajo 800", "Otsalamppu Kajo 800"},
      {"onko teillä sitä kuoritakkia myrsky", "Kuoritakki Myrsky"},
      {"vaelluskengat tunturi", "Vaelluskengät Tunturi"},
      {"bluetoothkaiutin", "Bluetooth-kaiutin Humina"},
      {"robotti imurin suodattimet", "Robotti-imurin suodatinsarja"},
      {"haluaisin lisätä tilaukseen yhden varavirtalähteen", "Varavirtalähde 20 000 mAh"},
      {"rinkan sadesuojan", "Rinkan sadesuoja 65 l"},
      {"koodi on RV3206", "Puukko Kaira"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    lk_product *product = search_first(f, cases[i][0]);
    if (!product) fail_msg("nothing for %s", cases[i][0]);
    assert_view(product->name, cases[i][1]);
  }
}

static void the_size_that_is_named_is_the_one_that_is_found(void **state) {
  fixture *f = *state;
  assert_view(search_first(f, "vaelluskengät tunturi 44")->sku, "RV1001-44");
  assert_view(search_first(f, "fleecetakki kaste XL")->sku, "RV1103-XL");
}

static void a_family_is_found_once(void **state) {
  fixture *f = *state;
  lk_product *products;
  size_t count;
  assert_int_equal(lk_orders_search(f->book, LK_LIT("vaelluskengät"), 10, f->arena, &products, &count, &f->err), LK_OK);
  assert_true(count >= 2);
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < i; j++) assert_false(products[i].family.len && lk_view_eq(products[i].family, products[j].family));
}

static void nonsense_finds_no_product(void **state) {
  fixture *f = *state;
  static const char *const texts[] = {"", " ", "xyzzy qwerty", "🙂🙂🙂", "\xFF\xFF\xFF", "???", "a"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) assert_null(search_first(f, texts[i]));
}

static void a_product_that_was_added_or_renamed_is_found_at_once(void **state) {
  fixture *f = *state;
  assert_null(search_first(f, "kirnupiimä"));
  sql(f, "INSERT INTO products (sku, name, category, price, stock) VALUES ('K1', 'Kirnupiimä', 'food', 100, 1)");
  assert_view(search_first(f, "kirnupiimä")->sku, "K1");
  sql(f, "UPDATE products SET name = 'Hapankorppu' WHERE sku = 'K1'");
  assert_null(search_first(f, "kirnupiimä"));
  assert_view(search_first(f, "hapankorppuja")->sku, "K1");
}

static void names_and_values_of_actions_agree(void **state) {
  (void)state;
  for (int i = 0; i < LK_ACTION_COUNT; i++) {
    const char *name = lk_order_action_name((lk_order_action)i);
    assert_int_equal(lk_order_action_of(lk_view_of(name)), i);
  }
  assert_int_equal(lk_order_action_of(LK_LIT("bike.polish")), LK_ACTION_OTHER);
  assert_string_equal(lk_order_state_name((lk_order_state)99), "unknown");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      in_fixture(the_demo_has_orders_in_every_state),
      in_fixture(nothing_in_the_demo_happens_in_the_future_or_out_of_order),
      in_fixture(the_same_now_gives_the_same_demo),
      in_fixture(an_order_is_read_whole),
      in_fixture(an_order_that_does_not_exist_is_no_error),
      in_fixture(an_order_expected_later_than_promised_is_delayed),
      in_fixture(a_part_shipment_shows_what_has_left),
      in_fixture(the_return_deadline_is_the_end_of_the_thirtieth_day_after_delivery),
      in_fixture(returns_are_shown_with_their_lines),
      in_fixture(history_is_the_customers_own_newest_first),
      in_fixture(an_invoice_is_issued_when_packing_begins),
      in_fixture(what_goes_with_a_product_is_in_stock),
      in_fixture(similar_products_are_the_shops_choice_then_the_nearest_price),
      in_fixture(sizes_of_a_product_are_listed_in_stock_or_not),
      in_fixture(products_are_found_in_spite_of_typos_inflection_and_filler),
      in_fixture(the_size_that_is_named_is_the_one_that_is_found),
      in_fixture(a_family_is_found_once),
      in_fixture(nonsense_finds_no_product),
      in_fixture(a_product_that_was_added_or_renamed_is_found_at_once),
      cmocka_unit_test(names_and_values_of_actions_agree),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
