/* Parts of a KB as XML, in the style of the sample shop's files: two spaces a level, a paragraph or item a line, LF. */
#ifndef LK_EDIT_MARKUP_H
#define LK_EDIT_MARKUP_H

#include "base/buffer.h"
#include "luukku/edit.h"

/* Text with & < > escaped, white space folded and trimmed; control characters, which XML can't have, are left out. */
void lk_markup_text(lk_buffer *out, lk_view text);
/* name="value" with a space before it; nothing when the value is empty. */
void lk_markup_attribute(lk_buffer *out, const char *name, lk_view value);
void lk_markup_date(lk_buffer *out, const char *name, lk_date date);
/* <name>text</name> */
void lk_markup_line(lk_buffer *out, const char *name, lk_view text);
/* The blocks within <answer>, each line indented by `depth` levels and ended. */
void lk_markup_blocks(lk_buffer *out, const lk_node *nodes, size_t count, unsigned depth);
/* The whole <article>, without indentation; with xml:lang when it is `other_language` than the file's. Ends without a line end. */
void lk_markup_article(lk_buffer *out, const lk_article_draft *draft, bool other_language);
/* Appends `lines` with each line after the first indented, its line ends replaced. */
void lk_markup_place(lk_buffer *out, lk_view lines, lk_view indent, const char *newline);
void lk_markup_indent(lk_buffer *out, unsigned depth);

#endif
