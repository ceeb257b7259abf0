/* Edits that conversations speak for. */
#ifndef LK_SUGGESTIONS_H
#define LK_SUGGESTIONS_H

#include "effect.h"
#include "luukku/edit.h"

typedef enum lk_suggestion_kind {
  LK_SUGGEST_VARIANT, /* of an entry: a customer's words that led to it */
  LK_SUGGEST_SYNONYM, /* a one-way map: a word that led to one entry again and again, to a word of that entry */
  LK_SUGGEST_ARTICLE  /* a new one, from questions that nothing answers and what agents replied */
} lk_suggestion_kind;
const char *lk_suggestion_kind_name(lk_suggestion_kind kind); /* "variant", "synonym", "article" */

typedef struct lk_suggestion {
  lk_suggestion_kind kind;
  char name[12]; /* "v1", "s1", "a1": the same for the same conversations and KB */
  lk_lang lang;
  const lk_entry *entry; /* NULL for a new article */
  lk_view text;          /* the variant; the synonym's word; the new article's question */
  lk_view to;            /* a synonym's other word */
  lk_article_draft draft;
  const lk_asked *const *asked; /* the evidence */
  size_t asked_count, conversations;
  const lk_evidence *evidence; /* that a variant is made of; else NULL */
  bool by_agent, by_choice;
  lk_effect effect;
  bool accepted;
} lk_suggestion;

typedef struct lk_suggestions {
  lk_suggestion *items; /* variants, synonyms, articles; each kind by conversations */
  size_t count;
  size_t personal; /* messages left out because they hold nothing but personal things */
} lk_suggestions;

typedef struct lk_suggestion_wish {
  size_t least;    /* conversations that speak for it */
  size_t most;     /* of each kind */
  size_t variants; /* of one entry at once */
} lk_suggestion_wish;

lk_code lk_suggestions_make(lk_worker *worker, const lk_asked_list *asked, const lk_evidence *evidence, size_t count,
                            const lk_suggestion_wish *wish, lk_arena *arena, lk_suggestions *out, lk_error *err);

/* Makes the change. LK_ERR_STATE when it is there already. */
lk_code lk_suggestion_apply(const lk_suggestion *suggestion, lk_edit *edit, lk_error *err);

#endif
