#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "base/utf8.h"
#include "dialogue/turn.h"

/* ---- Events ---- */

lk_event *lk_note(lk_maker *m, lk_event_type type) {
  lk_turn *out = m->out;
  if (out->event_count == m->event_cap) {
    size_t cap = m->event_cap ? m->event_cap * 2 : 8;
    lk_event *grown = LK_NEW_ARRAY(m->arena, lk_event, cap);
    if (!grown) {
      lk_maker_fail(m, lk_fail_memory(m->err));
      if (!out->events) return &m->lost;
      return &out->events[out->event_count - 1];
    }
    if (out->event_count) memcpy(grown, out->events, out->event_count * sizeof *grown);
    out->events = grown;
    m->event_cap = cap;
  }
  lk_event *event = &out->events[out->event_count++];
  *event = (lk_event){.type = type};
  return event;
}

lk_view lk_beginning(lk_view text, size_t characters) {
  size_t at = 0;
  while (characters-- && at < text.len) (void)lk_utf8_next(text, &at);
  return (lk_view){text.ptr, at};
}

lk_view lk_kept_part(const lk_kb *kb, lk_view text) { return lk_beginning(text, (size_t)lk_kb_policy(kb, "message-limit")); }

static lk_event *note_about(lk_maker *m, lk_event_type type, const lk_entry *entry, double confidence) {
  lk_event *event = lk_note(m, type);
  if (entry) event->entry = entry->id;
  event->has_confidence = true;
  event->confidence = confidence;
  event->text = lk_kept_part(m->kb, m->in->text);
  return event;
}

/* ---- Doing what was decided ---- */

/* The customer is understood again: what was not understood before is worth knowing, with the entry that it meant. */
static void understood(lk_maker *m, const lk_entry *entry) {
  if (m->state.unclear.len) {
    lk_event *repaired = lk_note(m, LK_EVENT_TURN_REPAIRED);
    repaired->entry = entry->id;
    repaired->text = m->state.unclear;
  }
  m->state.unclear = (lk_view){"", 0};
  m->state.fallbacks = 0;
}

static void offer_see_also(lk_maker *m, const lk_entry *entry) {
  for (size_t i = 0; i < entry->see_count && i < 3; i++) {
    const lk_entry *other = lk_kb_entry(m->kb, entry->see[i], m->state.lang);
    if (other && other->phrasing_count) lk_offer(m, other->phrasings[0].text, lk_text(m, "entry:%.*s", LK_FMT(other->id)));
  }
}

static bool is_today(const lk_maker *m, const lk_notice *notice) {
  lk_local_time now = lk_local_time_of(m->now);
  int today = now.date.year * 512 + now.date.month * 32 + now.date.day, minute = now.hour * 60 + now.minute;
  int from = notice->from.year * 512 + notice->from.month * 32 + notice->from.day;
  int until = notice->until.year * 512 + notice->until.month * 32 + notice->until.day;
  bool begun = !lk_date_given(notice->from) || today > from || (today == from && minute >= notice->from_minute);
  bool over = lk_date_given(notice->until) && (today > until || (today == until && minute > notice->until_minute));
  return begun && !over;
}

/* Incidents come first: a late delivery is explained by the strike, not by the article. */
static void say_notices(lk_maker *m, lk_view category) {
  size_t count;
  const lk_notice *notices = lk_kb_notices(m->kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count; i++) {
    const lk_notice *notice = lk_kb_notice(m->kb, notices[i].id, m->state.lang);
    if (notice != &notices[i] || !is_today(m, notice)) continue;
    if (notice->category.len && !lk_view_eq(notice->category, category)) continue;
    lk_say_answer(m, &notice->text, notice->lang, notice->id);
    lk_event *shown = lk_note(m, LK_EVENT_NOTICE_SHOWN);
    shown->entry = notice->id;
  }
}

void lk_answer_entry(lk_maker *m, const lk_entry *entry, double confidence) {
  m->out->act = LK_ACT_ANSWER;
  understood(m, entry);
  (void)note_about(m, LK_EVENT_TURN_ANSWERED, entry, confidence);
  say_notices(m, entry->category);
  LK_SAY(m, "answer-lead", LK_VALUE("question", entry->phrasings[0].text));
  lk_say_entry(m, entry);
  m->state.last_entry = entry->id;
  if (entry->handoff_always) {
    lk_hand_off(m, LK_HANDOFF_ARTICLE);
    return;
  }
  if (m->state.intent.len) return; /* in the middle of something else one question is enough: the one that follows */
  LK_SAY0(m, "helped");
  m->state.pending = LK_PENDING_HELPED;
  offer_see_also(m, entry);
}

/* The answer that was just given is not given again as if it were new, unless in another language; who asks a third time needs a person. */
static bool just_answered(const lk_maker *m, const lk_entry *entry) {
  return m->before.last_entry.len && lk_view_eq(m->before.last_entry, entry->id) && m->before.lang == m->state.lang;
}

static void point_back(lk_maker *m, const lk_entry *entry) {
  lk_because(&m->out->reasons, "already-answered", "%.*s was the last answer", LK_FMT(entry->id));
  (void)note_about(m, LK_EVENT_TURN_FALLBACK, entry, m->out->confidence);
  if (m->before.pending == LK_PENDING_PERSON) {
    lk_hand_off(m, LK_HANDOFF_LOW_CONFIDENCE);
    return;
  }
  m->out->act = LK_ACT_ANSWER;
  LK_SAY(m, "already-answered", LK_VALUE("question", entry->phrasings[0].text));
  lk_offer_person(m);
}

/* An intent that brings a person, and has a slot for a phone number, is a wish to be called. */
static void hand_over(lk_maker *m, const lk_entry *entry) {
  bool call = false;
  for (size_t i = 0; i < entry->slot_count; i++) call = call || lk_view_eq(entry->slots[i].name, LK_LIT("phone"));
  if (call)
    lk_hand_off_to_call(m);
  else
    lk_hand_off(m, LK_HANDOFF_ASKED);
}

/* Angry words: an insult has a person offered, and brings one when it comes again; anger about what happened brings one at once. */
static bool is_insult(const lk_entry *entry) { return lk_view_eq(entry->id, LK_LIT("chat-insult")); }
static bool is_anger(const lk_entry *entry) { return lk_view_eq(entry->id, LK_LIT("chat-anger")); }

static void talk_small(lk_maker *m, const lk_entry *entry, double confidence) {
  m->out->act = LK_ACT_CHAT;
  (void)note_about(m, LK_EVENT_TURN_CHAT, entry, confidence);
  m->state.fallbacks = 0;
  bool again = is_insult(entry) && m->before.insulted;
  if (is_anger(entry) || again) {
    lk_hand_off(m, LK_HANDOFF_ANGER);
    return;
  }
  lk_say_entry(m, entry);
  if (!is_insult(entry)) return;
  m->state.insulted = true;
  if (m->state.intent.len)
    lk_offer(m, LK_PHRASE0(m, "choice-person"), LK_LIT("person"));
  else
    lk_offer_person(m);
}

void lk_take_up(lk_maker *m, const lk_entry *entry, double confidence) {
  m->out->entry = entry;
  m->out->action = entry->action;
  m->out->confidence = confidence;
  switch (entry->kind) {
    case LK_ENTRY_ARTICLE:
      if (just_answered(m, entry))
        point_back(m, entry);
      else
        lk_answer_entry(m, entry, confidence);
      break;
    case LK_ENTRY_INTENT:
      understood(m, entry);
      if (lk_view_eq(entry->action, LK_LIT("handoff")))
        hand_over(m, entry);
      else
        lk_flow_start(m, entry, confidence);
      break;
    case LK_ENTRY_CHAT:
      talk_small(m, entry, confidence);
      break;
    case LK_ENTRY_NOT_COVERED: {
      m->out->act = LK_ACT_FALLBACK;
      lk_event *declined = note_about(m, LK_EVENT_TURN_DECLINED, entry, confidence);
      declined->reason = LK_LIT("not-covered");
      m->state.fallbacks = 0;
      lk_say_entry(m, entry);
      break;
    }
  }
}

static void offer_candidates(lk_maker *m, size_t count) {
  for (size_t i = 0; i < count && i < m->u->candidate_count; i++) {
    const lk_entry *entry = m->u->candidates[i].entry;
    lk_offer(m, entry->phrasings[0].text, lk_text(m, "entry:%.*s", LK_FMT(entry->id)));
  }
  lk_offer(m, LK_PHRASE0(m, "choice-other"), LK_LIT("other"));
}

static lk_view choices_as_json(lk_maker *m, size_t count) {
  lk_view list = {"", 0};
  for (size_t i = 0; i < count && i < m->u->candidate_count; i++)
    list = lk_text(m, "%.*s%s\"%.*s\"", LK_FMT(list), i ? "," : "", LK_FMT(m->u->candidates[i].entry->id));
  return lk_text(m, "{\"choices\":[%.*s]}", LK_FMT(list));
}

static void clarify(lk_maker *m, const lk_decision *d) {
  m->out->act = LK_ACT_CLARIFY;
  m->out->entry = d->entry;
  m->out->confidence = d->confidence;
  if (!m->state.unclear.len) m->state.unclear = lk_beginning(m->in->text, LK_STATE_TEXT);
  lk_event *clarified = note_about(m, LK_EVENT_TURN_CLARIFIED, d->entry, d->confidence);
  clarified->detail = choices_as_json(m, d->choices);
  lk_say(m, m->state.clarified++ % 2 ? "clarify-again" : "clarify", NULL, 0);
  offer_candidates(m, d->choices);
  m->state.choosing = true;
  m->state.pending = LK_PENDING_CHOICE;
}

/* Once: other words, please, with the nearest choices. Twice: a person is offered. From then on a person is asked for the customer. */
static void fall_back(lk_maker *m, const lk_decision *d) {
  m->out->act = LK_ACT_FALLBACK;
  m->out->confidence = d->confidence;
  const lk_entry *nearest = m->u && m->u->candidate_count ? m->u->candidates[0].entry : NULL;
  lk_event *event = note_about(m, LK_EVENT_TURN_FALLBACK, nearest, d->confidence);
  event->has_number = true;
  event->number = ++m->state.fallbacks;
  if (!m->state.unclear.len) m->state.unclear = lk_beginning(m->in->text, LK_STATE_TEXT);
  uint32_t patience = (uint32_t)lk_kb_policy(m->kb, "rephrase-limit");
  if (m->state.fallbacks <= patience) {
    bool choices = d->choices >= 2 && !m->before.choosing;
    lk_say(m, choices ? "rephrase-choices" : "rephrase", NULL, 0);
    if (!choices) return;
    offer_candidates(m, d->choices);
    m->state.choosing = true;
    m->state.pending = LK_PENDING_CHOICE;
  } else if (m->state.fallbacks == patience + 1) {
    LK_SAY0(m, "offer-person");
    lk_offer_person(m);
  } else {
    lk_hand_off(m, LK_HANDOFF_LOW_CONFIDENCE);
  }
}

static bool looked_at(lk_maker *m);
static bool understand(lk_maker *m);

static bool only_reads(const lk_entry *entry) {
  static const char *const reads[] = {"order.status", "order.contents", "order.tracking", "order.history"};
  for (size_t i = 0; entry->kind == LK_ENTRY_INTENT && i < sizeof reads / sizeof *reads; i++)
    if (lk_view_eq(entry->action, lk_view_of(reads[i]))) return true;
  return false;
}

/* The intent that shows what an article explains; NULL when there is none. */
static const lk_entry *reading_of(const lk_maker *m, const lk_entry *article) {
  size_t count;
  const lk_entry *entries = lk_kb_entries(m->kb, m->state.lang, &count);
  for (size_t i = 0; i < count; i++)
    for (size_t s = 0; only_reads(&entries[i]) && s < entries[i].see_count; s++)
      if (lk_view_eq(entries[i].see[s], article->id)) return &entries[i];
  return NULL;
}

/* Of a customer who is vouched for nothing more has to be asked to show an order: the likeliest wish is taken instead of being asked about. */
static void read_for_customer(lk_maker *m, lk_decision *decision) {
  if (!m->in->customer.len || decision->act != LK_ACT_CLARIFY || !decision->entry || decision->confidence < .5) return;
  const lk_entry *entry = only_reads(decision->entry) ? decision->entry : reading_of(m, decision->entry);
  if (!entry) return;
  lk_because(&m->out->reasons, "vouched", "%.*s only reads, and needs no proof of this customer", LK_FMT(entry->id));
  decision->act = LK_ACT_PERFORM;
  decision->entry = entry;
}

/* "Cancel" when there is nothing to leave: it is asked what is meant. */
static bool cancelled_nothing(lk_maker *m) {
  const lk_entity *command = m->u ? lk_entities_best(&m->u->entities, LK_ENTITY_COMMAND) : NULL;
  if (!command || command->number != LK_COMMAND_CANCEL || m->state.intent.len || m->u->triggered) return false;
  m->out->act = LK_ACT_CHAT;
  LK_SAY0(m, "nothing-to-cancel");
  return true;
}

void lk_decide_afresh(lk_maker *m) {
  /* A tap on something that nobody asks any more counts as its words. */
  if (!m->u && (!looked_at(m) || !understand(m))) return;
  if (cancelled_nothing(m)) return;
  lk_decision decision;
  lk_code code = lk_decide(m->engine, m->u, &m->out->reasons, &decision, m->err);
  if (code) {
    lk_maker_fail(m, code);
    return;
  }
  read_for_customer(m, &decision);
  if (decision.act == LK_ACT_CLARIFY && m->before.choosing) {
    lk_because(&m->out->reasons, "choices", "choices were offered just before: not twice in a row");
    decision.act = LK_ACT_FALLBACK;
    decision.entry = NULL;
  }
  if (decision.act == LK_ACT_CLARIFY)
    clarify(m, &decision);
  else if (decision.entry)
    lk_take_up(m, decision.entry, decision.confidence);
  else
    fall_back(m, &decision);
}

/* ---- The message itself ---- */

lk_entity_options lk_entity_hints(lk_maker *m) {
  return (lk_entity_options){
      .order_number = lk_kb_policy_text(m->kb, "order-number"),
      .today = lk_local_time_of(m->now).date,
      .choices = m->before.labels,
      .choice_count = m->before.choice_count,
  };
}

static bool looked_at(lk_maker *m) {
  size_t length = lk_utf8_length(m->in->text), limit = (size_t)lk_kb_policy(m->kb, "message-limit");
  bool blank = true;
  for (size_t i = 0; i < m->in->text.len && blank; i++) blank = (unsigned char)m->in->text.ptr[i] <= ' ';
  if (!blank && length <= limit) return true;
  m->out->act = LK_ACT_FALLBACK;
  lk_event *met = lk_note(m, LK_EVENT_LIMIT_MET);
  met->reason = LK_LIT("length");
  if (blank)
    LK_SAY0(m, "empty-message");
  else
    LK_SAY(m, "too-long", LK_VALUE("limit", lk_text(m, "%zu", limit)));
  m->state = m->before; /* nothing was said: what was asked is still asked */
  return false;
}

static lk_code hear(lk_maker *m, lk_lang lang, lk_understanding *out) {
  lk_hearing hearing = {.lang = lang, .prior = m->before.lang, .limit = 10, .entities = lk_entity_hints(m)};
  return lk_understand(m->worker, m->in->text, &hearing, m->arena, out, m->err);
}

bool lk_hear_text(lk_maker *m, lk_view text) {
  lk_hearing hearing = {.lang = m->state.lang, .prior = m->state.lang, .limit = 1, .entities = lk_entity_hints(m)};
  hearing.entities.choice_count = 0;
  lk_understanding *u = LK_NEW(m->arena, lk_understanding);
  lk_code code = u ? lk_understand(m->worker, text, &hearing, m->arena, u, m->err) : lk_fail_memory(m->err);
  if (code) lk_maker_fail(m, code);
  m->u = code ? NULL : u;
  return !code;
}

/* "en" is Finnish for "I don't" and Swedish for "a": an answer of a word or two to what was asked is read in the conversation's language when it makes sense there. */
static lk_code hear_short_answer(lk_maker *m) {
  bool asked = m->before.pending != LK_PENDING_NONE && m->before.lang != LK_LANG_NONE && m->in->lang == LK_LANG_NONE;
  if (!asked || m->u->language.lang == m->before.lang || m->u->analysis.count > 2) return LK_OK;
  lk_understanding *again = LK_NEW(m->arena, lk_understanding);
  lk_code code = again ? hear(m, m->before.lang, again) : lk_fail_memory(m->err);
  if (code) return code;
  bool answers = lk_entities_best(&again->entities, LK_ENTITY_YES_NO) || lk_entities_best(&again->entities, LK_ENTITY_CHOICE) ||
                 lk_entities_best(&again->entities, LK_ENTITY_COMMAND);
  if (answers) m->u = again;
  return LK_OK;
}

static bool understand(lk_maker *m) {
  m->u = LK_NEW(m->arena, lk_understanding);
  lk_code code = m->u ? hear(m, m->in->lang, m->u) : lk_fail_memory(m->err);
  if (!code) code = hear_short_answer(m);
  if (code) {
    lk_maker_fail(m, code);
    return false;
  }
  m->out->understanding = m->u;
  lk_lang lang = m->u->language.lang;
  lk_because(&m->out->reasons, "language", "%s (fi %.2f, sv %.2f, en %.2f)", lk_lang_code(lang),
             (double)m->u->language.share[LK_LANG_FI], (double)m->u->language.share[LK_LANG_SV],
             (double)m->u->language.share[LK_LANG_EN]);
  /* The greeting's language was a guess: finding out the customer's is no change. */
  if (m->before.lang != LK_LANG_NONE && m->before.turns > 1 && lang != m->before.lang) {
    lk_event *changed = lk_note(m, LK_EVENT_LANGUAGE_CHANGED);
    changed->reason = LK_LIT("detected");
  }
  m->state.lang = lang;
  return true;
}

/* A person asked for, in any words and at any point, comes before everything else. */
static bool asked_for_person(lk_maker *m) {
  if (!m->u) return false;
  const lk_entity *command = lk_entities_best(&m->u->entities, LK_ENTITY_COMMAND);
  bool asked = command && command->number == LK_COMMAND_PERSON;
  lk_decision decision = {0};
  lk_reasons reasons = {.arena = m->arena};
  if (!asked && !lk_decide(m->engine, m->u, &reasons, &decision, m->err)) {
    /* An article that is always handed off is answered first. */
    asked = decision.act == LK_ACT_HANDOFF && decision.entry && decision.entry->kind == LK_ENTRY_INTENT;
    if (decision.act == LK_ACT_CHAT && (is_anger(decision.entry) || is_insult(decision.entry))) {
      m->out->reasons = reasons;
      lk_take_up(m, decision.entry, decision.confidence);
      if (m->out->act != LK_ACT_HANDOFF) lk_flow_ask_again(m);
      return true;
    }
  }
  if (!asked) return false;
  m->out->reasons = reasons;
  m->out->entry = decision.entry ? decision.entry : lk_kb_entry(m->kb, LK_LIT("do-handoff"), m->state.lang);
  m->out->action = LK_LIT("handoff");
  m->out->confidence = decision.entry ? decision.confidence : 1;
  if (m->out->entry) understood(m, m->out->entry);
  if (decision.entry)
    hand_over(m, decision.entry);
  else
    lk_hand_off(m, LK_HANDOFF_ASKED);
  return true;
}

static void leave_stale_flow(lk_maker *m) {
  double timeout = lk_kb_policy(m->kb, "flow-timeout");
  if (!m->state.intent.len || (double)(m->now - m->before.time) <= timeout) return;
  lk_event *left = lk_note(m, LK_EVENT_FLOW_LEFT);
  left->entry = m->state.intent;
  left->reason = LK_LIT("timeout");
  lk_because(&m->out->reasons, "flow-timeout", "silent for %lld s", (long long)(m->now - m->before.time));
  lk_state_leave_flow(&m->state);
  LK_SAY0(m, "flow-timeout");
}

static bool in_flow(const lk_maker *m) { return m->state.intent.len > 0; }

static void go_on_with_flow(lk_maker *m) {
  m->state.pending = m->before.pending;
  m->state.asked = m->before.asked;
  if (lk_flow_continue(m)) return;
  lk_view intent = m->state.intent;
  lk_decide_afresh(m);
  if (in_flow(m) && lk_view_eq(intent, m->state.intent) && m->out->act != LK_ACT_HANDOFF) lk_flow_ask_again(m);
}

/* After a tap or a rating in the middle of a flow: what was asked is still asked. */
static void go_back_to_flow(lk_maker *m) {
  bool asking = m->state.pending == LK_PENDING_SLOT || m->state.pending == LK_PENDING_CONFIRM;
  if (in_flow(m) && !asking && m->out->act != LK_ACT_HANDOFF) lk_flow_ask_again(m);
}

/* Waiting is no reason to leave a question unanswered that the bot is sure about. But nothing is begun when somebody comes soon: what the customer then writes is for
 * them. */
static bool sure_while_waiting(lk_maker *m) {
  lk_decision decision;
  if (!m->u || lk_decide(m->engine, m->u, NULL, &decision, m->err)) return false;
  bool declines = decision.act == LK_ACT_FALLBACK && decision.entry;
  if (decision.act == LK_ACT_ANSWER || decision.act == LK_ACT_CHAT || declines) return true;
  lk_availability a = {0};
  bool attended = m->services->desk && !lk_desk_availability(m->services->desk, m->now, &a, NULL) && a.available;
  return decision.act == LK_ACT_PERFORM && !attended;
}

static void reply_while_waiting(lk_maker *m) {
  if (lk_took_contact(m) || asked_for_person(m)) return;
  if (lk_took_choice(m) || lk_took_rating(m)) {
    go_back_to_flow(m);
  } else if (in_flow(m)) {
    go_on_with_flow(m);
  } else if (sure_while_waiting(m)) {
    lk_decide_afresh(m);
  } else {
    m->state.waiting_told = m->before.waiting_told;
    lk_while_waiting(m);
  }
  /* A contact that was asked for can still be left. */
  bool free_to_ask = m->state.pending == LK_PENDING_NONE || m->state.pending == LK_PENDING_HELPED;
  if (m->before.pending == LK_PENDING_CONTACT && free_to_ask) m->state.pending = LK_PENDING_CONTACT;
}

static void reply(lk_maker *m) {
  if (m->phase == LK_PHASE_AGENT) {
    m->out->act = LK_ACT_SILENT;
    lk_because(&m->out->reasons, "agent", "a person has the conversation");
    (void)lk_note(m, LK_EVENT_TURN_RELAYED);
    m->state = m->before;
    return;
  }
  if (!m->in->payload.len && !looked_at(m)) return;
  leave_stale_flow(m);
  if (!m->in->payload.len && !understand(m)) return;
  if (m->phase == LK_PHASE_WAITING) {
    reply_while_waiting(m);
    return;
  }
  if (lk_took_contact(m) || asked_for_person(m)) return;
  if (lk_took_choice(m) || lk_took_rating(m) || lk_took_person_offer(m))
    go_back_to_flow(m);
  else if (in_flow(m))
    go_on_with_flow(m);
  else
    lk_decide_afresh(m);
}

static int64_t clock_of(const lk_services *services) {
  return services->now ? services->now(services->clock) : (int64_t)time(NULL);
}

/* What is asked afresh each turn starts empty; what is remembered is kept. */
static void begin_state(lk_maker *m) {
  m->state = m->before;
  m->state.choice_count = 0;
  m->state.choosing = false;
  m->state.pending = LK_PENDING_NONE;
  m->state.waiting_told = false;
  if (m->state.lang == LK_LANG_NONE) m->state.lang = m->in->lang == LK_LANG_NONE ? LK_LANG_FI : m->in->lang;
}

static lk_code finish(lk_maker *m) {
  m->state.turns++;
  m->state.time = m->now;
  m->out->lang = m->state.lang;
  m->out->customer = m->in->customer;
  if (!m->code) m->code = lk_state_write(&m->state, m->arena, &m->out->state, m->err);
  return m->code;
}

lk_code lk_turn_take(lk_worker *worker, const lk_services *services, lk_view state, lk_phase phase, const lk_utterance *utterance,
                     lk_arena *arena, lk_turn *out, lk_error *err) {
  *out = (lk_turn){.reasons = {.arena = arena}};
  const lk_engine *engine = lk_worker_engine(worker);
  lk_maker m = {.worker = worker,
                .engine = engine,
                .kb = lk_engine_kb(engine),
                .services = services,
                .in = utterance,
                .phase = phase,
                .now = clock_of(services),
                .arena = arena,
                .out = out,
                .err = err};
  lk_code code = lk_state_read(state, arena, &m.before, err);
  if (code) return code;
  begin_state(&m);
  lk_event *received = lk_note(&m, LK_EVENT_MESSAGE_RECEIVED);
  received->text = lk_kept_part(m.kb, utterance->text);
  reply(&m);
  return finish(&m);
}

lk_code lk_turn_greet(lk_worker *worker, const lk_services *services, lk_lang lang, lk_arena *arena, lk_turn *out,
                      lk_error *err) {
  static const lk_utterance nothing = {.lang = LK_LANG_NONE};
  *out = (lk_turn){.reasons = {.arena = arena}, .act = LK_ACT_CHAT};
  const lk_engine *engine = lk_worker_engine(worker);
  lk_maker m = {.worker = worker,
                .engine = engine,
                .kb = lk_engine_kb(engine),
                .services = services,
                .in = &nothing,
                .now = clock_of(services),
                .arena = arena,
                .out = out,
                .err = err};
  m.before.lang = lang;
  begin_state(&m);
  LK_SAY0(&m, "hello");
  say_notices(&m, (lk_view){"", 0});
  return finish(&m);
}
