/* luukku kb: the editors' tools. */
#include "kb.h"

#include <stdio.h>
#include <string.h>

#include "tool.h"

static const lk_subcommand commands[] = {
    {"check", lk_kb_command_check, "list what is wrong with a knowledge base, or worth a look"},
    {"import", lk_kb_command_import, "take over questions and answers from elsewhere"},
    {"stats", lk_kb_command_stats, "what it holds, by language and category, and where work is waiting"},
    {"gaps", lk_kb_command_gaps, "what customers asked and did not get, in groups"},
    {"suggest", lk_kb_command_suggest, "edits that conversations speak for, with their effect"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int print_usage(FILE *out) {
  bool failed = fputs("Usage: luukku kb COMMAND …\n\n", out) == EOF;
  for (size_t i = 0; i < COMMANDS; i++) failed = fprintf(out, "  %-8s  %s\n", commands[i].name, commands[i].about) < 0 || failed;
  failed = fputs("\nluukku kb COMMAND --help describes each.\n", out) == EOF || failed;
  return failed ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
}

int lk_command_kb(int argc, char **argv) {
  if (argc < 2) return lk_misuse("kb", "name what to do, such as check; luukku kb --help lists it");
  if (strcmp(argv[1], "--help") == 0) return print_usage(stdout);
  for (size_t i = 0; i < COMMANDS; i++)
    if (strcmp(argv[1], commands[i].name) == 0) return commands[i].run(argc - 1, argv + 1);
  return lk_misuse("kb", "there is no luukku kb %s", argv[1]);
}
