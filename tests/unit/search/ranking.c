/* The ranking: its formula, its explanation, and that the best really are the best. */
#include "collection.h"

#include <math.h>

#include "search/index.h"
#include "search/sketch.h"

static lk_weights plain_weights(void) {
  lk_weights weights = lk_weights_entries;
  weights.score[LK_CLASS_GRAM][LK_FIELD_TITLE] = weights.score[LK_CLASS_GRAM][LK_FIELD_BODY] = 0;
  return weights;
}

static const char *const shop[][2] = {
    {"paketti toimitus", "paketti toimitus kotiin kotiin"},
    {"palautus", "palautus raha"},
    {"toimitus toimitus hinta", ""},
    {"raha", "toimitus"},
};
enum { SHOP = sizeof shop / sizeof *shop };

static lk_query query_of(lk_arena *arena, const lk_index *index, const char *text) {
  lk_analysis question = words_of(arena, text);
  lk_query query;
  assert_int_equal(lk_query_make(index, NULL, &question, arena, &query, NULL), LK_OK);
  return query;
}

/* Written anew from the formula in luukku/search.h. */
static double by_hand(const lk_weights *w, const char *term, size_t document) {
  size_t with = 0;
  double lengths[SHOP][2] = {{0}}, tf[2] = {0}, average[2] = {0}, score = 0;
  for (size_t d = 0; d < SHOP; d++) {
    bool has = false;
    for (int f = 0; f < 2; f++) {
      char copy[100];
      (void)snprintf(copy, sizeof copy, "%s", shop[d][f]);
      for (char *rest = NULL, *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        lengths[d][f]++;
        has = has || strcmp(word, term) == 0;
        tf[f] += d == document && strcmp(word, term) == 0;
      }
      average[f] += lengths[d][f] / SHOP;
    }
    with += has;
  }
  double idf = pow(log(1 + (SHOP - (double)with + .5) / ((double)with + .5)), (double)w->idf_power);
  for (int f = 0; f < 2; f++) {
    double norm = (double)w->k1 * (1 - (double)w->b[f] + (double)w->b[f] * lengths[document][f] / average[f]);
    score += (double)w->score[LK_CLASS_WORD][f] * idf * tf[f] * ((double)w->k1 + 1) / (tf[f] + norm);
  }
  return score;
}

static void scores_are_those_of_the_formula(void **state) {
  lk_arena *arena = *state;
  lk_weights weights = plain_weights();
  lk_index *index = index_of(arena, &weights, shop, SHOP);
  lk_searcher *searcher = lk_searcher_new(index, NULL);
  lk_query query = query_of(arena, index, "toimitus raha");
  lk_hit hits[SHOP];
  assert_int_equal(lk_search(searcher, &query, hits, SHOP), SHOP);
  for (size_t h = 0; h < SHOP; h++) {
    double wanted = by_hand(&weights, "toimitus", hits[h].document) + by_hand(&weights, "raha", hits[h].document);
    assert_true(fabs((double)hits[h].score - wanted) < 1e-5);
    assert_true(h == 0 || hits[h].score <= hits[h - 1].score);
  }
  lk_searcher_free(searcher);
  lk_index_free(index);
}

static void contributions_of_the_explanation_sum_to_the_score(void **state) {
  lk_arena *arena = *state;
  lk_index *index = index_of(arena, &lk_weights_entries, shop, SHOP);
  lk_searcher *searcher = lk_searcher_new(index, NULL);
  lk_query query = query_of(arena, index, "toimitus palautus kotiin");
  lk_hit hits[SHOP];
  size_t count = lk_search(searcher, &query, hits, SHOP);
  assert_true(count >= 3);
  for (size_t h = 0; h < count; h++) {
    lk_contribution *parts;
    size_t part_count;
    double sum = 0;
    assert_int_equal(lk_search_explain(index, &query, hits[h].document, arena, &parts, &part_count, NULL), LK_OK);
    for (size_t p = 0; p < part_count; p++) sum += (double)parts[p].score;
    assert_true(part_count > 0 && fabs(sum - (double)hits[h].score) < 1e-5);
  }
  lk_searcher_free(searcher);
  lk_index_free(index);
}

static lk_index *random_index(lk_arena *arena, uint64_t *seed, size_t documents, bool bodies, const lk_weights *weights) {
  lk_index_builder *builder = lk_index_builder_new(weights, NULL);
  for (size_t d = 0; d < documents; d++) {
    lk_analysis title = words_of(arena, random_text(arena, seed, 1 + next_random(seed) % 8, 300));
    assert_int_equal(lk_index_builder_document(builder, NULL), LK_OK);
    assert_int_equal(lk_index_builder_text(builder, LK_FIELD_TITLE, &title, NULL), LK_OK);
    if (!bodies) continue;
    lk_analysis body = words_of(arena, random_text(arena, seed, 1 + next_random(seed) % 30, 300));
    assert_int_equal(lk_index_builder_text(builder, LK_FIELD_BODY, &body, NULL), LK_OK);
  }
  lk_index *index = lk_index_builder_freeze(builder, NULL);
  lk_index_builder_free(builder);
  return index;
}

/* All documents, each scored by its explanation alone, sorted. */
static void the_best_are_what_sorting_all_gives(void **state) {
  lk_arena *arena = *state;
  uint64_t seed = 20261122;
  for (int round = 0; round < 24; round++) {
    lk_index *index = random_index(arena, &seed, 1 + next_random(&seed) % 300, round % 2, &lk_weights_entries);
    lk_searcher *searcher = lk_searcher_new(index, NULL);
    lk_query query = query_of(arena, index, random_text(arena, &seed, 1 + next_random(&seed) % 5, 300));
    size_t all = lk_index_documents(index);
    lk_hit *everything = LK_NEW_ARRAY(arena, lk_hit, all), *best = LK_NEW_ARRAY(arena, lk_hit, all);
    size_t found = lk_search(searcher, &query, everything, all);
    for (size_t h = 0; h < found; h++) {
      lk_contribution *parts;
      size_t count;
      double sum = 0;
      assert_int_equal(lk_search_explain(index, &query, everything[h].document, arena, &parts, &count, NULL), LK_OK);
      for (size_t p = 0; p < count; p++) sum += (double)parts[p].score;
      assert_true(fabs(sum - (double)everything[h].score) < 1e-4);
      bool after = h == 0 || everything[h].score < everything[h - 1].score ||
                   (everything[h].score <= everything[h - 1].score && everything[h].document > everything[h - 1].document);
      assert_true(after);
    }
    for (size_t limit = 0; limit <= found; limit += 1 + limit / 2) {
      assert_int_equal(lk_search(searcher, &query, best, limit), limit);
      assert_memory_equal(best, everything, limit * sizeof *best);
    }
    lk_searcher_free(searcher);
    lk_index_free(index);
    lk_arena_reset(arena);
  }
}

/* A question of words and of n-grams of the same collection's words. */
static lk_query query_with_grams(lk_arena *arena, const lk_index *index, const char *text) {
  lk_analysis question = words_of(arena, text);
  for (size_t w = 0; w < question.count; w++) {
    lk_word *word = &question.words[w];
    lk_term *terms = LK_NEW_ARRAY(arena, lk_term, word->form.len + 1);
    size_t count = 0;
    terms[count++] = word->terms[0];
    for (size_t i = 0; i + 4 <= word->form.len; i++) terms[count++] = (lk_term){{word->form.ptr + i, 4}, LK_TERM_GRAM, 1};
    if (w % 3 == 1) terms[0].kind = LK_TERM_PART, terms[0].weight = .7f;
    word->terms = terms;
    word->term_count = count;
  }
  lk_query query;
  assert_int_equal(lk_query_make(index, NULL, &question, arena, &query, NULL), LK_OK);
  return query;
}

/* Some thousand documents have terms that are in most of them, in a tenth, and in one: those that sketches stand for, and those that have postings. The scores
 * of the best are those of the explanations, and nothing that is better is missing. */
static void sketches_leave_nothing_out(void **state) {
  lk_arena *arena = *state;
  uint64_t seed = 4711;
  for (int round = 0; round < 6; round++) {
    lk_weights weights = round % 3 == 2 ? lk_weights_entries : lk_weights_documents;
    lk_index *index = random_index(arena, &seed, 500 + next_random(&seed) % 2500, round % 2, &weights);
    lk_searcher *searcher = lk_searcher_new(index, NULL);
    size_t all = lk_index_documents(index), dense = 0;
    for (int s = 0; s < LK_SPACE_COUNT; s++) dense += index->spaces[s].dense_terms;
    assert_true(dense > 10);
    lk_hit *everything = LK_NEW_ARRAY(arena, lk_hit, all), *best = LK_NEW_ARRAY(arena, lk_hit, all);
    for (int question = 0; question < 20; question++) {
      lk_query query = query_with_grams(arena, index, random_text(arena, &seed, 1 + next_random(&seed) % 9, 300));
      size_t found = lk_search(searcher, &query, everything, all);
      for (size_t h = 0; h < found; h += 1 + found / 50) {
        lk_contribution *parts;
        size_t count;
        double sum = 0;
        assert_int_equal(lk_search_explain(index, &query, everything[h].document, arena, &parts, &count, NULL), LK_OK);
        for (size_t p = 0; p < count; p++) sum += (double)parts[p].score;
        assert_true(fabs(sum - (double)everything[h].score) < 1e-5 * (1 + sum));
      }
      for (size_t limit = 1; limit <= found; limit += 1 + limit) {
        assert_int_equal(lk_search(searcher, &query, best, limit), limit);
        assert_memory_equal(best, everything, limit * sizeof *best);
      }
    }
    lk_searcher_free(searcher);
    lk_index_free(index);
    lk_arena_reset(arena);
  }
}

static void every_way_of_adding_sketches_gives_the_same(void **state) {
  (void)state;
  enum { LENGTH = 2 * LK_BLOCK };
  static uint8_t rows[LK_SKETCHES][LENGTH];
  static float from[LENGTH], wanted[LENGTH], to[LENGTH];
  static lk_sketches sketches = {.unit = .0123f};
  uint64_t seed = 5;
  for (size_t s = 0; s < LK_SKETCHES; s++)
    for (size_t d = 0; d < LENGTH; d++) rows[s][d] = (uint8_t)(s % 7 ? next_random(&seed) : UINT8_MAX);
  for (size_t d = 0; d < LENGTH; d++) from[d] = (float)(next_random(&seed) % 1000) / 64;
  for (size_t count = 0; count <= LK_SKETCHES; count = count * 2 + 1 < LK_SKETCHES ? count * 2 + 1 : count + 1) {
    sketches.count = count;
    for (size_t s = 0; s < count; s++) sketches.rows[s] = rows[s];
    for (size_t d = 0; d < LENGTH; d++) {
      unsigned sum = 0;
      for (size_t s = 0; s < count; s++) sum += rows[s][lk_sketch_place(d)];
      float gain = sketches.unit * (float)sum;
      wanted[d] = from[d] + gain;
    }
    lk_sketch_way *way;
    for (size_t number = 0; (way = lk_sketch_way_number(number)); number++) {
      for (size_t at = 0; at < LENGTH; at += LK_BLOCK) way(&sketches, at, from, to);
      assert_memory_equal(to, wanted, sizeof to);
    }
  }
}

/* Each distinct pair of frequencies is a code; beyond 254 they have no byte. */
static void a_frequency_that_has_no_byte_is_found_among_the_postings(void **state) {
  lk_arena *arena = *state;
  enum { DOCUMENTS = 600, KINDS = 300 };
  lk_weights weights = plain_weights();
  lk_index_builder *builder = lk_index_builder_new(&weights, NULL);
  for (uint32_t d = 0; d < DOCUMENTS; d++) {
    lk_analysis text = words_of(arena, "tuote");
    lk_term *term = LK_NEW(arena, lk_term);
    *term = (lk_term){lk_view_of("tuote"), LK_TERM_LEMMA, .01f * (float)(1 + d % KINDS)};
    text.words[0].terms = term;
    assert_int_equal(lk_index_builder_document(builder, NULL), LK_OK);
    assert_int_equal(lk_index_builder_text(builder, LK_FIELD_TITLE, &text, NULL), LK_OK);
  }
  lk_index *index = lk_index_builder_freeze(builder, NULL);
  lk_index_builder_free(builder);
  assert_int_equal(index->spaces[LK_SPACE_WORD].dense_terms, 1);
  assert_true(index->spaces[LK_SPACE_WORD].code_count == KINDS && index->spaces[LK_SPACE_WORD].first[1] > 50);
  for (uint32_t d = 0; d < DOCUMENTS; d++) {
    lk_posting posting;
    assert_true(lk_index_posting(index, LK_SPACE_WORD, 0, d, &posting));
    assert_true(fabsf(posting.tf[LK_FIELD_TITLE] - .01f * (float)(1 + d % KINDS)) < 1e-6f);
  }
  lk_searcher *searcher = lk_searcher_new(index, NULL);
  lk_query query = query_of(arena, index, "tuote");
  lk_hit hits[DOCUMENTS];
  assert_int_equal(lk_search(searcher, &query, hits, DOCUMENTS), DOCUMENTS);
  for (size_t h = 1; h < DOCUMENTS; h++) assert_true(hits[h].score <= hits[h - 1].score);
  lk_hit few[10];
  assert_int_equal(lk_search(searcher, &query, few, 10), 10);
  assert_memory_equal(few, hits, sizeof few);
  lk_searcher_free(searcher);
  lk_index_free(index);
}

static void a_term_in_every_document_and_an_unknown_one_are_both_fine(void **state) {
  lk_arena *arena = *state;
  static const char *const same[][2] = {{"sama", ""}, {"sama", ""}, {"sama", ""}};
  lk_index *index = index_of(arena, &lk_weights_entries, same, 3);
  lk_searcher *searcher = lk_searcher_new(index, NULL);
  lk_hit hits[3];
  lk_query query = query_of(arena, index, "sama");
  assert_int_equal(lk_search(searcher, &query, hits, 3), 3);
  assert_int_equal(hits[0].document, 0); /* equal scores in document order */
  assert_int_equal(hits[2].document, 2);
  query = query_of(arena, index, "xyz");
  assert_int_equal(lk_search(searcher, &query, hits, 3), 0);
  lk_searcher_free(searcher);
  lk_index_free(index);
}

static void a_misspelt_word_still_finds_its_document_by_its_grams(void **state) {
  lk_arena *arena = *state;
  lk_index *index = index_of(arena, &lk_weights_entries, shop, SHOP);
  lk_searcher *searcher = lk_searcher_new(index, NULL);
  lk_analysis question = words_of(arena, "palautux");
  static const char *const grams[] = {"^pal", "pala", "alau", "laut"};
  lk_term *terms = LK_NEW_ARRAY(arena, lk_term, 4);
  for (size_t i = 0; i < 4; i++) terms[i] = (lk_term){lk_view_of(grams[i]), LK_TERM_GRAM, 1};
  question.words[0].terms = terms;
  question.words[0].term_count = 4;
  lk_query query;
  lk_hit hits[SHOP];
  assert_int_equal(lk_query_make(index, NULL, &question, arena, &query, NULL), LK_OK);
  assert_int_equal(lk_search(searcher, &query, hits, SHOP), 1);
  assert_int_equal(hits[0].document, 1);
  lk_searcher_free(searcher);
  lk_index_free(index);
}

static float gram_weight(lk_arena *arena, const lk_index *index, const char *lemma) {
  lk_analysis question = words_of(arena, lemma);
  lk_term *terms = LK_NEW_ARRAY(arena, lk_term, 2);
  terms[0] = (lk_term){lk_view_of(lemma), LK_TERM_LEMMA, 1};
  terms[1] = (lk_term){LK_LIT("pala"), LK_TERM_GRAM, 1};
  question.words[0].terms = terms;
  question.words[0].term_count = 2;
  lk_query query;
  assert_int_equal(lk_query_make(index, NULL, &question, arena, &query, NULL), LK_OK);
  for (size_t t = 0; t < query.count; t++)
    if (query.terms[t].klass == LK_CLASS_GRAM) return query.terms[t].weight;
  fail_msg("no n-gram of %s", lemma);
  return 0;
}

static void the_grams_of_a_word_that_no_document_has_count_for_more(void **state) {
  lk_arena *arena = *state;
  lk_index *index = index_of(arena, &lk_weights_entries, shop, SHOP);
  assert_float_equal(gram_weight(arena, index, "palautus"), 1, 1e-6F);
  assert_float_equal(gram_weight(arena, index, "palautux"), 1.5F, 1e-6F);
  lk_index_free(index);
}

/* Entries and phrasings: the second builder counts the text that the first was given, by the same numbers. */
static void an_index_built_beside_another_answers_the_same_query(void **state) {
  lk_arena *arena = *state;
  lk_index_builder *first = lk_index_builder_new(&lk_weights_entries, NULL);
  lk_index_builder *second = lk_index_builder_beside(first, NULL);
  for (size_t d = 0; d < SHOP; d++) {
    lk_analysis text = words_of(arena, shop[d][0]);
    assert_int_equal(lk_index_builder_document(first, NULL), LK_OK);
    assert_int_equal(lk_index_builder_document(second, NULL), LK_OK);
    assert_int_equal(lk_index_builder_text(first, LK_FIELD_TITLE, &text, NULL), LK_OK);
    assert_int_equal(lk_index_builder_same(second, LK_FIELD_TITLE, first, NULL), LK_OK);
  }
  lk_index *one = lk_index_builder_freeze(first, NULL), *other = lk_index_builder_freeze(second, NULL);
  lk_index_builder_free(first);
  lk_index_builder_free(second);
  lk_query query = query_of(arena, one, "toimitus hinta");
  lk_searcher *of_one = lk_searcher_new(one, NULL), *of_other = lk_searcher_new(other, NULL);
  lk_hit a[SHOP] = {{0}}, b[SHOP] = {{0}};
  size_t count = lk_search(of_one, &query, a, SHOP);
  assert_true(count > 0);
  assert_int_equal(lk_search(of_other, &query, b, SHOP), count);
  assert_memory_equal(a, b, sizeof a);
  lk_searcher_free(of_one);
  lk_searcher_free(of_other);
  lk_index_free(one); /* the dictionary goes with the last of them */
  bool known;
  (void)lk_index_idf(other, lk_view_of("hinta"), &known);
  assert_true(known);
  lk_index_free(other);
}

static int open_arena(void **state) { return (*state = lk_arena_new()) ? 0 : -1; }
static int close_arena(void **state) { return lk_arena_free(*state), 0; }

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(scores_are_those_of_the_formula, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(contributions_of_the_explanation_sum_to_the_score, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(the_best_are_what_sorting_all_gives, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(sketches_leave_nothing_out, open_arena, close_arena),
      cmocka_unit_test(every_way_of_adding_sketches_gives_the_same),
      cmocka_unit_test_setup_teardown(a_frequency_that_has_no_byte_is_found_among_the_postings, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(a_term_in_every_document_and_an_unknown_one_are_both_fine, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(a_misspelt_word_still_finds_its_document_by_its_grams, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(the_grams_of_a_word_that_no_document_has_count_for_more, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(an_index_built_beside_another_answers_the_same_query, open_arena, close_arena),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
