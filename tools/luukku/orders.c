/* luukku orders: the demo order book, and the check of a shop's own. */
#include "luukku/orders.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int lk_command_orders(int argc, char **argv);

enum { EXIT_GOOD = 0, EXIT_FOUND = 1, EXIT_UNUSABLE = 2 };

static const char default_file[] = "orders.db";

static const char usage[] =
    "Usage: luukku orders init [--orders FILE] [--empty] [--force]\n"
    "       luukku orders check --orders FILE [--json]\n"
    "\n"
    "init writes the sample shop's order book: a catalogue, and some 60 orders in every state with times around now.\n"
    "check says which tables and columns a shop's own database or views lack, and how to add them.\n"
    "\n"
    "  --orders FILE   the order book (default: $LUUKKU_ORDERS; for init then orders.db in this folder)\n"
    "  --empty         init: the tables alone\n"
    "  --force         init: replace a file that exists\n"
    "  --json          check: one JSON value on standard output: {missing, findings: [{needed, message}]}; needed is\n"
    "                  \"reading\" or \"actions\"\n"
    "  --help          this text\n"
    "\n"
    "Exit status: 0 done or nothing missing, 1 something is missing, 2 wrong usage or the file can't be used.\n";

typedef struct orders_options {
  const char *file;
  bool force, empty, json, help;
} orders_options;

static int misuse(const char *what) {
  (void)fprintf(stderr, "luukku orders: %s; see luukku orders --help\n", what);
  return EXIT_UNUSABLE;
}

/* False after a message about what cannot be understood. */
static bool read_options(int argc, char **argv, orders_options *out) {
  static const struct option names[] = {{"orders", required_argument, NULL, 'o'}, {"force", no_argument, NULL, 'f'},
                                        {"empty", no_argument, NULL, 'e'},        {"json", no_argument, NULL, 'j'},
                                        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
  optind = 0; /* start anew: the program's own options were read before */
  for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    if (option == 'o')
      out->file = optarg;
    else if (option == 'f')
      out->force = true;
    else if (option == 'e')
      out->empty = true;
    else if (option == 'j')
      out->json = true;
    else if (option == 'h')
      out->help = true;
    else
      return false;
  }
  if (optind < argc) (void)misuse("a word too many");
  return optind >= argc;
}

static int fail(const lk_error *err) {
  (void)fprintf(stderr, "luukku orders: error: %s\n", err->message);
  return EXIT_UNUSABLE;
}

static int init(const orders_options *options) {
  lk_error err = {0};
  const char *file = options->file ? options->file : default_file;
  if (lk_orders_create(file, !options->empty, (int64_t)time(NULL), options->force, &err) != LK_OK) return fail(&err);
  (void)fprintf(stderr, "%s written\n", file);
  return EXIT_GOOD;
}

static void print_finding(void *context, bool reading, const char *message) {
  const orders_options *options = context;
  (void)fprintf(stderr, "%s: %s: %s\n", options->file, reading ? "error" : "warning", message);
}

static void collect_finding(void *context, bool reading, const char *message) {
  json_t *list = context;
  (void)json_array_append_new(list, json_pack("{s:s, s:s}", "needed", reading ? "reading" : "actions", "message", message));
}

static int check_as_json(const orders_options *options) {
  lk_error err = {0};
  size_t missing;
  json_t *list = json_array();
  int status = EXIT_UNUSABLE;
  if (lk_orders_check(options->file, collect_finding, list, &missing, &err) != LK_OK) {
    (void)fail(&err);
  } else {
    json_t *value = json_pack("{s:I, s:O}", "missing", (json_int_t)missing, "findings", list);
    (void)json_dumpf(value, stdout, JSON_COMPACT | JSON_REAL_PRECISION(17));
    (void)putchar('\n');
    json_decref(value);
    status = missing ? EXIT_FOUND : EXIT_GOOD;
  }
  json_decref(list);
  return status;
}

static int check(orders_options *options) {
  if (!options->file) return misuse("check needs --orders FILE");
  if (options->json) return check_as_json(options);
  lk_error err = {0};
  size_t missing;
  if (lk_orders_check(options->file, print_finding, options, &missing, &err) != LK_OK) return fail(&err);
  if (missing)
    (void)fprintf(stderr, "%s: %zu missing; errors keep it from being read, warnings from being written\n", options->file,
                  missing);
  return missing ? EXIT_FOUND : EXIT_GOOD;
}

int lk_command_orders(int argc, char **argv) {
  const char *verb = argc > 1 ? argv[1] : "";
  if (strcmp(verb, "--help") == 0) {
    (void)fputs(usage, stdout);
    return EXIT_GOOD;
  }
  if (strcmp(verb, "init") != 0 && strcmp(verb, "check") != 0)
    return misuse(*verb ? "unknown subcommand" : "a subcommand is missing");
  const char *file = getenv("LUUKKU_ORDERS");
  orders_options options = {.file = file && *file ? file : NULL};
  if (!read_options(argc - 1, argv + 1, &options)) return EXIT_UNUSABLE;
  if (options.help) {
    (void)fputs(usage, stdout);
    return EXIT_GOOD;
  }
  return strcmp(verb, "init") == 0 ? init(&options) : check(&options);
}
