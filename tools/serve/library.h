/* libmicrohttpd, opened when the server starts: it brings GnuTLS and ten more libraries with it, which every other command would pay for with a millisecond and
 * two megabytes. The members are its functions of the same names. */
#ifndef LK_SERVE_LIBRARY_H
#define LK_SERVE_LIBRARY_H

#include <microhttpd.h>
#include <stdbool.h>

typedef struct lk_library {
  __typeof__(MHD_resume_connection) *resume_connection;
  __typeof__(MHD_add_response_header) *add_response_header;
  __typeof__(MHD_create_response_from_buffer) *create_response_from_buffer;
  __typeof__(MHD_create_response_from_callback) *create_response_from_callback;
  __typeof__(MHD_suspend_connection) *suspend_connection;
  __typeof__(MHD_lookup_connection_value) *lookup_connection_value;
  __typeof__(MHD_get_connection_info) *get_connection_info;
  __typeof__(MHD_get_connection_values_n) *get_connection_values_n;
  __typeof__(MHD_queue_response) *queue_response;
  __typeof__(MHD_destroy_response) *destroy_response;
  __typeof__(MHD_start_daemon) *start_daemon;
  __typeof__(MHD_quiesce_daemon) *quiesce_daemon;
  __typeof__(MHD_stop_daemon) *stop_daemon;
} lk_library;

/* False when it is not installed. It stays until the program ends. */
bool lk_library_open(lk_library *out);

#endif
