/* luukku rank: indexes documents, answers queries, writes a TREC run. */
#include <getopt.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "luukku/arena.h"
#include "tool.h"

static const char usage[] =
    "Usage: luukku rank --docs D.tsv --queries Q.tsv [--lang fi|sv|en] [--top N] [--threads N] [--rounds N] [--stats] "
    "[--no-voikko]\n"
    "\n"
    "Indexes lines \"id<TAB>title<TAB>body\", answers lines \"id<TAB>text\" and writes a TREC run:\n"
    "  qid Q0 docid rank score luukku\n"
    "\n"
    "  --lang L     the language of documents and queries (default fi)\n"
    "  --top N      documents a query (default 10)\n"
    "  --threads N  threads that answer (default 1)\n"
    "  --rounds N   answers all queries N times (default 1); the times are those of the last round, when no word is new\n"
    "  --stats      one JSON line on standard error: {documents, build_seconds, index_bytes, queries, queries_per_second, "
    "p50_us,\n"
    "               p99_us, first_p50_us, first_p99_us, peak_rss_bytes}; first_ is of the first round\n"
    "  --no-voikko  stem Finnish by Snowball\n"
    "  --help       this text\n";

enum { TOP_MAX = 1000, THREADS_MAX = 64, ROUNDS_MAX = 1000 };

typedef struct rank_options {
  const char *docs, *queries;
  lk_lang lang;
  size_t top, threads, rounds;
  bool stats;
  lk_analyzer_options analyzer;
} rank_options;

static int read_options(int argc, char **argv, rank_options *out) {
  static const struct option names[] = {{"docs", required_argument, NULL, 'd'},    {"queries", required_argument, NULL, 'q'},
                                        {"lang", required_argument, NULL, 'l'},    {"top", required_argument, NULL, 't'},
                                        {"threads", required_argument, NULL, 'n'}, {"rounds", required_argument, NULL, 'r'},
                                        {"stats", no_argument, NULL, 's'},         {"no-voikko", no_argument, NULL, 'v'},
                                        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
  *out = (rank_options){.lang = LK_LANG_FI, .top = 10, .threads = 1, .rounds = 1};
  optind = 0;
  for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    char *end = NULL;
    switch (option) {
      case 'd':
        out->docs = optarg;
        break;
      case 'q':
        out->queries = optarg;
        break;
      case 'l':
        if (!lk_tool_lang("rank", optarg, &out->lang)) return LK_EXIT_UNUSABLE;
        break;
      case 't':
        out->top = strtoul(optarg, &end, 10);
        if (*end || out->top < 1 || out->top > TOP_MAX) return lk_misuse("rank", "--top is a number from 1 to %d", TOP_MAX);
        break;
      case 'n':
        out->threads = strtoul(optarg, &end, 10);
        if (*end || out->threads < 1 || out->threads > THREADS_MAX)
          return lk_misuse("rank", "--threads is a number from 1 to %d", THREADS_MAX);
        break;
      case 'r':
        out->rounds = strtoul(optarg, &end, 10);
        if (*end || out->rounds < 1 || out->rounds > ROUNDS_MAX)
          return lk_misuse("rank", "--rounds is a number from 1 to %d", ROUNDS_MAX);
        break;
      case 's':
        out->stats = true;
        break;
      case 'v':
        out->analyzer.no_voikko = true;
        break;
      case 'h':
        return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
      default:
        return LK_EXIT_UNUSABLE;
    }
  }
  if (!out->docs || !out->queries) return lk_misuse("rank", "name both --docs and --queries");
  return optind < argc ? lk_misuse("rank", "unexpected argument '%s'", argv[optind]) : -1;
}

/* ---- Building ---- */

static lk_code add_field(lk_index_builder *builder, lk_vocabulary *vocabulary, lk_analyzer *analyzer, lk_lang lang,
                         lk_field field, const char *text, lk_arena *arena, lk_error *err) {
  lk_analysis analysis;
  if (!*text) return LK_OK;
  lk_code code = lk_analyze(analyzer, lang, lk_view_of(text), 0, arena, &analysis, err);
  for (size_t w = 0; !code && w < analysis.count; w++) code = lk_vocabulary_add_word(vocabulary, lang, &analysis.words[w], err);
  return code ? code : lk_index_builder_text(builder, field, &analysis, err);
}

static lk_index *build_index(const lk_table *docs, lk_vocabulary *vocabulary, const rank_options *options, lk_error *err) {
  lk_analyzer *analyzer = lk_analyzer_new(vocabulary, &options->analyzer, err);
  lk_index_builder *builder = lk_index_builder_new(&lk_weights_documents, err);
  lk_arena *arena = lk_arena_new();
  lk_code code = analyzer && builder && arena ? LK_OK : LK_ERR_MEMORY;
  for (size_t d = 0; !code && d < docs->rows; d++) {
    lk_arena_reset(arena);
    code = lk_index_builder_document(builder, err);
    if (!code) code = add_field(builder, vocabulary, analyzer, options->lang, LK_FIELD_TITLE, lk_cell(docs, d, 1), arena, err);
    if (!code) code = add_field(builder, vocabulary, analyzer, options->lang, LK_FIELD_BODY, lk_cell(docs, d, 2), arena, err);
  }
  lk_index *index = code ? NULL : lk_index_builder_freeze(builder, err);
  lk_arena_free(arena);
  lk_index_builder_free(builder);
  lk_analyzer_free(analyzer);
  return index;
}

/* ---- Answering: each thread takes the next query until none is left ---- */

typedef struct answers {
  const rank_options *options;
  const lk_table *queries;
  const lk_vocabulary *vocabulary;
  const lk_index *index;
  lk_hit *hits;   /* top a query */
  size_t *counts; /* a query */
  double *micros; /* a query, in the present round */
  size_t next;    /* taken atomically */
  lk_code code;
  lk_error err;
} answers;

/* What a thread keeps from round to round. */
typedef struct answerer {
  answers *all;
  lk_analyzer *analyzer;
  lk_searcher *searcher;
  lk_arena *arena;
  pthread_t thread;
} answerer;

static lk_code answer_one(answerer *self, size_t q, lk_error *err) {
  answers *a = self->all;
  double begin = lk_seconds();
  lk_arena_reset(self->arena);
  lk_analysis analysis;
  lk_query query;
  lk_code code = lk_analyze(self->analyzer, a->options->lang, lk_view_of(lk_cell(a->queries, q, 1)),
                            LK_ANALYZE_REPAIR | LK_ANALYZE_GRAMS, self->arena, &analysis, err);
  if (!code) code = lk_query_make(a->index, NULL, &analysis, self->arena, &query, err);
  if (!code) a->counts[q] = lk_search(self->searcher, &query, a->hits + q * a->options->top, a->options->top);
  a->micros[q] = (lk_seconds() - begin) * 1e6;
  return code;
}

static void *answer_all(void *argument) {
  answerer *self = argument;
  answers *a = self->all;
  lk_error err = {0};
  lk_code code = LK_OK;
  while (!code) {
    size_t q = __atomic_fetch_add(&a->next, 1, __ATOMIC_RELAXED);
    if (q >= a->queries->rows) break;
    code = answer_one(self, q, &err);
  }
  if (code && !__atomic_exchange_n(&a->code, code, __ATOMIC_ACQ_REL)) a->err = err;
  return NULL;
}

static bool open_answerer(answerer *self, answers *a) {
  *self = (answerer){.all = a};
  self->analyzer = lk_analyzer_new(a->vocabulary, &a->options->analyzer, &a->err);
  self->searcher = self->analyzer ? lk_searcher_new(a->index, &a->err) : NULL;
  self->arena = self->searcher ? lk_arena_new() : NULL;
  if (!self->arena) a->code = LK_ERR_MEMORY;
  return !a->code;
}

static void close_answerer(answerer *self) {
  lk_arena_free(self->arena);
  lk_searcher_free(self->searcher);
  lk_analyzer_free(self->analyzer);
}

static int by_value(const void *a, const void *b) {
  const double *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

typedef struct round_times {
  double p50, p99, seconds;
} round_times;

static round_times run_round(answers *a, answerer *crew) {
  double begin = lk_seconds();
  a->next = 0;
  size_t started = 1, n = a->queries->rows;
  while (started < a->options->threads && pthread_create(&crew[started].thread, NULL, answer_all, &crew[started]) == 0) started++;
  (void)answer_all(&crew[0]);
  for (size_t t = 1; t < started; t++) (void)pthread_join(crew[t].thread, NULL);
  round_times times = {.seconds = lk_seconds() - begin};
  qsort(a->micros, n, sizeof *a->micros, by_value);
  if (n) times = (round_times){a->micros[n / 2], a->micros[n * 99 / 100], times.seconds};
  return times;
}

/* The first round's times and the last one's. */
static bool run_rounds(answers *a, round_times *first, round_times *last) {
  answerer crew[THREADS_MAX];
  size_t opened = 0;
  while (!a->code && opened < a->options->threads) (void)open_answerer(&crew[opened++], a);
  for (size_t round = 0; !a->code && round < a->options->rounds; round++) {
    *last = run_round(a, crew);
    if (!round) *first = *last;
  }
  while (opened) close_answerer(&crew[--opened]);
  return !a->code;
}

static void print_stats(const answers *a, const lk_table *docs, double build_seconds, round_times first, round_times last) {
  size_t n = a->queries->rows;
  struct rusage usage_now;
  (void)getrusage(RUSAGE_SELF, &usage_now);
  lk_json_line(json_pack("{s:I,s:f,s:I,s:I,s:f,s:f,s:f,s:f,s:f,s:I}", "documents", (json_int_t)docs->rows, "build_seconds",
                         build_seconds, "index_bytes", (json_int_t)lk_index_bytes(a->index), "queries", (json_int_t)n,
                         "queries_per_second", (double)n / last.seconds, "p50_us", last.p50, "p99_us", last.p99, "first_p50_us",
                         first.p50, "first_p99_us", first.p99, "peak_rss_bytes", (json_int_t)usage_now.ru_maxrss * 1024),
               stderr);
}

static void print_run(const answers *a, const lk_table *docs) {
  for (size_t q = 0; q < a->queries->rows; q++)
    for (size_t h = 0; h < a->counts[q]; h++) {
      const lk_hit *hit = &a->hits[q * a->options->top + h];
      (void)printf("%s Q0 %s %zu %.5f luukku\n", lk_cell(a->queries, q, 0), lk_cell(docs, hit->document, 0), h + 1,
                   (double)hit->score);
    }
}

static int rank(const lk_table *docs, const lk_table *queries, const rank_options *options) {
  lk_error err = {0};
  double begin = lk_seconds();
  lk_vocabulary *vocabulary = lk_vocabulary_new(&err);
  lk_index *index = vocabulary ? build_index(docs, vocabulary, options, &err) : NULL;
  double built = lk_seconds();
  answers a = {.options = options, .queries = queries, .vocabulary = vocabulary, .index = index};
  a.hits = calloc(queries->rows * options->top + 1, sizeof *a.hits);
  a.counts = calloc(queries->rows + 1, sizeof *a.counts);
  a.micros = calloc(queries->rows + 1, sizeof *a.micros);
  int status = LK_EXIT_GOOD;
  round_times first = {0}, last = {0};
  if (!index || !a.hits || !a.counts || !a.micros)
    status = lk_complain("rank", &err);
  else if (!run_rounds(&a, &first, &last))
    status = lk_complain("rank", &a.err);
  if (status == LK_EXIT_GOOD) {
    print_run(&a, docs);
    if (options->stats) print_stats(&a, docs, built - begin, first, last);
  }
  free(a.hits);
  free(a.counts);
  free(a.micros);
  lk_index_free(index);
  lk_vocabulary_free(vocabulary);
  return status;
}

int lk_command_rank(int argc, char **argv) {
  rank_options options;
  int status = read_options(argc, argv, &options);
  if (status >= 0) return status;
  lk_table docs, queries;
  if (!lk_table_read("rank", options.docs, 3, &docs)) return LK_EXIT_UNUSABLE;
  status = lk_table_read("rank", options.queries, 2, &queries) ? rank(&docs, &queries, &options) : LK_EXIT_UNUSABLE;
  lk_table_free(&queries);
  lk_table_free(&docs);
  return status;
}
