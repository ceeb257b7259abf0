/* What one thread found out about a word is there for the others, and is what each would have found out by itself. */
#include <pthread.h>

#include "fixture.h"
#include "text/analyzer.h"

static const char shop[] =
    "Missä tilaukseni on? Tilausnumero on vahvistuksessa. Paljonko toimitus maksaa? Palautus on ilmainen. myöhässä paketti "
    "noutopiste lähetys seuranta alennuskoodi lahjakortti toimitusaika maksaako voiko palauttaa vaihtaa";

static const char *const messages[] = {
    "mis mun tialus viipyy",       "myohassa taas pakettti",        "oisko lahjakotri voimassa", "maksaakopalautus jotain",
    "grazuliko zzyx toimitusaiak", "hevosen satula ja suitset",     "noutopitse Vahkola",        "tilaus numero hukas",
    "Paljonko toimitus maksaa",    "missääää lahetykseni seurannat"};
enum { MESSAGES = sizeof messages / sizeof *messages, THREADS = 8, ROUNDS = 40, FRESH = 30 };

static int set_up_shop(void **state) {
  if (set_up(state)) return -1;
  fixture *f = *state;
  teach(f, LK_LANG_FI, shop);
  return lk_vocabulary_freeze(f->vocabulary, &f->err) ? -1 : 0;
}

static bool same_terms(const lk_word *a, const lk_word *b) {
  for (size_t i = 0; i < a->lemma_count; i++)
    if (!lk_view_eq(a->lemmas[i], b->lemmas[i])) return false;
  for (size_t i = 0; i < a->term_count; i++)
    if (!lk_view_eq(a->terms[i].text, b->terms[i].text) || a->terms[i].kind != b->terms[i].kind ||
        a->terms[i].weight != b->terms[i].weight)
      return false;
  return true;
}

static bool same_words(const lk_analysis *a, const lk_analysis *b) {
  if (a->count != b->count) return false;
  for (size_t i = 0; i < a->count; i++) {
    const lk_word *x = &a->words[i], *y = &b->words[i];
    if (!lk_view_eq(x->form, y->form) || x->repair != y->repair || x->known != y->known || x->stop != y->stop) return false;
    if (x->lemma_count != y->lemma_count || x->term_count != y->term_count || !same_terms(x, y)) return false;
  }
  return true;
}

typedef struct asker {
  fixture *f;
  lk_shared_words *shared;
  const lk_analysis *wanted;
  size_t number, wrong;
} asker;

/* Words of its own between those of all, so that the threads are not in step. */
static bool ask_fresh(asker *self, lk_analyzer *analyzer, lk_arena *arena, size_t round) {
  char word[64];
  (void)snprintf(word, sizeof word, "paketti%c%c%c", (char)('a' + self->number), (char)('b' + round % FRESH / 6),
                 (char)('k' + round % 6));
  lk_analysis analysis;
  return lk_analyze(analyzer, LK_LANG_FI, lk_view_of(word), LK_ANALYZE_REPAIR, arena, &analysis, NULL) == LK_OK;
}

static void *ask(void *argument) {
  asker *self = argument;
  for (size_t round = 0; round < ROUNDS; round++) {
    lk_analyzer *analyzer = lk_analyzer_new(self->f->vocabulary, NULL, NULL);
    lk_arena *arena = lk_arena_new();
    self->wrong += !analyzer || !arena;
    if (analyzer) lk_analyzer_share(analyzer, self->shared);
    for (size_t i = 0; analyzer && arena && i < MESSAGES; i++) {
      size_t m = (i * 3 + self->number) % MESSAGES;
      lk_analysis analysis;
      lk_code code = lk_analyze(analyzer, LK_LANG_FI, lk_view_of(messages[m]), LK_ANALYZE_REPAIR, arena, &analysis, NULL);
      self->wrong += code != LK_OK || !same_words(&analysis, &self->wanted[m]) || !ask_fresh(self, analyzer, arena, round);
    }
    lk_arena_free(arena);
    lk_analyzer_free(analyzer);
  }
  return NULL;
}

static void many_threads_find_what_one_finds(void **state) {
  fixture *f = *state;
  lk_analysis wanted[MESSAGES];
  for (size_t m = 0; m < MESSAGES; m++) wanted[m] = analyse(f, LK_LANG_FI, messages[m], LK_ANALYZE_REPAIR);
  lk_shared_words *shared = lk_shared_words_new(&f->err);
  assert_non_null(shared);
  asker askers[THREADS];
  pthread_t threads[THREADS];
  for (size_t t = 0; t < THREADS; t++) {
    askers[t] = (asker){.f = f, .shared = shared, .wanted = wanted, .number = t};
    assert_int_equal(pthread_create(&threads[t], NULL, ask, &askers[t]), 0);
  }
  for (size_t t = 0; t < THREADS; t++) {
    assert_int_equal(pthread_join(threads[t], NULL), 0);
    assert_int_equal(askers[t].wrong, 0);
  }
  lk_shared_words_free(shared);
}

static void a_word_that_one_found_is_not_asked_about_again(void **state) {
  fixture *f = *state;
  lk_shared_words *shared = lk_shared_words_new(&f->err);
  assert_non_null(shared);
  lk_analyzer_share(f->analyzer, shared);
  lk_analysis first = analyse(f, LK_LANG_FI, "lahjakotri", LK_ANALYZE_REPAIR);
  lk_analyzer *other = lk_analyzer_new(f->vocabulary, NULL, &f->err);
  assert_non_null(other);
  lk_analyzer_share(other, shared);
  lk_analysis second;
  assert_int_equal(lk_analyze(other, LK_LANG_FI, LK_LIT("lahjakotri"), LK_ANALYZE_REPAIR, f->arena, &second, &f->err), LK_OK);
  assert_true(same_words(&first, &second));
  assert_int_equal(other->cached.count, 0); /* nothing was looked up */
  lk_analyzer_free(other);
  lk_analyzer_share(f->analyzer, NULL);
  lk_shared_words_free(shared);
}

static void what_was_found_before_a_word_came_is_not_shared(void **state) {
  fixture *f = *state;
  lk_shared_words *shared = lk_shared_words_new(&f->err);
  assert_non_null(shared);
  lk_analyzer_share(f->analyzer, shared);
  lk_analysis analysis = analyse(f, LK_LANG_EN, "warrnaty", LK_ANALYZE_REPAIR);
  assert_int_equal(analysis.words[0].repair, LK_REPAIR_NONE);
  teach(f, LK_LANG_EN, "warranty");
  analysis = analyse(f, LK_LANG_EN, "warrnaty", LK_ANALYZE_REPAIR);
  assert_view(analysis.words[0].form, "warranty");
  lk_analyzer_share(f->analyzer, NULL);
  lk_shared_words_free(shared);
}

static void a_full_table_takes_no_more_and_harms_nobody(void **state) {
  fixture *f = *state;
  lk_shared_words *shared = lk_shared_words_new(&f->err);
  assert_non_null(shared);
  lk_analyzer_share(f->analyzer, shared);
  lk_arena *arena = lk_arena_new();
  for (unsigned i = 0; i < 40000; i++) {
    char word[32];
    (void)snprintf(word, sizeof word, "zq%c%c%c%cx", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676 % 26, 'a' + i / 17576);
    lk_analysis analysis;
    lk_arena_reset(arena);
    assert_int_equal(lk_analyze(f->analyzer, LK_LANG_EN, lk_view_of(word), 0, arena, &analysis, &f->err), LK_OK);
    assert_view(analysis.words[0].form, word);
  }
  lk_arena_free(arena);
  lk_analysis analysis = analyse(f, LK_LANG_FI, "toimitusaiak", LK_ANALYZE_REPAIR);
  assert_view(analysis.words[0].form, "toimitusaika");
  lk_analyzer_share(f->analyzer, NULL);
  lk_shared_words_free(shared);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up_shop, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(many_threads_find_what_one_finds),
      TEST(a_word_that_one_found_is_not_asked_about_again),
      TEST(what_was_found_before_a_word_came_is_not_shared),
      TEST(a_full_table_takes_no_more_and_harms_nobody),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
