/* Documents are taken in pairs of batches. First the words of both are looked up, each batch by an analyzer of its own, while the vocabulary stays as it is; then
 * their words go into the vocabulary, and into the index, which knows nothing of each other. A second thread may do half of either step: what is made does not
 * depend on it, since every analyzer sees the same documents and everything is put in the documents' order. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/vector.h"
#include "collection/collection.h"

enum { BATCH_LEAST = 4, BATCH = 512, BATCH_BYTES = 4 << 20 };

typedef struct draft {
  uint64_t number;
  lk_view texts[LK_FIELD_COUNT];
  lk_analysis fields[LK_FIELD_COUNT];
} draft;

typedef struct batch {
  lk_collection_builder *builder;
  lk_analyzer *analyzer;
  lk_arena *arena;
  draft documents[BATCH];
  size_t count, bytes;
} batch;

struct lk_collection_builder {
  lk_collection_options options;
  lk_collection *made;
  lk_index_builder *index;
  batch batches[2];
  size_t filling;
  lk_collection_times times;
};

static double now(void) {
  struct timespec time;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* ---- Two things to do, at the same time if there may be a second thread ---- */

typedef struct job {
  lk_code (*work)(void *subject, lk_error *err);
  void *subject;
  lk_code code;
  lk_error err;
  double seconds;
} job;

static void *do_job(void *argument) {
  job *j = argument;
  double begin = now();
  j->code = j->work(j->subject, &j->err);
  j->seconds = now() - begin;
  return NULL;
}

static lk_code do_both(const lk_collection_builder *b, job *one, job *other, lk_error *err) {
  pthread_t thread;
  bool started = b->options.threads > 1 && pthread_create(&thread, NULL, do_job, other) == 0;
  (void)do_job(one);
  if (started) (void)pthread_join(thread, NULL);
  if (!started) (void)do_job(other);
  const job *failed = one->code ? one : other;
  if (failed->code && err) *err = failed->err;
  return failed->code;
}

/* ---- Looking words up ---- */

static lk_code name_document(const batch *full, size_t d, lk_code code, lk_error *err) {
  const lk_error reason = *err;
  const uint64_t *starts = full->builder->made->ids.starts.items + full->documents[d].number;
  const lk_view id = {full->builder->made->ids.bytes.items + starts[0], starts[1] - starts[0]};
  return lk_fail(err, code, "document %.*s: %s", (int)(id.len < 80 ? id.len : 80), id.ptr, reason.message);
}

static lk_code look_up(void *subject, lk_error *err) {
  batch *full = subject;
  lk_code code = LK_OK;
  for (size_t d = 0; !code && d < full->count; d++) {
    draft *document = &full->documents[d];
    for (int f = 0; !code && f < LK_FIELD_COUNT; f++)
      if (document->texts[f].len)
        code = lk_analyze(full->analyzer, full->builder->options.lang, document->texts[f], 0, full->arena, &document->fields[f],
                          err);
    if (code == LK_ERR_LIMIT) code = name_document(full, d, code, err);
  }
  return code;
}

static lk_code learn_text(lk_collection_builder *b, const lk_analysis *text, lk_error *err) {
  lk_code code = LK_OK;
  for (size_t w = 0; !code && w < text->count; w++)
    code = lk_vocabulary_add_word(b->made->vocabulary, b->options.lang, &text->words[w], err);
  return code;
}

static lk_code learn(void *subject, lk_error *err) {
  lk_collection_builder *b = subject;
  lk_code code = LK_OK;
  for (size_t i = 0; i < 2; i++)
    for (size_t d = 0; !code && d < b->batches[i].count; d++)
      for (int f = 0; !code && f < LK_FIELD_COUNT; f++) code = learn_text(b, &b->batches[i].documents[d].fields[f], err);
  return code;
}

/* ---- Into the index ---- */

static lk_code put_document(lk_collection_builder *b, const draft *document, lk_error *err) {
  lk_code code = lk_index_builder_document(b->index, err);
  for (int f = 0; !code && f < LK_FIELD_COUNT; f++)
    if (document->fields[f].count) code = lk_index_builder_text(b->index, (lk_field)f, &document->fields[f], err);
  return code;
}

static lk_code put(void *subject, lk_error *err) {
  lk_collection_builder *b = subject;
  lk_code code = LK_OK;
  for (size_t i = 0; i < 2; i++)
    for (size_t d = 0; !code && d < b->batches[i].count; d++) code = put_document(b, &b->batches[i].documents[d], err);
  return code;
}

/* ---- Documents ---- */

static lk_code take_batches(lk_collection_builder *b, lk_error *err) {
  double begin = now();
  job first = {.work = look_up, .subject = &b->batches[0]}, second = {.work = look_up, .subject = &b->batches[1]};
  lk_code code = do_both(b, &first, &second, err);
  double looked_up = now() - begin;
  job learning = {.work = learn, .subject = b}, putting = {.work = put, .subject = b};
  if (!code) code = do_both(b, &learning, &putting, err);
  b->times.analysis += looked_up + learning.seconds;
  b->times.index += putting.seconds;
  for (size_t i = 0; i < 2; i++) {
    lk_arena_reset(b->batches[i].arena);
    b->batches[i].count = b->batches[i].bytes = 0;
  }
  b->filling = 0;
  return code;
}

/* Words that the dictionary lacks are split by what the documents before had: the first batches are small, so that few documents have nothing before them. */
static bool is_full(const batch *into) {
  size_t documents = into->builder->made->ids.starts.count - 1, most = BATCH_LEAST + documents / 8;
  return into->count >= (most < BATCH ? most : BATCH) || into->bytes > BATCH_BYTES;
}

static bool add_identifier(lk_identifiers *ids, lk_view id) {
  for (size_t i = 0; i < id.len; i++)
    if (!LK_PUSH(&ids->bytes, id.ptr[i])) return false;
  return LK_PUSH(&ids->starts, ids->bytes.count);
}

lk_code lk_collection_builder_add(lk_collection_builder *b, lk_view id, lk_view title, lk_view body, lk_error *err) {
  if (is_full(&b->batches[b->filling])) {
    lk_code code = b->filling ? take_batches(b, err) : LK_OK;
    if (code) return code;
    b->filling = is_full(&b->batches[0]);
  }
  batch *into = &b->batches[b->filling];
  draft *fresh = &into->documents[into->count];
  *fresh = (draft){
      .number = b->made->ids.starts.count - 1,
      .texts = {[LK_FIELD_TITLE] = lk_arena_copy(into->arena, title), [LK_FIELD_BODY] = lk_arena_copy(into->arena, body)}};
  if (!fresh->texts[LK_FIELD_TITLE].ptr || !fresh->texts[LK_FIELD_BODY].ptr || !add_identifier(&b->made->ids, id))
    return lk_fail_memory(err);
  into->bytes += title.len + body.len;
  into->count++;
  return LK_OK;
}

/* ---- Life ---- */

static bool open_batch(lk_collection_builder *b, batch *fresh, lk_error *err) {
  fresh->builder = b;
  fresh->analyzer = lk_analyzer_new(b->made->vocabulary, &b->options.analyzer, err);
  if (!fresh->analyzer) return false;
  fresh->arena = lk_arena_new();
  return fresh->arena || (lk_fail_memory(err), false);
}

lk_collection_builder *lk_collection_builder_new(const lk_collection_options *options, lk_error *err) {
  lk_collection_builder *b = calloc(1, sizeof *b);
  lk_collection *made = b ? calloc(1, sizeof *made) : NULL;
  if (!made) return free(b), lk_fail_memory(err), NULL;
  *made = (lk_collection){.lang = options->lang, .no_voikko = options->analyzer.no_voikko};
  b->options = *options;
  b->made = made;
  made->vocabulary = lk_vocabulary_new(err);
  if (made->vocabulary) b->index = lk_index_builder_new(&lk_weights_documents, err);
  bool fine = b->index != NULL;
  for (size_t i = 0; fine && i < 2; i++) fine = open_batch(b, &b->batches[i], err);
  if (fine && !LK_PUSH(&made->ids.starts, 0)) fine = (lk_fail_memory(err), false);
  if (fine) {
    made->has_dictionary = lk_analyzer_has_dictionary(b->batches[0].analyzer);
    return b;
  }
  lk_collection_builder_free(b);
  return NULL;
}

static void close_batches(lk_collection_builder *b) {
  for (size_t i = 0; i < 2; i++) {
    lk_arena_free(b->batches[i].arena);
    lk_analyzer_free(b->batches[i].analyzer);
    b->batches[i].arena = NULL;
    b->batches[i].analyzer = NULL;
  }
}

void lk_collection_builder_free(lk_collection_builder *b) {
  if (!b) return;
  close_batches(b);
  lk_index_builder_free(b->index);
  lk_collection_free(b->made);
  free(b);
}

static lk_code freeze_vocabulary(void *subject, lk_error *err) {
  lk_collection_builder *b = subject;
  return lk_vocabulary_freeze(b->made->vocabulary, err);
}

static lk_code freeze_index(void *subject, lk_error *err) {
  lk_collection_builder *b = subject;
  b->made->index = lk_index_builder_freeze(b->index, err);
  return b->made->index ? LK_OK : LK_ERR_MEMORY;
}

lk_collection *lk_collection_builder_finish(lk_collection_builder *b, lk_collection_times *times, lk_error *err) {
  if (take_batches(b, err)) return NULL;
  close_batches(b); /* memory for what freezing needs */
  job vocabulary = {.work = freeze_vocabulary, .subject = b}, index = {.work = freeze_index, .subject = b};
  if (do_both(b, &index, &vocabulary, err)) return NULL;
  b->times.analysis += vocabulary.seconds;
  b->times.index += index.seconds;
  lk_collection *made = b->made;
  b->made = NULL;
  if (times) *times = b->times;
  return made;
}
