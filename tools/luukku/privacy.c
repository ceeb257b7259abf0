/* luukku privacy: what is kept about a customer, given out or deleted; and deletion after the retention time. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "luukku/calendar.h"
#include "luukku/store.h"
#include "tool.h"

static const char usage[] =
    "Usage: luukku privacy purge  --db FILE [--older-than DAYS] [--kb DIR] [--dry-run] [--json]\n"
    "       luukku privacy export --db FILE WHO [-o FILE]\n"
    "       luukku privacy erase  --db FILE WHO [--dry-run] [--json]\n"
    "\n"
    "purge deletes transcripts that are past their time; figures stay. export writes everything that is kept about one customer "
    "as one JSON\n"
    "value: {exported, conversations: [{id, messages, events, cases …}]}. erase deletes it for good, also from the database's "
    "free pages and\n"
    "its write-ahead log. Orders are the shop's own: they are neither given out nor deleted here.\n"
    "\n"
    "  --db FILE            the conversations (the store of luukku serve); it may be running\n"
    "  --older-than DAYS    days since the last message (default: the policy's retention-days)\n"
    "  --kb DIR             the knowledge base whose policy holds (default: $LUUKKU_KB, then the sample shop's)\n"
    "  --dry-run            delete nothing; say what would be\n"
    "  -o, --output FILE    export: write to this file, readable by its owner only, instead of standard output\n"
    "  --json               one JSON value on standard output: {conversations: [{id, started, changed, channel, turns}], "
    "deleted}\n"
    "  --help               this text\n"
    "\n"
    "WHO is one or more of these; a conversation that fits any of them is the customer's:\n"
    "  --conversation ID    one conversation\n"
    "  --customer KEY       the shop's key of a customer who was logged in\n"
    "  --email ADDRESS      it stands in the customer's own messages, or was left for an answer\n"
    "  --phone NUMBER       likewise, however it is written\n"
    "  --order NUMBER       likewise, or was proved to be the customer's\n"
    "\n"
    "Exit status: 0 done, 1 nothing is kept about this customer, 2 wrong usage or the database can't be used.\n";

typedef struct privacy_options {
  const char *db, *kb, *output;
  const char *conversation, *customer, *email, *phone, *order;
  long days; /* -1: the policy's */
  bool dry_run, json;
} privacy_options;

typedef struct id_list {
  lk_view *items;
  size_t count, cap;
} id_list;

typedef struct desk_of_data {
  const privacy_options *options;
  lk_store *store;
  lk_arena *arena; /* ids and results */
  id_list found;
  bool memory;
} desk_of_data;

/* ---- Options ---- */

static bool read_days(const char *text, long *out) {
  char *end;
  *out = strtol(text, &end, 10);
  return isdigit((unsigned char)*text) && !*end && *out <= 36500;
}

/* -1 to go on, or an exit status. */
static int read_option(int option, privacy_options *out) {
  const char **texts[] = {['d'] = &out->db,       ['k'] = &out->kb,    ['o'] = &out->output, ['c'] = &out->conversation,
                          ['u'] = &out->customer, ['e'] = &out->email, ['p'] = &out->phone,  ['n'] = &out->order};
  if (option == 'h') return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
  if (option == 'a') return read_days(optarg, &out->days) ? -1 : lk_misuse("privacy", "--older-than is a number of days");
  if (option == 'y') out->dry_run = true;
  if (option == 'j') out->json = true;
  if (option == 'y' || option == 'j') return -1;
  if (option == '?' || option < 0 || (size_t)option >= sizeof texts / sizeof *texts || !texts[option]) return LK_EXIT_UNUSABLE;
  if (!*optarg) return lk_misuse("privacy", "an option has an empty value");
  *texts[option] = optarg;
  return -1;
}

static int read_options(int argc, char **argv, privacy_options *out) {
  static const struct option names[] = {{"db", required_argument, NULL, 'd'},
                                        {"kb", required_argument, NULL, 'k'},
                                        {"output", required_argument, NULL, 'o'},
                                        {"older-than", required_argument, NULL, 'a'},
                                        {"dry-run", no_argument, NULL, 'y'},
                                        {"json", no_argument, NULL, 'j'},
                                        {"conversation", required_argument, NULL, 'c'},
                                        {"customer", required_argument, NULL, 'u'},
                                        {"email", required_argument, NULL, 'e'},
                                        {"phone", required_argument, NULL, 'p'},
                                        {"order", required_argument, NULL, 'n'},
                                        {"help", no_argument, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};
  optind = 0; /* start anew: the program's own options were read before */
  for (int option, status; (option = getopt_long(argc, argv, "o:", names, NULL)) != -1;)
    if ((status = read_option(option, out)) >= 0) return status;
  if (optind < argc) return lk_misuse("privacy", "unexpected argument '%s'", argv[optind]);
  return out->db ? -1 : lk_misuse("privacy", "name the database with --db FILE");
}

/* A word that stands in everybody's messages would erase everybody's: what cannot be meant is not looked for. */
static bool is_address(const char *text) {
  const char *at = strchr(text, '@');
  return at && at > text && strchr(at, '.') && at[1] != '.' && !strchr(text, ' ');
}

static bool names_somebody(const privacy_options *o) {
  return o->conversation || o->customer || o->email || o->phone || o->order;
}

/* ---- Whose is it? ---- */

static bool push(desk_of_data *d, lk_view id) {
  for (size_t i = 0; i < d->found.count; i++)
    if (lk_view_eq(d->found.items[i], id)) return true;
  if (d->found.count == d->found.cap) {
    size_t cap = d->found.cap ? d->found.cap * 2 : 64;
    lk_view *grown = realloc(d->found.items, cap * sizeof *grown);
    if (!grown) return !(d->memory = true);
    d->found.items = grown;
    d->found.cap = cap;
  }
  d->found.items[d->found.count++] = id;
  return true;
}

enum { PHONE = 24, SHORTEST = 6 }; /* digits of a telephone number, and of the shortest that is one */

static bool is_in_number(char c) { return c >= '0' && c <= '9'; }

/* Is the word in the text, not as a part of a longer one? Capitals don't matter. */
static bool has_word(lk_view text, const char *word) {
  size_t len = strlen(word);
  for (size_t i = 0; i + len <= text.len; i++) {
    if (strncasecmp(text.ptr + i, word, len) != 0) continue;
    bool before = i && (isalnum((unsigned char)text.ptr[i - 1]) || strchr("._%+-", text.ptr[i - 1]));
    bool after = i + len < text.len && (isalnum((unsigned char)text.ptr[i + len]) || text.ptr[i + len] == '@');
    if (!before && !after) return true;
  }
  return false;
}

/* A number's digits as they are dialled in Finland: +358 40 123 → 040123, (09) 12-3 → 09123. Stops where the number does. */
static size_t dialled(lk_view text, size_t *at, char out[PHONE]) {
  size_t digits = 0;
  memset(out, 0, PHONE);
  bool country = text.ptr[*at] == '+' || (text.len - *at > 4 && memcmp(text.ptr + *at, "00358", 5) == 0);
  for (; *at < text.len && digits < PHONE - 1; ++*at) {
    char c = text.ptr[*at];
    if (is_in_number(c))
      out[digits++] = c;
    else if (!strchr(" -()+./", c) || (c == '+' && digits))
      break;
  }
  out[digits] = '\0';
  size_t skip = !country ? 0 : strncmp(out, "00358", 5) == 0 ? 5 : strncmp(out, "358", 3) == 0 ? 3 : 0;
  if (!skip) return digits;
  size_t rest = skip + (out[skip] == '0'); /* +358 (0)40 */
  memmove(out + 1, out + rest, digits - rest + 1);
  out[0] = '0';
  return digits - rest + 1;
}

static bool has_phone(lk_view text, const char *phone) {
  char wanted[PHONE], found[PHONE];
  size_t at = 0;
  lk_view number = lk_view_of(phone);
  if (dialled(number, &at, wanted) < SHORTEST) return false;
  /* From each group of digits on: numbers that follow one another are more digits than one number has. */
  for (size_t from = 0; from < text.len; from++) {
    char c = text.ptr[from];
    bool begins = c == '+' || c == '(' || (is_in_number(c) && (!from || !is_in_number(text.ptr[from - 1])));
    at = from;
    if (begins && dialled(text, &at, found) && strstr(found, wanted)) return true;
  }
  return false;
}

static bool fits(const privacy_options *o, lk_view text) {
  return (o->email && has_word(text, o->email)) || (o->order && has_word(text, o->order)) ||
         (o->phone && has_phone(text, o->phone));
}

static lk_code search_conversation(desk_of_data *d, lk_view id, lk_arena *arena, bool *found, lk_error *err) {
  lk_said *messages;
  lk_case *cases = NULL;
  size_t count, case_count = 0;
  lk_code code = lk_store_messages(d->store, id, 0, arena, &messages, &count, err);
  for (size_t i = 0; !code && i < count && !*found; i++)
    *found = messages[i].author != LK_AUTHOR_BOT && fits(d->options, messages[i].text);
  if (!code) code = lk_store_cases_of(d->store, id, arena, &cases, &case_count, err);
  for (size_t i = 0; !code && i < case_count && !*found; i++)
    *found = fits(d->options, cases[i].contact) || fits(d->options, cases[i].order) || fits(d->options, cases[i].subject);
  return code;
}

/* ---- All conversations ---- */

typedef struct all_ids {
  desk_of_data *d;
  id_list list;
} all_ids;

static bool note_start(void *self, const lk_event *event) {
  all_ids *all = self;
  if (event->conversation.len && event->conversation.ptr[0] == '#') return true; /* purged or erased */
  if (all->list.count == all->list.cap) {
    size_t cap = all->list.cap ? all->list.cap * 2 : 256;
    lk_view *grown = realloc(all->list.items, cap * sizeof *grown);
    if (!grown) return !(all->d->memory = true);
    all->list.items = grown;
    all->list.cap = cap;
  }
  lk_view copy = lk_arena_copy(all->d->arena, event->conversation);
  if (!copy.ptr) return !(all->d->memory = true);
  all->list.items[all->list.count++] = copy;
  return true;
}

/* Calls `visit` for each conversation that is kept. */
static lk_code each_conversation(desk_of_data *d,
                                 lk_code (*visit)(desk_of_data *, const lk_conversation *, lk_arena *, lk_error *),
                                 lk_error *err) {
  static const lk_event_type starts[] = {LK_EVENT_CONVERSATION_STARTED};
  all_ids all = {.d = d};
  lk_arena *scratch = lk_arena_new();
  lk_code code = scratch
                     ? lk_store_events(d->store, &(lk_event_filter){.conversation = {"", 0}, .types = starts, .type_count = 1},
                                       note_start, &all, err)
                     : LK_ERR_MEMORY;
  for (size_t i = 0; !code && !d->memory && i < all.list.count; i++) {
    lk_conversation conversation;
    lk_arena_reset(scratch);
    code = lk_store_conversation(d->store, all.list.items[i], scratch, &conversation, err);
    if (code == LK_ERR_MISSING) { /* purged meanwhile */
      code = LK_OK;
      continue;
    }
    conversation.id = all.list.items[i];
    if (!code) code = visit(d, &conversation, scratch, err);
  }
  lk_arena_free(scratch);
  free(all.list.items);
  return d->memory ? LK_ERR_MEMORY : code;
}

static lk_code visit_for_customer(desk_of_data *d, const lk_conversation *c, lk_arena *scratch, lk_error *err) {
  const privacy_options *o = d->options;
  bool found = o->customer && lk_view_eq(c->customer, lk_view_of(o->customer));
  lk_code code = found ? LK_OK : search_conversation(d, c->id, scratch, &found, err);
  if (found && !code) (void)push(d, c->id);
  return code;
}

static lk_code find_customer(desk_of_data *d, lk_error *err) {
  const privacy_options *o = d->options;
  lk_conversation one;
  lk_code code = LK_OK;
  if (o->conversation) {
    code = lk_store_conversation(d->store, lk_view_of(o->conversation), d->arena, &one, err);
    if (!code) (void)push(d, one.id);
    if (code == LK_ERR_MISSING) code = LK_OK;
  }
  if (!code && (o->customer || o->email || o->phone || o->order)) code = each_conversation(d, visit_for_customer, err);
  return code;
}

/* ---- What comes out ---- */

static void print_time(char out[20], int64_t moment) {
  lk_local_time t = lk_local_time_of(moment);
  (void)snprintf(out, 20, "%04d-%02d-%02d %02d:%02d", t.date.year, t.date.month, t.date.day, t.hour, t.minute);
}

static lk_code list_found(const desk_of_data *d, json_t *list, lk_error *err) {
  for (size_t i = 0; i < d->found.count; i++) {
    lk_conversation c;
    char started[20];
    lk_code code = lk_store_conversation(d->store, d->found.items[i], d->arena, &c, err);
    if (code) return code;
    print_time(started, c.started);
    if (d->options->json)
      (void)json_array_append_new(
          list, json_pack("{s:o, s:I, s:I, s:o, s:I}", "id", lk_json_text(c.id), "started", (json_int_t)c.started, "changed",
                          (json_int_t)c.changed, "channel", lk_json_text(c.channel), "turns", (json_int_t)c.turns));
    else
      (void)printf("%.*s  %s  %-8.*s %u turn%s\n", LK_FMT(c.id), started, LK_FMT(c.channel), c.turns, c.turns == 1 ? "" : "s");
  }
  return LK_OK;
}

static int finish(const desk_of_data *d, json_t *list, size_t deleted, const char *verb) {
  bool failed = false;
  if (d->options->json) {
    json_t *all = json_pack("{s:O, s:I}", "conversations", list, "deleted", (json_int_t)deleted);
    failed = !all || json_dumpf(all, stdout, JSON_INDENT(1)) || puts("") == EOF;
    json_decref(all);
  } else if (d->options->dry_run) {
    (void)printf("%zu conversation%s would be %s; nothing was\n", d->found.count, d->found.count == 1 ? "" : "s", verb);
  } else {
    (void)printf("%zu conversation%s %s\n", deleted, deleted == 1 ? "" : "s", verb);
  }
  return failed ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
}

/* ---- export ---- */

static lk_code write_export(desk_of_data *d, FILE *out, lk_error *err) {
  lk_code code = LK_OK;
  (void)fprintf(out, "{\"exported\":%lld,\"conversations\":[", (long long)time(NULL));
  for (size_t i = 0; !code && i < d->found.count; i++) {
    lk_view json;
    code = lk_store_export(d->store, d->found.items[i], d->arena, &json, err);
    if (!code) (void)fprintf(out, "%s%.*s", i ? ",\n" : "\n", LK_FMT(json));
  }
  if (!code) (void)fputs("\n]}\n", out);
  return code;
}

static int export_customer(desk_of_data *d) {
  lk_error err = {0};
  const char *path = d->options->output;
  FILE *out = stdout;
  if (find_customer(d, &err)) return lk_complain("privacy", &err);
  if (!d->found.count) {
    (void)fputs("luukku privacy: nothing is kept about this customer\n", stderr);
    return LK_EXIT_FOUND;
  }
  mode_t mask = umask(077);
  if (path) out = fopen(path, "wx");
  (void)umask(mask);
  if (!out) {
    (void)fprintf(stderr, "%s: error: it can't be made: %s; name a file that is not there yet\n", path, strerror(errno));
    return LK_EXIT_UNUSABLE;
  }
  lk_code code = write_export(d, out, &err);
  bool failed = ferror(out);
  failed = (path ? fclose(out) : fflush(out)) || failed;
  if (path && (code || failed)) (void)unlink(path); /* half of it would pass for all of it */
  if (code) return lk_complain("privacy", &err);
  if (failed)
    (void)fprintf(stderr, "luukku privacy: error: the export can't be written: %s; see whether the disk is full\n",
                  strerror(errno));
  if (!failed) (void)fprintf(stderr, "%zu conversation%s exported\n", d->found.count, d->found.count == 1 ? "" : "s");
  return failed ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
}

/* ---- erase ---- */

/* A store that somebody reads keeps the deleted text in its log for a while: that is told, but holds nothing up. */
static lk_code erase_found(const desk_of_data *d, size_t *deleted, lk_error *err) {
  lk_code first = LK_OK;
  for (size_t i = 0; i < d->found.count && (!first || first == LK_ERR_BUSY); i++) {
    lk_error own = {0};
    lk_code code = lk_store_erase(d->store, d->found.items[i], &own);
    *deleted += !code;
    if (!code || (first && code == LK_ERR_BUSY)) continue;
    first = code;
    *err = own;
  }
  return first;
}

static int erase_customer(desk_of_data *d) {
  lk_error err = {0};
  json_t *list = json_array();
  size_t deleted = 0;
  lk_code code = find_customer(d, &err);
  if (!code && !d->found.count) (void)fputs("luukku privacy: nothing is kept about this customer\n", stderr);
  if (!code) code = list_found(d, list, &err);
  if (!code && !d->options->dry_run) code = erase_found(d, &deleted, &err);
  int status = code ? lk_complain("privacy", &err) : finish(d, list, deleted, "erased");
  json_decref(list);
  return status ? status : d->found.count ? LK_EXIT_GOOD : LK_EXIT_FOUND;
}

/* ---- purge ---- */

static int read_policy(const privacy_options *o, long *days) {
  lk_error err = {0};
  lk_kb *kb = lk_kb_load(lk_kb_folder(o->kb), NULL, &err);
  if (!kb) return lk_complain("privacy", &err);
  *days = (long)lk_kb_policy(kb, "retention-days");
  lk_kb_free(kb);
  return LK_EXIT_GOOD;
}

static lk_code visit_for_purge(desk_of_data *d, const lk_conversation *c, lk_arena *scratch, lk_error *err) {
  (void)scratch, (void)err;
  int64_t moment = (int64_t)time(NULL) - d->options->days * 24 * 60 * 60;
  if (c->changed < moment && !c->open_case) (void)push(d, c->id);
  return LK_OK;
}

static int purge(desk_of_data *d) {
  lk_error err = {0};
  size_t deleted = 0;
  json_t *list = json_array();
  lk_code code = LK_OK;
  if (d->options->dry_run) {
    code = each_conversation(d, visit_for_purge, &err);
    if (!code) code = list_found(d, list, &err);
  } else {
    code = lk_store_purge(d->store, (int64_t)time(NULL) - d->options->days * 24 * 60 * 60, &deleted, &err);
  }
  char verb[64];
  (void)snprintf(verb, sizeof verb, "older than %ld day%s purged", d->options->days, d->options->days == 1 ? "" : "s");
  if (d->options->dry_run)
    (void)snprintf(verb, sizeof verb, "purged (older than %ld day%s)", d->options->days, d->options->days == 1 ? "" : "s");
  int status = code ? lk_complain("privacy", &err) : finish(d, list, deleted, verb);
  json_decref(list);
  return status;
}

/* ---- The command ---- */

static int run(const privacy_options *o, bool reads, int (*command)(desk_of_data *)) {
  lk_error err = {0};
  if (access(o->db, F_OK) != 0) { /* opening would make it */
    (void)fprintf(stderr, "%s: error: there is no such database; name the one of luukku serve\n", o->db);
    return LK_EXIT_UNUSABLE;
  }
  lk_store_options options = {.read_only = reads};
  desk_of_data d = {.options = o, .arena = lk_arena_new(), .store = lk_store_open(o->db, &options, &err)};
  int status = !d.store ? lk_complain("privacy", &err) : !d.arena ? lk_misuse("privacy", "out of memory") : command(&d);
  if (d.store) lk_store_close(d.store);
  lk_arena_free(d.arena);
  free(d.found.items);
  return status;
}

int lk_command_privacy(int argc, char **argv) {
  const char *verb = argc > 1 ? argv[1] : "";
  privacy_options options = {.days = -1};
  if (strcmp(verb, "--help") == 0) return fputs(usage, stdout) == EOF ? LK_EXIT_UNUSABLE : LK_EXIT_GOOD;
  bool purges = strcmp(verb, "purge") == 0, exports = strcmp(verb, "export") == 0, erases = strcmp(verb, "erase") == 0;
  if (!purges && !exports && !erases) return lk_misuse("privacy", "say what to do: purge, export or erase");
  int status = read_options(argc - 1, argv + 1, &options);
  if (status >= 0) return status;
  if (!purges && !names_somebody(&options))
    return lk_misuse("privacy", "say whose data: --conversation, --customer, --email, --phone or --order");
  if (options.phone && !has_phone(lk_view_of(options.phone), options.phone))
    return lk_misuse("privacy", "'%s' is no telephone number", options.phone);
  if (options.email && !is_address(options.email)) return lk_misuse("privacy", "'%s' is no e-mail address", options.email);
  if (options.order && !strpbrk(options.order, "0123456789"))
    return lk_misuse("privacy", "'%s' is no order number", options.order);
  if (purges && names_somebody(&options))
    return lk_misuse("privacy", "purge takes conversations by their age alone; use erase for a customer's");
  if (purges && options.days < 0 && (status = read_policy(&options, &options.days)) != LK_EXIT_GOOD) return status;
  return run(&options, exports || options.dry_run, purges ? purge : exports ? export_customer : erase_customer);
}
