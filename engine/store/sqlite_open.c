#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "store/sqlite.h"

enum {
  APPLICATION = 0x4C75756B, /* "Luuk": how a file says that it is a Luukku store */
  PATIENCE = 5000,          /* milliseconds */
};

/* Each step takes a store from the version of its index to the next one. Steps are never changed once released, only added. */
static const char *const steps[] = {
    /* Figures group events by conversation even when the conversation itself is gone; AUTOINCREMENT, so that its key is never given to another. */
    "CREATE TABLE conversation ("
    "  key INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  id TEXT NOT NULL UNIQUE,"
    "  version INTEGER NOT NULL DEFAULT 0,"
    "  phase TEXT NOT NULL CHECK (phase IN ('bot', 'waiting', 'agent', 'ended')),"
    "  lang TEXT NOT NULL,"
    "  channel TEXT NOT NULL,"
    "  customer TEXT NOT NULL DEFAULT '',"
    "  state BLOB NOT NULL DEFAULT x'',"
    "  turns INTEGER NOT NULL DEFAULT 0,"
    "  started INTEGER NOT NULL,"
    "  changed INTEGER NOT NULL) STRICT;"
    "CREATE INDEX conversation_customer ON conversation (customer) WHERE customer <> '';"
    "CREATE INDEX conversation_changed ON conversation (changed);"
    "CREATE TABLE turn ("
    "  conversation INTEGER NOT NULL REFERENCES conversation (key) ON DELETE CASCADE,"
    "  number INTEGER NOT NULL,"
    "  client_id TEXT,"
    "  time INTEGER NOT NULL,"
    "  PRIMARY KEY (conversation, number)) STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX turn_client_id ON turn (conversation, client_id) WHERE client_id IS NOT NULL;"
    "CREATE TABLE message ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  conversation INTEGER NOT NULL REFERENCES conversation (key) ON DELETE CASCADE,"
    "  turn INTEGER NOT NULL,"
    "  time INTEGER NOT NULL,"
    "  author TEXT NOT NULL CHECK (author IN ('customer', 'bot', 'agent', 'note')),"
    "  text TEXT NOT NULL,"
    "  entry TEXT, agent TEXT, detail TEXT) STRICT;"
    "CREATE INDEX message_conversation ON message (conversation, turn);"
    "CREATE TABLE event ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  conversation INTEGER NOT NULL," /* key; of a conversation that may be gone */
    "  turn INTEGER NOT NULL,"
    "  time INTEGER NOT NULL,"
    "  type TEXT NOT NULL,"
    "  entry TEXT, action TEXT, reason TEXT, agent TEXT,"
    "  confidence REAL, number INTEGER,"
    "  text TEXT, detail TEXT,"
    "  lang TEXT NOT NULL,"
    "  channel TEXT NOT NULL) STRICT;"
    "CREATE INDEX event_conversation ON event (conversation);"
    "CREATE INDEX event_type ON event (type, time);"
    "CREATE INDEX event_time ON event (time);"
    "CREATE TABLE desk_case ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  conversation INTEGER NOT NULL REFERENCES conversation (key) ON DELETE CASCADE,"
    "  turn INTEGER NOT NULL,"
    "  state TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'given-back', 'closed')),"
    "  reason TEXT NOT NULL,"
    "  attended INTEGER NOT NULL,"
    "  subject TEXT NOT NULL,"
    "  order_number TEXT, contact TEXT,"
    "  lang TEXT NOT NULL,"
    "  channel TEXT NOT NULL,"
    "  agent TEXT, kind TEXT,"
    "  opened INTEGER NOT NULL,"
    "  queued INTEGER NOT NULL,"
    "  claimed INTEGER,"
    "  finished INTEGER) STRICT;"
    "CREATE UNIQUE INDEX desk_case_open ON desk_case (conversation) WHERE state IN ('waiting', 'claimed');"
    "CREATE INDEX desk_case_conversation ON desk_case (conversation);"
    "CREATE INDEX desk_case_state ON desk_case (state, opened);"
    "CREATE INDEX desk_case_claimed ON desk_case (claimed) WHERE claimed IS NOT NULL;"
    "CREATE TABLE case_candidate ("
    "  case_id INTEGER NOT NULL REFERENCES desk_case (id) ON DELETE CASCADE,"
    "  place INTEGER NOT NULL,"
    "  entry TEXT NOT NULL,"
    "  confidence REAL NOT NULL,"
    "  PRIMARY KEY (case_id, place)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE chore (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;" /* what is still to be done after a deletion */
    "CREATE TABLE presence (agent TEXT PRIMARY KEY, seen INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
    /* Counts a day, made from events and made again when a day's conversations get new ones. Since this step the event says whether somebody was at the desk. */
    "CREATE TABLE tally ("
    "  name TEXT NOT NULL,"
    "  day INTEGER NOT NULL,"
    "  a TEXT NOT NULL,"
    "  b TEXT NOT NULL,"
    "  n INTEGER NOT NULL,"
    "  PRIMARY KEY (name, day, a, b)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE tally_owed (day INTEGER PRIMARY KEY) STRICT;" /* days to be counted */
    "CREATE TABLE tally_seen ("
    "  one INTEGER PRIMARY KEY CHECK (one = 1),"
    "  event INTEGER NOT NULL,"        /* days with events up to this one are counted or owed */
    "  plan INTEGER NOT NULL) STRICT;" /* what they were counted by */
    "UPDATE event SET action = (SELECT CASE attended WHEN 0 THEN 'unattended' ELSE 'attended' END FROM desk_case c WHERE c.id = "
    "number)"
    "  WHERE type = 'handoff.opened' AND action IS NULL;",
};
enum { VERSION = sizeof steps / sizeof *steps };

/* ---- Errors ---- */

lk_code sqlite_fail(sqlite_store *s, int rc, lk_error *err) {
  const char *path = s->path;
  const char *why = s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(rc);
  switch (rc & 0xFF) {
    case SQLITE_NOMEM:
      return lk_fail_memory(err);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return lk_fail_at(err, LK_ERR_BUSY, path, 0, "the store is locked by another program; try again, or end what holds it");
    case SQLITE_FULL:
      return lk_fail_at(err, LK_ERR_IO, path, 0, "the disk is full; make room, and the store goes on by itself");
    case SQLITE_READONLY:
      return lk_fail_at(err, LK_ERR_IO, path, 0,
                        "the store cannot be written; give this user write permission to the file and its folder");
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return lk_fail_at(err, LK_ERR_IO, path, 0,
                        "the store cannot be opened; check that its folder exists and this user may write there");
    case SQLITE_NOTADB:
      return lk_fail_at(err, LK_ERR_INPUT, path, 0, "this is no database; name another file, or move this one away");
    case SQLITE_CORRUPT:
      return lk_fail_at(err, LK_ERR_IO, path, 0,
                        "the store is damaged (%s); restore it from a backup or rescue it with sqlite3's .recover", why);
    case SQLITE_TOOBIG:
      return lk_fail_at(err, LK_ERR_LIMIT, path, 0, "a text is too large for the store; shorten it");
    default:
      return lk_fail_at(err, LK_ERR_IO, path, 0, "the store failed (%s); check the disk and the file's permissions", why);
  }
}

/* ---- Opening ---- */

static int run(sqlite_store *s, const char *sql) { return sqlite3_exec(s->db, sql, NULL, NULL, NULL); }

static int ask(sqlite_store *s, const char *sql, int *out) {
  sqlite3_stmt *stmt;
  int rc = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);
  if (rc) return rc;
  rc = sqlite3_step(stmt);
  if (rc == SQLITE_ROW) *out = sqlite3_column_int(stmt, 0);
  int end = sqlite3_finalize(stmt);
  return rc == SQLITE_ROW ? SQLITE_OK : end;
}

/* Reads the version; 0 for an empty file. A file of somebody else is refused before anything in it is changed. */
static lk_code read_version(sqlite_store *s, int *version, lk_error *err) {
  int application = 0, tables = 0;
  int rc = ask(s, "SELECT count(*) FROM sqlite_master", &tables);
  if (!rc) rc = ask(s, "PRAGMA application_id", &application);
  if (!rc) rc = ask(s, "PRAGMA user_version", version);
  if (rc) return sqlite_fail(s, rc, err);
  if (application != APPLICATION && (application || *version || tables))
    return lk_fail_at(err, LK_ERR_INPUT, s->path, 0, "this database is not a Luukku store; name another file");
  if (*version > VERSION)
    return lk_fail_at(err, LK_ERR_INPUT, s->path, 0,
                      "the store has version %d and this program knows up to %d; install a newer Luukku", *version, VERSION);
  return LK_OK;
}

/* SQLite does not wait for this one by itself: whoever changes the mode needs the file alone. */
static int use_wal(sqlite_store *s, int patience) {
  for (int waited = 0;; waited += 10) {
    int rc = run(s, "PRAGMA journal_mode = WAL");
    if ((rc & 0xFF) != SQLITE_BUSY || waited >= patience) return rc;
    nanosleep(&(struct timespec){.tv_nsec = 10000000L}, NULL);
  }
}

static lk_code migrate(sqlite_store *s, lk_error *err) {
  int version = 0;
  lk_code code = sqlite_begin(s, err);
  if (code) return code;
  code = read_version(s, &version, err); /* again, now that nobody else can be at it */
  int rc = SQLITE_OK;
  for (; !code && !rc && version < VERSION; version++) rc = run(s, steps[version]);
  char *mark = sqlite3_mprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION, VERSION);
  if (!rc && !code) rc = mark ? run(s, mark) : SQLITE_NOMEM;
  sqlite3_free(mark);
  if (rc) code = sqlite_fail(s, rc, err);
  return sqlite_finish(s, code, err);
}

static lk_code prepare_for_writing(sqlite_store *s, int version, int patience, lk_error *err) {
  if (sqlite3_db_readonly(s->db, "main")) return sqlite_fail(s, SQLITE_READONLY, err);
  int rc = use_wal(s, patience);
  if (rc) return sqlite_fail(s, rc, err);
  return version < VERSION ? migrate(s, err) : LK_OK;
}

static int limit_cache(sqlite_store *s, int kilobytes) {
  char sql[64];
  sqlite3_snprintf(sizeof sql, sql, "PRAGMA cache_size = -%d", kilobytes);
  return run(s, sql);
}

static lk_code open_database(sqlite_store *s, const lk_store_options *options, lk_error *err) {
  int patience = options->patience_ms > 0 ? options->patience_ms : PATIENCE;
  int flags = options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  int rc = sqlite3_open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
  if (!rc) rc = sqlite3_busy_timeout(s->db, patience);
  /* FULL: a commit returns when it is on the disk, not when it is on its way there. */
  if (!rc)
    rc = run(s, "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;");
  if (!rc && options->cache_kb > 0) rc = limit_cache(s, options->cache_kb);
  if (rc) return sqlite_fail(s, rc, err);
  int version = 0;
  lk_code code = read_version(s, &version, err);
  if (code) return code;
  if (!options->read_only) return prepare_for_writing(s, version, patience, err);
  return version == VERSION ? LK_OK
                            : lk_fail_at(err, LK_ERR_INPUT, s->path, 0, "the store has an older form; open it once for writing");
}

static void sqlite_close(lk_store *store) {
  sqlite_store *s = sqlite_of(store);
  for (size_t i = 0; i < STATEMENT_COUNT; i++) sqlite3_finalize(s->statements[i]);
  sqlite3_close(s->db);
  free(s->path);
  free(s);
}

static const lk_store_methods methods = {
    .close = sqlite_close,
    .start = sqlite_start,
    .conversation = sqlite_conversation,
    .conversations_of = sqlite_conversations_of,
    .messages = sqlite_messages,
    .events = sqlite_events,
    .turn = sqlite_turn,
    .repeated = sqlite_repeated,
    .note = sqlite_note,
    .one_case = sqlite_case,
    .cases = sqlite_cases,
    .cases_of = sqlite_cases_of,
    .change_case = sqlite_change_case,
    .set_presence = sqlite_set_presence,
    .count_present = sqlite_count_present,
    .lost_cases = sqlite_lost_cases,
    .queue = sqlite_queue,
    .purge = sqlite_purge,
    .erase = sqlite_erase,
    .batch = sqlite_batch,
    .recount = sqlite_recount,
    .tallies = sqlite_tallies,
    .remarks = sqlite_remarks,
};

lk_store *lk_store_open(const char *path, const lk_store_options *options, lk_error *err) {
  static const lk_store_options standard = {0};
  sqlite_store *s = calloc(1, sizeof *s);
  if (s) s->path = strdup(path);
  if (!s || !s->path) {
    free(s);
    lk_fail_memory(err);
    return NULL;
  }
  s->store.methods = &methods;
  s->in_memory = strcmp(path, ":memory:") == 0;
  if (open_database(s, options ? options : &standard, err)) {
    sqlite_close(&s->store);
    return NULL;
  }
  return &s->store;
}
