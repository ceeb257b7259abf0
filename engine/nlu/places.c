/* Where to write and where to live: e-mail addresses, also spelt out, and street addresses. */
#include "nlu/entity.h"

/* ---- E-mail ---- */

enum { LONGEST_EMAIL = 254 };

static bool is_local(char c) {
  return lk_is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}
static bool is_domain(char c) { return lk_is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '.' || c == '-'; }

typedef struct spelling {
  char text[LONGEST_EMAIL + 1];
  size_t length;
} spelling;

static void put(spelling *s, lk_view text) {
  for (size_t i = 0; i < text.len && s->length < LONGEST_EMAIL; i++) {
    char c = text.ptr[i];
    s->text[s->length++] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
  }
}

/* Labels of a domain: none empty, the last of two letters at least. */
static bool is_domain_name(lk_view text) {
  size_t label = 0, dots = 0;
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] != '.') continue;
    if (i == label) return false;
    label = i + 1;
    dots++;
  }
  if (!dots || text.len < label + 2) return false;
  for (size_t i = label; i < text.len; i++)
    if (!lk_is_letter(text.ptr[i])) return false;
  return true;
}

static void add_email(lk_finder *finder, size_t start, size_t end, const spelling *s, float confidence) {
  lk_view text = {s->text, s->length};
  const char *at = text.len ? memchr(text.ptr, '@', text.len) : NULL;
  if (!at || at == text.ptr || text.ptr[0] == '.' || at[-1] == '.') return;
  if (!is_domain_name((lk_view){at + 1, text.len - (size_t)(at + 1 - text.ptr)})) return;
  lk_finder_add(finder, LK_ENTITY_EMAIL, start, end, confidence)->text = lk_finder_copy(finder, text);
}

/* The run of an address's characters that ends at byte `end`. */
static size_t run_before(lk_view text, size_t end) {
  size_t start = end;
  while (start > 0 && end - start < 64 && is_local(text.ptr[start - 1])) start--;
  return start;
}

static size_t run_behind(lk_view text, size_t start) {
  size_t end = start;
  while (end - start < 128 && is_domain(lk_byte(text, end))) end++;
  while (end > start && (text.ptr[end - 1] == '.' || text.ptr[end - 1] == '-')) end--;
  return end;
}

/* "matti piste meikalainen": the word `at` and those before it that "dot" joins. The place of the first of them. */
static uint32_t local_part(const lk_finder *finder, uint32_t at, spelling *out, size_t *start) {
  uint32_t first = at;
  while (first >= 2 && lk_reading_hit(&finder->reading, first - 1, LK_KIND_DOT)) first -= 2;
  for (uint32_t i = first; i <= at; i += 2) {
    const lk_token *token = lk_reading_token(&finder->reading, i);
    size_t from = run_before(finder->text, token->end);
    if (i == first) *start = from;
    if (i > first) put(out, LK_LIT("."));
    /* A name spelt out has its dots and case as in a sentence: an address has neither. */
    if (from > token->start && token->kind == LK_TOKEN_WORD) {
      if (i == first) *start = token->start;
      put(out, finder->reading.items[i].keys[0]);
    } else {
      put(out, (lk_view){finder->text.ptr + from, token->end - from});
    }
  }
  return first;
}

static size_t domain_part(const lk_finder *finder, uint32_t at, spelling *out) {
  size_t end = 0;
  for (;; at += 2) {
    const lk_token *token = lk_reading_token(&finder->reading, at);
    end = run_behind(finder->text, token->start);
    put(out, (lk_view){finder->text.ptr + token->start, end > token->start ? end - token->start : 0});
    while (at + 1 < finder->reading.count && lk_reading_token(&finder->reading, at + 1)->start < end) at++;
    if (at + 2 >= finder->reading.count || !lk_reading_hit(&finder->reading, at + 1, LK_KIND_DOT)) return end;
    put(out, LK_LIT("."));
  }
}

static void try_spelt_email(lk_finder *finder, uint32_t at) {
  if (at == 0 || at + 1 >= finder->reading.count || !lk_reading_hit(&finder->reading, at, LK_KIND_AT)) return;
  spelling s = {.length = 0};
  size_t start = 0;
  (void)local_part(finder, at - 1, &s, &start);
  if (!s.length) return;
  put(&s, LK_LIT("@"));
  size_t end = domain_part(finder, at + 1, &s);
  bool bracket = start < lk_reading_token(&finder->reading, at)->start &&
                 strchr("([{<", lk_byte(finder->text, lk_reading_token(&finder->reading, at)->start - 1)) != NULL;
  add_email(finder, start, end, &s, bracket ? 0.9f : 0.75f);
}

/* "matti @ example.fi" */
static void try_parted_email(lk_finder *finder, size_t at) {
  lk_view text = finder->text;
  size_t left = at, right = lk_skip_spaces(text, at + 1);
  while (left > 0 && text.ptr[left - 1] == ' ') left--;
  if (left == at && right == at + 1) return;
  spelling s = {.length = 0};
  size_t start = run_before(text, left), end = run_behind(text, right);
  if (start == left || end == right) return;
  put(&s, (lk_view){text.ptr + start, left - start});
  put(&s, LK_LIT("@"));
  put(&s, (lk_view){text.ptr + right, end - right});
  add_email(finder, start, end, &s, 0.85f);
}

void lk_find_emails(lk_finder *finder) {
  for (uint32_t at = 0; at < finder->reading.count; at++) {
    const lk_token *token = lk_reading_token(&finder->reading, at);
    if (token->kind == LK_TOKEN_EMAIL) {
      spelling s = {.length = 0};
      put(&s, token->text);
      add_email(finder, token->start, token->end, &s, 0.99f);
    }
    try_spelt_email(finder, at);
  }
  for (size_t at = 0; at < finder->text.len; at++)
    if (finder->text.ptr[at] == '@') try_parted_email(finder, at);
}

/* ---- Street addresses ---- */

static bool is_capital(lk_view text) {
  unsigned char c = text.len ? (unsigned char)text.ptr[0] : 0;
  /* Å, Ä, Ö are C3 85, C3 84, C3 96 */
  return (c >= 'A' && c <= 'Z') || (c == 0xC3 && text.len > 1 && (unsigned char)text.ptr[1] < 0x9F);
}

/* 5  5b  12-14  5 b 12  5 A as 3  5 A 12: the end of a house number with stairs and flat, or `at` when there is none. */
static size_t house_end(const lk_finder *finder, size_t at) {
  lk_view text = finder->text;
  size_t end = lk_digits_end(text, at);
  if (end == at || end - at > 4) return at;
  if ((lk_byte(text, end) == '-' || lk_byte(text, end) == '/') && lk_is_digit(lk_byte(text, end + 1))) {
    size_t range = lk_digits_end(text, end + 1);
    if (range - end <= 5) end = range;
  }
  size_t stairs = lk_byte(text, end) == ' ' ? end + 1 : end;
  char c = lk_byte(text, stairs);
  bool letter = (c | 32) >= 'a' && (c | 32) <= 'z' && !lk_is_wordly(lk_byte(text, stairs + 1));
  bool number_behind = lk_byte(text, stairs + 1) == ' ' && lk_is_digit(lk_byte(text, stairs + 2));
  if (letter && (stairs == end || number_behind || (c >= 'A' && c <= 'Z')))
    end = stairs + 1;
  else if (lk_is_letter(lk_byte(text, end))) {
    /* "12A34" */
    size_t figures = lk_digits_end(text, end + 1);
    if (figures == end + 1 || lk_is_wordly(lk_byte(text, figures))) return at;
    return figures;
  } else if (lk_is_wordly(lk_byte(text, end)))
    return at;
  size_t flat = lk_skip_spaces(text, end), word = flat;
  while (lk_is_letter(lk_byte(text, word)) || (word > flat && lk_byte(text, word) == '.')) word++;
  if (word > flat) {
    for (uint32_t i = 0; i < finder->reading.count; i++)
      if (lk_reading_token(&finder->reading, i)->start == flat && lk_reading_hit(&finder->reading, i, LK_KIND_FLAT))
        flat = lk_skip_spaces(text, word);
  }
  size_t flat_end = lk_digits_end(text, flat);
  bool fits = flat > end && flat_end > flat && flat_end - flat <= 3 && !lk_is_wordly(lk_byte(text, flat_end));
  return fits && (letter || word > flat || flat != lk_skip_spaces(text, end)) ? flat_end : end;
}

/* ", 00100 Helsinki": fills in postcode and town; the end of what it took. */
static size_t town_end(lk_finder *finder, size_t at, lk_view *postcode, lk_view *town) {
  lk_view text = finder->text;
  size_t from = at;
  while (lk_byte(text, from) == ' ' || lk_byte(text, from) == ',' || lk_byte(text, from) == '\n') from++;
  if (from + 3 < text.len && (memcmp(text.ptr + from, "FI-", 3) == 0)) from += 3;
  size_t end = lk_digits_end(text, from);
  if (end - from == 5 && !lk_is_wordly(lk_byte(text, end))) {
    *postcode = lk_finder_copy(finder, (lk_view){text.ptr + from, 5});
    at = end;
    from = end;
    while (lk_byte(text, from) == ' ' || lk_byte(text, from) == ',' || lk_byte(text, from) == '\n') from++;
  }
  end = from;
  while (lk_is_letter(lk_byte(text, end)) || (end > from && lk_byte(text, end) == '-' && lk_is_letter(lk_byte(text, end + 1))))
    end++;
  lk_view name = {text.ptr + from, end - from};
  if (end < from + 2 || from == at || (!postcode->len && !is_capital(name))) return at;
  *town = lk_finder_copy(finder, name);
  return end;
}

static bool begins_clause(const lk_finder *finder, uint32_t at) { return at == 0 || finder->reading.items[at].clause; }

/* Words that belong to a street's name before the one with the ending: "Iso Roobertinkatu", "Eino Leinon katu". */
static uint32_t street_start(const lk_finder *finder, uint32_t at, bool bare) {
  uint32_t first = at;
  while (first > 0 && at - first < 3 && !finder->reading.items[first].clause) {
    lk_view before = lk_reading_token(&finder->reading, first - 1)->text;
    bool genitive = bare && first == at && before.len > 3 && before.ptr[before.len - 1] == 'n';
    bool name = is_capital(before) && !begins_clause(finder, first - 1);
    bool name_at_start = is_capital(before) && bare && first < at;
    bool known = lk_reading_hit(&finder->reading, first - 1, LK_KIND_STREET_BEFORE) != NULL &&
                 lk_view_eq(finder->reading.items[first - 1].keys[0],
                            lk_reading_hit(&finder->reading, first - 1, LK_KIND_STREET_BEFORE)->phrase->words[0]);
    if (!genitive && !name && !known && !name_at_start) break;
    first--;
  }
  return first;
}

/* Names begin with a capital, whatever the customer typed: an address is shown back and printed on a parcel. */
static lk_view with_capital(lk_finder *finder, lk_view name) {
  char *letters = lk_arena_string(finder->arena, name);
  if (!letters) return finder->failed = true, name;
  unsigned char first = (unsigned char)letters[0], second = name.len > 1 ? (unsigned char)letters[1] : 0;
  if (first >= 'a' && first <= 'z') letters[0] = (char)(first & ~32u);
  if (first == 0xC3 && second >= 0xA0 && second <= 0xBE) letters[1] = (char)(second - 0x20); /* å ä ö é: U+00E0 … */
  return (lk_view){letters, name.len};
}

/* "Mäkitielle 3" is Mäkitie 3: a lemma that is a street's name, with the capital of the word typed. */
static lk_view nominative(lk_finder *finder, uint32_t at, bool *street, bool *bare) {
  const lk_read_word *item = &finder->reading.items[at];
  const lk_token *token = lk_reading_token(&finder->reading, at);
  const lk_word *word = &finder->reading.analysis->words[item->word];
  *street = token->kind == LK_TOKEN_WORD && lk_words_is_street(finder->words, item->keys[0], bare);
  if (*street || token->kind != LK_TOKEN_WORD) return token->text;
  for (size_t i = 0; i < word->lemma_count; i++) {
    lk_view key = lk_folded(word->lemmas[i], finder->arena);
    if (key.len < 6 || !lk_words_is_street(finder->words, key, bare) || *bare) continue;
    size_t common = 0;
    while (common < key.len && common < item->keys[0].len && key.ptr[common] == item->keys[0].ptr[common]) common++;
    if (common + 2 < key.len) continue;
    *street = true;
    return with_capital(finder, word->lemmas[i]);
  }
  return token->text;
}

/* Parts one after another, as they are. */
static lk_view join(lk_finder *finder, const lk_view *parts, size_t count) {
  char text[400];
  size_t length = 0;
  for (size_t i = 0; i < count; i++) {
    if (length + parts[i].len > sizeof text) continue;
    memcpy(text + length, parts[i].ptr, parts[i].len);
    length += parts[i].len;
  }
  return lk_finder_copy(finder, (lk_view){text, length});
}

static void add_address(lk_finder *finder, size_t start, size_t house_stop, lk_view street, float confidence) {
  lk_view postcode = LK_LIT(""), town = LK_LIT("");
  size_t end = town_end(finder, house_stop, &postcode, &town);
  lk_entity *entity = lk_finder_add(finder, LK_ENTITY_ADDRESS, start, end, postcode.len ? 0.98f : confidence);
  entity->street = street = with_capital(finder, street);
  entity->postcode = postcode;
  entity->town = town = town.len ? with_capital(finder, town) : town;
  lk_view comma = postcode.len || town.len ? LK_LIT(", ") : LK_LIT(""),
          space = postcode.len && town.len ? LK_LIT(" ") : LK_LIT("");
  entity->text = join(finder, (const lk_view[]){street, comma, postcode, space, town}, 5);
}

static void try_street(lk_finder *finder, uint32_t at) {
  bool street, bare = false;
  lk_view name = nominative(finder, at, &street, &bare);
  const lk_token *token = lk_reading_token(&finder->reading, at);
  size_t house = lk_skip_spaces(finder->text, token->end);
  size_t end = house > token->end ? house_end(finder, house) : house;
  if (!street || end == house) return;
  uint32_t first = street_start(finder, at, bare);
  if (bare && first == at) return;
  size_t start = lk_reading_token(&finder->reading, first)->start;
  lk_view before = {finder->text.ptr + start, token->start - start}, behind = {finder->text.ptr + token->end, end - token->end};
  add_address(finder, start, end, join(finder, (const lk_view[]){before, name, behind}, 3),
              is_capital(token->text) ? 0.95f : 0.88f);
}

/* A name with no ending of a street: only when number, postcode and town come with it. "Kirkonkylä 12, 99800 Ivalo" */
static void try_place(lk_finder *finder, uint32_t at) {
  const lk_token *token = lk_reading_token(&finder->reading, at);
  size_t house = lk_skip_spaces(finder->text, token->end);
  if (token->kind != LK_TOKEN_WORD || !is_capital(token->text) || house == token->end) return;
  size_t end = house_end(finder, house);
  lk_view postcode = LK_LIT(""), town = LK_LIT("");
  if (end == house) return;
  (void)town_end(finder, end, &postcode, &town);
  if (!postcode.len || !town.len || lk_reading_hit(&finder->reading, at, LK_KIND_ORDER_WORD)) return;
  lk_view street = lk_finder_copy(finder, (lk_view){finder->text.ptr + token->start, end - token->start});
  add_address(finder, token->start, end, street, 0.85f);
}

static void try_pobox(lk_finder *finder, uint32_t at) {
  const lk_phrase_hit *hit = lk_reading_hit(&finder->reading, at, LK_KIND_POBOX);
  if (!hit || hit->past >= finder->reading.count) return;
  const lk_token *first = lk_reading_token(&finder->reading, at), *number = lk_reading_token(&finder->reading, hit->past);
  size_t end = lk_digits_end(finder->text, number->start);
  if (end == number->start || end - number->start > 5) return;
  lk_view street = lk_finder_copy(finder, (lk_view){finder->text.ptr + first->start, end - first->start});
  add_address(finder, first->start, end, street, 0.85f);
}

void lk_find_addresses(lk_finder *finder) {
  for (uint32_t at = 0; at < finder->reading.count; at++) {
    size_t before = finder->count;
    try_street(finder, at);
    if (finder->count == before) try_place(finder, at);
    if (finder->count == before) try_pobox(finder, at);
  }
}
