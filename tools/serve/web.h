/* The files of the web pages that are built into the program (cmake/embed.cmake makes the table). */
#ifndef LUUKKU_SERVE_WEB_H
#define LUUKKU_SERVE_WEB_H

#include <stddef.h>

typedef struct lk_web_file {
  const char *path; /* below tools/web, "chat.js" */
  const unsigned char *bytes;
  size_t length;
  const char *hash; /* of its bytes, for the ETag */
} lk_web_file;

extern const lk_web_file lk_web_files[];
extern const size_t lk_web_file_count;

#endif
