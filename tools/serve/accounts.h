/* Agents' accounts and sessions, in a SQLite file of their own beside the conversations: other people may read it, it is backed up apart, and it stays
 * where it is when conversations move to another database.
 *
 * Passwords are kept as argon2id hashes (libsodium), sessions as hashes of their secret: who reads the file can log in with neither. Threads: any. */
#ifndef LUUKKU_SERVE_ACCOUNTS_H
#define LUUKKU_SERVE_ACCOUNTS_H

#include <stdint.h>

#include "luukku/error.h"
#include "luukku/text.h"
#include "token.h"

typedef struct lk_accounts lk_accounts;

enum { LK_AGENT_NAME = 64, LK_PASSWORD_LEAST = 10, LK_PASSWORD_MOST = 200 };

typedef enum lk_role { LK_ROLE_AGENT, LK_ROLE_SUPERVISOR } lk_role;
const char *lk_role_name(lk_role role); /* "agent", "supervisor" */
bool lk_role_of(lk_view name, lk_role *out);

typedef struct lk_agent {
  char name[LK_AGENT_NAME];
  lk_role role;
} lk_agent;

typedef struct lk_session {
  lk_agent agent;
  char csrf[LK_SECRET_SIZE];
  int64_t expires;
} lk_session;

lk_accounts *lk_accounts_open(const char *file, lk_error *err);
void lk_accounts_close(lk_accounts *accounts);

/* 1 to 40 of A–Z a–z 0–9 - _ . only: the name stands in paths, and customers see it. */
bool lk_agent_name_allowed(lk_view name);

/* A new account, or with `replace` a new password and role (which ends the sessions). LK_ERR_STATE when the name is taken, LK_ERR_INPUT for a bad name or
 * password. Takes a tenth of a second, like every look at a password. */
lk_code lk_agent_add(lk_accounts *accounts, lk_view name, lk_role role, const char *password, bool replace, lk_error *err);
/* LK_ERR_MISSING when there is none. Ends the sessions. */
lk_code lk_agent_remove(lk_accounts *accounts, lk_view name, lk_error *err);
/* `each` must not use the accounts. */
lk_code lk_agents_each(lk_accounts *accounts, void (*each)(void *self, const lk_agent *agent), void *self, lk_error *err);
lk_code lk_agent_find(lk_accounts *accounts, lk_view name, lk_agent *out, lk_error *err);

/* LK_ERR_DENIED for an unknown name and for a wrong password alike, in the same time. `secret` gets the new session's. */
lk_code lk_session_begin(lk_accounts *accounts, lk_view name, const char *password, int64_t now, int64_t expires,
                         char secret[LK_SECRET_SIZE], lk_session *out, lk_error *err);
/* LK_ERR_DENIED when there is none (any more). */
lk_code lk_session_find(lk_accounts *accounts, const char *secret, int64_t now, lk_session *out, lk_error *err);
lk_code lk_session_end(lk_accounts *accounts, const char *secret, lk_error *err);
lk_code lk_sessions_revoke(lk_accounts *accounts, lk_view name, lk_error *err);

#endif
