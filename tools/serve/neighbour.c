/* Another server on the same database: what it writes is told to those who listen here.
 *
 * Everything that concerns a listener leaves an event in the store. So the store is asked every second for events that came after the last one seen. Events of this
 * server's own turns come by as well; what was told already is known by its number (hub.h) and not told again. */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "neighbour.h"

enum {
  NEWS_MOST = 1000, /* conversations in one look; the rest comes with the next one */
  FRESH_SECONDS = 10
};

typedef struct news {
  char conversation[LK_CONVERSATION_ID_SIZE];
  bool desk; /* it concerns agents as well */
} news;

typedef struct gathered {
  news *items;
  size_t count;
  int64_t last; /* event */
} gathered;

static bool is_for_desk(lk_event_type type) {
  switch (type) {
    case LK_EVENT_TURN_RELAYED:
    case LK_EVENT_AGENT_REPLIED:
    case LK_EVENT_HANDOFF_OPENED:
    case LK_EVENT_CASE_CLAIMED:
    case LK_EVENT_CASE_RELEASED:
    case LK_EVENT_CASE_TRANSFERRED:
    case LK_EVENT_CASE_GIVEN_BACK:
    case LK_EVENT_CASE_CLOSED:
    case LK_EVENT_CASE_ABANDONED:
    case LK_EVENT_CONTACT_LEFT:
      return true;
    default:
      return false;
  }
}

static bool gather(void *self, const lk_event *event) {
  gathered *g = self;
  size_t length = event->conversation.len;
  bool gone = length == 0 || length >= LK_CONVERSATION_ID_SIZE || event->conversation.ptr[0] == '#';
  if (!gone && (g->count == 0 || !lk_view_eq(lk_view_of(g->items[g->count - 1].conversation), event->conversation))) {
    if (g->count == NEWS_MOST) return false;
    news *fresh = &g->items[g->count++];
    *fresh = (news){.desk = false};
    memcpy(fresh->conversation, event->conversation.ptr, length);
  }
  if (!gone && is_for_desk(event->type)) g->items[g->count - 1].desk = true;
  g->last = event->id;
  return true;
}

bool lk_neighbour_tell(lk_server *server, lk_seat *seat, lk_view id) {
  lk_conversation c;
  lk_said *messages;
  size_t count, old = 0;
  int64_t told = lk_hub_told(server->hub, id);
  if (lk_store_conversation(seat->store, id, seat->arena, &c, NULL) != LK_OK ||
      lk_store_messages(seat->store, id, told, seat->arena, &messages, &count, NULL) != LK_OK)
    return false;
  /* Nobody listens to the conversation itself: what the desk has not heard is what was said just now. */
  while (told == 0 && old < count && messages[old].time < seat->now - FRESH_SECONDS) old++;
  lk_tell_messages(server, seat, &c, (lk_view){"", 0}, messages + old, count - old);
  lk_tell_state(server, seat, &c);
  return true;
}

static void tell(void *self, lk_seat *seat, lk_request *request, lk_view id) {
  (void)request;
  lk_neighbour_tell(self, seat, id);
}

static void tell_with_case(void *self, lk_seat *seat, lk_request *request, lk_view id) {
  (void)request;
  lk_case *cases;
  size_t count;
  if (lk_neighbour_tell(self, seat, id) && lk_store_cases_of(seat->store, id, seat->arena, &cases, &count, NULL) == LK_OK &&
      count)
    lk_tell_case(self, seat, cases[count - 1].id);
}

static bool stop_at_first(void *self, const lk_event *event) {
  *(int64_t *)self = event->id;
  return false;
}

static int64_t first_event_after(lk_store *store, int64_t id) {
  int64_t found = 0;
  lk_store_events(store, &(lk_event_filter){.after = id}, stop_at_first, &found, NULL);
  return found;
}

/* The last event of all, by halving: years of events are not read for it. */
static int64_t last_event(lk_store *store) {
  int64_t last = 0, step = 1, found;
  while ((found = first_event_after(store, last + step - 1)) != 0) last = found, step *= 2;
  for (; step >= 1; step /= 2)
    if ((found = first_event_after(store, last + step - 1)) != 0) last = found;
  return last;
}

static void look_first(void *self, lk_seat *seat, lk_request *request, lk_view key) {
  (void)request, (void)key;
  lk_server *server = self;
  atomic_store(&server->seen_event, last_event(seat->store));
  atomic_store(&server->looking, false);
}

static void look(void *self, lk_seat *seat, lk_request *request, lk_view key) {
  (void)request, (void)key;
  lk_server *server = self;
  int64_t after = atomic_load(&server->seen_event);
  gathered g = {.items = calloc(NEWS_MOST, sizeof(news)), .last = after};
  lk_event_filter filter = {.after = after};
  lk_error err = {0};
  lk_code code = g.items ? lk_store_events(seat->store, &filter, gather, &g, &err) : LK_ERR_MEMORY;
  if (code) LK_LOG(server->log, "error", "neighbour", {"code", lk_code_name(code), 0}, {"message", err.message, 0});
  for (size_t i = 0; !code && i < g.count; i++) {
    lk_view id = lk_view_of(g.items[i].conversation);
    if (g.items[i].desk)
      lk_crew_give(server->crew, id, tell_with_case, NULL);
    else if (lk_hub_listened(server->hub, id))
      lk_crew_give(server->crew, id, tell, NULL);
  }
  if (!code) atomic_store(&server->seen_event, g.last);
  free(g.items);
  atomic_store(&server->looking, false);
}

void lk_neighbour_look(lk_server *server, bool first) {
  if (atomic_exchange(&server->looking, true)) return;
  if (!lk_crew_give(server->crew, (lk_view){"", 0}, first ? look_first : look, NULL)) atomic_store(&server->looking, false);
}
