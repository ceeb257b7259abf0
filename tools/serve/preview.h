/* A draft of the knowledge base beside the live one: tried by editors, compared on what customers really asked.
 *
 * A thread of its own watches the draft's folder and does comparisons, at a lower priority than turns. A draft that cannot be loaded leaves the one before it. Threads: any. */
#ifndef LUUKKU_SERVE_PREVIEW_H
#define LUUKKU_SERVE_PREVIEW_H

#include "content.h"
#include "log.h"
#include "luukku/dialogue.h"
#include "past.h"
#include "settings.h"

typedef struct lk_preview lk_preview;

/* Loads the draft in settings->preview; one that is broken is waited for. NULL and `err` when memory or threads are out. */
lk_preview *lk_preview_start(const lk_settings *settings, lk_shelf *live, lk_log *log, lk_error *err);
void lk_preview_stop(lk_preview *preview);
/* Loads the draft anew, soon. */
void lk_preview_reload(lk_preview *preview);
lk_shelf *lk_preview_shelf(lk_preview *preview);

/* ---- What a knowledge base makes of a question ---- */

typedef enum lk_band { LK_BAND_UNSURE, LK_BAND_BETWEEN, LK_BAND_SURE } lk_band; /* by the KB's own clarify-at and answer-at */
const char *lk_band_name(lk_band band);                                         /* "unsure", "between", "sure" */

typedef struct lk_verdict {
  lk_act act;
  lk_lang lang;
  lk_band band;
  double confidence;
  const lk_entry *entry; /* decided on, or the first choice; NULL for none. Lives as long as the engine. */
} lk_verdict;

/* As at the start of a conversation; `u` and `reasons` are made in `arena`. */
lk_code lk_verdict_of(lk_worker *worker, lk_view text, lk_lang prior, lk_arena *arena, lk_understanding *u, lk_reasons *reasons,
                      lk_decision *decision, lk_verdict *out, lk_error *err);

/* ---- Comparing ---- */

enum { LK_CHANGED_ACT = 1, LK_CHANGED_ENTRY = 2, LK_CHANGED_BAND = 4 };

/* A verdict that has outlived its engine. */
typedef struct lk_kept_verdict {
  lk_act act;
  lk_band band;
  double confidence;
  lk_view entry, title, action; /* empty for none */
} lk_kept_verdict;

typedef struct lk_change {
  lk_past_question question;
  lk_kept_verdict live, draft;
  unsigned changed; /* bits */
  double gain;      /* -1 … 1: how much surer the draft serves this question; a doubt counts half, no answer nothing */
} lk_change;

typedef struct lk_comparison {
  lk_arena *arena;
  int64_t started, ended;
  long weeks;
  uint64_t live_generation, draft_generation;
  size_t asked;      /* questions */
  uint64_t messages; /* that they stand for */
  lk_change *changes;
  size_t change_count; /* the worst first */
  lk_error trouble;    /* code LK_OK: it was done to its end */
  int holders;
} lk_comparison;

/* Begins in the background; false while one is going on. */
bool lk_preview_compare(lk_preview *preview, long weeks, long questions);
/* How far the one that is going on has come; false when there is none. `total` is 0 while questions are gathered. */
bool lk_preview_progress(lk_preview *preview, size_t *done, size_t *total);
/* The last one that ended, to be given back; NULL when there is none. */
lk_comparison *lk_preview_take(lk_preview *preview);
void lk_preview_return(lk_preview *preview, lk_comparison *comparison);

#endif
