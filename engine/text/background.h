/* How ordinary a word is in a language at large, whatever the knowledge base says of: its information, the negative natural logarithm of its share of
 * running text. "mitä" has 4 to 5, "vakuutus" 11. What a question has of the rare ones and an entry has not is what the question is about and the entry is
 * not; ordinary ones are evidence of nothing.
 *
 * From data/LANG/background.tsv, which background.py makes and names the source of. No state; any thread may ask. */
#ifndef LK_TEXT_BACKGROUND_H
#define LK_TEXT_BACKGROUND_H

#include "luukku/analyzer.h"

/* Of a lemma that is not among the commonest: fewer than two or three in a million words. */
#define LK_RARE_INFORMATION 13.0

/* In nats. `lemma` as the analyzer makes it: a stem in Swedish and English. */
double lk_background_information(lk_lang lang, lk_view lemma);
/* Of an analysed word: its commonest lemma's; of a compound that is not listed, its rarest part's. */
double lk_word_information(lk_lang lang, const lk_word *word);

#endif
