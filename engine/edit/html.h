/* HTML by libxml2: no network, bounded in depth and attributes; and from its tree to text and answers. */
#ifndef LK_EDIT_HTML_H
#define LK_EDIT_HTML_H

#include <libxml/tree.h>

#include "edit/harvest.h"

typedef enum lk_html_trouble {
  LK_HTML_FINE,
  LK_HTML_MEMORY,
  LK_HTML_DEEP,       /* elements nested more than LK_HTML_DEPTH deep */
  LK_HTML_ATTRIBUTES, /* a tag with more than LK_HTML_TAG attributes */
  LK_HTML_ENCODING    /* neither UTF-8 nor declared as something else */
} lk_html_trouble;

enum { LK_HTML_DEPTH = 250, LK_HTML_TAG = 500 };

/* NULL with `trouble`. */
xmlDoc *lk_html_parse(lk_view text, lk_html_trouble *trouble);
/* "elements are nested too deeply; …" */
const char *lk_html_reason(lk_html_trouble trouble);

bool lk_html_is(const xmlNode *node, const char *name);
/* An attribute's value in the harvest's arena, trimmed; ptr NULL when it is not there. */
lk_view lk_html_attribute(lk_harvest *h, xmlNode *node, const char *name);
/* The text of a node without scripts and pictures, folded. */
lk_view lk_html_text(lk_harvest *h, const xmlNode *node);
/* The next node in document order within `root`; past what `node` contains when `skip`. NULL at the end. */
xmlNode *lk_html_next(const xmlNode *root, xmlNode *node, bool skip);
/* 1 … 6, or 0. */
int lk_html_heading(const xmlNode *node);

/* What an answer had that a KB can't have: counted, to be reported in one finding. */
typedef struct lk_losses {
  size_t images, tables, forms, frames, media, scripts;
  lk_view question;
  int line;
} lk_losses;

/* Appends a node and what it contains to h->prose. */
void lk_html_prose(lk_harvest *h, xmlNode *node, lk_losses *losses);
void lk_losses_report(lk_harvest *h, const lk_losses *losses);
/* A piece of HTML, or plain text, from another format as the prose of an answer. False when it can't be read; reported. */
bool lk_html_answer(lk_harvest *h, lk_view html, lk_view question, int line);
/* A piece of HTML, or plain text, as one line. */
lk_view lk_html_line(lk_harvest *h, lk_view html);

#endif
