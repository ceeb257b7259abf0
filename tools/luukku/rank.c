/* luukku rank: indexes documents, answers queries, writes a TREC run. */
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "luukku/arena.h"
#include "luukku/collection.h"
#include "tool.h"

static const char usage[] =
    "Usage: luukku rank --docs D.tsv [--save FILE] [--queries Q.tsv] [--lang fi|sv|en] [--no-voikko] [--top N] [--threads N]\n"
    "                   [--rounds N] [--stats]\n"
    "       luukku rank --index FILE --queries Q.tsv [--top N] [--threads N] [--rounds N] [--stats]\n"
    "\n"
    "Indexes lines \"id<TAB>title<TAB>body\", answers lines \"id<TAB>text\" and writes a TREC run:\n"
    "  qid Q0 docid rank score luukku\n"
    "\n"
    "  --docs D     documents to index; they are read line by line and not kept\n"
    "  --save FILE  writes the index, so that --index needs no documents\n"
    "  --index FILE maps an index that --save wrote. All of it is read once to see that nothing in it is damaged: a second a\n"
    "               few gigabytes\n"
    "  --queries Q  queries to answer\n"
    "  --lang L     the language of documents and queries (default fi); an index has its own\n"
    "  --no-voikko  stem Finnish by Snowball; an index knows whether its documents were\n"
    "  --top N      documents a query (default 10)\n"
    "  --threads N  threads that answer (default 1); with two or more, two also build. The answers are the same\n"
    "  --rounds N   answers all queries N times (default 1)\n"
    "  --stats      one JSON line on standard error: {documents, build_seconds, analysis_seconds, index_seconds, open_seconds,\n"
    "               index_bytes, threads, queries, queries_per_second, p50_us, p99_us, first_p50_us, first_p99_us, cold_ms,\n"
    "               peak_rss_bytes}. Of build_seconds, analysis_seconds went into tokens and looking words up, index_seconds "
    "into\n"
    "               the index, at the same time with two threads; open_seconds went into mapping. first_ is of the first round,\n"
    "               p50_us and p99_us are of the last one, when no word is new, and queries_per_second is of all but the first.\n"
    "               cold_ms is from the process's start to the first answer. index_bytes is the file's where there is one\n"
    "  --help       this text\n";

enum { TOP_MAX = 1000, THREADS_MAX = 64, ROUNDS_MAX = 1000 };

typedef struct rank_options {
  const char *docs, *queries, *save, *index;
  lk_collection_options collection;
  bool lang_given;
  size_t top, rounds;
  bool stats;
} rank_options;

static bool read_number(const char *text, size_t most, size_t *out) {
  char *end;
  *out = strtoul(text, &end, 10);
  return end != text && !*end && *out >= 1 && *out <= most;
}

static int check_options(const rank_options *o) {
  if (!o->docs == !o->index) return lk_misuse("rank", "name --docs, or --index with what --save wrote of them");
  if (o->index && o->save) return lk_misuse("rank", "--save goes with --docs; an index is copied as a file");
  if (o->index && o->collection.analyzer.no_voikko)
    return lk_misuse("rank", "--no-voikko goes with --docs; an index knows how it was made");
  if (!o->queries && (o->index || !o->save)) return lk_misuse("rank", "name --queries, or --save to write the index");
  return -1;
}

static int read_options(int argc, char **argv, rank_options *out) {
  static const struct option names[] = {{"docs", required_argument, NULL, 'd'},    {"queries", required_argument, NULL, 'q'},
                                        {"save", required_argument, NULL, 'w'},    {"index", required_argument, NULL, 'i'},
                                        {"lang", required_argument, NULL, 'l'},    {"top", required_argument, NULL, 't'},
                                        {"threads", required_argument, NULL, 'n'}, {"rounds", required_argument, NULL, 'r'},
                                        {"stats", no_argument, NULL, 's'},         {"no-voikko", no_argument, NULL, 'v'},
                                        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
  *out = (rank_options){.collection = {.lang = LK_LANG_FI, .threads = 1}, .top = 10, .rounds = 1};
  optind = 0;
  for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    switch (option) {
      case 'd':
        out->docs = optarg;
        break;
      case 'q':
        out->queries = optarg;
        break;
      case 'w':
        out->save = optarg;
        break;
      case 'i':
        out->index = optarg;
        break;
      case 'l':
        if (!lk_tool_lang("rank", optarg, &out->collection.lang)) return LK_EXIT_UNUSABLE;
        out->lang_given = true;
        break;
      case 't':
        if (!read_number(optarg, TOP_MAX, &out->top)) return lk_misuse("rank", "--top is a number from 1 to %d", TOP_MAX);
        break;
      case 'n':
        if (!read_number(optarg, THREADS_MAX, &out->collection.threads))
          return lk_misuse("rank", "--threads is a number from 1 to %d", THREADS_MAX);
        break;
      case 'r':
        if (!read_number(optarg, ROUNDS_MAX, &out->rounds))
          return lk_misuse("rank", "--rounds is a number from 1 to %d", ROUNDS_MAX);
        break;
      case 's':
        out->stats = true;
        break;
      case 'v':
        out->collection.analyzer.no_voikko = true;
        break;
      case 'h':
        return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
      default:
        return LK_EXIT_UNUSABLE;
    }
  }
  return optind < argc ? lk_misuse("rank", "unexpected argument '%s'", argv[optind]) : check_options(out);
}

/* ---- The collection: built or mapped ---- */

typedef struct collection_times {
  double build, open; /* seconds */
  lk_collection_times parts;
} collection_times;

/* A line's cells, of which the last may be missing; without the line's end. */
static void cut(char *line, size_t length, lk_view cells[3]) {
  while (length && (line[length - 1] == '\n' || line[length - 1] == '\r')) length--;
  for (int c = 0; c < 3; c++) {
    char *tab = c < 2 ? memchr(line, '\t', length) : NULL;
    size_t size = tab ? (size_t)(tab - line) : length, rest = tab ? size + 1 : size;
    cells[c] = (lk_view){line, size};
    line += rest;
    length -= rest;
  }
}

static lk_code add_documents(FILE *file, lk_collection_builder *builder, lk_error *err) {
  char *line = NULL;
  size_t cap = 0;
  lk_code code = LK_OK;
  for (ssize_t length; !code && (length = getline(&line, &cap, file)) != -1;) {
    lk_view cells[3];
    cut(line, (size_t)length, cells);
    if (!cells[0].len && !cells[1].len && !cells[2].len) continue;
    code = lk_collection_builder_add(builder, cells[0], cells[1], cells[2], err);
  }
  free(line);
  return code;
}

static lk_collection *build(const rank_options *options, collection_times *times, lk_error *err) {
  double begin = lk_seconds();
  bool standard = strcmp(options->docs, "-") == 0;
  FILE *file = standard ? stdin : fopen(options->docs, "rb");
  lk_collection_builder *builder = file ? lk_collection_builder_new(&options->collection, err) : NULL;
  lk_code code = builder ? add_documents(file, builder, err) : LK_ERR_MEMORY;
  if (!file || (!code && ferror(file))) {
    *err = (lk_error){.code = code = LK_ERR_IO};
    (void)snprintf(err->message, sizeof err->message, "%s cannot be read: %s; check the path", options->docs, strerror(errno));
  }
  if (file && !standard) (void)fclose(file);
  lk_collection *made = code ? NULL : lk_collection_builder_finish(builder, &times->parts, err);
  lk_collection_builder_free(builder);
  times->build = lk_seconds() - begin;
  return made;
}

static lk_collection *open_index(const rank_options *options, collection_times *times, lk_error *err) {
  double begin = lk_seconds();
  lk_collection *mapped = lk_collection_map(options->index, err);
  if (mapped && options->lang_given && options->collection.lang != lk_collection_lang(mapped)) {
    *err = (lk_error){.code = LK_ERR_INPUT};
    (void)snprintf(err->file, sizeof err->file, "%s", options->index);
    (void)snprintf(err->message, sizeof err->message, "this index is of documents in another language (%s); leave --lang out",
                   lk_lang_code(lk_collection_lang(mapped)));
    lk_collection_free(mapped);
    return NULL;
  }
  times->open = lk_seconds() - begin;
  return mapped;
}

/* ---- Answering: each thread takes the next queries until none are left ---- */

/* Queries that a thread takes at once: what it writes of them shares few cache lines with the other threads'. */
enum { SHARE = 8 };

typedef struct answers {
  size_t next;   /* the next answer, taken atomically */
  size_t wanted; /* answers: all queries, some times over */
  const rank_options *options;
  const lk_table *queries;
  const lk_collection *collection;
  lk_shared_words *words; /* what one thread has found out about a word that no document has, for the others */
  lk_hit *hits;           /* top a query */
  size_t *counts;         /* a query */
  double *micros;         /* a query */
  double began;           /* lk_seconds when the process started */
  double first_answer;    /* seconds from then */
  lk_code code;
  lk_error err;
} answers;

/* What a thread keeps from round to round. */
typedef struct answerer {
  answers *all;
  lk_analyzer *analyzer;
  lk_query_maker *maker;
  lk_searcher *searcher;
  lk_arena *arena;
  lk_hit *hits; /* of answers that are not kept */
  pthread_t thread;
} answerer;

/* What is kept of an answer; rounds before the last one only take their time. */
static lk_code answer_one(answerer *self, size_t q, bool kept, lk_error *err) {
  answers *a = self->all;
  size_t top = a->options->top, found = 0;
  double begin = lk_seconds();
  lk_arena_reset(self->arena);
  lk_analysis analysis;
  lk_query query;
  lk_code code = lk_analyze(self->analyzer, lk_collection_lang(a->collection), lk_view_of(lk_cell(a->queries, q, 1)),
                            LK_ANALYZE_REPAIR, self->arena, &analysis, err);
  if (!code) code = lk_query_make(self->maker, NULL, &analysis, self->arena, &query, err);
  if (!code) found = lk_search(self->searcher, &query, kept ? a->hits + q * top : self->hits, top);
  double end = lk_seconds();
  if (!kept) return code;
  a->counts[q] = found;
  a->micros[q] = (end - begin) * 1e6;
  if (!q && a->first_answer <= 0) a->first_answer = end - a->began;
  return code;
}

static void *answer_all(void *argument) {
  answerer *self = argument;
  answers *a = self->all;
  lk_error err = {0};
  lk_code code = LK_OK;
  for (size_t at = 0, end = 0; !code; at++) {
    if (at == end) end = (at = __atomic_fetch_add(&a->next, SHARE, __ATOMIC_RELAXED)) + SHARE;
    if (at >= a->wanted) break;
    code = answer_one(self, at % a->queries->rows, at + a->queries->rows >= a->wanted, &err);
  }
  if (code && !__atomic_exchange_n(&a->code, code, __ATOMIC_ACQ_REL)) a->err = err;
  return NULL;
}

/* An index that was made without the dictionary has other terms than questions read with it, and the other way round. */
static bool fits(const answerer *self, answers *a) {
  bool here = lk_analyzer_has_dictionary(self->analyzer);
  if (here == lk_collection_has_dictionary(a->collection)) return true;
  a->err = (lk_error){.code = LK_ERR_INPUT};
  (void)snprintf(a->err.file, sizeof a->err.file, "%s", a->options->index ? a->options->index : "");
  (void)snprintf(a->err.message, sizeof a->err.message,
                 "this index was made %s Voikko's dictionary, which is %s; make it with luukku rank --save",
                 here ? "without" : "with", here ? "here" : "missing here");
  return false;
}

static bool open_answerer(answerer *self, answers *a) {
  *self = (answerer){.all = a};
  lk_analyzer_options how = lk_collection_analyzer(a->collection);
  self->analyzer = lk_analyzer_new(lk_collection_vocabulary(a->collection), &how, &a->err);
  if (self->analyzer) lk_analyzer_share(self->analyzer, a->words);
  if (self->analyzer && fits(self, a)) self->searcher = lk_searcher_new(lk_collection_index(a->collection), &a->err);
  if (self->searcher) self->maker = lk_query_maker_new(lk_collection_index(a->collection), &a->err);
  self->arena = self->maker ? lk_arena_new() : NULL;
  self->hits = self->arena ? calloc(a->options->top, sizeof *self->hits) : NULL;
  if (!self->hits) a->code = a->err.code ? a->err.code : LK_ERR_MEMORY;
  return !a->code;
}

static void close_answerer(answerer *self) {
  free(self->hits);
  lk_arena_free(self->arena);
  lk_query_maker_free(self->maker);
  lk_searcher_free(self->searcher);
  lk_analyzer_free(self->analyzer);
}

static int by_value(const void *a, const void *b) {
  const double *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

typedef struct round_times {
  double p50, p99; /* of the last round, in microseconds */
  double seconds;  /* a round */
} round_times;

/* Rounds in a row: the threads wait for each other at their end only. */
static round_times run_rounds(answers *a, answerer *crew, size_t rounds) {
  double begin = lk_seconds();
  size_t started = 1, n = a->queries->rows;
  a->next = 0;
  a->wanted = n * rounds;
  while (started < a->options->collection.threads && pthread_create(&crew[started].thread, NULL, answer_all, &crew[started]) == 0)
    started++;
  (void)answer_all(&crew[0]);
  for (size_t t = 1; t < started; t++) (void)pthread_join(crew[t].thread, NULL);
  round_times times = {.seconds = (lk_seconds() - begin) / (double)rounds};
  qsort(a->micros, n, sizeof *a->micros, by_value);
  if (n) times = (round_times){a->micros[n / 2], a->micros[n * 99 / 100], times.seconds};
  return times;
}

static bool answer_queries(answers *a, round_times *first, round_times *later) {
  answerer crew[THREADS_MAX];
  size_t opened = 0;
  if (!(a->words = lk_shared_words_new(&a->err))) a->code = LK_ERR_MEMORY;
  while (!a->code && opened < a->options->collection.threads) (void)open_answerer(&crew[opened++], a);
  if (!a->code) *first = *later = run_rounds(a, crew, 1);
  if (!a->code && a->options->rounds > 1) *later = run_rounds(a, crew, a->options->rounds - 1);
  while (opened) close_answerer(&crew[--opened]);
  lk_shared_words_free(a->words);
  return !a->code;
}

/* ---- Telling ---- */

static json_int_t index_bytes(const answers *a) {
  struct stat info;
  const char *file = a->options->index ? a->options->index : a->options->save;
  if (file && stat(file, &info) == 0) return (json_int_t)info.st_size;
  return (json_int_t)lk_index_bytes(lk_collection_index(a->collection));
}

static void print_stats(const answers *a, const collection_times *times, round_times first, round_times last) {
  struct rusage usage_now;
  (void)getrusage(RUSAGE_SELF, &usage_now);
  json_t *line = json_pack("{s:I,s:f,s:f,s:f,s:f,s:I}", "documents", (json_int_t)lk_collection_documents(a->collection),
                           "build_seconds", times->build, "analysis_seconds", times->parts.analysis, "index_seconds",
                           times->parts.index, "open_seconds", times->open, "index_bytes", index_bytes(a));
  if (a->options->queries)
    (void)json_object_update_new(
        line,
        json_pack("{s:I,s:I,s:f,s:f,s:f,s:f,s:f,s:f}", "threads", (json_int_t)a->options->collection.threads, "queries",
                  (json_int_t)a->queries->rows, "queries_per_second", (double)a->queries->rows / last.seconds, "p50_us", last.p50,
                  "p99_us", last.p99, "first_p50_us", first.p50, "first_p99_us", first.p99, "cold_ms", a->first_answer * 1e3));
  (void)json_object_set_new(line, "peak_rss_bytes", json_integer((json_int_t)usage_now.ru_maxrss * 1024));
  lk_json_line(line, stderr);
}

static void print_run(const answers *a) {
  for (size_t q = 0; q < a->queries->rows; q++)
    for (size_t h = 0; h < a->counts[q]; h++) {
      const lk_hit *hit = &a->hits[q * a->options->top + h];
      (void)printf("%s Q0 %.*s %zu %.5f luukku\n", lk_cell(a->queries, q, 0),
                   LK_FMT(lk_collection_id(a->collection, hit->document)), h + 1, (double)hit->score);
    }
}

static bool answer(answers *a, round_times *first, round_times *last) {
  size_t n = a->queries->rows;
  a->hits = calloc(n * a->options->top + 1, sizeof *a->hits);
  a->counts = calloc(n + 1, sizeof *a->counts);
  a->micros = calloc(n + 1, sizeof *a->micros);
  if (a->hits && a->counts && a->micros) return answer_queries(a, first, last);
  a->err = (lk_error){.code = LK_ERR_MEMORY, .message = "out of memory; ask fewer questions or a lower --top"};
  return false;
}

static int rank(const rank_options *options, const lk_table *queries, double began) {
  answers a = {.options = options, .queries = queries, .began = began};
  collection_times times = {0};
  round_times first = {0}, last = {0};
  lk_collection *collection = options->index ? open_index(options, &times, &a.err) : build(options, &times, &a.err);
  a.collection = collection;
  bool fine = collection && (!options->save || lk_collection_write(collection, options->save, &a.err) == LK_OK);
  if (fine && options->queries) fine = answer(&a, &first, &last);
  if (fine && options->queries) print_run(&a);
  if (fine && options->stats) print_stats(&a, &times, first, last);
  free(a.hits);
  free(a.counts);
  free(a.micros);
  lk_collection_free(collection);
  return fine ? LK_EXIT_GOOD : lk_complain("rank", &a.err);
}

/* What came before, loading the program above all, waits for hardly anything but its own work. */
static double process_start(void) {
  struct timespec used;
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return lk_seconds() - ((double)used.tv_sec + (double)used.tv_nsec / 1e9);
}

int lk_command_rank(int argc, char **argv) {
  double began = process_start();
  rank_options options;
  int status = read_options(argc, argv, &options);
  if (status >= 0) return status;
  lk_table queries = {0};
  if (options.queries && !lk_table_read("rank", options.queries, 2, &queries)) return LK_EXIT_UNUSABLE;
  status = rank(&options, &queries, began);
  lk_table_free(&queries);
  return status;
}
