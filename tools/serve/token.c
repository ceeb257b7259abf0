#include "token.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"

enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING, HEX = LK_KEY_SIZE * 2 };

static lk_code make_key(const char *file, unsigned char *key, lk_error *err) {
  char text[HEX + 1];
  randombytes_buf(key, LK_KEY_SIZE);
  sodium_bin2hex(text, sizeof text, key, LK_KEY_SIZE);
  int out = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  bool written = out >= 0 && write(out, text, sizeof text - 1) == (ssize_t)sizeof text - 1 && fsync(out) == 0;
  if (!written)
    lk_set_error(err, LK_ERR_IO, "cannot write the key %s: %s; name a file that can be written with --key", file,
                 strerror(errno));
  if (out >= 0) close(out);
  sodium_memzero(text, sizeof text);
  return written ? LK_OK : LK_ERR_IO;
}

lk_code lk_key_load(const char *file, unsigned char key[LK_KEY_SIZE], lk_error *err) {
  char text[HEX + 2] = "";
  int in = open(file, O_RDONLY | O_CLOEXEC);
  if (in < 0 && errno == ENOENT) return make_key(file, key, err);
  if (in < 0)
    return lk_set_error(err, LK_ERR_IO, "cannot read the key %s: %s; make it readable for the server", file, strerror(errno));
  struct stat about;
  ssize_t got = read(in, text, sizeof text - 1);
  bool open_to_others = fstat(in, &about) == 0 && (about.st_mode & 077) != 0;
  close(in);
  size_t length = 0;
  bool whole = got >= HEX && sodium_hex2bin(key, LK_KEY_SIZE, text, HEX, NULL, &length, NULL) == 0 && length == LK_KEY_SIZE;
  sodium_memzero(text, sizeof text);
  if (!whole)
    return lk_set_error(err, LK_ERR_INPUT, "%s is no key; delete it to get a new one (customers' tokens then end)", file);
  if (open_to_others) return lk_set_error(err, LK_ERR_INPUT, "the key %s can be read by others; run chmod 600 on it", file);
  return LK_OK;
}

void lk_token_make(const unsigned char key[LK_KEY_SIZE], lk_view conversation, char out[LK_SECRET_SIZE]) {
  static const char purpose[] = "conversation:";
  unsigned char mac[crypto_auth_BYTES];
  crypto_auth_hmacsha512256_state state;
  crypto_auth_hmacsha512256_init(&state, key, LK_KEY_SIZE);
  crypto_auth_hmacsha512256_update(&state, (const unsigned char *)purpose, sizeof purpose - 1);
  crypto_auth_hmacsha512256_update(&state, (const unsigned char *)conversation.ptr, conversation.len);
  crypto_auth_hmacsha512256_final(&state, mac);
  sodium_bin2base64(out, LK_SECRET_SIZE, mac, sizeof mac, VARIANT);
}

bool lk_token_opens(const unsigned char key[LK_KEY_SIZE], const char *token, lk_view conversation) {
  char right[LK_SECRET_SIZE];
  lk_token_make(key, conversation, right);
  return strlen(token) == sizeof right - 1 && sodium_memcmp(token, right, sizeof right) == 0;
}

void lk_secret_make(char out[LK_SECRET_SIZE]) {
  unsigned char bytes[32];
  randombytes_buf(bytes, sizeof bytes);
  sodium_bin2base64(out, LK_SECRET_SIZE, bytes, sizeof bytes, VARIANT);
}

void lk_secret_hash(const char *secret, unsigned char out[LK_SECRET_HASH]) {
  crypto_generichash(out, LK_SECRET_HASH, (const unsigned char *)secret, strlen(secret), NULL, 0);
}
