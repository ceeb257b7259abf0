/* CSV and TSV (RFC 4180): quotes, line ends within fields, any order of columns by the header's names, commas or the semicolons of a Finnish Excel. */
#include <stdlib.h>

#include "base/error.h"
#include "base/utf8.h"
#include "base/vector.h"
#include "edit/html.h"
#include "kb/findings.h"
#include "kb/values.h"

typedef enum column { QUESTION, ANSWER, CATEGORY, LANGUAGE, ID, SOURCE, UPDATED, COLUMNS } column;

static const char *const names[COLUMNS][10] = {
    [QUESTION] = {"question", "kysymys", "fraga", "title", "otsikko", "q", "rubrik"},
    [ANSWER] = {"answer", "vastaus", "svar", "body", "a", "text", "teksti"},
    [CATEGORY] = {"category", "kategoria", "kategori", "aihe", "luokka", "amne", "topic", "section"},
    [LANGUAGE] = {"language", "lang", "kieli", "sprak", "locale"},
    [ID] = {"id", "tunnus", "key"},
    [SOURCE] = {"source", "url", "link", "lahde", "linkki", "lank", "kalla", "osoite"},
    [UPDATED] = {"updated", "date", "paivitetty", "muokattu", "modified", "uppdaterad"},
};

typedef struct reader {
  lk_view text;
  size_t at;
  int line;
  char separator;
  bool open_quote;
  lk_buffer bytes; /* the record's fields, one behind the other */
  struct {
    size_t *items; /* where each field ends in bytes */
    size_t count, cap;
  } ends;
  bool memory;
} reader;

static lk_view field_at(const reader *r, size_t at) {
  if (at >= r->ends.count) return (lk_view){"", 0};
  size_t from = at ? r->ends.items[at - 1] : 0;
  return lk_trim((lk_view){lk_buffer_view(&r->bytes).ptr + from, r->ends.items[at] - from});
}

/* ---- Records ---- */

static void read_quoted(reader *r) {
  for (r->at++; r->at < r->text.len; r->at++) {
    char c = r->text.ptr[r->at];
    r->line += c == '\n';
    if (c != '"') {
      lk_buffer_addc(&r->bytes, c);
    } else if (r->at + 1 < r->text.len && r->text.ptr[r->at + 1] == '"') {
      lk_buffer_addc(&r->bytes, '"');
      r->at++;
    } else {
      r->at++;
      return;
    }
  }
  r->open_quote = true;
}

/* True when another field follows in the record. */
static bool read_field(reader *r) {
  size_t from = r->bytes.len;
  if (r->at < r->text.len && r->text.ptr[r->at] == '"') read_quoted(r);
  for (; r->at < r->text.len; r->at++) {
    char c = r->text.ptr[r->at];
    if (c == '\n' || c == r->separator) break;
    lk_buffer_addc(&r->bytes, c);
  }
  if (r->bytes.len > from && r->bytes.ptr[r->bytes.len - 1] == '\r') r->bytes.len--;
  if (!LK_PUSH(&r->ends, r->bytes.len)) r->memory = true;
  bool more = r->at < r->text.len && r->text.ptr[r->at] == r->separator;
  if (r->at < r->text.len) {
    r->line += !more;
    r->at++;
  }
  return more;
}

static bool read_record(reader *r, int *line) {
  if (r->at >= r->text.len || r->memory) return false;
  *line = r->line;
  lk_buffer_clear(&r->bytes);
  r->ends.count = 0;
  while (read_field(r) && !r->memory) {
  }
  if (r->bytes.failed) r->memory = true;
  return !r->memory;
}

/* The separator that comes most often in the header. */
static char guess_separator(lk_view text) {
  static const char marks[] = {',', ';', '\t'};
  size_t counts[3] = {0}, best = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.len && (quoted || text.ptr[i] != '\n'); i++) {
    quoted = quoted != (text.ptr[i] == '"');
    for (size_t m = 0; m < 3 && !quoted; m++) counts[m] += text.ptr[i] == marks[m];
  }
  for (size_t m = 1; m < 3; m++)
    if (counts[m] > counts[best]) best = m;
  return marks[best];
}

/* ---- Columns ---- */

static bool is_called(lk_harvest *h, lk_view name, column which) {
  lk_view slug = lk_slug(name, 40, h->arena);
  if (!slug.ptr) h->memory = true;
  for (size_t i = 0; i < 10 && names[which][i]; i++)
    if (lk_view_eq(slug, lk_view_of(names[which][i]))) return true;
  return false;
}

static void read_header(lk_harvest *h, const reader *r, size_t places[COLUMNS]) {
  for (int c = 0; c < COLUMNS; c++) {
    places[c] = SIZE_MAX;
    for (size_t i = 0; i < r->ends.count && places[c] == SIZE_MAX; i++)
      if (is_called(h, field_at(r, i), (column)c)) places[c] = i;
  }
}

static lk_view cell(const reader *r, const size_t places[COLUMNS], column which) {
  return places[which] == SIZE_MAX ? (lk_view){"", 0} : field_at(r, places[which]);
}

static void take_row(lk_harvest *h, const reader *r, const size_t places[COLUMNS], int line) {
  lk_view question = cell(r, places, QUESTION), answer = cell(r, places, ANSWER), lang = cell(r, places, LANGUAGE);
  lk_view date = cell(r, places, UPDATED);
  if (!question.len && !answer.len) return; /* a blank row */
  lk_item item = {.question = lk_html_line(h, question),
                  .category = lk_harvest_line(h, cell(r, places, CATEGORY)),
                  .id = lk_harvest_line(h, cell(r, places, ID)),
                  .source = lk_harvest_line(h, lk_excerpt(cell(r, places, SOURCE), 1900)),
                  .lang = lang.len ? lk_lang_of(lang) : h->options->lang,
                  .line = line};
  item.group = item.id.len ? lk_harvest_format(h, "%.*s %.*s", LK_FMT(h->origin), LK_FMT(item.id)) : (lk_view){"", 0};
  if (!item.source.len && item.id.len)
    item.source = lk_harvest_format(h, "%.*s#%.*s", LK_FMT(lk_excerpt(h->origin, 1500)), LK_FMT(lk_excerpt(item.id, 300)));
  if (date.len >= 10 && !lk_date_parse((lk_view){date.ptr, 10}, &item.updated)) item.updated = (lk_date){0};
  if (lk_html_answer(h, answer, item.question, line)) lk_harvest_add(h, &item);
}

static lk_code read_rows(lk_harvest *h, reader *r, lk_error *err) {
  size_t places[COLUMNS], rows = 0;
  int line;
  if (!read_record(r, &line))
    return r->memory ? lk_fail_memory(err) : lk_fail_at(err, LK_ERR_INPUT, h->file, 0, "this table is empty; export it again");
  read_header(h, r, places);
  if (places[QUESTION] == SIZE_MAX || places[ANSWER] == SIZE_MAX)
    return lk_fail_at(err, LK_ERR_INPUT, h->file, 1,
                      "the first row does not name the columns; call them question, answer, category and language (or kysymys, "
                      "vastaus, kategoria, kieli)");
  while (read_record(r, &line) && !h->memory) {
    if (r->open_quote) break;
    take_row(h, r, places, line);
    rows++;
  }
  if (r->open_quote)
    return lk_fail_at(err, LK_ERR_INPUT, h->file, line,
                      "a quotation mark that opens here is never closed; close it, or write \"\" for a mark within a field");
  if (r->memory || h->memory) return lk_fail_memory(err);
  return rows ? LK_OK : lk_fail_at(err, LK_ERR_INPUT, h->file, 0, "this table has no rows; export it again");
}

lk_code lk_read_table(lk_harvest *h, lk_view text, bool tabs, lk_error *err) {
  if (!lk_utf8_valid(text))
    return lk_fail_at(err, LK_ERR_INPUT, h->file, 0,
                      "this table is not UTF-8; in Excel save it as \"CSV UTF-8\", elsewhere choose UTF-8 when exporting");
  if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0) text = (lk_view){text.ptr + 3, text.len - 3};
  reader r = {.text = text, .line = 1};
  if (text.len > 6 && memcmp(text.ptr, "sep=", 4) == 0) { /* Excel's own line */
    r.separator = text.ptr[4];
    const char *end = memchr(text.ptr, '\n', text.len);
    r.at = end ? (size_t)(end - text.ptr) + 1 : text.len;
    r.line = 2;
  } else {
    r.separator = tabs ? '\t' : guess_separator(text);
  }
  lk_code code = read_rows(h, &r, err);
  lk_buffer_free(&r.bytes);
  free(r.ends.items);
  return code;
}
