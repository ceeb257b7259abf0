/* luukku kb: the editors' tools. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "luukku/calendar.h"
#include "luukku/kb.h"
#include "tool.h"

static const char usage[] =
    "Usage: luukku kb check [--kb DIR] [--strict] [--json] [--format text|github]\n"
    "\n"
    "Reads a knowledge base and lists what is wrong with it, or worth a look, with file, line and how to mend it.\n"
    "\n"
    "  --kb DIR          the folder (default: $LUUKKU_KB, then the sample shop's)\n"
    "  --strict          warnings count as errors\n"
    "  --json            one JSON value on standard output: {errors, warnings, entries, findings: [{severity, code, file, line, "
    "what, mend}]}\n"
    "  --format FORMAT   text: file:line: error: what; how to mend it (default)\n"
    "                    github: annotations for a workflow's log\n"
    "  --help            this text\n"
    "\n"
    "Exit status: 0 nothing wrong, 1 the check found something, 2 the knowledge base can't be used at all.\n";

typedef struct check_options {
  const char *folder;
  bool strict, json;
  lk_finding_format format;
} check_options;

/* -1 to go on, or an exit status. */
static int read_options(int argc, char **argv, check_options *out) {
  static const struct option names[] = {{"kb", required_argument, NULL, 'k'}, {"strict", no_argument, NULL, 's'},
                                        {"json", no_argument, NULL, 'j'},     {"format", required_argument, NULL, 'f'},
                                        {"help", no_argument, NULL, 'h'},     {NULL, 0, NULL, 0}};
  optind = 0; /* start anew: the program's own options were read before */
  for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    if (option == 'k')
      out->folder = optarg;
    else if (option == 's')
      out->strict = true;
    else if (option == 'j')
      out->json = true;
    else if (option == 'f' && strcmp(optarg, "github") == 0)
      out->format = LK_FINDING_GITHUB;
    else if (option == 'f' && strcmp(optarg, "text") != 0)
      return lk_misuse("kb", "--format is text or github");
    else if (option == 'h')
      return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
    else if (option == '?')
      return LK_EXIT_UNUSABLE; /* getopt has said what it was */
  }
  return optind < argc ? lk_misuse("kb", "unexpected argument (name the folder with --kb)") : -1;
}

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

static void print_summary(const lk_findings *findings, size_t entries) {
  size_t errors = lk_findings_errors(findings), warnings = lk_findings_warnings(findings);
  size_t shown = lk_findings_count(findings);
  if (shown < errors + warnings) (void)fprintf(stderr, "… and %zu more\n", errors + warnings - shown);
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

static int check(const check_options *options, lk_findings *findings) {
  lk_error err = {0};
  lk_kb *kb = lk_kb_load(options->folder, findings, &err);
  lk_kb_check_options when = {lk_local_time_of((int64_t)time(NULL)).date};
  lk_code checked = kb ? lk_kb_check(kb, &when, findings, &err) : LK_OK;
  size_t entries = 0;
  if (kb) (void)lk_kb_entries(kb, LK_LANG_NONE, &entries);
  for (size_t i = 0; i < lk_findings_count(findings) && !options->json; i++)
    lk_finding_print(lk_findings_at(findings, i), options->format, stderr);
  bool unusable = !kb || checked;
  if (unusable && (checked || !lk_findings_errors(findings))) print_error(&err, options->format);
  bool unprinted = options->json && print_json(findings, entries);
  if (!options->json && (kb || lk_findings_errors(findings))) print_summary(findings, entries);
  lk_kb_free(kb);
  if (unusable || unprinted) return LK_EXIT_UNUSABLE;
  return lk_findings_errors(findings) || (options->strict && lk_findings_warnings(findings)) ? LK_EXIT_FOUND : LK_EXIT_GOOD;
}

static int command_check(int argc, char **argv) {
  check_options options = {0};
  int status = read_options(argc, argv, &options);
  if (status >= 0) return status;
  options.folder = lk_kb_folder(options.folder);
  lk_findings *findings = lk_findings_new();
  if (!findings) return lk_misuse("kb", "out of memory");
  status = check(&options, findings);
  lk_findings_free(findings);
  return status;
}

int lk_command_kb(int argc, char **argv) {
  if (argc < 2) return lk_misuse("kb", "name what to do: check");
  if (strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
  if (strcmp(argv[1], "check") == 0) return command_check(argc - 1, argv + 1);
  return lk_misuse("kb", "there is only luukku kb check");
}
