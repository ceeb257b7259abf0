/* Can a pattern ever fire? Its program is turned back into sentences, one through each of its parts, and they are understood as a customer's message would be:
 * repaired, with entities. What does not match then never will. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "nlu/pattern.h"

enum { SENTENCE_BYTES = 1500, SAMPLES_MAX = 64 };
static const float precise_enough = 3.9f; /* two words, or a slot and a word */

/* ---- A way through the program ---- */

typedef struct route {
  const lk_program *program;
  uint32_t target;                  /* a step it must lead through */
  uint32_t steps[LK_PATTERN_STEPS]; /* that take something */
  uint32_t count;
  unsigned char dead[LK_PATTERN_STEPS][2]; /* no way on from here, without and with the target passed */
} route;

static bool find_route(route *r, uint32_t at, bool passed) {
  if (at == r->target) passed = true;
  if (r->dead[at][passed]) return false;
  const lk_step *step = &r->program->steps[at];
  uint32_t kept = r->count;
  bool found = false;
  switch (step->kind) {
    case LK_STEP_DONE:
      found = passed;
      break;
    case LK_STEP_JUMP:
      found = find_route(r, step->first, passed);
      break;
    case LK_STEP_SPLIT:
      found = find_route(r, step->first, passed) || find_route(r, step->second, passed);
      break;
    case LK_STEP_WORD:
    case LK_STEP_LITERAL:
    case LK_STEP_SLOT:
    case LK_STEP_ANY:
      if (!step->id_count && (step->kind == LK_STEP_WORD || step->kind == LK_STEP_LITERAL)) break; /* a group's dead end */
      r->steps[r->count++] = at;
      found = find_route(r, at + 1, passed);
      break;
    case LK_STEP_BEGIN:
    case LK_STEP_END:
      found = find_route(r, at + 1, passed);
      break;
  }
  if (found) return true;
  r->count = kept;
  r->dead[at][passed] = 1;
  return false;
}

/* ---- A sentence of it ---- */

static const char *sample_of(lk_entity_type type, lk_lang lang) {
  static const char *const dates[LK_LANG_COUNT] = {"huomenna", "i morgon", "tomorrow"};
  static const char *const answers[LK_LANG_COUNT] = {"kyllä", "ja", "yes"};
  switch (type) {
    case LK_ENTITY_EMAIL:
      return "maija@example.fi";
    case LK_ENTITY_PHONE:
      return "040 123 4567";
    case LK_ENTITY_POSTCODE:
      return "00100";
    case LK_ENTITY_ADDRESS:
      return "Mäkitie 3, 00100 Helsinki";
    case LK_ENTITY_DATE:
      return dates[lang];
    case LK_ENTITY_AMOUNT:
      return "10 €";
    case LK_ENTITY_QUANTITY:
      return "3 kpl";
    case LK_ENTITY_SIZE:
      return "XL";
    case LK_ENTITY_YES_NO:
      return answers[lang];
    default:
      return NULL;
  }
}

static void write_order(lk_buffer *out, lk_view form) {
  static const char figures[] = "100234567";
  if (!form.len) form = LK_LIT("######");
  for (size_t i = 0, figure = 0; i < form.len; i++) lk_buffer_addc(out, form.ptr[i] == '#' ? figures[figure++ % 9] : form.ptr[i]);
}

static void write_slot(lk_buffer *out, const lk_step *step, lk_lang lang, const lk_entity_options *options) {
  static const char *const words[LK_LANG_COUNT] = {"teltta", "tält", "tent"};
  for (int type = 0; type < LK_ENTITY_TYPE_COUNT; type++) {
    if (!(step->types & 1u << type)) continue;
    const char *sample = sample_of((lk_entity_type)type, lang);
    if (type == LK_ENTITY_ORDER) {
      write_order(out, options ? options->order_number : LK_LIT(""));
      return;
    }
    if (!sample) continue;
    lk_buffer_adds(out, sample);
    return;
  }
  lk_buffer_adds(out, words[lang]);
}

static void write_sentence(lk_buffer *out, const route *r, lk_lang lang, const lk_entity_options *options) {
  static const char *const fillers[LK_LANG_COUNT] = {"tuo", "det", "that"};
  for (uint32_t i = 0; i < r->count; i++) {
    const lk_step *step = &r->program->steps[r->steps[i]];
    if (i) lk_buffer_addc(out, ' ');
    if (step->kind == LK_STEP_SLOT)
      write_slot(out, step, lang, options);
    else if (step->kind == LK_STEP_ANY)
      lk_buffer_adds(out, fillers[lang]);
    else
      lk_buffer_add(out, step->element);
  }
}

/* ---- Trying it ---- */

typedef struct trial {
  const lk_patterns *patterns;
  uint32_t pattern;
  const lk_words *words;
  lk_analyzer *analyzer;
  const lk_entity_options *options;
  lk_arena *arena;
} trial;

static lk_code try_sentence(const trial *t, lk_view sentence, bool *fires, bool *excluded, lk_error *err) {
  lk_analysis analysis;
  lk_entities entities;
  lk_pattern_match match;
  lk_code code = lk_analyze(t->analyzer, t->patterns->lang, sentence, LK_ANALYZE_REPAIR, t->arena, &analysis, err);
  if (!code) code = lk_entities_find(t->words, &analysis, sentence, t->options, t->arena, &entities, err);
  if (code) return code;
  lk_runner *runner = lk_runner_new(t->patterns, &analysis, &entities, t->arena, err);
  if (!runner) return LK_ERR_MEMORY;
  code = lk_runner_match(runner, t->pattern, &match, fires, err);
  *excluded = lk_runner_excluded(runner);
  return code;
}

static lk_code report(const lk_program *program, const lk_step *step, lk_view sentence, bool excluded, lk_findings *findings) {
  const char *file = program->file ? program->file : "";
  if (excluded)
    return lk_findings_add(findings, LK_SEVERITY_WARNING, "pattern-never", file, program->line,
                           "take the word out of the exclusion or out of the pattern",
                           "the pattern '%.*s' excludes what it asks for itself: it does not match \"%.*s\"",
                           LK_FMT(program->text), LK_FMT(sentence));
  return lk_findings_add(
      findings, LK_SEVERITY_WARNING, "pattern-never", file, program->line,
      "write the word as a dictionary has it, in its base form and spelt right, or put it between quotation marks",
      "'%.*s' in the pattern '%.*s' never fires: a message \"%.*s\" is understood otherwise", LK_FMT(step->element),
      LK_FMT(program->text), LK_FMT(sentence));
}

/* The steps of the pattern itself: exclusions stand behind jumps and are never on a way. A group's words are data and not tried. */
static lk_code try_steps(const trial *t, lk_findings *findings, float *least, lk_error *err) {
  const lk_program *program = &t->patterns->programs[t->pattern];
  route *r = malloc(sizeof *r);
  lk_buffer sentence = {.limit = SENTENCE_BYTES};
  lk_code code = r ? LK_OK : LK_ERR_MEMORY;
  int samples = 0;
  for (uint32_t s = 0; !code && s < program->count && samples < SAMPLES_MAX; s++) {
    const lk_step *step = &program->steps[s];
    bool takes = step->kind == LK_STEP_WORD || step->kind == LK_STEP_LITERAL || step->kind == LK_STEP_SLOT;
    if (!takes || (step->group && !step->id_count)) continue;
    memset(r, 0, sizeof *r);
    r->program = program;
    r->target = s;
    if (!find_route(r, 0, false)) continue;
    samples++;
    float weight = 0;
    for (uint32_t i = 0; i < r->count; i++) weight += program->steps[r->steps[i]].kind == LK_STEP_SLOT ? 3.0f : 2.0f;
    if (weight < *least) *least = weight;
    if (step->group) continue;
    lk_buffer_clear(&sentence);
    write_sentence(&sentence, r, t->patterns->lang, t->options);
    bool fires = true, excluded = false;
    lk_arena_reset(t->arena);
    if (!sentence.failed) code = try_sentence(t, lk_buffer_view(&sentence), &fires, &excluded, err);
    if (code || fires) continue;
    code = report(program, step, lk_buffer_view(&sentence), excluded, findings);
    if (excluded) break;
  }
  lk_buffer_free(&sentence);
  free(r);
  return code;
}

static bool is_anchored(const lk_program *program) {
  bool begin = false, end = false;
  for (uint32_t s = 0; s < program->count; s++) {
    begin = begin || program->steps[s].kind == LK_STEP_BEGIN;
    end = end || program->steps[s].kind == LK_STEP_END;
  }
  return begin && end;
}

lk_code lk_pattern_check(const lk_patterns *patterns, uint32_t pattern, const lk_words *words, lk_analyzer *analyzer,
                         const lk_entity_options *options, lk_findings *findings, lk_error *err) {
  const lk_program *program = &patterns->programs[pattern];
  trial t = {patterns, pattern, words, analyzer, options, lk_arena_new()};
  float least = 1000;
  lk_code code = t.arena ? try_steps(&t, findings, &least, err) : LK_ERR_MEMORY;
  if (!code && least < precise_enough && !is_anchored(program))
    code = lk_findings_add(findings, LK_SEVERITY_WARNING, "pattern-loose", program->file ? program->file : "", program->line,
                           "add a word or a {slot}, or hold it to a whole clause: ^word$",
                           "the pattern '%.*s' fires on a single word anywhere in a message", LK_FMT(program->text));
  lk_arena_free(t.arena);
  return code;
}
