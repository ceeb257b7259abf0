#include "view.h"

#include <stdlib.h>

#include "api.h"

enum { FEW_WORDS = 40 /* letters: room for “haluan puhua ihmisen kanssa”, hardly for a reason as well */ };

json_t *lk_view_text(lk_view text) { return json_stringn(text.ptr ? text.ptr : "", text.len); }

static void set(json_t *object, const char *name, lk_view text) { json_object_set_new(object, name, lk_view_text(text)); }
static void set_some(json_t *object, const char *name, lk_view text) {
  if (text.len) set(object, name, text);
}
static void set_number(json_t *object, const char *name, int64_t number) {
  json_object_set_new(object, name, json_integer(number));
}
static void set_moment(json_t *object, const char *name, int64_t moment) {
  if (moment) set_number(object, name, moment);
}

const char *lk_phase_word(lk_phase phase) {
  static const char *const words[] = {"bot", "waiting", "agent", "ended"};
  return words[phase];
}

static const lk_kb *kb_of(const lk_seat *seat) { return lk_engine_kb(seat->content->engine); }

/* The KB's text of this id when it is word for word what was said. What was said stays what it was, however the KB has changed since; only where it is the same can its form
 * (lists, links) be shown as well. */
static const lk_answer *same_text(const lk_answer *answer, lk_view said) {
  if (answer->variable_count) return NULL;
  char *text = lk_render(answer, LK_RENDER_TEXT, NULL, 0, NULL);
  bool same = text && lk_view_eq(lk_view_of(text), said);
  free(text);
  return same ? answer : NULL;
}

static const lk_answer *find_text(const lk_seat *seat, lk_lang lang, const lk_said *said, const lk_entry *entry) {
  const lk_message *message = entry ? NULL : lk_kb_message(kb_of(seat), said->entry, lang);
  if (message) return same_text(&message->text, said->text);
  for (size_t i = 0; entry && i < entry->answer_count; i++) {
    const lk_answer *same = same_text(&entry->answers[i], said->text);
    if (same) return same;
  }
  return NULL;
}

/* What the bot's turns say has its form kept with it; what is said beside them (an agent is gone) has it here. */
static void add_form(json_t *object, const lk_seat *seat, lk_lang lang, const lk_said *said) {
  const lk_entry *entry = lk_kb_entry(kb_of(seat), said->entry, lang);
  const lk_answer *answer = json_object_get(object, "html") ? NULL : find_text(seat, lang, said, entry);
  char *html = answer ? lk_render(answer, LK_RENDER_HTML, NULL, 0, NULL) : NULL;
  if (html) json_object_set_new(object, "html", json_string(html));
  free(html);
  if (!entry || entry->kind != LK_ENTRY_ARTICLE) return;
  set(object, "title", entry->phrasings[0].text);
  json_object_set_new(object, "rate", json_true());
}

/* What the channel was told beside the text: choices, a card, a form of its own. */
static void add_detail(json_t *object, lk_view detail) {
  static const char *const members[] = {"choices", "card", "html"};
  json_t *parsed = detail.len ? json_loadb(detail.ptr, detail.len, JSON_REJECT_DUPLICATES, NULL) : NULL;
  for (size_t i = 0; parsed && i < sizeof members / sizeof *members; i++) {
    json_t *value = json_object_get(parsed, members[i]);
    if (value) json_object_set(object, members[i], value);
  }
  json_decref(parsed);
}

json_t *lk_view_message(const lk_seat *seat, lk_lang lang, const lk_said *said, lk_view client_id) {
  static const char *const authors[] = {"customer", "bot", "agent", "note"};
  json_t *object = json_object();
  set_number(object, "id", said->id);
  json_object_set_new(object, "from", json_string(authors[said->author]));
  set(object, "text", said->text);
  set_number(object, "time", said->time);
  set_number(object, "turn", said->turn);
  set_some(object, "agent", said->agent);
  if (said->author == LK_AUTHOR_CUSTOMER) set_some(object, "client_id", client_id);
  set_some(object, "entry", said->entry);
  add_detail(object, said->detail);
  if (said->author == LK_AUTHOR_BOT && said->entry.len) add_form(object, seat, lang, said);
  return object;
}

json_t *lk_view_messages(const lk_seat *seat, lk_lang lang, const lk_said *messages, size_t count, bool notes,
                         lk_view client_id) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++)
    if (notes || messages[i].author != LK_AUTHOR_NOTE)
      json_array_append_new(list, lk_view_message(seat, lang, &messages[i], client_id));
  return list;
}

static json_t *wait_or_null(int64_t seconds) { return seconds == LK_WAIT_UNKNOWN ? json_null() : json_integer(seconds); }
static json_t *moment_or_null(int64_t moment) { return moment == LK_NEVER ? json_null() : json_integer(moment); }

json_t *lk_view_availability(lk_seat *seat) {
  lk_availability a;
  /* A desk that cannot be asked is a desk where nobody is. */
  if (lk_desk_availability(seat->desk, seat->now, &a, NULL) != LK_OK)
    a = (lk_availability){.hours = {.opens = LK_NEVER, .closes = LK_NEVER}, .expected_wait = LK_WAIT_UNKNOWN};
  return json_pack("{sb sb sI sI so so so}", "available", a.available, "open", a.has_hours ? a.hours.open : a.available, "agents",
                   (json_int_t)a.agents, "waiting", (json_int_t)a.waiting, "opens", moment_or_null(a.hours.opens), "closes",
                   moment_or_null(a.hours.closes), "expected_wait", wait_or_null(a.expected_wait));
}

static json_t *queue_of(lk_seat *seat, int64_t case_id) {
  lk_place place;
  lk_availability there;
  if (lk_desk_place(seat->desk, case_id, seat->now, &place, NULL) != LK_OK || place.state != LK_CASE_WAITING) return json_null();
  bool available = lk_desk_availability(seat->desk, seat->now, &there, NULL) == LK_OK && there.available;
  return json_pack("{sI sI so sb}", "position", (json_int_t)place.position, "waited", (json_int_t)place.waited, "expected_wait",
                   wait_or_null(place.expected_wait), "available", available);
}

json_t *lk_view_state(lk_seat *seat, const lk_conversation *c) {
  lk_case held = {.agent = {"", 0}};
  bool agent = c->phase == LK_PHASE_AGENT && c->open_case &&
               lk_store_case(seat->store, c->open_case, seat->arena, &held, NULL) == LK_OK && held.agent.len;
  return json_pack("{ss ss so so}", "phase", lk_phase_word(c->phase), "lang", lk_lang_code(c->lang), "agent",
                   agent ? lk_view_text(held.agent) : json_null(), "queue",
                   c->phase == LK_PHASE_WAITING && c->open_case ? queue_of(seat, c->open_case) : json_null());
}

json_t *lk_view_title(const lk_seat *seat, lk_view id, lk_lang lang) {
  const lk_entry *entry = id.len ? lk_kb_entry(kb_of(seat), id, lang) : NULL;
  return entry && entry->phrasing_count ? lk_view_text(entry->phrasings[0].text) : NULL;
}

static void set_title(json_t *object, const lk_seat *seat, lk_view id, lk_lang lang) {
  json_t *title = lk_view_title(seat, id, lang);
  if (title) json_object_set_new(object, "title", title);
}

static json_t *candidates(const lk_seat *seat, const lk_case *found) {
  json_t *list = json_array();
  for (size_t i = 0; i < found->candidate_count; i++) {
    json_t *each = json_object();
    set(each, "entry", found->candidates[i].entry);
    set_title(each, seat, found->candidates[i].entry, found->lang);
    json_object_set_new(each, "confidence", json_real(found->candidates[i].confidence));
    json_array_append_new(list, each);
  }
  return list;
}

typedef struct search_back {
  uint32_t before, found; /* turns */
} search_back;

static bool note_turn(void *self, const lk_event *event) {
  search_back *search = self;
  if (event->turn < search->before) search->found = event->turn;
  return true;
}

/* What the case is about. Somebody who asked for a person in a few words has said before what for: the last message that the bot took for a question or a request. */
static lk_view subject_of(const lk_seat *seat, const lk_case *found) {
  static const lk_event_type about[] = {LK_EVENT_TURN_ANSWERED, LK_EVENT_TURN_REPAIRED, LK_EVENT_TURN_CLARIFIED,
                                        LK_EVENT_TURN_FALLBACK, LK_EVENT_FLOW_STARTED};
  lk_event_filter filter = {.conversation = found->conversation, .types = about, .type_count = sizeof about / sizeof *about};
  search_back search = {.before = found->turn};
  lk_said *messages;
  size_t count;
  if (found->reason != LK_HANDOFF_ASKED || lk_api_characters(found->subject) > FEW_WORDS ||
      lk_store_events(seat->store, &filter, note_turn, &search, NULL) != LK_OK || search.found == 0 ||
      lk_store_messages(seat->store, found->conversation, 0, seat->arena, &messages, &count, NULL) != LK_OK)
    return found->subject;
  for (size_t i = 0; i < count; i++)
    if (messages[i].turn == search.found && messages[i].author == LK_AUTHOR_CUSTOMER) return messages[i].text;
  return found->subject;
}

json_t *lk_view_case(const lk_seat *seat, const lk_case *found) {
  json_t *object = json_object();
  bool held = found->agent.len && found->state != LK_CASE_WAITING;
  set_number(object, "id", found->id);
  set(object, "conversation", found->conversation);
  json_object_set_new(object, "state", json_string(lk_case_state_name(found->state)));
  json_object_set_new(object, "reason", json_string(lk_handoff_reason_name(found->reason)));
  json_object_set_new(object, "attended", json_boolean(found->attended));
  set(object, "subject", subject_of(seat, found));
  json_object_set_new(object, "lang", json_string(lk_lang_code(found->lang)));
  json_object_set_new(object, "agent", held ? lk_view_text(found->agent) : json_null());
  set_some(object, "contact", found->contact);
  set_some(object, "order", found->order);
  set_some(object, "kind", found->kind);
  json_object_set_new(object, "candidates", candidates(seat, found));
  set_number(object, "opened", found->opened);
  set_number(object, "queued", found->queued);
  set_moment(object, "claimed", found->claimed);
  set_moment(object, "finished", found->finished);
  return object;
}

json_t *lk_view_event(const lk_seat *seat, lk_lang lang, const lk_event *event) {
  json_t *object = json_object();
  json_object_set_new(object, "type", json_string(lk_event_name(event->type)));
  set_number(object, "time", event->time);
  set_number(object, "turn", event->turn);
  set_some(object, "entry", event->entry);
  set_title(object, seat, event->entry, lang);
  set_some(object, "action", event->action);
  set_some(object, "reason", event->reason);
  set_some(object, "agent", event->agent);
  if (event->has_confidence) json_object_set_new(object, "confidence", json_real(event->confidence));
  if (event->has_number) set_number(object, "number", event->number);
  return object;
}

static json_t *order_line(const lk_order_line *line) {
  json_t *object = json_object();
  set_number(object, "line", line->line);
  set(object, "sku", line->sku);
  set(object, "name", line->name);
  set_some(object, "size", line->size);
  set_number(object, "quantity", line->quantity);
  set_number(object, "shipped", line->shipped);
  set_number(object, "returned", line->returned);
  set_number(object, "unit_price", line->unit_price);
  return object;
}

static json_t *shipment(const lk_shipment *s) {
  json_t *object = json_object();
  set(object, "carrier", s->carrier);
  set(object, "tracking_code", s->tracking_code);
  set(object, "link", s->link);
  set_moment(object, "sent", s->sent);
  set_moment(object, "expected", s->expected);
  set_moment(object, "delivered", s->delivered);
  return object;
}

json_t *lk_view_order(const lk_order *order) {
  json_t *object = json_object(), *lines = json_array(), *shipments = json_array();
  set(object, "number", order->number);
  json_object_set_new(object, "state", json_string(lk_order_state_name(order->state)));
  set_some(object, "name", order->name);
  set_some(object, "email", order->email_masked);
  json_object_set_new(object, "delayed", json_boolean(order->delayed));
  json_object_set_new(object, "changeable", json_boolean(order->changeable));
  json_object_set_new(object, "delivery", json_string(lk_delivery_name(order->delivery)));
  set_some(object, "pickup_point", order->pickup_point);
  set_some(object, "payment", order->payment);
  set_number(object, "placed", order->placed);
  set_moment(object, "expected", order->expected);
  set_moment(object, "delivered", order->delivered);
  set_moment(object, "return_deadline", order->return_deadline);
  set_number(object, "total", order->total);
  for (size_t i = 0; i < order->line_count; i++) json_array_append_new(lines, order_line(&order->lines[i]));
  for (size_t i = 0; i < order->shipment_count; i++) json_array_append_new(shipments, shipment(&order->shipments[i]));
  json_object_set_new(object, "lines", lines);
  json_object_set_new(object, "shipments", shipments);
  return object;
}
