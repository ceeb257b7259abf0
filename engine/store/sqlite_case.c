/* Cases of the desk, agents' presence, and the queue. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/vector.h"
#include "store/sqlite.h"

static lk_handoff_reason reason_of(lk_view name) {
  int i = 0;
  while (i < LK_HANDOFF_REASON_COUNT - 1 && !lk_view_eq(name, lk_view_of(lk_handoff_reason_name((lk_handoff_reason)i)))) i++;
  return (lk_handoff_reason)i;
}

static lk_case_state state_of(lk_view name) {
  int i = 0;
  while (i < LK_CASE_STATE_COUNT - 1 && !lk_view_eq(name, lk_view_of(lk_case_state_name((lk_case_state)i)))) i++;
  return (lk_case_state)i;
}

static lk_view state_text(lk_case_state state) { return lk_view_of(lk_case_state_name(state)); }

/* ---- Reading ---- */

static lk_case read_case(query *q) {
  lk_case c = {.id = column_int(q)};
  c.conversation = column_text(q);
  c.turn = (uint32_t)column_int(q);
  c.state = state_of(column_text(q));
  c.reason = reason_of(column_text(q));
  c.attended = column_int(q) != 0;
  c.subject = column_text(q);
  c.order = column_text(q);
  c.contact = column_text(q);
  c.lang = lk_lang_of(column_text(q));
  c.channel = column_text(q);
  c.agent = column_text(q);
  c.kind = column_text(q);
  c.opened = column_int(q);
  c.queued = column_int(q);
  c.claimed = column_int(q);
  c.finished = column_int(q);
  return c;
}

static lk_code read_candidates(sqlite_store *s, lk_case *c, lk_arena *arena, lk_error *err) {
  struct {
    lk_case_candidate *items;
    size_t count, cap;
  } found = {0};
  bool room = true;
  query q = query_of(s, SQL_CASE_CANDIDATES);
  q.arena = arena;
  query_int(&q, c->id);
  while (room && query_row(&q)) {
    lk_case_candidate candidate = {.entry = column_text(&q)};
    candidate.confidence = column_real(&q, NULL);
    room = LK_PUSH(&found, candidate);
  }
  lk_code code = query_end(&q, err);
  lk_case_candidate *copy = LK_NEW_ARRAY(arena, lk_case_candidate, found.count);
  if (!code && (!room || !copy)) code = lk_fail_memory(err);
  if (!code && found.count) memcpy(copy, found.items, found.count * sizeof *copy);
  free(found.items);
  c->candidates = copy;
  c->candidate_count = code ? 0 : found.count;
  return code;
}

lk_code sqlite_read_cases(sqlite_store *s, query *q, lk_arena *arena, lk_case **cases, size_t *count, lk_error *err) {
  struct {
    lk_case *items;
    size_t count, cap;
  } found = {0};
  bool room = true;
  *cases = NULL;
  *count = 0;
  q->arena = arena;
  while (room && query_row(q)) room = LK_PUSH(&found, read_case(q));
  lk_code code = query_end(q, err);
  if (!code && !room) code = lk_fail_memory(err);
  for (size_t i = 0; i < found.count && !code; i++) code = read_candidates(s, &found.items[i], arena, err);
  lk_case *copy = LK_NEW_ARRAY(arena, lk_case, found.count);
  if (!code && !copy) code = lk_fail_memory(err);
  if (!code) {
    if (found.count) memcpy(copy, found.items, found.count * sizeof *copy);
    *cases = copy;
    *count = found.count;
  }
  free(found.items);
  return code;
}

lk_code sqlite_case(lk_store *store, int64_t id, lk_arena *arena, lk_case *out, lk_error *err) {
  lk_case *found;
  size_t count;
  query q = query_of(sqlite_of(store), SQL_CASE);
  query_int(&q, id);
  lk_code code = sqlite_read_cases(sqlite_of(store), &q, arena, &found, &count, err);
  if (code) return code;
  if (!count)
    return lk_fail(err, LK_ERR_MISSING, "there is no case %lld; it may have been deleted after its retention time",
                   (long long)id);
  *out = found[0];
  return LK_OK;
}

lk_code sqlite_cases(lk_store *store, lk_case_state state, lk_view agent, size_t limit, lk_arena *arena, lk_case **cases,
                     size_t *count, lk_error *err) {
  query q = query_of(sqlite_of(store), SQL_CASES);
  query_text(&q, state_text(state));
  query_text(&q, agent);
  query_int(&q, limit ? (int64_t)limit : -1);
  return sqlite_read_cases(sqlite_of(store), &q, arena, cases, count, err);
}

lk_code sqlite_cases_of(lk_store *store, lk_view conversation, lk_arena *arena, lk_case **cases, size_t *count, lk_error *err) {
  query q = query_of(sqlite_of(store), SQL_CASES_OF);
  query_text(&q, conversation);
  return sqlite_read_cases(sqlite_of(store), &q, arena, cases, count, err);
}

lk_code sqlite_lost_cases(lk_store *store, int64_t since, lk_arena *arena, lk_case **cases, size_t *count, lk_error *err) {
  query q = query_of(sqlite_of(store), SQL_CASES_LOST);
  query_int(&q, since);
  return sqlite_read_cases(sqlite_of(store), &q, arena, cases, count, err);
}

/* ---- Opening and abandoning, within a turn ---- */

static lk_code insert_case(sqlite_store *s, const conversation_row *row, const lk_turn_record *turn, int64_t *id, lk_error *err) {
  const lk_case *c = turn->handoff;
  query q = query_of(s, SQL_CASE_INSERT);
  query_int(&q, row->key);
  query_int(&q, (int64_t)row->turns + 1);
  query_text(&q, lk_view_of(lk_handoff_reason_name(c->reason)));
  query_int(&q, c->attended);
  query_text(&q, c->subject);
  query_optional(&q, c->order);
  query_optional(&q, c->contact);
  query_text(&q, lk_view_of(lk_lang_code(turn->lang)));
  query_text(&q, row->channel);
  q.parameter = 10; /* both times are ?11 */
  query_int(&q, turn->time);
  *id = query_row(&q) ? column_int(&q) : 0;
  return query_run(&q, err);
}

static lk_code insert_candidates(sqlite_store *s, const lk_case *c, int64_t id, lk_error *err) {
  lk_code code = LK_OK;
  for (size_t i = 0; i < c->candidate_count && !code; i++) {
    query q = query_of(s, SQL_CASE_CANDIDATE_INSERT);
    query_int(&q, id);
    query_int(&q, (int64_t)i);
    query_text(&q, c->candidates[i].entry);
    query_real(&q, true, c->candidates[i].confidence);
    code = query_run(&q, err);
  }
  return code;
}

lk_code sqlite_open_case(sqlite_store *s, const conversation_row *row, const lk_turn_record *turn, int64_t *id, lk_error *err) {
  const lk_case *c = turn->handoff;
  lk_code code = insert_case(s, row, turn, id, err);
  if (!code) code = insert_candidates(s, c, *id, err);
  if (code) return code;
  lk_event event = {.type = LK_EVENT_HANDOFF_OPENED,
                    .reason = lk_view_of(lk_handoff_reason_name(c->reason)),
                    .action = c->attended ? LK_LIT("attended") : LK_LIT("unattended"),
                    .has_number = true,
                    .number = *id};
  if (c->candidate_count) {
    event.entry = c->candidates[0].entry;
    event.has_confidence = true;
    event.confidence = c->candidates[0].confidence;
  }
  return sqlite_write_event(s, row, row->turns + 1, turn->time, turn->lang, &event, err);
}

lk_code sqlite_abandon_case(sqlite_store *s, const conversation_row *row, const lk_turn_record *turn, lk_error *err) {
  query q = query_of(s, SQL_CASE_ABANDON);
  query_int(&q, turn->time);
  query_int(&q, row->open_case);
  lk_event event = {.type = LK_EVENT_CASE_ABANDONED, .has_number = true};
  bool waited = query_row(&q);
  if (waited) event.number = turn->time - column_int(&q);
  lk_code code = query_run(&q, err);
  if (code || !waited) return code;
  return sqlite_write_event(s, row, row->turns + 1, turn->time, turn->lang, &event, err);
}

/* ---- What the desk does ---- */

static lk_code refuse(const lk_case *c, lk_error *err) {
  if (c->state == LK_CASE_CLAIMED)
    return lk_fail(err, LK_ERR_STATE, "%.*s has case %lld; ask for it to be transferred or released", LK_FMT(c->agent),
                   (long long)c->id);
  return lk_fail(err, LK_ERR_STATE, "case %lld is %s; refresh the queue", (long long)c->id, lk_case_state_name(c->state));
}

static bool allowed(const lk_case *c, const lk_case_change *change) {
  if (!(change->from >> c->state & 1u)) return false;
  return !change->holder.len || lk_view_eq(change->holder, c->agent);
}

/* The number of a change's event: how long it waited, or how long it took in all. */
static void event_of(const lk_case *before, const lk_case_change *change, lk_event *event) {
  *event = (lk_event){.type = change->event, .reason = change->reason, .agent = before->agent};
  if (change->agent.len) event->agent = change->agent;
  if (change->event == LK_EVENT_CASE_CLOSED) event->reason = change->kind;
  event->has_number = change->event == LK_EVENT_CASE_CLAIMED || change->event == LK_EVENT_CASE_CLOSED;
  event->number = change->time - (change->event == LK_EVENT_CASE_CLAIMED ? before->queued : before->opened);
}

static void optional_moment(query *q, int64_t moment) {
  if (moment) {
    query_int(q, moment);
  } else {
    query_optional(q, LK_LIT(""));
  }
}

static lk_code update_case(sqlite_store *s, const lk_case *before, const lk_case_change *change, lk_error *err) {
  bool first_claim = change->event == LK_EVENT_CASE_CLAIMED && !before->claimed;
  bool queued_again = change->to == LK_CASE_WAITING && before->state != LK_CASE_WAITING;
  bool finished = change->to == LK_CASE_CLOSED || change->to == LK_CASE_GIVEN_BACK;
  query q = query_of(s, SQL_CASE_UPDATE);
  query_text(&q, state_text(change->to == LK_CASE_STATE_COUNT ? before->state : change->to));
  query_optional(&q, change->agent);
  query_optional(&q, change->kind);
  query_optional(&q, change->contact);
  query_int(&q, queued_again ? change->time : before->queued);
  optional_moment(&q, first_claim ? change->time : before->claimed);
  optional_moment(&q, finished ? change->time : 0);
  query_int(&q, change->id);
  return query_run(&q, err);
}

static lk_code update_phase(sqlite_store *s, lk_view conversation, const lk_case_change *change, lk_error *err) {
  query q = query_of(s, SQL_CONVERSATION_PHASE);
  query_optional(&q, lk_view_of(change->to == LK_CASE_STATE_COUNT ? "" : phase_name(change->phase)));
  query_int(&q, change->time);
  query_text(&q, conversation);
  return query_run(&q, err);
}

static lk_code change_case(lk_store *store, const lk_case_change *change, lk_arena *arena, lk_case *out, lk_error *err) {
  sqlite_store *s = sqlite_of(store);
  lk_case before = {0};
  conversation_row row = {0};
  lk_event event;
  lk_code code = sqlite_case(store, change->id, arena, &before, err);
  if (code) return code;
  if (!allowed(&before, change)) return refuse(&before, err);
  event_of(&before, change, &event);
  code = sqlite_row_of(s, before.conversation, arena, &row, err);
  if (!code) code = update_case(s, &before, change, err);
  if (!code) code = update_phase(s, before.conversation, change, err);
  if (!code) code = sqlite_write_event(s, &row, 0, change->time, row.lang, &event, err);
  return code ? code : sqlite_case(store, change->id, arena, out, err);
}

lk_code sqlite_change_case(lk_store *store, const lk_case_change *change, lk_arena *arena, lk_case *out, lk_error *err) {
  lk_code code = sqlite_begin(sqlite_of(store), err);
  return code ? code : sqlite_finish(sqlite_of(store), change_case(store, change, arena, out, err), err);
}

/* ---- Presence and queue ---- */

lk_code sqlite_set_presence(lk_store *store, lk_view agent, int64_t moment, lk_error *err) {
  query q = query_of(sqlite_of(store), moment ? SQL_PRESENCE_SET : SQL_PRESENCE_CLEAR);
  query_text(&q, agent);
  if (moment) query_int(&q, moment);
  return query_run(&q, err);
}

lk_code sqlite_count_present(lk_store *store, int64_t since, size_t *count, lk_error *err) {
  query q = query_of(sqlite_of(store), SQL_PRESENCE_COUNT);
  query_int(&q, since);
  *count = query_row(&q) ? (size_t)column_int(&q) : 0;
  return query_end(&q, err);
}

static lk_code read_waits(sqlite_store *s, int64_t since, size_t most, lk_arena *arena, lk_queue_figures *out, lk_error *err) {
  out->waits = LK_NEW_ARRAY(arena, int64_t, most);
  if (!out->waits) return lk_fail_memory(err);
  query q = query_of(s, SQL_WAITS);
  query_int(&q, since);
  query_int(&q, (int64_t)most);
  while (out->wait_count < most && query_row(&q)) out->waits[out->wait_count++] = column_int(&q);
  return query_end(&q, err);
}

lk_code sqlite_queue(lk_store *store, int64_t id, int64_t since, size_t most, lk_arena *arena, lk_queue_figures *out,
                     lk_error *err) {
  *out = (lk_queue_figures){0};
  query q = query_of(sqlite_of(store), SQL_QUEUE);
  query_int(&q, id);
  if (query_row(&q)) {
    out->waiting = (size_t)column_int(&q);
    out->waiting_attended = (size_t)column_int(&q);
    out->ahead = (size_t)column_int(&q);
  }
  lk_code code = query_end(&q, err);
  return code ? code : read_waits(sqlite_of(store), since, most, arena, out, err);
}
