/* The report: figures of a period, the one before, tables, and what they look like. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "log.h"
#include "stats/counts.h"
#include "stats/slices.h"

typedef struct setting {
  lk_store *store;
  lk_kb *kb;
  lk_arena *arena;
  lk_report report;
  lk_error err;
} setting;

static const char kb_text[] =
    "<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"en\"><category id=\"delivery\"><title>Delivery</title></category>"
    "<article id=\"delivery-price\" category=\"delivery\"><question>What does &lt;delivery&gt; cost?</question>"
    "<answer><p>5 euros.</p></answer></article>"
    "<message id=\"report-figure-conversations\">Conversations</message>"
    "<message id=\"report-outcome-answered\">The bot answered</message></kb>";

static int set_up(void **state) {
  setting *s = calloc(1, sizeof *s);
  s->arena = lk_arena_new();
  s->store = lk_store_open(":memory:", NULL, &s->err);
  s->kb = lk_kb_load_sources(&(lk_source){"kb.xml", lk_view_of(kb_text)}, 1, NULL, &s->err);
  assert_non_null(s->store);
  assert_non_null(s->kb);
  write_the_log(s->store);
  assert_int_equal(lk_figures_refresh(s->store, NULL, NULL, &s->err), LK_OK);
  *state = s;
  return 0;
}

static int tear_down(void **state) {
  setting *s = *state;
  lk_store_close(s->store);
  lk_kb_free(s->kb);
  lk_arena_free(s->arena);
  free(s);
  return 0;
}

static const lk_report *make(setting *s, lk_date from, lk_date until, bool compare) {
  lk_report_options options = {.from = from, .until = until, .compare = compare, .lang = LK_LANG_EN};
  assert_int_equal(lk_report_make(s->store, s->kb, &options, s->arena, &s->report, &s->err), LK_OK);
  return &s->report;
}

static const lk_figure *figure(const lk_report *r, const char *name) {
  for (size_t i = 0; i < r->figure_count; i++)
    if (strcmp(r->figures[i].name, name) == 0) return &r->figures[i];
  fail_msg("there is no figure %s", name);
  return NULL;
}

static const lk_report_table *table(const lk_report *r, const char *name) {
  for (size_t i = 0; i < r->table_count; i++)
    if (strcmp(r->tables[i].name, name) == 0) return &r->tables[i];
  fail_msg("there is no table %s", name);
  return NULL;
}

static const lk_report_row *row(const lk_report_table *t, const char *key) {
  for (size_t i = 0; i < t->row_count; i++)
    if (lk_view_eq(t->rows[i].key, lk_view_of(key))) return &t->rows[i];
  fail_msg("table %s has no row %s", t->name, key);
  return NULL;
}

#define IS(amount, expected) assert_true((amount).known &&fabs((amount).value - (expected)) < 1e-9)
#define NOW(name, expected) IS(figure(r, (name))->now, (expected))

static void every_figure_is_what_was_counted_by_hand(void **state) {
  setting *s = *state;
  const lk_report *r = make(s, (lk_date){2026, 10, 24}, (lk_date){2026, 10, 28}, false);
  NOW("conversations", 9);
  NOW("conversations.silent", 1);
  NOW("messages", 17);
  NOW("messages.per-conversation", 17.0 / 9);
  NOW("conversations.answered", 2.0 / 9);
  NOW("conversations.clarified", 2.0 / 9);
  NOW("conversations.handed-off", 3.0 / 9);
  NOW("messages.not-understood", 3.0 / 17);
  NOW("answers.helpful", 1.0 / 2);
  NOW("actions.performed", 1);
  NOW("actions.refused", 1);
  NOW("actions.failed", 0);
  NOW("cases", 3);
  NOW("cases.wait.median", 120);
  NOW("cases.wait.p90", 120);
  NOW("cases.abandoned", 1.0 / 2);
  NOW("cases.abandoned.median", 300);
  NOW("cases.response.median", 200);
  NOW("cases.resolution.median", 900);
  NOW("cases.messages", 2);
  NOW("csat.ratings", 1);
  NOW("csat.mean", 4);
  NOW("csat.satisfied", 1);
  NOW("nps.ratings", 2);
  NOW("nps", 0);
  assert_int_equal(r->figure_count, 25); /* a new one belongs above, and into DEFINITIONS.md */
}

/* k8 came at night: nobody kept it waiting. */
static void cases_that_nobody_was_there_for_are_in_no_figure_of_waits(void **state) {
  setting *s = *state;
  const lk_report *r = make(s, (lk_date){2026, 10, 26}, (lk_date){2026, 10, 27}, false);
  NOW("cases", 1);
  assert_false(figure(r, "cases.wait.median")->now.known);
  assert_false(figure(r, "cases.wait.p90")->now.known);
  assert_false(figure(r, "cases.response.median")->now.known);
  assert_false(figure(r, "cases.abandoned")->now.known);
  NOW("cases.resolution.median", 43800);
  NOW("cases.messages", 1);
}

static void a_period_is_half_open(void **state) {
  setting *s = *state;
  const lk_report *r = make(s, (lk_date){2026, 10, 24}, (lk_date){2026, 10, 25}, false);
  NOW("messages", 1); /* the message at midnight is Sunday's */
  r = make(s, (lk_date){2026, 10, 25}, (lk_date){2026, 10, 26}, false);
  NOW("messages", 8);
}

static void what_nothing_says_is_not_known_rather_than_nought(void **state) {
  setting *s = *state;
  const lk_report *r = make(s, (lk_date){2020, 1, 1}, (lk_date){2020, 2, 1}, true);
  NOW("conversations", 0);
  assert_false(figure(r, "conversations.answered")->now.known);
  assert_false(figure(r, "cases.wait.median")->now.known);
  assert_false(figure(r, "nps")->before.known);
}

static void the_period_before_is_as_long_and_stands_beside(void **state) {
  setting *s = *state;
  const lk_report *r = make(s, (lk_date){2026, 10, 26}, (lk_date){2026, 10, 28}, true);
  assert_int_equal(lk_date_compare(r->before, (lk_date){2026, 10, 24}), 0);
  NOW("conversations", 6);
  IS(figure(r, "conversations")->before, 3);
  /* Monday stands beside Saturday, its place in the period before. */
  const lk_report_table *time = table(r, "time");
  assert_int_equal(time->row_count, 2);
  IS(row(time, "2026-10-26")->now[0], 6);
  IS(row(time, "2026-10-26")->before[0], 1);
  IS(row(time, "2026-10-27")->before[0], 2);
}

static void days_and_hours_are_finlands(void **state) {
  setting *s = *state;
  const lk_report *r = make(s, (lk_date){2026, 10, 24}, (lk_date){2026, 10, 28}, false);
  const lk_report_table *weekdays = table(r, "weekdays"), *hours = table(r, "hours");
  IS(row(weekdays, "1")->now[0], 6);
  IS(row(weekdays, "6")->now[0], 1);
  IS(row(weekdays, "7")->now[0], 2);
  IS(row(hours, "03")->now[1], 4);
  IS(row(hours, "04")->now[1], 1);
  assert_int_equal(hours->row_count, 24);
}

static void a_table_says_shares_titles_and_what_is_missing(void **state) {
  setting *s = *state;
  const lk_report *r = make(s, (lk_date){2026, 10, 24}, (lk_date){2026, 10, 28}, false);
  const lk_report_table *outcomes = table(r, "outcomes"), *topics = table(r, "topics"), *articles = table(r, "articles");
  const lk_report_row *answered = row(outcomes, "answered");
  assert_true(lk_view_eq(answered->title, LK_LIT("The bot answered")));
  IS(answered->now[2], 2.0 / 9);
  double whole = 0;
  for (size_t i = 0; i < outcomes->row_count; i++) whole += outcomes->rows[i].now[2].value;
  IS(((lk_amount){true, whole}), 1);
  /* Of the entries asked about the KB knows one: the others are no category's. */
  IS(row(topics, "delivery")->now[0], 1);
  IS(row(topics, "")->now[0], 4);
  const lk_report_row *price = row(articles, "delivery-price");
  assert_true(lk_view_eq(price->title, LK_LIT("What does <delivery> cost?")));
  IS(price->now[0], 1);
  IS(price->now[1], 1);
  IS(row(articles, "return-how")->now[2], 1);
  IS(row(articles, "return-how")->now[3], 1);
}

static void a_period_is_cut_into_days_weeks_or_months(void **state) {
  (void)state;
  lk_slices slices;
  int64_t from = lk_date_days((lk_date){2026, 1, 15});
  lk_slices_cut(from, from + 28, 62, &slices);
  assert_int_equal(slices.count, 28);
  lk_slices_cut(from, from + 365, 62, &slices);
  assert_int_equal(slices.count, 53);
  assert_int_equal(slices.starts[53], from + 365);
  lk_slices_cut(from, from + 365, 13, &slices);
  assert_int_equal(slices.count, 13); /* the two Januaries are half */
  assert_int_equal(slices.starts[1], lk_date_days((lk_date){2026, 2, 1}));
  assert_int_equal(lk_slices_find(&slices, from), 0);
  assert_int_equal(lk_slices_find(&slices, lk_date_days((lk_date){2026, 1, 31})), 0);
  assert_int_equal(lk_slices_find(&slices, lk_date_days((lk_date){2026, 2, 1})), 1);
  assert_int_equal(lk_slices_find(&slices, from + 364), 12);
  lk_slices_cut(0, 20 * 366, 13, &slices);
  assert_true(slices.count <= 13);
}

static void dates_of_a_period_are_read_and_checked(void **state) {
  setting *s = *state;
  int64_t now = at(2026, 11, 22, 12, 0);
  lk_report_options o = {.lang = LK_LANG_EN};
  assert_int_equal(lk_report_period(LK_LIT(""), LK_LIT(""), now, &o, &s->err), LK_OK);
  assert_int_equal(lk_date_compare(o.until, (lk_date){2026, 11, 22}), 0);
  assert_int_equal(lk_date_compare(o.from, (lk_date){2026, 10, 25}), 0);
  assert_int_equal(lk_report_period(LK_LIT("2026-02-01"), LK_LIT(""), now, &o, &s->err), LK_OK);
  assert_int_equal(lk_date_compare(o.until, (lk_date){2026, 3, 1}), 0);
  assert_int_equal(lk_report_period(LK_LIT("2026-02-01"), LK_LIT("2026-02-01"), now, &o, &s->err), LK_ERR_INPUT);
  assert_int_equal(lk_report_period(LK_LIT("2026-02-31"), LK_LIT(""), now, &o, &s->err), LK_ERR_INPUT);
  assert_int_equal(lk_report_period(LK_LIT("0001-01-01"), LK_LIT("9999-01-01"), now, &o, &s->err), LK_ERR_INPUT);
}

static void quantiles_are_values_that_occurred(void **state) {
  (void)state;
  lk_count items[] = {{LK_LIT("1"), LK_LIT("x"), 5},
                      {LK_LIT("7"), LK_LIT("y"), 100},
                      {LK_LIT("9"), LK_LIT("x"), 4},
                      {LK_LIT("90"), LK_LIT("x"), 1}};
  lk_counts counts = {.items = items, .count = 4};
  IS(lk_counts_quantile(&counts, "x", .5), 1);
  IS(lk_counts_quantile(&counts, "x", .51), 9);
  IS(lk_counts_quantile(&counts, "x", .9), 9);
  IS(lk_counts_quantile(&counts, "x", 1), 90);
  IS(lk_counts_mean(&counts, "x"), 13.1);
  assert_false(lk_counts_quantile(&counts, "z", .5).known);
}

/* ---- What it looks like ---- */

static size_t count_of(const char *text, const char *what) {
  size_t count = 0;
  for (const char *found = text; (found = strstr(found, what)); found += strlen(what)) count++;
  return count;
}

static char *render(setting *s, lk_report_format format) {
  char *text = lk_report_render(&s->report, format, &s->err);
  assert_non_null(text);
  return text;
}

static void csv_has_a_number_a_line(void **state) {
  setting *s = *state;
  make(s, (lk_date){2026, 10, 24}, (lk_date){2026, 10, 28}, true);
  char *text = render(s, LK_REPORT_CSV);
  assert_int_equal(strncmp(text, "figure,dimension,key,value,before\r\nconversations,,,9,0\r\n", 56), 0);
  assert_non_null(strstr(text, "\r\nconversations.answered,,,0.222222,\r\n"));
  assert_non_null(strstr(text, "\r\nclarified,outcomes,left-open,1,0\r\n"));
  assert_non_null(strstr(text, "\r\ntopics,topics.time,delivery/2026-10-24,1,0\r\n"));
  for (const char *line = text; *line; line = strstr(line, "\r\n") + 2)
    assert_int_equal(count_of(line, ",") - count_of(strstr(line, "\r\n"), ","), 4);
  free(text);
}

static void large_numbers_are_written_out(void **state) {
  setting *s = *state;
  lk_figure figure = {"messages", LK_UNIT_COUNT, LK_LIT("Messages"), {true, 1234567}, {true, 1e9 / 3}};
  s->report = (lk_report){.from = {2026, 1, 1}, .until = {2027, 1, 1}, .lang = LK_LANG_EN, .figures = &figure, .figure_count = 1};
  char *csv = render(s, LK_REPORT_CSV), *text = render(s, LK_REPORT_TEXT);
  assert_non_null(strstr(csv, "\nmessages,,,1234567,333333333.333333\r\n"));
  assert_non_null(strstr(text, "1,234,567"));
  free(csv);
  free(text);
}

static void a_kind_that_looks_like_a_formula_or_markup_does_no_harm(void **state) {
  setting *s = *state;
  begin(s->store, "k11", "web", LK_LANG_FI, at(2026, 10, 27, 12, 0));
  HANDOFF(s->store, "k11", LK_LANG_FI, at(2026, 10, 27, 12, 0), LK_HANDOFF_ASKED, true, EVENT(TURN_CHAT, .turn = 0));
  claim(s->store, "k11", at(2026, 10, 27, 12, 1));
  close_case(s->store, "k11", "=cmd|'<script>alert(1)</script>\",", at(2026, 10, 27, 12, 2));
  rate(s->store, "k11", at(2026, 10, 27, 12, 3), LK_EVENT_RATED_CSAT, "", 1, "<img src=x onerror=alert(1)> \x1b[31m");
  assert_int_equal(lk_figures_refresh(s->store, NULL, NULL, &s->err), LK_OK);
  make(s, (lk_date){2026, 10, 24}, (lk_date){2026, 10, 28}, true);
  char *csv = render(s, LK_REPORT_CSV), *html = render(s, LK_REPORT_HTML), *text = render(s, LK_REPORT_TEXT);
  assert_non_null(strstr(csv, "\"'=cmd|'<script>alert(1)</script>\"\",\""));
  assert_null(strstr(html, "<script"));
  assert_null(strstr(html, "<img"));
  assert_non_null(strstr(html, "&lt;img src=x onerror=alert(1)&gt;"));
  assert_null(strchr(text, '\x1b'));
  free(csv);
  free(html);
  free(text);
}

static void the_page_has_a_table_beside_each_plot_and_nothing_from_elsewhere(void **state) {
  setting *s = *state;
  make(s, (lk_date){2026, 10, 24}, (lk_date){2026, 10, 28}, true);
  char *html = render(s, LK_REPORT_HTML), *part = render(s, LK_REPORT_PART);
  size_t plots = count_of(html, "<svg class=\"plot\"");
  assert_true(plots >= 15);
  assert_int_equal(count_of(html, "<div class=\"pair\">"), plots);
  assert_true(count_of(html, "<table>") >= plots + 1);
  assert_int_equal(count_of(html, "role=\"img\""), plots);
  assert_null(strstr(html, "http:"));
  assert_null(strstr(html, "https:"));
  assert_null(strstr(part, "style")); /* a page that forbids inline styles can show it */
  assert_null(strstr(html, "\"nan"));
  assert_null(strstr(html, " nan"));
  free(html);
  free(part);
}

static void numbers_are_written_as_people_of_the_language_write_them(void **state) {
  setting *s = *state;
  make(s, (lk_date){2026, 10, 24}, (lk_date){2026, 10, 28}, true);
  s->report.lang = LK_LANG_FI;
  char *text = render(s, LK_REPORT_TEXT);
  assert_non_null(strstr(text, "24.10.2026–27.10.2026"));
  assert_non_null(strstr(text, "22,2\u00a0%"));
  assert_non_null(strstr(text, "15 min 0 s"));
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
      TEST(every_figure_is_what_was_counted_by_hand),
      TEST(cases_that_nobody_was_there_for_are_in_no_figure_of_waits),
      TEST(a_period_is_half_open),
      TEST(what_nothing_says_is_not_known_rather_than_nought),
      TEST(the_period_before_is_as_long_and_stands_beside),
      TEST(days_and_hours_are_finlands),
      TEST(a_table_says_shares_titles_and_what_is_missing),
      TEST(a_period_is_cut_into_days_weeks_or_months),
      TEST(dates_of_a_period_are_read_and_checked),
      TEST(quantiles_are_values_that_occurred),
      TEST(csv_has_a_number_a_line),
      TEST(large_numbers_are_written_out),
      TEST(a_kind_that_looks_like_a_formula_or_markup_does_no_harm),
      TEST(the_page_has_a_table_beside_each_plot_and_nothing_from_elsewhere),
      TEST(numbers_are_written_as_people_of_the_language_write_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
