/* Taking over questions and answers that a shop has elsewhere: an FAQ page, a help centre's export, a table, a Markdown text.
 *
 * An lk_import collects the questions of any number of sources (lk_import_read), and then makes a KB's edit of them (lk_import_apply), which can be looked at and written
 * with luukku/edit.h. An article remembers where it came from (lk_entry.source), so that the next import of the same source finds it again whatever its id, file, category
 * and variants are by then. Answers are reduced to what a KB may have; what has no place in it is left out and reported, never silently.
 *
 * Formats: schema.org FAQPage in HTML (JSON-LD, microdata, RDFa), else hand-made pages (details, dl, headings that ask); Zendesk Help Center JSON; CSV and TSV with a
 * header row; Markdown. Nothing is fetched: a source is read as it is, without network, entities or includes.
 *
 * Ownership: an lk_import copies what it keeps. Threads: one at a time. Errors: LK_ERR_INPUT with file, line and mend (a source that can't be read at all), LK_ERR_LIMIT,
 * LK_ERR_MEMORY. What is wrong with single questions is a finding: an error when the question is left out, a warning when a part of it is. */
#ifndef LUUKKU_IMPORT_H
#define LUUKKU_IMPORT_H

#include "luukku/edit.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum lk_import_format {
  LK_IMPORT_GUESSED, /* from the content */
  LK_IMPORT_HTML,
  LK_IMPORT_ZENDESK,
  LK_IMPORT_CSV,
  LK_IMPORT_TSV,
  LK_IMPORT_MARKDOWN
} lk_import_format;

/* Bytes of a source: a table or JSON; a page, whose tree takes fifty times as much; a Markdown text, which takes two hundred times as much. And questions of all sources together. */
enum {
  LK_IMPORT_BYTES = 16 * 1024 * 1024,
  LK_IMPORT_PAGE_BYTES = 4 * 1024 * 1024,
  LK_IMPORT_MARKDOWN_BYTES = 1024 * 1024,
  LK_IMPORT_QUESTIONS = 20000
};

typedef struct lk_import_options {
  lk_import_format format;
  lk_lang lang;     /* of pages, whatever they say; of rows and articles that don't say it. LK_LANG_NONE: only what they say */
  const char *base; /* address of the page, for links and for knowing it again where the page does not say it; may be NULL */
} lk_import_options;

typedef struct lk_import lk_import;

lk_import *lk_import_new(lk_error *err);
void lk_import_free(lk_import *import);

/* "html", "zendesk", "csv", "tsv", "markdown"; LK_IMPORT_GUESSED for any other. */
lk_import_format lk_import_format_of(lk_view name);
/* Reads one source; `name` is its file name, for findings and for knowing it again. LK_OK also when questions were left out; LK_ERR_INPUT when there is no question in it. */
lk_code lk_import_read(lk_import *import, const char *name, lk_view text, const lk_import_options *options, lk_findings *findings,
                       lk_error *err);
/* How many questions were read and not left out. */
size_t lk_import_count(const lk_import *import);

typedef struct lk_import_places {
  const char *category; /* id or title of the category of all of them; NULL: each its own. What the KB lacks is made */
  const char *file;     /* where new articles go; or NULL */
  const char *folder;   /* else a file for each category and language goes here; or NULL */
  const char *kb;       /* else sv/imported.xml (or imported-sv.xml where there is no folder sv) goes here */
  lk_date today;        /* `updated` of what changes and does not say when it was written */
} lk_import_places;

typedef struct lk_import_summary {
  size_t fresh, updated, unchanged;
  size_t left_out; /* questions, since lk_import_new */
  size_t gone;     /* articles that came from a source that was read, and are not in it any more; they stay */
  size_t categories;
} lk_import_summary;

/* Adds and updates articles in `edit`. Findings: phrasings that another article claims (left out), repeated questions, long answers, articles that are gone. `touched`
 * (may be NULL) is called with the id and language of each article that is new or changed. */
lk_code lk_import_apply(lk_import *import, lk_edit *edit, const lk_import_places *places, lk_findings *findings,
                        void (*touched)(void *self, lk_view id, lk_lang lang), void *self, lk_import_summary *summary,
                        lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
