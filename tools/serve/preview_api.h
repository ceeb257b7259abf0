/* The editors' side of the preview: /desk/api/preview. Called by desk.c with a session and, for what changes anything, the CSRF value checked. */
#ifndef LUUKKU_SERVE_PREVIEW_API_H
#define LUUKKU_SERVE_PREVIEW_API_H

#include <jansson.h>

#include "server.h"

void lk_preview_show(lk_server *server, lk_request *request);
void lk_preview_ask(lk_server *server, lk_seat *seat, lk_request *request, const json_t *body);
void lk_preview_begin(lk_server *server, lk_request *request, const json_t *body);
/* A page of what changes; and all of it as a file that luukku eval reads, with the live answers as its labels. */
void lk_preview_changes(lk_server *server, lk_request *request);
void lk_preview_file(lk_server *server, lk_request *request);

#endif
