#include <stdlib.h>
#include <time.h>

#include "base/buffer.h"
#include "base/error.h"
#include "dialogue/turn.h"
#include "luukku/talk.h"

enum { TRIES = 5 }; /* turns that others overtake before it is given up; each retry means that a whole other turn got through */

/* What the transcript keeps: the customer's words as written (so far as they were read), then each reply as plain text with its detail. */
typedef struct transcript_lines {
  lk_said *messages;
  size_t count;
} transcript_lines;

static void add_choices(lk_buffer *b, const lk_turn *turn) {
  lk_buffer_adds(b, ",\"choices\":[");
  for (size_t i = 0; i < turn->choice_count; i++) {
    if (i) lk_buffer_addc(b, ',');
    lk_buffer_adds(b, "{\"label\":");
    lk_buffer_add_json(b, turn->choices[i].label);
    lk_buffer_adds(b, ",\"payload\":");
    lk_buffer_add_json(b, turn->choices[i].payload);
    lk_buffer_addc(b, '}');
  }
  lk_buffer_addc(b, ']');
}

/* What a channel shows beside the text, kept as it was said: its form, an order's card, the choices with the last reply. So that history, events and answers are the same for
 * ever, whatever becomes of the KB. */
static lk_code write_detail(const lk_turn *turn, size_t i, lk_arena *arena, lk_view *out, lk_error *err) {
  const lk_reply *reply = &turn->replies[i];
  char *html = lk_reply_render(reply, LK_RENDER_HTML, err);
  if (!html) return err && err->code ? err->code : LK_ERR_MEMORY;
  lk_buffer b = {0};
  lk_buffer_adds(&b, "{\"html\":");
  lk_buffer_add_json(&b, lk_view_of(html));
  free(html);
  if (reply->card.len) {
    lk_buffer_adds(&b, ",\"card\":");
    lk_buffer_add(&b, reply->card);
  }
  if (i + 1 == turn->reply_count && turn->choice_count) add_choices(&b, turn);
  lk_buffer_addc(&b, '}');
  *out = b.failed ? (lk_view){NULL, 0} : lk_arena_copy(arena, lk_buffer_view(&b));
  lk_buffer_free(&b);
  return out->ptr ? LK_OK : lk_fail_memory(err);
}

static lk_code write_transcript(const lk_kb *kb, const lk_turn *turn, const lk_utterance *utterance, lk_arena *arena,
                                transcript_lines *out, lk_error *err) {
  /* What is over the limit was not read, unless by a person. */
  lk_view heard = utterance ? utterance->text : (lk_view){"", 0};
  if (turn->act != LK_ACT_SILENT) heard = lk_kept_part(kb, heard);
  out->count = 0;
  out->messages = LK_NEW_ARRAY(arena, lk_said, turn->reply_count + 2);
  if (!out->messages) return lk_fail_memory(err);
  if (utterance)
    out->messages[out->count++] = (lk_said){.author = LK_AUTHOR_CUSTOMER, .text = heard, .detail = utterance->detail};
  for (size_t i = 0; i < turn->reply_count; i++) {
    char *text = lk_reply_render(&turn->replies[i], LK_RENDER_TEXT, err);
    if (!text) return err && err->code ? err->code : LK_ERR_MEMORY;
    lk_said *said = &out->messages[out->count++];
    *said = (lk_said){.author = LK_AUTHOR_BOT, .text = lk_arena_copy(arena, lk_view_of(text)), .entry = turn->replies[i].id};
    free(text);
    lk_code code = said->text.ptr ? write_detail(turn, i, arena, &said->detail, err) : lk_fail_memory(err);
    if (code) return code;
  }
  return LK_OK;
}

static int64_t clock_of(const lk_services *services) {
  return services->now ? services->now(services->clock) : (int64_t)time(NULL);
}

static lk_code keep(lk_talk *talk, const lk_conversation *conversation, const lk_turn *turn, const lk_utterance *utterance,
                    lk_view client_id, lk_arena *arena, lk_turn_result *kept, lk_error *err) {
  transcript_lines transcript;
  const lk_kb *kb = lk_engine_kb(lk_worker_engine(talk->worker));
  lk_code code = write_transcript(kb, turn, utterance, arena, &transcript, err);
  if (code) return code;
  lk_turn_record record = {.conversation = conversation->id,
                           .version = conversation->version,
                           .client_id = client_id,
                           .time = clock_of(&talk->services),
                           .lang = turn->lang,
                           .state = turn->state,
                           .customer = turn->customer,
                           .messages = transcript.messages,
                           .message_count = transcript.count,
                           .events = turn->events,
                           .event_count = turn->event_count,
                           .handoff = turn->handoff,
                           .contact = turn->contact,
                           .end = turn->end};
  return lk_store_turn(talk->store, &record, arena, kept, err);
}

/* The customer reads what the bot says whatever happens to the store; but a person who was promised has to be told about. The conversation is then where it was before:
 * nobody waits for a contact that would go nowhere. */
static void say_what_was_lost(lk_talk *talk, lk_talk_result *out, lk_view state, lk_arena *arena) {
  if (!out->turn.handoff) return;
  lk_turn *turn = &out->turn;
  const lk_engine *engine = lk_worker_engine(talk->worker);
  const lk_message *failed = lk_kb_message(lk_engine_kb(engine), LK_LIT("handoff-failed"), turn->lang);
  lk_reply *reply = LK_NEW(arena, lk_reply);
  if (!failed || !reply) return;
  *reply = (lk_reply){&failed->text, NULL, 0, failed->lang, failed->id, NULL, LK_LIT("")};
  turn->replies = reply;
  turn->reply_count = 1;
  turn->choice_count = 0;
  turn->handoff = NULL;
  turn->state = state;
}

/* ---- The caller's memory ---- */

void lk_talk_forget(lk_talk_memory *memory) {
  free(memory->state);
  *memory = (lk_talk_memory){0};
}

/* Memory that is out costs the memory, not the turn. */
static void remember(lk_talk *talk, const lk_talk_result *result) {
  lk_talk_memory *memory = talk->memory;
  if (!memory || result->repeated) return;
  char *copy = strndup(result->turn.state.ptr ? result->turn.state.ptr : "", result->turn.state.len);
  if (!copy) return;
  free(memory->state);
  memory->state = copy;
  memory->lang = result->turn.lang;
  memory->ahead = !result->stored;
  if (result->stored) memory->phase = result->kept.phase;
}

/* A copy: the memory is overwritten before the turn's result is read. */
static lk_code recall_state(const lk_talk_memory *memory, lk_arena *arena, lk_conversation *conversation, lk_error *err) {
  conversation->state = lk_arena_copy(arena, lk_view_of(memory->state ? memory->state : ""));
  return conversation->state.ptr ? LK_OK : lk_fail_memory(err);
}

static lk_code recall(const lk_talk_memory *memory, lk_arena *arena, lk_conversation *conversation, lk_error *err) {
  conversation->lang = memory->lang;
  conversation->phase = memory->phase;
  return recall_state(memory, arena, conversation, err);
}

/* ---- Turns ---- */

static lk_code take_turn(lk_talk *talk, const lk_conversation *conversation, bool readable, const lk_utterance *utterance,
                         lk_view client_id, lk_arena *arena, lk_talk_result *out, lk_error *err) {
  lk_utterance heard = *utterance;
  if (!heard.customer.len) heard.customer = conversation->customer;
  heard.open_case = conversation->open_case;
  lk_code code =
      lk_turn_take(talk->worker, &talk->services, conversation->state, conversation->phase, &heard, arena, &out->turn, err);
  if (code) return code;
  if (readable) {
    code = keep(talk, conversation, &out->turn, utterance, client_id, arena, &out->kept, &out->trouble);
    out->repeated = !code && out->kept.repeated;
    out->stored = !code;
    if (code == LK_ERR_STATE) return code;
  }
  if (!out->stored) say_what_was_lost(talk, out, conversation->state, arena);
  remember(talk, out);
  return LK_OK;
}

static lk_code start_in_store(lk_talk *talk, lk_conversation *conversation, lk_arena *arena, lk_error *err) {
  conversation->channel = talk->channel;
  conversation->started = clock_of(&talk->services);
  lk_code code = lk_store_start(talk->store, conversation, err);
  return code ? code : lk_store_conversation(talk->store, conversation->id, arena, conversation, err);
}

lk_code lk_talk_start_as(lk_talk *talk, lk_view id, lk_lang lang, lk_view customer, lk_arena *arena, lk_talk_result *out,
                         lk_error *err) {
  *out = (lk_talk_result){0};
  lk_code code = lk_turn_greet(talk->worker, &talk->services, lang, arena, &out->turn, err);
  if (code) return code;
  if (talk->memory) lk_talk_forget(talk->memory);
  if (talk->store) {
    lk_conversation conversation = {.id = id, .lang = out->turn.lang, .customer = customer};
    code = start_in_store(talk, &conversation, arena, &out->trouble);
    if (code && talk->memory) talk->memory->unstarted = true;
    if (!code) code = keep(talk, &conversation, &out->turn, NULL, (lk_view){"", 0}, arena, &out->kept, &out->trouble);
    out->stored = !code;
  }
  remember(talk, out);
  return LK_OK;
}

lk_code lk_talk_start(lk_talk *talk, lk_lang lang, lk_view customer, char id[LK_CONVERSATION_ID_SIZE], lk_arena *arena,
                      lk_talk_result *out, lk_error *err) {
  *out = (lk_talk_result){0};
  lk_code code = lk_conversation_new_id(id, err);
  return code ? code : lk_talk_start_as(talk, lk_view_of(id), lang, customer, arena, out, err);
}

/* The conversation as the store has it, with what the caller knows better. */
static lk_code load(lk_talk *talk, lk_view id, lk_arena *arena, lk_conversation *out, lk_error *err) {
  lk_talk_memory *memory = talk->memory;
  *out = (lk_conversation){.id = id, .lang = memory ? memory->lang : LK_LANG_FI};
  lk_code code = memory && memory->unstarted ? start_in_store(talk, out, arena, err)
                                             : lk_store_conversation(talk->store, id, arena, out, err);
  if (code || !memory) return code;
  memory->unstarted = false;
  return memory->ahead ? recall_state(memory, arena, out, err) : LK_OK;
}

lk_code lk_talk_say(lk_talk *talk, const lk_utterance *utterance, lk_view client_id, lk_arena *arena, lk_talk_result *out,
                    lk_error *err) {
  *out = (lk_talk_result){0};
  if (talk->store && client_id.len &&
      !lk_store_repeated(talk->store, utterance->conversation, client_id, arena, &out->kept, &out->trouble) &&
      out->kept.repeated) {
    out->repeated = out->stored = true;
    return LK_OK;
  }
  for (int try = 0; talk->store && try < TRIES; try++) {
    lk_conversation conversation;
    lk_code code = load(talk, utterance->conversation, arena, &conversation, &out->trouble);
    if (code && talk->memory) break;
    if (code) {
      if (err) *err = out->trouble;
      return code;
    }
    code = take_turn(talk, &conversation, true, utterance, client_id, arena, out, err);
    if (code != LK_ERR_STATE) return code;
    if (try == TRIES - 1) return lk_fail(err, LK_ERR_BUSY, "others keep writing to this conversation; send the message again");
  }
  lk_conversation conversation = {.id = utterance->conversation, .lang = LK_LANG_NONE};
  lk_code code = talk->memory ? recall(talk->memory, arena, &conversation, err) : LK_OK;
  if (code) return code;
  return take_turn(talk, &conversation, false, utterance, client_id, arena, out, err);
}
