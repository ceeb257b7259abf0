/* Questions with answers as sources give them, before they become articles. */
#ifndef LK_EDIT_HARVEST_H
#define LK_EDIT_HARVEST_H

#include "edit/prose.h"
#include "luukku/import.h"

typedef struct lk_item {
  lk_view question; /* folded text */
  lk_view category; /* title, as the source says it; may be empty */
  lk_view id;       /* the source's own wish for an id; may be empty */
  lk_view group;    /* the same for translations of one another; may be empty */
  lk_view source;   /* never empty */
  lk_view
      origin; /* what the sources of everything that was read with it begin with: who has it and is not read any more is gone */
  const lk_node *nodes;
  size_t count, characters;
  lk_lang lang;
  lk_date updated; /* may be not given */
  const char *file;
  int line;
} lk_item;

typedef struct lk_harvest {
  lk_arena *arena;
  struct {
    lk_item *items;
    size_t count, cap;
  } items;
  size_t left_out;
  /* While one source is read: */
  lk_findings *findings;
  const char *file;
  const lk_import_options *options;
  lk_view origin, base; /* base: absolute address for relative links, or empty */
  lk_prose prose;
  bool memory;
} lk_harvest;

/* A finding in the file being read. */
void lk_harvest_report(lk_harvest *h, lk_severity severity, const char *code, int line, const char *mend, const char *what, ...)
    __attribute__((format(printf, 6, 7)));
/* Texts in the harvest's arena; a failure is noted in h->memory and gives "". */
lk_view lk_harvest_keep(lk_harvest *h, lk_view text);
/* The same with white space folded, and invisible characters left out. */
lk_view lk_harvest_line(lk_harvest *h, lk_view text);
lk_view lk_harvest_format(lk_harvest *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Takes an item whose answer stands in h->prose, or is given as nodes (count > 0). Question, file and, where empty, origin and source are filled in. One that has no question, no
 * answer, or too much of them is reported and counted as left out. */
void lk_harvest_add(lk_harvest *h, const lk_item *item);

/* A source by its question where it has no address of its own: origin#slug. */
lk_view lk_harvest_source(lk_harvest *h, lk_view question);

/* An address for an answer: absolute by h->base, safe to show; empty when it can't be kept. Problems are reported with the question. */
lk_view lk_harvest_link(lk_harvest *h, lk_view href, lk_view question, int line);

/* Small letters, digits and hyphens of a text; at most `most` characters, cut between words. Empty when nothing is left. */
lk_view lk_slug(lk_view text, size_t most, lk_arena *arena);

/* ---- The readers: LK_OK, or an error about the source as a whole ---- */

lk_code lk_read_page(lk_harvest *h, lk_view text, lk_error *err);
lk_code lk_read_markdown(lk_harvest *h, lk_view text, lk_error *err);
lk_code lk_read_table(lk_harvest *h, lk_view text, bool tabs, lk_error *err);
lk_code lk_read_zendesk(lk_harvest *h, lk_view text, lk_error *err);

#endif
