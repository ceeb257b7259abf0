/* luukku index: writes the index file that --index maps. */
#include <getopt.h>

#include "tool.h"

static const char usage[] =
    "Usage: luukku index [--kb DIR] -o FILE [--no-voikko]\n"
    "\n"
    "Builds the engine of a knowledge base once and writes it to a file, which other commands map with --index FILE instead of "
    "building it\n"
    "again. The file is good for this knowledge base as it is now, this version of luukku and this kind of machine, and is "
    "refused otherwise.\n"
    "\n"
    "  --kb DIR           the knowledge base (default: $LUUKKU_KB, then the sample shop's)\n"
    "  -o, --output FILE  the file; an old one is replaced in one step\n"
    "  --no-voikko        stem Finnish by Snowball, as on a machine without Voikko's dictionary\n"
    "  --help             this text\n";

int lk_command_index(int argc, char **argv) {
  static const struct option names[] = {{"kb", required_argument, NULL, 'k'},
                                        {"output", required_argument, NULL, 'o'},
                                        {"no-voikko", no_argument, NULL, 'v'},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};
  const char *folder = NULL, *path = NULL;
  lk_engine_options options = {0};
  optind = 0;
  for (int option; (option = getopt_long(argc, argv, "o:", names, NULL)) != -1;) {
    if (option == 'h') return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
    if (option == 'k')
      folder = optarg;
    else if (option == 'o')
      path = optarg;
    else if (option == 'v')
      options.analyzer.no_voikko = true;
    else
      return LK_EXIT_UNUSABLE;
  }
  if (!path) return lk_misuse("index", "name the file with -o FILE");
  if (optind < argc) return lk_misuse("index", "unexpected argument '%s'", argv[optind]);
  lk_error err = {0};
  lk_engine *engine = lk_tool_engine("index", lk_kb_folder(folder), &options);
  if (!engine) return LK_EXIT_UNUSABLE;
  lk_code code = lk_engine_write(engine, lk_kb_folder(folder), path, &err);
  lk_engine_free(engine);
  return code ? lk_complain("index", &err) : LK_EXIT_GOOD;
}
