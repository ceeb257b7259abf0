/* An answer under construction, from whatever markup: text with styles goes in, in document order; the nodes of an lk_answer come out, within the loader's rules: paragraphs
 * and lists only, text of an item before its inner lists, no style within itself, nothing empty. Two breaks in a row end a paragraph. */
#ifndef LK_EDIT_PROSE_H
#define LK_EDIT_PROSE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "luukku/kb.h"

enum { LK_PROSE_LISTS = 5 }; /* deeper lists become items of this one */

typedef struct lk_style {
  bool strong, emphasis;
  lk_view link; /* empty: none */
} lk_style;

typedef struct lk_run {
  bool is_break;
  lk_style style;
  size_t start, len; /* in text */
} lk_run;

typedef struct lk_block {
  size_t level; /* 0: a paragraph; else how deep the item's list is */
  size_t list;  /* which list */
  bool ordered;
  size_t first_run;
} lk_block;

typedef struct lk_prose {
  lk_arena *arena; /* of links and of the result */
  lk_buffer text;
  struct {
    lk_run *items;
    size_t count, cap;
  } runs;
  struct {
    lk_block *items;
    size_t count, cap;
  } blocks;
  struct {
    size_t id;
    bool ordered, item; /* item: an item has begun that has no text yet */
  } lists[LK_PROSE_LISTS];
  size_t depth, lists_made; /* depth may exceed LK_PROSE_LISTS */
  unsigned strong, emphasis;
  lk_view link;
  size_t characters;
  bool open, gap, memory;
} lk_prose;

void lk_prose_begin(lk_prose *prose, lk_arena *arena); /* anew, keeping memory */
void lk_prose_free(lk_prose *prose);

void lk_prose_text(lk_prose *prose, lk_view text);
void lk_prose_break(lk_prose *prose);
void lk_prose_paragraph(lk_prose *prose); /* what follows is another paragraph, or another line of the item */
void lk_prose_list(lk_prose *prose, bool ordered);
void lk_prose_list_end(lk_prose *prose);
void lk_prose_item(lk_prose *prose);
/* More is not taken: the answer is too long whatever follows. */
bool lk_prose_is_full(const lk_prose *prose);

/* The nodes, in the arena; none when there was no text. */
lk_code lk_prose_finish(lk_prose *prose, const lk_node **nodes, size_t *count);

#endif
