/* Customers: they ask, tap the choice that is theirs, say whether it helped, rephrase when it did not, and leave when they have enough. What they want is the gold label;
 * they know a right answer when they see one. */
#include <stdio.h>
#include <stdlib.h>

#include "world.h"

enum { TRIES_MOST = 3, STEPS_MOST = 8 };

static const double rates_good = .30, rates_bad = .45, sees_choice = .88, asks_more = .22, ends_openly = .4, leaves_contact = .6,
                    wrong_proof = .08, confirms = .7;

/* ---- Saying ---- */

static lk_code plan_to_speak(lk_world *w, lk_person *p, int64_t least, int64_t most) {
  return lk_world_plan(w, p, LK_HAPPENS_SPEAK, w->now + lk_chance_between(&w->chance, least, most)) ? LK_OK : w->err.code;
}

static lk_code say_words(lk_world *w, lk_person *p, const char *words) {
  p->next = LK_SAYS_WORDS;
  lk_code code = lk_world_keep(w, words, &p->words);
  return code ? code : plan_to_speak(w, p, 6, 40);
}

static lk_code tap(lk_world *w, lk_person *p, const lk_choice *choice) {
  p->next = LK_SAYS_TAP;
  p->words = lk_arena_copy(w->arena, choice->label);
  p->payload = lk_arena_copy(w->arena, choice->payload);
  if (!p->words.ptr || !p->payload.ptr) return LK_ERR_MEMORY;
  return plan_to_speak(w, p, 3, 20);
}

static lk_code ask(lk_world *w, lk_person *p, const lk_topic *topic) {
  const lk_gold *but = p->topic == topic ? p->gold : NULL;
  p->topic = topic;
  p->gold = lk_speech_way(topic, but, &w->chance);
  p->next = LK_SAYS_QUESTION;
  return plan_to_speak(w, p, 12, 90);
}

static lk_code leave(lk_world *w, lk_person *p) {
  p->over = true;
  if (!lk_chance_is(&w->chance, ends_openly)) return LK_OK;
  lk_event ended = {.type = LK_EVENT_CONVERSATION_ENDED, .reason = LK_LIT("customer")};
  return lk_world_post(w, p, NULL, &ended, true);
}

/* ---- After an answer ---- */

static const lk_choice *find_choice(const lk_turn *turn, const char *payload) {
  for (size_t i = 0; i < turn->choice_count; i++)
    if (lk_view_eq(turn->choices[i].payload, lk_view_of(payload))) return &turn->choices[i];
  return NULL;
}

static lk_code rate_answer(lk_world *w, lk_person *p, lk_view entry, bool helped) {
  lk_event event = {.type = LK_EVENT_RATED_HELPFUL, .entry = entry, .has_number = true, .number = helped};
  w->ratings++;
  return lk_store_note(w->shop.store, lk_view_of(p->id), w->now, &event, 1, &w->err);
}

static lk_code content(lk_world *w, lk_person *p) {
  if (!p->more) return leave(w, p);
  p->more--;
  p->tries = p->steps = 0;
  return ask(w, p, lk_speech_topic(&w->speech, p->lang, &w->chance));
}

static lk_code want_person(lk_world *w, lk_person *p, const lk_turn *turn) {
  static const char *const wishes[LK_LANG_COUNT] = {"haluan puhua ihmisen kanssa", "jag vill prata med en människa",
                                                    "let me talk to a person"};
  const lk_choice *person = find_choice(turn, "person");
  return person ? tap(w, p, person) : say_words(w, p, wishes[p->lang]);
}

/* Not served: other words, a person, or no more of it. */
static lk_code try_again(lk_world *w, lk_person *p, const lk_turn *turn) {
  if (p->gold->kind == LK_GOLD_HANDOFF) return want_person(w, p, turn);
  double mood = lk_chance_share(&w->chance);
  bool patient = ++p->tries < TRIES_MOST;
  if (patient && mood < .45 && p->topic->way_count > 1) return ask(w, p, p->topic);
  if (mood < .75) return want_person(w, p, turn);
  return leave(w, p);
}

static lk_code after_answer(lk_world *w, lk_person *p, const lk_turn *turn) {
  bool right = lk_gold_right(p->gold, turn->entry);
  lk_view entry = turn->entry ? turn->entry->id : (lk_view){"", 0};
  if (entry.len && lk_chance_is(&w->chance, right ? rates_good : rates_bad)) {
    lk_code code = rate_answer(w, p, entry, right);
    if (code) return code;
  }
  return right ? content(w, p) : try_again(w, p, turn);
}

/* ---- Choices ---- */

static const lk_entry *entry_of(const lk_world *w, const lk_person *p, const lk_choice *choice) {
  static const char prefix[] = "entry:";
  size_t length = strlen(prefix);
  if (choice->payload.len <= length || memcmp(choice->payload.ptr, prefix, length) != 0) return NULL;
  return lk_kb_entry(w->kb, (lk_view){choice->payload.ptr + length, choice->payload.len - length}, p->lang);
}

static lk_code choose(lk_world *w, lk_person *p, const lk_turn *turn) {
  for (size_t i = 0; i < turn->choice_count; i++) {
    const lk_entry *entry = entry_of(w, p, &turn->choices[i]);
    if (entry && lk_gold_right(p->gold, entry) && lk_chance_is(&w->chance, sees_choice)) return tap(w, p, &turn->choices[i]);
  }
  const lk_choice *other = find_choice(turn, "other");
  if (other && lk_chance_is(&w->chance, .4)) return tap(w, p, other);
  return try_again(w, p, turn);
}

/* ---- In a flow ---- */

static lk_view asked_slot(const lk_turn *turn) {
  for (size_t i = turn->event_count; i-- > 0;)
    if (turn->events[i].type == LK_EVENT_FLOW_ASKED) return turn->events[i].reason;
  return (lk_view){"", 0};
}

static lk_code answer_slot(lk_world *w, lk_person *p, const lk_turn *turn, lk_view slot) {
  if (lk_view_eq(slot, LK_LIT("order"))) return say_words(w, p, p->order->number);
  if (lk_view_eq(slot, LK_LIT("proof"))) {
    if (lk_chance_is(&w->chance, wrong_proof)) return say_words(w, p, "99999");
    return say_words(w, p, lk_chance_is(&w->chance, .5) ? p->order->email : p->order->postcode);
  }
  if (turn->choice_count) return tap(w, p, &turn->choices[0]);
  if (lk_view_eq(slot, LK_LIT("address"))) return say_words(w, p, "Testikuja 5, 00100 Helsinki");
  if (lk_view_eq(slot, LK_LIT("quantity"))) return say_words(w, p, "2");
  return try_again(w, p, turn);
}

static lk_code go_on_with_flow(lk_world *w, lk_person *p, const lk_turn *turn) {
  static const char *const stops[LK_LANG_COUNT] = {"peruuta", "avbryt", "cancel"};
  bool right = lk_gold_right(p->gold, turn->entry);
  const lk_choice *yes = find_choice(turn, "yes"), *no = find_choice(turn, "no");
  lk_view slot = asked_slot(turn);
  if (++p->steps > STEPS_MOST) return leave(w, p);
  if (!right && (slot.len || yes)) return p->steps > 2 ? leave(w, p) : say_words(w, p, stops[p->lang]);
  if (slot.len) return answer_slot(w, p, turn, slot);
  if (yes && no) return tap(w, p, lk_chance_is(&w->chance, confirms) ? yes : no);
  return right ? content(w, p) : try_again(w, p, turn);
}

/* ---- What the bot said ---- */

static lk_code wait_for_agent(lk_world *w, lk_person *p, const lk_talk_result *result) {
  p->case_id = result->kept.case_id;
  w->cases++;
  bool attended = result->turn.handoff && result->turn.handoff->attended;
  lk_code code = lk_agents_take_case(w, p, attended);
  if (code) return code;
  if (!attended && lk_chance_is(&w->chance, leaves_contact)) return say_words(w, p, p->order->email);
  bool told = p->gold->kind != LK_GOLD_HANDOFF;
  if (told || !lk_chance_is(&w->chance, .6)) return LK_OK;
  return ask(w, p, lk_speech_topic(&w->speech, p->lang, &w->chance)); /* what it is about */
}

static lk_code react(lk_world *w, lk_person *p, const lk_talk_result *result) {
  const lk_turn *turn = &result->turn;
  if (result->kept.case_id && result->kept.case_id != p->case_id) return wait_for_agent(w, p, result);
  if (p->case_id && result->kept.case_id == p->case_id) return LK_OK; /* waits, whatever the bot says meanwhile */
  switch (turn->act) {
    case LK_ACT_ANSWER:
      return after_answer(w, p, turn);
    case LK_ACT_CLARIFY:
      return choose(w, p, turn);
    case LK_ACT_FALLBACK:
      if (p->gold->kind == LK_GOLD_NONE && turn->entry) return leave(w, p); /* told honestly that there is no such thing */
      return turn->choice_count ? choose(w, p, turn) : try_again(w, p, turn);
    case LK_ACT_PERFORM:
      return go_on_with_flow(w, p, turn);
    case LK_ACT_CHAT:
      return p->gold->kind == LK_GOLD_CHAT ? content(w, p) : try_again(w, p, turn);
    default:
      return leave(w, p);
  }
}

/* ---- When the time has come ---- */

/* The order number in a question is that of an order that exists, and that is the customer's: six digits for six. */
static void name_own_order(const lk_person *p, char *text, size_t length) {
  size_t digits = 0, size = strlen(p->order->number);
  for (size_t i = 0; i <= length; i++) {
    bool digit = i < length && text[i] >= '0' && text[i] <= '9';
    if (digit) {
      digits++;
      continue;
    }
    if (digits == size) memcpy(text + i - size, p->order->number, size);
    digits = 0;
  }
}

static lk_code put_question(lk_world *w, lk_person *p, lk_view *out) {
  char *text = lk_arena_string(w->scratch, p->gold->text);
  if (!text) return LK_ERR_MEMORY;
  name_own_order(p, text, p->gold->text.len);
  *out = lk_speech_dress((lk_view){text, p->gold->text.len}, p->lang, &w->chance, w->scratch);
  return out->ptr ? LK_OK : LK_ERR_MEMORY;
}

static void tell_truth(lk_world *w, const lk_person *p, lk_view said) {
  (void)fprintf(w->truth, "%s\t%.*s\t%.*s\t", p->id, LK_FMT(p->gold->id), LK_FMT(p->gold->label));
  for (size_t i = 0; i < p->gold->also_count; i++) (void)fprintf(w->truth, "%s%.*s", i ? "," : "", LK_FMT(p->gold->also[i]));
  (void)fprintf(w->truth, "\t%s\t%.*s\n", lk_lang_code(p->lang), LK_FMT(said));
}

lk_code lk_customer_begin(lk_world *w, lk_person *p) {
  lk_talk_result result;
  w->shop.talk.channel = lk_view_of(p->channel);
  lk_code code = lk_talk_start_as(&w->shop.talk, lk_view_of(p->id), p->lang, (lk_view){"", 0}, w->scratch, &result, &w->err);
  if (code) return code;
  if (!result.stored) return w->err = result.trouble, w->err.code;
  p->more = lk_chance_is(&w->chance, asks_more) ? 1 + (unsigned)lk_chance_below(&w->chance, 2) : 0;
  p->order = &w->orders[lk_chance_below(&w->chance, w->order_count)];
  return ask(w, p, lk_speech_topic(&w->speech, p->lang, &w->chance));
}

lk_code lk_customer_speak(lk_world *w, lk_person *p) {
  lk_utterance utterance = {.lang = LK_LANG_NONE, .conversation = lk_view_of(p->id), .address = lk_view_of(p->id)};
  if (p->over) return LK_OK;
  utterance.text = p->words;
  if (p->next == LK_SAYS_TAP) utterance.payload = p->payload;
  if (p->next == LK_SAYS_QUESTION) {
    lk_code code = put_question(w, p, &utterance.text);
    if (code) return code;
    tell_truth(w, p, utterance.text);
    w->questions++;
  }
  lk_talk_result result;
  w->shop.talk.channel = lk_view_of(p->channel);
  p->last_said = w->now;
  lk_code code = lk_agents_be_there(w);
  if (!code) code = lk_talk_say(&w->shop.talk, &utterance, (lk_view){"", 0}, w->scratch, &result, &w->err);
  if (code) return code;
  if (!result.stored) return w->err = result.trouble, w->err.code;
  return react(w, p, &result);
}

lk_code lk_customer_give_up(lk_world *w, lk_person *p) {
  p->over = true;
  lk_event ended = {.type = LK_EVENT_CONVERSATION_ENDED, .reason = LK_LIT("customer")};
  return lk_world_post(w, p, NULL, &ended, true);
}

/* Who was answered rates well, who waited long does not. */
lk_code lk_customer_rate(lk_world *w, lk_person *p) {
  static const char *const praise[LK_LANG_COUNT] = {"ystävällistä palvelua", "vänlig service", "friendly service"};
  bool satisfied = lk_chance_is(&w->chance, .8);
  lk_event events[2] = {{.type = LK_EVENT_RATED_CSAT, .has_number = true}, {.type = LK_EVENT_RATED_NPS, .has_number = true}};
  events[0].number = satisfied ? lk_chance_between(&w->chance, 4, 5) : lk_chance_between(&w->chance, 1, 3);
  events[1].number = satisfied ? lk_chance_between(&w->chance, 7, 10) : lk_chance_between(&w->chance, 0, 7);
  if (satisfied && lk_chance_is(&w->chance, .2)) events[0].text = lk_view_of(praise[p->lang]);
  w->ratings++;
  return lk_store_note(w->shop.store, lk_view_of(p->id), w->now, events, lk_chance_is(&w->chance, .6) ? 2 : 1, &w->err);
}
