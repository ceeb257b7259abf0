/* The one table of what <policy> may set. kb/FORMAT.md and the schema list the same names; a test compares the three. */
#include "kb/policy.h"

#include <stdint.h>

#include "kb/values.h"

#define DAY 86400.0

static const lk_policy_rule rules[] = {
    {"answer-at", LK_POLICY_SHARE, "0.75", 0, 1, "answer at once from this confidence on"},
    {"clarify-at", LK_POLICY_SHARE, "0.30", 0, 1, "offer choices from this confidence on; below it, ask to rephrase"},
    {"perform-at", LK_POLICY_SHARE, "0.75", 0, 1, "do what an intent does from this confidence on"},
    {"chat-at", LK_POLICY_SHARE, "0.75", 0, 1, "answer small talk from this confidence on"},
    {"decline-at", LK_POLICY_SHARE, "0.75", 0, 1, "say that something is not covered from this confidence on"},
    {"handoff-at", LK_POLICY_SHARE, "0.60", 0, 1, "give the conversation to a person from this confidence on"},
    {"choice-at", LK_POLICY_SHARE, "0.05", 0, 1, "offer an entry as a choice from this confidence on"},
    {"choices", LK_POLICY_COUNT, "3", 1, 5, "how many choices to offer at the most"},
    {"rephrase-limit", LK_POLICY_COUNT, "1", 0, 5, "how often in a row to ask for other words before a person is offered"},
    {"proof-attempts", LK_POLICY_COUNT, "5", 1, 20, "wrong proofs of an order before a person takes over"},
    {"message-limit", LK_POLICY_COUNT, "2000", 100, 10000, "characters of a customer's message that are read"},
    {"retention-days", LK_POLICY_COUNT, "365", 1, 3650, "days after which transcripts are deleted"},
    {"conversation-timeout", LK_POLICY_DURATION, "2 h", 60, 7 * DAY,
     "silence after which a new message begins a new conversation"},
    {"flow-timeout", LK_POLICY_DURATION, "30 min", 60, DAY, "silence after which an unfinished flow is left"},
    {"stale-days", LK_POLICY_COUNT, "540", 1, 3650, "days after which the checker asks an editor to read an article again"},
    {"recommend", LK_POLICY_SWITCH, "no", 0, 1, "show what goes with an order's products, once in a conversation"},
    {"order-number", LK_POLICY_TEXT, "######", 1, 40,
     "the form of an order number: # is a digit, everything else stands for itself"},
};

_Static_assert(sizeof rules / sizeof *rules <= LK_POLICY_MAX, "LK_POLICY_MAX is too small");

const lk_policy_rule *lk_policy_rules(size_t *count) {
  *count = sizeof rules / sizeof *rules;
  return rules;
}

size_t lk_policy_find(lk_view name) {
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    if (lk_view_eq(name, lk_view_of(rules[i].name))) return i;
  return SIZE_MAX;
}

static bool parse_switch(lk_view text, double *out) {
  *out = lk_view_eq(text, LK_LIT("yes"));
  return *out > 0 || lk_view_eq(text, LK_LIT("no"));
}

static bool parse_value(lk_policy_type type, lk_view text, double *out) {
  long count = 0;
  switch (type) {
    case LK_POLICY_SHARE:
    case LK_POLICY_NUMBER:
      return lk_parse_number(text, out);
    case LK_POLICY_COUNT:
      if (!lk_parse_count(text, &count)) return false;
      *out = (double)count;
      return true;
    case LK_POLICY_DURATION:
      return lk_parse_duration(text, out);
    case LK_POLICY_SWITCH:
      return parse_switch(text, out);
    case LK_POLICY_TEXT:
      break;
  }
  *out = (double)text.len;
  return true;
}

bool lk_policy_parse(const lk_policy_rule *rule, lk_view text, double *out) {
  if (!parse_value(rule->type, text, out) || *out < rule->min || *out > rule->max) return false;
  if (rule->type == LK_POLICY_TEXT) *out = 0;
  return true;
}

const char *lk_policy_form(lk_policy_type type) {
  switch (type) {
    case LK_POLICY_SHARE:
      return "a number such as 0.75, with a point";
    case LK_POLICY_NUMBER:
      return "a number such as 2.5, with a point";
    case LK_POLICY_COUNT:
      return "a whole number such as 3";
    case LK_POLICY_DURATION:
      return "a time such as \"90 s\", \"15 min\", \"24 h\", \"30 days\" or \"12 months\"";
    case LK_POLICY_SWITCH:
      return "\"yes\" or \"no\"";
    case LK_POLICY_TEXT:
      break;
  }
  return "a text";
}

static const char *const slot_types[] = {"order-number", "email",  "phone",    "postcode", "address", "pickup-point",
                                         "date",         "amount", "quantity", "product",  "size",    "order-line",
                                         "reason",       "choice", "yes-no",   "name",     "text",    NULL};

const char *const *lk_slot_types(void) { return slot_types; }
