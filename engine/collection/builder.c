/* Two steps: a document's words are looked up, which only the caller's thread does, and then put into the index, which a second thread may do for one batch while
 * the next one's are looked up. Documents keep their order, so that the index does not depend on the threads. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/vector.h"
#include "collection/collection.h"

enum { BATCH = 512, BATCH_BYTES = 8 << 20 };

typedef struct batch {
  lk_arena *arena;
  size_t count;
  struct {
    lk_analysis fields[LK_FIELD_COUNT];
  } documents[BATCH];
} batch;

struct lk_collection_builder {
  lk_collection_options options;
  lk_collection *made;
  lk_analyzer *analyzer;
  lk_index_builder *index;
  batch batches[2];
  size_t filling; /* the other one may be with the thread */
  bool started;
  pthread_t thread;
  const batch *taken; /* what the thread has; its result: */
  lk_code code;
  lk_error err;
  lk_collection_times times;
};

static double now(void) {
  struct timespec time;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- Into the index ---- */

static lk_code put_batch(lk_collection_builder *b, const batch *full, lk_error *err) {
  lk_code code = LK_OK;
  for (size_t d = 0; !code && d < full->count; d++) {
    code = lk_index_builder_document(b->index, err);
    for (int f = 0; !code && f < LK_FIELD_COUNT; f++)
      if (full->documents[d].fields[f].count)
        code = lk_index_builder_text(b->index, (lk_field)f, &full->documents[d].fields[f], err);
  }
  return code;
}

static void *put_taken(void *argument) {
  lk_collection_builder *b = argument;
  double begin = now();
  b->code = put_batch(b, b->taken, &b->err);
  b->times.index += now() - begin;
  return NULL;
}

/* The thread's batch is in the index. */
static lk_code join(lk_collection_builder *b, lk_error *err) {
  if (b->started) (void)pthread_join(b->thread, NULL);
  b->started = false;
  if (b->code && err) *err = b->err;
  return b->code;
}

static lk_code hand_over(lk_collection_builder *b, lk_error *err) {
  lk_code code = join(b, err);
  if (code) return code;
  b->taken = &b->batches[b->filling];
  b->filling = 1 - b->filling;
  b->started = b->options.threads > 1 && pthread_create(&b->thread, NULL, put_taken, b) == 0;
  if (!b->started) (void)put_taken(b);
  lk_arena_reset(b->batches[b->filling].arena);
  b->batches[b->filling].count = 0;
  return b->started ? LK_OK : join(b, err);
}

/* ---- Looking words up ---- */

static lk_code read_field(lk_collection_builder *b, lk_view text, lk_analysis *out, lk_error *err) {
  *out = (lk_analysis){.lang = b->options.lang};
  if (!text.len) return LK_OK;
  lk_arena *arena = b->batches[b->filling].arena;
  text = lk_arena_copy(arena, text);
  if (!text.ptr) return lk_fail_memory(err);
  lk_code code = lk_analyze(b->analyzer, b->options.lang, text, 0, arena, out, err);
  for (size_t w = 0; !code && w < out->count; w++)
    code = lk_vocabulary_add_word(b->made->vocabulary, b->options.lang, &out->words[w], err);
  return code;
}

static bool add_identifier(lk_identifiers *ids, lk_view id) {
  if (!ids->starts.count && !LK_PUSH(&ids->starts, 0)) return false;
  for (size_t i = 0; i < id.len; i++)
    if (!LK_PUSH(&ids->bytes, id.ptr[i])) return false;
  return LK_PUSH(&ids->starts, ids->bytes.count);
}

lk_code lk_collection_builder_add(lk_collection_builder *b, lk_view id, lk_view title, lk_view body, lk_error *err) {
  batch *into = &b->batches[b->filling];
  if (into->count == BATCH || lk_arena_footprint(into->arena) > BATCH_BYTES) {
    lk_code code = hand_over(b, err);
    if (code) return code;
    into = &b->batches[b->filling];
  }
  double begin = now();
  lk_analysis *fields = into->documents[into->count].fields;
  lk_code code = add_identifier(&b->made->ids, id) ? LK_OK : lk_fail_memory(err);
  if (!code) code = read_field(b, title, &fields[LK_FIELD_TITLE], err);
  if (!code) code = read_field(b, body, &fields[LK_FIELD_BODY], err);
  b->times.analysis += now() - begin;
  if (!code) into->count++;
  return code;
}

/* ---- Life ---- */

lk_collection_builder *lk_collection_builder_new(const lk_collection_options *options, lk_error *err) {
  lk_collection_builder *b = calloc(1, sizeof *b);
  lk_collection *made = b ? calloc(1, sizeof *made) : NULL;
  if (!made) return free(b), lk_fail_memory(err), NULL;
  *made = (lk_collection){.lang = options->lang, .no_voikko = options->analyzer.no_voikko};
  b->options = *options;
  b->made = made;
  made->vocabulary = lk_vocabulary_new(err);
  if (made->vocabulary) b->analyzer = lk_analyzer_new(made->vocabulary, &options->analyzer, err);
  if (b->analyzer) b->index = lk_index_builder_new(&lk_weights_documents, err);
  bool fine = b->index != NULL;
  for (size_t i = 0; fine && i < 2; i++)
    if (!(b->batches[i].arena = lk_arena_new())) fine = (lk_fail_memory(err), false);
  if (fine) {
    made->has_dictionary = lk_analyzer_has_dictionary(b->analyzer);
    return b;
  }
  lk_collection_builder_free(b);
  return NULL;
}

static void empty(lk_collection_builder *b) {
  (void)join(b, NULL);
  for (size_t i = 0; i < 2; i++) lk_arena_free(b->batches[i].arena), b->batches[i].arena = NULL;
  lk_index_builder_free(b->index);
  lk_analyzer_free(b->analyzer);
  lk_collection_free(b->made);
  b->index = NULL;
  b->analyzer = NULL;
  b->made = NULL;
}

void lk_collection_builder_free(lk_collection_builder *b) {
  if (!b) return;
  empty(b);
  free(b);
}

lk_collection *lk_collection_builder_finish(lk_collection_builder *b, lk_collection_times *times, lk_error *err) {
  lk_code code = hand_over(b, err);
  if (!code) code = join(b, err);
  if (!code && !b->made->ids.starts.count && !LK_PUSH(&b->made->ids.starts, 0)) code = lk_fail_memory(err);
  if (code) return NULL;
  for (size_t i = 0; i < 2; i++) lk_arena_free(b->batches[i].arena), b->batches[i].arena = NULL;
  lk_analyzer_free(b->analyzer);
  b->analyzer = NULL;
  double begin = now();
  b->made->index = lk_index_builder_freeze(b->index, err);
  b->times.index += now() - begin;
  if (!b->made->index) return NULL;
  lk_collection *made = b->made;
  b->made = NULL;
  if (times) *times = b->times;
  empty(b);
  return made;
}
