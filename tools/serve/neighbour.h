/* Another server on the same database (setting `shared`). Threads: any. */
#ifndef LUUKKU_SERVE_NEIGHBOUR_H
#define LUUKKU_SERVE_NEIGHBOUR_H

#include "server.h"

/* Looks for what was written since the last look, and has it told; the first one only marks where to begin. Returns at once. */
void lk_neighbour_look(lk_server *server, bool first);
/* Tells what is new in a conversation, in the thread that does its work; false when there is no such conversation (any more). */
bool lk_neighbour_tell(lk_server *server, lk_seat *seat, lk_view conversation);

#endif
