#include "orders/http/transfer.h"

#include <dlfcn.h>
#include <string.h>

static bool find(void *library, const char *name, void *function) {
  void *found = dlsym(library, name);
  memcpy(function, &found, sizeof found); /* C knows no conversion of a pointer to one to a function */
  return found != NULL;
}

bool lk_transfer_open(lk_transfer *out) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) return false;
  bool all = find(library, "curl_easy_init", &out->easy_init) && find(library, "curl_easy_cleanup", &out->easy_cleanup) &&
             find(library, "curl_easy_reset", &out->easy_reset) && find(library, "curl_easy_setopt", &out->easy_setopt) &&
             find(library, "curl_easy_perform", &out->easy_perform) && find(library, "curl_easy_getinfo", &out->easy_getinfo) &&
             find(library, "curl_easy_strerror", &out->easy_strerror) && find(library, "curl_slist_append", &out->slist_append) &&
             find(library, "curl_slist_free_all", &out->slist_free_all);
  (void)dlclose(library);
  return all;
}
