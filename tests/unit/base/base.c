#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/vector.h"

static void an_arena_keeps_what_it_gave_until_reset(void **state) {
  (void)state;
  lk_arena *arena = lk_arena_new();
  char *first = lk_arena_string(arena, LK_LIT("ensimmäinen"));
  for (int i = 0; i < 10000; i++) memset(lk_arena_alloc(arena, 37), 0xAB, 37);
  assert_string_equal(first, "ensimmäinen");
  size_t full = lk_arena_footprint(arena);
  lk_arena_reset(arena);
  assert_true(lk_arena_footprint(arena) < full);
  assert_null(lk_arena_zeroed(arena, SIZE_MAX / 2, 4));
  lk_arena_free(arena);
  lk_arena_free(NULL);
}

static void a_buffer_past_its_limit_fails_once_and_for_all(void **state) {
  (void)state;
  lk_buffer b = {.limit = 8};
  lk_buffer_adds(&b, "12345678");
  assert_false(b.failed);
  lk_buffer_addc(&b, '9');
  lk_buffer_adds(&b, "");
  assert_true(b.failed);
  assert_string_equal(b.ptr, "12345678");
  lk_buffer_clear(&b);
  lk_buffer_addf(&b, "%d-%s", 7, "a");
  assert_string_equal(b.ptr, "7-a");
  lk_buffer_free(&b);
}

static void json_strings_are_escaped_and_repaired(void **state) {
  (void)state;
  lk_buffer b = {0};
  lk_buffer_add_json(&b, LK_LIT("a\"b\\c\n\x01\xFFä"));
  assert_string_equal(b.ptr, "\"a\\\"b\\\\c\\n\\u0001\xEF\xBF\xBDä\"");
  lk_buffer_free(&b);
}

static void malformed_utf8_is_one_invalid_a_byte(void **state) {
  (void)state;
  static const char *const bad[] = {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE4", "\xE4\xB8", "\x80", "\xFF"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    lk_view v = lk_view_of(bad[i]);
    assert_false(lk_utf8_valid(v));
    assert_int_equal(lk_utf8_length(v), v.len);
  }
  for (uint32_t c = 0; c <= 0x10FFFF; c++) {
    char out[4];
    size_t size = lk_utf8_put(out, c), at = 0;
    if (!size) continue;
    assert_int_equal(lk_utf8_next((lk_view){out, size}, &at), c);
    assert_int_equal(at, size);
  }
}

static void a_map_finds_each_key_it_was_given(void **state) {
  (void)state;
  lk_map *map = lk_map_new();
  char key[32];
  assert_null(lk_map_get(map, LK_LIT("a")));
  for (uint32_t i = 0; i < 5000; i++) {
    lk_view k = {key, (size_t)snprintf(key, sizeof key, "avain %u", i)};
    assert_int_equal(*lk_map_put(map, k, i), i);
    assert_int_equal(*lk_map_put(map, k, 1), i);
  }
  for (uint32_t i = 0; i < 5000; i++) {
    lk_view k = {key, (size_t)snprintf(key, sizeof key, "avain %u", i)};
    assert_int_equal(*lk_map_get(map, k), i);
    assert_true(lk_view_eq(lk_map_key(map, i), k));
  }
  assert_null(lk_map_get(map, LK_LIT("avain")));
  assert_int_equal(lk_map_count(map), 5000);
  lk_map_free(map);
}

static void language_codes_are_read_with_their_regions(void **state) {
  (void)state;
  assert_int_equal(lk_lang_of(LK_LIT("sv-FI")), LK_LANG_SV);
  assert_int_equal(lk_lang_of(LK_LIT("EN_gb")), LK_LANG_EN);
  assert_int_equal(lk_lang_of(LK_LIT("fil")), LK_LANG_NONE);
  assert_int_equal(lk_lang_of(LK_LIT("")), LK_LANG_NONE);
  assert_string_equal(lk_lang_code(LK_LANG_FI), "fi");
  assert_string_equal(lk_lang_code(LK_LANG_NONE), "und");
}

static void an_error_keeps_code_place_and_message(void **state) {
  (void)state;
  lk_error err;
  assert_int_equal(lk_fail_at(&err, LK_ERR_INPUT, "a.xml", 7, "no %s; add one", "id"), LK_ERR_INPUT);
  assert_int_equal(err.line, 7);
  assert_string_equal(err.file, "a.xml");
  assert_string_equal(err.message, "no id; add one");
  assert_string_equal(lk_code_name(err.code), "input");
  assert_int_equal(lk_fail(NULL, LK_ERR_IO, "x"), LK_ERR_IO);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_arena_keeps_what_it_gave_until_reset), cmocka_unit_test(a_buffer_past_its_limit_fails_once_and_for_all),
      cmocka_unit_test(json_strings_are_escaped_and_repaired),   cmocka_unit_test(malformed_utf8_is_one_invalid_a_byte),
      cmocka_unit_test(a_map_finds_each_key_it_was_given),       cmocka_unit_test(language_codes_are_read_with_their_regions),
      cmocka_unit_test(an_error_keeps_code_place_and_message),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
