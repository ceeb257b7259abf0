/* Writes a store with a year behind it: conversations as a shop has them, through the store and the desk as the server writes them.
 *
 *   bench_history FILE [MESSAGES [DAYS [LAST-DAY [SEED]]]]     (1000000 messages of customers and bot, 365 days up to yesterday, seed 1)
 *
 * The same arguments make the same store. It says what it has written, for tests/bench/figures.py to compare with the report. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "luukku/desk.h"

enum { BATCH = 250, ENTRIES = 150, AGENTS = 6, TURN_MOST = 6 };

typedef struct history {
  lk_store *store;
  lk_desk *desk;
  uint64_t seed;
  lk_arena *arena;
  lk_write writes[BATCH];
  size_t count;
  long long customer, bot, agent, conversations, cases;
} history;

static uint32_t dice(history *h, uint32_t sides) {
  h->seed = h->seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(h->seed >> 33) % sides;
}

static void give_up(const char *what, const lk_error *err) {
  (void)fprintf(stderr, "bench_history: %s: %s\n", what, err->message);
  exit(1);
}

static void flush(history *h) {
  lk_write *writes[BATCH];
  for (size_t i = 0; i < h->count; i++) writes[i] = &h->writes[i];
  lk_store_batch(h->store, writes, h->count);
  for (size_t i = 0; i < h->count; i++)
    if (h->writes[i].code) give_up("a write failed", &h->writes[i].err);
  h->count = 0;
  lk_arena_reset(h->arena);
}

static void *kept(history *h, const void *what, size_t size) {
  void *copy = lk_arena_alloc(h->arena, size);
  if (!copy) exit(1);
  return memcpy(copy, what, size);
}

static lk_view words(history *h, const char *name, uint32_t n) {
  char text[200];
  (void)snprintf(text, sizeof text, "%s%u", name, n);
  return lk_arena_copy(h->arena, lk_view_of(text));
}

/* Few entries are asked for often and many seldom. */
static lk_view an_entry(history *h) {
  uint32_t n = dice(h, ENTRIES);
  return words(h, "entry-", n * dice(h, ENTRIES) / ENTRIES);
}

static void write_turn(history *h, lk_view id, int64_t version, int64_t time, lk_lang lang, const lk_said *said,
                       size_t said_count, const lk_event *events, size_t event_count, const lk_case *handoff, bool end) {
  lk_turn_record record = {.conversation = id,
                           .version = version,
                           .client_id = words(h, "m", (uint32_t)version),
                           .time = time,
                           .lang = lang,
                           .state = LK_LIT("{\"lang\":\"fi\",\"pending\":\"helped\",\"last\":\"entry-1\",\"choices\":[]}"),
                           .messages = kept(h, said, said_count * sizeof *said),
                           .message_count = said_count,
                           .events = kept(h, events, event_count * sizeof *events),
                           .event_count = event_count,
                           .handoff = handoff ? kept(h, handoff, sizeof *handoff) : NULL,
                           .end = end};
  h->writes[h->count++] = (lk_write){.kind = LK_WRITE_TURNS, .turn = kept(h, &record, sizeof record), .arena = h->arena};
}

/* What the bot makes of a message: mostly an answer. */
static size_t decide(history *h, lk_event *out) {
  uint32_t what = dice(h, 100);
  lk_event event = {.entry = an_entry(h),
                    .has_confidence = true,
                    .confidence = dice(h, 1000) / 1000.0,
                    .text = words(h, "kysymys numero ", dice(h, 9999))};
  event.type = what < 55   ? LK_EVENT_TURN_ANSWERED
               : what < 65 ? LK_EVENT_TURN_CLARIFIED
               : what < 75 ? LK_EVENT_TURN_FALLBACK
               : what < 82 ? LK_EVENT_TURN_CHAT
               : what < 90 ? LK_EVENT_FLOW_STARTED
               : what < 96 ? LK_EVENT_ACTION_PERFORMED
                           : LK_EVENT_ACTION_REFUSED;
  if (event.type == LK_EVENT_ACTION_PERFORMED || event.type == LK_EVENT_ACTION_REFUSED)
    event.action = words(h, "order.action", dice(h, 8));
  if (event.type == LK_EVENT_ACTION_REFUSED) event.reason = words(h, "reason-", dice(h, 12));
  *out = event;
  return 1;
}

static lk_case *a_case(history *h, bool attended) {
  lk_case handoff = {.reason = (lk_handoff_reason)dice(h, 4), .attended = attended, .subject = LK_LIT("haluan puhua ihmiselle")};
  return kept(h, &handoff, sizeof handoff);
}

static int64_t open_case(history *h, lk_view id) {
  lk_error err = {0};
  lk_conversation c;
  if (lk_store_conversation(h->store, id, h->arena, &c, &err)) give_up("a conversation is gone", &err);
  return c.open_case;
}

/* The desk's part; then the conversation's version is what the store says. */
static void take_over(history *h, const char *id, int64_t time, lk_lang lang) {
  lk_error err = {0};
  flush(h);
  int64_t found = open_case(h, lk_view_of(id));
  lk_view agent = words(h, "agent", dice(h, AGENTS));
  if (lk_desk_claim(h->desk, found, agent, time += 20 + dice(h, 600), NULL, NULL, &err)) give_up("no claim", &err);
  lk_conversation c;
  if (lk_store_conversation(h->store, lk_view_of(id), h->arena, &c, &err)) give_up("a conversation is gone", &err);
  for (uint32_t i = 0, replies = 1 + dice(h, 3); i < replies; i++) {
    lk_said said = {.author = LK_AUTHOR_AGENT, .text = LK_LIT("Hei! Katson asian."), .agent = agent};
    lk_event event = {.type = LK_EVENT_AGENT_REPLIED, .agent = agent, .has_number = true, .number = 60};
    write_turn(h, lk_arena_copy(h->arena, lk_view_of(id)), c.version++, time += 60, lang, &said, 1, &event, 1, NULL, false);
    h->agent++;
  }
  flush(h);
  if (lk_store_conversation(h->store, lk_view_of(id), h->arena, &c, &err)) give_up("a conversation is gone", &err);
  lk_case held;
  if (lk_store_case(h->store, found, h->arena, &held, &err)) give_up("no case", &err);
  if (lk_desk_close(h->desk, found, held.agent, words(h, "kind-", dice(h, 9)), time + 200, &err)) give_up("not closed", &err);
}

static void rate(history *h, const char *id, int64_t time) {
  lk_event event = {.type = dice(h, 2) ? LK_EVENT_RATED_CSAT : LK_EVENT_RATED_NPS, .has_number = true};
  event.number = event.type == LK_EVENT_RATED_CSAT ? 1 + dice(h, 5) : dice(h, 11);
  if (!dice(h, 4)) event.text = words(h, "kiitos, palvelu toimi ", dice(h, 99));
  h->writes[h->count++] = (lk_write){.kind = LK_WRITE_NOTES,
                                     .arena = h->arena,
                                     .conversation = lk_arena_copy(h->arena, lk_view_of(id)),
                                     .time = time,
                                     .events = kept(h, &event, sizeof event),
                                     .event_count = 1};
}

static void converse(history *h, int64_t time) {
  char id[32];
  lk_lang lang = dice(h, 10) < 8 ? LK_LANG_FI : dice(h, 2) ? LK_LANG_SV : LK_LANG_EN;
  uint32_t turns = 1 + dice(h, TURN_MOST), handed = dice(h, 100) < 10 ? turns : 0;
  if (h->count + TURN_MOST + 4 > BATCH) flush(h);
  (void)snprintf(id, sizeof id, "c%lld", h->conversations++);
  lk_view name = lk_arena_copy(h->arena, lk_view_of(id));
  lk_conversation c = {.id = name, .lang = lang, .channel = dice(h, 8) ? LK_LIT("web") : LK_LIT("rasa"), .started = time};
  h->writes[h->count++] = (lk_write){.kind = LK_WRITE_STARTS, .start = kept(h, &c, sizeof c)};
  for (uint32_t t = 1; t <= turns; t++) {
    lk_event events[4] = {{.type = LK_EVENT_MESSAGE_RECEIVED, .text = words(h, "kysymys numero ", dice(h, 9999))}};
    size_t count = 1 + decide(h, &events[1]);
    if (!dice(h, 6))
      events[count++] =
          (lk_event){.type = LK_EVENT_RATED_HELPFUL, .entry = an_entry(h), .has_number = true, .number = dice(h, 4) > 0};
    lk_said said[] = {{.author = LK_AUTHOR_CUSTOMER, .text = events[0].text},
                      {.author = LK_AUTHOR_BOT,
                       .text = LK_LIT("Toimitus maksaa 4,90 e noutopisteeseen ja 9,90 e kotiin."),
                       .entry = events[1].entry}};
    write_turn(h, name, t - 1, time += 20 + dice(h, 60), lang, said, 2, events, count,
               t == handed ? a_case(h, dice(h, 5) > 0) : NULL, false);
    h->customer++;
    h->bot++;
  }
  if (handed) h->cases++;
  if (handed && dice(h, 10)) {
    take_over(h, id, time, lang);
  } else if (handed) {
    lk_event event = {.type = LK_EVENT_CONVERSATION_ENDED, .reason = LK_LIT("customer")};
    write_turn(h, name, turns, time + 100 + dice(h, 900), lang, NULL, 0, &event, 1, NULL, true);
  }
  if (!dice(h, 8)) rate(h, id, time + 400);
}

/* More by day than by night, less at weekends. */
static int64_t some_moment(history *h, int64_t day) {
  static const uint32_t busy[24] = {2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 11, 11, 10, 10, 9, 9, 9, 9, 8, 7, 5, 3};
  uint32_t hour, minute = dice(h, 60);
  do hour = dice(h, 24);
  while (dice(h, 12) >= busy[hour]);
  return lk_local_moment(lk_date_of_days(day), (int)(hour * 60 + minute)) + dice(h, 60);
}

static int compare_moments(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* As many conversations a day as the messages still to come and the days left ask for. */
static void write_day(history *h, int64_t day, double messages) {
  double each = 2.0 * (1 + TURN_MOST) / 2 + .2;
  size_t count = (size_t)(messages / each * (lk_date_weekday(lk_date_of_days(day)) >= LK_SATURDAY ? .7 : 1.12));
  int64_t *moments = malloc((count + 1) * sizeof *moments);
  if (!moments) exit(1);
  for (size_t i = 0; i < count; i++) moments[i] = some_moment(h, day);
  qsort(moments, count, sizeof *moments, compare_moments);
  for (size_t i = 0; i < count; i++) converse(h, moments[i]);
  free(moments);
}

int main(int argc, char **argv) {
  static history h;
  lk_error err = {0};
  if (argc < 2) {
    (void)fprintf(stderr, "usage: bench_history FILE [MESSAGES [DAYS [LAST-DAY [SEED]]]]\n");
    return 2;
  }
  double messages = argc > 2 ? atof(argv[2]) : 1e6;
  long days = argc > 3 ? atol(argv[3]) : 365;
  lk_date last = lk_date_plus(lk_local_time_of((int64_t)time(NULL)).date, -1);
  if (argc > 4 && !lk_date_parse(lk_view_of(argv[4]), &last)) return 2;
  h.seed = argc > 5 ? strtoull(argv[5], NULL, 10) : 1;
  h.arena = lk_arena_new();
  h.store = lk_store_open(argv[1], &(lk_store_options){.cache_kb = 64000}, &err);
  h.desk = h.store ? lk_desk_new(h.store, NULL, NULL, &err) : NULL;
  if (!h.arena || !h.desk) give_up(argv[1], &err);
  for (long d = days; d-- > 0;)
    write_day(&h, lk_date_days(last) - d, (messages - (double)(h.customer + h.bot + h.agent)) / (double)(d + 1));
  flush(&h);
  printf("{\"messages\": %lld, \"customer\": %lld, \"bot\": %lld, \"agent\": %lld, \"conversations\": %lld, \"cases\": %lld}\n",
         h.customer + h.bot + h.agent, h.customer, h.bot, h.agent, h.conversations, h.cases);
  lk_desk_free(h.desk);
  lk_store_close(h.store);
  lk_arena_free(h.arena);
  return 0;
}
