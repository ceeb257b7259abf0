/* What the chat server is measured against: libmicrohttpd alone. It parses a question's JSON and returns the answer's JSON, which it writes anew each time; it knows nothing,
 * keeps nothing, checks nothing.
 *
 *   server_bare PORT ANSWERS.json      a file with an array of answers, given in turn */
#include <jansson.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BODY_MOST = 16384 };

typedef struct bare {
  json_t *answers;
  atomic_size_t next;
} bare;

typedef struct question {
  size_t length;
  char body[BODY_MOST];
} question;

static enum MHD_Result answer(bare *self, struct MHD_Connection *connection, const question *asked) {
  json_t *parsed = json_loadb(asked->body, asked->length, JSON_REJECT_DUPLICATES, NULL);
  bool understood = json_is_string(json_object_get(parsed, "text")) && json_is_string(json_object_get(parsed, "client_id"));
  json_decref(parsed);
  char *text = understood
                   ? json_dumps(json_array_get(self->answers, atomic_fetch_add(&self->next, 1) % json_array_size(self->answers)),
                                JSON_COMPACT)
                   : strdup("{}");
  struct MHD_Response *response = text ? MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE) : NULL;
  if (!response) return MHD_NO;
  (void)MHD_add_response_header(response, "Content-Type", "application/json");
  enum MHD_Result queued = MHD_queue_response(connection, understood ? 200 : 400, response);
  MHD_destroy_response(response);
  return queued;
}

static enum MHD_Result handle(void *self, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **context) {
  (void)url, (void)method, (void)version;
  question *asked = *context;
  if (!asked) {
    *context = malloc(sizeof *asked);
    if (!*context) return MHD_NO;
    ((question *)*context)->length = 0;
    return MHD_YES;
  }
  if (*upload_size) {
    if (asked->length + *upload_size > BODY_MOST) return MHD_NO;
    memcpy(asked->body + asked->length, upload, *upload_size);
    asked->length += *upload_size;
    *upload_size = 0;
    return MHD_YES;
  }
  return answer(self, connection, asked);
}

static void complete(void *self, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode why) {
  (void)self, (void)connection, (void)why;
  free(*context);
}

int main(int argc, char **argv) {
  static bare self;
  if (argc != 3) {
    fputs("usage: server_bare PORT ANSWERS.json\n", stderr);
    return 2;
  }
  self.answers = json_load_file(argv[2], 0, NULL);
  if (!json_array_size(self.answers)) {
    fprintf(stderr, "error: %s has no answers; give an array of some\n", argv[2]);
    return 2;
  }
  struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)atoi(argv[1]), NULL, NULL, handle, &self,
                                               MHD_OPTION_THREAD_POOL_SIZE, (unsigned)sysconf(_SC_NPROCESSORS_ONLN),
                                               MHD_OPTION_NOTIFY_COMPLETED, complete, &self, MHD_OPTION_END);
  if (!daemon) {
    fputs("error: cannot listen; give another port\n", stderr);
    return 2;
  }
  puts("listens");
  fflush(stdout);
  (void)getchar();
  MHD_stop_daemon(daemon);
  json_decref(self.answers);
  return 0;
}
