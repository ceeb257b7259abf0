#include "errors.h"

static const struct {
  const char *name, *about;
} faults[LK_FAULT_COUNT] = {
    [LK_FAULT_NONE] = {"none", ""},
    [LK_FAULT_WRONG] = {"wrong answer", "something else was answered or done at once"},
    [LK_FAULT_FALSE] = {"false answer", "nothing answers this, and something was answered or done at once"},
    [LK_FAULT_MISSED_HANDOFF] = {"missed handoff", "a person was wanted and did not come at once"},
    [LK_FAULT_NEEDLESS_HANDOFF] = {"needless handoff", "a person came for what an entry answers"},
    [LK_FAULT_NOT_AMONG_THREE] = {"not among three", "the right entry was not done or offered, nor among the best three"},
    [LK_FAULT_UNRESOLVED] = {"unresolved", "the right entry was among the best three, but neither done nor offered"},
    [LK_FAULT_SECOND] = {"second best", "the customer is helped, but the best candidate is another entry"},
};

const char *lk_fault_name(lk_fault fault) { return faults[fault].name; }

static lk_fault fault_about_entry(const lk_outcome *o) {
  if (lk_outcome_wrong_at_once(o)) return LK_FAULT_WRONG;
  if (o->act == LK_ACT_HANDOFF && !o->right) return LK_FAULT_NEEDLESS_HANDOFF;
  if (!o->resolved) return o->rank >= 1 && o->rank <= 3 ? LK_FAULT_UNRESOLVED : LK_FAULT_NOT_AMONG_THREE;
  return o->rank == 1 ? LK_FAULT_NONE : LK_FAULT_SECOND;
}

lk_fault lk_fault_of(const lk_outcome *o) {
  switch (o->gold->kind) {
    case LK_GOLD_ENTRY:
      return fault_about_entry(o);
    case LK_GOLD_NONE:
      return o->answered && !o->right ? LK_FAULT_FALSE : LK_FAULT_NONE;
    case LK_GOLD_HANDOFF:
      return o->act == LK_ACT_HANDOFF || o->right ? LK_FAULT_NONE : LK_FAULT_MISSED_HANDOFF;
    default:
      return lk_outcome_wrong_at_once(o) ? LK_FAULT_WRONG : LK_FAULT_NONE;
  }
}

bool lk_is_faulty(const lk_outcome *o) { return lk_fault_of(o) != LK_FAULT_NONE; }

static void print_indented(const char *text, FILE *out) {
  for (const char *line = text; line && *line;) {
    size_t length = strcspn(line, "\n");
    (void)fprintf(out, "    %.*s\n", (int)length, line);
    line += length + (line[length] == '\n');
  }
}

static void print_one(const lk_outcome *o, FILE *out) {
  const lk_gold *gold = o->gold;
  (void)fprintf(out, "\n%.*s (%s, %.*s)  %.*s\n", LK_FMT(gold->id), lk_lang_code(gold->lang), LK_FMT(gold->style),
                LK_FMT(gold->text));
  (void)fprintf(out, "    wanted  %.*s", LK_FMT(gold->label));
  for (size_t i = 0; i < gold->also_count; i++) (void)fprintf(out, " or %.*s", LK_FMT(gold->also[i]));
  if (o->rank) (void)fprintf(out, ", number %u of the candidates", o->rank);
  if (!o->rank && gold->kind == LK_GOLD_ENTRY) (void)fputs(", not among the best ten candidates", out);
  (void)fprintf(out, "\n    got     %s", lk_act_name(o->act));
  if (o->entry) (void)fprintf(out, " %.*s", LK_FMT(o->entry->id));
  (void)fprintf(out, ", confidence %.2f\n", o->confidence);
  print_indented(o->why, out);
}

void lk_errors_print(const lk_outcome *outcomes, size_t count, FILE *out) {
  size_t counts[LK_FAULT_COUNT] = {0};
  for (size_t i = 0; i < count; i++) counts[lk_fault_of(&outcomes[i])]++;
  for (lk_fault fault = LK_FAULT_WRONG; fault < LK_FAULT_COUNT; fault++) {
    if (!counts[fault]) continue;
    (void)fprintf(out, "==== %s: %zu (%s)\n", faults[fault].name, counts[fault], faults[fault].about);
    for (size_t i = 0; i < count; i++)
      if (lk_fault_of(&outcomes[i]) == fault) print_one(&outcomes[i], out);
    (void)fputc('\n', out);
  }
  (void)fputs("==== in all\n", out);
  for (lk_fault fault = LK_FAULT_WRONG; fault < LK_FAULT_COUNT; fault++)
    (void)fprintf(out, "%-18s %6zu   %s\n", faults[fault].name, counts[fault], faults[fault].about);
  (void)fputc('\n', out);
}
