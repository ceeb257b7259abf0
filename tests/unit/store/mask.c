#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "luukku/mask.h"

/* Identity codes are the made-up ones that the authorities publish for tests (person numbers from 900), card numbers those of the payment networks' test
 * pages, IBANs the examples of the IBAN registry. */
typedef struct row {
  const char *text, *masked;
} row;

static void check(const row *rows, size_t count) {
  lk_arena *arena = lk_arena_new();
  for (size_t i = 0; i < count; i++) {
    lk_view out = lk_mask(lk_view_of(rows[i].text), arena);
    assert_string_equal(out.ptr, rows[i].masked);
    assert_int_equal(out.len, strlen(rows[i].masked));
    assert_string_equal(lk_mask(out, arena).ptr, rows[i].masked);
  }
  lk_arena_free(arena);
}
#define CHECK(rows) check(rows, sizeof(rows) / sizeof *(rows))

static void identity_codes_of_every_century_sign_are_taken(void **state) {
  (void)state;
  static const row rows[] = {
      {"hetu on 010594Y9032 kiitos", "hetu on [hetu] kiitos"},
      {"010594Y9021", "[hetu]"},
      {"020594X903P", "[hetu]"},
      {"030594W903B", "[hetu]"},
      {"040594V9030", "[hetu]"},
      {"050594U903M", "[hetu]"},
      {"010516B903X", "[hetu]"},
      {"020516C903K", "[hetu]"},
      {"030516D9037", "[hetu]"},
      {"010501E9032", "[hetu]"},
      {"020503F9037", "[hetu]"},
      {"020504A902E", "[hetu]"},
      {"131052-308T", "[hetu]"},
      {"131052+308T", "[hetu]"},
      {"(131052-308t).", "([hetu])."},
      {"131052 - 308T", "[hetu]"},
      {"131052\xE2\x80\x93"
       "308T",
       "[hetu]"},
      {"131052\xE2\x88\x92"
       "308T",
       "[hetu]"},
      {"hetuni on:131052-308T,soita", "hetuni on:[hetu],soita"},
      {"290200A9019", "290200A9019"}, /* the day exists, the check character is wrong */
  };
  CHECK(rows);
}

static void what_only_looks_like_an_identity_code_stays(void **state) {
  (void)state;
  static const row rows[] = {
      {"131052-308U", "131052-308U"},   /* check character */
      {"311152-308T", "311152-308T"},   /* 31 November */
      {"131352-308T", "131352-308T"},   /* month 13 */
      {"131052G308T", "131052G308T"},   /* no century sign */
      {"131052-308", "131052-308"},     /* too short */
      {"131052-308TA", "131052-308TA"}, /* goes on */
      {"5131052-308T", "5131052-308T"}, /* began before */
      {"X131052-308T", "X131052-308T"},
      {"131052308T", "131052308T"},
      {"131052-000V", "131052-000V"}, /* person numbers begin at 2 */
      {"tilaus 100234-123", "tilaus 100234-123"},
  };
  CHECK(rows);
}

static void cards_are_taken_in_any_grouping(void **state) {
  (void)state;
  static const row rows[] = {
      {"kortti 4111111111111111", "kortti [kortti]"},
      {"4111 1111 1111 1111", "[kortti]"},
      {"4111-1111-1111-1111 ja 12/27", "[kortti] ja 12/27"},
      {"4111 1111 1111 1111 12/27 cvc 123", "[kortti] 12/27 cvc 123"},
      {"5555555555554444", "[kortti]"},
      {"2223 0031 2200 3222", "[kortti]"},
      {"3782 822463 10005", "[kortti]"},
      {"30569309025904", "[kortti]"},
      {"4222222222222", "[kortti]"},
      {"6011111111111117", "[kortti]"},
      {"4111\xC2\xA0"
       "1111\xC2\xA0"
       "1111\xC2\xA0"
       "1111",
       "[kortti]"},
  };
  CHECK(rows);
}

static void what_only_looks_like_a_card_stays(void **state) {
  (void)state;
  static const row rows[] = {
      {"4111111111111112", "4111111111111112"},               /* Luhn */
      {"411111111111", "411111111111"},                       /* too short */
      {"41111111111111111111111", "41111111111111111111111"}, /* too long */
      {"A4111111111111111", "A4111111111111111"},
      {"JJFI64300012345678901", "JJFI64300012345678901"}, /* tracking code */
      {"6430012345672", "6430012345672"},                 /* a product code with a right Luhn sum */
      {"tilaukset 100234 100235 100236", "tilaukset 100234 100235 100236"},
  };
  CHECK(rows);
}

static void ibans_are_taken_when_their_check_digits_hold(void **state) {
  (void)state;
  static const row rows[] = {
      {"tili FI21 1234 5600 0007 85 kiitos", "tili [iban] kiitos"},
      {"FI2112345600000785", "[iban]"},
      {"fi2112345600000785.", "[iban]."},
      {"SE45 5000 0000 0583 9825 7466", "[iban]"},
      {"EE382200221020145685", "[iban]"},
      {"GB29NWBK60161331926819", "[iban]"},
      {"FI21 1234 5600 0007 86", "FI21 1234 5600 0007 86"},
      {"FI2112345600000785A", "FI2112345600000785A"},
      {"AFI2112345600000785", "AFI2112345600000785"},
      {"FI21", "FI21"},
      {"RF18 5390 0754 7034", "[iban]"}, /* a reference by the same sum: nothing is lost by taking it */
  };
  CHECK(rows);
}

static void addresses_of_mail_are_taken(void **state) {
  (void)state;
  static const row rows[] = {
      {"matti.meikalainen@example.fi", "[email]"},
      {"osoite on matti@example.fi.", "osoite on [email]."},
      {"<Matti_M+1@mail.example.co.uk>", "<[email]>"},
      {"mäkinen@päivä.fi", "[email]"},
      {"matti(at)example.fi", "[email]"},
      {"matti@example", "matti@example"},
      {"@luukku", "@luukku"},
      {"5 kpl @ 3,90", "5 kpl @ 3,90"},
      {"a@b.c", "a@b.c"},
  };
  CHECK(rows);
}

static void telephone_numbers_are_taken_in_the_ways_people_write_them(void **state) {
  (void)state;
  static const row rows[] = {
      {"soita 0401234567", "soita [puhelin]"},
      {"040 123 4567", "[puhelin]"},
      {"040-1234567", "[puhelin]"},
      {"050 123 45 67.", "[puhelin]."},
      {"+358 40 123 4567", "[puhelin]"},
      {"+358401234567", "[puhelin]"},
      {"+358 (0)40 123 4567", "[puhelin]"},
      {"00358 40 1234567", "[puhelin]"},
      {"(09) 123 4567", "[puhelin]"},
      {"09 1234567", "[puhelin]"},
      {"+46 70 123 45 67", "[puhelin]"},
      {"040/1234567", "[puhelin]"},
      {"puh.0401234567", "puh.[puhelin]"},
      {"040 1234567 050 7654321", "[puhelin] [puhelin]"},
      {"0401234567/0507654321", "[puhelin]/[puhelin]"},
      {"040 123 4567 tai 100234", "[puhelin] tai 100234"},
  };
  CHECK(rows);
}

static void what_analysis_needs_is_no_telephone_number(void **state) {
  (void)state;
  static const row rows[] = {
      {"tilaus 100234", "tilaus 100234"},
      {"postinumero 00100", "postinumero 00100"},
      {"00100 00200", "00100 00200"},
      {"hinta 1 299,00 e", "hinta 1 299,00 e"},
      {"01.02.2026", "01.02.2026"},
      {"01-02-2026", "01-02-2026"},
      {"2026-02-01", "2026-02-01"},
      {"klo 08:00-16:00", "klo 08:00-16:00"},
      {"klo 08-16", "klo 08-16"},
      {"0,75 l", "0,75 l"},
      {"FI-2024-00123456", "FI-2024-00123456"},
      {"viite 12345678", "viite 12345678"},
      {"+50 e", "+50 e"},
      {"EU 0123456789012 3", "EU 0123456789012 3"},
      {"2+3", "2+3"},
  };
  CHECK(rows);
}

static void street_addresses_are_taken_in_finnish_and_swedish(void **state) {
  (void)state;
  static const row rows[] = {
      {"Mannerheimintie 5 A 12, 00100 Helsinki", "[osoite], 00100 Helsinki"},
      {"hämeenkatu 12", "[osoite]"},
      {"HÄMEENKATU 12 B", "[osoite]"},
      {"osoite on Rantakuja 3 as 4.", "osoite on [osoite]."},
      {"asun hämeenkadulla 7b", "asun [osoite]"},
      {"Kivelänpolku 5-7 C 34", "[osoite]"},
      {"Minna Canthin katu 22", "Minna Canthin [osoite]"},
      {"Storgatan 14", "[osoite]"},
      {"Strandvägen 7 lgh", "[osoite] lgh"},
  };
  CHECK(rows);
}

static void what_only_looks_like_a_street_stays(void **state) {
  (void)state;
  static const row rows[] = {
      {"tie 5", "tie 5"},
      {"valtatie 4", "valtatie 4"},
      {"Hämeenkatu on pitkä", "Hämeenkatu on pitkä"},
      {"Hämeenkatu 12345", "Hämeenkatu 12345"},
      {"monitori 27", "monitori 27"},
      {"paketti 2", "paketti 2"},
      {"mummonmarkka 5,90", "mummonmarkka 5,90"},
      {"rantatie 5,90", "rantatie 5,90"},
      {"Hämeenkatu 100km", "Hämeenkatu 100km"},
  };
  CHECK(rows);
}

static void names_under_a_letter_and_of_who_introduces_himself_are_taken(void **state) {
  (void)state;
  static const row rows[] = {
      {"Missä pakettini on? Terveisin Matti Meikäläinen", "Missä pakettini on? Terveisin [nimi]"},
      {"missä se on\nterveisin,\nmatti meikäläinen\n", "missä se on\nterveisin,\n[nimi]\n"},
      {"Ystävällisin terveisin Åsa-Maria Ek, puh. 040 1234567", "Ystävällisin terveisin [nimi], puh. [puhelin]"},
      {"kiitos! t. Liisa", "kiitos! t. [nimi]"},
      {"terv. liisa 0401234567", "terv. [nimi] [puhelin]"},
      {"Nimeni on Matti Meikäläinen ja paketti hukkui", "Nimeni on [nimi] ja paketti hukkui"},
      {"Med vänliga hälsningar Ulla Öst", "Med vänliga hälsningar [nimi]"},
      {"jag heter Ulla, var är paketet", "jag heter [nimi], var är paketet"},
      {"Best regards, John", "Best regards, [nimi]"},
  };
  CHECK(rows);
}

static void what_only_follows_a_greeting_stays(void **state) {
  (void)state;
  static const row rows[] = {
      {"terveisin kysyisin vielä missä pakettini on", "terveisin kysyisin vielä missä pakettini on"},
      {"lähetin terveisiä Matille", "lähetin terveisiä Matille"},
      {"tuotteen nimi on teltta", "tuotteen nimi on teltta"},
      {"regards", "regards"},
      {"terveisin", "terveisin"},
      {"tilasin kaksi t paitaa", "tilasin kaksi t paitaa"},
  };
  CHECK(rows);
}

static void text_around_and_odd_bytes_stay_as_they_are(void **state) {
  (void)state;
  static const row rows[] = {
      {"", ""},
      {"missä tilaus 100234 viipyy?", "missä tilaus 100234 viipyy?"},
      {"\xFF\xC3 0401234567 \x80", "\xFF\xC3 [puhelin] \x80"},
      {"[hetu] [kortti] [email]", "[hetu] [kortti] [email]"},
      {"a@example.fi, 0401234567, 131052-308T", "[email], [puhelin], [hetu]"},
  };
  CHECK(rows);
}

static void json_keeps_its_structure_and_numbers(void **state) {
  (void)state;
  lk_arena *arena = lk_arena_new();
  static const row rows[] = {
      {"{\"a\":\"soita 0401234567\",\"n\":4111111111111111}", "{\"a\":\"soita [puhelin]\",\"n\":4111111111111111}"},
      {"{\"a\":\"rivi\\nmatti@example.fi\",\"b\":\"\\u00e40401234567\"}",
       "{\"a\":\"rivi\\n[email]\",\"b\":\"\\u00e4[puhelin]\"}"},
      {"{\"q\":\"\\\"0401234567\\\"\"}", "{\"q\":\"\\\"[puhelin]\\\"\"}"},
      {"\"unclosed 0401234567", "\"unclosed [puhelin]"},
      {"\"ends in \\", "\"ends in \\"},
      {"", ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_string_equal(lk_mask_json(lk_view_of(rows[i].text), arena).ptr, rows[i].masked);
  lk_arena_free(arena);
}

/* Random runs of pieces that matter to the matchers: nothing crashes, and what was masked stays as it is. */
static void masking_twice_changes_nothing(void **state) {
  (void)state;
  static const char *const pieces[] = {"0",    "4", "1111",     "040",  "FI21",         "131052", "-",       "308T", "@",
                                       "a.fi", " ", ".",        "+358", "katu",         "hämeen", "5",       " as ", "(",
                                       ")",    "/", "\xC2\xA0", "ä",    "\xE2\x80\x93", "[hetu]", "1234567", "\xFF"};
  unsigned seed = 20261012;
  for (int round = 0; round < 30000; round++) {
    char text[256] = "";
    size_t len = 0;
    for (int i = 0; i < 14; i++) {
      seed = seed * 1103515245u + 12345u;
      const char *piece = pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)];
      memcpy(text + len, piece, strlen(piece));
      len += strlen(piece);
    }
    lk_arena *arena = lk_arena_new();
    lk_view once = lk_mask((lk_view){text, len}, arena), twice = lk_mask(once, arena);
    if (!lk_view_eq(once, twice)) print_error("%.*s\n-> %s\n-> %s\n", (int)len, text, once.ptr, twice.ptr);
    assert_true(lk_view_eq(once, twice));
    lk_arena_free(arena);
  }
}

static void a_megabyte_of_almost_matches_is_walked_once(void **state) {
  (void)state;
  static const char *const almost[] = {"a.", "a@", "FI21 ", "0 ", "1", "4 ", "ä", "katu ", "\\", "(at)", "+", "-"};
  for (size_t i = 0; i < sizeof almost / sizeof *almost; i++) {
    size_t step = strlen(almost[i]), len = (1u << 20) / step * step;
    char *text = malloc(len);
    for (size_t at = 0; at < len; at += step) memcpy(text + at, almost[i], step);
    lk_arena *arena = lk_arena_new();
    assert_non_null(lk_mask((lk_view){text, len}, arena).ptr);
    assert_non_null(lk_mask_json((lk_view){text, len}, arena).ptr);
    lk_arena_free(arena);
    free(text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(identity_codes_of_every_century_sign_are_taken),
      cmocka_unit_test(what_only_looks_like_an_identity_code_stays),
      cmocka_unit_test(cards_are_taken_in_any_grouping),
      cmocka_unit_test(what_only_looks_like_a_card_stays),
      cmocka_unit_test(ibans_are_taken_when_their_check_digits_hold),
      cmocka_unit_test(addresses_of_mail_are_taken),
      cmocka_unit_test(telephone_numbers_are_taken_in_the_ways_people_write_them),
      cmocka_unit_test(what_analysis_needs_is_no_telephone_number),
      cmocka_unit_test(street_addresses_are_taken_in_finnish_and_swedish),
      cmocka_unit_test(what_only_looks_like_a_street_stays),
      cmocka_unit_test(names_under_a_letter_and_of_who_introduces_himself_are_taken),
      cmocka_unit_test(what_only_follows_a_greeting_stays),
      cmocka_unit_test(text_around_and_odd_bytes_stay_as_they_are),
      cmocka_unit_test(json_keeps_its_structure_and_numbers),
      cmocka_unit_test(masking_twice_changes_nothing),
      cmocka_unit_test(a_megabyte_of_almost_matches_is_walked_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
