#include "stats/render.h"

#include <math.h>
#include <stdio.h>

#include "base/error.h"

/* ---- Numbers and dates ---- */

static const char *thousands_of(lk_lang lang) { return lang == LK_LANG_EN ? "," : "\u00a0"; }

/* With so many decimals, and the language's signs. */
static void add_decimal(lk_buffer *out, lk_lang lang, double value, int decimals) {
  char digits[64];
  int length = snprintf(digits, sizeof digits, "%.*f", decimals, fabs(value));
  int whole = decimals ? length - decimals - 1 : length;
  if (value < 0 && strspn(digits, "0.") < (size_t)length) lk_buffer_adds(out, "−");
  for (int i = 0; i < length; i++) {
    if (i && i < whole && (whole - i) % 3 == 0 && whole > 3) lk_buffer_adds(out, thousands_of(lang));
    lk_buffer_addc(out, digits[i] == '.' && lang != LK_LANG_EN ? ',' : digits[i]);
  }
}

static void add_duration(lk_buffer *out, double value) {
  long long seconds = llround(value);
  if (seconds < 60)
    lk_buffer_addf(out, "%lld s", seconds);
  else if (seconds < 3600)
    lk_buffer_addf(out, "%lld min %lld s", seconds / 60, seconds % 60);
  else if (seconds < 86400)
    lk_buffer_addf(out, "%lld h %lld min", seconds / 3600, seconds % 3600 / 60);
  else
    lk_buffer_addf(out, "%lld d %lld h", seconds / 86400, seconds % 86400 / 3600);
}

void lk_add_number(lk_buffer *out, lk_lang lang, lk_unit unit, lk_amount amount) {
  if (!amount.known) {
    lk_buffer_adds(out, "–");
    return;
  }
  if (unit == LK_UNIT_COUNT) add_decimal(out, lang, amount.value, 0);
  if (unit == LK_UNIT_MEAN) add_decimal(out, lang, amount.value, 2);
  if (unit == LK_UNIT_POINTS) add_decimal(out, lang, amount.value, 0);
  if (unit == LK_UNIT_SECONDS) add_duration(out, amount.value);
  if (unit != LK_UNIT_SHARE) return;
  add_decimal(out, lang, 100 * amount.value, 1);
  lk_buffer_adds(out, "\u00a0%");
}

void lk_add_change(lk_buffer *out, lk_lang lang, lk_unit unit, lk_amount now, lk_amount before) {
  bool absolute = unit == LK_UNIT_SHARE || unit == LK_UNIT_POINTS;
  if (!now.known || !before.known || (!absolute && before.value <= 0)) return;
  double change = unit == LK_UNIT_SHARE ? 100 * (now.value - before.value) : now.value - before.value;
  if (!absolute) change *= 100 / before.value;
  change = round(change * 10) / 10;
  lk_buffer_adds(out, change > 0 ? "+" : change < 0 ? "" : "±");
  add_decimal(out, lang, change, fabs(change) >= 100 || unit == LK_UNIT_POINTS ? 0 : 1);
  if (!absolute) lk_buffer_adds(out, "\u00a0%");
}

void lk_add_date(lk_buffer *out, lk_lang lang, lk_date date) {
  if (lang == LK_LANG_EN)
    lk_buffer_addf(out, "%04d-%02d-%02d", date.year, date.month, date.day);
  else
    lk_buffer_addf(out, "%d.%d.%04d", date.day, date.month, date.year);
}

void lk_add_period(lk_buffer *out, lk_lang lang, lk_date from, lk_date until) {
  lk_add_date(out, lang, from);
  lk_buffer_adds(out, lang == LK_LANG_EN ? " – " : "–");
  lk_add_date(out, lang, lk_date_plus(until, -1));
}

void lk_add_escaped(lk_buffer *out, lk_view text) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if (c == '<')
      lk_buffer_adds(out, "&lt;");
    else if (c == '>')
      lk_buffer_adds(out, "&gt;");
    else if (c == '&')
      lk_buffer_adds(out, "&amp;");
    else if (c == '"')
      lk_buffer_adds(out, "&quot;");
    else if (c == '\'')
      lk_buffer_adds(out, "&#39;");
    else if ((unsigned char)c >= ' ' || c == '\n' || c == '\t')
      lk_buffer_addc(out, c);
  }
}

lk_view lk_page_text(const lk_page *page, const char *name) { return lk_report_word(page->report->kb, page->report->lang, name); }

bool lk_table_is_empty(const lk_report_table *table) {
  for (size_t i = 0; i < table->row_count; i++)
    for (size_t c = 0; c < table->column_count; c++)
      if (table->rows[i].now[c].value > 0 || table->rows[i].before[c].value > 0) return false;
  return true;
}

/* ---- CSV ---- */

/* A spreadsheet takes a text that begins with one of these for a formula: an apostrophe makes it text again. */
static void add_field(lk_buffer *out, lk_view text) {
  bool quote = false;
  for (size_t i = 0; i < text.len && !quote; i++) quote = memchr("\",\r\n", text.ptr[i], 4) != NULL;
  bool formula = text.len && memchr("=+-@\t\r", text.ptr[0], 6);
  if (quote) lk_buffer_addc(out, '"');
  if (formula) lk_buffer_addc(out, '\'');
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] == '"') lk_buffer_addc(out, '"');
    lk_buffer_addc(out, text.ptr[i]);
  }
  if (quote) lk_buffer_addc(out, '"');
}

static void add_value(lk_buffer *out, lk_amount amount, const char *unknown) {
  if (!amount.known)
    lk_buffer_adds(out, unknown);
  else if (amount.value == floor(amount.value))
    lk_buffer_addf(out, "%.0f", amount.value);
  else
    lk_buffer_addf(out, "%.6f", amount.value);
}

static void add_line(lk_buffer *out, lk_view figure, const char *dimension, lk_view key, lk_amount now, lk_amount before) {
  add_field(out, figure);
  lk_buffer_addf(out, ",%s,", dimension);
  add_field(out, key);
  lk_buffer_addc(out, ',');
  add_value(out, now, "");
  lk_buffer_addc(out, ',');
  add_value(out, before, "");
  lk_buffer_adds(out, "\r\n");
}

/* Of a table over time the key says the time as well, since its columns are no figures. */
static void add_cell_line(lk_page *page, const lk_report_table *table, const lk_report_row *row, size_t column) {
  const lk_column *c = &table->columns[column];
  lk_view figure = c->name, key = row->key;
  lk_buffer both = {0};
  if (table->plot == LK_PLOT_SMALL) {
    lk_buffer_addf(&both, "%.*s/%.*s", LK_FMT(row->key), LK_FMT(c->name));
    key = lk_buffer_view(&both);
    figure = LK_LIT("topics");
    page->out.failed |= both.failed;
  }
  add_line(&page->out, figure, table->name, key, row->now[column], row->before[column]);
  lk_buffer_free(&both);
}

static void render_csv(lk_page *page) {
  const lk_report *r = page->report;
  lk_buffer_adds(&page->out, "figure,dimension,key,value,before\r\n");
  for (size_t i = 0; i < r->figure_count; i++)
    add_line(&page->out, lk_view_of(r->figures[i].name), "", (lk_view){"", 0}, r->figures[i].now, r->figures[i].before);
  for (size_t t = 0; t < r->table_count; t++)
    for (size_t i = 0; i < r->tables[t].row_count; i++)
      for (size_t c = 0; c < r->tables[t].column_count; c++) add_cell_line(page, &r->tables[t], &r->tables[t].rows[i], c);
}

/* ---- JSON ---- */

static void add_string(lk_buffer *out, const char *member, lk_view value) {
  lk_buffer_addf(out, "\"%s\":", member);
  lk_buffer_add_json(out, value);
}

static void add_days(lk_buffer *out, const char *member, lk_date from, lk_date until) {
  lk_buffer_addf(out, "\"%s\":{\"from\":\"%04d-%02d-%02d\",\"until\":\"%04d-%02d-%02d\",\"days\":%d}", member, from.year,
                 from.month, from.day, until.year, until.month, until.day, (int)(lk_date_days(until) - lk_date_days(from)));
}

static void add_cells(lk_buffer *out, const char *member, const lk_amount *cells, size_t count) {
  lk_buffer_addf(out, ",\"%s\":[", member);
  for (size_t i = 0; i < count; i++) {
    if (i) lk_buffer_addc(out, ',');
    add_value(out, cells[i], "null");
  }
  lk_buffer_addc(out, ']');
}

static void add_json_table(lk_buffer *out, const lk_report *r, const lk_report_table *table) {
  lk_buffer_addf(out, "\"%s\":{", table->name);
  add_string(out, "title", table->title);
  lk_buffer_adds(out, ",\"columns\":[");
  for (size_t c = 0; c < table->column_count; c++) {
    lk_buffer_adds(out, c ? ",{" : "{");
    add_string(out, "name", table->columns[c].name);
    lk_buffer_addf(out, ",\"unit\":\"%s\",", lk_unit_name(table->columns[c].unit));
    add_string(out, "title", table->columns[c].title);
    lk_buffer_addc(out, '}');
  }
  lk_buffer_adds(out, "],\"rows\":[");
  for (size_t i = 0; i < table->row_count; i++) {
    const lk_report_row *row = &table->rows[i];
    lk_buffer_adds(out, i ? ",{" : "{");
    add_string(out, "key", row->key);
    lk_buffer_addc(out, ',');
    add_string(out, "title", row->title);
    add_cells(out, "values", row->now, table->column_count);
    if (r->compared) add_cells(out, "before", row->before, table->column_count);
    lk_buffer_addc(out, '}');
  }
  lk_buffer_adds(out, "]}");
}

static void add_json_figure(lk_buffer *out, const lk_report *r, const lk_figure *figure) {
  lk_buffer_addf(out, "\"%s\":{\"unit\":\"%s\",", figure->name, lk_unit_name(figure->unit));
  add_string(out, "title", figure->title);
  lk_buffer_adds(out, ",\"value\":");
  add_value(out, figure->now, "null");
  if (r->compared) {
    lk_buffer_adds(out, ",\"before\":");
    add_value(out, figure->before, "null");
  }
  lk_buffer_addc(out, '}');
}

static void add_json_remark(lk_buffer *out, const lk_remark *remark) {
  lk_buffer_addf(out, "{\"time\":%lld,\"kind\":\"%s\",\"value\":%lld,", (long long)remark->time, remark->kind,
                 (long long)remark->value);
  if (remark->entry.len) {
    add_string(out, "entry", remark->entry);
    lk_buffer_addc(out, ',');
  }
  add_string(out, "text", remark->text);
  lk_buffer_addc(out, '}');
}

static void render_json(lk_page *page) {
  const lk_report *r = page->report;
  lk_buffer *out = &page->out;
  lk_buffer_addc(out, '{');
  add_days(out, "period", r->from, r->until);
  if (r->compared) {
    lk_buffer_addc(out, ',');
    add_days(out, "before", r->before, r->from);
  }
  lk_buffer_adds(out, ",\"figures\":{");
  for (size_t i = 0; i < r->figure_count; i++) {
    if (i) lk_buffer_addc(out, ',');
    add_json_figure(out, r, &r->figures[i]);
  }
  lk_buffer_adds(out, "},\"tables\":{");
  for (size_t i = 0; i < r->table_count; i++) {
    if (i) lk_buffer_addc(out, ',');
    add_json_table(out, r, &r->tables[i]);
  }
  lk_buffer_adds(out, "},\"remarks\":[");
  for (size_t i = 0; i < r->remark_count; i++) {
    if (i) lk_buffer_addc(out, ',');
    add_json_remark(out, &r->remarks[i]);
  }
  lk_buffer_adds(out, "]}\n");
}

/* ---- All of them ---- */

char *lk_report_render(const lk_report *report, lk_report_format format, lk_error *err) {
  lk_page page = {.report = report};
  if (format == LK_REPORT_TEXT) lk_render_report_text(&page);
  if (format == LK_REPORT_CSV) render_csv(&page);
  if (format == LK_REPORT_JSON) render_json(&page);
  if (format == LK_REPORT_HTML || format == LK_REPORT_PART) lk_render_report_html(&page, format == LK_REPORT_HTML);
  if (!page.out.failed && page.out.ptr) return page.out.ptr;
  lk_buffer_free(&page.out);
  lk_fail_memory(err);
  return NULL;
}
