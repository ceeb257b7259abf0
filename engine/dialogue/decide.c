#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "dialogue/turn.h"

const char *lk_act_name(lk_act act) {
  static const char *const names[LK_ACT_COUNT] = {"answer", "clarify", "perform", "chat", "fallback", "handoff", "silent"};
  return act >= 0 && act < LK_ACT_COUNT ? names[act] : "";
}

void lk_because(lk_reasons *reasons, const char *rule, const char *format, ...) {
  if (!reasons || !reasons->arena) return;
  if (reasons->count == reasons->cap) {
    size_t cap = reasons->cap ? reasons->cap * 2 : 8;
    lk_reason *grown = LK_NEW_ARRAY(reasons->arena, lk_reason, cap);
    if (!grown) return; /* an explanation is the first thing to do without */
    if (reasons->count) memcpy(grown, reasons->items, reasons->count * sizeof *grown);
    reasons->items = grown;
    reasons->cap = cap;
  }
  char text[256];
  va_list args;
  va_start(args, format);
  int length = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (length < 0) return;
  lk_view copy = lk_arena_copy(reasons->arena, lk_view_of(text));
  if (copy.ptr) reasons->items[reasons->count++] = (lk_reason){rule, copy};
}

enum { PERSON_POOL = 5 };

/* ---- Choices ---- */

/* Moves the choices to the front of the candidates, best first, each unlike those before it. Returns how many. */
static size_t choose(lk_understanding *u, size_t most, double least) {
  size_t chosen = 0;
  for (size_t i = 0; i < u->candidate_count && chosen < most; i++) {
    lk_candidate candidate = u->candidates[i];
    if (candidate.confidence < least) continue;
    bool fresh = true;
    for (size_t c = 0; c < chosen; c++) fresh &= !lk_entries_alike(u->candidates[c].entry, candidate.entry);
    if (!fresh) continue;
    memmove(&u->candidates[chosen + 1], &u->candidates[chosen], (i - chosen) * sizeof candidate);
    u->candidates[chosen++] = candidate;
  }
  return chosen;
}

/* ---- The decision ---- */

static lk_act act_of(const lk_entry *entry) {
  switch (entry->kind) {
    case LK_ENTRY_INTENT:
      return lk_view_eq(entry->action, LK_LIT("handoff")) ? LK_ACT_HANDOFF : LK_ACT_PERFORM;
    case LK_ENTRY_CHAT:
      return LK_ACT_CHAT;
    case LK_ENTRY_NOT_COVERED:
      return LK_ACT_FALLBACK;
    default:
      return entry->handoff_always ? LK_ACT_HANDOFF : LK_ACT_ANSWER;
  }
}

/* From which confidence on an entry of this kind is taken at once. */
static const char *threshold_of(const lk_entry *entry) {
  switch (act_of(entry)) {
    case LK_ACT_HANDOFF:
      return "handoff-at";
    case LK_ACT_PERFORM:
      return "perform-at";
    case LK_ACT_CHAT:
      return "chat-at";
    case LK_ACT_FALLBACK:
      return "decline-at";
    default:
      return "answer-at";
  }
}

/* An entry that a pattern names is the first candidate, whatever the ranking says. */
static void bring_to_front(lk_understanding *u, const lk_entry *entry) {
  if (entry->kind != LK_ENTRY_ARTICLE && entry->kind != LK_ENTRY_INTENT) return;
  size_t at = 0;
  while (at < u->candidate_count && u->candidates[at].entry != entry) at++;
  lk_candidate candidate = {.entry = entry};
  if (at < u->candidate_count)
    candidate = u->candidates[at];
  else if (u->candidate_count < LK_CANDIDATES_MAX)
    u->candidate_count++;
  else
    at--;
  candidate.confidence = 1;
  memmove(&u->candidates[1], &u->candidates[0], at * sizeof candidate);
  u->candidates[0] = candidate;
}

/* Takes the entry if it is sure enough for what it would do. */
static bool takes(const lk_kb *kb, const lk_entry *entry, double confidence, lk_reasons *reasons, lk_decision *out) {
  const char *rule = threshold_of(entry);
  double threshold = lk_kb_policy(kb, rule);
  bool sure = confidence >= threshold;
  lk_because(reasons, rule, "%.*s: confidence %.3f %s %.2f", LK_FMT(entry->id), confidence, sure ? "≥" : "<", threshold);
  if (sure) *out = (lk_decision){act_of(entry), entry, confidence, 0};
  return sure;
}

/* Everything that would bring a person counts together: two ways to ask for one are no reason to doubt that one is wanted. */
static bool wants_person(const lk_kb *kb, const lk_understanding *u, lk_reasons *reasons, lk_decision *out) {
  double sum = 0, threshold = lk_kb_policy(kb, "handoff-at");
  const lk_candidate *person = NULL;
  for (size_t i = 0; i < u->candidate_count && i < PERSON_POOL; i++) {
    const lk_candidate *c = &u->candidates[i];
    if (act_of(c->entry) != LK_ACT_HANDOFF) continue;
    sum += c->confidence;
    bool intent = c->entry->kind == LK_ENTRY_INTENT;
    if (!person || (intent && person->entry->kind != LK_ENTRY_INTENT)) person = c;
  }
  if (!person || sum < threshold) return false;
  lk_because(reasons, "handoff-at", "%.*s and its like: confidence %.3f ≥ %.2f", LK_FMT(person->entry->id), sum, threshold);
  *out = (lk_decision){LK_ACT_HANDOFF, person->entry, sum < 1 ? sum : 1, 0};
  return true;
}

static bool is_aside(const lk_entry *entry) { return entry->kind == LK_ENTRY_CHAT || entry->kind == LK_ENTRY_NOT_COVERED; }

lk_code lk_decide(const lk_engine *engine, lk_understanding *u, lk_reasons *reasons, lk_decision *out, lk_error *err) {
  (void)err;
  const lk_kb *kb = lk_engine_kb(engine);
  *out = (lk_decision){.act = LK_ACT_FALLBACK};
  if (u->triggered) {
    bring_to_front(u, u->triggered);
    *out = (lk_decision){act_of(u->triggered), u->triggered, 1, 0};
    lk_because(reasons, "pattern", "%.*s: pattern \"%.*s\" matches", LK_FMT(u->triggered->id), LK_FMT(u->trigger));
    return LK_OK;
  }
  if (u->gibberish || !u->best) {
    lk_because(reasons, "nothing", u->gibberish ? "no word of it is known" : "no entry shares a term with it");
    return LK_OK;
  }
  if (u->verbatim) {
    bring_to_front(u, u->verbatim);
    *out = (lk_decision){act_of(u->verbatim), u->verbatim, 1, 0};
    lk_because(reasons, "verbatim", "%.*s has this very phrasing", LK_FMT(u->verbatim->id));
    return LK_OK;
  }
  if (is_aside(u->best) && takes(kb, u->best, u->best_confidence, reasons, out)) return LK_OK;
  if (wants_person(kb, u, reasons, out)) return LK_OK;
  if (!u->candidate_count || takes(kb, u->candidates[0].entry, u->candidates[0].confidence, reasons, out)) return LK_OK;
  double clarify_at = lk_kb_policy(kb, "clarify-at");
  out->confidence = u->candidates[0].confidence;
  out->choices = choose(u, (size_t)lk_kb_policy(kb, "choices"), lk_kb_policy(kb, "choice-at"));
  bool near = out->confidence >= clarify_at, clarify = near && out->choices >= 2;
  lk_because(reasons, "clarify-at", "confidence %.3f %s %.2f, %zu choices: %s", out->confidence, near ? "≥" : "<", clarify_at,
             out->choices, clarify ? "clarify" : "ask to rephrase");
  if (out->confidence < clarify_at / 2)
    out->choices = 0; /* what is that unlikely is no help to somebody who has to say it anew */
  if (clarify) {
    out->act = LK_ACT_CLARIFY;
    out->entry = u->candidates[0].entry;
    out->confidence = u->candidates[0].confidence;
  }
  return LK_OK;
}
