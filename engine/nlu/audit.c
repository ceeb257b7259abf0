#include "nlu/audit.h"

#include <stdlib.h>

#include "base/error.h"

bool lk_entries_linked(const lk_entry *a, const lk_entry *b) {
  for (size_t i = 0; i < a->see_count; i++)
    if (lk_view_eq(a->see[i], b->id)) return true;
  for (size_t i = 0; i < b->see_count; i++)
    if (lk_view_eq(b->see[i], a->id)) return true;
  return false;
}

/* ---- Patterns ---- */

/* An error's message is "what; mend". */
static lk_code report_broken(lk_audit_run *run, const lk_entry *entry, const lk_phrasing *pattern, const lk_error *why) {
  const char *semicolon = strstr(why->message, "; ");
  int what = semicolon ? (int)(semicolon - why->message) : (int)strlen(why->message);
  lk_code code = lk_findings_add(run->findings, LK_SEVERITY_ERROR, "pattern-broken", entry->file, pattern->line,
                                 semicolon ? semicolon + 2 : "write it as kb/FORMAT.md describes",
                                 "the pattern '%.*s' can't be read: %.*s", LK_FMT(pattern->text), what, why->message);
  return code ? lk_fail_memory(run->err) : LK_OK;
}

lk_code lk_audit_compile(lk_audit_run *run) {
  lk_patterns_builder *builder =
      lk_patterns_builder_new(run->engine->words, lk_worker_analyzer(run->worker), run->lang, run->err);
  if (!builder) return LK_ERR_MEMORY;
  lk_code code = LK_OK;
  for (size_t i = 0; !code && i < run->part->entry_count; i++) {
    const lk_entry *entry = run->part->entries[i];
    for (size_t p = 0; !code && entry->lang == run->lang && p < entry->pattern_count; p++) {
      lk_pattern_source source = {entry->patterns[p].text, entry->file, entry->patterns[p].line, (uint32_t)i, entry->slots,
                                  entry->slot_count};
      lk_error why = {0};
      code = lk_patterns_builder_add(builder, &source, &why);
      if (code == LK_ERR_MEMORY)
        code = lk_fail_memory(run->err);
      else if (code)
        code = report_broken(run, entry, &entry->patterns[p], &why);
    }
  }
  lk_patterns_builder_free(builder);
  return code;
}

lk_code lk_audit_triggers(lk_audit_run *run) {
  lk_entity_options options = {.order_number = lk_kb_policy_text(run->engine->kb, "order-number")};
  lk_code code = LK_OK;
  for (uint32_t p = 0; !code && p < lk_patterns_count(run->part->patterns); p++)
    code = lk_pattern_check(run->part->patterns, p, run->engine->words, lk_worker_analyzer(run->worker), &options, run->findings,
                            run->err);
  return code;
}

/* ---- The confidence model ---- */

/* A model for all languages is everybody's: the Finnish audit looks at it. */
static lk_code audit_model(lk_audit_run *run) {
  const lk_model *model = lk_kb_model(run->engine->kb, LK_LIT("confidence"), run->lang);
  if (!model || (model->lang == LK_LANG_NONE && run->lang != LK_LANG_FI)) return LK_OK;
  lk_code code = LK_OK;
  for (size_t w = 0; !code && w < model->weight_count; w++) {
    lk_view name = model->weights[w].feature;
    if (lk_view_eq(name, LK_LIT("bias")) || lk_feature_named(name) != LK_FEATURE_COUNT) continue;
    code = lk_findings_add(run->findings, LK_SEVERITY_WARNING, "model-feature", model->file, model->line,
                           "fit the model anew with luukku eval --calibrate",
                           "nothing measures '%.*s': its weight counts for nothing", LK_FMT(name));
  }
  return code ? lk_fail_memory(run->err) : LK_OK;
}

/* ---- All ---- */

static lk_code open_run(lk_audit_run *run) {
  run->worker = lk_worker_new(run->engine, run->err);
  run->arena = lk_arena_new();
  run->scratch = lk_arena_new();
  return run->worker && run->arena && run->scratch ? LK_OK : lk_fail_memory(run->err);
}

static void close_run(lk_audit_run *run) {
  lk_worker_free(run->worker);
  lk_arena_free(run->arena);
  lk_arena_free(run->scratch);
  free(run->words.items);
}

lk_code lk_audit(const lk_engine *engine, lk_lang lang, const lk_audit_watch *watch, lk_findings *findings, lk_error *err) {
  lk_audit_run run = {engine, NULL, lang, &engine->parts[lang], watch, findings, .err = err};
  size_t own;
  (void)lk_kb_entries(engine->kb, lang, &own);
  if (!own) return LK_OK;
  static lk_code (*const parts[])(lk_audit_run *) = {lk_audit_compile,  lk_audit_triggers, lk_audit_trials, lk_audit_ranking,
                                                     lk_audit_likeness, lk_audit_spelling, audit_model};
  lk_code code = open_run(&run);
  for (size_t i = 0; !code && i < sizeof parts / sizeof *parts; i++) code = parts[i](&run);
  close_run(&run);
  lk_findings_sort(findings);
  return code;
}

lk_code lk_audit_patterns(const lk_engine *engine, lk_findings *findings, lk_error *err) {
  lk_code code = LK_OK;
  for (int lang = 0; !code && lang < LK_LANG_COUNT; lang++) {
    if (!engine->parts[lang].broken_patterns) continue;
    lk_audit_run run = {engine, NULL, (lk_lang)lang, &engine->parts[lang], NULL, findings, .err = err};
    code = open_run(&run);
    if (!code) code = lk_audit_compile(&run);
    close_run(&run);
  }
  lk_findings_sort(findings);
  return code;
}

static uint32_t first_of(const lk_trial *trial) {
  if (trial->hijacker != LK_NOBODY) return trial->hijacker;
  return trial->own >= trial->other ? trial->document : trial->winner;
}

lk_code lk_audit_phrasings(const lk_engine *engine, lk_lang lang, const lk_audit_asker *asker, lk_error *err) {
  lk_audit_run run = {engine, NULL, lang, &engine->parts[lang], NULL, NULL, .err = err};
  lk_code code = open_run(&run);
  for (uint32_t d = 0; !code && d < run.part->entry_count; d++) {
    const lk_entry *entry = run.part->entries[d];
    for (uint32_t p = 0; !code && entry->lang == lang && p < entry->phrasing_count; p++) {
      lk_trial trial;
      if (asker->wanted && !asker->wanted(asker->self, entry, p)) continue;
      code = lk_audit_try(&run, d, run.part->first_phrasing[d] + p, &trial);
      if (!code) asker->told(asker->self, entry, p, lk_trial_entry(&run, first_of(&trial)));
    }
  }
  close_run(&run);
  return code;
}
