/* luukku eval: measures a knowledge base and its policy against questions with known answers. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "calibrate.h"
#include "compare.h"
#include "errors.h"
#include "figures.h"
#include "weights.h"

enum { ROUNDS = 1000, ROUNDS_MAX = 100000, THREADS_MAX = 64, YOUNG_MAX = 1000 };

static const char usage_head[] =
    "Usage: luukku eval --questions F.tsv [--questions G.tsv …] [--kb DIR] [OPTION …]\n"
    "\n"
    "Asks the questions of a file, one at a time as at the start of a conversation, and measures what the knowledge base and its "
    "policy make of them.\n"
    "A file has a header line and the columns id, text, label, also, style, separated by tabs. label is an article's id, @ and "
    "an intent's action, @chat,\n"
    "@handoff, or none for what nothing answers; also are labels that serve as well, separated by commas.\n"
    "\n"
    "Measures\n";

static const char usage_tail[] =
    "\n"
    "What is asked\n"
    "  --questions FILE     may come several times; its language is what its name says (questions_fi.tsv)\n"
    "  --expect fi|sv|en    its language, when its name does not say it\n"
    "  --lang fi|sv|en      do not detect the language: the questions are in this one\n"
    "  --young N            cut the knowledge base back to each entry's first N phrasings, as in a young shop\n"
    "  --weights W          other weights of the ranking: word-title=0.2,gram-body=0.01,part=0.5,k1=1.2 …\n"
    "What is shown\n"
    "  --by style|lang|label  the same in parts; may come several times\n"
    "  --bootstrap N        draw N times for the 95 % intervals (1000; 0: no intervals); ± is half an interval's width\n"
    "  --seed N             of everything drawn (1)\n"
    "  --errors             each wrong one with its explanation, by kind\n"
    "  --confusion          which entries are taken for which, with counts and examples\n"
    "  --against FILE       compares question by question with another run, saved with --json --each > FILE\n"
    "  --reliability FILE   draws confidence against being right, as SVG\n"
    "  --features FILE      writes each question's features and the right entry's place, for other tools\n"
    "  --json               one JSON value\n"
    "  --each               with --json: each question's outcome as well\n"
    "  --help               this text\n"
    "Instead of the table\n"
    "  --thresholds         what other values of answer-at and perform-at would give\n"
    "  --calibrate          fits the confidence model on all the questions, judges it on folds over labels, and prints it as XML "
    "for the knowledge base\n"
    "  --fit                fits the ranking's weights, judges them on folds over labels, and prints them as C; takes minutes\n"
    "  --threads N          for --fit (as many as there are processors)\n";

typedef struct eval_options {
  const char *folder, *reliability, *features, *against;
  const char *questions[LK_GOLD_FILES];
  size_t question_files, threads, young;
  lk_weights weights;
  lk_lang lang, expect;
  lk_figures_wish wish;
  bool json, each, errors, confusion, calibrate, thresholds, fit;
} eval_options;

/* ---- Options ---- */

static int print_usage(void) {
  (void)fputs(usage_head, stdout);
  for (lk_measure m = 0; m < LK_MEASURE_COUNT; m++) (void)printf("  %-18s %s\n", lk_measure_name(m), lk_measure_about(m));
  (void)fputs(usage_tail, stdout);
  (void)fputs("Weights:", stdout);
  for (size_t w = 0; w < lk_weights_count(); w++) (void)printf(" %s", lk_weight_name(w));
  return putchar('\n') == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
}

static bool read_number(const char *name, const char *text, unsigned long most, unsigned long *out) {
  char *end;
  errno = 0;
  *out = strtoul(text, &end, 10);
  if (*text >= '0' && *text <= '9' && !*end && !errno && *out <= most) return true;
  (void)lk_misuse("eval", "--%s is a whole number up to %lu, not '%s'", name, most, text);
  return false;
}

static bool read_column(const char *text, lk_figures_wish *wish) {
  for (lk_column c = LK_COLUMN_STYLE; c < LK_COLUMN_COUNT; c++)
    if (strcmp(text, lk_column_name(c)) == 0) return wish->by[c] = true;
  (void)lk_misuse("eval", "--by is style, lang or label, not '%s'", text);
  return false;
}

static bool add_questions(eval_options *out, const char *path) {
  if (out->question_files < LK_GOLD_FILES) {
    out->questions[out->question_files++] = path;
    return true;
  }
  (void)lk_misuse("eval", "at most %d files of questions", LK_GOLD_FILES);
  return false;
}

/* Options that have a value. */
static bool take_value(int option, const char *value, eval_options *out) {
  unsigned long number;
  switch (option) {
    case 'q':
      return add_questions(out, value);
    case 'l':
      return lk_tool_lang("eval", value, &out->lang);
    case 'x':
      return lk_tool_lang("eval", value, &out->expect);
    case 'b':
      return read_column(value, &out->wish);
    case 'B':
      if (!read_number("bootstrap", value, ROUNDS_MAX, &number)) return false;
      out->wish.bootstrap.rounds = (unsigned)number;
      return true;
    case 's':
      if (!read_number("seed", value, UINT32_MAX, &number)) return false;
      out->wish.bootstrap.seed = number;
      return true;
    case 'T':
      return read_number("threads", value, THREADS_MAX, &out->threads);
    case 'y':
      return read_number("young", value, YOUNG_MAX, &out->young);
    case 'w':
      if (lk_weights_read(value, &out->weights)) return true;
      (void)lk_misuse("eval", "--weights does not take '%s'", value);
      return false;
    default:
      return false;
  }
}

static const struct option option_names[] = {
    {"kb", required_argument, NULL, 'k'},       {"questions", required_argument, NULL, 'q'},
    {"lang", required_argument, NULL, 'l'},     {"expect", required_argument, NULL, 'x'},
    {"by", required_argument, NULL, 'b'},       {"bootstrap", required_argument, NULL, 'B'},
    {"seed", required_argument, NULL, 's'},     {"threads", required_argument, NULL, 'T'},
    {"young", required_argument, NULL, 'y'},    {"weights", required_argument, NULL, 'w'},
    {"against", required_argument, NULL, 'a'},  {"reliability", required_argument, NULL, 'r'},
    {"features", required_argument, NULL, 'f'}, {"json", no_argument, NULL, 'j'},
    {"each", no_argument, NULL, 'i'},           {"errors", no_argument, NULL, 'e'},
    {"confusion", no_argument, NULL, 'o'},      {"calibrate", no_argument, NULL, 'c'},
    {"thresholds", no_argument, NULL, 't'},     {"fit", no_argument, NULL, 'F'},
    {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0}};

static bool *switch_of(int option, eval_options *out) {
  switch (option) {
    case 'j':
      return &out->json;
    case 'i':
      return &out->each;
    case 'e':
      return &out->errors;
    case 'o':
      return &out->confusion;
    case 'c':
      return &out->calibrate;
    case 't':
      return &out->thresholds;
    case 'F':
      return &out->fit;
    default:
      return NULL;
  }
}

static const char **path_of(int option, eval_options *out) {
  switch (option) {
    case 'k':
      return &out->folder;
    case 'a':
      return &out->against;
    case 'r':
      return &out->reliability;
    case 'f':
      return &out->features;
    default:
      return NULL;
  }
}

/* -1: go on; else the exit status. */
static int read_options(int argc, char **argv, eval_options *out) {
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  *out = (eval_options){.lang = LK_LANG_NONE, .expect = LK_LANG_NONE, .weights = lk_weights_entries};
  out->wish.bootstrap = (lk_bootstrap){ROUNDS, 1};
  out->threads = processors > 0 ? (size_t)processors : 1;
  optind = 0;
  for (int option; (option = getopt_long(argc, argv, "", option_names, NULL)) != -1;) {
    bool *on = switch_of(option, out);
    const char **path = path_of(option, out);
    if (option == 'h') return print_usage();
    if (on) *on = true;
    if (path) *path = optarg;
    if (!on && !path && !take_value(option, optarg, out)) return LK_EXIT_UNUSABLE;
  }
  if (!out->question_files) return lk_misuse("eval", "which questions? name a file with --questions");
  if (out->json && (out->calibrate || out->fit)) return lk_misuse("eval", "--calibrate and --fit have no --json; leave one out");
  if (out->each && !out->json) return lk_misuse("eval", "--each needs --json");
  if (out->lang != LK_LANG_NONE && out->expect == LK_LANG_NONE) out->expect = out->lang;
  out->folder = lk_kb_folder(out->folder);
  return optind < argc ? lk_misuse("eval", "unexpected argument '%s'", argv[optind]) : -1;
}

/* ---- Reports ---- */

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

static lk_policy policy_of(const lk_kb *kb) {
  return (lk_policy){lk_kb_policy(kb, "answer-at"), lk_kb_policy(kb, "perform-at"), lk_kb_policy(kb, "clarify-at")};
}

static json_t *each_json(const lk_outcome *outcomes, size_t count, bool faulty_only) {
  json_t *each = json_array();
  for (size_t i = 0; i < count; i++) {
    if (faulty_only && !lk_is_faulty(&outcomes[i])) continue;
    json_t *one = lk_outcome_json(&outcomes[i]);
    if (faulty_only) json_object_set_new(one, "fault", json_string(lk_fault_name(lk_fault_of(&outcomes[i]))));
    json_array_append_new(each, one);
  }
  return each;
}

static int report_json(const lk_kb *kb, const lk_outcome *outcomes, size_t count, const eval_options *options) {
  json_t *value = lk_figures_json(outcomes, count, &options->wish), *compared = NULL;
  int status = value ? LK_EXIT_GOOD : LK_EXIT_UNUSABLE;
  if (options->each) json_object_set_new(value, "each", each_json(outcomes, count, false));
  if (options->errors) json_object_set_new(value, "errors", each_json(outcomes, count, true));
  if (options->confusion) json_object_set_new(value, "confusion", lk_confusion_json(outcomes, count));
  if (options->thresholds) json_object_set_new(value, "thresholds", lk_thresholds_json(outcomes, count, policy_of(kb)));
  if (status == LK_EXIT_GOOD && options->against)
    status = lk_compare(options->against, outcomes, count, options->wish.bootstrap, stdout, &compared);
  if (compared) json_object_set_new(value, "against", compared);
  if (status == LK_EXIT_GOOD)
    lk_json_line(value, stdout);
  else
    json_decref(value);
  return status;
}

static int report_text(const lk_kb *kb, const lk_outcome *outcomes, size_t count, const eval_options *options) {
  if (options->calibrate) return lk_calibrate(outcomes, count, stdout);
  if (options->thresholds) {
    lk_thresholds_print(outcomes, count, policy_of(kb), stdout);
    return LK_EXIT_GOOD;
  }
  if (options->errors) lk_errors_print(outcomes, count, stdout);
  int status = lk_figures_print(outcomes, count, &options->wish, stdout);
  if (status == LK_EXIT_GOOD && (options->confusion || options->against)) (void)putchar('\n');
  if (status == LK_EXIT_GOOD && options->confusion) status = lk_confusion_print(outcomes, count, stdout);
  if (status == LK_EXIT_GOOD && options->against)
    status = lk_compare(options->against, outcomes, count, options->wish.bootstrap, stdout, NULL);
  return status;
}

static int report(const lk_kb *kb, const lk_outcome *outcomes, size_t count, const eval_options *options) {
  int status = LK_EXIT_GOOD;
  if (options->features) status = write_features(outcomes, count, options->features);
  if (status == LK_EXIT_GOOD && options->reliability) status = lk_plot_reliability(outcomes, count, options->reliability);
  if (status != LK_EXIT_GOOD) return status;
  return options->json ? report_json(kb, outcomes, count, options) : report_text(kb, outcomes, count, options);
}

static lk_engine *engine_of(const eval_options *options) {
  if (!options->young) return lk_tool_engine("eval", options->folder, &(lk_engine_options){.weights = &options->weights});
  lk_snapshot *snapshot = lk_snapshot_take(options->folder, options->young);
  lk_engine *engine = snapshot ? lk_snapshot_engine(snapshot, &options->weights) : NULL;
  lk_snapshot_free(snapshot);
  return engine;
}

static int evaluate(const lk_gold_set *set, const eval_options *options) {
  lk_engine *engine = engine_of(options);
  lk_outcome *outcomes = calloc(set->count + 1, sizeof *outcomes);
  lk_asking asking = {.lang = options->lang, .explain = options->errors && !options->json ? lk_is_faulty : NULL};
  int status = engine && outcomes ? lk_outcomes_ask("eval", engine, set, &asking, outcomes) : LK_EXIT_UNUSABLE;
  if (status == LK_EXIT_GOOD) status = report(lk_engine_kb(engine), outcomes, set->count, options);
  lk_outcomes_free(outcomes, set->count);
  lk_engine_free(engine);
  return status;
}

static int fit(const lk_gold_set *set, const eval_options *options) {
  lk_fit_options fit_options = {options->weights, options->lang, options->wish.bootstrap.seed, options->threads};
  lk_snapshot *snapshot = lk_snapshot_take(options->folder, options->young);
  int status = snapshot ? lk_fit(snapshot, set, &fit_options, stdout) : LK_EXIT_UNUSABLE;
  lk_snapshot_free(snapshot);
  return status;
}

int lk_command_eval(int argc, char **argv) {
  eval_options options;
  int status = read_options(argc, argv, &options);
  if (status >= 0) return status;
  lk_gold_set set;
  if (!lk_gold_read("eval", options.questions, options.question_files, options.expect, &set)) return LK_EXIT_UNUSABLE;
  status = options.fit ? fit(&set, &options) : evaluate(&set, &options);
  lk_gold_free(&set);
  return status;
}
