/* One walk over the text. At each place where a word may begin, the matchers are asked in turn; each returns how many bytes it takes. They look ahead a
 * bounded distance only, so that a megabyte of almost-addresses takes linear time. */
#include "luukku/mask.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/utf8.h"

enum { MOST_LOCAL_PART = 64, MOST_DOMAIN = 255 /* RFC 5321, 4.5.3.1 */, MOST_STREET = 60, MOST_CARD = 19, MOST_PHONE = 15 };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_alnum(char c) { return is_digit(c) || is_ascii_letter(c); }
static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }
static char at(lk_view t, size_t i) { return i < t.len ? t.ptr[i] : '\0'; }

/* Bytes of the letter at `i` (ASCII, Latin-1, Latin Extended and combining marks), or 0. Dashes, quotes and spaces beyond ASCII are no letters. */
static size_t letter(lk_view t, size_t i) {
  if (i >= t.len) return 0;
  if (is_ascii_letter(t.ptr[i])) return 1;
  if ((unsigned char)t.ptr[i] < 0x80) return 0;
  size_t end = i;
  uint32_t c = lk_utf8_next(t, &end);
  return c >= 0xC0 && c <= 0x36F && c != 0xD7 && c != 0xF7 ? end - i : 0;
}

static bool letter_before(lk_view t, size_t i) {
  size_t start = i;
  while (start > 0 && i - start < 4 && ((unsigned char)t.ptr[--start] & 0xC0) == 0x80) {
  }
  return start < i && letter(t, start) == i - start;
}

static bool word_begins(lk_view t, size_t i) { return i == 0 || (!is_digit(t.ptr[i - 1]) && !letter_before(t, i)); }
static bool word_ends(lk_view t, size_t i) { return !is_digit(at(t, i)) && !letter(t, i); }

/* A number begins here, and not the middle of a code (FI-2024-00123) or of another number (1.234). */
static bool number_begins(lk_view t, size_t i) {
  if (!word_begins(t, i)) return false;
  if (i < 2) return true;
  char before = t.ptr[i - 1];
  if (before == '-' || before == '_' || before == '/') return !is_digit(t.ptr[i - 2]) && !letter_before(t, i - 1);
  return !((before == '.' || before == ',') && is_digit(t.ptr[i - 2]));
}

/* Bytes of a space (also a no-break one) at `i`. */
static size_t space(lk_view t, size_t i) {
  if (at(t, i) == ' ') return 1;
  return at(t, i) == '\xC2' && at(t, i + 1) == '\xA0' ? 2 : 0;
}

/* Bytes of a hyphen in any of the forms that keyboards and word processors make of it. */
static size_t hyphen(lk_view t, size_t i) {
  if (at(t, i) == '-') return 1;
  if (at(t, i) != '\xE2') return 0;
  bool dash = at(t, i + 1) == '\x80' && (unsigned char)at(t, i + 2) >= 0x90 && (unsigned char)at(t, i + 2) <= 0x93;
  bool minus = at(t, i + 1) == '\x88' && at(t, i + 2) == '\x92';
  return dash || minus ? 3 : 0;
}

/* ---- E-mail ---- */

static size_t email_mark(lk_view t, size_t i) {
  static const char *const marks[] = {"@", "(at)", "[at]", "(ät)", "[ät]", "(AT)", "[AT]"};
  for (size_t m = 0; m < sizeof marks / sizeof *marks; m++) {
    size_t len = strlen(marks[m]);
    if (i + len <= t.len && memcmp(t.ptr + i, marks[m], len) == 0) return len;
  }
  return 0;
}

static size_t label(lk_view t, size_t i) {
  size_t start = i, more;
  while (i - start < MOST_DOMAIN && (more = is_digit(at(t, i)) || at(t, i) == '-' ? 1 : letter(t, i)) > 0) i += more;
  return i - start;
}

static bool is_local_mark(char c) { return is_digit(c) || (c && strchr("._%+-'", c)); }

static size_t email(lk_view t, size_t i) {
  size_t start = i, more;
  if (!word_begins(t, i)) return 0;
  while (i - start <= MOST_LOCAL_PART && (more = is_local_mark(at(t, i)) ? 1 : letter(t, i)) > 0) i += more;
  size_t mark = email_mark(t, i);
  if (i == start || i - start > MOST_LOCAL_PART || !mark) return 0;
  i += mark;
  size_t labels = 0, domain = i, end = 0;
  while (i - domain < MOST_DOMAIN && (more = label(t, i)) > 0) {
    i += more;
    if (++labels >= 2 && more >= 2) end = i;
    if (at(t, i) != '.') break;
    i++;
  }
  return end ? end - start : 0;
}

/* ---- IBAN (ISO 13616: the check digits make the rearranged number 1 modulo 97) ---- */

static size_t iban_length(const char country[2]) {
  static const char lengths[] =
      "FI18SE24EE20DK18NO15DE22LV21LT20GB22NL18FR27ES24IT27PL28BE16AT20CH21IE22PT25IS26LU20CZ24SK24HU28GR27HR21SI19RO24BG22CY28MT"
      "31";
  for (size_t i = 0; i + 4 < sizeof lengths; i += 4) {
    if (memcmp(lengths + i, country, 2) == 0) return (size_t)(lengths[i + 2] - '0') * 10 + (size_t)(lengths[i + 3] - '0');
  }
  return 0;
}

static bool iban_holds(const char *text, size_t len) {
  unsigned rest = 0;
  for (size_t i = 0; i < len; i++) {
    char c = text[(i + 4) % len];
    rest = (is_digit(c) ? rest * 10 + (unsigned)(c - '0') : rest * 100 + (unsigned)(c - 'A') + 10) % 97;
  }
  return rest == 1;
}

static size_t iban(lk_view t, size_t i) {
  enum { MOST = 34, LEAST = 15 };
  char text[MOST];
  size_t count = 0, best = 0, start = i;
  if (!word_begins(t, i) || !is_ascii_letter(at(t, i)) || !is_ascii_letter(at(t, i + 1))) return 0;
  size_t known = 0;
  while (count < MOST) {
    size_t gap = count >= 2 ? space(t, i) : 0;
    if (!is_alnum(at(t, i + gap)) || ((count == 2 || count == 3) && !is_digit(at(t, i + gap)))) break;
    text[count++] = upper(t.ptr[i + gap]);
    i += gap + 1;
    if (count == 2) known = iban_length(text);
    bool whole = known ? count == known : count >= LEAST;
    if (whole && word_ends(t, i) && iban_holds(text, count)) best = i - start;
    if (known && count == known) break;
  }
  return best;
}

/* ---- Personal identity code (government decree 128/2010, section 2) ---- */

static int century(char sign) {
  if (sign == '+') return 1800;
  if (sign == '-' || (sign >= 'U' && sign <= 'Y')) return 1900;
  return sign >= 'A' && sign <= 'F' ? 2000 : 0;
}

static bool day_exists(int day, int month, int year) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) return false;
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

static bool read_digits(lk_view t, size_t i, size_t count, int *out) {
  *out = 0;
  for (size_t d = 0; d < count; d++) {
    if (!is_digit(at(t, i + d))) return false;
    *out = *out * 10 + (t.ptr[i + d] - '0');
  }
  return true;
}

static size_t identity_code(lk_view t, size_t i) {
  static const char checks[] = "0123456789ABCDEFHJKLMNPRSTUVWXY";
  int day, month, year, person;
  size_t start = i;
  if (!word_begins(t, i) || !read_digits(t, i, 2, &day) || !read_digits(t, i + 2, 2, &month) || !read_digits(t, i + 4, 2, &year))
    return 0;
  i += 6;
  size_t before = space(t, i), dash = hyphen(t, i + before);
  char sign = dash ? '-' : upper(at(t, i));
  i += dash ? before + dash : 1;
  if (dash && before) i += space(t, i);
  int first_year = century(sign);
  if (!first_year || !day_exists(day, month, first_year + year) || !read_digits(t, i, 3, &person) || person < 2) return 0;
  i += 3;
  int64_t number = (((int64_t)day * 100 + month) * 100 + year) * 1000 + person;
  return upper(at(t, i)) == checks[number % 31] && word_ends(t, i + 1) ? i + 1 - start : 0;
}

/* ---- Payment cards (ISO/IEC 7812-1, annex B: Luhn) ---- */

static bool luhn_holds(const char *digits, size_t count) {
  int sum = 0;
  for (size_t i = 0; i < count; i++) {
    int d = digits[count - 1 - i] - '0';
    if (i % 2) d = d * 2 > 9 ? d * 2 - 9 : d * 2;
    sum += d;
  }
  return sum % 10 == 0;
}

/* Lengths that the first digit's networks issue; without this, one product code (EAN) in ten would look like a card. */
static bool card_length(char first, size_t count) {
  if (count == 13) return first == '4';
  if (count == 14 || count == 15) return first == '3';
  return count >= 16 && count <= MOST_CARD && first >= '2' && first <= '6';
}

static size_t card(lk_view t, size_t i) {
  char digits[MOST_CARD];
  size_t count = 0, start = i, best = 0;
  if (!is_digit(at(t, i)) || !number_begins(t, i)) return 0;
  while (count < MOST_CARD) {
    size_t gap = count ? space(t, i) : 0;
    if (count && !gap) gap = hyphen(t, i);
    if (!is_digit(at(t, i + gap))) break;
    digits[count++] = t.ptr[i + gap];
    i += gap + 1;
    if (card_length(digits[0], count) && word_ends(t, i) && luhn_holds(digits, count)) best = i - start;
  }
  return best;
}

/* ---- Telephone ---- */

/* 01-02-2026: begins with 0 and is no telephone number. */
static bool is_dashed_date(lk_view t, size_t i) {
  int day, month, year;
  return hyphen(t, i + 2) == 1 && hyphen(t, i + 5) == 1 && read_digits(t, i, 2, &day) && read_digits(t, i + 3, 2, &month) &&
         read_digits(t, i + 6, 4, &year) && day <= 31 && month <= 12 && year >= 1900 && year < 2100;
}

/* What may stand between two digits; `bracket` when one is open, as in (09) 123 4567. */
static size_t phone_gap(lk_view t, size_t i, bool bracket) {
  if (at(t, i) == ')' && bracket) return 1 + space(t, i + 1);
  size_t gap = space(t, i);
  if (at(t, i + gap) == '(' && at(t, i + gap + 1) == '0' && at(t, i + gap + 2) == ')')
    return gap + 3 + space(t, i + gap + 3); /* +358 (0)40 */
  if (gap) return gap;
  return at(t, i) == '/' ? 1 : hyphen(t, i);
}

typedef struct phone_number {
  char digits[MOST_PHONE];
  size_t count, first_group;
} phone_number;

static bool is_phone(const phone_number *n, bool plus) {
  if (plus) return n->digits[0] != '0' && n->count >= 7;
  if (n->digits[0] != '0') return false;
  if (n->digits[1] != '0') return n->count >= 7 && n->count <= 12;
  /* 00 and a country. Two postcodes (00100 00200) look like that too. */
  bool finnish = n->count >= 5 && memcmp(n->digits, "00358", 5) == 0;
  return n->digits[2] != '0' && n->count >= 10 && (finnish || n->first_group != 5);
}

/* The longest run of groups that is a number: a second number or an order number may follow. */
static size_t phone(lk_view t, size_t i) {
  size_t start = i, best = 0;
  if (!number_begins(t, i)) return 0;
  bool plus = at(t, i) == '+', bracket = at(t, i) == '(';
  if (plus || bracket) i++;
  if (!is_digit(at(t, i)) || (!plus && at(t, i) != '0') || is_dashed_date(t, i)) return 0;
  phone_number n = {.count = 0};
  while (n.count < MOST_PHONE) {
    size_t gap = n.count ? phone_gap(t, i, bracket && n.count <= 4) : 0;
    if (!is_digit(at(t, i + gap))) break;
    if (gap && !n.first_group) n.first_group = n.count;
    n.digits[n.count++] = t.ptr[i + gap];
    i += gap + 1;
    if (word_ends(t, i) && is_phone(&n, plus)) best = i - start;
  }
  return best;
}

/* ---- Street address ---- */

static const char *const streets[] = {
    "katu",   "kadun",   "kadulla", "kadulle", "kadulta",   "tie",      "tien",      "tiellä",    "tielle",
    "tieltä", "tiella",  "tielta",  "kuja",    "kujan",     "kujalla",  "kujalle",   "kujalta",   "polku",
    "polun",  "polulla", "polulle", "väylä",   "vayla",     "väylän",   "raitti",    "raitin",    "kaari",
    "kaaren", "rinne",   "rinteen", "penger",  "penkereen", "aukio",    "aukion",    "bulevardi", "bulevardin",
    "ranta",  "rannan",  "puisto",  "puiston", "mäki",      "mäen",     "esplanadi", "gatan",     "vägen",
    "vagen",  "gränd",   "grand",   "stigen",  "brinken",   "stranden", "esplanaden"};

/* Numbered roads are no addresses. */
static const char *const roads[] = {"valtatie", "kantatie", "seututie", "moottoritie", "kehätie", "riksvägen"};

/* Lower case for ASCII and for Å, Ä, Ö, which share their first byte with å, ä, ö. */
static size_t lower_word(lk_view t, size_t i, char out[MOST_STREET + 4]) {
  size_t count = 0, more;
  while (count < MOST_STREET && (more = at(t, i) == '-' ? 1 : letter(t, i)) > 0) {
    for (size_t b = 0; b < more && count < MOST_STREET + 3; b++) {
      char c = t.ptr[i + b];
      if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
      if (more == 2 && b == 1 && t.ptr[i] == '\xC3' && (unsigned char)c >= 0x80 && (unsigned char)c <= 0x9E)
        c = (char)((unsigned char)c + 0x20);
      out[count++] = c;
    }
    i += more;
  }
  out[count] = '\0';
  return count;
}

static bool is_street(const char *word, size_t len) {
  for (size_t r = 0; r < sizeof roads / sizeof *roads; r++) {
    if (strcmp(word, roads[r]) == 0) return false;
  }
  for (size_t s = 0; s < sizeof streets / sizeof *streets; s++) {
    size_t suffix = strlen(streets[s]);
    if (len < suffix || memcmp(word + len - suffix, streets[s], suffix) != 0) continue;
    /* "Minna Canthin katu 22": katu alone is one as well; "tie 5" or "grand 2" alone is anything. */
    return len >= suffix + 3 || (len == suffix && s == 0);
  }
  return false;
}

/* What may follow the house number: its letter or its end (5 a, 5-7), a staircase and flat (B 12, as 3). */
static size_t after_house_number(lk_view t, size_t i) {
  if (is_ascii_letter(at(t, i)) && word_ends(t, i + 1)) i++;
  if (at(t, i) == '-' && is_digit(at(t, i + 1)) && word_ends(t, i + 2)) i += 2;
  size_t gap = space(t, i), flat = i + gap;
  if (!gap) return i;
  bool as = (at(t, flat) == 'a' || at(t, flat) == 'A') && (at(t, flat + 1) == 's' || at(t, flat + 1) == 'S');
  if (as) {
    flat += 2;
    if (at(t, flat) == '.') flat++;
  } else if (is_ascii_letter(at(t, flat)) && word_ends(t, flat + 1)) {
    flat++;
  } else {
    return i;
  }
  size_t number = flat + space(t, flat), digits = 0;
  while (digits < 4 && is_digit(at(t, number + digits))) digits++;
  if (digits && word_ends(t, number + digits)) return number + digits;
  return as ? i : flat;
}

static size_t address(lk_view t, size_t i) {
  char word[MOST_STREET + 4];
  size_t start = i;
  if (!letter(t, i) || !word_begins(t, i)) return 0;
  size_t len = lower_word(t, i, word);
  if (len >= MOST_STREET || !is_street(word, len)) return 0;
  i += len; /* lower case keeps the length in bytes */
  size_t gap = space(t, i), digits = 0;
  if (!gap) return 0;
  i += gap;
  while (digits < 4 && is_digit(at(t, i + digits))) digits++;
  size_t end = i + digits;
  if (!digits || is_digit(at(t, end)) || (letter(t, end) && !word_ends(t, end + letter(t, end)))) return 0;
  if ((at(t, end) == ',' || at(t, end) == '.' || at(t, end) == ':') && is_digit(at(t, end + 1))) return 0;
  return after_house_number(t, end) - start;
}

/* ---- A name under a letter, or of who introduces himself ---- */

static bool is_separator(char c) {
  return c == ' ' || c == ',' || c == ':' || c == '!' || c == '.' || c == '\n' || c == '\r' || c == '-';
}

/* Does `text` end with `formula`, as words of their own, whatever their case? */
static bool ends_with(lk_view text, const char *formula) {
  size_t len = strlen(formula);
  if (text.len < len || !word_begins(text, text.len - len)) return false;
  for (size_t i = 0; i < len; i++)
    if (upper(text.ptr[text.len - len + i]) != upper(formula[i])) return false;
  return true;
}

static bool is_introduced(lk_view t, size_t i, bool *closing) {
  static const char *const closings[] = {"terveisin",       "terv",    "yst.terv", "mvh", "h\xC3\xA4lsningar",
                                         "h\xC3\xA4lsning", "regards", "sincerely"};
  static const char *const openings[] = {"nimeni on", "nimi on", "jag heter", "mitt namn \xC3\xA4r", "my name is", "t"};
  enum { MOST_BETWEEN = 6 };
  size_t end = i;
  while (end > 0 && i - end < MOST_BETWEEN && is_separator(t.ptr[end - 1])) end--;
  if (end == i) return false;
  lk_view before = {t.ptr, end};
  *closing = false;
  for (size_t f = 0; f < sizeof openings / sizeof *openings; f++)
    if (ends_with(before, openings[f])) return true;
  *closing = true;
  for (size_t f = 0; f < sizeof closings / sizeof *closings; f++)
    if (ends_with(before, closings[f])) return true;
  return false;
}

static bool is_capital(lk_view t, size_t i) {
  unsigned char first = (unsigned char)at(t, i), second = (unsigned char)at(t, i + 1);
  return (first >= 'A' && first <= 'Z') ||
         (first == 0xC3 && second >= 0x80 && second <= 0x9E && second != 0x97); /* \u00C0 to \u00DE */
}

/* Bytes of a word: letters, and hyphens and apostrophes between them. */
static size_t name_word(lk_view t, size_t i) {
  size_t start = i, more;
  while (i - start < MOST_LOCAL_PART &&
         ((more = letter(t, i)) > 0 || (i > start && (at(t, i) == '-' || at(t, i) == '\'') && letter(t, i + 1) && (more = 1))))
    i += more;
  return i - start;
}

/* Up to three words in capitals; a closing's also in small letters, when nothing else follows on the line. */
static size_t name(lk_view t, size_t i) {
  enum { MOST_WORDS = 3 };
  bool closing;
  if (!letter(t, i) || !word_begins(t, i) || !is_introduced(t, i, &closing)) return 0;
  bool capital = is_capital(t, i);
  size_t end = i, words = 0;
  for (size_t next = i, len; words < MOST_WORDS && (len = name_word(t, next)) > 0; words++) {
    if (capital && !is_capital(t, next)) break;
    end = next + len;
    next = end + space(t, end);
    if (next == end) break;
  }
  size_t rest = end;
  while (rest < t.len && (t.ptr[rest] == ' ' || t.ptr[rest] == '.' || t.ptr[rest] == ',')) rest++;
  bool alone = rest == t.len || t.ptr[rest] == '\n' || t.ptr[rest] == '\r' || is_digit(t.ptr[rest]) || t.ptr[rest] == '+';
  return capital || (closing && alone) ? end - i : 0;
}

/* ---- The walk ---- */

static const struct {
  size_t (*match)(lk_view text, size_t at);
  const char *marker;
} kinds[] = {
    {email, "[email]"},   {iban, "[iban]"},      {identity_code, "[hetu]"}, {card, "[kortti]"},
    {phone, "[puhelin]"}, {address, "[osoite]"}, {name, "[nimi]"},
};

static size_t match_at(lk_view text, size_t i, const char **marker) {
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    size_t taken = kinds[k].match(text, i);
    if (taken) {
      *marker = kinds[k].marker;
      return taken;
    }
  }
  return 0;
}

/* After a match the rest is a text of its own: what follows a marker begins a word, now as in the next masking. */
static void mask_into(lk_buffer *out, lk_view text) {
  for (size_t i = 0; i < text.len;) {
    const char *marker;
    size_t taken = match_at(text, i, &marker);
    if (!taken) {
      i++;
      continue;
    }
    lk_buffer_add(out, (lk_view){text.ptr, i});
    lk_buffer_adds(out, marker);
    text = (lk_view){text.ptr + i + taken, text.len - i - taken};
    i = 0;
  }
  lk_buffer_add(out, text);
}

static lk_view hand_over(lk_buffer *out, lk_arena *arena) {
  lk_view copy = out->failed ? (lk_view){NULL, 0} : lk_arena_copy(arena, lk_buffer_view(out));
  lk_buffer_free(out);
  return copy;
}

lk_view lk_mask(lk_view text, lk_arena *arena) {
  lk_buffer out = {0};
  mask_into(&out, text);
  return hand_over(&out, arena);
}

/* Pieces between escapes are masked one by one: an escape's own letters belong to nothing. */
static size_t mask_string(lk_buffer *out, lk_view json, size_t i) {
  while (i < json.len && json.ptr[i] != '"') {
    size_t start = i;
    while (i < json.len && json.ptr[i] != '"' && json.ptr[i] != '\\') i++;
    mask_into(out, (lk_view){json.ptr + start, i - start});
    if (i >= json.len || json.ptr[i] != '\\') continue;
    size_t escape = at(json, i + 1) == 'u' ? 6 : 2;
    if (escape > json.len - i) escape = json.len - i;
    lk_buffer_add(out, (lk_view){json.ptr + i, escape});
    i += escape;
  }
  return i;
}

lk_view lk_mask_json(lk_view json, lk_arena *arena) {
  lk_buffer out = {0};
  for (size_t i = 0; i < json.len; i++) {
    lk_buffer_addc(&out, json.ptr[i]);
    if (json.ptr[i] != '"') continue;
    i = mask_string(&out, json, i + 1);
    if (i < json.len) lk_buffer_addc(&out, '"');
  }
  return hand_over(&out, arena);
}
