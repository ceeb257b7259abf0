/* Inside of a vocabulary: one shelf a language. Written while it is built, then only read, by any number of threads. */
#ifndef LK_TEXT_VOCABULARY_H
#define LK_TEXT_VOCABULARY_H

#include "base/map.h"
#include "text/lexeme.h"
#include "text/texts.h"

/* A form that the knowledge base uses. Its lexeme lies in the shelf's `lexemes`, where forms with the same one share it: how many lemmas, how many PART and
 * ROOT terms; the lemmas' texts; and for each term its text, kind and weight. */
typedef struct lk_known_form {
  uint32_t text;
  uint32_t lexeme : 31;
  uint32_t in_dictionary : 1; /* not only the knowledge base has it */
} lk_known_form;

/* What a text is to the shelf; 0 where it is none. */
typedef struct lk_text_use {
  uint32_t entry;  /* plus 1 */
  uint32_t target; /* plus 1 */
  uint32_t lemma;  /* how often */
} lk_text_use;

/* What a misspelling may be repaired to. */
typedef struct lk_target {
  uint64_t letters; /* lk_letter_bag of the form */
  uint32_t text;
  uint32_t length : 8;  /* code points; 255 is that many or more */
  uint32_t weight : 24; /* the more often, the likelier */
} lk_target;

enum { LK_TARGET_PAIRS = 6 }; /* of the pieces of a target: spelling.c */

typedef struct lk_ending_rule {
  lk_view spoken, written;
  uint8_t inside; /* not 0: anywhere in the word, not only at its end */
} lk_ending_rule;

typedef struct lk_preference {
  lk_view weaker, stronger;
} lk_preference;

typedef struct lk_derivation {
  lk_view root;
  float weight;
  uint32_t next; /* another root of the same lemma, plus 1; 0 is none */
} lk_derivation;

typedef struct lk_shelf {
  lk_arena *arena;
  uint64_t lists;        /* rises with the shop's own spoken forms and names */
  uint64_t version;      /* rises with each new word: what was concluded from the words that were not there is then void */
  lk_map *spoken;        /* form → spoken_to */
  lk_map *spoken_folded; /* the same without dots, where that makes a difference */
  struct {
    lk_view *items;
    size_t count, cap;
  } spoken_to;
  lk_map *stop, *common, *names; /* sets */
  lk_map *stop_folded;           /* function words whose dots were left out */
  lk_map *irregular;             /* form → irregular_to */
  struct {
    lk_view *items;
    size_t count, cap;
  } irregular_to;
  lk_map *derived; /* lemma → derivations */
  struct {
    lk_derivation *items;
    size_t count, cap;
  } derivations;
  struct {
    lk_ending_rule *items;
    size_t count, cap;
  } endings;
  struct {
    lk_preference *items;
    size_t count, cap;
  } preferences;
  lk_map *trigrams; /* three letters → thousandths of a logarithm, negated */
  lk_texts texts;   /* forms, lemmas, and what else their terms have */
  struct {
    lk_text_use *items; /* one a text */
    size_t count, cap;
  } uses;
  struct {
    lk_known_form *items;
    size_t count, cap;
  } entries;
  struct {
    uint32_t *items;
    size_t count, cap;
  } lexemes;
  uint32_t *lexeme_slots; /* places of lexemes plus 1, while the shelf is filled */
  size_t lexeme_slot_count, lexeme_count;
  uint32_t *folded_slots; /* entries plus 1, by their letters without dots where that makes a difference */
  size_t folded_slot_count, folded_count;
  struct {
    lk_target *items;
    size_t count, cap;
  } targets;
  /* Tables of the targets (spelling.c). */
  uint32_t *near_starts, *near_ids; /* of their pieces: a bucket's ids begin at its start and end at the next one's */
  size_t near_buckets;              /* a power of two, or 0 without tables */
  size_t near_targets;              /* how many were there */
  uint64_t *beginnings;             /* bits of their beginnings and endings */
  size_t beginning_words;           /* a power of two, or 0 */
} lk_shelf;

struct lk_vocabulary {
  lk_shelf shelves[LK_LANG_COUNT]; /* nothing is shared between them: three threads may fill one each */
};

/* Walks the vocabulary to which the pointer at `pointer` leads (base/image.h). One in a file can only be read, and is not to be freed. */
void lk_vocabulary_walk(lk_image *image, size_t pointer);
/* Changes when the engine's own language data do. */
uint64_t lk_language_data_digest(void);

/* The entry of a normalised form, or NULL. */
const lk_known_form *lk_shelf_entry(const lk_shelf *shelf, lk_view form);
/* The first form that came with these letters but for their dots, if it has some; an empty view where there is none. */
lk_view lk_shelf_dotted(const lk_shelf *shelf, lk_view folded);
bool lk_shelf_has_lemma(const lk_shelf *shelf, lk_view lemma);
/* A form, or a lemma of one. */
bool lk_shelf_has(const lk_shelf *shelf, lk_view text);
/* What is known of an entry: its arrays live in `arena`, its texts in the shelf. False when memory is out. */
bool lk_shelf_lexeme(const lk_shelf *shelf, const lk_known_form *entry, lk_arena *arena, lk_lexeme *out);
lk_view lk_target_form(const lk_shelf *shelf, const lk_target *target);
/* Reading a file: does every place in the shelf's arrays lead into them? */
bool lk_shelf_is_sound(const lk_shelf *shelf);
bool lk_map_has(const lk_map *map, lk_view key);

/* Which letters, and which of them twice, a word has: one edit changes at most two bits, so that most words are told apart from a misspelling
 * by counting bits. */
uint64_t lk_letter_bag(lk_view form);

#endif
