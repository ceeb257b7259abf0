#include "text/analyzer.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/utf8.h"
#include "base/vector.h"
#include "text/grams.h"
#include "text/normalise.h"

enum {
  TEXT_LIMIT = 64 * 1024, /* bytes of one analysed text: an article's answer has a few thousand */
  CACHE_WORDS = 20000,    /* some 6 MB: a KB's words and a day's customers' */
  CACHE_BYTES = 8 << 20,
  LOOK_UP_ALLOWANCE = 1200, /* of a customer's message: 2,000 characters have fewer words; some 20 ms at the worst */
  SEARCH_ALLOWANCE = 16,    /* words of a message that corrections are searched for */
  ENDING_LONGEST = 5,       /* bytes of a name's case ending */
  MEMO_LONGEST = 96,        /* bytes of a word as typed; longer ones hardly ever come again */
  HALF_SHORTEST = 3         /* letters of half a compound */
};

/* ---- life ---- */

lk_analyzer *lk_analyzer_new(const lk_vocabulary *vocabulary, const lk_analyzer_options *options, lk_error *err) {
  lk_analyzer *a = calloc(1, sizeof *a);
  if (!a) return lk_fail_memory(err), NULL;
  a->vocabulary = vocabulary;
  bool fine = (a->arena = lk_arena_new()) && (a->cache = lk_map_new()) && (a->conclusions = lk_map_new());
  for (lk_lang lang = 0; fine && lang < LK_LANG_COUNT; lang++) fine = (a->stems[lang] = lk_morphology_snowball(lang)) != NULL;
  if (!fine) {
    lk_analyzer_free(a);
    return lk_fail_memory(err), NULL;
  }
  if (!options || !options->no_voikko) a->dictionary = lk_morphology_voikko();
  return a;
}

void lk_analyzer_free(lk_analyzer *a) {
  if (!a) return;
  if (a->dictionary) a->dictionary->free(a->dictionary);
  for (lk_lang lang = 0; lang < LK_LANG_COUNT; lang++)
    if (a->stems[lang]) a->stems[lang]->free(a->stems[lang]);
  lk_buffer_free(&a->form);
  lk_buffer_free(&a->key);
  lk_buffer_free(&a->scratch);
  lk_map_free(a->cache);
  lk_map_free(a->conclusions);
  free(a->cached.items);
  free(a->concluded.items);
  lk_memo_table_free(&a->memos);
  lk_arena_free(a->arena);
  free(a);
}

bool lk_analyzer_has_dictionary(const lk_analyzer *a) { return a->dictionary != NULL; }

void lk_analyzer_share(lk_analyzer *a, lk_shared_words *shared) {
  lk_memo_clear(&a->memos); /* some are the other one's */
  a->shared = shared;
}

static void empty_caches(lk_analyzer *a) {
  lk_map *cache = lk_map_new(), *conclusions = lk_map_new();
  if (!cache || !conclusions) { /* the full ones go on serving */
    lk_map_free(cache);
    lk_map_free(conclusions);
    return;
  }
  lk_map_free(a->cache);
  lk_map_free(a->conclusions);
  a->cache = cache;
  a->conclusions = conclusions;
  a->cached.count = a->concluded.count = 0;
  lk_memo_clear(&a->memos);
  lk_arena_reset(a->arena);
}

void lk_analyzer_begin(lk_analyzer *a, lk_lang lang, bool bounded) {
  const lk_shelf *shelf = &a->vocabulary->shelves[lang];
  if (a->cached.count + a->concluded.count + a->memos.count > CACHE_WORDS || lk_arena_footprint(a->arena) > CACHE_BYTES)
    empty_caches(a);
  if (a->lists[lang] != shelf->lists) lk_memo_clear(&a->memos);
  a->lists[lang] = shelf->lists;
  a->look_ups = bounded ? LOOK_UP_ALLOWANCE : INT32_MAX;
  a->searches = SEARCH_ALLOWANCE;
  a->growing = !bounded && a->seen != shelf->version;
  a->seen = shelf->version;
  a->failed = false;
}

/* ---- one form ---- */

static const lk_shelf *shelf_of(const lk_analyzer *a, lk_lang lang) { return &a->vocabulary->shelves[lang]; }

static bool in_lists(const lk_shelf *shelf, lk_view form) {
  return lk_map_has(shelf->stop, form) || lk_map_has(shelf->common, form) || lk_map_has(shelf->names, form) ||
         lk_map_has(shelf->irregular, form);
}

static bool is_half(const lk_shelf *shelf, lk_view form) { return lk_shelf_has(shelf, form) || lk_map_has(shelf->names, form); }

bool lk_split_compound(const lk_shelf *shelf, lk_view form, lk_view *first, lk_view *second) {
  if (form.len < 2 * HALF_SHORTEST + 1) return false;
  /* The longest second half first: it is what the compound is. */
  for (size_t at = HALF_SHORTEST; at + HALF_SHORTEST <= form.len; at++) {
    if (((unsigned char)form.ptr[at] & 0xC0) == 0x80) continue;
    *first = (lk_view){form.ptr, at};
    *second = (lk_view){form.ptr + at, form.len - at};
    if (!is_half(shelf, *second)) continue;
    if (is_half(shelf, *first)) return true;
    if (first->ptr[at - 1] == 's' && at > HALF_SHORTEST) {
      first->len--;
      if (is_half(shelf, *first)) return true;
    }
  }
  return false;
}

static void add_derivations(const lk_shelf *shelf, lk_view lemma, float scale, lk_draft *found) {
  const uint32_t *at = lk_map_get(shelf->derived, lemma);
  for (uint32_t i = at ? *at : 0; i; i = shelf->derivations.items[i - 1].next)
    lk_draft_root(found, shelf->derivations.items[i - 1].root, scale * shelf->derivations.items[i - 1].weight);
}

/* The table's roots, for what the dictionary does not derive or derives too readily. */
static void add_table_roots(const lk_shelf *shelf, lk_draft *found) {
  size_t lemmas = found->lemma_count, terms = found->term_count;
  for (size_t i = 0; i < lemmas; i++) add_derivations(shelf, found->lemmas[i], LK_WEIGHT_ROOT, found);
  for (size_t i = 0; i < terms; i++)
    if (found->terms[i].kind == LK_TERM_PART) add_derivations(shelf, found->terms[i].text, LK_WEIGHT_PART_ROOT, found);
}

static void stem(lk_analyzer *a, lk_lang lang, lk_view form, lk_draft *found) {
  const uint32_t *at = lk_map_get(shelf_of(a, lang)->irregular, form);
  lk_view base = at ? shelf_of(a, lang)->irregular_to.items[*at] : form;
  (void)a->stems[lang]->look_up(a->stems[lang], base, found);
}

static void add_half(lk_analyzer *a, lk_lang lang, lk_view half, lk_draft *found) {
  const lk_known_form *entry = lk_shelf_entry(shelf_of(a, lang), half);
  if (entry) {
    lk_lexeme lexeme;
    if (!lk_shelf_lexeme(shelf_of(a, lang), entry, a->arena, &lexeme)) {
      a->failed = true;
      return;
    }
    for (uint32_t i = 0; i < lexeme.lemma_count; i++) lk_draft_term(found, LK_TERM_PART, lexeme.lemmas[i], 1);
    return;
  }
  lk_draft stemmed = {.arena = a->arena};
  stem(a, lang, half, &stemmed);
  for (size_t i = 0; i < stemmed.lemma_count; i++) lk_draft_term(found, LK_TERM_PART, stemmed.lemmas[i], 1);
}

/* "twitter-tiliäni", "1980-luvun": the dictionary knows the end, and the beginning stays as it is. */
static bool look_up_after_hyphen(lk_analyzer *a, lk_view form, lk_draft *found) {
  const char *hyphen = form.len ? memrchr(form.ptr, '-', form.len) : NULL;
  if (!hyphen || hyphen == form.ptr || hyphen + 1 == form.ptr + form.len) return false;
  size_t head = (size_t)(hyphen - form.ptr) + 1;
  lk_draft tail = {.arena = a->arena};
  if (!a->dictionary->look_up(a->dictionary, (lk_view){form.ptr + head, form.len - head}, &tail)) return false;
  for (size_t i = 0; i < tail.lemma_count; i++) {
    lk_buffer_clear(&a->scratch);
    lk_buffer_add(&a->scratch, (lk_view){form.ptr, head});
    lk_buffer_add(&a->scratch, tail.lemmas[i]);
    lk_draft_lemma(found, lk_buffer_view(&a->scratch));
  }
  lk_draft_term(found, LK_TERM_PART, (lk_view){form.ptr, head - 1}, 1);
  for (size_t i = 0; i < tail.lemma_count; i++) lk_draft_term(found, LK_TERM_PART, tail.lemmas[i], 1);
  if (tail.failed || a->scratch.failed) found->failed = true;
  return true;
}

static bool ends_with(lk_view text, lk_view end) {
  return text.len >= end.len && memcmp(text.ptr + text.len - end.len, end.ptr, end.len) == 0;
}

/* "postikulut" may be of postikulku or of postikulu, and is of the second. */
static bool is_weaker(lk_view weak, lk_view strong, const lk_preference *p) {
  if (!ends_with(weak, p->weaker) || !ends_with(strong, p->stronger)) return false;
  return lk_view_eq((lk_view){weak.ptr, weak.len - p->weaker.len}, (lk_view){strong.ptr, strong.len - p->stronger.len});
}

static void drop_weaker(const lk_shelf *shelf, lk_draft *found) {
  for (size_t p = 0; p < shelf->preferences.count && found->lemma_count > 1; p++) {
    const lk_preference *preference = &shelf->preferences.items[p];
    for (size_t i = 0; i < found->lemma_count; i++)
      for (size_t j = 0; j < found->lemma_count; j++)
        if (is_weaker(found->lemmas[i], found->lemmas[j], preference)) {
          lk_draft_drop(found, i, preference->weaker);
          i = j = found->lemma_count;
        }
  }
}

static bool ask_dictionary(lk_analyzer *a, lk_view form, lk_draft *found) {
  if (a->look_ups <= 0) return false;
  a->look_ups--;
  if (!a->dictionary) return false;
  bool read = a->readings && lk_readings_take(a->readings, form, found);
  if (!read) (void)a->dictionary->look_up(a->dictionary, form, found);
  return found->lemma_count || look_up_after_hyphen(a, form, found);
}

/* "klarnalla", "mobilepayn": a name with a case ending is that name. */
static lk_view name_within(const lk_shelf *shelf, lk_view form) {
  static const char *const endings[] = {"n",    "a",    "ä",    "t",    "s",    "in",   "ta",  "tä",   "na",
                                        "nä",   "lla",  "llä",  "lle",  "lta",  "ltä",  "ssa", "ssä",  "sta",
                                        "stä",  "ksi",  "iin",  "hin",  "en",   "ia",   "iä",  "illa", "illä",
                                        "ille", "ilta", "iltä", "issa", "issä", "ista", "istä"};
  if (lk_map_has(shelf->names, form)) return form;
  bool seen[ENDING_LONGEST + 1] = {false}, is_name[ENDING_LONGEST + 1];
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    size_t length = strlen(endings[i]);
    if (form.len < length + 3 || memcmp(form.ptr + form.len - length, endings[i], length) != 0) continue;
    lk_view head = {form.ptr, form.len - length};
    if (!seen[length]) is_name[length] = lk_map_has(shelf->names, head);
    seen[length] = true;
    if (is_name[length]) return head;
  }
  return (lk_view){"", 0};
}

/* What the dictionary, the engine's own tables and names say; false when none of them knows the form. */
static bool find_known(lk_analyzer *a, lk_lang lang, lk_view form, lk_draft *found) {
  const lk_shelf *shelf = shelf_of(a, lang);
  const uint32_t *irregular = lang == LK_LANG_FI ? lk_map_get(shelf->irregular, form) : NULL;
  if (irregular) lk_draft_lemma(found, shelf->irregular_to.items[*irregular]);
  bool known = irregular || (lang == LK_LANG_FI && ask_dictionary(a, form, found));
  drop_weaker(shelf, found);
  return known;
}

/* What is left for a form that nothing knows: the name in it, or its stem, and the halves of a compound. */
static bool find_stem(lk_analyzer *a, lk_lang lang, lk_view form, lk_draft *found) {
  const lk_shelf *shelf = shelf_of(a, lang);
  lk_view name = name_within(shelf, form);
  if (name.len)
    lk_draft_lemma(found, name);
  else
    stem(a, lang, form, found);
  bool known = name.len || in_lists(shelf, form) ||
               (lang != LK_LANG_FI && found->lemma_count && lk_shelf_has_lemma(shelf, found->lemmas[0]));
  lk_view first, second;
  if (!lk_split_compound(shelf, form, &first, &second)) return known;
  add_half(a, lang, first, found);
  add_half(a, lang, second, found);
  return known || lang != LK_LANG_FI; /* in Finnish it may be two words run together, which are parted */
}

static void finish(lk_analyzer *a, lk_lang lang, lk_view form, lk_draft *found, bool known, lk_cached *cached) {
  if (!found->lemma_count) lk_draft_lemma(found, form);
  add_table_roots(shelf_of(a, lang), found);
  if (!lk_draft_finish(found, a->arena, known, &cached->lexeme)) a->failed = true;
  cached->stemmed = true;
}

/* `whole`: not only whether it is known. */
static lk_cached conclude(lk_analyzer *a, lk_lang lang, lk_view form, bool whole) {
  const lk_shelf *shelf = shelf_of(a, lang);
  lk_draft found = {.arena = a->arena};
  lk_cached cached = {.version = LK_TIMELESS};
  const lk_known_form *entry = lang == LK_LANG_FI ? lk_shelf_entry(shelf, form) : NULL;
  if (entry) {
    if (!lk_shelf_lexeme(shelf, entry, a->arena, &cached.lexeme)) a->failed = true;
    cached.of_entry = cached.stemmed = true;
    return cached;
  }
  bool known = find_known(a, lang, form, &found);
  if (!known) {
    cached.version = lang == LK_LANG_FI && a->look_ups <= 0 ? LK_PROVISIONAL : shelf->version;
    if (lang == LK_LANG_FI && !whole && !name_within(shelf, form).len && !in_lists(shelf, form)) return cached;
    known = find_stem(a, lang, form, &found);
  }
  finish(a, lang, form, &found, known, &cached);
  return cached;
}

static void complete(lk_analyzer *a, lk_lang lang, lk_view form, lk_cached *cached) {
  lk_draft found = {.arena = a->arena};
  bool known = find_stem(a, lang, form, &found);
  finish(a, lang, form, &found, known, cached);
}

static lk_view key_of(lk_analyzer *a, lk_lang lang, char flags, lk_view form) {
  lk_buffer_clear(&a->key);
  lk_buffer_addc(&a->key, (char)('0' + lang));
  lk_buffer_addc(&a->key, flags);
  lk_buffer_add(&a->key, form);
  if (a->key.failed) a->failed = true;
  return lk_buffer_view(&a->key);
}

static lk_lexeme look_up(lk_analyzer *a, lk_lang lang, lk_view form, bool whole) {
  const lk_shelf *shelf = shelf_of(a, lang);
  uint32_t fresh = (uint32_t)a->cached.count;
  uint32_t *slot = lk_map_put(a->cache, key_of(a, lang, ' ', form), fresh);
  if (!slot) return a->failed = true, (lk_lexeme){0};
  uint32_t at = *slot;
  if (at < a->cached.count) {
    lk_cached *cached = &a->cached.items[at];
    bool current = cached->version == LK_TIMELESS || cached->version == shelf->version || a->growing;
    /* What the dictionary said before the knowledge base had the word. */
    if (lang == LK_LANG_FI && !cached->of_entry && lk_shelf_entry(shelf, form)) current = false;
    if (!current) *cached = conclude(a, lang, form, whole);
    if (whole && !cached->stemmed) complete(a, lang, form, cached);
    if (cached->version == LK_PROVISIONAL) a->provisional = true;
    return cached->lexeme;
  }
  lk_cached cached = conclude(a, lang, form, whole);
  if (cached.version == LK_PROVISIONAL) a->provisional = true;
  if (!LK_PUSH(&a->cached, cached)) a->failed = true;
  return cached.lexeme;
}

lk_lexeme lk_look_up(lk_analyzer *a, lk_lang lang, lk_view form) { return look_up(a, lang, form, true); }

bool lk_is_known(lk_analyzer *a, lk_lang lang, lk_view form) {
  return lk_shelf_entry(shelf_of(a, lang), form) || look_up(a, lang, form, false).known;
}

/* ---- a text's words ---- */

typedef struct call {
  lk_analyzer *a;
  lk_lang lang;
  unsigned flags;
  lk_arena *arena;
  bool dotless;
  bool of_entry; /* the present word is one that the knowledge base has as it stands */
} call;

static lk_view trim_hyphens(lk_view form) {
  while (form.len && form.ptr[0] == '-') form.ptr++, form.len--;
  while (form.len && form.ptr[form.len - 1] == '-') form.len--;
  return form;
}

static lk_view without(lk_view form, const char *marks, lk_buffer *out) {
  lk_buffer_clear(out);
  for (size_t i = 0; i < form.len; i++)
    if (!strchr(marks, form.ptr[i])) lk_buffer_addc(out, form.ptr[i]);
  return lk_buffer_view(out);
}

/* How a number, code or address is written in the index: one way for what people write in several. */
static lk_view canonical(lk_analyzer *a, lk_token_kind kind, lk_view form) {
  switch (kind) {
    case LK_TOKEN_PHONE:
      return without(form, " -+", &a->scratch);
    case LK_TOKEN_NUMBER:
      return without(form, " ", &a->scratch);
    case LK_TOKEN_CODE: {
      while (form.len > 1 && form.ptr[0] == '#') form.ptr++, form.len--;
      const char *colon = memchr(form.ptr, ':', form.len);
      return colon && colon > form.ptr ? (lk_view){form.ptr, (size_t)(colon - form.ptr)} : form;
    }
    default:
      return form;
  }
}

/* "1980-luvun" has digits and is no word, but its end is one. */
static bool ends_as_word(lk_view form) {
  const char *hyphen = form.len ? memrchr(form.ptr, '-', form.len) : NULL;
  if (!hyphen || hyphen == form.ptr || form.ptr + form.len - hyphen < 4) return false;
  for (const char *c = hyphen + 1; c < form.ptr + form.len; c++)
    if (*c >= '0' && *c <= '9') return false;
  return true;
}

static void find_code(call *c, lk_view form, lk_draft *found) {
  lk_analyzer *a = c->a;
  if (c->lang == LK_LANG_FI && a->dictionary && ends_as_word(form) && a->look_ups-- > 0 && look_up_after_hyphen(a, form, found))
    return;
  lk_draft_lemma(found, form);
}

static void find_words(call *c, lk_view forms, lk_draft *found, bool *known) {
  *known = true;
  for (size_t at = 0; at < forms.len;) {
    const char *space = memchr(forms.ptr + at, ' ', forms.len - at);
    size_t end = space ? (size_t)(space - forms.ptr) : forms.len;
    lk_lexeme lexeme = lk_look_up(c->a, c->lang, (lk_view){forms.ptr + at, end - at});
    *known = *known && lexeme.known;
    lk_draft_merge(found, &lexeme);
    at = end + 1;
  }
}

static bool all_stop(const lk_shelf *shelf, const lk_word *word) {
  if (lk_map_has(shelf->stop, word->form)) return true;
  for (size_t i = 0; i < word->lemma_count; i++)
    if (!lk_map_has(shelf->stop, word->lemmas[i])) return false;
  return word->lemma_count > 0;
}

static void take(lk_word *word, const lk_lexeme *lexeme) {
  word->lemmas = lexeme->lemmas;
  word->lemma_count = lexeme->lemma_count;
  word->terms = lexeme->terms;
  word->term_count = lexeme->term_count;
  word->known = lexeme->known;
}

static bool settle(call *c, lk_word *word, const lk_draft *found, bool known) {
  lk_lexeme lexeme;
  if (!lk_draft_finish(found, c->arena, known, &lexeme)) return false;
  take(word, &lexeme);
  return true;
}

/* A word of the knowledge base's has its texts there. What comes from the cache, which is emptied some day, is copied: one block for all. */
static bool take_lexeme(call *c, lk_word *word, lk_view form) {
  const lk_shelf *shelf = shelf_of(c->a, c->lang);
  const lk_known_form *entry = c->lang == LK_LANG_FI ? lk_shelf_entry(shelf, form) : NULL;
  lk_lexeme lexeme;
  if (entry) {
    if (!lk_shelf_lexeme(shelf, entry, c->arena, &lexeme)) return false;
    take(word, &lexeme);
    c->of_entry = true;
    return true;
  }
  lexeme = lk_look_up(c->a, c->lang, form);
  take(word, &lexeme);
  size_t bytes = lexeme.lemma_count * sizeof(lk_view) + lexeme.term_count * sizeof(lk_term);
  for (uint32_t i = 0; i < lexeme.term_count; i++) bytes += lexeme.terms[i].text.len;
  lk_term *terms = lk_arena_alloc(c->arena, bytes);
  if (!terms) return false;
  lk_view *lemmas = (lk_view *)(terms + lexeme.term_count);
  char *text = (char *)(lemmas + lexeme.lemma_count);
  for (uint32_t i = 0; i < lexeme.term_count; i++) {
    lk_view from = lexeme.terms[i].text;
    memcpy(text, from.ptr, from.len);
    terms[i] = (lk_term){{text, from.len}, lexeme.terms[i].kind, lexeme.terms[i].weight};
    if (i < lexeme.lemma_count) lemmas[i] = terms[i].text; /* LEMMA terms come first, one a lemma */
    text += from.len;
  }
  word->terms = terms;
  word->lemmas = lemmas;
  return true;
}

static bool take_words(call *c, lk_word *word, lk_view also) {
  if (!also.len && !memchr(word->form.ptr, ' ', word->form.len)) return take_lexeme(c, word, word->form);
  lk_draft found = {.arena = c->arena};
  bool known;
  find_words(c, word->form, &found, &known);
  if (also.len) {
    lk_lexeme other = lk_look_up(c->a, c->lang, also);
    lk_draft_merge(&found, &other);
  }
  return settle(c, word, &found, known);
}

static bool understand_word(call *c, lk_word *word, lk_repair_context context) {
  c->of_entry = false;
  lk_buffer_clear(&c->a->form);
  lk_normalise(word->token.text, &c->a->form);
  if (c->a->form.failed) return false;
  /* The buffers are reused while the word is repaired. */
  lk_view form = lk_arena_copy(c->arena, trim_hyphens(lk_buffer_view(&c->a->form)));
  if (!form.ptr) return false;
  lk_resolution meant = lk_resolve(c->a, c->lang, form, context);
  word->form = meant.repair == LK_REPAIR_NONE ? form : lk_arena_copy(c->arena, meant.form);
  word->repair = meant.repair;
  if (!word->form.ptr || !take_words(c, word, meant.also)) return false;
  word->stop = all_stop(shelf_of(c->a, c->lang), word);
  return true;
}

static bool remember(call *c, const lk_memo_key *key, const lk_word *word) {
  lk_analyzer *a = c->a;
  /* What the knowledge base has is what it is, whatever words come later; unless its dots may be missing. */
  bool timeless = c->of_entry && word->repair == LK_REPAIR_NONE && !((c->flags & LK_ANALYZE_REPAIR) && c->dotless);
  if (a->growing && !timeless) return true; /* made of what may be out of date */
  lk_memo *memo = lk_memo_new(key, timeless ? LK_TIMELESS : shelf_of(a, c->lang)->version, word, a->arena);
  if (!memo || !lk_memo_put(&a->memos, memo)) return false;
  if (a->shared && !timeless) lk_shared_words_put(a->shared, memo);
  return true;
}

static const lk_memo *recall(call *c, const lk_memo_key *key) {
  lk_analyzer *a = c->a;
  uint64_t version = shelf_of(a, c->lang)->version;
  const lk_memo *memo = lk_memo_find(&a->memos, key);
  if (memo && (memo->version == LK_TIMELESS || memo->version == version)) return memo;
  memo = a->shared ? lk_shared_words_find(a->shared, key, version) : NULL;
  if (memo && !lk_memo_put(&a->memos, memo)) a->failed = true;
  return memo;
}

static bool analyse_word(call *c, lk_word *word, bool name_like) {
  bool repair = (c->flags & LK_ANALYZE_REPAIR) != 0; /* without it nothing depends on the words around */
  lk_repair_context context = {repair, repair && c->dotless, repair && name_like};
  lk_memo_key key =
      lk_memo_key_of(word->token.text, c->lang, repair | (unsigned)context.dotless << 1 | (unsigned)context.name_like << 2);
  const lk_memo *memo = word->token.text.len <= MEMO_LONGEST ? recall(c, &key) : NULL;
  if (memo) return lk_memo_take(memo, c->arena, word);
  c->a->provisional = false;
  if (!understand_word(c, word, context)) return false;
  return c->a->provisional || key.typed.len > MEMO_LONGEST || remember(c, &key, word);
}

static bool analyse_code(call *c, lk_word *word) {
  lk_buffer_clear(&c->a->form);
  lk_normalise(word->token.text, &c->a->form);
  lk_view form = lk_arena_copy(c->arena, lk_buffer_view(&c->a->form));
  if (c->a->form.failed || !form.ptr) return false;
  word->form = form;
  lk_draft found = {.arena = c->arena};
  find_code(c, canonical(c->a, word->token.kind, form), &found);
  return settle(c, word, &found, true);
}

static bool analyse_token(call *c, lk_word *word, bool name_like) {
  switch (word->token.kind) {
    case LK_TOKEN_PUNCTUATION:
    case LK_TOKEN_EMOJI:
      word->form = word->token.text;
      return true;
    case LK_TOKEN_WORD:
      return analyse_word(c, word, name_like);
    default:
      return analyse_code(c, word);
  }
}

/* ---- grams ---- */

static bool add_grams(call *c, lk_word *word, lk_view typed) {
  lk_view bounded = lk_gram_text(typed, &c->a->scratch, c->arena);
  lk_view mended = {"", 0};
  if (word->repair != LK_REPAIR_NONE && word->repair != LK_REPAIR_JOIN)
    mended = lk_gram_text(word->form, &c->a->scratch, c->arena);
  if (!bounded.ptr || !mended.ptr) return false;
  size_t cap = word->term_count + lk_gram_count(bounded) + lk_gram_count(mended);
  lk_term *terms = lk_arena_alloc(c->arena, cap * sizeof *terms);
  if (!terms) return false;
  if (word->term_count) memcpy(terms, word->terms, word->term_count * sizeof *terms);
  size_t count = word->term_count;
  lk_term *grams = terms + count;
  size_t typed_count = lk_grams_cut(bounded, NULL, 0, grams);
  count += typed_count;
  if (mended.len) count += lk_grams_cut(mended, grams, typed_count, terms + count);
  word->terms = terms;
  word->term_count = count;
  return true;
}

static bool gram_words(call *c, lk_analysis *out) {
  for (size_t i = 0; i < out->count; i++) {
    lk_word *word = &out->words[i];
    if (word->token.kind != LK_TOKEN_WORD && word->token.kind != LK_TOKEN_CODE) continue;
    lk_view typed = word->form;
    if (word->repair != LK_REPAIR_NONE) {
      lk_buffer_clear(&c->a->form);
      lk_normalise(word->token.text, &c->a->form);
      typed = trim_hyphens(lk_buffer_view(&c->a->form));
    }
    if (c->a->form.failed || !add_grams(c, word, typed)) return false;
  }
  return true;
}

/* ---- joins ---- */

/* "tilaus numero": two words which the vocabulary knows as one. */
static bool join_words(call *c, lk_analysis *out) {
  const lk_shelf *shelf = shelf_of(c->a, c->lang);
  for (size_t i = 0; i + 1 < out->count; i++) {
    lk_word *first = &out->words[i], *second = &out->words[i + 1];
    if (first->token.kind != LK_TOKEN_WORD || second->token.kind != LK_TOKEN_WORD || first->stop || second->stop) continue;
    if (!first->form.len || !second->form.len || memchr(first->token.text.ptr, '-', first->token.text.len)) continue;
    lk_buffer_clear(&c->a->form);
    lk_buffer_add(&c->a->form, first->form);
    lk_buffer_add(&c->a->form, second->form);
    if (c->a->form.failed) return false;
    lk_view joined = lk_buffer_view(&c->a->form);
    if (!lk_shelf_has(shelf, joined)) continue;
    joined = lk_arena_copy(c->arena, joined);
    lk_draft found = {.arena = c->arena};
    bool known;
    if (!joined.ptr) return false;
    find_words(c, joined, &found, &known);
    for (size_t l = 0; l < first->lemma_count; l++) lk_draft_term(&found, LK_TERM_PART, first->lemmas[l], 1);
    for (size_t l = 0; l < second->lemma_count; l++) lk_draft_term(&found, LK_TERM_PART, second->lemmas[l], 1);
    if (!settle(c, first, &found, true)) return false;
    first->form = joined;
    first->repair = second->repair = LK_REPAIR_JOIN;
    second->terms = NULL;
    second->term_count = 0;
    i++;
  }
  return true;
}

/* ---- a text ---- */

static bool begins_with_capital(lk_view text) {
  size_t at = 0;
  uint32_t c = text.len ? lk_utf8_next(text, &at) : 0;
  return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7);
}

/* A capital inside a sentence whose other words are in lower case. */
static bool looks_like_name(const lk_token *tokens, size_t at) {
  if (at == 0 || !begins_with_capital(tokens[at].text)) return false;
  const lk_token *before = &tokens[at - 1];
  return before->kind == LK_TOKEN_WORD && !begins_with_capital(before->text);
}

static bool has_dots(lk_view text) {
  for (size_t i = 0; i + 1 < text.len; i++) {
    if (!((unsigned char)text.ptr[i] & 0x80)) continue; /* most letters */
    unsigned char c = (unsigned char)text.ptr[i + 1];
    if (text.ptr[i] == '\xC3' && (c == 0xA4 || c == 0xB6 || c == 0xA5 || c == 0x84 || c == 0x96 || c == 0x85)) return true;
    if (text.ptr[i] == '\xCC' && (c == 0x88 || c == 0x8A)) return true;
  }
  return false;
}

static bool analyse(call *c, const lk_token *tokens, lk_analysis *out) {
  for (size_t i = 0; i < out->count; i++) {
    out->words[i].token = tokens[i];
    if (!analyse_token(c, &out->words[i], looks_like_name(tokens, i)) || c->a->failed) return false;
  }
  if ((c->flags & LK_ANALYZE_REPAIR) && !join_words(c, out)) return false;
  return !(c->flags & LK_ANALYZE_GRAMS) || gram_words(c, out);
}

lk_code lk_analyze(lk_analyzer *a, lk_lang lang, lk_view text, unsigned flags, lk_arena *arena, lk_analysis *out, lk_error *err) {
  *out = (lk_analysis){.lang = lang};
  if (text.len > TEXT_LIMIT)
    return lk_fail(err, LK_ERR_LIMIT, "the text has %zu bytes and %d are the most; shorten or split it", text.len, TEXT_LIMIT);
  if (lang < 0 || lang >= LK_LANG_COUNT) lang = out->lang = LK_LANG_FI;
  lk_analyzer_begin(a, lang, (flags & LK_ANALYZE_REPAIR) != 0);
  lk_token *tokens;
  lk_code code = lk_tokenize(text, arena, &tokens, &out->count, err);
  if (code) return code;
  out->words = LK_NEW_ARRAY(arena, lk_word, out->count);
  call c = {a, lang, flags, arena, !has_dots(text), false};
  if (out->words && analyse(&c, tokens, out)) return LK_OK;
  *out = (lk_analysis){.lang = lang};
  return lk_fail_memory(err);
}
