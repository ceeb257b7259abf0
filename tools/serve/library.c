#include "library.h"

#include <dlfcn.h>
#include <string.h>

static bool find(void *library, const char *name, void *function) {
  void *found = dlsym(library, name);
  memcpy(function, &found, sizeof found); /* C knows no conversion of a pointer to one to a function */
  return found != NULL;
}

bool lk_library_open(lk_library *out) {
  void *library = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) return false;
  const struct {
    const char *name;
    void *function;
  } wanted[] = {
      {"MHD_resume_connection", &out->resume_connection},
      {"MHD_add_response_header", &out->add_response_header},
      {"MHD_create_response_from_buffer", &out->create_response_from_buffer},
      {"MHD_create_response_from_callback", &out->create_response_from_callback},
      {"MHD_suspend_connection", &out->suspend_connection},
      {"MHD_lookup_connection_value", &out->lookup_connection_value},
      {"MHD_get_connection_info", &out->get_connection_info},
      {"MHD_get_connection_values_n", &out->get_connection_values_n},
      {"MHD_queue_response", &out->queue_response},
      {"MHD_destroy_response", &out->destroy_response},
      {"MHD_start_daemon", &out->start_daemon},
      {"MHD_quiesce_daemon", &out->quiesce_daemon},
      {"MHD_stop_daemon", &out->stop_daemon},
  };
  bool all = true;
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) all = all && find(library, wanted[i].name, wanted[i].function);
  (void)dlclose(library);
  return all;
}
