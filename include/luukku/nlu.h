/* What a message mentions, and which of the editors' patterns it fits: entities, patterns, slots.
 *
 * An *entity* is something a flow can use: an order number, a date, a yes. A *pattern* is an editor's precise trigger (kb/FORMAT.md, "Patterns"). A *slot* is
 * something a flow has to know; entities fill it.
 *
 * Ownership: lk_words and a frozen lk_patterns own their memory, never change, and may be read by any number of threads. What lk_entities_find,
 * lk_patterns_match and the slot functions give lives in the arena that they get, and may point into the text, the analysis and the options.
 * Places: bytes are offsets in the message; words are indices into lk_analysis.words; both half-open.
 * Errors: LK_ERR_MEMORY everywhere; others where they are named. "Nothing found" is a result. */
#ifndef LUUKKU_NLU_H
#define LUUKKU_NLU_H

#include "luukku/analyzer.h"
#include "luukku/arena.h"
#include "luukku/calendar.h"
#include "luukku/kb.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Language data ---- */

/* Number words, weekdays, yes and no, street endings … of the three languages, read from the data in the library. One serves everybody. */
typedef struct lk_words lk_words;
lk_words *lk_words_new(lk_error *err);
void lk_words_free(lk_words *words);

/* ---- Entities ---- */

typedef enum lk_entity_type {
  LK_ENTITY_ORDER,      /* text: in the form of the policy, "100234" */
  LK_ENTITY_EMAIL,      /* text: lower case */
  LK_ENTITY_PHONE,      /* text: "+358401234567" */
  LK_ENTITY_POSTCODE,   /* text: "00100" */
  LK_ENTITY_ADDRESS,    /* text: the whole; street, postcode and town below, each may be empty but street */
  LK_ENTITY_DATE,       /* date and date_end: a day, or the first and last day of a week, month … */
  LK_ENTITY_AMOUNT,     /* number: cents of a euro */
  LK_ENTITY_QUANTITY,   /* number */
  LK_ENTITY_SIZE,       /* text: "XL", "42", "128" */
  LK_ENTITY_YES_NO,     /* number: 1 is yes, 0 no */
  LK_ENTITY_CHOICE,     /* number: 1 is the first of options.choices, 0 "something else" */
  LK_ENTITY_PRODUCT,    /* text: the SKU; number: its place in what the search gave */
  LK_ENTITY_COMMAND,    /* number: an lk_command; only when the message is nothing but that */
  LK_ENTITY_CORRECTION, /* "eiku", "siis", "I mean": what follows replaces what was said before */
  LK_ENTITY_FREE,       /* text: as typed; made for slots of free text only */
  LK_ENTITY_TYPE_COUNT
} lk_entity_type;

typedef enum lk_command {
  LK_COMMAND_CANCEL,  /* peruuta, unohda koko juttu */
  LK_COMMAND_BACK,    /* takaisin */
  LK_COMMAND_RESTART, /* aloita alusta */
  LK_COMMAND_HELP,    /* apua, mitä vaihtoehtoja */
  LK_COMMAND_PERSON,  /* ihminen */
  LK_COMMAND_SKIP,    /* en tiedä, ohita */
  LK_COMMAND_COUNT
} lk_command;

/* "order", "email" … and "cancel", "back" …, for `:why`. Never NULL. */
const char *lk_entity_type_name(lk_entity_type type);
const char *lk_command_name(lk_command command);

typedef struct lk_entity {
  lk_entity_type type;
  uint32_t start, end;            /* bytes */
  uint32_t first_word, past_word; /* words */
  uint32_t lead_word;             /* ≤ first_word: where words that only announce it begin ("nro 100234", "koko M") */
  lk_view text;                   /* the normalised value; empty where number or date is the value */
  int64_t number;
  lk_date date, date_end;
  lk_view street, postcode, town; /* ADDRESS */
  float confidence;               /* 1: it can't be anything else; .5: a likely reading among others */
  bool preferred; /* no reading of the same words is likelier; false for what lies inside a larger one (an address's postcode) */
} lk_entity;

typedef struct lk_entities {
  lk_entity *items; /* by place; of one place, the likeliest first */
  size_t count;
} lk_entities;

/* A product that a search found. `match` is 1 for its very name. */
typedef struct lk_product_hit {
  lk_view sku, name;
  double match;
} lk_product_hit;

/* Looks `text` up in the catalogue: the best `limit` products into `hits`. A shop's order book has this (lk_orders_search). */
typedef struct lk_product_finder {
  lk_code (*find)(void *self, lk_view text, lk_product_hit *hits, size_t limit, size_t *count, lk_arena *arena, lk_error *err);
  void *self;
} lk_product_finder;

typedef struct lk_entity_options {
  lk_view order_number;   /* the policy's form, # is a digit; empty: "######" */
  lk_date today;          /* local; a date that does not exist leaves relative dates out */
  const lk_view *choices; /* labels that the customer was just shown; then CHOICE entities are looked for */
  size_t choice_count;
  const lk_product_finder *products; /* NULL: PRODUCT entities are not looked for */
  bool past;                         /* "maanantaina", "jouluna" are the last ones: for questions such as "since when?" */
} lk_entity_options;

/* Finds all entities of a message. `text` is what `analysis` was made of. Time grows with the message's length; at most 512 words are looked at. */
lk_code lk_entities_find(const lk_words *words, const lk_analysis *analysis, lk_view text, const lk_entity_options *options,
                         lk_arena *arena, lk_entities *out, lk_error *err);
/* The likeliest preferred entity of a type, or NULL. */
const lk_entity *lk_entities_best(const lk_entities *entities, lk_entity_type type);

/* ---- Patterns ---- */

/* Patterns of one language. Built from all entries' patterns, then frozen. */
typedef struct lk_patterns_builder lk_patterns_builder;
typedef struct lk_patterns lk_patterns;

enum {
  LK_PATTERN_BYTES = 2000, /* of one pattern's text */
  LK_PATTERN_DEPTH = 8,    /* of brackets in brackets */
  LK_PATTERN_STEPS = 400,  /* of its program: about one a word, six a gap */
  LK_PATTERN_GAP = 6,      /* words that a * passes over at the most */
  LK_PATTERN_FREE = 8,     /* words of a {slot} of free text at the most */
  LK_PATTERN_CAPTURES = 12,
  LK_PATTERN_COUNT = 20000
};

typedef struct lk_pattern_source {
  lk_view text;     /* is copied */
  const char *file; /* for errors and findings; may be NULL, else lives as long as the patterns */
  int line;
  uint32_t document;    /* the entry's number in the index: comes back in a match */
  const lk_slot *slots; /* of the entry */
  size_t slot_count;
} lk_pattern_source;

/* `words` and `analyzer` must live until it is freed or frozen. */
lk_patterns_builder *lk_patterns_builder_new(const lk_words *words, lk_analyzer *analyzer, lk_lang lang, lk_error *err);
void lk_patterns_builder_free(lk_patterns_builder *builder);
/* Compiles and adds one. LK_ERR_INPUT and LK_ERR_LIMIT say what is wrong at which character, and how to mend it; the pattern is then left out, and others
 * can still be added. */
lk_code lk_patterns_builder_add(lk_patterns_builder *builder, const lk_pattern_source *source, lk_error *err);
/* Makes the patterns and empties the builder (which is still to be freed). */
lk_patterns *lk_patterns_builder_freeze(lk_patterns_builder *builder, lk_error *err);
void lk_patterns_free(lk_patterns *patterns);
size_t lk_patterns_count(const lk_patterns *patterns);

typedef struct lk_pattern_word { /* which word met what part of the pattern */
  uint32_t word;
  lk_view element; /* a piece of the pattern's text: "(perua|peruuttaa)" gives "perua" */
} lk_pattern_word;

typedef struct lk_capture {
  lk_view name;            /* the slot's name, or its type's when the pattern named that */
  const lk_entity *entity; /* of `entities`; made for free text */
} lk_capture;

typedef struct lk_pattern_match {
  uint32_t pattern;  /* its number, in the order of adding */
  uint32_t document; /* of its source */
  lk_view text;      /* of the pattern */
  int line;
  uint32_t first_word, past_word;
  float specificity;      /* how much it asks for: more is better */
  lk_pattern_word *words; /* words that gaps passed over are not here */
  size_t word_count;
  lk_capture *captures;
  size_t capture_count;
  bool negated; /* its clause has a negation before its end that the pattern itself does not ask for: "en halua perua tilausta" */
  bool question; /* its sentence asks for information: "miten …?", "voiko …" */
} lk_pattern_match;

/* All patterns that the message fits, each once, most specific first. */
lk_code lk_patterns_match(const lk_patterns *patterns, const lk_analysis *analysis, const lk_entities *entities, lk_arena *arena,
                          lk_pattern_match **out, size_t *count, lk_error *err);

/* For the editors' checker: can this pattern ever fire? Writes sentences that it should match, one for each of its alternatives, understands them as a customer's
 * message and matches. Appends a warning to `findings` for a word, alternative or whole pattern that does not fire, and for one that is too short to be
 * precise. `patterns` is a set that holds it at number `pattern`. */
lk_code lk_pattern_check(const lk_patterns *patterns, uint32_t pattern, const lk_words *words, lk_analyzer *analyzer,
                         const lk_entity_options *options, lk_findings *findings, lk_error *err);

/* ---- Slots ---- */

/* The entity types that a slot type takes, as bits 1u << lk_entity_type; 0 for a name that is no slot type. */
unsigned lk_slot_type_entities(lk_view type);

typedef struct lk_slot_value { /* zero: not known yet */
  bool filled;
  lk_entity value; /* its places are those of the message that it came from */
} lk_slot_value;

typedef enum lk_slot_change {
  LK_SLOT_KEPT,
  LK_SLOT_FILLED,
  LK_SLOT_CORRECTED /* another value stood there */
} lk_slot_change;

/* Fills what a message tells without being asked: each entity goes to one slot, the surest first; captures go to the slot that they name. A filled slot changes
 * only when the message corrects it ("eiku 100235") or names another value of a kind that can't be mistaken (order number, e-mail, phone, address).
 * Free text, yes or no, and choices are never taken unasked. `values` and `changes` have a place a slot; `changes` may be NULL. */
void lk_slots_fill(const lk_slot *slots, lk_slot_value *values, size_t count, const lk_entities *entities,
                   const lk_pattern_match *match, lk_slot_change *changes);

typedef enum lk_slot_answer {
  LK_ANSWER_NONE,  /* nothing in it fits the slot */
  LK_ANSWER_VALUE, /* `out` is the value */
  LK_ANSWER_SKIP   /* the customer does not know or does not want to say */
} lk_slot_answer;

/* Reads a message as the answer to the question for `slot`: a bare "2" is then a quantity, "42" a size, and free text is the whole message. `entities` were found
 * with the choices and products that were shown. What fits none of the message's own language is tried in the others ("yes" in a Finnish conversation). */
lk_code lk_slot_interpret(const lk_words *words, const lk_slot *slot, const lk_analysis *analysis, lk_view text,
                          const lk_entities *entities, const lk_entity_options *options, lk_arena *arena, lk_slot_answer *answer,
                          lk_entity *out, lk_error *err);

/* The first slot that must be asked for (not optional, not filled), or `count`. */
size_t lk_slots_missing(const lk_slot *slots, const lk_slot_value *values, size_t count);

#ifdef __cplusplus
}
#endif
#endif
