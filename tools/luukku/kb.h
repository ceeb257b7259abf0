/* luukku kb's subcommands. argv[0] is the subcommand's name. */
#ifndef LK_TOOL_KB_H
#define LK_TOOL_KB_H

int lk_kb_command_check(int argc, char **argv);
int lk_kb_command_suggest(int argc, char **argv);
int lk_kb_command_import(int argc, char **argv);
int lk_kb_command_stats(int argc, char **argv);
int lk_kb_command_gaps(int argc, char **argv);

#endif
