/* Attempts to prove who one is, counted before they are looked at. */
#include "luukku/identity.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/error.h"
#include "orders/fold.h"
#include "orders/sql.h"

enum { HOUR = 3600, DAY = 86400, BUSY_TIMEOUT_MS = 2000, NUMBER_MAX = 100 };

static const lk_identity_limits defaults = {5, DAY, 10, DAY, 20, HOUR};

/* Who and what is kept as digests only: they are counted, never read. */
static const char schema[] =
    "CREATE TABLE IF NOT EXISTS identity_attempts ("
    "  id INTEGER PRIMARY KEY, time INTEGER NOT NULL,"
    "  conversation BLOB NOT NULL, order_number BLOB NOT NULL, address BLOB);"
    "CREATE INDEX IF NOT EXISTS identity_attempts_time ON identity_attempts (time);"
    "CREATE INDEX IF NOT EXISTS identity_attempts_conversation ON identity_attempts (conversation, time);"
    "CREATE INDEX IF NOT EXISTS identity_attempts_order ON identity_attempts (order_number, time);"
    "CREATE INDEX IF NOT EXISTS identity_attempts_address ON identity_attempts (address, time);";

typedef enum statement {
  BEGIN,
  COMMIT,
  PURGE,
  BY_CONVERSATION,
  BY_ORDER,
  BY_ADDRESS,
  COUNT,
  ADD,
  FORGIVE,
  STATEMENT_COUNT
} statement;

/* The limit-th attempt within the window, counted back from now: when there is one, the limit is reached. */
#define NTH(column) "SELECT time FROM identity_attempts WHERE " column " = ?1 AND time > ?2 ORDER BY time DESC LIMIT 1 OFFSET ?3"

static const char *const statements[STATEMENT_COUNT] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [PURGE] = "DELETE FROM identity_attempts WHERE time <= ?1",
    [BY_CONVERSATION] = NTH("conversation"),
    [BY_ORDER] = NTH("order_number"),
    [BY_ADDRESS] = NTH("address"),
    [COUNT] = "SELECT count(*) FROM identity_attempts WHERE conversation = ?1 AND time > ?2",
    [ADD] = "INSERT INTO identity_attempts (time, conversation, order_number, address) VALUES (?1, ?2, ?3, ?4)",
    [FORGIVE] = "DELETE FROM identity_attempts WHERE id = ?1",
};

struct lk_identity {
  lk_sql sql;
  lk_identity_limits limits;
};

/* ---- Opening ---- */

static int or_default(int value, int otherwise) { return value > 0 ? value : otherwise; }

static lk_identity_limits complete(const lk_identity_limits *given) {
  if (!given) return defaults;
  return (lk_identity_limits){or_default(given->conversation, defaults.conversation),
                              or_default(given->conversation_window, defaults.conversation_window),
                              or_default(given->order, defaults.order),
                              or_default(given->order_window, defaults.order_window),
                              or_default(given->address, defaults.address),
                              or_default(given->address_window, defaults.address_window)};
}

/* A file of our own is kept in WAL; somebody else's stays as it is. */
static lk_code prepare_file(lk_sql *sql, lk_error *err) {
  bool fresh = false;
  sqlite3_stmt *pages = NULL;
  if (sqlite3_prepare_v2(sql->db, "PRAGMA page_count", -1, &pages, NULL) == SQLITE_OK && sqlite3_step(pages) == SQLITE_ROW)
    fresh = sqlite3_column_int64(pages, 0) == 0;
  sqlite3_finalize(pages);
  lk_code code = fresh ? lk_sql_exec(sql, "PRAGMA journal_mode = WAL", err) : LK_OK;
  return code == LK_OK ? lk_sql_exec(sql, schema, err) : code;
}

lk_identity *lk_identity_open(const char *path, const lk_identity_limits *limits, lk_error *err) {
  lk_identity *identity = calloc(1, sizeof *identity);
  if (!identity || sodium_init() < 0) {
    free(identity);
    (void)lk_fail_memory(err);
    return NULL;
  }
  identity->limits = complete(limits);
  lk_code code = lk_sql_open(&identity->sql, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, BUSY_TIMEOUT_MS, statements,
                             STATEMENT_COUNT, err);
  if (code != LK_OK) {
    free(identity);
    return NULL;
  }
  if (prepare_file(&identity->sql, err) != LK_OK) {
    lk_identity_close(identity);
    return NULL;
  }
  return identity;
}

void lk_identity_close(lk_identity *identity) {
  if (!identity) return;
  lk_sql_close(&identity->sql);
  free(identity);
}

/* ---- What is counted ---- */

enum { DIGEST = 16 };

typedef struct subject {
  unsigned char conversation[DIGEST], number[DIGEST], address[DIGEST];
  bool has_address;
} subject;

static void digest(unsigned char out[DIGEST], const void *bytes, size_t len) {
  crypto_generichash(out, DIGEST, bytes, len, NULL, 0);
}

/* A household has one IPv4 address, and a /64 of IPv6 ones to choose from. */
static void digest_address(unsigned char out[DIGEST], lk_view address) {
  char text[INET6_ADDRSTRLEN];
  unsigned char bytes[16];
  static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF}; /* ::ffff:192.0.2.1 */
  if (address.len < sizeof text) {
    memcpy(text, address.ptr, address.len);
    text[address.len] = '\0';
    if (inet_pton(AF_INET, text, bytes) == 1) {
      digest(out, bytes, 4);
      return;
    }
    if (inet_pton(AF_INET6, text, bytes) == 1) {
      bool is_mapped = memcmp(bytes, mapped, sizeof mapped) == 0;
      digest(out, is_mapped ? bytes + 12 : bytes, is_mapped ? 4 : 8);
      return;
    }
  }
  digest(out, address.ptr, address.len);
}

/* "#100 234" is 100234: spaces and a leading # are how people write it. Too long a number is none. */
static lk_view clean_number(lk_view typed, char out[NUMBER_MAX]) {
  while (typed.len && (typed.ptr[0] == '#' || typed.ptr[0] == ' ')) typed.ptr++, typed.len--;
  size_t len = 0;
  for (size_t i = 0; i < typed.len; i++) {
    if (typed.ptr[i] == ' ' || typed.ptr[i] == '\0') continue;
    if (len == NUMBER_MAX) return LK_LIT("");
    out[len++] = typed.ptr[i];
  }
  return (lk_view){out, len};
}

static subject subject_of(const lk_identity_attempt *attempt, lk_view number) {
  subject s = {.has_address = attempt->address.len > 0};
  digest(s.conversation, attempt->conversation.ptr, attempt->conversation.len);
  char folded[2 * NUMBER_MAX];
  size_t len = lk_fold_proof(number, false, folded, sizeof folded);
  digest(s.number, folded, len == SIZE_MAX ? 0 : len);
  if (s.has_address) digest_address(s.address, attempt->address);
  return s;
}

/* ---- Counting ---- */

/* Moves *retry_at behind the window when the limit is reached. */
static lk_code check_limit(lk_identity *identity, statement number, const unsigned char *key, int limit, int window, int64_t now,
                           int64_t *retry_at, lk_error *err) {
  lk_query q = lk_query_begin(&identity->sql, (size_t)number, err);
  lk_query_blob(&q, key, DIGEST);
  lk_query_int(&q, now - window);
  lk_query_int(&q, limit - 1);
  if (lk_query_row(&q)) {
    int64_t until = lk_column_int(&q, 0) + window;
    if (until > *retry_at) *retry_at = until;
  }
  return lk_query_end(&q);
}

static lk_code check_limits(lk_identity *identity, const subject *s, int64_t now, int64_t *retry_at, lk_error *err) {
  const lk_identity_limits *l = &identity->limits;
  *retry_at = 0;
  lk_code code =
      check_limit(identity, BY_CONVERSATION, s->conversation, l->conversation, l->conversation_window, now, retry_at, err);
  if (code == LK_OK) code = check_limit(identity, BY_ORDER, s->number, l->order, l->order_window, now, retry_at, err);
  if (code == LK_OK && s->has_address)
    code = check_limit(identity, BY_ADDRESS, s->address, l->address, l->address_window, now, retry_at, err);
  return code;
}

static int longest_window(const lk_identity_limits *l) {
  int longest = l->conversation_window;
  if (l->order_window > longest) longest = l->order_window;
  return l->address_window > longest ? l->address_window : longest;
}

static lk_code purge(lk_identity *identity, int64_t now, lk_error *err) {
  lk_query q = lk_query_begin(&identity->sql, PURGE, err);
  lk_query_int(&q, now - longest_window(&identity->limits));
  return lk_query_run(&q, NULL);
}

static lk_code add(lk_identity *identity, const subject *s, int64_t now, lk_error *err) {
  lk_query q = lk_query_begin(&identity->sql, ADD, err);
  lk_query_int(&q, now);
  lk_query_blob(&q, s->conversation, DIGEST);
  lk_query_blob(&q, s->number, DIGEST);
  if (s->has_address)
    lk_query_blob(&q, s->address, DIGEST);
  else
    lk_query_time(&q, 0);
  return lk_query_run(&q, NULL);
}

static lk_code attempts_left(lk_identity *identity, const subject *s, int64_t now, int *left, lk_error *err) {
  const lk_identity_limits *l = &identity->limits;
  lk_query q = lk_query_begin(&identity->sql, COUNT, err);
  lk_query_blob(&q, s->conversation, DIGEST);
  lk_query_int(&q, now - l->conversation_window);
  int64_t count = lk_query_row(&q) ? lk_column_int(&q, 0) : 0;
  *left = count < l->conversation ? (int)(l->conversation - count) : 0;
  return lk_query_end(&q);
}

static lk_code run(lk_identity *identity, statement number, lk_error *err) {
  lk_query q = lk_query_begin(&identity->sql, (size_t)number, err);
  return lk_query_run(&q, NULL);
}

typedef struct counted {
  int64_t id;       /* of the attempt's row; 0 when a limit was reached and it was not added */
  int64_t retry_at; /* 0, or when the limit lets the next one through */
  int left;
} counted;

/* In one transaction with the look at the limits, so that attempts at the same moment cannot share the last one. */
static lk_code count_attempt(lk_identity *identity, const subject *s, int64_t now, counted *out, lk_error *err) {
  *out = (counted){0};
  lk_code code = run(identity, BEGIN, err);
  if (code == LK_OK) code = purge(identity, now, err);
  if (code == LK_OK) code = check_limits(identity, s, now, &out->retry_at, err);
  if (code == LK_OK && !out->retry_at) {
    code = add(identity, s, now, err);
    out->id = sqlite3_last_insert_rowid(identity->sql.db);
  }
  if (code == LK_OK) code = attempts_left(identity, s, now, &out->left, err);
  if (code == LK_OK) code = run(identity, COMMIT, err);
  if (code != LK_OK) lk_sql_rollback(&identity->sql);
  return code;
}

/* Who proved it has not failed. */
static lk_code forgive(lk_identity *identity, int64_t id, lk_error *err) {
  lk_query q = lk_query_begin(&identity->sql, FORGIVE, err);
  lk_query_int(&q, id);
  return lk_query_run(&q, NULL);
}

lk_code lk_identity_check(lk_identity *identity, const lk_order_book *book, const lk_identity_attempt *attempt,
                          lk_identity_result *out, lk_error *err) {
  *out = (lk_identity_result){.verdict = LK_IDENTITY_REFUSED};
  if (attempt->now > INT64_MAX / 2 || attempt->now < 0) return lk_fail(err, LK_ERR_INPUT, "a clock beyond all time; set it");
  if (!book->verify) return lk_fail(err, LK_ERR_BACKEND, "this order book cannot verify anybody; write its `verify`");
  char buffer[NUMBER_MAX];
  lk_view number = clean_number(attempt->number, buffer);
  subject s = subject_of(attempt, number);
  counted c;
  lk_code code = count_attempt(identity, &s, attempt->now, &c, err);
  if (code != LK_OK) return code;
  out->attempts_left = c.left;
  out->retry_at = c.retry_at;
  /* A limited attempt is verified as well and its result dropped: the time it takes must not tell that there was nothing to verify. */
  lk_proof proof = LK_PROOF_NONE;
  code = book->verify(book->self, number, attempt->proof, &proof, err);
  if (code != LK_OK) return code;
  if (c.retry_at) {
    out->verdict = LK_IDENTITY_LIMITED;
  } else if (proof != LK_PROOF_NONE) {
    code = forgive(identity, c.id, err);
    if (code != LK_OK) return code;
    out->verdict = LK_IDENTITY_MATCHED;
    out->proof = proof;
    out->attempts_left++;
  }
  return LK_OK;
}
