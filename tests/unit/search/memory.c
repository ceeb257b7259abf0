/* Memory runs out at every single allocation of the index builder in turn: it says so, and leaks nothing. */
#include "collection.h"
#include "faults.h"

enum { DOCUMENTS = 12 };

static lk_code build(const lk_analysis *texts, lk_error *err) {
  lk_index_builder *entries = lk_index_builder_new(&lk_weights_entries, err);
  lk_index_builder *phrasings = entries ? lk_index_builder_beside(entries, err) : NULL;
  lk_code code = phrasings ? LK_OK : LK_ERR_MEMORY;
  for (size_t d = 0; !code && d < DOCUMENTS; d++) {
    code = lk_index_builder_document(entries, err);
    if (!code) code = lk_index_builder_document(phrasings, err);
    if (!code) code = lk_index_builder_text(entries, d % 2 ? LK_FIELD_BODY : LK_FIELD_TITLE, &texts[d], err);
    if (!code) code = lk_index_builder_same(phrasings, LK_FIELD_TITLE, entries, err);
  }
  lk_index *index = code ? NULL : lk_index_builder_freeze(entries, err);
  lk_index *other = index ? lk_index_builder_freeze(phrasings, err) : NULL;
  lk_searcher *searcher = other ? lk_searcher_new(other, err) : NULL;
  if (!searcher) code = LK_ERR_MEMORY;
  lk_searcher_free(searcher);
  lk_index_free(other);
  lk_index_free(index);
  lk_index_builder_free(phrasings);
  lk_index_builder_free(entries);
  return code;
}

static void a_failed_allocation_is_reported_and_nothing_leaks(void **state) {
  (void)state;
  lk_arena *arena = lk_arena_new();
  uint64_t seed = 7;
  lk_analysis texts[DOCUMENTS];
  for (size_t d = 0; d < DOCUMENTS; d++) texts[d] = words_of(arena, random_text(arena, &seed, 30, 200));
  long before = faults.live;
  assert_int_equal(build(texts, NULL), LK_OK);
  assert_int_equal(faults.live, before);
  long failures = 0;
  for (long at = 0;; at++) {
    lk_error err = {.code = LK_OK};
    faults.until = at;
    lk_code code = build(texts, &err);
    bool unharmed = faults.until >= 0; /* it needs no more than `at` allocations */
    faults.until = -1;
    assert_int_equal(faults.live, before);
    if (unharmed) {
      assert_int_equal(code, LK_OK);
      break;
    }
    assert_int_equal(code, LK_ERR_MEMORY);
    assert_int_equal(err.code, LK_ERR_MEMORY);
    failures++;
  }
  assert_true(failures > 30);
  lk_arena_free(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_failed_allocation_is_reported_and_nothing_leaks)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
