/* Figures as tables and JSON. */
#ifndef LK_FIGURES_H
#define LK_FIGURES_H

#include "measures.h"

typedef struct lk_figures_wish {
  bool by[LK_COLUMN_COUNT];
  lk_bootstrap bootstrap;
} lk_figures_wish;

/* A table of all outcomes, with a column a style or language where wished; labels have a row each, the worst first. */
int lk_figures_print(const lk_outcome *outcomes, size_t count, const lk_figures_wish *wish, FILE *out);

/* {"messages": …, "recall@1": …, "intervals": {"recall@1": [low, high]}, "by_style": {"plain": {…}}}; null for what nothing counts for. NULL: memory is
 * out. */
json_t *lk_figures_json(const lk_outcome *outcomes, size_t count, const lk_figures_wish *wish);

/* One outcome: id, text, lang, style, label, act, entry, action, confidence, rank, answered, right, resolved, wrong. */
json_t *lk_outcome_json(const lk_outcome *o);

#endif
