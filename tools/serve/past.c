#include "past.h"

#include <stdlib.h>
#include <string.h>

#include "fail.h"

enum {
  CHUNK = 5000,     /* events of one reading: a reader that stays long keeps the log from being cut */
  TEXT_MOST = 1000, /* bytes; what is longer is no question */
  SLOTS = 1 << 17   /* of the table: more than twice LK_PAST_DISTINCT */
};

typedef struct question {
  lk_past_question shown;
  lk_view key;
} question;

/* A customer's message, until the events of its turn have told what it was. */
typedef struct pending {
  char conversation[LK_CONVERSATION_ID_SIZE];
  char text[TEXT_MOST];
  size_t length; /* 0: nothing pends */
  uint32_t turn;
  int64_t time;
  lk_lang lang;
  bool question, chosen;
} pending;

typedef struct gathering {
  lk_arena *arena;
  question *items;
  uint32_t *slots; /* number of the item + 1 */
  size_t count;
  pending last;
  int64_t after;
  size_t read; /* in this chunk */
  bool failed;
} gathering;

/* ---- Telling questions apart ---- */

/* Capitals of ASCII, and of Latin-1 in UTF-8 (Ä is C3 84, ä C3 A4). */
static char lower(char before, char c) {
  unsigned char b = (unsigned char)c;
  if (c >= 'A' && c <= 'Z') return (char)(c - 'A' + 'a');
  return (unsigned char)before == 0xc3 && b >= 0x80 && b <= 0x9e && b != 0x97 ? (char)(b + 0x20) : c;
}

static size_t fold(lk_view text, char out[TEXT_MOST]) {
  size_t length = 0;
  for (size_t i = 0; i < text.len && length < TEXT_MOST; i++) {
    bool blank = text.ptr[i] == ' ' || text.ptr[i] == '\n' || text.ptr[i] == '\r' || text.ptr[i] == '\t';
    if (blank && (length == 0 || out[length - 1] == ' ')) continue;
    out[length++] = blank ? ' ' : lower(i ? text.ptr[i - 1] : ' ', text.ptr[i]);
  }
  while (length && strchr(" .?!", out[length - 1])) length--;
  return length;
}

/* A number or a masked address alone answers something; a question has letters of its own. */
static bool has_letters(lk_view key) {
  bool masked = false;
  for (size_t i = 0; i < key.len; i++) {
    unsigned char c = (unsigned char)key.ptr[i];
    if (c == '[' || c == ']') masked = c == '[';
    if (!masked && ((c >= 'a' && c <= 'z') || c >= 0x80)) return true;
  }
  return false;
}

static uint32_t *find(const gathering *g, lk_view key) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < key.len; i++) hash = (hash ^ (unsigned char)key.ptr[i]) * 0x100000001b3u;
  size_t at = (size_t)(hash ^ hash >> 29) & (SLOTS - 1);
  while (g->slots[at] && !lk_view_eq(g->items[g->slots[at] - 1].key, key)) at = (at + 1) & (SLOTS - 1);
  return &g->slots[at];
}

static void add(gathering *g, const pending *p) {
  char folded[TEXT_MOST];
  lk_view key = {folded, fold((lk_view){p->text, p->length}, folded)};
  uint32_t *slot = has_letters(key) ? find(g, key) : NULL;
  if (!slot || (*slot == 0 && g->count == LK_PAST_DISTINCT)) return;
  if (*slot == 0) {
    question *fresh = &g->items[g->count];
    fresh->key = lk_arena_copy(g->arena, key);
    fresh->shown = (lk_past_question){.lang = p->lang};
    if (!fresh->key.ptr) {
      g->failed = true;
      return;
    }
    *slot = (uint32_t)++g->count;
  }
  question *q = &g->items[*slot - 1];
  q->shown.count++;
  q->shown.last = p->time;
  /* The first wording stays: thousands of copies of one question would only fill memory. */
  if (!q->shown.text.ptr) q->shown.text = lk_arena_copy(g->arena, (lk_view){p->text, p->length});
  if (!q->shown.text.ptr) g->failed = true;
}

/* ---- Reading ---- */

static void settle(gathering *g) {
  if (g->last.length && g->last.question && !g->last.chosen) add(g, &g->last);
  g->last.length = 0;
}

static void receive(gathering *g, const lk_event *event) {
  settle(g);
  if (event->text.len == 0 || event->text.len > TEXT_MOST || event->conversation.len >= LK_CONVERSATION_ID_SIZE) return;
  pending *p = &g->last;
  *p = (pending){.length = event->text.len, .turn = event->turn, .time = event->time, .lang = event->lang};
  memcpy(p->conversation, event->conversation.ptr, event->conversation.len);
  memcpy(p->text, event->text.ptr, event->text.len);
}

static bool take(void *self, const lk_event *event) {
  gathering *g = self;
  pending *p = &g->last;
  g->after = event->id;
  if (event->type == LK_EVENT_MESSAGE_RECEIVED)
    receive(g, event);
  else if (p->length && event->turn == p->turn && lk_view_eq(event->conversation, lk_view_of(p->conversation)))
    *(event->type == LK_EVENT_TURN_CHOSEN ? &p->chosen : &p->question) = true;
  return ++g->read < CHUNK && !g->failed;
}

static int compare(const void *a, const void *b) {
  const lk_past_question *x = &((const question *)a)->shown, *y = &((const question *)b)->shown;
  if (x->count != y->count) return x->count < y->count ? 1 : -1;
  return x->last == y->last ? 0 : x->last < y->last ? 1 : -1;
}

static lk_code read_events(gathering *g, lk_store *store, int64_t from, bool (*stop)(void *self), void *self, lk_error *err) {
  static const lk_event_type types[] = {
      LK_EVENT_MESSAGE_RECEIVED, LK_EVENT_TURN_ANSWERED, LK_EVENT_TURN_CLARIFIED, LK_EVENT_TURN_CHOSEN,  LK_EVENT_TURN_FALLBACK,
      LK_EVENT_TURN_REPAIRED,    LK_EVENT_TURN_CHAT,     LK_EVENT_TURN_DECLINED,  LK_EVENT_FLOW_STARTED, LK_EVENT_HANDOFF_OPENED};
  do {
    lk_event_filter filter = {.from = from, .after = g->after, .types = types, .type_count = sizeof types / sizeof *types};
    g->read = 0;
    lk_code code = lk_store_events(store, &filter, take, g, err);
    if (code) return code;
    if (g->failed) return lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
    if (stop && stop(self)) return lk_set_error(err, LK_ERR_BUSY, "the server is stopping; compare again");
  } while (g->read == CHUNK);
  settle(g);
  return LK_OK;
}

lk_code lk_past_questions(lk_store *store, int64_t from, size_t most, bool (*stop)(void *self), void *self, lk_arena *arena,
                          lk_past_question **out, size_t *count, lk_error *err) {
  gathering g = {.arena = arena, .items = malloc(LK_PAST_DISTINCT * sizeof(question)), .slots = calloc(SLOTS, sizeof(uint32_t))};
  lk_code code = g.items && g.slots ? read_events(&g, store, from, stop, self, err)
                                    : lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
  if (!code) {
    qsort(g.items, g.count, sizeof *g.items, compare);
    *count = g.count < most ? g.count : most;
    *out = LK_NEW_ARRAY(arena, lk_past_question, *count);
    if (!*out) code = lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
    for (size_t i = 0; !code && i < *count; i++) (*out)[i] = g.items[i].shown;
  }
  free(g.items);
  free(g.slots);
  return code;
}
