/* Figures of the running server, in Prometheus' text format. Threads: any. */
#ifndef LUUKKU_SERVE_METRICS_H
#define LUUKKU_SERVE_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

#include "luukku/text.h"

/* X(member, name, what it counts) */
#define LK_COUNTERS(X)                                                                                     \
  X(turns, "luukku_turns_total", "messages of customers that were answered and kept")                      \
  X(repeated, "luukku_repeated_total", "messages that came a second time")                                 \
  X(conversations, "luukku_conversations_total", "conversations started")                                  \
  X(replies, "luukku_agent_messages_total", "messages of agents")                                          \
  X(limited, "luukku_limited_total", "requests refused by a rate limit")                                   \
  X(slow, "luukku_disconnected_total", "clients that the HTTP layer refused or disconnected")              \
  X(busy, "luukku_busy_total", "requests refused because too many waited")                                 \
  X(store_failures, "luukku_store_failures_total", "writes to the database that failed")                   \
  X(purged, "luukku_purged_total", "conversations deleted after the retention time")                       \
  X(reloads, "luukku_kb_reloads_total", "times that a knowledge base was taken into use")                  \
  X(reload_failures, "luukku_kb_reload_failures_total", "times that a knowledge base could not be loaded") \
  X(streams_full, "luukku_streams_refused_total", "event streams refused because there were too many")

enum { LK_LATENCIES = 12 };

typedef struct lk_metrics {
#define LK_COUNTER(member, name, about) _Atomic uint64_t member;
  LK_COUNTERS(LK_COUNTER)
#undef LK_COUNTER
  _Atomic uint64_t answers[6];              /* HTTP answers by the first digit of their status */
  _Atomic uint64_t latencies[LK_LATENCIES]; /* of answers to the API, by lk_metrics' bounds */
  _Atomic uint64_t latency_sum, latency_count;
} lk_metrics;

void lk_metrics_answer(lk_metrics *metrics, int status, bool api, int64_t microseconds);

/* What is measured at the moment of asking. */
typedef struct lk_gauge {
  const char *name, *about;
  double value;
} lk_gauge;

/* A text to free(); NULL when memory is out. */
char *lk_metrics_text(lk_metrics *metrics, const lk_gauge *gauges, size_t count, size_t *length);

#endif
