#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/arena.h"
#include "luukku/identity.h"

#define NOW INT64_C(1794996000)
#define SECRET "0123456789abcdef0123456789abcdef"
#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define GOOD "{\"sub\":\"C1001\",\"aud\":\"luukku\",\"exp\":1794996300,\"email\":\"maija@example.fi\",\"name\":\"Maija\"}"

static const lk_token_rules rules = {.secret = {SECRET, 32}, .audience = {"luukku", 6}};

static void add_base64(char *out, size_t cap, const void *bytes, size_t len) {
  size_t at = strlen(out);
  sodium_bin2base64(out + at, cap - at, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* A token as the shop's page makes it. */
static void make(char out[4096], const char *header, const char *payload, const char *secret) {
  unsigned char mac[crypto_auth_hmacsha256_BYTES];
  out[0] = '\0';
  add_base64(out, 4096, header, strlen(header));
  strcat(out, ".");
  add_base64(out, 4096, payload, strlen(payload));
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
  crypto_auth_hmacsha256_update(&state, (const unsigned char *)out, strlen(out));
  crypto_auth_hmacsha256_final(&state, mac);
  strcat(out, ".");
  add_base64(out, 4096, mac, sizeof mac);
}

static lk_token_verdict check_at(const char *token, const lk_token_rules *r, int64_t now) {
  lk_arena *arena = lk_arena_new();
  lk_token_verdict verdict;
  lk_token_claims claims;
  lk_error err;
  if (lk_token_check(lk_view_of(token), r, now, arena, &verdict, &claims, &err) != LK_OK) fail_msg("%s", err.message);
  if (verdict != LK_TOKEN_VALID) assert_int_equal(claims.customer.len + claims.email.len + claims.name.len, 0);
  lk_arena_free(arena);
  return verdict;
}

static lk_token_verdict check(const char *token) { return check_at(token, &rules, NOW); }

static lk_token_verdict check_payload(const char *payload) {
  char token[4096];
  make(token, HEADER, payload, SECRET);
  return check(token);
}

#define assert_verdict(seen, expected) assert_string_equal(lk_token_verdict_name(seen), lk_token_verdict_name(expected))

static void a_token_of_the_shop_vouches_for_its_customer(void **state) {
  (void)state;
  char token[4096];
  make(token, HEADER, GOOD, SECRET);
  lk_arena *arena = lk_arena_new();
  lk_token_verdict verdict;
  lk_token_claims claims;
  assert_int_equal(lk_token_check(lk_view_of(token), &rules, NOW, arena, &verdict, &claims, NULL), LK_OK);
  assert_verdict(verdict, LK_TOKEN_VALID);
  assert_string_equal(claims.customer.ptr, "C1001");
  assert_string_equal(claims.email.ptr, "maija@example.fi");
  assert_string_equal(claims.name.ptr, "Maija");
  assert_int_equal(claims.expires, 1794996300);
  lk_arena_free(arena);
}

static void a_token_that_another_program_made_is_read(void **state) {
  (void)state;
  /* RFC 7515, appendix A.1: an HS256 token with line breaks in its JSON; it has no audience. */
  static const char token[] =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
      ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
      ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  unsigned char key[64];
  size_t len;
  assert_int_equal(
      sodium_base642bin(key, sizeof key, "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
                        86, NULL, &len, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
      0);
  const lk_token_rules theirs = {.secret = {(const char *)key, len}, .audience = LK_LIT("luukku")};
  assert_verdict(check_at(token, &theirs, 1300819379), LK_TOKEN_AUDIENCE); /* so the signature was good */
  assert_verdict(check_at(token, &theirs, 1300819380), LK_TOKEN_EXPIRED);
}

static void every_tampered_character_is_noticed(void **state) {
  (void)state;
  char token[4096], tampered[4096];
  make(token, HEADER, GOOD, SECRET);
  size_t len = strlen(token);
  for (size_t i = 0; i < len; i++) {
    memcpy(tampered, token, len + 1);
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    if (check(tampered) == LK_TOKEN_VALID) fail_msg("character %zu", i);
  }
  for (size_t cut = 0; cut < len; cut++) {
    memcpy(tampered, token, len + 1);
    tampered[cut] = '\0';
    if (check(tampered) == LK_TOKEN_VALID) fail_msg("cut at %zu", cut);
  }
}

static void a_payload_that_was_swapped_fails_by_its_signature(void **state) {
  (void)state;
  char mine[4096], theirs[4096], mixed[8192];
  make(mine, HEADER, GOOD, SECRET);
  make(theirs, HEADER, "{\"sub\":\"C1002\",\"aud\":\"luukku\",\"exp\":1794996300}", "another secret of 32 bytes or so..");
  (void)snprintf(mixed, sizeof mixed, "%.*s%s", (int)(strrchr(theirs, '.') - theirs), theirs, strrchr(mine, '.'));
  assert_verdict(check(mixed), LK_TOKEN_SIGNATURE);
  assert_verdict(check(theirs), LK_TOKEN_SIGNATURE);
}

static void no_algorithm_but_hs256_is_taken(void **state) {
  (void)state;
  static const char *const headers[] = {"{\"alg\":\"none\"}",
                                        "{\"alg\":\"None\"}",
                                        "{\"alg\":\"NONE\"}",
                                        "{\"alg\":\"\"}",
                                        "{\"alg\":\"HS512\"}",
                                        "{\"alg\":\"RS256\"}",
                                        "{\"alg\":\"hs256\"}",
                                        "{\"typ\":\"JWT\"}",
                                        "{\"alg\":null}",
                                        "{\"alg\":[\"HS256\"]}",
                                        "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}"};
  for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
    char token[4096];
    make(token, headers[i], GOOD, SECRET);
    assert_verdict(check(token), LK_TOKEN_ALGORITHM);
    *(strrchr(token, '.') + 1) = '\0'; /* and without a signature, as "none" has it */
    assert_verdict(check(token), LK_TOKEN_ALGORITHM);
  }
}

static void a_token_without_a_signature_is_refused(void **state) {
  (void)state;
  char token[4096];
  make(token, HEADER, GOOD, SECRET);
  *(strrchr(token, '.') + 1) = '\0';
  assert_verdict(check(token), LK_TOKEN_SIGNATURE);
}

static void a_token_expires_to_the_second_and_must_expire(void **state) {
  (void)state;
  char token[4096];
  make(token, HEADER, GOOD, SECRET);
  assert_verdict(check_at(token, &rules, 1794996299), LK_TOKEN_VALID);
  assert_verdict(check_at(token, &rules, 1794996300), LK_TOKEN_EXPIRED);
  lk_token_rules lenient = rules;
  lenient.leeway = 30;
  assert_verdict(check_at(token, &lenient, 1794996329), LK_TOKEN_VALID);
  assert_verdict(check_at(token, &lenient, 1794996330), LK_TOKEN_EXPIRED);
  assert_verdict(check_payload("{\"sub\":\"C1\",\"aud\":\"luukku\"}"), LK_TOKEN_EXPIRED);
  assert_verdict(check_payload("{\"sub\":\"C1\",\"aud\":\"luukku\",\"exp\":\"1794996300\"}"), LK_TOKEN_MALFORMED);
  assert_verdict(check_payload("{\"sub\":\"C1\",\"aud\":\"luukku\",\"exp\":1e300}"), LK_TOKEN_MALFORMED);
  assert_verdict(check_payload("{\"sub\":\"C1\",\"aud\":\"luukku\",\"exp\":-1}"), LK_TOKEN_MALFORMED);
  assert_verdict(check_payload("{\"sub\":\"C1\",\"aud\":\"luukku\",\"exp\":1794996300.5}"), LK_TOKEN_VALID);
}

static void a_token_is_not_taken_before_its_time(void **state) {
  (void)state;
  char token[4096];
  make(token, HEADER, "{\"sub\":\"C1\",\"aud\":\"luukku\",\"exp\":1794999999,\"nbf\":1794996010}", SECRET);
  assert_verdict(check_at(token, &rules, 1794996009), LK_TOKEN_NOT_YET);
  assert_verdict(check_at(token, &rules, 1794996010), LK_TOKEN_VALID);
  assert_verdict(check_payload("{\"sub\":\"C1\",\"aud\":\"luukku\",\"exp\":1794999999,\"nbf\":\"now\"}"), LK_TOKEN_MALFORMED);
}

static void a_token_for_somebody_else_is_refused(void **state) {
  (void)state;
  assert_verdict(check_payload("{\"sub\":\"C1\",\"exp\":1794996300}"), LK_TOKEN_AUDIENCE);
  assert_verdict(check_payload("{\"sub\":\"C1\",\"aud\":\"newsletter\",\"exp\":1794996300}"), LK_TOKEN_AUDIENCE);
  assert_verdict(check_payload("{\"sub\":\"C1\",\"aud\":\"luukku2\",\"exp\":1794996300}"), LK_TOKEN_AUDIENCE);
  assert_verdict(check_payload("{\"sub\":\"C1\",\"aud\":[],\"exp\":1794996300}"), LK_TOKEN_AUDIENCE);
  assert_verdict(check_payload("{\"sub\":\"C1\",\"aud\":[\"shop\",\"luukku\"],\"exp\":1794996300}"), LK_TOKEN_VALID);
  lk_token_rules strict = rules;
  strict.issuer = LK_LIT("revontuli.example");
  char token[4096];
  make(token, HEADER, GOOD, SECRET);
  assert_verdict(check_at(token, &strict, NOW), LK_TOKEN_ISSUER);
  make(token, HEADER, "{\"iss\":\"revontuli.example\",\"sub\":\"C1\",\"aud\":\"luukku\",\"exp\":1794996300}", SECRET);
  assert_verdict(check_at(token, &strict, NOW), LK_TOKEN_VALID);
}

static void a_token_without_a_customer_vouches_for_nobody(void **state) {
  (void)state;
  assert_verdict(check_payload("{\"aud\":\"luukku\",\"exp\":1794996300}"), LK_TOKEN_NO_CUSTOMER);
  assert_verdict(check_payload("{\"sub\":\"\",\"aud\":\"luukku\",\"exp\":1794996300}"), LK_TOKEN_NO_CUSTOMER);
  assert_verdict(check_payload("{\"sub\":1001,\"aud\":\"luukku\",\"exp\":1794996300}"), LK_TOKEN_MALFORMED);
}

static void malformed_tokens_are_refused(void **state) {
  (void)state;
  static const char *const tokens[] = {"",      ".",       "..",       "...",   "a.b",
                                       "a.b.c", "a.b.c.d", "e30.e30.", "*.*.*", "eyJhbGciOiJIUzI1NiJ9"};
  for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) assert_true(check(tokens[i]) != LK_TOKEN_VALID);
  assert_verdict(check_payload("[1]"), LK_TOKEN_MALFORMED);
  assert_verdict(check_payload("{\"sub\":\"C1\",\"sub\":\"C2\",\"aud\":\"luukku\",\"exp\":1794996300}"), LK_TOKEN_MALFORMED);
  assert_verdict(check_payload("{\"sub\":\"C1\\u0000\",\"aud\":\"luukku\",\"exp\":1794996300}"), LK_TOKEN_MALFORMED);
  static char large[20000];
  memset(large, 'A', sizeof large - 1);
  large[100] = large[200] = '.';
  assert_verdict(check(large), LK_TOKEN_MALFORMED);
}

static void rules_that_protect_nothing_are_an_error(void **state) {
  (void)state;
  lk_arena *arena = lk_arena_new();
  lk_token_verdict verdict;
  lk_token_claims claims;
  lk_error err;
  lk_token_rules bad = rules;
  bad.secret.len = 31;
  assert_int_equal(lk_token_check(LK_LIT("a.b.c"), &bad, NOW, arena, &verdict, &claims, &err), LK_ERR_INPUT);
  assert_true(verdict != LK_TOKEN_VALID);
  bad = rules;
  bad.audience = LK_LIT("");
  assert_int_equal(lk_token_check(LK_LIT("a.b.c"), &bad, NOW, arena, &verdict, &claims, &err), LK_ERR_INPUT);
  lk_arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_token_of_the_shop_vouches_for_its_customer),
      cmocka_unit_test(a_token_that_another_program_made_is_read),
      cmocka_unit_test(every_tampered_character_is_noticed),
      cmocka_unit_test(a_payload_that_was_swapped_fails_by_its_signature),
      cmocka_unit_test(no_algorithm_but_hs256_is_taken),
      cmocka_unit_test(a_token_without_a_signature_is_refused),
      cmocka_unit_test(a_token_expires_to_the_second_and_must_expire),
      cmocka_unit_test(a_token_is_not_taken_before_its_time),
      cmocka_unit_test(a_token_for_somebody_else_is_refused),
      cmocka_unit_test(a_token_without_a_customer_vouches_for_nobody),
      cmocka_unit_test(malformed_tokens_are_refused),
      cmocka_unit_test(rules_that_protect_nothing_are_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
