/* Indexes as images, changed in one place each: refused, or searched without harm. */
#include "collection.h"

#include <math.h>

#include "search/index.h"

enum { DOCUMENTS = 900, ADDRESS = 1 << 20 };

typedef struct copy {
  lk_image image;
  size_t index; /* where it is */
} copy;

static copy write_copy(const lk_index *index) {
  copy c = {.image = {.address = ADDRESS, .writing = true}};
  const char head[16] = {0};
  size_t pointer = lk_image_append(&c.image, head, sizeof head);
  *LK_AT(&c.image, const void *, pointer) = index;
  lk_index_walk(&c.image, &pointer, 1);
  assert_false(c.image.failed);
  c.index = *LK_AT(&c.image, uintptr_t, pointer) - ADDRESS;
  c.image.writing = false;
  return c;
}

static lk_term_space *space_of(const copy *c, lk_space space) { return &LK_AT(&c->image, lk_index, c->index)->spaces[space]; }

/* An array before the walk has moved its pointer. */
#define ARRAY(c, array) LK_AT(&(c)->image, __typeof__(*(array)), (uintptr_t)(array)-ADDRESS)

static bool is_good(copy *c) {
  size_t pointer = 0;
  lk_index_walk(&c->image, &pointer, 1);
  return !c->image.failed;
}

static void leave_alone(copy *c) { (void)c; }

static uint32_t first_row(const copy *c, lk_space space, bool bits, uint32_t nth) {
  const lk_rows *rows = &space_of(c, space)->rows;
  const lk_row *items = ARRAY(c, rows->items);
  for (uint32_t r = 0; r < rows->count; r++)
    if (lk_row_has_bits(items[r]) == bits && (bits || items[r].size > 1) && nth-- == 0) return r;
  fail_msg("no such row");
  return 0;
}

static lk_row *row_of(const copy *c, lk_space space, bool bits, uint32_t nth) {
  return &ARRAY(c, space_of(c, space)->rows.items)[first_row(c, space, bits, nth)];
}

static void two_rows_have_the_same_bits(copy *c) { *row_of(c, LK_SPACE_GRAM, true, 1) = *row_of(c, LK_SPACE_GRAM, true, 0); }
static void a_row_of_gaps_says_that_it_has_bits(copy *c) { *row_of(c, LK_SPACE_GRAM, false, 0) = (lk_row){0, 0}; }
static void two_rows_have_the_same_gaps(copy *c) { *row_of(c, LK_SPACE_GRAM, false, 1) = *row_of(c, LK_SPACE_GRAM, false, 0); }
static void a_row_leads_behind_the_gaps(copy *c) { row_of(c, LK_SPACE_WORD, false, 0)->size += 1u << 30; }
static void a_row_leads_behind_the_bits(copy *c) { row_of(c, LK_SPACE_WORD, true, 0)->place += 1u << 20; }
static void there_are_more_lines_than_rows(copy *c) { space_of(c, LK_SPACE_WORD)->rows.line_count--; }

static void a_gap_leads_behind_the_last_document(copy *c) {
  const lk_row *row = row_of(c, LK_SPACE_WORD, false, 0);
  ARRAY(c, space_of(c, LK_SPACE_WORD)->rows.gaps)[row->place + (row->size % 2)] = 255;
  ARRAY(c, space_of(c, LK_SPACE_WORD)->rows.gaps)[row->place + 1] = 255;
}

static void a_bit_is_of_no_document(copy *c) {
  const lk_row *row = row_of(c, LK_SPACE_GRAM, true, 0);
  size_t last = DOCUMENTS / LK_LINE;
  ARRAY(c, space_of(c, LK_SPACE_GRAM)->rows.bits)[(row->place + last) * LK_LINE_BYTES + 63] |= 0x80;
}

static void a_word_has_fewer_documents_than_are_counted(copy *c) { ARRAY(c, space_of(c, LK_SPACE_WORD)->counts)[0]++; }
static void a_code_has_no_frequencies(copy *c) { ARRAY(c, space_of(c, LK_SPACE_WORD)->codes)[3] = UINT16_MAX; }
static void a_rank_is_wrong(copy *c) { ARRAY(c, space_of(c, LK_SPACE_WORD)->ranks)[1]++; }

static void an_ngram_has_documents_and_no_row(copy *c) {
  uint32_t *first = ARRAY(c, space_of(c, LK_SPACE_GRAM)->first);
  first[2] = first[1] = 0;
}

static void an_ngram_has_more_rows_than_levels(copy *c) {
  uint32_t *first = ARRAY(c, space_of(c, LK_SPACE_GRAM)->first);
  for (uint32_t l = 1; first[l] <= LK_LEVELS; l++) first[l] = 0;
}

static void an_ngram_counts_once_and_has_rows_of_more(copy *c) {
  lk_weights *weights = &LK_AT(&c->image, lk_index, c->index)->weights;
  weights->gram_most[LK_FIELD_TITLE] = weights->gram_most[LK_FIELD_BODY] = 1;
}

static void rows_are_not_in_order(copy *c) { ARRAY(c, space_of(c, LK_SPACE_GRAM)->first)[2] = UINT32_MAX; }

static void a_slot_has_a_hash_and_no_word(copy *c) {
  const lk_terms *terms = ARRAY(c, LK_AT(&c->image, lk_index, c->index)->terms);
  uint64_t *slots = ARRAY(c, terms->words.slots);
  for (size_t i = 0; i < terms->words.slot_count; i++) slots[i] &= ~(uint64_t)UINT32_MAX;
}

static lk_index *sound_index(lk_arena *arena) {
  uint64_t seed = 21;
  return random_index(arena, &seed, DOCUMENTS, true, &lk_weights_entries);
}

static void what_does_not_fit_together_is_refused(void **state) {
  static const struct {
    const char *name;
    void (*damage)(copy *c);
    bool good;
  } kinds[] = {
#define KIND(damage) {#damage, damage, false}
      {"nothing", leave_alone, true},
      KIND(two_rows_have_the_same_bits),
      KIND(a_row_of_gaps_says_that_it_has_bits),
      KIND(two_rows_have_the_same_gaps),
      KIND(a_row_leads_behind_the_gaps),
      KIND(a_row_leads_behind_the_bits),
      KIND(there_are_more_lines_than_rows),
      KIND(a_gap_leads_behind_the_last_document),
      KIND(a_bit_is_of_no_document),
      KIND(a_word_has_fewer_documents_than_are_counted),
      KIND(a_code_has_no_frequencies),
      KIND(a_rank_is_wrong),
      KIND(an_ngram_has_documents_and_no_row),
      KIND(an_ngram_has_more_rows_than_levels),
      KIND(an_ngram_counts_once_and_has_rows_of_more),
      KIND(rows_are_not_in_order),
      KIND(a_slot_has_a_hash_and_no_word),
#undef KIND
  };
  lk_arena *arena = *state;
  lk_index *index = sound_index(arena);
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    copy c = write_copy(index);
    kinds[k].damage(&c);
    if (is_good(&c) != kinds[k].good) fail_msg("%s: %s", kinds[k].name, kinds[k].good ? "refused" : "not refused");
    lk_image_free(&c.image);
  }
  lk_index_free(index);
}

/* A weight, a frequency or a norm may be any float: what comes of it is no score, but comes to an end where it should. */
static void numbers_that_are_none_do_no_harm(void **state) {
  static const float none[] = {NAN, INFINITY, -INFINITY, 1e38f, -1e38f, 0, -1};
  lk_arena *arena = *state;
  lk_index *index = sound_index(arena);
  lk_query query = query_of(arena, index, "sana0 sana1 sana299 sanax");
  for (size_t n = 0; n < sizeof none / sizeof *none; n++)
    for (int where = 0; where < 6; where++) {
      copy c = write_copy(index);
      assert_true(is_good(&c));
      lk_index *changed = LK_AT(&c.image, lk_index, c.index);
      for (int s = 0; s < LK_SPACE_COUNT; s++) {
        lk_term_space *space = &changed->spaces[s];
        for (uint32_t t = 0; where == 0 && t < space->term_count; t += 2) space->idf[t] = none[n];
        for (uint32_t d = 0; where == 1 && d < DOCUMENTS; d += 2) space->norms[d][0] = space->norms[d][1] = none[n];
      }
      lk_term_space *words = &changed->spaces[LK_SPACE_WORD];
      if (where == 2) words->tf[0][LK_FIELD_TITLE] = none[n];
      if (where == 3) words->most[0].usual = words->most[1].word = none[n];
      if (where == 4) changed->weights.score[LK_CLASS_GRAM][LK_FIELD_TITLE] = none[n];
      if (where == 5) changed->weights.k1 = none[n];
      lk_searcher *searcher = lk_searcher_new(changed, NULL);
      lk_hit hits[10];
      size_t count = lk_search(searcher, &query, hits, 10);
      assert_true(count <= 10);
      for (size_t h = 0; h < count; h++) assert_true(hits[h].document < DOCUMENTS);
      lk_searcher_free(searcher);
      lk_image_free(&c.image);
    }
  lk_index_free(index);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_does_not_fit_together_is_refused, open_arena, close_arena),
      cmocka_unit_test_setup_teardown(numbers_that_are_none_do_no_harm, open_arena, close_arena),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
