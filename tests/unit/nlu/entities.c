/* What a message mentions, in three languages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "understood.h"

typedef struct text_case {
  lk_lang lang;
  const char *message, *value;
} text_case;

#define FI LK_LANG_FI
#define SV LK_LANG_SV
#define EN LK_LANG_EN

static void check_texts(understood *u, lk_entity_type type, const text_case *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    understand(u, cases[i].lang, cases[i].message);
    if (cases[i].value)
      assert_text(only(u, type)->text, cases[i].value);
    else if (has(u, type))
      fail_msg("\"%s\" has a %s", cases[i].message, lk_entity_type_name(type));
  }
}
#define CHECK_TEXTS(u, type, cases) check_texts(u, type, cases, sizeof cases / sizeof *cases)

static void order_numbers_are_found_however_they_are_written(void **state) {
  static const text_case cases[] = {
      {FI, "mis mun tilaus 100234 viipyy", "100234"},
      {FI, "#100234", "100234"},
      {FI, "tilausnumero: 100 234", "100234"},
      {FI, "Tilaus nro 100-234.", "100234"},
      {FI, "100234:n tila", "100234"},
      {SV, "beställning nr 100234 har inte kommit", "100234"},
      {EN, "order no. 100234?", "100234"},
      {FI, "tilaus 1002345", NULL},
      {FI, "soita 0401234567", NULL},
      {FI, "tilaus 10023", NULL},
  };
  CHECK_TEXTS(*state, LK_ENTITY_ORDER, cases);
}

static void the_form_of_order_numbers_is_the_shops(void **state) {
  understood *u = *state;
  u->options.order_number = LK_LIT("RT-####");
  understand(u, FI, "tilaus rt-1234 ja 100234");
  assert_text(only(u, LK_ENTITY_ORDER)->text, "RT-1234");
  understand(u, FI, "tilaus RT1234");
  assert_text(only(u, LK_ENTITY_ORDER)->text, "RT-1234");
  u->options.order_number = LK_LIT("######");
}

static void email_addresses_are_found_also_spelt_out(void **state) {
  static const text_case cases[] = {
      {FI, "Meili on Matti.Meikalainen@Example.fi.", "matti.meikalainen@example.fi"},
      {FI, "matti (at) example.fi", "matti@example.fi"},
      {FI, "matti @ example.fi", "matti@example.fi"},
      {FI, "matti piste meikäläinen ät example piste com", "matti.meikalainen@example.com"},
      {SV, "maja snabel-a exempel punkt se", "maja@exempel.se"},
      {EN, "it is john_99 at example dot com", "john_99@example.com"},
      {EN, "I am at home", NULL},
      {EN, "we met at example", NULL},
      {FI, "käyttäjä@", NULL},
      {FI, "a@b", NULL},
  };
  CHECK_TEXTS(*state, LK_ENTITY_EMAIL, cases);
}

static void phone_numbers_become_international(void **state) {
  static const text_case cases[] = {
      {FI, "soita 040 123 4567", "+358401234567"},
      {FI, "0401234567 100234", "+358401234567"},
      {FI, "050-1234567", "+358501234567"},
      {FI, "+358 (0)40 123 4567", "+358401234567"},
      {FI, "numero on 09 123 4567", "+35891234567"},
      {SV, "+46 70 123 45 67", "+46701234567"},
      {EN, "0044 20 7946 0958", "+442079460958"},
      {FI, "100234", NULL},
      {FI, "00100 Helsinki", NULL},
  };
  CHECK_TEXTS(*state, LK_ENTITY_PHONE, cases);
}

static void postcodes_are_five_figures_that_a_place_can_have(void **state) {
  static const text_case cases[] = {
      {FI, "posti 00100", "00100"},
      {FI, "FI-33100", "33100"},
      {SV, "postnummer 65100", "65100"},
      {EN, "my zip is 02150", "02150"},
      {FI, "00000", NULL},
      {FI, "100234", NULL},
      {FI, "0010", NULL},
      {FI, "puhelin 0401234567", NULL},
  };
  CHECK_TEXTS(*state, LK_ENTITY_POSTCODE, cases);
}

static void street_addresses_are_found_with_what_belongs_to_them(void **state) {
  static const text_case cases[] = {
      {FI, "uus osote on Mäkitie 3 A 12, 00100 Helsinki kiitos", "Mäkitie 3 A 12, 00100 Helsinki"},
      {FI, "mäkitie 3", "Mäkitie 3"},
      {FI, "Lähettäkää Mäkitielle 3", "Mäkitie 3"},
      {FI, "muutetaan Eino Leinon katu 5 b 12 33100 tampere", "Eino Leinon katu 5 b 12, 33100 Tampere"},
      {FI, "Iso Roobertinkatu 12-14 as. 5", "Iso Roobertinkatu 12-14 as. 5"},
      {FI, "Kirkonkylä 12, 99800 Ivalo", "Kirkonkylä 12, 99800 Ivalo"},
      {FI, "PL 12, 00101 Helsinki", "PL 12, 00101 Helsinki"},
      {SV, "Storgatan 5 B 12, 65100 Vasa", "Storgatan 5 B 12, 65100 Vasa"},
      {SV, "min nya adress är Norra Esplanaden 3 A 4", "Norra Esplanaden 3 A 4"},
      {EN, "send it to Mannerheimintie 12 A 3, 00100 Helsinki", "Mannerheimintie 12 A 3, 00100 Helsinki"},
      {FI, "mikä katu", NULL},
      {FI, "tilaus 3 tuotetta", NULL},
  };
  understood *u = *state;
  CHECK_TEXTS(u, LK_ENTITY_ADDRESS, cases);
  understand(u, FI, "Mäkitie 3 A 12, 00100 Helsinki");
  const lk_entity *address = only(u, LK_ENTITY_ADDRESS);
  assert_text(address->street, "Mäkitie 3 A 12");
  assert_text(address->postcode, "00100");
  assert_text(address->town, "Helsinki");
}

static void an_addresss_postcode_is_no_proof_unasked(void **state) {
  understood *u = *state;
  understand(u, FI, "uusi osoite on Mäkitie 3, 00100 Helsinki");
  assert_false(has(u, LK_ENTITY_POSTCODE));
  assert_false(has(u, LK_ENTITY_QUANTITY));
}

typedef struct date_case {
  lk_lang lang;
  const char *message;
  lk_date from, to;
} date_case;

#define DAY(y, m, d) \
  {y, m, d}, { y, m, d }

static void dates_are_said_in_many_ways(void **state) {
  static const date_case cases[] = {
      {FI, "huomenna", DAY(2026, 11, 23)},
      {FI, "ylihuomenna", DAY(2026, 11, 24)},
      {FI, "eilen", DAY(2026, 11, 21)},
      {FI, "toissapäivänä", DAY(2026, 11, 20)},
      {FI, "tulee maanantaina", DAY(2026, 11, 23)},
      {FI, "ensi perjantaina", DAY(2026, 11, 27)},
      {FI, "lauantai-iltana", DAY(2026, 11, 28)},
      {FI, "parin päivän päästä", DAY(2026, 11, 24)},
      {FI, "viime perjantaina", DAY(2026, 11, 20)},
      {FI, "ensi viikon tiistaina", DAY(2026, 11, 24)},
      {FI, "viime viikolla", {2026, 11, 9}, {2026, 11, 15}},
      {FI, "tilasin viikko sitten", DAY(2026, 11, 15)},
      {FI, "kaksi viikkoa sitten", DAY(2026, 11, 8)},
      {FI, "3 päivää sitten", DAY(2026, 11, 19)},
      {FI, "viikon päästä", DAY(2026, 11, 29)},
      {FI, "kuukausi sitten", DAY(2026, 10, 22)},
      {FI, "24.12.", DAY(2026, 12, 24)},
      {FI, "24. joulukuuta", DAY(2026, 12, 24)},
      {FI, "joulukuun 24. päivä", DAY(2026, 12, 24)},
      {FI, "5.1.", DAY(2027, 1, 5)},
      {FI, "24.10.2025", DAY(2025, 10, 24)},
      {FI, "2026-12-01", DAY(2026, 12, 1)},
      {FI, "jouluaattona", DAY(2026, 12, 24)},
      {FI, "juhannuksena", DAY(2027, 6, 26)},
      {FI, "viime jouluna", DAY(2025, 12, 25)},
      {FI, "viikolla 48", {2026, 11, 23}, {2026, 11, 29}},
      {SV, "i morgon", DAY(2026, 11, 23)},
      {SV, "i övermorgon", DAY(2026, 11, 24)},
      {SV, "på fredag", DAY(2026, 11, 27)},
      {SV, "i fredags", DAY(2026, 11, 20)},
      {SV, "förra veckan", {2026, 11, 9}, {2026, 11, 15}},
      {SV, "för två veckor sedan", DAY(2026, 11, 8)},
      {SV, "om en vecka", DAY(2026, 11, 29)},
      {SV, "den 24 december", DAY(2026, 12, 24)},
      {SV, "på julafton", DAY(2026, 12, 24)},
      {EN, "tomorrow", DAY(2026, 11, 23)},
      {EN, "the day after tomorrow", DAY(2026, 11, 24)},
      {EN, "next Friday", DAY(2026, 11, 27)},
      {EN, "last week", {2026, 11, 9}, {2026, 11, 15}},
      {EN, "two weeks ago", DAY(2026, 11, 8)},
      {EN, "a week ago", DAY(2026, 11, 15)},
      {EN, "in three days", DAY(2026, 11, 25)},
      {EN, "December 24th", DAY(2026, 12, 24)},
      {EN, "the 3rd of January", DAY(2027, 1, 3)},
  };
  understood *u = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    understand(u, cases[i].lang, cases[i].message);
    const lk_entity *date = only(u, LK_ENTITY_DATE);
    if (lk_date_compare(date->date, cases[i].from) != 0 || lk_date_compare(date->date_end, cases[i].to) != 0)
      fail_msg("\"%s\" is %d-%d-%d … %d-%d-%d", cases[i].message, date->date.year, date->date.month, date->date.day,
               date->date_end.year, date->date_end.month, date->date_end.day);
  }
}

static void a_question_about_the_past_makes_days_past(void **state) {
  understood *u = *state;
  u->options.past = true;
  understand(u, FI, "huomasin vian maanantaina");
  assert_int_equal(only(u, LK_ENTITY_DATE)->date.day, 16);
  understand(u, FI, "jouluna");
  assert_int_equal(only(u, LK_ENTITY_DATE)->date.year, 2025);
  understand(u, FI, "ensi maanantaina");
  assert_int_equal(only(u, LK_ENTITY_DATE)->date.day, 23);
  u->options.past = false;
}

static void prices_times_and_idioms_are_no_dates(void **state) {
  static const text_case cases[] = {
      {FI, "12,90 €", NULL}, {FI, "klo 14.30", NULL}, {FI, "auki 24/7", NULL}, {FI, "31.2.", NULL},
      {FI, "12.90", NULL},   {EN, "may I ask", NULL}, {FI, "", NULL},
  };
  understood *u = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    understand(u, cases[i].lang, cases[i].message);
    const lk_entity *date = lk_entities_best(&u->entities, LK_ENTITY_DATE);
    if (date && date->confidence >= 0.5f) fail_msg("\"%s\" has a date", cases[i].message);
  }
}

static void without_a_known_day_relative_dates_are_left_out(void **state) {
  understood *u = *state;
  lk_date today = u->options.today;
  u->options.today = (lk_date){0, 0, 0};
  understand(u, FI, "huomenna tai 24.12. tai 24.12.2026");
  assert_int_equal(only(u, LK_ENTITY_DATE)->date.year, 2026);
  assert_int_equal(u->entities.items[u->entities.count - 1].type, LK_ENTITY_DATE);
  u->options.today = today;
}

typedef struct number_case {
  lk_lang lang;
  const char *message;
  int64_t value; /* -1: none */
} number_case;

static void check_numbers(understood *u, lk_entity_type type, const number_case *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    understand(u, cases[i].lang, cases[i].message);
    if (cases[i].value < 0) {
      const lk_entity *entity = lk_entities_best(&u->entities, type);
      if (entity && entity->confidence >= 0.5f) fail_msg("\"%s\" has a %s", cases[i].message, lk_entity_type_name(type));
      continue;
    }
    int64_t number = only(u, type)->number;
    if (number != cases[i].value) fail_msg("\"%s\" is %d", cases[i].message, (int)number);
  }
}
#define CHECK_NUMBERS(u, type, cases) check_numbers(u, type, cases, sizeof cases / sizeof *cases)

static void quantities_are_figures_or_words(void **state) {
  static const number_case cases[] = {
      {FI, "3", 3},
      {FI, "laita niitä kolme", 3},
      {FI, "kaks", 2},
      {FI, "kolme kappaletta", 3},
      {FI, "3kpl", 3},
      {FI, "tusina", 12},
      {FI, "pari", 2},
      {FI, "kahta kappaletta", 2},
      {FI, "kaksikymmentäviisi", 25},
      {FI, "2x", 2},
      {SV, "två stycken", 2},
      {SV, "ett par", 2},
      {SV, "3 st", 3},
      {SV, "tjugofem", 25},
      {EN, "three", 3},
      {EN, "a dozen", 12},
      {EN, "twenty five pieces", 25},
      {EN, "a couple of them", 2},
      {FI, "3 viikkoa", -1},
      {FI, "100234", -1},
      {FI, "00100", -1},
      {FI, "Mäkitie 3", -1},
  };
  CHECK_NUMBERS(*state, LK_ENTITY_QUANTITY, cases);
}

static void amounts_are_cents(void **state) {
  static const number_case cases[] = {
      {FI, "12,90 €", 1290},    {FI, "maksoin 20e", 2000},         {FI, "1 299,00 €", 129900},
      {FI, "€15", 1500},        {FI, "viisikymmentä euroa", 5000}, {FI, "50 senttiä", 50},
      {SV, "12,50 euro", 1250}, {EN, "twenty euros", 2000},        {EN, "EUR 30", 3000},
      {FI, "12 kpl", -1},
  };
  CHECK_NUMBERS(*state, LK_ENTITY_AMOUNT, cases);
}

static void sizes_are_letters_or_figures(void **state) {
  static const text_case cases[] = {
      {FI, "koko M", "M"},  {FI, "vaihdan xl kokoon", "XL"}, {FI, "koossa 42", "42"}, {FI, "128 cm", "128"},
      {FI, "42,5", "42.5"}, {FI, "koko 42:n tilalle", "42"}, {FI, "M-koko", "M"},     {SV, "storlek S", "S"},
      {SV, "stl 38", "38"}, {EN, "size large", "L"},         {EN, "in XXL", "XXL"},   {EN, "2XL", "2XL"},
  };
  CHECK_TEXTS(*state, LK_ENTITY_SIZE, cases);
}

static void yes_and_no_have_many_forms(void **state) {
  static const number_case cases[] = {
      {FI, "joo", 1},
      {FI, "Juu!", 1},
      {FI, "jep", 1},
      {FI, "kyllä kiitos", 1},
      {FI, "ok", 1},
      {FI, "no joo", 1},
      {FI, "tottakai", 1},
      {FI, "sopii", 1},
      {FI, "ilman muuta", 1},
      {FI, "joo tee se", 1},
      {FI, "juu peru vaan", 1},
      {FI, "no en kyllä", 0},
      {EN, "no, don't cancel it", 0},
      {FI, "ei", 0},
      {FI, "en", 0},
      {FI, "ei kiitos", 0},
      {FI, "äläpä", 0},
      {FI, "no ei", 0},
      {FI, "ei missään nimessä", 0},
      {FI, "joo ei", 0},
      {FI, "en sittenkään", 0},
      {FI, "ei, älä peru", 0},
      {SV, "ja", 1},
      {SV, "jo", 1},
      {SV, "japp", 1},
      {SV, "ja tack", 1},
      {SV, "okej", 1},
      {SV, "nej", 0},
      {SV, "nä", 0},
      {SV, "nej tack", 0},
      {SV, "absolut inte", 0},
      {EN, "yes", 1},
      {EN, "yep", 1},
      {EN, "sure", 1},
      {EN, "yes please", 1},
      {EN, "that's right", 1},
      {EN, "no", 0},
      {EN, "nope", 0},
      {EN, "no thanks", 0},
      {EN, "don't do it", 0},
      {FI, "missä pakettini on", -1},
      {FI, "haluan vaihtaa osoitteen", -1},
      {FI, "joo mutta muuta osoite ensin", -1},
  };
  CHECK_NUMBERS(*state, LK_ENTITY_YES_NO, cases);
}

static void commands_are_the_whole_message(void **state) {
  static const number_case cases[] = {
      {FI, "peruuta", LK_COMMAND_CANCEL},
      {FI, "unohda koko juttu", LK_COMMAND_CANCEL},
      {FI, "takaisin", LK_COMMAND_BACK},
      {FI, "aloita alusta", LK_COMMAND_RESTART},
      {FI, "apua", LK_COMMAND_HELP},
      {FI, "ihminen", LK_COMMAND_PERSON},
      {FI, "en tiedä", LK_COMMAND_SKIP},
      {SV, "avbryt", LK_COMMAND_CANCEL},
      {SV, "gå tillbaka", LK_COMMAND_BACK},
      {SV, "börja om", LK_COMMAND_RESTART},
      {SV, "vet inte", LK_COMMAND_SKIP},
      {EN, "never mind", LK_COMMAND_CANCEL},
      {EN, "go back", LK_COMMAND_BACK},
      {EN, "start over please", LK_COMMAND_RESTART},
      {EN, "I don't know", LK_COMMAND_SKIP},
      {FI, "peruuta tilaus 100234", -1},
      {FI, "joo, peru se", -1},
      {FI, "haluan lähettää paketin takaisin", -1},
      {EN, "cancel my order", -1},
  };
  CHECK_NUMBERS(*state, LK_ENTITY_COMMAND, cases);
}

static void choices_are_numbers_ordinals_or_words(void **state) {
  static const lk_view labels[] = {
      {"Missä tilaukseni on?", 21}, {"Paljonko toimitus maksaa?", 25}, {"Miten palautan tuotteen?", 24}};
  static const number_case cases[] = {
      {FI, "2", 2},
      {FI, "kakkonen", 2},
      {FI, "se toinen", 2},
      {FI, "vaihtoehto 3", 3},
      {FI, "viimeinen", 3},
      {FI, "eka", 1},
      {FI, "palautus siis, miten palautan", 3},
      {FI, "toimituksen hinta, paljonko maksaa", 2},
      {FI, "paljonko toimtius maksaa", 2},
      {FI, "jokin muu", 0},
      {FI, "ei mikään näistä", 0},
      {FI, "7", -1},
      {FI, "onko teillä kanootteja", -1},
      {SV, "den andra", 2},
      {SV, "inget av dessa", 0},
      {EN, "the second one", 2},
      {EN, "something else", 0},
  };
  understood *u = *state;
  u->options.choices = labels;
  u->options.choice_count = 3;
  CHECK_NUMBERS(u, LK_ENTITY_CHOICE, cases);
  u->options.choice_count = 0;
  understand(u, FI, "2");
  assert_false(has(u, LK_ENTITY_CHOICE));
}

static lk_code find_tent(void *self, lk_view text, lk_product_hit *hits, size_t limit, size_t *count, lk_arena *arena,
                         lk_error *err) {
  (void)arena;
  (void)err;
  snprintf(self, 256, "%.*s", LK_FMT(text));
  *count = limit > 0 && strstr(self, "Halti") ? 1 : 0;
  hits[0] = (lk_product_hit){LK_LIT("T-1"), LK_LIT("Teltta Halti 3"), 0.9};
  return LK_OK;
}

static void products_are_looked_up_with_what_is_left_of_the_message(void **state) {
  understood *u = *state;
  char asked[256] = "";
  lk_product_finder finder = {find_tent, asked};
  u->options.products = &finder;
  understand(u, FI, "lisää teltat Halti tilaukseen 100234");
  u->options.products = NULL;
  const lk_entity *product = only(u, LK_ENTITY_PRODUCT);
  assert_text(product->text, "T-1");
  assert_int_equal(product->first_word, 1);
  assert_int_equal(product->past_word, 3);
  assert_null(strstr(asked, "100234"));
}

static void other_readings_stay_available(void **state) {
  understood *u = *state;
  understand(u, FI, "42");
  bool size = false, quantity = false;
  for (size_t i = 0; i < u->entities.count; i++) {
    size = size || u->entities.items[i].type == LK_ENTITY_SIZE;
    quantity = quantity || u->entities.items[i].type == LK_ENTITY_QUANTITY;
  }
  assert_true(size && quantity);
  assert_true(has(u, LK_ENTITY_SIZE) != has(u, LK_ENTITY_QUANTITY));
}

static void places_are_bytes_and_words_of_the_message(void **state) {
  understood *u = *state;
  understand(u, FI, "Tässä: tilaus nro 100 234, äiti");
  const lk_entity *order = only(u, LK_ENTITY_ORDER);
  assert_memory_equal(u->text.ptr + order->start, "100 234", order->end - order->start);
  assert_text(u->analysis.words[order->lead_word].token.text, "nro");
  assert_true(order->lead_word < order->first_word && order->first_word < order->past_word);
}

static void any_bytes_are_read_in_bounded_time(void **state) {
  understood *u = *state;
  char *text = malloc(20001);
  assert_non_null(text);
  static const char *const pieces[] = {"0 0 0 ", "\xFF\xC3",  "1.1.1.", "+0-0", "@a ",
                                       "ei ",    "a\xCC\x88", "12 34 ", "(",    "tie 1 "};
  for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
    size_t length = 0, piece = strlen(pieces[p]);
    while (length + piece <= 20000) memcpy(text + length, pieces[p], piece), length += piece;
    text[length] = '\0';
    understand(u, LK_LANG_FI, text);
    lk_arena_reset(u->arena);
  }
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(order_numbers_are_found_however_they_are_written),
      cmocka_unit_test(the_form_of_order_numbers_is_the_shops),
      cmocka_unit_test(email_addresses_are_found_also_spelt_out),
      cmocka_unit_test(phone_numbers_become_international),
      cmocka_unit_test(postcodes_are_five_figures_that_a_place_can_have),
      cmocka_unit_test(street_addresses_are_found_with_what_belongs_to_them),
      cmocka_unit_test(an_addresss_postcode_is_no_proof_unasked),
      cmocka_unit_test(dates_are_said_in_many_ways),
      cmocka_unit_test(a_question_about_the_past_makes_days_past),
      cmocka_unit_test(prices_times_and_idioms_are_no_dates),
      cmocka_unit_test(without_a_known_day_relative_dates_are_left_out),
      cmocka_unit_test(quantities_are_figures_or_words),
      cmocka_unit_test(amounts_are_cents),
      cmocka_unit_test(sizes_are_letters_or_figures),
      cmocka_unit_test(yes_and_no_have_many_forms),
      cmocka_unit_test(commands_are_the_whole_message),
      cmocka_unit_test(choices_are_numbers_ordinals_or_words),
      cmocka_unit_test(products_are_looked_up_with_what_is_left_of_the_message),
      cmocka_unit_test(other_readings_stay_available),
      cmocka_unit_test(places_are_bytes_and_words_of_the_message),
      cmocka_unit_test(any_bytes_are_read_in_bounded_time),
  };
  return cmocka_run_group_tests(tests, understood_set_up, understood_tear_down);
}
