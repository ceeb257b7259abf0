/* What holds of every conversation, tried on thousands of random and adversarial ones. A failure prints its seed; LUUKKU_SEED=n plays that conversation alone, and
 * LUUKKU_CONVERSATIONS sets how many are tried. */
#include "fixture.h"

#include "dialogue/state.h"

enum { TURNS = 14, CONVERSATIONS = 400, SAID_MOST = 3000 };

/* ---- Chance ---- */

typedef struct chance {
  uint64_t state;
} chance;

/* splitmix64: any seed is a good one. */
static uint64_t draw(chance *c) {
  uint64_t z = c->state += UINT64_C(0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}
static size_t below(chance *c, size_t limit) { return limit ? (size_t)(draw(c) % limit) : 0; }
#define ONE_OF(c, list) (list)[below((c), sizeof(list) / sizeof *(list))]

/* ---- A customer ---- */

static const char *const wishes[] = {"tilaus " KNOWN_ORDER " tilanne",
                                     "peru tilaus " KNOWN_ORDER,
                                     "näytä tilauksen " KNOWN_ORDER " sisältö",
                                     "vaihda tilauksen " KNOWN_ORDER " osoite",
                                     "palautan tuotteen tilauksesta " KNOWN_ORDER,
                                     "tee reklamaatio tilauksesta " KNOWN_ORDER,
                                     "lähetä kuitti tilauksesta " KNOWN_ORDER,
                                     "tilaa uudelleen tilaus " KNOWN_ORDER,
                                     "näytä tilaushistoriani",
                                     "muuta tuotteen määrä tilauksella " KNOWN_ORDER,
                                     "lisää tilaukseen " KNOWN_ORDER " otsalamppu",
                                     "ilmoita kun otsalamppu on taas varastossa",
                                     "soittakaa minulle",
                                     "haluan kopion tiedoistani",
                                     "poistakaa kaikki tietoni",
                                     "cancel my order " KNOWN_ORDER,
                                     "where is my order " KNOWN_ORDER,
                                     "var är min beställning " KNOWN_ORDER,
                                     "avbeställ min order " KNOWN_ORDER,
                                     "vaihda koko tilauksessa " KNOWN_ORDER};
static const char *const answers[] = {KNOWN_ORDER,   "33100",
                                      "00100",       "maija@example.fi",
                                      "0401234567",  "kyllä",
                                      "ei",          "joo",
                                      "ja",          "nej",
                                      "yes",         "no",
                                      "1",           "2",
                                      "3",           "ensimmäinen",
                                      "kaikki",      "Mäkitie 3 A 5, 33100 Tampere",
                                      "kolme",       "XL",
                                      "eilen",       "väärä koko",
                                      "rikki",       "en tiedä",
                                      "eiku 100235", "jokin muu",
                                      "otsalamppu"};
static const char *const commands[] = {"peruuta", "takaisin", "aloita alusta", "apua",  "ihminen", "haluan puhua ihmiselle",
                                       "ohita",   "help",     "cancel",        "lopeta"};
static const char *const noise[] = {"",
                                    " ",
                                    "blorb",
                                    "xyzzy plugh",
                                    "asdf qwer zxcv",
                                    "🎉🎉",
                                    "?",
                                    "...",
                                    "'; DROP TABLE orders; --",
                                    "<b>x</b>",
                                    "\xff\xfe\x80",
                                    "\x01\x02",
                                    "{order}",
                                    "entry:delivery-time",
                                    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                    "vittu",
                                    "mitä sää tänään",
                                    "paska botti",
                                    "kiitos",
                                    "moi",
                                    "NULL",
                                    "100234100234",
                                    "1e309",
                                    "-1",
                                    "999999999999999999999"};
static const char *const payloads[] = {"yes",
                                       "no",
                                       "person",
                                       "retry",
                                       "other",
                                       "slot:1",
                                       "slot:2",
                                       "slot:all",
                                       "slot:9",
                                       "slot:regret",
                                       "entry:delivery-time",
                                       "entry:do-order-cancel",
                                       "entry:do-claim",
                                       "entry:zzz",
                                       "helped:yes",
                                       "helped:no",
                                       "entry:",
                                       "slot:"};

/* Some phrasing of the KB: customers do say what editors expect. */
static lk_view some_phrasing(chance *c, const shop *s) {
  size_t count;
  const lk_entry *entries = lk_kb_entries(lk_engine_kb(s->engine), LK_LANG_NONE, &count);
  const lk_entry *entry = &entries[below(c, count)];
  return entry->phrasings[below(c, entry->phrasing_count)].text;
}

/* What the customer does next, in `said`; true for a tap. Only what was seen and chance decide: the same in a shop with and without the order. */
static bool think(chance *c, const talk *t, char said[SAID_MOST]) {
  size_t kind = below(c, 100);
  const char *text = "";
  if (kind < 25) {
    lk_view phrasing = some_phrasing(c, t->shop);
    (void)snprintf(said, SAID_MOST, "%.*s", LK_FMT(phrasing));
    return false;
  }
  if (kind < 30) { /* a part of one, with a letter gone wrong */
    lk_view phrasing = some_phrasing(c, t->shop);
    size_t from = below(c, phrasing.len), length = below(c, phrasing.len - from) + 1;
    (void)snprintf(said, SAID_MOST, "%.*s", (int)length, phrasing.ptr + from);
    said[below(c, strlen(said) + 1)] = (char)('a' + below(c, 26));
    said[length] = '\0';
    return false;
  }
  if (kind < 34) {
    (void)memset(said, 'a', SAID_MOST - 1);
    said[SAID_MOST - 1 - below(c, 1500)] = '\0';
    return false;
  }
  if (kind < 48 && t->turn.choice_count) {
    lk_view payload = t->turn.choices[below(c, t->turn.choice_count)].payload;
    (void)snprintf(said, SAID_MOST, "%.*s", LK_FMT(payload));
    return true;
  }
  if (kind < 62)
    text = ONE_OF(c, wishes);
  else if (kind < 82)
    text = ONE_OF(c, answers);
  else if (kind < 87)
    text = ONE_OF(c, commands);
  else if (kind < 96)
    text = ONE_OF(c, noise);
  (void)snprintf(said, SAID_MOST, "%s", kind < 96 ? text : ONE_OF(c, payloads));
  return kind >= 96;
}

static void do_next(talk *t, const char *said, bool tapped) {
  lk_view text = {said, strlen(said)};
  take(t, text, tapped ? text : (lk_view){"", 0});
  if (t->turn.handoff) t->phase = LK_PHASE_WAITING;
}

/* Time goes by; sometimes the person gives the conversation back. */
static void pass_time(chance *c, talk *t) {
  t->now += (int64_t)below(c, 60);
  if (below(c, 25) == 0) t->now += 3600;
  if (t->phase == LK_PHASE_WAITING && below(c, 3) == 0) t->phase = LK_PHASE_BOT;
}

/* ---- Many conversations ---- */

typedef void watcher(talk *t, chance *c, void *context);

static void converse(shop *s, uint64_t seed, watcher *watch, void *context) {
  talk t;
  chance c = {seed};
  char said[SAID_MOST];
  begin(&t, s, false);
  for (int turn = 0; turn < TURNS; turn++) {
    bool tapped = think(&c, &t, said);
    pass_time(&c, &t);
    do_next(&t, said, tapped);
    watch(&t, &c, context);
  }
  end(&t);
}

static uint64_t running_seed; /* for the message of a failure */

static void for_many_conversations(void (*run)(shop *s, uint64_t seed, void *context), shop *s, void *context) {
  const char *one = getenv("LUUKKU_SEED"), *many = getenv("LUUKKU_CONVERSATIONS");
  uint64_t first = one ? strtoull(one, NULL, 10) : 1, count = one ? 1 : many ? strtoull(many, NULL, 10) : CONVERSATIONS;
  for (running_seed = first; running_seed < first + count; running_seed++) run(s, running_seed, context);
}

#define FAIL(...)                                                        \
  do {                                                                   \
    print_error("LUUKKU_SEED=%llu: ", (unsigned long long)running_seed); \
    fail_msg(__VA_ARGS__);                                               \
  } while (0)

/* A fork of the conversation: what would happen if … */
static void fork_talk(const talk *t, talk *out) {
  begin(out, t->shop, t->empty);
  out->now = t->now;
  out->phase = t->phase;
  out->turn.state = lk_arena_copy(arena_of(out), t->turn.state);
  assert_non_null(out->turn.state.ptr);
}

/* ---- Every text shown exists in the KB ---- */

static bool is_of_kb(const lk_kb *kb, const lk_reply *reply) {
  if (reply->entry) {
    for (size_t i = 0; i < reply->entry->answer_count; i++)
      if (reply->content == &reply->entry->answers[i]) return true;
    return false;
  }
  const lk_message *message = lk_kb_message(kb, reply->id, reply->lang);
  const lk_notice *notice = lk_kb_notice(kb, reply->id, reply->lang);
  return (message && reply->content == &message->text) || (notice && reply->content == &notice->text);
}

/* A label is an entry's question or a message; lines of an order only after proof, which nobody gives here. */
static bool label_is_of_kb(const lk_kb *kb, const lk_choice *choice, lk_lang lang) {
  if (choice->payload.len > 6 && memcmp(choice->payload.ptr, "entry:", 6) == 0) {
    const lk_entry *entry = lk_kb_entry(kb, (lk_view){choice->payload.ptr + 6, choice->payload.len - 6}, lang);
    return entry && lk_view_eq(entry->phrasings[0].text, choice->label);
  }
  size_t count;
  const lk_message *messages = lk_kb_messages(kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count; i++)
    if (lk_view_eq(messages[i].text.plain, choice->label)) return true;
  return false;
}

static void watch_texts(talk *t, chance *c, void *context) {
  (void)c, (void)context;
  const lk_kb *kb = lk_engine_kb(t->shop->engine);
  for (size_t i = 0; i < t->turn.reply_count; i++) {
    const lk_reply *reply = &t->turn.replies[i];
    lk_error err = {0};
    if (!is_of_kb(kb, reply)) FAIL("%.*s is no text of the KB", LK_FMT(reply->id));
    char *text = lk_reply_render(reply, LK_RENDER_HTML, &err);
    if (!text) FAIL("%.*s cannot be rendered: %s", LK_FMT(reply->id), err.message);
    free(text);
  }
  for (size_t i = 0; i < t->turn.choice_count; i++)
    if (!label_is_of_kb(kb, &t->turn.choices[i], t->turn.lang))
      FAIL("the choice \"%.*s\" is no text of the KB", LK_FMT(t->turn.choices[i].label));
}

static void run_texts(shop *s, uint64_t seed, void *context) { converse(s, seed, watch_texts, context); }

static void every_text_shown_exists_in_the_kb(void **state) { for_many_conversations(run_texts, *state, NULL); }

/* ---- The bot always answers, unless a person is on the way ---- */

static void watch_silence(talk *t, chance *c, void *context) {
  (void)c, (void)context;
  if (t->turn.act != LK_ACT_SILENT && !t->turn.reply_count) FAIL("act %s without a word", lk_act_name(t->turn.act));
  if (t->turn.act == LK_ACT_SILENT && t->phase == LK_PHASE_BOT) FAIL("silent though nobody else has the conversation");
}

static void run_silence(shop *s, uint64_t seed, void *context) { converse(s, seed, watch_silence, context); }

static void nobody_is_left_without_an_answer(void **state) { for_many_conversations(run_silence, *state, NULL); }

/* ---- No two fallbacks in a row are the same ---- */

typedef struct last_fallback {
  bool any;
  char shown[8192];
} last_fallback;

static void watch_fallbacks(talk *t, chance *c, void *context) {
  (void)c;
  last_fallback *last = context;
  bool now = notes(t, LK_EVENT_TURN_FALLBACK);
  lk_view text = shown(t);
  if (now && last->any && strcmp(last->shown, text.ptr) == 0) FAIL("twice in a row:\n%s", text.ptr);
  last->any = now;
  (void)snprintf(last->shown, sizeof last->shown, "%.*s", LK_FMT(text));
}

static void run_fallbacks(shop *s, uint64_t seed, void *context) {
  last_fallback last = {0};
  (void)context;
  converse(s, seed, watch_fallbacks, &last);
}

static void run_nonsense(shop *s, uint64_t seed, void *context) {
  last_fallback last = {0};
  talk t;
  chance c = {seed};
  (void)context;
  begin(&t, s, false);
  for (int turn = 0; turn < TURNS; turn++) {
    do_next(&t, ONE_OF(&c, noise), false);
    watch_fallbacks(&t, &c, &last);
    t.phase = LK_PHASE_BOT;
  }
  end(&t);
}

/* The same question over and over. */
static void run_repetition(shop *s, uint64_t seed, void *context) {
  last_fallback last = {0};
  talk t;
  chance c = {seed};
  char said[SAID_MOST];
  (void)context;
  (void)snprintf(said, sizeof said, "%.*s", LK_FMT(some_phrasing(&c, s)));
  begin(&t, s, false);
  for (int turn = 0; turn < 6; turn++) {
    do_next(&t, said, false);
    watch_fallbacks(&t, &c, &last);
    t.phase = LK_PHASE_BOT;
  }
  end(&t);
}

static void no_two_fallbacks_in_a_row_are_the_same(void **state) {
  for_many_conversations(run_fallbacks, *state, NULL);
  for_many_conversations(run_nonsense, *state, NULL);
  for_many_conversations(run_repetition, *state, NULL);
}

/* ---- A person is always reachable ---- */

static void watch_reach(talk *t, chance *c, void *context) {
  static const char *const words[] = {"haluan puhua ihmiselle", "ihminen", "jag vill prata med en människa",
                                      "I want to talk to a person"};
  (void)context;
  if (below(c, 3)) return;
  talk other;
  const char *word = ONE_OF(c, words);
  fork_talk(t, &other);
  say(&other, word);
  if (other.turn.act != LK_ACT_HANDOFF) say(&other, word);
  if (other.turn.act != LK_ACT_HANDOFF)
    FAIL("\"%s\" twice brings nobody but act %s: %.*s\nstate: %.*s", word, lk_act_name(other.turn.act), LK_FMT(shown(&other)),
         LK_FMT(t->turn.state));
  end(&other);
}

static void run_reach(shop *s, uint64_t seed, void *context) { converse(s, seed, watch_reach, context); }

static void a_person_is_reachable_in_two_turns_from_anywhere(void **state) { for_many_conversations(run_reach, *state, NULL); }

/* ---- Every flow ends ---- */

static bool in_flow(talk *t) {
  lk_state state;
  assert_int_equal(lk_state_read(t->turn.state, arena_of(t), &state, NULL), LK_OK);
  return state.intent.len > 0;
}

static void watch_endings(talk *t, chance *c, void *context) {
  static const char *const stubborn[] = {"blorb", "33100", "peruuta", "maija@example.fi", "1", "kyllä", "ei", "?"};
  (void)context;
  if (!in_flow(t) || below(c, 2)) return;
  talk other;
  const char *word = ONE_OF(c, stubborn);
  fork_talk(t, &other);
  for (int i = 0; i < 20 && in_flow(&other); i++) say(&other, word);
  if (in_flow(&other)) FAIL("\"%s\" twenty times, and still: %.*s", word, LK_FMT(other.turn.state));
  end(&other);
  fork_talk(t, &other);
  other.now += 86400;
  say(&other, "33100");
  if (in_flow(&other)) FAIL("a day's silence does not end it: %.*s", LK_FMT(other.turn.state));
  end(&other);
}

static void run_endings(shop *s, uint64_t seed, void *context) { converse(s, seed, watch_endings, context); }

static void every_flow_ends(void **state) { for_many_conversations(run_endings, *state, NULL); }

/* ---- Nothing of an order without proof ---- */

/* Two shops, one of which has the order: who proves nothing sees the same in both, to the letter. */
static void run_twins(shop *s, uint64_t seed, void *context) {
  talk with, without;
  chance c = {seed};
  char said[SAID_MOST];
  (void)context;
  begin(&with, s, false);
  begin(&without, s, true);
  for (int turn = 0; turn < TURNS; turn++) {
    bool tapped = think(&c, &with, said);
    chance time = {draw(&c)}, same_time = time;
    pass_time(&time, &with);
    pass_time(&same_time, &without);
    do_next(&with, said, tapped);
    do_next(&without, said, tapped);
    lk_view seen = shown(&with);
    if (strstr(seen.ptr, "SECRET")) FAIL("shown without proof: %s", seen.ptr);
    if (strcmp(seen.ptr, shown(&without).ptr) != 0)
      FAIL("\"%s\" tells whether there is an order:\n%s\nbut without it:\n%s", said, seen.ptr, shown(&without).ptr);
  }
  end(&with);
  end(&without);
}

static void without_proof_nothing_tells_whether_an_order_exists(void **state) { for_many_conversations(run_twins, *state, NULL); }

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_text_shown_exists_in_the_kb),
      cmocka_unit_test(nobody_is_left_without_an_answer),
      cmocka_unit_test(no_two_fallbacks_in_a_row_are_the_same),
      cmocka_unit_test(a_person_is_reachable_in_two_turns_from_anywhere),
      cmocka_unit_test(every_flow_ends),
      cmocka_unit_test(without_proof_nothing_tells_whether_an_order_exists),
  };
  return cmocka_run_group_tests_name("dialogue_properties", tests, open_shop, close_shop);
}
