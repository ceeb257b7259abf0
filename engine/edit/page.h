/* A page while it is read. */
#ifndef LK_EDIT_PAGE_H
#define LK_EDIT_PAGE_H

#include <libxml/tree.h>

#include "edit/harvest.h"

typedef struct lk_page {
  lk_harvest *harvest;
  xmlNode *root;
  lk_view title, category; /* category: of what comes next */
  lk_lang lang;
  bool markdown;
  int question_level; /* headings of this level are questions; 0: those that end with a question mark */
  int asked_level;    /* level of the last heading that was a question, while deeper headings belong to its answer; 0: none */
  int lines_before;   /* of a Markdown text's front matter */
} lk_page;

lk_code lk_page_read(lk_page *page, xmlDoc *doc, lk_error *err);

/* linked.c: the FAQPages in the page's JSON-LD. */
void lk_linked_read(lk_page *page);

#endif
