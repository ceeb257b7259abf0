#include "accounts.h"

#include <pthread.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fail.h"

enum { APPLICATION = 0x6c6b6167 /* "lkag" */, PATIENCE_MS = 5000 };

/* INTERACTIVE: a tenth of a second and 64 MB, one at a time, since the server checks passwords in one thread. */
#define HASH_WORK crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE

struct lk_accounts {
  pthread_mutex_t mutex;
  sqlite3 *db;
  char *file;
  char nobody[crypto_pwhash_STRBYTES]; /* what a password for an unknown name is compared with */
};

static const char schema[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
    "CREATE TABLE IF NOT EXISTS agent (name TEXT PRIMARY KEY COLLATE NOCASE, role TEXT NOT NULL, password TEXT NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS session (secret BLOB PRIMARY KEY, agent TEXT NOT NULL REFERENCES agent (name) ON DELETE CASCADE, "
    "csrf TEXT NOT NULL,"
    " expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

const char *lk_role_name(lk_role role) { return role == LK_ROLE_SUPERVISOR ? "supervisor" : "agent"; }

bool lk_role_of(lk_view name, lk_role *out) {
  *out = lk_view_eq(name, LK_LIT("supervisor")) ? LK_ROLE_SUPERVISOR : LK_ROLE_AGENT;
  return *out == LK_ROLE_SUPERVISOR || lk_view_eq(name, LK_LIT("agent"));
}

bool lk_agent_name_allowed(lk_view name) {
  for (size_t i = 0; i < name.len; i++) {
    unsigned char c = (unsigned char)name.ptr[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && !strchr("-_.", (char)c)) return false;
    if (!c) return false;
  }
  return name.len > 0 && name.len <= 40;
}

/* ---- Statements ---- */

static lk_code fail(lk_accounts *a, lk_error *err) {
  int code = sqlite3_errcode(a->db);
  if (code == SQLITE_NOMEM) return lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
  if (code == SQLITE_BUSY) return lk_set_error(err, LK_ERR_BUSY, "the accounts in %s are locked; try again", a->file);
  return lk_set_error(err, LK_ERR_IO, "the accounts in %s cannot be used: %s; check the file, its folder and the disk", a->file,
                      sqlite3_errmsg(a->db));
}

static sqlite3_stmt *prepare(lk_accounts *a, const char *sql) {
  sqlite3_stmt *s = NULL;
  sqlite3_prepare_v2(a->db, sql, -1, &s, NULL);
  return s;
}

static void bind_text(sqlite3_stmt *s, int at, lk_view text) {
  sqlite3_bind_text(s, at, text.ptr, (int)text.len, SQLITE_TRANSIENT);
}

static void bind_secret(sqlite3_stmt *s, int at, const char *secret) {
  unsigned char hash[LK_SECRET_HASH];
  lk_secret_hash(secret, hash);
  sqlite3_bind_blob(s, at, hash, sizeof hash, SQLITE_TRANSIENT);
}

/* Runs a statement that gives no rows. */
static lk_code run(lk_accounts *a, sqlite3_stmt *s, lk_error *err) {
  int step = s ? sqlite3_step(s) : SQLITE_ERROR;
  lk_code code = step == SQLITE_DONE ? LK_OK : fail(a, err);
  sqlite3_finalize(s);
  return code;
}

static void read_agent(sqlite3_stmt *s, lk_agent *out) {
  snprintf(out->name, sizeof out->name, "%s", (const char *)sqlite3_column_text(s, 0));
  lk_role_of(lk_view_of((const char *)sqlite3_column_text(s, 1)), &out->role);
}

/* ---- Opening ---- */

static bool is_ours(lk_accounts *a) {
  char sql[64];
  sqlite3_stmt *s = prepare(a, "SELECT (SELECT count(*) FROM sqlite_schema), (SELECT application_id FROM pragma_application_id)");
  bool row = s && sqlite3_step(s) == SQLITE_ROW;
  bool fresh = row && sqlite3_column_int(s, 0) == 0, ours = row && sqlite3_column_int(s, 1) == APPLICATION;
  sqlite3_finalize(s);
  snprintf(sql, sizeof sql, "PRAGMA application_id = %d", APPLICATION);
  return ours || (fresh && sqlite3_exec(a->db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

/* A hash of the same form and work as the others, of no password at all: to make one of a password would cost every start a tenth of a second. */
static void make_nobody(char out[crypto_pwhash_STRBYTES]) {
  unsigned char salt[crypto_pwhash_SALTBYTES], hash[32];
  char salt_text[sodium_base64_ENCODED_LEN(sizeof salt, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
  char hash_text[sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
  randombytes_buf(salt, sizeof salt);
  randombytes_buf(hash, sizeof hash);
  sodium_bin2base64(salt_text, sizeof salt_text, salt, sizeof salt, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  sodium_bin2base64(hash_text, sizeof hash_text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  snprintf(out, crypto_pwhash_STRBYTES, "$argon2id$v=19$m=%u,t=%u,p=1$%s$%s",
           (unsigned)(crypto_pwhash_MEMLIMIT_INTERACTIVE / 1024), (unsigned)crypto_pwhash_OPSLIMIT_INTERACTIVE, salt_text,
           hash_text);
}

lk_accounts *lk_accounts_open(const char *file, lk_error *err) {
  lk_accounts *a = calloc(1, sizeof *a);
  if (!a || !(a->file = strdup(file)) || sodium_init() < 0) {
    lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
    free(a);
    return NULL;
  }
  pthread_mutex_init(&a->mutex, NULL);
  mode_t mask = umask(077); /* nobody else's to read, from its first byte on */
  int opened = sqlite3_open_v2(file, &a->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, NULL);
  sqlite3_busy_timeout(a->db, PATIENCE_MS);
  bool ours = opened == SQLITE_OK && is_ours(a);
  bool ready = ours && sqlite3_exec(a->db, schema, NULL, NULL, NULL) == SQLITE_OK;
  umask(mask);
  make_nobody(a->nobody);
  if (ready) return a;
  if (opened == SQLITE_OK && !ours && sqlite3_errcode(a->db) == SQLITE_OK)
    lk_set_error(err, LK_ERR_INPUT, "%s is a file of something else; name another with --accounts", file);
  else
    fail(a, err);
  lk_accounts_close(a);
  return NULL;
}

void lk_accounts_close(lk_accounts *a) {
  if (!a) return;
  sqlite3_close(a->db);
  pthread_mutex_destroy(&a->mutex);
  free(a->file);
  free(a);
}

/* ---- Agents ---- */

lk_code lk_agent_find(lk_accounts *a, lk_view name, lk_agent *out, lk_error *err) {
  pthread_mutex_lock(&a->mutex);
  sqlite3_stmt *s = prepare(a, "SELECT name, role FROM agent WHERE name = ?");
  if (s) bind_text(s, 1, name);
  int step = s ? sqlite3_step(s) : SQLITE_ERROR;
  lk_code code = LK_OK;
  if (step == SQLITE_ROW)
    read_agent(s, out);
  else if (step == SQLITE_DONE)
    code = lk_set_error(err, LK_ERR_MISSING, "there is no agent “%.*s”; “luukku agent list” shows all", LK_FMT(name));
  else
    code = fail(a, err);
  sqlite3_finalize(s);
  pthread_mutex_unlock(&a->mutex);
  return code;
}

static lk_code revoke(lk_accounts *a, lk_view name, lk_error *err) {
  sqlite3_stmt *s = prepare(a, "DELETE FROM session WHERE agent = ? COLLATE NOCASE");
  if (s) bind_text(s, 1, name);
  return run(a, s, err);
}

static lk_code write_agent(lk_accounts *a, lk_view name, lk_role role, const char *hash, lk_error *err) {
  sqlite3_stmt *s = prepare(a,
                            "INSERT INTO agent (name, role, password) VALUES (?, ?, ?)"
                            " ON CONFLICT (name) DO UPDATE SET role = excluded.role, password = excluded.password");
  if (s) {
    bind_text(s, 1, name);
    bind_text(s, 2, lk_view_of(lk_role_name(role)));
    bind_text(s, 3, lk_view_of(hash));
  }
  lk_code code = run(a, s, err);
  return code ? code : revoke(a, name, err);
}

lk_code lk_agent_add(lk_accounts *a, lk_view name, lk_role role, const char *password, bool replace, lk_error *err) {
  char hash[crypto_pwhash_STRBYTES];
  lk_agent there;
  size_t length = strlen(password);
  if (!lk_agent_name_allowed(name))
    return lk_set_error(err, LK_ERR_INPUT, "“%.*s” is no name for an agent; use letters a–z, digits and - _ . only",
                        LK_FMT(name));
  if (length < LK_PASSWORD_LEAST || length > LK_PASSWORD_MOST)
    return lk_set_error(err, LK_ERR_INPUT, "the password has %zu bytes; give it %d to %d", length, LK_PASSWORD_LEAST,
                        LK_PASSWORD_MOST);
  lk_code found = lk_agent_find(a, name, &there, err);
  if (found != LK_OK && found != LK_ERR_MISSING) return found;
  if (found == LK_OK && !replace)
    return lk_set_error(err, LK_ERR_STATE, "there is an agent “%s” already; add --replace for a new password or role",
                        there.name);
  if (crypto_pwhash_str(hash, password, length, HASH_WORK) != 0)
    return lk_set_error(err, LK_ERR_MEMORY, "out of memory; 64 MB are needed for a password");
  pthread_mutex_lock(&a->mutex);
  lk_code code = write_agent(a, name, role, hash, err);
  pthread_mutex_unlock(&a->mutex);
  return code;
}

lk_code lk_agent_remove(lk_accounts *a, lk_view name, lk_error *err) {
  pthread_mutex_lock(&a->mutex);
  sqlite3_stmt *s = prepare(a, "DELETE FROM agent WHERE name = ?");
  if (s) bind_text(s, 1, name);
  lk_code code = run(a, s, err);
  if (!code && sqlite3_changes(a->db) == 0)
    code = lk_set_error(err, LK_ERR_MISSING, "there is no agent “%.*s”; “luukku agent list” shows all", LK_FMT(name));
  pthread_mutex_unlock(&a->mutex);
  return code;
}

lk_code lk_agents_each(lk_accounts *a, void (*each)(void *self, const lk_agent *agent), void *self, lk_error *err) {
  pthread_mutex_lock(&a->mutex);
  sqlite3_stmt *s = prepare(a, "SELECT name, role FROM agent ORDER BY name");
  int step = SQLITE_ERROR;
  while (s && (step = sqlite3_step(s)) == SQLITE_ROW) {
    lk_agent agent;
    read_agent(s, &agent);
    each(self, &agent);
  }
  lk_code code = step == SQLITE_DONE ? LK_OK : fail(a, err);
  sqlite3_finalize(s);
  pthread_mutex_unlock(&a->mutex);
  return code;
}

/* ---- Sessions ---- */

static bool read_password(lk_accounts *a, lk_view name, lk_agent *agent, char hash[crypto_pwhash_STRBYTES]) {
  pthread_mutex_lock(&a->mutex);
  sqlite3_stmt *s = prepare(a, "SELECT name, role, password FROM agent WHERE name = ?");
  if (s) bind_text(s, 1, name);
  bool found = s && sqlite3_step(s) == SQLITE_ROW;
  if (found) read_agent(s, agent);
  memset(hash, 0, crypto_pwhash_STRBYTES);
  snprintf(hash, crypto_pwhash_STRBYTES, "%s", found ? (const char *)sqlite3_column_text(s, 2) : a->nobody);
  sqlite3_finalize(s);
  pthread_mutex_unlock(&a->mutex);
  return found;
}

static lk_code write_session(lk_accounts *a, const char *secret, const lk_session *session, int64_t now, lk_error *err) {
  sqlite3_stmt *s = prepare(a, "DELETE FROM session WHERE expires <= ?");
  if (s) sqlite3_bind_int64(s, 1, now);
  lk_code code = run(a, s, err);
  if (code) return code;
  s = prepare(a, "INSERT INTO session (secret, agent, csrf, expires) VALUES (?, ?, ?, ?)");
  if (s) {
    bind_secret(s, 1, secret);
    bind_text(s, 2, lk_view_of(session->agent.name));
    bind_text(s, 3, lk_view_of(session->csrf));
    sqlite3_bind_int64(s, 4, session->expires);
  }
  return run(a, s, err);
}

lk_code lk_session_begin(lk_accounts *a, lk_view name, const char *password, int64_t now, int64_t expires,
                         char secret[LK_SECRET_SIZE], lk_session *out, lk_error *err) {
  char hash[crypto_pwhash_STRBYTES];
  bool known = read_password(a, name, &out->agent, hash);
  bool right = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
  if (!known || !right) return lk_set_error(err, LK_ERR_DENIED, "name or password is wrong; try again");
  lk_secret_make(secret);
  lk_secret_make(out->csrf);
  out->expires = expires;
  pthread_mutex_lock(&a->mutex);
  lk_code code = write_session(a, secret, out, now, err);
  pthread_mutex_unlock(&a->mutex);
  return code;
}

lk_code lk_session_find(lk_accounts *a, const char *secret, int64_t now, lk_session *out, lk_error *err) {
  pthread_mutex_lock(&a->mutex);
  sqlite3_stmt *s =
      prepare(a,
              "SELECT agent.name, agent.role, session.csrf, session.expires FROM session JOIN agent ON agent.name = session.agent"
              " WHERE session.secret = ? AND session.expires > ?");
  if (s) {
    bind_secret(s, 1, secret);
    sqlite3_bind_int64(s, 2, now);
  }
  int step = s ? sqlite3_step(s) : SQLITE_ERROR;
  lk_code code = LK_OK;
  if (step == SQLITE_ROW) {
    read_agent(s, &out->agent);
    snprintf(out->csrf, sizeof out->csrf, "%s", (const char *)sqlite3_column_text(s, 2));
    out->expires = sqlite3_column_int64(s, 3);
  } else {
    code = step == SQLITE_DONE ? lk_set_error(err, LK_ERR_DENIED, "there is no such session; log in") : fail(a, err);
  }
  sqlite3_finalize(s);
  pthread_mutex_unlock(&a->mutex);
  return code;
}

lk_code lk_session_end(lk_accounts *a, const char *secret, lk_error *err) {
  pthread_mutex_lock(&a->mutex);
  sqlite3_stmt *s = prepare(a, "DELETE FROM session WHERE secret = ?");
  if (s) bind_secret(s, 1, secret);
  lk_code code = run(a, s, err);
  pthread_mutex_unlock(&a->mutex);
  return code;
}

lk_code lk_sessions_revoke(lk_accounts *a, lk_view name, lk_error *err) {
  pthread_mutex_lock(&a->mutex);
  lk_code code = revoke(a, name, err);
  pthread_mutex_unlock(&a->mutex);
  return code;
}
