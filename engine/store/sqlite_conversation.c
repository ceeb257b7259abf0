/* Conversations, turns, messages and events. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/vector.h"
#include "store/sqlite.h"

static const char *const phases[] = {
    [LK_PHASE_BOT] = "bot", [LK_PHASE_WAITING] = "waiting", [LK_PHASE_AGENT] = "agent", [LK_PHASE_ENDED] = "ended"};
static const char *const authors[] = {
    [LK_AUTHOR_CUSTOMER] = "customer", [LK_AUTHOR_BOT] = "bot", [LK_AUTHOR_AGENT] = "agent", [LK_AUTHOR_NOTE] = "note"};

const char *phase_name(lk_phase phase) { return phases[phase]; }

static int index_of(const char *const *names, size_t count, lk_view name) {
  for (size_t i = 0; i < count; i++) {
    if (lk_view_eq(name, lk_view_of(names[i]))) return (int)i;
  }
  return 0;
}

/* ---- Conversations ---- */

static lk_code insert_conversation(sqlite_store *s, const lk_conversation *c, int64_t *key, lk_error *err) {
  query q = query_of(s, SQL_CONVERSATION_INSERT);
  query_text(&q, c->id);
  query_text(&q, lk_view_of(phases[LK_PHASE_BOT]));
  query_text(&q, lk_view_of(lk_lang_code(c->lang)));
  query_text(&q, c->channel);
  query_text(&q, c->customer);
  query_blob(&q, c->state);
  query_int(&q, c->started);
  query_int(&q, c->started);
  *key = query_row(&q) ? column_int(&q) : 0;
  lk_code code = query_run(&q, err);
  if (!code && !*key) code = lk_fail(err, LK_ERR_STATE, "the conversation has been started already; load it instead");
  return code;
}

lk_code sqlite_write_start(sqlite_store *s, const lk_conversation *c, lk_error *err) {
  conversation_row row = {.lang = c->lang, .channel = c->channel};
  lk_event event = {.type = LK_EVENT_CONVERSATION_STARTED};
  lk_code code = insert_conversation(s, c, &row.key, err);
  return code ? code : sqlite_write_event(s, &row, 0, c->started, c->lang, &event, err);
}

lk_code sqlite_start(lk_store *store, const lk_conversation *c, lk_error *err) {
  lk_code code = sqlite_begin(sqlite_of(store), err);
  return code ? code : sqlite_finish(sqlite_of(store), sqlite_write_start(sqlite_of(store), c, err), err);
}

/* Reads the columns that writers and readers share. */
static void read_row(query *q, conversation_row *row) {
  row->key = column_int(q);
  row->version = column_int(q);
  row->phase = (lk_phase)index_of(phases, sizeof phases / sizeof *phases, column_text(q));
  row->turns = (uint32_t)column_int(q);
  row->changed = column_int(q);
  row->lang = lk_lang_of(column_text(q));
  row->channel = column_text(q);
  row->open_case = column_int(q);
}

static lk_code missing(lk_error *err) { return lk_fail(err, LK_ERR_MISSING, "there is no such conversation; start it first"); }

lk_code sqlite_row_of(sqlite_store *s, lk_view id, lk_arena *arena, conversation_row *out, lk_error *err) {
  query q = query_of(s, SQL_CONVERSATION);
  q.arena = arena;
  query_text(&q, id);
  bool found = query_row(&q);
  if (found) read_row(&q, out);
  lk_code code = query_end(&q, err);
  return code ? code : found ? LK_OK : missing(err);
}

lk_code sqlite_conversation(lk_store *store, lk_view id, lk_arena *arena, lk_conversation *out, lk_error *err) {
  query q = query_of(sqlite_of(store), SQL_CONVERSATION);
  q.arena = arena;
  query_text(&q, id);
  bool found = query_row(&q);
  if (found) {
    conversation_row row = {0};
    read_row(&q, &row);
    *out = (lk_conversation){.version = row.version,
                             .phase = row.phase,
                             .lang = row.lang,
                             .channel = row.channel,
                             .turns = row.turns,
                             .changed = row.changed,
                             .open_case = row.open_case};
    out->id = column_text(&q);
    out->customer = column_text(&q);
    out->state = column_text(&q);
    out->started = column_int(&q);
  }
  lk_code code = query_end(&q, err);
  return code ? code : found ? LK_OK : missing(err);
}

lk_code sqlite_conversations_of(lk_store *store, lk_view customer, lk_arena *arena, lk_view **ids, size_t *count, lk_error *err) {
  struct {
    lk_view *items;
    size_t count, cap;
  } found = {0};
  bool room = true;
  query q = query_of(sqlite_of(store), SQL_CONVERSATIONS_OF);
  q.arena = arena;
  query_text(&q, customer);
  while (room && query_row(&q)) room = LK_PUSH(&found, column_text(&q));
  lk_code code = query_end(&q, err);
  lk_view *copy = LK_NEW_ARRAY(arena, lk_view, found.count);
  if (!code && (!room || !copy)) code = lk_fail_memory(err);
  if (!code && found.count) memcpy(copy, found.items, found.count * sizeof *copy);
  free(found.items);
  *ids = copy;
  *count = code ? 0 : found.count;
  return code;
}

/* ---- Messages ---- */

static lk_said read_message(query *q) {
  lk_said m = {.id = column_int(q)}; /* one column a statement: an initialiser's order is anybody's guess */
  m.turn = (uint32_t)column_int(q);
  m.time = column_int(q);
  m.author = (lk_author)index_of(authors, sizeof authors / sizeof *authors, column_text(q));
  m.text = column_text(q);
  m.entry = column_text(q);
  m.agent = column_text(q);
  m.detail = column_text(q);
  return m;
}

static lk_code read_messages(query *q, lk_arena *arena, lk_said **messages, size_t *count, lk_error *err) {
  struct {
    lk_said *items;
    size_t count, cap;
  } found = {0};
  bool room = true;
  q->arena = arena;
  while (room && query_row(q)) room = LK_PUSH(&found, read_message(q));
  lk_code code = query_end(q, err);
  lk_said *copy = LK_NEW_ARRAY(arena, lk_said, found.count);
  if (!code && (!room || !copy)) code = lk_fail_memory(err);
  if (!code && found.count) memcpy(copy, found.items, found.count * sizeof *copy);
  free(found.items);
  *messages = copy;
  *count = code ? 0 : found.count;
  return code;
}

lk_code sqlite_messages(lk_store *store, lk_view conversation, int64_t after, lk_arena *arena, lk_said **messages, size_t *count,
                        lk_error *err) {
  query q = query_of(sqlite_of(store), SQL_MESSAGES);
  query_text(&q, conversation);
  query_int(&q, after);
  return read_messages(&q, arena, messages, count, err);
}

static lk_code write_message(sqlite_store *s, int64_t key, uint32_t turn, int64_t time, lk_said *m, lk_error *err) {
  query q = query_of(s, SQL_MESSAGE_INSERT);
  query_int(&q, key);
  query_int(&q, turn);
  query_int(&q, time);
  query_text(&q, lk_view_of(authors[m->author]));
  query_text(&q, m->text);
  query_optional(&q, m->entry);
  query_optional(&q, m->agent);
  query_optional(&q, m->detail);
  lk_code code = query_run(&q, err);
  m->id = sqlite3_last_insert_rowid(s->db);
  m->turn = turn;
  m->time = time;
  return code;
}

/* ---- Events ---- */

lk_code sqlite_write_event(sqlite_store *s, const conversation_row *row, uint32_t turn, int64_t time, lk_lang lang,
                           const lk_event *event, lk_error *err) {
  query q = query_of(s, SQL_EVENT_INSERT);
  query_int(&q, row->key);
  query_int(&q, turn);
  query_int(&q, time);
  query_text(&q, lk_view_of(lk_event_name(event->type)));
  query_optional(&q, event->entry);
  query_optional(&q, event->action);
  query_optional(&q, event->reason);
  query_optional(&q, event->agent);
  query_real(&q, event->has_confidence, event->confidence);
  if (event->has_number) {
    query_int(&q, event->number);
  } else {
    query_optional(&q, LK_LIT(""));
  }
  query_optional(&q, event->text);
  query_optional(&q, event->detail);
  query_text(&q, lk_view_of(lk_lang_code(lang)));
  query_text(&q, row->channel);
  return query_run(&q, err);
}

static lk_code write_events(sqlite_store *s, const conversation_row *row, uint32_t turn, int64_t time, lk_lang lang,
                            const lk_event *events, size_t count, lk_error *err) {
  lk_code code = LK_OK;
  for (size_t i = 0; i < count && !code; i++) code = sqlite_write_event(s, row, turn, time, lang, &events[i], err);
  return code;
}

lk_event sqlite_read_event(query *q) {
  lk_event e = {.id = column_int(q)};
  e.conversation = column_text(q);
  e.turn = (uint32_t)column_int(q);
  e.time = column_int(q);
  e.type = lk_event_of(column_text(q));
  e.entry = column_text(q);
  e.action = column_text(q);
  e.reason = column_text(q);
  e.agent = column_text(q);
  e.confidence = column_real(q, &e.has_confidence);
  e.has_number = !column_is_null(q);
  e.number = column_int(q);
  e.text = column_text(q);
  e.detail = column_text(q);
  e.lang = lk_lang_of(column_text(q));
  e.channel = column_text(q);
  return e;
}

static bool wanted(const lk_event_filter *filter, lk_event_type type) {
  if (!filter->type_count) return true;
  for (size_t i = 0; i < filter->type_count; i++) {
    if (filter->types[i] == type) return true;
  }
  return false;
}

lk_code sqlite_events(lk_store *store, const lk_event_filter *filter, bool (*each)(void *, const lk_event *), void *self,
                      lk_error *err) {
  bool one = filter->conversation.len > 0;
  query q = query_of(sqlite_of(store), one ? SQL_EVENTS_OF : SQL_EVENTS);
  query_int(&q, filter->after);
  query_int(&q, filter->from);
  query_int(&q, filter->until ? filter->until : INT64_MAX);
  if (one) query_text(&q, filter->conversation);
  bool more = true;
  while (more && query_row(&q)) {
    lk_event event = sqlite_read_event(&q);
    /* A type that a later version has written is not ours to interpret. */
    if (event.type != LK_EVENT_TYPE_COUNT && wanted(filter, event.type)) more = each(self, &event);
  }
  return query_end(&q, err);
}

lk_code sqlite_write_note(sqlite_store *s, lk_view conversation, int64_t time, const lk_event *events, size_t count,
                          lk_arena *arena, lk_error *err) {
  conversation_row row = {0};
  lk_code code = sqlite_row_of(s, conversation, arena, &row, err);
  return code ? code : write_events(s, &row, 0, time, row.lang, events, count, err);
}

lk_code sqlite_note(lk_store *store, lk_view conversation, int64_t time, const lk_event *events, size_t count, lk_error *err) {
  sqlite_store *s = sqlite_of(store);
  lk_arena *arena = lk_arena_new();
  if (!arena) return lk_fail_memory(err);
  lk_code code = sqlite_begin(s, err);
  if (!code) code = sqlite_finish(s, sqlite_write_note(s, conversation, time, events, count, arena, err), err);
  lk_arena_free(arena);
  return code;
}

/* ---- Turns ---- */

static lk_code find_turn(sqlite_store *s, int64_t key, lk_view client_id, uint32_t *number, lk_error *err) {
  query q = query_of(s, SQL_TURN_BY_CLIENT_ID);
  query_int(&q, key);
  query_text(&q, client_id);
  *number = query_row(&q) ? (uint32_t)column_int(&q) : 0;
  return query_end(&q, err);
}

/* Fills in `out` for a message that was there already; `repeated` stays false when it was not. */
static lk_code find_repeated(sqlite_store *s, const conversation_row *row, lk_view client_id, lk_arena *arena,
                             lk_turn_result *out, lk_error *err) {
  *out = (lk_turn_result){.version = row->version, .phase = row->phase, .case_id = row->open_case};
  if (!client_id.len) return LK_OK;
  lk_code code = find_turn(s, row->key, client_id, &out->turn, err);
  if (code || !out->turn) return code;
  out->repeated = true;
  query q = query_of(s, SQL_MESSAGES_OF_TURN);
  query_int(&q, row->key);
  query_int(&q, out->turn);
  return read_messages(&q, arena, &out->messages, &out->message_count, err);
}

lk_code sqlite_repeated(lk_store *store, lk_view conversation, lk_view client_id, lk_arena *arena, lk_turn_result *out,
                        lk_error *err) {
  conversation_row row = {0};
  lk_code code = sqlite_row_of(sqlite_of(store), conversation, arena, &row, err);
  return code ? code : find_repeated(sqlite_of(store), &row, client_id, arena, out, err);
}

static lk_code write_turn_row(sqlite_store *s, int64_t key, uint32_t number, const lk_turn_record *turn, lk_error *err) {
  query q = query_of(s, SQL_TURN_INSERT);
  query_int(&q, key);
  query_int(&q, number);
  query_optional(&q, turn->client_id);
  query_int(&q, turn->time);
  return query_run(&q, err);
}

static lk_code write_conversation(sqlite_store *s, int64_t key, const lk_turn_record *turn, lk_phase phase, lk_error *err) {
  query q = query_of(s, SQL_CONVERSATION_TURN);
  query_text(&q, lk_view_of(phases[phase]));
  query_text(&q, lk_view_of(lk_lang_code(turn->lang)));
  query_blob(&q, turn->state);
  query_optional(&q, turn->customer);
  query_int(&q, turn->time);
  query_int(&q, key);
  return query_run(&q, err);
}

static lk_code write_case(sqlite_store *s, const conversation_row *row, const lk_turn_record *turn, lk_turn_result *out,
                          lk_error *err) {
  bool waiting = row->phase == LK_PHASE_WAITING;
  if (turn->end) {
    out->phase = LK_PHASE_ENDED;
    if (!waiting || !row->open_case) return LK_OK;
    out->case_id = 0;
    return sqlite_abandon_case(s, row, turn, err);
  }
  if (row->phase == LK_PHASE_ENDED) out->phase = row->open_case ? LK_PHASE_AGENT : LK_PHASE_BOT;
  if (!turn->handoff || row->open_case) return LK_OK;
  out->phase = LK_PHASE_WAITING;
  return sqlite_open_case(s, row, turn, &out->case_id, err);
}

static lk_code write_contact(sqlite_store *s, lk_view contact, int64_t case_id, lk_error *err) {
  if (!contact.len || !case_id) return LK_OK;
  query q = query_of(s, SQL_CASE_CONTACT);
  query_text(&q, contact);
  query_int(&q, case_id);
  return query_run(&q, err);
}

static lk_code write_messages(sqlite_store *s, int64_t key, const lk_turn_record *turn, lk_arena *arena, lk_turn_result *out,
                              lk_error *err) {
  out->messages = LK_NEW_ARRAY(arena, lk_said, turn->message_count);
  if (!out->messages) return lk_fail_memory(err);
  out->message_count = turn->message_count;
  lk_code code = LK_OK;
  for (size_t i = 0; i < turn->message_count && !code; i++) {
    out->messages[i] = turn->messages[i];
    code = write_message(s, key, out->turn, turn->time, &out->messages[i], err);
  }
  return code;
}

lk_code sqlite_write_turn(sqlite_store *s, const lk_turn_record *turn, lk_arena *arena, lk_turn_result *out, lk_error *err) {
  conversation_row row = {0};
  lk_code code = sqlite_row_of(s, turn->conversation, arena, &row, err);
  if (!code) code = find_repeated(s, &row, turn->client_id, arena, out, err);
  if (code || out->repeated) return code;
  if (row.version != turn->version)
    return lk_fail(err, LK_ERR_STATE, "the conversation went on meanwhile; load it and make the turn again");
  out->turn = row.turns + 1;
  code = write_turn_row(s, row.key, out->turn, turn, err);
  if (!code) code = write_messages(s, row.key, turn, arena, out, err);
  if (!code) code = write_events(s, &row, out->turn, turn->time, turn->lang, turn->events, turn->event_count, err);
  if (!code) code = write_case(s, &row, turn, out, err);
  if (!code) code = write_contact(s, turn->contact, out->case_id, err);
  if (!code) code = write_conversation(s, row.key, turn, out->phase, err);
  out->version = row.version + 1;
  return code;
}

lk_code sqlite_turn(lk_store *store, const lk_turn_record *turn, lk_arena *arena, lk_turn_result *out, lk_error *err) {
  sqlite_store *s = sqlite_of(store);
  *out = (lk_turn_result){0};
  lk_code code = sqlite_begin(s, err);
  if (code) return code;
  code = sqlite_finish(s, sqlite_write_turn(s, turn, arena, out, err), err);
  if (code) *out = (lk_turn_result){0};
  return code;
}
