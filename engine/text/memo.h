/* Finished words, by how they were typed: what lk_analyze made of a token, so that a word seen before costs one look-up.
 *
 * A *memo* is one block and never changes. An analyzer has a table of its own memos; a lk_shared_words has one that many analyzers fill and read at once. */
#ifndef LK_TEXT_MEMO_H
#define LK_TEXT_MEMO_H

#include "base/arena.h"
#include "luukku/analyzer.h"

typedef struct lk_memo {
  uint64_t hash, version; /* the version of the vocabulary that it depends on, or LK_TIMELESS */
  lk_view typed;
  lk_word word;      /* its views lie in `block`; its token is empty */
  const char *block; /* terms, lemmas, text */
  size_t bytes;
  uint8_t context; /* language and flags */
} lk_memo;

typedef struct lk_memo_key {
  lk_view typed;
  uint64_t hash;
  uint8_t context;
} lk_memo_key;

lk_memo_key lk_memo_key_of(lk_view typed, lk_lang lang, unsigned flags);
/* NULL when memory is out. The memo lives in `arena`, or, where that is NULL, until it is freed. */
lk_memo *lk_memo_new(const lk_memo_key *key, uint64_t version, const lk_word *word, lk_arena *arena);
/* Copies what it says into `arena` and `word`, whose token stays; false when memory is out. */
bool lk_memo_take(const lk_memo *memo, lk_arena *arena, lk_word *word);

/* One analyzer's. */
typedef struct lk_memo_table {
  const lk_memo **slots;
  size_t slot_count, count;
} lk_memo_table;

const lk_memo *lk_memo_find(const lk_memo_table *table, const lk_memo_key *key);
/* In place of one with the same key; false when memory is out. */
bool lk_memo_put(lk_memo_table *table, const lk_memo *memo);
void lk_memo_clear(lk_memo_table *table);
void lk_memo_table_free(lk_memo_table *table);

/* Of this version, or NULL; no lock, no waiting. */
const lk_memo *lk_shared_words_find(const lk_shared_words *shared, const lk_memo_key *key, uint64_t version);
/* Takes a copy, unless it is full or another thread was first. */
void lk_shared_words_put(lk_shared_words *shared, const lk_memo *memo);

#endif
