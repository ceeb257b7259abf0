/* Any bytes as a log of conversations, a line each: what became of a message, then its text. Whatever comes is read, grouped and gathered; nothing that was masked is kept as evidence,
 * and no question is in two groups.
 *   a answered   c clarified   f not understood   t a choice taken   p a person asked for   m a message to the person
 *   r an agent's own words   i an agent inserts an article   u rated unhelpful   n another conversation */
#include <stdio.h>

#include "luukku/gaps.h"
#include "target.h"

enum { LINES_MOST = 40, NOON = 1794996000 };

static const char kb_text[] =
    "<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\"><category id=\"c\"><title>C</title></category>"
    "<article id=\"time\" category=\"c\"><question>Kauanko toimitus kestää?</question><answer><p>Kaksi arkipäivää "
    "noutopisteeseen.</p></answer></article>"
    "<article id=\"refund\" category=\"c\"><question>Milloin saan rahani takaisin?</question><answer><p>Hyvitys näkyy "
    "viikossa.</p></answer></article>"
    "</kb>";

typedef struct bench {
  lk_engine *engine;
  lk_worker *worker;
  lk_store *store;
  lk_arena *arena;
  int64_t now;
  unsigned conversations;
  char conversation[20];
} bench;

static void begin(bench *b) {
  (void)snprintf(b->conversation, sizeof b->conversation, "c%u", ++b->conversations);
  lk_conversation c = {.id = lk_view_of(b->conversation), .lang = LK_LANG_FI, .channel = LK_LIT("web"), .started = b->now};
  LK_FUZZ_HOLDS(lk_store_start(b->store, &c, NULL) == LK_OK);
}

static lk_event event_of(char kind, lk_view text) {
  lk_event e = {.entry = LK_LIT("time"), .has_confidence = true, .confidence = .5};
  switch (kind) {
    case 'a':
      e.type = LK_EVENT_TURN_ANSWERED;
      break;
    case 'c':
      e.type = LK_EVENT_TURN_CLARIFIED;
      break;
    case 't':
      e.type = LK_EVENT_TURN_CHOSEN;
      e.entry = LK_LIT("refund");
      break;
    case 'p':
      e.type = LK_EVENT_HANDOFF_OPENED;
      e.reason = LK_LIT("asked");
      break;
    case 'm':
      e.type = LK_EVENT_TURN_RELAYED;
      break;
    case 'r':
    case 'i':
      e.type = LK_EVENT_AGENT_REPLIED;
      e.entry = kind == 'i' ? LK_LIT("refund") : (lk_view){"", 0};
      break;
    case 'u':
      e.type = LK_EVENT_RATED_HELPFUL;
      e.has_number = true;
      break;
    default:
      e.type = LK_EVENT_TURN_FALLBACK;
  }
  e.text = text;
  return e;
}

static void write_line(bench *b, char kind, lk_view text) {
  lk_conversation c;
  lk_turn_result result;
  bool agent = kind == 'r' || kind == 'i';
  if (kind == 'n') {
    begin(b);
    return;
  }
  LK_FUZZ_HOLDS(lk_store_conversation(b->store, lk_view_of(b->conversation), b->arena, &c, NULL) == LK_OK);
  lk_event events[2] = {{.type = LK_EVENT_MESSAGE_RECEIVED, .text = text}, event_of(kind, text)};
  lk_said said = {.author = agent ? LK_AUTHOR_AGENT : LK_AUTHOR_CUSTOMER, .text = text};
  lk_turn_record record = {.conversation = c.id,
                           .version = c.version,
                           .time = b->now += 60,
                           .lang = LK_LANG_FI,
                           .state = {"", 0},
                           .messages = &said,
                           .message_count = 1,
                           .events = agent || kind == 'u' ? events + 1 : events,
                           .event_count = agent || kind == 'u' ? 1 : 2};
  LK_FUZZ_HOLDS(lk_store_turn(b->store, &record, b->arena, &result, NULL) == LK_OK);
}

static void check_groups(bench *b, const lk_asked_list *asked) {
  const lk_asked **all = LK_NEW_ARRAY(b->arena, const lk_asked *, asked->count + 1);
  lk_asked_group *groups;
  size_t count, members = 0;
  for (size_t i = 0; i < asked->count; i++) all[i] = &asked->items[i];
  LK_FUZZ_HOLDS(lk_asked_group_all(b->worker, all, asked->count, b->arena, &groups, &count, NULL) == LK_OK);
  for (size_t g = 0; g < count; g++) members += groups[g].count;
  LK_FUZZ_HOLDS(members <= asked->count);
  for (size_t g = 0; g < count; g++)
    LK_FUZZ_HOLDS(groups[g].count && groups[g].example_count && lk_asked_group_look(b->worker, &groups[g], NULL) == LK_OK);
}

static void check_evidence(bench *b, const lk_asked_list *asked) {
  static const char *const marks[] = {"[hetu]", "[kortti]", "[iban]", "[email]", "[puhelin]", "[osoite]"};
  lk_evidence *evidence;
  size_t count, personal;
  LK_FUZZ_HOLDS(lk_evidence_gather(b->worker, asked, b->arena, &evidence, &count, &personal, NULL) == LK_OK);
  for (size_t i = 0; i < count; i++) {
    LK_FUZZ_HOLDS(evidence[i].text.len && evidence[i].count);
    for (size_t m = 0; m < sizeof marks / sizeof *marks; m++)
      LK_FUZZ_HOLDS(!memmem(evidence[i].text.ptr, evidence[i].text.len, marks[m], strlen(marks[m])));
  }
}

static void read_back(bench *b) {
  lk_asked_list asked;
  lk_asked_filter filter = {.lang = LK_LANG_NONE, .doubt_below = .9};
  LK_FUZZ_HOLDS(lk_asked_read(b->store, &filter, b->arena, &asked, NULL) == LK_OK);
  check_groups(b, &asked);
  check_evidence(b, &asked);
}

static void open_bench(bench *b) {
  const lk_source source = {"kb.xml", {kb_text, sizeof kb_text - 1}};
  lk_kb *kb = lk_kb_load_sources(&source, 1, NULL, NULL);
  b->engine = kb ? lk_engine_new(kb, NULL, NULL) : NULL;
  b->worker = b->engine ? lk_worker_new(b->engine, NULL) : NULL;
  b->arena = lk_arena_new();
  LK_FUZZ_HOLDS(b->worker && b->arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static bench b;
  if (!b.engine) open_bench(&b);
  lk_arena_reset(b.arena);
  b.store = lk_store_open(":memory:", NULL, NULL);
  b.now = NOON;
  b.conversations = 0;
  LK_FUZZ_HOLDS(b.store);
  begin(&b);
  const char *at = (const char *)data, *end = at + size;
  for (int line = 0; line < LINES_MOST && at < end; line++) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    if (!stop) stop = end;
    if (stop > at && stop - at < 2000) write_line(&b, *at, (lk_view){at + 1, (size_t)(stop - at) - 1});
    at = stop + (stop < end);
  }
  read_back(&b);
  lk_store_close(b.store);
  return 0;
}
