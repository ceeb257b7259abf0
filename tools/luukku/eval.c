/* luukku eval: measures a knowledge base and its policy against questions with known answers. */
#include <getopt.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "calibrate.h"
#include "gold.h"
#include "show.h"

static const char usage[] =
    "Usage: luukku eval --questions F.tsv [--questions G.tsv …] [--kb DIR] [--lang fi|sv|en] [--by style|label|lang] [--json] "
    "[--errors]\n"
    "                   [--calibrate] [--thresholds] [--reliability FILE.svg] [--weights NAME=VALUE,…] [--features FILE.tsv]\n"
    "\n"
    "Measures over the questions of a file (id, text, label, also, style):\n"
    "  recall@1, recall@3, mrr@10  is the right entry the best, among the best three, and where? (questions about an entry)\n"
    "  answered, precision         share of all messages answered or acted on at once, and of those the share that is right\n"
    "  resolved                    the right entry at once, or among a clarification's choices (questions about an entry)\n"
    "  wrong, false answers        a wrong answer or action at once: of all messages; of those that nothing answers\n"
    "  choices over none           messages that nothing answers and that got choices\n"
    "  handoff recall, needless    who wants a person gets one at once; who does not, did\n"
    "  ece                         expected calibration error of the confidence in ten bins\n"
    "\n"
    "  --lang L            the questions' language (default: detect each, and count how often that is right with --expect)\n"
    "  --expect L          the language that the file is in: prints how often it is detected\n"
    "  --by COLUMN         the same by style\n"
    "  --errors            each wrong one with its explanation\n"
    "  --calibrate         fits the confidence model (folds over articles) and prints it as XML for the knowledge base\n"
    "  --thresholds        coverage against precision for each threshold\n"
    "  --reliability FILE  plots confidence against being right\n"
    "  --weights W         tries other weights of the ranking: word-title=0.2,gram-body=0.01,part=0.5,k1=1.2 …\n"
    "  --features FILE     writes each question's features and whether the best entry is right, for other tools\n"
    "  --json              one JSON value\n"
    "  --help              this text\n";

typedef struct eval_options {
  const char *folder, *reliability, *features;
  const char *questions[LK_GOLD_FILES];
  size_t question_files;
  lk_weights weights;
  lk_lang lang, expect;
  bool json, errors, calibrate, thresholds, by_style;
} eval_options;

typedef struct named_weight {
  const char *name;
  size_t offset;
} named_weight;

static const named_weight named_weights[] = {
    {"word-title", offsetof(lk_weights, score[LK_CLASS_WORD][LK_FIELD_TITLE])},
    {"word-body", offsetof(lk_weights, score[LK_CLASS_WORD][LK_FIELD_BODY])},
    {"gram-title", offsetof(lk_weights, score[LK_CLASS_GRAM][LK_FIELD_TITLE])},
    {"gram-body", offsetof(lk_weights, score[LK_CLASS_GRAM][LK_FIELD_BODY])},
    {"expansion-title", offsetof(lk_weights, score[LK_CLASS_EXPANSION][LK_FIELD_TITLE])},
    {"expansion-body", offsetof(lk_weights, score[LK_CLASS_EXPANSION][LK_FIELD_BODY])},
    {"part", offsetof(lk_weights, part)},
    {"root", offsetof(lk_weights, root)},
    {"k1", offsetof(lk_weights, k1)},
    {"b-title", offsetof(lk_weights, b[LK_FIELD_TITLE])},
    {"b-body", offsetof(lk_weights, b[LK_FIELD_BODY])},
    {"nearest", offsetof(lk_weights, nearest)},
    {"order-intent", offsetof(lk_weights, order_intent)},
    {"idf-power", offsetof(lk_weights, idf_power)},
};

/* Reads "name=value,name=value". */
static bool read_weights(const char *text, lk_weights *out) {
  while (*text) {
    size_t length = strcspn(text, "=");
    const named_weight *named = NULL;
    for (size_t i = 0; i < sizeof named_weights / sizeof *named_weights; i++)
      if (strlen(named_weights[i].name) == length && memcmp(named_weights[i].name, text, length) == 0) named = &named_weights[i];
    if (!named || text[length] != '=') return false;
    char *end;
    float value = strtof(text + length + 1, &end);
    if (end == text + length + 1 || (*end && *end != ',') || !(value >= 0 && value <= 1000)) return false;
    memcpy((char *)out + named->offset, &value, sizeof value);
    text = end + (*end == ',');
  }
  return true;
}

static int read_options(int argc, char **argv, eval_options *out) {
  static const struct option names[] = {{"kb", required_argument, NULL, 'k'},
                                        {"questions", required_argument, NULL, 'q'},
                                        {"lang", required_argument, NULL, 'l'},
                                        {"expect", required_argument, NULL, 'x'},
                                        {"by", required_argument, NULL, 'b'},
                                        {"json", no_argument, NULL, 'j'},
                                        {"errors", no_argument, NULL, 'e'},
                                        {"calibrate", no_argument, NULL, 'c'},
                                        {"thresholds", no_argument, NULL, 't'},
                                        {"help", no_argument, NULL, 'h'},
                                        {"reliability", required_argument, NULL, 'r'},
                                        {"weights", required_argument, NULL, 'w'},
                                        {"features", required_argument, NULL, 'f'},
                                        {NULL, 0, NULL, 0}};
  *out = (eval_options){.lang = LK_LANG_NONE, .expect = LK_LANG_NONE, .weights = lk_weights_entries};
  optind = 0;
  for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    switch (option) {
      case 'k':
        out->folder = optarg;
        break;
      case 'q':
        if (out->question_files == LK_GOLD_FILES) return lk_misuse("eval", "at most %d files of questions", LK_GOLD_FILES);
        out->questions[out->question_files++] = optarg;
        break;
      case 'l':
        if (!lk_tool_lang("eval", optarg, &out->lang)) return LK_EXIT_UNUSABLE;
        break;
      case 'x':
        if (!lk_tool_lang("eval", optarg, &out->expect)) return LK_EXIT_UNUSABLE;
        break;
      case 'b':
        if (strcmp(optarg, "style") != 0) return lk_misuse("eval", "--by is style");
        out->by_style = true;
        break;
      case 'j':
        out->json = true;
        break;
      case 'e':
        out->errors = true;
        break;
      case 'c':
        out->calibrate = true;
        break;
      case 't':
        out->thresholds = true;
        break;
      case 'f':
        out->features = optarg;
        break;
      case 'w':
        if (!read_weights(optarg, &out->weights)) return lk_misuse("eval", "--weights does not take '%s'", optarg);
        break;
      case 'r':
        out->reliability = optarg;
        break;
      case 'h':
        return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
      default:
        return LK_EXIT_UNUSABLE;
    }
  }
  if (!out->question_files) return lk_misuse("eval", "which questions? name a file with --questions");
  return optind < argc ? lk_misuse("eval", "unexpected argument '%s'", argv[optind]) : -1;
}

/* ---- One question's outcome ---- */

static void judge(const lk_gold *gold, const lk_understanding *u, const lk_decision *d, lk_outcome *out) {
  out->gold = gold;
  out->lang = u->language.lang;
  out->act = d->act;
  out->entry = d->entry;
  out->confidence = u->candidate_count ? u->candidates[0].confidence : 0;
  out->best = u->best;
  out->sure =
      u->best ? (gold->kind == LK_GOLD_NONE ? u->best->kind == LK_ENTRY_NOT_COVERED : lk_gold_right(gold, u->best)) : false;
  out->model_confidence = u->best_confidence;
  out->rank = 0;
  for (size_t i = 0; i < u->candidate_count && i < 10 && !out->rank; i++)
    if (lk_gold_right(gold, u->candidates[i].entry)) out->rank = (unsigned)i + 1;
  bool act_at_once = d->act == LK_ACT_ANSWER || d->act == LK_ACT_PERFORM;
  out->answered = act_at_once;
  out->right = act_at_once ? lk_gold_right(gold, d->entry) : d->act == LK_ACT_HANDOFF && lk_gold_right(gold, d->entry);
  if (gold->kind == LK_GOLD_HANDOFF && d->act == LK_ACT_HANDOFF) out->right = true;
  out->resolved = out->right;
  for (size_t i = 0; d->act == LK_ACT_CLARIFY && i < d->choices && i < 3; i++)
    out->resolved |= lk_gold_right(gold, u->candidates[i].entry);
  memcpy(out->features, u->features, sizeof out->features);
}

/* ---- Measures ---- */

typedef struct measures {
  double messages, entries, none, handoffs;
  double recall1, recall3, mrr, answered, answered_right, resolved, wrong, false_answers, none_choices, handoff_right, needless,
      language_right;
  double ece;
} measures;

static double share(double part, double whole) { return whole > 0 ? part / whole : NAN; }

static void add(measures *m, const lk_outcome *o, lk_lang expect) {
  m->messages++;
  m->language_right += o->lang == expect;
  bool wrong_chat = o->act == LK_ACT_CHAT && o->gold->kind == LK_GOLD_ENTRY;
  bool right_person = o->answered && !o->right && o->gold->kind != LK_GOLD_NONE ? false : o->right;
  m->answered += o->answered;
  m->answered_right += o->answered && right_person;
  m->wrong += (o->answered && !right_person) || wrong_chat;
  if (o->gold->kind == LK_GOLD_ENTRY) {
    m->entries++;
    m->recall1 += o->rank == 1;
    m->recall3 += o->rank >= 1 && o->rank <= 3;
    m->mrr += o->rank ? 1.0 / o->rank : 0;
    m->resolved += o->resolved;
    m->needless += o->act == LK_ACT_HANDOFF && !o->right;
  }
  if (o->gold->kind == LK_GOLD_NONE) {
    m->none++;
    m->false_answers += o->answered;
    m->none_choices += o->act == LK_ACT_CLARIFY;
  }
  if (o->gold->kind == LK_GOLD_HANDOFF) {
    m->handoffs++;
    m->handoff_right += o->act == LK_ACT_HANDOFF;
  }
}

static double calibration_error(const lk_outcome *outcomes, size_t count, const char *style) {
  double sum[10] = {0}, right[10] = {0}, total = 0, error = 0;
  size_t in[10] = {0};
  for (size_t i = 0; i < count; i++) {
    const lk_outcome *o = &outcomes[i];
    if (!lk_outcome_counts(o) || (style && !lk_view_eq(o->gold->style, lk_view_of(style)))) continue;
    int bin = (int)(o->confidence * 10);
    if (bin > 9) bin = 9;
    if (bin < 0) bin = 0;
    in[bin]++;
    sum[bin] += o->confidence;
    right[bin] += o->rank == 1;
    total++;
  }
  for (int b = 0; b < 10; b++)
    if (in[b]) error += fabs(sum[b] - right[b]) / total;
  return error;
}

static measures measure(const lk_outcome *outcomes, size_t count, const char *style, lk_lang expect) {
  measures m = {0};
  for (size_t i = 0; i < count; i++)
    if (!style || lk_view_eq(outcomes[i].gold->style, lk_view_of(style))) add(&m, &outcomes[i], expect);
  m.ece = calibration_error(outcomes, count, style);
  return m;
}

typedef struct figure {
  const char *name;
  double value;
} figure;

enum { FIGURES = 14 };

static void figures_of(const measures *m, figure out[FIGURES]) {
  const figure all[FIGURES] = {{"messages", m->messages},
                               {"recall@1", share(m->recall1, m->entries)},
                               {"recall@3", share(m->recall3, m->entries)},
                               {"mrr@10", share(m->mrr, m->entries)},
                               {"answered", share(m->answered, m->messages)},
                               {"precision", share(m->answered_right, m->answered)},
                               {"resolved", share(m->resolved, m->entries)},
                               {"wrong", share(m->wrong, m->messages)},
                               {"false answers", share(m->false_answers, m->none)},
                               {"choices over none", share(m->none_choices, m->none)},
                               {"handoff recall", share(m->handoff_right, m->handoffs)},
                               {"needless handoff", share(m->needless, m->entries)},
                               {"ece", m->ece},
                               {"language", share(m->language_right, m->messages)}};
  memcpy(out, all, sizeof all);
}

static size_t styles_of(const lk_gold_set *set, char styles[][24], size_t most) {
  size_t count = 0;
  for (size_t i = 0; i < set->count; i++) {
    bool known = false;
    for (size_t s = 0; s < count; s++) known |= lk_view_eq(set->items[i].style, lk_view_of(styles[s]));
    if (known || count == most || set->items[i].style.len >= 24) continue;
    (void)snprintf(styles[count++], 24, "%.*s", LK_FMT(set->items[i].style));
  }
  return count;
}

static void print_table(const lk_gold_set *set, const lk_outcome *outcomes, const eval_options *options) {
  char styles[16][24];
  size_t columns = options->by_style ? styles_of(set, styles, 16) : 0;
  figure all[FIGURES], by[16][FIGURES];
  measures m = measure(outcomes, set->count, NULL, options->expect);
  figures_of(&m, all);
  (void)printf("%-18s %8s", "", "all");
  for (size_t c = 0; c < columns; c++) {
    m = measure(outcomes, set->count, styles[c], options->expect);
    figures_of(&m, by[c]);
    (void)printf(" %8s", styles[c]);
  }
  (void)putchar('\n');
  for (int f = 0; f < FIGURES; f++) {
    if (options->expect == LK_LANG_NONE && strcmp(all[f].name, "language") == 0) continue;
    (void)printf("%-18s", all[f].name);
    for (size_t c = 0; c <= columns; c++) {
      double value = c ? by[c - 1][f].value : all[f].value;
      if (isnan(value))
        (void)printf(" %8s", "–");
      else
        (void)printf(f == 0 ? " %8.0f" : " %8.3f", value);
    }
    (void)putchar('\n');
  }
}

static json_t *measures_json(const measures *m, bool with_language) {
  figure all[FIGURES];
  figures_of(m, all);
  json_t *value = json_object();
  for (int f = 0; f < FIGURES; f++)
    if (with_language || strcmp(all[f].name, "language") != 0)
      json_object_set_new(value, all[f].name, isnan(all[f].value) ? json_null() : json_real(all[f].value));
  return value;
}

static void print_json(const lk_gold_set *set, const lk_outcome *outcomes, const eval_options *options) {
  bool with_language = options->expect != LK_LANG_NONE;
  measures m = measure(outcomes, set->count, NULL, options->expect);
  json_t *value = measures_json(&m, with_language);
  if (options->by_style) {
    char styles[16][24];
    size_t count = styles_of(set, styles, 16);
    json_t *by = json_object();
    for (size_t s = 0; s < count; s++) {
      m = measure(outcomes, set->count, styles[s], options->expect);
      json_object_set_new(by, styles[s], measures_json(&m, with_language));
    }
    json_object_set_new(value, "by_style", by);
  }
  lk_json_line(value, stdout);
}

static bool is_error(const lk_outcome *o) {
  if (o->gold->kind == LK_GOLD_NONE) return o->answered;
  if (o->gold->kind == LK_GOLD_CHAT) return o->act != LK_ACT_CHAT && o->answered;
  if (o->gold->kind == LK_GOLD_HANDOFF) return o->act != LK_ACT_HANDOFF;
  return o->rank != 1 || !o->resolved;
}

static void print_error(const lk_engine *engine, const lk_outcome *o, const lk_understanding *u, const lk_reasons *reasons,
                        lk_arena *arena) {
  (void)printf("---- %.*s (%.*s) %.*s\n     wanted %.*s, got %s %.*s (%.2f), rank %u\n", LK_FMT(o->gold->id),
               LK_FMT(o->gold->style), LK_FMT(o->gold->text), LK_FMT(o->gold->label), lk_act_name(o->act),
               o->entry ? (int)o->entry->id.len : 1, o->entry ? o->entry->id.ptr : "–", o->confidence, o->rank);
  lk_show_why(engine, u, reasons, arena, stdout);
}

static int run(const lk_engine *engine, lk_worker *worker, const lk_gold_set *set, const eval_options *options, lk_arena *arena,
               lk_outcome *outcomes) {
  for (size_t i = 0; i < set->count; i++) {
    lk_arena_reset(arena);
    lk_understanding u;
    lk_decision decision;
    lk_error err = {0};
    lk_reasons reasons = {.arena = options->errors ? arena : NULL};
    lk_hearing hearing = {.lang = options->lang, .prior = LK_LANG_NONE, .limit = 10};
    hearing.entities.order_number = lk_kb_policy_text(lk_engine_kb(engine), "order-number");
    lk_code code = lk_understand(worker, set->items[i].text, &hearing, arena, &u, &err);
    if (!code) code = lk_decide(engine, &u, &reasons, &decision, &err);
    if (code) return lk_complain("eval", &err);
    judge(&set->items[i], &u, &decision, &outcomes[i]);
    if (options->errors && is_error(&outcomes[i])) print_error(engine, &outcomes[i], &u, &reasons, arena);
  }
  return LK_EXIT_GOOD;
}

static int write_features(const lk_outcome *outcomes, size_t count, const char *path) {
  FILE *out = fopen(path, "w");
  if (!out) return lk_misuse("eval", "%s cannot be written", path);
  (void)fprintf(out, "id\tstyle\tlabel\tbest\trank");
  for (int f = 0; f < LK_FEATURE_COUNT; f++) (void)fprintf(out, "\t%s", lk_feature_name((lk_feature)f));
  (void)fputc('\n', out);
  for (size_t i = 0; i < count; i++) {
    const lk_outcome *o = &outcomes[i];
    (void)fprintf(out, "%.*s\t%.*s\t%.*s\t%.*s\t%u", LK_FMT(o->gold->id), LK_FMT(o->gold->style), LK_FMT(o->gold->label),
                  o->best ? (int)o->best->id.len : 1, o->best ? o->best->id.ptr : "-", o->rank);
    for (int f = 0; f < LK_FEATURE_COUNT; f++) (void)fprintf(out, "\t%.5f", o->features[f]);
    (void)fputc('\n', out);
  }
  return fclose(out) == 0 ? LK_EXIT_GOOD : lk_misuse("eval", "%s cannot be written", path);
}

static int evaluate(const lk_engine *engine, const lk_gold_set *set, const eval_options *options) {
  lk_error err = {0};
  lk_worker *worker = lk_worker_new(engine, &err);
  lk_arena *arena = lk_arena_new();
  lk_outcome *outcomes = calloc(set->count + 1, sizeof *outcomes);
  int status = worker && arena && outcomes ? run(engine, worker, set, options, arena, outcomes) : lk_complain("eval", &err);
  if (status == LK_EXIT_GOOD && options->calibrate) status = lk_calibrate(outcomes, set->count, options->expect);
  if (status == LK_EXIT_GOOD && options->features) status = write_features(outcomes, set->count, options->features);
  if (status == LK_EXIT_GOOD && options->thresholds) lk_print_thresholds(outcomes, set->count);
  if (status == LK_EXIT_GOOD && options->reliability) status = lk_plot_reliability(outcomes, set->count, options->reliability);
  bool table = status == LK_EXIT_GOOD && !options->calibrate && !options->thresholds;
  if (table && options->json)
    print_json(set, outcomes, options);
  else if (table)
    print_table(set, outcomes, options);
  free(outcomes);
  lk_arena_free(arena);
  lk_worker_free(worker);
  return status;
}

int lk_command_eval(int argc, char **argv) {
  eval_options options;
  int status = read_options(argc, argv, &options);
  if (status >= 0) return status;
  lk_gold_set set;
  if (!lk_gold_read("eval", options.questions, options.question_files, &set)) return LK_EXIT_UNUSABLE;
  lk_engine_options engine_options = {.weights = &options.weights};
  lk_engine *engine = lk_tool_engine("eval", lk_kb_folder(options.folder), &engine_options);
  status = engine ? evaluate(engine, &set, &options) : LK_EXIT_UNUSABLE;
  lk_engine_free(engine);
  lk_gold_free(&set);
  return status;
}
