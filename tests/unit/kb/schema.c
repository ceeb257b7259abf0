/* The schema that editors' XML tools use says the same as the loader, as far as a schema can. */
#include <dirent.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>

#include "kb/limits.h"
#include "support.h"

static void say_nothing(void *user, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say_nothing(void *user, const char *format, ...) { (void)user, (void)format; }

static int load_schema(void **state) {
  xmlSetGenericErrorFunc(NULL, say_nothing);
  xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(LK_SOURCE_DIR "/kb/luukku.rng");
  *state = parser ? xmlRelaxNGParse(parser) : NULL;
  xmlRelaxNGFreeParserCtxt(parser);
  return *state ? 0 : -1;
}

static int free_schema(void **state) {
  xmlRelaxNGFree(*state);
  xmlCleanupParser();
  return 0;
}

static bool schema_accepts(xmlRelaxNG *schema, const char *path) {
  xmlDoc *doc = xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  if (!doc) return false;
  xmlRelaxNGValidCtxt *valid = xmlRelaxNGNewValidCtxt(schema);
  xmlRelaxNGSetValidErrors(valid, say_nothing, say_nothing, NULL);
  bool accepted = xmlRelaxNGValidateDoc(valid, doc) == 0;
  xmlRelaxNGFreeValidCtxt(valid);
  xmlFreeDoc(doc);
  return accepted;
}

static int only_xml(const struct dirent *item) { return strstr(item->d_name, ".xml") != NULL; }

static int count_refused(xmlRelaxNG *schema, const char *folder) {
  struct dirent **names;
  int count = scandir(folder, &names, only_xml, alphasort), refused = 0;
  for (int i = 0; i < count; i++) {
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
    if (!schema_accepts(schema, path)) {
      (void)fprintf(stderr, "%s: refused\n", path);
      refused++;
    }
    free(names[i]);
  }
  assert_true(count > 0);
  free(names);
  return refused;
}

static void the_sample_shop_follows_the_schema(void **state) {
  assert_int_equal(count_refused(*state, LK_SOURCE_DIR "/kb"), 0);
  assert_int_equal(count_refused(*state, LK_SOURCE_DIR "/kb/fi"), 0);
  assert_int_equal(count_refused(*state, LK_SOURCE_DIR "/kb/sv"), 0);
  assert_int_equal(count_refused(*state, LK_SOURCE_DIR "/kb/en"), 0);
}

static void whatever_is_allowed_follows_the_schema(void **state) { assert_int_equal(count_refused(*state, FIXTURES "/good"), 0); }

/* What no schema of this kind can see: encodings and a DOCTYPE (its parser takes them), references, repetitions, order of dates, lengths of mixed
 * text, addresses, variables. */
static bool beyond_a_schema(const char *name) {
  static const char *const names[] = {"dangling-see",
                                      "doctype",
                                      "duplicate-category",
                                      "duplicate-id",
                                      "duplicate-message",
                                      "empty-answer",
                                      "empty-paragraph",
                                      "from-after-until",
                                      "hours-days",
                                      "hours-end",
                                      "hours-range",
                                      "latin1-declared",
                                      "intent-without-action",
                                      "lexicon-empty-word",
                                      "lexicon-long-word",
                                      "lexicon-spoken-many",
                                      "link-data",
                                      "link-in-link",
                                      "link-javascript",
                                      "link-other-host",
                                      "link-quote",
                                      "lone-brace",
                                      "long-answer",
                                      "model-scale",
                                      "model-twice",
                                      "no-language",
                                      "notice-dates",
                                      "notice-time",
                                      "policy-twice",
                                      "slot-twice",
                                      "too-deep",
                                      "unknown-ask",
                                      "unknown-category",
                                      "unknown-confirm",
                                      "utf16",
                                      "variable-in-article"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strncmp(name, names[i], strlen(names[i])) == 0 && strcmp(name + strlen(names[i]), ".xml") == 0) return true;
  return false;
}

static void what_the_loader_refuses_the_schema_refuses(void **state) {
  struct dirent **names;
  int count = scandir(FIXTURES "/bad", &names, only_xml, alphasort), wrong = 0;
  assert_true(count > 100);
  for (int i = 0; i < count; i++) {
    char path[1024];
    (void)snprintf(path, sizeof path, FIXTURES "/bad/%s", names[i]->d_name);
    if (schema_accepts(*state, path) != beyond_a_schema(names[i]->d_name)) {
      (void)fprintf(stderr, "%s: the schema %s it\n", path, beyond_a_schema(names[i]->d_name) ? "does refuse" : "accepts");
      wrong++;
    }
    free(names[i]);
  }
  free(names);
  assert_int_equal(wrong, 0);
}

/* ---- One table of the policy, three places that list it ---- */

static void schema_and_format_list_each_policy_value(void **state) {
  (void)state;
  size_t len, count;
  char *schema = read_file(LK_SOURCE_DIR "/kb/luukku.rnc", &len);
  char *made = read_file(LK_SOURCE_DIR "/kb/luukku.rng", &len);
  char *format = read_file(LK_SOURCE_DIR "/kb/FORMAT.md", &len);
  const lk_policy_rule *rules = lk_policy_rules(&count);
  for (size_t i = 0; i < count; i++) {
    char text[256];
    (void)snprintf(text, sizeof text, "  attribute %s {", rules[i].name);
    if (!strstr(schema, text)) fail_msg("luukku.rnc lacks the policy's %s", rules[i].name);
    (void)snprintf(text, sizeof text, "<attribute name=\"%s\"", rules[i].name);
    if (!strstr(made, text)) fail_msg("luukku.rng lacks the policy's %s: make it anew from luukku.rnc", rules[i].name);
    (void)snprintf(text, sizeof text, "| `%s` | `%s` | %s |", rules[i].name, rules[i].standard, rules[i].meaning);
    if (!strstr(format, text)) fail_msg("FORMAT.md lacks the row: %s", text);
  }
  free(schema);
  free(made);
  free(format);
}

static void schema_and_format_list_each_slot_type_and_holiday(void **state) {
  (void)state;
  size_t len;
  char *schema = read_file(LK_SOURCE_DIR "/kb/luukku.rnc", &len);
  char *format = read_file(LK_SOURCE_DIR "/kb/FORMAT.md", &len);
  char text[128];
  for (const char *const *type = lk_slot_types(); *type; type++) {
    (void)snprintf(text, sizeof text, "\"%s\"", *type);
    if (!strstr(schema, text)) fail_msg("luukku.rnc lacks the slot type %s", *type);
    (void)snprintf(text, sizeof text, "`%s`", *type);
    if (!strstr(format, text)) fail_msg("FORMAT.md lacks the slot type %s", *type);
  }
  for (int holiday = LK_HOLIDAY_NONE + 1; holiday < LK_HOLIDAY_COUNT; holiday++) {
    (void)snprintf(text, sizeof text, "\"%s\"", lk_holiday_id((lk_holiday)holiday));
    if (!strstr(schema, text)) fail_msg("luukku.rnc lacks the holiday %s", text);
    (void)snprintf(text, sizeof text, "`%s`", lk_holiday_id((lk_holiday)holiday));
    if (!strstr(format, text)) fail_msg("FORMAT.md lacks the holiday %s", text);
  }
  free(schema);
  free(format);
}

static void format_states_the_limits_in_force(void **state) {
  (void)state;
  static const struct {
    int limit;
    const char *words;
  } stated[] = {{LK_LIMIT_FILE_BYTES >> 20, " MB a file"},
                {LK_LIMIT_ALL_BYTES >> 20, " MB in all"},
                {LK_LIMIT_FILES / 1000, ",000 files"},
                {LK_LIMIT_ENTRIES / 1000, ",000 entries"},
                {LK_LIMIT_PHRASINGS, " phrasings an entry"},
                {LK_LIMIT_PATTERNS, " patterns"},
                {LK_LIMIT_PHRASING_CHARACTERS, " characters a phrasing"},
                {LK_LIMIT_ANSWER_CHARACTERS / 1000, ",000 characters an answer"},
                {LK_LIMIT_ID_CHARACTERS, " characters an id"},
                {LK_LIMIT_FOLDER_DEPTH, " folders deep"},
                {LK_LIMIT_ELEMENT_DEPTH, " elements deep"},
                {LK_LIMIT_SEE, " `see`"},
                {LK_LIMIT_SLOTS, " slots"},
                {LK_LIMIT_ANSWERS, " answers of a chat"},
                {LK_LIMIT_LEXICON_WORDS, " words a lexicon row"},
                {LK_LIMIT_MESSAGES / 1000, ",000 messages"},
                {LK_LIMIT_LEXICON_ROWS / 1000, ",000 lexicon rows"}};
  size_t len;
  char *format = read_file(LK_SOURCE_DIR "/kb/FORMAT.md", &len);
  for (size_t i = 0; i < sizeof stated / sizeof *stated; i++) {
    char number[32], text[128];
    (void)snprintf(number, sizeof number, "%d", stated[i].limit);
    (void)snprintf(text, sizeof text, "%s%s", number, stated[i].words);
    if (!strstr(format, text)) fail_msg("FORMAT.md does not say \"%s\"", text);
  }
  free(format);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_sample_shop_follows_the_schema),
      cmocka_unit_test(whatever_is_allowed_follows_the_schema),
      cmocka_unit_test(what_the_loader_refuses_the_schema_refuses),
      cmocka_unit_test(schema_and_format_list_each_policy_value),
      cmocka_unit_test(schema_and_format_list_each_slot_type_and_holiday),
      cmocka_unit_test(format_states_the_limits_in_force),
  };
  return cmocka_run_group_tests(tests, load_schema, free_schema);
}
