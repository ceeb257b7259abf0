/* The arena is public, since results of public calls live in one. */
#ifndef LK_BASE_ARENA_H
#define LK_BASE_ARENA_H

#include "luukku/arena.h"

#endif
