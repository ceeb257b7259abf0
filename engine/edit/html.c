#include "edit/html.h"

#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/parserInternals.h>
#include <strings.h>

#include "base/utf8.h"
#include "kb/findings.h"
#include "kb/values.h"

/* ---- Before libxml2 ---- */

static size_t behind(lk_view text, size_t at, const char *mark) {
  const char *found = memmem(text.ptr + at, text.len - at, mark, strlen(mark));
  return found ? (size_t)(found - text.ptr) + strlen(mark) : text.len;
}

static bool at_tag(lk_view text, size_t at, const char *name) {
  size_t len = strlen(name);
  return text.len - at > len && strncasecmp(text.ptr + at, name, len) == 0;
}

/* Behind the tag at `at`; its white space and equals signs, of which each attribute has one at least, are counted. */
static size_t pass_tag(lk_view text, size_t at, size_t *attributes) {
  char quote = 0;
  for (*attributes = 0; ++at < text.len;) {
    char c = text.ptr[at];
    if (quote)
      quote = c == quote ? 0 : quote;
    else if ((c == '"' || c == '\'') && text.ptr[at - 1] == '=')
      quote = c;
    else if (c == '>')
      return at + 1;
    else
      *attributes += lk_is_space(c) || c == '=';
  }
  return at;
}

/* libxml2 compares every attribute of a tag with every other one. This walks tags much as it does, so that it is not given such a tag. */
static bool has_crowded_tag(lk_view text) {
  for (size_t at = 0, attributes; at < text.len;) {
    const char *next = memchr(text.ptr + at, '<', text.len - at);
    if (!next) return false;
    at = (size_t)(next - text.ptr);
    bool script = at_tag(text, at, "<script") || at_tag(text, at, "<style");
    if (at_tag(text, at, "<!--")) {
      at = behind(text, at, "-->");
      continue;
    }
    at = pass_tag(text, at, &attributes);
    if (attributes > 8 * LK_HTML_TAG) return true;
    if (script) at = behind(text, at, "</");
  }
  return false;
}

static bool declares_charset(lk_view text) {
  lk_view head = lk_excerpt(text, 4096);
  for (size_t i = 0; i + 8 < head.len; i++)
    if (strncasecmp(head.ptr + i, "charset=", 8) == 0) return true;
  return false;
}

/* ---- Parsing ---- */

static void start_element(void *user, const xmlChar *name, const xmlChar **attributes) {
  htmlParserCtxt *parser = user;
  size_t count = 0;
  while (attributes && attributes[count]) count += 2;
  lk_html_trouble *trouble = parser->_private;
  if (count > 2 * LK_HTML_TAG) *trouble = LK_HTML_ATTRIBUTES;
  if (parser->nodeNr > LK_HTML_DEPTH) *trouble = LK_HTML_DEEP;
  if (*trouble)
    xmlStopParser(parser);
  else
    xmlSAX2StartElement(user, name, attributes);
}

xmlDoc *lk_html_parse(lk_view text, lk_html_trouble *trouble) {
  bool utf8 = lk_utf8_valid(text);
  *trouble = LK_HTML_FINE;
  if (!utf8 && !declares_charset(text)) *trouble = LK_HTML_ENCODING;
  if (has_crowded_tag(text)) *trouble = LK_HTML_ATTRIBUTES;
  if (*trouble) return NULL;
  htmlParserCtxt *parser = htmlNewParserCtxt();
  xmlDoc *doc = NULL;
  if (parser) {
    parser->_private = trouble;
    parser->sax->startElement = start_element;
    doc = htmlCtxtReadMemory(
        parser, text.ptr, (int)text.len, NULL, utf8 ? "UTF-8" : NULL,
        HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER | HTML_PARSE_NODEFDTD);
    if (parser->errNo == XML_ERR_NO_MEMORY && !*trouble) *trouble = LK_HTML_MEMORY;
    htmlFreeParserCtxt(parser);
  }
  if (doc && !*trouble) return doc;
  xmlFreeDoc(doc);
  if (!*trouble) *trouble = LK_HTML_MEMORY;
  return NULL;
}

const char *lk_html_reason(lk_html_trouble trouble) {
  switch (trouble) {
    case LK_HTML_DEEP:
      return "its elements are nested more than 250 deep; take the part with the questions out of it";
    case LK_HTML_ATTRIBUTES:
      return "it has a tag with hundreds of attributes; take the part with the questions out of it";
    case LK_HTML_ENCODING:
      return "it is not UTF-8 and does not say what it is; save it as UTF-8";
    default:
      return "memory is out; divide it into several files";
  }
}

/* ---- Looking at the tree ---- */

bool lk_html_is(const xmlNode *node, const char *name) {
  return node->type == XML_ELEMENT_NODE && strcasecmp((const char *)node->name, name) == 0;
}

static bool is_any(const xmlNode *node, const char *const *names) {
  for (; *names; names++)
    if (lk_html_is(node, *names)) return true;
  return false;
}

lk_view lk_html_attribute(lk_harvest *h, xmlNode *node, const char *name) {
  if (node->type != XML_ELEMENT_NODE || !xmlHasProp(node, (const xmlChar *)name)) return (lk_view){NULL, 0};
  xmlChar *value = xmlGetProp(node, (const xmlChar *)name);
  lk_view kept = lk_harvest_keep(h, value ? lk_trim(lk_view_of((const char *)value)) : (lk_view){"", 0});
  if (!value) h->memory = true;
  xmlFree(value);
  return kept;
}

xmlNode *lk_html_next(const xmlNode *root, xmlNode *node, bool skip) {
  if (!skip && node->type == XML_ELEMENT_NODE && node->children) return node->children;
  while (node && node != root && !node->next) node = node->parent;
  return !node || node == root ? NULL : node->next;
}

int lk_html_heading(const xmlNode *node) {
  const char *name = node->type == XML_ELEMENT_NODE ? (const char *)node->name : "";
  return (name[0] | 0x20) == 'h' && name[1] >= '1' && name[1] <= '6' && !name[2] ? name[1] - '0' : 0;
}

static bool is_text(const xmlNode *node) { return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE; }

static const char *const silent[] = {"script", "style", "template", "noscript", "svg",
                                     "head",   "title", "select",   "textarea", NULL};

/* What is longer is no line, whatever it is. */
enum { LINE_BYTES = 64 * 1024 };

static void add_text(lk_buffer *out, const xmlNode *node) {
  if (is_text(node) && node->content && out->len < LINE_BYTES)
    lk_buffer_add(out, lk_excerpt(lk_view_of((const char *)node->content), LINE_BYTES));
}

lk_view lk_html_text(lk_harvest *h, const xmlNode *node) {
  static const char *const apart[] = {"br", "p", "div", "li", "td", "h1", "h2", "h3", "h4", "h5", "h6", NULL};
  lk_buffer text = {0};
  xmlNode *at = node->children;
  add_text(&text, node);
  while (at && text.len < LINE_BYTES) {
    add_text(&text, at);
    if (is_any(at, apart)) lk_buffer_addc(&text, ' ');
    at = lk_html_next(node, at, is_any(at, silent));
  }
  if (text.failed) h->memory = true;
  lk_view line = lk_harvest_line(h, lk_buffer_view(&text));
  lk_buffer_free(&text);
  return line;
}

/* ---- Answers ---- */

typedef enum effect {
  EFFECT_NONE,
  EFFECT_BLOCK,
  EFFECT_STRONG_BLOCK, /* a heading within an answer */
  EFFECT_STRONG,
  EFFECT_EMPHASIS,
  EFFECT_LINK,
  EFFECT_LIST,
  EFFECT_NUMBERS,
  EFFECT_ITEM,
  EFFECT_BREAK,
  EFFECT_LINES, /* pre */
  EFFECT_SILENT,
  EFFECT_IMAGE,
  EFFECT_TABLE,
  EFFECT_FORM,
  EFFECT_FRAME,
  EFFECT_MEDIA,
  EFFECT_SCRIPT
} effect;

static const struct {
  const char *name;
  effect effect;
} effects[] = {
    {"p", EFFECT_BLOCK},          {"div", EFFECT_BLOCK},       {"section", EFFECT_BLOCK},   {"article", EFFECT_BLOCK},
    {"blockquote", EFFECT_BLOCK}, {"address", EFFECT_BLOCK},   {"figure", EFFECT_BLOCK},    {"figcaption", EFFECT_BLOCK},
    {"main", EFFECT_BLOCK},       {"header", EFFECT_BLOCK},    {"footer", EFFECT_BLOCK},    {"aside", EFFECT_BLOCK},
    {"dl", EFFECT_BLOCK},         {"dd", EFFECT_BLOCK},        {"details", EFFECT_BLOCK},   {"hr", EFFECT_BLOCK},
    {"center", EFFECT_BLOCK},     {"body", EFFECT_BLOCK},      {"dt", EFFECT_STRONG_BLOCK}, {"summary", EFFECT_STRONG_BLOCK},
    {"h1", EFFECT_STRONG_BLOCK},  {"h2", EFFECT_STRONG_BLOCK}, {"h3", EFFECT_STRONG_BLOCK}, {"h4", EFFECT_STRONG_BLOCK},
    {"h5", EFFECT_STRONG_BLOCK},  {"h6", EFFECT_STRONG_BLOCK}, {"strong", EFFECT_STRONG},   {"b", EFFECT_STRONG},
    {"em", EFFECT_EMPHASIS},      {"i", EFFECT_EMPHASIS},      {"a", EFFECT_LINK},          {"ul", EFFECT_LIST},
    {"menu", EFFECT_LIST},        {"ol", EFFECT_NUMBERS},      {"li", EFFECT_ITEM},         {"br", EFFECT_BREAK},
    {"pre", EFFECT_LINES},        {"style", EFFECT_SILENT},    {"template", EFFECT_SILENT}, {"noscript", EFFECT_SILENT},
    {"head", EFFECT_SILENT},      {"meta", EFFECT_SILENT},     {"link", EFFECT_SILENT},     {"title", EFFECT_SILENT},
    {"img", EFFECT_IMAGE},        {"picture", EFFECT_IMAGE},   {"svg", EFFECT_IMAGE},       {"canvas", EFFECT_IMAGE},
    {"map", EFFECT_IMAGE},        {"table", EFFECT_TABLE},     {"form", EFFECT_FORM},       {"input", EFFECT_FORM},
    {"button", EFFECT_FORM},      {"select", EFFECT_FORM},     {"textarea", EFFECT_FORM},   {"fieldset", EFFECT_FORM},
    {"iframe", EFFECT_FRAME},     {"frame", EFFECT_FRAME},     {"object", EFFECT_FRAME},    {"embed", EFFECT_FRAME},
    {"applet", EFFECT_FRAME},     {"video", EFFECT_MEDIA},     {"audio", EFFECT_MEDIA},     {"script", EFFECT_SCRIPT},
};

static effect effect_of(const xmlNode *node) {
  for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
    if (lk_html_is(node, effects[i].name)) return effects[i].effect;
  return EFFECT_NONE;
}

static void add_children(lk_harvest *h, xmlNode *node, lk_losses *losses) {
  for (xmlNode *child = node->children; child && !lk_prose_is_full(&h->prose); child = child->next)
    lk_html_prose(h, child, losses);
}

static void add_link(lk_harvest *h, xmlNode *node, lk_losses *losses) {
  lk_view href = lk_html_attribute(h, node, "href"), outer = h->prose.link;
  if (href.ptr && !outer.len) h->prose.link = lk_harvest_link(h, href, losses->question, (int)xmlGetLineNo(node));
  add_children(h, node, losses);
  h->prose.link = outer;
}

static void add_lines(lk_harvest *h, xmlNode *node) {
  xmlChar *content = xmlNodeGetContent(node);
  lk_view text = lk_view_of(content ? (const char *)content : "");
  lk_prose_paragraph(&h->prose);
  for (lk_view line; lk_next_piece(&text, '\n', &line);) {
    lk_prose_text(&h->prose, line);
    lk_prose_break(&h->prose);
  }
  lk_prose_paragraph(&h->prose);
  if (!content) h->memory = true;
  xmlFree(content);
}

/* The tree is LK_HTML_DEPTH deep at the most, and with it this recursion. */
void lk_html_prose(lk_harvest *h, xmlNode *node, lk_losses *losses) {
  lk_prose *p = &h->prose;
  if (is_text(node) && node->content) lk_prose_text(p, lk_view_of((const char *)node->content));
  if (node->type != XML_ELEMENT_NODE) return;
  switch (effect_of(node)) {
    case EFFECT_NONE:
      add_children(h, node, losses);
      return;
    case EFFECT_BLOCK:
      lk_prose_paragraph(p);
      add_children(h, node, losses);
      lk_prose_paragraph(p);
      return;
    case EFFECT_STRONG_BLOCK:
      lk_prose_paragraph(p);
      p->strong++;
      add_children(h, node, losses);
      p->strong--;
      lk_prose_paragraph(p);
      return;
    case EFFECT_STRONG:
      p->strong++;
      add_children(h, node, losses);
      p->strong--;
      return;
    case EFFECT_EMPHASIS:
      p->emphasis++;
      add_children(h, node, losses);
      p->emphasis--;
      return;
    case EFFECT_LINK:
      add_link(h, node, losses);
      return;
    case EFFECT_LIST:
    case EFFECT_NUMBERS:
      lk_prose_list(p, lk_html_is(node, "ol"));
      add_children(h, node, losses);
      lk_prose_list_end(p);
      return;
    case EFFECT_ITEM:
      lk_prose_item(p);
      add_children(h, node, losses);
      lk_prose_paragraph(p);
      return;
    case EFFECT_BREAK:
      lk_prose_break(p);
      return;
    case EFFECT_LINES:
      add_lines(h, node);
      return;
    case EFFECT_SILENT:
      return;
    case EFFECT_IMAGE:
      losses->images++;
      return;
    case EFFECT_TABLE:
      losses->tables++;
      return;
    case EFFECT_FORM:
      losses->forms++;
      return;
    case EFFECT_FRAME:
      losses->frames++;
      return;
    case EFFECT_MEDIA:
      losses->media++;
      return;
    case EFFECT_SCRIPT:
      losses->scripts++;
  }
}

void lk_losses_report(lk_harvest *h, const lk_losses *losses) {
  const struct {
    size_t count;
    const char *one, *many;
  } kinds[] = {{losses->images, "image", "images"},
               {losses->tables, "table", "tables"},
               {losses->forms, "form or button", "forms and buttons"},
               {losses->frames, "frame", "frames"},
               {losses->media, "video or sound", "videos and sounds"},
               {losses->scripts, "script", "scripts"}};
  lk_buffer list = {0};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (kinds[i].count)
      lk_buffer_addf(&list, "%s%zu %s", list.len ? ", " : "", kinds[i].count, kinds[i].count == 1 ? kinds[i].one : kinds[i].many);
  if (list.failed) h->memory = true;
  if (list.len)
    lk_harvest_report(h, LK_SEVERITY_WARNING, "parts-left-out", losses->line,
                      losses->tables ? "write the table's contents as a list, or link to the page that has it"
                                     : "see whether the answer is whole without; else link to the page",
                      "%s left out of the answer to \"%.*s\"", list.ptr, LK_FMT(lk_excerpt(losses->question, 80)));
  lk_buffer_free(&list);
}

/* ---- Pieces of HTML in other formats ---- */

static bool looks_like_html(lk_view text) {
  for (size_t i = 0; i + 1 < text.len; i++) {
    char next = text.ptr[i + 1];
    if (text.ptr[i] == '<' && (((next | 0x20) >= 'a' && (next | 0x20) <= 'z') || next == '/' || next == '!')) return true;
  }
  return false;
}

static bool has_entity(lk_view text) {
  const char *at = memchr(text.ptr, '&', text.len);
  return at && memchr(at, ';', (size_t)(text.ptr + text.len - at));
}

/* The whole in a body, so that text before the first tag is not lost. */
static xmlDoc *parse_piece(lk_harvest *h, lk_view html, lk_html_trouble *trouble) {
  lk_buffer page = {0};
  lk_buffer_adds(&page, "<html><body><div>");
  lk_buffer_add(&page, html);
  lk_buffer_adds(&page, "</div></body></html>");
  *trouble = LK_HTML_MEMORY;
  xmlDoc *doc = page.failed ? NULL : lk_html_parse(lk_buffer_view(&page), trouble);
  lk_buffer_free(&page);
  if (!doc && *trouble == LK_HTML_MEMORY) h->memory = true;
  return doc;
}

/* Plain text: line ends mean something. */
static void add_plain(lk_harvest *h, lk_view text) {
  bool blank = false;
  lk_prose *p = &h->prose;
  for (lk_view line; lk_next_piece(&text, '\n', &line); blank = !line.len) {
    if (!line.len) {
      while (p->depth) lk_prose_list_end(p);
      lk_prose_paragraph(p);
      continue;
    }
    bool item = line.len > 2 && line.ptr[1] == ' ' && strchr("-*", line.ptr[0]);
    size_t skip = item ? 2 : 0;
    if (line.len > 4 && memcmp(line.ptr, "• ", 4) == 0) item = true, skip = 4;
    if (item && !p->depth) lk_prose_list(p, false);
    if (item)
      lk_prose_item(p);
    else if (!blank)
      lk_prose_break(p);
    lk_prose_text(p, (lk_view){line.ptr + skip, line.len - skip});
  }
  while (p->depth) lk_prose_list_end(p);
}

bool lk_html_answer(lk_harvest *h, lk_view html, lk_view question, int line) {
  lk_losses losses = {.question = question, .line = line};
  lk_html_trouble trouble;
  lk_prose_begin(&h->prose, h->arena);
  if (!looks_like_html(html) && !has_entity(html)) {
    add_plain(h, html);
    return true;
  }
  xmlDoc *doc = parse_piece(h, html, &trouble);
  if (!doc) {
    if (trouble != LK_HTML_MEMORY)
      lk_harvest_report(h, LK_SEVERITY_ERROR, "left-out", line, "shorten it to text, lists and links",
                        "the answer to \"%.*s\" is too tangled to read", LK_FMT(lk_excerpt(question, 80)));
    h->left_out++;
    return false;
  }
  xmlNode *root = xmlDocGetRootElement(doc);
  if (root && looks_like_html(html)) {
    lk_html_prose(h, root, &losses);
  } else if (root) {
    xmlChar *text = xmlNodeGetContent(root);
    if (text) add_plain(h, lk_view_of((const char *)text));
    if (!text) h->memory = true;
    xmlFree(text);
  }
  xmlFreeDoc(doc);
  lk_losses_report(h, &losses);
  return true;
}

lk_view lk_html_line(lk_harvest *h, lk_view html) {
  lk_html_trouble trouble;
  if (!looks_like_html(html) && !has_entity(html)) return lk_harvest_line(h, html);
  xmlDoc *doc = parse_piece(h, html, &trouble);
  xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
  lk_view line = root ? lk_html_text(h, root) : lk_harvest_line(h, html);
  xmlFreeDoc(doc);
  return line;
}
