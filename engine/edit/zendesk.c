/* Zendesk Help Center, as its API gives it: {"articles": […], "sections": […], "categories": […], "translations": […]}; pages of these in a list or one a line; or a bare
 * list of articles, each perhaps with its translations. Drafts are left out. */
#include <jansson.h>

#include "base/error.h"
#include "edit/html.h"
#include "edit/json.h"
#include "kb/findings.h"
#include "kb/values.h"

typedef struct centre {
  lk_harvest *harvest;
  json_t *names;    /* "section 12 fi" → name */
  json_t *parents;  /* "12": section → category id */
  json_t *sections; /* "7": article → section id */
  json_t *urls;     /* "7": article → its address, without the part that changes with the title */
} centre;

static lk_view text_of(json_t *object, const char *key) {
  json_t *value = json_object_get(object, key);
  return json_is_string(value) ? (lk_view){json_string_value(value), json_string_length(value)} : (lk_view){"", 0};
}

/* Ids are numbers, or the same as strings. */
static const char *id_of(json_t *object, const char *key, char out[32]) {
  json_t *value = json_object_get(object, key);
  if (json_is_integer(value))
    (void)snprintf(out, 32, "%lld", (long long)json_integer_value(value));
  else
    (void)snprintf(out, 32, "%s", json_is_string(value) ? json_string_value(value) : "");
  return out;
}

static void put(centre *c, json_t *map, const char *key, lk_view value) {
  if (value.len && json_object_set_new(map, key, json_stringn(value.ptr, value.len))) c->harvest->memory = true;
}

static const char *get(json_t *map, const char *key) {
  const char *value = json_string_value(json_object_get(map, key));
  return value ? value : "";
}

/* ---- Sections and categories ---- */

static void name_key(char out[96], const char *kind, const char *id, lk_lang lang) {
  (void)snprintf(out, 96, "%s %.31s %s", kind, id, lk_lang_code(lang));
}

static void note_name(centre *c, const char *kind, const char *id, json_t *object, const char *key) {
  char name[96];
  lk_lang lang = lk_lang_of(text_of(object, "locale"));
  name_key(name, kind, id, lang);
  put(c, c->names, name, text_of(object, key));
  name_key(name, kind, id, LK_LANG_NONE); /* in any language */
  if (!*get(c->names, name)) put(c, c->names, name, text_of(object, key));
}

static void note_places(centre *c, json_t *page, const char *list, const char *kind) {
  json_t *one, *translation;
  size_t i, t;
  char id[32], parent[32];
  json_array_foreach(json_object_get(page, list), i, one) {
    (void)id_of(one, "id", id);
    note_name(c, kind, id, one, "name");
    put(c, c->parents, id, lk_view_of(id_of(one, "category_id", parent)));
    json_array_foreach(json_object_get(one, "translations"), t, translation) note_name(c, kind, id, translation, "title");
  }
}

static const char *name_of(centre *c, const char *kind, const char *id, lk_lang lang) {
  char name[96];
  name_key(name, kind, id, lang);
  if (*get(c->names, name)) return get(c->names, name);
  name_key(name, kind, id, LK_LANG_NONE);
  return get(c->names, name);
}

static lk_view category_of(centre *c, const char *article, lk_lang lang) {
  const char *section = get(c->sections, article);
  const char *name = name_of(c, "section", section, lang);
  if (!*name) name = name_of(c, "category", get(c->parents, section), lang);
  return lk_harvest_line(c->harvest, lk_view_of(name));
}

/* ---- Articles ---- */

/* …/hc/fi/articles/123-Title → …/hc/articles/123: the title may change, and translations share it. */
static lk_view address_of(lk_harvest *h, lk_view url, const char *id) {
  const char *mark = url.len ? memmem(url.ptr, url.len, "/hc/", 4) : NULL;
  if (!mark) return lk_harvest_format(h, "%.*s#%s", LK_FMT(lk_excerpt(h->origin, 1500)), id);
  return lk_harvest_format(h, "%.*s/hc/articles/%s", (int)(mark - url.ptr), url.ptr, id);
}

static lk_view origin_of(lk_harvest *h, lk_view source) {
  const char *mark = source.len ? memmem(source.ptr, source.len, "/hc/articles/", 13) : NULL;
  return mark ? lk_harvest_keep(h, (lk_view){source.ptr, (size_t)(mark - source.ptr) + 13}) : h->origin;
}

static void report_left_out(lk_harvest *h, lk_view title, const char *why, const char *mend) {
  h->left_out++;
  lk_harvest_report(h, LK_SEVERITY_ERROR, "left-out", 0, mend, "\"%.*s\" was left out: %s", LK_FMT(lk_excerpt(title, 80)), why);
}

/* `article` has the text: an article, or a translation of article `id`. */
static void take_article(centre *c, json_t *article, const char *id) {
  lk_harvest *h = c->harvest;
  lk_view title = text_of(article, "title"), locale = text_of(article, "locale"), date = text_of(article, "updated_at");
  lk_lang lang = locale.len ? lk_lang_of(locale) : h->options->lang;
  if (json_is_true(json_object_get(article, "draft"))) {
    report_left_out(h, title, "it is a draft", "publish it first");
    return;
  }
  if (locale.len && lang == LK_LANG_NONE) {
    report_left_out(h, title, "its language is none of fi, sv and en", "nothing, unless the language is wrong in Zendesk");
    return;
  }
  lk_item item = {.question = lk_html_line(h, title),
                  .category = category_of(c, id, lang),
                  .source = address_of(h, lk_view_of(get(c->urls, id)), id),
                  .group = lk_harvest_format(h, "zendesk %.31s", id),
                  .lang = lang};
  item.origin = origin_of(h, item.source);
  if (date.len >= 10 && !lk_date_parse((lk_view){date.ptr, 10}, &item.updated)) item.updated = (lk_date){0};
  lk_view base = h->base, url = text_of(article, "html_url");
  if (!base.len && url.len) h->base = lk_harvest_keep(h, url);
  if (lk_html_answer(h, text_of(article, "body"), item.question, 0)) lk_harvest_add(h, &item);
  h->base = base;
}

static void note_article(centre *c, json_t *article) {
  char id[32], section[32];
  (void)id_of(article, "id", id);
  put(c, c->sections, id, lk_view_of(id_of(article, "section_id", section)));
  put(c, c->urls, id, text_of(article, "html_url"));
}

/* An article's own text is that of one locale; its translations may have that one again. */
static void take_with_translations(centre *c, json_t *article) {
  char id[32];
  json_t *one;
  size_t i;
  bool own = false;
  json_t *list = json_object_get(article, "translations");
  (void)id_of(article, "id", id);
  json_array_foreach(list, i, one) {
    own = own || lk_view_eq(text_of(one, "locale"), text_of(article, "locale"));
    take_article(c, one, id);
  }
  if (!own) take_article(c, article, id);
}

static void take_translations(centre *c, json_t *page, bool names) {
  json_t *one;
  size_t i;
  char id[32];
  json_array_foreach(json_object_get(page, "translations"), i, one) {
    lk_view of = text_of(one, "source_type");
    (void)id_of(one, "source_id", id);
    if (lk_view_eq(of, LK_LIT("Article")) && !names) take_article(c, one, id);
    if (lk_view_eq(of, LK_LIT("Section")) && names) note_name(c, "section", id, one, "title");
    if (lk_view_eq(of, LK_LIT("Category")) && names) note_name(c, "category", id, one, "title");
  }
}

/* ---- Pages ---- */

static bool is_article(json_t *value) {
  return json_is_object(value) && json_object_get(value, "title") && json_object_get(value, "body");
}

static void note_page(centre *c, json_t *page) {
  json_t *one;
  size_t i;
  note_places(c, page, "sections", "section");
  note_places(c, page, "categories", "category");
  take_translations(c, page, true);
  json_array_foreach(json_object_get(page, "articles"), i, one) note_article(c, one);
  if (json_is_object(json_object_get(page, "article"))) note_article(c, json_object_get(page, "article"));
  if (is_article(page)) note_article(c, page);
}

static void take_page(centre *c, json_t *page) {
  json_t *one;
  size_t i;
  json_array_foreach(json_object_get(page, "articles"), i, one) if (!c->harvest->memory) take_with_translations(c, one);
  if (json_is_object(json_object_get(page, "article"))) take_with_translations(c, json_object_get(page, "article"));
  take_translations(c, page, false);
  if (is_article(page)) take_with_translations(c, page);
}

static void each_page(centre *c, json_t *pages, void (*visit)(centre *, json_t *)) {
  json_t *page, *inner;
  size_t i, j;
  json_array_foreach(pages, i, page) {
    if (json_is_object(page)) visit(c, page);
    json_array_foreach(page, j, inner) if (json_is_object(inner)) visit(c, inner);
  }
}

/* All values of the text, one behind the other. */
static lk_code parse(lk_harvest *h, lk_view text, json_t *pages, lk_error *err) {
  const char *at = text.ptr, *end = text.ptr + text.len;
  int line = 1;
  while (at < end) {
    json_error_t error;
    if (lk_is_space(*at)) {
      line += *at++ == '\n';
      continue;
    }
    json_t *value = json_loadb(at, (size_t)(end - at), JSON_DISABLE_EOF_CHECK, &error);
    if (!value && lk_json_lacks_memory(&error)) return lk_fail_memory(err);
    if (!value)
      return lk_fail_at(err, LK_ERR_INPUT, h->file, line + error.line - 1,
                        "this JSON is broken here: %.200s; export it again, as UTF-8 and to its end", error.text);
    if (json_array_append_new(pages, value)) return lk_fail_memory(err);
    for (const char *to = at + error.position; at < to; at++) line += *at == '\n';
  }
  return LK_OK;
}

lk_code lk_read_zendesk(lk_harvest *h, lk_view text, lk_error *err) {
  centre c = {h, json_object(), json_object(), json_object(), json_object()};
  json_t *pages = json_array();
  size_t before = h->items.count + h->left_out;
  if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0) text = (lk_view){text.ptr + 3, text.len - 3};
  bool made = c.names && c.parents && c.sections && c.urls && pages;
  lk_code code = made ? parse(h, text, pages, err) : lk_fail_memory(err);
  if (!code) each_page(&c, pages, note_page);
  if (!code) each_page(&c, pages, take_page);
  json_decref(c.names);
  json_decref(c.parents);
  json_decref(c.sections);
  json_decref(c.urls);
  json_decref(pages);
  if (code) return code;
  if (h->memory) return lk_fail_memory(err);
  if (h->items.count + h->left_out > before) return LK_OK;
  return lk_fail_at(err, LK_ERR_INPUT, h->file, 0,
                    "there is no article in this JSON; export the help centre's articles, with a title and a body each");
}
