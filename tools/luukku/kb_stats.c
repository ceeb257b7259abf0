/* luukku kb stats: the size and the state of a knowledge base, by language and category. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kb.h"
#include "luukku/calendar.h"
#include "tool.h"

static const char usage[] =
    "Usage: luukku kb stats [--kb DIR] [--lang L] [--few N] [--json]\n"
    "\n"
    "Tells what a knowledge base holds, by language and category, and where work is waiting: articles with few phrasings, "
    "without a\n"
    "translation, or not read for long.\n"
    "\n"
    "  --kb DIR   the folder (default: $LUUKKU_KB, then the sample shop's)\n"
    "  --lang L   this language only\n"
    "  --few N    how many phrasings are too few (default 6: the question and five ways to ask it)\n"
    "  --json     one JSON value on standard output: {build_seconds, kb_bytes, languages: [{lang, articles, intents, chats, "
    "not_covered,\n"
    "             phrasings, phrasings_median, phrasings_least, few, answer_words_median, answer_words_most, longest, missing, "
    "stale,\n"
    "             lexicon: {sets, maps, spoken, names}, documents, terms, index_bytes, categories: […]}]}; few, missing and "
    "stale are "
    "lists of ids\n"
    "  --help     this text\n"
    "\n"
    "Phrasings are questions and variants. Words are those of an answer. Exit status: 0, or 2 when the knowledge base can't be "
    "used.\n";

enum { FEW = 6, SHOWN = 8 };

typedef struct stats_options {
  const char *folder;
  lk_lang lang;
  size_t few;
  bool json;
} stats_options;

/* Articles of one category, or of all. */
typedef struct group {
  lk_view id, title;
  size_t *phrasings, *words; /* of each article */
  size_t articles, few;
  const lk_entry *longest;
} group;

/* ---- Options ---- */

static int read_option(int option, stats_options *out) {
  char *end;
  switch (option) {
    case 'k':
      out->folder = optarg;
      return -1;
    case 'l':
      return lk_tool_lang("kb", optarg, &out->lang) ? -1 : LK_EXIT_UNUSABLE;
    case 'f':
      out->few = strtoul(optarg, &end, 10);
      return *optarg >= '0' && *optarg <= '9' && !*end && out->few <= 1000 ? -1 : lk_misuse("kb", "--few is a number");
    case 'j':
      out->json = true;
      return -1;
    case 'h':
      return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
    default:
      return LK_EXIT_UNUSABLE; /* getopt has said what it was */
  }
}

static int read_options(int argc, char **argv, stats_options *out) {
  static const struct option names[] = {{"kb", required_argument, NULL, 'k'},  {"lang", required_argument, NULL, 'l'},
                                        {"few", required_argument, NULL, 'f'}, {"json", no_argument, NULL, 'j'},
                                        {"help", no_argument, NULL, 'h'},      {NULL, 0, NULL, 0}};
  optind = 0; /* start anew: the program's own options were read before */
  for (int option, status; (option = getopt_long(argc, argv, "", names, NULL)) != -1;)
    if ((status = read_option(option, out)) >= 0) return status;
  return optind < argc ? lk_misuse("kb", "unexpected argument (name the folder with --kb)") : -1;
}

/* ---- Counting ---- */

/* Bytes of a dash, quotation mark or other punctuation beyond ASCII (U+0080 to U+00BF, U+2000 to U+207F); 0 for none. */
static size_t punctuation_at(lk_view text, size_t at) {
  unsigned char c = (unsigned char)text.ptr[at], next = at + 1 < text.len ? (unsigned char)text.ptr[at + 1] : 0;
  if (c == 0xC2) return 2;
  return c == 0xE2 && (next == 0x80 || next == 0x81) ? 3 : 0;
}

/* Runs without a space that have a letter or digit in them. */
static size_t count_words(lk_view text) {
  size_t words = 0, skip;
  bool inside = false;
  for (size_t i = 0; i < text.len; i += skip ? skip : 1) {
    unsigned char c = (unsigned char)text.ptr[i];
    skip = punctuation_at(text, i);
    bool letter = !skip && (c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'));
    words += letter && !inside;
    inside = (inside || letter) && c > ' ';
  }
  return words;
}

static int compare_sizes(const void *a, const void *b) {
  size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return (x > y) - (x < y);
}

/* Sorts; 0 for none. Of an even number the lower one in the middle, so that it is one that is there. */
static size_t median(size_t *values, size_t count) {
  if (!count) return 0;
  qsort(values, count, sizeof *values, compare_sizes);
  return values[(count - 1) / 2];
}

static size_t longest_words(const group *g) { return g->longest ? count_words(g->longest->answers[0].plain) : 0; }

static bool measure(group *g, const lk_entry *entries, size_t count, size_t few) {
  g->phrasings = calloc(count + 1, sizeof *g->phrasings);
  g->words = calloc(count + 1, sizeof *g->words);
  if (!g->phrasings || !g->words) return false;
  for (size_t i = 0; i < count; i++) {
    const lk_entry *e = &entries[i];
    if (e->kind != LK_ENTRY_ARTICLE || (g->id.len && !lk_view_eq(e->category, g->id))) continue;
    g->few += e->phrasing_count < few;
    g->phrasings[g->articles] = e->phrasing_count;
    g->words[g->articles] = count_words(e->answers[0].plain);
    if (!g->longest || g->words[g->articles] > longest_words(g)) g->longest = e;
    g->articles++;
  }
  return true;
}

static void forget(group *g) {
  free(g->phrasings);
  free(g->words);
}

static size_t count_kind(const lk_kb *kb, lk_lang lang, lk_entry_kind kind) {
  size_t count, sum = 0;
  const lk_entry *entries = lk_kb_entries(kb, lang, &count);
  for (size_t i = 0; i < count; i++) sum += entries[i].kind == kind;
  return sum;
}

static size_t count_rows(const lk_kb *kb, lk_lang lang, lk_lexicon_kind kind) {
  size_t count, sum = 0;
  const lk_lexicon_row *rows = lk_kb_lexicon(kb, lang, &count);
  for (size_t i = 0; i < count; i++) sum += rows[i].kind == kind;
  return sum;
}

static bool has_translation(const lk_kb *kb, lk_view id, lk_lang lang) {
  const lk_entry *entry = lk_kb_entry(kb, id, lang);
  return entry && entry->lang == lang;
}

/* ---- Lists of ids ---- */

typedef bool belongs(const lk_kb *kb, const lk_entry *entry, lk_lang lang, const stats_options *options);

static bool is_few(const lk_kb *kb, const lk_entry *entry, lk_lang lang, const stats_options *options) {
  (void)kb;
  return entry->lang == lang && entry->kind == LK_ENTRY_ARTICLE && entry->phrasing_count < options->few;
}

/* There in some language, the first of which counts, but not in this one. */
static bool is_missing(const lk_kb *kb, const lk_entry *entry, lk_lang lang, const stats_options *options) {
  (void)options;
  return !has_translation(kb, entry->id, lang) && lk_kb_entry(kb, entry->id, lang) == entry;
}

static bool is_stale(const lk_kb *kb, const lk_entry *entry, lk_lang lang, const stats_options *options) {
  (void)options;
  lk_date today = lk_local_time_of((int64_t)time(NULL)).date;
  int64_t age = lk_date_given(entry->updated) ? lk_date_days(today) - lk_date_days(entry->updated) : 0;
  return entry->lang == lang && (double)age > lk_kb_policy(kb, "stale-days");
}

static json_t *list_ids(const lk_kb *kb, lk_lang lang, belongs *wanted, const stats_options *options) {
  json_t *list = json_array();
  size_t count;
  const lk_entry *entries = lk_kb_entries(kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count; i++)
    if (wanted(kb, &entries[i], lang, options)) (void)json_array_append_new(list, lk_json_text(entries[i].id));
  return list;
}

/* ---- JSON: the text is printed from it ---- */

static json_t *group_json(group *g) {
  size_t least = g->articles ? SIZE_MAX : 0, most = 0, phrasings = 0;
  for (size_t i = 0; i < g->articles; i++) {
    phrasings += g->phrasings[i];
    if (g->phrasings[i] < least) least = g->phrasings[i];
    if (g->words[i] > most) most = g->words[i];
  }
  return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "articles", (json_int_t)g->articles, "phrasings", (json_int_t)phrasings,
                   "phrasings_median", (json_int_t)median(g->phrasings, g->articles), "phrasings_least", (json_int_t)least,
                   "answer_words_median", (json_int_t)median(g->words, g->articles), "answer_words_most", (json_int_t)most,
                   "longest", g->longest ? lk_json_text(g->longest->id) : json_null());
}

static json_t *category_json(const lk_kb *kb, lk_view id, lk_lang lang, const stats_options *options) {
  size_t count;
  const lk_entry *entries = lk_kb_entries(kb, lang, &count);
  group g = {.id = id, .title = lk_kb_category(kb, id, lang)->title};
  json_t *json = measure(&g, entries, count, options->few) ? group_json(&g) : NULL;
  if (json) {
    (void)json_object_set_new(json, "category", lk_json_text(id));
    (void)json_object_set_new(json, "title", lk_json_text(g.title));
    (void)json_object_set_new(json, "few", json_integer((json_int_t)g.few));
  }
  forget(&g);
  return json;
}

/* Categories in the order of the files, each once, whatever languages have its title. */
static json_t *categories_json(const lk_kb *kb, lk_lang lang, const stats_options *options) {
  json_t *list = json_array();
  size_t count;
  const lk_category *all = lk_kb_categories(kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count; i++) {
    bool again = false;
    for (size_t j = 0; j < i; j++) again = again || lk_view_eq(all[j].id, all[i].id);
    if (!again) (void)json_array_append_new(list, category_json(kb, all[i].id, lang, options));
  }
  return list;
}

static json_t *language_json(const lk_engine *engine, lk_lang lang, const stats_options *options) {
  const lk_kb *kb = lk_engine_kb(engine);
  const lk_index *index = lk_engine_index(engine, lang);
  size_t count;
  const lk_entry *entries = lk_kb_entries(kb, lang, &count);
  group g = {.id = {"", 0}};
  json_t *json = measure(&g, entries, count, options->few) ? group_json(&g) : NULL;
  forget(&g);
  json_t *more = json_pack(
      "{s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:{s:I, s:I, s:I, s:I}, s:I, s:I, s:I, s:o}", "lang", lk_lang_code(lang), "intents",
      (json_int_t)count_kind(kb, lang, LK_ENTRY_INTENT), "chats", (json_int_t)count_kind(kb, lang, LK_ENTRY_CHAT), "not_covered",
      (json_int_t)count_kind(kb, lang, LK_ENTRY_NOT_COVERED), "few", list_ids(kb, lang, is_few, options), "missing",
      list_ids(kb, lang, is_missing, options), "stale", list_ids(kb, lang, is_stale, options), "lexicon", "sets",
      (json_int_t)count_rows(kb, lang, LK_LEXICON_SET), "maps", (json_int_t)count_rows(kb, lang, LK_LEXICON_MAP), "spoken",
      (json_int_t)count_rows(kb, lang, LK_LEXICON_SPOKEN), "names", (json_int_t)count_rows(kb, lang, LK_LEXICON_NAME),
      "documents", (json_int_t)(index ? lk_index_documents(index) : 0), "terms", (json_int_t)(index ? lk_index_terms(index) : 0),
      "index_bytes", (json_int_t)(index ? lk_index_bytes(index) : 0), "categories", categories_json(kb, lang, options));
  if (json && more) (void)json_object_update(json, more);
  json_decref(more);
  return json;
}

static json_t *stats_json(const lk_engine *engine, double seconds, const stats_options *options) {
  json_t *languages = json_array();
  for (int lang = 0; lang < LK_LANG_COUNT; lang++)
    if (options->lang == LK_LANG_NONE || options->lang == (lk_lang)lang)
      (void)json_array_append_new(languages, language_json(engine, (lk_lang)lang, options));
  return json_pack("{s:f, s:I, s:o}", "build_seconds", seconds, "kb_bytes", (json_int_t)lk_kb_footprint(lk_engine_kb(engine)),
                   "languages", languages);
}

/* ---- Text ---- */

static long number(json_t *object, const char *name) { return (long)json_integer_value(json_object_get(object, name)); }
static const char *text(json_t *object, const char *name) {
  const char *value = json_string_value(json_object_get(object, name));
  return value ? value : "";
}

static void print_row(json_t *row, const char *name, long few) {
  (void)printf("  %-24.24s %8ld %9ld %7ld %6ld %6ld %8ld %8ld\n", name, number(row, "articles"), number(row, "phrasings"),
               number(row, "phrasings_median"), number(row, "phrasings_least"), few, number(row, "answer_words_median"),
               number(row, "answer_words_most"));
}

static void print_list(json_t *language, const char *name, const char *about) {
  json_t *list = json_object_get(language, name), *id;
  size_t i, count = json_array_size(list);
  if (!count) return;
  (void)printf("  %s (%zu):", about, count);
  json_array_foreach(list, i, id) if (i < SHOWN)(void) printf("%s %s", i ? "," : "", json_string_value(id));
  (void)puts(count > SHOWN ? " …" : "");
}

static void print_language(json_t *language, size_t few) {
  json_t *lexicon = json_object_get(language, "lexicon"), *category;
  size_t i;
  char title[64];
  (void)snprintf(title, sizeof title, "under %zu", few);
  (void)printf("%s\n  %-24s %8s %9s %7s %6s %6s %8s %8s\n", text(language, "lang"), "", "articles", "phrasings", "median",
               "least", title, "words", "longest");
  json_array_foreach(json_object_get(language, "categories"), i, category) {
    if (number(category, "articles")) print_row(category, text(category, "category"), number(category, "few"));
  }
  print_row(language, "all", (long)json_array_size(json_object_get(language, "few")));
  (void)printf("  %ld intents, %ld small talk, %ld not covered\n", number(language, "intents"), number(language, "chats"),
               number(language, "not_covered"));
  (void)printf("  lexicon: %ld sets, %ld maps, %ld spoken forms, %ld names\n", number(lexicon, "sets"), number(lexicon, "maps"),
               number(lexicon, "spoken"), number(lexicon, "names"));
  (void)printf("  index: %ld entries, %ld terms, %ld kB\n", number(language, "documents"), number(language, "terms"),
               number(language, "index_bytes") / 1024);
  (void)snprintf(title, sizeof title, "fewer than %zu phrasings", few);
  print_list(language, "few", title);
  print_list(language, "missing", "not translated");
  print_list(language, "stale", "not read for long");
  if (*text(language, "longest"))
    (void)printf("  longest answer: %s, %ld words\n", text(language, "longest"), number(language, "answer_words_most"));
  (void)puts("");
}

static int print_stats(json_t *stats, const stats_options *options) {
  json_t *language;
  size_t i;
  if (!stats) return lk_misuse("kb", "out of memory");
  if (options->json)
    return json_dumpf(stats, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(4)) || puts("") == EOF ? LK_EXIT_UNUSABLE
                                                                                                 : LK_EXIT_GOOD;
  json_array_foreach(json_object_get(stats, "languages"), i, language) print_language(language, options->few);
  (void)printf("made ready in %.2f s; the texts take %ld kB\n", json_real_value(json_object_get(stats, "build_seconds")),
               number(stats, "kb_bytes") / 1024);
  return ferror(stdout) ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
}

int lk_kb_command_stats(int argc, char **argv) {
  stats_options options = {.lang = LK_LANG_NONE, .few = FEW};
  int status = read_options(argc, argv, &options);
  if (status >= 0) return status;
  double start = lk_seconds();
  lk_engine *engine = lk_tool_engine("kb", lk_kb_folder(options.folder), NULL);
  if (!engine) return LK_EXIT_UNUSABLE;
  json_t *stats = stats_json(engine, lk_seconds() - start, &options);
  status = print_stats(stats, &options);
  json_decref(stats);
  lk_engine_free(engine);
  return status;
}
