/* Snowball's stemmers: the answer for Swedish and English, and for Finnish words that no dictionary has. */
#include <libstemmer.h>
#include <stdlib.h>

#include "text/morphology.h"

typedef struct snowball {
  lk_morphology base;
  struct sb_stemmer *stemmer;
} snowball;

static bool look_up(lk_morphology *self, lk_view form, lk_draft *out) {
  snowball *s = (snowball *)self;
  const sb_symbol *stem = sb_stemmer_stem(s->stemmer, (const sb_symbol *)form.ptr, (int)form.len);
  if (!stem)
    out->failed = true;
  else
    lk_draft_lemma(out, (lk_view){(const char *)stem, (size_t)sb_stemmer_length(s->stemmer)});
  return false;
}

static void free_snowball(lk_morphology *self) {
  if (!self) return;
  sb_stemmer_delete(((snowball *)self)->stemmer);
  free(self);
}

lk_morphology *lk_morphology_snowball(lk_lang lang) {
  static const char *const names[LK_LANG_COUNT] = {"finnish", "swedish", "english"};
  snowball *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->base = (lk_morphology){false, look_up, free_snowball};
  s->stemmer = sb_stemmer_new(names[lang], "UTF_8");
  if (s->stemmer) return &s->base;
  free(s);
  return NULL;
}
