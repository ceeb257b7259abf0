/* Checks that libmicrohttpd leaves out: what two parsers might read in two ways is refused (request smuggling, RFC 9112 sections 3.2, 6.1 and 6.3). Pure functions. */
#ifndef LUUKKU_SERVE_HEADERS_H
#define LUUKKU_SERVE_HEADERS_H

#include <stdint.h>

#include "luukku/text.h"

typedef struct lk_headers {
  unsigned hosts, lengths, encodings;
  bool bad_length, bad_encoding, bad_bytes;
  uint64_t length; /* of the body, as told */
} lk_headers;

void lk_headers_look(lk_headers *headers, lk_view name, lk_view value);
/* What is wrong with them all, or NULL. */
const char *lk_headers_wrong(const lk_headers *headers, const char *method, const char *version);

/* Only characters that stand in paths here: letters, digits and / - _ . ; no "//", no "..". */
bool lk_target_plain(lk_view path);

/* The value of one cookie of a Cookie header (RFC 6265 section 4.2.1); false when it is absent or too long. */
bool lk_cookie_find(const char *cookies, const char *name, char *out, size_t room);

#endif
