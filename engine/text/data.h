/* The language data that is part of the library: TSV files under engine/text/data, embedded when it is built.
 *
 * A file is lines of columns parted by tabs; empty lines and lines that begin with '#' are comments. All views point into the program. */
#ifndef LK_TEXT_DATA_H
#define LK_TEXT_DATA_H

#include "luukku/text.h"

typedef enum lk_data_file {
  LK_DATA_SPOKEN,    /* spoken form, standard form of one or more words */
  LK_DATA_STOP,      /* a function word */
  LK_DATA_DERIVED,   /* lemma, what it is derived from, weight */
  LK_DATA_ENDINGS,   /* end|in, as spoken, as written: tried on words that nothing else knows */
  LK_DATA_IRREGULAR, /* inflected form, base form, where the stemmer fails */
  LK_DATA_RATHER,    /* of two readings: the base form that is hardly ever meant, the one that is */
  LK_DATA_COMMON,    /* an ordinary word of the language, for telling languages apart and for leaving it uncorrected */
  LK_DATA_TRIGRAMS,  /* three letters, thousandths of a natural logarithm of their probability, negated */
  LK_DATA_FILE_COUNT
} lk_data_file;

/* The file of a language; empty where the language has none. */
lk_view lk_data_text(lk_lang lang, lk_data_file file);
/* Lemma and information of ordinary words (background.h), in the order of bytes; not for lk_data_next, since it is searched where it lies. */
lk_view lk_data_background(lk_lang lang);
/* Abbreviations that keep their full stop, of all languages, one a line and lower case. */
lk_view lk_data_abbreviations(void);
/* Names known everywhere, one a line and lower case. */
lk_view lk_data_names(void);

enum { LK_DATA_COLUMNS = 3 };

/* The next line that is no comment, moved over; missing columns are empty. False at the end. */
bool lk_data_next(lk_view *rest, lk_view columns[LK_DATA_COLUMNS]);

#endif
