/* Changing a KB's files as a careful editor would: what is not meant to change stays byte for byte as it was.
 *
 * An lk_edit is a KB in memory with changes on top. Changes are collected, looked at (as a unified diff, or as a KB that can be asked), and then written, or
 * not. Every change refers to the KB as it was opened: a variant can't be added to an article that this same edit adds, but an article is added with its
 * variants. New lines take the indentation and line ends of their neighbours; comments, order, blank lines and attributes of everything else stay.
 *
 * Ownership: an lk_edit copies what it is given; what it hands out lives in it until the next change or lk_edit_free, unless an arena is passed.
 * Threads: one at a time. Errors: LK_ERR_INPUT with file, line and mend (also for a KB that does not load: mend it first), LK_ERR_MISSING (no such entry in that
 * language), LK_ERR_STATE (it is there already; or the files changed on disk meanwhile), LK_ERR_IO, LK_ERR_MEMORY. After an error of a change nothing of
 * that change was made, and the others stay. */
#ifndef LUUKKU_EDIT_H
#define LUUKKU_EDIT_H

#include "luukku/arena.h"
#include "luukku/kb.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_edit lk_edit;

/* ---- Opening ---- */

/* Opens the KB in `folder` (NULL: an empty one). `also` is one more file or folder of XML files to read along, as if it belonged to the KB; it may be missing, may lie within
 * `folder`, and may be NULL. NULL and `err` when it can't be read or is no good KB; all problems are appended to `findings` (which may be NULL). */
lk_edit *lk_edit_open(const char *folder, const char *also, lk_findings *findings, lk_error *err);
/* The same from memory, for tests and trials; lk_edit_write then writes nothing but gives LK_ERR_STATE. */
lk_edit *lk_edit_open_sources(const lk_source *sources, size_t count, lk_findings *findings, lk_error *err);
void lk_edit_free(lk_edit *edit);

/* The KB as it was opened. Lives until lk_edit_free. */
const lk_kb *lk_edit_kb(const lk_edit *edit);
/* Forgets all changes. */
void lk_edit_reset(lk_edit *edit);
/* How many changes were made. */
size_t lk_edit_count(const lk_edit *edit);

/* ---- Changes ---- */

/* A new <variant> behind the last phrasing of an entry. LK_ERR_STATE when the entry has the same phrasing already. */
lk_code lk_edit_add_variant(lk_edit *edit, lk_view id, lk_lang lang, lk_view text, lk_error *err);

/* Words for the lexicon, of LK_LEXICON_SET (`from` empty), _MAP, _SPOKEN or _NAME (`from` the name; `words` other spellings). Words are added to the row of this
 * language that is there for them (a set that has the first of `words`; a map, spoken form or name with this very `from`), else a row is made behind the last one of
 * its kind. LK_ERR_STATE when there is nothing to add, or a spoken form stands for something else already. */
typedef struct lk_lexicon_draft {
  lk_lexicon_kind kind;
  lk_lang lang;
  lk_view from;
  const lk_view *words;
  size_t word_count;
} lk_lexicon_draft;
lk_code lk_edit_add_words(lk_edit *edit, const lk_lexicon_draft *draft, lk_error *err);

/* An article. The answer's nodes are as in lk_answer; lk_answer_of_text makes them from plain text. */
typedef struct lk_article_draft {
  lk_view id;
  lk_lang lang;
  lk_view category;
  lk_view source;  /* where it was imported from; may be empty */
  lk_date updated; /* may be not given */
  lk_view question;
  const lk_view *variants;
  size_t variant_count;
  lk_view keywords; /* may be empty */
  const lk_node *answer;
  size_t answer_count;
} lk_article_draft;

/* Adds an article to the file at `path`, which is made when it is missing; NULL: behind the last article of its category and language, or else of its language.
 * LK_ERR_STATE when the id is taken in that language. */
lk_code lk_edit_add_article(lk_edit *edit, const lk_article_draft *draft, const char *path, lk_error *err);
/* Adds a category to the file at `path`, likewise. */
lk_code lk_edit_add_category(lk_edit *edit, lk_view id, lk_lang lang, lk_view title, const char *path, lk_error *err);
/* Replaces question, answer, source and updated of an article, each unless it is empty (not given), and touches nothing else; comments in a replaced answer are kept before it.
 * What is the same already is not touched. `changed` (may be NULL): was anything different? */
lk_code lk_edit_update_article(lk_edit *edit, const lk_article_draft *draft, bool *changed, lk_error *err);

/* Plain text as the nodes of an answer, in `arena`: paragraphs at blank lines, lists from lines that begin with "- ", "* ", "• " or "1. ", breaks at other line ends, and
 * https addresses as links. LK_ERR_INPUT when there is no text. */
lk_code lk_answer_of_text(lk_view text, lk_arena *arena, const lk_node **nodes, size_t *count, lk_error *err);

/* ---- Looking at the result ---- */

typedef struct lk_edit_file {
  const char *path; /* where it is, or will be */
  const char *name; /* below the KB's folder, for the diff */
  lk_view before, after;
  bool fresh; /* it will be made; `before` is then empty */
} lk_edit_file;
/* The files that change, in `arena`. */
lk_code lk_edit_files(const lk_edit *edit, lk_arena *arena, lk_edit_file **files, size_t *count, lk_error *err);
/* A unified diff of all changes in `arena`, which `patch -p1` applies in the KB's folder; empty when there are none. */
lk_code lk_edit_diff(const lk_edit *edit, lk_arena *arena, lk_view *diff, lk_error *err);
/* The changed KB, loaded; NULL and findings as lk_kb_load's when the changes broke it. To be freed by lk_kb_free (or by the engine it is given to). */
lk_kb *lk_edit_load(const lk_edit *edit, lk_findings *findings, lk_error *err);

/* Writes the changed files: all of them beside the old ones first, flushed to disk, then each takes its place by a rename. When anything fails before the renames,
 * nothing has changed. LK_ERR_STATE when a file is not what it was when it was opened. */
lk_code lk_edit_write(const lk_edit *edit, lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
