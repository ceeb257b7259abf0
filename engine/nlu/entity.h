/* Finding entities: one finder a message, and a file for each kind of evidence. Each adds whatever could be meant; entity.c then says which readings are the likeliest. */
#ifndef LK_NLU_ENTITY_H
#define LK_NLU_ENTITY_H

#include "base/arena.h"
#include "nlu/reading.h"

enum { LK_ENTITIES_MAX = 400 }; /* a message */

typedef struct lk_finder {
  const lk_words *words;
  lk_reading reading;
  lk_view text;
  const lk_entity_options *options;
  lk_arena *arena;
  lk_entity *items;
  size_t count;
  bool failed; /* memory is out */
} lk_finder;

/* Adds a reading of bytes [start, end); its words are those that they touch. The result is there to be filled in; a scratch place when there are too many. */
lk_entity *lk_finder_add(lk_finder *finder, lk_entity_type type, size_t start, size_t end, float confidence);
/* The same of the reading's words [first, past). */
lk_entity *lk_finder_add_words(lk_finder *finder, lk_entity_type type, uint32_t first, uint32_t past, float confidence);
/* A copy of text in the finder's arena, its spaces trimmed. */
lk_view lk_finder_copy(lk_finder *finder, lk_view text);
/* Moves lead_word to the reading's place `lead`. */
void lk_finder_lead(const lk_finder *finder, lk_entity *entity, uint32_t lead);

void lk_find_numerals(lk_finder *finder); /* order number, phone, postcode, amount, size, quantity; dates in figures */
void lk_find_emails(lk_finder *finder);
void lk_find_addresses(lk_finder *finder);
void lk_find_dates(lk_finder *finder);   /* in words */
void lk_find_answers(lk_finder *finder); /* yes, no, commands, corrections */
void lk_find_choices(lk_finder *finder);
lk_code lk_find_products(lk_finder *finder, lk_error *err);

/* ---- Bytes of a message ---- */

static inline char lk_byte(lk_view text, size_t at) { return at < text.len ? text.ptr[at] : '\0'; }
static inline bool lk_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool lk_is_letter(char c) { return (c | 32) >= 'a' ? (c | 32) <= 'z' : (unsigned char)c >= 0x80; }
static inline bool lk_is_wordly(char c) { return lk_is_digit(c) || lk_is_letter(c); }
static inline size_t lk_skip_spaces(lk_view text, size_t at) {
  while (lk_byte(text, at) == ' ') at++;
  return at;
}
size_t lk_digits_end(lk_view text, size_t at);
long lk_number_of(lk_view text, size_t from, size_t to); /* at most nine figures are read */
/* No letter, figure or decimal mark before, or behind: a number stands by itself. */
bool lk_stands_before(lk_view text, size_t at);
bool lk_stands_behind(lk_view text, size_t at);
/* Five digits of a Finnish postcode that a place has: 0 none, else how sure. */
float lk_postcode_confidence(lk_view digits);

/* ---- Numbers in words ---- */

/* The number that begins at a place: figures, a word, or several ("twenty five"). `past` is the place behind. `vague`: an article or pronoun as likely. */
bool lk_number_at(const lk_finder *finder, uint32_t at, long *value, uint32_t *past, bool *vague);
/* How alike two folded words are: equal, one letter off, or of one stem. */
bool lk_words_alike(lk_view a, lk_view b);
/* A date without a year: the year that makes it the nearest to today. */
bool lk_date_nearest(lk_date today, int month, int day, lk_date *out);

#endif
