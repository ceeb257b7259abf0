#include "fixture.h"

typedef struct expected {
  const char *text;
  lk_token_kind kind;
} expected;

static void check(fixture *f, const char *text, const expected *want, size_t count) {
  lk_token *tokens;
  size_t got;
  assert_int_equal(lk_tokenize(lk_view_of(text), f->arena, &tokens, &got, &f->err), LK_OK);
  for (size_t i = 0; i < count && i < got; i++) {
    assert_view(tokens[i].text, want[i].text);
    if (tokens[i].kind != want[i].kind) fail_msg("%s has kind %d, not %d", want[i].text, (int)tokens[i].kind, (int)want[i].kind);
    assert_ptr_equal(tokens[i].text.ptr, text + tokens[i].start);
    assert_int_equal(tokens[i].end - tokens[i].start, tokens[i].text.len);
  }
  assert_int_equal(got, count);
}

#define CHECK(text, ...)                                      \
  do {                                                        \
    const expected want_[] = {__VA_ARGS__};                   \
    check(*state, text, want_, sizeof want_ / sizeof *want_); \
  } while (0)

static void words_and_marks_are_parted(void **state) {
  CHECK("Missä tilaus on?!", {"Missä", LK_TOKEN_WORD}, {"tilaus", LK_TOKEN_WORD}, {"on", LK_TOKEN_WORD},
        {"?", LK_TOKEN_PUNCTUATION}, {"!", LK_TOKEN_PUNCTUATION});
  CHECK("no...", {"no", LK_TOKEN_WORD}, {"...", LK_TOKEN_PUNCTUATION});
}

static void hyphens_and_apostrophes_hold_words_together(void **state) {
  CHECK("S-ryhmän aamu-unisille raa’an it's", {"S-ryhmän", LK_TOKEN_WORD}, {"aamu-unisille", LK_TOKEN_WORD},
        {"raa’an", LK_TOKEN_WORD}, {"it's", LK_TOKEN_WORD});
  CHECK("maksu- ja toimitusehdot", {"maksu-", LK_TOKEN_WORD}, {"ja", LK_TOKEN_WORD}, {"toimitusehdot", LK_TOKEN_WORD});
  CHECK("osto -ja", {"osto", LK_TOKEN_WORD}, {"-ja", LK_TOKEN_WORD});
  CHECK("osto - myynti", {"osto", LK_TOKEN_WORD}, {"-", LK_TOKEN_PUNCTUATION}, {"myynti", LK_TOKEN_WORD});
}

static void order_numbers_and_codes_stay_whole(void **state) {
  CHECK("#100234, FI-2024-00123.", {"#100234", LK_TOKEN_CODE}, {",", LK_TOKEN_PUNCTUATION}, {"FI-2024-00123", LK_TOKEN_CODE},
        {".", LK_TOKEN_PUNCTUATION});
  CHECK("EU:n 100234:n H&M:lle 1980-luvun", {"EU:n", LK_TOKEN_CODE}, {"100234:n", LK_TOKEN_CODE}, {"H&M:lle", LK_TOKEN_CODE},
        {"1980-luvun", LK_TOKEN_CODE});
}

static void prices_keep_their_thousands_and_cents(void **state) {
  CHECK("12,90 € tai 1 299,00 €", {"12,90", LK_TOKEN_NUMBER}, {"€", LK_TOKEN_PUNCTUATION}, {"tai", LK_TOKEN_WORD},
        {"1 299,00", LK_TOKEN_NUMBER}, {"€", LK_TOKEN_PUNCTUATION});
  CHECK("2–4 24/7", {"2–4", LK_TOKEN_NUMBER}, {"24/7", LK_TOKEN_NUMBER});
}

static void neighbouring_numbers_are_not_one(void **state) {
  CHECK("tilaus 100234 00100", {"tilaus", LK_TOKEN_WORD}, {"100234", LK_TOKEN_NUMBER}, {"00100", LK_TOKEN_NUMBER});
  CHECK("00100 100234", {"00100", LK_TOKEN_NUMBER}, {"100234", LK_TOKEN_NUMBER});
  CHECK("2 100234", {"2", LK_TOKEN_NUMBER}, {"100234", LK_TOKEN_NUMBER});
}

static void dates_and_times_stay_whole(void **state) {
  CHECK("24.12.2025 klo 14:30", {"24.12.2025", LK_TOKEN_DATE}, {"klo", LK_TOKEN_WORD}, {"14:30", LK_TOKEN_TIME});
  CHECK("24.12. klo 14.30", {"24.12.", LK_TOKEN_DATE}, {"klo", LK_TOKEN_WORD}, {"14.30", LK_TOKEN_TIME});
  CHECK("2025-12-24 45.13.2025", {"2025-12-24", LK_TOKEN_DATE}, {"45.13.2025", LK_TOKEN_NUMBER});
}

static void phone_numbers_stay_whole(void **state) {
  CHECK("+358 40 123 4567.", {"+358 40 123 4567", LK_TOKEN_PHONE}, {".", LK_TOKEN_PUNCTUATION});
  CHECK("040-1234567 tai 0401234567", {"040-1234567", LK_TOKEN_PHONE}, {"tai", LK_TOKEN_WORD}, {"0401234567", LK_TOKEN_PHONE});
}

static void addresses_stay_whole(void **state) {
  CHECK("a.b+c@posti.example.fi.", {"a.b+c@posti.example.fi", LK_TOKEN_EMAIL}, {".", LK_TOKEN_PUNCTUATION});
  CHECK("(https://example.fi/a?b=c&d), www.example.se example.com/x", {"(", LK_TOKEN_PUNCTUATION},
        {"https://example.fi/a?b=c&d", LK_TOKEN_URL}, {")", LK_TOKEN_PUNCTUATION}, {",", LK_TOKEN_PUNCTUATION},
        {"www.example.se", LK_TOKEN_URL}, {"example.com/x", LK_TOKEN_URL});
}

static void a_full_stop_without_a_space_makes_no_address(void **state) {
  CHECK("tuli.se", {"tuli", LK_TOKEN_WORD}, {".", LK_TOKEN_PUNCTUATION}, {"se", LK_TOKEN_WORD});
}

static void abbreviations_and_ordinals_keep_their_stop(void **state) {
  CHECK("esim. takki", {"esim.", LK_TOKEN_WORD}, {"takki", LK_TOKEN_WORD});
  CHECK("t.ex. skor", {"t.ex.", LK_TOKEN_WORD}, {"skor", LK_TOKEN_WORD});
  CHECK("24. joulukuuta", {"24.", LK_TOKEN_NUMBER}, {"joulukuuta", LK_TOKEN_WORD});
  CHECK("maksoi 24. Miksi", {"maksoi", LK_TOKEN_WORD}, {"24", LK_TOKEN_NUMBER}, {".", LK_TOKEN_PUNCTUATION},
        {"Miksi", LK_TOKEN_WORD});
}

static void emoji_keep_their_modifiers(void **state) {
  CHECK("👍🏽👨‍👩‍👧 🇫🇮 :-) <3", {"👍🏽", LK_TOKEN_EMOJI}, {"👨‍👩‍👧", LK_TOKEN_EMOJI},
        {"🇫🇮", LK_TOKEN_EMOJI}, {":-)", LK_TOKEN_EMOJI}, {"<3", LK_TOKEN_EMOJI});
}

static void nothing_and_blanks_have_no_tokens(void **state) {
  fixture *f = *state;
  lk_token *tokens;
  size_t count;
  static const char *const blanks[] = {"", " \t\r\n", "\x01\x02\x7F", "\xE2\x80\x8E\xE2\x80\x8F", "\xFF\xFE\xC0"};
  for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
    assert_int_equal(lk_tokenize(lk_view_of(blanks[i]), f->arena, &tokens, &count, &f->err), LK_OK);
    assert_int_equal(count, 0);
  }
}

static void offsets_hold_in_broken_utf8(void **state) {
  CHECK("a\xFF\xFE z", {"a", LK_TOKEN_WORD}, {"z", LK_TOKEN_WORD});
  fixture *f = *state;
  lk_token *tokens;
  size_t count;
  lk_view text = LK_LIT("\xE4 tilaus \xC3");
  assert_int_equal(lk_tokenize(text, f->arena, &tokens, &count, &f->err), LK_OK);
  assert_int_equal(count, 1);
  assert_int_equal(tokens[0].start, 2);
  assert_int_equal(tokens[0].end, 8);
}

/* Whatever the bytes, tokens lie in order within the text and do not overlap. */
static void tokens_are_ordered_whatever_the_bytes(void **state) {
  fixture *f = *state;
  char bytes[600];
  uint32_t seed = 42;
  static const char alphabet[] = "aä\xC3\xB6 09.,:-+#@/'&%()\xE2\x80\x93\xF0\x9F\x98\x80\xCC\x88\xFF\n";
  for (int round = 0; round < 3000; round++) {
    size_t length = 0;
    while (length < sizeof bytes) {
      seed = seed * 1664525u + 1013904223u;
      bytes[length++] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
    }
    lk_token *tokens;
    size_t count;
    lk_arena_reset(f->arena);
    assert_int_equal(lk_tokenize((lk_view){bytes, length}, f->arena, &tokens, &count, &f->err), LK_OK);
    uint32_t end = 0;
    for (size_t i = 0; i < count; i++) {
      assert_true(tokens[i].start >= end && tokens[i].end > tokens[i].start && tokens[i].end <= length);
      end = tokens[i].end;
    }
  }
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(words_and_marks_are_parted),
      TEST(hyphens_and_apostrophes_hold_words_together),
      TEST(order_numbers_and_codes_stay_whole),
      TEST(prices_keep_their_thousands_and_cents),
      TEST(neighbouring_numbers_are_not_one),
      TEST(dates_and_times_stay_whole),
      TEST(phone_numbers_stay_whole),
      TEST(addresses_stay_whole),
      TEST(a_full_stop_without_a_space_makes_no_address),
      TEST(abbreviations_and_ordinals_keep_their_stop),
      TEST(emoji_keep_their_modifiers),
      TEST(nothing_and_blanks_have_no_tokens),
      TEST(offsets_hold_in_broken_utf8),
      TEST(tokens_are_ordered_whatever_the_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
