/* What a message says as an answer to the bot: yes or no, which of the choices, a command, a correction. */
#include "nlu/entity.h"

enum { COMMAND_WORDS = 8, SHORT_ANSWER = 6, LABEL_WORDS = 24 };

static uint32_t skip_fillers(const lk_finder *f, uint32_t at) {
  for (;;) {
    const lk_phrase_hit *hit = lk_reading_hit(&f->reading, at, LK_KIND_FILLER);
    if (!hit) return at;
    at = hit->past;
  }
}

static bool only_fillers(const lk_finder *f, uint32_t at) { return skip_fillers(f, at) >= f->reading.count; }

/* ---- Yes and no ---- */

static const lk_phrase_hit *yes_or_no(const lk_finder *f, uint32_t at) {
  const lk_phrase_hit *yes = lk_reading_hit(&f->reading, at, LK_KIND_YES), *no = lk_reading_hit(&f->reading, at, LK_KIND_NO);
  if (!yes || !no) return yes ? yes : no;
  return no->past >= yes->past ? no : yes;
}

static bool has_later(const lk_finder *f, uint32_t at, lk_word_kind kind) {
  for (; at < f->reading.count && !f->reading.items[at].sentence; at++)
    if (lk_reading_hit(&f->reading, at, kind)) return true;
  return false;
}

/* How sure an answer is whose sentence goes on behind it: "joo peru se", "ei se toimi", "haluan vaihtaa". */
static float unfinished_confidence(const lk_finder *f, const lk_phrase *answer, uint32_t past) {
  if (answer->kind == LK_KIND_NO) return answer->count > 1 ? 0.7f : 0.45f;
  if (answer->value != 1) return 0.3f;
  return has_later(f, past, LK_KIND_BUT) || has_later(f, past, LK_KIND_NOT) ? 0.3f : 0.65f;
}

/* The answer is what stands at the beginning. Of several ("joo… ei sittenkään") the last counts; words that go on at once make it a part of a sentence. */
static void find_yes_no(lk_finder *f) {
  uint32_t at = 0, from = 0, past = 0;
  const lk_phrase *answer = NULL;
  bool closed = false;
  while (at < f->reading.count) {
    const lk_phrase_hit *hit = yes_or_no(f, at), *filler = lk_reading_hit(&f->reading, at, LK_KIND_FILLER);
    bool refines = hit && filler && answer && hit->phrase->kind == LK_KIND_YES; /* "ei… ok": the ok says nothing */
    if (hit && !refines) {
      bool same = answer && answer->kind == hit->phrase->kind; /* "no, don't": the first has said it */
      if (!same) from = at;
      answer = hit->phrase;
      past = at = hit->past;
      closed = (same && closed) || (past < f->reading.count && f->reading.items[past].clause);
    } else if (filler) {
      at = filler->past;
    } else {
      break;
    }
  }
  if (!answer) return;
  bool taken_back = answer->kind == LK_KIND_YES && has_later(f, past, LK_KIND_BUT);
  bool whole = at >= f->reading.count;
  float confidence = whole ? 1.0f : closed && !taken_back ? 0.85f : unfinished_confidence(f, answer, past);
  lk_finder_add_words(f, LK_ENTITY_YES_NO, from, past, confidence)->number = answer->kind == LK_KIND_YES;
}

/* ---- Commands ---- */

static lk_command command_of(lk_view name) {
  int command = 0;
  while (command < LK_COMMAND_COUNT && !lk_view_eq(name, lk_view_of(lk_command_name((lk_command)command)))) command++;
  return (lk_command)command;
}

/* A yes before a command makes it an answer: "joo, peru se" agrees to a cancellation and does not leave it. */
static bool agrees(const lk_finder *f, uint32_t at) {
  const lk_phrase_hit *yes = lk_reading_hit(&f->reading, at, LK_KIND_YES);
  return yes && yes->phrase->value == 1;
}

static const lk_phrase_hit *whole_message(const lk_finder *f, lk_word_kind kind) {
  for (uint32_t at = 0;;) {
    for (uint32_t i = 0; at < f->reading.count && i < f->reading.items[at].hit_count; i++) {
      const lk_phrase_hit *hit = &f->reading.items[at].hits[i];
      if (hit->phrase->kind == kind && only_fillers(f, hit->past)) return hit;
    }
    const lk_phrase_hit *filler = lk_reading_hit(&f->reading, at, LK_KIND_FILLER);
    if (!filler || agrees(f, at)) return NULL;
    at = filler->past;
  }
}

static void find_command(lk_finder *f) {
  if (f->reading.count > COMMAND_WORDS) return;
  const lk_phrase_hit *hit = whole_message(f, LK_KIND_COMMAND);
  if (!hit) return;
  lk_command command = command_of(hit->phrase->name);
  if (command == LK_COMMAND_COUNT) return;
  lk_finder_add_words(f, LK_ENTITY_COMMAND, hit->past - hit->phrase->count, hit->past, 1.0f)->number = command;
}

/* ---- Corrections ---- */

static void find_corrections(lk_finder *f) {
  for (uint32_t at = 0; at < f->reading.count; at++) {
    const lk_phrase_hit *hit = lk_reading_hit(&f->reading, at, LK_KIND_CORRECT);
    if (!hit || hit->past >= f->reading.count) continue;
    lk_finder_add_words(f, LK_ENTITY_CORRECTION, at, hit->past, hit->phrase->count > 1 ? 0.9f : 0.7f);
    at = hit->past - 1;
  }
}

void lk_find_answers(lk_finder *finder) {
  find_yes_no(finder);
  find_command(finder);
  find_corrections(finder);
}

/* ---- Choices ---- */

static long ordinal_choice(long value, size_t count) {
  if (value == -1) return (long)count;
  if (value == -2) return count % 2 ? (long)(count + 1) / 2 : 0;
  return value;
}

/* "2", "kakkonen", "vaihtoehto 2", "se toinen": a number of the list. */
static void find_numbered_choice(lk_finder *f) {
  size_t count = f->options->choice_count;
  for (uint32_t at = 0; at < f->reading.count; at++) {
    const lk_phrase_hit *list = lk_reading_hit(&f->reading, at, LK_KIND_LIST);
    uint32_t from = list ? list->past : at, past = from;
    const lk_phrase_hit *ordinal = lk_reading_hit(&f->reading, from, LK_KIND_ORDINAL);
    long value = 0;
    bool vague = false;
    if (ordinal) {
      value = ordinal_choice(ordinal->phrase->value, count);
      past = ordinal->past;
    } else if (!lk_number_at(f, from, &value, &past, &vague)) {
      continue;
    }
    if (value < 1 || (size_t)value > count) continue;
    bool alone = skip_fillers(f, 0) >= at && only_fillers(f, past);
    float confidence = alone ? (vague ? 0.8f : 0.97f) : list ? 0.8f : ordinal && f->reading.count <= SHORT_ANSWER ? 0.7f : 0.3f;
    lk_finder_add_words(f, LK_ENTITY_CHOICE, at, past, confidence)->number = value;
    at = past - 1;
  }
}

static void find_other_choice(lk_finder *f) {
  for (uint32_t at = 0; at < f->reading.count; at++) {
    const lk_phrase_hit *hit = lk_reading_hit(&f->reading, at, LK_KIND_OTHER);
    if (!hit) continue;
    bool alone = skip_fillers(f, 0) >= at && only_fillers(f, hit->past);
    lk_finder_add_words(f, LK_ENTITY_CHOICE, at, hit->past,
                        alone                              ? 0.98f
                        : f->reading.count <= SHORT_ANSWER ? 0.75f
                                                           : 0.3f)
        ->number = 0;
    return;
  }
}

static size_t split_label(lk_finder *f, lk_view label, lk_view words[LABEL_WORDS]) {
  size_t count = 0;
  for (size_t at = 0; at < label.len && count < LABEL_WORDS;) {
    while (at < label.len && !lk_is_wordly(label.ptr[at])) at++;
    size_t end = at;
    while (end < label.len && (lk_is_wordly(label.ptr[end]) || label.ptr[end] == '-')) end++;
    if (end > at) {
      words[count] = lk_folded((lk_view){label.ptr + at, end - at}, f->arena);
      if (!words[count].ptr) return f->failed = true, 0;
      if (words[count].len) count++;
    }
    at = end;
  }
  return count;
}

static uint32_t place_alike(const lk_finder *f, lk_view word) {
  for (uint32_t at = 0; at < f->reading.count; at++)
    for (uint32_t k = 0; k < f->reading.items[at].key_count; k++)
      if (lk_words_alike(f->reading.items[at].keys[k], word)) return at;
  return UINT32_MAX;
}

static bool has_word(const lk_view *words, size_t count, lk_view word) {
  for (size_t i = 0; i < count; i++)
    if (lk_words_alike(words[i], word)) return true;
  return false;
}

typedef struct label {
  lk_view words[LABEL_WORDS];
  size_t count;
} label;

typedef struct likeness {
  float score;
  uint32_t first, past;
} likeness;

/* Words that all labels have in common tell nothing: each weighs by how few labels have it. Half is how much of the label was said, half how much of what
 * was said is the label. */
static likeness compare_label(const lk_finder *f, const label *labels, size_t count, size_t which) {
  likeness out = {0, UINT32_MAX, 0};
  float all = 0, met = 0;
  bool used[LK_READING_WORDS] = {false};
  for (size_t w = 0; w < labels[which].count; w++) {
    size_t having = 0;
    for (size_t l = 0; l < count; l++) having += has_word(labels[l].words, labels[l].count, labels[which].words[w]);
    float weight = having == count && count > 1 ? 0.05f : 1.0f / (float)(having ? having : 1);
    if (labels[which].words[w].len < 3) weight *= 0.3f;
    all += weight;
    uint32_t at = place_alike(f, labels[which].words[w]);
    if (at == UINT32_MAX) continue;
    met += weight;
    used[at] = true;
    if (at < out.first) out.first = at;
    if (at + 1 > out.past) out.past = at + 1;
  }
  float said = 0, of_label = 0;
  for (uint32_t at = 0; at < f->reading.count; at++) {
    if (!used[at] && lk_reading_hit(&f->reading, at, LK_KIND_FILLER)) continue;
    said++;
    of_label += used[at] ? 1.0f : 0.0f;
  }
  if (all > 0 && said > 0 && met > 0.1f) out.score = 0.5f * met / all + 0.5f * of_label / said;
  return out;
}

static void find_labelled_choice(lk_finder *f) {
  enum { MOST = 16 };
  size_t count = f->options->choice_count < MOST ? f->options->choice_count : MOST;
  label *labels = LK_NEW_ARRAY(f->arena, label, count);
  if (!labels) {
    f->failed = true;
    return;
  }
  for (size_t l = 0; l < count; l++) labels[l].count = split_label(f, f->options->choices[l], labels[l].words);
  likeness best = {0, 0, 0}, second = {0, 0, 0};
  size_t which = 0;
  for (size_t l = 0; l < count; l++) {
    likeness now = compare_label(f, labels, count, l);
    if (now.score > best.score) {
      second = best;
      best = now;
      which = l;
    } else if (now.score > second.score) {
      second = now;
    }
  }
  if (best.score < 0.4f || best.score - second.score < 0.12f) return;
  float confidence = best.score + 0.25f > 0.96f ? 0.96f : best.score + 0.25f;
  lk_finder_add_words(f, LK_ENTITY_CHOICE, best.first, best.past, confidence)->number = (int64_t)which + 1;
}

void lk_find_choices(lk_finder *finder) {
  find_numbered_choice(finder);
  find_other_choice(finder);
  find_labelled_choice(finder);
}
