/* Loading: what a good KB gives, and what an editor is told about a bad one.
 *
 * fixtures/bad holds one slip a file; expected.txt is what the loader says about all of them. After a deliberate change of words:
 *   LUUKKU_UPDATE=1 tests/test_kb_load, then read the difference. */
#include <dirent.h>

#include "support.h"

/* ---- Bad files ---- */

static int only_xml(const struct dirent *item) { return strstr(item->d_name, ".xml") != NULL; }

static void print_findings_of(const char *name, FILE *out) {
  char path[512];
  (void)snprintf(path, sizeof path, FIXTURES "/bad/%s", name);
  size_t len;
  char *text = read_file(path, &len);
  lk_findings *findings = lk_findings_new();
  lk_source source = {name, {text, len}};
  lk_error err = {0};
  lk_kb *kb = lk_kb_load_sources(&source, 1, findings, &err);
  assert_null(kb);
  assert_int_equal(err.code, LK_ERR_INPUT);
  assert_true(lk_findings_errors(findings) > 0);
  for (size_t i = 0; i < lk_findings_count(findings); i++) lk_finding_print(lk_findings_at(findings, i), LK_FINDING_TEXT, out);
  lk_findings_free(findings);
  free(text);
}

static void every_slip_is_refused_with_its_line_and_how_to_mend_it(void **state) {
  (void)state;
  struct dirent **names;
  int count = scandir(FIXTURES "/bad", &names, only_xml, alphasort);
  assert_true(count > 100);
  char *said;
  size_t said_len, expected_len;
  FILE *out = open_memstream(&said, &said_len);
  for (int i = 0; i < count; i++) {
    print_findings_of(names[i]->d_name, out);
    free(names[i]);
  }
  free(names);
  (void)fclose(out);
  if (getenv("LUUKKU_UPDATE")) {
    FILE *file = fopen(FIXTURES "/expected.txt", "wb");
    assert_non_null(file);
    (void)fwrite(said, 1, said_len, file);
    (void)fclose(file);
  }
  char *expected = read_file(FIXTURES "/expected.txt", &expected_len);
  assert_string_equal(said, expected);
  free(expected);
  free(said);
}

static void all_problems_of_all_files_come_in_one_run(void **state) {
  (void)state;
  const lk_source sources[] = {{"b.xml", lk_view_of(HEAD "<foo/>\n<policy choices=\"x\"/></kb>")},
                               {"a.xml", lk_view_of(HEAD "<article/></kb")}};
  lk_findings *findings = lk_findings_new();
  lk_error err = {0};
  assert_null(lk_kb_load_sources(sources, 2, findings, &err));
  assert_int_equal(lk_findings_count(findings), 3);
  assert_string_equal(lk_findings_at(findings, 0)->file, "a.xml");
  assert_int_equal(lk_findings_at(findings, 2)->line, 2);
  assert_string_equal(err.file, "a.xml");
  lk_findings_free(findings);
}

static void a_reference_into_a_file_that_cannot_be_read_is_no_second_error(void **state) {
  (void)state;
  const lk_source sources[] = {
      {"a.xml", lk_view_of(HEAD CATEGORY ARTICLE(
                    "a", "A?", "a") "<article id=\"b\" category=\"c\"><question>B?</question>"
                                    "<answer>b</answer><see ref=\"lost\"/><see ref=\"nowhere\"/></article></kb>")},
      {"b.xml", lk_view_of(HEAD "<article id=\"lost\" category=\"c\"><p></article></kb>")}};
  lk_findings *findings = lk_findings_new();
  assert_null(lk_kb_load_sources(sources, 2, findings, NULL));
  assert_int_equal(lk_findings_errors(findings), 2);
  assert_string_equal(find_code(findings, "dangling-see")->what, "there is no entry nowhere");
  assert_non_null(find_code(findings, "tag-mismatch"));
  lk_findings_free(findings);
}

static void more_findings_than_anybody_reads_are_counted_only(void **state) {
  (void)state;
  char *text;
  size_t len;
  FILE *out = open_memstream(&text, &len);
  (void)fputs(HEAD, out);
  for (int i = 0; i < 1500; i++) (void)fputs("<foo/>", out);
  (void)fputs("</kb>", out);
  (void)fclose(out);
  lk_findings *findings = lk_findings_new();
  assert_null(load_text(text, findings));
  assert_int_equal(lk_findings_errors(findings), 1500);
  assert_int_equal(lk_findings_count(findings), LK_FINDINGS_MAX);
  lk_findings_free(findings);
  free(text);
}

static void findings_are_printed_as_text_and_as_annotations(void **state) {
  (void)state;
  lk_findings *findings = lk_findings_new();
  assert_int_equal(lk_findings_add(findings, LK_SEVERITY_WARNING, "stale", "a:b,c.xml", 7, "read it", "%d%% old\nand more", 50),
                   LK_OK);
  char *said;
  size_t len;
  FILE *out = open_memstream(&said, &len);
  lk_finding_print(lk_findings_at(findings, 0), LK_FINDING_TEXT, out);
  lk_finding_print(lk_findings_at(findings, 0), LK_FINDING_GITHUB, out);
  (void)fclose(out);
  assert_string_equal(said,
                      "a:b,c.xml:7: warning: 50% old and more; read it [stale]\n"
                      "::warning title=stale,file=a%3Ab%2Cc.xml,line=7::50%25 old and more; read it\n");
  free(said);
  lk_findings_free(findings);
}

/* ---- A good file ---- */

static lk_kb *load_everything(void) {
  size_t len;
  char *text = read_file(FIXTURES "/good/everything.xml", &len);
  lk_kb *kb = load_good(text);
  free(text);
  return kb;
}

static void an_article_keeps_all_that_was_written(void **state) {
  (void)state;
  lk_kb *kb = load_everything();
  const lk_entry *e = lk_kb_entry(kb, LK_LIT("delivery-time"), LK_LANG_FI);
  assert_int_equal(e->kind, LK_ENTRY_ARTICLE);
  assert_string_equal(e->category.ptr, "delivery");
  assert_int_equal(e->phrasing_count, 2);
  assert_string_equal(e->phrasings[0].text.ptr, "Mikä on toimitusaika?");
  assert_string_equal(e->phrasings[1].text.ptr, "Kauanko toimitus kestää?");
  assert_int_equal(e->phrasings[1].line, 8);
  assert_string_equal(e->keywords.ptr, "toimitusnopeus");
  assert_int_equal(e->updated.month, 10);
  assert_true(e->handoff_always);
  assert_int_equal(e->see_count, 2);
  assert_string_equal(e->see[1].ptr, "do-order-status");
  assert_string_equal(e->answers[0].plain.ptr,
                      "Paketti tulee 2–4 arkipäivässä. Katso hinnat.\nnoutopiste\nPosti\nMatkahuolto\nkotiin\novelle");
  lk_kb_free(kb);
}

static void the_question_comes_first_wherever_it_stands(void **state) {
  (void)state;
  lk_kb *kb = load_everything();
  const lk_entry *e = lk_kb_entry(kb, LK_LIT("tracking"), LK_LANG_FI);
  assert_string_equal(e->phrasings[0].text.ptr, "Miten seuraan pakettia?");
  assert_string_equal(e->phrasings[1].text.ptr, "missä paketti on");
  lk_kb_free(kb);
}

static void an_article_holds_from_its_first_day_to_its_last(void **state) {
  (void)state;
  lk_kb *kb = load_everything();
  const lk_entry *e = lk_kb_entry(kb, LK_LIT("delivery-time"), LK_LANG_FI);
  assert_false(lk_entry_holds(e, (lk_date){2025, 12, 31}));
  assert_true(lk_entry_holds(e, (lk_date){2026, 1, 1}));
  assert_true(lk_entry_holds(e, (lk_date){2027, 12, 31}));
  assert_false(lk_entry_holds(e, (lk_date){2028, 1, 1}));
  lk_kb_free(kb);
}

static void what_has_no_translation_is_found_in_finnish(void **state) {
  (void)state;
  lk_kb *kb = load_everything();
  assert_int_equal(lk_kb_entry(kb, LK_LIT("tracking"), LK_LANG_SV)->lang, LK_LANG_SV);
  assert_int_equal(lk_kb_entry(kb, LK_LIT("tracking"), LK_LANG_EN)->lang, LK_LANG_FI);
  assert_int_equal(lk_kb_message(kb, LK_LIT("ask-order"), LK_LANG_SV)->lang, LK_LANG_FI);
  assert_string_equal(lk_kb_category(kb, LK_LIT("delivery"), LK_LANG_SV)->title.ptr, "Leverans");
  assert_null(lk_kb_entry(kb, LK_LIT("no-such"), LK_LANG_FI));
  assert_null(lk_kb_entry(kb, LK_LIT(""), LK_LANG_FI));
  size_t all, fi, sv, en;
  (void)lk_kb_entries(kb, LK_LANG_NONE, &all);
  const lk_entry *first = lk_kb_entries(kb, LK_LANG_FI, &fi);
  const lk_entry *swedish = lk_kb_entries(kb, LK_LANG_SV, &sv);
  (void)lk_kb_entries(kb, LK_LANG_EN, &en);
  assert_int_equal(all, 7);
  assert_int_equal(fi, 5);
  assert_int_equal(sv, 2);
  assert_int_equal(en, 0);
  assert_ptr_equal(first + fi, swedish);
  lk_kb_free(kb);
}

static void a_translated_intent_shares_slots_and_action(void **state) {
  (void)state;
  lk_kb *kb = load_everything();
  const lk_entry *e = lk_kb_entry(kb, LK_LIT("do-order-status"), LK_LANG_SV);
  assert_int_equal(e->lang, LK_LANG_SV);
  assert_string_equal(e->action.ptr, "order.status");
  assert_string_equal(e->confirm.ptr, "confirm-it");
  assert_int_equal(e->slot_count, 3);
  assert_int_equal(e->slots[1].type_count, 2);
  assert_string_equal(e->slots[1].types[1].ptr, "postcode");
  assert_true(e->slots[2].optional);
  assert_int_equal(e->pattern_count, 0);
  assert_int_equal(lk_kb_entry(kb, LK_LIT("do-order-status"), LK_LANG_FI)->pattern_count, 1);
  lk_kb_free(kb);
}

static void a_lexicon_is_rows_of_four_kinds(void **state) {
  (void)state;
  lk_kb *kb = load_everything();
  size_t count;
  const lk_lexicon_row *rows = lk_kb_lexicon(kb, LK_LANG_FI, &count);
  assert_int_equal(count, 5);
  assert_int_equal(rows[0].kind, LK_LEXICON_SET);
  assert_int_equal(rows[0].word_count, 3);
  assert_int_equal(rows[2].kind, LK_LEXICON_MAP);
  assert_string_equal(rows[2].from.ptr, "raha takaisin");
  assert_string_equal(rows[2].words[1].ptr, "palautus");
  assert_int_equal(rows[3].kind, LK_LEXICON_SPOKEN);
  assert_string_equal(rows[3].words[0].ptr, "vetoketju");
  assert_int_equal(rows[4].kind, LK_LEXICON_NAME);
  assert_string_equal(rows[4].from.ptr, "MobilePay");
  assert_string_equal(rows[4].words[0].ptr, "mobilpay");
  (void)lk_kb_lexicon(kb, LK_LANG_SV, &count);
  assert_int_equal(count, 0);
  lk_kb_free(kb);
}

static void a_policy_has_the_values_given_and_standard_ones(void **state) {
  (void)state;
  lk_kb *kb = load_everything();
  assert_float_equal(lk_kb_policy(kb, "answer-at"), 0.8, 1e-12);
  assert_float_equal(lk_kb_policy(kb, "flow-timeout"), 900, 0);
  assert_float_equal(lk_kb_policy(kb, "choices"), 3, 0);
  assert_string_equal(lk_kb_policy_text(kb, "order-number").ptr, "R-######");
  assert_true(lk_kb_policy(kb, "order-number") != lk_kb_policy(kb, "order-number")); /* NAN */
  assert_true(lk_kb_policy(kb, "no-such") != lk_kb_policy(kb, "no-such"));
  lk_kb_free(kb);
}

static void every_standard_policy_value_is_within_its_own_range(void **state) {
  (void)state;
  lk_kb *kb = load_good(HEAD "</kb>");
  size_t count;
  const lk_policy_rule *rules = lk_policy_rules(&count);
  for (size_t i = 0; i < count; i++) {
    char text[300];
    (void)snprintf(text, sizeof text, HEAD "<policy %s=\"%s\"/></kb>", rules[i].name, rules[i].standard);
    lk_kb *same = load_good(text);
    if (rules[i].type != LK_POLICY_TEXT)
      assert_float_equal(lk_kb_policy(kb, rules[i].name), lk_kb_policy(same, rules[i].name), 0);
    lk_kb_free(same);
  }
  lk_kb_free(kb);
}

static void a_model_is_that_of_the_language_or_the_general_one(void **state) {
  (void)state;
  lk_kb *kb = load_everything();
  const lk_model *general = lk_kb_model(kb, LK_LIT("confidence"), LK_LANG_FI);
  assert_int_equal(general->weight_count, 2);
  assert_float_equal(general->weights[1].value, 12.5, 1e-12);
  assert_float_equal(general->weights[1].scale, 0.5, 1e-12);
  assert_float_equal(general->weights[0].scale, 1, 0);
  assert_int_equal(general->questions, 669);
  assert_int_equal(lk_kb_model(kb, LK_LIT("confidence"), LK_LANG_SV)->weight_count, 1);
  assert_null(lk_kb_model(kb, LK_LIT("other"), LK_LANG_FI));
  lk_kb_free(kb);
}

static void opening_hours_are_plain_rows(void **state) {
  (void)state;
  lk_kb *kb = load_everything();
  size_t count;
  const lk_hours_row *rows = lk_kb_hours(kb, &count);
  assert_int_equal(count, 9);
  assert_int_equal(rows[0].days, 31);
  assert_int_equal(rows[0].from_minute, 480);
  assert_int_equal(rows[1].days, 96);
  assert_int_equal(rows[1].to_minute, 1440);
  assert_int_equal(rows[2].from.day, 23);
  assert_int_equal(rows[3].holiday, LK_HOLIDAY_EPIPHANY);
  assert_true(rows[4].holidays && !rows[4].open);
  assert_int_equal(rows[7].from.year, 0);
  assert_string_equal(rows[7].id.ptr, "new-years-eve");
  assert_int_equal(rows[8].until.day, 5);
  lk_kb_free(kb);
}

static void a_notice_runs_from_the_first_minute_to_the_last(void **state) {
  (void)state;
  lk_kb *kb = load_everything();
  const lk_notice *n = lk_kb_notice(kb, LK_LIT("posti"), LK_LANG_EN);
  assert_int_equal(n->from_minute, 0);
  assert_int_equal(n->until_minute, 18 * 60);
  assert_string_equal(n->text.plain.ptr, "Posti on lakossa.");
  lk_kb_free(kb);
}

static void the_sample_shop_loads_without_an_error(void **state) {
  (void)state;
  lk_error err = {0};
  lk_kb *kb = lk_kb_load(LK_SOURCE_DIR "/kb", NULL, &err);
  if (!kb) fail_msg("%s:%d: %s", err.file, err.line, err.message);
  for (int lang = 0; lang < LK_LANG_COUNT; lang++) {
    size_t count, articles = 0;
    const lk_entry *entries = lk_kb_entries(kb, (lk_lang)lang, &count);
    for (size_t i = 0; i < count; i++) articles += entries[i].kind == LK_ENTRY_ARTICLE;
    assert_true(articles >= 127);
    (void)lk_kb_lexicon(kb, (lk_lang)lang, &count);
    assert_true(count > 100);
  }
  lk_kb_free(kb);
}

/* ---- Limits ---- */

static void too_many_phrasings_are_one_error(void **state) {
  (void)state;
  char *text;
  size_t len;
  FILE *out = open_memstream(&text, &len);
  (void)fputs(HEAD CATEGORY "<article id=\"a\" category=\"c\"><question>Q</question><answer>a</answer>", out);
  for (int i = 0; i < 600; i++) (void)fprintf(out, "<variant>v %d</variant>", i);
  (void)fputs("</article></kb>", out);
  (void)fclose(out);
  lk_findings *findings = lk_findings_new();
  assert_null(load_text(text, findings));
  assert_int_equal(lk_findings_errors(findings), 1);
  assert_string_equal(lk_findings_at(findings, 0)->code, "too-many");
  lk_findings_free(findings);
  free(text);
}

static void a_text_of_more_than_four_megabytes_is_refused_unparsed(void **state) {
  (void)state;
  size_t len = (4 << 20) + 1;
  char *text = malloc(len);
  assert_non_null(text);
  memset(text, '<', len);
  lk_findings *findings = lk_findings_new();
  lk_source source = {"big.xml", {text, len}};
  assert_null(lk_kb_load_sources(&source, 1, findings, NULL));
  assert_int_equal(lk_findings_count(findings), 1);
  assert_string_equal(lk_findings_at(findings, 0)->code, "file-too-large");
  lk_findings_free(findings);
  free(text);
}

static void too_many_elements_in_a_file_end_its_reading(void **state) {
  (void)state;
  char *text;
  size_t len;
  FILE *out = open_memstream(&text, &len);
  (void)fputs(HEAD "<lexicon>", out);
  for (int i = 0; i < 100001; i++) (void)fputs("<set>a, b</set>", out);
  (void)fputs("</lexicon></kb>", out);
  (void)fclose(out);
  lk_findings *findings = lk_findings_new();
  assert_null(load_text(text, findings));
  assert_string_equal(lk_findings_at(findings, 0)->code, "file-too-large");
  lk_findings_free(findings);
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_slip_is_refused_with_its_line_and_how_to_mend_it),
      cmocka_unit_test(all_problems_of_all_files_come_in_one_run),
      cmocka_unit_test(a_reference_into_a_file_that_cannot_be_read_is_no_second_error),
      cmocka_unit_test(more_findings_than_anybody_reads_are_counted_only),
      cmocka_unit_test(findings_are_printed_as_text_and_as_annotations),
      cmocka_unit_test(an_article_keeps_all_that_was_written),
      cmocka_unit_test(the_question_comes_first_wherever_it_stands),
      cmocka_unit_test(an_article_holds_from_its_first_day_to_its_last),
      cmocka_unit_test(what_has_no_translation_is_found_in_finnish),
      cmocka_unit_test(a_translated_intent_shares_slots_and_action),
      cmocka_unit_test(a_lexicon_is_rows_of_four_kinds),
      cmocka_unit_test(a_policy_has_the_values_given_and_standard_ones),
      cmocka_unit_test(every_standard_policy_value_is_within_its_own_range),
      cmocka_unit_test(a_model_is_that_of_the_language_or_the_general_one),
      cmocka_unit_test(opening_hours_are_plain_rows),
      cmocka_unit_test(a_notice_runs_from_the_first_minute_to_the_last),
      cmocka_unit_test(the_sample_shop_loads_without_an_error),
      cmocka_unit_test(too_many_phrasings_are_one_error),
      cmocka_unit_test(a_text_of_more_than_four_megabytes_is_refused_unparsed),
      cmocka_unit_test(too_many_elements_in_a_file_end_its_reading),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
