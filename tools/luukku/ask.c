/* luukku ask: answers a question on its own, as at the start of a conversation. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"

static const char usage[] =
    "Usage: luukku ask [--kb DIR] [--index FILE] [--lang fi|sv|en] [--top N] [--json] [--explain] TEXT…\n"
    "       luukku ask --batch [--kb DIR] [--index FILE] [--lang fi|sv|en] [--top N] [--explain]\n"
    "\n"
    "Answers one question on its own. With --batch: reads lines \"id<TAB>text\" from standard input and writes a JSON line "
    "each:\n"
    "  {id, lang, act, entry, action, confidence, candidates: [{entry, action, score, confidence}]}\n"
    "act is answer, clarify, perform, chat, fallback or handoff. The first choices of a clarification are the first candidates.\n"
    "\n"
    "  --kb DIR      the knowledge base (default: $LUUKKU_KB, then the sample shop's)\n"
    "  --lang L      the question's language; without it, it is detected\n"
    "  --top N       how many candidates to show (default 10)\n"
    "  --json        one JSON value, also for a single question\n"
    "  --explain     why: words, terms, weights, rules\n"
    "  --index FILE  map this file of luukku index instead of building the index\n"
    "  --no-voikko   stem Finnish by Snowball, as on a machine without Voikko's dictionary\n"
    "  --help        this text\n";

typedef struct ask_options {
  const char *folder;
  lk_lang lang;
  size_t top;
  bool json, explain, batch;
  lk_engine_options engine;
} ask_options;

/* -1 to go on, or an exit status. */
static int read_options(int argc, char **argv, ask_options *out) {
  static const struct option names[] = {{"kb", required_argument, NULL, 'k'},    {"lang", required_argument, NULL, 'l'},
                                        {"top", required_argument, NULL, 't'},   {"json", no_argument, NULL, 'j'},
                                        {"explain", no_argument, NULL, 'e'},     {"batch", no_argument, NULL, 'b'},
                                        {"index", required_argument, NULL, 'i'}, {"no-voikko", no_argument, NULL, 'v'},
                                        {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0}};
  *out = (ask_options){.lang = LK_LANG_NONE, .top = 10};
  optind = 0;
  for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    char *end;
    switch (option) {
      case 'k':
        out->folder = optarg;
        break;
      case 'l':
        if (!lk_tool_lang("ask", optarg, &out->lang)) return LK_EXIT_UNUSABLE;
        break;
      case 't':
        out->top = strtoul(optarg, &end, 10);
        if (*end || out->top < 1 || out->top > LK_CANDIDATES_MAX)
          return lk_misuse("ask", "--top is a number from 1 to %d", LK_CANDIDATES_MAX);
        break;
      case 'j':
        out->json = true;
        break;
      case 'e':
        out->explain = true;
        break;
      case 'b':
        out->batch = true;
        break;
      case 'i':
        out->engine.index = optarg;
        break;
      case 'v':
        out->engine.analyzer.no_voikko = true;
        break;
      case 'h':
        return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
      default:
        return LK_EXIT_UNUSABLE;
    }
  }
  if (out->batch && optind < argc) return lk_misuse("ask", "--batch reads its questions from standard input");
  if (!out->batch && optind == argc) return lk_misuse("ask", "what is the question?");
  return -1;
}

static json_t *action_of(const lk_entry *entry) { return entry && entry->action.len ? lk_json_text(entry->action) : json_null(); }

static json_t *candidates_of(const lk_understanding *u, size_t top) {
  json_t *list = json_array();
  for (size_t i = 0; i < u->candidate_count && i < top; i++) {
    const lk_candidate *c = &u->candidates[i];
    json_array_append_new(list, json_pack("{s:o,s:o,s:f,s:f}", "entry", lk_json_text(c->entry->id), "action", action_of(c->entry),
                                          "score", (double)c->score, "confidence", c->confidence));
  }
  return list;
}

static json_t *decision_json(lk_view id, const lk_understanding *u, const lk_decision *d, size_t top) {
  json_t *value = json_object();
  if (id.ptr) json_object_set_new(value, "id", lk_json_text(id));
  json_object_set_new(value, "lang", json_string(lk_lang_code(u->language.lang)));
  json_object_set_new(value, "act", json_string(lk_act_name(d->act)));
  json_object_set_new(value, "entry", d->entry ? lk_json_text(d->entry->id) : json_null());
  json_object_set_new(value, "action", action_of(d->entry));
  /* What was declined has no answer: the confidence is that of the first candidate, as in every other case. */
  double confidence = d->act == LK_ACT_FALLBACK ? (u->candidate_count ? u->candidates[0].confidence : 0) : d->confidence;
  json_object_set_new(value, "confidence", json_real(confidence));
  json_object_set_new(value, "candidates", candidates_of(u, top));
  if (d->act == LK_ACT_CLARIFY) json_object_set_new(value, "choices", json_integer((json_int_t)d->choices));
  return value;
}

static void print_answer(const lk_understanding *u, const lk_decision *d) {
  (void)printf("%s", lk_act_name(d->act));
  if (d->entry) (void)printf(" %.*s", LK_FMT(d->entry->id));
  (void)printf(" (confidence %.2f, %s)\n", d->confidence, lk_lang_code(u->language.lang));
  lk_error err = {0};
  if (d->act == LK_ACT_CLARIFY || !d->entry) {
    for (size_t i = 0; i < d->choices; i++)
      (void)printf("  %zu. %.*s\n", i + 1, LK_FMT(u->candidates[i].entry->phrasings[0].text));
  } else if (d->entry->answer_count) {
    char *text = lk_render(&d->entry->answers[0], LK_RENDER_TEXT, NULL, 0, &err);
    (void)printf("\n%.*s\n\n%s\n", LK_FMT(d->entry->phrasings[0].text), text ? text : err.message);
    free(text);
  } else if (d->entry->action.len) {
    (void)printf("  action %.*s\n", LK_FMT(d->entry->action));
  }
}

static int ask(lk_worker *worker, const ask_options *options, lk_view id, lk_view text, lk_arena *arena) {
  lk_arena_reset(arena);
  const lk_engine *engine = lk_worker_engine(worker);
  lk_understanding u;
  lk_decision decision;
  lk_error err = {0};
  lk_reasons reasons = {.arena = options->explain ? arena : NULL};
  lk_hearing hearing = {.lang = options->lang, .prior = LK_LANG_NONE, .limit = options->top < 10 ? 10 : options->top};
  hearing.entities.order_number = lk_kb_policy_text(lk_engine_kb(engine), "order-number");
  lk_code code = lk_understand(worker, text, &hearing, arena, &u, &err);
  if (!code) code = lk_decide(engine, &u, &reasons, &decision, &err);
  if (code) return lk_complain("ask", &err);
  if (options->batch || options->json) {
    json_t *value = decision_json(id, &u, &decision, options->top);
    if (options->explain) json_object_set_new(value, "why", lk_json_why(engine, &u, &reasons, arena));
    lk_json_line(value, stdout);
  } else {
    print_answer(&u, &decision);
    if (options->explain) {
      (void)putchar('\n');
      lk_show_why(engine, &u, &reasons, arena, stdout);
    }
  }
  return LK_EXIT_GOOD;
}

static int ask_batch(lk_worker *worker, const ask_options *options, lk_arena *arena) {
  lk_table questions;
  if (!lk_table_read("ask", "-", 2, &questions)) return LK_EXIT_UNUSABLE;
  int status = LK_EXIT_GOOD;
  for (size_t i = 0; i < questions.rows && status == LK_EXIT_GOOD; i++)
    status = ask(worker, options, lk_view_of(lk_cell(&questions, i, 0)), lk_view_of(lk_cell(&questions, i, 1)), arena);
  lk_table_free(&questions);
  return status;
}

static char *join(int count, char **words) {
  size_t length = 1;
  for (int i = 0; i < count; i++) length += strlen(words[i]) + 1;
  char *text = malloc(length), *end = text;
  for (int i = 0; text && i < count; i++) {
    if (i) *end++ = ' ';
    end = stpcpy(end, words[i]);
  }
  return text;
}

int lk_command_ask(int argc, char **argv) {
  ask_options options;
  int status = read_options(argc, argv, &options);
  if (status >= 0) return status;
  lk_error err = {0};
  lk_engine *engine = lk_tool_engine("ask", lk_kb_folder(options.folder), &options.engine);
  lk_worker *worker = engine ? lk_worker_new(engine, &err) : NULL;
  lk_arena *arena = worker ? lk_arena_new() : NULL;
  char *text = options.batch ? NULL : join(argc - optind, argv + optind);
  if (!arena)
    status = LK_EXIT_UNUSABLE;
  else if (options.batch)
    status = ask_batch(worker, &options, arena);
  else
    status = ask(worker, &options, (lk_view){NULL, 0}, lk_view_of(text), arena);
  if (engine && !arena) (void)lk_complain("ask", &err);
  free(text);
  lk_arena_free(arena);
  lk_worker_free(worker);
  lk_engine_free(engine);
  return status;
}
