/* Any bytes as a conversation, a line each: what the customer writes, [taps], and states that nobody wrote. Whatever comes, a turn is taken and its replies can be shown, or
 * the state is refused; nothing of the order is shown before the right proof came.
 *   = name value   a line of the state, until a line "!" puts those lines in the place of the conversation's own
 *   [payload]      a tap        + an hour passes        0 1 2 3  who has the conversation
 *   anything else is what the customer writes */
#include <stdio.h>
#include <stdlib.h>

#include "luukku/dialogue.h"
#include "target.h"

enum { TURNS_MOST = 40, STATE_MOST = 4096, NOON = 1794996000 };

typedef struct bench {
  lk_engine *engine;
  lk_worker *worker;
  lk_arena *arenas[2];
  unsigned turns;
  int64_t now;
  lk_phase phase;
  lk_services services;
  lk_view state;
  char given[STATE_MOST];
  size_t given_len;
  bool disclosed; /* the proof was said, or a state claimed one */
} bench;

static const char ORDER[] = "100234", PROOF[] = "00990", SECRET[] = "SECRET";

/* ---- An order book with one order ---- */

static lk_code verify(void *self, lk_view number, lk_view proof, lk_proof *out, lk_error *err) {
  (void)self, (void)err;
  if (lk_view_eq(number, lk_view_of(ORDER)) && lk_proof_equal(proof, lk_view_of(PROOF))) *out = LK_PROOF_POSTCODE;
  return LK_OK;
}

static lk_code find_order(void *self, lk_view number, lk_arena *arena, lk_order **out, lk_error *err) {
  static lk_order_line line = {.line = 1,
                               .sku = {"S1", 2},
                               .name = {SECRET, 6},
                               .size = {"", 0},
                               .quantity = 1,
                               .unit_price = 9900,
                               .returnable = {"yes", 3}};
  (void)self, (void)err;
  if (!lk_view_eq(number, lk_view_of(ORDER)) || !(*out = LK_NEW(arena, lk_order))) return LK_OK;
  lk_view secret = lk_view_of(SECRET);
  **out = (lk_order){.number = lk_view_of(ORDER),
                     .customer = LK_LIT("C1"),
                     .name = secret,
                     .email_masked = secret,
                     .state = LK_ORDER_PAID,
                     .changeable = true,
                     .pickup_point = secret,
                     .address = {secret, secret, secret, secret, secret},
                     .payment = secret,
                     .expected = NOON,
                     .total = 9900,
                     .lines = &line,
                     .line_count = 1};
  return LK_OK;
}

static lk_code perform(void *self, const lk_order_request *request, lk_arena *arena, lk_order_outcome *out, lk_error *err) {
  (void)self, (void)request, (void)arena, (void)err;
  *out = (lk_order_outcome){.reason = LK_REASON_DONE, .reference = LK_LIT("N-1"), .new_order = LK_LIT(""), .detail = LK_LIT("")};
  return LK_OK;
}

static const lk_order_book book = {.verify = verify, .order = find_order, .perform = perform};

/* ---- Turns ---- */

static int64_t now(void *clock) { return *(int64_t *)clock; }

static bench *the_bench(void) {
  static bench b;
  if (b.engine) return &b;
  b.engine = lk_engine_load(LK_SOURCE_DIR "/kb", NULL, NULL, NULL);
  LK_FUZZ_HOLDS(b.engine != NULL);
  b.worker = lk_worker_new(b.engine, NULL);
  LK_FUZZ_HOLDS(b.worker != NULL);
  for (size_t i = 0; i < 2; i++) b.arenas[i] = lk_arena_new();
  return &b;
}

static void check_shown(const bench *b, const char *text) { LK_FUZZ_HOLDS(b->disclosed || !strstr(text, SECRET)); }

static void check_turn(const bench *b, const lk_turn *turn) {
  for (size_t i = 0; i < turn->reply_count; i++) {
    for (int format = LK_RENDER_TEXT; format <= LK_RENDER_MARKDOWN; format++) {
      char *text = lk_reply_render(&turn->replies[i], (lk_render_format)format, NULL);
      LK_FUZZ_HOLDS(text != NULL);
      check_shown(b, text);
      free(text);
    }
  }
  for (size_t i = 0; i < turn->choice_count; i++) check_shown(b, turn->choices[i].label.ptr);
  LK_FUZZ_HOLDS(turn->act != LK_ACT_SILENT || b->phase != LK_PHASE_BOT);
  LK_FUZZ_HOLDS(turn->act == LK_ACT_SILENT || turn->reply_count > 0);
}

static void take(bench *b, lk_view text, lk_view payload, bool own_state) {
  lk_turn turn;
  lk_arena *arena = b->arenas[b->turns++ % 2];
  lk_arena_reset(arena);
  b->disclosed |= memmem(text.ptr, text.len, "990", 3) != NULL; /* however it is spaced */
  lk_utterance utterance = {.text = text, .payload = payload, .lang = LK_LANG_NONE, .conversation = LK_LIT("c")};
  lk_code code = lk_turn_take(b->worker, &b->services, b->state, b->phase, &utterance, arena, &turn, NULL);
  LK_FUZZ_HOLDS(code == LK_OK || code == LK_ERR_LIMIT || (code == LK_ERR_INPUT && !own_state));
  if (code) {
    b->state = (lk_view){"", 0};
    return;
  }
  check_turn(b, &turn);
  b->state = turn.state;
  if (turn.handoff) b->phase = LK_PHASE_WAITING;
}

/* A state from nobody knows where may claim that an order was proved. */
static void put_state(bench *b) {
  b->state = (lk_view){b->given, b->given_len};
  b->disclosed = true;
  take(b, LK_LIT("?"), (lk_view){"", 0}, false);
  b->given_len = 0;
}

static void add_state(bench *b, lk_view line) {
  if (b->given_len + line.len + 32 > sizeof b->given) return;
  if (!b->given_len) b->given_len = (size_t)snprintf(b->given, sizeof b->given, "luukku-state 1\n");
  if (line.len) memcpy(b->given + b->given_len, line.ptr, line.len);
  b->given_len += line.len;
  b->given[b->given_len++] = '\n';
}

static void take_line(bench *b, lk_view line) {
  lk_view none = {"", 0};
  char first = line.len ? line.ptr[0] : '\0';
  if (line.len == 1 && first >= '0' && first <= '2')
    b->phase = (lk_phase)(first - '0');
  else if (line.len == 1 && first == '+')
    b->now += 3600;
  else if (line.len == 1 && first == '!')
    put_state(b);
  else if (first == '=')
    add_state(b, (lk_view){line.ptr + 1, line.len - 1});
  else if (first == '[' && line.len > 2 && line.ptr[line.len - 1] == ']')
    take(b, (lk_view){line.ptr + 1, line.len - 2}, (lk_view){line.ptr + 1, line.len - 2}, true);
  else
    take(b, line, none, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  bench *b = the_bench();
  lk_identity *identity = lk_identity_open(":memory:", NULL, NULL);
  LK_FUZZ_HOLDS(identity != NULL);
  b->now = NOON;
  b->phase = LK_PHASE_BOT;
  b->services = (lk_services){.now = now, .clock = &b->now, .orders = &book, .identity = identity};
  b->state = (lk_view){"", 0};
  b->given_len = 0;
  b->disclosed = false;
  lk_view rest = {(const char *)bytes, size};
  for (int turn = 0; rest.len && turn < TURNS_MOST; turn++) {
    const char *end = memchr(rest.ptr, '\n', rest.len);
    lk_view line = {rest.ptr, end ? (size_t)(end - rest.ptr) : rest.len};
    rest = end ? (lk_view){end + 1, rest.len - line.len - 1} : (lk_view){rest.ptr, 0};
    take_line(b, line);
  }
  lk_identity_close(identity);
  return 0;
}
