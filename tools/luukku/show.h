/* Explanations as JSON; as text they are why.h's. */
#ifndef LK_SHOW_H
#define LK_SHOW_H

#include "tool.h"
#include "why.h"

/* The explanation of lk_show_why as JSON, for --explain --json. */
json_t *lk_json_why(const lk_engine *engine, const lk_understanding *u, const lk_reasons *reasons, lk_arena *arena);

#endif
