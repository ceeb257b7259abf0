/* Which slots are worth a question, what can be chosen for them, and what the customer's first words already said. */
#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "base/error.h"
#include "dialogue/flow.h"

enum { SIZES = 50, HITS = 4 };

/* ---- Names in a text, by their base forms and parts ---- */

static bool counts(const lk_term *term) { return term->kind == LK_TERM_LEMMA || term->kind == LK_TERM_PART; }

static bool has_term(const lk_analysis *text, lk_view term) {
  for (size_t w = 0; w < text->count; w++)
    for (size_t t = 0; t < text->words[w].term_count; t++)
      if (counts(&text->words[w].terms[t]) && lk_view_eq(text->words[w].terms[t].text, term)) return true;
  return false;
}

static bool read_text(lk_maker *m, lk_view text, lk_analysis *out) {
  lk_code code = lk_analyze(lk_worker_analyzer(m->worker), m->state.lang, text, LK_ANALYZE_REPAIR, m->arena, out, m->err);
  if (code) lk_maker_fail(m, code);
  return !code;
}

/* How much of name `which` the text has, counting only words that tell it from the other names: 0 … 1. */
static double named(const lk_analysis *names, size_t count, size_t which, const lk_analysis *text) {
  size_t own = 0, met = 0;
  for (size_t w = 0; w < names[which].count; w++) {
    bool telling = false, said = false;
    for (size_t t = 0; t < names[which].words[w].term_count; t++) {
      const lk_term *term = &names[which].words[w].terms[t];
      bool shared = !counts(term) || term->text.len < 3;
      for (size_t i = 0; i < count && !shared; i++) shared = i != which && has_term(&names[i], term->text);
      if (shared) continue;
      telling = true;
      said = said || has_term(text, term->text);
    }
    own += telling;
    met += said;
  }
  return own ? (double)met / (double)own : 0;
}

/* Does the text have every word of the name? */
static bool fully_named(const lk_analysis *name, const lk_analysis *text) {
  size_t words = 0;
  for (size_t w = 0; w < name->count; w++) {
    bool said = name->words[w].term_count == 0;
    for (size_t t = 0; t < name->words[w].term_count && !said; t++)
      said = counts(&name->words[w].terms[t]) && has_term(text, name->words[w].terms[t].text);
    if (!said) return false;
    words += name->words[w].term_count > 0;
  }
  return words > 0;
}

lk_view lk_lines_named(lk_maker *m, const lk_order *order, lk_view text, bool several) {
  lk_view none = {"", 0}, found = none;
  lk_analysis said, *names = LK_NEW_ARRAY(m->arena, lk_analysis, order->line_count + 1);
  if (!names || !text.len || !read_text(m, text, &said)) return none;
  for (size_t i = 0; i < order->line_count; i++)
    if (!read_text(m, lk_line_name(m, &order->lines[i]), &names[i])) return none;
  for (size_t i = 0; i < order->line_count; i++) {
    if (named(names, order->line_count, i, &said) <= 0) continue;
    if (found.len && !several) return none;
    found = lk_text(m, "%.*s%s%.*s", LK_FMT(found), found.len ? "," : "", LK_FMT(lk_number_text(m, order->lines[i].line)));
  }
  return found;
}

static const char *const reasons[] = {"size", "faulty", "wrong", "late", "regret", "other"};
enum { REASONS = sizeof reasons / sizeof *reasons };

static lk_view reason_label(lk_maker *m, size_t which) {
  lk_view id = lk_text(m, "reason-%s", reasons[which]);
  return LK_PHRASE0(m, id.ptr);
}

lk_view lk_reason_named(lk_maker *m, lk_view text) {
  lk_view none = {"", 0};
  lk_analysis said, name;
  size_t found = REASONS;
  if (!text.len || !read_text(m, text, &said)) return none;
  for (size_t i = 0; i + 1 < REASONS; i++) { /* "another reason" is never named in passing */
    if (!read_text(m, reason_label(m, i), &name)) return none;
    if (!fully_named(&name, &said)) continue;
    if (found < REASONS) return none;
    found = i;
  }
  return found < REASONS ? lk_view_of(reasons[found]) : none;
}

/* ---- Products ---- */

lk_settling lk_settle_product_size(lk_maker *m, const lk_slot *slot, lk_view sku, const lk_entities *entities) {
  lk_product *sizes = NULL, *product = NULL;
  size_t count = 0;
  if (lk_orders_product(m->services->orders, sku, m->arena, &product, NULL) || !product) return LK_UNSETTLED;
  if (product->size.len)
    (void)lk_orders_related(m->services->orders, sku, LK_RELATION_SIZE, SIZES, m->arena, &sizes, &count, NULL);
  const lk_product *wanted = count ? NULL : product;
  for (size_t e = 0; e < entities->count && !wanted; e++) {
    lk_view size = entities->items[e].text;
    if (entities->items[e].type != LK_ENTITY_SIZE) continue;
    if (strcasecmp(product->size.ptr, size.ptr) == 0) wanted = product;
    for (size_t i = 0; i < count && !wanted; i++)
      if (strcasecmp(sizes[i].size.ptr, size.ptr) == 0) wanted = &sizes[i];
  }
  if (wanted) {
    lk_fill(m, slot->name, wanted->sku);
    return LK_SETTLED;
  }
  LK_SAY(m, "ask-which-size", LK_VALUE("product", product->name));
  lk_offer(m, product->size, lk_text(m, "exact:%.*s", LK_FMT(product->sku)));
  for (size_t i = 0; i < count; i++)
    if (sizes[i].stock > 0 || count <= LK_CHOICES_MAX) lk_offer(m, sizes[i].size, lk_text(m, "exact:%.*s", LK_FMT(sizes[i].sku)));
  return LK_ASKED_WHICH;
}

/* Of several that are alike, the only one that the text names in full; NULL for none. */
static const lk_product *named_in_full(lk_maker *m, const lk_product *hits, size_t count, lk_view text) {
  const lk_product *only = NULL;
  lk_analysis said, name;
  if (!read_text(m, text, &said)) return NULL;
  for (size_t i = 0; i < count; i++) {
    if (!read_text(m, hits[i].name, &name) || !fully_named(&name, &said)) continue;
    if (only) return NULL;
    only = &hits[i];
  }
  return only;
}

static lk_settling ask_which_product(lk_maker *m, const lk_product *hits, size_t count) {
  LK_SAY0(m, "ask-which-product");
  for (size_t i = 0; i < count; i++) lk_offer(m, hits[i].name, lk_text(m, "slot:%.*s", LK_FMT(hits[i].sku)));
  lk_offer(m, LK_PHRASE0(m, "choice-other"), LK_LIT("slot:"));
  return LK_ASKED_WHICH;
}

lk_settling lk_settle_product(lk_maker *m, const lk_slot *slot, lk_view text, const lk_entities *entities, double least) {
  enum { ROOM = HITS + 1 };
  lk_product *found = NULL;
  size_t count = 0, near = 0;
  if (!m->services->orders || !text.len) return LK_UNSETTLED;
  if (lk_orders_search(m->services->orders, text, ROOM, m->arena, &found, &count, NULL) || !count) return LK_UNSETTLED;
  while (near < count && near < HITS && found[near].match >= least && found[near].match >= found[0].match - .15) near++;
  lk_because(&m->out->reasons, "product", "%.*s %.2f, %zu like it", LK_FMT(found[0].name), found[0].match, near);
  if (!near) return LK_UNSETTLED;
  const lk_product *meant = near == 1 || found[0].match >= .95 ? &found[0] : named_in_full(m, found, near, text);
  return meant ? lk_settle_product_size(m, slot, meant->sku, entities) : ask_which_product(m, found, near);
}

/* ---- Choices ---- */

static void offer_lines(lk_maker *m, const lk_entry *intent) {
  const lk_order *order = lk_flow_order(m);
  if (!order) return;
  bool back = lk_order_action_of(intent->action) == LK_ACTION_RETURN;
  size_t offered = 0;
  for (size_t i = 0; i < order->line_count && offered < LK_CHOICES_MAX; i++) {
    if (back && lk_line_left(&order->lines[i]) <= 0) continue;
    lk_offer(m, lk_line_name(m, &order->lines[i]), lk_text(m, "slot:%.*s", LK_FMT(lk_number_text(m, order->lines[i].line))));
    offered++;
  }
  if (back && order->line_count > 1) lk_offer(m, LK_PHRASE0(m, "choice-all"), LK_LIT("slot:all"));
}

static void offer_reasons(lk_maker *m) {
  for (size_t i = 0; i < REASONS; i++) lk_offer(m, reason_label(m, i), lk_text(m, "slot:%s", reasons[i]));
}

/* Sizes that can be had instead of the line's own. */
static void offer_sizes(lk_maker *m) {
  const lk_order_line *line = lk_only_line(m, lk_flow_order(m));
  lk_product *sizes = NULL;
  size_t count = 0;
  if (!line || lk_orders_related(m->services->orders, line->sku, LK_RELATION_SIZE, SIZES, m->arena, &sizes, &count, NULL)) return;
  for (size_t i = 0; i < count; i++)
    if (sizes[i].stock > 0) lk_offer(m, sizes[i].size, lk_text(m, "slot:%.*s", LK_FMT(sizes[i].size)));
}

static void offer_numbers(lk_maker *m) {
  const lk_order_line *line = lk_only_line(m, lk_flow_order(m));
  for (int64_t i = 1; line && lk_line_left(line) <= LK_CHOICES_MAX && i <= lk_line_left(line); i++)
    lk_offer(m, lk_number_text(m, i), lk_text(m, "slot:%.*s", LK_FMT(lk_number_text(m, i))));
}

void lk_offer_values(lk_maker *m, const lk_entry *intent, const lk_slot *slot) {
  lk_order_action action = lk_order_action_of(intent->action);
  if (lk_slot_has_type(slot, "order-line")) offer_lines(m, intent);
  if (lk_slot_has_type(slot, "reason")) offer_reasons(m);
  if (lk_slot_has_type(slot, "size")) offer_sizes(m);
  if (lk_slot_has_type(slot, "quantity") && action == LK_ACTION_RETURN) offer_numbers(m);
  if (lk_slot_has_type(slot, "yes-no")) {
    lk_offer(m, LK_PHRASE0(m, "choice-yes"), LK_LIT("slot:1"));
    lk_offer(m, LK_PHRASE0(m, "choice-no"), LK_LIT("slot:0"));
  }
}

/* ---- What is missing ---- */

static bool any_unopened_only(const lk_maker *m, const lk_order *order) {
  for (size_t i = 0; order && i < order->line_count; i++)
    if (lk_line_chosen(m, &order->lines[i]) && lk_view_eq(order->lines[i].returnable, LK_LIT("unopened"))) return true;
  return false;
}

/* Was the package opened? Only where it decides. How many go back? Only where there are several. */
static bool matters(lk_maker *m, const lk_entry *intent, const lk_slot *slot) {
  if (lk_order_action_of(intent->action) != LK_ACTION_RETURN) return true;
  const lk_order *order = lk_flow_order(m);
  const lk_order_line *line = lk_only_line(m, order);
  if (lk_slot_has_type(slot, "quantity")) return line && lk_line_left(line) > 1;
  if (lk_slot_has_type(slot, "yes-no")) return !lk_is_shops_fault(lk_chosen(m, "reason")) && any_unopened_only(m, order);
  return true;
}

/* A slot with one possible value is not worth a question, nor is one that the customer's first words filled. */
static void fill_what_is_known(lk_maker *m, const lk_entry *intent, const lk_slot *slot) {
  const lk_order *order = lk_flow_order(m);
  if (!order) return;
  bool back = lk_order_action_of(intent->action) == LK_ACTION_RETURN;
  lk_view known = {"", 0};
  if (lk_slot_has_type(slot, "order-line"))
    known = order->line_count == 1 ? lk_number_text(m, order->lines[0].line) : lk_lines_named(m, order, m->state.said, back);
  else if (lk_slot_has_type(slot, "reason"))
    known = lk_reason_named(m, m->state.said);
  if (!known.len) return;
  lk_fill(m, slot->name, known);
  lk_because(&m->out->reasons, "flow.slot", "%.*s = %.*s, by itself", LK_FMT(slot->name), LK_FMT(known));
}

const lk_slot *lk_first_missing(lk_maker *m, const lk_entry *intent) {
  bool verified = lk_is_verified(m, intent), unneeded = lk_needs_no_order(m, intent);
  for (size_t i = 0; i < intent->slot_count; i++) {
    const lk_slot *slot = &intent->slots[i];
    if (slot == lk_proof_slot(intent) && (verified || unneeded)) continue;
    if (lk_slot_has_type(slot, "order-number") && unneeded) continue;
    if (lk_state_slot(&m->state, slot->name).len) continue;
    fill_what_is_known(m, intent, slot);
    bool asked = slot->ask.len > 0 && matters(m, intent, slot);
    if (asked && !lk_state_slot(&m->state, slot->name).len) return slot;
  }
  return NULL;
}
