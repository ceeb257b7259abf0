/* One conversation as JSON, for the customer who asks what is kept. Written from what any provider reads. */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "luukku/store.h"

static const char *const authors[] = {"customer", "bot", "agent", "note"};
static const char *const phases[] = {"bot", "waiting", "agent", "ended"};

static void text(lk_buffer *out, const char *name, lk_view value) {
  if (!value.len) return;
  lk_buffer_addf(out, ",\"%s\":", name);
  lk_buffer_add_json(out, value);
}

static void number(lk_buffer *out, const char *name, int64_t value) {
  lk_buffer_addf(out, ",\"%s\":%lld", name, (long long)value);
}

static void add_conversation(lk_buffer *out, const lk_conversation *c) {
  lk_buffer_adds(out, "{\"id\":");
  lk_buffer_add_json(out, c->id);
  text(out, "phase", lk_view_of(phases[c->phase]));
  text(out, "lang", lk_view_of(lk_lang_code(c->lang)));
  text(out, "channel", c->channel);
  text(out, "customer", c->customer);
  number(out, "started", c->started);
  number(out, "changed", c->changed);
  number(out, "turns", c->turns);
  text(out, "state", c->state);
}

static void add_message(lk_buffer *out, const lk_said *m) {
  lk_buffer_addf(out, "{\"turn\":%u", m->turn);
  number(out, "time", m->time);
  text(out, "author", lk_view_of(authors[m->author]));
  lk_buffer_adds(out, ",\"text\":");
  lk_buffer_add_json(out, m->text);
  text(out, "entry", m->entry);
  text(out, "agent", m->agent);
  text(out, "detail", m->detail);
  lk_buffer_addc(out, '}');
}

typedef struct events_out {
  lk_buffer *out;
  bool any;
} events_out;

static bool add_event(void *self, const lk_event *e) {
  events_out *to = self;
  lk_buffer_addf(to->out, "%s{\"turn\":%u", to->any ? "," : "", e->turn);
  to->any = true;
  number(to->out, "time", e->time);
  text(to->out, "type", lk_view_of(lk_event_name(e->type)));
  text(to->out, "entry", e->entry);
  text(to->out, "action", e->action);
  text(to->out, "reason", e->reason);
  text(to->out, "agent", e->agent);
  if (e->has_confidence) lk_buffer_addf(to->out, ",\"confidence\":%.4f", e->confidence);
  if (e->has_number) number(to->out, "number", e->number);
  text(to->out, "text", e->text);
  text(to->out, "detail", e->detail);
  lk_buffer_addc(to->out, '}');
  return !to->out->failed;
}

static void add_case(lk_buffer *out, const lk_case *c) {
  lk_buffer_addf(out, "{\"case\":%lld,\"turn\":%u", (long long)c->id, c->turn);
  text(out, "state", lk_view_of(lk_case_state_name(c->state)));
  text(out, "reason", lk_view_of(lk_handoff_reason_name(c->reason)));
  text(out, "subject", c->subject);
  text(out, "order", c->order);
  text(out, "contact", c->contact);
  text(out, "agent", c->agent);
  text(out, "kind", c->kind);
  number(out, "opened", c->opened);
  if (c->claimed) number(out, "claimed", c->claimed);
  if (c->finished) number(out, "finished", c->finished);
  lk_buffer_adds(out, ",\"candidates\":[");
  for (size_t i = 0; i < c->candidate_count; i++) {
    lk_buffer_adds(out, i ? ",{\"entry\":" : "{\"entry\":");
    lk_buffer_add_json(out, c->candidates[i].entry);
    lk_buffer_addf(out, ",\"confidence\":%.4f}", c->candidates[i].confidence);
  }
  lk_buffer_adds(out, "]}");
}

static lk_code add_messages(lk_store *store, lk_view id, lk_arena *arena, lk_buffer *out, lk_error *err) {
  lk_said *messages;
  size_t count;
  lk_code code = lk_store_messages(store, id, 0, arena, &messages, &count, err);
  lk_buffer_adds(out, ",\"messages\":[");
  for (size_t i = 0; i < count && !code; i++) {
    if (i) lk_buffer_addc(out, ',');
    add_message(out, &messages[i]);
  }
  lk_buffer_addc(out, ']');
  return code;
}

static lk_code add_events(lk_store *store, lk_view id, lk_buffer *out, lk_error *err) {
  lk_buffer_adds(out, ",\"events\":[");
  events_out to = {.out = out};
  lk_code code = lk_store_events(store, &(lk_event_filter){.conversation = id}, add_event, &to, err);
  lk_buffer_addc(out, ']');
  return code;
}

static lk_code add_cases(lk_store *store, lk_view id, lk_arena *arena, lk_buffer *out, lk_error *err) {
  lk_case *cases;
  size_t count;
  lk_code code = lk_store_cases_of(store, id, arena, &cases, &count, err);
  lk_buffer_adds(out, ",\"cases\":[");
  for (size_t i = 0; i < count && !code; i++) {
    if (i) lk_buffer_addc(out, ',');
    add_case(out, &cases[i]);
  }
  lk_buffer_adds(out, "]}");
  return code;
}

lk_code lk_store_export(lk_store *store, lk_view conversation, lk_arena *arena, lk_view *json, lk_error *err) {
  lk_conversation found;
  lk_buffer out = {0};
  *json = (lk_view){"", 0};
  lk_code code = lk_store_conversation(store, conversation, arena, &found, err);
  if (code) return code;
  add_conversation(&out, &found);
  code = add_messages(store, conversation, arena, &out, err);
  if (!code) code = add_events(store, conversation, &out, err);
  if (!code) code = add_cases(store, conversation, arena, &out, err);
  lk_view copy = code || out.failed ? (lk_view){NULL, 0} : lk_arena_copy(arena, lk_buffer_view(&out));
  lk_buffer_free(&out);
  if (!code && !copy.ptr) code = lk_fail_memory(err);
  if (!code) *json = copy;
  return code;
}
