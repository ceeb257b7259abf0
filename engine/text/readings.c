#include "text/readings.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/map.h"
#include "base/vector.h"
#include "text/analyzer.h"
#include "text/normalise.h"

/* A word goes from NOTED to TAKEN by whoever is first, and to READ by an asker. */
enum { NOTED, TAKEN, READ };

typedef struct reading {
  int state; /* atomic; what follows is written before READ and read after it */
  uint8_t lemma_count, term_count;
  lk_view *lemmas;
  lk_term *terms;
} reading;

typedef struct keeper { /* an asker's memory */
  struct keeper *next;
  lk_arena *arena;
} keeper;

struct lk_readings {
  lk_map *words; /* form → items */
  struct {
    reading *items;
    size_t count, cap;
  } readings;
  lk_buffer form;
  size_t left; /* atomic: words that no asker has looked at, the first ones */
  pthread_mutex_t lock;
  keeper *keepers; /* under the lock */
};

lk_readings *lk_readings_new(void) {
  lk_readings *r = calloc(1, sizeof *r);
  if (!r) return NULL;
  r->words = lk_map_new();
  if (r->words && pthread_mutex_init(&r->lock, NULL) == 0) return r;
  lk_map_free(r->words);
  free(r);
  return NULL;
}

void lk_readings_free(lk_readings *r) {
  if (!r) return;
  for (keeper *k = r->keepers; k;) {
    keeper *next = k->next;
    lk_arena_free(k->arena);
    free(k);
    k = next;
  }
  (void)pthread_mutex_destroy(&r->lock);
  lk_map_free(r->words);
  lk_buffer_free(&r->form);
  free(r->readings.items);
  free(r);
}

/* ---- noting ---- */

static bool is_wordly(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) || c == '-' || c == '\''; }

static bool note_word(lk_readings *r, lk_view word) {
  while (word.len && !(word.ptr[0] & 0xC0)) word.ptr++, word.len--; /* a leading hyphen or apostrophe */
  while (word.len && !(word.ptr[word.len - 1] & 0xC0)) word.len--;
  if (!word.len) return true;
  lk_buffer_clear(&r->form);
  lk_normalise(word, &r->form);
  uint32_t fresh = (uint32_t)r->readings.count;
  const uint32_t *at = r->form.failed ? NULL : lk_map_put(r->words, lk_buffer_view(&r->form), fresh);
  if (!at || (*at == fresh && !LK_PUSH(&r->readings, (reading){.state = NOTED}))) return false;
  r->left = r->readings.count;
  return true;
}

bool lk_readings_note(lk_readings *r, lk_view text) {
  for (size_t at = 0; at < text.len;) {
    size_t end = at;
    while (end < text.len && is_wordly(text.ptr[end])) end++;
    if (end > at && !note_word(r, (lk_view){text.ptr + at, end - at})) return false;
    at = end + 1;
  }
  return true;
}

/* ---- reading ---- */

static lk_arena *new_arena(lk_readings *r) {
  keeper *k = calloc(1, sizeof *k);
  lk_arena *arena = k ? lk_arena_new() : NULL;
  if (!arena) {
    free(k);
    return NULL;
  }
  k->arena = arena;
  (void)pthread_mutex_lock(&r->lock);
  k->next = r->keepers;
  r->keepers = k;
  (void)pthread_mutex_unlock(&r->lock);
  return arena;
}

static bool keep(const lk_draft *draft, lk_arena *arena, reading *out) {
  out->lemmas = LK_NEW_ARRAY(arena, lk_view, draft->lemma_count);
  out->terms = LK_NEW_ARRAY(arena, lk_term, draft->term_count);
  if (draft->failed || !out->lemmas || !out->terms) return false;
  memcpy(out->lemmas, draft->lemmas, draft->lemma_count * sizeof *out->lemmas);
  memcpy(out->terms, draft->terms, draft->term_count * sizeof *out->terms);
  out->lemma_count = (uint8_t)draft->lemma_count;
  out->term_count = (uint8_t)draft->term_count;
  return true;
}

static bool take(reading *word) {
  int noted = NOTED;
  return __atomic_compare_exchange_n(&word->state, &noted, TAKEN, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

void lk_readings_ask(lk_readings *r) {
  lk_arena *arena = new_arena(r);
  lk_morphology *dictionary = arena ? lk_morphology_voikko() : NULL;
  for (;;) {
    size_t left = __atomic_fetch_sub(&r->left, 1, __ATOMIC_RELAXED);
    if (!dictionary || left == 0 || left > r->readings.count) break; /* the last ones to ask go below 0 */
    reading *word = &r->readings.items[left - 1];
    lk_draft draft = {.arena = arena};
    if (!take(word)) continue;
    (void)dictionary->look_up(dictionary, lk_map_key(r->words, left - 1), &draft);
    if (!keep(&draft, arena, word)) break;
    __atomic_store_n(&word->state, READ, __ATOMIC_RELEASE);
  }
  lk_readings_stop(r);
  if (dictionary) dictionary->free(dictionary);
}

void lk_readings_stop(lk_readings *r) { __atomic_store_n(&r->left, 0, __ATOMIC_RELAXED); }

void lk_analyzer_read_ahead(lk_analyzer *a, lk_readings *readings) { a->readings = readings; }

bool lk_readings_take(lk_readings *r, lk_view form, lk_draft *draft) {
  const uint32_t *at = lk_map_get(r->words, form);
  reading *word = at ? &r->readings.items[*at] : NULL;
  if (!word || take(word) || __atomic_load_n(&word->state, __ATOMIC_ACQUIRE) != READ) return false;
  memcpy(draft->lemmas, word->lemmas, word->lemma_count * sizeof *draft->lemmas);
  memcpy(draft->terms, word->terms, word->term_count * sizeof *draft->terms);
  draft->lemma_count = word->lemma_count;
  draft->term_count = word->term_count;
  return true;
}
