#include "metrics.h"

#include <inttypes.h>
#include <stdio.h>

static const int64_t bounds[LK_LATENCIES] = {250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, INT64_MAX};

void lk_metrics_answer(lk_metrics *metrics, int status, bool api, int64_t microseconds) {
  if (status >= 100 && status < 600) atomic_fetch_add(&metrics->answers[status / 100], 1);
  if (!api) return;
  size_t at = 0;
  while (microseconds > bounds[at]) at++;
  atomic_fetch_add(&metrics->latencies[at], 1);
  atomic_fetch_add(&metrics->latency_sum, (uint64_t)microseconds);
  atomic_fetch_add(&metrics->latency_count, 1);
}

static void write_latencies(lk_metrics *metrics, FILE *out) {
  uint64_t below = 0;
  fputs("# HELP luukku_answer_seconds time from a request's first line to its answer's last byte, of the API without streams\n",
        out);
  fputs("# TYPE luukku_answer_seconds histogram\n", out);
  for (size_t i = 0; i < LK_LATENCIES; i++) {
    below += atomic_load(&metrics->latencies[i]);
    if (bounds[i] == INT64_MAX)
      fprintf(out, "luukku_answer_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", below);
    else
      fprintf(out, "luukku_answer_seconds_bucket{le=\"%g\"} %" PRIu64 "\n", (double)bounds[i] / 1e6, below);
  }
  fprintf(out, "luukku_answer_seconds_sum %g\nluukku_answer_seconds_count %" PRIu64 "\n",
          (double)atomic_load(&metrics->latency_sum) / 1e6, below);
}

char *lk_metrics_text(lk_metrics *metrics, const lk_gauge *gauges, size_t count, size_t *length) {
  char *text = NULL;
  FILE *out = open_memstream(&text, length);
  if (!out) return NULL;
#define LK_COUNTER(member, name, about) \
  fprintf(out, "# HELP %s %s\n# TYPE %s counter\n%s %" PRIu64 "\n", name, about, name, name, atomic_load(&metrics->member));
  LK_COUNTERS(LK_COUNTER)
#undef LK_COUNTER
  fputs("# HELP luukku_http_answers_total HTTP answers\n# TYPE luukku_http_answers_total counter\n", out);
  for (int i = 2; i < 6; i++)
    fprintf(out, "luukku_http_answers_total{class=\"%dxx\"} %" PRIu64 "\n", i, atomic_load(&metrics->answers[i]));
  write_latencies(metrics, out);
  for (size_t i = 0; i < count; i++)
    fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %g\n", gauges[i].name, gauges[i].about, gauges[i].name, gauges[i].name,
            gauges[i].value);
  if (fclose(out) == 0) return text;
  return NULL;
}
