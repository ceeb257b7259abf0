/* A source of any bytes in any format: it is refused with an error, or becomes a KB that loads; and importing it again changes nothing. */
#include <stdlib.h>
#include <string.h>

#include "luukku/import.h"
#include "target.h"

static const lk_import_places places = {.file = "imported.xml", .today = {2026, 11, 22}};

static void apply(lk_import *import, lk_edit *edit, lk_import_summary *summary) {
  lk_findings *findings = lk_findings_new();
  lk_error err = {0};
  LK_FUZZ_HOLDS(lk_import_apply(import, edit, &places, findings, NULL, NULL, summary, &err) == LK_OK);
  lk_findings_free(findings);
}

/* The file as it would be written. */
static const char *written(const lk_edit *edit, lk_arena *arena) {
  lk_edit_file *files;
  size_t count;
  lk_view diff;
  LK_FUZZ_HOLDS(lk_edit_files(edit, arena, &files, &count, NULL) == LK_OK);
  LK_FUZZ_HOLDS(lk_edit_diff(edit, arena, &diff, NULL) == LK_OK);
  LK_FUZZ_HOLDS(count <= 1 && (count == 0) == (diff.len == 0));
  return count ? files[0].after.ptr : NULL;
}

static void import_twice(lk_import *import) {
  lk_import_summary first, second;
  lk_arena *arena = lk_arena_new();
  lk_edit *edit = lk_edit_open_sources(NULL, 0, NULL, NULL);
  LK_FUZZ_HOLDS(edit && arena);
  apply(import, edit, &first);
  const char *text = written(edit, arena);
  LK_FUZZ_HOLDS(first.updated == 0 && first.unchanged == 0 && (first.fresh == 0) == !text);
  if (text) {
    LK_FUZZ_HOLDS(!strstr(text, "<script") && !strstr(text, "<a href=\"javascript:"));
    lk_source source = {"imported.xml", lk_view_of(text)};
    lk_edit *again = lk_edit_open_sources(&source, 1, NULL, NULL);
    LK_FUZZ_HOLDS(again);
    apply(import, again, &second);
    LK_FUZZ_HOLDS(second.fresh == 0 && second.updated == 0 && second.unchanged == first.fresh && second.gone == 0);
    LK_FUZZ_HOLDS(lk_edit_count(again) == 0);
    lk_edit_free(again);
  }
  lk_edit_free(edit);
  lk_arena_free(arena);
}

/* The first byte says how the rest is to be read. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  if (!size) return 0;
  lk_import_options options = {.format = (lk_import_format)(bytes[0] % 6), .lang = bytes[0] & 0x20 ? LK_LANG_FI : LK_LANG_NONE};
  if (bytes[0] & 0x40) options.base = "https://shop.example/faq";
  lk_error err = {0};
  lk_findings *findings = lk_findings_new();
  lk_import *import = lk_import_new(&err);
  if (findings && import) {
    lk_code code = lk_import_read(import, "source", (lk_view){(const char *)bytes + 1, size - 1}, &options, findings, &err);
    LK_FUZZ_HOLDS(code == LK_OK || (err.code == code && err.message[0]));
    LK_FUZZ_HOLDS(code == LK_OK || lk_import_count(import) == 0);
    import_twice(import);
  }
  lk_import_free(import);
  lk_findings_free(findings);
  return 0;
}
