/* Deleting for good. secure_delete overwrites what SQLite frees, but a page that was split earlier may keep a stale copy of a row in its gap, where nothing
 * frees it any more. So the database is written anew (VACUUM), and the write-ahead log, which has the old pages too, is copied back and cut to nothing.
 * That takes seconds a gigabyte, during which others read but do not write; it is owed from the deletion's own transaction on, so that a crash in
 * between only puts it off. */
#include "base/arena.h"
#include "base/error.h"
#include "store/sqlite.h"

static lk_code delete_conversation(sqlite_store *s, int64_t key, lk_error *err) {
  static const statement_id both[] = {SQL_CONVERSATION_DELETE, SQL_EVENTS_BLANK};
  lk_code code = LK_OK;
  for (size_t i = 0; i < 2 && !code; i++) {
    query q = query_of(s, both[i]);
    query_int(&q, key);
    code = query_run(&q, err);
  }
  if (code) return code;
  query q = query_of(s, SQL_CHORE_OWE);
  return query_run(&q, err);
}

static lk_code is_owed(sqlite_store *s, bool *owed, lk_error *err) {
  query q = query_of(s, SQL_CHORE);
  *owed = query_row(&q);
  return query_end(&q, err);
}

static lk_code rewrite(sqlite_store *s, lk_error *err) {
  bool owed;
  lk_code code = is_owed(s, &owed, err);
  if (code || !owed) return code;
  int rc = sqlite3_exec(s->db, "VACUUM", NULL, NULL, NULL);
  if (rc) return sqlite_fail(s, rc, err);
  query q = query_of(s, SQL_CHORE_DONE);
  return query_run(&q, err);
}

static lk_code cut_log(sqlite_store *s, lk_error *err) {
  query q = query_of(s, SQL_CHECKPOINT);
  bool busy = query_row(&q) && column_int(&q) != 0;
  lk_code code = query_run(&q, err);
  if (!code && busy)
    code = lk_fail_at(err, LK_ERR_BUSY, s->path, 0,
                      "the deleted text is still in the store's log, which somebody reads; purge again later");
  return code;
}

static lk_code clean(sqlite_store *s, lk_error *err) {
  if (s->in_memory) return LK_OK;
  lk_code code = rewrite(s, err);
  return code ? code : cut_log(s, err);
}

enum { BATCH = 200 };

static lk_code purge_batch(sqlite_store *s, int64_t moment, size_t *deleted, lk_error *err) {
  int64_t keys[BATCH];
  size_t count = 0;
  query q = query_of(s, SQL_PURGEABLE);
  query_int(&q, moment);
  while (count < BATCH && query_row(&q)) keys[count++] = column_int(&q);
  lk_code code = query_end(&q, err);
  for (size_t i = 0; i < count && !code; i++) code = delete_conversation(s, keys[i], err);
  *deleted = count;
  return code;
}

/* In batches, so that turns get their chance in between. */
lk_code sqlite_purge(lk_store *store, int64_t moment, size_t *conversations, lk_error *err) {
  sqlite_store *s = sqlite_of(store);
  size_t deleted;
  *conversations = 0;
  do {
    lk_code code = sqlite_begin(s, err);
    if (code) return code;
    code = sqlite_finish(s, purge_batch(s, moment, &deleted, err), err);
    if (code) return code;
    *conversations += deleted;
  } while (deleted == BATCH);
  return clean(s, err);
}

static lk_code erase(sqlite_store *s, lk_view id, lk_arena *arena, lk_error *err) {
  conversation_row row;
  lk_code code = sqlite_row_of(s, id, arena, &row, err);
  return code ? code : delete_conversation(s, row.key, err);
}

lk_code sqlite_erase(lk_store *store, lk_view conversation, lk_error *err) {
  sqlite_store *s = sqlite_of(store);
  lk_arena *arena = lk_arena_new();
  if (!arena) return lk_fail_memory(err);
  lk_code code = sqlite_begin(s, err);
  if (!code) code = sqlite_finish(s, erase(s, conversation, arena, err), err);
  lk_arena_free(arena);
  return code ? code : clean(s, err);
}
