/* Words in what the bot says, and in the questions that it shows, which are probably misspelt. Variants are customers' words and may be.
 *
 * Finnish has a dictionary: what it lacks, and the shop does not use often, is reported. Swedish and English have none here: a word that stands in the KB once only,
 * and one letter away from one that stands there often, is reported. That finds slips and misses much; it hardly ever cries wolf. */
#include <stdlib.h>
#include <strings.h>

#include "base/error.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/vector.h"
#include "nlu/audit.h"
#include "text/analyzer.h"
#include "text/spelling.h"

enum {
  LEAST_LETTERS = 4, /* shorter ones are abbreviations and endings */
  OWN_WORD = 3,      /* so many times in editors' text: the shop's own word */
  LEAST_BARE = 7,    /* letters of a word without a dictionary */
  OFTEN = 8,
  ENDING = 2, /* a difference among the last letters is another form of the word */
  LETTERS_MAX = 40
};

typedef struct seen {
  lk_view form;
  const char *file; /* of the first editors' text with it; NULL: in variants only */
  int line;
  uint32_t count, shown; /* in all texts, and in editors' */
  bool known;
  uint32_t letters[LETTERS_MAX];
  size_t letter_count;
} seen;

typedef struct speller {
  lk_audit_run *run;
  lk_map *at; /* form → items */
  struct {
    seen *items;
    size_t count, cap;
  } words;
} speller;

static bool has_word(lk_view text, lk_view form) {
  for (size_t i = 0; i + form.len <= text.len; i++) {
    bool begins = i == 0 || text.ptr[i - 1] == ' ',
         ends = i + form.len == text.len || strchr(" .,:;?!\n", text.ptr[i + form.len]);
    if (begins && ends && strncasecmp(text.ptr + i, form.ptr, form.len) == 0) return true;
  }
  return false;
}

/* Answers that point to another language quote it. Asked of the few words that are unknown. */
static bool is_foreign(const speller *s, lk_view form) {
  size_t count;
  const lk_entry *entries = lk_kb_entries(s->run->engine->kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count; i++) {
    if (entries[i].lang == s->run->lang) continue;
    for (size_t p = 0; p < entries[i].phrasing_count; p++)
      if (has_word(entries[i].phrasings[p].text, form)) return true;
    for (size_t a = 0; a < entries[i].answer_count; a++)
      if (has_word(entries[i].answers[a].plain, form)) return true;
  }
  return false;
}

static bool is_known(const speller *s, const lk_word *word) {
  const lk_known_form *entry = lk_shelf_entry(&s->run->engine->vocabulary->shelves[s->run->lang], word->form);
  return (entry ? entry->in_dictionary : word->known) || word->repair == LK_REPAIR_SPOKEN;
}

/* Letters and hyphens: not S:llä, not kpl., not CamelCase. */
static bool is_plain(lk_view typed) {
  size_t capitals = 0;
  for (size_t i = 0; i < typed.len; i++) {
    capitals += typed.ptr[i] >= 'A' && typed.ptr[i] <= 'Z';
    if (typed.ptr[i] == ':' || typed.ptr[i] == '.' || (typed.ptr[i] >= '0' && typed.ptr[i] <= '9')) return false;
  }
  return capitals <= 1;
}

/* Capitals in the middle of a sentence are names', and no dictionary has them all. */
static bool is_name(lk_view text, const lk_word *word) {
  bool capital = word->token.text.ptr[0] >= 'A' && word->token.text.ptr[0] <= 'Z';
  size_t before = word->token.start;
  while (before > 0 && text.ptr[before - 1] == ' ') before--;
  return capital && before > 0 && before < word->token.start && !strchr(".?!:\n", text.ptr[before - 1]);
}

static lk_code note(speller *s, const lk_word *word, const char *file, int line, bool shown) {
  uint32_t *at = lk_map_put(s->at, word->form, (uint32_t)s->words.count);
  if (!at) return lk_fail_memory(s->run->err);
  if (*at == s->words.count) {
    seen fresh = {.form = lk_map_key(s->at, *at), .known = is_known(s, word)};
    for (size_t i = 0; i < fresh.form.len && fresh.letter_count < LETTERS_MAX;)
      fresh.letters[fresh.letter_count++] = lk_utf8_next(fresh.form, &i);
    if (!LK_PUSH(&s->words, fresh)) return lk_fail_memory(s->run->err);
  }
  seen *w = &s->words.items[*at];
  w->count++;
  w->shown += shown;
  if (!shown || w->file) return LK_OK;
  w->file = file;
  w->line = line;
  return LK_OK;
}

static lk_code read_text(speller *s, lk_view text, const char *file, int line, bool shown) {
  lk_analysis analysis;
  lk_arena_reset(s->run->scratch);
  lk_code code = lk_analyze(lk_worker_analyzer(s->run->worker), s->run->lang, text, 0, s->run->scratch, &analysis, s->run->err);
  for (size_t w = 0; !code && w < analysis.count; w++) {
    const lk_word *word = &analysis.words[w];
    bool variable = word->token.start > 0 && text.ptr[word->token.start - 1] == '{';
    if (word->token.kind == LK_TOKEN_WORD && !variable && is_plain(word->token.text) && !is_name(text, word))
      code = note(s, word, file, line, shown);
  }
  return code == LK_ERR_LIMIT ? LK_OK : code;
}

static lk_code read_entries(speller *s) {
  size_t count;
  const lk_entry *entries = lk_kb_entries(s->run->engine->kb, s->run->lang, &count);
  lk_code code = LK_OK;
  for (size_t i = 0; i < count; i++) {
    const lk_entry *e = &entries[i];
    for (size_t p = 0; !code && p < e->phrasing_count; p++) {
      /* Only frequencies are wanted of variants, and only where there is no dictionary. */
      if (p && s->run->lang == LK_LANG_FI) break;
      code = read_text(s, e->phrasings[p].text, e->file, e->phrasings[p].line, p == 0 && e->kind != LK_ENTRY_CHAT);
    }
    for (size_t a = 0; !code && a < e->answer_count; a++)
      code = read_text(s, e->answers[a].plain, e->file, e->answers[a].line, true);
  }
  return code;
}

static lk_code read_rest(speller *s) {
  const lk_kb *kb = s->run->engine->kb;
  size_t count;
  lk_code code = LK_OK;
  const lk_message *messages = lk_kb_messages(kb, s->run->lang, &count);
  for (size_t i = 0; !code && i < count; i++)
    code = read_text(s, messages[i].text.plain, messages[i].file, messages[i].line, true);
  const lk_category *categories = lk_kb_categories(kb, s->run->lang, &count);
  for (size_t i = 0; !code && i < count; i++)
    code = read_text(s, categories[i].title, categories[i].file, categories[i].line, true);
  const lk_notice *notices = lk_kb_notices(kb, s->run->lang, &count);
  for (size_t i = 0; !code && i < count; i++) code = read_text(s, notices[i].text.plain, notices[i].file, notices[i].line, true);
  return code;
}

/* Words of the lexicon are words. */
static lk_code read_lexicon(speller *s) {
  size_t count;
  const lk_lexicon_row *rows = lk_kb_lexicon(s->run->engine->kb, s->run->lang, &count);
  lk_code code = LK_OK;
  for (size_t r = 0; r < count; r++)
    for (size_t w = 0; !code && w < rows[r].word_count; w++) {
      lk_analysis analysis;
      lk_arena_reset(s->run->scratch);
      code = lk_analyze(lk_worker_analyzer(s->run->worker), s->run->lang, rows[r].words[w], 0, s->run->scratch, &analysis,
                        s->run->err);
      for (size_t i = 0; !code && i < analysis.count; i++) {
        uint32_t *at = lk_map_get(s->at, analysis.words[i].form);
        if (at) s->words.items[*at].known = true;
      }
    }
  return code;
}

static lk_code report(speller *s, const seen *w, const seen *meant) {
  lk_code code = meant ? lk_findings_add(s->run->findings, LK_SEVERITY_WARNING, "unknown-word", w->file, w->line,
                                         "correct it, or leave it as it is if it is a word of its own and add it to the lexicon",
                                         "\"%.*s\" may be a slip for \"%.*s\"", LK_FMT(w->form), LK_FMT(meant->form))
                       : lk_findings_add(s->run->findings, LK_SEVERITY_WARNING, "unknown-word", w->file, w->line,
                                         "correct it, or add it to the lexicon as a <name> if it is one",
                                         "the dictionary does not know \"%.*s\"", LK_FMT(w->form));
  return code ? lk_fail_memory(s->run->err) : LK_OK;
}

static bool differ_inside(const seen *a, const seen *b) {
  size_t shorter = a->letter_count < b->letter_count ? a->letter_count : b->letter_count, same = 0;
  while (same < shorter && a->letters[same] == b->letters[same]) same++;
  return same > 0 && same + ENDING < shorter;
}

static const seen *find_meant(const speller *s, const seen *w) {
  for (size_t i = 0; i < s->words.count; i++) {
    const seen *other = &s->words.items[i];
    size_t longer =
        w->letter_count > other->letter_count ? w->letter_count - other->letter_count : other->letter_count - w->letter_count;
    if (other->count < OFTEN || longer > 1 || !differ_inside(w, other)) continue;
    if (lk_edit_distance(w->letters, w->letter_count, other->letters, other->letter_count, 1) == 1) return other;
  }
  return NULL;
}

static lk_code report_all(speller *s) {
  bool dictionary = s->run->lang == LK_LANG_FI;
  lk_code code = LK_OK;
  for (size_t i = 0; !code && i < s->words.count; i++) {
    const seen *w = &s->words.items[i];
    if (!w->file || w->letter_count >= LETTERS_MAX) continue;
    if (dictionary && !w->known && w->letter_count >= LEAST_LETTERS && w->shown < OWN_WORD && !is_foreign(s, w->form))
      code = report(s, w, NULL);
    const seen *meant = !dictionary && w->count == 1 && w->letter_count >= LEAST_BARE ? find_meant(s, w) : NULL;
    if (meant) code = report(s, w, meant);
  }
  return code;
}

lk_code lk_audit_spelling(lk_audit_run *run) {
  if (run->lang == LK_LANG_FI && !run->engine->has_dictionary) return LK_OK;
  speller s = {.run = run, .at = lk_map_new()};
  lk_code code = s.at ? read_entries(&s) : lk_fail_memory(run->err);
  if (!code) code = read_rest(&s);
  if (!code) code = read_lexicon(&s);
  if (!code) code = report_all(&s);
  lk_map_free(s.at);
  free(s.words.items);
  return code;
}
