/* The tallies that all figures are made of: one query each, in SQL over the events of one local day. DEFINITIONS.md says in words what they count. */
#ifndef LK_STATS_FIGURES_H
#define LK_STATS_FIGURES_H

#include "luukku/store.h"

const lk_tally_plan *lk_figures_plan(void);

#endif
