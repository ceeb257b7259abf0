#include "speech.h"

#include <math.h>
#include <stdio.h>

/* Shares of messages; only languages and kinds that the questions have are drawn. */
static const double lang_shares[LK_LANG_COUNT] = {[LK_LANG_FI] = .84, [LK_LANG_SV] = .08, [LK_LANG_EN] = .08};
static const double article_share = .70, intent_share = .15, handoff_share = .04, chat_share = .04, none_share = .07;
static const double zipf_offset = 4, zipf_power = .9;

/* ---- Topics ---- */

static lk_topic *find_topic(lk_speech *speech, lk_lang lang, lk_view label) {
  for (size_t i = 0; i < speech->of[lang].count; i++)
    if (lk_view_eq(speech->of[lang].topics[i].label, label)) return &speech->of[lang].topics[i];
  return NULL;
}

static bool add_way(lk_topic *topic, const lk_gold *gold, lk_arena *arena) {
  if ((topic->way_count & (topic->way_count - 1)) == 0) {
    const lk_gold **grown = LK_NEW_ARRAY(arena, const lk_gold *, topic->way_count ? topic->way_count * 2 : 1);
    if (!grown) return false;
    for (size_t i = 0; i < topic->way_count; i++) grown[i] = topic->ways[i];
    topic->ways = grown;
  }
  topic->ways[topic->way_count++] = gold;
  return true;
}

static bool is_intent(const lk_topic *topic) { return topic->kind == LK_GOLD_ENTRY && topic->label.ptr[0] == '@'; }

static double share_of(const lk_topic *topic) {
  switch (topic->kind) {
    case LK_GOLD_HANDOFF:
      return handoff_share;
    case LK_GOLD_CHAT:
      return chat_share;
    case LK_GOLD_NONE:
      return none_share;
    default:
      return is_intent(topic) ? intent_share : article_share;
  }
}

static void weigh(lk_topic *topics, double *weights, size_t count, lk_chance *chance) {
  for (size_t i = count; i > 1; i--) { /* the order of popularity */
    size_t other = lk_chance_below(chance, i);
    lk_topic kept = topics[i - 1];
    topics[i - 1] = topics[other];
    topics[other] = kept;
  }
  for (size_t i = 0; i < count; i++) topics[i].weight = 1 / pow((double)i + zipf_offset, zipf_power);
  for (size_t i = 0; i < count; i++) {
    double sum = 0;
    for (size_t j = 0; j < count; j++)
      if (share_of(&topics[i]) == share_of(&topics[j]) && is_intent(&topics[i]) == is_intent(&topics[j])) sum += topics[j].weight;
    weights[i] = share_of(&topics[i]) * topics[i].weight / sum;
  }
}

bool lk_speech_gather(const lk_gold_set *set, lk_chance *chance, lk_arena *arena, lk_speech *out) {
  *out = (lk_speech){0};
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    out->of[lang].topics = LK_NEW_ARRAY(arena, lk_topic, set->count + 1);
    out->of[lang].weights = LK_NEW_ARRAY(arena, double, set->count + 1);
    if (!out->of[lang].topics || !out->of[lang].weights) return false;
  }
  size_t gathered = 0;
  for (size_t i = 0; i < set->count; i++) {
    const lk_gold *gold = &set->items[i];
    if (gold->lang == LK_LANG_NONE) continue;
    lk_topic *topic = find_topic(out, gold->lang, gold->label);
    if (!topic) {
      topic = &out->of[gold->lang].topics[out->of[gold->lang].count++];
      topic->label = gold->label;
      topic->kind = gold->kind;
    }
    if (!add_way(topic, gold, arena)) return false;
    gathered++;
  }
  for (int lang = 0; lang < LK_LANG_COUNT; lang++)
    weigh(out->of[lang].topics, out->of[lang].weights, out->of[lang].count, chance);
  return gathered > 0;
}

lk_lang lk_speech_lang(const lk_speech *speech, lk_chance *chance) {
  double weights[LK_LANG_COUNT];
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) weights[lang] = speech->of[lang].count ? lang_shares[lang] : 0;
  return (lk_lang)lk_chance_pick(chance, weights, LK_LANG_COUNT);
}

const lk_topic *lk_speech_topic(const lk_speech *speech, lk_lang lang, lk_chance *chance) {
  return &speech->of[lang].topics[lk_chance_pick(chance, speech->of[lang].weights, speech->of[lang].count)];
}

const lk_gold *lk_speech_way(const lk_topic *topic, const lk_gold *but, lk_chance *chance) {
  size_t at = lk_chance_below(chance, topic->way_count);
  if (topic->ways[at] == but) at = (at + 1) % topic->way_count;
  return topic->ways[at];
}

/* ---- As it is typed ---- */

static const char *const greetings[LK_LANG_COUNT][4] = {[LK_LANG_FI] = {"Moi! ", "hei ", "Hei, ", "Terve. "},
                                                        [LK_LANG_SV] = {"Hej! ", "hej ", "Hejsan, ", "God dag. "},
                                                        [LK_LANG_EN] = {"Hi! ", "hello ", "Hi, ", "Good day. "}};
/* People who do not exist; the number is of a range that is given to nobody. */
static const char *const personal[LK_LANG_COUNT] = {
    [LK_LANG_FI] = " Terveisin Matti Meikäläinen, puh. 040 123 4567, matti.meikalainen@posti.invalid",
    [LK_LANG_SV] = " Hälsningar Maja Modell, tel. 040 123 4567, maja.modell@post.invalid",
    [LK_LANG_EN] = " Regards, Jane Sample, phone 040 123 4567, jane.sample@mail.invalid"};

/* ä → a, ö → o, å → a, and their capitals: the second byte of a letter whose first is C3. */
static size_t strip_dots(char *text, size_t length) {
  size_t out = 0;
  for (size_t i = 0; i < length; i++) {
    unsigned char next = i + 1 < length ? (unsigned char)text[i + 1] : 0;
    bool latin = (unsigned char)text[i] == 0xC3;
    char bare = !latin                         ? '\0'
                : next == 0xA4 || next == 0xA5 ? 'a'
                : next == 0xB6                 ? 'o'
                : next == 0x84 || next == 0x85 ? 'A'
                : next == 0x96                 ? 'O'
                                               : '\0';
    text[out++] = bare ? bare : text[i];
    i += bare != '\0';
  }
  return out;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* Two neighbouring letters change places. */
static void slip(char *text, size_t length, lk_chance *chance) {
  for (int try = 0; try < 20; try++) {
    size_t at = lk_chance_below(chance, length);
    if (at + 2 >= length || !at || !is_letter(text[at - 1]) || !is_letter(text[at]) || !is_letter(text[at + 1])) continue;
    char kept = text[at];
    text[at] = text[at + 1];
    text[at + 1] = kept;
    return;
  }
}

lk_view lk_speech_dress(lk_view text, lk_lang lang, lk_chance *chance, lk_arena *arena) {
  const char *greeting = lk_chance_is(chance, .15) ? greetings[lang][lk_chance_below(chance, 4)] : "";
  const char *signature = lk_chance_is(chance, .02) ? personal[lang] : "";
  size_t room = strlen(greeting) + text.len + strlen(signature) + 1;
  char *out = lk_arena_alloc(arena, room);
  if (!out) return (lk_view){NULL, 0};
  size_t length = (size_t)snprintf(out, room, "%s%.*s", greeting, LK_FMT(text));
  if (lk_chance_is(chance, .2) && length > 1 && strchr(".!?", out[length - 1])) length--;
  if (lk_chance_is(chance, .2) && out[0] >= 'A' && out[0] <= 'Z') out[0] = (char)(out[0] + 32);
  if (lk_chance_is(chance, .08)) slip(out, length, chance);
  if (lang != LK_LANG_EN && lk_chance_is(chance, .08)) length = strip_dots(out, length);
  length += (size_t)snprintf(out + length, room - length, "%s", signature);
  return (lk_view){out, length};
}
