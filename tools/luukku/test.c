/* luukku test: plays scripted conversations and compares. */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "show.h"
#include "stage.h"

static const char usage[] =
    "Usage: luukku test [--kb DIR] [--verbose] PATH…\n"
    "\n"
    "Plays the scripted conversations in the files, and in the *.txt files of the folders, each on a fresh store and a fresh\n"
    "demo order book. At the first turn that differs it says what was expected, what came instead, and why.\n"
    "The README of tests/conversations describes the format.\n"
    "\n"
    "  --kb DIR    the knowledge base (default: $LUUKKU_KB, then the sample shop's)\n"
    "  --verbose   name each conversation that passes\n"
    "  --help      this text\n"
    "\n"
    "Exit status: 0 all passed, 1 some failed, 2 wrong usage or a file that cannot be read.\n";

enum { GOT_MOST = 2000, DEPTH_MOST = 8 };

typedef struct test_run {
  lk_engine *engine;
  const char *folder;
  bool verbose;
  size_t passed, failed;
  bool unusable;
} test_run;

/* ---- What a turn was ---- */

static lk_view name_or_none(lk_view text) { return text.len ? text : LK_LIT("none"); }

static lk_view entry_of(const lk_turn *turn) { return name_or_none(turn->entry ? turn->entry->id : (lk_view){"", 0}); }

static char *reply_text(const lk_reply *reply) {
  lk_error err = {0};
  char *text = lk_reply_render(reply, LK_RENDER_TEXT, &err);
  return text ? text : strdup(err.message);
}

static void show_event(const lk_event *e, FILE *out) {
  (void)fprintf(out, "    event    %s", lk_event_name(e->type));
  if (e->entry.len) (void)fprintf(out, " %.*s", LK_FMT(e->entry));
  if (e->action.len) (void)fprintf(out, " %.*s", LK_FMT(e->action));
  if (e->reason.len) (void)fprintf(out, " %.*s", LK_FMT(e->reason));
  if (e->has_number) (void)fprintf(out, " %lld", (long long)e->number);
  (void)fputc('\n', out);
}

static void show_turn(const lk_turn *turn, FILE *out) {
  (void)fprintf(out, "  the turn: act %s, entry %.*s, action %.*s, confidence %.2f, language %s\n", lk_act_name(turn->act),
                LK_FMT(entry_of(turn)), LK_FMT(name_or_none(turn->action)), turn->confidence, lk_lang_code(turn->lang));
  for (size_t i = 0; i < turn->reply_count; i++) {
    char *text = reply_text(&turn->replies[i]);
    (void)fprintf(out, "    message  %.*s: %s\n", LK_FMT(turn->replies[i].id), text ? text : "");
    free(text);
  }
  for (size_t i = 0; i < turn->choice_count; i++)
    (void)fprintf(out, "    choice   %zu. %.*s [%.*s]\n", i + 1, LK_FMT(turn->choices[i].label),
                  LK_FMT(turn->choices[i].payload));
  for (size_t i = 0; i < turn->event_count; i++) show_event(&turn->events[i], out);
}

/* ---- Comparing ---- */

typedef struct check {
  lk_stage *stage;
  const lk_step *step;
  char got[GOT_MOST]; /* what there is instead */
  bool unknown;       /* the expectation makes no sense; got says why */
} check;

static bool is(lk_view word, const char *expected) { return lk_view_eq(word, lk_view_of(expected)); }

/* Is it one of "a | b | c"? */
static bool one_of(lk_view value, lk_view alternatives) {
  for (size_t at = 0; at <= alternatives.len;) {
    const char *bar = at < alternatives.len ? memchr(alternatives.ptr + at, '|', alternatives.len - at) : NULL;
    size_t end = bar ? (size_t)(bar - alternatives.ptr) : alternatives.len;
    lk_view rest, word = lk_word_of((lk_view){alternatives.ptr + at, end - at}, &rest);
    if (!rest.len && lk_view_eq(word, value)) return true;
    at = end + 1;
  }
  return false;
}

static bool contains(lk_view text, lk_view part) { return part.len && memmem(text.ptr, text.len, part.ptr, part.len) != NULL; }

static bool is_value(check *c, lk_view value) {
  (void)snprintf(c->got, sizeof c->got, "%.*s %.*s", LK_FMT(c->step->word), LK_FMT(value));
  return one_of(value, c->step->text);
}

static bool nonsense(check *c, const char *what) {
  c->unknown = true;
  (void)snprintf(c->got, sizeof c->got, "%s", what);
  return false;
}

static void add_got(check *c, const char *separator, lk_view text) {
  size_t used = strlen(c->got);
  (void)snprintf(c->got + used, sizeof c->got - used, "%s%.*s", separator, (int)(text.len > 400 ? 400 : text.len), text.ptr);
}

/* "message a | b": one of the replies is; "messages a b": these are the replies, in this order; "messages none". */
static bool check_messages(check *c, const lk_turn *turn, bool all) {
  (void)snprintf(c->got, sizeof c->got, "messages");
  bool any = false, same = true;
  lk_view rest = c->step->text;
  if (all && memchr(rest.ptr, '|', rest.len)) return nonsense(c, "messages is the whole list; message a | b is one of them");
  for (size_t i = 0; i < turn->reply_count; i++) {
    add_got(c, " ", turn->replies[i].id);
    any |= one_of(turn->replies[i].id, c->step->text);
    if (all) same &= lk_view_eq(lk_word_of(rest, &rest), turn->replies[i].id);
  }
  if (!turn->reply_count) add_got(c, " ", LK_LIT("none"));
  if (!all) return any;
  return turn->reply_count ? same && !rest.len : is(c->step->text, "none");
}

static bool check_text(check *c, const lk_turn *turn) {
  bool any = false;
  for (size_t i = 0; i < turn->reply_count; i++) {
    char *text = reply_text(&turn->replies[i]);
    if (!text) continue;
    any |= contains(lk_view_of(text), c->step->text);
    add_got(c, i ? " / " : "text ", lk_view_of(text));
    free(text);
  }
  if (!turn->reply_count) add_got(c, "", LK_LIT("no text"));
  return any;
}

/* "choices 3", "choices none" */
static bool check_choices(check *c, const lk_turn *turn) {
  (void)snprintf(c->got, sizeof c->got, "choices %zu", turn->choice_count);
  if (is(c->step->text, "none")) return turn->choice_count == 0;
  if (is(c->step->text, "some")) return turn->choice_count > 0;
  char number[24];
  (void)snprintf(number, sizeof number, "%zu", turn->choice_count);
  return one_of(lk_view_of(number), c->step->text);
}

/* "choice delivery-time": an entry, a payload or a label among the choices */
static bool check_choice(check *c, const lk_turn *turn) {
  bool any = false;
  (void)snprintf(c->got, sizeof c->got, "choices");
  for (size_t i = 0; i < turn->choice_count; i++) {
    lk_view payload = turn->choices[i].payload, id = payload;
    if (id.len > 6 && memcmp(id.ptr, "entry:", 6) == 0) id = (lk_view){id.ptr + 6, id.len - 6};
    add_got(c, " ", payload);
    any |= one_of(payload, c->step->text) || one_of(id, c->step->text) || lk_view_eq(turn->choices[i].label, c->step->text);
  }
  return any;
}

static bool event_fits(const lk_event *e, lk_view words) {
  while (words.len) {
    lk_view word = lk_word_of(words, &words);
    char number[24];
    (void)snprintf(number, sizeof number, "%lld", (long long)e->number);
    bool fits = lk_view_eq(word, e->entry) || lk_view_eq(word, e->action) || lk_view_eq(word, e->reason) ||
                (e->has_number && is(word, number));
    if (!fits) return false;
  }
  return true;
}

/* "event flow.left cancelled": of this type, and each further word is its entry, action, reason or number */
static bool check_event(check *c, const lk_turn *turn) {
  lk_view rest, name = lk_word_of(c->step->text, &rest);
  if (lk_event_of(name) == LK_EVENT_TYPE_COUNT) return nonsense(c, "there is no such event; include/luukku/store.h lists them");
  bool any = false;
  (void)snprintf(c->got, sizeof c->got, "events");
  for (size_t i = 0; i < turn->event_count; i++) {
    const lk_event *e = &turn->events[i];
    add_got(c, " ", lk_view_of(lk_event_name(e->type)));
    any |= is(name, lk_event_name(e->type)) && event_fits(e, rest);
  }
  if (turn->handoff && c->stage->last.stored) {
    add_got(c, " ", LK_LIT("handoff.opened"));
    any |= is(name, "handoff.opened") && (!rest.len || is(rest, lk_handoff_reason_name(turn->handoff->reason)));
  }
  return any;
}

/* "confidence > 0.8" */
static bool check_confidence(check *c, const lk_turn *turn) {
  lk_view rest, sign = lk_word_of(c->step->text, &rest);
  char text[24] = "", *end;
  if (rest.len < sizeof text) memcpy(text, rest.ptr, rest.len);
  double bound = strtod(text, &end);
  (void)snprintf(c->got, sizeof c->got, "confidence %.3f", turn->confidence);
  if (!*text || *end) return nonsense(c, "write confidence > 0.8 or confidence < 0.5");
  if (is(sign, ">")) return turn->confidence > bound;
  if (is(sign, "<")) return turn->confidence < bound;
  return nonsense(c, "write confidence > 0.8 or confidence < 0.5");
}

/* "order 100148 cancelled"; "order 100148 lines 2"; "order 100148 line 1 quantity 3"; "order 100148 street Mäkitie 3" … */
static bool check_order(check *c) {
  lk_view rest, number = lk_word_of(c->step->text, &rest);
  lk_order *order = NULL;
  lk_error err = {0};
  if (lk_orders_find(c->stage->shop.orders, number, lk_stage_arena(c->stage), &order, &err)) return nonsense(c, err.message);
  if (!order) return nonsense(c, "the demo order book has no such order");
  lk_view value, what = lk_word_of(rest, &value);
  char text[32] = "";
  lk_view is_now = lk_view_of(lk_order_state_name(order->state));
  if (is(what, "lines") || is(what, "returns") || is(what, "line")) {
    long long count = is(what, "lines") ? (long long)order->line_count : (long long)order->return_count;
    if (is(what, "line")) {
      lk_view property, line = lk_word_of(value, &property);
      lk_view asked = lk_word_of(property, &value);
      count = -1;
      for (size_t i = 0; i < order->line_count; i++) {
        char known[24];
        (void)snprintf(known, sizeof known, "%lld", (long long)order->lines[i].line);
        if (is(line, known))
          count = is(asked, "returned") ? (long long)order->lines[i].returned : (long long)order->lines[i].quantity;
      }
    }
    (void)snprintf(text, sizeof text, "%lld", count);
    is_now = lk_view_of(text);
  } else if (is(what, "street")) {
    is_now = order->address.street;
  } else if (is(what, "postcode")) {
    is_now = order->address.postcode;
  } else if (is(what, "city")) {
    is_now = order->address.city;
  } else if (is(what, "pickup-point")) {
    is_now = order->pickup_point;
  } else {
    value = rest;
  }
  (void)snprintf(c->got, sizeof c->got, "order %.*s %.*s", LK_FMT(number), LK_FMT(is_now));
  return lk_view_eq(is_now, value) || one_of(is_now, value);
}

/* "case none"; "case asked" (why it was opened); "case state claimed"; "case order 100148"; "case contact x@example.fi" */
static bool check_case(check *c) {
  lk_case *cases = NULL;
  size_t count = 0;
  lk_error err = {0};
  if (lk_store_cases_of(c->stage->real_store, lk_view_of(c->stage->shop.conversation), lk_stage_arena(c->stage), &cases, &count,
                        &err))
    return nonsense(c, err.message);
  const lk_case *last = count ? &cases[count - 1] : NULL;
  if (!last) {
    (void)snprintf(c->got, sizeof c->got, "case none");
    return is(c->step->text, "none");
  }
  (void)snprintf(c->got, sizeof c->got, "case %s, state %s, order %.*s, contact %.*s, subject %.*s",
                 lk_handoff_reason_name(last->reason), lk_case_state_name(last->state), LK_FMT(name_or_none(last->order)),
                 LK_FMT(name_or_none(last->contact)), LK_FMT(last->subject));
  lk_view value, what = lk_word_of(c->step->text, &value);
  if (is(what, "state")) return is(value, lk_case_state_name(last->state));
  if (is(what, "order")) return lk_view_eq(value, name_or_none(last->order));
  if (is(what, "contact")) return lk_view_eq(value, name_or_none(last->contact));
  if (is(what, "subject")) return contains(last->subject, value);
  return one_of(lk_view_of(lk_handoff_reason_name(last->reason)), c->step->text);
}

static bool check_phase(check *c) {
  static const char *const names[] = {"bot", "waiting", "agent", "ended"};
  lk_conversation conversation = {0};
  lk_error err = {0};
  if (lk_store_conversation(c->stage->real_store, lk_view_of(c->stage->shop.conversation), lk_stage_arena(c->stage),
                            &conversation, &err))
    return nonsense(c, err.message);
  return is_value(c, lk_view_of(names[conversation.phase]));
}

static bool holds(check *c) {
  const lk_turn *turn = &c->stage->last.turn;
  lk_view word = c->step->word;
  if (is(word, "act")) return is_value(c, lk_view_of(lk_act_name(turn->act)));
  if (is(word, "entry")) return is_value(c, entry_of(turn));
  if (is(word, "action")) return is_value(c, name_or_none(turn->action));
  if (is(word, "lang")) return is_value(c, lk_view_of(lk_lang_code(turn->lang)));
  if (is(word, "confidence")) return check_confidence(c, turn);
  if (is(word, "message")) return check_messages(c, turn, false);
  if (is(word, "messages")) return check_messages(c, turn, true);
  if (is(word, "text")) return check_text(c, turn);
  if (is(word, "choices")) return check_choices(c, turn);
  if (is(word, "choice")) return check_choice(c, turn);
  if (is(word, "event")) return check_event(c, turn);
  if (is(word, "order")) return check_order(c);
  if (is(word, "case")) return check_case(c);
  if (is(word, "phase")) return check_phase(c);
  if (is(word, "stored")) {
    (void)snprintf(c->got, sizeof c->got, c->stage->last.stored ? "stored" : "not stored: %s", c->stage->last.trouble.message);
    return c->stage->last.stored;
  }
  return nonsense(c, "there is no such expectation; the README of tests/conversations lists them");
}

/* ---- Playing ---- */

static void report(const lk_script_file *file, const lk_script *script, const lk_step *step, const char *what) {
  (void)fprintf(stderr, "%s:%d: error: %s\n  in \"%.*s\" (line %d)\n", file->path, step->line, what, LK_FMT(script->name),
                script->line);
}

static void explain(lk_stage *stage, const lk_step *said) {
  const lk_turn *turn = &stage->last.turn;
  if (said) (void)fprintf(stderr, "  customer  %.*s\n", (int)(said->text.len > 200 ? 200 : said->text.len), said->text.ptr);
  show_turn(turn, stderr);
  (void)fputs("Why\n", stderr);
  lk_show_why(stage->engine, turn->understanding, &turn->reasons, lk_stage_arena(stage), stderr);
  (void)fputc('\n', stderr);
}

/* True when the step went as the script says. */
static bool play_step(lk_stage *stage, const lk_script_file *file, const lk_script *script, const lk_step *step,
                      const lk_step **said) {
  lk_error err = {0};
  lk_code code;
  if (step->kind == LK_STEP_SAY || step->kind == LK_STEP_TAP) {
    *said = step;
    code = lk_stage_take(stage, step, &err);
  } else if (step->kind == LK_STEP_EXPECT) {
    code = lk_stage_open(stage, &err);
  } else {
    code = lk_stage_set(stage, step, &err);
  }
  if (code) {
    report(file, script, step, err.message);
    if (stage->open) explain(stage, *said);
    return false;
  }
  if (step->kind != LK_STEP_EXPECT) return true;
  check c = {.stage = stage, .step = step};
  bool held = holds(&c);
  if (c.unknown) {
    report(file, script, step, c.got);
    return false;
  }
  if (held != step->negated) return true;
  report(file, script, step, "the reply is not the one expected");
  (void)fprintf(stderr, "  expected  %s%.*s %.*s\n  got       %s\n", step->negated ? "not " : "", LK_FMT(step->word),
                LK_FMT(step->text), c.got);
  explain(stage, *said);
  return false;
}

static void play(test_run *run, const lk_script_file *file, const lk_script *script) {
  lk_stage stage;
  lk_error err = {0};
  const lk_step *said = NULL;
  bool good = lk_stage_begin(&stage, run->engine, run->folder, &err) == LK_OK;
  if (!good) (void)lk_complain("test", &err);
  for (size_t i = 0; good && i < script->count; i++) good = play_step(&stage, file, script, &script->steps[i], &said);
  lk_stage_end(&stage);
  if (good)
    run->passed++;
  else
    run->failed++;
  if (good && run->verbose) (void)printf("passed  %s: %.*s\n", file->path, LK_FMT(script->name));
}

static void play_file(test_run *run, const char *path) {
  lk_arena *arena = lk_arena_new();
  lk_script_file file;
  lk_error err = {.code = LK_ERR_MEMORY, .message = "out of memory; close other programs"};
  if (!arena || lk_script_read(path, arena, &file, &err)) {
    (void)lk_complain("test", &err);
    run->unusable = true;
  } else {
    for (size_t i = 0; i < file.count; i++) play(run, &file, &file.scripts[i]);
  }
  lk_arena_free(arena);
}

static bool is_text(const char *name) {
  size_t length = strlen(name);
  return length > 4 && strcmp(name + length - 4, ".txt") == 0 && strcmp(name, "CMakeLists.txt") != 0;
}

static int may_be_played(const struct dirent *entry) {
  return entry->d_name[0] != '.' && (entry->d_type != DT_REG || is_text(entry->d_name));
}

static void play_path(test_run *run, const char *path, int depth) {
  struct stat about;
  if (stat(path, &about) != 0) {
    (void)fprintf(stderr, "%s: error: cannot be read: %s; check the path\n", path, strerror(errno));
    run->unusable = true;
    return;
  }
  if (!S_ISDIR(about.st_mode)) {
    play_file(run, path);
    return;
  }
  struct dirent **entries = NULL;
  int count = depth < DEPTH_MOST ? scandir(path, &entries, may_be_played, alphasort) : 0;
  for (int i = 0; i < count; i++) {
    char inside[4096];
    if (snprintf(inside, sizeof inside, "%s/%s", path, entries[i]->d_name) < (int)sizeof inside && stat(inside, &about) == 0 &&
        (S_ISDIR(about.st_mode) || is_text(entries[i]->d_name)))
      play_path(run, inside, depth + 1);
    free(entries[i]);
  }
  free(entries);
}

static int play_all(test_run *run, int argc, char **argv) {
  for (int i = 0; i < argc; i++) play_path(run, argv[i], 0);
  if (!run->passed && !run->failed && !run->unusable) {
    (void)fputs("luukku test: error: there are no conversations; name a file, or a folder with *.txt files\n", stderr);
    run->unusable = true;
  }
  (void)printf("%zu passed, %zu failed\n", run->passed, run->failed);
  if (run->unusable) return LK_EXIT_UNUSABLE;
  return run->failed ? LK_EXIT_FOUND : LK_EXIT_GOOD;
}

int lk_command_test(int argc, char **argv) {
  static const struct option names[] = {{"kb", required_argument, NULL, 'k'},
                                        {"verbose", no_argument, NULL, 'v'},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};
  const char *folder = NULL;
  test_run run = {0};
  optind = 0;
  for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    if (option == 'k')
      folder = optarg;
    else if (option == 'v')
      run.verbose = true;
    else if (option == 'h')
      return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
    else
      return LK_EXIT_UNUSABLE;
  }
  if (optind == argc) return lk_misuse("test", "which conversations? name a file or folder");
  char scratch[200];
  lk_error err = {0};
  if (!lk_scratch_make(scratch, sizeof scratch, &err)) return lk_complain("test", &err);
  int status = LK_EXIT_UNUSABLE;
  run.folder = scratch;
  run.engine = lk_tool_engine("test", lk_kb_folder(folder), NULL);
  if (run.engine) status = play_all(&run, argc - optind, argv + optind);
  lk_engine_free(run.engine);
  lk_scratch_remove(scratch);
  return status;
}
