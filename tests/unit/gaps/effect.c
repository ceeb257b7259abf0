/* What a change to a KB does is measured, and a change that hurts is seen; what conversations speak for is suggested. */
#include "effect.h"

#include "log.h"
#include "suggestions.h"

#define HEAD "<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\"><category id=\"c\"><title>C</title></category>"
#define TIME_ "<article id=\"time\" category=\"c\"><question>Kauanko toimitus kestää?</question>"
#define COST_ "<article id=\"cost\" category=\"c\"><question>Paljonko postikulut ovat?</question>"
#define ANSWER "<answer><p>Selvä juttu.</p></answer></article>"

static lk_engine *engine_of(const char *text) {
  lk_error err = {0};
  lk_source source = {"kb.xml", lk_view_of(text)};
  lk_kb *kb = lk_kb_load_sources(&source, 1, NULL, &err);
  if (!kb) fail_msg("%s", err.message);
  lk_engine *engine = lk_engine_new(kb, NULL, &err);
  assert_non_null(engine);
  return engine;
}

enum { QUESTIONS = 3 };
static lk_gold golds[QUESTIONS];

static const lk_gold_set *questions(void) {
  static const char *const asked[QUESTIONS][2] = {
      {"mites ne rahtimaksut", "cost"}, {"toimitus kestää", "time"}, {"toimitus", "time"}};
  static lk_gold_set set = {.items = golds, .count = QUESTIONS};
  for (size_t i = 0; i < QUESTIONS; i++)
    golds[i] = (lk_gold){.id = LK_LIT("q"),
                         .text = lk_view_of(asked[i][0]),
                         .label = lk_view_of(asked[i][1]),
                         .kind = LK_GOLD_ENTRY,
                         .lang = LK_LANG_FI};
  return &set;
}

static const char before[] = HEAD TIME_ ANSWER COST_ ANSWER "</kb>";

/* Both changes are made to the article "cost". */
static void hear(void *self, const lk_turnabout *turnabout) {
  (void)self;
  if (turnabout->kind != LK_PROBE_QUESTION) return;
  assert_non_null(turnabout->entry);
  assert_view(turnabout->entry->id, "cost");
}

static lk_effect effect_of(const char *after) {
  lk_error err = {0};
  lk_effect effect;
  lk_engine *engine = engine_of(before), *changed = engine_of(after);
  lk_probes *probes = lk_probes_new(engine, questions(), NULL, 0, &err);
  assert_non_null(probes);
  assert_int_equal(lk_probes_measure(probes, changed, NULL, &effect, hear, NULL, &err), LK_OK);
  lk_probes_free(probes);
  lk_engine_free(changed);
  lk_engine_free(engine);
  return effect;
}

static void a_variant_that_helps_wins_its_question(void **state) {
  (void)state;
  lk_effect effect = effect_of(HEAD TIME_ ANSWER COST_ "<variant>rahtimaksut</variant>" ANSWER "</kb>");
  assert_int_equal(effect.of[LK_PROBE_QUESTION].asked, QUESTIONS);
  assert_int_equal(effect.of[LK_PROBE_QUESTION].before, 2);
  assert_int_equal(effect.of[LK_PROBE_QUESTION].after, 3);
  assert_int_equal(effect.of[LK_PROBE_QUESTION].won, 1);
  assert_int_equal(effect.of[LK_PROBE_PHRASING].asked, 2);
  assert_false(lk_effect_hurts(&effect));
}

static void a_variant_in_the_wrong_article_hurts_and_is_seen(void **state) {
  (void)state;
  lk_effect effect =
      effect_of(HEAD TIME_ ANSWER COST_ "<variant>toimitus kestää</variant><variant>toimitus</variant>" ANSWER "</kb>");
  assert_int_equal(effect.of[LK_PROBE_QUESTION].lost, 2);
  assert_true(lk_effect_hurts(&effect));
}

/* ---- Suggestions ---- */

static void is_answered_by_agent(log_book *log, const char *question, const char *reply, const char *entry) {
  begin_conversation(log);
  TURN(log, question, {.type = LK_EVENT_TURN_FALLBACK, SURE(.1)});
  TURN(log, "haluan ihmisen", {.type = LK_EVENT_HANDOFF_OPENED, .reason = LK_LIT("asked")});
  agent_writes(log, reply, entry);
}

static lk_suggestions suggest(log_book *log) {
  lk_evidence *evidence;
  size_t count, personal;
  lk_suggestions list;
  lk_suggestion_wish wish = {2, 50, 5};
  read_asked(log);
  assert_int_equal(lk_evidence_gather(log->worker, &log->asked, log->arena, &evidence, &count, &personal, &log->err), LK_OK);
  assert_int_equal(lk_suggestions_make(log->worker, &log->asked, evidence, count, &wish, log->arena, &list, &log->err), LK_OK);
  return list;
}

static void words_that_led_to_an_article_twice_become_a_variant(void **state) {
  log_book *log = *state;
  is_answered_by_agent(log, "mites ne fyrkat tulevat", "…", "refund-time");
  assert_int_equal(suggest(log).count, 0);
  is_answered_by_agent(log, "mites ne fyrkat tulevat", "…", "refund-time");
  lk_suggestions list = suggest(log);
  assert_int_equal(list.count, 1);
  assert_int_equal(list.items[0].kind, LK_SUGGEST_VARIANT);
  assert_string_equal(list.items[0].name, "v1");
  assert_int_equal(list.items[0].conversations, 2);
}

static void a_word_of_two_messages_becomes_a_synonym_of_the_articles_own(void **state) {
  log_book *log = *state;
  for (int i = 0; i < 2; i++) {
    is_answered_by_agent(log, "joko pätäkkä lähti", "…", "refund-time");
    is_answered_by_agent(log, "viipyykö pätäkkä kauankin", "…", "refund-time");
  }
  lk_suggestions list = suggest(log);
  const lk_suggestion *synonym = NULL;
  for (size_t i = 0; i < list.count; i++)
    if (list.items[i].kind == LK_SUGGEST_SYNONYM) synonym = &list.items[i];
  assert_non_null(synonym);
  assert_view(synonym->text, "pätäkkä");
  assert_view(synonym->entry->id, "refund-time");
}

static void what_nothing_answers_becomes_a_new_article_with_the_agents_words(void **state) {
  log_book *log = *state;
  for (int i = 0; i < 3; i++)
    is_answered_by_agent(log, "saako lahjakortin kirjekuoressa", "Kyllä, kirjekuoren saa kassalta veloituksetta.", "");
  lk_suggestions list = suggest(log);
  assert_int_equal(list.count, 1);
  assert_int_equal(list.items[0].kind, LK_SUGGEST_ARTICLE);
  assert_view(list.items[0].draft.question, "saako lahjakortin kirjekuoressa");
  assert_true(list.items[0].draft.answer_count > 0);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_log, close_log)
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_variant_that_helps_wins_its_question),
      cmocka_unit_test(a_variant_in_the_wrong_article_hurts_and_is_seen),
      TEST(words_that_led_to_an_article_twice_become_a_variant),
      TEST(a_word_of_two_messages_becomes_a_synonym_of_the_articles_own),
      TEST(what_nothing_answers_becomes_a_new_article_with_the_agents_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
