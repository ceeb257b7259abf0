/* luukku kb check: everything that can be said of a knowledge base before a customer meets it. */
#include <getopt.h>
#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kb.h"
#include "luukku/audit.h"
#include "luukku/calendar.h"
#include "tool.h"

static const char usage[] =
    "Usage: luukku kb check [--kb DIR] [--strict] [--only CODE,…] [--except CODE,…] [--limit N] [--json] [--format text|github]\n"
    "\n"
    "Reads a knowledge base and lists what is wrong with it, or worth a look, with file, line and how to mend it. Each\n"
    "phrasing is also asked as if a customer did and the knowledge base did not have it.\n"
    "\n"
    "  --kb DIR          the folder (default: $LUUKKU_KB, then the sample shop's)\n"
    "  --strict          warnings count as errors\n"
    "  --only CODE,…     findings of these kinds only; the code stands in brackets at a finding's end\n"
    "  --except CODE,…   findings of all kinds but these\n"
    "                    (what keeps the knowledge base from being loaded is always told)\n"
    "  --limit N         show N findings of a kind at the most (default 10; 0: all); --json shows all\n"
    "  --json            one JSON value on standard output: {errors, warnings, entries, findings: [{severity, code, file, line, "
    "what, mend}]}\n"
    "  --format FORMAT   text: file:line: error: what; how to mend it [code] (default)\n"
    "                    github: annotations for a workflow's log\n"
    "  --help            this text\n"
    "\n"
    "kb/FORMAT.md says what each code means. Exit status: 0 nothing wrong, 1 the check found something, 2 the knowledge base\n"
    "can't be used at all.\n";

enum { LIMIT = 10, LIMIT_MAX = 1000000, CODES = 100 };

typedef struct check_options {
  const char *folder, *only, *except;
  bool strict, json;
  lk_finding_format format;
  size_t limit;
} check_options;

/* ---- Options ---- */

/* Is `code` one of a list with commas? */
static bool is_listed(const char *list, const char *code) {
  size_t length = strlen(code);
  for (const char *at = list; at; at = strchr(at, ','), at = at ? at + 1 : NULL)
    if (strncmp(at, code, length) == 0 && (at[length] == ',' || !at[length])) return true;
  return false;
}

static bool is_wanted(void *self, const char *code) {
  const check_options *options = self;
  if (options->only && !is_listed(options->only, code)) return false;
  return !options->except || !is_listed(options->except, code);
}

static bool read_limit(const char *text, size_t *out) {
  char *end;
  unsigned long value = strtoul(text, &end, 10);
  bool fine = *text >= '0' && *text <= '9' && !*end && value <= LIMIT_MAX;
  *out = fine && value ? value : LIMIT_MAX;
  return fine;
}

/* -1 to go on, or an exit status. */
static int read_option(int option, check_options *out) {
  switch (option) {
    case 'k':
      out->folder = optarg;
      return -1;
    case 's':
      out->strict = true;
      return -1;
    case 'o':
      out->only = optarg;
      return -1;
    case 'e':
      out->except = optarg;
      return -1;
    case 'l':
      return read_limit(optarg, &out->limit) ? -1 : lk_misuse("kb", "--limit is a number, 0 for all");
    case 'j':
      out->json = true;
      return -1;
    case 'f':
      out->format = strcmp(optarg, "github") == 0 ? LK_FINDING_GITHUB : LK_FINDING_TEXT;
      return out->format == LK_FINDING_GITHUB || strcmp(optarg, "text") == 0 ? -1 : lk_misuse("kb", "--format is text or github");
    case 'h':
      return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
    default:
      return LK_EXIT_UNUSABLE; /* getopt has said what it was */
  }
}

static int read_options(int argc, char **argv, check_options *out) {
  static const struct option names[] = {
      {"kb", required_argument, NULL, 'k'}, {"strict", no_argument, NULL, 's'},       {"only", required_argument, NULL, 'o'},
      {"json", no_argument, NULL, 'j'},     {"except", required_argument, NULL, 'e'}, {"limit", required_argument, NULL, 'l'},
      {"help", no_argument, NULL, 'h'},     {"format", required_argument, NULL, 'f'}, {NULL, 0, NULL, 0}};
  optind = 0; /* start anew: the program's own options were read before */
  for (int option, status; (option = getopt_long(argc, argv, "", names, NULL)) != -1;)
    if ((status = read_option(option, out)) >= 0) return status;
  return optind < argc ? lk_misuse("kb", "unexpected argument (name the folder with --kb)") : -1;
}

/* ---- Auditing the languages at once ---- */

typedef struct progress {
  pthread_mutex_t lock;
  double share[LK_LANG_COUNT];
  int shown; /* per cent; -1: nobody is looking */
} progress;

typedef struct audit {
  const lk_engine *engine;
  lk_lang lang;
  lk_findings *findings;
  progress *progress;
  lk_code code;
  lk_error err;
  pthread_t thread;
  bool started;
} audit;

static void show_progress(void *self, double share) {
  audit *a = self;
  (void)pthread_mutex_lock(&a->progress->lock);
  a->progress->share[a->lang] = share;
  double sum = 0;
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) sum += a->progress->share[lang];
  int percent = (int)(100 * sum / LK_LANG_COUNT);
  if (a->progress->shown >= 0 && percent > a->progress->shown)
    (void)fprintf(stderr, "\rAsking every phrasing … %d %%", a->progress->shown = percent);
  (void)pthread_mutex_unlock(&a->progress->lock);
}

static void *run_audit(void *self) {
  audit *a = self;
  const lk_audit_watch watch = {show_progress, a};
  a->code = a->findings ? lk_audit(a->engine, a->lang, &watch, a->findings, &a->err) : LK_ERR_MEMORY;
  show_progress(a, 1);
  return NULL;
}

static lk_code audit_all(const lk_engine *engine, check_options *options, lk_findings *findings, lk_error *err) {
  progress shared = {.shown = isatty(STDERR_FILENO) ? 0 : -1};
  (void)pthread_mutex_init(&shared.lock, NULL);
  audit audits[LK_LANG_COUNT];
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    audit *a = &audits[lang];
    *a = (audit){.engine = engine, .lang = (lk_lang)lang, .findings = lk_findings_new(), .progress = &shared};
    if (a->findings) lk_findings_want(a->findings, is_wanted, options);
    a->started = pthread_create(&a->thread, NULL, run_audit, a) == 0;
    if (!a->started) (void)run_audit(a); /* then one after another */
  }
  lk_code code = LK_OK;
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    audit *a = &audits[lang];
    if (a->started) (void)pthread_join(a->thread, NULL);
    if (!code && a->code) *err = a->err;
    if (!code) code = a->code;
    if (!code) code = lk_findings_join(findings, a->findings);
    lk_findings_free(a->findings);
  }
  if (shared.shown >= 0) (void)fputs("\r\033[K", stderr);
  (void)pthread_mutex_destroy(&shared.lock);
  return code;
}

/* ---- What comes out ---- */

static json_t *finding_json(const lk_finding *f) {
  return json_pack("{s:s, s:s, s:s, s:i, s:s, s:s}", "severity", f->severity == LK_SEVERITY_ERROR ? "error" : "warning", "code",
                   f->code, "file", f->file, "line", f->line, "what", f->what, "mend", f->mend);
}

static int print_json(const lk_findings *findings, size_t entries) {
  json_t *list = json_array();
  for (size_t i = 0; i < lk_findings_count(findings); i++)
    (void)json_array_append_new(list, finding_json(lk_findings_at(findings, i)));
  json_t *all = json_pack("{s:I, s:I, s:I, s:o}", "errors", (json_int_t)lk_findings_errors(findings), "warnings",
                          (json_int_t)lk_findings_warnings(findings), "entries", (json_int_t)entries, "findings", list);
  int failed = !all || json_dumpf(all, stdout, JSON_INDENT(1)) || puts("") == EOF;
  json_decref(all);
  return failed;
}

/* How often each code was met; one that finds no place is not limited. */
typedef struct tally {
  const char *codes[CODES];
  size_t counts[CODES];
  size_t count;
} tally;

static size_t count_code(tally *t, const char *code) {
  size_t i = 0;
  while (i < t->count && strcmp(t->codes[i], code) != 0) i++;
  if (i == CODES) return 0;
  if (i == t->count) t->codes[t->count++] = code;
  return ++t->counts[i];
}

static void print_findings(const lk_findings *findings, const check_options *options) {
  tally t = {.count = 0};
  size_t total = lk_findings_errors(findings) + lk_findings_warnings(findings), kept = lk_findings_count(findings);
  for (size_t i = 0; i < kept; i++) {
    const lk_finding *f = lk_findings_at(findings, i);
    if (count_code(&t, f->code) <= options->limit) lk_finding_print(f, options->format, stderr);
  }
  for (size_t i = 0; i < t.count; i++)
    if (t.counts[i] > options->limit)
      (void)fprintf(stderr, "… and %zu more [%s]; --only %s --limit 0 shows them all\n", t.counts[i] - options->limit, t.codes[i],
                    t.codes[i]);
  if (kept < total) (void)fprintf(stderr, "… and %zu more that were only counted\n", total - kept);
}

static void print_summary(const lk_findings *findings, size_t entries) {
  size_t errors = lk_findings_errors(findings), warnings = lk_findings_warnings(findings);
  (void)printf("%zu entries, %zu error%s, %zu warning%s\n", entries, errors, errors == 1 ? "" : "s", warnings,
               warnings == 1 ? "" : "s");
}

/* An error that is no finding: the folder is missing, memory is out. */
static void print_error(const lk_error *e, lk_finding_format format) {
  const char *semicolon = strstr(e->message, "; ");
  char what[sizeof e->message];
  (void)snprintf(what, sizeof what, "%.*s", semicolon ? (int)(semicolon - e->message) : (int)strlen(e->message), e->message);
  lk_finding finding = {LK_SEVERITY_ERROR, lk_code_name(e->code), e->file, e->line, what, semicolon ? semicolon + 2 : ""};
  lk_finding_print(&finding, format, stderr);
}

/* ---- The check ---- */

static lk_code check_engine(const lk_engine *engine, check_options *options, lk_findings *findings, lk_error *err) {
  const lk_kb_check_options when = {lk_local_time_of((int64_t)time(NULL)).date};
  lk_findings_want(findings, is_wanted, options);
  lk_code code = lk_kb_check(lk_engine_kb(engine), &when, findings, err);
  lk_dialogue_check(lk_engine_kb(engine), findings);
  if (!code) code = audit_all(engine, options, findings, err);
  lk_findings_sort(findings);
  if (!lk_engine_has_dictionary(engine))
    (void)fputs("luukku kb: warning: Voikko's Finnish dictionary is missing, so spelling is not checked; install voikko-fi\n",
                stderr);
  return code;
}

static int check(check_options *options, lk_findings *findings) {
  lk_error err = {0};
  lk_engine *engine = lk_engine_load(options->folder, NULL, findings, &err);
  lk_code checked = engine ? check_engine(engine, options, findings, &err) : LK_OK;
  size_t entries = 0;
  if (engine) (void)lk_kb_entries(lk_engine_kb(engine), LK_LANG_NONE, &entries);
  if (!options->json) print_findings(findings, options);
  bool unusable = !engine || checked;
  if (unusable && (checked || !lk_findings_errors(findings))) print_error(&err, options->format);
  bool unprinted = options->json && print_json(findings, entries);
  if (!options->json && (engine || lk_findings_errors(findings))) print_summary(findings, entries);
  lk_engine_free(engine);
  if (unusable || unprinted) return LK_EXIT_UNUSABLE;
  return lk_findings_errors(findings) || (options->strict && lk_findings_warnings(findings)) ? LK_EXIT_FOUND : LK_EXIT_GOOD;
}

int lk_kb_command_check(int argc, char **argv) {
  check_options options = {.limit = LIMIT};
  int status = read_options(argc, argv, &options);
  if (status >= 0) return status;
  options.folder = lk_kb_folder(options.folder);
  lk_findings *findings = lk_findings_new();
  if (!findings) return lk_misuse("kb", "out of memory");
  status = check(&options, findings);
  lk_findings_free(findings);
  return status;
}
