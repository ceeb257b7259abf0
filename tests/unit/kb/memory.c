/* Memory runs out at every single allocation in turn: the loader then says so, gives nothing half loaded, and leaks nothing.
 *
 * malloc, calloc, realloc and strdup of the engine are wrapped by the linker; libxml2 gets the same ones through xmlMemSetup. */
#include <libxml/parser.h>
#include <libxml/xmlmemory.h>

#include "faults.h"
#include "support.h"

/* ---- The test's own ---- */

typedef struct sample {
  const char *name;
  char *text;
  size_t len;
  const char *before; /* a file read before it: its length moves the places at which arenas have to grow */
} sample;

static const char no_file[] = HEAD "</kb>";

/* Everything that a KB says, to tell a whole one from one that lost something. */
static uint64_t mix(uint64_t hash, lk_view text) {
  for (size_t i = 0; i < text.len; i++) hash = (hash ^ (unsigned char)text.ptr[i]) * 0x100000001B3u;
  return (hash ^ 0xFF) * 0x100000001B3u;
}

static uint64_t digest(const lk_kb *kb) {
  uint64_t hash = 0xCBF29CE484222325u;
  size_t count;
  const lk_entry *entries = lk_kb_entries(kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count; i++) {
    const lk_entry *e = &entries[i];
    hash = mix(mix(mix(mix(hash, e->id), e->category), e->keywords), e->action);
    for (size_t p = 0; p < e->phrasing_count; p++) hash = mix(hash, e->phrasings[p].text);
    for (size_t a = 0; a < e->answer_count; a++)
      for (size_t n = 0; n < e->answers[a].count; n++) hash = mix(hash, e->answers[a].nodes[n].text);
    for (size_t s = 0; s < e->see_count; s++) hash = mix(hash, e->see[s]);
    for (size_t s = 0; s < e->slot_count; s++) hash = mix(mix(hash, e->slots[s].name), e->slots[s].ask);
    hash = hash * 31 + (uint64_t)(e->updated.day + 32 * e->from.day + 1024 * e->until.day + e->handoff_always);
  }
  const lk_message *messages = lk_kb_messages(kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count; i++) hash = mix(mix(hash, messages[i].id), messages[i].text.plain);
  const lk_lexicon_row *rows = lk_kb_lexicon(kb, LK_LANG_NONE, &count);
  for (size_t i = 0; i < count; i++) {
    hash = mix(hash, rows[i].from);
    for (size_t w = 0; w < rows[i].word_count; w++) hash = mix(hash, rows[i].words[w]);
  }
  const lk_hours_row *hours = lk_kb_hours(kb, &count);
  for (size_t i = 0; i < count; i++)
    hash = hash * 31 + hours[i].days + (uint64_t)(hours[i].from_minute + hours[i].to_minute + hours[i].until.day);
  const lk_model *models = lk_kb_models(kb, &count);
  for (size_t i = 0; i < count; i++) hash = mix(hash, models[i].name) + models[i].weight_count;
  return mix(mix(hash, lk_kb_policy_text(kb, "answer-at")), lk_kb_policy_text(kb, "order-number"));
}

/* Loads with the `nth` allocation failing; true when so many were not needed. */
static bool load_with_failure(const sample *s, long nth, uint64_t whole) {
  const lk_source sources[] = {{"before.xml", lk_view_of(s->before)}, {s->name, {s->text, s->len}}};
  lk_error err = {0};
  long before = faults.live;
  faults.happened = false;
  faults.until = nth;
  lk_findings *findings = lk_findings_new();
  lk_kb *kb = findings ? lk_kb_load_sources(sources, 2, findings, &err) : NULL;
  faults.until = -1;
  if (kb && digest(kb) != whole) fail_msg("allocation %ld failed and a part of the KB was lost", nth);
  if (!kb && findings && faults.happened && err.code != LK_ERR_MEMORY && whole)
    fail_msg("allocation %ld failed and was reported as %s: %s", nth, lk_code_name(err.code), err.message);
  lk_kb_free(kb);
  lk_findings_free(findings);
  if (faults.live != before) fail_msg("allocation %ld failed and %ld blocks leaked", nth, faults.live - before);
  return !faults.happened;
}

static long fail_each(const sample *s, uint64_t whole) {
  long nth = 0;
  while (!load_with_failure(s, nth, whole)) nth++;
  return nth;
}

static int set_up(void **state) {
  faults.until = -1;
  if (xmlMemSetup(__wrap_free, __wrap_malloc, __wrap_realloc, __wrap_strdup)) return -1;
  xmlInitParser();
  sample *s = malloc(sizeof *s);
  if (!s) return -1;
  s->name = "everything.xml";
  s->before = no_file;
  s->text = read_file(FIXTURES "/good/everything.xml", &s->len);
  *state = s;
  lk_kb *warm = lk_kb_load(FIXTURES "/good", NULL, NULL); /* what libxml2 keeps for ever it allocates now */
  lk_kb_free(warm);
  return warm ? 0 : -1;
}

static int tear_down(void **state) {
  sample *s = *state;
  free(s->text);
  free(s);
  xmlCleanupParser();
  return 0;
}

static void any_allocation_may_fail_while_a_good_kb_loads(void **state) {
  const sample *s = *state;
  lk_kb *kb = load_good(s->text);
  uint64_t whole = digest(kb);
  lk_kb_free(kb);
  faults.forever = false;
  assert_true(fail_each(s, whole) > 200);
  faults.forever = true;
  (void)fail_each(s, whole);
  faults.forever = false;
}

/* An arena asks for memory seldom: other lengths make it ask in other places. */
static void any_place_may_be_where_an_arena_has_to_grow(void **state) {
  sample s = *(const sample *)*state;
  for (int length = 8; length < 4096; length += 96) {
    char before[5000];
    (void)snprintf(before, sizeof before, HEAD "<message id=\"before\">%0*d</message></kb>", length, 7);
    s.before = before;
    const lk_source sources[] = {{"before.xml", lk_view_of(before)}, {s.name, {s.text, s.len}}};
    lk_kb *kb = lk_kb_load_sources(sources, 2, NULL, NULL);
    assert_non_null(kb);
    uint64_t whole = digest(kb);
    lk_kb_free(kb);
    (void)fail_each(&s, whole);
  }
}

/* Its errors may be reported as such or as lack of memory; but nothing leaks or crashes. */
static void any_allocation_may_fail_while_a_bad_kb_is_reported(void **state) {
  (void)state;
  static const char *const names[] = {"several.xml",      "tag-mismatch.xml", "unknown-entity.xml",
                                      "duplicate-id.xml", "entities.xml",     "quote-open.xml"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[512];
    (void)snprintf(path, sizeof path, FIXTURES "/bad/%s", names[i]);
    sample s = {.name = names[i], .before = no_file};
    s.text = read_file(path, &s.len);
    (void)fail_each(&s, 0);
    free(s.text);
  }
}

static void any_allocation_may_fail_while_a_folder_is_read(void **state) {
  (void)state;
  for (long nth = 0;; nth++) {
    lk_error err = {0};
    long before = faults.live;
    faults.happened = false;
    faults.until = nth;
    lk_kb *kb = lk_kb_load(FIXTURES "/good", NULL, &err);
    faults.until = -1;
    if (!kb) assert_int_equal(err.code, LK_ERR_MEMORY);
    lk_kb_free(kb);
    assert_int_equal(faults.live, before);
    if (!faults.happened) break;
  }
}

static void any_allocation_may_fail_while_a_kb_is_checked_and_rendered(void **state) {
  const sample *s = *state;
  lk_kb *kb = load_good(s->text);
  const lk_answer *answer = lk_kb_entry(kb, LK_LIT("delivery-time"), LK_LANG_FI)->answers;
  for (long nth = 0;; nth++) {
    lk_error err = {0};
    long before = faults.live;
    faults.happened = false;
    faults.until = nth;
    lk_findings *findings = lk_findings_new();
    lk_code code = findings ? lk_kb_check(kb, NULL, findings, &err) : LK_ERR_MEMORY;
    char *html = lk_render(answer, LK_RENDER_HTML, NULL, 0, &err);
    faults.until = -1;
    assert_true(!faults.happened || code == LK_ERR_MEMORY || !html);
    free(html);
    lk_findings_free(findings);
    assert_int_equal(faults.live, before);
    if (!faults.happened) break;
  }
  lk_kb_free(kb);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_allocation_may_fail_while_a_good_kb_loads),
      cmocka_unit_test(any_place_may_be_where_an_arena_has_to_grow),
      cmocka_unit_test(any_allocation_may_fail_while_a_bad_kb_is_reported),
      cmocka_unit_test(any_allocation_may_fail_while_a_folder_is_read),
      cmocka_unit_test(any_allocation_may_fail_while_a_kb_is_checked_and_rendered),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
