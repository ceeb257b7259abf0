/* Reading attribute values: numbers, dates, times, durations, ids, lists. All independent of the locale. */
#ifndef LK_KB_VALUES_H
#define LK_KB_VALUES_H

#include "luukku/kb.h"

/* 12, -0.5, 1e-3. */
bool lk_parse_number(lk_view text, double *out);
/* Decimal digits only, at most 9 of them. */
bool lk_parse_count(lk_view text, long *out);
/* 2026-12-24, or 12-24 for a day of every year (year 0). */
bool lk_parse_day(lk_view text, lk_date *out);
/* 08:00 … 24:00, in minutes. */
bool lk_parse_time(lk_view text, int *minutes);
/* "90 s", "15 min", "24 h", "30 days", "2 weeks", "12 months", in seconds. */
bool lk_parse_duration(lk_view text, double *seconds);
/* "mon", "mon-fri", "sat,sun" as bits 1u << LK_MONDAY … */
bool lk_parse_days(lk_view text, unsigned *days);
/* Lower-case a–z, digits and single hyphens, a letter first. */
bool lk_is_id(lk_view text);
/* A variable's, feature's or action's name: as an id, with dots and underscores. */
bool lk_is_name(lk_view text);
bool lk_is_space(char c); /* XML white space */
lk_view lk_trim(lk_view text);
/* The next piece up to `separator`, trimmed; false at the end. *rest starts as the whole text. */
bool lk_next_piece(lk_view *rest, char separator, lk_view *piece);

#endif
