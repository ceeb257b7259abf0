/* The ranking: its formula, its explanation, and that the best really are the best. */
#include "collection.h"

#include <math.h>

#include "search/index.h"
#include "search/sum.h"

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

/* Of the words of a question, every third is a part of another. */
static lk_query query_with_parts(lk_arena *arena, const lk_index *index, const char *text) {
  lk_analysis question = words_of(arena, text);
  for (size_t w = 1; w < question.count; w += 3) {
    lk_term *part = LK_NEW(arena, lk_term);
    *part = (lk_term){question.words[w].form, LK_TERM_PART, .7f};
    question.words[w].terms = part;
  }
  return query_from(arena, index, &question);
}

static lk_weights weights_of_round(int round) {
  lk_weights weights = round % 3 == 2 ? lk_weights_entries : lk_weights_documents;
  if (round % 4 == 3) weights.gram_most[LK_FIELD_TITLE] = 3;
  return weights;
}

/* Some thousand documents, so that there are several windows of them, have terms that are in most of them, in a tenth, and in one: those with bits and those
 * with gaps, once and more than once. Every document's score is that of its explanation, and a few best ones are the first of all. */
static void searching_for_a_few_leaves_none_of_them_out(void **state) {
  lk_arena *arena = *state;
  uint64_t seed = 4711;
  for (int round = 0; round < 8; round++) {
    lk_weights weights = weights_of_round(round);
    size_t documents = round == 1 ? 17000 : 500 + next_random(&seed) % 2500;
    lk_index *index = random_index(arena, &seed, documents, round % 2, &weights);
    const lk_rows *rows = &index->spaces[LK_SPACE_GRAM].rows;
    size_t with_bits = rows->line_count / lk_lines(index->documents);
    assert_true(with_bits > 10 && rows->count > with_bits + 10);
    assert_true(index->spaces[LK_SPACE_WORD].rows.line_count > 0);
    lk_searcher *searcher = lk_searcher_new(index, NULL);
    size_t all = lk_index_documents(index);
    lk_hit *everything = LK_NEW_ARRAY(arena, lk_hit, all), *best = LK_NEW_ARRAY(arena, lk_hit, all);
    for (int question = 0; question < 20; question++) {
      lk_query query = query_with_parts(arena, index, random_text(arena, &seed, 1 + next_random(&seed) % 9, 300));
      size_t found = lk_search(searcher, &query, everything, all), with_score = 0;
      for (uint32_t d = 0; d < all; d += 1 + (uint32_t)all / 300) with_score += explained_score(arena, index, &query, d) > 0;
      assert_true(with_score > 0);
      for (size_t h = 0; h < found; h += 1 + found / 50) {
        double sum = explained_score(arena, index, &query, everything[h].document);
        assert_true(fabs(sum - (double)everything[h].score) < 1e-5 * (1 + sum));
        assert_true(h == 0 || everything[h].score <= everything[h - 1].score);
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

/* The explanation walks through rows one by one: no document with a score is missing among all hits. */
static void every_document_with_a_score_is_found(void **state) {
  lk_arena *arena = *state;
  uint64_t seed = 99;
  lk_index *index = random_index(arena, &seed, 700, true, &lk_weights_documents);
  lk_searcher *searcher = lk_searcher_new(index, NULL);
  size_t all = lk_index_documents(index), with_score = 0;
  lk_hit *everything = LK_NEW_ARRAY(arena, lk_hit, all);
  lk_query query = query_of(arena, index, "sana250 sana3");
  for (uint32_t d = 0; d < all; d++) with_score += explained_score(arena, index, &query, d) > 0;
  assert_int_equal(lk_search(searcher, &query, everything, all), with_score);
  lk_searcher_free(searcher);
  lk_index_free(index);
}

static void an_ngram_counts_no_more_often_than_its_field_allows(void **state) {
  lk_arena *arena = *state;
  lk_weights weights = lk_weights_entries;
  static const char *const often[][2] = {{"aaaaaaaaaaaa", "aaaaaaaaaaaa"}, {"muu", "muu"}};
  for (int most = 1; most <= 3; most++) {
    uint32_t number;
    lk_posting posting;
    weights.gram_most[LK_FIELD_BODY] = (float)most;
    lk_index *index = index_of(arena, &weights, often, 2);
    assert_true(lk_index_term(index, LK_SPACE_GRAM, lk_view_of("aaa"), &number));
    assert_true(lk_index_posting(index, LK_SPACE_GRAM, number, 0, &posting));
    assert_float_equal(posting.tf[LK_FIELD_TITLE], 10, 1e-6F);
    assert_float_equal(posting.tf[LK_FIELD_BODY], (float)most, 1e-6F);
    lk_index_free(index);
  }
}

/* Weights from a bit to all of them, lines with everything and nothing set; every way against plain arithmetic. */
static void every_way_of_adding_up_gives_the_same(void **state) {
  (void)state;
  enum { ROWS = 150, LINES = 3 };
  static uint8_t bits[ROWS][(LINES + 2) * LK_LINE_BYTES];
  static const uint8_t *by_bit[LK_WEIGHT_BITS][ROWS + LK_SPARE_ROWS], *all[ROWS];
  static lk_line scratch[ROWS + 1];
  static uint16_t numbers[LK_LINE];
  static float factors[LK_LINE], scaled[LK_LINE], wanted_scaled[LK_LINE];
  uint64_t seed = 5;
  uint32_t weights[ROWS];
  for (size_t r = 0; r < ROWS; r++) {
    weights[r] = r % 5 ? next_random(&seed) % 256 : 255;
    for (size_t b = 0; b < sizeof bits[r]; b++) bits[r][b] = (uint8_t)(r % 7 ? next_random(&seed) : UINT8_MAX);
    all[r] = bits[r];
  }
  for (size_t i = 0; i < LK_LINE; i++) factors[i] = (float)(next_random(&seed) % 1000) / 999;
  for (size_t count = 0; count <= ROWS; count = count * 2 + 1 < ROWS ? count * 2 + 1 : count + 1) {
    lk_summands summands = {.all = all, .weights = weights, .all_count = count};
    uint64_t total = 0;
    for (int b = 0; b < LK_WEIGHT_BITS; b++) summands.rows[b] = by_bit[b];
    for (size_t r = 0; r < count; r++) total += weights[r];
    while (total >> summands.planes) summands.planes++;
    lk_sum_ways ways;
    for (size_t way = 0; (ways = lk_sum_ways_number(way)).sum; way++) {
      ways.split(&summands);
      for (size_t line = 0; line < LINES; line++) {
        lk_planes sum;
        ways.sum(&summands, line, scratch, sum);
        for (size_t i = 0; i < LK_LINE; i++) numbers[i] = 1000, scaled[i] = wanted_scaled[i] = (float)i;
        ways.number(sum, summands.planes, line % 2, numbers);
        ways.scale(numbers, line ? factors : NULL, .37f, scaled);
        for (uint32_t d = 0; d < LK_LINE; d++) {
          uint32_t wanted = line % 2 ? 1000 : 0;
          for (size_t r = 0; r < count; r++) wanted += weights[r] * lk_bit(bits[r] + line * LK_LINE_BYTES, d);
          assert_int_equal(numbers[d], (uint16_t)wanted);
        }
        for (size_t i = 0; i < LK_LINE; i++) {
          float gain = .37f * (line ? factors[i] : 1);
          gain *= (float)numbers[i];
          wanted_scaled[i] += gain;
          if (i % 64 == 63)
            for (size_t j = 0; j < 64; j++)
              assert_int_equal(ways.reach(scaled + i - 63, wanted_scaled[i - 5]) >> j & 1,
                               scaled[i - 63 + j] >= wanted_scaled[i - 5]);
        }
        assert_memory_equal(scaled, wanted_scaled, sizeof scaled);
        for (size_t group = 1; group <= 16; group *= 2) {
          float tops[LK_LINE];
          ways.tops(scaled, LK_LINE, group, tops);
          for (size_t i = 0; i < LK_LINE; i++) {
            float top = tops[i / 16 / group * 16 + i % 16];
            bool is_top = false;
            assert_true(top >= scaled[i]);
            for (size_t j = i / 16 / group * 16 * group + i % 16, n = 0; n < group; n++)
              is_top = is_top || scaled[j + n * 16] >= top;
            assert_true(is_top);
          }
        }
      }
    }
  }
}

/* Rows of all densities come back as they were put, one by one and by their cursors. */
static void rows_keep_their_documents(void **state) {
  (void)state;
  enum { DOCUMENTS = 150000, ROWS = 9 };
  static const uint32_t every[ROWS] = {1, 2, 17, 255, 256, 700, 65535, 65536, DOCUMENTS + 1};
  uint32_t counts[ROWS] = {0};
  lk_rows_draft draft;
  for (size_t r = 0; r < ROWS; r++)
    for (uint32_t d = 0; d < DOCUMENTS; d++) counts[r] += d % every[r] == every[r] / 2;
  assert_true(lk_rows_lay_out(&draft, counts, ROWS, DOCUMENTS, 16));
  for (uint32_t d = 0; d < DOCUMENTS; d++)
    for (uint32_t r = 0; r < ROWS; r++)
      if (d % every[r] == every[r] / 2) lk_rows_put(&draft, r, d);
  lk_rows_pack(&draft);
  for (size_t r = 0; r < ROWS; r++) {
    lk_row row = draft.rows.items[r];
    uint32_t found = 0, before;
    assert_int_equal(lk_row_has_bits(row), every[r] <= 16);
    if (lk_row_has_bits(row)) {
      for (uint32_t d = 0; d < DOCUMENTS; d++) {
        assert_int_equal(lk_bit(lk_row_bits(&draft.rows, row), d), d % every[r] == every[r] / 2);
        if (d % 4999 == 0) assert_int_equal(lk_row_find(&draft.rows, row, d, &before), d % every[r] == every[r] / 2);
      }
      continue;
    }
    for (lk_cursor c = lk_cursor_at(&draft.rows, row); c.document != UINT32_MAX; lk_cursor_next(&c), found++) {
      assert_int_equal(c.document, found * every[r] + every[r] / 2);
      if (found % 999) continue;
      assert_true(lk_row_find(&draft.rows, row, c.document, &before));
      assert_int_equal(before, found);
      assert_false(lk_row_find(&draft.rows, row, c.document + 1, NULL));
    }
    assert_int_equal(found, counts[r]);
  }
  lk_rows_draft_free(&draft);
}

/* The number of bits before a document's is its number among all of them, in the order in which they lie. */
static void bits_of_a_row_are_numbered(void **state) {
  (void)state;
  enum { LINES = 3 };
  uint8_t bits[LINES * LK_LINE_BYTES];
  uint64_t seed = 8;
  uint32_t number = 0;
  lk_row bit_row = {0, 0};
  lk_rows rows = {&bit_row, bits, NULL, 1, LINES, 0};
  for (size_t i = 0; i < sizeof bits; i++) bits[i] = (uint8_t)next_random(&seed);
  for (uint32_t line = 0; line < LINES; line++)
    for (uint32_t byte = 0; byte < LK_LINE_BYTES; byte++)
      for (uint32_t bit = 0; bit < 8; bit++) {
        uint32_t before, document = line * LK_LINE + bit * 64 + byte;
        bool there = bits[line * LK_LINE_BYTES + byte] >> bit & 1;
        assert_int_equal(lk_row_find(&rows, bit_row, document, &before), there);
        assert_int_equal(before, number);
        number += there;
      }
}

/* Each distinct pair of a word's frequencies is a code. */
static void the_frequencies_of_a_word_in_every_document_are_kept(void **state) {
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
  assert_int_equal(index->spaces[LK_SPACE_WORD].code_count, KINDS);
  assert_true(lk_row_has_bits(index->spaces[LK_SPACE_WORD].rows.items[0]));
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
  lk_query query = query_of(arena, index, "palautux");
  lk_hit hits[SHOP];
  assert_true(lk_search(searcher, &query, hits, SHOP) > 0);
  assert_int_equal(hits[0].document, 1);
  lk_searcher_free(searcher);
  lk_index_free(index);
}

static float gram_weight(lk_arena *arena, const lk_index *index, const char *word) {
  lk_query query = query_of(arena, index, word);
  for (size_t t = 0; t < query.count; t++)
    if (query.terms[t].klass == LK_CLASS_GRAM) return query.terms[t].weight;
  fail_msg("no n-gram of %s", word);
  return 0;
}

static void the_grams_of_a_word_that_no_document_has_count_for_more(void **state) {
  lk_arena *arena = *state;
  lk_index *index = index_of(arena, &lk_weights_entries, shop, SHOP);
  assert_float_equal(gram_weight(arena, index, "palautus"), 1, 1e-6F);
  assert_float_equal(gram_weight(arena, index, "palautux"), 1.5F, 1e-6F);
  lk_index_free(index);
}

/* What was remembered of a word is forgotten some day; nobody sees it. */
static void a_maker_that_has_met_many_words_makes_the_same_queries(void **state) {
  lk_arena *arena = *state;
  uint64_t seed = 3;
  lk_index *index = random_index(arena, &seed, 300, true, &lk_weights_documents);
  lk_query_maker *maker = lk_query_maker_new(index, NULL);
  lk_analysis question = words_of(arena, "sana1 sana20 sana299 palautus");
  lk_query wanted = query_from(arena, index, &question), query;
  lk_arena *passing = lk_arena_new();
  for (int round = 0; round < 300; round++) {
    char text[64 * 12];
    size_t length = 0;
    for (int w = 0; w < 64; w++)
      length += (size_t)snprintf(text + length, sizeof text - length, "%ssa%d", w ? " " : "", round * 64 + w);
    lk_analysis many = words_of(passing, text);
    assert_int_equal(lk_query_make(maker, NULL, &many, passing, &query, NULL), LK_OK);
    assert_int_equal(lk_query_make(maker, NULL, &question, passing, &query, NULL), LK_OK);
    assert_int_equal(query.count, wanted.count);
    for (size_t t = 0; t < query.count; t++) {
      assert_int_equal(query.terms[t].number, wanted.terms[t].number);
      assert_true(lk_view_eq(query.terms[t].text, wanted.terms[t].text));
    }
    lk_arena_reset(passing);
  }
  lk_arena_free(passing);
  lk_query_maker_free(maker);
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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(scores_are_those_of_the_formula, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(contributions_of_the_explanation_sum_to_the_score, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(the_best_are_what_sorting_all_gives, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(searching_for_a_few_leaves_none_of_them_out, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(every_document_with_a_score_is_found, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(an_ngram_counts_no_more_often_than_its_field_allows, open_arena, close_arena),
      cmocka_unit_test(every_way_of_adding_up_gives_the_same),
      cmocka_unit_test(rows_keep_their_documents),
      cmocka_unit_test(bits_of_a_row_are_numbered),
      cmocka_unit_test_setup_teardown(the_frequencies_of_a_word_in_every_document_are_kept, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(a_maker_that_has_met_many_words_makes_the_same_queries, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(a_term_in_every_document_and_an_unknown_one_are_both_fine, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(a_misspelt_word_still_finds_its_document_by_its_grams, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(the_grams_of_a_word_that_no_document_has_count_for_more, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(an_index_built_beside_another_answers_the_same_query, open_arena, close_arena),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
