/* Memory runs out at every single allocation in turn: an import then says so or does all of its work, writes nothing half, and leaks nothing.
 *
 * malloc, calloc, realloc and strdup of the engine are wrapped by the linker. Not so those of the libraries that don't say it when memory is out: libxml2's HTML parser
 * reads through null pointers then, jansson calls it bad JSON, and cmark ends the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "faults.h"
#include "luukku/import.h"

/* ---- What is imported ---- */

static const char kb[] =
    "<kb xmlns=\"urn:luukku:kb:1\" xml:lang=\"fi\"><category id=\"c\"><title>C</title></category>\n"
    "<article id=\"old\" category=\"c\" "
    "source=\"https://a.example/faq#old\"><question>Vanha?</question><answer>Ennen.</answer></article>\n"
    "<article id=\"gone\" category=\"c\" "
    "source=\"https://a.example/faq#gone\"><question>Mennyt?</question><answer>Ennen.</answer></article></kb>\n";

static const struct {
  lk_import_format format;
  const char *text;
} samples[] = {
    {LK_IMPORT_HTML,
     "<html lang=fi><title>T</title><link rel=canonical href=https://a.example/faq>"
     "<details id=old><summary>Vanha?</summary><p>Nyt <b>toisin</b> <a href=x>ja</a></p><img></details>"
     "<h2>Uudet</h2><h3>Kuka?</h3><ul><li>Hän<ol><li>a</ol></ul>"},
    {LK_IMPORT_HTML,
     "<html lang=fi><script type='application/ld+json'>{\"@graph\":[{\"@type\":\"FAQPage\",\"mainEntity\":[{\"@id\":\"#q\"}]},"
     "{\"@id\":\"#q\",\"name\":\"Kuka?\",\"acceptedAnswer\":{\"text\":\"<p>H&auml;n</p>\"}}]}</script>"},
    {LK_IMPORT_HTML,
     "<html lang=fi><div itemscope itemtype='https://schema.org/Question'><b itemprop=name>Kuka?</b>"
     "<i itemscope itemprop=acceptedAnswer><u itemprop=text>Hän.</u></i></div>"},
    {LK_IMPORT_ZENDESK,
     "{\"articles\":[{\"id\":1,\"section_id\":2,\"locale\":\"fi\",\"title\":\"Kuka?\",\"body\":\"<p>Hän</p>\",\"html_url\":"
     "\"https://a.example/hc/fi/articles/1\",\"translations\":[{\"locale\":\"sv\",\"title\":\"Vem?\",\"body\":\"Hon\"}]}],"
     "\"sections\":[{\"id\":2,\"name\":\"Osa\"}]}"},
    {LK_IMPORT_CSV, "question;answer;id\nKuka?;\"- a\n- b\";x\nMikä?;Se;y\n"},
};

/* The diff that comes out; NULL with `err`. What it is told with is `findings`. */
static const char *import_sample(size_t at, lk_arena *arena, size_t *findings_count, lk_error *err) {
  const lk_import_options options = {.format = samples[at].format, .lang = LK_LANG_FI};
  const lk_import_places places = {.file = "imported.xml", .today = {2026, 11, 22}};
  const lk_source source = {"own.xml", lk_view_of(kb)};
  lk_import_summary summary;
  lk_view diff = {NULL, 0};
  lk_findings *findings = lk_findings_new();
  lk_import *import = findings ? lk_import_new(err) : NULL;
  bool read = import && lk_import_read(import, "source", lk_view_of(samples[at].text), &options, findings, err) == LK_OK;
  lk_edit *edit = read ? lk_edit_open_sources(&source, 1, NULL, err) : NULL;
  bool applied = edit && lk_import_apply(import, edit, &places, findings, NULL, NULL, &summary, err) == LK_OK;
  if (applied && lk_edit_diff(edit, arena, &diff, err)) diff.ptr = NULL;
  *findings_count = findings ? lk_findings_count(findings) : 0;
  if (!findings) err->code = LK_ERR_MEMORY;
  lk_edit_free(edit);
  lk_import_free(import);
  lk_findings_free(findings);
  return diff.ptr;
}

/* True when so many allocations were not needed. */
static bool import_with_failure(size_t at, long nth, const char *whole, size_t whole_findings) {
  size_t findings;
  lk_error err = {0};
  long before = faults.live;
  faults.happened = false;
  faults.until = -1;
  lk_arena *arena = lk_arena_new();
  faults.until = nth;
  const char *diff = import_sample(at, arena, &findings, &err);
  faults.until = -1;
  if (diff && (strcmp(diff, whole) != 0 || findings != whole_findings))
    fail_msg("sample %zu: allocation %ld failed, and something was lost:\n%s\n%s", at, nth, diff, whole);
  if (!diff && err.code != LK_ERR_MEMORY)
    fail_msg("sample %zu: allocation %ld failed and was reported as %s: %s", at, nth, lk_code_name(err.code), err.message);
  lk_arena_free(arena);
  if (faults.live != before) fail_msg("sample %zu: allocation %ld failed and %ld blocks leaked", at, nth, faults.live - before);
  return !faults.happened;
}

static void every_allocation_may_fail(void **state) {
  (void)state;
  for (size_t at = 0; at < sizeof samples / sizeof *samples; at++) {
    size_t findings;
    lk_error err = {0};
    lk_arena *arena = lk_arena_new();
    faults.until = -1;
    const char *whole = import_sample(at, arena, &findings, &err);
    if (!whole || !*whole) fail_msg("sample %zu: %s", at, err.message);
    for (int mode = 0; mode < 2; mode++) {
      long nth = 0;
      faults.forever = mode == 1;
      while (!import_with_failure(at, nth, whole, findings)) nth++;
      assert_true(nth > 50); /* the wrappers are in place */
    }
    lk_arena_free(arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
