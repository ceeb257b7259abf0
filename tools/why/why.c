#include "why.h"

enum { EXPLAINED = 3, TERMS = 12 };

const char *lk_term_kind_name(lk_term_kind kind) {
  static const char *const names[LK_TERM_KIND_COUNT] = {"lemma", "part", "root", "gram", "expansion"};
  return names[kind];
}

const char *lk_field_name(lk_field field) {
  static const char *const names[LK_FIELD_COUNT] = {"title", "body"};
  return names[field];
}

const char *lk_repair_name(lk_repair repair) {
  static const char *const names[] = {"none", "spoken", "elongation", "dots", "spelling", "split", "join"};
  return names[repair];
}

static void show_words(const lk_understanding *u, FILE *out) {
  (void)fputs("Words\n", out);
  for (size_t w = 0; w < u->analysis.count; w++) {
    const lk_word *word = &u->analysis.words[w];
    if (word->token.kind == LK_TOKEN_PUNCTUATION) continue;
    (void)fprintf(out, "  %-20.*s", LK_FMT(word->token.text));
    for (size_t l = 0; l < word->lemma_count; l++) (void)fprintf(out, " %.*s", LK_FMT(word->lemmas[l]));
    for (size_t t = 0; t < word->term_count; t++)
      if (word->terms[t].kind == LK_TERM_PART || word->terms[t].kind == LK_TERM_ROOT)
        (void)fprintf(out, " %s%.*s", word->terms[t].kind == LK_TERM_PART ? "+" : "<", LK_FMT(word->terms[t].text));
    if (word->repair) (void)fprintf(out, "   [%s: %.*s]", lk_repair_name(word->repair), LK_FMT(word->form));
    if (word->stop) (void)fputs("   [function word]", out);
    if (!word->known && word->token.kind == LK_TOKEN_WORD) (void)fputs("   [unknown]", out);
    (void)fputc('\n', out);
  }
}

static void show_entities(const lk_understanding *u, FILE *out) {
  for (size_t i = 0; i < u->entities.count; i++) {
    const lk_entity *e = &u->entities.items[i];
    if (!e->preferred) continue;
    if (i == 0) (void)fputs("Mentions\n", out);
    (void)fprintf(out, "  %-12s %.*s", lk_entity_type_name(e->type), (int)(e->end - e->start), u->text.ptr + e->start);
    if (e->text.len) (void)fprintf(out, " = %.*s", LK_FMT(e->text));
    if (e->date.month) (void)fprintf(out, " = %04d-%02d-%02d", e->date.year, e->date.month, e->date.day);
    (void)fputc('\n', out);
  }
}

static void show_matches(const lk_understanding *u, FILE *out) {
  for (size_t i = 0; i < u->match_count; i++) {
    const lk_pattern_match *match = &u->matches[i];
    (void)fprintf(out, "%s  %.*s   (line %d)%s%s:", i ? "" : "Patterns\n", LK_FMT(match->text), match->line,
                  match->negated ? " [negated]" : "", match->question ? " [question]" : "");
    for (size_t w = 0; w < match->word_count; w++)
      (void)fprintf(out, " %.*s~%.*s", LK_FMT(u->analysis.words[match->words[w].word].token.text),
                    LK_FMT(match->words[w].element));
    (void)fputc('\n', out);
  }
}

static void show_candidate(const lk_candidate *c, size_t place, FILE *out) {
  lk_view phrasing = c->phrasing < c->entry->phrasing_count ? c->entry->phrasings[c->phrasing].text : (lk_view){"", 0};
  (void)fprintf(out, "  %2zu. %-28.*s %.3f   score %6.2f   \"%.*s\"\n", place, LK_FMT(c->entry->id), c->confidence,
                (double)c->score, LK_FMT(phrasing));
}

void lk_show_candidates(const lk_understanding *u, size_t most, FILE *out) {
  for (size_t i = 0; i < u->candidate_count && i < most; i++) show_candidate(&u->candidates[i], i + 1, out);
}

static void show_terms(const lk_engine *engine, const lk_understanding *u, const lk_candidate *candidate, lk_arena *arena,
                       FILE *out) {
  const lk_index *index = lk_engine_index(engine, u->language.lang);
  lk_contribution *rows = NULL;
  size_t count = 0;
  lk_error err = {0};
  if (lk_search_explain(index, &u->query, candidate->document, arena, &rows, &count, &err)) return;
  float grams = 0;
  size_t shown = 0;
  for (size_t i = 0; i < count; i++) {
    if (rows[i].term->klass == LK_CLASS_GRAM) {
      grams += rows[i].score;
    } else if (shown++ < TERMS) {
      (void)fprintf(out, "      %6.3f  %-9s %-18.*s %-5s  weight %.2f · idf %.2f · tf %.2f\n", (double)rows[i].score,
                    lk_term_kind_name(rows[i].term->kind), LK_FMT(rows[i].term->text), lk_field_name(rows[i].field),
                    (double)rows[i].term->weight, (double)rows[i].idf, (double)rows[i].tf);
    }
  }
  if (shown > TERMS) (void)fprintf(out, "              … and %zu more\n", shown - TERMS);
  if (grams > 0) (void)fprintf(out, "      %6.3f  n-grams of the words as typed\n", (double)grams);
}

void lk_show_why(const lk_engine *engine, const lk_understanding *u, const lk_reasons *reasons, lk_arena *arena, FILE *out) {
  if (u) {
    show_words(u, out);
    show_entities(u, out);
    show_matches(u, out);
    if (u->best && (u->best->kind == LK_ENTRY_CHAT || u->best->kind == LK_ENTRY_NOT_COVERED))
      (void)fprintf(out, "Best of all, but no answer\n      %-28.*s %.3f\n", LK_FMT(u->best->id), u->best_confidence);
    (void)fputs("Candidates\n", out);
    for (size_t i = 0; i < u->candidate_count && i < EXPLAINED; i++) {
      show_candidate(&u->candidates[i], i + 1, out);
      show_terms(engine, u, &u->candidates[i], arena, out);
    }
    (void)fputs("Confidence of the best\n ", out);
    for (int f = 0; f < LK_FEATURE_COUNT; f++) (void)fprintf(out, " %s %.2f", lk_feature_name((lk_feature)f), u->features[f]);
    (void)fputc('\n', out);
  }
  (void)fputs("Decided\n", out);
  for (size_t i = 0; i < reasons->count; i++)
    (void)fprintf(out, "  %-16s %.*s\n", reasons->items[i].rule, LK_FMT(reasons->items[i].text));
}
