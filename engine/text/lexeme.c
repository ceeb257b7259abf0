#include "text/lexeme.h"

static bool has_lemma(const lk_draft *f, lk_view lemma) {
  for (size_t i = 0; i < f->lemma_count; i++)
    if (lk_view_eq(f->lemmas[i], lemma)) return true;
  return false;
}

static lk_view keep(lk_draft *f, lk_view text) {
  lk_view copy = lk_arena_copy(f->arena, text);
  if (!copy.ptr) f->failed = true;
  return copy;
}

void lk_draft_lemma(lk_draft *f, lk_view lemma) {
  if (!lemma.len || f->lemma_count == LK_LEMMA_LIMIT || has_lemma(f, lemma)) return;
  lk_view copy = keep(f, lemma);
  if (copy.ptr) f->lemmas[f->lemma_count++] = copy;
}

void lk_draft_term(lk_draft *f, lk_term_kind kind, lk_view text, float weight) {
  if (!text.len || has_lemma(f, text)) return;
  for (size_t i = 0; i < f->term_count; i++) {
    lk_term *t = &f->terms[i];
    if (!lk_view_eq(t->text, text)) continue;
    /* A part says more than a root. */
    if (kind == LK_TERM_PART && t->kind == LK_TERM_ROOT) *t = (lk_term){t->text, kind, weight};
    if (kind == t->kind && weight > t->weight) t->weight = weight;
    return;
  }
  if (f->term_count == LK_TERM_LIMIT) return;
  lk_view copy = keep(f, text);
  if (copy.ptr) f->terms[f->term_count++] = (lk_term){copy, kind, weight};
}

static size_t find_term(const lk_draft *f, lk_term_kind kind, lk_view text) {
  size_t at = 0;
  while (at < f->term_count && !(f->terms[at].kind == kind && lk_view_eq(f->terms[at].text, text))) at++;
  return at;
}

void lk_draft_drop(lk_draft *f, size_t at, lk_view part) {
  memmove(f->lemmas + at, f->lemmas + at + 1, (--f->lemma_count - at) * sizeof *f->lemmas);
  size_t term = find_term(f, LK_TERM_PART, part);
  if (term < f->term_count) memmove(f->terms + term, f->terms + term + 1, (--f->term_count - term) * sizeof *f->terms);
}

void lk_draft_root(lk_draft *f, lk_view root, float weight) {
  size_t at = find_term(f, LK_TERM_ROOT, root);
  if (at < f->term_count)
    f->terms[at].weight = weight;
  else
    lk_draft_term(f, LK_TERM_ROOT, root, weight);
}

void lk_draft_merge(lk_draft *f, const lk_lexeme *lexeme) {
  for (uint32_t i = 0; i < lexeme->lemma_count; i++) lk_draft_lemma(f, lexeme->lemmas[i]);
  for (uint32_t i = 0; i < lexeme->term_count; i++)
    if (lexeme->terms[i].kind != LK_TERM_LEMMA)
      lk_draft_term(f, lexeme->terms[i].kind, lexeme->terms[i].text, lexeme->terms[i].weight);
}

static bool is_finished_term(const lk_draft *f, const lk_term *term, lk_term_kind kind) {
  return term->kind == kind && !has_lemma(f, term->text);
}

bool lk_draft_finish(const lk_draft *f, lk_arena *arena, bool known, lk_lexeme *out) {
  lk_view *lemmas = LK_NEW_ARRAY(arena, lk_view, f->lemma_count);
  lk_term *terms = LK_NEW_ARRAY(arena, lk_term, f->lemma_count + f->term_count);
  if (f->failed || !lemmas || !terms) return false;
  uint32_t count = 0;
  for (size_t i = 0; i < f->lemma_count; i++) {
    lemmas[i] = f->lemmas[i];
    terms[count++] = (lk_term){f->lemmas[i], LK_TERM_LEMMA, 1};
  }
  for (lk_term_kind kind = LK_TERM_PART; kind <= LK_TERM_ROOT; kind++)
    for (size_t i = 0; i < f->term_count; i++)
      if (is_finished_term(f, &f->terms[i], kind)) terms[count++] = f->terms[i];
  *out = (lk_lexeme){lemmas, terms, (uint32_t)f->lemma_count, count, known};
  return true;
}
