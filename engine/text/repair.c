/* A customer's word → the word that was meant.
 *
 * In this order, each step only on what the steps before could not read: the spoken table (the engine's and the shop's), words as they are,
 * elongations, dots, spoken endings, one edit towards the knowledge base's words, words run together, one slip undone so that the dictionary has the word and
 * the knowledge base its base form, two edits. The dear steps are searches and have an allowance a message. A conclusion is cached. */
#include "base/utf8.h"
#include "base/vector.h"
#include "text/analyzer.h"
#include "text/normalise.h"
#include "text/spelling.h"

enum {
  DOTTED_VOWELS = 6,   /* of a word; with more, only all of them are tried: 2^6 variants are a millisecond */
  VARIANTS_LIMIT = 40, /* dictionary questions for one word's dots */
  SHORTEST_REPAIRED = 4,
  SHORTEST_BARE = 5,      /* in a language without a dictionary an unknown short word is mostly just a word */
  BARE_SHORTEST_DEAR = 6, /* for slips that are no exchange or doubling */
  BARE_SHORTEST_TWICE = 9,
  SHORTEST_TWICE = 7, /* for two edits */
  LONGEST_REPAIRED = 30,
  UNDONE = 2,
  SPLIT_SHORTEST = 2,
  UNASKED = -1 /* the dictionary would have to say */
};

typedef struct quest {
  lk_analyzer *a;
  const lk_shelf *shelf;
  lk_lang lang;
  lk_view form;
  size_t letters;
  lk_repair_context context;
  lk_resolution found;
  bool denied; /* the call's allowance for searches was used up */
} quest;

static lk_view keep(quest *q, lk_view text) {
  lk_view copy = lk_arena_copy(q->a->arena, text);
  if (copy.ptr) return copy;
  q->a->failed = true;
  return q->form;
}

static bool settle(quest *q, lk_view form, lk_repair repair) {
  q->found.form = keep(q, form);
  if (q->found.repair == LK_REPAIR_NONE) q->found.repair = repair;
  return true;
}

/* ---- spoken forms ---- */

static const lk_view *spoken_for(const lk_shelf *shelf, const lk_map *map, lk_view form) {
  const uint32_t *at = lk_map_get(map, form);
  return at ? &shelf->spoken_to.items[*at] : NULL;
}

static bool try_spoken(quest *q, lk_view form, lk_repair repair) {
  const lk_view *to = spoken_for(q->shelf, q->shelf->spoken, form);
  return to && settle(q, *to, repair);
}

/* ---- elongation ---- */

static bool has_elongation(const uint32_t *letters, size_t count) {
  for (size_t i = 2; i < count; i++)
    if (letters[i] == letters[i - 1] && letters[i] == letters[i - 2]) return true;
  return false;
}

/* Each run of three and more letters as one or two, as the bits of `choice` say, in the order of the runs. */
static lk_view shorten(quest *q, const uint32_t *letters, size_t count, unsigned choice) {
  lk_buffer *out = &q->a->form;
  lk_buffer_clear(out);
  for (size_t i = 0; i < count;) {
    size_t end = i;
    while (end < count && letters[end] == letters[i]) end++;
    size_t times = end - i;
    if (times > 2) {
      times = choice & 1 ? 1 : 2;
      choice >>= 1;
    }
    char bytes[4];
    size_t size = lk_utf8_put(bytes, letters[i]);
    while (times--) lk_buffer_add(out, (lk_view){bytes, size});
    i = end;
  }
  return lk_buffer_view(out);
}

static bool try_elongation(quest *q) {
  uint32_t letters[LK_WORD_LIMIT];
  size_t count = lk_decode(q->form, letters, LK_WORD_LIMIT);
  if (!has_elongation(letters, count)) return false;
  for (unsigned choice = 0; choice < 8; choice++) {
    lk_view form = keep(q, shorten(q, letters, count, choice));
    if (lk_is_known(q->a, q->lang, form)) return settle(q, form, LK_REPAIR_ELONGATION);
  }
  for (unsigned choice = 0; choice < 8; choice++)
    if (try_spoken(q, keep(q, shorten(q, letters, count, choice)), LK_REPAIR_ELONGATION)) return true;
  /* Unknown still: the other steps go on with the shortest. */
  q->form = keep(q, shorten(q, letters, count, 7));
  settle(q, q->form, LK_REPAIR_ELONGATION);
  return false;
}

/* ---- dots ---- */

static lk_view with_dots(quest *q, const uint32_t *letters, size_t count, uint64_t choice) {
  lk_buffer *out = &q->a->form;
  lk_buffer_clear(out);
  unsigned vowel = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t c = letters[i];
    if ((c == 'a' || c == 'o') && (choice >> vowel++ & 1)) c = c == 'a' ? 0xE4 : 0xF6;
    char bytes[4];
    lk_buffer_add(out, (lk_view){bytes, lk_utf8_put(bytes, c)});
  }
  return lk_buffer_view(out);
}

static unsigned count_vowels(const uint32_t *letters, size_t count) {
  unsigned vowels = 0;
  for (size_t i = 0; i < count; i++) vowels += letters[i] == 'a' || letters[i] == 'o';
  return vowels;
}

static unsigned count_ones(uint64_t x) {
  unsigned count = 0;
  for (; x; x &= x - 1) count++;
  return count;
}

/* Finnish vowel harmony: one word has either a, o, u or ä, ö, y. A word with both is a compound, and then the choice changes once. */
static bool is_harmonic(uint64_t choice, unsigned vowels) {
  unsigned changes = 0;
  for (unsigned i = 1; i < vowels; i++) changes += (choice >> i & 1) != (choice >> (i - 1) & 1);
  return changes <= 2;
}

static bool is_word(quest *q, lk_view form) {
  return spoken_for(q->shelf, q->shelf->spoken, form) || lk_is_known(q->a, q->lang, form);
}

/* How likely it is that this was meant: 3 is the shop's own word, 2 a word, 1 a compound that may be one by chance, 0 none. */
static int worth_of(quest *q, lk_view form) {
  /* "tuleekse": the pronoun after the question is a word of its own */
  const char *space = memchr(form.ptr, ' ', form.len);
  if (space) form.len = (size_t)(space - form.ptr);
  if (!is_word(q, form)) return 0;
  lk_lexeme lexeme = lk_look_up(q->a, q->lang, form);
  for (uint32_t i = 0; i < lexeme.lemma_count; i++)
    if (lk_shelf_has_lemma(q->shelf, lexeme.lemmas[i]) || lk_map_has(q->shelf->stop, lexeme.lemmas[i])) return 3;
  for (uint32_t i = 0; i < lexeme.term_count; i++)
    if (lexeme.terms[i].kind == LK_TERM_PART) return 1;
  return 2;
}

static bool take_dotted(quest *q, lk_view form) { return try_spoken(q, form, LK_REPAIR_DOTS) || settle(q, form, LK_REPAIR_DOTS); }

/* The knowledge base's own word with these letters: also for Swedish, which has no dictionary here. */
static bool try_known_dots(quest *q) {
  lk_view dotted = lk_shelf_dotted(q->shelf, q->form);
  if (dotted.len) return take_dotted(q, dotted);
  const lk_view *spoken = spoken_for(q->shelf, q->shelf->spoken_folded, q->form);
  return spoken && settle(q, *spoken, LK_REPAIR_DOTS);
}

/* Most replacements first: of the words that differ by dots alone, the one with most of them was meant nearly always. */
static bool try_dots(quest *q, int least) {
  if (try_known_dots(q)) return true;
  if (q->lang != LK_LANG_FI || !q->a->dictionary) return false;
  uint32_t letters[LK_WORD_LIMIT];
  size_t count = lk_decode(q->form, letters, LK_WORD_LIMIT);
  unsigned vowels = count_vowels(letters, count), tried = 0;
  if (!vowels || vowels > 16) return false;
  uint64_t all = (1ull << vowels) - 1;
  for (unsigned ones = vowels; ones > 0; ones--)
    for (uint64_t choice = all; choice > 0 && tried < VARIANTS_LIMIT; choice--) {
      if (count_ones(choice) != ones || (choice != all && !is_harmonic(choice, vowels))) continue;
      tried++;
      lk_view form = keep(q, with_dots(q, letters, count, choice));
      if (worth_of(q, form) >= least) return take_dotted(q, form);
    }
  return false;
}

/* A word that is one as it stands may still have been meant with dots; then it gets that reading besides. */
static void add_dotted_reading(quest *q) {
  if (!q->context.repair || !q->context.dotless || q->lang != LK_LANG_FI) return;
  q->found.also = lk_shelf_dotted(q->shelf, q->form);
  if (q->found.also.len) return;
  uint32_t letters[LK_WORD_LIMIT];
  size_t count = lk_decode(q->form, letters, LK_WORD_LIMIT);
  unsigned vowels = count_vowels(letters, count);
  if (!vowels || vowels > DOTTED_VOWELS || !q->a->dictionary || memchr(q->form.ptr, 'u', q->form.len)) return;
  lk_view form = keep(q, with_dots(q, letters, count, (1ull << vowels) - 1));
  lk_lexeme lexeme = lk_look_up(q->a, q->lang, form);
  if (!lexeme.known) return;
  bool expected = !q->shelf->entries.count;
  for (uint32_t i = 0; i < lexeme.lemma_count; i++) expected = expected || lk_shelf_has_lemma(q->shelf, lexeme.lemmas[i]);
  if (expected) q->found.also = form;
}

/* ---- spoken endings ---- */

static lk_view replaced(quest *q, size_t at, const lk_ending_rule *rule) {
  lk_buffer *out = &q->a->form;
  lk_buffer_clear(out);
  lk_buffer_add(out, (lk_view){q->form.ptr, at});
  lk_buffer_add(out, rule->written);
  lk_buffer_add(out, (lk_view){q->form.ptr + at + rule->spoken.len, q->form.len - at - rule->spoken.len});
  return lk_buffer_view(out);
}

typedef struct best_rule {
  lk_view form;
  int worth;
} best_rule;

static void weigh_rule_at(quest *q, size_t at, const lk_ending_rule *rule, best_rule *best) {
  lk_view form = keep(q, replaced(q, at, rule));
  int worth = worth_of(q, form);
  if (worth > best->worth) *best = (best_rule){form, worth};
}

static void weigh_rule(quest *q, const lk_ending_rule *rule, best_rule *best) {
  size_t length = rule->spoken.len;
  if (q->form.len < length + (rule->inside ? 1 : 2)) return;
  size_t last = q->form.len - length;
  for (size_t at = last + 1; at-- > 0;) {
    const char *there =
        q->form.ptr + at; /* by its first letter nearly always another one: a call less, a million times a knowledge base */
    if (*there == *rule->spoken.ptr && memcmp(there, rule->spoken.ptr, length) == 0) weigh_rule_at(q, at, rule, best);
    if (!rule->inside) break;
  }
}

/* An editor's word need only be a word; a customer's is searched for until it is one of the shop's. */
static bool try_endings(quest *q, int least) {
  if (q->letters < 3 || q->letters > LONGEST_REPAIRED) return false;
  int enough = q->context.repair ? 3 : 2;
  best_rule best = {.worth = 0};
  for (size_t i = 0; i < q->shelf->endings.count && best.worth < enough; i++) weigh_rule(q, &q->shelf->endings.items[i], &best);
  return best.worth >= least && (try_spoken(q, best.form, LK_REPAIR_SPOKEN) || settle(q, best.form, LK_REPAIR_SPOKEN));
}

/* ---- searches ---- */

static lk_view spell(quest *q, const uint32_t *letters, size_t count) {
  lk_buffer *out = &q->a->form;
  lk_buffer_clear(out);
  for (size_t i = 0; i < count; i++) {
    char bytes[4];
    lk_buffer_add(out, (lk_view){bytes, lk_utf8_put(bytes, letters[i])});
  }
  return lk_buffer_view(out);
}

static bool is_longer(lk_view form, size_t letters) { return lk_utf8_length(form) >= letters; }

static bool may_search(quest *q) {
  size_t shortest = q->lang == LK_LANG_FI ? SHORTEST_REPAIRED : SHORTEST_BARE;
  if (q->letters < shortest || q->letters > LONGEST_REPAIRED) return false;
  q->denied = q->a->searches <= 0;
  if (q->denied) return false;
  q->a->searches--;
  return true;
}

/* Where no dictionary says that a word is none, only a slip that fingers make is mended: an unknown word is mostly just that. */
static float dearest_slip(const quest *q, unsigned distance) {
  if (q->lang == LK_LANG_FI && q->a->dictionary) return distance > 1 ? 2.5f : 2;
  if (distance > 1) return q->letters < BARE_SHORTEST_TWICE ? 0 : 1.5f;
  return q->letters < BARE_SHORTEST_DEAR ? .65f : q->letters == BARE_SHORTEST_DEAR ? .95f : 1.05f;
}

static bool try_edits(quest *q, unsigned distance) {
  if (distance > 1 && q->letters < SHORTEST_TWICE) return false;
  const lk_target *target = lk_nearest_target(q->shelf, q->form, distance, dearest_slip(q, distance));
  if (!target) return false;
  lk_view form = lk_target_form(q->shelf, target);
  return try_spoken(q, form, LK_REPAIR_SPELLING) || settle(q, form, LK_REPAIR_SPELLING);
}

static bool is_expected(quest *q, lk_view form) {
  lk_lexeme lexeme = lk_look_up(q->a, q->lang, form);
  for (uint32_t i = 0; i < lexeme.lemma_count; i++)
    if (lk_shelf_has_lemma(q->shelf, lexeme.lemmas[i])) return true;
  return false;
}

static bool try_undoing(quest *q) {
  lk_undone undone[UNDONE];
  if (q->lang != LK_LANG_FI || !q->a->dictionary) return false;
  size_t count = lk_undo_slips(q->shelf, q->form, undone, UNDONE);
  for (size_t i = 0; i < count; i++) {
    lk_view form = keep(q, spell(q, undone[i].letters, undone[i].count));
    if (is_expected(q, form)) return settle(q, form, LK_REPAIR_SPELLING);
  }
  return false;
}

/* A half must be a word that the shop uses, or be long enough not to be a word by chance. */
static int half_worth(quest *q, lk_view half) {
  if (q->lang != LK_LANG_FI) return is_longer(half, SHORTEST_BARE - 1) && lk_shelf_entry(q->shelf, half) ? 2 : 0;
  if (lk_shelf_entry(q->shelf, half) || lk_map_has(q->shelf->stop, half)) return 2;
  if (spoken_for(q->shelf, q->shelf->spoken, half)) return is_longer(half, 3) ? 1 : 0;
  return is_longer(half, SHORTEST_REPAIRED) ? UNASKED : 0;
}

static int ask_half(quest *q, int worth, lk_view half) {
  if (worth != UNASKED) return worth;
  return lk_is_known(q->a, q->lang, half) ? 1 : 0;
}

/* One half at least is the shop's, or a function word: without one the dictionary is not asked about the other. */
static int halves_worth(quest *q, lk_view first, lk_view second) {
  int left = half_worth(q, first), right = left ? half_worth(q, second) : 0;
  if (left != 2 && right != 2) return 0;
  left = ask_half(q, left, first);
  right = left ? ask_half(q, right, second) : 0;
  return right ? left + right : 0;
}

static lk_view standard(quest *q, lk_view half) {
  const lk_view *spoken = spoken_for(q->shelf, q->shelf->spoken, half);
  return spoken ? *spoken : half;
}

/* The dictionary takes any two words for a compound: "lahjakrotti". One that the shop has not, of parts that it has not, and a single slip from a word
 * that it has, is that word. */
static bool is_chance_compound(quest *q) {
  if (q->lang != LK_LANG_FI || !q->a->dictionary || q->letters < SHORTEST_TWICE || lk_shelf_entry(q->shelf, q->form))
    return false;
  lk_lexeme lexeme = lk_look_up(q->a, q->lang, q->form);
  for (uint32_t i = 0; i < lexeme.lemma_count; i++)
    if (lk_shelf_has_lemma(q->shelf, lexeme.lemmas[i])) return false;
  bool compound = false, strange = false;
  for (uint32_t i = 0; i < lexeme.term_count; i++) {
    if (lexeme.terms[i].kind != LK_TERM_PART) continue;
    compound = true;
    strange = strange || !lk_shelf_has_lemma(q->shelf, lexeme.terms[i].text);
  }
  return compound && strange;
}

static bool try_split(quest *q) {
  size_t best = 0;
  int worth = 2;
  for (size_t at = SPLIT_SHORTEST; at + SPLIT_SHORTEST <= q->form.len; at++) {
    if (((unsigned char)q->form.ptr[at] & 0xC0) == 0x80) continue;
    int halves = halves_worth(q, (lk_view){q->form.ptr, at}, (lk_view){q->form.ptr + at, q->form.len - at});
    if (halves <= worth) continue;
    worth = halves;
    best = at;
  }
  if (!best) return false;
  lk_view first = standard(q, (lk_view){q->form.ptr, best});
  lk_view second = standard(q, (lk_view){q->form.ptr + best, q->form.len - best});
  lk_buffer *out = &q->a->form;
  lk_buffer_clear(out);
  lk_buffer_add(out, first);
  lk_buffer_addc(out, ' ');
  lk_buffer_add(out, second);
  return settle(q, lk_buffer_view(out), LK_REPAIR_SPLIT);
}

static void search(quest *q) {
  if (q->context.name_like || !may_search(q)) return;
  if (try_edits(q, 1) || try_dots(q, 2) || try_endings(q, 2) || try_split(q) || try_undoing(q) || try_edits(q, 2)) return;
  if (!try_dots(q, 1)) (void)try_endings(q, 1);
}

/* ---- the order ---- */

static void resolve(quest *q) {
  if (try_spoken(q, q->form, LK_REPAIR_SPOKEN) || lk_map_has(q->shelf->names, q->form)) return;
  if (lk_is_known(q->a, q->lang, q->form)) {
    if (q->context.repair && is_chance_compound(q) && may_search(q) && try_edits(q, 1)) return;
    add_dotted_reading(q);
    return;
  }
  if (!q->context.repair) {
    (void)try_endings(q, 2);
    return;
  }
  /* Where nothing has dots, dots are likelier missing than letters. */
  if (q->a->look_ups <= 0) return;
  if (!try_elongation(q) && !try_dots(q, q->context.dotless ? 2 : 3) && !try_endings(q, 3)) search(q);
}

lk_resolution lk_resolve(lk_analyzer *a, lk_lang lang, lk_view form, lk_repair_context context) {
  quest q = {.a = a,
             .shelf = &a->vocabulary->shelves[lang],
             .lang = lang,
             .form = form,
             .letters = lk_utf8_length(form),
             .context = context,
             .found = {.form = form}};
  if (!form.len) return q.found;
  /* Most words of most texts: the knowledge base has them as they stand. */
  bool plain = !context.repair || !context.dotless || lang != LK_LANG_FI;
  if (plain && lk_shelf_entry(q.shelf, form) && !lk_map_has(q.shelf->spoken, form)) return q.found;
  lk_buffer_clear(&a->key);
  lk_buffer_addc(&a->key, (char)('0' + lang));
  lk_buffer_addc(&a->key, (char)('0' + context.repair + 2 * context.dotless + 4 * context.name_like));
  lk_buffer_add(&a->key, form);
  uint32_t fresh = (uint32_t)a->concluded.count;
  uint32_t *slot = lk_map_put(a->conclusions, lk_buffer_view(&a->key), fresh);
  if (!slot || a->key.failed) return a->failed = true, q.found;
  uint32_t at = *slot;
  if (at < a->concluded.count && a->concluded.items[at].version == q.shelf->version) return a->concluded.items[at].resolution;
  if (at >= a->concluded.count && !LK_PUSH(&a->concluded, (lk_concluded){.version = LK_PROVISIONAL}))
    return a->failed = true, q.found;
  q.form = q.found.form = keep(&q, form);
  resolve(&q);
  bool full = a->look_ups > 0 && !q.denied;
  if (!full) a->provisional = true;
  a->concluded.items[at] = (lk_concluded){q.found, full ? q.shelf->version : LK_PROVISIONAL};
  return q.found;
}
