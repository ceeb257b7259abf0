/* How fast the sample shop's engine starts and answers: one JSON line.
 *
 *   bench_shop KB_FOLDER [--index FILE] [QUESTIONS.tsv …]
 *
 * Questions are lines "id<TAB>text…"; without a file the knowledge base's own phrasings are asked, every seventh. Each is understood and decided three times: the
 * first round, in which words are new, has figures of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "luukku/arena.h"
#include "luukku/dialogue.h"
#include "luukku/engine.h"

enum { QUESTIONS_MAX = 20000, ROUNDS = 3, EVERY = 7 };

typedef struct questions {
  char *texts[QUESTIONS_MAX];
  size_t count;
} questions;

static double seconds(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t resident_bytes(void) {
  unsigned long all = 0, resident = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file && fscanf(file, "%lu %lu", &all, &resident) != 2) resident = 0;
  if (file) (void)fclose(file);
  return resident * (size_t)sysconf(_SC_PAGESIZE);
}

static size_t peak_bytes(void) {
  struct rusage usage;
  (void)getrusage(RUSAGE_SELF, &usage);
  return (size_t)usage.ru_maxrss * 1024;
}

static void add_question(questions *q, lk_view text) {
  if (q->count < QUESTIONS_MAX && text.len && (q->texts[q->count] = strndup(text.ptr, text.len))) q->count++;
}

static bool read_questions(questions *q, const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) return false;
  char line[8192];
  while (fgets(line, sizeof line, file)) {
    char *text = strchr(line, '\t'), *end = text ? strpbrk(text + 1, "\t\n") : NULL;
    if (end && strncmp(line, "id\t", 3) != 0) add_question(q, (lk_view){text + 1, (size_t)(end - text - 1)});
  }
  (void)fclose(file);
  return true;
}

static void take_phrasings(questions *q, const lk_kb *kb) {
  size_t count, seen = 0;
  const lk_entry *entries = lk_kb_entries(kb, LK_LANG_NONE, &count);
  for (size_t e = 0; e < count; e++)
    for (size_t p = 0; p < entries[e].phrasing_count; p++)
      if (seen++ % EVERY == 0) add_question(q, entries[e].phrasings[p].text);
}

static double ask(lk_worker *worker, lk_view text, lk_arena *arena) {
  lk_understanding u;
  lk_decision decision;
  lk_reasons reasons = {0};
  lk_hearing hearing = {.lang = LK_LANG_NONE, .prior = LK_LANG_NONE};
  const lk_engine *engine = lk_worker_engine(worker);
  hearing.entities.order_number = lk_kb_policy_text(lk_engine_kb(engine), "order-number");
  lk_arena_reset(arena);
  double begin = seconds();
  lk_error err;
  if (lk_understand(worker, text, &hearing, arena, &u, &err) || lk_decide(engine, &u, &reasons, &decision, &err)) exit(2);
  return (seconds() - begin) * 1e6;
}

static int by_value(const void *a, const void *b) {
  const double *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

static void print_times(const char *name, double *micros, size_t count) {
  qsort(micros, count, sizeof *micros, by_value);
  printf(",\"%s_p50_us\":%.0f,\"%s_p90_us\":%.0f,\"%s_p99_us\":%.0f", name, micros[count / 2], name, micros[count * 9 / 10], name,
         micros[count * 99 / 100]);
}

static void measure(lk_worker *worker, const questions *q, lk_arena *arena, double *micros) {
  size_t count = 0;
  for (int round = 0; round < ROUNDS; round++)
    for (size_t i = 0; i < q->count; i++) micros[count++] = ask(worker, lk_view_of(q->texts[i]), arena);
  printf(",\"questions\":%zu", q->count);
  print_times("first", micros, q->count);
  print_times("warm", micros + q->count, count - q->count);
}

int main(int argc, char **argv) {
  static questions q;
  static double micros[(size_t)QUESTIONS_MAX * ROUNDS + 1];
  lk_error err = {0};
  if (argc < 2) return 2;
  double begin = seconds();
  bool mapped = argc > 3 && strcmp(argv[2], "--index") == 0;
  lk_engine_options options = {.index = mapped ? argv[3] : NULL};
  lk_engine *engine = lk_engine_load(argv[1], &options, NULL, &err);
  double built = seconds();
  lk_worker *worker = engine ? lk_worker_new(engine, &err) : NULL;
  lk_arena *arena = lk_arena_new();
  if (!worker || !arena) return fprintf(stderr, "%s\n", err.message), 2;
  (void)ask(worker, lk_view_of("paljonko maksaa toimitus"), arena);
  printf("{\"build_ms\":%.1f,\"first_answer_ms\":%.1f,\"build_peak_mb\":%.1f,\"resident_mb\":%.1f,\"kb_mb\":%.1f",
         (built - begin) * 1e3, (seconds() - begin) * 1e3, (double)peak_bytes() / 1e6, (double)resident_bytes() / 1e6,
         (double)lk_kb_footprint(lk_engine_kb(engine)) / 1e6);
  for (int lang = 0; lang < LK_LANG_COUNT; lang++)
    printf(",\"index_%s_mb\":%.1f", lk_lang_code((lk_lang)lang),
           (double)lk_index_bytes(lk_engine_index(engine, (lk_lang)lang)) / 1e6);
  for (int i = mapped ? 4 : 2; i < argc; i++)
    if (!read_questions(&q, argv[i])) return fprintf(stderr, "%s cannot be read\n", argv[i]), 2;
  if (!q.count) take_phrasings(&q, lk_engine_kb(engine));
  measure(worker, &q, arena, micros);
  printf(",\"peak_mb\":%.1f}\n", (double)peak_bytes() / 1e6);
  while (q.count) free(q.texts[--q.count]);
  lk_arena_free(arena);
  lk_worker_free(worker);
  lk_engine_free(engine);
  return 0;
}
