/* The figures that are one number: each is a line of this table. */
#include "base/error.h"
#include "stats/report.h"

typedef enum kind { SUM, RATIO, MEAN, MEDIAN, NINE_TENTHS, BETWEEN, PROMOTERS } kind;

enum { NPS_UNHAPPY = 6, NPS_HAPPY = 9, NPS_BEST = 10, CSAT_SATISFIED = 4, CSAT_BEST = 5 };

typedef struct part {
  const char *tally, *a, *b; /* NULL: any */
} part;

typedef struct formula {
  const char *name;
  lk_unit unit;
  kind kind;
  part of, over; /* over: of RATIO */
} formula;

static const formula formulas[] = {
    {"conversations", LK_UNIT_COUNT, SUM, {"conversations", NULL, NULL}, {0}},
    {"conversations.silent", LK_UNIT_COUNT, SUM, {"conversations.silent", NULL, NULL}, {0}},
    {"messages", LK_UNIT_COUNT, SUM, {"messages", NULL, NULL}, {0}},
    {"messages.per-conversation", LK_UNIT_MEAN, RATIO, {"messages", NULL, NULL}, {"conversations", NULL, NULL}},
    {"conversations.answered", LK_UNIT_SHARE, RATIO, {"outcomes", "answered", NULL}, {"outcomes", NULL, NULL}},
    {"conversations.clarified", LK_UNIT_SHARE, RATIO, {"outcomes", NULL, "clarified"}, {"outcomes", NULL, NULL}},
    {"conversations.handed-off", LK_UNIT_SHARE, RATIO, {"outcomes", "handed-off", NULL}, {"outcomes", NULL, NULL}},
    {"messages.not-understood", LK_UNIT_SHARE, RATIO, {"turns", "turn.fallback", NULL}, {"messages", NULL, NULL}},
    {"answers.helpful", LK_UNIT_SHARE, RATIO, {"helpful", NULL, "yes"}, {"helpful", NULL, NULL}},
    {"actions.performed", LK_UNIT_COUNT, SUM, {"actions", NULL, "performed"}, {0}},
    {"actions.refused", LK_UNIT_COUNT, SUM, {"actions", NULL, "refused"}, {0}},
    {"actions.failed", LK_UNIT_COUNT, SUM, {"actions", NULL, "failed"}, {0}},
    {"cases", LK_UNIT_COUNT, SUM, {"cases", NULL, NULL}, {0}},
    {"cases.wait.median", LK_UNIT_SECONDS, MEDIAN, {"cases.waits", NULL, "attended"}, {0}},
    {"cases.wait.p90", LK_UNIT_SECONDS, NINE_TENTHS, {"cases.waits", NULL, "attended"}, {0}},
    {"cases.abandoned", LK_UNIT_SHARE, RATIO, {"cases.ends", "abandoned", "attended"}, {"cases.ends", NULL, "attended"}},
    {"cases.abandoned.median", LK_UNIT_SECONDS, MEDIAN, {"cases.abandonments", NULL, "attended"}, {0}},
    {"cases.response.median", LK_UNIT_SECONDS, MEDIAN, {"cases.responses", NULL, "attended"}, {0}},
    {"cases.resolution.median", LK_UNIT_SECONDS, MEDIAN, {"cases.resolutions", NULL, NULL}, {0}},
    {"cases.messages", LK_UNIT_MEAN, MEAN, {"cases.messages", NULL, NULL}, {0}},
    {"csat.ratings", LK_UNIT_COUNT, SUM, {"csat", NULL, NULL}, {0}},
    {"csat.mean", LK_UNIT_MEAN, MEAN, {"csat", NULL, NULL}, {0}},
    {"csat.satisfied", LK_UNIT_SHARE, BETWEEN, {"csat", NULL, NULL}, {0}},
    {"nps.ratings", LK_UNIT_COUNT, SUM, {"nps", NULL, NULL}, {0}},
    {"nps", LK_UNIT_POINTS, PROMOTERS, {"nps", NULL, NULL}, {0}},
};
enum { FORMULAS = sizeof formulas / sizeof *formulas };
_Static_assert((int)FORMULAS <= (int)LK_FIGURES_MOST, "the figures need more room");

static lk_amount share(double some, double whole) { return whole > 0 ? (lk_amount){true, some / whole} : (lk_amount){0}; }

static double sum_of(const lk_report_maker *m, int period, const part *p) {
  return lk_counts_sum(lk_counts_of(m, period, p->tally), p->a, p->b);
}

static lk_amount compute(const lk_report_maker *m, int period, const formula *f) {
  const lk_counts *counts = lk_counts_of(m, period, f->of.tally);
  double all = lk_counts_sum(counts, NULL, NULL);
  switch (f->kind) {
    case SUM:
      return (lk_amount){true, sum_of(m, period, &f->of)};
    case RATIO:
      return share(sum_of(m, period, &f->of), sum_of(m, period, &f->over));
    case MEAN:
      return lk_counts_mean(counts, f->of.b);
    case MEDIAN:
      return lk_counts_quantile(counts, f->of.b, .5);
    case NINE_TENTHS:
      return lk_counts_quantile(counts, f->of.b, .9);
    case BETWEEN:
      return share(lk_counts_between(counts, CSAT_SATISFIED, CSAT_BEST), all);
    case PROMOTERS:
      return share(100 * (lk_counts_between(counts, NPS_HAPPY, NPS_BEST) - lk_counts_between(counts, 0, NPS_UNHAPPY)), all);
  }
  return (lk_amount){0};
}

lk_code lk_make_figures(lk_report_maker *m, lk_error *err) {
  m->figures = LK_NEW_ARRAY(m->arena, lk_figure, FORMULAS);
  if (!m->figures) return lk_fail_memory(err);
  for (size_t i = 0; i < FORMULAS; i++) {
    const formula *f = &formulas[i];
    m->figures[i] = (lk_figure){f->name, f->unit, lk_title_of(m, LK_KEY_WORD, "figure", lk_view_of(f->name)),
                                compute(m, LK_NOW, f), (lk_amount){0}};
    if (m->periods > 1) m->figures[i].before = compute(m, LK_BEFORE, f);
  }
  m->out->figures = m->figures;
  m->out->figure_count = FORMULAS;
  return LK_OK;
}
