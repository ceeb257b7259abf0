#include "stage.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

enum { ORDINARY_DAY = 1794996000 /* Wednesday 18 November 2026, 12:00 in Helsinki: the desk is open */, WAITS = 5 };

static lk_code fail(lk_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
static lk_code fail(lk_error *err, const char *format, ...) {
  va_list args;
  va_start(args, format);
  *err = (lk_error){.code = LK_ERR_INPUT};
  (void)vsnprintf(err->message, sizeof err->message, format, args);
  va_end(args);
  return LK_ERR_INPUT;
}

static bool is(lk_view word, const char *expected) { return lk_view_eq(word, lk_view_of(expected)); }

/* A number at the start of the text, up to 999; -1 for none. */
static int count_of(lk_view text) {
  lk_view rest, word = lk_word_of(text, &rest);
  int count = word.len && word.len <= 3 ? 0 : -1;
  for (size_t i = 0; count >= 0 && i < word.len; i++)
    count = word.ptr[i] >= '0' && word.ptr[i] <= '9' ? count * 10 + word.ptr[i] - '0' : -1;
  return count;
}

lk_arena *lk_stage_arena(lk_stage *stage) { return stage->arenas[stage->turns % 2]; }

/* ---- The order book ---- */

static bool copy_file(const char *from, const char *to) {
  FILE *in = fopen(from, "rb"), *out = in ? fopen(to, "wb") : NULL;
  char bytes[1 << 16];
  size_t length;
  bool good = out != NULL;
  while (good && (length = fread(bytes, 1, sizeof bytes, in)) > 0) good = fwrite(bytes, 1, length, out) == length;
  if (in) good = !ferror(in) && good, (void)fclose(in);
  if (out) good = fclose(out) == 0 && good;
  return good;
}

/* Most conversations begin at the same moment: its order book is made once and copied. */
static lk_code make_book(lk_stage *stage, lk_error *err) {
  char model[256];
  (void)snprintf(model, sizeof model, "%.180s/model-%lld.db", stage->folder, (long long)stage->now);
  (void)snprintf(stage->book, sizeof stage->book, "%.180s/book.db", stage->folder);
  if (access(model, R_OK) != 0) {
    lk_code code = lk_orders_create(model, true, stage->now, true, err);
    if (code) return code;
  }
  if (copy_file(model, stage->book)) return LK_OK;
  return fail(err, "the order book cannot be copied to %s; make room there or set TMPDIR", stage->book);
}

static void remove_book(const lk_stage *stage) {
  static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    char path[300];
    (void)snprintf(path, sizeof path, "%s%s", stage->book, ends[i]);
    (void)unlink(path);
  }
}

/* An order book whose every function fails, as one does whose server is down. */
static lk_code out_of_order(lk_error *err) {
  if (err) *err = (lk_error){.code = LK_ERR_BACKEND, .message = "the order book does not answer; try again later"};
  return LK_ERR_BACKEND;
}
static lk_code no_verify(void *self, lk_view number, lk_view proof, lk_proof *out, lk_error *err) {
  (void)self, (void)number, (void)proof, (void)out;
  return out_of_order(err);
}
static lk_code no_order(void *self, lk_view number, lk_arena *arena, lk_order **out, lk_error *err) {
  (void)self, (void)number, (void)arena, (void)out;
  return out_of_order(err);
}
static lk_code no_perform(void *self, const lk_order_request *request, lk_arena *arena, lk_order_outcome *out, lk_error *err) {
  (void)self, (void)request, (void)arena, (void)out;
  return out_of_order(err);
}
static const lk_order_book failing_book = {.verify = no_verify, .order = no_order, .perform = no_perform};

static lk_code set_orders(lk_stage *stage, lk_view which, lk_error *err) {
  lk_code code = lk_stage_open(stage, err);
  if (code) return code;
  lk_services *services = &stage->shop.talk.services;
  if (is(which, "demo"))
    services->orders = stage->shop.orders;
  else if (is(which, "none"))
    services->orders = NULL;
  else if (is(which, "failing"))
    services->orders = &failing_book;
  else
    return fail(err, "! orders is demo, none or failing");
  return LK_OK;
}

/* Something happens to an order while the customer talks about it. */
static lk_code change_order(lk_stage *stage, lk_view text, lk_error *err) {
  lk_view action, number = lk_word_of(text, &action);
  lk_code code = lk_stage_open(stage, err);
  if (code) return code;
  lk_order_request request = {.action = lk_order_action_of(action),
                              .name = action,
                              .key = LK_LIT("script"),
                              .actor = LK_LIT("agent:script"),
                              .order = number,
                              .now = stage->now};
  lk_order_outcome outcome = {0};
  code = lk_orders_perform(stage->shop.orders, &request, lk_stage_arena(stage), &outcome, err);
  if (!code && outcome.reason != LK_REASON_DONE)
    return fail(err, "! order %.*s: %s", LK_FMT(text), lk_order_reason_name(outcome.reason));
  return code;
}

/* ---- A store that fails ---- */

static lk_code no_disk(lk_error *err) {
  if (err) *err = (lk_error){.code = LK_ERR_IO, .message = "the disk is full; make room"};
  return LK_ERR_IO;
}
static lk_code no_start(lk_store *store, const lk_conversation *conversation, lk_error *err) {
  (void)store, (void)conversation;
  return no_disk(err);
}
static lk_code no_conversation(lk_store *store, lk_view id, lk_arena *arena, lk_conversation *out, lk_error *err) {
  (void)store, (void)id, (void)arena, (void)out;
  return no_disk(err);
}
static lk_code no_turn(lk_store *store, const lk_turn_record *turn, lk_arena *arena, lk_turn_result *out, lk_error *err) {
  (void)store, (void)turn, (void)arena, (void)out;
  return no_disk(err);
}
static const lk_store_methods failing_methods = {.start = no_start, .conversation = no_conversation, .turn = no_turn};
static lk_store failing_store = {&failing_methods};

static lk_code set_store(lk_stage *stage, lk_view which, lk_error *err) {
  lk_code code = lk_stage_open(stage, err);
  if (code) return code;
  if (!is(which, "failing") && !is(which, "working")) return fail(err, "! store is failing or working");
  stage->shop.talk.store = is(which, "failing") ? &failing_store : stage->shop.store;
  return LK_OK;
}

/* ---- The desk ---- */

static lk_view agent_name(lk_stage *stage, size_t number) {
  char name[40];
  (void)snprintf(name, sizeof name, "agent-%zu", number + 1);
  return lk_arena_copy(lk_stage_arena(stage), lk_view_of(name));
}

/* Agents are seen again before each turn: a script says who is there, not how they are noticed. */
static lk_code see_agents(lk_stage *stage, lk_error *err) {
  lk_code code = LK_OK;
  for (size_t i = 0; !code && i < stage->agents; i++)
    code = lk_desk_arrive(stage->shop.desk, agent_name(stage, i), stage->now, err);
  return code;
}

static lk_code set_agents(lk_stage *stage, lk_view text, lk_error *err) {
  int count = count_of(text);
  if (count < 0 || count > LK_STAGE_AGENTS) return fail(err, "! agents is a number up to %d", LK_STAGE_AGENTS);
  lk_code code = lk_stage_open(stage, err);
  for (size_t i = (size_t)count; !code && i < stage->agents; i++)
    code = lk_desk_leave(stage->shop.desk, agent_name(stage, i), err);
  stage->agents = (size_t)count;
  return code ? code : see_agents(stage, err);
}

/* Another customer's case, opened at `moment`. */
static lk_code open_case(lk_stage *stage, int64_t moment, int64_t *case_id, lk_error *err) {
  lk_arena *arena = lk_stage_arena(stage);
  char id[LK_CONVERSATION_ID_SIZE];
  lk_code code = lk_conversation_new_id(id, err);
  lk_conversation other = {.id = lk_view_of(id), .lang = LK_LANG_FI, .channel = LK_LIT("script"), .started = moment};
  if (!code) code = lk_store_start(stage->real_store, &other, err);
  if (!code) code = lk_store_conversation(stage->real_store, other.id, arena, &other, err);
  lk_case wish = {.reason = LK_HANDOFF_ASKED, .attended = true, .subject = LK_LIT("?")};
  lk_turn_record turn = {.conversation = other.id,
                         .version = other.version,
                         .time = moment,
                         .lang = LK_LANG_FI,
                         .state = LK_LIT(""),
                         .handoff = &wish};
  lk_turn_result result = {0};
  if (!code) code = lk_store_turn(stage->real_store, &turn, arena, &result, err);
  *case_id = result.case_id;
  stage->crowd++;
  return code;
}

static lk_code set_waiting(lk_stage *stage, lk_view text, lk_error *err) {
  int count = count_of(text);
  if (count < 0 || count > 100) return fail(err, "! waiting is a number up to 100");
  lk_code code = lk_stage_open(stage, err);
  for (int i = 0; !code && i < count; i++) {
    int64_t id;
    code = open_case(stage, stage->now - 60, &id, err);
  }
  return code;
}

/* So many recent customers waited so long: from then on the desk knows how long a wait is. */
static lk_code set_waits(lk_stage *stage, lk_view text, lk_error *err) {
  int minutes = count_of(text);
  if (minutes < 0 || minutes > 60) return fail(err, "! waits is a number of minutes up to 60");
  lk_code code = lk_stage_open(stage, err);
  int64_t wait = (int64_t)minutes * 60;
  for (int i = 0; !code && i < WAITS; i++) {
    int64_t id, opened = stage->now - 3600 - wait - i;
    code = open_case(stage, opened, &id, err);
    if (!code) code = lk_desk_claim(stage->shop.desk, id, LK_LIT("agent-1"), opened + wait, NULL, NULL, err);
    if (!code) code = lk_desk_close(stage->shop.desk, id, LK_LIT("agent-1"), LK_LIT("other"), opened + wait, err);
  }
  return code;
}

static lk_code act_as_agent(lk_stage *stage, lk_view verb, lk_error *err) {
  lk_conversation c = {0};
  lk_code code = lk_stage_open(stage, err);
  if (!code)
    code = lk_store_conversation(stage->real_store, lk_view_of(stage->shop.conversation), lk_stage_arena(stage), &c, err);
  if (code) return code;
  if (!c.open_case) return fail(err, "! desk %.*s: the conversation has no open case", LK_FMT(verb));
  lk_view agent = LK_LIT("agent-1");
  if (is(verb, "claims")) return lk_desk_claim(stage->shop.desk, c.open_case, agent, stage->now, NULL, NULL, err);
  if (is(verb, "gives-back")) return lk_desk_give_back(stage->shop.desk, c.open_case, agent, stage->now, err);
  if (is(verb, "closes")) return lk_desk_close(stage->shop.desk, c.open_case, agent, LK_LIT("other"), stage->now, err);
  return fail(err, "! desk claims, gives-back or closes");
}

/* ---- Opening and turns ---- */

lk_code lk_stage_begin(lk_stage *stage, lk_engine *engine, const char *folder, lk_error *err) {
  *stage = (lk_stage){.engine = engine, .folder = folder, .now = ORDINARY_DAY, .lang = LK_LANG_NONE, .customer = {"", 0}};
  for (size_t i = 0; i < 2; i++)
    if (!(stage->arenas[i] = lk_arena_new())) return fail(err, "out of memory; close other programs");
  return LK_OK;
}

void lk_stage_end(lk_stage *stage) {
  if (stage->open) {
    lk_shop_close(&stage->shop);
    remove_book(stage);
  }
  for (size_t i = 0; i < 2; i++) lk_arena_free(stage->arenas[i]);
  *stage = (lk_stage){0};
}

static void keep_trouble(void *context, const char *what, const lk_error *err) {
  lk_error *kept = context;
  *kept = *err;
  (void)snprintf(kept->message, sizeof kept->message, "%.60s: %.400s", what, err->message);
}

static lk_code greet(lk_stage *stage, lk_error *err) {
  lk_shop *shop = &stage->shop;
  return lk_talk_start(&shop->talk, stage->lang, stage->customer, shop->conversation, lk_stage_arena(stage), &stage->last, err);
}

lk_code lk_stage_open(lk_stage *stage, lk_error *err) {
  if (stage->open) return LK_OK;
  lk_code code = make_book(stage, err);
  if (code) return code;
  stage->open = true;
  stage->shop.clock.fixed = stage->now;
  lk_shop_places places = {.store = ":memory:", .orders = stage->book, .identity = ":memory:", .channel = "script"};
  lk_error trouble = {0};
  code = lk_shop_open(&stage->shop, stage->engine, &places, keep_trouble, &trouble, err);
  if (!code && trouble.code) *err = trouble, code = trouble.code;
  stage->real_store = stage->shop.store;
  return code ? code : greet(stage, err);
}

static lk_code set_clock(lk_stage *stage, int64_t moment, lk_error *err) {
  if (stage->open && moment < stage->now) return fail(err, "the clock goes forward only; begin another conversation with ==");
  stage->now = moment;
  if (stage->open) stage->shop.clock.fixed = moment;
  return LK_OK;
}

static lk_code set_customer(lk_stage *stage, lk_view id, lk_error *err) {
  if (stage->open) return fail(err, "! customer stands before the first message");
  stage->customer = id;
  return LK_OK;
}

lk_code lk_stage_set(lk_stage *stage, const lk_step *step, lk_error *err) {
  if (step->kind == LK_STEP_CLOCK) return set_clock(stage, step->number, err);
  if (step->kind == LK_STEP_PASS) return set_clock(stage, stage->now + step->number, err);
  if (is(step->word, "agents")) return set_agents(stage, step->text, err);
  if (is(step->word, "waiting")) return set_waiting(stage, step->text, err);
  if (is(step->word, "waits")) return set_waits(stage, step->text, err);
  if (is(step->word, "desk")) return act_as_agent(stage, step->text, err);
  if (is(step->word, "orders")) return set_orders(stage, step->text, err);
  if (is(step->word, "order")) return change_order(stage, step->text, err);
  if (is(step->word, "store")) return set_store(stage, step->text, err);
  if (is(step->word, "customer")) return set_customer(stage, step->text, err);
  if (is(step->word, "lang")) {
    stage->lang = lk_lang_of(step->text);
    return stage->lang != LK_LANG_NONE || is(step->text, "auto") ? LK_OK : fail(err, "! lang is fi, sv, en or auto");
  }
  if (is(step->word, "new")) {
    lk_code code = lk_stage_open(stage, err);
    return code ? code : greet(stage, err);
  }
  return fail(err, "there is no ! %.*s; see the README of tests/conversations", LK_FMT(step->word));
}

/* What was tapped: a choice of the last reply by its number or payload, or a payload that was not offered. */
static lk_code choose(const lk_stage *stage, lk_view text, lk_utterance *out, lk_error *err) {
  const lk_turn *turn = &stage->last.turn;
  int number = count_of(text);
  if (number == 0 || (number > 0 && (size_t)number > turn->choice_count))
    return fail(err, "there is no choice %.*s: %zu were offered", LK_FMT(text), turn->choice_count);
  out->payload = out->text = text;
  for (size_t i = 0; i < turn->choice_count; i++) {
    if (number > 0 ? i + 1 != (size_t)number : !lk_view_eq(turn->choices[i].payload, text)) continue;
    out->payload = turn->choices[i].payload;
    out->text = turn->choices[i].label;
  }
  return LK_OK;
}

lk_code lk_stage_take(lk_stage *stage, const lk_step *step, lk_error *err) {
  lk_code code = lk_stage_open(stage, err);
  if (!code) code = see_agents(stage, err);
  if (code) return code;
  lk_utterance utterance = {
      .text = step->text, .lang = stage->lang, .conversation = lk_view_of(stage->shop.conversation), .customer = stage->customer};
  if (step->kind == LK_STEP_TAP && (code = choose(stage, step->text, &utterance, err))) return code;
  stage->turns++;
  lk_arena *arena = lk_stage_arena(stage);
  lk_arena_reset(arena);
  return lk_talk_say(&stage->shop.talk, &utterance, (lk_view){"", 0}, arena, &stage->last, err);
}
