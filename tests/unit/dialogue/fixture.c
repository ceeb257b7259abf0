#include "fixture.h"

#include "base/buffer.h"

/* ---- The order book ---- */

static lk_code verify(void *self, lk_view number, lk_view proof, lk_proof *out, lk_error *err) {
  const talk *t = self;
  (void)err;
  bool known = !t->empty && lk_view_eq(number, LK_LIT(KNOWN_ORDER));
  if (known && lk_proof_equal(proof, LK_LIT(RIGHT_PROOF))) *out = LK_PROOF_POSTCODE;
  return LK_OK;
}

static lk_code find_order(void *self, lk_view number, lk_arena *arena, lk_order **out, lk_error *err) {
  static lk_order_line lines[] = {{.line = 1,
                                   .sku = {"S1", 2},
                                   .name = {"SECRET teltta", 13},
                                   .size = {"", 0},
                                   .quantity = 1,
                                   .unit_price = 9900,
                                   .returnable = {"yes", 3}},
                                  {.line = 2,
                                   .sku = {"S2", 2},
                                   .name = {"SECRET pipo", 11},
                                   .size = {"", 0},
                                   .quantity = 2,
                                   .unit_price = 1900,
                                   .returnable = {"yes", 3}}};
  const talk *t = self;
  (void)err;
  if (t->empty || !lk_view_eq(number, LK_LIT(KNOWN_ORDER))) return LK_OK;
  lk_view secret = LK_LIT("SECRET"), none = {"", 0};
  lk_order *order = LK_NEW(arena, lk_order);
  assert_non_null(order);
  *order = (lk_order){.number = LK_LIT(KNOWN_ORDER),
                      .customer = LK_LIT("C1"),
                      .name = secret,
                      .email_masked = secret,
                      .state = LK_ORDER_PAID,
                      .changeable = true,
                      .delivery = LK_DELIVERY_HOME,
                      .pickup_point = secret,
                      .address = {secret, secret, LK_LIT(RIGHT_PROOF), secret, LK_LIT("FI")},
                      .payment = LK_LIT("card"),
                      .placed = NOON - 86400,
                      .promised = NOON + 86400,
                      .expected = NOON + 86400,
                      .return_deadline = NOON + 30 * 86400, /* an order of which everything may be asked */
                      .total = 13700,
                      .lines = lines,
                      .line_count = 2};
  (void)none;
  *out = order;
  return LK_OK;
}

static lk_code history(void *self, lk_view customer, size_t limit, lk_arena *arena, lk_order **out, size_t *count,
                       lk_error *err) {
  (void)customer, (void)limit;
  lk_code code = find_order(self, LK_LIT(KNOWN_ORDER), arena, out, err);
  *count = *out ? 1 : 0;
  return code;
}

static lk_code invoice(void *self, lk_view number, lk_arena *arena, lk_invoice **out, lk_error *err) {
  const talk *t = self;
  (void)err;
  if (t->empty || !lk_view_eq(number, LK_LIT(KNOWN_ORDER))) return LK_OK;
  lk_view secret = LK_LIT("SECRET");
  *out = LK_NEW(arena, lk_invoice);
  **out = (lk_invoice){.number = secret, .order = number, .state = secret, .link = {"", 0}, .reference = secret, .total = 1};
  return LK_OK;
}

static lk_code perform(void *self, const lk_order_request *request, lk_arena *arena, lk_order_outcome *out, lk_error *err) {
  talk *t = self;
  (void)arena, (void)err;
  t->performed++;
  bool of_order = request->order.len > 0;
  *out = (lk_order_outcome){.reason = LK_REASON_DONE,
                            .reference = of_order ? LK_LIT("SECRET-1") : LK_LIT("N-1"),
                            .new_order = of_order ? LK_LIT("SECRET-2") : LK_LIT(""),
                            .detail = LK_LIT("")};
  return LK_OK;
}

static lk_code search(void *self, lk_view text, size_t limit, lk_arena *arena, lk_product **out, size_t *count, lk_error *err) {
  (void)self, (void)err;
  if (!limit || !memmem(text.ptr, text.len, "lamppu", 6)) return LK_OK;
  lk_view none = {"", 0};
  *out = LK_NEW(arena, lk_product);
  **out = (lk_product){.sku = LK_LIT("P1"),
                       .name = LK_LIT("Otsalamppu"),
                       .size = none,
                       .family = none,
                       .category = none,
                       .link = none,
                       .price = 4990,
                       .stock = 0,
                       .returnable = LK_LIT("yes"),
                       .match = 1};
  *count = 1;
  return LK_OK;
}

/* ---- The shop ---- */

int open_shop(void **state) {
  lk_error err = {0};
  shop *s = calloc(1, sizeof *s);
  s->engine = lk_engine_load(LK_SOURCE_DIR "/kb", NULL, NULL, &err);
  s->worker = s->engine ? lk_worker_new(s->engine, &err) : NULL;
  if (!s->worker) print_error("%s:%d: %s\n", err.file, err.line, err.message);
  *state = s;
  return s->worker ? 0 : -1;
}

int close_shop(void **state) {
  shop *s = *state;
  lk_worker_free(s->worker);
  lk_engine_free(s->engine);
  free(s);
  return 0;
}

/* ---- Talking ---- */

static int64_t now(void *clock) { return *(int64_t *)clock; }

lk_arena *arena_of(talk *t) { return t->arenas[t->turns % 2]; }

void begin(talk *t, shop *s, bool empty) {
  lk_error err = {0};
  *t = (talk){.shop = s, .empty = empty, .now = NOON, .arenas = {lk_arena_new(), lk_arena_new()}};
  t->book = (lk_order_book){.self = t,
                            .verify = verify,
                            .order = find_order,
                            .history = history,
                            .invoice = invoice,
                            .perform = perform,
                            .search = search};
  t->identity = lk_identity_open(":memory:", NULL, &err);
  assert_non_null(t->identity);
  t->services = (lk_services){.now = now, .clock = &t->now, .orders = &t->book, .identity = t->identity};
  assert_int_equal(lk_turn_greet(s->worker, &t->services, LK_LANG_NONE, arena_of(t), &t->turn, &err), LK_OK);
}

void end(talk *t) {
  lk_identity_close(t->identity);
  for (size_t i = 0; i < 2; i++) lk_arena_free(t->arenas[i]);
}

void take(talk *t, lk_view text, lk_view payload) {
  lk_error err = {0};
  lk_view before = t->turn.state;
  t->turns++;
  lk_arena_reset(arena_of(t));
  lk_utterance utterance = {.text = text, .payload = payload, .lang = LK_LANG_NONE, .conversation = LK_LIT("conversation-1")};
  lk_code code = lk_turn_take(t->shop->worker, &t->services, before, t->phase, &utterance, arena_of(t), &t->turn, &err);
  if (code) fail_msg("%s, when the customer said \"%.*s\"", err.message, LK_FMT(text));
}

void say(talk *t, const char *text) { take(t, lk_view_of(text), (lk_view){"", 0}); }
void tap(talk *t, const char *payload) { take(t, lk_view_of(payload), lk_view_of(payload)); }

lk_view shown(talk *t) {
  lk_buffer b = {0};
  for (size_t i = 0; i < t->turn.reply_count; i++) {
    char *text = lk_reply_render(&t->turn.replies[i], LK_RENDER_TEXT, NULL);
    lk_buffer_addf(&b, "[%.*s] ", LK_FMT(t->turn.replies[i].id));
    lk_buffer_adds(&b, text ? text : "(not renderable)");
    lk_buffer_addc(&b, '\n');
    free(text);
  }
  for (size_t i = 0; i < t->turn.choice_count; i++)
    lk_buffer_addf(&b, "(%.*s) %.*s\n", LK_FMT(t->turn.choices[i].payload), LK_FMT(t->turn.choices[i].label));
  lk_view copy = lk_arena_copy(arena_of(t), lk_buffer_view(&b));
  lk_buffer_free(&b);
  return copy;
}

bool says(talk *t, const char *message) {
  for (size_t i = 0; i < t->turn.reply_count; i++)
    if (lk_view_eq(t->turn.replies[i].id, lk_view_of(message))) return true;
  return false;
}

bool notes(talk *t, lk_event_type type) {
  for (size_t i = 0; i < t->turn.event_count; i++)
    if (t->turn.events[i].type == type) return true;
  return false;
}
