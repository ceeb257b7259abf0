#include "content.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "fail.h"
#include "luukku/audit.h"
#include "luukku/dialogue.h"
#include "luukku/talk.h"

enum { DEPTH = 8 };

struct lk_shelf {
  pthread_mutex_t mutex;
  char *folder, *desk, *index;
  lk_content *content;  /* NULL: never yet */
  uint64_t seen, tried; /* what the files looked like at the last look, and when they were last loaded */
  char trouble[LK_TROUBLE_SIZE];
};

/* ---- Have files changed? ---- */

static uint64_t mix(uint64_t hash, const void *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
  return hash;
}

/* Names, sizes and moments of the XML files, also of what is called so and cannot be read, and which folders there are; the sum does not depend on the folder's order. */
static uint64_t look_at(const char *folder, int depth) {
  DIR *open = depth ? opendir(folder) : NULL;
  uint64_t sum = open ? mix(0xcbf29ce484222325u, folder, strlen(folder)) : 0;
  for (struct dirent *each; open && (each = readdir(open)) != NULL;) {
    char path[4096];
    struct stat about = {0};
    size_t length = strlen(each->d_name);
    if (each->d_name[0] == '.' || snprintf(path, sizeof path, "%s/%s", folder, each->d_name) >= (int)sizeof path) continue;
    if (stat(path, &about) != 0) about = (struct stat){0};
    if (S_ISDIR(about.st_mode)) sum += look_at(path, depth - 1);
    if (S_ISDIR(about.st_mode) || length < 4 || strcmp(each->d_name + length - 4, ".xml") != 0) continue;
    uint64_t hash = mix(0xcbf29ce484222325u, path, strlen(path));
    hash = mix(hash, &about.st_mode, sizeof about.st_mode);
    hash = mix(hash, &about.st_size, sizeof about.st_size);
    hash = mix(hash, &about.st_mtim.tv_sec, sizeof about.st_mtim.tv_sec);
    sum += mix(hash, &about.st_mtim.tv_nsec, sizeof about.st_mtim.tv_nsec);
  }
  if (open) closedir(open);
  return sum;
}

bool lk_shelf_changed(lk_shelf *shelf) {
  uint64_t now = look_at(shelf->folder, DEPTH);
  bool settled = now == shelf->seen;
  shelf->seen = now;
  return settled && now != shelf->tried;
}

/* ---- Loading ---- */

static void free_content(lk_content *content) {
  if (!content) return;
  lk_hours_free(content->hours);
  lk_engine_free(content->engine);
  free(content);
}

/* A knowledge base that loads may still lack a message or have a pattern that does not compile: it is refused like a broken one. */
static lk_code audit(const lk_engine *engine, lk_findings *findings, lk_error *err) {
  lk_dialogue_check(lk_engine_kb(engine), findings);
  lk_code code = lk_audit_patterns(engine, findings, err);
  if (code || lk_findings_errors(findings) == 0) return code;
  return lk_set_error(err, LK_ERR_INPUT, "the knowledge base has errors; mend what luukku kb check shows");
}

/* An index file was made of a knowledge base that held (luukku index sees to it), so it is not audited again. One that does not fit costs time, not the start. */
static lk_engine *load_engine(lk_shelf *shelf, lk_findings *findings, char *note, lk_error *err) {
  lk_error why = {0};
  lk_engine *engine =
      *shelf->index ? lk_engine_load(shelf->folder, &(lk_engine_options){.index = shelf->index}, NULL, &why) : NULL;
  if (engine) return engine;
  if (*shelf->index) snprintf(note, LK_NOTE_SIZE, "%.200s: %.300s", why.file[0] ? why.file : shelf->index, why.message);
  engine = lk_engine_load(shelf->folder, NULL, findings, err);
  if (engine && audit(engine, findings, err) == LK_OK) return engine;
  lk_engine_free(engine);
  return NULL;
}

static lk_content *load(lk_shelf *shelf, lk_findings *findings, lk_error *err) {
  lk_content *content = calloc(1, sizeof *content);
  if (!content || !findings) {
    free(content);
    lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
    return NULL;
  }
  content->loaded = time(NULL);
  content->holders = 1;
  content->engine = load_engine(shelf, findings, content->note, err);
  if (content->engine && lk_talk_hours(lk_engine_kb(content->engine), lk_view_of(shelf->desk), &content->hours, err) == LK_OK)
    return content;
  free_content(content);
  return NULL;
}

static void add_place(FILE *text, const char *file, int line) {
  if (line > 0)
    fprintf(text, "%.200s:%d: ", file, line);
  else
    fprintf(text, "%.200s: ", file);
}

/* Every error that was found, a line each: "file:line: what; how to mend it". The first one is what `err` says. */
static void describe(const lk_findings *findings, lk_error *err, char out[LK_TROUBLE_SIZE]) {
  FILE *text = fmemopen(out, LK_TROUBLE_SIZE, "w");
  bool first = true;
  for (size_t i = 0; text && findings && i < lk_findings_count(findings); i++) {
    const lk_finding *f = lk_findings_at(findings, i);
    if (f->severity != LK_SEVERITY_ERROR) continue;
    if (!first) putc('\n', text);
    add_place(text, f->file, f->line);
    fprintf(text, "%s; %s", f->what, f->mend);
    if (first) {
      lk_set_error(err, LK_ERR_INPUT, "%s; %s", f->what, f->mend);
      snprintf(err->file, sizeof err->file, "%s", f->file);
      err->line = f->line;
    }
    first = false;
  }
  if (text && first && err->file[0]) add_place(text, err->file, err->line);
  if (text && first) fputs(err->message, text);
  if (text) fclose(text);
  out[LK_TROUBLE_SIZE - 1] = '\0';
}

lk_code lk_shelf_reload(lk_shelf *shelf, lk_error *err) {
  lk_error own = {0};
  char trouble[LK_TROUBLE_SIZE] = "";
  shelf->tried = look_at(shelf->folder, DEPTH);
  lk_findings *findings = lk_findings_new();
  lk_content *fresh = load(shelf, findings, &own), *old;
  if (!fresh) describe(findings, &own, trouble);
  lk_findings_free(findings);
  pthread_mutex_lock(&shelf->mutex);
  old = shelf->content;
  if (fresh) {
    fresh->generation = old ? old->generation + 1 : 1;
    shelf->content = fresh;
  }
  memcpy(shelf->trouble, trouble, sizeof trouble);
  pthread_mutex_unlock(&shelf->mutex);
  if (fresh && old) lk_shelf_return(shelf, old);
  if (err) *err = own;
  return fresh ? LK_OK : own.code ? own.code : LK_ERR_INPUT;
}

lk_shelf *lk_shelf_new(const char *folder, const char *desk, const char *index, lk_error *err) {
  lk_shelf *shelf = calloc(1, sizeof *shelf);
  if (shelf) {
    pthread_mutex_init(&shelf->mutex, NULL);
    shelf->folder = strdup(folder);
    shelf->desk = strdup(desk);
    shelf->index = strdup(index);
  }
  if (shelf && shelf->folder && shelf->desk && shelf->index) return shelf;
  lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
  lk_shelf_close(shelf);
  return NULL;
}

lk_shelf *lk_shelf_open(const char *folder, const char *desk, const char *index, lk_error *err) {
  lk_shelf *shelf = lk_shelf_new(folder, desk, index, err);
  if (!shelf || lk_shelf_reload(shelf, err) == LK_OK) return shelf;
  lk_shelf_close(shelf);
  return NULL;
}

void lk_shelf_close(lk_shelf *shelf) {
  if (!shelf) return;
  free_content(shelf->content);
  pthread_mutex_destroy(&shelf->mutex);
  free(shelf->folder);
  free(shelf->desk);
  free(shelf->index);
  free(shelf);
}

/* ---- Using ---- */

lk_content *lk_shelf_take(lk_shelf *shelf) {
  pthread_mutex_lock(&shelf->mutex);
  lk_content *content = shelf->content;
  if (content) content->holders++;
  pthread_mutex_unlock(&shelf->mutex);
  return content;
}

void lk_shelf_return(lk_shelf *shelf, lk_content *content) {
  if (!content) return;
  pthread_mutex_lock(&shelf->mutex);
  bool last = --content->holders == 0;
  pthread_mutex_unlock(&shelf->mutex);
  if (last) free_content(content);
}

const char *lk_shelf_folder(const lk_shelf *shelf) { return shelf->folder; }

uint64_t lk_shelf_generation(lk_shelf *shelf) {
  pthread_mutex_lock(&shelf->mutex);
  uint64_t generation = shelf->content ? shelf->content->generation : 0;
  pthread_mutex_unlock(&shelf->mutex);
  return generation;
}

void lk_shelf_troubles(lk_shelf *shelf, char out[LK_TROUBLE_SIZE]) {
  pthread_mutex_lock(&shelf->mutex);
  memcpy(out, shelf->trouble, sizeof shelf->trouble);
  pthread_mutex_unlock(&shelf->mutex);
}

void lk_shelf_trouble(lk_shelf *shelf, char *out, size_t room) {
  char all[LK_TROUBLE_SIZE];
  lk_shelf_troubles(shelf, all);
  all[strcspn(all, "\n")] = '\0';
  snprintf(out, room, "%s", all);
}
