/* The store: conversations with their messages, events, and cases of the desk.
 *
 * Whatever a write has returned LK_OK for is on disk: it survives a `kill -9` and a power cut. A turn is one transaction (messages, events, state, and
 * the case it opens), written before the reply is shown. Turns of one conversation cannot interleave: its row carries a version, a turn names the version
 * it was made from, and the second of two writers gets LK_ERR_STATE and has to load and think again. A client's message id is unique in its conversation:
 * the same id again gives the stored reply instead of a second turn.
 *
 * Transcripts are kept as written, for the people at the desk, until lk_store_purge. Text in events is for analysis: the store masks it (luukku/mask.h)
 * before it is written.
 *
 * Ownership: views in what is passed in are only read during the call; results live in the arena that is passed. Threads: one thread at a time; open one
 * store a thread. Any number of threads, processes and servers may have the same database open. Moments are Unix seconds.
 * Errors: LK_ERR_IO (unreadable, read-only, full disk, damaged), LK_ERR_BUSY (locked for longer than the patience; the same call may succeed later),
 * LK_ERR_INPUT (not a Luukku store, made by a newer version, or wrong arguments), LK_ERR_STATE (somebody was faster), LK_ERR_MISSING (no such conversation
 * or case), LK_ERR_MEMORY. After an error nothing of the call was written, and the store can be used on. */
#ifndef LUUKKU_STORE_H
#define LUUKKU_STORE_H

#include <stdint.h>

#include "luukku/arena.h"
#include "luukku/error.h"
#include "luukku/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_store lk_store;

/* ---- Opening ---- */

typedef struct lk_store_options {
  int patience_ms; /* how long to wait for a lock; 0 means 5000 */
  int cache_kb; /* pages kept in memory; 0 means 2000. Who opens many stores and reads a conversation at a time does with less. */
  bool read_only; /* for reports: nothing is created, migrated or written */
} lk_store_options;

/* Opens or creates the SQLite store at `path` (":memory:" for one that dies with it) and brings its schema up to date. `options` may be NULL.
 * NULL and `err` when it cannot be used. */
lk_store *lk_store_open(const char *path, const lk_store_options *options, lk_error *err);
void lk_store_close(lk_store *store);

/* ---- Conversations ---- */

enum { LK_CONVERSATION_ID_SIZE = 27 }; /* with the NUL */
/* A new id: 128 random bits as 26 letters and digits. Nobody guesses it, so it may serve as the conversation's address. */
lk_code lk_conversation_new_id(char out[LK_CONVERSATION_ID_SIZE], lk_error *err);

typedef enum lk_phase { /* who answers */
                        LK_PHASE_BOT,
                        LK_PHASE_WAITING, /* handed off, no agent yet: the bot still answers simple questions if the policy says so */
                        LK_PHASE_AGENT, /* a person has it: the bot is silent */
                        LK_PHASE_ENDED
} lk_phase;

typedef struct lk_conversation {
  lk_view id;
  int64_t version; /* counts every change; a turn names the one it was made from */
  lk_phase phase;
  lk_lang lang;
  lk_view channel;  /* "web", "repl", "rasa" … */
  lk_view customer; /* the shop's key for a verified or vouched-for customer; empty if nobody knows */
  lk_view state;    /* the dialogue's own serialised state; empty before the first turn */
  uint32_t turns;
  int64_t started, changed;
  int64_t open_case; /* id of the case that is waiting or claimed; 0 if none */
} lk_conversation;

/* Starts a conversation (event conversation.started). Uses id, lang, channel, customer and started. LK_ERR_STATE when the id is taken. */
lk_code lk_store_start(lk_store *store, const lk_conversation *conversation, lk_error *err);
lk_code lk_store_conversation(lk_store *store, lk_view id, lk_arena *arena, lk_conversation *out, lk_error *err);
/* The ids of a customer's conversations, oldest first. */
lk_code lk_store_conversations_of(lk_store *store, lk_view customer, lk_arena *arena, lk_view **ids, size_t *count,
                                  lk_error *err);

/* ---- Messages ---- */

typedef enum lk_author {
  LK_AUTHOR_CUSTOMER,
  LK_AUTHOR_BOT,
  LK_AUTHOR_AGENT,
  LK_AUTHOR_NOTE /* an agent's internal note: never shown to the customer */
} lk_author;

typedef struct lk_said {
  lk_author author;
  lk_view text;
  lk_view entry;  /* the KB entry that it shows; may be empty */
  lk_view agent;  /* who wrote it, for agents' messages and notes */
  lk_view detail; /* JSON for the channel (choices, card …); may be empty */
  /* Set by the store when read: */
  int64_t id; /* grows over the whole store: "what came after" */
  uint32_t turn;
  int64_t time;
} lk_said;

/* Messages after message `after` (0 for all), in order. */
lk_code lk_store_messages(lk_store *store, lk_view conversation, int64_t after, lk_arena *arena, lk_said **messages,
                          size_t *count, lk_error *err);

/* ---- Events ---- */

/* Everything that figures are made of, in one place: X(identifier, name in the database, what it says). Names never change their meaning; new ones are
 * added. Columns that a type uses beyond conversation, turn, time, language and channel stand in brackets. */
#define LK_EVENTS(X)                                                                                                        \
  X(CONVERSATION_STARTED, "conversation.started", "written by lk_store_start")                                              \
  X(CONVERSATION_ENDED, "conversation.ended", "[reason: customer, timeout, desk]")                                          \
  X(MESSAGE_RECEIVED, "message.received", "a customer's message [text]; one a customer turn")                               \
  X(TURN_ANSWERED, "turn.answered", "an article was shown [entry, confidence, text]")                                       \
  X(TURN_CLARIFIED, "turn.clarified", "choices were offered [entry of the first, confidence, text, detail: choices]")       \
  X(TURN_CHOSEN, "turn.chosen", "the customer took a choice [entry, number: its position from 1, 0 for none of them]")      \
  X(TURN_FALLBACK, "turn.fallback", "not understood [entry: nearest, confidence, text, number: how many in a row]")         \
  X(TURN_REPAIRED, "turn.repaired", "answered after a fallback or clarification [entry, text: what was not understood]")    \
  X(TURN_CHAT, "turn.chat", "small talk [entry, text]")                                                                     \
  X(TURN_DECLINED, "turn.declined", "outside what the bot may do or take [entry, reason]")                                  \
  X(TURN_RELAYED, "turn.relayed", "a message of a customer whose conversation a person has")                                \
  X(FLOW_STARTED, "flow.started", "[entry, action]")                                                                        \
  X(FLOW_ASKED, "flow.asked", "a slot was asked for [entry, action, reason: the slot]")                                     \
  X(FLOW_CONFIRMED, "flow.confirmed", "the customer said yes to a write [entry, action]")                                   \
  X(FLOW_LEFT, "flow.left", "[entry, action, reason: cancelled, timeout, handoff]")                                         \
  X(ACTION_PERFORMED, "action.performed", "[entry, action, detail]")                                                        \
  X(ACTION_REFUSED, "action.refused", "the order's state or the rules forbid it [entry, action, reason]")                   \
  X(ACTION_FAILED, "action.failed", "a backend failed [entry, action, reason]")                                             \
  X(PROOF_GIVEN, "proof.given", "the customer proved an order theirs")                                                      \
  X(PROOF_REFUSED, "proof.refused", "[number: attempts so far]")                                                            \
  X(PROOF_LOCKED, "proof.locked", "attempts used up")                                                                       \
  X(HANDOFF_OPENED, "handoff.opened",                                                                                       \
    "written with the case [reason: see lk_handoff_reason, action: attended, unattended, entry, confidence, number: case]") \
  X(CASE_CLAIMED, "case.claimed", "[agent, number: seconds waited since opening or release]")                               \
  X(CASE_RELEASED, "case.released", "back to the queue [agent, reason: asked, lost]")                                       \
  X(CASE_TRANSFERRED, "case.transferred", "[agent: the new one]")                                                           \
  X(CASE_GIVEN_BACK, "case.given-back", "to the bot [agent, reason: agent, customer]")                                      \
  X(CASE_CLOSED, "case.closed", "[agent, reason: the kind, number: seconds since opening]")                                 \
  X(CASE_ABANDONED, "case.abandoned", "the customer left while waiting [number: seconds waited]")                           \
  X(CONTACT_LEFT, "contact.left", "the customer left a way to be reached")                                                  \
  X(AGENT_REPLIED, "agent.replied", "[agent, entry: the suggestion used, number: seconds since the customer's message]")    \
  X(RATED_HELPFUL, "rated.helpful", "did this help? [entry, number: 1 yes, 0 no, text: words]")                             \
  X(RATED_CSAT, "rated.csat", "[number: 1 to 5, text: words]")                                                              \
  X(RATED_NPS, "rated.nps", "[number: 0 to 10, text: words]")                                                               \
  X(NOTICE_SHOWN, "notice.shown", "[entry]")                                                                                \
  X(LANGUAGE_CHANGED, "language.changed", "[reason: detected, asked]")                                                      \
  X(LIMIT_MET, "limit.met", "a message was refused [reason: length, rate]")

typedef enum lk_event_type {
#define LK_EVENT_ENUM(id, name, about) LK_EVENT_##id,
  LK_EVENTS(LK_EVENT_ENUM)
#undef LK_EVENT_ENUM
      LK_EVENT_TYPE_COUNT
} lk_event_type;

const char *lk_event_name(lk_event_type type);
lk_event_type lk_event_of(lk_view name); /* LK_EVENT_TYPE_COUNT when there is none */

/* Whatever a figure needs has a column of its own: text and detail go at the end of the retention time, the rest stays. Empty and unset are the same. */
typedef struct lk_event {
  lk_event_type type;
  bool has_confidence, has_number;
  double confidence;
  int64_t number;
  lk_view entry, action, reason, agent;
  lk_view text;   /* masked by the store */
  lk_view detail; /* JSON, its strings masked by the store */
  lk_lang lang;   /* ignored when written: the turn's */
  /* Set by the store when read: */
  lk_view conversation; /* "#" and a number once it was purged or erased */
  lk_view channel;
  uint32_t turn; /* 0 outside turns */
  int64_t id, time;
} lk_event;

typedef struct lk_event_filter {
  lk_view conversation; /* empty for all */
  int64_t from, until;  /* [from, until); until 0 for no end */
  int64_t after;        /* only events with a greater id */
  const lk_event_type *types;
  size_t type_count; /* 0 for all */
} lk_event_filter;

/* Calls `each` for every event in order until it returns false; its views live during the call only. `each` must not use the store. */
lk_code lk_store_events(lk_store *store, const lk_event_filter *filter, bool (*each)(void *self, const lk_event *event),
                        void *self, lk_error *err);

/* ---- Cases of the desk (luukku/desk.h has the verbs) ---- */

typedef enum lk_handoff_reason {
  LK_HANDOFF_ASKED,
  LK_HANDOFF_LOW_CONFIDENCE,
  LK_HANDOFF_ANGER,
  LK_HANDOFF_ARTICLE, /* handoff="always" */
  LK_HANDOFF_FAILED_ACTION,
  LK_HANDOFF_PROOF_ATTEMPTS,
  LK_HANDOFF_REASON_COUNT
} lk_handoff_reason;
/* "asked", "low-confidence", "anger", "article", "failed-action", "proof-attempts" */
const char *lk_handoff_reason_name(lk_handoff_reason reason);

typedef enum lk_case_state {
  LK_CASE_WAITING,
  LK_CASE_CLAIMED,
  LK_CASE_GIVEN_BACK,
  LK_CASE_CLOSED,
  LK_CASE_STATE_COUNT
} lk_case_state;
const char *lk_case_state_name(lk_case_state state); /* "waiting", "claimed", "given-back", "closed" */

typedef struct lk_case_candidate {
  lk_view entry;
  double confidence;
} lk_case_candidate;

typedef struct lk_case {
  /* Given when it is opened: */
  lk_handoff_reason reason;
  bool attended;                       /* the desk was open and somebody there: only such waits tell how long a wait is */
  lk_view subject;                     /* the customer's message that led here, as written */
  lk_view order;                       /* verified order number, or empty */
  lk_view contact;                     /* how to reach the customer, or empty */
  const lk_case_candidate *candidates; /* what was understood, best first */
  size_t candidate_count;
  /* Set by the store: */
  int64_t id;
  lk_view conversation; /* its transcript */
  uint32_t turn;        /* the turn that opened it */
  lk_case_state state;
  lk_lang lang;
  lk_view channel;
  lk_view agent; /* holder, or the last one */
  lk_view kind;  /* when closed */
  int64_t opened;
  int64_t queued;   /* since when it waits: opened, or the last release */
  int64_t claimed;  /* first claim; 0 if never */
  int64_t finished; /* closed or given back; 0 if not */
} lk_case;

lk_code lk_store_case(lk_store *store, int64_t id, lk_arena *arena, lk_case *out, lk_error *err);
/* All cases of one conversation, oldest first. */
lk_code lk_store_cases_of(lk_store *store, lk_view conversation, lk_arena *arena, lk_case **cases, size_t *count, lk_error *err);
/* Cases in `state`, oldest first, at most `limit` (0: no limit); of `agent` only, unless that is empty. */
lk_code lk_store_cases(lk_store *store, lk_case_state state, lk_view agent, size_t limit, lk_arena *arena, lk_case **cases,
                       size_t *count, lk_error *err);

/* ---- A turn ---- */

typedef struct lk_turn_record {
  lk_view conversation;
  int64_t version;   /* of the conversation that this turn was made from */
  lk_view client_id; /* the client's id of the message, at most 128 bytes; may be empty */
  int64_t time;
  lk_lang lang;     /* the conversation's language from now on */
  lk_view state;    /* the dialogue's state from now on */
  lk_view customer; /* when known now; empty leaves it as it was */
  const lk_said *messages;
  size_t message_count;
  const lk_event *events;
  size_t event_count;
  const lk_case *handoff; /* opens a case (with its event handoff.opened); NULL for none. Is ignored while one is open. */
  lk_view contact;        /* how the customer can be reached, for the case that is open or opens now; empty leaves it as it was */
  bool end;               /* the conversation ends: a waiting case is closed as abandoned. A later turn reopens it. */
} lk_turn_record;

typedef struct lk_turn_result {
  bool repeated; /* client_id was there already: nothing was written; turn and messages are those of the first time */
  uint32_t turn;
  int64_t version; /* of the conversation now */
  int64_t case_id; /* the open case, or 0 */
  lk_phase phase;
  lk_said *messages; /* of the turn, with ids */
  size_t message_count;
} lk_turn_result;

/* LK_ERR_STATE: the conversation has changed since `version`; load it and make the turn again. */
lk_code lk_store_turn(lk_store *store, const lk_turn_record *turn, lk_arena *arena, lk_turn_result *out, lk_error *err);
/* Before a turn is made: was this message answered already? `out->repeated` says so, and then the rest is filled in. */
lk_code lk_store_repeated(lk_store *store, lk_view conversation, lk_view client_id, lk_arena *arena, lk_turn_result *out,
                          lk_error *err);
/* Events outside turns (a rating, a notice), written durably. */
lk_code lk_store_note(lk_store *store, lk_view conversation, int64_t time, const lk_event *events, size_t count, lk_error *err);

/* ---- Many writes with one wait for the disk ---- */

typedef enum lk_write_kind { LK_WRITE_STARTS, LK_WRITE_TURNS, LK_WRITE_NOTES } lk_write_kind;

/* One write of a batch: what lk_store_start, lk_store_turn or lk_store_note would be called with, and what became of it. */
typedef struct lk_write {
  lk_write_kind kind;
  const lk_conversation *start; /* STARTS */
  const lk_turn_record *turn;   /* TURNS */
  lk_arena *
      arena; /* TURNS: where `result` lives; NOTES: scratch. One thread at a time uses an arena, and during the call that is this one. */
  lk_view conversation; /* NOTES, with the three below */
  int64_t time;
  const lk_event *events;
  size_t event_count;
  lk_turn_result result; /* TURNS */
  lk_code code;
  lk_error err;
} lk_write;

/* Writes all in one transaction, in order, as if each had been written by itself: one that fails (a version that has moved on, an id that is taken) is undone alone and says
 * so in its `code`, its neighbours stay. When the transaction fails (disk, lock), nothing is written and every `code` says why. After the call each write with LK_OK is
 * on disk. */
void lk_store_batch(lk_store *store, lk_write *const *writes, size_t count);

/* ---- What the desk writes ---- */

typedef struct lk_case_change {
  int64_t id;
  int64_t time;
  unsigned from;    /* states in which it may happen, as bits: 1u << LK_CASE_WAITING … */
  lk_view holder;   /* only if this agent holds it; empty for anybody */
  lk_case_state to; /* LK_CASE_STATE_COUNT: state and phase stay as they are */
  lk_phase phase;   /* of the conversation afterwards */
  lk_view agent;    /* holder afterwards, for LK_CASE_CLAIMED */
  lk_view kind;     /* for LK_CASE_CLOSED */
  lk_view contact;  /* empty leaves it */
  lk_event_type event;
  lk_view reason; /* of the event */
} lk_case_change;

/* In one transaction and only if the case is as the change expects: LK_ERR_STATE otherwise, with a message that says who holds it. The event's number and
 * agent are filled in. The conversation's version grows, so that a turn that the bot is just making is not written over an agent's claim. */
lk_code lk_store_change_case(lk_store *store, const lk_case_change *change, lk_arena *arena, lk_case *out, lk_error *err);
/* An agent is there (moment) or leaves (0). */
lk_code lk_store_set_presence(lk_store *store, lk_view agent, int64_t moment, lk_error *err);
lk_code lk_store_count_present(lk_store *store, int64_t since, size_t *count, lk_error *err);
/* Claimed cases whose holder was not seen since `since`. */
lk_code lk_store_lost_cases(lk_store *store, int64_t since, lk_arena *arena, lk_case **cases, size_t *count, lk_error *err);

typedef struct lk_queue_figures {
  size_t waiting;          /* cases waiting */
  size_t waiting_attended; /* of them, those opened while somebody was there */
  size_t ahead;            /* of the same kind and before case `id`; 0 if `id` is 0 */
  int64_t *waits;          /* seconds, newest first, of attended cases claimed since `since` */
  size_t wait_count;
} lk_queue_figures;
lk_code lk_store_queue(lk_store *store, int64_t id, int64_t since, size_t most_waits, lk_arena *arena, lk_queue_figures *out,
                       lk_error *err);

/* ---- Tallies: counts a day that figures over years are made of (luukku/stats.h) ---- */

/* Events are never deleted, so every tally can be counted again at any time; a purge or an erasure changes none. */
typedef struct lk_tally {
  const char *name; /* "messages", "case.waits" … */
  const char
      *query; /* SELECT of columns a and b (text) and n, over the events and facts of one day; the provider's dialect of SQL */
} lk_tally;

typedef struct lk_tally_plan {
  const char *const *facts; /* statements that make, empty and fill temporary tables for the day */
  size_t fact_count;
  const lk_tally *tallies;
  size_t tally_count;
} lk_tally_plan;

/* Counts a few of the days anew whose conversations got events since they were counted, in one short transaction; all days when the plan's text is another than the
 * last time. `*left` is how many days remain: call it until that is 0. When nothing is to be done, nothing is written.
 * In the plan's statements ?1 is the first moment of the day, ?2 that of the next, ?3 the moment from which the clock is shifted in it, and ?4 by how many hours. */
lk_code lk_store_recount(lk_store *store, const lk_tally_plan *plan, size_t *left, lk_error *err);

typedef struct lk_tally_row {
  int64_t day; /* as lk_date_days counts; 0 unless asked for */
  lk_view a, b;
  int64_t n;
} lk_tally_row;
/* The sums of tally `name` over the local days [from, until), by a and b, and by day when `by_day`. Views live during the call only; `each` must not use the store. */
lk_code lk_store_tallies(lk_store *store, lk_view name, int64_t from, int64_t until, bool by_day,
                         void (*each)(void *self, const lk_tally_row *row), void *self, lk_error *err);
/* Ratings with words in [from, until), newest first, at most `most`; of a conversation's ratings of one thing only the last. For as long as the retention time keeps words. */
lk_code lk_store_remarks(lk_store *store, int64_t from, int64_t until, size_t most,
                         bool (*each)(void *self, const lk_event *event), void *self, lk_error *err);

/* ---- Privacy ---- */

/* Deletes transcripts, state and cases of conversations that were last changed before `moment`, and text and detail of their events; what figures need
 * stays. A conversation with an open case stays. Afterwards neither the database nor its write-ahead log holds the text: both are written anew, which takes
 * seconds a gigabyte, and as much free disk. When that part fails (LK_ERR_BUSY while somebody reads for longer than the patience, LK_ERR_IO on a full disk),
 * what is deleted is deleted, and the next purge or erasure does the rest. */
lk_code lk_store_purge(lk_store *store, int64_t moment, size_t *conversations, lk_error *err);
/* Everything about one conversation as a JSON object. */
lk_code lk_store_export(lk_store *store, lk_view conversation, lk_arena *arena, lk_view *json, lk_error *err);
/* Deletes one conversation in the same way; its events keep only what figures need, and nothing says any more whose they were. */
lk_code lk_store_erase(lk_store *store, lk_view conversation, lk_error *err);

/* ---- Another database ---- */

/* A provider embeds lk_store as its first member and fills in the table; the functions above check arguments, mask events and call it. */
typedef struct lk_store_methods {
  void (*close)(lk_store *store);
  lk_code (*start)(lk_store *, const lk_conversation *, lk_error *);
  lk_code (*conversation)(lk_store *, lk_view id, lk_arena *, lk_conversation *out, lk_error *);
  lk_code (*conversations_of)(lk_store *, lk_view customer, lk_arena *, lk_view **ids, size_t *count, lk_error *);
  lk_code (*messages)(lk_store *, lk_view conversation, int64_t after, lk_arena *, lk_said **, size_t *count, lk_error *);
  lk_code (*events)(lk_store *, const lk_event_filter *, bool (*each)(void *, const lk_event *), void *self, lk_error *);
  lk_code (*turn)(lk_store *, const lk_turn_record *, lk_arena *, lk_turn_result *out, lk_error *);
  lk_code (*repeated)(lk_store *, lk_view conversation, lk_view client_id, lk_arena *, lk_turn_result *out, lk_error *);
  lk_code (*note)(lk_store *, lk_view conversation, int64_t time, const lk_event *, size_t count, lk_error *);
  lk_code (*one_case)(lk_store *, int64_t id, lk_arena *, lk_case *out, lk_error *);
  lk_code (*cases)(lk_store *, lk_case_state, lk_view agent, size_t limit, lk_arena *, lk_case **, size_t *count, lk_error *);
  lk_code (*cases_of)(lk_store *, lk_view conversation, lk_arena *, lk_case **, size_t *count, lk_error *);
  lk_code (*change_case)(lk_store *, const lk_case_change *, lk_arena *, lk_case *out, lk_error *);
  lk_code (*set_presence)(lk_store *, lk_view agent, int64_t moment, lk_error *);
  lk_code (*count_present)(lk_store *, int64_t since, size_t *count, lk_error *);
  lk_code (*lost_cases)(lk_store *, int64_t since, lk_arena *, lk_case **, size_t *count, lk_error *);
  lk_code (*queue)(lk_store *, int64_t id, int64_t since, size_t most, lk_arena *, lk_queue_figures *out, lk_error *);
  lk_code (*purge)(lk_store *, int64_t moment, size_t *conversations, lk_error *);
  lk_code (*erase)(lk_store *, lk_view conversation, lk_error *);
  void (*batch)(lk_store *, lk_write *const *, size_t count);
  lk_code (*recount)(lk_store *, const lk_tally_plan *, size_t *left, lk_error *);
  lk_code (*tallies)(lk_store *, lk_view name, int64_t from, int64_t until, bool by_day,
                     void (*each)(void *, const lk_tally_row *), void *self, lk_error *);
  lk_code (*remarks)(lk_store *, int64_t from, int64_t until, size_t most, bool (*each)(void *, const lk_event *), void *self,
                     lk_error *);
} lk_store_methods;

struct lk_store {
  const lk_store_methods *methods;
};

#ifdef __cplusplus
}
#endif
#endif
