#include "log.h"

#include <stdio.h>
#include <stdlib.h>

static const char kb[] =
    "<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\">"
    "<category id=\"delivery\"><title>Toimitus</title></category>"
    "<article id=\"delivery-time\" category=\"delivery\"><question>Mikä on toimitusaika?</question>"
    "<variant>Kauanko toimitus kestää?</variant>"
    "<answer><p>Paketti on perillä noutopisteessä kahdessa arkipäivässä tilauksesta.</p></answer></article>"
    "<article id=\"delivery-cost\" category=\"delivery\"><question>Paljonko toimitus maksaa?</question>"
    "<answer><p>Toimitus noutopisteeseen maksaa viisi euroa.</p></answer></article>"
    "<article id=\"refund-time\" category=\"delivery\"><question>Milloin saan rahani takaisin?</question>"
    "<answer><p>Hyvitys näkyy tilillä viikossa palautuksen saapumisesta.</p></answer></article>"
    "<article id=\"account-close\" category=\"delivery\"><question>Miten poistan asiakastilini?</question>"
    "<answer><p>Kirjaudu sisään ja valitse asetuksista tilin poistaminen.</p></answer></article>"
    "</kb>";

int open_log(void **state) {
  log_book *log = calloc(1, sizeof *log);
  assert_non_null(log);
  const lk_source source = {"kb.xml", {kb, sizeof kb - 1}};
  lk_kb *loaded = lk_kb_load_sources(&source, 1, NULL, &log->err);
  if (!loaded) fail_msg("%s", log->err.message);
  log->engine = lk_engine_new(loaded, NULL, &log->err);
  log->worker = lk_worker_new(log->engine, &log->err);
  log->arena = lk_arena_new();
  log->store = lk_store_open(":memory:", NULL, &log->err);
  assert_true(log->engine && log->worker && log->arena && log->store);
  log->now = 1793000000;
  *state = log;
  begin_conversation(log);
  return 0;
}

int close_log(void **state) {
  log_book *log = *state;
  lk_store_close(log->store);
  lk_arena_free(log->arena);
  lk_worker_free(log->worker);
  lk_engine_free(log->engine);
  free(log);
  return 0;
}

void begin_conversation(log_book *log) {
  (void)snprintf(log->conversation, sizeof log->conversation, "conversation-%d", ++log->conversations);
  lk_conversation c = {.id = lk_view_of(log->conversation), .lang = LK_LANG_FI, .channel = LK_LIT("web"), .started = log->now};
  assert_int_equal(lk_store_start(log->store, &c, &log->err), LK_OK);
}

static void write_turn(log_book *log, const lk_said *said, const lk_event *events, size_t count) {
  lk_conversation c;
  lk_turn_result result;
  assert_int_equal(lk_store_conversation(log->store, lk_view_of(log->conversation), log->arena, &c, &log->err), LK_OK);
  log->now += 60;
  lk_turn_record record = {.conversation = c.id,
                           .version = c.version,
                           .time = log->now,
                           .lang = LK_LANG_FI,
                           .state = {"", 0},
                           .messages = said,
                           .message_count = 1,
                           .events = events,
                           .event_count = count};
  assert_int_equal(lk_store_turn(log->store, &record, log->arena, &result, &log->err), LK_OK);
}

void turn(log_book *log, const char *said, const lk_event *events, size_t count) {
  lk_event all[10] = {{.type = LK_EVENT_MESSAGE_RECEIVED, .text = lk_view_of(said)}};
  assert_true(count < 10);
  for (size_t i = 0; i < count; i++) all[i + 1] = events[i];
  lk_said message = {.author = LK_AUTHOR_CUSTOMER, .text = lk_view_of(said)};
  write_turn(log, &message, all, count + 1);
}

void agent_writes(log_book *log, const char *text, const char *entry) {
  lk_said message = {.author = LK_AUTHOR_AGENT, .text = lk_view_of(text), .agent = LK_LIT("aino")};
  lk_event event = {.type = LK_EVENT_AGENT_REPLIED, .agent = LK_LIT("aino"), .entry = lk_view_of(entry)};
  write_turn(log, &message, &event, 1);
}

void note(log_book *log, lk_event event) {
  assert_int_equal(lk_store_note(log->store, lk_view_of(log->conversation), log->now, &event, 1, &log->err), LK_OK);
}

void read_asked(log_book *log) {
  lk_asked_filter filter = {.lang = LK_LANG_NONE, .doubt_below = .9};
  assert_int_equal(lk_asked_read(log->store, &filter, log->arena, &log->asked, &log->err), LK_OK);
}

const lk_asked *asked_of(const log_book *log, const char *text) {
  for (size_t i = 0; i < log->asked.count; i++)
    if (lk_view_eq(log->asked.items[i].text, lk_view_of(text))) return &log->asked.items[i];
  fail_msg("nobody asked '%s'", text);
  return NULL;
}

void assert_view(lk_view actual, const char *expected) {
  if (!lk_view_eq(actual, lk_view_of(expected))) fail_msg("'%.*s', not '%s'", LK_FMT(actual), expected);
}
