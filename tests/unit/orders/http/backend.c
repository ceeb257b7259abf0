/* The backend provider against a server on this machine that answers what a test tells it to, and remembers what it was sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <jansson.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "luukku/backend.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define NOW INT64_C(1794996000)
enum { REQUESTS_MAX = 16, TEXT_MAX = 16384 };

typedef struct fixture {
  int listener;
  pthread_t thread;
  char url[64];
  const char *answers[REQUESTS_MAX];     /* whole HTTP answers; NULL hangs up, "" says nothing until the test ends */
  char requests[REQUESTS_MAX][TEXT_MAX]; /* as they came */
  int silent[REQUESTS_MAX];
  _Atomic int count;
  lk_order_book *book;
  lk_arena *arena;
  lk_error err;
} fixture;

/* Head and body, by the length that the head names. */
static void receive(int socket, char out[TEXT_MAX]) {
  size_t len = 0;
  for (;;) {
    ssize_t got = recv(socket, out + len, TEXT_MAX - 1 - len, 0);
    if (got <= 0) break;
    len += (size_t)got;
    out[len] = '\0';
    const char *body = strstr(out, "\r\n\r\n"), *length = strstr(out, "Content-Length: ");
    if (body && length && (size_t)(body + 4 - out) + strtoul(length + 16, NULL, 10) <= len) break;
  }
}

static void *serve(void *context) {
  fixture *f = context;
  for (;;) {
    int socket = accept(f->listener, NULL, NULL);
    if (socket < 0) return NULL;
    int at = f->count;
    if (at == REQUESTS_MAX) return NULL;
    receive(socket, f->requests[at]);
    const char *answer = f->answers[at];
    f->count++;
    if (answer && !*answer) {
      f->silent[at] = socket;
      continue;
    }
    if (answer) (void)send(socket, answer, strlen(answer), MSG_NOSIGNAL);
    (void)close(socket);
  }
}

static int64_t fixed_clock(void *context) {
  (void)context;
  return NOW;
}

static int set_up(void **state) {
  fixture *f = calloc(1, sizeof *f);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof address;
  f->listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(f->listener, (struct sockaddr *)&address, len) || listen(f->listener, 8)) return -1;
  if (getsockname(f->listener, (struct sockaddr *)&address, &len)) return -1;
  (void)snprintf(f->url, sizeof f->url, "http://127.0.0.1:%d/luukku/", ntohs(address.sin_port));
  if (pthread_create(&f->thread, NULL, serve, f)) return -1;
  f->book = lk_backend_open(
      &(lk_backend_options){.url = f->url, .secret = LK_LIT(SECRET), .timeout_ms = 300, .clock = fixed_clock}, &f->err);
  f->arena = lk_arena_new();
  *state = f;
  return f->book ? 0 : -1;
}

static void stop(fixture *f) {
  if (f->listener < 0) return;
  (void)shutdown(f->listener, SHUT_RDWR);
  (void)pthread_join(f->thread, NULL);
  (void)close(f->listener);
  f->listener = -1;
}

static int tear_down(void **state) {
  fixture *f = *state;
  stop(f);
  for (int i = 0; i < REQUESTS_MAX; i++)
    if (f->silent[i]) (void)close(f->silent[i]);
  lk_orders_free(f->book);
  lk_arena_free(f->arena);
  free(f);
  return 0;
}

/* A 200 with this body. */
static const char *ok(const char *json) {
  static char texts[8][4096];
  static int turn;
  char *text = texts[turn++ % 8];
  (void)snprintf(text, sizeof texts[0], "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", strlen(json),
                 json);
  return text;
}

#define STATUS(line) "HTTP/1.1 " line "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

static const char *header_of(const char *request, const char *name, char out[256]) {
  char start[64];
  (void)snprintf(start, sizeof start, "\r\n%s: ", name);
  const char *at = strstr(request, start);
  if (!at) return NULL;
  at += strlen(start);
  (void)snprintf(out, 256, "%.*s", (int)strcspn(at, "\r"), at);
  return out;
}

static json_t *body_of(const char *request) {
  const char *body = strstr(request, "\r\n\r\n");
  assert_non_null(body);
  json_t *value = json_loads(body + 4, 0, NULL);
  assert_non_null(value);
  return value;
}

static lk_order_request request_of(const char *name) {
  return (lk_order_request){.action = LK_ACTION_OTHER,
                            .name = lk_view_of(name),
                            .key = LK_LIT("k1"),
                            .actor = LK_LIT("customer"),
                            .order = LK_LIT("100234"),
                            .now = NOW};
}

#define assert_view(view, text)                      \
  do {                                               \
    lk_view seen = (view);                           \
    assert_int_equal(seen.len, strlen(text));        \
    assert_memory_equal(seen.ptr, (text), seen.len); \
  } while (0)

static void an_order_is_read_from_its_members(void **state) {
  fixture *f = *state;
  f->answers[0] = ok(
      "{\"order\":{\"number\":100234,\"state\":\"shipped\",\"delivery\":\"home\",\"total\":2390,\"delayed\":true,"
      "\"address\":{\"street\":\"Katu 1\",\"postcode\":\"00100\"},\"lines\":[{\"line\":1,\"sku\":\"A\",\"name\":\"Pipo ä\","
      "\"quantity\":2,\"unit_price\":1195}],\"shipments\":[{\"carrier\":\"Posti\",\"events\":[{\"time\":5,\"code\":\"sent\"}]}],"
      "\"returns\":null,\"unheard_of\":[1]}}");
  lk_order *order;
  assert_int_equal(lk_orders_find(f->book, LK_LIT("100234"), f->arena, &order, &f->err), LK_OK);
  assert_view(order->number, "100234");
  assert_int_equal(order->state, LK_ORDER_SHIPPED);
  assert_true(order->delayed);
  assert_view(order->lines[0].name, "Pipo ä");
  assert_view(order->shipments[0].events[0].code, "sent");
  assert_view(order->address.postcode, "00100");
  assert_int_equal(order->return_count, 0);
  assert_non_null(strstr(f->requests[0], "POST /luukku/order HTTP/1.1\r\n"));
  json_t *sent = body_of(f->requests[0]);
  assert_string_equal(json_string_value(json_object_get(sent, "number")), "100234");
  json_decref(sent);
}

static void every_request_is_signed_over_time_operation_and_body(void **state) {
  fixture *f = *state;
  f->answers[0] = ok("{\"order\":null}");
  lk_order *order;
  assert_int_equal(lk_orders_find(f->book, LK_LIT("1"), f->arena, &order, &f->err), LK_OK);
  assert_null(order);
  char timestamp[256], signature[256], input[1024], hex[80];
  assert_string_equal(header_of(f->requests[0], "Luukku-Timestamp", timestamp), "1794996000");
  (void)snprintf(input, sizeof input, "%s.order.%s", timestamp, strstr(f->requests[0], "\r\n\r\n") + 4);
  unsigned char mac[crypto_auth_hmacsha256_BYTES];
  assert_int_equal(crypto_auth_hmacsha256(mac, (const unsigned char *)input, strlen(input), (const unsigned char *)SECRET), 0);
  sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
  assert_non_null(header_of(f->requests[0], "Luukku-Signature", signature));
  assert_memory_equal(signature, "sha256=", 7);
  assert_string_equal(signature + 7, hex);
}

static void proof_is_what_the_backend_says_and_nothing_else(void **state) {
  fixture *f = *state;
  static const struct {
    const char *answer;
    lk_proof proof;
  } cases[] = {{"{\"proof\":\"email\"}", LK_PROOF_EMAIL}, {"{\"proof\":\"postcode\"}", LK_PROOF_POSTCODE},
               {"{\"proof\":null}", LK_PROOF_NONE},       {"{}", LK_PROOF_NONE},
               {"{\"proof\":true}", LK_PROOF_NONE},       {"{\"proof\":\"phone\"}", LK_PROOF_NONE}};
  for (int i = 0; i < 6; i++) f->answers[i] = ok(cases[i].answer);
  for (int i = 0; i < 6; i++) {
    lk_proof proof = LK_PROOF_EMAIL;
    assert_int_equal(f->book->verify(f->book->self, LK_LIT("1"), LK_LIT("a@example.fi"), &proof, &f->err), LK_OK);
    assert_int_equal(proof, cases[i].proof);
  }
}

static void an_action_of_the_shops_own_goes_out_and_its_outcome_comes_back(void **state) {
  fixture *f = *state;
  f->answers[0] =
      ok("{\"reason\":\"done\",\"reference\":\"H-77\",\"amount\":4900,\"order\":{\"number\":\"100234\",\"state\":\"paid\","
         "\"delivery\":\"home\"}}");
  lk_order_request request = request_of("bike.polish");
  const lk_order_item items[] = {{.line = 2, .quantity = 1, .opened = true}};
  request.items = items;
  request.item_count = 1;
  request.address.city = LK_LIT("Oulu");
  lk_order_outcome outcome;
  assert_int_equal(lk_orders_perform(f->book, &request, f->arena, &outcome, &f->err), LK_OK);
  assert_int_equal(outcome.reason, LK_REASON_DONE);
  assert_view(outcome.reference, "H-77");
  assert_int_equal(outcome.amount, 4900);
  assert_int_equal(outcome.order->state, LK_ORDER_PAID);
  json_t *sent = body_of(f->requests[0]);
  assert_string_equal(json_string_value(json_object_get(sent, "action")), "bike.polish");
  assert_string_equal(json_string_value(json_object_get(sent, "key")), "k1");
  const json_t *item = json_array_get(json_object_get(sent, "items"), 0);
  assert_int_equal(json_integer_value(json_object_get(item, "line")), 2);
  assert_true(json_is_true(json_object_get(item, "opened")));
  assert_string_equal(json_string_value(json_object_get(json_object_get(sent, "address"), "city")), "Oulu");
  assert_null(json_object_get(sent, "phone"));
  json_decref(sent);
  char key[256];
  assert_string_equal(header_of(f->requests[0], "Idempotency-Key", key), "k1");
}

static void a_key_never_becomes_a_header_of_its_own(void **state) {
  fixture *f = *state;
  f->answers[0] = ok("{\"reason\":\"done\"}");
  lk_order_request request = request_of("bike.polish");
  request.key = LK_LIT("k\r\nEvil: 1");
  lk_order_outcome outcome;
  assert_int_equal(lk_orders_perform(f->book, &request, f->arena, &outcome, &f->err), LK_OK);
  char value[256];
  assert_null(header_of(f->requests[0], "Evil", value));
}

static void reading_is_tried_again(void **state) {
  fixture *f = *state;
  f->answers[0] = STATUS("503 Service Unavailable");
  f->answers[1] = NULL; /* hangs up */
  f->answers[2] = ok("{\"order\":null}");
  lk_order *order;
  assert_int_equal(lk_orders_find(f->book, LK_LIT("1"), f->arena, &order, &f->err), LK_OK);
  assert_int_equal(f->count, 3);
}

static void reading_is_not_tried_for_ever(void **state) {
  fixture *f = *state;
  for (int i = 0; i < REQUESTS_MAX; i++) f->answers[i] = STATUS("502 Bad Gateway");
  lk_order *order;
  assert_int_equal(lk_orders_find(f->book, LK_LIT("1"), f->arena, &order, &f->err), LK_ERR_BACKEND);
  assert_int_equal(f->count, 3);
  assert_non_null(strchr(f->err.message, ';'));
}

static void what_trying_again_cannot_mend_is_tried_once(void **state) {
  fixture *f = *state;
  f->answers[0] = STATUS("401 Unauthorized");
  f->answers[1] = STATUS("500 Internal Server Error");
  f->answers[2] = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  lk_order *order;
  for (int i = 1; i <= 3; i++) {
    assert_int_equal(lk_orders_find(f->book, LK_LIT("1"), f->arena, &order, &f->err), LK_ERR_BACKEND);
    assert_int_equal(f->count, i);
  }
}

static void an_action_that_may_have_been_done_is_not_tried_again(void **state) {
  fixture *f = *state;
  f->answers[0] = STATUS("503 Service Unavailable");
  f->answers[1] = NULL;
  f->answers[2] = ""; /* no answer in time */
  for (int i = 1; i <= 3; i++) {
    lk_order_request request = request_of("bike.polish");
    lk_order_outcome outcome;
    assert_int_equal(lk_orders_perform(f->book, &request, f->arena, &outcome, &f->err), LK_ERR_BACKEND);
    assert_int_equal(outcome.reason, LK_REASON_FAILED);
    assert_int_equal(f->count, i);
  }
}

static void nobody_there_is_an_error_that_says_so(void **state) {
  fixture *f = *state;
  stop(f);
  lk_order_request request = request_of("bike.polish");
  lk_order_outcome outcome;
  assert_int_equal(lk_orders_perform(f->book, &request, f->arena, &outcome, &f->err), LK_ERR_BACKEND);
  assert_non_null(strstr(f->err.message, "did not answer"));
}

static void an_operation_that_the_backend_does_not_offer_is_unsupported(void **state) {
  fixture *f = *state;
  for (int i = 0; i < 3; i++) f->answers[i] = STATUS("404 Not Found");
  lk_order *order;
  lk_product *products;
  size_t count;
  lk_order_request request = request_of("bike.polish");
  lk_order_outcome outcome;
  assert_int_equal(lk_orders_find(f->book, LK_LIT("1"), f->arena, &order, &f->err), LK_OK);
  assert_null(order);
  assert_int_equal(lk_orders_search(f->book, LK_LIT("pipo"), 5, f->arena, &products, &count, &f->err), LK_OK);
  assert_int_equal(count, 0);
  assert_int_equal(lk_orders_perform(f->book, &request, f->arena, &outcome, &f->err), LK_OK);
  assert_int_equal(outcome.reason, LK_REASON_UNSUPPORTED);
}

static void an_answer_that_is_wrong_names_the_member(void **state) {
  fixture *f = *state;
  static const char *const cases[][2] = {
      {"{\"order\":{\"number\":\"1\",\"state\":\"lost\",\"delivery\":\"home\"}}", "`state`"},
      {"{\"order\":{\"state\":\"paid\",\"delivery\":\"home\"}}", "`number`"},
      {"{\"order\":{\"number\":\"1\",\"state\":\"paid\",\"delivery\":\"home\",\"total\":\"2390\"}}", "`total`"},
      {"{\"order\":{\"number\":\"1\",\"state\":\"paid\",\"delivery\":\"home\",\"lines\":{}}}", "`lines`"},
      {"{\"order\":{\"number\":\"1\",\"state\":\"paid\",\"delivery\":\"home\",\"lines\":[1]}}", "`lines`"},
      {"{\"order\":{\"number\":\"1\",\"state\":\"paid\",\"delivery\":\"home\",\"placed\":1.5}}", "`placed`"},
      {"{\"order\":[]}", "`order`"},
      {"[]", "no JSON object"},
      {"<html>", "no JSON object"},
      {"{\"order\":null,\"order\":null}", "no JSON object"},
      {"{\"order\":\"\xFF\"}", "no JSON object"},
      {"", "no JSON object"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    f->answers[i] = ok(cases[i][0]);
    lk_order *order;
    assert_int_equal(lk_orders_find(f->book, LK_LIT("1"), f->arena, &order, &f->err), LK_ERR_BACKEND);
    assert_null(order);
    if (!strstr(f->err.message, cases[i][1])) fail_msg("%s: %s", cases[i][0], f->err.message);
  }
}

static void an_outcome_without_a_known_reason_is_not_taken_for_done(void **state) {
  fixture *f = *state;
  static const char *const answers[] = {"{}", "{\"reason\":\"fine\"}", "{\"reason\":\"locked\"}", "{\"reason\":0}"};
  for (int i = 0; i < 4; i++) f->answers[i] = ok(answers[i]);
  for (int i = 0; i < 4; i++) {
    lk_order_request request = request_of("bike.polish");
    lk_order_outcome outcome;
    assert_int_equal(lk_orders_perform(f->book, &request, f->arena, &outcome, &f->err), LK_ERR_BACKEND);
    assert_int_equal(outcome.reason, LK_REASON_FAILED);
  }
}

static void an_answer_without_end_is_cut_off(void **state) {
  fixture *f = *state;
  static char large[2 << 20];
  (void)snprintf(large, 100, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"a\":\"");
  size_t head = strlen(large);
  memset(large + head, 'a', sizeof large - head - 1);
  f->answers[0] = large;
  lk_order *order;
  assert_int_equal(lk_orders_find(f->book, LK_LIT("1"), f->arena, &order, &f->err), LK_ERR_BACKEND);
  assert_non_null(strstr(f->err.message, "more than"));
  assert_int_equal(f->count, 1);
}

static void only_safe_addresses_and_secrets_are_taken(void **state) {
  fixture *f = *state;
  static const char *const urls[] = {NULL,
                                     "",
                                     "http://shop.example/",
                                     "ftp://127.0.0.1/",
                                     "file:///etc/passwd",
                                     "http://127.0.0.1@evil.example/",
                                     "http://localhost.evil.example/",
                                     "https://"};
  for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
    assert_null(lk_backend_open(&(lk_backend_options){.url = urls[i], .secret = LK_LIT(SECRET)}, &f->err));
    assert_int_equal(f->err.code, LK_ERR_INPUT);
  }
  assert_null(lk_backend_open(&(lk_backend_options){.url = "https://shop.example", .secret = LK_LIT("short")}, &f->err));
  assert_int_equal(f->err.code, LK_ERR_INPUT);
  lk_order_book *book = lk_backend_open(&(lk_backend_options){.url = "https://shop.example", .secret = LK_LIT(SECRET)}, &f->err);
  assert_non_null(book);
  lk_orders_free(book);
}

static void joined_books_send_only_the_shops_own_actions_out(void **state) {
  fixture *f = *state;
  char path[] = "/tmp/luukku-join-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  (void)close(fd);
  assert_int_equal(lk_orders_create(path, true, NOW, true, &f->err), LK_OK);
  f->answers[0] = ok("{\"reason\":\"done\",\"reference\":\"H-1\"}");
  f->book = lk_backend_join(lk_orders_open(path, NULL, &f->err), f->book, &f->err);
  assert_non_null(f->book);
  lk_order *order;
  lk_order_outcome outcome;
  lk_proof proof;
  assert_int_equal(lk_orders_find(f->book, LK_LIT("100234"), f->arena, &order, &f->err), LK_OK);
  assert_non_null(order);
  assert_int_equal(f->book->verify(f->book->self, LK_LIT("100234"), LK_LIT("00100"), &proof, &f->err), LK_OK);
  assert_int_equal(proof, LK_PROOF_POSTCODE);
  lk_order_request request = request_of("bike.polish");
  assert_int_equal(lk_orders_perform(f->book, &request, f->arena, &outcome, &f->err), LK_OK);
  assert_view(outcome.reference, "H-1");
  request.action = LK_ACTION_CANCEL;
  assert_int_equal(lk_orders_perform(f->book, &request, f->arena, &outcome, &f->err), LK_OK);
  assert_int_equal(outcome.reason, LK_REASON_ALREADY_SHIPPED);
  assert_int_equal(f->count, 1);
  (void)unlink(path);
}

#define in_fixture(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      in_fixture(an_order_is_read_from_its_members),
      in_fixture(every_request_is_signed_over_time_operation_and_body),
      in_fixture(proof_is_what_the_backend_says_and_nothing_else),
      in_fixture(an_action_of_the_shops_own_goes_out_and_its_outcome_comes_back),
      in_fixture(a_key_never_becomes_a_header_of_its_own),
      in_fixture(reading_is_tried_again),
      in_fixture(reading_is_not_tried_for_ever),
      in_fixture(what_trying_again_cannot_mend_is_tried_once),
      in_fixture(an_action_that_may_have_been_done_is_not_tried_again),
      in_fixture(nobody_there_is_an_error_that_says_so),
      in_fixture(an_operation_that_the_backend_does_not_offer_is_unsupported),
      in_fixture(an_answer_that_is_wrong_names_the_member),
      in_fixture(an_outcome_without_a_known_reason_is_not_taken_for_done),
      in_fixture(an_answer_without_end_is_cut_off),
      in_fixture(only_safe_addresses_and_secrets_are_taken),
      in_fixture(joined_books_send_only_the_shops_own_actions_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
