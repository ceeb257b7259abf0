/* The knowledge base: what the bot may say and do, as its editors wrote it.
 *
 * A KB is a folder of XML files (the format is described for editors in kb/FORMAT.md). Loading reads all of it, reports *every* problem of every file
 * as a finding, and gives either a whole KB or none. A loaded KB never changes.
 *
 * Ownership: everything that hangs on an lk_kb lives in it until lk_kb_free; nothing below is freed on its own, but for lk_render's string.
 * Text: UTF-8 as the editor typed it, white space folded to single spaces, never NULL; every lk_view here has a NUL behind its last byte.
 * Threads: an lk_kb may be read by any number of threads; an lk_findings belongs to one at a time.
 * Errors: LK_ERR_INPUT (with file and line), LK_ERR_IO, LK_ERR_MEMORY, and others where they are named. */
#ifndef LUUKKU_KB_H
#define LUUKKU_KB_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "luukku/calendar.h"
#include "luukku/error.h"
#include "luukku/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Findings: what is wrong with a KB, where, and how to mend it ---- */

typedef enum lk_severity { LK_SEVERITY_WARNING, LK_SEVERITY_ERROR } lk_severity;

typedef struct lk_finding {
  lk_severity severity;
  const char *code; /* a short stable word for scripts: "duplicate-id" */
  const char *file; /* as given to the loader, joined with the path below it; "" when there is none */
  int line;         /* 1-based; 0 when there is none */
  const char *what; /* for an editor who is no programmer */
  const char *mend; /* what to do about it */
} lk_finding;

typedef enum lk_finding_format {
  LK_FINDING_TEXT,  /* file:line: error: what; mend [code] */
  LK_FINDING_GITHUB /* ::error file=…,line=…::what; mend (a CI annotation) */
} lk_finding_format;

/* A list of findings in the order of file and line. After LK_FINDINGS_MAX of them the rest is only counted. */
enum { LK_FINDINGS_MAX = 1000 };
typedef struct lk_findings lk_findings;

lk_findings *lk_findings_new(void); /* NULL when memory is out */
void lk_findings_free(lk_findings *findings);
/* Appends; texts are copied. `what` is a printf format. LK_ERR_MEMORY when memory is out (the finding is then still counted). */
lk_code lk_findings_add(lk_findings *findings, lk_severity severity, const char *code, const char *file, int line,
                        const char *mend, const char *what, ...) __attribute__((format(printf, 7, 8)));
/* The same for a function that has such arguments itself. */
lk_code lk_findings_add_list(lk_findings *findings, lk_severity severity, const char *code, const char *file, int line,
                             const char *mend, const char *what, va_list args) __attribute__((format(printf, 7, 0)));
/* From now on only findings whose code is wanted are kept and counted; NULL: all again. */
void lk_findings_want(lk_findings *findings, bool (*wanted)(void *self, const char *code), void *self);
/* Appends all of `others`, which stay as they are; their counts are added even where there is no room for more. */
lk_code lk_findings_join(lk_findings *findings, const lk_findings *others);
size_t lk_findings_count(const lk_findings *findings); /* that can be read with lk_findings_at */
const lk_finding *lk_findings_at(const lk_findings *findings, size_t at);
size_t lk_findings_errors(const lk_findings *findings);   /* all, also those past LK_FINDINGS_MAX */
size_t lk_findings_warnings(const lk_findings *findings); /* the same */
/* Orders by file, then line; loading and checking do it themselves. */
void lk_findings_sort(lk_findings *findings);
/* One line with its line end. */
void lk_finding_print(const lk_finding *finding, lk_finding_format format, FILE *out);

/* ---- Parts of entries ---- */

/* Was it given at all? Otherwise all its fields are 0. A day of every year ("12-24", in opening hours only) has the year 0. */
static inline bool lk_date_given(lk_date date) { return date.month != 0; }

/* A question or a variant of it; or a pattern, unparsed. */
typedef struct lk_phrasing {
  lk_view text;
  int line;
} lk_phrasing;

typedef enum lk_node_kind {
  LK_NODE_TEXT,      /* text */
  LK_NODE_VARIABLE,  /* text is the name in {name}; in messages, notices and the answers of intents and chats only */
  LK_NODE_BREAK,     /* br */
  LK_NODE_PARAGRAPH, /* p; the top level consists of these and lists */
  LK_NODE_BULLETS,   /* ul, of items */
  LK_NODE_NUMBERS,   /* ol, of items */
  LK_NODE_ITEM,      /* li */
  LK_NODE_STRONG,
  LK_NODE_EMPHASIS, /* em */
  LK_NODE_LINK      /* a; text is its href: https, http, mailto, tel or a relative path; may hold {variables} */
} lk_node_kind;

/* A tree written flat, in document order: what a node contains are the nodes behind it up to `end`. */
typedef struct lk_node {
  lk_node_kind kind;
  uint32_t end; /* index of the first node behind this one and what it contains */
  lk_view text;
} lk_node;

/* Text that is shown to a customer. */
typedef struct lk_answer {
  const lk_node *nodes;
  size_t count;
  lk_view
      plain; /* the text alone, ready-made for indexing and logs: paragraphs and items on lines of their own, variables as {name} */
  const lk_view *variables; /* the names used, each once, in the order of first use */
  size_t variable_count;
  int line;
} lk_answer;

/* Something a flow has to know. */
typedef struct lk_slot {
  lk_view name;
  const lk_view *types; /* of lk_slot_types; any of them will do */
  size_t type_count;
  lk_view ask; /* id of the message that asks for it; empty when it is optional and never asked for */
  bool optional;
  int line;
} lk_slot;

/* ---- Entries ---- */

typedef enum lk_entry_kind {
  LK_ENTRY_ARTICLE,
  LK_ENTRY_INTENT,     /* id begins with do- */
  LK_ENTRY_CHAT,       /* chat-: small talk; several answers are taken in turn */
  LK_ENTRY_NOT_COVERED /* not-: what the shop does not offer, said honestly */
} lk_entry_kind;

typedef struct lk_entry {
  lk_entry_kind kind;
  lk_lang lang;
  lk_view id;
  lk_view category; /* empty where there is none */
  lk_view source;   /* articles only: where it was imported from, an address or the source's own id; mostly empty */
  const char *file;
  int line;
  const lk_phrasing *phrasings; /* [0] is the question; then the variants */
  size_t phrasing_count;
  const lk_phrasing *patterns;
  size_t pattern_count;
  lk_view keywords; /* as one text; often empty */
  const lk_answer *answers;
  size_t answer_count; /* articles and not-covered: 1; intents: 0 or 1; chats: 1 or more */
  const lk_view *see;  /* ids of entries, all of which exist */
  const int *see_lines;
  size_t see_count;
  lk_date updated, from, until; /* from and until are days on which it still holds */
  bool handoff_always;
  /* Intents only. A translation that leaves slots or action out has those of the first language that gives them (Finnish first). */
  const lk_slot *slots;
  size_t slot_count;
  lk_view action;  /* "order.status" */
  lk_view confirm; /* id of the message that asks before acting; empty: act at once */
} lk_entry;

/* Does it hold on this day (from ≤ today ≤ until)? */
bool lk_entry_holds(const lk_entry *entry, lk_date today);
/* "article", "intent", "chat", "not-covered". */
const char *lk_entry_kind_name(lk_entry_kind kind);

/* ---- The rest of a KB ---- */

typedef struct lk_category {
  lk_view id;
  lk_lang lang;
  lk_view title;
  const char *file;
  int line;
} lk_category;

typedef enum lk_lexicon_kind {
  LK_LEXICON_SET,    /* words are synonyms of one another */
  LK_LEXICON_MAP,    /* a question with `from` is also about words; not the other way round */
  LK_LEXICON_SPOKEN, /* `from` is how people write words[0] (one or more words in order) */
  LK_LEXICON_NAME    /* `from` is never corrected; words are other spellings of it */
} lk_lexicon_kind;

typedef struct lk_lexicon_row {
  lk_lexicon_kind kind;
  lk_lang lang;
  lk_view from;         /* empty for a set; may be several words ("rahat takaisin") */
  const lk_view *words; /* each may be several words ("apple pay") */
  size_t word_count;
  const char *file;
  int line;
} lk_lexicon_row;

typedef struct lk_message {
  lk_view id;
  lk_lang lang;
  lk_answer text;
  const char *file;
  int line;
} lk_message;

typedef struct lk_notice {
  lk_view id;
  lk_lang lang;
  lk_view category; /* shown with answers of this category only; empty: always */
  lk_date from, until;
  int from_minute, until_minute; /* of the day: 0 … 1440; a date without a time means from its first to its last minute */
  lk_answer text;
  const char *file;
  int line;
} lk_notice;

typedef struct lk_weight {
  lk_view feature;
  double mean, scale,
      value; /* contributes value · (x − mean) / scale; scale > 0. The feature "bias" has x = 1, mean 0, scale 1. */
} lk_weight;

typedef struct lk_model {
  lk_view name;
  lk_lang lang; /* LK_LANG_NONE: for every language that has none of its own */
  lk_date fitted;
  long questions; /* on how many it was fitted; 0 when not said */
  lk_view note;
  const lk_weight *weights;
  size_t weight_count;
  const char *file;
  int line;
} lk_model;

/* One <open> or <closed>: plain data for luukku/desk.h to compute with. Exactly one of days, from, holiday and holidays says when. */
typedef struct lk_hours_row {
  lk_view desk;               /* "chat", "phone", a shop */
  bool open;                  /* or closed */
  unsigned days;              /* bits: 1u << LK_MONDAY … */
  lk_date from, until;        /* both included and often equal; or a day of every year (year 0, until the same) */
  lk_holiday holiday;         /* this holiday of every year */
  bool holidays;              /* closed on all Finnish public holidays */
  int from_minute, to_minute; /* minutes of the day, open rows only; 0 ≤ from < to ≤ 1440 */
  lk_view id;                 /* why, for a message; often empty */
  const char *file;
  int line;
} lk_hours_row;

/* ---- Loading and looking up ---- */

typedef struct lk_kb lk_kb;

/* Loads all *.xml files below `folder`. All problems are appended to `findings` (which may be NULL); with an error among them the result is NULL and
 * `err` is LK_ERR_INPUT with the first error. LK_ERR_IO: the folder cannot be read at all; LK_ERR_MEMORY. */
lk_kb *lk_kb_load(const char *folder, lk_findings *findings, lk_error *err);

/* The same from memory, for tests and previews: one text a file. */
typedef struct lk_source {
  const char *name; /* the file name in findings */
  lk_view text;
} lk_source;
lk_kb *lk_kb_load_sources(const lk_source *sources, size_t count, lk_findings *findings, lk_error *err);

void lk_kb_free(lk_kb *kb);

/* What can be seen without ranking and is not needed for loading: missing translations, two entries that claim one phrasing, stale articles,
 * variables that differ between languages, … Appends to `findings`. LK_OK even with findings; LK_ERR_MEMORY. */
typedef struct lk_kb_check_options {
  lk_date today; /* not given: nothing is stale, nothing has ended */
} lk_kb_check_options;
lk_code lk_kb_check(const lk_kb *kb, const lk_kb_check_options *options, lk_findings *findings, lk_error *err);

/* The whole of a kind. Entries are grouped by language, in the order of files and lines within one. LK_LANG_NONE: of all languages. */
const lk_entry *lk_kb_entries(const lk_kb *kb, lk_lang lang, size_t *count);
const lk_lexicon_row *lk_kb_lexicon(const lk_kb *kb, lk_lang lang, size_t *count);
const lk_message *lk_kb_messages(const lk_kb *kb, lk_lang lang, size_t *count);
const lk_category *lk_kb_categories(const lk_kb *kb, lk_lang lang, size_t *count);
const lk_notice *lk_kb_notices(const lk_kb *kb, lk_lang lang, size_t *count);
const lk_hours_row *lk_kb_hours(const lk_kb *kb, size_t *count);
const lk_model *lk_kb_models(const lk_kb *kb, size_t *count);

/* By id; where `lang` has none, the Finnish one, else that of any other language; NULL when there is none at all. The result's lang says which. */
const lk_entry *lk_kb_entry(const lk_kb *kb, lk_view id, lk_lang lang);
const lk_message *lk_kb_message(const lk_kb *kb, lk_view id, lk_lang lang);
const lk_category *lk_kb_category(const lk_kb *kb, lk_view id, lk_lang lang);
const lk_notice *lk_kb_notice(const lk_kb *kb, lk_view id, lk_lang lang);
/* The model of this language, else the one for every language; NULL when there is none. */
const lk_model *lk_kb_model(const lk_kb *kb, lk_view name, lk_lang lang);

/* Bytes the KB occupies. */
size_t lk_kb_footprint(const lk_kb *kb);

/* ---- Policy ---- */

typedef enum lk_policy_type {
  LK_POLICY_SHARE,    /* 0 … 1 */
  LK_POLICY_NUMBER,   /* any number within its range */
  LK_POLICY_COUNT,    /* a whole number */
  LK_POLICY_DURATION, /* "90 s", "15 min", "24 h", "30 days", "12 months"; in seconds (a month is 30 days) */
  LK_POLICY_SWITCH,   /* yes or no; 1 or 0 */
  LK_POLICY_TEXT
} lk_policy_type;

/* One attribute that <policy> may have. All of them stand in one table (engine/kb/policy.c). */
typedef struct lk_policy_rule {
  const char *name;
  lk_policy_type type;
  const char *standard; /* the value when no <policy> gives one, as it is written */
  double min, max;      /* inclusive, in the unit of the value; a text's length in bytes */
  const char *meaning;
} lk_policy_rule;

const lk_policy_rule *lk_policy_rules(size_t *count);
/* The value in force. NAN for a name that is not in the table or is a text. */
double lk_kb_policy(const lk_kb *kb, const char *name);
/* The value as it was written, of any type; empty for a name that is not in the table. */
lk_view lk_kb_policy_text(const lk_kb *kb, const char *name);

/* The types a slot may name, ended by NULL. */
const char *const *lk_slot_types(void);

/* ---- Rendering ---- */

typedef enum lk_render_format {
  LK_RENDER_TEXT,    /* links as "text (address)"; items as "- " and "1. " */
  LK_RENDER_HTML,    /* p ul ol li strong em br a: everything else is escaped; rel="noopener" on links */
  LK_RENDER_MARKDOWN /* CommonMark, escaped */
} lk_render_format;

typedef struct lk_value {
  lk_view name;  /* without braces */
  lk_view value; /* plain text; it is escaped; line ends in it are kept as breaks */
} lk_value;

/* The answer as text of that format, with {variables} replaced by their values: a string to free() by the caller. A variable that is the whole address of a
 * link must be a safe address, or there is no link; one within an address is percent-encoded. NULL and LK_ERR_MISSING when a variable has no value, LK_ERR_MEMORY. */
char *lk_render(const lk_answer *answer, lk_render_format format, const lk_value *values, size_t value_count, lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
