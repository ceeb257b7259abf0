/* What customers want and how they say it: questions with gold labels, by language and topic. */
#ifndef LK_SIMULATION_SPEECH_H
#define LK_SIMULATION_SPEECH_H

#include "chance.h"
#include "gold.h"
#include "luukku/arena.h"

/* Everything that has one label in one language. */
typedef struct lk_topic {
  lk_view label;
  lk_gold_kind kind;
  const lk_gold **ways; /* to ask it */
  size_t way_count;
  double weight; /* how often it comes */
} lk_topic;

typedef struct lk_speech {
  struct {
    lk_topic *topics;
    double *weights;
    size_t count;
  } of[LK_LANG_COUNT];
} lk_speech;

/* Few topics come often and many seldom (Zipf), in an order that the seed draws, within the shares that kinds of questions have. False: memory is out, or there is no
 * question. */
bool lk_speech_gather(const lk_gold_set *set, lk_chance *chance, lk_arena *arena, lk_speech *out);

lk_lang lk_speech_lang(const lk_speech *speech, lk_chance *chance);
const lk_topic *lk_speech_topic(const lk_speech *speech, lk_lang lang, lk_chance *chance);
/* A way to ask it, another than `but` when there is one. */
const lk_gold *lk_speech_way(const lk_topic *topic, const lk_gold *but, lk_chance *chance);
/* As this customer types it today: with a greeting, in small letters, without dots, with a slip of the finger, or with a name and number that nobody asked for. */
lk_view lk_speech_dress(lk_view text, lk_lang lang, lk_chance *chance, lk_arena *arena);

#endif
