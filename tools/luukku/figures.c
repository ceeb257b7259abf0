#include "figures.h"

#include <math.h>
#include <stdlib.h>

enum { NAME_WIDTH = 18, WIDTH = 13, COLUMNS_MAX = 12 };

static int no_memory(void) {
  (void)fputs("luukku eval: error: out of memory; ask fewer questions at a time\n", stderr);
  return LK_EXIT_UNUSABLE;
}

/* ---- A table with a column a group ---- */

/* "0.929 ±.012"; ± is two bytes but one column. */
static void print_figure(lk_figure figure, int width, FILE *out) {
  if (isnan(figure.value)) {
    (void)fprintf(out, " %*s", width + 2 - (width < 8 ? 0 : 6), "–");
    if (width >= 8) (void)fprintf(out, "%6s", "");
  } else if (isnan(figure.low)) {
    (void)fprintf(out, " %*.3f", width, figure.value);
  } else {
    char half[16];
    (void)snprintf(half, sizeof half, "%.3f", (figure.high - figure.low) / 2);
    (void)fprintf(out, " %*.3f ±%s", width - 6, figure.value, half[0] == '0' ? half + 1 : "1  ");
  }
}

typedef struct column {
  char name[24];
  lk_figures figures;
} column;

static void print_columns(const column *columns, size_t count, bool intervals, FILE *out) {
  int width = intervals ? WIDTH - 1 : 7;
  (void)fprintf(out, "%-*s", NAME_WIDTH, "");
  for (size_t c = 0; c < count; c++)
    (void)fprintf(out, " %*s%*s", width - (intervals ? 6 : 0), columns[c].name, intervals ? 6 : 0, "");
  (void)fprintf(out, "\n%-*s", NAME_WIDTH, "messages");
  for (size_t c = 0; c < count; c++)
    (void)fprintf(out, " %*zu%*s", width - (intervals ? 6 : 0), columns[c].figures.messages, intervals ? 6 : 0, "");
  (void)fputc('\n', out);
  for (int m = 0; m < LK_MEASURE_COUNT; m++) {
    if (isnan(columns[0].figures.of[m].value)) continue;
    (void)fprintf(out, "%-*s", NAME_WIDTH, lk_measure_name((lk_measure)m));
    for (size_t c = 0; c < count; c++) print_figure(columns[c].figures.of[m], width, out);
    (void)fputc('\n', out);
  }
}

static bool add_column(const lk_group *group, lk_bootstrap bootstrap, column *out) {
  (void)snprintf(out->name, sizeof out->name, "%.*s", LK_FMT(group->name));
  return lk_measure_all(group->items, group->count, bootstrap, &out->figures);
}

/* The columns of all outcomes (for LK_COLUMN_ALL) or of one a group. */
static bool add_columns(const lk_outcome *outcomes, size_t count, lk_column by, lk_bootstrap bootstrap, column *columns,
                        size_t *used) {
  lk_groups groups;
  if (!lk_groups_make(outcomes, count, by, &groups)) return false;
  bool fine = true;
  for (size_t g = 0; fine && g < groups.count && *used < COLUMNS_MAX; g++)
    fine = add_column(&groups.items[g], bootstrap, &columns[(*used)++]);
  lk_groups_free(&groups);
  return fine;
}

static bool print_by(const lk_outcome *outcomes, size_t count, lk_column by, lk_bootstrap bootstrap, FILE *out) {
  column *columns = calloc(COLUMNS_MAX, sizeof *columns);
  size_t used = 0;
  bool fine = columns && add_columns(outcomes, count, LK_COLUMN_ALL, bootstrap, columns, &used);
  if (fine && by != LK_COLUMN_ALL) fine = add_columns(outcomes, count, by, bootstrap, columns, &used);
  if (fine && used) print_columns(columns, used, bootstrap.rounds > 0, out);
  free(columns);
  return fine;
}

/* ---- A table with a row a label ---- */

typedef struct label_row {
  lk_view name;
  lk_figures figures;
} label_row;

static double or_one(double value) { return isnan(value) ? 1 : value; }

static int worst_first(const void *a, const void *b) {
  const label_row *x = a, *y = b;
  double left = or_one(x->figures.of[LK_MEASURE_RECALL_1].value), right = or_one(y->figures.of[LK_MEASURE_RECALL_1].value);
  if (left != right) return left < right ? -1 : 1;
  left = x->figures.of[LK_MEASURE_WRONG].value, right = y->figures.of[LK_MEASURE_WRONG].value;
  if (left != right) return left > right ? -1 : 1;
  int order = memcmp(x->name.ptr, y->name.ptr, x->name.len < y->name.len ? x->name.len : y->name.len);
  return order ? order : (x->name.len > y->name.len) - (x->name.len < y->name.len);
}

static const lk_measure label_measures[] = {LK_MEASURE_RECALL_1, LK_MEASURE_RECALL_3, LK_MEASURE_MRR,
                                            LK_MEASURE_ANSWERED, LK_MEASURE_RESOLVED, LK_MEASURE_WRONG};
enum { LABEL_MEASURES = sizeof label_measures / sizeof *label_measures };

static void print_rows(const label_row *rows, size_t count, FILE *out) {
  (void)fprintf(out, "%-28s %8s", "label", "messages");
  for (int m = 0; m < LABEL_MEASURES; m++) (void)fprintf(out, " %8s", lk_measure_name(label_measures[m]));
  (void)fputc('\n', out);
  for (size_t r = 0; r < count; r++) {
    (void)fprintf(out, "%-28.*s %8zu", LK_FMT(rows[r].name), rows[r].figures.messages);
    for (int m = 0; m < LABEL_MEASURES; m++) print_figure(rows[r].figures.of[label_measures[m]], 8 - 1, out);
    (void)fputc('\n', out);
  }
}

static bool print_labels(const lk_outcome *outcomes, size_t count, FILE *out) {
  lk_groups groups;
  if (!lk_groups_make(outcomes, count, LK_COLUMN_LABEL, &groups)) return false;
  label_row *rows = calloc(groups.count + 1, sizeof *rows);
  bool fine = rows != NULL;
  for (size_t g = 0; fine && g < groups.count; g++) {
    rows[g].name = groups.items[g].name;
    fine = lk_measure_all(groups.items[g].items, groups.items[g].count, (lk_bootstrap){0}, &rows[g].figures);
  }
  if (fine) {
    qsort(rows, groups.count, sizeof *rows, worst_first);
    print_rows(rows, groups.count, out);
  }
  free(rows);
  lk_groups_free(&groups);
  return fine;
}

int lk_figures_print(const lk_outcome *outcomes, size_t count, const lk_figures_wish *wish, FILE *out) {
  bool any = false;
  for (lk_column by = LK_COLUMN_STYLE; by < LK_COLUMN_COUNT; by++) {
    if (!wish->by[by]) continue;
    if (any) (void)fputc('\n', out);
    any = true;
    bool fine = by == LK_COLUMN_LABEL ? print_labels(outcomes, count, out) : print_by(outcomes, count, by, wish->bootstrap, out);
    if (!fine) return no_memory();
  }
  return any || print_by(outcomes, count, LK_COLUMN_ALL, wish->bootstrap, out) ? LK_EXIT_GOOD : no_memory();
}

/* ---- JSON ---- */

static json_t *number(double value) { return isnan(value) ? json_null() : json_real(value); }

static json_t *group_json(const lk_outcome *const *outcomes, size_t count, lk_bootstrap bootstrap) {
  lk_figures figures;
  if (!lk_measure_all(outcomes, count, bootstrap, &figures)) return NULL;
  json_t *value = json_object(), *intervals = json_object();
  json_object_set_new(value, "messages", json_integer((json_int_t)figures.messages));
  for (int m = 0; m < LK_MEASURE_COUNT; m++) {
    const lk_figure *figure = &figures.of[m];
    json_object_set_new(value, lk_measure_name((lk_measure)m), number(figure->value));
    if (!isnan(figure->low))
      json_object_set_new(intervals, lk_measure_name((lk_measure)m), json_pack("[f,f]", figure->low, figure->high));
  }
  if (bootstrap.rounds) json_object_set(value, "intervals", intervals);
  json_decref(intervals);
  return value;
}

static json_t *groups_json(const lk_outcome *outcomes, size_t count, lk_column by, lk_bootstrap bootstrap) {
  lk_groups groups;
  if (!lk_groups_make(outcomes, count, by, &groups)) return NULL;
  json_t *value = json_object();
  for (size_t g = 0; value && g < groups.count; g++) {
    json_t *one = group_json(groups.items[g].items, groups.items[g].count, bootstrap);
    json_object_setn_new(value, groups.items[g].name.ptr, groups.items[g].name.len, one);
  }
  lk_groups_free(&groups);
  return value;
}

json_t *lk_figures_json(const lk_outcome *outcomes, size_t count, const lk_figures_wish *wish) {
  json_t *all = groups_json(outcomes, count, LK_COLUMN_ALL, wish->bootstrap);
  json_t *value = json_incref(json_object_get(all, "all"));
  json_decref(all);
  for (lk_column by = LK_COLUMN_STYLE; value && by < LK_COLUMN_COUNT; by++) {
    char name[16];
    (void)snprintf(name, sizeof name, "by_%s", lk_column_name(by));
    if (wish->by[by]) json_object_set_new(value, name, groups_json(outcomes, count, by, wish->bootstrap));
  }
  return value;
}

static json_t *entry_id(const lk_entry *entry) { return entry ? lk_json_text(entry->id) : json_null(); }

json_t *lk_outcome_json(const lk_outcome *o) {
  bool acts = o->entry && o->entry->action.len;
  return json_pack("{s:o,s:s,s:o,s:o,s:o,s:s,s:o,s:o,s:o,s:f,s:i,s:b,s:b,s:b,s:b}", "id", lk_json_text(o->gold->id), "lang",
                   lk_lang_code(o->gold->lang), "style", lk_json_text(o->gold->style), "label", lk_json_text(o->gold->label),
                   "text", lk_json_text(o->gold->text), "act", lk_act_name(o->act), "entry", entry_id(o->entry), "action",
                   acts ? lk_json_text(o->entry->action) : json_null(), "first", entry_id(o->first), "confidence", o->confidence,
                   "rank", (int)o->rank, "answered", o->answered, "right", o->right, "resolved", o->resolved, "wrong",
                   lk_outcome_wrong_at_once(o));
}
