#include "kb/document.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#include "base/buffer.h"
#include "kb/limits.h"
#include "kb/syntax.h"

enum { MAX_SYNTAX_FINDINGS = 5 }; /* one slip makes a parser complain many times */

typedef struct reader {
  xmlParserCtxt *parser;
  lk_arena *arena;
  lk_findings *findings;
  const char *file;
  lk_element *root;
  lk_element *open[LK_LIMIT_ELEMENT_DEPTH]; /* the path from the root */
  size_t depth, elements;
  lk_buffer text; /* characters since the last tag */
  int text_line;
  int syntax_findings;
  bool stopped, lost, memory;
} reader;

static void stop(reader *r) {
  r->stopped = true;
  xmlStopParser(r->parser);
}

static void stop_for_memory(reader *r) {
  r->memory = true;
  stop(r);
}

static int line_of(const reader *r) { return r->parser->input ? r->parser->input->line : 0; }

static void stop_with(reader *r, const char *code, const char *what, const char *mend) {
  (void)lk_findings_add(r->findings, LK_SEVERITY_ERROR, code, r->file, line_of(r), mend, "%s", what);
  stop(r);
}

static void append(lk_element *parent, lk_element *child) {
  if (parent->last)
    parent->last->next = child;
  else
    parent->first = child;
  parent->last = child;
}

static void flush_text(reader *r) {
  if (r->text.failed) {
    stop_for_memory(r);
  } else if (r->text.len && r->depth) {
    lk_element *piece = LK_NEW(r->arena, lk_element);
    lk_view text = lk_arena_copy(r->arena, lk_buffer_view(&r->text));
    if (!piece || !text.ptr) {
      stop_for_memory(r);
      return;
    }
    *piece = (lk_element){.name = {"", 0}, .text = text, .line = r->text_line};
    append(r->open[r->depth - 1], piece);
  }
  lk_buffer_clear(&r->text);
}

static const char *chars(const xmlChar *text) { return text ? (const char *)text : ""; }

/* The five pointers that SAX2 gives for each attribute: name, prefix, namespace, value, its end. */
static bool read_attribute(reader *r, const xmlChar **from, lk_attribute *to) {
  lk_buffer name = {0};
  if (from[1]) {
    lk_buffer_adds(&name, chars(from[1]));
    lk_buffer_addc(&name, ':');
  }
  lk_buffer_adds(&name, chars(from[0]));
  if (!name.failed) to->name = lk_arena_copy(r->arena, lk_buffer_view(&name));
  lk_buffer_free(&name);
  to->value = lk_arena_copy(r->arena, (lk_view){chars(from[3]), (size_t)(from[4] - from[3])});
  return to->name.ptr && to->value.ptr;
}

static lk_view element_name(reader *r, const xmlChar *name, const xmlChar *space) {
  if (space && strcmp(chars(space), LK_KB_NAMESPACE) == 0) return lk_arena_copy(r->arena, lk_view_of(chars(name)));
  lk_buffer full = {0};
  lk_buffer_addf(&full, "{%s}%s", chars(space), chars(name));
  lk_view copy = full.failed ? (lk_view){NULL, 0} : lk_arena_copy(r->arena, lk_buffer_view(&full));
  lk_buffer_free(&full);
  return copy;
}

static void start_element(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *space, int namespaces,
                          const xmlChar **declared, int attributes, int defaulted, const xmlChar **values) {
  (void)prefix, (void)namespaces, (void)declared, (void)defaulted;
  reader *r = user;
  flush_text(r);
  if (r->stopped) return;
  if (r->depth == LK_LIMIT_ELEMENT_DEPTH) {
    stop_with(r, "too-deep", "elements are nested too deeply here", "close the elements above before you open new ones");
    return;
  }
  if (++r->elements > LK_LIMIT_ELEMENTS) {
    stop_with(r, "file-too-large", "this file holds more than 100,000 elements", "split it into several files");
    return;
  }
  lk_element *element = LK_NEW(r->arena, lk_element);
  size_t count = attributes > 0 ? (size_t)attributes : 0;
  lk_attribute *list = LK_NEW_ARRAY(r->arena, lk_attribute, count);
  lk_view full = element_name(r, name, space);
  bool good = element && list && full.ptr;
  for (size_t i = 0; good && i < count; i++) good = read_attribute(r, values + 5 * i, &list[i]);
  if (!good) {
    stop_for_memory(r);
    return;
  }
  *element = (lk_element){.name = full, .text = {"", 0}, .line = line_of(r), .attributes = list, .attribute_count = count};
  if (r->depth)
    append(r->open[r->depth - 1], element);
  else
    r->root = element;
  r->open[r->depth++] = element;
}

static void end_element(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *space) {
  (void)name, (void)prefix, (void)space;
  reader *r = user;
  flush_text(r);
  if (!r->stopped && r->depth) r->depth--;
}

static void characters(void *user, const xmlChar *text, int length) {
  reader *r = user;
  if (r->stopped || length <= 0) return;
  if (!r->text.len) r->text_line = line_of(r);
  lk_buffer_add(&r->text, (lk_view){chars(text), (size_t)length});
}

static void refuse_doctype(void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
  (void)name, (void)external, (void)system;
  stop_with(user, "doctype", "a DOCTYPE, and with it entities of one's own, is not allowed here",
            "remove the <!DOCTYPE …> and write the characters themselves instead of entities");
}

static xmlEntity *predefined_entity(void *user, const xmlChar *name) {
  (void)user;
  return xmlGetPredefinedEntity(name); /* &amp; &lt; &gt; &quot; &apos; */
}

/* A slip in a tag makes the parser lose its place, and what it says next is about that; these stand for themselves wherever they are. */
static bool stands_alone(int code) {
  switch (code) {
    case XML_ERR_ENTITYREF_SEMICOL_MISSING:
    case XML_ERR_ENTITYREF_NO_NAME:
    case XML_ERR_NAME_REQUIRED:
    case XML_ERR_UNDECLARED_ENTITY:
    case XML_ERR_INVALID_CHARREF:
    case XML_ERR_INVALID_HEX_CHARREF:
    case XML_ERR_INVALID_DEC_CHARREF:
    case XML_ERR_ATTRIBUTE_REDEFINED:
    case XML_ERR_HYPHEN_IN_COMMENT:
      return true;
    default:
      return false;
  }
}

static void note_problem(reader *r, const xmlError *e) {
  if (e->code == XML_ERR_NO_MEMORY) {
    r->memory = true;
    return;
  }
  if (r->stopped || e->level == XML_ERR_WARNING) return;
  bool alone = stands_alone(e->code);
  if ((!alone && r->lost) || r->syntax_findings == MAX_SYNTAX_FINDINGS) return;
  r->lost = r->lost || !alone;
  r->syntax_findings++;
  lk_syntax_problem problem = {e->code, e->line, e->int1, e->message ? e->message : "", e->str1, e->str2};
  lk_syntax_report(&problem, r->file, r->findings);
}

/* libxml2 2.12 made the error const; take whichever this one has. */
#if LIBXML_VERSION >= 21200
static void take_problem(void *user, const xmlError *e) { note_problem(user, e); }
#else
static void take_problem(void *user, xmlError *e) { note_problem(user, e); }
#endif

static void parse(reader *r, lk_view text) {
  xmlParserCtxt *parser = xmlCreateMemoryParserCtxt(text.ptr, (int)text.len);
  if (!parser) {
    r->memory = true;
    return;
  }
  r->parser = parser;
  *parser->sax = (xmlSAXHandler){
      .internalSubset = refuse_doctype,
      .getEntity = predefined_entity,
      .characters = characters,
      .ignorableWhitespace = characters,
      .cdataBlock = characters,
      .initialized = XML_SAX2_MAGIC,
      .startElementNs = start_element,
      .endElementNs = end_element,
      .serror = take_problem,
  };
  parser->sax2 = 1;
  parser->userData = r;
  /* NOENT replaces only the five predefined entities: a DOCTYPE, which could define others, has ended the parsing by then. */
  (void)xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_BIG_LINES);
  (void)xmlParseDocument(parser);
  bool well_formed = parser->wellFormed && parser->nsWellFormed;
  if (!well_formed || r->stopped) r->root = NULL;
  if (parser->errNo == XML_ERR_NO_MEMORY) r->memory = true;
  xmlFreeDoc(parser->myDoc);
  xmlFreeParserCtxt(parser);
  r->parser = NULL;
}

lk_code lk_document_parse(lk_view text, const char *file, lk_arena *arena, lk_findings *findings, lk_element **root) {
  *root = NULL;
  if (!lk_syntax_check_bytes(text, file, findings)) return LK_OK;
  reader r = {.arena = arena, .findings = findings, .file = file};
  size_t before = lk_findings_errors(findings);
  /* Failed allocations outside a parser context go to this thread's handler, which would print them. */
  xmlStructuredErrorFunc old = xmlStructuredError;
  void *old_user = xmlStructuredErrorContext;
  xmlSetStructuredErrorFunc(&r, take_problem);
  parse(&r, text);
  xmlSetStructuredErrorFunc(old_user, old);
  xmlResetLastError(); /* this thread's copy of the last message */
  lk_buffer_free(&r.text);
  if (r.memory) return LK_ERR_MEMORY;
  if (!r.root && lk_findings_errors(findings) == before) return LK_ERR_MEMORY; /* it gave up without a word */
  *root = r.root;
  return LK_OK;
}
