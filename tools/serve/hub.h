/* Who listens to what: event streams by conversation, and those of the desk.
 *
 * Telling never waits: each stream has a bounded queue of its own. Threads: any. */
#ifndef LUUKKU_SERVE_HUB_H
#define LUUKKU_SERVE_HUB_H

#include <stdint.h>

#include "stream.h"

typedef struct lk_hub lk_hub;

/* `streams` at a time in all, `each` of one conversation or agent. NULL when memory is out. */
lk_hub *lk_hub_new(size_t streams, size_t each);
/* After all connections are over. */
void lk_hub_free(lk_hub *hub);

/* A new stream that hears what is told to the topic `name` from now on; the caller holds it. NULL when there are too many (or memory is out). */
lk_stream *lk_hub_join(lk_hub *hub, lk_view name);
/* The desk's streams have their agent's name as topic, with this before it. */
#define LK_HUB_DESK "desk:"

/* `id` is a message's, or 0: messages are told in the order of their ids, and each once. */
void lk_hub_tell(lk_hub *hub, lk_view name, const char *event, int64_t id, lk_view data);
/* The last message told to a topic, or that its streams have from elsewhere; 0 when there is none, or no topic. */
int64_t lk_hub_told(lk_hub *hub, lk_view name);
void lk_hub_set_told(lk_hub *hub, lk_view name, int64_t id);
/* To all agents. `message` is 0 or the message's id: the same is told once. */
void lk_hub_tell_desk(lk_hub *hub, const char *event, int64_t message, lk_view data);
bool lk_hub_listened(lk_hub *hub, lk_view name);
bool lk_hub_desk_listened(lk_hub *hub); /* any agent */
/* Ends the streams of a topic. */
void lk_hub_end(lk_hub *hub, lk_view name);
/* Ends all, and lets nobody join any more. */
void lk_hub_end_all(lk_hub *hub);

void lk_hub_beat(lk_hub *hub, int64_t now_ms, unsigned seconds);
size_t lk_hub_count(lk_hub *hub);

/* A note about a topic that is listened to: whether its customer waits, so that the place in the queue is told while it changes. Forgotten with its last stream. */
void lk_hub_set_waiting(lk_hub *hub, lk_view name, bool waiting);
/* Copies the topics of those who wait, at most `most`, each of `size` bytes with its NUL. */
size_t lk_hub_waiting(lk_hub *hub, char *out, size_t size, size_t most);

#endif
