/* Inside of a vocabulary: one shelf a language. Written while it is built, then only read, by any number of threads. */
#ifndef LK_TEXT_VOCABULARY_H
#define LK_TEXT_VOCABULARY_H

#include "base/map.h"
#include "text/lexeme.h"

/* A form that the knowledge base uses. */
typedef struct lk_known_form {
  lk_view form;
  lk_lexeme lexeme;
  uint32_t count;     /* how often it was added */
  bool in_dictionary; /* not only the knowledge base has it */
} lk_known_form;

/* What a misspelling may be repaired to. */
typedef struct lk_target {
  uint64_t letters; /* lk_letter_bag of the form */
  lk_view form;
  uint32_t length; /* code points */
  uint32_t weight; /* the more often, the likelier */
} lk_target;

enum { LK_TARGET_PAIRS = 6 }; /* of the pieces of a target: spelling.c */

typedef struct lk_ending_rule {
  lk_view spoken, written;
  bool inside; /* anywhere in the word, not only at its end */
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
  lk_map *words;    /* form → entries */
  struct {
    lk_known_form *items;
    size_t count, cap;
  } entries;
  lk_map *lemmas; /* lemma → how often */
  lk_map *folded; /* a form's letters without their dots → entries */
  lk_map *aimed;  /* forms that are targets → targets */
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
bool lk_map_has(const lk_map *map, lk_view key);

/* Which letters, and which of them twice, a word has: one edit changes at most two bits, so that most words are told apart from a misspelling
 * by counting bits. */
uint64_t lk_letter_bag(lk_view form);

#endif
