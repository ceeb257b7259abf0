/* What a conversation remembers between turns. Small on purpose: whatever can be looked up again is not kept. */
#ifndef LK_DIALOGUE_STATE_H
#define LK_DIALOGUE_STATE_H

#include <stdint.h>

#include "base/arena.h"
#include "luukku/dialogue.h"

enum { LK_SLOTS_MAX = 12, LK_STATE_MAX = 16384 /* bytes, serialised */ };

/* What the bot asked that a bare "yes", "no", number or contact would answer. */
typedef enum lk_pending {
  LK_PENDING_NONE,
  LK_PENDING_CHOICE,  /* choices of a clarification */
  LK_PENDING_PERSON,  /* shall a person take over? */
  LK_PENDING_HELPED,  /* did this help? */
  LK_PENDING_CONTACT, /* how can we reach you? */
  LK_PENDING_SLOT,    /* a flow's slot */
  LK_PENDING_CONFIRM, /* a flow's confirmation */
  LK_PENDING_COUNT
} lk_pending;

/* The value of an optional slot that the customer passed over. */
#define LK_SKIPPED "-"

typedef struct lk_kept_slot {
  lk_view name, value;
} lk_kept_slot;

typedef struct lk_state {
  lk_lang lang;
  int64_t time;       /* of the last turn */
  uint32_t turns;     /* taken so far: also turns small talk's answers */
  uint32_t fallbacks; /* in a row */
  uint32_t clarified; /* clarifications so far, to vary the wording */
  bool choosing;      /* the last turn offered choices: it must not do so again */
  lk_pending pending;
  lk_view last_entry;                  /* answered last */
  lk_view unclear;                     /* the message that was not understood, until one is */
  bool waiting_told;                   /* the last turn said that a person is on the way */
  lk_view choices[LK_CHOICES_MAX + 1]; /* payloads offered last */
  lk_view labels[LK_CHOICES_MAX + 1];
  size_t choice_count;
  /* The flow, when there is one. */
  lk_view intent;
  lk_view asked;   /* the slot asked for last */
  uint32_t misses; /* times in a row that its answer was not understood */
  lk_kept_slot slots[LK_SLOTS_MAX];
  size_t slot_count;
  lk_view key;       /* idempotency key of its confirmation */
  lk_view said;      /* its first message, without what identifies somebody: line and product may be named in it */
  uint32_t troubles; /* times that its confirmation met a locked order book */
  bool insulted;     /* the customer was angry at the bot before */
  bool recommended;  /* products were shown once: not again */
  /* Identity. */
  lk_view order;     /* proved to be the customer's */
  lk_view proved_by; /* "email", "postcode"; "vouched": by the shop's page */
} lk_state;

/* Reads what lk_state_write wrote; views point into `text`'s copy in `arena`. Empty text is a fresh state. */
lk_code lk_state_read(lk_view text, lk_arena *arena, lk_state *out, lk_error *err);
lk_code lk_state_write(const lk_state *state, lk_arena *arena, lk_view *out, lk_error *err);

lk_view lk_state_slot(const lk_state *state, lk_view name); /* empty when it is not filled */
/* Sets or replaces; false when there are too many. */
bool lk_state_fill(lk_state *state, lk_view name, lk_view value);
void lk_state_leave_flow(lk_state *state);

#endif
