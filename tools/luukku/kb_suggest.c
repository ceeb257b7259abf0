/* luukku kb suggest: edits that conversations speak for, each with what it would do. Nothing is ever applied. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "kb.h"
#include "luukku/mask.h"
#include "period.h"
#include "suggestions.h"

enum { MOST = 50, VARIANTS = 5, LEAST = 2, NUMBER_MOST = 100000, EXAMPLES = 3 };

static const char usage[] =
    "Usage: luukku kb suggest [--db FILE] [--kb DIR] [--questions F.tsv …] [--accept all|good|NAME,…] [--patch FILE] [OPTION …]\n"
    "\n"
    "Proposes edits of the knowledge base that conversations speak for: variants in customers' words, for the article that an "
    "agent or\n"
    "the customer's own choice showed to be right; synonyms; new articles from questions that nothing answers, with what agents "
    "replied\n"
    "as the draft of the answer. Each says why, and how many questions find their entry first before and after it:\n"
    "questions with known answers, editors' own phrasings asked as if they were not in the knowledge base, and other customers'\n"
    "messages whose right entry is known. Edits of different entries are tried together, and each answers for what its own entry "
    "wins\n"
    "and takes away. Nothing is changed: an editor reads, accepts, and applies the patch.\n"
    "\n"
    "  --db FILE          the conversations' file ($LUUKKU_DB, else luukku.db)\n"
    "  --kb DIR           the knowledge base (default: $LUUKKU_KB, then the sample shop's)\n"
    "  --questions F.tsv  questions with known answers, as for luukku eval; may come several times\n"
    "  --accept LIST      these together: their joint effect and patch; all, good (those that do not hurt; the default), none, "
    "or\n"
    "                     names (v1,s2)\n"
    "  --patch FILE       writes the accepted ones as a patch; apply it in the folder with patch -p1\n"
    "  --from DAY         first day (2026-10-01); without it from the beginning\n"
    "  --to DAY           the day after the last one; without it to the end\n"
    "  --lang L           conversations in one language\n"
    "  --least N          conversations that must speak for an edit (2)\n"
    "  --variants N       at most so many new variants an entry (5)\n"
    "  --top N            at most so many edits of each kind (50)\n"
    "  --quick            do not try each edit by itself, only the accepted ones together\n"
    "  --json             one JSON value\n"
    "\n"
    "What customers wrote is masked, and sentences with names, addresses or numbers of theirs are left out. Read each all the "
    "same.\n";

typedef struct suggest_options {
  const char *folder, *db, *patch, *accept;
  const char *questions[LK_GOLD_FILES];
  size_t question_files;
  lk_period period;
  lk_lang lang;
  lk_suggestion_wish wish;
  bool quick, json;
} suggest_options;

typedef struct suggesting {
  const suggest_options *options;
  const lk_engine *engine;
  lk_worker *worker;
  lk_arena *arena;
  lk_asked_list asked;
  lk_evidence *evidence;
  size_t evidence_count;
  lk_suggestions list;
  lk_edit *edit;
  lk_probes *probes;
  bool *left_out; /* a piece of evidence that an accepted variant is made of */
  lk_effect joint;
  size_t accepted;
  lk_error err;
} suggesting;

/* ---- Options ---- */

static bool read_count(const char *name, const char *text, size_t *out) {
  char *end;
  errno = 0;
  unsigned long value = strtoul(text, &end, 10);
  *out = value;
  if (!errno && *text >= '0' && *text <= '9' && !*end && value >= 1 && value <= NUMBER_MOST) return true;
  (void)lk_misuse("kb suggest", "--%s is a number from 1 to %d, not '%s'", name, NUMBER_MOST, text);
  return false;
}

static bool add_questions(suggest_options *out, const char *path) {
  if (out->question_files < LK_GOLD_FILES) {
    out->questions[out->question_files++] = path;
    return true;
  }
  (void)lk_misuse("kb suggest", "at most %d files of questions", LK_GOLD_FILES);
  return false;
}

static bool take_option(int option, suggest_options *out) {
  switch (option) {
    case 'k':
      out->folder = optarg;
      return true;
    case 'd':
      out->db = optarg;
      return true;
    case 'p':
      out->patch = optarg;
      return true;
    case 'a':
      out->accept = optarg;
      return true;
    case 'q':
      return add_questions(out, optarg);
    case 'f':
      return lk_period_from("kb suggest", optarg, &out->period);
    case 't':
      return lk_period_to("kb suggest", optarg, &out->period);
    case 'l':
      return lk_tool_lang("kb suggest", optarg, &out->lang);
    case 'e':
      return read_count("least", optarg, &out->wish.least);
    case 'v':
      return read_count("variants", optarg, &out->wish.variants);
    case 'n':
      return read_count("top", optarg, &out->wish.most);
    case 'Q':
      return out->quick = true;
    case 'j':
      return out->json = true;
    default:
      return false;
  }
}

static int read_options(int argc, char **argv, suggest_options *out) {
  static const struct option names[] = {{"kb", required_argument, NULL, 'k'},
                                        {"db", required_argument, NULL, 'd'},
                                        {"patch", required_argument, NULL, 'p'},
                                        {"accept", required_argument, NULL, 'a'},
                                        {"from", required_argument, NULL, 'f'},
                                        {"to", required_argument, NULL, 't'},
                                        {"questions", required_argument, NULL, 'q'},
                                        {"lang", required_argument, NULL, 'l'},
                                        {"least", required_argument, NULL, 'e'},
                                        {"variants", required_argument, NULL, 'v'},
                                        {"top", required_argument, NULL, 'n'},
                                        {"json", no_argument, NULL, 'j'},
                                        {"quick", no_argument, NULL, 'Q'},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};
  *out = (suggest_options){.lang = LK_LANG_NONE, .wish = {LEAST, MOST, VARIANTS}, .accept = "good"};
  optind = 0;
  for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    if (option == 'h') return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
    if (!take_option(option, out)) return LK_EXIT_UNUSABLE;
  }
  if (optind < argc) return lk_misuse("kb suggest", "unexpected argument '%s'", argv[optind]);
  if (out->json && out->patch && strcmp(out->patch, "-") == 0)
    return lk_misuse("kb suggest", "--json and --patch - both write to standard output; name a file for the patch");
  out->db = lk_db_file(out->db);
  out->folder = lk_kb_folder(out->folder);
  return -1;
}

/* ---- Effects ---- */

static lk_engine *changed_engine(suggesting *s) {
  lk_kb *kb = lk_edit_load(s->edit, NULL, &s->err);
  return kb ? lk_engine_new(kb, NULL, &s->err) : NULL;
}

static void show_progress(size_t done, size_t all) {
  if (isatty(STDERR_FILENO)) (void)fprintf(stderr, "\rtrying edits: %zu of %zu", done, all);
}

/* Edits of different entries are tried in one round, and each answers for what its own entry wins and takes away. */
typedef struct round {
  suggesting *s;
  bool *tried; /* a suggestion each */
  size_t *members;
  size_t count;
} round;

static lk_view entry_of(const lk_suggestion *one) { return one->entry ? one->entry->id : one->draft.id; }

static bool is_free(const round *r, const lk_suggestion *one) {
  for (size_t i = 0; i < r->count; i++) {
    const lk_suggestion *other = &r->s->list.items[r->members[i]];
    if (other->lang == one->lang && lk_view_eq(entry_of(other), entry_of(one))) return false;
  }
  return true;
}

static void hear(void *self, const lk_turnabout *turnabout) {
  const round *r = self;
  for (size_t i = 0; turnabout->entry && i < r->count; i++) {
    lk_suggestion *one = &r->s->list.items[r->members[i]];
    if (one->lang != turnabout->entry->lang || !lk_view_eq(entry_of(one), turnabout->entry->id)) continue;
    one->effect.of[turnabout->kind].won += turnabout->won;
    one->effect.of[turnabout->kind].lost += !turnabout->won;
  }
}

/* What of the rest can be tried in one round. One that is no change (somebody has made it meanwhile) is tried by nobody. */
static lk_code fill_round(round *r) {
  lk_code code = LK_OK;
  r->count = 0;
  lk_edit_reset(r->s->edit);
  for (size_t i = 0; !code && i < r->s->list.count; i++) {
    lk_suggestion *one = &r->s->list.items[i];
    if (r->tried[i] || !is_free(r, one)) continue;
    code = lk_suggestion_apply(one, r->s->edit, &r->s->err);
    r->tried[i] = true;
    if (!code) r->members[r->count++] = i;
    if (code == LK_ERR_STATE) code = LK_OK;
  }
  return code;
}

static void leave_out(const round *r, bool out) {
  for (size_t i = 0; i < r->count; i++) {
    const lk_evidence *evidence = r->s->list.items[r->members[i]].evidence;
    if (evidence) r->s->left_out[evidence - r->s->evidence] = out;
  }
}

static lk_code measure_round(round *r) {
  lk_effect all;
  suggesting *s = r->s;
  lk_engine *engine = changed_engine(s);
  if (!engine) return s->err.code;
  leave_out(r, true);
  lk_code code = lk_probes_measure(s->probes, engine, s->left_out, &all, hear, r, &s->err);
  leave_out(r, false);
  lk_engine_free(engine);
  for (size_t i = 0; !code && i < r->count; i++)
    for (int k = 0; k < LK_PROBE_KINDS; k++) {
      lk_effect *effect = &s->list.items[r->members[i]].effect;
      effect->of[k].asked = all.of[k].asked;
      effect->of[k].before = all.of[k].before;
      effect->of[k].after = all.of[k].before + effect->of[k].won - effect->of[k].lost;
    }
  return code;
}

static lk_code measure_each(suggesting *s) {
  size_t done = 0;
  round r = {s, LK_NEW_ARRAY(s->arena, bool, s->list.count + 1), LK_NEW_ARRAY(s->arena, size_t, s->list.count + 1), 0};
  lk_code code = r.tried && r.members ? LK_OK : LK_ERR_MEMORY;
  while (!code && !(code = fill_round(&r)) && r.count) {
    show_progress(done, s->list.count);
    code = measure_round(&r);
    done += r.count;
  }
  if (isatty(STDERR_FILENO)) (void)fputs("\r\033[K", stderr);
  return code;
}

/* ---- Accepting ---- */

static bool is_named(const char *list, const char *name) {
  size_t length = strlen(name);
  for (const char *at = list; *at;) {
    size_t word = strcspn(at, ",");
    if (word == length && memcmp(at, name, length) == 0) return true;
    at += word + (at[word] == ',');
  }
  return false;
}

static bool is_accepted(const char *list, const lk_suggestion *one) {
  if (strcmp(list, "all") == 0) return true;
  if (strcmp(list, "none") == 0) return false;
  return strcmp(list, "good") == 0 ? !lk_effect_hurts(&one->effect) : is_named(list, one->name);
}

/* A name that no suggestion has is a slip that must not pass. */
static bool names_exist(const suggesting *s) {
  const char *list = s->options->accept;
  if (strcmp(list, "all") == 0 || strcmp(list, "none") == 0 || strcmp(list, "good") == 0) return true;
  for (const char *at = list; *at;) {
    size_t length = strcspn(at, ",");
    bool found = false;
    for (size_t i = 0; i < s->list.count && !found; i++)
      found = strlen(s->list.items[i].name) == length && memcmp(s->list.items[i].name, at, length) == 0;
    if (!found) {
      (void)lk_misuse("kb suggest", "--accept: there is no suggestion %.*s", (int)length, at);
      return false;
    }
    at += length + (at[length] == ',');
  }
  return true;
}

/* Two edits of one row may be no two changes: then the second is there already. */
static lk_code accept(suggesting *s) {
  lk_code code = LK_OK;
  lk_edit_reset(s->edit);
  for (size_t i = 0; !code && i < s->list.count; i++) {
    lk_suggestion *one = &s->list.items[i];
    if (!is_accepted(s->options->accept, one)) continue;
    code = lk_suggestion_apply(one, s->edit, &s->err);
    one->accepted = !code;
    s->accepted += !code;
    if (!code && one->evidence) s->left_out[one->evidence - s->evidence] = true;
    if (code == LK_ERR_STATE) code = LK_OK;
  }
  if (code) return code;
  if (!s->accepted) return LK_OK;
  lk_engine *engine = changed_engine(s);
  if (!engine) return s->err.code;
  code = lk_probes_measure(s->probes, engine, s->left_out, &s->joint, NULL, NULL, &s->err);
  lk_engine_free(engine);
  return code;
}

static int write_patch(suggesting *s) {
  lk_view diff;
  if (!s->options->patch) return LK_EXIT_GOOD;
  if (lk_edit_diff(s->edit, s->arena, &diff, &s->err)) return lk_complain("kb suggest", &s->err);
  bool standard = strcmp(s->options->patch, "-") == 0;
  FILE *out = standard ? stdout : fopen(s->options->patch, "w");
  bool fine = out && fwrite(diff.ptr, 1, diff.len, out) == diff.len;
  if (out && !standard) fine = fclose(out) == 0 && fine;
  return fine ? LK_EXIT_GOOD : lk_misuse("kb suggest", "%s cannot be written: %s", s->options->patch, strerror(errno));
}

/* ---- JSON ---- */

static json_t *effect_json(const lk_effect *effect) {
  json_t *value = json_object();
  for (int k = 0; k < LK_PROBE_KINDS; k++)
    (void)json_object_set_new(value, lk_probe_kind_name((lk_probe_kind)k),
                              json_pack("{sI sI sI sI sI}", "asked", (json_int_t)effect->of[k].asked, "before",
                                        (json_int_t)effect->of[k].before, "after", (json_int_t)effect->of[k].after, "won",
                                        (json_int_t)effect->of[k].won, "lost", (json_int_t)effect->of[k].lost));
  return value;
}

static json_t *suggestion_json(const lk_suggestion *one) {
  json_t *value =
      json_pack("{ss ss ss so sI so sb sb so}", "name", one->name, "kind", lk_suggestion_kind_name(one->kind), "lang",
                lk_lang_code(one->lang), "text", lk_json_text(one->text), "conversations", (json_int_t)one->conversations,
                "effect", effect_json(&one->effect), "hurts", lk_effect_hurts(&one->effect), "accepted", one->accepted, "entry",
                lk_json_text(one->entry ? one->entry->id : one->draft.id));
  if (one->kind == LK_SUGGEST_SYNONYM) (void)json_object_set_new(value, "to", lk_json_text(one->to));
  json_t *asked = json_array();
  for (size_t i = 0; i < one->asked_count; i++)
    (void)json_array_append_new(asked, json_pack("{so so}", "conversation", lk_json_text(one->asked[i]->conversation), "text",
                                                 lk_json_text(one->asked[i]->text)));
  (void)json_object_set_new(value, "asked", asked);
  return value;
}

static void print_json(const suggesting *s) {
  json_t *list = json_array();
  for (size_t i = 0; i < s->list.count; i++) (void)json_array_append_new(list, suggestion_json(&s->list.items[i]));
  lk_json_line(json_pack("{sI sI sI so so}", "questions", (json_int_t)s->asked.count, "personal", (json_int_t)s->list.personal,
                         "accepted", (json_int_t)s->accepted, "suggestions", list, "joint", effect_json(&s->joint)),
               stdout);
}

/* ---- Text ---- */

static void print_effect(const lk_effect *effect) {
  bool first = true;
  for (int k = 0; k < LK_PROBE_KINDS; k++) {
    if (!effect->of[k].asked) continue;
    (void)printf("%s%s %zu → %zu of %zu (+%zu −%zu)", first ? "" : ", ", lk_probe_kind_name((lk_probe_kind)k),
                 effect->of[k].before, effect->of[k].after, effect->of[k].asked, effect->of[k].won, effect->of[k].lost);
    first = false;
  }
  (void)putchar('\n');
}

static void print_change(const lk_suggestion *one) {
  if (one->kind == LK_SUGGEST_VARIANT)
    (void)printf("a variant of %.*s (%s)\n    + “%.*s”\n", LK_FMT(one->entry->id), lk_lang_code(one->lang), LK_FMT(one->text));
  else if (one->kind == LK_SUGGEST_SYNONYM)
    (void)printf("a synonym (%s)\n    + “%.*s” is also about “%.*s” (%.*s)\n", lk_lang_code(one->lang), LK_FMT(one->text),
                 LK_FMT(one->to), LK_FMT(one->entry->id));
  else
    (void)printf("a new article %.*s (%s), category %.*s\n    + “%.*s”\n", LK_FMT(one->draft.id), lk_lang_code(one->lang),
                 LK_FMT(one->draft.category), LK_FMT(one->text));
}

static void print_reason(const lk_suggestion *one) {
  (void)printf("    %zu conversation%s%s%s", one->conversations, one->conversations == 1 ? "" : "s",
               one->by_agent ? ", by agents' replies" : "", one->by_choice ? ", by customers' choices" : "");
  size_t shown = 0;
  for (size_t i = 0; i < one->asked_count && shown < EXAMPLES; i++) {
    bool seen = lk_view_eq(one->asked[i]->text, one->text);
    for (size_t j = i; !seen && j-- > 0;) seen = lk_view_eq(one->asked[i]->text, one->asked[j]->text);
    if (!seen) (void)printf("%s“%.*s”", shown++ ? " · " : ": ", LK_FMT(one->asked[i]->text));
  }
  (void)putchar('\n');
}

static void print_text(const suggesting *s) {
  FILE *out = stdout;
  if (!s->list.count) (void)fputs("nothing to suggest: no failed question was led to an entry often enough\n", out);
  for (size_t i = 0; i < s->list.count; i++) {
    const lk_suggestion *one = &s->list.items[i];
    (void)printf("%-4s %s", one->name, lk_effect_hurts(&one->effect) ? "HURTS: " : "");
    print_change(one);
    print_reason(one);
    if (!s->options->quick) (void)fputs("    ", out);
    if (!s->options->quick) print_effect(&one->effect);
  }
  if (s->list.personal) (void)printf("%zu messages were left out: they hold little but personal things\n", s->list.personal);
  if (!s->accepted) return;
  (void)printf("\nThe %zu accepted together: ", s->accepted);
  print_effect(&s->joint);
}

/* ---- The command ---- */

static lk_code read_conversations(suggesting *s, lk_store *store) {
  const suggest_options *o = s->options;
  lk_asked_filter filter = {.from = o->period.from, .until = o->period.until, .lang = o->lang};
  lk_code code = lk_asked_read(store, &filter, s->arena, &s->asked, &s->err);
  size_t personal = 0;
  if (!code) code = lk_evidence_gather(s->worker, &s->asked, s->arena, &s->evidence, &s->evidence_count, &personal, &s->err);
  if (!code)
    code = lk_suggestions_make(s->worker, &s->asked, s->evidence, s->evidence_count, &o->wish, s->arena, &s->list, &s->err);
  s->list.personal = personal;
  return code;
}

static lk_code weigh(suggesting *s, const lk_gold_set *set) {
  s->edit = lk_edit_open(s->options->folder, NULL, NULL, &s->err);
  if (!s->edit) return s->err.code;
  s->left_out = LK_NEW_ARRAY(s->arena, bool, s->evidence_count + 1);
  s->probes = s->left_out ? lk_probes_new(s->engine, set, s->evidence, s->evidence_count, &s->err) : NULL;
  if (!s->probes) return s->err.code ? s->err.code : LK_ERR_MEMORY;
  return s->options->quick ? LK_OK : measure_each(s);
}

static int suggest(suggesting *s, const lk_gold_set *set) {
  lk_store *store = lk_store_open(s->options->db, &(lk_store_options){.read_only = true}, &s->err);
  lk_code code = store ? read_conversations(s, store) : s->err.code;
  lk_store_close(store);
  if (!code) code = weigh(s, set);
  if (!code && !names_exist(s)) return LK_EXIT_UNUSABLE;
  if (!code) code = accept(s);
  if (code) return lk_complain("kb suggest", &s->err);
  if (s->options->json)
    print_json(s);
  else if (!s->options->patch || strcmp(s->options->patch, "-") != 0)
    print_text(s);
  return write_patch(s);
}

static int run(const suggest_options *options, lk_engine *engine, const lk_gold_set *set) {
  suggesting s = {.options = options, .engine = engine, .arena = lk_arena_new()};
  s.worker = lk_worker_new(engine, &s.err);
  if (!s.arena) s.err = (lk_error){.code = LK_ERR_MEMORY, .message = "out of memory; look at a shorter period"};
  int status = s.worker && s.arena ? suggest(&s, set) : lk_complain("kb suggest", &s.err);
  lk_probes_free(s.probes);
  lk_edit_free(s.edit);
  lk_worker_free(s.worker);
  lk_arena_free(s.arena);
  return status;
}

int lk_kb_command_suggest(int argc, char **argv) {
  suggest_options options;
  lk_gold_set set = {0};
  int status = read_options(argc, argv, &options);
  if (status >= 0) return status;
  if (options.question_files && !lk_gold_read("kb suggest", options.questions, options.question_files, LK_LANG_NONE, &set))
    return LK_EXIT_UNUSABLE;
  lk_engine *engine = lk_tool_engine("kb suggest", options.folder, NULL);
  status = engine ? run(&options, engine, &set) : LK_EXIT_UNUSABLE;
  lk_engine_free(engine);
  lk_gold_free(&set);
  return status;
}
