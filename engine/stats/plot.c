/* Plots as SVG: what is meant stands beside it in words, this period and the one before differ in form (full bar and open mark, whole and dashed line), and colours are the
 * page's (classes), so that they hold on paper, in the dark, and for those who see no colours. Drawn as narrow as a phone's screen. */
#include <math.h>
#include <stdio.h>

#include "base/utf8.h"
#include "stats/render.h"

enum {
  WIDTH = 400,
  LETTER = 7, /* about as wide as a letter of 13 px is */
  BARS_MOST = 12,
  BAR_ROW = 36, /* a line of words, and the bar below it */
  BAR_HEIGHT = 9,
  PANEL = 126, /* a line's panel with its title */
  PANEL_TOP = 26,
  PANEL_PLOT = 70,
  COLUMNS_HEIGHT = 170,
  COLUMNS_TOP = 12,
  COLUMNS_PLOT = 130,
  AXIS = 44, /* to the left of what has a scale */
  SMALL_ROW = 44,
  SMALL_PLOT = 24,
  SMALL_STEP = 34
};

static double largest(const lk_report_table *table, size_t column, size_t rows) {
  double most = 0;
  for (size_t i = 0; i < rows; i++) {
    most = fmax(most, table->rows[i].now[column].value);
    most = fmax(most, table->rows[i].before[column].value);
  }
  return most;
}

static void begin(lk_page *page, const lk_report_table *table, int height) {
  lk_view see = lk_page_text(page, "plot");
  lk_buffer_addf(&page->out, "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH, height);
  lk_add_escaped(&page->out, table->title);
  lk_buffer_adds(&page->out, ". ");
  lk_add_escaped(&page->out, see);
  lk_buffer_adds(&page->out, "\">\n");
}

static void end(lk_page *page) { lk_buffer_adds(&page->out, "</svg>\n"); }

static void add_words(lk_page *page, double x, double y, const char *anchor, lk_view words, size_t most) {
  size_t at = 0, characters = 0, length = lk_utf8_length(words);
  while (at < words.len && characters + (length > most) < most) {
    (void)lk_utf8_next(words, &at);
    characters++;
  }
  lk_buffer_addf(&page->out, "<text x=\"%.1f\" y=\"%.1f\"%s%s%s>", x, y, *anchor ? " text-anchor=\"" : "", anchor,
                 *anchor ? "\"" : "");
  lk_add_escaped(&page->out, (lk_view){words.ptr, at});
  lk_buffer_adds(&page->out, length > most ? "…</text>\n" : "</text>\n");
}

static size_t add_count(lk_page *page, double x, double y, const char *anchor, lk_unit unit, double value) {
  lk_buffer number = {0};
  lk_add_number(&number, page->report->lang, unit, (lk_amount){true, value});
  size_t length = lk_utf8_length(lk_buffer_view(&number));
  add_words(page, x, y, anchor, lk_buffer_view(&number), 40);
  page->out.failed |= number.failed;
  lk_buffer_free(&number);
  return length;
}

/* ---- Lying bars ---- */

static void draw_bars(lk_page *page, const lk_report_table *table) {
  size_t rows = table->row_count < BARS_MOST ? table->row_count : BARS_MOST;
  double most = largest(table, 0, rows);
  lk_unit unit = table->columns[0].unit;
  if (most <= 0) return;
  begin(page, table, (int)rows * BAR_ROW + 4);
  for (size_t i = 0; i < rows; i++) {
    const lk_report_row *row = &table->rows[i];
    double y = (double)i * BAR_ROW, now = row->now[0].value / most * WIDTH, before = row->before[0].value / most * WIDTH;
    size_t taken = add_count(page, WIDTH, y + 14, "end", unit, row->now[0].value);
    add_words(page, 0, y + 14, "", row->title, WIDTH / LETTER - taken - 2);
    lk_buffer_addf(&page->out, "<rect class=\"bar\" x=\"0\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>\n", y + 20, fmax(now, 0.5),
                   BAR_HEIGHT);
    if (page->report->compared)
      lk_buffer_addf(&page->out, "<path class=\"was\" d=\"M%.1f %.1fv%d\"/>\n", fmin(fmax(before, 1), WIDTH - 1), y + 17,
                     BAR_HEIGHT + 6);
  }
  end(page);
}

/* ---- A scale ---- */

/* A round number at or above. */
static double round_up(double value) {
  static const double steps[] = {1, 2, 3, 4, 5, 6, 8, 10};
  double unit = pow(10, floor(log10(fmax(value, 1))));
  size_t i = 0;
  while (steps[i] < 10 && steps[i] * unit < value) i++;
  return steps[i] * unit;
}

static void draw_scale(lk_page *page, double top, double height, double most, lk_unit unit) {
  for (int i = 0; i <= 2; i++) {
    double y = top + height - height * i / 2;
    lk_buffer_addf(&page->out, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>\n", AXIS, y, WIDTH);
    if (i != 1 || fmod(most, 2) < .5) add_count(page, AXIS - 6, y + 4, "end", unit, most * i / 2);
  }
}

/* ---- Upright columns ---- */

/* What stands below the columns: all whole or, where one has no room, the first letters of all: "ma" for maanantai. */
static size_t letters_of(const lk_report_table *table, double room) {
  size_t longest = 0;
  for (size_t i = 0; i < table->row_count; i++) {
    size_t letters = lk_utf8_length(table->rows[i].title);
    if (letters > longest) longest = letters;
  }
  return (double)(longest * LETTER) < room ? longest : 2;
}

static void add_short(lk_page *page, double x, double y, lk_view title, size_t letters) {
  size_t at = 0;
  for (size_t i = 0; i < letters && at < title.len; i++) (void)lk_utf8_next(title, &at);
  add_words(page, x, y, "middle", (lk_view){title.ptr, at}, letters);
}

static void draw_columns(lk_page *page, const lk_report_table *table) {
  double most = largest(table, 0, table->row_count);
  if (most <= 0) return;
  double top = round_up(most), step = (double)(WIDTH - AXIS) / (double)table->row_count, width = step * .7,
         base = COLUMNS_TOP + COLUMNS_PLOT;
  size_t label_every = table->row_count > 12 ? 3 : 1, letters = letters_of(table, step * (double)label_every);
  begin(page, table, COLUMNS_HEIGHT);
  draw_scale(page, COLUMNS_TOP, COLUMNS_PLOT, top, table->columns[0].unit);
  for (size_t i = 0; i < table->row_count; i++) {
    const lk_report_row *row = &table->rows[i];
    double x = AXIS + step * ((double)i + .15), now = row->now[0].value / top * COLUMNS_PLOT,
           was = row->before[0].value / top * COLUMNS_PLOT;
    lk_buffer_addf(&page->out, "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n", x, base - now,
                   width, now);
    if (page->report->compared)
      lk_buffer_addf(&page->out, "<path class=\"was\" d=\"M%.1f %.1fh%.1f\"/>\n", x - step * .1, base - was, width + step * .2);
    if (i % label_every == 0) add_short(page, x + width / 2, base + 18, row->title, letters);
  }
  end(page);
}

/* ---- Lines over time ---- */

static void add_line(lk_page *page, const char *class, const lk_report_table *table, size_t column, bool before, double top,
                     double y) {
  double step = table->row_count > 1 ? (double)(WIDTH - AXIS - 8) / (double)(table->row_count - 1) : 0;
  lk_buffer_addf(&page->out, "<path class=\"%s\" d=\"", class);
  for (size_t i = 0; i < table->row_count; i++) {
    const lk_amount *cells = before ? table->rows[i].before : table->rows[i].now;
    lk_buffer_addf(&page->out, "%c%.1f %.1f", i ? 'L' : 'M', AXIS + step * (double)i,
                   y + PANEL_PLOT * (1 - cells[column].value / top));
  }
  if (table->row_count == 1) lk_buffer_addf(&page->out, "h%d", WIDTH - AXIS - 8);
  lk_buffer_adds(&page->out, "\"/>\n");
}

static void draw_time(lk_page *page, const lk_report_table *table) {
  const lk_report_row *rows = table->rows;
  if (!table->row_count || largest(table, 0, table->row_count) <= 0) return;
  begin(page, table, PANEL * (int)table->column_count);
  for (size_t c = 0; c < table->column_count; c++) {
    double y = PANEL * (double)c, top = round_up(largest(table, c, table->row_count));
    add_words(page, 0, y + 14, "", table->columns[c].title, WIDTH / LETTER);
    draw_scale(page, y + PANEL_TOP, PANEL_PLOT, top, table->columns[c].unit);
    if (page->report->compared) add_line(page, "then", table, c, true, top, y + PANEL_TOP);
    add_line(page, "line", table, c, false, top, y + PANEL_TOP);
    add_words(page, AXIS, y + PANEL_TOP + PANEL_PLOT + 16, "", rows[0].title, 14);
    if (table->row_count > 1)
      add_words(page, WIDTH, y + PANEL_TOP + PANEL_PLOT + 16, "end", rows[table->row_count - 1].title, 14);
  }
  end(page);
}

/* ---- Small columns, one series a row ---- */

static double sum_of(const lk_amount *cells, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++) sum += cells[i].value;
  return sum;
}

static void draw_small(lk_page *page, const lk_report_table *table) {
  size_t rows = table->row_count < BARS_MOST ? table->row_count : BARS_MOST;
  double most = 0, step = fmin((double)WIDTH / (double)table->column_count, SMALL_STEP);
  for (size_t c = 0; c < table->column_count; c++) most = fmax(most, largest(table, c, rows));
  if (most <= 0) return;
  begin(page, table, (int)rows * SMALL_ROW + 4);
  for (size_t i = 0; i < rows; i++) {
    const lk_report_row *row = &table->rows[i];
    double y = (double)i * SMALL_ROW, base = y + 18 + SMALL_PLOT;
    size_t taken = add_count(page, WIDTH, y + 14, "end", LK_UNIT_COUNT, sum_of(row->now, table->column_count));
    add_words(page, 0, y + 14, "", row->title, WIDTH / LETTER - taken - 2);
    for (size_t c = 0; c < table->column_count; c++) {
      double height = row->now[c].value / most * SMALL_PLOT;
      lk_buffer_addf(&page->out, "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n", step * (double)c,
                     base - height, step * .85, height);
    }
    lk_buffer_addf(&page->out, "<path class=\"grid\" d=\"M0 %.1fH%d\"/>\n", base, WIDTH);
  }
  end(page);
}

void lk_draw_plot(lk_page *page, const lk_report_table *table) {
  switch (table->plot) {
    case LK_PLOT_TIME:
      draw_time(page, table);
      break;
    case LK_PLOT_COLUMNS:
      draw_columns(page, table);
      break;
    case LK_PLOT_BARS:
      draw_bars(page, table);
      break;
    case LK_PLOT_SMALL:
      draw_small(page, table);
      break;
    case LK_PLOT_NONE:
      break;
  }
}
