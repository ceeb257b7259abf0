/* Why the bot said what it said, as text: what ":why" shows in the terminal and the preview shows in the browser. Threads: any. */
#ifndef LK_WHY_H
#define LK_WHY_H

#include <stdio.h>

#include "luukku/dialogue.h"

/* Why: tokens with lemmas and repairs, entities, the best candidates with their matched terms and weights, features, rules and thresholds. */
void lk_show_why(const lk_engine *engine, const lk_understanding *u, const lk_reasons *reasons, lk_arena *arena, FILE *out);
/* The candidates, a line each. */
void lk_show_candidates(const lk_understanding *u, size_t most, FILE *out);

/* "lemma", "title", "spelling" … */
const char *lk_term_kind_name(lk_term_kind kind);
const char *lk_field_name(lk_field field);
const char *lk_repair_name(lk_repair repair);

#endif
