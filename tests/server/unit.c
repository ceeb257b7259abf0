/* The server's pure parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those four first. */
#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "buckets.h"
#include "headers.h"
#include "listen.h"
#include "metrics.h"
#include "server.h"
#include "settings.h"
#include "token.h"

static void a_path_has_only_plain_characters(void **state) {
  (void)state;
  static const char *const good[] = {"/", "/api/v1/shop", "/chat.js", "/a-b_c/d.e", "/desk/"};
  static const char *const bad[] = {"",       "a",    "*",     "//", "/a//b", "/..",   "/a/../b",
                                    "/a%20b", "/a b", "/a\\b", "/ä", "/a:b",  "/a\x01"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(lk_target_plain(lk_view_of(good[i])));
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(lk_target_plain(lk_view_of(bad[i])));
  assert_false(lk_target_plain((lk_view){"/a\0b", 4}));
}

/* Headers as "Name: value" lines, the host included. */
static const char *wrong(const char *method, const char *const *lines) {
  lk_headers headers = {0};
  for (; *lines; lines++) {
    size_t colon = strcspn(*lines, ":");
    lk_headers_look(&headers, (lk_view){*lines, colon}, lk_view_of(*lines + colon + 2));
  }
  return lk_headers_wrong(&headers, method, "HTTP/1.1");
}
#define WRONG(method, ...) wrong(method, (const char *const[]){__VA_ARGS__, NULL})

static void headers_that_can_be_read_in_one_way_are_taken(void **state) {
  (void)state;
  assert_null(WRONG("GET", "Host: shop.example:8080"));
  assert_null(WRONG("POST", "Host: a", "Content-Length: 0"));
  assert_null(WRONG("POST", "host: a", "transfer-encoding: Chunked"));
}

static void headers_that_can_be_read_in_two_ways_are_refused(void **state) {
  (void)state;
  assert_non_null(WRONG("GET", "X: y"));
  assert_non_null(WRONG("GET", "Host: a", "Host: a"));
  assert_non_null(WRONG("GET", "Host: a", "Content-Length: 1"));
  assert_non_null(WRONG("POST", "Host: a", "Content-Length: 1", "Content-Length: 1"));
  assert_non_null(WRONG("POST", "Host: a", "Content-Length: 1", "Transfer-Encoding: chunked"));
  assert_non_null(WRONG("POST", "Host: a", "Content-Length: 1 1"));
  assert_non_null(WRONG("POST", "Host: a", "Content-Length: 99999999999999999999"));
  assert_non_null(WRONG("POST", "Host: a", "Transfer-Encoding: gzip, chunked"));
  assert_non_null(WRONG("POST", "Host: a", "Na me: x"));
  assert_non_null(WRONG("POST", "Host: a", "X: a\rb"));
}

static void a_cookie_is_found_among_others(void **state) {
  (void)state;
  char value[8];
  assert_true(lk_cookie_find("a=1; luukku=secret;b=2", "luukku", value, sizeof value));
  assert_string_equal(value, "secret");
  assert_true(lk_cookie_find("luukku=", "luukku", value, sizeof value));
  assert_string_equal(value, "");
  assert_false(lk_cookie_find("xluukku=1; luukkux=2; luukku", "luukku", value, sizeof value));
  assert_false(lk_cookie_find("luukku=too long for it", "luukku", value, sizeof value));
  assert_false(lk_cookie_find(";; ;", "luukku", value, sizeof value));
}

static void a_bucket_gives_its_burst_and_fills_evenly(void **state) {
  (void)state;
  lk_buckets *buckets = lk_buckets_new(3, 60);
  lk_view a = LK_LIT("a"), b = LK_LIT("b");
  int64_t now = 1000000;
  for (int i = 0; i < 3; i++) assert_int_equal(lk_buckets_take(buckets, a, now), 0);
  assert_int_equal(lk_buckets_take(buckets, a, now), 20);
  assert_int_equal(lk_buckets_take(buckets, b, now), 0);
  assert_int_equal(lk_buckets_take(buckets, a, now + 19000), 1);
  assert_int_equal(lk_buckets_take(buckets, a, now + 20000), 0);
  assert_true(lk_buckets_take(buckets, a, now + 20000) > 0);
  for (int i = 0; i < 3; i++) assert_int_equal(lk_buckets_take(buckets, a, now + 600000), 0);
  assert_true(lk_buckets_take(buckets, a, now + 600000) > 0);
  lk_buckets_free(buckets);
}

static void a_refused_attempt_does_not_lengthen_the_wait(void **state) {
  (void)state;
  lk_buckets *buckets = lk_buckets_new(1, 10);
  assert_int_equal(lk_buckets_take(buckets, LK_LIT("a"), 1000), 0);
  for (int i = 0; i < 100; i++) assert_int_equal(lk_buckets_take(buckets, LK_LIT("a"), 1000), 10);
  assert_int_equal(lk_buckets_take(buckets, LK_LIT("a"), 11000), 0);
  lk_buckets_free(buckets);
}

static void a_flood_of_keys_is_forgotten_rather_than_kept(void **state) {
  (void)state;
  lk_buckets *buckets = lk_buckets_new(2, 60);
  for (int i = 0; i < 200000; i++) {
    char key[16];
    int length = snprintf(key, sizeof key, "k%d", i);
    assert_int_equal(lk_buckets_take(buckets, (lk_view){key, (size_t)length}, 1000), 0);
  }
  lk_buckets_free(buckets);
}

static void a_token_opens_one_conversation_under_one_key(void **state) {
  (void)state;
  unsigned char key[LK_KEY_SIZE] = {1}, other[LK_KEY_SIZE] = {2};
  char token[LK_SECRET_SIZE];
  lk_token_make(key, LK_LIT("abc"), token);
  assert_int_equal(strlen(token), LK_SECRET_SIZE - 1);
  assert_true(lk_token_opens(key, token, LK_LIT("abc")));
  assert_false(lk_token_opens(key, token, LK_LIT("abd")));
  assert_false(lk_token_opens(other, token, LK_LIT("abc")));
  assert_false(lk_token_opens(key, "", LK_LIT("abc")));
  token[5] = token[5] == 'A' ? 'B' : 'A';
  assert_false(lk_token_opens(key, token, LK_LIT("abc")));
}

static void the_client_behind_proxies_is_the_last_address_that_is_none_of_them(void **state) {
  (void)state;
  char out[LK_ADDRESS_SIZE];
  const char *proxies = "10.0.0.1, ::1";
  assert_true(lk_address_forwarded("192.0.2.7", proxies, out));
  assert_string_equal(out, "192.0.2.7");
  assert_true(lk_address_forwarded("198.51.100.1, 192.0.2.7, 10.0.0.1", proxies, out));
  assert_string_equal(out, "192.0.2.7");
  assert_true(lk_address_forwarded("nonsense, 2001:DB8::1", proxies, out));
  assert_string_equal(out, "2001:db8::1");
  assert_false(lk_address_forwarded("192.0.2.7, nonsense", proxies, out));
  assert_false(lk_address_forwarded("10.0.0.1", proxies, out));
  assert_false(lk_address_forwarded("", proxies, out));
}

static void logs_keep_the_network_only(void **state) {
  (void)state;
  char out[LK_ADDRESS_SIZE];
  lk_address_masked("192.0.2.77", out);
  assert_string_equal(out, "192.0.2.0");
  lk_address_masked("2001:db8:1:2:3:4:5:6", out);
  assert_string_equal(out, "2001:db8:1::");
  lk_address_masked("nonsense", out);
  assert_string_equal(out, "");
}

static void settings_have_standard_values_and_bounds(void **state) {
  (void)state;
  lk_settings settings;
  lk_error err = {0};
  char program[] = "serve", flag[] = "--workers=3", quiet[] = "--quiet", listen[] = "--listen", where[] = "[::1]:1";
  char *argv[] = {program, flag, quiet, listen, where};
  assert_int_equal(lk_settings_read(&settings, 5, argv, &err), LK_OK);
  assert_int_equal(settings.workers, 3);
  assert_int_equal(settings.body_bytes, 16384);
  assert_true(settings.quiet && settings.csat && !settings.nps);
  assert_string_equal(settings.listen, "[::1]:1");
  lk_settings_free(&settings);
  char csat[] = "--csat", no[] = "no", nps[] = "--nps";
  char *switches[] = {program, csat, no, nps};
  assert_int_equal(lk_settings_read(&settings, 4, switches, &err), LK_OK);
  assert_true(!settings.csat && settings.nps);
  lk_settings_free(&settings);
  char large[] = "--workers=129";
  argv[1] = large;
  assert_int_equal(lk_settings_read(&settings, 5, argv, &err), LK_ERR_INPUT);
  assert_non_null(strstr(err.message, "from 0 to 128"));
  lk_settings_free(&settings);
}

static void latencies_add_up(void **state) {
  (void)state;
  lk_metrics metrics = {0};
  size_t length;
  lk_metrics_answer(&metrics, 200, true, 100);
  lk_metrics_answer(&metrics, 404, true, 3000);
  lk_metrics_answer(&metrics, 200, false, 5000000);
  char *text = lk_metrics_text(&metrics, NULL, 0, &length);
  assert_non_null(strstr(text, "luukku_answer_seconds_bucket{le=\"0.0005\"} 1\n"));
  assert_non_null(strstr(text, "luukku_answer_seconds_bucket{le=\"+Inf\"} 2\n"));
  assert_non_null(strstr(text, "luukku_http_answers_total{class=\"2xx\"} 2\n"));
  free(text);
}

static bool due(lk_date *purged, int month, int day, int hour, int minute) {
  lk_local_time now = lk_local_time_of(lk_local_moment((lk_date){2026, month, day}, hour * 60 + minute));
  return lk_purge_due(purged, &now, 3);
}

static void what_is_past_its_time_is_deleted_at_the_start_and_then_daily_from_the_hour_on(void **state) {
  (void)state;
  lk_date purged = {0, 0, 0};
  assert_true(due(&purged, 3, 26, 15, 0));
  assert_false(due(&purged, 3, 26, 15, 1));
  assert_false(due(&purged, 3, 27, 0, 0));
  assert_false(due(&purged, 3, 27, 2, 59));
  assert_true(due(&purged, 3, 27, 3, 0));
  assert_false(due(&purged, 3, 27, 3, 59));
  assert_false(due(&purged, 3, 27, 23, 59));
  assert_true(due(&purged, 3, 28, 5, 0)); /* the machine slept */
  assert_false(due(&purged, 3, 29, 2, 59));
  assert_true(due(&purged, 3, 29, 4, 0)); /* the clock went from 2:59 to 4:00 */
  assert_false(due(&purged, 3, 30, 2, 0));
  assert_true(due(&purged, 3, 30, 3, 0));
}

static void deleting_waits_for_a_quiet_moment_but_not_for_ever(void **state) {
  (void)state;
  assert_false(lk_purge_now(1, 0));
  assert_false(lk_purge_now(3600, 9));
  assert_true(lk_purge_now(1, 10));
  assert_true(lk_purge_now(3 * 3600, 0));
}

int main(void) {
  if (sodium_init() < 0) return 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_path_has_only_plain_characters),
      cmocka_unit_test(headers_that_can_be_read_in_one_way_are_taken),
      cmocka_unit_test(headers_that_can_be_read_in_two_ways_are_refused),
      cmocka_unit_test(a_cookie_is_found_among_others),
      cmocka_unit_test(a_bucket_gives_its_burst_and_fills_evenly),
      cmocka_unit_test(a_refused_attempt_does_not_lengthen_the_wait),
      cmocka_unit_test(a_flood_of_keys_is_forgotten_rather_than_kept),
      cmocka_unit_test(a_token_opens_one_conversation_under_one_key),
      cmocka_unit_test(the_client_behind_proxies_is_the_last_address_that_is_none_of_them),
      cmocka_unit_test(logs_keep_the_network_only),
      cmocka_unit_test(settings_have_standard_values_and_bounds),
      cmocka_unit_test(latencies_add_up),
      cmocka_unit_test(what_is_past_its_time_is_deleted_at_the_start_and_then_daily_from_the_hour_on),
      cmocka_unit_test(deleting_waits_for_a_quiet_moment_but_not_for_ever),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
