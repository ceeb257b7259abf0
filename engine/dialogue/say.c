#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/vector.h"
#include "dialogue/turn.h"

void lk_maker_fail(lk_maker *m, lk_code code) {
  if (!m->code) m->code = code;
}

lk_view lk_text(lk_maker *m, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *text = NULL;
  int length = vasprintf(&text, format, args);
  va_end(args);
  lk_view copy = length < 0 ? (lk_view){NULL, 0} : lk_arena_copy(m->arena, (lk_view){text, (size_t)length});
  if (length >= 0) free(text);
  if (copy.ptr) return copy;
  lk_maker_fail(m, lk_fail_memory(m->err));
  return (lk_view){"", 0};
}

bool lk_has_message(const lk_maker *m, const char *id) { return lk_kb_message(m->kb, lk_view_of(id), m->state.lang) != NULL; }

static const lk_message *find_message(lk_maker *m, const char *id) {
  const lk_message *message = m->code ? NULL : lk_kb_message(m->kb, lk_view_of(id), m->state.lang);
  if (!message && !m->code)
    lk_maker_fail(m, lk_fail(m->err, LK_ERR_MISSING, "the knowledge base has no message '%s'; add <message id=\"%s\">", id, id));
  return message;
}

/* Replies outlive the call: their values are copied into the turn's arena. */
static const lk_value *copy_values(lk_maker *m, const lk_value *values, size_t count) {
  lk_value *copy = LK_NEW_ARRAY(m->arena, lk_value, count + 1);
  for (size_t i = 0; copy && i < count; i++) {
    copy[i].name = values[i].name;
    copy[i].value = lk_arena_copy(m->arena, values[i].value);
    if (!copy[i].value.ptr) copy = NULL;
  }
  if (!copy) lk_maker_fail(m, lk_fail_memory(m->err));
  return copy;
}

static void add_reply(lk_maker *m, lk_reply reply) {
  if (m->code) return;
  lk_turn *out = m->out;
  if (out->reply_count == m->reply_cap) {
    size_t cap = m->reply_cap ? m->reply_cap * 2 : 8;
    lk_reply *grown = LK_NEW_ARRAY(m->arena, lk_reply, cap);
    if (!grown) {
      lk_maker_fail(m, lk_fail_memory(m->err));
      return;
    }
    if (out->reply_count) memcpy(grown, out->replies, out->reply_count * sizeof *grown);
    out->replies = grown;
    m->reply_cap = cap;
  }
  out->replies[out->reply_count++] = reply;
}

void lk_say(lk_maker *m, const char *id, const lk_value *values, size_t count) {
  const lk_message *message = find_message(m, id);
  if (!message) return;
  const lk_value *copy = copy_values(m, values, count);
  if (copy) add_reply(m, (lk_reply){&message->text, copy, count, message->lang, message->id, NULL, LK_LIT("")});
}

void lk_say_answer(lk_maker *m, const lk_answer *answer, lk_lang lang, lk_view id) {
  add_reply(m, (lk_reply){answer, NULL, 0, lang, id, NULL, LK_LIT("")});
}

void lk_say_entry(lk_maker *m, const lk_entry *entry) {
  if (!entry->answer_count) return;
  const lk_answer *answer = &entry->answers[m->state.turns % entry->answer_count];
  add_reply(m, (lk_reply){answer, NULL, 0, entry->lang, entry->id, entry, LK_LIT("")});
}

lk_view lk_phrase(lk_maker *m, const char *id, const lk_value *values, size_t count) {
  const lk_message *message = find_message(m, id);
  if (!message) return (lk_view){"", 0};
  char *text = lk_render(&message->text, LK_RENDER_TEXT, values, count, m->err);
  if (!text) {
    lk_maker_fail(m, LK_ERR_MISSING);
    return (lk_view){"", 0};
  }
  lk_view copy = lk_arena_copy(m->arena, lk_view_of(text));
  free(text);
  if (copy.ptr) return copy;
  lk_maker_fail(m, lk_fail_memory(m->err));
  return (lk_view){"", 0};
}

void lk_offer(lk_maker *m, lk_view label, lk_view payload) {
  lk_state *state = &m->state;
  lk_turn *out = m->out;
  if (m->code || state->choice_count > LK_CHOICES_MAX) return;
  if (!out->choices) out->choices = LK_NEW_ARRAY(m->arena, lk_choice, LK_CHOICES_MAX + 1);
  if (!out->choices) {
    lk_maker_fail(m, lk_fail_memory(m->err));
    return;
  }
  out->choices[out->choice_count++] = (lk_choice){label, payload};
  state->labels[state->choice_count] = label;
  state->choices[state->choice_count++] = payload;
}

char *lk_reply_render(const lk_reply *reply, lk_render_format format, lk_error *err) {
  return lk_render(reply->content, format, reply->values, reply->value_count, err);
}
