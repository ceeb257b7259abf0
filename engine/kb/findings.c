#include "kb/findings.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/vector.h"

typedef struct row {
  lk_finding finding;
  size_t arrival; /* keeps findings of one line in the order in which they were seen */
} row;

struct lk_findings {
  lk_arena *arena;
  row *items;
  size_t count, cap;
  size_t errors, warnings;
  bool (*wanted)(void *self, const char *code);
  void *self;
  bool failed;
};

lk_findings *lk_findings_new(void) {
  lk_findings *findings = calloc(1, sizeof *findings);
  if (!findings) return NULL;
  findings->arena = lk_arena_new();
  if (!findings->arena) {
    free(findings);
    return NULL;
  }
  return findings;
}

void lk_findings_free(lk_findings *findings) {
  if (!findings) return;
  lk_arena_free(findings->arena);
  free(findings->items);
  free(findings);
}

lk_view lk_excerpt(lk_view text, size_t max) {
  if (text.len <= max) return text;
  while (max > 0 && ((unsigned char)text.ptr[max] & 0xC0) == 0x80) max--;
  return (lk_view){text.ptr, max};
}

/* A finding is one line, whatever an editor's file put into it. */
static const char *one_line(lk_findings *findings, lk_view text) {
  char *copy = lk_arena_string(findings->arena, text);
  for (char *c = copy; c && *c; c++)
    if ((unsigned char)*c < 0x20 || *c == 0x7F) *c = ' ';
  return copy;
}

static bool append(lk_findings *findings, lk_finding f, lk_view what) {
  f.what = one_line(findings, what);
  f.mend = one_line(findings, lk_view_of(f.mend));
  f.code = one_line(findings, lk_view_of(f.code));
  f.file = one_line(findings, lk_view_of(f.file));
  if (!f.what || !f.mend || !f.code || !f.file) return false;
  return LK_PUSH(findings, (row){f, findings->count});
}

lk_code lk_findings_add_list(lk_findings *findings, lk_severity severity, const char *code, const char *file, int line,
                             const char *mend, const char *what, va_list args) {
  if (findings->wanted && !findings->wanted(findings->self, code)) return LK_OK;
  if (severity == LK_SEVERITY_ERROR)
    findings->errors++;
  else
    findings->warnings++;
  if (findings->count >= LK_FINDINGS_MAX) return LK_OK;
  char text[1024];
  int length = vsnprintf(text, sizeof text, what, args);
  lk_view cut = {text, length < 0 ? 0 : (size_t)length < sizeof text ? (size_t)length : sizeof text - 1};
  if (append(findings, (lk_finding){severity, code, file ? file : "", line, NULL, mend}, cut)) return LK_OK;
  findings->failed = true;
  return LK_ERR_MEMORY;
}

lk_code lk_findings_add(lk_findings *findings, lk_severity severity, const char *code, const char *file, int line,
                        const char *mend, const char *what, ...) {
  va_list args;
  va_start(args, what);
  lk_code result = lk_findings_add_list(findings, severity, code, file, line, mend, what, args);
  va_end(args);
  return result;
}

void lk_findings_want(lk_findings *findings, bool (*wanted)(void *self, const char *code), void *self) {
  findings->wanted = wanted;
  findings->self = self;
}

lk_code lk_findings_join(lk_findings *findings, const lk_findings *others) {
  lk_code code = LK_OK;
  size_t errors = findings->errors + others->errors, warnings = findings->warnings + others->warnings;
  for (size_t i = 0; !code && i < others->count; i++) {
    const lk_finding *f = &others->items[i].finding;
    code = lk_findings_add(findings, f->severity, f->code, f->file, f->line, f->mend, "%s", f->what);
  }
  findings->errors = errors; /* those past the limit as well */
  findings->warnings = warnings;
  return code;
}

size_t lk_findings_count(const lk_findings *findings) { return findings->count; }
const lk_finding *lk_findings_at(const lk_findings *findings, size_t at) { return &findings->items[at].finding; }
size_t lk_findings_errors(const lk_findings *findings) { return findings->errors; }
size_t lk_findings_warnings(const lk_findings *findings) { return findings->warnings; }
bool lk_findings_failed(const lk_findings *findings) { return findings->failed; }

const lk_finding *lk_findings_first_error(const lk_findings *findings) {
  for (size_t i = 0; i < findings->count; i++)
    if (findings->items[i].finding.severity == LK_SEVERITY_ERROR) return &findings->items[i].finding;
  return NULL;
}

static int compare_rows(const void *left, const void *right) {
  const row *a = left, *b = right;
  int by_file = strcmp(a->finding.file, b->finding.file);
  if (by_file) return by_file;
  if (a->finding.line != b->finding.line) return a->finding.line < b->finding.line ? -1 : 1;
  return a->arrival < b->arrival ? -1 : a->arrival > b->arrival;
}

void lk_findings_sort(lk_findings *findings) {
  if (findings->count) qsort(findings->items, findings->count, sizeof *findings->items, compare_rows);
}

static void print_text(const lk_finding *f, FILE *out) {
  if (*f->file) (void)fprintf(out, "%s:", f->file);
  if (*f->file && f->line > 0) (void)fprintf(out, "%d:", f->line);
  (void)fprintf(out, "%s%s: %s; %s [%s]\n", *f->file ? " " : "", f->severity == LK_SEVERITY_ERROR ? "error" : "warning", f->what,
                f->mend, f->code);
}

/* Percent-escapes as workflow commands want them; in a property, colon and comma are special too. */
static void print_escaped(const char *text, bool property, FILE *out) {
  for (; *text; text++) {
    if (*text == '%' || (property && (*text == ':' || *text == ',')))
      (void)fprintf(out, "%%%02X", (unsigned)(unsigned char)*text);
    else
      (void)fputc(*text, out);
  }
}

static void print_github(const lk_finding *f, FILE *out) {
  (void)fprintf(out, "::%s title=%s", f->severity == LK_SEVERITY_ERROR ? "error" : "warning", f->code);
  if (*f->file) {
    (void)fputs(",file=", out);
    print_escaped(f->file, true, out);
    if (f->line > 0) (void)fprintf(out, ",line=%d", f->line);
  }
  (void)fputs("::", out);
  print_escaped(f->what, false, out);
  (void)fputs("; ", out);
  print_escaped(f->mend, false, out);
  (void)fputc('\n', out);
}

void lk_finding_print(const lk_finding *finding, lk_finding_format format, FILE *out) {
  if (format == LK_FINDING_GITHUB)
    print_github(finding, out);
  else
    print_text(finding, out);
}
