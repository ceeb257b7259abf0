/* Markdown: cmark makes HTML of it, in which headings are the questions: those that end with a question mark; or, when none does, those that have text right behind them.
 * Lines "lang: fi", "category: …", "source: …" between two --- at the beginning say what holds for all. */
#include <cmark.h>
#include <stdlib.h>
#include <strings.h>

#include "base/error.h"
#include "base/utf8.h"
#include "edit/html.h"
#include "edit/page.h"
#include "kb/values.h"

typedef struct front {
  lk_view lang, category, source, rest;
  int lines;
} front;

static front read_front(lk_view text) {
  front f = {.lang = {"", 0}, .category = {"", 0}, .source = {"", 0}, .rest = text};
  lk_view rest = text, line, key;
  if (!lk_next_piece(&rest, '\n', &line) || !lk_view_eq(line, LK_LIT("---"))) return f;
  for (int lines = 1; lk_next_piece(&rest, '\n', &line); lines++) {
    if (lk_view_eq(line, LK_LIT("---"))) {
      f.rest = rest.ptr ? rest : (lk_view){"", 0};
      f.lines = lines + 1;
      return f;
    }
    lk_view value = line;
    if (!lk_next_piece(&value, ':', &key) || !value.ptr) continue;
    value = lk_trim(value);
    if (lk_view_eq(key, LK_LIT("lang"))) f.lang = value;
    if (lk_view_eq(key, LK_LIT("category"))) f.category = value;
    if (lk_view_eq(key, LK_LIT("source"))) f.source = value;
  }
  return (front){.lang = {"", 0}, .category = {"", 0}, .source = {"", 0}, .rest = text};
}

static bool asks(lk_harvest *h, xmlNode *heading) {
  lk_view text = lk_html_text(h, heading);
  return text.len && text.ptr[text.len - 1] == '?';
}

static bool has_text_behind(xmlNode *heading) {
  xmlNode *next = heading->next;
  while (next && next->type != XML_ELEMENT_NODE) next = next->next;
  return next && !lk_html_heading(next);
}

/* 0 when some heading asks; else the level on which most headings have text behind them (the deeper one of two). */
static int question_level(lk_harvest *h, xmlNode *root) {
  size_t counts[7] = {0};
  int best = 0;
  for (xmlNode *node = root; node; node = lk_html_next(root, node, false)) {
    int level = lk_html_heading(node);
    if (level && asks(h, node)) return 0;
    if (level && has_text_behind(node)) counts[level]++;
  }
  for (int level = 1; level <= 6; level++)
    if (counts[level] && counts[level] >= counts[best]) best = level;
  return best;
}

static xmlDoc *convert(lk_view text, lk_html_trouble *trouble) {
  char *html = cmark_markdown_to_html(text.ptr, text.len,
                                      CMARK_OPT_SOURCEPOS | CMARK_OPT_UNSAFE); /* raw HTML goes through our own reader */
  *trouble = LK_HTML_MEMORY;
  xmlDoc *doc = html ? lk_html_parse(lk_view_of(html), trouble) : NULL;
  free(html);
  return doc;
}

lk_code lk_read_markdown(lk_harvest *h, lk_view text, lk_error *err) {
  if (!lk_utf8_valid(text)) return lk_fail_at(err, LK_ERR_INPUT, h->file, 0, "this text is not UTF-8; save it as UTF-8");
  front f = read_front(text);
  lk_html_trouble trouble;
  xmlDoc *doc = convert(f.rest, &trouble);
  if (!doc)
    return lk_fail_at(err, trouble == LK_HTML_MEMORY ? LK_ERR_MEMORY : LK_ERR_INPUT, h->file, 0, "this text can't be read: %s",
                      lk_html_reason(trouble));
  lk_import_options options = *h->options;
  if (options.lang == LK_LANG_NONE && f.lang.len) options.lang = lk_lang_of(f.lang);
  if (f.source.len && !options.base) options.base = lk_harvest_keep(h, f.source).ptr;
  const lk_import_options *given = h->options;
  h->options = &options;
  lk_page page = {.harvest = h,
                  .title = lk_harvest_line(h, f.category),
                  .category = {"", 0},
                  .markdown = true,
                  .lines_before = f.lines,
                  .question_level = question_level(h, xmlDocGetRootElement(doc))};
  lk_code code = lk_page_read(&page, doc, err);
  h->options = given;
  xmlFreeDoc(doc);
  return code;
}
