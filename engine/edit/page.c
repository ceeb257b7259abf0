/* An FAQ page: what it says to search engines (JSON-LD, microdata, RDFa), else what it shows (details, dl, headings that ask). */
#include "edit/page.h"

#include <strings.h>

#include "base/error.h"
#include "edit/html.h"
#include "kb/address.h"
#include "kb/findings.h"
#include "kb/values.h"

/* ---- What the page says about itself ---- */

static bool is_absolute(lk_view href) {
  return (href.len > 8 && strncasecmp(href.ptr, "https://", 8) == 0) ||
         (href.len > 7 && strncasecmp(href.ptr, "http://", 7) == 0);
}

static lk_view without_fragment(lk_view href) {
  const char *mark = href.len ? memchr(href.ptr, '#', href.len) : NULL;
  return mark ? (lk_view){href.ptr, (size_t)(mark - href.ptr)} : href;
}

static void take_address(lk_view *to, lk_view href) {
  if (!to->len && href.ptr && is_absolute(href) && lk_address_safe(href)) *to = without_fragment(href);
}

static void read_head(lk_page *page, xmlNode *node, lk_view *base, lk_view *canonical, lk_view *shared) {
  lk_harvest *h = page->harvest;
  lk_view rel = lk_html_attribute(h, node, "rel"), property = lk_html_attribute(h, node, "property");
  if (lk_html_is(node, "base")) take_address(base, lk_html_attribute(h, node, "href"));
  if (lk_html_is(node, "link") && lk_view_eq(rel, LK_LIT("canonical")))
    take_address(canonical, lk_html_attribute(h, node, "href"));
  if (lk_html_is(node, "meta") && lk_view_eq(property, LK_LIT("og:url")))
    take_address(shared, lk_html_attribute(h, node, "content"));
  if (lk_html_is(node, "title") && !page->title.len) page->title = lk_html_text(h, node);
}

static void read_heads(lk_page *page) {
  lk_harvest *h = page->harvest;
  lk_view base = {"", 0}, canonical = {"", 0}, shared = {"", 0};
  lk_view given = h->options->base ? lk_harvest_keep(h, lk_view_of(h->options->base)) : (lk_view){"", 0};
  lk_view lang = lk_html_attribute(h, page->root, "lang");
  for (xmlNode *node = page->root; node; node = lk_html_next(page->root, node, lk_html_is(node, "svg")))
    if (lk_html_is(node, "base") || lk_html_is(node, "link") || lk_html_is(node, "meta") || lk_html_is(node, "title"))
      read_head(page, node, &base, &canonical, &shared);
  if (!canonical.len) canonical = shared.len ? shared : given;
  h->base = base.len ? base : canonical;
  if (canonical.len) h->origin = canonical;
  page->lang = h->options->lang != LK_LANG_NONE ? h->options->lang : lk_lang_of(lang.ptr ? lang : (lk_view){"", 0});
}

/* "Usein kysyttyä | Kauppa" → "Usein kysyttyä" */
static lk_view short_title(lk_view title) {
  static const char *const marks[] = {" | ", " – ", " - ", " — "};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    const char *at = title.len ? memmem(title.ptr, title.len, marks[i], strlen(marks[i])) : NULL;
    if (at) title.len = (size_t)(at - title.ptr);
  }
  return lk_trim(title);
}

/* ---- Microdata and RDFa ---- */

static bool ends_with_type(lk_view types, const char *name) {
  for (lk_view type; lk_next_piece(&types, ' ', &type);) {
    size_t len = strlen(name);
    bool ends = type.len >= len && memcmp(type.ptr + type.len - len, name, len) == 0;
    if (ends && (type.len == len || strchr("/:#", type.ptr[type.len - len - 1]))) return true;
  }
  return false;
}

static bool is_of_type(lk_harvest *h, xmlNode *node, const char *name) {
  lk_view type = lk_html_attribute(h, node, "itemtype");
  if (!type.ptr) type = lk_html_attribute(h, node, "typeof");
  return type.ptr && ends_with_type(type, name);
}

static bool is_property(lk_harvest *h, xmlNode *node, const char *name) {
  lk_view property = lk_html_attribute(h, node, "itemprop");
  if (!property.ptr) property = lk_html_attribute(h, node, "property");
  return property.ptr && ends_with_type(property, name);
}

static bool is_item(lk_harvest *h, xmlNode *node) {
  return node->type == XML_ELEMENT_NODE &&
         (xmlHasProp(node, (const xmlChar *)"itemscope") || lk_html_attribute(h, node, "typeof").ptr);
}

/* The first property by that name of an item, not of an item within it. */
static xmlNode *find_property(lk_harvest *h, xmlNode *item, const char *name) {
  for (xmlNode *node = lk_html_next(item, item, false); node; node = lk_html_next(item, node, is_item(h, node)))
    if (is_property(h, node, name)) return node;
  return NULL;
}

static lk_view text_of_property(lk_harvest *h, xmlNode *node) {
  lk_view content = node ? lk_html_attribute(h, node, "content") : (lk_view){NULL, 0};
  if (content.ptr) return lk_harvest_line(h, content);
  return node ? lk_html_text(h, node) : (lk_view){"", 0};
}

/* An address within the page, from an id of the element. */
static lk_view source_of(lk_harvest *h, xmlNode *node) {
  lk_view id = lk_html_attribute(h, node, "itemid");
  if (id.ptr && is_absolute(id)) return id;
  id = lk_html_attribute(h, node, "id");
  return id.ptr && id.len ? lk_harvest_format(h, "%.*s#%.*s", LK_FMT(lk_excerpt(h->origin, 1500)), LK_FMT(lk_excerpt(id, 300)))
                          : (lk_view){"", 0};
}

static void take_marked(lk_page *page, xmlNode *question) {
  lk_harvest *h = page->harvest;
  xmlNode *answer = find_property(h, question, "acceptedAnswer");
  if (!answer) answer = find_property(h, question, "suggestedAnswer");
  xmlNode *text = answer ? find_property(h, answer, "text") : NULL;
  lk_item item = {.question = text_of_property(h, find_property(h, question, "name")),
                  .category = page->category,
                  .source = source_of(h, question),
                  .lang = page->lang,
                  .line = (int)xmlGetLineNo(question)};
  lk_losses losses = {.question = item.question, .line = item.line};
  lk_prose_begin(&h->prose, h->arena);
  if (text) lk_html_prose(h, text, &losses);
  lk_losses_report(h, &losses);
  lk_harvest_add(h, &item);
}

static void read_marked(lk_page *page) {
  lk_harvest *h = page->harvest;
  for (xmlNode *node = page->root, *next; node && !h->memory; node = next) {
    bool question = is_of_type(h, node, "Question");
    if (question) take_marked(page, node);
    next = lk_html_next(page->root, node, question);
  }
}

/* ---- What the page shows ---- */

static bool asks(lk_view text) { return text.len && text.ptr[text.len - 1] == '?'; }

static bool is_passed_over(const xmlNode *node) {
  static const char *const names[] = {"nav", "footer", "script", "style", "template", "noscript", "svg", "form", "head"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (lk_html_is(node, names[i])) return true;
  return false;
}

/* Line of a node: Markdown's own where it says so. */
static int line_of(lk_page *page, xmlNode *node) {
  lk_view place = page->markdown ? lk_html_attribute(page->harvest, node, "data-sourcepos") : (lk_view){NULL, 0};
  long line;
  lk_view first;
  if (place.ptr && lk_next_piece(&place, ':', &first) && lk_parse_count(first, &line)) return (int)line + page->lines_before;
  return (int)xmlGetLineNo(node);
}

static void take_shown(lk_page *page, xmlNode *from, lk_view question) {
  lk_harvest *h = page->harvest;
  lk_item item = {.question = question,
                  .category = page->category,
                  .source = source_of(h, from),
                  .lang = page->lang,
                  .line = line_of(page, from)};
  lk_harvest_add(h, &item);
}

static xmlNode *child_by_name(const xmlNode *node, const char *name) {
  for (xmlNode *child = node->children; child; child = child->next)
    if (lk_html_is(child, name)) return child;
  return NULL;
}

static void take_details(lk_page *page, xmlNode *details) {
  lk_harvest *h = page->harvest;
  xmlNode *summary = child_by_name(details, "summary");
  lk_view question = summary ? lk_html_text(h, summary) : (lk_view){"", 0};
  lk_losses losses = {.question = question, .line = line_of(page, details)};
  lk_prose_begin(&h->prose, h->arena);
  for (xmlNode *child = details->children; child; child = child->next)
    if (child != summary) lk_html_prose(h, child, &losses);
  lk_losses_report(h, &losses);
  take_shown(page, details, question);
}

/* dt, and the dd that follow it: beside it, or beside the div around it. */
static void take_term(lk_page *page, xmlNode *term) {
  lk_harvest *h = page->harvest;
  lk_view question = lk_html_text(h, term);
  lk_losses losses = {.question = question, .line = line_of(page, term)};
  lk_prose_begin(&h->prose, h->arena);
  for (xmlNode *next = term->next; next && !lk_html_is(next, "dt"); next = next->next) lk_html_prose(h, next, &losses);
  lk_losses_report(h, &losses);
  take_shown(page, term, question);
}

static bool is_question_heading(lk_page *page, xmlNode *node) {
  int level = lk_html_heading(node);
  if (!level) return false;
  if (page->question_level) return level == page->question_level;
  return asks(lk_html_text(page->harvest, node));
}

/* Pictures, styles and the like stand within answers as well as between them; scripts beside answers stand at the page's end. */
static bool is_within_answers(const xmlNode *node, bool beside) {
  static const char *const names[] = {"svg", "style", "template", "noscript"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (lk_html_is(node, names[i])) return true;
  return !beside && lk_html_is(node, "script");
}

/* Does the answer of a question on `level` end before or within this node? */
static bool ends_answer(lk_page *page, xmlNode *node, int level) {
  bool within;
  for (xmlNode *at = node; at; at = lk_html_next(node, at, within)) {
    int other = lk_html_heading(at);
    within = is_within_answers(at, at == node);
    if (other && (other <= level || is_question_heading(page, at))) return true;
    if (lk_html_is(at, "details") || (!within && is_passed_over(at))) return true;
  }
  return false;
}

/* What follows a heading; or, where it is wrapped, what follows the wrapping. */
static void add_following(lk_page *page, xmlNode *heading, lk_losses *losses) {
  enum { WRAPPINGS = 3 };
  lk_harvest *h = page->harvest;
  int level = lk_html_heading(heading), wrappings = 0;
  for (xmlNode *at = heading; at && wrappings < WRAPPINGS && !h->prose.characters; at = at->parent, wrappings++)
    for (xmlNode *next = at->next; next && !ends_answer(page, next, level); next = next->next) lk_html_prose(h, next, losses);
}

static void take_heading(lk_page *page, xmlNode *heading) {
  lk_harvest *h = page->harvest;
  lk_view question = lk_html_text(h, heading);
  lk_losses losses = {.question = question, .line = line_of(page, heading)};
  lk_prose_begin(&h->prose, h->arena);
  add_following(page, heading, &losses);
  lk_losses_report(h, &losses);
  take_shown(page, heading, question);
}

/* True when what the node contains was taken with it. */
static bool read_shown_node(lk_page *page, xmlNode *node) {
  if (lk_html_is(node, "details")) {
    take_details(page, node);
    return true;
  }
  if (lk_html_is(node, "dt")) {
    take_term(page, node);
    return true;
  }
  if (!lk_html_heading(node)) return is_passed_over(node);
  int level = lk_html_heading(node);
  if (is_question_heading(page, node)) {
    take_heading(page, node);
    page->asked_level = level;
  } else if (!page->asked_level || level <= page->asked_level) {
    lk_view title = lk_html_text(page->harvest, node);
    if (title.len && (level > 1 || !page->title.len)) page->category = title;
    page->asked_level = 0;
  }
  return true;
}

static void read_shown(lk_page *page) {
  for (xmlNode *node = page->root, *next; node && !page->harvest->memory; node = next)
    next = lk_html_next(page->root, node, read_shown_node(page, node));
}

/* ---- The page ---- */

static lk_code fail_nothing(lk_harvest *h, lk_error *err) {
  return lk_fail_at(err, LK_ERR_INPUT, h->file, 0,
                    "there is no question in this page: neither schema.org's FAQPage, nor details, dl, or headings that end with "
                    "a question mark; export "
                    "its questions as CSV");
}

lk_code lk_page_read(lk_page *page, xmlDoc *doc, lk_error *err) {
  lk_harvest *h = page->harvest;
  size_t before = h->items.count + h->left_out;
  page->root = xmlDocGetRootElement(doc);
  if (!page->root) return fail_nothing(h, err);
  read_heads(page);
  page->category = short_title(page->title);
  if (!page->markdown) lk_linked_read(page);
  if (!page->markdown && h->items.count + h->left_out == before) read_marked(page);
  if (h->items.count + h->left_out == before) read_shown(page);
  if (h->memory) return lk_fail_memory(err);
  return h->items.count + h->left_out > before ? LK_OK : fail_nothing(h, err);
}

lk_code lk_read_page(lk_harvest *h, lk_view text, lk_error *err) {
  lk_html_trouble trouble;
  xmlDoc *doc = lk_html_parse(text, &trouble);
  if (!doc)
    return lk_fail_at(err, trouble == LK_HTML_MEMORY ? LK_ERR_MEMORY : LK_ERR_INPUT, h->file, 0, "this page can't be read: %s",
                      lk_html_reason(trouble));
  lk_page page = {.harvest = h, .title = {"", 0}, .category = {"", 0}};
  lk_code code = lk_page_read(&page, doc, err);
  xmlFreeDoc(doc);
  return code;
}
