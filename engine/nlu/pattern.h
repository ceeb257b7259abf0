/* A pattern's program, as the compiler makes it and the matcher runs it.
 *
 * Steps only lead forward: optional parts, alternatives and gaps are unrolled. So a run is never deeper than its program is long, and since each pair of a step and a
 * place in the message is tried once, matching takes at most steps × words, whatever an editor or a customer writes. */
#ifndef LK_NLU_PATTERN_H
#define LK_NLU_PATTERN_H

#include "base/arena.h"
#include "base/map.h"
#include "nlu/reading.h"

typedef enum lk_step_kind {
  LK_STEP_WORD,    /* a word one of whose keys is in ids */
  LK_STEP_LITERAL, /* the same, but only what was typed */
  LK_STEP_ANY,     /* any word */
  LK_STEP_SLOT,    /* an entity of `types`; or, when `free`, some words */
  LK_STEP_SPLIT,   /* goes on at `first`, and if that fails at `second` */
  LK_STEP_JUMP,    /* goes on at `first` */
  LK_STEP_BEGIN,   /* a clause begins here */
  LK_STEP_END,     /* a clause ends here */
  LK_STEP_DONE
} lk_step_kind;

typedef struct lk_step {
  lk_step_kind kind;
  const uint32_t *ids; /* of keys */
  uint32_t id_count;
  uint32_t first, second;
  uint32_t capture; /* SLOT: its number in the program */
  uint32_t types;   /* SLOT: bits of lk_entity_type */
  bool free;
  bool group;      /* one of the words of @how, @not, @want */
  lk_view element; /* of the pattern's text; of a group, its word */
} lk_step;

/* Keys, one of which a message must have for the pattern to match: those of a word or an alternative. Entities have keys too (lk_entity_key). */
typedef struct lk_need {
  const uint32_t *ids;
  uint32_t count;
} lk_need;

typedef struct lk_program {
  const lk_step *steps;
  uint32_t count;
  uint32_t exclusions[LK_PATTERN_CAPTURES]; /* where the programs of what must not be in the sentence begin */
  uint32_t exclusion_count;
  lk_view captures[LK_PATTERN_CAPTURES]; /* slots' names */
  uint32_t capture_count;
  lk_need *needs; /* until the set is frozen: in a file there are none */
  uint32_t need_count;
  lk_view text;
  const char *file;
  int line;
  uint32_t document;
} lk_program;

typedef struct lk_posting {
  const uint32_t *patterns;
  uint32_t count;
} lk_posting;

struct lk_patterns {
  lk_arena *arena;
  lk_lang lang;
  lk_map *keys; /* folded word → id; "\1" + type name → id of an entity */
  lk_program *programs;
  uint32_t count;
  lk_program how, not ; /* find the words of @how and @not, for a match's flags */
  lk_posting *postings; /* of a key */
  size_t posting_count;
  const uint32_t *unneeded; /* patterns of free text alone, tried always */
  uint32_t unneeded_count;
};

/* The key under which an entity type's id stands in `keys`: two bytes. */
lk_view lk_entity_key(lk_entity_type type, char key[2]);
/* Entity types of a slot, and whether it takes any words. */
void lk_slot_takes(const lk_view *types, size_t count, unsigned *entities, bool *free);

/* Runs one program over a reading; false: no match. Exposed for the checker. */
typedef struct lk_runner lk_runner;
lk_runner *lk_runner_new(const lk_patterns *patterns, const lk_analysis *analysis, const lk_entities *entities, lk_arena *arena,
                         lk_error *err);
lk_code lk_runner_match(lk_runner *runner, uint32_t pattern, lk_pattern_match *out, bool *matched, lk_error *err);
bool lk_runner_excluded(const lk_runner *runner); /* the last run matched but for an exclusion */

#endif
