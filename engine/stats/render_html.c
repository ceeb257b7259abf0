/* One page: figures, and each table beside its plot. No scripts, no addresses; classes only, so that the part can stand in a page that forbids styles of its own. */
#include <stdio.h>

#include "stats/render.h"

enum { ROWS_SEEN = 14, ROWS_MOST = 400 };

extern const char lk_report_css[]; /* report.css */

const char *lk_report_style(void) { return lk_report_css; }

static void add_text(lk_page *page, const char *name) { lk_add_escaped(&page->out, lk_page_text(page, name)); }

static void add_tag(lk_page *page, const char *tag, lk_view text) {
  lk_buffer_addf(&page->out, "<%s>", tag);
  lk_add_escaped(&page->out, text);
  lk_buffer_addf(&page->out, "</%s>", tag);
}

static void add_head_cell(lk_page *page, lk_view text) {
  lk_buffer_adds(&page->out, "<th scope=\"col\">");
  lk_add_escaped(&page->out, text);
  lk_buffer_adds(&page->out, "</th>");
}

static void add_number_cell(lk_page *page, lk_unit unit, lk_amount cell) {
  lk_buffer_adds(&page->out, "<td>");
  lk_add_number(&page->out, page->report->lang, unit, cell);
  lk_buffer_adds(&page->out, "</td>");
}

static void add_row_head(lk_page *page, lk_view title) {
  lk_buffer_adds(&page->out, "<tr><th scope=\"row\">");
  lk_add_escaped(&page->out, title);
  lk_buffer_adds(&page->out, "</th>");
}

/* A wide table scrolls by itself, and a long one too, also by keyboard. */
static void begin_table(lk_page *page, lk_view caption, bool tall) {
  lk_buffer_addf(&page->out, "<div class=\"roll%s\" tabindex=\"0\" role=\"region\" aria-label=\"", tall ? " tall" : "");
  lk_add_escaped(&page->out, caption);
  lk_buffer_adds(&page->out, "\"><table><thead><tr>");
}

static void end_table(lk_page *page) { lk_buffer_adds(&page->out, "</tbody></table></div>\n"); }

/* ---- Figures ---- */

static void add_figure(lk_page *page, const lk_figure *f) {
  const lk_report *r = page->report;
  add_row_head(page, f->title);
  add_number_cell(page, f->unit, f->now);
  if (r->compared) {
    add_number_cell(page, f->unit, f->before);
    lk_buffer_adds(&page->out, "<td>");
    lk_add_change(&page->out, r->lang, f->unit, f->now, f->before);
    lk_buffer_adds(&page->out, "</td>");
  }
  lk_buffer_adds(&page->out, "</tr>\n");
}

static void add_figures(lk_page *page) {
  const lk_report *r = page->report;
  lk_view title = lk_page_text(page, "figures");
  lk_buffer_adds(&page->out, "<section class=\"figures\">");
  add_tag(page, "h2", title);
  begin_table(page, title, false);
  add_head_cell(page, lk_page_text(page, "figure"));
  add_head_cell(page, lk_page_text(page, "now"));
  if (r->compared) add_head_cell(page, lk_page_text(page, "before"));
  if (r->compared) add_head_cell(page, lk_page_text(page, "change"));
  lk_buffer_adds(&page->out, "</tr></thead><tbody>\n");
  for (size_t i = 0; i < r->figure_count; i++) add_figure(page, &r->figures[i]);
  end_table(page);
  if (r->compared) add_tag(page, "p", lk_page_text(page, "change-note"));
  lk_buffer_adds(&page->out, "</section>\n");
}

/* ---- Tables ---- */

static void add_rows(lk_page *page, const lk_report_table *table, size_t count, bool compared) {
  for (size_t i = 0; i < count; i++) {
    const lk_report_row *row = &table->rows[i];
    add_row_head(page, row->title);
    for (size_t c = 0; c < table->column_count; c++) {
      add_number_cell(page, table->columns[c].unit, row->now[c]);
      if (c == 0 && compared) add_number_cell(page, table->columns[c].unit, row->before[c]);
    }
    lk_buffer_adds(&page->out, "</tr>\n");
  }
}

/* What is long scrolls. What is longer than anybody reads is in the other formats. */
static void add_table(lk_page *page, const lk_report_table *table) {
  bool compared = page->report->compared && table->plot != LK_PLOT_SMALL;
  size_t count = table->row_count < ROWS_MOST ? table->row_count : ROWS_MOST;
  begin_table(page, table->title, count > ROWS_SEEN);
  add_head_cell(page, table->heading);
  for (size_t c = 0; c < table->column_count; c++) {
    add_head_cell(page, table->columns[c].title);
    if (c == 0 && compared) add_head_cell(page, lk_page_text(page, "before"));
  }
  lk_buffer_adds(&page->out, "</tr></thead><tbody>\n");
  add_rows(page, table, count, compared);
  end_table(page);
}

static void add_section(lk_page *page, const lk_report_table *table) {
  lk_buffer_adds(&page->out, "<section>");
  add_tag(page, "h2", table->title);
  if (lk_table_is_empty(table)) {
    add_tag(page, "p", lk_page_text(page, "nothing"));
  } else {
    lk_buffer_adds(&page->out, "<div class=\"pair\"><div>\n");
    lk_draw_plot(page, table);
    lk_buffer_adds(&page->out, "</div><div>\n");
    add_table(page, table);
    lk_buffer_adds(&page->out, "</div></div>");
  }
  lk_buffer_adds(&page->out, "</section>\n");
}

/* ---- Words ---- */

static void add_remark(lk_page *page, const lk_remark *remark) {
  char name[32];
  lk_local_time time = lk_local_time_of(remark->time);
  lk_buffer_adds(&page->out, "<li><p class=\"about\">");
  lk_add_date(&page->out, page->report->lang, time.date);
  lk_buffer_addf(&page->out, " · ");
  (void)snprintf(name, sizeof name, "rated-%s", remark->kind);
  add_text(page, name);
  lk_buffer_addf(&page->out, " %lld", (long long)remark->value);
  if (remark->entry_title.len) {
    lk_buffer_adds(&page->out, " · ");
    lk_add_escaped(&page->out, remark->entry_title);
  }
  lk_buffer_adds(&page->out, "</p>");
  add_tag(page, "p", remark->text);
  lk_buffer_adds(&page->out, "</li>\n");
}

static void add_remarks(lk_page *page) {
  const lk_report *r = page->report;
  lk_buffer_adds(&page->out, "<section>");
  add_tag(page, "h2", lk_page_text(page, "remarks"));
  if (!r->remark_count) add_tag(page, "p", lk_page_text(page, "nothing"));
  if (r->remark_count) lk_buffer_adds(&page->out, "<ul class=\"remarks\">\n");
  for (size_t i = 0; i < r->remark_count; i++) add_remark(page, &r->remarks[i]);
  if (r->remark_count) lk_buffer_adds(&page->out, "</ul>");
  lk_buffer_adds(&page->out, "</section>\n");
}

/* ---- The page ---- */

static void add_legend(lk_page *page) {
  lk_buffer_adds(&page->out,
                 "<p class=\"legend\"><svg viewBox=\"0 0 24 12\" aria-hidden=\"true\"><rect class=\"bar\" y=\"2\" width=\"24\" "
                 "height=\"8\"/></svg> ");
  add_text(page, "legend-now");
  if (page->report->compared) {
    lk_buffer_adds(&page->out,
                   " <svg viewBox=\"0 0 24 12\" aria-hidden=\"true\"><path class=\"was\" d=\"M4 0v12\"/><path class=\"then\" "
                   "d=\"M10 6h14\"/></svg> ");
    add_text(page, "legend-before");
  }
  lk_buffer_adds(&page->out, "</p>\n");
}

static void add_period_line(lk_page *page) {
  const lk_report *r = page->report;
  lk_buffer_addf(&page->out, "<p class=\"period\" data-from=\"%04d-%02d-%02d\" data-until=\"%04d-%02d-%02d\">", r->from.year,
                 r->from.month, r->from.day, r->until.year, r->until.month, r->until.day);
  lk_add_period(&page->out, r->lang, r->from, r->until);
  if (r->compared) {
    lk_buffer_adds(&page->out, ", ");
    add_text(page, "compared-with");
    lk_buffer_addc(&page->out, ' ');
    lk_add_period(&page->out, r->lang, r->before, r->from);
  }
  lk_buffer_adds(&page->out, "</p>\n");
}

static void add_part(lk_page *page) {
  const lk_report *r = page->report;
  add_period_line(page);
  add_figures(page);
  add_legend(page);
  for (size_t i = 0; i < r->table_count; i++) add_section(page, &r->tables[i]);
  add_remarks(page);
}

void lk_render_report_html(lk_page *page, bool whole) {
  lk_view title = lk_page_text(page, "title");
  if (!whole) {
    add_part(page);
    return;
  }
  lk_buffer_addf(
      &page->out,
      "<!DOCTYPE html>\n<html lang=\"%s\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
      "'none'; style-src 'unsafe-inline'\">\n",
      lk_lang_code(page->report->lang));
  add_tag(page, "title", title);
  lk_buffer_adds(&page->out, "\n<style>\n");
  lk_buffer_adds(&page->out, lk_report_css);
  lk_buffer_adds(&page->out, "</style></head>\n<body><main class=\"report\">\n");
  add_tag(page, "h1", title);
  add_part(page);
  lk_buffer_adds(&page->out, "</main></body></html>\n");
}
