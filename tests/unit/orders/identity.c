#include "fixture.h"

static lk_identity_attempt attempt_of(const char *number, const char *proof) {
  return (lk_identity_attempt){.conversation = LK_LIT("c1"),
                               .address = LK_LIT("192.0.2.1"),
                               .number = lk_view_of(number),
                               .proof = lk_view_of(proof),
                               .now = NOW};
}

static lk_identity_result check(fixture *f, lk_identity *identity, lk_identity_attempt attempt) {
  lk_identity_result result;
  if (lk_identity_check(identity, f->book, &attempt, &result, &f->err) != LK_OK) fail_msg("%s", f->err.message);
  return result;
}

static lk_identity *open_identity(fixture *f, const lk_identity_limits *limits) {
  char path[128];
  path_in(f, "attempts.db", path);
  lk_identity *identity = lk_identity_open(path, limits, &f->err);
  if (!identity) fail_msg("%s", f->err.message);
  return identity;
}

/* Another conversation from another address, for each number. */
static lk_identity_attempt elsewhere(int i, const char *number, const char *proof) {
  static char conversations[64][16], addresses[64][24];
  (void)snprintf(conversations[i % 64], 16, "other%d", i);
  (void)snprintf(addresses[i % 64], 24, "198.51.100.%d", i);
  lk_identity_attempt attempt = attempt_of(number, proof);
  attempt.conversation = lk_view_of(conversations[i % 64]);
  attempt.address = lk_view_of(addresses[i % 64]);
  return attempt;
}

static void the_number_with_email_or_postcode_is_proof(void **state) {
  fixture *f = *state;
  lk_identity *identity = open_identity(f, NULL);
  lk_identity_result by_email = check(f, identity, attempt_of("100234", "maija.virtanen@example.fi"));
  assert_int_equal(by_email.verdict, LK_IDENTITY_MATCHED);
  assert_int_equal(by_email.proof, LK_PROOF_EMAIL);
  lk_identity_result by_postcode = check(f, identity, attempt_of("100234", "00100"));
  assert_int_equal(by_postcode.verdict, LK_IDENTITY_MATCHED);
  assert_int_equal(by_postcode.proof, LK_PROOF_POSTCODE);
  assert_int_equal(by_postcode.attempts_left, 5); /* who succeeds has not failed */
  lk_identity_close(identity);
}

static void case_accents_and_spaces_make_no_difference(void **state) {
  fixture *f = *state;
  sql(f, "UPDATE orders SET email = 'Päivi.Öhman@Example.fi' WHERE number = '100234'");
  lk_identity *identity = open_identity(f, NULL);
  static const char *const proofs[] = {"päivi.öhman@example.fi",
                                       "PAIVI.OHMAN@EXAMPLE.FI",
                                       " paivi.ohman @ example.fi ",
                                       "pa\xCC\x88ivi.o\xCC\x88hman@example.fi",
                                       "00100",
                                       "00 100",
                                       "\302\24000100\t",
                                       "\xEF\xBC\x90\xEF\xBC\x90\xEF\xBC\x91\xEF\xBC\x90\xEF\xBC\x90"};
  for (size_t i = 0; i < sizeof proofs / sizeof *proofs; i++)
    assert_int_equal(check(f, identity, attempt_of("100234", proofs[i])).verdict, LK_IDENTITY_MATCHED);
  assert_int_equal(check(f, identity, attempt_of("# 100 234", "00100")).verdict, LK_IDENTITY_MATCHED);
  lk_identity_close(identity);
}

static void nothing_else_is_proof(void **state) {
  fixture *f = *state;
  const lk_identity_limits many = {.conversation = 1000, .order = 1000, .address = 1000};
  lk_identity *identity = open_identity(f, &many);
  static const char *const cases[][2] = {
      {"100234", ""},
      {"100234", " "},
      {"100234", "0010"},
      {"100234", "001000"},
      {"100234", "00101"},
      {"100234", "Maija Virtanen"},
      {"100234", "@example.fi"},
      {"100234", "maija.virtanen@example.com"},
      {"100234", "%"},
      {"100234", "' OR ''='"},
      {"100234", "\xFF"},
      {"100235", "00100"},
      {"", "00100"},
      {"999999", "00100"},
      {"1002340", "00100"},
      {"10023", "00100"},
      {"100234\xFF", "00100"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(check(f, identity, attempt_of(cases[i][0], cases[i][1])).verdict, LK_IDENTITY_REFUSED);
  lk_identity_close(identity);
}

static void an_order_without_an_email_is_not_proved_by_an_empty_one(void **state) {
  fixture *f = *state;
  sql(f, "UPDATE orders SET email = '', postcode = ' ' WHERE number = '100234'");
  lk_identity *identity = open_identity(f, NULL);
  assert_int_equal(check(f, identity, attempt_of("100234", "")).verdict, LK_IDENTITY_REFUSED);
  assert_int_equal(check(f, identity, attempt_of("100234", " ")).verdict, LK_IDENTITY_REFUSED);
  lk_identity_close(identity);
}

static void the_refusal_is_the_same_whether_the_order_exists_or_not(void **state) {
  fixture *f = *state;
  lk_identity *identity = open_identity(f, NULL);
  static const char *const numbers[] = {"100234", "999999", "000001", "no number at all"};
  lk_identity_result results[4];
  for (int i = 0; i < 4; i++)
    for (int repeat = 0; repeat < 12; repeat++) { /* through all attempts into the limit */
      lk_identity_attempt attempt = attempt_of(numbers[i], "99999");
      char conversation[8], address[16];
      (void)snprintf(conversation, sizeof conversation, "c%d", i);
      (void)snprintf(address, sizeof address, "10.0.0.%d", i);
      attempt.conversation = lk_view_of(conversation);
      attempt.address = lk_view_of(address);
      lk_identity_result result = check(f, identity, attempt);
      if (i == 0 && repeat == 11) results[0] = result;
      if (repeat == 11) {
        assert_int_equal(result.verdict, results[0].verdict);
        assert_int_equal(result.attempts_left, results[0].attempts_left);
        assert_int_equal(result.retry_at, results[0].retry_at);
      }
    }
  assert_int_equal(results[0].verdict, LK_IDENTITY_LIMITED);
  lk_identity_close(identity);
}

/* A book that counts what it is asked to verify. */
typedef struct counting_book {
  const lk_order_book *real;
  int asked;
} counting_book;

static lk_code count_and_verify(void *self, lk_view number, lk_view proof, lk_proof *out, lk_error *err) {
  counting_book *counting = self;
  counting->asked++;
  return counting->real->verify(counting->real->self, number, proof, out, err);
}

static void a_limited_attempt_is_as_much_work_as_any_other(void **state) {
  fixture *f = *state;
  lk_identity *identity = open_identity(f, NULL);
  counting_book counting = {.real = f->book};
  const lk_order_book book = {.self = &counting, .verify = count_and_verify};
  for (int i = 0; i < 9; i++) {
    lk_identity_attempt attempt = attempt_of("999999", "00100");
    lk_identity_result result;
    assert_int_equal(lk_identity_check(identity, &book, &attempt, &result, &f->err), LK_OK);
  }
  assert_int_equal(counting.asked, 9);
  lk_identity_close(identity);
}

static void after_five_failures_in_a_conversation_even_the_right_proof_is_not_taken(void **state) {
  fixture *f = *state;
  lk_identity *identity = open_identity(f, NULL);
  for (int i = 0; i < 5; i++) {
    lk_identity_result refused = check(f, identity, attempt_of("100234", "99999"));
    assert_int_equal(refused.verdict, LK_IDENTITY_REFUSED);
    assert_int_equal(refused.attempts_left, 4 - i);
  }
  lk_identity_result limited = check(f, identity, attempt_of("100234", "00100"));
  assert_int_equal(limited.verdict, LK_IDENTITY_LIMITED);
  assert_int_equal(limited.proof, LK_PROOF_NONE);
  assert_int_equal(limited.retry_at, NOW + DAY);
  lk_identity_attempt later = attempt_of("100234", "00100");
  later.now = NOW + DAY;
  assert_int_equal(check(f, identity, later).verdict, LK_IDENTITY_MATCHED);
  lk_identity_close(identity);
}

static void one_order_cannot_be_tried_from_many_conversations(void **state) {
  fixture *f = *state;
  lk_identity *identity = open_identity(f, NULL);
  for (int i = 0; i < 10; i++) assert_int_equal(check(f, identity, elsewhere(i, "100234", "99999")).verdict, LK_IDENTITY_REFUSED);
  assert_int_equal(check(f, identity, elsewhere(10, "100234", "00100")).verdict, LK_IDENTITY_LIMITED);
  assert_int_equal(check(f, identity, elsewhere(11, "# 100 234", "00100")).verdict,
                   LK_IDENTITY_LIMITED); /* however it is written */
  assert_int_equal(check(f, identity, elsewhere(12, "100235", "00250")).verdict, LK_IDENTITY_MATCHED);
  lk_identity_close(identity);
}

static void one_address_cannot_count_its_way_through_the_numbers(void **state) {
  fixture *f = *state;
  lk_identity *identity = open_identity(f, NULL);
  for (int i = 0; i < 20; i++) {
    char number[16];
    (void)snprintf(number, sizeof number, "%d", 999900 + i); /* numbers that do not exist count as well */
    lk_identity_attempt attempt = elsewhere(i, number, "00100");
    attempt.address = LK_LIT("2001:db8:1:2::1");
    assert_int_equal(check(f, identity, attempt).verdict, LK_IDENTITY_REFUSED);
  }
  lk_identity_attempt neighbour = elsewhere(21, "100234", "00100");
  neighbour.address = LK_LIT("2001:db8:1:2:ffff::7"); /* the same /64 */
  assert_int_equal(check(f, identity, neighbour).verdict, LK_IDENTITY_LIMITED);
  neighbour.address = LK_LIT("2001:db8:1:3::1");
  assert_int_equal(check(f, identity, neighbour).verdict, LK_IDENTITY_MATCHED);
  lk_identity_close(identity);
}

static void an_ipv4_address_is_the_same_when_it_comes_mapped_into_ipv6(void **state) {
  fixture *f = *state;
  const lk_identity_limits one = {.address = 1};
  lk_identity *identity = open_identity(f, &one);
  lk_identity_attempt attempt = elsewhere(1, "100234", "99999");
  attempt.address = LK_LIT("203.0.113.9");
  assert_int_equal(check(f, identity, attempt).verdict, LK_IDENTITY_REFUSED);
  attempt = elsewhere(2, "100234", "00100");
  attempt.address = LK_LIT("::ffff:203.0.113.9");
  assert_int_equal(check(f, identity, attempt).verdict, LK_IDENTITY_LIMITED);
  attempt.address = LK_LIT("");
  assert_int_equal(check(f, identity, attempt).verdict, LK_IDENTITY_MATCHED); /* a terminal has none */
  lk_identity_close(identity);
}

static void limits_survive_a_restart(void **state) {
  fixture *f = *state;
  for (int i = 0; i < 5; i++) {
    lk_identity *identity = open_identity(f, NULL);
    assert_int_equal(check(f, identity, attempt_of("999999", "00100")).verdict, LK_IDENTITY_REFUSED);
    lk_identity_close(identity);
  }
  lk_identity *identity = open_identity(f, NULL);
  assert_int_equal(check(f, identity, attempt_of("100234", "00100")).verdict, LK_IDENTITY_LIMITED);
  lk_identity_close(identity);
}

static void attempts_can_be_kept_in_the_order_book_itself(void **state) {
  fixture *f = *state;
  lk_identity *identity = lk_identity_open(f->path, NULL, &f->err);
  assert_non_null(identity);
  assert_int_equal(check(f, identity, attempt_of("100234", "99999")).verdict, LK_IDENTITY_REFUSED);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM identity_attempts"), 1);
  lk_identity_close(identity);
}

static void old_attempts_are_deleted(void **state) {
  fixture *f = *state;
  lk_identity *identity = lk_identity_open(f->path, NULL, &f->err);
  (void)check(f, identity, attempt_of("100234", "99999"));
  lk_identity_attempt later = attempt_of("100234", "99999");
  later.now = NOW + DAY;
  (void)check(f, identity, later);
  assert_int_equal(sql_int(f, "SELECT count(*) FROM identity_attempts"), 1);
  lk_identity_close(identity);
}

static void what_was_typed_is_not_kept(void **state) {
  fixture *f = *state;
  lk_identity *identity = lk_identity_open(f->path, NULL, &f->err);
  (void)check(f, identity, attempt_of("100234", "secret@example.fi"));
  assert_int_equal(
      sql_int(f,
              "SELECT count(*) FROM identity_attempts WHERE instr(conversation, 'c1') OR instr(order_number, '100234')"
              " OR instr(address, '192.0.2.1')"),
      0);
  lk_identity_close(identity);
}

static lk_code fail_to_verify(void *self, lk_view number, lk_view proof, lk_proof *out, lk_error *err) {
  (void)self, (void)number, (void)proof;
  *out = LK_PROOF_EMAIL;
  if (err) err->code = LK_ERR_BACKEND;
  return LK_ERR_BACKEND;
}

static void an_order_book_that_fails_proves_nothing(void **state) {
  fixture *f = *state;
  lk_identity *identity = open_identity(f, NULL);
  const lk_order_book broken = {.verify = fail_to_verify};
  lk_identity_attempt attempt = attempt_of("100234", "00100");
  lk_identity_result result;
  assert_int_equal(lk_identity_check(identity, &broken, &attempt, &result, &f->err), LK_ERR_BACKEND);
  assert_int_equal(result.verdict, LK_IDENTITY_REFUSED);
  const lk_order_book none = {0};
  assert_int_equal(lk_identity_check(identity, &none, &attempt, &result, &f->err), LK_ERR_BACKEND);
  lk_identity_close(identity);
}

static void an_empty_order_book_refuses_like_any_other(void **state) {
  fixture *f = *state;
  lk_orders_free(f->book);
  f->book = NULL;
  assert_int_equal(lk_orders_create(f->path, false, NOW, true, &f->err), LK_OK);
  f->book = lk_orders_open(f->path, NULL, &f->err);
  lk_identity *identity = open_identity(f, NULL);
  assert_int_equal(check(f, identity, attempt_of("100234", "00100")).verdict, LK_IDENTITY_REFUSED);
  lk_identity_close(identity);
}

static void long_and_strange_input_is_refused_in_order(void **state) {
  fixture *f = *state;
  static char large[100000];
  memset(large, '1', sizeof large - 1);
  const lk_identity_limits many = {.conversation = 1000, .order = 1000, .address = 1000};
  lk_identity *identity = open_identity(f, &many);
  assert_int_equal(check(f, identity, attempt_of(large, "00100")).verdict, LK_IDENTITY_REFUSED);
  assert_int_equal(check(f, identity, attempt_of("100234", large)).verdict, LK_IDENTITY_REFUSED);
  lk_identity_attempt strange = attempt_of("100234", "00100");
  strange.address = lk_view_of(large);
  assert_int_equal(check(f, identity, strange).verdict, LK_IDENTITY_MATCHED);
  strange.conversation = (lk_view){NULL, 0};
  strange.proof = (lk_view){NULL, 0};
  assert_int_equal(check(f, identity, strange).verdict, LK_IDENTITY_REFUSED);
  lk_identity_close(identity);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      in_fixture(the_number_with_email_or_postcode_is_proof),
      in_fixture(case_accents_and_spaces_make_no_difference),
      in_fixture(nothing_else_is_proof),
      in_fixture(an_order_without_an_email_is_not_proved_by_an_empty_one),
      in_fixture(the_refusal_is_the_same_whether_the_order_exists_or_not),
      in_fixture(a_limited_attempt_is_as_much_work_as_any_other),
      in_fixture(after_five_failures_in_a_conversation_even_the_right_proof_is_not_taken),
      in_fixture(one_order_cannot_be_tried_from_many_conversations),
      in_fixture(one_address_cannot_count_its_way_through_the_numbers),
      in_fixture(an_ipv4_address_is_the_same_when_it_comes_mapped_into_ipv6),
      in_fixture(limits_survive_a_restart),
      in_fixture(attempts_can_be_kept_in_the_order_book_itself),
      in_fixture(old_attempts_are_deleted),
      in_fixture(what_was_typed_is_not_kept),
      in_fixture(an_order_book_that_fails_proves_nothing),
      in_fixture(an_empty_order_book_refuses_like_any_other),
      in_fixture(long_and_strange_input_is_refused_in_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
