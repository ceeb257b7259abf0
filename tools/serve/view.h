/* Things of the engine as JSON of the API (openapi.yaml). New references; NULL when memory is out. */
#ifndef LUUKKU_SERVE_VIEW_H
#define LUUKKU_SERVE_VIEW_H

#include <jansson.h>

#include "crew.h"

json_t *lk_view_text(lk_view text);
/* `client_id` is given to the customer's message, unless empty. */
json_t *lk_view_message(const lk_seat *seat, lk_lang lang, const lk_said *said, lk_view client_id);
/* All that a customer (or, with notes, an agent) may see. */
json_t *lk_view_messages(const lk_seat *seat, lk_lang lang, const lk_said *messages, size_t count, bool notes, lk_view client_id);
json_t *lk_view_state(lk_seat *seat, const lk_conversation *conversation);
json_t *lk_view_availability(lk_seat *seat);
json_t *lk_view_case(const lk_seat *seat, const lk_case *found);
json_t *lk_view_event(const lk_seat *seat, lk_lang lang, const lk_event *event);
json_t *lk_view_order(const lk_order *order);
/* The question of an entry, or NULL when there is none. */
json_t *lk_view_title(const lk_seat *seat, lk_view id, lk_lang lang);
const char *lk_phase_word(lk_phase phase);

#endif
