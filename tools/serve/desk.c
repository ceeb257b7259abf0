/* The agents' side of the API: /desk/api. */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "dashboard.h"
#include "preview_api.h"
#include "view.h"

#define COOKIE "luukku_desk"

enum { QUEUE_MOST = 200, SUGGESTIONS = 5, EVENTS_MOST = 500 };

/* One request of an agent, in the thread that does it. */
typedef struct call {
  lk_server *server;
  lk_seat *seat;
  lk_request *request;
  lk_view key;  /* what the path names: a conversation or an agent */
  lk_view self; /* the agent's name */
  lk_session session;
  char secret[LK_SECRET_SIZE];
  json_t *body;
  lk_conversation conversation; /* when the path names one */
  lk_case open;                 /* its open case; id 0: none */
} call;

static void failed(const call *c, lk_code code, const lk_error *err) {
  if (code == LK_ERR_STATE)
    lk_api_wrong(c->request, 409, "taken", err->message[0] ? err->message : "somebody else has it; look at the queue again");
  else
    lk_api_failed(c->server, c->request, code, err);
}

/* ---- Sessions ---- */

static void set_cookie(lk_request *request, const char *secret, long seconds) {
  char value[256];
  snprintf(value, sizeof value, COOKIE "=%s; Path=/desk; Max-Age=%ld; HttpOnly; SameSite=Strict%s", secret, seconds,
           lk_request_secure(request) ? "; Secure" : "");
  lk_request_set(request, "Set-Cookie", value);
}

static json_t *agent_view(const lk_agent *agent) {
  return json_pack("{ss ss}", "name", agent->name, "role", lk_role_name(agent->role));
}

static json_t *session_view(const lk_server *server, const lk_session *session) {
  return json_pack("{so ss sI sb}", "agent", agent_view(&session->agent), "csrf", session->csrf, "expires",
                   (json_int_t)session->expires, "preview", server->preview != NULL);
}

static void begin_session(lk_server *server, lk_seat *seat, lk_request *request, lk_view name, const char *password) {
  char secret[LK_SECRET_SIZE];
  lk_session session;
  lk_error err = {0};
  long seconds = server->settings.session_hours * 3600;
  lk_code code = lk_session_begin(server->accounts, name, password, seat->now, seat->now + seconds, secret, &session, &err);
  LK_LOG(server->log, code ? "warning" : "info", "login", {"result", code ? lk_code_name(code) : "ok", 0},
         {"address", lk_request_address(request), 0});
  if (code == LK_ERR_DENIED) {
    lk_api_wrong(request, 401, "wrong-password", err.message);
  } else if (code) {
    lk_api_failed(server, request, code, &err);
  } else {
    set_cookie(request, secret, seconds);
    lk_api_answer(request, 200, session_view(server, &session));
  }
}

static void login(void *self, lk_seat *seat, lk_request *request, lk_view key) {
  (void)key;
  lk_server *server = self;
  json_t *body = lk_api_body(request, false);
  lk_view name, password;
  if (!body) return;
  if (lk_api_text(request, body, "name", true, &name) && lk_api_text(request, body, "password", true, &password)) {
    /* Guesses are limited by name as well as by address: one may guess from many addresses, or many names from one. */
    char key_name[LK_AGENT_NAME + 8];
    int length = snprintf(key_name, sizeof key_name, "name:%.40s", name.ptr);
    for (int i = 0; i < length; i++)
      if (key_name[i] >= 'A' && key_name[i] <= 'Z') key_name[i] = (char)(key_name[i] - 'A' + 'a');
    if (password.len > LK_PASSWORD_MOST || name.len > 40)
      lk_api_wrong(request, 401, "wrong-password", "name or password is wrong; try again");
    else if (lk_allow(server, server->logins, (lk_view){key_name, (size_t)length}, "rate-login", request))
      begin_session(server, seat, request, name, password.ptr);
  }
  json_decref(body);
}

static void logout(call *c) {
  lk_error err = {0};
  lk_code code = lk_session_end(c->server->accounts, c->secret, &err);
  if (!code) code = lk_desk_leave(c->seat->desk, c->self, &err);
  if (code) {
    lk_api_failed(c->server, c->request, code, &err);
    return;
  }
  set_cookie(c->request, "", 0);
  lk_api_empty(c->request);
}

static void show_session(call *c) { lk_api_answer(c->request, 200, session_view(c->server, &c->session)); }

static void revoke(call *c) {
  char topic[LK_AGENT_NAME + 8];
  lk_error err = {0};
  if (c->session.agent.role != LK_ROLE_SUPERVISOR) {
    lk_api_wrong(c->request, 403, "not-allowed", "only supervisors end the sessions of others");
    return;
  }
  lk_code code = lk_sessions_revoke(c->server->accounts, c->key, &err);
  if (code) {
    lk_api_failed(c->server, c->request, code, &err);
    return;
  }
  int length = snprintf(topic, sizeof topic, LK_HUB_DESK "%.*s", LK_FMT(c->key));
  lk_hub_end(c->server->hub, (lk_view){topic, (size_t)length});
  lk_api_empty(c->request);
}

/* ---- Presence, queue, colleagues ---- */

static void set_presence(call *c) {
  const json_t *here = json_object_get(c->body, "here");
  lk_error err = {0};
  if (!json_is_boolean(here)) {
    lk_api_wrong(c->request, 400, "bad-member", "the member “here” has to be true or false");
    return;
  }
  lk_availability before = {0}, after = {0};
  lk_desk_availability(c->seat->desk, c->seat->now, &before, NULL);
  lk_code code = json_is_true(here) ? lk_desk_arrive(c->seat->desk, c->self, c->seat->now, &err)
                                    : lk_desk_leave(c->seat->desk, c->self, &err);
  if (code) {
    lk_api_failed(c->server, c->request, code, &err);
    return;
  }
  lk_desk_availability(c->seat->desk, c->seat->now, &after, NULL);
  json_t *now = lk_view_availability(c->seat);
  char *line = before.agents != after.agents && now ? json_dumps(now, JSON_COMPACT) : NULL;
  if (line) lk_hub_tell_desk(c->server->hub, "queue", 0, lk_view_of(line));
  free(line);
  lk_api_answer(c->request, 200, now);
}

static lk_code list_cases(call *c, lk_case_state state, lk_view agent, json_t *list, lk_error *err) {
  lk_case *cases;
  size_t count;
  lk_code code = lk_store_cases(c->seat->store, state, agent, QUEUE_MOST, c->seat->arena, &cases, &count, err);
  for (size_t i = 0; !code && i < count; i++) json_array_append_new(list, lk_view_case(c->seat, &cases[i]));
  return code;
}

static void show_queue(call *c) {
  json_t *waiting = json_array(), *claimed = json_array();
  lk_error err = {0};
  lk_code code = list_cases(c, LK_CASE_WAITING, (lk_view){"", 0}, waiting, &err);
  if (!code)
    code =
        list_cases(c, LK_CASE_CLAIMED, c->session.agent.role == LK_ROLE_SUPERVISOR ? (lk_view){"", 0} : c->self, claimed, &err);
  if (code) {
    lk_api_failed(c->server, c->request, code, &err);
    json_decref(waiting);
    json_decref(claimed);
    return;
  }
  lk_api_answer(c->request, 200,
                json_pack("{so so so}", "waiting", waiting, "claimed", claimed, "availability", lk_view_availability(c->seat)));
}

typedef struct colleagues {
  const call *call;
  json_t *list;
} colleagues;

static void add_colleague(void *self, const lk_agent *agent) {
  const colleagues *all = self;
  char topic[LK_AGENT_NAME + 8];
  int length = snprintf(topic, sizeof topic, LK_HUB_DESK "%s", agent->name);
  json_t *view = agent_view(agent);
  /* There is whoever has the desk open in a browser: the store only tells how many are present. */
  json_object_set_new(view, "present", json_boolean(lk_hub_listened(all->call->server->hub, (lk_view){topic, (size_t)length})));
  json_array_append_new(all->list, view);
}

static void show_agents(call *c) {
  colleagues all = {c, json_array()};
  lk_error err = {0};
  lk_code code = lk_agents_each(c->server->accounts, add_colleague, &all, &err);
  if (code) {
    lk_api_failed(c->server, c->request, code, &err);
    json_decref(all.list);
    return;
  }
  lk_api_answer(c->request, 200, json_pack("{so}", "agents", all.list));
}

static void open_stream(call *c) {
  char topic[LK_AGENT_NAME + 8];
  int length = snprintf(topic, sizeof topic, LK_HUB_DESK "%.*s", LK_FMT(c->self));
  lk_stream *stream = lk_hub_join(c->server->hub, (lk_view){topic, (size_t)length});
  if (!stream) {
    atomic_fetch_add(&c->server->metrics.streams_full, 1);
    lk_request_problem(c->request,
                       &(lk_problem){429, "streams", "there are too many event streams; close other windows of the desk",
                                     c->server->settings.streams_per_conversation, 0, 10});
    return;
  }
  char *line = lk_api_line(lk_view_availability(c->seat));
  if (line) lk_stream_tell(stream, "queue", 0, lk_view_of(line));
  free(line);
  lk_request_answer_stream(c->request, stream);
}

static void show_canned(call *c) {
  const lk_kb *kb = lk_engine_kb(c->seat->content->engine);
  const char *wanted = lk_request_query(c->request, "lang");
  lk_lang lang = lk_lang_of(lk_view_of(wanted));
  size_t count;
  const lk_message *all = lk_kb_messages(kb, lang == LK_LANG_NONE ? LK_LANG_FI : lang, &count);
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++) {
    if (all[i].id.len < 7 || memcmp(all[i].id.ptr, "canned-", 7) != 0) continue;
    json_array_append_new(list, json_pack("{so ss so}", "id", lk_view_text(all[i].id), "lang", lk_lang_code(all[i].lang), "text",
                                          lk_view_text(all[i].text.plain)));
  }
  lk_api_answer(c->request, 200, json_pack("{so}", "replies", list));
}

static void show_figures(call *c) {
  if (c->session.agent.role == LK_ROLE_SUPERVISOR)
    lk_dashboard_figures(c->server, c->seat, c->request);
  else
    lk_api_wrong(c->request, 403, "not-allowed", "figures are for supervisors; ask one");
}

/* ---- One conversation ---- */

typedef struct gathered {
  const call *call;
  json_t *list;
} gathered;

static bool add_event(void *self, const lk_event *event) {
  gathered *g = self;
  json_array_append_new(g->list, lk_view_event(g->call->seat, g->call->conversation.lang, event));
  return json_array_size(g->list) < EVENTS_MOST;
}

static json_t *order_of(const call *c) {
  lk_order *order = NULL;
  if (!c->seat->orders || !c->open.order.len ||
      lk_orders_find(c->seat->orders, c->open.order, c->seat->arena, &order, NULL) != LK_OK || !order)
    return json_null();
  return lk_view_order(order);
}

/* The categories; suggested is that of what was understood when the conversation was handed over. */
static json_t *kinds_of(const call *c) {
  const lk_kb *kb = lk_engine_kb(c->seat->content->engine);
  const lk_entry *best = c->open.candidate_count ? lk_kb_entry(kb, c->open.candidates[0].entry, c->conversation.lang) : NULL;
  size_t count;
  const lk_category *all = lk_kb_categories(kb, c->conversation.lang, &count);
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++) {
    json_t *kind = json_pack("{so so}", "id", lk_view_text(all[i].id), "title", lk_view_text(all[i].title));
    if (best && lk_view_eq(best->category, all[i].id)) json_object_set_new(kind, "suggested", json_true());
    json_array_append_new(list, kind);
  }
  return list;
}

static void show_conversation(call *c) {
  lk_said *messages;
  size_t count;
  lk_error err = {0};
  gathered events = {c, json_array()};
  const lk_conversation *v = &c->conversation;
  lk_code code = lk_store_messages(c->seat->store, v->id, 0, c->seat->arena, &messages, &count, &err);
  if (!code) code = lk_store_events(c->seat->store, &(lk_event_filter){.conversation = v->id}, add_event, &events, &err);
  if (code) {
    lk_api_failed(c->server, c->request, code, &err);
    json_decref(events.list);
    return;
  }
  json_t *view = json_pack("{so ss ss so sI so so so so so}", "id", lk_view_text(v->id), "phase", lk_phase_word(v->phase), "lang",
                           lk_lang_code(v->lang), "channel", lk_view_text(v->channel), "started", (json_int_t)v->started, "case",
                           c->open.id ? lk_view_case(c->seat, &c->open) : json_null(), "messages",
                           lk_view_messages(c->seat, v->lang, messages, count, true, (lk_view){"", 0}), "events", events.list,
                           "order", order_of(c), "kinds", kinds_of(c));
  if (view && v->customer.len) json_object_set_new(view, "customer", lk_view_text(v->customer));
  lk_api_answer(c->request, 200, view);
}

static json_t *suggestion(const lk_candidate *candidate) {
  const lk_entry *entry = candidate->entry;
  char *text = lk_render(&entry->answers[0], LK_RENDER_TEXT, NULL, 0, NULL),
       *html = lk_render(&entry->answers[0], LK_RENDER_HTML, NULL, 0, NULL);
  json_t *view = text && html ? json_pack("{so so sf ss ss}", "entry", lk_view_text(entry->id), "title",
                                          lk_view_text(entry->phrasings[0].text), "confidence", candidate->confidence, "text",
                                          text, "html", html)
                              : NULL;
  free(text);
  free(html);
  return view;
}

static void show_suggestions(call *c) {
  lk_said *messages, *last = NULL;
  size_t count;
  lk_error err = {0};
  lk_understanding u = {0};
  lk_hearing hearing = {.lang = LK_LANG_NONE, .prior = c->conversation.lang, .limit = 2 * (size_t)SUGGESTIONS};
  json_t *list = json_array();
  lk_code code = lk_store_messages(c->seat->store, c->conversation.id, 0, c->seat->arena, &messages, &count, &err);
  for (size_t i = 0; !code && i < count; i++)
    if (messages[i].author == LK_AUTHOR_CUSTOMER) last = &messages[i];
  if (last) code = lk_understand(c->seat->worker, last->text, &hearing, c->seat->arena, &u, &err);
  for (size_t i = 0; !code && i < u.candidate_count && json_array_size(list) < SUGGESTIONS; i++)
    if (u.candidates[i].entry->kind == LK_ENTRY_ARTICLE) json_array_append_new(list, suggestion(&u.candidates[i]));
  if (code) {
    lk_api_failed(c->server, c->request, code, &err);
    json_decref(list);
    return;
  }
  lk_api_answer(c->request, 200,
                json_pack("{so so}", "message", last ? json_integer(last->id) : json_null(), "suggestions", list));
}

/* ---- Taking, giving, closing ---- */

static bool has_case(const call *c) {
  if (!c->open.id) lk_api_wrong(c->request, 409, "not-open", "nothing is open in this conversation; look at the queue again");
  return c->open.id != 0;
}

/* In whose name a case may be moved: the agent's, or for a supervisor the holder's. */
static lk_view holder(const call *c) {
  return c->session.agent.role == LK_ROLE_SUPERVISOR && c->open.agent.len ? c->open.agent : c->self;
}

/* After the case has changed: everybody who looks at it is told, and the agent is answered. */
static void answer_changed(call *c, lk_code code, const lk_error *err, const char *message) {
  lk_case now;
  lk_error other = {0};
  if (code) {
    failed(c, code, err);
    return;
  }
  if (message) lk_post_say(c->server, c->seat, &c->conversation, message);
  if (lk_store_conversation(c->seat->store, c->key, c->seat->arena, &c->conversation, NULL) == LK_OK)
    lk_tell_state(c->server, c->seat, &c->conversation);
  lk_tell_case(c->server, c->seat, c->open.id);
  code = lk_store_case(c->seat->store, c->open.id, c->seat->arena, &now, &other);
  if (code)
    failed(c, code, &other);
  else
    lk_api_answer(c->request, 200, lk_view_case(c->seat, &now));
}

static void claim(call *c) {
  lk_error err = {0};
  if (has_case(c))
    answer_changed(c, lk_desk_claim(c->seat->desk, c->open.id, c->self, c->seat->now, c->seat->arena, NULL, &err), &err, NULL);
}

static void release(call *c) {
  lk_error err = {0};
  if (has_case(c)) answer_changed(c, lk_desk_release(c->seat->desk, c->open.id, holder(c), c->seat->now, &err), &err, NULL);
}

static void transfer(call *c) {
  lk_error err = {0};
  lk_view to;
  lk_agent agent;
  if (!has_case(c) || !lk_api_text(c->request, c->body, "to", true, &to)) return;
  if (lk_agent_find(c->server->accounts, to, &agent, &err) != LK_OK) {
    lk_api_wrong(c->request, 400, "bad-member", "the member “to” names nobody; give the name of an agent");
    return;
  }
  answer_changed(c, lk_desk_transfer(c->seat->desk, c->open.id, holder(c), lk_view_of(agent.name), c->seat->now, &err), &err,
                 NULL);
}

static void give_back(call *c) {
  lk_error err = {0};
  if (has_case(c))
    answer_changed(c, lk_desk_give_back(c->seat->desk, c->open.id, c->self, c->seat->now, &err), &err, "handoff-back");
}

static void close_case(call *c) {
  lk_error err = {0};
  lk_view kind;
  if (!has_case(c) || !lk_api_text(c->request, c->body, "kind", true, &kind)) return;
  if (kind.len == 0 || kind.len > 100) {
    lk_api_wrong(c->request, 400, "bad-member", "the member “kind” is empty or too long; give the id of a kind");
    return;
  }
  answer_changed(c, lk_desk_close(c->seat->desk, c->open.id, c->self, kind, c->seat->now, &err), &err, NULL);
}

/* ---- Writing ---- */

static int64_t seconds_since_customer(const call *c) {
  lk_said *messages;
  size_t count;
  int64_t since = 0;
  if (lk_store_messages(c->seat->store, c->key, 0, c->seat->arena, &messages, &count, NULL) != LK_OK) return 0;
  for (size_t i = 0; i < count; i++)
    if (messages[i].author == LK_AUTHOR_CUSTOMER) since = c->seat->now - messages[i].time;
  return since > 0 ? since : 0;
}

static void answer_written(call *c, lk_code code, const lk_error *err, lk_view client_id, const lk_turn_result *written) {
  if (code) {
    failed(c, code, err);
    return;
  }
  c->conversation.phase = written->phase;
  c->conversation.open_case = written->case_id;
  if (!written->repeated)
    lk_tell_messages(c->server, c->seat, &c->conversation, client_id, written->messages, written->message_count);
  lk_api_answer(
      c->request, 200,
      json_pack("{so so sb}", "messages",
                lk_view_messages(c->seat, c->conversation.lang, written->messages, written->message_count, true, client_id),
                "state", lk_view_state(c->seat, &c->conversation), "repeated", written->repeated));
}

/* An agent's client ids are kept apart from the customer's by a letter that theirs cannot have. */
static lk_view own_client_id(const call *c, lk_view client_id, char *out, size_t room) {
  int length = snprintf(out, room, "@%.*s:%.*s", LK_FMT(c->self), LK_FMT(client_id));
  return (lk_view){out, (size_t)length < room ? (size_t)length : room - 1};
}

static void reply(call *c) {
  char own[128];
  lk_view client_id, text, entry;
  lk_error err = {0};
  lk_turn_result written;
  if (!has_case(c) || !lk_api_client_id(c->request, c->body, &client_id) ||
      !lk_api_message(c->request, c->body, c->seat, &text) || !lk_api_text(c->request, c->body, "entry", false, &entry))
    return;
  if (c->open.state != LK_CASE_CLAIMED || !lk_view_eq(c->open.agent, c->self)) {
    lk_api_wrong(c->request, 409, "not-yours", "you do not have this conversation; claim it first");
    return;
  }
  lk_said said = {.author = LK_AUTHOR_AGENT, .text = text, .agent = c->self};
  lk_event event = {
      .type = LK_EVENT_AGENT_REPLIED, .agent = c->self, .entry = entry, .has_number = true, .number = seconds_since_customer(c)};
  lk_post post = {.messages = &said,
                  .message_count = 1,
                  .events = &event,
                  .event_count = 1,
                  .client_id = own_client_id(c, client_id, own, sizeof own)};
  lk_code code = lk_post_write(c->seat, c->key, &post, &written, &err);
  if (!code && !written.repeated) atomic_fetch_add(&c->server->metrics.replies, 1);
  answer_written(c, code, &err, client_id, &written);
}

static void note(call *c) {
  char own[128];
  lk_view client_id, text;
  lk_error err = {0};
  lk_turn_result written;
  if (!lk_api_client_id(c->request, c->body, &client_id) || !lk_api_message(c->request, c->body, c->seat, &text)) return;
  lk_said said = {.author = LK_AUTHOR_NOTE, .text = text, .agent = c->self};
  lk_post post = {.messages = &said, .message_count = 1, .client_id = own_client_id(c, client_id, own, sizeof own)};
  answer_written(c, lk_post_write(c->seat, c->key, &post, &written, &err), &err, client_id, &written);
}

static void tell_typing(call *c) {
  if (c->open.state == LK_CASE_CLAIMED && lk_view_eq(c->open.agent, c->self)) lk_tell_agent_typing(c->server, c->key);
  lk_api_empty(c->request);
}

/* ---- The draft of the knowledge base ---- */

static void preview_show(call *c) { lk_preview_show(c->server, c->request); }
static void preview_ask(call *c) { lk_preview_ask(c->server, c->seat, c->request, c->body); }
static void preview_begin(call *c) { lk_preview_begin(c->server, c->request, c->body); }
static void preview_changes(call *c) { lk_preview_changes(c->server, c->request); }
static void preview_file(call *c) { lk_preview_file(c->server, c->request); }

/* ---- Routes ---- */

typedef struct route {
  const char *method, *path; /* with a * for what is named */
  const char *label;
  void (*act)(call *c);
  bool body;         /* has one */
  bool conversation; /* the path names one */
} route;

static const route routes[] = {
    {"POST", "/logout", "desk-logout", logout, false, false},
    {"GET", "/session", "desk-session", show_session, false, false},
    {"POST", "/presence", "desk-presence", set_presence, true, false},
    {"GET", "/queue", "desk-queue", show_queue, false, false},
    {"GET", "/agents", "desk-agents", show_agents, false, false},
    {"POST", "/agents/*/revoke", "desk-revoke", revoke, false, false},
    {"GET", "/events", "desk-events", open_stream, false, false},
    {"GET", "/canned", "desk-canned", show_canned, false, false},
    {"GET", "/preview", "desk-preview", preview_show, false, false},
    {"POST", "/preview/ask", "desk-preview-ask", preview_ask, true, false},
    {"POST", "/preview/compare", "desk-preview-compare", preview_begin, true, false},
    {"GET", "/preview/changes", "desk-preview-changes", preview_changes, false, false},
    {"GET", "/preview/changes.tsv", "desk-preview-file", preview_file, false, false},
    {"GET", "/figures", "desk-figures", show_figures, false, false},
    {"GET", "/conversations/*", "desk-conversation", show_conversation, false, true},
    {"GET", "/conversations/*/suggestions", "desk-suggestions", show_suggestions, false, true},
    {"POST", "/conversations/*/claim", "desk-claim", claim, false, true},
    {"POST", "/conversations/*/release", "desk-release", release, false, true},
    {"POST", "/conversations/*/transfer", "desk-transfer", transfer, true, true},
    {"POST", "/conversations/*/give-back", "desk-give-back", give_back, false, true},
    {"POST", "/conversations/*/close", "desk-close", close_case, true, true},
    {"POST", "/conversations/*/messages", "desk-reply", reply, true, true},
    {"POST", "/conversations/*/notes", "desk-note", note, true, true},
    {"POST", "/conversations/*/typing", "desk-typing", tell_typing, false, true},
};

/* `name` gets what the * stands for: one part of the path. */
static bool matches(const char *pattern, lk_view path, lk_view *name) {
  const char *star = strchr(pattern, '*');
  size_t before = star ? (size_t)(star - pattern) : strlen(pattern);
  *name = (lk_view){"", 0};
  if (path.len < before || memcmp(path.ptr, pattern, before) != 0) return false;
  if (!star) return path.len == before;
  const char *begin = path.ptr + before, *slash = memchr(begin, '/', path.len - before);
  size_t length = slash ? (size_t)(slash - begin) : path.len - before;
  *name = (lk_view){begin, length};
  return length > 0 && lk_view_eq((lk_view){begin + length, path.len - before - length}, lk_view_of(star + 1));
}

static const route *find_route(const char *method, lk_view path, lk_view *name, bool *known) {
  *known = false;
  for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
    if (!matches(routes[i].path, path, name)) continue;
    *known = true;
    if (strcmp(method, routes[i].method) == 0) return &routes[i];
  }
  return NULL;
}

/* A session, and for what changes anything its CSRF value: a page of another origin can send the cookie, but can read and set neither. */
static bool admit(call *c) {
  lk_error err = {0};
  const char *csrf = lk_request_header(c->request, "X-CSRF-Token");
  bool has = lk_request_cookie(c->request, COOKIE, c->secret, sizeof c->secret);
  lk_code code = has ? lk_session_find(c->server->accounts, c->secret, c->seat->now, &c->session, &err) : LK_ERR_DENIED;
  if (code == LK_ERR_DENIED) {
    lk_api_wrong(c->request, 401, "no-session", "there is no session, or it has ended; log in");
  } else if (code) {
    lk_api_failed(c->server, c->request, code, &err);
  } else if (strcmp(lk_request_method(c->request), "GET") != 0 && (!csrf || strcmp(csrf, c->session.csrf) != 0)) {
    lk_api_wrong(c->request, 403, "csrf", "the X-CSRF-Token is missing or wrong; send the session's csrf value");
    code = LK_ERR_DENIED;
  }
  c->self = lk_view_of(c->session.agent.name);
  return code == LK_OK;
}

static bool load(call *c, bool conversation) {
  lk_error err = {0};
  if (!conversation) return true;
  lk_code code = lk_store_conversation(c->seat->store, c->key, c->seat->arena, &c->conversation, &err);
  if (!code && c->conversation.open_case)
    code = lk_store_case(c->seat->store, c->conversation.open_case, c->seat->arena, &c->open, &err);
  if (code) lk_api_failed(c->server, c->request, code, &err);
  return code == LK_OK;
}

static void serve(void *self, lk_seat *seat, lk_request *request, lk_view key) {
  call c = {.server = self, .seat = seat, .request = request, .key = key};
  const route *r = lk_request_kept(request);
  if (!admit(&c) || !load(&c, r->conversation)) return;
  if (r->body) c.body = lk_api_body(request, false);
  if (c.body || !r->body) r->act(&c);
  json_decref(c.body);
}

void lk_desk_route(lk_server *server, lk_request *request, lk_view rest) {
  lk_view name;
  bool known;
  const route *r = find_route(lk_request_method(request), rest, &name, &known);
  union {
    const route *constant;
    void *plain;
  } kept = {r};
  if (lk_view_eq(rest, LK_LIT("/login")) && strcmp(lk_request_method(request), "POST") == 0) {
    lk_request_route(request, "desk-login");
    if (lk_allow(server, server->logins, lk_view_of(lk_request_address(request)), "rate-login", request)) {
      lk_request_defer(request);
      if (!lk_crew_give_slow(server->crew, login, request))
        lk_request_problem(request, &(lk_problem){503, "busy", "too many log in just now; try again", 0, 0, 5});
    }
  } else if (r) {
    lk_request_route(request, r->label);
    lk_request_keep(request, kept.plain, NULL);
    lk_hand_over(server, name, serve, request);
  } else if (known) {
    lk_api_wrong(request, 405, "method", "this path does not take this method; the API's description says which");
  } else {
    lk_api_wrong(request, 404, "not-found", "there is nothing here; the API's description says what is where");
  }
}
