/* What the dictionary says about the words of a knowledge base, found ahead by other threads.
 *
 * The dictionary takes half of the time in which an engine is built. One thread analyses the texts in order and asks it when it needs to; others (*askers*) meanwhile ask
 * about the words that come last, going backwards, until they meet. Answers are the dictionary's own and do not depend on who asks.
 *
 * Filled by one thread; then any number of askers and the analyzers may use it at once. It must outlive the analyzers that use it. */
#ifndef LK_TEXT_READINGS_H
#define LK_TEXT_READINGS_H

#include "text/lexeme.h"

typedef struct lk_readings lk_readings;

lk_readings *lk_readings_new(void); /* NULL when memory is out */
void lk_readings_free(lk_readings *readings);
/* Notes the words of a text, in the order in which they will be asked. What looks like a word is enough: others are asked in vain or not found here. False when
 * memory is out. */
bool lk_readings_note(lk_readings *readings, lk_view text);
/* Asks the dictionary until no word is left. Needs nothing of the caller: run it in any thread. */
void lk_readings_ask(lk_readings *readings);
/* Lets the askers come to an end. */
void lk_readings_stop(lk_readings *readings);
/* Is the answer there? If so, adds it to an empty `draft` (nothing for a word that the dictionary lacks). If not, the caller asks by himself. */
bool lk_readings_take(lk_readings *readings, lk_view form, lk_draft *draft);

/* From now on an analyzer looks here before it asks its dictionary. NULL: no more. */
void lk_analyzer_read_ahead(lk_analyzer *analyzer, lk_readings *readings);

#endif
