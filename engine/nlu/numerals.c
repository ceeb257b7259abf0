/* What is written in figures: order numbers, phone numbers, postcodes, amounts of money, sizes, quantities, dates. Scanned in the bytes of the message, since
 * customers part figures with spaces, hyphens and points where no rule of tokens would. */
#include <stdio.h>

#include "nlu/entity.h"

size_t lk_digits_end(lk_view text, size_t at) {
  while (lk_is_digit(lk_byte(text, at))) at++;
  return at;
}

long lk_number_of(lk_view text, size_t from, size_t to) {
  long n = 0;
  for (size_t i = from; i < to && i < from + 9; i++) n = n * 10 + (text.ptr[i] - '0');
  return n;
}

static bool joins(char c) { return c == '.' || c == ',' || c == ':' || c == '/' || c == '-'; }

bool lk_stands_before(lk_view text, size_t at) {
  if (at == 0) return true;
  if (lk_is_wordly(text.ptr[at - 1])) return false;
  return !(at >= 2 && joins(text.ptr[at - 1]) && lk_is_digit(text.ptr[at - 2]));
}

bool lk_stands_behind(lk_view text, size_t at) {
  if (lk_is_wordly(lk_byte(text, at))) return false;
  return !(joins(lk_byte(text, at)) && lk_is_digit(lk_byte(text, at + 1)));
}

/* The reading's place of the word that has the byte `at`, or of the next one. */
static uint32_t place_at(const lk_finder *finder, size_t at) {
  const lk_analysis *analysis = finder->reading.analysis;
  uint32_t low = 0, high = (uint32_t)analysis->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (analysis->words[middle].token.end <= at)
      low = middle + 1;
    else
      high = middle;
  }
  return lk_reading_place(&finder->reading, low);
}

/* ---- Order numbers ---- */

typedef struct form_match {
  size_t end;
  char text[64];
  size_t length;
  bool spaced;
} form_match;

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c; }

/* Figures may be parted into groups of two and more; marks of the form may be left out. */
static bool match_form(lk_view form, lk_view text, size_t at, form_match *out) {
  size_t group = 0, start = at;
  *out = (form_match){.end = at};
  for (size_t f = 0; f < form.len && out->length + 1 < sizeof out->text; f++) {
    char want = form.ptr[f], have = lk_byte(text, at);
    if (want == '#') {
      bool parted = (have == ' ' || have == '-') && lk_is_digit(lk_byte(text, at + 1)) && f > 0 && form.ptr[f - 1] == '#';
      if (parted && group >= 2 && lk_is_digit(lk_byte(text, at + 2))) {
        out->spaced = true;
        group = 0;
        have = lk_byte(text, ++at);
      }
      if (!lk_is_digit(have)) return false;
      group++;
    } else if (lk_is_wordly(want)) {
      if (lower(have) != lower(want)) return false;
    } else if (have != want && !(have == ' ' && at > start)) {
      out->text[out->length++] = want;
      continue;
    }
    out->text[out->length++] = want == '#' ? have : want;
    at++;
  }
  out->end = at;
  return at > start;
}

static bool follows_order_word(const lk_finder *finder, uint32_t place) {
  for (uint32_t back = 1; back <= 2 && back <= place; back++)
    for (uint32_t i = 0; i < finder->reading.items[place - back].hit_count; i++) {
      lk_word_kind kind = finder->reading.items[place - back].hits[i].phrase->kind;
      if (kind == LK_KIND_ORDER_WORD || kind == LK_KIND_ORDER_LEAD) return true;
    }
  return false;
}

static void add_lead(lk_finder *finder, lk_entity *entity, uint32_t place, lk_word_kind kind) {
  if (place > 0 && place <= finder->reading.count && lk_reading_hit(&finder->reading, place - 1, kind))
    lk_finder_lead(finder, entity, place - 1);
}

static void try_order(lk_finder *finder, size_t at) {
  lk_view form = finder->options->order_number.len ? finder->options->order_number : LK_LIT("######"), text = finder->text;
  form_match m;
  bool figures_first = form.ptr[0] == '#';
  if (figures_first ? !lk_is_digit(lk_byte(text, at)) : lower(lk_byte(text, at)) != lower(form.ptr[0])) return;
  bool hash = at > 0 && text.ptr[at - 1] == '#';
  if (!match_form(form, text, at, &m) || !lk_stands_before(text, at) || !lk_stands_behind(text, m.end)) return;
  if (m.spaced && (lk_is_digit(lk_byte(text, m.end + 1)) || (at >= 2 && lk_is_digit(text.ptr[at - 2])))) return;
  uint32_t place = place_at(finder, at);
  float confidence = hash || follows_order_word(finder, place) ? 0.99f : m.spaced ? 0.7f : 0.9f;
  lk_entity *entity = lk_finder_add(finder, LK_ENTITY_ORDER, at - (hash ? 1 : 0), m.end, confidence);
  entity->text = lk_finder_copy(finder, (lk_view){m.text, m.length});
  add_lead(finder, entity, place, LK_KIND_ORDER_LEAD);
}

/* ---- Phone numbers ---- */

typedef struct phone {
  char digits[24];
  size_t count, end;
} phone;

static bool part_of_phone(char c) { return c == ' ' || c == '-' || c == '(' || c == ')' || c == '/'; }

/* Takes groups of figures until there are `enough`, never more than `most`. */
static void take_groups(lk_view text, size_t at, size_t enough, size_t most, phone *out) {
  for (;;) {
    size_t end = lk_digits_end(text, at), length = end - at;
    if (!length || out->count + length > most) return;
    memcpy(out->digits + out->count, text.ptr + at, length);
    out->count += length;
    out->end = at = end;
    if (out->count >= enough) return;
    while (at < end + 2 && part_of_phone(lk_byte(text, at))) at++;
    if (at == end) return;
    size_t next = lk_digits_end(text, at) - at;
    if (next < 2 || next > 8) return;
  }
}

static void add_phone(lk_finder *finder, size_t at, const phone *p, const char *country, size_t skip, float confidence) {
  char text[40];
  int length = snprintf(text, sizeof text, "+%s%.*s", country, (int)(p->count - skip), p->digits + skip);
  lk_entity *entity = lk_finder_add(finder, LK_ENTITY_PHONE, at, p->end, confidence);
  if (length > 0) entity->text = lk_finder_copy(finder, (lk_view){text, (size_t)length});
}

static void try_phone(lk_finder *finder, size_t at) {
  lk_view text = finder->text;
  phone p = {.end = at};
  if (lk_byte(text, at) == '+' && lk_is_digit(lk_byte(text, at + 1))) {
    bool finnish = text.len >= at + 4 && memcmp(text.ptr + at, "+358", 4) == 0;
    take_groups(text, at + 1, finnish ? 12 : 11, 15, &p);
    if (p.count < 8 || !lk_stands_behind(text, p.end)) return;
    size_t zero = finnish && p.digits[3] == '0' ? 4 : 3; /* +358 (0)40 */
    add_phone(finder, at, &p, finnish ? "358" : "", finnish ? zero : 0, 0.97f);
    return;
  }
  if (lk_byte(text, at) != '0' || !lk_stands_before(text, at)) return;
  if (lk_byte(text, at + 1) == '0' && lk_byte(text, at + 2) != '0' && lk_is_digit(lk_byte(text, at + 2))) {
    take_groups(text, at, 13, 17, &p);
    if (p.count >= 11 && lk_stands_behind(text, p.end)) add_phone(finder, at, &p, "", 2, 0.9f);
    return;
  }
  bool mobile = lk_byte(text, at + 1) == '4' || (lk_byte(text, at + 1) == '5' && lk_byte(text, at + 2) == '0');
  take_groups(text, at, mobile ? 10 : 9, 11, &p);
  if (p.count < (mobile ? 9u : 7u) || !lk_stands_behind(text, p.end)) return;
  add_phone(finder, at, &p, "358", 1, mobile ? 0.95f : p.count >= 8 ? 0.75f : 0.6f);
}

/* ---- Postcodes ---- */

/* Homes and firms have codes that end in 0 or 5, post office boxes in 1; 00000 to 00099 are not in use. */
float lk_postcode_confidence(lk_view digits) {
  if (digits.len != 5 || lk_number_of(digits, 0, 5) < 100) return 0;
  char last = digits.ptr[4];
  return last == '0' || last == '5' ? 0.9f : last == '1' ? 0.8f : 0.6f;
}

static void try_postcode(lk_finder *finder, size_t at) {
  lk_view text = finder->text;
  size_t end = lk_digits_end(text, at);
  bool prefixed = at >= 3 && (memcmp(text.ptr + at - 3, "FI-", 3) == 0 || memcmp(text.ptr + at - 3, "fi-", 3) == 0);
  if (!prefixed && !lk_stands_before(text, at)) return;
  if (end - at == 5 && lk_stands_behind(text, end)) {
    float confidence = lk_postcode_confidence((lk_view){text.ptr + at, 5});
    if (confidence <= 0) return;
    lk_entity *entity = lk_finder_add(finder, LK_ENTITY_POSTCODE, at - (prefixed ? 3 : 0), end, prefixed ? 0.97f : confidence);
    entity->text = lk_finder_copy(finder, (lk_view){text.ptr + at, 5});
    return;
  }
  /* "123 45" as in Sweden */
  size_t second = end + 1, stop = lk_digits_end(text, second);
  if (end - at != 3 || lk_byte(text, end) != ' ' || stop - second != 2 || !lk_stands_behind(text, stop) || text.ptr[at] == '0')
    return;
  if (lk_is_digit(lk_byte(text, stop + 1))) return;
  lk_entity *entity = lk_finder_add(finder, LK_ENTITY_POSTCODE, at, stop, 0.5f);
  entity->text = lk_finder_copy(finder, (lk_view){text.ptr + at, stop - at});
}

/* ---- Money ---- */

typedef struct decimal {
  long whole, hundredths;
  size_t end;
} decimal;

/* 12  12,90  12.9  1 299,00  20,- */
static decimal read_decimal(lk_view text, size_t at) {
  size_t end = lk_digits_end(text, at);
  decimal d = {lk_number_of(text, at, end), 0, end};
  while (end - at <= 3 && lk_byte(text, end) == ' ' && lk_digits_end(text, end + 1) == end + 4 && d.whole < 1000000) {
    d.whole = d.whole * 1000 + lk_number_of(text, end + 1, end + 4);
    at = end + 1;
    d.end = end = end + 4;
  }
  char mark = lk_byte(text, end);
  size_t stop = lk_digits_end(text, end + 1);
  if ((mark == ',' || mark == '.') && (stop - end == 2 || stop - end == 3)) {
    d.hundredths = lk_number_of(text, end + 1, stop) * (stop - end == 2 ? 10 : 1);
    d.end = stop;
  } else if (mark == ',' && lk_byte(text, end + 1) == '-') {
    d.end = end + 2;
  }
  return d;
}

static bool starts_word(lk_view text, size_t at, const char *word, bool whole) {
  size_t length = strlen(word);
  for (size_t i = 0; i < length; i++)
    if (lower(lk_byte(text, at + i)) != word[i]) return false;
  return !whole || !lk_is_wordly(lk_byte(text, at + length));
}

static size_t word_end(lk_view text, size_t at) {
  while (lk_is_wordly(lk_byte(text, at))) at++;
  return at;
}

/* The end of a euro sign or word at `at`, or 0; *cents is what one is worth. */
static size_t currency_end(lk_view text, size_t at, bool attached, long *cents) {
  *cents = 100;
  if (starts_word(text, at, "\xE2\x82\xAC", false)) return at + 3;
  if (starts_word(text, at, "euro", false) || starts_word(text, at, "eur", true)) return word_end(text, at);
  if (starts_word(text, at, "e", true) && (attached || !lk_is_letter(lk_byte(text, at + 1)))) return at + 1;
  *cents = 1;
  if (starts_word(text, at, "snt", true) || starts_word(text, at, "sentti", false) || starts_word(text, at, "cent", false))
    return word_end(text, at);
  return 0;
}

/* Bytes of a euro sign or "EUR" right before `at`, or before a space there; 0 for none. */
static size_t currency_before(lk_view text, size_t at) {
  size_t space = at > 0 && text.ptr[at - 1] == ' ' ? 1 : 0, start = at - space;
  if (start < 3) return 0;
  start -= 3;
  bool sign = starts_word(text, start, "\xE2\x82\xAC", false);
  bool code = starts_word(text, start, "eur", false) && (start == 0 || !lk_is_wordly(text.ptr[start - 1]));
  return sign || code ? at - start : 0;
}

static bool try_amount(lk_finder *finder, size_t at) {
  lk_view text = finder->text;
  size_t before = currency_before(text, at);
  if (!before && !lk_stands_before(text, at)) return false;
  decimal d = read_decimal(text, at);
  long cents = 100;
  size_t behind = lk_skip_spaces(text, d.end),
         end = behind <= d.end + 1 ? currency_end(text, behind, behind == d.end, &cents) : 0;
  if (!end && !before) return false;
  lk_entity *entity = lk_finder_add(finder, LK_ENTITY_AMOUNT, at - before, end ? end : d.end, 0.96f);
  entity->number = end && cents == 1 ? d.whole : d.whole * 100 + d.hundredths;
  return true;
}

/* ---- Dates in figures ---- */

static void add_date(lk_finder *finder, size_t at, size_t end, lk_date date, float confidence) {
  lk_entity *entity = lk_finder_add(finder, LK_ENTITY_DATE, at, end, confidence);
  entity->date = entity->date_end = date;
}

bool lk_date_nearest(lk_date today, int month, int day, lk_date *out) {
  bool known = lk_date_valid(today), found = false;
  int64_t best = 0;
  for (int year = known ? today.year - 1 : 2000; year <= (known ? today.year + 1 : 2000); year++) {
    lk_date date = {year, month, day};
    if (!lk_date_valid(date)) continue;
    int64_t away = known ? lk_date_days(date) - lk_date_days(today) : 0;
    int64_t distance = away < 0 ? -away : away;
    if (found && distance >= best) continue;
    found = true;
    best = distance;
    *out = date;
  }
  return found && known;
}

static bool after_clock(const lk_finder *finder, size_t at) {
  uint32_t place = place_at(finder, at);
  return place > 0 && lk_reading_hit(&finder->reading, place - 1, LK_KIND_CLOCK) && finder->reading.analysis->lang != LK_LANG_EN;
}

static void try_iso_date(lk_finder *finder, size_t at) {
  lk_date date;
  if (at + 10 <= finder->text.len && lk_date_parse((lk_view){finder->text.ptr + at, 10}, &date) &&
      lk_stands_behind(finder->text, at + 10))
    add_date(finder, at, at + 10, date, 0.98f);
}

/* 24.12.  24.12.2026  24.12.26  24/12/2026 */
static void try_date(lk_finder *finder, size_t at) {
  lk_view text = finder->text;
  size_t day = lk_digits_end(text, at);
  if (day - at == 4) return try_iso_date(finder, at);
  char mark = lk_byte(text, day);
  if (day - at > 2 || (mark != '.' && mark != '/') || !lk_stands_before(text, at)) return;
  size_t from = day + 1 + (mark == '.' && lk_byte(text, day + 1) == ' ' ? 1 : 0), month = lk_digits_end(text, from);
  if (month == from || month - from > 2 || after_clock(finder, at)) return;
  bool closed = lk_byte(text, month) == mark;
  if (from > day + 1 && !closed) return; /* "24. 12 kpl" */
  size_t year = closed ? lk_digits_end(text, month + 1) : month, end = closed && mark == '.' ? month + 1 : month;
  size_t figures = closed && year > month + 1 ? year - month - 1 : 0;
  lk_date date = {0, (int)lk_number_of(text, from, month), (int)lk_number_of(text, at, day)};
  if (figures == 4 || figures == 2) {
    date.year = (int)lk_number_of(text, month + 1, year) + (figures == 2 ? 2000 : 0);
    if (lk_date_valid(date) && lk_stands_behind(text, year)) add_date(finder, at, year, date, 0.98f);
    return;
  }
  if (figures || lk_is_wordly(lk_byte(text, end)) || (mark == '/' && date.day == 24 && date.month == 7)) return;
  if (!lk_date_nearest(finder->options->today, date.month, date.day, &date)) return;
  add_date(finder, at, end, date, closed ? 0.95f : mark == '.' ? 0.7f : 0.65f);
}

/* ---- Sizes and quantities ---- */

static const struct {
  const char *text;
  bool alone; /* written small it is a word of its own or a slip */
} letter_sizes[] = {{"xxxl", true}, {"xxl", true}, {"xl", true},  {"xxs", true}, {"xs", true},  {"s", false},   {"m", false},
                    {"l", false},   {"2xl", true}, {"3xl", true}, {"4xl", true}, {"5xl", true}, {"xxxxl", true}};

static void add_size(lk_finder *finder, uint32_t at, uint32_t past, lk_view text, float confidence) {
  lk_entity *entity = lk_finder_add_words(finder, LK_ENTITY_SIZE, at, past, confidence);
  char upper[16];
  size_t length = text.len < sizeof upper ? text.len : sizeof upper;
  for (size_t i = 0; i < length; i++) {
    char c = text.ptr[i];
    upper[i] = c >= 'a' && c <= 'z' ? (char)(c & ~32) : c == ',' ? '.' : c;
  }
  entity->text = lk_finder_copy(finder, (lk_view){upper, length});
  add_lead(finder, entity, at, LK_KIND_SIZE_LEAD);
}

static bool said_to_be_size(const lk_finder *finder, uint32_t at, uint32_t past) {
  return (at > 0 && lk_reading_hit(&finder->reading, at - 1, LK_KIND_SIZE_LEAD)) ||
         (past < finder->reading.count && lk_reading_hit(&finder->reading, past, LK_KIND_SIZE_TAIL));
}

/* The part of a token before an inflection or a compound: "42:n", "M-koko", "l:n". */
static lk_view head_of(lk_view text) {
  for (size_t i = 0; i < text.len; i++)
    if (text.ptr[i] == ':' || (text.ptr[i] == '-' && i + 1 < text.len && lk_is_letter(text.ptr[i + 1])))
      return (lk_view){text.ptr, i};
  return text;
}

static void try_letter_size(lk_finder *finder, uint32_t at) {
  lk_view text = lk_reading_token(&finder->reading, at)->text, head = head_of(text);
  if (!head.len || head.len > 5) return;
  for (size_t i = 0; i < sizeof letter_sizes / sizeof *letter_sizes; i++) {
    if (strlen(letter_sizes[i].text) != head.len || !starts_word(head, 0, letter_sizes[i].text, false)) continue;
    bool capital = head.ptr[0] >= 'A' && head.ptr[0] <= 'Z';
    bool said = said_to_be_size(finder, at, at + 1) || head.len < text.len;
    float confidence = said ? 0.95f : letter_sizes[i].alone ? 0.85f : capital ? 0.7f : 0.3f;
    add_size(finder, at, at + 1, head, confidence);
    return;
  }
}

static void try_word_size(lk_finder *finder, uint32_t at) {
  const lk_phrase_hit *hit = lk_reading_hit(&finder->reading, at, LK_KIND_SIZE);
  if (hit) add_size(finder, at, hit->past, hit->phrase->name, said_to_be_size(finder, at, hit->past) ? 0.9f : 0.4f);
}

/* 42  42,5  128 cm  42:n */
static void try_figure_size(lk_finder *finder, uint32_t at) {
  lk_view text = lk_reading_token(&finder->reading, at)->text, head = head_of(text);
  size_t end = lk_digits_end(head, 0);
  if (end < 2 || end > 3) return;
  bool half = end + 2 == head.len && (head.ptr[end] == ',' || head.ptr[end] == '.') && head.ptr[end + 1] == '5';
  bool centimetres = starts_word(head, end, "cm", true);
  long value = lk_number_of(head, 0, end);
  if (end < head.len && !half && !centimetres) return;
  uint32_t past = at + 1;
  if (!centimetres && past < finder->reading.count &&
      starts_word(lk_reading_token(&finder->reading, past)->text, 0, "cm", false)) {
    centimetres = true;
    past++;
  }
  bool shoe = value >= 16 && value <= 60, child = value >= 50 && value <= 200;
  float confidence = centimetres && child                     ? 0.9f
                     : said_to_be_size(finder, at, past)      ? 0.95f
                     : half && shoe                           ? 0.7f
                     : value >= 34 && value <= 50             ? 0.4f
                     : child && value % 6 == 2 && value < 177 ? 0.35f
                                                              : 0;
  if (confidence > 0 && (shoe || child)) add_size(finder, at, past, (lk_view){head.ptr, half ? head.len : end}, confidence);
}

static bool counts(const lk_finder *finder, uint32_t past) {
  return lk_reading_hit(&finder->reading, past, LK_KIND_PIECE) != NULL;
}

/* "3kpl", "3x", "x3" in one piece */
static bool try_joined_quantity(lk_finder *finder, uint32_t at) {
  lk_view text = lk_reading_token(&finder->reading, at)->text;
  size_t from = lower(lk_byte(text, 0)) == 'x' ? 1 : 0, end = lk_digits_end(text, from);
  if (end == from || end - from > 4 || (end == text.len && from == 0)) return false;
  bool times = from ? end == text.len : starts_word(text, end, "x", true) || starts_word(text, end, "\xC3\x97", false);
  bool pieces = !from && (starts_word(text, end, "kpl", false) || starts_word(text, end, "st", true) ||
                          starts_word(text, end, "pcs", true));
  if (!times && !pieces) return false;
  lk_finder_add_words(finder, LK_ENTITY_QUANTITY, at, at + 1, 0.93f)->number = lk_number_of(text, from, end);
  return true;
}

static void try_quantity(lk_finder *finder, uint32_t at) {
  long value;
  uint32_t past;
  bool vague;
  if (try_joined_quantity(finder, at) || !lk_number_at(finder, at, &value, &past, &vague) || value < 0 || value > 9999) return;
  const lk_phrase_hit *euro = lk_reading_hit(&finder->reading, past, LK_KIND_EURO);
  if (euro) {
    lk_finder_add_words(finder, LK_ENTITY_AMOUNT, at, euro->past, 0.95f)->number = value * euro->phrase->value;
    return;
  }
  bool piece = counts(finder, past), period = lk_reading_hit(&finder->reading, past, LK_KIND_PERIOD) != NULL;
  bool times = past < finder->reading.count && lk_view_eq(finder->reading.items[past].keys[0], LK_LIT("x"));
  float confidence = piece ? 0.95f : times ? 0.9f : period ? 0.1f : vague ? 0.25f : 0.5f;
  lk_finder_add_words(finder, LK_ENTITY_QUANTITY, at, piece || times ? past + 1 : past, confidence)->number = value;
}

static void try_spoken_amount(lk_finder *finder, uint32_t at) {
  const lk_phrase_hit *hit = lk_reading_hit(&finder->reading, at, LK_KIND_AMOUNT);
  if (hit) lk_finder_add_words(finder, LK_ENTITY_AMOUNT, at, hit->past, 0.6f)->number = hit->phrase->value;
}

/* ---- All of them ---- */

void lk_find_numerals(lk_finder *finder) {
  lk_view text = finder->text;
  size_t amount_end = 0;
  for (size_t at = 0; at < text.len; at++) {
    char c = text.ptr[at];
    bool fresh = at == 0 || !lk_is_digit(text.ptr[at - 1]);
    if (!fresh || (!lk_is_digit(c) && c != '+' && !lk_is_letter(c))) continue;
    try_order(finder, at);
    if (c == '+' || c == '0') try_phone(finder, at);
    if (!lk_is_digit(c)) continue;
    try_postcode(finder, at);
    if (at >= amount_end && try_amount(finder, at)) amount_end = read_decimal(text, at).end;
    try_date(finder, at);
  }
  for (uint32_t at = 0; at < finder->reading.count; at++) {
    try_letter_size(finder, at);
    try_word_size(finder, at);
    try_figure_size(finder, at);
    try_quantity(finder, at);
    try_spoken_amount(finder, at);
  }
}
