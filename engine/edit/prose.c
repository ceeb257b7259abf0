#include "edit/prose.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "base/vector.h"
#include "edit/nodes.h"
#include "kb/limits.h"
#include "kb/values.h"

void lk_prose_begin(lk_prose *p, lk_arena *arena) {
  lk_buffer text = p->text;
  lk_buffer_clear(&text);
  lk_prose fresh = {.arena = arena, .text = text, .runs = p->runs, .blocks = p->blocks};
  fresh.runs.count = fresh.blocks.count = 0;
  *p = fresh;
}

void lk_prose_free(lk_prose *p) {
  lk_buffer_free(&p->text);
  free(p->runs.items);
  free(p->blocks.items);
  *p = (lk_prose){0};
}

bool lk_prose_is_full(const lk_prose *p) { return p->memory || p->text.failed || p->characters > 2 * LK_LIMIT_ANSWER_CHARACTERS; }

/* ---- Blocks ---- */

static size_t level_of(const lk_prose *p) { return p->depth < LK_PROSE_LISTS ? p->depth : LK_PROSE_LISTS; }
static bool block_is_empty(const lk_prose *p) {
  return !p->blocks.count || p->blocks.items[p->blocks.count - 1].first_run == p->runs.count;
}
static lk_run *last_run(const lk_prose *p) { return block_is_empty(p) ? NULL : &p->runs.items[p->runs.count - 1]; }

static void drop_break(lk_prose *p) {
  lk_run *last = last_run(p);
  if (last && last->is_break) p->runs.count--;
}

static void push_break(lk_prose *p) {
  lk_run *last = last_run(p), fresh = {.is_break = true};
  if (last && !last->is_break && !LK_PUSH(&p->runs, fresh)) p->memory = true;
}

/* Text comes: into which block? */
static void open_block(lk_prose *p) {
  if (p->open) return;
  size_t level = level_of(p);
  lk_block block = {.level = level, .first_run = p->runs.count};
  p->open = true;
  if (level) {
    const lk_block *last = p->blocks.count ? &p->blocks.items[p->blocks.count - 1] : NULL;
    block.list = p->lists[level - 1].id;
    block.ordered = p->lists[level - 1].ordered;
    bool begins = p->lists[level - 1].item;
    p->lists[level - 1].item = false;
    if (!begins && last && last->level == level && last->list == block.list) {
      push_break(p); /* another paragraph of the same item */
      return;
    }
  }
  drop_break(p);
  block.first_run = p->runs.count;
  if (!LK_PUSH(&p->blocks, block)) p->memory = true;
}

void lk_prose_paragraph(lk_prose *p) { p->open = p->gap = false; }

void lk_prose_list(lk_prose *p, bool ordered) {
  lk_prose_paragraph(p);
  if (++p->depth > LK_PROSE_LISTS) return;
  p->lists[p->depth - 1].id = ++p->lists_made;
  p->lists[p->depth - 1].ordered = ordered;
  p->lists[p->depth - 1].item = true;
}

void lk_prose_list_end(lk_prose *p) {
  lk_prose_paragraph(p);
  if (p->depth) p->depth--;
}

void lk_prose_item(lk_prose *p) {
  lk_prose_paragraph(p);
  if (p->depth) p->lists[level_of(p) - 1].item = true;
}

/* ---- Text ---- */

static bool same_style(const lk_style *a, const lk_style *b) {
  return a->strong == b->strong && a->emphasis == b->emphasis && lk_view_eq(a->link, b->link);
}

static void add_bytes(lk_prose *p, lk_style style, lk_view bytes) {
  lk_run *last = last_run(p), fresh = {.style = style, .start = p->text.len, .len = bytes.len};
  lk_buffer_add(&p->text, bytes);
  if (last && !last->is_break && same_style(&last->style, &style))
    last->len += bytes.len;
  else if (!LK_PUSH(&p->runs, fresh))
    p->memory = true;
}

/* A space between two styles stands outside of all that ends or begins there, as the loader puts it: what it reads is then what was written. Styles nest as link,
 * strong, emphasis. */
static void add_gap(lk_prose *p, const lk_style *next) {
  const lk_run *last = last_run(p);
  p->gap = false;
  if (!last || last->is_break) return;
  lk_style both = {.link = {"", 0}};
  bool same_link = lk_view_eq(last->style.link, next->link), same_strong = same_link && last->style.strong == next->strong;
  if (same_link) both.link = next->link;
  if (same_strong) both.strong = next->strong;
  if (same_strong) both.emphasis = last->style.emphasis && next->emphasis;
  add_bytes(p, both, LK_LIT(" "));
}

/* No-break spaces are spaces here; soft hyphens, zero-width characters and byte order marks are nothing. */
static bool is_blank(uint32_t c) {
  return c == 0xA0 || c == 0x202F || c == 0x2007 || (c < 0x80 && lk_is_space((char)c)) || c == 0x0C;
}
static bool is_nothing(uint32_t c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF || (c < 0x20) || (c >= 0x7F && c < 0xA0) ||
         c == 0xFFFE || c == 0xFFFF;
}

void lk_prose_text(lk_prose *p, lk_view text) {
  lk_style style = {p->strong > 0, p->emphasis > 0, p->link};
  for (size_t i = 0; i < text.len && !lk_prose_is_full(p);) {
    size_t from = i;
    uint32_t c = lk_utf8_next(text, &i);
    if (is_blank(c)) {
      p->gap = p->open;
      continue;
    }
    if (is_nothing(c)) continue;
    open_block(p);
    if (p->gap) add_gap(p, &style);
    add_bytes(p, style, c == LK_UTF8_INVALID ? LK_LIT("\xEF\xBF\xBD") : (lk_view){text.ptr + from, i - from});
    p->characters++;
  }
}

void lk_prose_break(lk_prose *p) {
  const lk_run *last = p->open ? last_run(p) : NULL;
  p->gap = false;
  if (!last) return;
  if (last->is_break && !level_of(p)) {
    drop_break(p);
    lk_prose_paragraph(p);
  } else {
    push_break(p);
  }
}

/* ---- Nodes ---- */

typedef struct writer {
  const lk_prose *in;
  lk_nodes nodes;
  size_t lists[LK_PROSE_LISTS], list_ids[LK_PROSE_LISTS], items[LK_PROSE_LISTS], depth; /* open list and item nodes */
} writer;

/* Styles nest as link, strong, emphasis. */
enum { STYLES = 3 };

static void styles_of(const lk_style *style, lk_view out[STYLES], bool on[STYLES]) {
  for (size_t i = 0; i < STYLES; i++) out[i] = (lk_view){"", 0};
  out[0] = style->link;
  on[0] = style->link.len > 0;
  on[1] = style->strong;
  on[2] = style->emphasis;
}

static void write_run(writer *w, const lk_run *run, const lk_style *before, size_t open[STYLES], size_t *depth,
                      lk_node_kind kinds[STYLES]) {
  static const lk_node_kind of_style[] = {LK_NODE_LINK, LK_NODE_STRONG, LK_NODE_EMPHASIS};
  lk_view texts[STYLES];
  bool on[STYLES];
  styles_of(&run->style, texts, on);
  size_t keep = 0;
  for (size_t i = 0, at = 0; i < STYLES && at < *depth; i++) {
    if (kinds[at] != of_style[i]) { /* not open */
      if (on[i]) break;
      continue;
    }
    if (!on[i] || (i == 0 && !lk_view_eq(before->link, run->style.link))) break;
    keep = ++at;
  }
  while (*depth > keep) lk_nodes_close(&w->nodes, open[--*depth]);
  for (size_t i = 0; i < STYLES; i++) {
    bool is_open = false;
    for (size_t at = 0; at < *depth; at++) is_open = is_open || kinds[at] == of_style[i];
    if (!on[i] || is_open) continue;
    kinds[*depth] = of_style[i];
    open[*depth] = lk_nodes_open(&w->nodes, of_style[i], texts[i]);
    ++*depth;
  }
  lk_view text = {w->in->text.ptr + run->start, run->len};
  lk_view copy = lk_arena_copy(w->in->arena, text);
  if (!copy.ptr) w->nodes.memory = true;
  (void)lk_nodes_open(&w->nodes, LK_NODE_TEXT, copy);
}

static void write_runs(writer *w, size_t from, size_t to) {
  size_t open[STYLES], depth = 0;
  lk_node_kind kinds[STYLES];
  lk_style before = {.link = {"", 0}};
  for (size_t i = from; i < to && !w->nodes.memory; i++) {
    const lk_run *run = &w->in->runs.items[i];
    if (run->is_break) {
      while (depth) lk_nodes_close(&w->nodes, open[--depth]);
      (void)lk_nodes_open(&w->nodes, LK_NODE_BREAK, (lk_view){"", 0});
      before = (lk_style){.link = {"", 0}};
      continue;
    }
    write_run(w, run, &before, open, &depth, kinds);
    before = run->style;
  }
  while (depth) lk_nodes_close(&w->nodes, open[--depth]);
}

static void close_lists(writer *w, size_t depth) {
  while (w->depth > depth) {
    w->depth--;
    lk_nodes_close(&w->nodes, w->items[w->depth]);
    lk_nodes_close(&w->nodes, w->lists[w->depth]);
  }
}

static void write_block(writer *w, size_t at) {
  const lk_block *b = &w->in->blocks.items[at];
  size_t to = at + 1 < w->in->blocks.count ? w->in->blocks.items[at + 1].first_run : w->in->runs.count;
  if (b->first_run == to) return;
  if (!b->level) {
    close_lists(w, 0);
    size_t node = lk_nodes_open(&w->nodes, LK_NODE_PARAGRAPH, (lk_view){"", 0});
    write_runs(w, b->first_run, to);
    lk_nodes_close(&w->nodes, node);
    return;
  }
  size_t level = b->level <= w->depth + 1 ? b->level : w->depth + 1; /* an item without a text of its own has no node */
  bool same = false;
  for (size_t i = 0; i < w->depth; i++)
    if (w->list_ids[i] == b->list) {
      level = i + 1;
      same = true;
    }
  close_lists(w, same ? level : level - 1);
  if (same) {
    lk_nodes_close(&w->nodes, w->items[level - 1]);
  } else {
    w->lists[level - 1] = lk_nodes_open(&w->nodes, b->ordered ? LK_NODE_NUMBERS : LK_NODE_BULLETS, (lk_view){"", 0});
    w->list_ids[level - 1] = b->list;
    w->depth = level;
  }
  w->items[level - 1] = lk_nodes_open(&w->nodes, LK_NODE_ITEM, (lk_view){"", 0});
  write_runs(w, b->first_run, to);
}

lk_code lk_prose_finish(lk_prose *p, const lk_node **nodes, size_t *count) {
  writer w = {.in = p, .nodes.memory = p->memory || p->text.failed}; /* runs would point at text that is not there */
  drop_break(p);
  for (size_t i = 0; i < p->blocks.count && !w.nodes.memory; i++) write_block(&w, i);
  if (!w.nodes.memory) close_lists(&w, 0);
  *nodes = lk_nodes_keep(&w.nodes, p->arena, count);
  return *nodes ? LK_OK : LK_ERR_MEMORY;
}
