/* Entries that say the same, and variants that say nothing new. */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "kb/findings.h"
#include "nlu/audit.h"
#include "search/index.h"

/* ---- Entries ---- */

/* Cosine of two articles' bags, question side and answer side alike, in tf-idf. Terms that more than a fifth of the entries have are left out: they cost most and tell least. */
static const float too_alike = .8f;
enum { BLOCK = 128, COMMON = 5, PAIRS_SHOWN = 2 };

typedef struct likeness {
  lk_audit_run *run;
  uint32_t documents, begin, end; /* rows of this block */
  float *products;                /* (end - begin) × documents */
  float *squares;                 /* documents */
  lk_posting *postings;           /* of one term */
} likeness;

static float weight_of(float idf, const lk_posting *posting) {
  float tf = posting->tf[LK_FIELD_TITLE] + posting->tf[LK_FIELD_BODY];
  return (1 + logf(tf > 1 ? tf : 1)) * idf;
}

static void add_term(likeness *l, const lk_index *index, const lk_term_space *space, uint32_t term, uint32_t postings) {
  const lk_posting *end = l->postings + postings;
  float idf = space->idf[term];
  lk_index_postings(index, LK_SPACE_WORD, term, l->postings);
  for (const lk_posting *p = l->postings; p < end; p++) {
    if (p->document < l->begin || p->document >= l->end) continue;
    float weight = weight_of(idf, p);
    float *row = l->products + (size_t)(p->document - l->begin) * l->documents;
    for (const lk_posting *q = p + 1; q < end; q++) row[q->document] += weight * weight_of(idf, q);
    l->squares[p->document] += weight * weight;
  }
}

static void add_all(likeness *l) {
  const lk_index *index = l->run->part->index;
  const lk_term_space *space = &index->spaces[LK_SPACE_WORD];
  for (uint32_t t = 0; t < space->term_count; t++) {
    uint32_t postings = lk_posting_count(space, t);
    if (postings && (l->documents < 20 || postings * COMMON <= l->documents)) add_term(l, index, space, t, postings);
  }
}

static void quote_nearest(likeness *l, const lk_entry *a, const lk_entry *b, lk_buffer *what) {
  size_t shown = 0;
  for (size_t i = 0; i < l->run->trial_count && shown < PAIRS_SHOWN; i++) {
    const lk_trial *t = &l->run->trials[i];
    const lk_entry *mine = lk_trial_entry(l->run, t->document), *other = lk_trial_entry(l->run, t->winner);
    if (t->own >= t->other || !((mine == a && other == b) || (mine == b && other == a))) continue;
    lk_view left = lk_excerpt(lk_trial_phrasing(l->run, t->document, t->phrasing)->text, 80);
    lk_view right = lk_excerpt(lk_trial_phrasing(l->run, t->winner, t->nearest)->text, 80);
    lk_buffer_addf(what, "%s \"%.*s\" beside \"%.*s\"", shown++ ? "," : ":", LK_FMT(left), LK_FMT(right));
  }
}

static lk_code report_alike(likeness *l, uint32_t left, uint32_t right, float cosine, lk_buffer *what) {
  const lk_entry *a = l->run->part->entries[left], *b = l->run->part->entries[right];
  lk_buffer_clear(what);
  lk_buffer_addf(what, "%.*s and %.*s resemble each other by %.0f %%", LK_FMT(a->id), LK_FMT(b->id), (double)(100 * cosine));
  quote_nearest(l, a, b, what);
  if (what->failed) return lk_fail_memory(l->run->err);
  lk_code code = lk_findings_add(l->run->findings, LK_SEVERITY_WARNING, "articles-alike", b->file, b->line,
                                 "make one article of the two, or keep to each its own matter", "%s", what->ptr);
  return code ? lk_fail_memory(l->run->err) : LK_OK;
}

static bool comparable(const lk_audit_run *run, uint32_t document) {
  const lk_entry *entry = run->part->entries[document];
  return entry->lang == run->lang && entry->kind == LK_ENTRY_ARTICLE;
}

/* Squares of later blocks are not known yet, so the pairs are read when all have been. */
static lk_code compare_entries(lk_audit_run *run) {
  likeness l = {.run = run, .documents = lk_index_documents(run->part->index)};
  if (!l.documents) return LK_OK;
  l.products = calloc((size_t)BLOCK * l.documents, sizeof *l.products);
  l.squares = calloc(l.documents, sizeof *l.squares);
  l.postings = calloc(l.documents, sizeof *l.postings);
  lk_buffer what = {0};
  lk_code code = l.products && l.squares && l.postings ? LK_OK : lk_fail_memory(run->err);
  /* From the last block to the first: a row looks at later documents only, whose squares are complete by then. */
  for (uint32_t end = l.documents; !code && end > 0; end = l.begin) {
    l.end = end;
    l.begin = end > BLOCK ? end - BLOCK : 0;
    memset(l.products, 0, (size_t)BLOCK * l.documents * sizeof *l.products);
    add_all(&l);
    for (uint32_t d = l.begin; !code && d < l.end; d++)
      for (uint32_t e = d + 1; !code && comparable(run, d) && e < l.documents; e++) {
        float product = l.products[(size_t)(d - l.begin) * l.documents + e];
        float cosine = product > 0 ? product / sqrtf(l.squares[d] * l.squares[e]) : 0;
        if (cosine >= too_alike && comparable(run, e)) code = report_alike(&l, d, e, cosine, &what);
      }
  }
  lk_buffer_free(&what);
  free(l.products);
  free(l.squares);
  free(l.postings);
  return code;
}

/* ---- Variants ---- */

static bool same_words(const lk_audit_run *run, const lk_trial *a, const lk_trial *b) {
  uint32_t count = a->past_word - a->first_word;
  return count && count == b->past_word - b->first_word &&
         memcmp(run->words.items + a->first_word, run->words.items + b->first_word, count * sizeof *run->words.items) == 0;
}

/* The same words as another phrasing of the entry: neither its bag nor its nearest phrasing gains from it. */
static lk_code compare_variants(lk_audit_run *run) {
  lk_code code = LK_OK;
  for (size_t i = 0; !code && i < run->trial_count; i++) {
    const lk_trial *mine = &run->trials[i];
    for (size_t j = i; j-- > 0 && run->trials[j].document == mine->document;) {
      const lk_trial *other = &run->trials[j];
      if (!same_words(run, mine, other)) continue;
      const lk_entry *entry = lk_trial_entry(run, mine->document);
      const lk_phrasing *phrasing = lk_trial_phrasing(run, mine->document, mine->phrasing);
      const lk_phrasing *first = lk_trial_phrasing(run, other->document, other->phrasing);
      code = lk_findings_add(run->findings, LK_SEVERITY_WARNING, "variant-adds-nothing", entry->file, phrasing->line,
                             "delete it, or use words that customers would use instead",
                             "\"%.*s\" has the words of \"%.*s\" (line %d) and adds nothing to it",
                             LK_FMT(lk_excerpt(phrasing->text, 80)), LK_FMT(lk_excerpt(first->text, 80)), first->line);
      if (code) return lk_fail_memory(run->err);
      break;
    }
  }
  return code;
}

lk_code lk_audit_likeness(lk_audit_run *run) {
  lk_code code = compare_entries(run);
  return code ? code : compare_variants(run);
}
