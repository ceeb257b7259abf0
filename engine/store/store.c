/* What every provider has in common: names, ids, checked arguments, masked events. */
#include "luukku/store.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/utf8.h"
#include "luukku/mask.h"

enum {
  MOST_ID = 128,        /* bytes of ids, channels, agents' names … */
  MOST_MESSAGES = 1000, /* messages, events or candidates at once */
  MOST_TEXT = 1 << 20   /* bytes of a text, a detail or a state */
};

/* ---- Names ---- */

static const char *const event_names[LK_EVENT_TYPE_COUNT] = {
#define LK_EVENT_NAME(id, name, about) [LK_EVENT_##id] = (name),
    LK_EVENTS(LK_EVENT_NAME)
#undef LK_EVENT_NAME
};

const char *lk_event_name(lk_event_type type) { return (unsigned)type < LK_EVENT_TYPE_COUNT ? event_names[type] : "unknown"; }

lk_event_type lk_event_of(lk_view name) {
  int i = 0;
  while (i < LK_EVENT_TYPE_COUNT && !lk_view_eq(name, lk_view_of(event_names[i]))) i++;
  return (lk_event_type)i;
}

const char *lk_handoff_reason_name(lk_handoff_reason reason) {
  static const char *const names[] = {"asked", "low-confidence", "anger", "article", "failed-action", "proof-attempts"};
  return (unsigned)reason < LK_HANDOFF_REASON_COUNT ? names[reason] : "unknown";
}

const char *lk_case_state_name(lk_case_state state) {
  static const char *const names[] = {"waiting", "claimed", "given-back", "closed"};
  return (unsigned)state < LK_CASE_STATE_COUNT ? names[state] : "unknown";
}

/* ---- Ids ---- */

lk_code lk_conversation_new_id(char out[LK_CONVERSATION_ID_SIZE], lk_error *err) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567"; /* RFC 4648's base 32, in lower case */
  unsigned char random[17] = {0};
  ssize_t got;
  do got = getrandom(random, 16, 0);
  while (got < 0 && errno == EINTR);
  if (got != 16) return lk_fail(err, LK_ERR_IO, "the system gives no random numbers; check that /dev/urandom can be read");
  for (size_t i = 0; i < LK_CONVERSATION_ID_SIZE - 1; i++) {
    size_t bit = i * 5;
    unsigned two = (unsigned)random[bit / 8] << 8 | random[bit / 8 + 1];
    out[i] = letters[two >> (11 - bit % 8) & 31];
  }
  out[LK_CONVERSATION_ID_SIZE - 1] = '\0';
  return LK_OK;
}

/* ---- Checks ---- */

static lk_code check_name(const char *what, lk_view name, bool needed, lk_error *err) {
  if (needed && !name.len) return lk_fail(err, LK_ERR_INPUT, "the %s is empty; give one", what);
  if (name.len > MOST_ID) return lk_fail(err, LK_ERR_LIMIT, "the %s is longer than %d bytes; shorten it", what, MOST_ID);
  if (!lk_utf8_valid(name) || (name.len && memchr(name.ptr, '\0', name.len)))
    return lk_fail(err, LK_ERR_INPUT, "the %s is not plain UTF-8; encode it", what);
  return LK_OK;
}

static lk_code check_text(const char *what, lk_view text, lk_error *err) {
  return text.len <= MOST_TEXT ? LK_OK
                               : lk_fail(err, LK_ERR_LIMIT, "the %s is larger than %d bytes; shorten it", what, MOST_TEXT);
}

static lk_code check_count(const char *what, size_t count, lk_error *err) {
  return count <= MOST_MESSAGES ? LK_OK
                                : lk_fail(err, LK_ERR_LIMIT, "more than %d %s at once; write them in parts", MOST_MESSAGES, what);
}

static lk_code check_lang(lk_lang lang, lk_error *err) {
  return (int)lang >= 0 && lang < LK_LANG_COUNT ? LK_OK : lk_fail(err, LK_ERR_INPUT, "a conversation needs a language; name one");
}

static lk_code check_message(const lk_said *m, lk_error *err) {
  if ((unsigned)m->author > LK_AUTHOR_NOTE) return lk_fail(err, LK_ERR_INPUT, "a message has no author; say who wrote it");
  lk_code code = check_text("message", m->text, err);
  if (!code) code = check_text("message's detail", m->detail, err);
  if (!code) code = check_name("message's entry", m->entry, false, err);
  return code ? code : check_name("message's agent", m->agent, false, err);
}

static lk_code check_case(const lk_case *c, lk_error *err) {
  if ((unsigned)c->reason >= LK_HANDOFF_REASON_COUNT) return lk_fail(err, LK_ERR_INPUT, "a handoff has no reason; give one");
  lk_code code = check_text("case's subject", c->subject, err);
  if (!code) code = check_text("contact", c->contact, err);
  if (!code) code = check_name("order number", c->order, false, err);
  if (!code) code = check_count("candidates", c->candidate_count, err);
  for (size_t i = 0; i < c->candidate_count && !code; i++) code = check_name("candidate", c->candidates[i].entry, true, err);
  return code;
}

static lk_code check_turn(const lk_turn_record *t, lk_error *err) {
  lk_code code = check_name("conversation's id", t->conversation, true, err);
  if (!code) code = check_name("client's message id", t->client_id, false, err);
  if (!code) code = check_name("customer", t->customer, false, err);
  if (!code) code = check_lang(t->lang, err);
  if (!code) code = check_text("state", t->state, err);
  if (!code) code = check_count("messages", t->message_count, err);
  for (size_t i = 0; i < t->message_count && !code; i++) code = check_message(&t->messages[i], err);
  if (!code) code = check_text("contact", t->contact, err);
  if (!code && t->handoff) code = check_case(t->handoff, err);
  return code;
}

/* ---- Masking ---- */

static lk_code mask_event(const lk_event *event, lk_arena *arena, lk_event *out, lk_error *err) {
  *out = *event;
  if ((unsigned)event->type >= LK_EVENT_TYPE_COUNT)
    return lk_fail(err, LK_ERR_INPUT, "an event has no type; give one of LK_EVENTS");
  const lk_view names[] = {event->entry, event->action, event->reason, event->agent};
  lk_code code = check_text("event's text", event->text, err);
  if (!code) code = check_text("event's detail", event->detail, err);
  for (size_t i = 0; i < sizeof names / sizeof *names && !code; i++)
    code = check_name("event's entry, action, reason or agent", names[i], false, err);
  if (code) return code;
  out->text = lk_mask(event->text, arena);
  out->detail = lk_mask_json(event->detail, arena);
  return out->text.ptr && out->detail.ptr ? LK_OK : lk_fail_memory(err);
}

static lk_code mask_events(const lk_event *events, size_t count, lk_arena *arena, lk_event **out, lk_error *err) {
  lk_code code = check_count("events", count, err);
  if (code) return code;
  *out = LK_NEW_ARRAY(arena, lk_event, count);
  if (!*out) return lk_fail_memory(err);
  for (size_t i = 0; i < count && !code; i++) code = mask_event(&events[i], arena, &(*out)[i], err);
  return code;
}

/* ---- Calls ---- */

void lk_store_close(lk_store *store) {
  if (store) store->methods->close(store);
}

static lk_code check_start(const lk_conversation *c, lk_error *err) {
  lk_code code = check_name("conversation's id", c->id, true, err);
  if (!code) code = check_name("channel", c->channel, true, err);
  if (!code) code = check_name("customer", c->customer, false, err);
  return code ? code : check_lang(c->lang, err);
}

lk_code lk_store_start(lk_store *store, const lk_conversation *c, lk_error *err) {
  lk_code code = check_start(c, err);
  return code ? code : store->methods->start(store, c, err);
}

lk_code lk_store_conversation(lk_store *store, lk_view id, lk_arena *arena, lk_conversation *out, lk_error *err) {
  return store->methods->conversation(store, id, arena, out, err);
}

lk_code lk_store_conversations_of(lk_store *store, lk_view customer, lk_arena *arena, lk_view **ids, size_t *count,
                                  lk_error *err) {
  return store->methods->conversations_of(store, customer, arena, ids, count, err);
}

lk_code lk_store_messages(lk_store *store, lk_view conversation, int64_t after, lk_arena *arena, lk_said **messages,
                          size_t *count, lk_error *err) {
  return store->methods->messages(store, conversation, after, arena, messages, count, err);
}

lk_code lk_store_events(lk_store *store, const lk_event_filter *filter, bool (*each)(void *, const lk_event *), void *self,
                        lk_error *err) {
  return store->methods->events(store, filter, each, self, err);
}

lk_code lk_store_turn(lk_store *store, const lk_turn_record *turn, lk_arena *arena, lk_turn_result *out, lk_error *err) {
  lk_turn_record masked = *turn;
  lk_event *events = NULL;
  lk_code code = check_turn(turn, err);
  if (!code) code = mask_events(turn->events, turn->event_count, arena, &events, err);
  masked.events = events;
  return code ? code : store->methods->turn(store, &masked, arena, out, err);
}

lk_code lk_store_repeated(lk_store *store, lk_view conversation, lk_view client_id, lk_arena *arena, lk_turn_result *out,
                          lk_error *err) {
  return store->methods->repeated(store, conversation, client_id, arena, out, err);
}

lk_code lk_store_note(lk_store *store, lk_view conversation, int64_t time, const lk_event *events, size_t count, lk_error *err) {
  lk_arena *arena = lk_arena_new();
  if (!arena) return lk_fail_memory(err);
  lk_event *masked;
  lk_code code = mask_events(events, count, arena, &masked, err);
  if (!code) code = store->methods->note(store, conversation, time, masked, count, err);
  lk_arena_free(arena);
  return code;
}

/* The write as the provider gets it: checked, its events masked in the write's own arena. */
static lk_code prepare_write(const lk_write *write, lk_write *out, lk_error *err) {
  lk_event *events = NULL;
  lk_turn_record *masked = NULL;
  *out = *write;
  if (write->kind == LK_WRITE_STARTS) return check_start(write->start, err);
  if (write->kind == LK_WRITE_NOTES) {
    lk_code code = mask_events(write->events, write->event_count, write->arena, &events, err);
    out->events = events;
    return code;
  }
  if (write->kind != LK_WRITE_TURNS) return lk_fail(err, LK_ERR_INPUT, "a write of a batch has no kind; give it one");
  lk_code code = check_turn(write->turn, err);
  if (!code) code = mask_events(write->turn->events, write->turn->event_count, write->arena, &events, err);
  if (!code && !(masked = LK_NEW(write->arena, lk_turn_record))) code = lk_fail_memory(err);
  if (code) return code;
  *masked = *write->turn;
  masked->events = events;
  out->turn = masked;
  return LK_OK;
}

static void take_over(lk_write *write, const lk_write *written) {
  write->code = written->code;
  write->err = written->err;
  write->result = written->result;
}

void lk_store_batch(lk_store *store, lk_write *const *writes, size_t count) {
  lk_write *prepared = calloc(count + 1, sizeof *prepared), **fine = calloc(count + 1, sizeof *fine);
  size_t fine_count = 0;
  for (size_t i = 0; i < count; i++) {
    lk_write *w = writes[i];
    w->result = (lk_turn_result){0};
    w->err = (lk_error){0};
    w->code = prepared && fine ? prepare_write(w, &prepared[i], &w->err) : lk_fail_memory(&w->err);
    if (!w->code) fine[fine_count++] = &prepared[i];
  }
  if (fine_count) store->methods->batch(store, fine, fine_count);
  for (size_t i = 0; fine_count && i < count; i++)
    if (!writes[i]->code) take_over(writes[i], &prepared[i]);
  free(fine);
  free(prepared);
}

lk_code lk_store_case(lk_store *store, int64_t id, lk_arena *arena, lk_case *out, lk_error *err) {
  return store->methods->one_case(store, id, arena, out, err);
}

lk_code lk_store_cases(lk_store *store, lk_case_state state, lk_view agent, size_t limit, lk_arena *arena, lk_case **cases,
                       size_t *count, lk_error *err) {
  return store->methods->cases(store, state, agent, limit, arena, cases, count, err);
}

lk_code lk_store_cases_of(lk_store *store, lk_view conversation, lk_arena *arena, lk_case **cases, size_t *count, lk_error *err) {
  return store->methods->cases_of(store, conversation, arena, cases, count, err);
}

lk_code lk_store_change_case(lk_store *store, const lk_case_change *change, lk_arena *arena, lk_case *out, lk_error *err) {
  lk_code code = check_name("agent's name", change->agent, false, err);
  if (!code) code = check_name("case's kind", change->kind, change->to == LK_CASE_CLOSED, err);
  if (!code) code = check_name("reason", change->reason, false, err);
  if (!code) code = check_text("contact", change->contact, err);
  return code ? code : store->methods->change_case(store, change, arena, out, err);
}

lk_code lk_store_set_presence(lk_store *store, lk_view agent, int64_t moment, lk_error *err) {
  lk_code code = check_name("agent's name", agent, true, err);
  return code ? code : store->methods->set_presence(store, agent, moment, err);
}

lk_code lk_store_count_present(lk_store *store, int64_t since, size_t *count, lk_error *err) {
  return store->methods->count_present(store, since, count, err);
}

lk_code lk_store_lost_cases(lk_store *store, int64_t since, lk_arena *arena, lk_case **cases, size_t *count, lk_error *err) {
  return store->methods->lost_cases(store, since, arena, cases, count, err);
}

lk_code lk_store_queue(lk_store *store, int64_t id, int64_t since, size_t most_waits, lk_arena *arena, lk_queue_figures *out,
                       lk_error *err) {
  return store->methods->queue(store, id, since, most_waits, arena, out, err);
}

lk_code lk_store_recount(lk_store *store, const lk_tally_plan *plan, size_t *left, lk_error *err) {
  *left = 0;
  return store->methods->recount(store, plan, left, err);
}

lk_code lk_store_tallies(lk_store *store, lk_view name, int64_t from, int64_t until, bool by_day,
                         void (*each)(void *, const lk_tally_row *), void *self, lk_error *err) {
  return store->methods->tallies(store, name, from, until, by_day, each, self, err);
}

lk_code lk_store_remarks(lk_store *store, int64_t from, int64_t until, size_t most, bool (*each)(void *, const lk_event *),
                         void *self, lk_error *err) {
  return store->methods->remarks(store, from, until, most, each, self, err);
}

lk_code lk_store_purge(lk_store *store, int64_t moment, size_t *conversations, lk_error *err) {
  size_t count = 0;
  lk_code code = store->methods->purge(store, moment, &count, err);
  if (conversations) *conversations = count;
  return code;
}

lk_code lk_store_erase(lk_store *store, lk_view conversation, lk_error *err) {
  return store->methods->erase(store, conversation, err);
}
