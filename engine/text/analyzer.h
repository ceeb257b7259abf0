/* Inside of an analyzer, for the files that repair words and tell languages apart. */
#ifndef LK_TEXT_ANALYZER_H
#define LK_TEXT_ANALYZER_H

#include "base/buffer.h"
#include "text/memo.h"
#include "text/morphology.h"
#include "text/readings.h"
#include "text/vocabulary.h"

typedef struct lk_cached {
  lk_lexeme lexeme;
  bool of_entry;    /* the knowledge base's own, of a form that it has */
  bool stemmed;     /* false: it is only known that nothing knows the form, which most guesses at a misspelt word come to */
  uint64_t version; /* of the vocabulary that it depends on; LK_TIMELESS when on none */
} lk_cached;

#define LK_TIMELESS UINT64_MAX
#define LK_PROVISIONAL (UINT64_MAX - 1) /* made without asking the dictionary, since the call's allowance was used up */

/* How a form was understood. */
typedef struct lk_resolution {
  lk_view form; /* after repair; words parted by a space */
  lk_view also; /* another form that it may have been meant for: vari → väri; empty when none */
  lk_repair repair;
} lk_resolution;

typedef struct lk_concluded {
  lk_resolution resolution;
  uint64_t version;
} lk_concluded;

struct lk_analyzer {
  const lk_vocabulary *vocabulary;
  lk_morphology *dictionary; /* Finnish; NULL without one */
  lk_readings *readings;     /* answers that were found ahead; NULL as a rule */
  lk_morphology *stems[LK_LANG_COUNT];
  lk_buffer form, key, scratch; /* each used by one function at a time: see there */
  lk_arena *arena;              /* of the cache; reset when full */
  lk_map *cache;                /* language and form → cached */
  struct {
    lk_cached *items;
    size_t count, cap;
  } cached;
  lk_map *conclusions; /* language, flags and form → concluded */
  struct {
    lk_concluded *items;
    size_t count, cap;
  } concluded;
  lk_memo_table memos;
  lk_shared_words *shared;       /* NULL: none */
  uint64_t lists[LK_LANG_COUNT]; /* of the shelves, when the memos were made */
  int look_ups;                  /* how many the present call may still ask of the dictionary */
  int searches;                  /* how many words the present call may still search corrections for */
  uint64_t seen;                 /* version of the vocabulary at the last call */
  bool growing;                  /* a knowledge base is being read in: what depends on the words to come may wait */
  bool provisional;              /* something was left undone for the present word, since an allowance was used up */
  bool failed;                   /* memory ran out in the present call */
};

/* What is known of a normalised form: the vocabulary, the cache, the dictionary, the stemmer, in this order. The answer is good until the
 * cache is reset, which only the beginning of lk_analyze and lk_detect_language does. */
lk_lexeme lk_look_up(lk_analyzer *a, lk_lang lang, lk_view form);

/* A dictionary, the knowledge base or the engine's lists know the form. */
bool lk_is_known(lk_analyzer *a, lk_lang lang, lk_view form);

/* The compound's two halves, if the vocabulary knows both (a linking s between them allowed); shorter halves are no evidence. */
bool lk_split_compound(const lk_shelf *shelf, lk_view form, lk_view *first, lk_view *second);

typedef struct lk_repair_context {
  bool repair;    /* LK_ANALYZE_REPAIR */
  bool dotless;   /* the whole text has no ä, ö, å */
  bool name_like; /* a capital in the middle of a sentence */
} lk_repair_context;

/* Finds out which word was meant by a normalised form. The views live in the analyzer's cache. */
lk_resolution lk_resolve(lk_analyzer *a, lk_lang lang, lk_view form, lk_repair_context context);

/* Makes room if the caches are full, and gives the call its allowance. */
void lk_analyzer_begin(lk_analyzer *a, lk_lang lang, bool bounded);

#endif
