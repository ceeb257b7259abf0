/* Changes to a KB's files: what they add stands in the right place, and nothing else moves. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "luukku/edit.h"

#define HEAD "<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\">\n  <category id=\"c\"><title>Asiat</title></category>\n"
#define ARTICLE                                                                                                                \
  "  <article id=\"a\" category=\"c\"><!-- keep -->\n    <question>Mikä?</question>\n    <variant>mitä</variant> <!-- said " \
  "often -->\n"                                                                                                                \
  "    <answer>\n      <!-- the lawyer's words -->\n      <p>Tämä.</p>\n    </answer>\n  </article>\n"

enum { FOLDER = 64 };

static lk_edit *open_texts(const char *first, const char *second) {
  const lk_source sources[] = {{"one.xml", lk_view_of(first)}, {"two.xml", lk_view_of(second ? second : "")}};
  lk_error err = {0};
  lk_edit *edit = lk_edit_open_sources(sources, second ? 2 : 1, NULL, &err);
  if (!edit) fail_msg("%s:%d: %s", err.file, err.line, err.message);
  return edit;
}

static const char *after(const lk_edit *edit, lk_arena *arena) {
  lk_edit_file *files;
  size_t count;
  assert_int_equal(lk_edit_files(edit, arena, &files, &count, NULL), LK_OK);
  assert_int_equal(count, 1);
  lk_kb *kb = lk_edit_load(edit, NULL, NULL);
  assert_non_null(kb); /* whatever was changed, it loads */
  lk_kb_free(kb);
  return files[0].after.ptr;
}

static void assert_has(const char *text, const char *part) {
  if (!strstr(text, part)) fail_msg("this is missing:\n%s\nin:\n%s", part, text);
}

static void a_variant_stands_behind_the_last_phrasing_and_its_comment(void **state) {
  (void)state;
  lk_arena *arena = lk_arena_new();
  lk_edit *edit = open_texts(HEAD ARTICLE "</kb>\n", NULL);
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("a"), LK_LANG_FI, LK_LIT(" mikä  <b> & co "), NULL), LK_OK);
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("a"), LK_LANG_FI, LK_LIT("toinen"), NULL), LK_OK);
  assert_has(after(edit, arena),
             "<!-- keep -->\n    <question>Mikä?</question>\n    <variant>mitä</variant> <!-- said often -->\n"
             "    <variant>mikä &lt;b&gt; &amp; co</variant>\n    <variant>toinen</variant>\n    <answer>\n");
  lk_edit_free(edit);
  lk_arena_free(arena);
}

static void line_ends_and_tabs_are_the_neighbours_own(void **state) {
  (void)state;
  lk_arena *arena = lk_arena_new();
  lk_edit *edit = open_texts(
      "<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\">\r\n\t<category id=\"c\"><title>C</title></category>\r\n"
      "\t<article id=\"a\" "
      "category=\"c\">\r\n\t\t<question>Mikä?</question>\r\n\t\t<answer>Tämä.</answer>\r\n\t</article>\r\n</kb>",
      NULL);
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("a"), LK_LANG_FI, LK_LIT("mitä"), NULL), LK_OK);
  const lk_node *nodes;
  lk_article_draft draft = {.id = LK_LIT("b"), .lang = LK_LANG_FI, .category = LK_LIT("c"), .question = LK_LIT("Kuka?")};
  assert_int_equal(lk_answer_of_text(LK_LIT("Hän."), arena, &nodes, &draft.answer_count, NULL), LK_OK);
  draft.answer = nodes;
  assert_int_equal(lk_edit_add_article(edit, &draft, NULL, NULL), LK_OK);
  const char *text = after(edit, arena);
  assert_has(text, "</question>\r\n\t\t<variant>mitä</variant>\r\n\t\t<answer>Tämä.");
  assert_has(text,
             "\t</article>\r\n\t<article id=\"b\" category=\"c\">\r\n\t  <question>Kuka?</question>\r\n\t  <answer>\r\n\t    "
             "<p>Hän.</p>\r\n");
  assert_null(strstr(text, "\r\r"));
  for (const char *at = text; (at = strchr(at, '\n')); at++) assert_int_equal(at[-1], '\r');
  lk_edit_free(edit);
  lk_arena_free(arena);
}

static void an_article_on_one_line_stays_on_it(void **state) {
  (void)state;
  lk_arena *arena = lk_arena_new();
  lk_edit *edit =
      open_texts(HEAD "<article id=\"a\" category=\"c\"><question>Q</question><answer>A</answer></article></kb>", NULL);
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("a"), LK_LANG_FI, LK_LIT("v"), NULL), LK_OK);
  assert_has(after(edit, arena), "<question>Q</question><variant>v</variant><answer>A</answer>");
  lk_edit_free(edit);
  lk_arena_free(arena);
}

static void what_is_there_already_is_refused(void **state) {
  (void)state;
  lk_edit *edit = open_texts(HEAD ARTICLE "<lexicon><spoken from=\"mä\" to=\"minä\"/></lexicon></kb>", NULL);
  lk_view words[] = {LK_LIT("minut")};
  lk_lexicon_draft spoken = {LK_LEXICON_SPOKEN, LK_LANG_FI, LK_LIT("mä"), words, 1};
  lk_error err = {0};
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("a"), LK_LANG_FI, LK_LIT("mitä"), &err), LK_ERR_STATE);
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("b"), LK_LANG_FI, LK_LIT("mitä"), &err), LK_ERR_MISSING);
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("a"), LK_LANG_SV, LK_LIT("vad"), &err), LK_ERR_MISSING);
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("a"), LK_LANG_FI, LK_LIT("  "), &err), LK_ERR_INPUT);
  assert_int_equal(lk_edit_add_words(edit, &spoken, &err), LK_ERR_STATE);
  assert_int_equal(lk_edit_count(edit), 0);
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("a"), LK_LANG_FI, LK_LIT("uusi"), &err), LK_OK);
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("a"), LK_LANG_FI, LK_LIT("uusi"), &err), LK_ERR_STATE);
  lk_edit_reset(edit);
  assert_int_equal(lk_edit_count(edit), 0);
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("a"), LK_LANG_FI, LK_LIT("uusi"), &err), LK_OK);
  lk_edit_free(edit);
}

static void words_join_the_row_they_belong_to(void **state) {
  (void)state;
  lk_arena *arena = lk_arena_new();
  lk_edit *edit = open_texts(HEAD
                             "  <lexicon>\n    <set>paketti, lähetys </set>\n    <map from=\"kuski\" to=\"kuljettaja\"/>\n    "
                             "<name>Klarna</name>\n  </lexicon>\n</kb>\n",
                             NULL);
  lk_view set[] = {LK_LIT("lähetys"), LK_LIT("kolli"), LK_LIT("paketti")}, map[] = {LK_LIT("kotiinkuljetus")};
  lk_view fresh[] = {LK_LIT("a & o"), LK_LIT("o")}, to[] = {LK_LIT("vetoketju")}, name[] = {LK_LIT("klaarna")};
  const lk_lexicon_draft drafts[] = {{LK_LEXICON_SET, LK_LANG_FI, {"", 0}, set, 3},
                                     {LK_LEXICON_MAP, LK_LANG_FI, LK_LIT("kuski"), map, 1},
                                     {LK_LEXICON_MAP, LK_LANG_FI, LK_LIT("kuskit"), map, 1},
                                     {LK_LEXICON_SET, LK_LANG_FI, {"", 0}, fresh, 2},
                                     {LK_LEXICON_SPOKEN, LK_LANG_FI, LK_LIT("vetskari"), to, 1},
                                     {LK_LEXICON_NAME, LK_LANG_FI, LK_LIT("Klarna"), name, 1}};
  for (size_t i = 0; i < sizeof drafts / sizeof *drafts; i++) assert_int_equal(lk_edit_add_words(edit, &drafts[i], NULL), LK_OK);
  assert_int_equal(lk_edit_add_words(edit, &drafts[0], NULL), LK_ERR_STATE);
  assert_has(after(edit, arena),
             "    <set>paketti, lähetys, kolli </set>\n    <set>a &amp; o, o</set>\n"
             "    <map from=\"kuski\" to=\"kuljettaja, kotiinkuljetus\"/>\n    <map from=\"kuskit\" to=\"kotiinkuljetus\"/>\n"
             "    <name>Klarna, klaarna</name>\n    <spoken from=\"vetskari\" to=\"vetoketju\"/>\n  </lexicon>\n");
  lk_edit_free(edit);
  lk_arena_free(arena);
}

static void a_language_without_a_lexicon_gets_one(void **state) {
  (void)state;
  lk_arena *arena = lk_arena_new();
  lk_edit *edit = open_texts(HEAD ARTICLE "</kb>\n", NULL);
  lk_view words[] = {LK_LIT("paketti"), LK_LIT("kolli")};
  lk_lexicon_draft draft = {LK_LEXICON_SET, LK_LANG_FI, {"", 0}, words, 2};
  assert_int_equal(lk_edit_add_words(edit, &draft, NULL), LK_OK);
  assert_has(after(edit, arena), "  </article>\n  <lexicon>\n    <set>paketti, kolli</set>\n  </lexicon>\n</kb>\n");
  draft.lang = LK_LANG_SV;
  assert_int_equal(lk_edit_add_words(edit, &draft, NULL), LK_ERR_MISSING);
  lk_edit_free(edit);
  lk_arena_free(arena);
}

static void an_update_replaces_question_and_answer_alone(void **state) {
  (void)state;
  lk_arena *arena = lk_arena_new();
  lk_edit *edit = open_texts(HEAD ARTICLE "</kb>\n", NULL);
  lk_article_draft draft = {.id = LK_LIT("a"), .lang = LK_LANG_FI, .question = LK_LIT("Mikä?"), .updated = {2026, 3, 4}};
  bool changed;
  assert_int_equal(lk_answer_of_text(LK_LIT("Tämä."), arena, &draft.answer, &draft.answer_count, NULL), LK_OK);
  draft.updated = (lk_date){0};
  assert_int_equal(lk_edit_update_article(edit, &draft, &changed, NULL), LK_OK);
  assert_false(changed);
  draft.question = LK_LIT("Mikä se on?");
  draft.source = LK_LIT("https://a.example/?x=1&y=\"2\"");
  draft.updated = (lk_date){2026, 3, 4};
  assert_int_equal(lk_answer_of_text(LK_LIT("Se.\n\n- yksi\n- kaksi {x}\n\nKatso https://a.example/b."), arena, &draft.answer,
                                     &draft.answer_count, NULL),
                   LK_OK);
  assert_int_equal(lk_edit_update_article(edit, &draft, &changed, NULL), LK_OK);
  assert_true(changed);
  assert_has(after(edit, arena),
             "  <article id=\"a\" category=\"c\" source=\"https://a.example/?x=1&amp;y=&quot;2&quot;\" "
             "updated=\"2026-03-04\"><!-- keep -->\n"
             "    <question>Mikä se on?</question>\n    <variant>mitä</variant> <!-- said often -->\n"
             "    <answer>\n      <!-- the lawyer's words -->\n      <p>Se.</p>\n      <ul>\n        <li>yksi</li>\n        "
             "<li>kaksi {{x}}</li>\n      </ul>\n"
             "      <p>Katso <a href=\"https://a.example/b\">https://a.example/b</a>.</p>\n    </answer>\n  </article>\n");
  lk_edit_free(edit);
  lk_arena_free(arena);
}

static void a_new_file_is_made_with_category_and_articles_in_order(void **state) {
  (void)state;
  lk_arena *arena = lk_arena_new();
  lk_edit *edit = open_texts(HEAD ARTICLE "</kb>\n", NULL);
  lk_article_draft draft = {
      .id = LK_LIT("b"), .lang = LK_LANG_SV, .category = LK_LIT("d"), .question = LK_LIT("Vem?"), .updated = {2026, 1, 2}};
  lk_view variants[] = {LK_LIT("vem då")};
  draft.variants = variants;
  draft.variant_count = 1;
  assert_int_equal(lk_answer_of_text(LK_LIT("Hon."), arena, &draft.answer, &draft.answer_count, NULL), LK_OK);
  assert_int_equal(lk_edit_add_category(edit, LK_LIT("d"), LK_LANG_SV, LK_LIT("Saker & ting"), "sv/new.xml", NULL), LK_OK);
  assert_int_equal(lk_edit_add_article(edit, &draft, "sv/new.xml", NULL), LK_OK);
  assert_int_equal(lk_edit_add_article(edit, &draft, "sv/new.xml", NULL), LK_ERR_STATE);
  assert_int_equal(lk_edit_add_article(edit, &draft, "sv/new.txt", NULL), LK_ERR_INPUT);
  assert_string_equal(
      after(edit, arena),
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"sv\">\n"
      "  <category id=\"d\"><title>Saker &amp; ting</title></category>\n"
      "  <article id=\"b\" category=\"d\" updated=\"2026-01-02\">\n    <question>Vem?</question>\n    <variant>vem då</variant>\n"
      "    <answer>\n      <p>Hon.</p>\n    </answer>\n  </article>\n</kb>\n");
  lk_edit_free(edit);
  lk_arena_free(arena);
}

static void a_broken_kb_is_not_edited(void **state) {
  (void)state;
  const lk_source broken = {"x.xml", LK_LIT("<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\"><article/></kb>")};
  const lk_source prefixed = {"x.xml", LK_LIT("<k:kb xmlns:k=\"urn:luukku:kb:1\" xml:lang=\"fi\"/>")};
  lk_error err = {0};
  assert_null(lk_edit_open_sources(&broken, 1, NULL, &err));
  assert_int_equal(err.code, LK_ERR_INPUT);
  assert_null(lk_edit_open_sources(&prefixed, 1, NULL, &err));
  assert_non_null(strstr(err.message, "prefix"));
}

/* ---- On disk ---- */

static void write_file(const char *folder, const char *name, const char *text) {
  char path[256];
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *out = fopen(path, "wb");
  assert_non_null(out);
  assert_true(fputs(text, out) >= 0);
  assert_int_equal(fclose(out), 0);
}

static char *read_file(const char *folder, const char *name, char *out, size_t size) {
  char path[256];
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *in = fopen(path, "rb");
  assert_non_null(in);
  out[fread(out, 1, size - 1, in)] = '\0';
  (void)fclose(in);
  return out;
}

static int run_in(const char *folder, const char *what) {
  char command[512];
  (void)snprintf(command, sizeof command, "cd %s && %s", folder, what);
  return system(command); /* NOLINT(cert-env33-c): a test's own folder */
}

static void assert_one_file(const char *folder) { assert_int_equal(run_in(folder, "test $(ls -A | wc -l) = 1"), 0); }

static void remove_folder(const char *folder) { assert_int_equal(run_in(folder, "rm -rf \"$PWD\""), 0); }

static void make_folder(char *folder, const char *text) {
  (void)snprintf(folder, FOLDER, "/tmp/luukku-edit-XXXXXX");
  assert_non_null(mkdtemp(folder));
  write_file(folder, "a.xml", text);
}

static void the_diff_is_what_patch_applies(void **state) {
  (void)state;
  char folder[FOLDER], text[4096], wanted[4096];
  lk_arena *arena = lk_arena_new();
  lk_view diff;
  make_folder(folder, HEAD ARTICLE "</kb>");
  lk_edit *edit = lk_edit_open(folder, NULL, NULL, NULL);
  assert_non_null(edit);
  lk_article_draft draft = {
      .id = LK_LIT("b"), .lang = LK_LANG_FI, .category = LK_LIT("c"), .question = LK_LIT("Kuka?"), .updated = {0}};
  assert_int_equal(lk_answer_of_text(LK_LIT("Hän."), arena, &draft.answer, &draft.answer_count, NULL), LK_OK);
  assert_int_equal(lk_edit_add_article(edit, &draft, NULL, NULL), LK_OK);
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("a"), LK_LANG_FI, LK_LIT("uusi"), NULL), LK_OK);
  draft.id = LK_LIT("c");
  char path[128];
  (void)snprintf(path, sizeof path, "%s/new.xml", folder);
  assert_int_equal(lk_edit_add_article(edit, &draft, path, NULL), LK_OK);
  draft.id = LK_LIT("a");
  draft.question = LK_LIT("Mikä tämä?");
  assert_int_equal(lk_edit_update_article(edit, &draft, NULL, NULL), LK_OK);
  assert_int_equal(lk_edit_diff(edit, arena, &diff, NULL), LK_OK);
  assert_has(diff.ptr, "--- a/a.xml\n+++ b/a.xml\n@@ -");
  assert_has(diff.ptr, "--- /dev/null\n+++ b/new.xml\n@@ -0,0 +1,");
  assert_has(diff.ptr, "+    <variant>uusi</variant>\n");
  assert_null(strstr(diff.ptr, "-    <variant>"));
  lk_edit_file *files;
  size_t count;
  assert_int_equal(lk_edit_files(edit, arena, &files, &count, NULL), LK_OK);
  (void)snprintf(wanted, sizeof wanted, "%s", files[0].after.ptr);
  write_file(folder, "p.diff", diff.ptr);
  assert_int_equal(run_in(folder, "patch -s -p1 < p.diff"), 0);
  assert_string_equal(read_file(folder, "a.xml", text, sizeof text), wanted);
  assert_string_equal(read_file(folder, "new.xml", text, sizeof text), files[1].after.ptr);
  lk_edit_free(edit);
  lk_arena_free(arena);
  remove_folder(folder);
}

static void what_is_written_is_what_was_shown_and_keeps_its_mode(void **state) {
  (void)state;
  char folder[FOLDER], text[4096], path[128];
  lk_arena *arena = lk_arena_new();
  struct stat info;
  make_folder(folder, HEAD ARTICLE "</kb>\n");
  (void)snprintf(path, sizeof path, "%s/a.xml", folder);
  assert_int_equal(chmod(path, 0640), 0);
  lk_edit *edit = lk_edit_open(folder, NULL, NULL, NULL);
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("a"), LK_LANG_FI, LK_LIT("uusi"), NULL), LK_OK);
  const char *wanted = after(edit, arena);
  assert_int_equal(lk_edit_write(edit, NULL), LK_OK);
  assert_string_equal(read_file(folder, "a.xml", text, sizeof text), wanted);
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0640);
  lk_error err = {0};
  assert_int_equal(lk_edit_write(edit, &err), LK_ERR_STATE); /* it is another file now */
  assert_string_equal(read_file(folder, "a.xml", text, sizeof text), wanted);
  assert_one_file(folder); /* no drafts are left */
  lk_edit_free(edit);
  lk_arena_free(arena);
  remove_folder(folder);
}

static void when_one_file_cannot_be_written_none_is(void **state) {
  (void)state;
  char folder[FOLDER], text[4096], path[128];
  make_folder(folder, HEAD ARTICLE "</kb>\n");
  lk_edit *edit = lk_edit_open(folder, NULL, NULL, NULL);
  lk_arena *arena = lk_arena_new();
  lk_article_draft draft = {.id = LK_LIT("b"), .lang = LK_LANG_FI, .category = LK_LIT("c"), .question = LK_LIT("Kuka?")};
  assert_int_equal(lk_answer_of_text(LK_LIT("Hän."), arena, &draft.answer, &draft.answer_count, NULL), LK_OK);
  assert_int_equal(lk_edit_add_variant(edit, LK_LIT("a"), LK_LANG_FI, LK_LIT("uusi"), NULL), LK_OK);
  (void)snprintf(path, sizeof path, "%s/missing/deeper/new.xml", folder);
  assert_int_equal(lk_edit_add_article(edit, &draft, path, NULL), LK_OK);
  lk_error err = {0};
  assert_int_equal(lk_edit_write(edit, &err), LK_ERR_IO);
  assert_string_equal(read_file(folder, "a.xml", text, sizeof text), HEAD ARTICLE "</kb>\n");
  assert_one_file(folder);
  lk_edit_free(edit);
  lk_arena_free(arena);
  remove_folder(folder);
}

static void the_sample_shop_can_be_edited_everywhere(void **state) {
  (void)state;
  lk_error err = {0};
  lk_edit *edit = lk_edit_open(LK_SOURCE_DIR "/kb", NULL, NULL, &err);
  if (!edit) fail_msg("%s", err.message);
  size_t count;
  const lk_entry *entries = lk_kb_entries(lk_edit_kb(edit), LK_LANG_NONE, &count);
  assert_true(count > 100);
  for (size_t i = 0; i < count; i++)
    assert_int_equal(lk_edit_add_variant(edit, entries[i].id, entries[i].lang, LK_LIT("aivan uusi sana"), NULL), LK_OK);
  for (size_t i = 0; i < count; i++) { /* the same answer again is no change */
    const lk_entry *e = &entries[i];
    if (e->kind != LK_ENTRY_ARTICLE) continue;
    lk_article_draft draft = {.id = e->id,
                              .lang = e->lang,
                              .question = e->phrasings[0].text,
                              .answer = e->answers[0].nodes,
                              .answer_count = e->answers[0].count};
    bool changed;
    assert_int_equal(lk_edit_update_article(edit, &draft, &changed, NULL), LK_OK);
    assert_false(changed);
  }
  lk_kb *kb = lk_edit_load(edit, NULL, &err);
  if (!kb) fail_msg("%s", err.message);
  for (size_t i = 0; i < count; i++)
    assert_int_equal(lk_kb_entry(kb, entries[i].id, entries[i].lang)->phrasing_count, entries[i].phrasing_count + 1);
  lk_kb_free(kb);
  lk_edit_free(edit);
}

/* Each answer of the sample shop, written anew, is the same answer. */
static void answers_survive_being_written(void **state) {
  (void)state;
  lk_edit *from = lk_edit_open(LK_SOURCE_DIR "/kb", NULL, NULL, NULL);
  lk_edit *to = open_texts("<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\">\n</kb>\n", NULL);
  size_t count, articles = 0;
  const lk_entry *entries = lk_kb_entries(lk_edit_kb(from), LK_LANG_FI, &count);
  assert_int_equal(lk_edit_add_category(to, LK_LIT("c"), LK_LANG_FI, LK_LIT("C"), "one.xml", NULL), LK_OK);
  for (size_t i = 0; i < count; i++) {
    const lk_entry *e = &entries[i];
    if (e->kind != LK_ENTRY_ARTICLE) continue;
    lk_article_draft draft = {.id = e->id,
                              .lang = e->lang,
                              .category = LK_LIT("c"),
                              .question = e->phrasings[0].text,
                              .answer = e->answers[0].nodes,
                              .answer_count = e->answers[0].count};
    assert_int_equal(lk_edit_add_article(to, &draft, "one.xml", NULL), LK_OK);
  }
  lk_error err = {0};
  lk_kb *kb = lk_edit_load(to, NULL, &err);
  if (!kb) fail_msg("%s:%d: %s", err.file, err.line, err.message);
  for (size_t i = 0; i < count; i++) {
    const lk_entry *e = &entries[i], *again = e->kind == LK_ENTRY_ARTICLE ? lk_kb_entry(kb, e->id, e->lang) : NULL;
    if (!again) continue;
    articles++;
    assert_int_equal(again->answers[0].count, e->answers[0].count);
    for (size_t n = 0; n < e->answers[0].count; n++) {
      const lk_node *a = &e->answers[0].nodes[n], *b = &again->answers[0].nodes[n];
      assert_true(a->kind == b->kind && a->end == b->end && lk_view_eq(a->text, b->text));
    }
  }
  assert_true(articles > 50);
  lk_kb_free(kb);
  lk_edit_free(to);
  lk_edit_free(from);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_variant_stands_behind_the_last_phrasing_and_its_comment),
      cmocka_unit_test(line_ends_and_tabs_are_the_neighbours_own),
      cmocka_unit_test(an_article_on_one_line_stays_on_it),
      cmocka_unit_test(what_is_there_already_is_refused),
      cmocka_unit_test(words_join_the_row_they_belong_to),
      cmocka_unit_test(a_language_without_a_lexicon_gets_one),
      cmocka_unit_test(an_update_replaces_question_and_answer_alone),
      cmocka_unit_test(a_new_file_is_made_with_category_and_articles_in_order),
      cmocka_unit_test(a_broken_kb_is_not_edited),
      cmocka_unit_test(the_diff_is_what_patch_applies),
      cmocka_unit_test(what_is_written_is_what_was_shown_and_keeps_its_mode),
      cmocka_unit_test(when_one_file_cannot_be_written_none_is),
      cmocka_unit_test(the_sample_shop_can_be_edited_everywhere),
      cmocka_unit_test(answers_survive_being_written),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
