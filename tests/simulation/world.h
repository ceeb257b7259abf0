/* The simulated shop: its engine, store and desk, a clock, and what is going to happen when. */
#ifndef LK_SIMULATION_WORLD_H
#define LK_SIMULATION_WORLD_H

#include "shop.h"
#include "speech.h"

enum { LK_AGENTS = 3, LK_ORDERS_MOST = 200 };

typedef enum lk_happening {
  LK_HAPPENS_BEGIN, /* a customer opens the chat */
  LK_HAPPENS_SPEAK, /* and says what is next */
  LK_HAPPENS_GIVE_UP,
  LK_HAPPENS_CLAIM, /* an agent takes the case */
  LK_HAPPENS_REPLY,
  LK_HAPPENS_CLOSE,
  LK_HAPPENS_RATE
} lk_happening;

typedef struct lk_person lk_person;

typedef struct lk_coming {
  int64_t time;
  uint64_t order; /* of two at the same moment the earlier planned comes first */
  lk_person *person;
  lk_happening what;
} lk_coming;

typedef struct lk_demo_order {
  char number[16], email[80], postcode[16];
} lk_demo_order;

typedef struct lk_world {
  lk_shop shop;
  const lk_kb *kb;
  const lk_kb *known; /* to the agents: what the shop's own KB may lack */
  lk_speech speech;
  lk_chance chance;
  lk_arena *arena;   /* the month's */
  lk_arena *scratch; /* one happening's */
  FILE *truth;       /* what was really asked: conversation, question, label, also, language, text */
  lk_coming *heap;
  size_t coming, heap_cap;
  uint64_t planned;
  int64_t now;
  int64_t seen[LK_AGENTS], free_at[LK_AGENTS];
  lk_demo_order orders[LK_ORDERS_MOST];
  size_t order_count;
  size_t questions, cases, replies, ratings; /* counted for the summary */
  lk_error err;
} lk_world;

typedef enum lk_saying { LK_SAYS_QUESTION, LK_SAYS_WORDS, LK_SAYS_TAP } lk_saying;

struct lk_person {
  char id[LK_CONVERSATION_ID_SIZE];
  lk_lang lang;
  const char *channel;
  const lk_topic *topic;
  const lk_gold *gold;         /* the way it was asked last */
  const lk_demo_order *order;  /* what this customer ordered */
  unsigned tries, steps, more; /* rephrasings; answers to a flow's questions; further questions to come */
  lk_saying next;
  lk_view words, payload; /* of the next saying */
  int64_t case_id, last_said;
  size_t agent;
  bool over;
};

/* False: memory is out; then world->err says so. */
bool lk_world_plan(lk_world *world, lk_person *person, lk_happening what, int64_t time);
bool lk_world_next(lk_world *world, lk_coming *out);
lk_code lk_world_keep(lk_world *world, const char *text, lk_view *out); /* a copy for the month */

/* What each does when its time has come; they plan what follows. */
lk_code lk_customer_begin(lk_world *world, lk_person *person);
lk_code lk_customer_speak(lk_world *world, lk_person *person);
lk_code lk_customer_give_up(lk_world *world, lk_person *person);
lk_code lk_customer_rate(lk_world *world, lk_person *person);
lk_code lk_agents_be_there(lk_world *world);
lk_code lk_agents_take_case(lk_world *world, lk_person *person, bool attended); /* plans who claims it when */
lk_code lk_agent_claim(lk_world *world, lk_person *person);
lk_code lk_agent_reply(lk_world *world, lk_person *person);
lk_code lk_agent_close(lk_world *world, lk_person *person);

/* Writes messages and events outside the bot's turns, as the server does. */
lk_code lk_world_post(lk_world *world, const lk_person *person, const lk_said *said, const lk_event *event, bool end);

#endif
