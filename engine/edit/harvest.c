#include "edit/harvest.h"

#include <libxml/uri.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

#include "base/utf8.h"
#include "base/vector.h"
#include "kb/address.h"
#include "kb/findings.h"
#include "kb/limits.h"
#include "kb/values.h"
#include "text/normalise.h"

void lk_harvest_report(lk_harvest *h, lk_severity severity, const char *code, int line, const char *mend, const char *what, ...) {
  va_list args;
  va_start(args, what);
  if (lk_findings_add_list(h->findings, severity, code, h->file, line, mend, what, args)) h->memory = true;
  va_end(args);
}

/* ---- Texts ---- */

lk_view lk_harvest_keep(lk_harvest *h, lk_view text) {
  lk_view copy = lk_arena_copy(h->arena, text);
  if (copy.ptr) return copy;
  h->memory = true;
  return (lk_view){"", 0};
}

lk_view lk_harvest_line(lk_harvest *h, lk_view text) {
  lk_prose line = {0};
  lk_prose_begin(&line, h->arena);
  lk_prose_text(&line, text);
  lk_view kept = lk_harvest_keep(h, lk_buffer_view(&line.text));
  if (line.memory || line.text.failed) h->memory = true;
  lk_prose_free(&line);
  return kept;
}

lk_view lk_harvest_format(lk_harvest *h, const char *format, ...) {
  char text[4096];
  va_list args;
  va_start(args, format);
  int len = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  size_t kept = len < 0 ? 0 : (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
  return lk_harvest_keep(h, lk_excerpt((lk_view){text, kept}, LK_LIMIT_ATTRIBUTE_CHARACTERS));
}

static bool is_word_byte(unsigned char c) {
  return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

lk_view lk_slug(lk_view text, size_t most, lk_arena *arena) {
  lk_buffer slug = {0}, word = {0}, folded = {0};
  bool failed = false;
  for (size_t i = 0; i < text.len && slug.len <= most;) {
    size_t from = i;
    while (i < text.len && is_word_byte((unsigned char)text.ptr[i])) i++;
    lk_buffer_clear(&word);
    lk_buffer_clear(&folded);
    lk_normalise((lk_view){text.ptr + from, i - from}, &word);
    lk_fold(lk_buffer_view(&word), &folded);
    failed = failed || word.failed || folded.failed; /* clearing forgets it */
    size_t before = slug.len;
    for (size_t at = 0; at < folded.len; at++) {
      char c = folded.ptr[at];
      if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) continue;
      if (slug.len == before && slug.len) lk_buffer_addc(&slug, '-');
      lk_buffer_addc(&slug, c);
    }
    if (slug.len > most && before) { /* without the word that is too much */
      slug.len = before;
      break;
    }
    if (i == from) i++;
  }
  lk_view kept = lk_arena_copy(arena, lk_excerpt(lk_buffer_view(&slug), most));
  failed = failed || slug.failed;
  lk_buffer_free(&slug);
  lk_buffer_free(&word);
  lk_buffer_free(&folded);
  return failed || !kept.ptr ? (lk_view){NULL, 0} : kept;
}

lk_view lk_harvest_source(lk_harvest *h, lk_view question) {
  lk_view slug = lk_slug(question, LK_LIMIT_ID_CHARACTERS, h->arena);
  if (!slug.ptr) h->memory = true;
  return lk_harvest_format(h, "%.*s#%.*s", LK_FMT(lk_excerpt(h->origin, 1900)), LK_FMT(slug));
}

/* ---- Items ---- */

static void leave_out(lk_harvest *h, const lk_item *item, const char *what, const char *mend) {
  h->left_out++;
  if (item->question.len)
    lk_harvest_report(h, LK_SEVERITY_ERROR, "left-out", item->line, mend, "\"%.*s\" was left out: %s",
                      LK_FMT(lk_excerpt(item->question, 80)), what);
  else
    lk_harvest_report(h, LK_SEVERITY_ERROR, "left-out", item->line, mend, "a question was left out: %s", what);
}

static size_t count_characters(const lk_item *item) {
  size_t sum = 0;
  for (size_t i = 0; i < item->count; i++)
    if (item->nodes[i].kind == LK_NODE_TEXT) sum += lk_utf8_length(item->nodes[i].text);
  return sum;
}

static bool take_answer(lk_harvest *h, lk_item *item) {
  if (lk_prose_finish(&h->prose, &item->nodes, &item->count)) {
    h->memory = true;
    return false;
  }
  item->characters = count_characters(item);
  return true;
}

void lk_harvest_add(lk_harvest *h, const lk_item *from) {
  lk_item item = *from;
  item.file = h->file;
  if (!item.origin.len) item.origin = h->origin;
  if (!item.source.len) item.source = lk_harvest_source(h, item.question);
  if (!take_answer(h, &item)) return;
  if (!item.question.len)
    leave_out(h, &item, "it has no text", "write the question");
  else if (lk_utf8_length(item.question) > LK_LIMIT_PHRASING_CHARACTERS)
    leave_out(h, &item, "the question is longer than 500 characters", "shorten the question");
  else if (!item.count)
    leave_out(h, &item, "it has no answer", "write the answer");
  else if (item.characters > LK_LIMIT_ANSWER_CHARACTERS)
    leave_out(h, &item, "the answer is longer than 8,000 characters",
              "shorten the answer, or divide it between several questions");
  else if (item.lang == LK_LANG_NONE)
    leave_out(h, &item, "it does not say in which language it is", "say --lang fi (or sv, en)");
  else if (h->items.count == LK_IMPORT_QUESTIONS)
    leave_out(h, &item, "there are more than 20,000 questions", "import the sources in parts");
  else if (!LK_PUSH(&h->items, item))
    h->memory = true;
}

/* ---- Links ---- */

/* What an address may not have as it stands, percent-encoded (RFC 3986, 2.1); {braces} too, which mean something in a KB. */
static void encode(lk_buffer *out, lk_view href) {
  for (size_t i = 0; i < href.len; i++) {
    unsigned char c = (unsigned char)href.ptr[i];
    if (c == '\t' || c == '\n' || c == '\r') continue; /* as browsers do */
    if (c <= 0x20 || c == 0x7F || strchr("\"'<>\\`{}", c))
      lk_buffer_addf(out, "%%%02X", c);
    else
      lk_buffer_addc(out, (char)c);
  }
}

static bool begins(lk_view text, const char *prefix) {
  return text.len >= strlen(prefix) && strncasecmp(text.ptr, prefix, strlen(prefix)) == 0;
}

static bool has_scheme(lk_view href) {
  for (size_t i = 0; i < href.len && !memchr("/?#", href.ptr[i], 3); i++)
    if (href.ptr[i] == ':') return true;
  return false;
}

static lk_view make_absolute(lk_harvest *h, const char *href) {
  xmlChar *whole = xmlBuildURI((const xmlChar *)href, (const xmlChar *)h->base.ptr);
  lk_view kept = lk_harvest_keep(h, lk_view_of(whole ? (const char *)whole : ""));
  xmlFree(whole);
  return kept;
}

static lk_view drop_link(lk_harvest *h, lk_view href, lk_view question, int line, const char *why, const char *mend) {
  lk_harvest_report(h, LK_SEVERITY_WARNING, "link-left-out", line, mend,
                    "a link (%.*s) in the answer to \"%.*s\" was left out, its text kept: %s", LK_FMT(lk_excerpt(href, 100)),
                    LK_FMT(lk_excerpt(question, 60)), why);
  return (lk_view){"", 0};
}

lk_view lk_harvest_link(lk_harvest *h, lk_view href, lk_view question, int line) {
  lk_buffer text = {0};
  if (!href.len) return (lk_view){"", 0};
  if (begins(href, "//")) lk_buffer_adds(&text, "https:");
  encode(&text, href);
  if (text.failed) h->memory = true;
  lk_view whole = lk_harvest_keep(h, lk_buffer_view(&text));
  lk_buffer_free(&text);
  if (!has_scheme(whole) && h->base.len)
    whole = make_absolute(h, whole.ptr);
  else if (!has_scheme(whole) && !begins(whole, "/"))
    return drop_link(h, href, question, line, "it is relative, and the page does not say its address",
                     "give the page's address with --base");
  else if (!has_scheme(whole))
    lk_harvest_report(h, LK_SEVERITY_WARNING, "link-relative", line,
                      "give the page's address with --base, or leave it so when the chat is on the same site",
                      "a link (%.*s) in the answer to \"%.*s\" is relative", LK_FMT(lk_excerpt(href, 100)),
                      LK_FMT(lk_excerpt(question, 60)));
  if (!lk_address_safe(whole) || whole.len > LK_LIMIT_ATTRIBUTE_CHARACTERS)
    return drop_link(h, href, question, line, "it is no address that may be shown to customers", "use https, mailto or tel");
  return whole;
}
