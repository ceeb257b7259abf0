#include "edit/marks.h"

#include <stdlib.h>

#include "base/vector.h"
#include "kb/limits.h"
#include "kb/values.h"

enum { MARKED_DEPTH = 2 };

typedef struct scanner {
  lk_marks *marks;
  lk_view text;
  size_t at;
  uint32_t open[LK_LIMIT_ELEMENT_DEPTH]; /* marks of the open elements, as deep as they are marked */
  size_t depth;
  bool memory;
} scanner;

static bool begins(const scanner *s, const char *mark) {
  size_t len = strlen(mark);
  return s->text.len - s->at >= len && memcmp(s->text.ptr + s->at, mark, len) == 0;
}

/* Moves behind the next `mark`; false when there is none. */
static bool skip_behind(scanner *s, const char *mark) {
  size_t len = strlen(mark);
  const char *found = memmem(s->text.ptr + s->at, s->text.len - s->at, mark, len);
  if (found) s->at = (size_t)(found - s->text.ptr) + len;
  return found != NULL;
}

static size_t name_end(lk_view text, size_t at) {
  while (at < text.len && !lk_is_space(text.ptr[at]) && text.ptr[at] != '/' && text.ptr[at] != '>' && text.ptr[at] != '=') at++;
  return at;
}

/* Behind the > of the start tag at `at`; 0 when it does not end. */
static size_t tag_end(lk_view text, size_t at) {
  char quote = 0;
  for (; at < text.len; at++) {
    char c = text.ptr[at];
    if (quote)
      quote = c == quote ? 0 : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (c == '>')
      return at + 1;
  }
  return 0;
}

/* ---- Tags ---- */

static lk_lang lang_of(const lk_marks *marks, const lk_mark *mark, lk_lang inherited) {
  lk_view code = lk_trim(lk_mark_attribute(marks, mark, "xml:lang"));
  return code.ptr ? lk_lang_of(code) : inherited;
}

static void mark_start(scanner *s, size_t name_to, size_t end, bool closed) {
  lk_mark mark = {.name = {s->text.ptr + s->at + 1, name_to - s->at - 1},
                  .start = s->at,
                  .open_end = end,
                  .close = end,
                  .end = end,
                  .parent = s->depth ? s->open[s->depth - 1] : 0,
                  .depth = (uint32_t)s->depth};
  mark.lang = lang_of(s->marks, &mark, s->depth ? s->marks->items[mark.parent].lang : LK_LANG_NONE);
  if (!closed) s->open[s->depth] = (uint32_t)s->marks->count;
  if (!LK_PUSH(s->marks, mark)) s->memory = true;
}

static bool read_start(scanner *s) {
  size_t name_to = name_end(s->text, s->at + 1), end = tag_end(s->text, name_to);
  if (name_to == s->at + 1 || !end || memchr(s->text.ptr + s->at, ':', name_to - s->at)) return false;
  bool closed = s->text.ptr[end - 2] == '/';
  if (s->depth <= MARKED_DEPTH) mark_start(s, name_to, end, closed);
  s->depth += !closed;
  s->at = end;
  return s->depth <= LK_LIMIT_ELEMENT_DEPTH;
}

static bool read_end(scanner *s) {
  size_t start = s->at;
  if (!s->depth || !skip_behind(s, ">")) return false;
  s->depth--;
  if (s->depth > MARKED_DEPTH) return true;
  lk_mark *mark = &s->marks->items[s->open[s->depth]];
  mark->close = start;
  mark->end = s->at;
  return true;
}

static bool read_next(scanner *s) {
  if (begins(s, "<!--")) return skip_behind(s, "-->");
  if (begins(s, "<![CDATA[")) return skip_behind(s, "]]>");
  if (begins(s, "<?")) return skip_behind(s, "?>");
  if (begins(s, "<!")) return false;
  if (begins(s, "</")) return read_end(s);
  return read_start(s);
}

lk_code lk_marks_read(lk_view text, lk_marks *out) {
  *out = (lk_marks){.text = text};
  scanner s = {.marks = out, .text = text};
  bool good = true;
  while (good && !s.memory) {
    const char *next = s.at < text.len ? memchr(text.ptr + s.at, '<', text.len - s.at) : NULL;
    if (!next) break;
    s.at = (size_t)(next - text.ptr);
    good = read_next(&s);
  }
  good = good && !s.depth && out->count && lk_mark_is(&out->items[0], "kb");
  if (good && !s.memory) return LK_OK;
  lk_marks_free(out);
  return s.memory ? LK_ERR_MEMORY : LK_ERR_INPUT;
}

void lk_marks_free(lk_marks *marks) {
  free(marks->items);
  *marks = (lk_marks){0};
}

/* ---- Looking at marks ---- */

lk_view lk_mark_attribute(const lk_marks *marks, const lk_mark *mark, const char *name) {
  lk_view text = marks->text;
  size_t at = mark->start + 1 + mark->name.len;
  for (;;) {
    while (at < mark->open_end && lk_is_space(text.ptr[at])) at++;
    size_t to = name_end(text, at);
    const char *equals = to < mark->open_end ? memchr(text.ptr + to, '=', mark->open_end - to) : NULL;
    if (to == at || !equals) return (lk_view){NULL, 0};
    size_t open = (size_t)(equals - text.ptr) + 1;
    while (open < mark->open_end && lk_is_space(text.ptr[open])) open++;
    if (open == mark->open_end) return (lk_view){NULL, 0};
    const char *close = memchr(text.ptr + open + 1, text.ptr[open], mark->open_end - open - 1);
    if (!close) return (lk_view){NULL, 0};
    lk_view value = {text.ptr + open + 1, (size_t)(close - text.ptr) - open - 1};
    if (lk_view_eq((lk_view){text.ptr + at, to - at}, lk_view_of(name))) return value;
    at = open + value.len + 2;
  }
}

lk_view lk_mark_indent(const lk_marks *marks, const lk_mark *mark) {
  size_t at = mark->start;
  while (at && (marks->text.ptr[at - 1] == ' ' || marks->text.ptr[at - 1] == '\t')) at--;
  if (at && marks->text.ptr[at - 1] != '\n') return (lk_view){NULL, 0};
  return (lk_view){marks->text.ptr + at, mark->start - at};
}

static bool is_child(const lk_marks *marks, size_t at, size_t parent, const char *name) {
  const lk_mark *mark = &marks->items[at];
  return mark->depth == marks->items[parent].depth + 1 && mark->parent == parent && (!name || lk_mark_is(mark, name));
}

size_t lk_mark_child(const lk_marks *marks, size_t parent, const char *name, size_t after) {
  for (size_t i = (after == SIZE_MAX ? parent : after) + 1; i < marks->count && marks->items[i].start < marks->items[parent].end;
       i++)
    if (is_child(marks, i, parent, name)) return i;
  return SIZE_MAX;
}

size_t lk_mark_last_child(const lk_marks *marks, size_t parent, const char *name) {
  size_t last = SIZE_MAX;
  for (size_t i = parent + 1; i < marks->count && marks->items[i].start < marks->items[parent].end; i++)
    if (is_child(marks, i, parent, name)) last = i;
  return last;
}
