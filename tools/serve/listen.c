#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"

enum { BACKLOG = 1024 };

/* "[::1]:80" or "host:80" into host and port. */
static bool split(const char *where, char *host, size_t host_size, char *port, size_t port_size) {
  const char *colon = strrchr(where, ':');
  if (!colon || !colon[1]) return false;
  const char *begin = where, *end = colon;
  if (*begin == '[') {
    if (end == begin || end[-1] != ']') return false;
    begin++, end--;
  }
  if (end <= begin || (size_t)(end - begin) >= host_size || strlen(colon + 1) >= port_size) return false;
  memcpy(host, begin, (size_t)(end - begin));
  host[end - begin] = '\0';
  memcpy(port, colon + 1, strlen(colon + 1) + 1);
  char *rest;
  long number = strtol(port, &rest, 10);
  return *rest == '\0' && port[0] >= '0' && port[0] <= '9' && number <= 65535;
}

static void describe(int socket, char *bound) {
  struct sockaddr_storage address = {0};
  socklen_t length = sizeof address;
  char text[LK_ADDRESS_SIZE] = "", port[8] = "";
  if (getsockname(socket, (struct sockaddr *)&address, &length) != 0 ||
      getnameinfo((struct sockaddr *)&address, length, text, sizeof text, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) !=
          0)
    return;
  bool six = strchr(text, ':') != NULL;
  snprintf(bound, 80, "%s%s%s:%s", six ? "[" : "", text, six ? "]" : "", port);
}

int lk_listen(const char *where, char *bound, lk_error *err) {
  char host[64], port[8];
  if (!split(where, host, sizeof host, port, sizeof port)) {
    lk_set_error(err, LK_ERR_INPUT,
                 "“%s” is not an address to listen on; write ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080", where);
    return -1;
  }
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
                  *found = NULL;
  int failed = getaddrinfo(host, port, &hints, &found);
  if (failed) {
    lk_set_error(err, LK_ERR_INPUT, "“%s” is no address of this machine (%s); give one it has, such as 127.0.0.1", host,
                 gai_strerror(failed));
    return -1;
  }
  int listening = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), yes = 1;
  if (listening >= 0) setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (listening < 0 || bind(listening, found->ai_addr, found->ai_addrlen) != 0 || listen(listening, BACKLOG) != 0) {
    lk_set_error(err, LK_ERR_IO, "cannot listen on %s: %s; give another address or port, or end the program that has it", where,
                 strerror(errno));
    if (listening >= 0) close(listening);
    listening = -1;
  }
  freeaddrinfo(found);
  if (listening >= 0) describe(listening, bound);
  return listening;
}

void lk_address_text(const struct sockaddr *address, char out[LK_ADDRESS_SIZE]) {
  out[0] = '\0';
  if (!address) return;
  if (address->sa_family == AF_INET) {
    struct sockaddr_in v4;
    memcpy(&v4, address, sizeof v4);
    inet_ntop(AF_INET, &v4.sin_addr, out, LK_ADDRESS_SIZE);
  } else if (address->sa_family == AF_INET6) {
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof v6);
    inet_ntop(AF_INET6, &v6.sin6_addr, out, LK_ADDRESS_SIZE);
    if (strncmp(out, "::ffff:", 7) == 0 && strchr(out, '.')) memmove(out, out + 7, strlen(out + 7) + 1);
  }
}

/* The next part of a list by commas, without blanks; false at its end. */
static bool next_part(lk_view *list, lk_view *part) {
  if (list->len == 0) return false;
  const char *comma = memchr(list->ptr, ',', list->len);
  size_t len = comma ? (size_t)(comma - list->ptr) : list->len;
  *part = (lk_view){list->ptr, len};
  list->ptr += len + (comma != NULL);
  list->len -= len + (comma != NULL);
  while (part->len && (*part->ptr == ' ' || *part->ptr == '\t')) part->ptr++, part->len--;
  while (part->len && (part->ptr[part->len - 1] == ' ' || part->ptr[part->len - 1] == '\t')) part->len--;
  return true;
}

bool lk_address_listed(const char *list, lk_view address) {
  lk_view rest = lk_view_of(list), part;
  while (next_part(&rest, &part))
    if (part.len && lk_view_eq(part, address)) return true;
  return false;
}

static bool parse_address(lk_view text, char out[LK_ADDRESS_SIZE]) {
  unsigned char bytes[16];
  char copy[LK_ADDRESS_SIZE];
  if (text.len == 0 || text.len >= sizeof copy) return false;
  memcpy(copy, text.ptr, text.len);
  copy[text.len] = '\0';
  int family = strchr(copy, ':') ? AF_INET6 : AF_INET;
  return inet_pton(family, copy, bytes) == 1 && inet_ntop(family, bytes, out, LK_ADDRESS_SIZE) != NULL;
}

bool lk_address_forwarded(const char *forwarded, const char *proxies, char out[LK_ADDRESS_SIZE]) {
  lk_view rest = lk_view_of(forwarded), part;
  bool found = false;
  char address[LK_ADDRESS_SIZE];
  while (next_part(&rest, &part)) {
    /* What stands in front of something that is no address was written by the client: a malformed part voids what was seen so far. */
    if (!parse_address(part, address)) {
      found = false;
    } else if (!lk_address_listed(proxies, lk_view_of(address))) {
      memcpy(out, address, sizeof address);
      found = true;
    }
  }
  return found;
}

void lk_address_masked(const char *address, char out[LK_ADDRESS_SIZE]) {
  unsigned char bytes[16];
  out[0] = '\0';
  if (inet_pton(AF_INET, address, bytes) == 1) {
    bytes[3] = 0;
    inet_ntop(AF_INET, bytes, out, LK_ADDRESS_SIZE);
  } else if (inet_pton(AF_INET6, address, bytes) == 1) {
    memset(bytes + 6, 0, 10);
    inet_ntop(AF_INET6, bytes, out, LK_ADDRESS_SIZE);
  }
}
