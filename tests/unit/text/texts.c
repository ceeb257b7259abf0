#include "text/texts.h"

#include "fixture.h"

static void each_text_has_one_number(void **state) {
  (void)state;
  lk_texts texts = {0};
  assert_int_equal(lk_texts_find(&texts, LK_LIT("takki")), LK_NO_TEXT);
  assert_int_equal(lk_texts_put(&texts, LK_LIT("takki")), 0);
  assert_int_equal(lk_texts_put(&texts, LK_LIT("")), 1);
  assert_int_equal(lk_texts_put(&texts, LK_LIT("takki")), 0);
  assert_int_equal(lk_texts_find(&texts, LK_LIT("")), 1);
  assert_int_equal(lk_texts_find(&texts, LK_LIT("takk")), LK_NO_TEXT);
  assert_view(lk_texts_at(&texts, 0), "takki");
  lk_texts_free(&texts);
}

static void many_texts_are_found_and_do_not_move(void **state) {
  (void)state;
  enum { MANY = 30000 };
  lk_texts texts = {0};
  char word[32];
  assert_int_equal(lk_texts_put(&texts, LK_LIT("first")), 0);
  lk_view first = lk_texts_at(&texts, 0);
  for (uint32_t i = 1; i < MANY; i++) {
    (void)snprintf(word, sizeof word, "%u sana %u", i * 7919, i % 10);
    assert_int_equal(lk_texts_put(&texts, lk_view_of(word)), i);
  }
  assert_true(texts.chunk_count > 1);
  assert_ptr_equal(first.ptr, lk_texts_at(&texts, 0).ptr);
  for (uint32_t i = 1; i < MANY; i++) {
    (void)snprintf(word, sizeof word, "%u sana %u", i * 7919, i % 10);
    assert_int_equal(lk_texts_find(&texts, lk_view_of(word)), i);
    assert_view(lk_texts_at(&texts, i), word);
  }
  lk_texts_free(&texts);
}

static void a_text_of_a_whole_chunk_is_refused(void **state) {
  (void)state;
  lk_texts texts = {0};
  char *long_text = calloc(1, LK_TEXT_CHUNK);
  assert_non_null(long_text);
  assert_int_equal(lk_texts_put(&texts, (lk_view){long_text, LK_TEXT_CHUNK}), LK_NO_TEXT);
  assert_int_equal(lk_texts_put(&texts, (lk_view){long_text, LK_TEXT_CHUNK - 2}), 0);
  assert_int_equal(lk_texts_put(&texts, LK_LIT("next")), 1);
  assert_int_equal(lk_texts_at(&texts, 0).len, LK_TEXT_CHUNK - 2);
  free(long_text);
  lk_texts_free(&texts);
}

/* Written as an image and read where it lies. */
static lk_texts *image_of(lk_texts *texts, lk_image *image) {
  lk_texts *root = texts;
  *image = (lk_image){.writing = true};
  (void)lk_image_append(image, &root, sizeof root);
  size_t at = lk_image_array(image, 0, 1, sizeof *texts);
  lk_texts_walk(image, at);
  assert_false(image->failed);
  image->writing = false;
  return LK_AT(image, lk_texts, at);
}

static void texts_in_a_file_are_the_same_and_damage_is_found(void **state) {
  (void)state;
  lk_texts texts = {0};
  assert_int_equal(lk_texts_put(&texts, LK_LIT("takki")), 0);
  assert_int_equal(lk_texts_put(&texts, LK_LIT("pusero")), 1);
  for (int damage = 0; damage < 3; damage++) {
    lk_image image;
    lk_texts *there = image_of(&texts, &image);
    size_t at = (size_t)((char *)there - image.base);
    uint32_t *places = LK_AT(&image, uint32_t, (size_t)there->places.items),
             *slots = LK_AT(&image, uint32_t, (size_t)there->slots);
    if (damage == 1) places[1] = LK_TEXT_CHUNK - 1;
    if (damage == 2) slots[3] = 3;
    lk_texts_walk(&image, at);
    assert_int_equal(image.failed, damage != 0);
    if (!damage) assert_int_equal(lk_texts_find(LK_AT(&image, lk_texts, at), LK_LIT("pusero")), 1);
    lk_image_free(&image);
  }
  lk_texts_free(&texts);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_text_has_one_number),
      cmocka_unit_test(many_texts_are_found_and_do_not_move),
      cmocka_unit_test(a_text_of_a_whole_chunk_is_refused),
      cmocka_unit_test(texts_in_a_file_are_the_same_and_damage_is_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
