/* Writing: once for each confirmation, through the order book; afterwards what is now true is told. */
#include <string.h>

#include "base/error.h"
#include "dialogue/actions.h"
#include "luukku/calendar.h"

/* "confirm-cancel" is answered with "done-cancel", where the KB has it. */
static const char *done_message(lk_maker *m, const lk_entry *intent) {
  size_t prefix = strlen("confirm-");
  bool paired = intent->confirm.len > prefix && memcmp(intent->confirm.ptr, "confirm-", prefix) == 0;
  lk_view id = lk_text(m, "done-%s", paired ? intent->confirm.ptr + prefix : "");
  return paired && lk_has_message(m, id.ptr) ? id.ptr : "done";
}

static void say_done(lk_maker *m, const lk_entry *intent, const lk_order_outcome *o) {
  lk_view new_order = o->new_order.len ? o->new_order : o->reference;
  lk_local_time today = lk_local_time_of(m->now);
  lk_date answered = lk_working_days_after(today.date, 1);
  LK_SAY(m, done_message(m, intent), LK_VALUE("order", lk_chosen(m, "order")), LK_VALUE("new", new_order),
         LK_VALUE("code", o->reference), LK_VALUE("number", o->reference),
         LK_VALUE("until", o->deadline ? lk_day(m, o->deadline) : LK_PHRASE0(m, "day-unknown")),
         LK_VALUE("answered", lk_when(m, lk_local_moment(answered, today.hour * 60 + today.minute))));
}

/* Wishes about personal data go to the shop's people as a request with a way to answer it; it says who proved to be the customer, and how. */
static bool is_request(lk_view action) { return action.len > 8 && memcmp(action.ptr, "privacy.", 8) == 0; }

static void make_request(lk_maker *m, const lk_entry *intent, lk_order_request *request) {
  request->action = LK_ACTION_CONTACT;
  if (m->in->customer.len)
    request->text = lk_text(m, "%.*s; customer %.*s", LK_FMT(intent->action), LK_FMT(m->in->customer));
  else
    request->text = lk_text(m, "%.*s; proved by order %.*s and its e-mail", LK_FMT(intent->action), LK_FMT(m->state.order));
}

static bool may_request(const lk_maker *m) {
  return m->in->customer.len || (lk_is_of_order(m) && lk_view_eq(m->state.proved_by, LK_LIT("email")));
}

/* The database was locked: nothing was done, and the same confirmation may be given again. The second time a person takes over. */
static void try_later(lk_maker *m, const lk_entry *intent, const lk_error *error) {
  if (m->state.troubles++) {
    lk_action_failed(m, intent, error);
    return;
  }
  lk_event *refused = lk_note(m, LK_EVENT_ACTION_REFUSED);
  refused->entry = intent->id;
  refused->action = intent->action;
  refused->reason = lk_view_of(lk_order_reason_name(LK_REASON_LOCKED));
  lk_because(&m->out->reasons, "action", "refused: %s", error->message);
  LK_SAY0(m, "refused-busy");
  lk_offer(m, LK_PHRASE0(m, "choice-yes"), LK_LIT("yes"));
  lk_offer(m, LK_PHRASE0(m, "choice-no"), LK_LIT("no"));
  m->state.pending = LK_PENDING_CONFIRM;
}

void lk_write_action(lk_maker *m, const lk_entry *intent) {
  lk_error error = {0};
  if (!m->services->orders || (is_request(intent->action) && !may_request(m))) {
    (void)lk_fail(&error, m->services->orders ? LK_ERR_DENIED : LK_ERR_BACKEND,
                  m->services->orders ? "a request about personal data needs the e-mail as proof; give the intent slots for it"
                                      : "there is no order book; start with one");
    lk_action_failed(m, intent, &error);
    return;
  }
  const lk_order *order = NULL;
  if (lk_is_of_order(m) && !(order = lk_proved_order(m, intent))) return;
  lk_order_request request = {0};
  lk_request_fill(m, intent, order, &request);
  if (is_request(intent->action)) make_request(m, intent, &request);
  lk_order_outcome outcome = {0};
  lk_code code = lk_orders_perform(m->services->orders, &request, m->arena, &outcome, &error);
  if (code && outcome.reason == LK_REASON_LOCKED && intent->confirm.len) {
    try_later(m, intent, &error);
  } else if (code) {
    lk_action_failed(m, intent, &error);
  } else if (outcome.reason != LK_REASON_DONE) {
    lk_refuse(m, intent, &outcome);
  } else {
    say_done(m, intent, &outcome);
    lk_action_done(m, intent);
  }
}

void lk_perform(lk_maker *m, const lk_entry *intent) {
  lk_because(&m->out->reasons, "action", "%.*s", LK_FMT(intent->action));
  if (!lk_read_action(m, intent)) lk_write_action(m, intent);
}
