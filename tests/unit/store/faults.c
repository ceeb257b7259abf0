/* A store on a bad day: full disk, failing reads and writes, locks, strange files. The disk's faults are made by a layer under SQLite that lets a number of
 * writes through and fails all that follow, until it is told that the disk is well again. */
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "luukku/store.h"

/* ---- The failing disk ---- */

static struct {
  long left; /* operations until faults begin; negative: none */
  int fault; /* what SQLite is told */
  bool reads;
} disk = {.left = -1};

static int due(bool reading) {
  if (disk.left < 0 || reading != disk.reads) return SQLITE_OK;
  if (disk.left > 0) {
    disk.left--;
    return SQLITE_OK;
  }
  return disk.fault;
}

typedef struct disk_file {
  sqlite3_file base;
  sqlite3_file *real;
} disk_file;

static sqlite3_file *real_of(sqlite3_file *f) { return ((disk_file *)f)->real; }
#define REAL(f) real_of(f)->pMethods

static int disk_close(sqlite3_file *f) {
  int rc = REAL(f) ? REAL(f)->xClose(real_of(f)) : SQLITE_OK;
  sqlite3_free(real_of(f));
  return rc;
}
static int disk_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at) {
  int rc = due(true);
  return rc ? rc : REAL(f)->xRead(real_of(f), to, n, at);
}
static int disk_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at) {
  int rc = due(false);
  return rc ? rc : REAL(f)->xWrite(real_of(f), from, n, at);
}
static int disk_sync(sqlite3_file *f, int flags) {
  int rc = due(false);
  return rc ? rc == SQLITE_FULL ? SQLITE_IOERR_FSYNC : rc : REAL(f)->xSync(real_of(f), flags);
}
static int disk_truncate(sqlite3_file *f, sqlite3_int64 n) { return REAL(f)->xTruncate(real_of(f), n); }
static int disk_size(sqlite3_file *f, sqlite3_int64 *n) { return REAL(f)->xFileSize(real_of(f), n); }
static int disk_lock(sqlite3_file *f, int l) { return REAL(f)->xLock(real_of(f), l); }
static int disk_unlock(sqlite3_file *f, int l) { return REAL(f)->xUnlock(real_of(f), l); }
static int disk_reserved(sqlite3_file *f, int *out) { return REAL(f)->xCheckReservedLock(real_of(f), out); }
static int disk_control(sqlite3_file *f, int op, void *arg) { return REAL(f)->xFileControl(real_of(f), op, arg); }
static int disk_sector(sqlite3_file *f) { return REAL(f)->xSectorSize(real_of(f)); }
static int disk_traits(sqlite3_file *f) { return REAL(f)->xDeviceCharacteristics(real_of(f)); }
static int disk_shm_map(sqlite3_file *f, int i, int n, int x, void volatile **p) {
  return REAL(f)->xShmMap(real_of(f), i, n, x, p);
}
static int disk_shm_lock(sqlite3_file *f, int o, int n, int flags) { return REAL(f)->xShmLock(real_of(f), o, n, flags); }
static void disk_shm_barrier(sqlite3_file *f) { REAL(f)->xShmBarrier(real_of(f)); }
static int disk_shm_unmap(sqlite3_file *f, int del) { return REAL(f)->xShmUnmap(real_of(f), del); }

static const sqlite3_io_methods disk_methods = {
    2,           disk_close,   disk_read,     disk_write,       disk_truncate,  disk_sync,
    disk_size,   disk_lock,    disk_unlock,   disk_reserved,    disk_control,   disk_sector,
    disk_traits, disk_shm_map, disk_shm_lock, disk_shm_barrier, disk_shm_unmap, NULL,
    NULL};

static sqlite3_vfs *system_vfs;

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out) {
  (void)vfs;
  disk_file *file = (disk_file *)f;
  file->base.pMethods = NULL;
  file->real = sqlite3_malloc(system_vfs->szOsFile);
  if (!file->real) return SQLITE_NOMEM;
  int rc = system_vfs->xOpen(system_vfs, name, file->real, flags, out);
  if (rc) {
    sqlite3_free(file->real);
    return rc;
  }
  file->base.pMethods = &disk_methods;
  return SQLITE_OK;
}

static void mount_disk(void) {
  static sqlite3_vfs vfs;
  system_vfs = sqlite3_vfs_find(NULL);
  vfs = *system_vfs;
  vfs.szOsFile = sizeof(disk_file);
  vfs.zName = "failing-disk";
  vfs.xOpen = disk_open;
  vfs.pNext = NULL;
  assert_int_equal(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
}

static void disk_fails(long after, int fault, bool reads) {
  disk.left = after;
  disk.fault = fault;
  disk.reads = reads;
}
static void disk_is_well(void) { disk.left = -1; }

/* ---- The store on it ---- */

static char folder[] = "/tmp/luukku-faults-XXXXXX";

static char *in_folder(const char *name) {
  static char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void remove_files(void) {
  static const char *const names[] = {"s.db", "s.db-wal", "s.db-shm", "s.db-journal"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) unlink(in_folder(names[i]));
}

static const lk_view K1 = {"k1", 2};

static lk_store *fresh_store(void) {
  remove_files();
  lk_error err;
  lk_store *store = lk_store_open(in_folder("s.db"), NULL, &err);
  assert_non_null(store);
  lk_conversation c = {.id = K1, .lang = LK_LANG_FI, .channel = LK_LIT("web"), .started = 1};
  assert_int_equal(lk_store_start(store, &c, &err), LK_OK);
  return store;
}

static uint32_t turns_of(lk_store *store) {
  lk_arena *arena = lk_arena_new();
  lk_conversation c;
  lk_error err;
  if (lk_store_conversation(store, K1, arena, &c, &err)) print_error("%s\n", err.message);
  uint32_t turns = c.turns;
  lk_said *said;
  size_t count;
  assert_int_equal(lk_store_messages(store, K1, 0, arena, &said, &count, NULL), LK_OK);
  assert_int_equal(count, turns);
  lk_arena_free(arena);
  return turns;
}

static lk_code write_turn(lk_store *store, size_t size, lk_error *err) {
  lk_arena *arena = lk_arena_new();
  lk_conversation c;
  lk_turn_result result;
  char *text = calloc(1, size + 1);
  memset(text, 'x', size);
  lk_said said = {.author = LK_AUTHOR_CUSTOMER, .text = {text, size}};
  lk_event event = {.type = LK_EVENT_MESSAGE_RECEIVED, .text = LK_LIT("x")};
  lk_code code = lk_store_conversation(store, K1, arena, &c, err);
  lk_turn_record turn = {.conversation = K1,
                         .version = c.version,
                         .time = 2,
                         .lang = LK_LANG_FI,
                         .messages = &said,
                         .message_count = 1,
                         .events = &event,
                         .event_count = 1};
  if (!code) code = lk_store_turn(store, &turn, arena, &result, err);
  free(text);
  lk_arena_free(arena);
  return code;
}

static bool says_how_to_mend(const lk_error *err) { return strlen(err->message) > 10 && strstr(err->message, "; ") != NULL; }

static void a_full_disk_at_any_write_loses_nothing_and_the_store_goes_on(void **state) {
  (void)state;
  lk_error err = {0};
  lk_store *store = fresh_store();
  bool came_through = false;
  uint32_t acknowledged = 0;
  for (long after = 0; after < 200 && !came_through; after++) {
    disk_fails(after, SQLITE_FULL, false);
    lk_code code = write_turn(store, 20000, &err);
    came_through = code == LK_OK;
    if (code) {
      assert_int_equal(code, LK_ERR_IO);
      assert_true(says_how_to_mend(&err));
    }
    acknowledged += came_through;
    disk_is_well();
    assert_int_equal(turns_of(store), acknowledged);
    assert_int_equal(write_turn(store, 10, &err), LK_OK);
    acknowledged++;
  }
  assert_true(came_through);
  lk_store_close(store);
  store = lk_store_open(in_folder("s.db"), NULL, &err);
  assert_int_equal(turns_of(store), acknowledged);
  lk_store_close(store);
}

/* A turn of 20 kB in each of two conversations, together. */
static void write_both(lk_store *store, lk_code codes[2], lk_error errors[2]) {
  static char text[20000];
  memset(text, 'x', sizeof text);
  lk_arena *arena = lk_arena_new();
  lk_said said = {.author = LK_AUTHOR_CUSTOMER, .text = {text, sizeof text}};
  lk_turn_record turns[2];
  lk_write writes[2];
  for (int i = 0; i < 2; i++) {
    lk_conversation c;
    lk_view id = lk_view_of(i ? "k2" : "k1");
    assert_int_equal(lk_store_conversation(store, id, arena, &c, &errors[i]), LK_OK);
    turns[i] = (lk_turn_record){
        .conversation = id, .version = c.version, .time = 2, .lang = LK_LANG_FI, .messages = &said, .message_count = 1};
    writes[i] = (lk_write){.kind = LK_WRITE_TURNS, .turn = &turns[i], .arena = arena};
  }
  lk_store_batch(store, (lk_write *const[]){&writes[0], &writes[1]}, 2);
  for (int i = 0; i < 2; i++) {
    codes[i] = writes[i].code;
    errors[i] = writes[i].err;
  }
  lk_arena_free(arena);
}

static void a_batch_on_a_full_disk_fails_as_a_whole(void **state) {
  (void)state;
  lk_error errors[2] = {{0}};
  lk_code codes[2] = {LK_ERR_IO, LK_ERR_IO};
  lk_store *store = fresh_store();
  lk_conversation c = {.id = LK_LIT("k2"), .lang = LK_LANG_FI, .channel = LK_LIT("web"), .started = 1};
  assert_int_equal(lk_store_start(store, &c, &errors[0]), LK_OK);
  for (long after = 0; after < 200 && codes[0]; after++) {
    disk_fails(after, SQLITE_FULL, false);
    write_both(store, codes, errors);
    disk_is_well();
    assert_int_equal(codes[0], codes[1]);
    assert_true(!codes[0] || (codes[0] == LK_ERR_IO && says_how_to_mend(&errors[0]) && says_how_to_mend(&errors[1])));
    assert_int_equal(turns_of(store), codes[0] ? 0 : 1);
  }
  assert_int_equal(codes[0], LK_OK);
  lk_store_close(store);
}

static void failing_reads_are_an_error_and_no_answer(void **state) {
  (void)state;
  lk_error err = {0};
  lk_store *store = fresh_store();
  for (int i = 0; i < 50; i++) assert_int_equal(write_turn(store, 5000, &err), LK_OK);
  lk_store_close(store);
  bool came_through = false;
  for (long after = 0; after < 500 && !came_through; after++) {
    disk_fails(after, SQLITE_IOERR_READ, true);
    store = lk_store_open(in_folder("s.db"), NULL, &err);
    lk_code code = store ? write_turn(store, 10, &err) : err.code;
    disk_is_well();
    if (code) {
      assert_true(code == LK_ERR_IO || code == LK_ERR_INPUT);
      assert_true(says_how_to_mend(&err));
    }
    came_through = code == LK_OK;
    if (store) assert_int_equal(turns_of(store), 50 + came_through);
    lk_store_close(store);
  }
  assert_true(came_through);
}

static void a_full_disk_while_the_store_is_made_leaves_no_half_store(void **state) {
  (void)state;
  lk_error err = {0};
  bool came_through = false;
  for (long after = 0; after < 200 && !came_through; after++) {
    remove_files();
    disk_fails(after, SQLITE_FULL, false);
    lk_store *store = lk_store_open(in_folder("s.db"), NULL, &err);
    came_through = store != NULL;
    if (!store) assert_int_equal(err.code, LK_ERR_IO);
    disk_is_well();
    lk_store_close(store);
    store = lk_store_open(in_folder("s.db"), NULL, &err);
    assert_non_null(store);
    lk_store_close(store);
  }
  assert_true(came_through);
}

static void an_erasure_that_fails_half_way_is_finished_by_the_next_purge(void **state) {
  (void)state;
  lk_error err = {0};
  bool came_through = false;
  for (long after = 0; after < 400 && !came_through; after += 3) {
    lk_store *store = fresh_store();
    assert_int_equal(write_turn(store, 9000, &err), LK_OK);
    disk_fails(after, SQLITE_FULL, false);
    came_through = lk_store_erase(store, K1, &err) == LK_OK;
    disk_is_well();
    assert_int_equal(lk_store_purge(store, 100, NULL, &err), LK_OK);
    struct stat wal;
    if (stat(in_folder("s.db-wal"), &wal) == 0) assert_int_equal(wal.st_size, 0);
    FILE *f = fopen(in_folder("s.db"), "rb");
    char page[4096];
    while (fread(page, 1, sizeof page, f) == sizeof page) assert_null(memmem(page, sizeof page, "xxxxxxxx", 8));
    fclose(f);
    lk_store_close(store);
  }
  assert_true(came_through);
}

typedef struct tally_sum {
  int64_t n;
} tally_sum;

static void add_up(void *self, const lk_tally_row *row) { ((tally_sum *)self)->n += row->n; }

static void counting_on_a_full_disk_is_done_whole_or_not_at_all(void **state) {
  (void)state;
  static const lk_tally messages = {"messages",
                                    "SELECT channel AS a, lang AS b, count(*) AS n FROM event "
                                    "WHERE type = 'message.received' AND time >= ?1 AND time < ?2 GROUP BY 1, 2"};
  static const lk_tally_plan plan = {.tallies = &messages, .tally_count = 1};
  lk_error err = {0};
  bool came_through = false;
  for (long after = 0; after < 200 && !came_through; after++) {
    lk_store *store = fresh_store();
    for (int i = 0; i < 3; i++) assert_int_equal(write_turn(store, 10, &err), LK_OK);
    size_t left;
    tally_sum sum = {0};
    disk_fails(after, SQLITE_FULL, false);
    lk_code code = lk_store_recount(store, &plan, &left, &err);
    disk_is_well();
    came_through = code == LK_OK;
    assert_true(!code || (code == LK_ERR_IO && says_how_to_mend(&err)));
    assert_int_equal(lk_store_tallies(store, LK_LIT("messages"), -10, 10, false, add_up, &sum, &err), LK_OK);
    assert_int_equal(sum.n, came_through ? 3 : 0);
    assert_int_equal(lk_store_recount(store, &plan, &left, &err), LK_OK);
    sum.n = 0;
    assert_int_equal(lk_store_tallies(store, LK_LIT("messages"), -10, 10, false, add_up, &sum, &err), LK_OK);
    assert_int_equal(sum.n, 3);
    lk_store_close(store);
  }
  assert_true(came_through);
}

/* ---- Locks ---- */

static void a_locked_store_is_busy_for_as_long_as_it_is_locked(void **state) {
  (void)state;
  lk_error err = {0};
  lk_store_close(fresh_store());
  lk_store *store = lk_store_open(in_folder("s.db"), &(lk_store_options){.patience_ms = 50}, &err);
  assert_non_null(store);
  sqlite3 *other;
  assert_int_equal(sqlite3_open(in_folder("s.db"), &other), SQLITE_OK);
  assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
  assert_int_equal(write_turn(store, 10, &err), LK_ERR_BUSY);
  assert_true(says_how_to_mend(&err));
  assert_int_equal(turns_of(store), 0); /* reading goes on */
  assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
  assert_int_equal(write_turn(store, 10, &err), LK_OK);
  sqlite3_close(other);
  lk_store_close(store);
}

static void a_reader_that_stays_puts_off_the_end_of_an_erasure(void **state) {
  (void)state;
  lk_error err = {0};
  lk_store_close(fresh_store());
  lk_store *store = lk_store_open(in_folder("s.db"), &(lk_store_options){.patience_ms = 50}, &err);
  assert_int_equal(write_turn(store, 9000, &err), LK_OK);
  sqlite3 *other;
  assert_int_equal(sqlite3_open(in_folder("s.db"), &other), SQLITE_OK);
  assert_int_equal(sqlite3_exec(other, "BEGIN; SELECT count(*) FROM message", NULL, NULL, NULL), SQLITE_OK);
  assert_int_equal(lk_store_erase(store, K1, &err), LK_ERR_BUSY);
  lk_arena *arena = lk_arena_new();
  lk_conversation c;
  assert_int_equal(lk_store_conversation(store, K1, arena, &c, NULL), LK_ERR_MISSING);
  assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
  assert_int_equal(lk_store_purge(store, 0, NULL, &err), LK_OK);
  struct stat wal;
  assert_int_equal(stat(in_folder("s.db-wal"), &wal), 0);
  assert_int_equal(wal.st_size, 0);
  lk_arena_free(arena);
  sqlite3_close(other);
  lk_store_close(store);
}

/* ---- Strange files ---- */

static void write_file(const char *name, const void *bytes, size_t len) {
  FILE *f = fopen(in_folder(name), "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(bytes, 1, len, f), len);
  fclose(f);
}

static lk_code open_code(const char *path, const lk_store_options *options) {
  lk_error err = {0};
  lk_store *store = lk_store_open(path, options, &err);
  if (store) {
    lk_store_close(store);
    return LK_OK;
  }
  assert_true(says_how_to_mend(&err));
  return err.code;
}

static void a_file_of_something_else_is_refused_and_left_alone(void **state) {
  (void)state;
  remove_files();
  char text[5000];
  memset(text, 'T', sizeof text);
  write_file("s.db", text, sizeof text);
  assert_int_equal(open_code(in_folder("s.db"), NULL), LK_ERR_INPUT);
  struct stat st;
  assert_int_equal(stat(in_folder("s.db"), &st), 0);
  assert_int_equal(st.st_size, sizeof text);
  remove_files();
  sqlite3 *other;
  assert_int_equal(sqlite3_open(in_folder("s.db"), &other), SQLITE_OK);
  assert_int_equal(sqlite3_exec(other, "CREATE TABLE recipes (name)", NULL, NULL, NULL), SQLITE_OK);
  assert_int_equal(open_code(in_folder("s.db"), NULL), LK_ERR_INPUT);
  sqlite3_stmt *stmt;
  sqlite3_prepare_v2(other, "SELECT count(*) FROM sqlite_master", -1, &stmt, NULL);
  assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
  assert_int_equal(sqlite3_column_int(stmt, 0), 1);
  sqlite3_finalize(stmt);
  sqlite3_close(other);
}

static void a_store_of_a_newer_version_is_refused(void **state) {
  (void)state;
  lk_store_close(fresh_store());
  sqlite3 *other;
  assert_int_equal(sqlite3_open(in_folder("s.db"), &other), SQLITE_OK);
  assert_int_equal(sqlite3_exec(other, "PRAGMA user_version = 9999", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(other);
  assert_int_equal(open_code(in_folder("s.db"), NULL), LK_ERR_INPUT);
}

static void an_empty_file_becomes_a_store_and_a_missing_folder_does_not(void **state) {
  (void)state;
  remove_files();
  write_file("s.db", "", 0);
  assert_int_equal(open_code(in_folder("s.db"), NULL), LK_OK);
  assert_int_equal(open_code(in_folder("nowhere/s.db"), NULL), LK_ERR_IO);
  assert_int_equal(open_code(folder, NULL), LK_ERR_IO);
}

static void a_store_opened_for_reading_is_never_written(void **state) {
  (void)state;
  lk_error err = {0};
  lk_store *store = fresh_store(), *reader = lk_store_open(in_folder("s.db"), &(lk_store_options){.read_only = true}, &err);
  assert_non_null(reader);
  assert_int_equal(write_turn(store, 10, &err), LK_OK);
  assert_int_equal(turns_of(reader), 1);
  assert_int_equal(write_turn(reader, 10, &err), LK_ERR_IO);
  assert_non_null(strstr(err.message, "cannot be written"));
  lk_store_close(reader);
  lk_store_close(store);
  remove_files();
  assert_int_equal(open_code(in_folder("s.db"), &(lk_store_options){.read_only = true}), LK_ERR_IO);
}

static void a_file_without_write_permission_is_refused(void **state) {
  (void)state;
  if (geteuid() == 0) skip(); /* root may write anything */
  lk_store_close(fresh_store());
  chmod(in_folder("s.db"), 0444);
  assert_int_equal(open_code(in_folder("s.db"), NULL), LK_ERR_IO);
  chmod(in_folder("s.db"), 0);
  assert_int_equal(open_code(in_folder("s.db"), NULL), LK_ERR_IO);
}

/* Whatever is overwritten, the store answers with what was written or with an error, and does not crash. */
static void a_damaged_file_is_an_error_and_no_crash(void **state) {
  (void)state;
  lk_error err = {0};
  lk_store *store = fresh_store();
  for (int i = 0; i < 30; i++) assert_int_equal(write_turn(store, 3000, &err), LK_OK);
  lk_store_close(store);
  FILE *f = fopen(in_folder("s.db"), "rb");
  fseek(f, 0, SEEK_END);
  size_t len = (size_t)ftell(f);
  rewind(f);
  char *good = malloc(len), *bad = malloc(len);
  assert_int_equal(fread(good, 1, len, f), len);
  fclose(f);
  unsigned seed = 5;
  int failed = 0;
  for (int round = 0; round < 200; round++) {
    memcpy(bad, good, len);
    for (int hit = 0; hit < 40; hit++) {
      seed = seed * 1103515245u + 12345u;
      size_t at = 100 + (size_t)(seed >> 4) % (len - 108);
      memcpy(bad + at, &seed, sizeof seed);
    }
    if (round % 4 == 0) memset(bad + 4096 * (size_t)(1 + round % 9), 0xA5, 4096);
    size_t shorter = round % 5 == 4 ? len / 2 : len;
    remove_files();
    write_file("s.db", bad, shorter);
    store = lk_store_open(in_folder("s.db"), NULL, &err);
    if (!store) {
      failed++;
      continue;
    }
    lk_code code = write_turn(store, 3000, &err);
    if (code) assert_true(says_how_to_mend(&err));
    failed += code != LK_OK;
    lk_arena *arena = lk_arena_new();
    lk_view json;
    (void)lk_store_export(store, K1, arena, &json, &err);
    lk_arena_free(arena);
    lk_store_close(store);
  }
  assert_true(failed > 20);
  free(good);
  free(bad);
}

static int set_up(void **state) {
  (void)state;
  mount_disk();
  return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state) {
  (void)state;
  remove_files();
  return rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_full_disk_at_any_write_loses_nothing_and_the_store_goes_on),
      cmocka_unit_test(a_batch_on_a_full_disk_fails_as_a_whole),
      cmocka_unit_test(failing_reads_are_an_error_and_no_answer),
      cmocka_unit_test(a_full_disk_while_the_store_is_made_leaves_no_half_store),
      cmocka_unit_test(an_erasure_that_fails_half_way_is_finished_by_the_next_purge),
      cmocka_unit_test(a_locked_store_is_busy_for_as_long_as_it_is_locked),
      cmocka_unit_test(a_reader_that_stays_puts_off_the_end_of_an_erasure),
      cmocka_unit_test(a_file_of_something_else_is_refused_and_left_alone),
      cmocka_unit_test(counting_on_a_full_disk_is_done_whole_or_not_at_all),
      cmocka_unit_test(a_store_of_a_newer_version_is_refused),
      cmocka_unit_test(an_empty_file_becomes_a_store_and_a_missing_folder_does_not),
      cmocka_unit_test(a_store_opened_for_reading_is_never_written),
      cmocka_unit_test(a_file_without_write_permission_is_refused),
      cmocka_unit_test(a_damaged_file_is_an_error_and_no_crash),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
