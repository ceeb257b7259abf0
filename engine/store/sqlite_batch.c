/* Many writes in one transaction. What takes long in a write is waiting for the disk, once a transaction; so those who wait at the same moment share it. */
#include "base/error.h"
#include "store/sqlite.h"

static lk_code run(sqlite_store *s, statement_id id, lk_error *err) {
  query q = query_of(s, id);
  return query_run(&q, err);
}

static lk_code write_it(sqlite_store *s, lk_write *w) {
  switch (w->kind) {
    case LK_WRITE_STARTS:
      return sqlite_write_start(s, w->start, &w->err);
    case LK_WRITE_TURNS:
      return sqlite_write_turn(s, w->turn, w->arena, &w->result, &w->err);
    case LK_WRITE_NOTES:
      return sqlite_write_note(s, w->conversation, w->time, w->events, w->event_count, w->arena, &w->err);
    default:
      return LK_ERR_INPUT; /* refused before it came here */
  }
}

/* Behind a savepoint, so that what fails half-way leaves nothing. */
static lk_code write_one(sqlite_store *s, lk_write *w, lk_error *err) {
  lk_code code = run(s, SQL_SAVEPOINT, err);
  if (code) return code;
  w->code = write_it(s, w);
  /* Some failures (full disk, I/O) have rolled the whole transaction back already: then it is everybody's. */
  if (w->code && sqlite3_get_autocommit(s->db)) {
    *err = w->err;
    return w->code;
  }
  if (w->code) code = run(s, SQL_UNDO, err);
  return code ? code : run(s, SQL_RELEASE, err);
}

void sqlite_batch(lk_store *store, lk_write *const *writes, size_t count) {
  sqlite_store *s = sqlite_of(store);
  lk_error err = {0};
  lk_code code = sqlite_begin(s, &err);
  if (!code) {
    for (size_t i = 0; i < count && !code; i++) code = write_one(s, writes[i], &err);
    code = sqlite_finish(s, code, &err);
  }
  for (size_t i = 0; i < count; i++) {
    lk_write *w = writes[i];
    if (code) {
      w->code = code;
      w->err = err;
    }
    if (w->code) w->result = (lk_turn_result){0};
  }
}
