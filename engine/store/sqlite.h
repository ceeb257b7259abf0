/* The SQLite store, shared by its files. One connection, prepared statements kept, every write in one IMMEDIATE transaction. */
#ifndef LK_STORE_SQLITE_H
#define LK_STORE_SQLITE_H

#include <sqlite3.h>

#include "luukku/store.h"

/* Every statement once; sqlite_statement.c has the text. */
typedef enum statement_id {
  SQL_BEGIN,
  SQL_COMMIT,
  SQL_ROLLBACK,
  SQL_SAVEPOINT,
  SQL_UNDO,
  SQL_RELEASE,
  SQL_CONVERSATION_INSERT,
  SQL_CONVERSATION,
  SQL_CONVERSATIONS_OF,
  SQL_CONVERSATION_TURN,
  SQL_CONVERSATION_PHASE,
  SQL_TURN_INSERT,
  SQL_TURN_BY_CLIENT_ID,
  SQL_MESSAGE_INSERT,
  SQL_MESSAGES,
  SQL_MESSAGES_OF_TURN,
  SQL_EVENT_INSERT,
  SQL_EVENTS,
  SQL_EVENTS_OF,
  SQL_CASE_INSERT,
  SQL_CASE_CANDIDATE_INSERT,
  SQL_CASE,
  SQL_CASES,
  SQL_CASES_OF,
  SQL_CASE_CANDIDATES,
  SQL_CASE_UPDATE,
  SQL_CASE_CONTACT,
  SQL_CASE_ABANDON,
  SQL_CASES_LOST,
  SQL_PRESENCE_SET,
  SQL_PRESENCE_CLEAR,
  SQL_PRESENCE_COUNT,
  SQL_QUEUE,
  SQL_WAITS,
  SQL_PURGEABLE,
  SQL_CONVERSATION_DELETE,
  SQL_EVENTS_BLANK,
  SQL_CHORE_OWE,
  SQL_CHORE,
  SQL_CHORE_DONE,
  SQL_CHECKPOINT,
  SQL_TALLY_SEEN,
  SQL_TALLY_SEE,
  SQL_TALLY_FORGET,
  SQL_TALLY_HOURS,
  SQL_TALLY_HOURS_SINCE,
  SQL_TALLY_OWE,
  SQL_TALLY_OWED,
  SQL_TALLY_OWED_COUNT,
  SQL_TALLY_PAID,
  SQL_TALLY_DELETE,
  SQL_TALLIES,
  SQL_TALLIES_BY_DAY,
  SQL_REMARKS,
  STATEMENT_COUNT
} statement_id;

typedef struct sqlite_store {
  lk_store store; /* first: an lk_store * is an sqlite_store * */
  sqlite3 *db;
  char *path;
  bool in_memory;
  sqlite3_stmt *statements[STATEMENT_COUNT];
} sqlite_store;

static inline sqlite_store *sqlite_of(lk_store *store) { return (sqlite_store *)store; }

/* Turns an SQLite result into our error: what is wrong and how to mend it. */
lk_code sqlite_fail(sqlite_store *s, int rc, lk_error *err);

/* ---- One use of a statement ----
 * query q = query_of(s, SQL_…); query_text(&q, …); …; while (query_row(&q)) …; return query_end(&q, err);
 * The first failure is kept and makes the rest do nothing, so that one check at the end is enough. Parameters are bound in order. */
typedef struct query {
  sqlite_store *s;
  sqlite3_stmt *stmt;
  lk_arena *arena; /* where columns are copied to; may stay NULL: then views live until the next row */
  int parameter, column;
  int rc;
} query;

query query_of(sqlite_store *s, statement_id id);
void query_text(query *q, lk_view text);     /* empty is '' */
void query_optional(query *q, lk_view text); /* empty is NULL */
void query_blob(query *q, lk_view bytes);
void query_int(query *q, int64_t value);
void query_real(query *q, bool given, double value);
bool query_row(query *q);
/* Columns in order, after query_row. A failed copy shows in query_end. */
int64_t column_int(query *q);
double column_real(query *q, bool *given);
lk_view column_text(query *q);
bool column_is_null(query *q); /* looks without moving on */
/* Resets the statement for its next use. */
lk_code query_end(query *q, lk_error *err);
/* For statements without rows. */
lk_code query_run(query *q, lk_error *err);

/* ---- Transactions ---- */

lk_code sqlite_begin(sqlite_store *s, lk_error *err);
/* Commits when `code` is LK_OK, else rolls back; returns the first failure, whose error stands in `err`. */
lk_code sqlite_finish(sqlite_store *s, lk_code code, lk_error *err);

/* ---- Pieces of the provider ---- */

/* A conversation's row, as writers need it. */
typedef struct conversation_row {
  int64_t key, version, open_case;
  uint32_t turns;
  lk_phase phase;
  lk_lang lang;
  lk_view channel; /* in the arena */
  int64_t changed;
} conversation_row;

const char *phase_name(lk_phase phase);

lk_code sqlite_start(lk_store *, const lk_conversation *, lk_error *);
lk_code sqlite_conversation(lk_store *, lk_view id, lk_arena *, lk_conversation *, lk_error *);
lk_code sqlite_conversations_of(lk_store *, lk_view customer, lk_arena *, lk_view **, size_t *, lk_error *);
lk_code sqlite_messages(lk_store *, lk_view conversation, int64_t after, lk_arena *, lk_said **, size_t *, lk_error *);
lk_code sqlite_events(lk_store *, const lk_event_filter *, bool (*each)(void *, const lk_event *), void *, lk_error *);
lk_code sqlite_turn(lk_store *, const lk_turn_record *, lk_arena *, lk_turn_result *, lk_error *);
lk_code sqlite_repeated(lk_store *, lk_view conversation, lk_view client_id, lk_arena *, lk_turn_result *, lk_error *);
lk_code sqlite_note(lk_store *, lk_view conversation, int64_t time, const lk_event *, size_t, lk_error *);
lk_code sqlite_case(lk_store *, int64_t id, lk_arena *, lk_case *, lk_error *);
lk_code sqlite_cases(lk_store *, lk_case_state, lk_view agent, size_t limit, lk_arena *, lk_case **, size_t *, lk_error *);
lk_code sqlite_cases_of(lk_store *, lk_view conversation, lk_arena *, lk_case **, size_t *, lk_error *);
lk_code sqlite_change_case(lk_store *, const lk_case_change *, lk_arena *, lk_case *, lk_error *);
lk_code sqlite_set_presence(lk_store *, lk_view agent, int64_t moment, lk_error *);
lk_code sqlite_count_present(lk_store *, int64_t since, size_t *, lk_error *);
lk_code sqlite_lost_cases(lk_store *, int64_t since, lk_arena *, lk_case **, size_t *, lk_error *);
lk_code sqlite_queue(lk_store *, int64_t id, int64_t since, size_t most, lk_arena *, lk_queue_figures *, lk_error *);
lk_code sqlite_purge(lk_store *, int64_t moment, size_t *, lk_error *);
lk_code sqlite_erase(lk_store *, lk_view conversation, lk_error *);
void sqlite_batch(lk_store *, lk_write *const *, size_t count);
lk_code sqlite_recount(lk_store *, const lk_tally_plan *, size_t *left, lk_error *);
lk_code sqlite_tallies(lk_store *, lk_view name, int64_t from, int64_t until, bool by_day,
                       void (*each)(void *, const lk_tally_row *), void *self, lk_error *);
lk_code sqlite_remarks(lk_store *, int64_t from, int64_t until, size_t most, bool (*each)(void *, const lk_event *), void *self,
                       lk_error *);

/* Within a transaction. */
lk_code sqlite_write_start(sqlite_store *s, const lk_conversation *conversation, lk_error *err);
lk_code sqlite_write_turn(sqlite_store *s, const lk_turn_record *turn, lk_arena *arena, lk_turn_result *out, lk_error *err);
lk_code sqlite_write_note(sqlite_store *s, lk_view conversation, int64_t time, const lk_event *events, size_t count,
                          lk_arena *arena, lk_error *err);
/* LK_ERR_MISSING when there is none. */
lk_code sqlite_row_of(sqlite_store *s, lk_view id, lk_arena *arena, conversation_row *out, lk_error *err);
lk_code sqlite_write_event(sqlite_store *s, const conversation_row *row, uint32_t turn, int64_t time, lk_lang lang,
                           const lk_event *event, lk_error *err);
lk_code sqlite_open_case(sqlite_store *s, const conversation_row *row, const lk_turn_record *turn, int64_t *id, lk_error *err);
lk_code sqlite_abandon_case(sqlite_store *s, const conversation_row *row, const lk_turn_record *turn, lk_error *err);
lk_event sqlite_read_event(query *q);
/* Rows of a SELECT of cases, with their candidates. */
lk_code sqlite_read_cases(sqlite_store *s, query *q, lk_arena *arena, lk_case **cases, size_t *count, lk_error *err);

#endif
