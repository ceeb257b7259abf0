/* A pattern's text → its program, in one pass by recursive descent. */
#include <stdlib.h>

#include "base/error.h"
#include "base/utf8.h"
#include "base/vector.h"
#include "nlu/pattern.h"

enum { NEEDS_MAX = 12, IDS_MAX = 400 };

struct lk_patterns_builder {
  const lk_words *words;
  lk_analyzer *analyzer;
  lk_patterns *set;
  lk_arena *scratch;
  struct compiler *compiler; /* one for all: its steps are much to allocate and clear for each pattern */
  struct {
    lk_program *items;
    size_t count, cap;
  } programs;
};

typedef struct id_list {
  uint32_t items[IDS_MAX];
  uint32_t count;
  bool open; /* too many to be worth an index, or none needed */
} id_list;

typedef struct compiler {
  lk_patterns_builder *builder;
  const lk_pattern_source *source;
  lk_view text;
  size_t at;
  uint32_t count;
  uint32_t depth;
  bool excluding; /* inside !… */
  lk_program program;
  lk_need needs[NEEDS_MAX];
  uint32_t need_count;
  lk_error *err;
  lk_code code;
  lk_step steps[LK_PATTERN_STEPS]; /* the first `count` of them */
} compiler;

/* Its items need not be cleared: there is a list for each word. */
static void clear(id_list *ids) {
  ids->count = 0;
  ids->open = false;
}

/* What a part of a pattern asks of a message. */
typedef struct part {
  uint32_t least; /* words at the least */
  lk_need need;   /* count 0: none */
} part;

/* What ends a word. */
static const char marks[] = "()[]{}|*\"^$";

/* ---- Errors ---- */

static bool fail_at(compiler *c, lk_code code, size_t at, const char *what, const char *mend) {
  if (c->code) return false;
  size_t place = lk_utf8_length((lk_view){c->text.ptr, at < c->text.len ? at : c->text.len}) + 1;
  const char *file = c->source->file ? c->source->file : "";
  c->code = lk_fail_at(c->err, code, file, c->source->line, "pattern '%.*s', character %zu: %s; %s",
                       (int)(c->text.len < 120 ? c->text.len : 120), c->text.ptr, place, what, mend);
  return false;
}

static bool fail_input(compiler *c, size_t at, const char *what, const char *mend) {
  return fail_at(c, LK_ERR_INPUT, at, what, mend);
}

static bool out_of_memory(compiler *c) {
  if (!c->code) c->code = lk_fail_memory(c->err);
  return false;
}

/* ---- Steps ---- */

static uint32_t emit(compiler *c, lk_step step) {
  if (c->count == LK_PATTERN_STEPS) {
    (void)fail_at(c, LK_ERR_LIMIT, c->at, "the pattern is too long", "split it into several patterns");
    return LK_PATTERN_STEPS - 1;
  }
  c->steps[c->count] = step;
  return c->count++;
}

static bool add_id(compiler *c, id_list *ids, lk_view key) {
  if (!key.len) return true;
  uint32_t *id = lk_map_put(c->builder->set->keys, key, (uint32_t)lk_map_count(c->builder->set->keys));
  if (!id) return out_of_memory(c);
  for (uint32_t i = 0; i < ids->count; i++)
    if (ids->items[i] == *id) return true;
  if (ids->count < IDS_MAX)
    ids->items[ids->count++] = *id;
  else
    ids->open = true;
  return true;
}

static bool add_folded(compiler *c, id_list *ids, lk_view text) {
  lk_view key = lk_folded(text, c->builder->set->arena);
  return key.ptr ? add_id(c, ids, key) : out_of_memory(c);
}

static lk_need keep_ids(compiler *c, const id_list *ids) {
  uint32_t *kept = lk_arena_alloc(c->builder->set->arena, ids->count * sizeof *kept);
  if (!kept) {
    (void)out_of_memory(c);
    return (lk_need){NULL, 0};
  }
  memcpy(kept, ids->items, ids->count * sizeof *kept);
  return (lk_need){kept, ids->count};
}

/* Needs of a sequence: the part's own, if it has one, is among those from which the index takes the rarest. */
static void add_need(compiler *c, lk_need need) {
  if (need.count && c->depth == 0 && !c->excluding && c->need_count < NEEDS_MAX) c->needs[c->need_count++] = need;
}

static lk_need fewer(lk_need a, lk_need b) { return !a.count || (b.count && b.count < a.count) ? b : a; }

/* ---- Words ---- */

static lk_view piece(const compiler *c, size_t from, size_t to) { return (lk_view){c->text.ptr + from, to - from}; }

static part emit_word(compiler *c, lk_step_kind kind, const id_list *ids, lk_view element) {
  lk_need need = keep_ids(c, ids);
  (void)emit(c, (lk_step){.kind = kind, .ids = need.ids, .id_count = need.count, .element = element});
  return (part){1, need};
}

static bool is_blank(const lk_word *word) {
  return word->token.kind == LK_TOKEN_PUNCTUATION || word->token.kind == LK_TOKEN_EMOJI;
}

/* Words of `text`, each by what is typed and (unless literal) by its lemmas. */
static part compile_words(compiler *c, lk_view text, bool literal) {
  part out = {0};
  lk_analysis analysis;
  lk_arena_reset(c->builder->scratch);
  if (lk_analyze(c->builder->analyzer, c->builder->set->lang, text, 0, c->builder->scratch, &analysis, c->err)) {
    c->code = LK_ERR_MEMORY;
    return out;
  }
  for (size_t w = 0; w < analysis.count && !c->code; w++) {
    const lk_word *word = &analysis.words[w];
    if (is_blank(word)) continue;
    id_list ids;
    clear(&ids);
    (void)add_folded(c, &ids, word->token.text);
    for (size_t i = 0; !literal && i < word->lemma_count; i++) (void)add_folded(c, &ids, word->lemmas[i]);
    if (!ids.count) continue;
    lk_view element = {word->token.text.ptr, word->token.text.len};
    part one = emit_word(c, literal ? LK_STEP_LITERAL : LK_STEP_WORD, &ids, element);
    out.least += one.least;
    out.need = fewer(out.need, one.need);
  }
  return out;
}

static part compile_word(compiler *c) {
  size_t from = c->at;
  while (c->at < c->text.len && c->text.ptr[c->at] != ' ' && !strchr(marks, c->text.ptr[c->at])) c->at++;
  part out = compile_words(c, piece(c, from, c->at), false);
  if (!out.least && !c->code)
    (void)fail_input(c, from, "a mark without a word", "leave it out: marks in a message are passed over");
  return out;
}

static part compile_literal(compiler *c) {
  size_t from = ++c->at;
  while (c->at < c->text.len && c->text.ptr[c->at] != '"') c->at++;
  if (c->at == c->text.len)
    return fail_input(c, from - 1, "the quotation mark is not closed", "add the second \""), (part){0, {NULL, 0}};
  part out = compile_words(c, piece(c, from, c->at++), true);
  if (!out.least && !c->code) (void)fail_input(c, from - 1, "nothing between the quotation marks", "write the word in between");
  return out;
}

/* ---- Slots ---- */

void lk_slot_takes(const lk_view *types, size_t count, unsigned *entities, bool *free) {
  static const char *const free_types[] = {"text", "reason", "name", "product", "order-line", "choice", "pickup-point"};
  *entities = 0;
  *free = false;
  for (size_t t = 0; t < count; t++) {
    *entities |= lk_slot_type_entities(types[t]) & ~(1u << LK_ENTITY_FREE);
    for (size_t i = 0; i < sizeof free_types / sizeof *free_types; i++)
      if (lk_view_eq(types[t], lk_view_of(free_types[i]))) *free = true;
  }
}

lk_view lk_entity_key(lk_entity_type type, char key[2]) {
  key[0] = '\1';
  key[1] = (char)('A' + type);
  return (lk_view){key, 2};
}

static bool find_slot(const compiler *c, lk_view name, lk_step *step) {
  for (size_t i = 0; i < c->source->slot_count; i++) {
    const lk_slot *slot = &c->source->slots[i];
    if (!lk_view_eq(slot->name, name)) continue;
    lk_slot_takes(slot->types, slot->type_count, &step->types, &step->free);
    return true;
  }
  lk_slot_takes(&name, 1, &step->types, &step->free);
  return step->types || step->free;
}

static void fail_slot(compiler *c, size_t at, lk_view name) {
  char what[128], mend[256];
  (void)snprintf(what, sizeof what, "unknown slot {%.*s}", (int)(name.len < 40 ? name.len : 40), name.ptr);
  int length = snprintf(mend, sizeof mend, "add <slot name=\"%.*s\" …/> to the entry, or write a type such as {order-number}",
                        (int)(name.len < 40 ? name.len : 40), name.ptr);
  for (size_t i = 0; i < c->source->slot_count && length > 0 && length < 200; i++)
    length +=
        snprintf(mend + length, sizeof mend - (size_t)length, "%s{%.*s}", i ? ", " : "; its slots are ",
                 (int)(c->source->slots[i].name.len < 30 ? c->source->slots[i].name.len : 30), c->source->slots[i].name.ptr);
  (void)fail_input(c, at, what, mend);
}

static lk_need entity_need(compiler *c, const lk_step *step) {
  id_list ids;
  clear(&ids);
  if (step->free) return (lk_need){NULL, 0};
  for (int type = 0; type < LK_ENTITY_TYPE_COUNT; type++) {
    char key[2];
    if (step->types & 1u << type) (void)add_id(c, &ids, lk_entity_key((lk_entity_type)type, key));
  }
  return keep_ids(c, &ids);
}

static part compile_slot(compiler *c) {
  size_t from = c->at++;
  while (c->at < c->text.len && c->text.ptr[c->at] != '}') c->at++;
  if (c->at == c->text.len) return fail_input(c, from, "the bracket { is not closed", "add }"), (part){0, {NULL, 0}};
  lk_view name = lk_arena_copy(c->builder->set->arena, piece(c, from + 1, c->at++));
  if (!name.ptr) return (void)out_of_memory(c), (part){0, {NULL, 0}};
  lk_step step = {.kind = LK_STEP_SLOT, .capture = c->program.capture_count, .element = piece(c, from, c->at)};
  if (!find_slot(c, name, &step)) return fail_slot(c, from, name), (part){0, {NULL, 0}};
  if (c->program.capture_count == LK_PATTERN_CAPTURES)
    return fail_at(c, LK_ERR_LIMIT, from, "more than 12 slots", "split the pattern"), (part){0, {NULL, 0}};
  c->program.captures[c->program.capture_count++] = name;
  lk_need need = entity_need(c, &step);
  (void)emit(c, step);
  return (part){1, need};
}

/* ---- Groups of the language data: @how, @not, @want ---- */

static void compile_group_rows(compiler *c, lk_word_kind kind, id_list *all) {
  size_t count;
  const lk_phrase *phrases = lk_words_phrases(c->builder->words, c->builder->set->lang, &count);
  uint32_t jumps[256], jump_count = 0, split = UINT32_MAX;
  for (size_t p = 0; p < count && !c->code; p++) {
    if (phrases[p].kind != kind || jump_count == 256) continue;
    if (split != UINT32_MAX) c->steps[split].second = c->count;
    split = emit(c, (lk_step){.kind = LK_STEP_SPLIT});
    c->steps[split].first = c->count;
    for (uint32_t w = 0; w < phrases[p].count; w++) {
      id_list ids;
      clear(&ids);
      (void)add_id(c, &ids, phrases[p].words[w]);
      lk_view element = lk_arena_copy(c->builder->set->arena, phrases[p].words[w]);
      if (!element.ptr) (void)out_of_memory(c);
      (void)emit_word(c, phrases[p].exact ? LK_STEP_LITERAL : LK_STEP_WORD, &ids, element);
      if (c->count) c->steps[c->count - 1].group = true;
      if (w == 0) (void)add_id(c, all, phrases[p].words[0]);
    }
    jumps[jump_count++] = emit(c, (lk_step){.kind = LK_STEP_JUMP});
  }
  /* The last alternative has no other: its split leads to a step that cannot be met. */
  if (split != UINT32_MAX) {
    c->steps[split].second = c->count;
    (void)emit(c, (lk_step){.kind = LK_STEP_WORD, .group = true});
  }
  for (uint32_t i = 0; i < jump_count; i++) c->steps[jumps[i]].first = c->count;
}

static part compile_group(compiler *c) {
  size_t from = c->at++;
  while (c->at < c->text.len && c->text.ptr[c->at] != ' ' && !strchr(marks, c->text.ptr[c->at])) c->at++;
  lk_word_kind kind = lk_word_kind_of(piece(c, from + 1, c->at));
  if (kind != LK_KIND_HOW && kind != LK_KIND_NOT && kind != LK_KIND_WANT)
    return fail_input(c, from, "unknown group of words", "the groups are @how, @not and @want"), (part){0, {NULL, 0}};
  id_list ids;
  clear(&ids);
  compile_group_rows(c, kind, &ids);
  return (part){1, keep_ids(c, &ids)};
}

/* ---- Structure ---- */

static part compile_sequence(compiler *c, const char *stop);

/* Alternatives up to `close`. All of them must need something for the whole to need it. */
static part compile_alternatives(compiler *c, char close) {
  size_t open = c->at++;
  part out = {.least = UINT32_MAX};
  id_list all;
  clear(&all);
  uint32_t jumps[LK_PATTERN_STEPS], jump_count = 0;
  if (++c->depth > LK_PATTERN_DEPTH)
    (void)fail_at(c, LK_ERR_LIMIT, open, "brackets stand too deep in one another", "split the pattern");
  const char stop[] = {'|', close, '\0'};
  while (!c->code) {
    uint32_t split = emit(c, (lk_step){.kind = LK_STEP_SPLIT});
    c->steps[split].first = c->count;
    size_t from = c->at;
    part one = compile_sequence(c, stop);
    if (c->code) break;
    if (c->at == c->text.len) return fail_input(c, open, "the bracket is not closed", close == ')' ? "add )" : "add ]"), out;
    if (!one.least)
      return fail_input(c, from, "an empty alternative", "leave the | out, or use [ ] for what may be missing"), out;
    if (one.least < out.least) out.least = one.least;
    if (!one.need.count) all.open = true;
    for (uint32_t i = 0; i < one.need.count; i++)
      if (all.count < IDS_MAX)
        all.items[all.count++] = one.need.ids[i];
      else
        all.open = true;
    bool more = c->text.ptr[c->at++] == '|';
    if (more) {
      jumps[jump_count++] = emit(c, (lk_step){.kind = LK_STEP_JUMP});
      c->steps[split].second = c->count;
      continue;
    }
    c->steps[split].second = UINT32_MAX; /* the caller of the last one decides */
    for (uint32_t i = 0; i < jump_count; i++) c->steps[jumps[i]].first = c->count;
    out.need = all.open ? (lk_need){NULL, 0} : keep_ids(c, &all);
    if (close == ')') c->steps[split] = (lk_step){.kind = LK_STEP_JUMP, .first = split + 1};
    if (close == ']') c->steps[split].second = c->count;
    break;
  }
  c->depth--;
  if (close == ']') return (part){0, {NULL, 0}};
  return out;
}

/* As few words as will do: each place first tries to go on without another. */
static part compile_gap(compiler *c) {
  uint32_t splits[LK_PATTERN_GAP];
  size_t from = c->at++;
  while (c->at < c->text.len && c->text.ptr[c->at] == '*') c->at++;
  for (int i = 0; i < LK_PATTERN_GAP; i++) {
    splits[i] = emit(c, (lk_step){.kind = LK_STEP_SPLIT});
    c->steps[splits[i]].second = c->count;
    (void)emit(c, (lk_step){.kind = LK_STEP_ANY, .element = piece(c, from, c->at)});
  }
  for (int i = 0; i < LK_PATTERN_GAP && !c->code; i++) c->steps[splits[i]].first = c->count;
  return (part){0, {NULL, 0}};
}

/* What must not be in the sentence: a program of its own, which the pattern's steps jump over. */
static void compile_exclusion(compiler *c);

static part compile_mark(compiler *c, lk_step_kind kind) {
  (void)emit(c, (lk_step){.kind = kind, .element = piece(c, c->at, c->at + 1)});
  c->at++;
  return (part){0, {NULL, 0}};
}

static part compile_element(compiler *c) {
  const part nothing = {0, {NULL, 0}};
  switch (c->text.ptr[c->at]) {
    case '(':
      return compile_alternatives(c, ')');
    case '[':
      return compile_alternatives(c, ']');
    case '{':
      return compile_slot(c);
    case '"':
      return compile_literal(c);
    case '*':
      return compile_gap(c);
    case '@':
      return compile_group(c);
    case '^':
      return compile_mark(c, LK_STEP_BEGIN);
    case '$':
      return compile_mark(c, LK_STEP_END);
    case ')':
    case ']':
    case '}':
      return fail_input(c, c->at, "a closing bracket without its opening one", "remove it, or add the opening one"), nothing;
    case '|':
      return fail_input(c, c->at, "a | outside brackets", "put the alternatives into ( )"), nothing;
    case '!':
      if (c->depth || c->excluding)
        return fail_input(c, c->at, "an exclusion inside another part",
                          "put !… beside the parts: it holds for the whole sentence"),
               nothing;
      compile_exclusion(c);
      return nothing;
    default:
      return compile_word(c);
  }
}

static void compile_exclusion(compiler *c) {
  size_t from = c->at++;
  if (c->at == c->text.len || strchr(" *[!^$", c->text.ptr[c->at])) {
    (void)fail_input(c, from, "an exclusion of nothing", "write !word, !(one|another), !\"literal\", !@how or !{slot}");
    return;
  }
  if (c->program.exclusion_count == LK_PATTERN_CAPTURES) {
    (void)fail_at(c, LK_ERR_LIMIT, from, "more than 12 exclusions", "join them: !(one|another)");
    return;
  }
  uint32_t over = emit(c, (lk_step){.kind = LK_STEP_JUMP});
  c->program.exclusions[c->program.exclusion_count++] = c->count;
  c->excluding = true;
  (void)compile_element(c);
  c->excluding = false;
  (void)emit(c, (lk_step){.kind = LK_STEP_DONE});
  if (!c->code) c->steps[over].first = c->count;
}

static void skip_spaces(compiler *c) {
  while (c->at < c->text.len && strchr(" \t\r\n", c->text.ptr[c->at])) c->at++;
}

static part compile_sequence(compiler *c, const char *stop) {
  part out = {0, {NULL, 0}};
  for (;;) {
    skip_spaces(c);
    if (c->code || c->at == c->text.len || strchr(stop, c->text.ptr[c->at])) return out;
    part one = compile_element(c);
    out.least += one.least;
    add_need(c, one.need);
    out.need = fewer(out.need, one.need);
  }
}

static bool keep_program(compiler *c, lk_program *out) {
  lk_arena *arena = c->builder->set->arena;
  lk_step *steps = lk_arena_alloc(arena, c->count * sizeof *steps);
  lk_need *needs = lk_arena_alloc(arena, c->need_count * sizeof *needs);
  if (!steps || !needs) return out_of_memory(c);
  memcpy(steps, c->steps, c->count * sizeof *steps);
  memcpy(needs, c->needs, c->need_count * sizeof *needs);
  *out = c->program;
  out->steps = steps;
  out->count = c->count;
  out->needs = needs;
  out->need_count = c->need_count;
  out->text = c->text;
  out->file = c->source->file;
  out->line = c->source->line;
  out->document = c->source->document;
  return true;
}

static lk_code compile(lk_patterns_builder *builder, const lk_pattern_source *source, lk_program *out, lk_error *err) {
  compiler *c = builder->compiler;
  memset(c, 0, offsetof(compiler, steps));
  c->builder = builder;
  c->source = source;
  c->err = err;
  c->text = source->text;
  if (source->text.len > LK_PATTERN_BYTES)
    (void)fail_at(c, LK_ERR_LIMIT, 0, "the pattern is longer than 2,000 bytes", "split it into several patterns");
  if (!c->code && memchr(source->text.ptr, '\0', source->text.len))
    (void)fail_input(c, 0, "a NUL character in the pattern", "remove it");
  if (!c->code && !(c->text = lk_arena_copy(builder->set->arena, source->text)).ptr) (void)out_of_memory(c);
  part whole = {0, {NULL, 0}};
  if (!c->code) whole = compile_sequence(c, "");
  if (!c->code && !whole.least)
    (void)fail_input(c, 0, "nothing in it has to be there, so it would match every message", "add a word outside [ ]");
  if (!c->code) (void)emit(c, (lk_step){.kind = LK_STEP_DONE});
  if (!c->code) (void)keep_program(c, out);
  return c->code;
}

/* ---- The builder ---- */

static bool open_set(lk_patterns_builder *builder, lk_lang lang) {
  lk_patterns *set = builder->set = calloc(1, sizeof *set);
  if (!set) return false;
  *set = (lk_patterns){.lang = lang, .arena = lk_arena_new(), .keys = lk_map_new()};
  builder->scratch = lk_arena_new();
  builder->compiler = malloc(sizeof *builder->compiler);
  return builder->compiler && set->arena && set->keys && builder->scratch;
}

lk_patterns_builder *lk_patterns_builder_new(const lk_words *words, lk_analyzer *analyzer, lk_lang lang, lk_error *err) {
  lk_patterns_builder *builder = calloc(1, sizeof *builder);
  if (!builder) {
    (void)lk_fail_memory(err);
    return NULL;
  }
  builder->words = words;
  builder->analyzer = analyzer;
  lk_code code = open_set(builder, lang) ? LK_OK : lk_fail_memory(err);
  if (!code) code = compile(builder, &(lk_pattern_source){.text = LK_LIT("@how")}, &builder->set->how, err);
  if (!code) code = compile(builder, &(lk_pattern_source){.text = LK_LIT("@not")}, &builder->set->not, err);
  if (!code) return builder;
  lk_patterns_builder_free(builder);
  return NULL;
}

void lk_patterns_builder_free(lk_patterns_builder *builder) {
  if (!builder) return;
  lk_patterns_free(builder->set);
  lk_arena_free(builder->scratch);
  free(builder->programs.items);
  free(builder->compiler);
  free(builder);
}

lk_code lk_patterns_builder_add(lk_patterns_builder *builder, const lk_pattern_source *source, lk_error *err) {
  if (builder->programs.count == LK_PATTERN_COUNT)
    return lk_fail_at(err, LK_ERR_LIMIT, source->file ? source->file : "", source->line,
                      "more than 20,000 patterns; join some with (a|b) alternatives");
  lk_program program = {.count = 0};
  lk_code code = compile(builder, source, &program, err);
  if (code) return code;
  return LK_PUSH(&builder->programs, program) ? LK_OK : lk_fail_memory(err);
}

/* ---- The index: each pattern stands under the keys of its rarest need ---- */

static const lk_need *rarest(const lk_program *program, const uint32_t *frequency) {
  const lk_need *best = NULL;
  uint64_t least = UINT64_MAX;
  for (uint32_t n = 0; n < program->need_count; n++) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < program->needs[n].count; i++) sum += frequency[program->needs[n].ids[i]];
    if (sum < least) {
      least = sum;
      best = &program->needs[n];
    }
  }
  return best;
}

static bool index_programs(lk_patterns *set, uint32_t *frequency) {
  uint32_t *unneeded = LK_NEW_ARRAY(set->arena, uint32_t, set->count + 1);
  uint32_t **lists = calloc(set->posting_count + 1, sizeof *lists);
  bool fine = unneeded && lists;
  for (uint32_t p = 0; fine && p < set->count; p++)
    for (uint32_t n = 0; n < set->programs[p].need_count; n++)
      for (uint32_t i = 0; i < set->programs[p].needs[n].count; i++) frequency[set->programs[p].needs[n].ids[i]]++;
  for (uint32_t p = 0; fine && p < set->count; p++) {
    const lk_need *need = rarest(&set->programs[p], frequency);
    if (!need) unneeded[set->unneeded_count++] = p;
    for (uint32_t i = 0; fine && need && i < need->count; i++) {
      uint32_t id = need->ids[i];
      lk_posting *posting = &set->postings[id];
      /* An id stands in a need of a pattern as often as frequency says at the most, alternatives' repetitions included. */
      if (!lists[id]) fine = (lists[id] = LK_NEW_ARRAY(set->arena, uint32_t, frequency[id])) != NULL;
      if (!fine || (posting->count && lists[id][posting->count - 1] == p)) continue;
      lists[id][posting->count++] = p;
      posting->patterns = lists[id];
    }
  }
  set->unneeded = unneeded;
  free(lists);
  return fine;
}

lk_patterns *lk_patterns_builder_freeze(lk_patterns_builder *builder, lk_error *err) {
  lk_patterns *set = builder->set;
  set->count = (uint32_t)builder->programs.count;
  set->programs = LK_NEW_ARRAY(set->arena, lk_program, set->count + 1);
  set->posting_count = lk_map_count(set->keys);
  set->postings = LK_NEW_ARRAY(set->arena, lk_posting, set->posting_count + 1);
  uint32_t *frequency = calloc(set->posting_count + 1, sizeof *frequency);
  bool fine = set->programs && set->postings && frequency;
  if (fine && set->count) memcpy(set->programs, builder->programs.items, set->count * sizeof *set->programs);
  fine = fine && index_programs(set, frequency);
  free(frequency);
  if (!fine) {
    (void)lk_fail_memory(err);
    return NULL;
  }
  builder->set = NULL;
  builder->programs.count = 0;
  return set;
}

void lk_patterns_free(lk_patterns *patterns) {
  if (!patterns) return;
  lk_map_free(patterns->keys);
  lk_arena_free(patterns->arena);
  free(patterns);
}

size_t lk_patterns_count(const lk_patterns *patterns) { return patterns->count; }
