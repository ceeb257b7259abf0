/* luukku chat: a conversation in the terminal, with the means to ask why. */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "recording.h"
#include "script.h"
#include "shop.h"
#include "show.h"

static const char usage[] =
    "Usage: luukku chat [--kb DIR] [--index FILE] [--orders FILE] [--db FILE] [--lang fi|sv|en] [--now TIME]\n"
    "\n"
    "A conversation in the terminal, or with the lines of a pipe. :help lists what a tester can ask.\n"
    "\n"
    "  --kb DIR       the knowledge base (default: $LUUKKU_KB, then the sample shop's)\n"
    "  --index FILE   map this file of luukku index instead of building the index\n"
    "  --orders FILE  the order book (default: a demo order book, made anew each day; :orders lists it)\n"
    "  --db FILE      keeps the conversation (default: $XDG_STATE_HOME/luukku/conversations.db)\n"
    "  --lang L       the customer's language; without it, it is detected\n"
    "  --now TIME     begins at this time, such as \"2026-11-22 12:00\"\n"
    "  --help         this text\n";

static const char commands_help[] =
    ":why              why the bot said what it said: words, terms and weights, rules, thresholds\n"
    ":top N            the N best candidates for the last message\n"
    ":lang fi|sv|en    from now on in this language; auto detects it\n"
    ":orders           the demo orders, each with what proves it\n"
    ":kb ID            an entry of the knowledge base\n"
    ":reset            a new conversation\n"
    ":save FILE        this conversation as a script for luukku test\n"
    ":help, :quit\n"
    "Everything else goes to the bot. A choice is picked by its number or its words.\n";

static const char DEMO_BOOK[] = "demo-orders-";

enum {
  DAY = 86400,
  LINE_MOST = 1 << 20, /* bytes of a line that are read: the bot takes far fewer */
  PATIENCE_MS = 1500,  /* for a locked database: somebody waits at the keyboard */
  FIRST_DEMO_ORDER = 100100,
  LAST_DEMO_ORDER = 100299,
  HISTORY_LINES = 1000,
  NARROW = 40,
  WIDE = 100, /* columns that text is set in */
};

typedef struct chat_options {
  const char *kb, *index, *orders, *db;
  lk_lang lang;
  int64_t now; /* 0: the system's clock */
} chat_options;

typedef struct chat {
  lk_shop shop;
  lk_arena *arena;
  lk_talk_result last;
  bool spoken; /* `last` is a turn */
  lk_lang lang;
  bool demo;     /* the order book is the demo one */
  bool terminal; /* somebody types */
  bool colour;
  bool lost_told; /* that the conversation is not kept */
  int width;
  char state_folder[400], history[512], db[512], orders[512], identity[540];
  char scratch[200]; /* when the state folder cannot be written */
  lk_recording recording;
} chat;

/* ---- Showing ---- */

static const char *style(const chat *c, const char *codes) { return c->colour ? codes : ""; }

static size_t columns(lk_view text) {
  size_t count = 0;
  for (size_t i = 0; i < text.len; i++) count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
  return count;
}

/* Words set in lines of the terminal's width, with a margin below the first line. */
static void print_wrapped(const chat *c, lk_view text, int indent) {
  size_t room = (size_t)(c->width - indent), used = 0;
  for (size_t at = 0; at <= text.len;) {
    size_t end = at;
    while (end < text.len && text.ptr[end] != ' ' && text.ptr[end] != '\n') end++;
    lk_view word = {text.ptr + at, end - at};
    size_t wide = columns(word);
    if (used && used + 1 + wide > room) {
      (void)printf("\n%*s", indent, "");
      used = 0;
    } else if (used) {
      (void)putchar(' ');
      used++;
    }
    (void)fwrite(word.ptr, 1, word.len, stdout);
    used += wide;
    if (end < text.len && text.ptr[end] == '\n') {
      (void)printf("\n%*s", indent, "");
      used = 0;
    }
    at = end + 1;
  }
}

/* Control characters of a message could command the terminal: they do not reach it. */
static void make_printable(char *text) {
  for (char *p = text; *p; p++)
    if ((unsigned char)*p < ' ' && *p != '\n') *p = ' ';
}

static void show_reply(const chat *c, const lk_reply *reply) {
  lk_error err = {0};
  char *text = lk_reply_render(reply, LK_RENDER_TEXT, &err);
  if (!text) {
    (void)lk_complain("chat", &err);
    return;
  }
  make_printable(text);
  size_t length = strlen(text);
  while (length && text[length - 1] == '\n') length--;
  (void)fputs(style(c, "\033[1m"), stdout);
  if (c->terminal)
    print_wrapped(c, (lk_view){text, length}, 0);
  else
    (void)fwrite(text, 1, length, stdout);
  (void)printf("%s\n", style(c, "\033[0m"));
  free(text);
}

static void show_turn(const chat *c, const lk_turn *turn) {
  for (size_t i = 0; i < turn->reply_count; i++) {
    if (i) (void)putchar('\n');
    show_reply(c, &turn->replies[i]);
  }
  for (size_t i = 0; i < turn->choice_count; i++) {
    (void)printf("%s%3zu.%s ", style(c, "\033[36m"), i + 1, style(c, "\033[0m"));
    if (c->terminal)
      print_wrapped(c, turn->choices[i].label, 5);
    else
      (void)fwrite(turn->choices[i].label.ptr, 1, turn->choices[i].label.len, stdout);
    (void)putchar('\n');
  }
  if (turn->act == LK_ACT_SILENT && !turn->reply_count)
    (void)printf("%s(a person has the conversation)%s\n", style(c, "\033[2m"), style(c, "\033[0m"));
  (void)putchar('\n');
  (void)fflush(stdout);
}

/* A database that fails is told about once; the conversation goes on. */
static void tell_lost(chat *c) {
  const lk_talk_result *last = &c->last;
  if (last->stored) {
    if (c->lost_told) (void)fputs("luukku chat: the conversation is kept again\n", stderr);
    c->lost_told = false;
    return;
  }
  if (c->lost_told || !c->shop.talk.store) return;
  c->lost_told = true;
  (void)fprintf(stderr, "luukku chat: warning: the conversation cannot be kept: %s. It goes on without.\n",
                last->trouble.message);
}

/* ---- Turns ---- */

static void begin(chat *c) {
  lk_error err = {0};
  lk_arena_reset(c->arena);
  lk_recording_clear(&c->recording);
  c->spoken = false;
  lk_view nobody = {"", 0};
  if (lk_talk_start(&c->shop.talk, c->lang, nobody, c->shop.conversation, c->arena, &c->last, &err)) {
    (void)lk_complain("chat", &err);
    return;
  }
  lk_recording_begin(&c->recording, lk_shop_now(&c->shop), c->lang, &c->last.turn);
  show_turn(c, &c->last.turn);
  tell_lost(c);
}

static void say(chat *c, lk_view text) {
  lk_error err = {0};
  lk_arena_reset(c->arena);
  lk_view copy = lk_arena_copy(c->arena, text);
  if (!copy.ptr) {
    (void)fputs("luukku chat: error: out of memory; send something shorter\n", stderr);
    return;
  }
  lk_utterance utterance = {.text = copy, .lang = c->lang, .conversation = lk_view_of(c->shop.conversation)};
  if (lk_talk_say(&c->shop.talk, &utterance, (lk_view){"", 0}, c->arena, &c->last, &err)) {
    (void)lk_complain("chat", &err);
    c->last = (lk_talk_result){0};
    c->spoken = false;
    return;
  }
  c->spoken = true;
  lk_recording_turn(&c->recording, lk_shop_now(&c->shop), copy, &c->last.turn);
  show_turn(c, &c->last.turn);
  tell_lost(c);
}

/* ---- Commands ---- */

typedef struct command {
  const char *name;
  void (*run)(chat *c, lk_view rest); /* NULL: quit */
} command;

static void nothing_yet(void) { (void)puts("Nothing was said yet."); }

static void run_why(chat *c, lk_view rest) {
  (void)rest;
  if (!c->spoken) {
    nothing_yet();
    return;
  }
  lk_show_why(c->shop.engine, c->last.turn.understanding, &c->last.turn.reasons, c->arena, stdout);
  (void)printf("Replied\n  act %s", lk_act_name(c->last.turn.act));
  for (size_t i = 0; i < c->last.turn.reply_count; i++) (void)printf(" · %.*s", LK_FMT(c->last.turn.replies[i].id));
  (void)putchar('\n');
}

static void run_top(chat *c, lk_view rest) {
  char text[16] = "10", *end;
  if (rest.len && rest.len < sizeof text) (void)snprintf(text, sizeof text, "%.*s", LK_FMT(rest));
  unsigned long most = strtoul(text, &end, 10);
  if (*end || most < 1 || most > LK_CANDIDATES_MAX || rest.len >= sizeof text)
    (void)printf(":top N, from 1 to %d\n", LK_CANDIDATES_MAX);
  else if (!c->spoken)
    nothing_yet();
  else if (!c->last.turn.understanding)
    (void)puts("The last message was not looked up.");
  else
    lk_show_candidates(c->last.turn.understanding, most, stdout);
}

static void run_lang(chat *c, lk_view rest) {
  lk_lang lang = lk_lang_of(rest);
  if (lang == LK_LANG_NONE && !lk_view_eq(rest, LK_LIT("auto"))) {
    (void)puts(":lang fi, sv, en or auto");
    return;
  }
  c->lang = lang;
  lk_recording_lang(&c->recording, lang);
  (void)printf("Language: %s\n", lang == LK_LANG_NONE ? "detected" : lk_lang_code(lang));
}

static void run_orders(chat *c, lk_view rest) {
  (void)rest;
  if (!c->demo || !c->shop.orders) {
    (void)puts("Only the demo order book is listed; this is another one.");
    return;
  }
  (void)printf("%-8s %-14s %s\n", "order", "state", "proof");
  for (int number = FIRST_DEMO_ORDER; number <= LAST_DEMO_ORDER; number++) {
    char text[16];
    lk_order *order = NULL;
    lk_error err = {0};
    (void)snprintf(text, sizeof text, "%d", number);
    if (lk_orders_find(c->shop.orders, lk_view_of(text), c->arena, &order, &err)) {
      (void)lk_complain("chat", &err);
      return;
    }
    if (!order) continue;
    (void)printf("%-8s %-14s %.*s   %s\n", text, lk_order_state_name(order->state), LK_FMT(order->address.postcode),
                 order->delayed ? "delayed" : "");
  }
}

static void run_reset(chat *c, lk_view rest) {
  (void)rest;
  begin(c);
}

static void run_save(chat *c, lk_view rest) {
  char path[4096];
  if (!rest.len || rest.len >= sizeof path) {
    (void)puts(":save FILE");
    return;
  }
  (void)snprintf(path, sizeof path, "%.*s", LK_FMT(rest));
  if (lk_recording_save(&c->recording, path))
    (void)printf("Saved; luukku test %s plays it.\n", path);
  else
    (void)printf("%s cannot be written: %s\n", path, strerror(errno));
}

static void run_kb(chat *c, lk_view rest) {
  const lk_kb *kb = lk_engine_kb(c->shop.engine);
  lk_lang lang = c->lang != LK_LANG_NONE ? c->lang : c->last.turn.replies ? c->last.turn.lang : LK_LANG_FI;
  const lk_entry *entry = rest.len ? lk_kb_entry(kb, rest, lang) : NULL;
  if (!entry) {
    (void)puts(rest.len ? "There is no such entry. The tabulator key completes ids." : ":kb ID");
    return;
  }
  (void)printf("%s %.*s (%s)   %s:%d\n", lk_entry_kind_name(entry->kind), LK_FMT(entry->id), lk_lang_code(entry->lang),
               entry->file, entry->line);
  for (size_t i = 0; i < entry->phrasing_count; i++) (void)printf("  %s %.*s\n", i ? " " : "?", LK_FMT(entry->phrasings[i].text));
  for (size_t i = 0; i < entry->pattern_count; i++) (void)printf("  ~ %.*s\n", LK_FMT(entry->patterns[i].text));
  for (size_t i = 0; i < entry->slot_count; i++) (void)printf("  slot %.*s\n", LK_FMT(entry->slots[i].name));
  if (entry->action.len) (void)printf("  action %.*s\n", LK_FMT(entry->action));
  for (size_t i = 0; i < entry->answer_count; i++) (void)printf("\n%.*s\n", LK_FMT(entry->answers[i].plain));
  for (size_t i = 0; i < entry->see_count; i++) (void)printf("  see %.*s\n", LK_FMT(entry->see[i]));
}

static void run_help(chat *c, lk_view rest) {
  (void)c, (void)rest;
  (void)fputs(commands_help, stdout);
}

static const command commands[] = {{":why", run_why},       {":top", run_top},   {":lang", run_lang},
                                   {":orders", run_orders}, {":kb", run_kb},     {":reset", run_reset},
                                   {":save", run_save},     {":help", run_help}, {":quit", NULL}};
enum { COMMANDS = sizeof commands / sizeof *commands };

/* ":why" and ":wyh" are for us, ":)" and ":D" for the bot. */
static bool is_command(lk_view line) {
  if (line.len < 3 || line.ptr[0] != ':') return false;
  lk_view rest, word = lk_word_of(line, &rest);
  for (size_t i = 1; i < word.len; i++)
    if (word.ptr[i] < 'a' || word.ptr[i] > 'z') return false;
  return word.len >= 3;
}

/* False: quit. */
static bool run_command(chat *c, lk_view line) {
  lk_view rest, name = lk_word_of(line, &rest);
  for (size_t i = 0; i < COMMANDS; i++) {
    if (!lk_view_eq(name, lk_view_of(commands[i].name))) continue;
    if (!commands[i].run) return false;
    commands[i].run(c, rest);
    (void)fflush(stdout);
    return true;
  }
  (void)printf("There is no %.*s; :help lists what there is.\n", LK_FMT(name));
  return true;
}

static bool take_line(chat *c, lk_view line) {
  if (is_command(line)) return run_command(c, line);
  say(c, line);
  return true;
}

/* ---- Lines from a pipe ---- */

/* One line without its end, in `line`; what is beyond LINE_MOST is passed over. False at the end of input. */
static bool read_plain(char *line, size_t *length) {
  int byte;
  *length = 0;
  while ((byte = getc(stdin)) != EOF && byte != '\n')
    if (*length < LINE_MOST) line[(*length)++] = (char)byte;
  if (*length && line[*length - 1] == '\r') (*length)--;
  return byte != EOF || *length;
}

static void talk_with_pipe(chat *c) {
  char *line = malloc(LINE_MOST);
  size_t length;
  while (line && read_plain(line, &length) && take_line(c, (lk_view){line, length})) continue;
  free(line);
}

/* ---- Lines from a terminal ---- */

/* Readline's hooks carry no context: these three serve them, and nothing else. */
static const lk_kb *completed_kb;
static volatile sig_atomic_t interrupted;

static char *complete_command(const char *text, int again) {
  static size_t at;
  if (!again) at = 0;
  while (at < COMMANDS) {
    const char *name = commands[at++].name;
    if (strncmp(name, text, strlen(text)) == 0) return strdup(name);
  }
  return NULL;
}

static char *complete_entry(const char *text, int again) {
  static size_t at;
  if (!again) at = 0;
  size_t count;
  const lk_entry *entries = lk_kb_entries(completed_kb, LK_LANG_FI, &count);
  while (at < count) {
    lk_view id = entries[at++].id;
    if (strncmp(id.ptr, text, strlen(text)) == 0) return strdup(id.ptr);
  }
  return NULL;
}

static char **complete(const char *text, int start, int end) {
  (void)end;
  rl_attempted_completion_over = 1;
  if (start == 0 && *text == ':') return rl_completion_matches(text, complete_command);
  if (strncmp(rl_line_buffer, ":kb ", 4) == 0) return rl_completion_matches(text, complete_entry);
  if (strncmp(rl_line_buffer, ":save ", 6) == 0) rl_attempted_completion_over = 0;
  return NULL;
}

static void note_interrupt(int signal) {
  (void)signal;
  interrupted = 1;
}

static int clear_line(void) {
  if (!interrupted) return 0;
  interrupted = 0;
  rl_free_line_state();
  rl_crlf();
  rl_on_new_line();
  rl_replace_line("", 1);
  rl_redisplay();
  return 0;
}

static void prepare_terminal(chat *c) {
  struct sigaction action = {.sa_handler = note_interrupt};
  (void)sigemptyset(&action.sa_mask);
  (void)sigaction(SIGINT, &action, NULL);
  completed_kb = lk_engine_kb(c->shop.engine);
  rl_readline_name = "luukku";
  rl_attempted_completion_function = complete;
  rl_basic_word_break_characters = " \t\n";
  rl_completer_word_break_characters = " \t\n";
  rl_signal_event_hook = clear_line;
  using_history();
  stifle_history(HISTORY_LINES);
  if (*c->history) (void)read_history(c->history);
}

static void talk_with_terminal(chat *c) {
  prepare_terminal(c);
  for (char *line; (line = readline("> ")) != NULL;) {
    if (*line) add_history(line);
    bool go_on = take_line(c, lk_view_of(line));
    free(line);
    interrupted = 0;
    if (!go_on) break;
  }
  if (*c->history) (void)write_history(c->history);
  if (*c->history) (void)chmod(c->history, S_IRUSR | S_IWUSR);
}

/* ---- Places ---- */

static bool make_folders(char *path) {
  for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
    if (slash) *slash = '\0';
    bool good = mkdir(path, S_IRWXU) == 0 || errno == EEXIST;
    if (slash) *slash = '/';
    if (!good) return false;
    if (!slash) return access(path, W_OK) == 0;
  }
}

/* $XDG_STATE_HOME/luukku, made when it is missing; "" when it cannot be used. */
static void find_state_folder(chat *c) {
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  if (state && *state == '/')
    (void)snprintf(c->state_folder, sizeof c->state_folder, "%s/luukku", state);
  else if (home && *home)
    (void)snprintf(c->state_folder, sizeof c->state_folder, "%s/.local/state/luukku", home);
  if (*c->state_folder && !make_folders(c->state_folder)) {
    (void)fprintf(stderr, "luukku chat: warning: %s cannot be written: %s; set XDG_STATE_HOME\n", c->state_folder,
                  strerror(errno));
    *c->state_folder = '\0';
  }
  if (*c->state_folder) (void)snprintf(c->history, sizeof c->history, "%s/history", c->state_folder);
}

/* The books of earlier days; one that a running program still has open goes on living for it. */
static void remove_old_books(const char *folder, const char *current) {
  DIR *dir = opendir(folder);
  for (struct dirent *entry; dir && (entry = readdir(dir));) {
    char path[1024];
    struct stat about;
    if (strncmp(entry->d_name, DEMO_BOOK, sizeof DEMO_BOOK - 1) != 0 || strncmp(entry->d_name, current, strlen(current)) == 0)
      continue;
    if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < (int)sizeof path && stat(path, &about) == 0 &&
        about.st_mtime < time(NULL) - DAY)
      (void)unlink(path);
  }
  if (dir) (void)closedir(dir);
}

/* Demo orders look stale after a day: there is a book for each. */
static void find_demo_orders(chat *c, const char *folder) {
  lk_error err = {0};
  int64_t now = lk_shop_now(&c->shop);
  lk_local_time today = lk_local_time_of(now);
  char name[64];
  (void)snprintf(name, sizeof name, "%s%04d-%02d-%02d.db", DEMO_BOOK, today.date.year, today.date.month, today.date.day);
  (void)snprintf(c->orders, sizeof c->orders, "%s/%s", folder, name);
  remove_old_books(folder, name);
  lk_code code = access(c->orders, R_OK) == 0 ? LK_OK : lk_orders_create(c->orders, true, now, false, &err);
  if (code && code != LK_ERR_STATE) {
    (void)fprintf(stderr, "luukku chat: warning: there is no demo order book: %s\n", err.message);
    c->orders[0] = '\0';
  }
  c->demo = c->orders[0] != '\0';
}

static void find_places(chat *c, const chat_options *options) {
  lk_error err = {0};
  find_state_folder(c);
  const char *folder = c->state_folder;
  if (!*folder && lk_scratch_make(c->scratch, sizeof c->scratch, &err)) folder = c->scratch;
  if (options->db)
    (void)snprintf(c->db, sizeof c->db, "%s", options->db);
  else if (*folder)
    (void)snprintf(c->db, sizeof c->db, "%s/conversations.db", folder);
  if (options->orders)
    (void)snprintf(c->orders, sizeof c->orders, "%s", options->orders);
  else if (*folder)
    find_demo_orders(c, folder);
  bool kept = *c->db && strcmp(c->db, ":memory:") != 0;
  (void)snprintf(c->identity, sizeof c->identity, "%s%s", kept ? c->db : ":memory:", kept ? ".identity" : "");
}

static void tell_trouble(void *context, const char *what, const lk_error *err) {
  (void)context;
  (void)fprintf(stderr, "luukku chat: warning: %s: %s%s%s. The conversation goes on without.\n", what, err->file,
                err->file[0] ? ": " : "", err->message);
}

/* ---- The command ---- */

/* -1 to go on, or an exit status. */
static int read_options(int argc, char **argv, chat_options *out) {
  static const struct option names[] = {{"kb", required_argument, NULL, 'k'},     {"index", required_argument, NULL, 'i'},
                                        {"orders", required_argument, NULL, 'o'}, {"db", required_argument, NULL, 'd'},
                                        {"lang", required_argument, NULL, 'l'},   {"now", required_argument, NULL, 'n'},
                                        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0}};
  *out = (chat_options){.lang = LK_LANG_NONE};
  optind = 0;
  for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    switch (option) {
      case 'i':
        out->index = optarg;
        break;
      case 'k':
        out->kb = optarg;
        break;
      case 'o':
        out->orders = optarg;
        break;
      case 'd':
        out->db = optarg;
        break;
      case 'l':
        if (!lk_tool_lang("chat", optarg, &out->lang)) return LK_EXIT_UNUSABLE;
        break;
      case 'n':
        if (!lk_moment_parse(lk_view_of(optarg), &out->now))
          return lk_misuse("chat", "--now is a time such as \"2026-11-22 12:00\", not '%s'", optarg);
        break;
      case 'h':
        return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
      default:
        return LK_EXIT_UNUSABLE;
    }
  }
  return optind < argc ? lk_misuse("chat", "'%s' is a word too many", argv[optind]) : -1;
}

static void look_at_terminal(chat *c) {
  struct winsize size;
  const char *terminal = getenv("TERM"), *plain = getenv("NO_COLOR");
  c->terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
  c->colour = c->terminal && terminal && *terminal && strcmp(terminal, "dumb") != 0 && !(plain && *plain);
  c->width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  if (c->width < NARROW) c->width = NARROW;
  if (c->width > WIDE) c->width = WIDE;
}

static int talk(chat *c, lk_engine *engine) {
  lk_error err = {0};
  lk_shop_places places = {.store = *c->db ? c->db : NULL,
                           .orders = *c->orders ? c->orders : NULL,
                           .identity = c->identity,
                           .patience_ms = PATIENCE_MS,
                           .channel = "repl"};
  if (lk_shop_open(&c->shop, engine, &places, tell_trouble, NULL, &err)) return lk_complain("chat", &err);
  if (c->terminal)
    (void)printf("%s:help lists what a tester can ask; Ctrl-D ends.%s\n\n", style(c, "\033[2m"), style(c, "\033[0m"));
  begin(c);
  if (c->terminal)
    talk_with_terminal(c);
  else
    talk_with_pipe(c);
  return LK_EXIT_GOOD;
}

int lk_command_chat(int argc, char **argv) {
  chat_options options;
  int status = read_options(argc, argv, &options);
  if (status >= 0) return status;
  chat c = {.arena = lk_arena_new(), .lang = options.lang};
  if (options.now) c.shop.clock.offset = options.now - (int64_t)time(NULL);
  look_at_terminal(&c);
  lk_engine_options engine_options = {.index = options.index};
  lk_engine *engine = c.arena ? lk_tool_engine("chat", lk_kb_folder(options.kb), &engine_options) : NULL;
  status = LK_EXIT_UNUSABLE;
  if (engine) {
    find_places(&c, &options);
    status = talk(&c, engine);
    lk_shop_close(&c.shop);
    if (*c.scratch) lk_scratch_remove(c.scratch);
  }
  lk_recording_clear(&c.recording);
  lk_engine_free(engine);
  lk_arena_free(c.arena);
  return status;
}
