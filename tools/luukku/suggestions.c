#include "suggestions.h"

#include <stdio.h>
#include <stdlib.h>

enum { LEAST_TEXTS = 2, LEAST_REPLIES = 2, STOCK_GROUPS = 3 /* a reply that fits so many matters answers none of them */ };
static const double sure_share = .75; /* of the conversations with a word, so many led to one entry */
static const double led_share = .1;   /* of a group's questions; more, and it is known what answers them */

const char *lk_suggestion_kind_name(lk_suggestion_kind kind) {
  static const char *const names[] = {"variant", "synonym", "article"};
  return names[kind];
}

static lk_code out_of_memory(lk_error *err) {
  *err = (lk_error){.code = LK_ERR_MEMORY, .message = "out of memory; look at a shorter period, or at one language"};
  return LK_ERR_MEMORY;
}

typedef struct maker {
  lk_worker *worker;
  const lk_asked_list *asked;
  const lk_evidence *evidence;
  size_t count;
  const lk_suggestion_wish *wish;
  lk_arena *arena;
  lk_suggestions *out;
  size_t cap;
  lk_error *err;
} maker;

static lk_suggestion *add(maker *m, lk_suggestion_kind kind, lk_lang lang) {
  lk_suggestions *list = m->out;
  if (list->count == m->cap) {
    size_t cap = m->cap ? m->cap * 2 : 128;
    lk_suggestion *grown = LK_NEW_ARRAY(m->arena, lk_suggestion, cap);
    if (!grown) return NULL;
    if (list->count) memcpy(grown, list->items, list->count * sizeof *grown);
    list->items = grown;
    m->cap = cap;
  }
  list->items[list->count] = (lk_suggestion){.kind = kind, .lang = lang};
  return &list->items[list->count++];
}

static int compare_views(lk_view a, lk_view b) {
  size_t length = a.len < b.len ? a.len : b.len;
  int order = length ? memcmp(a.ptr, b.ptr, length) : 0;
  return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int by_conversation(const void *left, const void *right) {
  const lk_asked *const *a = left, *const *b = right;
  return compare_views((*a)->conversation, (*b)->conversation);
}

static lk_code count_conversations(const lk_asked *const *asked, size_t count, size_t *out, lk_error *err) {
  const lk_asked **sorted = calloc(count + 1, sizeof *sorted);
  *out = 0;
  if (!sorted) return out_of_memory(err);
  for (size_t i = 0; i < count; i++) sorted[i] = asked[i];
  qsort(sorted, count, sizeof *sorted, by_conversation);
  for (size_t i = 0; i < count; i++) *out += !i || by_conversation(&sorted[i - 1], &sorted[i]) != 0;
  free(sorted);
  return LK_OK;
}

/* ---- Variants ---- */

/* Evidence is ordered by entry, then by count: of each entry the first ones. */
static lk_code make_variants(maker *m) {
  size_t taken = 0;
  for (size_t i = 0; i < m->count; i++) {
    const lk_evidence *e = &m->evidence[i];
    bool other = !i || m->evidence[i - 1].entry != e->entry;
    if (other) taken = 0;
    size_t conversations = 0;
    if (e->found || e->count < m->wish->least || taken == m->wish->variants) continue;
    lk_code code = count_conversations(e->asked, e->count, &conversations, m->err);
    if (code) return code;
    if (conversations < m->wish->least) continue;
    lk_suggestion *s = add(m, LK_SUGGEST_VARIANT, e->lang);
    if (!s) return out_of_memory(m->err);
    taken++;
    s->entry = e->entry;
    s->text = e->text;
    s->evidence = e;
    s->asked = e->asked;
    s->asked_count = e->count;
    s->conversations = conversations;
    s->by_agent = e->by_agent;
    s->by_choice = e->by_choice;
  }
  return LK_OK;
}

/* ---- Synonyms ---- */

typedef struct use { /* of a word, in evidence for an entry */
  lk_view lemma;
  lk_view written; /* as an editor would write it: a stem is no word */
  const lk_evidence *evidence;
} use;

static int by_word_and_entry(const void *left, const void *right) {
  const use *a = left, *b = right;
  if (a->evidence->lang != b->evidence->lang) return a->evidence->lang < b->evidence->lang ? -1 : 1;
  int order = compare_views(a->lemma, b->lemma);
  return order ? order : (a->evidence > b->evidence) - (a->evidence < b->evidence);
}

static lk_code gather_uses(maker *m, use **uses, size_t *use_count) {
  size_t cap = 0;
  lk_code code = LK_OK;
  for (size_t i = 0; !code && i < m->count; i++) {
    lk_analysis analysis;
    const lk_evidence *e = &m->evidence[i];
    code = lk_analyze(lk_worker_analyzer(m->worker), e->lang, e->text, LK_ANALYZE_REPAIR, m->arena, &analysis, m->err);
    for (size_t w = 0; !code && w < analysis.count; w++) {
      const lk_word *word = &analysis.words[w];
      if (word->stop || !word->lemma_count || word->token.kind != LK_TOKEN_WORD) continue;
      if (*use_count == cap) {
        use *grown = realloc(*uses, (cap = cap ? cap * 2 : 1024) * sizeof *grown);
        if (!grown) return out_of_memory(m->err);
        *uses = grown;
      }
      (*uses)[(*use_count)++] = (use){word->lemmas[0], word->known ? word->lemmas[0] : word->form, e};
    }
  }
  if (*use_count) qsort(*uses, *use_count, sizeof **uses, by_word_and_entry);
  return code;
}

/* The entry's own word: of its question's content words the rarest. */
static lk_code word_of_entry(maker *m, const lk_entry *entry, lk_lang lang, lk_view *out) {
  lk_analysis analysis;
  float best = 0;
  *out = (lk_view){"", 0};
  lk_code code = lk_analyze(lk_worker_analyzer(m->worker), lang, entry->phrasings[0].text, 0, m->arena, &analysis, m->err);
  const lk_index *index = lk_engine_index(lk_worker_engine(m->worker), lang);
  for (size_t w = 0; !code && w < analysis.count; w++) {
    const lk_word *word = &analysis.words[w];
    bool known = false;
    if (word->stop || !word->lemma_count || word->token.kind != LK_TOKEN_WORD) continue;
    float idf = lk_index_idf(index, word->lemmas[0], &known);
    if (known && idf > best) best = idf, *out = word->lemmas[0];
  }
  return code;
}

typedef struct word_use { /* all uses of one word */
  const use *first;
  size_t count;
} word_use;

/* The conversations of the word's uses for one entry; texts are counted as well. */
static size_t speak_for(const word_use *w, const lk_entry *entry, size_t *texts) {
  size_t conversations = 0;
  *texts = 0;
  for (size_t i = 0; i < w->count; i++) {
    const lk_evidence *e = w->first[i].evidence;
    if ((entry && e->entry != entry) || (i && w->first[i - 1].evidence == e)) continue;
    conversations += e->count;
    ++*texts;
  }
  return conversations;
}

static lk_code gather_asked(maker *m, const word_use *w, lk_suggestion *s) {
  const lk_asked **asked = NULL;
  size_t count = 0;
  for (int round = 0; round < 2; round++) {
    if (round && !(asked = LK_NEW_ARRAY(m->arena, const lk_asked *, count + 1))) return out_of_memory(m->err);
    count = 0;
    for (size_t i = 0; i < w->count; i++) {
      const lk_evidence *e = w->first[i].evidence;
      if (e->entry != s->entry || (i && w->first[i - 1].evidence == e)) continue;
      for (size_t a = 0; a < e->count; a++, count++)
        if (round) asked[count] = e->asked[a];
    }
  }
  s->asked = asked;
  s->asked_count = count;
  return count_conversations(asked, count, &s->conversations, m->err);
}

static lk_code consider_word(maker *m, const word_use *w) {
  size_t texts, best = 0, best_texts = 0;
  const lk_entry *entry = NULL;
  bool adds = false, known = false;
  lk_lang lang = w->first->evidence->lang;
  (void)lk_index_idf(lk_engine_index(lk_worker_engine(m->worker), lang), w->first->lemma, &known);
  if (known) return LK_OK; /* it leads somewhere already; a variant says more about where else than a synonym would */
  size_t all = speak_for(w, NULL, &texts);
  for (size_t i = 0; i < w->count; i++) {
    size_t for_entry = speak_for(w, w->first[i].evidence->entry, &texts);
    if (for_entry > best) best = for_entry, best_texts = texts, entry = w->first[i].evidence->entry;
  }
  for (size_t i = 0; i < w->count; i++) adds = adds || (w->first[i].evidence->entry == entry && !w->first[i].evidence->found);
  if (!adds || best < m->wish->least || best_texts < LEAST_TEXTS || (double)best < sure_share * (double)all) return LK_OK;
  lk_view to;
  lk_code code = word_of_entry(m, entry, lang, &to);
  if (code || !to.len) return code;
  lk_suggestion *s = add(m, LK_SUGGEST_SYNONYM, lang);
  if (!s) return out_of_memory(m->err);
  s->entry = entry;
  s->text = w->first->written;
  s->to = to;
  return gather_asked(m, w, s);
}

static lk_code make_synonyms(maker *m) {
  use *uses = NULL;
  size_t count = 0;
  lk_code code = gather_uses(m, &uses, &count);
  for (size_t i = 0, next; !code && i < count; i = next) {
    for (next = i; next < count && uses[next].evidence->lang == uses[i].evidence->lang &&
                   compare_views(uses[next].lemma, uses[i].lemma) == 0;)
      next++;
    code = consider_word(m, &(word_use){&uses[i], next - i});
  }
  free(uses);
  return code;
}

/* ---- New articles ---- */

static int by_address(const void *left, const void *right) {
  const lk_asked *const *a = left, *const *b = right;
  return (*a > *b) - (*a < *b);
}

/* Questions that the bot did not serve, and those of them that evidence leads somewhere (sorted by address). */
typedef struct unserved {
  const lk_asked **items, **led;
  size_t count, led_count;
} unserved;

static lk_code gather_unserved(maker *m, unserved *out) {
  size_t known = 0;
  for (size_t i = 0; i < m->count; i++) known += m->evidence[i].count;
  *out = (unserved){calloc(m->asked->count + 1, sizeof *out->items), calloc(known + 1, sizeof *out->led), 0, 0};
  if (!out->items || !out->led) return out_of_memory(m->err);
  for (size_t i = 0; i < m->count; i++)
    for (size_t a = 0; a < m->evidence[i].count; a++) out->led[out->led_count++] = m->evidence[i].asked[a];
  qsort(out->led, out->led_count, sizeof *out->led, by_address);
  for (size_t i = 0; i < m->asked->count; i++)
    if (!lk_asked_served(&m->asked->items[i])) out->items[out->count++] = &m->asked->items[i];
  return LK_OK;
}

/* A matter that some customers were led from to an entry needs no new one. */
static bool leads_somewhere(const unserved *u, const lk_asked_group *group) {
  size_t led = 0;
  for (size_t i = 0; i < group->count; i++)
    led += bsearch(&group->members[i], u->led, u->led_count, sizeof *u->led, by_address) != NULL;
  return (double)led > led_share * (double)group->count;
}

/* The case's kind that comes most often. */
static lk_view kind_of_group(const lk_asked_group *group) {
  lk_view best = {"", 0};
  size_t times = 0;
  for (size_t i = 0; i < group->count; i++) {
    size_t count = 0;
    for (size_t j = 0; group->members[i]->kind.len && j < group->count; j++)
      count += lk_view_eq(group->members[i]->kind, group->members[j]->kind);
    if (count > times) times = count, best = group->members[i]->kind;
  }
  return best;
}

static bool has_reply(const lk_asked_group *group, lk_view reply) {
  for (size_t i = 0; i < group->count; i++)
    if (lk_view_eq(group->members[i]->reply, reply)) return true;
  return false;
}

/* "I will look into it" is said about anything. */
static bool is_stock(const lk_asked_group *groups, size_t group_count, lk_view reply) {
  size_t in = 0;
  for (size_t g = 0; g < group_count && in < STOCK_GROUPS; g++) in += has_reply(&groups[g], reply);
  return in == STOCK_GROUPS;
}

/* What agents replied most often, and to this matter; empty when they did not do so at least twice. */
static lk_view reply_to(const lk_asked_group *groups, size_t group_count, const lk_asked_group *group) {
  lk_view best = {"", 0};
  size_t times = LEAST_REPLIES - 1;
  for (size_t i = 0; i < group->count; i++) {
    lk_view reply = group->members[i]->reply;
    size_t count = 0;
    for (size_t j = 0; reply.len && j < group->count; j++) count += lk_view_eq(reply, group->members[j]->reply);
    if (count > times && !is_stock(groups, group_count, reply)) times = count, best = reply;
  }
  return best;
}

/* "new-lahjakortti-saldo": letters without their marks, so many words as the group's name has. */
static lk_view id_of_group(maker *m, const lk_asked_group *group) {
  char id[100] = "new";
  size_t length = 3;
  for (size_t t = 0; t < group->term_count && t < 2; t++) {
    id[length++] = '-';
    for (size_t i = 0; i < group->terms[t].len && length < 90; i++) {
      unsigned char c = (unsigned char)group->terms[t].ptr[i];
      unsigned char next = i + 1 < group->terms[t].len ? (unsigned char)group->terms[t].ptr[i + 1] : 0;
      if (c == 0xC3) c = next == 0xB6 ? 'o' : next == 0xA4 || next == 0xA5 ? 'a' : '-', i++;
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) id[length++] = (char)c;
    }
  }
  while (id[length - 1] == '-') length--;
  const lk_kb *kb = lk_engine_kb(lk_worker_engine(m->worker));
  id[length] = '\0';
  if (lk_kb_entry(kb, (lk_view){id, length}, group->lang))
    length += (size_t)snprintf(id + length, sizeof id - length, "-%zu", m->out->count);
  return lk_arena_copy(m->arena, (lk_view){id, length});
}

static lk_view category_of(maker *m, const lk_asked_group *group) {
  size_t count;
  const lk_kb *kb = lk_engine_kb(lk_worker_engine(m->worker));
  lk_view kind = kind_of_group(group);
  if (kind.len && lk_kb_category(kb, kind, group->lang)) return kind;
  if (group->nearest && group->nearest->category.len) return group->nearest->category;
  const lk_category *all = lk_kb_categories(kb, LK_LANG_NONE, &count);
  return count ? all[0].id : (lk_view){"", 0};
}

static lk_code pick_phrasings(maker *m, const lk_asked_group *group, lk_article_draft *draft) {
  lk_view *kept = LK_NEW_ARRAY(m->arena, lk_view, group->example_count + 1);
  size_t count = 0;
  lk_code code = kept ? LK_OK : out_of_memory(m->err);
  for (size_t i = 0; !code && i < group->example_count; i++) {
    code = lk_asked_keepable(m->worker, group->lang, group->examples[i]->text, m->arena, &kept[count], m->err);
    count += !code && kept[count].len > 0;
  }
  if (code || !count) return code;
  draft->question = kept[0];
  draft->variants = kept + 1;
  draft->variant_count = count - 1;
  return LK_OK;
}

static lk_code consider_group(maker *m, lk_asked_group *group, lk_view reply) {
  lk_view answer;
  lk_article_draft draft = {.lang = group->lang};
  lk_code code = lk_asked_group_look(m->worker, group, m->err);
  if (!code) code = pick_phrasings(m, group, &draft);
  if (!code) code = lk_asked_keepable(m->worker, group->lang, reply, m->arena, &answer, m->err);
  if (code || !draft.question.len || !answer.len) return code;
  code = lk_answer_of_text(answer, m->arena, &draft.answer, &draft.answer_count, m->err);
  if (code) return code;
  draft.id = id_of_group(m, group);
  draft.category = category_of(m, group);
  lk_suggestion *s = draft.id.ptr ? add(m, LK_SUGGEST_ARTICLE, group->lang) : NULL;
  if (!s) return out_of_memory(m->err);
  s->text = draft.question;
  s->draft = draft;
  s->asked = group->members;
  s->asked_count = group->count;
  s->conversations = group->conversations;
  s->by_agent = true;
  return LK_OK;
}

static lk_code make_articles(maker *m) {
  unserved u = {NULL, NULL, 0, 0};
  lk_asked_group *groups = NULL;
  size_t group_count = 0;
  lk_code code = gather_unserved(m, &u);
  if (!code) code = lk_asked_group_all(m->worker, u.items, u.count, m->arena, &groups, &group_count, m->err);
  for (size_t i = 0; !code && i < group_count; i++) {
    if (groups[i].conversations < m->wish->least || leads_somewhere(&u, &groups[i])) continue;
    lk_view reply = reply_to(groups, group_count, &groups[i]);
    if (reply.len) code = consider_group(m, &groups[i], reply);
  }
  free(u.items);
  free(u.led);
  return code;
}

/* ---- All ---- */

static int best_first(const void *left, const void *right) {
  const lk_suggestion *a = left, *b = right;
  if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
  if (a->conversations != b->conversations) return a->conversations > b->conversations ? -1 : 1;
  if (a->lang != b->lang) return a->lang < b->lang ? -1 : 1;
  if (a->asked[0]->time != b->asked[0]->time) return a->asked[0]->time < b->asked[0]->time ? -1 : 1;
  return compare_views(a->text, b->text);
}

/* Orders them, keeps the most wanted of each kind, and names them. */
static void settle(lk_suggestions *list, size_t most) {
  size_t kept = 0, of_kind[3] = {0};
  if (list->count) qsort(list->items, list->count, sizeof *list->items, best_first);
  for (size_t i = 0; i < list->count; i++) {
    lk_suggestion *s = &list->items[i];
    if (of_kind[s->kind] == most) continue;
    (void)snprintf(s->name, sizeof s->name, "%c%zu", lk_suggestion_kind_name(s->kind)[0], ++of_kind[s->kind]);
    list->items[kept++] = *s;
  }
  list->count = kept;
}

lk_code lk_suggestions_make(lk_worker *worker, const lk_asked_list *asked, const lk_evidence *evidence, size_t count,
                            const lk_suggestion_wish *wish, lk_arena *arena, lk_suggestions *out, lk_error *err) {
  maker m = {worker, asked, evidence, count, wish, arena, out, 0, err};
  *out = (lk_suggestions){0};
  lk_code code = make_variants(&m);
  if (!code) code = make_synonyms(&m);
  if (!code) code = make_articles(&m);
  if (!code) settle(out, wish->most);
  return code;
}

lk_code lk_suggestion_apply(const lk_suggestion *s, lk_edit *edit, lk_error *err) {
  switch (s->kind) {
    case LK_SUGGEST_VARIANT:
      return lk_edit_add_variant(edit, s->entry->id, s->lang, s->text, err);
    case LK_SUGGEST_SYNONYM:
      return lk_edit_add_words(edit, &(lk_lexicon_draft){LK_LEXICON_MAP, s->lang, s->text, &s->to, 1}, err);
    default:
      return lk_edit_add_article(edit, &s->draft, NULL, err);
  }
}
