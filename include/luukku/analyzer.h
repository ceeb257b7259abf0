/* Text → tokens → words with lemmas and index terms, for Finnish, Swedish and English.
 *
 * A *vocabulary* is what is known about words: the language data that comes with the engine (spoken forms, stop words, derivations), the shop's own
 * spoken forms and names, and the words that the knowledge base uses. It is built once, then frozen and shared by any number of threads.
 * An *analyzer* is one thread's way to use it: an open dictionary, a cache, scratch memory.
 *
 * Ownership: a vocabulary copies what it is given and must outlive its analyzers. Tokens and analyses live in the arena that is passed, and point into the text and the
 * vocabulary. Threads: one at a time an analyzer. Places are bytes.
 * Errors: LK_ERR_LIMIT (a text that is too long), LK_ERR_INPUT (a word of the shop's that is empty or not one), LK_ERR_MEMORY. */
#ifndef LUUKKU_ANALYZER_H
#define LUUKKU_ANALYZER_H

#include <stdint.h>

#include "luukku/error.h"
#include "luukku/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_arena lk_arena;
typedef struct lk_vocabulary lk_vocabulary;
typedef struct lk_analyzer lk_analyzer;
typedef struct lk_shared_words lk_shared_words;

/* ---- Tokens ---- */

typedef enum lk_token_kind {
  LK_TOKEN_WORD,   /* toimitus, maksu-, S-ryhmän, it's */
  LK_TOKEN_NUMBER, /* 12,90  1 299,00  24/7 */
  LK_TOKEN_CODE,   /* #100234  FI-2024-00123  EU:n: letters and digits that belong together */
  LK_TOKEN_DATE,   /* 24.12.2025  24.12. */
  LK_TOKEN_TIME,   /* 14:30 */
  LK_TOKEN_PHONE,  /* +358 40 123 4567 */
  LK_TOKEN_EMAIL,
  LK_TOKEN_URL,
  LK_TOKEN_EMOJI,      /* with its modifiers */
  LK_TOKEN_PUNCTUATION /* one mark, or a run of the same one */
} lk_token_kind;

typedef struct lk_token {
  lk_view text;        /* as typed, pointing into the input */
  uint32_t start, end; /* bytes in the input; text is [start, end) */
  lk_token_kind kind;
} lk_token;

/* Scans `text` into tokens. They live in `arena`; their text points into `text`. */
lk_code lk_tokenize(lk_view text, lk_arena *arena, lk_token **tokens, size_t *count, lk_error *err);

/* ---- Words ---- */

typedef enum lk_term_kind {
  LK_TERM_LEMMA, /* a base form (pruned readings), or a number, code … as it stands */
  LK_TERM_PART,  /* a part of a compound: toimitusaika → toimitus, aika */
  LK_TERM_ROOT, /* what it was derived from: toimitus → toimittaa; weight 1 for the word's own root, .5 for a part's, .3 for one that is
                        further off (saatavuus → saada); the table of derivations has weights of its own */
  LK_TERM_GRAM,      /* a character n-gram of the word as typed, dots folded, ^ and $ at its ends */
  LK_TERM_EXPANSION, /* what the shop's lexicon adds to a question's word; made by the search, never by the analyzer */
  LK_TERM_KIND_COUNT
} lk_term_kind;

typedef struct lk_term {
  lk_view text;
  lk_term_kind kind;
  float weight; /* within its kind: 1 is full */
} lk_term;

/* What was done to understand a word. The form after it is in lk_word.form, words parted by a space; one word may have been repaired in several
 * ways (missäää is shortened and read as spoken), and then the first is named. */
typedef enum lk_repair {
  LK_REPAIR_NONE,
  LK_REPAIR_SPOKEN,     /* oisko → olisiko, from data or by rule; wheres → where is */
  LK_REPAIR_ELONGATION, /* missääää → missä */
  LK_REPAIR_DOTS,       /* myohassa → myöhässä */
  LK_REPAIR_SPELLING,   /* tialus → tilaus */
  LK_REPAIR_SPLIT,      /* maksaakopalautus → maksaako palautus */
  LK_REPAIR_JOIN        /* tilaus numero → tilausnumero; the second word is then empty of terms */
} lk_repair;

typedef struct lk_word {
  lk_token token;
  lk_view form;          /* normalised (NFC, lower case), after repair */
  const lk_view *lemmas; /* at least one for a WORD; none for punctuation */
  size_t lemma_count;
  const lk_term *terms; /* LEMMA terms first */
  size_t term_count;
  lk_repair repair;
  bool known; /* a dictionary or the knowledge base has it (after repair) */
  bool stop;  /* a function word */
} lk_word;

typedef struct lk_analysis {
  lk_lang lang;
  lk_word *words; /* one a token, in order */
  size_t count;
} lk_analysis;

/* ---- Vocabulary ---- */

/* A vocabulary with the engine's own language data. NULL and `err` when memory is out. */
lk_vocabulary *lk_vocabulary_new(lk_error *err);
void lk_vocabulary_free(lk_vocabulary *vocabulary);
/* The shop's own spoken form: `from` is one word, `to` one or more. */
lk_code lk_vocabulary_add_spoken(lk_vocabulary *vocabulary, lk_lang lang, lk_view from, lk_view to, lk_error *err);
/* A name that is never corrected nor stemmed (MobilePay). */
lk_code lk_vocabulary_add_name(lk_vocabulary *vocabulary, lk_lang lang, lk_view name, lk_error *err);
/* A word that the knowledge base uses, as lk_analyze made it from editors' text: misspellings are repaired towards such words, and Finnish ones are
 * from now on answered without the dictionary. Call it for each word of each analysed text; words of a language whose text it is, not of entries that
 * are shown there for want of a translation.
 *
 * Swedish compounds (leveranstid) are split by the words that are there at the time. To have the index agree with the questions on their parts,
 * read all of a language's text in once, and analyse it for the index after that: the second pass is answered from here.
 *
 * The languages share nothing: three threads may fill one language each, each with its own analyzer. */
lk_code lk_vocabulary_add_word(lk_vocabulary *vocabulary, lk_lang lang, const lk_word *word, lk_error *err);

/* Call it when the last word is added: from then on repairs are found by tables, in some microseconds however large the vocabulary is. What is added
 * later is found as well, but slowly, until it is called again. */
lk_code lk_vocabulary_freeze(lk_vocabulary *vocabulary, lk_error *err);

/* ---- Analyzer ---- */

typedef struct lk_analyzer_options {
  bool no_voikko; /* Snowball alone, as on a machine without the dictionary */
} lk_analyzer_options;

/* `options` may be NULL. `vocabulary` must outlive the analyzer and must not change while an analyzer analyses with repair.
 * A missing Voikko dictionary is no error: see lk_analyzer_has_dictionary. One thread at a time uses an analyzer; several threads may make their own at
 * once. */
lk_analyzer *lk_analyzer_new(const lk_vocabulary *vocabulary, const lk_analyzer_options *options, lk_error *err);
void lk_analyzer_free(lk_analyzer *analyzer);
bool lk_analyzer_has_dictionary(const lk_analyzer *analyzer);

/* What one thread found out about words that the knowledge base lacks, for the others: any number of analyzers of one vocabulary, with the same options, may
 * use it at once, without waiting for one another. It is bounded (16,000 words, 6 MB), takes no more when it is full, and must outlive the analyzers that use
 * it. NULL and `err` when memory is out. */
lk_shared_words *lk_shared_words_new(lk_error *err);
void lk_shared_words_free(lk_shared_words *shared);
/* From now on the analyzer looks there, too; NULL: no more. */
void lk_analyzer_share(lk_analyzer *analyzer, lk_shared_words *shared);

/* Flags of lk_analyze. */
enum {
  /* A customer's text: spoken forms, elongations, dots, spelling, splits and joins are repaired. Editors' text is taken as it is, but spoken forms
   * are resolved there too. */
  LK_ANALYZE_REPAIR = 1,
  /* Make GRAM terms as well: of WORDs and CODEs, of the word as typed and, where a repair changed it, of the repaired form. */
  LK_ANALYZE_GRAMS = 2
};

/* Analyses `text` (at most 64 kB, otherwise LK_ERR_LIMIT) in `lang`; LK_LANG_NONE is read as Finnish. Results live in `arena`, or in the
 * vocabulary; token texts point into `text`. Any bytes will do. With LK_ANALYZE_REPAIR time is bounded: the dictionary is asked about at most 1,200 new
 * words and corrections are searched for at most 16, and what is beyond is stemmed and left as it is. A word that was seen before costs one look-up. */
lk_code lk_analyze(lk_analyzer *analyzer, lk_lang lang, lk_view text, unsigned flags, lk_arena *arena, lk_analysis *out,
                   lk_error *err);

/* ---- Language ---- */

typedef struct lk_language_guess {
  lk_lang lang;               /* the likeliest; when nothing in the text speaks `prior`, and Finnish without one */
  float share[LK_LANG_COUNT]; /* sums to 1 */
} lk_language_guess;

/* Which language is this message in? `prior` is the conversation's language so far (LK_LANG_NONE at its start): it decides what the text alone
 * leaves open. Function words, spoken forms, letters, endings and what the knowledge base and dictionary know all speak; names do not. Only the first
 * 4,000 bytes are read. */
lk_code lk_detect_language(lk_analyzer *analyzer, lk_view text, lk_lang prior, lk_language_guess *out, lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
