#include "kb/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/vector.h"
#include "kb/limits.h"

static const char *reason(int number) {
  switch (number) {
    case ENOENT:
      return "it does not exist";
    case ENOTDIR:
      return "it is no folder";
    case EACCES:
    case EPERM:
      return "there is no permission to read it";
    case ELOOP:
      return "its symbolic links lead in a circle";
    case EMFILE:
    case ENFILE:
      return "too many files are open";
    default:
      return "the disk or file system reports an error";
  }
}

static bool is_xml(const char *name) {
  size_t len = strlen(name);
  return name[0] != '.' && len > 4 && strcasecmp(name + len - 4, ".xml") == 0;
}

static char *join(lk_arena *arena, const char *folder, const char *name) {
  size_t len = strlen(folder);
  while (len > 1 && folder[len - 1] == '/') len--;
  lk_buffer path = {0};
  lk_buffer_add(&path, (lk_view){folder, len});
  if (len && folder[len - 1] != '/') lk_buffer_addc(&path, '/');
  lk_buffer_adds(&path, name);
  char *joined = path.failed ? NULL : lk_arena_string(arena, lk_buffer_view(&path));
  lk_buffer_free(&path);
  return joined;
}

static lk_code list_folder(const char *folder, int depth, lk_arena *arena, lk_findings *findings, lk_file_list *list);

static lk_code list_name(const char *folder, const char *name, int depth, lk_arena *arena, lk_findings *findings,
                         lk_file_list *list) {
  char *path = join(arena, folder, name);
  if (!path) return LK_ERR_MEMORY;
  struct stat info;
  bool found = lstat(path, &info) == 0;
  if (found && S_ISDIR(info.st_mode)) return list_folder(path, depth + 1, arena, findings, list);
  if (found && S_ISLNK(info.st_mode) && stat(path, &info) == 0 && S_ISDIR(info.st_mode)) return LK_OK;
  if (!is_xml(name) || list->count > LK_LIMIT_FILES) return LK_OK;
  if (list->count == LK_LIMIT_FILES)
    (void)lk_findings_add(findings, LK_SEVERITY_ERROR, "too-many", folder, 0, "join small files",
                          "there are more than 2,000 files");
  return LK_PUSH(list, path) ? LK_OK : LK_ERR_MEMORY;
}

static lk_code list_names(DIR *open, const char *folder, int depth, lk_arena *arena, lk_findings *findings, lk_file_list *list) {
  lk_code code = LK_OK;
  const struct dirent *item;
  while (!code && (item = readdir(open)) != NULL)
    if (item->d_name[0] != '.') code = list_name(folder, item->d_name, depth, arena, findings, list);
  return code;
}

static lk_code list_folder(const char *folder, int depth, lk_arena *arena, lk_findings *findings, lk_file_list *list) {
  if (depth > LK_LIMIT_FOLDER_DEPTH)
    return lk_findings_add(findings, LK_SEVERITY_ERROR, "too-deep", folder, 0, "move its files up",
                           "folders are nested more than 8 levels deep here");
  DIR *open = opendir(folder);
  if (!open && errno == ENOMEM) return LK_ERR_MEMORY;
  if (!open)
    return lk_findings_add(findings, LK_SEVERITY_ERROR, "unreadable", folder, 0, "check the folder and its permissions",
                           "this folder can't be read: %s", reason(errno));
  lk_code code = list_names(open, folder, depth, arena, findings, list);
  (void)closedir(open);
  return code;
}

static int compare_paths(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

lk_code lk_folder_list(const char *folder, lk_arena *arena, lk_findings *findings, lk_file_list *list, lk_error *err) {
  *list = (lk_file_list){0};
  struct stat info;
  int number = stat(folder, &info) ? errno : S_ISDIR(info.st_mode) ? 0 : ENOTDIR;
  if (!number && access(folder, R_OK | X_OK)) number = errno;
  if (number)
    return lk_fail_at(err, LK_ERR_IO, folder, 0, "the knowledge base's folder can't be read: %s; name a folder with XML files",
                      reason(number));
  if (list_folder(folder, 0, arena, findings, list)) return lk_fail_memory(err);
  if (list->count) qsort(list->items, list->count, sizeof *list->items, compare_paths);
  if (!list->count && !lk_findings_errors(findings))
    return lk_fail_at(err, LK_ERR_INPUT, folder, 0,
                      "there is no XML file in this folder or below it; name the folder of a knowledge base");
  return LK_OK;
}

/* ---- Reading ---- */

static bool refuse(lk_findings *findings, const char *path, const char *code, const char *what, const char *mend) {
  (void)lk_findings_add(findings, LK_SEVERITY_ERROR, code, path, 0, mend, "%s", what);
  return false;
}

static bool refuse_unreadable(lk_findings *findings, const char *path, int number) {
  (void)lk_findings_add(findings, LK_SEVERITY_ERROR, "unreadable", path, 0, "check the file and its permissions",
                        "this file can't be read: %s", reason(number));
  return false;
}

/* One read for what the file has, and one that finds its end. */
static bool read_all(int fd, size_t size, const char *path, lk_findings *findings, lk_buffer *out) {
  ssize_t got;
  for (size_t room = size + 1; lk_buffer_reserve(out, room); room = 16384) {
    got = read(fd, out->ptr + out->len, room);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse_unreadable(findings, path, errno);
    out->len += (size_t)got;
    out->ptr[out->len] = '\0';
    /* It may shrink or grow while it is read; the parser's own check refuses what is too large. */
    if (got == 0 || out->len > LK_LIMIT_FILE_BYTES) return true;
  }
  return false;
}

bool lk_file_read(const char *path, lk_findings *findings, lk_buffer *out) {
  lk_buffer_clear(out);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a pipe named x.xml must not block */
  if (fd < 0) return refuse_unreadable(findings, path, errno);
  struct stat info;
  bool good = fstat(fd, &info) == 0;
  if (!good)
    (void)refuse_unreadable(findings, path, errno);
  else if (!S_ISREG(info.st_mode))
    good = refuse(findings, path, "unreadable", "this is no ordinary file", "remove it from the folder");
  else if (info.st_size > LK_LIMIT_FILE_BYTES)
    good = refuse(findings, path, "file-too-large", "this file is larger than 4 MB", "split it into several files");
  good = good && read_all(fd, (size_t)info.st_size, path, findings, out);
  (void)close(fd);
  return good;
}
