#include "kb/values.h"

#include <math.h>

bool lk_is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

lk_view lk_trim(lk_view text) {
  while (text.len && lk_is_space(text.ptr[0])) text = (lk_view){text.ptr + 1, text.len - 1};
  while (text.len && lk_is_space(text.ptr[text.len - 1])) text.len--;
  return text;
}

bool lk_next_piece(lk_view *rest, char separator, lk_view *piece) {
  if (!rest->ptr) return false;
  const char *end = rest->len ? memchr(rest->ptr, separator, rest->len) : NULL;
  size_t len = end ? (size_t)(end - rest->ptr) : rest->len;
  *piece = lk_trim((lk_view){rest->ptr, len});
  *rest = end ? (lk_view){end + 1, rest->len - len - 1} : (lk_view){NULL, 0};
  return true;
}

bool lk_parse_count(lk_view text, long *out) {
  if (!text.len || text.len > 9) return false;
  long value = 0;
  for (size_t i = 0; i < text.len; i++) {
    if (!is_digit(text.ptr[i])) return false;
    value = value * 10 + (text.ptr[i] - '0');
  }
  *out = value;
  return true;
}

/* The exponent behind an e, at most three digits. */
static bool parse_exponent(lk_view text, int *out) {
  bool negative = text.len && text.ptr[0] == '-';
  if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+')) text = (lk_view){text.ptr + 1, text.len - 1};
  long value;
  if (text.len > 3 || !lk_parse_count(text, &value)) return false;
  *out = (int)(negative ? -value : value);
  return true;
}

/* strtod would expect a decimal comma under a Finnish locale. */
bool lk_parse_number(lk_view text, double *out) {
  size_t i = 0, digits = 0;
  bool negative = text.len && text.ptr[0] == '-', point = false;
  double value = 0;
  int scale = 0, exponent = 0;
  for (i = negative; i < text.len && (is_digit(text.ptr[i]) || (text.ptr[i] == '.' && !point)); i++) {
    if (text.ptr[i] == '.') {
      point = true;
    } else {
      if (++digits > 40) return false;
      value = value * 10 + (text.ptr[i] - '0');
      scale -= point;
    }
  }
  if (!digits || !is_digit(text.ptr[negative]) || text.ptr[i - 1] == '.') return false;
  if (i < text.len) {
    if (text.ptr[i] != 'e' && text.ptr[i] != 'E') return false;
    if (!parse_exponent((lk_view){text.ptr + i + 1, text.len - i - 1}, &exponent)) return false;
  }
  scale += exponent;
  value = scale < 0 ? value / pow(10, -scale) : value * pow(10, scale);
  if (!isfinite(value)) return false;
  *out = negative ? -value : value;
  return true;
}

bool lk_parse_day(lk_view text, lk_date *out) {
  long month, day;
  if (text.len != 5 || text.ptr[2] != '-') return lk_date_parse(text, out) && out->year >= 1900;
  if (!lk_parse_count((lk_view){text.ptr, 2}, &month) || !lk_parse_count((lk_view){text.ptr + 3, 2}, &day)) return false;
  *out = (lk_date){0, (int)month, (int)day};
  return lk_date_valid((lk_date){2000, (int)month, (int)day}); /* a leap year: 02-29 exists in some */
}

bool lk_parse_time(lk_view text, int *minutes) {
  long hour, minute;
  if (text.len != 5 || text.ptr[2] != ':') return false;
  if (!lk_parse_count((lk_view){text.ptr, 2}, &hour) || !lk_parse_count((lk_view){text.ptr + 3, 2}, &minute)) return false;
  if (minute > 59 || hour * 60 + minute > 24 * 60) return false;
  *minutes = (int)(hour * 60 + minute);
  return true;
}

bool lk_parse_duration(lk_view text, double *seconds) {
  static const struct {
    const char *name;
    double seconds;
  } units[] = {{"s", 1},         {"min", 60},       {"h", 3600},           {"day", 86400},        {"days", 86400},
               {"week", 604800}, {"weeks", 604800}, {"month", 30 * 86400}, {"months", 30 * 86400}};
  size_t digits = 0;
  while (digits < text.len && (is_digit(text.ptr[digits]) || text.ptr[digits] == '.')) digits++;
  double amount;
  if (!lk_parse_number((lk_view){text.ptr, digits}, &amount)) return false;
  lk_view unit = lk_trim((lk_view){text.ptr + digits, text.len - digits});
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (!lk_view_eq(unit, lk_view_of(units[i].name))) continue;
    *seconds = amount * units[i].seconds;
    return true;
  }
  return false;
}

static int weekday(lk_view text) {
  static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  for (int i = 0; i < 7; i++)
    if (lk_view_eq(text, lk_view_of(names[i]))) return i;
  return -1;
}

bool lk_parse_days(lk_view text, unsigned *days) {
  *days = 0;
  for (lk_view piece; lk_next_piece(&text, ',', &piece);) {
    lk_view first, last;
    if (!lk_next_piece(&piece, '-', &first)) return false;
    if (!lk_next_piece(&piece, '-', &last)) last = first;
    int from = weekday(first), to = weekday(last);
    if (from < 0 || to < from || piece.ptr) return false;
    for (int day = from; day <= to; day++) *days |= 1u << day;
  }
  return *days != 0;
}

bool lk_is_id(lk_view text) {
  if (!text.len || !is_lower(text.ptr[0]) || text.ptr[text.len - 1] == '-') return false;
  for (size_t i = 1; i < text.len; i++) {
    bool hyphen = text.ptr[i] == '-' && text.ptr[i - 1] != '-';
    if (!is_lower(text.ptr[i]) && !is_digit(text.ptr[i]) && !hyphen) return false;
  }
  return true;
}

bool lk_is_name(lk_view text) {
  if (!text.len || !is_lower(text.ptr[0])) return false;
  for (size_t i = 1; i < text.len; i++)
    if (!is_lower(text.ptr[i]) && !is_digit(text.ptr[i]) && !memchr("-._", text.ptr[i], 3)) return false;
  return true;
}
