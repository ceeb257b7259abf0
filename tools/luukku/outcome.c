#include "outcome.h"

#include <stdlib.h>

#include "show.h"

enum { RANKED = 10 };

bool lk_outcome_right_at_once(const lk_gold *gold, lk_act act, const lk_entry *entry) {
  switch (act) {
    case LK_ACT_ANSWER:
    case LK_ACT_PERFORM:
      return lk_gold_right(gold, entry);
    case LK_ACT_HANDOFF:
      return lk_gold_wants_person(gold) || lk_gold_right(gold, entry);
    case LK_ACT_CHAT:
      return gold->kind == LK_GOLD_CHAT || lk_gold_right(gold, entry);
    default:
      return false;
  }
}

bool lk_outcome_wrong_at_once(const lk_outcome *o) {
  return !o->right && (o->answered || (o->act == LK_ACT_CHAT && o->gold->kind == LK_GOLD_ENTRY));
}

static unsigned rank_of(const lk_gold *gold, const lk_understanding *u) {
  for (size_t i = 0; i < u->candidate_count && i < RANKED; i++)
    if (lk_gold_right(gold, u->candidates[i].entry)) return (unsigned)i + 1;
  return 0;
}

/* A pattern or a very phrasing that puts an entry first does so by no score: it leads by all there is. */
static double lead_of(const lk_gold *gold, const lk_understanding *u, unsigned rank) {
  if (u->triggered || u->verbatim) return rank == 1 ? 1 : -1;
  double right = 0, wrong = 0;
  for (size_t i = 0; i < u->candidate_count; i++) {
    double score = (double)u->candidates[i].score, *best = lk_gold_right(gold, u->candidates[i].entry) ? &right : &wrong;
    if (score > *best) *best = score;
  }
  double top = right > wrong ? right : wrong;
  return top > 0 ? (right - wrong) / top : -1;
}

/* A clarification that was made has shown its choices; of one that was not, the same policy tells what it would show. */
static void judge_choices(const lk_gold *gold, const lk_understanding *u, const lk_decision *d, lk_clarifying clarifying,
                          lk_outcome *out) {
  bool made = d->act == LK_ACT_CLARIFY;
  size_t most = made ? d->choices : clarifying.choices, shown = 0;
  for (size_t i = 0; i < u->candidate_count && shown < most; i++) {
    if (!made && u->candidates[i].confidence < clarifying.choice_at) continue;
    shown++;
    out->offered |= lk_gold_right(gold, u->candidates[i].entry);
  }
  out->enough = shown >= 2;
}

static lk_hinge hinge_of(const lk_reasons *reasons) {
  lk_hinge hinge = LK_HINGE_NONE;
  for (size_t i = 0; reasons && i < reasons->count; i++) {
    if (strcmp(reasons->items[i].rule, "answer-at") == 0) hinge = LK_HINGE_ANSWER;
    if (strcmp(reasons->items[i].rule, "perform-at") == 0) hinge = LK_HINGE_PERFORM;
  }
  return hinge;
}

static bool is_sure(const lk_gold *gold, const lk_entry *best) {
  if (!best) return false;
  return gold->kind == LK_GOLD_NONE ? best->kind == LK_ENTRY_NOT_COVERED : lk_gold_right(gold, best);
}

void lk_outcome_judge(const lk_gold *gold, const lk_understanding *u, const lk_decision *d, const lk_reasons *reasons,
                      lk_clarifying clarifying, lk_outcome *out) {
  *out = (lk_outcome){.gold = gold, .lang = u->language.lang, .act = d->act, .entry = d->entry, .best = u->best};
  out->first = u->candidate_count ? u->candidates[0].entry : NULL;
  out->confidence = u->candidate_count ? u->candidates[0].confidence : 0;
  out->rank = rank_of(gold, u);
  out->lead = lead_of(gold, u, out->rank);
  out->answered = d->act == LK_ACT_ANSWER || d->act == LK_ACT_PERFORM;
  out->right = lk_outcome_right_at_once(gold, d->act, d->entry);
  judge_choices(gold, u, d, clarifying, out);
  out->resolved = out->right || (d->act == LK_ACT_CLARIFY && out->offered);
  out->hinge = hinge_of(reasons);
  out->sure = is_sure(gold, u->best);
  out->model_confidence = u->best_confidence;
  memcpy(out->features, u->features, sizeof out->features);
}

static bool keep_explanation(const lk_engine *engine, const lk_understanding *u, const lk_reasons *reasons, lk_arena *arena,
                             lk_outcome *out) {
  size_t length = 0;
  FILE *text = open_memstream(&out->why, &length);
  if (!text) return false;
  lk_show_why(engine, u, reasons, arena, text);
  return fclose(text) == 0 && out->why;
}

static lk_code ask_one(lk_worker *worker, const lk_gold *gold, const lk_asking *asking, lk_arena *arena, lk_outcome *out,
                       lk_error *err) {
  const lk_engine *engine = lk_worker_engine(worker);
  const lk_kb *kb = lk_engine_kb(engine);
  lk_understanding u;
  lk_decision decision;
  lk_reasons reasons = {.arena = arena};
  lk_hearing hearing = {.lang = asking->lang, .prior = LK_LANG_NONE, .limit = RANKED};
  hearing.entities.order_number = lk_kb_policy_text(kb, "order-number");
  lk_code code = lk_understand(worker, gold->text, &hearing, arena, &u, err);
  if (!code) code = lk_decide(engine, &u, &reasons, &decision, err);
  if (code) return code;
  lk_clarifying clarifying = {(size_t)lk_kb_policy(kb, "choices"), lk_kb_policy(kb, "choice-at")};
  lk_outcome_judge(gold, &u, &decision, &reasons, clarifying, out);
  if (asking->explain && asking->explain(out) && !keep_explanation(engine, &u, &reasons, arena, out)) {
    *err = (lk_error){.code = LK_ERR_MEMORY, .message = "out of memory; ask fewer questions at a time"};
    return LK_ERR_MEMORY;
  }
  return LK_OK;
}

int lk_outcomes_ask(const char *command, const lk_engine *engine, const lk_gold_set *set, const lk_asking *asking,
                    lk_outcome *out) {
  lk_error err = {.code = LK_ERR_MEMORY, .message = "out of memory; ask fewer questions at a time"};
  lk_worker *worker = lk_worker_new(engine, &err);
  lk_arena *arena = lk_arena_new();
  lk_code code = worker && arena ? LK_OK : LK_ERR_MEMORY;
  for (size_t i = 0; !code && i < set->count; i++) {
    lk_arena_reset(arena);
    code = ask_one(worker, &set->items[i], asking, arena, &out[i], &err);
  }
  lk_arena_free(arena);
  lk_worker_free(worker);
  return code ? lk_complain(command, &err) : LK_EXIT_GOOD;
}

void lk_outcomes_free(lk_outcome *outcomes, size_t count) {
  for (size_t i = 0; outcomes && i < count; i++) free(outcomes[i].why);
  free(outcomes);
}
