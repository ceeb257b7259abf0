/* luukku analyze: shows what the engine makes of each line of text. */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "luukku/analyzer.h"
#include "luukku/arena.h"
#include "tool.h"

static const char usage[] =
    "Usage: luukku analyze [--lang fi|sv|en] [--json] [--kb DIR] [--repair] [--grams] [--no-voikko]\n"
    "\n"
    "Reads lines of text and prints the tokens of each: where they are, their base forms and index terms.\n"
    "\n"
    "  --lang L     the language of the text; without it each line's language is detected\n"
    "  --json       one JSON array a line: [{text, start, end, kind, lemmas, terms: [{term, kind, weight}], …}],\n"
    "               start and end in bytes\n"
    "  --kb DIR     know the words of that knowledge base as well; without it only the language's own data are used\n"
    "  --repair     read it as a customer's text: repair spelling, dots and words run together\n"
    "  --grams      show character n-grams as well\n"
    "  --no-voikko  stem Finnish by Snowball, as on a machine without Voikko's dictionary\n"
    "  --help       this text\n";

typedef struct settings {
  lk_lang lang;
  bool json;
  unsigned flags;
  const char *kb;
  lk_analyzer_options options;
} settings;

static const char *const kinds[] = {"word", "number", "code", "date", "time", "phone", "email", "url", "emoji", "punctuation"};
static const char *const term_kinds[] = {"lemma", "part", "root", "gram", "expansion"};
static const char *const repairs[] = {"none", "spoken", "elongation", "dots", "spelling", "split", "join"};

static json_t *text_value(lk_view v) {
  json_t *text = json_stringn(v.ptr, v.len);
  return text ? text : json_string("\xEF\xBF\xBD"); /* bytes that are no UTF-8 */
}

static json_t *terms_value(const lk_word *word) {
  json_t *terms = json_array();
  for (size_t i = 0; i < word->term_count; i++) {
    const lk_term *t = &word->terms[i];
    json_array_append_new(
        terms, json_pack("{s:o,s:s,s:f}", "term", text_value(t->text), "kind", term_kinds[t->kind], "weight", (double)t->weight));
  }
  return terms;
}

static json_t *word_value(const lk_word *word) {
  json_t *lemmas = json_array();
  for (size_t i = 0; i < word->lemma_count; i++) json_array_append_new(lemmas, text_value(word->lemmas[i]));
  json_t *value =
      json_pack("{s:o,s:I,s:I,s:s,s:o,s:o,s:o,s:b,s:b}", "text", text_value(word->token.text), "start",
                (json_int_t)word->token.start, "end", (json_int_t)word->token.end, "kind", kinds[word->token.kind], "form",
                text_value(word->form), "lemmas", lemmas, "terms", terms_value(word), "known", word->known, "stop", word->stop);
  if (word->repair != LK_REPAIR_NONE) json_object_set_new(value, "repair", json_string(repairs[word->repair]));
  return value;
}

static void print_json(const lk_analysis *analysis) {
  json_t *words = json_array();
  for (size_t i = 0; i < analysis->count; i++) json_array_append_new(words, word_value(&analysis->words[i]));
  json_dumpf(words, stdout, JSON_COMPACT);
  putchar('\n');
  json_decref(words);
}

static void print_word(const lk_word *word) {
  printf("%5u–%-5u %-11s %.*s", word->token.start, word->token.end, kinds[word->token.kind], LK_FMT(word->token.text));
  if (word->repair != LK_REPAIR_NONE) printf(" → %.*s (%s)", LK_FMT(word->form), repairs[word->repair]);
  for (size_t i = 0; i < word->term_count; i++) {
    const lk_term *t = &word->terms[i];
    printf("%s %.*s", i ? "," : ":", LK_FMT(t->text));
    if (t->kind != LK_TERM_LEMMA) printf(" (%s %g)", term_kinds[t->kind], (double)t->weight);
  }
  if (!word->known && word->lemma_count) printf(" [unknown]");
  putchar('\n');
}

static lk_code analyze_line(lk_analyzer *analyzer, const settings *s, lk_view line, lk_arena *arena, lk_error *err) {
  lk_lang lang = s->lang;
  if (lang == LK_LANG_NONE) {
    lk_language_guess guess;
    lk_code code = lk_detect_language(analyzer, line, LK_LANG_NONE, &guess, err);
    if (code) return code;
    lang = guess.lang;
  }
  lk_analysis analysis;
  lk_code code = lk_analyze(analyzer, lang, line, s->flags, arena, &analysis, err);
  if (code) return code;
  if (s->json) {
    print_json(&analysis);
    return LK_OK;
  }
  if (s->lang == LK_LANG_NONE) printf("[%s]\n", lk_lang_code(lang));
  for (size_t i = 0; i < analysis.count; i++) print_word(&analysis.words[i]);
  putchar('\n');
  return LK_OK;
}

static int analyze_lines(lk_analyzer *analyzer, const settings *s) {
  char *line = NULL;
  size_t cap = 0;
  ssize_t length;
  int number = 0, status = 0;
  lk_arena *arena = lk_arena_new();
  while (arena && (length = getline(&line, &cap, stdin)) >= 0) {
    lk_error err;
    number++;
    if (length && line[length - 1] == '\n') length--;
    lk_arena_reset(arena);
    if (analyze_line(analyzer, s, (lk_view){line, (size_t)length}, arena, &err) == LK_OK) continue;
    fprintf(stderr, "<stdin>:%d: error: %s\n", number, err.message);
    if (s->json) puts("[]");
    status = 2;
  }
  lk_arena_free(arena);
  free(line);
  return arena ? status : 2;
}

static bool read_settings(int argc, char **argv, settings *s, int *status) {
  static const struct option options[] = {{"lang", required_argument, NULL, 'l'}, {"json", no_argument, NULL, 'j'},
                                          {"repair", no_argument, NULL, 'r'},     {"grams", no_argument, NULL, 'g'},
                                          {"no-voikko", no_argument, NULL, 'n'},  {"help", no_argument, NULL, 'h'},
                                          {"kb", required_argument, NULL, 'k'},   {NULL, 0, NULL, 0}};
  *status = 2;
  optind = 1;
  for (int option; (option = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
    switch (option) {
      case 'l':
        s->lang = lk_lang_of(lk_view_of(optarg));
        if (s->lang != LK_LANG_NONE) break;
        fprintf(stderr, "luukku analyze: no language \"%s\"; use fi, sv or en\n", optarg);
        return false;
      case 'k':
        s->kb = optarg;
        break;
      case 'j':
        s->json = true;
        break;
      case 'r':
        s->flags |= LK_ANALYZE_REPAIR;
        break;
      case 'g':
        s->flags |= LK_ANALYZE_GRAMS;
        break;
      case 'n':
        s->options.no_voikko = true;
        break;
      case 'h':
        fputs(usage, stdout);
        return *status = 0, false;
      default:
        fputs(usage, stderr);
        return false;
    }
  }
  if (optind == argc) return true;
  fprintf(stderr, "luukku analyze: \"%s\" is not expected; give the text on standard input\n", argv[optind]);
  return false;
}

static int analyze_bare(const settings *s) {
  lk_error err;
  int status = LK_EXIT_UNUSABLE;
  lk_vocabulary *vocabulary = lk_vocabulary_new(&err);
  lk_analyzer *analyzer = vocabulary ? lk_analyzer_new(vocabulary, &s->options, &err) : NULL;
  if (!analyzer) {
    (void)lk_complain("analyze", &err);
  } else {
    if (!s->options.no_voikko && !lk_analyzer_has_dictionary(analyzer))
      fputs("luukku analyze: warning: Voikko's Finnish dictionary is missing, Finnish is only stemmed; install voikko-fi\n",
            stderr);
    status = analyze_lines(analyzer, s);
  }
  lk_analyzer_free(analyzer);
  lk_vocabulary_free(vocabulary);
  return status;
}

static int analyze_with_kb(const settings *s) {
  lk_error err;
  lk_engine_options options = {.analyzer = s->options};
  lk_engine *engine = lk_tool_engine("analyze", s->kb, &options);
  if (!engine) return LK_EXIT_UNUSABLE;
  lk_worker *worker = lk_worker_new(engine, &err);
  int status = worker ? analyze_lines(lk_worker_analyzer(worker), s) : lk_complain("analyze", &err);
  lk_worker_free(worker);
  lk_engine_free(engine);
  return status;
}

int lk_command_analyze(int argc, char **argv) {
  settings s = {.lang = LK_LANG_NONE};
  int status;
  if (!read_settings(argc, argv, &s, &status)) return status;
  return s.kb ? analyze_with_kb(&s) : analyze_bare(&s);
}
