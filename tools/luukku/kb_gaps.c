/* luukku kb gaps: what customers asked and did not get, in groups; and what they asked most. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>

#include "kb.h"
#include "luukku/calendar.h"
#include "luukku/gaps.h"
#include "period.h"
#include "tool.h"

enum { TOP = 20, TOP_MOST = 10000, QUESTIONS_SHOWN = 10, DAYS = 14, SHOWN_BYTES = 140 };

static const char usage[] =
    "Usage: luukku kb gaps [--db FILE] [--kb DIR] [--from DAY] [--to DAY] [--lang fi|sv|en] [--top N] [--json]\n"
    "\n"
    "Groups the questions that the bot failed, the costliest first, with examples (personal data masked), the nearest article "
    "and\n"
    "what agents used as the answer; and the top ten questions of the last two weeks, and whether they are answered.\n"
    "\n"
    "  --db FILE     the conversations' file ($LUUKKU_DB, else luukku.db)\n"
    "  --kb DIR      the knowledge base, for words and the nearest article (default: $LUUKKU_KB, then the sample shop's)\n"
    "  --from DAY    first day (2026-10-01); without it from the beginning\n"
    "  --to DAY      the day after the last one; without it to the end\n"
    "  --lang L      questions in one language\n"
    "  --top N       show so many groups (20)\n"
    "  --json        one JSON value\n"
    "\n"
    "A question fails when it was\n";

typedef struct gaps_options {
  const char *folder, *db;
  lk_period period;
  lk_lang lang;
  size_t top;
  bool json;
} gaps_options;

typedef struct gaps_report {
  const gaps_options *options;
  lk_worker *worker;
  lk_arena *arena;
  lk_asked_list asked;
  size_t served, failed;
  lk_asked_group *groups; /* of failures */
  size_t group_count;
  lk_asked_group *frequent; /* of everything asked in the last two weeks */
  size_t frequent_count;
  int64_t recent_from, recent_until;
} gaps_report;

/* ---- Options ---- */

static int print_usage(void) {
  (void)fputs(usage, stdout);
  for (int f = 0; f < LK_FAILURE_COUNT; f++)
    (void)printf("  %-16s cost %.1f: %s\n", lk_failure_words((lk_failure)f), lk_failure_cost((lk_failure)f),
                 lk_failure_about((lk_failure)f));
  return LK_EXIT_GOOD;
}

static bool read_top(const char *text, size_t *out) {
  char *end;
  errno = 0;
  unsigned long value = strtoul(text, &end, 10);
  *out = value;
  if (!errno && *text >= '0' && *text <= '9' && !*end && value >= 1 && value <= TOP_MOST) return true;
  (void)lk_misuse("kb gaps", "--top is a number from 1 to %d, not '%s'", TOP_MOST, text);
  return false;
}

static bool take_option(int option, gaps_options *out) {
  switch (option) {
    case 'k':
      out->folder = optarg;
      return true;
    case 'd':
      out->db = optarg;
      return true;
    case 'f':
      return lk_period_from("kb gaps", optarg, &out->period);
    case 't':
      return lk_period_to("kb gaps", optarg, &out->period);
    case 'l':
      return lk_tool_lang("kb gaps", optarg, &out->lang);
    case 'n':
      return read_top(optarg, &out->top);
    case 'j':
      return out->json = true;
    default:
      return false;
  }
}

static int read_options(int argc, char **argv, gaps_options *out) {
  static const struct option names[] = {
      {"kb", required_argument, NULL, 'k'}, {"db", required_argument, NULL, 'd'},   {"from", required_argument, NULL, 'f'},
      {"to", required_argument, NULL, 't'}, {"lang", required_argument, NULL, 'l'}, {"top", required_argument, NULL, 'n'},
      {"json", no_argument, NULL, 'j'},     {"help", no_argument, NULL, 'h'},       {NULL, 0, NULL, 0}};
  *out = (gaps_options){.lang = LK_LANG_NONE, .top = TOP};
  optind = 0;
  for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    if (option == 'h') return print_usage();
    if (!take_option(option, out)) return LK_EXIT_UNUSABLE;
  }
  if (optind < argc) return lk_misuse("kb gaps", "unexpected argument '%s'", argv[optind]);
  out->db = lk_db_file(out->db);
  out->folder = lk_kb_folder(out->folder);
  return -1;
}

/* ---- Gathering ---- */

static lk_code group_failures(gaps_report *r, const lk_asked **picked, lk_error *err) {
  size_t count = 0;
  for (size_t i = 0; i < r->asked.count; i++) {
    r->served += lk_asked_served(&r->asked.items[i]);
    if (r->asked.items[i].failures) picked[count++] = &r->asked.items[i];
  }
  r->failed = count;
  lk_code code = lk_asked_group_all(r->worker, picked, count, r->arena, &r->groups, &r->group_count, err);
  for (size_t i = 0; !code && i < r->group_count && i < r->options->top; i++)
    code = lk_asked_group_look(r->worker, &r->groups[i], err);
  return code;
}

static int most_frequent_first(const void *left, const void *right) {
  const lk_asked_group *a = left, *b = right;
  if (a->count != b->count) return a->count > b->count ? -1 : 1;
  return a->members[0] < b->members[0] ? -1 : a->members[0] > b->members[0];
}

static lk_code group_recent(gaps_report *r, const lk_asked **picked, lk_error *err) {
  size_t count = 0;
  if (!r->asked.count) return LK_OK;
  lk_date last = lk_local_time_of(r->asked.items[r->asked.count - 1].time).date;
  r->recent_until = lk_local_moment(lk_date_plus(last, 1), 0);
  r->recent_from = lk_local_moment(lk_date_plus(last, 1 - DAYS), 0);
  for (size_t i = 0; i < r->asked.count; i++)
    if (r->asked.items[i].time >= r->recent_from) picked[count++] = &r->asked.items[i];
  lk_code code = lk_asked_group_all(r->worker, picked, count, r->arena, &r->frequent, &r->frequent_count, err);
  if (!code && r->frequent_count) qsort(r->frequent, r->frequent_count, sizeof *r->frequent, most_frequent_first);
  if (r->frequent_count > QUESTIONS_SHOWN) r->frequent_count = QUESTIONS_SHOWN;
  for (size_t i = 0; !code && i < r->frequent_count; i++) code = lk_asked_group_look(r->worker, &r->frequent[i], err);
  return code;
}

static lk_code gather(gaps_report *r, lk_store *store, lk_error *err) {
  const gaps_options *o = r->options;
  const lk_kb *kb = lk_engine_kb(lk_worker_engine(r->worker));
  lk_asked_filter filter = {
      .from = o->period.from, .until = o->period.until, .lang = o->lang, .doubt_below = (1 + lk_kb_policy(kb, "answer-at")) / 2};
  lk_code code = lk_asked_read(store, &filter, r->arena, &r->asked, err);
  const lk_asked **picked = calloc(r->asked.count + 1, sizeof *picked);
  if (!code && !picked) {
    *err = (lk_error){.code = LK_ERR_MEMORY, .message = "out of memory; look at a shorter period with --from and --to"};
    code = LK_ERR_MEMORY;
  }
  if (!code) code = group_failures(r, picked, err);
  if (!code) code = group_recent(r, picked, err);
  free(picked);
  return code;
}

/* ---- JSON ---- */

static json_t *failures_json(const lk_asked_group *group) {
  json_t *value = json_object();
  for (int f = 0; f < LK_FAILURE_COUNT; f++)
    (void)json_object_set_new(value, lk_failure_name((lk_failure)f), json_integer((json_int_t)group->failed[f]));
  return value;
}

static json_t *nearest_json(const lk_asked_group *group) {
  if (!group->nearest) return json_null();
  return json_pack("{so so sf sb}", "entry", lk_json_text(group->nearest->id), "question",
                   lk_json_text(group->nearest->phrasings[0].text), "confidence", group->confidence, "found", group->found);
}

static json_t *group_json(const lk_asked_group *group) {
  json_t *terms = json_array(), *examples = json_array();
  for (size_t i = 0; i < group->term_count; i++) (void)json_array_append_new(terms, lk_json_text(group->terms[i]));
  for (size_t i = 0; i < group->example_count; i++) (void)json_array_append_new(examples, lk_json_text(group->examples[i]->text));
  json_t *used = group->used.len
                     ? json_pack("{so sI}", "entry", lk_json_text(group->used), "times", (json_int_t)group->used_count)
                     : json_null();
  return json_pack("{ss so sI sI sI sf so so so so}", "lang", lk_lang_code(group->lang), "terms", terms, "questions",
                   (json_int_t)group->count, "conversations", (json_int_t)group->conversations, "served",
                   (json_int_t)group->served, "cost", group->cost, "failures", failures_json(group), "examples", examples,
                   "nearest", nearest_json(group), "agents_used", used);
}

static json_t *groups_json(const lk_asked_group *groups, size_t count) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++) (void)json_array_append_new(list, group_json(&groups[i]));
  return list;
}

static void print_json(const gaps_report *r) {
  size_t shown = r->group_count < r->options->top ? r->group_count : r->options->top;
  lk_json_line(
      json_pack("{sI sI sI sI sI so so}", "questions", (json_int_t)r->asked.count, "served", (json_int_t)r->served, "failed",
                (json_int_t)r->failed, "left_out", (json_int_t)r->asked.left_out, "groups", (json_int_t)r->group_count, "gaps",
                groups_json(r->groups, shown), "top_questions", groups_json(r->frequent, r->frequent_count)),
      stdout);
}

/* ---- Text ---- */

/* At most so many bytes, cut between characters, on one line. */
static void print_quoted(lk_view text) {
  size_t length = text.len;
  if (length > SHOWN_BYTES) {
    length = SHOWN_BYTES;
    while (length && ((unsigned char)text.ptr[length] & 0xC0) == 0x80) length--;
  }
  (void)fputs("“", stdout);
  for (size_t i = 0; i < length; i++) (void)putchar((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7F ? ' ' : text.ptr[i]);
  (void)fputs(length < text.len ? "…”" : "”", stdout);
}

static void print_name(const lk_asked_group *group) {
  for (size_t i = 0; i < group->term_count; i++) (void)printf("%s%.*s", i ? ", " : "", LK_FMT(group->terms[i]));
  if (!group->term_count) (void)fputs("(nothing in common)", stdout);
  (void)printf(" (%s)", lk_lang_code(group->lang));
}

static void print_failures(const lk_asked_group *group) {
  bool first = true;
  for (int f = 0; f < LK_FAILURE_COUNT; f++) {
    if (!group->failed[f]) continue;
    (void)printf("%s%s %zu", first ? "    " : " · ", lk_failure_words((lk_failure)f), group->failed[f]);
    first = false;
  }
  (void)putchar('\n');
}

static const char *plural(size_t count) { return count == 1 ? "" : "s"; }

static void print_group(const lk_asked_group *group, size_t number) {
  (void)printf("%3zu. ", number);
  print_name(group);
  (void)printf(": %zu question%s in %zu conversation%s, cost %.1f\n", group->count, plural(group->count), group->conversations,
               plural(group->conversations), group->cost);
  print_failures(group);
  for (size_t i = 0; i < group->example_count; i++) {
    (void)fputs("    ", stdout);
    print_quoted(group->examples[i]->text);
    (void)putchar('\n');
  }
  (void)fputs("    nearest: ", stdout);
  if (group->nearest)
    (void)printf("%.*s at %.2f%s", LK_FMT(group->nearest->id), group->confidence, group->found ? ", answered now" : "");
  else
    (void)fputs("nothing", stdout);
  if (group->used.len) (void)printf(" · agents used: %.*s (%zu ×)", LK_FMT(group->used), group->used_count);
  (void)fputs("\n\n", stdout);
}

static void print_frequent(const lk_asked_group *group, size_t number) {
  double share = (double)group->served / (double)group->count;
  (void)printf("%3zu. %4zu ×  %-12s %3.0f %%  ", number, group->count,
               share >= .8   ? "answered"
               : share >= .4 ? "partly"
                             : "not answered",
               100 * share);
  print_name(group);
  (void)fputs("  ", stdout);
  print_quoted(group->examples[0]->text);
  (void)putchar('\n');
}

static void print_day(int64_t moment) {
  lk_date day = lk_local_time_of(moment).date;
  (void)printf("%04d-%02d-%02d", day.year, day.month, day.day);
}

static void print_text(const gaps_report *r) {
  if (!r->asked.count) {
    (void)puts("no questions in this period");
    return;
  }
  (void)printf("%zu questions from ", r->asked.count);
  print_day(r->asked.items[0].time);
  (void)fputs(" to ", stdout);
  print_day(r->asked.items[r->asked.count - 1].time);
  (void)printf(": the bot alone served %.0f %%, %zu failed, in %zu groups\n", 100 * (double)r->served / (double)r->asked.count,
               r->failed, r->group_count);
  if (r->asked.left_out)
    (void)printf("(%zu earlier questions were left out; look at a shorter period with --from and --to)\n", r->asked.left_out);
  (void)fputs("\nGaps, the costliest first\n", stdout);
  for (size_t i = 0; i < r->group_count && i < r->options->top; i++) print_group(&r->groups[i], i + 1);
  (void)fputs("Most asked from ", stdout);
  print_day(r->recent_from);
  (void)fputs(" to ", stdout);
  print_day(r->recent_until - 1);
  (void)fputs(", and how often the bot alone served\n", stdout);
  for (size_t i = 0; i < r->frequent_count; i++) print_frequent(&r->frequent[i], i + 1);
}

/* ---- The command ---- */

static int report(const gaps_options *options, lk_engine *engine) {
  lk_error err = {0};
  gaps_report r = {.options = options, .worker = lk_worker_new(engine, &err), .arena = lk_arena_new()};
  lk_store *store = r.worker ? lk_store_open(options->db, &(lk_store_options){.read_only = true}, &err) : NULL;
  if (r.worker && !r.arena) err = (lk_error){.code = LK_ERR_MEMORY, .message = "out of memory; look at a shorter period"};
  lk_code code = store && r.arena ? gather(&r, store, &err) : LK_ERR_IO;
  int status = code ? lk_complain("kb gaps", &err) : LK_EXIT_GOOD;
  if (!code && options->json)
    print_json(&r);
  else if (!code)
    print_text(&r);
  lk_store_close(store);
  lk_arena_free(r.arena);
  lk_worker_free(r.worker);
  return status;
}

int lk_kb_command_gaps(int argc, char **argv) {
  gaps_options options;
  int status = read_options(argc, argv, &options);
  if (status >= 0) return status;
  lk_engine *engine = lk_tool_engine("kb gaps", options.folder, NULL);
  if (!engine) return LK_EXIT_UNUSABLE;
  status = report(&options, engine);
  lk_engine_free(engine);
  return status;
}
