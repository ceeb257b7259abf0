/* luukku report: key figures of a period, for people and for programs. */
#include <getopt.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "luukku/stats.h"
#include "tool.h"

static const char usage[] =
    "Usage: luukku report [--db FILE] [--from DAY] [--to DAY] [--no-compare] [--format text|csv|json|html] [--lang fi|sv|en] "
    "[--kb DIR]\n"
    "\n"
    "Key figures of the last 28 days that are over, compared with the 28 before them: conversations and what became of them, "
    "what they were about,\n"
    "handoffs and waits, ratings, self-service. engine/stats/DEFINITIONS.md says what each figure counts.\n"
    "\n"
    "  --db FILE       the conversations' file ($LUUKKU_DB, else luukku.db)\n"
    "  --from DAY      the first day, 2026-11-01\n"
    "  --to DAY        the day after the last one; one of the two alone takes 28 days\n"
    "  --compare       beside the figures those of as many days before (this is so anyway)\n"
    "  --no-compare    without them\n"
    "  --format F      text for a terminal (default); csv: figure,dimension,key,value,before; json: one value; html: one page "
    "with plots\n"
    "  --json          the same as --format json\n"
    "  --lang L        of titles (default: en)\n"
    "  --kb DIR        where titles of articles and categories are from (default: $LUUKKU_KB, then the sample shop's)\n"
    "  -o FILE         write there instead of standard output\n"
    "  --help          this text\n"
    "\n"
    "The first report of a long history counts all its days and keeps what it counted in FILE; later ones are quick.\n";

typedef struct wish {
  const char *db, *from, *to, *folder, *output;
  lk_report_format format;
  lk_lang lang;
  bool alone;
} wish;

static bool read_format(const char *name, lk_report_format *out) {
  static const char *const names[] = {"text", "csv", "json", "html"};
  for (int i = 0; i < 4; i++)
    if (strcmp(name, names[i]) == 0) {
      *out = (lk_report_format)i;
      return true;
    }
  (void)lk_misuse("report", "--format is text, csv, json or html, not '%s'", name);
  return false;
}

static bool read_wish(int argc, char **argv, wish *out, bool *help) {
  static const struct option names[] = {
      {"db", required_argument, NULL, 'd'},     {"from", required_argument, NULL, 'f'}, {"to", required_argument, NULL, 't'},
      {"compare", no_argument, NULL, 'c'},      {"no-compare", no_argument, NULL, 'n'}, {"json", no_argument, NULL, 'j'},
      {"format", required_argument, NULL, 'F'}, {"lang", required_argument, NULL, 'l'}, {"kb", required_argument, NULL, 'k'},
      {"output", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'},       {NULL, 0, NULL, 0}};
  optind = 0;
  for (int option; (option = getopt_long(argc, argv, "o:", names, NULL)) != -1;) {
    if (option == 'h') return *help = true;
    if (option == 'd') out->db = optarg;
    if (option == 'f') out->from = optarg;
    if (option == 't') out->to = optarg;
    if (option == 'n') out->alone = true;
    if (option == 'j') out->format = LK_REPORT_JSON;
    if (option == 'k') out->folder = optarg;
    if (option == 'o') out->output = optarg;
    if (option == 'F' && !read_format(optarg, &out->format)) return false;
    if (option == 'l' && !lk_tool_lang("report", optarg, &out->lang)) return false;
    if (option == '?') return false;
  }
  if (optind < argc) (void)lk_misuse("report", "unexpected argument '%s'", argv[optind]);
  return optind >= argc;
}

static bool show_progress(void *self, size_t left) {
  bool *shown = self;
  if (!isatty(STDERR_FILENO) || (!left && !*shown)) return true;
  *shown = true;
  if (left)
    (void)fprintf(stderr, "\rcounting: %zu days left   ", left);
  else
    (void)fputs("\r                                \r", stderr);
  return true;
}

/* Without a KB that can be loaded entries are called by their ids, which is said once. */
static lk_kb *load_kb(const char *folder) {
  lk_error err = {0};
  lk_kb *kb = lk_kb_load(lk_kb_folder(folder), NULL, &err);
  if (!kb) (void)fprintf(stderr, "luukku report: warning: no titles: %s\n", err.message);
  return kb;
}

static int write_out(const char *path, const char *text) {
  FILE *out = path ? fopen(path, "w") : stdout;
  bool fine = out && fputs(text, out) >= 0 && fflush(out) == 0;
  if (out && path && fclose(out) != 0) fine = false;
  if (fine) return LK_EXIT_GOOD;
  (void)fprintf(stderr, "luukku report: error: %s cannot be written; choose another place\n", path ? path : "standard output");
  return LK_EXIT_UNUSABLE;
}

static int report_on(lk_store *store, const lk_kb *kb, const lk_report_options *options, const wish *w) {
  lk_error err = {0};
  lk_report report;
  bool shown = false;
  char *text = NULL;
  lk_arena *arena = lk_arena_new();
  lk_code code = arena ? lk_figures_refresh(store, show_progress, &shown, &err) : LK_ERR_MEMORY;
  if (!code) code = lk_report_make(store, kb, options, arena, &report, &err);
  if (!code && !(text = lk_report_render(&report, w->format, &err))) code = LK_ERR_MEMORY;
  int status = code ? lk_complain("report", &err) : write_out(w->output, text);
  free(text);
  lk_arena_free(arena);
  return status;
}

int lk_command_report(int argc, char **argv) {
  wish w = {.db = lk_db_file(NULL), .from = "", .to = "", .lang = LK_LANG_EN};
  lk_report_options options = {0};
  lk_error err = {0};
  bool help = false;
  if (!read_wish(argc, argv, &w, &help)) return LK_EXIT_UNUSABLE;
  if (help) return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
  if (lk_report_period(lk_view_of(w.from), lk_view_of(w.to), (int64_t)time(NULL), &options, &err))
    return lk_complain("report", &err);
  options.compare = !w.alone;
  options.lang = w.lang;
  if (access(w.db, F_OK) != 0)
    return lk_misuse("report", "there is no file %s; name the conversations' file with --db FILE", w.db);
  lk_store *store = lk_store_open(w.db, NULL, &err);
  if (!store) return lk_complain("report", &err);
  lk_kb *kb = load_kb(w.folder);
  int status = report_on(store, kb, &options, &w);
  lk_kb_free(kb);
  lk_store_close(store);
  return status;
}
