/* Answers to what the bot asked outside of a flow: which of the choices, did it help, shall a person come, how can you be reached. */
#include <string.h>

#include "dialogue/turn.h"

static bool begins(lk_view text, const char *with) {
  return text.len >= strlen(with) && memcmp(text.ptr, with, strlen(with)) == 0;
}

static lk_view behind(lk_view text, const char *prefix) {
  size_t length = strlen(prefix);
  return (lk_view){text.ptr + length, text.len - length};
}

/* ---- Choices ---- */

static const char *const payloads[] = {"other", "person", "retry"};

static bool is_choice(lk_view payload) {
  for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++)
    if (lk_view_eq(payload, lk_view_of(payloads[i]))) return true;
  return begins(payload, "entry:") || begins(payload, "product:");
}

/* What the choice is taken for was said before: order number and product are in those words, not in the label. */
static void hear_what_was_unclear(lk_maker *m) {
  if (m->state.unclear.len)
    (void)lk_hear_text(m, m->state.unclear);
  else
    m->u = NULL;
}

static void take_choice(lk_maker *m, lk_view payload, int64_t position) {
  lk_because(&m->out->reasons, "choice", "%.*s", LK_FMT(payload));
  const lk_entry *entry = begins(payload, "entry:") ? lk_kb_entry(m->kb, behind(payload, "entry:"), m->state.lang) : NULL;
  bool product = begins(payload, "product:");
  lk_event *chosen = lk_note(m, LK_EVENT_TURN_CHOSEN);
  chosen->has_number = true;
  chosen->number = entry || product ? position : 0;
  chosen->text = m->state.unclear; /* which of the choices it meant, or that it meant none of them */
  if (entry) {
    chosen->entry = entry->id;
    if (entry->kind == LK_ENTRY_INTENT) hear_what_was_unclear(m);
    lk_take_up(m, entry, 1);
  } else if (lk_view_eq(payload, LK_LIT("person"))) {
    lk_hand_off(m, LK_HANDOFF_ASKED);
  } else if (!product || !lk_show_product(m, behind(payload, "product:"))) {
    m->out->act = LK_ACT_FALLBACK;
    LK_SAY0(m, "choice-other-reply");
  }
}

static int64_t position_of(const lk_maker *m, lk_view payload) {
  for (size_t i = 0; i < m->before.choice_count; i++)
    if (lk_view_eq(m->before.choices[i], payload)) return (int64_t)i + 1;
  return 1;
}

bool lk_took_choice(lk_maker *m) {
  if (is_choice(m->in->payload)) {
    take_choice(m, m->in->payload, position_of(m, m->in->payload));
    return true;
  }
  if (!m->u || !m->before.choice_count) return false;
  const lk_entity *choice = lk_entities_best(&m->u->entities, LK_ENTITY_CHOICE);
  if (!choice) return false;
  bool listed = choice->number >= 1 && (size_t)choice->number <= m->before.choice_count;
  lk_view payload = listed ? m->before.choices[choice->number - 1] : LK_LIT("other");
  /* In a flow choices are answers to what it asked, but for a person, who is offered beside them. */
  if (m->before.intent.len && !(lk_view_eq(payload, LK_LIT("person")) && choice->confidence >= .8f)) return false;
  take_choice(m, payload, listed ? choice->number : 0);
  return true;
}

/* ---- Yes and no ---- */

static int yes_no(const lk_maker *m, size_t *other_words) {
  *other_words = 0;
  if (lk_view_eq(m->in->payload, LK_LIT("yes"))) return 1;
  if (lk_view_eq(m->in->payload, LK_LIT("no"))) return 0;
  const lk_entity *e = m->u ? lk_entities_best(&m->u->entities, LK_ENTITY_YES_NO) : NULL;
  if (!e || !lk_is_firm(e)) return -1;
  for (size_t w = 0; w < m->u->analysis.count; w++) {
    bool inside = w >= e->first_word && w < e->past_word;
    if (!inside && m->u->analysis.words[w].token.kind == LK_TOKEN_WORD) ++*other_words;
  }
  return (int)e->number;
}

/* Is the message nothing but a yes or a no? Then it answers what was asked last. */
static int bare_yes_no(const lk_maker *m) {
  size_t words;
  int answer = yes_no(m, &words);
  return words <= 1 ? answer : -1;
}

/* ---- Did this help? ---- */

static int rating_of(const lk_maker *m, size_t *words) {
  *words = 0;
  if (lk_view_eq(m->in->payload, LK_LIT("helped:yes"))) return 1;
  if (lk_view_eq(m->in->payload, LK_LIT("helped:no"))) return 0;
  if (m->before.pending != LK_PENDING_HELPED) return -1;
  int answer = yes_no(m, words);
  return answer == 1 && *words > 1 ? -1 : answer; /* "yes, and what about …": a question */
}

/* A no that goes on says what is missing: that may be a question that can be answered at once. */
static bool answers_what_is_missing(lk_maker *m) {
  lk_decision decision;
  if (!m->u || lk_decide(m->engine, m->u, NULL, &decision, m->err)) return false;
  bool other = decision.entry && !lk_view_eq(decision.entry->id, m->before.last_entry);
  if (!other || (decision.act != LK_ACT_ANSWER && decision.act != LK_ACT_PERFORM && decision.act != LK_ACT_HANDOFF)) return false;
  lk_decide_afresh(m);
  return true;
}

bool lk_took_rating(lk_maker *m) {
  size_t words;
  int helped = rating_of(m, &words);
  if (helped < 0) return false;
  lk_event *rated = lk_note(m, LK_EVENT_RATED_HELPFUL);
  rated->entry = m->before.last_entry;
  rated->has_number = true;
  rated->number = helped;
  if (!helped && words > 1) {
    rated->text = lk_kept_part(m->kb, m->in->text);
    if (answers_what_is_missing(m)) return true;
  }
  m->out->act = LK_ACT_CHAT;
  lk_say(m, helped ? "helped-yes" : "helped-no", NULL, 0);
  if (!helped) {
    lk_offer(m, LK_PHRASE0(m, "choice-person"), LK_LIT("person"));
    m->state.pending = LK_PENDING_NONE;
  }
  return true;
}

/* ---- A person, and how to reach the customer ---- */

bool lk_took_person_offer(lk_maker *m) {
  if (m->before.pending != LK_PENDING_PERSON) return false;
  int answer = bare_yes_no(m);
  if (answer < 0) return false;
  if (answer == 1) {
    lk_hand_off(m, LK_HANDOFF_LOW_CONFIDENCE);
  } else {
    m->out->act = LK_ACT_FALLBACK;
    LK_SAY0(m, "choice-other-reply");
  }
  return true;
}

bool lk_took_contact(lk_maker *m) {
  if (m->before.pending != LK_PENDING_CONTACT || !m->u) return false;
  const lk_entity *e = lk_entities_best(&m->u->entities, LK_ENTITY_EMAIL);
  if (!e) e = lk_entities_best(&m->u->entities, LK_ENTITY_PHONE);
  if (e) {
    m->out->act = LK_ACT_HANDOFF;
    m->out->contact = e->text;
    (void)lk_note(m, LK_EVENT_CONTACT_LEFT);
    LK_SAY(m, "contact-thanks", LK_VALUE("contact", e->text));
    return true;
  }
  if (bare_yes_no(m) != 0) return false;
  m->out->act = LK_ACT_HANDOFF;
  LK_SAY0(m, "contact-skip");
  return true;
}
