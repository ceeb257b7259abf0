/* What the trials tell an editor. */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/vector.h"
#include "kb/findings.h"
#include "nlu/audit.h"
#include "nlu/pattern.h"

/* A phrasing is reported by itself only when the bot would be sure of the other entry, which has nearly the same words in one of its own. Customers' words that no
 * other phrasing supports lose as well, but that is what they were written down for. */
static const float nearly_same = .9f, clearly = 1.2f;
enum {
  CONTENT_WORDS = 2, /* a single word is an editor's decision: as it stands it finds its own entry */
  FEW = 4,           /* with fewer phrasings too little is left of an entry without one */
  OVERLAP_LEAST = 3, /* phrasings that one other entry wins */
  FOUND_AMONG = 3,   /* a customer is shown three choices at most */
  PAIR_LEAST = 3,    /* phrasings that a row of the lexicon turns from one entry to one other */
  SHOWN = 3          /* examples in a message */
};

static bool is_ranked(const lk_entry *e) { return e->kind == LK_ENTRY_ARTICLE || e->kind == LK_ENTRY_INTENT; }
static bool is_lost(const lk_trial *t) { return t->own < t->other; }
static const lk_phrasing *phrasing_of(const lk_audit_run *run, const lk_trial *t) {
  return lk_trial_phrasing(run, t->document, t->phrasing);
}

static lk_code warn(lk_audit_run *run, const char *code, const char *file, int line, const char *mend, const lk_buffer *what) {
  if (what->failed) return lk_fail_memory(run->err);
  lk_code added = lk_findings_add(run->findings, LK_SEVERITY_WARNING, code, file, line, mend, "%s", what->ptr ? what->ptr : "");
  return added ? lk_fail_memory(run->err) : LK_OK;
}

static void quote(lk_buffer *out, lk_view text) {
  lk_view cut = lk_excerpt(text, 80);
  lk_buffer_addf(out, "\"%.*s%s\"", LK_FMT(cut), cut.len < text.len ? "…" : "");
}

/* ---- Single phrasings ---- */

static lk_code report_hijack(lk_audit_run *run, const lk_trial *t, lk_buffer *what) {
  const lk_entry *mine = lk_trial_entry(run, t->document), *other = lk_trial_entry(run, t->hijacker);
  const lk_phrasing *phrasing = phrasing_of(run, t);
  char mend[512];
  (void)snprintf(mend, sizeof mend, "make the pattern narrower, or move the phrasing (%.256s, line %d) to %.*s", mine->file,
                 phrasing->line, LK_FMT(other->id));
  const lk_program *pattern = &run->part->patterns->programs[t->pattern];
  lk_buffer_addf(what, "the pattern '%.*s' of %.*s fires on ", LK_FMT(pattern->text), LK_FMT(other->id));
  quote(what, phrasing->text);
  lk_buffer_addf(what, ", which is a phrasing of %.*s", LK_FMT(mine->id));
  return warn(run, "pattern-hijacks", other->file, pattern->line, mend, what);
}

/* Two phrasings with the same words when marks and spoken forms are set aside: the first one's entry gets both. */
static lk_code report_taken(lk_audit_run *run, const lk_trial *t, lk_buffer *what) {
  const lk_entry *mine = lk_trial_entry(run, t->document), *other = lk_trial_entry(run, t->taken);
  char mend[256];
  (void)snprintf(mend, sizeof mend, "keep it in one of them (the other is %.*s)", LK_FMT(other->id));
  quote(what, phrasing_of(run, t)->text);
  lk_buffer_addf(what, " of %.*s is word for word a phrasing of %.*s, once spoken forms are read as written ones",
                 LK_FMT(mine->id), LK_FMT(other->id));
  return warn(run, "phrasing-taken", mine->file, phrasing_of(run, t)->line, mend, what);
}

static bool differs_by_order(const lk_audit_run *run, const lk_trial *t) {
  return t->nearest < run->trial_count && run->trials[t->nearest].names_order != t->names_order;
}

static bool goes_elsewhere(const lk_audit_run *run, const lk_trial *t) {
  const lk_entry *mine = lk_trial_entry(run, t->document), *other = lk_trial_entry(run, t->winner);
  double answer_at = lk_kb_policy(run->engine->kb, "answer-at");
  return is_lost(t) && is_ranked(mine) && t->own * clearly <= t->other && t->likeness >= nearly_same &&
         (double)t->confidence >= answer_at && t->content >= CONTENT_WORDS && !lk_entries_linked(mine, other) &&
         !differs_by_order(run, t);
}

static lk_code report_elsewhere(lk_audit_run *run, const lk_trial *t, lk_buffer *what) {
  const lk_entry *mine = lk_trial_entry(run, t->document), *other = lk_trial_entry(run, t->winner);
  char mend[512];
  (void)snprintf(mend, sizeof mend, "say in it what %.*s is not about, move it there, or give %.*s more phrasings like it",
                 LK_FMT(other->id), LK_FMT(mine->id));
  lk_buffer_adds(what, "asked in nearly these words, ");
  quote(what, phrasing_of(run, t)->text);
  lk_buffer_addf(what, " of %.*s would be answered by %.*s, which has ", LK_FMT(mine->id), LK_FMT(other->id));
  quote(what, lk_trial_phrasing(run, t->winner, t->nearest)->text);
  return warn(run, "phrasing-elsewhere", mine->file, phrasing_of(run, t)->line, mend, what);
}

static lk_code report_phrasing(lk_audit_run *run, const lk_trial *t, bool in_overlap, lk_buffer *what) {
  if (t->hijacker != LK_NOBODY && !lk_entries_linked(lk_trial_entry(run, t->document), lk_trial_entry(run, t->hijacker)))
    return report_hijack(run, t, what);
  if (t->taken != LK_NOBODY) return report_taken(run, t, what);
  if (!in_overlap && goes_elsewhere(run, t)) return report_elsewhere(run, t, what);
  return LK_OK;
}

/* ---- Whole entries ---- */

/* The entry that wins most of these trials, if it wins half of them; or LK_NOBODY. */
static uint32_t find_rival(const lk_trial *trials, size_t count, size_t *won) {
  for (size_t i = 0; i < count; i++) {
    if (!is_lost(&trials[i])) continue;
    *won = 0;
    for (size_t j = 0; j < count; j++) *won += is_lost(&trials[j]) && trials[j].winner == trials[i].winner;
    if (*won * 2 >= count && *won >= OVERLAP_LEAST) return trials[i].winner;
  }
  return LK_NOBODY;
}

/* A trial's number is that of its phrasing, since the language's own entries come first. */
static uint32_t rival_of(const lk_audit_run *run, uint32_t document) {
  uint32_t first = run->part->first_phrasing[document], past = run->part->first_phrasing[document + 1];
  size_t won;
  return past <= run->trial_count ? find_rival(run->trials + first, past - first, &won) : LK_NOBODY;
}

static lk_code report_overlap(lk_audit_run *run, const lk_trial *trials, size_t count, uint32_t rival, size_t won,
                              lk_buffer *what) {
  const lk_entry *mine = lk_trial_entry(run, trials->document), *other = lk_trial_entry(run, rival);
  lk_buffer_addf(what, "%zu of the %zu phrasings of %.*s would be answered by %.*s", won, count, LK_FMT(mine->id),
                 LK_FMT(other->id));
  size_t shown = 0;
  for (size_t i = 0; i < count && shown < SHOWN; i++) {
    if (!is_lost(&trials[i]) || trials[i].winner != rival) continue;
    lk_buffer_adds(what, shown++ ? ", " : ": ");
    quote(what, phrasing_of(run, &trials[i])->text);
    lk_buffer_adds(what, " (there: ");
    quote(what, lk_trial_phrasing(run, rival, trials[i].nearest)->text);
    lk_buffer_addc(what, ')');
  }
  return warn(run, "entries-overlap", mine->file, mine->line,
              "make one entry of the two, or have each phrasing say what only its own entry is about", what);
}

static lk_code report_unreachable(lk_audit_run *run, const lk_entry *entry, size_t count, lk_buffer *what) {
  if (count == 1) {
    lk_buffer_addf(what, "%.*s is not found by its own question", LK_FMT(entry->id));
    return warn(run, "unreachable", entry->file, entry->line, "add variants, in customers' words", what);
  }
  lk_buffer_addf(what, "no phrasing of %.*s finds it when it isn't there word for word", LK_FMT(entry->id));
  return warn(run, "unreachable", entry->file, entry->line,
              "add variants that share words with one another, or give what it holds to the entries that are found instead",
              what);
}

static lk_code report_entry(lk_audit_run *run, const lk_trial *trials, size_t count, lk_buffer *what) {
  const lk_entry *entry = lk_trial_entry(run, trials->document);
  bool found = !is_ranked(entry) || (count > 1 && count < FEW);
  for (size_t i = 0; i < count; i++) found |= trials[i].own > 0 && trials[i].ahead < FOUND_AMONG;
  size_t won = 0;
  uint32_t rival = found ? find_rival(trials, count, &won) : LK_NOBODY;
  if (rival != LK_NOBODY && (!is_ranked(entry) || lk_entries_linked(entry, lk_trial_entry(run, rival)))) rival = LK_NOBODY;
  bool told = rival < trials->document && rival_of(run, rival) == trials->document;
  lk_code code = found ? LK_OK : report_unreachable(run, entry, count, what);
  if (rival != LK_NOBODY && !told) code = report_overlap(run, trials, count, rival, won, what);
  for (size_t i = 0; !code && i < count; i++) {
    lk_buffer_clear(what);
    code = report_phrasing(run, &trials[i], !found || trials[i].winner == rival, what);
  }
  return code;
}

/* ---- Lexicon ---- */

typedef struct verdict {
  uint32_t harmed, helped, pair; /* phrasings; most of those harmed from one entry to one other */
  uint32_t example;              /* one of the pair */
} verdict;

static bool turns_away(const lk_audit_run *run, const lk_trial *t) {
  const lk_entry *mine = lk_trial_entry(run, t->document);
  return t->row != LK_NOBODY && is_ranked(mine) && !lk_entries_linked(mine, lk_trial_entry(run, t->winner));
}

/* Trials of one entry stand together. */
static uint32_t count_pair(const lk_audit_run *run, uint32_t from) {
  const lk_trial *first = &run->trials[from];
  uint32_t count = 0;
  for (uint32_t i = from; i < run->trial_count && run->trials[i].document == first->document; i++) {
    const lk_trial *t = &run->trials[i];
    count += t->row == first->row && is_lost(t) && t->winner == first->winner;
  }
  return count;
}

static lk_code report_row(lk_audit_run *run, const lk_lexicon_row *row, const verdict *v, lk_buffer *what) {
  const lk_trial *t = &run->trials[v->example];
  const lk_entry *mine = lk_trial_entry(run, t->document), *other = lk_trial_entry(run, t->winner);
  lk_buffer_addf(what, "\"%.*s\" with its synonyms turns %u phrasings of %.*s to %.*s, such as ",
                 LK_FMT(row->from.len ? row->from : row->words[0]), v->pair, LK_FMT(mine->id), LK_FMT(other->id));
  quote(what, phrasing_of(run, t)->text);
  lk_buffer_addf(what, " (in all it misleads %u and helps %u)", v->harmed, v->helped);
  return warn(run, "lexicon-collides", row->file, row->line, "take the word out that means something else in one of the entries",
              what);
}

static lk_code report_lexicon(lk_audit_run *run, lk_buffer *what) {
  size_t count;
  const lk_lexicon_row *rows = lk_kb_lexicon(run->engine->kb, run->lang, &count);
  verdict *verdicts = LK_NEW_ARRAY(run->arena, verdict, count + 1);
  if (!verdicts) return lk_fail_memory(run->err);
  for (uint32_t i = 0; i < run->trial_count; i++) {
    const lk_trial *t = &run->trials[i];
    if (!turns_away(run, t)) continue;
    verdict *v = &verdicts[t->row];
    v->helped += !is_lost(t);
    v->harmed += is_lost(t);
    uint32_t pair = is_lost(t) ? count_pair(run, i) : 0;
    if (pair <= v->pair) continue;
    v->pair = pair;
    v->example = i;
  }
  lk_code code = LK_OK;
  for (size_t r = 0; !code && r < count; r++) {
    const verdict *v = &verdicts[r];
    if (v->pair < PAIR_LEAST || v->harmed <= 2 * v->helped) continue;
    lk_buffer_clear(what);
    code = report_row(run, &rows[r], v, what);
  }
  return code;
}

lk_code lk_audit_ranking(lk_audit_run *run) {
  lk_buffer what = {0};
  lk_code code = LK_OK;
  for (size_t i = 0, next; !code && i < run->trial_count; i = next) {
    for (next = i + 1; next < run->trial_count && run->trials[next].document == run->trials[i].document;) next++;
    lk_buffer_clear(&what);
    code = report_entry(run, &run->trials[i], next - i, &what);
  }
  if (!code) code = report_lexicon(run, &what);
  lk_buffer_free(&what);
  return code;
}
