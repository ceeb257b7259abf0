#include "kb/syntax.h"

#include <libxml/xmlerror.h>
#include <strings.h>

#include "base/utf8.h"
#include "kb/limits.h"
#include "kb/values.h"

/* ---- Errors of the parser ---- */

typedef struct phrase {
  int code;
  const char *kind, *what, *mend;
} phrase;

static const phrase phrases[] = {
    {XML_ERR_ENTITYREF_SEMICOL_MISSING, "ampersand", "an & stands here by itself", "write &amp; instead of &"},
    {XML_ERR_ENTITYREF_NO_NAME, "ampersand", "an & stands here by itself", "write &amp; instead of &"},
    {XML_ERR_LT_IN_ATTRIBUTE, "quote", "a < stands within an attribute's value",
     "close the quotes of the attribute before it, or write &lt; instead of <"},
    {XML_ERR_ATTRIBUTE_NOT_STARTED, "quote", "an attribute's value is not in quotes", "write name=\"value\""},
    {XML_ERR_ATTRIBUTE_NOT_FINISHED, "quote", "the quotes of an attribute are not closed", "write name=\"value\""},
    {XML_ERR_ATTRIBUTE_WITHOUT_VALUE, "quote", "an attribute has no value", "write name=\"value\""},
    {XML_ERR_SPACE_REQUIRED, "tag", "a space is missing between two parts of a tag", "put a space before each attribute"},
    {XML_ERR_GT_REQUIRED, "tag", "a tag is not closed", "put > at the end of the tag"},
    {XML_ERR_LTSLASH_REQUIRED, "tag", "a closing tag is expected here", "close the element that is open"},
    {XML_ERR_COMMENT_NOT_FINISHED, "comment", "a comment is not closed", "put --> at its end"},
    {XML_ERR_HYPHEN_IN_COMMENT, "comment", "a comment holds --", "write a single - or a dash within comments"},
    {XML_ERR_CDATA_NOT_FINISHED, "cdata", "a <![CDATA[ is not closed", "put ]]> at its end"},
    {XML_ERR_INVALID_CHAR, "control-character", "a control character stands here that XML does not allow",
     "delete it; it is often invisible"},
    {XML_ERR_INVALID_CHARREF, "control-character", "a &#…; names no allowed character", "write the character itself"},
    {XML_ERR_INVALID_HEX_CHARREF, "control-character", "a &#x…; names no allowed character", "write the character itself"},
    {XML_ERR_INVALID_DEC_CHARREF, "control-character", "a &#…; names no allowed character", "write the character itself"},
    {XML_ERR_DOCUMENT_EMPTY, "not-xml", "this is no XML: it does not begin with a tag",
     "begin with <kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\">"},
    {XML_ERR_DOCUMENT_END, "after-end", "something stands behind the last closing tag", "delete it, or move it to before </kb>"},
    {XML_ERR_RESERVED_XML_NAME, "declaration", "<?xml …?> may stand only at the very beginning of a file",
     "delete what is before it, or delete this line"},
    {XML_ERR_MISPLACED_CDATA_END, "cdata", "]]> stands in the text", "write ]]&gt; instead"},
    {XML_ERR_NAME_TOO_LONG, "tag", "a name is far too long", "is a quote or a > missing before it?"},
};

static void add(const lk_syntax_problem *p, const char *file, lk_findings *findings, const char *code, const char *what,
                const char *mend) {
  (void)lk_findings_add(findings, LK_SEVERITY_ERROR, code, file, p->line, mend, "%s", what);
}

static void report_tag(const lk_syntax_problem *p, const char *file, lk_findings *findings) {
  const char *open = p->first ? p->first : "?";
  char mend[256];
  if (p->code == XML_ERR_TAG_NAME_MISMATCH && p->second) {
    (void)snprintf(mend, sizeof mend, "write </%.60s> where <%.60s> ends, or correct the spelling of one of the two", open, open);
    (void)lk_findings_add(findings, LK_SEVERITY_ERROR, "tag-mismatch", file, p->line, mend,
                          "<%.60s> of line %d is closed by </%.60s>", open, p->other_line, p->second);
    return;
  }
  (void)snprintf(mend, sizeof mend, "write </%.60s> where it ends", open);
  (void)lk_findings_add(findings, LK_SEVERITY_ERROR, "tag-not-closed", file, p->line, mend, "<%.60s> of line %d is never closed",
                        open, p->other_line);
}

/* One code stands for two slips: a lone & and a lone <. */
static void report_name(const lk_syntax_problem *p, const char *file, lk_findings *findings) {
  if (strstr(p->message, "EntityRef"))
    add(p, file, findings, "ampersand", "an & stands here by itself", "write &amp; instead of &");
  else
    add(p, file, findings, "less-than", "a < stands here that begins no tag", "write &lt; instead of <, or correct the tag");
}

static void report_entity(const lk_syntax_problem *p, const char *file, lk_findings *findings) {
  (void)lk_findings_add(findings, LK_SEVERITY_ERROR, "unknown-entity", file, p->line,
                        "write the character itself (only &amp; &lt; &gt; &quot; &apos; are known)", "&%.60s; is not known here",
                        p->first ? p->first : "?");
}

static void report_repeated(const lk_syntax_problem *p, const char *file, lk_findings *findings) {
  (void)lk_findings_add(findings, LK_SEVERITY_ERROR, "attribute-twice", file, p->line, "keep one of the two",
                        "the attribute %.60s is given twice", p->first ? p->first : "?");
}

static void report_other(const lk_syntax_problem *p, const char *file, lk_findings *findings) {
  lk_view message = lk_trim(lk_view_of(p->message));
  if (strstr(p->message, "depth")) {
    add(p, file, findings, "too-deep", "elements are nested too deeply here",
        "close the elements above before you open new ones");
    return;
  }
  (void)lk_findings_add(findings, LK_SEVERITY_ERROR, "not-well-formed", file, p->line,
                        "look at the tags and quotes of this line and the one before", "this is not well-formed XML (%.*s)",
                        LK_FMT(message));
}

void lk_syntax_report(const lk_syntax_problem *p, const char *file, lk_findings *findings) {
  switch (p->code) {
    case XML_ERR_TAG_NAME_MISMATCH:
    case XML_ERR_TAG_NOT_FINISHED:
      report_tag(p, file, findings);
      return;
    case XML_ERR_NAME_REQUIRED:
      report_name(p, file, findings);
      return;
    case XML_ERR_UNDECLARED_ENTITY:
    case XML_WAR_UNDECLARED_ENTITY:
      report_entity(p, file, findings);
      return;
    case XML_ERR_ATTRIBUTE_REDEFINED:
      report_repeated(p, file, findings);
      return;
    default:
      break;
  }
  for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
    if (phrases[i].code != p->code) continue;
    add(p, file, findings, phrases[i].kind, phrases[i].what, phrases[i].mend);
    return;
  }
  report_other(p, file, findings);
}

/* ---- Bytes ---- */

static int line_at(lk_view text, size_t at) {
  int line = 1;
  for (size_t i = 0; i < at; i++) line += text.ptr[i] == '\n';
  return line;
}

static bool refuse(const char *file, int line, lk_findings *findings, const char *code, const char *what, const char *mend) {
  (void)lk_findings_add(findings, LK_SEVERITY_ERROR, code, file, line, mend, "%s", what);
  return false;
}

static bool starts(lk_view text, const char *bytes, size_t len) { return text.len >= len && memcmp(text.ptr, bytes, len) == 0; }

/* The value of encoding="…" in <?xml …?>; empty when it says none. */
static lk_view declared_encoding(lk_view text) {
  lk_view none = {"", 0};
  if (!starts(text, "<?xml", 5)) return none;
  const char *end = memchr(text.ptr, '>', text.len);
  lk_view head = {text.ptr, end ? (size_t)(end - text.ptr) : text.len};
  const char *at = memmem(head.ptr, head.len, "encoding", 8);
  if (!at) return none;
  size_t i = (size_t)(at - head.ptr) + 8;
  while (i < head.len && (lk_is_space(head.ptr[i]) || head.ptr[i] == '=')) i++;
  if (i >= head.len || (head.ptr[i] != '"' && head.ptr[i] != '\'')) return none;
  const char *close = memchr(head.ptr + i + 1, head.ptr[i], head.len - i - 1);
  return close ? (lk_view){head.ptr + i + 1, (size_t)(close - head.ptr) - i - 1} : none;
}

static bool check_encoding(lk_view text, const char *file, lk_findings *findings) {
  if (starts(text, "\xFF\xFE", 2) || starts(text, "\xFE\xFF", 2) || starts(text, "<\0", 2) || starts(text, "\0<", 2))
    return refuse(file, 1, findings, "encoding", "this file is saved as UTF-16", "save it as UTF-8 in your editor");
  if (starts(text, "\xEF\xBB\xBF", 3)) text = (lk_view){text.ptr + 3, text.len - 3};
  lk_view declared = declared_encoding(text);
  if (declared.len && !(declared.len == 5 && strncasecmp(declared.ptr, "UTF-8", 5) == 0)) {
    (void)lk_findings_add(
        findings, LK_SEVERITY_ERROR, "encoding", file, 1, "save it as UTF-8 and write encoding=\"UTF-8\" in the first line",
        "this file says that it is encoded as %.*s", (int)(declared.len < 40 ? declared.len : 40), declared.ptr);
    return false;
  }
  for (size_t i = 0; i < text.len;) {
    size_t at = i;
    if (lk_utf8_next(text, &i) != LK_UTF8_INVALID) continue;
    (void)lk_findings_add(findings, LK_SEVERITY_ERROR, "encoding", file, line_at(text, at),
                          "save the file as UTF-8 in your editor", "this file is not UTF-8: a byte 0x%02X stands here%s",
                          (unsigned)(unsigned char)text.ptr[at],
                          (unsigned char)text.ptr[at] >= 0xC0 ? ", as if it were saved as ISO-8859-1 or Windows-1252" : "");
    return false;
  }
  return true;
}

/* The first byte behind the next `mark` at or behind `at`, or text.len. */
static size_t behind(lk_view text, size_t at, const char *mark) {
  const char *found = at < text.len ? memmem(text.ptr + at, text.len - at, mark, strlen(mark)) : NULL;
  return found ? (size_t)(found - text.ptr) + strlen(mark) : text.len;
}

/* Where the tag that begins at `at` ends: behind the first > outside quotes, but at most a tag's limit away. */
static size_t tag_end(lk_view text, size_t at) {
  char quote = 0;
  size_t last = text.len - at > LK_LIMIT_TAG_BYTES ? at + LK_LIMIT_TAG_BYTES : text.len;
  for (; at < last; at++) {
    char c = text.ptr[at];
    if (quote ? c == quote : (c == '"' || c == '\'')) quote = quote ? 0 : c;
    if (!quote && c == '>') return at + 1;
  }
  return last;
}

/* Exact for well-formed XML; for other XML it may name a tag that is merely near the slip. */
static bool check_tags(lk_view text, const char *file, lk_findings *findings) {
  for (size_t at = 0; (at = behind(text, at, "<")) < text.len;) {
    lk_view rest = {text.ptr + at, text.len - at};
    if (starts(rest, "!--", 3)) {
      at = behind(text, at + 3, "-->");
    } else if (starts(rest, "![CDATA[", 8)) {
      at = behind(text, at, "]]>");
    } else if (starts(rest, "?", 1)) {
      at = behind(text, at, "?>");
    } else {
      size_t end = tag_end(text, at);
      if (end - at >= LK_LIMIT_TAG_BYTES)
        return refuse(file, line_at(text, at), findings, "tag-too-long",
                      "a tag begins here that does not end for more than 8,000 characters",
                      "close its quotes and put > at its end");
      at = end;
    }
  }
  return true;
}

bool lk_syntax_check_bytes(lk_view text, const char *file, lk_findings *findings) {
  if (text.len > LK_LIMIT_FILE_BYTES)
    return refuse(file, 0, findings, "file-too-large", "this file is larger than 4 MB", "split it into several files");
  if (!lk_trim(text).len)
    return refuse(file, 1, findings, "empty-file", "this file is empty",
                  "delete it, or write <kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\"> … </kb>");
  return check_encoding(text, file, findings) && check_tags(text, file, findings);
}
