/* Plain text → the nodes of an answer. */
#include "base/error.h"
#include "edit/nodes.h"
#include "kb/address.h"
#include "kb/values.h"
#include "luukku/edit.h"

typedef struct writer {
  lk_nodes nodes;
  lk_node_kind open; /* the block: paragraph, bullets, numbers; TEXT when none is open */
  size_t block;
} writer;

static void close_block(writer *w) {
  if (w->open != LK_NODE_TEXT) lk_nodes_close(&w->nodes, w->block);
  w->open = LK_NODE_TEXT;
}

/* Into an open block of this kind; true when it is a new one. */
static bool open_block(writer *w, lk_node_kind kind) {
  if (w->open == kind) return false;
  close_block(w);
  w->block = lk_nodes_open(&w->nodes, kind, (lk_view){"", 0});
  w->open = kind;
  return true;
}

/* ---- Lines ---- */

/* The https or http address at `at`, without the punctuation that ends a sentence; empty when none begins here. */
static lk_view address_at(lk_view line, size_t at) {
  lk_view rest = {line.ptr + at, line.len - at};
  bool begins = (rest.len > 8 && memcmp(rest.ptr, "https://", 8) == 0) || (rest.len > 7 && memcmp(rest.ptr, "http://", 7) == 0);
  if (!begins) return (lk_view){"", 0};
  size_t len = 0;
  while (len < rest.len && !lk_is_space(rest.ptr[len]) && !strchr("<>\"()", rest.ptr[len])) len++;
  while (len && strchr(".,;:!?", rest.ptr[len - 1])) len--;
  lk_view href = {rest.ptr, len};
  return lk_address_safe(href) && !memchr(href.ptr, '{', len) && !memchr(href.ptr, '}', len) ? href : (lk_view){"", 0};
}

static void add_line(writer *w, lk_view line) {
  size_t from = 0;
  for (size_t i = 0; i < line.len; i++) {
    lk_view href = address_at(line, i);
    if (!href.len) continue;
    if (i > from) (void)lk_nodes_open(&w->nodes, LK_NODE_TEXT, (lk_view){line.ptr + from, i - from});
    size_t link = lk_nodes_open(&w->nodes, LK_NODE_LINK, href);
    (void)lk_nodes_open(&w->nodes, LK_NODE_TEXT, href);
    lk_nodes_close(&w->nodes, link);
    i += href.len - 1;
    from = i + 1;
  }
  if (from < line.len) (void)lk_nodes_open(&w->nodes, LK_NODE_TEXT, (lk_view){line.ptr + from, line.len - from});
}

/* Bytes of "- ", "• ", "12. " at the start of a line; 0 for none. */
static size_t item_mark(lk_view line, lk_node_kind *kind) {
  static const char *const bullets[] = {"- ", "* ", "• ", "– "};
  *kind = LK_NODE_BULLETS;
  for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++)
    if (line.len > strlen(bullets[i]) && memcmp(line.ptr, bullets[i], strlen(bullets[i])) == 0) return strlen(bullets[i]);
  size_t digits = 0;
  while (digits < line.len && digits < 3 && line.ptr[digits] >= '0' && line.ptr[digits] <= '9') digits++;
  *kind = LK_NODE_NUMBERS;
  bool number =
      digits && digits + 2 < line.len && (line.ptr[digits] == '.' || line.ptr[digits] == ')') && line.ptr[digits + 1] == ' ';
  return number ? digits + 2 : 0;
}

static void read_line(writer *w, lk_view line) {
  lk_node_kind kind;
  size_t mark = item_mark(line, &kind);
  if (mark) {
    (void)open_block(w, kind);
    size_t item = lk_nodes_open(&w->nodes, LK_NODE_ITEM, (lk_view){"", 0});
    add_line(w, lk_trim((lk_view){line.ptr + mark, line.len - mark}));
    lk_nodes_close(&w->nodes, item);
    return;
  }
  if (!open_block(w, LK_NODE_PARAGRAPH)) (void)lk_nodes_open(&w->nodes, LK_NODE_BREAK, (lk_view){"", 0});
  add_line(w, line);
}

/* Views into `text`, which the caller has copied. */
static void read_lines(writer *w, lk_view text) {
  for (lk_view line; !w->nodes.memory && lk_next_piece(&text, '\n', &line);) {
    if (line.len)
      read_line(w, line);
    else
      close_block(w);
  }
  close_block(w);
}

lk_code lk_answer_of_text(lk_view text, lk_arena *arena, const lk_node **nodes, size_t *count, lk_error *err) {
  writer w = {.open = LK_NODE_TEXT};
  *nodes = NULL;
  *count = 0;
  if (!lk_trim(text).len) return lk_fail(err, LK_ERR_INPUT, "an answer has no text; write one");
  lk_view copy = lk_arena_copy(arena, lk_trim(text));
  if (!copy.ptr) return lk_fail_memory(err);
  read_lines(&w, copy);
  *nodes = lk_nodes_keep(&w.nodes, arena, count);
  return *nodes ? LK_OK : lk_fail_memory(err);
}
