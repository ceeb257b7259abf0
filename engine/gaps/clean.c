#include "gaps/clean.h"

#include "base/buffer.h"
#include "base/error.h"
#include "luukku/gaps.h"

enum {
  STORY = 100 /* bytes: longer messages are cut to one sentence */,
  LONGEST = 160 /* a longer sentence is a story still, and its other words would lead astray */,
  LEAST_WORDS = 2
};

typedef struct cleaner {
  lk_worker *worker;
  lk_lang lang;
  const lk_entry *entry;
  lk_arena *arena;
  bool personal;
  lk_error *err;
} cleaner;

/* ---- Sentences ---- */

static bool ends_sentence(char c) { return c == '.' || c == '!' || c == '?' || c == '\n' || c == ';'; }

/* The next sentence with its mark; a mark within a word or number ends none. */
static lk_view next_sentence(lk_view text, size_t *at) {
  while (*at < text.len && (unsigned char)text.ptr[*at] <= ' ') ++*at;
  size_t from = *at;
  while (*at < text.len) {
    char c = text.ptr[(*at)++];
    bool last = *at == text.len || (unsigned char)text.ptr[*at] <= ' ' || ends_sentence(text.ptr[*at]);
    if (ends_sentence(c) && last) {
      while (*at < text.len && ends_sentence(text.ptr[*at])) ++*at;
      break;
    }
  }
  return (lk_view){text.ptr + from, *at - from};
}

/* ---- What is personal ---- */

static bool is_personal(const lk_entities *entities) {
  static const lk_entity_type types[] = {LK_ENTITY_EMAIL, LK_ENTITY_PHONE, LK_ENTITY_ADDRESS, LK_ENTITY_POSTCODE};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (lk_entities_best(entities, types[i])) return true;
  return false;
}

static bool is_capital(lk_view word) {
  unsigned char first = word.len ? (unsigned char)word.ptr[0] : 0, second = word.len > 1 ? (unsigned char)word.ptr[1] : 0;
  bool latin = first == 0xC3 && second >= 0x80 && second <= 0x9E; /* À to Þ */
  return (first >= 'A' && first <= 'Z') || latin;
}

/* A capital letter within a sentence, on a word that the knowledge base does not use: a name until somebody says otherwise. */
static bool is_name(const cleaner *c, const lk_word *word) {
  if (word->token.kind != LK_TOKEN_WORD || !is_capital(word->token.text)) return false;
  const lk_index *index = lk_engine_index(lk_worker_engine(c->worker), c->lang);
  for (size_t l = 0; l < word->lemma_count; l++) {
    bool known = false;
    (void)lk_index_idf(index, word->lemmas[l], &known);
    if (known) return false;
  }
  return true;
}

static bool names_somebody(const cleaner *c, const lk_analysis *analysis) {
  for (size_t w = 1; w < analysis->count; w++)
    if (is_name(c, &analysis->words[w])) return true;
  return false;
}

static bool has_mask(lk_view text) {
  const char *open = text.len ? memchr(text.ptr, '[', text.len) : NULL;
  return open && memchr(open, ']', text.len - (size_t)(open - text.ptr));
}

/* ---- One sentence ---- */

/* Where the words that only announce and are an order number stand; false when there is none. */
static bool order_in(const lk_analysis *analysis, const lk_entities *entities, size_t *from, size_t *past) {
  const lk_entity *order = lk_entities_best(entities, LK_ENTITY_ORDER);
  if (!order || order->past_word > analysis->count || order->lead_word >= order->past_word) return false;
  *from = analysis->words[order->lead_word].token.start;
  *past = analysis->words[order->past_word - 1].token.end;
  return true;
}

static size_t count_words(const lk_analysis *analysis) {
  size_t words = 0;
  for (size_t w = 0; w < analysis->count; w++) words += analysis->words[w].token.kind == LK_TOKEN_WORD;
  return words;
}

static void add_part(lk_buffer *out, lk_view part) {
  while (part.len && (unsigned char)part.ptr[0] <= ' ') part.ptr++, part.len--;
  while (part.len && ((unsigned char)part.ptr[part.len - 1] <= ' ' || part.ptr[part.len - 1] == ',')) part.len--;
  if (!part.len) return;
  if (out->len && !ends_sentence(part.ptr[0]) && part.ptr[0] != ',') lk_buffer_addc(out, ' ');
  lk_buffer_add(out, part);
}

/* Appends what may be kept of the sentence. */
static lk_code clean_sentence(cleaner *c, lk_view sentence, lk_buffer *out) {
  lk_analysis analysis;
  lk_entities entities;
  const lk_engine *engine = lk_worker_engine(c->worker);
  lk_entity_options options = {.order_number = lk_kb_policy_text(lk_engine_kb(engine), "order-number")};
  lk_code code = lk_analyze(lk_worker_analyzer(c->worker), c->lang, sentence, LK_ANALYZE_REPAIR, c->arena, &analysis, c->err);
  if (!code) code = lk_entities_find(lk_engine_words(engine), &analysis, sentence, &options, c->arena, &entities, c->err);
  if (code) return code;
  if (has_mask(sentence) || is_personal(&entities) || names_somebody(c, &analysis)) {
    c->personal = true;
    return LK_OK;
  }
  if (count_words(&analysis) < LEAST_WORDS) return LK_OK; /* a greeting */
  size_t from, past;
  if (!order_in(&analysis, &entities, &from, &past)) {
    add_part(out, sentence);
  } else {
    add_part(out, (lk_view){sentence.ptr, from});
    add_part(out, (lk_view){sentence.ptr + past, sentence.len - past});
  }
  return out->failed ? lk_fail_memory(c->err) : LK_OK;
}

/* ---- A story ---- */

static lk_code speaks_for(cleaner *c, lk_view sentence, double *out) {
  lk_understanding u;
  lk_hearing hearing = {.lang = c->lang, .prior = c->lang, .limit = 20};
  lk_code code = lk_understand(c->worker, sentence, &hearing, c->arena, &u, c->err);
  *out = 0;
  for (size_t i = 0; !code && i < u.candidate_count; i++)
    if (u.candidates[i].entry == c->entry) *out = u.candidates[i].confidence;
  return code;
}

static lk_code cut_story(cleaner *c, lk_view text, lk_view *out) {
  double best = 0;
  lk_view sentence;
  lk_code code = LK_OK;
  *out = text;
  for (size_t at = 0; !code && at < text.len;) {
    double confidence;
    sentence = next_sentence(text, &at);
    code = speaks_for(c, sentence, &confidence);
    if (!code && confidence > best) best = confidence, *out = sentence;
  }
  return code;
}

lk_code lk_clean_text(lk_worker *worker, lk_lang lang, lk_view text, const lk_entry *entry, lk_arena *arena, lk_view *out,
                      bool *personal, lk_error *err) {
  cleaner c = {worker, lang, entry, lk_arena_new(), false, err};
  lk_buffer kept = {0};
  lk_code code = c.arena ? LK_OK : lk_fail_memory(err);
  for (size_t at = 0; !code && at < text.len;) code = clean_sentence(&c, next_sentence(text, &at), &kept);
  *out = lk_buffer_view(&kept);
  *personal = c.personal && !kept.len;
  if (!code && entry && kept.len > STORY) code = cut_story(&c, lk_buffer_view(&kept), out);
  if (entry && out->len > LONGEST) out->len = 0;
  if (!code) *out = lk_arena_copy(arena, *out);
  if (!code && !out->ptr) code = lk_fail_memory(err);
  lk_buffer_free(&kept);
  lk_arena_free(c.arena);
  return code;
}

lk_code lk_asked_keepable(lk_worker *worker, lk_lang lang, lk_view text, lk_arena *arena, lk_view *out, lk_error *err) {
  bool personal;
  return lk_clean_text(worker, lang, text, NULL, arena, out, &personal, err);
}
