/* libcurl, opened when a shop's backend is: it brings thirty libraries with it, which every start of a program would otherwise pay for with a millisecond and a
 * half and two megabytes. The members are libcurl's functions of the same names. */
#ifndef LK_ORDERS_HTTP_TRANSFER_H
#define LK_ORDERS_HTTP_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>

typedef struct lk_transfer {
  __typeof__(curl_easy_init) *easy_init;
  __typeof__(curl_easy_cleanup) *easy_cleanup;
  __typeof__(curl_easy_reset) *easy_reset;
  __typeof__(curl_easy_setopt) *easy_setopt;
  __typeof__(curl_easy_perform) *easy_perform;
  __typeof__(curl_easy_getinfo) *easy_getinfo;
  __typeof__(curl_easy_strerror) *easy_strerror;
  __typeof__(curl_slist_append) *slist_append;
  __typeof__(curl_slist_free_all) *slist_free_all;
} lk_transfer;

/* False when it is not installed. It stays until the program ends. */
bool lk_transfer_open(lk_transfer *out);

#endif
