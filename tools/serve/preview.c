#include "preview.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"

enum { NICE = 10, DAYS = 7, DAY = 24 * 60 * 60, PAUSE_EVERY = 64 };

struct lk_preview {
  const lk_settings *settings;
  lk_shelf *live, *draft;
  lk_log *log;
  pthread_t thread;
  pthread_mutex_t mutex; /* of everything below */
  pthread_cond_t wake;
  bool stop, reload, compare;
  long weeks, questions; /* of the comparison that is wanted or going on */
  size_t done, total;
  lk_comparison *last;
};

/* ---- Verdicts ---- */

const char *lk_band_name(lk_band band) {
  static const char *const names[] = {"unsure", "between", "sure"};
  return names[band];
}

static lk_band band_of(const lk_kb *kb, double confidence) {
  if (confidence >= lk_kb_policy(kb, "answer-at")) return LK_BAND_SURE;
  return confidence >= lk_kb_policy(kb, "clarify-at") ? LK_BAND_BETWEEN : LK_BAND_UNSURE;
}

lk_code lk_verdict_of(lk_worker *worker, lk_view text, lk_lang prior, lk_arena *arena, lk_understanding *u, lk_reasons *reasons,
                      lk_decision *decision, lk_verdict *out, lk_error *err) {
  const lk_kb *kb = lk_engine_kb(lk_worker_engine(worker));
  lk_hearing hearing = {
      .lang = LK_LANG_NONE, .prior = prior, .entities = {.order_number = lk_kb_policy_text(kb, "order-number")}};
  lk_code code = lk_understand(worker, text, &hearing, arena, u, err);
  if (!code) code = lk_decide(lk_worker_engine(worker), u, reasons, decision, err);
  if (code) return code;
  const lk_candidate *first = u->candidate_count ? &u->candidates[0] : NULL;
  bool undecided = decision->act == LK_ACT_CLARIFY || (decision->act == LK_ACT_FALLBACK && !decision->entry);
  double confidence = undecided ? first ? first->confidence : 0 : decision->confidence;
  *out = (lk_verdict){.act = decision->act,
                      .lang = u->language.lang,
                      .band = band_of(kb, confidence),
                      .confidence = confidence,
                      .entry = decision->act == LK_ACT_CLARIFY && first ? first->entry : decision->entry};
  return LK_OK;
}

static bool keep(const lk_verdict *v, lk_arena *arena, lk_kept_verdict *out) {
  const lk_entry *e = v->entry;
  *out = (lk_kept_verdict){.act = v->act, .band = v->band, .confidence = v->confidence};
  if (!e) return true;
  out->entry = lk_arena_copy(arena, e->id);
  out->action = lk_arena_copy(arena, e->action);
  out->title = lk_arena_copy(arena, e->phrasing_count ? e->phrasings[0].text : (lk_view){"", 0});
  return out->entry.ptr && out->action.ptr && out->title.ptr;
}

static bool same_entry(const lk_entry *a, const lk_entry *b) { return a && b ? lk_view_eq(a->id, b->id) : a == b; }

static unsigned changed(const lk_verdict *a, const lk_verdict *b) {
  return (a->act != b->act ? LK_CHANGED_ACT : 0u) | (same_entry(a->entry, b->entry) ? 0u : LK_CHANGED_ENTRY) |
         (a->band != b->band ? LK_CHANGED_BAND : 0u);
}

static double worth(const lk_verdict *v) {
  return v->act == LK_ACT_FALLBACK ? 0 : v->act == LK_ACT_CLARIFY ? v->confidence / 2 : v->confidence;
}

/* ---- Comparing ---- */

static void free_comparison(lk_comparison *c) {
  if (c) lk_arena_free(c->arena);
  free(c);
}

static bool is_stopping(void *self) {
  lk_preview *p = self;
  pthread_mutex_lock(&p->mutex);
  bool stop = p->stop;
  pthread_mutex_unlock(&p->mutex);
  return stop;
}

static void tell_progress(lk_preview *p, size_t done, size_t total) {
  pthread_mutex_lock(&p->mutex);
  p->done = done;
  p->total = total;
  pthread_mutex_unlock(&p->mutex);
}

static lk_code ask(lk_worker *worker, const lk_past_question *question, lk_arena *scratch, lk_verdict *out, lk_error *err) {
  lk_understanding u;
  lk_decision decision;
  lk_arena_reset(scratch);
  return lk_verdict_of(worker, question->text, question->lang, scratch, &u, NULL, &decision, out, err);
}

static lk_code compare_one(lk_comparison *c, lk_worker *live, lk_worker *draft, const lk_past_question *question,
                           lk_arena *scratch, lk_error *err) {
  lk_verdict before, after;
  lk_code code = ask(live, question, scratch, &before, err);
  if (!code) code = ask(draft, question, scratch, &after, err);
  unsigned what = code ? 0 : changed(&before, &after);
  if (!what) return code;
  lk_change *change = &c->changes[c->change_count++];
  *change = (lk_change){.question = *question, .changed = what, .gain = worth(&after) - worth(&before)};
  bool kept = keep(&before, c->arena, &change->live) && keep(&after, c->arena, &change->draft);
  return kept ? LK_OK : lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
}

static int worst_first(const void *a, const void *b) {
  const lk_change *x = a, *y = b;
  if (x->gain != y->gain) return x->gain < y->gain ? -1 : 1;
  return x->question.count == y->question.count ? 0 : x->question.count < y->question.count ? 1 : -1;
}

static lk_code compare_all(lk_preview *p, lk_comparison *c, lk_worker *live, lk_worker *draft, lk_past_question *questions,
                           size_t count, lk_error *err) {
  lk_arena *scratch = lk_arena_new();
  c->changes = LK_NEW_ARRAY(c->arena, lk_change, count);
  lk_code code = scratch && c->changes ? LK_OK : lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
  for (; !code && c->asked < count; c->asked++) {
    if (c->asked % PAUSE_EVERY == 0) {
      tell_progress(p, c->asked, count);
      if (is_stopping(p)) code = lk_set_error(err, LK_ERR_BUSY, "the server is stopping; compare again");
    }
    if (!code) code = compare_one(c, live, draft, &questions[c->asked], scratch, err);
    c->messages += questions[c->asked].count;
  }
  lk_arena_free(scratch);
  if (!code) qsort(c->changes, c->change_count, sizeof *c->changes, worst_first);
  return code;
}

static lk_code gather(lk_preview *p, lk_comparison *c, long most, lk_past_question **questions, size_t *count, lk_error *err) {
  lk_store *store = lk_store_open(p->settings->db, &(lk_store_options){.read_only = true}, err);
  if (!store) return err->code ? err->code : LK_ERR_IO;
  int64_t from = c->started - (int64_t)c->weeks * DAYS * DAY;
  lk_code code = lk_past_questions(store, from, (size_t)most, is_stopping, p, c->arena, questions, count, err);
  lk_store_close(store);
  return code;
}

static lk_code compare_contents(lk_preview *p, lk_comparison *c, long most, lk_content *live, lk_content *draft, lk_error *err) {
  if (!draft) return lk_set_error(err, LK_ERR_STATE, "there is no draft that could be loaded; mend it first");
  lk_past_question *questions = NULL;
  size_t count = 0;
  c->live_generation = live->generation;
  c->draft_generation = draft->generation;
  lk_code code = gather(p, c, most, &questions, &count, err);
  lk_worker *before = code ? NULL : lk_worker_new(live->engine, err), *after = before ? lk_worker_new(draft->engine, err) : NULL;
  if (!code) code = after ? compare_all(p, c, before, after, questions, count, err) : err->code ? err->code : LK_ERR_MEMORY;
  lk_worker_free(before);
  lk_worker_free(after);
  return code;
}

static void compare(lk_preview *p, long weeks, long most) {
  lk_comparison *c = calloc(1, sizeof *c);
  if (c) c->arena = lk_arena_new();
  if (!c || !c->arena) {
    LK_LOG(p->log, "error", "preview-compare", {"message", "out of memory; give the server more", 0});
    free(c);
    return;
  }
  c->started = time(NULL);
  c->weeks = weeks;
  c->holders = 1;
  lk_content *live = lk_shelf_take(p->live), *draft = lk_shelf_take(p->draft);
  lk_code code = compare_contents(p, c, most, live, draft, &c->trouble);
  lk_shelf_return(p->live, live);
  lk_shelf_return(p->draft, draft);
  c->trouble.code = code;
  c->ended = time(NULL);
  if (code)
    LK_LOG(p->log, "error", "preview-compare", {"message", c->trouble.message, 0});
  else
    LK_LOG(p->log, "info", "preview-compare", {"questions", NULL, (int64_t)c->asked},
           {"changed", NULL, (int64_t)c->change_count});
  pthread_mutex_lock(&p->mutex);
  lk_comparison *old = p->last;
  p->last = c;
  bool gone = old && --old->holders == 0;
  pthread_mutex_unlock(&p->mutex);
  if (gone) free_comparison(old);
}

bool lk_preview_compare(lk_preview *p, long weeks, long questions) {
  pthread_mutex_lock(&p->mutex);
  bool begins = !p->compare && !p->stop;
  if (begins) {
    p->compare = true;
    p->weeks = weeks;
    p->questions = questions;
    p->done = p->total = 0;
    pthread_cond_signal(&p->wake);
  }
  pthread_mutex_unlock(&p->mutex);
  return begins;
}

bool lk_preview_progress(lk_preview *p, size_t *done, size_t *total) {
  pthread_mutex_lock(&p->mutex);
  bool running = p->compare;
  *done = p->done;
  *total = p->total;
  pthread_mutex_unlock(&p->mutex);
  return running;
}

lk_comparison *lk_preview_take(lk_preview *p) {
  pthread_mutex_lock(&p->mutex);
  if (p->last) p->last->holders++;
  lk_comparison *c = p->last;
  pthread_mutex_unlock(&p->mutex);
  return c;
}

void lk_preview_return(lk_preview *p, lk_comparison *c) {
  if (!c) return;
  pthread_mutex_lock(&p->mutex);
  bool gone = --c->holders == 0;
  pthread_mutex_unlock(&p->mutex);
  if (gone) free_comparison(c);
}

/* ---- The draft ---- */

lk_shelf *lk_preview_shelf(lk_preview *p) { return p->draft; }

static void load(lk_preview *p) {
  lk_error err = {0};
  char trouble[512];
  if (lk_shelf_reload(p->draft, &err) == LK_OK) {
    LK_LOG(p->log, "info", "preview-loaded", {"generation", NULL, (int64_t)lk_shelf_generation(p->draft)});
  } else {
    lk_shelf_trouble(p->draft, trouble, sizeof trouble);
    LK_LOG(p->log, "warning", "preview-broken", {"message", trouble, 0});
  }
}

/* ---- The thread ---- */

static bool wait_a_second(lk_preview *p, bool *reload, bool *wanted) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec++;
  pthread_mutex_lock(&p->mutex);
  int timed = 0;
  while (!p->stop && !p->reload && !p->compare && timed == 0) timed = pthread_cond_timedwait(&p->wake, &p->mutex, &until);
  bool go_on = !p->stop;
  *reload = p->reload;
  *wanted = p->compare;
  p->reload = false;
  pthread_mutex_unlock(&p->mutex);
  return go_on;
}

static void *work(void *self) {
  lk_preview *p = self;
  long look = p->settings->reload_seconds;
  bool reload, wanted;
  setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE); /* Linux: of this thread alone */
  load(p);
  for (long second = 1; wait_a_second(p, &reload, &wanted); second++) {
    if (reload || (look && second % look == 0 && lk_shelf_changed(p->draft))) load(p);
    if (!wanted) continue;
    compare(p, p->weeks, p->questions);
    pthread_mutex_lock(&p->mutex);
    p->compare = false;
    pthread_mutex_unlock(&p->mutex);
  }
  return NULL;
}

static void free_preview(lk_preview *p) {
  lk_shelf_close(p->draft);
  free_comparison(p->last);
  pthread_cond_destroy(&p->wake);
  pthread_mutex_destroy(&p->mutex);
  free(p);
}

lk_preview *lk_preview_start(const lk_settings *settings, lk_shelf *live, lk_log *log, lk_error *err) {
  lk_preview *p = calloc(1, sizeof *p);
  if (!p) {
    lk_set_error(err, LK_ERR_MEMORY, "out of memory; give the server more");
    return NULL;
  }
  pthread_condattr_t attributes;
  p->settings = settings;
  p->live = live;
  p->log = log;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&p->mutex, NULL);
  pthread_cond_init(&p->wake, &attributes);
  pthread_condattr_destroy(&attributes);
  p->draft = lk_shelf_new(settings->preview, settings->desk, "", err);
  if (p->draft && pthread_create(&p->thread, NULL, work, p) == 0) return p;
  if (p->draft) lk_set_error(err, LK_ERR_IO, "cannot start a thread; allow the server more of them");
  free_preview(p);
  return NULL;
}

void lk_preview_reload(lk_preview *p) {
  pthread_mutex_lock(&p->mutex);
  p->reload = true;
  pthread_cond_signal(&p->wake);
  pthread_mutex_unlock(&p->mutex);
}

void lk_preview_stop(lk_preview *p) {
  if (!p) return;
  pthread_mutex_lock(&p->mutex);
  p->stop = true;
  pthread_cond_signal(&p->wake);
  pthread_mutex_unlock(&p->mutex);
  pthread_join(p->thread, NULL);
  free_preview(p);
}
