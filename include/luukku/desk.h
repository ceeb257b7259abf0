/* The desk: when people are there, who waits, and who has which conversation.
 *
 * A handoff becomes a *case* in the store (luukku/store.h: lk_turn_record.handoff opens it in the turn's own transaction). Cases go
 *   waiting → claimed → closed (with a kind), or given back to the bot; released and transferred ones stay waiting or claimed.
 * A claim is atomic over all threads, processes and servers: of two agents one gets it, the other LK_ERR_STATE.
 *
 * lk_hours is frozen and may be shared by any number of threads. An lk_desk belongs to the thread that has its store. Moments are Unix seconds. */
#ifndef LUUKKU_DESK_H
#define LUUKKU_DESK_H

#include "luukku/calendar.h"
#include "luukku/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Opening hours ---- */

/* Local minutes of the day, 0 ≤ open < close ≤ 1440. Hours past midnight are two rows; they join at 24:00. */
typedef struct lk_hours_week {
  unsigned days; /* bits: 1u << LK_MONDAY … 1u << LK_SUNDAY */
  int open, close;
} lk_hours_week;

/* A day or days that differ: closed, or open at other times. It replaces everything else on these days, also a holiday; several openings of one day add
 * up. It is for the days from … until, for one day of every year (from.year 0; until is not used), or for a holiday of every year (`holiday`; the dates are
 * not used). Where more than one speaks of a day, the first of these three kinds holds. */
typedef struct lk_hours_exception {
  lk_date from, until; /* both included */
  lk_holiday holiday;
  bool closed; /* else open and close hold */
  int open, close;
  const char *id; /* why, for the KB's message; may be NULL */
} lk_hours_exception;

typedef struct lk_hours_plan {
  const lk_hours_week *week;
  size_t week_count;
  const lk_hours_exception *exceptions;
  size_t exception_count;
  bool closed_on_holidays; /* the Finnish holidays of luukku/calendar.h ("fi") */
} lk_hours_plan;

typedef struct lk_hours lk_hours;

/* Copies the plan. NULL and LK_ERR_INPUT with the row's number when a row is impossible or two rows of one day contradict each other. */
lk_hours *lk_hours_new(const lk_hours_plan *plan, lk_error *err);
void lk_hours_free(lk_hours *hours);

typedef enum lk_closed_why {
  LK_CLOSED_NOT,      /* it is open */
  LK_CLOSED_TIME,     /* before, between or after today's hours */
  LK_CLOSED_WEEKDAY,  /* never open on this weekday */
  LK_CLOSED_HOLIDAY,  /* `holiday` says which */
  LK_CLOSED_EXCEPTION /* `id` says why, if the plan does */
} lk_closed_why;

#define LK_NEVER INT64_MAX

typedef struct lk_hours_status {
  bool open;
  lk_closed_why why;
  lk_holiday holiday; /* today's, also when it is open */
  const char *id;     /* of today's exception, also when it is open; "" if none. Lives as long as the hours. */
  int64_t opens;      /* next opening: after now if closed, after the coming closing if open; LK_NEVER if not within 400 days */
  int64_t closes;     /* next closing: of the present opening, or of the next one; LK_NEVER when always open (or never) */
} lk_hours_status;

void lk_hours_at(const lk_hours *hours, int64_t moment, lk_hours_status *out);

/* ---- The desk ---- */

typedef struct lk_desk_policy { /* 0 takes what stands behind each */
  int presence_seconds;         /* 90: an agent not seen for longer is not there */
  int wait_window_seconds;      /* 7200: how recent a wait must be to count */
  int wait_least, wait_most;    /* 5 and 30: waits needed for an expectation, and at most taken */
} lk_desk_policy;

typedef struct lk_desk lk_desk;

/* `store` and `hours` must outlive the desk. Without hours (NULL) the desk is open whenever an agent is there. `policy` may be NULL. */
lk_desk *lk_desk_new(lk_store *store, const lk_hours *hours, const lk_desk_policy *policy, lk_error *err);
void lk_desk_free(lk_desk *desk);

#define LK_WAIT_UNKNOWN (-1)

typedef struct lk_availability {
  bool available; /* open and an agent there */
  bool has_hours; /* false: `hours` says nothing */
  lk_hours_status hours;
  size_t agents;         /* there */
  size_t waiting;        /* customers waiting in an open chat; a newcomer is number waiting + 1 */
  int64_t expected_wait; /* seconds: the median of recent waits; LK_WAIT_UNKNOWN when there were too few, or when not available */
} lk_availability;

lk_code lk_desk_availability(lk_desk *desk, int64_t now, lk_availability *out, lk_error *err);

typedef struct lk_place {
  lk_case_state state;
  size_t position; /* from 1, among cases of the same kind (attended or left for later); 0 when it no longer waits */
  int64_t waited;  /* seconds */
  int64_t
      expected_wait; /* seconds from now; LK_WAIT_UNKNOWN when there is nothing honest to say, also when it took longer than usual */
} lk_place;

lk_code lk_desk_place(lk_desk *desk, int64_t case_id, int64_t now, lk_place *out, lk_error *err);

/* An agent is there: call it at login and every half minute; lk_desk_leave at logout. */
lk_code lk_desk_arrive(lk_desk *desk, lk_view agent, int64_t now, lk_error *err);
lk_code lk_desk_leave(lk_desk *desk, lk_view agent, lk_error *err);

/* LK_ERR_STATE when somebody else has it or it is finished; `out` may be NULL (then `arena` may be too). A holder who claims again just gets it. */
lk_code lk_desk_claim(lk_desk *desk, int64_t case_id, lk_view agent, int64_t now, lk_arena *arena, lk_case *out, lk_error *err);
/* Back to the queue, to where it was. */
lk_code lk_desk_release(lk_desk *desk, int64_t case_id, lk_view agent, int64_t now, lk_error *err);
lk_code lk_desk_transfer(lk_desk *desk, int64_t case_id, lk_view agent, lk_view to, int64_t now, lk_error *err);
lk_code lk_desk_give_back(lk_desk *desk, int64_t case_id, lk_view agent, int64_t now, lk_error *err);
/* `kind` is a category's id or a word of the shop's; it must not be empty. */
lk_code lk_desk_close(lk_desk *desk, int64_t case_id, lk_view agent, lk_view kind, int64_t now, lk_error *err);
/* The customer would rather go on with the bot: possible while nobody has claimed it. */
lk_code lk_desk_withdraw(lk_desk *desk, int64_t case_id, int64_t now, lk_error *err);
/* How to reach the customer, while the case is open. */
lk_code lk_desk_leave_contact(lk_desk *desk, int64_t case_id, lk_view contact, int64_t now, lk_error *err);
/* Releases the cases of agents whose presence has lapsed; `cases` (may be NULL) get the released ones, so that their customers can be told. */
lk_code lk_desk_free_lost(lk_desk *desk, int64_t now, lk_arena *arena, lk_case **cases, size_t *count, lk_error *err);

#ifdef __cplusplus
}
#endif
#endif
