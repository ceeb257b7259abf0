/* luukku agent add|list|remove: the desk's accounts. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "accounts.h"
#include "serve.h"

typedef struct wish {
  const char *verb, *name, *accounts, *db;
  lk_role role;
  bool replace, json;
} wish;

static const char usage[] =
    "Usage: luukku agent add NAME [--role agent|supervisor] [--replace]\n"
    "       luukku agent list [--json]\n"
    "       luukku agent remove NAME\n\n"
    "Accounts of the desk. The password is asked for, or read as one line from standard input when that is no terminal.\n\n"
    "  --db FILE        the conversations' file ($LUUKKU_DB, else luukku.db); accounts are in FILE.agents\n"
    "  --accounts FILE  the accounts' file itself ($LUUKKU_ACCOUNTS)\n"
    "  --role ROLE      agent, or supervisor, who sees and moves everybody's conversations\n"
    "  --replace        a new password and role for an agent who is there already; ends their sessions\n";

/* ---- Password ---- */

/* One line without its end; false at the end of input or past the bound. */
static bool read_line(char *out, size_t room) {
  if (!fgets(out, (int)room, stdin)) return false;
  size_t length = strcspn(out, "\r\n");
  bool whole = out[length] != '\0' || feof(stdin);
  out[length] = '\0';
  return whole;
}

static bool ask(const char *prompt, char *out, size_t room) {
  struct termios before, silent;
  if (tcgetattr(STDIN_FILENO, &before) != 0) return false;
  silent = before;
  silent.c_lflag &= ~(tcflag_t)ECHO;
  fputs(prompt, stderr);
  fflush(stderr);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  bool got = read_line(out, room);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  fputc('\n', stderr);
  return got;
}

static bool read_password(char *out, size_t room) {
  char again[LK_PASSWORD_MOST + 2] = "";
  if (!isatty(STDIN_FILENO)) {
    if (read_line(out, room)) return true;
    fputs("error: there is no password on standard input; give one line\n", stderr);
    return false;
  }
  bool same = ask("Password: ", out, room) && ask("Once more: ", again, sizeof again) && strcmp(out, again) == 0;
  sodium_memzero(again, sizeof again);
  if (!same) fputs("error: the two passwords differ; try again\n", stderr);
  return same;
}

/* ---- Verbs ---- */

static int report(lk_code code, const lk_error *err) {
  if (code == LK_OK) return 0;
  fprintf(stderr, "error: %s\n", err->message);
  return code == LK_ERR_STATE || code == LK_ERR_MISSING ? 1 : 2;
}

static int add(lk_accounts *accounts, const wish *w) {
  char password[LK_PASSWORD_MOST + 2];
  lk_error err = {0};
  if (!read_password(password, sizeof password)) return 2;
  lk_code code = lk_agent_add(accounts, lk_view_of(w->name), w->role, password, w->replace, &err);
  sodium_memzero(password, sizeof password);
  if (code == LK_OK) printf("%s may use the desk as %s.\n", w->name, lk_role_name(w->role));
  return report(code, &err);
}

static void print_agent(void *self, const lk_agent *agent) {
  const wish *w = self;
  if (w->json) /* names have nothing that would have to be escaped */
    printf("{\"name\":\"%s\",\"role\":\"%s\"}\n", agent->name, lk_role_name(agent->role));
  else
    printf("%-40s %s\n", agent->name, lk_role_name(agent->role));
}

static int act(lk_accounts *accounts, wish *w) {
  lk_error err = {0};
  if (strcmp(w->verb, "add") == 0) return add(accounts, w);
  if (strcmp(w->verb, "list") == 0) return report(lk_agents_each(accounts, print_agent, w, &err), &err);
  lk_code code = lk_agent_remove(accounts, lk_view_of(w->name), &err);
  if (code == LK_OK) printf("%s may not use the desk any more.\n", w->name);
  return report(code, &err);
}

/* ---- Arguments ---- */

static const char *value_of(int argc, char **argv, int *at, const char *flag) {
  size_t length = strlen(flag);
  if (strncmp(argv[*at], flag, length) != 0) return NULL;
  if (argv[*at][length] == '=') return argv[*at] + length + 1;
  return argv[*at][length] == '\0' && *at + 1 < argc ? argv[++*at] : NULL;
}

static bool read_argument(wish *w, int argc, char **argv, int *at) {
  const char *value;
  if (strcmp(argv[*at], "--replace") == 0) return w->replace = true;
  if (strcmp(argv[*at], "--json") == 0) return w->json = true;
  if ((value = value_of(argc, argv, at, "--db"))) return w->db = value, true;
  if ((value = value_of(argc, argv, at, "--accounts"))) return w->accounts = value, true;
  if ((value = value_of(argc, argv, at, "--role"))) return lk_role_of(lk_view_of(value), &w->role);
  if (argv[*at][0] == '-') return false;
  if (!w->verb) return w->verb = argv[*at], true;
  return !w->name && (w->name = argv[*at], true);
}

static bool read_arguments(wish *w, int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    if (!read_argument(w, argc, argv, &i)) return false;
  if (!w->verb) return false;
  if (strcmp(w->verb, "list") == 0) return !w->name;
  return (strcmp(w->verb, "add") == 0 || strcmp(w->verb, "remove") == 0) && w->name;
}

int lk_command_agent(int argc, char **argv) {
  wish w = {.accounts = getenv("LUUKKU_ACCOUNTS"), .db = getenv("LUUKKU_DB")};
  char beside[4096];
  lk_error err = {0};
  for (int i = 1; i < argc; i++)
    if (strcmp(argv[i], "--help") == 0) return fputs(usage, stdout) < 0;
  if (!read_arguments(&w, argc, argv)) {
    fputs(usage, stderr);
    return 2;
  }
  snprintf(beside, sizeof beside, "%s.agents", w.db && *w.db ? w.db : "luukku.db");
  lk_accounts *accounts = lk_accounts_open(w.accounts && *w.accounts ? w.accounts : beside, &err);
  if (!accounts) return report(err.code ? err.code : LK_ERR_IO, &err);
  int status = act(accounts, &w);
  lk_accounts_close(accounts);
  return status;
}
