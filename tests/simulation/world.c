#include "world.h"

#include <stdlib.h>

/* ---- What is coming: a heap by time ---- */

static bool before(const lk_coming *a, const lk_coming *b) {
  return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static void swap(lk_coming *a, lk_coming *b) {
  lk_coming kept = *a;
  *a = *b;
  *b = kept;
}

bool lk_world_plan(lk_world *w, lk_person *person, lk_happening what, int64_t time) {
  if (w->coming == w->heap_cap) {
    size_t cap = w->heap_cap ? w->heap_cap * 2 : 1024;
    lk_coming *grown = realloc(w->heap, cap * sizeof *grown);
    if (!grown) {
      w->err = (lk_error){.code = LK_ERR_MEMORY, .message = "out of memory; simulate fewer conversations"};
      return false;
    }
    w->heap = grown;
    w->heap_cap = cap;
  }
  size_t at = w->coming++;
  w->heap[at] = (lk_coming){time > w->now ? time : w->now, w->planned++, person, what};
  for (; at && before(&w->heap[at], &w->heap[(at - 1) / 2]); at = (at - 1) / 2) swap(&w->heap[at], &w->heap[(at - 1) / 2]);
  return true;
}

bool lk_world_next(lk_world *w, lk_coming *out) {
  if (!w->coming) return false;
  *out = w->heap[0];
  w->heap[0] = w->heap[--w->coming];
  for (size_t at = 0, child; (child = 2 * at + 1) < w->coming; at = child) {
    if (child + 1 < w->coming && before(&w->heap[child + 1], &w->heap[child])) child++;
    if (!before(&w->heap[child], &w->heap[at])) break;
    swap(&w->heap[child], &w->heap[at]);
  }
  return true;
}

lk_code lk_world_keep(lk_world *w, const char *text, lk_view *out) {
  *out = lk_arena_copy(w->arena, lk_view_of(text));
  if (!out->ptr) w->err = (lk_error){.code = LK_ERR_MEMORY, .message = "out of memory; simulate fewer conversations"};
  return out->ptr ? LK_OK : LK_ERR_MEMORY;
}

/* ---- Writing beside the bot ---- */

lk_code lk_world_post(lk_world *w, const lk_person *person, const lk_said *said, const lk_event *event, bool end) {
  lk_conversation c;
  lk_code code = lk_store_conversation(w->shop.store, lk_view_of(person->id), w->scratch, &c, &w->err);
  if (code) return code;
  lk_turn_record record = {.conversation = c.id,
                           .version = c.version,
                           .time = w->now,
                           .lang = c.lang,
                           .state = c.state,
                           .messages = said,
                           .message_count = said != NULL,
                           .events = event,
                           .event_count = event != NULL,
                           .end = end};
  lk_turn_result result;
  return lk_store_turn(w->shop.store, &record, w->scratch, &result, &w->err);
}
