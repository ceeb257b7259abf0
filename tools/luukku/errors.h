/* What went wrong, question by question and article by article. */
#ifndef LK_ERRORS_H
#define LK_ERRORS_H

#include "outcome.h"

typedef enum lk_fault {
  LK_FAULT_NONE,
  LK_FAULT_WRONG,            /* a wrong answer or action at once */
  LK_FAULT_FALSE,            /* an answer or action where nothing answers */
  LK_FAULT_MISSED_HANDOFF,   /* a person was wanted and did not come */
  LK_FAULT_NEEDLESS_HANDOFF, /* a person came for what an entry answers */
  LK_FAULT_NOT_AMONG_THREE,  /* nothing right done or offered, nor among the best three */
  LK_FAULT_UNRESOLVED,       /* among the best three, but neither done nor offered */
  LK_FAULT_SECOND,           /* the customer is helped, but the best candidate is another */
  LK_FAULT_COUNT
} lk_fault;

/* The worst that can be said of it. */
lk_fault lk_fault_of(const lk_outcome *o);
/* "wrong answer", "false answer" … */
const char *lk_fault_name(lk_fault fault);
bool lk_is_faulty(const lk_outcome *o);

/* Each faulty outcome with its explanation, by kind. */
void lk_errors_print(const lk_outcome *outcomes, size_t count, FILE *out);

/* Which articles are taken for which: pairs wanted → got of best candidates, the commonest first, each with examples. */
int lk_confusion_print(const lk_outcome *outcomes, size_t count, FILE *out);
json_t *lk_confusion_json(const lk_outcome *outcomes, size_t count);

#endif
