/* Where a scripted conversation is played: a fresh store, a fresh demo order book, a clock and a desk that the script sets. */
#ifndef LK_STAGE_H
#define LK_STAGE_H

#include "script.h"
#include "shop.h"

enum { LK_STAGE_AGENTS = 20 };

typedef struct lk_stage {
  lk_engine *engine;
  const char *folder; /* for order books */
  lk_shop shop;
  lk_store *real_store; /* also while the script lets the store fail */
  char book[256];
  int64_t now;
  bool open;
  size_t agents; /* that stay at the desk however the clock moves */
  size_t crowd;  /* other customers made up so far */
  lk_lang lang;  /* the channel's wish */
  lk_view customer;
  lk_arena *arenas[2]; /* this turn's and the one before: a tap is chosen from what was offered then */
  unsigned turns;
  lk_talk_result last;
} lk_stage;

lk_code lk_stage_begin(lk_stage *stage, lk_engine *engine, const char *folder, lk_error *err);
void lk_stage_end(lk_stage *stage);
/* What a "!" line, a clock or a passing of time does. LK_ERR_INPUT for words that are none of the format. */
lk_code lk_stage_set(lk_stage *stage, const lk_step *step, lk_error *err);
/* Opens the stage at its time, and greets, unless that was done. */
lk_code lk_stage_open(lk_stage *stage, lk_error *err);
/* Says or taps; the result is stage->last. */
lk_code lk_stage_take(lk_stage *stage, const lk_step *step, lk_error *err);
lk_arena *lk_stage_arena(lk_stage *stage);

#endif
