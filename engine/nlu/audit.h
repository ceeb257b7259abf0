/* The audit's parts: each looks at one language of an engine with a worker of its own. */
#ifndef LK_NLU_AUDIT_H
#define LK_NLU_AUDIT_H

#include "luukku/audit.h"
#include "nlu/engine.h"

/* One phrasing asked without itself. Documents are entries' numbers in the index; phrasings count through all entries, as in lk_language_part. */
typedef struct lk_trial {
  uint32_t document, phrasing; /* whose it is, and which */
  uint32_t winner, nearest; /* the best other entry and its phrasing nearest to the question; document again when there is none */
  float own, other;         /* the scores of both */
  float confidence;         /* when the other one leads: how sure the bot would be of it */
  float likeness;           /* and how like its nearest phrasing is to this one, 0 to 1 */
  uint32_t ahead;           /* how many other entries score more */
  bool names_order;
  uint32_t hijacker;              /* another entry whose pattern fires on it, or LK_NOBODY */
  uint32_t pattern;               /* its number */
  uint32_t taken;                 /* another entry that has these very words, or LK_NOBODY */
  uint32_t row;                   /* of the KB's lexicon, which alone decides who wins; or LK_NOBODY */
  uint32_t first_word, past_word; /* in lk_audit_run.words: its words' terms, sorted, each once */
  uint32_t content;               /* words that are no function words */
} lk_trial;

#define LK_NOBODY UINT32_MAX

typedef struct lk_audit_run {
  const lk_engine *engine;
  lk_worker *worker;
  lk_lang lang;
  const lk_language_part *part;
  const lk_audit_watch *watch;
  lk_findings *findings;
  lk_arena *arena, *scratch; /* the whole run's, and one phrasing's */
  lk_trial *trials;          /* one a phrasing of this language's own entries */
  size_t trial_count;
  struct {
    uint32_t *items;
    size_t count, cap;
  } words;
  lk_error *err;
} lk_audit_run;

/* In this order: the later ones read the trials. */
lk_code lk_audit_compile(lk_audit_run *run);  /* patterns that do not compile */
lk_code lk_audit_triggers(lk_audit_run *run); /* patterns that never fire or are loose */
lk_code lk_audit_trials(lk_audit_run *run);   /* asks every phrasing */
lk_code lk_audit_ranking(lk_audit_run *run);  /* reports on the trials */
lk_code lk_audit_likeness(lk_audit_run *run); /* articles that say the same, variants that add nothing */
lk_code lk_audit_spelling(lk_audit_run *run);

/* One phrasing alone, without the lexicon's part in it. `run` needs engine, language, part, worker and scratch arena. */
lk_code lk_audit_try(lk_audit_run *run, uint32_t document, uint32_t phrasing, lk_trial *out);

static inline const lk_entry *lk_trial_entry(const lk_audit_run *run, uint32_t document) { return run->part->entries[document]; }
static inline const lk_phrasing *lk_trial_phrasing(const lk_audit_run *run, uint32_t document, uint32_t phrasing) {
  return &run->part->entries[document]->phrasings[phrasing - run->part->first_phrasing[document]];
}
/* Does one explain or follow the other (`see`, either way)? Then customers get from one to the other. */
bool lk_entries_linked(const lk_entry *a, const lk_entry *b);

#endif
