/* Showing decisions and explanations in a terminal. */
#ifndef LK_SHOW_H
#define LK_SHOW_H

#include "tool.h"

/* Why: tokens with lemmas and repairs, entities, the best candidates with their matched terms and weights, features, rules and thresholds. */
void lk_show_why(const lk_engine *engine, const lk_understanding *u, const lk_reasons *reasons, lk_arena *arena, FILE *out);
/* The candidates, a line each. */
void lk_show_candidates(const lk_understanding *u, size_t most, FILE *out);
/* The same explanation as JSON, for --explain --json. */
json_t *lk_json_why(const lk_engine *engine, const lk_understanding *u, const lk_reasons *reasons, lk_arena *arena);

#endif
