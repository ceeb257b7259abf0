#include "tool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "luukku/audit.h"

int lk_misuse(const char *command, const char *format, ...) {
  va_list args;
  va_start(args, format);
  (void)fprintf(stderr, "luukku %s: ", command);
  (void)vfprintf(stderr, format, args);
  (void)fprintf(stderr, "; see luukku %s --help\n", command);
  va_end(args);
  return LK_EXIT_UNUSABLE;
}

int lk_complain(const char *command, const lk_error *err) {
  if (err->file[0] && err->line)
    (void)fprintf(stderr, "%s:%d: error: %s\n", err->file, err->line, err->message);
  else if (err->file[0])
    (void)fprintf(stderr, "%s: error: %s\n", err->file, err->message);
  else
    (void)fprintf(stderr, "luukku %s: error: %s\n", command, err->message);
  return LK_EXIT_UNUSABLE;
}

const char *lk_kb_folder(const char *flag) {
  const char *environment = getenv("LUUKKU_KB");
  if (flag) return flag;
  if (environment && *environment) return environment;
  return access(LUUKKU_INSTALLED_KB, R_OK) == 0 ? LUUKKU_INSTALLED_KB : LUUKKU_SAMPLE_KB;
}

const char *lk_db_file(const char *flag) {
  const char *environment = getenv("LUUKKU_DB");
  if (flag) return flag;
  return environment && *environment ? environment : "luukku.db";
}

lk_engine *lk_tool_engine(const char *command, const char *folder, const lk_engine_options *options) {
  lk_error err = {0};
  lk_findings *findings = lk_findings_new();
  lk_engine *engine = lk_engine_load(folder, options, findings, &err);
  bool built = engine && !(options && options->index); /* an index file was made of a KB that held */
  if (built) lk_dialogue_check(lk_engine_kb(engine), findings);
  lk_code code = built ? lk_audit_patterns(engine, findings, &err) : LK_OK;
  bool broken = findings && lk_findings_errors(findings) > 0;
  for (size_t i = 0; broken && i < lk_findings_count(findings); i++)
    if (lk_findings_at(findings, i)->severity == LK_SEVERITY_ERROR)
      lk_finding_print(lk_findings_at(findings, i), LK_FINDING_TEXT, stderr);
  lk_findings_free(findings);
  if (engine && code) (void)lk_complain(command, &err);
  if (engine && (broken || code)) {
    lk_engine_free(engine);
    return NULL;
  }
  if (!engine && !broken) (void)lk_complain(command, &err);
  if (engine && !lk_engine_has_dictionary(engine) && !(options && options->analyzer.no_voikko))
    (void)fprintf(stderr,
                  "luukku %s: warning: Voikko's Finnish dictionary is missing, so inflected words are recognised less well; "
                  "install voikko-fi\n",
                  command);
  return engine;
}

bool lk_tool_lang(const char *command, const char *code, lk_lang *out) {
  *out = lk_lang_of(lk_view_of(code));
  if (*out != LK_LANG_NONE) return true;
  (void)lk_misuse(command, "--lang is fi, sv or en, not '%s'", code);
  return false;
}

static char *read_all(FILE *file, size_t *length) {
  size_t cap = 1 << 16, len = 0;
  char *bytes = malloc(cap);
  while (bytes) {
    len += fread(bytes + len, 1, cap - len - 1, file);
    if (len < cap - 1) break;
    char *grown = realloc(bytes, cap *= 2);
    if (!grown) free(bytes);
    bytes = grown;
  }
  if (bytes) bytes[len] = '\0';
  *length = len;
  return bytes;
}

static bool split(lk_table *table) {
  size_t cap = 0;
  for (char *line = table->bytes, *next; line && *line; line = next) {
    char *end = strchr(line, '\n');
    next = end ? end + 1 : NULL;
    if (end) *end = '\0';
    size_t length = strlen(line);
    if (length && line[length - 1] == '\r') line[length - 1] = '\0';
    if (!*line) continue;
    if (table->rows == cap) {
      cap = cap ? cap * 2 : 256;
      char **grown = realloc(table->cells, cap * table->columns * sizeof *grown);
      if (!grown) return false;
      table->cells = grown;
    }
    for (size_t c = 0; c < table->columns; c++) {
      char *tab = line && c + 1 < table->columns ? strchr(line, '\t') : NULL;
      static char nothing[] = "";
      table->cells[table->rows * table->columns + c] = line ? line : nothing;
      if (tab) *tab = '\0';
      line = tab ? tab + 1 : NULL;
    }
    table->rows++;
  }
  return true;
}

bool lk_table_read(const char *command, const char *path, size_t columns, lk_table *out) {
  *out = (lk_table){.columns = columns};
  bool standard = strcmp(path, "-") == 0;
  FILE *file = standard ? stdin : fopen(path, "rb");
  if (!file) {
    (void)fprintf(stderr, "luukku %s: error: %s cannot be read: %s; check the path\n", command, path, strerror(errno));
    return false;
  }
  size_t length = 0;
  out->bytes = read_all(file, &length);
  bool failed = ferror(file) != 0;
  if (!standard) (void)fclose(file);
  if (!failed && out->bytes && split(out)) return true;
  (void)fprintf(stderr, "luukku %s: error: %s cannot be read: %s; check the file\n", command, path,
                failed ? strerror(errno) : "out of memory");
  lk_table_free(out);
  return false;
}

void lk_table_free(lk_table *table) {
  free(table->bytes);
  free(table->cells);
  *table = (lk_table){0};
}

json_t *lk_json_text(lk_view text) {
  json_t *value = json_stringn(text.ptr ? text.ptr : "", text.len);
  return value ? value : json_string("\xEF\xBF\xBD");
}

void lk_json_line(json_t *value, FILE *out) {
  char *text = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII * 0 | JSON_REAL_PRECISION(6));
  json_decref(value);
  (void)fprintf(out, "%s\n", text ? text : "null");
  free(text);
}

double lk_seconds(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
