/* Questions out of events.
 *
 * Events come in the order in which they were written; those of one turn stand together in their conversation, but conversations are mixed. Each conversation keeps what its
 * present turn is (a question, until an event says that it is something else) and which of its questions wait for what will show their answer. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vector.h"
#include "luukku/gaps.h"
#include "luukku/mask.h"

static const struct {
  const char *name, *words, *about;
  double cost;
} failures[LK_FAILURE_COUNT] = {
#define LK_FAILURE_ROW(id, name, words, cost, about) {name, words, about, cost},
    LK_FAILURES(LK_FAILURE_ROW)
#undef LK_FAILURE_ROW
};

const char *lk_failure_name(lk_failure failure) { return (unsigned)failure < LK_FAILURE_COUNT ? failures[failure].name : ""; }
const char *lk_failure_words(lk_failure failure) { return (unsigned)failure < LK_FAILURE_COUNT ? failures[failure].words : ""; }
const char *lk_failure_about(lk_failure failure) { return (unsigned)failure < LK_FAILURE_COUNT ? failures[failure].about : ""; }
double lk_failure_cost(lk_failure failure) { return (unsigned)failure < LK_FAILURE_COUNT ? failures[failure].cost : 0; }

double lk_asked_cost(const lk_asked *asked) {
  double cost = 0;
  for (int f = 0; f < LK_FAILURE_COUNT; f++)
    if (asked->failures & 1u << f) cost += failures[f].cost;
  return cost;
}

bool lk_asked_served(const lk_asked *asked) { return asked->answered && !(asked->failures & ~(1u << LK_FAILURE_DOUBTED)); }

/* ---- Reading ---- */

enum { NOTHING = -1, OPEN_MOST = 8 /* questions of a conversation that wait for their answer */ };

typedef enum lk_standing { /* what the present message turns out to be */
                           STANDS_UNKNOWN,
                           STANDS_QUESTION,
                           STANDS_ASIDE /* a choice, a value, small talk, a wish for a person */
} lk_standing;

typedef struct lk_thread {
  lk_view id;
  lk_standing standing;
  int64_t present;         /* index of the present message, or NOTHING */
  int64_t last;            /* of the last question, or NOTHING */
  int64_t open[OPEN_MOST]; /* of questions that were not answered yet */
  size_t open_count;
} lk_thread;

typedef struct reading {
  const lk_asked_filter *filter;
  lk_arena *arena;
  lk_map *by_id;
  struct {
    lk_thread *items;
    size_t count, cap;
  } threads;
  struct {
    lk_asked *items;
    size_t count, cap;
  } asked;
  bool failed;
} reading;

static lk_view keep(reading *r, lk_view text) {
  if (!text.len) return (lk_view){"", 0};
  lk_view copy = lk_arena_copy(r->arena, text);
  if (!copy.ptr) r->failed = true;
  return copy.ptr ? copy : (lk_view){"", 0};
}

static lk_thread *thread_of(reading *r, lk_view id) {
  uint32_t *at = lk_map_put(r->by_id, id, (uint32_t)r->threads.count);
  bool fine = at != NULL;
  if (fine && *at == r->threads.count)
    fine = LK_PUSH(&r->threads, (lk_thread){.id = keep(r, id), .present = NOTHING, .last = NOTHING});
  if (!fine) r->failed = true;
  return fine ? &r->threads.items[*at] : NULL;
}

static lk_asked *present(reading *r, const lk_thread *t) { return t->present < 0 ? NULL : &r->asked.items[t->present]; }
static lk_asked *last(reading *r, const lk_thread *t) { return t->last < 0 ? NULL : &r->asked.items[t->last]; }

static void receive(reading *r, lk_thread *t, const lk_event *e) {
  t->standing = STANDS_UNKNOWN;
  t->present = NOTHING;
  if (!e->text.len) return;
  lk_asked asked = {.conversation = t->id, .text = keep(r, e->text), .lang = e->lang, .time = e->time, .turn = e->turn};
  asked.entry = asked.chosen = asked.repaired = asked.used = asked.reply = asked.kind = (lk_view){"", 0};
  if (!LK_PUSH(&r->asked, asked)) r->failed = true;
  t->present = (int64_t)r->asked.count - 1;
}

/* A message whose turn has shown nothing of a question is marked by an empty text and dropped at the end. */
static void set_aside(reading *r, lk_thread *t) {
  lk_asked *asked = present(r, t);
  if (asked && t->standing == STANDS_UNKNOWN) asked->text.len = 0;
  t->standing = STANDS_ASIDE;
}

static lk_asked *take_as_question(reading *r, lk_thread *t, const lk_event *e) {
  lk_asked *asked = present(r, t);
  if (!asked || t->standing == STANDS_ASIDE) return NULL;
  t->standing = STANDS_QUESTION;
  t->last = t->present;
  asked->lang = e->lang;
  if (e->entry.len) asked->entry = keep(r, e->entry);
  if (e->has_confidence) asked->confidence = e->confidence;
  return asked;
}

static void leave_open(lk_thread *t, int64_t asked) {
  if (asked == NOTHING || (t->open_count && t->open[t->open_count - 1] == asked)) return;
  if (t->open_count == OPEN_MOST) memmove(t->open, t->open + 1, --t->open_count * sizeof *t->open);
  t->open[t->open_count++] = asked;
}

static void fail(reading *r, lk_thread *t, const lk_event *e, lk_failure failure) {
  lk_asked *asked = take_as_question(r, t, e);
  if (!asked) return;
  asked->failures |= 1u << failure;
  leave_open(t, t->present);
}

/* An answer to something else closes nothing: whether it served is seen later. */
static void answer(reading *r, lk_thread *t, const lk_event *e) {
  lk_asked *asked = take_as_question(r, t, e);
  if (!asked) return;
  asked->answered = true;
  if (e->type == LK_EVENT_TURN_ANSWERED && e->has_confidence && e->confidence < r->filter->doubt_below)
    asked->failures |= 1u << LK_FAILURE_DOUBTED;
}

/* The choice says what the questions before it meant. */
static void choose(reading *r, lk_thread *t, const lk_event *e) {
  set_aside(r, t);
  if (!e->entry.len) return;
  lk_view entry = keep(r, e->entry);
  for (size_t i = 0; i < t->open_count; i++) {
    lk_asked *asked = &r->asked.items[t->open[i]];
    asked->chosen = asked->entry = entry;
    bool offered = asked->failures & 1u << LK_FAILURE_NOT_CHOSEN;
    if (i + 1 < t->open_count && !offered) continue;
    asked->failures &= ~(1u << LK_FAILURE_NOT_CHOSEN);
    asked->answered = true;
  }
  t->open_count = 0;
}

/* Asked again in other words, and understood: then that is what the earlier words meant. A choice says so by itself. */
static void repair(reading *r, lk_thread *t, const lk_event *e) {
  if (t->standing == STANDS_ASIDE || !e->entry.len) return;
  lk_view entry = keep(r, e->entry);
  for (size_t i = 0; i < t->open_count; i++)
    if (t->open[i] != t->present) r->asked.items[t->open[i]].repaired = entry;
  t->open_count = 0;
}

static void hand_off(reading *r, lk_thread *t, const lk_event *e) {
  bool of_article = lk_view_eq(e->reason, LK_LIT("article"));
  if (!of_article) set_aside(r, t);
  if (of_article) {
    answer(r, t, e); /* what is always given to a person went as its editor meant it to */
    return;
  }
  for (size_t i = 0; i < t->open_count; i++) r->asked.items[t->open[i]].failures |= 1u << LK_FAILURE_HANDED_OFF;
  lk_asked *before = last(r, t);
  if (!before) return;
  before->failures |= 1u << LK_FAILURE_HANDED_OFF;
  leave_open(t, t->last);
}

static void rate(reading *r, const lk_thread *t, const lk_event *e) {
  lk_asked *asked = last(r, t);
  if (asked && e->has_number && !e->number && lk_view_eq(asked->entry, e->entry)) asked->failures |= 1u << LK_FAILURE_UNHELPFUL;
}

/* What was written to a person is a question when that person answers it. */
static void relay(reading *r, lk_thread *t) {
  lk_asked *asked = present(r, t);
  if (!asked || t->standing != STANDS_UNKNOWN) return;
  t->standing = STANDS_ASIDE;
  leave_open(t, t->present);
  t->last = t->present;
  asked->failures |= 1u << LK_FAILURE_HANDED_OFF;
}

static void reply(reading *r, lk_thread *t, const lk_event *e) {
  lk_view entry = keep(r, e->entry);
  for (size_t i = 0; i < t->open_count; i++) {
    lk_asked *asked = &r->asked.items[t->open[i]];
    if (entry.len)
      asked->used = entry;
    else
      asked->reply = LK_LIT("?"); /* the words are fetched later */
  }
  if (entry.len) t->open_count = 0;
}

static void close_case(reading *r, lk_thread *t, const lk_event *e) {
  lk_asked *asked = last(r, t);
  if (asked) asked->kind = keep(r, e->reason);
  t->open_count = 0;
}

static bool take_event(void *self, const lk_event *e) {
  reading *r = self;
  lk_thread *t = thread_of(r, e->conversation);
  if (!t) return false;
  switch (e->type) {
    case LK_EVENT_MESSAGE_RECEIVED:
      receive(r, t, e);
      break;
    case LK_EVENT_TURN_ANSWERED:
    case LK_EVENT_TURN_DECLINED:
    case LK_EVENT_FLOW_STARTED:
      answer(r, t, e);
      break;
    case LK_EVENT_TURN_CLARIFIED:
      fail(r, t, e, LK_FAILURE_NOT_CHOSEN);
      break;
    case LK_EVENT_TURN_FALLBACK:
      fail(r, t, e, LK_FAILURE_NOT_UNDERSTOOD);
      break;
    case LK_EVENT_TURN_CHOSEN:
      choose(r, t, e);
      break;
    case LK_EVENT_TURN_REPAIRED:
      repair(r, t, e);
      break;
    case LK_EVENT_HANDOFF_OPENED:
      hand_off(r, t, e);
      break;
    case LK_EVENT_TURN_RELAYED:
      relay(r, t);
      break;
    case LK_EVENT_RATED_HELPFUL:
      rate(r, t, e);
      break;
    case LK_EVENT_AGENT_REPLIED:
      reply(r, t, e);
      break;
    case LK_EVENT_CASE_CLOSED:
      close_case(r, t, e);
      break;
    default: /* small talk, values that were asked for, proofs */
      set_aside(r, t);
  }
  return !r->failed;
}

static const lk_event_type wanted[] = {
    LK_EVENT_MESSAGE_RECEIVED, LK_EVENT_TURN_ANSWERED,    LK_EVENT_TURN_DECLINED,  LK_EVENT_FLOW_STARTED,
    LK_EVENT_TURN_CLARIFIED,   LK_EVENT_TURN_FALLBACK,    LK_EVENT_TURN_CHOSEN,    LK_EVENT_TURN_REPAIRED,
    LK_EVENT_HANDOFF_OPENED,   LK_EVENT_TURN_RELAYED,     LK_EVENT_RATED_HELPFUL,  LK_EVENT_AGENT_REPLIED,
    LK_EVENT_CASE_CLOSED,      LK_EVENT_TURN_CHAT,        LK_EVENT_FLOW_ASKED,     LK_EVENT_FLOW_CONFIRMED,
    LK_EVENT_FLOW_LEFT,        LK_EVENT_ACTION_PERFORMED, LK_EVENT_ACTION_REFUSED, LK_EVENT_PROOF_GIVEN,
    LK_EVENT_PROOF_REFUSED,    LK_EVENT_CONTACT_LEFT,     LK_EVENT_LIMIT_MET};

/* ---- Agents' own words ---- */

/* The first words of an agent after the question. */
static lk_code fetch_reply(lk_store *store, lk_asked *asked, lk_arena *scratch, lk_arena *arena, lk_error *err) {
  lk_said *messages;
  size_t count;
  lk_arena_reset(scratch);
  asked->reply = (lk_view){"", 0};
  lk_code code = lk_store_messages(store, asked->conversation, 0, scratch, &messages, &count, err);
  if (code == LK_ERR_MISSING) return LK_OK; /* past its retention time */
  for (size_t i = 0; !code && !asked->reply.len && i < count; i++) {
    if (messages[i].author != LK_AUTHOR_AGENT || messages[i].turn <= asked->turn) continue;
    asked->reply = lk_mask(messages[i].text, arena);
    if (!asked->reply.ptr) code = lk_fail_memory(err);
  }
  return code;
}

static lk_code fetch_replies(lk_store *store, reading *r, lk_error *err) {
  lk_arena *scratch = lk_arena_new();
  lk_code code = scratch ? LK_OK : lk_fail_memory(err);
  for (size_t i = 0; !code && i < r->asked.count; i++)
    if (r->asked.items[i].reply.len) code = fetch_reply(store, &r->asked.items[i], scratch, r->arena, err);
  lk_arena_free(scratch);
  return code;
}

/* ---- All ---- */

/* Said to a person who did not answer it: thanks, a goodbye. */
static bool is_remark(const lk_asked *asked) {
  return asked->failures == 1u << LK_FAILURE_HANDED_OFF && !asked->answered && !asked->entry.len && !asked->used.len &&
         !asked->reply.len;
}

static bool is_wanted(const reading *r, const lk_asked *asked) {
  bool question = asked->text.len && (asked->answered || asked->failures) && !is_remark(asked);
  return question && (r->filter->lang == LK_LANG_NONE || r->filter->lang == asked->lang);
}

static lk_code hand_out(reading *r, lk_asked_list *out, lk_error *err) {
  size_t most = r->filter->most ? r->filter->most : LK_ASKED_MOST, kept = 0, at = 0;
  for (size_t i = 0; i < r->asked.count; i++) kept += is_wanted(r, &r->asked.items[i]);
  out->left_out = kept > most ? kept - most : 0;
  out->items = LK_NEW_ARRAY(r->arena, lk_asked, kept - out->left_out + 1);
  if (!out->items) return lk_fail_memory(err);
  for (size_t i = 0; i < r->asked.count; i++)
    if (is_wanted(r, &r->asked.items[i]) && at++ >= out->left_out) out->items[out->count++] = r->asked.items[i];
  return LK_OK;
}

lk_code lk_asked_read(lk_store *store, const lk_asked_filter *filter, lk_arena *arena, lk_asked_list *out, lk_error *err) {
  reading r = {.filter = filter, .arena = arena, .by_id = lk_map_new()};
  lk_event_filter events = {
      .from = filter->from, .until = filter->until, .types = wanted, .type_count = sizeof wanted / sizeof *wanted};
  *out = (lk_asked_list){0};
  lk_code code = r.by_id ? lk_store_events(store, &events, take_event, &r, err) : lk_fail_memory(err);
  if (!code && r.failed) code = lk_fail_memory(err);
  if (!code) code = fetch_replies(store, &r, err);
  if (!code) code = hand_out(&r, out, err);
  lk_map_free(r.by_id);
  free(r.threads.items);
  free(r.asked.items);
  return code;
}
