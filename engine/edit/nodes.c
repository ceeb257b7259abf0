#include "edit/nodes.h"

#include <stdlib.h>
#include <string.h>

#include "base/vector.h"

size_t lk_nodes_open(lk_nodes *nodes, lk_node_kind kind, lk_view text) {
  size_t at = nodes->count;
  lk_node node = {kind, (uint32_t)at + 1, text};
  if (!LK_PUSH(nodes, node)) nodes->memory = true;
  return at;
}

void lk_nodes_close(lk_nodes *nodes, size_t at) {
  if (!nodes->memory) nodes->items[at].end = (uint32_t)nodes->count;
}

lk_node *lk_nodes_keep(lk_nodes *nodes, lk_arena *arena, size_t *count) {
  lk_node *kept = nodes->memory ? NULL : LK_NEW_ARRAY(arena, lk_node, nodes->count);
  if (kept && nodes->count) memcpy(kept, nodes->items, nodes->count * sizeof *kept);
  *count = kept ? nodes->count : 0;
  free(nodes->items);
  *nodes = (lk_nodes){0};
  return kept;
}
