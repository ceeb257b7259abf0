/* What customers see: plain text, HTML, Markdown; and that nothing can break out of them. */
#include "support.h"

/* Renders the text of a message. */
static char *render(const char *markup, lk_render_format format, const lk_value *values, size_t count) {
  char text[4096];
  (void)snprintf(text, sizeof text, HEAD "<message id=\"m\">%s</message></kb>", markup);
  lk_kb *kb = load_good(text);
  lk_error err = {0};
  char *out = lk_render(&lk_kb_message(kb, LK_LIT("m"), LK_LANG_FI)->text, format, values, count, &err);
  if (!out) fail_msg("%s", err.message);
  lk_kb_free(kb);
  return out;
}

static void check(const char *markup, lk_render_format format, const char *expected) {
  char *out = render(markup, format, NULL, 0);
  assert_string_equal(out, expected);
  free(out);
}

static void check_value(const char *markup, lk_render_format format, const char *value, const char *expected) {
  const lk_value values[] = {{LK_LIT("other"), LK_LIT("wrong")}, {LK_LIT("x"), lk_view_of(value)}};
  char *out = render(markup, format, values, 2);
  assert_string_equal(out, expected);
  free(out);
}

static const char article[] =
    "<p>Hei, <strong>maksuton</strong> <em>palautus</em>.<br/>Katso <a href=\"https://a.example/x\">ohje</a>!</p>"
    "<ul><li>yksi</li><li>kaksi<ol><li>a</li><li>b</li></ol></li></ul><p>Loppu.</p>";

static void plain_text_has_lists_and_addresses(void **state) {
  (void)state;
  check(article, LK_RENDER_TEXT,
        "Hei, maksuton palautus.\nKatso ohje (https://a.example/x)!\n- yksi\n- kaksi\n  1. a\n  2. b\n\nLoppu.");
}

static void html_has_only_the_tags_of_answers(void **state) {
  (void)state;
  check(article, LK_RENDER_HTML,
        "<p>Hei, <strong>maksuton</strong> <em>palautus</em>.<br>Katso <a href=\"https://a.example/x\" "
        "rel=\"noopener\">ohje</a>!</p>"
        "<ul><li>yksi</li><li>kaksi<ol><li>a</li><li>b</li></ol></li></ul><p>Loppu.</p>");
}

static void markdown_is_commonmark(void **state) {
  (void)state;
  check(article, LK_RENDER_MARKDOWN,
        "Hei, **maksuton** *palautus*.\\\nKatso [ohje](<https://a.example/x>)!\n\n- yksi\n- kaksi\n  1. a\n  2. b\n\nLoppu.");
}

static void an_address_is_not_said_twice_in_plain_text(void **state) {
  (void)state;
  check("<a href=\"mailto:a@b.example\">a@b.example</a>", LK_RENDER_TEXT, "a@b.example");
  check("<a href=\"tel:0900\">soita</a>", LK_RENDER_TEXT, "soita (tel:0900)");
}

static void white_space_folds_across_markup(void **state) {
  (void)state;
  check("  <p>\n  a <strong> b </strong>\n c<br/>  d  </p> ", LK_RENDER_HTML, "<p>a <strong>b</strong> c<br>d</p>");
  check("a\n  b", LK_RENDER_TEXT, "a b");
}

static void html_escapes_what_editors_wrote(void **state) {
  (void)state;
  check("&lt;script&gt;alert(\"1\" &amp; '2')&lt;/script&gt;", LK_RENDER_HTML,
        "<p>&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;</p>");
  check("<a href=\"/x?a=1&amp;b=2\">a</a>", LK_RENDER_HTML, "<p><a href=\"/x?a=1&amp;b=2\" rel=\"noopener\">a</a></p>");
}

static void html_escapes_what_variables_hold(void **state) {
  (void)state;
  check_value("<p>{x}</p>", LK_RENDER_HTML, "<img src=x onerror=\"y\">", "<p>&lt;img src=x onerror=&quot;y&quot;&gt;</p>");
  check_value("<p>{x}</p>", LK_RENDER_HTML, "a\nb\x01\xff\x7f", "<p>a<br>b\xEF\xBF\xBD</p>");
  check_value("<p>{x}</p>", LK_RENDER_HTML, "{x}", "<p>{x}</p>");
}

static void markdown_escapes_marks_and_what_begins_a_line(void **state) {
  (void)state;
  check_value("{x}", LK_RENDER_MARKDOWN, "*a* _b_ [c](d) `e` <f> & ~g~ | \\ #",
              "\\*a\\* \\_b\\_ \\[c\\](d) \\`e\\` \\<f\\> \\& \\~g\\~ \\| \\\\ \\#");
  check_value("{x}", LK_RENDER_MARKDOWN, "- a\n    b\n1. c\n12) d\n+ e 1. f-g",
              "\\- a\\\nb\\\n1\\. c\\\n12\\) d\\\n\\+ e 1. f-g");
  check_value("<ul><li>{x}</li></ul>", LK_RENDER_MARKDOWN, "- a", "- \\- a");
}

static void braces_are_written_twice(void **state) {
  (void)state;
  check_value("{{x}} {x}", LK_RENDER_TEXT, "1", "{x} 1");
}

static void a_variable_alone_is_an_address_only_if_it_is_safe(void **state) {
  (void)state;
  const char *link = "<a href=\"{x}\">seuraa</a>";
  check_value(link, LK_RENDER_HTML, "https://posti.example/1",
              "<p><a href=\"https://posti.example/1\" rel=\"noopener\">seuraa</a></p>");
  check_value(link, LK_RENDER_HTML, "javascript:alert(1)", "<p>seuraa</p>");
  check_value(link, LK_RENDER_HTML, "JaVaScRiPt:alert(1)", "<p>seuraa</p>");
  check_value(link, LK_RENDER_HTML, "//evil.example", "<p>seuraa</p>");
  check_value(link, LK_RENDER_HTML, "https://a.example/\"><script>", "<p>seuraa</p>");
  check_value(link, LK_RENDER_HTML, "java\tscript:alert(1)", "<p>seuraa</p>");
  check_value(link, LK_RENDER_TEXT, "", "seuraa");
  check_value(link, LK_RENDER_MARKDOWN, "https://a.example/)>x", "seuraa");
}

static void a_variable_within_an_address_is_percent_encoded(void **state) {
  (void)state;
  check_value("<a href=\"https://a.example/{x}?y=1\">s</a>", LK_RENDER_HTML, "ä b/&\"",
              "<p><a href=\"https://a.example/%C3%A4%20b%2F%26%22?y=1\" rel=\"noopener\">s</a></p>");
}

static void a_variable_without_a_value_is_an_error_that_names_it(void **state) {
  (void)state;
  lk_kb *kb = load_good(HEAD "<message id=\"m\">{order} {day}</message></kb>");
  const lk_answer *text = &lk_kb_message(kb, LK_LIT("m"), LK_LANG_FI)->text;
  assert_int_equal(text->variable_count, 2);
  assert_string_equal(text->variables[1].ptr, "day");
  assert_string_equal(text->plain.ptr, "{order} {day}");
  lk_error err = {0};
  const lk_value values[] = {{LK_LIT("order"), LK_LIT("100234")}};
  assert_null(lk_render(text, LK_RENDER_HTML, values, 1, &err));
  assert_int_equal(err.code, LK_ERR_MISSING);
  assert_non_null(strstr(err.message, "{day}"));
  lk_kb_free(kb);
}

static void a_value_that_ends_with_a_full_stop_ends_the_sentence_too(void **state) {
  (void)state;
  lk_kb *kb = load_good(HEAD "<message id=\"m\">Perillä {day}. Kiitos {day}, {order}.</message></kb>");
  const lk_answer *text = &lk_kb_message(kb, LK_LIT("m"), LK_LANG_FI)->text;
  const lk_value values[] = {{LK_LIT("order"), LK_LIT("100234")}, {LK_LIT("day"), LK_LIT("24.12.")}};
  lk_error err = {0};
  char *shown = lk_render(text, LK_RENDER_TEXT, values, 2, &err);
  assert_string_equal(shown, "Perillä 24.12. Kiitos 24.12., 100234.");
  free(shown);
  lk_kb_free(kb);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_text_has_lists_and_addresses),
      cmocka_unit_test(html_has_only_the_tags_of_answers),
      cmocka_unit_test(markdown_is_commonmark),
      cmocka_unit_test(an_address_is_not_said_twice_in_plain_text),
      cmocka_unit_test(white_space_folds_across_markup),
      cmocka_unit_test(html_escapes_what_editors_wrote),
      cmocka_unit_test(html_escapes_what_variables_hold),
      cmocka_unit_test(markdown_escapes_marks_and_what_begins_a_line),
      cmocka_unit_test(braces_are_written_twice),
      cmocka_unit_test(a_variable_alone_is_an_address_only_if_it_is_safe),
      cmocka_unit_test(a_variable_within_an_address_is_percent_encoded),
      cmocka_unit_test(a_variable_without_a_value_is_an_error_that_names_it),
      cmocka_unit_test(a_value_that_ends_with_a_full_stop_ends_the_sentence_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
