/* Any bytes as editors' patterns, one a line, and behind a line of "--" as a customer's message: a pattern compiles or says why not, matches lie within the message,
 * and what the checker makes of a pattern is understood. */
#include "luukku/nlu.h"
#include "target.h"

typedef struct bench {
  lk_words *words;
  lk_vocabulary *vocabulary;
  lk_analyzer *analyzer;
  lk_arena *arena;
  lk_entity_options options;
} bench;

static const lk_view order_type = {"order-number", 12}, text_type = {"text", 4}, quantity_type = {"quantity", 8},
                     label = {"Tilaus 2", 8};
static const lk_slot slots[] = {
    {.name = {"order", 5}, .types = &order_type, .type_count = 1},
    {.name = {"text", 4}, .types = &text_type, .type_count = 1},
    {.name = {"n", 1}, .types = &quantity_type, .type_count = 1},
};
enum { SLOTS = sizeof slots / sizeof *slots, PATTERNS_MAX = 8 };

static lk_view split_off(lk_view *rest, const char *mark) {
  size_t length = strlen(mark);
  for (size_t i = 0; i + length <= rest->len; i++) {
    if (memcmp(rest->ptr + i, mark, length) != 0) continue;
    lk_view head = {rest->ptr, i};
    *rest = (lk_view){rest->ptr + i + length, rest->len - i - length};
    return head;
  }
  lk_view head = *rest;
  *rest = (lk_view){rest->ptr + rest->len, 0};
  return head;
}

static lk_patterns *compile(bench *b, lk_lang lang, lk_view text) {
  lk_patterns_builder *builder = lk_patterns_builder_new(b->words, b->analyzer, lang, NULL);
  LK_FUZZ_HOLDS(builder != NULL);
  for (int i = 0; text.len && i < PATTERNS_MAX; i++) {
    lk_error err = {.code = LK_OK};
    lk_pattern_source source = {split_off(&text, "\n"), "seed", i + 1, (uint32_t)i, slots, SLOTS};
    lk_code code = lk_patterns_builder_add(builder, &source, &err);
    LK_FUZZ_HOLDS(code == LK_OK || ((code == LK_ERR_INPUT || code == LK_ERR_LIMIT) && strchr(err.message, ';')));
  }
  lk_patterns *patterns = lk_patterns_builder_freeze(builder, NULL);
  LK_FUZZ_HOLDS(patterns != NULL);
  lk_patterns_builder_free(builder);
  return patterns;
}

static void check_entities(const lk_entities *entities, const lk_analysis *analysis, lk_view message) {
  for (size_t i = 0; i < entities->count; i++) {
    const lk_entity *e = &entities->items[i];
    LK_FUZZ_HOLDS(e->start < e->end && e->end <= message.len);
    LK_FUZZ_HOLDS(e->lead_word <= e->first_word && e->first_word < e->past_word && e->past_word <= analysis->count);
    LK_FUZZ_HOLDS(e->confidence > 0 && e->confidence <= 1 && e->text.ptr);
    LK_FUZZ_HOLDS(e->type != LK_ENTITY_DATE || (lk_date_valid(e->date) && lk_date_compare(e->date, e->date_end) <= 0));
  }
}

static void check_match(const lk_pattern_match *match, const lk_analysis *analysis) {
  LK_FUZZ_HOLDS(match->first_word <= match->past_word && match->past_word <= analysis->count && match->word_count > 0);
  for (size_t w = 0; w < match->word_count; w++) {
    LK_FUZZ_HOLDS(match->words[w].word >= match->first_word && match->words[w].word < match->past_word);
    LK_FUZZ_HOLDS(w == 0 || match->words[w].word > match->words[w - 1].word);
  }
  for (size_t c = 0; c < match->capture_count; c++) LK_FUZZ_HOLDS(match->captures[c].entity != NULL);
}

static void check_slots(bench *b, const lk_analysis *analysis, lk_view message, const lk_entities *entities,
                        const lk_pattern_match *match) {
  lk_slot_value values[SLOTS] = {{.filled = false}};
  lk_slots_fill(slots, values, SLOTS, entities, match, NULL);
  lk_slots_fill(slots, values, SLOTS, entities, NULL, NULL);
  for (size_t s = 0; s < SLOTS; s++) {
    lk_slot_answer answer;
    lk_entity value;
    lk_code code =
        lk_slot_interpret(b->words, &slots[s], analysis, message, entities, &b->options, b->arena, &answer, &value, NULL);
    LK_FUZZ_HOLDS(code == LK_OK && (answer != LK_ANSWER_VALUE || value.confidence > 0));
  }
}

static void check_message(bench *b, const lk_patterns *patterns, lk_lang lang, lk_view message) {
  lk_analysis analysis;
  lk_entities entities;
  lk_pattern_match *matches;
  size_t count;
  lk_arena_reset(b->arena);
  if (lk_analyze(b->analyzer, lang, message, LK_ANALYZE_REPAIR, b->arena, &analysis, NULL)) return;
  LK_FUZZ_HOLDS(lk_entities_find(b->words, &analysis, message, &b->options, b->arena, &entities, NULL) == LK_OK);
  check_entities(&entities, &analysis, message);
  LK_FUZZ_HOLDS(lk_patterns_match(patterns, &analysis, &entities, b->arena, &matches, &count, NULL) == LK_OK);
  for (size_t i = 0; i < count; i++) check_match(&matches[i], &analysis);
  check_slots(b, &analysis, message, &entities, count ? &matches[0] : NULL);
}

static void check_patterns(bench *b, const lk_patterns *patterns) {
  lk_findings *findings = lk_findings_new();
  LK_FUZZ_HOLDS(findings != NULL);
  for (uint32_t p = 0; p < lk_patterns_count(patterns); p++)
    LK_FUZZ_HOLDS(lk_pattern_check(patterns, p, b->words, b->analyzer, &b->options, findings, NULL) == LK_OK);
  lk_findings_free(findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  bench b = {.words = lk_words_new(NULL), .vocabulary = lk_vocabulary_new(NULL), .arena = lk_arena_new()};
  b.analyzer = lk_analyzer_new(b.vocabulary, NULL, NULL);
  b.options = (lk_entity_options){.today = {2026, 11, 22}, .choices = &label, .choice_count = 1};
  LK_FUZZ_HOLDS(b.words && b.vocabulary && b.arena && b.analyzer);
  lk_view message = {(const char *)bytes, size}, texts = split_off(&message, "\n--\n");
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    lk_patterns *patterns = compile(&b, (lk_lang)lang, texts);
    check_patterns(&b, patterns);
    check_message(&b, patterns, (lk_lang)lang, message);
    lk_patterns_free(patterns);
  }
  lk_arena_free(b.arena);
  lk_analyzer_free(b.analyzer);
  lk_vocabulary_free(b.vocabulary);
  lk_words_free(b.words);
  return 0;
}
