#include "dialogue/state.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/error.h"

/* The serialised form is lines of `name value`, with backslash and line end escaped in values; it starts with its version. */
static const char VERSION[] = "luukku-state 1";

static void put(lk_buffer *b, const char *name, lk_view value) {
  if (!value.len) return;
  lk_buffer_adds(b, name);
  lk_buffer_addc(b, ' ');
  for (size_t i = 0; i < value.len; i++) {
    char c = value.ptr[i];
    if (c == '\n')
      lk_buffer_adds(b, "\\n");
    else if (c == '\\')
      lk_buffer_adds(b, "\\\\");
    else
      lk_buffer_addc(b, c);
  }
  lk_buffer_addc(b, '\n');
}

static void put_number(lk_buffer *b, const char *name, int64_t value) {
  if (value) lk_buffer_addf(b, "%s %" PRId64 "\n", name, value);
}

lk_code lk_state_write(const lk_state *s, lk_arena *arena, lk_view *out, lk_error *err) {
  lk_buffer b = {.limit = LK_STATE_MAX};
  lk_buffer_addf(&b, "%s\nlang %s\n", VERSION, lk_lang_code(s->lang));
  put_number(&b, "time", s->time);
  put_number(&b, "turns", s->turns);
  put_number(&b, "fallbacks", s->fallbacks);
  put_number(&b, "clarified", s->clarified);
  put_number(&b, "choosing", s->choosing);
  put_number(&b, "pending", s->pending);
  put_number(&b, "waiting-told", s->waiting_told);
  put_number(&b, "misses", s->misses);
  put(&b, "last-entry", s->last_entry);
  put(&b, "unclear", s->unclear);
  for (size_t i = 0; i < s->choice_count; i++) {
    put(&b, "choice", s->choices[i]);
    put(&b, "label", s->labels[i]);
  }
  put(&b, "intent", s->intent);
  put(&b, "asked", s->asked);
  for (size_t i = 0; i < s->slot_count; i++) {
    put(&b, "slot", s->slots[i].name);
    put(&b, "value", s->slots[i].value);
  }
  put(&b, "key", s->key);
  put(&b, "said", s->said);
  put_number(&b, "troubles", s->troubles);
  put_number(&b, "insulted", s->insulted);
  put_number(&b, "recommended", s->recommended);
  put(&b, "order", s->order);
  put(&b, "proved-by", s->proved_by);
  if (b.failed) {
    lk_buffer_free(&b);
    return lk_fail(err, LK_ERR_LIMIT, "the conversation's state is over %d bytes or memory is out; start a new conversation",
                   LK_STATE_MAX);
  }
  *out = lk_arena_copy(arena, lk_buffer_view(&b));
  lk_buffer_free(&b);
  return out->ptr ? LK_OK : lk_fail_memory(err);
}

/* Undoes the escapes in place. */
static lk_view unescape(char *text, size_t len) {
  size_t to = 0;
  for (size_t from = 0; from < len; from++) {
    char c = text[from];
    if (c == '\\' && from + 1 < len) c = text[++from] == 'n' ? '\n' : text[from];
    text[to++] = c;
  }
  return (lk_view){text, to};
}

static uint32_t count_of(lk_view value) { return (uint32_t)strtoul(value.ptr, NULL, 10); }

static bool is(lk_view name, const char *expected) { return lk_view_eq(name, lk_view_of(expected)); }

/* Names that this version does not know are passed over: a newer program may have written them. */
static void take(lk_state *s, lk_view name, lk_view value) {
  if (is(name, "lang"))
    s->lang = lk_lang_of(value);
  else if (is(name, "time"))
    s->time = strtoll(value.ptr, NULL, 10);
  else if (is(name, "turns"))
    s->turns = count_of(value);
  else if (is(name, "fallbacks"))
    s->fallbacks = count_of(value);
  else if (is(name, "clarified"))
    s->clarified = count_of(value);
  else if (is(name, "choosing"))
    s->choosing = true;
  else if (is(name, "pending"))
    s->pending = count_of(value) < LK_PENDING_COUNT ? (lk_pending)count_of(value) : LK_PENDING_NONE;
  else if (is(name, "waiting-told"))
    s->waiting_told = true;
  else if (is(name, "misses"))
    s->misses = count_of(value);
  else if (is(name, "last-entry"))
    s->last_entry = value;
  else if (is(name, "unclear"))
    s->unclear = value;
  else if (is(name, "choice") && s->choice_count <= LK_CHOICES_MAX)
    s->choices[s->choice_count++] = value;
  else if (is(name, "label") && s->choice_count)
    s->labels[s->choice_count - 1] = value;
  else if (is(name, "intent"))
    s->intent = value;
  else if (is(name, "asked"))
    s->asked = value;
  else if (is(name, "slot") && s->slot_count < LK_SLOTS_MAX)
    s->slots[s->slot_count++].name = value;
  else if (is(name, "value") && s->slot_count)
    s->slots[s->slot_count - 1].value = value;
  else if (is(name, "key"))
    s->key = value;
  else if (is(name, "said"))
    s->said = value;
  else if (is(name, "troubles"))
    s->troubles = count_of(value);
  else if (is(name, "insulted"))
    s->insulted = true;
  else if (is(name, "recommended"))
    s->recommended = true;
  else if (is(name, "order"))
    s->order = value;
  else if (is(name, "proved-by"))
    s->proved_by = value;
}

lk_code lk_state_read(lk_view text, lk_arena *arena, lk_state *out, lk_error *err) {
  *out = (lk_state){.lang = LK_LANG_NONE};
  if (!text.len) return LK_OK;
  char *copy = lk_arena_string(arena, text);
  if (!copy) return lk_fail_memory(err);
  size_t version = sizeof VERSION - 1;
  if (text.len > LK_STATE_MAX || text.len <= version || memcmp(copy, VERSION, version) != 0 || copy[version] != '\n')
    return lk_fail(err, LK_ERR_INPUT, "not a conversation's state of this program; start a new conversation");
  for (char *line = copy + version + 1, *end; *line && (end = strchr(line, '\n')); line = end + 1) {
    char *space = memchr(line, ' ', (size_t)(end - line));
    if (!space) continue;
    *end = '\0'; /* so that numbers end here */
    lk_view value = unescape(space + 1, (size_t)(end - space - 1));
    take(out, (lk_view){line, (size_t)(space - line)}, value);
  }
  return LK_OK;
}

lk_view lk_state_slot(const lk_state *state, lk_view name) {
  for (size_t i = 0; i < state->slot_count; i++)
    if (lk_view_eq(state->slots[i].name, name)) return state->slots[i].value;
  return (lk_view){"", 0};
}

bool lk_state_fill(lk_state *state, lk_view name, lk_view value) {
  for (size_t i = 0; i < state->slot_count; i++) {
    if (!lk_view_eq(state->slots[i].name, name)) continue;
    state->slots[i].value = value;
    return true;
  }
  if (state->slot_count == LK_SLOTS_MAX) return false;
  state->slots[state->slot_count++] = (lk_kept_slot){name, value};
  return true;
}

void lk_state_leave_flow(lk_state *state) {
  state->intent = state->asked = state->key = state->said = (lk_view){"", 0};
  state->slot_count = 0;
  state->misses = state->troubles = 0;
  if (state->pending == LK_PENDING_SLOT || state->pending == LK_PENDING_CONFIRM) state->pending = LK_PENDING_NONE;
}
