#include "base/arena.h"
#include "base/error.h"
#include "store/sqlite.h"

#define CASE_COLUMNS                                                                                             \
  "c.id, v.id, c.turn, c.state, c.reason, c.attended, c.subject, c.order_number, c.contact, c.lang, c.channel, " \
  "c.agent, c.kind, c.opened, c.queued, c.claimed, c.finished FROM desk_case c JOIN conversation v ON v.key = c.conversation "
#define EVENT_COLUMNS                                                                                           \
  "e.id, coalesce(v.id, '#' || e.conversation), e.turn, e.time, e.type, e.entry, e.action, e.reason, e.agent, " \
  "e.confidence, e.number, e.text, e.detail, e.lang, e.channel FROM event e LEFT JOIN conversation v ON v.key = e.conversation "
#define OPEN_CASE "(SELECT id FROM desk_case WHERE conversation = v.key AND state IN ('waiting', 'claimed'))"

static const char *const texts[STATEMENT_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_SAVEPOINT] = "SAVEPOINT one",
    [SQL_UNDO] = "ROLLBACK TO one",
    [SQL_RELEASE] = "RELEASE one",
    [SQL_CONVERSATION_INSERT] =
        "INSERT INTO conversation (id, phase, lang, channel, customer, state, started, changed) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING key",
    [SQL_CONVERSATION] = "SELECT key, version, phase, turns, changed, lang, channel, " OPEN_CASE
                         ", id, customer, state, started FROM conversation v WHERE id = ?",
    [SQL_CONVERSATIONS_OF] = "SELECT id FROM conversation WHERE customer = ?1 AND customer <> '' ORDER BY key",
    [SQL_CONVERSATION_TURN] =
        "UPDATE conversation SET version = version + 1, turns = turns + 1, phase = ?, lang = ?, state = ?, "
        "customer = coalesce(?, customer), changed = max(changed, ?) WHERE key = ?",
    [SQL_CONVERSATION_PHASE] =
        "UPDATE conversation SET version = version + 1, phase = coalesce(?, phase), changed = max(changed, ?) WHERE id = ?",
    [SQL_TURN_INSERT] = "INSERT INTO turn (conversation, number, client_id, time) VALUES (?, ?, ?, ?)",
    [SQL_TURN_BY_CLIENT_ID] = "SELECT number FROM turn WHERE conversation = ? AND client_id = ?",
    [SQL_MESSAGE_INSERT] =
        "INSERT INTO message (conversation, turn, time, author, text, entry, agent, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    [SQL_MESSAGES] =
        "SELECT m.id, m.turn, m.time, m.author, m.text, m.entry, m.agent, m.detail FROM message m "
        "JOIN conversation v ON v.key = m.conversation WHERE v.id = ? AND m.id > ? ORDER BY m.id",
    [SQL_MESSAGES_OF_TURN] =
        "SELECT id, turn, time, author, text, entry, agent, detail FROM message "
        "WHERE conversation = ? AND turn = ? ORDER BY id",
    [SQL_EVENT_INSERT] =
        "INSERT INTO event (conversation, turn, time, type, entry, action, reason, agent, confidence, number, text, detail, "
        "lang, "
        "channel) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [SQL_EVENTS] = "SELECT " EVENT_COLUMNS "WHERE e.id > ? AND e.time >= ? AND e.time < ? ORDER BY e.id",
    [SQL_EVENTS_OF] = "SELECT " EVENT_COLUMNS
                      "WHERE e.id > ? AND e.time >= ? AND e.time < ? "
                      "AND e.conversation = (SELECT key FROM conversation WHERE id = ?) ORDER BY e.id",
    [SQL_CASE_INSERT] =
        "INSERT INTO desk_case (conversation, turn, state, reason, attended, subject, order_number, contact, lang, channel, "
        "opened, "
        "queued) VALUES (?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?11, ?11) RETURNING id",
    [SQL_CASE_CANDIDATE_INSERT] = "INSERT INTO case_candidate (case_id, place, entry, confidence) VALUES (?, ?, ?, ?)",
    [SQL_CASE] = "SELECT " CASE_COLUMNS "WHERE c.id = ?",
    [SQL_CASES] = "SELECT " CASE_COLUMNS "WHERE c.state = ?1 AND (?2 = '' OR c.agent = ?2) ORDER BY c.opened, c.id LIMIT ?3",
    [SQL_CASES_OF] = "SELECT " CASE_COLUMNS "WHERE v.id = ? ORDER BY c.id",
    [SQL_CASE_CANDIDATES] = "SELECT entry, confidence FROM case_candidate WHERE case_id = ? ORDER BY place",
    [SQL_CASE_UPDATE] =
        "UPDATE desk_case SET state = ?, agent = coalesce(?, agent), kind = coalesce(?, kind), contact = coalesce(?, contact), "
        "queued = ?, claimed = ?, finished = ? WHERE id = ?",
    [SQL_CASE_CONTACT] = "UPDATE desk_case SET contact = ? WHERE id = ?",
    [SQL_CASE_ABANDON] =
        "UPDATE desk_case SET state = 'closed', kind = 'abandoned', finished = ? WHERE id = ? AND state = 'waiting' "
        "RETURNING queued",
    [SQL_CASES_LOST] =
        "SELECT " CASE_COLUMNS
        "WHERE c.state = 'claimed' "
        "AND NOT EXISTS (SELECT 1 FROM presence p WHERE p.agent = c.agent AND p.seen >= ?) ORDER BY c.opened, c.id",
    [SQL_PRESENCE_SET] =
        "INSERT INTO presence (agent, seen) VALUES (?, ?) ON CONFLICT (agent) DO UPDATE SET seen = max(seen, excluded.seen)",
    [SQL_PRESENCE_CLEAR] = "DELETE FROM presence WHERE agent = ?",
    [SQL_PRESENCE_COUNT] = "SELECT count(*) FROM presence WHERE seen >= ?",
    [SQL_QUEUE] =
        "SELECT count(*), coalesce(sum(w.attended), 0), "
        "coalesce(sum(w.attended = c.attended AND (w.opened, w.id) < (c.opened, c.id)), 0) "
        "FROM desk_case w LEFT JOIN desk_case c ON c.id = ? WHERE w.state = 'waiting'",
    [SQL_WAITS] = "SELECT claimed - opened FROM desk_case WHERE claimed >= ? AND attended ORDER BY claimed DESC, id DESC LIMIT ?",
    [SQL_PURGEABLE] = "SELECT v.key FROM conversation v WHERE v.changed < ? AND " OPEN_CASE " IS NULL LIMIT 200",
    [SQL_CONVERSATION_DELETE] = "DELETE FROM conversation WHERE key = ?",
    [SQL_EVENTS_BLANK] =
        "UPDATE event SET text = NULL, detail = NULL WHERE conversation = ? AND (text IS NOT NULL OR detail IS NOT NULL)",
    [SQL_CHORE_OWE] = "INSERT INTO chore (name) VALUES ('rewrite') ON CONFLICT DO NOTHING",
    [SQL_CHORE] = "SELECT 1 FROM chore WHERE name = 'rewrite'",
    [SQL_CHORE_DONE] = "DELETE FROM chore WHERE name = 'rewrite'",
    [SQL_CHECKPOINT] = "PRAGMA wal_checkpoint(TRUNCATE)",
    [SQL_TALLY_SEEN] =
        "SELECT coalesce((SELECT event FROM tally_seen), 0), coalesce((SELECT plan FROM tally_seen), 0), "
        "coalesce((SELECT max(id) FROM event), 0), EXISTS (SELECT 1 FROM tally_owed)",
    [SQL_TALLY_SEE] =
        "INSERT INTO tally_seen (one, event, plan) VALUES (1, ?, ?) "
        "ON CONFLICT (one) DO UPDATE SET event = excluded.event, plan = excluded.plan",
    [SQL_TALLY_FORGET] = "DELETE FROM tally",
    /* Local days begin on whole hours, so that hours are enough to know the days. */
    [SQL_TALLY_HOURS] = "SELECT DISTINCT time / 3600 FROM event",
    [SQL_TALLY_HOURS_SINCE] =
        "SELECT DISTINCT time / 3600 FROM event INDEXED BY event_conversation "
        "WHERE conversation IN (SELECT conversation FROM event WHERE id > ?)",
    [SQL_TALLY_OWE] = "INSERT INTO tally_owed (day) VALUES (?) ON CONFLICT DO NOTHING",
    [SQL_TALLY_OWED] = "SELECT day FROM tally_owed ORDER BY day DESC LIMIT ?",
    [SQL_TALLY_OWED_COUNT] = "SELECT count(*) FROM tally_owed",
    [SQL_TALLY_PAID] = "DELETE FROM tally_owed WHERE day = ?",
    [SQL_TALLY_DELETE] = "DELETE FROM tally WHERE name = ? AND day = ?",
    [SQL_TALLIES] = "SELECT 0, a, b, sum(n) FROM tally WHERE name = ? AND day >= ? AND day < ? GROUP BY a, b ORDER BY a, b",
    [SQL_TALLIES_BY_DAY] = "SELECT day, a, b, n FROM tally WHERE name = ? AND day >= ? AND day < ? ORDER BY day, a, b",
    [SQL_REMARKS] =
        "SELECT " EVENT_COLUMNS
        "WHERE e.type IN ('rated.csat', 'rated.nps', 'rated.helpful') AND e.time >= ? AND e.time < ? "
        "AND e.text IS NOT NULL AND NOT EXISTS (SELECT 1 FROM event later INDEXED BY event_conversation "
        "WHERE later.conversation = e.conversation AND later.id > e.id AND later.type = e.type AND later.entry IS e.entry) "
        "ORDER BY e.time DESC, e.id DESC LIMIT ?",
};

query query_of(sqlite_store *s, statement_id id) {
  query q = {.s = s, .rc = SQLITE_OK};
  if (!s->statements[id]) {
    q.rc = sqlite3_prepare_v3(s->db, texts[id], -1, SQLITE_PREPARE_PERSISTENT, &s->statements[id], NULL);
  }
  q.stmt = s->statements[id];
  return q;
}

/* Bound text must only outlive query_end: SQLite needs no copy of its own. */
void query_text(query *q, lk_view text) {
  q->parameter++;
  if (q->rc == SQLITE_OK) {
    q->rc = sqlite3_bind_text64(q->stmt, q->parameter, text.ptr ? text.ptr : "", text.len, SQLITE_STATIC, SQLITE_UTF8);
  }
}

void query_optional(query *q, lk_view text) {
  if (text.len) {
    query_text(q, text);
  } else {
    q->parameter++; /* unbound is NULL */
  }
}

void query_blob(query *q, lk_view bytes) {
  q->parameter++;
  if (q->rc == SQLITE_OK)
    q->rc = sqlite3_bind_blob64(q->stmt, q->parameter, bytes.ptr ? bytes.ptr : "", bytes.len, SQLITE_STATIC);
}

void query_int(query *q, int64_t value) {
  q->parameter++;
  if (q->rc == SQLITE_OK) q->rc = sqlite3_bind_int64(q->stmt, q->parameter, value);
}

void query_real(query *q, bool given, double value) {
  q->parameter++;
  if (q->rc == SQLITE_OK && given) q->rc = sqlite3_bind_double(q->stmt, q->parameter, value);
}

bool query_row(query *q) {
  if (q->rc != SQLITE_OK && q->rc != SQLITE_ROW) return false;
  q->rc = sqlite3_step(q->stmt);
  q->column = 0;
  return q->rc == SQLITE_ROW;
}

int64_t column_int(query *q) { return sqlite3_column_int64(q->stmt, q->column++); }

bool column_is_null(query *q) { return sqlite3_column_type(q->stmt, q->column) == SQLITE_NULL; }

double column_real(query *q, bool *given) {
  if (given) *given = !column_is_null(q);
  return sqlite3_column_double(q->stmt, q->column++);
}

lk_view column_text(query *q) {
  int column = q->column++;
  const char *bytes = sqlite3_column_blob(q->stmt, column);
  int len = sqlite3_column_bytes(q->stmt, column);
  if (!bytes) {
    /* An empty or NULL column; or no memory to load it, which the connection knows. */
    if (sqlite3_column_type(q->stmt, column) != SQLITE_NULL && len > 0) q->rc = SQLITE_NOMEM;
    return (lk_view){"", 0};
  }
  lk_view view = {bytes, (size_t)len};
  if (!q->arena) return view;
  view = lk_arena_copy(q->arena, view);
  if (!view.ptr) {
    q->rc = SQLITE_NOMEM;
    return (lk_view){"", 0};
  }
  return view;
}

lk_code query_end(query *q, lk_error *err) {
  int rc = q->rc == SQLITE_ROW || q->rc == SQLITE_DONE ? SQLITE_OK : q->rc;
  lk_code code = rc ? sqlite_fail(q->s, rc, err) : LK_OK;
  if (q->stmt) {
    sqlite3_reset(q->stmt);
    sqlite3_clear_bindings(q->stmt);
  }
  return code;
}

lk_code query_run(query *q, lk_error *err) {
  while (query_row(q)) {
  }
  return query_end(q, err);
}

lk_code sqlite_begin(sqlite_store *s, lk_error *err) {
  query q = query_of(s, SQL_BEGIN);
  return query_run(&q, err);
}

lk_code sqlite_finish(sqlite_store *s, lk_code code, lk_error *err) {
  if (!code) {
    query q = query_of(s, SQL_COMMIT);
    code = query_run(&q, err);
  }
  /* Some failures (full disk, I/O) have rolled back already. */
  if (code && !sqlite3_get_autocommit(s->db)) {
    query q = query_of(s, SQL_ROLLBACK);
    (void)query_run(&q, NULL);
  }
  return code;
}
