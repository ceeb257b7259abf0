/* For a terminal: names to the left, numbers to the right. */
#include "base/utf8.h"
#include "stats/render.h"

enum { TITLE_MOST = 46, ROWS_MOST = 20, CELLS_MOST = 20 };

static void pad(lk_buffer *out, size_t have, size_t width) {
  while (have++ < width) lk_buffer_addc(out, ' ');
}

static void add_left(lk_buffer *out, lk_view text, size_t width) {
  size_t at = 0, characters = 0, length = lk_utf8_length(text);
  while (at < text.len && characters + (length > width) < width) {
    (void)lk_utf8_next(text, &at);
    characters++;
  }
  for (size_t i = 0; i < at; i++) lk_buffer_addc(out, (unsigned char)text.ptr[i] < ' ' ? ' ' : text.ptr[i]);
  if (length > width) lk_buffer_adds(out, "…");
  pad(out, length > width ? width : characters, width);
}

static void add_right(lk_buffer *out, lk_view text, size_t width) {
  pad(out, lk_utf8_length(text), width);
  lk_buffer_add(out, text);
}

/* A line of cells that were written one after another, each ended by a NUL. */
typedef struct line {
  lk_view title;
  lk_buffer text;
  size_t ends[CELLS_MOST];
  size_t count;
} line;

static void end_cell(line *l) {
  if (l->count < CELLS_MOST) l->ends[l->count++] = l->text.len;
}

static lk_view cell_of(const line *l, size_t i) {
  size_t from = i ? l->ends[i - 1] : 0;
  return (lk_view){l->text.ptr ? l->text.ptr + from : "", l->ends[i] - from};
}

static void write_lines(lk_buffer *out, line *lines, size_t count) {
  size_t title = 0, widths[CELLS_MOST] = {0};
  for (size_t i = 0; i < count; i++) {
    size_t length = lk_utf8_length(lines[i].title);
    if (length > title) title = length > TITLE_MOST ? TITLE_MOST : length;
    for (size_t c = 0; c < lines[i].count; c++)
      if (lk_utf8_length(cell_of(&lines[i], c)) > widths[c]) widths[c] = lk_utf8_length(cell_of(&lines[i], c));
  }
  for (size_t i = 0; i < count; i++) {
    lk_buffer_adds(out, "  ");
    add_left(out, lines[i].title, title);
    for (size_t c = 0; c < lines[i].count; c++) add_right(out, cell_of(&lines[i], c), widths[c] + 3);
    while (out->len && out->ptr[out->len - 1] == ' ') out->len--;
    lk_buffer_addc(out, '\n');
    out->failed |= lines[i].text.failed;
    lk_buffer_free(&lines[i].text);
  }
}

static void add_word(line *l, lk_view word) {
  lk_buffer_add(&l->text, word);
  end_cell(l);
}

static void add_comparison(lk_page *page, line *l, lk_unit unit, lk_amount now, lk_amount before) {
  lk_lang lang = page->report->lang;
  lk_add_number(&l->text, lang, unit, before);
  end_cell(l);
  lk_add_change(&l->text, lang, unit, now, before);
  end_cell(l);
}

static void write_figures(lk_page *page) {
  const lk_report *r = page->report;
  line lines[64] = {{.title = {"", 0}}};
  size_t count = 1;
  add_word(&lines[0], lk_page_text(page, "now"));
  if (r->compared) add_word(&lines[0], lk_page_text(page, "before"));
  if (r->compared) add_word(&lines[0], lk_page_text(page, "change"));
  for (size_t i = 0; i < r->figure_count && count < sizeof lines / sizeof *lines; i++) {
    const lk_figure *f = &r->figures[i];
    line *l = &lines[count++];
    l->title = f->title;
    lk_add_number(&l->text, r->lang, f->unit, f->now);
    end_cell(l);
    if (r->compared) add_comparison(page, l, f->unit, f->now, f->before);
  }
  write_lines(&page->out, lines, count);
}

/* What was before is said of the first column; where each row is a series, of none. */
static void write_table(lk_page *page, const lk_report_table *table) {
  const lk_report *r = page->report;
  bool compared = r->compared && table->plot != LK_PLOT_SMALL;
  size_t most = table->plot == LK_PLOT_TIME || table->plot == LK_PLOT_COLUMNS ? table->row_count : ROWS_MOST;
  size_t shown = table->row_count < most ? table->row_count : most;
  if (lk_table_is_empty(table)) return;
  line lines[1 + 64] = {{.title = table->heading}};
  lk_buffer_addf(&page->out, "\n%.*s\n", LK_FMT(table->title));
  for (size_t c = 0; c < table->column_count; c++) {
    add_word(&lines[0], table->columns[c].title);
    if (c == 0 && compared) add_word(&lines[0], lk_page_text(page, "before"));
  }
  for (size_t i = 0; i < shown; i++) {
    line *l = &lines[i + 1];
    l->title = table->rows[i].title;
    for (size_t c = 0; c < table->column_count; c++) {
      lk_add_number(&l->text, r->lang, table->columns[c].unit, table->rows[i].now[c]);
      end_cell(l);
      if (c || !compared) continue;
      lk_add_number(&l->text, r->lang, table->columns[c].unit, table->rows[i].before[c]);
      end_cell(l);
    }
  }
  write_lines(&page->out, lines, shown + 1);
  if (shown < table->row_count) {
    lk_buffer_addf(&page->out, "  … +%zu\n", table->row_count - shown);
  }
}

static void write_remarks(lk_page *page) {
  const lk_report *r = page->report;
  if (!r->remark_count) return;
  lk_view title = lk_page_text(page, "remarks");
  lk_buffer_addf(&page->out, "\n%.*s\n", LK_FMT(title));
  for (size_t i = 0; i < r->remark_count && i < ROWS_MOST; i++) {
    const lk_remark *remark = &r->remarks[i];
    lk_local_time time = lk_local_time_of(remark->time);
    lk_buffer_adds(&page->out, "  ");
    lk_add_date(&page->out, r->lang, time.date);
    lk_buffer_addf(&page->out, "  %s %lld  ", remark->kind, (long long)remark->value);
    add_left(&page->out, remark->text, lk_utf8_length(remark->text));
    lk_buffer_addc(&page->out, '\n');
  }
}

void lk_render_report_text(lk_page *page) {
  const lk_report *r = page->report;
  lk_view title = lk_page_text(page, "title"), than = lk_page_text(page, "compared-with");
  lk_buffer_addf(&page->out, "%.*s ", LK_FMT(title));
  lk_add_period(&page->out, r->lang, r->from, r->until);
  if (r->compared) {
    lk_buffer_addf(&page->out, ", %.*s ", LK_FMT(than));
    lk_add_period(&page->out, r->lang, r->before, r->from);
  }
  lk_buffer_adds(&page->out, "\n\n");
  write_figures(page);
  for (size_t i = 0; i < r->table_count; i++) write_table(page, &r->tables[i]);
  write_remarks(page);
}
