#include "edit/markup.h"

#include "base/utf8.h"
#include "kb/values.h"

/* ---- Characters ---- */

/* XML 1.0, production 2; what is no character at all becomes U+FFFD. */
static bool is_allowed(uint32_t c) { return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0xFFFE && c != 0xFFFF); }

static void add_escaped(lk_buffer *out, uint32_t c, bool quoted) {
  char bytes[4];
  if (c == '&')
    lk_buffer_adds(out, "&amp;");
  else if (c == '<')
    lk_buffer_adds(out, "&lt;");
  else if (c == '>')
    lk_buffer_adds(out, "&gt;");
  else if (c == '"' && quoted)
    lk_buffer_adds(out, "&quot;");
  else if (c == LK_UTF8_INVALID)
    lk_buffer_adds(out, "\xEF\xBF\xBD");
  else if (is_allowed(c))
    lk_buffer_add(out, (lk_view){bytes, lk_utf8_put(bytes, c)});
}

/* Folded like the loader folds; spaces at the ends stay when `edges`. Braces are doubled where they would begin a {variable}. */
static void add_text(lk_buffer *out, lk_view text, bool quoted, bool edges, bool braces) {
  bool gap = false, any = edges;
  for (size_t i = 0; i < text.len;) {
    uint32_t c = lk_utf8_next(text, &i);
    if (c < 0x80 && lk_is_space((char)c)) {
      gap = any;
      continue;
    }
    if (!is_allowed(c) && c != LK_UTF8_INVALID) continue;
    if (gap) lk_buffer_addc(out, ' ');
    gap = false;
    any = true;
    add_escaped(out, c, quoted);
    if (braces && (c == '{' || c == '}')) lk_buffer_addc(out, (char)c);
  }
  if (gap && edges) lk_buffer_addc(out, ' ');
}

void lk_markup_text(lk_buffer *out, lk_view text) { add_text(out, text, false, false, false); }

void lk_markup_attribute(lk_buffer *out, const char *name, lk_view value) {
  if (!value.len) return;
  lk_buffer_addf(out, " %s=\"", name);
  add_text(out, value, true, false, false);
  lk_buffer_addc(out, '"');
}

void lk_markup_date(lk_buffer *out, const char *name, lk_date date) {
  if (lk_date_given(date)) lk_buffer_addf(out, " %s=\"%04d-%02d-%02d\"", name, date.year, date.month, date.day);
}

void lk_markup_line(lk_buffer *out, const char *name, lk_view text) {
  lk_buffer_addf(out, "<%s>", name);
  lk_markup_text(out, text);
  lk_buffer_addf(out, "</%s>", name);
}

void lk_markup_indent(lk_buffer *out, unsigned depth) {
  while (depth--) lk_buffer_adds(out, "  ");
}

/* ---- Answers ---- */

static const char *tag_of(lk_node_kind kind) {
  static const char *const tags[] = {
      [LK_NODE_PARAGRAPH] = "p",   [LK_NODE_BULLETS] = "ul",  [LK_NODE_NUMBERS] = "ol", [LK_NODE_ITEM] = "li",
      [LK_NODE_STRONG] = "strong", [LK_NODE_EMPHASIS] = "em", [LK_NODE_LINK] = "a"};
  return tags[kind];
}

static bool is_list(const lk_node *node) { return node->kind == LK_NODE_BULLETS || node->kind == LK_NODE_NUMBERS; }

/* Depth of inline elements is that of the loader's input, so recursion is bounded with it. */
static void add_inlines(lk_buffer *out, const lk_node *nodes, size_t from, size_t to) {
  for (size_t i = from; i < to; i = nodes[i].end) {
    const lk_node *node = &nodes[i];
    if (node->kind == LK_NODE_TEXT) {
      add_text(out, node->text, false, true, true);
    } else if (node->kind == LK_NODE_BREAK) {
      lk_buffer_adds(out, "<br/>");
    } else if (node->kind == LK_NODE_VARIABLE) {
      lk_buffer_addf(out, "{%.*s}", LK_FMT(node->text));
    } else {
      lk_buffer_addf(out, "<%s", tag_of(node->kind));
      if (node->kind == LK_NODE_LINK) lk_markup_attribute(out, "href", node->text);
      lk_buffer_addc(out, '>');
      add_inlines(out, nodes, i + 1, node->end);
      lk_buffer_addf(out, "</%s>", tag_of(node->kind));
    }
  }
}

static void add_list(lk_buffer *out, const lk_node *nodes, size_t at, unsigned depth);

static void add_item(lk_buffer *out, const lk_node *nodes, size_t at, unsigned depth) {
  size_t lists = at + 1, end = nodes[at].end;
  while (lists < end && !is_list(&nodes[lists])) lists = nodes[lists].end;
  lk_markup_indent(out, depth);
  lk_buffer_adds(out, "<li>");
  add_inlines(out, nodes, at + 1, lists);
  if (lists < end) lk_buffer_addc(out, '\n');
  for (size_t i = lists; i < end; i = nodes[i].end) add_list(out, nodes, i, depth + 1);
  if (lists < end) lk_markup_indent(out, depth);
  lk_buffer_adds(out, "</li>\n");
}

static void add_list(lk_buffer *out, const lk_node *nodes, size_t at, unsigned depth) {
  lk_markup_indent(out, depth);
  lk_buffer_addf(out, "<%s>\n", tag_of(nodes[at].kind));
  for (size_t i = at + 1; i < nodes[at].end; i = nodes[i].end) add_item(out, nodes, i, depth + 1);
  lk_markup_indent(out, depth);
  lk_buffer_addf(out, "</%s>\n", tag_of(nodes[at].kind));
}

void lk_markup_blocks(lk_buffer *out, const lk_node *nodes, size_t count, unsigned depth) {
  for (size_t i = 0; i < count; i = nodes[i].end) {
    if (is_list(&nodes[i])) {
      add_list(out, nodes, i, depth);
      continue;
    }
    lk_markup_indent(out, depth);
    lk_buffer_adds(out, "<p>");
    add_inlines(out, nodes, i + 1, nodes[i].end);
    lk_buffer_adds(out, "</p>\n");
  }
}

/* ---- Articles ---- */

static void add_part(lk_buffer *out, const char *name, lk_view text) {
  lk_buffer_adds(out, "  ");
  lk_markup_line(out, name, text);
  lk_buffer_addc(out, '\n');
}

void lk_markup_article(lk_buffer *out, const lk_article_draft *draft, bool other_language) {
  lk_buffer_adds(out, "<article");
  lk_markup_attribute(out, "id", draft->id);
  lk_markup_attribute(out, "category", draft->category);
  lk_markup_date(out, "updated", draft->updated);
  lk_markup_attribute(out, "source", draft->source);
  if (other_language) lk_markup_attribute(out, "xml:lang", lk_view_of(lk_lang_code(draft->lang)));
  lk_buffer_adds(out, ">\n");
  add_part(out, "question", draft->question);
  for (size_t i = 0; i < draft->variant_count; i++) add_part(out, "variant", draft->variants[i]);
  if (draft->keywords.len) add_part(out, "keywords", draft->keywords);
  lk_buffer_adds(out, "  <answer>\n");
  lk_markup_blocks(out, draft->answer, draft->answer_count, 2);
  lk_buffer_adds(out, "  </answer>\n</article>");
}

void lk_markup_place(lk_buffer *out, lk_view lines, lk_view indent, const char *newline) {
  for (size_t i = 0; i < lines.len; i++) {
    if (lines.ptr[i] != '\n') {
      lk_buffer_addc(out, lines.ptr[i]);
      continue;
    }
    lk_buffer_adds(out, newline);
    if (i + 1 < lines.len) lk_buffer_add(out, indent);
  }
}
