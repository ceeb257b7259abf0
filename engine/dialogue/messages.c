/* Which messages the dialogue says, with the variables that each may use: the contract between this folder and the KB's editors. */
#include "luukku/dialogue.h"

#include "base/error.h"

typedef struct expected {
  const char *id, *variables; /* variables: separated and surrounded by spaces */
} expected;

#define ORDER_SLOTS " order lines total address place product from to quantity price reason size fault email phone text "
#define DONE_VALUES " order new code number until answered "
#define REFUSAL_VALUES " until product input left order most "

static const expected messages[] = {
    {"hello", ""},
    {"answer-lead", " question "},
    {"helped", ""},
    {"helped-yes", ""},
    {"helped-no", ""},
    {"clarify", ""},
    {"clarify-again", ""},
    {"choice-other", ""},
    {"choice-other-reply", ""},
    {"choice-person", ""},
    {"choice-retry", ""},
    {"choice-all", ""},
    {"choice-yes", ""},
    {"choice-no", ""},
    {"rephrase", ""},
    {"rephrase-choices", ""},
    {"offer-person", ""},
    {"already-answered", " question "},
    {"too-long", " limit "},
    {"empty-message", ""},
    {"trouble-orders", ""},
    {"handoff-lead", ""},
    {"handoff-anger", ""},
    {"handoff-waiting", " position wait "},
    {"handoff-waiting-unknown", " position "},
    {"handoff-closed", " opens answered "},
    {"handoff-closed-holiday", " holiday opens answered "},
    {"handoff-absent", " answered "},
    {"handoff-failed", ""},
    {"ask-contact", ""},
    {"contact-thanks", " contact "},
    {"contact-skip", ""},
    {"already-waiting", " position "},
    {"day-today", " time "},
    {"day-tomorrow", " time "},
    {"day-weekday", " weekday time "},
    {"day-date", " weekday date time "},
    {"day-unknown", ""},
    {"date", " day month "},
    {"clock", " hour minute "},
    {"wait-minutes", " minutes "},
    {"wait-under-minute", ""},
    {"money", " euros cents "},
    {"proof-wrong", ""},
    {"proof-locked", ""},
    {"ask-yes-no", ""},
    {"flow-left", ""},
    {"flow-back", ""},
    {"flow-restart", ""},
    {"flow-timeout", ""},
    {"flow-switched", ""},
    {"nothing-to-cancel", ""},
    {"offer-person-unknown", ""},
    {"ask-which-order", ""},
    {"choice-order", " order date state "},
    {"ask-which-product", ""},
    {"ask-which-size", " product "},
    {"ask-fewer", " product left "},
    {"recommend-lead", " product "},
    {"choice-product", " product price "},
    {"product", " product price link "},
    {"product-no-link", " product price link "},
    {"product-sold-out", " product price until "},
    {"not-done", ""},
    {"status-received", " order expected "},
    {"status-paid", " order expected "},
    {"status-packing", " order expected "},
    {"status-shipped", " order carrier code link expected "},
    {"status-shipped-no-link", " order expected "},
    {"status-ready", " order place until "},
    {"status-delivered", " order date "},
    {"status-returned", " order "},
    {"status-cancelled", " order "},
    {"status-part-shipped", " order shipped waiting expected "},
    {"status-delayed", " order expected "},
    {"status-delayed-unknown", " order "},
    {"contents", " order lines total "},
    {"contents-line", " quantity product price "},
    {"tracking", " order carrier code events "},
    {"tracking-event", " when where what "},
    {"tracking-none", " order "},
    {"history", " lines "},
    {"history-line", " order date state total "},
    {"history-none", ""},
    {"invoice-none", " order "},
    {"invoice-link", " order number link total "},
    {"receipt-link", " order number link total "},
    {"invoice-no-link", " order number total "},
    {"confirm-cancel", ORDER_SLOTS},
    {"confirm-address", ORDER_SLOTS},
    {"confirm-pickup", ORDER_SLOTS},
    {"confirm-quantity", ORDER_SLOTS},
    {"confirm-add", ORDER_SLOTS},
    {"confirm-reorder", ORDER_SLOTS},
    {"confirm-return", ORDER_SLOTS},
    {"confirm-exchange", ORDER_SLOTS},
    {"confirm-claim", ORDER_SLOTS},
    {"confirm-notify", ORDER_SLOTS},
    {"confirm-callback", ORDER_SLOTS},
    {"confirm-export", ORDER_SLOTS},
    {"confirm-erase", ORDER_SLOTS},
    {"done", DONE_VALUES},
    {"done-cancel", DONE_VALUES},
    {"done-address", DONE_VALUES},
    {"done-pickup", DONE_VALUES},
    {"done-quantity", DONE_VALUES},
    {"done-add", DONE_VALUES},
    {"done-reorder", DONE_VALUES},
    {"done-return", DONE_VALUES},
    {"done-exchange", DONE_VALUES},
    {"done-claim", DONE_VALUES},
    {"done-notify", DONE_VALUES},
    {"done-callback", DONE_VALUES},
    {"done-export", DONE_VALUES},
    {"done-erase", DONE_VALUES},
    {"refused-packed", REFUSAL_VALUES},
    {"refused-shipped", REFUSAL_VALUES},
    {"refused-delivered", REFUSAL_VALUES},
    {"refused-cancelled", REFUSAL_VALUES},
    {"refused-returned", REFUSAL_VALUES},
    {"refused-past-deadline", REFUSAL_VALUES},
    {"refused-not-returnable", REFUSAL_VALUES},
    {"refused-unknown-line", REFUSAL_VALUES},
    {"refused-unknown-product", REFUSAL_VALUES},
    {"refused-out-of-stock", REFUSAL_VALUES},
    {"refused-few-left", REFUSAL_VALUES},
    {"refused-in-stock", REFUSAL_VALUES},
    {"refused-not-delivered", REFUSAL_VALUES},
    {"refused-quantity", REFUSAL_VALUES},
    {"refused-bad-address", REFUSAL_VALUES},
    {"refused-bad-contact", REFUSAL_VALUES},
    {"refused-wrong-delivery", REFUSAL_VALUES},
    {"refused-last-line", REFUSAL_VALUES},
    {"refused-different-product", REFUSAL_VALUES},
    {"refused-nothing-changes", REFUSAL_VALUES},
    {"refused-busy", REFUSAL_VALUES},
    {"refused-other", REFUSAL_VALUES},
};

/* Families whose members are numbered or named by data: all of one must be there. */
typedef struct family {
  const char *prefix;
  const char *const *members;
} family;

static const char *const months[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", NULL};
static const char *const weekdays[] = {"1", "2", "3", "4", "5", "6", "7", NULL};
static const char *const states[] = {"received",  "paid",     "packing",   "part-shipped", "shipped", "ready",
                                     "delivered", "returned", "cancelled", "delayed",      NULL};
static const char *const reasons[] = {"size", "faulty", "wrong", "late", "regret", "other", NULL};
static const char *const events[] = {"sent",   "sorted",    "in-transit", "customs", "out-for-delivery", "ready", "delivered",
                                     "missed", "returning", "delayed",    NULL};
static const family families[] = {
    {"month-", months}, {"weekday-", weekdays}, {"state-", states}, {"reason-", reasons}, {"event-", events}};

static bool allowed(const char *variables, lk_view name) {
  char spaced[64];
  if (name.len + 3 > sizeof spaced) return false;
  spaced[0] = ' ';
  memcpy(spaced + 1, name.ptr, name.len);
  spaced[name.len + 1] = ' ';
  spaced[name.len + 2] = '\0';
  return strstr(variables, spaced) != NULL;
}

static void check_one(const lk_kb *kb, const char *id, const char *variables, lk_findings *findings) {
  const lk_message *any = lk_kb_message(kb, lk_view_of(id), LK_LANG_FI);
  if (!any) {
    (void)lk_findings_add(findings, LK_SEVERITY_ERROR, "missing-message", "", 0,
                          "add a <message> with this id, at least in Finnish",
                          "the message \"%s\", which the dialogue says, is missing", id);
    return;
  }
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    const lk_message *message = lk_kb_message(kb, lk_view_of(id), (lk_lang)lang);
    if (!message || message->lang != (lk_lang)lang) continue;
    for (size_t v = 0; v < message->text.variable_count; v++) {
      if (allowed(variables, message->text.variables[v])) continue;
      (void)lk_findings_add(findings, LK_SEVERITY_ERROR, "unknown-variable", message->file, message->line,
                            "use only the variables that kb/FORMAT.md lists for this message",
                            "the message \"%s\" uses {%.*s}, which has no value there", id, LK_FMT(message->text.variables[v]));
    }
  }
}

void lk_dialogue_check(const lk_kb *kb, lk_findings *findings) {
  for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) check_one(kb, messages[i].id, messages[i].variables, findings);
  for (size_t f = 0; f < sizeof families / sizeof *families; f++)
    for (const char *const *member = families[f].members; *member; member++) {
      char id[64];
      (void)snprintf(id, sizeof id, "%s%s", families[f].prefix, *member);
      check_one(kb, id, "", findings);
    }
  for (int h = LK_HOLIDAY_NONE + 1; h < LK_HOLIDAY_COUNT; h++) {
    char id[64];
    (void)snprintf(id, sizeof id, "holiday-%s", lk_holiday_id((lk_holiday)h));
    check_one(kb, id, "", findings);
  }
  lk_findings_sort(findings);
}
