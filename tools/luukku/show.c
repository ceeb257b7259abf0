#include "show.h"

json_t *lk_json_why(const lk_engine *engine, const lk_understanding *u, const lk_reasons *reasons, lk_arena *arena) {
  json_t *why = json_object(), *words = json_array(), *rules = json_array(), *terms = json_array(), *features = json_object();
  for (size_t w = 0; w < u->analysis.count; w++) {
    const lk_word *word = &u->analysis.words[w];
    json_t *lemmas = json_array();
    for (size_t l = 0; l < word->lemma_count; l++) json_array_append_new(lemmas, lk_json_text(word->lemmas[l]));
    json_array_append_new(words, json_pack("{s:o,s:o,s:o,s:s}", "text", lk_json_text(word->token.text), "form",
                                           lk_json_text(word->form), "lemmas", lemmas, "repair", lk_repair_name(word->repair)));
  }
  lk_contribution *rows = NULL;
  size_t count = 0;
  lk_error err = {0};
  if (u->candidate_count && lk_search_explain(lk_engine_index(engine, u->language.lang), &u->query, u->candidates[0].document,
                                              arena, &rows, &count, &err) == LK_OK)
    for (size_t i = 0; i < count; i++)
      json_array_append_new(terms, json_pack("{s:o,s:s,s:s,s:f,s:f,s:f,s:f}", "term", lk_json_text(rows[i].term->text), "kind",
                                             lk_term_kind_name(rows[i].term->kind), "field", lk_field_name(rows[i].field),
                                             "weight", (double)rows[i].term->weight, "idf", (double)rows[i].idf, "tf",
                                             (double)rows[i].tf, "score", (double)rows[i].score));
  for (int f = 0; f < LK_FEATURE_COUNT; f++)
    json_object_set_new(features, lk_feature_name((lk_feature)f), json_real(u->features[f]));
  for (size_t i = 0; i < reasons->count; i++)
    json_array_append_new(rules,
                          json_pack("{s:s,s:o}", "rule", reasons->items[i].rule, "text", lk_json_text(reasons->items[i].text)));
  json_object_set_new(why, "words", words);
  json_object_set_new(why, "terms", terms);
  json_object_set_new(why, "features", features);
  json_object_set_new(why, "rules", rules);
  return why;
}
