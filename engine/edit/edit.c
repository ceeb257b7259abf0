/* Opening, and putting the result together. The changes themselves stand in change.c and lexicon.c. */
#include "edit/edit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/vector.h"
#include "kb/folder.h"
#include "kb/limits.h"

/* ---- Files ---- */

static const char *newline_of(lk_view text) {
  const char *end = memchr(text.ptr, '\n', text.len);
  return end && end > text.ptr && end[-1] == '\r' ? "\r\n" : "\n";
}

/* The path below the folder; a file elsewhere keeps its path, but is never absolute in a patch. */
static const char *name_below(const lk_edit *edit, const char *path) {
  size_t len = edit->folder ? strlen(edit->folder) : 0;
  while (len > 1 && edit->folder[len - 1] == '/') len--;
  if (len && strncmp(path, edit->folder, len) == 0 && path[len] == '/') path += len;
  while (*path == '/' || (path[0] == '.' && path[1] == '/')) path++;
  return path;
}

static lk_code add_file(lk_edit *edit, const char *path, lk_view text, const struct stat *info, lk_error *err) {
  lk_draft_file file = {.path = lk_arena_string(edit->arena, lk_view_of(path)), .text = lk_arena_copy(edit->arena, text)};
  if (!file.path || !file.text.ptr) return lk_fail_memory(err);
  file.name = name_below(edit, file.path);
  file.newline = newline_of(file.text);
  if (info) {
    file.device = info->st_dev;
    file.inode = info->st_ino;
  }
  return LK_PUSH(&edit->files, file) ? LK_OK : lk_fail_memory(err);
}

static bool is_known(const lk_edit *edit, const struct stat *info) {
  for (size_t i = 0; i < edit->files.count; i++)
    if (edit->files.items[i].inode == info->st_ino && edit->files.items[i].device == info->st_dev) return true;
  return false;
}

static lk_code read_file(lk_edit *edit, const char *path, lk_findings *findings, size_t *total, lk_error *err) {
  struct stat info;
  lk_buffer text = {0};
  bool there = stat(path, &info) == 0;
  if (there && is_known(edit, &info)) return LK_OK;
  bool read = lk_file_read(path, findings, &text);
  lk_code code = text.failed ? lk_fail_memory(err) : LK_OK;
  *total += text.len;
  if (!code && *total > LK_LIMIT_ALL_BYTES)
    code = lk_fail_at(err, LK_ERR_LIMIT, path, 0,
                      "the files of this knowledge base are larger than 64 MB together; take out what does not belong to it");
  if (!code && read) code = add_file(edit, path, lk_buffer_view(&text), there ? &info : NULL, err);
  lk_buffer_free(&text);
  return code;
}

static lk_code read_folder(lk_edit *edit, const char *folder, bool may_be_empty, lk_findings *findings, size_t *total,
                           lk_error *err) {
  lk_file_list list;
  lk_error own = {0};
  lk_code code = lk_folder_list(folder, edit->arena, findings, &list, &own);
  bool empty = code == LK_ERR_INPUT && may_be_empty;
  if (code && !empty && err) *err = own;
  if (empty) code = LK_OK;
  for (size_t i = 0; !code && i < list.count; i++) code = read_file(edit, list.items[i], findings, total, err);
  free(list.items);
  return code;
}

static lk_code read_also(lk_edit *edit, const char *also, lk_findings *findings, size_t *total, lk_error *err) {
  struct stat info;
  if (stat(also, &info) != 0) {
    if (errno == ENOENT) return LK_OK;
    return lk_fail_at(err, LK_ERR_IO, also, 0, "it can't be read: %s; check the path and its permissions", strerror(errno));
  }
  return S_ISDIR(info.st_mode) ? read_folder(edit, also, true, findings, total, err)
                               : read_file(edit, also, findings, total, err);
}

/* ---- Loading and marking ---- */

static lk_code key_of(char *out, size_t size, lk_view id, lk_lang lang, lk_view *key) {
  int len = snprintf(out, size, "%s:%.*s", lk_lang_code(lang), LK_FMT(id));
  *key = (lk_view){out, len > 0 ? (size_t)len : 0};
  return len > 0 && (size_t)len < size ? LK_OK : LK_ERR_INPUT;
}

static bool is_entry(const lk_mark *mark) {
  return lk_mark_is(mark, "article") || lk_mark_is(mark, "intent") || lk_mark_is(mark, "chat") || lk_mark_is(mark, "not-covered");
}

static bool note_entry(lk_edit *edit, size_t file, size_t at) {
  const lk_marks *marks = &edit->files.items[file].marks;
  char text[LK_LIMIT_ID_CHARACTERS + 8];
  lk_view key;
  if (key_of(text, sizeof text, lk_mark_attribute(marks, &marks->items[at], "id"), marks->items[at].lang, &key)) return true;
  lk_place place = {(uint32_t)file, (uint32_t)at};
  return lk_map_put(edit->entries, key, (uint32_t)edit->places.count) && LK_PUSH(&edit->places, place);
}

static lk_code mark_file(lk_edit *edit, size_t at, lk_error *err) {
  lk_draft_file *file = &edit->files.items[at];
  lk_code code = lk_marks_read(file->text, &file->marks);
  if (code == LK_ERR_MEMORY) return lk_fail_memory(err);
  if (code)
    return lk_fail_at(err, LK_ERR_INPUT, file->path, 0,
                      "its elements are written with a prefix; write <kb xmlns=\"urn:luukku:kb:1\"> and no prefixes");
  for (size_t i = 0; i < file->marks.count; i++)
    if (file->marks.items[i].depth == 1 && is_entry(&file->marks.items[i]) && !note_entry(edit, at, i))
      return lk_fail_memory(err);
  return LK_OK;
}

static lk_code load(lk_edit *edit, lk_findings *findings, lk_error *err) {
  lk_source *sources = LK_NEW_ARRAY(edit->arena, lk_source, edit->files.count);
  if (!sources) return lk_fail_memory(err);
  for (size_t i = 0; i < edit->files.count; i++) sources[i] = (lk_source){edit->files.items[i].path, edit->files.items[i].text};
  edit->kb = lk_kb_load_sources(sources, edit->files.count, findings, err);
  lk_code code = edit->kb ? LK_OK : LK_ERR_INPUT;
  edit->opened = edit->files.count;
  for (size_t i = 0; !code && i < edit->files.count; i++) code = mark_file(edit, i, err);
  return code;
}

/* ---- Opening ---- */

static lk_edit *edit_new(void) {
  lk_edit *edit = calloc(1, sizeof *edit);
  if (!edit) return NULL;
  edit->arena = lk_arena_new();
  edit->changes = lk_arena_new();
  edit->entries = lk_map_new();
  edit->added = lk_map_new();
  if (edit->arena && edit->changes && edit->entries && edit->added) return edit;
  lk_edit_free(edit);
  return NULL;
}

static lk_code open_folder(lk_edit *edit, const char *folder, const char *also, lk_findings *findings, lk_error *err) {
  size_t total = 0, errors = lk_findings_errors(findings);
  if (folder && !(edit->folder = lk_arena_string(edit->arena, lk_view_of(folder)))) return lk_fail_memory(err);
  lk_code code = folder ? read_folder(edit, folder, false, findings, &total, err) : LK_OK;
  if (!code && also) code = read_also(edit, also, findings, &total, err);
  for (size_t i = 0; !code && lk_findings_errors(findings) > errors && i < lk_findings_count(findings); i++) {
    const lk_finding *f = lk_findings_at(findings, i);
    if (f->severity == LK_SEVERITY_ERROR) code = lk_fail_at(err, LK_ERR_INPUT, f->file, f->line, "%s; %s", f->what, f->mend);
  }
  return code ? code : load(edit, findings, err);
}

static lk_code open_sources(lk_edit *edit, const lk_source *sources, size_t count, lk_findings *findings, lk_error *err) {
  lk_code code = LK_OK;
  edit->in_memory = true;
  for (size_t i = 0; !code && i < count; i++) code = add_file(edit, sources[i].name, sources[i].text, NULL, err);
  return code ? code : load(edit, findings, err);
}

static lk_edit *open_either(const char *folder, const char *also, const lk_source *sources, size_t count, lk_findings *findings,
                            lk_error *err) {
  lk_findings *own = findings ? NULL : lk_findings_new();
  lk_edit *edit = findings || own ? edit_new() : NULL;
  lk_findings *to = findings ? findings : own;
  lk_code code = edit ? sources ? open_sources(edit, sources, count, to, err) : open_folder(edit, folder, also, to, err)
                      : lk_fail_memory(err);
  lk_findings_free(own);
  if (!code) return edit;
  lk_edit_free(edit);
  return NULL;
}

lk_edit *lk_edit_open(const char *folder, const char *also, lk_findings *findings, lk_error *err) {
  return open_either(folder, also, NULL, 0, findings, err);
}

lk_edit *lk_edit_open_sources(const lk_source *sources, size_t count, lk_findings *findings, lk_error *err) {
  static const lk_source none = {"", {"", 0}};
  return open_either(NULL, NULL, sources ? sources : &none, count, findings, err);
}

static void forget_fresh(lk_edit *edit) {
  while (edit->files.count > edit->opened) lk_marks_free(&edit->files.items[--edit->files.count].marks);
}

void lk_edit_free(lk_edit *edit) {
  if (!edit) return;
  for (size_t i = 0; i < edit->files.count; i++) lk_marks_free(&edit->files.items[i].marks);
  lk_kb_free(edit->kb);
  lk_map_free(edit->entries);
  lk_map_free(edit->added);
  free(edit->files.items);
  free(edit->places.items);
  free(edit->splices.items);
  lk_arena_free(edit->changes);
  lk_arena_free(edit->arena);
  free(edit);
}

const lk_kb *lk_edit_kb(const lk_edit *edit) { return edit->kb; }
size_t lk_edit_count(const lk_edit *edit) { return edit->changed; }

void lk_edit_reset(lk_edit *edit) {
  forget_fresh(edit);
  lk_map *empty = lk_map_new();
  if (empty) { /* otherwise what was added stays taken, which is the safe side */
    lk_map_free(edit->added);
    edit->added = empty;
  }
  edit->splices.count = edit->changed = 0;
  lk_arena_reset(edit->changes);
}

const lk_place *lk_edit_find(const lk_edit *edit, lk_view id, lk_lang lang) {
  char text[LK_LIMIT_ID_CHARACTERS + 8];
  lk_view key;
  const uint32_t *at = key_of(text, sizeof text, id, lang, &key) ? NULL : lk_map_get(edit->entries, key);
  return at ? &edit->places.items[*at] : NULL;
}

/* ---- New files ---- */

static lk_code make_file(lk_edit *edit, const char *path, lk_lang lang, lk_error *err) {
  lk_buffer text = {0};
  lk_buffer_addf(&text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"%s\">\n</kb>\n",
                 lk_lang_code(lang));
  lk_draft_file file = {.path = lk_arena_string(edit->changes, lk_view_of(path)),
                        .text = lk_arena_copy(edit->changes, lk_buffer_view(&text)),
                        .newline = "\n",
                        .fresh = true};
  bool made = !text.failed && file.path && file.text.ptr && lk_marks_read(file.text, &file.marks) == LK_OK;
  lk_buffer_free(&text);
  if (made) file.name = name_below(edit, file.path);
  if (made && LK_PUSH(&edit->files, file)) return LK_OK;
  lk_marks_free(&file.marks);
  return lk_fail_memory(err);
}

size_t lk_edit_file_at(lk_edit *edit, const char *path, lk_lang lang, lk_error *err) {
  struct stat info;
  bool there = !edit->in_memory && stat(path, &info) == 0;
  for (size_t i = 0; i < edit->files.count; i++) {
    const lk_draft_file *file = &edit->files.items[i];
    if (strcmp(file->path, path) == 0) return i;
    if (there && file->inode == info.st_ino && file->device == info.st_dev) return i;
  }
  if (there) {
    (void)lk_fail_at(err, LK_ERR_INPUT, path, 0, "this file does not belong to the knowledge base; name one within its folder");
    return SIZE_MAX;
  }
  size_t len = strlen(path);
  if (len < 5 || strcmp(path + len - 4, ".xml") != 0) {
    (void)lk_fail_at(err, LK_ERR_INPUT, path, 0, "a file of a knowledge base is called something.xml; name it so");
    return SIZE_MAX;
  }
  return make_file(edit, path, lang, err) ? SIZE_MAX : edit->files.count - 1;
}

/* ---- The result ---- */

static int compare_splices(const void *a, const void *b) {
  const lk_splice *x = a, *y = b;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  if (x->end != y->end) return x->end < y->end ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

static bool is_changed(const lk_edit *edit, size_t file) {
  for (size_t i = 0; i < edit->splices.count; i++)
    if (edit->splices.items[i].file == file) return true;
  return false;
}

static size_t splices_of(const lk_edit *edit, size_t file, lk_splice *out) {
  size_t count = 0;
  for (size_t i = 0; i < edit->splices.count; i++)
    if (edit->splices.items[i].file == file) out[count++] = edit->splices.items[i];
  if (count) qsort(out, count, sizeof *out, compare_splices);
  return count;
}

/* Appends the file's text with its splices; `regions` are in `arena`. */
static lk_code compose(const lk_edit *edit, size_t file, lk_arena *arena, lk_buffer *out, lk_region **regions, size_t *count) {
  lk_view text = edit->files.items[file].text;
  lk_splice *list = malloc((edit->splices.count + 1) * sizeof *list);
  lk_region *found = LK_NEW_ARRAY(arena, lk_region, edit->splices.count + 1);
  size_t at = 0, start = out->len;
  *regions = found;
  *count = list && found ? splices_of(edit, file, list) : 0;
  for (size_t i = 0; i < *count; i++) {
    lk_buffer_add(out, (lk_view){text.ptr + at, list[i].start - at});
    found[i] = (lk_region){list[i].start, list[i].end, out->len - start, out->len - start + list[i].text.len};
    lk_buffer_add(out, list[i].text);
    at = list[i].end;
  }
  lk_buffer_add(out, (lk_view){text.ptr + at, text.len - at});
  bool failed = !list || !found || out->failed;
  free(list);
  return failed ? LK_ERR_MEMORY : LK_OK;
}

static lk_code compose_file(const lk_edit *edit, size_t at, lk_arena *arena, lk_edit_file *out, lk_region **regions,
                            size_t *count) {
  const lk_draft_file *file = &edit->files.items[at];
  lk_buffer text = {0};
  lk_code code = compose(edit, at, arena, &text, regions, count);
  *out = (lk_edit_file){.path = file->path,
                        .name = file->name,
                        .before = file->fresh ? (lk_view){"", 0} : file->text,
                        .after = code ? (lk_view){NULL, 0} : lk_arena_copy(arena, lk_buffer_view(&text)),
                        .fresh = file->fresh};
  lk_buffer_free(&text);
  return out->after.ptr ? LK_OK : LK_ERR_MEMORY;
}

lk_code lk_edit_files(const lk_edit *edit, lk_arena *arena, lk_edit_file **files, size_t *count, lk_error *err) {
  lk_edit_file *list = LK_NEW_ARRAY(arena, lk_edit_file, edit->files.count);
  lk_code code = list ? LK_OK : LK_ERR_MEMORY;
  lk_region *regions;
  *files = list;
  *count = 0;
  for (size_t i = 0, ignored; !code && i < edit->files.count; i++)
    if (is_changed(edit, i)) code = compose_file(edit, i, arena, &list[(*count)++], &regions, &ignored);
  return code ? lk_fail_memory(err) : LK_OK;
}

lk_code lk_edit_diff(const lk_edit *edit, lk_arena *arena, lk_view *diff, lk_error *err) {
  lk_buffer out = {0};
  lk_code code = LK_OK;
  for (size_t i = 0; !code && i < edit->files.count; i++) {
    lk_edit_file file;
    lk_region *regions;
    size_t count;
    if (!is_changed(edit, i)) continue;
    code = compose_file(edit, i, arena, &file, &regions, &count);
    if (!code) lk_diff_file(&out, &file, regions, count);
  }
  *diff = code || out.failed ? (lk_view){NULL, 0} : lk_arena_copy(arena, lk_buffer_view(&out));
  lk_buffer_free(&out);
  return diff->ptr ? LK_OK : lk_fail_memory(err);
}

lk_kb *lk_edit_load(const lk_edit *edit, lk_findings *findings, lk_error *err) {
  lk_arena *arena = lk_arena_new();
  lk_source *sources = arena ? LK_NEW_ARRAY(arena, lk_source, edit->files.count) : NULL;
  lk_code code = sources ? LK_OK : LK_ERR_MEMORY;
  for (size_t i = 0, ignored; !code && i < edit->files.count; i++) {
    lk_edit_file file;
    lk_region *regions;
    sources[i] = (lk_source){edit->files.items[i].path, edit->files.items[i].text};
    if (!is_changed(edit, i)) continue;
    code = compose_file(edit, i, arena, &file, &regions, &ignored);
    sources[i].text = file.after;
  }
  if (code) (void)lk_fail_memory(err);
  lk_kb *kb = code ? NULL : lk_kb_load_sources(sources, edit->files.count, findings, err);
  lk_arena_free(arena);
  return kb;
}
