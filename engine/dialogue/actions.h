/* What the files about actions on orders share: an order's parts in words, what an action ends with, and the one request that writes. */
#ifndef LK_DIALOGUE_ACTIONS_H
#define LK_DIALOGUE_ACTIONS_H

#include "base/buffer.h"
#include "dialogue/turn.h"

/* ---- order_text.c: an order's parts in words ---- */

typedef enum lk_line_filter { LK_LINES_ALL, LK_LINES_SHIPPED, LK_LINES_WAITING } lk_line_filter;
lk_view lk_lines_text(lk_maker *m, const lk_order *order, lk_line_filter filter);
lk_view lk_line_text(lk_maker *m, const lk_order_line *line, int64_t quantity);
/* "Vaelluskengät Tunturi 42" */
lk_view lk_line_name(lk_maker *m, const lk_order_line *line);
lk_view lk_product_name(lk_maker *m, const lk_product *product);
lk_view lk_sku_name(lk_maker *m, lk_view sku); /* the SKU itself when the catalogue has none */
lk_view lk_order_state_text(lk_maker *m, const lk_order *order);
lk_view lk_number_text(lk_maker *m, int64_t number);
/* The buffer's text in the turn's arena; frees the buffer. */
lk_view lk_buffer_text(lk_maker *m, lk_buffer *buffer);

/* ---- card.c ---- */

/* The reply that was said last tells this order's status: gives it what a channel needs to show it as a card. */
void lk_attach_card(lk_maker *m, const lk_order *order);

/* ---- chosen.c: what the slots say about an order ---- */

/* A slot's value; empty when it is unknown, or the customer could not say. */
lk_view lk_chosen(const lk_maker *m, const char *slot);
int64_t lk_chosen_quantity(const lk_maker *m, int64_t standard);
/* Is this line of the order meant? The slot "line" has numbers with commas between them, or "all". */
bool lk_line_chosen(const lk_maker *m, const lk_order_line *line);
/* The line when one alone is meant, else NULL. */
const lk_order_line *lk_only_line(const lk_maker *m, const lk_order *order);
static inline int64_t lk_line_left(const lk_order_line *line) { return line->shipped - line->returned; }
/* The size that is wanted, as a product of the line's family; NULL when there is none. */
const lk_product *lk_other_size(lk_maker *m, const lk_order_line *line, lk_view size);
/* Is a return for a reason that is the shop's fault? Then it does not matter whether the package was opened. */
bool lk_is_shops_fault(lk_view reason);

/* ---- request.c ---- */

void lk_request_fill(lk_maker *m, const lk_entry *intent, const lk_order *order, lk_order_request *request);

/* ---- refusals.c ---- */

/* Says why something is not done and what can be done instead, and leaves the flow. `outcome` has the reason with what it is about. */
void lk_refuse(lk_maker *m, const lk_entry *intent, const lk_order_outcome *outcome);
/* A refusal that is already certain is told before anything more is asked: nobody confirms what cannot be done. True: it was. */
bool lk_refused_already(lk_maker *m, const lk_entry *intent, const lk_order *order);

/* ---- outcome.c: how an action ends ---- */

/* The order book does not answer: the customer is told, and a person takes over. */
void lk_action_failed(lk_maker *m, const lk_entry *intent, const lk_error *error);
void lk_action_done(lk_maker *m, const lk_entry *intent);
void lk_action_refused(lk_maker *m, const lk_entry *intent, const char *reason);
/* The order that the slots name, when it is proved; NULL, and the customer told, when it cannot be read. */
lk_order *lk_proved_order(lk_maker *m, const lk_entry *intent);
/* Is the flow about an order that is proved? */
bool lk_is_of_order(const lk_maker *m);

/* ---- read_actions.c, write_actions.c ---- */

/* False: this action does not only read. */
bool lk_read_action(lk_maker *m, const lk_entry *intent);
void lk_write_action(lk_maker *m, const lk_entry *intent);

/* ---- recommend.c ---- */

/* What goes with the order's products: a line and choices, once in a conversation, when the policy wants it and there is no bad news. */
void lk_recommend(lk_maker *m, const lk_order *order);
/* Offers products that are like one that cannot be had. */
void lk_offer_similar(lk_maker *m, lk_view sku);

#endif
