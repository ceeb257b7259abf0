/* Who is it? Proof that an order is the customer's, with limits that outlive a restart; and the token by which the shop's page vouches for a
 * logged-in customer.
 *
 * Proof is an order number with the e-mail address or the postcode of that order, compared without regard to case, accents and spaces. What a
 * customer sees is the same whether the order exists or not, and so is the work. Every attempt is counted before it is looked at: by
 * conversation, by order number across conversations (numbers that do not exist as well), and by client address, so that order numbers cannot
 * be harvested by counting. Attempts are kept in a SQLite table as digests, no longer than the longest window.
 *
 * Ownership: an lk_identity copies its path and limits; what is passed to a check has to live during the call only. Threads: an lk_identity serves one thread at a time; any
 * number of them, and of processes, may share one file. Moments are Unix seconds and come from the caller.
 * Errors: those of the order book (luukku/orders.h), and LK_ERR_INPUT for what cannot be one. A refusal is a result. */
#ifndef LUUKKU_IDENTITY_H
#define LUUKKU_IDENTITY_H

#include <stdint.h>

#include "luukku/error.h"
#include "luukku/orders.h"
#include "luukku/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Order number and proof ---- */

typedef struct lk_identity lk_identity;

/* Failed attempts within a window of seconds; 0 takes the default. */
typedef struct lk_identity_limits {
  int conversation, conversation_window; /* 5 in 24 hours */
  int order, order_window;               /* 10 in 24 hours */
  int address, address_window;           /* 20 in 1 hour; an IPv6 address counts by its /64 */
} lk_identity_limits;

typedef enum lk_identity_verdict {
  LK_IDENTITY_MATCHED,
  LK_IDENTITY_REFUSED, /* no such order or wrong proof: one and the same */
  LK_IDENTITY_LIMITED  /* too many attempts: a person is next. Says nothing about this proof, right or wrong */
} lk_identity_verdict;

typedef struct lk_identity_attempt {
  lk_view conversation;
  lk_view address;       /* of the client, "192.0.2.1" or "2001:db8::1"; empty (a terminal): not counted by address */
  lk_view number, proof; /* as typed */
  int64_t now;
} lk_identity_attempt;

typedef struct lk_identity_result {
  lk_identity_verdict verdict;
  lk_proof proof;    /* what matched */
  int attempts_left; /* in this conversation */
  int64_t retry_at;  /* LIMITED: not before */
} lk_identity_result;

/* Opens (or creates) the file that keeps the attempts: the order book's own, the conversations' or one of its own; ":memory:" for tests.
 * `limits` may be NULL. */
lk_identity *lk_identity_open(const char *path, const lk_identity_limits *limits, lk_error *err);
void lk_identity_close(lk_identity *identity);

/* Counts the attempt, then has the order book verify it. An error (also one of the book) discloses nothing; the attempt then counts. */
lk_code lk_identity_check(lk_identity *identity, const lk_order_book *book, const lk_identity_attempt *attempt,
                          lk_identity_result *out, lk_error *err);

/* Do two proofs agree? Case, accents (ä and a), spaces and compatibility forms make no difference. Takes the same time wherever they differ.
 * For writers of order books. An empty one agrees with nothing. */
bool lk_proof_equal(lk_view a, lk_view b);

/* ---- The shop's page vouches: JSON Web Token (RFC 7519), HMAC with SHA-256 (HS256, RFC 7518) ---- */

typedef enum lk_token_verdict {
  LK_TOKEN_VALID,
  LK_TOKEN_MALFORMED, /* no three parts, no base64url, no JSON, a claim of the wrong type, past 8 KiB */
  LK_TOKEN_ALGORITHM, /* anything but HS256, "none" included, or critical extensions */
  LK_TOKEN_SIGNATURE,
  LK_TOKEN_EXPIRED,     /* exp is past, or missing */
  LK_TOKEN_NOT_YET,     /* nbf is to come */
  LK_TOKEN_AUDIENCE,    /* aud is missing or somebody else */
  LK_TOKEN_ISSUER,      /* iss is missing or somebody else, when the rules name one */
  LK_TOKEN_NO_CUSTOMER, /* sub is missing or empty */
  LK_TOKEN_VERDICT_COUNT
} lk_token_verdict;

/* "valid", "expired" …, for logs. Never NULL. */
const char *lk_token_verdict_name(lk_token_verdict verdict);

typedef struct lk_token_rules {
  lk_view secret;   /* shared with the shop's page: at least 32 bytes */
  lk_view audience; /* required */
  lk_view issuer;   /* empty: any */
  int64_t leeway;   /* seconds by which the clocks may differ */
} lk_token_rules;

typedef struct lk_token_claims {
  lk_view customer;    /* sub: the customer's id in the order book */
  lk_view email, name; /* empty when the token has none */
  int64_t expires;
} lk_token_claims;

/* Checks a token; claims live in `arena` and are filled in only when it is VALID. LK_OK with any verdict; LK_ERR_INPUT for unusable rules (secret
 * too short, no audience), LK_ERR_MEMORY. */
lk_code lk_token_check(lk_view token, const lk_token_rules *rules, int64_t now, lk_arena *arena, lk_token_verdict *verdict,
                       lk_token_claims *claims, lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
