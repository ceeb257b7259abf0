/* schema.org's FAQPage in JSON-LD: lists, @graph and references by @id. */
#include <jansson.h>
#include <strings.h>

#include "edit/html.h"
#include "edit/json.h"
#include "edit/page.h"
#include "kb/findings.h"
#include "kb/values.h"

enum { NODES = 100000, NESTING = 12 }; /* of one block */

typedef struct graph {
  lk_page *page;
  json_t *ids; /* @id → node, borrowed */
  int line;
  size_t visited;
} graph;

/* ---- Nodes ---- */

static bool is_named(const char *type, const char *name) {
  size_t len = strlen(name), all = strlen(type);
  return all >= len && strcmp(type + all - len, name) == 0 && (all == len || strchr("/:#", type[all - len - 1]));
}

static bool is_of_type(json_t *node, const char *name) {
  json_t *type = json_object_get(node, "@type"), *one;
  size_t i;
  if (json_is_string(type)) return is_named(json_string_value(type), name);
  json_array_foreach(type, i, one) if (json_is_string(one) && is_named(json_string_value(one), name)) return true;
  return false;
}

/* A reference's node, or the node itself. */
static json_t *resolve(const graph *g, json_t *node) {
  const char *id = json_object_size(node) == 1 ? json_string_value(json_object_get(node, "@id")) : NULL;
  json_t *found = id ? json_object_get(g->ids, id) : NULL;
  return found ? found : node;
}

static json_t *first_of(const graph *g, json_t *value) {
  return resolve(g, json_is_array(value) ? json_array_get(value, 0) : value);
}

/* A string, or {"@value": …}, or the first of several. */
static lk_view text_of(json_t *value) {
  if (json_is_array(value)) value = json_array_get(value, 0);
  if (json_is_object(value)) value = json_object_get(value, "@value");
  return json_is_string(value) ? (lk_view){json_string_value(value), json_string_length(value)} : (lk_view){"", 0};
}

static void note_ids(graph *g, json_t *value, int depth) {
  json_t *child;
  const char *key;
  size_t i;
  if (depth > NESTING || ++g->visited > NODES) return;
  const char *id = json_string_value(json_object_get(value, "@id"));
  if (id && json_object_size(value) > 1 && !json_object_get(g->ids, id) && json_object_set(g->ids, id, value))
    g->page->harvest->memory = true;
  json_object_foreach(value, key, child) note_ids(g, child, depth + 1);
  json_array_foreach(value, i, child) note_ids(g, child, depth + 1);
}

/* ---- Questions ---- */

static lk_view address_of(const graph *g, json_t *question) {
  lk_harvest *h = g->page->harvest;
  static const char *const keys[] = {"@id", "url"};
  for (size_t i = 0; i < 2; i++) {
    lk_view id = text_of(json_object_get(question, keys[i]));
    if (strncasecmp(id.ptr, "http://", 7) == 0 || strncasecmp(id.ptr, "https://", 8) == 0)
      return lk_harvest_keep(h, lk_excerpt(id, 1900));
    if (id.len > 1 && id.ptr[0] == '#')
      return lk_harvest_format(h, "%.*s%.*s", LK_FMT(lk_excerpt(h->origin, 1500)), LK_FMT(lk_excerpt(id, 300)));
  }
  return (lk_view){"", 0};
}

static lk_lang lang_of(const graph *g, json_t *question, json_t *page) {
  if (g->page->harvest->options->lang != LK_LANG_NONE) return g->page->lang;
  lk_lang lang = lk_lang_of(text_of(json_object_get(question, "inLanguage")));
  if (lang == LK_LANG_NONE) lang = lk_lang_of(text_of(json_object_get(page, "inLanguage")));
  return lang == LK_LANG_NONE ? g->page->lang : lang;
}

static lk_date date_of(json_t *node) {
  lk_date date = {0};
  lk_view text = text_of(json_object_get(node, "dateModified"));
  if (text.len >= 10 && !lk_date_parse((lk_view){text.ptr, 10}, &date)) date = (lk_date){0};
  return date;
}

static const char taken[] = "\x01taken";

static void take_question(graph *g, json_t *question, json_t *page) {
  lk_harvest *h = g->page->harvest;
  if (json_object_get(question, taken)) return; /* references may lead here any number of times */
  if (json_object_set_new(question, taken, json_true())) h->memory = true;
  json_t *answer = first_of(g, json_object_get(question, "acceptedAnswer"));
  if (!json_is_object(answer)) answer = first_of(g, json_object_get(question, "suggestedAnswer"));
  lk_view name = text_of(json_object_get(question, "name"));
  if (!name.len) name = text_of(json_object_get(question, "text"));
  lk_item item = {.question = lk_html_line(h, name),
                  .category = g->page->category,
                  .source = address_of(g, question),
                  .lang = lang_of(g, question, page),
                  .updated = date_of(question),
                  .line = g->line};
  if (!lk_date_given(item.updated)) item.updated = date_of(page);
  if (lk_html_answer(h, text_of(json_object_get(answer, "text")), item.question, g->line)) lk_harvest_add(h, &item);
}

static void take_questions(graph *g, json_t *page) {
  json_t *main = json_object_get(page, "mainEntity"), *one;
  size_t i;
  if (!main) main = json_object_get(page, "hasPart");
  if (json_is_object(main)) take_question(g, resolve(g, main), page);
  json_array_foreach(main, i, one) if (json_is_object(one)) take_question(g, resolve(g, one), page);
}

static void find_pages(graph *g, json_t *value, int depth) {
  json_t *child;
  const char *key;
  size_t i;
  if (depth > NESTING || ++g->visited > NODES || g->page->harvest->memory) return;
  if (json_is_object(value) && (is_of_type(value, "FAQPage") || is_of_type(value, "QAPage"))) {
    take_questions(g, value);
    return;
  }
  json_object_foreach(value, key, child) find_pages(g, child, depth + 1);
  json_array_foreach(value, i, child) find_pages(g, child, depth + 1);
}

/* ---- Blocks ---- */

/* Pages wrap the block in comments or CDATA, and put line ends into strings as they are, which JSON does not allow. */
static void add_block(lk_buffer *out, lk_view text) {
  bool quoted = false, escaped = false;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if ((unsigned char)c >= 0x20)
      lk_buffer_addc(out, c);
    else
      lk_buffer_adds(out, quoted && c == '\n' ? "\\n" : " ");
    if (!escaped && c == '"') quoted = !quoted;
    escaped = !escaped && c == '\\';
  }
  while (out->len && out->ptr[out->len - 1] != '}' && out->ptr[out->len - 1] != ']') out->len--;
}

static json_t *parse_block(lk_harvest *h, const char *content, json_error_t *error) {
  lk_view text = lk_view_of(content);
  const char *open = strpbrk(content, "{[");
  const char *wrapping = strstr(content, "<![CDATA[");
  if (wrapping && open && wrapping < open) open = strpbrk(wrapping + strlen("<![CDATA["), "{[");
  if (!open) return NULL;
  lk_buffer block = {0};
  add_block(&block, (lk_view){open, (size_t)(text.ptr + text.len - open)});
  json_t *value = block.failed ? NULL : json_loadb(block.ptr ? block.ptr : "", block.len, 0, error);
  if (block.failed || (!value && lk_json_lacks_memory(error))) h->memory = true;
  lk_buffer_free(&block);
  return value;
}

static void read_block(lk_page *page, xmlNode *script) {
  lk_harvest *h = page->harvest;
  json_error_t error = {0};
  xmlChar *content = xmlNodeGetContent(script);
  graph g = {.page = page, .ids = json_object(), .line = (int)xmlGetLineNo(script)};
  json_t *value = content ? parse_block(h, (const char *)content, &error) : NULL;
  if (!content || !g.ids) h->memory = true;
  bool about_questions = content && strstr((const char *)content, "FAQPage");
  if (!value && about_questions && !h->memory)
    lk_harvest_report(h, LK_SEVERITY_WARNING, "json-ld", g.line, "correct it on the page; schema.org's validator shows where",
                      "the page's JSON-LD is broken (%s), so it was passed over", error.text);
  if (value && about_questions && g.ids) {
    note_ids(&g, value, 0);
    g.visited = 0;
    find_pages(&g, value, 0);
  }
  json_decref(g.ids);
  json_decref(value);
  xmlFree(content);
}

void lk_linked_read(lk_page *page) {
  lk_harvest *h = page->harvest;
  for (xmlNode *node = page->root; node && !h->memory; node = lk_html_next(page->root, node, false)) {
    if (!lk_html_is(node, "script")) continue;
    lk_view type = lk_html_attribute(h, node, "type");
    if (type.ptr && type.len >= 19 && strncasecmp(type.ptr, "application/ld+json", 19) == 0) read_block(page, node);
  }
}
