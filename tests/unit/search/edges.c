/* Searches at the ends of what there is: nothing, one, very many. */
#include "collection.h"

#include <math.h>

#include "search/index.h"

typedef struct found {
  lk_hit *hits;
  size_t count;
} found;

/* Searches for all and for few, which are the first of all; and every document that the explanation gives a score is there with it. */
static found search_all(lk_arena *arena, const lk_index *index, const lk_query *query) {
  size_t all = lk_index_documents(index), with_score = 0;
  lk_searcher *searcher = lk_searcher_new(index, NULL);
  found f = {.hits = LK_NEW_ARRAY(arena, lk_hit, all + 1)};
  lk_hit *few = LK_NEW_ARRAY(arena, lk_hit, all + 1);
  f.count = lk_search(searcher, query, f.hits, all);
  for (size_t limit = 1; limit <= f.count; limit += limit + 1) {
    assert_int_equal(lk_search(searcher, query, few, limit), limit);
    assert_memory_equal(few, f.hits, limit * sizeof *few);
  }
  for (uint32_t d = 0; all <= 1000 && d < all; d++) with_score += explained_score(arena, index, query, d) > 0;
  if (all <= 1000) assert_int_equal(f.count, with_score);
  for (size_t h = 0; h < f.count; h += 1 + f.count / 100) {
    double score = explained_score(arena, index, query, f.hits[h].document);
    assert_true(fabs(score - (double)f.hits[h].score) < 1e-4 * (1 + score));
    assert_true(h == 0 || f.hits[h].score <= f.hits[h - 1].score);
  }
  lk_searcher_free(searcher);
  return f;
}

/* The terms of one class alone. */
static lk_query only(lk_arena *arena, const lk_query *query, lk_term_class klass) {
  lk_query out = {.terms = LK_NEW_ARRAY(arena, lk_query_term, query->count + 1), .dictionary = query->dictionary};
  for (size_t t = 0; t < query->count; t++)
    if (query->terms[t].klass == klass) out.terms[out.count++] = query->terms[t];
  return out;
}

/* Each query again as one of expansions: what the lexicon gives. */
static void turn_into_expansions(lk_query *query) {
  for (size_t t = 0; t < query->count; t++) query->terms[t].klass = LK_CLASS_EXPANSION, query->terms[t].kind = LK_TERM_EXPANSION;
}

static void as_many_are_found_as_are_wanted_and_there(void **state) {
  enum { WANTED = 100 };
  static const char *const shop[][2] = {{"raha", "raha takaisin"}, {"raha", ""}, {"toimitus", "raha"}, {"muu", "muu"}};
  lk_arena *arena = *state;
  lk_index *index = index_of(arena, &lk_weights_entries, shop, 4);
  lk_searcher *searcher = lk_searcher_new(index, NULL);
  lk_query query = query_of(arena, index, "raha");
  lk_hit hits[WANTED];
  hits[0].document = 77;
  assert_int_equal(lk_search(searcher, &query, hits, 0), 0);
  assert_int_equal(hits[0].document, 77);
  assert_int_equal(lk_search(searcher, &query, hits, 1), 1);
  uint32_t best = hits[0].document;
  assert_int_equal(lk_search(searcher, &query, hits, WANTED), 3);
  assert_int_equal(hits[0].document, best);
  assert_int_equal(lk_search(searcher, &query, hits, SIZE_MAX), 3);
  lk_searcher_free(searcher);
  lk_index_free(index);
}

static void an_index_of_nothing_finds_nothing(void **state) {
  lk_arena *arena = *state;
  lk_index *index = index_of(arena, &lk_weights_entries, NULL, 0);
  lk_query query = query_of(arena, index, "raha takaisin");
  assert_int_equal(search_all(arena, index, &query).count, 0);
  assert_true(explained_score(arena, index, &query, 0) <= 0);
  lk_index_free(index);
}

static void the_only_document_is_found_by_its_words_alone(void **state) {
  static const char *const one[][2] = {{"raha takaisin", ""}}, *const nothing[][2] = {{"", ""}};
  lk_arena *arena = *state;
  lk_index *index = index_of(arena, &lk_weights_entries, one, 1), *empty = index_of(arena, &lk_weights_entries, nothing, 1);
  lk_query has = query_of(arena, index, "raha"), has_not = query_of(arena, index, "xyz"), none = query_of(arena, index, "");
  assert_int_equal(search_all(arena, index, &has).count, 1);
  assert_int_equal(search_all(arena, index, &has_not).count, 0);
  assert_int_equal(search_all(arena, index, &none).count, 0);
  assert_int_equal(search_all(arena, empty, &has).count, 0);
  lk_index_free(index);
  lk_index_free(empty);
}

static void each_class_of_terms_is_found_alone(void **state) {
  lk_arena *arena = *state;
  uint64_t seed = 12;
  lk_weights weights = lk_weights_entries;
  weights.score[LK_CLASS_EXPANSION][LK_FIELD_TITLE] = 3; /* far more than as a word of the question */
  lk_index *index = random_index(arena, &seed, 900, true, &weights);
  const lk_rows *rows = &index->spaces[LK_SPACE_WORD].rows;
  uint32_t number, rare = 299;
  char text[40];
  for (bool there = false; !there; rare--) {
    (void)snprintf(text, sizeof text, "sana0 sana1 sana%u", rare);
    there = lk_index_term(index, LK_SPACE_WORD, lk_view_of(text + strlen("sana0 sana1 ")), &number);
  }
  lk_query query = query_of(arena, index, text);
  lk_query words = only(arena, &query, LK_CLASS_WORD), grams = only(arena, &query, LK_CLASS_GRAM);
  assert_true(lk_row_has_bits(rows->items[words.terms[0].number]) && !lk_row_has_bits(rows->items[number]));
  size_t by_words = search_all(arena, index, &words).count;
  assert_true(by_words > 30 && search_all(arena, index, &grams).count > by_words);
  turn_into_expansions(&words);
  assert_int_equal(search_all(arena, index, &words).count, by_words);
  lk_index_free(index);
}

static void what_weighs_nothing_finds_nothing(void **state) {
  lk_arena *arena = *state;
  uint64_t seed = 13;
  lk_weights weights = lk_weights_documents;
  lk_index *index = random_index(arena, &seed, 600, true, &weights);
  lk_query query = query_of(arena, index, "sana0 sana290");
  size_t all = search_all(arena, index, &query).count;
  for (size_t t = 0; t < query.count; t++) query.terms[t].weight = 0;
  assert_int_equal(search_all(arena, index, &query).count, 0);
  query.terms[0].weight = 1; /* sana0: the others do not keep it from being found */
  size_t one = search_all(arena, index, &query).count;
  assert_true(one > 0 && one < all);
  memset(index->weights.score, 0, sizeof index->weights.score);
  assert_int_equal(search_all(arena, index, &query).count, 0);
  lk_index_free(index);
}

/* What an earlier question found of a common word does not stay behind. */
static void a_common_word_that_weighs_nothing_adds_nothing(void **state) {
  lk_arena *arena = *state;
  uint64_t seed = 16;
  lk_index *index = random_index(arena, &seed, 900, true, &lk_weights_entries);
  lk_query query = query_of(arena, index, "sana0 sana1");
  lk_searcher *used = lk_searcher_new(index, NULL), *fresh = lk_searcher_new(index, NULL);
  lk_hit hits[20], wanted[20];
  assert_int_equal(lk_search(used, &query, hits, 20), 20);
  for (size_t t = 0; t < query.count; t++)
    if (query.terms[t].klass == LK_CLASS_WORD) query.terms[t].weight = 0;
  assert_int_equal(lk_search(used, &query, hits, 20), 20);
  assert_int_equal(lk_search(fresh, &query, wanted, 20), 20);
  assert_memory_equal(hits, wanted, sizeof hits);
  lk_searcher_free(used);
  lk_searcher_free(fresh);
  lk_index_free(index);
}

/* `often` in the last tenth, which is a window of its own, `seldom` in the first document and in the last. */
static lk_index *long_index(lk_arena *arena, uint32_t documents) {
  lk_index_builder *builder = lk_index_builder_new(&lk_weights_documents, NULL);
  lk_analysis other = words_of(arena, "muu"), often = words_of(arena, "kotiin kotiin"), seldom = words_of(arena, "palautus");
  for (uint32_t d = 0; d < documents; d++) {
    assert_int_equal(lk_index_builder_document(builder, NULL), LK_OK);
    const lk_analysis *text = d >= documents - documents / 10 ? &often : &other;
    assert_int_equal(lk_index_builder_text(builder, LK_FIELD_BODY, text, NULL), LK_OK);
    if (d % (documents - 1) == 0) assert_int_equal(lk_index_builder_text(builder, LK_FIELD_TITLE, &seldom, NULL), LK_OK);
  }
  lk_index *index = lk_index_builder_freeze(builder, NULL);
  lk_index_builder_free(builder);
  return index;
}

static void documents_of_the_last_window_are_found_by_bits_and_by_gaps(void **state) {
  enum { DOCUMENTS = 20500 };
  lk_arena *arena = *state;
  lk_index *index = long_index(arena, DOCUMENTS);
  lk_query often = query_of(arena, index, "kotiin"), seldom = query_of(arena, index, "palautus");
  assert_true(lk_row_has_bits(index->spaces[LK_SPACE_WORD].rows.items[often.terms[0].number]));
  assert_false(lk_row_has_bits(index->spaces[LK_SPACE_WORD].rows.items[seldom.terms[0].number]));
  found f = search_all(arena, index, &often);
  assert_int_equal(f.count, DOCUMENTS / 10);
  for (uint32_t h = 0; h + 1 < f.count; h++) assert_int_equal(f.hits[h].document, DOCUMENTS - DOCUMENTS / 10 + h);
  for (int klass = LK_CLASS_WORD; klass <= LK_CLASS_GRAM; klass++) {
    lk_query some = only(arena, &seldom, (lk_term_class)klass);
    f = search_all(arena, index, &some);
    assert_int_equal(f.count, 2);
    assert_int_equal(f.hits[0].document + f.hits[1].document, DOCUMENTS - 1);
  }
  lk_index_free(index);
}

/* So many terms that a step of weight is worth more than a 254th of the largest; and one document has them all. */
static void a_question_of_thousands_of_words_is_scored_as_it_is_explained(void **state) {
  enum { WORDS = 3000, DOCUMENTS = 700 };
  lk_arena *arena = *state;
  uint64_t seed = 14;
  lk_index_builder *builder = lk_index_builder_new(&lk_weights_documents, NULL);
  for (int d = 0; d < DOCUMENTS; d++) {
    lk_analysis text = words_of(arena, random_text(arena, &seed, 300, WORDS));
    assert_int_equal(lk_index_builder_document(builder, NULL), LK_OK);
    assert_int_equal(lk_index_builder_text(builder, LK_FIELD_BODY, &text, NULL), LK_OK);
  }
  char *text = lk_arena_alloc(arena, WORDS * 12), *end = text;
  for (int w = 0; w < WORDS; w++) end += snprintf(end, 12, "%ssana%d", w ? " " : "", w);
  lk_analysis everything = words_of(arena, text);
  assert_int_equal(lk_index_builder_document(builder, NULL), LK_OK);
  assert_int_equal(lk_index_builder_text(builder, LK_FIELD_BODY, &everything, NULL), LK_OK);
  lk_index *index = lk_index_builder_freeze(builder, NULL);
  lk_index_builder_free(builder);
  lk_query query = query_of(arena, index, text);
  lk_query words = only(arena, &query, LK_CLASS_WORD), grams = only(arena, &query, LK_CLASS_GRAM);
  assert_true(grams.count > 1000 && words.count == WORDS);
  assert_int_equal(search_all(arena, index, &query).count, DOCUMENTS + 1);
  assert_int_equal(search_all(arena, index, &words).count, DOCUMENTS + 1);
  assert_int_equal(search_all(arena, index, &grams).count, DOCUMENTS + 1);
  lk_index_free(index);
}

/* It is no query that a maker makes: a word counts no more often than there are rows of words, for which there is room, and a searcher is as good as before. */
static void a_query_that_names_its_terms_again_and_again_does_no_harm(void **state) {
  enum { TIMES = 500 };
  lk_arena *arena = *state;
  uint64_t seed = 15;
  lk_index *index = random_index(arena, &seed, 900, true, &lk_weights_entries);
  lk_query query = query_of(arena, index, "sana0 sana140");
  assert_true(query.terms[query.count - 1].number != UINT32_MAX);
  lk_query again = {.terms = LK_NEW_ARRAY(arena, lk_query_term, query.count * TIMES), .dictionary = query.dictionary};
  for (size_t i = 0; i < TIMES; i++)
    for (size_t t = 0; t < query.count; t++) again.terms[again.count++] = query.terms[(t + i) % query.count];
  lk_searcher *searcher = lk_searcher_new(index, NULL);
  lk_hit before[10], hits[10];
  assert_int_equal(lk_search(searcher, &query, before, 10), 10);
  assert_true(lk_search(searcher, &again, hits, 10) > 0);
  for (size_t which = 0; which < query.count; which++) {
    for (size_t t = 0; t < again.count; t++) again.terms[t] = query.terms[which];
    lk_query once = {.terms = &query.terms[which], .count = 1, .dictionary = query.dictionary};
    lk_hit one = {0}, most = {0};
    assert_int_equal(lk_search(searcher, &once, &one, 1), lk_search(searcher, &again, &most, 1));
    assert_true(one.score > 0);
    if (query.terms[which].klass == LK_CLASS_WORD)
      assert_true(most.score <= one.score * (float)index->spaces[LK_SPACE_WORD].rows.count * 1.001F);
    assert_int_equal(lk_search(searcher, &query, hits, 10), 10);
    assert_memory_equal(hits, before, sizeof hits);
  }
  lk_searcher_free(searcher);
  lk_index_free(index);
}

/* The dictionary grew after the second was frozen; and a query's numbers may be guesses, or none. */
static void terms_that_an_index_lacks_are_passed_over(void **state) {
  lk_arena *arena = *state;
  lk_index_builder *first = lk_index_builder_new(&lk_weights_entries, NULL);
  lk_index_builder *second = lk_index_builder_beside(first, NULL);
  lk_analysis early = words_of(arena, "raha takaisin"), late = words_of(arena, "raha toimitus");
  assert_int_equal(lk_index_builder_document(second, NULL), LK_OK);
  assert_int_equal(lk_index_builder_text(second, LK_FIELD_TITLE, &early, NULL), LK_OK);
  lk_index *other = lk_index_builder_freeze(second, NULL);
  for (int d = 0; d < 2; d++) {
    assert_int_equal(lk_index_builder_document(first, NULL), LK_OK);
    assert_int_equal(lk_index_builder_text(first, LK_FIELD_TITLE, &late, NULL), LK_OK);
  }
  lk_index *one = lk_index_builder_freeze(first, NULL);
  assert_true(other->spaces[LK_SPACE_WORD].term_count < one->spaces[LK_SPACE_WORD].term_count);
  lk_query known = query_of(arena, one, "raha toimitus"), unknown = query_of(arena, one, "toimitus");
  assert_int_equal(search_all(arena, one, &unknown).count, 2);
  assert_int_equal(search_all(arena, other, &unknown).count, 0);
  assert_int_equal(search_all(arena, other, &known).count, 1);
  float score = search_all(arena, one, &known).hits[0].score;
  known.dictionary = NULL;
  for (size_t t = 0; t < known.count; t++) known.terms[t].number = t % 2 ? UINT32_MAX : known.terms[t].number ^ 1;
  assert_float_equal(search_all(arena, one, &known).hits[0].score, score, 1e-6F);
  lk_index_free(one);
  lk_index_free(other);
  lk_index_builder_free(first);
  lk_index_builder_free(second);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(as_many_are_found_as_are_wanted_and_there, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(an_index_of_nothing_finds_nothing, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(the_only_document_is_found_by_its_words_alone, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(each_class_of_terms_is_found_alone, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(what_weighs_nothing_finds_nothing, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(a_common_word_that_weighs_nothing_adds_nothing, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(documents_of_the_last_window_are_found_by_bits_and_by_gaps, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(a_question_of_thousands_of_words_is_scored_as_it_is_explained, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(a_query_that_names_its_terms_again_and_again_does_no_harm, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(terms_that_an_index_lacks_are_passed_over, open_arena, close_arena),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
