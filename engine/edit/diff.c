/* A unified diff (POSIX, diff -u). The splices say which lines may differ, so nothing has to be searched for: each region is widened to whole lines and then rid of
 * lines that are the same on both sides. */
#include <stdlib.h>

#include "base/vector.h"
#include "edit/edit.h"

enum { CONTEXT = 3 };

typedef struct line_list {
  lk_view text;
  size_t *items; /* where each line begins; one more at the end of the text */
  size_t count, cap;
} line_list;

/* Lines [from, to) of each side. */
typedef struct hunk {
  size_t before, before_end, after, after_end;
} hunk;

typedef struct hunk_list {
  hunk *items;
  size_t count, cap;
} hunk_list;

static bool split_lines(line_list *lines, lk_view text) {
  *lines = (line_list){.text = text};
  size_t at = 0;
  while (at < text.len) {
    if (!LK_PUSH(lines, at)) return false;
    const char *end = memchr(text.ptr + at, '\n', text.len - at);
    at = end ? (size_t)(end - text.ptr) + 1 : text.len;
  }
  if (!LK_PUSH(lines, text.len)) return false;
  lines->count--;
  return true;
}

static lk_view line_at(const line_list *lines, size_t at) {
  return (lk_view){lines->text.ptr + lines->items[at], lines->items[at + 1] - lines->items[at]};
}

/* The line in which this byte is. */
static size_t line_of(const line_list *lines, size_t byte) {
  size_t low = 0, high = lines->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (lines->items[middle + 1] <= byte)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static size_t line_behind(const line_list *lines, size_t byte) {
  size_t at = line_of(lines, byte);
  return at < lines->count ? at + 1 : at;
}

/* ---- Regions of lines ---- */

static bool find_hunks(const line_list *before, const line_list *after, const lk_region *regions, size_t count, hunk_list *out) {
  for (size_t i = 0; i < count; i++) {
    hunk next = {line_of(before, regions[i].before), line_behind(before, regions[i].before_end), line_of(after, regions[i].after),
                 line_behind(after, regions[i].after_end)};
    hunk *last = out->count ? &out->items[out->count - 1] : NULL;
    if (last && next.before < last->before_end) {
      last->before_end = next.before_end;
      last->after_end = next.after_end;
    } else if (!LK_PUSH(out, next)) {
      return false;
    }
  }
  return true;
}

static void trim(const line_list *before, const line_list *after, hunk *h) {
  while (h->before < h->before_end && h->after < h->after_end && lk_view_eq(line_at(before, h->before), line_at(after, h->after)))
    h->before++, h->after++;
  while (h->before < h->before_end && h->after < h->after_end &&
         lk_view_eq(line_at(before, h->before_end - 1), line_at(after, h->after_end - 1)))
    h->before_end--, h->after_end--;
}

/* ---- Writing ---- */

static void add_line(lk_buffer *out, char mark, lk_view line) {
  lk_buffer_addc(out, mark);
  lk_buffer_add(out, line);
  if (!line.len || line.ptr[line.len - 1] != '\n') lk_buffer_adds(out, "\n\\ No newline at end of file\n");
}

static void add_lines(lk_buffer *out, char mark, const line_list *lines, size_t from, size_t to) {
  for (size_t i = from; i < to; i++) add_line(out, mark, line_at(lines, i));
}

/* A range of no lines names the line before it. */
static void add_range(lk_buffer *out, char mark, size_t from, size_t to) {
  lk_buffer_addf(out, "%c%zu", mark, to > from ? from + 1 : from);
  if (to - from != 1) lk_buffer_addf(out, ",%zu", to - from);
}

/* Hunks [first, last] that share their context. */
static void add_group(lk_buffer *out, const line_list *before, const line_list *after, const hunk *first, const hunk *last) {
  size_t lead = first->before < CONTEXT ? first->before : CONTEXT;
  size_t left = before->count - last->before_end, trail = left < CONTEXT ? left : CONTEXT;
  lk_buffer_adds(out, "@@ ");
  add_range(out, '-', first->before - lead, last->before_end + trail);
  lk_buffer_addc(out, ' ');
  add_range(out, '+', first->after - lead, last->after_end + trail);
  lk_buffer_adds(out, " @@\n");
  size_t at = first->before - lead;
  for (const hunk *h = first; h <= last; h++) {
    add_lines(out, ' ', before, at, h->before);
    add_lines(out, '-', before, h->before, h->before_end);
    add_lines(out, '+', after, h->after, h->after_end);
    at = h->before_end;
  }
  add_lines(out, ' ', before, at, at + trail);
}

static size_t drop_empty(hunk_list *list) {
  size_t kept = 0;
  for (size_t i = 0; i < list->count; i++) {
    hunk h = list->items[i];
    if (h.before < h.before_end || h.after < h.after_end) list->items[kept++] = h;
  }
  return list->count = kept;
}

static void add_hunks(lk_buffer *out, const line_list *before, const line_list *after, hunk_list *list) {
  for (size_t i = 0; i < list->count; i++) trim(before, after, &list->items[i]);
  for (size_t i = 0, last; i < drop_empty(list); i = last + 1) {
    last = i;
    while (last + 1 < list->count && list->items[last + 1].before - list->items[last].before_end <= 2 * CONTEXT) last++;
    add_group(out, before, after, &list->items[i], &list->items[last]);
  }
}

void lk_diff_file(lk_buffer *out, const lk_edit_file *file, const lk_region *regions, size_t count) {
  const lk_region all = {0, 0, 0, file->after.len};
  line_list before, after = {0};
  hunk_list hunks = {0};
  bool fine = split_lines(&before, file->before) && split_lines(&after, file->after) &&
              find_hunks(&before, &after, file->fresh ? &all : regions, file->fresh ? 1 : count, &hunks);
  if (fine) {
    if (file->fresh)
      lk_buffer_adds(out, "--- /dev/null\n");
    else
      lk_buffer_addf(out, "--- a/%s\n", file->name);
    lk_buffer_addf(out, "+++ b/%s\n", file->name);
    add_hunks(out, &before, &after, &hunks);
  }
  out->failed = out->failed || !fine;
  free(before.items);
  free(after.items);
  free(hunks.items);
}
