/* What the subcommands share. Exit statuses: 0 success, 1 what was checked does not hold, 2 wrong usage or unusable input. */
#ifndef LK_TOOL_H
#define LK_TOOL_H

#include <jansson.h>
#include <stdio.h>

#include "luukku/dialogue.h"
#include "luukku/engine.h"

enum { LK_EXIT_GOOD = 0, LK_EXIT_FOUND = 1, LK_EXIT_UNUSABLE = 2 };

typedef struct lk_subcommand {
  const char *name;
  int (*run)(int argc, char **argv); /* argv[0] is the command's name */
  const char *about;
} lk_subcommand;

int lk_command_analyze(int argc, char **argv);
int lk_command_ask(int argc, char **argv);
int lk_command_chat(int argc, char **argv);
int lk_command_eval(int argc, char **argv);
int lk_command_index(int argc, char **argv);
int lk_command_kb(int argc, char **argv);
int lk_command_orders(int argc, char **argv);
int lk_command_privacy(int argc, char **argv);
int lk_command_rank(int argc, char **argv);
int lk_command_report(int argc, char **argv);
int lk_command_test(int argc, char **argv);

/* Prints "luukku COMMAND: …; see luukku COMMAND --help" and returns LK_EXIT_UNUSABLE. */
int lk_misuse(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints an error with its place and returns LK_EXIT_UNUSABLE. */
int lk_complain(const char *command, const lk_error *err);

/* --kb, then $LUUKKU_KB, then the installed or the source tree's sample KB. */
const char *lk_kb_folder(const char *flag);
/* --db, then $LUUKKU_DB, then luukku.db: the conversations' file. */
const char *lk_db_file(const char *flag);
/* Loads and builds; prints all findings when it can't, and says once that the dictionary is missing. NULL: everything has been said. */
lk_engine *lk_tool_engine(const char *command, const char *folder, const lk_engine_options *options);
/* A language from --lang; prints what is wrong and returns false. */
bool lk_tool_lang(const char *command, const char *code, lk_lang *out);

/* A file's lines, split at tabs, in memory of their own. */
typedef struct lk_table {
  char *bytes;
  char **cells; /* row after row, `columns` each; missing ones are "" */
  size_t rows, columns;
} lk_table;
/* Reads "-" from standard input. Blank lines are passed over. Prints what is wrong and returns false. */
bool lk_table_read(const char *command, const char *path, size_t columns, lk_table *out);
void lk_table_free(lk_table *table);
static inline const char *lk_cell(const lk_table *t, size_t row, size_t column) { return t->cells[row * t->columns + column]; }

/* A JSON string; bytes that are no UTF-8 become U+FFFD. */
json_t *lk_json_text(lk_view text);
/* Writes one value on a line of its own and frees it. */
void lk_json_line(json_t *value, FILE *out);

double lk_seconds(void); /* monotonic */

#endif
