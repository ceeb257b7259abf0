/* Addresses and sockets: opening the one to listen on, and telling whose request it is. */
#ifndef LUUKKU_SERVE_LISTEN_H
#define LUUKKU_SERVE_LISTEN_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "luukku/error.h"
#include "luukku/text.h"

enum { LK_ADDRESS_SIZE = INET6_ADDRSTRLEN };

/* A listening socket on "ADDR:PORT"; -1 and `err`. `bound` (of 80 bytes) gets the address with the port in use. */
int lk_listen(const char *where, char *bound, lk_error *err);
/* The address as text, an IPv4 address mapped into IPv6 as IPv4. */
void lk_address_text(const struct sockaddr *address, char out[LK_ADDRESS_SIZE]);
/* True when `address` is one of those in `list` (by commas). */
bool lk_address_listed(const char *list, lk_view address);
/* The client behind proxies: the last address of X-Forwarded-For that is not a proxy itself; false when there is none that is an address. */
bool lk_address_forwarded(const char *forwarded, const char *proxies, char out[LK_ADDRESS_SIZE]);
/* The address with its last part zeroed, as logs keep it. */
void lk_address_masked(const char *address, char out[LK_ADDRESS_SIZE]);

#endif
