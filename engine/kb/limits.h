/* What a KB may hold at most. Bounds memory and time for whatever file lands in the folder; far above what editors write. kb/FORMAT.md
 * repeats these figures for editors, and a test compares the two. */
#ifndef LK_KB_LIMITS_H
#define LK_KB_LIMITS_H

enum {
  LK_LIMIT_FILE_BYTES = 4 * 1024 * 1024,
  LK_LIMIT_ALL_BYTES = 64 * 1024 * 1024,
  LK_LIMIT_FILES = 2000,
  LK_LIMIT_FOLDER_DEPTH = 8,
  LK_LIMIT_ELEMENT_DEPTH = 24,
  LK_LIMIT_ELEMENTS = 100000, /* a file: a tree node costs some 150 bytes */
  LK_LIMIT_TAG_BYTES = 8192,  /* libxml2 compares every attribute of a tag with every other one */
  LK_LIMIT_ENTRIES = 20000,   /* all languages together */
  LK_LIMIT_PHRASINGS = 500,   /* an entry: questions and variants */
  LK_LIMIT_PATTERNS = 100,    /* an entry */
  LK_LIMIT_ANSWERS = 50,      /* a chat entry */
  LK_LIMIT_SEE = 20,
  LK_LIMIT_SLOTS = 12,
  LK_LIMIT_PHRASING_CHARACTERS = 500, /* also patterns and keywords */
  LK_LIMIT_ANSWER_CHARACTERS = 8000,  /* also messages and notices */
  LK_LIMIT_ID_CHARACTERS = 64,
  LK_LIMIT_ATTRIBUTE_CHARACTERS = 2000,
  LK_LIMIT_MESSAGES = 5000,
  LK_LIMIT_CATEGORIES = 1000,
  LK_LIMIT_NOTICES = 500,
  LK_LIMIT_LEXICON_ROWS = 50000,
  LK_LIMIT_LEXICON_WORDS = 100, /* a row */
  LK_LIMIT_WEIGHTS = 200,       /* a model */
  LK_LIMIT_MODELS = 50,
  LK_LIMIT_HOURS_ROWS = 1000,
};

#endif
