/* Secrets of the server: its key, customers' tokens, and random values.
 *
 * A customer's token is HMAC-SHA-512-256 of the conversation's id under the server's key: it opens that one conversation, cannot be made without the key, and
 * nothing about it is stored. It is good as long as its conversation exists. */
#ifndef LUUKKU_SERVE_TOKEN_H
#define LUUKKU_SERVE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "luukku/error.h"
#include "luukku/text.h"

enum { LK_KEY_SIZE = 32, LK_SECRET_SIZE = 44 /* 32 bytes as text, with the NUL */ };

/* Reads the key in `file`, or makes one there that only its owner can read. */
lk_code lk_key_load(const char *file, unsigned char key[LK_KEY_SIZE], lk_error *err);

void lk_token_make(const unsigned char key[LK_KEY_SIZE], lk_view conversation, char out[LK_SECRET_SIZE]);
/* Takes the same time wherever a wrong token differs. */
bool lk_token_opens(const unsigned char key[LK_KEY_SIZE], const char *token, lk_view conversation);

/* A random secret, and what is stored of one. */
void lk_secret_make(char out[LK_SECRET_SIZE]);
enum { LK_SECRET_HASH = 32 };
void lk_secret_hash(const char *secret, unsigned char out[LK_SECRET_HASH]);

#endif
