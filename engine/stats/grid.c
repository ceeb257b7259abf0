#include "stats/grid.h"

#include <stdlib.h>

#include "base/vector.h"

lk_grid lk_grid_new(lk_arena *arena, size_t columns) {
  lk_grid grid = {.arena = arena, .columns = columns, .map = lk_map_new()};
  grid.failed = !grid.map;
  return grid;
}

void lk_grid_free(lk_grid *grid) {
  lk_map_free(grid->map);
  free(grid->items);
}

static lk_grid_row *make_row(lk_grid *grid, lk_view key) {
  lk_grid_row row = {.key = lk_arena_copy(grid->arena, key)};
  for (int p = 0; p < LK_PERIODS; p++) row.values[p] = LK_NEW_ARRAY(grid->arena, double, grid->columns);
  bool fine = row.key.ptr && row.values[LK_NOW] && row.values[LK_BEFORE] && LK_PUSH(grid, row);
  return fine ? &grid->items[grid->count - 1] : NULL;
}

void lk_grid_add(lk_grid *grid, lk_view key, int period, size_t column, double n) {
  if (grid->failed) return;
  uint32_t *at = lk_map_put(grid->map, key, (uint32_t)grid->count);
  lk_grid_row *row = !at ? NULL : *at < grid->count ? &grid->items[*at] : make_row(grid, key);
  if (row)
    row->values[period][column] += n;
  else
    grid->failed = true;
}

static int larger_first(const void *left, const void *right) {
  const lk_grid_row *x = left, *y = right;
  for (int p = 0; p < LK_PERIODS; p++)
    if (x->weight[p] != y->weight[p]) return x->weight[p] < y->weight[p] ? 1 : -1;
  size_t shorter = x->key.len < y->key.len ? x->key.len : y->key.len;
  int order = memcmp(x->key.ptr, y->key.ptr, shorter);
  return order ? order : (x->key.len > y->key.len) - (x->key.len < y->key.len);
}

/* The map does not know the new places. */
void lk_grid_sort(lk_grid *grid, bool by_all) {
  for (size_t i = 0; i < grid->count; i++)
    for (int p = 0; p < LK_PERIODS; p++)
      for (size_t c = 0; c < (by_all ? grid->columns : 1); c++) grid->items[i].weight[p] += grid->items[i].values[p][c];
  if (grid->count) qsort(grid->items, grid->count, sizeof *grid->items, larger_first);
}
