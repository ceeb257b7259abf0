/* luukku kb import: questions and answers from elsewhere. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kb.h"
#include "luukku/audit.h"
#include "luukku/calendar.h"
#include "luukku/import.h"
#include "tool.h"

static const char usage[] =
    "Usage: luukku kb import [--kb DIR] [-o FILE | --into DIR] [--lang L] [--category C] [--base URL] [--format F] [--dry-run] "
    "FILE…\n"
    "\n"
    "Takes over questions and answers: an FAQ page (schema.org's FAQPage as JSON-LD or microdata; else details, dl and headings "
    "that\n"
    "end with a question mark), a Zendesk Help Center export, a CSV or TSV table, or a Markdown text. A second import of the "
    "same source\n"
    "updates what the first one wrote: question and answer only; variants, keywords, see, category and comments are yours. What "
    "is not in\n"
    "the source any more is reported, never deleted. When anything goes wrong, nothing is written.\n"
    "\n"
    "  FILE…           the sources; - is standard input\n"
    "  --kb DIR        the knowledge base to update (default: $LUUKKU_KB)\n"
    "  -o FILE         new articles go to this XML file, which is made when it is missing (default: imported.xml of their "
    "language)\n"
    "  --into DIR      new articles go to this folder, a file for each category and language\n"
    "                  (-o and --into without a knowledge base begin a new one)\n"
    "  --lang L        fi, sv or en: the language of pages; and of articles and rows that do not say theirs\n"
    "  --category C    id or title of the category of all of them (default: what the source says)\n"
    "  --base URL      the page's address, when the page does not say it: makes its links whole, and is how it is known again\n"
    "  --format F      html, zendesk, csv, tsv or markdown (default: guessed from the content)\n"
    "  --dry-run       write nothing; print what would change as a unified diff\n"
    "  --help          this text\n"
    "\n"
    "Exit status: 0 all of it is taken over, 1 questions were left out or the check found errors in them, 2 nothing was "
    "written.\n";

typedef struct import_options {
  const char *kb, *file, *folder, *category;
  lk_import_options source;
  bool dry_run;
} import_options;

/* Entries that are new or changed. */
typedef struct touched_list {
  struct {
    char *id;
    lk_lang lang;
  } * items;
  size_t count, cap;
  bool memory;
} touched_list;

typedef struct importing {
  const import_options *options;
  lk_import *import;
  lk_edit *edit;
  lk_findings *findings; /* to be shown */
  touched_list touched;
  lk_import_summary summary;
} importing;

/* ---- Options ---- */

/* -1 to go on, or an exit status. */
static int read_option(int option, import_options *out) {
  switch (option) {
    case 'k':
      out->kb = optarg;
      return -1;
    case 'o':
      out->file = optarg;
      return -1;
    case 'i':
      out->folder = optarg;
      return -1;
    case 'l':
      return lk_tool_lang("kb", optarg, &out->source.lang) ? -1 : LK_EXIT_UNUSABLE;
    case 'c':
      out->category = optarg;
      return -1;
    case 'b':
      out->source.base = optarg;
      return strncmp(optarg, "https://", 8) == 0 || strncmp(optarg, "http://", 7) == 0
                 ? -1
                 : lk_misuse("kb", "--base is a whole address, such as https://www.example.fi/ohjeet");
    case 'f':
      out->source.format = lk_import_format_of(lk_view_of(optarg));
      return out->source.format ? -1 : lk_misuse("kb", "--format is html, zendesk, csv, tsv or markdown, not '%s'", optarg);
    case 'd':
      out->dry_run = true;
      return -1;
    case 'h':
      return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
    default:
      return LK_EXIT_UNUSABLE; /* getopt has said what it was */
  }
}

static int read_options(int argc, char **argv, import_options *out) {
  static const struct option names[] = {{"kb", required_argument, NULL, 'k'},       {"output", required_argument, NULL, 'o'},
                                        {"into", required_argument, NULL, 'i'},     {"lang", required_argument, NULL, 'l'},
                                        {"category", required_argument, NULL, 'c'}, {"base", required_argument, NULL, 'b'},
                                        {"format", required_argument, NULL, 'f'},   {"dry-run", no_argument, NULL, 'd'},
                                        {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0}};
  const char *environment = getenv("LUUKKU_KB");
  optind = 0; /* start anew: the program's own options were read before */
  for (int option, status; (option = getopt_long(argc, argv, "o:", names, NULL)) != -1;)
    if ((status = read_option(option, out)) >= 0) return status;
  if (!out->kb && environment && *environment) out->kb = environment;
  if (optind == argc) return lk_misuse("kb", "name the files to import");
  if (out->file && out->folder) return lk_misuse("kb", "-o and --into exclude each other");
  if (!out->kb && !out->file && !out->folder)
    return lk_misuse("kb", "name the knowledge base with --kb, or where to begin a new one with --into or -o");
  return -1;
}

/* ---- Reading ---- */

static int complain_unreadable(const char *path) {
  (void)fprintf(stderr, "%s: error: it can't be read: %s; check the path\n", path, strerror(errno));
  return LK_EXIT_UNUSABLE;
}

/* One byte more than may be imported, at the most: then it is too large, however large it is. */
static int read_source(importing *in, const char *path) {
  bool standard = strcmp(path, "-") == 0;
  int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat info;
  if (fd < 0) return complain_unreadable(path);
  if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
    errno = EISDIR;
    (void)close(fd);
    return complain_unreadable(path);
  }
  char *bytes = malloc(LK_IMPORT_BYTES + 1);
  size_t len = 0;
  ssize_t got = bytes ? 1 : -1;
  while (bytes && len <= LK_IMPORT_BYTES && (got = read(fd, bytes + len, LK_IMPORT_BYTES + 1 - len)) > 0) len += (size_t)got;
  int status = got < 0 ? complain_unreadable(path) : LK_EXIT_GOOD;
  if (!standard) (void)close(fd);
  lk_error err = {0};
  if (!status &&
      lk_import_read(in->import, standard ? "stdin" : path, (lk_view){bytes, len}, &in->options->source, in->findings, &err))
    status = lk_complain("kb import", &err);
  free(bytes);
  return status;
}

static void note_touched(void *self, lk_view id, lk_lang lang) {
  touched_list *list = self;
  if (list->count == list->cap) {
    size_t cap = list->cap ? list->cap * 2 : 64;
    void *grown = realloc(list->items, cap * sizeof *list->items);
    list->memory = list->memory || !grown;
    if (!grown) return;
    list->items = grown;
    list->cap = cap;
  }
  char *copy = strndup(id.ptr, id.len);
  list->memory = list->memory || !copy;
  if (!copy) return;
  list->items[list->count].id = copy;
  list->items[list->count++].lang = lang;
}

/* ---- Checking ---- */

/* Lines of an entry: up to the next one of its file. */
typedef struct span {
  const char *file;
  int from, to;
} span;

static int compare_spans(const void *a, const void *b) {
  const span *x = a, *y = b;
  int files = strcmp(x->file, y->file);
  return files ? files : (x->from > y->from) - (x->from < y->from);
}

static span *touched_spans(const importing *in, const lk_kb *kb, size_t *count) {
  size_t entries;
  const lk_entry *list = lk_kb_entries(kb, LK_LANG_NONE, &entries);
  span *all = calloc(entries + 1, sizeof *all), *kept = calloc(in->touched.count + 1, sizeof *kept);
  *count = 0;
  for (size_t i = 0; all && i < entries; i++) all[i] = (span){list[i].file, list[i].line, 0};
  if (all && entries) qsort(all, entries, sizeof *all, compare_spans);
  for (size_t i = 0; all && i < entries; i++)
    all[i].to = i + 1 < entries && strcmp(all[i].file, all[i + 1].file) == 0 ? all[i + 1].from : INT32_MAX;
  for (size_t i = 0; all && kept && i < in->touched.count; i++) {
    const lk_entry *entry = lk_kb_entry(kb, lk_view_of(in->touched.items[i].id), in->touched.items[i].lang);
    span key = {entry->file, entry->line, 0}, *found = bsearch(&key, all, entries, sizeof *all, compare_spans);
    if (found) kept[(*count)++] = *found;
  }
  if (kept && *count) qsort(kept, *count, sizeof *kept, compare_spans);
  free(all);
  return kept;
}

static bool is_within(const span *spans, size_t count, const lk_finding *finding) {
  for (size_t i = 0; i < count; i++)
    if (finding->line >= spans[i].from && finding->line < spans[i].to && strcmp(spans[i].file, finding->file) == 0) return true;
  return false;
}

static lk_code keep_findings(importing *in, const lk_kb *kb, const lk_findings *found) {
  size_t count;
  span *spans = touched_spans(in, kb, &count);
  lk_code code = spans ? LK_OK : LK_ERR_MEMORY;
  for (size_t i = 0; !code && i < lk_findings_count(found); i++) {
    const lk_finding *f = lk_findings_at(found, i);
    if (is_within(spans, count, f))
      code = lk_findings_add(in->findings, f->severity, f->code, f->file, f->line, f->mend, "%s", f->what);
  }
  free(spans);
  return code;
}

static bool is_touched(const importing *in, lk_lang lang) {
  for (size_t i = 0; i < in->touched.count; i++)
    if (in->touched.items[i].lang == lang) return true;
  return false;
}

/* Each new article lacks its translations at first; luukku kb check and stats tell. */
static bool is_wanted(void *self, const char *code) {
  (void)self;
  return strcmp(code, "no-translation") != 0;
}

/* The same check as luukku kb check's, of what is new or changed. */
static lk_code check(importing *in, lk_findings *found, lk_error *err) {
  const lk_kb_check_options when = {lk_local_time_of((int64_t)time(NULL)).date};
  lk_kb *kb = lk_edit_load(in->edit, found, err);
  lk_engine *engine = kb ? lk_engine_new(kb, NULL, err) : NULL;
  if (!engine) return err->code ? err->code : LK_ERR_INPUT;
  lk_findings_want(found, is_wanted, NULL);
  lk_code code = lk_kb_check(kb, &when, found, err);
  for (int lang = 0; !code && lang < LK_LANG_COUNT; lang++)
    if (is_touched(in, (lk_lang)lang)) code = lk_audit(engine, (lk_lang)lang, NULL, found, err);
  if (!code) code = keep_findings(in, kb, found);
  lk_engine_free(engine);
  return code;
}

/* ---- What comes out ---- */

enum { SHOWN = 20 }; /* findings of a kind */

static void print_findings(lk_findings *findings) {
  lk_findings_sort(findings);
  for (size_t i = 0; i < lk_findings_count(findings); i++) {
    const lk_finding *f = lk_findings_at(findings, i);
    size_t same = 0, later = 0;
    for (size_t j = 0; j < lk_findings_count(findings); j++)
      if (strcmp(lk_findings_at(findings, j)->code, f->code) == 0) *(j < i ? &same : &later) += 1;
    if (same < SHOWN) lk_finding_print(f, LK_FINDING_TEXT, stderr);
    if (same == SHOWN) (void)fprintf(stderr, "… and %zu more [%s]\n", later, f->code);
  }
}

static void print_summary(const importing *in) {
  const lk_import_summary *s = &in->summary;
  (void)fprintf(stderr, "%zu new, %zu updated, %zu unchanged, %zu left out", s->fresh, s->updated, s->unchanged, s->left_out);
  if (s->gone) (void)fprintf(stderr, ", %zu gone from the source", s->gone);
  if (s->categories) (void)fprintf(stderr, "; %zu new categor%s", s->categories, s->categories == 1 ? "y" : "ies");
  (void)fputs(in->options->dry_run ? " (nothing was written)\n" : "\n", stderr);
}

static lk_code print_diff(const lk_edit *edit, lk_error *err) {
  lk_arena *arena = lk_arena_new();
  lk_view diff = {"", 0};
  lk_code code = lk_edit_diff(edit, arena, &diff, err);
  if (!code) (void)fwrite(diff.ptr, 1, diff.len, stdout);
  lk_arena_free(arena);
  return code;
}

static lk_code apply(importing *in, lk_error *err) {
  const import_options *o = in->options;
  const lk_import_places places = {.category = o->category,
                                   .file = o->file,
                                   .folder = o->folder,
                                   .kb = o->kb,
                                   .today = lk_local_time_of((int64_t)time(NULL)).date};
  lk_findings *found = lk_findings_new();
  lk_code code = found
                     ? lk_import_apply(in->import, in->edit, &places, in->findings, note_touched, &in->touched, &in->summary, err)
                     : LK_ERR_MEMORY;
  if (!code && in->touched.memory) code = LK_ERR_MEMORY;
  if (!code && in->touched.count) code = check(in, found, err);
  if (!code) code = o->dry_run ? print_diff(in->edit, err) : lk_edit_write(in->edit, err);
  lk_findings_free(found);
  return code;
}

/* The knowledge base, with findings of its own: those of the sources are no reason not to load it. */
static int open_kb(importing *in) {
  lk_error err = {0};
  lk_findings *findings = lk_findings_new();
  in->edit = findings ? lk_edit_open(in->options->kb, in->options->file ? in->options->file : in->options->folder, findings, &err)
                      : NULL;
  if (!in->edit && findings && lk_findings_errors(findings))
    print_findings(findings);
  else if (!in->edit)
    (void)lk_complain("kb import", &err);
  lk_findings_free(findings);
  return in->edit ? LK_EXIT_GOOD : LK_EXIT_UNUSABLE;
}

static int run(importing *in, int count, char **paths) {
  lk_error err = {0};
  int status = LK_EXIT_GOOD;
  in->import = lk_import_new(&err);
  in->findings = lk_findings_new();
  if (!in->import || !in->findings) return lk_misuse("kb", "out of memory");
  for (int i = 0; !status && i < count; i++) status = read_source(in, paths[i]);
  if (!status) status = open_kb(in);
  if (!status && apply(in, &err)) status = lk_complain("kb import", &err);
  print_findings(in->findings);
  if (!status) print_summary(in);
  return status ? status : in->summary.left_out || lk_findings_errors(in->findings) ? LK_EXIT_FOUND : LK_EXIT_GOOD;
}

int lk_kb_command_import(int argc, char **argv) {
  import_options options = {.source.lang = LK_LANG_NONE};
  int status = read_options(argc, argv, &options);
  if (status >= 0) return status;
  importing in = {.options = &options};
  status = run(&in, argc - optind, argv + optind);
  for (size_t i = 0; i < in.touched.count; i++) free(in.touched.items[i].id);
  free(in.touched.items);
  lk_findings_free(in.findings);
  lk_edit_free(in.edit);
  lk_import_free(in.import);
  return status;
}
