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

/* Does it lose more than it wins? The messages that speak for a change are no witnesses, but they are won for certain, and count as one. */
bool lk_effect_hurts(const lk_effect *effect);

typedef struct lk_probes lk_probes;

/* Asks everything of the engine as it is. `set` may be NULL; it, the evidence and the engine must outlive the probes. */
lk_probes *lk_probes_new(const lk_engine *engine, const lk_gold_set *set, const lk_evidence *evidence, size_t count,
                         lk_error *err);
void lk_probes_free(lk_probes *probes);

/* One that is found now and was not, or the other way round. `entry` is what is found first now: who wins it, or who takes it away; NULL when nothing is found. */
typedef struct lk_turnabout {
  lk_probe_kind kind;
  bool won;
  const lk_entry *entry;
} lk_turnabout;

/* Asks the changed engine everything again. `left_out` has a place for each piece of evidence: what a change is made of is no witness for it. `tell` (may be NULL) hears of each difference;
 * its entry lives as long as the changed engine. */
lk_code lk_probes_measure(const lk_probes *probes, const lk_engine *changed, const bool *left_out, lk_effect *out,
                          void (*tell)(void *self, const lk_turnabout *turnabout), void *self, lk_error *err);

#endif
