/* The chat server as commands of the program. argv[0] is the command's name; the result is the exit status (0, 1, or 2 for wrong usage). */
#ifndef LUUKKU_SERVE_SERVE_H
#define LUUKKU_SERVE_SERVE_H

int lk_command_serve(int argc, char **argv);
int lk_command_agent(int argc, char **argv);

#endif
