/* Images as files: read where their pointers are right or anywhere else, small ones and those whose checksum a thread reads. */
#include "base/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/image_file.h"

/* One chunk leads to the next; texts of all of them are what the file says. */
typedef struct chunk {
  lk_view text;
  struct chunk *next;
  void *scratch; /* a builder's, nothing in a file */
} chunk;

typedef struct header {
  lk_image_head head;
  chunk *first;
} header;

enum { LARGE = 5 << 20 };

static void walk(lk_image *image) {
  size_t pointer = offsetof(header, first);
  while (!image->failed && *LK_AT(image, uintptr_t, pointer)) {
    size_t at = lk_image_array(image, pointer, 1, sizeof(chunk));
    lk_image_view(image, at + offsetof(chunk, text));
    lk_image_nothing(image, at + offsetof(chunk, scratch));
    pointer = at + offsetof(chunk, next);
  }
}

static lk_image_kind kind_at(uintptr_t address) {
  return (lk_image_kind){
      .magic = "LKIMAGE1", .format = 1, .layout = 2, .address = address, .header = sizeof(header), .remedy = "make it"};
}

static const uintptr_t somewhere = (uintptr_t)0x2A0000010000;

typedef struct file {
  char path[64];
  lk_image_kind kind;
} file;

/* Two chunks, the first with a text of so many bytes. */
static file write_chunks(size_t size, uintptr_t address) {
  file f = {.path = "/tmp/luukku-image-XXXXXX", .kind = kind_at(address)};
  char *text = malloc(size + 1);
  int made = mkstemp(f.path);
  assert_true(made >= 0 && close(made) == 0);
  assert_non_null(text);
  memset(text, 'a', size);
  text[size] = '\0';
  chunk last = {.text = LK_LIT("the end"), .scratch = text}, first = {{text, size}, &last, text};
  header head = {.first = &first};
  lk_image image = {.writing = true, .address = address};
  (void)lk_image_append(&image, &head, sizeof head);
  lk_image_begin(&image, &f.kind);
  walk(&image);
  lk_image_seal(&image);
  assert_int_equal(lk_image_write(&image, f.path, NULL), LK_OK);
  lk_image_free(&image);
  free(text);
  return f;
}

static lk_code read_chunks(const file *f, lk_image *image, lk_error *err) {
  lk_code code = lk_image_map(f->path, &f->kind, image, err);
  if (!code) walk(image);
  return code ? code : lk_image_settle(image, f->path, &f->kind, err);
}

static void assert_whole(const lk_image *image, size_t size) {
  const chunk *first = LK_AT(image, header, 0)->first;
  assert_int_equal(first->text.len, size);
  assert_int_equal(first->text.ptr[size - 1], 'a');
  assert_null(first->scratch);
  assert_string_equal(first->next->text.ptr, "the end");
  assert_null(first->next->next);
}

static void change_byte(const char *path, long at) {
  FILE *out = fopen(path, "r+b");
  assert_non_null(out);
  assert_int_equal(fseek(out, at, SEEK_SET), 0);
  assert_int_equal(fputc('b', out), 'b');
  assert_int_equal(fclose(out), 0);
}

static void what_was_written_is_read_at_its_address_and_elsewhere(void **state) {
  (void)state;
  const size_t sizes[] = {10, LARGE};
  for (size_t i = 0; i < 2; i++) {
    file f = write_chunks(sizes[i], somewhere);
    lk_image one, other;
    lk_error err = {0};
    assert_int_equal(read_chunks(&f, &one, &err), LK_OK);
    assert_int_equal(read_chunks(&f, &other, &err), LK_OK);
    assert_true((uintptr_t)other.base != other.address);
    assert_whole(&one, sizes[i]);
    assert_whole(&other, sizes[i]);
    lk_image_unmap(&one);
    lk_image_unmap(&other);
    (void)unlink(f.path);
  }
}

static void a_changed_byte_is_refused_whoever_reads_the_checksum(void **state) {
  (void)state;
  const size_t sizes[] = {10, LARGE};
  for (size_t i = 0; i < 2; i++) {
    file f = write_chunks(sizes[i], somewhere);
    lk_image image;
    lk_error err = {0};
    /* In the first text, where the walk sees nothing wrong. */
    change_byte(f.path, (long)(sizeof(header) + sizeof(chunk) + 16));
    assert_int_equal(read_chunks(&f, &image, &err), LK_ERR_INPUT);
    assert_non_null(strstr(err.message, "this index file is damaged; make it"));
    lk_image_unmap(&image);
    (void)unlink(f.path);
  }
}

static void a_file_is_given_back_before_it_was_settled(void **state) {
  (void)state;
  file f = write_chunks(LARGE, somewhere);
  lk_image image;
  assert_int_equal(lk_image_map(f.path, &f.kind, &image, NULL), LK_OK);
  lk_image_unmap(&image);
  (void)unlink(f.path);
}

/* The last chunk leads to the first one again. */
static void pointers_in_a_circle_come_to_an_end(void **state) {
  (void)state;
  const uintptr_t addresses[] = {somewhere, 0};
  for (size_t i = 0; i < 2; i++) {
    file f = write_chunks(10, addresses[i]);
    lk_image image, written = {0};
    lk_error err = {0};
    FILE *in = fopen(f.path, "r+b");
    assert_non_null(in);
    _Alignas(16) char bytes[4096];
    written = (lk_image){.base = bytes, .size = fread(bytes, 1, sizeof bytes, in), .address = addresses[i]};
    const header *head = LK_AT(&written, header, 0);
    size_t first = (uintptr_t)head->first - addresses[i];
    size_t last = (uintptr_t)LK_AT(&written, chunk, first)->next - addresses[i];
    LK_AT(&written, chunk, last)->next = head->first;
    lk_image_seal(&written);
    rewind(in);
    assert_int_equal(fwrite(bytes, 1, written.size, in), written.size);
    assert_int_equal(fclose(in), 0);
    assert_int_equal(read_chunks(&f, &image, &err), LK_ERR_INPUT);
    lk_image_unmap(&image);
    (void)unlink(f.path);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_was_written_is_read_at_its_address_and_elsewhere),
      cmocka_unit_test(a_changed_byte_is_refused_whoever_reads_the_checksum),
      cmocka_unit_test(a_file_is_given_back_before_it_was_settled),
      cmocka_unit_test(pointers_in_a_circle_come_to_an_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
