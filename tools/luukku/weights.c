#include "weights.h"

#include <stdlib.h>

typedef struct named_weight {
  const char *name;
  size_t offset;
  float least, most;
} named_weight;

#define SCORE(class, field) offsetof(lk_weights, score[LK_CLASS_##class][LK_FIELD_##field])

static const named_weight named[] = {
    {"word-title", SCORE(WORD, TITLE), 0, 10},
    {"word-body", SCORE(WORD, BODY), 0, 10},
    {"gram-title", SCORE(GRAM, TITLE), 0, 10},
    {"gram-body", SCORE(GRAM, BODY), 0, 10},
    {"expansion-title", SCORE(EXPANSION, TITLE), 0, 10},
    {"expansion-body", SCORE(EXPANSION, BODY), 0, 10},
    {"part", offsetof(lk_weights, part), 0, 2},
    {"root", offsetof(lk_weights, root), 0, 2},
    {"k1", offsetof(lk_weights, k1), .05f, 10},
    {"b-title", offsetof(lk_weights, b[LK_FIELD_TITLE]), 0, 1},
    {"b-body", offsetof(lk_weights, b[LK_FIELD_BODY]), 0, 1},
    {"nearest", offsetof(lk_weights, nearest), 0, 10},
    {"order-intent", offsetof(lk_weights, order_intent), 1, 3},
    {"idf-power", offsetof(lk_weights, idf_power), 0, 3},
};

size_t lk_weights_count(void) { return sizeof named / sizeof *named; }
const char *lk_weight_name(size_t weight) { return named[weight].name; }

float lk_weight_get(const lk_weights *weights, size_t weight) {
  float value;
  memcpy(&value, (const char *)weights + named[weight].offset, sizeof value);
  return value;
}

bool lk_weight_set(lk_weights *weights, size_t weight, float value) {
  if (!(value >= named[weight].least && value <= named[weight].most)) return false;
  memcpy((char *)weights + named[weight].offset, &value, sizeof value);
  return true;
}

static size_t find(lk_view name) {
  size_t w = 0;
  while (w < lk_weights_count() && !lk_view_eq(lk_view_of(named[w].name), name)) w++;
  return w;
}

bool lk_weights_read(const char *text, lk_weights *out) {
  while (*text) {
    size_t length = strcspn(text, "="), weight = find((lk_view){text, length});
    if (weight == lk_weights_count() || text[length] != '=') return false;
    char *end;
    float value = strtof(text + length + 1, &end);
    if (end == text + length + 1 || (*end && *end != ',') || !lk_weight_set(out, weight, value)) return false;
    text = end + (*end == ',');
  }
  return true;
}

/* ".143f", "1.2f", "1.0f": as short as it can be and still a float of C. */
static void print_number(float value, FILE *out) {
  char digits[32];
  (void)snprintf(digits, sizeof digits, "%.3g", (double)value);
  bool fraction = strpbrk(digits, ".e") != NULL;
  (void)fprintf(out, "%s%sf", digits[0] == '0' && digits[1] == '.' ? digits + 1 : digits, fraction ? "" : ".0");
}

static void print_pair(const char *name, const float *pair, FILE *out) {
  (void)fprintf(out, "%s{", name);
  print_number(pair[LK_FIELD_TITLE], out);
  (void)fputs(", ", out);
  print_number(pair[LK_FIELD_BODY], out);
  (void)fputs("}", out);
}

static void print_line(const char *name, float value, FILE *out) {
  (void)fprintf(out, "    .%s = ", name);
  print_number(value, out);
  (void)fputs(",\n", out);
}

void lk_weights_print(const lk_weights *w, FILE *out) {
  print_pair("    .score = {[LK_CLASS_WORD] = ", w->score[LK_CLASS_WORD], out);
  print_pair(", [LK_CLASS_GRAM] = ", w->score[LK_CLASS_GRAM], out);
  print_pair(", [LK_CLASS_EXPANSION] = ", w->score[LK_CLASS_EXPANSION], out);
  (void)fputs("},\n", out);
  print_line("part", w->part, out);
  print_line("root", w->root, out);
  print_line("k1", w->k1, out);
  print_pair("    .b = ", w->b, out);
  (void)fputs(",\n", out);
  print_line("idf_power", w->idf_power, out);
  print_line("nearest", w->nearest, out);
  print_line("order_intent", w->order_intent, out);
  print_pair("    .gram_most = ", w->gram_most, out);
  (void)fputs(",\n", out);
}
