/* Writing: all files beside the old ones and on disk first, then the renames. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "edit/edit.h"
#include "kb/folder.h"

typedef struct target {
  char path[PATH_MAX], draft[PATH_MAX], folder[PATH_MAX];
  bool written; /* the draft is there */
} target;

static lk_code fail_io(lk_error *err, const char *path, const char *what) {
  return lk_fail_at(err, LK_ERR_IO, path, 0, "%s: %s; check the disk and the permissions", what, strerror(errno));
}

/* ---- Before ---- */

static lk_code check_unchanged(const lk_edit_file *file, lk_error *err) {
  if (file->fresh) {
    if (access(file->path, F_OK) != 0) return LK_OK;
    return lk_fail_at(err, LK_ERR_STATE, file->path, 0, "the file has been made meanwhile; try again");
  }
  lk_findings *findings = lk_findings_new();
  lk_buffer now = {0};
  bool same = findings && lk_file_read(file->path, findings, &now) && lk_view_eq(lk_buffer_view(&now), file->before);
  bool memory = !findings || now.failed;
  lk_findings_free(findings);
  lk_buffer_free(&now);
  if (memory) return lk_fail_memory(err);
  return same ? LK_OK : lk_fail_at(err, LK_ERR_STATE, file->path, 0, "the file has been changed meanwhile; try again");
}

/* The real path of a file, so that a link is not replaced by a file. */
static lk_code find_target(const lk_edit_file *file, target *out, lk_error *err) {
  if (!file->fresh && !realpath(file->path, out->path)) return fail_io(err, file->path, "it can't be found");
  if (file->fresh && (size_t)snprintf(out->path, sizeof out->path, "%s", file->path) >= sizeof out->path)
    return lk_fail_at(err, LK_ERR_INPUT, file->path, 0, "the path is too long; choose a shorter one");
  const char *slash = strrchr(out->path, '/');
  int len = slash ? (int)(slash - out->path) : 0;
  (void)snprintf(out->folder, sizeof out->folder, "%.*s", slash ? len : 1, slash ? out->path : ".");
  if (slash && !len) (void)strcpy(out->folder, "/");
  int size = snprintf(out->draft, sizeof out->draft, "%.*s.%s.%ld.new", slash ? len + 1 : 0, out->path,
                      slash ? slash + 1 : out->path, (long)getpid());
  if (size < 0 || (size_t)size >= sizeof out->draft)
    return lk_fail_at(err, LK_ERR_INPUT, file->path, 0, "the path is too long; choose a shorter one");
  if (file->fresh && mkdir(out->folder, 0777) != 0 && errno != EEXIST)
    return fail_io(err, out->folder, "the folder can't be made");
  return LK_OK;
}

/* ---- Writing ---- */

static bool write_all(int fd, lk_view text) {
  while (text.len) {
    ssize_t put = write(fd, text.ptr, text.len);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    text.ptr += put;
    text.len -= (size_t)put;
  }
  return true;
}

static lk_code write_draft(const lk_edit_file *file, target *t, lk_error *err) {
  struct stat old;
  mode_t mode = !file->fresh && stat(t->path, &old) == 0 ? old.st_mode & 07777 : 0666;
  int fd = open(t->draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return fail_io(err, t->draft, "it can't be written");
  t->written = true;
  bool good = write_all(fd, file->after) && (file->fresh || fchmod(fd, mode) == 0) && fsync(fd) == 0;
  int number = errno;
  good = close(fd) == 0 && good;
  if (!good) errno = number;
  return good ? LK_OK : fail_io(err, t->draft, "it can't be written");
}

static lk_code rename_draft(target *t, lk_error *err) {
  if (rename(t->draft, t->path) != 0) return fail_io(err, t->path, "it can't be replaced");
  t->written = false;
  int fd = open(t->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* the name is on disk when the folder is */
  if (fd >= 0) {
    (void)fsync(fd);
    (void)close(fd);
  }
  return LK_OK;
}

static lk_code write_files(const lk_edit_file *files, size_t count, target *targets, lk_error *err) {
  lk_code code = LK_OK;
  for (size_t i = 0; !code && i < count; i++) code = check_unchanged(&files[i], err);
  for (size_t i = 0; !code && i < count; i++) code = find_target(&files[i], &targets[i], err);
  for (size_t i = 0; !code && i < count; i++) code = write_draft(&files[i], &targets[i], err);
  for (size_t i = 0; !code && i < count; i++) code = rename_draft(&targets[i], err);
  for (size_t i = 0; i < count; i++)
    if (targets[i].written) (void)unlink(targets[i].draft);
  return code;
}

lk_code lk_edit_write(const lk_edit *edit, lk_error *err) {
  if (edit->in_memory) return lk_fail(err, LK_ERR_STATE, "this knowledge base is not on disk; open its folder to write it");
  lk_arena *arena = lk_arena_new();
  lk_edit_file *files;
  size_t count;
  if (!arena) return lk_fail_memory(err);
  lk_code code = lk_edit_files(edit, arena, &files, &count, err);
  target *targets = code ? NULL : calloc(count + 1, sizeof *targets);
  if (!code) code = targets ? write_files(files, count, targets, err) : lk_fail_memory(err);
  free(targets);
  lk_arena_free(arena);
  return code;
}
