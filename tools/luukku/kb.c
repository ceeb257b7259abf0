/* luukku kb: the editors' tools. */
#include "kb.h"

#include <stdio.h>
#include <string.h>

#include "tool.h"

static const char usage[] =
    "Usage: luukku kb COMMAND …\n"
    "\n"
    "  check    list what is wrong with a knowledge base, or worth a look\n"
    "  gaps     what customers asked and did not get, in groups\n"
    "\n"
    "luukku kb COMMAND --help describes each.\n";

int lk_command_kb(int argc, char **argv) {
  if (argc < 2) return lk_misuse("kb", "name what to do: check, gaps");
  if (strcmp(argv[1], "--help") == 0) return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
  if (strcmp(argv[1], "check") == 0) return lk_kb_command_check(argc - 1, argv + 1);
  if (strcmp(argv[1], "gaps") == 0) return lk_kb_command_gaps(argc - 1, argv + 1);
  return lk_misuse("kb", "there is no luukku kb %s", argv[1]);
}
