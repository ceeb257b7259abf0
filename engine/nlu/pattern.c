/* Matching: which of the patterns does a message fit? The index names the few whose rarest word is there; each of them is run over each sentence. */
#include "nlu/pattern.h"

#include <stdlib.h>

#include "base/error.h"

static const float slot_least = 0.25f; /* confidence below which a reading is too far-fetched for a slot in a pattern */

/* Ids of a word's keys that some pattern knows. */
typedef struct known_word {
  uint32_t ids[LK_READING_KEYS];
  uint32_t count, typed;
} known_word;

typedef struct trail_item { /* what a step took */
  uint32_t step, from, past;
  const lk_entity *entity;
} trail_item;

struct lk_runner {
  const lk_patterns *patterns;
  const lk_entities *entities;
  lk_reading reading;
  lk_arena *arena;
  known_word *known;
  /* One run: */
  const lk_program *program;
  uint32_t begin, end; /* the sentence */
  uint64_t *tried;     /* a bit a step and place */
  size_t tried_words;
  trail_item trail[LK_PATTERN_STEPS];
  uint32_t trail_count;
  uint32_t past; /* where the match ended */
  bool excluded;
};

/* ---- Preparing ---- */

static void know(const lk_patterns *patterns, const lk_read_word *item, known_word *out) {
  for (uint32_t k = 0; k < item->key_count; k++) {
    const uint32_t *id = lk_map_get(patterns->keys, item->keys[k]);
    if (id) out->ids[out->count++] = *id;
    if (k + 1 == item->typed_count) out->typed = out->count;
  }
}

lk_runner *lk_runner_new(const lk_patterns *patterns, const lk_analysis *analysis, const lk_entities *entities, lk_arena *arena,
                         lk_error *err) {
  lk_runner *runner = LK_NEW(arena, lk_runner);
  if (!runner || lk_reading_make(analysis, arena, &runner->reading, err) ||
      !(runner->known = LK_NEW_ARRAY(arena, known_word, runner->reading.count + 1))) {
    (void)lk_fail_memory(err);
    return NULL;
  }
  runner->patterns = patterns;
  runner->entities = entities;
  runner->arena = arena;
  for (uint32_t i = 0; i < runner->reading.count; i++) know(patterns, &runner->reading.items[i], &runner->known[i]);
  return runner;
}

bool lk_runner_excluded(const lk_runner *runner) { return runner->excluded; }

/* ---- Running ---- */

static bool has_id(const lk_step *step, const known_word *word, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < step->id_count; k++)
      if (step->ids[k] == word->ids[i]) return true;
  return false;
}

static bool run(lk_runner *r, uint32_t step, uint32_t at);

static bool take(lk_runner *r, uint32_t step, uint32_t from, uint32_t past, const lk_entity *entity) {
  r->trail[r->trail_count++] = (trail_item){step, from, past, entity};
  if (run(r, step + 1, past)) return true;
  r->trail_count--;
  return false;
}

static bool take_slot(lk_runner *r, uint32_t step, uint32_t at) {
  const lk_step *s = &r->program->steps[step];
  for (size_t e = 0; e < r->entities->count; e++) {
    const lk_entity *entity = &r->entities->items[e];
    if (!(s->types & 1u << entity->type) || entity->confidence < slot_least) continue;
    uint32_t first = lk_reading_place(&r->reading, entity->first_word), past = lk_reading_place(&r->reading, entity->past_word);
    uint32_t lead = lk_reading_place(&r->reading, entity->lead_word);
    if ((first != at && lead != at) || past <= at) continue;
    if (take(r, step, at, past < r->end ? past : r->end, entity)) return true;
  }
  if (!s->free) return false;
  uint32_t most = r->end - at < LK_PATTERN_FREE ? r->end - at : LK_PATTERN_FREE;
  for (uint32_t words = most; words > 0; words--)
    if (take(r, step, at, at + words, NULL)) return true;
  return false;
}

/* Each pair of step and place once: what failed from there will fail again. */
static bool try_first_time(lk_runner *r, uint32_t step, uint32_t at) {
  size_t bit = (size_t)step * (r->end - r->begin + 1) + (at - r->begin);
  uint64_t mask = (uint64_t)1 << (bit & 63);
  if (r->tried[bit >> 6] & mask) return false;
  r->tried[bit >> 6] |= mask;
  return true;
}

static bool ends_clause(const lk_runner *r, uint32_t at) { return at == r->end || r->reading.items[at].clause; }
static bool begins_clause(const lk_runner *r, uint32_t at) {
  return at == r->begin || (at < r->end && r->reading.items[at].clause);
}

static bool run(lk_runner *r, uint32_t step, uint32_t at) {
  if (!try_first_time(r, step, at)) return false;
  const lk_step *s = &r->program->steps[step];
  switch (s->kind) {
    case LK_STEP_DONE:
      r->past = at;
      return true;
    case LK_STEP_JUMP:
      return run(r, s->first, at);
    case LK_STEP_SPLIT:
      return run(r, s->first, at) || run(r, s->second, at);
    case LK_STEP_BEGIN:
      return begins_clause(r, at) && run(r, step + 1, at);
    case LK_STEP_END:
      return ends_clause(r, at) && run(r, step + 1, at);
    case LK_STEP_WORD:
    case LK_STEP_LITERAL:
    case LK_STEP_ANY:
    case LK_STEP_SLOT:
      break;
  }
  if (at >= r->end) return false;
  const known_word *word = &r->known[at];
  if (s->kind == LK_STEP_SLOT) {
    if (take_slot(r, step, at)) return true;
  } else if (s->kind == LK_STEP_ANY || has_id(s, word, s->kind == LK_STEP_WORD ? word->count : word->typed)) {
    if (take(r, step, at, at + 1, NULL)) return true;
  }
  /* The second half of a word typed in two was understood with the first. */
  return r->reading.items[at].empty && run(r, step, at + 1);
}

static lk_code start(lk_runner *r, const lk_program *program, lk_error *err) {
  size_t words = ((size_t)program->count * (r->end - r->begin + 1) + 63) / 64;
  if (words > r->tried_words) {
    r->tried = lk_arena_alloc(r->arena, words * sizeof *r->tried);
    if (!r->tried) return lk_fail_memory(err);
    r->tried_words = words;
  }
  memset(r->tried, 0, words * sizeof *r->tried);
  r->program = program;
  r->trail_count = 0;
  return LK_OK;
}

/* From each place of the sentence, until one matches. */
static bool run_anywhere(lk_runner *r, uint32_t step, uint32_t *first) {
  for (uint32_t at = r->begin; at < r->end; at++) {
    r->trail_count = 0;
    if (!run(r, step, at)) continue;
    *first = at;
    return true;
  }
  return false;
}

static uint32_t sentence_end(const lk_runner *r, uint32_t at) {
  do at++;
  while (at < r->reading.count && !r->reading.items[at].sentence);
  return at;
}

/* The match stands in the trail; looking for what must not be there may use it no more. */
static bool is_excluded(lk_runner *r) {
  trail_item kept[LK_PATTERN_STEPS];
  uint32_t count = r->trail_count, past = r->past, first;
  memcpy(kept, r->trail, count * sizeof *kept);
  bool excluded = false;
  for (uint32_t i = 0; !excluded && i < r->program->exclusion_count; i++)
    excluded = run_anywhere(r, r->program->exclusions[i], &first);
  memcpy(r->trail, kept, count * sizeof *kept);
  r->trail_count = count;
  r->past = past;
  return excluded;
}

/* ---- What a match says ---- */

static bool was_taken(const lk_pattern_match *match, uint32_t word) {
  for (size_t i = 0; i < match->word_count; i++)
    if (match->words[i].word == word) return true;
  return false;
}

/* Does `program` (of @how or @not) find a word in [from, to) that the match itself does not ask for? */
static bool finds_other(lk_runner *r, const lk_program *program, uint32_t from, uint32_t to, const lk_pattern_match *match,
                        lk_error *err) {
  uint32_t begin = r->begin, end = r->end;
  bool found = false;
  r->begin = from;
  r->end = to;
  for (uint32_t at = from; !found && at < to; at++) {
    if (start(r, program, err)) break;
    found = run(r, 0, at) && !was_taken(match, r->reading.items[at].word);
  }
  r->begin = begin;
  r->end = end;
  return found;
}

static lk_entity *free_entity(lk_runner *r, const trail_item *item) {
  lk_entity *entity = LK_NEW(r->arena, lk_entity);
  if (!entity) return NULL;
  const lk_token *first = lk_reading_token(&r->reading, item->from), *last = lk_reading_token(&r->reading, item->past - 1);
  *entity = (lk_entity){.type = LK_ENTITY_FREE, .start = first->start, .end = last->end, .confidence = 0.6f, .preferred = true};
  entity->first_word = entity->lead_word = r->reading.items[item->from].word;
  entity->past_word = r->reading.items[item->past - 1].word + 1;
  entity->text = (lk_view){first->text.ptr, last->end - first->start};
  return entity;
}

static float weight_of(const lk_step *step, const lk_entity *entity) {
  switch (step->kind) {
    case LK_STEP_WORD:
      return 2.0f;
    case LK_STEP_LITERAL:
      return 2.5f;
    case LK_STEP_SLOT:
      return entity ? 3.0f : 0.5f;
    default:
      return 0;
  }
}

static bool describe_item(lk_runner *r, const trail_item *item, lk_pattern_match *out) {
  const lk_step *step = &r->program->steps[item->step];
  out->specificity += weight_of(step, item->entity);
  if (step->kind == LK_STEP_ANY) return true;
  for (uint32_t at = item->from; at < item->past; at++)
    out->words[out->word_count++] = (lk_pattern_word){r->reading.items[at].word, step->element};
  if (step->kind != LK_STEP_SLOT) return true;
  const lk_entity *entity = item->entity ? item->entity : free_entity(r, item);
  out->captures[out->capture_count++] = (lk_capture){r->program->captures[step->capture], entity};
  return entity != NULL;
}

static lk_code describe(lk_runner *r, const lk_program *program, uint32_t first, lk_pattern_match *out, lk_error *err) {
  out->document = program->document;
  out->text = program->text;
  out->line = program->line;
  out->words = LK_NEW_ARRAY(r->arena, lk_pattern_word, r->end - r->begin + 1);
  out->captures = LK_NEW_ARRAY(r->arena, lk_capture, LK_PATTERN_CAPTURES);
  if (!out->words || !out->captures) return lk_fail_memory(err);
  for (uint32_t i = 0; i < r->trail_count; i++)
    if (!describe_item(r, &r->trail[i], out)) return lk_fail_memory(err);
  uint32_t past = r->past;
  out->first_word = r->reading.items[first].word;
  out->past_word = past > first ? r->reading.items[past - 1].word + 1 : out->first_word;
  out->specificity += (float)out->word_count / (float)r->reading.count;
  uint32_t clause = first;
  while (clause > r->begin && !r->reading.items[clause].clause) clause--;
  out->negated = finds_other(r, &r->patterns->not, clause, past, out, err);
  out->question = finds_other(r, &r->patterns->how, r->begin, r->end, out, err);
  return LK_OK;
}

lk_code lk_runner_match(lk_runner *r, uint32_t pattern, lk_pattern_match *out, bool *matched, lk_error *err) {
  const lk_program *program = &r->patterns->programs[pattern];
  *out = (lk_pattern_match){.pattern = pattern};
  *matched = false;
  r->excluded = false;
  for (uint32_t at = 0; at < r->reading.count; at = r->end) {
    r->begin = at;
    r->end = sentence_end(r, at);
    uint32_t first = 0;
    lk_code code = start(r, program, err);
    if (code) return code;
    if (!run_anywhere(r, 0, &first)) continue;
    if (is_excluded(r)) {
      r->excluded = true;
      continue;
    }
    *matched = true;
    return describe(r, program, first, out, err);
  }
  return LK_OK;
}

/* ---- All patterns ---- */

typedef struct candidates {
  unsigned char *seen;
  uint32_t *items;
  uint32_t count;
} candidates;

static void add_candidates(candidates *c, const uint32_t *patterns, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (c->seen[patterns[i]]) continue;
    c->seen[patterns[i]] = 1;
    c->items[c->count++] = patterns[i];
  }
}

static void add_key(const lk_patterns *patterns, const uint32_t *id, candidates *c) {
  if (id && *id < patterns->posting_count) add_candidates(c, patterns->postings[*id].patterns, patterns->postings[*id].count);
}

static lk_code find_candidates(const lk_runner *r, candidates *c, lk_error *err) {
  const lk_patterns *patterns = r->patterns;
  c->seen = LK_NEW_ARRAY(r->arena, unsigned char, patterns->count + 1);
  c->items = lk_arena_alloc(r->arena, (patterns->count + 1) * sizeof *c->items);
  if (!c->seen || !c->items) return lk_fail_memory(err);
  for (uint32_t w = 0; w < r->reading.count; w++)
    for (uint32_t i = 0; i < r->known[w].count; i++) add_key(patterns, &r->known[w].ids[i], c);
  for (size_t e = 0; e < r->entities->count; e++) {
    char key[2];
    add_key(patterns, lk_map_get(patterns->keys, lk_entity_key(r->entities->items[e].type, key)), c);
  }
  add_candidates(c, patterns->unneeded, patterns->unneeded_count);
  return LK_OK;
}

static int by_specificity(const void *left, const void *right) {
  const lk_pattern_match *a = left, *b = right;
  if (a->specificity != b->specificity) return a->specificity > b->specificity ? -1 : 1;
  return a->pattern < b->pattern ? -1 : a->pattern > b->pattern;
}

lk_code lk_patterns_match(const lk_patterns *patterns, const lk_analysis *analysis, const lk_entities *entities, lk_arena *arena,
                          lk_pattern_match **out, size_t *count, lk_error *err) {
  static const lk_entities none = {NULL, 0};
  *count = 0;
  *out = NULL;
  lk_runner *runner = lk_runner_new(patterns, analysis, entities ? entities : &none, arena, err);
  if (!runner) return LK_ERR_MEMORY;
  candidates c = {NULL, NULL, 0};
  lk_code code = find_candidates(runner, &c, err);
  if (code || !c.count) return code;
  if (!(*out = LK_NEW_ARRAY(arena, lk_pattern_match, c.count))) return lk_fail_memory(err);
  for (uint32_t i = 0; i < c.count; i++) {
    bool matched;
    code = lk_runner_match(runner, c.items[i], &(*out)[*count], &matched, err);
    if (code) return code;
    if (matched) (*count)++;
  }
  qsort(*out, *count, sizeof **out, by_specificity);
  return LK_OK;
}
