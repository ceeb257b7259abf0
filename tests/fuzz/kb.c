/* A KB file of any bytes: it loads or is refused with findings; what loads can be checked, looked up and rendered. */
#include <stdlib.h>
#include <string.h>

#include "luukku/kb.h"
#include "target.h"

static const lk_value no_values[] = {{{"x", 1}, {"javascript:alert(1)\"<script>", 28}}};

static void render(const lk_answer *answer) {
  lk_value *values = calloc(answer->variable_count + 1, sizeof *values);
  for (size_t i = 0; values && i < answer->variable_count; i++) values[i] = (lk_value){answer->variables[i], no_values[0].value};
  for (int format = LK_RENDER_TEXT; format <= LK_RENDER_MARKDOWN; format++) {
    char *out = lk_render(answer, (lk_render_format)format, values, answer->variable_count, NULL);
    LK_FUZZ_HOLDS(out);
    LK_FUZZ_HOLDS(format != LK_RENDER_HTML || (!strstr(out, "<script") && !strstr(out, "href=\"javascript:")));
    free(out);
  }
  free(values);
}

static void visit(const lk_kb *kb) {
  size_t count;
  const lk_entry *entries = lk_kb_entries(kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count; i++) {
    const lk_entry *e = &entries[i];
    LK_FUZZ_HOLDS(e->phrasing_count > 0 && e->phrasings[0].text.len > 0);
    LK_FUZZ_HOLDS(lk_kb_entry(kb, e->id, e->lang) == e);
    LK_FUZZ_HOLDS(e->kind != LK_ENTRY_INTENT || e->action.len > 0);
    for (size_t s = 0; s < e->see_count; s++) LK_FUZZ_HOLDS(lk_kb_entry(kb, e->see[s], e->lang));
    for (size_t a = 0; a < e->answer_count; a++) render(&e->answers[a]);
  }
  const lk_message *messages = lk_kb_messages(kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count; i++) render(&messages[i].text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  lk_findings *findings = lk_findings_new();
  if (!findings) return 0;
  lk_error err = {0};
  lk_source source = {"fuzz.xml", {(const char *)bytes, size}};
  lk_kb *kb = lk_kb_load_sources(&source, 1, findings, &err);
  LK_FUZZ_HOLDS(!kb == (lk_findings_errors(findings) > 0));
  LK_FUZZ_HOLDS(kb || err.code == LK_ERR_INPUT);
  if (kb) {
    const lk_kb_check_options options = {{2026, 11, 22}};
    LK_FUZZ_HOLDS(lk_kb_check(kb, &options, findings, NULL) == LK_OK);
    visit(kb);
  }
  lk_kb_free(kb);
  lk_findings_free(findings);
  return 0;
}
