/* The knowledge base in use: an engine and the desk's opening hours made of it, counted by those who use them.
 *
 * A reload builds the new content beside the old one and puts it in its place; a thread that is in the middle of a turn keeps the old one until it is done. A KB that cannot
 * be loaded changes nothing. Threads: any. */
#ifndef LUUKKU_SERVE_CONTENT_H
#define LUUKKU_SERVE_CONTENT_H

#include <stdint.h>

#include "luukku/desk.h"
#include "luukku/engine.h"

enum { LK_NOTE_SIZE = 600, LK_TROUBLE_SIZE = 8192 };

typedef struct lk_content {
  lk_engine *engine;
  lk_hours *hours; /* NULL: the KB has none for this desk */
  int64_t loaded;
  uint64_t generation;     /* from 1 */
  char note[LK_NOTE_SIZE]; /* why the index file was not used; "" when it was, or there is none */
  int holders;             /* under the shelf's mutex */
} lk_content;

typedef struct lk_shelf lk_shelf;

/* Loads the KB in `folder` for the first time, from the index file that luukku index made of it when it fits; "" for none. NULL and `err` when it cannot be loaded. */
lk_shelf *lk_shelf_open(const char *folder, const char *desk, const char *index, lk_error *err);
/* The same without loading: there may be no content until a reload succeeds. NULL when memory is out. */
lk_shelf *lk_shelf_new(const char *folder, const char *desk, const char *index, lk_error *err);
void lk_shelf_close(lk_shelf *shelf);

/* NULL while nothing could be loaded. */
lk_content *lk_shelf_take(lk_shelf *shelf);
void lk_shelf_return(lk_shelf *shelf, lk_content *content);
const char *lk_shelf_folder(const lk_shelf *shelf);
uint64_t lk_shelf_generation(lk_shelf *shelf);

/* Loads anew; LK_OK, or what is wrong, which lk_shelf_trouble tells until a reload succeeds. One thread at a time. */
lk_code lk_shelf_reload(lk_shelf *shelf, lk_error *err);
/* Have files changed since the last (re)load was tried, and been left alone since the last look? One thread at a time. */
bool lk_shelf_changed(lk_shelf *shelf);
/* The first thing that is wrong: "file:line: what; how to mend it"; "" when nothing is. */
void lk_shelf_trouble(lk_shelf *shelf, char *out, size_t room);
/* All, a line each. */
void lk_shelf_troubles(lk_shelf *shelf, char out[LK_TROUBLE_SIZE]);

#endif
