#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "luukku/store.h"

/* Each test has a store in memory, an arena, and a conversation "k1". */
typedef struct setting {
  lk_store *store;
  lk_arena *arena;
  lk_error err;
} setting;

static const lk_view K1 = {"k1", 2};

static void start(setting *s, const char *id, const char *customer, int64_t now) {
  lk_conversation c = {
      .id = lk_view_of(id), .lang = LK_LANG_FI, .channel = LK_LIT("web"), .customer = lk_view_of(customer), .started = now};
  assert_int_equal(lk_store_start(s->store, &c, &s->err), LK_OK);
}

static int set_up(void **state) {
  setting *s = calloc(1, sizeof *s);
  s->arena = lk_arena_new();
  s->store = lk_store_open(":memory:", NULL, &s->err);
  assert_non_null(s->store);
  start(s, "k1", "", 1000);
  *state = s;
  return 0;
}

static int tear_down(void **state) {
  setting *s = *state;
  lk_store_close(s->store);
  lk_arena_free(s->arena);
  free(s);
  return 0;
}

static lk_conversation load(setting *s, lk_view id) {
  lk_conversation c;
  assert_int_equal(lk_store_conversation(s->store, id, s->arena, &c, &s->err), LK_OK);
  return c;
}

/* A turn with a question and an answer, from the newest version. */
static lk_turn_record a_turn(setting *s, lk_view id, const lk_said *messages) {
  lk_conversation c = load(s, id);
  return (lk_turn_record){.conversation = id,
                          .version = c.version,
                          .time = c.changed + 10,
                          .lang = LK_LANG_FI,
                          .state = LK_LIT("{\"step\":1}"),
                          .messages = messages,
                          .message_count = 2};
}

static const lk_said question_and_answer[] = {
    {.author = LK_AUTHOR_CUSTOMER, .text = {"paljonko toimitus maksaa", 24}},
    {.author = LK_AUTHOR_BOT, .text = {"Toimitus maksaa 4,90 e.", 23}, .entry = {"delivery-price", 14}}};

static size_t count_events(setting *s, lk_event_type type);

static void a_conversation_starts_once(void **state) {
  setting *s = *state;
  lk_conversation c = load(s, K1);
  assert_int_equal(c.version, 0);
  assert_int_equal(c.phase, LK_PHASE_BOT);
  assert_true(lk_view_eq(c.channel, LK_LIT("web")));
  c.started = 2000;
  assert_int_equal(lk_store_start(s->store, &c, &s->err), LK_ERR_STATE);
  assert_int_equal(load(s, K1).started, 1000);
  assert_int_equal(lk_store_conversation(s->store, LK_LIT("k2"), s->arena, &c, &s->err), LK_ERR_MISSING);
  assert_int_equal(count_events(s, LK_EVENT_CONVERSATION_STARTED), 1);
}

static void a_turn_keeps_messages_state_and_language(void **state) {
  setting *s = *state;
  lk_turn_record t = a_turn(s, K1, question_and_answer);
  t.lang = LK_LANG_SV;
  t.customer = LK_LIT("c-7");
  t.state = (lk_view){
      "\0\xFF"
      "b",
      3};
  lk_turn_result r;
  assert_int_equal(lk_store_turn(s->store, &t, s->arena, &r, &s->err), LK_OK);
  assert_false(r.repeated);
  assert_int_equal(r.turn, 1);
  lk_conversation c = load(s, K1);
  assert_int_equal(c.version, r.version);
  assert_int_equal(c.turns, 1);
  assert_int_equal(c.lang, LK_LANG_SV);
  assert_true(lk_view_eq(c.state, t.state));
  assert_true(lk_view_eq(c.customer, LK_LIT("c-7")));
  lk_said *m;
  size_t count;
  assert_int_equal(lk_store_messages(s->store, K1, 0, s->arena, &m, &count, &s->err), LK_OK);
  assert_int_equal(count, 2);
  assert_int_equal(m[0].author, LK_AUTHOR_CUSTOMER);
  assert_true(lk_view_eq(m[1].text, question_and_answer[1].text));
  assert_true(lk_view_eq(m[1].entry, LK_LIT("delivery-price")));
  assert_int_equal(m[1].turn, 1);
  assert_int_equal(m[1].time, t.time);
  assert_int_equal(m[1].id, r.messages[1].id);
  assert_int_equal(lk_store_messages(s->store, K1, m[0].id, s->arena, &m, &count, &s->err), LK_OK);
  assert_int_equal(count, 1);
}

static void the_second_of_two_writers_has_to_think_again(void **state) {
  setting *s = *state;
  lk_turn_record first = a_turn(s, K1, question_and_answer), second = first;
  lk_turn_result r;
  assert_int_equal(lk_store_turn(s->store, &first, s->arena, &r, &s->err), LK_OK);
  assert_int_equal(lk_store_turn(s->store, &second, s->arena, &r, &s->err), LK_ERR_STATE);
  assert_non_null(strchr(s->err.message, ';'));
  assert_int_equal(load(s, K1).turns, 1);
  second.version = load(s, K1).version;
  assert_int_equal(lk_store_turn(s->store, &second, s->arena, &r, &s->err), LK_OK);
  assert_int_equal(r.turn, 2);
}

static void the_same_client_message_is_one_turn_and_gets_the_stored_reply(void **state) {
  setting *s = *state;
  lk_turn_record t = a_turn(s, K1, question_and_answer);
  t.client_id = LK_LIT("m-1");
  lk_turn_result r;
  assert_int_equal(lk_store_repeated(s->store, K1, t.client_id, s->arena, &r, &s->err), LK_OK);
  assert_false(r.repeated);
  assert_int_equal(lk_store_turn(s->store, &t, s->arena, &r, &s->err), LK_OK);
  lk_said other[2] = {question_and_answer[0], {.author = LK_AUTHOR_BOT, .text = LK_LIT("Toinen vastaus")}};
  t.messages = other; /* even from an old version: it is the same message */
  assert_int_equal(lk_store_turn(s->store, &t, s->arena, &r, &s->err), LK_OK);
  assert_true(r.repeated);
  assert_int_equal(r.turn, 1);
  assert_int_equal(r.message_count, 2);
  assert_true(lk_view_eq(r.messages[1].text, question_and_answer[1].text));
  assert_int_equal(load(s, K1).turns, 1);
  assert_int_equal(lk_store_repeated(s->store, K1, t.client_id, s->arena, &r, &s->err), LK_OK);
  assert_true(r.repeated && r.message_count == 2);
  /* Another conversation may use the same id. */
  start(s, "k2", "", 1000);
  lk_turn_record elsewhere = a_turn(s, LK_LIT("k2"), question_and_answer);
  elsewhere.client_id = LK_LIT("m-1");
  assert_int_equal(lk_store_turn(s->store, &elsewhere, s->arena, &r, &s->err), LK_OK);
  assert_false(r.repeated);
}

typedef struct seen_event {
  setting *s;
  size_t count;
  lk_event last;
} seen_event;

static lk_view keep(setting *s, lk_view v) { return lk_arena_copy(s->arena, v); }

static bool see(void *self, const lk_event *e) {
  seen_event *seen = self;
  seen->count++;
  seen->last = *e;
  lk_view *views[] = {&seen->last.entry, &seen->last.action, &seen->last.reason,       &seen->last.agent,
                      &seen->last.text,  &seen->last.detail, &seen->last.conversation, &seen->last.channel};
  for (size_t i = 0; i < sizeof views / sizeof *views; i++) *views[i] = keep(seen->s, *views[i]);
  return true;
}

static seen_event events(setting *s, lk_event_type type) {
  seen_event seen = {.s = s};
  lk_event_filter filter = {.types = &type, .type_count = 1};
  assert_int_equal(lk_store_events(s->store, &filter, see, &seen, &s->err), LK_OK);
  return seen;
}

static size_t count_events(setting *s, lk_event_type type) { return events(s, type).count; }

static void an_event_comes_back_as_it_was_written_but_masked(void **state) {
  setting *s = *state;
  lk_event e = {.type = LK_EVENT_TURN_FALLBACK,
                .has_confidence = true,
                .confidence = 0.25,
                .has_number = true,
                .number = 2,
                .entry = LK_LIT("delivery-time"),
                .action = LK_LIT("order.status"),
                .reason = LK_LIT("r"),
                .text = LK_LIT("hetuni on 131052-308T"),
                .detail = LK_LIT("{\"asked\":\"040 1234567\",\"order\":\"100234\"}")};
  lk_turn_record t = a_turn(s, K1, question_and_answer);
  t.events = &e;
  t.event_count = 1;
  lk_turn_result r;
  assert_int_equal(lk_store_turn(s->store, &t, s->arena, &r, &s->err), LK_OK);
  seen_event seen = events(s, LK_EVENT_TURN_FALLBACK);
  assert_int_equal(seen.count, 1);
  assert_true(seen.last.has_confidence && seen.last.confidence == 0.25);
  assert_true(seen.last.has_number && seen.last.number == 2);
  assert_true(lk_view_eq(seen.last.entry, e.entry));
  assert_true(lk_view_eq(seen.last.action, e.action));
  assert_true(lk_view_eq(seen.last.reason, e.reason));
  assert_true(lk_view_eq(seen.last.text, LK_LIT("hetuni on [hetu]")));
  assert_true(lk_view_eq(seen.last.detail, LK_LIT("{\"asked\":\"[puhelin]\",\"order\":\"100234\"}")));
  assert_true(lk_view_eq(seen.last.conversation, K1));
  assert_true(lk_view_eq(seen.last.channel, LK_LIT("web")));
  assert_int_equal(seen.last.turn, 1);
  assert_int_equal(seen.last.time, t.time);
  assert_int_equal(seen.last.lang, LK_LANG_FI);
}

static void events_are_found_by_time_type_and_conversation(void **state) {
  setting *s = *state;
  start(s, "k2", "", 3000);
  lk_event rating = {.type = LK_EVENT_RATED_CSAT, .has_number = true, .number = 5};
  assert_int_equal(lk_store_note(s->store, K1, 4000, &rating, 1, &s->err), LK_OK);
  assert_int_equal(lk_store_note(s->store, LK_LIT("k2"), 5000, &rating, 1, &s->err), LK_OK);
  assert_int_equal(lk_store_note(s->store, LK_LIT("k9"), 5000, &rating, 1, &s->err), LK_ERR_MISSING);
  static const struct {
    lk_event_filter filter;
    size_t count;
  } rows[] = {{{.from = 0}, 4},
              {{.from = 3000, .until = 5000}, 2},
              {{.conversation = {"k2", 2}}, 2},
              {{.after = 3}, 1},
              {{.from = 6000}, 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    seen_event seen = {.s = s};
    assert_int_equal(lk_store_events(s->store, &rows[i].filter, see, &seen, &s->err), LK_OK);
    assert_int_equal(seen.count, rows[i].count);
  }
  assert_int_equal(count_events(s, LK_EVENT_RATED_CSAT), 2);
}

static void every_event_type_has_a_name_of_its_own(void **state) {
  (void)state;
  for (int i = 0; i < LK_EVENT_TYPE_COUNT; i++) {
    const char *name = lk_event_name((lk_event_type)i);
    assert_non_null(strchr(name, '.'));
    assert_int_equal(lk_event_of(lk_view_of(name)), i);
  }
  assert_int_equal(lk_event_of(LK_LIT("turn.nonsense")), LK_EVENT_TYPE_COUNT);
}

static int64_t hand_off(setting *s, lk_view id) {
  static const lk_case_candidate candidates[] = {{{"delivery-time", 13}, 0.31}, {{"tracking-how", 12}, 0.22}};
  lk_case c = {.reason = LK_HANDOFF_LOW_CONFIDENCE,
               .attended = true,
               .subject = LK_LIT("se juttu mikä oli"),
               .order = LK_LIT("100234"),
               .candidates = candidates,
               .candidate_count = 2};
  lk_turn_record t = a_turn(s, id, question_and_answer);
  t.handoff = &c;
  lk_turn_result r;
  assert_int_equal(lk_store_turn(s->store, &t, s->arena, &r, &s->err), LK_OK);
  assert_true(r.case_id > 0);
  assert_int_equal(r.phase, LK_PHASE_WAITING);
  return r.case_id;
}

static void a_handoff_is_part_of_its_turn(void **state) {
  setting *s = *state;
  int64_t id = hand_off(s, K1);
  lk_case c;
  assert_int_equal(lk_store_case(s->store, id, s->arena, &c, &s->err), LK_OK);
  assert_int_equal(c.state, LK_CASE_WAITING);
  assert_int_equal(c.reason, LK_HANDOFF_LOW_CONFIDENCE);
  assert_int_equal(c.turn, 1);
  assert_true(c.attended);
  assert_true(lk_view_eq(c.conversation, K1));
  assert_true(lk_view_eq(c.order, LK_LIT("100234")));
  assert_true(lk_view_eq(c.subject, LK_LIT("se juttu mikä oli")));
  assert_int_equal(c.candidate_count, 2);
  assert_true(lk_view_eq(c.candidates[1].entry, LK_LIT("tracking-how")));
  assert_true(c.candidates[0].confidence == 0.31);
  seen_event opened = events(s, LK_EVENT_HANDOFF_OPENED);
  assert_true(lk_view_eq(opened.last.reason, LK_LIT("low-confidence")));
  assert_int_equal(opened.last.number, id);
  lk_conversation conversation = load(s, K1);
  assert_int_equal(conversation.phase, LK_PHASE_WAITING);
  assert_int_equal(conversation.open_case, id);
}

static void a_conversation_has_one_open_case_at_a_time(void **state) {
  setting *s = *state;
  int64_t id = hand_off(s, K1);
  assert_int_equal(hand_off(s, K1), id);
  assert_int_equal(count_events(s, LK_EVENT_HANDOFF_OPENED), 1);
}

static void who_leaves_while_waiting_abandons_the_case(void **state) {
  setting *s = *state;
  int64_t id = hand_off(s, K1);
  lk_turn_record t = a_turn(s, K1, question_and_answer);
  t.end = true;
  lk_turn_result r;
  assert_int_equal(lk_store_turn(s->store, &t, s->arena, &r, &s->err), LK_OK);
  assert_int_equal(r.phase, LK_PHASE_ENDED);
  assert_int_equal(r.case_id, 0);
  lk_case c;
  assert_int_equal(lk_store_case(s->store, id, s->arena, &c, &s->err), LK_OK);
  assert_int_equal(c.state, LK_CASE_CLOSED);
  assert_true(lk_view_eq(c.kind, LK_LIT("abandoned")));
  assert_int_equal(events(s, LK_EVENT_CASE_ABANDONED).last.number, 10);
  t = a_turn(s, K1, question_and_answer); /* and comes back */
  assert_int_equal(lk_store_turn(s->store, &t, s->arena, &r, &s->err), LK_OK);
  assert_int_equal(r.phase, LK_PHASE_BOT);
}

static void a_turn_that_fails_half_way_leaves_nothing(void **state) {
  setting *s = *state;
  lk_event events_of_turn[2] = {{.type = LK_EVENT_TURN_ANSWERED}, {.type = (lk_event_type)999}};
  lk_turn_record t = a_turn(s, K1, question_and_answer);
  t.events = events_of_turn;
  t.event_count = 2;
  lk_turn_result r;
  assert_int_equal(lk_store_turn(s->store, &t, s->arena, &r, &s->err), LK_ERR_INPUT);
  assert_int_equal(load(s, K1).turns, 0);
  assert_int_equal(count_events(s, LK_EVENT_TURN_ANSWERED), 0);
}

static void wrong_arguments_are_refused_before_anything_is_written(void **state) {
  setting *s = *state;
  char longer[200];
  memset(longer, 'x', sizeof longer);
  lk_turn_record good = a_turn(s, K1, question_and_answer), bad = good;
  lk_turn_result r;
  bad.client_id = (lk_view){longer, sizeof longer};
  assert_int_equal(lk_store_turn(s->store, &bad, s->arena, &r, &s->err), LK_ERR_LIMIT);
  bad = good;
  bad.lang = LK_LANG_NONE;
  assert_int_equal(lk_store_turn(s->store, &bad, s->arena, &r, &s->err), LK_ERR_INPUT);
  bad = good;
  bad.client_id = LK_LIT("a\0b");
  assert_int_equal(lk_store_turn(s->store, &bad, s->arena, &r, &s->err), LK_ERR_INPUT);
  bad.client_id = LK_LIT("\xFF");
  assert_int_equal(lk_store_turn(s->store, &bad, s->arena, &r, &s->err), LK_ERR_INPUT);
  bad = good;
  bad.conversation = LK_LIT("k9");
  assert_int_equal(lk_store_turn(s->store, &bad, s->arena, &r, &s->err), LK_ERR_MISSING);
  lk_conversation c = {.id = {NULL, 0}, .lang = LK_LANG_FI, .channel = LK_LIT("web")};
  assert_int_equal(lk_store_start(s->store, &c, &s->err), LK_ERR_INPUT);
}

static void sql_and_odd_bytes_in_a_message_are_only_text(void **state) {
  setting *s = *state;
  const lk_said odd[2] = {{.author = LK_AUTHOR_CUSTOMER, .text = LK_LIT("'); DROP TABLE message; --")},
                          {.author = LK_AUTHOR_BOT, .text = {"a\0\xFF\xF0\x9F\x98\x80", 7}}};
  lk_turn_record t = a_turn(s, K1, odd);
  lk_turn_result r;
  assert_int_equal(lk_store_turn(s->store, &t, s->arena, &r, &s->err), LK_OK);
  lk_said *m;
  size_t count;
  assert_int_equal(lk_store_messages(s->store, K1, 0, s->arena, &m, &count, &s->err), LK_OK);
  assert_true(lk_view_eq(m[0].text, odd[0].text));
  assert_true(lk_view_eq(m[1].text, odd[1].text));
}

static void conversation_ids_are_new_each_time(void **state) {
  (void)state;
  char a[LK_CONVERSATION_ID_SIZE], b[LK_CONVERSATION_ID_SIZE];
  assert_int_equal(lk_conversation_new_id(a, NULL), LK_OK);
  assert_int_equal(lk_conversation_new_id(b, NULL), LK_OK);
  assert_int_equal(strlen(a), 26);
  assert_int_equal(strspn(a, "abcdefghijklmnopqrstuvwxyz234567"), 26);
  assert_string_not_equal(a, b);
}

/* ---- Privacy ---- */

static void an_export_holds_everything_of_a_conversation(void **state) {
  setting *s = *state;
  hand_off(s, K1);
  lk_view json;
  assert_int_equal(lk_store_export(s->store, K1, s->arena, &json, &s->err), LK_OK);
  static const char *const parts[] = {
      "\"id\":\"k1\"",        "paljonko toimitus maksaa", "\"author\":\"bot\"",         "handoff.opened",
      "conversation.started", "\"order\":\"100234\"",     "\"entry\":\"tracking-how\"", "\"confidence\":0.3100"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) assert_non_null(strstr(json.ptr, parts[i]));
  assert_int_equal(lk_store_export(s->store, LK_LIT("k9"), s->arena, &json, &s->err), LK_ERR_MISSING);
}

static void a_customers_conversations_are_found_by_key(void **state) {
  setting *s = *state;
  start(s, "k2", "c-7", 2000);
  start(s, "k3", "c-7", 3000);
  lk_view *ids;
  size_t count;
  assert_int_equal(lk_store_conversations_of(s->store, LK_LIT("c-7"), s->arena, &ids, &count, &s->err), LK_OK);
  assert_int_equal(count, 2);
  assert_true(lk_view_eq(ids[1], LK_LIT("k3")));
  assert_int_equal(lk_store_conversations_of(s->store, LK_LIT(""), s->arena, &ids, &count, &s->err), LK_OK);
  assert_int_equal(count, 0);
}

static void a_purge_takes_old_transcripts_and_leaves_figures(void **state) {
  setting *s = *state;
  lk_event e = {.type = LK_EVENT_TURN_ANSWERED,
                .entry = LK_LIT("delivery-price"),
                .text = LK_LIT("paljonko toimitus"),
                .detail = LK_LIT("{}")};
  lk_turn_record t = a_turn(s, K1, question_and_answer);
  t.events = &e;
  t.event_count = 1;
  lk_turn_result r;
  assert_int_equal(lk_store_turn(s->store, &t, s->arena, &r, &s->err), LK_OK);
  start(s, "young", "", 5000);
  start(s, "waiting", "", 1000);
  hand_off(s, LK_LIT("waiting"));
  size_t purged;
  assert_int_equal(lk_store_purge(s->store, 5000, &purged, &s->err), LK_OK);
  assert_int_equal(purged, 1);
  lk_conversation c;
  assert_int_equal(lk_store_conversation(s->store, K1, s->arena, &c, &s->err), LK_ERR_MISSING);
  load(s, LK_LIT("young"));
  load(s, LK_LIT("waiting")); /* somebody still owes an answer */
  seen_event kept = events(s, LK_EVENT_TURN_ANSWERED);
  assert_int_equal(kept.count, 1);
  assert_true(lk_view_eq(kept.last.entry, e.entry));
  assert_int_equal(kept.last.text.len + kept.last.detail.len, 0);
  assert_int_equal(kept.last.conversation.ptr[0], '#');
}

static void more_than_a_batch_is_purged_in_one_call(void **state) {
  setting *s = *state;
  char id[16];
  for (int i = 0; i < 450; i++) {
    snprintf(id, sizeof id, "old%d", i);
    start(s, id, "", 100);
  }
  size_t purged;
  assert_int_equal(lk_store_purge(s->store, 500, &purged, &s->err), LK_OK);
  assert_int_equal(purged, 450);
}

/* ---- Files ---- */

static char folder[] = "/tmp/luukku-store-XXXXXX";

static char *in_folder(const char *name) {
  static char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static char *read_whole(const char *path, size_t *len) {
  FILE *f = fopen(path, "rb");
  *len = 0;
  if (!f) return calloc(1, 1);
  fseek(f, 0, SEEK_END);
  *len = (size_t)ftell(f);
  rewind(f);
  char *bytes = malloc(*len + 1);
  assert_int_equal(fread(bytes, 1, *len, f), *len);
  bytes[*len] = '\0';
  fclose(f);
  return bytes;
}

static bool file_holds(const char *name, const char *needle) {
  size_t len;
  char *bytes = read_whole(in_folder(name), &len);
  bool found = memmem(bytes, len, needle, strlen(needle)) != NULL;
  free(bytes);
  return found;
}

static bool disk_holds(const char *needle) { return file_holds("s.db", needle) || file_holds("s.db-wal", needle); }

static setting *open_file(setting *s) {
  if (!s->arena) s->arena = lk_arena_new();
  s->store = lk_store_open(in_folder("s.db"), NULL, &s->err);
  if (!s->store) print_error("%s\n", s->err.message);
  assert_non_null(s->store);
  return s;
}

static void remove_files(void) {
  static const char *const names[] = {"s.db", "s.db-wal", "s.db-shm"};
  for (size_t i = 0; i < 3; i++) unlink(in_folder(names[i]));
}

/* A few hundred conversations of random sizes with a secret each; some of them erased; nothing of those may be left in any page, nor may the others'. */
static void after_an_erasure_neither_database_nor_log_holds_the_text(void **state) {
  (void)state;
  remove_files();
  setting s = {0};
  open_file(&s);
  enum { COUNT = 400, ERASED = 5 };
  unsigned seed = 6; /* with these sizes, without the rewriting, copies stay in gaps */
  static char filler[6000];
  for (int i = 0; i < COUNT; i++) {
    char id[32], customer[32];
    snprintf(id, sizeof id, "salaid%03d", i);
    snprintf(customer, sizeof customer, "salacustomer%03d", i);
    start(&s, id, customer, 1000 + i);
  }
  for (int round = 0; round < 4; round++) {
    for (int i = 0; i < COUNT; i++) {
      char id[32], client[32];
      seed = seed * 1103515245u + 12345u;
      size_t pad = (seed >> 20) % 3 == 0 ? (seed >> 16) % 5000 : (seed >> 16) % 300;
      snprintf(id, sizeof id, "salaid%03d", i);
      snprintf(client, sizeof client, "salaclient%03d-%d", i, round);
      int head = snprintf(filler, sizeof filler, "salatext%03d-%d ", i, round);
      memset(filler + head, 'a' + round, pad);
      lk_view text = {filler, (size_t)head + pad};
      lk_said m[2] = {{.author = LK_AUTHOR_CUSTOMER, .text = text}, {.author = LK_AUTHOR_NOTE, .text = text, .detail = text}};
      lk_event e = {.type = LK_EVENT_TURN_FALLBACK, .text = text, .detail = text};
      lk_case c = {.reason = LK_HANDOFF_ASKED, .subject = text, .contact = text};
      lk_turn_record t = a_turn(&s, lk_view_of(id), m);
      t.client_id = lk_view_of(client);
      t.state = text;
      t.events = &e;
      t.event_count = 1;
      t.handoff = round == 1 ? &c : NULL;
      t.end = round == 3;
      lk_turn_result r;
      assert_int_equal(lk_store_turn(s.store, &t, s.arena, &r, &s.err), LK_OK);
    }
    lk_arena_reset(s.arena);
  }
  assert_true(disk_holds("salatext007-2"));
  for (int i = 0; i < COUNT; i += ERASED) {
    char id[32];
    snprintf(id, sizeof id, "salaid%03d", i);
    assert_int_equal(lk_store_erase(s.store, lk_view_of(id), &s.err), LK_OK);
  }
  assert_int_equal(lk_store_erase(s.store, LK_LIT("salaid000"), &s.err), LK_ERR_MISSING);
  int left = 0;
  for (int i = 0; i < COUNT; i += ERASED) {
    char needle[32];
    static const char *const kinds[] = {"id", "customer", "text", "client"};
    for (size_t k = 0; k < 4; k++) {
      snprintf(needle, sizeof needle, "sala%s%03d", kinds[k], i);
      if (disk_holds(needle)) {
        print_error("%s is still there\n", needle);
        left++;
      }
    }
  }
  assert_int_equal(left, 0);
  assert_true(disk_holds("salatext007-2"));
  size_t purged;
  assert_int_equal(lk_store_purge(s.store, INT64_MAX, &purged, &s.err), LK_OK);
  assert_int_equal(purged, COUNT - COUNT / ERASED);
  assert_false(disk_holds("sala"));
  lk_store_close(s.store);
  lk_arena_free(s.arena);
}

static void a_conversation_resumes_after_a_restart(void **state) {
  (void)state;
  remove_files();
  setting s = {0};
  open_file(&s);
  start(&s, "k1", "", 1000);
  lk_turn_record t = a_turn(&s, K1, question_and_answer);
  lk_turn_result r;
  assert_int_equal(lk_store_turn(s.store, &t, s.arena, &r, &s.err), LK_OK);
  lk_store_close(s.store);
  open_file(&s);
  lk_conversation c = load(&s, K1);
  assert_int_equal(c.turns, 1);
  assert_true(lk_view_eq(c.state, t.state));
  lk_store_close(s.store);
  lk_arena_free(s.arena);
}

/* The writer says each turn's number when the store has acknowledged it, and is killed at a random moment. */
static void write_until_killed(int out) {
  lk_error err;
  lk_store *store = lk_store_open(in_folder("s.db"), NULL, &err);
  lk_arena *arena = lk_arena_new();
  if (!store || !arena) _exit(3);
  for (;;) {
    lk_conversation c;
    lk_turn_result r;
    if (lk_store_conversation(store, K1, arena, &c, &err)) _exit(4);
    char client[32];
    snprintf(client, sizeof client, "m%u", c.turns + 1);
    lk_event e = {.type = LK_EVENT_TURN_ANSWERED};
    lk_turn_record t = {.conversation = K1,
                        .version = c.version,
                        .client_id = lk_view_of(client),
                        .time = c.changed + 1,
                        .lang = LK_LANG_FI,
                        .state = lk_view_of(client),
                        .messages = question_and_answer,
                        .message_count = 2,
                        .events = &e,
                        .event_count = 1};
    if (lk_store_turn(store, &t, arena, &r, &err)) _exit(5);
    if (write(out, &r.turn, sizeof r.turn) != sizeof r.turn) _exit(6);
    lk_arena_reset(arena);
  }
}

static uint32_t run_and_kill(unsigned microseconds) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) write_until_killed(ends[1]);
  close(ends[1]);
  usleep(microseconds);
  kill(child, SIGKILL);
  int status;
  waitpid(child, &status, 0);
  assert_true(WIFSIGNALED(status));
  uint32_t said, last = 0;
  while (read(ends[0], &said, sizeof said) == sizeof said) last = said;
  close(ends[0]);
  return last;
}

static void nothing_acknowledged_is_lost_or_doubled_by_kill_9(void **state) {
  (void)state;
  remove_files();
  setting s = {0};
  open_file(&s);
  start(&s, "k1", "", 1000);
  lk_store_close(s.store);
  unsigned seed = 99;
  uint32_t acknowledged = 0;
  for (int round = 0; round < 150; round++) {
    seed = seed * 1103515245u + 12345u;
    uint32_t last = run_and_kill(2000 + (seed >> 16) % 20000);
    if (last > acknowledged) acknowledged = last;
    open_file(&s);
    lk_conversation c = load(&s, K1);
    assert_true(c.turns >= acknowledged);
    assert_true(c.turns <= acknowledged + 1); /* the one that was written but not said */
    acknowledged = c.turns;
    char client[32];
    snprintf(client, sizeof client, "m%u", c.turns);
    if (c.turns) assert_true(lk_view_eq(c.state, lk_view_of(client)));
    lk_said *m;
    size_t count;
    assert_int_equal(lk_store_messages(s.store, K1, 0, s.arena, &m, &count, &s.err), LK_OK);
    assert_int_equal(count, 2 * (size_t)c.turns);
    for (size_t i = 0; i < count; i++) assert_int_equal(m[i].turn, i / 2 + 1);
    assert_int_equal(count_events(&s, LK_EVENT_TURN_ANSWERED), c.turns);
    lk_store_close(s.store);
    lk_arena_reset(s.arena);
  }
  assert_true(acknowledged > 50);
  lk_arena_free(s.arena);
}

/* Several processes write one conversation as fast as they can; each makes its turn again when it was overtaken. */
static void turns_of_several_processes_never_interleave(void **state) {
  (void)state;
  remove_files();
  setting s = {0};
  open_file(&s);
  start(&s, "k1", "", 1000);
  lk_store_close(s.store);
  enum { WRITERS = 4, TURNS = 40 };
  for (int w = 0; w < WRITERS; w++) {
    if (fork() != 0) continue;
    setting mine = {.store = lk_store_open(in_folder("s.db"), NULL, NULL), .arena = lk_arena_new()};
    for (int done = 0; mine.store && done < TURNS;) {
      lk_conversation c;
      lk_turn_result r;
      if (lk_store_conversation(mine.store, K1, mine.arena, &c, NULL)) _exit(4);
      lk_turn_record t = a_turn(&mine, K1, question_and_answer);
      t.version = c.version;
      char state_text[16];
      snprintf(state_text, sizeof state_text, "%u", c.turns + 1); /* what the turn was made from shows in its state */
      t.state = lk_view_of(state_text);
      lk_code code = lk_store_turn(mine.store, &t, mine.arena, &r, NULL);
      if (code && code != LK_ERR_STATE) _exit(5);
      if (!code && r.turn != c.turns + 1) _exit(6);
      done += !code;
    }
    _exit(mine.store ? 0 : 3);
  }
  for (int w = 0; w < WRITERS; w++) {
    int status;
    wait(&status);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
  }
  open_file(&s);
  lk_conversation c = load(&s, K1);
  assert_int_equal(c.turns, WRITERS * TURNS);
  assert_true(lk_view_eq(c.state, LK_LIT("160")));
  lk_store_close(s.store);
  lk_arena_free(s.arena);
}

static void many_may_open_a_new_store_at_once(void **state) {
  (void)state;
  for (int round = 0; round < 10; round++) {
    remove_files();
    for (int i = 0; i < 6; i++) {
      if (fork() == 0) {
        lk_store *store = lk_store_open(in_folder("s.db"), NULL, NULL);
        lk_conversation c = {.id = i % 2 ? K1 : LK_LIT("k2"), .lang = LK_LANG_FI, .channel = LK_LIT("web")};
        lk_code code = store ? lk_store_start(store, &c, NULL) : LK_ERR_IO;
        lk_store_close(store);
        _exit(code && code != LK_ERR_STATE);
      }
    }
    for (int i = 0; i < 6; i++) {
      int status;
      wait(&status);
      assert_int_equal(status, 0);
    }
  }
}

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  remove_files();
  return rmdir(folder);
}

/* ---- Batches ---- */

static void writes_of_a_batch_stand_or_fail_each_for_itself(void **state) {
  setting *s = *state;
  start(s, "k2", "", 1000);
  lk_conversation fresh = {.id = LK_LIT("k3"), .lang = LK_LANG_SV, .channel = LK_LIT("web"), .started = 1000}, taken = fresh;
  taken.id = K1;
  lk_turn_record first = a_turn(s, K1, question_and_answer), late = first, other = a_turn(s, LK_LIT("k2"), question_and_answer),
                 nobody = first, silent = other;
  nobody.conversation = LK_LIT("nobody");
  silent.lang = LK_LANG_NONE;
  lk_event rated = {.type = LK_EVENT_RATED_CSAT, .has_number = true, .number = 5, .text = LK_LIT("soittakaa 040 123 4567")};
  lk_write writes[] = {
      {.kind = LK_WRITE_TURNS, .turn = &first, .arena = s->arena},
      {.kind = LK_WRITE_STARTS, .start = &taken},
      {.kind = LK_WRITE_TURNS, .turn = &late, .arena = s->arena},
      {.kind = LK_WRITE_STARTS, .start = &fresh},
      {.kind = LK_WRITE_TURNS, .turn = &nobody, .arena = s->arena},
      {.kind = LK_WRITE_TURNS, .turn = &silent, .arena = s->arena},
      {.kind = LK_WRITE_NOTES, .conversation = K1, .time = 1020, .events = &rated, .event_count = 1, .arena = s->arena},
      {.kind = LK_WRITE_TURNS, .turn = &other, .arena = s->arena},
  };
  static const lk_code wanted[] = {LK_OK, LK_ERR_STATE, LK_ERR_STATE, LK_OK, LK_ERR_MISSING, LK_ERR_INPUT, LK_OK, LK_OK};
  enum { COUNT = sizeof writes / sizeof *writes };
  lk_write *all[COUNT];
  for (size_t i = 0; i < COUNT; i++) all[i] = &writes[i];
  lk_store_batch(s->store, all, COUNT);
  for (size_t i = 0; i < COUNT; i++) {
    assert_int_equal(writes[i].code, wanted[i]);
    assert_true(wanted[i] == LK_OK || strstr(writes[i].err.message, "; ") != NULL);
  }
  assert_int_equal(writes[0].result.message_count, 2);
  assert_true(writes[0].result.messages[0].id > 0);
  assert_int_equal(writes[2].result.message_count, 0);
  assert_int_equal(load(s, K1).turns, 1);
  assert_int_equal(load(s, LK_LIT("k2")).turns, 1);
  assert_int_equal(load(s, LK_LIT("k3")).lang, LK_LANG_SV);
  assert_int_equal(count_events(s, LK_EVENT_RATED_CSAT), 1);
  assert_int_equal(writes[0].turn == &first, true);
}

static void the_same_message_twice_in_a_batch_is_one(void **state) {
  setting *s = *state;
  lk_turn_record turn = a_turn(s, K1, question_and_answer);
  turn.client_id = LK_LIT("c1");
  lk_write one = {.kind = LK_WRITE_TURNS, .turn = &turn, .arena = s->arena}, two = one;
  lk_store_batch(s->store, (lk_write *const[]){&one, &two}, 2);
  assert_int_equal(one.code, LK_OK);
  assert_int_equal(two.code, LK_OK);
  assert_false(one.result.repeated);
  assert_true(two.result.repeated);
  assert_int_equal(two.result.messages[0].id, one.result.messages[0].id);
  assert_int_equal(load(s, K1).turns, 1);
}

static void what_is_masked_in_a_turn_is_masked_in_a_batch(void **state) {
  setting *s = *state;
  lk_turn_record turn = a_turn(s, K1, question_and_answer);
  lk_event heard = {.type = LK_EVENT_MESSAGE_RECEIVED, .text = LK_LIT("numeroni on 040 123 4567")};
  turn.events = &heard;
  turn.event_count = 1;
  lk_write write = {.kind = LK_WRITE_TURNS, .turn = &turn, .arena = s->arena};
  lk_store_batch(s->store, (lk_write *const[]){&write}, 1);
  assert_int_equal(write.code, LK_OK);
  lk_view json;
  assert_int_equal(lk_store_export(s->store, K1, s->arena, &json, &s->err), LK_OK);
  assert_null(memmem(json.ptr, json.len, "040 123", 7));
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_STORE(a_conversation_starts_once),
      WITH_STORE(a_turn_keeps_messages_state_and_language),
      WITH_STORE(the_second_of_two_writers_has_to_think_again),
      WITH_STORE(the_same_client_message_is_one_turn_and_gets_the_stored_reply),
      WITH_STORE(an_event_comes_back_as_it_was_written_but_masked),
      WITH_STORE(events_are_found_by_time_type_and_conversation),
      cmocka_unit_test(every_event_type_has_a_name_of_its_own),
      WITH_STORE(a_handoff_is_part_of_its_turn),
      WITH_STORE(a_conversation_has_one_open_case_at_a_time),
      WITH_STORE(who_leaves_while_waiting_abandons_the_case),
      WITH_STORE(a_turn_that_fails_half_way_leaves_nothing),
      WITH_STORE(wrong_arguments_are_refused_before_anything_is_written),
      WITH_STORE(sql_and_odd_bytes_in_a_message_are_only_text),
      cmocka_unit_test(conversation_ids_are_new_each_time),
      WITH_STORE(writes_of_a_batch_stand_or_fail_each_for_itself),
      WITH_STORE(the_same_message_twice_in_a_batch_is_one),
      WITH_STORE(what_is_masked_in_a_turn_is_masked_in_a_batch),
      WITH_STORE(an_export_holds_everything_of_a_conversation),
      WITH_STORE(a_customers_conversations_are_found_by_key),
      WITH_STORE(a_purge_takes_old_transcripts_and_leaves_figures),
      WITH_STORE(more_than_a_batch_is_purged_in_one_call),
      cmocka_unit_test(after_an_erasure_neither_database_nor_log_holds_the_text),
      cmocka_unit_test(a_conversation_resumes_after_a_restart),
      cmocka_unit_test(nothing_acknowledged_is_lost_or_doubled_by_kill_9),
      cmocka_unit_test(turns_of_several_processes_never_interleave),
      cmocka_unit_test(many_may_open_a_new_store_at_once),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
