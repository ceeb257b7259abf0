/* What the files of a flow share: slots and their values, and whose order it is. */
#ifndef LK_DIALOGUE_FLOW_H
#define LK_DIALOGUE_FLOW_H

#include "dialogue/actions.h"

/* ---- slots.c: a slot's value from what was said ---- */

bool lk_slot_has_type(const lk_slot *slot, const char *type);
const lk_slot *lk_slot_named(const lk_entry *intent, const char *name);
void lk_fill(lk_maker *m, lk_view name, lk_view value);
/* Takes what the message says by itself, before it was asked for. True: a slot has another value now. */
bool lk_fill_from_message(lk_maker *m, const lk_entry *intent);
/* Finds again what needs more than a message's words: products of the catalogue, days that are past. */
void lk_listen_for(lk_maker *m, const lk_entry *intent);

typedef enum lk_settling {
  LK_UNSETTLED,   /* the message is no answer to it */
  LK_SETTLED,     /* the slot has its value */
  LK_MISFIT,      /* it is one, but there is no such size, or not so many */
  LK_ASKED_WHICH, /* there are several: the customer was asked which */
} lk_settling;
/* Reads the message as the answer to the question for a slot. */
lk_settling lk_settle(lk_maker *m, const lk_entry *intent, const lk_slot *slot);

/* ---- matters.c: which slots a question is worth, and what can be chosen for them ---- */

/* The first slot that has to be asked for; NULL when all is known. Fills what has one possible value only, or was said at the beginning. */
const lk_slot *lk_first_missing(lk_maker *m, const lk_entry *intent);
/* The choices of a slot, where there are some. */
void lk_offer_values(lk_maker *m, const lk_entry *intent, const lk_slot *slot);
/* The lines of an order that a text names, as the slot "line" keeps them: "1,3"; empty for none. */
lk_view lk_lines_named(lk_maker *m, const lk_order *order, lk_view text, bool several);
/* The one reason for a return that a text names; empty for none. */
lk_view lk_reason_named(lk_maker *m, lk_view text);
/* What to do with a text that names a product: fills the slot, or asks which of several. `least`: how alike the first has to be. */
lk_settling lk_settle_product(lk_maker *m, const lk_slot *slot, lk_view text, const lk_entities *entities, double least);
lk_settling lk_settle_product_size(lk_maker *m, const lk_slot *slot, lk_view sku, const lk_entities *entities);

/* ---- identity.c: whose order it is ---- */

const lk_slot *lk_proof_slot(const lk_entry *intent);
/* Is the flow's order proved as its intent wants it? A postcode is enough only where the slot takes one. */
bool lk_is_verified(const lk_maker *m, const lk_entry *intent);
/* Does the shop vouch for the customer, so that this wish needs no order at all? */
bool lk_needs_no_order(const lk_maker *m, const lk_entry *intent);
/* The flow's order, when it is proved; else NULL. */
lk_order *lk_flow_order(lk_maker *m);
typedef enum lk_identification {
  LK_IDENTIFIED, /* or nothing to prove yet: ask what is missing */
  LK_TOLD        /* the customer was told or asked something: the turn is over */
} lk_identification;
lk_identification lk_identify(lk_maker *m, const lk_entry *intent);

#endif
