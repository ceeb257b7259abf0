#include <math.h>

#include "nlu/engine.h"
#include "search/index.h"

const char *lk_feature_name(lk_feature feature) {
  static const char *const names[] = {
#define LK_FEATURE_NAME(id, name, about) [LK_FEATURE_##id] = name,
      LK_FEATURES(LK_FEATURE_NAME)
#undef LK_FEATURE_NAME
  };
  return feature >= 0 && feature < LK_FEATURE_COUNT ? names[feature] : "";
}

static bool has_term(const lk_index *index, lk_view text, uint32_t document) {
  uint32_t number;
  return lk_index_term(index, LK_SPACE_WORD, text, &number) && lk_index_posting(index, LK_SPACE_WORD, number, document);
}

typedef struct idf_share {
  double total, entry, unknown, foreign;
  size_t words, understood; /* understood: a dictionary or an entry has it */
} idf_share;

/* Over the question's content words, each by its first lemma: how much of their idf the entry has. A compound that the entry lacks counts by its parts. */
static idf_share share_of(const lk_index *index, const lk_understanding *u, uint32_t document) {
  idf_share share = {0};
  for (size_t w = 0; w < u->analysis.count; w++) {
    const lk_word *word = &u->analysis.words[w];
    if (!word->term_count || word->stop || word->token.kind == LK_TOKEN_PUNCTUATION) continue;
    bool any_known = false, entry = false;
    double idf = 0;
    for (size_t t = 0; t < word->term_count; t++) {
      const lk_term *term = &word->terms[t];
      if (term->kind != LK_TERM_LEMMA && term->kind != LK_TERM_PART) continue;
      bool known;
      double this_idf = (double)lk_index_idf(index, term->text, &known);
      if (term->kind == LK_TERM_LEMMA && this_idf > idf) idf = this_idf;
      any_known |= known;
      entry |= has_term(index, term->text, document);
    }
    share.words++;
    share.understood += word->known || any_known;
    share.total += idf;
    if (entry) share.entry += idf;
    if (!any_known) share.unknown += idf;
    if (!any_known && word->known) share.foreign += idf;
  }
  return share;
}

static double entropy_of(const lk_understanding *u) {
  double sum = 0, entropy = 0;
  size_t count = u->candidate_count < 10 ? u->candidate_count : 10;
  for (size_t i = 0; i < count; i++) sum += (double)u->candidates[i].score;
  if (count < 2 || sum <= 0) return 0;
  for (size_t i = 0; i < count; i++) {
    double p = (double)u->candidates[i].score / sum;
    if (p > 0) entropy -= p * log(p);
  }
  return entropy / log((double)count);
}

static double model_of(const lk_model *model, const double *features) {
  double z = 0;
  for (size_t i = 0; i < model->weight_count; i++) {
    const lk_weight *w = &model->weights[i];
    double x = 1;
    for (int f = 0; f < LK_FEATURE_COUNT; f++)
      if (lk_view_eq(w->feature, lk_view_of(lk_feature_name((lk_feature)f)))) x = features[f];
    z += w->value * (x - w->mean) / w->scale;
  }
  return 1 / (1 + exp(-z));
}

void lk_confidence(const lk_engine *engine, lk_lang lang, lk_understanding *u) {
  if (!u->candidate_count) return;
  const lk_index *index = engine->parts[lang].index;
  const lk_candidate *best = &u->candidates[0];
  idf_share share = share_of(index, u, best->document);
  u->gibberish = share.words && !share.understood;
  double *f = u->features, first = (double)best->score;
  f[LK_FEATURE_SCORE] = first;
  f[LK_FEATURE_MARGIN] = u->candidate_count > 1 ? 1 - (double)u->candidates[1].score / first : 1;
  f[LK_FEATURE_SHARE] = share.total > 0 ? share.entry / share.total : 0;
  f[LK_FEATURE_UNKNOWN] = share.total > 0 ? share.unknown / share.total : 1;
  f[LK_FEATURE_FOREIGN] = share.total > 0 ? share.foreign / share.total : 0;
  f[LK_FEATURE_CROWD] = entropy_of(u);
  f[LK_FEATURE_WORDS] = log1p((double)share.words);
  const lk_model *model = lk_kb_model(engine->kb, LK_LIT("confidence"), lang);
  double confidence = model ? model_of(model, f) : f[LK_FEATURE_SHARE] * .5 + f[LK_FEATURE_MARGIN] * .5;
  /* The runners-up share what is left, in proportion to a sharp power of their score. */
  double rest = 0;
  for (size_t i = 1; i < u->candidate_count; i++) rest += pow((double)u->candidates[i].score / first, 8);
  u->candidates[0].confidence = confidence;
  for (size_t i = 1; i < u->candidate_count; i++) {
    double odds = pow((double)u->candidates[i].score / first, 8);
    u->candidates[i].confidence = fmin(confidence, (1 - confidence) * odds / (rest > 1 ? rest : 1));
  }
}
