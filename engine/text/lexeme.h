/* What is known about one form of a word, and how it is put together. */
#ifndef LK_TEXT_LEXEME_H
#define LK_TEXT_LEXEME_H

#include "base/arena.h"
#include "luukku/analyzer.h"

typedef struct lk_lexeme {
  const lk_view *lemmas;
  const lk_term *terms; /* LEMMA first, then PART, then ROOT; no GRAM */
  uint32_t lemma_count, term_count;
  bool known; /* a dictionary or the knowledge base has it; otherwise the lemma is a stem */
} lk_lexeme;

enum { LK_LEMMA_LIMIT = 6, LK_TERM_LIMIT = 24 };

/* Weights within their kind. */
#define LK_WEIGHT_ROOT 1.0f      /* the word's own root: toimitus → toimittaa */
#define LK_WEIGHT_PART_ROOT 0.5f /* a compound part's root: toimitusaika → toimittaa */
#define LK_WEIGHT_DEEP_ROOT 0.3f /* two derivations deep, or from an adjective or noun: saatavuus → saada, oikeus → oikea */

/* What was found out about a form while readings are gathered. What does not fit is dropped: the limits are far above what words have. */
typedef struct lk_draft {
  lk_arena *arena; /* takes the text of new lemmas and terms */
  lk_view lemmas[LK_LEMMA_LIMIT];
  lk_term terms[LK_TERM_LIMIT];
  size_t lemma_count, term_count;
  bool borrows; /* texts are not copied: the caller's live as long as the draft */
  bool failed;  /* memory out */
} lk_draft;

/* Each drops what is there already; a PART or ROOT that is a lemma already is dropped as well, a heavier weight replaces a lighter. */
void lk_draft_lemma(lk_draft *draft, lk_view lemma);
void lk_draft_term(lk_draft *draft, lk_term_kind kind, lk_view text, float weight);
/* Takes lemma number `at` away, and the PART that stands for it. */
void lk_draft_drop(lk_draft *draft, size_t at, lk_view part);
/* Adds a ROOT, or gives the one that is there this weight. */
void lk_draft_root(lk_draft *draft, lk_view root, float weight);
/* Adds another lexeme's lemmas and terms. */
void lk_draft_merge(lk_draft *draft, const lk_lexeme *lexeme);
/* Moves what was found into `arena` as a lexeme; false when memory is out. */
bool lk_draft_finish(const lk_draft *draft, lk_arena *arena, bool known, lk_lexeme *out);

#endif
