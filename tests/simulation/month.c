/* A month at a shop that does not exist: some thousand customers talk to the real engine, store and desk, at the times of day and in the proportions that shops know. What
 * they ask are questions with gold labels, so that they know a right answer; what was really meant is written to a file of its own, for the judges of what is learnt from it.
 * See README.md. */
#include <errno.h>
#include <getopt.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tool.h"
#include "world.h"

static const char usage[] =
    "Usage: simulate_month --kb DIR --db FILE --truth FILE --questions F.tsv [--questions …] [OPTION …]\n"
    "\n"
    "  --kb DIR             the shop's knowledge base\n"
    "  --agents-know DIR    a knowledge base whose articles the agents know, also where the shop's own lacks them\n"
    "  --db FILE            the conversations; must not exist yet\n"
    "  --truth FILE         what was asked: conversation, question, label, also, language and text, separated by tabs\n"
    "  --questions F.tsv    what customers ask, as for luukku eval; its name says its language (…_fi.tsv)\n"
    "  --conversations N    how many (4000)\n"
    "  --from YYYY-MM-DD    first day (2026-10-01)\n"
    "  --days N             (31)\n"
    "  --seed N             (1)\n";

typedef struct month_options {
  const char *kb, *known, *db, *truth;
  const char *questions[LK_GOLD_FILES];
  size_t question_files, conversations;
  lk_date from;
  int days;
  uint64_t seed;
} month_options;

/* ---- Options ---- */

static bool read_count(const char *text, size_t most, size_t *out) {
  char *end;
  errno = 0;
  unsigned long value = strtoul(text, &end, 10);
  *out = value;
  return !errno && *text >= '0' && *text <= '9' && !*end && value >= 1 && value <= most;
}

static bool take_option(int option, const char *value, month_options *out) {
  size_t number = 0;
  bool fine = true;
  switch (option) {
    case 'k':
      out->kb = value;
      break;
    case 'a':
      out->known = value;
      break;
    case 'd':
      out->db = value;
      break;
    case 't':
      out->truth = value;
      break;
    case 'q':
      fine = out->question_files < LK_GOLD_FILES;
      if (fine) out->questions[out->question_files++] = value;
      break;
    case 'n':
      fine = read_count(value, 1000000, &out->conversations);
      break;
    case 'f':
      fine = lk_date_parse(lk_view_of(value), &out->from);
      break;
    case 'D':
      fine = read_count(value, 366, &number);
      out->days = (int)number;
      break;
    case 's':
      fine = read_count(value, UINT32_MAX, &number);
      out->seed = number;
      break;
    default:
      fine = false;
  }
  return fine;
}

static bool read_options(int argc, char **argv, month_options *out) {
  static const struct option names[] = {
      {"kb", required_argument, NULL, 'k'},        {"agents-know", required_argument, NULL, 'a'},
      {"db", required_argument, NULL, 'd'},        {"truth", required_argument, NULL, 't'},
      {"questions", required_argument, NULL, 'q'}, {"conversations", required_argument, NULL, 'n'},
      {"from", required_argument, NULL, 'f'},      {"days", required_argument, NULL, 'D'},
      {"seed", required_argument, NULL, 's'},      {NULL, 0, NULL, 0}};
  *out = (month_options){.conversations = 4000, .from = {2026, 10, 1}, .days = 31, .seed = 1};
  for (int option; (option = getopt_long(argc, argv, "", names, NULL)) != -1;)
    if (!take_option(option, optarg, out)) return false;
  return out->kb && out->db && out->truth && out->question_files && optind == argc;
}

/* ---- Opening ---- */

static bool read_orders(lk_world *w, const char *path) {
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  bool fine = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, "SELECT number, email, postcode FROM orders WHERE state <> 'cancelled' ORDER BY number", -1,
                                 &stmt, NULL) == SQLITE_OK;
  while (fine && w->order_count < LK_ORDERS_MOST && sqlite3_step(stmt) == SQLITE_ROW) {
    lk_demo_order *order = &w->orders[w->order_count++];
    (void)snprintf(order->number, sizeof order->number, "%s", (const char *)sqlite3_column_text(stmt, 0));
    (void)snprintf(order->email, sizeof order->email, "%s", (const char *)sqlite3_column_text(stmt, 1));
    (void)snprintf(order->postcode, sizeof order->postcode, "%s", (const char *)sqlite3_column_text(stmt, 2));
  }
  (void)sqlite3_finalize(stmt);
  (void)sqlite3_close(db);
  return fine && w->order_count;
}

static void complain_of(void *context, const char *what, const lk_error *err) {
  lk_error *kept = context;
  *kept = *err;
  (void)fprintf(stderr, "simulate_month: %s: %s\n", what, err->message);
}

static bool open_world(lk_world *w, const month_options *o, lk_engine *engine, const char *book) {
  int64_t middle = lk_local_moment(lk_date_plus(o->from, o->days / 2), 12 * 60);
  lk_shop_places places = {.store = o->db, .orders = book, .identity = ":memory:", .channel = "web"};
  lk_error trouble = {0};
  if (lk_orders_create(book, true, middle, true, &w->err) || !read_orders(w, book)) return false;
  if (lk_shop_open(&w->shop, engine, &places, complain_of, &trouble, &w->err)) return false;
  w->shop.talk.memory = NULL; /* conversations take turns: only the store remembers each */
  w->kb = lk_engine_kb(engine);
  return !trouble.code;
}

/* ---- Who comes when ---- */

static int64_t moment_of_arrival(lk_chance *chance, const month_options *o) {
  /* Evenings at the sofa are busiest; nights are quiet. Mondays have what the weekend left. */
  static const double hours[24] = {3, 1, 1, 1, 1, 2, 5, 12, 25, 38, 44, 46, 48, 46, 44, 43, 42, 43, 46, 52, 50, 40, 24, 10};
  static const double weekdays[7] = {1.25, 1.1, 1.05, 1, .95, .7, .75};
  double days[366];
  for (int i = 0; i < o->days; i++) days[i] = weekdays[lk_date_weekday(lk_date_plus(o->from, i))];
  int day = (int)lk_chance_pick(chance, days, (size_t)o->days);
  int hour = (int)lk_chance_pick(chance, hours, 24);
  int64_t minute = hour * 60 + lk_chance_between(chance, 0, 59);
  return lk_local_moment(lk_date_plus(o->from, day), (int)minute) + lk_chance_between(chance, 0, 59);
}

static void name_conversation(lk_chance *chance, char id[LK_CONVERSATION_ID_SIZE]) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
  for (size_t i = 0; i < LK_CONVERSATION_ID_SIZE - 1; i++) id[i] = letters[lk_chance_below(chance, 32)];
  id[LK_CONVERSATION_ID_SIZE - 1] = '\0';
}

static bool plan_arrivals(lk_world *w, const month_options *o, lk_person *people) {
  static const char *const channels[] = {"web", "directline", "rasa"};
  static const double shares[] = {.8, .13, .07};
  for (size_t i = 0; i < o->conversations; i++) {
    people[i].lang = lk_speech_lang(&w->speech, &w->chance);
    people[i].channel = channels[lk_chance_pick(&w->chance, shares, 3)];
    name_conversation(&w->chance, people[i].id);
    if (!lk_world_plan(w, &people[i], LK_HAPPENS_BEGIN, moment_of_arrival(&w->chance, o))) return false;
  }
  return true;
}

/* ---- The month ---- */

static lk_code happen(lk_world *w, const lk_coming *coming) {
  static lk_code (*const acts[])(lk_world *, lk_person *) = {
      [LK_HAPPENS_BEGIN] = lk_customer_begin, [LK_HAPPENS_SPEAK] = lk_customer_speak, [LK_HAPPENS_GIVE_UP] = lk_customer_give_up,
      [LK_HAPPENS_CLAIM] = lk_agent_claim,    [LK_HAPPENS_REPLY] = lk_agent_reply,    [LK_HAPPENS_CLOSE] = lk_agent_close,
      [LK_HAPPENS_RATE] = lk_customer_rate};
  lk_arena_reset(w->scratch);
  w->now = w->shop.clock.fixed = coming->time;
  return acts[coming->what](w, coming->person);
}

static bool live(lk_world *w, const month_options *o, const lk_gold_set *set) {
  lk_person *people = calloc(o->conversations, sizeof *people);
  bool fine = people && lk_speech_gather(set, &w->chance, w->arena, &w->speech) && plan_arrivals(w, o, people);
  lk_coming coming;
  while (fine && lk_world_next(w, &coming)) {
    lk_code code = happen(w, &coming);
    if (code && !w->err.message[0]) (void)snprintf(w->err.message, sizeof w->err.message, "%s", lk_code_name(code));
    fine = !code;
  }
  free(people);
  return fine;
}

static bool simulate(lk_world *w, const month_options *o, const lk_gold_set *set, lk_engine *engine, const char *folder) {
  char book[512];
  (void)snprintf(book, sizeof book, "%s/orders.db", folder);
  w->chance.state = o->seed;
  w->arena = lk_arena_new();
  w->scratch = lk_arena_new();
  w->truth = fopen(o->truth, "w");
  if (!w->truth) (void)snprintf(w->err.message, sizeof w->err.message, "%s cannot be written: %s", o->truth, strerror(errno));
  bool fine = w->truth && w->arena && w->scratch && open_world(w, o, engine, book) && live(w, o, set);
  if (w->truth && fclose(w->truth) != 0) fine = false;
  lk_shop_close(&w->shop);
  lk_arena_free(w->arena);
  lk_arena_free(w->scratch);
  free(w->heap);
  return fine;
}

static int run(const month_options *o, const lk_gold_set *set) {
  static lk_world world; /* too large for a stack that is small */
  char folder[300];
  lk_engine *engine = lk_tool_engine("month", o->kb, NULL);
  lk_kb *known = o->known ? lk_kb_load(o->known, NULL, &world.err) : NULL;
  bool fine = engine && (known || !o->known) && lk_scratch_make(folder, sizeof folder, &world.err);
  if (fine) {
    world.known = known;
    fine = simulate(&world, o, set, engine, folder);
    lk_scratch_remove(folder);
  }
  if (fine)
    (void)printf("%zu conversations, %zu questions, %zu cases, %zu agents' replies, %zu ratings\n", o->conversations,
                 world.questions, world.cases, world.replies, world.ratings);
  else
    (void)fprintf(stderr, "simulate_month: error: %s\n", world.err.message);
  lk_kb_free(known);
  lk_engine_free(engine);
  return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv) {
  month_options options;
  lk_gold_set set;
  if (!read_options(argc, argv, &options)) return (void)fputs(usage, stderr), LK_EXIT_UNUSABLE;
  if (access(options.db, F_OK) == 0) {
    (void)fprintf(stderr, "simulate_month: error: %s exists; name another file or remove it\n", options.db);
    return LK_EXIT_UNUSABLE;
  }
  if (!lk_gold_read("month", options.questions, options.question_files, LK_LANG_NONE, &set)) return LK_EXIT_UNUSABLE;
  int status = run(&options, &set);
  lk_gold_free(&set);
  return status;
}
