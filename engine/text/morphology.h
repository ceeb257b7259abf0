/* Word forms → base forms. One interface, two implementations: Voikko's Finnish dictionary, and Snowball's stemmers, which know no words but
 * always have an answer. One thread at a time. */
#ifndef LK_TEXT_MORPHOLOGY_H
#define LK_TEXT_MORPHOLOGY_H

#include "text/lexeme.h"

typedef struct lk_morphology lk_morphology;

struct lk_morphology {
  bool has_dictionary;
  /* Adds the readings of a normalised form to `out`; false when the form is unknown (and nothing was added, or only a stem). */
  bool (*look_up)(lk_morphology *self, lk_view form, lk_draft *out);
  void (*free)(lk_morphology *self);
};

/* NULL when the dictionary is missing, or memory is out. */
lk_morphology *lk_morphology_voikko(void);
/* NULL when memory is out. */
lk_morphology *lk_morphology_snowball(lk_lang lang);

#endif
