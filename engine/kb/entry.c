/* Articles, intents, chats and not-covered entries: one shape, of which each kind uses a part. */
#include "kb/findings.h"
#include "kb/limits.h"
#include "kb/model.h"
#include "kb/values.h"

#include "base/vector.h"

typedef struct kind_rule {
  const char *attributes, *children; /* what it may have */
  const char *prefix;                /* of its id; "" when it must have none of the others' */
  size_t most_answers;
  bool needs_answer, variables;
} kind_rule;

static const kind_rule rules[] = {
    [LK_ENTRY_ARTICLE] = {"id! category! updated from until handoff source xml:lang", "question, variant, keywords, answer, see",
                          "", 1, true, false},
    [LK_ENTRY_INTENT] = {"id! category updated xml:lang", "question, variant, pattern, slot, action, answer, see", "do-", 1,
                         false, true},
    [LK_ENTRY_CHAT] = {"id! updated xml:lang", "question, variant, pattern, answer", "chat-", LK_LIMIT_ANSWERS, true, true},
    [LK_ENTRY_NOT_COVERED] = {"id! category updated xml:lang", "question, variant, answer, see", "not-", 1, true, false},
};

static const char *const kind_names[] = {[LK_ENTRY_ARTICLE] = "article",
                                         [LK_ENTRY_INTENT] = "intent",
                                         [LK_ENTRY_CHAT] = "chat",
                                         [LK_ENTRY_NOT_COVERED] = "not-covered"};

const char *lk_entry_kind_name(lk_entry_kind kind) { return kind_names[kind]; }

static bool begins(lk_view text, const char *prefix) {
  return text.len >= strlen(prefix) && memcmp(text.ptr, prefix, strlen(prefix)) == 0;
}

static void check_prefix(lk_builder *b, const lk_element *e, const lk_entry *entry) {
  if (!entry->id.len) return;
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    bool own = i == (size_t)entry->kind;
    if (!*rules[i].prefix || begins(entry->id, rules[i].prefix) == own) continue;
    if (own)
      LK_REPORT(b, e->line, "id-prefix", "put it before the id, so that everybody sees what kind of entry it is",
                "the id of <%s> begins with %s", kind_names[i], rules[i].prefix);
    else
      LK_REPORT(b, e->line, "id-prefix", "choose another id", "ids that begin with %s are for <%s>", rules[i].prefix,
                kind_names[i]);
    return;
  }
}

static lk_phrasing read_phrasing(lk_builder *b, const lk_element *e) {
  lk_check_attributes(b, e, "");
  return (lk_phrasing){lk_read_line(b, e, LK_LIMIT_PHRASING_CHARACTERS), e->line};
}

/* The question goes to the front, wherever it stands. */
static void read_question(lk_builder *b, const lk_element *e, int *questions) {
  lk_phrasing question = read_phrasing(b, e);
  if (!LK_PUSH(&b->phrasings, question)) {
    b->memory = true;
    return;
  }
  if ((*questions)++) return;
  for (size_t i = b->phrasings.count - 1; i > 0; i--) b->phrasings.items[i] = b->phrasings.items[i - 1];
  b->phrasings.items[0] = question;
}

static void read_one_answer(lk_builder *b, const lk_element *e, const kind_rule *rule) {
  lk_answer answer;
  lk_check_attributes(b, e, "");
  lk_read_answer(b, e, rule->variables, &answer);
  if (lk_has_room(b, e, b->answers.count, rule->most_answers) && !b->memory && !LK_PUSH(&b->answers, answer)) b->memory = true;
}

static void read_see(lk_builder *b, const lk_element *e) {
  lk_check_attributes(b, e, "ref!");
  lk_refuse_children(b, e);
  lk_view id = lk_read_reference(b, e, "ref");
  if (!id.len || !lk_has_room(b, e, b->see.count, LK_LIMIT_SEE)) return;
  if (!LK_PUSH(&b->see, id) || !LK_PUSH(&b->see_lines, e->line)) b->memory = true;
}

/* ---- Slots and actions ---- */

static bool is_slot_type(lk_view type) {
  for (const char *const *name = lk_slot_types(); *name; name++)
    if (lk_view_eq(type, lk_view_of(*name))) return true;
  return false;
}

static void read_slot_types(lk_builder *b, const lk_element *e, lk_slot *slot) {
  lk_view types[16], list = lk_attribute_of(e, "type");
  size_t count = 0;
  for (lk_view piece; list.len && lk_next_piece(&list, ' ', &piece);) {
    if (!piece.len) continue;
    if (!is_slot_type(piece))
      LK_REPORT(b, e->line, "slot-type", "FORMAT.md lists the types; put spaces between several",
                "there is no slot type \"%.*s\"", LK_FMT(lk_excerpt(piece, 40)));
    else if (count < sizeof types / sizeof *types)
      types[count++] = lk_keep(b, piece);
  }
  slot->types = lk_keep_array(b, types, count, sizeof *types);
  slot->type_count = count;
}

static void read_slot(lk_builder *b, const lk_element *e) {
  lk_check_attributes(b, e, "name! type! ask optional");
  lk_refuse_children(b, e);
  lk_slot slot = {.name = lk_read_reference(b, e, "name"), .ask = lk_read_reference(b, e, "ask"), .line = e->line};
  read_slot_types(b, e, &slot);
  lk_view optional = lk_attribute_of(e, "optional");
  slot.optional = lk_view_eq(optional, LK_LIT("yes"));
  if (optional.len && !slot.optional)
    LK_REPORT(b, e->line, "bad-value", "write optional=\"yes\" or leave it out", "optional=\"%.*s\" is not understood",
              LK_FMT(lk_excerpt(optional, 40)));
  if (!slot.ask.len && !slot.optional)
    LK_REPORT(b, e->line, "slot-not-asked", "write ask=\"…\" with the id of a message, or optional=\"yes\"",
              "nobody asks for the slot %.*s", LK_FMT(slot.name));
  for (size_t i = 0; i < b->slots.count; i++)
    if (slot.name.len && lk_view_eq(b->slots.items[i].name, slot.name))
      LK_REPORT(b, e->line, "slot-twice", "give each slot a name of its own", "the slot %.*s is there twice", LK_FMT(slot.name));
  if (lk_has_room(b, e, b->slots.count, LK_LIMIT_SLOTS) && !LK_PUSH(&b->slots, slot)) b->memory = true;
}

static void read_action(lk_builder *b, const lk_element *e, lk_entry *entry, int *actions) {
  lk_check_attributes(b, e, "name! confirm");
  lk_refuse_children(b, e);
  if ((*actions)++) LK_REPORT(b, e->line, "action", "keep one of them", "an intent has one action");
  lk_view name = lk_attribute_of(e, "name");
  if (name.len && (!lk_is_name(name) || name.len > LK_LIMIT_ID_CHARACTERS))
    LK_REPORT(b, e->line, "action", "use small letters, digits, points and hyphens, such as order.status",
              "\"%.*s\" is no name of an action", LK_FMT(lk_excerpt(name, 60)));
  entry->action = lk_keep(b, name);
  entry->confirm = lk_read_reference(b, e, "confirm");
}

/* ---- Entries ---- */

static void push_phrasing(lk_builder *b, const lk_element *e) {
  lk_phrasing phrasing = read_phrasing(b, e);
  if (lk_has_room(b, e, b->phrasings.count, LK_LIMIT_PHRASINGS) && !LK_PUSH(&b->phrasings, phrasing)) b->memory = true;
}

static void push_pattern(lk_builder *b, const lk_element *e) {
  lk_phrasing pattern = read_phrasing(b, e);
  if (lk_has_room(b, e, b->patterns.count, LK_LIMIT_PATTERNS) && !LK_PUSH(&b->patterns, pattern)) b->memory = true;
}

typedef struct tally {
  int questions, keywords, actions;
} tally;

static bool may_have(const kind_rule *rule, lk_view name) {
  lk_view list = lk_view_of(rule->children);
  for (lk_view piece; lk_next_piece(&list, ',', &piece);)
    if (lk_view_eq(piece, name)) return true;
  return false;
}

static void read_child(lk_builder *b, const lk_element *parent, const lk_element *e, lk_entry *entry, tally *seen) {
  const kind_rule *rule = &rules[entry->kind];
  if (!e->name.len || !may_have(rule, e->name))
    lk_unexpected(b, parent, e, rule->children);
  else if (lk_element_is(e, "question"))
    read_question(b, e, &seen->questions);
  else if (lk_element_is(e, "variant"))
    push_phrasing(b, e);
  else if (lk_element_is(e, "pattern"))
    push_pattern(b, e);
  else if (lk_element_is(e, "answer"))
    read_one_answer(b, e, rule);
  else if (lk_element_is(e, "see"))
    read_see(b, e);
  else if (lk_element_is(e, "slot"))
    read_slot(b, e);
  else if (lk_element_is(e, "action"))
    read_action(b, e, entry, &seen->actions);
  else if (seen->keywords++)
    LK_REPORT(b, e->line, "keywords", "put all of them into one", "there is a second <keywords> here");
  else
    entry->keywords = read_phrasing(b, e).text;
}

static void check_entry(lk_builder *b, const lk_element *e, const lk_entry *entry, const tally *seen) {
  const char *kind = kind_names[entry->kind];
  if (seen->questions != 1)
    LK_REPORT(b, e->line, "question", "give it exactly one <question>; other ways to ask are <variant>",
              "this %s has %s question", kind, seen->questions ? "more than one" : "no");
  if (rules[entry->kind].needs_answer && !entry->answer_count)
    LK_REPORT(b, e->line, "no-answer", "write its <answer>", "this %s has no answer", kind);
  if (lk_date_given(entry->from) && lk_date_given(entry->until) && lk_date_compare(entry->from, entry->until) > 0)
    LK_REPORT(b, e->line, "from-after-until", "exchange or correct the two dates", "this %s ends before it begins", kind);
}

static void collect(lk_builder *b, lk_entry *entry) {
  entry->phrasings = lk_keep_array(b, b->phrasings.items, b->phrasings.count, sizeof *b->phrasings.items);
  entry->phrasing_count = b->phrasings.count;
  entry->patterns = lk_keep_array(b, b->patterns.items, b->patterns.count, sizeof *b->patterns.items);
  entry->pattern_count = b->patterns.count;
  entry->answers = lk_keep_array(b, b->answers.items, b->answers.count, sizeof *b->answers.items);
  entry->answer_count = b->answers.count;
  entry->see = lk_keep_array(b, b->see.items, b->see.count, sizeof *b->see.items);
  entry->see_lines = lk_keep_array(b, b->see_lines.items, b->see_lines.count, sizeof *b->see_lines.items);
  entry->see_count = b->see.count;
  entry->slots = lk_keep_array(b, b->slots.items, b->slots.count, sizeof *b->slots.items);
  entry->slot_count = b->slots.count;
}

void lk_read_entry(lk_builder *b, const lk_element *e, lk_lang lang, lk_entry_kind kind) {
  lk_check_attributes(b, e, rules[kind].attributes);
  lk_entry entry = {.kind = kind, .lang = lang, .file = b->file, .line = e->line};
  entry.keywords = entry.action = entry.confirm = (lk_view){"", 0};
  entry.source = lk_keep(b, lk_attribute_of(e, "source"));
  entry.id = lk_read_id(b, e);
  check_prefix(b, e, &entry);
  entry.category = lk_read_reference(b, e, "category");
  entry.updated = lk_read_date(b, e, "updated");
  entry.from = lk_read_date(b, e, "from");
  entry.until = lk_read_date(b, e, "until");
  lk_view handoff = lk_attribute_of(e, "handoff");
  entry.handoff_always = lk_view_eq(handoff, LK_LIT("always"));
  if (kind == LK_ENTRY_ARTICLE && handoff.len && !entry.handoff_always)
    LK_REPORT(b, e->line, "bad-value", "write handoff=\"always\" or leave it out", "handoff=\"%.*s\" is not understood",
              LK_FMT(lk_excerpt(handoff, 40)));
  b->phrasings.count = b->patterns.count = b->answers.count = b->see.count = b->see_lines.count = b->slots.count = 0;
  if (b->overfull != LK_LIMIT_ENTRIES) b->overfull = 0; /* limits of one entry begin anew */
  tally seen = {0};
  for (const lk_element *child = e->first; child && !b->memory; child = child->next) read_child(b, e, child, &entry, &seen);
  if (b->memory) return;
  collect(b, &entry);
  check_entry(b, e, &entry, &seen);
  if (lk_has_room(b, e, b->entries.count, LK_LIMIT_ENTRIES) && !LK_PUSH(&b->entries, entry)) b->memory = true;
}
