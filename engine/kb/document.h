/* One file's text → a tree of elements. The only place that calls libxml2.
 *
 * The parser is used through its SAX interface with nothing that reaches outside the text: no DTD (a DOCTYPE ends the reading), so no entities, no network, no
 * XInclude. The tree is ours, in one arena, so that limits hold while it grows and a failed allocation can't lose a part of it unseen. */
#ifndef LK_KB_DOCUMENT_H
#define LK_KB_DOCUMENT_H

#include "base/arena.h"
#include "luukku/kb.h"

#define LK_KB_NAMESPACE "urn:luukku:kb:1"

typedef struct lk_attribute {
  lk_view name; /* xml:lang under that name */
  lk_view value;
} lk_attribute;

typedef struct lk_element lk_element;
struct lk_element {
  lk_view name; /* empty: a piece of text. Of another namespace: as {namespace}name */
  lk_view text;
  int line;
  const lk_attribute *attributes;
  size_t attribute_count;
  lk_element *first, *last, *next;
};

/* *root is NULL when `text` is no XML that could be read; the reasons are then in `findings`. LK_OK or LK_ERR_MEMORY. */
lk_code lk_document_parse(lk_view text, const char *file, lk_arena *arena, lk_findings *findings, lk_element **root);

#endif
