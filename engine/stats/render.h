/* What the renderings share: numbers as people of a language write them, and escaping. */
#ifndef LK_STATS_RENDER_H
#define LK_STATS_RENDER_H

#include "base/buffer.h"
#include "luukku/stats.h"

typedef struct lk_page {
  const lk_report *report;
  lk_buffer out;
} lk_page;

/* "1 234", "12,5 %", "3 min 20 s", "–" when not known. */
void lk_add_number(lk_buffer *out, lk_lang lang, lk_unit unit, lk_amount amount);
/* How it changed: "+12 %", of shares "+1,2" percentage points; empty when that cannot be said. */
void lk_add_change(lk_buffer *out, lk_lang lang, lk_unit unit, lk_amount now, lk_amount before);
/* "22.11.2026" or "2026-11-22". */
void lk_add_date(lk_buffer *out, lk_lang lang, lk_date date);
/* "26.10.2026–22.11.2026": the last day, not the one after. */
void lk_add_period(lk_buffer *out, lk_lang lang, lk_date from, lk_date until);
/* < > & and quotes as entities; control characters are left out. */
void lk_add_escaped(lk_buffer *out, lk_view text);
bool lk_table_is_empty(const lk_report_table *table); /* nothing in it, now or before */
/* A word in the report's language. */
lk_view lk_page_text(const lk_page *page, const char *name);

void lk_render_report_text(lk_page *page);
void lk_render_report_html(lk_page *page, bool whole);
/* The plot of a table; nothing when it has none or there is nothing to draw. */
void lk_draw_plot(lk_page *page, const lk_report_table *table);

#endif
