#include "edit/import.h"

#include <libxml/xmlerror.h>
#include <stdlib.h>
#include <strings.h>

#include "base/error.h"
#include "kb/values.h"

struct lk_import {
  lk_harvest harvest;
};

const lk_harvest *lk_import_harvest(const lk_import *import) { return &import->harvest; }

lk_import *lk_import_new(lk_error *err) {
  lk_import *import = calloc(1, sizeof *import);
  lk_arena *arena = import ? lk_arena_new() : NULL;
  if (arena) {
    import->harvest.arena = arena;
    return import;
  }
  free(import);
  (void)lk_fail_memory(err);
  return NULL;
}

void lk_import_free(lk_import *import) {
  if (!import) return;
  lk_prose_free(&import->harvest.prose);
  free(import->harvest.items.items);
  lk_arena_free(import->harvest.arena);
  free(import);
}

size_t lk_import_count(const lk_import *import) { return import->harvest.items.count; }

/* ---- Which format is it? ---- */

lk_import_format lk_import_format_of(lk_view name) {
  static const char *const names[] = {[LK_IMPORT_HTML] = "html",
                                      [LK_IMPORT_ZENDESK] = "zendesk",
                                      [LK_IMPORT_CSV] = "csv",
                                      [LK_IMPORT_TSV] = "tsv",
                                      [LK_IMPORT_MARKDOWN] = "markdown"};
  for (int i = LK_IMPORT_HTML; i <= LK_IMPORT_MARKDOWN; i++)
    if (lk_view_eq(name, lk_view_of(names[i]))) return (lk_import_format)i;
  return LK_IMPORT_GUESSED;
}

static lk_import_format by_ending(const char *name) {
  static const struct {
    const char *ending;
    lk_import_format format;
  } endings[] = {{".html", LK_IMPORT_HTML},    {".htm", LK_IMPORT_HTML},         {".xhtml", LK_IMPORT_HTML},
                 {".json", LK_IMPORT_ZENDESK}, {".csv", LK_IMPORT_CSV},          {".tsv", LK_IMPORT_TSV},
                 {".md", LK_IMPORT_MARKDOWN},  {".markdown", LK_IMPORT_MARKDOWN}};
  const char *dot = strrchr(name, '.');
  for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
    if (strcasecmp(dot, endings[i].ending) == 0) return endings[i].format;
  return LK_IMPORT_GUESSED;
}

/* HTML and JSON show by their first character; a table by its first line; Markdown by a heading. A name's ending decides what the content leaves open. */
static lk_import_format guess(const char *name, lk_view text) {
  if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0) text = (lk_view){text.ptr + 3, text.len - 3};
  lk_import_format named = by_ending(name);
  bool table = named == LK_IMPORT_CSV || named == LK_IMPORT_TSV || named == LK_IMPORT_MARKDOWN;
  lk_view rest = lk_trim(text), line = {"", 0};
  if (!rest.len) return named;
  if (!table && rest.ptr[0] == '<') return LK_IMPORT_HTML;
  if (!table && (rest.ptr[0] == '{' || rest.ptr[0] == '[')) return LK_IMPORT_ZENDESK;
  if (named) return named;
  (void)lk_next_piece(&rest, '\n', &line);
  if (line.ptr[0] == '#' || lk_view_eq(line, LK_LIT("---"))) return LK_IMPORT_MARKDOWN;
  if (memchr(line.ptr, '\t', line.len)) return LK_IMPORT_TSV;
  if (memchr(line.ptr, ';', line.len) || memchr(line.ptr, ',', line.len)) return LK_IMPORT_CSV;
  return memmem(text.ptr, text.len, "\n#", 2) ? LK_IMPORT_MARKDOWN : LK_IMPORT_GUESSED;
}

/* ---- Reading ---- */

static lk_code read_as(lk_harvest *h, lk_import_format format, lk_view text, lk_error *err) {
  switch (format) {
    case LK_IMPORT_HTML:
      return lk_read_page(h, text, err);
    case LK_IMPORT_ZENDESK:
      return lk_read_zendesk(h, text, err);
    case LK_IMPORT_CSV:
    case LK_IMPORT_TSV:
      return lk_read_table(h, text, format == LK_IMPORT_TSV, err);
    case LK_IMPORT_MARKDOWN:
      return lk_read_markdown(h, text, err);
    case LK_IMPORT_GUESSED:
      break;
  }
  return lk_fail_at(err, LK_ERR_INPUT, h->file, 0,
                    "what this is can't be guessed; say --format html, zendesk, csv, tsv or markdown");
}

static size_t most_bytes(lk_import_format format) {
  if (format == LK_IMPORT_HTML) return LK_IMPORT_PAGE_BYTES;
  return format == LK_IMPORT_MARKDOWN ? LK_IMPORT_MARKDOWN_BYTES : LK_IMPORT_BYTES;
}

/* Whatever else is wrong with a page, it is read as browsers do. But a tree that lost something to a failed allocation is no page. */
static void note_memory(lk_harvest *h, const xmlError *error) { h->memory = h->memory || error->code == XML_ERR_NO_MEMORY; }

/* libxml2 2.12 made the error const; take whichever this one has. */
#if LIBXML_VERSION >= 21200
static void take_error(void *user, const xmlError *error) { note_memory(user, error); }
#else
static void take_error(void *user, xmlError *error) { note_memory(user, error); }
#endif

/* libxml2 tells of errors through this thread's handler, and would print them. */
static lk_code read_quietly(lk_harvest *h, lk_import_format format, lk_view text, lk_error *err) {
  xmlStructuredErrorFunc old = xmlStructuredError;
  void *old_user = xmlStructuredErrorContext;
  xmlSetStructuredErrorFunc(h, take_error);
  lk_code code = read_as(h, format, text, err);
  xmlSetStructuredErrorFunc(old_user, old);
  xmlResetLastError(); /* this thread's copy of the last message */
  return h->memory ? lk_fail_memory(err) : code;
}

lk_code lk_import_read(lk_import *import, const char *name, lk_view text, const lk_import_options *options, lk_findings *findings,
                       lk_error *err) {
  lk_harvest *h = &import->harvest;
  const char *slash = strrchr(name, '/');
  h->findings = findings;
  h->options = options;
  h->file = lk_harvest_keep(h, lk_view_of(name)).ptr;
  h->origin = lk_harvest_keep(h, lk_view_of(slash && slash[1] ? slash + 1 : name));
  h->base = options->base ? lk_harvest_keep(h, lk_view_of(options->base)) : (lk_view){"", 0};
  if (h->memory) return lk_fail_memory(err);
  if (!lk_trim(text).len) return lk_fail_at(err, LK_ERR_INPUT, h->file, 0, "this file is empty; export it again");
  lk_import_format format = options->format ? options->format : guess(name, text);
  if (text.len > most_bytes(format))
    return lk_fail_at(err, LK_ERR_LIMIT, h->file, 0,
                      "this file is larger than %zu MB; divide it, or take the part with the questions out of it",
                      most_bytes(format) / (1024 * 1024));
  size_t items = h->items.count, left_out = h->left_out;
  lk_code code = read_quietly(h, format, text, err);
  if (code) { /* a source counts as a whole or not at all */
    h->items.count = items;
    h->left_out = left_out;
  }
  return code;
}
