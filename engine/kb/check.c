/* What an editor should look at and what can be seen without ranking. Everything that keeps a KB from loading is found while loading; here the KB is whole. */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/utf8.h"
#include "base/vector.h"
#include "kb/address.h"
#include "kb/findings.h"
#include "kb/model.h"
#include "kb/phrasing.h"
#include "text/normalise.h"

typedef struct place {
  const char *file;
  int line;
} place;

typedef struct checker {
  const lk_kb *kb;
  lk_date today;
  lk_findings *findings;
  bool languages[LK_LANG_COUNT]; /* in which this KB has entries */
  bool memory;
} checker;

#define FIND(c, severity, code, file, line, mend, ...)                                                               \
  do {                                                                                                               \
    if (lk_findings_add((c)->findings, (severity), (code), (file), (line), (mend), __VA_ARGS__)) (c)->memory = true; \
  } while (0)
#define WARN(c, code, file, line, mend, ...) FIND(c, LK_SEVERITY_WARNING, code, file, line, mend, __VA_ARGS__)
#define FAULT(c, code, file, line, mend, ...) FIND(c, LK_SEVERITY_ERROR, code, file, line, mend, __VA_ARGS__)

static const char *const language_names[LK_LANG_COUNT] = {"Finnish", "Swedish", "English"};

/* ---- Translations ---- */

/* Is this row the one that speaks for all translations of its id? */
static bool is_first(const lk_table *table, lk_view id, size_t at) { return lk_table_find_any(table, id, LK_LANG_FI) == at; }

static void check_translations(checker *c, const lk_table *table, const char *what, lk_view id, size_t at, place p) {
  if (!is_first(table, id, at)) return;
  char missing[64] = "";
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    if (!c->languages[lang] || lk_table_find(table, id, (lk_lang)lang) != SIZE_MAX) continue;
    size_t used = strlen(missing);
    (void)snprintf(missing + used, sizeof missing - used, "%s%s", used ? " and " : "", language_names[lang]);
  }
  if (*missing)
    WARN(c, "no-translation", p.file, p.line, "write it under the same id; until then the other language is shown",
         "the %s %.*s is missing in %s", what, LK_FMT(id), missing);
}

/* Calls `action` for the first translation and each later one of the same id. */
typedef void compare_rows(checker *c, size_t first, size_t other);

static void compare_translations(checker *c, const lk_table *table, lk_view id, size_t at, compare_rows *compare) {
  if (!is_first(table, id, at)) return;
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    size_t other = lk_table_find(table, id, (lk_lang)lang);
    if (other != SIZE_MAX && other != at) compare(c, at, other);
  }
}

static bool has_variable(const lk_answer *answer, lk_view name) {
  for (size_t i = 0; i < answer->variable_count; i++)
    if (lk_view_eq(answer->variables[i], name)) return true;
  return false;
}

static void compare_variables(checker *c, const lk_answer *first, const lk_answer *other, lk_view id, place p) {
  for (int side = 0; side < 2; side++) {
    const lk_answer *from = side ? other : first, *in = side ? first : other;
    for (size_t i = 0; i < from->variable_count; i++)
      if (!has_variable(in, from->variables[i]))
        FAULT(c, "variables-differ", p.file, p.line, "use the same variables in every language",
              "{%.*s} is %s %.*s here, unlike in the first language", LK_FMT(from->variables[i]),
              side ? "used in" : "missing from", LK_FMT(id));
  }
}

static void compare_messages(checker *c, size_t first, size_t other) {
  const lk_message *a = &c->kb->messages[first], *b = &c->kb->messages[other];
  compare_variables(c, &a->text, &b->text, b->id, (place){b->file, b->line});
}

static void compare_notices(checker *c, size_t first, size_t other) {
  const lk_notice *a = &c->kb->notices[first], *b = &c->kb->notices[other];
  compare_variables(c, &a->text, &b->text, b->id, (place){b->file, b->line});
  if (lk_date_compare(a->from, b->from) || lk_date_compare(a->until, b->until))
    WARN(c, "translations-differ", b->file, b->line, "give all translations the same dates",
         "the notice %.*s has other dates than in %s", LK_FMT(b->id), language_names[a->lang]);
}

static bool same_slots(const lk_entry *a, const lk_entry *b) {
  if (a->slots == b->slots) return true;
  if (a->slot_count != b->slot_count) return false;
  for (size_t i = 0; i < a->slot_count; i++) {
    const lk_slot *x = &a->slots[i], *y = &b->slots[i];
    if (!lk_view_eq(x->name, y->name) || x->type_count != y->type_count || x->optional != y->optional) return false;
    for (size_t t = 0; t < x->type_count; t++)
      if (!lk_view_eq(x->types[t], y->types[t])) return false;
  }
  return true;
}

static void compare_entries(checker *c, size_t first, size_t other) {
  const lk_entry *a = &c->kb->entries[first], *b = &c->kb->entries[other];
  const char *lang = language_names[a->lang];
  if (!lk_view_eq(a->category, b->category))
    WARN(c, "translations-differ", b->file, b->line, "give all translations the same category",
         "%.*s has another category than in %s", LK_FMT(b->id), lang);
  if (a->handoff_always != b->handoff_always)
    WARN(c, "translations-differ", b->file, b->line, "write handoff in all translations or in none",
         "%.*s is handed off in one language only", LK_FMT(b->id));
  if (!same_slots(a, b) || !lk_view_eq(a->action, b->action))
    FAULT(c, "slots-differ", b->file, b->line, "leave slots and action out here: those of the first language are used",
          "%.*s has other slots or another action than in %s", LK_FMT(b->id), lang);
  if (a->kind == LK_ENTRY_INTENT && a->answer_count && b->answer_count)
    compare_variables(c, &a->answers[0], &b->answers[0], b->id, (place){b->file, b->line});
}

/* ---- Phrasings ---- */

typedef struct claim {
  const lk_entry *entry;
  const lk_phrasing *phrasing;
} claim;

typedef struct claims {
  claim *items;
  size_t count, cap;
  lk_map *at; /* "fi" + normalised text → index of the claim that came first */
  lk_buffer key;
} claims;

/* Letters, digits and marks; not punctuation, so that "Hei!" and "hei" are one phrasing. */
static bool in_word(uint32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return c != LK_UTF8_INVALID && !(c >= 0xA0 && c <= 0xBF) && !(c >= 0x2000 && c <= 0x206F) && c != 0xD7 && c != 0xF7;
}

void lk_phrasing_key(lk_view text, lk_buffer *out) {
  for (size_t i = 0; i < text.len;) {
    size_t from = i, to = i;
    while (i < text.len && in_word(lk_utf8_next(text, &i))) to = i;
    if (to == from) continue;
    lk_buffer_addc(out, ' ');
    lk_normalise((lk_view){text.ptr + from, to - from}, out);
  }
}

static void report_claim(checker *c, const claim *first, const lk_entry *entry, const lk_phrasing *phrasing) {
  lk_view text = lk_excerpt(phrasing->text, 80);
  char mend[512];
  if (first->entry == entry) {
    WARN(c, "phrasing-twice", entry->file, phrasing->line, "delete one of them", "%.*s has \"%.*s\" twice", LK_FMT(entry->id),
         LK_FMT(text));
    return;
  }
  (void)snprintf(mend, sizeof mend, "keep it in one of them (the other is %.*s in %.256s, line %d)", LK_FMT(first->entry->id),
                 first->entry->file, first->phrasing->line);
  FAULT(c, "phrasing-claimed", entry->file, phrasing->line, mend, "two entries claim \"%.*s\"", LK_FMT(text));
}

static void claim_phrasing(checker *c, claims *all, const lk_entry *entry, const lk_phrasing *phrasing) {
  lk_buffer_clear(&all->key);
  lk_buffer_adds(&all->key, lk_lang_code(entry->lang));
  lk_phrasing_key(phrasing->text, &all->key);
  if (all->key.len == 2 && !all->key.failed) {
    WARN(c, "no-words", entry->file, phrasing->line, "write it in words", "this phrasing of %.*s has no word in it",
         LK_FMT(entry->id));
    return;
  }
  uint32_t *at = all->key.failed ? NULL : lk_map_put(all->at, lk_buffer_view(&all->key), (uint32_t)all->count);
  if (!at)
    c->memory = true;
  else if (*at != all->count)
    report_claim(c, &all->items[*at], entry, phrasing);
  else if (!LK_PUSH(all, (claim){entry, phrasing}))
    c->memory = true;
}

static void check_phrasings(checker *c) {
  claims all = {.at = lk_map_new()};
  if (!all.at) c->memory = true;
  for (size_t i = 0; i < c->kb->entry_table.count; i++)
    for (size_t p = 0; p < c->kb->entries[i].phrasing_count && !c->memory; p++)
      claim_phrasing(c, &all, &c->kb->entries[i], &c->kb->entries[i].phrasings[p]);
  free(all.items);
  lk_map_free(all.at);
  lk_buffer_free(&all.key);
}

/* ---- Entries by themselves ---- */

static void check_dates(checker *c, const lk_entry *e) {
  if (!lk_date_given(c->today)) return;
  if (lk_date_given(e->until) && lk_date_compare(e->until, c->today) < 0)
    WARN(c, "ended", e->file, e->line, "delete it or give it a later until", "%.*s has ended", LK_FMT(e->id));
  if (!lk_date_given(e->updated)) return;
  int64_t age = lk_date_days(c->today) - lk_date_days(e->updated);
  double stale = lk_kb_policy(c->kb, "stale-days");
  if (age < 0)
    WARN(c, "updated-in-future", e->file, e->line, "write the day on which it was last read and found true",
         "updated is a day in the future");
  else if ((double)age > stale)
    WARN(c, "stale", e->file, e->line, "read it again, correct it, and set updated to that day",
         "%.*s was last looked at %lld days ago", LK_FMT(e->id), (long long)age);
}

static void check_see(checker *c, const lk_entry *e) {
  for (size_t i = 0; i < e->see_count; i++) {
    const lk_entry *target = lk_kb_entry(c->kb, e->see[i], e->lang);
    if (lk_view_eq(e->see[i], e->id))
      WARN(c, "see-itself", e->file, e->see_lines[i], "delete that <see>", "%.*s points to itself", LK_FMT(e->id));
    else if (target && lk_date_given(c->today) && lk_date_given(target->until) && lk_date_compare(target->until, c->today) < 0)
      WARN(c, "see-ended", e->file, e->see_lines[i], "delete that <see>", "%.*s points to %.*s, which has ended", LK_FMT(e->id),
           LK_FMT(e->see[i]));
    for (size_t j = 0; j < i; j++)
      if (lk_view_eq(e->see[i], e->see[j]))
        WARN(c, "see-twice", e->file, e->see_lines[i], "delete one of them", "%.*s points to %.*s twice", LK_FMT(e->id),
             LK_FMT(e->see[i]));
  }
}

static void check_links(checker *c, const lk_answer *answer, const char *file) {
  for (size_t i = 0; i < answer->count; i++) {
    const lk_node *node = &answer->nodes[i];
    if (node->kind != LK_NODE_LINK || !node->text.len || memchr(node->text.ptr, '{', node->text.len)) continue;
    const char *why = lk_address_dead(node->text);
    if (why)
      WARN(c, "dead-link", file, answer->line, "correct the address", "the link to \"%.*s\" can't work: %s",
           LK_FMT(lk_excerpt(node->text, 120)), why);
  }
}

/* A screen of a telephone: what is longer is not read. Characters, links not counted. */
enum { ANSWER_CHARACTERS = 600 };

static void check_length(checker *c, const lk_answer *answer, lk_view id, const char *file) {
  size_t characters = 0;
  for (size_t i = 0; i < answer->plain.len; i++) characters += ((unsigned char)answer->plain.ptr[i] & 0xC0) != 0x80;
  if (characters > ANSWER_CHARACTERS)
    WARN(c, "answer-long", file, answer->line,
         "answer the question first, and put the rest into an article of its own, or behind a link",
         "%.*s says %zu characters at once, more than the %d that are read in a chat", LK_FMT(id), characters, ANSWER_CHARACTERS);
}

static void check_entries(checker *c) {
  const lk_kb *kb = c->kb;
  for (size_t i = 0; i < kb->entry_table.count; i++) {
    const lk_entry *e = &kb->entries[i];
    check_dates(c, e);
    check_see(c, e);
    for (size_t a = 0; a < e->answer_count; a++) {
      check_links(c, &e->answers[a], e->file);
      check_length(c, &e->answers[a], e->id, e->file);
    }
    check_translations(c, &kb->entry_table, lk_entry_kind_name(e->kind), e->id, i, (place){e->file, e->line});
    compare_translations(c, &kb->entry_table, e->id, i, compare_entries);
  }
}

/* ---- Messages, notices, categories ---- */

static void check_messages(checker *c) {
  const lk_kb *kb = c->kb;
  for (size_t i = 0; i < kb->message_table.count; i++) {
    const lk_message *m = &kb->messages[i];
    check_links(c, &m->text, m->file);
    check_length(c, &m->text, m->id, m->file);
    check_translations(c, &kb->message_table, "message", m->id, i, (place){m->file, m->line});
    compare_translations(c, &kb->message_table, m->id, i, compare_messages);
  }
}

static void check_notices(checker *c) {
  const lk_kb *kb = c->kb;
  for (size_t i = 0; i < kb->notice_table.count; i++) {
    const lk_notice *n = &kb->notices[i];
    check_links(c, &n->text, n->file);
    check_translations(c, &kb->notice_table, "notice", n->id, i, (place){n->file, n->line});
    compare_translations(c, &kb->notice_table, n->id, i, compare_notices);
    if (lk_date_given(c->today) && lk_date_compare(n->until, c->today) < 0)
      WARN(c, "ended", n->file, n->line, "delete it or give it a later until", "the notice %.*s has ended", LK_FMT(n->id));
  }
}

static void check_categories(checker *c) {
  const lk_kb *kb = c->kb;
  lk_map *used = lk_map_new();
  if (!used) c->memory = true;
  for (size_t i = 0; i < kb->entry_table.count && !c->memory; i++)
    if (!lk_map_put(used, kb->entries[i].category, 1)) c->memory = true;
  for (size_t i = 0; i < kb->category_table.count && !c->memory; i++) {
    const lk_category *category = &kb->categories[i];
    if (is_first(&kb->category_table, category->id, i) && !lk_map_get(used, category->id))
      WARN(c, "empty-category", category->file, category->line, "delete it or put entries into it",
           "the category %.*s has no entries", LK_FMT(category->id));
    check_translations(c, &kb->category_table, "category", category->id, i, (place){category->file, category->line});
  }
  lk_map_free(used);
}

/* ---- Lexicon ---- */

static void check_row(checker *c, const lk_lexicon_row *row) {
  if (row->kind == LK_LEXICON_SET && row->word_count == 1)
    FAULT(c, "set-of-one", row->file, row->line, "add its synonyms, with commas between them, or delete it",
          "this <set> has one word only");
  for (size_t i = 0; i < row->word_count; i++) {
    if (lk_view_eq(row->words[i], row->from))
      FAULT(c, "map-to-itself", row->file, row->line, "leave it out on one side", "\"%.*s\" leads to itself", LK_FMT(row->from));
    for (size_t j = 0; j < i; j++)
      if (lk_view_eq(row->words[i], row->words[j]))
        FAULT(c, "word-twice", row->file, row->line, "delete one of them", "\"%.*s\" is there twice", LK_FMT(row->words[i]));
  }
}

/* A spoken form can stand for one thing only; maps and names of one word are better written together. */
static void check_repeated(checker *c, lk_map *seen, const lk_lexicon_row *row, size_t at) {
  lk_buffer key = {0};
  lk_buffer_addf(&key, "%s %d ", lk_lang_code(row->lang), (int)row->kind);
  lk_buffer_add(&key, row->from);
  uint32_t *first = key.failed ? NULL : lk_map_put(seen, lk_buffer_view(&key), (uint32_t)at);
  lk_buffer_free(&key);
  if (!first) {
    c->memory = true;
    return;
  }
  if (*first == at) return;
  const lk_lexicon_row *other = &c->kb->lexicon[*first];
  char mend[400];
  if (row->kind == LK_LEXICON_SPOKEN && !lk_view_eq(row->words[0], other->words[0])) {
    (void)snprintf(mend, sizeof mend, "keep one (the other is in %.256s, line %d), or write <map> for several meanings",
                   other->file, other->line);
    FAULT(c, "spoken-twice", row->file, row->line, mend, "the spoken form \"%.*s\" has two standard forms", LK_FMT(row->from));
  } else {
    (void)snprintf(mend, sizeof mend, "join it with the one in %.256s, line %d", other->file, other->line);
    WARN(c, "lexicon-twice", row->file, row->line, mend, "\"%.*s\" is there twice", LK_FMT(row->from));
  }
}

static void check_lexicon(checker *c) {
  lk_map *seen = lk_map_new();
  if (!seen) c->memory = true;
  for (size_t i = 0; i < c->kb->lexicon_table.count && !c->memory; i++) {
    const lk_lexicon_row *row = &c->kb->lexicon[i];
    check_row(c, row);
    if (row->kind != LK_LEXICON_SET) check_repeated(c, seen, row, i);
  }
  lk_map_free(seen);
}

/* ---- All ---- */

static void check_policy(checker *c) {
  double answer = lk_kb_policy(c->kb, "answer-at"), clarify = lk_kb_policy(c->kb, "clarify-at");
  if (clarify > answer)
    FAULT(c, "policy-order", "", 0, "set clarify-at to at most answer-at",
          "the policy's clarify-at (%g) is above its answer-at (%g)", clarify, answer);
}

lk_code lk_kb_check(const lk_kb *kb, const lk_kb_check_options *options, lk_findings *findings, lk_error *err) {
  checker c = {.kb = kb, .findings = findings};
  if (options) c.today = options->today;
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    size_t count;
    (void)lk_kb_entries(kb, (lk_lang)lang, &count);
    c.languages[lang] = count > 0;
  }
  check_entries(&c);
  check_messages(&c);
  check_notices(&c);
  check_categories(&c);
  check_phrasings(&c);
  check_lexicon(&c);
  check_policy(&c);
  lk_findings_sort(findings);
  return c.memory ? lk_fail_memory(err) : LK_OK;
}
