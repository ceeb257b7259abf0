#include "understood.h"

#include <stdlib.h>
#include <string.h>

int understood_set_up(void **state) {
  lk_error err = {0};
  understood *u = calloc(1, sizeof *u);
  assert_non_null(u);
  u->words = lk_words_new(&err);
  u->vocabulary = lk_vocabulary_new(&err);
  assert_non_null(u->words);
  assert_non_null(u->vocabulary);
  u->analyzer = lk_analyzer_new(u->vocabulary, NULL, &err);
  u->arena = lk_arena_new();
  assert_non_null(u->analyzer);
  u->options = (lk_entity_options){.order_number = LK_LIT("######"), .today = {2026, 11, 22}};
  *state = u;
  return 0;
}

int understood_tear_down(void **state) {
  understood *u = *state;
  lk_arena_free(u->arena);
  lk_analyzer_free(u->analyzer);
  lk_vocabulary_free(u->vocabulary);
  lk_words_free(u->words);
  free(u);
  return 0;
}

void understand(understood *u, lk_lang lang, const char *text) {
  lk_error err = {0};
  u->text = lk_view_of(text);
  assert_int_equal(lk_analyze(u->analyzer, lang, u->text, LK_ANALYZE_REPAIR, u->arena, &u->analysis, &err), LK_OK);
  assert_int_equal(lk_entities_find(u->words, &u->analysis, u->text, &u->options, u->arena, &u->entities, &err), LK_OK);
}

bool has(const understood *u, lk_entity_type type) { return lk_entities_best(&u->entities, type) != NULL; }

const lk_entity *only(const understood *u, lk_entity_type type) {
  const lk_entity *entity = lk_entities_best(&u->entities, type);
  if (!entity) fail_msg("no %s in \"%.*s\"", lk_entity_type_name(type), LK_FMT(u->text));
  return entity;
}

void assert_text(lk_view text, const char *expected) {
  if (text.len != strlen(expected) || memcmp(text.ptr, expected, text.len) != 0)
    fail_msg("\"%.*s\" instead of \"%s\"", LK_FMT(text), expected);
}
