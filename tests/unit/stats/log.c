#include "log.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "stats/figures.h"

int64_t at(int year, int month, int day, int hour, int minute) {
  return lk_local_moment((lk_date){year, month, day}, hour * 60 + minute);
}

void begin(lk_store *store, const char *id, const char *channel, lk_lang lang, int64_t moment) {
  lk_error err = {0};
  lk_conversation c = {.id = lk_view_of(id), .lang = lang, .channel = lk_view_of(channel), .started = moment};
  assert_int_equal(lk_store_start(store, &c, &err), LK_OK);
}

static void write_turn(lk_store *store, lk_turn_record *record) {
  lk_error err = {0};
  lk_conversation c;
  lk_turn_result result;
  lk_arena *arena = lk_arena_new();
  assert_int_equal(lk_store_conversation(store, record->conversation, arena, &c, &err), LK_OK);
  record->version = c.version;
  record->state = LK_LIT("{}");
  assert_int_equal(lk_store_turn(store, record, arena, &result, &err), LK_OK);
  lk_arena_free(arena);
}

void turn(lk_store *store, const char *id, const char *client, lk_lang lang, int64_t moment, const lk_event *events, size_t count,
          const lk_case *handoff) {
  lk_event all[16] = {{.type = LK_EVENT_MESSAGE_RECEIVED, .text = LK_LIT("hei")}};
  assert_true(count < 16);
  memcpy(all + 1, events, count * sizeof *events);
  write_turn(store, &(lk_turn_record){.conversation = lk_view_of(id),
                                      .client_id = lk_view_of(client),
                                      .time = moment,
                                      .lang = lang,
                                      .events = all,
                                      .event_count = count + 1,
                                      .handoff = handoff});
}

void rate(lk_store *store, const char *id, int64_t moment, lk_event_type type, const char *entry, int64_t value,
          const char *words) {
  lk_error err = {0};
  lk_event event = {.type = type, .entry = lk_view_of(entry), .has_number = true, .number = value, .text = lk_view_of(words)};
  assert_int_equal(lk_store_note(store, lk_view_of(id), moment, &event, 1, &err), LK_OK);
}

int64_t open_case(lk_store *store, const char *id) {
  lk_error err = {0};
  lk_conversation c;
  lk_arena *arena = lk_arena_new();
  assert_int_equal(lk_store_conversation(store, lk_view_of(id), arena, &c, &err), LK_OK);
  lk_arena_free(arena);
  return c.open_case;
}

void reply_as_agent(lk_store *store, const char *id, int64_t moment) {
  lk_event event = {.type = LK_EVENT_AGENT_REPLIED, .agent = LK_LIT("anna"), .has_number = true, .number = 60};
  write_turn(store, &(lk_turn_record){
                        .conversation = lk_view_of(id), .time = moment, .lang = LK_LANG_FI, .events = &event, .event_count = 1});
}

void leave(lk_store *store, const char *id, int64_t moment) {
  lk_event event = {.type = LK_EVENT_CONVERSATION_ENDED, .reason = LK_LIT("customer")};
  write_turn(
      store,
      &(lk_turn_record){
          .conversation = lk_view_of(id), .time = moment, .lang = LK_LANG_FI, .events = &event, .event_count = 1, .end = true});
}

void claim(lk_store *store, const char *id, int64_t moment) {
  lk_error err = {0};
  lk_desk *desk = lk_desk_new(store, NULL, NULL, &err);
  assert_int_equal(lk_desk_claim(desk, open_case(store, id), LK_LIT("anna"), moment, NULL, NULL, &err), LK_OK);
  lk_desk_free(desk);
}

void close_case(lk_store *store, const char *id, const char *kind, int64_t moment) {
  lk_error err = {0};
  lk_desk *desk = lk_desk_new(store, NULL, NULL, &err);
  assert_int_equal(lk_desk_close(desk, open_case(store, id), LK_LIT("anna"), lk_view_of(kind), moment, &err), LK_OK);
  lk_desk_free(desk);
}

#define ANSWERED(id) EVENT(TURN_ANSWERED, .entry = LK_LIT(id), .has_confidence = true, .confidence = .9)

static void write_saturday_and_sunday(lk_store *store) {
  /* Begins before midnight and goes on after it; rated thrice, the last counts. */
  begin(store, "k1", "web", LK_LANG_FI, at(2026, 10, 24, 23, 50));
  TURN(store, "k1", LK_LANG_FI, at(2026, 10, 24, 23, 51), ANSWERED("delivery-price"));
  TURN(store, "k1", LK_LANG_FI, at(2026, 10, 25, 0, 0),
       EVENT(RATED_HELPFUL, .entry = LK_LIT("delivery-price"), .has_number = true, .number = 1),
       EVENT(TURN_CHAT, .entry = LK_LIT("chat-thanks")));
  rate(store, "k1", at(2026, 10, 25, 0, 1), LK_EVENT_RATED_CSAT, "", 5, "");
  rate(store, "k1", at(2026, 10, 25, 0, 1), LK_EVENT_RATED_CSAT, "", 5, "");
  rate(store, "k1", at(2026, 10, 25, 0, 2), LK_EVENT_RATED_CSAT, "", 4, "soita 040 123 4567");

  /* In the hour that comes twice, its second time. Swedish in the end. */
  int64_t second = at(2026, 10, 25, 3, 30) + 3600;
  begin(store, "k2", "web", LK_LANG_FI, second);
  TURN(store, "k2", LK_LANG_FI, second + 10, EVENT(TURN_CLARIFIED, .entry = LK_LIT("return-how")));
  TURN(store, "k2", LK_LANG_SV, second + 20, EVENT(TURN_CHOSEN, .entry = LK_LIT("return-how"), .has_number = true, .number = 1),
       ANSWERED("return-how"));
  rate(store, "k2", second + 30, LK_EVENT_RATED_HELPFUL, "return-how", 1, "");
  rate(store, "k2", second + 31, LK_EVENT_RATED_HELPFUL, "return-how", 0, "ei auttanut");
  HANDOFF(store, "k2", LK_LANG_SV, second + 40, LK_HANDOFF_ASKED, true, EVENT(LIMIT_MET, .reason = LK_LIT("length")));
  claim(store, "k2", second + 160);
  reply_as_agent(store, "k2", second + 240);
  TURN(store, "k2", LK_LANG_SV, second + 300, EVENT(TURN_RELAYED, .turn = 0));
  reply_as_agent(store, "k2", second + 400);
  close_case(store, "k2", "return", second + 940);
  TURN(store, "k2", LK_LANG_SV, second + 2000, EVENT(TURN_CHAT, .entry = LK_LIT("chat-thanks")));

  /* Left while waiting. */
  begin(store, "k3", "rasa", LK_LANG_EN, at(2026, 10, 25, 12, 0));
  TURN(store, "k3", LK_LANG_EN, at(2026, 10, 25, 12, 1),
       EVENT(TURN_FALLBACK, .entry = LK_LIT("payment-methods"), .has_number = true, .number = 1));
  HANDOFF(store, "k3", LK_LANG_EN, at(2026, 10, 25, 12, 2), LK_HANDOFF_LOW_CONFIDENCE, true,
          EVENT(TURN_FALLBACK, .entry = LK_LIT("payment-methods"), .has_number = true, .number = 2));
  leave(store, "k3", at(2026, 10, 25, 12, 7));
}

static void write_monday(lk_store *store) {
  begin(store, "k4", "web", LK_LANG_FI, at(2026, 10, 26, 10, 0)); /* opened and left */

  begin(store, "k5", "web", LK_LANG_FI, at(2026, 10, 26, 11, 0));
  TURN(store, "k5", LK_LANG_FI, at(2026, 10, 26, 11, 1),
       EVENT(FLOW_STARTED, .entry = LK_LIT("do-cancel"), .action = LK_LIT("order.cancel")),
       EVENT(FLOW_ASKED, .entry = LK_LIT("do-cancel"), .reason = LK_LIT("order")));
  TURN(store, "k5", LK_LANG_FI, at(2026, 10, 26, 11, 2), EVENT(PROOF_REFUSED, .has_number = true, .number = 1),
       EVENT(PROOF_GIVEN, .turn = 0), EVENT(FLOW_ASKED, .entry = LK_LIT("do-cancel")));
  lk_event done[] = {EVENT(FLOW_CONFIRMED, .entry = LK_LIT("do-cancel")),
                     EVENT(ACTION_PERFORMED, .entry = LK_LIT("do-cancel"), .action = LK_LIT("order.cancel"))};
  for (int retry = 0; retry < 3; retry++) /* the client has lost the answer */
    turn(store, "k5", "m3", LK_LANG_FI, at(2026, 10, 26, 11, 3), done, 2, NULL);

  begin(store, "k6", "web", LK_LANG_FI, at(2026, 10, 26, 12, 0));
  TURN(store, "k6", LK_LANG_FI, at(2026, 10, 26, 12, 1),
       EVENT(FLOW_STARTED, .entry = LK_LIT("do-return"), .action = LK_LIT("return.register")),
       EVENT(ACTION_REFUSED, .entry = LK_LIT("do-return"), .action = LK_LIT("return.register"),
             .reason = LK_LIT("past-return-deadline")));
  rate(store, "k6", at(2026, 10, 26, 12, 5), LK_EVENT_RATED_NPS, "", 9, "");

  begin(store, "k7", "web", LK_LANG_FI, at(2026, 10, 26, 13, 0));
  TURN(store, "k7", LK_LANG_FI, at(2026, 10, 26, 13, 1), EVENT(TURN_CHAT, .entry = LK_LIT("chat-hello")));
  rate(store, "k7", at(2026, 10, 26, 13, 5), LK_EVENT_RATED_NPS, "", 3, "");

  /* At night: the desk answers the next day. */
  begin(store, "k8", "web", LK_LANG_FI, at(2026, 10, 26, 21, 0));
  HANDOFF(store, "k8", LK_LANG_FI, at(2026, 10, 26, 21, 1), LK_HANDOFF_ARTICLE, false, ANSWERED("warranty-claim"));
  claim(store, "k8", at(2026, 10, 27, 9, 1));
  reply_as_agent(store, "k8", at(2026, 10, 27, 9, 3));
  close_case(store, "k8", "warranty", at(2026, 10, 27, 9, 11));

  begin(store, "k9", "web", LK_LANG_FI, at(2026, 10, 26, 22, 0));
  TURN(store, "k9", LK_LANG_FI, at(2026, 10, 26, 22, 1), EVENT(TURN_CLARIFIED, .entry = LK_LIT("return-how")));

  begin(store, "k10", "web", LK_LANG_FI, at(2026, 10, 26, 23, 0));
  TURN(store, "k10", LK_LANG_FI, at(2026, 10, 26, 23, 59), EVENT(TURN_FALLBACK, .has_number = true, .number = 1));
}

void write_the_log(lk_store *store) {
  write_saturday_and_sunday(store);
  write_monday(store);
}

/* ---- What was counted ---- */

typedef struct dump {
  lk_buffer out;
  const char *name;
} dump;

static void add(void *self, const lk_tally_row *row) {
  dump *d = self;
  lk_date date = lk_date_of_days(row->day);
  lk_buffer_addf(&d->out, "%s %02d-%02d %.*s %.*s %lld\n", d->name, date.month, date.day, LK_FMT(row->a), LK_FMT(row->b),
                 (long long)row->n);
}

char *all_tallies(lk_store *store) {
  lk_error err = {0};
  dump d = {.out = {0}};
  const lk_tally_plan *plan = lk_figures_plan();
  for (size_t i = 0; i < plan->tally_count; i++) {
    d.name = plan->tallies[i].name;
    assert_int_equal(lk_store_tallies(store, lk_view_of(d.name), 0, 100000, true, add, &d, &err), LK_OK);
  }
  assert_false(d.out.failed);
  return d.out.ptr ? d.out.ptr : calloc(1, 1);
}
