#include <math.h>

#include "base/utf8.h"
#include "nlu/engine.h"
#include "search/index.h"
#include "text/background.h"

enum { AGREEING = 3 /* phrasings of the best entry */ };
static const double SHARPNESS = 8; /* power of scores in which they behave like odds */

const char *lk_feature_name(lk_feature feature) {
  static const char *const names[] = {
#define LK_FEATURE_NAME(id, name, about) [LK_FEATURE_##id] = name,
      LK_FEATURES(LK_FEATURE_NAME)
#undef LK_FEATURE_NAME
  };
  return feature >= 0 && feature < LK_FEATURE_COUNT ? names[feature] : "";
}

lk_feature lk_feature_named(lk_view name) {
  int feature = 0;
  while (feature < LK_FEATURE_COUNT && !lk_view_eq(name, lk_view_of(lk_feature_name((lk_feature)feature)))) feature++;
  return (lk_feature)feature;
}

static bool has_term(const lk_index *index, lk_view text, uint32_t document) {
  uint32_t number;
  lk_posting posting;
  return lk_index_term(index, LK_SPACE_WORD, text, &number) && lk_index_posting(index, LK_SPACE_WORD, number, document, &posting);
}

/* By one of its base forms, parts or roots, or by what the lexicon makes of it. */
static bool has_word(const lk_index *index, const lk_understanding *u, size_t w, uint32_t document) {
  const lk_word *word = &u->analysis.words[w];
  for (size_t t = 0; t < word->term_count; t++)
    if (word->terms[t].kind != LK_TERM_GRAM && has_term(index, word->terms[t].text, document)) return true;
  for (size_t t = 0; t < u->query.count; t++) {
    const lk_query_term *term = &u->query.terms[t];
    if (term->klass == LK_CLASS_EXPANSION && term->word == w && has_term(index, term->text, document)) return true;
  }
  return false;
}

static bool is_known(const lk_index *index, const lk_word *word) {
  uint32_t number;
  bool known = word->known;
  for (size_t t = 0; t < word->term_count && !known; t++)
    known = word->terms[t].kind != LK_TERM_GRAM && lk_index_term(index, LK_SPACE_WORD, word->terms[t].text, &number);
  return known;
}

static bool is_content(const lk_word *word) {
  return word->term_count && !word->stop && word->token.kind != LK_TOKEN_PUNCTUATION;
}

/* Numbers, addresses and what stands for a kind of thing ({order}) do not tell what a question is about. */
static bool is_about_something(const lk_word *word) {
  return is_content(word) && word->token.kind == LK_TOKEN_WORD && word->terms[0].text.ptr[0] != '{';
}

typedef struct content {
  double information, evidence; /* of all words, and of those that the entry has */
  size_t count, repaired;       /* words about something */
  size_t words, known;          /* a dictionary or an entry has it */
} content;

static content content_of(const lk_index *index, lk_lang lang, const lk_understanding *u, uint32_t document) {
  content c = {0};
  for (size_t w = 0; w < u->analysis.count; w++) {
    const lk_word *word = &u->analysis.words[w];
    if (!is_content(word)) continue;
    c.words++;
    c.known += is_known(index, word);
    if (!is_about_something(word)) continue;
    double information = lk_word_information(lang, word);
    c.count++;
    c.repaired += word->repair != LK_REPAIR_NONE;
    c.information += information;
    if (has_word(index, u, w, document)) c.evidence += information;
  }
  return c;
}

static bool explains(const lk_entry *intent, const lk_entry *article) {
  for (size_t i = 0; intent->kind == LK_ENTRY_INTENT && i < intent->see_count; i++)
    if (lk_view_eq(intent->see[i], article->id)) return true;
  return false;
}

bool lk_entries_alike(const lk_entry *a, const lk_entry *b) { return explains(a, b) || explains(b, a); }

/* The best one and those about the same thing do not stand against each other. */
static bool is_rival(const lk_understanding *u, size_t i) {
  return i > 0 && !lk_entries_alike(u->candidates[0].entry, u->candidates[i].entry);
}

static double margin_of(const lk_understanding *u) {
  for (size_t i = 1; i < u->candidate_count; i++)
    if (is_rival(u, i)) return 1 - (double)u->candidates[i].score / (double)u->candidates[0].score;
  return 1;
}

/* Two texts are alike as far as each has what the other has. The score tells how much the phrasing has of the question; how much the question has of the
 * phrasing follows from that and their lengths. */
static double likeness_of(const lk_phrasing_hits *hits, lk_view phrasing, float score) {
  double of_question = hits->ideal > 0 ? (double)score / hits->ideal : 0;
  double ratio = (double)lk_utf8_length(hits->question) / (double)(lk_utf8_length(phrasing) + 1);
  return sqrt(of_question * fmin(1, of_question * ratio));
}

void lk_weigh_phrasings(const lk_phrasing_hits *hits, const lk_entry *entry, uint32_t first, double *features) {
  const lk_hit *nearest = NULL;
  float next = 0;
  for (size_t h = 0, found = 0; h < hits->count && found < AGREEING; h++) {
    const lk_hit *hit = &hits->items[h];
    if (hit->document == hits->without || hit->document < first || hit->document - first >= entry->phrasing_count) continue;
    if (found++)
      next += hit->score;
    else
      nearest = hit;
  }
  if (!nearest) return;
  features[LK_FEATURE_LIKENESS] = likeness_of(hits, entry->phrasings[nearest->document - first].text, nearest->score);
  features[LK_FEATURE_AGREEMENT] = (double)(next / nearest->score);
}

/* A feature that nothing measures, of a model that was fitted for another version, counts for nothing; the audit tells. */
static double model_of(const lk_model *model, const double *features) {
  double z = 0;
  for (size_t i = 0; i < model->weight_count; i++) {
    const lk_weight *w = &model->weights[i];
    lk_feature feature = lk_feature_named(w->feature);
    double x = feature < LK_FEATURE_COUNT ? features[feature] : lk_view_eq(w->feature, LK_LIT("bias")) ? 1 : w->mean;
    z += w->value * (x - w->mean) / w->scale;
  }
  return 1 / (1 + exp(-z));
}

static double sharpened(const lk_understanding *u, size_t i) {
  return pow((double)u->candidates[i].score / (double)u->candidates[0].score, SHARPNESS);
}

/* The runners-up share what is left, in proportion to a sharp power of their score. */
static void share_out(lk_understanding *u, double confidence) {
  double rest = 0;
  for (size_t i = 1; i < u->candidate_count; i++) rest += sharpened(u, i);
  u->candidates[0].confidence = confidence;
  for (size_t i = 1; i < u->candidate_count; i++)
    u->candidates[i].confidence = fmin(confidence, (1 - confidence) * sharpened(u, i) / (rest > 1 ? rest : 1));
}

void lk_confidence(const lk_engine *engine, lk_lang lang, lk_understanding *u) {
  if (!u->candidate_count) return;
  content c = content_of(engine->parts[lang].index, lang, u, u->candidates[0].document);
  u->gibberish = c.words && !c.known;
  double *f = u->features;
  double margin = margin_of(u);
  f[LK_FEATURE_MARGIN] = margin * sqrt(c.evidence);
  f[LK_FEATURE_EVIDENCE] = c.evidence;
  f[LK_FEATURE_REPAIRED] = c.count ? (double)c.repaired / (double)c.count : 0;
  const lk_model *model = lk_kb_model(engine->kb, LK_LIT("confidence"), lang);
  double share = c.information > 0 ? c.evidence / c.information : 0;
  share_out(u, model ? model_of(model, f) : .5 * share + .5 * margin);
}
