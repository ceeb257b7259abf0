#include "base/image_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

enum { BYTE_ORDER_MARK = 0x01020304, WINDOW = 1 << 18 };

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

static lk_code check(const char *path, int file, size_t size, const lk_image_kind *kind, char *window, lk_error *err) {
  lk_image_head head;
  if (size < kind->header || !read_window(file, window, sizeof head, 0))
    return lk_image_refuse(path, kind, "this is no index file of Luukku, or not of this kind", err);
  memcpy(&head, window, sizeof head);
  if (memcmp(head.magic, kind->magic, sizeof head.magic) != 0)
    return lk_image_refuse(path, kind, "this is no index file of Luukku, or not of this kind", err);
  if (head.byte_order != BYTE_ORDER_MARK || head.layout != kind->layout)
    return lk_image_refuse(path, kind, "this index file was made on another kind of machine or by another build of Luukku", err);
  if (head.format != kind->format)
    return lk_image_refuse(path, kind, "this index file was made by another version of Luukku", err);
  if (head.size != size) return lk_image_refuse(path, kind, "this index file was cut short or added to", err);
  uint64_t sum;
  if (!checksum_of_file(file, size, window, &sum)) return fail_to_read(path, kind, EIO, err);
  return sum == head.checksum ? LK_OK : lk_image_refuse(path, kind, "this index file is damaged", err);
}

static lk_code map_checked(const char *path, int file, const lk_image_kind *kind, lk_image *out, lk_error *err) {
  struct stat info;
  if (fstat(file, &info)) return fail_to_read(path, kind, errno, err);
  if (!S_ISREG(info.st_mode)) return lk_image_refuse(path, kind, "this is no index file of Luukku, or not of this kind", err);
  char *window = malloc(WINDOW);
  lk_code code = window ? check(path, file, (size_t)info.st_size, kind, window, err) : lk_fail_memory(err);
  free(window);
  if (code) return code;
  void *wanted = (void *)kind->address; /* a wish: what is there stays, and the file comes to lie elsewhere */
  void *base = mmap(wanted, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, file, 0);
  if (base == MAP_FAILED) return lk_fail_memory(err);
  if (base != wanted && mprotect(base, (size_t)info.st_size, PROT_READ | PROT_WRITE)) {
    (void)munmap(base, (size_t)info.st_size);
    return lk_fail_memory(err);
  }
  *out = (lk_image){.base = base, .size = (size_t)info.st_size, .address = kind->address, .mapped = true};
  return LK_OK;
}

lk_code lk_image_map(const char *path, const lk_image_kind *kind, lk_image *out, lk_error *err) {
  *out = (lk_image){0};
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail_to_read(path, kind, errno, err);
  lk_code code = map_checked(path, file, kind, out, err);
  (void)close(file);
  return code;
}

void lk_image_settle(lk_image *image) {
  if ((uintptr_t)image->base == image->address)
    lk_image_release(image, 0, image->size);
  else
    (void)mprotect(image->base, image->size, PROT_READ); /* a guard only */
}

void lk_image_unmap(lk_image *image) {
  if (image->base) (void)munmap(image->base, image->size);
  *image = (lk_image){0};
}
