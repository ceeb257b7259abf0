#include "kb/answer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "base/vector.h"
#include "kb/address.h"
#include "kb/findings.h"
#include "kb/limits.h"
#include "kb/render.h"
#include "kb/values.h"

typedef struct writer {
  const lk_answer_reader *in;
  struct {
    lk_node *items;
    size_t count, cap;
  } nodes;
  struct {
    lk_view *items;
    size_t count, cap;
  } variables;
  lk_buffer run; /* text since the last tag, white space folded */
  size_t bytes;  /* written so far */
  bool at_start; /* of a block or line: white space here is nothing */
  bool gap;      /* white space was seen; it becomes one space when something follows */
  unsigned open; /* inline elements that are open, as bits of lk_node_kind */
  bool memory;
} writer;

static void report(writer *w, int line, const char *code, const char *what, const char *mend) {
  (void)lk_findings_add(w->in->findings, LK_SEVERITY_ERROR, code, w->in->file, line, mend, "%s", what);
}

static void report_element(writer *w, const lk_element *e, const char *code, const char *what, const char *mend) {
  lk_view name = lk_excerpt(e->name, 60);
  (void)lk_findings_add(w->in->findings, LK_SEVERITY_ERROR, code, w->in->file, e->line, mend, "<%.*s> %s", LK_FMT(name), what);
}

/* ---- Nodes ---- */

static size_t open_node(writer *w, lk_node_kind kind, lk_view text) {
  size_t at = w->nodes.count;
  if (!LK_PUSH(&w->nodes, (lk_node){kind, 0, text})) w->memory = true;
  return at;
}

static bool close_node(writer *w, size_t at) {
  if (w->memory) return true;
  w->nodes.items[at].end = (uint32_t)w->nodes.count;
  return w->nodes.count > at + 1;
}

static void flush_run(writer *w) {
  if (w->run.failed) w->memory = true;
  if (w->run.len && !w->memory) {
    lk_view text = lk_arena_copy(w->in->arena, lk_buffer_view(&w->run));
    if (text.ptr)
      (void)close_node(w, open_node(w, LK_NODE_TEXT, text));
    else
      w->memory = true;
  }
  lk_buffer_clear(&w->run);
}

/* An element follows on the same line: a gap before it, or at its own beginning, becomes a space outside of it. */
static void settle_gap(writer *w, const lk_element *inside) {
  lk_view text = inside ? inside->text : (lk_view){"", 0};
  if (text.len && lk_is_space(text.ptr[0])) w->gap = !w->at_start;
  if (w->gap) {
    lk_buffer_addc(&w->run, ' ');
    w->at_start = true;
  }
  w->gap = false;
  flush_run(w);
}

static void start_line(writer *w) {
  flush_run(w);
  w->gap = false;
  w->at_start = true;
}

/* ---- Variables ---- */

bool lk_find_variable(lk_view text, size_t from, lk_braces *out) {
  for (size_t i = from; i + 1 < text.len; i++) {
    if (text.ptr[i] != '{') continue;
    if (text.ptr[i + 1] == '{') {
      i++;
      continue;
    }
    size_t reach = text.len - i < LK_LIMIT_ID_CHARACTERS + 2 ? text.len - i : LK_LIMIT_ID_CHARACTERS + 2;
    const char *close = memchr(text.ptr + i, '}', reach);
    if (!close) continue;
    lk_view name = {text.ptr + i + 1, (size_t)(close - text.ptr) - i - 1};
    if (!lk_is_name(name)) continue;
    *out = (lk_braces){i, i + name.len + 2, name};
    return true;
  }
  return false;
}

/* Far more than can be allowed was written already: the rest is not looked at, so that no text costs more than its limit. */
static bool is_overlong(const writer *w) { return w->bytes > 4 * LK_LIMIT_ANSWER_CHARACTERS; }

static void add_variable(writer *w, lk_view name) {
  w->bytes += name.len + 2;
  for (size_t i = 0; i < w->variables.count; i++)
    if (lk_view_eq(w->variables.items[i], name)) return;
  lk_view copy = lk_arena_copy(w->in->arena, name);
  if (!copy.ptr || !LK_PUSH(&w->variables, copy)) w->memory = true;
}

static void write_variable(writer *w, lk_view name, int line) {
  if (!w->in->variables) {
    report(w, line, "variable", "a {variable} can't stand here: nothing would fill it in",
           "write the text itself, or {{ and }} for braces");
    return;
  }
  settle_gap(w, NULL);
  w->at_start = false;
  add_variable(w, name);
  lk_view copy = lk_arena_copy(w->in->arena, name);
  if (copy.ptr)
    (void)close_node(w, open_node(w, LK_NODE_VARIABLE, copy));
  else
    w->memory = true;
}

/* ---- Text ---- */

static void write_char(writer *w, char c) {
  if (lk_is_space(c)) {
    w->gap = !w->at_start;
    return;
  }
  if (w->gap) lk_buffer_addc(&w->run, ' ');
  w->gap = w->at_start = false;
  w->bytes++;
  lk_buffer_addc(&w->run, c);
}

static void write_text(writer *w, lk_view text, int line) {
  lk_braces next = {SIZE_MAX, SIZE_MAX, {"", 0}};
  if (!lk_find_variable(text, 0, &next)) next.start = SIZE_MAX;
  for (size_t i = 0; i < text.len && !is_overlong(w); i++) {
    char c = text.ptr[i];
    if (i == next.start) {
      write_variable(w, next.name, line);
      i = next.end - 1;
      if (!lk_find_variable(text, next.end, &next)) next.start = SIZE_MAX;
    } else if ((c == '{' || c == '}') && i + 1 < text.len && text.ptr[i + 1] == c) {
      write_char(w, c);
      i++;
    } else if (c == '{' || c == '}') {
      report(w, line, "variable", "a brace stands here that belongs to no {variable}",
             "write {name} in lower-case letters, digits and hyphens, or {{ and }} for braces themselves");
    } else {
      line += c == '\n';
      write_char(w, c);
    }
  }
}

/* ---- Elements ---- */

static bool is(const lk_element *e, const char *name) { return lk_view_eq(e->name, lk_view_of(name)); }
static bool is_text(const lk_element *e) { return !e->name.len; }
static bool is_list(const lk_element *e) { return is(e, "ul") || is(e, "ol"); }

static void refuse_attributes(writer *w, const lk_element *e) {
  for (size_t i = 0; i < e->attribute_count; i++)
    if (!is(e, "a") || !lk_view_eq(e->attributes[i].name, LK_LIT("href")))
      report_element(w, e, "unknown-attribute", "has an attribute that is not allowed here", "delete it; only <a> has one, href");
}

/* The address with its variables set to x: what can be judged before they are known. */
static bool safe_with_variables(writer *w, lk_view href) {
  lk_buffer sample = {0};
  size_t at = 0;
  lk_braces v;
  while (lk_find_variable(href, at, &v)) {
    lk_buffer_add(&sample, (lk_view){href.ptr + at, v.start - at});
    lk_buffer_addc(&sample, 'x');
    at = v.end;
    add_variable(w, v.name);
  }
  lk_buffer_add(&sample, (lk_view){href.ptr + at, href.len - at});
  if (sample.failed) w->memory = true;
  lk_view text = lk_buffer_view(&sample);
  bool safe = lk_address_safe(text) && !memchr(text.ptr, '{', text.len) && !memchr(text.ptr, '}', text.len);
  lk_buffer_free(&sample);
  return safe;
}

static lk_view read_href(writer *w, const lk_element *e) {
  for (size_t i = 0; i < e->attribute_count; i++) {
    if (!lk_view_eq(e->attributes[i].name, LK_LIT("href"))) continue;
    lk_view href = lk_trim(e->attributes[i].value);
    lk_braces v;
    if (!w->in->variables && lk_find_variable(href, 0, &v))
      report_element(w, e, "variable", "has a {variable} in its address that nothing would fill in", "write the address itself");
    else if (href.len > LK_LIMIT_ATTRIBUTE_CHARACTERS || !safe_with_variables(w, href))
      report_element(w, e, "unsafe-link", "has an address that can't be shown to customers",
                     "use https://, http://, mailto: or tel:, or a path such as /palautukset, without spaces");
    lk_view copy = lk_arena_copy(w->in->arena, href);
    if (!copy.ptr) w->memory = true;
    return copy;
  }
  report_element(w, e, "missing-attribute", "has no address", "write <a href=\"https://…\">");
  return (lk_view){"", 0};
}

static void read_inlines(writer *w, const lk_element *first, const lk_element *end);

static void read_inline_element(writer *w, const lk_element *e, lk_node_kind kind) {
  if (w->open & 1u << kind) {
    report_element(w, e, "nesting", "stands within another one of its kind", "close the outer one first");
    return;
  }
  settle_gap(w, e->first);
  size_t at = open_node(w, kind, kind == LK_NODE_LINK ? read_href(w, e) : (lk_view){"", 0});
  w->open |= 1u << kind;
  read_inlines(w, e->first, NULL);
  w->open &= ~(1u << kind);
  flush_run(w);
  if (!close_node(w, at)) report_element(w, e, "empty-element", "has no text in it", "delete it or write its text");
}

static void read_break(writer *w, const lk_element *e) {
  start_line(w);
  (void)close_node(w, open_node(w, LK_NODE_BREAK, (lk_view){"", 0}));
  if (e->first) report_element(w, e, "markup", "has something in it", "write <br/>");
}

static void read_inline(writer *w, const lk_element *e) {
  if (is_text(e)) {
    write_text(w, e->text, e->line);
    return;
  }
  refuse_attributes(w, e);
  if (is(e, "strong"))
    read_inline_element(w, e, LK_NODE_STRONG);
  else if (is(e, "em"))
    read_inline_element(w, e, LK_NODE_EMPHASIS);
  else if (is(e, "a"))
    read_inline_element(w, e, LK_NODE_LINK);
  else if (is(e, "br"))
    read_break(w, e);
  else
    report_element(w, e, "markup", "is not allowed in this place of a text",
                   "use <p>, <ul> or <ol> with <li>, and in them <strong>, <em>, <br/> and <a href=\"…\">");
}

static void read_inlines(writer *w, const lk_element *first, const lk_element *end) {
  for (const lk_element *e = first; e != end && !w->memory && !is_overlong(w); e = e->next) read_inline(w, e);
}

static bool is_blank(const lk_element *e) { return is_text(e) && !lk_trim(e->text).len; }

static void read_list(writer *w, const lk_element *list);

/* Text, then lists of the next level. */
static void read_item(writer *w, const lk_element *item) {
  const lk_element *e = item->first;
  while (e && !is_list(e)) e = e->next;
  size_t at = open_node(w, LK_NODE_ITEM, (lk_view){"", 0});
  start_line(w);
  read_inlines(w, item->first, e);
  start_line(w);
  for (; e && !w->memory; e = e->next) {
    if (is_list(e))
      read_list(w, e);
    else if (!is_blank(e))
      report(w, e->line, "markup", "text stands behind the inner list of an <li>",
             "put it before the inner list or into an <li> of its own");
  }
  if (!close_node(w, at)) report_element(w, item, "empty-element", "has no text in it", "delete it or write its text");
}

static void read_list(writer *w, const lk_element *list) {
  refuse_attributes(w, list);
  size_t at = open_node(w, is(list, "ol") ? LK_NODE_NUMBERS : LK_NODE_BULLETS, (lk_view){"", 0});
  for (const lk_element *e = list->first; e && !w->memory; e = e->next) {
    if (is(e, "li")) {
      refuse_attributes(w, e);
      read_item(w, e);
    } else if (!is_blank(e)) {
      report(w, e->line, "markup", "something other than <li> stands in a list", "put it into an <li>");
    }
  }
  if (!close_node(w, at)) report_element(w, list, "empty-element", "has no <li> in it", "delete it or write its <li>");
}

static void read_paragraph(writer *w, const lk_element *owner, const lk_element *first) {
  size_t at = open_node(w, LK_NODE_PARAGRAPH, (lk_view){"", 0});
  start_line(w);
  read_inlines(w, first, NULL);
  start_line(w);
  if (!close_node(w, at)) report_element(w, owner, "empty-element", "has no text in it", "delete it or write its text");
}

static void read_blocks(writer *w, const lk_element *answer) {
  for (const lk_element *e = answer->first; e && !w->memory; e = e->next) {
    if (is(e, "p")) {
      refuse_attributes(w, e);
      read_paragraph(w, e, e->first);
    } else if (is_list(e)) {
      read_list(w, e);
    } else if (is_text(e)) {
      if (!is_blank(e)) report(w, e->line, "markup", "text stands between the paragraphs", "put it into <p> … </p>");
    } else {
      report_element(w, e, "markup", "is not allowed beside paragraphs and lists",
                     "use <p>, <ul> or <ol> there, and put everything else into them");
    }
  }
}

static bool has_blocks(const lk_element *answer) {
  for (const lk_element *e = answer->first; e; e = e->next)
    if (is(e, "p") || is_list(e)) return true;
  return false;
}

static void read_all(writer *w, const lk_element *answer) {
  if (has_blocks(answer))
    read_blocks(w, answer);
  else
    read_paragraph(w, answer, answer->first);
}

/* ---- The result ---- */

static void *copy_array(lk_arena *arena, const void *items, size_t count, size_t size) {
  void *copy = lk_arena_zeroed(arena, count, size);
  if (copy && count) memcpy(copy, items, count * size);
  return copy;
}

static void freeze(writer *w, lk_answer *out) {
  lk_arena *arena = w->in->arena;
  out->nodes = copy_array(arena, w->nodes.items, w->nodes.count, sizeof *w->nodes.items);
  out->count = w->nodes.count;
  out->variables = copy_array(arena, w->variables.items, w->variables.count, sizeof *w->variables.items);
  out->variable_count = w->variables.count;
  if (!out->nodes || !out->variables) {
    w->memory = true;
    return;
  }
  lk_buffer plain = {0};
  lk_render_plain(out, &plain);
  out->plain = lk_arena_copy(arena, lk_buffer_view(&plain));
  w->memory = w->memory || plain.failed || !out->plain.ptr;
  lk_buffer_free(&plain);
}

lk_code lk_answer_read(const lk_answer_reader *reader, const lk_element *element, lk_answer *out) {
  writer w = {.in = reader, .at_start = true};
  *out = (lk_answer){.plain = {"", 0}, .line = element->line};
  read_all(&w, element);
  if (!w.memory) freeze(&w, out);
  if (!w.memory && (is_overlong(&w) || lk_utf8_length(out->plain) > LK_LIMIT_ANSWER_CHARACTERS))
    report(&w, element->line, "too-long", "this text is longer than 8,000 characters",
           "shorten it, or divide it between several entries");
  free(w.nodes.items);
  free(w.variables.items);
  lk_buffer_free(&w.run);
  if (!w.memory) return LK_OK;
  *out = (lk_answer){.plain = {"", 0}};
  return LK_ERR_MEMORY;
}
