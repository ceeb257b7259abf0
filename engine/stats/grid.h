/* A table under construction: rows by key in the order in which they came, and in each a number for this period and for the one before in every column. */
#ifndef LK_STATS_GRID_H
#define LK_STATS_GRID_H

#include "base/arena.h"
#include "base/map.h"
#include "luukku/stats.h"

enum { LK_NOW, LK_BEFORE, LK_PERIODS };

typedef struct lk_grid_row {
  lk_view key; /* in the arena */
  double *values[LK_PERIODS];
  double weight[LK_PERIODS]; /* what it is sorted by */
} lk_grid_row;

typedef struct lk_grid {
  lk_arena *arena;
  size_t columns;
  lk_map *map;
  lk_grid_row *items;
  size_t count, cap;
  bool failed; /* memory ran out: rows are missing */
} lk_grid;

lk_grid lk_grid_new(lk_arena *arena, size_t columns);
void lk_grid_free(lk_grid *grid); /* not what is in the arena */
/* Adds to a row's number; the row comes into being with it. */
void lk_grid_add(lk_grid *grid, lk_view key, int period, size_t column, double n);
/* The largest first, by the first column or by the sum of all: now, then before, then the key. Nothing may be added afterwards. */
void lk_grid_sort(lk_grid *grid, bool by_all);

#endif
