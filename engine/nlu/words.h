/* What words mean to a flow, read once from data/: "kaksi" is the number 2, "ylihuomenna" the day two days from now, "unohda koko juttu" the command to cancel.
 *
 * A row's phrase is up to LK_PHRASE_WORDS folded words. A word of a message meets a word of a phrase when one of its keys (see reading.h) equals it; for an
 * exact phrase, when what was typed does. */
#ifndef LK_NLU_WORDS_H
#define LK_NLU_WORDS_H

#include <stdint.h>

#include "base/image.h"
#include "luukku/nlu.h"

#define LK_WORD_KINDS(X)                                                                \
  X(NUMBER, "number")                                                                   \
  X(VAGUE, "vague")     /* a number that is more often a pronoun or an article */       \
  X(ARTICLE, "article") /* "a week ago": one, but only before a period */               \
  X(PIECE, "piece")     /* what is counted: the number before it is a quantity */       \
  X(AMOUNT, "amount")   /* cents by itself: "kymppi" */                                 \
  X(EURO, "euro")       /* value: cents of one */                                       \
  X(ORDINAL, "ordinal") /* which of a list; -1 is the last, -2 the middle one */        \
  X(LIST, "list")       /* comes before the number of a choice */                       \
  X(OTHER, "other")     /* none of the choices */                                       \
  X(YES, "yes")         /* 2: only when it is the whole answer */                       \
  X(NO, "no")                                                                           \
  X(BUT, "but")         /* takes back what a yes before it said */                      \
  X(FILLER, "filler")   /* words around an answer that add nothing */                   \
  X(CORRECT, "correct") /* what comes next replaces what was said */                    \
  X(COMMAND, "command") /* value: an lk_command's name */                               \
  X(DAY, "day")         /* value: days from today */                                    \
  X(WEEKDAY, "weekday") /* value: 1 is Monday */                                        \
  X(WEEKDAY_PAST, "weekday-past")                                                       \
  X(WEEKDAY_SHORT, "weekday-short") /* only where nothing else can be meant */          \
  X(MONTH, "month")                                                                     \
  X(MONTH_WORD, "month-word")     /* a month that is an ordinary word too */            \
  X(STEP, "step")                 /* next, coming, this, last */                        \
  X(PERIOD, "period")             /* day, week, weekend, month, year */                 \
  X(AGO, "ago")                   /* after a period */                                  \
  X(AHEAD, "ahead")               /* after a period */                                  \
  X(AHEAD_BEFORE, "ahead-before") /* before a period: "om en vecka", "in a week" */     \
  X(FEAST, "feast")               /* value: an id of lk_holiday_id */                   \
  X(CLOCK, "clock")               /* the number after it is a time of day */            \
  X(SIZE, "size")                 /* value: the size */                                 \
  X(SIZE_LEAD, "size-lead")       /* the number or letter after it is a size */         \
  X(SIZE_TAIL, "size-tail")       /* the one before it is */                            \
  X(ORDER_LEAD, "order-lead")     /* announces an order number and says nothing else */ \
  X(ORDER_WORD, "order-word")     /* makes an order number sure */                      \
  X(POBOX, "pobox")                                                                     \
  X(FLAT, "flat")                                                                       \
  X(STREET_BEFORE, "street-before") /* first word of a street's name */                 \
  X(AT, "at")                                                                           \
  X(DOT, "dot")                                                                         \
  X(HOW, "how")   /* @how in patterns: asks for information */                          \
  X(NOT, "not")   /* @not */                                                            \
  X(WANT, "want") /* @want */

typedef enum lk_word_kind {
#define LK_KIND_ENUM(id, name) LK_KIND_##id,
  LK_WORD_KINDS(LK_KIND_ENUM)
#undef LK_KIND_ENUM
      LK_KIND_COUNT
} lk_word_kind;

enum { LK_PHRASE_WORDS = 6 };

typedef struct lk_phrase {
  lk_word_kind kind;
  int value;
  lk_view name; /* the value as written */
  lk_view words[LK_PHRASE_WORDS];
  uint32_t count;
  bool exact;
  uint32_t next; /* index + 1 of the next phrase with the same first word, 0 at the end */
} lk_phrase;

/* Walks the words to which the pointer at `pointer` leads (base/image.h). Those in a file are not to be freed. */
void lk_words_walk(lk_image *image, size_t pointer);
/* Changes when data/ does. */
uint64_t lk_words_digest(void);

/* The first phrase that begins with a folded word; follow `next`. NULL for none. */
const lk_phrase *lk_words_first(const lk_words *words, lk_lang lang, lk_view key);
const lk_phrase *lk_words_next(const lk_words *words, lk_lang lang, const lk_phrase *phrase);
/* All phrases of a language. */
const lk_phrase *lk_words_phrases(const lk_words *words, lk_lang lang, size_t *count);
/* The kind of a name such as "how"; LK_KIND_COUNT for none. */
lk_word_kind lk_word_kind_of(lk_view name);
/* Is this folded word a street's name by its ending? `bare`: it is nothing but such an ending ("katu"), so the name is in the words before it. */
bool lk_words_is_street(const lk_words *words, lk_view folded, bool *bare);

/* `text` normalised and without its letters' marks; itself where it is so already. ptr is NULL when memory is out. */
lk_view lk_folded(lk_view text, lk_arena *arena);

#endif
