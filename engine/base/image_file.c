#include "base/image_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

enum {
  BYTE_ORDER_MARK = 0x01020304,
  WINDOW = 1 << 18,
  APART_FROM = 4 << 20 /* bytes from which on a thread pays */
};

/* Reading a file for its checksum, beside the walk over it, which trusts nothing anyway. */
struct lk_image_check {
  pthread_t thread;
  bool apart; /* in that thread */
  int file;
  char *window;
  size_t size;
  uint64_t wanted, sum;
  bool read;
};

/* ---- The checksum, window by window ---- */

/* The first window has the head, whose own checksum counts as 0. */
static uint64_t add_window(uint64_t sum, char *window, size_t size, bool first) {
  if (first) memset(window + offsetof(lk_image_head, checksum), 0, sizeof(uint64_t));
  const uint64_t sums[] = {sum, lk_image_checksum(window, size)};
  return lk_image_checksum(sums, sizeof sums);
}

static uint64_t checksum_of_image(const lk_image *image) {
  uint64_t sum = 0;
  for (size_t at = 0; at < image->size; at += WINDOW)
    sum = add_window(sum, image->base + at, image->size - at < WINDOW ? image->size - at : WINDOW, at == 0);
  return sum;
}

static bool read_window(int file, char *window, size_t size, size_t at) {
  for (size_t done = 0; done < size;) {
    ssize_t got = pread(file, window + done, size - done, (off_t)(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += (size_t)got;
  }
  return true;
}

static bool checksum_of_file(int file, size_t size, char *window, uint64_t *sum) {
  *sum = 0;
  for (size_t at = 0; at < size; at += WINDOW) {
    size_t part = size - at < WINDOW ? size - at : WINDOW;
    if (!read_window(file, window, part, at)) return false;
    *sum = add_window(*sum, window, part, at == 0);
  }
  return true;
}

/* ---- Writing ---- */

void lk_image_begin(lk_image *image, const lk_image_kind *kind) {
  if (image->failed) return;
  lk_image_head *head = LK_AT(image, lk_image_head, 0);
  *head = (lk_image_head){.byte_order = BYTE_ORDER_MARK, .format = kind->format, .layout = kind->layout};
  memcpy(head->magic, kind->magic, sizeof head->magic);
}

void lk_image_seal(lk_image *image) {
  if (image->failed) return;
  LK_AT(image, lk_image_head, 0)->size = image->size;
  uint64_t sum = checksum_of_image(image);
  LK_AT(image, lk_image_head, 0)->checksum = sum;
}

static lk_code fail_to_write(const char *path, int number, lk_error *err) {
  return lk_fail_at(err, LK_ERR_IO, path, 0, "the file can't be written: %s; check the folder, its permissions and the disk",
                    strerror(number));
}

static bool write_all(int file, const char *bytes, size_t size) {
  while (size) {
    ssize_t written = write(file, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= (size_t)written;
  }
  return fsync(file) == 0;
}

/* Who has the old file mapped keeps it. */
lk_code lk_image_write(const lk_image *image, const char *path, lk_error *err) {
  lk_buffer fresh = {0};
  lk_buffer_addf(&fresh, "%s.%ld", path, (long)getpid());
  if (image->failed || fresh.failed) return lk_buffer_free(&fresh), lk_fail_memory(err);
  int file = open(fresh.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644), number = 0;
  bool fine = file >= 0 && write_all(file, image->base, image->size);
  if (!fine) number = errno;
  if (file >= 0 && close(file) && fine) fine = (number = errno, false);
  if (fine && rename(fresh.ptr, path)) fine = (number = errno, false);
  if (!fine && file >= 0) (void)unlink(fresh.ptr);
  lk_buffer_free(&fresh);
  return fine ? LK_OK : fail_to_write(path, number, err);
}

/* ---- Reading ---- */

lk_code lk_image_refuse(const char *path, const lk_image_kind *kind, const char *what, lk_error *err) {
  return lk_fail_at(err, LK_ERR_INPUT, path, 0, "%s; %s", what, kind->remedy);
}

static lk_code fail_to_read(const char *path, const lk_image_kind *kind, int number, lk_error *err) {
  return lk_fail_at(err, LK_ERR_IO, path, 0, "the index file can't be read: %s; %s", strerror(number), kind->remedy);
}

static lk_code check_head(const char *path, const lk_image_head *head, size_t size, const lk_image_kind *kind, lk_error *err) {
  if (memcmp(head->magic, kind->magic, sizeof head->magic) != 0)
    return lk_image_refuse(path, kind, "this is no index file of Luukku, or not of this kind", err);
  if (head->byte_order != BYTE_ORDER_MARK || head->layout != kind->layout)
    return lk_image_refuse(path, kind, "this index file was made on another kind of machine or by another build of Luukku", err);
  if (head->format != kind->format)
    return lk_image_refuse(path, kind, "this index file was made by another version of Luukku", err);
  return head->size == size ? LK_OK : lk_image_refuse(path, kind, "this index file was cut short or added to", err);
}

static void free_check(lk_image *image) {
  if (!image->check) return;
  if (image->check->apart) (void)pthread_join(image->check->thread, NULL);
  (void)close(image->check->file);
  free(image->check->window);
  free(image->check);
  image->check = NULL;
}

static void *read_through(void *self) {
  struct lk_image_check *c = self;
  c->read = checksum_of_file(c->file, c->size, c->window, &c->sum);
  return NULL;
}

static lk_code start_check(lk_image *image, int file, size_t size, uint64_t wanted, lk_error *err) {
  struct lk_image_check *c = image->check = calloc(1, sizeof *c);
  if (!c) return (void)close(file), lk_fail_memory(err);
  *c = (struct lk_image_check){.file = file, .size = size, .wanted = wanted};
  if (!(c->window = malloc(WINDOW))) return lk_fail_memory(err);
  c->apart = size >= APART_FROM && pthread_create(&c->thread, NULL, read_through, c) == 0;
  if (!c->apart) (void)read_through(c);
  return LK_OK;
}

static lk_code map_pages(int file, size_t size, const lk_image_kind *kind, lk_image *out, lk_error *err) {
  void *wanted = (void *)kind->address; /* a wish: what is there stays, and the file comes to lie elsewhere */
  void *base = mmap(wanted, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (base == MAP_FAILED) return lk_fail_memory(err);
  *out = (lk_image){.base = base, .size = size, .address = kind->address, .mapped = true};
  return base != wanted && mprotect(base, size, PROT_READ | PROT_WRITE) ? lk_fail_memory(err) : LK_OK;
}

/* Takes the file. */
static lk_code map_checked(const char *path, int file, const lk_image_kind *kind, lk_image *out, lk_error *err) {
  struct stat info;
  lk_image_head head = {.size = 0};
  lk_code code = fstat(file, &info) ? fail_to_read(path, kind, errno, err) : LK_OK;
  size_t size = code ? 0 : (size_t)info.st_size;
  if (!code && (!S_ISREG(info.st_mode) || size < kind->header || !read_window(file, (char *)&head, sizeof head, 0)))
    code = lk_image_refuse(path, kind, "this is no index file of Luukku, or not of this kind", err);
  if (!code) code = check_head(path, &head, size, kind, err);
  if (!code) code = map_pages(file, size, kind, out, err);
  if (code) return (void)close(file), code;
  return start_check(out, file, size, head.checksum, err);
}

lk_code lk_image_map(const char *path, const lk_image_kind *kind, lk_image *out, lk_error *err) {
  *out = (lk_image){0};
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail_to_read(path, kind, errno, err);
  return map_checked(path, file, kind, out, err);
}

lk_code lk_image_settle(lk_image *image, const char *path, const lk_image_kind *kind, lk_error *err) {
  struct lk_image_check *c = image->check;
  if (c->apart) (void)pthread_join(c->thread, NULL);
  c->apart = false;
  bool read = c->read, damaged = image->failed || c->sum != c->wanted;
  free_check(image);
  if (!read) return fail_to_read(path, kind, EIO, err);
  if (damaged) return lk_image_refuse(path, kind, "this index file is damaged", err);
  if ((uintptr_t)image->base == image->address)
    lk_image_release(image, 0, image->size);
  else
    (void)mprotect(image->base, image->size, PROT_READ); /* a guard only */
  return LK_OK;
}

void lk_image_unmap(lk_image *image) {
  free_check(image);
  if (image->base) (void)munmap(image->base, image->size);
  *image = (lk_image){0};
}
