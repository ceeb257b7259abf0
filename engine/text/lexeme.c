#include "text/lexeme.h"

static bool has_lemma(const lk_draft *draft, lk_view lemma) {
  for (size_t i = 0; i < draft->lemma_count; i++)
    if (lk_view_eq(draft->lemmas[i], lemma)) return true;
  return false;
}

static lk_view keep(lk_draft *draft, lk_view text) {
  if (draft->borrows) return text;
  lk_view copy = lk_arena_copy(draft->arena, text);
  if (!copy.ptr) draft->failed = true;
  return copy;
}

void lk_draft_lemma(lk_draft *draft, lk_view lemma) {
  if (!lemma.len || draft->lemma_count == LK_LEMMA_LIMIT || has_lemma(draft, lemma)) return;
  lk_view copy = keep(draft, lemma);
  if (copy.ptr) draft->lemmas[draft->lemma_count++] = copy;
}

void lk_draft_term(lk_draft *draft, lk_term_kind kind, lk_view text, float weight) {
  if (!text.len || has_lemma(draft, text)) return;
  for (size_t i = 0; i < draft->term_count; i++) {
    lk_term *t = &draft->terms[i];
    if (!lk_view_eq(t->text, text)) continue;
    /* A part says more than a root. */
    if (kind == LK_TERM_PART && t->kind == LK_TERM_ROOT) *t = (lk_term){t->text, kind, weight};
    if (kind == t->kind && weight > t->weight) t->weight = weight;
    return;
  }
  if (draft->term_count == LK_TERM_LIMIT) return;
  lk_view copy = keep(draft, text);
  if (copy.ptr) draft->terms[draft->term_count++] = (lk_term){copy, kind, weight};
}

static size_t find_term(const lk_draft *draft, lk_term_kind kind, lk_view text) {
  size_t at = 0;
  while (at < draft->term_count && !(draft->terms[at].kind == kind && lk_view_eq(draft->terms[at].text, text))) at++;
  return at;
}

void lk_draft_drop(lk_draft *draft, size_t at, lk_view part) {
  memmove(draft->lemmas + at, draft->lemmas + at + 1, (--draft->lemma_count - at) * sizeof *draft->lemmas);
  size_t term = find_term(draft, LK_TERM_PART, part);
  if (term < draft->term_count)
    memmove(draft->terms + term, draft->terms + term + 1, (--draft->term_count - term) * sizeof *draft->terms);
}

void lk_draft_root(lk_draft *draft, lk_view root, float weight) {
  size_t at = find_term(draft, LK_TERM_ROOT, root);
  if (at < draft->term_count)
    draft->terms[at].weight = weight;
  else
    lk_draft_term(draft, LK_TERM_ROOT, root, weight);
}

void lk_draft_merge(lk_draft *draft, const lk_lexeme *lexeme) {
  for (uint32_t i = 0; i < lexeme->lemma_count; i++) lk_draft_lemma(draft, lexeme->lemmas[i]);
  for (uint32_t i = 0; i < lexeme->term_count; i++)
    if (lexeme->terms[i].kind != LK_TERM_LEMMA)
      lk_draft_term(draft, lexeme->terms[i].kind, lexeme->terms[i].text, lexeme->terms[i].weight);
}

static bool is_finished_term(const lk_draft *draft, const lk_term *term, lk_term_kind kind) {
  return term->kind == kind && !has_lemma(draft, term->text);
}

bool lk_draft_finish(const lk_draft *draft, lk_arena *arena, bool known, lk_lexeme *out) {
  lk_view *lemmas = LK_NEW_ARRAY(arena, lk_view, draft->lemma_count);
  lk_term *terms = LK_NEW_ARRAY(arena, lk_term, draft->lemma_count + draft->term_count);
  if (draft->failed || !lemmas || !terms) return false;
  uint32_t count = 0;
  for (size_t i = 0; i < draft->lemma_count; i++) {
    lemmas[i] = draft->lemmas[i];
    terms[count++] = (lk_term){draft->lemmas[i], LK_TERM_LEMMA, 1};
  }
  for (lk_term_kind kind = LK_TERM_PART; kind <= LK_TERM_ROOT; kind++)
    for (size_t i = 0; i < draft->term_count; i++)
      if (is_finished_term(draft, &draft->terms[i], kind)) terms[count++] = draft->terms[i];
  *out = (lk_lexeme){lemmas, terms, (uint32_t)draft->lemma_count, count, known};
  return true;
}
