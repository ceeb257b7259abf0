#include <inttypes.h>

#include "base/error.h"
#include "dialogue/turn.h"
#include "luukku/calendar.h"

/* How soon a written message is answered: within one working day, counted from the desk's next opening when it is closed. */
static lk_view answered_by(lk_maker *m, const lk_availability *a) {
  int64_t from = a->has_hours && !a->hours.open && a->hours.opens != LK_NEVER ? a->hours.opens : m->now;
  lk_local_time start = lk_local_time_of(from);
  lk_date day = lk_working_days_after(start.date, 1);
  return lk_when(m, lk_local_moment(day, start.hour * 60 + start.minute));
}

static lk_view holiday_of(lk_maker *m, lk_holiday holiday) {
  lk_view id = lk_text(m, "holiday-%s", lk_holiday_id(holiday));
  return LK_PHRASE0(m, id.ptr);
}

static void say_waiting(lk_maker *m, const lk_availability *a) {
  lk_view position = lk_text(m, "%zu", a->waiting + 1);
  if (a->expected_wait == LK_WAIT_UNKNOWN)
    LK_SAY(m, "handoff-waiting-unknown", LK_VALUE("position", position));
  else
    LK_SAY(m, "handoff-waiting", LK_VALUE("position", position), LK_VALUE("wait", lk_duration(m, a->expected_wait)));
}

static void say_closed(lk_maker *m, const lk_availability *a) {
  lk_view answered = answered_by(m, a);
  if (!a->has_hours || a->hours.open || a->hours.opens == LK_NEVER) {
    LK_SAY(m, "handoff-absent", LK_VALUE("answered", answered));
  } else if (a->hours.why == LK_CLOSED_HOLIDAY) {
    LK_SAY(m, "handoff-closed-holiday", LK_VALUE("holiday", holiday_of(m, a->hours.holiday)),
           LK_VALUE("opens", lk_when(m, a->hours.opens)), LK_VALUE("answered", answered));
  } else {
    LK_SAY(m, "handoff-closed", LK_VALUE("opens", lk_when(m, a->hours.opens)), LK_VALUE("answered", answered));
  }
}

static lk_case *new_case(lk_maker *m, lk_handoff_reason reason, bool attended) {
  lk_case *c = LK_NEW(m->arena, lk_case);
  size_t count = m->u ? m->u->candidate_count : 0;
  lk_case_candidate *candidates = LK_NEW_ARRAY(m->arena, lk_case_candidate, count + 1);
  if (!c || !candidates) {
    lk_maker_fail(m, lk_fail_memory(m->err));
    return NULL;
  }
  if (count > 5) count = 5;
  for (size_t i = 0; i < count; i++)
    candidates[i] = (lk_case_candidate){m->u->candidates[i].entry->id, m->u->candidates[i].confidence};
  c->reason = reason;
  c->attended = attended;
  c->subject = m->state.unclear.len ? m->state.unclear : lk_kept_part(m->kb, m->in->text);
  c->order = m->state.order;
  c->candidates = candidates;
  c->candidate_count = count;
  return c;
}

static void leave_flow(lk_maker *m) {
  if (!m->state.intent.len) return;
  lk_event *left = lk_note(m, LK_EVENT_FLOW_LEFT);
  left->entry = m->state.intent;
  left->reason = LK_LIT("handoff");
  lk_state_leave_flow(&m->state);
}

/* One case is open already: it is said where it is, and no second one is promised. */
static void say_place(lk_maker *m) {
  lk_place place = {0};
  m->state.waiting_told = true;
  if (m->services->desk && m->in->open_case && lk_desk_place(m->services->desk, m->in->open_case, m->now, &place, NULL)) return;
  LK_SAY(m, "already-waiting", LK_VALUE("position", lk_text(m, "%zu", place.position ? place.position : 1)));
}

void lk_hand_off(lk_maker *m, lk_handoff_reason reason) {
  if (m->phase == LK_PHASE_WAITING) {
    m->out->act = LK_ACT_HANDOFF;
    lk_because(&m->out->reasons, "handoff", "%s; a person is on the way already", lk_handoff_reason_name(reason));
    leave_flow(m);
    say_place(m);
    return;
  }
  lk_availability a = {.expected_wait = LK_WAIT_UNKNOWN};
  lk_error trouble = {0};
  if (m->services->desk && lk_desk_availability(m->services->desk, m->now, &a, &trouble))
    lk_because(&m->out->reasons, "desk", "the desk cannot be asked: %s", trouble.message);
  lk_because(&m->out->reasons, "handoff", "%s; desk %s, %zu agents there", lk_handoff_reason_name(reason),
             !a.has_hours   ? "without hours"
             : a.hours.open ? "open"
                            : "closed",
             a.agents);
  leave_flow(m);
  m->out->act = LK_ACT_HANDOFF;
  m->out->handoff = new_case(m, reason, a.available);
  if (reason == LK_HANDOFF_ANGER) LK_SAY0(m, "handoff-anger");
  LK_SAY0(m, "handoff-lead");
  if (a.available) {
    say_waiting(m, &a);
  } else {
    say_closed(m, &a);
    LK_SAY0(m, "ask-contact");
    m->state.pending = LK_PENDING_CONTACT;
  }
  m->state.fallbacks = 0;
  m->state.waiting_told = true;
}

static const lk_entity *contact_in(const lk_maker *m) {
  if (!m->u) return NULL;
  const lk_entity *phone = lk_entities_best(&m->u->entities, LK_ENTITY_PHONE);
  return phone ? phone : lk_entities_best(&m->u->entities, LK_ENTITY_EMAIL);
}

void lk_hand_off_to_call(lk_maker *m) {
  const lk_entity *contact = contact_in(m);
  lk_hand_off(m, LK_HANDOFF_ASKED);
  if (contact) {
    m->out->contact = contact->text;
    m->state.pending = LK_PENDING_NONE;
    (void)lk_note(m, LK_EVENT_CONTACT_LEFT);
    LK_SAY(m, "contact-thanks", LK_VALUE("contact", contact->text));
  } else if (m->state.pending != LK_PENDING_CONTACT) {
    LK_SAY0(m, "ask-contact");
    m->state.pending = LK_PENDING_CONTACT;
  }
}

void lk_offer_person(lk_maker *m) {
  lk_offer(m, LK_PHRASE0(m, "choice-person"), LK_LIT("person"));
  lk_offer(m, LK_PHRASE0(m, "choice-retry"), LK_LIT("retry"));
  m->state.pending = LK_PENDING_PERSON;
}

void lk_while_waiting(lk_maker *m) {
  m->out->act = LK_ACT_SILENT;
  (void)lk_note(m, LK_EVENT_TURN_RELAYED);
  if (!m->state.waiting_told) say_place(m); /* else told already: the agent will read it */
}
