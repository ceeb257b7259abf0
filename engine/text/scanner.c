/* Text → tokens, over code points, in one pass.
 *
 * Word boundaries as libraries find them (split on non-letters, ICU, Voikko) tear order numbers, prices, addresses and Finnish ellipses apart;
 * a scanner for exactly the kinds that a shop meets does better and is shorter than the exceptions would be. Each try_… function looks at the
 * text from one place, looks ahead a bounded way, and returns the end of its token or 0: so the whole is linear. */
#include <utf8proc.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/utf8.h"
#include "base/vector.h"
#include "luukku/analyzer.h"
#include "text/data.h"

enum {
  LOCAL_PART_LIMIT = 64,  /* RFC 5321, 4.5.3.1.1 */
  DOMAIN_LIMIT = 255,     /* RFC 5321, 4.5.3.1.2 */
  SUFFIX_LIMIT = 5,       /* letters of a case ending after a colon: EU:ssakin is rare */
  ABBREVIATION_LIMIT = 16 /* bytes */
};

typedef enum letter_class { OTHER, SPACE, LETTER, DIGIT, IGNORED } letter_class;

typedef struct scanner {
  lk_view text;
  const lk_token *previous;
} scanner;

static letter_class class_of(uint32_t c) {
  if (c < 0x80) {
    if ((c | 32) >= 'a' && (c | 32) <= 'z') return LETTER;
    if (c >= '0' && c <= '9') return DIGIT;
    if (c == ' ' || (c >= '\t' && c <= '\r')) return SPACE;
    return c < 0x20 || c == 0x7F ? IGNORED : OTHER;
  }
  if (c == LK_UTF8_INVALID) return IGNORED;
  switch (utf8proc_category((utf8proc_int32_t)c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return LETTER;
    case UTF8PROC_CATEGORY_ND:
      return DIGIT;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return SPACE;
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
      return IGNORED;
    default:
      return OTHER;
  }
}

static bool is_wordlike(uint32_t c) {
  letter_class class = class_of(c);
  return class == LETTER || class == DIGIT;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_ascii_letter(char c) { return (unsigned char)((c | 32) - 'a') < 26; }

/* 0 past the end; NUL in the text is a control character and passed over, so the two cannot be confused to harm. */
static char byte_at(lk_view text, size_t at) { return at < text.len ? text.ptr[at] : '\0'; }
static uint32_t letter_at(lk_view text, size_t at) { return at < text.len ? lk_utf8_next(text, &at) : 0; }

static size_t digits_from(lk_view text, size_t at) {
  while (is_digit(byte_at(text, at))) at++;
  return at;
}

static unsigned number_of(lk_view text, size_t from, size_t to) {
  unsigned n = 0;
  for (size_t i = from; i < to && i < from + 6; i++) n = n * 10 + (unsigned)(text.ptr[i] - '0');
  return n;
}

static bool starts_with(lk_view text, size_t at, const char *ascii_lower) {
  for (; *ascii_lower; at++, ascii_lower++) {
    char c = byte_at(text, at);
    if ((is_ascii_letter(c) ? c | 32 : c) != *ascii_lower) return false;
  }
  return true;
}

/* ---- addresses ---- */

static bool is_domain_byte(char c) { return is_ascii_letter(c) || is_digit(c) || c == '-'; }

/* The end of labels parted by dots (at least two), or 0. */
static size_t domain_end(lk_view text, size_t at) {
  size_t end = 0, limit = at + DOMAIN_LIMIT;
  for (size_t label = at; label < limit;) {
    size_t stop = label;
    while (stop < limit && is_domain_byte(byte_at(text, stop))) stop++;
    if (stop == label) break;
    if (label > at) end = stop;
    if (byte_at(text, stop) != '.') break;
    label = stop + 1;
  }
  while (end > at && text.ptr[end - 1] == '-') end--;
  return end;
}

/* Far enough from a full stop without a space behind it ("tuli.se oli rikki") to be taken for an address: endings that are no words. */
static bool has_known_ending(lk_view text, size_t at, size_t end) {
  static const char *const endings[] = {"fi", "com", "net", "org", "eu", "io", "ee", "ax", "info"};
  size_t dot = end;
  while (dot > at && text.ptr[dot - 1] != '.') dot--;
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (end - dot == strlen(endings[i]) && starts_with(text, dot, endings[i])) return true;
  return false;
}

static size_t path_end(lk_view text, size_t at) {
  size_t end = at, depth = 0;
  while (at < text.len) {
    size_t next = at;
    uint32_t c = lk_utf8_next(text, &next);
    letter_class class = class_of(c);
    if (class == SPACE || class == IGNORED || c == '<' || c == '>' || c == '"' || c == 0x201D) break;
    if (c == '(') depth++;
    bool closes = c == ')' && depth > 0;
    if (closes) depth--;
    at = next;
    /* Marks at the end belong to the sentence. */
    if (closes || (c < 0x80 ? !strchr(".,;:!?)'*", (int)c) : class != OTHER)) end = at;
  }
  return end;
}

static size_t try_url(lk_view text, size_t at) {
  size_t scheme = starts_with(text, at, "https://") ? 8 : starts_with(text, at, "http://") ? 7 : 0;
  if (scheme) {
    size_t end = path_end(text, at + scheme);
    return end > at + scheme ? end : 0;
  }
  size_t end = domain_end(text, at);
  if (!end || (!starts_with(text, at, "www.") && !has_known_ending(text, at, end))) return 0;
  if (is_wordlike(letter_at(text, end))) return 0;
  return byte_at(text, end) == '/' ? path_end(text, end) : end;
}

static size_t try_email(lk_view text, size_t at) {
  size_t stop = at;
  while (stop < at + LOCAL_PART_LIMIT && stop < text.len) {
    char c = text.ptr[stop];
    if (!is_ascii_letter(c) && !is_digit(c) && !(c && strchr("._%+-", c))) break;
    stop++;
  }
  if (stop == at || byte_at(text, stop) != '@') return 0;
  return domain_end(text, stop + 1);
}

/* ---- numbers ---- */

static bool ends_number(lk_view text, size_t at) { return !is_wordlike(letter_at(text, at)); }

static size_t skip_space(lk_view text, size_t at) {
  if (byte_at(text, at) == ' ') return at + 1;
  size_t next = at;
  if (at < text.len) {
    uint32_t c = lk_utf8_next(text, &next);
    if (c == 0xA0 || c == 0x2009 || c == 0x202F) return next; /* no-break and thin spaces part thousands */
  }
  return at;
}

/* +358 40 123 4567, 040-1234567, 09 123 456: an international prefix, or a 0 and an area of two to four digits. Five digits first are a
 * postcode, and what follows them something else. */
static size_t try_phone(lk_view text, size_t at) {
  bool international = byte_at(text, at) == '+';
  if (!international && byte_at(text, at) != '0') return 0;
  size_t from = at + (international ? 1 : 0), end = digits_from(text, from), total = end - from;
  if (international ? total < 1 : total < 2) return 0;
  bool grouped = !international && total > 4;
  while (!grouped) {
    size_t next = skip_space(text, end);
    if (next == end && byte_at(text, end) == '-') next = end + 1;
    if (next == end) break;
    size_t stop = digits_from(text, next), group = stop - next;
    if (group < 2 || group > 8 || total + group > 15) break;
    total += group;
    end = stop;
  }
  return total >= (international ? 8u : 7u) && total <= 15 && ends_number(text, end) ? end : 0;
}

static size_t try_date(lk_view text, size_t at) {
  size_t day = digits_from(text, at);
  if (day - at == 4 && byte_at(text, day) == '-') { /* 2025-12-24 */
    size_t month = digits_from(text, day + 1), end = digits_from(text, month + 1);
    bool whole = month - day == 3 && byte_at(text, month) == '-' && end - month == 3;
    return whole && number_of(text, day + 1, month) <= 12 && ends_number(text, end) ? end : 0;
  }
  if (day == at || day - at > 2 || byte_at(text, day) != '.') return 0;
  size_t month = digits_from(text, day + 1);
  if (month == day + 1 || month - day > 3 || byte_at(text, month) != '.') return 0;
  unsigned d = number_of(text, at, day), m = number_of(text, day + 1, month);
  if (d < 1 || d > 31 || m < 1 || m > 12) return 0;
  size_t year = digits_from(text, month + 1);
  if (year == month + 1) return ends_number(text, year) ? year : 0;
  return (year - month == 3 || year - month == 5) && ends_number(text, year) ? year : 0;
}

static bool after_clock(const scanner *s) {
  return s->previous && (lk_view_eq(s->previous->text, LK_LIT("klo")) || lk_view_eq(s->previous->text, LK_LIT("kl")) ||
                         lk_view_eq(s->previous->text, LK_LIT("kl.")) || lk_view_eq(s->previous->text, LK_LIT("Klo")));
}

static size_t try_time(const scanner *s, size_t at) {
  lk_view text = s->text;
  size_t hour = digits_from(text, at);
  if (hour == at || hour - at > 2 || number_of(text, at, hour) > 24) return 0;
  char mark = byte_at(text, hour);
  if (mark != ':' && !(mark == '.' && after_clock(s))) return 0;
  size_t minute = digits_from(text, hour + 1);
  if (minute - hour != 3 || number_of(text, hour + 1, minute) > 59) return 0;
  size_t second = byte_at(text, minute) == mark ? digits_from(text, minute + 1) : minute;
  if (second - minute == 3) minute = second;
  return ends_number(text, minute) ? minute : 0;
}

/* Thousands parted by spaces: 1 299. A number that begins with 0, or a group that is not of three digits, is a number of its own. */
static size_t thousands_end(lk_view text, size_t at, size_t end) {
  if (end - at > 3 || text.ptr[at] == '0') return end;
  for (;;) {
    size_t next = skip_space(text, end), stop = digits_from(text, next);
    if (next == end || stop - next != 3 || is_wordlike(letter_at(text, stop))) return end;
    end = stop;
  }
}

static size_t dash_at(lk_view text, size_t at) {
  size_t next = at;
  if (at >= text.len) return 0;
  uint32_t c = lk_utf8_next(text, &next);
  return c == '-' || (c >= 0x2010 && c <= 0x2013) || c == 0x2212 ? next - at : 0;
}

/* Digits with points, commas, ranges and fractions between them: 12,90  1 299,00  24/7  2–4  1.2.3 */
static size_t number_end(lk_view text, size_t at) {
  size_t end = thousands_end(text, at, digits_from(text, at));
  for (;;) {
    char c = byte_at(text, end);
    size_t step = c == ',' || c == '.' || c == '/' ? 1 : dash_at(text, end);
    if (!step || !is_digit(byte_at(text, end + step))) return end;
    end = digits_from(text, end + step);
  }
}

/* An ordinal keeps its full stop when the sentence goes on: "24. joulukuuta". */
static size_t ordinal_end(lk_view text, size_t at, size_t end) {
  if (end - at > 2 || byte_at(text, end) != '.' || byte_at(text, end + 1) != ' ') return end;
  uint32_t c = letter_at(text, end + 2);
  bool goes_on = c && utf8proc_category((utf8proc_int32_t)(c == LK_UTF8_INVALID ? 0 : c)) == UTF8PROC_CATEGORY_LL;
  return goes_on || at == 0 || text.ptr[at - 1] == '\n' ? end + 1 : end;
}

/* ---- words and codes ---- */

typedef struct run { /* what the word has had so far */
  bool digits, lower, letters, colon, first_is_digit;
} run;

static size_t letters_end(lk_view text, size_t at, run *seen) {
  while (at < text.len) {
    size_t next = at;
    uint32_t c = lk_utf8_next(text, &next);
    letter_class class = class_of(c);
    if (class == DIGIT) {
      seen->digits = true;
    } else if (class == LETTER) {
      seen->letters = true;
      if (c < 0x80 ? c >= 'a' : utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_LL) seen->lower = true;
    } else if (class != IGNORED) {
      break;
    }
    at = next;
  }
  return at;
}

/* Without a stop between: a zero-width or control character at the end is not the word's. */
static size_t without_ignored(lk_view text, size_t from, size_t end) {
  while (end > from + 1) {
    size_t last = end - 1;
    while (last > from && ((unsigned char)text.ptr[last] & 0xC0) == 0x80 && end - last < 4) last--;
    size_t next = last;
    if (class_of(lk_utf8_next(text, &next)) != IGNORED) break;
    end = next == end ? last : end - 1;
  }
  return end;
}

static bool is_case_ending(lk_view text, size_t from, size_t to) {
  static const char *const endings[] = {"n",   "t",   "a",   "ä",   "s",   "ta",  "tä",  "ja",  "iin", "hin", "een",
                                        "ään", "aan", "ssa", "ssä", "sta", "stä", "lla", "llä", "lta", "ltä", "lle",
                                        "ksi", "na",  "nä",  "ssä", "sen", "hen", "en",  "in",  "ia"};
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (lk_view_eq((lk_view){text.ptr + from, to - from}, lk_view_of(endings[i]))) return true;
  return false;
}

/* EU:n, 100234:n, H&M:lle, klarna:lla; but "asia:missä" is two words. */
static size_t colon_ending(lk_view text, size_t at, const run *seen) {
  run after = {0};
  size_t from = at + 1, end = letters_end(text, from, &after);
  if (end == from || after.digits || !after.lower) return 0;
  size_t letters = lk_utf8_length((lk_view){text.ptr + from, end - from});
  bool abbreviation = !seen->lower || seen->digits;
  return (abbreviation && letters <= SUFFIX_LIMIT) || is_case_ending(text, from, end) ? end : 0;
}

/* The end of the longer word when the mark at `at` joins what follows, or 0. */
static size_t joined_end(lk_view text, size_t at, run *seen) {
  size_t next = at;
  uint32_t c = lk_utf8_next(text, &next);
  uint32_t after = letter_at(text, next);
  bool word_after = next < text.len && is_wordlike(after);
  switch (c) {
    case '-':
    case 0x2010:
    case 0x2011:
    case '_':
      break;
    case 0x2013: /* an en dash joins years and scores, and parts of a compound of compounds */
      if (seen->digits && !seen->letters) break;
      return 0;
    case '\'':
    case 0x2019:
    case '&':
      if (class_of(after) == LETTER && !seen->digits) break;
      return 0;
    case ':': {
      size_t end = colon_ending(text, at, seen);
      if (end) seen->colon = true;
      return end;
    }
    case '/':
    case '.':
    case ',':
      /* 89/662/ETY and v1.2; a comma only within digits, which number_end has taken already */
      if (c == '/' && seen->first_is_digit && seen->digits) break;
      if (c == '.' && seen->digits && class_of(after) == DIGIT) break;
      return 0;
    default:
      return 0;
  }
  return word_after ? letters_end(text, next, seen) : 0;
}

static bool is_abbreviation(lk_view text, size_t from, size_t end) {
  if (end - from > ABBREVIATION_LIMIT) return false;
  lk_view rest = lk_data_abbreviations(), columns[LK_DATA_COLUMNS];
  while (lk_data_next(&rest, columns)) {
    if (columns[0].len != end - from || (columns[0].ptr[0] | 32) != (text.ptr[from] | 32)) continue;
    if (memcmp(columns[0].ptr + 1, text.ptr + from + 1, end - from - 1) == 0) return true;
  }
  return false;
}

/* A single capital before a full stop and a capital after it is an initial: "S. Lehto". */
static bool is_initial(lk_view text, size_t from, size_t end) {
  return end - from == 1 && text.ptr[from] >= 'A' && text.ptr[from] <= 'Z' && byte_at(text, end + 1) == ' ' &&
         byte_at(text, end + 2) >= 'A' && byte_at(text, end + 2) <= 'Z';
}

static size_t full_stop_end(lk_view text, size_t from, size_t end) {
  size_t stop = end;
  /* t.ex., o.s.: single letters, each with its stop */
  while (byte_at(text, stop) == '.' && stop - from < ABBREVIATION_LIMIT) {
    size_t next = stop + 1;
    while (is_ascii_letter(byte_at(text, next)) && next - stop <= 2) next++;
    if (next == stop + 1 || byte_at(text, next) != '.') break;
    stop = next;
  }
  if (stop > end && is_abbreviation(text, from, stop + 1)) return stop + 1;
  if (byte_at(text, end) != '.' || byte_at(text, end + 1) == '.') return end;
  return is_initial(text, from, end) || is_abbreviation(text, from, end + 1) ? end + 1 : end;
}

/* maksu- ja toimitusehdot: the hyphen stands for the rest of the compound. */
static size_t ellipsis_end(lk_view text, size_t end) {
  uint32_t c = letter_at(text, end);
  if (c != '-' && c != 0x2010 && c != 0x2011) return end;
  size_t next = end;
  (void)lk_utf8_next(text, &next);
  uint32_t after = letter_at(text, next);
  return next == text.len || class_of(after) == SPACE || after == ',' || after == '/' || after == ')' ? next : end;
}

static size_t word_end(lk_view text, size_t from, size_t at, lk_token_kind *kind) {
  run seen = {.first_is_digit = is_digit(byte_at(text, from))};
  (void)letters_end((lk_view){text.ptr, at}, from, &seen); /* what a number has taken already */
  size_t end = letters_end(text, at, &seen);
  while (end < text.len) {
    size_t joined = joined_end(text, end, &seen);
    if (!joined) break;
    end = joined;
  }
  end = without_ignored(text, from, end);
  if (seen.digits && !seen.letters && !seen.colon) {
    *kind = LK_TOKEN_NUMBER;
    return end;
  }
  *kind = seen.digits || seen.colon ? LK_TOKEN_CODE : LK_TOKEN_WORD;
  if (*kind == LK_TOKEN_WORD) {
    size_t stop = full_stop_end(text, from, end);
    return stop > end ? stop : ellipsis_end(text, end);
  }
  return end;
}

static size_t numeric_end(const scanner *s, size_t at, lk_token_kind *kind) {
  lk_view text = s->text;
  size_t end;
  if ((end = try_date(text, at))) return *kind = LK_TOKEN_DATE, end;
  if ((end = try_time(s, at))) return *kind = LK_TOKEN_TIME, end;
  if ((end = try_phone(text, at))) return *kind = LK_TOKEN_PHONE, end;
  end = number_end(text, at);
  size_t ordinal = ordinal_end(text, at, end);
  if (ordinal > end) return *kind = LK_TOKEN_NUMBER, ordinal;
  return word_end(text, at, end, kind);
}

/* ---- the rest ---- */

/* Smileys of punctuation are one token, so that they are not taken for a question's marks. */
static size_t try_emoticon(lk_view text, size_t at) {
  char eyes = byte_at(text, at);
  if (eyes == '<' && byte_at(text, at + 1) == '3') return at + 2;
  if (eyes != ':' && eyes != ';' && eyes != '=') return 0;
  size_t mouth = at + 1;
  if (byte_at(text, mouth) == '-' || byte_at(text, mouth) == '\'') mouth++;
  char c = byte_at(text, mouth);
  if (!c || !strchr(")(DPpOo/\\|3*", c)) return 0;
  size_t end = mouth + 1;
  while (byte_at(text, end) == c && (c == ')' || c == '(')) end++;
  return is_wordlike(letter_at(text, end)) ? 0 : end;
}

static bool is_pictograph(uint32_t c) {
  if (c < 0x2190 || c == LK_UTF8_INVALID) return false;
  int class = (int)utf8proc_get_property((utf8proc_int32_t)c)->boundclass;
  return class == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC || class == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR;
}

/* One grapheme cluster (UAX #29): the picture with its skin, joiners and variation marks. */
static size_t emoji_end(lk_view text, size_t at) {
  utf8proc_int32_t state = 0;
  uint32_t before = lk_utf8_next(text, &at);
  while (at < text.len) {
    size_t next = at;
    uint32_t c = lk_utf8_next(text, &next);
    if (c == LK_UTF8_INVALID || utf8proc_grapheme_break_stateful((utf8proc_int32_t)before, (utf8proc_int32_t)c, &state)) break;
    before = c;
    at = next;
  }
  return at;
}

static size_t same_mark_end(lk_view text, size_t at) {
  uint32_t mark = lk_utf8_next(text, &at);
  while (at < text.len && letter_at(text, at) == mark && mark != '"' && mark != '(' && mark != ')') (void)lk_utf8_next(text, &at);
  return at;
}

static bool begins_freely(const scanner *s, size_t at) {
  return at == 0 || class_of((unsigned char)s->text.ptr[at - 1]) == SPACE || s->text.ptr[at - 1] == '(' ||
         s->text.ptr[at - 1] == '/';
}

/* '#100234' and '-aika' (toimitushinta ja -aika) begin with their mark. */
static size_t marked_end(const scanner *s, size_t at, uint32_t c, lk_token_kind *kind) {
  lk_view text = s->text;
  size_t next = at;
  (void)lk_utf8_next(text, &next);
  uint32_t after = letter_at(text, next);
  if (c == '#' && is_wordlike(after)) {
    size_t end = word_end(text, next, next, kind);
    *kind = LK_TOKEN_CODE;
    return end;
  }
  if (c == '+' && class_of(after) == DIGIT) {
    *kind = LK_TOKEN_PHONE;
    return try_phone(text, at);
  }
  if ((c == '-' || c == 0x2013) && class_of(after) == LETTER && begins_freely(s, at)) return word_end(text, next, next, kind);
  return 0;
}

static size_t token_end(const scanner *s, size_t at, lk_token_kind *kind) {
  lk_view text = s->text;
  uint32_t c = letter_at(text, at);
  letter_class class = class_of(c);
  size_t end;
  if (class == LETTER || class == DIGIT) {
    if (c < 0x80) {
      if ((end = try_email(text, at))) return *kind = LK_TOKEN_EMAIL, end;
      if ((end = try_url(text, at))) return *kind = LK_TOKEN_URL, end;
    }
    return class == DIGIT && c < 0x80 ? numeric_end(s, at, kind) : word_end(text, at, at, kind);
  }
  if ((end = marked_end(s, at, c, kind))) return end;
  *kind = LK_TOKEN_EMOJI;
  if ((end = try_emoticon(text, at))) return end;
  if (is_pictograph(c)) return emoji_end(text, at);
  *kind = LK_TOKEN_PUNCTUATION;
  return same_mark_end(text, at);
}

/* The end of a word of Latin letters with nothing but a space or a usual mark behind it, which is most of all text; 0 when it takes a closer look. */
static size_t plain_word_end(lk_view text, size_t at) {
  size_t end = at;
  while (end < text.len) {
    unsigned char c = (unsigned char)text.ptr[end], next = (unsigned char)byte_at(text, end + 1);
    if (is_ascii_letter((char)c))
      end++;
    else if (c == 0xC3 && next >= 0x80 && next < 0xC0 && next != 0x97 && next != 0xB7) /* À to ÿ without × and ÷ */
      end += 2;
    else
      break;
  }
  char mark = byte_at(text, end);
  bool parted = end == text.len || mark == ' ' || mark == '\n';
  bool marked = mark == ',' || mark == '?' || mark == '!';
  return parted || (marked && (end + 1 == text.len || text.ptr[end + 1] == ' ')) ? end : 0;
}

typedef struct token_list {
  lk_token *items;
  size_t count, cap;
} token_list;

/* Doubles in the arena: what is left behind is at most as large as the list. */
static bool push(token_list *list, lk_arena *arena, lk_token token) {
  if (list->count == list->cap) {
    size_t cap = list->cap ? list->cap * 2 : 32;
    lk_token *items = lk_arena_alloc(arena, cap * sizeof *items);
    if (!items) return false;
    if (list->count) memcpy(items, list->items, list->count * sizeof *items);
    list->items = items;
    list->cap = cap;
  }
  list->items[list->count++] = token;
  return true;
}

lk_code lk_tokenize(lk_view text, lk_arena *arena, lk_token **tokens, size_t *count, lk_error *err) {
  *tokens = NULL;
  *count = 0;
  if (text.len > UINT32_MAX) return lk_fail(err, LK_ERR_LIMIT, "the text is longer than 4 GB; split it");
  scanner s = {text, NULL};
  token_list list = {0};
  for (size_t at = 0; at < text.len;) {
    size_t next = at, end = plain_word_end(text, at);
    lk_token_kind kind = LK_TOKEN_WORD;
    if (end <= at) {
      letter_class class = class_of(lk_utf8_next(text, &next));
      if (class == SPACE || class == IGNORED) {
        at = next;
        continue;
      }
      end = token_end(&s, at, &kind);
      if (end <= at) end = next;
    }
    lk_token token = {{text.ptr + at, end - at}, (uint32_t)at, (uint32_t)end, kind};
    if (!push(&list, arena, token)) return lk_fail_memory(err);
    s.previous = &list.items[list.count - 1];
    at = end;
  }
  *tokens = list.items;
  *count = list.count;
  return LK_OK;
}
