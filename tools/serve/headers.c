#include "headers.h"

#include <string.h>
#include <strings.h>

static bool named(lk_view name, const char *wanted) {
  return name.len == strlen(wanted) && strncasecmp(name.ptr, wanted, name.len) == 0;
}

static bool token(lk_view name) {
  for (size_t i = 0; i < name.len; i++) {
    unsigned char c = (unsigned char)name.ptr[i];
    if (c <= ' ' || c >= 127 || strchr("()<>@,;:\\\"/[]?={}", c)) return false;
  }
  return name.len > 0;
}

static void look_at_length(lk_headers *headers, lk_view value) {
  headers->lengths++;
  if (value.len == 0 || value.len > 18) headers->bad_length = true;
  uint64_t length = 0;
  for (size_t i = 0; i < value.len && !headers->bad_length; i++) {
    if (value.ptr[i] < '0' || value.ptr[i] > '9')
      headers->bad_length = true;
    else
      length = length * 10 + (uint64_t)(value.ptr[i] - '0');
  }
  headers->length = length;
}

void lk_headers_look(lk_headers *headers, lk_view name, lk_view value) {
  if (!token(name)) headers->bad_bytes = true;
  for (size_t i = 0; i < value.len; i++) {
    unsigned char c = (unsigned char)value.ptr[i];
    if ((c < ' ' && c != '\t') || c == 127) headers->bad_bytes = true;
  }
  if (named(name, "host")) {
    headers->hosts++;
    if (value.len == 0 || memchr(value.ptr, ',', value.len) || memchr(value.ptr, '/', value.len) ||
        memchr(value.ptr, '@', value.len))
      headers->bad_bytes = true;
  } else if (named(name, "content-length")) {
    look_at_length(headers, value);
  } else if (named(name, "transfer-encoding")) {
    headers->encodings++;
    if (!named(value, "chunked")) headers->bad_encoding = true;
  }
}

const char *lk_headers_wrong(const lk_headers *headers, const char *method, const char *version) {
  if (headers->bad_bytes) return "a header has characters that are not allowed; send it without";
  if (headers->hosts != 1) return "there has to be exactly one Host header";
  if (headers->lengths > 1 || headers->bad_length) return "Content-Length has to be one number";
  if (headers->encodings > 1 || headers->bad_encoding) return "the only Transfer-Encoding that is read here is chunked";
  if (headers->encodings && headers->lengths) return "Content-Length and Transfer-Encoding exclude each other";
  if (headers->encodings && strcmp(version, "HTTP/1.1") != 0) return "Transfer-Encoding belongs to HTTP/1.1";
  if ((strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0) && (headers->encodings || headers->length > 0))
    return "a GET has no body";
  return NULL;
}

bool lk_target_plain(lk_view path) {
  if (path.len == 0 || path.ptr[0] != '/') return false;
  for (size_t i = 0; i < path.len; i++) {
    char c = path.ptr[i], before = i ? path.ptr[i - 1] : '\0';
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && !strchr("/-_.", c)) return false;
    if (!c || (before == '/' && c == '/') || (before == '.' && c == '.')) return false;
  }
  return true;
}

bool lk_cookie_find(const char *cookies, const char *name, char *out, size_t room) {
  size_t length = strlen(name);
  for (const char *at = cookies; *at;) {
    at += strspn(at, " \t;");
    size_t pair = strcspn(at, ";");
    if (pair > length && strncmp(at, name, length) == 0 && at[length] == '=') {
      size_t value = pair - length - 1;
      if (value >= room) return false;
      memcpy(out, at + length + 1, value);
      out[value] = '\0';
      return true;
    }
    at += pair;
  }
  return false;
}
