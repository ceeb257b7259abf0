/* Pages and scripts: built into the program, or read from a folder while they are being written. */
#include "web.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

enum { FILE_MOST = 4 << 20 };

static const char *type_of(const char *path) {
  static const struct {
    const char *ending, *type;
  } types[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".json", "application/json"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".txt", "text/plain; charset=utf-8"},
      {".woff2", "font/woff2"},
      {".yaml", "application/yaml"},
      {".webmanifest", "application/manifest+json"},
  };
  const char *dot = strrchr(path, '.');
  for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
    if (strcmp(dot, types[i].ending) == 0) return types[i].type;
  return NULL;
}

/* A folder's address is its index.html, and a page may be named without its ending: /desk is desk.html or desk/index.html. */
static const char *const endings[] = {"", ".html", "/index.html"};

static const lk_web_file *find_built_in(const char *path) {
  for (size_t e = 0; e < sizeof endings / sizeof *endings; e++) {
    char name[300];
    snprintf(name, sizeof name, "%s%s", path, endings[e]);
    for (size_t i = 0; i < lk_web_file_count; i++)
      if (strcmp(lk_web_files[i].path, name[0] == '/' ? name + 1 : name) == 0 && type_of(name)) return &lk_web_files[i];
  }
  return NULL;
}

static void set_headers(lk_request *request, const char *type) {
  lk_request_set(request, "Cache-Control", "no-cache"); /* asked for each time, sent only when it has changed */
  if (strncmp(type, "text/html", 9) != 0) {
    lk_request_set(request, "Access-Control-Allow-Origin", "*"); /* a shop's page may load the chat's script as a module */
    return;
  }
  lk_request_set(request, "Content-Security-Policy",
                 "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src "
                 "'self' data:; connect-src 'self'; "
                 "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  lk_request_set(request, "Referrer-Policy", "no-referrer");
  lk_request_set(request, "X-Frame-Options", "DENY");
  lk_request_set(request, "Cross-Origin-Opener-Policy", "same-origin");
  lk_request_set(request, "Permissions-Policy", "camera=(), microphone=(), geolocation=()");
}

static bool answer_built_in(lk_request *request, const char *path) {
  const lk_web_file *file = find_built_in(path);
  char tag[80];
  if (!file) return false;
  snprintf(tag, sizeof tag, "\"%s\"", file->hash);
  const char *had = lk_request_header(request, "If-None-Match");
  set_headers(request, type_of(file->path));
  lk_request_set(request, "ETag", tag);
  if (had && strcmp(had, tag) == 0)
    lk_request_answer(request, 304, NULL, NULL, 0);
  else
    lk_request_answer_static(request, 200, type_of(file->path), file->bytes, file->length);
  return true;
}

static char *read_file(const char *name, size_t *length) {
  int in = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat about;
  char *bytes = NULL;
  *length = 0;
  if (in >= 0 && fstat(in, &about) == 0 && S_ISREG(about.st_mode) && about.st_size <= FILE_MOST)
    bytes = malloc((size_t)about.st_size + 1);
  for (ssize_t got; bytes && *length < (size_t)about.st_size; *length += (size_t)got)
    if ((got = read(in, bytes + *length, (size_t)about.st_size - *length)) <= 0) break;
  if (in >= 0) close(in);
  return bytes;
}

/* Paths have no "..", no "//" and nothing encoded (headers.c); names that begin with a dot are not for the web. */
static bool answer_from_folder(lk_request *request, const char *folder, const char *path) {
  if (strstr(path, "/.")) return false;
  for (size_t e = 0; e < sizeof endings / sizeof *endings; e++) {
    char name[4096];
    size_t length;
    if (snprintf(name, sizeof name, "%s%s%s", folder, path, endings[e]) >= (int)sizeof name || !type_of(name)) continue;
    char *bytes = read_file(name, &length);
    if (!bytes) continue;
    set_headers(request, type_of(name));
    lk_request_answer(request, 200, type_of(name), bytes, length);
    return true;
  }
  return false;
}

bool lk_web_answer(lk_server *server, lk_request *request) {
  char path[256];
  snprintf(path, sizeof path, "%s", lk_request_path(request));
  for (size_t length = strlen(path); length && path[length - 1] == '/';) path[--length] = '\0';
  return *server->settings.web ? answer_from_folder(request, server->settings.web, path) : answer_built_in(request, path);
}
