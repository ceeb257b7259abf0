/* Patterns as an image (base/image.h). What the matcher takes for granted of a program is checked while it is read: that steps lead forward and to an end, and that
 * a match has room for what they take. */
#include "nlu/engine.h"
#include "nlu/pattern.h"

#define FIELD(type, at, name) ((at) + offsetof(type, name))

/* A bool from a file may be any byte, and must not be read as one before it was looked at. */
static bool is_bool(const lk_image *image, size_t at) { return *LK_AT(image, unsigned char, at) <= 1; }

static bool leads_forward(const lk_program *program, uint32_t from, uint32_t to) { return to > from && to < program->count; }

static bool is_sound_step(const lk_program *program, uint32_t at, uint32_t *slots) {
  const lk_step *step = &program->steps[at];
  switch (step->kind) {
    case LK_STEP_DONE:
      return true;
    case LK_STEP_JUMP:
      return leads_forward(program, at, step->first);
    case LK_STEP_SPLIT:
      return leads_forward(program, at, step->first) && leads_forward(program, at, step->second);
    case LK_STEP_SLOT:
      (*slots)++;
      return step->capture < program->capture_count && at + 1 < program->count;
    case LK_STEP_WORD:
    case LK_STEP_LITERAL:
    case LK_STEP_ANY:
    case LK_STEP_BEGIN:
    case LK_STEP_END:
      return at + 1 < program->count;
  }
  return false;
}

static bool is_sound(const lk_program *program) {
  uint32_t slots = 0;
  for (uint32_t i = 0; i < program->count; i++)
    if (!is_sound_step(program, i, &slots)) return false;
  for (uint32_t i = 0; i < program->exclusion_count; i++)
    if (program->exclusions[i] >= program->count) return false;
  return slots <= LK_PATTERN_CAPTURES;
}

static void walk_steps(lk_image *image, size_t pointer, size_t count) {
  size_t at = lk_image_array(image, pointer, count, sizeof(lk_step));
  for (; count && !image->failed; count--, at += sizeof(lk_step)) {
    if ((unsigned)LK_AT(image, lk_step, at)->kind > LK_STEP_DONE || !is_bool(image, FIELD(lk_step, at, free)) ||
        !is_bool(image, FIELD(lk_step, at, group)))
      image->failed = true;
    (void)lk_image_array(image, FIELD(lk_step, at, ids), LK_AT(image, lk_step, at)->id_count, sizeof(uint32_t));
    lk_image_view(image, FIELD(lk_step, at, element));
  }
}

static void walk_program(lk_image *image, size_t at, size_t documents) {
  lk_program program = *LK_AT(image, lk_program, at); /* its counts: the image may move */
  if (program.count - 1 >= LK_PATTERN_STEPS || program.exclusion_count > LK_PATTERN_CAPTURES ||
      program.capture_count > LK_PATTERN_CAPTURES || (!image->writing && program.document >= documents))
    image->failed = true;
  if (!image->failed) walk_steps(image, FIELD(lk_program, at, steps), program.count);
  for (uint32_t i = 0; i < program.capture_count && !image->failed; i++)
    lk_image_view(image, FIELD(lk_program, at, captures) + i * sizeof(lk_view));
  lk_image_nothing(image, FIELD(lk_program, at, needs));
  lk_image_view(image, FIELD(lk_program, at, text));
  lk_image_string(image, FIELD(lk_program, at, file));
  if (!image->failed && !image->writing && !is_sound(LK_AT(image, lk_program, at))) image->failed = true;
}

static void walk_numbers(lk_image *image, size_t pointer, size_t count, uint32_t bound) {
  size_t at = lk_image_array(image, pointer, count, sizeof(uint32_t));
  for (size_t i = 0; i < count && !image->failed; i++)
    if (LK_AT(image, uint32_t, at)[i] >= bound) image->failed = true;
}

void lk_patterns_walk(lk_image *image, size_t pointer, lk_lang lang, size_t documents) {
  size_t set = lk_image_array(image, pointer, 1, sizeof(lk_patterns));
  if (!set) image->failed = true;
  if (image->failed) return;
  lk_patterns patterns = *LK_AT(image, lk_patterns, set);
  if (patterns.lang != lang) image->failed = true;
  lk_image_nothing(image, FIELD(lk_patterns, set, arena));
  lk_map_walk(image, FIELD(lk_patterns, set, keys));
  size_t programs = lk_image_array(image, FIELD(lk_patterns, set, programs), patterns.count, sizeof(lk_program));
  for (uint32_t i = 0; i < patterns.count && !image->failed; i++)
    walk_program(image, programs + i * sizeof(lk_program), documents);
  if (!image->failed) walk_program(image, FIELD(lk_patterns, set, how), SIZE_MAX);
  if (!image->failed) walk_program(image, FIELD(lk_patterns, set, not ), SIZE_MAX);
  size_t postings = lk_image_array(image, FIELD(lk_patterns, set, postings), patterns.posting_count, sizeof(lk_posting));
  for (size_t i = 0; i < patterns.posting_count && !image->failed; i++, postings += sizeof(lk_posting))
    walk_numbers(image, FIELD(lk_posting, postings, patterns), LK_AT(image, lk_posting, postings)->count, patterns.count);
  walk_numbers(image, FIELD(lk_patterns, set, unneeded), patterns.unneeded_count, patterns.count);
}

size_t lk_patterns_layout(void) { return sizeof(lk_patterns) << 32 | sizeof(lk_program) << 16 | sizeof(lk_step); }
