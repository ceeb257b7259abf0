/* The nodes of an lk_answer under construction: opened and closed in document order, then moved into an arena. Zeroed, it is empty. */
#ifndef LK_EDIT_NODES_H
#define LK_EDIT_NODES_H

#include "base/arena.h"
#include "luukku/kb.h"

typedef struct lk_nodes {
  lk_node *items;
  size_t count, cap;
  bool memory; /* it is out */
} lk_nodes;

/* Returns the node's place. What is opened and not closed holds nothing: a text, a break. */
size_t lk_nodes_open(lk_nodes *nodes, lk_node_kind kind, lk_view text);
/* Everything since then lies within it. */
void lk_nodes_close(lk_nodes *nodes, size_t at);
/* A copy in `arena`, and `nodes` is freed; NULL and a count of 0 when memory is out. */
lk_node *lk_nodes_keep(lk_nodes *nodes, lk_arena *arena, size_t *count);

#endif
