/* The audit of a knowledge base: what only the engine can tell an editor, because it takes ranking, patterns and word forms. lk_kb_check (luukku/kb.h) finds
 * the rest. kb/FORMAT.md lists every finding with what to do about it.
 *
 * Each phrasing is asked as if it were a customer's message and were not in the KB itself (leave-one-out). An entry whose phrasings support one another
 * finds its own; where another entry wins clearly, the editors have put one matter into two places.
 *
 * Threads: audits of different languages may run at once, each with findings of its own; an audit of a language keeps one thread busy, and makes its
 * own worker. The engine must outlive the call; findings copy what they tell. Errors: LK_ERR_MEMORY. */
#ifndef LUUKKU_AUDIT_H
#define LUUKKU_AUDIT_H

#include "luukku/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Called now and then with the share that is done, 0 to 1. */
typedef struct lk_audit_watch {
  void (*report)(void *self, double share);
  void *self;
} lk_audit_watch;

/* Everything about one language. `watch` may be NULL. Appends to `findings`, sorted. LK_OK even with findings; LK_ERR_MEMORY. */
lk_code lk_audit(const lk_engine *engine, lk_lang lang, const lk_audit_watch *watch, lk_findings *findings, lk_error *err);

/* Only what the engine had to pass over when it was built: patterns that do not compile. Errors, of all languages; takes milliseconds, so that whoever loads
 * a KB can ask. */
lk_code lk_audit_patterns(const lk_engine *engine, lk_findings *findings, lk_error *err);

/* Whom lk_audit_phrasings tells about each phrasing: which entry would be found first by it, were it not in the KB? (The only phrasing of an entry stays: nothing else would be
 * left.) `wanted` (may be NULL) says which phrasings are asked at all. */
typedef struct lk_audit_asker {
  bool (*wanted)(void *self, const lk_entry *entry, size_t phrasing);
  void (*told)(void *self, const lk_entry *entry, size_t phrasing, const lk_entry *first);
  void *self;
} lk_audit_asker;

/* Asks the phrasings of a language's own entries, in their order: the measure by which a change to the KB is weighed. LK_ERR_MEMORY. */
lk_code lk_audit_phrasings(const lk_engine *engine, lk_lang lang, const lk_audit_asker *asker, lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
