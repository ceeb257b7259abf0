/* Answers as text, HTML and Markdown.
 *
 * Everything that comes from an editor or a variable passes through escape(); only the tags and marks written here are left as they are. */
#include "kb/render.h"

#include <ctype.h>

#include "base/error.h"
#include "base/utf8.h"
#include "kb/address.h"
#include "kb/answer.h"
#include "kb/values.h"

typedef enum format { TEXT, HTML, MARKDOWN, PLAIN } format;

typedef struct renderer {
  const lk_answer *answer;
  format format;
  const lk_value *values;
  size_t value_count;
  lk_buffer *out;
  int indent;       /* of lines within list items */
  bool after_point; /* a value has just ended with a full stop ("24.12."): a sentence that ends there has no second one */
  lk_view missing;  /* the first variable without a value */
} renderer;

/* ---- Escaping ---- */

static void new_line(renderer *r) {
  lk_buffer_addc(r->out, '\n');
  if (r->format == TEXT || r->format == MARKDOWN)
    for (int i = 0; i < r->indent; i++) lk_buffer_addc(r->out, ' ');
}

static void line_break(renderer *r) {
  if (r->format == HTML) {
    lk_buffer_adds(r->out, "<br>");
    return;
  }
  if (r->format == MARKDOWN) lk_buffer_addc(r->out, '\\');
  new_line(r);
}

static void escape_html(lk_buffer *out, char c) {
  switch (c) {
    case '&':
      lk_buffer_adds(out, "&amp;");
      break;
    case '<':
      lk_buffer_adds(out, "&lt;");
      break;
    case '>':
      lk_buffer_adds(out, "&gt;");
      break;
    case '"':
      lk_buffer_adds(out, "&quot;");
      break;
    case '\'':
      lk_buffer_adds(out, "&#39;");
      break;
    default:
      lk_buffer_addc(out, c);
  }
}

/* Is the next character the first of its line, but for indentation and the mark of a list item? */
static bool at_line_start(const lk_buffer *out) {
  size_t i = out->len;
  while (i > 0 && out->ptr[i - 1] == ' ') i--;
  if (i > 0 && (out->ptr[i - 1] == '-' || out->ptr[i - 1] == '.') && i < out->len) {
    i--;
    while (i > 0 && isdigit((unsigned char)out->ptr[i - 1])) i--;
    while (i > 0 && out->ptr[i - 1] == ' ') i--;
  }
  return i == 0 || out->ptr[i - 1] == '\n';
}

/* "12." at the beginning of a line would start a numbered list: true when only digits stand before. */
static bool only_digits_before(const lk_buffer *out) {
  size_t i = out->len;
  while (i > 0 && isdigit((unsigned char)out->ptr[i - 1])) i--;
  return i < out->len && at_line_start(&(lk_buffer){.ptr = out->ptr, .len = i});
}

static void escape_markdown(lk_buffer *out, char c) {
  bool special =
      strchr("\\`*_[]<>&~|#$", c) || (strchr("-+=:", c) && at_line_start(out)) || (strchr(".)", c) && only_digits_before(out));
  if (special && c) lk_buffer_addc(out, '\\');
  if (c == ' ' && at_line_start(out)) return; /* four spaces would be code */
  lk_buffer_addc(out, c);
}

static void add_byte(renderer *r, char c) {
  if (r->format == HTML)
    escape_html(r->out, c);
  else if (r->format == MARKDOWN)
    escape_markdown(r->out, c);
  else
    lk_buffer_addc(r->out, c);
}

static bool is_control(uint32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

static void add_text(renderer *r, lk_view text) {
  for (size_t i = 0; i < text.len && !r->out->failed;) {
    size_t start = i;
    uint32_t c = lk_utf8_next(text, &i);
    if (c == LK_UTF8_INVALID) {
      lk_buffer_adds(r->out, "\xEF\xBF\xBD");
    } else if (c == '\n') {
      line_break(r);
    } else if (c == '\t') {
      add_byte(r, ' ');
    } else if (c < 0x80 && !is_control(c)) {
      add_byte(r, (char)c);
    } else if (!is_control(c)) {
      lk_buffer_add(r->out, (lk_view){text.ptr + start, i - start});
    }
  }
}

/* ---- Variables ---- */

static const lk_value *find_value(renderer *r, lk_view name) {
  for (size_t i = 0; i < r->value_count; i++)
    if (lk_view_eq(r->values[i].name, name)) return &r->values[i];
  if (!r->missing.ptr) r->missing = name;
  return NULL;
}

static void add_variable(renderer *r, lk_view name) {
  if (r->format == PLAIN) {
    lk_buffer_addc(r->out, '{');
    lk_buffer_add(r->out, name);
    lk_buffer_addc(r->out, '}');
    return;
  }
  const lk_value *value = find_value(r, name);
  if (!value) return;
  add_text(r, value->value);
  r->after_point = value->value.len && value->value.ptr[value->value.len - 1] == '.';
}

static void add_own_text(renderer *r, lk_view text) {
  if (r->after_point && text.len && text.ptr[0] == '.') text = (lk_view){text.ptr + 1, text.len - 1};
  r->after_point = false;
  add_text(r, text);
}

/* RFC 3986: everything but the unreserved characters. */
static void add_percent_encoded(lk_buffer *out, lk_view text) {
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    if (c < 0x80 && (isalnum(c) || memchr("-._~", c, 4)))
      lk_buffer_addc(out, (char)c);
    else
      lk_buffer_addf(out, "%%%02X", (unsigned)c);
  }
}

/* The address with its variables filled in; a variable within an address is only a part of a path or query, one alone is a whole address. */
static void add_address(renderer *r, lk_view href, lk_buffer *to) {
  lk_braces v;
  size_t at = 0;
  while (lk_find_variable(href, at, &v)) {
    const lk_value *value = find_value(r, v.name);
    lk_buffer_add(to, (lk_view){href.ptr + at, v.start - at});
    if (value && v.start == 0 && v.end == href.len)
      lk_buffer_add(to, value->value);
    else if (value)
      add_percent_encoded(to, value->value);
    at = v.end;
  }
  lk_buffer_add(to, (lk_view){href.ptr + at, href.len - at});
}

/* ---- Nodes ---- */

static void render_range(renderer *r, size_t from, size_t to);

static void render_children(renderer *r, size_t at) { render_range(r, at + 1, r->answer->nodes[at].end); }

static void render_marked(renderer *r, size_t at, const char *tag, const char *mark) {
  if (r->format == HTML) lk_buffer_addf(r->out, "<%s>", tag);
  if (r->format == MARKDOWN) lk_buffer_adds(r->out, mark);
  render_children(r, at);
  if (r->format == MARKDOWN) lk_buffer_adds(r->out, mark);
  if (r->format == HTML) lk_buffer_addf(r->out, "</%s>", tag);
}

/* " (address)", unless the text was the address already. */
static void add_text_address(renderer *r, size_t text_from, lk_view href) {
  lk_view text = {r->out->ptr + text_from, r->out->len - text_from};
  lk_view bare = href;
  const char *colon = memchr(href.ptr, ':', href.len);
  if (colon && href.ptr[0] != 'h') bare = (lk_view){colon + 1, href.len - (size_t)(colon - href.ptr) - 1};
  if (lk_view_eq(text, href) || lk_view_eq(text, bare)) return;
  lk_buffer_adds(r->out, " (");
  lk_buffer_add(r->out, href);
  lk_buffer_addc(r->out, ')');
}

static void add_link(renderer *r, size_t at, lk_view href) {
  if (r->format == HTML) {
    lk_buffer_adds(r->out, "<a href=\"");
    for (size_t i = 0; i < href.len; i++) escape_html(r->out, href.ptr[i]);
    lk_buffer_adds(r->out, "\" rel=\"noopener\">");
    render_children(r, at);
    lk_buffer_adds(r->out, "</a>");
  } else if (r->format == MARKDOWN) {
    lk_buffer_addc(r->out, '[');
    render_children(r, at);
    lk_buffer_adds(r->out, "](<");
    for (size_t i = 0; i < href.len; i++) escape_html(r->out, href.ptr[i]); /* entities are understood there */
    lk_buffer_adds(r->out, ">)");
  } else {
    size_t from = r->out->len;
    render_children(r, at);
    if (r->format == TEXT && !r->out->failed) add_text_address(r, from, href);
  }
}

static void render_link(renderer *r, size_t at) {
  if (r->format == PLAIN) {
    render_children(r, at);
    return;
  }
  lk_buffer address = {0};
  add_address(r, r->answer->nodes[at].text, &address);
  if (address.failed)
    r->out->failed = true;
  else if (lk_address_safe(lk_buffer_view(&address)))
    add_link(r, at, lk_buffer_view(&address));
  else
    render_children(r, at);
  lk_buffer_free(&address);
}

static void render_item(renderer *r, size_t at, size_t number) {
  char mark[24] = "";
  if (r->format == HTML) lk_buffer_adds(r->out, "<li>");
  if (number)
    (void)snprintf(mark, sizeof mark, "%zu. ", number);
  else
    (void)snprintf(mark, sizeof mark, "- ");
  if (r->format == TEXT || r->format == MARKDOWN) lk_buffer_adds(r->out, mark);
  int step = (int)strlen(mark);
  r->indent += step;
  render_children(r, at);
  r->indent -= step;
  if (r->format == HTML) lk_buffer_adds(r->out, "</li>");
}

static void render_list(renderer *r, size_t at, bool numbers) {
  const lk_node *nodes = r->answer->nodes;
  if (r->format == HTML) lk_buffer_adds(r->out, numbers ? "<ol>" : "<ul>");
  size_t number = 0;
  for (size_t item = at + 1; item < nodes[at].end; item = nodes[item].end) {
    if (number++ && r->format != HTML) new_line(r);
    render_item(r, item, numbers ? number : 0);
  }
  if (r->format == HTML) lk_buffer_adds(r->out, numbers ? "</ol>" : "</ul>");
}

static void render_node(renderer *r, size_t at) {
  const lk_node *node = &r->answer->nodes[at];
  switch (node->kind) {
    case LK_NODE_TEXT:
      add_own_text(r, node->text);
      break;
    case LK_NODE_VARIABLE:
      add_variable(r, node->text);
      break;
    case LK_NODE_BREAK:
      line_break(r);
      break;
    case LK_NODE_PARAGRAPH:
      render_marked(r, at, "p", "");
      break;
    case LK_NODE_BULLETS:
      render_list(r, at, false);
      break;
    case LK_NODE_NUMBERS:
      render_list(r, at, true);
      break;
    case LK_NODE_ITEM: /* within lists only */
      break;
    case LK_NODE_STRONG:
      render_marked(r, at, "strong", "**");
      break;
    case LK_NODE_EMPHASIS:
      render_marked(r, at, "em", "*");
      break;
    case LK_NODE_LINK:
      render_link(r, at);
      break;
  }
}

static bool is_block(lk_node_kind kind) {
  return kind == LK_NODE_PARAGRAPH || kind == LK_NODE_BULLETS || kind == LK_NODE_NUMBERS;
}

/* Between two blocks, or between an item's text and its inner list. A list belongs to the paragraph before it. */
static void separate(renderer *r, lk_node_kind before, lk_node_kind after) {
  if (r->format == HTML || !is_block(after)) return;
  bool list_behind_text = after != LK_NODE_PARAGRAPH && (before == LK_NODE_PARAGRAPH || !is_block(before));
  if (r->format == PLAIN || (r->format == TEXT && list_behind_text) || !is_block(before)) {
    new_line(r);
    return;
  }
  lk_buffer_addc(r->out, '\n');
  /* Two lists in a row would be one to a Markdown reader. */
  if (r->format == MARKDOWN && before != LK_NODE_PARAGRAPH && before == after) lk_buffer_adds(r->out, "\n<!-- -->\n");
  new_line(r);
}

static void render_range(renderer *r, size_t from, size_t to) {
  const lk_node *nodes = r->answer->nodes;
  lk_node_kind before = LK_NODE_TEXT;
  for (size_t at = from; at < to && !r->out->failed; at = nodes[at].end) {
    if (at > from) separate(r, before, nodes[at].kind);
    render_node(r, at);
    before = nodes[at].kind;
  }
}

void lk_render_plain(const lk_answer *answer, lk_buffer *out) {
  renderer r = {.answer = answer, .format = PLAIN, .out = out};
  render_range(&r, 0, answer->count);
}

char *lk_render(const lk_answer *answer, lk_render_format wanted, const lk_value *values, size_t value_count, lk_error *err) {
  static const format formats[] = {[LK_RENDER_TEXT] = TEXT, [LK_RENDER_HTML] = HTML, [LK_RENDER_MARKDOWN] = MARKDOWN};
  lk_buffer out = {0};
  renderer r = {.answer = answer, .format = formats[wanted], .values = values, .value_count = value_count, .out = &out};
  lk_buffer_adds(&out, "");
  render_range(&r, 0, answer->count);
  if (out.failed) {
    lk_buffer_free(&out);
    (void)lk_fail_memory(err);
    return NULL;
  }
  if (r.missing.ptr) {
    lk_buffer_free(&out);
    (void)lk_fail(err, LK_ERR_MISSING, "the text uses {%.*s}, which has no value here; use another variable or none",
                  LK_FMT(r.missing));
    return NULL;
  }
  return out.ptr;
}
