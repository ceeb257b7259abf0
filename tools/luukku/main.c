/* The program: one subcommand a file. */
#include <malloc.h>
#include "serve.h"

#include "tool.h"

static const lk_subcommand commands[] = {
    {"ask", lk_command_ask, "answer one question, or a batch of them"},
    {"chat", lk_command_chat, "talk to the bot in the terminal"},
    {"analyze", lk_command_analyze, "show what the engine makes of text"},
    {"rank", lk_command_rank, "index documents and answer queries"},
    {"eval", lk_command_eval, "measure the knowledge base against questions with known answers"},
    {"test", lk_command_test, "play scripted conversations"},
    {"index", lk_command_index, "write the index file that --index maps"},
    {"kb", lk_command_kb, "editors' tools: check, import, gaps, suggest, stats"},
    {"orders", lk_command_orders, "make the demo order book, or check a shop's own"},
    {"report", lk_command_report, "key figures of a period"},
    {"privacy", lk_command_privacy, "give out or delete what is kept about a customer"},
    {"serve", lk_command_serve, "run the chat server: web chat, agents' desk, dashboard, API"},
    {"agent", lk_command_agent, "accounts of the agents' desk"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_usage(FILE *out) {
  (void)fputs("Usage: luukku COMMAND [OPTION …]\n\n", out);
  for (size_t i = 0; i < COMMANDS; i++) (void)fprintf(out, "  %-8s  %s\n", commands[i].name, commands[i].about);
  (void)fputs("\nluukku COMMAND --help tells more.\n", out);
}

int main(int argc, char **argv) {
  /* glibc raises this bound with each large block that is freed, and then keeps the growing arrays of an engine under construction in heaps full of holes: a sixth
   * more memory at the peak. */
  (void)mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  if (argc < 2) {
    print_usage(stderr);
    return LK_EXIT_UNUSABLE;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
    print_usage(stdout);
    return LK_EXIT_GOOD;
  }
  if (strcmp(argv[1], "--version") == 0) return printf("luukku %s\n", LUUKKU_VERSION) < 0;
  for (size_t i = 0; i < COMMANDS; i++)
    if (strcmp(argv[1], commands[i].name) == 0) return commands[i].run(argc - 1, argv + 1);
  (void)fprintf(stderr, "luukku: there is no command '%s'\n", argv[1]);
  print_usage(stderr);
  return LK_EXIT_UNUSABLE;
}
