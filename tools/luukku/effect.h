/* What a change to a knowledge base does: which questions find their entry before it and after it. */
#ifndef LK_EFFECT_H
#define LK_EFFECT_H

#include "gold.h"
#include "luukku/audit.h"
#include "luukku/gaps.h"

typedef enum lk_probe_kind {
  LK_PROBE_QUESTION, /* with a gold label, from --questions */
  LK_PROBE_PHRASING, /* an editor's own, asked as if it were not in the KB */
  LK_PROBE_MESSAGE,  /* a customer's, whose right entry the conversation showed */
  LK_PROBE_KINDS
} lk_probe_kind;
const char *lk_probe_kind_name(lk_probe_kind kind); /* "questions", "phrasings", "messages" */

typedef struct lk_effect {
  struct {
    size_t asked, before, after, won, lost; /* found first: before, after, of these newly, and no more */
  } of[LK_PROBE_KINDS];
} lk_effect;

/* Does it lose more than it wins? */
bool lk_effect_hurts(const lk_effect *effect);

/* The base forms, parts and roots of a text's content words, as sorted hashes. */
typedef struct lk_term_set {
  uint64_t *items;
  size_t count;
} lk_term_set;
lk_code lk_term_set_of(lk_worker *worker, lk_lang lang, lk_view text, lk_arena *arena, lk_term_set *out, lk_error *err);
bool lk_term_sets_meet(const lk_term_set *a, const lk_term_set *b);

typedef struct lk_probes lk_probes;

/* Asks everything of the engine as it is. `set` may be NULL; it, the evidence and the engine must outlive the probes. */
lk_probes *lk_probes_new(const lk_engine *engine, const lk_gold_set *set, const lk_evidence *evidence, size_t count,
                         lk_error *err);
void lk_probes_free(lk_probes *probes);

/* Asks the changed engine what the change can touch: everything in `lang` that shares a term with `touched`; all in all languages when that is NULL. `left_out` has a place for each piece
 * of evidence: what the change itself is made of is no witness for it. */
lk_code lk_probes_measure(const lk_probes *probes, const lk_engine *changed, lk_lang lang, const lk_term_set *touched,
                          const bool *left_out, lk_effect *out, lk_error *err);

#endif
